/** Process limits of a series and the points that break them. */
export interface Limits {
  readonly mean: number;
  readonly lower: number;
  readonly upper: number;
  /** Indexes outside the limits, or the last of seven or more successive points on one side of the mean. */
  readonly signals: readonly number[];
}

/**
 * XmR limits: mean ± 2.66 × mean moving range, where moving ranges of at least 3.267 × their mean are left out and
 * the mean taken again (NHS making data count; Wheeler). Signals by rule 1 (outside a limit) and rule 4 (seven
 * successive points on one side of the mean). Null under 12 points: too few for limits to mean anything.
 */
export function processLimits(values: readonly number[]): Limits | null {
  if (values.length < 12) return null;
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const ranges = values.slice(1).map((value, i) => Math.abs(value - (values[i] ?? 0)));
  const average = (list: readonly number[]): number => (list.length === 0 ? 0 : list.reduce((a, b) => a + b, 0) / list.length);
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
