import { createHash } from 'node:crypto';
import type { IsoDate, Period } from '../calendar/period.ts';
import type { Card } from '../card/card.ts';
import { DELIVERY_STATES, OPEN_STATES, statesBefore, type DeliveryKind, type DeliveryState } from '../delivery/state.ts';
import type { Address, Parameter, Store } from '../ports.ts';
import type { Shown } from './audit.ts';
import { json } from './records.ts';

type Statements = Pick<Store, 'query'>;

/** What one delivery is: the same words never stand for two. */
export interface Obligation {
  readonly pack: string;
  readonly digest: string;
  readonly period: Pick<Period, 'from' | 'to'>;
  /** A person's id, or `ANALYSTS` and a platform: their channel there. */
  readonly recipient: string;
  readonly dueAt: Date;
  readonly kind: DeliveryKind;
  /** Tells several of a kind apart; empty for a page. */
  readonly about: string;
  /** What it says; null for a page, which is made when it leaves. */
  readonly payload: unknown;
}

/** A recipient that is no person: the analysts' channel on a platform, `@analysts/slack`. */
export const ANALYSTS = '@analysts/';

/** The same for every attempt at a delivery, on any machine and after any restore: 32 hexadecimal digits. */
export function deliveryKey(of: { readonly pack: string; readonly digest: string; readonly from: IsoDate; readonly recipient: string; readonly kind: DeliveryKind; readonly about: string }): string {
  return createHash('sha256').update(JSON.stringify([of.pack, of.digest, of.from, of.recipient, of.kind, of.about])).digest('hex').slice(0, 32);
}

/** Of what a message is about, or of data: 16 hexadecimal digits. */
export const digestOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

const list = (values: readonly (string | number)[]): string => values.join(',');

/** Writes what is owed, all or nothing; what is known already is left as it is. Resolves with the new ones' rows. */
export async function owe(store: Statements, obligations: readonly Obligation[], at: Date, actor: string): Promise<number[]> {
  if (obligations.length === 0) return [];
  const rows = obligations.map(({ pack, digest, period, recipient, dueAt, kind, about, payload }) => ({ pack, digest, period_from: period.from, period_to: period.to, recipient, due_at: dueAt.toISOString(), kind, about, payload }));
  const written = await store.query<{ delivery: number }>(
    `with owed as (
       insert into deliveries (pack, digest, period_from, period_to, recipient, due_at, kind, about, payload, state_at)
       select pack, digest, period_from, period_to, recipient, due_at, kind, about, payload, $2::timestamptz
       from jsonb_to_recordset($1::jsonb) as owing(pack text, digest text, period_from date, period_to date, recipient text, due_at timestamptz, kind text, about text, payload jsonb)
       on conflict (pack, digest, period_from, recipient, kind, about) do nothing returning id)
     insert into delivery_moves (delivery, from_state, to_state, at, actor) select id, null, 'owed', $2::timestamptz, $3 from owed returning delivery`,
    [json(rows), at.toISOString(), actor],
  );
  return written.map((row) => row.delivery);
}

/** For each recipient a digest ever had, the start of the last period they were owed a page for. */
export async function lastOwed(store: Statements, pack: string, digest: string): Promise<Map<string, IsoDate>> {
  const rows = await store.query<{ recipient: string; period_from: IsoDate }>(
    `select recipient, max(period_from) as period_from from deliveries where pack = $1 and digest = $2 and kind = 'page' group by recipient`, [pack, digest]);
  return new Map(rows.map((row) => [row.recipient, row.period_from]));
}

