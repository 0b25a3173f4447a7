import type { DuckDBConnection } from '@duckdb/node-api';
import { ServiceError } from '../../errors.ts';
import type { Source } from '../../pack/model.ts';
import type { Remark } from '../../ports.ts';
import { goodRows, quoted, rowsOf, type StagedFile } from './account.ts';
import { literal } from './cast.ts';
import { unmeant } from './repeats.ts';

/** How totals rows are headed in Danish and English reports; the whole cell, or with the name of what it sums. */
const TOTAL = '^(i ?alt|ialt|total(er|t|s)?|sum|samlet( sum)?|subtotal|mellemsum|hovedtotal|grand total|in total)([ :].*)?$|^.+ (i ?alt|total)$';
/** How rows are headed that are part of another row. */
const PART = '^(heraf|deraf|herunder|of which|thereof)([ :,].*)?$';
const MOST = 2_000;
/** Two rows may add up to a third by chance. */
const LEAST_SUMMED = 4;
const MANY_EMPTY = 0.01;
/** In so many groups of rows, and in this part of all, one row is what the others add up to: no chance. */
const LEAST_GROUPS = 4;
const MOST_GROUPS = 0.8;
/** A total in whole kroner of amounts with øre; of less than this, near is chance. */
const LEAST_ROUNDED = 20;
/** A subtotal sums so many rows right before or after it, at the most. */
const MOST_SUMMED = 8;
/** Groups are looked for in so many lines. */
const LINES_OF_GROUPS = 200_000;

/**
 * Looks for totals that stand among the rows and would count beside what they sum: a row that a word in a text names so, or one
 * on a unit above others, whose figures are to the last decimal the sum of rows above it, or of the units below its own; and
 * the last row of a file or of each unit, where it is the sum of all the others; and a row in nearly every group of rows of a
 * unit and a day or month, or of a month, that is the sum of the rest of the group: accounts above accounts, balances, subtotals.
 * Rows that a word names as part of another row count twice, too.
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
    const unnamed = await unnamedIn(connection, source, file);
    sums.push(...unnamed.map((text) => ({ file: file.shown, text: `${file.shown}, ${text}` })));
    if (unnamed.length === 0 && named.every(({ of }) => of === null)) sums.push(...(await groupsIn(connection, source, file)).map((text) => ({ file: file.shown, text: `${file.shown}, ${text}` })));
    sums.push(...(await partsIn(connection, source, file)).map(({ line, column, value }) => ({ file: file.shown, text: `${file.shown}, line ${line}: ${column} says '${value}', so it is part of another row` })));
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

/** Totals within groups of rows: nearly every unit's day or month, or every month, has a row that is the sum of its others, or of two levels of them. */
async function groupsIn(connection: DuckDBConnection, source: Source, { number }: StagedFile): Promise<string[]> {
  const names = source.columns.filter(({ name, type }) => type === 'decimal' || type === 'duration' || source.money.includes(name)).map(({ name }) => name);
  const day = `${quoted(source.dateColumn)}::date`;
  const groupings = [['a unit and day', `_unit, ${day}`], ['a unit and month', `_unit, date_trunc('month', ${day})`], ['a month', `date_trunc('month', ${day})`]] as const;
  for (const name of names) for (const [words, keys] of groupings) {
    const [found] = await rowsOf(connection, `
      with r as (select _line, md5(concat_ws('|', ${keys})) as g, round(${quoted(name)}::double, 2) as v from ${goodRows(source, number)} where _line <= ${LINES_OF_GROUPS} and ${quoted(name)} <> 0),
        g as (select g, count(*) as n, count(distinct v) as kinds, sum(v) as s from r group by 1 having count(*) >= 3),
        t as (select g.g, n, min(_line) as line, min(v) as v from g join r on r.g = g.g and kinds > 1 and (abs(2 * v - s) < 0.005 or (n >= 5 and abs(3 * v - s) < 0.005) or (abs(2 * v - s) <= 0.5 and v = round(v) and abs(v) >= ${LEAST_ROUNDED})) group by 1, 2)
      select (select count(*) from g) as groups, count(*) as totals, count(distinct v) as kinds, min(line) as line from t`);
    const [groups, totals, kinds] = [Number(found?.['groups']), Number(found?.['totals']), Number(found?.['kinds'])];
    if (totals >= LEAST_GROUPS && totals >= MOST_GROUPS * groups && kinds >= LEAST_GROUPS - 1) return [`line ${String(found?.['line'])}: ${name} is what the other rows of the same ${words.slice(2)} add up to, and so is a row in ${totals} of ${groups} such groups`];
  }
  for (const name of source.money) {
    const text = await runningIn(connection, source, number, name);
    if (text !== null) return [text];
  }
  return [];
}

