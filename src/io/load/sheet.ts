import { holdsPersonalNumber, maskPersonalNumbers } from '../../access/personal-number.ts';
import { archiveProblem } from './archive.ts';
import { constantPlaces, notedFields, rewrittenRows, rowsBelow, shownColumn, type ReadyFile, type Reading, type Unusable } from './delimited.ts';
import { controlsOf } from './control.ts';
import { columnsOfFields, indexOfLetter, placeColumns } from './header.ts';
import { openRowWriter } from './rows.ts';
import { decideSpellings, newEvidence, notePercent, noteText } from './spelling.ts';
import { cellText, durationText, PercentCell, readWorkbook } from './workbook.ts';
import { cprProblem, fieldRoles, openSuspicion, vouchedRemark } from './weigh.ts';

/** Reads one worksheet of an XLSX file. */
export async function readyWorkbook(reading: Reading): Promise<ReadyFile | Unusable> {
  const { source, file, scratch, onRows } = reading;
  const { layout } = file.set;
  const problem = await archiveProblem(file.path);
  if (problem !== null) return { problem };
  const read = await readWorkbook(file.path, layout, file.set.pattern).catch((error: unknown) => ({ problem: workbookProblem(error, layout.sheet ?? 1) }));
  if ('problem' in read) return read;
  const { rows, dayZero, hidden } = read;
  const width = rows.reduce((most, row) => Math.max(most, row.cells.length), 0);
  const header = layout.headerRow === 0 ? null : rows[layout.headerRow - 1];
  if (header === undefined) return { problem: `The worksheet has ${rows.length} rows, and the header is said to be in row ${layout.headerRow}.` };
  const headers = (row: { cells: readonly unknown[] }): string[] => Array.from({ length: width }, (_, index) => cellText(row.cells[index], layout.decimal ?? '.'));
  const placement = placeColumns(source, layout, header === null ? null : headers(header));
  if (typeof placement === 'string') return { problem: maskPersonalNumbers(placement) };

  const firstRow = layout.firstRow ?? layout.headerRow + 1;
  const lastRow = layout.lastRow ?? Infinity;
  const titles = header === null ? [] : headers(header);
  const roleOf = fieldRoles(source, layout, placement, titles);
  const suspicion = openSuspicion(roleOf);
  const evidence = newEvidence(source);
  const noted = notedFields(source, layout, placement, evidence);
  for (const { line, cells } of rows) {
    const inData = line >= firstRow;
    const hit = cells.findIndex((cell, index) => { const text = cellText(cell, '.'); return holdsPersonalNumber(text, inData && roleOf(index).numeric) && (!inData || suspicion.certain(index, text)); });
    if (hit >= 0) return { problem: cprProblem(line, shownColumn(titles, hit), null) };
    if (line < firstRow || line > lastRow) continue;
    for (const { index, one } of noted) {
      const cell = cells[index];
      if (typeof cell === 'string') noteText(one, cell);
      else if (cell instanceof PercentCell) notePercent(one, cell);
      else if (typeof cell === 'number' && cell !== 0) one.bare++;
    }
  }
  const stands = await suspicion.firstThatStands((index, text) => holdsPersonalNumber(text, roleOf(index).numeric), (columns, see) => {
    rows.every(({ line, cells }) => line < firstRow || columns.every((index) => see(line, index, cellText(cells[index], '.'))));
    return Promise.resolve();
  });
  if (stands !== null) return { problem: cprProblem(stands.line, shownColumn(titles, stands.index), stands.signs) };
  const spellings = decideSpellings(source, layout, evidence);
  if (typeof spellings === 'string') return { problem: spellings };
  const remarks = [...read.remarks, ...placement.remarks, ...suspicion.vouched().map(({ index, reason }) => vouchedRemark(shownColumn(titles, index), reason))];

  const columns = columnsOfFields(source, layout, placement);
  const textOf = (cell: unknown, index: number): string => {
    const at = columns.get(index) ?? -1;
    return source.columns[at]?.type === 'duration' && cell instanceof Date ? durationText(cell, dayZero) : cellText(cell, spellings[at]?.decimal ?? '.');
  };
  let records = 0;
  let breaks = 0;
  const hiddenRows: number[] = [];
  const below = rowsBelow(source, placement);
  const writer = await openRowWriter(scratch, source, layout, placement);
  try {
    for (const row of rows) {
      if (row.line > lastRow) below.look(row.line, (index) => cellText(row.cells[index], '.'));
      if (row.line < firstRow || row.line > lastRow) continue;
      const cells = row.cells.map(textOf);
      if (cells.every((cell) => cell.trim() === '')) continue;
      records++;
      if (hidden.has(row.line)) hiddenRows.push(row.line);
      breaks += cells.filter((cell) => /[\r\n]/.test(cell)).length;
      writer.row(row.line, cells);
    }
  } finally {
    await writer.close();
  }
  onRows(rows.length);
  remarks.push(...below.remarks());
  if (hiddenRows.length > 0) remarks.push(`${hiddenRows.length} ${hiddenRows.length === 1 ? 'row is' : 'rows are'} hidden in Excel, by a filter or by hand, and counted all the same (first: row ${hiddenRows[0]}). Write where: in the pack to leave rows out.`);
  const totals = layout.controlTotal?.kind !== 'cells' ? {} : Object.fromEntries(Object.entries(layout.controlTotal.cells).map(([column, { letter, line }]) => [column, cellText(rows[line - 1]?.cells[indexOfLetter(letter)], spellings[source.columns.findIndex(({ name }) => name === column)]?.decimal ?? '.')]));
  return { sql: rewrittenRows(scratch, placement), encoding: 'xlsx', delimiter: '', spellings, isoToo: true, oddBlanks: false, constants: constantPlaces(placement), ragged: [], remarks, records, laidOut: writer.rows(), breaks, ...controlsOf(layout, totals) };
}

function workbookProblem(error: unknown, sheet: string | number): string {
  const { name, message, sheets } = error as { name?: string; message?: string; sheets?: string[] };
  if (name === 'SheetNotFoundError') return `There is no worksheet ${typeof sheet === 'number' ? `number ${sheet}` : `'${maskPersonalNumbers(sheet)}'`}. ${sheets === undefined ? maskPersonalNumbers(message ?? '') : `The workbook has: ${sheets.map(maskPersonalNumbers).join(', ')}.`}`;
  return `It is not a readable .xlsx file (${maskPersonalNumbers(message ?? 'broken')}). Save it again from Excel as .xlsx.`;
}
