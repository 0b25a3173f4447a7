import { UTCDate } from '@date-fns/utc';
import { addDays, addMonths, differenceInCalendarDays, differenceInCalendarMonths, getISOWeek, getISOWeekYear, isValid, startOfISOWeek } from 'date-fns';

/** A whole day as `YYYY-MM-DD`, without time zone. Strings compare in order of time. */
export type IsoDate = string;

/** The kind of a period. `rolling` is any other span of whole months or days. */
type Grain = 'day' | 'week' | 'month' | 'quarter' | 'half-year' | 'year' | 'year-to-date' | 'rolling';

/** Grains that cut time into equal pieces, usable to group by. */
export const TIME_GRAINS = ['day', 'week', 'month', 'quarter', 'half-year', 'year'] as const;
export type TimeGrain = (typeof TIME_GRAINS)[number];

/** A half-open range of whole days: `from` belongs to it, `to` does not. */
export interface Period {
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly grain: Grain;
}

const MONTHS: Partial<Record<TimeGrain, number>> = { month: 1, quarter: 3, 'half-year': 6, year: 12 };

const parse = (date: IsoDate): UTCDate => {
  const [y, m, d] = date.split('-').map(Number) as [number, number, number];
  return new UTCDate(y, m - 1, d);
};
const format = (date: Date): IsoDate => date.toISOString().slice(0, 10);

/** True for a real calendar day written `YYYY-MM-DD`. */
export function isIsoDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = parse(text);
  return isValid(date) && format(date) === text;
}

/** The day `days` after (or before, when negative). */
export function shiftDays(date: IsoDate, days: number): IsoDate {
  return format(addDays(parse(date), days));
}

/** The day `months` later; the 31st becomes the last day of a shorter month. */
export function shiftMonths(date: IsoDate, months: number): IsoDate {
  return format(addMonths(parse(date), months));
}

/** Whole days from `from` to `to`, negative when `to` is earlier. */
export function daysBetween(from: IsoDate, to: IsoDate): number {
  return differenceInCalendarDays(parse(to), parse(from));
}

/** The day an instant falls on in a time zone such as `Europe/Copenhagen`. */
export function dayIn(timeZone: string, instant: Date): IsoDate {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(instant);
}

/** The same of an instant as ISO text; empty for none. */
export const dayOf = (timeZone: string, instant: string): IsoDate => (instant === '' ? '' : dayIn(timeZone, new Date(instant)));

/** ISO 8601 week of a day: 2027-01-01 is in week 53 of 2026. */
export function isoWeek(date: IsoDate): { year: number; week: number } {
  const d = parse(date);
  return { year: getISOWeekYear(d), week: getISOWeek(d) };
}

/** First day of the ISO week `week` of `year`. */
export function startOfWeek(year: number, week: number): IsoDate {
  return shiftDays(format(startOfISOWeek(parse(`${year}-01-04`))), (week - 1) * 7);
}

/**
 * The period of a grain that holds a day. Quarters, half-years and years follow the fiscal year,
 * whose first month is `yearStart` (1 = January, 4 = April).
 */
export function periodOf(grain: TimeGrain, date: IsoDate, yearStart = 1): Period {
  if (grain === 'day') return { from: date, to: shiftDays(date, 1), grain };
  if (grain === 'week') {
    const from = format(startOfISOWeek(parse(date)));
    return { from, to: shiftDays(from, 7), grain };
  }
  const size = MONTHS[grain] ?? 1;
  const [y, m] = date.split('-').map(Number) as [number, number, number];
  const offset = (((m - yearStart) % 12) + 12) % 12;
  const from = shiftMonths(`${String(y).padStart(4, '0')}-${String(m).padStart(2, '0')}-01`, -(offset % size));
  return { from, to: shiftMonths(from, size), grain };
}

/** A period as it is written in a command: 2026-10, 2026-W41, 2026-Q4, 2026-H2, 2026, of fiscal years that begin in `yearStart`. */
export function periodCode({ grain, from }: Period, yearStart = 1): string {
  if (grain === 'day') return from;
  if (grain === 'month') return from.slice(0, 7);
  if (grain === 'week') {
    const { year, week } = isoWeek(from);
    return `${year}-W${String(week).padStart(2, '0')}`;
  }
  const year = Number(periodOf('year', from, yearStart).from.slice(0, 4));
  const months = (Number(from.slice(5, 7)) - yearStart + 12) % 12;
  return grain === 'year' ? String(year) : grain === 'quarter' ? `${year}-Q${Math.floor(months / 3) + 1}` : `${year}-H${Math.floor(months / 6) + 1}`;
}

