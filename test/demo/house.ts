import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/io/config/config.ts';
import type { Clock, Log } from '../../src/ports.ts';
import { openPackHouse, type PackHouse } from '../../src/warehouse.ts';

export const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A demo pack with its facts loaded, in a folder of its own. */
export async function openDemo(clock: Clock = { now: () => new Date('2026-11-23T12:00:00Z') }, pack = 'hjemmepleje'): Promise<{ house: PackHouse; dir: string; close(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'overblik-demo-'));
  const house = await openPackHouse(readConfig({ OVERBLIK_DATA_DIR: dir }), clock, silent, pack);
  await house.refresh();
  return {
    house, dir,
    close: async () => {
      await house.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
