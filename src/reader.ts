import { checkPack } from './app/packs.ts';
import { DefinitionError, ServiceError } from './errors.ts';
import { serveJobs } from './io/child/serve.ts';
import { loadError } from './io/load/failure.ts';
import { loadSource } from './io/load/load.ts';
import { openParser } from './io/warehouse/parser.ts';
import type { Job, Outcome } from './reading.ts';

/** The process that reads what others wrote: data files, and packs over a small size. Only this one falls when they are made to bring it down. */
serveJobs(async (job: Job, tell): Promise<Outcome> => {
  try {
    if (job.kind === 'check') {
      const parser = await openParser();
      try {
        return { ok: true, value: await checkPack(job.folder, parser, job.settings) };
      } finally {
        await parser.close();
      }
    }
    const { at, running, ...input } = job.input;
    const begun = Date.now();
    const now = (): Date => new Date(running ? at.getTime() + Date.now() - begun : at.getTime());
    return { ok: true, value: await loadSource({ ...input, now, onProgress: tell }) };
  } catch (caught) {
    const error = job.kind === 'load' ? loadError(job.input.source.id, caught) : caught;
    if (error instanceof DefinitionError) return { ok: false, faults: error.faults };
    if (error instanceof ServiceError) {
      const { service, message, retryAfterMs, final, ours } = error;
      return { ok: false, service, message: message.slice(service.length + 2), retryAfterMs, final, ours };
    }
    return { ok: false, service: 'the reader', message: error instanceof Error ? error.message : String(error), retryAfterMs: null, final: false, ours: false };
  }
});
