import { strToU8, zipSync } from 'fflate';

/** One worksheet as Excel writes it: the XML of its rows, and how it is shown. */
export interface BookSheet {
  readonly name: string;
  readonly rows: readonly string[];
  readonly state?: 'hidden' | 'veryHidden';
  /** A sheet with nothing but a chart. */
  readonly chart?: boolean;
}

const NAMESPACE = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATION = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>';
const FORMATS = { general: 0, date: 164, hours: 165, percent: 10, ownPercent: 166, quotedPercent: 167, time: 168 } as const;
/** Cell styles of the workbooks made here. */
export const STYLES = Object.fromEntries(Object.keys(FORMATS).map((name, place) => [name, place])) as Record<keyof typeof FORMATS, number>;

/** A row of cells; `''` is a cell with a style and nothing in it, as Excel leaves them. */
export function row(line: number, cells: readonly (string | number | { readonly style?: keyof typeof FORMATS; readonly type?: string; readonly inner: string } | null)[], attributes = ''): string {
  const written = cells.map((cell, column) => {
    const place = `r="${String.fromCharCode(65 + column)}${line}"`;
    if (cell === null) return '';
    if (cell === '') return `<c ${place} s="0"/>`;
    if (typeof cell === 'number') return `<c ${place}><v>${cell}</v></c>`;
    if (typeof cell === 'string') return `<c ${place} t="inlineStr"><is><t>${cell.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</t></is></c>`;
    return `<c ${place}${cell.style === undefined ? '' : ` s="${STYLES[cell.style]}"`}${cell.type === undefined ? '' : ` t="${cell.type}"`}>${cell.inner}</c>`;
  });
  return `<row r="${line}"${attributes}>${written.join('')}</row>`;
}

/** A workbook, part by part, with what libraries that write workbooks can't be made to write. */
export function book(sheets: readonly BookSheet[]): Buffer {
  const part = (sheet: BookSheet, i: number): string => `${sheet.chart === true ? 'chartsheets' : 'worksheets'}/sheet${i + 1}.xml`;
  const entries: Record<string, string> = {
    '[Content_Types].xml': `${HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
    'xl/workbook.xml': `${HEAD}<workbook xmlns="${NAMESPACE}" xmlns:r="${RELATION}"><sheets>${sheets.map(({ name, state }, i) => `<sheet name="${name.replaceAll('&', '&amp;')}" sheetId="${i + 1}"${state === undefined ? '' : ` state="${state}"`} r:id="rId${i + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${sheets.map((sheet, i) => `<Relationship Id="rId${i + 1}" Type="${RELATION}/${sheet.chart === true ? 'chartsheet' : 'worksheet'}" Target="${part(sheet, i)}"/>`).join('')}<Relationship Id="rId99" Type="${RELATION}/styles" Target="styles.xml"/></Relationships>`,
    'xl/styles.xml': `${HEAD}<styleSheet xmlns="${NAMESPACE}"><numFmts><numFmt numFmtId="164" formatCode="dd\\-mm\\-yyyy"/><numFmt numFmtId="165" formatCode="[h]:mm"/><numFmt numFmtId="166" formatCode="0.0\\ %"/><numFmt numFmtId="167" formatCode="0.0&quot; %&quot;"/><numFmt numFmtId="168" formatCode="dd\\-mm\\-yyyy\\ hh:mm:ss"/></numFmts><cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs>${Object.values(FORMATS).map((id) => `<xf numFmtId="${id}" xfId="0"/>`).join('')}</cellXfs></styleSheet>`,
  };
  for (const [i, sheet] of sheets.entries()) entries[`xl/${part(sheet, i)}`] = sheet.chart === true ? `${HEAD}<chartsheet xmlns="${NAMESPACE}"/>` : `${HEAD}<worksheet xmlns="${NAMESPACE}"><sheetData>${sheet.rows.join('')}</sheetData></worksheet>`;
  return Buffer.from(zipSync(Object.fromEntries(Object.entries(entries).map(([name, text]) => [name, strToU8(text)]))));
}

/** The number Excel keeps for a day. */
export const serial = (day: string): number => (Date.parse(`${day}T00:00:00Z`) - Date.UTC(1899, 11, 30)) / 86_400_000;
export const day = (iso: string): { style: 'date'; inner: string } => ({ style: 'date', inner: `<v>${serial(iso)}</v>` });
export const value = (style: keyof typeof FORMATS, number: number | string): { style: keyof typeof FORMATS; inner: string } => ({ style, inner: `<v>${number}</v>` });
export const failed = (error: string): { type: string; inner: string } => ({ type: 'e', inner: `<f>1/0</f><v>${error}</v>` });
/** A formula that the program which wrote the file did not work out. */
export const uncalculated = { inner: '<f>SUM(A1:A2)</f>' } as const;
