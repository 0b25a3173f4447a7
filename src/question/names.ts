import { edits, sameWord, slips } from './inflect.ts';
import type { Entry, Lexicon, Meaning } from './lexicon.ts';
import type { Token } from './tokens.ts';
import { COMMON, CONNECTORS, FALSE_FRIENDS, FILLERS, HEADS, MONEY_HEADS, OTHER_HEADS } from './words.ts';

/** A name found in a question: which words (`at`; from the first to the last), what it may stand for, and whether a slip was mended. */
export interface Found {
  readonly from: number;
  readonly to: number;
  readonly at: readonly number[];
  readonly meanings: readonly Meaning[];
  readonly mended: boolean;
  /** The words of the pack's own names that fitted. */
  readonly words: readonly string[];
}

/** How well a typed word fits a word of a name: 0 exactly, 1 another form of it, 2 a slip of the pen. */
type Fits = ReadonlyMap<string, 0 | 1 | 2>;

/** Of two words, the typed one is a word of its own and no slip: it ends in another word, or a shorter unit's name begins it. */
function anotherWord(lexicon: Lexicon, word: string, typed: string): boolean {
  if (OTHER_HEADS.some((head) => typed.length > head.length && typed.endsWith(head) && !word.endsWith(head))) return true;
  return lexicon.unitWords.has(word) && [...lexicon.unitWords].some((unit) => unit !== word && unit.length >= 3 && typed.startsWith(unit));
}

/** Words come again from question to question; what they fit is remembered, up to a bound. */
const remembered = new WeakMap<Lexicon, Map<string, Fits>>();
const MOST_REMEMBERED = 5_000;

function fitsOf(lexicon: Lexicon, typed: string): Fits {
  const known = remembered.get(lexicon) ?? new Map<string, Fits>();
  remembered.set(lexicon, known);
  const fits = known.get(typed) ?? computeFits(lexicon, typed);
  if (known.size >= MOST_REMEMBERED) known.clear();
  known.set(typed, fits);
  return fits;
}

/** True for a word of a name, in any form. */
export const knowsWord = (lexicon: Lexicon, word: string): boolean => [...fitsOf(lexicon, word).values()].some((fit) => fit <= 1);

function computeFits(lexicon: Lexicon, typed: string): Fits {
  const fits = new Map<string, 0 | 1 | 2>();
  for (const word of lexicon.words) {
    if (word === typed) fits.set(word, 0);
    else if (lexicon.unitWords.has(word) ? typed === `${word}s` || (word.length >= 5 && sameWord(word, typed)) : sameWord(word, typed)) fits.set(word, 1);
  }
  // A word that is one, here or in the language, is never taken for another.
  if (fits.size > 0 || COMMON.has(typed) || /\d/.test(typed)) return fits;
  for (const word of lexicon.words) {
    const allowed = lexicon.unitWords.has(word) ? Math.min(1, slips(word, typed)) : slips(word, typed);
    if (allowed > 0 && word[0] === typed[0] && edits(word, typed, allowed) <= allowed && !anotherWord(lexicon, word, typed)) fits.set(word, 2);
  }
  return fits;
}

