import type { DistinctMeasure, FlowMeasure, Measure, Pack, Source, StockMeasure } from '../pack/model.ts';

/** A name quoted for SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export type AdditiveMeasure = FlowMeasure | StockMeasure;

/** The measures counted from a source, in the order of the pack. */
export function measuresOf(pack: Pack, sourceId: string): { additive: AdditiveMeasure[]; distinct: DistinctMeasure[] } {
  const own = [...pack.measures.values()].filter((m): m is AdditiveMeasure | DistinctMeasure => (m.kind === 'flow' || m.kind === 'stock' || m.kind === 'distinct') && m.source === sourceId);
  return { additive: own.filter((m): m is AdditiveMeasure => m.kind !== 'distinct'), distinct: own.filter((m): m is DistinctMeasure => m.kind === 'distinct') };
}

/** Column of a measure's additive part in the roll-ups. */
export const partColumn = (measure: Measure, index: number): string => quoted(`${measure.id}__${index}`);

/** First day of the fiscal piece of `months` months that holds `day`. */
const pieceStart = (day: string, months: number, yearStart: number): string =>
  `(${day} - to_months((((month(${day}) - ${yearStart} + 12) % 12) % ${months})::int))::date`;

/**
 * The SQL that makes a source's roll-ups once its facts are in: additive parts per day, per month and per month
 * and dimension value; distinct keys per month, and their counts kept for every node at month, quarter,
 * half-year, year and year to date; and the first and last day each measure has rows, per unit.
 * After this no question of a standard grain reads the facts again.
 */
export function rollupStatements(pack: Pack, source: Source): string[] {
  const { additive, distinct } = measuresOf(pack, source.id);
  const parts = additive.flatMap((measure) => (measure.split.parts).map((part, i) => ({ column: partColumn(measure, i), ...part })));
  const merged = parts.map((part) => `, ${part.merge}(${part.column}) as ${part.column}`).join('');
  const fromFacts = parts.map((part) => `, ${part.sql} as ${part.column}`).join('');
  const statements = [
    `create table by_day as select _date as bucket, _unit as unit, count(*) as n${fromFacts} from facts group by _date, _unit order by 1, 2`,
    `create table by_month as select date_trunc('month', bucket)::date as bucket, unit, sum(n)::bigint as n${merged} from by_day group by 1, 2 order by 1, 2`,
    ...source.dimensions.map((dimension) =>
      `create table ${quoted(`by_month_${dimension.id}`)} as select date_trunc('month', _date)::date as bucket, _unit as unit, ${quoted(dimension.column)}::varchar as dim, count(*) as n${fromFacts} from facts group by 1, 2, 3 order by 1, 2`),
  ];
  for (const measure of distinct) {
    const keys = quoted(`keys_${measure.id}`);
    const kept = quoted(`kept_${measure.id}`);
    const condition = `(${measure.key}) is not null${measure.filter === null ? '' : ` and (${measure.filter})`}`;
    statements.push(`create table ${keys} as select distinct date_trunc('month', _date)::date as bucket, _unit as unit, (${measure.key})::varchar as k from facts where ${condition}`);
    // Who was there in a quarter is who was there in its months, so each span is made from the smaller one before it.
    const start = (day: string, months: number): string => pieceStart(day, months, pack.yearStart);
    const longer = (months: number, from: number): string => `p${months} as materialized (select distinct node, ${start('w_from', months)} as w_from, k from p${from})`;
    const count = (months: number): string => `select w_from, (w_from + to_months(${months}))::date as w_to, node, count(*) as n from p${months} group by all`;
    statements.push(
      `create table ${kept} as with p1 as materialized (select distinct c.node, k.bucket as w_from, k.k from ${keys} k join closure c on c.unit = k.unit), ${longer(3, 1)}, ${longer(6, 3)}, ${longer(12, 6)}
        ${[1, 3, 6, 12].map(count).join(' union all ')}`,
      // Year to date: whoever was first seen this year in or before the month counts from then on.
      `insert into ${kept} with firsts as (select c.node, ${pieceStart('k.bucket', 12, pack.yearStart)} as y, k.k, min(k.bucket) as first from ${keys} k join closure c on c.unit = k.unit group by 1, 2, 3),
        new as (select node, y, first, count(*) as n from firsts group by 1, 2, 3),
        ends as (select y, (y + to_months(m::int))::date as w_to from (select distinct y from firsts), range(1, 12) t(m))
        select e.y, e.w_to, new.node, sum(new.n)::bigint from ends e join new on new.y = e.y and new.first < e.w_to
        where not exists (select 1 from ${kept} k where k.w_from = e.y and k.w_to = e.w_to) group by all`,
    );
  }
  const span = (name: string, condition: string): string => `select '${name}' as measure, unit, min(bucket) as first, max(bucket) as last from by_day where ${condition} group by unit`;
  statements.push(`create table span as ${[
    span(ANY_ROWS, 'true'),
    ...additive.map((measure) => span(measure.id, `${partColumn(measure, 0)} is not null`)),
  ].join(' union all ')}`);
  statements.push(`create table taken as ${takenSpans(source, additive, distinct).join(' union all ')}`);
  return statements;
}

/** Names in `span` and `taken` for any row of a source, and for rows that no measure takes. */
export const ANY_ROWS = '*';
export const ROWS_OF_NONE = '-';

/** What a row of a budget calls itself. */
const PLAN_WORDS = 'budget|bevilling|appropriation';
/** True where a text names a budget: what is called so stands ahead of time, whether or not it is declared as a plan. */
export const namesPlan = (text: string): boolean => new RegExp(PLAN_WORDS, 'i').test(text);

/**
 * Per measure and unit the first and last day with rows that it takes: a count of nought takes none. Of rows that no measure
 * takes, those that call themselves a budget are left out, for they stand ahead of time.
 */
function takenSpans(source: Source, additive: readonly AdditiveMeasure[], distinct: readonly DistinctMeasure[]): string[] {
  const takes = (measure: AdditiveMeasure): string => measure.split.parts.map((part, i) => (/^count/i.test(part.sql) ? `coalesce(${partColumn(measure, i)}, 0) > 0` : `${partColumn(measure, i)} is not null`)).join(' or ');
  const condition = (measure: DistinctMeasure): string => `(${measure.key}) is not null${measure.filter === null ? '' : ` and (${measure.filter})`}`;
  const none = [...additive.map((measure) => `not (${takes(measure)})`), 'true'].join(' and ');
  const texts = source.columns.filter(({ type, name }) => type === 'text' && name !== source.unitColumn).map(({ name }) => quoted(name));
  const silent = texts.length === 0 ? 'true' : `not regexp_matches(concat_ws(' ', ${texts.join(', ')}), '${PLAN_WORDS}', 'i')`;
  const other = ['true', ...distinct.map((measure) => `not coalesce(${condition(measure)}, false)`)].join(' and ');
  const spans = (name: string, from: string): string => `select '${name}' as measure, _unit as unit, min(_date) as first, max(_date) as last from ${from} group by all`;
  return [
    ...additive.map((measure) => `select '${measure.id}' as measure, unit, min(bucket) as first, max(bucket) as last from by_day where ${takes(measure)} group by unit`),
    ...distinct.map((measure) => spans(measure.id, `facts where ${condition(measure)}`)),
    spans(ROWS_OF_NONE, `facts semi join (select bucket, unit from by_day where ${none}) as bare on facts._date = bare.bucket and facts._unit = bare.unit where ${silent} and ${other}`),
  ];
}
