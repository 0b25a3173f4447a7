/**
 * Danish personal identification numbers (CPR, DDMMYY-SSSS): refused in data and questions, never shown or logged.
 *
 * What counts: ten digits, or six and four with one hyphen, en dash, space or point between, not inside a longer
 * run of digits, whose first six are a calendar day. Replacement numbers (day + 60) count; modulus 11 is not
 * asked for, since numbers issued after 1 October 2007 need not meet it.
 *
 * In a column declared as a number only a cell that is wholly ten digits, or six and four with a hyphen, counts:
 * an amount such as 1234567890,50 or 210365.1234 is no CPR number, and about 7 in 100 ten-digit figures happen to
 * begin with a day. (A spreadsheet that keeps CPR numbers as numbers drops the leading zero of the first nine days of a
 * month; those nine digits are not looked for, the other two thirds of such a column are found.) In every other column such a figure is refused too: better one file too many.
 */
const ANYWHERE = /(?<!\d)(\d{6})[ \-\u2013.]?(\d{4})(?!\d)/g;
const WHOLE = /^(\d{6})-?(\d{4})$/;

/** True when a text holds something that looks like a CPR number; `numericColumn` for a cell of a column declared as a number. */
export function holdsPersonalNumber(text: string, numericColumn = false): boolean {
  if (numericColumn) {
    const whole = WHOLE.exec(text.trim());
    return whole !== null && isCalendarDay(whole[1] ?? '');
  }
  for (const match of text.matchAll(ANYWHERE)) if (isCalendarDay(match[1] ?? '')) return true;
  return false;
}

/** The text with every CPR-like number in it replaced, for messages that quote data. */
export function maskPersonalNumbers(text: string): string {
  return text.replace(ANYWHERE, (all, day: string) => (isCalendarDay(day) ? '******-****' : all));
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
