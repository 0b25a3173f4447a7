import { pieces, previousPeriod, sameLastYear, periodOf, daysBetween, type IsoDate, type Period } from '../calendar/period.ts';
import { atLevel } from '../pack/organisation.ts';
import type { Measure, Pack, Plan } from '../pack/model.ts';
import type { Window } from './compile.ts';
import { forecastOf } from './forecast.ts';
import type { Comparison, Having, Query } from './query.ts';
import { isHidden, MISSING, NO_VALUE, type Cell, type CellState, type Row } from './result.ts';

/** Gives the figure of a base measure (flow, stock, distinct) for a window, node and dimension value. `of`: it is asked for as the count of the persons that this measure is made of, to know whether it is hidden. */
export type Base = (measure: string, window: Window, node: string, dimension: string | null, of?: string) => Cell;

/** What is known of the data apart from the figures. */
export interface Coverage {
  /** Complete up to this day (exclusive), per base measure. */
  completeTo(measure: string): IsoDate;
  /** Values a dimension has in the data, in order. */
  dimensionValues: readonly string[];
}

const RANK: Record<CellState, number> = { ok: 0, partial: 1, missing: 2, suppressed: 3, withheld: 3 };
const worst = (...states: CellState[]): CellState => states.reduce((a, b) => (RANK[b] > RANK[a] ? b : a), 'ok');

/** A cell made from others: its state is the worst of theirs, and it has a value only when they all do. What is made of a small count is no count. */
function combine(cells: readonly Cell[], compute: (values: number[]) => number | null): Cell {
  const state = worst(...cells.map((cell) => cell.state));
  if (state === 'suppressed' || state === 'withheld') return { value: null, state: 'withheld' };
  if (state === 'missing') return MISSING;
  const value = compute(cells.map((cell) => cell.value ?? 0));
  return value === null || !Number.isFinite(value) ? MISSING : { value, state };
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
    case 'ratio': return combine(
      [valueOf(context, measure.numerator, window, node, dimension), valueOf(context, measure.denominator, window, node, dimension)],
      ([over = 0, under = 0]) => (under === 0 ? null : (over / under) * measure.scale));
    case 'forecast': return forecastOf(context.pack, measure, window.to, context.coverage.completeTo(measure.of), (m, w) => valueOf(context, m, w, node, dimension)).value;
    default: return context.base(id, window, node, dimension);
  }
}

/** The same figures, with what is made of some persons hidden where their count is. */
export function hiddenWithPersons(pack: Pack, base: Base): Base {
  return (id, window, node, dimension) => {
    const counted = (pack.measures.get(id)?.persons ?? []).map((one) => base(one, window, node, dimension, id)).filter(isHidden);
    const cell = base(id, window, node, dimension);
    return counted.length === 0 ? cell : { value: null, state: counted.every(({ state }) => state === 'suppressed') ? 'suppressed' : 'withheld' };
  };
}

