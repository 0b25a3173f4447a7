import { periodOf, pieces, shiftDays, type IsoDate, type TimeGrain } from '../calendar/period.ts';
import type { FlowMeasure, Measure, Pack, Source, StockMeasure } from '../pack/model.ts';
import type { Facts } from '../ports.ts';
import { ANY_ROWS, measuresOf, namesPlan, partColumn, ROWS_OF_NONE } from '../query/rollup.ts';

/** First and last day with rows. */
export interface Span { readonly first: IsoDate; readonly last: IsoDate }

/** First and last day with rows, by measure (or `*`: any row) and unit. */
type Spans = ReadonlyMap<string, ReadonlyMap<string, Span>>;

/** From when to when a measure has data: as its source has, but for plans and for values that have yet to come. Null: it has none. */
export type Reach = Span | null;

/** Measures that are the plan of another, by a pack's plans or as what a forecast is held against. */
export const plansOf = (pack: Pack): Set<string> => new Set([
  ...[...pack.plans.values()].flatMap((plan) => (plan.kind === 'target' ? [] : [plan.by])),
  ...[...pack.measures.values()].flatMap((measure) => (measure.kind === 'forecast' ? [measure.plan] : [])),
]);

/** The pieces of time that a source's data are complete in: its own grain, at the finest months. */
export const piecesOf = (source: Source): TimeGrain => (source.grain === 'day' || source.grain === 'week' ? 'month' : source.grain);

const texts = (value: unknown): string => String(value);

async function spansIn(facts: Facts, table: 'span' | 'taken'): Promise<Spans> {
  const spans = new Map<string, Map<string, Span>>();
  for (const row of await facts.query(`select measure, unit, first::varchar as first, last::varchar as last from ${table}`)) {
    const units = spans.get(texts(row['measure'])) ?? new Map<string, Span>();
    units.set(texts(row['unit']), { first: texts(row['first']), last: texts(row['last']) });
    spans.set(texts(row['measure']), units);
  }
  return spans;
}

/**
 * The last day of some spans. What has happened is not dated after the day it was read: one slip of a year must not move
 * the end of the data.
 */
const lastOf = (spans: readonly Span[], readOn: IsoDate): IsoDate => spans.map(({ last }) => last).sort().findLast((day) => day <= readOn) ?? readOn;
const firstOf = (spans: readonly Span[]): IsoDate => spans.map(({ first }) => first).sort()[0] ?? '0001-01-01';

/** Reads how far each base measure of a source reaches, and the spans of its rows by measure and unit. */
export async function readReach(pack: Pack, source: Source, facts: Facts, readOn: IsoDate): Promise<{ spans: Spans; reach: ReadonlyMap<string, Reach> }> {
  const [spans, taken] = await Promise.all([spansIn(facts, 'span'), spansIn(facts, 'taken')]);
  const { additive, distinct } = measuresOf(pack, source.id);
  const plans = plansOf(pack);
  const own = (id: string): Span[] => [...(taken.get(id)?.values() ?? [])];
  const between = (some: readonly Span[]): Reach => (some.length === 0 ? null : { first: firstOf(some), last: lastOf(some, readOn) });
  const ahead = (measure: Measure): boolean => isAhead(measure, own(measure.id), readOn);

  const happened = [...additive, ...distinct].filter(({ id }) => !plans.has(id));
  // Rows of no measure count too, unless they may be more of a budget that the source holds.
  const holdsPlan = additive.some(({ id }) => plans.has(id));
  const known = [...happened.filter((measure) => !ahead(measure)).flatMap(({ id }) => own(id)), ...(holdsPlan ? [] : own(ROWS_OF_NONE).filter(({ last }) => last <= readOn))];
  const any = [known, happened.flatMap(({ id }) => own(id)), [...(spans.get(ANY_ROWS)?.values() ?? [])]].find((some) => some.length > 0) ?? [];
  const whole = between(any);

  const reach = new Map<string, Reach>([[ANY_ROWS, whole]]);
  for (const measure of distinct) reach.set(measure.id, whole);
  for (const measure of additive) {
    const mine = own(measure.id);
    if (plans.has(measure.id)) reach.set(measure.id, mine.length === 0 ? null : { first: firstOf(mine), last: mine.map(({ last }) => last).sort().at(-1) ?? readOn });
    else if (whole === null || mine.length === 0) reach.set(measure.id, whole);
    else if (ahead(measure)) reach.set(measure.id, between(mine));
    else reach.set(measure.id, await isUnfinished(source, measure, facts, pack.yearStart) ? between(mine) : whole);
  }
  return { spans, reach };
}

/** Whether a measure that nobody declared a plan stands ahead of time as one does: by its name, or as most units have rows of days to come. */
function isAhead(measure: Measure, spans: readonly Span[], readOn: IsoDate): boolean {
  const coming = spans.filter(({ last }) => last > readOn).length;
  return coming * 2 > spans.length || [measure.id, measure.name.da, measure.name.en].some(namesPlan);
}

/**
 * Whether a measure's own first and last values are its reach, and not its source's: a plain column that had values in every
 * piece of time until some day, and none in the rows after it, has yet to be delivered. What a condition picks is seldom or
 * often there, and tells nothing of how far the data reach; nor does a column that was empty before.
 */
async function isUnfinished(source: Source, measure: FlowMeasure | StockMeasure, facts: Facts, yearStart: number): Promise<boolean> {
  if (isPicked(source, measure)) return false;
  const column = partColumn(measure, 0);
  const [row] = await facts.query(`select min(bucket)::varchar as first, max(bucket)::varchar as last, string_agg(distinct bucket::varchar, ' ') as months from by_month where ${column} is not null`);
  if (row === undefined || row['first'] === null) return false;
  const grain = piecesOf(source);
  const startOf = (day: IsoDate): IsoDate => periodOf(grain, day, yearStart).from;
  const filled = new Set(texts(row['months']).split(' ').map(startOf));
  return filled.size === pieces({ from: startOf(texts(row['first'])), to: shiftDays(texts(row['last']), 1), grain: 'rolling' }, grain, yearStart).length;
}

const CONDITION = /\b(?:filter|case|if|nullif|iff)\b/i;

/** Whether a measure takes only rows that meet a condition, in its own expression or in a column made from others. */
export function isPicked(source: Source, measure: Measure): boolean {
  if (measure.kind === 'distinct') return measure.filter !== null;
  if (measure.kind !== 'flow' && measure.kind !== 'stock') return false;
  return CONDITION.test(measure.sql) || source.derived.some((column) => CONDITION.test(column.sql) && measure.sql.toLowerCase().includes(column.name.toLowerCase()));
}
