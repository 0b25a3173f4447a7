import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openStore } from '../../src/io/store/store.ts';
import { silent } from '../contracts/store.ts';
import { openWorkspace, type Workspace } from '../adapters/slack/lab.ts';
import { noPostgres, startPostgres, type PostgresServer } from '../io/store/databases.ts';

const missing = noPostgres();
if (missing !== null) console.warn(`Skipped: many workers on PostgreSQL, because ${missing}.`);
const script = join(import.meta.dirname, 'worker.mts');
const LEADERS = 1000;
const KILLS = 9;
const CHANNELS = 8;

/** Every message the workspace holds, by the key it carries. */
async function atThePlatform(workspace: Workspace, channels: readonly string[]): Promise<string[]> {
  const keys: string[] = [];
  for (const channel of channels) {
    for (let cursor: string | undefined; ;) {
      const page = await workspace.bot.conversations.history({ channel, limit: 900, include_all_metadata: true, ...(cursor !== undefined && { cursor }) });
      for (const message of page.messages ?? []) keys.push((message as { metadata?: { event_payload?: { key?: string } } }).metadata?.event_payload?.key ?? 'none');
      cursor = page.response_metadata?.next_cursor;
      if (cursor === undefined || cursor === '') break;
    }
  }
  return keys;
}

(missing === null ? describe : describe.skip)('three workers on one PostgreSQL', () => {
  let server: PostgresServer;
  let workspace: Workspace;
  let channels: string[];
  /** All that were started, and those that are at work. */
  const all: ChildProcess[] = [];
  const working: ChildProcess[] = [];
  let shiftMs = 0;
  const start = async (name: string): Promise<void> => {
    const child = spawn(process.execPath, ['--import', 'tsx', script, server.url, workspace.gateway.apiUrl, name, String(LEADERS), channels.join(',')], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, SHIFT_MS: String(shiftMs) } });
    all.push(child);
    let said = '';
    child.stderr?.on('data', (text: Buffer) => { said = `${said}${String(text)}`.slice(-4000); });
    await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), once(child, 'exit').then(([code]) => { if (code !== null) throw new Error(`${name} ended at its start (${code}): ${said}`); })]);
    working.push(child);
  };
  const end = async (child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    const ended = once(child, 'exit');
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    child.kill(signal);
    return ((await ended) as [number | null])[0];
  };

  beforeAll(async () => {
    server = await startPostgres();
    workspace = await openWorkspace();
    channels = [];
    for (let i = 0; i < CHANNELS; i += 1) channels.push((await workspace.bot.conversations.create({ name: `kanal-${i}` })).channel?.id ?? '');
    // The pages are due on the fifth working day of November 2026.
    shiftMs = Date.parse('2026-11-23T12:00:00Z') - Date.now();
  });
  afterAll(async () => {
    for (const child of all) await end(child, 'SIGKILL');
    await workspace.close();
    server.remove();
  });

  it('killed at random, between sending and recording too, with the database restarted meanwhile, lose none of 1,000 and repeat none', async () => {
    let posts = 0;
    let swallowed = 0;
    let kills = 0;
    const begun: Promise<void>[] = [];
    /** One of those at work, whatever it is doing just now; another takes its place. */
    const killOne = async (): Promise<void> => {
      const [child] = working.splice(kills % working.length, 1);
      if (child === undefined) return;
      kills += 1;
      begun.push(start(`worker${kills}`));
      await end(child, 'SIGKILL');
      if (kills === 4) server.restart();
    };
    workspace.gateway.fault((method) => {
      if (method !== 'chat.postMessage') return null;
      posts += 1;
      if (posts % 90 === 0 && kills < KILLS) void killOne();
      // Slack takes some messages and the answer is lost; some it refuses for now, with and without a time to wait.
      if (posts % 97 === 0) { swallowed += 1; return { swallow: true }; }
      if (posts % 101 === 0) return { status: 429, headers: { 'retry-after': '1' } };
      if (posts % 103 === 0) return { status: 500, body: 'oops' };
      return null;
    });
    await Promise.all(['first', 'second', 'third'].map(start));
    const store = await openStore({ databaseUrl: server.url, dir: '', log: silent });
    // The database may just be away: then it is not known.
    const delivered = async (): Promise<number> => store.query<{ n: number }>(`select count(*)::int as n from deliveries where kind = 'page' and state = 'delivered'`).then(([row]) => row?.n ?? 0, () => 0);
    while ((await delivered()) < LEADERS) await new Promise((resolve) => { setTimeout(resolve, 200); });

    const keys = await atThePlatform(workspace, channels);
    expect(swallowed).toBeGreaterThan(5);
    expect(keys).toHaveLength(LEADERS);
    expect(new Set(keys).size).toBe(LEADERS);
    expect(keys).not.toContain('none');
    expect(await store.query(`select state, count(*) as n from deliveries where kind = 'page' group by state`)).toEqual([{ state: 'delivered', n: LEADERS }]);
    // What was in doubt was resolved by asking Slack, not by sending again.
    const [asked] = await store.query<{ n: number }>(`select count(*) as n from delivery_moves where to_state = 'delivered' and reason = 'The platform has it.'`);
    expect(asked?.n).toBeGreaterThanOrEqual(swallowed);
    await Promise.all(begun);
    expect(kills).toBe(KILLS);
    // The moves say who did what: more than those that are left.
    const [who] = await store.query<{ n: number }>(`select count(distinct actor) as n from delivery_moves where to_state = 'delivered'`);
    expect(who?.n).toBeGreaterThan(3);
    await store.close();
  }, 180_000);

  it('asked to stop finish what they have begun, hand the rest back, and end', async () => {
    for (const child of working) expect(await end(child, 'SIGTERM')).toBe(0);
  });
});
