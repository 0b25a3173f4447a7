import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { correctOnPurpose } from '../../src/app/correct.ts';
import { doubtOpen } from '../../src/app/deliver.ts';
import { heldData } from '../../src/app/versions.ts';
import { openStore } from '../../src/io/store/store.ts';
import type { Measure, Pack } from '../../src/pack/model.ts';
import type { Store } from '../../src/ports.ts';
import { metricsOf } from '../../src/state.ts';
import { digest, packOf, person, platform, refused, service, silent } from './delivering.ts';

/** Which data pages are made from and corrected by, when the copies that processes have are not the same. Counted at the platform's side. */
const dir = mkdtempSync(join(tmpdir(), 'overblik-versions-'));
let store: Store;
beforeAll(async () => { store = await openStore({ databaseUrl: null, dir, log: silent }); });
afterAll(async () => { await store.close(); await rm(dir, { recursive: true, force: true }); });
afterEach(async () => { await store.query('delete from paces'); });

const hours = { id: 'hours', line: 1, name: { da: 'Leverede timer', en: 'Hours delivered' }, sensitive: false, unit: 'hours', decimals: null, kind: 'base', source: 'ledger', goodWhen: 'higher', smallCounts: null, scale: null } as unknown as Measure;
const figure = (value: number) => ({ measure: 'hours', unit: 'root', from: '2026-10-01', to: '2026-11-01', value, state: 'ok' as const });
const onePack = (): Pack => packOf([digest()], { people: new Map([['anna', person('anna')]]), measures: new Map([['hours', hours]]) });

type Host = ReturnType<typeof service>;
const [OLD, NEW] = ['2026-11-04T06:00:00.000Z', '2026-11-05T06:00:00.000Z'];
/** Two hosts on one store and one platform, each with files of its own. */
function hosts(pack: Pack, slack = platform()): { a: Host; b: Host; corrections: () => string[]; slack: typeof slack } {
  const [a, b] = ['host-a', 'host-b'].map((worker) => service(() => store, pack, { worker, adapter: slack.adapter })) as [Host, Host];
  return { a, b, slack, corrections: () => slack.arrived.filter(({ title }) => title.startsWith('Rettelse')).map(({ text }) => /Leverede timer\s+(\d+)\D+(\d+)/.exec(text)?.slice(1).join(' -> ') ?? text) };
}
const has = (host: Host, data: string, value: number, written = '', follows: readonly string[] = []): void => {
  Object.assign(host.state, { data, figures: [figure(value)], written, follows: [...follows] });
};
const bothAt = ({ a, b }: { a: Host; b: Host }, minutes: number): void => { for (const host of [a, b]) host.state.now = new Date(Date.parse('2026-11-06T07:00:00Z') + minutes * 60_000); };

describe('two hosts whose copies of a file differ', () => {
  test('correct nobody back and forth: what was told from the newer copy stays, however long both go on', async () => {
    const two = hosts(onePack());
    has(two.a, 'old', 31, OLD);
    await two.a.run();
    has(two.b, 'new', 47, NEW);
    for (let minute = 1; minute < 12; minute += 1) {
      bothAt(two, minute);
      await two.a.run();
      await two.b.run();
    }
    expect(two.corrections()).toEqual(['31 -> 47']);
  });

  test('send no page from the older one, and the operator is told which process has it', async () => {
    const pack = onePack();
    const two = hosts(pack);
    has(two.b, 'new', 47, NEW);
    two.b.state.missing = [{ kind: 'closing', source: 'ledger' }];
    await two.b.run();
    has(two.a, 'old', 31, OLD);
    await two.a.run();
    expect(two.slack.arrived).toEqual([]);
    expect((await heldData(store, two.a.state.now)).filter((one) => one.pack === pack.id).map(({ worker, older, rows }) => [worker, older, Number(rows)])).toEqual([['host-a', true, 120], ['host-b', false, 120]]);
    expect(await metricsOf(store, two.a.state.now)).toContain(`overblik_data_older_processes{pack="${pack.id}",source="ledger"} 1`);
    two.b.state.missing = [];
    await two.b.run();
    expect([two.a.composed, two.b.composed].map(({ length }) => length)).toEqual([0, 1]);
  });

  test('an old copy that is put there later, with a new time of its own, is the old one all the same', async () => {
    const two = hosts(onePack());
    has(two.a, 'old', 31, OLD);
    await two.a.run();
    has(two.a, 'new', 47, NEW, ['old']);
    await two.a.run();
    has(two.b, 'old', 31, '2026-11-06T06:59:00.000Z');
    await two.b.run();
    await two.a.run();
    expect(two.corrections()).toEqual(['31 -> 47']);
  });

  test('a flip back that is real is told again, each time, also with the old file and its old time', async () => {
    const two = hosts(onePack());
    has(two.a, 'old', 31, OLD);
    await two.a.run();
    for (const [data, value, written, follows] of [['new', 47, NEW, ['old']], ['old', 31, OLD, ['new', 'old']], ['new', 47, NEW, ['old', 'new']]] as const) {
      has(two.a, data, value, written, follows);
      await two.a.run();
      await two.a.run();
    }
    expect(two.corrections()).toEqual(['31 -> 47', '47 -> 31', '31 -> 47']);
  });

  test('when nobody with the newest is left, the pages still come, and what was told from it stays', async () => {
    const two = hosts(onePack());
    has(two.b, 'new', 47, NEW);
    await two.b.run();
    has(two.a, 'old', 31, OLD);
    bothAt(two, 30);
    await two.a.run();
    // December: the host with the newest copy is long gone.
    two.a.state.now = new Date('2026-12-08T07:00:00Z');
    await two.a.run();
    expect(two.slack.arrived.map(({ title }) => title)).toEqual(['monthly 2026-10-01 anna', 'monthly 2026-11-01 anna']);
    expect(two.corrections()).toEqual([]);
  });
});

