import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { ServiceError } from '../../errors.ts';
import type { Log, Store } from '../../ports.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';
import { syncPath } from './durable.ts';

/** Rows read or written at a time. */
const CHUNK = 2_000;
/** What is made anew by itself: who does what for all, how fast, and the schema's own history. */
const LEFT_OUT = ['schema_version', 'leases', 'paces', 'data_held'];

const header = z.object({ overblik: z.literal('backup'), schema: z.int(), at: z.iso.datetime() });
const line = z.object({ table: z.string(), rows: z.array(z.record(z.string(), z.unknown())) });
export type BackupHeader = z.infer<typeof header>;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

async function tables(store: Pick<Store, 'query'>): Promise<string[]> {
  const rows = await store.query<{ name: string }>(`select table_name as name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE' order by table_name`);
  return rows.map(({ name }) => name).filter((name) => !LEFT_OUT.includes(name));
}

/**
 * Writes all state to a file, as it stands at one instant, while everything goes on: compressed JSON, one line for some rows
 * of a table, the same from both databases. The file appears whole or not at all. Resolves with the number of rows.
 */
export async function writeBackup(store: Store, file: string, at: Date): Promise<number> {
  const path = resolve(file);
  const making = `${path}.part`;
  let count = 0;
  try {
    await store.transaction(async (tx) => {
      await tx.query('set transaction isolation level repeatable read');
      const [newest] = await tx.query<{ version: number }>('select max(version) as version from schema_version');
      async function* lines(): AsyncGenerator<string> {
        yield `${JSON.stringify({ overblik: 'backup', schema: newest?.version ?? 0, at: at.toISOString() } satisfies BackupHeader)}\n`;
        for (const table of await tables(tx)) {
          for (let from = 0; ; from += CHUNK) {
            const rows = await tx.query<{ row: Record<string, unknown> }>(`select to_jsonb(x) as row from ${quoted(table)} x order by x.ctid limit ${CHUNK} offset ${from}`);
            if (rows.length === 0) break;
            count += rows.length;
            yield `${JSON.stringify({ table, rows: rows.map(({ row }) => row) })}\n`;
          }
        }
      }
      await pipeline(Readable.from(lines()), createGzip(), createWriteStream(making, { mode: 0o600, flags: 'w' }));
    });
    const handle = await open(making, 'r');
    await handle.sync();
    await handle.close();
    await rename(making, path);
    await syncPath(dirname(path));
    return count;
  } catch (error) {
    await rm(making, { force: true });
    if (error instanceof ServiceError) throw error;
    throw new ServiceError('the backup', `could not be written to ${path}: ${error instanceof Error ? error.message : String(error)}`, { final: true, cause: error });
  }
}

/**
 * Fills an empty database from a backup, brings it up to date, and notes for which time nobody knows what was sent. All or
 * nothing. `store`: a database without any schema of ours. Rejects with ServiceError for a database that has one, a file that is
 * no backup or is cut off, and a backup of a newer version.
 */
export async function readBackup(store: Store, file: string, now: Date, log: Log): Promise<{ header: BackupHeader; rows: number }> {
  const fault = (message: string, cause?: unknown): ServiceError => new ServiceError('the backup', message, { final: true, cause });
  const [known] = await store.query<{ there: boolean }>(`select to_regclass('schema_version') is not null as there`);
  if (known?.there === true) throw fault('is only restored into an empty database. Move the present one away first (embedded: the folder state in OVERBLIK_DATA_DIR; PostgreSQL: make a new database)');
  const unzipped = createReadStream(resolve(file)).on('error', (error) => unzipped.destroy(error)).pipe(createGunzip());
  const lines = createInterface({ input: unzipped, crlfDelay: Infinity });
  const begun = new Set<string>();
  let found: BackupHeader | null = null;
  let rows = 0;
  try {
    await store.transaction(async (tx) => {
      for await (const text of lines) {
        const value: unknown = JSON.parse(text);
        if (found === null) {
          found = header.parse(value);
          const { schema } = found;
          if (schema > (MIGRATIONS.at(-1)?.version ?? 0)) throw fault('was made by a newer version. Install that version, or newer, and restore again');
          // The rows fit the schema they were written from; what came later is added after them.
          await migrate(within(tx), log, MIGRATIONS.filter(({ version }) => version <= schema));
          continue;
        }
        const { table, rows: some } = line.parse(value);
        if (!(await tables(tx)).includes(table)) throw fault(`holds a table '${table}' that its version does not have`);
        // What a new schema begins with gives way to what was kept.
        if (!begun.has(table)) await tx.query(`delete from ${quoted(table)}`);
        begun.add(table);
        await tx.query(`insert into ${quoted(table)} overriding system value select * from jsonb_populate_recordset(null::${quoted(table)}, $1::jsonb)`, [JSON.stringify(some)]);
        rows += some.length;
      }
      if (found === null) throw fault('is empty');
      for (const table of await tables(tx)) {
        const [identity] = await tx.query<{ column: string }>(`select column_name as column from information_schema.columns where table_schema = current_schema() and table_name = $1 and is_identity = 'YES'`, [table]);
        if (identity !== undefined) await tx.query(`select setval(pg_get_serial_sequence($1, $2), greatest(1, (select coalesce(max(${quoted(identity.column)}), 0) from ${quoted(table)})), true)`, [quoted(table), identity.column]);
      }
      await migrate(within(tx), log);
      await tx.query('insert into restores (backup_at, restored_at) values ($1, $2)', [(found as BackupHeader).at, now.toISOString()]);
    });
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    throw fault(`${resolve(file)} can't be read: ${error instanceof z.ZodError || error instanceof SyntaxError ? 'it is no backup of Overblik, or it is damaged' : error instanceof Error ? error.message : String(error)}`, error);
  }
  return { header: found as unknown as BackupHeader, rows };
}

/** A transaction as a store, for steps that open one of their own: they become part of it. */
const within = (tx: Pick<Store, 'query'>): Store => ({ ...tx, transaction: (work) => work(tx), script: () => Promise.reject(new Error('no scripts within a transaction')), close: () => Promise.resolve() });
