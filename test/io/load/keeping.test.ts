import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastReport, loadSource, signatureOf } from '../../../src/io/load/load.ts';
import { openFacts } from '../../../src/io/warehouse/duckdb.ts';
import { bench, files, source, town, tree, type Bench } from './sample.ts';

let at: Bench;
beforeEach(async () => { at = await bench(); });
afterEach(() => at.clear());

const HEADER = 'day;unit;amount\n';
const inFacts = async (): Promise<string[]> => (await readdir(join(at.dir, 'facts'))).sort();
const inScratch = (): Promise<string[]> => readdir(join(at.dir, 'scratch')).catch(() => []);
const child = (finish: readonly string[], limitKb: number | null = null): ChildProcess => {
  const run = [process.execPath, '--import', 'tsx', new URL('./child.ts', import.meta.url).pathname, at.dir, ...finish];
  return limitKb === null ? spawn(run[0] as string, run.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] })
    : spawn('bash', ['-c', `ulimit -f ${limitKb}; exec "$@"`, 'bash', ...run], { stdio: ['ignore', 'pipe', 'inherit'] });
};
const said = async (process: ChildProcess, pattern: RegExp): Promise<string> => {
  let text = '';
  for await (const chunk of process.stdout as AsyncIterable<Buffer>) {
    text += chunk.toString();
    if (pattern.test(text)) return text;
  }
  return text;
};

describe('what is in service', () => {
  it('is not loaded again when nothing changed, and is when a file, the definition, the tree or the last SQL did', async () => {
    const path = await at.put('data.csv', `${HEADER}2026-01-01;nord;1\n`);
    const first = await loadSource(at.input(source()));
    const again = await loadSource(at.input(source(), { now: () => { throw new Error('loaded again'); } }));
    expect(again).toEqual(first);
    expect(await signatureOf(source(), join(at.dir, 'pack'), town, [], 1)).toBe(first.signature);

    const changed = new Set([first.signature]);
    await utimes(path, new Date('2020-01-01'), new Date('2020-01-01'));
    changed.add(await signatureOf(source(), join(at.dir, 'pack'), town, []));
    changed.add(await signatureOf(source({ where: 'true' }), join(at.dir, 'pack'), town, []));
    changed.add(await signatureOf(source(), join(at.dir, 'pack'), tree({ id: 'by' }), []));
    changed.add(await signatureOf(source(), join(at.dir, 'pack'), town, ['select 1']));
    changed.add(await signatureOf(source(), join(at.dir, 'pack'), town, [], 4));
    changed.add(await signatureOf(source({ files: [files('data.csv', { decimal: ',' })] }), join(at.dir, 'pack'), town, []));
    expect(changed.size).toBe(7);
    // Where a source stands in its pack's file is no part of it.
    expect(await signatureOf(source({ line: 99 }), join(at.dir, 'pack'), town, [])).toBe(await signatureOf(source(), join(at.dir, 'pack'), town, []));
  });

  it('is exchanged for the new load, and the old file goes, though a reader gets to its end', async () => {
    await at.put('data.csv', `${HEADER}2026-01-01;nord;1\n`);
    const first = await loadSource(at.input(source()));
    const reader = await openFacts(first.file, { memoryMb: 64, threads: 1 });
    await at.put('data.csv', `${HEADER}2026-01-01;nord;2\n2026-01-02;nord;3\n`);
    const second = await loadSource(at.input(source()));
    expect(second.file).not.toBe(first.file);
    expect(await reader.query('select amount from facts')).toEqual([{ amount: '1.00' }]);
    await reader.close();
    expect(await inFacts()).toEqual([second.file.split('/').at(-1), 'care.json']);
    expect(await lastReport(join(at.dir, 'facts'), 'care')).toEqual(second);
    expect(await inScratch()).toEqual([]);
  });

  it('stays when a load fails, and nothing half-written is left', async () => {
    await at.put('data.csv', `${HEADER}2026-01-01;nord;1\n`);
    const good = await loadSource(at.input(source()));
    for (const bad of ['day;unit\n2026-01-01;nord\n', `${HEADER}x;y;z\n`, `${HEADER}2026-01-01;nord;010190-1234\n`, '']) {
      await at.put('data.csv', bad);
      await expect(loadSource(at.input(source()))).rejects.toThrow(/^source care: data\.csv: /);
    }
    await at.put('data.csv', `${HEADER}2026-01-01;nord;5\n`);
    await expect(loadSource(at.input(source(), { finish: ['create table ok as select 1', 'select nonsense from facts'] }))).rejects.toThrow(/source care: The load failed: .*nonsense/);
    expect(await inFacts()).toEqual([good.file.split('/').at(-1), 'care.json']);
    expect(await lastReport(join(at.dir, 'facts'), 'care')).toEqual(good);
    expect(await inScratch()).toEqual([]);
  });

  it('is all files of a source or none', async () => {
    await at.put('a.csv', `${HEADER}2026-01-01;nord;1\n`);
    await at.put('b.csv', 'day;unit\n2026-01-01;nord\n');
    await expect(loadSource(at.input(source({ files: [files('*.csv')] })))).rejects.toThrow(/b\.csv/);
    expect(await lastReport(join(at.dir, 'facts'), 'care')).toBeNull();
  });

  it('is not mixed with a source whose name begins alike', async () => {
    await at.put('data.csv', `${HEADER}2026-01-01;nord;1\n`);
    const other = await loadSource(at.input(source({ id: 'care-home' })));
    await loadSource(at.input(source({ id: 'care' })));
    await at.put('data.csv', `${HEADER}2026-01-01;nord;2\n`);
    await loadSource(at.input(source({ id: 'care' })));
    expect(await lastReport(join(at.dir, 'facts'), 'care-home')).toEqual(other);
  });

  it('is whole when several load the same source at once', async () => {
    await at.put('data.csv', HEADER + '2026-01-01;nord;1\n'.repeat(20_000));
    const reports = await Promise.all([1, 2, 3].map(() => loadSource(at.input(source()))));
    for (const report of reports) expect(await at.rows(report, 'select count(*) as n from facts')).toEqual([{ n: '20000' }]);
    expect(await inFacts()).toHaveLength(2);
  });

  it('is not a load whose file changed while it was read', async () => {
    const path = await at.put('data.csv', `${HEADER}2026-01-01;nord;1\n`);
    const changing = loadSource(at.input(source(), { onProgress: () => { void writeFile(path, `${HEADER}2026-01-01;nord;12\n`); } }));
    await expect(changing).rejects.toMatchObject({ message: expect.stringContaining('changed while it was read') as string, retryAfterMs: 60_000 });
    expect(await inFacts()).toEqual([]);
  });

  it('is cleared of what loads on other hosts left more than a day ago, and of nothing younger', async () => {
    await at.put('data.csv', `${HEADER}2026-01-01;nord;1\n`);
    const { file } = await loadSource(at.input(source()));
    const left = (n: number): string => join(at.dir, 'facts', `care-0123456789abcdef.duckdb.elsewhere-${n}-1.tmp`);
    for (const n of [1, 2]) await writeFile(left(n), 'x');
    // The bench's clock stands at 2026-11-23 10:00.
    for (const [n, day] of [[1, '2026-11-22T09:00Z'], [2, '2026-11-22T11:00Z']] as const) await utimes(left(n), new Date(day), new Date(day));
    await at.put('data.csv', `${HEADER}2026-01-01;nord;25\n`);
    const next = await loadSource(at.input(source()));
    expect(next.file).not.toBe(file);
    expect(await inFacts()).toEqual([left(2).split('/').at(-1), next.file.split('/').at(-1), 'care.json'].sort());
  });

  it('is made anew when the report or the facts were removed', async () => {
    await at.put('data.csv', `${HEADER}2026-01-01;nord;1\n`);
    const { file } = await loadSource(at.input(source()));
    await writeFile(join(at.dir, 'facts', 'care.json'), '{ half');
    expect((await loadSource(at.input(source()))).file).toBe(file);
    expect(await lastReport(join(at.dir, 'facts'), 'care')).not.toBeNull();
  });
});

