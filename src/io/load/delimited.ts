import { MOST_COLUMNS } from './extent.ts';
import { open, unlink } from 'node:fs/promises';
import type { Layout, Source } from '../../pack/model.ts';
import { saysThousands } from '../../pack/money.ts';
import { literal, type NumberSpelling } from './cast.ts';
import { holdsPersonalNumber, maskPersonalNumbers } from '../../access/personal-number.ts';
import { brokenOff } from './cut.ts';
import { detectDelimiter } from './delimiter.ts';
import { detectEncoding, writeAsUtf8 } from './encoding.ts';
import type { SourceFile } from './files.ts';
import { controlsOf } from './control.ts';
import { columnsOfFields, indexOfLetter, letterOfIndex, placeColumns, type Placement } from './header.ts';
import { fieldText, fieldTexts, firstRecords, LONGEST_RECORD, recordLines, visitRecords, type RecordView } from './records.ts';
import { openRowWriter, type RaggedRow } from './rows.ts';
import { decideSpellings, newEvidence, noteField, type NumberEvidence } from './spelling.ts';
import { formOf, swallowedRows } from './swallowed.ts';
import { cprProblem, fieldRoles, openSuspicion, vouchedRemark } from './weigh.ts';

/** A file made ready for the engine: a SELECT that gives `_line` and the raw texts `v0`, `v1` … of the source's columns. */
export interface ReadyFile {
  readonly sql: string;
  readonly encoding: string;
  readonly delimiter: string;
  /** In the order of the source's columns. */
  readonly spellings: readonly NumberSpelling[];
  /** Typed cells come as ISO text, whatever format the column has. */
  readonly isoToo: boolean;
  /** Cells may begin or end with blanks other than the space. */
  readonly oddBlanks: boolean;
  /** Places of the columns that are constants of the layout. */
  readonly constants: ReadonlySet<number>;
  readonly ragged: readonly RaggedRow[];
  /** What an analyst must know though nothing was refused, in whole sentences. */
  readonly remarks: readonly string[];
  /** Records of the file that are not blank, as this room counted them; null: the format has none. */
  readonly records: number | null;
  /** How many rows `sql` gives, by a count of its own; null: not known. */
  readonly laidOut: number | null;
  /** Fields with line breaks. */
  readonly breaks: number;
  /** SQL condition over the source's columns of the rows that hold totals of the file; null: there are none. */
  readonly controlRows: string | null;
  /** Texts of the cells that hold totals, by column. */
  readonly controlCells: Readonly<Record<string, string>>;
  /** The columns whose totals stand in the file. */
  readonly controlColumns: readonly string[];
  /** The column that holds the headers of wide columns, each with a total of its own; null: there are none. */
  readonly wideName: string | null;
}

/** Why a file can't be loaded, in words for the data owner, without any value that could be personal. */
export interface Unusable {
  readonly problem: string;
}

export interface Reading {
  readonly source: Source;
  readonly file: SourceFile;
  /** A path no other load uses, for what must be written anew. */
  readonly scratch: string;
  readonly onRows: (rows: number) => void;
}

const RAGGED_MOST = 500_000;
/** Lines in which a header is looked for that does not stand where the pack says. */
const LOOKED_FOR_HEADER = 30;

/** The sign that a first line `sep=;` names; null: there is no such line. */
async function separatorLine(path: string, bom: number): Promise<string | null> {
  const file = await open(path, 'r');
  try {
    const start = (await file.read(Buffer.alloc(16), 0, 16, bom)).buffer.toString('latin1');
    return /^"?sep=([;,|\t])"?\r?\n/i.exec(start)?.[1] ?? null;
  } finally {
    await file.close();
  }
}

