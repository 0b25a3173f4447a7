import type { DuckDBConnection } from '@duckdb/node-api';
import { ServiceError } from '../../errors.ts';
import type { Organisation, Source } from '../../pack/model.ts';
import type { LoadReport } from '../../ports.ts';
import { BLANKS, CELL_ERRORS, cleaned, literal, SQL_TYPES, typed } from './cast.ts';
import type { ReadyFile } from './delimited.ts';
import { mayHold } from './suspects.ts';
import { accountFor, keptBy, meantBy, scopeOf, type StagedFile } from './account.ts';
import { reasonsOf, undatedCode, unknownUnitReasons, KINDS, PASSED } from './reasons.ts';
import { closureOf, unitAliases } from './units.ts';
import { maskPersonalNumbers } from '../../access/personal-number.ts';

const name = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const aliasOf = (text: string): string => `lower(nfc_normalize(${text}))`;
const PLAIN = { decimal: '.', thousands: null, percent: false, foreign: false } as const;
const REJECTS_IN_REPORT = 20;
const REASONS_IN_REPORT = 3;
const LONGEST_SHOWN = 200;

/** Tables closure and units, and the spellings units may have in data. */
export async function writeOrganisation(connection: DuckDBConnection, organisation: Organisation): Promise<void> {
  await connection.run('create table units (unit varchar, parent varchar, level varchar, name_da varchar, name_en varchar)');
  await connection.run('create table closure (node varchar, unit varchar)');
  await connection.run('create table stage.aliases (alias varchar, unit varchar, candidates varchar)');
  await append(connection, 'units', null, [...organisation.units.values()].map((unit) => [unit.id, unit.parent, unit.level, unit.name.da, unit.name.en]));
  await append(connection, 'closure', null, closureOf(organisation).map(({ node, unit }) => [node, unit]));
  await append(connection, 'aliases', 'stage', unitAliases(organisation).map(({ alias, unit, candidates }) => [alias, unit, candidates]));
}

async function append(connection: DuckDBConnection, table: string, catalog: string | null, rows: readonly (readonly (string | number | null)[])[]): Promise<void> {
  const appender = await connection.createAppender(table, null, catalog);
  for (const row of rows) {
    for (const value of row) {
      if (value === null) appender.appendNull();
      else if (typeof value === 'number') appender.appendBigInt(BigInt(value));
      else appender.appendVarchar(value);
    }
    appender.endRow();
  }
  appender.closeSync();
}

/** The table all files of the source are cast into, good rows and bad. */
export async function createStage(connection: DuckDBConnection, source: Source): Promise<void> {
  const columns = source.columns.map((column) => `${name(column.name)} ${SQL_TYPES[column.type](column)}`);
  await connection.run(`create table stage.staged (_file integer, _line bigint, _bad integer, _value varchar, _unit varchar, ${columns.join(', ')})`);
}

