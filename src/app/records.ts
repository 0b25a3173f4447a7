import { createHash } from 'node:crypto';
import type { IsoDate, Period } from '../calendar/period.ts';
import type { Card } from '../card/card.ts';
import { DELIVERY_STATES, statesBefore, type DeliveryState } from '../delivery/state.ts';
import { PLATFORMS, type Address, type Platform, type Store } from '../ports.ts';

type Statements = Pick<Store, 'query'>;

/** Keeps where a person can be written to on a platform, and by what they were known there; the newest counts. Threads are not kept: what is owed starts at the top. */
export async function saveAddress(store: Statements, person: string, known: string, address: Address, at: Date): Promise<void> {
  await store.query(
    `insert into addresses (person, platform, tenant, conversation, "user", service_url, bot, updated_at, known_as) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (person, platform) do update set tenant = excluded.tenant, conversation = excluded.conversation, "user" = excluded."user",
       service_url = excluded.service_url, bot = excluded.bot, updated_at = excluded.updated_at, known_as = excluded.known_as
     where addresses.updated_at <= excluded.updated_at`,
    [person, address.platform, address.tenant, address.conversation, address.user, address.serviceUrl, address.bot, at.toISOString(), known],
  );
}

/** Where a person wrote from last, among some platforms; null when they never did as who they are known as now: the post may have gone to someone else. */
export async function addressOf(store: Statements, person: string, known: (platform: Platform) => string, platforms: readonly Platform[] = PLATFORMS): Promise<Address | null> {
  const rows = await store.query<{ platform: Platform; tenant: string; conversation: string; user: string; service_url: string; bot: string; known_as: string }>(
    `select platform, tenant, conversation, "user", service_url, bot, known_as from addresses
     where person = $1 and platform = any(string_to_array($2, ',')) order by updated_at desc, platform`,
    [person, platforms.join(',')],
  );
  const row = rows.find((one) => one.known_as === known(one.platform));
  if (row === undefined) return null;
  return { platform: row.platform, tenant: row.tenant, conversation: row.conversation, thread: null, user: row.user, serviceUrl: row.service_url, bot: row.bot };
}

/** What a recipient is owed: one row of a digest, a period and a recipient. */
export interface Obligation {
  readonly pack: string;
  readonly digest: string;
  readonly period: Period;
  readonly recipient: string;
  readonly dueAt: Date;
}

/** Writes what is owed, all or nothing; what is known already is left as it is. Resolves with the number of new ones. */
export async function oweDeliveries(store: Statements, obligations: readonly Obligation[], at: Date, actor: string): Promise<number> {
  if (obligations.length === 0) return 0;
  const rows = obligations.map(({ pack, digest, period, recipient, dueAt }) => ({ pack, digest, period_from: period.from, period_to: period.to, recipient, due_at: dueAt.toISOString() }));
  const written = await store.query(
    `with owed as (
       insert into deliveries (pack, digest, period_from, period_to, recipient, due_at, state_at)
       select pack, digest, period_from, period_to, recipient, due_at, $2::timestamptz
       from jsonb_to_recordset($1::jsonb) as owing(pack text, digest text, period_from date, period_to date, recipient text, due_at timestamptz)
       on conflict (pack, digest, period_from, recipient) do nothing returning id)
     insert into delivery_moves (delivery, from_state, to_state, at, actor) select id, null, 'owed', $2::timestamptz, $3 from owed returning delivery`,
    [JSON.stringify(rows), at.toISOString(), actor],
  );
  return written.length;
}

/** For each recipient a digest ever had, the start of the last period they were owed. */
export async function lastOwed(store: Statements, pack: string, digest: string): Promise<Map<string, IsoDate>> {
  const rows = await store.query<{ recipient: string; period_from: IsoDate }>(
    'select recipient, max(period_from) as period_from from deliveries where pack = $1 and digest = $2 group by recipient', [pack, digest]);
  return new Map(rows.map((row) => [row.recipient, row.period_from]));
}

