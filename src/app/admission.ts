import { maskPersonalNumbers } from '../access/personal-number.ts';
import { dayOf } from '../calendar/period.ts';
import { admission } from '../card/admission.ts';
import { dayName } from '../card/periods.ts';
import { TIME_ZONE, type Language, type Pack } from '../pack/model.ts';
import type { Address, Identity, Incoming, Platform, Store } from '../ports.ts';
import { auditName, recordAudit } from './audit.ts';
import { knownAs, namedAccount, type Account, type Membership } from './people.ts';
import { json, saveAddress } from './records.ts';

type Statements = Pick<Store, 'query'>;

/** A request for access, by an account that no pack knows. */
export interface AccessRequest {
  readonly id: number;
  readonly platform: Platform;
  readonly tenant: string;
  readonly user: string;
  readonly email: string | null;
  /** As the account's owner wrote it. */
  readonly name: string | null;
  /** Where they asked, when that was one to one. */
  readonly address: Address | null;
  /** ISO instant. */
  readonly askedAt: string;
  readonly state: 'open' | 'granted' | 'declined';
}

const COLUMNS = 'id, platform, tenant, "user", email, name, address, asked_at as "askedAt", state';
type Found = AccessRequest & Record<string, unknown>;

/** The platforms by their names. */
export const PLATFORM_NAMES: Readonly<Record<Platform, string>> = { slack: 'Slack', teams: 'Teams', web: 'Web' };

/** Who asks, for the analysts to read. */
export const whoAsks = ({ name, email, user }: Pick<AccessRequest, 'name' | 'email' | 'user'>): string => maskPersonalNumbers(name === null ? email ?? user : email === null ? name : `${name} (${email})`);

/** The accounts that were granted access, of one platform or of all. */
export async function accountsOf(store: Statements, platform: Platform | null = null): Promise<Account[]> {
  return store.query<Account & Record<string, unknown>>('select pack, person, platform, tenant, "user" from accounts where $1::text is null or platform = $1::text order by pack, person, platform', [platform]);
}

/** Requests that wait for an answer, oldest first. */
export async function openRequests(store: Statements): Promise<AccessRequest[]> {
  return store.query<Found>(`select ${COLUMNS} from access_requests where state = 'open' order by id`);
}

/** Notes that someone asks for access. Once: who asks again hears how it stands. */
export async function requestAccess(store: Store, { from, address, direct }: Incoming, at: Date): Promise<'asked' | 'waiting' | 'declined'> {
  return store.transaction(async (tx) => {
    const [known] = await tx.query<{ state: string }>(`select state from access_requests where platform = $1 and tenant = $2 and "user" = $3 and state <> 'granted' order by id desc limit 1`, [from.platform, from.tenant, from.user]);
    if (known !== undefined) return known.state === 'open' ? 'waiting' : 'declined';
    const [row] = await tx.query<{ id: number }>(
      `insert into access_requests (platform, tenant, "user", email, name, address, asked_at) values ($1, $2, $3, $4, $5, $6::jsonb, $7) on conflict (platform, tenant, "user") where state = 'open' do nothing returning id`,
      [from.platform, from.tenant, from.user, from.email === null ? null : maskPersonalNumbers(from.email), from.name === undefined ? null : maskPersonalNumbers(from.name), direct ? json({ ...address, thread: null }) : null, at.toISOString()]);
    if (row === undefined) return 'waiting';
    await recordAudit(tx, { at, actor: accountName(from), action: 'access-requested', detail: { request: row.id } });
    return 'asked';
  });
}

/** An account, as it stands in the audit. */
export const accountName = ({ platform, tenant, user }: Pick<Identity, 'platform' | 'tenant' | 'user'>): string => auditName(`${platform}:${tenant}:${user}`);

/** What became of a decision; in words by `decide`. */
export type Decided = 'done' | 'no-request' | 'granted-already' | 'known-elsewhere' | 'account-taken';

/** Who decides, and from which account; the command line has none. */
export interface Decider {
  readonly by: string;
  readonly through: string | null;
}

/**
 * Lets the account that asked be this person of these packs from now on, none of which may name another account for them; where it
 * was not them before, they are not written to at the old place any more. `elsewhere`: the person in packs that are not decided
 * for. Where those know them by another account nothing is granted: a person has one address, and theirs is kept.
 */