/** A compound with a head of its own becomes two words: "sygefraværstal" is "sygefravær" and "tal". Words the lexicon knows stay whole. */
export function splitCompounds(lexicon: Lexicon, tokens: readonly Token[]): Token[] {
  const knows = (word: string): boolean => knowsWord(lexicon, word);
  return tokens.flatMap((token): Token[] => {
    if (token.folded.length < 6 || COMMON.has(token.folded) || knows(token.folded)) return [token];
    const year = /^(?:hel)?aars(?=\p{L}{4,})/u.exec(token.folded);
    if (year !== null && knows(token.folded.slice(year[0].length))) return [{ text: token.text, folded: 'helaaret' }, { text: token.text, folded: token.folded.slice(year[0].length) }];
    for (const head of MONEY_HEADS) {
      const value = token.folded.endsWith(head) ? [token.folded.slice(0, -head.length), token.folded.slice(0, -head.length).replace(/s$/, '')].find((stem) => lexicon.valueWords.has(stem)) : undefined;
      const money = token.folded.endsWith(head) ? [token.folded.slice(0, -head.length), token.folded.slice(0, -head.length).replace(/s$/, '')].find((stem) => stem.length >= 3 && [...lexicon.moneyWords].some((word) => word === stem || sameWord(word, stem))) : undefined;
      if (money !== undefined) return [{ text: token.text, folded: money }];
      if (value !== undefined) return [{ text: token.text, folded: value }, { text: token.text, folded: head }];
    }
    for (const head of HEADS) {
      if (!token.folded.endsWith(head)) continue;
      const stem = token.folded.slice(0, -head.length);
      for (const first of [stem, stem.replace(/s$/, ''), stem.replace(/e$/, '')]) if (first.length >= 3 && (lexicon.words.has(first) || (first.length >= 4 && knows(first)) || MONTH.test(first))) return [{ text: token.text, folded: first }, { text: token.text, folded: head }];
    }
    return [token];
  });
}
const MONTH = /^(?:januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december)$/;

type Use = (at: readonly number[], entries: readonly Entry[], mended: boolean) => void;

/** Finds names, the longest first; at equal length an exact one before another form of the word, and that before a slip of the pen. */
export function findNames(lexicon: Lexicon, tokens: readonly Token[]): Found[] {
  const found: Found[] = [];
  const free = tokens.map(() => true);
  const fits = tokens.map((token, i): Fits => (FALSE_FRIENDS.get(token.folded)?.has(tokens[i - 1]?.folded ?? '') === false ? new Map() : fitsOf(lexicon, token.folded)));
  const use: Use = (at, entries, mended) => {
    found.push({ from: at[0] ?? 0, to: (at.at(-1) ?? 0) + 1, at, meanings: distinctMeanings(entries), mended, words: [...new Set(entries.flatMap((entry) => entry.words))] });
    for (const i of at) free[i] = false;
  };
  const longest = Math.max(0, ...lexicon.entries.map((entry) => entry.words.length));
  for (let length = longest; length >= 1; length -= 1) {
    const entries = lexicon.entries.filter((entry) => entry.words.length === length);
    for (const step of [0, 1, 2] as const) {
      for (let from = 0; from + length <= tokens.length; from += 1) {
        if (!fits.slice(from, from + length).every((fit, i) => fit.size > 0 && free[from + i] === true)) continue;
        const fitting = entries.filter((entry) => entry.words.every((word, i) => (fits[from + i]?.get(word) ?? 3) <= (entry.spoken ? step : 0)));
        const span = tokens.slice(from, from + length);
        const usable = fitting.filter((entry) => !otherNumber(lexicon, entry, tokens, from));
        const nearest = step < 2 ? usable : nearestOnly(usable, span);
        if (nearest.length > 0) use(span.map((_, i) => from + i), nearest, step === 2);
      }
      if (length >= 2 && step === 1) scattered(entries, tokens, fits, free, use);
    }
    if (length === 2) joined(lexicon, tokens, free, use);
  }
  shared(lexicon, tokens, fits, free, found, use);
  return found.sort((a, b) => a.from - b.from);
}

