import { createHash, randomBytes } from 'node:crypto';
import { holdsPersonalNumber } from '../access/personal-number.ts';
import type { Card } from '../card/card.ts';
import { cardText } from '../card/text.ts';
import type { Store } from '../ports.ts';
import { json } from './records.ts';

type Statements = Pick<Store, 'query'>;

/** What someone did, and when. */
export interface AuditEntry {
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly detail: unknown;
}

/** An entry as it is kept. `erased`: its content is gone, its place in the chain is not. */
export interface KeptEntry {
  readonly id: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly detail: unknown;
  readonly erased: boolean;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * By what an account or person stands in the audit: itself, but as a hash where it holds what looks like a CPR number, which the same
 * account is found by again. Whoever can read the audit and guesses the number can tell that it was this one; a key would have to be kept beside it.
 */
export const auditName = (name: string): string => (holdsPersonalNumber(name) ? `hash:${sha256(name)}` : name);

/** What was shown, so that it can be held against what someone says they saw. */
export const shownHash = (card: Card): string => sha256(cardText(card));

/** The same text for the same value whatever the order of its keys: the database keeps its own. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}

/** What an entry says, as one hash. The salt keeps it from being guessed once the entry is erased. */
const digestOf = (entry: { at: string; actor: string; action: string; detail: unknown }, salt: string): string => sha256(canonical([entry.at, entry.actor, entry.action, entry.detail, salt]));

/**
 * Appends to the audit. Each entry carries the hash of the one before it and of itself, so that one that was taken out or
 * changed shows. Atomic, so several processes make one chain.
 */
export async function recordAudit(store: Statements, entry: AuditEntry): Promise<void> {
  const detail = json(entry.detail);
  const salt = randomBytes(16).toString('hex');
  const at = entry.at.toISOString();
  const digest = digestOf({ at, actor: entry.actor, action: entry.action, detail: JSON.parse(detail) }, salt);
  await store.query(
    `with head as (select chain from audit_head where one for update),
     kept as (
       insert into audit (at, actor, action, detail, salt, digest, chain)
       select $1::timestamptz, $2, $3, $4::jsonb, $5, $6, encode(sha256(convert_to(head.chain || $6, 'UTF8')), 'hex') from head returning chain)
     update audit_head set chain = kept.chain from kept`,
    [at, entry.actor, entry.action, detail, salt, digest]);
}

/** Entries of a time, newest last; of one person, what they did and what was sent to them or decided about them, or of all. */
export async function listAudit(store: Statements, of: { person: string | null; from: string | null; to: string | null; limit: number }): Promise<KeptEntry[]> {
  return store.query<KeptEntry & Record<string, unknown>>(
    `select * from (select id, at, actor, action, detail, digest is not null and salt is null as erased from audit
       where ($1::text is null or actor = $1::text or detail @> jsonb_build_object('recipient', $1::text) or detail @> jsonb_build_object('person', $1::text)) and ($2::date is null or at >= $2::date) and ($3::date is null or at < $3::date + 1) order by id desc limit ${of.limit}) newest order by id`,
    [of.person === null ? null : auditName(of.person), of.from, of.to]);
}

const CHUNK = 2_000;

/** Goes through the whole chain. Null: every entry since the chain began is there and as it was written; else the first that is not. */
export async function verifyAudit(store: Statements): Promise<{ entries: number; broken: { id: number | null; why: string } | null }> {
  let [chain, entries, after] = ['', 0, 0];
  for (;;) {
    const rows = await store.query<{ id: number; at: string; actor: string; action: string; detail: unknown; salt: string | null; digest: string; chain: string }>(
      `select id, at, actor, action, detail, salt, digest, chain from audit where digest is not null and id > $1 order by id limit ${CHUNK}`, [after]);
    if (rows.length === 0) break;
    for (const row of rows) {
      if (row.salt !== null && digestOf(row, row.salt) !== row.digest) return { entries, broken: { id: row.id, why: 'It says something else than when it was written.' } };
      if (sha256(chain + row.digest) !== row.chain) return { entries, broken: { id: row.id, why: 'An entry before it was taken out or changed.' } };
      chain = row.chain;
      entries += 1;
      after = row.id;
    }
  }
  const [head] = await store.query<{ chain: string }>('select chain from audit_head');
  return { entries, broken: head?.chain === chain ? null : { id: null, why: 'The newest entries were taken out.' } };
}

/**
 * Takes a person out of everything that is kept: addresses, granted accounts and requests for access, the words of their questions, their deliveries' name, and the
 * content of their audit entries; the chain goes on over the hashes. All or nothing. Resolves with the number of audit entries.
 */
export async function erasePerson(store: Store, person: string): Promise<number> {
  return store.transaction(async (tx) => {
    await tx.query(`select set_config('overblik.erasing', 'yes', true)`);
    // Before they were known they stand in the audit by their account.
    const accounts = await tx.query<{ account: string }>(`select platform || ':' || tenant || ':' || "user" as account from accounts where person = $1 union select platform || ':' || tenant || ':' || "user" from access_requests where person = $1`, [person]);
    const names = json([person, ...accounts.map(({ account }) => account)].map(auditName));
    await tx.query('delete from addresses where person = $1', [person]);
    await tx.query('delete from accounts where person = $1', [person]);
    await tx.query(`delete from access_requests where person = $1 or platform || ':' || tenant || ':' || "user" = $1`, [person]);
    await tx.query(`update questions set person = 'erased', text = '', reading = '{}' where person = $1`, [person]);
    await tx.query(`update deliveries set recipient = 'erased/' || id, address = null, conversation = null where recipient = $1`, [person]);
    const rows = await tx.query(
      `update audit set actor = 'erased', detail = '{}', salt = null where actor in (select jsonb_array_elements_text($2::jsonb)) or detail @> jsonb_build_object('recipient', $1::text) or detail @> jsonb_build_object('person', $1::text) returning id`, [person, names]);
    return rows.length;
  });
}