/** Reads a delimited text file: one pass over its bytes checks it, and only an awkward one is written anew. */
export async function readyDelimited(given: Reading): Promise<ReadyFile | Unusable> {
  const { source, file, scratch } = given;
  const detected = await detectEncoding(file.path);
  if (detected.bom === 0 && file.set.layout.encoding === 'utf-8' && detected.name !== 'utf-8') return { problem: 'It is not UTF-8, as the layout says. Leave encoding out to have it detected.' };
  const encoding = detected.bom === 0 && file.set.layout.encoding !== null ? { name: file.set.layout.encoding, bom: 0 } : detected;
  const plain = encoding.name === 'utf-8' ? { path: file.path, bom: encoding.bom } : { path: `${scratch}.utf8`, bom: 0 };
  if (encoding.name !== 'utf-8') await writeAsUtf8(file.path, encoding, plain.path);

  // Excel's own first line says the delimiter; the header is the line after it, unless the pack counted it.
  const said = await separatorLine(plain.path, plain.bom);
  const layout: Layout = said === null ? file.set.layout : { ...file.set.layout, delimiter: file.set.layout.delimiter ?? said, headerRow: file.set.layout.headerRow === 1 ? 2 : file.set.layout.headerRow };
  const reading: Reading = { ...given, file: { ...file, set: { ...file.set, layout } } };
  const delimiter = layout.delimiter ?? await detectDelimiter(plain.path, plain.bom);
  const head = await firstRecords(plain.path, delimiter, plain.bom, Math.max(layout.headerRow, layout.firstRow ?? 0) + 200);
  const widest = head.reduce((most, { cells }) => Math.max(most, cells.length), 0);
  if (widest > MOST_COLUMNS) return { problem: `A line has ${widest} fields, and at most ${MOST_COLUMNS} columns are read. Write the figures in rows instead of columns, and see that each row ends with a line break.` };
  const headerRecord = layout.headerRow === 0 ? null : head.find((record) => record.line === layout.headerRow);
  if (headerRecord === undefined) return { problem: `No header begins in line ${layout.headerRow}: ${head.length === 0 ? 'the file is empty' : 'the file is shorter, or the line is the middle of a field with line breaks'}.` };
  const placement = placeColumns(source, layout, headerRecord?.cells ?? null);
  if (typeof placement === 'string') {
    const better = headerRecord === null ? undefined : head.slice(0, LOOKED_FOR_HEADER).find((record) => record.line !== layout.headerRow && typeof placeColumns(source, layout, record.cells) !== 'string');
    const advice = better === undefined ? '' : ` The columns stand in line ${better.line}: write header_row: ${better.line} in the pack.`;
    return { problem: maskPersonalNumbers(`${headerRecord === null ? '' : `Header in line ${layout.headerRow}, ${encoding.name}, delimiter ${shownDelimiter(delimiter)}: `}${placement}${advice}`) };
  }

  const cut = layout.lastRow === null ? await brokenOff(plain.path, delimiter) : null;
  if (cut !== null) return { problem: cut };
  const firstRow = layout.firstRow ?? (headerRecord === null ? 1 : (head.find((record) => record.line > headerRecord.line)?.line ?? headerRecord.line + 1));
  const scan = await scanFile(reading, plain, delimiter, placement, headerRecord?.cells ?? [], firstRow);
  if ('problem' in scan) return scan;

  const spellings = decideSpellings(source, layout, scan.evidence);
  if (typeof spellings === 'string') return { problem: spellings };
  const ready = { encoding: encoding.name, delimiter, spellings, isoToo: false, constants: constantPlaces(placement), remarks: [...placement.remarks, ...scan.remarks, ...thousandsAbove(source, head.filter(({ line }) => line < layout.headerRow))], records: scan.rows, breaks: scan.breaks, ...controlsOf(layout, scan.cells) };
  if (scan.regular && layout.unpivot === null && layout.fillDown.length === 0) {
    const names = Array.from({ length: scan.width }, (_, index) => `'c${index}': 'VARCHAR'`).join(', ');
    const columns = placement.columns.map((place, index) => `${place.kind === 'cell' ? `c${place.index}` : constantOf(place)} as v${index}`);
    const table = `read_csv(${literal(plain.path)}, auto_detect=false, delim=${literal(delimiter)}, quote='"', escape='"', header=false, skip=${firstRow - 1}, max_line_size=${LONGEST_RECORD}, columns={${names}})`;
    const rows = `select ${firstRow - 1} + row_number() over () as _line, ${columns.join(', ')} from ${table}`;
    return { ...ready, sql: layout.lastRow === null ? rows : `select * from (${rows}) where _line <= ${layout.lastRow}`, oddBlanks: scan.oddBlanks, ragged: [], laidOut: scan.rows };
  }
  const { ragged, laidOut } = await rewrite(reading, plain, delimiter, placement, firstRow, scan.width);
  if (plain.path !== file.path) await unlink(plain.path);
  if (ragged.length === RAGGED_MOST) return { problem: `More than ${RAGGED_MOST} rows have too few or too many cells (${ragged[0]?.reason}, first in line ${ragged[0]?.line}).` };
  return { ...ready, sql: rewrittenRows(scratch, placement), oddBlanks: false, ragged, laidOut };
}

