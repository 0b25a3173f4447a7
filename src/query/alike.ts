import { periodOf, pieces, shiftDays, type IsoDate, type TimeGrain } from '../calendar/period.ts';
import { subtree } from '../pack/organisation.ts';
import type { Organisation } from '../pack/model.ts';
import { windowKey, type Mask, type Window } from './compile.ts';
import type { Gap } from './result.ts';

/** Where a base measure has values: which units, and in which months (or pieces of its source's grain). */
export interface Presence {
  readonly grain: TimeGrain;
  /** Units that ever have a value. */
  readonly units: ReadonlySet<string>;
  /** First day of the first piece with values. */
  readonly from: IsoDate;
  /** Complete up to this day (exclusive). */
  readonly to: IsoDate;
  /** By unit, the first days of the pieces it should have a value in and has none: not those before it opened or after it closed. */
  readonly missing: ReadonlyMap<string, ReadonlySet<IsoDate>>;
  /** By unit, the pieces in which it, or one below it, lacks a value. */
  readonly holes: ReadonlyMap<string, ReadonlySet<IsoDate>>;
}

/** One figure of several that are to be held against each other. */
export interface Part {
  readonly measure: string;
  readonly window: Window;
  readonly presence: Presence;
  /** Whether a unit has the figure in the whole window, where that is not a matter of months (a stock, a week); null: the months say. */
  readonly whole: ((unit: string) => boolean) | null;
}

/** What some figures have in common. */
export interface Common {
  /** The window of each part, cut to what all parts have; the window itself where the part has nothing else. */
  readonly windows: readonly Window[];
  /** What one of them has and another has not, in the time of the first part. */
  readonly gaps: readonly Gap[];
}

const SIZE: Record<TimeGrain, number> = { day: 0, week: 0, month: 1, quarter: 3, 'half-year': 6, year: 12 };

/** The pieces of every part's window by the coarsest of their grains; null where they can't be laid beside each other. */
function piecesOf(parts: readonly Part[], yearStart: number): Window[][] | null {
  const grain = parts.map(({ presence }) => presence.grain).reduce((a, b) => (SIZE[b] > SIZE[a] ? b : a));
  const all = parts.map(({ window }) => pieces({ from: window.from, to: window.to, grain: 'rolling' }, grain, yearStart).map(({ from, to }) => ({ from, to })));
  return all.every((one) => one.length === all[0]?.length) ? all : null;
}

/** Whether a stretch is made of whole pieces of a grain: a quarter's figure says nothing of two of its months. */
export const isAligned = ({ from, to }: Window, grain: TimeGrain, yearStart: number): boolean => SIZE[grain] <= 1 || (periodOf(grain, from, yearStart).from === from && periodOf(grain, shiftDays(to, -1), yearStart).to === to);

/** Whether a unit has a value in every own piece of a stretch. `cut`: the last piece may be as incomplete as it is in all parts. */
function hasAll({ presence }: Part, unit: string, stretch: Window, yearStart: number, cut: boolean): boolean {
  if (!isAligned(stretch, presence.grain, yearStart)) return false;
  if (stretch.from < presence.from || (stretch.to > presence.to && !(cut && stretch.from < presence.to))) return false;
  const missing = presence.missing.get(unit);
  if (missing === undefined) return true;
  if (missing.has(stretch.from)) return false;
  return pieces({ ...stretch, grain: 'rolling' }, presence.grain, yearStart).every(({ from }) => !missing.has(from));
}

/** Units that belong together because the one lies within the other. */
function familyOf(organisation: Organisation, unit: string, units: ReadonlySet<string>): Set<string> {
  const family = new Set([unit]);
  const queue = [unit];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const near: string[] = subtree(organisation, next).slice(1);
    for (let at = organisation.units.get(next)?.parent ?? null; at !== null; at = organisation.units.get(at)?.parent ?? null) near.push(at);
    for (const one of near) {
      if (family.has(one) || !units.has(one)) continue;
      family.add(one);
      queue.push(one);
    }
  }
  return family;
}

/** Units and everything above them. */
export function withAbove(organisation: Organisation, units: Iterable<string>): Set<string> {
  const all = new Set<string>();
  for (const unit of units) for (let at: string | null = unit; at !== null && !all.has(at); at = organisation.units.get(at)?.parent ?? null) all.add(at);
  return all;
}

const differing = new WeakMap<Presence, WeakMap<Presence, ReadonlySet<string>>>();
/** The units in which two measures are not delivered by the same units. */
export function differAt(organisation: Organisation, a: Presence, b: Presence): ReadonlySet<string> {
  const known = differing.get(a) ?? new WeakMap<Presence, ReadonlySet<string>>();
  differing.set(a, known);
  const found = known.get(b) ?? withAbove(organisation, [...[...a.units].filter((unit) => !b.units.has(unit)), ...[...b.units].filter((unit) => !a.units.has(unit))]);
  known.set(b, found);
  return found;
}

