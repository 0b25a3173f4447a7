import type { Measure } from './model.ts';

/** What a count of persons counts, and the conditions that must all hold for it; null where its expression does not say. */
function countedBy(measure: Measure): { what: string; conditions: readonly string[] } | null {
  if ((measure.threshold ?? 0) === 0) return null;
  if (measure.kind === 'distinct') return { what: `${measure.source} ${measure.finest} ${measure.key}`, conditions: measure.filter === null ? [] : conditionsOf(measure.filter) };
  if ((measure.kind !== 'flow' && measure.kind !== 'stock') || measure.split.outer !== '__p0') return null;
  const counts = /^count_star\(\)(?: FILTER \(WHERE (.*)\))?$/s.exec(measure.split.parts[0]?.sql ?? '');
  return counts === null ? null : { what: `${measure.source} ${measure.finest} ${measure.kind}`, conditions: counts[1] === undefined ? [] : conditionsOf(counts[1]) };
}

/** The parts of a condition that are joined by AND, as the engine's parser spells it: `((a) AND (b))` is a and b. */
function conditionsOf(sql: string): string[] {
  const parts: string[] = [];
  let [depth, from, quote] = [0, 0, ''];
  for (let i = 0; i < sql.length; i += 1) {
    const sign = sql[i] as string;
    // A quote inside a text is written twice, which ends the text and begins it again.
    if (quote !== '') quote = sign === quote ? '' : quote;
    else if (sign === "'" || sign === '"') quote = sign;
    else if (sign === '(') depth += 1;
    else if (sign === ')') depth -= 1;
    else if (depth === 0 && sql.startsWith(' AND ', i)) {
      parts.push(sql.slice(from, i));
      from = i + 5;
    }
  }
  parts.push(sql.slice(from));
  const [only = ''] = parts;
  if (parts.length > 1) return parts.flatMap(conditionsOf);
  return only.startsWith('(') && closes(only) ? conditionsOf(only.slice(1, -1)) : [only];
}

/** Whether the bracket a text begins with is closed at its end and not before. */
function closes(sql: string): boolean {
  let [depth, quote] = [0, ''];
  for (let i = 0; i < sql.length; i += 1) {
    const sign = sql[i] as string;
    if (quote !== '') quote = sign === quote ? '' : quote;
    else if (sign === "'" || sign === '"') quote = sign;
    else if (sign === '(') depth += 1;
    else if (sign === ')') depth -= 1;
    if (depth === 0 && quote === '') return i === sql.length - 1;
  }
  return false;
}

/**
 * The measures with the wholes that need not be written: what counts the same under more conditions is a part of what counts it
 * under fewer. So nobody has to think of it that the late ones are all less those in time.
 */
export function withWholes(measures: ReadonlyMap<string, Measure>): Map<string, Measure> {
  const counted = new Map([...measures].map(([id, measure]) => [id, countedBy(measure)]));
  return new Map([...measures].map(([id, measure]): [string, Measure] => {
    const own = counted.get(id) ?? null;
    if (own === null) return [id, measure];
    const wholes = [...counted].filter(([, its]) => its !== null && its.what === own.what && its.conditions.length < own.conditions.length && its.conditions.every((one) => own.conditions.includes(one))).map(([whole]) => whole);
    return [id, { ...measure, partOf: [...new Set([...measure.partOf, ...wholes])] }];
  }));
}