describe('a page', () => {
  test('is made from the data it was found complete by: a worker with others leaves it to one that has them', async () => {
    const two = hosts(onePack());
    has(two.a, 'new', 47, NEW);
    has(two.b, 'old', 31, OLD);
    await two.a.scan();
    const [id] = two.a.woken;
    await two.b.deliver(id ?? 0);
    expect(two.slack.arrived).toEqual([]);
    expect((await two.b.rows())[0]).toMatchObject({ state: 'ready', attempts: 0, reason: 'The data here are not those it was found complete by.' });
    bothAt(two, 1);
    await two.a.deliver(id ?? 0);
    expect([two.a.composed, two.b.composed, two.slack.arrived].map(({ length }) => length)).toEqual([1, 0, 1]);
  });

  test('is judged again when the data change between the judgement and the sending', async () => {
    const { a } = hosts(onePack());
    has(a, 'whole', 47, NEW);
    await a.scan();
    has(a, 'half', 5, '2026-11-06T06:59:00.000Z', ['whole']);
    a.state.missing = [{ kind: 'rows', source: 'ledger', through: '2026-10-12' }];
    await a.drain();
    expect(a.composed).toEqual([]);
    a.state.now = new Date('2026-11-06T07:01:00Z');
    await a.run();
    expect((await a.rows())[0]).toMatchObject({ state: 'held', reason: 'Waits for data: ledger has rows through 2026-10-12.' });
    has(a, 'whole', 47, NEW, ['half', 'whole']);
    a.state.missing = [];
    await a.run();
    expect((await a.rows())[0]).toMatchObject({ state: 'delivered' });
    expect(a.composed).toHaveLength(1);
  });
});

describe('what a leader was told last', () => {
  const failing = () => {
    const state = { failing: false, maybe: false };
    return { state, slack: platform((_address, arrive) => { if (state.failing) throw refused('it failed (500)'); const id = arrive(); if (state.maybe) throw refused('did not answer in time', { mayHaveArrived: true }); return id; }) };
  };

  test('is what the ledger believes: a correction that could not leave before the figures went back is never sent', async () => {
    const { state, slack } = failing();
    const { a, corrections } = hosts(onePack(), slack);
    has(a, 'one', 31);
    await a.run();
    state.failing = true;
    has(a, 'two', 47, '', ['one']);
    await a.run();
    has(a, 'three', 31, '', ['two', 'one']);
    await a.run();
    state.failing = false;
    a.state.now = new Date('2026-11-06T09:00:00Z');
    await a.run();
    expect(corrections()).toEqual([]);
    expect(await a.rows('correction')).toMatchObject([{ state: 'withdrawn', reason: 'The figures have changed again before it left.' }]);
    has(a, 'four', 50, '', ['three', 'two', 'one']);
    await a.run();
    expect(corrections()).toEqual(['31 -> 50']);
  });

  test('one that may have arrived is asked about before the next is said, and the next begins where it ended', async () => {
    const { state, slack } = failing();
    const { a, corrections } = hosts(onePack(), slack);
    has(a, 'one', 31);
    await a.run();
    state.maybe = true;
    has(a, 'two', 47, '', ['one']);
    await a.run();
    state.maybe = false;
    has(a, 'three', 50, '', ['two', 'one']);
    await a.run();
    expect(corrections()).toEqual(['31 -> 47']);
    a.state.now = new Date('2026-11-06T09:00:00Z');
    await a.run();
    await a.run();
    expect(corrections()).toEqual(['31 -> 47', '47 -> 50']);
  });

  test('a correction the platform refuses for good is not tried for ever, and what was told before it stays what was told', async () => {
    let final = false;
    const slack = platform((_address, arrive) => { if (final) throw refused('user is gone', { final: true }); return arrive(); });
    const { a, corrections } = hosts(onePack(), slack);
    has(a, 'one', 31);
    await a.run();
    final = true;
    has(a, 'two', 47, '', ['one']);
    for (let look = 0; look < 3; look += 1) await a.run();
    expect(await a.rows('correction')).toMatchObject([{ state: 'failed', attempts: 1 }]);
    final = false;
    has(a, 'three', 50, '', ['two', 'one']);
    await a.run();
    expect(corrections()).toEqual(['31 -> 50']);
  });
});

