import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listAudit, verifyAudit } from '../../src/app/audit.ts';
import { startScheduler } from '../../src/app/deliver.ts';
import { deliveryKey } from '../../src/app/ledger.ts';
import { DELIVERY_STATES, canMove, type DeliveryState } from '../../src/delivery/state.ts';
import { openStore } from '../../src/io/store/store.ts';
import type { Measure, Pack, Person, Source, Unit } from '../../src/pack/model.ts';
import type { Address, ChatAdapter, Store } from '../../src/ports.ts';
import { at, digest, packOf, person, platform, refused, service as serviceOn, silent, titles, type Reply } from './delivering.ts';

const dir = mkdtempSync(join(tmpdir(), 'overblik-deliver-'));
const open = (): Promise<Store> => openStore({ databaseUrl: null, dir, log: silent });
let store: Store;
beforeAll(async () => { store = await open(); });
afterAll(async () => { await store.close(); await rm(dir, { recursive: true, force: true }); });
afterEach(async () => { await store.query('delete from paces'); });
const service = (pack: Parameters<typeof serviceOn>[1], over: Parameters<typeof serviceOn>[2] = {}) => serviceOn(() => store, pack, over);
const analyst = person('dina', { role: 'analyst', units: ['root'] });
const withAnalyst = { people: new Map(['anna', 'bo', 'carl'].map((id) => [id, person(id)] as const).concat([['dina', analyst]])) };
const hours = { id: 'hours', kind: 'flow', source: 'ledger', sql: 'sum(h)', split: { parts: [], outer: '' }, name: { da: 'Leverede timer', en: 'Delivered hours' }, synonyms: { da: [], en: [] }, definition: { da: '', en: '' }, unit: 'hours', decimals: 0, better: 'neutral', breaks: [], threshold: null, persons: [], partOf: [], zeroHidden: false, finest: 'month', sensitive: false, defaultPeriod: 'last-closed', line: 1, file: '' } as const;
const minutes = (from: string, count: number): Date => new Date(at(from).getTime() + count * 60_000);

describe('a due digest', () => {
  it('reaches each recipient once, and neither another run nor a restart sends it again', async () => {
    const { run, arrived, composed, rows } = service(packOf([digest()]));
    expect(await run()).toMatchObject({ owed: 3, released: 3, held: 0 });
    await run();
    await store.close();
    store = await open();
    expect(await run()).toMatchObject({ owed: 0, released: 0 });
    expect(titles(arrived)).toEqual(['monthly 2026-10-01 anna', 'monthly 2026-10-01 bo', 'monthly 2026-10-01 carl']);
    expect(composed).toHaveLength(3);
    expect((await rows()).map(({ state, late }) => [state, late])).toEqual([['delivered', false], ['delivered', false], ['delivered', false]]);
  });

  it('leaves every move with its time, reason and who made it', async () => {
    const { run, rows, moves } = service(packOf([digest()]));
    await run();
    const [row] = await rows();
    expect(await moves(row?.id ?? 0)).toEqual([
      { from_state: null, to_state: 'owed', reason: null, actor: 'worker-1' }, { from_state: 'owed', to_state: 'ready', reason: null, actor: 'worker-1' },
      { from_state: 'ready', to_state: 'sending', reason: null, actor: 'worker-1' }, { from_state: 'sending', to_state: 'delivered', reason: null, actor: 'worker-1' },
    ]);
  });

  it('stands in the audit: who was sent what, by the hashes of it, once', async () => {
    const pack = packOf([digest()]);
    const { run, arrived } = service(pack);
    await run();
    await run();
    const sent = (await listAudit(store, { person: 'delivery', from: null, to: null, limit: 1000 })).map(({ action, detail }) => ({ action, ...(detail as { pack: string; recipient: string; content: string; shown: object }) })).filter((one) => one.pack === pack.id);
    const kept = await store.query<{ recipient: string; hash: string }>(`select recipient, content_hash as hash from deliveries where pack = $1 and kind = 'page' order by recipient`, [pack.id]);
    expect(sent.map(({ action, recipient, content }) => [action, recipient, content]).sort()).toEqual(kept.map(({ recipient, hash }) => ['sent', recipient, hash]));
    // Whoever says what they saw can be held to it: it is the hash of just that text.
    for (const { recipient, shown } of sent) expect(shown).toEqual({ text: createHash('sha256').update(arrived.find(({ to }) => to === recipient)?.text ?? '').digest('hex'), picture: null, sheet: null });
    expect((await verifyAudit(store)).broken).toBeNull();
  });

  it('says of the picture what really went: none where the platform did not take it', async () => {
    const png = new Uint8Array([1, 2, 3]);
    const shownIn = async (pack: Pack): Promise<unknown> => (await listAudit(store, { person: 'anna', from: null, to: null, limit: 1000 })).map(({ detail }) => detail as { pack: string; shown: { picture: string | null } }).filter((one) => one.pack === pack.id).map(({ shown }) => shown.picture);
    const drawn = (pack: Pack, adapter: ChatAdapter) => {
      const one = service(pack, { adapter, page: async (_pack, of, period, who) => ({ message: { card: { language: 'da', title: `${of.id} ${period.from} ${who.id}`, label: '', headline: '', blocks: [], picture: null, actions: [], provenance: [] }, png, sheet: null }, figures: [] }) });
      one.state.people = one.state.people.filter(({ id }) => id === 'anna');
      return one;
    };
    const [taken, refusedPicture] = [packOf([digest()]), packOf([digest()])];
    await drawn(taken, platform().adapter).run();
    expect(await shownIn(taken)).toEqual([createHash('sha256').update(png).digest('hex')]);
    const slack = platform().adapter;
    await drawn(refusedPicture, { ...slack, send: async (...all) => ({ ...await slack.send(...all), pictureSent: false }) }).run();
    expect(await shownIn(refusedPicture)).toEqual([null]);
  });

  it('is not sent a moment too early, by the pack\'s own clock', async () => {
    const copenhagen = service(packOf([digest()]));
    copenhagen.state.now = at('2026-11-06T06:59:59Z');
    await copenhagen.run();
    expect(await copenhagen.rows()).toEqual([]);
    const newYork = service(packOf([digest()], { timeZone: 'America/New_York' }));
    newYork.state.now = at('2026-11-06T07:00:00Z');
    await newYork.run();
    expect(newYork.arrived).toEqual([]);
    newYork.state.now = at('2026-11-06T13:00:00Z');
    await newYork.run();
    expect(newYork.arrived).toHaveLength(3);
  });

  it('at midnight between two months belongs to the month that ended there', async () => {
    const { run, state, arrived } = service(packOf([digest({ schedule: { cron: '0 0 1 * *' } })]));
    state.now = at('2026-10-31T22:59:59Z');
    await run();
    expect(arrived).toEqual([]);
    state.now = at('2026-10-31T23:00:00Z');
    await run();
    expect(titles(arrived)[0]).toBe('monthly 2026-10-01 anna');
  });

  it('missed for three days, twice, comes for each month once, for its own period, and says that it is late', async () => {
    const pack = packOf([digest({ start: '2026-09-01' })]);
    const first = service(pack);
    // The fifth working day of October is the 7th; nobody looked before the 10th.
    first.state.now = at('2026-10-10T09:00:00Z');
    await first.run();
    expect(titles(first.arrived)).toEqual(['monthly 2026-09-01 anna', 'monthly 2026-09-01 bo', 'monthly 2026-09-01 carl']);
    expect(first.arrived[0]?.text).toContain('Forsinket: siden skulle være sendt 7. oktober 2026.');
    const second = service(pack, { worker: 'worker-2' });
    second.state.now = at('2026-11-09T09:00:00Z');
    await second.run();
    expect(titles(second.arrived)).toEqual(['monthly 2026-10-01 anna', 'monthly 2026-10-01 bo', 'monthly 2026-10-01 carl']);
    expect((await second.rows()).map(({ state, late }) => `${state} ${late}`)).toEqual(Array.from({ length: 6 }, () => 'delivered true'));
  });

  it('comes for every month that was missed, oldest first and once, also when the clock jumps back and forth', async () => {
    const { run, state, arrived, composed } = service(packOf([digest({ start: '2026-08-01' })]));
    for (const now of ['2027-01-20T09:00:00Z', '2026-09-20T09:00:00Z', '2026-11-06T06:00:00Z', '2027-01-20T09:00:00Z', '2026-08-01T00:00:00Z', '2027-01-20T09:01:00Z']) {
      state.now = at(now);
      await run();
    }
    expect(arrived).toHaveLength(15);
    expect(new Set(titles(arrived)).size).toBe(15);
    expect([...new Set(composed.map(({ period }) => period))]).toEqual(['2026-08-01', '2026-09-01', '2026-10-01', '2026-11-01', '2026-12-01']);
  });

  it('through both nights the clock changes, 29 February, New Year, Easter and the 31st, comes once for every period', async () => {
    const daily = service(packOf([digest({ schedule: { cron: '30 2 * * *' }, period: { grain: 'day', which: 'last-closed' }, start: '2026-03-27' })], { people: new Map([['anna', person('anna')]]) }));
    // Every half hour over the night the clock goes forward.
    for (let i = 0; i <= 4 * 48; i += 1) {
      daily.state.now = minutes('2026-03-28T00:00:00Z', i * 30);
      await daily.scan();
    }
    await daily.drain();
    expect(titles(daily.arrived)).toEqual(['27', '28', '29', '30'].map((day) => `monthly 2026-03-${day} anna`));
    const back = service(packOf([digest({ schedule: { cron: '30 2 * * *' }, period: { grain: 'day', which: 'last-closed' }, start: '2026-10-23' })], { people: new Map([['anna', person('anna')]]) }));
    for (let i = 0; i <= 3 * 48; i += 1) {
      back.state.now = minutes('2026-10-24T00:00:00Z', i * 30);
      await back.scan();
    }
    await back.drain();
    expect(titles(back.arrived)).toEqual(['23', '24', '25'].map((day) => `monthly 2026-10-${day} anna`));
    const monthly = service(packOf([digest({ schedule: { cron: '0 8 31 * *' }, start: '2027-12-01' }), digest({ id: 'last', schedule: { workday: 'last', at: '12:00' }, start: '2027-12-01' })], { people: new Map([['anna', person('anna')]]), closedDays: ['12-24', '12-31'] }));
    for (const day of ['2027-12-31', '2028-01-01', '2028-01-31', '2028-02-29', '2028-03-31', '2028-04-13', '2028-04-17', '2028-04-28', '2028-05-31']) {
      monthly.state.now = at(`${day}T12:00:00Z`);
      await monthly.run();
    }
    expect(titles(monthly.arrived)).toEqual([
      ...['2027-12', '2028-01', '2028-02', '2028-03', '2028-04'].map((month) => `last ${month}-01 anna`), ...['2027-12', '2028-01', '2028-02', '2028-03', '2028-04'].map((month) => `monthly ${month}-01 anna`),
    ]);
  });
});

