import { periodOf, pieces, shiftDays, type IsoDate } from '../calendar/period.ts';
import { hideTotals, hideValues, type CountRule, type Mark } from '../access/counts.ts';
import type { CountGrain, Measure, Pack } from '../pack/model.ts';
import { windowKey, type Window } from '../query/compile.ts';

/** Which figures of counted persons may not be shown. A decision about the data: the same for every question and everyone who asks. */
export type Shield = (measure: string, window: Window, node: string, dimension: string | null) => Mark | null;

/** The counts of one measure in some stretches of time at every node: by stretch, node and value (`null` value: none). */
export type Count = (window: Window, node: string, value: string | null) => number | null;

/** Reads the counts of a measure for every node: in all, or by a dimension (then with the values there are). */
export type ReadCounts = (measure: string, windows: readonly Window[], dimension: string | null) => Promise<{ count: Count; values: ReadonlySet<string | null> }>;

/** What was decided for one measure, by stretch of time. `any`: whether anyone was counted in it. */
interface Decided { readonly any: boolean; readonly marks: ReadonlyMap<string, Mark>; readonly values: ReadonlyMap<string, ReadonlyMap<string, Mark>> }

/** Decisions kept for one load of a pack: of totals for all of time, of splits by measure and dimension for what was asked. */
export interface ShieldMemory {
  readonly totals: Map<string, Promise<ReadonlyMap<string, Decided>>>;
  readonly splits: Map<string, Map<string, Promise<Decided>>>;
}

/** Nothing decided yet. */
export const nothingDecided = (): ShieldMemory => ({ totals: new Map(), splits: new Map() });

type Counted = Exclude<Measure, { kind: 'ratio' | 'forecast' }>;

/** The measures among some that count persons. */
function countedAmong(pack: Pack, ids: Iterable<string>): Counted[] {
  return [...ids].map((id) => pack.measures.get(id)).filter((one): one is Counted => one !== undefined && one.kind !== 'ratio' && one.kind !== 'forecast' && (one.threshold ?? 0) > 0);
}

const ruleOf = (measure: Counted): CountRule => ({ threshold: measure.threshold ?? 0, zeroHidden: measure.zeroHidden });

/** The stretches of a grain that a window is made of; null when it is not made of whole ones. */
function stretchesOf(window: Window, grain: CountGrain, yearStart: number): Window[] | null {
  const [first, last] = [periodOf(grain, window.from, yearStart), periodOf(grain, shiftDays(window.to, -1), yearStart)];
  return first.from === window.from && last.to === window.to ? pieces({ ...window, grain: 'rolling' }, grain, yearStart).map(({ from, to }) => ({ from, to })) : null;
}

const keyOf = (value: string | null): string => value ?? '\u0002';

/**
 * Decides what a query's figures may show. Counts of persons are shown for whole stretches of time only, `finest` long,
 * and each stretch is decided by its own counts over all units and values: what closes later changes nothing before it.
 * A longer window is shown where each of its stretches is; of a stock, where its last one with figures is.
 */
