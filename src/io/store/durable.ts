import { open, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * PGlite writes but never tells the operating system to put it on disk (its PostgreSQL runs with fsync off, and turning it
 * on has no effect), so a power cut could take what was committed. These two do it instead.
 */
export interface LogSync {
  /** Puts the write-ahead log on disk up to the end of a segment; resolves with how many segments were begun since `restart`. */
  sync(segment: string): Promise<number>;
  /** Count segments from here: the log before is no longer needed. */
  restart(): void;
  close(): Promise<void>;
}

/** `dataDir`: the database's directory, with `pg_wal` in it. */
export function createLogSync(dataDir: string): LogSync {
  const log = join(dataDir, 'pg_wal');
  let current: { readonly name: string; readonly handle: FileHandle } | null = null;
  let begun = 0;
  let last: Promise<unknown> = Promise.resolve();

  const advance = async (segment: string): Promise<number> => {
    await current?.handle.datasync();
    if (current?.name === segment) return begun;
    const from = current?.name ?? '';
    for (const name of (await readdir(log)).filter((file) => /^[0-9A-F]{24}$/.test(file) && file > from && file < segment)) await syncPath(join(log, name));
    const handle = await open(join(log, segment), 'r+');
    await handle.datasync();
    await syncPath(log);
    await current?.handle.close();
    if (current !== null) begun += 1;
    current = { name: segment, handle };
    return begun;
  };

  return {
    sync: (segment) => {
      // One after the other: a second commit must not meet a segment half exchanged.
      const next = last.then(() => advance(segment), () => advance(segment));
      last = next;
      return next;
    },
    restart: () => { begun = 0; },
    close: async () => {
      await last.catch(() => undefined);
      await current?.handle.close();
      current = null;
    },
  };
}

const AT_ONCE = 16;

/** Puts every file and folder under a directory on disk, folders after what they hold. */
export async function syncTree(dir: string): Promise<void> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true });
  const paths = (kind: 'isFile' | 'isDirectory'): string[] => entries.filter((entry) => entry[kind]()).map((entry) => join(entry.parentPath, entry.name));
  await syncAll(paths('isFile'));
  await syncAll([...paths('isDirectory'), dir]);
}

async function syncAll(paths: readonly string[]): Promise<void> {
  for (let i = 0; i < paths.length; i += AT_ONCE) await Promise.all(paths.slice(i, i + AT_ONCE).map(syncPath));
}

/** Puts one file or folder on disk. Nothing else in the folder is opened: closing another file of ours would give up its lock. */
export async function syncPath(path: string): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    // Gone meanwhile (a temporary file), or a folder on Windows, which can't be opened: its file system logs names itself.
    if (['ENOENT', 'EISDIR', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return;
    throw error;
  }
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