/** A row of the ledger. */
export interface Delivery {
  readonly id: number;
  readonly pack: string;
  readonly digest: string;
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly recipient: string;
  readonly kind: DeliveryKind;
  readonly about: string;
  readonly state: DeliveryState;
  /** ISO instants. */
  readonly dueAt: string;
  readonly stateAt: string;
  /** The platform asked not to be tried before, or we wait; null: at once. */
  readonly notBefore: string | null;
  readonly sentAt: string | null;
  readonly seenAt: string | null;
  readonly attempts: number;
  readonly reason: string | null;
  readonly late: boolean;
  readonly repeated: boolean;
  readonly messageId: string | null;
  /** Where it went last, and by what its recipient was known then; null: it has not left, or that is not known any more. */
  readonly address: Address | null;
  readonly knownAs: string | null;
  readonly payload: unknown;
  /** What a page showed, and of which data; null before it was sent. */
  readonly figures: unknown;
  readonly data: unknown;
}

const COLUMNS = `id, pack, digest, period_from as "from", period_to as "to", recipient, kind, about, state, due_at as "dueAt", state_at as "stateAt", not_before as "notBefore",
  sent_at as "sentAt", seen_at as "seenAt", attempts, reason, late, repeated, message_id as "messageId", address, known_as as "knownAs", payload, figures, data`;
type Found = Delivery & Record<string, unknown>;

/** One delivery; null when there is none with this id. */
export async function deliveryOf(store: Statements, id: number): Promise<Delivery | null> {
  return (await store.query<Found>(`select ${COLUMNS} from deliveries where id = $1`, [id]))[0] ?? null;
}

/** Deliveries of a digest in some states, oldest period first. */
export async function deliveriesIn(store: Statements, pack: string, digest: string, states: readonly DeliveryState[], kinds: readonly DeliveryKind[]): Promise<Delivery[]> {
  return store.query<Found>(
    `select ${COLUMNS} from deliveries where pack = $1 and digest = $2 and state = any(string_to_array($3, ',')) and kind = any(string_to_array($4, ',')) order by period_from, id`,
    [pack, digest, list(states), list(kinds)]);
}

/** What a move changes beside the state. */
interface Change {
  readonly reason?: string | null;
  readonly notBefore?: Date | null;
  readonly repeated?: boolean;
}

/** Moves deliveries as far as `MOVES` allows; held again for the same reason is no move. Resolves with those that moved. */
export async function move(store: Statements, ids: readonly number[], to: DeliveryState, change: Change, at: Date, actor: string, from: readonly DeliveryState[] = statesBefore(to)): Promise<number[]> {
  if (ids.length === 0) return [];
  const rows = await store.query<{ delivery: number }>(
    `with before as (
       select id, state from deliveries where id = any(string_to_array($1, ',')::bigint[]) and state = any(string_to_array($2, ','))
         and not (state = $3 and reason is not distinct from $5) order by id for update),
     moved as (
       update deliveries set state = $3, state_at = $4::timestamptz, reason = $5, not_before = $6::timestamptz, wake_at = null, lease_until = null, repeated = deliveries.repeated or $7::boolean
       from before where deliveries.id = before.id returning deliveries.id, before.state)
     insert into delivery_moves (delivery, from_state, to_state, at, reason, actor) select id, state, $3, $4::timestamptz, $5, $8 from moved returning delivery`,
    [list(ids), list(from.filter((state) => statesBefore(to).includes(state))), to, at.toISOString(), change.reason ?? null, change.notBefore?.toISOString() ?? null, change.repeated ?? false, actor],
  );
  return rows.map((row) => row.delivery);
}

/** What is about to leave, and where to. */
export interface Leaving {
  readonly address: Address;
  /** By what the recipient is known there; null: a channel. */
  readonly knownAs: string | null;
  /** Kept as it was sent, as JSON with the SHA-256 of that text. */
  readonly card: Card;
  /** Hashes of what is shown, for the audit. */
  readonly shown: Shown;
  readonly figures: unknown;
  readonly data: unknown;
  readonly late: boolean;
  /** Until then nobody else may take it for given up. */
  readonly leaseUntil: Date;
}

