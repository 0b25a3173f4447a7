import { chmod, lstat, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceError } from '../../errors.ts';

/** What others than the owner may do. */
const OTHERS = 0o077;

/**
 * Makes the service's own folder, or takes one that is there, so that nobody but its user reads anything in it; from now on the
 * process makes nothing that others may read. Where the platform has no modes this does nothing more than make it.
 * Rejects with ServiceError when it can't be made.
 */
export async function makePrivate(folder: string): Promise<void> {
  process.umask(OTHERS);
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    throw new ServiceError('the data folder', `${folder} can't be made (${cause.code ?? 'unknown reason'}). Set OVERBLIK_DATA_DIR to a folder this user may write to.`, { cause, final: true });
  });
  if (process.platform !== 'win32') await tighten(folder);
}

/** Best effort below: what belongs to someone else can't be changed, and lies behind a folder that only we enter. */
async function tighten(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found === null || found.isSymbolicLink()) return;
  if ((found.mode & OTHERS) !== 0) await chmod(path, found.mode & 0o700).catch(() => undefined);
  if (found.isDirectory()) for (const name of await readdir(path).catch(() => [])) await tighten(join(path, name));
}

/** Whether others than its owner may enter or read a folder; false too where there are no modes. */
export async function isOpenToOthers(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => null);
  return process.platform !== 'win32' && found !== null && (found.mode & OTHERS) !== 0;
}
