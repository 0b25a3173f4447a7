import writeXlsxFile from 'write-excel-file/node';
import type { Worksheet } from '../../card/sheet.ts';

const WIDEST = 60;

/** Worksheets as the bytes of an .xlsx file: header in bold and kept in view, columns as wide as their text. */
export async function writeWorkbook(sheets: readonly Worksheet[]): Promise<Uint8Array> {
  const data = sheets.map(({ name, rows }) => ({
    sheet: name, stickyRowsCount: 1,
    columns: (rows[0] ?? []).map((_, i) => ({ width: Math.min(WIDEST, 2 + Math.max(8, ...rows.map((row) => { const cell = row[i] ?? null; return typeof cell === 'string' ? cell.length : cell === null ? 0 : cell.value.toFixed(0).length + 4; }))) })),
    data: rows.map((row, i) => row.map((cell) => (cell === null ? null : typeof cell === 'string' ? { value: cell, type: String, ...(i === 0 && { fontWeight: 'bold' as const }) } : { value: cell.value, type: Number, format: cell.format }))),
  }));
  return writeXlsxFile(data).toBuffer();
}
