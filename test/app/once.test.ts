import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../src/io/store/store.ts';
import { ServiceError } from '../../src/errors.ts';
import { ASKABLE } from '../../src/delivery/state.ts';
import type { Pack } from '../../src/pack/model.ts';
import type { Store } from '../../src/ports.ts';
import { runOnState } from '../../src/state.ts';
import { at, digest, packOf, person, platform, refused, service as serviceOn, silent, type Reply } from './delivering.ts';

/** What the platform has, counted at its own side, when something goes wrong right after it took the message. */
const dir = mkdtempSync(join(tmpdir(), 'overblik-once-'));
let store: Store;
beforeAll(async () => { store = await openStore({ databaseUrl: null, dir, log: silent }); });
afterAll(async () => { await store.close(); await rm(dir, { recursive: true, force: true }); });
afterEach(async () => { await store.query('delete from paces'); });

const PLATFORMS = [['Slack, which can be asked', { name: 'slack', asked: true }], ['Teams, which can not', { name: 'teams', asked: false }]] as const;
/** What a message says that may be the second of its kind. */
const MARKED = /måske fået denne besked før/;
const later = (from: Date, minutes: number): Date => new Date(from.getTime() + minutes * 60_000);

/** A store that is away for its next `times` uses once a message has been taken. */
function failingStore(times: number): { store: Store; arm(): void } {
  let left = 0;
  const use = (): void => { if (left > 0) { left -= 1; throw new ServiceError('the store', 'the database can\'t serve now (57P01)'); } };
  return {
    arm: () => { left = times; },
    store: { ...store, query: async (sql, parameters) => { use(); return store.query(sql, parameters); }, transaction: (work) => { use(); return store.transaction(work); } },
  };
}

const retry = (pack: Pack): Promise<unknown> => runOnState({ store, queue: null, clock: { now: () => new Date('2026-11-10T08:00:00Z') } }, 'retry', { pack: pack.id, digest: 'monthly', from: null, person: null });