/** Takes a ready delivery for sending: false when it is no longer ready, so nobody sends it twice. */
export async function claim(store: Statements, id: number, leaving: Leaving, at: Date, actor: string): Promise<boolean> {
  const content = json(leaving.card);
  const rows = await store.query(
    `with moved as (
       update deliveries set state = 'sending', state_at = $2::timestamptz, attempts = attempts + 1, reason = null, not_before = null, wake_at = null, lease_until = $3::timestamptz,
         platform = $4, conversation = $5, address = $6::jsonb, content = $7::jsonb, content_hash = $8, figures = coalesce(nullif($9::jsonb, 'null'), figures), data = coalesce(nullif($10::jsonb, 'null'), data), late = $11::boolean, shown = $13::jsonb, known_as = $14, sent_at = coalesce(sent_at, $2::timestamptz)
       where id = $1 and state = 'ready' returning id)
     insert into delivery_moves (delivery, from_state, to_state, at, actor) select id, 'ready', 'sending', $2::timestamptz, $12 from moved returning delivery`,
    [id, at.toISOString(), leaving.leaseUntil.toISOString(), leaving.address.platform, leaving.address.conversation, json(leaving.address), content,
      createHash('sha256').update(content).digest('hex'), json(leaving.figures), json(leaving.data), leaving.late, actor, json(leaving.shown), leaving.knownAs],
  );
  return rows.length === 1;
}

/**
 * Records that the platform has the message. Resolves with the ledger's hash of the card as it left (empty for what was not sent from here) and what
 * was shown by it, without the picture where the platform did not take it; null when the delivery was in no state from which it can be delivered.
 */
export async function settleDelivered(store: Statements, id: number, sent: { messageId: string; pictureSent: boolean | null; reason: string | null }, at: Date, actor: string): Promise<{ content: string; shown: Shown | null } | null> {
  const rows = await store.query<{ content: string; shown: Shown | null }>(
    `with before as (select id, state from deliveries where id = $1 and state = any(string_to_array($2, ',')) for update),
     moved as (
       update deliveries set state = 'delivered', state_at = $3::timestamptz, reason = $4, not_before = null, wake_at = null, lease_until = null, message_id = $5, picture_sent = $6::boolean
       from before where deliveries.id = before.id returning deliveries.id, before.state, deliveries.content_hash, deliveries.shown),
     noted as (insert into delivery_moves (delivery, from_state, to_state, at, reason, actor) select id, state, 'delivered', $3::timestamptz, $4, $7 from moved)
     select coalesce(content_hash, '') as content, shown from moved`,
    [id, list(statesBefore('delivered')), at.toISOString(), sent.reason, sent.messageId, sent.pictureSent, actor],
  );
  const [row] = rows;
  if (row === undefined) return null;
  return { content: row.content, shown: row.shown === null || sent.pictureSent !== false ? row.shown : { ...row.shown, picture: null } };
}

/** Deliveries whose sender has given no word within its lease: it crashed, or was cut off. */
export async function abandoned(store: Statements, at: Date): Promise<number[]> {
  // A row without a lease was on its way when the version before this one stopped.
  return (await store.query<{ id: number }>(`select id from deliveries where state = 'sending' and (lease_until is null or lease_until < $1::timestamptz) order by id`, [at.toISOString()])).map((row) => row.id);
}

/** Ready or unsure deliveries nobody was woken for since `before`, whose time has come; they are marked as woken now. */
export async function unwoken(store: Statements, at: Date, before: Date, most: number): Promise<number[]> {
  const rows = await store.query<{ id: number }>(
    `update deliveries set wake_at = $1::timestamptz where id in (
       select id from deliveries where state in ('ready', 'unsure') and (not_before is null or not_before <= $1::timestamptz) and (wake_at is null or wake_at < $2::timestamptz)
       order by due_at, id limit ${most} for update skip locked) returning id`,
    [at.toISOString(), before.toISOString()]);
  return rows.map((row) => row.id);
}

/** Lets a delivery that is ready or unsure wait; it stays what it is. */
export async function postpone(store: Statements, id: number, until: Date, reason: string | null): Promise<void> {
  await store.query(`update deliveries set not_before = $2::timestamptz, wake_at = null, reason = coalesce($3, reason) where id = $1 and state in ('ready', 'unsure')`, [id, until.toISOString(), reason]);
}

