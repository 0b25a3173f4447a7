import type { Block, Card, TableCell, TableColumn } from './card.ts';

const width = (text: string): number => [...text].length;

function pad(cell: TableCell | undefined, column: TableColumn, size: number): string {
  const text = cell?.text ?? '';
  const space = ' '.repeat(Math.max(0, size - width(text)));
  return column.align === 'right' ? space + text : text + space;
}

/** A table as aligned plain text, header first; numbers to the right. */
function tableText(columns: readonly TableColumn[], rows: readonly (readonly TableCell[])[]): string {
  const sizes = columns.map((column, i) => Math.max(width(column.title), ...rows.map((row) => width(row[i]?.text ?? ''))));
  const header = columns.map((c) => ({ text: c.title, tone: 'neutral' as const }));
  return [header, ...rows]
    .map((row) => columns.map((column, i) => pad(row[i], column, sizes[i] ?? 0)).join('  ').trimEnd())
    .join('\n');
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'text': return block.text;
    case 'heading': return block.text.toUpperCase();
    case 'table': return `${block.title === '' ? '' : `${block.title}\n`}${tableText(block.columns, block.rows)}`;
    case 'notes': return [block.title, ...block.items.map((item) => `- ${item}`)].filter((line) => line !== '').join('\n');
  }
}

/** The plain-text twin of a card: everything the card says, the picture by its alt text, without actions. */
export function cardText(card: Card): string {
  const title = card.label === '' ? card.title : `${card.title} [${card.label}]`;
  return [
    title,
    card.headline,
    ...card.blocks.map(blockText),
    card.picture === null ? '' : card.picture.alt,
    card.provenance.join('\n'),
  ].filter((part) => part !== '').join('\n\n');
}
