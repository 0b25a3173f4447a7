import type { Measure } from '../pack/model.ts';
import { comparable, type Cell } from '../query/result.ts';
import { processLimits } from './xmr.ts';

/** One fact worth a leader's attention, with the numbers that prove it. */
export type Finding =
  | { readonly kind: 'deviation'; readonly measure: string; readonly value: number; readonly plan: number; readonly favourable: boolean | null; readonly weight: number }
  | { readonly kind: 'signal'; readonly measure: string; readonly value: number; readonly expected: number; readonly above: boolean; readonly favourable: boolean | null; readonly points: number; readonly weight: number };

/** Whether a move away from the expected is good for the measure; null where more and less are neither. */
export function favourable(measure: Measure, difference: number): boolean | null {
  switch (measure.better) {
    case 'higher': return difference > 0;
    case 'lower': return difference < 0;
    case 'near-plan': return difference === 0 ? true : difference < 0 ? false : null;
    case 'neutral': return null;
  }
}

/** Deviations smaller than this are not worth a word: 2 percent of plan, or one percentage point (municipal practice; domain, 6.3). */
const RELATIVE = 0.02;
const POINTS = 1;

/** The deviation of a measure from its plan, when it is large enough to mention and not good news only. */
export function deviation(measure: Measure, value: Cell, plan: Cell | undefined): Finding | null {
  const pair = value.state === 'ok' && value.value !== null ? comparable(value, plan) : null;
  // What was compared without something is told in the table, with what it was.
  if (pair === null || value.value === null || plan?.value !== pair.other || plan.value === null) return null;
  const difference = value.value - plan.value;
  const size = measure.unit === 'percent' ? Math.abs(difference) / POINTS : plan.value === 0 ? 0 : Math.abs(difference / plan.value) / RELATIVE;
  if (size < 1) return null;
  const good = favourable(measure, difference);
  if (good === null) return null;
  return { kind: 'deviation', measure: measure.id, value: value.value, plan: plan.value, favourable: good, weight: (good ? 0.2 : 1) * size };
}

/**
 * Whether the newest month of a series stands out. `values` are months in order, oldest first; with 24 or more
 * differences from the same month a year before those are used, so that season is not taken for change. A stock is
 * not judged: it is mostly the month before it, so the limits of its small moves would be broken by any drift.
 */
export function signal(measure: Measure, values: readonly (number | null)[]): Finding | null {
  const newest = values.at(-1) ?? null;
  if (newest === null || measure.kind === 'stock') return null;
  const yearly = values.slice(12).map((value, i) => (value === null || values[i] === null || values[i] === undefined ? null : value - values[i]));
  const seasonal = yearly.filter((v) => v !== null).length >= 24 && yearly.at(-1) !== null;
  const series = (seasonal ? yearly : values).filter((v): v is number => v !== null);
  const limits = processLimits(series);
  const last = series.at(-1);
  if (limits === null || last === undefined || !limits.signals.includes(series.length - 1)) return null;
  const expected = seasonal ? newest - (last - limits.mean) : limits.mean;
  const good = favourable(measure, last - limits.mean);
  const distance = Math.abs(last - limits.mean) / Math.max(1e-9, limits.upper - limits.mean);
  return { kind: 'signal', measure: measure.id, value: newest, expected, above: last > limits.mean, favourable: good, points: series.length, weight: (good === false ? 2 : 0.5) * distance };
}

/** At most `most` findings, the weightiest first; of two about the same measure only the weightier is kept. */
export function ranked(findings: readonly (Finding | null)[], most: number): Finding[] {
  const sorted = findings.filter((f): f is Finding => f !== null).sort((a, b) => b.weight - a.weight);
  return sorted.filter((f, i) => sorted.findIndex((other) => other.measure === f.measure) === i).slice(0, most);
}
