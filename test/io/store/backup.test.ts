import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { recordAudit, verifyAudit } from '../../../src/app/audit.ts';
import { claim, deliveriesIn, deliveryOf, move, owe, settleDelivered } from '../../../src/app/ledger.ts';
import { addressOf, saveAddress } from '../../../src/app/records.ts';
import { readBackup, writeBackup } from '../../../src/io/store/backup.ts';
import { migrate } from '../../../src/io/store/migrate.ts';
import { MIGRATIONS } from '../../../src/io/store/migrations.ts';
import { openStore } from '../../../src/io/store/store.ts';
import type { Store } from '../../../src/ports.ts';
import { doubtOpen } from '../../../src/app/deliver.ts';
import { digest, packOf, person, platform, service as serviceOn } from '../../app/delivering.ts';
import { silent } from '../../contracts/store.ts';
import { noPostgres, startPostgres, temporaryDirectory, type PostgresServer } from './databases.ts';

const root = temporaryDirectory();
afterAll(() => rm(root, { recursive: true, force: true }));
const T0 = new Date('2026-11-06T07:00:00Z');
const embedded = (name: string, bare = false): Promise<Store> => openStore({ databaseUrl: null, dir: join(root, name), log: silent, bare });
const slackAddress = { platform: 'slack', tenant: 'T', conversation: 'D1', thread: null, user: 'U1', serviceUrl: '', bot: '' } as const;

async function filled(name: string): Promise<Store> {
  const store = await embedded(name);
  const obligations = ['anna', 'bo'].map((recipient) => ({ pack: 'p', digest: 'd', period: { from: '2026-10-01', to: '2026-11-01' }, recipient, dueAt: T0, kind: 'page' as const, about: '', payload: null }));
  const [first = 0] = await owe(store, obligations, T0, 'test');
  await move(store, [first], 'ready', {}, T0, 'test');
  const card = { language: 'da' as const, title: 'Oktober \u00e6\u00f8\u00e5 "x"', label: '', headline: '', blocks: [], picture: null, actions: [], provenance: [] };
  await claim(store, first, { address: slackAddress, knownAs: 'u', card, shown: { text: 't', picture: null, sheet: null }, figures: [{ value: 0.1 }], data: { a: 1 }, late: false, leaseUntil: T0 }, T0, 'test');
  await settleDelivered(store, first, { messageId: '1.2', pictureSent: true, reason: null }, T0, 'test');
  await saveAddress(store, 'anna', 'u', slackAddress, T0);
  for (let i = 0; i < 4500; i += 1500) await store.query(`insert into audit (at, actor, action, detail) select now(), 'bulk', 'row', jsonb_build_object('n', n) from generate_series(${i}, ${i + 1499}) n`);
  return store;
}

describe('a backup', () => {
  it('is taken while work goes on, as of one instant, and brought back whole into an empty database', async () => {
    const store = await filled('one');
    const file = join(root, 'one.backup');
    const [rows] = await Promise.all([writeBackup(store, file, T0), recordAudit(store, { at: T0, actor: 'meanwhile', action: 'x', detail: {} })]);
    const before = await store.query('select d.*, (select count(*) from delivery_moves) as moves, (select count(*) from audit where actor = \'bulk\') as bulk from deliveries d order by id');
    await store.close();
    expect(rows).toBeGreaterThan(4500);

    const other = await embedded('two', true);
    expect(await readBackup(other, file, new Date('2026-11-08T00:00:00Z'), silent)).toMatchObject({ header: { overblik: 'backup', at: T0.toISOString() }, rows });
    expect(await other.query('select d.*, (select count(*) from delivery_moves) as moves, (select count(*) from audit where actor = \'bulk\') as bulk from deliveries d order by id')).toEqual(before);
    expect(await addressOf(other, 'anna', () => 'u')).toEqual(slackAddress);
    expect(await verifyAudit(other)).toMatchObject({ broken: null });
    await recordAudit(other, { at: T0, actor: 'after', action: 'x', detail: {} });
    expect(await verifyAudit(other)).toMatchObject({ broken: null });
    // New rows get new numbers.
    const [id = 0] = await owe(other, [{ pack: 'p', digest: 'd', period: { from: '2026-11-01', to: '2026-12-01' }, recipient: 'anna', dueAt: T0, kind: 'page', about: '', payload: null }], T0, 'test');
    expect(await deliveryOf(other, id)).toMatchObject({ from: '2026-11-01' });
    expect(id).toBeGreaterThan(2);
    await other.close();
  });

  it('of a folder that is full, of a database that is not empty, cut off, damaged, or of a newer version is refused in one sentence, and nothing is changed', async () => {
    const store = await embedded('three');
    const file = join(root, 'three.backup');
    await expect(writeBackup(store, join(root, 'no-such-folder', 'x.backup'), T0)).rejects.toMatchObject({ final: true, message: expect.stringContaining('could not be written to') });
    await writeBackup(store, file, T0);
    // The audit's head is all there is.
    await expect(readBackup(store, file, T0, silent)).rejects.toMatchObject({ message: expect.stringContaining('only restored into an empty database') });
    await store.close();
    const bytes = await readFile(file);
    await writeFile(join(root, 'cut'), bytes.subarray(0, Math.floor(bytes.length / 2)));
    await writeFile(join(root, 'other'), 'not a backup');
    await writeFile(join(root, 'newer'), gzipSync(gunzipSync(bytes).toString().replace(/"schema":\d+/, '"schema":9999')));
    const bare = await embedded('four', true);
    for (const [name, why] of [['cut', "can't be read"], ['other', "can't be read"], ['newer', 'made by a newer version'], ['missing', "can't be read"]]) await expect(readBackup(bare, join(root, name as string), T0, silent)).rejects.toMatchObject({ final: true, message: expect.stringContaining(why as string) });
    expect(await bare.query(`select to_regclass('schema_version')::text as t`)).toEqual([{ t: null }]);
    // What was refused leaves room for what is good.
    expect((await readBackup(bare, file, T0, silent)).rows).toBe(1);
    await bare.close();
  });

  it('of the version before this one is brought up to date', async () => {
    const old = await embedded('old', true);
    await migrate(old, silent, MIGRATIONS.filter(({ version }) => version <= 2));
    await old.query(`insert into deliveries (pack, digest, period_from, period_to, recipient, state, due_at, state_at) values ('p', 'd', '2026-10-01', '2026-11-01', 'anna', 'owed', now(), now())`);
    const file = join(root, 'old.backup');
    await writeBackup(old, file, T0);
    await old.close();
    const now = await embedded('now', true);
    await readBackup(now, file, T0, silent);
    expect(await deliveriesIn(now, 'p', 'd', ['owed'], ['page'])).toMatchObject([{ recipient: 'anna', kind: 'page', about: '' }]);
    await now.close();
  });
});

