const SIGN = '[^0-9A-Za-zÀ-ÖØ-öø-ÿ]*';
const SIGNS = '[^0-9A-Za-zÀ-ÖØ-öø-ÿ]+';
const [DAY, MONTH] = [`(?:0${SIGN}[1-9]|[12]${SIGN}[0-9]|3${SIGN}[01]|6${SIGN}[1-9]|[78]${SIGN}[0-9]|9${SIGN}[01])`, `(?:0${SIGN}[1-9]|1${SIGN}[0-2])`];
/** A day and month of which one has a single digit: signs stand around it. */
const SHORT = `(?:[1-9]${SIGNS}(?:${MONTH}|[1-9])|${DAY}${SIGNS}[1-9])${SIGNS}`;
/** A condition on a column of texts: all the rule of CPR numbers could find and little else, for the engine to sort out. A day, a month and six digits; or eight digits and an escape; or a number beside signs of other alphabets. */
export const mayHold = (v: string): string => `strlen(${v}) >= 10 and (regexp_matches(${v}, '(?:^|[^0-9])(?:${DAY}${SIGN}${MONTH}|${SHORT})(?:${SIGN}[0-9]){6}') or regexp_matches(${v}, '[%&\\\\]') and regexp_matches(${v}, '(?:[0-9][^0-9]*){8}') or strlen(${v}) > length(${v}) and regexp_matches(${v}, '[^\\x00-\\x7fÀ-ÖØ-öø-ÿ]') and regexp_matches(${v}, '\\pN'))`;
