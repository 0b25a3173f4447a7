import type { DuckDBConnection } from '@duckdb/node-api';
import { ServiceError } from '../../errors.ts';
import type { Source } from '../../pack/model.ts';
import { goodRows, quoted, rowsOf } from './account.ts';

const FEWEST_DATES = 4;
const SPANS = ['year', 'quarter'] as const;

/**
 * Rejects with ServiceError where a source that says nothing of its grain has figures of whole quarters or years: every date is
 * the first, or the last, day of one, and they follow each other. A quarter's sum would stand as that of one month.
 */
export async function checkGrain(connection: DuckDBConnection, source: Source): Promise<void> {
  if (source.grainGiven || source.money.length === 0) return;
  const date = `${quoted(source.dateColumn)}::date`;
  for (const span of SPANS) {
    const [row] = await rowsOf(connection, `
      with d as (select distinct ${date} as d from ${goodRows(source)}), q as (select d, date_trunc('${span}', d)::date as q, (date_trunc('${span}', d) + interval 1 ${span})::date - 1 as e from d)
      select count(*) >= ${FEWEST_DATES} and (bool_and(d = q) or bool_and(d = e)) and count(*) = date_diff('${span}', min(q), max(q)) + 1 as coarse, bool_and(d = q) as begins from q`);
    if (row?.['coarse'] === true) throw new ServiceError(`source ${source.id}`, `Every date is the ${row['begins'] === true ? 'first' : 'last'} day of a ${span}, so each row may stand for the whole ${span}, and nothing is loaded. Write grain: ${span} at the source if it does, or grain: day if it does not.`, { final: true });
  }
}
