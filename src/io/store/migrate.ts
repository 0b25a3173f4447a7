import type { Log, Store } from '../../ports.ts';
import { MIGRATIONS, type Migration } from './migrations.ts';

/** Any fixed number: whoever migrates this database asks for the same lock. */
const LOCK = 7_203_114;

/**
 * Brings the schema up to date, each step once, in a transaction of its own and under a lock, so that several processes may
 * start at the same time. A database that is ahead (a newer version runs beside this one) is left as it is.
 */
export async function migrate(store: Store, log: Log, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  for (const step of migrations) {
    const applied = await store.transaction(async (tx) => {
      await tx.query(`select pg_advisory_xact_lock(${LOCK})`);
      await tx.query('create table if not exists schema_version (version integer primary key, name text not null, applied_at timestamptz not null default now())');
      const [newest] = await tx.query<{ version: number | null }>('select max(version) as version from schema_version');
      if ((newest?.version ?? 0) >= step.version) return false;
      for (const statement of step.statements) await tx.query(statement);
      await tx.query('insert into schema_version (version, name) values ($1, $2)', [step.version, step.name]);
      return true;
    });
    if (applied) log.info('store-migrated', { version: step.version, name: step.name });
  }
}