describe('the recovery drill', () => {
  it('a backup from before the pages left, brought back after they did: Slack is asked, and nobody gets a page twice', async () => {
    let store = await embedded('drill');
    const pack = packOf([digest()], { people: new Map(['anna', 'bo', 'carl'].map((id) => [id, person(id)])) });
    const slack = platform();
    const before = serviceOn(() => store, pack, { adapter: slack.adapter });
    const file = join(root, 'drill.backup');
    // Owed and held for its data when the backup is taken, sent an hour later, and then the disk is gone.
    before.state.missing = [{ kind: 'closing', source: 'ledger' }];
    await before.run();
    await writeBackup(store, file, before.state.now);
    before.state.missing = [];
    before.state.people = before.state.people.filter(({ id }) => id !== 'carl');
    before.state.now = new Date('2026-11-06T08:00:00Z');
    await before.run();
    expect(slack.arrived.map(({ to }) => to)).toEqual(['anna', 'bo']);
    await store.close();

    store = await embedded('drill-again', true);
    const restoredAt = new Date('2026-11-06T12:00:00Z');
    await readBackup(store, file, restoredAt, silent);
    expect(await doubtOpen(store, restoredAt)).toBe(3);
    const after = serviceOn(() => store, pack, { adapter: slack.adapter, worker: 'after' });
    after.state.now = new Date('2026-11-06T12:01:00Z');
    await after.run();
    await after.run();
    // Anna and Bo have theirs; Carl's had not left.
    expect(slack.arrived.map(({ to }) => to)).toEqual(['anna', 'bo', 'carl']);
    expect((await after.rows()).map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered']);
    await store.close();
  });

  it('a month that fell due after the backup is asked about too, and one that falls due after the restore is not', async () => {
    let store = await embedded('months');
    const pack = packOf([digest({ start: '2026-09-01' })], { people: new Map([['anna', person('anna')]]) });
    const slack = platform();
    const before = serviceOn(() => store, pack, { adapter: slack.adapter });
    before.state.now = new Date('2026-10-20T08:00:00Z');
    await before.run();
    const file = join(root, 'months.backup');
    await writeBackup(store, file, before.state.now);
    before.state.now = new Date('2026-11-06T08:00:00Z');
    await before.run();
    await store.close();
    store = await embedded('months-again', true);
    await readBackup(store, file, new Date('2026-11-07T00:00:00Z'), silent);
    const after = serviceOn(() => store, pack, { adapter: slack.adapter, worker: 'after' });
    for (const now of ['2026-11-07T08:00:00Z', '2026-11-07T08:10:00Z', '2026-12-07T08:00:00Z', '2026-12-07T08:10:00Z']) {
      after.state.now = new Date(now);
      await after.run();
    }
    expect(slack.arrived.map(({ title }) => title)).toEqual(['monthly 2026-09-01 anna', 'monthly 2026-10-01 anna', 'monthly 2026-11-01 anna']);
    expect(slack.questions).toHaveLength(1);
    await store.close();
  });
});

const missing = noPostgres();
(missing === null ? describe : describe.skip)('from the embedded database to a server', () => {
  let server: PostgresServer;
  beforeAll(async () => { server = await startPostgres(); });
  afterAll(() => { server.remove(); });

  it('a backup is the way, and back again', async () => {
    const store = await filled('moving');
    const file = join(root, 'moving.backup');
    const rows = await writeBackup(store, file, T0);
    await store.close();
    const onServer = await openStore({ databaseUrl: server.url, dir: '', log: silent, bare: true });
    expect((await readBackup(onServer, file, T0, silent)).rows).toBe(rows);
    const back = join(root, 'back.backup');
    // The note that it was restored is one more.
    expect(await writeBackup(onServer, back, T0)).toBe(rows + 1);
    await onServer.close();
    const again = await embedded('back', true);
    expect((await readBackup(again, back, T0, silent)).rows).toBe(rows + 1);
    await again.close();
  });
});
