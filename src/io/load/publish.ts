import { mkdir, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { LoadReport } from '../../ports.ts';

const HOST = hostname().replace(/[^A-Za-z0-9]/g, '');
/** What loads of earlier versions did not say. */
const UNSAID = { remarks: [], rejectedIn: [], rejectReasons: [], tally: [], contents: '', writtenAt: '', counted: '', follows: [], definition: '' } as const;
let counter = 0;

/** A name for a file in the making that no other load, here or in another process, uses. */
export function unfinishedName(source: string, signature: string): string {
  return `${source}-${signature}.duckdb.${HOST}-${process.pid}-${++counter}.tmp`;
}

/** The load that is in service; null when there is none, or its file is gone or cut off. */
export async function lastReport(intoDir: string, source: string): Promise<LoadReport | null> {
  const text = await readFile(join(intoDir, `${source}.json`), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const { bytes, ...report } = JSON.parse(text) as LoadReport & { bytes?: number };
    const file = join(intoDir, report.file);
    const found = await stat(file);
    return found.isFile() && (bytes === undefined || bytes === found.size) ? { ...UNSAID, ...report, file } : null;
  } catch {
    return null;
  }
}

/**
 * Puts a finished file into service: synced, renamed, then named by `<source>.json`, each step atomic. A crash before
 * the last step leaves the former load in service.
 */
export async function publish(intoDir: string, unfinished: string, report: Omit<LoadReport, 'file'>, now: Date): Promise<LoadReport> {
  const name = `${report.source}-${report.signature}.duckdb`;
  const path = join(intoDir, unfinished);
  await sync(path);
  const { size: bytes } = await stat(path);
  await rename(path, join(intoDir, name));
  const note = join(intoDir, `${unfinished}.json`);
  await writeFile(note, `${JSON.stringify({ ...report, file: name, bytes }, null, 2)}\n`, { flag: 'wx' });
  await sync(note);
  await rename(note, join(intoDir, `${report.source}.json`));
  await sync(intoDir);
  await removeOld(intoDir, report.source, name, now);
  return { ...report, file: join(intoDir, name) };
}

/** Removes what a load of this source left that is no longer in service, or never came to be. Best effort: a reader may still hold it. */
export async function removeOld(intoDir: string, source: string, keep: string | null, now: Date): Promise<void> {
  for (const name of await readdir(intoDir).catch(() => [])) {
    if (!name.startsWith(`${source}-`)) continue;
    const rest = name.slice(source.length + 1);
    const finished = /^[0-9a-f]{16}\.duckdb$/.test(rest);
    const abandoned = /^[0-9a-f]{16}\.duckdb\.([A-Za-z0-9]*)-(\d+)-\d+\.tmp/.exec(rest);
    const path = join(intoDir, name);
    const gone = (finished && keep !== null && name !== keep) || (abandoned !== null && (abandoned[1] === HOST ? !isAlive(Number(abandoned[2])) : await isOlderThanADay(path, now)));
    if (gone) await rm(path, { force: true, recursive: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Of another host (or a container that is no more) only the age tells that a load is dead. */
async function isOlderThanADay(path: string, now: Date): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && now.getTime() - found.mtimeMs > 86_400_000;
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder with all above it, for our user alone. */
export async function ensureFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}
