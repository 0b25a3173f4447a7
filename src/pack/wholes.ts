import type { Measure } from './model.ts';

/** What a count of persons counts, and the conditions that must all hold for it; null where its expression does not say. */
function countedBy(measure: Measure): { what: string; conditions: readonly string[] } | null {
  if ((measure.threshold ?? 0) === 0) return null;
  if (measure.kind === 'distinct') return { what: `${measure.source} ${measure.finest} ${measure.key}`, conditions: measure.filter === null ? [] : conditionsOf(measure.filter) };
  if ((measure.kind !== 'flow' && measure.kind !== 'stock') || measure.split.outer !== '__p0') return null;
  const counts = /^count_star\(\)(?: FILTER \(WHERE (.*)\))?$/s.exec(measure.split.parts[0]?.sql ?? '');
  return counts === null ? null : { what: `${measure.source} ${measure.finest} ${measure.kind}`, conditions: counts[1] === undefined ? [] : conditionsOf(counts[1]) };
}

/** Where in an expression no text is open, and how many brackets are: after each sign outside of texts. A quote inside a text is written twice, which ends it and begins it again. */
function* outsideTexts(sql: string): Generator<{ at: number; depth: number }> {
  let [depth, quote] = [0, ''];
  for (let at = 0; at < sql.length; at += 1) {
    const sign = sql[at] as string;
    if (quote !== '') {
      if (sign === quote) quote = '';
      continue;
    }
    if (sign === "'" || sign === '"') quote = sign;
    else if (sign === '(') depth += 1;
    else if (sign === ')') depth -= 1;
    yield { at, depth };
  }
}

const AND = ' AND ';

/** The parts of a condition that are joined by AND, as the engine's parser spells it: `((a) AND (b))` is a and b. */
function conditionsOf(sql: string): string[] {
  const joints = [...outsideTexts(sql)].filter(({ at, depth }) => depth === 0 && sql.startsWith(AND, at)).map(({ at }) => at);
  if (joints.length > 0) return [...joints, sql.length].flatMap((to, i) => conditionsOf(sql.slice(i === 0 ? 0 : (joints[i - 1] as number) + AND.length, to)));
  const closed = [...outsideTexts(sql)].find(({ depth }) => depth === 0)?.at;
  return sql.startsWith('(') && closed === sql.length - 1 ? conditionsOf(sql.slice(1, -1)) : [sql];
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
