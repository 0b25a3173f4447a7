import { isMoney } from '../card/numbers.ts';
import { LANGUAGES, type Pack } from '../pack/model.ts';
import { tokenize } from './tokens.ts';
import { COMMON } from './words.ts';

/** What a name in a pack stands for. */
export type Meaning =
  | { readonly kind: 'measure'; readonly pack: string; readonly id: string }
  | { readonly kind: 'unit'; readonly pack: string; readonly id: string }
  | { readonly kind: 'level'; readonly pack: string; readonly id: string }
  | { readonly kind: 'dimension'; readonly pack: string; readonly id: string }
  /** A declared value of a dimension; `id` is the value as it stands in the data. */
  | { readonly kind: 'value'; readonly pack: string; readonly id: string; readonly dimension: string };

/** `spoken`: a name as people say it; an id of a measure is one only letter by letter. */
export interface Entry { readonly words: readonly string[]; readonly meaning: Meaning; readonly spoken: boolean }

/** Every name of the packs, ready to be found in a question. */
export interface Lexicon {
  readonly packs: ReadonlyMap<string, Pack>;
  /** The longest first. */
  readonly entries: readonly Entry[];
  /** Every single word of every name, for telling a slip of the pen from another word. */
  readonly words: ReadonlySet<string>;
  /** Words of the names of units: of these a slip is mended with more care. */
  readonly unitWords: ReadonlySet<string>;
  /** Names of one word for money that is spent on something: "vikarer", "løn". */
  readonly moneyWords: ReadonlySet<string>;
  /** Values of dimensions that are one word. */
  readonly valueWords: ReadonlySet<string>;
}

/** Makes the lexicon of some packs: names, short names, codes and synonyms in both languages. */
export function buildLexicon(packs: readonly Pack[]): Lexicon {
  const entries = new Map<string, Entry>();
  const add = (name: string, meaning: Meaning, spoken = true): void => {
    const words = tokenize(name).map((token) => token.folded);
    const key = `${words.join(' ')}|${meaning.kind}|${meaning.pack}|${meaning.id}`;
    if (words.length > 0 && !entries.has(key)) entries.set(key, { words, meaning, spoken });
  };
  for (const pack of packs) {
    for (const language of LANGUAGES) {
      for (const measure of pack.measures.values()) for (const name of [measure.name[language], ...measure.synonyms[language]]) add(name, { kind: 'measure', pack: pack.id, id: measure.id });
      for (const unit of pack.organisation.units.values()) for (const name of [unit.name[language], unit.shortName[language], ...unit.codes, ...unit.synonyms]) add(name, { kind: 'unit', pack: pack.id, id: unit.id });
      for (const level of pack.organisation.levels) for (const name of [level.name[language], level.plural[language], ...level.synonyms[language]]) add(name, { kind: 'level', pack: pack.id, id: level.id });
      for (const source of pack.sources.values()) for (const dimension of source.dimensions) {
        for (const name of [dimension.name[language], ...dimension.synonyms[language]]) add(name, { kind: 'dimension', pack: pack.id, id: dimension.id });
        for (const [value, name] of Object.entries(dimension.values)) for (const text of [name[language], value]) add(text, { kind: 'value', pack: pack.id, id: value, dimension: dimension.id });
      }
    }
    for (const measure of pack.measures.values()) add(measure.id.replaceAll('_', ' '), { kind: 'measure', pack: pack.id, id: measure.id }, false);
  }
  // A word that only one unit's name has stands for it: "Hull" for Kingston upon Hull.
  const owners = new Map<string, Set<string>>();
  for (const { words, meaning } of entries.values()) for (const word of words) owners.set(word, (owners.get(word) ?? new Set()).add(`${meaning.kind} ${meaning.pack} ${meaning.id}`));
  for (const { words, meaning } of [...entries.values()]) {
    // "City of London" is not London, and Aberdeen may be Aberdeenshire.
    if (meaning.kind !== 'unit' || words.length < 2 || words.includes('of')) continue;
    for (const word of words) if (word.length >= 4 && owners.get(word)?.size === 1 && !COMMON.has(word) && ![...owners.keys()].some((other) => other !== word && other.startsWith(word))) entries.set(`${word}|part|${meaning.pack}|${meaning.id}`, { words: [word], meaning, spoken: true });
  }
  const sorted = [...entries.values()].sort((a, b) => b.words.length - a.words.length || b.words.join('').length - a.words.join('').length);
  return {
    packs: new Map(packs.map((pack) => [pack.id, pack])), entries: sorted,
    words: new Set(sorted.flatMap((entry) => entry.words)),
    moneyWords: new Set(sorted.flatMap((entry) => { const measure = entry.meaning.kind === 'measure' ? packs.find((pack) => pack.id === entry.meaning.pack)?.measures.get(entry.meaning.id) : undefined; return measure?.kind === 'flow' && entry.words.length === 1 && isMoney(measure.unit) && !packs.some((pack) => pack.plans.has(measure.id) || [...pack.plans.values()].some((plan) => plan.kind !== 'target' && plan.by === measure.id)) ? entry.words : []; })),
    valueWords: new Set(sorted.flatMap((entry) => (entry.meaning.kind === 'value' && entry.words.length === 1 ? entry.words : []))),
    unitWords: new Set(sorted.flatMap((entry) => (entry.meaning.kind === 'unit' ? entry.words : []))),
  };
}
