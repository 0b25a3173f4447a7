import { writeFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import type { Sent } from './child.ts';

const ALIVE_MS = 1_000;

/** Serves the jobs of the process that started this one, one after the other, and ends with it. `work` gives the answer; what it throws ends the process. */
export function serveJobs<Job>(work: (job: Job, tell: (event: unknown) => void) => Promise<unknown>): void {
  const send = (sent: Sent): void => { if (process.connected) process.send?.(sent); };
  process.on('disconnect', () => process.exit());
  // Ctrl-C reaches every process of the terminal; whoever started this one says when it ends.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  // Answers come before it on the processor, and where memory runs out the system ends this process first.
  try { setPriority(10); } catch { /* Not everywhere allowed, and nothing depends on it. */ }
  void writeFile('/proc/self/oom_score_adj', '1000').catch(() => undefined);
  setInterval(() => send({ kind: 'alive' }), ALIVE_MS).unref();
  process.on('message', (job: Job) => {
    void work(job, (value) => send({ kind: 'event', value })).then((value) => send({ kind: 'answer', value }));
  });
}