describe('a crash', () => {
  /** Sends, arrives, and never comes back: the process died between the two. */
  const dying: Reply = (address, arrive) => {
    if (address.user !== 'anna') return arrive();
    arrive();
    return new Promise<string>(() => undefined);
  };
  /** Lets one process take its wake-ups until it hangs in the one that dies. */
  const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => { while (!(await condition())) await new Promise((resolve) => { setImmediate(resolve); }); };

  it('after the message arrived and before that was recorded: the platform is asked, and it is not sent again', async () => {
    const pack = packOf([digest()]);
    const slack = platform(dying);
    const before = service(pack, { adapter: slack.adapter });
    await before.scan();
    void before.drain();
    await until(() => slack.arrived.length === 1);

    const after = service(pack, { adapter: slack.adapter, worker: 'worker-2' });
    after.state.now = minutes('2026-11-06T07:00:00Z', 1);
    await after.run();
    // Its sender may still be at it: nobody touches what is under way.
    expect((await after.rows())[0]).toMatchObject({ recipient: 'anna', state: 'sending' });
    after.state.now = minutes('2026-11-06T07:00:00Z', 10);
    await after.run();
    expect(titles(slack.arrived)).toEqual(['monthly 2026-10-01 anna', 'monthly 2026-10-01 bo', 'monthly 2026-10-01 carl']);
    expect((await after.rows()).map(({ state, attempts }) => `${state} ${attempts}`)).toEqual(['delivered 1', 'delivered 1', 'delivered 1']);
    expect((await after.moves((await after.rows())[0]?.id ?? 0)).slice(-2).map(({ to_state, reason }) => [to_state, reason])).toEqual([['unsure', expect.stringContaining('may have arrived')], ['delivered', 'The platform has it.']]);
  });

  it('before the message left: the platform does not have it, so it is sent', async () => {
    const pack = packOf([digest()], { people: new Map([['anna', person('anna')]]) });
    const slack = platform(() => new Promise<string>(() => undefined));
    const before = service(pack, { adapter: slack.adapter });
    await before.scan();
    void before.drain();
    await until(async () => (await before.rows())[0]?.state === 'sending');
    const whole = platform();
    const after = service(pack, { adapter: whole.adapter, worker: 'worker-2' });
    after.state.now = minutes('2026-11-06T07:00:00Z', 10);
    await after.run();
    await after.run();
    expect(whole.questions).toHaveLength(1);
    expect(titles(whole.arrived)).toEqual(['monthly 2026-10-01 anna']);
    expect((await after.rows())[0]).toMatchObject({ state: 'delivered', attempts: 2, repeated: false });
  });

  it('where the platform can\'t be asked, it is sent again and says that it may be a repetition, or is left to people, as the settings say', async () => {
    for (const unsure of ['send-again', 'leave'] as const) {
      await store.query('delete from paces');
      const pack = packOf([digest()], { people: new Map([['anna', person('anna')], ['dina', analyst]]) });
      let broken = true;
      const teams = platform((address, arrive) => {
        const id = arrive();
        if (broken && address.user === 'anna') throw refused('did not answer in time', { mayHaveArrived: true });
        return id;
      }, { name: 'teams', asked: false });
      const { run, state, rows } = service(pack, { adapter: teams.adapter, settings: { unsure } });
      await run();
      expect((await rows())[0]).toMatchObject({ state: 'unsure' });
      broken = false;
      state.now = minutes('2026-11-06T07:00:00Z', 10);
      await run();
      const pages = teams.arrived.filter(({ to }) => to === 'anna');
      if (unsure === 'send-again') {
        expect((await rows())[0]).toMatchObject({ state: 'delivered', repeated: true });
        expect(pages).toHaveLength(2);
        expect(pages[1]?.text).toContain('Du har måske fået denne besked før');
      } else {
        expect((await rows())[0]).toMatchObject({ state: 'failed', reason: expect.stringContaining('not sent again') });
        expect(pages).toHaveLength(1);
        expect(teams.arrived.find(({ to }) => to === 'dina')?.text).toContain('måske ikke nået frem');
      }
    }
  });

  it('of the adapter in the middle of sending is asked about too', async () => {
    let broken = true;
    const slack = platform((address, arrive) => {
      arrive();
      if (broken && address.user === 'bo') throw new TypeError('undefined is not a function');
      return 'ts';
    });
    const { run, state, rows } = service(packOf([digest()]), { adapter: slack.adapter });
    await run();
    expect((await rows()).map(({ state: is }) => is)).toEqual(['delivered', 'unsure', 'delivered']);
    broken = false;
    state.now = minutes('2026-11-06T07:00:00Z', 7);
    await run();
    expect((await rows()).map(({ state: is }) => is)).toEqual(['delivered', 'delivered', 'delivered']);
    expect(slack.arrived).toHaveLength(3);
  });

  it('at any moment leaves every delivery in a state from which it goes on, and every move it made is allowed', async () => {
    const moves = await store.query<{ from_state: DeliveryState; to_state: DeliveryState }>('select distinct from_state, to_state from delivery_moves where from_state is not null');
    expect(moves.length).toBeGreaterThan(5);
    for (const { from_state: from, to_state: to } of moves) expect([from, to, canMove(from, to)]).toEqual([from, to, true]);
    for (const state of DELIVERY_STATES) if (!['delivered'].includes(state)) expect(DELIVERY_STATES.some((to) => canMove(state, to))).toBe(true);
  });

  it('of the whole store between two steps loses and repeats nothing', async () => {
    const pack = packOf([digest()], withAnalyst);
    // The store breaks at the n-th statement, for every n until a run goes through whole.
    const slack = platform();
    for (let n = 1; n < 200; n += 1) {
      let left = n;
      const breaking = (): void => { left -= 1; if (left === 0) throw refused('the store is away'); };
      const frail: Store = {
        ...store, query: async (sql, parameters) => { breaking(); return store.query(sql, parameters); },
        transaction: (work) => store.transaction((tx) => work({ query: async (sql, parameters) => { breaking(); return tx.query(sql, parameters); } })),
      };
      const one = serviceOn(() => frail, pack, { adapter: slack.adapter, worker: `worker-${n}` });
      one.state.now = minutes('2026-11-06T07:00:00Z', n * 15);
      await one.run().catch(() => undefined);
      if (left > 0) break;
    }
    expect(slack.arrived.filter(({ to }) => to !== 'dina').map(({ to }) => to).sort()).toEqual(['anna', 'bo', 'carl']);
    expect(new Set(slack.arrived.map(({ key }) => key)).size).toBe(slack.arrived.length);
  });
});

