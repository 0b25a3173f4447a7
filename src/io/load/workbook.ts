import { strFromU8, strToU8, unzipSync, zipSync, type Unzipped } from 'fflate';
import { readFile } from 'node:fs/promises';
import { readSheet } from 'read-excel-file/node';
import type { Layout } from '../../pack/model.ts';
import { UNCALCULATED } from './cast.ts';

/** The rows of one worksheet, with their numbers as Excel shows them. */
export interface Worksheet {
  readonly rows: readonly { readonly line: number; readonly cells: readonly unknown[] }[];
  /** The instant that the workbook counts days from. */
  readonly dayZero: number;
}

/** Reads one worksheet. An error such as #N/A is the text Excel shows, and a formula that nothing was worked out for is `UNCALCULATED`. */
export async function readWorkbook(path: string, layout: Layout): Promise<Worksheet> {
  const { told, from1904 } = toldErrors(await readFile(path));
  const read = (sheet: string | number): Promise<unknown> => readSheet(told ?? path, sheet);
  const rows = await read(layout.sheet).catch((error: unknown) => {
    // A blank at the end of a name is seen by nobody, and decides nothing.
    const near = ((error as { sheets?: string[] }).sheets ?? []).filter((name) => plainName(name) === plainName(String(layout.sheet)));
    if (typeof layout.sheet !== 'string' || near.length !== 1) throw error;
    return read(near[0] as string);
  }) as readonly (readonly unknown[])[];
  return { rows: rows.map((cells, index) => ({ line: index + 1, cells })), dayZero: from1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30) };
}

const plainName = (name: string): string => name.normalize('NFC').replace(/[\s\u200b\ufeff]+/g, ' ').trim().toLowerCase();

/** The workbook with its errors and empty formulas as texts, where it has any: the reader of workbooks takes both for empty cells. What is no workbook is for it to tell. */
function toldErrors(bytes: Uint8Array): { told: Buffer | null; from1904: boolean } {
  try {
    const looked = unzipSync(bytes, { filter: ({ name }) => isSheet(name) || name === 'xl/workbook.xml' });
    const from1904 = /\bdate1904="(1|true)"/.test(strFromU8(looked['xl/workbook.xml'] ?? new Uint8Array()));
    const mended: Unzipped = {};
    for (const [name, part] of Object.entries(looked)) {
      if (!isSheet(name)) continue;
      const xml = strFromU8(part);
      const told = withErrorsAsTexts(xml);
      if (told !== xml) mended[name] = strToU8(told);
    }
    if (Object.keys(mended).length === 0) return { told: null, from1904 };
    return { told: Buffer.from(zipSync({ ...unzipSync(bytes), ...mended }, { level: 0 })), from1904 };
  } catch {
    return { told: null, from1904: false };
  }
}

const isSheet = (name: string): boolean => name.startsWith('xl/worksheets/') && name.endsWith('.xml');

function withErrorsAsTexts(xml: string): string {
  if (!/\bt="e"|<(?:\w+:)?f\b/.test(xml)) return xml;
  return xml.replace(/<((?:\w+:)?)c\b([^>]*?)>([^]*?)<\/\1c>/g, (cell, prefix: string, attributes: string, inner: string) => {
    if (attributes.endsWith('/')) return cell;
    const type = /\bt="(\w+)"/.exec(attributes)?.[1] ?? 'n';
    const value = new RegExp(`<${prefix}v\\b[^>]*>([^<]*)</${prefix}v>`).exec(inner)?.[1] ?? '';
    const isEmpty = value === '' && new RegExp(`<${prefix}f\\b`).test(inner) && !(type === 'str' && new RegExp(`<${prefix}v\\b`).test(inner));
    if (type !== 'e' && !isEmpty) return cell;
    return `<${prefix}c${attributes.replace(/\s+t="\w+"/, '')} t="str"><${prefix}v>${value === '' ? UNCALCULATED : value}</${prefix}v></${prefix}c>`;
  });
}

/** A cell as text: days as `YYYY-MM-DD`, points in time as `YYYY-MM-DD HH:MM:SS` (both in UTC, which is how the workbook's own days come out), numbers with the decimal sign and without thousands. */
export function cellText(cell: unknown, decimal: '.' | ','): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return numberText(cell).replace('.', decimal);
  if (cell instanceof Date) {
    // Fractions of a day are not exact: a second may come out as a thousandth less.
    const text = new Date(Math.round(cell.getTime() / 1000) * 1000).toISOString();
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
