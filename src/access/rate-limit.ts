/** Taken, or how long until there is one again. `tell`: true at most once a minute and key, so that a refusal is not itself a flood. */
export type Taken = { readonly ok: true } | { readonly ok: false; readonly waitMs: number; readonly tell: boolean };

/** How often each of many may do something: a token bucket per key, that fills evenly. */
export interface RateLimit {
  take(key: string, nowMs: number): Taken;
  /** What `take` would say, with nothing taken. */
  isSpent(key: string, nowMs: number): boolean;
}

const MINUTE_MS = 60_000;
/** Every millisecond pours in `perMinute`, and taking one costs a minute's worth of milliseconds: whole numbers, so nothing is rounded. */
const COST = MINUTE_MS;

interface Bucket { level: number; atMs: number; toldMs: number }

/**
 * As many at once as in a minute. At most `most` keys are kept: those not heard of for longest are forgotten first, which is
 * to be full again. A clock that goes back fills nothing.
 */
export function createRateLimit(perMinute: number, most: number): RateLimit {
  const buckets = new Map<string, Bucket>();
  const filled = (key: string, nowMs: number): Bucket => {
    const full = perMinute * COST;
    const known = buckets.get(key) ?? { level: full, atMs: nowMs, toldMs: -Infinity };
    return { ...known, level: Math.min(full, known.level + Math.max(0, nowMs - known.atMs) * perMinute), atMs: nowMs };
  };
  return {
    take: (key, nowMs) => {
      const bucket = filled(key, nowMs);
      buckets.delete(key);
      buckets.set(key, bucket);
      if (buckets.size > most) buckets.delete(buckets.keys().next().value as string);
      if (bucket.level >= COST) {
        bucket.level -= COST;
        return { ok: true };
      }
      const tell = nowMs - bucket.toldMs >= MINUTE_MS;
      if (tell) bucket.toldMs = nowMs;
      return { ok: false, waitMs: Math.ceil((COST - bucket.level) / perMinute), tell };
    },
    isSpent: (key, nowMs) => filled(key, nowMs).level < COST,
  };
}
