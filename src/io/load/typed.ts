import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from './cast.ts';
import { holdsPersonalNumber, maskPersonalNumbers } from '../../access/personal-number.ts';
import { constantPlaces, cprProblem, numericFields, type ReadyFile, type Reading, type Unusable } from './delimited.ts';
import { depthProblem } from './depth.ts';
import { engineMessage } from './failure.ts';
import { controlsOf } from './control.ts';
import { placeColumns } from './header.ts';
import { mayHold } from './suspects.ts';

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
  return readyFields(reading, connection, layout.format === 'parquet' ? from : jsonAsText(file.path, fields), layout.format === 'parquet' ? fields : fields.map(({ name }) => ({ name, type: 'VARCHAR' })));
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
  if (named !== undefined) return { problem: cprProblem(0, `'${maskPersonalNumbers(named.name)}'`) };
  if (layout.unpivot !== null || layout.fillDown.length > 0) return { problem: `fill_down and unpivot are for CSV and XLSX, not for ${layout.format}.` };

  const decimal = layout.decimal ?? '.';
  const text = (index: number): string => {
    const { name, type } = fields[index] ?? { name: '', type: 'VARCHAR' };
    const value = `"${name.replaceAll('"', '""')}"::varchar`;
    return decimal === ',' && NUMERIC.test(type) ? `replace(${value}, '.', ',')` : value;
  };
  const numeric = numericFields(source, layout, placement);
  for (const [index, field] of fields.entries()) {
    if (SAFE.test(field.type)) continue;
    const hit = await firstCpr(connection, from, text(index), numeric.has(index) || NUMERIC.test(field.type));
    if (hit !== null) return { problem: cprProblem(hit, `'${field.name}'`) };
  }
  const columns = placement.columns.map((place, index) => `${place.kind === 'cell' ? text(place.index) : literal(place.kind === 'constant' ? place.text : '')} as v${index}`);
  const rows = `select row_number() over () as _line, ${columns.join(', ')} from ${from}`;
  return { sql: rows, encoding: layout.format, delimiter: '', spelling: { decimal, thousands: layout.thousands }, isoToo: true, oddBlanks: true, constants: constantPlaces(placement), ragged: [], remarks: [], records: null, laidOut: null, breaks: 0, ...controlsOf(layout, {}) };
}

const JSON_OPTIONS = 'maximum_object_size=16777216';

/** JSON with every value read as text. Numbers are JSON's own, exact to fifteen digits; wider ones must stand in quotes. */
function jsonAsText(path: string, fields: readonly Field[]): string {
  return `read_json(${literal(path)}, ${JSON_OPTIONS}, columns={${fields.map(({ name }) => `${literal(name)}: 'VARCHAR'`).join(', ')}})`;
}

/** Types whose values have a form of their own, which no CPR number fits. */
const SAFE = /^(DATE|TIME|TIMESTAMP.*|BOOLEAN|UUID)$/;

async function firstCpr(connection: DuckDBConnection, from: string, text: string, numeric: boolean): Promise<number | null> {
  const candidates = `select _line, v from (select row_number() over () as _line, ${text} as v from ${from}) where ${mayHold('v')}`;
  const result = await connection.stream(candidates);
  for await (const rows of result.yieldRowsJson()) {
    for (const [line, value] of rows) if (holdsPersonalNumber(String(value), numeric)) return Number(line);
  }
  return null;
}
