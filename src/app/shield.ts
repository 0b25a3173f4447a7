import { periodOf, pieces, shiftDays, type IsoDate } from '../calendar/period.ts';
import { hideCounts, type Beside, type CountRule, type Hidden, type Mark } from '../access/counts.ts';
import type { CountGrain, Measure, Organisation, Pack } from '../pack/model.ts';
import { windowKey, type Window } from '../query/compile.ts';

/**
 * Which figures of counted persons may not be shown. A decision about the data: the same for every question and everyone who asks.
 * `of`: the measure that is made of these persons, an amount say, for which it is asked; null: for the count itself.
 */
export type Shield = (measure: string, window: Window, node: string, dimension: string | null, of: string | null) => Mark | null;

/** The counts of one measure in some stretches of time at every node: by stretch, node and value (`null`: the whole). */
export type Count = (window: Window, node: string, value: string | null) => number | null;

/** Reads the counts of a measure for every node: in all, or by a dimension (then with the values there are). */
export type ReadCounts = (measure: string, windows: readonly Window[], dimension: string | null) => Promise<{ count: Count; values: readonly string[] }>;

/** What was decided for one measure, by stretch of time. `any`: whether anyone was counted in it, by this measure or its wholes; `own`: by this measure. */
interface Decided extends Hidden { readonly any: boolean; readonly own: boolean }

/** Of totals; and by stretch the organisation with the units first that had fewest until then: they are the first to be hidden beside a small one. What comes later changes no order. */
interface Totals { readonly decisions: ReadonlyMap<string, Decided>; readonly orders: ReadonlyMap<string, Organisation> }

/** Decisions kept for one load of a pack: of totals for all of time, of splits by measure and dimension for what was asked. */
export interface ShieldMemory {
  readonly totals: Map<string, Promise<Totals>>;
  readonly splits: Map<string, Map<string, Promise<Decided>>>;
}

/** Nothing decided yet. */
export const nothingDecided = (): ShieldMemory => ({ totals: new Map(), splits: new Map() });

type Counted = Exclude<Measure, { kind: 'ratio' | 'forecast' }>;

const countedNamed = (pack: Pack, id: string): Counted | null => {
  const one = pack.measures.get(id);
  return one !== undefined && one.kind !== 'ratio' && one.kind !== 'forecast' && (one.threshold ?? 0) > 0 ? one : null;
};

/** The measures among some that count persons. */
const countedAmong = (pack: Pack, ids: Iterable<string>): Counted[] => [...ids].map((id) => countedNamed(pack, id)).filter((one) => one !== null);

/** A count as a sum of others, each with its factor. */
type Sum = ReadonlyMap<string, number>;

/**
 * The counts nobody defined and anyone could work out from a measure and its wholes: what of each whole is not it; and where two
 * wholes cross in a third, what of that is in neither (of all follow-ups, the first ones and those in time: the later ones that were late).
 */
function remaindersOf(pack: Pack, { id, partOf }: Counted): Sum[] {
  const wholesOf = (whole: string): readonly string[] => countedNamed(pack, whole)?.partOf ?? [];
  return partOf.flatMap((whole, i) => [
    new Map([[whole, 1], [id, -1]]),
    ...partOf.slice(i + 1).flatMap((other) => wholesOf(whole).filter((all) => wholesOf(other).includes(all)).map((all) => new Map([[all, 1], [whole, -1], [other, -1], [id, 1]]))),
  ]);
}

/** A measure, its wholes, theirs and so on: what has to be counted to decide about it. */
const familyOf = (pack: Pack, id: string): string[] => [...new Set([id, ...(countedNamed(pack, id)?.partOf ?? []).flatMap((whole) => familyOf(pack, whole))])];

const ruleOf = (measure: Counted): CountRule => ({ threshold: measure.threshold ?? 0, zeroHidden: measure.zeroHidden });

/** The stretches of a grain that a window is made of; null when it is not made of whole ones. */
function stretchesOf(window: Window, grain: CountGrain, yearStart: number): Window[] | null {
  const [first, last] = [periodOf(grain, window.from, yearStart), periodOf(grain, shiftDays(window.to, -1), yearStart)];
  return first.from === window.from && last.to === window.to ? pieces({ ...window, grain: 'rolling' }, grain, yearStart).map(({ from, to }) => ({ from, to })) : null;
}