/** A line above the header that says the amounts are in thousands. */
function thousandsAbove({ money }: Source, above: readonly { readonly line: number; readonly cells: readonly string[] }[]): string[] {
  const found = money.length === 0 ? undefined : above.find(({ cells }) => cells.some(saysThousands));
  return found === undefined ? [] : [`Line ${found.line} says that amounts are in thousands, millions or hundredths. The measures need the factor: sum(${money[0] ?? ''} * 1000); look that they have it.`];
}

/** Counts the rows below `last_row` that have a date and a unit as the rows above have: the file may have grown. */
export function rowsBelow(source: Source, placement: Placement): { look: (line: number, textAt: (index: number) => string) => void; remarks: () => string[] } {
  const needed = source.columns.flatMap(({ name }, i) => { const place = placement.columns[i]; return (name === source.dateColumn || name === source.unitColumn) && place?.kind === 'cell' ? [place.index] : []; });
  let [count, first] = [0, 0];
  return {
    look(line, textAt) {
      if (needed.length === 0 || needed.some((index) => textAt(index).trim() === '')) return;
      if (count === 0) first = line;
      count++;
    },
    remarks: () => (count === 0 ? [] : [`${count} ${count === 1 ? 'row' : 'rows'} below last_row (first: line ${first}) look like rows of the table and are not read. If the file has grown, correct last_row: in the pack.`]),
  };
}

/** The SELECT over a table that a RowWriter wrote. */
export function rewrittenRows(path: string, placement: Placement): string {
  const names = ['_line', ...placement.columns.map((_, index) => `c${index}`)].map((name) => `'${name}': 'VARCHAR'`).join(', ');
  const columns = placement.columns.map((place, index) => `${place.kind === 'constant' ? constantOf(place) : `c${index}`} as v${index}`);
  return `select _line::bigint as _line, ${columns.join(', ')} from read_csv(${literal(path)}, auto_detect=false, delim=',', quote='"', escape='"', header=false, max_line_size=${2 * LONGEST_RECORD}, columns={${names}})`;
}

/** Which of the source's columns are constants in this file. */
export const constantPlaces = (placement: Placement): ReadonlySet<number> => new Set(placement.columns.flatMap((place, index) => (place.kind === 'constant' ? [index] : [])));

const constantOf = (place: { kind: string; text?: string }): string => literal(place.text ?? '');

/** Which fields of the file say how the numbers of which column are written. */
export function notedFields(source: Source, layout: Layout, placement: Placement, evidence: readonly (NumberEvidence | null)[]): { readonly index: number; readonly one: NumberEvidence }[] {
  return placement.columns.flatMap((place, i) => {
    const one = evidence[i] ?? null;
    if (one === null) return [];
    if (place.kind === 'cell') return [{ index: place.index, one }];
    return place.kind === 'wide-value' && layout.unpivot !== null ? placement.wide.map(({ index }) => ({ index, one })) : [];
  });
}

interface Scan {
  readonly regular: boolean;
  readonly width: number;
  readonly oddBlanks: boolean;
  /** Records with anything in them, and fields with line breaks. */
  readonly rows: number;
  readonly breaks: number;
  readonly remarks: readonly string[];
  /** Cells of totals, by column. */
  readonly cells: Readonly<Record<string, string>>;
  readonly evidence: readonly (NumberEvidence | null)[];
}

