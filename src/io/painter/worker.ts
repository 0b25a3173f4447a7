import { parentPort } from 'node:worker_threads';
import type { ChartSpec } from '../../chart/spec.ts';
import { draw } from './draw.ts';

/** A thread that draws. Answers from `setImmediate`, so that what a picture used is freed before the next begins. */
parentPort?.on('message', ({ id, chart }: { id: number; chart: ChartSpec }) => {
  draw(chart).then(
    (png) => setImmediate(() => parentPort?.postMessage({ id, png })),
    (error: unknown) => setImmediate(() => parentPort?.postMessage({ id, reason: error instanceof Error ? error.message : String(error) })),
  );
});
