import { join } from 'node:path';
import type { Config } from './io/config/config.ts';
import { openStore } from './io/store/store.ts';
import type { Log, Store } from './ports.ts';

/** The service's state, where the settings say. */
export function openServiceStore(config: Config, log: Log, bare = false): Promise<Store> {
  return openStore({ databaseUrl: config.databaseUrl, dir: join(config.dataDir, 'state'), log, bare });
}