describe('a platform that refuses', () => {
  it('one dead address fails that one for good; the others have theirs, and the analysts hear of it once', async () => {
    const slack = platform((address, arrive) => { if (address.user === 'bo') throw refused('the channel is archived (is_archived)', { final: true }); return arrive(); });
    const { run, state, rows } = service(packOf([digest()], withAnalyst), { adapter: slack.adapter });
    await run();
    expect((await rows()).map(({ recipient, state: is, reason }) => [recipient, is, reason])).toEqual([['anna', 'delivered', null], ['bo', 'failed', 'Slack: the channel is archived (is_archived)'], ['carl', 'delivered', null]]);
    state.now = at('2026-11-20T07:00:00Z');
    await run();
    const told = slack.arrived.filter(({ to }) => to === 'dina');
    expect(told.filter(({ text }) => text.includes('Årsag')).map(({ text }) => text)).toEqual([expect.stringMatching(/Årsag: Slack: the channel is archived[\s\S]*Det gælder bo\./)]);
    expect(told.filter(({ text }) => text.includes('2 af 3 leveret, 1 kunne ikke leveres'))).toHaveLength(1);
    expect(slack.arrived.filter(({ to }) => to !== 'dina').every(({ text }) => !text.includes('kunne ikke leveres'))).toBe(true);
  });

  it.each([[90_000, 90], [null, 15]])('for now (retry after %s ms) is tried again %i seconds later, and not before', async (retryAfterMs, seconds) => {
    let busy = true;
    const slack = platform((address, arrive) => { if (busy && address.user === 'carl') throw refused('too many messages (429)', { retryAfterMs }); return arrive(); });
    const { run, state, rows } = service(packOf([digest()]), { adapter: slack.adapter });
    await run();
    expect((await rows())[2]).toMatchObject({ recipient: 'carl', state: 'ready', reason: 'Slack: too many messages (429)' });
    busy = false;
    const refusedAt = state.now.getTime();
    state.now = new Date(refusedAt + seconds * 1000 - 1000);
    await run();
    expect(slack.arrived).toHaveLength(2);
    state.now = new Date(refusedAt + seconds * 1000 + 6 * 60_000);
    await run();
    expect(slack.arrived).toHaveLength(3);
  });

  it('a refusal that nobody knows the reason of is tried for an hour, and then told; one that passes meanwhile costs nothing but the wait', async () => {
    let forbidden = true;
    const slack = platform((address, arrive) => { if (forbidden && address.user === 'anna') throw refused('the request was refused (403)', { unclear: true }); return arrive(); });
    const { run, rows, state } = service(packOf([digest()]), { adapter: slack.adapter });
    await run();
    const started = state.now.getTime();
    let tried = 1;
    for (; tried < 20 && (await rows()).some(({ state: is }) => is === 'ready'); tried += 1) {
      state.now = new Date(Date.parse((await rows()).find(({ recipient }) => recipient === 'anna')?.not_before ?? '') + 6 * 60_000);
      await run();
    }
    expect(tried).toBe(9);
    expect((state.now.getTime() - started) / 60_000).toBeGreaterThan(60);
    expect((await rows()).map(({ recipient, state: is, reason }) => [recipient, is, reason])).toEqual([['anna', 'failed', expect.stringMatching(/403.*Given up after 9 attempts/)], ['bo', 'delivered', null], ['carl', 'delivered', null]]);

    forbidden = true;
    const other = service(packOf([digest()]), { adapter: slack.adapter });
    await other.run();
    forbidden = false;
    other.state.now = new Date(Date.parse((await other.rows()).find(({ recipient }) => recipient === 'anna')?.not_before ?? '') + 6 * 60_000);
    await other.run();
    expect((await other.rows()).map(({ state: is }) => is)).toEqual(['delivered', 'delivered', 'delivered']);
  });

  it('for long is tried ever more seldom, and after two days is given up and told', async () => {
    const slack = platform((address, arrive) => { if (address.user === 'anna') throw refused('it failed (500)'); return arrive(); });
    const { run, state, rows } = service(packOf([digest()], { people: new Map([['anna', person('anna')], ['dina', analyst]]) }), { adapter: slack.adapter });
    const gaps: number[] = [];
    for (let i = 0; i < 100; i += 1) {
      await run();
      const [row] = await rows();
      if (row?.state === 'failed') break;
      const gap = Date.parse(row?.not_before ?? '') - state.now.getTime();
      gaps.push(gap / 1000);
      state.now = new Date(state.now.getTime() + gap + 6 * 60_000);
    }
    expect((await rows())[0]).toMatchObject({ state: 'failed', attempts: 60, reason: 'Slack: it failed (500). Given up after 60 attempts.' });
    expect(gaps.map(Math.round)).toEqual([15, 30, 60, 120, 240, 480, 960, 1920, ...Array.from({ length: 51 }, () => 3600)]);
    await run();
    expect(slack.arrived.filter(({ text }) => text.includes('Given up after 60 attempts'))).toHaveLength(1);
  });

  it('one who waits for their turn is not overtaken: a conversation has at most one message a second, the workspace 100 a minute', async () => {
    const { run, waited, arrived } = service(packOf([digest()]));
    await run();
    expect(arrived).toHaveLength(3);
    expect(waited.map((ms) => Math.round(ms))).toEqual([0, 600, 600]);
  });

  it('an hour\'s rest that the platform asks for is kept by everyone', async () => {
    let first = true;
    const slack = platform((_address, arrive) => { if (first) { first = false; throw refused('too many messages (429)', { retryAfterMs: 3_600_000 }); } return arrive(); });
    const { run, state } = service(packOf([digest()]), { adapter: slack.adapter });
    await run();
    expect(slack.arrived).toEqual([]);
    state.now = minutes('2026-11-06T07:00:00Z', 59);
    await run();
    expect(slack.arrived).toEqual([]);
    for (const after of [70, 76, 82]) { state.now = minutes('2026-11-06T07:00:00Z', after); await run(); }
    expect(slack.arrived).toHaveLength(3);
  });
});