describe.each(PLATFORMS)('on %s', (_name, kind) => {
  test.each([1, 3, 7])('a database that is away %i times between the answer and the record sends nothing twice', async (times) => {
    const pack = packOf([digest()]);
    const frail = failingStore(times);
    const there = platform((_address, arrive) => { const id = arrive(); frail.arm(); return id; }, kind);
    const one = serviceOn(() => frail.store, pack, { adapter: there.adapter });
    await one.run();
    expect(there.arrived.map(({ to }) => to).sort()).toEqual(['anna', 'bo', 'carl']);
    expect((await one.rows()).map(({ state, repeated }) => [state, repeated])).toEqual([['delivered', false], ['delivered', false], ['delivered', false]]);
  });

  test('a database that stays away leaves the message on its way, not owed anew, and what goes out again is marked', async () => {
    const pack = packOf([digest()], { people: new Map([['anna', person('anna')]]) });
    const frail = failingStore(1_000);
    const there = platform((_address, arrive) => { const id = arrive(); frail.arm(); return id; }, kind);
    const one = serviceOn(() => frail.store, pack, { adapter: there.adapter });
    await one.run().catch(() => undefined);
    const next = serviceOn(() => store, pack, { adapter: there.adapter, worker: 'worker-2' });
    expect((await next.rows()).map(({ state }) => state)).toEqual(['sending']);
    // Later another process is there, and so is the database.
    for (const minutes of [10, 30, 60]) { next.state.now = later(one.state.now, minutes); await next.run(); }
    expect((await next.rows()).map(({ state }) => state)).toEqual(['delivered']);
    const pages = there.arrived.filter(({ to }) => to === 'anna');
    if (kind.asked) expect(pages).toHaveLength(1);
    else expect(pages.slice(1).every(({ text }) => MARKED.test(text))).toBe(true);
  });

  test('a fault after which it may have arrived: asked about, or marked, and never doubled unmarked', async () => {
    const pack = packOf([digest()]);
    let faults = 3;
    const reply: Reply = (_address, arrive) => { const id = arrive(); if (faults > 0) { faults -= 1; throw refused('it failed (502)', { mayHaveArrived: true }); } return id; };
    const there = platform(reply, kind);
    const one = serviceOn(() => store, pack, { adapter: there.adapter });
    const began = one.state.now;
    for (const minutes of [0, 15, 45]) { one.state.now = later(began, minutes); await one.run(); }
    expect((await one.rows()).map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered']);
    for (const who of ['anna', 'bo', 'carl']) {
      const pages = there.arrived.filter(({ to }) => to === who);
      if (kind.asked) expect(pages).toHaveLength(1);
      else expect(pages.slice(1).map(({ text }) => MARKED.test(text))).toEqual(pages.slice(1).map(() => true));
    }
  });
});

describe('retry', () => {
  test('of what was refused sends it as if for the first time', async () => {
    const pack = packOf([digest()]);
    let closed = true;
    const there = platform((_address, arrive) => { if (closed) throw refused('the channel is archived', { final: true }); return arrive(); });
    const one = serviceOn(() => store, pack, { adapter: there.adapter });
    await one.run();
    closed = false;
    await retry(pack);
    one.state.now = at('2026-11-10T08:00:00Z');
    await one.run();
    expect(there.arrived.filter(({ to }) => to === 'anna').map(({ text }) => MARKED.test(text))).toEqual([false]);
  });

  test.each([['the app lacks a permission (missing_scope)', { final: true }], ['the request was refused (403)', { unclear: true }]])('of what may have arrived asks the platform first, and sends nothing when it is there; asked in vain before: %s', async (said, refusal) => {
    const pack = packOf([digest()]);
    const there = platform((_address, arrive) => { arrive(); throw refused('it failed (500)', { mayHaveArrived: true }); });
    let deaf = true;
    const find = there.adapter.find as NonNullable<typeof there.adapter.find>;
    const adapter = { ...there.adapter, find: async (...given: Parameters<typeof find>) => { if (deaf) throw refused(said, refusal); return find(...given); } };
    const one = serviceOn(() => store, pack, { adapter });
    await one.run();
    one.state.now = later(one.state.now, 30);
    await one.run();
    expect((await one.rows()).map(({ state }) => state)).toEqual(['failed', 'failed', 'failed']);
    deaf = false;
    expect(await retry(pack)).toEqual({ moved: 3 });
    one.state.now = at('2026-11-10T08:00:00Z');
    await one.run();
    expect((await one.rows()).map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered']);
    expect(there.arrived.filter(({ to }) => ['anna', 'bo', 'carl'].includes(to))).toHaveLength(3);
  });

  test('a second time, when asking failed again, sends it marked as possibly repeated', async () => {
    const pack = packOf([digest()]);
    let broken = true;
    const there = platform((_address, arrive) => { const id = arrive(); if (broken) throw refused('it failed (500)', { mayHaveArrived: true }); return id; });
    const one = serviceOn(() => store, pack, { adapter: { ...there.adapter, find: async () => { throw refused('missing_scope', { final: true }); } } });
    await one.run();
    one.state.now = later(one.state.now, 30);
    await one.run();
    broken = false;
    await retry(pack);
    one.state.now = at('2026-11-10T08:00:00Z');
    await one.run();
    expect((await one.rows()).map(({ state }) => state)).toEqual(['failed', 'failed', 'failed']);
    await retry(pack);
    one.state.now = at('2026-11-10T09:00:00Z');
    await one.run();
    expect((await one.rows()).map(({ state, repeated }) => [state, repeated])).toEqual([['delivered', true], ['delivered', true], ['delivered', true]]);
    for (const who of ['anna', 'bo', 'carl']) expect(there.arrived.filter(({ to }) => to === who).map(({ text }) => MARKED.test(text))).toEqual([false, true]);
  });

  test('where nobody can be asked, marks what may have arrived', async () => {
    const pack = packOf([digest()]);
    let broken = true;
    const there = platform((_address, arrive) => { const id = arrive(); if (broken) throw refused('it failed (503)', { mayHaveArrived: true }); return id; }, { name: 'teams', asked: false });
    const one = serviceOn(() => store, pack, { adapter: there.adapter, settings: { unsure: 'leave' } });
    await one.run();
    one.state.now = later(one.state.now, 30);
    await one.run();
    expect((await one.rows()).map(({ state }) => state)).toEqual(['failed', 'failed', 'failed']);
    broken = false;
    await retry(pack);
    one.state.now = at('2026-11-10T08:00:00Z');
    await one.run();
    for (const who of ['anna', 'bo', 'carl']) expect(there.arrived.filter(({ to }) => to === who).map(({ text }) => MARKED.test(text))).toEqual([false, true]);
  });

  test('knows which platforms can be asked', () => { expect(ASKABLE).toEqual(['slack']); });
});
