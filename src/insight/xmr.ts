/** Process limits of a series and the points that break them. */
export interface Limits {
  readonly mean: number;
  readonly lower: number;
  readonly upper: number;
  /** Index of the first point of the level that the series is on now: mean and limits are those of the points from here. */
  readonly from: number;
  /** Indexes outside the limits of their level, or the last of seven or more successive points on one side of its mean. */
  readonly signals: readonly number[];
}

/** Successive points on one side of what was normal that make a new normal. */
const SHIFT = 8;
/** Points that tell what is normal, before it can shift. */
const BASE = 8;

const average = (list: readonly number[]): number => (list.length === 0 ? 0 : list.reduce((a, b) => a + b, 0) / list.length);

const scatter = (list: readonly number[]): number => { const mean = average(list); return list.reduce((sum, value) => sum + (value - mean) ** 2, 0); };

/** The first points of a run may be chance, just beyond the mean: the level begins where both sides are most alike in themselves. */
function breakNear(values: readonly number[], start: number, shifted: number, end: number): number {
  const cost = (at: number): number => scatter(values.slice(start, at)) + scatter(values.slice(at, end));
  return [0, 1, 2, 3].map((later) => shifted + later).reduce((best, at) => (cost(at) < cost(best) - 1e-9 ? at : best));
}

/** Where each level of a series begins: at or near the first of eight successive points on one side of the mean of those before. */
function levels(values: readonly number[]): number[] {
  const starts = [0];
  for (let end = BASE + SHIFT; end <= values.length; end += 1) {
    const start = starts.at(-1) ?? 0;
    const shifted = end - SHIFT;
    if (shifted - start < BASE) continue;
    const mean = average(values.slice(start, shifted));
    const sides = values.slice(shifted, end).map((value) => Math.sign(value - mean));
    if (sides[0] !== 0 && sides.every((side) => side === sides[0])) starts.push(breakNear(values, start, shifted, end));
  }
  return starts;
}

/** Mean ± 2.66 × mean moving range of the points of one level, and the points that break them. */
function limitsOf(values: readonly number[]): Omit<Limits, 'from'> {
  const mean = average(values);
  const ranges = values.slice(1).map((value, i) => Math.abs(value - (values[i] ?? 0)));
  const first = average(ranges);
  const range = average(ranges.filter((r) => first === 0 || r < 3.267 * first));
  const lower = mean - 2.66 * range;
  const upper = mean + 2.66 * range;
  let run = 0;
  let side = 0;
  const signals = values.flatMap((value, i) => {
    const here = Math.sign(value - mean);
    run = here !== 0 && here === side ? run + 1 : 1;
    side = here;
    return value > upper || value < lower || (run >= 7 && here !== 0) ? [i] : [];
  });
  return { mean, lower, upper, signals };
}

/**
 * XmR limits: mean ± 2.66 × mean moving range, where moving ranges of at least 3.267 × their mean are left out and
 * the mean taken again (NHS making data count; Wheeler). Signals by rule 1 (outside a limit) and rule 4 (seven
 * successive points on one side of the mean). Eight on one side are a new level: the limits begin again with them, so
 * that what has lasted is not unusual for ever. Null under 12 points: too few for limits to mean anything.
 */
export function processLimits(values: readonly number[]): Limits | null {
  if (values.length < 12) return null;
  const starts = levels(values);
  const parts = starts.map((from, i) => ({ from, ...limitsOf(values.slice(from, starts[i + 1])) }));
  const { from, mean, lower, upper } = parts.at(-1) as (typeof parts)[number];
  return { from, mean, lower, upper, signals: parts.flatMap((part) => part.signals.map((i) => i + part.from)) };
}