export async function grantAccess(store: Store, grant: Decider & { readonly request: number; readonly packs: readonly string[]; readonly person: string; readonly elsewhere: readonly Membership[] }, at: Date): Promise<Decided> {
  return store.transaction(async (tx) => {
    const [request] = await tx.query<Found>(`select ${COLUMNS} from access_requests where id = $1 for update`, [grant.request]);
    if (request === undefined) return 'no-request';
    const { platform, tenant, user } = request;
    const others = await tx.query<{ person: string; user: string }>(
      `select person, "user" from accounts where pack = any(string_to_array($1, ',')) and platform = $2 and (person = $3) <> (tenant = $4 and "user" = $5)`, [grant.packs.join(','), platform, grant.person, tenant, user]);
    if (others.length > 0) return others.some((other) => other.user === user) ? 'account-taken' : 'granted-already';
    if (await knownElsewhere(tx, grant.elsewhere, request)) return 'known-elsewhere';
    // Granted elsewhere in the same moment, it fails as a whole: one account a person, one person an account.
    for (const pack of grant.packs) await tx.query(
      `insert into accounts (pack, person, platform, tenant, "user", granted_at, granted_by) select $1, $2, $3, $4, $5, $6::timestamptz, $7
       where not exists (select 1 from accounts where pack = $1 and person = $2 and platform = $3 and tenant = $4 and "user" = $5)`, [pack, grant.person, platform, tenant, user, at.toISOString(), grant.by]);
    await tx.query('delete from addresses where person = $1 and platform = $2', [grant.person, platform]);
    if (request.address !== null) await saveAddress(tx, grant.person, user.toLowerCase(), request.address, at);
    await tx.query(`update access_requests set state = 'granted', decided_at = $2, decided_by = $3, person = $4, told_at = null where id = $1`, [request.id, at.toISOString(), grant.by, grant.person]);
    await recordAudit(tx, { at, actor: grant.by, action: 'access-granted', detail: { request: request.id, person: grant.person, packs: grant.packs, account: accountName(request), through: grant.through } });
    return 'done';
  });
}

/** Whether a pack knows the person by another account than the one that asks: named, granted, or, by e-mail, the one they wrote from. */
async function knownElsewhere(tx: Statements, elsewhere: readonly Membership[], { platform, tenant, user }: AccessRequest): Promise<boolean> {
  const accounts = await accountsOf(tx, platform);
  for (const membership of elsewhere) {
    const { person, pack } = membership;
    const known = knownAs(membership, platform, accounts);
    const byAccount = namedAccount(person, platform) !== null || accounts.some((one) => one.pack === pack.id && one.person === person.id);
    if (byAccount && known !== user.toLowerCase()) return true;
    const others = byAccount ? [] : await tx.query('select 1 as one from addresses where person = $1 and platform = $2 and known_as = $3 and (tenant <> $4 or "user" <> $5)', [person.id, platform, known, tenant, user]);
    if (others.length > 0) return true;
  }
  return false;
}

/** Turns a request down that waits. */
export async function declineRequest(store: Store, of: Decider & { readonly request: number }, at: Date): Promise<Decided> {
  return store.transaction(async (tx) => {
    const [row] = await tx.query<Found>(`update access_requests set state = 'declined', decided_at = $2, decided_by = $3, told_at = $2 where id = $1 and state = 'open' returning ${COLUMNS}`, [of.request, at.toISOString(), of.by]);
    if (row === undefined) return 'no-request';
    await recordAudit(tx, { at, actor: of.by, action: 'access-declined', detail: { request: row.id, account: accountName(row), through: of.through } });
    return 'done';
  });
}

/** Takes back what was granted; false when nothing was. Nothing is sent to the account any more. */
export async function revokeAccess(store: Store, of: Decider & { readonly packs: readonly string[]; readonly person: string; readonly platform: Platform }, at: Date): Promise<boolean> {
  return store.transaction(async (tx) => {
    const rows = await tx.query<{ pack: string; tenant: string; user: string }>(
      `delete from accounts where pack = any(string_to_array($1, ',')) and person = $2 and platform = $3 returning pack, tenant, "user"`, [of.packs.join(','), of.person, of.platform]);
    for (const { tenant, user } of rows) await tx.query('delete from addresses where person = $1 and platform = $2 and tenant = $3 and "user" = $4', [of.person, of.platform, tenant, user]);
    if (rows.length > 0) await recordAudit(tx, { at, actor: of.by, action: 'access-revoked', detail: { person: of.person, platform: of.platform, packs: rows.map(({ pack }) => pack), accounts: [...new Set(rows.map(({ tenant, user }) => accountName({ platform: of.platform, tenant, user })))], through: of.through } });
    return rows.length > 0;
  });
}

/** What is to be told about requests: the open ones to the analysts, the granted ones to who asked. `person`: who they are now. */
export async function untoldRequests(store: Statements): Promise<(AccessRequest & { readonly person: string | null })[]> {
  return store.query<Found & { person: string | null }>(`select ${COLUMNS}, person from access_requests where told_at is null order by id limit 200`);
}

/** Notes that it has been told. Inside the transaction that owes the message. */
export async function markRequestTold(store: Statements, { id, state }: AccessRequest, at: Date): Promise<void> {
  await store.query('update access_requests set told_at = $3 where id = $1 and state = $2', [id, state, at.toISOString()]);
}

/** What an analyst writes to decide about requests. */
export type Decision =
  | { readonly kind: 'list' }
  | { readonly kind: 'grant'; readonly request: number; readonly person: string }
  | { readonly kind: 'decline'; readonly request: number }
  | { readonly kind: 'revoke'; readonly person: string; readonly platform: Platform };

