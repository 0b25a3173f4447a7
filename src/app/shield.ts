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

/** Decisions kept for one load of a pack: by measure (and dimension), then stretch of time. */
export type ShieldMemory = Map<string, Map<string, Promise<Decided>>>;

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
  await Promise.all(countedAmong(pack, demands.keys()).map(async (measure) => {
    const windows = [...(demands.get(measure.id)?.windows.values() ?? [])];
    const spanned = span(measure.id);
    if (spanned === null) return;
    const asked = windows.flatMap((window) => stretchesOf(window, measure.finest, pack.yearStart) ?? []).filter((one) => one.from <= spanned.last && one.to > spanned.first);
    // Totals are kept from the load, so all of time is decided at once; a split reads the facts, so only what is asked.
    const all = pieces({ from: periodOf(measure.finest, spanned.first, pack.yearStart).from, to: periodOf(measure.finest, spanned.last, pack.yearStart).to, grain: 'rolling' }, measure.finest, pack.yearStart);
    decided.set(measure.id, await decide(pack, memory, measure, dimension, dimension === null ? all : asked, read));
  }));
  return (id, window, node, value) => {
    const measure = pack.measures.get(id);
    if (measure === undefined || (measure.threshold ?? 0) === 0 || measure.kind === 'ratio' || measure.kind === 'forecast') return null;
    const stretches = stretchesOf(window, measure.finest, pack.yearStart);
    if (stretches === null) return 'withheld';
    const known = decided.get(id);
    const found = stretches.map((one) => known?.get(windowKey(one))).filter((one): one is Decided => one?.any === true);
    const counts = measure.kind === 'stock' ? found.slice(-1) : found;
    const marks = counts.flatMap((one) => {
      const mark = one.marks.get(node) ?? null;
      // A row without a value and the whole are asked for alike, so both have to be safe.
      const own = dimension === null ? null : one.values.get(node)?.get(keyOf(value)) ?? null;
      return [mark, own].filter((each): each is Mark => each !== null);
    });
    if (marks.length === 0) return null;
    return counts.length === 1 && stretches.length === 1 && marks.every((mark) => mark === 'small') ? 'small' : 'withheld';
  };
}

async function decide(pack: Pack, memory: ShieldMemory, measure: Counted, dimension: string | null, windows: readonly { from: IsoDate; to: IsoDate }[], read: ReadCounts): Promise<Map<string, Decided>> {
  const key = `${measure.id} ${dimension ?? ''}`;
  const known = memory.get(key) ?? new Map<string, Promise<Decided>>();
  memory.set(key, known);
  const missing = windows.filter((window) => !known.has(windowKey(window))).map(({ from, to }): Window => ({ from, to }));
  if (missing.length > 0) {
    const reading = Promise.all([read(measure.id, missing, null), dimension === null ? null : read(measure.id, missing, dimension)]);
    for (const window of missing) {
      known.set(windowKey(window), reading.then(([totals, split]) => decideOne(pack, measure, window, totals.count, split)));
      // What could not be read is asked for again the next time, and no one waits for it but who asked.
      known.get(windowKey(window))?.catch(() => known.delete(windowKey(window)));
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
