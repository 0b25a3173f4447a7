import type { Pack } from '../pack/model.ts';
import { AGAINST } from './comparing.ts';
import { MARK, take, takeTokens, type Draft, type Taken } from './draft.ts';
import { sameWord } from './inflect.ts';
import type { Found } from './names.ts';
import type { Said } from './said.ts';
import { CONNECTORS, FILLERS } from './words.ts';
import { fold, tokenize } from './tokens.ts';

/** A measure named in a question, and where. */
export interface NamedMeasure { readonly ids: readonly string[]; readonly from: number; readonly to: number; readonly mended: boolean }

const GROUPING = /^(?:pr|per|by|efter|hver|hvert|each|every|hvilke|hvilket|hvilken|which|what|alle|all|samtlige|across|de|blandt|among|between|mellem|fordelt|opdelt|any|nogen|nogle|enkelte|individual|vores|our|andre|other|others|oevrige|flere|how)$/;
const BEFORE_CODE = /^(?:enhed(?:en)?|unit|afdeling(?:en)?|department|kode(?:n)?|code|nr|nummer|number|no)$/;
const OWN = /^(?:mit|min|mine|eget|egen|egne|my|own|vores|our|dit|hele)$/;
const LEAVING_OUT = /^(?:undtagen|except|excluding|uden|without|minus|eksklusive?|excl|ex|ikke|not)$/;

/** Marks the names of a question as taken, each as what it is. */
export function takeNames(draft: Draft, pack: Pack, names: readonly Found[]): void {
  const plans = new Set([...pack.plans.values()].flatMap((plan) => (plan.kind === 'target' ? [] : [plan.by])));
  for (const name of names) {
    const kinds = new Set(name.meanings.map((m) => m.kind));
    const mark = kinds.has('unit') ? MARK.unit : kinds.has('level') ? MARK.level : kinds.has('measure') ? (name.meanings.some((m) => plans.has(m.id)) ? MARK.plan : MARK.measure) : kinds.has('value') ? MARK.value : MARK.dimension;
    for (const i of name.at) draft.marks[i] = mark;
  }
}

/** The measures among the names; a name that a unit, a level or a dimension has as well is theirs. */
export function measuresNamed(names: readonly Found[]): NamedMeasure[] {
  return names
    .filter((name) => name.meanings.some((m) => m.kind === 'measure') && !name.meanings.some((m) => m.kind === 'unit' || m.kind === 'level'))
    .map((name) => ({ ids: name.meanings.filter((m) => m.kind === 'measure').map((m) => m.id), from: name.from, to: name.to, mended: name.mended }));
}

/** The level just below the whole, or the one a person's own units are on. */
export function levelBelow(pack: Pack, own: readonly string[]): string | null {
  const level = pack.organisation.units.get(own[0] ?? '')?.level ?? null;
  if (level !== null && own[0] !== pack.organisation.root) return level;
  return levelWithin(pack, [pack.organisation.root]);
}

/** The level just below some units; null when they have none. */
export function levelWithin(pack: Pack, units: readonly string[]): string | null {
  const child = units.flatMap((unit) => pack.organisation.units.get(unit)?.children ?? [])[0];
  return child === undefined ? null : pack.organisation.units.get(child)?.level ?? null;
}

