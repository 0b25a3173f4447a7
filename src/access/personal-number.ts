/**
 * Danish personal identification numbers (CPR, DDMMYY-SSSS): refused in data and questions, never shown or logged.
 *
 * What counts: a calendar day, its year with two digits or four, and four digits more, however they are spelled. A text is
 * first made plain (invisible signs gone, digits of every alphabet as 0-9, `%2D`, `&nbsp;` and `\u002d` decoded), then its runs
 * of digits are looked at. Between the groups up to three signs may stand that are neither letters nor digits; the same sign
 * several times counts once.
 * Replacement numbers (day + 60) count; modulus 11 is not asked for, since numbers issued after 1 October 2007 need not meet it.
 *
 * Where the year has four digits and nothing, or another sign than within the day, stands before the last four, these must be
 * of its century, as the office that issues the numbers has it: those of 2000-2057 begin with 4 to 9, which no clock time does.
 * So `01-10-2026 1030` and `011020261030` are points in time, and `01-01-1990 1234` and `010119901234` are numbers. (A time
 * without a colon after a day of the last century is taken for one, and so is one after a year of two digits.)
 *
 * A day and month without their noughts count with signs between that make no list: `1/1/90-1234`, not `1 1 90 1234`. A year from
 * 2001 to 2012 and six digits are a number only with a blank between and no round amount: `2011 901234`, not the case `2011-901234`.
 *
 * That is wide, and about 7 in 100 ten-digit figures happen to begin with a day: better one file or question too many. What
 * steerers write every day must pass all the same, and so do dates, times, periods, lists of weeks or units with their year,
 * amounts, addresses of machines, and long ids (GUIDs, hashes).
 *
 * In a column declared as a number a cell that is a number counts only when it is wholly ten digits or twelve (with up to two
 * noughts after a point), or with a hyphen before the last four: an amount such as 1234567890,50 or 210365.1234 is no CPR
 * number. (A spreadsheet that keeps CPR numbers as numbers drops the leading zero of the first nine days of a month; those nine
 * digits, or eleven, are not looked for, the other two thirds of such a column are found.)
 */

const HYPHEN = '[-\\u2010-\\u2015\\u2212]';
const HYPHENS = new RegExp(HYPHEN);
/** A number column of another system keeps `0101901234` as `101901234.0` or with two noughts. */
const WHOLE = new RegExp(`^(\\d{6}|\\d{8})\\s*${HYPHEN}?\\s*(\\d{4})(?:[.,]0{1,2})?$`);
const NUMBER = /^[-+\u2212]?(?:\d+|\d{1,3}(?:[., '\u2019]\d{3})+)?(?:[.,]\d+)?(?:[eE][-+]?\d{1,3})?-?$/;

/** True when a text holds something that looks like a CPR number; `numericColumn` for a cell of a column declared as a number. */
export function holdsPersonalNumber(text: string, numericColumn = false): boolean {
  const plain = SIMPLE.test(text) ? text : plainly(text).text;
  if (numericColumn) {
    const cell = plain.trim();
    const whole = WHOLE.exec(cell);
    if (whole !== null && isNumber(`${whole[1]}${whole[2]}`)) return true;
    if (NUMBER.test(cell)) return false;
  }
  return numbersIn(plain).length > 0;
}

/**
 * The digits of every number that `holdsPersonalNumber` finds in a text, in order: DDMMYYSSSS, the century taken out. Null: a
 * spelling without the noughts of its day or month. They are for the weighing of a column alone, and never shown or logged.
 */
export function personalNumbersIn(text: string): readonly (string | null)[] {
  const plain = plainOf(text);
  return numbersIn(plain).map(({ start, end }) => {
    const digits = plain.slice(start, end).replace(/\D/g, '');
    return digits.length === 12 ? digits.slice(0, 4) + digits.slice(6) : digits.length === 10 ? digits : null;
  });
}

/** A text as the rule reads it: invisible signs gone, digits of every alphabet as 0-9, escapes decoded. */
export const plainOf = (text: string): string => (SIMPLE.test(text) ? text : plainly(text).text);

const WEIGHTS = [4, 3, 2, 7, 6, 5, 4, 3, 2, 1];

/**
 * True when ten digits meet modulus 11, or are of 1 January: only for that day have numbers been issued that do not meet it
 * (CPR-kontoret, since 1 October 2007). One ten-digit figure in eleven meets it by chance.
 */
export function hasCheckDigit(digits: string): boolean {
  return digits.startsWith('0101') || WEIGHTS.reduce((sum, weight, i) => sum + weight * Number(digits.charAt(i)), 0) % 11 === 0;
}

const MASK = '******-****';

/** The text with every CPR-like number in it replaced, for messages that quote data. */
export function maskPersonalNumbers(text: string): string {
  const plain = SIMPLE.test(text) ? { text, from: null, to: null } : plainly(text);
  const spans = numbersIn(plain.text);
  if (spans.length === 0) return text;
  let masked = '';
  let done = 0;
  for (const { start, end } of spans) {
    masked += text.slice(done, plain.from?.[start] ?? start) + MASK;
    done = plain.to?.[end - 1] ?? end;
  }
  masked += text.slice(done);
  return numbersIn(plainly(masked).text).length > 0 ? MASK : masked;
}

/** Nothing in it stands for anything but itself: ASCII without escapes, and the letters of Western Europe. */
const SIMPLE = /^[\x20-\x24\x27-\x5b\x5d-\x7e\u00c0-\u00ff]*$/;
const ODD = /(?:%(?:25)*[0-9a-fA-F]{2})+|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});|\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[nrt])|[^\x20-\x7e]/gu;

