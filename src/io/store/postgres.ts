import pg from 'pg';
import { ServiceError } from '../../errors.ts';
import type { Log, Parameter, Store } from '../../ports.ts';
import { PARSERS } from './parsers.ts';
import { asTrouble } from './trouble.ts';

const OLDEST = 15;
const CONNECTIONS = 5;
const CONNECT_MS = 5_000;
const STATEMENT_MS = 30_000;

/** Opens the store on a PostgreSQL server. Rejects with ServiceError when it can't be reached or is too old. */
export async function openPostgres(databaseUrl: string, log: Log): Promise<Store> {
  const types = new pg.TypeOverrides();
  for (const [oid, parse] of Object.entries(PARSERS)) types.setTypeParser(Number(oid), parse);
  const pool = new pg.Pool({
    connectionString: databaseUrl, max: CONNECTIONS, connectionTimeoutMillis: CONNECT_MS, statement_timeout: STATEMENT_MS,
    idle_in_transaction_session_timeout: STATEMENT_MS, application_name: 'overblik', options: '-c TimeZone=UTC', types,
  });
  // A connection that breaks says so by an event, and an event nobody listens to ends the process: a restart of the database must not.
  const lost = (error: Error): void => log.warn('store-connection-lost', { code: 'code' in error ? String(error.code) : '' });
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', () => undefined));

  const store: Store = {
    query: async <R extends Record<string, unknown>>(sql: string, parameters: readonly Parameter[] = []) => {
      try {
        return (await pool.query<R>(sql, [...parameters])).rows;
      } catch (error) {
        throw asTrouble(error);
      }
    },
    transaction: (work) => inTransaction(pool, work),
    script: async <R extends Record<string, unknown>>(sql: string) => {
      const client = await pool.connect().catch((error: unknown) => { throw asTrouble(error); });
      let broken: Error | undefined;
      try {
        const results = await client.query<R>(sql) as pg.QueryResult<R> | pg.QueryResult<R>[];
        return (Array.isArray(results) ? results : [results]).flatMap((result) => result.rows);
      } catch (error) {
        // A transaction the script opened and broke must not go back into the pool.
        await client.query('rollback').catch((failure: Error) => { broken = failure; });
        throw asTrouble(error);
      } finally {
        client.release(broken);
      }
    },
    close: async () => {
      if (!pool.ended) await pool.end();
    },
  };
  try {
    const [row] = await store.query<{ version: number }>(`select current_setting('server_version_num')::int as version`);
    const major = Math.floor((row?.version ?? 0) / 10_000);
    if (major < OLDEST) throw new ServiceError('the store', `PostgreSQL ${OLDEST} or newer is needed; this server is ${major}`, { final: true });
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function inTransaction<T>(pool: pg.Pool, work: (store: Pick<Store, 'query'>) => Promise<T>): Promise<T> {
  let broken: Error | undefined;
  const client = await pool.connect().catch((error: unknown) => { throw asTrouble(error); });
  const query = async <R extends Record<string, unknown>>(sql: string, parameters: readonly Parameter[] = []): Promise<R[]> => {
    try {
      return (await client.query<R>(sql, [...parameters])).rows;
    } catch (error) {
      throw asTrouble(error);
    }
  };
  try {
    await query('begin');
    const outcome = await work({ query });
    // After a failed statement that `work` swallowed, COMMIT is carried out as ROLLBACK, without an error.
    const { command } = await client.query('commit').catch((error: unknown) => { throw asTrouble(error); });
    if (command !== 'COMMIT') throw new Error('The transaction was rolled back: one of its statements had failed.');
    return outcome;
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => { broken = failure; });
    throw error;
  } finally {
    client.release(broken);
  }
}
