import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder } from './publish.ts';

/** A load that somebody else ended is tried again so often before it is left alone. */
const MOST_TRIES = 3;

interface Aside {
  /** What the load was made from, and its limits: any other load is tried. */
  readonly signature: string;
  readonly tries: number;
  readonly reason: string;
  readonly since: string;
}

const place = (intoDir: string, source: string): string => join(intoDir, `${source}.aside.json`);

async function read(intoDir: string, source: string, signature: string): Promise<Aside | null> {
  try {
    const aside = JSON.parse(await readFile(place(intoDir, source), 'utf8')) as Aside;
    return aside.signature === signature ? aside : null;
  } catch {
    return null;
  }
}

/** Why a load is not tried: it brought its process down before, and nothing of it has changed. Null: it may be tried. Kept across restarts. */
export async function isAside(intoDir: string, source: string, signature: string): Promise<string | null> {
  const reason = (await read(intoDir, source, signature))?.reason ?? '';
  return reason === '' ? null : reason;
}

/** Sets a load aside. `innocent`: it may not be its own fault, so it is tried some times more. Gives the reason when it is aside, null when it is to be tried again. */
export async function setAside(intoDir: string, source: string, signature: string, innocent: boolean, reason: string, now: Date): Promise<string | null> {
  const tries = ((await read(intoDir, source, signature))?.tries ?? 0) + 1;
  const final = !innocent || tries >= MOST_TRIES;
  const aside: Aside = { signature, tries, reason: final ? reason : '', since: now.toISOString() };
  const made = `${place(intoDir, source)}.${process.pid}`;
  try {
    await ensureFolder(intoDir);
    await writeFile(made, JSON.stringify(aside));
    await rename(made, place(intoDir, source));
  } catch {
    // A disk that can't be written must not hide what happened: it is tried again at the next look.
    await rm(made, { force: true }).catch(() => undefined);
  }
  return final ? reason : null;
}
