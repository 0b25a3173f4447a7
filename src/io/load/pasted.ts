import type { DuckDBConnection } from '@duckdb/node-api';
import { ServiceError } from '../../errors.ts';
import type { Source } from '../../pack/model.ts';
import type { Remark } from '../../ports.ts';
import { goodRows, quoted, rowsOf, type StagedFile } from './account.ts';
import { unmeant } from './repeats.ts';

/** Fewer rows than these say nothing: equal visits on one day are common. */
const LEAST_ROWS = 3;
/** So many different rows, each standing just as often, are no chance: a join or an export that doubled them. */
const LEAST_KINDS = 6;
/** A block of fewer rows than these is told of only when it is half of the file. */
const LEAST_BLOCK = 8;

/**
 * Looks for a block of rows that follows again, alike and in the same order, further down in the same file: a paste, where
 * single rows that stand twice are the file's own affair. Gives remarks, or rejects with ServiceError where money would be
 * doubled or half of the file is such a block.
 */
export async function checkPasted(connection: DuckDBConnection, source: Source, files: readonly StagedFile[]): Promise<Remark[]> {
  if (source.repeats === 'allow') return [];
  const columns = source.columns.map(({ name }) => quoted(name)).join(', ');
  const blocks = await rowsOf(connection, `
    with rows as (select _file, _line, hash(${columns}) as h from ${goodRows(source)}),
      placed as (select *, row_number() over (partition by _file order by _line, h) as place from rows),
      next as (select *, lead(place) over (partition by _file, h order by place) - place as ahead, lead(_line) over (partition by _file, h order by place) as again from placed),
      runs as (select *, place - row_number() over (partition by _file, ahead order by place) as run from next where ahead is not null),
      found as (select _file, ahead, count(*) as n, count(distinct h) as kinds, min(_line) as first, max(_line) as last, min(again) as again from runs group by _file, ahead, run),
      sizes as (select _file, count(*) as size from rows group by 1),
      alike as (select _file, count(*) as kinds, sum(n)::bigint as size from (select _file, h, count(*) as n from rows group by 1, 2) group by 1 having min(n) = max(n) and min(n) > 1 and count(*) >= ${LEAST_KINDS})
    select * from (select f.*, s.size from found f join sizes s using (_file) where f.kinds >= ${LEAST_ROWS} and 10 * f.kinds >= 8 * least(f.n, f.ahead) and (2 * f.n >= s.size or f.n >= ${LEAST_BLOCK}) and f.ahead >= ${LEAST_ROWS}
      union all by name select _file, null as ahead, kinds as n, kinds, size from alike a where _file not in (select _file from found f2 where f2.ahead >= ${LEAST_ROWS} and f2.n * 2 >= a.size))
    order by n desc, _file limit 5`);
  const told = blocks.map((row) => {
    const file = files.find(({ number }) => number === Number(row['_file']))?.shown ?? '';
    const [n, size] = [Number(row['n']), Number(row['size'])];
    if (row['ahead'] === null) return { file, n: size, size, text: `${file}: each of the ${n} different rows stands in it ${size / n} times` };
    return { file, n, size, text: `${file}: the ${n} rows from line ${String(row['first'])} to line ${String(row['last'])} stand again, in the same order, from line ${String(row['again'])}` };
  });
  const strict = source.repeats === 'refuse' || (source.repeats === null && source.money.length > 0);
  const refused = told.filter(({ n, size }) => strict || (source.repeats === null && 2 * n >= size));
  if (refused.length === 0) return told.map(({ file, text }) => ({ file, text: `${text}. They count twice.`, ...unmeant(source) }));
  throw new ServiceError(`source ${source.id}`, `${refused.slice(0, 3).map(({ text }) => text).join('; ')}, so they would count twice and nothing is loaded. Remove what was pasted twice; if the rows are meant, write repeats: tell in ${source.file}.`, { final: true });
}
