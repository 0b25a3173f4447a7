import type { Caveat, Text } from '../pack/model.ts';
import type { IsoDate, Period } from '../calendar/period.ts';
import type { Comparison, Query } from './query.ts';

/** `suppressed`: a small count of persons; `withheld`: not shown because with others it would give one away, or is made of one. */
export type CellState = 'ok' | 'missing' | 'partial' | 'suppressed' | 'withheld';

/** One figure. `value` is null when missing or hidden; a partial one says what of it is there. */
export interface Cell {
  readonly value: number | null;
  readonly state: CellState;
}

/** True for a figure there is and that is not shown. */
export const isHidden = (cell: Cell | undefined): boolean => cell?.state === 'suppressed' || cell?.state === 'withheld';

/** Stands for the rows that have no value of a dimension; the whole is null. */
export const NO_VALUE = '';

export const MISSING: Cell = { value: null, state: 'missing' };

export interface Row {
  readonly unit: string;
  readonly period: Period;
  /** Value of the dimension the query is grouped by, `NO_VALUE` for rows that have none; null: it is grouped by none. */
  readonly dimension: string | null;
  /** By measure id. */
  readonly values: Readonly<Record<string, Cell>>;
  /** By comparison, then measure id. `share` is percent of the parent. */
  readonly against: Readonly<Partial<Record<Comparison, Readonly<Record<string, Cell>>>>>;
}

/** Where the figures come from and how fresh they are. */
export interface Provenance {
  readonly source: string;
  readonly attribution: Text;
  /** Data is complete up to this day (exclusive). */
  readonly completeTo: IsoDate;
  /** First day with rows; null when there are none. */
  readonly from: IsoDate | null;
  readonly loadedAt: string;
  readonly rejectedRows: number;
}

export interface Result {
  readonly query: Query;
  readonly rows: readonly Row[];
  readonly provenance: readonly Provenance[];
  readonly caveats: readonly Caveat[];
}