describe('what can\'t be sent yet', () => {
  const late: ReturnType<typeof service>['state']['missing'] = [{ kind: 'rows', source: 'ledger', through: '2026-10-30' }];

  it('waits for its data, is not sent half-filled, and goes out by itself when they come', async () => {
    const { run, state, rows, arrived, composed } = service(packOf([digest()]));
    state.missing = late;
    expect(await run()).toMatchObject({ owed: 3, released: 0, held: 3 });
    expect((await rows())[0]).toMatchObject({ state: 'held', reason: 'Waits for data: ledger has rows through 2026-10-30.' });
    expect(composed).toEqual([]);
    state.missing = [];
    state.now = at('2026-11-06T07:30:00Z');
    await run();
    expect(arrived).toHaveLength(3);
    expect((await rows())[0]).toMatchObject({ state: 'delivered', reason: null, late: false });
  });

  it('is told at the deadline, once: to leaders what is missing and that it will come, to analysts who waits; then it comes by itself', async () => {
    const { run, state, arrived, rows } = service(packOf([digest()], withAnalyst));
    state.missing = late;
    // Three working days after Friday the 6th is Wednesday the 11th.
    state.now = at('2026-11-11T06:59:00Z');
    await run();
    expect(arrived).toEqual([]);
    state.now = at('2026-11-11T07:00:00Z');
    await run();
    await run();
    expect(arrived.map(({ to }) => to).sort()).toEqual(['anna', 'bo', 'carl', 'dina']);
    expect(arrived.find(({ to }) => to === 'anna')?.text).toMatch(/Siden for oktober 2026 er ikke klar: vi mangler data fra ledger\.[\s\S]*ledger: data går kun til og med 30\. oktober 2026[\s\S]*kommer af sig selv/);
    expect(arrived.find(({ to }) => to === 'dina')?.text).toContain('Modtagere, der venter: anna, bo, carl.');
    state.missing = [];
    state.now = at('2026-11-12T09:00:00Z');
    await run();
    expect(titles(arrived.slice(4)).slice(-3)).toEqual(['monthly 2026-10-01 anna', 'monthly 2026-10-01 bo', 'monthly 2026-10-01 carl']);
    expect((await rows()).every(({ late: isLate }) => isLate)).toBe(true);
    expect(arrived.at(-1)).toMatchObject({ to: 'dina', text: expect.stringContaining('Oktober 2026: 3 af 3 leveret, 3 forsinkede.') });
  });

  describe('of several units', () => {
    const unit = (id: string, da: string, en: string, children: readonly string[] = []): Unit => ({ id, level: id === 'root' ? 'by' : 'distrikt', parent: id === 'root' ? null : 'root', name: { da, en }, shortName: { da, en }, codes: [], synonyms: [], from: null, until: null, successor: null, merged: false, children });
    const organisation: Pack['organisation'] = { root: 'root', levels: [], units: new Map([unit('root', 'Byen', 'The town', ['nord', 'syd', 'vest']), unit('nord', 'Nord', 'North'), unit('syd', 'Syd', 'South'), unit('vest', 'Vest', 'West')].map((one) => [one.id, one])) };
    const source = (id: string, da: string, en: string): [string, Source] => [id, { id, name: { da, en }, attribution: { da, en } } as unknown as Source];
    const town = (over: Partial<Pack> = {}): Pack => packOf([digest()], {
      organisation, sources: new Map([source('visits', 'Besøg', 'Visits'), source('cases', 'Underretninger', 'Notifications'), source('ledger', 'Finansbogen', 'The ledger')]), measures: new Map<string, Measure>([['hours', hours], ['absence', { ...hours, id: 'absence', name: { da: 'Sygetimer', en: 'Hours of sickness' }, sensitive: true }]]),
      people: new Map([person('anna', { units: ['nord'] }), person('bo', { units: ['syd'], language: 'en' }), person('carl', { role: 'chief', units: ['root'] }), analyst].map((one) => [one.id, one])), ...over,
    });
    const half: ReturnType<typeof service>['state']['missing'] = [
      { kind: 'total', source: 'visits', measure: 'hours', value: 8123, usual: 21_345 }, { kind: 'count', source: 'cases', value: 4, usual: 61 }, { kind: 'units', source: 'visits', units: ['syd', 'vest'] },
      { kind: 'total', source: 'ledger', measure: 'absence', value: 7, usual: 900 }, { kind: 'units', source: 'ledger', units: ['vest'] },
    ];
    const told = async (pack: Pack): Promise<Map<string, string>> => {
      const { run, state, arrived } = service(pack);
      state.people = [...pack.people.values()].filter(({ role }) => role !== 'analyst');
      state.missing = half;
      state.now = at('2026-11-11T07:00:00Z');
      await run();
      return new Map(arrived.map(({ to, text }) => [to, text.replaceAll('\u00a0', ' ')]));
    };

    it('leaders are told what is missing by its source and their own units alone: no total, no number of rows, nobody else\'s unit', async () => {
      const texts = await told(town());
      expect(texts.get('anna')).toBe(['Måneden: siden er forsinket', 'Siden for oktober 2026 er ikke klar: vi mangler data fra Besøg, Underretninger, Finansbogen.',
        'Det mangler\n- Besøg: data mangler eller ser ufuldstændige ud\n- Underretninger: data mangler eller ser ufuldstændige ud\n- Finansbogen: data mangler eller ser ufuldstændige ud', 'Siden kommer af sig selv, så snart data er på plads. Du skal ikke gøre noget.'].join('\n\n'));
      expect(texts.get('bo')).toBe(['The month: the page is late', 'The page for October 2026 is not ready: data are missing from Visits, Notifications, The ledger.',
        'What is missing\n- Visits: data are missing or look incomplete\n- Notifications: data are missing or look incomplete\n- Visits: no data from South\n- The ledger: data are missing or look incomplete', 'The page comes by itself as soon as the data are there. There is nothing you need to do.'].join('\n\n'));
      expect(texts.get('carl')).toContain('- Besøg: ingen data fra Syd, Vest');
      expect(texts.get('carl')).not.toMatch(/8\.123|21\.345|\b61\b|Sygetimer/);
    });

    it('analysts are told all of it, but for measures that are too sensitive for them', async () => {
      const text = (await told(town())).get('dina');
      for (const line of ['Besøg: Leverede timer er 8.123 timer mod normalt omkring 21.345 timer', 'Underretninger: 4 rækker mod normalt omkring 61', 'Besøg: ingen data fra Syd, Vest', 'Finansbogen: data mangler eller ser ufuldstændige ud', 'Modtagere, der venter: anna, bo, carl.']) expect(text).toContain(line);
      expect(text).not.toContain('Sygetimer');
      const sees = town();
      expect((await told({ ...sees, access: { ...sees.access, analyst: { ...sees.access.analyst, sensitive: true } } })).get('dina')).toContain('Finansbogen: Sygetimer er 7 timer mod normalt omkring 900 timer');
    });

    it('whose role changed while the notice waited hears what a leader hears', async () => {
      const pack = town();
      let refusing = true;
      const slack = platform((address, arrive) => { if (refusing && address.user === 'dina') throw refused('it failed (500)'); return arrive(); });
      const { run, state } = service(pack, { adapter: slack.adapter });
      state.people = [person('anna', { units: ['nord'] })];
      state.missing = half;
      state.now = at('2026-11-11T07:00:00Z');
      await run();
      refusing = false;
      state.people = [...state.people, person('dina', { units: ['nord'] })];
      state.now = at('2026-11-11T08:00:00Z');
      await run();
      const text = slack.arrived.find(({ to, title }) => to === 'dina' && title.includes('forsinket'))?.text;
      expect(text).toContain('Siden kommer af sig selv');
      expect(text).not.toMatch(/8\.123|Syd|Vest|venter/);
    });
  });

  it('a fault of the house is told to analysts alone; what is late when it is mended is told to everybody, once', async () => {
    const { run, state, arrived } = service(packOf([digest()], withAnalyst));
    const told = (): string[] => titles(arrived.splice(0));
    state.missing = [{ kind: 'house', source: 'ledger', reason: 'EACCES: the folder for facts can\'t be written' }];
    state.now = at('2026-11-11T07:00:00Z');
    await run();
    await run();
    expect(arrived.map(({ to }) => to)).toEqual(['dina']);
    expect(arrived[0]?.text).toMatch(/EACCES/);
    told();
    state.missing = late;
    await run();
    await run();
    expect(arrived.map(({ to }) => to).sort()).toEqual(['anna', 'bo', 'carl', 'dina']);
    expect(arrived.every(({ text }) => !/EACCES/.test(text))).toBe(true);
    told();
    state.missing = [];
    await run();
    expect(titles(arrived).filter((title) => title.startsWith('monthly'))).toEqual(['monthly 2026-10-01 anna', 'monthly 2026-10-01 bo', 'monthly 2026-10-01 carl']);
  });

  it('keeps the deadline of the digest where it has one', async () => {
    const { run, state, arrived } = service(packOf([digest({ deadline: { workday: 8, at: '12:00' } })]));
    state.missing = late;
    state.now = at('2026-11-11T10:59:00Z');
    await run();
    expect(arrived).toEqual([]);
    state.now = at('2026-11-11T11:00:00Z');
    await run();
    expect(arrived).toHaveLength(3);
  });

  it('waits for an address, holds nobody else up, and is told at the deadline', async () => {
    let known = false;
    const addressFor = async (recipient: string) => (recipient === 'anna' && !known ? null : { platform: 'slack' as const, tenant: 'T', conversation: 'D', thread: null, user: recipient, serviceUrl: '', bot: '' });
    const { run, state, arrived, rows } = service(packOf([digest()], withAnalyst), { addressFor });
    await run();
    expect(arrived.map(({ to }) => to)).toEqual(['bo', 'carl']);
    expect((await rows())[0]).toMatchObject({ state: 'held', reason: expect.stringContaining('has no address yet') });
    state.now = at('2026-11-12T07:00:00Z');
    await run();
    await run();
    expect(arrived.filter(({ to }) => to === 'dina').map(({ text }) => text)).toEqual([expect.stringContaining('has no address yet')]);
    known = true;
    await run();
    expect(arrived.find(({ to }) => to === 'anna')?.title).toBe('monthly 2026-10-01 anna');
  });

  it('is told to the analysts as soon as one of them can be reached, and not lost until then', async () => {
    let known = false;
    const addressFor = async (recipient: string) => (recipient === 'dina' && !known ? null : { platform: 'slack' as const, tenant: 'T', conversation: `D-${recipient}`, thread: null, user: recipient, serviceUrl: '', bot: '' });
    const { run, state, arrived, rows } = service(packOf([digest()], withAnalyst), { addressFor });
    await run();
    expect(arrived.map(({ to }) => to)).toEqual(['anna', 'bo', 'carl']);
    expect(await rows('receipt')).toMatchObject([{ recipient: 'dina', state: 'ready', reason: expect.stringContaining('has no address yet') }]);
    known = true;
    state.now = minutes('2026-11-06T07:00:00Z', 31);
    await run();
    expect(arrived.filter(({ to }) => to === 'dina')).toHaveLength(1);
  });

  it('waits for its platform to be connected', async () => {
    const addressFor = async (recipient: string) => ({ platform: recipient === 'bo' ? 'teams' as const : 'slack' as const, tenant: 'T', conversation: 'D', thread: null, user: recipient, serviceUrl: '', bot: '' });
    const { run, rows, arrived } = service(packOf([digest()]), { addressFor });
    await run();
    expect(arrived).toHaveLength(2);
    expect((await rows())[1]?.reason).toContain('(teams) is not connected');
  });

  it('because looking up one address broke holds nobody else up', async () => {
    const addressFor = async (recipient: string) => {
      if (recipient === 'anna') throw refused('could not be reached');
      return { platform: 'slack' as const, tenant: 'T', conversation: 'D', thread: null, user: recipient, serviceUrl: '', bot: '' };
    };
    const { run, arrived } = service(packOf([digest()]), { addressFor });
    await run();
    expect(arrived).toHaveLength(2);
  });

  it('because its page can\'t be made is held, does not hold up another digest, and comes later', async () => {
    let away = true;
    const pack = packOf([digest({ id: 'weekly' }), digest()]);
    const { run, state, rows, arrived } = service(pack, {
      page: async (_of, which, period, who) => {
        if (away && which.id === 'weekly') throw refused('the warehouse can\'t be reached');
        return { message: { card: { language: 'da', title: `${which.id} ${period.from} ${who.id}`, label: '', headline: '', blocks: [], picture: null, actions: [], provenance: [] }, png: null, sheet: null }, figures: [] };
      },
    });
    await run();
    expect(arrived).toHaveLength(3);
    expect((await rows()).find(({ state: is }) => is === 'held')?.reason).toBe('The page could not be made. Slack: the warehouse can\'t be reached');
    away = false;
    state.now = minutes('2026-11-06T07:00:00Z', 6);
    await run();
    expect(arrived).toHaveLength(6);
  });

  it('because one digest is broken altogether is logged, and the next digest goes out', async () => {
    const { run, arrived } = service(packOf([digest({ id: 'broken' }), digest()]), {
      recipients: (_pack, of) => { if (of.id === 'broken') throw new TypeError('undefined is not a function'); return [person('anna')]; },
    });
    await run();
    expect(titles(arrived)).toEqual(['monthly 2026-10-01 anna']);
  });
});

