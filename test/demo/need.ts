import { shiftDays } from '../../src/calendar/period.ts';
import type { IsoDate } from '../../src/calendar/period.ts';
import { monthOf } from './months.ts';
import { pick, whole } from './random.ts';
import type { Random } from './random.ts';
import { budgetedCitizens, FROM, TO, volume, WEEKLY_MINUTES } from './story.ts';
import type { District } from './story.ts';

export type ServiceName = 'Personlig pleje' | 'Praktisk hjælp';
/** A weekly service, on one day of the week: 0 is Monday. */
interface Service {
  readonly name: ServiceName;
  readonly day: number;
  minutes: number;
}
export interface Citizen {
  readonly key: string;
  readonly services: readonly Service[];
}
/** A week's care of a service, as allocated. */
export interface Allocation {
  readonly date: IsoDate;
  readonly citizen: Citizen;
  readonly service: ServiceName;
  readonly minutes: number;
}

const LEAVE_PER_WEEK = 0.01;
/** Weekends have fewer of the weekly services than weekdays. */
const DAY_WEIGHTS = [1, 1, 1, 1, 1, 0.72, 0.72];
const MOST = 900;
const LEAST = 60;

/**
 * The allocated care of a district, by date. Citizens come and go every week; newcomers and re-assessments keep the
 * number of citizens and their minutes at what the story wants, so that hours don't drift away from the budget by chance.
 */
export function allocations(district: District, random: Random, nextKey: () => string): Allocation[] {
  let active: Citizen[] = [];
  const out: Allocation[] = [];
  // Whole ISO weeks from the Monday before the first day; days outside the range are not written.
  for (let monday = '2023-10-30'; monday < TO; monday = shiftDays(monday, 7)) {
    const month = monthOf(shiftDays(monday, 3));
    const wanted = budgetedCitizens(district, month) * volume(district, month);
    active = active.filter(() => random() >= LEAVE_PER_WEEK);
    while (active.length < Math.round(wanted)) active.push(newcomer(active, wanted * WEEKLY_MINUTES, Math.round(wanted) - active.length, random, nextKey));
    reassess(active, wanted * WEEKLY_MINUTES, random);
    for (const citizen of active) {
      for (const service of citizen.services) {
        const date = shiftDays(monday, service.day);
        if (date >= FROM && date < TO) out.push({ date, citizen, service: service.name, minutes: service.minutes });
      }
    }
  }
  return out.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}

const minutesOf = (citizens: readonly Citizen[]): number =>
  citizens.reduce((all, citizen) => all + citizen.services.reduce((sum, service) => sum + service.minutes, 0), 0);

/** Of four drawn needs, the one that best fills the gap left to the wanted minutes, shared with those still to come. */
function newcomer(active: readonly Citizen[], wantedMinutes: number, places: number, random: Random, nextKey: () => string): Citizen {
  const gap = (wantedMinutes - minutesOf(active)) / places;
  const drawn = Array.from({ length: 4 }, () => need(random));
  const best = drawn.reduce((a, b) => (Math.abs(total(b) - gap) < Math.abs(total(a) - gap) ? b : a));
  const load = Array<number>(7).fill(0);
  for (const citizen of active) for (const { day } of citizen.services) load[day] = (load[day] ?? 0) + 1;
  const services = best.map(({ name, minutes }): Service => {
    const day = DAY_WEIGHTS.reduce((least, weight, i) => (((load[i] ?? 0) + 1) / weight < ((load[least] ?? 0) + 1) / (DAY_WEIGHTS[least] ?? 1) ? i : least), 0);
    load[day] = (load[day] ?? 0) + 1;
    return { name, minutes, day };
  });
  return { key: nextKey(), services };
}

type Need = { name: ServiceName; minutes: number }[];
const total = (services: Need): number => services.reduce((sum, { minutes }) => sum + minutes, 0);

/** Most citizens get personal care, few much of it; a third gets practical help, some nothing else. */
function need(random: Random): Need {
  const kind = random();
  const much = random();
  const care = { name: 'Personlig pleje' as const, minutes: toFive(LEAST + (MOST - LEAST) * much * much) };
  const help = { name: 'Praktisk hjælp' as const, minutes: whole(random, 12, 24) * 5 };
  if (kind < 0.13) return [help];
  return kind < 0.32 ? [care, help] : [care];
}

/** Re-assessment: one citizen after the other gets a little more or less until the sum is near the wanted. */
function reassess(active: readonly Citizen[], wantedMinutes: number, random: Random): void {
  const care = active.flatMap((citizen) => citizen.services).filter((service) => service.name === 'Personlig pleje');
  let gap = wantedMinutes - minutesOf(active);
  for (let tries = 0; tries < 500 && Math.abs(gap) > wantedMinutes * 0.012; tries += 1) {
    const service = pick(random, care);
    const before = service.minutes;
    service.minutes = Math.min(MOST, Math.max(LEAST, before + Math.sign(gap) * whole(random, 3, 12) * 5));
    gap -= service.minutes - before;
  }
}

const toFive = (minutes: number): number => Math.round(minutes / 5) * 5;