/** What a query asks for, and of which measures there are data from when to when, as they were on which day. */
interface Asked {
  readonly demands: ReadonlyMap<string, { readonly windows: ReadonlyMap<string, Window> }>;
  readonly dimension: string | null;
  readonly span: (measure: string) => { first: IsoDate; last: IsoDate } | null;
  readonly readOn: (measure: string) => IsoDate;
}

/**
 * Decides what a query's figures may show. Counts of persons are shown for whole stretches of time only, `finest` long,
 * and each stretch is decided by its own counts over all units and values: what closes later changes nothing before it.
 * A longer window is shown where each of its stretches is; of a stock, where the last one it was counted in is. One that was
 * not over when the data were read is not shown: two looks at it, a day apart, would give the day.
 */
export async function shieldOf(pack: Pack, memory: ShieldMemory, { demands, dimension, span, readOn }: Asked, read: ReadCounts): Promise<Shield> {
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
    const all = (): Window[] => pieces({ from: periodOf(measure.finest, spanned.first, pack.yearStart).from, to: periodOf(measure.finest, spanned.last, pack.yearStart).to, grain: 'rolling' }, measure.finest, pack.yearStart).map(({ from, to }) => ({ from, to }));
    const totals = await decideTotals(pack, memory, measure, all, read);
    const asked = windows.flatMap((window) => stretches(window, measure) ?? []).filter((one) => one.from <= spanned.last && one.to > spanned.first);
    decided.set(measure.id, dimension === null ? totals.decisions : await decideSplit(pack, memory, measure, dimension, asked, totals.orders, read));
  }));
  const sourceOf = (id: string): string | null => { const one = pack.measures.get(id); return one !== undefined && 'source' in one ? one.source : null; };
  return (id, window, node, value, of) => {
    const measure = pack.measures.get(id);
    if (measure === undefined || (measure.threshold ?? 0) === 0 || measure.kind === 'ratio' || measure.kind === 'forecast') return null;
    const parts = stretches(window, measure);
    if (parts === null) return 'withheld';
    const found = parts.map((one) => ({ over: one.to <= readOn(id), decision: decided.get(id)?.get(windowKey(one)) })).filter(({ decision }) => decision?.any === true);
    // What is made of a stock's persons is of all the time: money is spent in every month of it, and stands at other days than they do.
    const counts = measure.kind === 'stock' && of === null ? found.filter(({ decision }) => decision?.own === true).slice(-1) : found;
    if (counts.some(({ over }) => !over)) return 'withheld';
    // An amount from elsewhere may have other values than its persons have, and none where theirs are hidden for each other's sake: of a split with anything hidden, no value is shown.
    const elsewhere = of !== null && sourceOf(of) !== measure.source;
    const markOf = ({ totals, values }: Decided): Mark | undefined => {
      if (value === null) return totals.get(node);
      const split = values.get(node);
      if (!elsewhere) return split?.get(value);
      return (split?.size ?? 0) > 0 || totals.has(node) ? 'withheld' : undefined;
    };
    const marks = counts.map(({ decision }) => (decision === undefined ? undefined : markOf(decision))).filter((mark) => mark !== undefined);
    if (marks.length === 0) return null;
    return counts.length === 1 && parts.length === 1 && marks.every((mark) => mark === 'small') ? 'small' : 'withheld';
  };
}

function fewestFirst({ root, levels, units }: Organisation, sizes: ReadonlyMap<string, number>): Organisation {
  return { root, levels, units: new Map([...units].map(([id, unit]) => [id, { ...unit, children: [...unit.children].sort((a, b) => (sizes.get(a) ?? 0) - (sizes.get(b) ?? 0)) }])) };
}

function decideTotals(pack: Pack, memory: ShieldMemory, measure: Counted, windows: () => Window[], read: ReadCounts): Promise<Totals> {
  const known = memory.totals.get(measure.id);
  if (known !== undefined) return known;
  const all = windows();
  const reading = readFamily(pack, measure, all, null, read).then((family) => {
    const until = new Map<string, number>();
    const orders = new Map(all.map((window): [string, Organisation] => {
      const order = fewestFirst(pack.organisation, until);
      for (const node of pack.organisation.units.keys()) until.set(node, (until.get(node) ?? 0) + (family.totals.get(measure.id)?.(window, node, null) ?? 0));
      return [windowKey(window), order];
    }));
    return { orders, decisions: new Map(all.map((window) => [windowKey(window), decideOne(pack, orders.get(windowKey(window)) as Organisation, measure, window, family)])) };
  });
  memory.totals.set(measure.id, reading);
  // What could not be read is asked for again the next time.
  reading.catch(() => memory.totals.delete(measure.id));
  return reading;
}

