/** A stream of numbers in [0, 1). Equal seeds give equal streams on every machine. */
export type Random = () => number;

/** Mulberry32 (Tommy Ettinger, public domain): small, fast, 32 bits of state; integer arithmetic only. */
function mulberry32(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A stream of its own per name (FNV-1a over seed and name), so that a change in one part leaves the others as they were. */
export function stream(seed: number, ...name: string[]): Random {
  let hash = 0x811c9dc5;
  for (const char of [String(seed), ...name].join('/')) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return mulberry32(hash);
}

/** A whole number from `low` to `high`, both included. */
export function whole(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/**
 * Bell-shaped around 0, within -1 and 1, standard deviation 1/3. A sum of uniforms rather than Box-Muller:
 * logarithms and cosines may differ in the last bit between engines.
 */
export function bell(random: Random): number {
  return (random() + random() + random() - 1.5) / 1.5;
}

/** One of a list that is not empty. */
export function pick<T>(random: Random, list: readonly T[]): T {
  const chosen = list[Math.floor(random() * list.length)];
  if (chosen === undefined) throw new Error('pick: the list is empty');
  return chosen;
}

/** Gives whole numbers from `low` to `high` in random order, each once. */
export function withoutRepeat(random: Random, low: number, high: number): () => number {
  const used = new Set<number>();
  return () => {
    if (used.size > high - low) throw new Error(`no number between ${low} and ${high} is left`);
    for (;;) {
      const number = whole(random, low, high);
      if (used.has(number)) continue;
      used.add(number);
      return number;
    }
  };
}
