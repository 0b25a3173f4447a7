import { pieces, previousPeriod, sameLastYear, periodOf, daysBetween, type IsoDate, type Period } from '../calendar/period.ts';
import { atLevel, countsFor, lifeOf, subtree } from '../pack/organisation.ts';
import type { ForecastMeasure, Measure, Pack, Plan } from '../pack/model.ts';
import { windowKey, type Window } from './compile.ts';
import { forecastOf, type Forecast } from './forecast.ts';
import type { Comparison, Having, Query } from './query.ts';
import { comparable, isHidden, MISSING, NO_VALUE, type Alike, type Cell, type CellState, type LeftOut, type Row, type Turn } from './result.ts';
import { commonOf, differAt, isAligned, plainlyAlike, type Common, type Part, type Presence } from './alike.ts';

/** Gives the figure of a base measure (flow, stock, distinct) for a window, node and dimension value. `of`: it is asked for as the count of the persons that this measure is made of, to know whether it is hidden. */
export type Base = (measure: string, window: Window, node: string, dimension: string | null, of?: string) => Cell;

/** What is known of the data apart from the figures. */
export interface Coverage {
  /** Complete up to this day (exclusive), per base measure. */
  completeTo(measure: string): IsoDate;
  /** Values a dimension has in the data, in order. */
  dimensionValues: readonly string[];
  /** Where a base measure has values; null: not known. Left out where nothing is known to be missing. */
  presence?: ((measure: string) => Presence | null) | undefined;
}

const RANK: Record<CellState, number> = { ok: 0, partial: 1, missing: 2, suppressed: 3, withheld: 3 };
const worst = (...states: CellState[]): CellState => states.reduce((a, b) => (RANK[b] > RANK[a] ? b : a), 'ok');

/** A cell made from others: its state is the worst of theirs, and it has a value only when they all do. What is made of a small count is no count. */
function combine(cells: readonly Cell[], compute: (values: number[]) => number | null): Cell {
  const state = worst(...cells.map((cell) => cell.state));
  if (state === 'suppressed' || state === 'withheld') return { value: null, state: 'withheld' };
  if (state === 'missing') return MISSING;
  const value = compute(cells.map((cell) => cell.value ?? 0));
  return value === null || !Number.isFinite(value) ? MISSING : { value, state, ...(cells.some(({ lacking }) => lacking === true) && { lacking: true }) };
}

/** The base measures a measure is made of. */
export function basesOf(pack: Pack, id: string): string[] {
  const measure = pack.measures.get(id);
  switch (measure?.kind) {
    case undefined: return [];
    case 'ratio': return [measure.numerator, measure.denominator];
    case 'forecast': return [measure.of];
    default: return [id];
  }
}

interface Context { readonly pack: Pack; readonly base: Base; readonly coverage: Coverage }

function valueOf(context: Context, id: string, window: Window, node: string, dimension: string | null): Cell {
  const measure = context.pack.measures.get(id) as Measure;
  switch (measure.kind) {
    case 'ratio': return ratioOf(context, [measure.numerator, measure.denominator], measure.scale, window, node, dimension);
    case 'forecast': return forecastIn(context, measure, window.to, node, dimension).value;
    default: {
      const whole = inWholePieces(context.pack, measure, window);
      if (whole === null) return MISSING;
      const cell = context.base(id, whole, node, dimension);
      return whole === window || cell.state !== 'ok' ? cell : { ...cell, state: 'partial' };
    }
  }
}

/** A window cut to the whole pieces of what a measure's source counts by: a quarter's figure is none of two of its months. Null: it holds no whole one. */
function inWholePieces(pack: Pack, measure: Measure, window: Window): Window | null {
  const grain = 'source' in measure && measure.kind !== 'stock' ? pack.sources.get(measure.source)?.grain ?? 'day' : 'day';
  if (window.only !== undefined || isAligned(window, grain, pack.yearStart)) return window;
  const all = pieces({ from: window.from, to: window.to, grain: 'rolling' }, grain, pack.yearStart).filter((piece) => isAligned(piece, grain, pack.yearStart));
  const [first, last] = [all[0], all.at(-1)];
  return first === undefined || last === undefined ? null : { from: first.from, to: last.to };
}