export async function shieldOf(pack: Pack, memory: ShieldMemory, demands: ReadonlyMap<string, { readonly windows: ReadonlyMap<string, Window> }>, dimension: string | null, span: (measure: string) => { first: IsoDate; last: IsoDate } | null, read: ReadCounts): Promise<Shield> {
  const decided = new Map<string, ReadonlyMap<string, Decided>>();
  const known = new Map<string, Window[] | null>();
  const stretches = (window: Window, { finest }: Counted): Window[] | null => {
    const key = `${finest} ${windowKey(window)}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = stretchesOf(window, finest, pack.yearStart);
    known.set(key, made);
    return made;
  };
  await Promise.all(countedAmong(pack, demands.keys()).map(async (measure) => {
    const windows = [...(demands.get(measure.id)?.windows.values() ?? [])];
    const spanned = span(measure.id);
    if (spanned === null) return;
    // Totals are kept from the load, so all of time is decided at once; a split reads the facts, so only what is asked.
    if (dimension === null) {
      const all = (): Window[] => pieces({ from: periodOf(measure.finest, spanned.first, pack.yearStart).from, to: periodOf(measure.finest, spanned.last, pack.yearStart).to, grain: 'rolling' }, measure.finest, pack.yearStart).map(({ from, to }) => ({ from, to }));
      decided.set(measure.id, await decideTotals(pack, memory, measure, all, read));
    } else {
      const asked = windows.flatMap((window) => stretches(window, measure) ?? []).filter((one) => one.from <= spanned.last && one.to > spanned.first);
      decided.set(measure.id, await decideSplit(pack, memory, measure, dimension, asked, read));
    }
  }));
  return (id, window, node, value) => {
    const measure = pack.measures.get(id);
    if (measure === undefined || (measure.threshold ?? 0) === 0 || measure.kind === 'ratio' || measure.kind === 'forecast') return null;
    const parts = stretches(window, measure);
    if (parts === null) return 'withheld';
    const found = parts.map((one) => decided.get(id)?.get(windowKey(one))).filter((one): one is Decided => one?.any === true);
    const counts = measure.kind === 'stock' ? found.slice(-1) : found;
    const marks = counts.flatMap((one) => {
      const mark = one.marks.get(node) ?? null;
      // A row without a value and the whole are asked for alike, so both have to be safe.
      const own = dimension === null ? null : one.values.get(node)?.get(keyOf(value)) ?? null;
      return [mark, own].filter((each): each is Mark => each !== null);
    });
    if (marks.length === 0) return null;
    return counts.length === 1 && parts.length === 1 && marks.every((mark) => mark === 'small') ? 'small' : 'withheld';
  };
}

function decideTotals(pack: Pack, memory: ShieldMemory, measure: Counted, windows: () => Window[], read: ReadCounts): Promise<ReadonlyMap<string, Decided>> {
  const known = memory.totals.get(measure.id);
  if (known !== undefined) return known;
  const all = windows();
  const reading = read(measure.id, all, null).then(({ count }) => new Map(all.map((window) => [windowKey(window), decideOne(pack, measure, window, count, null)])));
  memory.totals.set(measure.id, reading);
  // What could not be read is asked for again the next time.
  reading.catch(() => memory.totals.delete(measure.id));
  return reading;
}

async function decideSplit(pack: Pack, memory: ShieldMemory, measure: Counted, dimension: string, windows: readonly Window[], read: ReadCounts): Promise<ReadonlyMap<string, Decided>> {
  const key = `${measure.id} ${dimension}`;
  const known = memory.splits.get(key) ?? new Map<string, Promise<Decided>>();
  memory.splits.set(key, known);
  const missing = windows.filter((window, i) => !known.has(windowKey(window)) && windows.findIndex((one) => windowKey(one) === windowKey(window)) === i);
  if (missing.length > 0) {
    const reading = Promise.all([read(measure.id, missing, null), read(measure.id, missing, dimension)]);
    for (const window of missing) {
      const one = reading.then(([totals, split]) => decideOne(pack, measure, window, totals.count, split));
      known.set(windowKey(window), one);
      one.catch(() => known.delete(windowKey(window)));
    }
  }
  return new Map(await Promise.all(windows.map(async (window): Promise<[string, Decided]> => [windowKey(window), await (known.get(windowKey(window)) as Promise<Decided>)])));
}

function decideOne(pack: Pack, measure: Counted, window: Window, total: Count, split: Awaited<ReturnType<ReadCounts>> | null): Decided {
  const { organisation } = pack;
  const totals = new Map<string, number>();
  for (const node of organisation.units.keys()) {
    const count = total(window, node, null);
    if (count !== null) totals.set(node, count);
  }
  if (totals.size === 0) return { any: false, marks: new Map(), values: new Map() };
  const marks = hideTotals(organisation, totals, ruleOf(measure));
  if (split === null) return { any: true, marks, values: new Map() };
  const counts = new Map([...organisation.units.keys()].map((node) => [node, new Map([...split.values].map((value) => [keyOf(value), split.count(window, node, value) ?? 0]))]));
  return { any: true, marks, values: hideValues(organisation, counts, marks, ruleOf(measure)) };
}
