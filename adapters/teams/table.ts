import type { Block, TableCell, TableColumn } from '../../src/card/card.ts';
import type { Language } from '../../src/pack/model.ts';
import { clip, textElement } from './text.ts';
import type { Cut, Element } from './text.ts';

type Table = Extract<Block, { kind: 'table' }>;

/** Room for characters of small text across a phone (about 330 points, 6.3 a character), and what a cell's padding takes of it. */
const PHONE_CHARACTERS = 52;
const PADDING_CHARACTERS = 2.5;
const CELL_CHARACTERS = 200;

const MORE: Record<Language, (rows: number) => string> = {
  da: (rows) => (rows === 1 ? 'og 1 række til' : `og ${rows} rækker til`),
  en: (rows) => (rows === 1 ? 'and 1 more row' : `and ${rows} more rows`),
};
const COLORS = { concern: 'Attention', good: 'Good', neutral: undefined } as const;
/** A cell must hold something, or it is dropped and its row shifts. */
const NOTHING = '\u2013';

const longestWord = (text: string): number => Math.max(0, ...text.split(/[ \n-]/).map((word) => [...word].length));
const texts = (table: Table, column: number): string[] => [table.columns[column]?.title ?? '', ...table.rows.map((row) => row[column]?.text ?? '')];

/** True when no column would have to break a word or number on a phone. */
function fitsPhone(table: Table): boolean {
  const words = table.columns.map((_, i) => Math.max(...texts(table, i).map(longestWord)) + PADDING_CHARACTERS);
  return words.reduce((sum, word) => sum + word, 0) <= PHONE_CHARACTERS;
}

/** Share of the width: what the column's longest word needs, more where whole texts are longer. */
function weight(table: Table, column: number): number {
  const all = texts(table, column);
  return Math.max(4, ...all.map(longestWord), Math.min(18, Math.max(...all.map((text) => text.length))));
}

function look(cell: TableCell, column: TableColumn): Parameters<typeof textElement>[1] {
  const color = COLORS[cell.tone];
  return { size: 'Small', ...(color !== undefined && { color }), ...(column.align === 'right' && { right: true }) };
}

function cellElements(cell: TableCell, column: TableColumn, bold = false): Element[] {
  const style = { ...look(cell, column), ...(bold && { weight: 'Bolder' as const }) };
  const elements = textElement(clip(cell.text, CELL_CHARACTERS), style);
  return elements.length === 0 ? textElement(NOTHING, { ...style, subtle: true }) : elements;
}

const cellOf = (row: readonly TableCell[], column: number): TableCell => row[column] ?? { text: '', tone: 'neutral' };
const head = (column: TableColumn): TableCell => ({ text: column.title, tone: 'neutral' });

function gridElement(table: Table): Element {
  const header = table.columns.map((column) => ({ type: 'TableCell', items: cellElements(head(column), column, true) }));
  const rows = table.rows.map((row) => ({ type: 'TableRow', cells: table.columns.map((column, i) => ({ type: 'TableCell', items: cellElements(cellOf(row, i), column) })) }));
  return {
    type: 'Table',
    spacing: 'Small',
    firstRowAsHeaders: true,
    showGridLines: false,
    columns: table.columns.map((_, i) => ({ width: weight(table, i) })),
    rows: [{ type: 'TableRow', style: 'emphasis', cells: header }, ...rows],
    fallback: linesElement(table),
  };
}

/** For hosts without tables: a line for each row, `Nordby · Forbrug: 3,4 mio. kr. · Budget: 3,2 mio. kr.` */
function linesElement(table: Table): Element {
  const items = table.rows.flatMap((row) => textElement(table.columns.map((column, i) => {
    const text = clip(cellOf(row, i).text, CELL_CHARACTERS).replace(/\s*[\r\n\u2028]+\s*/g, ' ').trim() || NOTHING;
    return i === 0 || column.title.trim() === '' ? text : `${clip(column.title, CELL_CHARACTERS)}: ${text}`;
  }).join(' · '), { size: 'Small', spacing: 'Small' }));
  return { type: 'Container', items };
}

/** For tables too wide for a phone: row by row, its first cell as a heading and the others under it, each beside its title. */
function stackElement(table: Table): Element {
  const items = table.rows.flatMap((row, r) => {
    const [first, ...rest] = table.columns;
    if (first === undefined) return [];
    const heading = textElement(clip(cellOf(row, 0).text, CELL_CHARACTERS).trim() || NOTHING, { size: 'Small', weight: 'Bolder', spacing: 'Small', ...(r > 0 && { separator: true }) });
    return [...heading, ...rest.map((column, i) => factElement(column, cellOf(row, i + 1)))];
  });
  return { type: 'Container', spacing: 'Small', items };
}

/** As columns and not as a FactSet, which reads Markdown and knows no colour. */
function factElement(column: TableColumn, cell: TableCell): Element {
  const sides = [
    cellElements(head(column), { title: '', align: 'left' }),
    cellElements(cell, { title: '', align: 'right' }),
  ];
  return { type: 'ColumnSet', spacing: 'None', columns: sides.map((items) => ({ type: 'Column', width: 'stretch', items })) };
}

/** A table with its title; readable at phone width, and with a word about rows left out. */
export function tableElement(table: Table, language: Language, cut: Cut): Element[] {
  const title = textElement(clip(table.title, cut.characters), { size: 'Medium', weight: 'Bolder', heading: true, spacing: 'Medium' });
  if (table.columns.length === 0 || table.rows.length === 0) return title;
  const shown: Table = { ...table, rows: table.rows.slice(0, cut.rows) };
  const left = table.rows.length - shown.rows.length;
  const more = left > 0 ? textElement(`… ${MORE[language](left)}`, { size: 'Small', subtle: true, spacing: 'Small' }) : [];
  return [...title, fitsPhone(shown) ? gridElement(shown) : stackElement(shown), ...more];
}
