import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceError } from '../../../src/errors.ts';
import { markSeen } from '../../../src/app/records.ts';
import { openStore } from '../../../src/io/store/store.ts';
import type { Store } from '../../../src/ports.ts';
import { silent, storeContract } from '../../contracts/store.ts';
import { temporaryDirectory } from './databases.ts';

const root = temporaryDirectory();
const open = (dir: string): Promise<Store> => openStore({ databaseUrl: null, dir, log: silent });
const committer = join(import.meta.dirname, 'committer.mts');

/** A new store in a directory of its own, from a copy: making one takes seconds. */
async function directory(name: string): Promise<string> {
  const dir = join(root, name);
  await cp(join(root, 'template', 'postgres'), join(dir, 'postgres'), { recursive: true });
  return dir;
}

beforeAll(async () => { await (await open(join(root, 'template'))).close(); });
afterAll(async () => { await rm(root, { recursive: true, force: true }); });

storeContract('PGlite', async () => open(await directory('contract')));

describe('the embedded store', () => {
  it('is there again after a restart', async () => {
    const dir = await directory('restart');
    const first = await open(dir);
    await markSeen(first, 'web', 'before', new Date(0));
    await first.close();
    const second = await open(dir);
    expect(await markSeen(second, 'web', 'before', new Date(0))).toBe(false);
    await second.close();
    await second.close();
  });

  it('throws a half-made database away and makes it whole', async () => {
    const dir = join(root, 'half');
    await mkdir(join(dir, 'postgres.making', 'base'), { recursive: true });
    await writeFile(join(dir, 'postgres.making', 'PG_VERSION'), '18\n');
    const store = await open(dir);
    expect(await store.query('select count(*) as n from deliveries')).toEqual([{ n: 0 }]);
    await store.close();
  });

  it('that is broken is refused in plain words, and may be opened again after mending', async () => {
    const dir = await directory('broken');
    const control = join(dir, 'postgres', 'global', 'pg_control');
    await rm(control);
    await expect(open(dir)).rejects.toMatchObject({ final: true, message: expect.stringContaining('could not be opened') });
    await cp(join(root, 'template', 'postgres', 'global', 'pg_control'), control);
    await (await open(dir)).close();
  });

  it('goes on after its log has filled many segments, and all of it is there', async () => {
    const dir = await directory('long');
    const store = await open(dir);
    for (let i = 0; i < 12; i += 1) await store.query(`insert into audit (at, actor, action, detail) select now(), 'bulk', repeat(md5(random()::text), 20), '{}' from generate_series(1, 10000)`);
    const [log] = await store.query<{ redo: boolean; bytes: number }>(`select redo_lsn > '0/4000000'::pg_lsn as redo, pg_current_wal_lsn() - '0/0'::pg_lsn as bytes from pg_control_checkpoint()`);
    expect(Number(log?.bytes)).toBeGreaterThan(5 * 16 * 1024 * 1024);
    expect(log?.redo).toBe(true);
    await store.close();
    const again = await open(dir);
    expect(await again.query('select count(*) as n from audit')).toEqual([{ n: 120_000 }]);
    await again.close();
  });
});

describe('a second opener', () => {
  it('in another process is refused with the holder\'s number and what to do, and the first goes on', async () => {
    const dir = await directory('shared');
    const store = await open(dir);
    const second = spawnSync(process.execPath, ['--import', 'tsx', committer, dir, 'second'], { encoding: 'utf8', timeout: 30_000 });
    expect(second.status).not.toBe(0);
    expect(second.stdout).toBe('');
    expect(second.stderr).toContain(`is already in use by process ${process.pid}. Only one process may have it: stop that one`);
    expect(await markSeen(store, 'web', 'still', new Date(0))).toBe(true);
    await store.close();
  });

  it('is refused from the very first start on, while the database was just made', async () => {
    const dir = join(root, 'brand-new');
    const store = await open(dir);
    const second = spawnSync(process.execPath, ['--import', 'tsx', committer, dir, 'second'], { encoding: 'utf8', timeout: 30_000 });
    expect(second.stderr).toContain(`is already in use by process ${process.pid}`);
    await store.close();
  });

  it('in the same process is refused, also by another path, and does not free the first one\'s lock', async () => {
    const dir = await directory('twice');
    const link = join(root, 'by-another-name');
    await symlink(dir, link);
    const store = await open(dir);
    for (const path of [dir, link, `${dir}/../twice/`]) await expect(open(path)).rejects.toThrow('already in use by this process');
    const other = spawnSync(process.execPath, ['--import', 'tsx', committer, dir, 'other'], { encoding: 'utf8', timeout: 30_000 });
    expect(other.stderr).toContain('already in use');
    await store.close();
    await (await open(link)).close();
  });

  it('of a lock file that is no lock file is told to remove it', async () => {
    const dir = await directory('garbage');
    await writeFile(join(dir, 'lock.duckdb'), 'garbage');
    const error: unknown = await open(dir).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ServiceError);
    expect((error as Error).message).toContain('It holds no data');
  });
});

describe('a process killed while it commits', () => {
  it('loses nothing it had reported and leaves nothing half-done, five times on the same store, and its lock is free at once', async () => {
    const dir = await directory('killed');
    for (let round = 1; round <= 5; round += 1) {
      const { child, reported } = commit(dir, String(round));
      const target = 20 + round * 17;
      while (reported() < target) await once(child.stdout as NodeJS.ReadableStream, 'data');
      child.kill('SIGKILL');
      await once(child, 'close');
      const last = reported();
      const store = await open(dir);
      const rows = await store.query<{ action: string; parts: number }>('select action, count(*) as parts from audit where actor = $1 group by action order by action::int', [String(round)]);
      expect(rows.length).toBeGreaterThanOrEqual(last);
      // The last one may have been committed and not reported; nothing may be beyond it, missing, or in part.
      expect(rows.length).toBeLessThanOrEqual(last + 1);
      expect(rows).toEqual(rows.map((_, i) => ({ action: String(i + 1), parts: 5 })));
      const [rounds] = await store.query<{ n: number }>('select count(distinct actor) as n from audit');
      expect(rounds?.n).toBe(round);
      await store.close();
    }
  }, 180_000);
});

function commit(dir: string, round: string): { child: ChildProcess; reported: () => number } {
  const child = spawn(process.execPath, ['--import', 'tsx', committer, dir, round], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => { text += chunk.toString(); });
  return { child, reported: () => Number(text.slice(0, text.lastIndexOf('\n')).split('\n').at(-1) ?? 0) };
}
