/** An element of an Adaptive Card as JSON. */
export type Element = Readonly<Record<string, unknown>>;

/** How much of a card is shown: at most so many rows of a table (and lines of a list), and characters of a text. */
export interface Cut {
  readonly rows: number;
  readonly characters: number;
}

/** First all of it, then less and less, until the message fits. */
export const NARROWER: readonly Cut[] = [
  { rows: 1000, characters: 20_000 }, { rows: 100, characters: 4000 }, { rows: 50, characters: 2000 }, { rows: 25, characters: 1000 },
  { rows: 12, characters: 400 }, { rows: 6, characters: 160 }, { rows: 3, characters: 80 },
];

interface Look {
  readonly size?: 'Small' | 'Default' | 'Medium' | 'Large';
  readonly weight?: 'Bolder';
  readonly color?: 'Good' | 'Attention';
  readonly spacing?: 'None' | 'Small' | 'Medium' | 'Large';
  readonly subtle?: boolean;
  readonly separator?: boolean;
  readonly heading?: boolean;
  readonly right?: boolean;
}

/** At most so many characters (UTF-16, but never half of one), with an ellipsis for what is missing. */
export function clip(text: string, characters: number): string {
  const whole = text.replace(/\p{Surrogate}/gu, '\ufffd');
  if (whole.length <= characters) return whole;
  return `${whole.slice(0, characters - 1).replace(/\p{Surrogate}$/u, '').trimEnd()}…`;
}

// A TextBlock reads a subset of Markdown and date functions; names and notes from data must neither become links nor lose their stars.
const MARKUP = /[*_[\]`~\\#<>&|]|\{\{|^\s*(?:[-+]\s|\d+[.)]\s)|:\/\//;

function oneLine(line: string, look: Look): Element {
  const { size, weight, color, spacing, subtle, separator, heading, right } = look;
  const run = { text: line, ...(size && { size }), ...(weight && { weight }), ...(color && { color }), ...(subtle && { isSubtle: true }) };
  const place = { ...(spacing && { spacing }), ...(separator && { separator }), ...(right && { horizontalAlignment: 'Right' }) };
  if (MARKUP.test(line)) return { type: 'RichTextBlock', ...place, inlines: [{ type: 'TextRun', ...run }] };
  return { type: 'TextBlock', ...run, ...place, wrap: true, ...(heading && { style: 'heading' }) };
}

/** Plain text as elements that show it letter by letter, one for each line; none for an empty text. */
export function textElement(text: string, look: Look = {}): Element[] {
  const lines = text.split(/\r\n|\r|\n|\u2028/).filter((line) => line.trim() !== '');
  return lines.map((line, i) => oneLine(line, i === 0 ? look : { ...look, spacing: 'Small', separator: false }));
}
