import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { declineRequest, grantAccess, requestAccess, revokeAccess } from '../../src/app/admission.ts';
import { listAudit, recordAudit, verifyAudit } from '../../src/app/audit.ts';
import { erasePerson } from '../../src/app/erase.ts';
import { abandoned, claim, closePeriod, closings, counts, deliveriesIn, deliveryOf, lastOwed, lease, move, owe, postpone, release, reserve, rest, settleDelivered, unwoken, type Leaving, type Obligation } from '../../src/app/ledger.ts';
import { forget } from '../../src/app/retention.ts';
import { addressOf, markSeen, recordQuestion, saveAddress } from '../../src/app/records.ts';
import type { Card } from '../../src/card/card.ts';
import { canMove, DELIVERY_STATES } from '../../src/delivery/state.ts';
import { ServiceError } from '../../src/errors.ts';
import { migrate } from '../../src/io/store/migrate.ts';
import { MIGRATIONS } from '../../src/io/store/migrations.ts';
import type { Pack } from '../../src/pack/model.ts';
import type { Address, Identity, Incoming, Log, Store } from '../../src/ports.ts';

export const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const card = (title: string): Card => ({ language: 'da', title, label: '', headline: '', blocks: [], picture: null, actions: [], provenance: [] });
const T0 = new Date('2026-11-06T07:00:00Z');
const later = (minutes: number): Date => new Date(T0.getTime() + minutes * 60_000);
const leaving: Leaving = { address: { platform: 'slack', tenant: 'T', conversation: 'C1', thread: null, user: 'U1', serviceUrl: '', bot: '' }, knownAs: 'u1', card: card('Oktober'), shown: { text: 'text-hash', picture: 'picture-hash', sheet: null }, figures: [{ value: 1.5 }], data: { ledger: 'a' }, late: false, leaseUntil: later(2) };

