import type { Source } from '../../pack/model.ts';
import { nearest } from '../../pack/nearest.ts';
import { reasonOf, UNCALCULATED, type NumberSpelling } from './cast.ts';

/** What can be wrong with a cell. A code of the stage is eight times the column's place plus one of these. */
export const KINDS = { unfit: 0, absent: 1, distant: 2, unknownUnit: 3, unclearUnit: 4, error: 5 } as const;

/** Codes of rows that were passed over and not looked at: nothing in them, of units left out on purpose, a total the file is checked by. */
export const PASSED = { blank: -1, ignored: -2, control: -3 } as const;

/** The code of a row whose derived date is empty: its place is after the columns and the unit. */
export const undatedCode = (source: Source): number => (source.columns.length + 1) * 8 + KINDS.absent;

/** Each code in words. */
export function reasonsOf(source: Source, spellings: readonly NumberSpelling[], codes: readonly number[]): { bad: number; column: string; reason: string }[] {
  return codes.flatMap((bad) => {
    const at = Math.floor(bad / 8);
    const column = source.columns[at];
    const place = column?.name ?? (at === source.columns.length ? source.unitColumn : bad === undatedCode(source) ? source.dateColumn : null);
    if (place === null) return [];
    const kind = bad % 8;
    const reason = bad === undatedCode(source) ? 'no date comes out of derive: for this row'
      : kind === KINDS.unfit && column !== undefined ? reasonOf(column, spellings[at] ?? { decimal: '.', thousands: null, percent: false, foreign: false })
      : kind === KINDS.absent ? 'no value, and the column needs one'
      : kind === KINDS.error ? `an error of the spreadsheet and no value (${UNCALCULATED}: a formula that was never worked out; open the file in Excel and save it again), or list it under missing: if it means none`
      : kind === KINDS.distant ? 'a date outside 1900 to 2199, or the row\'s own date more than ten years ahead'
      : kind === KINDS.unknownUnit ? 'not a unit of the organisation'
      : 'the name of several units; use their ids or codes';
    return [{ bad, column: place, reason }];
  });
}

/** For each spelling that is no unit's, the reason with the nearest that is. */
export function unknownUnitReasons(values: readonly string[], known: readonly string[]): { value: string; reason: string }[] {
  return values.map((value) => {
    const near = nearest(value, known);
    return { value, reason: `not a unit of the organisation${near === null ? '' : `; the nearest is '${near}'`}` };
  });
}
