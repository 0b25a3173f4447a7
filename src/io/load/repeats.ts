import type { DuckDBConnection } from '@duckdb/node-api';
import { ServiceError } from '../../errors.ts';
import type { Source } from '../../pack/model.ts';
import type { Remark } from '../../ports.ts';
import { goodRows, quoted, rowsOf, type StagedFile } from './account.ts';

/** The pack that has repeats told has said that it knows of them. */
export const unmeant = ({ repeats }: Source): Pick<Remark, 'doubt'> => (repeats === null ? { doubt: 'twice' } : {});

/** How somebody names a file that replaces another: `okt rettet`, `okt_v2`, `okt (1)`, `okt - Kopi`. */
const LATER = /[\s_.-]+(?:(?:ny|nyt|nye|new|rettet|rettelse|korr(?:igeret|ektion)?|corrected|opdateret|updated|endelig|final|kopi|copy|rev(?:ision)?\.?\s?\d*|v(?:er|ersion)?\.?\s?\d+)|\(\d+\))+$/i;


/**
 * Looks for rows that stand in two files of a source, alike in all columns or in its `key:`; a row that stands twice in one file
 * is the file's own affair. Gives remarks for analysts, or rejects with ServiceError: for a key and for money one row is
 * enough, else when half of what the smaller file has of those days stands in the other too.
 */
export async function checkRepeats(connection: DuckDBConnection, source: Source, files: readonly StagedFile[]): Promise<Remark[]> {
  if (files.length < 2 || source.repeats === 'allow') return [];
  const rows = goodRows(source);
  const alike = source.key.length > 0 ? source.key : source.columns.map(({ name }) => name);
  const date = `${quoted(source.dateColumn)}::date`;
  const pairs = await rowsOf(connection, `
    with spans as (select _file, min(${date}) as first, max(${date}) as last from ${rows} group by 1),
      pairs as (select a._file as a, b._file as b, greatest(a.first, b.first) as first, least(a.last, b.last) as last from spans a join spans b on a._file < b._file and a.first <= b.last and b.first <= a.last),
      near as (select r._file, r._line, ${date} as d, ${alike.map((name, i) => `${quoted(name)} as k${i}`).join(', ')} from ${rows} r where exists (select 1 from pairs p where r._file in (p.a, p.b) and ${date} between p.first and p.last)),
      hashed as (select _file, min(_line) as line, min(d) as d, ${alike.map((_, i) => `k${i}`).join(', ')} from near group by _file, ${alike.map((_, i) => `k${i}`).join(', ')}),
      shared as (select x._file as a, y._file as b, count(*) as n, min(x.line) as line_a, min_by(y.line, x.line) as line_b from hashed x join hashed y on x._file < y._file and ${alike.map((_, i) => `x.k${i} is not distinct from y.k${i}`).join(' and ')} group by 1, 2)
    select s.*, least((select count(*) from hashed h where h._file = s.a and h.d between p.first and p.last), (select count(*) from hashed h where h._file = s.b and h.d between p.first and p.last)) as of
    from shared s join pairs p on p.a = s.a and p.b = s.b order by s.n desc, 1, 2 limit 20`);
  const again = source.key.length > 0 || pairs.length > 0 ? [] : await deliveredAgain(connection, source, files, rows);
  if (source.key.length === 0 && source.repeats === null && pairs.length === 0 && again.length === 0) again.push(...await laterByName(connection, source, files, rows));
  if (again.length > 0 && (source.repeats === 'refuse' || source.repeats === null)) {
    throw new ServiceError(`source ${source.id}`, `${again.slice(0, 3).join('; ')}, so they would count twice and nothing is loaded. Remove the older delivery, or name the columns that tell a row apart with key:; if both are meant, write repeats: tell in ${source.file}.`, { final: true });
  }
  const told = pairs.map((row) => {
    const shown = (at: unknown): string => files.find(({ number }) => number === Number(at))?.shown ?? '';
    const [n, of] = [Number(row['n']), Number(row['of'])];
    const what = source.key.length > 0 ? `with the same ${source.key.join(', ')}` : 'alike';
    return { file: shown(row['b']), n, of, text: `${n} rows stand in ${shown(row['a'])} and in ${shown(row['b'])} ${what} (of ${of} in the days both have; first line ${String(row['line_a'])} and line ${String(row['line_b'])})` };
  });
  const strict = source.repeats === 'refuse' || (source.repeats === null && (source.key.length > 0 || source.money.length > 0));
  const refused = told.filter(({ n, of }) => strict || (source.repeats === null && 2 * n >= of));
  if (refused.length === 0) return [...told, ...again.map((text) => ({ file: '', text }))].map(({ file, text }) => ({ file: file === '' ? files.at(-1)?.shown ?? '' : file, text: `${text}. They count twice.`, ...unmeant(source) }));
  throw new ServiceError(`source ${source.id}`, `${refused.slice(0, 3).map(({ text }) => text).join('; ')}, so they would count twice and nothing is loaded. Remove the older delivery; if the rows are meant, name the columns that tell them apart with key:, or write repeats: tell in ${source.file}.`, { final: true });
}

/** A text that is the time of an extraction; other texts that are the same in a whole file may be its account or its department. */
const DATED = /^\D{0,20}(\d{4}[-./]?\d{2}[-./]?\d{2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4})/;

/**
 * Deliveries that overlap though no row is alike: the time of the extraction (the same in all rows of a file, another in the
 * next) or a running number tells the rows apart, or amounts were corrected. Of such rows nearly all of the days both
 * files have must be alike, for files of different accounts may agree in a row by chance.
 */