/** A text made plain, and for each of its signs where what it stands for begins and ends in the text as written. */
function plainly(written: string): { text: string; from: number[]; to: number[] } {
  const [from, to]: [number[], number[]] = [[], []];
  let text = '';
  let done = 0;
  const add = (signs: string, start: number, end: number | null): void => {
    for (let i = 0; i < signs.length; i++) {
      from.push(end === null ? start + i : start);
      to.push(end ?? start + i + 1);
    }
    text += signs;
  };
  for (const match of written.matchAll(ODD)) {
    add(written.slice(done, match.index), done, null);
    done = match.index + match[0].length;
    for (const sign of decoded(match[0])) add(plainSign(sign), match.index, done);
  }
  add(written.slice(done), done, null);
  return { text, from, to };
}

/** What an escape of an address, of HTML or of JSON stands for; a blank where that is unknown. Any other sign is itself. */
function decoded(piece: string): string {
  if (piece.length < 2) return piece;
  if (piece.startsWith('%')) {
    try {
      // Encoded twice, the % is %25.
      return decodeURIComponent(piece.replace(/%(?:25)+(?=[0-9a-fA-F]{2})/g, '%'));
    } catch {
      return ' ';
    }
  }
  const [, decimal, hexadecimal] = /^(?:&#(\d+);|(?:&#[xX]|\\[ux])([0-9a-fA-F]+);?)$/.exec(piece) ?? [];
  const code = decimal !== undefined ? Number(decimal) : hexadecimal !== undefined ? parseInt(hexadecimal, 16) : null;
  if (code !== null) return code <= 0x10ffff ? String.fromCodePoint(code) : ' ';
  return /^[&\\]/.test(piece) ? ' ' : piece;
}

/** One sign as the rule reads it: breaks of line and tab as a blank, what can't be seen as nothing, each digit as 0-9. */
function plainSign(sign: string): string {
  if (/[\t-\r\u0085\u2028\u2029]/.test(sign)) return ' ';
  return sign.normalize('NFKC').replace(/[\p{Cc}\p{Cf}\p{Mn}\p{Me}\p{Default_Ignorable_Code_Point}]/gu, '').replace(/\p{Nd}/gu, digitOf);
}

/** Each alphabet's digits stand together in Unicode, from its zero on. */
function digitOf(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(code - before - 1))) before++;
  return String(before % 10);
}

/** GUIDs and hashes, in which digits may fall like those of a CPR number. */
const LONG_ID = /\b(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?=\d*[a-f])[0-9a-f]{32,})\b/gi;

