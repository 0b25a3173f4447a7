import { rm } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deliverDue, startScheduler, type DeliverWork, type Summary } from '../../src/app/deliver.ts';
import type { IsoDate, Period } from '../../src/calendar/period.ts';
import type { Card, Message } from '../../src/card/card.ts';
import { ServiceError } from '../../src/errors.ts';
import { openStore } from '../../src/io/store/store.ts';
import type { Digest, Pack, Person } from '../../src/pack/model.ts';
import type { Address, ChatAdapter, Log, Store } from '../../src/ports.ts';

const dir = mkdtempSync(join(tmpdir(), 'overblik-deliver-'));
const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const open = (): Promise<Store> => openStore({ databaseUrl: null, dir, log: silent });
let store: Store;
beforeAll(async () => { store = await open(); });
afterAll(async () => { await store.close(); await rm(dir, { recursive: true, force: true }); });

const person = (id: string): Person => ({ id, name: id, title: { da: 'Distriktsleder', en: 'District leader' }, role: 'leader', units: ['root'], alsoSees: [], language: 'da', email: null, slack: id, teams: null });
const digest = (over: Partial<Digest> = {}): Digest => ({
  id: 'monthly', title: { da: 'Måneden', en: 'The month' }, schedule: { workday: 5, at: '08:00' }, period: { grain: 'month', which: 'last-closed' },
  audience: [{ role: 'leader', level: null }], start: '2026-10-01', sections: [], line: 1, file: 'digests.yaml', ...over,
});
const NOTHING_MORE = { siblings: 'none', above: false, sensitive: false } as const;
let packs = 0;
/** Each test has a pack of its own in the one store. */
const packOf = (digests: readonly Digest[], over: Partial<Pack> = {}): Pack => ({
  id: `pack-${++packs}`, dir: '.', title: { da: 'Hjemmepleje', en: 'Home care' }, label: null, timeZone: 'Europe/Copenhagen', language: 'da', yearStart: 1,
  organisation: { root: 'root', levels: [], units: new Map() }, sources: new Map(), measures: new Map(), plans: new Map(), caveats: [], caveatSource: null, access: { leader: NOTHING_MORE, chief: NOTHING_MORE, analyst: NOTHING_MORE },
  people: new Map(), digests: new Map(digests.map((one) => [one.id, one])), ...over,
});

interface Sent { readonly to: string; readonly title: string }
type Reply = (address: Address) => Promise<void> | void;

/** A platform that keeps what reached it. `reply` decides, after the message arrived, what the sender hears. */
function platform(reply: Reply = () => undefined): { adapter: ChatAdapter; arrived: Sent[] } {
  const arrived: Sent[] = [];
  return {
    arrived,
    adapter: {
      platform: 'slack',
      start: async () => undefined,
      stop: async () => undefined,
      send: async (address, message) => {
        const before = arrived.length;
        arrived.push({ to: address.user, title: message.card.title });
        try {
          await reply(address);
        } catch (error) {
          // What the platform refused did not arrive; any other error came after it had.
          if (error instanceof ServiceError) arrived.splice(before, 1);
          throw error;
        }
        return { messageId: `ts-${arrived.length}`, pictureSent: true };
      },
    },
  };
}

const page = (who: Person, of: Digest, period: Period): Message => {
  const card: Card = { language: 'da', title: `${of.id} ${period.from} ${who.id}`, label: '', headline: '', blocks: [], picture: null, actions: [], provenance: [] };
  return { card, png: null, sheet: null };
};

