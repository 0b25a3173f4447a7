import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './io/config/config.ts';

/** Where the command line finds the running service: its address, and a token only this user can read. */
export interface RunningService {
  readonly url: string;
  readonly token: string;
}

const place = (config: Config): string => join(config.dataDir, 'service.json');

/** Leaves word of the running service; gives back what takes it away again. */
export async function announceService(config: Config, running: RunningService): Promise<() => Promise<void>> {
  await writeFile(place(config), JSON.stringify(running), { mode: 0o600 });
  await chmod(place(config), 0o600);
  return () => rm(place(config), { force: true });
}

/** The running service's address, as it left it; null when there is none, or only half of one. */
export async function findService(config: Config): Promise<RunningService | null> {
  const text = await readFile(place(config), 'utf8').catch(() => null);
  try {
    return text === null ? null : (JSON.parse(text) as RunningService);
  } catch {
    return null;
  }
}
