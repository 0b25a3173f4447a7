import { strFromU8, strToU8, unzipSync, zipSync, type Unzipped } from 'fflate';
import { readFile } from 'node:fs/promises';
import { readSheet } from 'read-excel-file/node';
import type { Layout } from '../../pack/model.ts';
import { UNCALCULATED } from './cast.ts';
import { hiddenLines, onlySheet, percentStyles, sheetsOf, type SheetInfo } from './sheets.ts';

/** The rows of one worksheet, with their numbers as Excel shows them. */
export interface Worksheet {
  readonly rows: readonly { readonly line: number; readonly cells: readonly unknown[] }[];
  /** The instant that the workbook counts days from. */
  readonly dayZero: number;
  /** Lines that a filter or a hand has hidden; they are among the rows. */
  readonly hidden: ReadonlySet<number>;
  readonly remarks: readonly string[];
}

/** A number that Excel shows as a percentage; `value` is what it shows, 12.5 for 12,5 %. */
export class PercentCell {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** Marks a percentage on its way through the reader of workbooks: no text that anybody writes begins so. */
const PERCENT_MARK = '\ue000%';

/**
 * Reads one worksheet: the one that the layout names, else the only visible one with a table. An error such as #N/A is the text
 * Excel shows, and a formula that nothing was worked out for is `UNCALCULATED`. Where the pack has to say which sheet, that is told as `problem`.
 */
export async function readWorkbook(path: string, layout: Layout, pattern: string): Promise<Worksheet | { readonly problem: string }> {
  const looked = look(await readFile(path));
  const choice = layout.sheet === null && looked !== null ? onlySheet(looked.sheets, pattern) : { name: layout.sheet ?? 1, remarks: [] };
  if ('problem' in choice) return choice;
  let name: string | number = choice.name;
  const read = (sheet: string | number): Promise<unknown> => readSheet(looked?.told ?? path, sheet);
  const rows = await read(name).catch((error: unknown) => {
    // A blank at the end of a name is seen by nobody, and decides nothing.
    const near = ((error as { sheets?: string[] }).sheets ?? []).filter((one) => plainName(one) === plainName(String(name)));
    if (typeof name !== 'string' || near.length !== 1) throw error;
    name = near[0] as string;
    return read(name);
  }) as readonly (readonly unknown[])[];
  const sheet = looked?.sheets.find((one) => one.name === name);
  return {
    rows: rows.map((cells, index) => ({ line: index + 1, cells: cells.map(percentCell) })),
    dayZero: looked?.from1904 === true ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30),
    hidden: sheet === undefined || looked === null ? new Set() : hiddenLines(looked.xml(sheet.part)),
    remarks: choice.remarks,
  };
}

const percentCell = (cell: unknown): unknown => (typeof cell === 'string' && cell.startsWith(PERCENT_MARK) ? new PercentCell(Number(cell.slice(PERCENT_MARK.length)) * 100) : cell);

const plainName = (name: string): string => name.normalize('NFC').replace(/[\s\u200b\ufeff]+/g, ' ').trim().toLowerCase();

interface Looked {
  readonly sheets: readonly SheetInfo[];
  readonly xml: (part: string) => string;
  readonly from1904: boolean;
  /** The workbook with what its reader would lose written as texts; null: there is nothing of the kind. */
  readonly told: Buffer | null;
}

/** What the reader of workbooks does not tell: which sheets are hidden, and errors, empty formulas, percentages and midnights, which it would lose. Null: it is no workbook, which is for it to tell. */
function look(bytes: Uint8Array): Looked | null {
  try {
    const parts = unzipSync(bytes, { filter: ({ name }) => isSheet(name) || LOOKED_AT.includes(name) });
    const text = (name: string): string => strFromU8(parts[name] ?? new Uint8Array());
    const percent = percentStyles(text('xl/styles.xml'));
    const mended: Unzipped = {};
    for (const name of Object.keys(parts).filter(isSheet)) {
      const xml = text(name);
      const told = withMidnights(withLostAsTexts(xml, percent));
      if (told !== xml) mended[name] = strToU8(told);
    }
    return {
      sheets: sheetsOf(parts), xml: text, from1904: /\bdate1904="(1|true)"/.test(text('xl/workbook.xml')),
      told: Object.keys(mended).length === 0 ? null : Buffer.from(zipSync({ ...unzipSync(bytes), ...mended }, { level: 0 })),
    };
  } catch {
    return null;
  }
}

