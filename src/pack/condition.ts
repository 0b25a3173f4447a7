interface Node {
  readonly class: string;
  readonly type: string;
  readonly function_name?: string;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).class === 'string';

/** Functions that say no more than a `not` before another: an empty cell is not like a text. */
const NEGATIVE_FUNCTIONS = new Set(['!~~', '!~~*']);

/**
 * A condition in which an empty cell decides, as in a spreadsheet: it equals no text or number, so `Text <> 'Total'` keeps a row
 * without text, and `Text = 'Total'` does not. SQL itself would give NULL for both, and a row that meets no condition and
 * fails none would be gone in silence. `is null` says what it always says. Takes and gives a node of the engine's syntax tree.
 */
export function decided(node: unknown): unknown {
  if (!isNode(node)) return node;
  switch (node.class) {
    case 'CONJUNCTION': return { ...node, children: (node['children'] as unknown[]).map(decided) };
    case 'COMPARISON':
      if (node.type === 'COMPARE_NOTEQUAL') return { ...node, type: 'COMPARE_DISTINCT_FROM' };
      if (node.type === 'COMPARE_EQUAL') return { ...node, type: 'COMPARE_NOT_DISTINCT_FROM' };
      return node.type.endsWith('DISTINCT_FROM') ? node : orElse(node, false);
    case 'OPERATOR':
      if (node.type === 'OPERATOR_NOT') return { ...node, children: (node['children'] as unknown[]).map(decided) };
      if (node.type === 'OPERATOR_IS_NULL' || node.type === 'OPERATOR_IS_NOT_NULL') return node;
      return orElse(node, node.type === 'COMPARE_NOT_IN');
    case 'FUNCTION': return orElse(node, NEGATIVE_FUNCTIONS.has(node.function_name ?? ''));
    case 'CONSTANT': return node;
    default: return orElse(node, false);
  }
}

/** Whether a condition says what is not so: only there an empty cell makes a difference to what is counted. */
function isNegative(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isNegative);
  if (typeof value !== 'object' || value === null) return false;
  if (isNode(value) && (value.type === 'COMPARE_NOTEQUAL' || value.type === 'OPERATOR_NOT' || value.type === 'COMPARE_NOT_IN' || (value.class === 'FUNCTION' && NEGATIVE_FUNCTIONS.has(value.function_name ?? '')))) return true;
  return Object.values(value).some(isNegative);
}

/** An expression in which an empty cell decides the same way in every `filter (where …)` and `case when …`. */
export function decidedWithin(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decidedWithin);
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, decidedWithin(one)]));
  for (const key of ['filter', 'when_expr']) inner[key] = inner[key] === undefined ? undefined : decidedWhereNegative(inner[key]);
  return Object.fromEntries(Object.entries(inner).filter(([key, one]) => one !== undefined || key in value));
}

/** Only the parts that say what is not so are changed: counts are known as parts of each other by what their other conditions say, to the letter. */
function decidedWhereNegative(node: unknown): unknown {
  if (!isNode(node)) return node;
  if (node.class === 'CONJUNCTION') return { ...node, children: (node['children'] as unknown[]).map(decidedWhereNegative) };
  return isNegative(node) ? decided(node) : node;
}

const orElse = (node: Node, value: boolean): unknown => ({
  class: 'OPERATOR', type: 'OPERATOR_COALESCE', alias: '', query_location: 0,
  children: [node, {
    class: 'CAST', type: 'OPERATOR_CAST', alias: '', query_location: 0, try_cast: false, cast_type: { id: 'BOOLEAN', type_info: null },
    child: { class: 'CONSTANT', type: 'VALUE_CONSTANT', alias: '', query_location: 0, value: { type: { id: 'BOOLEAN', type_info: null }, is_null: false, value } },
  }],
});