/** Casts the rows of one file. A cell that does not fit leaves a code in `_bad`: eight times the column's place plus the kind of fault. */
export async function stageFile(connection: DuckDBConnection, source: Source, pack: { readonly yearStart: number; readonly timeZone: string; readonly root: string; /** A row is not dated on or after it: a slip of the pen. */ readonly lastDay: string }, number: number, shown: string, ready: ReadyFile): Promise<StagedFile> {
  const { columns } = source;
  const derivedUnit = source.derived.find((column) => column.name === source.unitColumn);
  // A unit named by a derived column has a place of its own, after the columns of the file.
  const unitAt = derivedUnit !== undefined ? columns.length : columns.findIndex((column) => column.name === source.unitColumn);
  const texts = columns.map((column, i) => `${cleaned(`v${i}`, column, ready.oddBlanks)} as r${i}`);
  const values = columns.map((column, i) => `${typed(`r${i}`, column, ready.spellings[i] ?? PLAIN, pack.yearStart, ready.isoToo, pack.timeZone)} as t${i}`);
  const faults = columns.flatMap((column, i) => {
    const at = i * 8;
    const needed = column.required || column.name === source.dateColumn || i === unitAt;
    return [
      `when starts_with(r${i}, '#') and upper(r${i}) in (${CELL_ERRORS.map(literal).join(', ')}) then ${at + KINDS.error}`,
      ...(column.type === 'text' ? [] : [`when r${i} is not null and t${i} is null then ${at + KINDS.unfit}`]),
      ...(needed ? [`when r${i} is null then ${at + KINDS.absent}`] : []),
      ...(column.type === 'date' || column.type === 'timestamp' ? [`when t${i} < date '1900-01-01' or t${i} >= date '${column.name === source.dateColumn ? pack.lastDay : '2200-01-01'}' then ${at + KINDS.distant}`] : []),
      ...(i === unitAt ? [`when _alias is null then ${at + KINDS.unknownUnit}`, `when _unit is null then ${at + KINDS.unclearUnit}`] : []),
    ];
  });
  // A constant of the layout does not make a blank row a filled one.
  const filled = columns.flatMap((_, i) => (ready.constants.has(i) ? [] : [`r${i} is not null`]));
  if (derivedUnit !== undefined) faults.push(...[[`r${unitAt} is null`, KINDS.absent], ['_alias is null', KINDS.unknownUnit], ['_unit is null', KINDS.unclearUnit]].map(([when, kind]) => `when ${when} then ${unitAt * 8 + Number(kind)}`));
  const control = ready.controlRows === null ? null : `coalesce((${ready.controlRows}), false)`;
  const named = derivedUnit === undefined && control === null ? '' : `, ${columns.map((column, i) => `t${i} as ${name(column.name)}`).join(', ')}${derivedUnit === undefined ? '' : `, (${derivedUnit.sql})::varchar as r${unitAt}`}`;
  const unit = unitAt < 0 ? literal(pack.root) : 'a.unit';
  const join = unitAt < 0 ? '' : ` left join stage.aliases a on a.alias = ${aliasOf(derivedUnit === undefined ? `trim(z.r${unitAt})` : `trim(z.r${unitAt}, ${BLANKS})`)}`;
  const passed = [
    `when not (${filled.join(' or ')}) then ${PASSED.blank}`,
    ...(control === null ? [] : [`when ${control} then ${PASSED.control}`]),
    ...(source.unknownUnits === 'ignore' && unitAt >= 0 ? [`when _alias is null and r${unitAt} is not null then ${PASSED.ignored}`] : []),
  ];
  await connection.run(`
    insert into stage.staged
    select ${number}, _line, _bad, case case when _bad >= 0 then _bad // 8 end ${columns.map((_, i) => `when ${i} then r${i}`).join(' ')}${derivedUnit === undefined ? '' : ` when ${unitAt} then r${unitAt}`} end, _unit, ${columns.map((_, i) => `t${i}`).join(', ')}
    from (
      select *, case ${[...passed, ...faults].join(' ')} end as _bad
      from (
        select z.*, ${unit} as _unit, ${unitAt < 0 ? "''" : 'a.alias'} as _alias
        from (select x.*, ${values.join(', ')}${named} from (select _line, ${texts.join(', ')} from (${ready.sql})) x) z${join}
      )
    )`);
  return { number, shown, ready };
}

/** What of a report is known once the facts are made. */
type Facted = 'rows' | 'rejected' | 'rejects' | 'files' | 'remarks' | 'firstDate' | 'lastDate' | 'rejectedIn' | 'rejectReasons' | 'tally';

