/**
 * Danish personal identification numbers (CPR, DDMMYY-SSSS): refused in data and questions, never shown or logged.
 *
 * What counts: ten digits, or six and four with up to three blanks, hyphens, points or strokes between, not inside a longer
 * run of digits, whose first six are a calendar day; the same with signs within the day, or with its century. Replacement numbers (day + 60) count; modulus 11 is not
 * asked for, since numbers issued after 1 October 2007 need not meet it.
 *
 * In a column declared as a number only a cell that is wholly ten digits (with up to two noughts after a point), or six and four with a hyphen, counts:
 * an amount such as 1234567890,50 or 210365.1234 is no CPR number, and about 7 in 100 ten-digit figures happen to
 * begin with a day. (A spreadsheet that keeps CPR numbers as numbers drops the leading zero of the first nine days of a
 * month; those nine digits are not looked for, the other two thirds of such a column are found.) In every other column such a figure is refused too: better one file too many.
 */
const HYPHEN = '[-\\u2010-\\u2015\\u2212]';
const BETWEEN = '[ \\t\\u00a0\\u202f._/\\-\\u2010-\\u2015\\u2212]';
const HYPHENATED = `${BETWEEN}?${HYPHEN}${BETWEEN}?`;
/** `010190-1234`, `010190 - 1234`, `0101901234`; with signs within the day `01.01.90-1234`; with the century `01011990-1234`. */
const ANYWHERE = new RegExp(`(?<!\\d)(?:(\\d{6})${BETWEEN}{0,3}|(\\d{4})(?:18|19|20)(\\d{2})${HYPHENATED}|(\\d{2})(${BETWEEN})(\\d{2})\\5(?:18|19|20)?(\\d{2})(?:\\5|${HYPHENATED}))(\\d{4})(?!\\d)`, 'g');
/** A number column of another system keeps `0101901234` as `101901234.0` or with two noughts. */
const WHOLE = new RegExp(`^(\\d{6})\\s*${HYPHEN}?\\s*(\\d{4})(?:[.,]0{1,2})?$`);
const INVISIBLE = /[\u00ad\u200b-\u200d\u2060\ufeff]/g;

const dayOf = (match: readonly (string | undefined)[]): string => match[1] ?? (match[2] === undefined ? `${match[4] ?? ''}${match[6] ?? ''}${match[7] ?? ''}` : `${match[2]}${match[3] ?? ''}`);

/** True when a text holds something that looks like a CPR number; `numericColumn` for a cell of a column declared as a number. */
export function holdsPersonalNumber(text: string, numericColumn = false): boolean {
  const plain = /^[\x20-\x7e]*$/.test(text) ? text : text.normalize('NFKC').replace(INVISIBLE, '');
  if (numericColumn) {
    const whole = WHOLE.exec(plain.trim());
    return whole !== null && isCalendarDay(whole[1] ?? '');
  }
  for (const match of plain.matchAll(ANYWHERE)) if (isCalendarDay(dayOf(match))) return true;
  return false;
}

/** The text with every CPR-like number in it replaced, for messages that quote data. */
export function maskPersonalNumbers(text: string): string {
  const masked = text.replace(ANYWHERE, (...match: string[]) => (isCalendarDay(dayOf(match)) ? '******-****' : match[0] ?? ''));
  // Written with signs that can't be seen, or in another alphabet's digits: nothing of it is shown.
  return holdsPersonalNumber(masked) ? '******-****' : masked;
}

const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** DDMMYY as a day of some century: 29 February counts in 00 too, which was a leap year in 2000. */
function isCalendarDay(ddmmyy: string): boolean {
  const written = Number(ddmmyy.slice(0, 2));
  const day = written > 60 ? written - 60 : written;
  const month = Number(ddmmyy.slice(2, 4));
  const year = Number(ddmmyy.slice(4, 6));
  if (day < 1 || day > (MONTH_DAYS[month - 1] ?? 0)) return false;
  return !(month === 2 && day === 29 && year % 4 !== 0);
}
