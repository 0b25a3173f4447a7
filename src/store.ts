import { join } from 'node:path';
import type { Config } from './io/config/config.ts';
import { openQueue } from './io/queue/queue.ts';
import { outlast } from './io/store/outlast.ts';
import { openStore } from './io/store/store.ts';
import type { Log, Queue, Store } from './ports.ts';

/** The state, where the settings say. */
export function openServiceStore(config: Config, log: Log, bare = false): Promise<Store> {
  return openStore({ databaseUrl: config.databaseUrl, dir: join(config.dataDir, 'state'), log, bare });
}

/** The same for a process that is to stay: a server that is away for now is waited for, as long as the settings say. */
export function awaitServiceStore(config: Config, log: Log): Promise<Store> {
  return outlast(() => openServiceStore(config, log), { waitMs: config.databaseWaitMs, log });
}

/** The wake-ups in that state; waits likewise. */
export function awaitServiceQueue(config: Config, store: Store, log: Log): Promise<Queue> {
  return outlast(() => openQueue(store, { embedded: config.databaseUrl === null, log }), { waitMs: config.databaseWaitMs, log });
}