/** Notes that wake-ups were put in the queue. */
export async function markWoken(store: Statements, ids: readonly number[], at: Date): Promise<void> {
  if (ids.length > 0) await store.query(`update deliveries set wake_at = $2::timestamptz where id = any(string_to_array($1, ',')::bigint[])`, [list(ids), at.toISOString()]);
}

/** Keeps what a page has said and of which data; of a correction, what its page will have said when it has arrived. */
export async function keepFigures(store: Statements, ids: readonly number[], figures: unknown, data: unknown): Promise<void> {
  if (ids.length > 0) await store.query(`update deliveries set figures = $2::jsonb, data = $3::jsonb where id = any(string_to_array($1, ',')::bigint[])`, [list(ids), json(figures), json(data)]);
}

/** Notes by which data pages that wait to leave were found complete. */
export async function keepData(store: Statements, ids: readonly number[], data: unknown): Promise<void> {
  if (ids.length > 0) await store.query(`update deliveries set data = $2::jsonb where id = any(string_to_array($1, ',')::bigint[]) and state = 'ready'`, [list(ids), json(data)]);
}

/** A correction has arrived: what it said is from then on what its page has said. */
export async function keepSaid(store: Statements, correction: number): Promise<void> {
  await store.query(
    `update deliveries as page set figures = said.figures, data = said.data from deliveries as said
     where said.id = $1 and said.kind = 'correction' and said.figures is not null and page.pack = said.pack and page.digest = said.digest and page.period_from = said.period_from
       and page.recipient = said.recipient and page.kind = 'page' and page.state = 'delivered'`, [correction]);
}

/** All corrections of a page, whatever became of them. */
export async function correctionsOf(store: Statements, { pack, digest, from, recipient }: Pick<Delivery, 'pack' | 'digest' | 'from' | 'recipient'>): Promise<Pick<Delivery, 'id' | 'about' | 'state' | 'reason' | 'payload'>[]> {
  return store.query<Pick<Delivery, 'id' | 'about' | 'state' | 'reason' | 'payload'> & Record<string, unknown>>(
    `select id, about, state, reason, payload from deliveries where pack = $1 and digest = $2 and period_from = $3 and recipient = $4 and kind = 'correction' order by id`, [pack, digest, from, recipient]);
}

/** What tells one load's mark from another's, of all sources; where files lie and when they were written is left out. */
const MADE_OF = (marks: string): string => `(select coalesce(jsonb_object_agg(key, jsonb_build_array(coalesce(nullif(value->>'contents', ''), value->>'signature'), value->>'counted')), '{}') from jsonb_each(${marks}))`;

/** Delivered pages of a digest whose data are others than these, or are counted otherwise, of periods that began on or after `since`. */
export async function sentOfOtherData(store: Statements, pack: string, digest: string, data: unknown, since: IsoDate): Promise<Delivery[]> {
  return store.query<Found>(
    `select ${COLUMNS} from deliveries where pack = $1 and digest = $2 and kind = 'page' and state = 'delivered' and figures is not null and period_from >= $4
       and ${MADE_OF('data')} is distinct from ${MADE_OF('$3::jsonb')} order by period_from, id`,
    [pack, digest, json(data), since]);
}

/** Delivered pages of a digest whose figures are known, of periods that began from `since` to `until`. */
export async function sentBetween(store: Statements, pack: string, digest: string, since: IsoDate, until: IsoDate): Promise<Delivery[]> {
  return store.query<Found>(
    `select ${COLUMNS} from deliveries where pack = $1 and digest = $2 and kind = 'page' and state = 'delivered' and figures is not null and period_from >= $3 and period_from <= $4 order by period_from, id`,
    [pack, digest, since, until]);
}

