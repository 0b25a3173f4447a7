import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig, type Config } from '../../src/io/config/config.ts';
import { clockAt } from '../../src/io/clock/clock.ts';
import { createLog } from '../../src/io/log/log.ts';
import type { Pack } from '../../src/pack/model.ts';
import type { Clock, Log } from '../../src/ports.ts';
import type { Figures } from '../../src/app/figures.ts';
import { openPackHouse } from '../../src/warehouse.ts';
import { writeData } from './data.ts';
import { PACK, SOURCES, writePack, type Format } from './pack.ts';
import { timed } from './timing.ts';

/** The day everything is asked on. */
export const CLOCK: Clock = clockAt('2026-11-23');
export const LOG: Log = createLog('warn');

/** A pack of some size on disk, not loaded. */
export interface Site {
  readonly dir: string;
  readonly format: Format;
  /** Visits; a tenth as many postings come on top. */
  readonly visits: number;
  /** Rows in all files. */
  readonly rows: number;
  readonly bytes: number;
  /** The product's own defaults, with the folders of this site. */
  readonly config: Config;
}

export async function makeSite(dir: string, visits: number, format: Format): Promise<Site> {
  const folder = join(dir, 'packs', PACK);
  await writePack(folder, format);
  const rows = await writeData(folder, visits, format);
  const sizes = await Promise.all(SOURCES.map(async (id) => (await stat(dataFile({ dir, format }, id))).size));
  const config = readConfig({ OVERBLIK_PACKS: join(dir, 'packs'), OVERBLIK_DATA_DIR: join(dir, 'var') });
  return { dir, format, visits, rows, bytes: sizes.reduce((a, b) => a + b, 0), config };
}

export const dataFile = (site: Pick<Site, 'dir' | 'format'>, source: string): string => join(site.dir, 'packs', PACK, 'data', `${source}.${site.format}`);

/** A site's pack with its facts in service, as the service holds it. */
export interface Town {
  readonly site: Site;
  readonly pack: Pack;
  readonly figures: Figures;
  /** How long the load of all files took. */
  readonly loadMs: number;
  close(): Promise<void>;
}

/** Loads a site through the product's loader, from nothing, and takes it into service. */
export async function openTown(site: Site): Promise<Town> {
  await rm(site.config.dataDir, { recursive: true, force: true });
  const house = await openPackHouse(site.config, CLOCK, LOG);
  const { ms: loadMs, value: outcomes } = await timed(() => house.refresh());
  for (const { source, outcome, reason } of outcomes) if (outcome !== 'loaded') throw new Error(`source ${source} was not loaded: ${reason}`);
  const loaded = outcomes.reduce((sum, { report }) => sum + (report?.rows ?? 0), 0);
  if (loaded !== site.rows) throw new Error(`${site.rows} rows were written, and ${loaded} loaded`);
  const figures = house.figures(PACK);
  return { site, pack: figures.pack, figures, loadMs, close: () => house.close() };
}
