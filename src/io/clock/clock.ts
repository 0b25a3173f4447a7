import type { Clock } from '../../ports.ts';

/** The machine's clock; or one that stands still at a day's noon, for questions "as of" another day. */
export const systemClock: Clock = { now: () => new Date() };

export function clockAt(day: string): Clock {
  return { now: () => new Date(`${day}T12:00:00Z`) };
}
