import { rmSync } from 'node:fs';
import { examineStore } from '../../../src/io/store/doctor.ts';
import { MIGRATIONS } from '../../../src/io/store/migrations.ts';
import { openStore } from '../../../src/io/store/store.ts';
import { silent } from '../../contracts/store.ts';
import { noPostgres, startPostgres, temporaryDirectory, type PostgresServer } from './databases.ts';

const now = (): Date => new Date();
const newest = MIGRATIONS.at(-1)?.version ?? 0;
const states = ({ checks }: Awaited<ReturnType<typeof examineStore>>): string[] => checks.map(({ state, what }) => `${state} ${what}`);

describe('the doctor at the embedded database', () => {
  const dir = temporaryDirectory();
  const open = (bare: boolean) => openStore({ databaseUrl: null, dir, log: silent, bare });
  afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

  it('finds it in order, with the workspaces of its addresses, and leaves nothing behind', async () => {
    const store = await open(false);
    await store.query(`insert into addresses (person, platform, tenant, conversation, "user", service_url, bot, updated_at, known_as) select p, 'slack', 'T1', 'D', 'U', '', '', now(), '' from unnest(array['anna', 'bo']) p`);
    await store.close();
    const examined = await examineStore(() => open(true), dir, now);
    expect(states(examined)).toEqual(['ok database', 'ok database schema', 'ok database writing']);
    expect(examined.kept).toEqual([{ platform: 'slack', tenant: 'T1', count: 2 }]);
    // Its clock is ours.
    expect(examined.clock).toBeNull();
    const again = await open(true);
    expect(await again.query(`select to_regclass('overblik_doctor') is null as gone`)).toEqual([{ gone: true }]);
    await again.close();
  });

  it('is told who has it when another process does', async () => {
    const store = await open(true);
    const { checks } = await examineStore(() => open(true), dir, now);
    expect(checks).toEqual([expect.objectContaining({ state: 'fail', what: 'database', found: expect.stringContaining('is already in use by') })]);
    await store.close();
  });

  it('tells a schema of another version, and does not touch it', async () => {
    const versions = async (sql: string): Promise<string> => {
      const store = await open(true);
      await store.query(sql);
      await store.close();
      const { checks } = await examineStore(() => open(true), dir, now);
      return checks.map(({ state, found }) => `${state} ${found}`)[1] ?? '';
    };
    expect(await versions(`insert into schema_version (version, name) values (${newest + 1}, 'of tomorrow')`)).toContain(`warn version ${newest + 1} is of a newer program`);
    expect(await versions(`delete from schema_version where version >= ${newest}`)).toContain(`warn version ${newest - 1}; this program brings it to ${newest}`);
  });
});

const missing = noPostgres();
if (missing !== null) console.warn(`Skipped: the doctor at a PostgreSQL server, because ${missing}.`);

(missing === null ? describe : describe.skip)('the doctor at a PostgreSQL server', () => {
  let server: PostgresServer;
  const look = (change: (url: string) => string = (url) => url) => examineStore(() => openStore({ databaseUrl: change(server.url), dir: '/nowhere', log: silent, bare: true }), null, now);
  const as = (user: string) => (url: string): string => url.replace('overblik@', `${user}:canary@`);

  beforeAll(async () => { server = await startPostgres(); });
  afterAll(() => { server.remove(); });

  it('names the server\'s version, hears its clock, and makes no schema where there is none', async () => {
    const examined = await look();
    expect(states(examined)).toEqual(['ok database', 'note database schema', 'ok database writing']);
    expect(examined.checks[0]?.found).toMatch(/^PostgreSQL \d+\.\d+/);
    const { said, asked, answered } = examined.clock!;
    expect(said.getTime()).toBeGreaterThanOrEqual(asked.getTime() - 1);
    expect(said.getTime()).toBeLessThanOrEqual(answered.getTime() + 1);
  });

  it('tells a user who may not make tables, a read-only database, and a login that is refused, without the password', async () => {
    const store = await openStore({ databaseUrl: server.url, dir: '/nowhere', log: silent });
    await store.script('create role reader login; revoke create on schema public from public; grant select on all tables in schema public to reader; create role standby login; alter role standby set default_transaction_read_only = on; grant select on all tables in schema public to standby');
    await store.close();
    expect((await look(as('reader'))).checks.at(-1)).toMatchObject({ state: 'fail', what: 'database writing', advice: expect.stringContaining('GRANT CREATE') });
    expect((await look(as('standby'))).checks.at(-1)).toMatchObject({ state: 'fail', what: 'database writing', found: expect.stringContaining('read-only') });
    const refused = await look(as('nobody'));
    expect(states(refused)).toEqual(['fail database']);
    expect(refused.checks[0]?.found).toContain('refused the login');
    for (const url of ['postgres://overblik:canary%zz@127.0.0.1/x', 'postgres://overblik:canary@127.0.0.1:99999/x', 'postgres://overblik:canary@/x?host=/canary']) {
      const examined = await look(() => url);
      expect(states(examined)).toEqual(['fail database']);
      expect(JSON.stringify(examined)).not.toContain('canary');
    }
  });

  it('says that a server is away', async () => {
    server.stop();
    try {
      expect((await look()).checks).toEqual([expect.objectContaining({ state: 'fail', found: expect.stringContaining('ECONNREFUSED') })]);
    } finally {
      server.start();
    }
  });
});
