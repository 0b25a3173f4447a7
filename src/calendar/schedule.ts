import { tzOffset } from '@date-fns/tz';
import { Cron } from 'croner';
import { dayIn, periodOf, shiftMonths, type IsoDate, type Period, type TimeGrain } from './period.ts';
import { addWorkdays, fewestWorkdays, nthWorkday, type ClosedDays } from './workday.ts';

/** A cron line, or the n-th (or the last) working day of the month at a local time `HH:MM`. */
export type Schedule = { readonly cron: string } | { readonly workday: number | 'last'; readonly at: string };

/** What a schedule is read by: a pack's time zone, the first month of its fiscal year, and the days it is closed. */
export interface Calendar {
  readonly timeZone: string;
  readonly yearStart: number;
  readonly closedDays: ClosedDays;
}

/** A closed period and the instant from which it is owed. */
export interface Owed {
  readonly period: Period;
  readonly dueAt: Date;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/**
 * The instant of a local time `HH:MM` on a day. In the night the clock goes forward, a time that does not exist becomes
 * the first instant after the gap; in the night it goes back, a time that comes twice is the first of the two.
 */
export function instantAt(date: IsoDate, time: string, timeZone: string): Date {
  const local = Date.parse(`${date}T${time}:00Z`);
  const offsetAt = (instant: number): number => tzOffset(timeZone, new Date(instant)) * MINUTE_MS;
  const [before, after] = [offsetAt(local - DAY_MS), offsetAt(local + DAY_MS)];
  const fitting = [local - before, local - after].filter((instant) => instant + offsetAt(instant) === local);
  if (fitting.length > 0) return new Date(Math.min(...fitting));
  let [last, first] = [local - DAY_MS, local + DAY_MS];
  while (first - last > MINUTE_MS) {
    const middle = last + Math.floor((first - last) / 2 / MINUTE_MS) * MINUTE_MS;
    if (offsetAt(middle) === before) last = middle;
    else first = middle;
  }
  return new Date(first);
}

/**
 * The instant a closed period is due. Working day: the first "n-th working day at HH:MM" at or after the period's end,
 * so for a month the n-th working day of the next month. Cron: the first time the line fires at or after the period's end.
 */
export function dueAt(schedule: Schedule, calendar: Pick<Calendar, 'timeZone' | 'closedDays'>, period: Period): Date {
  const { timeZone, closedDays } = calendar;
  const end = instantAt(period.to, '00:00', timeZone);
  if ('cron' in schedule) {
    const next = new Cron(schedule.cron, { timezone: timeZone, mode: '5-part' }).nextRun(new Date(end.getTime() - 1));
    if (next === null) throw new RangeError(`The cron line "${schedule.cron}" never fires.`);
    return next;
  }
  const inMonthOf = (day: IsoDate): Date => instantAt(nthWorkday(Number(day.slice(0, 4)), Number(day.slice(5, 7)), schedule.workday, closedDays), schedule.at, timeZone);
  const due = inMonthOf(period.to);
  return due >= end ? due : inMonthOf(shiftMonths(period.to, 1));
}

/** The same local time some working days after an instant. */
export function workdaysAfter(instant: Date, workdays: number, { timeZone, closedDays }: Pick<Calendar, 'timeZone' | 'closedDays'>): Date {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(instant);
  return instantAt(addWorkdays(dayIn(timeZone, instant), workdays, closedDays), time, timeZone);
}

/** All periods of a grain, from the one that holds `start`, whose due instant has passed at `now`; oldest first. */
export function owedPeriods(schedule: Schedule, grain: TimeGrain, start: IsoDate, now: Date, calendar: Calendar): Owed[] {
  const owed: Owed[] = [];
  for (let period = periodOf(grain, start, calendar.yearStart); ; period = periodOf(grain, period.to, calendar.yearStart)) {
    // A period that has not ended is not due: ends are cheap to compare, schedules are not.
    if (instantAt(period.to, '00:00', calendar.timeZone) > now) return owed;
    const due = dueAt(schedule, calendar, period);
    if (due > now) return owed;
    owed.push({ period, dueAt: due });
  }
}

/** What is wrong with a schedule and how to mend it; null when nothing is. */
export function scheduleFault(schedule: Schedule, closed: ClosedDays = []): { readonly message: string; readonly hint: string } | null {
  if ('workday' in schedule) {
    if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(schedule.at)) return { message: `"${schedule.at}" is not a time of day.`, hint: 'Write hours and minutes, such as 08:00.' };
    if (schedule.workday === 'last' || (schedule.workday >= 1 && schedule.workday <= fewestWorkdays(closed))) return null;
    return { message: `Not every month has a working day number ${schedule.workday}.`, hint: `Choose 1 to ${fewestWorkdays(closed)}, or "last workday".` };
  }
  try {
    // Any fixed instant will do: a line that never fires after 2000 never fires.
    if (new Cron(schedule.cron, { mode: '5-part', timezone: 'UTC' }).nextRun(new Date(Date.UTC(2000, 0, 1))) !== null) return null;
    return { message: `The cron line "${schedule.cron}" never fires.`, hint: 'Choose a day that exists, such as 0 8 5 * *.' };
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    return { message: `"${schedule.cron}" is not a cron line (${why}).`, hint: 'Write minute, hour, day, month and weekday, such as 0 8 5 * *.' };
  }
}