const LOOKED_AT = ['xl/workbook.xml', 'xl/_rels/workbook.xml.rels', 'xl/styles.xml'];
const isSheet = (name: string): boolean => name.startsWith('xl/worksheets/') && name.endsWith('.xml');

/** Its cells with errors, formulas without a value and percentages as texts. A cell that is only styled (`<c s="1"/>`) ends in itself, and is none of them. */
function withLostAsTexts(xml: string, percent: ReadonlySet<number>): string {
  if (percent.size === 0 && !/\bt="e"|<(?:\w+:)?f\b/.test(xml)) return xml;
  return xml.replace(/<((?:\w+:)?)c((?:\s[^>]*)?[^>/])?>([^]*?)<\/\1c>/g, (cell, prefix: string, attributes: string | undefined, inner: string) => {
    const given = attributes ?? '';
    const type = /\bt="(\w+)"/.exec(given)?.[1] ?? 'n';
    const value = new RegExp(`<${prefix}v\\b[^>]*>([^<]*)</${prefix}v>`).exec(inner)?.[1] ?? '';
    const isEmpty = value === '' && new RegExp(`<${prefix}f\\b`).test(inner) && !(type === 'str' && new RegExp(`<${prefix}v\\b`).test(inner));
    const isPercent = type === 'n' && value !== '' && Number.isFinite(Number(value)) && percent.has(Number(/\bs="(\d+)"/.exec(given)?.[1] ?? -1));
    if (type !== 'e' && !isEmpty && !isPercent) return cell;
    const told = isPercent ? `${PERCENT_MARK}${value}` : value === '' ? UNCALCULATED : value;
    return `<${prefix}c${given.replace(/\s+t="\w+"/, '')} t="str"><${prefix}v>${told}</${prefix}v></${prefix}c>`;
  });
}

/** Days that were worked out in hours end a hair before midnight, by less than a tenth of a thousandth of a second: they are the next day. */
const withMidnights = (xml: string): string => xml.replace(/(<(?:\w+:)?v>)(\d{5})\.9{9}\d*(?=<)/g, (_all, tag: string, day: string) => `${tag}${Number(day) + 1}`);

/** A cell as text: days as `YYYY-MM-DD`, points in time as `YYYY-MM-DD HH:MM:SS` (both in UTC, which is how the workbook's own days come out), numbers with the decimal sign and without thousands. */
export function cellText(cell: unknown, decimal: '.' | ','): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return numberText(cell).replace('.', decimal);
  if (cell instanceof PercentCell) return `${numberText(cell.value).replace('.', decimal)} %`;
  if (cell instanceof Date) {
    // Fractions of a day are not exact: a second may come out as a thousandth less. But the last one of a day is never the next day's first.
    const [rounded, whole] = [Math.round, Math.floor].map((round) => new Date(round(cell.getTime() / 1000) * 1000)) as [Date, Date];
    const text = (rounded.getUTCDate() === cell.getUTCDate() ? rounded : whole).toISOString();
    return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 19).replace('T', ' ');
  }
  return String(cell);
}

/** A stretch of time that Excel shows as `[h]:mm`, written that way. */
export function durationText(cell: Date, dayZero: number): string {
  const seconds = Math.round((cell.getTime() - dayZero) / 1000);
  const two = (count: number): string => String(count).padStart(2, '0');
  const all = Math.abs(seconds);
  return `${seconds < 0 ? '-' : ''}${Math.floor(all / 3600)}:${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
}

/** Fifteen digits, as Excel itself keeps, and never with an exponent: 0.1 + 0.2 is 0.3. */
function numberText(value: number): string {
  const rounded = Number(value.toPrecision(15));
  const text = String(rounded);
  if (!text.includes('e')) return text;
  return Number.isInteger(rounded) ? BigInt(rounded).toString() : rounded.toFixed(20).replace(/0+$/, '');
}
