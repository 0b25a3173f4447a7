import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from './cast.ts';
import { holdsPersonalNumber, maskPersonalNumbers } from '../../access/personal-number.ts';
import { constantPlaces, notedFields, type ReadyFile, type Reading, type Unusable } from './delimited.ts';
import { depthProblem } from './depth.ts';
import { engineMessage } from './failure.ts';
import { controlsOf } from './control.ts';
import { placeColumns } from './header.ts';
import { decideSpellings, newEvidence, noteText, type NumberEvidence } from './spelling.ts';
import { mayHold } from './suspects.ts';
import { cprProblem, fieldRoles, openSuspicion, vouchedRemark } from './weigh.ts';

const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|UINTEGER|DOUBLE|FLOAT|DECIMAL.*)$/;

/** Reads a Parquet or JSON file, whose cells have types of their own: each becomes text and is cast like any other. Lines are counted in rows. */
export async function readyTyped(reading: Reading, connection: DuckDBConnection): Promise<ReadyFile | Unusable> {
  const { file } = reading;
  const { layout } = file.set;
  const deep = layout.format === 'json' ? await depthProblem(file.path) : null;
  if (deep !== null) return { problem: deep };
  const from = layout.format === 'parquet' ? `read_parquet(${literal(file.path)})` : `read_json_auto(${literal(file.path)}, ${JSON_OPTIONS}, sample_size=-1)`;
  const fields = await fieldsOf(connection, from).catch((error: unknown) => ({ problem: `It can't be read as ${layout.format === 'json' ? 'JSON' : 'Parquet'}: ${engineMessage(error)}` }));
  if ('problem' in fields) return fields;
  return readyFields(reading, connection, layout.format === 'parquet' ? from : jsonAsText(file.path, fields), fields);
}

interface Field {
  readonly name: string;
  readonly type: string;
}

async function fieldsOf(connection: DuckDBConnection, from: string): Promise<Field[]> {
  const described = (await connection.runAndReadAll(`describe select * from ${from}`)).getRowObjectsJson();
  return described.map((row) => ({ name: String(row['column_name']), type: String(row['column_type']) }));
}

async function readyFields(reading: Reading, connection: DuckDBConnection, from: string, fields: readonly Field[]): Promise<ReadyFile | Unusable> {
  const { source, file } = reading;
  const { layout } = file.set;
  const placement = placeColumns(source, layout, fields.map(({ name }) => name));
  if (typeof placement === 'string') return { problem: maskPersonalNumbers(placement) };
  const named = fields.find(({ name }) => holdsPersonalNumber(name));
  if (named !== undefined) return { problem: cprProblem(0, `'${maskPersonalNumbers(named.name)}'`, null) };
  if (layout.unpivot !== null || layout.fillDown.length > 0) return { problem: `fill_down and unpivot are for CSV and XLSX, not for ${layout.format}.` };

  const evidence = newEvidence(source);
  for (const { index, one } of notedFields(source, layout, placement, evidence)) await noteTexts(connection, from, fields[index], one);
  const spellings = decideSpellings(source, layout, evidence);
  if (typeof spellings === 'string') return { problem: spellings };
  const text = (index: number, decimal: '.' | ',' = '.'): string => {
    const field = fields[index];
    const native = field === undefined ? null : nativeOf(field);
    const value = field === undefined ? "''" : textOf(field);
    return decimal === ',' && native !== null ? `case when ${native} then replace(${value}, '.', ',') else ${value} end` : value;
  };
  const roleOf = fieldRoles(source, layout, placement, fields.map(({ name }) => name));
  const numeric = (index: number): boolean => roleOf(index).numeric || NUMERIC.test(fields[index]?.type ?? '');
  const suspicion = openSuspicion(roleOf);
  for (const [index, field] of fields.entries()) {
    if (SAFE.test(field.type)) continue;
    const hit = await firstCpr(connection, from, text(index), (value) => holdsPersonalNumber(value, numeric(index)) && suspicion.certain(index, value));
    if (hit !== null) return { problem: cprProblem(hit, `'${field.name}'`, null) };
  }
  const stands = await suspicion.firstThatStands((index, value) => holdsPersonalNumber(value, numeric(index)), async (asked, see) => {
    for (const index of asked) if (!await visitCells(connection, `select _line, v from (${numbered(from, text(index))}) where v is not null`, (line, value) => see(line, index, value))) return;
  });
  if (stands !== null) return { problem: cprProblem(stands.line, `'${fields[stands.index]?.name ?? ''}'`, stands.signs) };
  const vouched = suspicion.vouched().map(({ index, reason }) => vouchedRemark(`'${fields[index]?.name ?? ''}'`, reason));
  const columns = placement.columns.map((place, index) => `${place.kind === 'cell' ? text(place.index, spellings[index]?.decimal) : literal(place.kind === 'constant' ? place.text : '')} as v${index}`);
  const rows = `select row_number() over () as _line, ${columns.join(', ')} from ${from}`;
  return { sql: rows, encoding: layout.format, delimiter: '', spellings, isoToo: true, oddBlanks: true, constants: constantPlaces(placement), ragged: [], remarks: vouched, records: null, laidOut: null, breaks: 0, ...controlsOf(layout, {}) };
}