/** Makes the tables facts and rejects from the stage; every date in the facts is `moveMonths` after the one in the file. Rejects with ServiceError when a file is mostly unfit, or nothing is left. */
export async function finishFacts(connection: DuckDBConnection, source: Source, files: readonly StagedFile[], moveMonths = 0): Promise<Pick<LoadReport, Facted>> {
  const scope = scopeOf(source);
  await setUndatedAside(connection, source);
  const account = await accountFor(connection, source, files);
  const kept = [...source.columns, ...source.derived].map((column) => name(column.name));

  await connection.run('create table rejects (file varchar, line bigint, "column" varchar, value varchar, reason varchar)');
  await writeReasons(connection, source, files);
  await connection.run(`
    insert into rejects
    select f.shown, s._line, r.name, coalesce(s._value, ''), coalesce(u.reason, r.reason)
    from ${scope} s
    join stage.files f on f.number = s._file
    join stage.reasons r on r.file = s._file and r.bad = s._bad
    left join stage.unknown u on s._bad % 8 = ${KINDS.unknownUnit} and u.value = s._value
    where s._bad is not null and ${meantBy(source)}
    order by s._file, s._line`);
  await maskRejects(connection);
  for (const file of files) {
    await append(connection, 'rejects', null, file.ready.ragged.map((row) => [file.shown, row.line, '', maskPersonalNumbers(row.value), row.reason]));
  }
  await refuseSecondTable(connection, source);
  for (const [i, file] of files.entries()) await refuseMostlyUnfit(connection, source, file, account.files[i]?.rows ?? 0);

  const good = `(select * from ${scope} where _bad is null and ${keptBy(source)})`;
  const moved = moveMonths === 0 ? kept : await movedColumns(connection, scope, kept, moveMonths);
  await connection.run(`create table facts as select *, ${name(source.dateColumn)}::date as _date from (select ${moved.join(', ')}, _unit from ${good}) order by _date, _unit`);
  const [facts] = await rowsOf(connection, 'select count(*) as rows, min(_date) as first, max(_date) as last from facts');
  const [rejected] = await rowsOf(connection, 'select count(*) as rows from rejects');
  if (Number(facts?.['rows']) === 0) throw new ServiceError(`source ${source.id}`, `The files hold no row to load (${files.map((file) => file.shown).slice(0, 5).join(', ')}).`, { final: true });
  const rejects = await rowsOf(connection, `select file, line, "column", value, reason from rejects order by file, line limit ${REJECTS_IN_REPORT}`);
  const reasons = await rowsOf(connection, `select "column", reason, count(*) as rows, min_by(file, (file, line)) as file, min_by(line, (file, line)) as line from rejects group by 1, 2 order by 3 desc, 1, 2 limit ${REASONS_IN_REPORT}`);
  return {
    rows: Number(facts?.['rows']),
    rejected: Number(rejected?.['rows']),
    rejects: rejects.map((row) => ({ file: String(row['file']), line: Number(row['line']), column: String(row['column']), value: String(row['value']), reason: String(row['reason']) })),
    files: account.files, tally: account.tally, rejectedIn: account.rejectedIn,
    rejectReasons: reasons.map((row) => ({ column: String(row['column']), reason: String(row['reason']), rows: Number(row['rows']), file: String(row['file']), line: Number(row['line']) })),
    remarks: files.flatMap((file) => file.ready.remarks.map((text) => ({ file: file.shown, text: maskPersonalNumbers(text) }))),
    firstDate: facts?.['first'] as string | null,
    lastDate: facts?.['last'] as string | null,
  };
}

/** A row whose date is made from other columns and comes out empty stands in no month, so it is set aside as one without a date is. */
async function setUndatedAside(connection: DuckDBConnection, source: Source): Promise<void> {
  if (source.columns.some((column) => column.name === source.dateColumn)) return;
  const derived = source.derived.map((column) => `(${column.sql}) as ${name(column.name)}`);
  await connection.run(`update stage.staged set _bad = ${undatedCode(source)} where _bad is null
    and rowid in (select _row from (select rowid as _row, *, ${derived.join(', ')} from stage.staged where _bad is null) where ${name(source.dateColumn)} is null)`);
}

/** The columns with every date and time moved by some months. What was derived from them keeps its value: a wait of four days stays one. */
async function movedColumns(connection: DuckDBConnection, scope: string, columns: readonly string[], months: number): Promise<string[]> {
  const types = new Map((await rowsOf(connection, `describe select ${columns.join(', ')} from ${scope}`)).map((row) => [name(String(row['column_name'])), String(row['column_type'])]));
  return columns.map((column) => {
    const type = types.get(column) ?? '';
    return type === 'DATE' || type.startsWith('TIMESTAMP') ? `(${column} + to_months(${months}))::${type} as ${column}` : column;
  });
}

