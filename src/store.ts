import { join } from 'node:path';
import type { Config } from './io/config/config.ts';
import { openQueue } from './io/queue/queue.ts';
import { outlast } from './io/store/outlast.ts';
import { openStore } from './io/store/store.ts';
import type { Log, Queue, Store } from './ports.ts';

const START_MS = 60_000;

/** The state, where the settings say. */
export function openServiceStore(config: Config, log: Log, bare = false): Promise<Store> {
  return openStore({ databaseUrl: config.databaseUrl, dir: join(config.dataDir, 'state'), log, bare });
}

/** The same for a process that is to stay: a server that is away for now is waited for, up to a minute. */
export function awaitServiceStore(config: Config, log: Log): Promise<Store> {
  return patiently(config, log, () => openServiceStore(config, log));
}

/** The wake-ups in that state; waits likewise. */
export function awaitServiceQueue(config: Config, store: Store, log: Log): Promise<Queue> {
  return patiently(config, log, () => openQueue(store, { embedded: config.databaseUrl === null, log }));
}

/** The embedded database is never away for now. */
function patiently<T>(config: Config, log: Log, task: () => Promise<T>): Promise<T> {
  return outlast(task, { waitMs: config.databaseUrl === null ? 0 : START_MS, log });
}
