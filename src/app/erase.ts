import { pacesOf } from '../delivery/pace.ts';
import type { Address, Identity, Store } from '../ports.ts';
import { auditName, BLANK, BLANKABLE, recordAudit } from './audit.ts';
import { move } from './ledger.ts';
import { json } from './records.ts';

type Statements = Pick<Store, 'query'>;
type Account = Pick<Identity, 'platform' | 'tenant' | 'user'>;

const ERASED = 'erased';

/**
 * Takes a person out of everything that is kept: addresses, granted accounts and requests for access, what they asked, what was
 * sent to them and what was told about them, and the content of the audit's entries by them and about them, also those from when
 * they were known by their account alone. What others did stays, without their name. All or nothing, and the audit says how
 * many entries it was; its chain goes on over their hashes. Resolves with that number.
 */
export async function erasePerson(store: Store, person: string, by: { readonly actor: string; readonly at: Date }): Promise<number> {
  return store.transaction(async (tx) => {
    const accounts = await accountsOfOnly(tx, person);
    // As they are known, and as they stand in the audit.
    const known = [person, ...accounts.map(({ platform, tenant, user }) => `${platform}:${tenant}:${user}`)];
    const names = json([...new Set([...known, ...known.map(auditName)])]);
    await erasePlaces(tx, person, accounts);
    await eraseDeliveries(tx, person, await eraseRequests(tx, person, names), accounts, by);
    await tx.query(`update questions set person = '${ERASED}', text = '', reading = '{}' where person = $1`, [person]);
    for (const [table, column] of [['accounts', 'granted_by'], ['access_requests', 'decided_by'], ['delivery_moves', 'actor'], ['closed_periods', 'actor']]) await tx.query(`update ${table} set ${column} = '${ERASED}' where ${column} = $1`, [person]);
    await tx.query(`select set_config('overblik.erasing', 'yes', true)`);
    const blanked = await tx.query(
      `${BLANK} where ${BLANKABLE} and (actor in (select jsonb_array_elements_text($2::jsonb)) or detail ->> 'account' in (select jsonb_array_elements_text($2::jsonb))
         or detail @> jsonb_build_object('recipient', $1::text) or detail @> jsonb_build_object('person', $1::text)) returning id`, [person, names]);
    await tx.query(`select set_config('overblik.erasing', 'no', true)`);
    await recordAudit(tx, { ...by, action: 'erased', detail: { entries: blanked.length } });
    return blanked.length;
  });
}

/** The accounts a person is or has been known by, but those that are another's now. */
async function accountsOfOnly(store: Statements, person: string): Promise<Account[]> {
  const rows = await store.query<Account & Record<string, unknown>>(
    `select platform, tenant, "user" from accounts where person = $1
     union select platform, tenant, "user" from access_requests where person = $1
     union select platform, tenant, "user" from addresses where person = $1
     union select address ->> 'platform', address ->> 'tenant', address ->> 'user' from deliveries where recipient = $1 and address is not null
     union select split_part(account, ':', 1), split_part(account, ':', 2), substr(account, length(split_part(account, ':', 1)) + length(split_part(account, ':', 2)) + 3)
       from (select detail ->> 'account' as account from audit where action = 'access-granted' and detail @> jsonb_build_object('person', $1::text)) as granted
     except (select platform, tenant, "user" from accounts where person <> $1 union select platform, tenant, "user" from addresses where person <> $1)`, [person]);
  return rows.filter(({ user }) => user !== '');
}

/** Where they could be written to, and how fast. */
async function erasePlaces(store: Statements, person: string, accounts: readonly Account[]): Promise<void> {
  const addresses = await store.query<{ platform: Address['platform']; tenant: string; user: string; conversation: string }>(
    `delete from addresses where person = $1 returning platform, tenant, "user", conversation`, [person]);
  const sentTo = await store.query<{ address: Address }>('select distinct address from deliveries where recipient = $1 and address is not null', [person]);
  const places = [...addresses, ...sentTo.map(({ address }) => address), ...accounts.map((account) => ({ ...account, conversation: '' }))];
  // The first pace of an address is the conversation's own, the others are everybody's.
  const buckets = places.flatMap((place) => pacesOf(place).slice(0, 1).map(({ bucket }) => bucket));
  await store.query('delete from paces where bucket in (select jsonb_array_elements_text($1::jsonb))', [json(buckets)]);
}

/** Their requests for access and the accounts they were granted; resolves with the numbers of the requests. */
async function eraseRequests(store: Statements, person: string, names: string): Promise<number[]> {
  await store.query('delete from accounts where person = $1', [person]);
  const rows = await store.query<{ id: number }>(
    `delete from access_requests where person = $1 or platform || ':' || tenant || ':' || "user" in (select jsonb_array_elements_text($2::jsonb)) returning id`, [person, names]);
  return rows.map(({ id }) => id);
}

/** What was sent to them, and what others were told about them. That it was sent stays, so that nothing goes twice. */
async function eraseDeliveries(store: Statements, person: string, requests: readonly number[], accounts: readonly Account[], by: { readonly actor: string; readonly at: Date }): Promise<void> {
  const unsaid = 'content = null, content_hash = null, shown = null';
  const asked = await store.query<{ id: number }>(
    `update deliveries set payload = jsonb_set(payload, '{request}', payload -> 'request' || '{"who": "${ERASED}", "account": "${ERASED}"}'), ${unsaid}
     where kind = 'request' and payload is not null and (about in (select 'access/' || jsonb_array_elements_text($1::jsonb)) or payload -> 'request' ->> 'account' in (select jsonb_array_elements_text($2::jsonb))) returning id`,
    [json(requests), json(accounts.map(({ user, tenant }) => `${user} (${tenant})`))]);
  await move(store, asked.map(({ id }) => id), 'withdrawn', { reason: 'Who asked for access has been erased.' }, by.at, by.actor);
  // Whom an alarm is about, and who waits at a deadline.
  for (const path of ['{failure,recipients}', '{waiting}']) await store.query(
    `update deliveries set ${unsaid}, payload = jsonb_set(payload, '${path}', (select jsonb_agg(case when id = $1 then '${ERASED}' else id end order by place) from jsonb_array_elements_text(payload #> '${path}') with ordinality as of (id, place)))
     where payload #> '${path}' @> to_jsonb($1::text)`, [person]);
  await store.query(`update deliveries set recipient = '${ERASED}/' || id, address = null, conversation = null, known_as = null, figures = null, data = null, ${unsaid} where recipient = $1`, [person]);
}