/** A delivery that is owed and not sent yet. */
export interface OpenDelivery {
  readonly id: number;
  readonly recipient: string;
  readonly from: IsoDate;
  readonly to: IsoDate;
  /** ISO instant before which the platform asked not to be tried; null: at once. */
  readonly notBefore: string | null;
}

/** All deliveries of a digest that are still owed, oldest period first. */
export async function openDeliveries(store: Statements, pack: string, digest: string): Promise<OpenDelivery[]> {
  const rows = await store.query<{ id: number; recipient: string; period_from: IsoDate; period_to: IsoDate; not_before: string | null }>(
    `select id, recipient, period_from, period_to, not_before from deliveries where pack = $1 and digest = $2 and state = 'owed' order by period_from, id`, [pack, digest]);
  return rows.map((row) => ({ id: row.id, recipient: row.recipient, from: row.period_from, to: row.period_to, notBefore: row.not_before }));
}

/** Says why deliveries are still owed. Resolves with those whose reason was another before. */
export async function hold(store: Statements, ids: readonly number[], reason: string): Promise<number[]> {
  if (ids.length === 0) return [];
  const rows = await store.query<{ id: number }>(
    `update deliveries set reason = $2 where id = any(string_to_array($1, ',')::bigint[]) and state = 'owed' and reason is distinct from $2 returning id`, [ids.join(','), reason]);
  return rows.map((row) => row.id);
}

/** What is about to leave, and where to. */
export interface Leaving {
  readonly platform: Platform;
  readonly conversation: string;
  /** Kept as it was sent, as JSON with the SHA-256 of that text. */
  readonly card: Card;
}

/** Takes an owed delivery for sending: false when it is no longer owed, so nobody sends it twice. */
export async function claim(store: Statements, id: number, leaving: Leaving, at: Date, actor: string): Promise<boolean> {
  const content = json(leaving.card);
  const rows = await store.query(
    `with moved as (
       update deliveries set state = 'sending', state_at = $2::timestamptz, attempts = attempts + 1, reason = null, not_before = null,
         platform = $3, conversation = $4, content = $5::jsonb, content_hash = $6
       where id = $1 and state = 'owed' returning id)
     insert into delivery_moves (delivery, from_state, to_state, at, actor) select id, 'owed', 'sending', $2::timestamptz, $7 from moved returning delivery`,
    [id, at.toISOString(), leaving.platform, leaving.conversation, content, createHash('sha256').update(content).digest('hex'), actor],
  );
  return rows.length === 1;
}

/** How a sending ended. `owed` again: the platform could not take it now. */
export type Outcome =
  | { readonly to: 'delivered'; readonly messageId: string; readonly pictureSent: boolean }
  | { readonly to: 'owed'; readonly reason: string; readonly notBefore: Date }
  | { readonly to: 'failed' | 'unsure'; readonly reason: string };

/** Records how a sending ended: false when the delivery was in no state from which it can go there. */
export async function settle(store: Statements, id: number, outcome: Outcome, at: Date, actor: string): Promise<boolean> {
  const delivered = outcome.to === 'delivered' ? outcome : null;
  const rows = await store.query(
    `with before as (select id, state from deliveries where id = $1 and state = any(string_to_array($2, ',')) for update),
     moved as (
       update deliveries set state = $3, state_at = $4::timestamptz, reason = $5, not_before = $6::timestamptz, message_id = $7, picture_sent = $8::boolean
       from before where deliveries.id = before.id returning deliveries.id, before.state)
     insert into delivery_moves (delivery, from_state, to_state, at, reason, actor) select id, state, $3, $4::timestamptz, $5, $9 from moved returning delivery`,
    [id, statesBefore(outcome.to).join(','), outcome.to, at.toISOString(), delivered === null && 'reason' in outcome ? outcome.reason : null,
      outcome.to === 'owed' ? outcome.notBefore.toISOString() : null, delivered?.messageId ?? null, delivered?.pictureSent ?? null, actor],
  );
  return rows.length === 1;
}

/** A delivery that a crash left on its way. */
export interface Interrupted {
  readonly id: number;
  readonly pack: string;
  readonly digest: string;
  readonly from: IsoDate;
}

