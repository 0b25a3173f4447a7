import type { Month } from './months.ts';
import type { Random } from './random.ts';
import { employees } from './absence.ts';
import type { District } from './story.ts';

/** Who fills the places of a district in one month. Citizens are tied to places, so a new employee takes over the citizens of the last. */
export interface Roster {
  readonly permanent: readonly string[];
  readonly temps: readonly string[];
}

const LEAVE_PER_MONTH = 0.022;
const TEMP_LEAVES_PER_MONTH = 0.2;
const TEMPS = 3;

/** The rosters of a district month by month. A place once opened stays open. */
export function rosters(district: District, months: readonly Month[], random: Random, nextKey: () => string): ReadonlyMap<Month, Roster> {
  let permanent: string[] = [];
  let temps: string[] = [];
  return new Map(months.map((month) => {
    permanent = permanent.map((key) => (random() < LEAVE_PER_MONTH ? nextKey() : key));
    temps = temps.map((key) => (random() < TEMP_LEAVES_PER_MONTH ? nextKey() : key));
    while (permanent.length < Math.round(employees(district, month))) permanent.push(nextKey());
    while (temps.length < TEMPS) temps.push(nextKey());
    return [month, { permanent: [...permanent], temps: [...temps] }];
  }));
}
