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
  // Who is known by nothing any more is nobody an address could be of.
  const row = rows.find((one) => one.known_as !== '' && one.known_as === known(one.platform));
  if (row === undefined) return null;
  return { platform: row.platform, tenant: row.tenant, conversation: row.conversation, thread: null, user: row.user, serviceUrl: row.service_url, bot: row.bot };
}

/** Where an account wrote from last as this person; null: never one to one. */
export async function addressOfAccount(store: Statements, person: string, { platform, tenant, user }: Pick<Address, 'platform' | 'tenant' | 'user'>): Promise<Address | null> {
  const [row] = await store.query<{ conversation: string; service_url: string; bot: string }>(
    'select conversation, service_url, bot from addresses where person = $1 and platform = $2 and tenant = $3 and "user" = $4', [person, platform, tenant, user]);
  return row === undefined ? null : { platform, tenant, conversation: row.conversation, thread: null, user, serviceUrl: row.service_url, bot: row.bot };
}

/** The newest address on a platform, of anyone: it says where the platform's connector is and who the bot is there. Null: nobody has written. */
export async function anyAddressOn(store: Statements, platform: Platform): Promise<Address | null> {
  const [row] = await store.query<{ tenant: string; conversation: string; user: string; service_url: string; bot: string }>(
    'select tenant, conversation, "user", service_url, bot from addresses where platform = $1 order by updated_at desc limit 1', [platform]);
  return row === undefined ? null : { platform, tenant: row.tenant, conversation: row.conversation, thread: null, user: row.user, serviceUrl: row.service_url, bot: row.bot };
}

/** Keeps a question as typed and as understood. */
export async function recordQuestion(store: Statements, question: { pack: string; person: string; platform: Platform; askedAt: Date; text: string; kind: string; reading: unknown }): Promise<void> {
  await store.query(
    'insert into questions (person, platform, asked_at, text, kind, reading, pack) values ($1, $2, $3, $4, $5, $6::jsonb, $7)',
    [question.person, question.platform, question.askedAt.toISOString(), storable(question.text), question.kind, json(question.reading), question.pack],
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

/** Notes an event of a platform as handled; false when it was already. */
export async function markSeen(store: Statements, platform: Platform, id: string, at: Date): Promise<boolean> {
  const rows = await store.query('insert into seen_events (platform, id, at) values ($1, $2, $3) on conflict (platform, id) do nothing returning id', [platform, id, at.toISOString()]);
  return rows.length === 1;
}

/** Text without what PostgreSQL keeps neither in text nor in JSON: NUL, and halves of a character. */
const storable = (text: string): string => text.replaceAll('\u0000', '').replace(/\p{Surrogate}/gu, '\ufffd');

/** A value as JSON that PostgreSQL keeps. */
export const json = (value: unknown): string => JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'string' ? storable(inner) : inner)) ?? 'null';