/** True where it is plain that some figures of a unit have the same units and months. Costs next to nothing. */
export function plainlyAlike(organisation: Organisation, parts: readonly Pick<Part, 'window' | 'presence'>[], node: string, yearStart: number): boolean {
  const [first] = parts;
  if (first === undefined) return true;
  const within = parts.every(({ presence, window }) => window.from >= presence.from && window.to <= presence.to);
  const sameEnds = parts.every(({ presence, window }) => presence.from === first.presence.from && presence.to === first.presence.to && windowKey(window) === windowKey(first.window));
  return (within || sameEnds) && parts.every(({ presence, window }) => isAligned(window, presence.grain, yearStart) && !presence.holes.has(node) && (presence === first.presence || !differAt(organisation, first.presence, presence).has(node)));
}

/**
 * What all of some figures have, within a unit: by unit and month. A unit that has all of them counts in the months it has
 * them all. One that has some of them while a unit above or below it has the rest (money of a district, hours of its teams)
 * counts in the months in which nobody there lacks anything. One that never has the rest does not count.
 * Null: nothing is missing in any, so they stand as they are. `key` names the figures, so that equal cuts are fetched once.
 */
export function commonOf(organisation: Organisation, parts: readonly Part[], node: string, yearStart: number, key: string): Common | null {
  const lives = parts.some(({ whole }) => whole !== null);
  const stretches = lives ? parts.map(({ window }) => [window]) : piecesOf(parts, yearStart);
  if (stretches === null) return null;
  const count = stretches[0]?.length ?? 0;
  const within = new Set(subtree(organisation, node));
  const own = parts.map(({ presence }) => new Set([...presence.units].filter((unit) => within.has(unit))));
  const all = new Set(own.flatMap((units) => [...units]));
  const oneEnd = parts.every(({ presence, window }) => presence.to === parts[0]?.presence.to && window.to === parts[0].window.to);
  const has = parts.map((part, i) => (unit: string, k: number): boolean => {
    if (part.whole !== null) return part.whole(unit);
    const stretch = stretches[i]?.[k] as Window;
    if (!lives) return hasAll(part, unit, stretch, yearStart, oneEnd);
    return pieces({ from: stretch.from, to: stretch.to, grain: 'rolling' }, part.presence.grain, yearStart).every((piece) => hasAll(part, unit, piece, yearStart, oneEnd));
  });
  const counted = new Map<string, boolean[]>();
  const someone = (unit: string, k: number): boolean => own.every((units, i) => !units.has(unit) || has[i]?.(unit, k) === true);
  for (const unit of all) {
    const twin = own.every((units) => units.has(unit));
    const family = twin ? new Set([unit]) : familyOf(organisation, unit, all);
    const full = own.every((units) => [...family].some((one) => units.has(one)));
    counted.set(unit, Array.from({ length: count }, (_none, k) => full && [...family].every((one) => someone(one, k))));
  }
  const left = own.map((units, i) => [...units].flatMap((unit) => Array.from({ length: count }, (_none, k) => ({ unit, k })).filter(({ k }) => counted.get(unit)?.[k] !== true && has[i]?.(unit, k) === true)));
  if (left.every((one) => one.length === 0)) return null;
  const windows = parts.map(({ window }, i): Window => {
    if (left[i]?.length === 0) return window;
    const cells = [...(own[i] ?? [])].flatMap((unit) => runsOf(counted.get(unit) ?? [], stretches[i] ?? []).map((run): Mask['cells'][number] => ({ unit, ...run })));
    return { from: window.from, to: window.to, only: { key: `${node} ${key}`, node, cells } };
  });
  const gaps = [...within].filter((unit) => all.has(unit)).flatMap((unit) => runsOf(Array.from({ length: count }, (_none, k) => counted.get(unit)?.[k] !== true && own.some((units, i) => units.has(unit) && has[i]?.(unit, k) === true)), stretches[0] ?? []).map((run): Gap => ({ unit, ...run })));
  return { windows, gaps };
}

/** Neighbours that count, as one stretch. */
function runsOf(counts: readonly boolean[], stretches: readonly Window[]): { from: IsoDate; to: IsoDate }[] {
  const runs: { from: IsoDate; to: IsoDate }[] = [];
  stretches.forEach(({ from, to }, k) => {
    if (counts[k] !== true) return;
    const last = runs.at(-1);
    if (last?.to === from) runs[runs.length - 1] = { from: last.from, to };
    else runs.push({ from, to });
  });
  return runs;
}
