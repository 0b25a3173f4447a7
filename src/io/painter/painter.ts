import { Worker } from 'node:worker_threads';
import type { ChartSpec } from '../../chart/spec.ts';
import { ServiceError } from '../../errors.ts';
import type { Painter } from '../../ports.ts';
import { prepareFonts } from './canvas.ts';
import { draw } from './draw.ts';

interface Job { readonly chart: ChartSpec; readonly resolve: (png: Uint8Array) => void; readonly reject: (error: unknown) => void }
interface Reply { readonly id: number; readonly png?: Uint8Array; readonly reason?: string }

const yieldTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Draws charts, in this thread (`workers: 0`) or in threads of its own; one picture at a time in each, for a
 * picture holds some megabytes while it is drawn. Rejects with ServiceError when the fonts can't be read.
 */
export async function createPainter({ workers }: { workers: number }): Promise<Painter> {
  await prepareFonts();
  return workers === 0 ? ownThread() : threads(workers);
}

function ownThread(): Painter {
  let turn: Promise<unknown> = Promise.resolve();
  return {
    paint(chart) {
      // The canvas's memory is freed on a turn of the event loop, so every picture gives one.
      const next = turn.then(yieldTurn).then(() => draw(chart));
      turn = next.catch(() => undefined);
      return next;
    },
    close: async () => { await turn; },
  };
}

/** A thread on the compiled worker; or, run from source, one that first learns to read TypeScript, which threads do not inherit. */
function createThread(): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./worker.js', import.meta.url));
  const [tsx, file] = [import.meta.resolve('tsx/esm/api'), new URL('./worker.ts', import.meta.url).href];
  return new Worker(`import(${JSON.stringify(tsx)}).then(({ register }) => { register(); return import(${JSON.stringify(file)}); })`, { eval: true, execArgv: [] });
}

function threads(count: number): Painter {
  const waiting: Job[] = [];
  const all: { worker: Worker; job: Job | null }[] = [];
  let closed = false;

  const start = (): void => {
    const worker = createThread();
    const slot: { worker: Worker; job: Job | null } = { worker, job: null };
    all.push(slot);
    worker.unref();
    worker.on('message', (reply: Reply) => {
      const job = slot.job;
      slot.job = null;
      if (reply.png !== undefined) job?.resolve(reply.png);
      else job?.reject(new ServiceError('the painter', (reply.reason ?? 'no picture').replace(/^the painter: /, ''), { final: true }));
      if (waiting.length === 0) worker.unref();
      hand();
    });
    worker.on('error', (cause) => {
      slot.job?.reject(new ServiceError('the painter', 'a drawing thread failed', { cause }));
      slot.job = null;
      all.splice(all.indexOf(slot), 1);
      if (!closed) start();
      hand();
    });
  };
  const hand = (): void => {
    for (const slot of all) {
      if (slot.job !== null) continue;
      const job = waiting.shift();
      if (job === undefined) return;
      slot.job = job;
      slot.worker.ref();
      slot.worker.postMessage({ id: 0, chart: job.chart });
    }
    // A thread takes a second of work to start, so none does before it is needed.
    if (waiting.length > 0 && all.length < count) {
      start();
      hand();
    }
  };
  return {
    paint: (chart) => new Promise((resolve, reject) => {
      if (closed) return reject(new ServiceError('the painter', 'is closed'));
      waiting.push({ chart, resolve, reject });
      hand();
    }),
    async close() {
      closed = true;
      for (const job of waiting.splice(0)) job.reject(new ServiceError('the painter', 'is closed'));
      await Promise.all(all.map(({ worker }) => worker.terminate()));
    },
  };
}
