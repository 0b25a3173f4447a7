import { periodOf, type IsoDate } from '../calendar/period.ts';
import type { Dimension, DistinctMeasure, Source } from '../pack/model.ts';
import type { CompiledQuery } from './sql.ts';
import { partColumn, quoted, type AdditiveMeasure } from './rollup.ts';

/** A part of a unit's figure: some units below it, each in some stretches of time. `key` tells it from others. */
export interface Mask {
  readonly key: string;
  readonly node: string;
  readonly cells: readonly { readonly unit: string; readonly from: IsoDate; readonly to: IsoDate }[];
}

/** A half-open span of days that a figure is asked for; `only`: of some units and stretches in it. */
export interface Window {
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly only?: Mask;
}

export const windowKey = (window: Window): string => (window.only === undefined ? `${window.from}/${window.to}` : `${window.from}/${window.to} ${window.only.key}`);

const wholeMonths = (window: Window): boolean => window.from.endsWith('-01') && window.to.endsWith('-01');

/** Keeps a scan of the facts to the days that are asked for. */
const IN_WINDOWS = 'where _date >= (select min(f) from w) and _date < (select max(t) from w)';

const FRAME = `with w as (select unnest(from_json($1::json, '[{"k":"INTEGER","f":"DATE","t":"DATE"}]'), recursive := true)), nodes as (select unnest(from_json($2::json, '["VARCHAR"]')) as node)`;

function frame(windows: readonly Window[], nodes: readonly string[]): string[] {
  return [JSON.stringify(windows.map((window, k) => ({ k, f: window.from, t: window.to }))), JSON.stringify(nodes)];
}

const merged = (measure: AdditiveMeasure): string =>
  measure.split.outer.replace(/"?__p(\d+)"?/g, (_all, i: string) => `${measure.split.parts[Number(i)]?.merge ?? 'sum'}(r.${partColumn(measure, Number(i))})`);

/**
 * All additive figures of a source for every window and node in one grouped scan of its roll-up. Rows:
 * k (index of the window), node, dim, n, cover (units and months with rows), and per measure its value and
 * `<id>#seen` (units and months with a value). Windows that are not whole months read the days.
 */
