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

/** True from Monday to Friday, public holidays apart. */
export function isWorkday(date: IsoDate): boolean {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !publicHolidays(Number(date.slice(0, 4))).has(date);
}

/** No month of 1900 to 2100 has fewer working days than this (Easter and Ascension Day in one April). */
export const FEWEST_WORKDAYS = 17;

/** The n-th working day (1 is the first) of a month (1 to 12). Throws RangeError where the month has no such day. */
export function nthWorkday(year: number, month: number, n: number): IsoDate {
  const first = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-01`;
  const end = shiftMonths(first, 1);
  let left = n;
  for (let day = first; day < end; day = shiftDays(day, 1)) {
    if (!isWorkday(day)) continue;
    left -= 1;
    if (left === 0) return day;
  }
  throw new RangeError(`${first.slice(0, 7)} has no working day number ${n}.`);
}