async function deliveredAgain(connection: DuckDBConnection, source: Source, files: readonly StagedFile[], rows: string): Promise<string[]> {
  const dimensions = new Set(source.dimensions.map(({ column }) => column));
  const own = source.columns.filter(({ name }) => name !== source.dateColumn && name !== source.unitColumn && !dimensions.has(name) && !source.money.includes(name));
  if (own.length === 0) return [];
  const counted = own.map(({ name }, i) => `count(distinct ${quoted(name)}) as d${i}, count(${quoted(name)}) as n${i}, any_value(${quoted(name)})::varchar as v${i}`).join(', ');
  const looks = await rowsOf(connection, `select _file, count(*) as size, ${counted} from ${rows} group by 1`);
  const stamped = own.filter((column, i) => (['date', 'timestamp'].includes(column.type) || column.type === 'text' && looks.every((look) => DATED.test(String(look[`v${i}`])))) && looks.every((look) => Number(look[`d${i}`]) === 1) && new Set(looks.map((look) => look[`v${i}`])).size > 1);
  const numbered = own.filter((column, i) => ['integer', 'text'].includes(column.type) && looks.every((look) => Number(look['size']) >= 5 && Number(look[`d${i}`]) === Number(look['size'])));
  const loose = new Set([...stamped, ...numbered].map(({ name }) => name));
  const told: string[] = [];
  const meaning = source.columns.filter(({ name }) => !loose.has(name)).map(({ name }) => name);
  if (loose.size > 0) told.push(...await nearlyAll(connection, source, files, rows, meaning, { least: 2, tenths: 9 }, `alike in all but ${[...loose].join(', ')}`));
  // A number of its own tells which row was corrected; without one two amounts of a day are two amounts.
  const known = own.filter((column, i) => !stamped.includes(column) && (column.type === 'text' || column.type === 'integer') && looks.every((look) => Number(look[`n${i}`]) > 0)).map(({ name }) => name);
  if (told.length === 0 && source.money.length > 0 && known.length > 0) {
    const fixed = source.columns.filter(({ name }) => !source.money.includes(name) && !stamped.some((one) => one.name === name)).map(({ name }) => name);
    // Where it is another in every row, one row that has it again is enough.
    const identifies = looks.every((look) => known.some((name) => Number(look[`d${own.findIndex((column) => column.name === name)}`]) === Number(look['size']) && Number(look['size']) > 1));
    told.push(...await nearlyAll(connection, source, files, rows, fixed, { least: 1, tenths: identifies ? 0 : 9 }, `alike in all but ${source.money.join(', ')}`));
  }
  return told;
}

/** Pairs of files of which so many tenths of the rows of the days both have stand in the other, by these columns, which tell each file's own rows apart. */
async function nearlyAll(connection: DuckDBConnection, source: Source, files: readonly StagedFile[], rows: string, columns: readonly string[], { least, tenths }: { least: number; tenths: number }, how: string): Promise<string[]> {
  const date = `${quoted(source.dateColumn)}::date`;
  const pairs = await rowsOf(connection, `
    with near as (select _file, ${date} as d, hash(${columns.map(quoted).join(', ')}) as h, count(*) as n, min(_line) as line from ${rows} group by all),
      spans as (select _file, min(d) as first, max(d) as last, max(n) as most from near group by 1),
      pairs as (select a._file as a, b._file as b, greatest(a.first, b.first) as first, least(a.last, b.last) as last from spans a join spans b on a._file < b._file and a.first <= b.last and b.first <= a.last where a.most = 1 and b.most = 1),
      sized as (select p.*, (select count(*) from near where _file = p.a and d between p.first and p.last) as na, (select count(*) from near where _file = p.b and d between p.first and p.last) as nb from pairs p),
      shared as (select x._file as a, y._file as b, count(*) as n, min(x.line) as line_a, min_by(y.line, x.line) as line_b from near x join near y on x.h = y.h and x._file < y._file group by 1, 2)
    select s.*, least(p.na, p.nb) as of from shared s join sized p using (a, b) where s.n >= ${least} and 10 * s.n >= ${tenths} * least(p.na, p.nb) order by s.n desc, 1, 2 limit 20`);
  const shown = (at: unknown): string => files.find(({ number }) => number === Number(at))?.shown ?? '';
  return pairs.map((row) => `${Number(row['n'])} rows stand in ${shown(row['a'])} and in ${shown(row['b'])} ${how} (of ${Number(row['of'])} in the days both have; first line ${String(row['line_a'])} and line ${String(row['line_b'])})`);
}

/** Two files of which one is named as a later one of the other, and that have rows of the same unit in the same month. */
async function laterByName(connection: DuckDBConnection, source: Source, files: readonly StagedFile[], rows: string): Promise<string[]> {
  const named = (shown: string): string => shown.replace(/\.[^./]+$/, '').toLowerCase();
  const plain = new Map(files.map((file) => [named(file.shown), file]));
  const told: string[] = [];
  for (const later of files) {
    const stem = named(later.shown);
    const older = plain.get(stem.replace(LATER, ''));
    if (older === undefined || older.shown === later.shown) continue;
    const month = (number: number): string => `(select distinct _unit, date_trunc('month', ${quoted(source.dateColumn)}::date) as m from ${rows} where _file = ${number})`;
    const [shared] = await rowsOf(connection, `select count(*) as n from ${month(older.number)} a join ${month(later.number)} b on a._unit = b._unit and a.m = b.m`);
    if (Number(shared?.['n'] ?? 0) > 0) told.push(`rows of the same units and months stand in ${older.shown} and in ${later.shown}, which its name says is a later one of it`);
  }
  return told;
}