/** A run of digits, and the signs between it and the run before; null: a letter stands there, or more than three signs. */
interface Run {
  readonly start: number;
  readonly length: number;
  readonly gap: string | null;
}

interface Span { readonly start: number; readonly end: number }

/** Where CPR numbers stand in a plain text. Each run is looked at a bounded number of times, so the time is that of the length. */
function numbersIn(text: string): readonly Span[] {
  const spans = mayHold(text) ? spansIn(text) : [];
  return spans.length === 0 || text.length < 32 ? spans : spansIn(text.replace(LONG_ID, (id) => 'x'.repeat(id.length)));
}

/** Farther apart than the groups of most spellings; what is farther is left to the whole rule. */
const NEAR = 24;

/** A day and month of which one has a single digit. */
const SHORT_DAY = /(?<!\d)(?:\d[^\dA-Za-z]+\d\d?|\d\d[^\dA-Za-z]+\d)[^\dA-Za-z]+\d\d/;

/** False when nowhere at the beginning of a run ten digits stand together of which the first are a day and a month, nor a short day. Every long cell of every load comes here, so it makes nothing and looks no farther than it must. */
function mayHold(text: string): boolean {
  for (let at = 0, before = 0; at + 10 <= text.length; at++) {
    const code = text.charCodeAt(at);
    const begins = code >= 48 && code <= 57 && !(before >= 48 && before <= 57);
    before = code;
    if (!begins) continue;
    let [digits, ddmm, i] = [0, 0, at];
    for (; i < text.length && digits < 10; i++) {
      const next = text.charCodeAt(i);
      if (next >= 48 && next <= 57) {
        digits++;
        if (digits <= 4) ddmm = ddmm * 10 + next - 48;
        if (digits === 4 && !isDayOfMonth(Math.floor(ddmm / 100), ddmm % 100)) break;
      } else if (next >= 97 && next <= 122 || next >= 65 && next <= 90) break;
      else if (i - at > NEAR) return true;
    }
    if (digits === 10) return true;
  }
  return text.length >= 11 && SHORT_DAY.test(text);
}

function spansIn(text: string): Span[] {
  const runs = runsOf(text);
  const spans: Span[] = [];
  for (let at = 0; at < runs.length;) {
    const taken = runsTaken(text, runs, at);
    const [first, last] = [runs[at], runs[at + taken - 1]];
    if (taken > 0 && first !== undefined && last !== undefined) spans.push({ start: first.start, end: last.start + last.length });
    at += Math.max(1, taken);
  }
  return spans;
}

