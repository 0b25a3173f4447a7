import { ServiceError } from '../../../src/errors.ts';
import { openQueue } from '../../../src/io/queue/queue.ts';
import { outlast } from '../../../src/io/store/outlast.ts';
import { openStore } from '../../../src/io/store/store.ts';
import type { Log, Store } from '../../../src/ports.ts';
import { silent, storeContract } from '../../contracts/store.ts';
import { noPostgres, startPostgres, type PostgresServer } from './databases.ts';

const missing = noPostgres();
if (missing !== null) console.warn(`Skipped: the store on PostgreSQL, because ${missing}.`);

(missing === null ? describe : describe.skip)('with a PostgreSQL server', () => {
  let server: PostgresServer;
  const open = (log: Log = silent): Promise<Store> => openStore({ databaseUrl: server.url, dir: '/nowhere', log });

  beforeAll(async () => { server = await startPostgres(); });
  afterAll(() => { server.remove(); });

  storeContract('PostgreSQL', () => open());

  it('several processes may open it at the same time', async () => {
    const stores = await Promise.all([open(), open(), open()]);
    for (const store of stores) expect(await store.query('select max(version) > 0 as ready from schema_version')).toEqual([{ ready: true }]);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('a restart of the server does not end the process, and the next statement finds the new one', async () => {
    const events: string[] = [];
    const store = await open({ ...silent, warn: (event) => events.push(event) });
    await Promise.all([1, 2, 3].map(() => store.query('select pg_sleep(0.05)')));
    server.restart();
    const ask = async (): Promise<unknown> => store.query('select 1 as one').catch((error: unknown) => error);
    let answer = await ask();
    // A connection that broke while it lay idle may still be handed out once each.
    for (let tries = 0; tries < 5 && answer instanceof ServiceError; tries += 1) answer = await ask();
    expect(answer).toEqual([{ one: 1 }]);
    await store.close();
    await store.close();
  });

  it('a connection cut in the middle of a transaction is a passing failure, and nothing of it is kept', async () => {
    const store = await open();
    const error: unknown = await store.transaction(async (tx) => {
      const [own] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      await tx.query(`insert into seen_events values ('web', 'cut', now())`);
      await store.query('select pg_terminate_backend($1)', [own?.pid ?? 0]);
      await tx.query('select 1');
    }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ServiceError);
    expect((error as ServiceError).final).toBe(false);
    expect(await store.query(`select id from seen_events where id = 'cut'`)).toEqual([]);
    await store.close();
  });

  it('a server that is away is a passing failure that names neither password nor host', async () => {
    server.stop();
    try {
      const error: unknown = await openStore({ databaseUrl: server.url.replace('overblik@', 'overblik:hemmelig@'), dir: '/nowhere', log: silent }).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(ServiceError);
      expect(error).toMatchObject({ final: false, message: 'the store: PostgreSQL can\'t be reached (ECONNREFUSED)' });
    } finally {
      server.start();
    }
  });

  it('a process that starts while the server is away waits for it, and says once that it does; nobody has to start it again', async () => {
    let told = (): void => undefined;
    const waiting = new Promise<void>((resolve) => { told = resolve; });
    const events: string[] = [];
    const log: Log = { ...silent, warn: (event) => { events.push(event); told(); } };
    server.stop();
    const opening = outlast(() => open(log), { waitMs: 60_000, log });
    await waiting;
    server.start();
    const store = await opening;
    expect(await store.query('select 1 as one')).toEqual([{ one: 1 }]);
    expect(events.filter((event) => event === 'store-awaited')).toHaveLength(1);

    server.stop();
    const again = new Promise<void>((resolve) => { told = resolve; });
    const opened = outlast(() => openQueue(store, { embedded: false, log }), { waitMs: 60_000, log });
    await again;
    server.start();
    await (await opened).close();
    await store.close();
  });

  it('waits no longer than it was told, and not at all for what waiting can\'t help', async () => {
    let tries = 0;
    const away = (final: boolean): Promise<never> => { tries += 1; return Promise.reject(new ServiceError('the store', 'away', { final })); };
    await expect(outlast(() => away(false), { waitMs: 0, log: silent })).rejects.toThrow('away');
    await expect(outlast(() => away(true), { waitMs: 60_000, log: silent })).rejects.toThrow('away');
    await expect(outlast(() => { tries += 1; return Promise.reject(new Error('a bug')); }, { waitMs: 60_000, log: silent })).rejects.toThrow('a bug');
    expect(tries).toBe(3);
  });

  it('a database that is not there is final, and says what to check', async () => {
    await expect(openStore({ databaseUrl: server.url.replace('/postgres', '/nothere'), dir: '/nowhere', log: silent })).rejects.toMatchObject({ final: true, message: expect.stringContaining('Check the user, password and database') });
  });
});
