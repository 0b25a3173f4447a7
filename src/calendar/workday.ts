import Holidays from 'date-holidays';
import { shiftDays, shiftMonths, type IsoDate } from './period.ts';

/** The days Danish law keeps free: no half days (5 June, 24 December), and no store bededag from 2024 on. */
const denmark = new Holidays('DK', { types: ['public'] });
const years = new Map<number, ReadonlySet<IsoDate>>();

/** Danish public holidays of a year (1900 to 2100). */
export function publicHolidays(year: number): ReadonlySet<IsoDate> {
  const known = years.get(year);
  if (known !== undefined) return known;
  const days = new Set(denmark.getHolidays(year).map((holiday) => holiday.date.slice(0, 10)));
  if (year >= 1900 && year <= 2100) years.set(year, days);
  return days;
}

/** Days an organisation keeps closed beside the public holidays, as `MM-DD`: `12-24`. */
export type ClosedDays = readonly string[];

/** True from Monday to Friday, public holidays and the organisation's own closed days apart. */
export function isWorkday(date: IsoDate, closed: ClosedDays = []): boolean {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !closed.includes(date.slice(5)) && !publicHolidays(Number(date.slice(0, 4))).has(date);
}

/** No month of 1900 to 2100 has fewer working days than this (Easter and Ascension Day in one April), closed days apart. */
export const FEWEST_WORKDAYS = 17;

/** How many working days every month has at least, when these days are closed. December has two to spare. */
export const fewestWorkdays = (closed: ClosedDays): number => FEWEST_WORKDAYS - (closed.length <= 2 && closed.every((day) => day.startsWith('12-')) ? 0 : closed.length);

/** All working days of a month (1 to 12), in order. */
function workdaysOf(year: number, month: number, closed: ClosedDays = []): IsoDate[] {
  const first = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-01`;
  const end = shiftMonths(first, 1);
  const days: IsoDate[] = [];
  for (let day = first; day < end; day = shiftDays(day, 1)) if (isWorkday(day, closed)) days.push(day);
  return days;
}

/** The n-th working day (1 is the first) of a month (1 to 12), or its last. Throws RangeError where the month has no such day. */
export function nthWorkday(year: number, month: number, n: number | 'last', closed: ClosedDays = []): IsoDate {
  const days = workdaysOf(year, month, closed);
  const day = n === 'last' ? days.at(-1) : days[n - 1];
  if (day === undefined) throw new RangeError(`${year}-${String(month).padStart(2, '0')} has no working day number ${n}.`);
  return day;
}

/** The day `n` working days after a day. */
export function addWorkdays(date: IsoDate, n: number, closed: ClosedDays = []): IsoDate {
  let day = date;
  for (let left = n; left > 0;) {
    day = shiftDays(day, 1);
    if (isWorkday(day, closed)) left -= 1;
  }
  return day;
}
