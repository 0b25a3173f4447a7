import type { Log, Store } from '../../ports.ts';
import { migrate } from './migrate.ts';
import { openPglite } from './pglite.ts';
import { openPostgres } from './postgres.ts';

/**
 * Opens the state: on the PostgreSQL server of `databaseUrl`, or embedded in `dir` when it is null; the schema is brought up
 * to date, unless it is asked for `bare`, to be filled from a backup. Values come out as `PARSERS` says. Rejects with ServiceError when the database is away, too old, or the
 * directory is in use by another process.
 */
export async function openStore({ databaseUrl, dir, log, bare = false }: { databaseUrl: string | null; dir: string; log: Log; bare?: boolean }): Promise<Store> {
  const store = databaseUrl === null ? await openPglite(dir, log) : await openPostgres(databaseUrl, log);
  try {
    if (!bare) await migrate(store, log);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