/** Reads units, levels, dimensions and their values. `own` are the asker's units. */
export function readPlaces(draft: Draft, said: Said, pack: Pack, names: readonly Found[], own: readonly string[]): Taken[] {
  const taken: Taken[] = [];
  const word = (i: number): string => draft.tokens[i]?.folded ?? '';
  const swallow = (i: number, pattern: RegExp): boolean => { if (draft.marks[i] === null && pattern.test(word(i))) { draft.marks[i] = MARK.other; return true; } return false; };
  const note = (from: number, to: number, as: 'unit' | 'grouping' = 'grouping'): void => { taken.push({ ...takeTokens(draft, from, to, MARK.other), groups: [], as }); };
  const isLevel = (i: number): boolean => names.some((name) => name.from <= i && i < name.to && name.meanings.some((m) => m.kind === 'level'));

  const whole = take(draft, `(?:paa |i |for |in |across )?(?:hele |the whole |the entire |whole )(?:omraadet|omraade|organisationen|forvaltningen|kommunen|area|organi[sz]ation|department|municipality)`);
  const ours = take(draft, '(?:hos|for) (?:os selv|os|mig selv|mig)|for (?:us|me|ourselves|myself)|(?:vores|mine|our|my) (?:egne|egen|eget|own)(?: tal| figures| numbers)?');
  if (ours !== null && own.length > 0) { said.units.push(...own); taken.push({ ...ours, as: 'unit' }); }
  if (whole !== null) { said.units.push(pack.organisation.root); taken.push({ ...whole, as: 'unit' }); }

  for (const name of names) {
    const unit = name.meanings.find((m) => m.kind === 'unit');
    const level = name.meanings.find((m) => m.kind === 'level');
    const value = name.meanings.find((m) => m.kind === 'value');
    const dimension = name.meanings.find((m) => m.kind === 'dimension');
    const measure = name.meanings.some((m) => m.kind === 'measure');
    const before = word(name.from - 1);
    if (unit !== undefined) {
      const typed = draft.tokens.slice(name.from, name.to).map((token) => token.folded).join(' ');
      // "Enhed 4712", "enhed nr. 4712": it says that a code follows.
      if (pack.organisation.units.get(unit.id)?.codes.some((code) => tokenize(code).map(({ folded }) => folded).join(' ') === typed) === true) for (let i = name.from - 1; i >= 0 && swallow(i, BEFORE_CODE); i -= 1);
      const left = LEAVING_OUT.test(before) ? 1 : /^(?:bortset fra|apart from|other than|paa naer|ud over)$/.test(`${word(name.from - 2)} ${before}`) ? 2 : 0;
      const listed = said.except.length > 0 && CONNECTORS.has(before) && said.except.includes(lastUnit(names, name) ?? '');
      if (left > 0 || listed) { said.except.push(unit.id); note(name.from - left, name.to, 'unit'); } else { said.units.push(unit.id); note(name.from, name.to, 'unit'); }
      continue;
    }
    if (measure && level === undefined) continue;
    if (level === undefined && value !== undefined) {
      const values = said.by !== null && 'dimension' in said.by && said.by.dimension === value.dimension ? said.by.values ?? [] : [];
      said.by = { dimension: value.dimension, values: [...values, value.id] };
      note(name.from, name.to);
      continue;
    }
    if (level === undefined && dimension !== undefined) {
      said.by = said.by !== null && 'dimension' in said.by && said.by.dimension === dimension.id ? said.by : { dimension: dimension.id, values: null };
      swallow(name.from - 1, GROUPING);
      note(name.from, name.to);
      continue;
    }
    if (level === undefined) continue;
    readLevel(name, level.id);
  }
  // Held against the others, a unit is one of them.
  if (said.others && said.level !== null) said.units.length = 0;
  if (said.level === null && said.units.length === 0) {
    const all = take(draft, `(?:for |i |in |hos |paa tvaers af )?(?:alle sammen|allesammen|alle|samtlige|all of them|everyone|everybody|(?:er der )?nogen(?= (?:der|som|\u0001))|anyone|anybody|hvem(?= (?:har|er|ligger|bruger|fik|leverer|leverede|kommer|\u0001))|who(?= (?:has|have|is|are|had|spent|spends|\u0001)))(?! [\u0005\u0002\u0007\u0006])`);
    if (all !== null && (FILLERS.has(word(all.to)) || draft.marks[all.to] !== null || all.to >= draft.tokens.length || /hvem|who|nogen|any/i.test(all.words))) { said.level = ''; taken.push(all); }
  }
  const others = take(draft, `(?:(?:${AGAINST}|som|blandt) )?(?:de |the |all )(?:andre|oevrige|others)|(?:${AGAINST}|som) (?:rest(?:en)?|the rest|naboer(?:ne)?|peers?|siblings|kollegerne)(?: (?:af|of) (?:the )?(?:${MARK.level}|${MARK.unit}))?`);
  if (others !== null) { said.level = ''; said.units.length = 0; taken.push(others); }
  if (said.level === '') said.level = levelBelow(pack, own);
  return taken;

  function readLevel(name: Found, id: string): void {
    const before = word(name.from - 1);
    const top = id === pack.organisation.levels[0]?.id;
    const info = pack.organisation.levels.find((one) => one.id === id);
    const typed = draft.tokens.slice(name.from, name.to).map((token) => token.folded).join(' ');
    const definite = info !== undefined && (['et', 't', 'en', 'n', 'ets', 'ens'].some((end) => typed === fold(info.name.da) + end) || (typed.replace(/ s$/, '') === fold(info.name.en) && /^(?:the|whole|entire)$/.test(before)));
    const from = BEFORE_CODE.test(word(name.to)) ? name.to + 1 : name.to;
    const next = names.some((other) => other.from === from && other.meanings.some((m) => m.kind === 'unit')) || names.some((other) => other.to === name.from && other.meanings.some((m) => m.kind === 'unit') && !isPlural(typed, info?.plural.da ?? '', info?.plural.en ?? ''));
    // "Distrikt Nord": the level is only a title.
    if (next && !GROUPING.test(before) && !isPlural(typed, info?.plural.da ?? '', info?.plural.en ?? '')) { note(name.from, name.to, 'unit'); return; }
    // "The area average" is a comparison.
    if (/^(?:average|gennemsnit|gennemsnittet|snit|snittet)$/.test(word(name.to))) return;
    const together = take(draft, `(?:for |i |in )?(?:alle |all |de |the )?${MARK.level} (?:samlet|tilsammen|under et|lagt sammen|together|combined|in total|sammenlagt|i alt)`);
    if (together !== null || top) { said.units.push(pack.organisation.root); swallow(name.from - 1, OWN); note(name.from, name.to, 'unit'); return; }
    const ownAtLevel = own.filter((one) => pack.organisation.units.get(one)?.level === id);
    if (OWN.test(before) && !isPlural(typed, info?.plural.da ?? '', info?.plural.en ?? '')) {
      if (ownAtLevel.length > 0) said.units.push(...ownAtLevel); else said.oneOfLevel = id;
      swallow(name.from - 1, OWN);
      note(name.from, name.to, 'unit');
      return;
    }
    if (definite && !GROUPING.test(before.replace(/^(?:the|de)$/, ''))) {
      if (ownAtLevel.length > 0) said.units.push(...ownAtLevel); else said.oneOfLevel = id;
      note(name.from, name.to, 'unit');
      return;
    }
    said.level = id;
    if (/^(?:andre|oevrige|other)$/.test(before)) said.others = true;
    for (let i = name.from - 1; i >= 0 && swallow(i, GROUPING) && !isLevel(i); i -= 1);
    note(name.from, name.to);
  }
}

const isPlural = (typed: string, ...plurals: readonly string[]): boolean => plurals.some((plural) => plural !== '' && (typed === fold(plural) || typed === `${fold(plural)}ne` || typed === `${fold(plural)}s` || (typed.length > fold(plural).length && sameWord(typed, fold(plural)) && typed.startsWith(fold(plural)))));

/** The unit named just before another name. */
function lastUnit(names: readonly Found[], name: Found): string | undefined {
  return names.filter((one) => one.to <= name.from).at(-1)?.meanings.find((m) => m.kind === 'unit')?.id;
}
