import type { IsoDate } from '../../../src/calendar/period.ts';
import { daysBetween, shiftDays, shiftMonths } from '../../../src/calendar/period.ts';
import { daysIn, firstDay, monthOf, monthsOf } from '../months.ts';
import type { Month } from '../months.ts';
import { bell, pick, stream, whole } from '../random.ts';
import type { Random } from '../random.ts';
import { expectedNotifications, FROM, NOTIFIERS, PLACEMENT, PLACEMENTS, PREVENTIVE_TYPES, PREVENTIVES, READ_ON, SEED, TEAMS, told, TO } from './story.ts';
import type { Kind, MeasureType, Team } from './story.ts';

/** One measure (indsats) for one child in one team; `end` is its last day, null while it goes on. */
export interface Case {
  readonly child: string;
  readonly team: Team;
  readonly type: MeasureType;
  readonly start: IsoDate;
  readonly end: IsoDate | null;
  /** Øre a day at the prices of 2026. */
  readonly price: number;
}
export interface Notification { readonly team: Team; readonly child: string; readonly received: string; readonly assessed: string | null; readonly notifier: string }
export interface Examination { readonly team: Team; readonly child: string; readonly aware: IsoDate; readonly started: IsoDate; readonly finished: IsoDate }
export interface FollowUp { readonly team: Team; readonly child: string; readonly first: boolean; readonly start: IsoDate; readonly examined: IsoDate | null; readonly agreed: IsoDate | null; readonly held: IsoDate | null }
export interface Cases { readonly cases: readonly Case[]; readonly notifications: readonly Notification[]; readonly examinations: readonly Examination[]; readonly followUps: readonly FollowUp[] }

const MONTHS = monthsOf(FROM, TO);
const RUNNING = monthOf(READ_ON);

/** Everything that happened, team by team; children may move between teams and have several measures after one another. */
export function happened(): Cases {
  const nextChild = childKeys();
  const cases = measures(nextChild);
  const notifications = TEAMS.flatMap((team) => notificationsOf(team, cases, nextChild));
  return { cases, notifications, examinations: TEAMS.flatMap((team) => examinationsOf(team, notifications)), followUps: cases.flatMap((one, i) => followUpsOf(one, i)) };
}

/** Keys of children: consonants and two digits, so that they are neither words nor numbers: `KRT-41X`. */
function childKeys(): () => string {
  const random = stream(SEED, 'children');
  const letters = [...'BCDFGHJKLMNPQRSTVWXZ'];
  const used = new Set<string>();
  return () => {
    for (;;) {
      const letter = (): string => pick(random, letters);
      const key = `${letter()}${letter()}${letter()}-${whole(random, 10, 99)}${letter()}`;
      if (used.has(key)) continue;
      used.add(key);
      return key;
    }
  };
}

const weighted = (random: Random, types: readonly MeasureType[], weights: readonly number[]): MeasureType => {
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  return types.find((_, i) => (left -= weights[i] ?? 0) < 0) ?? (types[0] as MeasureType);
};
/** A placement of the type the team has too few of, most often: with a dozen children, chance alone would move the price. */
function newType(random: Random, kind: Kind, team: Team, now: readonly Case[]): MeasureType {
  if (kind !== PLACEMENT || random() < 0.15) return kind === PLACEMENT ? weighted(random, PLACEMENTS, team.types) : weighted(random, PREVENTIVES, PREVENTIVE_TYPES);
  const lacking = PLACEMENTS.map((type, i) => (team.types[i] ?? 0) * (now.length + 1) - now.filter((one) => one.type === type).length);
  return PLACEMENTS[lacking.indexOf(Math.max(...lacking))] as MeasureType;
}
const priceOf = (random: Random, type: MeasureType): number => Math.round(type.price * (1 + 0.12 * bell(random))) * 100;
const anyDay = (random: Random, month: Month): IsoDate => shiftDays(firstDay(month), whole(random, 0, daysIn(month) - 1));

type Open = { -readonly [K in keyof Case]: Case[K] };

