/** The middle of some figures; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return ((low ?? NaN) + (high ?? NaN)) / 2;
}

/** The figure that `share` (0 to 1) of all are at or below. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

/** How long a piece of work takes, in milliseconds, and what it gave. */
export async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const from = performance.now();
  const value = await work();
  return { ms: performance.now() - from, value };
}

/**
 * Runs some pieces of work in turn, round by round with the order reversed every other round, so that what else the
 * machine does meets them all alike. Gives each one's times, the warm-up round not among them.
 */
export async function inTurn<K extends string>(works: Readonly<Record<K, () => Promise<unknown>>>, rounds: number): Promise<Record<K, number[]>> {
  const names = Object.keys(works) as K[];
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<K, number[]>;
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const { ms } = await timed(works[name]);
      if (round > 0) times[name].push(ms);
    }
  }
  return times;
}

/** The middle of the ratios of two series, round by round. */
export function medianRatio(over: readonly number[], under: readonly number[]): number {
  return median(over.map((value, i) => value / (under[i] ?? NaN)));
}