async function scanFile(reading: Reading, plain: { path: string; bom: number }, delimiter: string, placement: Placement, headerCells: readonly string[], firstRow: number): Promise<Scan | Unusable> {
  const { layout } = reading.file.set;
  let headers: string[] = [];
  const roleOf = fieldRoles(reading.source, layout, placement, headerCells);
  const suspicion = openSuspicion(roleOf);
  const evidence = newEvidence(reading.source);
  const noted = notedFields(reading.source, layout, placement, evidence);
  const lastRow = layout.lastRow ?? Infinity;
  let width = placement.width ?? 0;
  let regular = true;
  let ending = 0;
  let rows = 0;
  let emptyLine = false;
  let oddBlanks = false;
  let breaks = 0;
  const cells: Record<string, string> = {};
  const wanted = layout.controlTotal?.kind === 'cells' ? Object.entries(layout.controlTotal.cells) : [];
  let problem: string | null = null;
  const swallowing = lookForSwallowed(reading, placement, delimiter);
  const below = rowsBelow(reading.source, placement);
  const fault = await visitRecords(plain.path, delimiter, plain.bom, (record) => {
    if (record.line === layout.headerRow) headers = fieldTexts(record);
    if (record.suspects.length > 0) {
      const inData = record.line >= firstRow;
      const hit = record.suspects.find((index) => {
        const text = fieldText(record, index);
        return holdsPersonalNumber(text, inData && roleOf(index).numeric) && (!inData || suspicion.certain(index, text));
      });
      if (hit !== undefined) {
        problem = cprProblem(record.line, shownColumn(headers, hit), null);
        return false;
      }
    }
    if (record.ending !== 0) {
      if (ending === 0) ending = record.ending;
      if (record.ending !== ending || record.ending === 3) regular = false;
    }
    if (record.breaks > 0 || record.oddQuotes) regular = false;
    if (record.line <= lastRow && (record.open || record.breaks > 0)) {
      problem = swallowing.look(record, width === 0 ? record.count : width);
      if (problem !== null) return false;
    }
    for (const [column, { letter, line }] of wanted) if (line === record.line) cells[column] = fieldText(record, indexOfLetter(letter));
    if (record.line < firstRow) return true;
    if (record.blank && record.count === 1) {
      emptyLine = true;
      return true;
    }
    if (record.line <= lastRow) rows++;
    else below.look(record.line, (index) => (index < record.count ? fieldText(record, index) : ''));
    if (record.breaks > 0 && record.line <= lastRow) breaks += fieldTexts(record).filter((text) => /[\r\n]/.test(text)).length;
    if (record.line <= lastRow) for (const { index, one } of noted) if (index < record.count) noteField(one, record.block, record.starts[index] as number, record.ends[index] as number);
    if (record.oddBlanks) oddBlanks = true;
    if (width === 0) width = record.count;
    if (record.count !== width || emptyLine || width === 1) regular = false;
    return true;
  }, () => reading.onRows(rows));
  if (problem !== null) return { problem };
  if (fault !== null) return { problem: `A quote opened in line ${fault.line} is not closed within 2 MB, or the line is longer. Mend the quotes in the file.` };
  const stands = await suspicion.firstThatStands((index, text) => holdsPersonalNumber(text, roleOf(index).numeric), async (columns, see) => {
    await visitRecords(plain.path, delimiter, plain.bom, (record) => record.line < firstRow || columns.every((index) => index >= record.count || see(record.line, index, fieldText(record, index))), () => reading.onRows(rows));
  });
  if (stands !== null) return { problem: cprProblem(stands.line, shownColumn(headers, stands.index), stands.signs) };
  const remarks = [...swallowing.remarks(), ...below.remarks(), ...suspicion.vouched().map(({ index, reason }) => vouchedRemark(shownColumn(headers, index), reason))];
  const last = Math.max(-1, ...placement.columns.map((place) => (place.kind === 'cell' ? place.index : -1)));
  if (rows > 0 && last >= width) return { problem: `The file has ${width} columns, and ${letterOfIndex(last)} is asked for.` };
  return { regular: regular && rows > 0, width, oddBlanks, rows, breaks, cells, evidence, remarks };
}

