import { maskPersonalNumbers } from '../../access/personal-number.ts';
import type { Column, Layout, Source } from '../../pack/model.ts';
import { nearest } from '../../pack/nearest.ts';
import { matching, namesOf, nearMisses } from './wide.ts';

/** Where each declared column of a source is found in one file. */
export interface Placement {
  /** In the order of the source's columns. */
  readonly columns: readonly Place[];
  /** For a wide file: the columns that become rows, with their headers. */
  readonly wide: readonly { readonly index: number; readonly header: string }[];
  /** Fields of the header; null: no header, so every row may have its own number. */
  readonly width: number | null;
  /** What an analyst must know of the columns, in whole sentences. */
  readonly remarks: readonly string[];
}

export type Place =
  | { readonly kind: 'cell'; readonly index: number }
  | { readonly kind: 'constant'; readonly text: string }
  | { readonly kind: 'wide-name' }
  | { readonly kind: 'wide-value' };

/** Signs that separate fields, and their names. A header's tabs are blanks by now. */
const DELIMITERS = [[';', 'semicolons'], [',', 'commas'], ['|', 'vertical bars']] as const;

/** Finds the columns of a source in the header of one file; a text says what is wrong. */
export function placeColumns(source: Source, layout: Layout, header: readonly string[] | null): Placement | string {
  const headers = (header ?? []).map(plain);
  const problems: string[] = [];
  const places = source.columns.map((column): Place => {
    const place = placeOf(column, layout, headers);
    if (typeof place !== 'string') return place;
    problems.push(place);
    return { kind: 'constant', text: '' };
  });
  const wide = layout.unpivot === null ? [] : wideColumns(layout.unpivot.columns, headers);
  if (wide === null) return `The pattern of the columns to turn into rows (${layout.unpivot?.columns ?? ''}) takes too long on these headers. Write it without a repetition inside another, such as 20\\d\\d for years.`;
  if (layout.unpivot !== null && wide.length === 0) problems.push(`No header matches the columns to turn into rows (${layout.unpivot.columns}).`);
  if (problems.length > 0) {
    const other = headers.length === 1 ? DELIMITERS.find(([sign]) => headers[0]?.includes(sign) === true) : undefined;
    if (other !== undefined) return `The header is one single field, '${shortened(headers[0] ?? '')}', so the file seems to be separated by ${other[1]}. Mend delimiter: in the pack, or leave it out, and it is found.`;
    const seen = header === null ? '' : ` The header has: ${headers.filter((text) => text !== '').map((text) => `'${shortened(text)}'`).slice(0, 40).join(', ') || 'nothing'}.`;
    return `${problems.join(' ')}${seen}`;
  }
  const remarks = layout.unpivot === null ? [] : wideRemarks(layout.unpivot.columns, headers, places, wide);
  if (typeof remarks === 'string') return remarks;
  return { columns: places, wide, width: header === null ? null : header.length, remarks };
}

/** Which of the source's columns, by its place, each field of the file is for. */
export function columnsOfFields(source: Source, layout: Layout, placement: Placement): ReadonlyMap<number, number> {
  const value = source.columns.findIndex((column) => column.name === layout.unpivot?.value);
  return new Map([...placement.wide.map(({ index }) => [index, value] as const), ...placement.columns.flatMap((place, at) => (place.kind === 'cell' ? [[place.index, at] as const] : []))]);
}

