import { ServiceError } from '../../errors.ts';
import type { Log } from '../../ports.ts';

const EVERY_MS = 500;

/**
 * Does what needs the database once more as long as that is away for now: a process is often started together with its
 * database, or while that restarts, and nobody is there to start it again. Rejects with the last ServiceError after `waitMs`,
 * and at once with what waiting can't help.
 */
export async function outlast<T>(task: () => Promise<T>, { waitMs, log }: { waitMs: number; log: Log }): Promise<T> {
  const until = performance.now() + waitMs;
  for (let tries = 1; ; tries += 1) {
    try {
      return await task();
    } catch (error) {
      if (!(error instanceof ServiceError) || error.final || performance.now() + EVERY_MS > until) throw error;
      if (tries === 1) log.warn('store-awaited', { seconds: Math.round(waitMs / 1000), error });
      await new Promise((resolve) => { setTimeout(resolve, EVERY_MS); });
    }
  }
}
