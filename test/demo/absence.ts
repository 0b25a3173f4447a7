import type { IsoDate } from '../../src/calendar/period.ts';
import { firstDay, monthIndex, monthsOf, weekdaysIn } from './months.ts';
import type { Month } from './months.ts';
import { bell, stream } from './random.ts';
import { AT_WORK, budgetedHours, DISTRICTS, FROM, SEED, sickness, TO, volume } from './story.ts';
import type { District } from './story.ts';

/** Working days (dagsværk) of one district, month and staff group, with one decimal. */
export interface Absence {
  readonly district: string;
  readonly month: IsoDate;
  readonly group: string;
  readonly possible: number;
  readonly short: number;
  readonly long: number;
}

/** Staff groups: part of the full-time staff, sickness against the district's own, and the long spells' part of it. */
const GROUPS = [
  { name: 'SOSU-hjælper', staff: 0.52, sickness: 1.06, long: 0.5 },
  { name: 'SOSU-assistent', staff: 0.33, sickness: 0.98, long: 0.46 },
  { name: 'Sygeplejerske', staff: 0.15, sickness: 0.84, long: 0.42 },
] as const;

/** Hours with citizens per full-time employee and month. */
const HOURS_PER_EMPLOYEE = 84;

/** The absence table in the order of the sheet: a block per district, in it month by month. */
export function absences(): Absence[] {
  return DISTRICTS.flatMap((district) => {
    const random = stream(SEED, 'absence', district.id);
    return monthsOf(FROM, TO).flatMap((month) =>
      GROUPS.map((group): Absence => {
        const possible = oneDecimal(employees(district, month) * group.staff * weekdaysIn(month) * (AT_WORK[monthIndex(month)] ?? 1) * (1 + 0.03 * bell(random)));
        const rate = sickness(district, month) * group.sickness * (1 + 0.09 * bell(random));
        // Waves are short spells: the long ones follow the season only by half.
        const long = district.sickness * group.sickness * group.long * 0.5 + rate * group.long * 0.5;
        return { district: district.name, month: firstDay(month), group: group.name, possible, short: oneDecimal(possible * Math.max(0, rate - long)), long: oneDecimal(possible * long) };
      }));
  });
}

/** Full-time employees a month's hours ask for. */
export function employees(district: District, month: Month): number {
  return (budgetedHours(district, `${month.slice(0, 4)}-01`) * volume(district, month)) / HOURS_PER_EMPLOYEE;
}

const oneDecimal = (value: number): number => Math.round(value * 10) / 10;
