import type { Token } from './tokens.ts';

/** A part of a question, as it was understood; an assumed one was not said. */
export interface Understood {
  readonly part: 'measure' | 'unit' | 'period' | 'comparison' | 'grouping' | 'filter' | 'order' | 'limit' | 'shape' | 'intent';
  /** The asker's own words; empty when assumed. */
  readonly words: string;
  readonly meaning: string;
  readonly assumed: boolean;
}

/**
 * A question while it is read. Each reader takes the words it understands; a taken word becomes a mark, which says
 * what it was taken as and which no pattern crosses by accident.
 */
export interface Draft {
  readonly tokens: readonly Token[];
  readonly marks: (string | null)[];
}

/** What words may be taken as. `plan` is a measure that is the budget of another. */
export const MARK = { other: '\u0001', plan: '\u0002', level: '\u0003', unit: '\u0004', measure: '\u0005', dimension: '\u0006', value: '\u0007', period: '\u000e' } as const;

export interface Taken {
  /** As typed. */
  readonly words: string;
  readonly groups: readonly (string | undefined)[];
  readonly from: number;
  /** The token after the last one. */
  readonly to: number;
  /** What it names, where that is not plain from the reader that took it. */
  readonly as?: 'unit' | 'grouping';
}

const patterns = new Map<string, RegExp>();
function compiled(pattern: string): RegExp {
  const known = patterns.get(pattern) ?? new RegExp(`(?<![\\p{L}\\d])(?:${pattern})(?![\\p{L}\\d])`, 'u');
  patterns.set(pattern, known);
  return known;
}

/** The words that are still free, as one text, with a mark for each that is taken. */
export function freeText(draft: Draft): { text: string; tokenAt: (offset: number) => number } {
  const starts: number[] = [];
  let text = '';
  draft.tokens.forEach((token, i) => {
    starts.push(text.length);
    text += `${draft.marks[i] ?? token.folded} `;
  });
  return { text, tokenAt: (offset) => { let i = 0; while (i + 1 < starts.length && (starts[i + 1] ?? 0) <= offset) i += 1; return i; } };
}

/** Takes the words of the first match of a pattern (one of this program's own, never a user's text) in what is still free. */
export function take(draft: Draft, pattern: string, mark: string = MARK.other): Taken | null {
  const { text, tokenAt } = freeText(draft);
  const match = compiled(pattern).exec(text);
  if (match === null || match[0].trim() === '') return null;
  const [from, to] = [tokenAt(match.index), tokenAt(match.index + match[0].trimEnd().length - 1) + 1];
  return { ...mark === '' ? { words: wordsOf(draft, from, to), from, to } : takeTokens(draft, from, to, mark), groups: match.slice(1) };
}

/** Takes tokens from one up to another; those taken before keep what they were taken as. */
export function takeTokens(draft: Draft, from: number, to: number, mark: string): { words: string; from: number; to: number } {
  const words = wordsOf(draft, from, to);
  for (let i = from; i < to; i += 1) draft.marks[i] ??= mark;
  return { words, from, to };
}

/** The words of some tokens as they were typed; a compound that was split is written once. */
export function wordsOf(draft: Draft, from: number, to: number): string {
  return draft.tokens.slice(from, to).map((token) => token.text).filter((text, i, all) => text !== all[i - 1]).join(' ');
}
