import type { MeasureKind } from './model.ts';
import { hintFor, nearest } from './nearest.ts';

/** A node of the engine's syntax tree; only what is looked at here is named. */
interface Node {
  class: string;
  type: string;
  function_name?: string;
  schema?: string;
  catalog?: string;
  children?: Node[];
  filter?: Node | null;
  distinct?: boolean;
  column_names?: string[];
  alias?: string;
  [key: string]: unknown;
}

const ADDITIVE = new Set(['sum', 'count', 'count_star']);
const AGGREGATES = new Set([...ADDITIVE, 'min', 'max']);
const REFUSED: Record<string, string> = {
  avg: "An average can't be rolled up. Define the sum and the count as measures and a measure of kind ratio.",
  mean: "An average can't be rolled up. Define the sum and the count as measures and a measure of kind ratio.",
  median: "A median can't be rolled up over units and periods. Use a ratio of sums.",
};
const SCALARS = new Set([
  '+', '-', '*', '/', '//', '%', '||', '~~', '!~~', '~~*', '!~~*',
  'abs', 'round', 'floor', 'ceil', 'ceiling', 'least', 'greatest', 'nullif', 'ifnull', 'coalesce', 'if',
  'lower', 'upper', 'trim', 'ltrim', 'rtrim', 'substr', 'substring', 'left', 'right', 'length', 'replace', 'concat', 'concat_ws', 'split_part',
  'contains', 'starts_with', 'ends_with', 'prefix', 'suffix', 'regexp_matches', 'regexp_extract', 'regexp_replace',
  'year', 'month', 'day', 'quarter', 'week', 'isodow', 'dayofweek', 'date_part', 'datepart', 'date_trunc', 'datetrunc', 'date_diff', 'datediff', 'last_day', 'make_date', 'strftime', 'strptime', 'try_strptime',
]);
const CLASSES = new Set(['FUNCTION', 'CONSTANT', 'COLUMN_REF', 'COMPARISON', 'CONJUNCTION', 'OPERATOR', 'CASE', 'CAST', 'BETWEEN']);

/** Types of columns and figures. Lists, structures and the like could make much of little. */
const CASTS = new Set(['BOOLEAN', 'TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT', 'UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT', 'FLOAT', 'DOUBLE', 'DECIMAL', 'VARCHAR', 'DATE', 'TIME', 'TIMESTAMP', 'INTERVAL']);
/** What puts text in the place of text: the engine holds no text to its memory limit, so how much longer it gets is limited here. */
const REPLACING = new Set(['replace', 'regexp_replace']);
const LONGEST_REPLACEMENT = 20;
const DEEPEST = 100;

/** Where an expression stands: what a measure counts, or a scalar or condition of a source. */
export type ExpressionRole = Exclude<MeasureKind, 'ratio' | 'forecast'> | 'scalar' | 'condition';

export interface Problem {
  readonly message: string;
  readonly hint: string;
}

interface Statement { node?: Node & { select_list?: unknown[]; from_table?: { type?: string }; where_clause?: unknown; having?: unknown; qualify?: unknown; sample?: unknown; group_expressions?: unknown[]; modifiers?: unknown[]; cte_map?: { map?: unknown[] } } }

/**
 * The one expression in a tree as the parser gave it (`SELECT <expression>`); null when the text was more than
 * that: several expressions, a table, a condition, a second statement, a name given with AS.
 */
export function expressionOf(tree: unknown): unknown {
  const statements = (tree as { statements?: Statement[] }).statements ?? [];
  const node = statements[0]?.node;
  const bare = statements.length === 1 && node?.type === 'SELECT_NODE' && node.from_table?.type === 'EMPTY' && node.select_list?.length === 1
    && [node.where_clause, node.having, node.qualify, node.sample].every((part) => part === null || part === undefined)
    && [node.group_expressions, node.modifiers, node.cte_map?.map].every((list) => (list ?? []).length === 0);
  const expression = bare ? (node.select_list?.[0] as Node) : null;
  return expression === null || (expression.alias ?? '') !== '' ? null : withoutPlaces(expression);
}

/** Places in the text are of no use any more, and one that is not known does not survive a round trip. */
function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, key === 'query_location' ? 0 : withoutPlaces(inner)]));
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).class === 'string';

function childNodes(node: Node): Node[] {
  return Object.values(node).flatMap((value) => {
    if (isNode(value)) return [value];
    if (!Array.isArray(value)) return [];
    return value.flatMap((item: unknown) => (isNode(item) ? [item] : typeof item === 'object' && item !== null ? Object.values(item).filter(isNode) : []));
  });
}