const forecastIn = (context: Context, measure: ForecastMeasure, to: IsoDate, node: string, dimension: string | null): Forecast => forecastOf(context.pack, measure, to, context.coverage.completeTo(measure.of), (m, w) => valueOf(context, m, w, node, dimension), (own, other) => alikeOf(context, own, other, node, dimension), lifeOf(context.pack.organisation, node).until);

/** A unit's forecast with its range, as its value is evaluated. */
export const forecastWith = (pack: Pack, measure: ForecastMeasure, base: Base, coverage: Coverage, to: IsoDate, unit: string): Forecast => forecastIn({ pack, base: hiddenWithPersons(pack, base), coverage }, measure, to, unit, null);

const over = (scale: number) => ([above = 0, below = 0]: number[]): number | null => (below === 0 ? null : (above / below) * scale);

/** Whether a figure is a count of persons or made of one: a part of it that nobody asked for could give a small count away. */
const ofPersons = (pack: Pack, id: string): boolean => { const measure = pack.measures.get(id); return (measure?.threshold ?? 0) > 0 || (measure?.persons.length ?? 0) > 0; };

/** How much of an amount is left out; null where that is no part of it (amounts of both signs). */
const shareOut = (all: number | null, within: number | null): number | null => (all === null || within === null || all === 0 || within / all < 0 || within / all > 1 ? null : 1 - within / all);
const NOTHING_SAID: LeftOut = { gaps: [], share: null };

/** What some base measures have in common in a unit, each in its window. `undefined`: not known; null: nothing is missing in any. */
function common(context: Context, asked: readonly (readonly [measure: string, window: Window])[], node: string): Common | null | undefined {
  const { pack, base, coverage } = context;
  const parts: Part[] = [];
  for (const [measure, window] of asked) {
    const presence = coverage.presence?.(measure) ?? null;
    if (presence === null) return undefined;
    const bySpan = pack.measures.get(measure)?.kind === 'stock' || !(window.from.endsWith('-01') && window.to.endsWith('-01'));
    // Whole where the unit's total is: only a total that lacks something is looked into.
    const lacks = bySpan && base(measure, window, node, null).state === 'partial';
    parts.push({ measure, window, presence, whole: !bySpan ? null : lacks ? (unit) => base(measure, window, unit, null).state !== 'missing' : () => true });
  }
  if (parts.every(({ whole }) => whole === null) && plainlyAlike(pack.organisation, parts, node, pack.yearStart)) return null;
  const found = commonOf(pack.organisation, parts, node, pack.yearStart, asked.map(([measure, window]) => `${measure} ${windowKey(window)}`).join(' & '));
  // Where persons are counted and where they are not may tell of a count that is hidden.
  return found !== null && asked.some(([measure]) => ofPersons(pack, measure)) ? { ...found, gaps: [] } : found;
}

/** A ratio over the units and months that both its parts have. */
function ratioOf(context: Context, parts: readonly [string, string], scale: number, window: Window, node: string, dimension: string | null): Cell {
  const whole = parts.map((part) => valueOf(context, part, window, node, dimension));
  const plain = combine(whole, over(scale));
  if (context.coverage.presence === undefined || window.only !== undefined || isHidden(plain)) return plain;
  const shared = common(context, parts.map((part) => [part, window] as const), node);
  if (shared === null || shared === undefined || whole.some(({ value }) => value === null)) return plain;
  if (shared.windows.some((one, i) => one.only !== undefined && ofPersons(context.pack, parts[i] ?? ''))) return { ...MISSING, leftOut: NOTHING_SAID };
  const cut = shared.windows.map((one, i) => (one.only === undefined ? whole[i] as Cell : context.base(parts[i] ?? '', one, node, dimension)));
  const found = combine(cut, over(scale));
  const [all, within] = [whole[0]?.value ?? null, cut[0]?.value ?? null];
  const leftOut: LeftOut = shared.gaps.length === 0 ? NOTHING_SAID : { gaps: shared.gaps, share: shareOut(all, within) };
  return found.value === null ? { ...found, leftOut } : { value: found.value, state: worst(...whole.map(({ state }) => state)), leftOut };
}

