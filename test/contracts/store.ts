import fc from 'fast-check';
import { addressOf, claim, deliveryStatus, hold, lastOwed, markInterrupted, markSeen, openDeliveries, oweDeliveries, recordAudit, recordQuestion, saveAddress, settle, type Obligation, type Outcome } from '../../src/app/records.ts';
import type { Card } from '../../src/card/card.ts';
import { canMove, DELIVERY_STATES } from '../../src/delivery/state.ts';
import { ServiceError } from '../../src/errors.ts';
import { migrate } from '../../src/io/store/migrate.ts';
import { MIGRATIONS } from '../../src/io/store/migrations.ts';
import type { Address, Log, Store } from '../../src/ports.ts';

export const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const card = (title: string): Card => ({ language: 'da', title, label: '', headline: '', blocks: [], picture: null, actions: [], provenance: [] });
const T0 = new Date('2026-11-06T07:00:00Z');
const later = (minutes: number): Date => new Date(T0.getTime() + minutes * 60_000);
const leaving = { platform: 'slack', conversation: 'C1', card: card('Oktober') } as const;

/** What every store does. `open` gives a migrated store; the suite closes it. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`the store on ${name}`, () => {
    let store: Store;
    let packs = 0;
    /** Each test keeps to a pack of its own. */
    const owe = async (recipients: readonly string[], from = '2026-10-01', to = '2026-11-01'): Promise<{ pack: string; ids: Map<string, number>; rows: Obligation[] }> => {
      const pack = `pack-${++packs}`;
      const rows = recipients.map((recipient): Obligation => ({ pack, digest: 'monthly', recipient, period: { from, to, grain: 'month' }, dueAt: T0 }));
      await oweDeliveries(store, rows, T0, 'test');
      return { pack, rows, ids: new Map((await openDeliveries(store, pack, 'monthly')).map((row) => [row.recipient, row.id])) };
    };
    const one = async (): Promise<number> => [...(await owe(['anna'])).ids.values()][0] as number;
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
        const { rows } = await owe(['anna', 'bo', 'carl']);
        expect(await oweDeliveries(store, rows, T0, 'test')).toBe(0);
        expect(await Promise.all([1, 2, 3].map(() => oweDeliveries(store, [...rows, { ...(rows[0] as Obligation), recipient: 'dina' }], T0, 'test')))).toEqual(expect.arrayContaining([1, 0, 0]));
        expect(await oweDeliveries(store, [], T0, 'test')).toBe(0);
      });

      it('is known per recipient and period, as days', async () => {
        const { pack } = await owe(['anna']);
        await oweDeliveries(store, [{ pack, digest: 'monthly', recipient: 'anna', period: { from: '2026-11-01', to: '2026-12-01', grain: 'month' }, dueAt: later(1) }], T0, 'test');
        expect(await lastOwed(store, pack, 'monthly')).toEqual(new Map([['anna', '2026-11-01']]));
        expect((await openDeliveries(store, pack, 'monthly')).map(({ recipient, from, to, notBefore }) => ({ recipient, from, to, notBefore }))).toEqual([
          { recipient: 'anna', from: '2026-10-01', to: '2026-11-01', notBefore: null }, { recipient: 'anna', from: '2026-11-01', to: '2026-12-01', notBefore: null }]);
      });

      it('says why it waits, and that once', async () => {
        const { ids } = await owe(['anna', 'bo']);
        const both = [...ids.values()];
        expect((await hold(store, both, 'Waits.')).sort()).toEqual(both.sort());
        expect(await hold(store, both, 'Waits.')).toEqual([]);
        expect(await hold(store, [], 'Waits.')).toEqual([]);
      });
    });

    describe('a delivery', () => {
      it('is claimed by one alone, whoever tries at the same time', async () => {
        const id = await one();
        const claims = await Promise.all(Array.from({ length: 12 }, (_, i) => claim(store, id, leaving, T0, `worker-${i}`)));
        expect(claims.filter(Boolean)).toHaveLength(1);
        expect((await trail(id)).map(({ to_state }) => to_state)).toEqual(['owed', 'sending']);
      });

      it('keeps what was sent, where, and the platform\'s id', async () => {
        const id = await one();
        await claim(store, id, leaving, T0, 'test');
        expect(await settle(store, id, { to: 'delivered', messageId: '171.2', pictureSent: true }, later(1), 'test')).toBe(true);
        const [row] = await store.query('select state, state_at, platform, conversation, message_id, picture_sent, content, length(content_hash) as hash, attempts, reason from deliveries where id = $1', [id]);
        expect(row).toEqual({ state: 'delivered', state_at: '2026-11-06T07:01:00.000Z', platform: 'slack', conversation: 'C1', message_id: '171.2', picture_sent: true, content: card('Oktober'), hash: 64, attempts: 1, reason: null });
      });

      it('that is delivered or failed moves no more', async () => {
        const ends: Outcome[] = [{ to: 'delivered', messageId: 'm', pictureSent: false }, { to: 'failed', reason: 'gone' }];
        for (const end of ends) {
          const id = await one();
          await claim(store, id, leaving, T0, 'test');
          await settle(store, id, end, T0, 'test');
          for (const again of [...ends, { to: 'unsure', reason: '?' }, { to: 'owed', reason: '?', notBefore: T0 }] as Outcome[]) expect(await settle(store, id, again, T0, 'test')).toBe(false);
          expect(await claim(store, id, leaving, T0, 'test')).toBe(false);
          expect(await stateOf(id)).toBe(end.to);
        }
      });

      it('put back is owed again, not before the platform allows', async () => {
        const { pack, ids } = await owe(['anna']);
        const id = ids.get('anna') as number;
        await claim(store, id, leaving, T0, 'test');
        await settle(store, id, { to: 'owed', reason: 'Slack: busy', notBefore: later(5) }, later(1), 'test');
        expect(await openDeliveries(store, pack, 'monthly')).toEqual([{ id, recipient: 'anna', from: '2026-10-01', to: '2026-11-01', notBefore: '2026-11-06T07:05:00.000Z' }]);
        expect((await trail(id)).at(-1)).toMatchObject({ from_state: 'sending', to_state: 'owed', reason: 'Slack: busy' });
      });

      it('left on its way is unsure, never owed, and a late answer of the platform settles it', async () => {
        const { pack, ids } = await owe(['anna', 'bo']);
        const id = ids.get('anna') as number;
        await claim(store, id, leaving, T0, 'test');
        expect((await markInterrupted(store, 'crashed', later(2), 'test')).filter((row) => row.pack === pack)).toEqual([{ id, pack, digest: 'monthly', from: '2026-10-01' }]);
        expect(await claim(store, id, leaving, later(2), 'test')).toBe(false);
        expect(await settle(store, id, { to: 'owed', reason: '?', notBefore: T0 }, later(2), 'test')).toBe(false);
        expect((await openDeliveries(store, pack, 'monthly')).map(({ recipient }) => recipient)).toEqual(['bo']);
        expect(await settle(store, id, { to: 'delivered', messageId: 'late', pictureSent: true }, later(3), 'test')).toBe(true);
        expect((await trail(id)).map(({ from_state, to_state }) => [from_state, to_state])).toEqual([[null, 'owed'], ['owed', 'sending'], ['sending', 'unsure'], ['unsure', 'delivered']]);
      });

      it('only ever walks the paths of the state machine, whatever is tried, and every step is on record', async () => {
        const tries = fc.array(fc.constantFrom('claim', 'delivered', 'failed', 'unsure', 'owed', 'interrupted'), { maxLength: 12 });
        await fc.assert(fc.asyncProperty(tries, async (steps) => {
          const id = await one();
          for (const step of steps) {
            if (step === 'claim') await claim(store, id, leaving, T0, 'test');
            else if (step === 'interrupted') await markInterrupted(store, 'crashed', T0, 'test');
            else if (step === 'delivered') await settle(store, id, { to: step, messageId: 'm', pictureSent: true }, T0, 'test');
            else if (step === 'owed') await settle(store, id, { to: step, reason: 'r', notBefore: T0 }, T0, 'test');
            else await settle(store, id, { to: step as 'failed' | 'unsure', reason: 'r' }, T0, 'test');
          }
          const moves = await trail(id);
          expect(moves[0]).toMatchObject({ from_state: null, to_state: 'owed' });
          for (const [i, move] of moves.slice(1).entries()) {
            expect(move.from_state).toBe(moves[i]?.to_state);
            expect(canMove(move.from_state as 'owed', move.to_state as 'owed')).toBe(true);
          }
          expect(await stateOf(id)).toBe(moves.at(-1)?.to_state);
        }), { numRuns: 25 });
      });

      it('carries any text a page may hold', async () => {
        const id = await one();
        const odd = `æøå "citat" \\u0000 \u0000 \ud800 ${'€'.repeat(2000)}`;
        expect(await claim(store, id, { ...leaving, card: card(odd) }, T0, 'test')).toBe(true);
        const [row] = await store.query<{ title: string }>(`select content->>'title' as title from deliveries where id = $1`, [id]);
        expect(row?.title).toBe(`æøå "citat" \\u0000  \ufffd ${'€'.repeat(2000)}`);
      });

      it('is counted by state, with every state named', async () => {
        const counts = await deliveryStatus(store);
        expect(counts.map(({ state }) => state)).toEqual([...DELIVERY_STATES]);
        const [all] = await store.query<{ n: number }>('select count(*) as n from deliveries');
        expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(all?.n);
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

    it('keeps questions and the audit', async () => {
      await recordQuestion(store, { person: 'anna', platform: 'slack', askedAt: T0, text: 'budget\u0000 mod timer', kind: 'query', reading: { measures: ['spent'], period: undefined } });
      await recordAudit(store, { at: T0, actor: 'anna', action: 'asked', detail: { kind: 'query' } });
      expect(await store.query('select person, platform, asked_at, text, kind, reading from questions')).toEqual([{ person: 'anna', platform: 'slack', asked_at: T0.toISOString(), text: 'budget mod timer', kind: 'query', reading: { measures: ['spent'] } }]);
      expect(await store.query('select at, actor, action, detail from audit')).toEqual([{ at: T0.toISOString(), actor: 'anna', action: 'asked', detail: { kind: 'query' } }]);
    });
  });
}