describe('a page whose own unit has no rows', () => {
  it('waits alone, its reader hears of their own unit at the deadline, the analysts of all, and it comes by itself', async () => {
    const pack = packOf([digest()], { people: new Map([['anna', person('anna', { units: ['nord'] })], ['bo', person('bo', { units: ['syd'] })], ['dina', analyst]]) });
    const all = { missing: [], present: ['ledger'], silent: [{ unit: 'nord', source: 'ledger' }] };
    let silentUnits = all.silent;
    const one = service(pack, { readiness: async () => ({ ...all, silent: silentUnits }) });
    await one.run();
    expect(one.arrived.filter(({ title }) => title.startsWith('monthly')).map(({ to }) => to)).toEqual(['bo']);
    expect((await one.rows()).map(({ recipient, state, reason }) => [recipient, state, reason])).toEqual([['anna', 'held', 'Waits for data: ledger has no rows of nord.'], ['bo', 'delivered', null]]);
    one.state.now = at('2026-11-12T09:00:00Z');
    await one.run();
    await one.run();
    expect(one.arrived.filter(({ title }) => title.includes('forsinket')).map(({ to }) => to).sort()).toEqual(['anna', 'dina']);
    silentUnits = [];
    await one.run();
    expect(one.arrived.filter(({ title }) => title.startsWith('monthly')).map(({ to }) => to)).toEqual(['bo', 'anna']);
  });
});