/** The base measures and the way to make a figure of them; null where it is no sum or ratio of such. */
function madeOf(pack: Pack, id: string, plans: boolean): { bases: readonly string[]; make: (cells: readonly Cell[]) => Cell } | null {
  const measure = pack.measures.get(id);
  const plan = pack.plans.get(id);
  if (measure === undefined || measure.kind === 'forecast') return null;
  if (plans && plan !== undefined) return plan.kind === 'measure' ? madeOf(pack, plan.by, false) : null;
  if (measure.kind !== 'ratio') return plans ? null : { bases: [id], make: ([cell]) => cell ?? MISSING };
  const parts = [measure.numerator, measure.denominator].map((one) => madeOf(pack, one, plans));
  const bases = parts.flatMap((one) => one?.bases ?? []);
  return bases.length !== 2 || parts.some((one) => one?.bases.length !== 1) ? null : { bases, make: (cells) => combine(cells, over(measure.scale)) };
}

const cutShort = ({ coverage }: Context, measure: string, window: Window): boolean => { const presence = coverage.presence?.(measure) ?? null; return presence === null || window.from < presence.from || window.to > presence.to; };

/** Two figures over the units and months that both have; null where they have nothing in common, or it may not be shown. */
function alikeOf(context: Context, [id, window]: readonly [string, Window], [otherId, otherWindow, plans = false]: readonly [string, Window, boolean?], node: string, dimension: string | null): Alike | null {
  const { pack } = context;
  const [own, other] = [madeOf(pack, id, false), madeOf(pack, otherId, plans)];
  if (own === null || other === null) return null;
  const asked = [...own.bases.map((base) => [base, window] as const), ...other.bases.map((base) => [base, otherWindow] as const)];
  // A period that is not over, held against one that is, says nothing; nor does one that the data begin in.
  const ends = asked.map(([base, one]) => cutShort(context, base, one));
  if (ends.some((one) => one !== ends[0])) return null;
  const shared = common(context, asked, node);
  if (shared === undefined) return null;
  const cells = asked.map(([base, one], i) => (shared === null || shared.windows[i]?.only === undefined ? valueOf(context, base, one, node, dimension) : ofPersons(pack, base) ? MISSING : context.base(base, shared.windows[i], node, dimension)));
  const [a, b] = [own.make(cells.slice(0, own.bases.length)), other.make(cells.slice(own.bases.length))];
  if (a.value === null || b.value === null) return null;
  const all = context.base(own.bases[0] ?? '', window, node, dimension).value;
  const within = cells[0]?.value ?? null;
  return { value: a.value, other: b.value, leftOut: shared === null ? NOTHING_SAID : { gaps: shared.gaps, share: shared.gaps.length === 0 ? null : shareOut(all, within) } };
}

/** The same figures, with what is made of some persons hidden where their count is. */
export function hiddenWithPersons(pack: Pack, base: Base): Base {
  return (id, window, node, dimension) => {
    const counted = (pack.measures.get(id)?.persons ?? []).map((one) => base(one, window, node, dimension, id)).filter(isHidden);
    const cell = base(id, window, node, dimension);
    return counted.length === 0 ? cell : { value: null, state: counted.every(({ state }) => state === 'suppressed') ? 'suppressed' : 'withheld' };
  };
}

