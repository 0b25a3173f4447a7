import { holdsPersonalNumber, maskPersonalNumbers } from '../../access/personal-number.ts';
import { archiveProblem } from './archive.ts';
import { constantPlaces, cprProblem, numericFields, rewrittenRows, shownColumn, type ReadyFile, type Reading, type Unusable } from './delimited.ts';
import { controlsOf } from './control.ts';
import { indexOfLetter, placeColumns } from './header.ts';
import { openRowWriter } from './rows.ts';
import { readWorkbook } from './workbook.ts';

/** Reads one worksheet of an XLSX file. */
export async function readyWorkbook(reading: Reading): Promise<ReadyFile | Unusable> {
  const { source, file, scratch, onRows } = reading;
  const { layout } = file.set;
  const problem = await archiveProblem(file.path);
  if (problem !== null) return { problem };
  const rows = await readWorkbook(file.path, layout).catch((error: unknown) => ({ problem: workbookProblem(error, layout.sheet) }));
  if ('problem' in rows) return rows;
  const width = rows.reduce((most, row) => Math.max(most, row.cells.length), 0);
  const header = layout.headerRow === 0 ? null : rows[layout.headerRow - 1];
  if (header === undefined) return { problem: `The worksheet has ${rows.length} rows, and the header is said to be in row ${layout.headerRow}.` };
  const placement = placeColumns(source, layout, header === null ? null : Array.from({ length: width }, (_, index) => header.cells[index] ?? ''));
  if (typeof placement === 'string') return { problem: maskPersonalNumbers(placement) };

  const firstRow = layout.firstRow ?? layout.headerRow + 1;
  const lastRow = layout.lastRow ?? Infinity;
  const numeric = numericFields(source, layout, placement);
  for (const { line, cells } of rows) {
    const hit = cells.findIndex((cell, index) => holdsPersonalNumber(cell, line >= firstRow && numeric.has(index)));
    if (hit >= 0) return { problem: cprProblem(line, shownColumn(header?.cells ?? [], hit)) };
  }
  let records = 0;
  let breaks = 0;
  const writer = await openRowWriter(scratch, source, layout, placement);
  try {
    for (const { line, cells } of rows) {
      if (line < firstRow || line > lastRow || cells.every((cell) => cell.trim() === '')) continue;
      records++;
      breaks += cells.filter((cell) => /[\r\n]/.test(cell)).length;
      writer.row(line, cells);
    }
  } finally {
    await writer.close();
  }
  onRows(rows.length);
  const totals = layout.controlTotal?.kind !== 'cells' ? {} : Object.fromEntries(Object.entries(layout.controlTotal.cells).map(([column, { letter, line }]) => [column, rows[line - 1]?.cells[indexOfLetter(letter)] ?? '']));
  return { sql: rewrittenRows(scratch, placement), encoding: 'xlsx', delimiter: '', spelling: { decimal: layout.decimal ?? '.', thousands: layout.thousands }, isoToo: true, oddBlanks: false, constants: constantPlaces(placement), ragged: [], remarks: [], records, laidOut: writer.rows(), breaks, ...controlsOf(layout, totals) };
}

function workbookProblem(error: unknown, sheet: string | number): string {
  const { name, message, sheets } = error as { name?: string; message?: string; sheets?: string[] };
  if (name === 'SheetNotFoundError') return `There is no worksheet ${typeof sheet === 'number' ? `number ${sheet}` : `'${maskPersonalNumbers(sheet)}'`}. ${sheets === undefined ? maskPersonalNumbers(message ?? '') : `The workbook has: ${sheets.map(maskPersonalNumbers).join(', ')}.`}`;
  return `It is not a readable .xlsx file (${maskPersonalNumbers(message ?? 'broken')}). Save it again from Excel as .xlsx.`;
}