/** The figures of the last page someone got before a period; null: there is none. */
export async function lastPageBefore<F>(store: Statements, pack: string, digest: string, recipient: string, before: IsoDate): Promise<{ from: IsoDate; figures: readonly F[] } | null> {
  const [row] = await store.query<{ from: IsoDate; figures: readonly F[] }>(
    `select period_from as "from", figures from deliveries where pack = $1 and digest = $2 and recipient = $3 and kind = 'page' and state = 'delivered' and figures is not null and period_from < $4 order by period_from desc limit 1`,
    [pack, digest, recipient, before]);
  return row ?? null;
}

/** Notes that a recipient has said they saw a page: false when it is not theirs, or seen already. */
export async function markSeenBy(store: Statements, key: string, recipients: readonly string[], at: Date): Promise<boolean> {
  const rows = await store.query<Found>(`select ${COLUMNS} from deliveries where recipient = any(string_to_array($1, ',')) and kind in ('page', 'correction') and state in ('delivered', 'unsure', 'sending') and seen_at is null order by id desc limit 200`, [list(recipients)]);
  const found = rows.find((row) => deliveryKey(row).startsWith(key));
  if (found === undefined) return false;
  await store.query('update deliveries set seen_at = $2::timestamptz where id = $1 and seen_at is null', [found.id, at.toISOString()]);
  return true;
}

/** How a digest's period stands: how many of each kind are in each state, and how many came late or were seen. */
export interface Standing {
  readonly pack: string;
  readonly digest: string;
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly kind: DeliveryKind;
  readonly state: DeliveryState;
  readonly count: number;
  readonly late: number;
  readonly seen: number;
  /** ISO instant of the last move. */
  readonly latest: string;
}

/** How all deliveries stand, newest period first; `pack` and `digest` narrow it. */
export async function standings(store: Statements, of: { pack: string; digest: string } | null = null): Promise<Standing[]> {
  return store.query<Standing & Record<string, unknown>>(
    `select pack, digest, period_from as "from", max(period_to) as "to", kind, state, count(*) as count, count(*) filter (where late) as late, count(*) filter (where seen_at is not null) as seen, max(state_at) as latest
     from deliveries ${of === null ? '' : 'where pack = $1 and digest = $2'} group by pack, digest, period_from, kind, state order by period_from desc, pack, digest, kind, state`,
    of === null ? [] : [of.pack, of.digest]);
}

/** Pages that can't go yet or did not arrive, with why, oldest first. */
export async function troubles(store: Statements, most: number): Promise<Delivery[]> {
  return store.query<Found>(`select ${COLUMNS} from deliveries where state in ('held', 'unsure', 'failed') or (state = 'ready' and reason is not null) order by period_from, id limit ${most}`);
}

/** How many deliveries there are: by kind and state, all of them named, and how many pages were late. */
export async function counts(store: Statements): Promise<{ states: { kind: DeliveryKind; state: DeliveryState; count: number }[]; late: number; oldestOpen: string | null }> {
  const states = await store.query<{ kind: DeliveryKind; state: DeliveryState; count: number }>('select kind, state, count(*) as count from deliveries group by kind, state');
  const [rest] = await store.query<{ late: number; oldest: string | null }>(
    `select count(*) filter (where kind = 'page' and late) as late, min(due_at) filter (where state = any(string_to_array($1, ','))) as oldest from deliveries`, [list(OPEN_STATES)]);
  const found = new Map(states.map((row) => [`${row.kind} ${row.state}`, row.count]));
  return {
    states: [...new Set<DeliveryKind>(['page', ...states.map((row) => row.kind)])].flatMap((kind) => DELIVERY_STATES.map((state) => ({ kind, state, count: found.get(`${kind} ${state}`) ?? 0 }))),
    late: rest?.late ?? 0, oldestOpen: rest?.oldest ?? null,
  };
}

/** Failed deliveries that no alarm has told of, and marks them told. Inside the transaction that owes the alarm. */
export async function untoldFailures(store: Statements, pack: string, digest: string): Promise<Delivery[]> {
  return store.query<Found>(
    `with untold as (select id from deliveries where pack = $1 and digest = $2 and state = 'failed' and not told and kind in ('page', 'notice', 'correction') for update skip locked)
     update deliveries set told = true from untold where deliveries.id = untold.id returning ${COLUMNS.replace(/^id/, 'deliveries.id')}`, [pack, digest]);
}