/** `cut`: of which units the plan and the figure it is spread by are taken. */
function yearlyPlan(context: Context, plan: Plan & { kind: 'yearly' }, window: Window, node: string, dimension: string | null, cut: { planned: (window: Window) => Window; own: (window: Window) => Window } = { planned: (one) => one, own: (one) => one }): Cell {
  const year = periodOf('year', window.from, context.pack.yearStart);
  const whole = valueOf(context, plan.by, cut.planned(year), node, dimension);
  if (plan.spread === 'even') return combine([whole], ([amount = 0]) => amount * (daysBetween(window.from, window.to) >= 28 && window.from.endsWith('-01') && window.to.endsWith('-01')
    ? pieces({ ...window, grain: 'rolling' }, 'month').length / 12
    : daysBetween(window.from, window.to) / daysBetween(year.from, year.to)));
  const before = sameLastYear({ ...window, grain: 'rolling' });
  return combine([whole, valueOf(context, plan.measure, cut.own(before), node, dimension), valueOf(context, plan.measure, cut.own(sameLastYear(year)), node, dimension)],
    ([amount = 0, part = 0, all = 0]) => (all === 0 ? null : (amount * part) / all));
}

/** The base measures of a figure, each beside the one its plan is made of; null: the plan stands in no rows. */
function plannedBy(pack: Pack, id: string): (readonly [own: string, planned: string])[] | null {
  const measure = pack.measures.get(id);
  const plan = pack.plans.get(id);
  if (measure?.kind === 'forecast') return [[measure.of, measure.plan]];
  if (plan?.kind === 'target' || measure === undefined) return null;
  if (plan === undefined) {
    const parts = measure.kind === 'ratio' ? [measure.numerator, measure.denominator].map((one) => plannedBy(pack, one)) : [];
    return parts.length === 0 || parts.includes(null) ? null : parts.flatMap((one) => one ?? []);
  }
  const [own, planned] = [basesOf(pack, id), basesOf(pack, plan.by)];
  return own.length === planned.length ? own.map((base, i) => [base, planned[i] ?? ''] as const) : null;
}

/** Whether two measures have values in other units within one. */
function unitsDiffer({ pack, coverage }: Context, [a, b]: readonly [string, string], node: string): boolean {
  const [own, other] = [coverage.presence?.(a) ?? null, coverage.presence?.(b) ?? null];
  return own !== null && other !== null && own !== other && differAt(pack.organisation, own, other).has(node);
}

/** Some measures over the units that have all of them, whatever months they lack; null: all have them, or it is not known. */
function unitsInCommon(context: Context, asked: readonly (readonly [measure: string, window: Window])[], node: string): Common | null {
  const parts = asked.flatMap(([measure, window]): Part[] => { const presence = context.coverage.presence?.(measure) ?? null; return presence === null ? [] : [{ measure, window, presence, whole: () => true }]; });
  const found = parts.length < asked.length ? null : commonOf(context.pack.organisation, parts, node, context.pack.yearStart, `units of ${asked.map(([measure]) => measure).join(' & ')}`);
  return found !== null && asked.some(([measure]) => ofPersons(context.pack, measure)) ? { ...found, gaps: [] } : found;
}