const JSON_OPTIONS = 'maximum_object_size=16777216';

/** JSON with every value as text or, where texts and numbers may be mixed, as itself. Numbers are JSON's own, exact to fifteen digits; wider ones must stand in quotes. */
function jsonAsText(path: string, fields: readonly Field[]): string {
  return `read_json(${literal(path)}, ${JSON_OPTIONS}, columns={${fields.map(({ name, type }) => `${literal(name)}: '${type === 'JSON' ? 'JSON' : 'VARCHAR'}'`).join(', ')}})`;
}

const nameOf = ({ name }: Field): string => `"${name.replaceAll('"', '""')}"`;
const textOf = (field: Field): string => (field.type === 'JSON' ? `(${nameOf(field)} ->> '$')` : `${nameOf(field)}::varchar`);

/** When a cell is a number and no text; null: never. */
function nativeOf(field: Field): string | null {
  if (field.type === 'JSON') return `json_type(${nameOf(field)}) in ('DOUBLE', 'BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT')`;
  return NUMERIC.test(field.type) ? 'true' : null;
}

/** Takes the texts of a column into account that have a sign or a percent sign; a number of the file's own says nothing. */
async function noteTexts(connection: DuckDBConnection, from: string, field: Field | undefined, evidence: NumberEvidence): Promise<void> {
  if (field === undefined || nativeOf(field) === 'true') return;
  const texts = `select v from (select ${textOf(field)} as v from ${from}${field.type === 'JSON' ? ` where not coalesce(${nativeOf(field)}, false)` : ''}) where regexp_matches(v, '[0-9]')`;
  const result = await connection.stream(texts);
  for await (const rows of result.yieldRowsJson()) for (const [value] of rows) noteText(evidence, String(value));
}

/** Types whose values have a form of their own, which no CPR number fits. */
const SAFE = /^(DATE|TIME|TIMESTAMP.*|BOOLEAN|UUID)$/;

const numbered = (from: string, text: string): string => `select row_number() over () as _line, ${text} as v from ${from}`;

async function firstCpr(connection: DuckDBConnection, from: string, text: string, isOne: (value: string) => boolean): Promise<number | null> {
  let found: number | null = null;
  await visitCells(connection, `select _line, v from (${numbered(from, text)}) where ${mayHold('v')}`, (line, value) => {
    if (isOne(value)) found = line;
    return found === null;
  });
  return found;
}

/** Visits the lines and texts of a SELECT; a visit that gives `false` ends it, and so does this. */
async function visitCells(connection: DuckDBConnection, sql: string, visit: (line: number, value: string) => boolean): Promise<boolean> {
  const result = await connection.stream(sql);
  for await (const rows of result.yieldRowsJson()) {
    for (const [line, value] of rows) if (!visit(Number(line), String(value))) return false;
  }
  return true;
}