describe('a figure that changes after it was sent', () => {
  const figure = (value: number | null, over = {}) => ({ measure: 'hours', unit: 'root', from: '2026-10-01', to: '2026-11-01', value, state: 'ok' as const, ...over });
  const pack = () => packOf([digest()], { people: new Map([['anna', person('anna')], ['dina', analyst]]), measures: new Map([['hours', hours]]) });

  it('is corrected under the page: what it was, what it is, and why; once, and the receipt says so', async () => {
    const { run, state, arrived } = service(pack());
    state.figures = [figure(12_410)];
    await run();
    state.figures = [figure(12_655)];
    state.data = 'two';
    state.now = at('2026-11-12T09:00:00Z');
    await run();
    await run();
    const [correction, ...more] = arrived.filter(({ title }) => title.startsWith('Rettelse'));
    expect(more).toEqual([]);
    expect(correction).toMatchObject({ to: 'anna', title: 'Rettelse: Nord, oktober 2026', thread: arrived[0]?.id });
    expect(correction?.text).toMatch(/Leverede timer\s+12\.410[^\n]*12\.655/);
    // How many rows there are of all units is not the leader's to know.
    expect(correction?.text).toContain('Det skyldes nye data: ledger, indlæst 12. november 2026.');
    expect(correction?.text).not.toContain('rækker');
    expect(arrived.filter(({ to }) => to === 'dina').map(({ text }) => /Oktober.*/.exec(text)?.[0])).toEqual(['Oktober 2026: 1 af 1 leveret.', 'Oktober 2026: 1 af 1 leveret, 1 rettelse.']);
  });

  it('is corrected for an analyst with how many rows came', async () => {
    const { run, state, arrived } = service(pack());
    state.people = [analyst];
    state.figures = [figure(12_410)];
    await run();
    state.figures = [figure(12_655)];
    state.data = 'two';
    await run();
    expect(arrived.find(({ title }) => title.startsWith('Rettelse'))?.text).toContain('ledger, indlæst 6. november 2026 (+20 rækker).');
  });

  it('is corrected only as far as the reader may see it when the correction leaves', async () => {
    const changed = pack();
    const absence = { ...hours, id: 'absence', name: { da: 'Sygetimer', en: 'Hours of sickness' }, sensitive: false };
    for (const [sensitive, state] of [[true, 'withdrawn'], [false, 'delivered']] as const) {
      let at500 = true;
      let measures: Pack['measures'] = new Map([['hours', hours], ['absence', absence]]);
      const slack = platform((_address, arrive) => { if (at500) throw refused('it failed (500)'); return arrive(); });
      const own = { ...changed, id: `${changed.id}-${state}` };
      const one = service(own, { adapter: slack.adapter, packs: () => [{ ...own, measures }] });
      at500 = false;
      one.state.figures = [figure(100, { measure: 'absence' })];
      await one.run();
      at500 = true;
      one.state.figures = [figure(200, { measure: 'absence' })];
      one.state.data = 'two';
      await one.run();
      at500 = false;
      measures = new Map([['hours', hours], ['absence', { ...absence, sensitive }]]);
      one.state.now = minutes('2026-11-06T07:00:00Z', 60);
      await one.run();
      expect(await one.rows('correction')).toMatchObject([{ state, ...(sensitive && { reason: 'The recipient may see nothing of it any more.' }) }]);
      expect(slack.arrived.some(({ text }) => text.includes('Sygetimer'))).toBe(!sensitive);
    }
  });

  describe('and its reader with it', () => {
    /** Anna's page as it went out, and then other figures, by which time the role may be another's. */
    const later = async (first: Person, second: Person, over: Parameters<typeof serviceOn>[2] = {}, between: (of: Pack) => Promise<unknown> = async () => undefined) => {
      const of = pack();
      const addressFor = async (recipient: string, { people }: Pack): Promise<Address> => {
        const account = people.get(recipient)?.slack ?? `by-mail-${recipient}`;
        return { platform: 'slack', tenant: '', conversation: '', thread: null, user: account, serviceUrl: '', bot: '' };
      };
      const one = service(of, { addressFor, ...over });
      one.state.people = [first];
      one.state.figures = [figure(12_410)];
      await one.run();
      await between(of);
      one.state.people = [second];
      one.state.figures = [figure(12_655)];
      one.state.data = 'two';
      one.state.now = at('2026-11-12T09:00:00Z');
      await one.run();
      return { ...one, of, corrections: one.arrived.filter(({ title }) => title.startsWith('Rettelse')) };
    };
    const U1 = person('anna', { slack: 'U-OLD' });

    it('goes to nobody when the role is another\'s: neither under the old page nor to who never got it, and ledger and audit say why', async () => {
      const { corrections, rows, moves, of } = await later(U1, person('anna', { slack: 'U-NEW' }));
      expect(corrections).toEqual([]);
      const [row] = await rows('correction');
      const reason = 'The page went to who had this role then, not to who has it now.';
      expect(row).toMatchObject({ recipient: 'anna', state: 'withdrawn', reason });
      expect((await moves(row?.id ?? 0)).at(-1)).toMatchObject({ from_state: 'ready', to_state: 'withdrawn', reason });
      const audit = (await listAudit(store, { person: 'delivery', from: null, to: null, limit: 1000 })).filter(({ detail }) => (detail as { pack: string }).pack === of.id);
      expect(audit.filter(({ action }) => action === 'not-sent').map(({ detail }) => detail)).toEqual([{ pack: of.id, digest: 'monthly', period: '2026-10-01', kind: 'correction', recipient: 'anna', reason }]);
    });

    it('goes under the page when the pack names the id of who was known by e-mail', async () => {
      const { corrections, arrived } = await later(person('anna', { slack: null, email: 'anna@kommune.example' }), person('anna', { slack: 'by-mail-anna', email: 'anna@kommune.example' }));
      expect(corrections).toMatchObject([{ to: 'by-mail-anna', thread: arrived[0]?.id }]);
    });

    it('goes to the top of where they are now when they have another account or platform, and never where they were', async () => {
      let moved = false;
      const addressFor = async (): Promise<Address> => ({ platform: 'slack', tenant: '', conversation: moved ? 'D-NEW' : 'D-OLD', thread: null, user: moved ? 'U-NEW' : 'U-OLD', serviceUrl: '', bot: '' });
      const mail = person('anna', { slack: null, email: 'anna@kommune.example' });
      const { corrections } = await later(mail, mail, { addressFor }, async () => { moved = true; });
      expect(corrections).toMatchObject([{ to: 'U-NEW', thread: null }]);
    });

    it('of a page from before it was kept who got it, goes under the page in the same account only', async () => {
      const unknown = (of: Pack) => store.query('update deliveries set known_as = null where pack = $1', [of.id]);
      const same = await later(U1, U1, {}, unknown);
      expect(same.corrections).toMatchObject([{ to: 'U-OLD', thread: same.arrived[0]?.id }]);
      await store.query('delete from paces');
      const other = await later(U1, person('anna', { slack: 'U-NEW' }), {}, unknown);
      expect(other.corrections).toMatchObject([{ to: 'U-NEW', thread: null }]);
    });

    it('when the sending of it broke off before the role changed, is asked for where it went, and goes nowhere else', async () => {
      let breaking = false;
      const slack = platform((_address, arrive) => { if (breaking) throw refused('did not answer in time', { mayHaveArrived: true }); return arrive(); });
      const one = await later(U1, U1, { adapter: slack.adapter }, async () => { breaking = true; });
      expect(await one.rows('correction')).toMatchObject([{ state: 'unsure' }]);
      breaking = false;
      one.state.people = [person('anna', { slack: 'U-NEW' })];
      one.state.now = at('2026-11-12T09:30:00Z');
      await one.run();
      expect(await one.rows('correction')).toMatchObject([{ state: 'withdrawn' }]);
      expect(slack.arrived.filter(({ title }) => title.startsWith('Rettelse'))).toEqual([]);
    });

    it('a notice, a page tried again and a page released late go to who has the role now', async () => {
      const old = person('anna', { slack: 'U-OLD' });
      let failing = true;
      const slack = platform((address, arrive) => { if (failing) throw refused('it failed (500)'); return arrive(); });
      const addressFor = async (recipient: string, { people }: Pack): Promise<Address> => ({ platform: 'slack', tenant: '', conversation: '', thread: null, user: people.get(recipient)?.slack ?? '', serviceUrl: '', bot: '' });
      const one = service(pack(), { adapter: slack.adapter, addressFor });
      one.state.people = [old];
      one.state.missing = [{ kind: 'closing', source: 'ledger' }];
      one.state.now = at('2026-11-11T07:00:00Z');
      await one.run();
      failing = false;
      one.state.people = [person('anna', { slack: 'U-NEW' })];
      one.state.now = at('2026-11-11T08:00:00Z');
      await one.run();
      failing = true;
      one.state.missing = [];
      one.state.now = at('2026-11-11T09:00:00Z');
      await one.run();
      failing = false;
      one.state.people = [person('anna', { slack: 'U-NEWEST' })];
      one.state.now = at('2026-11-11T10:00:00Z');
      await one.run();
      expect(slack.arrived.filter(({ to }) => to.startsWith('U-')).map(({ to, title }) => [to, title])).toEqual([['U-NEW', 'Måneden: siden er forsinket'], ['U-NEWEST', 'monthly 2026-10-01 anna']]);
    });
  });

  it('by less than the tolerance is not mentioned, until many small steps have made a large one', async () => {
    const { run, state, arrived } = service(pack());
    state.figures = [figure(10_000)];
    await run();
    for (const [data, value] of [['two', 10_060], ['three', 10_099], ['four', 10_150]] as const) {
      state.figures = [figure(value)];
      state.data = data;
      await run();
    }
    const said = arrived.filter(({ title }) => title.startsWith('Rettelse'));
    expect(said).toHaveLength(1);
    expect(said[0]?.text).toMatch(/10\.000[^\n]*10\.150/);
  });

  it('and back again is corrected twice', async () => {
    const { run, state, arrived } = service(pack());
    for (const [data, value] of [['one', 100], ['two', 200], ['three', 100], ['four', 200]] as const) {
      state.figures = [figure(value)];
      state.data = data;
      await run();
    }
    expect(arrived.filter(({ title }) => title.startsWith('Rettelse'))).toHaveLength(3);
  });

  it('is not judged by data that are incomplete now, and a hidden figure is never told by its difference', async () => {
    const { run, state, arrived } = service(pack());
    state.figures = [figure(100), figure(null, { measure: 'people', state: 'suppressed' }), figure(9, { measure: 'cases' })];
    await run();
    state.figures = [figure(20), figure(7, { measure: 'people' }), figure(null, { measure: 'cases', state: 'suppressed' })];
    state.data = 'two';
    state.missing = [{ kind: 'count', source: 'ledger', value: 10, usual: 100 }];
    await run();
    expect(arrived.filter(({ title }) => title.startsWith('Rettelse'))).toEqual([]);
    state.missing = [];
    await run();
    const [said] = arrived.filter(({ title }) => title.startsWith('Rettelse'));
    expect(said?.text).toContain('Et tal har ændret sig');
  });
});

