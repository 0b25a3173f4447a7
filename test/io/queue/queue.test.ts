import { rm } from 'node:fs/promises';
import { openQueue } from '../../../src/io/queue/queue.ts';
import { openStore } from '../../../src/io/store/store.ts';
import type { Queue, Store } from '../../../src/ports.ts';
import { silent } from '../../contracts/store.ts';
import { noPostgres, startPostgres, temporaryDirectory, type PostgresServer } from '../store/databases.ts';

/** What the wake-ups do on every store. */
function queueContract(name: string, open: () => Promise<Store>, embedded: boolean): void {
  describe(`the wake-ups on ${name}`, () => {
    let store: Store;
    let queue: Queue;
    beforeAll(async () => {
      store = await open();
      queue = await openQueue(store, { embedded, log: silent, pollSeconds: 0.5 });
    });
    afterAll(async () => {
      await queue.close();
      await store.close();
    });
    /** Takes wake-ups until so many have come. */
    const take = async (count: number): Promise<number[]> => {
      const came: number[] = [];
      let done = (): void => undefined;
      const all = new Promise<void>((resolve) => { done = resolve; });
      const worker = await queue.work(async (id) => { came.push(id); if (came.length === count) done(); });
      await all;
      await worker.stop();
      return came.sort((a, b) => a - b);
    };

    it('exist exactly when what was written with them does', async () => {
      await store.transaction((tx) => queue.add(tx, [1, 2]));
      await store.transaction(async (tx) => { await queue.add(tx, [3, 4]); throw new Error('broken off'); }).catch(() => undefined);
      await store.transaction((tx) => queue.add(tx, [5]));
      expect(await take(3)).toEqual([1, 2, 5]);
    });

    it('wait once for a delivery, however often they are put in, and come again when they have been taken', async () => {
      for (let i = 0; i < 3; i += 1) await store.transaction((tx) => queue.add(tx, [7, 8]));
      expect(await take(2)).toEqual([7, 8]);
      await store.transaction((tx) => queue.add(tx, [7]));
      expect(await take(1)).toEqual([7]);
    });

    it('come by the hundred, each to one of those who take them', async () => {
      const ids = Array.from({ length: 300 }, (_, i) => 1000 + i);
      await store.transaction((tx) => queue.add(tx, ids));
      const [one, two] = [[] as number[], [] as number[]];
      let left = ids.length;
      let done = (): void => undefined;
      const all = new Promise<void>((resolve) => { done = resolve; });
      const into = (mine: number[]) => async (id: number): Promise<void> => { mine.push(id); left -= 1; if (left === 0) done(); };
      const workers = [await queue.work(into(one)), await queue.work(into(two))];
      await all;
      await Promise.all(workers.map((worker) => worker.stop()));
      expect([...one, ...two].sort((a, b) => a - b)).toEqual(ids);
    });

    it('that hang hold a place each and keep no other waiting', async () => {
      const ids = Array.from({ length: 60 }, (_, i) => 3000 + i);
      await store.transaction((tx) => queue.add(tx, ids));
      let release = (): void => undefined;
      const hanging = new Promise<void>((resolve) => { release = resolve; });
      const came: number[] = [];
      let done = (): void => undefined;
      const others = new Promise<void>((resolve) => { done = resolve; });
      const worker = await queue.work(async (id) => {
        // Eight of the first nine never come back until all others have had their turn.
        if (id < 3009 && id !== 3004) return hanging;
        came.push(id);
        if (came.length === 52) done();
      });
      await others;
      expect(came).toHaveLength(52);
      release();
      await worker.stop();
    });

    it('whose handling breaks take no other with them', async () => {
      await store.transaction((tx) => queue.add(tx, [20, 21, 22]));
      const came: number[] = [];
      let done = (): void => undefined;
      const all = new Promise<void>((resolve) => { done = resolve; });
      const worker = await queue.work(async (id) => { came.push(id); if (came.length === 3) done(); if (id === 21) throw new Error('broken'); });
      await all;
      await worker.stop();
      expect(came.sort()).toEqual([20, 21, 22]);
    });
  });
}

const root = temporaryDirectory();
afterAll(() => rm(root, { recursive: true, force: true }));
queueContract('PGlite', () => openStore({ databaseUrl: null, dir: root, log: silent }), true);

const missing = noPostgres();
(missing === null ? describe : describe.skip)('with a PostgreSQL server', () => {
  let server: PostgresServer;
  beforeAll(async () => { server = await startPostgres(); });
  afterAll(() => { server.remove(); });
  queueContract('PostgreSQL', () => openStore({ databaseUrl: server.url, dir: '', log: silent }), false);

  it('may be opened for the first time by many at once', async () => {
    const other = await startPostgres();
    const stores = await Promise.all(Array.from({ length: 4 }, () => openStore({ databaseUrl: other.url, dir: '', log: silent })));
    const queues = await Promise.all(stores.map((store) => openQueue(store, { embedded: false, log: silent })));
    await Promise.all(queues.map((queue) => queue.close()));
    await Promise.all(stores.map((store) => store.close()));
    other.remove();
  });
});