function yearlyPlan(context: Context, plan: Plan & { kind: 'yearly' }, window: Window, node: string, dimension: string | null): Cell {
  const year = periodOf('year', window.from, context.pack.yearStart);
  const whole = valueOf(context, plan.by, year, node, dimension);
  if (plan.spread === 'even') return combine([whole], ([amount = 0]) => amount * (daysBetween(window.from, window.to) >= 28 && window.from.endsWith('-01') && window.to.endsWith('-01')
    ? pieces({ ...window, grain: 'rolling' }, 'month').length / 12
    : daysBetween(window.from, window.to) / daysBetween(year.from, year.to)));
  const before = sameLastYear({ ...window, grain: 'rolling' });
  return combine([whole, valueOf(context, plan.measure, before, node, dimension), valueOf(context, plan.measure, sameLastYear(year), node, dimension)],
    ([amount = 0, part = 0, all = 0]) => (all === 0 ? null : (amount * part) / all));
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
  const over = planOf(context, measure.numerator, window, node, dimension);
  const under = planOf(context, measure.denominator, window, node, dimension);
  return over === null || under === null ? null : combine([over, under], ([a = 0, b = 0]) => (b === 0 ? null : (a / b) * measure.scale));
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

function shareOf(context: Context, id: string, window: Window, node: string, dimension: string | null): Cell {
  const measure = context.pack.measures.get(id) as Measure;
  const whole = dimension === null ? (context.pack.organisation.units.get(node)?.parent ?? null) : node;
  if (whole === null || measure.kind === 'ratio') return MISSING;
  return combine([valueOf(context, id, window, node, dimension), valueOf(context, id, window, whole, null)], ([part = 0, all = 0]) => (all === 0 ? null : (part / all) * 100));
}

/** The same piece of the year before. What is compared with a year that is not over is cut to the same days. */
const before = (period: Period): Period => sameLastYear(period);

function against(context: Context, query: Query, comparison: Comparison, id: string, period: Period, node: string, dimension: string | null): Cell {
  switch (comparison) {
    case 'plan': return planOf(context, id, period, node, dimension) ?? MISSING;
    case 'previous': return valueOf(context, id, previousPeriod(period), node, dimension);
    case 'last-year': return valueOf(context, id, before(period), node, dimension);
    case 'period': return query.comparedTo === null ? MISSING : valueOf(context, id, query.comparedTo, node, dimension);
    case 'average': return averageOf(context, id, period, node, dimension, query);
    case 'highest': case 'lowest': return extremeOf(context, comparison, id, period, node, dimension, query.nameless);
    case 'share': return shareOf(context, id, period, node, dimension);
  }
}

/** Whether a row is on the asked side of a limit; a figure that is missing or hidden is on none. */
function meets(row: Row, having: Having): boolean {
  const value = row.values[having.measure]?.value ?? null;
  const other = having.against === null ? 0 : row.against[having.against]?.[having.measure]?.value ?? null;
  if (value === null || other === null || (having.relative && other === 0)) return false;
  const difference = having.relative ? ((value - other) / Math.abs(other)) * 100 : value - other;
  return having.side === 'above' ? difference > having.limit : having.side === 'below' ? difference < (having.against === null ? having.limit : -having.limit) : Math.abs(difference) > having.limit;
}

/**
 * A value of a dimension that has nothing of what is asked about, now or in what it is held against (types of support among placements).
 * What is hidden is not left out: which values are there would tell of it.
 */
function isEmpty(row: Row): boolean {
  const nothing = (cell: Cell | undefined): boolean => cell === undefined || cell.value === 0 || cell.state === 'missing';
  const planned = ([id, cell]: [string, Cell]): boolean => nothing(cell) || row.values[id]?.state === 'missing';
  return row.dimension !== null && Object.values(row.values).every(nothing)
    && Object.entries(row.against).every(([comparison, cells]) => (comparison === 'plan' ? Object.entries(cells).every(planned) : Object.values(cells).every(nothing)));
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
  const every = unitsOf(pack, query).flatMap((unit) => periods.flatMap((period) => dimensions.map((dimension): Row => ({
    unit, period, dimension,
    values: Object.fromEntries(query.measures.map((id) => [id, valueOf(context, id, period, unit, dimension)])),
    against: Object.fromEntries(query.comparisons.map((comparison) => [comparison, Object.fromEntries(query.measures.map((id) => [id, against(context, query, comparison, id, period, unit, dimension)]))])),
  }))));
  // Values that were named are answered though they are empty; of all the values there are, only those with something.
  const full = by !== null && 'dimension' in by && by.values === null ? every.filter((row) => !isEmpty(row)) : every;
  const rows = query.having === null ? full : full.filter((row) => meets(row, query.having as Having));
  const order = query.order;
  if (order !== null) {
    const key = (row: Row): number | null => {
      const value = row.values[order.measure]?.value ?? null;
      if (order.against === null || value === null) return value;
      const other = row.against[order.against]?.[order.measure]?.value ?? null;
      return other === null ? null : value - other;
    };
    rows.sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      if (x === null || y === null) return Number(x === null) - Number(y === null);
      return order.descending ? y - x : x - y;
    });
  }
  return query.limit === null ? rows : rows.slice(0, query.limit);
}
