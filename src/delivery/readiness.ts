import type { IsoDate } from '../calendar/period.ts';

/** What keeps the page of a period back. */
export type Missing =
  /** The source's rows end before the period does; `through`: the last complete day, null when there are none at all. */
  | { readonly kind: 'rows'; readonly source: string; readonly through: IsoDate | null }
  | { readonly kind: 'units'; readonly source: string; readonly units: readonly string[] }
  /** The number of rows, or a measure's total, is far from what it has been: the median of the periods before. */
  | { readonly kind: 'count'; readonly source: string; readonly value: number; readonly usual: number }
  | { readonly kind: 'total'; readonly source: string; readonly measure: string; readonly value: number; readonly usual: number }
  /** Rows that did not fit were set aside, more than may be; `reasons`: the commonest, without values. */
  | { readonly kind: 'rejects'; readonly source: string; readonly rows: number; readonly allowed: number; readonly reasons: readonly { readonly column: string; readonly reason: string; readonly rows: number; readonly file: string; readonly line: number }[] }
  | { readonly kind: 'closing'; readonly source: string }
  /** The source's data may well be there: the house could not load them, and why. For analysts alone. */
  | { readonly kind: 'house'; readonly source: string; readonly reason: string };

/** Whether a period can be shown, what is missing, and which sources are there. */
export interface Readiness {
  readonly missing: readonly Missing[];
  readonly present: readonly string[];
  /** Units that have no rows of a source though they had some in most of the periods before: their own pages wait. */
  readonly silent?: readonly Silent[];
}

export interface Silent {
  readonly unit: string;
  readonly source: string;
}

/** What is missing of the pages of some units alone, by source. */
export function missingOf({ silent = [] }: Readiness, units: readonly string[]): Missing[] {
  const own = silent.filter(({ unit }) => units.includes(unit));
  return [...new Set(own.map(({ source }) => source))].map((source) => ({ kind: 'units', source, units: own.filter((one) => one.source === source).map(({ unit }) => unit) }));
}

/** What is missing of a source that the house could not load is missing by the house's fault, whatever else would be said of it. */
export function withHouseFaults(readiness: Readiness, faults: ReadonlyMap<string, string>): Readiness {
  const lacking = new Set(readiness.missing.map(({ source }) => source));
  const ours = [...lacking].flatMap((source) => { const reason = faults.get(source); return reason === undefined ? [] : [{ kind: 'house', source, reason } as const]; });
  return { ...readiness, missing: [...readiness.missing.filter(({ source }) => !faults.has(source)), ...ours] };
}

const FEWEST = 3;

/** The middle of the values; of an even number the mean of the two in the middle. Null for none. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/**
 * The usual value when `value` is more than `within` percent from it; null when it is near enough, or when fewer than three
 * earlier periods have anything, so that nobody knows what is usual.
 */
export function unusual(value: number, history: readonly number[], within: number): number | null {
  const known = history.filter((earlier) => earlier !== 0);
  const usual = median(known);
  if (usual === null || known.length < FEWEST) return null;
  return Math.abs(value - usual) > (Math.abs(usual) * within) / 100 ? usual : null;
}

/** Of the six periods before, most. */
export const MOST = 4;

/**
 * The usual value when `value` is more than `percent` nearer to nought, or beyond it; null when it is not, when fewer than four of
 * the earlier periods have anything or they are not all on one side of nought, and when a year ago it was as little.
 */
export function fallen(value: number, history: readonly number[], yearAgo: number, percent: number): number | null {
  const known = history.filter((earlier) => earlier !== 0);
  const usual = median(known);
  if (usual === null || known.length < MOST || known.some((one) => Math.sign(one) !== Math.sign(usual))) return null;
  const isLess = (than: number): boolean => value * Math.sign(than) < Math.abs(than) * (1 - percent / 100);
  return isLess(usual) && (yearAgo === 0 || Math.sign(yearAgo) !== Math.sign(usual) || isLess(yearAgo)) ? usual : null;
}
