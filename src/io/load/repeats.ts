import type { DuckDBConnection } from '@duckdb/node-api';
import { ServiceError } from '../../errors.ts';
import type { Source } from '../../pack/model.ts';
import { keptBy, scopeOf, type StagedFile } from './account.ts';

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/**
 * Looks for rows that stand in two files of a source, alike in all columns or in its `key:`; a row that stands twice in one file
 * is the file's own affair. Gives remarks for analysts, or rejects with ServiceError: for a key and for money one row is
 * enough, else when half of what the smaller file has of those days stands in the other too.
 */
export async function checkRepeats(connection: DuckDBConnection, source: Source, files: readonly StagedFile[]): Promise<{ file: string; text: string }[]> {
  if (files.length < 2 || source.repeats === 'allow') return [];
  const rows = `(select * from ${scopeOf(source)} where _bad is null and ${keptBy(source)})`;
  const alike = source.key.length > 0 ? source.key : source.columns.map(({ name }) => name);
  const date = `${quoted(source.dateColumn)}::date`;
  const pairs = (await connection.runAndReadAll(`
    with spans as (select _file, min(${date}) as first, max(${date}) as last from ${rows} group by 1),
      pairs as (select a._file as a, b._file as b, greatest(a.first, b.first) as first, least(a.last, b.last) as last from spans a join spans b on a._file < b._file and a.first <= b.last and b.first <= a.last),
      near as (select r._file, r._line, ${date} as d, ${alike.map((name, i) => `${quoted(name)} as k${i}`).join(', ')} from ${rows} r where exists (select 1 from pairs p where r._file in (p.a, p.b) and ${date} between p.first and p.last)),
      hashed as (select _file, min(_line) as line, min(d) as d, ${alike.map((_, i) => `k${i}`).join(', ')} from near group by _file, ${alike.map((_, i) => `k${i}`).join(', ')}),
      shared as (select x._file as a, y._file as b, count(*) as n, min(x.line) as line_a, min_by(y.line, x.line) as line_b from hashed x join hashed y on x._file < y._file and ${alike.map((_, i) => `x.k${i} is not distinct from y.k${i}`).join(' and ')} group by 1, 2)
    select s.*, least((select count(*) from hashed h where h._file = s.a and h.d between p.first and p.last), (select count(*) from hashed h where h._file = s.b and h.d between p.first and p.last)) as of
    from shared s join pairs p on p.a = s.a and p.b = s.b order by s.n desc, 1, 2 limit 20`)).getRowObjectsJson();
  const told = pairs.map((row) => {
    const shown = (at: unknown): string => files.find(({ number }) => number === Number(at))?.shown ?? '';
    const [n, of] = [Number(row['n']), Number(row['of'])];
    const what = source.key.length > 0 ? `with the same ${source.key.join(', ')}` : 'alike';
    return { file: shown(row['b']), n, of, text: `${n} rows stand in ${shown(row['a'])} and in ${shown(row['b'])} ${what} (of ${of} in the days both have; first line ${String(row['line_a'])} and line ${String(row['line_b'])})` };
  });
  const strict = source.repeats === 'refuse' || (source.repeats === null && (source.key.length > 0 || source.money.length > 0));
  const refused = told.filter(({ n, of }) => strict || (source.repeats === null && 2 * n >= of));
  if (refused.length === 0) return told.map(({ file, text }) => ({ file, text: `${text}. They count twice.` }));
  throw new ServiceError(`source ${source.id}`, `${refused.slice(0, 3).map(({ text }) => text).join('; ')}, so they would count twice and nothing is loaded. Remove the older delivery; if the rows are meant, name the columns that tell them apart with key:, or write repeats: tell in ${source.file}.`, { final: true });
}
