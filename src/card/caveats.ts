import { seesCaveat } from '../access/rule.ts';
import type { Caveat, Pack, Person } from '../pack/model.ts';
import { basesOf } from '../query/evaluate.ts';
import type { Result } from '../query/result.ts';
import { withGapsFor } from './leftout.ts';
import { messages } from './messages.ts';

/**
 * A result with its caveats, and what its figures were made without, as a person may read them. A total they may see can hold units they may not: of what is said about
 * those they hear only that there is something, with neither its words nor its unit.
 */
export function withCaveatsFor(pack: Pack, person: Person, whole: Result): Result {
  const result = withGapsFor(pack, person, whole);
  const shown = new Set(result.query.measures.flatMap((id) => [id, ...basesOf(pack, id)]));
  const about = result.caveats.filter(({ measures }) => measures === null || measures.some((id) => shown.has(id)));
  const readable = about.filter((caveat) => seesCaveat(pack, person, caveat));
  const { from, to } = result.query.period;
  const reserved: Caveat = { unit: null, measures: null, from, to, text: { da: messages('da').noteReserved, en: messages('en').noteReserved } };
  return { ...result, caveats: readable.length === about.length ? readable : [...readable, reserved] };
}
