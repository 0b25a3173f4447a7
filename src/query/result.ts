import type { Caveat, Text } from '../pack/model.ts';
import type { IsoDate, Period } from '../calendar/period.ts';
import type { Comparison, Query } from './query.ts';

/** `suppressed`: a small count of persons; `withheld`: not shown because with others it would give one away, or is made of one. */
export type CellState = 'ok' | 'missing' | 'partial' | 'suppressed' | 'withheld';

/** A unit that is left out of a figure from one day up to another (exclusive). */
export interface Gap { readonly unit: string; readonly from: IsoDate; readonly to: IsoDate }

/** What a figure was made without, because not all that it is made of is there. */
export interface LeftOut {
  /** Empty: it may not be said, or nothing is left. */
  readonly gaps: readonly Gap[];
  /** How much that is of the figure's amount (of a ratio, its numerator), as a fraction; null: not known or not told. */
  readonly share: number | null;
}

/** A figure and another over what both have: the same units and months. */
export interface Alike { readonly value: number; readonly other: number; readonly leftOut: LeftOut }

/** One figure. `value` is null when missing or hidden; a partial one says what of it is there. */
export interface Cell {
  readonly value: number | null;
  readonly state: CellState;
  /** Money was booked, and it nets to nought. */
  readonly nets?: true;
  /** The data end too soon, and some unit lacks more than that. */
  readonly lacking?: boolean;
  /** Of a ratio: what of its parts the other part does not have. */
  readonly leftOut?: LeftOut;
  /** Of what a figure is held against, where one of the two is incomplete: both over what both have; null: they can't be compared. */
  readonly alike?: Alike | null;
}

/** Two figures as they may be held against each other; null where they may not. The only way to a difference. */
export function comparable(value: Cell | undefined, other: Cell | undefined): { readonly value: number; readonly other: number } | null {
  if (value === undefined || other === undefined || value.value === null || other.value === null) return null;
  if (other.alike !== undefined) return other.alike;
  return value.state === 'ok' && other.state === 'ok' ? { value: value.value, other: other.value } : null;
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

/** What a load found that a figure may be wrong by: rows that may count twice, that hold no amount, or whose amounts may be added up from the start of the year. */
export type Doubt = 'twice' | 'empty' | 'cumulated';

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
  readonly doubts?: readonly Doubt[];
}

/** A unit that opens or closes within what a result shows and compares. */
export interface Turn {
  readonly unit: string;
  /** It opens on this day; or it is closed from this day on. */
  readonly day: IsoDate;
  readonly opens: boolean;
  /** Of one that closes: the unit its work goes to. */
  readonly successor: string | null;
}

export interface Result {
  readonly query: Query;
  readonly rows: readonly Row[];
  readonly provenance: readonly Provenance[];
  readonly turns?: readonly Turn[];
  readonly caveats: readonly Caveat[];
}
