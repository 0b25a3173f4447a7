import { PgBoss, type Db } from 'pg-boss';
import type { Log, Parameter, Queue, Store } from '../../ports.ts';

const QUEUE = 'deliver';
/** Any fixed number, another than that of our own migrations. */
const LOCK = 7_203_115;
/** Handled at a time; one that hangs holds one of them and keeps nobody else waiting. */
const SLOTS = 16;
/** Fetched at a time. */
const BATCH = 8;
/** A wake-up that broke (the store was away) comes again after this. */
const AGAIN_S = 30;
const DEFAULT_POLL_S = 2;
/** A wake-up whose worker died is given up after this; the ledger has put in another by then. */
const EXPIRES_S = 900;
const KEPT_S = 86_400;
const STOP_MS = 60_000;

/**
 * Wake-ups by pg-boss, in the store's own database (schema `pgboss`, made and kept up to date by the library under a lock).
 * `pollSeconds`: how often an idle worker looks, at least 0.5.
 */
export async function openQueue(store: Store, { embedded, log, pollSeconds = DEFAULT_POLL_S }: { embedded: boolean; log: Log; pollSeconds?: number }): Promise<Queue> {
  const boss = new PgBoss({
    db: database(store), ...(embedded && { backend: 'pglite' as const }),
    // Schedules are ours: the library's cron has no identity of the occurrence. Looking after indexes is the database's own.
    schedule: false, reindex: false, monitorVacuum: false,
  });
  boss.on('error', (error) => log.warn('queue-trouble', { error: error.message }));
  const prepare = async (): Promise<void> => {
    await boss.start().catch(async (error: unknown) => {
      await boss.stop({ graceful: false, close: false }).catch(() => undefined);
      throw error;
    });
    // One wake-up of a delivery waits at a time: putting in another for what may be lost does no harm.
    await boss.createQueue(QUEUE, { policy: 'short', retryLimit: 2, retryDelay: 30, expireInSeconds: EXPIRES_S, retentionSeconds: KEPT_S, deleteAfterSeconds: 3600 });
  };
  // The library makes its schema under a lock of its own, but not the schema's name: two first starts at once would meet there.
  if (embedded) await prepare();
  else await store.transaction(async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(${LOCK})`);
    await prepare();
  });

  return {
    add: async (transaction, deliveries, afterSeconds) => {
      await boss.insert(QUEUE, deliveries.map((delivery) => ({ data: { delivery }, singletonKey: String(delivery), ...(afterSeconds !== undefined && { startAfter: Math.max(0, Math.ceil(afterSeconds)) }) })), { db: database(transaction) });
    },
    work: async (handle) => {
      const running = new Set<Promise<void>>();
      const begin = (delivery: number): void => {
        const one = handle(delivery).catch(async (error: unknown) => {
          log.warn('wake-up-broke', { delivery, error: error instanceof Error ? error : String(error) });
          // The scan finds it too, but only after some minutes.
          await boss.insert(QUEUE, [{ data: { delivery }, singletonKey: String(delivery), startAfter: AGAIN_S }]).catch(() => undefined);
        }).finally(() => running.delete(one));
        running.add(one);
      };
      // A wake-up is done when its handling has begun: the ledger says what became of it, and puts in another for what was lost.
      const worker = await boss.work<{ delivery: number }>(QUEUE, { batchSize: BATCH, burstWhenBatchFull: true, pollingIntervalSeconds: pollSeconds }, async (jobs) => {
        for (const { data } of jobs) {
          while (running.size >= SLOTS) await Promise.race(running);
          begin(data.delivery);
        }
      });
      return {
        stop: async () => {
          await boss.offWork(QUEUE, { id: worker, wait: true });
          await Promise.all(running);
        },
      };
    },
    close: () => boss.stop({ graceful: true, close: false, timeout: STOP_MS }),
  };
}

/** The library's way to the database: a statement with values, or a script without. */
function database(store: Pick<Store, 'query'> & Partial<Pick<Store, 'script'>>): Db {
  return {
    executeSql: async (text, values = []) => ({
      rows: values.length === 0 && store.script !== undefined ? await store.script(text) : await store.query(text, values as Parameter[]),
    }),
  };
}