/** A period of a pack that someone said is complete. */
export interface Closing {
  readonly from: IsoDate;
  readonly to: IsoDate;
  /** Of this source only; empty: of all. */
  readonly source: string;
}

/** Says that a period is complete, or takes it back. */
export async function closePeriod(store: Statements, pack: string, closing: Closing, open: boolean, at: Date, actor: string): Promise<boolean> {
  const where: Parameter[] = [pack, closing.from, closing.to, closing.source];
  const rows = open
    ? await store.query('delete from closed_periods where pack = $1 and period_from = $2 and period_to = $3 and source = $4 returning pack', where)
    : await store.query('insert into closed_periods (pack, period_from, period_to, source, closed_at, actor) values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning pack', [...where, at.toISOString(), actor]);
  return rows.length === 1;
}

/** The periods of a pack that were closed by hand. */
export async function closings(store: Statements, pack: string): Promise<Closing[]> {
  return store.query<{ from: IsoDate; to: IsoDate; source: string }>('select period_from as "from", period_to as "to", source from closed_periods where pack = $1', [pack]);
}

/** No platform asks for longer; and after the clock was set back nobody waits for the time it had. */
const LONGEST_REST_MS = 3_600_000;

/**
 * Takes the next free moment of a bucket if it is at most `aheadMs` away, and says when it is; else takes nothing, and says when
 * there may be one. Atomic, so any number of workers share one pace.
 */
export async function reserve(store: Statements, bucket: string, gapMs: number, at: Date, aheadMs: number): Promise<{ from: Date; taken: boolean }> {
  const free = `least(paces.free_at, $2::timestamptz + ${LONGEST_REST_MS} * interval '1 millisecond')`;
  const far = `${free} > $2::timestamptz + $4 * interval '1 millisecond'`;
  const gap = `$3 * interval '1 millisecond'`;
  const [row] = await store.query<{ free_at: string; taken: boolean }>(
    `insert into paces (bucket, free_at, taken) values ($1, $2::timestamptz + ${gap}, true)
     on conflict (bucket) do update set taken = not (${far}), free_at = case when ${far} then ${free} else greatest(${free}, $2::timestamptz) + ${gap} end
     returning case when taken then free_at - ${gap} else free_at end as free_at, taken`, [bucket, at.toISOString(), gapMs, aheadMs]);
  return { from: new Date(row?.free_at ?? at), taken: row?.taken ?? true };
}

/** Keeps everyone away from a bucket until an instant: the platform asked to wait. */
export async function rest(store: Statements, bucket: string, until: Date): Promise<void> {
  await store.query('insert into paces (bucket, free_at) values ($1, $2::timestamptz) on conflict (bucket) do update set free_at = greatest(paces.free_at, excluded.free_at)', [bucket, until.toISOString()]);
}

/** Takes or keeps what one process does for all; false while another has it. */
export async function lease(store: Statements, name: string, holder: string, at: Date, until: Date): Promise<boolean> {
  const rows = await store.query(
    `insert into leases (name, holder, until) values ($1, $2, $3::timestamptz)
     on conflict (name) do update set holder = excluded.holder, until = excluded.until where leases.holder = excluded.holder or leases.until < $4::timestamptz returning name`,
    [name, holder, until.toISOString(), at.toISOString()]);
  return rows.length === 1;
}

/** Gives it up, so that another may go on at once. */
export async function release(store: Statements, name: string, holder: string): Promise<void> {
  await store.query('delete from leases where name = $1 and holder = $2', [name, holder]);
}

/** The spans for which a restored state does not know what was sent. */
export async function unknownSpans(store: Statements): Promise<{ from: Date; to: Date }[]> {
  return (await store.query<{ backup_at: string; restored_at: string }>('select backup_at, restored_at from restores')).map((row) => ({ from: new Date(row.backup_at), to: new Date(row.restored_at) }));
}