/** "Allocated vs delivered hours", "timer visiteret mod leveret", "east and west Lothian": a word that makes a name with the noun of another one beside it. */
function shared(lexicon: Lexicon, tokens: readonly Token[], fits: readonly Fits[], free: readonly boolean[], found: readonly Found[], use: Use): void {
  const ids = new Set(found.flatMap((name) => name.meanings.filter((m) => m.kind === 'measure').map((m) => m.id)));
  const nouns = new Set(lexicon.entries.filter((entry) => ids.has(entry.meaning.id) && entry.meaning.kind === 'measure' && entry.spoken && entry.words.length === 2).flatMap((entry) => entry.words));
  const nextTo = (i: number, step: 1 | -1): string => { const word = tokens[i + step]?.folded ?? ''; return /^(?:det|den|de|the)$/.test(word) ? tokens[i + 2 * step]?.folded ?? '' : word; };
  tokens.forEach((token, i) => {
    if (free[i] !== true || COMMON.has(token.folded) || (!/^(?:til|to|med|with)$/.test(nextTo(i, -1)) && !CONNECTORS.has(nextTo(i, -1)) && !CONNECTORS.has(nextTo(i, 1)))) return;
    const pairs = lexicon.entries.filter((entry) => entry.meaning.kind === 'measure' && entry.spoken && entry.words.length === 2 && entry.words.some((word, j) => (fits[i]?.get(word) ?? 3) <= 1 && nouns.has(entry.words[1 - j] ?? '')));
    const meant = new Set(pairs.map((entry) => entry.meaning.id));
    if (meant.size === 1 && !found.some((name) => name.meanings.some((m) => meant.has(m.id)))) use([i], pairs, false);
  });
  // "East, North and South Ayrshire": from the right, for each shares its last word with the next.
  for (let i = tokens.length - 2; i >= 0; i -= 1) {
    const next = found.find((name) => (name.from === i + 1 || (name.from === i + 2 && /^(?:og|and|eller|or|mod|vs|samt)$/.test(tokens[i + 1]?.folded ?? ''))) && name.meanings.some((m) => m.kind === 'unit'));
    if (free[i] !== true || next === undefined) continue;
    const last = next.words.at(-1) ?? '';
    const units = lexicon.entries.filter((entry) => entry.meaning.kind === 'unit' && entry.words.length === 2 && entry.words[1] === last && (fits[i]?.get(entry.words[0] ?? '') ?? 3) === 0);
    if (new Set(units.map((entry) => entry.meaning.id)).size === 1) use([i], units, false);
  }
  // "Plads C og D": the first word is shared.
  for (let i = 2; i < tokens.length; i += 1) {
    const before = found.find((name) => name.to === i - 1 && /^(?:og|and|eller|or|mod|vs|samt)$/.test(tokens[i - 1]?.folded ?? '') && name.meanings.some((m) => m.kind === 'unit'));
    if (free[i] !== true || before === undefined) continue;
    const units = lexicon.entries.filter((entry) => entry.meaning.kind === 'unit' && entry.words.length === 2 && entry.words[0] === before.words[0] && entry.words[1] === tokens[i]?.folded);
    if (new Set(units.map((entry) => entry.meaning.id)).size === 1) use([i], units, false);
  }
}

const YEAR = /^(?:19|20)\d\d$/;
const LIMIT = /^(?:over|under|end|than|above|below|mindst|hoejst|minimum|maksimum|maximum|least|most|exceeds?|overstiger|top|paa|ca|cirka|omkring|about|around|plus|minus|faerre|mere|mindre|more|less)$/;
const QUANTITY = /^(?:kr|kroner|dkk|tkr|t|mio|mia|mill|millioner|tusind(?:e)?|thousand|million|gbp|pund|pounds?|eur|euro|pct|procent|percent|timer?|hours?|dage?|days?|uger?|weeks?|maaneder|months?|aar|years?|personer|persons|people|boern|children|borgere|citizens|stk|besoeg|visits|%)$/;

/**
 * A number that is a unit's code and may be something else in its place: an amount ("over 4712", "4712 kr."), or a year or
 * a number of two digits, which are the unit only beside a word that says so ("kommune 12").
 */
function otherNumber(lexicon: Lexicon, entry: Entry, tokens: readonly Token[], from: number): boolean {
  const [code = ''] = entry.words;
  if (entry.words.length !== 1 || !/^\d+$/.test(code) || entry.meaning.kind !== 'unit') return false;
  const [before, after] = [tokens[from - 1]?.folded ?? '', tokens[from + 1]?.folded ?? ''];
  if (LIMIT.test(before) || QUANTITY.test(after)) return true;
  if (/\d/.test(before) && !lexicon.unitWords.has(before)) return true;
  return (YEAR.test(code) || code.length < 3) && (before === '' || FILLERS.has(before) || /\d/.test(before));
}

