import { randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Log } from '../../ports.ts';

/** A disk that is full may still take a few bytes. */
const PROBE = Buffer.alloc(64 * 1024, 1);

/** Where loads put what they need while they run: within the service's own folder, for no other user or service shares that. */
export const loadingDir = (dataDir: string): string => join(resolve(dataDir), 'loading');

/** Why nothing can be written in a folder, with what to do; null: something small was, and is gone again. */
export async function writeProblem(folder: string): Promise<string | null> {
  const probe = join(folder, `.overblik-${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(probe, 'wx', 0o600);
    try {
      await file.writeFile(PROBE);
      await file.sync();
    } finally {
      await file.close();
    }
    await rm(probe);
    return null;
  } catch (error) {
    await rm(probe, { force: true }).catch(() => undefined);
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
    switch (code) {
      case 'ENOSPC': case 'EDQUOT': return `The disk with ${folder} is full. Make room: facts and state want 1 GB.`;
      case 'EROFS': return `The disk with ${folder} can only be read. Mount it for writing, or set OVERBLIK_DATA_DIR to a folder on another.`;
      case 'EACCES': case 'EPERM': return `This user has no right to write in ${folder}. Give the folder to the user that runs Overblik.`;
      case 'ENOENT': case 'ENOTDIR': case 'EEXIST': return `${folder} is no folder any more. Put it back, or restart Overblik with OVERBLIK_DATA_DIR set to one.`;
      default: return `Nothing can be written in ${folder} (${code}). Look at the disk it is on.`;
    }
  }
}

/** Looks whether the service's own places can be written, and tells the log what to do when that changes. */
export function watchDisk(dataDir: string, log: Log): () => Promise<string | null> {
  let told: string | null = null;
  let looking: Promise<string | null> | null = null;
  const look = async (): Promise<string | null> => {
    const problem = await writeProblem(resolve(dataDir)) ?? await writeProblem(loadingDir(dataDir));
    if (problem !== told && problem !== null) log.error('disk-not-writable', { problem });
    if (problem === null && told !== null) log.info('disk-writable-again');
    told = problem;
    return problem;
  };
  // However many ask at once, one writes.
  return () => looking ??= look().finally(() => { looking = null; });
}