describe('the audience', () => {
  it('new to a digest begins with the latest month, not with all of its past', async () => {
    const { run, state, arrived } = service(packOf([digest({ start: '2026-08-01' })]));
    await run();
    state.people = [...state.people, person('dina')];
    expect(await run()).toMatchObject({ owed: 1, released: 1 });
    expect(arrived.at(-1)).toMatchObject({ to: 'dina', title: 'monthly 2026-10-01 dina' });
    state.now = at('2026-12-10T07:00:00Z');
    expect(await run()).toMatchObject({ owed: 4, released: 4 });
  });

  it('that someone has left gets nothing more; back again, they get what they are owed', async () => {
    const { run, state, rows, arrived } = service(packOf([digest()]));
    const everyone = state.people;
    state.missing = [{ kind: 'closing', source: 'ledger' }];
    await run();
    state.people = everyone.filter(({ id }) => id !== 'bo');
    state.missing = [];
    await run();
    expect(arrived.map(({ to }) => to).sort()).toEqual(['anna', 'carl']);
    expect((await rows())[1]).toMatchObject({ recipient: 'bo', state: 'withdrawn', reason: 'The recipient no longer belongs to the audience.' });
    state.people = everyone;
    await run();
    expect(arrived.map(({ to }) => to).sort()).toEqual(['anna', 'bo', 'carl']);
  });
});