/** A figure and its plan, both complete, over the units that have both: a unit without a budget is no overspend. Undefined: all have both. */
function plannedAlike(context: Context, id: string, window: Window, node: string, dimension: string | null): Alike | null | undefined {
  const { pack } = context;
  const pairs = plannedBy(pack, id);
  if (pairs === null || !pairs.some((pair) => unitsDiffer(context, pair, node))) return undefined;
  const plan = pack.plans.get(id);
  if (plan?.kind !== 'yearly' && madeOf(pack, id, true) !== null && madeOf(pack, id, false) !== null) {
    const found = alikeOf(context, [id, window], [id, window, true], node, dimension);
    return found !== null && found.leftOut === NOTHING_SAID && unitsInCommon(context, pairs.flat().map((base) => [base, window] as const), node) === null ? undefined : found;
  }
  const shared = unitsInCommon(context, pairs.flat().map((base) => [base, window] as const), node);
  if (shared === null) return undefined;
  if (plan?.kind !== 'yearly' || pairs.length !== 1 || pairs.flat().some((base) => ofPersons(pack, base))) return null;
  const cutBy = (i: number) => (one: Window): Window => { const only = shared.windows[i]?.only; return only === undefined ? one : { from: one.from, to: one.to, only: { ...only, cells: only.cells.map(({ unit }) => ({ unit, from: one.from, to: one.to })) } }; };
  const [own, planned] = [context.base(id, cutBy(0)(window), node, dimension).value, yearlyPlan(context, plan, window, node, dimension, { planned: cutBy(1), own: cutBy(0) }).value];
  return own === null || planned === null ? null : { value: own, other: planned, leftOut: { gaps: shared.gaps, share: shareOut(context.base(id, window, node, dimension).value, own) } };
}

/** The plan of a measure; of a ratio without one of its own, the ratio of its parts' plans. Null: the measure has no plan. */
function planOf(context: Context, id: string, window: Window, node: string, dimension: string | null): Cell | null {
  const measure = context.pack.measures.get(id) as Measure;
  const plan = context.pack.plans.get(id);
  if (plan?.kind === 'target') return { value: plan.units[node] ?? plan.value, state: 'ok' };
  // A budget stands on a day of its month, so a week or a day has none of its own.
  if (plan?.kind === 'measure') return window.from.endsWith('-01') && window.to.endsWith('-01') ? valueOf(context, plan.by, window, node, dimension) : MISSING;
  if (plan?.kind === 'yearly') return yearlyPlan(context, plan, window, node, dimension);
  if (measure.kind === 'forecast') return valueOf(context, measure.plan, periodOf('year', window.from, context.pack.yearStart), node, dimension);
  if (measure.kind !== 'ratio') return null;
  const planned = madeOf(context.pack, id, true);
  if (planned !== null) return ratioOf(context, [planned.bases[0] ?? '', planned.bases[1] ?? ''], measure.scale, window, node, dimension);
  // Planned money of a unit without planned hours is in no planned price.
  const parts = plannedBy(context.pack, id)?.map(([, by]) => by) ?? [];
  if (parts.length === 2 && unitsDiffer(context, [parts[0] ?? '', parts[1] ?? ''], node) && unitsInCommon(context, parts.map((by) => [by, window] as const), node) !== null) return MISSING;
  const above = planOf(context, measure.numerator, window, node, dimension);
  const below = planOf(context, measure.denominator, window, node, dimension);
  return above === null || below === null ? null : combine([above, below], over(measure.scale));
}

/** With fewer than this whose figures the asker does not see, one of them could be worked out. */
const FEWEST_NAMELESS = 3;

/** The highest or lowest of the units beside one; of those the asker does not see by name (`nameless`; undefined: sees them all) enough must have a figure. */
function extremeOf(context: Context, side: 'highest' | 'lowest', id: string, window: Window, node: string, dimension: string | null, nameless: Query['nameless']): Cell {
  const parent = context.pack.organisation.units.get(node)?.parent ?? '';
  const others = (context.pack.organisation.units.get(parent)?.children ?? []).filter((unit) => unit !== node).map((unit) => ({ unit, cell: valueOf(context, id, window, unit, dimension) }));
  if (others.some(({ cell }) => isHidden(cell))) return { value: null, state: 'withheld' };
  const present = others.filter(({ cell }) => cell.value !== null);
  const unseen = nameless === undefined ? present : present.filter(({ unit }) => nameless.includes(unit));
  return unseen.length < FEWEST_NAMELESS ? MISSING : combine(present.map(({ cell }) => cell), (values) => (side === 'highest' ? Math.max(...values) : Math.min(...values)));
}

