import type { IsoDate } from '../../src/calendar/period.ts';
import { monthOf, monthsOf } from './months.ts';
import type { Month } from './months.ts';
import { allocations } from './need.ts';
import type { Allocation, Citizen, ServiceName } from './need.ts';
import { bell, pick, stream, whole, withoutRepeat } from './random.ts';
import type { Random } from './random.ts';
import { rosters } from './roster.ts';
import type { Roster } from './roster.ts';
import { delivery, DISTRICTS, FROM, SEED, tempShare, TO } from './story.ts';
import type { District } from './story.ts';

/** One week's care of one service for one citizen, dated on its day. Cancelled: no minutes and no employee. */
export interface Visit {
  readonly date: IsoDate;
  readonly district: string;
  readonly citizen: string;
  readonly employee: string;
  readonly service: ServiceName;
  readonly allocated: number;
  readonly delivered: number;
}

/** Every visit, by date. */
export function visits(): Visit[] {
  const citizenNumber = withoutRepeat(stream(SEED, 'citizen keys'), 1, 99_999);
  const employeeNumber = withoutRepeat(stream(SEED, 'employee keys'), 100, 999);
  const nextCitizen = (): string => `B-${String(citizenNumber()).padStart(5, '0')}`;
  const nextEmployee = (): string => `M-${employeeNumber()}`;
  const all = DISTRICTS.flatMap((district) => {
    const random = stream(SEED, 'visits', district.id);
    const care = allocations(district, random, nextCitizen);
    return delivered(district, care, rosters(district, monthsOf(FROM, TO), random, nextEmployee), random);
  });
  return all.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}

/**
 * What came of the allocated care. The minutes not delivered are a debt that grows with every visit by the story's
 * share and is paid by cancelling or shortening, so a month comes close to the wanted share at any size of district.
 */
function delivered(district: District, care: readonly Allocation[], rosterOf: ReadonlyMap<Month, Roster>, random: Random): Visit[] {
  const helpers = new Map<Citizen, Helpers>();
  const conditions = new Map([...rosterOf].map(([month, roster]) => [month, {
    roster,
    // By chance up to 0.9 points more or less than the story's share.
    share: delivery(district, month) + 0.009 * bell(random),
    standIn: 0.06 + 1.3 * tempShare(district, month),
  }]));
  let debt = 0;
  return care.map(({ date, citizen, service, minutes }): Visit => {
    const now = conditions.get(monthOf(date));
    if (now === undefined) throw new Error(`no roster for ${date}`);
    debt += minutes * (1 - now.share);
    const visit = { date, district: district.name, citizen: citizen.key, service, allocated: minutes };
    if (debt > minutes * (0.7 + 0.9 * random())) {
      debt -= minutes;
      return { ...visit, employee: '', delivered: 0 };
    }
    const leaning = Math.max(-0.12, Math.min(0.12, debt / minutes)) * random() * 0.5;
    const given = Math.max(10, Math.round(minutes * (1 - leaning + 0.1 * bell(random))));
    debt -= minutes - given;
    const theirs = helpers.get(citizen) ?? { places: team(now.roster, random), last: '' };
    helpers.set(citizen, theirs);
    theirs.last = helper(theirs, now.roster, now.standIn, random);
    return { ...visit, employee: theirs.last, delivered: given };
  });
}

/** The places whose employees a citizen knows, the first best of all. */
interface Helpers {
  readonly places: readonly number[];
  last: string;
}

function team(roster: Roster, random: Random): number[] {
  const next = withoutRepeat(random, 0, roster.permanent.length - 1);
  return Array.from({ length: whole(random, 4, 6) }, next);
}

/** The citizen's own team, now and then a stand-in; seldom the same as last time. */
function helper(theirs: Helpers, roster: Roster, standIn: number, random: Random): string {
  const choose = (): string => {
    if (random() < standIn) return random() < 0.6 ? pick(random, roster.temps) : pick(random, roster.permanent);
    const place = random() < 0.3 ? theirs.places[0] : pick(random, theirs.places);
    return roster.permanent[place ?? 0] ?? pick(random, roster.permanent);
  };
  const first = choose();
  return first === theirs.last && random() < 0.7 ? choose() : first;
}
