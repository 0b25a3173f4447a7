/**
 * Ten digits that read as a Danish personal identification number (CPR): ddmmyy and four more, with or without
 * separator; day + 60 are replacement numbers. Modulus 11 is no proof: numbers without it are issued since 2007.
 */
const CANDIDATE = /(?<!\d)((?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01]))((?:0[1-9]|1[0-2]))(\d{2})[ \-\u2013.]?(\d{4})(?!\d)/g;

/** True when the day exists in the month; 29 February counts in every year that can be meant. */
function realDay(day: number, month: number): boolean {
  const days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const real = day > 60 ? day - 60 : day;
  return real <= (days[month - 1] ?? 0);
}

/** Whether a text holds something that looks like a CPR number. */
export function holdsPersonalNumber(text: string): boolean {
  for (const [, day, month] of text.matchAll(CANDIDATE)) if (realDay(Number(day), Number(month))) return true;
  return false;
}