function averageOf(context: Context, id: string, window: Window, node: string, dimension: string | null, { comparisons, nameless }: Query): Cell {
  const average = averageBeside(context, id, window, node, dimension);
  const highest = comparisons.includes('highest') ? extremeOf(context, 'highest', id, window, node, dimension, nameless) : null;
  return highest !== null && highest.value === null ? highest : average;
}

function averageBeside(context: Context, id: string, window: Window, node: string, dimension: string | null): Cell {
  const parent = context.pack.organisation.units.get(node)?.parent ?? null;
  const measure = context.pack.measures.get(id) as Measure;
  if (parent === null) return MISSING;
  if (measure.kind === 'ratio') return valueOf(context, id, window, parent, dimension);
  const siblings = (context.pack.organisation.units.get(parent)?.children ?? []).map((unit) => valueOf(context, id, window, unit, dimension));
  if (siblings.some(isHidden)) return { value: null, state: 'withheld' };
  const present = siblings.filter((cell) => cell.value !== null);
  return combine(present.length === 0 ? [MISSING] : present, (values) => values.reduce((a, b) => a + b, 0) / values.length);
}

/** The part of what was asked about: of the unit whose parts are listed, else of the unit above. */
function shareOf(context: Context, query: Query, id: string, window: Window, node: string, dimension: string | null): Cell {
  const measure = context.pack.measures.get(id) as Measure;
  const [asked, ...more] = query.units;
  const listed = query.level !== null && asked !== undefined && more.length === 0 && asked !== node && subtree(context.pack.organisation, asked).includes(node) ? asked : null;
  const whole = dimension === null ? (listed ?? context.pack.organisation.units.get(node)?.parent ?? null) : node;
  if (whole === null || measure.kind === 'ratio') return MISSING;
  return combine([valueOf(context, id, window, node, dimension), valueOf(context, id, window, whole, null)], ([part = 0, all = 0]) => (all === 0 ? null : (part / all) * 100));
}

/** The same piece of the year before. What is compared with a year that is not over is cut to the same days. */
const before = (period: Period): Period => sameLastYear(period);

/** What a forecast is held against in a year that is over: its result, not what was expected of it then. Null where it is neither. */
function resultOfYear(context: Context, id: string, period: Period, node: string, dimension: string | null): Cell | null {
  const measure = context.pack.measures.get(id);
  const year = periodOf('year', period.from, context.pack.yearStart);
  return measure?.kind === 'forecast' && year.to <= context.coverage.completeTo(measure.of) ? valueOf(context, measure.of, year, node, dimension) : null;
}

/** What a figure is held against; where one of the two is incomplete, with both over what both have. */
function against(context: Context, query: Query, comparison: Comparison, id: string, value: Cell, period: Period, node: string, dimension: string | null): Cell {
  const other = otherOf(context, query, comparison, id, period, node, dimension);
  if (value.value === null || other.value === null || comparison === 'share') return other;
  // Of a part nobody knows whether something is missing; of the whole it is known.
  if (dimension !== null && value.state === 'ok' && other.state === 'ok' && context.coverage.presence !== undefined && ['previous', 'last-year', 'period'].includes(comparison)) {
    const wholes = [valueOf(context, id, period, node, null), otherOf(context, query, comparison, id, period, node, null)];
    if (wholes.some(({ state }) => state === 'partial')) return { ...other, alike: alikeOf(context, [id, period], [id, comparedWith(context, query, comparison, period) ?? period, false], node, dimension) };
  }
  if (value.state !== 'partial' && other.state !== 'partial') {
    const alike = comparison === 'plan' && context.coverage.presence !== undefined ? plannedAlike(context, id, period, node, dimension) : undefined;
    return alike === undefined ? other : { ...other, alike };
  }
  if (context.coverage.presence === undefined) return value.state === 'partial' || other.state === 'partial' ? { ...other, alike: null } : other;
  const window = comparedWith(context, query, comparison, period);
  return { ...other, alike: window === null ? null : alikeOf(context, [id, period], [id, window, comparison === 'plan'], node, dimension) };
}