async function decideSplit(pack: Pack, memory: ShieldMemory, measure: Counted, dimension: string, windows: readonly Window[], orders: ReadonlyMap<string, Organisation>, read: ReadCounts): Promise<ReadonlyMap<string, Decided>> {
  const key = `${measure.id} ${dimension}`;
  const known = memory.splits.get(key) ?? new Map<string, Promise<Decided>>();
  memory.splits.set(key, known);
  const missing = windows.filter((window, i) => !known.has(windowKey(window)) && windows.findIndex((one) => windowKey(one) === windowKey(window)) === i);
  if (missing.length > 0) {
    const reading = readFamily(pack, measure, missing, dimension, read);
    for (const window of missing) {
      const one = reading.then((family) => decideOne(pack, orders.get(windowKey(window)) ?? pack.organisation, measure, window, family));
      known.set(windowKey(window), one);
      one.catch(() => known.delete(windowKey(window)));
    }
  }
  return new Map(await Promise.all(windows.map(async (window): Promise<[string, Decided]> => [windowKey(window), await (known.get(windowKey(window)) as Promise<Decided>)])));
}

/** What is counted of a measure and its wholes: in all, and by value where a split is asked for. */
interface Family { readonly totals: ReadonlyMap<string, Count>; readonly split: { readonly counts: ReadonlyMap<string, Count>; readonly values: readonly string[] } | null }

async function readFamily(pack: Pack, measure: Counted, windows: readonly Window[], dimension: string | null, read: ReadCounts): Promise<Family> {
  const ids = familyOf(pack, measure.id);
  const readAll = (by: string | null): Promise<[string, Awaited<ReturnType<ReadCounts>>][]> => Promise.all(ids.map(async (id): Promise<[string, Awaited<ReturnType<ReadCounts>>]> => [id, await read(id, windows, by)]));
  const [totals, split] = await Promise.all([readAll(null), dimension === null ? null : readAll(dimension)]);
  const countsOf = (of: typeof totals): Map<string, Count> => new Map(of.map(([id, { count }]) => [id, count]));
  return { totals: countsOf(totals), split: split === null ? null : { counts: countsOf(split), values: [...new Set(split.flatMap(([, { values }]) => values))] } };
}

function decideOne(pack: Pack, organisation: Organisation, measure: Counted, window: Window, family: Family): Decided {
  const nodes = [...organisation.units.keys()];
  const { split } = family;
  /** A sum of counts where any of them counted something; null: no one is counted there. */
  const summed = (sum: Sum, counts: ReadonlyMap<string, Count>, node: string, value: string | null): number | null => {
    const parts = [...sum].map(([id, factor]) => { const count = counts.get(id)?.(window, node, value) ?? null; return count === null ? null : factor * count; });
    return parts.every((part) => part === null) ? null : Math.max(0, parts.reduce<number>((total, part) => total + (part ?? 0), 0));
  };
  const hide = (sum: Sum, { rule, beside }: { rule: CountRule; beside: readonly Beside[] }): Hidden => hideCounts(organisation, {
    totals: new Map(nodes.flatMap((node) => { const count = summed(sum, family.totals, node, null); return count === null ? [] : [[node, count]]; })),
    values: split === null ? null : new Map(nodes.map((node) => [node, new Map(split.values.map((value) => [value, summed(sum, split.counts, node, value) ?? 0]))])),
  }, rule, beside);
  const decide = (one: Counted): Hidden => {
    const wholes = countedAmong(pack, one.partOf).map((whole): Beside => {
      const hidden = decide(whole);
      const sum = new Map([[whole.id, 1]]);
      return { ...hidden, nobody: (node, value) => (value === null ? !hidden.totals.has(node) && (summed(sum, family.totals, node, null) ?? 0) === 0 : hidden.values.get(node)?.has(value) !== true && split !== null && (summed(sum, split.counts, node, value) ?? 0) === 0) };
    });
    const rests = remaindersOf(pack, one).map((sum) => hide(sum, { rule: { ...ruleOf(one), silent: true }, beside: [] }));
    return hide(new Map([[one.id, 1]]), { rule: ruleOf(one), beside: [...wholes, ...rests] });
  };
  const any = nodes.some((node) => [...family.totals.values()].some((count) => count(window, node, null) !== null));
  const own = nodes.some((node) => family.totals.get(measure.id)?.(window, node, null) !== null);
  return any ? { any, own, ...decide(measure) } : { any, own, totals: new Map(), values: new Map() };
}
