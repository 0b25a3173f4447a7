import { randomUUID } from 'node:crypto';
import { rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Check } from '../../ports.ts';
import { isOpenToOthers } from './private.ts';

const MB = 1024 * 1024;
const WARN_MB = 1024;
const FAIL_MB = 100;

/** Looks whether a folder can be written and has room; one that is not there yet is judged by the folder it would be made in. */
export async function examineFolder(what: string, folder: string, freeBytes: (place: string) => Promise<number> = free): Promise<Check> {
  const wanted = resolve(folder);
  const place = await nearest(wanted);
  try {
    if (!(await stat(place)).isDirectory()) return { state: 'fail', what, found: `${place} is a file, not a folder.`, advice: 'Move it away, or name another folder.' };
    const probe = join(place, `.overblik-${randomUUID()}`);
    await writeFile(probe, 'doctor', { flag: 'wx' });
    await rm(probe);
  } catch (error) {
    return { state: 'fail', what, found: `${place} can't be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`, advice: 'Let the user that runs Overblik write there.' };
  }
  const mb = Math.floor((await freeBytes(place)) / MB);
  const room = `${mb >= WARN_MB ? `${Math.floor(mb / 1024)} GB` : `${mb} MB`} free`;
  const found = `${place === wanted ? `${wanted} can be written` : `${wanted} is not there yet; it can be made`}, ${room}.`;
  if (mb < FAIL_MB) return { state: 'fail', what, found, advice: `Make room: at least ${FAIL_MB} MB, better ${WARN_MB}.` };
  return mb < WARN_MB ? { state: 'warn', what, found, advice: `Make room: facts and state want ${WARN_MB} MB.` } : { state: 'ok', what, found, advice: '' };
}

/** A warning when others than its owner may look into the service's own folder. */
export async function opennessOf(folder: string): Promise<Check[]> {
  const place = resolve(folder);
  return (await isOpenToOthers(place)) ? [{ state: 'warn', what: 'data folder', found: `${place} is open to other users of this machine.`, advice: `Close it: chmod -R go= ${place}; 'overblik serve' does so too.` }] : [];
}

async function free(place: string): Promise<number> {
  const { bavail, bsize } = await statfs(place);
  return bavail * bsize;
}

async function nearest(folder: string): Promise<string> {
  const there = await stat(folder).then(() => true, () => false);
  return there || dirname(folder) === folder ? folder : nearest(dirname(folder));
}
