import type { DuckDBConnection } from '@duckdb/node-api';
import { ServiceError } from '../../errors.ts';
import type { Source } from '../../pack/model.ts';
import type { Remark } from '../../ports.ts';
import { goodRows, quoted, rowsOf, type StagedFile } from './account.ts';
import { literal } from './cast.ts';
import { unmeant } from './repeats.ts';

/** How totals rows are headed in Danish and English reports; the whole cell, or with the name of what it sums. */
const TOTAL = '^(i ?alt|ialt|total(er|t|s)?|sum|samlet( sum)?|subtotal|mellemsum|hovedtotal|grand total|in total)([ :].*)?$|^.+ (i ?alt|total)$';
const MOST = 2_000;
/** Two rows may add up to a third by chance. */
const LEAST_SUMMED = 4;
const MANY_EMPTY = 0.01;


/**
 * Looks for totals that stand among the rows and would count beside what they sum: a row that a word in a text names so, or one
 * on a unit above others, whose figures are to the last decimal the sum of rows above it, or of the units below its own; and
 * the last row of a file or of each unit, where it is the sum of all the others.
 * Rejects with ServiceError, or gives remarks where the pack says `repeats: tell`; a total's word alone gives a remark.
 */
export async function checkTotals(connection: DuckDBConnection, source: Source, files: readonly StagedFile[]): Promise<Remark[]> {
  const figures = source.columns.filter(({ type }) => type === 'decimal' || type === 'number' || type === 'integer' || type === 'duration').map(({ name }) => name);
  if (figures.length === 0 || source.repeats === 'allow') return [];
  const [sums, words]: [Remark[], Remark[]] = [[], []];
  for (const file of files) {
    const named = await namedIn(connection, source, file, figures);
    sums.push(...named.filter(({ of }) => of !== null).map(({ line, column, value, of }) => ({ file: file.shown, text: `${file.shown}, line ${line}: ${column} says '${value}', and its ${of ?? ''} is the sum of other rows` })));
    words.push(...named.filter(({ of }) => of === null).slice(0, 1).map(({ line, column, value }) => ({ file: file.shown, text: `Line ${line}: ${column} says '${value}'. If it is a totals row, it counts beside the rows it sums: leave it out with where:, or name it in control_total:.`, ...unmeant(source) })));
    sums.push(...(await unnamedIn(connection, source, file)).map((text) => ({ file: file.shown, text: `${file.shown}, ${text}` })));
    sums.push(...(await aboveIn(connection, source, file)).map(({ line, unit, column, value }) => ({ file: file.shown, text: `${file.shown}, line ${line}: ${column} of '${unit}' is ${value}, which is what the units below it add up to` })));
  }
  if (sums.length === 0) return words;
  if (source.repeats === 'tell') return [...sums.map(({ file, text }) => ({ file, text: `${text}. It counts twice.` })), ...words];
  const more = sums.length > 3 ? `; and ${sums.length - 3} more` : '';
  throw new ServiceError(`source ${source.id}`, `Totals stand among the rows and would count beside what they sum, so nothing is loaded. ${sums.slice(0, 3).map(({ text }) => text).join('; ')}${more}. Leave them out with where:, or have them checked with control_total: {rows: ..., columns: [...]}; if they are no totals, write repeats: tell in ${source.file}.`, { final: true });
}

interface Named { readonly line: string; readonly column: string; readonly value: string; /** The column whose figure is a sum; null: none is. */ readonly of: string | null }

/** Rows with a total's word in a text that is not the unit's. */
async function namedIn(connection: DuckDBConnection, source: Source, { number }: StagedFile, figures: readonly string[]): Promise<Named[]> {
  const texts = source.columns.filter(({ name, type }) => type === 'text' && name !== source.unitColumn).map(({ name }) => name);
  if (texts.length === 0) return [];
  const word = `coalesce(${texts.map((name) => `case when regexp_matches(lower(trim(${quoted(name)})), ${literal(TOTAL)}) then ${literal(name)} end`).join(', ')})`;
  const value = `case _word ${texts.map((name) => `when ${literal(name)} then ${quoted(name)}`).join(' ')} end`;
  const rows = `(select *, ${word} as _word, date_trunc('month', ${quoted(source.dateColumn)}::date) as _month from ${goodRows(source, number)})`;
  const found = await rowsOf(connection, `select _line as line, _word as word, left(${value}, 60) as value from ${rows} where _word is not null order by 1 limit ${MOST}`);
  if (found.length === 0) return [];
  const cells = figures.map((name, i) => `${quoted(name)}::double as f${i}, case when _word is null then coalesce(${quoted(name)}::double, 0) else 0 end as p${i}`).join(', ');
  const above = figures.map((_, i) => `sum(p${i}) over (order by _line rows unbounded preceding) as a${i}`).join(', ');
  // What a total may sum: all rows before it, those since the total before, all rows of its unit, month or both, and all.
  const whole = (i: number): string => ['partition by _unit', 'partition by _unit, _month', 'partition by _month', ''].map((over, k) => `sum(p${i}) over (${over}) as w${i}_${k}`).join(', ');
  const fits = (i: number): string => `coalesce(abs(f${i}) >= 0.005 and (${[`a${i}`, `a${i} - b${i}`, ...[0, 1, 2, 3].map((k) => `w${i}_${k}`)].map((sum) => `abs(f${i} - (${sum})) < 0.005`).join(' or ')}), false) as s${i}`;
  const judged = await rowsOf(connection, `
    with r as (select _line, _word, _unit, _month, ${cells} from ${rows}), summed as (select *, ${above}, ${figures.map((_, i) => whole(i)).join(', ')} from r),
      t as (select *, ${figures.map((_, i) => `coalesce(lag(a${i}) over (order by _line), 0) as b${i}`).join(', ')} from summed where _word is not null)
    select _line as line, ${figures.map((_, i) => fits(i)).join(', ')} from t order by 1 limit ${MOST}`);
  const sums = new Map(judged.map((row) => [String(row['line']), figures.find((_, i) => row[`s${i}`] === true) ?? null]));
  return found.map((row) => ({ line: String(row['line']), column: String(row['word']), value: String(row['value']), of: sums.get(String(row['line'])) ?? null }));
}