/** Moves every delivery found on its way to unsure. For when nobody is sending: at the start of a run of the only worker. */
export async function markInterrupted(store: Statements, reason: string, at: Date, actor: string): Promise<Interrupted[]> {
  return store.query<{ id: number; pack: string; digest: string; from: IsoDate }>(
    `with moved as (
       update deliveries set state = 'unsure', state_at = $2::timestamptz, reason = $1 where state = 'sending' returning id, pack, digest, period_from),
     written as (
       insert into delivery_moves (delivery, from_state, to_state, at, reason, actor) select id, 'sending', 'unsure', $2::timestamptz, $1, $3 from moved)
     select id, pack, digest, period_from as "from" from moved order by id`,
    [reason, at.toISOString(), actor],
  );
}

/** How many deliveries are in each state; every state is named. */
export async function deliveryStatus(store: Statements): Promise<{ state: DeliveryState; count: number }[]> {
  const rows = await store.query<{ state: DeliveryState; count: number }>('select state, count(*) as count from deliveries group by state');
  const counts = new Map(rows.map((row) => [row.state, row.count]));
  return DELIVERY_STATES.map((state) => ({ state, count: counts.get(state) ?? 0 }));
}

/** How many deliveries of each digest and period are in each state, newest period first. */
export async function deliveryOverview(store: Statements): Promise<{ pack: string; digest: string; period: IsoDate; state: DeliveryState; count: number }[]> {
  return store.query<{ pack: string; digest: string; period: IsoDate; state: DeliveryState; count: number }>(
    'select pack, digest, period_from as period, state, count(*) as count from deliveries group by pack, digest, period_from, state order by period_from desc, pack, digest, state');
}

/** Keeps a question as typed and as understood. */
export async function recordQuestion(store: Statements, question: { person: string; platform: Platform; askedAt: Date; text: string; kind: string; reading: unknown }): Promise<void> {
  await store.query(
    'insert into questions (person, platform, asked_at, text, kind, reading) values ($1, $2, $3, $4, $5, $6::jsonb)',
    [question.person, question.platform, question.askedAt.toISOString(), storable(question.text), question.kind, json(question.reading)],
  );
}

/** Questions, the newest first; "unanswered" are those that were asked back or not understood. */
export async function listQuestions(store: Statements, options: { unanswered: boolean; limit: number }): Promise<{ askedAt: string; person: string; kind: string; text: string; leftover: string[] }[]> {
  const rows = await store.query<{ asked_at: Date | string; person: string; kind: string; text: string; leftover: unknown }>(
    `select asked_at, person, kind, text, reading -> 'leftover' as leftover from questions ${options.unanswered ? "where kind in ('clarify', 'not-understood')" : ''} order by id desc limit $1`,
    [options.limit],
  );
  return rows.map((row) => ({ askedAt: new Date(row.asked_at).toISOString(), person: row.person, kind: row.kind, text: row.text, leftover: Array.isArray(row.leftover) ? row.leftover.map(String) : [] }));
}

/** Keeps who did what and when. */
export async function recordAudit(store: Statements, entry: { at: Date; actor: string; action: string; detail: unknown }): Promise<void> {
  await store.query('insert into audit (at, actor, action, detail) values ($1, $2, $3, $4::jsonb)', [entry.at.toISOString(), entry.actor, entry.action, json(entry.detail)]);
}

/** Notes an event of a platform as handled; false when it was already. */
export async function markSeen(store: Statements, platform: Platform, id: string, at: Date): Promise<boolean> {
  const rows = await store.query('insert into seen_events (platform, id, at) values ($1, $2, $3) on conflict (platform, id) do nothing returning id', [platform, id, at.toISOString()]);
  return rows.length === 1;
}

/** Text without what PostgreSQL keeps neither in text nor in JSON: NUL, and halves of a character. */
const storable = (text: string): string => text.replaceAll('\u0000', '').replace(/\p{Surrogate}/gu, '\ufffd');

const json = (value: unknown): string => JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'string' ? storable(inner) : inner)) ?? 'null';