const isAggregate = (node: Node): boolean => node.class === 'FUNCTION' && AGGREGATES.has(node.function_name ?? '');
const hasAggregate = (node: Node): boolean => isAggregate(node) || childNodes(node).some(hasAggregate);

/** A sum over units and periods of the expression equals the expression over all rows only when it is linear in its sums. */
function isLinear(node: Node): boolean {
  if (isAggregate(node)) return ADDITIVE.has(node.function_name ?? '') && node.distinct !== true;
  if (node.class === 'CAST') return childNodes(node).every(isLinear);
  if (node.class === 'OPERATOR' && node.type === 'OPERATOR_COALESCE') {
    const [first, ...rest] = node.children ?? [];
    return first !== undefined && isLinear(first) && rest.every((child) => child.class === 'CONSTANT' && Number((child['value'] as { value?: unknown } | undefined)?.value) === 0);
  }
  if (node.class !== 'FUNCTION') return false;
  const children = node.children ?? [];
  const withAggregate = children.filter(hasAggregate);
  switch (node.function_name) {
    case '+': case '-': return withAggregate.length === children.length && children.every(isLinear);
    case '*': return withAggregate.length === 1 && withAggregate.every(isLinear);
    case '/': return withAggregate.length === 1 && children[0] === withAggregate[0] && withAggregate.every(isLinear);
    default: return false;
  }
}

const constantText = (node: Node | undefined): string | null => {
  const { value } = (node?.class === 'CONSTANT' ? node['value'] : null) as { value?: unknown } | null ?? {};
  return typeof value === 'string' ? value : null;
};

/** Whether a replacement can make a text longer; or what is wrong with it. */
function growthOf(node: Node): boolean | Problem {
  const [pattern, replacement] = [constantText(node.children?.[1]), constantText(node.children?.[2])];
  if (pattern === null || replacement === null) return { message: `'${node.function_name ?? ''}' takes what to look for and what to put there as texts.`, hint: "Write them in single quotes: replace(column, '.', '')." };
  const grows = node.function_name === 'replace' ? replacement.length > pattern.length : replacement !== '';
  return grows && replacement.length > LONGEST_REPLACEMENT ? { message: `What '${node.function_name ?? ''}' puts there is too long.`, hint: `At most ${LONGEST_REPLACEMENT} characters.` } : grows;
}

