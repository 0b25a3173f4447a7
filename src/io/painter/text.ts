import { FONT } from './theme.ts';

/** How a text of a picture looks: its size in CSS pixels and whether it is bold. */
export interface Face { readonly size: number; readonly bold: boolean }
export const face = (size: number, bold = false): Face => ({ size, bold });
/** The same in the words of a canvas. */
export const fontOf = ({ size, bold }: Face): string => `${bold ? '600 ' : ''}${size}px ${FONT}`;

const ELLIPSIS = '…';
const KEPT = 4000;
const widths = new Map<string, number>();
interface Ruler { font: string; measureText(text: string): { width: number } }
let ruler: Ruler | null = null;
let rulerFont = '';

/** Says whose letters texts are measured by: a context of the canvas that they will be drawn on, with its fonts in place. */
export function measureBy(context: Ruler): void {
  ruler = context;
  rulerFont = '';
  widths.clear();
}

/** How wide a text is drawn, in CSS pixels. */
export function widthOf(text: string, look: Face): number {
  const font = fontOf(look);
  const key = `${font} ${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  if (ruler === null) throw new Error('texts are measured before the fonts are prepared');
  if (rulerFont !== font) ruler.font = rulerFont = font;
  const { width } = ruler.measureText(text);
  if (widths.size >= KEPT) widths.clear();
  widths.set(key, width);
  return width;
}

/** A name as the font can write it: pictographs, which it has none of, and signs without a shape left out. */
export function writable(text: string): string {
  return text.replace(/[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\u200b-\u200f\u2028-\u202e\u20e3\ufe00-\ufe0f\u{e0000}-\u{e007f}]/gu, '').replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

/** The most of `letters` that pass; 0 when none do. Whoever passes with more passes with less. */
function most(letters: number, passes: (count: number) => boolean): number {
  let [low, high] = [0, letters];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (passes(middle)) low = middle; else high = middle - 1;
  }
  return low;
}

/** A text without its middle, so that `count` of its letters are left. */
function withoutMiddle(letters: readonly string[], count: number): string {
  const head = Math.ceil(count * 0.55);
  const tail = count - head;
  return `${letters.slice(0, head).join('').trimEnd()}${ELLIPSIS}${tail === 0 ? '' : letters.slice(-tail).join('').trimStart()}`;
}

/** A text in `width` CSS pixels; one too long loses its middle, for what tells names apart stands at their ends. */
export function fit(text: string, width: number, look: Face): string {
  if (widthOf(text, look) <= width) return text;
  const letters = Array.from(text);
  return withoutMiddle(letters, most(letters.length - 1, (count) => widthOf(withoutMiddle(letters, count), look) <= width));
}

/** A figure with its unit in `width` CSS pixels: the unit is shortened, never a digit. */
export function fitFigure(text: string, width: number, look: Face): string {
  if (widthOf(text, look) <= width) return text;
  const figure = /^.*?\d[\d.,\s]*\d|^.*?\d/u.exec(text)?.[0] ?? '';
  const unit = Array.from(text.slice(figure.length));
  const count = most(unit.length, (n) => widthOf(`${figure}${unit.slice(0, n).join('')}${ELLIPSIS}`, look) <= width);
  return `${figure}${unit.slice(0, count).join('').trimEnd()}${ELLIPSIS}`;
}

const shared = (texts: readonly string[]): number => {
  const [first = '', ...rest] = texts;
  let length = 0;
  while (length < first.length && rest.every((text) => text[length] === first[length])) length += 1;
  return length;
};
const backwards = (text: string): string => Array.from(text).reverse().join('');

/** Names that look the same when their middle is left out, by what tells them apart instead: what they share goes. */
function byDifference(names: readonly string[], width: number, look: Face): string[] {
  const start = shared(names);
  // Whole words are left where there are any.
  const from = /[\s,/-][^\s,/-]*$/u.exec((names[0] ?? '').slice(0, start))?.index ?? start - 1;
  const end = shared(names.map((name) => backwards(name.slice(start))));
  return names.map((name) => {
    const tail = name.slice(name.length - end);
    const own = name.slice(Math.max(0, from + 1), name.length - end);
    const rest = from < 0 ? own : `${ELLIPSIS}${own}`;
    const whole = `${rest}${tail}`;
    if (widthOf(whole, look) <= width) return whole;
    const letters = Array.from(tail);
    const count = most(letters.length, (n) => widthOf(`${rest}${letters.slice(0, n).join('')}${ELLIPSIS}`, look) <= width);
    const cut = `${rest}${letters.slice(0, count).join('').trimEnd()}${ELLIPSIS}`;
    return widthOf(cut, look) <= width ? cut : fit(own, width, look);
  });
}

/** Names in `width` CSS pixels each, no two alike: shortened in the middle, or by what they share, or numbered. */
export function apart(names: readonly string[], width: number, look: Face): string[] {
  const clean = names.map(writable);
  const out = clean.map((name) => fit(name, width, look));
  const groups = (): number[][] => {
    const by = new Map<string, number[]>();
    out.forEach((name, i) => by.set(name, [...(by.get(name) ?? []), i]));
    return [...by.values()].filter((group) => group.length > 1);
  };
  for (const group of groups()) {
    byDifference(group.map((i) => clean[i] ?? ''), width, look).forEach((name, k) => { out[group[k] ?? 0] = name; });
  }
  // What is alike still, as two units of one name are, is at least counted.
  for (let round = 0, clash = groups(); clash.length > 0 && round < 3; round += 1, clash = groups()) {
    for (const group of clash) group.forEach((i, k) => {
      const mark = ` (${k + 1 + round})`;
      out[i] = `${fit(clean[i] ?? '', width - widthOf(mark, look), look)}${mark}`;
    });
  }
  return out;
}

/** Lines of words, greedily; a word wider than a line is broken. */
function broken(text: string, width: number, look: Face): string[] {
  const out: string[] = [];
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const last = out.at(-1);
    if (last !== undefined && widthOf(`${last} ${word}`, look) <= width) {
      out[out.length - 1] = `${last} ${word}`;
      continue;
    }
    let letters = Array.from(word);
    while (letters.length > 1 && widthOf(letters.join(''), look) > width) {
      const count = Math.max(1, most(letters.length - 1, (n) => widthOf(letters.slice(0, n).join(''), look) <= width));
      out.push(letters.slice(0, count).join(''));
      letters = letters.slice(count);
    }
    out.push(letters.join(''));
  }
  return out;
}

/**
 * Breaks a text into at most `count` lines of `width` CSS pixels. One too long loses the middle of `subject`, the name
 * that it begins with, so that what is said of it stays; then its own.
 */
export function lines(text: string, width: number, look: Face, count: number, subject = ''): string[] {
  const whole = writable(text);
  const fits = (candidate: string): boolean => broken(candidate, width, look).length <= count;
  if (fits(whole)) return broken(whole, width, look);
  const name = Array.from(writable(subject));
  const said = whole.slice(name.join('').length);
  if (name.length > 0 && whole.startsWith(name.join(''))) {
    const words = (candidate: string): boolean => candidate.split(' ').every((word) => widthOf(word, look) <= width);
    for (const pass of [(candidate: string) => words(candidate) && fits(candidate), fits]) {
      const left = most(name.length - 1, (n) => pass(`${withoutMiddle(name, n)}${said}`));
      if (left >= Math.min(12, name.length - 1)) return broken(`${withoutMiddle(name, left)}${said}`, width, look);
    }
  }
  const letters = Array.from(whole);
  return broken(withoutMiddle(letters, most(letters.length - 1, (n) => fits(withoutMiddle(letters, n)))), width, look);
}
