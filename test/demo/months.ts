import { daysBetween, pieces, shiftDays, shiftMonths } from '../../src/calendar/period.ts';
import type { IsoDate } from '../../src/calendar/period.ts';

/** A calendar month as `YYYY-MM`. */
export type Month = string;

export const firstDay = (month: Month): IsoDate => `${month}-01`;
const lastDay = (month: Month): IsoDate => shiftDays(shiftMonths(firstDay(month), 1), -1);
export const monthOf = (date: IsoDate): Month => date.slice(0, 7);
export const yearOf = (month: Month): number => Number(month.slice(0, 4));
/** 0 for January to 11 for December. */
export const monthIndex = (month: Month): number => Number(month.slice(5, 7)) - 1;
export const daysIn = (month: Month): number => daysBetween(firstDay(month), shiftMonths(firstDay(month), 1));
const isWeekend = (date: IsoDate): boolean => [0, 6].includes(weekday(date));
/** Whole months from `from` to `to`. */
export const monthsBetween = (from: Month, to: Month): number => (yearOf(to) - yearOf(from)) * 12 + monthIndex(to) - monthIndex(from);

/** The months of a half-open range of days. */
export function monthsOf(from: IsoDate, to: IsoDate): Month[] {
  return pieces({ from, to, grain: 'rolling' }, 'month').map((piece) => monthOf(piece.from));
}

/** The twelve months of a year. */
export function monthsOfYear(year: number): Month[] {
  return monthsOf(`${year}-01-01`, `${year + 1}-01-01`);
}

/** The last Monday to Friday of a month: pay day. */
export function lastWeekday(month: Month): IsoDate {
  let date = lastDay(month);
  while (isWeekend(date)) date = shiftDays(date, -1);
  return date;
}

/** Mondays to Fridays of a month. */
export function weekdaysIn(month: Month): number {
  return pieces({ from: firstDay(month), to: shiftMonths(firstDay(month), 1), grain: 'month' }, 'day').filter((day) => !isWeekend(day.from)).length;
}

/** 0 for Sunday to 6 for Saturday; 2023-01-01 was a Sunday. */
function weekday(date: IsoDate): number {
  return ((daysBetween('2023-01-01', date) % 7) + 7) % 7;
}
