import type { Measure, Plan, Source } from './model.ts';
import type { RawSource } from './schema.ts';

const CURRENCIES = new Set(['kr', 'GBP', 'EUR']);

/** Whether a measure counts money. */
export const isMoney = ({ unit }: Pick<Measure, 'unit'>): boolean => CURRENCIES.has(unit);

/** Whether a source holds money, or what a plan is made of: there a row that is missing changes what leaders steer by. */
export function isMoneyOrPlan(pack: { readonly measures: ReadonlyMap<string, Measure>; readonly plans: ReadonlyMap<string, Plan> }, source: string): boolean {
  const planned = new Set([...pack.plans.values()].flatMap((plan) => (plan.kind === 'target' ? [] : [plan.by])));
  return [...pack.measures.values()].some((measure) => 'source' in measure && measure.source === source && (isMoney(measure) || planned.has(measure.id)));
}

/** The names an expression reads, quotes and letters aside; what stands in a text is none. */
function namesIn(sql: string): Set<string> {
  const names = sql.replace(/'(?:[^']|'')*'/g, ' ').match(/"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_]*/gu) ?? [];
  return new Set(names.map((name) => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name).toLowerCase()));
}

/** How a header says that its amounts are in thousands, millions or hundredths, and how an expression brings them back. */
const THOUSANDS = /(^|[^a-zæøå])(t\.?\s?kr|tkr|1[. ]?000\s?kr|tusinde?r?\s?kr|k\s?kr|(mio|mill)\.?\s?kr|(mio|mill)|thousands?|millions?|i øre|\(øre\)|in pence)([^a-zæøå]|$)/i;
const FACTOR = /\*\s*1(_?000)*(\.0+)?\b|\b1(_?000)*(\.0+)?\s*\*|\b1e[36]\b|\/\s*100(\.0+)?\b|\*\s*0?\.01\b/i;

/** Whether a text says that amounts are in thousands, millions or hundredths. */
export const saysThousands = (text: string): boolean => THOUSANDS.test(text);

/** The header of a column that an expression reads as it stands though it says that its amounts are in thousands, millions or hundredths; null: there is none. */
export function thousandsRead({ columns, derive = {} }: Pick<RawSource, 'columns' | 'derive'>, sql: string): string | null {
  if (FACTOR.test(sql)) return null;
  const byName = new Map(Object.entries(columns).map(([name, column]) => [name.toLowerCase(), [name, ...(typeof column === 'string' || column.header === undefined ? [] : [column.header])]]));
  const derived = new Map(Object.entries(derive).map(([name, expression]) => [name.toLowerCase(), FACTOR.test(expression) ? [] : [...namesIn(expression)]]));
  const headers = [...namesIn(sql)].flatMap((name) => derived.get(name) ?? [name]).flatMap((name) => byName.get(name) ?? []);
  return headers.find(saysThousands) ?? null;
}

/** The source with the columns of its files that measures in money are made of: directly, or by a derived column. */
export function withMoney(source: Source, measures: Iterable<Measure>): Source {
  const derived = new Map(source.derived.map(({ name, sql }) => [name.toLowerCase(), namesIn(sql)]));
  const read = new Set<string>();
  for (const measure of measures) {
    if (!('source' in measure) || measure.source !== source.id || !isMoney(measure)) continue;
    for (const name of namesIn(measure.sql)) for (const one of derived.get(name) ?? [name]) read.add(one);
  }
  const numbers = source.columns.filter(({ name, type }) => read.has(name.toLowerCase()) && ['integer', 'decimal', 'number'].includes(type));
  // Whole numbers beside amounts are years and accounts.
  const amounts = numbers.filter(({ type }) => type !== 'integer');
  return { ...source, money: (amounts.length > 0 ? amounts : numbers).map(({ name }) => name) };
}