const REMARKED = 3;

/** Looks at records that go over several lines; a text says why one can't be right. */
function lookForSwallowed(reading: Reading, placement: Placement, delimiter: string): { look: (record: RecordView, width: number) => string | null; remarks: () => string[] } {
  const columns = columnsOfFields(reading.source, reading.file.set.layout, placement);
  const doubtful: string[] = [];
  const look = (record: RecordView, width: number): string | null => {
    const lines = recordLines(record);
    if (record.open) return `A quote opened in line ${record.line} or below is still open where the file ends, so what follows it can't be told apart. Get the whole file, or mend the quote: a quote within a text is written twice, or the text stands in quotes.`;
    const found = swallowedRows(lines, delimiter, width, (index) => formOf(reading.source.columns[columns.get(index) ?? -1]?.type), record.oddQuotes);
    if (found === null) return null;
    const [first = 0, last = 0] = [found.lines[0], found.lines.at(-1)];
    const where = first === last ? `line ${record.line + first} looks like a row of its own` : `lines ${record.line + first} to ${record.line + last} look like ${found.lines.length} rows of their own`;
    if (found.certain) return `A quote opened in line ${record.line} is closed only in line ${record.line + record.breaks}, and ${where}, which would be lost. Mend the quote: a quote within a text is written twice, and the text stands in quotes.`;
    doubtful.push(`a text from line ${record.line} to ${record.line + record.breaks}, where ${where}`);
    return null;
  };
  const remarks = (): string[] => (doubtful.length === 0 ? [] : [`Quotes hold what may be rows: ${doubtful.slice(0, REMARKED).join('; ')}${doubtful.length > REMARKED ? `; and ${doubtful.length - REMARKED} more` : ''}. See that no quote is missing there.`]);
  return { look, remarks };
}

/** Writes an awkward file anew; the rows that are too short or too long are given back. */
async function rewrite(reading: Reading, plain: { path: string; bom: number }, delimiter: string, placement: Placement, firstRow: number, width: number): Promise<{ ragged: RaggedRow[]; laidOut: number }> {
  const { source, file, scratch } = reading;
  const ragged: RaggedRow[] = [];
  const lastRow = file.set.layout.lastRow ?? Infinity;
  const writer = await openRowWriter(scratch, source, file.set.layout, placement);
  try {
    await visitRecords(plain.path, delimiter, plain.bom, (record) => {
      if (record.line < firstRow) return true;
      if (record.line > lastRow) return false;
      const cells = fieldTexts(record);
      if (cells.every((cell) => cell.trim() === '')) return true;
      const wrong = raggedReason(record, cells, width);
      if (wrong === null) writer.row(record.line, cells);
      else if (ragged.length === RAGGED_MOST) return false;
      else ragged.push({ line: record.line, value: maskPersonalNumbers(cells.join(delimiter)).slice(0, 200), reason: wrong });
      return true;
    }, () => writer.flush());
  } finally {
    await writer.close();
  }
  return { ragged, laidOut: writer.rows() };
}

function raggedReason(record: RecordView, cells: readonly string[], width: number): string | null {
  if (record.oddQuotes && record.count !== width) return 'a quote stands where none may stand';
  if (record.count < width) return `${record.count} cells instead of ${width}`;
  if (cells.slice(width).some((cell) => cell.trim() !== '')) return `${record.count} cells instead of ${width}`;
  return null;
}

/** A column as messages name it: its header, or its letter. */
export function shownColumn(headers: readonly string[], index: number): string {
  const header = headers[index]?.trim() ?? '';
  return header === '' || header.length > 80 ? letterOfIndex(index) : `'${maskPersonalNumbers(header)}'`;
}

const shownDelimiter = (delimiter: string): string => (delimiter === '\t' ? 'tab' : `'${delimiter}'`);
