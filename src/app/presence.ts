import { periodOf, pieces, type IsoDate, type TimeGrain } from '../calendar/period.ts';
import type { Organisation, Pack } from '../pack/model.ts';
import { lifeOf, type Life } from '../pack/organisation.ts';
import type { Presence } from '../query/alike.ts';
import type { Window } from '../query/compile.ts';
import { measuresOf, partColumn } from '../query/rollup.ts';
import type { LoadedSource } from './figures.ts';

/** In which months a unit has a value: all from the first to the last, or those named. Months by their first day. */
export interface Months { readonly first: IsoDate; readonly last: IsoDate; readonly named: ReadonlySet<IsoDate> | null }

/** Months with values, per base measure (`<source>/*` for any row of a source) and unit. */
export type Present = ReadonlyMap<string, ReadonlyMap<string, Months>>;

/** Reads from the roll-ups in which months every unit has values; months are named only where some between are missing. */
export async function readPresent(pack: Pack, sources: ReadonlyMap<string, LoadedSource>): Promise<Present> {
  const present = new Map<string, Map<string, Months>>();
  await Promise.all([...sources].map(async ([id, { facts }]) => {
    const cells = (name: string, condition: string): string => `select '${name}' as measure, unit, min(bucket)::varchar as first, max(bucket)::varchar as last,
      case when count(*) <= date_diff('month', min(bucket), max(bucket)) then string_agg(bucket::varchar, ' ') end as named from by_month where ${condition} group by unit`;
    const rows = await facts.query([cells('*', 'true'), ...measuresOf(pack, id).additive.map((measure) => cells(measure.id, `${partColumn(measure, 0)} is not null`))].join(' union all '));
    for (const row of rows) {
      const key = row['measure'] === '*' ? `${id}/*` : String(row['measure']);
      const units = present.get(key) ?? new Map<string, Months>();
      present.set(key, units);
      units.set(String(row['unit']), { first: String(row['first']), last: String(row['last']), named: row['named'] === null || row['named'] === undefined ? null : new Set(String(row['named']).split(' ')) });
    }
  }));
  return present;
}

/** Of the months from its first to its last, those that a unit has which has something month after month, at the least. */
const REGULAR = 2 / 3;
/** Nothing is missing, whenever it is asked. */
const EVER: Months = { first: '0001-01-01', last: '9999-12-01', named: null };

/** How many of the pieces from the first to the last have values. */
function howOften({ first, last, named }: Months, grain: TimeGrain, yearStart: number): { has: number; of: number } {
  const of = pieces({ from: periodOf(grain, first, yearStart).from, to: periodOf(grain, last, yearStart).to, grain: 'rolling' }, grain, yearStart).length;
  return { has: named === null ? of : new Set([...named].map((month) => periodOf(grain, month, yearStart).from)).size, of };
}

/**
 * The months of a measure that takes only rows that meet a condition. What is there now and then, as a few refunds a year, is
 * not missing in a month that has none, as far as the unit has any `rows` in it. What a unit has month after month is.
 */
export function monthsOfPicked(own: ReadonlyMap<string, Months>, rows: ReadonlyMap<string, Months>, grain: TimeGrain, yearStart: number): ReadonlyMap<string, Months> {
  const often = new Map([...own].map(([unit, months]) => [unit, howOften(months, grain, yearStart)] as const));
  const total = (of: (one: { has: number; of: number }) => number): number => [...often.values()].reduce((sum, one) => sum + of(one), 0);
  const allSeldom = total(({ has }) => has) < REGULAR * total(({ of }) => of);
  return new Map([...own].map(([unit, months]) => {
    const { has, of } = often.get(unit) ?? { has: 0, of: 0 };
    if (!allSeldom && has >= REGULAR * of) return [unit, months];
    const all = rows.get(unit);
    const rowsOften = all === undefined ? null : howOften(all, grain, yearStart);
    return [unit, all === undefined || rowsOften === null || rowsOften.has < REGULAR * rowsOften.of ? EVER : all];
  }));
}

/** Months of which some have a value in any of several measures. */
export function eitherOf(all: readonly ReadonlyMap<string, Months>[]): ReadonlyMap<string, Months> {
  const found = new Map<string, Set<IsoDate>>();
  for (const units of all) for (const [unit, { first, last, named }] of units) {
    const months = found.get(unit) ?? new Set<IsoDate>();
    found.set(unit, months);
    for (const month of named ?? pieces({ from: first, to: periodOf('month', last).to, grain: 'rolling' }, 'month').map(({ from }) => from)) months.add(month);
  }
  return new Map([...found].map(([unit, months]) => { const sorted = [...months].sort(); return [unit, { first: sorted[0] as IsoDate, last: sorted.at(-1) as IsoDate, named: months }]; }));
}

/** Whether a unit is there for the whole of a stretch of time. */
export const livesThrough = (life: Life, { from, to }: Window): boolean => (life.from === null || life.from <= from) && (life.until === null || life.until >= to);

/**
 * Where a measure has values, from its months. A unit that ever delivers should have a value in every piece that the data
 * cover, from its opening to its closing. `always`: a register of what happens has no row where nothing did, and lacks none.
 */
export function presenceOf(organisation: Organisation, units: ReadonlyMap<string, Months>, { grain, from, to, always }: { grain: TimeGrain; from: IsoDate; to: IsoDate; always: boolean }, yearStart: number): Presence {
  const missing = new Map<string, Set<IsoDate>>();
  const holes = new Map<string, Set<IsoDate>>();
  // The last piece may be cut where the data end: it is whole in no unit, and looked at all the same.
  const all = always || from >= to ? [] : pieces({ from, to, grain: 'rolling' }, grain, yearStart).map((piece) => periodOf(grain, piece.from, yearStart));
  for (const [unit, { first, last, named }] of units) {
    const has = named === null || grain === 'month' ? named : new Set([...named].map((month) => periodOf(grain, month, yearStart).from));
    const [start, end] = grain === 'month' ? [first, last] : [periodOf(grain, first, yearStart).from, periodOf(grain, last, yearStart).from];
    const life = lifeOf(organisation, unit);
    // Most units lack nothing, and are not gone through.
    if (has === null && start <= (all[0]?.from ?? start) && end >= (all.at(-1)?.from ?? end)) continue;
    const between = (piece: IsoDate): boolean => (grain === 'month' || has !== null ? has === null || has.has(piece) : true);
    const lacking = all.filter((piece) => !(piece.from >= start && piece.from <= end && between(piece.from)) && livesThrough(life, piece)).map((piece) => piece.from);
    if (lacking.length === 0) continue;
    missing.set(unit, new Set(lacking));
    for (let at: string | null = unit; at !== null; at = organisation.units.get(at)?.parent ?? null) {
      const known = holes.get(at) ?? new Set<IsoDate>();
      holes.set(at, known);
      for (const piece of lacking) known.add(piece);
    }
  }
  return { grain, units: new Set(units.keys()), from, to, missing, holes };
}

/** Whether a unit, or one below it, lacks a value in a window. */
export function lacksIn({ grain, holes }: Presence, node: string, window: Window, yearStart: number): boolean {
  const own = holes.get(node);
  if (own === undefined) return false;
  const start = periodOf(grain, window.from, yearStart).from;
  for (const piece of own) if (piece >= start && piece < window.to) return true;
  return false;
}
