import type { Action, Block as CardBlock, Card, TableCell } from '../../src/card/card.ts';
import { shownChoices } from '../../src/card/choices.ts';
import { cardText } from '../../src/card/text.ts';
import type { Language } from '../../src/pack/model.ts';
import { blockFaults, LIMITS, SURFACES, type Block, type Surface } from './limits.ts';

/** How much of a card is shown: at most so many rows of a table (and lines of a list), and characters of a text. */
interface Cut { readonly rows: number; readonly characters: number }

/** First all of it, then less and less, until it fits. */
const NARROWER: readonly Cut[] = [
  { rows: 99, characters: 3000 }, { rows: 50, characters: 2000 }, { rows: 25, characters: 1000 }, { rows: 12, characters: 400 }, { rows: 6, characters: 160 }, { rows: 3, characters: 80 },
];
/** What is left out is said: how many of what. */
const MORE: Record<Language, Record<'row' | 'column' | 'line' | 'part', (count: number) => string>> = {
  da: {
    row: (count) => (count === 1 ? '… og 1 række til' : `… og ${count} rækker til`), column: (count) => (count === 1 ? '… og 1 kolonne til' : `… og ${count} kolonner til`),
    line: (count) => (count === 1 ? '… og 1 linje til' : `… og ${count} linjer til`), part: (count) => (count === 1 ? '… og 1 afsnit til' : `… og ${count} afsnit til`),
  },
  en: {
    row: (count) => (count === 1 ? '… and 1 more row' : `… and ${count} more rows`), column: (count) => (count === 1 ? '… and 1 more column' : `… and ${count} more columns`),
    line: (count) => (count === 1 ? '… and 1 more line' : `… and ${count} more lines`), part: (count) => (count === 1 ? '… and 1 more part' : `… and ${count} more parts`),
  },
};
/** A cell must hold something. */
const NOTHING = '\u2013';

/** At most so many characters (UTF-16, but never half of one), with an ellipsis for what is missing. */
function clip(text: string, characters: number): string {
  const whole = text.replace(/\p{Surrogate}/gu, '\ufffd');
  return whole.length <= characters ? whole : `${whole.slice(0, characters - 1).replace(/\p{Surrogate}$/u, '').trimEnd()}…`;
}

// Rich text shows its words letter by letter: what comes from data makes no mention, link or emphasis.
const words = (text: string, bold = false): Block => ({ type: 'text', text, ...(bold && { style: { bold: true } }) });
const section = (...elements: readonly Block[]): Block => ({ type: 'rich_text_section', elements });
const richText = (...elements: readonly Block[]): Block => ({ type: 'rich_text', elements });
const plainText = (text: string): Block => ({ type: 'plain_text', text, emoji: false });

const isThere = (text: string): boolean => text.trim() !== '';
const line = (text: string): string => text.replace(/\s*[\r\n\u2028]+\s*/g, ' ').trim();

function paragraph(text: string, cut: Cut, bold = false): Block[] {
  return isThere(text) ? [richText(section(words(clip(text.trim(), cut.characters), bold)))] : [];
}

type Table = Extract<CardBlock, { kind: 'table' }>;

const cellOf = (row: readonly TableCell[], column: number): string => line(row[column]?.text ?? '') || NOTHING;

function tableBlock({ columns, rows }: Table, cut: Cut): Block {
  return {
    type: 'table',
    column_settings: columns.map(({ align }, i) => ({ align, is_wrapped: i === 0 })),
    rows: [
      columns.map(({ title }) => richText(section(words(clip(line(title) || NOTHING, cut.characters), true)))),
      ...rows.map((row) => columns.map((_, i) => (row[i]?.tone === 'concern'
        ? richText(section(words(clip(cellOf(row, i), cut.characters), true)))
        : { type: 'raw_text', text: clip(cellOf(row, i), cut.characters) }))),
    ],
  };
}

/** A table as a list, `Forbrug: 3,4 mio. kr. · Budget: 3,2 mio. kr.`: reads well on a phone, and where a second table is not allowed. */
function tableLines({ columns, rows }: Table, cut: Cut): Block {
  const share = Math.max(20, Math.floor(cut.characters / Math.max(1, columns.length)));
  return richText({
    type: 'rich_text_list',
    style: 'bullet',
    elements: rows.map((row) => {
      const [first = NOTHING, ...rest] = columns.map((_, i) => clip(cellOf(row, i), share));
      const said = rest.map((text, i) => {
        const title = clip(line(columns[i + 1]?.title ?? ''), share);
        return i === 0 || title === '' ? text : `${title} ${text}`;
      });
      return section(words(first, true), ...(said.length === 0 ? [] : [words(`  ${said.join(' · ')}`)]));
    }),
  });
}

/** `asTable`: Slack allows one table in a message, none in App Home. */
function tableBlocks(table: Table, language: Language, cut: Cut, asTable: boolean): Block[] {
  const title = paragraph(table.title, cut, true);
  if (table.columns.length === 0 || table.rows.length === 0) return title;
  const shown: Table = { ...table, columns: table.columns.slice(0, LIMITS.tableColumns), rows: table.rows.slice(0, cut.rows) };
  const [rows, columns] = [table.rows.length - shown.rows.length, table.columns.length - shown.columns.length];
  const left = [...(rows > 0 ? [MORE[language].row(rows)] : []), ...(columns > 0 ? [MORE[language].column(columns)] : [])].join('\n');
  return [...title, asTable ? tableBlock(shown, cut) : tableLines(shown, cut), ...paragraph(left, cut)];
}

