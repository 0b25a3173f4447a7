import express from 'express';
import { randomBytes } from 'node:crypto';
import { connect } from './connecting.ts';
import { startDelivering } from './delivering.ts';
import { DefinitionError } from './errors.ts';
import type { Config } from './io/config/config.ts';
import { makePrivate } from './io/disk/private.ts';
import { createPainter } from './io/painter/painter.ts';
import { createPictures } from './io/http/pictures.ts';
import type { Clock, Log } from './ports.ts';
import { awaitServiceQueue, awaitServiceStore } from './store.ts';
import { openPackHouse } from './warehouse.ts';

const PICTURE_BYTES = 64 * 1024 * 1024;

/**
 * A process that only delivers, beside the service and any number of its like on one PostgreSQL. It receives nothing and
 * listens nowhere. Throws DefinitionError without DATABASE_URL: the embedded database has room for one process.
 */
export async function startWorker(config: Config, clock: Clock, log: Log): Promise<{ stop(): Promise<void> }> {
  if (config.databaseUrl === null) throw new DefinitionError([{ file: 'DATABASE_URL', line: 0, column: 0, message: 'A worker shares a PostgreSQL server with the service.', hint: 'Set DATABASE_URL here and where the service runs; without it the service delivers alone.' }]);
  if (config.slack === null && config.teams === null) throw new DefinitionError([{ file: 'SLACK_BOT_TOKEN', line: 0, column: 0, message: 'A worker needs a platform to send to.', hint: 'Set the same Slack or Teams settings as where the service runs.' }]);
  const closers: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close().catch((error: unknown) => log.error('stop-failed', { error: error instanceof Error ? error : String(error) }));
  };
  try {
    await makePrivate(config.dataDir);
    const store = await awaitServiceStore(config, log);
    closers.push(() => store.close());
    const house = await openPackHouse(config, clock, log);
    closers.push(() => house.close());
    await house.refresh();
    const painter = await createPainter({ workers: config.painters });
    closers.push(() => painter.close());
    const queue = await awaitServiceQueue(config, store, log);
    closers.push(() => queue.close());
    // Nobody reaches this process, so a picture travels inside its message.
    const app = express();
    const pictures = createPictures({ app, secret: randomBytes(32).toString('base64url'), baseUrl: null, now: () => clock.now(), ttlMs: 0, maxBytes: PICTURE_BYTES });
    const adapters = await connect(config, { app, pictures, house, clock, log, page: false });
    const delivering = await startDelivering(config, house, painter, { store, queue, adapters, clock, log });
    closers.push(() => delivering.stop());
    log.info('worker-ready', { platforms: [...adapters.keys()].join(', ') });
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