/** A service with three leaders, whose clock, data and audience the test moves. */
function service(pack: Pack, over: Partial<DeliverWork> & { adapter?: ChatAdapter } = {}) {
  const slack = platform();
  const composed: { digest: string; period: IsoDate; people: string[] }[] = [];
  const state = { now: new Date('2026-11-06T07:00:00Z'), complete: '2030-01-01', people: ['anna', 'bo', 'carl'].map(person) };
  const work: DeliverWork = {
    packs: [pack],
    closedThrough: () => state.complete,
    recipients: () => state.people,
    compose: async (_pack, of, period, people) => {
      composed.push({ digest: of.id, period: period.from, people: people.map(({ id }) => id) });
      return new Map(people.map((who) => [who.id, page(who, of, period)]));
    },
    addressFor: async (who) => ({ platform: 'slack', tenant: 'T', conversation: `D-${who.id}`, thread: null, user: who.id, serviceUrl: '', bot: '' }),
    ...over,
  };
  const run = (adapter: ChatAdapter = over.adapter ?? slack.adapter): Promise<Summary> => deliverDue({ store, adapters: new Map([['slack', adapter]]), clock: { now: () => state.now }, log: silent }, work);
  const rows = () => store.query<{ recipient: string; state: string; reason: string | null; period_from: string }>('select recipient, state, reason, period_from from deliveries where pack = $1 order by period_from, recipient', [pack.id]);
  return { state, run, rows, composed, arrived: slack.arrived };
}

const at = (text: string): Date => new Date(text);
const titles = (arrived: readonly Sent[]): string[] => arrived.map(({ title }) => title).sort();

