import { DuckDBInstance } from '@duckdb/node-api';
import type { SqlParser } from '../../ports.ts';

type Parsed = Awaited<ReturnType<SqlParser['parse']>>;

interface Serialized {
  readonly error: boolean;
  readonly error_message?: string;
  readonly position?: string;
  readonly statements?: readonly { readonly node: SelectNode; readonly named_param_map: readonly unknown[] }[];
}

interface SelectNode {
  readonly type: string;
  readonly select_list: readonly { readonly alias: string }[];
  readonly [key: string]: unknown;
}

const PREFIX = 'SELECT ';
/** "Nowhere" as the engine writes it, too wide for a JavaScript number. */
const NOWHERE = /"query_location":18446744073709551615/g;

/**
 * The engine's own parser, on an empty database with everything else shut off.
 * The expression is wrapped without brackets on purpose: `1) from salary; --` passes every parser inside brackets.
 */
export async function openParser(): Promise<SqlParser & { close(): Promise<void> }> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1', memory_limit: '128MB', autoinstall_known_extensions: 'false', autoload_known_extensions: 'false',
    max_temp_directory_size: '0B', temp_directory: '', enable_external_access: 'false', lock_configuration: 'true',
  });
  const connection = await instance.connect();

  const call = async (sql: string, text: string): Promise<string> => {
    const reader = await connection.runAndReadAll(sql, [text]);
    return String(reader.getRowsJson()[0]?.[0]);
  };
  const serialize = (sql: string): Promise<string> => call('SELECT json_serialize_sql($1::VARCHAR)', sql);
  const deserialize = (json: string): Promise<string> => call('SELECT json_deserialize_sql($1::JSON)', json);
  const template = await serialize('SELECT 1');

  const parse = async (expression: string): Promise<Parsed> => {
    const text = await serialize(PREFIX + expression);
    const result = JSON.parse(text.replace(NOWHERE, '"query_location":0')) as Serialized;
    if (result.error) return { ok: false, message: result.error_message ?? 'It is not SQL', offset: offsetOf(result.position, expression) };
    const problem = structureProblem(result);
    if (problem !== null) return { ok: false, message: problem, offset: null };
    // Numbers wider than 2^53 do not survive JSON in JavaScript: better refused than changed.
    if (await deserialize(JSON.stringify(result)) !== await deserialize(text)) return { ok: false, message: 'A number in it has too many digits', offset: null };
    return { ok: true, tree: result };
  };
  const render = async (tree: unknown): Promise<string> => {
    const text = await deserialize(JSON.stringify(isStatement(tree) ? tree : asStatement(tree, template)));
    return text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
  };
  const close = async (): Promise<void> => {
    connection.disconnectSync();
    instance.closeSync();
  };
  const bind = async (expression: string, relation: string): Promise<string | null> => {
    try {
      (await connection.prepare(`SELECT ${expression} FROM ${relation}`)).destroySync();
      return null;
    } catch (error) {
      const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
      return line.replace(/^(?:[A-Z][a-z]+ )+Error: /, '').replace(/\. You might need to add explicit type casts\.?$/, '');
    }
  };
  return { parse, bind, render, close };
}

/** What makes it more, or less, than one expression; null: nothing. */
function structureProblem(result: Serialized): string | null {
  const [statement, more] = result.statements ?? [];
  if (statement === undefined || more !== undefined) return 'It must be one expression, without semicolon';
  const { node } = statement;
  if (node.type !== 'SELECT_NODE') return 'It must be an expression, and not a set of rows';
  const [item, second] = node.select_list;
  if (item === undefined) return 'It must be an expression';
  if (second !== undefined) return 'It must be one expression, and a comma makes it several';
  if (item.alias !== '') return `It must be an expression without a name of its own ('${item.alias}')`;
  if (statement.named_param_map.length > 0) return "A parameter can't be used here";
  const extra = CLAUSES.find(([key, isEmpty]) => !isEmpty(node[key]));
  return extra === undefined ? null : `It must be an expression alone: ${extra[2]} can't follow it`;
}

const isNull = (value: unknown): boolean => value === null || value === undefined;
const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
const CLAUSES: readonly [key: string, isEmpty: (value: unknown) => boolean, words: string][] = [
  ['from_table', (value) => (value as { type?: string } | null)?.type === 'EMPTY', 'FROM'],
  ['where_clause', isNull, 'WHERE'],
  ['group_expressions', isEmptyList, 'GROUP BY'],
  ['having', isNull, 'HAVING'],
  ['qualify', isNull, 'QUALIFY'],
  ['sample', isNull, 'USING SAMPLE'],
  ['modifiers', isEmptyList, 'DISTINCT, ORDER BY or LIMIT'],
  ['cte_map', (value) => isEmptyList((value as { map?: unknown } | null)?.map), 'WITH'],
];

const isStatement = (tree: unknown): boolean => typeof tree === 'object' && tree !== null && 'statements' in tree;

/** A statement that selects one node of a tree. */
function asStatement(node: unknown, template: string): unknown {
  const whole = JSON.parse(template.replace(NOWHERE, '"query_location":0')) as { statements: [{ node: Record<string, unknown> }] };
  whole.statements[0].node['select_list'] = [node];
  return whole;
}

function offsetOf(position: string | undefined, expression: string): number | null {
  if (position === undefined) return null;
  return Math.max(0, Math.min(expression.length, Number(position) - PREFIX.length));
}
