import { unzipSync, zipSync } from 'fflate';
import writeXlsxFile from 'write-excel-file/node';
import type { Absence } from './absence.ts';
import type { Posting } from './ledger.ts';
import type { Visit } from './visits.ts';

/** `2026-10-31` as `31-10-2026`. */
export const danishDate = (date: string): string => date.split('-').reverse().join('-');

/** Øre as kr. with decimal comma. */
export function kroner(ore: number): string {
  const digits = String(Math.abs(ore)).padStart(3, '0');
  return `${ore < 0 ? '-' : ''}${digits.slice(0, -2)},${digits.slice(-2)}`;
}

/** As Danish systems export: UTF-8 with BOM, semicolons, CRLF. No value of the demo needs quoting; one that would is a mistake. */
export function csv(rows: readonly (readonly string[])[]): Uint8Array {
  const bad = rows.flat().find((value) => /[;"\r\n]/.test(value));
  if (bad !== undefined) throw new Error(`csv: '${bad}' would need quoting`);
  return new TextEncoder().encode(`\uFEFF${rows.map((row) => `${row.join(';')}\r\n`).join('')}`);
}

export function ledgerFile(postings: readonly Posting[]): Uint8Array {
  return csv([
    ['Bilag', 'Bogføringsdato', 'Distrikt', 'Konto', 'Kontonavn', 'Art', 'Beløb'],
    ...postings.map((p) => [p.voucher, danishDate(p.date), p.district, p.account, p.accountName, p.kind, kroner(p.amount)]),
  ]);
}

export function visitsFile(visits: readonly Visit[]): Uint8Array {
  return csv([
    ['Dato', 'Distrikt', 'Borger', 'Medarbejder', 'Ydelse', 'Visiteret_min', 'Leveret_min'],
    ...visits.map((v) => [danishDate(v.date), v.district, v.citizen, v.employee, v.service, String(v.allocated), String(v.delivered)]),
  ]);
}

/** A sheet as people make them: titles above the header in line 4, the district's name only on the first line of its block. */
export async function absenceFile(absences: readonly Absence[]): Promise<Uint8Array> {
  const head = ['Distrikt', 'Måned', 'Medarbejdergruppe', 'Mulige dagsværk', 'Kort fravær (dagsværk)', 'Langt fravær (dagsværk)'];
  const days = (value: number) => ({ value, type: Number, format: '#,##0.0' });
  const workbook = await writeXlsxFile([
    [{ value: 'Sygefravær i hjemmeplejen (syntetiske data)', fontWeight: 'bold' }],
    [{ value: 'Egen sygdom i dagsværk à 7,4 timer, november 2023 til oktober 2026' }],
    [],
    head.map((value) => ({ value, fontWeight: 'bold' as const })),
    ...absences.map((row, i) => [
      row.district === absences[i - 1]?.district ? null : { value: row.district },
      { value: new Date(`${row.month}T00:00:00Z`), type: Date, format: 'mm-yyyy' },
      { value: row.group },
      days(row.possible),
      days(row.short),
      days(row.long),
    ]),
  ], { sheet: 'Fravær', stickyRowsCount: 4, columns: [14, 10, 20, 17, 22, 23].map((width) => ({ width })) }).toBuffer();
  return withoutClock(workbook);
}

/** The library stamps the parts of the workbook with the time of writing; one fixed time makes equal content equal bytes. */
export function withoutClock(workbook: Uint8Array): Uint8Array {
  // Zip times are local and without zone: local fields here give the same bytes everywhere.
  return zipSync(unzipSync(workbook), { mtime: new Date(2026, 10, 5, 8, 0, 0), level: 9 });
}
