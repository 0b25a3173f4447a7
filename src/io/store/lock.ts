import { link, mkdir, realpath, rm, stat } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { ServiceError } from '../../errors.ts';

/** A directory that no other process has while this one holds it. */
export interface HeldDirectory {
  release(): Promise<void>;
}

const FILE = 'lock.duckdb';
const OPTIONS = { threads: '1', memory_limit: '32MB', autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' };

/** The operating system's lock belongs to the process, so a second holder inside it would not be noticed, and its release would free the first. */
const held = new Set<string>();

/**
 * Holds a directory for this process alone. Node has no file lock, so a tiny DuckDB file is kept open for the one DuckDB
 * takes: the kernel's own, on Linux, macOS and Windows, across containers that share a volume, gone with the process
 * however it ends. Rejects with a final ServiceError that names the holder.
 */
export async function holdDirectory(dir: string): Promise<HeldDirectory> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const place = await realpath(dir);
  if (held.has(place)) throw inUse(place, process.pid);
  held.add(place);
  try {
    const file = join(place, FILE);
    await ensureFile(file);
    const instance = await DuckDBInstance.create(file, OPTIONS);
    return {
      release: async () => {
        instance.closeSync();
        held.delete(place);
      },
    };
  } catch (error) {
    held.delete(place);
    if (error instanceof ServiceError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    if (/could not set lock|conflicting lock|used by another process/i.test(message)) throw inUse(place, Number(/PID (\d+)/.exec(message)?.[1] ?? 0));
    throw new ServiceError('the store', `the lock file ${join(place, FILE)} can't be used. It holds no data: make sure no other process runs on this directory, then delete it and start again`, { final: true, cause: error });
  }
}

/** The lock file appears whole or not at all: made under another name, then linked, so a kill while it is made leaves nothing behind that blocks the next start. */
async function ensureFile(file: string): Promise<void> {
  if (await stat(file).then(() => true, () => false)) return;
  const making = `${file}.${randomUUID()}`;
  try {
    (await DuckDBInstance.create(making, OPTIONS)).closeSync();
    // A file system without hard links makes the file at its own name instead, when it is opened.
    await link(making, file).catch(() => undefined);
  } finally {
    await rm(making, { force: true });
  }
}

function inUse(dir: string, pid: number): ServiceError {
  const holder = pid === process.pid ? 'this process' : pid > 0 ? `process ${pid}` : 'another process';
  return new ServiceError('the store', `${dir} is already in use by ${holder}. Only one process may have it: stop that one, ask it through the command line, or set DATABASE_URL to share a PostgreSQL`, { final: true });
}