function noteBlocks(block: Extract<CardBlock, { kind: 'notes' }>, language: Language, cut: Cut): Block[] {
  const items = block.items.map(line).filter(isThere);
  const shown = items.slice(0, cut.rows);
  const title = paragraph(block.title, cut, true);
  if (shown.length === 0) return title;
  const left = items.length - shown.length;
  return [...title, richText({ type: 'rich_text_list', style: 'bullet', elements: shown.map((item) => section(words(clip(item, cut.characters)))) }), ...(left > 0 ? paragraph(MORE[language].line(left), cut) : [])];
}

function context(lines: readonly string[], language: Language, cut: Cut): Block[] {
  const all = lines.map(line).filter(isThere);
  const shown = all.length > LIMITS.contextElements ? all.slice(0, LIMITS.contextElements - 1) : all;
  const elements = [...shown, ...(shown.length < all.length ? [MORE[language].line(all.length - shown.length)] : [])];
  return elements.length === 0 ? [] : [{ type: 'context', elements: elements.map((text) => plainText(clip(text, cut.characters))) }];
}

/** Slack shows some 30 characters of a button, less on a phone. */
const BUTTON_SEEN = 30;

function buttons(actions: readonly Action[]): Block[] {
  const usable = actions.filter(({ label, ask }) => isThere(label) && isThere(ask) && ask.length <= LIMITS.buttonValue).slice(0, LIMITS.actions);
  const { labels, lines } = shownChoices(usable, BUTTON_SEEN, LIMITS.buttonText);
  return usable.length === 0 ? [] : [...paragraph(lines.join('\n'), { rows: 0, characters: LIMITS.text }), {
    type: 'actions',
    elements: usable.map(({ ask }, i) => ({ type: 'button', action_id: `ask-${i}`, text: plainText(clip(labels[i] ?? '', LIMITS.buttonText)), value: ask })),
  }];
}

function picture({ picture: shown, title }: Card, file: string | null): Block[] {
  if (file === null || shown === null) return [];
  return [{ type: 'image', slack_file: { id: file }, alt_text: clip([shown.alt, title].find(isThere) ?? NOTHING, LIMITS.alt) }];
}

function blocksOf(card: Card, file: string | null, surface: Surface, tables: boolean, cut: Cut): Block[] {
  const { language } = card;
  let tableLeft = tables && surface === 'message';
  const top = [
    ...(isThere(card.title) ? [{ type: 'header', text: plainText(clip(line(card.title), LIMITS.header)) }] : []),
    ...context([card.label], language, cut),
    ...paragraph(card.headline, cut, true),
    ...picture(card, file),
  ];
  const parts = card.blocks.map((block) => {
    switch (block.kind) {
      case 'text': return paragraph(block.text, cut);
      case 'heading': return paragraph(block.text, cut, true);
      case 'notes': return noteBlocks(block, language, cut);
      case 'table': {
        const asTable = tableLeft && block.columns.length > 0 && block.rows.length > 0;
        if (asTable) tableLeft = false;
        return tableBlocks(block, language, cut, asTable);
      }
    }
  });
  const bottom = [
    // A reader without the picture still has its finding.
    ...(file === null && card.picture !== null ? context([card.picture.alt], language, cut) : []),
    ...context(card.provenance, language, cut),
    ...buttons(card.actions),
  ];
  return [...top, ...asManyAs(parts, SURFACES[surface] - top.length - bottom.length, language, cut), ...bottom];
}

/** Whole parts of a card while there is room for their blocks, and a word about the others. */
function asManyAs(parts: readonly (readonly Block[])[], room: number, language: Language, cut: Cut): Block[] {
  if (parts.flat().length <= room) return parts.flat();
  let used = 0;
  const fits = parts.findIndex((part) => (used += part.length) > room - 1);
  const left = parts.slice(fits).filter((part) => part.length > 0).length;
  return [...parts.slice(0, fits).flat(), ...paragraph(MORE[language].part(left), cut)];
}

export interface Rendering {
  /** Id of the uploaded picture; null: none, its text stands instead. */
  readonly file: string | null;
  readonly surface: Surface;
  /** Whether a table may be a Slack table; otherwise it is a list. */
  readonly tables: boolean;
}

/** A card as blocks within Slack's limits, shortened as far as it must be, with a word about what is left out. */
export function renderBlocks(card: Card, { file, surface, tables }: Rendering): Block[] {
  for (const cut of NARROWER) {
    const blocks = blocksOf(card, file, surface, tables, cut);
    if (blockFaults(blocks, surface).length === 0) return blocks;
  }
  const text = cardText(card);
  return [...picture(card, file), ...paragraph(isThere(text) ? text : NOTHING, { rows: 0, characters: LIMITS.text }), ...buttons(card.actions)];
}

/** The card as plain text: what a notification shows, and what remains where no block can be shown. Slack's three signs are escaped. */
export function renderText(card: Card, characters: number = LIMITS.text): string {
  const text = cardText(card);
  const escaped = (isThere(text) ? text : NOTHING).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return clip(escaped, characters).replace(/&[a-z]{0,3}…$/, '…');
}