describe('a load that is killed', () => {
  it.each([
    ['while it reads', 400_000, [], 'rows 1'],
    ['while it makes the roll-ups', 10, ['create table slow as select count(*) as n from range(3000000) a, range(3000000) b where a.range + b.range = 7'], 'rows'],
  ])('%s leaves the last good one in service, and the next clears up', async (_when, rows, finish, mark) => {
    await at.put('data.csv', `${HEADER}2026-01-01;nord;1\n`);
    const good = await loadSource(at.input(source()));
    await at.put('data.csv', HEADER + '2026-01-01;nord;2\n'.repeat(rows));
    const victim = child(finish);
    await said(victim, new RegExp(mark));
    victim.kill('SIGKILL');
    await once(victim, 'close');

    expect(await lastReport(join(at.dir, 'facts'), 'care')).toEqual(good);
    expect(await at.rows(good, 'select amount from facts')).toEqual([{ amount: '1.00' }]);
    expect((await inFacts()).some((name) => name.endsWith('.tmp')) || (await inScratch()).length > 0).toBe(true);

    const next = await loadSource(at.input(source()));
    expect(next.rows).toBe(rows);
    expect(await inFacts()).toEqual([next.file.split('/').at(-1), 'care.json']);
    expect(await inScratch()).toEqual([]);
  });
});

describe('a disk that is full', () => {
  // A limit on the size of files stands for it: the same failing write, without a disk of one's own.
  const limited = process.platform === 'linux';
  if (!limited) console.warn('Skipped: a full disk is only played on Linux.');

  (limited ? it : it.skip).each([[600], [1500]])('fails the load with a clear message and leaves the last good one (%d kB)', async (limitKb) => {
    await at.put('data.csv', `${HEADER}2026-01-01;nord;1\n`);
    const good = await loadSource(at.input(source()));
    let text = HEADER;
    for (let i = 0, seed = 7; i < 300_000; i++) {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      text += `2026-01-${String(1 + (seed % 28)).padStart(2, '0')};nord;${seed % 100_000_000}\n`;
    }
    await at.put('data.csv', text);
    const starved = child([], limitKb);
    expect(await said(starved, /(done|failed).*\n/)).toMatch(/failed ServiceError: source care: The disk is full/);
    if (starved.exitCode === null) await once(starved, 'close');
    expect(await inFacts()).toEqual([good.file.split('/').at(-1), 'care.json']);
    expect(await inScratch()).toEqual([]);
    expect(await at.rows(good, 'select amount from facts')).toEqual([{ amount: '1.00' }]);
  });
});
