import { mkdtempSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../src/cli.ts';
import { systemClock } from '../src/io/clock/clock.ts';
import { openStore } from '../src/io/store/store.ts';
import { silent } from './demo/house.ts';

const dir = mkdtempSync(join(tmpdir(), 'overblik-auditing-'));
const file = join(dir, 'audit.csv');
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Three years of a busy house: more than a terminal or one answer takes, with gaps between the numbers. */
const ENTRIES = 5_321;
beforeAll(async () => {
  const store = await openStore({ databaseUrl: null, dir: join(dir, 'state'), log: silent });
  await store.query(`insert into audit (id, at, actor, action, detail) overriding system value select n * 3, '2026-01-01'::timestamptz + n * interval '1 hour', case when n % 100 = 0 then 'anna' else 'bo' end, 'asked', '{"pack": "p"}' from generate_series(1, ${ENTRIES}) as n`);
  await store.close();
});

async function audit(...words: string[]): Promise<{ code: number; told: string[] }> {
  const told: string[] = [];
  const code = await run(['audit', ...words], { environment: { OVERBLIK_DATA_DIR: dir }, out: (text) => { told.push(...text.split('\n')); }, err: (text) => { told.push(text); }, ended: Promise.resolve(), clock: systemClock });
  return { code, told };
}
/** The numbers of the entries in the file, in their order. */
const written = async (): Promise<number[]> => (await readFile(file, 'utf8')).split('\r\n').slice(1, -1).map((line) => Number(/^"(\d+)";/.exec(line)?.[1]));
const numbers = (from: number): number[] => Array.from({ length: ENTRIES - from + 1 }, (_, i) => (from + i) * 3);

describe('a long audit', () => {
  it('is written to a file whole, each entry once and in order', async () => {
    expect(await audit('--csv', file)).toEqual({ code: 0, told: [`${file}: ${ENTRIES} entries.`] });
    expect(await written()).toEqual(numbers(1));
  });

  it('or just what was asked for: one person\'s, some days\', the newest so many', async () => {
    expect((await audit('--csv', file, '--person', 'anna')).told).toEqual([`${file}: 53 entries.`]);
    expect((await audit('--csv', file, '--from', '2026-01-02', '--to', '2026-01-02')).told).toEqual([`${file}: 24 entries.`]);
    expect((await audit('--csv', file, '--limit', '1500')).told).toEqual([`${file}: the newest 1500 of ${ENTRIES} entries.`]);
    expect(await written()).toEqual(numbers(ENTRIES - 1499));
  });

  it('has the days and times of the packs, not of the machine: in winter one hour after UTC, in summer two', async () => {
    // The first entry is of 1 January 2026 at 01:00 UTC.
    expect((await audit('--to', '2026-01-01')).told[0]).toMatch(/^2026-01-01 02:00  bo  asked/);
    expect((await audit('--from', '2026-07-01', '--to', '2026-07-01')).told).toEqual([expect.stringMatching(/^2026-07-01 00:00 /), ...Array<unknown>(22).fill(expect.stringMatching(/^2026-07-01 /)), expect.stringMatching(/^2026-07-01 23:00 /)]);
  });

  it('is never listed in part without saying so', async () => {
    const { told } = await audit();
    expect(told).toHaveLength(1001);
    expect(told.at(-1)).toMatch(/^These are the newest 1000 of 5321 entries\./);
    expect((await audit('--limit', '2')).told.at(-1)).toContain('the newest 2 of 5321');
    expect((await audit('--person', 'anna')).told).toHaveLength(53);
  });
});
