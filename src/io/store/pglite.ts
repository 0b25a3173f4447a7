import { once } from 'node:events';
import { rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { PGlite, type Transaction } from '@electric-sql/pglite';
import { ServiceError } from '../../errors.ts';
import type { Log, Parameter, Store } from '../../ports.ts';
import { createLogSync, syncPath, syncTree } from './durable.ts';
import { holdDirectory } from './lock.ts';
import { PARSERS } from './parsers.ts';
import { asTrouble } from './trouble.ts';
import { unpack } from './unpack.ts';

/** Segments of 16 MB; PGlite never makes a checkpoint by itself while it runs, so its log would grow and a restart would read all of it. */
const SEGMENTS_BEFORE_CHECKPOINT = 4;

/**
 * Opens the store in a directory of its own (PGlite: PostgreSQL inside this process). What is committed survives a kill of
 * the process, and a power cut: the log is put on disk before a commit is reported. One process may have the directory.
 * Inside `transaction` use the store it hands over: the outer one waits for the transaction to end.
 */
export async function openPglite(dir: string, log: Log): Promise<Store> {
  const lock = await holdDirectory(dir);
  try {
    const dataDir = join(dir, 'postgres');
    if (!(await stat(dataDir).then(() => true, () => false))) {
      log.info('store-first-start', { note: 'making the database, a few seconds' });
      await create(dataDir);
    }
    const db = await PGlite.create(dataDir, { parsers: { ...PARSERS } }).catch((error: unknown) => {
      throw new ServiceError('the store', `the database in ${dataDir} could not be opened. Restore it from a backup, or move it away to start empty`, { final: true, cause: error });
    });
    await syncTree(dataDir);
    return storeOn(db, dataDir, lock.release);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** A new database, which appears whole or not at all: a kill on the way leaves a folder that the next start throws away. */
async function create(dataDir: string): Promise<void> {
  const making = `${dataDir}.making`;
  await rm(making, { recursive: true, force: true });
  await initialise(making);
  await syncTree(making);
  await rename(making, dataDir);
  await syncPath(dirname(dataDir));
}

/**
 * A new database as files. Made in memory, which is quicker than on disk, and in a thread, for it is seconds of work
 * without a pause; what comes back is PGlite's own dump, a tar archive.
 */
async function initialise(dir: string): Promise<void> {
  const steps = `const { parentPort, workerData } = require("node:worker_threads");
    import(workerData).then(async ({ PGlite }) => {
      const db = await PGlite.create("memory://");
      const dump = await (await db.dumpDataDir("none")).arrayBuffer();
      await db.close();
      parentPort.postMessage(dump, [dump]);
    });`;
  const thread = new Worker(steps, { eval: true, execArgv: [], workerData: import.meta.resolve('@electric-sql/pglite') });
  try {
    const [dump] = (await once(thread, 'message')) as [ArrayBuffer];
    await unpack(Buffer.from(dump), dir);
  } catch (cause) {
    throw new ServiceError('the store', `a new database could not be made in ${dir}: ${cause instanceof Error ? cause.message : String(cause)}`, { final: true, cause });
  } finally {
    await thread.terminate();
  }
}

function storeOn(db: PGlite, dataDir: string, release: () => Promise<void>): Store {
  const logSync = createLogSync(dataDir);
  let closing: Promise<void> | null = null;

  const settled = async (): Promise<void> => {
    const { rows: [end] } = await db.query<{ segment: string }>('select pg_walfile_name(pg_current_wal_lsn()) as segment');
    if (end === undefined || (await logSync.sync(end.segment)) < SEGMENTS_BEFORE_CHECKPOINT) return;
    logSync.restart();
    await db.exec('checkpoint');
    await syncTree(dataDir);
  };
  const run = async <R>(on: PGlite | Transaction, sql: string, parameters: readonly Parameter[] = []): Promise<R[]> => (await on.query<R>(sql, [...parameters])).rows;

  return {
    query: async <R extends Record<string, unknown>>(sql: string, parameters?: readonly Parameter[]) => {
      try {
        const rows = await run<R>(db, sql, parameters);
        if (!/^\s*select\b/i.test(sql)) await settled();
        return rows;
      } catch (error) {
        throw asTrouble(error);
      }
    },
    transaction: async (work) => {
      try {
        const outcome = await db.transaction((tx) => work({ query: (sql, parameters) => run(tx, sql, parameters) }));
        await settled();
        return outcome;
      } catch (error) {
        throw asTrouble(error);
      }
    },
    script: async <R extends Record<string, unknown>>(sql: string) => {
      try {
        const results = await db.exec(sql);
        await settled();
        return results.flatMap((result) => result.rows as R[]);
      } catch (error) {
        // A transaction the script opened and broke would keep the one connection.
        await db.exec('rollback').catch(() => undefined);
        throw asTrouble(error);
      }
    },
    close: () => {
      closing ??= (async () => {
        try {
          await logSync.close();
          await db.close();
          await syncTree(dataDir);
        } finally {
          await release();
        }
      })();
      return closing;
    },
  };
}
