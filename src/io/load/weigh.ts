import { signsInWords, standsAlone, weighColumn, type ColumnRole, type ColumnWeighing, type Signs } from '../../access/personal-column.ts';
import { maskPersonalNumbers } from '../../access/personal-number.ts';
import type { Column, Layout, Source } from '../../pack/model.ts';
import type { Placement } from './header.ts';

/** What a pack says of a field of a file, as far as CPR numbers are concerned. */
export interface FieldRole extends ColumnRole {
  /** Declared as a number of any kind. */
  readonly numeric: boolean;
}

/** The roles of the fields of a file, by their place. */
export function fieldRoles(source: Source, layout: Layout, placement: Placement, headers: readonly string[]): (index: number) => FieldRole {
  const value = source.columns.find((column) => column.name === layout.unpivot?.value);
  const wide = new Set(placement.wide.map(({ index }) => index));
  const declared = (index: number): readonly Column[] => [
    ...source.columns.filter((_, at) => { const place = placement.columns[at]; return place?.kind === 'cell' && place.index === index; }),
    ...(value !== undefined && wide.has(index) ? [value] : []),
  ];
  const known = new Map<number, FieldRole>();
  return (index) => {
    const found = known.get(index);
    if (found !== undefined) return found;
    const columns = declared(index);
    const role: FieldRole = {
      heading: headers[index] ?? '',
      numeric: columns.some(({ type }) => ['integer', 'decimal', 'number'].includes(type)),
      money: columns.some(({ type }) => type === 'decimal' || type === 'number'),
      vouched: columns.find(({ noCpr }) => noCpr !== null)?.noCpr ?? null,
    };
    known.set(index, role);
    return role;
  };
}

/** A cell that looks like a CPR number, and where it stands. */
export interface Hit {
  readonly line: number;
  readonly index: number;
}

/** Takes a cell of the data rows; `false`: no more of them are wanted. */
export type SeeCell = (line: number, index: number, text: string) => boolean;

/** What looks like a CPR number in a file, gathered until its columns have been heard. */
export interface Suspicion {
  /** Takes a hit of the first reading; true: no column can explain it, so the reading may end. */
  certain(index: number, text: string): boolean;
  /** Reads the file again, with every cell of the columns in question, and gives the first hit that stands; null: none does. */
  firstThatStands(looksSo: (index: number, text: string) => boolean, read: (columns: readonly number[], see: SeeCell) => Promise<void>): Promise<(Hit & { readonly signs: Signs }) | null>;
  /** The columns the pack vouches for in which something looks like a CPR number, with the reason. */
  vouched(): readonly { readonly index: number; readonly reason: string }[];
}

/** One reading of a file gathers the hits, and two more ask their columns. A file in which nothing looks so is read once. */
export function openSuspicion(roleOf: (index: number) => FieldRole): Suspicion {
  const columns = new Map<number, ColumnWeighing>();
  return {
    certain(index, text) {
      const role = roleOf(index);
      if (role.vouched === null && standsAlone(text)) return true;
      if (!columns.has(index)) columns.set(index, weighColumn(role));
      return false;
    },
    async firstThatStands(looksSo, read) {
      const asked = [...columns.keys()];
      if (asked.length === 0) return null;
      await read(asked, (_line, index, text) => {
        columns.get(index)?.add(text);
        return true;
      });
      let stands: (Hit & { readonly signs: Signs }) | null = null;
      await read(asked, (line, index, text) => {
        const signs = looksSo(index, text) ? columns.get(index)?.judge(text) ?? null : null;
        if (signs !== null) stands = { line, index, signs };
        return signs === null;
      });
      return stands;
    },
    vouched: () => [...columns.keys()].flatMap((index) => { const { vouched } = roleOf(index); return vouched === null ? [] : [{ index, reason: vouched }]; }),
  };
}

/** What is said of a CPR number: where it stands and what speaks for it, never what it is. `line` 0: in the name of the column. */
export function cprProblem(line: number, column: string, signs: Signs | null): string {
  const found = `Line ${line}, column ${column}: a value looks like a CPR number${signs === null ? '' : ` (${signsInWords(signs)})`}, so nothing of the file is loaded.`;
  if (signs?.vouched === true) return `${found} The pack says no_cpr, but most values of the column begin with a day, on many days of the month, and have the check digit of CPR numbers. Take the column out of the extract or replace it by a key of your own.`;
  const vouch = signs === null ? '' : " If the column holds other numbers, name it in the pack and say which: no_cpr: \"invoice numbers of the finance system\".";
  return `${found} Take the column out of the extract or replace it by a key of your own.${vouch}`;
}

/** What an analyst is told of a column that the pack vouches for. */
export const vouchedRemark = (column: string, reason: string): string => maskPersonalNumbers(`Column ${column}: values that look like CPR numbers were let through, since the pack says: ${reason}`);
