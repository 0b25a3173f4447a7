import type { Period, TimeGrain } from '../calendar/period.ts';

/** Against what: plan (budget, target), the period before, the same period last year, another period (`comparedTo`), the average of the sibling units (a ratio of sums), the highest or lowest of the others without their names (then the average, too, only of at least three), or as a share of the parent's total. */
export type Comparison = 'plan' | 'previous' | 'last-year' | 'period' | 'average' | 'highest' | 'lowest' | 'share';

/** Only rows above or below something: the figure itself (`against` null), or its difference from a comparison, in percent of it when `relative`. */
export interface Having {
  readonly measure: string;
  readonly against: Comparison | null;
  readonly side: 'above' | 'below' | 'either';
  /** In the measure's unit, or percent when `relative`. */
  readonly limit: number;
  readonly relative: boolean;
}

/**
 * The middle form of every digest section and every question. Ids only, no words; values always become
 * parameters or checked names, never text in SQL.
 */
export interface Query {
  readonly pack: string;
  readonly measures: readonly string[];
  /** Units asked for, each with everything below it. With `level`, the units of that level within them. */
  readonly units: readonly string[];
  readonly level: string | null;
  readonly period: Period;
  readonly comparisons: readonly Comparison[];
  /** What the comparison `period` compares with; null without it. */
  readonly comparedTo: Period | null;
  /** One row per piece of time, or per value of a declared dimension (all of them, or those named), or neither. */
  readonly by: { readonly grain: TimeGrain } | { readonly dimension: string; readonly values: readonly string[] | null } | null;
  readonly having: Having | null;
  readonly order: { readonly measure: string; readonly against: Comparison | null; readonly descending: boolean } | null;
  readonly limit: number | null;
  /** Set by the access rule: units beside those asked for that the asker sees as highest, lowest and average only. */
  readonly nameless?: readonly string[] | undefined;
}
