import type { DuckDBConnection } from '@duckdb/node-api';
import { shiftDays } from '../../calendar/period.ts';
import type { Organisation } from '../../pack/model.ts';
import { lifeOf } from '../../pack/organisation.ts';

const MOST_TOLD = 10;

/**
 * Rows dated before their unit opened or after it closed, in the facts. They count all the same: it is for an analyst to say
 * whether the date, the unit or the pack is wrong.
 */
export async function rowsOutsideLives(connection: DuckDBConnection, organisation: Organisation): Promise<string[]> {
  const lives = [...organisation.units.keys()].map((unit) => ({ unit, ...lifeOf(organisation, unit) })).filter(({ from, until }) => from !== null || until !== null);
  if (lives.length === 0) return [];
  const rows = (await connection.runAndReadAll(`
    with lives as (select unnest(from_json($1::json, '[{"unit":"VARCHAR","from":"DATE","until":"DATE"}]'), recursive := true))
    select l.unit, f._date >= l.until as late, count(*) as n, min(f._date)::varchar as first, max(f._date)::varchar as last
    from facts f join lives l on l.unit = f._unit where f._date < l."from" or f._date >= l.until group by 1, 2 order by 3 desc, 1, 2 limit ${MOST_TOLD + 1}`, [JSON.stringify(lives)])).getRowObjectsJson();
  const texts = rows.slice(0, MOST_TOLD).map((row) => {
    const life = lives.find(({ unit }) => unit === row['unit']);
    const late = row['late'] === true;
    const [unit, n] = [String(row['unit']), Number(row['n'])];
    const days = row['first'] === row['last'] ? String(row['first']) : `${String(row['first'])} to ${String(row['last'])}`;
    const successor = organisation.units.get(unit)?.successor ?? null;
    return `${n} ${n === 1 ? 'row' : 'rows'} of unit '${unit}' ${n === 1 ? 'is' : 'are'} dated ${days}, ${late ? `after it closed (until: ${shiftDays(life?.until ?? '', -1)})` : `before it opened (from: ${life?.from ?? ''})`}. They count under '${unit}' all the same. Correct ${late ? 'until:' : 'from:'} in the pack or the rows${late && successor !== null ? `, or give the code in the rows to '${successor}'` : ''}.`;
  });
  return rows.length > MOST_TOLD ? [...texts, 'More units have rows outside the time they are open.'] : texts;
}