const NUMBER = '(?:nr\\.?|no\\.?|#)?\\s*(\\d{1,9})';
const ID = '([a-z][a-z0-9_-]*)';
const GRANT = new RegExp(`^(?:giv\\s+adgang|godkend|grant(?:\\s+access)?|approve)\\s+${NUMBER}\\s+(?:til\\s+|som\\s+|to\\s+|as\\s+)?${ID}[.!]?$`, 'i');
const DECLINE = new RegExp(`^(?:afvis|decline|reject)\\s+${NUMBER}[.!]?$`, 'i');
const REVOKE = new RegExp(`^(?:fjern\\s+adgang|revoke(?:\\s+access)?)\\s+(?:for\\s+|til\\s+|to\\s+|of\\s+)?${ID}\\s+(?:i\\s+|in\\s+|på\\s+|on\\s+)?(slack|teams)[.!]?$`, 'i');
const LIST = /^(?:anmodninger|requests)(?:\s+(?:om\s+adgang|for\s+access))?[.!?]?$/i;
const SEEK = /^(?:bed\s+om\s+adgang|(?:ask\s+for|request)\s+access)[.!]?$/i;

/** Whether someone asks for access. */
export const asksForAccess = (text: string): boolean => SEEK.test(text.trim());

/** A decision in a text; null: it is about something else. */
export function readDecision(text: string): Decision | null {
  const said = text.trim();
  if (LIST.test(said)) return { kind: 'list' };
  const [grant, decline, revoke] = [GRANT.exec(said), DECLINE.exec(said), REVOKE.exec(said)];
  if (grant !== null) return { kind: 'grant', request: Number(grant[1]), person: (grant[2] ?? '').toLowerCase() };
  if (decline !== null) return { kind: 'decline', request: Number(decline[1]) };
  if (revoke !== null) return { kind: 'revoke', person: (revoke[1] ?? '').toLowerCase(), platform: (revoke[2] ?? '').toLowerCase() as Platform };
  return null;
}

/** Carries out what an analyst decided, in the packs they are an analyst of, of all there are; the lines to answer with. */
export async function decide(store: Store, analyst: readonly Membership[], packs: readonly Pack[], from: Identity, decision: Decision, language: Language, at: Date): Promise<string[]> {
  const t = admission(language);
  const decider: Decider = { by: analyst[0]?.person.id ?? '', through: accountName(from) };
  const known = (id: string, among: readonly Pack[]): Membership[] => among.flatMap((pack) => { const person = pack.people.get(id); return person === undefined ? [] : [{ pack, person }]; });
  const own = analyst.map(({ pack }) => pack);
  switch (decision.kind) {
    case 'list': {
      const open = await openRequests(store);
      return open.length === 0 ? [t.noRequests] : [...open.map((one) => t.requestLine(String(one.id), whoAsks(one), PLATFORM_NAMES[one.platform], dayName(dayOf(own[0]?.timeZone ?? TIME_ZONE, one.askedAt), language))), t.requestCare];
    }
    case 'grant': {
      const to = known(decision.person, own);
      if (to.length === 0) return [t.noPerson(decision.person)];
      const [request] = await store.query<Found>(`select ${COLUMNS} from access_requests where id = $1`, [decision.request]);
      const platform = PLATFORM_NAMES[request?.platform ?? 'web'];
      if (request !== undefined && to.some(({ person }) => namedAccount(person, request.platform) !== null)) return [t.namedAlready(decision.person, platform)];
      switch (await grantAccess(store, { request: decision.request, packs: to.map(({ pack }) => pack.id), person: decision.person, elsewhere: known(decision.person, packs.filter((pack) => !own.includes(pack))), ...decider }, at)) {
        case 'done': return [t.granted(request === undefined ? '' : whoAsks(request), `${to[0]?.person.name ?? ''} (${decision.person})`, platform)];
        case 'no-request': return [t.noRequest(String(decision.request))];
        case 'granted-already': return [t.grantedAlready(decision.person, platform)];
        case 'known-elsewhere': return [t.knownElsewhere(decision.person, platform)];
        case 'account-taken': return [t.accountTaken(request === undefined ? '' : whoAsks(request), platform)];
      }
    }
    case 'decline': {
      const request = (await openRequests(store)).find(({ id }) => id === decision.request);
      const outcome = await declineRequest(store, { request: decision.request, ...decider }, at);
      return [outcome === 'done' && request !== undefined ? t.declined(whoAsks(request)) : t.noRequest(String(decision.request))];
    }
    case 'revoke': {
      const revoked = await revokeAccess(store, { packs: own.map(({ id }) => id), person: decision.person, platform: decision.platform, ...decider }, at);
      return [(revoked ? t.revoked : t.notGranted)(decision.person, PLATFORM_NAMES[decision.platform])];
    }
  }
}