export function compileFlows(source: Source, measures: readonly AdditiveMeasure[], windows: readonly Window[], nodes: readonly string[], dimension: string | null): CompiledQuery {
  const months = windows.every(wholeMonths);
  const dim = source.dimensions.find((d) => d.id === dimension) ?? null;
  const seen = months && dim === null ? (column: string): string => `count(${column})` : (column: string): string => `count(distinct r.unit) filter (where ${column} is not null)`;
  const values = measures.map((m) => `, ${merged(m)} as ${quoted(m.id)}, ${seen(`r.${partColumn(m, 0)}`)} as ${quoted(`${m.id}#seen`)}`).join('');
  const table = dim === null ? (months ? 'by_month' : 'by_day') : months ? quoted(`by_month_${dim.id}`) : `(select _date as bucket, _unit as unit, ${quoted(dim.column)}::varchar as dim, count(*) as n${measures.flatMap((m) => m.split.parts.map((part, i) => `, ${part.sql} as ${partColumn(m, i)}`)).join('')} from facts ${IN_WINDOWS} group by 1, 2, 3)`;
  return {
    sql: `${FRAME} select w.k, c.node, ${dim === null ? 'null' : 'r.dim'} as dim, sum(r.n)::bigint as n, ${seen('r.n')} as cover${values} from ${table} r join w on r.bucket >= w.f and r.bucket < w.t join closure c on c.unit = r.unit join nodes on nodes.node = c.node group by all`,
    parameters: frame(windows, nodes),
  };
}

/** Every value a dimension has in the facts, whenever and wherever; null: rows without one. Rows: dim. */
export const compileValues = (dimension: Dimension): string => `select distinct ${quoted(dimension.column)}::varchar as dim from facts`;

/** A stock's value is that of the last day with rows in each window, for all units the same day. */
export function compileStock(source: Source, measure: AdditiveMeasure, windows: readonly Window[], nodes: readonly string[], dimension: string | null): CompiledQuery {
  const dim = source.dimensions.find((d) => d.id === dimension) ?? null;
  const column = partColumn(measure, 0);
  const table = dim === null ? 'by_day' : `(select _date as bucket, _unit as unit, ${quoted(dim.column)}::varchar as dim, count(*) as n${measure.split.parts.map((part, i) => `, ${part.sql} as ${partColumn(measure, i)}`).join('')} from facts ${IN_WINDOWS} group by 1, 2, 3)`;
  return {
    sql: `${FRAME}, last as (select w.k, max(r.bucket) as day from by_day r join w on r.bucket >= w.f and r.bucket < w.t where r.${column} is not null group by w.k)
      select last.k, c.node, ${dim === null ? 'null' : 'r.dim'} as dim, max(last.day)::varchar as day, sum(r.n)::bigint as n, count(distinct r.unit) as cover, ${merged(measure)} as ${quoted(measure.id)}, count(distinct r.unit) filter (where r.${column} is not null) as ${quoted(`${measure.id}#seen`)}
      from ${table} r join last on r.bucket = last.day join closure c on c.unit = r.unit join nodes on nodes.node = c.node group by all`,
    parameters: frame(windows, nodes),
  };
}

/**
 * Figures of one measure over some units and stretches of time only, one for each masked window. Rows: k, dim, n (of a
 * distinct count the figure itself), and the measure's value.
 */
export function compileWithin(source: Source, measure: AdditiveMeasure | DistinctMeasure, windows: readonly Window[], dimension: string | null): CompiledQuery {
  const dim = source.dimensions.find((d) => d.id === dimension) ?? null;
  const split = dim === null ? 'null' : `${quoted(dim.column)}::varchar`;
  const columns = measure.kind === 'distinct' ? `(${measure.key}) as key` : `count(*) as n${measure.split.parts.map((part, i) => `, ${part.sql} as ${partColumn(measure, i)}`).join('')}`;
  const kept = measure.kind === 'distinct' ? `where (${measure.key}) is not null${measure.filter === null ? '' : ` and (${measure.filter})`}` : 'group by 1, 2, 3';
  const months = measure.kind === 'flow' && windows.every(({ only }) => only?.cells.every(wholeMonths) === true);
  const table = measure.kind !== 'distinct' && dim === null ? `(select *, null as dim from ${months ? 'by_month' : 'by_day'})` : measure.kind !== 'distinct' && dim !== null && months ? quoted(`by_month_${dim.id}`) : `(select _date as bucket, _unit as unit, ${split} as dim, ${columns} from facts ${kept})`;
  const value = measure.kind === 'distinct' ? `count(distinct r.key) as ${quoted(measure.id)}` : `${merged(measure)} as ${quoted(measure.id)}`;
  const frame = `with m as (select unnest(from_json($1::json, '[{"k":"INTEGER","u":"VARCHAR","f":"DATE","t":"DATE"}]'), recursive := true))`;
  // A stock stands on the last day with rows in the whole window, for all units the same day.
  const last = measure.kind !== 'stock' ? '' : `, w as (select k, min(f) as f, max(t) as t from m group by k), last as (select w.k, max(d.bucket) as day from by_day d join w on d.bucket >= w.f and d.bucket < w.t where d.${partColumn(measure, 0)} is not null group by w.k)`;
  const onLast = measure.kind !== 'stock' ? '' : ' join last on last.k = m.k and last.day = r.bucket';
  return {
    sql: `${frame}${last} select m.k, r.dim, ${value} from ${table} r join m on r.unit = m.u and r.bucket >= m.f and r.bucket < m.t${onLast} group by all`,
    parameters: [JSON.stringify(windows.flatMap((window, k) => (window.only?.cells ?? []).map(({ unit, from, to }) => ({ k, u: unit, f: from, t: to }))))],
  };
}

/** True when the count of distinct keys in a window is kept from the load. */
export function isKept(window: Window, yearStart: number): boolean {
  if (!wholeMonths(window) || window.only !== undefined) return false;
  if ((['month', 'quarter', 'half-year', 'year'] as const).some((grain) => periodOf(grain, window.from, yearStart).from === window.from && periodOf(grain, window.from, yearStart).to === window.to)) return true;
  const year = periodOf('year', window.from, yearStart);
  return window.from === year.from && window.to <= year.to;
}

/** Distinct counts: from what was kept at the load, else counted from the keys (whole months) or the facts. Rows: k, node, dim, n. */
export function compileDistinct(source: Source, measure: DistinctMeasure, windows: readonly Window[], nodes: readonly string[], dimension: string | null, yearStart: number): CompiledQuery {
  const dim = source.dimensions.find((d) => d.id === dimension) ?? null;
  if (dim === null && windows.every((window) => isKept(window, yearStart))) {
    return {
      sql: `${FRAME} select w.k, r.node, null as dim, r.n from ${quoted(`kept_${measure.id}`)} r join w on r.w_from = w.f and r.w_to = w.t join nodes on nodes.node = r.node`,
      parameters: frame(windows, nodes),
    };
  }
  const keys = dim === null && windows.every(wholeMonths)
    ? quoted(`keys_${measure.id}`)
    : `(select _date as bucket, _unit as unit, (${measure.key}) as k, ${dim === null ? 'null' : quoted(dim.column)}::varchar as dim from facts where (${measure.key}) is not null${measure.filter === null ? '' : ` and (${measure.filter})`} and _date >= (select min(f) from w) and _date < (select max(t) from w))`;
  return {
    sql: `${FRAME} select w.k, c.node, ${dim === null ? 'null' : 'r.dim'} as dim, count(distinct r.k) as n from ${keys} r join w on r.bucket >= w.f and r.bucket < w.t join closure c on c.unit = r.unit join nodes on nodes.node = c.node group by all`,
    parameters: frame(windows, nodes),
  };
}