/** The runs of a text; none when it has fewer than the eight digits of `1/1/90-1234`. */
function runsOf(text: string): Run[] {
  const runs: Run[] = [];
  let end = 0;
  let count = 0;
  for (let i = 0; i < text.length;) {
    if (!isDigit(text, i)) {
      i++;
      continue;
    }
    const start = i;
    while (isDigit(text, i)) i++;
    runs.push({ start, length: i - start, gap: runs.length === 0 ? null : gapOf(text, end, start) });
    count += i - start;
    end = i;
  }
  return count < 8 ? [] : runs;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

function gapOf(text: string, from: number, to: number): string | null {
  const code = text.charCodeAt(from);
  if (code >= 97 && code <= 122 || code >= 65 && code <= 90) return null;
  if (to - from === 1 && code < 128) return text.charAt(from);
  const signs = text.slice(from, to).replace(/(.)\1+/gsu, '$1');
  return signs.length > 6 || [...signs].length > 3 || /[\p{L}\p{N}]/u.test(signs) ? null : signs;
}

/** How many runs from here make a CPR number; 0: they make none. */
function runsTaken(text: string, runs: readonly Run[], at: number): number {
  const a = runs[at] as Run;
  const digits = (run: Run): string => text.slice(run.start, run.start + run.length);
  if (a.length === 10 || a.length === 12) return isNumber(digits(a)) ? 1 : 0;
  const b = joined(runs, at + 1);
  if (a.length > 8 || b === null) return 0;
  if (a.length === 6 && b.length === 4 && isCalendarDay(digits(a))) return 2;
  if (a.length === 8 && b.length === 4 && isWithCentury(digits(a))) return 2;
  const c = joined(runs, at + 2);
  if (c !== null && a.length === 4 && b.length === 2 && c.length === 4 && isCalendarDay(digits(a) + digits(b)) && !(isYear(digits(a)) && Number(digits(b)) <= 13)) return 3;
  const d = c === null ? null : joined(runs, at + 3);
  if (c !== null && d !== null && a.length <= 2 && b.length <= 2 && d.length === 4) {
    const padded = (run: Run): string => digits(run).padStart(2, '0');
    if (c.length === 2 && isSeparated([a, b, c, d], padded) || c.length === 4 && isSeparatedWithCentury([a, b, c, d], padded)) return 4;
  }
  return a.gap === null ? standsAlone(runs, at, digits) : 0;
}

const joined = (runs: readonly Run[], at: number): Run | null => { const run = runs[at]; return run === undefined || run.gap === null ? null : run; };
const isYear = (four: string): boolean => /^(?:19|20)\d\d$/.test(four);
const isWithCentury = (ddmmyyyy: string): boolean => /^\d{4}(?:18|19|20)\d\d$/.test(ddmmyyyy) && isCalendarDay(ddmmyyyy.slice(0, 4) + ddmmyyyy.slice(6));
/** What stands between the items of a list. */
const isList = (gaps: readonly string[]): boolean => gaps.every((gap) => /^[ ,;]+$/.test(gap));

/** What stands between the fields of a line of a file. */
const FIELDS = /^[;,|]$/;

/** A single digit stands for the day or the month. */
const isShort = (day: Run, month: Run): boolean => day.length + month.length < 4;
/** `1/1-90`, as well as the same sign twice. */
const isDated = (inside: string, between: string): boolean => inside === between || inside === '/' && HYPHENS.test(between);
/** `1/1/90`, which doesn't go on from something before it as in an address; not the weeks `1, 2, 10`. */
const isShortDay = (a: Run, b: Run, c: Run): boolean => a.gap !== b.gap && !isList([b.gap ?? '']) && isDated(b.gap ?? '', c.gap ?? '');

/** `01-01-90 1234`; not the weeks `10 11 12 2026`, the period `10-01.12.2026`, the time `10:11:12 +0200` or the address 10.11.12.13:5432. */
function isSeparated([a, b, c, d]: readonly [Run, Run, Run, Run], digits: (run: Run) => string): boolean {
  if (!isCalendarDay(digits(a) + digits(b) + digits(c))) return false;
  const [inside, between, last] = [b.gap ?? '', c.gap ?? '', d.gap ?? ''];
  if (isYear(digits(d)) && (isList([inside, between, last]) || inside !== between && between === last)) return false;
  if (isShort(a, b) && !(isShortDay(a, b, c) && (inside === between || !isYear(digits(d))))) return false;
  if (inside === ':' && between === ':' && Number(digits(a)) < 24 && Number(digits(b)) < 60 && Number(digits(c)) < 60) return false;
  return !(a.gap === '.' && inside === '.');
}

/** `01-01-1990-1234` or `1/1-1990 1234`; not the point in time `31-12-2026 1030`, nor a line of a file, `31-12-2026;5211`. */
function isSeparatedWithCentury([a, b, c, d]: readonly [Run, Run, Run, Run], digits: (run: Run) => string): boolean {
  const day = digits(a) + digits(b) + digits(c);
  if (!isWithCentury(day)) return false;
  if (!isShort(a, b) && b.gap === c.gap && (d.gap === b.gap || HYPHENS.test(d.gap ?? ''))) return true;
  if (FIELDS.test(d.gap ?? '')) return false;
  return (isShort(a, b) ? isShortDay(a, b, c) : isDated(b.gap ?? '', c.gap ?? '')) && isNumber(day + digits(d));
}

/** Other groupings, which count where no further digits stand near: a list of numbers would hold too many of them. */
function standsAlone(runs: readonly Run[], at: number, digits: (run: Run) => string): number {
  const chain: Run[] = [];
  /** How many digits stand before the end of each run. */
  const ends: number[] = [];
  let length = 0;
  for (let next = at; next < runs.length; next++) {
    const run = runs[next] as Run;
    if (next > at && run.gap === null) break;
    length += run.length;
    if (length > 12) return 0;
    chain.push(run);
    ends.push(length);
  }
  const all = length === 10 || length === 12 ? chain.map(digits).join('') : '';
  if (all === '' || !isNumber(all)) return 0;
  const gaps = chain.slice(1).map(({ gap }) => gap ?? '');
  // A day in full and the next field of a line.
  if (length === 12 && FIELDS.test(gaps[ends.indexOf(8)] ?? '')) return 0;
  const blanks = gaps.every((gap) => gap === ' ');
  const shape = chain.map((run) => run.length).join(' ');
  const yearFirst = chain[0]?.length === 4 && isYear(all.slice(0, 4));
  // A year and an amount or the number of a case; in full: and a telephone number, or three years.
  if (shape === '4 6') return yearFirst && !(blanks && !all.endsWith('00')) ? 0 : 2;
  if (yearFirst && length === 12) return 0;
  if (['2 8', '2 2 6', '2 4 4', '2 10', '4 8'].includes(shape)) return chain.length;
  if (shape === '2 2 8') return isDated(gaps[0] ?? '', gaps[1] ?? '') ? 3 : 0;
  if (!ends.includes(length - 4)) return 0;
  const even = gaps.every((gap) => gap === gaps[0]);
  // Within the serial number the groups have blanks between, and the year has none: `01.10.26, 10:30` and `10:12 19.10.2026` are points in time.
  const inPairs = ends.includes(2) && ends.includes(4) && !(length === 12 && ends.includes(6)) && gaps.slice(ends.indexOf(length - 4) + 1).every((gap) => gap === ' ');
  // `010 190 1234`: no number of a list begins with a nought, but that of a week.
  const padded = all.startsWith('0') && (chain[0]?.length ?? 0) > 2 && (blanks || HYPHENS.test(gaps.at(-1) ?? ''));
  if (padded) return chain.length;
  if (!even && !inPairs) return 0;
  const numbers = chain.map((run) => Number(digits(run)));
  const runsOn = (sign: 1 | -1): boolean => numbers.every((number, i) => i === 0 || sign * (number - (numbers[i - 1] ?? 0)) > 0);
  return isList(gaps) && (shape === '4 4 4' || runsOn(1) || runsOn(-1) || isYear(all.slice(-4)) && chain.at(-1)?.length === 4) ? 0 : chain.length;
}

const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Day + 60 in a replacement number. */
function isDayOfMonth(written: number, month: number): boolean {
  const day = written > 60 ? written - 60 : written;
  return day >= 1 && day <= (MONTH_DAYS[month - 1] ?? 0);
}

/** DDMMYY as a day of some century: 29 February counts in 00 too, which was a leap year in 2000. */
function isCalendarDay(ddmmyy: string): boolean {
  const [day, month, year] = [Number(ddmmyy.slice(0, 2)), Number(ddmmyy.slice(2, 4)), Number(ddmmyy.slice(4, 6))];
  return isDayOfMonth(day, month) && !(month === 2 && day % 60 === 29 && year % 4 !== 0);
}

/** Ten digits with a day, or twelve with a day and the century that belongs to their last four; a replacement number may have any of the years numbers are issued for. */
function isNumber(digits: string): boolean {
  if (digits.length === 10) return isCalendarDay(digits.slice(0, 6));
  // `1012 19102026` is a time and a day.
  if (!isWithCentury(digits.slice(0, 8)) || isWithCentury(digits.slice(4))) return false;
  const [day, year, sign] = [Number(digits.slice(0, 2)), Number(digits.slice(4, 8)), Number(digits.charAt(8))];
  if (day > 60) return year >= 1858 && year <= 2057;
  if (sign < 4) return year >= 1900 && year <= 1999;
  return sign === 4 || sign === 9 ? year >= 1937 && year <= 2036 : year >= 1858 && year <= 1899 || year >= 2000 && year <= 2057;
}
