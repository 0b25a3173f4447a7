import writeXlsxFile from 'write-excel-file/node';
import type { SheetCell, Worksheet } from '../../card/sheet.ts';

const WIDEST = 60;

/** Letters a cell takes: a date as its longest month, `september 2026`. */
const widthOf = (cell: SheetCell): number => (cell === null ? 0 : typeof cell === 'string' ? cell.length : 'day' in cell ? cell.format.length + 4 : cell.value.toFixed(0).length + 6);

/** The header in bold; text, numbers and dates each as what they are. A date is its day at midnight, without a zone. */
function written(cell: SheetCell, isHeader: boolean): object | null {
  if (cell === null) return null;
  if (typeof cell === 'string') return { value: cell, type: String, ...(isHeader && { fontWeight: 'bold' as const, wrap: true }) };
  if ('day' in cell) return { value: new Date(`${cell.day}T00:00:00Z`), type: Date, format: cell.format, align: 'left' as const };
  return { value: cell.value, type: Number, format: cell.format };
}

/** Worksheets as the bytes of an .xlsx file: header in bold and kept in view, columns as wide as their text. */
export async function writeWorkbook(sheets: readonly Worksheet[]): Promise<Uint8Array> {
  const data = sheets.map(({ name, rows }) => ({
    sheet: name, stickyRowsCount: 1,
    columns: (rows[0] ?? []).map((_, i) => ({ width: Math.min(WIDEST, 2 + Math.max(8, ...rows.map((row) => widthOf(row[i] ?? null)))) })),
    data: rows.map((row, i) => row.map((cell) => written(cell, i === 0))),
  }));
  return writeXlsxFile(data as Parameters<typeof writeXlsxFile>[0]).toBuffer();
}