/** What `periodCode` writes, read: quarters as K1 too, weeks as U41. Null for anything else. */
export function periodFromCode(text: string, yearStart = 1): Period | null {
  const [, year = '', rest = ''] = /^(\d{4})(?:-(.+))?$/.exec(text) ?? [];
  const after = (months: number): IsoDate => shiftMonths(`${year}-${String(yearStart).padStart(2, '0')}-01`, months);
  if (year === '') return null;
  if (rest === '') return text.endsWith('-') ? null : periodOf('year', after(0), yearStart);
  if (/^(0[1-9]|1[0-2])$/.test(rest)) return periodOf('month', `${year}-${rest}-01`, yearStart);
  if (/^[WU](0[1-9]|[1-4]\d|5[0-3])$/.test(rest)) {
    const from = startOfWeek(Number(year), Number(rest.slice(1)));
    return isoWeek(from).year === Number(year) ? periodOf('week', from, yearStart) : null;
  }
  if (/^[QK][1-4]$/.test(rest)) return periodOf('quarter', after((Number(rest[1]) - 1) * 3), yearStart);
  if (/^H[12]$/.test(rest)) return periodOf('half-year', after((Number(rest[1]) - 1) * 6), yearStart);
  return null;
}

/** From the start of the (fiscal) year that holds the last day before `to`, up to `to`. */
export function yearToDate(to: IsoDate, yearStart = 1): Period {
  return { from: periodOf('year', shiftDays(to, -1), yearStart).from, to, grain: 'year-to-date' };
}

/** The `months` whole months that end at `to`. */
export function rolling(to: IsoDate, months: number): Period {
  return { from: shiftMonths(to, -months), to, grain: 'rolling' };
}

const wholeMonths = (p: Period): boolean => p.from.endsWith('-01') && p.to.endsWith('-01');

/**
 * The period just before, of the same length: the month before, the seven days before. Year to date gives the same days of the
 * year before; the first months or days of a month, quarter, half-year or year give as many of the one before.
 */
export function previousPeriod(p: Period, yearStart = 1): Period {
  if (p.grain === 'year-to-date') return sameLastYear(p);
  const whole = p.grain === 'rolling' ? p : periodOf(p.grain, p.from, yearStart);
  if (p.from === whole.from && p.to < whole.to) {
    const before = periodOf(p.grain as TimeGrain, shiftDays(whole.from, -1), yearStart);
    const to = wholeMonths(p) ? shiftMonths(before.from, differenceInCalendarMonths(parse(p.to), parse(p.from))) : shiftDays(before.from, daysBetween(p.from, p.to));
    return { from: before.from, to: to < before.to ? to : before.to, grain: p.grain };
  }
  if (!wholeMonths(p)) return { from: shiftDays(p.from, -daysBetween(p.from, p.to)), to: p.from, grain: p.grain };
  return { from: shiftMonths(p.from, -differenceInCalendarMonths(parse(p.to), parse(p.from))), to: p.from, grain: p.grain };
}

/** The same period a year earlier. Weeks keep their ISO week number (week 53 becomes week 52 where the year before has none). */
export function sameLastYear(p: Period): Period {
  if (p.grain === 'week') {
    const { year, week } = isoWeek(p.from);
    const from = startOfWeek(year - 1, week);
    const fits = isoWeek(from).year === year - 1;
    const start = fits ? from : shiftDays(from, -7);
    return { from: start, to: shiftDays(start, 7), grain: 'week' };
  }
  // A span that ends inside a month keeps its last day, so that 28 February stays one day.
  const to = wholeMonths(p) ? shiftMonths(p.to, -12) : shiftDays(shiftMonths(shiftDays(p.to, -1), -12), 1);
  return { from: shiftMonths(p.from, -12), to, grain: p.grain };
}

/** The pieces of a period by a grain, in order; the first and last are cut to the period. */
export function pieces(p: Period, grain: TimeGrain, yearStart = 1): Period[] {
  const out: Period[] = [];
  for (let day = p.from; day < p.to; ) {
    const piece = periodOf(grain, day, yearStart);
    out.push({ from: day, to: piece.to < p.to ? piece.to : p.to, grain });
    day = piece.to;
  }
  return out;
}

/** The last period of a grain that ends at or before `through` (exclusive end of what is complete). */
export function lastClosed(grain: TimeGrain, through: IsoDate, yearStart = 1): Period {
  const holding = periodOf(grain, through, yearStart);
  return periodOf(grain, shiftDays(holding.from, -1), yearStart);
}

/** Easter Sunday of a year (the anonymous Gregorian computus; Meeus, Astronomical Algorithms, chapter 8). */
export function easter(year: number): IsoDate {
  const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100];
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const days = h + l - 7 * Math.floor((a + 11 * h + 22 * l) / 451) + 114;
  return `${year}-${String(Math.floor(days / 31)).padStart(2, '0')}-${String((days % 31) + 1).padStart(2, '0')}`;
}

/** Whether a period is all of what its grain says: a year to November is no year. */
export const isWhole = (p: Period, yearStart = 1): boolean => p.grain === 'year-to-date' || p.grain === 'rolling' || samePeriod(p, periodOf(p.grain, p.from, yearStart));

/** True when both periods are the same days. */
export function samePeriod(a: Period, b: Period): boolean {
  return a.from === b.from && a.to === b.to;
}
