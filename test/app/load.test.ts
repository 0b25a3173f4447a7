import { mkdtempSync } from 'node:fs';
import { copyFile, cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/io/config/config.ts';
import { openPackHouse } from '../../src/warehouse.ts';
import { silent } from '../demo/house.ts';

const dir = mkdtempSync(join(tmpdir(), 'overblik-load-'));
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Opens the demo pack's copy and brings its facts in; what became of each source. */
async function loaded(name: string): Promise<{ outcomes: Record<string, string>; reasons: string; rows: Record<string, number> }> {
  const house = await openPackHouse(readConfig({ OVERBLIK_DATA_DIR: join(dir, name, 'var'), OVERBLIK_PACKS: join(dir, name, 'packs') }), { now: () => new Date('2026-11-23T12:00:00Z') }, silent);
  try {
    const outcomes = await house.refresh();
    return {
      outcomes: Object.fromEntries(outcomes.map(({ source, outcome }) => [source, outcome])), reasons: outcomes.map(({ reason }) => reason).join(' '),
      rows: Object.fromEntries(outcomes.map(({ source, report }) => [source, report?.rows ?? 0])),
    };
  } finally {
    await house.close();
  }
}
const copy = async (name: string): Promise<string> => {
  await cp('digests/hjemmepleje', join(dir, name, 'packs/hjemmepleje'), { recursive: true });
  return join(dir, name, 'packs/hjemmepleje');
};

describe('the facts of a pack', () => {
  it('that can\'t be opened any more are made anew from the files', async () => {
    await copy('broken');
    expect((await loaded('broken')).outcomes).toEqual({ oekonomi: 'loaded', besoeg: 'loaded', fravaer: 'loaded' });
    const facts = join(dir, 'broken/var/facts/hjemmepleje');
    for (const file of await readdir(facts)) if (file.startsWith('fravaer') && file.endsWith('.duckdb')) await writeFile(join(facts, file), 'no facts at all');
    const again = await loaded('broken');
    expect(again.reasons.trim()).toBe('');
    expect(again.outcomes).toEqual({ oekonomi: 'unchanged', besoeg: 'unchanged', fravaer: 'loaded' });
    expect((await loaded('broken')).outcomes).toMatchObject({ fravaer: 'unchanged' });
  });

  it('are not counted twice when a copy of a file lies beside it', async () => {
    const pack = await copy('twice');
    const sources = join(pack, 'sources.yaml');
    await writeFile(sources, (await readFile(sources, 'utf8')).replace('besoeg.csv', 'besoeg*.csv'));
    const before = await loaded('twice');
    await copyFile(join(pack, 'data/besoeg.csv'), join(pack, 'data/besoeg - Kopi.csv'));
    const after = await loaded('twice');
    expect(after.outcomes['besoeg']).toBe('failed');
    expect(after.reasons).toContain('data/besoeg - Kopi.csv and data/besoeg.csv hold the same, so it would count twice. Remove one of them');
    expect(after.rows['besoeg']).toBe(before.rows['besoeg']);
  });

  it('end where the last true day is, though one row is dated years ahead', async () => {
    const pack = await copy('slip');
    const visits = join(pack, 'data/besoeg.csv');
    const text = await readFile(visits, 'utf8');
    await writeFile(visits, text.replace('31-10-2026', '31-10-2029').replace('30-10-2026', '30-10-2062'));
    const house = await openPackHouse(readConfig({ OVERBLIK_DATA_DIR: join(dir, 'slip/var'), OVERBLIK_PACKS: join(dir, 'slip/packs') }), { now: () => new Date('2026-11-23T12:00:00Z') }, silent);
    const [outcome] = (await house.refresh()).filter(({ source }) => source === 'besoeg');
    expect(outcome?.report).toMatchObject({ rejected: 1, rejects: [{ reason: expect.stringContaining('more than ten years ahead') }] });
    const { completeTo } = await import('../../src/app/figures.ts');
    expect(completeTo(house.figures('hjemmepleje'), 'leverede_timer')).toBe('2026-11-01');
    await house.close();
  });
});
