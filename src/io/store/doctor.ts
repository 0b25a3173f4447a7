import { ServiceError } from '../../errors.ts';
import type { Check, Examination, Store } from '../../ports.ts';
import { MIGRATIONS } from './migrations.ts';

/** The look at the store, with the tenants of the addresses it keeps. */
export interface StoreExamination extends Examination {
  readonly kept: readonly { readonly platform: string; readonly tenant: string; readonly count: number }[];
}

const TRIED = Symbol('tried');

/** Looks whether the database can be reached, read and written, and how old its schema is; changes nothing. `open`: opens it as it is; `place`: where an embedded one lies, null for a server. */
export async function examineStore(open: () => Promise<Store>, place: string | null, now: () => Date): Promise<StoreExamination> {
  const what = 'database';
  let store: Store;
  try {
    store = await open();
  } catch (error) {
    return { checks: [{ state: 'fail', what, ...failure(error) }], clock: null, kept: [] };
  }
  try {
    const asked = now();
    const [server] = await store.query<{ version: string; at: string }>(`select current_setting('server_version') as version, clock_timestamp() as at`);
    const clock = place !== null || server === undefined ? null : { of: 'the database', said: new Date(server.at), asked, answered: now() };
    const reached: Check = { state: 'ok', what, found: place !== null ? `embedded, in ${place}.` : `PostgreSQL ${server?.version ?? ''} answers.`, advice: '' };
    const { check, version } = await schemaCheck(store);
    const kept = version === 0 ? [] : await store.query<{ platform: string; tenant: string; count: number }>('select platform, tenant, count(*) as count from addresses group by platform, tenant order by platform, tenant');
    return { checks: [reached, check, await writingCheck(store)], clock, kept };
  } catch (error) {
    return { checks: [{ state: 'fail', what, ...failure(error) }], clock: null, kept: [] };
  } finally {
    await store.close();
  }
}

async function schemaCheck(store: Store): Promise<{ check: Check; version: number }> {
  const what = 'database schema';
  const newest = MIGRATIONS.at(-1)?.version ?? 0;
  const [known] = await store.query<{ there: boolean }>(`select to_regclass('schema_version') is not null as there`);
  const [row] = known?.there === true ? await store.query<{ version: number | null }>('select max(version) as version from schema_version') : [];
  const version = row?.version ?? 0;
  if (version === newest) return { check: { state: 'ok', what, found: `version ${version}, the newest.`, advice: '' }, version };
  if (version === 0) return { check: { state: 'note', what, found: 'is not made yet; the first start makes it.', advice: '' }, version };
  if (version < newest) return { check: { state: 'warn', what, found: `version ${version}; this program brings it to ${newest} when it starts.`, advice: 'Take a backup first.' }, version };
  return { check: { state: 'warn', what, found: `version ${version} is of a newer program than this one, which knows ${newest}.`, advice: 'Install that program here too.' }, version };
}

/** Makes a table and writes to it, as a start may have to, and takes all of it back. */
async function writingCheck(store: Store): Promise<Check> {
  const what = 'database writing';
  try {
    await store.transaction(async (tx) => {
      await tx.query('create table overblik_doctor (one integer)');
      await tx.query('insert into overblik_doctor values (1)');
      throw TRIED;
    });
    return { state: 'fail', what, found: 'what was tried was not taken back.', advice: 'Drop the table overblik_doctor.' };
  } catch (error) {
    if (error === TRIED) return { state: 'ok', what, found: 'tables can be made and written.', advice: '' };
    const code = String((error as { code?: unknown } | null)?.code ?? '');
    if (code === '42501') return { state: 'fail', what, found: 'the user may not make tables (42501).', advice: 'Let it: GRANT CREATE ON SCHEMA public TO the user in DATABASE_URL.' };
    if (code === '25006') return { state: 'fail', what, found: 'the database is read-only (25006).', advice: 'Name the primary in DATABASE_URL, not a replica.' };
    return { state: 'fail', what, ...failure(error) };
  }
}

/** A driver's own message may hold a value; its code does not. */
function failure(error: unknown): { found: string; advice: string } {
  if (error instanceof ServiceError) return { found: `${error.message.slice(`${error.service}: `.length)}.`, advice: '' };
  const code = (error as { code?: unknown } | null)?.code;
  return { found: `could not be asked${typeof code === 'string' ? ` (${code})` : ''}.`, advice: 'Check DATABASE_URL: user, password (with special characters as %40), host, port and database.' };
}