/** What every store does. `open` gives a migrated store; the suite closes it. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`the store on ${name}`, () => {
    let store: Store;
    let packs = 0;
    /** Each test keeps to a pack of its own. */
    const owed = async (recipients: readonly string[], from = '2026-10-01', to = '2026-11-01'): Promise<{ pack: string; ids: Map<string, number>; rows: Obligation[] }> => {
      const pack = `pack-${++packs}`;
      const rows = recipients.map((recipient): Obligation => ({ pack, digest: 'monthly', recipient, period: { from, to }, dueAt: T0, kind: 'page', about: '', payload: null }));
      await owe(store, rows, T0, 'test');
      return { pack, rows, ids: new Map((await deliveriesIn(store, pack, 'monthly', ['owed'], ['page'])).map((row) => [row.recipient, row.id])) };
    };
    const one = async (): Promise<number> => [...(await owed(['anna'])).ids.values()][0] as number;
    const ready = async (): Promise<number> => {
      const id = await one();
      await move(store, [id], 'ready', {}, T0, 'test');
      return id;
    };
    const stateOf = async (id: number): Promise<unknown> => (await store.query<{ state: string }>('select state from deliveries where id = $1', [id]))[0]?.state;
    const trail = async (id: number) => store.query<{ from_state: string | null; to_state: string; reason: string | null; actor: string; at: string }>('select from_state, to_state, reason, actor, at from delivery_moves where delivery = $1 order by id', [id]);

    beforeAll(async () => { store = await open(); });
    afterAll(async () => { await store.close(); });

    describe('values', () => {
      it('come out the same from every database', async () => {
        const [row] = await store.query(`select 5::int8 as big, count(*) as counted, 1.50::numeric as exact, 0.5::float8 as float, '2026-03-29'::date as day,
          '2026-03-29 03:00:00.25+02'::timestamptz as instant, '1 day'::interval as span, '{"a": [1, null]}'::jsonb as tree, true as yes, null as nothing, 'æøå'::text as words from generate_series(1, 3)`);
        expect(row).toEqual({ big: 5, counted: 3, exact: '1.50', float: 0.5, day: '2026-03-29', instant: '2026-03-29T01:00:00.250Z', span: '1 day', tree: { a: [1, null] }, yes: true, nothing: null, words: 'æøå' });
      });

      it('go in as they are, never as SQL', async () => {
        const nasty = `'); drop table deliveries; -- $1 "`;
        const [row] = await store.query('select $1::text as text, $2::int8 as whole, $3::float8 as part, $4::boolean as flag, $5::text as nothing, $6::timestamptz as instant, $7::date as day', [nasty, 9007199254740991, 0.1, false, null, '2026-10-25T00:30:00.000Z', '2026-10-25']);
        expect(row).toEqual({ text: nasty, whole: 9007199254740991, part: 0.1, flag: false, nothing: null, instant: '2026-10-25T00:30:00.000Z', day: '2026-10-25' });
      });

      it('are days and instants, whatever the zone of the machine', async () => {
        const [row] = await store.query(`select ('2026-10-31T23:30:00Z'::timestamptz)::date as day, current_setting('TimeZone') as zone`);
        expect(row?.['day']).toBe('2026-10-31');
      });
    });

    describe('a transaction', () => {
      it('keeps everything', async () => {
        const outcome = await store.transaction(async (tx) => {
          await markSeen(tx, 'web', 'kept-1', T0);
          await markSeen(tx, 'web', 'kept-2', T0);
          return 'done';
        });
        expect(outcome).toBe('done');
        expect(await store.query(`select id from seen_events where id like 'kept-%' order by id`)).toEqual([{ id: 'kept-1' }, { id: 'kept-2' }]);
      });

      it('or nothing, and throws what was thrown', async () => {
        const mine = new Error('mine');
        await expect(store.transaction(async (tx) => { await markSeen(tx, 'web', 'dropped', T0); throw mine; })).rejects.toBe(mine);
        expect(await markSeen(store, 'web', 'dropped', T0)).toBe(true);
      });

      it('with a failed statement is never reported as kept, even when the failure was swallowed', async () => {
        await expect(store.transaction(async (tx) => {
          await markSeen(tx, 'web', 'swallowed', T0);
          await tx.query('select 1 / 0').catch(() => undefined);
        })).rejects.toThrow();
        expect(await markSeen(store, 'web', 'swallowed', T0)).toBe(true);
      });

      it('does not disturb the ones after it', async () => {
        await expect(store.transaction((tx) => tx.query('select * from no_such_table'))).rejects.toMatchObject({ code: '42P01' });
        expect(await store.query('select 1 as one')).toEqual([{ one: 1 }]);
      });
    });

    it('leaves our own mistakes as they are: they are bugs, not the outside\'s doing', async () => {
      const id = await one();
      const error: unknown = await store.query(`update deliveries set state = 'delivered' where id = $1`, [id]).catch((e: unknown) => e);
      expect(error).not.toBeInstanceOf(ServiceError);
      expect(error).toMatchObject({ code: '23514' });
    });

    describe('migrations', () => {
      it('run once, also when several start at the same time', async () => {
        await Promise.all([migrate(store, silent), migrate(store, silent), migrate(store, silent)]);
        expect(await store.query('select version, name from schema_version order by version')).toEqual(MIGRATIONS.map(({ version, name: what }) => ({ version, name: what })));
      });

      it('keep everything the version before this one had kept, in every state', async () => {
        await store.query('create schema before');
        const old = MIGRATIONS.filter(({ version }) => version <= 2);
        const there: Store = { ...store, transaction: (work) => store.transaction(async (tx) => { await tx.query('set local search_path to before'); return work(tx); }) };
        await migrate(there, silent, old);
        await there.transaction(async (tx) => {
          for (const [i, state] of ['owed', 'sending', 'unsure', 'failed', 'delivered'].entries()) await tx.query(`insert into deliveries (pack, digest, period_from, period_to, recipient, state, due_at, state_at, message_id) values ('p', 'd', '2026-10-01', '2026-11-01', $1, $1, now(), now(), $2)`, [state, `m${i}`]);
          await tx.query(`insert into delivery_moves (delivery, to_state, at, actor) select id, state, now(), 'old' from deliveries`);
        });
        await migrate(there, silent);
        const rows = await there.transaction((tx) => tx.query('select recipient, state, kind, about, late, message_id from deliveries order by id'));
        expect(rows).toEqual(['owed', 'sending', 'unsure', 'failed', 'delivered'].map((state, i) => ({ recipient: state, state, kind: 'page', about: '', late: false, message_id: `m${i}` })));
        // What the old one was sending when it stopped is found; and what the old one would owe beside the new schema is refused, not doubled.
        expect(await there.transaction((tx) => abandoned(tx, T0))).toHaveLength(1);
        await expect(there.transaction((tx) => tx.query(`insert into deliveries (pack, digest, period_from, period_to, recipient, due_at, state_at) values ('p', 'd', '2026-10-01', '2026-11-01', 'owed', now(), now()) on conflict (pack, digest, period_from, recipient) do nothing`))).rejects.toMatchObject({ code: '42P10' });
        await store.query('drop schema before cascade');
      });

      it('leave nothing of a step that fails, and the next start does it whole', async () => {
        const first = { version: 1001, name: 'half', statements: ['create table half_made (a int)', 'this is not SQL'] };
        await expect(migrate(store, silent, [first])).rejects.toMatchObject({ code: '42601' });
        expect(await store.query(`select to_regclass('half_made')::text as t`)).toEqual([{ t: null }]);
        await migrate(store, silent, [{ ...first, statements: ['create table half_made (a int)'] }]);
        expect(await store.query(`select to_regclass('half_made')::text as t`)).toEqual([{ t: 'half_made' }]);
        await store.query('drop table half_made');
        await store.query('delete from schema_version where version = 1001');
      });
    });

    describe('what is owed', () => {
      it('is written once, however often it is asked for', async () => {
        const { rows } = await owed(['anna', 'bo', 'carl']);
        expect(await owe(store, rows, T0, 'test')).toEqual([]);
        const more = await Promise.all([1, 2, 3].map(() => owe(store, [...rows, { ...(rows[0] as Obligation), recipient: 'dina' }], T0, 'test')));
        expect(more.flat()).toHaveLength(1);
        expect(await owe(store, [], T0, 'test')).toEqual([]);
      });

      it('of several kinds, and several of a kind, is several', async () => {
        const { rows: [row] } = await owed(['anna']);
        const others = [['notice', ''], ['correction', 'a'], ['correction', 'b']].map(([kind, about]) => ({ ...row, kind, about } as Obligation));
        expect(await owe(store, [...others, ...others], T0, 'test').catch(() => 'refused')).toHaveLength(3);
        expect(await owe(store, others, T0, 'test')).toEqual([]);
      });

      it('is known per recipient and period, as days', async () => {
        const { pack, rows: [row] } = await owed(['anna']);
        await owe(store, [{ ...(row as Obligation), period: { from: '2026-11-01', to: '2026-12-01' }, dueAt: later(1) }], T0, 'test');
        expect(await lastOwed(store, pack, 'monthly')).toEqual(new Map([['anna', '2026-11-01']]));
        expect((await deliveriesIn(store, pack, 'monthly', ['owed'], ['page'])).map(({ recipient, from, to, notBefore, dueAt }) => ({ recipient, from, to, notBefore, dueAt }))).toEqual([
          { recipient: 'anna', from: '2026-10-01', to: '2026-11-01', notBefore: null, dueAt: T0.toISOString() }, { recipient: 'anna', from: '2026-11-01', to: '2026-12-01', notBefore: null, dueAt: later(1).toISOString() }]);
      });

      it('says why it is held, and that once', async () => {
        const { ids } = await owed(['anna', 'bo']);
        const both = [...ids.values()];
        expect((await move(store, both, 'held', { reason: 'Waits.' }, T0, 'test')).sort()).toEqual(both.sort());
        expect(await move(store, both, 'held', { reason: 'Waits.' }, T0, 'test')).toEqual([]);
        expect(await move(store, both, 'held', { reason: 'Waits for more.' }, T0, 'test')).toHaveLength(2);
        expect(await move(store, [], 'held', { reason: 'Waits.' }, T0, 'test')).toEqual([]);
      });
    });

    describe('a delivery', () => {
      it('is claimed by one alone, whoever tries at the same time', async () => {
        const id = await ready();
        const claims = await Promise.all(Array.from({ length: 12 }, (_, i) => claim(store, id, leaving, T0, `worker-${i}`)));
        expect(claims.filter(Boolean)).toHaveLength(1);
        expect((await trail(id)).map(({ to_state }) => to_state)).toEqual(['owed', 'ready', 'sending']);
      });

      it('keeps what was sent, where, its figures, and the platform\'s id', async () => {
        const id = await ready();
        await claim(store, id, { ...leaving, late: true }, T0, 'test');
        expect(await settleDelivered(store, id, { messageId: '171.2', pictureSent: true, reason: null }, later(1), 'test')).toEqual({ content: expect.stringMatching(/^[0-9a-f]{64}$/), shown: leaving.shown });
        const [row] = await store.query('select state, state_at, platform, conversation, message_id, picture_sent, content, length(content_hash) as hash, attempts, reason, late, lease_until from deliveries where id = $1', [id]);
        expect(row).toEqual({ state: 'delivered', state_at: '2026-11-06T07:01:00.000Z', platform: 'slack', conversation: 'C1', message_id: '171.2', picture_sent: true, content: card('Oktober'), hash: 64, attempts: 1, reason: null, late: true, lease_until: null });
        expect(await deliveryOf(store, id)).toMatchObject({ address: leaving.address, knownAs: 'u1', figures: [{ value: 1.5 }], data: { ledger: 'a' }, sentAt: T0.toISOString() });
      });

      it('whose sender is silent is given up after its lease, and not before; a late answer still settles it', async () => {
        const id = await ready();
        await claim(store, id, { ...leaving, leaseUntil: later(2) }, T0, 'test');
        expect(await abandoned(store, later(2))).not.toContain(id);
        expect(await abandoned(store, later(3))).toContain(id);
        expect(await move(store, [id], 'unsure', { reason: 'crashed' }, later(3), 'test', ['sending'])).toEqual([id]);
        expect(await claim(store, id, leaving, later(3), 'test')).toBe(false);
        expect(await settleDelivered(store, id, { messageId: 'late', pictureSent: true, reason: null }, later(4), 'test')).toMatchObject({ shown: leaving.shown });
        expect((await trail(id)).map(({ from_state, to_state }) => [from_state, to_state])).toEqual([[null, 'owed'], ['owed', 'ready'], ['ready', 'sending'], ['sending', 'unsure'], ['unsure', 'delivered']]);
      });

      it('nobody was woken for is found once, and again when the wake-up is lost', async () => {
        const id = await ready();
        const found = async (at: Date): Promise<boolean> => (await unwoken(store, at, new Date(at.getTime() - 300_000), 1000)).includes(id);
        expect([await found(T0), await found(later(1)), await found(later(6))]).toEqual([true, false, true]);
        await postpone(store, id, later(30), 'busy');
        expect([await found(later(29)), await found(later(30))]).toEqual([false, true]);
      });

      it('only ever walks the paths of the state machine, whatever is tried, and every step is on record', async () => {
        const tries = fc.array(fc.constantFrom('claim', 'settle', ...DELIVERY_STATES), { maxLength: 14 });
        await fc.assert(fc.asyncProperty(tries, async (steps) => {
          const id = await one();
          for (const [i, step] of steps.entries()) {
            if (step === 'claim') await claim(store, id, leaving, T0, 'test');
            else if (step === 'settle') await settleDelivered(store, id, { messageId: 'm', pictureSent: true, reason: null }, T0, 'test');
            // Without a message id nothing is delivered: the table itself refuses it.
            else if (step !== 'delivered') await move(store, [id], step, { reason: `r${i}` }, T0, 'test');
          }
          const moves = await trail(id);
          expect(moves[0]).toMatchObject({ from_state: null, to_state: 'owed' });
          for (const [i, made] of moves.slice(1).entries()) {
            expect(made.from_state).toBe(moves[i]?.to_state);
            expect(canMove(made.from_state as 'owed', made.to_state as 'owed')).toBe(true);
          }
          expect(await stateOf(id)).toBe(moves.at(-1)?.to_state);
        }), { numRuns: 25 });
      });

      it('carries any text a page may hold', async () => {
        const id = await ready();
        const odd = `æøå "citat" \\u0000 \u0000 \ud800 ${'€'.repeat(2000)}`;
        expect(await claim(store, id, { ...leaving, card: card(odd) }, T0, 'test')).toBe(true);
        const [row] = await store.query<{ title: string }>(`select content->>'title' as title from deliveries where id = $1`, [id]);
        expect(row?.title).toBe(`æøå "citat" \\u0000  \ufffd ${'€'.repeat(2000)}`);
      });

      it('is counted by state, with every state named', async () => {
        const { states } = await counts(store);
        expect(states.filter(({ kind }) => kind === 'page').map(({ state }) => state)).toEqual([...DELIVERY_STATES]);
        const [all] = await store.query<{ n: number }>('select count(*) as n from deliveries');
        expect(states.reduce((sum, { count }) => sum + count, 0)).toBe(all?.n);
      });
    });

    describe('the pace', () => {
      it('gives every asker another moment, one after the other, whoever asks at the same time', async () => {
        const turns = await Promise.all(Array.from({ length: 10 }, () => reserve(store, 'pace/1', 1000, T0, 60_000)));
        expect(turns.map(({ from }) => (from.getTime() - T0.getTime()) / 1000).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      });

      it('takes nothing when the moment is too far away, and catches up with nothing when nobody asked', async () => {
        for (let i = 0; i < 4; i += 1) await reserve(store, 'pace/2', 1000, T0, 2500);
        expect(await reserve(store, 'pace/2', 1000, T0, 2500)).toEqual({ from: new Date(T0.getTime() + 3000), taken: false });
        expect(await reserve(store, 'pace/2', 1000, T0, 2500)).toEqual({ from: new Date(T0.getTime() + 3000), taken: false });
        expect(await reserve(store, 'pace/2', 1000, later(10), 2500)).toEqual({ from: later(10), taken: true });
      });

      it('rests as long as it is told, and an hour at most, also when the clock is set back', async () => {
        await rest(store, 'pace/3', later(30));
        expect(await reserve(store, 'pace/3', 1000, T0, 0)).toEqual({ from: later(30), taken: false });
        expect((await reserve(store, 'pace/3', 1000, later(-6 * 60), 0)).from).toEqual(later(-5 * 60));
      });
    });

    it('lets one do what is done for all, until it ends or its time is over', async () => {
      expect([await lease(store, 'x', 'a', T0, later(5)), await lease(store, 'x', 'b', later(1), later(6)), await lease(store, 'x', 'a', later(4), later(9))]).toEqual([true, false, true]);
      expect(await lease(store, 'x', 'b', later(10), later(15))).toBe(true);
      await release(store, 'x', 'a');
      expect(await lease(store, 'x', 'a', later(11), later(16))).toBe(false);
      await release(store, 'x', 'b');
      expect(await lease(store, 'x', 'a', later(11), later(16))).toBe(true);
    });

    it('keeps that a period was closed, and that it was opened again', async () => {
      const closing = { from: '2026-10-01', to: '2026-11-01', source: '' };
      expect([await closePeriod(store, 'p', closing, false, T0, 'test'), await closePeriod(store, 'p', closing, false, T0, 'test')]).toEqual([true, false]);
      expect(await closings(store, 'p')).toEqual([closing]);
      expect([await closePeriod(store, 'p', closing, true, T0, 'test'), await closePeriod(store, 'p', closing, true, T0, 'test')]).toEqual([true, false]);
      expect(await closings(store, 'p')).toEqual([]);
    });

    describe('a script of several statements', () => {
      it('gives all rows they gave', async () => {
        expect(await store.script('select 1 as n; select 2 as n; begin; select 3 as n; commit')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
      });

      it('that breaks off in a transaction of its own keeps nothing and disturbs nobody', async () => {
        await expect(store.script(`begin; insert into seen_events values ('web', 'scripted', now()); select 1 / 0; commit`)).rejects.toMatchObject({ code: '22012' });
        expect(await markSeen(store, 'web', 'scripted', T0)).toBe(true);
      });
    });

    describe('an address', () => {
      const address = (over: Partial<Address>): Address => ({ platform: 'teams', tenant: 't', conversation: 'a:1', thread: null, user: 'u', serviceUrl: 'https://smba.example/', bot: '28:b', ...over });

      const known = (): string => 'u';

      it('comes back as it was kept, without a thread', async () => {
        await saveAddress(store, 'eva', 'u', address({ thread: 'reply-to' }), T0);
        expect(await addressOf(store, 'eva', known)).toEqual(address({}));
        expect(await addressOf(store, 'nobody', known)).toBeNull();
      });

      it('is the newest one on the platforms that are there', async () => {
        await saveAddress(store, 'finn', 'u', address({}), T0);
        await saveAddress(store, 'finn', 'u', address({ platform: 'slack', conversation: 'D1', serviceUrl: '', bot: '' }), later(1));
        expect((await addressOf(store, 'finn', known))?.platform).toBe('slack');
        expect((await addressOf(store, 'finn', known, ['teams', 'web']))?.platform).toBe('teams');
        expect(await addressOf(store, 'finn', known, [])).toBeNull();
        await saveAddress(store, 'finn', 'u', address({ conversation: 'a:2' }), later(2));
        expect((await addressOf(store, 'finn', known))?.conversation).toBe('a:2');
      });

      it('is no longer theirs when they are known as someone else: the post has gone to another', async () => {
        await saveAddress(store, 'hans', 'u-before', address({}), T0);
        expect(await addressOf(store, 'hans', () => 'u-after')).toBeNull();
        // Nor who is known by nothing any more, though the address is from before that was kept.
        await saveAddress(store, 'ib', '', address({}), T0);
        expect(await addressOf(store, 'ib', () => '')).toBeNull();
        await saveAddress(store, 'hans', 'u-after', address({ conversation: 'a:9' }), later(1));
        expect((await addressOf(store, 'hans', () => 'u-after'))?.conversation).toBe('a:9');
      });

      it('is not put back by an older event that comes late', async () => {
        await saveAddress(store, 'gry', 'u', address({ conversation: 'new' }), later(5));
        await saveAddress(store, 'gry', 'u', address({ conversation: 'old' }), T0);
        expect((await addressOf(store, 'gry', known))?.conversation).toBe('new');
      });
    });

    it('handles an event once, also when it comes twice at the same time, and keeps platforms apart', async () => {
      const seen = await Promise.all(Array.from({ length: 8 }, () => markSeen(store, 'slack', 'Ev1', T0)));
      expect(seen.filter(Boolean)).toHaveLength(1);
      expect(await markSeen(store, 'teams', 'Ev1', T0)).toBe(true);
      expect(await markSeen(store, 'slack', 'Ev1', later(9))).toBe(false);
    });

    it('keeps questions', async () => {
      await recordQuestion(store, { pack: 'hjemmepleje', person: 'anna', platform: 'slack', askedAt: T0, text: 'budget\u0000 mod timer', kind: 'query', reading: { measures: ['spent'], period: undefined } });
      expect(await store.query('select pack, person, platform, asked_at, text, kind, reading from questions')).toEqual([{ pack: 'hjemmepleje', person: 'anna', platform: 'slack', asked_at: T0.toISOString(), text: 'budget mod timer', kind: 'query', reading: { measures: ['spent'] } }]);
    });

    describe('the audit', () => {
      const entry = (actor: string, n: number) => ({ at: later(n), actor, action: 'asked', detail: { z: n, a: { text: 'æ"\u0000', list: [1.5, null, true] } } });

      it('is one chain, whoever adds to it at the same time', async () => {
        await Promise.all(Array.from({ length: 20 }, (_, i) => recordAudit(store, entry(i % 2 === 0 ? 'anna' : 'bo', i))));
        expect(await verifyAudit(store)).toEqual({ entries: 20, broken: null });
        const own = await listAudit(store, { person: 'anna', from: '2026-11-06T00:00:00Z', to: '2026-11-07T00:00:00Z', limit: 100 });
        expect(own).toHaveLength(10);
        expect(own.every(({ actor, erased }) => actor === 'anna' && !erased)).toBe(true);
        expect(await listAudit(store, { person: null, from: '2026-11-07T00:00:00Z', to: null, limit: 100 })).toEqual([]);
        // A few at a time, oldest first, each of them once.
        const ids = own.map(({ id }) => id);
        const after = async (id: number): Promise<number[]> => (await listAudit(store, { person: 'anna', from: null, to: null, limit: 4, after: id })).map((one) => one.id);
        expect([await after(0), await after(ids[3] ?? 0), await after(ids[7] ?? 0), await after(ids[9] ?? 0)]).toEqual([ids.slice(0, 4), ids.slice(4, 8), ids.slice(8), []]);
      });

      it('is only added to: nobody changes or takes out an entry in passing', async () => {
        await expect(store.query(`update audit set actor = 'someone' where actor = 'bo'`)).rejects.toThrow('the audit is only added to');
        await expect(store.query('delete from audit')).rejects.toThrow('the audit is only added to');
        expect(await verifyAudit(store)).toMatchObject({ broken: null });
      });

      it('shows what someone with the rights to it has changed or taken out', async () => {
        const tampered = async (statement: string): Promise<unknown> => store.transaction(async (tx) => {
          await tx.query(`select set_config('overblik.erasing', 'yes', true)`);
          await tx.query(statement);
          throw await verifyAudit(tx);
        }).catch((found: unknown) => found);
        const ids = (await store.query<{ id: number }>('select id from audit where digest is not null order by id')).map(({ id }) => id);
        expect(await tampered(`update audit set detail = '{}' where id = ${ids[4]}`)).toMatchObject({ broken: { id: ids[4] } });
        expect(await tampered(`update audit set actor = 'carl' where id = ${ids[4]}`)).toMatchObject({ broken: { id: ids[4] } });
        expect(await tampered(`delete from audit where id = ${ids[7]}`)).toMatchObject({ broken: { id: ids[8] } });
        expect(await tampered(`delete from audit where id = ${ids.at(-1)}`)).toMatchObject({ broken: { id: null } });
        // What only looks erased: other words in its place, another time, another act, or nothing at all that anyone has accounted for.
        const blank = (id: number | undefined, more = ''): string => `update audit set actor = 'erased', detail = '{}', salt = null${more} where id = ${id}`;
        expect(await tampered(blank(ids[4], `, detail = '{"q": "other"}'`).replace(`detail = '{}', `, ''))).toMatchObject({ broken: { id: ids[4] } });
        expect(await tampered(blank(ids[4], `, actor = 'ingen'`).replace(`actor = 'erased', `, ''))).toMatchObject({ broken: { id: ids[4] } });
        expect(await tampered(blank(ids[4], `, at = at - interval '1 day'`))).toMatchObject({ broken: { id: ids[4] } });
        expect(await tampered(blank(ids[4], `, action = 'backed-up'`))).toMatchObject({ broken: { id: ids[4] } });
        expect(await tampered(blank(ids[4]))).toMatchObject({ broken: { id: null, why: expect.stringContaining('1 entries are blank, and erasing and retention account for 0') } });
        // Put in beside the chain, after it or before anything was ever written.
        const slipped = (id: number): string => `insert into audit (id, at, actor, action, detail) overriding system value values (${id}, now(), 'bo', 'asked', '{}')`;
        expect(await tampered(slipped(1_000_000))).toMatchObject({ broken: { id: 1_000_000 } });
        expect(await tampered(slipped(-5))).toMatchObject({ broken: { id: -5 } });
        expect(await verifyAudit(store)).toMatchObject({ broken: null });
      });

      it('of the version before keeps its word: its entries hold, what it had erased is counted once, and one blanked by hand since shows', async () => {
        await store.query('create schema former');
        const there: Store = { ...store, transaction: (work) => store.transaction(async (tx) => { await tx.query('set local search_path to former'); return work(tx); }) };
        await migrate(there, silent, MIGRATIONS.filter(({ version }) => version <= 5));
        const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
        const rows = ['anna', 'bo', 'carl'].reduce<{ actor: string; digest: string; chain: string }[]>((all, actor) => {
          const digest = sha256(JSON.stringify([T0.toISOString(), actor, 'asked', {}, 'salt']));
          return [...all, { actor, digest, chain: sha256(`${all.at(-1)?.chain ?? ''}${digest}`) }];
        }, []);
        await there.transaction(async (tx) => {
          // From before there was a chain.
          await tx.query(`insert into audit (at, actor, action, detail) values ($1, 'dina', 'asked', '{}')`, [T0.toISOString()]);
          for (const { actor, digest, chain } of rows) await tx.query(`insert into audit (at, actor, action, detail, salt, digest, chain) values ($1, $2, 'asked', '{}', 'salt', $3, $4)`, [T0.toISOString(), actor, digest, chain]);
          await tx.query('update audit_head set chain = $1', [rows.at(-1)?.chain ?? '']);
          await tx.query(`select set_config('overblik.erasing', 'yes', true)`);
          await tx.query(`update audit set actor = 'erased', detail = '{}', salt = null where actor in ('bo', 'dina')`);
        });
        await migrate(there, silent);
        expect(await there.transaction((tx) => verifyAudit(tx))).toEqual({ entries: 4, broken: null });
        expect(await erasePerson(there, 'carl', { actor: 'test', at: T0 })).toBe(1);
        expect(await there.transaction((tx) => verifyAudit(tx))).toEqual({ entries: 5, broken: null });
        await there.transaction(async (tx) => {
          await tx.query(`select set_config('overblik.erasing', 'yes', true)`);
          await tx.query(`update audit set actor = 'erased', detail = '{}', salt = null where actor = 'anna'`);
        });
        expect(await there.transaction((tx) => verifyAudit(tx))).toMatchObject({ broken: { why: expect.stringContaining('4 entries are blank, and erasing and retention account for 3') } });
        await store.query('drop schema former cascade');
      });

      it('forgets a person and stays whole', async () => {
        await recordAudit(store, { at: T0, actor: 'command-line', action: 'test-send', detail: { recipient: 'bo', period: '2026-10-01' } });
        expect(await erasePerson(store, 'bo', { actor: 'command-line', at: T0 })).toBe(11);
        expect(JSON.stringify(await store.query('select * from audit'))).not.toContain('"bo"');
        expect(await verifyAudit(store)).toEqual({ entries: 22, broken: null });
        expect((await listAudit(store, { person: 'erased', from: null, to: null, limit: 100 })).every(({ erased, detail }) => erased && JSON.stringify(detail) === '{}')).toBe(true);
        // Erased once more, nothing is counted twice, not even for someone who is called what the erased are.
        expect([await erasePerson(store, 'bo', { actor: 'command-line', at: T0 }), await erasePerson(store, 'erased', { actor: 'command-line', at: T0 })]).toEqual([0, 0]);
        expect(await verifyAudit(store)).toMatchObject({ broken: null });
      });

      it('says that someone was erased exactly when they are: there is nothing between the two', async () => {
        await recordAudit(store, { at: T0, actor: 'gerda', action: 'asked', detail: {} });
        const inOneGo: Store = { ...store, query: () => Promise.reject(new Error('outside the transaction')) };
        expect(await erasePerson(inOneGo, 'gerda', { actor: 'command-line', at: T0 })).toBe(1);
        expect((await listAudit(store, { person: 'command-line', from: null, to: null, limit: 100 })).at(-1)).toMatchObject({ action: 'erased', detail: { entries: 1 } });
      });
    });

    describe('someone who is erased', () => {
      const [id, name, mail, account, conversation] = ['vikar-vera', 'Vera Vikarsen', 'vera@kommune.example', 'U-0VERA', 'D-0VERA'];
      const identity = (user: string, over: Partial<Identity> = {}): Identity => ({ platform: 'slack', tenant: 'T-1', user, email: null, ...over });
      const incoming = (from: Identity, talk: string): Incoming => ({ id: `in-${talk}`, kind: 'message', direct: true, text: '', from, address: { platform: 'slack', tenant: 'T-1', conversation: talk, thread: null, user: from.user, serviceUrl: '', bot: 'B' } });
      /** Every row of every table, as text. */
      const everything = async (): Promise<{ table: string; row: string }[]> => {
        const tables = await store.query<{ name: string }>(`select table_schema || '.' || table_name as name from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`);
        const rows = await Promise.all(tables.map(async ({ name: table }) => (await store.query<{ row: unknown }>(`select to_jsonb(x) as row from ${table} x`)).map(({ row }) => ({ table, row: JSON.stringify(row) }))));
        return rows.flat();
      };
      const requestOf = async (user: string): Promise<number> => (await store.query<{ id: number }>(`select id from access_requests where "user" = $1 order by id desc`, [user]))[0]?.id ?? 0;
      let pack = '';
      const told = async (recipient: string, kind: Obligation['kind'], about: string, payload: unknown, words: string, state: 'delivered' | 'ready' = 'delivered'): Promise<number> => {
        const [delivery = 0] = await owe(store, [{ pack, digest: 'monthly', recipient, period: { from: '2026-10-01', to: '2026-11-01' }, dueAt: T0, kind, about, payload }], T0, 'worker');
        await move(store, [delivery], 'ready', {}, T0, id);
        if (state === 'delivered') {
          await claim(store, delivery, { ...leaving, address: incoming(identity(recipient === id ? account : 'U-IDA'), recipient === id ? conversation : 'D-IDA').address, card: card(words) }, T0, 'worker');
          await settleDelivered(store, delivery, { messageId: 'm', pictureSent: true, reason: null }, T0, 'worker');
          await recordAudit(store, { at: T0, actor: 'delivery', action: 'sent', detail: { pack, recipient, kind } });
        }
        return delivery;
      };
      let open = 0;

      beforeAll(async () => {
        pack = `pack-${++packs}`;
        // A stranger at first, then let in, then an analyst who decides about others.
        await recordAudit(store, { at: T0, actor: `slack:T-1:${account}`, action: 'refused-stranger', detail: { kind: 'message' } });
        await requestAccess(store, incoming(identity(account, { email: mail, name }), conversation), T0);
        await declineRequest(store, { request: await requestOf(account), by: 'ida', through: null }, T0);
        await store.query(`update access_requests set state = 'open' where "user" = $1`, [account]);
        const request = await requestOf(account);
        const payload = { kind: 'request', request: { id: request, who: `${name} (${mail})`, platform: 'Slack', account: `${account} (T-1)` } };
        await told('ida', 'request', `access/${request}`, payload, `${name} (${mail}) beder om adgang`);
        open = await told('@analysts/slack', 'request', `access/${request}`, payload, '', 'ready');
        await grantAccess(store, { request, packs: [pack], person: id, by: 'ida', through: null, elsewhere: [] }, T0);
        await saveAddress(store, id, mail, incoming(identity(account), conversation).address, T0);
        await recordQuestion(store, { pack, person: id, platform: 'slack', askedAt: T0, text: `hvad med ${name}`, kind: 'query', reading: { who: id } });
        await recordAudit(store, { at: T0, actor: id, action: 'asked', detail: { pack } });
        await told(id, 'page', '', null, `Side til ${name}`);
        await told(id, 'alarm', 'a', { kind: 'alarm', failure: { reason: 'r', unsure: false, recipients: ['finn'] } }, 'Finn');
        await told('ida', 'alarm', 'b', { kind: 'alarm', failure: { reason: 'r', unsure: false, recipients: ['finn', id] } }, `Finn, ${name}`);
        await told('ida', 'notice', '', { kind: 'notice', readiness: { missing: [], present: [] }, waiting: [id, 'finn'] }, `${name}, Finn`);
        await told('ida', 'receipt', '', { kind: 'receipt', outcome: { total: 1 } }, 'Oktober: 1 af 1 leveret');
        await reserve(store, `slack/${conversation}`, 1000, T0, 0);
        await requestAccess(store, incoming(identity('U-FINN', { name: 'Finn' }), 'D-FINN'), T0);
        await grantAccess(store, { request: await requestOf('U-FINN'), packs: [pack], person: 'finn', by: id, through: null, elsewhere: [] }, T0);
        await closePeriod(store, pack, { from: '2026-10-01', to: '2026-11-01', source: '' }, false, T0, id);
        // The account was another's to begin with, and one of theirs is another's today.
        await requestAccess(store, incoming(identity('U-PASSED-ON'), 'D-PASSED-ON'), T0);
        await grantAccess(store, { request: await requestOf('U-PASSED-ON'), packs: ['elsewhere'], person: id, by: 'ida', through: null, elsewhere: [] }, T0);
        await revokeAccess(store, { packs: ['elsewhere'], person: id, platform: 'slack', by: 'ida', through: null }, T0);
        await store.query(`insert into accounts (pack, person, platform, tenant, "user", granted_at, granted_by) values ('elsewhere', 'lise', 'slack', 'T-1', 'U-PASSED-ON', now(), 'ida')`);
        await recordAudit(store, { at: T0, actor: 'lise', action: 'asked', detail: { pack } });
        await saveAddress(store, id, mail, incoming(identity(account), conversation).address, T0);
      });

      it('is in no row of any table any more: not by id, name, e-mail, account or conversation', async () => {
        const needles = [id, name, mail, account, conversation];
        const found = async (): Promise<string[]> => (await everything()).filter(({ row }) => needles.some((needle) => row.includes(needle))).map(({ table }) => table);
        expect(new Set(await found())).toEqual(new Set(['public.accounts', 'public.access_requests', 'public.addresses', 'public.audit', 'public.closed_periods', 'public.deliveries', 'public.delivery_moves', 'public.paces', 'public.questions']));
        await erasePerson(store, id, { actor: 'command-line', at: T0 });
        expect(await found()).toEqual([]);
        expect(await verifyAudit(store)).toMatchObject({ broken: null });
      });

      it('leaves everyone else as they were, and that something was sent stays', async () => {
        expect(await store.query(`select person, "user", granted_by from accounts where person in ('finn', 'lise') order by person`)).toEqual([{ person: 'finn', user: 'U-FINN', granted_by: 'erased' }, { person: 'lise', user: 'U-PASSED-ON', granted_by: 'ida' }]);
        expect(await listAudit(store, { person: 'lise', from: null, to: null, limit: 10 })).toMatchObject([{ actor: 'lise', erased: false }]);
        expect((await listAudit(store, { person: 'ida', from: null, to: null, limit: 100 })).filter(({ action }) => action === 'sent')).toHaveLength(4);
        const rows = await store.query(`select kind, about = 'b' as b, recipient like 'erased/%' as theirs, state, payload, content is not null as said from deliveries where pack = $1 and id <> $2 order by id`, [pack, open]);
        expect(rows).toMatchObject([
          { kind: 'request', state: 'delivered', payload: { request: { who: 'erased', account: 'erased', platform: 'Slack' } }, said: false },
          { kind: 'page', theirs: true, state: 'delivered', said: false }, { kind: 'alarm', theirs: true, state: 'delivered', said: false },
          { kind: 'alarm', b: true, theirs: false, payload: { failure: { recipients: ['finn', 'erased'] } }, said: false },
          { kind: 'notice', theirs: false, payload: { waiting: ['erased', 'finn'] }, said: false },
          { kind: 'receipt', theirs: false, said: true },
        ]);
        // A request nobody has heard of yet is not told any more.
        expect(await deliveryOf(store, open)).toMatchObject({ state: 'withdrawn', payload: { request: { who: 'erased' } } });
      });
    });

    describe('what is kept too long', () => {
      const months = (count: number): Date => { const at = new Date(T0); at.setUTCMonth(at.getUTCMonth() + count); return at; };
      const kept = (questions: number, pages: number, audit: number): Pack => ({ id: `kept-${++packs}`, retention: { questions, pages, audit } }) as Pack;
      const askedBy = (pack: Pack, who: string): Promise<void> => recordQuestion(store, { pack: pack.id, person: who, platform: 'slack', askedAt: T0, text: `hvad brugte ${who}`, kind: 'query', reading: {} });
      const questionsOf = async (pack: Pack): Promise<number> => (await store.query('select id from questions where pack = $1', [pack.id])).length;

      it('is let go by its pack, and of no pack by the longest of them', async () => {
        const [short, long] = [kept(2, 14, 3), kept(24, 60, 60)];
        const gone = kept(1, 14, 1);
        for (const pack of [short, long, gone]) await askedBy(pack, 'dorte');
        expect(await forget(store, [short, long], months(1))).toMatchObject({ questions: 0 });
        await forget(store, [short, long], months(3));
        expect([await questionsOf(short), await questionsOf(long), await questionsOf(gone)]).toEqual([0, 1, 1]);
        await forget(store, [short, long], months(25));
        expect([await questionsOf(long), await questionsOf(gone)]).toEqual([0, 0]);
      });

      it('of the audit the words go and the chain stays', async () => {
        const [short, long] = [kept(2, 14, 2), kept(24, 60, 60)];
        for (const pack of [short, long]) await recordAudit(store, { at: T0, actor: `eskild-${pack.id}`, action: 'asked', detail: { pack: pack.id, query: { units: ['nord'] } } });
        const { entries } = await verifyAudit(store);
        expect((await forget(store, [short, long], months(3))).audit).toBe(1);
        const all = await listAudit(store, { person: null, from: null, to: null, limit: 1000 });
        expect([all.some(({ actor }) => actor === `eskild-${short.id}`), all.some(({ actor }) => actor === `eskild-${long.id}`)]).toEqual([false, true]);
        expect(await verifyAudit(store)).toEqual({ entries: entries + 1, broken: null });
        expect((await forget(store, [short, long], months(3))).audit).toBe(0);
        // Also when all else is let go, what accounts for it stays.
        expect((await forget(store, [short, long], months(80))).audit).toBeGreaterThan(0);
        expect(await verifyAudit(store)).toMatchObject({ broken: null });
        expect((await forget(store, [short, long], months(200))).audit).toBe(0);
        expect(await verifyAudit(store)).toMatchObject({ broken: null });
        await expect(store.query('delete from audit')).rejects.toThrow('the audit is only added to');
      });

      it('of a delivery what it showed goes, and that it was made stays: it never goes twice', async () => {
        const pack = { ...kept(24, 14, 60) };
        const rows: Obligation[] = [{ pack: pack.id, digest: 'monthly', recipient: 'anna', period: { from: '2026-10-01', to: '2026-11-01' }, dueAt: T0, kind: 'page', about: '', payload: null }];
        const [id = 0] = await owe(store, rows, T0, 'test');
        await move(store, [id], 'ready', {}, T0, 'test');
        await claim(store, id, leaving, T0, 'test');
        await settleDelivered(store, id, { messageId: 'm1', pictureSent: true, reason: null }, T0, 'test');
        await forget(store, [pack], months(13));
        expect(await store.query('select content is not null as there from deliveries where id = $1', [id])).toEqual([{ there: true }]);
        await forget(store, [pack], months(15));
        expect(await store.query('select state, content, figures, address, known_as, message_id, content_hash is not null as hashed from deliveries where id = $1', [id])).toEqual([{ state: 'delivered', content: null, figures: null, address: null, known_as: null, message_id: 'm1', hashed: true }]);
        expect(await owe(store, rows, months(15), 'test')).toEqual([]);
      });
    });
  });
}