describe('a due digest', () => {
  it('reaches each recipient once, made in one go, and neither another run nor a restart sends it again', async () => {
    const { run, arrived, composed, rows } = service(packOf([digest()]));
    expect(await run()).toEqual({ owed: 3, delivered: 3, held: 0, retried: 0, unsure: 0, failed: 0, problems: [] });
    await run();
    await store.close();
    store = await open();
    expect(await run()).toMatchObject({ owed: 0, delivered: 0 });
    expect(titles(arrived)).toEqual(['monthly 2026-10-01 anna', 'monthly 2026-10-01 bo', 'monthly 2026-10-01 carl']);
    expect(composed).toEqual([{ digest: 'monthly', period: '2026-10-01', people: ['anna', 'bo', 'carl'] }]);
    expect((await rows()).map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered']);
  });

  it('is not sent a moment too early, by the pack\'s own clock', async () => {
    const copenhagen = service(packOf([digest()]));
    copenhagen.state.now = at('2026-11-06T06:59:59Z');
    expect(await copenhagen.run()).toMatchObject({ owed: 0, delivered: 0 });
    expect(await copenhagen.rows()).toEqual([]);
    // Store bededag and the rest of the Danish calendar apart: eight in the morning is later in New York.
    const newYork = service(packOf([digest()], { timeZone: 'America/New_York' }));
    newYork.state.now = at('2026-11-06T07:00:00Z');
    expect(await newYork.run()).toMatchObject({ delivered: 0 });
    newYork.state.now = at('2026-11-06T13:00:00Z');
    expect(await newYork.run()).toMatchObject({ delivered: 3 });
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

  it('comes for every month that was missed, each for its own period, oldest first and once, also when the clock jumps back', async () => {
    const { run, state, arrived, composed } = service(packOf([digest({ start: '2026-08-01' })]));
    state.now = at('2027-01-20T09:00:00Z');
    expect(await run()).toMatchObject({ owed: 15, delivered: 15 });
    expect(composed.map(({ period }) => period)).toEqual(['2026-08-01', '2026-09-01', '2026-10-01', '2026-11-01', '2026-12-01']);
    state.now = at('2026-09-20T09:00:00Z');
    await run();
    state.now = at('2027-01-20T09:00:00Z');
    await run();
    expect(arrived).toHaveLength(15);
    expect(new Set(titles(arrived)).size).toBe(15);
  });
});

describe('a crash', () => {
  it('between sending and recording makes it unsure: reported once, not sent again, and the others go on', async () => {
    const pack = packOf([digest()]);
    let reached = (): void => undefined;
    const stuck = new Promise<void>((resolve) => { reached = resolve; });
    let answer = (): void => undefined;
    const hanging = platform((address) => (address.user === 'anna' ? new Promise<void>((resolve) => { answer = resolve; reached(); }) : undefined));
    const before = service(pack);
    const died = before.run(hanging.adapter);
    await stuck;

    const after = service(pack);
    const summary = await after.run();
    expect(summary).toMatchObject({ delivered: 2, unsure: 1, owed: 0 });
    expect(summary.problems).toMatchObject([{ pack: pack.id, digest: 'monthly', period: '2026-10-01', state: 'unsure', reason: expect.stringContaining('may have arrived') }]);
    expect(await after.run()).toMatchObject({ delivered: 0, unsure: 0, problems: [] });
    expect(titles([...hanging.arrived, ...after.arrived])).toEqual(['monthly 2026-10-01 anna', 'monthly 2026-10-01 bo', 'monthly 2026-10-01 carl']);

    // The first process was slow and not dead: its answer settles what was unsure, and it sends nothing that another sent.
    answer();
    await died;
    expect(hanging.arrived).toHaveLength(1);
    expect((await after.rows()).map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered']);
  });

  it('of the adapter in the middle of sending is unsure too', async () => {
    const broken = platform((address) => { if (address.user === 'bo') throw new TypeError('undefined is not a function'); });
    const { run, rows } = service(packOf([digest()]), { adapter: broken.adapter });
    expect(await run()).toMatchObject({ delivered: 2, unsure: 1 });
    await run();
    expect(broken.arrived).toHaveLength(3);
    expect((await rows()).map(({ state }) => state)).toEqual(['delivered', 'unsure', 'delivered']);
  });
});

describe('a platform that refuses', () => {
  it('one dead address fails that one for good; the others have theirs', async () => {
    const slack = platform((address) => { if (address.user === 'bo') throw new ServiceError('Slack', 'the channel is archived', { final: true }); });
    const { run, state, rows } = service(packOf([digest()]), { adapter: slack.adapter });
    const summary = await run();
    expect(summary).toMatchObject({ delivered: 2, failed: 1 });
    expect(summary.problems).toMatchObject([{ state: 'failed', reason: 'Slack: the channel is archived' }]);
    expect(JSON.stringify(summary)).not.toContain('"bo"');
    state.now = at('2026-11-20T07:00:00Z');
    expect(await run()).toMatchObject({ delivered: 0, failed: 0, problems: [] });
    expect((await rows()).map(({ recipient, state: is }) => [recipient, is])).toEqual([['anna', 'delivered'], ['bo', 'failed'], ['carl', 'delivered']]);
  });

  it.each([[90_000, 90], [null, 60]])('for now (retry after %s ms) is tried again %i seconds later, and not before', async (retryAfterMs, seconds) => {
    let busy = true;
    const slack = platform((address) => { if (busy && address.user === 'carl') throw new ServiceError('Slack', 'too many messages (429)', { retryAfterMs }); });
    const { run, state, rows } = service(packOf([digest()]), { adapter: slack.adapter });
    expect(await run()).toMatchObject({ delivered: 2, retried: 1 });
    expect((await rows())[2]).toMatchObject({ recipient: 'carl', state: 'owed', reason: 'Slack: too many messages (429)' });
    busy = false;
    state.now = new Date(at('2026-11-06T07:00:00Z').getTime() + seconds * 1000 - 1);
    expect(await run()).toMatchObject({ delivered: 0, held: 1 });
    state.now = new Date(state.now.getTime() + 1);
    expect(await run()).toMatchObject({ delivered: 1, held: 0 });
    expect(slack.arrived).toHaveLength(3);
  });
});

describe('what can\'t be sent yet', () => {
  it('waits for its data, is not sent half-filled, and goes out by itself when they come', async () => {
    const { run, state, rows, arrived, composed } = service(packOf([digest()]));
    state.complete = '2026-10-31';
    expect(await run()).toMatchObject({ owed: 3, delivered: 0, held: 3, problems: [] });
    expect((await rows())[0]?.reason).toBe('Waits for complete data: needed through 2026-10-31, complete through 2026-10-30.');
    expect(composed).toEqual([]);
    state.complete = '2026-11-01';
    state.now = at('2026-11-18T12:00:00Z');
    expect(await run()).toMatchObject({ delivered: 3, held: 0 });
    expect(titles(arrived)[0]).toBe('monthly 2026-10-01 anna');
    expect((await rows())[0]?.reason).toBeNull();
  });

  it('waits for an address, is reported, and holds nobody else up', async () => {
    let known = false;
    const addressFor: DeliverWork['addressFor'] = async (who) => (who.id === 'anna' && !known ? null : { platform: 'slack', tenant: 'T', conversation: 'D', thread: null, user: who.id, serviceUrl: '', bot: '' });
    const { run, arrived, composed } = service(packOf([digest()]), { addressFor });
    const summary = await run();
    expect(summary).toMatchObject({ delivered: 2, held: 1 });
    expect(summary.problems).toMatchObject([{ state: 'owed', reason: expect.stringContaining('has no address yet') }]);
    expect(composed.map(({ people }) => people)).toEqual([['bo', 'carl']]);
    known = true;
    expect(await run()).toMatchObject({ delivered: 1, held: 0, problems: [] });
    expect(arrived.at(-1)?.to).toBe('anna');
  });

  it('waits for its platform to be connected', async () => {
    const addressFor: DeliverWork['addressFor'] = async (who) => ({ platform: who.id === 'bo' ? 'teams' : 'slack', tenant: 'T', conversation: 'D', thread: null, user: who.id, serviceUrl: '', bot: '' });
    const summary = await service(packOf([digest()]), { addressFor }).run();
    expect(summary).toMatchObject({ delivered: 2, held: 1 });
    expect(summary.problems[0]?.reason).toContain('(teams) is not connected');
  });

  it('because looking up one address broke holds nobody else up', async () => {
    const addressFor: DeliverWork['addressFor'] = async (who) => {
      if (who.id === 'anna') throw new ServiceError('Slack', 'could not be reached');
      return { platform: 'slack', tenant: 'T', conversation: 'D', thread: null, user: who.id, serviceUrl: '', bot: '' };
    };
    expect(await service(packOf([digest()]), { addressFor }).run()).toMatchObject({ delivered: 2, held: 1 });
  });

  it('because its page can\'t be made stays owed, does not hold up another digest, and comes later', async () => {
    let away = true;
    const compose: DeliverWork['compose'] = async (_pack, of, period, people) => {
      if (away && of.id === 'weekly') throw new ServiceError('the warehouse', 'can\'t be reached');
      return new Map(people.map((who) => [who.id, page(who, of, period)]));
    };
    const { run, rows } = service(packOf([digest({ id: 'weekly' }), digest()]), { compose });
    const summary = await run();
    expect(summary).toMatchObject({ delivered: 3, held: 3 });
    expect((await rows()).find(({ state }) => state === 'owed')?.reason).toBe('The page could not be made. the warehouse: can\'t be reached');
    away = false;
    expect(await run()).toMatchObject({ delivered: 3, held: 0 });
  });

  it('because one digest is broken altogether is reported, and the next digest goes out', async () => {
    const recipients: DeliverWork['recipients'] = (_pack, of) => {
      if (of.id === 'broken') throw new TypeError('undefined is not a function');
      return [person('anna')];
    };
    const summary = await service(packOf([digest({ id: 'broken' }), digest()]), { recipients }).run();
    expect(summary).toMatchObject({ delivered: 1, problems: [{ digest: 'broken', delivery: null, reason: 'An unexpected error; the log has it.' }] });
  });
});

describe('the audience', () => {
  it('new to a digest begins with the latest month, not with all of its past', async () => {
    const { run, state, arrived } = service(packOf([digest({ start: '2026-08-01' })]));
    await run();
    state.people = [...state.people, person('dina')];
    expect(await run()).toMatchObject({ owed: 1, delivered: 1 });
    expect(arrived.at(-1)).toEqual({ to: 'dina', title: 'monthly 2026-10-01 dina' });
    state.now = at('2026-12-10T07:00:00Z');
    expect(await run()).toMatchObject({ owed: 4, delivered: 4 });
  });

  it('that someone has left gets nothing more', async () => {
    const { run, state, rows, arrived } = service(packOf([digest()]));
    state.complete = '2026-10-15';
    await run();
    state.people = state.people.filter(({ id }) => id !== 'bo');
    state.complete = '2026-11-01';
    await run();
    expect(arrived.map(({ to }) => to).sort()).toEqual(['anna', 'carl']);
    expect((await rows())[1]).toMatchObject({ recipient: 'bo', state: 'owed', reason: 'The recipient no longer belongs to the audience.' });
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