/** Everything that is wrong with an expression, in the author's terms. Empty: it may be used. */
export function problemsOf(expression: unknown, role: ExpressionRole, columns: readonly string[]): Problem[] {
  if (!isNode(expression)) return [{ message: 'Not one expression.', hint: 'Write one SQL expression, without SELECT and without semicolon.' }];
  const problems: Problem[] = [];
  const known = new Map(columns.map((column) => [column.toLowerCase(), column]));
  const aggregates: Node[] = [];
  const wantsAggregate = role === 'flow' || role === 'stock' || role === 'distinct';

  const visit = (node: Node, inside: boolean, depth = 0, grown = false): void => {
    if (depth > DEEPEST) {
      problems.push({ message: 'There are too many brackets inside each other.', hint: 'Make columns of the parts with derive:.' });
      return;
    }
    if (!CLASSES.has(node.class)) {
      const what = node.class === 'SUBQUERY' ? 'A subquery' : node.class === 'WINDOW' ? 'A window function' : node.class === 'STAR' ? '*' : node.class === 'PARAMETER' ? 'A parameter' : `'${node.class.toLowerCase()}'`;
      problems.push({ message: `${what} can't be used here.`, hint: 'An expression reads only the columns of its own source.' });
      return;
    }
    if (node.class === 'COLUMN_REF') {
      const names = node.column_names ?? [];
      const name = names.join('.');
      if (names.length !== 1 || !known.has(name.toLowerCase())) problems.push({ message: `There is no column '${name}' in the source.`, hint: hintFor(name, columns, 'column') });
      else if (wantsAggregate && !inside) problems.push({ message: `Column '${name}' stands outside an aggregate.`, hint: `Write sum("${name}") or count(*).` });
    }
    if (node.class === 'CAST') {
      const type = (node['cast_type'] as { id?: string } | undefined)?.id ?? '';
      if (!CASTS.has(type)) problems.push({ message: `'${type.toLowerCase()}' is no type a value can have here.`, hint: 'Write varchar, integer, bigint, decimal(18,2), double, boolean, date or timestamp.' });
    }
    let grows = grown;
    if (node.class === 'FUNCTION') {
      const name = (node.function_name ?? '').toLowerCase();
      // What the parser makes of extract(year from date) names the engine's own schema.
      if (!['', 'main'].includes(node.schema ?? '') || (node.catalog ?? '') !== '') problems.push({ message: `'${name}' names a schema.`, hint: 'Write the function alone.' });
      if (AGGREGATES.has(name)) {
        if (!wantsAggregate) problems.push({ message: `'${name}' is an aggregate and can't be used in a column or condition.`, hint: 'Use it in a measure.' });
        else if (inside) problems.push({ message: `'${name}' stands inside another aggregate.`, hint: 'Aggregates are not nested.' });
        aggregates.push(node);
        const orders = (node['order_bys'] as { orders?: unknown[] } | null | undefined)?.orders ?? [];
        if (orders.length > 0) problems.push({ message: `'${name}' has an ORDER BY.`, hint: 'Leave it out: sums and counts have no order.' });
        for (const child of childNodes(node)) visit(child, true, depth + 1, grown);
        return;
      }
      const refused = REFUSED[name];
      if (refused !== undefined) {
        problems.push({ message: `The function '${name}' can't be used here.`, hint: refused });
        return;
      }
      if (!SCALARS.has(name)) {
        const near = nearest(name, [...AGGREGATES, ...SCALARS]);
        problems.push({ message: `The function '${name}' can't be used here.`, hint: `${near === null ? '' : `Did you mean '${near}'? `}Aggregates: sum, count, min, max; scalars: ${[...SCALARS].filter((s) => /^[a-z]/.test(s)).slice(0, 14).join(', ')} and the like.` });
      }
      if (REPLACING.has(name)) {
        const growth = growthOf(node);
        if (typeof growth !== 'boolean') problems.push(growth);
        else if (growth && grown) problems.push({ message: `'${name}' makes a text longer inside another that does.`, hint: 'Put shorter texts in the place of longer ones, or none.' });
        else grows ||= growth;
      }
    }
    for (const child of childNodes(node)) visit(child, inside, depth + 1, grows);
  };
  visit(expression, false);
  if (problems.length > 0) return problems;

  if (wantsAggregate && aggregates.length === 0) return [{ message: 'There is no aggregate in the expression.', hint: 'A measure is an aggregate over rows: sum(column), count(*), count(distinct column).' }];
  const distinct = aggregates.filter((node) => node.distinct === true);
  if (role === 'distinct') {
    const whole = isAggregate(expression) && expression.function_name === 'count' && expression.distinct === true && expression.children?.length === 1;
    return whole ? [] : [{ message: 'A measure of kind distinct is one count(distinct …).', hint: 'Write count(distinct column), with filter (where …) where needed.' }];
  }
  if (distinct.length > 0) return [{ message: `A distinct count can't be added up over units or months, so it can't be part of kind ${role}.`, hint: 'Give it a measure of its own with kind: distinct.' }];
  if (role === 'flow' && !isLinear(expression)) return [{ message: 'A flow is summed over units and periods, and this expression can\'t be.', hint: 'Use sums and counts that are added, subtracted, or multiplied and divided by constants; a quotient of sums is kind ratio, a last or largest value is kind stock.' }];
  return [];
}

/** The additive parts of an aggregate expression as nodes, and the node that combines them (columns `__p0`, `__p1` …). */
export function splitAggregates(expression: unknown): { parts: { node: unknown; merge: 'sum' | 'min' | 'max' }[]; outer: unknown } {
  const parts: { node: unknown; merge: 'sum' | 'min' | 'max' }[] = [];
  const replace = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(replace);
    if (typeof value !== 'object' || value === null) return value;
    if (isNode(value) && isAggregate(value)) {
      const text = JSON.stringify(value);
      let index = parts.findIndex((part) => JSON.stringify(part.node) === text);
      if (index < 0) {
        index = parts.length;
        const name = value.function_name;
        parts.push({ node: value, merge: name === 'min' || name === 'max' ? name : 'sum' });
      }
      return { class: 'COLUMN_REF', type: 'COLUMN_REF', alias: '', query_location: 0, column_names: [`__p${index}`] };
    }
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replace(inner)]));
  };
  const outer = replace(expression);
  return { parts, outer };
}

/** Of `count(distinct key) filter (where condition)`: the key and the condition as nodes. */
export function distinctParts(expression: unknown): { key: unknown; filter: unknown } {
  const node = expression as Node;
  return { key: node.children?.[0], filter: node.filter ?? null };
}