function placeOf(column: Column, layout: Layout, headers: readonly string[]): Place | string {
  const constant = layout.set[column.name];
  if (constant !== undefined) return { kind: 'constant', text: constant };
  if (layout.unpivot?.name === column.name) return { kind: 'wide-name' };
  if (layout.unpivot?.value === column.name) return { kind: 'wide-value' };
  const letter = layout.at[column.name] ?? column.at;
  if (letter !== null) {
    const index = indexOfLetter(letter);
    if (headers.length > 0 && index >= headers.length) return `Column '${column.name}' is said to stand at ${letter}, but the header ends at ${letterOfIndex(headers.length - 1)}.`;
    return { kind: 'cell', index };
  }
  const wanted = plain(column.header ?? column.name);
  const exact = positions(headers, (text) => text === wanted);
  const found = exact.length > 0 ? exact : positions(headers, (text) => text.toLowerCase() === wanted.toLowerCase());
  if (found.length === 1) return { kind: 'cell', index: found[0] as number };
  if (found.length > 1) return `The header '${shortened(wanted)}' stands ${found.length} times (${found.map(letterOfIndex).join(', ')}): name the right one with at:.`;
  const near = nearest(wanted, headers.filter((text) => text !== ''));
  return `There is no column '${shortened(wanted)}'.${near === null ? '' : ` Did you mean '${shortened(near)}'?`}`;
}

/** Null: it took too long. */
function wideColumns(pattern: string, headers: readonly string[]): { index: number; header: string }[] | null {
  const fitting = matching(pattern, headers);
  return fitting === null ? null : headers.flatMap((header, index) => (fitting[index] === true ? [{ index, header }] : []));
}

/** Which columns became rows, and which are taken by nothing; a text says that one of these was meant to be. */
function wideRemarks(pattern: string, headers: readonly string[], places: readonly Place[], wide: readonly { index: number; header: string }[]): string | readonly string[] {
  const used = new Set([...wide.map(({ index }) => index), ...places.flatMap((place) => (place.kind === 'cell' ? [place.index] : []))]);
  const unused = headers.filter((header, index) => header !== '' && !used.has(index));
  const matched = wide.map(({ header }) => header);
  const twice = matched.find((header, i) => matched.indexOf(header) !== i);
  if (twice !== undefined) return `The header '${shortened(twice)}' of a column to turn into rows stands ${matched.filter((header) => header === twice).length} times, so it would count more than once. Rename or remove the one that is not meant.`;
  const near = nearMisses(pattern, unused, matched);
  if (near.length > 0) {
    const told = near.slice(0, 5).map(({ header, name }) => `'${shortened(header)}' nearly matches '${shortened(name)}'`);
    return `${told.join(', ')}, and no other column does, so its figures would be lost. Mend the header, or the pattern of the columns to turn into rows (${pattern}); if the column is something else, name it under columns:.`;
  }
  const gone = namesOf(pattern)?.filter((name) => !matched.includes(name)) ?? [];
  const listed = (texts: readonly string[]): string => `${texts.slice(0, 12).map((text) => `'${shortened(text)}'`).join(', ')}${texts.length > 12 ? ` and ${texts.length - 12} more` : ''}`;
  return [`${matched.length} ${matched.length === 1 ? 'column' : 'columns'} became rows: ${listed(matched)}. ${unused.length === 0 ? 'All others are used.' : `Neither used nor matched: ${listed(unused)}.`}${gone.length === 0 ? '' : ` No header matches ${listed(gone)}.`}`];
}

const positions = (headers: readonly string[], test: (text: string) => boolean): number[] => headers.flatMap((text, index) => (test(text) ? [index] : []));

/** A header without line breaks, doubled blanks and blanks at its ends. */
const plain = (text: string): string => text.normalize('NFC').replace(/[\s\u200b\ufeff]+/g, ' ').trim();
/** Masked before it is cut: half a CPR number says who it is, and would not be known any more. */
function shortened(header: string): string {
  const text = maskPersonalNumbers(header);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** `A` is 0, `Z` 25, `AA` 26. */
export function indexOfLetter(letter: string): number {
  let index = 0;
  for (const char of letter.toUpperCase()) index = index * 26 + char.charCodeAt(0) - 64;
  return index - 1;
}

/** 0 is `A`, 26 is `AA`. */
export function letterOfIndex(index: number): string {
  let letters = '';
  for (let rest = index; rest >= 0; rest = Math.floor(rest / 26) - 1) letters = String.fromCharCode(65 + (rest % 26)) + letters;
  return letters;
}