/** The period that a comparison is with; null: it is no matter of another period. */
const comparedWith = ({ pack }: Context, query: Query, comparison: Comparison, period: Period): Period | null => (comparison === 'plan' ? period : comparison === 'previous' ? previousPeriod(period, pack.yearStart) : comparison === 'last-year' ? before(period) : comparison === 'period' ? query.comparedTo : null);

function otherOf(context: Context, query: Query, comparison: Comparison, id: string, period: Period, node: string, dimension: string | null): Cell {
  switch (comparison) {
    case 'plan': return planOf(context, id, period, node, dimension) ?? MISSING;
    case 'previous': return valueOf(context, id, previousPeriod(period, context.pack.yearStart), node, dimension);
    case 'last-year': return resultOfYear(context, id, before(period), node, dimension) ?? valueOf(context, id, before(period), node, dimension);
    case 'period': return query.comparedTo === null ? MISSING : resultOfYear(context, id, query.comparedTo, node, dimension) ?? valueOf(context, id, query.comparedTo, node, dimension);
    case 'average': return averageOf(context, id, period, node, dimension, query);
    case 'highest': case 'lowest': return extremeOf(context, comparison, id, period, node, dimension, query.nameless);
    case 'share': return shareOf(context, query, id, period, node, dimension);
  }
}

/** What of a row is held against a limit; null: its figure, or what it is measured by, is missing, hidden, or nought where a share of it is asked for. */
export function measuredBy(row: Row, having: Having): { readonly value: number; readonly other: number } | null {
  const own = row.values[having.measure];
  const pair = having.against === null ? { value: own?.value ?? null, other: 0 } : comparable(own, row.against[having.against]?.[having.measure]);
  return pair === null || pair.value === null || (having.relative && pair.other === 0) ? null : { value: pair.value, other: pair.other };
}

/** Whether a row is on the asked side of a limit; one that can't be measured by it is on none. */
function meets(row: Row, having: Having): boolean {
  const measured = measuredBy(row, having);
  if (measured === null) return false;
  const { value, other } = measured;
  const difference = having.relative ? ((value - other) / Math.abs(other)) * 100 : value - other;
  return having.side === 'above' ? difference > having.limit : having.side === 'below' ? difference < (having.against === null ? having.limit : -having.limit) : Math.abs(difference) > having.limit;
}

/** Nothing is missing of a unit that has closed, has not opened yet, or counts under another: among others it has no row, unless it has a figure, or the period it is compared with has one. */
function isThere({ organisation }: Pack, { unit, period, values, against }: Row): boolean {
  const { from, until } = lifeOf(organisation, unit);
  if ((from === null || from < period.to) && (until === null || until > period.from) && countsFor(organisation, unit) === unit) return true;
  return [values, ...Object.entries(against).flatMap(([comparison, cells]) => (comparison === 'previous' || comparison === 'period' ? [cells] : []))].some((cells) => Object.values(cells).some(({ state }) => state !== 'missing'));
}

/**
 * A value of a dimension that has nothing of what is asked about, now or in what it is held against (types of support among placements).
 * What is hidden is not left out: which values are there would tell of it.
 */
function isEmpty(row: Row): boolean {
  // Money of a group that nets to nought was booked all the same.
  const nothing = (cell: Cell | undefined): boolean => cell === undefined || (cell.value === 0 && cell.nets !== true) || cell.state === 'missing';
  const planned = ([id, cell]: [string, Cell]): boolean => nothing(cell) || row.values[id]?.state === 'missing';
  return row.dimension !== null && Object.values(row.values).every(nothing)
    && Object.entries(row.against).every(([comparison, cells]) => (comparison === 'plan' ? Object.entries(cells).every(planned) : Object.values(cells).every(nothing)));
}

