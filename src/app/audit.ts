import { createHash, randomBytes } from 'node:crypto';
import { holdsPersonalNumber } from '../access/personal-number.ts';
import type { Message } from '../card/card.ts';
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

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/**
 * SHA-256 of what was shown, so that it can be held against what someone says they saw: of the text twin of the card (`cardText`,
 * which every platform's form says the same as), and of the bytes of the picture (PNG) and the spreadsheet (XLSX); null: there was none.
 * (The ledger's `content_hash` is another: of the whole card as JSON, by which a kept page is known to be the one that left.)
 */
export interface Shown {
  readonly text: string;
  readonly picture: string | null;
  readonly sheet: string | null;
}

/** The hashes of a message as it leaves. */
export const shownOf = ({ card, png, sheet }: Message): Shown => ({ text: sha256(cardText(card)), picture: png === null ? null : sha256(png), sheet: sheet === null ? null : sha256(sheet.bytes) });

/**
 * By what an account or person stands in the audit: itself, but as a hash where it holds what looks like a CPR number, which the same
 * account is found by again. Whoever can read the audit and guesses the number can tell that it was this one; a key would have to be kept beside it.
 */
export const auditName = (name: string): string => (holdsPersonalNumber(name) ? `hash:${sha256(name)}` : name);

/** The same text for the same value whatever the order of its keys: the database keeps its own. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}

interface Said { readonly at: string; readonly actor: string; readonly action: string; readonly detail: unknown }

/** When something was done and what it was, as a hash that can be held against the entry for good: erasing leaves both. */
const factOf = ({ at, action }: Said): string => sha256(canonical([at, action]));

/** What an entry says, as two hashes: the fact, and by whom and about what. The salt keeps the latter from being guessed once the entry is erased. */
const digestOf = (entry: Said, salt: string): string => `${factOf(entry)}.${sha256(canonical([entry.actor, entry.detail, salt]))}`;

/** The one hash of entries from before version 6 of the schema; once they are erased, nothing holds their time and action any more. */
const formerDigestOf = ({ at, actor, action, detail }: Said, salt: string): string => sha256(canonical([at, actor, action, detail, salt]));

/** The entries that account for those whose content was taken out, and where in them the number stands. They name nobody and are never blanked themselves. */
const ACCOUNTS: Readonly<Record<string, string>> = { erased: 'entries', forgotten: 'audit', recounted: 'blank' };

/** Which entries may be blanked, as SQL: those that are not yet, and that account for no others. */
export const BLANKABLE = `(actor <> 'erased' or detail <> '{}') and action not in (${Object.keys(ACCOUNTS).map((action) => `'${action}'`).join(', ')})`;
/** Takes the content out of entries and leaves their places in the chain, as SQL. Whoever does it records how many they were, in the same transaction. */
export const BLANK = `update audit set actor = 'erased', detail = '{}', salt = null`;
const IS_BLANK = `salt is null and actor = 'erased' and detail = '{}'`;

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

/** Of a time (two instants, the second exclusive) and a person: what they did and what was sent to them or decided about them. Null: of all. */
export interface Sought { readonly person: string | null; readonly from: string | null; readonly to: string | null }

const SOUGHT = `($1::text is null or actor = $1::text or detail @> jsonb_build_object('recipient', $1::text) or detail @> jsonb_build_object('person', $1::text)) and ($2::timestamptz is null or at >= $2::timestamptz) and ($3::timestamptz is null or at < $3::timestamptz)`;

const nameOf = ({ person }: Sought): string | null => (person === null ? null : auditName(person));

/** Entries, newest last: the newest of them, or with `after` the first that come after that one. */
export async function listAudit(store: Statements, of: Sought & { readonly limit: number; readonly after?: number | null }): Promise<KeptEntry[]> {
  const after = of.after ?? null;
  return store.query<KeptEntry & Record<string, unknown>>(
    `select * from (select id, at, actor, action, detail, ${IS_BLANK} as erased from audit
       where ${SOUGHT} and ($4::bigint is null or id > $4::bigint) order by id ${after === null ? 'desc' : 'asc'} limit ${of.limit}) found order by id`,
    [nameOf(of), of.from, of.to, after]);
}

/** How many entries there are. */
export async function countAudit(store: Statements, of: Sought): Promise<number> {
  const [row] = await store.query<{ n: number }>(`select count(*) as n from audit where ${SOUGHT}`, [nameOf(of), of.from, of.to]);
  return row?.n ?? 0;
}

const CHUNK = 2_000;

interface Chained extends Said { readonly id: number; readonly salt: string | null; readonly digest: string; readonly chain: string }

/** Why an entry is not as it was written; null when it is, or was erased since. */
function changed(row: Chained): string | null {
  const former = !row.digest.includes('.');
  if (!former && row.digest.split('.')[0] !== factOf(row)) return 'It says something else than when it was written.';
  if (row.salt === null) return row.actor === 'erased' && canonical(row.detail) === '{}' ? null : 'It says something, and was erased.';
  return (former ? formerDigestOf(row, row.salt) : digestOf(row, row.salt)) === row.digest ? null : 'It says something else than when it was written.';
}

/**
 * Goes through the whole audit. Null: every entry since the chain began is there and as it was written, none was slipped in, and
 * as many are blank as erasing and retention have blanked; else the first thing that is not so. Within a snapshot, since it
 * holds the entries against their number.
 */
export async function verifyAudit(store: Statements): Promise<{ entries: number; broken: { id: number | null; why: string } | null }> {
  let [chain, entries, after, accounted, anew] = ['', 0, Number.MIN_SAFE_INTEGER, 0, false];
  const [first] = await store.query<{ id: number | null }>('select min(id) as id from audit where digest is not null');
  const [loose] = await store.query<{ id: number }>('select id from audit where digest is null and (id < 1 or id > $1) order by id limit 1', [first?.id ?? Number.MAX_SAFE_INTEGER]);
  if (loose !== undefined) return { entries, broken: { id: loose.id, why: 'It was slipped in: it is in no chain.' } };
  for (;;) {
    const rows = await store.query<Chained & Record<string, unknown>>(
      `select id, at, actor, action, detail, salt, digest, chain from audit where digest is not null and id > $1 order by id limit ${CHUNK}`, [after]);
    if (rows.length === 0) break;
    for (const row of rows) {
      const why = changed(row);
      if (why !== null) return { entries, broken: { id: row.id, why } };
      if (sha256(chain + row.digest) !== row.chain) return { entries, broken: { id: row.id, why: 'An entry before it was taken out or changed.' } };
      const number = (row.detail as Record<string, unknown>)[ACCOUNTS[row.action] ?? ''];
      // The count anew is of the change of the schema, so the first of its form, and takes the place of all before it.
      if (typeof number === 'number' && (row.action !== 'recounted' || !anew)) accounted = row.action === 'recounted' ? number : accounted + number;
      anew ||= row.digest.includes('.');
      chain = row.chain;
      entries += 1;
      after = row.id;
    }
  }
  const [head] = await store.query<{ chain: string }>('select chain from audit_head');
  if (head?.chain !== chain) return { entries, broken: { id: null, why: 'The newest entries were taken out.' } };
  const [blank] = await store.query<{ n: number }>(`select count(*) as n from audit where ${IS_BLANK}`);
  if (blank?.n !== accounted) return { entries, broken: { id: null, why: `${blank?.n ?? 0} entries are blank, and erasing and retention account for ${accounted}: some were blanked by hand.` } };
  return { entries, broken: null };
}