/** A header again, and not right below a row of the table as where a file was pasted behind another: what follows is a table of something else. */
async function refuseSecondTable(connection: DuckDBConnection, source: Source): Promise<void> {
  const date = source.columns.find((column) => column.name === source.dateColumn);
  if (date === undefined) return;
  const [found] = await rowsOf(connection, `select r.file, r.line from rejects r join stage.files f on f.shown = r.file
    where r."column" = $1 and lower(trim(r.value)) = lower($2) and not exists (select 1 from stage.staged s where s._file = f.number and s._line = r.line - 1 and s._bad is null)
      and exists (select 1 from stage.staged s where s._file = f.number and s._line < r.line and s._bad is null) and exists (select 1 from stage.staged s where s._file = f.number and s._line > r.line and s._bad is null)
    order by 1, 2 limit 1`, [date.name, date.header ?? date.name]);
  if (found === undefined) return;
  const line = Number(found['line']);
  throw new ServiceError(`source ${source.id}`, `${String(found['file'])}: A second table begins in line ${line}, where its header stands, and its rows would count among those of the first. Write last_row: ${line - 1} in the pack to leave it out, or move it into a sheet or file of its own. Nothing is loaded.`, { final: true });
}

async function refuseMostlyUnfit(connection: DuckDBConnection, source: Source, file: StagedFile, accepted: number): Promise<void> {
  const reasons = await rowsOf(connection, 'select "column", reason, count(*) as rows, min(line) as line from rejects where file = $1 group by 1, 2 order by 3 desc', [file.shown]);
  const rejected = reasons.reduce((sum, row) => sum + Number(row['rows']), 0);
  if (rejected <= accepted) return;
  const told = reasons.slice(0, 3).map((row) => `${row['column'] === '' ? '' : `column '${String(row['column'])}' `}${String(row['reason'])} (${String(row['rows'])} rows, first in line ${String(row['line'])})`);
  throw new ServiceError(`source ${source.id}`, `${file.shown}: ${rejected} of ${rejected + accepted} rows do not fit, so the layout is taken to be wrong and nothing is loaded. ${told.join('; ')}.`, { final: true });
}

async function writeReasons(connection: DuckDBConnection, source: Source, files: readonly StagedFile[]): Promise<void> {
  await connection.run('create table stage.files (number integer, shown varchar)');
  await connection.run('create table stage.reasons (file integer, bad integer, name varchar, reason varchar)');
  await connection.run('create table stage.unknown (value varchar, reason varchar)');
  for (const file of files) {
    await connection.run('insert into stage.files values ($1, $2)', [file.number, file.shown]);
    const codes = (await rowsOf(connection, `select distinct _bad as bad from stage.staged where _bad is not null and _file = ${file.number}`)).map((row) => Number(row['bad']));
    for (const { bad, column, reason } of reasonsOf(source, file.ready.spellings, codes)) await connection.run('insert into stage.reasons values ($1, $2, $3, $4)', [file.number, bad, column, reason]);
  }
  const known = (await rowsOf(connection, 'select alias from stage.aliases')).map((row) => String(row['alias']));
  const unknown = (await rowsOf(connection, `select distinct _value as value from stage.staged where _bad % 8 = ${KINDS.unknownUnit} limit 1000`)).map((row) => String(row['value']));
  for (const { value, reason } of unknownUnitReasons(unknown, known)) await connection.run('insert into stage.unknown values ($1, $2)', [value, reason]);
}

/** What was set aside is shown and kept: masked by the same rule as everything else, before it is cut to a length. */
async function maskRejects(connection: DuckDBConnection): Promise<void> {
  await connection.run('create table stage.masked (value varchar, masked varchar)');
  const result = await connection.stream(`select distinct value as v from rejects where ${mayHold('value')}`);
  const masked: [string, string][] = [];
  for await (const rows of result.yieldRowsJson()) for (const [value] of rows) {
    const text = String(value);
    const safe = maskPersonalNumbers(text);
    if (safe !== text) masked.push([text, safe]);
  }
  await append(connection, 'masked', 'stage', masked);
  await connection.run(`update rejects set value = m.masked from stage.masked m where rejects.value = m.value`);
  await connection.run(`update rejects set value = left(value, ${LONGEST_SHOWN}) where length(value) > ${LONGEST_SHOWN}`);
}

async function rowsOf(connection: DuckDBConnection, sql: string, parameters: string[] = []): Promise<Record<string, unknown>[]> {
  return (await connection.runAndReadAll(sql, parameters)).getRowObjectsJson();
}