/** From the first to the last day that a query shows or compares. */
export function spanOf({ yearStart }: Pack, { period, comparisons, comparedTo }: Query): { from: IsoDate; to: IsoDate } {
  const all: { from: IsoDate; to: IsoDate }[] = [period, ...(comparisons.includes('last-year') ? [before(period)] : []), ...(comparisons.includes('previous') ? [previousPeriod(period, yearStart)] : []), ...(comparisons.includes('period') && comparedTo !== null ? [comparedTo] : [])];
  return { from: all.map(({ from }) => from).sort()[0] ?? period.from, to: all.map(({ to }) => to).sort().at(-1) ?? period.to };
}

/** The units below those of a query that open or close within what it shows and compares. */
export function turnsIn(pack: Pack, query: Query): Turn[] {
  const { from, to } = spanOf(pack, query);
  const within = (day: IsoDate | null): day is IsoDate => day !== null && day > from && day < to;
  const own = new Set(unitsOf(pack, query).flatMap((unit) => subtree(pack.organisation, unit)));
  // Who takes over from another has more from then on.
  return [...pack.organisation.units].flatMap(([id, unit]): Turn[] => {
    if (!own.has(id) && (unit.successor === null || !own.has(unit.successor))) return [];
    return [...(within(unit.from) ? [{ unit: id, day: unit.from, opens: true, successor: null }] : []), ...(within(unit.until) ? [{ unit: id, day: unit.until, opens: false, successor: unit.successor }] : [])];
  });
}

/** The units a query is about, in the order of the tree. */
export function unitsOf(pack: Pack, query: Query): string[] {
  if (query.level === null) return [...query.units];
  return [...new Set(query.units.flatMap((unit) => atLevel(pack.organisation, unit, query.level as string)))];
}

/** The rows of a query from base figures: values and comparisons, ordered and cut as asked. Pure: the same figures give the same rows. */
export function evaluate(pack: Pack, query: Query, base: Base, coverage: Coverage): Row[] {
  const context: Context = { pack, base: hiddenWithPersons(pack, base), coverage };
  const periods = query.by !== null && 'grain' in query.by ? pieces(query.period, query.by.grain, pack.yearStart) : [query.period];
  const { by } = query;
  const dimensions = by === null || !('dimension' in by) ? [null] : by.values === null ? coverage.dimensionValues : coverage.dimensionValues.filter((value) => value !== NO_VALUE && by.values?.includes(value));
  const every = unitsOf(pack, query).flatMap((unit) => periods.flatMap((period) => dimensions.map((dimension): Row => {
    const values = Object.fromEntries(query.measures.map((id) => [id, valueOf(context, id, period, unit, dimension)]));
    return {
      unit, period, dimension, values,
      against: Object.fromEntries(query.comparisons.map((comparison) => [comparison, Object.fromEntries(query.measures.map((id) => [id, against(context, query, comparison, id, values[id] ?? MISSING, period, unit, dimension)]))])),
    };
  })));
  // Values that were named are answered though they are empty; of all the values there are, only those with something.
  const there = every.filter((row) => isThere(pack, row));
  const open = query.level === null || there.length === 0 ? every : there;
  const full = by !== null && 'dimension' in by && by.values === null ? open.filter((row) => !isEmpty(row)) : open;
  const rows = query.having === null ? full : full.filter((row) => meets(row, query.having as Having));
  const order = query.order;
  if (order !== null) {
    const key = (row: Row): number | null => {
      const value = row.values[order.measure];
      if (order.against === null) return value?.value ?? null;
      const pair = comparable(value, row.against[order.against]?.[order.measure]);
      return pair === null ? null : pair.value - pair.other;
    };
    rows.sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      if (x === null || y === null) return Number(x === null) - Number(y === null);
      return order.descending ? y - x : x - y;
    });
  }
  return query.limit === null ? rows : rows.slice(0, query.limit);
}
