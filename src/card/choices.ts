import type { Action } from './card.ts';

/** Choices as a platform shows them. */
export interface ShownChoices {
  /** What stands on each button, in order. */
  readonly labels: readonly string[];
  /** The full text of numbered choices, to stand above the buttons; empty: the labels say it all. */
  readonly lines: readonly string[];
}

const oneLine = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd').replace(/\s+/g, ' ').trim();
/** What a reader tells choices apart by. */
const read = (text: string): string => oneLine(text).toLowerCase();
const letters = (text: string): string[] => [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)].map(({ segment }) => segment);
const differ = (labels: readonly string[]): boolean => new Set(labels.map(read)).size === labels.length;
/** Parts of a label that is cut in the middle which stand before the cut: half and half, else more of the end, or of the beginning. */
const SHARES = [0.5, 0.3, 0.7];

/** At most so many characters (UTF-16) of the beginning, or of the end; never half of what is one letter to the reader. */
function part(text: string, characters: number, fromEnd: boolean): string {
  const all = letters(text);
  let kept = '';
  for (const letter of fromEnd ? all.reverse() : all) {
    if (kept.length + letter.length > characters) break;
    kept = fromEnd ? letter + kept : kept + letter;
  }
  return kept;
}

function cutInTheMiddle(text: string, characters: number, share: number): string {
  if (text.length <= characters) return text;
  const head = Math.floor((characters - 1) * share);
  return `${part(text, head, false).trimEnd()}…${part(text, characters - 1 - head, true).trimStart()}`;
}

/**
 * The choices of one message on a platform that shows the first `seen` characters of a button for sure, and takes at
 * most `most`: what is shown of them differs. Labels that are too long or begin alike are cut in the middle; where they
 * read alike then as well, all are numbered and stand in full above.
 */
export function shownChoices(actions: readonly Pick<Action, 'label' | 'ask'>[], seen: number, most: number): ShownChoices {
  const own = actions.map(({ label, ask }) => oneLine(label) || oneLine(ask));
  if (own.every((label) => label.length <= most) && differ(own.map((label) => part(label, seen, false)))) return { labels: own, lines: [] };
  for (const share of SHARES) {
    const labels = own.map((label) => cutInTheMiddle(label, seen, share));
    if (differ(labels)) return { labels, lines: [] };
  }
  // Labels that are the same in full are told apart by what they ask.
  const full = own.map((label, i) => (own.filter((other) => read(other) === read(label)).length > 1 ? oneLine(actions[i]?.ask ?? '') || label : label));
  return {
    labels: full.map((label, i) => { const number = `${i + 1}. `; return number + cutInTheMiddle(label, seen - number.length, SHARES[0] ?? 0.5); }),
    lines: full.map((label, i) => `${i + 1}. ${label}`),
  };
}