/** Measures month by month: some end, and others begin until there are as many as the story wants. */
function measures(nextChild: () => string): Case[] {
  const all: Open[] = [];
  const open = (team: Team, kind: Kind): Open[] => all.filter((one) => one.end === null && one.team === team && one.type.kind === kind);
  const random = stream(SEED, 'measures');
  const begin = (team: Team, kind: Kind, start: IsoDate, child: string, type = newType(random, kind, team, open(team, kind)), price = priceOf(random, type)): void => { all.push({ child, team, type, start, end: null, price }); };
  for (const team of TEAMS) {
    for (let i = 0; i < team.placed; i += 1) begin(team, PLACEMENT, shiftDays(FROM, -whole(random, 20, 1500)), nextChild());
    for (let i = 0; i < team.preventive; i += 1) begin(team, 'Forebyggende', shiftDays(FROM, -whole(random, 10, 330)), nextChild());
  }
  for (const month of MONTHS) {
    for (const team of TEAMS) {
      for (const [kind, leaving, wanted] of [[PLACEMENT, 0.022, team.placed * told('placed', team, month)], ['Forebyggende', 0.07, team.preventive * told('preventive', team, month)]] as const) {
        const here = open(team, kind);
        // Who came this month stays over its end: a measure lasts some weeks at least.
        for (const one of here) {
          if (random() >= leaving || monthOf(one.start) === month) continue;
          one.end = anyDay(random, month);
          // One in four leaves a placement for another one.
          if (kind === PLACEMENT && random() < 0.25 && monthOf(shiftDays(one.end, 1)) === month) begin(team, kind, shiftDays(one.end, 1), one.child);
        }
        const now = open(team, kind);
        const most = Math.round(wanted + 0.4 * bell(random) * Math.sqrt(wanted));
        for (const one of now.slice(0, Math.max(0, now.length - most - 1))) if (monthOf(one.start) !== month) one.end = anyDay(random, month);
        for (let i = now.length; i < most; i += 1) {
          // Some of those who are placed had a preventive measure, which then ends.
          const before = kind === PLACEMENT && random() < 0.4 ? open(team, 'Forebyggende').find((one) => monthOf(one.start) < month && !all.some((other) => other.end === null && other.child === one.child && other.type.kind === PLACEMENT)) : undefined;
          const start = anyDay(random, month);
          if (before !== undefined) before.end = start;
          begin(team, kind, start, before?.child ?? nextChild());
        }
      }
    }
    // Now and then a child moves to the team of the young, with the placement it has.
    const older = TEAMS.find((team) => team.id === 'ungdom') as Team;
    const moving = random() < 0.4 ? open(pick(random, TEAMS.slice(0, 5)), PLACEMENT).find((one) => one.start < firstDay(month)) : undefined;
    if (moving !== undefined) {
      moving.end = shiftDays(firstDay(month), whole(random, 4, 20));
      begin(older, PLACEMENT, shiftDays(moving.end, 1), moving.child, moving.type, moving.price);
    }
  }
  return all;
}

const two = (value: number): string => String(value).padStart(2, '0');
const minutesLater = (stamp: string, minutes: number): string => {
  const [day = '', time = ''] = stamp.split(' ');
  const total = Number(time.slice(0, 2)) * 60 + Number(time.slice(3)) + minutes;
  return `${shiftDays(day, Math.floor(total / 1440))} ${two(Math.floor((total % 1440) / 60))}:${two(total % 60)}`;
};
const isWeekend = (day: IsoDate): boolean => [0, 6].includes(((daysBetween('2023-01-01', day) % 7) + 7) % 7);