describe('a correction that somebody asked for', () => {
  test('is not taken back by data that come before it leaves', async () => {
    let failing = false;
    const slack = platform((_address, arrive) => { if (failing) throw refused('it failed (500)'); return arrive(); });
    const pack = onePack();
    const { a, corrections } = hosts(pack, slack);
    has(a, 'one', 31);
    await a.run();
    failing = true;
    const [page] = await a.rows();
    const asked = { id: page?.id ?? 0, unit: 'root', figures: [figure(40)], loads: [], data: { ledger: { signature: 'one', rows: 100 } } };
    expect(await correctOnPurpose({ store, queue: null }, { pack: pack.id, digest: 'monthly', tolerance: 1, pages: [asked] }, a.state.now, 'dina')).toBe(1);
    expect(await correctOnPurpose({ store, queue: null }, { pack: pack.id, digest: 'monthly', tolerance: 1, pages: [asked] }, a.state.now, 'dina')).toBe(0);
    has(a, 'two', 31, '', ['one']);
    await a.run();
    failing = false;
    a.state.figures = [figure(40)];
    a.state.now = new Date('2026-11-06T09:00:00Z');
    await a.run();
    expect(corrections()).toEqual(['31 -> 40']);
  });
});

describe('after a restore on another machine', () => {
  /** The ledger as it was before anything was sent, with what the platform has. */
  const restored = async (pack: Pack): Promise<void> => {
    await store.query('delete from delivery_moves where delivery in (select id from deliveries where pack = $1)', [pack.id]);
    await store.query('delete from deliveries where pack = $1', [pack.id]);
    await store.query('delete from data_versions where pack = $1', [pack.id]);
  };
  afterEach(async () => { await store.query('delete from restores'); });
  const restoredAt = (): Promise<unknown> => store.query('insert into restores (backup_at, restored_at) values ($1, $2)', ['2026-11-01T00:00:00Z', '2026-11-20T00:00:00Z']);

  /** A page was sent, and a fresh machine knows nothing of it. */
  const lost = async (): Promise<{ fresh: Host; corrections: () => string[] }> => {
    const pack = onePack();
    const { a, corrections, slack } = hosts(pack);
    has(a, 'one', 31, OLD);
    await a.run();
    await restored(pack);
    await restoredAt();
    const fresh = service(() => store, pack, { worker: 'fresh', adapter: slack.adapter });
    fresh.state.now = new Date('2026-11-20T01:00:00Z');
    return { fresh, corrections };
  };

  test('corrections are found, not said again, though files lie elsewhere and have other times', async () => {
    const pack = onePack();
    const { a, corrections, slack } = hosts(pack);
    has(a, 'one', 31, OLD);
    await a.run();
    const before = await store.query('select * from deliveries where pack = $1', [pack.id]);
    expect(before).toHaveLength(1);
    has(a, 'two', 47, NEW, ['one']);
    await a.run();
    expect(corrections()).toEqual(['31 -> 47']);
    // The backup is from before the correction.
    await store.query(`delete from delivery_moves where delivery in (select id from deliveries where pack = $1 and kind = 'correction')`, [pack.id]);
    await store.query(`delete from deliveries where pack = $1 and kind = 'correction'`, [pack.id]);
    const [page] = before as [{ id: number; figures: unknown; data: unknown }];
    await store.query('update deliveries set figures = $2::jsonb, data = $3::jsonb where id = $1', [page.id, JSON.stringify(page.figures), JSON.stringify(page.data)]);
    await restoredAt();
    const fresh = service(() => store, pack, { worker: 'fresh', adapter: slack.adapter });
    fresh.state.now = new Date('2026-11-20T01:00:00Z');
    has(fresh, 'two', 47, '2026-11-19T06:00:00.000Z');
    await doubtOpen(store, fresh.state.now);
    await fresh.run();
    await fresh.run();
    expect(corrections()).toEqual(['31 -> 47']);
    expect(await fresh.rows('correction')).toMatchObject([{ state: 'delivered', reason: 'The platform has it.' }]);
  });

  test('a page found on the platform is corrected later like any other, where the data it was made of are here', async () => {
    const { fresh, corrections } = await lost();
    has(fresh, 'one', 31, NEW);
    await fresh.run();
    expect(await fresh.rows()).toMatchObject([{ state: 'delivered', reason: 'The platform has it.' }]);
    has(fresh, 'two', 47, '2026-11-21T06:00:00.000Z', ['one']);
    fresh.state.now = new Date('2026-11-25T01:00:00Z');
    await fresh.run();
    expect(corrections()).toEqual(['31 -> 47']);
  });

  test('of a page made of data that are not here nobody claims to know what it said, and the ledger says so', async () => {
    const { fresh, corrections } = await lost();
    has(fresh, 'two', 47, NEW);
    await fresh.run();
    await fresh.run();
    expect(corrections()).toEqual([]);
    expect((await fresh.rows())[0]?.reason).toMatch(/^The platform has it\. It was made of other data than are here/);
  });
});