/** Totals that no word names: the last row of the file is the sum of all above it, or the last row of every unit that of its others. */
async function unnamedIn(connection: DuckDBConnection, source: Source, { number }: StagedFile): Promise<string[]> {
  const found: string[] = [];
  for (const name of source.money) {
    const rows = `(select _line, _unit, coalesce(${quoted(name)}, 0) as v from ${goodRows(source, number)})`;
    const [whole] = await rowsOf(connection, `select count(*) as n, max(_line) as line, arg_max(v, _line)::varchar as last, sum(v) - arg_max(v, _line) = arg_max(v, _line) and arg_max(v, _line) <> 0 as total from ${rows}`);
    if (whole?.['total'] === true && Number(whole['n']) >= LEAST_SUMMED) {
      found.push(`line ${String(whole['line'])}: ${name} is ${String(whole['last'])}, which is what all rows above it add up to`);
      continue;
    }
    const [each] = await rowsOf(connection, `select count(*) as units, max(n) as most, bool_and(n >= 2 and total) as totals, min(line) as line from (select _unit, count(*) as n, max(_line) as line, sum(v) - arg_max(v, _line) = arg_max(v, _line) and arg_max(v, _line) <> 0 as total from ${rows} group by 1)`);
    if (each?.['totals'] === true && Number(each['units']) >= 2 && Number(each['most']) >= 3) found.push(`line ${String(each['line'])}: ${name} is what the other rows of the unit add up to, and so it is in the last row of each unit`);
  }
  return found;
}

/** Rows on a unit above others whose money is the sum of at least two rows of the units below, in the same month or on the same day. */
async function aboveIn(connection: DuckDBConnection, source: Source, { number }: StagedFile): Promise<{ line: string; unit: string; column: string; value: string }[]> {
  const found: { line: string; unit: string; column: string; value: string }[] = [];
  for (const name of source.money) {
    const rows = await rowsOf(connection, `
      with r as (select _line, _unit, ${quoted(source.dateColumn)}::date as d, ${quoted(name)} as v from ${goodRows(source, number)}),
        above as (select r.*, u.name_da as name from r join units u on u.unit = r._unit where v <> 0 and exists (select 1 from closure c where c.node = r._unit and c.unit <> r._unit) limit ${MOST}),
        days as (select _unit, d, sum(v) as v from r group by 1, 2),
        below as (select a._line, a.name, a.v, sum(b.v) filter (b.d = a.d) as day, count(distinct b._unit) filter (b.d = a.d) as day_units, sum(b.v) as month, count(distinct b._unit) as units
          from above a join closure c on c.node = a._unit and c.unit <> a._unit join days b on b._unit = c.unit and date_trunc('month', b.d) = date_trunc('month', a.d) group by 1, 2, 3)
      select _line as line, name, v::varchar as v from below where day = v and day_units >= 2 or month = v and units >= 2 order by 1 limit 20`);
    found.push(...rows.map((row) => ({ line: String(row['line']), unit: String(row['name']), column: name, value: String(row['v']) })));
  }
  return found;
}

/** Files whose rows have no amount in any column of money. A few are told to analysts alone. */
export async function emptyAmounts(connection: DuckDBConnection, source: Source, files: readonly StagedFile[]): Promise<Remark[]> {
  const own = source.money.filter((name) => source.columns.some((column) => column.name === name));
  if (own.length === 0) return [];
  const empty = own.map((name) => `${quoted(name)} is null`).join(' and ');
  const remarks: Remark[] = [];
  for (const { number, shown } of files) {
    const [found] = await rowsOf(connection, `select count(*) filter (${empty}) as empty, count(*) as rows, min(_line) filter (${empty}) as line from ${goodRows(source, number)}`);
    const [rows, all] = [Number(found?.['empty']), Number(found?.['rows'])];
    if (rows > 0) remarks.push({ file: shown, text: `${rows} of ${all} rows have nothing in ${own.join(', ')} (first line ${String(found?.['line'])}). They count as nothing; if that is right, leave them out with where:.`, ...(rows >= MANY_EMPTY * all ? { doubt: 'empty' as const } : {}) });
  }
  return remarks;
}
