import { readSheet } from 'read-excel-file/node';
import type { Layout } from '../../pack/model.ts';

/**
 * The rows of one worksheet as texts, with their numbers as Excel shows them. Numbers are written with the layout's
 * decimal sign and without thousands, days as `YYYY-MM-DD`, points in time as `YYYY-MM-DD HH:MM:SS` (both in UTC,
 * which is how the workbook's own days come out). An error such as #N/A is no value.
 */
export async function readWorkbook(path: string, layout: Layout): Promise<{ line: number; cells: string[] }[]> {
  const decimal = layout.decimal ?? '.';
  const rows = await readSheet(path, layout.sheet) as readonly (readonly unknown[])[];
  return rows.map((row, index) => ({ line: index + 1, cells: row.map((cell) => cellText(cell, decimal)) }));
}

function cellText(cell: unknown, decimal: '.' | ','): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return numberText(cell).replace('.', decimal);
  if (cell instanceof Date) {
    const text = cell.toISOString();
    return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 19).replace('T', ' ');
  }
  return String(cell);
}

/** Fifteen digits, as Excel itself keeps, and never with an exponent: 0.1 + 0.2 is 0.3. */
function numberText(value: number): string {
  const rounded = Number(value.toPrecision(15));
  const text = String(rounded);
  if (!text.includes('e')) return text;
  return Number.isInteger(rounded) ? BigInt(rounded).toString() : rounded.toFixed(20).replace(/0+$/, '');
}
