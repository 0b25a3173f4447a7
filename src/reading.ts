import { DefinitionError, ServiceError, type Fault } from './errors.ts';
import { JobEnded, openChild, type Child } from './io/child/child.ts';
import { isAside, setAside } from './io/load/aside.ts';
import { signatureOf, type LoadInput } from './io/load/load.ts';
import { removeOld } from './io/load/publish.ts';
import type { PackFolder } from './io/packs/read.ts';
import type { Pack } from './pack/model.ts';
import type { LoadReport } from './ports.ts';

/** What the reading process is asked to do. */
export type Job =
  | { readonly kind: 'load'; readonly input: Omit<LoadInput, 'now' | 'onProgress'> & { readonly at: Date; readonly running: boolean } }
  | { readonly kind: 'check'; readonly folder: PackFolder; readonly settings: Readonly<Record<string, string | undefined>> };

/** What came of it. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly faults: readonly Fault[] }
  | { readonly ok: false; readonly service: string; readonly message: string; readonly retryAfterMs: number | null; readonly final: boolean; readonly ours: boolean };

/** Reads foreign files in processes of their own: one for data, one for packs, so that neither waits for the other. */
export interface Readers {
  /** As `loadSource`; a file that brings the process down makes a load that failed, and is left alone until it changes. `running`: the clock is the machine's. */
  load(input: LoadInput, running: boolean): Promise<LoadReport>;
  /** As `checkPack`, which it is. */
  check(folder: PackFolder, settings: Readonly<Record<string, string | undefined>>): Promise<Pack>;
  /** Starts the process for data before there is work. */
  warm(): void;
  close(): void;
}

/** A worksheet takes some hundred megabytes of a process beside what the engine may use; no sign of life for five minutes is no work any more. */
const BESIDE_MB = 1024;
const HEAP_MB = 1536;
const STILL_MS = 5 * 60_000;
const LONGEST_LOAD_MS = 2 * 3_600_000;
/** The load breaks itself off at its time; only one that can't is ended. */
const GRACE_MS = 60_000;
const CHECK = { heapMb: 512, mostMb: 1024, stillMs: 60_000 };
const LONGEST_CHECK_MS = 30_000;

export interface ReadersOptions {
  readonly memoryMb: number;
  /** Other limits than the usual ones, for tests. */
  readonly heapMb?: number;
  readonly stillMs?: number;
}

export function openReaders({ memoryMb, heapMb = HEAP_MB, stillMs = STILL_MS }: ReadersOptions): Readers {
  const entry = new URL(import.meta.url.endsWith('.ts') ? './reader.ts' : './reader.js', import.meta.url);
  const data = openChild(entry, { heapMb, mostMb: memoryMb + heapMb + BESIDE_MB, stillMs });
  const packs = openChild(entry, CHECK);
  return {
    load: (input, running) => loadIn(data, input, running, `${memoryMb} ${heapMb}`),
    check: (folder, settings) => checkIn(packs, folder, settings),
    warm: () => data.warm(),
    close: () => { data.close(); packs.close(); },
  };
}

async function loadIn(child: Child, { now, onProgress, ...input }: LoadInput, running: boolean, limits: string): Promise<LoadReport> {
  const { source, packDir, ownDir, organisation, finish, yearStart, moveMonths, timeZone, intoDir } = input;
  const signature = `${await signatureOf(source, packDir, organisation, finish, yearStart, ownDir, moveMonths, timeZone)} ${limits}`;
  const aside = await isAside(intoDir, source.id, signature);
  if (aside !== null) throw new ServiceError(`source ${source.id}`, aside, { final: true });
  let reading = '';
  const job: Job = { kind: 'load', input: { ...input, at: now(), running } };
  try {
    return await child.run(job, (input.timeoutMs ?? LONGEST_LOAD_MS) + GRACE_MS, (event) => {
      const progress = event as { file: string; rows: number };
      reading = progress.file;
      onProgress(progress);
    }).then(valueOf<LoadReport>);
  } catch (error) {
    if (!(error instanceof JobEnded)) throw error;
    // What it left half done; its process is gone, so nobody else clears it away.
    for (const dir of [intoDir, input.tempDir]) await removeOld(dir, source.id, null, now());
    const problem = `${reading === '' ? 'The load' : `Reading ${reading}`} was ended: ${error.message}.`;
    const advice = error.why === 'memory' ? 'Save the file in several smaller ones, or raise OVERBLIK_MEMORY_MB.' : 'Look into the file for what no such file holds, or save it anew from where it comes.';
    const aside = await setAside(intoDir, source.id, signature, error.why === 'outside', `${problem} ${reading === '' ? 'It' : 'The file'} is not read again until it changes; the last good load stays in service. ${advice}`, now());
    throw new ServiceError(`source ${source.id}`, aside ?? `${problem} The last good load stays in service, and the load is tried again.`, { final: aside !== null, ours: error.why === 'outside', cause: error });
  }
}

async function checkIn(child: Child, folder: PackFolder, settings: Readonly<Record<string, string | undefined>>): Promise<Pack> {
  try {
    return valueOf<Pack>(await child.run({ kind: 'check', folder, settings } satisfies Job, LONGEST_CHECK_MS));
  } catch (error) {
    if (!(error instanceof JobEnded)) throw error;
    const [largest] = [...folder.files].sort((a, b) => b.text.length - a.text.length);
    throw new DefinitionError([{ file: largest?.path ?? folder.dir, line: 0, column: 0, message: `The pack can't be checked: ${error.message}.`, hint: 'Write values out instead of repeating them by aliases (*name), and keep data in data files, not in YAML.' }]);
  }
}

function valueOf<T>(given: unknown): T {
  const outcome = given as Outcome;
  if (outcome.ok) return outcome.value as T;
  if ('faults' in outcome) throw new DefinitionError(outcome.faults);
  const { service, message, retryAfterMs, final, ours } = outcome;
  throw new ServiceError(service, message, { retryAfterMs, final, ours });
}
