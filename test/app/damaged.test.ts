import { mkdtempSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, truncate, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runQuery } from '../../src/app/figures.ts';
import { periodOf } from '../../src/calendar/period.ts';
import { clockAt } from '../../src/io/clock/clock.ts';
import { readConfig } from '../../src/io/config/config.ts';
import { openPackHouse } from '../../src/warehouse.ts';
import { silent } from './delivering.ts';

/** Kept facts that a crash or a bad disk has damaged: they need no backup, for the files are there. */
const dir = mkdtempSync(join(tmpdir(), 'overblik-damaged-'));
const facts = join(dir, 'var', 'facts', 'p');
const PACK = `
pack: {title: Prøve, time_zone: Europe/Copenhagen}
organisation: {levels: [{id: by, name: By}], unit: {id: byen, name: Byen}}
sources:
  s: {name: Kilde, files: s.csv, columns: {Dato: date, Sted: text, Borger: text, Kr: decimal(2)}, unit: Sted, date: Dato}
measures:
  forbrug: {kind: flow, source: s, sql: sum(Kr), name: Forbrug, definition: d, unit: kr}
  borgere: {kind: distinct, source: s, sql: count(distinct Borger), name: Borgere, definition: d, unit: persons}
`;
beforeAll(async () => {
  await mkdir(join(dir, 'packs', 'p'), { recursive: true });
  await writeFile(join(dir, 'packs', 'p', 'pack.yaml'), PACK);
  await writeFile(join(dir, 'packs', 'p', 's.csv'), `Dato;Sted;Borger;Kr\n${Array.from({ length: 20_000 }, (_, i) => `2026-${String((i % 10) + 1).padStart(2, '0')}-${String((i % 28) + 1).padStart(2, '0')};byen;b${i % 700}-${i};${(i % 1000) + 0.25}\n`).join('')}`);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** A start: what became of the source, and a sum and a distinct count. */
async function start(): Promise<[outcome: string, spend: number | null, people: number | null]> {
  const house = await openPackHouse(readConfig({ OVERBLIK_PACKS: join(dir, 'packs'), OVERBLIK_DATA_DIR: join(dir, 'var') }), clockAt('2026-11-10'), silent);
  try {
    const [{ outcome } = { outcome: 'none' }] = await house.refresh();
    const figures = house.figures('p');
    const { rows: [row] } = await runQuery(figures, { pack: 'p', measures: ['forbrug', 'borgere'], units: ['byen'], level: null, period: periodOf('month', '2026-05-01'), comparisons: [], comparedTo: null, by: null, having: null, order: null, limit: null });
    return [outcome, row?.values['forbrug']?.value ?? null, row?.values['borgere']?.value ?? null];
  } finally {
    await house.close();
  }
}
const files = async (): Promise<string[]> => (await readdir(facts)).filter((name) => name.endsWith('.duckdb')).map((name) => join(facts, name));
const flipped = async (path: string, from: (size: number) => number): Promise<void> => {
  const bytes = await readFile(path);
  for (let at = from(bytes.length); at < bytes.length; at += 997) bytes[at] = (bytes[at] ?? 0) ^ 255;
  await writeFile(path, bytes);
};

it.each([
  ['cut in half', async (path: string) => truncate(path, Math.floor((await stat(path)).size / 2))],
  ['emptied', async (path: string) => truncate(path, 0)],
  ['with other bytes all through it', (path: string) => flipped(path, () => 16_384)],
  ['with other bytes behind what is read first', (path: string) => flipped(path, () => 300_000)],
])('facts %s are made anew at the next start, and the figures are the same', async (_what, damage) => {
  const [, spend, people] = await start();
  expect([spend, people]).toEqual([expect.any(Number), 2000]);
  for (const path of await files()) await damage(path);
  const [outcome, ...same] = await start();
  expect(same).toEqual([spend, people]);
  expect(['loaded', 'unchanged']).toContain(outcome);
  expect(await start()).toEqual(['unchanged', spend, people]);
});