/** Subtotals in running order: in nearly every month of a unit an amount is the sum of the rows right before it, or right after. */
async function runningIn(connection: DuckDBConnection, source: Source, number: number, name: string): Promise<string | null> {
  const counts = Array.from({ length: MOST_SUMMED - 1 }, (_, i) => i + 2);
  const sums = (frame: (rows: number) => string): string => counts.map((rows) => `(count(*) over (partition by g order by _line ${frame(rows)}) = ${rows} and abs(sum(v) over (partition by g order by _line ${frame(rows)}) - v) < 0.005)`).join(' or ');
  for (const [words, frame] of [['before', (rows: number) => `rows between ${rows} preceding and 1 preceding`], ['after', (rows: number) => `rows between 1 following and ${rows} following`]] as const) {
    const [found] = await rowsOf(connection, `
      with r as (select _line, md5(concat_ws('|', _unit, date_trunc('month', ${quoted(source.dateColumn)}::date))) as g, round(${quoted(name)}::double, 2) as v from ${goodRows(source, number)} where _line <= ${LINES_OF_GROUPS} and ${quoted(name)} <> 0),
        t as (select *, abs(v) >= ${LEAST_ROUNDED} and (${sums(frame)}) as total from r),
        g as (select g, count(*) as n, bool_or(total) as has, min(_line) filter (total) as line from t group by 1 having count(*) >= 3)
      select count(*) as groups, count(*) filter (has) as totals, min(line) as line, (select count(distinct v) from t where total) as kinds from g`);
    const [groups, totals, kinds] = [Number(found?.['groups']), Number(found?.['totals']), Number(found?.['kinds'])];
    if (totals >= LEAST_GROUPS && totals >= MOST_GROUPS * groups && kinds >= LEAST_GROUPS - 1) return `line ${String(found?.['line'])}: ${name} is what the rows right ${words} it add up to, and so is a row in ${totals} of ${groups} months of a unit`;
  }
  return null;
}

/** Rows that a word in a text names as part of another row. */
async function partsIn(connection: DuckDBConnection, source: Source, { number }: StagedFile): Promise<Pick<Named, 'line' | 'column' | 'value'>[]> {
  const found: Pick<Named, 'line' | 'column' | 'value'>[] = [];
  for (const { name, type } of source.columns) {
    if (type !== 'text' || name === source.unitColumn) continue;
    const rows = await rowsOf(connection, `select _line as line, left(${quoted(name)}, 60) as value from ${goodRows(source, number)} where regexp_matches(lower(trim(${quoted(name)})), ${literal(PART)}) order by 1 limit 20`);
    found.push(...rows.map((row) => ({ line: String(row['line']), column: name, value: String(row['value']) })));
  }
  return found;
}

/** Rows on a unit above others whose money is the sum of at least two rows of the units below, in the same month or on the same day. */
async function aboveIn(connection: DuckDBConnection, source: Source, { number }: StagedFile): Promise<{ line: string; unit: string; column: string; value: string }[]> {
  const found: { line: string; unit: string; column: string; value: string }[] = [];
  const same = (sum: string): string => `(${sum} = v or (abs(${sum} - v) <= 0.5 and v = round(v) and abs(v) >= ${LEAST_ROUNDED}))`;
  for (const name of source.money) {
    const rows = await rowsOf(connection, `
      with r as (select _line, _unit, ${quoted(source.dateColumn)}::date as d, ${quoted(name)} as v from ${goodRows(source, number)}),
        above as (select r.*, u.name_da as name from r join units u on u.unit = r._unit where v <> 0 and exists (select 1 from closure c where c.node = r._unit and c.unit <> r._unit) limit ${MOST}),
        days as (select _unit, d, sum(v) as v from r group by 1, 2),
        below as (select a._line, a.name, a.v, sum(b.v) filter (b.d = a.d) as day, count(distinct b._unit) filter (b.d = a.d) as day_units, sum(b.v) as month, count(distinct b._unit) as units
          from above a join closure c on c.node = a._unit and c.unit <> a._unit join days b on b._unit = c.unit and date_trunc('month', b.d) = date_trunc('month', a.d) group by 1, 2, 3)
      select _line as line, name, v::varchar as v from below where day_units >= 2 and ${same('day')} or units >= 2 and ${same('month')} order by 1 limit 20`);
    found.push(...rows.map((row) => ({ line: String(row['line']), unit: String(row['name']), column: name, value: String(row['v']) })));
  }
  return found;
}

/** Months in a row, and by how much of the first an average month must add, before amounts look added up from the start of the year. */
const LEAST_MONTHS = 4;
const LEAST_RISE = 1 / 16;

/** Columns of money that look added up from the start of the year: every unit's months rise, all through every year, by much. */
export async function cumulated(connection: DuckDBConnection, source: Source, files: readonly StagedFile[]): Promise<Remark[]> {
  if (source.repeats !== null) return [];
  const remarks: Remark[] = [];
  for (const name of source.money) {
    const rows = files.map(({ number }) => `select _unit, date_trunc('month', ${quoted(source.dateColumn)}::date) as m, ${quoted(name)}::double as v from ${goodRows(source, number)}`).join(' union all ');
    const [found] = await rowsOf(connection, `
      with months as (select _unit, m, sum(v) as v from (${rows}) group by 1, 2),
        steps as (select *, v - lag(v) over w as step, date_diff('month', lag(m) over w, m) as gap from months window w as (partition by _unit, year(m) order by m)),
        years as (select _unit, year(m) as y, count(*) as n, min(v) as least, arg_min(v, m) as first, arg_max(v, m) as last, coalesce(bool_and(step >= 0 and gap = 1), false) as rises from steps group by 1, 2 having count(*) >= ${LEAST_MONTHS})
      select count(*) as n, coalesce(bool_and(rises and least > 0 and (last - first) / (n - 1) >= ${LEAST_RISE} * first), false) as every from years`);
    if (Number(found?.['n']) >= 2 && found?.['every'] === true) remarks.push({ file: files.map(({ shown }) => shown).slice(0, 3).join(', '), text: `${name} rises from month to month in every unit. If it is added up from the start of the year, each month is too high: have it delivered month by month. If it rises so, write repeats: tell.`, doubt: 'cumulated' });
  }
  return remarks;
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
