import { LANGUAGES, type Pack } from '../pack/model.ts';
import { edits, sameWord, slips } from './inflect.ts';
import { COMMON } from './words.ts';
import { tokenize, type Token } from './tokens.ts';

/** What a name in a pack stands for. */
export type Meaning =
  | { readonly kind: 'measure'; readonly pack: string; readonly id: string }
  | { readonly kind: 'unit'; readonly pack: string; readonly id: string }
  | { readonly kind: 'level'; readonly pack: string; readonly id: string }
  | { readonly kind: 'dimension'; readonly pack: string; readonly id: string };

interface Entry { readonly words: readonly string[]; readonly meaning: Meaning }

/** Every name of the packs, ready to be found in a question. */
export interface Lexicon {
  readonly packs: ReadonlyMap<string, Pack>;
  readonly entries: readonly Entry[];
  /** Every single word of every name, for telling a slip of the pen from another word. */
  readonly words: ReadonlySet<string>;
}

/** Makes the lexicon of some packs: names, short names, codes and synonyms in both languages. */
export function buildLexicon(packs: readonly Pack[]): Lexicon {
  const entries = new Map<string, Entry>();
  const add = (name: string, meaning: Meaning): void => {
    const words = tokenize(name).map((token) => token.folded);
    if (words.length > 0) entries.set(`${words.join(' ')}|${meaning.kind}|${meaning.pack}|${meaning.id}`, { words, meaning });
  };
  for (const pack of packs) {
    for (const language of LANGUAGES) {
      for (const measure of pack.measures.values()) for (const name of [measure.name[language], ...measure.synonyms[language]]) add(name, { kind: 'measure', pack: pack.id, id: measure.id });
      for (const unit of pack.organisation.units.values()) for (const name of [unit.name[language], unit.shortName[language], ...unit.codes, ...unit.synonyms]) add(name, { kind: 'unit', pack: pack.id, id: unit.id });
      for (const level of pack.organisation.levels) for (const name of [level.name[language], level.plural[language], ...level.synonyms[language]]) add(name, { kind: 'level', pack: pack.id, id: level.id });
      for (const source of pack.sources.values()) for (const dimension of source.dimensions) for (const name of [dimension.name[language], ...dimension.synonyms[language]]) add(name, { kind: 'dimension', pack: pack.id, id: dimension.id });
    }
    for (const measure of pack.measures.values()) add(measure.id.replaceAll('_', ' '), { kind: 'measure', pack: pack.id, id: measure.id });
  }
  const list = [...entries.values()].sort((a, b) => b.words.length - a.words.length || b.words.join('').length - a.words.join('').length);
  return { packs: new Map(packs.map((pack) => [pack.id, pack])), entries: list, words: new Set(list.flatMap((entry) => entry.words)) };
}

/** A name found in a question: which words, what it may stand for, and whether a slip was mended. */
export interface Found {
  readonly from: number;
  readonly to: number;
  readonly meanings: readonly Meaning[];
  readonly mended: boolean;
}

/** How well a typed word fits a word of a name: 0 exactly, 1 another form of it, 2 a slip of the pen. */
type Fits = ReadonlyMap<string, 0 | 1 | 2>;

function fitsOf(lexicon: Lexicon, typed: string): Fits {
  const fits = new Map<string, 0 | 1 | 2>();
  for (const word of lexicon.words) {
    if (word === typed) fits.set(word, 0);
    else if (sameWord(word, typed)) fits.set(word, 1);
  }
  // A word that is one, here or in the language, is never taken for another.
  if (fits.size > 0 || COMMON.has(typed) || /\d/.test(typed)) return fits;
  for (const word of lexicon.words) if (word[0] === typed[0] && slips(word) > 0 && edits(word, typed, slips(word)) <= slips(word)) fits.set(word, 2);
  return fits;
}

/** Finds names, the longest first; at equal length an exact one before another form of the word, and that before a slip of the pen. */
export function findNames(lexicon: Lexicon, tokens: readonly Token[], taken: readonly boolean[]): Found[] {
  const found: Found[] = [];
  const free = taken.map((t) => !t);
  const fits = tokens.map((token) => fitsOf(lexicon, token.folded));
  const longest = Math.max(0, ...lexicon.entries.map((entry) => entry.words.length));
  for (let length = longest; length >= 1; length -= 1) {
    const entries = lexicon.entries.filter((entry) => entry.words.length === length);
    for (const step of [0, 1, 2]) {
      for (let from = 0; from + length <= tokens.length; from += 1) {
        if (!fits.slice(from, from + length).every((fit, i) => fit.size > 0 && free[from + i] === true)) continue;
        const fitting = entries.filter((entry) => entry.words.every((word, i) => (fits[from + i]?.get(word) ?? 3) <= step));
        if (fitting.length === 0) continue;
        const span = tokens.slice(from, from + length);
        const meanings = step < 2 ? fitting.map((entry) => entry.meaning) : nearestOnly(fitting, span);
        if (meanings.length === 0) continue;
        found.push({ from, to: from + length, meanings: distinctMeanings(meanings), mended: step === 2 });
        for (let i = from; i < from + length; i += 1) free[i] = false;
      }
    }
  }
  return found.sort((a, b) => a.from - b.from);
}

/** Of slips, only the nearest names; and of units none when two are as near, for a wrong unit is worse than a question. */
function nearestOnly(entries: readonly Entry[], span: readonly Token[]): Meaning[] {
  const distance = (entry: Entry): number => entry.words.reduce((sum, word, i) => sum + edits(word, span[i]?.folded ?? '', 3), 0);
  const least = Math.min(...entries.map(distance));
  const near = entries.filter((entry) => distance(entry) === least).map((entry) => entry.meaning);
  const units = new Set(near.filter((m) => m.kind === 'unit').map((m) => m.id));
  return units.size > 1 ? [] : near;
}

function distinctMeanings(meanings: readonly Meaning[]): Meaning[] {
  return [...new Map(meanings.map((m) => [`${m.kind} ${m.pack} ${m.id}`, m])).values()];
}

