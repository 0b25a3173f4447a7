import { isMoney } from '../card/numbers.ts';
import type { Pack } from '../pack/model.ts';
import { MARK, take, wordsOf, type Draft, type Taken } from './draft.ts';
import { sameWord } from './inflect.ts';
import { plannedBy, spendOf } from './measures.ts';
import type { NamedMeasure } from './naming.ts';
import type { Said } from './said.ts';
import { fold } from './tokens.ts';

const JOINS_UNDER = '(?:pr|per|for hver|for each|divideret med|divided by|delt med|delt paa|over antal|i forhold til antal)';

/** The only dimension of what is asked about, or of the spend: "hvad bruger vi mest på". */
export function dimensionOf(pack: Pack, ids: readonly string[]): string | null {
  const measure = pack.measures.get(ids[0] ?? spendOf(pack) ?? '');
  const dimensions = measure !== undefined && 'source' in measure ? pack.sources.get(measure.source)?.dimensions ?? [] : [];
  return dimensions.length === 1 ? dimensions[0]?.id ?? null : null;
}

/** "X pr. Y" between two measures. */
export function readDivision(draft: Draft, said: Said, named: readonly NamedMeasure[]): void {
  const measure = `[${MARK.measure}${MARK.plan}]`;
  const found = take(draft, `${measure} (?:\\p{L}+ )?${JOINS_UNDER} (?:en |et |a |an )?${measure}`, '');
  if (found === null) return;
  const over = named.find((one) => one.from <= found.from && found.from < one.to);
  const under = named.find((one) => one.from < found.to && found.to <= one.to);
  if (over === undefined || under === undefined || over === under || over.ids[0] === undefined || under.ids[0] === undefined || over.ids.length > 1 || under.ids.length > 1) return;
  said.divided = [over.ids[0], under.ids[0]];
  take(draft, JOINS_UNDER);
}

/** "Sengedage efter årsag" is a measure of its own; its name says that it is divided. */
export function splitByName(draft: Draft, said: Said, pack: Pack, named: readonly NamedMeasure[]): void {
  if (said.by !== null || named.length !== 1 || named[0] === undefined) return;
  const words = draft.tokens.slice(named[0].from, named[0].to).map((token) => token.folded);
  const at = words.findIndex((word) => /^(?:efter|by|pr)$/.test(word));
  const measure = pack.measures.get(named[0].ids[0] ?? '');
  if (at < 0 || measure === undefined || !('source' in measure)) return;
  const dimension = pack.sources.get(measure.source)?.dimensions.find((one) => [one.name.da, one.name.en].some((name) => sameWord(fold(name), words[at + 1] ?? '')));
  if (dimension !== undefined) said.by = { dimension: dimension.id, values: null };
}

/** "Udgifter til vikarer", "forbrug af salt": the second measure is a part of the first, and is what is asked for. */
function narrows(pack: Pack, id: string, by: string, typed: string): boolean {
  const [one, other] = [pack.measures.get(id), pack.measures.get(by)];
  if (one === undefined || other === undefined || id === by || one.kind !== 'flow' || other.kind !== 'flow' || plannedBy(pack, id) !== undefined) return false;
  if (isMoney(one.unit) && isMoney(other.unit)) return true;
  return [other.name.da, other.name.en].some((name) => name.toLowerCase().endsWith(typed.toLowerCase()));
}

/** Two measures of which one limits the other: "sygefravær blandt vikarer", "hvor meget af lønnen går til vikarer". */
function restriction(draft: Draft, named: readonly NamedMeasure[]): readonly [string, string] | null {
  const [one, other] = named;
  if (named.length !== 2 || one?.ids.length !== 1 || other?.ids.length !== 1) return null;
  const between = draft.tokens.slice(one.to, other.from).map((token) => token.folded).join(' ');
  const limiting = /^(?:(?:gaar|bruges|brugt|er|goes|went|is|spent|used) )?(?:til|for|paa|blandt|hos|on|of|among|to)(?: (?:the|vores|our|de))?$/.test(between);
  return limiting && one.ids[0] !== undefined && other.ids[0] !== undefined ? [one.ids[0], other.ids[0]] : null;
}

/** The measures said. A budget that something lies over or under is what it is held against, and no measure of its own. */
export function readMeasures(said: Said, pack: Pack, named: readonly NamedMeasure[], held: readonly Taken[], draft: Draft): void {
  const tokens = draft.tokens;
  const pair = said.comparisons.length === 0 || said.comparisons.every((one) => one === 'share') ? restriction(draft, named) : null;
  for (const one of named) {
    const first = one.ids[0];
    const next = named.find((other) => other.from > one.to - 1 && /^(?:til|paa|af|on|of|for)(?: (?:the|vores|our|de))?$/.test(tokens.slice(one.to, other.from).map((token) => token.folded).join(' ')));
    if (next !== undefined && next.ids.length === 1 && one.ids.length === 1 && narrows(pack, one.ids[0] ?? '', next.ids[0] ?? '', wordsOf(draft, one.from, one.to))) continue;
    const asPlan = one.ids.length === 1 && first !== undefined && plannedBy(pack, first) !== undefined && held.some((span) => span.from <= one.from && one.to <= span.to);
    if (one.ids.length > 1) said.unclear.push({ words: wordsOf(draft, one.from, one.to), measures: one.ids });
    else if (first !== undefined && !asPlan && !said.measures.includes(first)) said.measures.push(first);
  }
  if (pair !== null && said.measures.length === 2 && pair.every((id) => said.measures.includes(id))) said.restricted = pair;
  if (said.measures.length === 0 && said.unclear.length === 0) {
    const plan = named.find((one) => one.ids[0] !== undefined && plannedBy(pack, one.ids[0]) !== undefined)?.ids[0];
    const of = plan === undefined ? undefined : plannedBy(pack, plan);
    if (of !== undefined) { said.measures.push(of); said.viaPlan = true; }
  }
}
