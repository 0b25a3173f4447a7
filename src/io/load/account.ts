import type { DuckDBConnection } from '@duckdb/node-api';
import { ServiceError } from '../../errors.ts';
import type { Source } from '../../pack/model.ts';
import type { FileReport, LoadReport, Tally } from '../../ports.ts';
import type { ReadyFile } from './delimited.ts';
import { KINDS, PASSED } from './reasons.ts';

/** What one file brought to the stage. */
export interface StagedFile {
  readonly number: number;
  readonly shown: string;
  readonly ready: ReadyFile;
}

/** What became of every row, by file and by month. */
export interface Account {
  readonly files: readonly FileReport[];
  readonly tally: readonly Tally[];
  readonly rejectedIn: LoadReport['rejectedIn'];
}

interface Cell { readonly month: string | null; readonly passed: number; readonly blank: number; readonly ignored: number; readonly control: number; readonly rows: number; readonly leftOut: number; readonly leftOutEmpty: number; readonly rejected: number; readonly sums: Tally['sums'] }

/** A name as SQL. */
export const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** The rows of the stage that the pack's own expressions may look at, with the derived columns. */
export const scopeOf = (source: Source): string => `(select ${['*', ...source.derived.map(({ name, sql }) => `(${sql}) as ${quoted(name)}`)].join(', ')} from stage.staged where _bad is null or _bad >= 0)`;

/** The condition of a row that is kept, true or false for each. */
export const keptBy = (source: Source): string => (source.where === null ? 'true' : `coalesce((${source.keeps ?? source.where}), false)`);

/** The rows that become facts, of all files or of one. */
export const goodRows = (source: Source, file: number | null = null): string => `(select * from ${scopeOf(source)} where _bad is null and ${keptBy(source)}${file === null ? '' : ` and _file = ${file}`})`;

/** A row that does not fit is set aside unless it is certain that it was to be left out. */
export const meantBy = (source: Source): string => (source.where === null ? 'true' : `coalesce((${source.where}), true)`);

/**
 * Accounts for every row that a file was found to hold. Rejects with ServiceError when the engine took another number of them
 * than this service counted by itself: then rows were lost or made.
 */
export async function accountFor(connection: DuckDBConnection, source: Source, files: readonly StagedFile[]): Promise<Account> {
  const cells = await cellsOf(connection, source);
  const sum = (own: readonly Cell[], what: Exclude<keyof Cell, 'month' | 'sums'>): number => own.reduce((total, cell) => total + cell[what], 0);
  const reports = files.map(({ number, shown, ready }): FileReport => {
    const own = cells.get(number) ?? [];
    const staged = sum(own, 'passed') + sum(own, 'blank');
    if (ready.laidOut !== null && ready.laidOut !== staged) {
      throw new ServiceError(`source ${source.id}`, `${shown}: ${ready.laidOut} rows were counted in the file and ${staged} were read, so nothing is loaded. Look for quotes that are not closed, and save the file again.`, { final: true });
    }
    const ragged = ready.ragged.length;
    return {
      path: shown, encoding: ready.encoding, delimiter: ready.delimiter, records: ready.records, read: sum(own, 'passed') + ragged, rows: sum(own, 'rows'),
      leftOut: sum(own, 'leftOut'), leftOutEmpty: sum(own, 'leftOutEmpty'), ignored: sum(own, 'ignored'), control: sum(own, 'control'), rejected: sum(own, 'rejected') + ragged, breaks: ready.breaks,
    };
  });
  const rejected = new Map<string | null, number>();
  for (const [number, own] of cells) for (const cell of own) if (cell.rejected > 0 && files.some((file) => file.number === number)) rejected.set(cell.month, (rejected.get(cell.month) ?? 0) + cell.rejected);
  const ragged = files.reduce((total, { ready }) => total + ready.ragged.length, 0);
  if (ragged > 0) rejected.set(null, (rejected.get(null) ?? 0) + ragged);
  return {
    files: reports,
    tally: files.flatMap(({ number, shown }) => (cells.get(number) ?? []).filter(({ passed, control }) => passed > control).map((cell): Tally => ({ file: shown, month: cell.month, read: cell.passed - cell.control, rows: cell.rows, sums: cell.sums }))),
    rejectedIn: [...rejected].map(([month, rows]) => ({ month, rows })),
  };
}

/** One pass over the stage: what became of the rows of each file and month. */
async function cellsOf(connection: DuckDBConnection, source: Source): Promise<Map<number, Cell[]>> {
  const date = quoted(source.dateColumn);
  const at = source.columns.findIndex(({ name }) => name === source.dateColumn);
  // A date that is refused as too far away says nothing of when.
  const month = `case when _bad = ${at * 8 + KINDS.distant} then null else date_trunc('month', ${date})::date end`;
  // Of a row that is passed over nothing is derived: its date is not known then.
  const [kept, meant] = [keptBy(source), meantBy(source)];
  const sums = source.money.map((name, i) => `, sum(${quoted(name)}) filter (_bad is null and ${kept})::double as s${i}, sum(abs(${quoted(name)})) filter (_bad is null and ${kept})::double as t${i}`).join('');
  const looked = await rowsOf(connection, `
    select _file as file, ${month} as month, count(*) as passed, count(*) filter (_bad is null and ${kept}) as rows,
      count(*) filter (case when _bad is null then not ${kept} else not ${meant} end) as left_out,
      count(*) filter (_bad is null and not ${kept} and ${source.where === null ? 'false' : `(${source.where}) is null`}) as left_out_empty,
      count(*) filter (_bad >= 0 and ${meant}) as rejected${sums}
    from ${scopeOf(source)} group by all order by 1, 2`);
  const passed = await rowsOf(connection, `select _file as file, ${at < 0 ? 'null' : `date_trunc('month', ${date})::date`} as month, count(*) filter (_bad = ${PASSED.blank}) as blank, count(*) filter (_bad = ${PASSED.ignored}) as ignored, count(*) filter (_bad = ${PASSED.control}) as control
    from stage.staged where _bad < 0 group by all order by 1, 2`);
  const cells = new Map<number, Cell[]>();
  const put = (file: unknown, cell: Cell): void => { cells.set(Number(file), [...cells.get(Number(file)) ?? [], cell]); };
  for (const row of looked) {
    put(row['file'], {
      month: row['month'] as string | null, passed: Number(row['passed']), blank: 0, ignored: 0, control: 0, rows: Number(row['rows']), leftOut: Number(row['left_out']), leftOutEmpty: Number(row['left_out_empty']), rejected: Number(row['rejected']),
      sums: Object.fromEntries(source.money.map((name, i) => [name, { sum: Number(row[`s${i}`] ?? 0), turnover: Number(row[`t${i}`] ?? 0) }])),
    });
  }
  for (const row of passed) {
    const [blank, ignored, control] = [Number(row['blank']), Number(row['ignored']), Number(row['control'])];
    put(row['file'], { month: row['month'] as string | null, passed: ignored + control, blank, ignored, control, rows: 0, leftOut: 0, leftOutEmpty: 0, rejected: 0, sums: {} });
  }
  return cells;
}

export async function rowsOf(connection: DuckDBConnection, sql: string): Promise<Record<string, unknown>[]> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJson();
}
