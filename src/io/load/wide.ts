import { distance } from 'fastest-levenshtein';
import { runInNewContext } from 'node:vm';

/** A pattern can be written so that it takes for ever; what takes longer than this over all headers of a file is broken off. */
const LONGEST_MATCH_MS = 500;
const MOST_NAMES = 500;
const LONGEST_HEADER = 40;

/** Which of some texts a pattern matches as a whole; null: it took too long. */
export function matching(pattern: string, texts: readonly string[]): boolean[] | null {
  try {
    return runInNewContext("texts.map((text) => new RegExp(`^(?:${pattern})$`, 'u').test(text))", { pattern, texts: [...texts] }, { timeout: LONGEST_MATCH_MS }) as boolean[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null;
    throw error;
  }
}

/** The names that a pattern such as `Jan|Feb` or `(Q1|Q2) 202[56]` stands for; null: they are not a list. */
export function namesOf(pattern: string): string[] | null {
  let at = 0;
  const signs = [...pattern];
  const alternatives = (): string[] | null => {
    const all: string[] = [];
    for (;;) {
      const names = sequence();
      if (names === null || all.length + names.length > MOST_NAMES) return null;
      all.push(...names);
      if (signs[at] !== '|') return all;
      at++;
    }
  };
  const sequence = (): string[] | null => {
    let names = [''];
    while (at < signs.length && signs[at] !== '|' && signs[at] !== ')') {
      let next = piece();
      if (next === null) return null;
      if (signs[at] === '?') {
        next = [...next, ''];
        at++;
      }
      if (names.length * next.length > MOST_NAMES) return null;
      names = names.flatMap((begin) => (next ?? []).map((end) => begin + end));
    }
    return names;
  };
  const piece = (): string[] | null => {
    const sign = signs[at++] ?? '';
    if (sign === '(') {
      if (signs[at] === '?' && signs[at + 1] === ':') at += 2;
      const inner = signs[at] === '?' ? null : alternatives();
      return signs[at++] === ')' ? inner : null;
    }
    if (sign === '[') {
      const end = signs.indexOf(']', at);
      const letters = signs.slice(at, end);
      at = end + 1;
      return end < 0 || letters.some((letter) => ['\\', '-', '^'].includes(letter)) ? null : letters;
    }
    if (sign === '\\') {
      const escaped = signs[at++] ?? '';
      return /[\p{L}\d]/u.test(escaped) ? null : [escaped];
    }
    return '.*+?{}^$]'.includes(sign) ? null : [sign];
  };
  const names = alternatives();
  return names === null || at < signs.length ? null : [...new Set(names)].filter((name) => name !== '');
}

/** A header that is one slip away from a name nothing matches: a month that would be gone. */
export interface NearMiss {
  readonly header: string;
  readonly name: string;
}

/**
 * Of the headers that neither a column nor the pattern takes, those that nearly match it. `matched`: the headers that do.
 */
export function nearMisses(pattern: string, unused: readonly string[], matched: readonly string[]): NearMiss[] {
  const names = namesOf(pattern);
  if (names === null) return unused.flatMap((header) => slipOf(pattern, header, new Set(matched)));
  const free = names.filter((name) => !matched.includes(name));
  return unused.flatMap((header) => {
    const name = free.find((one) => isNear(header, one));
    return name === undefined ? [] : [{ header, name }];
  });
}

function isNear(header: string, name: string): boolean {
  const [a, b] = [folded(header), folded(name)];
  if (b.length < 2) return a === b;
  if (distance(a, b) <= (Math.min(a.length, b.length) >= 5 ? 2 : 1) || areSwapped(a, b)) return true;
  // 'Okt.' and 'Okt (skøn)' begin with the name.
  return a.startsWith(b) && !/^[\p{L}\d]/u.test(a.slice(b.length));
}

const folded = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ').trim();

function areSwapped(a: string, b: string): boolean {
  const at = [...a].findIndex((sign, i) => sign !== b[i]);
  return a.length === b.length && at >= 0 && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}

/** Of a pattern that is no list: a header with digits that matches but for one sign, such as `2O24` for a year. */
function slipOf(pattern: string, header: string, matched: ReadonlySet<string>): NearMiss[] {
  if (header.length > LONGEST_HEADER || header.replace(/\D/g, '').length < 2) return [];
  const signs = [...header];
  const other = [...'0123456789', ...'KQTkqt-/_. '];
  const forms = signs.flatMap((_, i) => [signs.toSpliced(i, 1), ...other.flatMap((sign) => [signs.toSpliced(i, 1, sign), signs.toSpliced(i, 0, sign)])]).concat(other.map((sign) => [...signs, sign]));
  const texts = [...new Set([header.toLowerCase(), header.toUpperCase(), ...forms.map((form) => form.join('').trim())])];
  const fits = matching(pattern, texts);
  const found = texts.filter((_, i) => fits?.[i] === true);
  // Where a whole column is there already, the other one says something else of it.
  return found.length === 0 || found.some((text) => matched.has(text)) ? [] : [{ header, name: found[0] ?? '' }];
}
