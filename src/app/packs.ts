import { DefinitionError, type Fault } from '../errors.ts';
import type { CheckedExpression } from '../pack/build.ts';
import { decided, decidedWithin } from '../pack/condition.ts';
import { draftPack, type ExpressionText } from '../pack/check.ts';
import { distinctParts, expressionOf, problemsOf, splitAggregates } from '../pack/expression.ts';
import type { Pack } from '../pack/model.ts';
import type { PeopleTable } from '../pack/people.ts';
import type { PackFile } from '../pack/yaml.ts';
import type { SqlParser } from '../ports.ts';

/** More are read by nobody. */
const MOST_TOLD = 500;

async function checkExpression(expression: ExpressionText, parser: SqlParser): Promise<{ checked: CheckedExpression } | { faults: Fault[] }> {
  const fault = (message: string, hint: string): Fault => ({ ...expression.place, message, hint });
  const parsed = await parser.parse(expression.text);
  if (!parsed.ok) {
    const rest = parsed.offset === null ? '' : expression.text.slice(parsed.offset, parsed.offset + 20).trim();
    const near = rest === '' ? '' : ` near '${rest}'`;
    return { faults: [fault(`The SQL can't be read: ${parsed.message}${near}.`, 'Check brackets, quotes and commas; write one expression without SELECT.')] };
  }
  const node = expressionOf(parsed.tree);
  const problems = problemsOf(node, expression.role, expression.columns);
  if (problems.length > 0) return { faults: problems.map((problem) => fault(problem.message, problem.hint)) };
  const meant = expression.role === 'condition' ? node : decidedWithin(node);
  const sql = await parser.render(meant);
  if (expression.role === 'distinct') {
    const { key, filter } = distinctParts(meant);
    return { checked: { sql, split: null, distinct: { key: await parser.render(key), filter: filter === null ? null : await parser.render(filter) } } };
  }
  if (expression.role === 'condition') return { checked: { sql, decided: await parser.render(decided(node)), split: null, distinct: null } };
  if (expression.role === 'scalar') return { checked: { sql, split: null, distinct: null } };
  const { parts, outer } = splitAggregates(meant);
  const split = { parts: await Promise.all(parts.map(async (part) => ({ sql: await parser.render(part.node), merge: part.merge }))), outer: await parser.render(outer) };
  return { checked: { sql, split, distinct: null } };
}

/** Checks a pack as a whole, its SQL with the engine's own parser. Throws DefinitionError with every mistake at once. */
export async function checkPack(folder: { id: string; dir: string; files: readonly PackFile[]; people?: PeopleTable | null; faults?: readonly Fault[] }, parser: SqlParser, settings: Readonly<Record<string, string | undefined>>): Promise<Pack> {
  const draft = draftPack(folder.id, folder.dir, folder.files, settings, folder.people ?? null);
  const faults = [...folder.faults ?? [], ...draft.faults];
  const checked = new Map<string, CheckedExpression>();
  const broken = new Set<string>();
  for (const expression of draft.expressions) {
    const outcome = await checkExpression(expression, parser);
    if ('faults' in outcome) faults.push(...outcome.faults);
    else checked.set(expression.id, outcome.checked);
    // A column that is wrong itself makes everything on it wrong: told once.
    if ('faults' in outcome) broken.add(expression.source);
    else if (!broken.has(expression.source)) {
      const problem = await parser.bind(outcome.checked.sql, expression.relation);
      if (problem === null) continue;
      faults.push({ ...expression.place, message: `The expression does not fit the columns: ${problem}.`, hint: 'Look at the type of each column in it: what is added up must be a number (integer, decimal, number).' });
      if (expression.role === 'scalar') broken.add(expression.source);
    }
  }
  if (faults.length > 0) {
    const sorted = faults.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column);
    const more = sorted.length - MOST_TOLD;
    throw new DefinitionError(more <= 0 ? sorted : [...sorted.slice(0, MOST_TOLD), { file: folder.dir, line: 0, column: 0, message: `There are ${more} more mistakes.`, hint: 'Mend these first, and check again.' }]);
  }
  return draft.build(checked);
}
