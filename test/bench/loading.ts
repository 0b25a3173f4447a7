import { DuckDBInstance } from '@duckdb/node-api';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadSource } from '../../src/io/load/load.ts';
import type { Pack } from '../../src/pack/model.ts';
import { text } from './bare.ts';
import { SOURCES } from './pack.ts';
import { figure, inRows, times, type Line } from './report.ts';
import { timed } from './timing.ts';
import { CLOCK, dataFile, type Site, type Town } from './town.ts';

/** The columns as the pack declares them; in Danish spelling the engine must be told how. */
const CSV: Readonly<Record<(typeof SOURCES)[number], string>> = {
  besoeg: "{'Dato': 'DATE', 'Distrikt': 'VARCHAR', 'Borger': 'VARCHAR', 'Medarbejder': 'VARCHAR', 'Ydelse': 'VARCHAR', 'Visiteret_min': 'BIGINT', 'Leveret_min': 'BIGINT'}",
  oekonomi: "{'Bilag': 'VARCHAR', 'Bogføringsdato': 'DATE', 'Distrikt': 'VARCHAR', 'Konto': 'VARCHAR', 'Kontonavn': 'VARCHAR', 'Art': 'VARCHAR', 'Beløb': 'DECIMAL(18,2)'}",
  fravaer: "{'Distrikt': 'VARCHAR', 'Måned': 'DATE', 'Medarbejdergruppe': 'VARCHAR', 'Mulige': 'DOUBLE', 'Kort': 'DOUBLE', 'Langt': 'DOUBLE'}",
};

/** A table of each file by one statement, in a database file of its own, on disk when it ends. */
async function bareLoad(site: Site): Promise<number> {
  const dir = join(site.dir, 'bare');
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir);
  const { ms } = await timed(async () => {
    for (const id of SOURCES) {
      const file = text(dataFile(site, id));
      const from = site.format === 'parquet' ? `read_parquet(${file})`
        : `read_csv(${file}, delim=';', header=true, decimal_separator=',', dateformat='${id === 'fravaer' ? '%Y-%m-%d' : '%d-%m-%Y'}', auto_detect=false, quote='"', escape='"', columns=${CSV[id]})`;
      const instance = await DuckDBInstance.create(join(dir, `${id}.duckdb`), { threads: '2', memory_limit: `${site.config.memoryMb}MB` });
      const connection = await instance.connect();
      await connection.run(`create table facts as from ${from}`);
      await connection.run('checkpoint');
      connection.disconnectSync();
      instance.closeSync();
    }
  });
  await rm(dir, { recursive: true });
  return ms;
}

/** The product's reading and checking of the same files without the roll-ups, to tell the two apart. */
async function readAlone(site: Site, pack: Pack): Promise<number> {
  const dir = join(site.dir, 'alone');
  const { ms } = await timed(async () => {
    for (const source of pack.sources.values()) {
      await loadSource({ source, packDir: pack.dir, ownDir: null, organisation: pack.organisation, yearStart: pack.yearStart, finish: [], intoDir: join(dir, 'facts'), tempDir: join(dir, 'scratch'), memoryMb: site.config.memoryMb, now: () => CLOCK.now(), onProgress: () => undefined });
    }
  });
  await rm(dir, { recursive: true });
  return ms;
}

/** Rows a second from the files to facts in service, every cell checked and every roll-up made, beside the engine's own reading. */
export async function measureLoading({ site, pack, loadMs }: Pick<Town, 'site' | 'pack' | 'loadMs'>): Promise<Line[]> {
  // Many rows are read once in each way, for it takes its time; first without the roll-ups, to tell the two apart.
  const alone = site.visits > 5_000_000 ? null : await readAlone(site, pack);
  const theirs = await bareLoad(site);
  const name = `${site.format === 'csv' ? 'CSV' : 'Parquet'} rows loaded a second, ${inRows(site.visits)} visits`;
  const rate = (ms: number): string => figure((site.rows / ms) * 1000);
  const line = (what: string, ours: number): Line => ({ what: `${name}, ${what}`, measured: rate(ours), bare: rate(theirs), ratio: `${times(ours / theirs)} the time`, target: '–' });
  return [...(alone === null ? [] : [line('every cell checked', alone)]), line('with all roll-ups and distinct counts', loadMs)];
}
