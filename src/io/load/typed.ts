import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from './cast.ts';
import { holdsCpr } from './cpr.ts';
import { constantPlaces, cprProblem, numericFields, type ReadyFile, type Reading, type Unusable } from './delimited.ts';
import { placeColumns } from './header.ts';

const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|UINTEGER|DOUBLE|FLOAT|DECIMAL.*)$/;

/** Reads a Parquet or JSON file, whose cells have types of their own: each becomes text and is cast like any other. Lines are counted in rows. */
export async function readyTyped(reading: Reading, connection: DuckDBConnection): Promise<ReadyFile | Unusable> {
  const { source, file } = reading;
  const { layout } = file.set;
  const from = layout.format === 'parquet' ? `read_parquet(${literal(file.path)})` : await jsonAsText(file.path, connection);
  const described = (await connection.runAndReadAll(`describe select * from ${from}`)).getRowObjectsJson();
  const fields = described.map((row) => ({ name: String(row['column_name']), type: String(row['column_type']) }));
  const placement = placeColumns(source, layout, fields.map(({ name }) => name));
  if (typeof placement === 'string') return { problem: placement };
  if (layout.unpivot !== null || layout.fillDown.length > 0) return { problem: `fill_down and unpivot are for CSV and XLSX, not for ${layout.format}.` };

  const decimal = layout.decimal ?? '.';
  const text = (index: number): string => {
    const { name, type } = fields[index] ?? { name: '', type: 'VARCHAR' };
    const value = `"${name.replaceAll('"', '""')}"::varchar`;
    return decimal === ',' && NUMERIC.test(type) ? `replace(${value}, '.', ',')` : value;
  };
  const numeric = numericFields(source, layout, placement);
  for (const [index, field] of fields.entries()) {
    const hit = await firstCpr(connection, from, text(index), numeric.has(index) || NUMERIC.test(field.type));
    if (hit !== null) return { problem: cprProblem(hit, `'${field.name}'`) };
  }
  const columns = placement.columns.map((place, index) => `${place.kind === 'cell' ? text(place.index) : literal(place.kind === 'constant' ? place.text : '')} as v${index}`);
  const rows = `select row_number() over () as _line, ${columns.join(', ')} from ${from}`;
  return { sql: rows, encoding: layout.format, delimiter: '', spelling: { decimal, thousands: layout.thousands }, isoToo: true, oddBlanks: true, constants: constantPlaces(placement), ragged: [] };
}

/** JSON with every value read as text, so that no number is rounded on the way. */
async function jsonAsText(path: string, connection: DuckDBConnection): Promise<string> {
  const described = (await connection.runAndReadAll(`describe select * from read_json_auto(${literal(path)}, sample_size=-1, maximum_object_size=67108864)`)).getRowObjectsJson();
  const columns = described.map((row) => `${literal(String(row['column_name']))}: 'VARCHAR'`).join(', ');
  return `read_json(${literal(path)}, maximum_object_size=67108864, columns={${columns}})`;
}

async function firstCpr(connection: DuckDBConnection, from: string, text: string, numeric: boolean): Promise<number | null> {
  const candidates = `select _line, v from (select row_number() over () as _line, ${text} as v from ${from}) where regexp_matches(v, '(^|\\D)\\d{6}[ .–-]?\\d{4}(\\D|$)')`;
  const result = await connection.stream(candidates);
  for await (const rows of result.yieldRowsJson()) {
    for (const [line, value] of rows) if (holdsCpr(String(value), numeric)) return Number(line);
  }
  return null;
}
