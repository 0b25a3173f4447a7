import type { DuckDBConnection } from '@duckdb/node-api';
import { ServiceError } from '../../errors.ts';
import type { Layout, Source } from '../../pack/model.ts';
import { keptBy, meantBy, quoted, rowsOf, scopeOf, type StagedFile } from './account.ts';
import { cleaned, literal, typed } from './cast.ts';
import { PASSED } from './reasons.ts';

/** What a layout says of the totals in its file, with the texts found in the cells that hold them. */
export function controlsOf(layout: Layout, cells: Readonly<Record<string, string>>): { controlRows: string | null; controlCells: Readonly<Record<string, string>>; controlColumns: readonly string[]; wideName: string | null } {
  const total = layout.controlTotal;
  const columns = total === null ? [] : total.kind === 'rows' ? total.columns : Object.keys(total.cells);
  return { controlRows: total?.kind === 'rows' ? total.sql : null, controlCells: cells, controlColumns: columns, wideName: layout.unpivot?.name ?? null };
}


interface Compared { readonly of: string; readonly total: string | null; readonly sum: string | null; readonly found: number }

/**
 * Holds the totals that stand in a file against the sums of its rows, to the last decimal; rows that `where` leaves out do not
 * count, and rows that were set aside do. Rejects with ServiceError when they differ, or no total is there: nothing is loaded then.
 */
export async function checkControls(connection: DuckDBConnection, source: Source, files: readonly StagedFile[], yearStart: number): Promise<void> {
  const wrong: string[] = [];
  for (const file of files) {
    for (const name of file.ready.controlColumns) {
      for (const { of, total, sum, found } of await comparedIn(connection, source, file, name, yearStart)) {
        const where = `${file.shown}, column ${name}${of === '' ? '' : `, ${of}`}`;
        if (found === 0) wrong.push(`${where}: no control total is in the file`);
        else if (total === null) wrong.push(`${where}: the control total can't be read as a number`);
        else if (!same(total, sum)) wrong.push(`${where}: the control total is ${total} and the rows add up to ${sum ?? 'nothing'}`);
      }
    }
  }
  if (wrong.length === 0) return;
  throw new ServiceError(`source ${source.id}`, `The control totals do not fit, so nothing is loaded. ${wrong.slice(0, 5).join('; ')}${wrong.length > 5 ? `; and ${wrong.length - 5} more` : ''}. Rows are missing, stand twice or were changed: get the file anew, or mend control_total: in ${source.file}.`, { final: true });
}

async function comparedIn(connection: DuckDBConnection, source: Source, { number, ready }: StagedFile, name: string, yearStart: number): Promise<Compared[]> {
  const column = source.columns.find((one) => one.name === name);
  if (column === undefined) return [];
  const value = column.type === 'decimal' ? `${quoted(name)}::decimal(38, ${column.decimals})` : quoted(name);
  const wide = ready.wideName === null ? "''" : `${quoted(ready.wideName)}::varchar`;
  const rows = `(select ${wide} as g, ${value} as v, true as row from ${scopeOf(source)} where _file = ${number} and case when _bad is null then ${keptBy(source)} else ${meantBy(source)} end
    union all select ${wide}, ${value}, _bad <> ${PASSED.control} from stage.staged where _file = ${number} and _bad in (${PASSED.control}, ${PASSED.ignored}))`;
  if (ready.controlRows !== null) {
    const compared = await rowsOf(connection, `select coalesce(g, '') as of, (sum(v) filter (not row))::varchar as total, (sum(v) filter (row))::varchar as sum, count(*) filter (not row) as found from ${rows} group by 1 order by 1`);
    return compared.length === 0 ? [{ of: '', total: null, sum: null, found: 0 }] : compared.map((row) => ({ of: String(row['of']), total: row['total'] as string | null, sum: row['sum'] as string | null, found: Number(row['found']) }));
  }
  const text = ready.controlCells[name];
  const cell = typed(cleaned(literal(text ?? ''), column, true), column, ready.spellings[source.columns.indexOf(column)] ?? { decimal: '.', thousands: null, percent: false, foreign: false }, yearStart, ready.isoToo);
  const [row] = await rowsOf(connection, `select (${cell})::varchar as total, (select sum(v)::varchar from ${rows} where row) as sum`);
  return [{ of: '', total: row?.['total'] as string | null, sum: row?.['sum'] as string | null, found: text === undefined || text.trim() === '' ? 0 : 1 }];
}

/** Equal as numbers; of floating ones, in all that a sum of them can be trusted in. */
function same(total: string, sum: string | null): boolean {
  if (sum === null) return Number(total) === 0;
  if (total === sum) return true;
  const [a, b] = [Number(total), Number(sum)];
  const exact = /^[-+]?\d+(\.\d+)?$/.test(total) && /^[-+]?\d+(\.\d+)?$/.test(sum);
  return exact ? plain(total) === plain(sum) || (floating(total) || floating(sum)) && Math.abs(a - b) < 0.005 : Math.abs(a - b) < 0.005;
}

const plain = (text: string): string => text.replace(/^\+/, '').replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '').replace(/^-0$/, '0');
/** A binary sum shows itself by more decimals than money has. */
const floating = (text: string): boolean => /\.\d{5,}$/.test(text);