describe('many workers', () => {
  it('woken for the same delivery at the same time send it once', async () => {
    const pack = packOf([digest()]);
    const slack = platform();
    const workers = ['a', 'b', 'c', 'd'].map((worker) => service(pack, { adapter: slack.adapter, worker }));
    await workers[0]?.scan();
    const ids = workers[0]?.woken ?? [];
    await Promise.all(workers.flatMap((one) => ids.map((id) => one.deliver(id))));
    expect(titles(slack.arrived)).toEqual(['monthly 2026-10-01 anna', 'monthly 2026-10-01 bo', 'monthly 2026-10-01 carl']);
  });

  it('scan one at a time, and one that died while scanning is followed when its time is over', async () => {
    const pack = packOf([digest()]);
    await store.query("insert into leases (name, holder, until) values ('scan', 'dead', '2026-11-06T07:10:00Z')");
    const one = service(pack, { worker: 'alive' });
    expect(await one.scan()).toBeNull();
    one.state.now = at('2026-11-06T07:10:01Z');
    expect(await one.scan()).toMatchObject({ owed: 3 });
  });
});

describe('the key of a delivery', () => {
  it('is the same on every machine, and another for everything that makes it another delivery', () => {
    const one = { pack: 'p', digest: 'd', from: '2026-10-01', recipient: 'anna', kind: 'page', about: '' } as const;
    expect(deliveryKey(one)).toMatch(/^[0-9a-f]{32}$/);
    expect(deliveryKey({ ...one })).toBe(deliveryKey(one));
    const others = [{ ...one, pack: 'q' }, { ...one, digest: 'e' }, { ...one, from: '2026-11-01' }, { ...one, recipient: 'bo' }, { ...one, kind: 'notice' as const }, { ...one, about: 'x' }];
    expect(new Set([one, ...others].map(deliveryKey)).size).toBe(7);
  });
});

describe('the scheduler', () => {
  /** A timer the test fires by hand. */
  const byHand = () => {
    const waiting: { work: () => void; ms: number }[] = [];
    return {
      waiting,
      setTimer: (work: () => void, ms: number) => {
        const entry = { work, ms };
        waiting.push(entry);
        return () => { waiting.splice(waiting.indexOf(entry), 1); };
      },
    };
  };
  const settled = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

  it('runs at once, and again only after a run has ended', async () => {
    const { waiting, setTimer } = byHand();
    const ends: (() => void)[] = [];
    const scheduler = startScheduler({ everyMs: 60_000, run: () => new Promise((resolve) => { ends.push(resolve); }), log: silent, setTimer });
    await settled();
    expect([ends.length, waiting.length]).toEqual([1, 0]);
    ends[0]?.();
    await settled();
    expect(waiting.map(({ ms }) => ms)).toEqual([60_000]);
    waiting.shift()?.work();
    await settled();
    expect([ends.length, waiting.length]).toEqual([2, 0]);
    ends[1]?.();
    await scheduler.stop();
  });

  it('goes on after a run that failed, and says so', async () => {
    const { waiting, setTimer } = byHand();
    const errors: string[] = [];
    const scheduler = startScheduler({ everyMs: 1000, run: async () => { throw new Error('the store is away'); }, log: { ...silent, error: (event) => errors.push(event) }, setTimer });
    await settled();
    waiting.shift()?.work();
    await settled();
    expect([errors, waiting.length]).toEqual([['scheduled-run-failed', 'scheduled-run-failed'], 1]);
    await scheduler.stop();
    expect(waiting).toEqual([]);
  });

  it('stops when the run under way has ended, and not before', async () => {
    const { waiting, setTimer } = byHand();
    let end = (): void => undefined;
    let stopped = false;
    const scheduler = startScheduler({ everyMs: 1000, run: () => new Promise((resolve) => { end = resolve; }), log: silent, setTimer });
    const stopping = scheduler.stop().then(() => { stopped = true; });
    await settled();
    expect(stopped).toBe(false);
    end();
    await stopping;
    expect(waiting).toEqual([]);
  });
});