function notificationsOf(team: Team, cases: readonly Case[], nextChild: () => string): Notification[] {
  const random = stream(SEED, 'notifications', team.id);
  const known = cases.filter((one) => one.team === team);
  const all: Notification[] = [];
  for (const month of [...MONTHS, RUNNING]) {
    const days = month === RUNNING ? Number(READ_ON.slice(8)) - 1 : daysIn(month);
    const many = Math.max(0, Math.round(expectedNotifications(team, month) * (1 + 0.35 * bell(random)) * (days / daysIn(month))));
    for (let i = 0; i < many; i += 1) {
      const day = shiftDays(firstDay(month), whole(random, 0, days - 1));
      const received = `${day} ${two(whole(random, 7, 21))}:${two(whole(random, 0, 59))}`;
      const recent = all.slice(-Math.round(team.notifications * 4));
      const same = random();
      const active = known.filter((one) => one.start <= day && (one.end === null || one.end >= day));
      const child = same < 0.24 && recent.length > 0 ? pick(random, recent).child : same < 0.46 && active.length > 0 ? pick(random, active).child : nextChild();
      const share = told('in-24-hours', team, month);
      // What comes in at a weekend waits more often than what comes in on a Tuesday.
      const late = random() < (1 - share) * (isWeekend(day) ? 2.4 : 0.45);
      const minutes = late ? (random() < 0.08 ? 1441 : whole(random, 1460, 5200)) : random() < 0.01 ? 1440 : whole(random, 12, random() < 0.6 ? 300 : 1400);
      let left = random();
      const notifier = NOTIFIERS.find(({ share: part }) => (left -= part) < 0)?.name ?? 'Skole';
      const assessed = minutesLater(received, minutes);
      all.push({ team, child, received, assessed: assessed > `${READ_ON} 08:00` ? null : assessed, notifier });
    }
  }
  return all;
}

function examinationsOf(team: Team, notifications: readonly Notification[]): Examination[] {
  const random = stream(SEED, 'examinations', team.id);
  const own = notifications.filter((one) => one.team === team);
  const busy = new Map<string, IsoDate>();
  const examined = (aware: IsoDate, child: string): Examination => {
    const month = monthOf(aware);
    const inTime = random() < told('in-4-months', team, month);
    const deadline = shiftMonths(aware, 4);
    const finished = inTime ? (random() < 0.04 ? deadline : shiftDays(aware, whole(random, 62, 117))) : shiftDays(deadline, random() < 0.06 ? 1 : whole(random, 3, 170));
    busy.set(child, finished);
    return { team, child, aware, started: shiftDays(aware, whole(random, 2, 24)), finished };
  };
  // Those under way when the data begin.
  const before = Array.from({ length: Math.round(team.examinations * 3) }, (_, i) => examined(shiftDays(FROM, -whole(random, 4, 100)), own[i]?.child ?? ''));
  const after = MONTHS.flatMap((month) => {
    const here = own.filter((one) => one.received.startsWith(month) && (busy.get(one.child) ?? '') < one.received);
    const many = Math.min(here.length, Math.max(0, Math.round(team.examinations + 1.2 * bell(random) * Math.sqrt(team.examinations))));
    return [...new Map(here.map((one) => [one.child, one])).values()].slice(0, many).map((one) => examined(one.received.slice(0, 10), one.child));
  });
  return [...before, ...after].filter((one) => one.finished >= FROM && one.started < TO);
}

function followUpsOf(one: Case, index: number): FollowUp[] {
  const random = stream(SEED, 'follow-ups', String(index));
  const examined = random() < 0.3 ? shiftDays(one.start, whole(random, 20, 110)) : null;
  const latest = shiftMonths(one.start, 3);
  let due = examined !== null && examined < latest ? examined : latest;
  const all: FollowUp[] = [];
  for (let first = true; due <= READ_ON && (one.end === null || due <= one.end); first = false) {
    const inTime = random() < told('followed-up', one.team, monthOf(due) < '2024-01' ? '2024-01' : monthOf(due));
    const held = inTime ? shiftDays(due, -whole(random, 0, 18)) : random() < 0.2 ? null : shiftDays(due, whole(random, 1, 60));
    const shown = held === null || held > READ_ON ? null : held < one.start ? one.start : held;
    if (due >= FROM) all.push({ team: one.team, child: one.child, first, start: one.start, examined: first ? examined : null, agreed: first ? null : due, held: shown });
    due = shiftMonths(due, whole(random, 4, 7));
  }
  return all;
}