/** Words inside a name that may be left out or stand elsewhere. */
const TINY: ReadonlySet<string> = new Set(['pr', 'per', 'of', 'the', 'af', 'i', 'in', 'en', 'et', 'a', 'an', 'for', 'til', 'to', 'og', 'and', 'med', 'with']);

/** One thing divided by another: without its "pr.", only its own words in their order, beside each other or before "a citizen", "each citizen". */
const PER = /^(?:pr|per)$/;
const ONE = /^(?:en|et|een|hver|hvert|enkelte?|a|an|one|each|every|1)$/;

/** The words of a measure's name in another order, or with a small word between: "hours were delivered", "timer leveret". */
function scattered(entries: readonly Entry[], tokens: readonly Token[], fits: readonly Fits[], free: readonly boolean[], use: Use): void {
  for (const entry of entries) {
    if (entry.meaning.kind !== 'measure' || !entry.spoken) continue;
    const content = entry.words.filter((word) => !TINY.has(word));
    if (content.length < 2) continue;
    const at = content.map((word) => tokens.findIndex((_, i) => free[i] === true && (fits[i]?.get(word) ?? 3) <= 1));
    if (at.includes(-1) || new Set(at).size < at.length) continue;
    const [first, last] = [Math.min(...at), Math.max(...at)];
    const between = tokens.slice(first, last + 1).filter((_, i) => !at.includes(first + i));
    const divided = entry.words.some((word) => PER.test(word));
    const named = at.every((i, j) => (fits[i]?.get(content[j] ?? '') ?? 3) === 0 && i > (at[j - 1] ?? -1)) && (between.length === 0 || between.some((token) => ONE.test(token.folded)));
    if (divided && !named) continue;
    if (last - first > content.length + 2 || between.some((token, i) => !FILLERS.has(token.folded) || CONNECTORS.has(token.folded) || PER.test(token.folded) || free[first + i] === false)) continue;
    use([...at].sort((a, b) => a - b), entries.filter((other) => other.meaning.kind === 'measure' && other.words.join(' ') === entry.words.join(' ')), false);
  }
}

/** One word typed as two: "time pris", "syge fravær". */
function joined(lexicon: Lexicon, tokens: readonly Token[], free: readonly boolean[], use: Use): void {
  const single = lexicon.entries.filter((entry) => entry.words.length === 1 && (entry.words[0]?.length ?? 0) >= 6);
  for (let i = 0; i + 1 < tokens.length; i += 1) {
    if (free[i] !== true || free[i + 1] !== true) continue;
    const [left, right] = [tokens[i]?.folded ?? '', tokens[i + 1]?.folded ?? ''];
    const whole = left + right;
    if (left.length < 3 || right.length < 3) continue;
    const exact = single.filter((entry) => entry.words[0] === whole);
    const fitting = exact.length > 0 ? exact : single.filter((entry) => sameWord(entry.words[0] ?? '', whole));
    if (fitting.length > 0) use([i, i + 1], fitting, false);
  }
}

/** Of slips, only the nearest names; and of units none when two are as near, for a wrong unit is worse than a question. */
function nearestOnly(entries: readonly Entry[], span: readonly Token[]): readonly Entry[] {
  if (entries.length === 0) return [];
  const distance = (entry: Entry): number => entry.words.reduce((sum, word, i) => sum + (sameWord(word, span[i]?.folded ?? '') ? 0 : edits(word, span[i]?.folded ?? '', 3)), 0);
  const least = Math.min(...entries.map(distance));
  const near = entries.filter((entry) => distance(entry) === least);
  const units = new Set(near.filter((entry) => entry.meaning.kind === 'unit').map((entry) => entry.meaning.id));
  return units.size > 1 ? [] : near;
}

function distinctMeanings(entries: readonly Entry[]): Meaning[] {
  return [...new Map(entries.map(({ meaning }) => [`${meaning.kind} ${meaning.pack} ${meaning.id}`, meaning])).values()];
}
