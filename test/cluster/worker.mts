import { scan, startScheduler, type DeliverSettings } from '../../src/app/deliver.ts';
import { deliver } from '../../src/app/send.ts';
import { openQueue } from '../../src/io/queue/queue.ts';
import { outlast } from '../../src/io/store/outlast.ts';
import { openStore } from '../../src/io/store/store.ts';
import type { Log } from '../../src/ports.ts';
import { createSlack } from '../../adapters/slack/index.ts';
import { crowd } from './crowd.ts';

/** A process that delivers to a crowd until it is killed, with the real Slack adapter and short leases. */
const [databaseUrl = '', apiUrl = '', name = '', count = '0', channels = ''] = process.argv.slice(2);
const log: Log = { info: () => undefined, warn: () => undefined, error: (event, fields) => { process.stderr.write(`${name} ${event} ${String((fields?.['error'] as Error | undefined)?.message ?? '')}\n`); } };
const clock = { now: () => new Date(Date.now() + Number(process.env['SHIFT_MS'] ?? 0)) };
// The database may be restarting just now.
const patience = { waitMs: 60_000, log };
const store = await outlast(() => openStore({ databaseUrl, dir: '', log }), patience);
const queue = await outlast(() => openQueue(store, { embedded: false, log, pollSeconds: 0.5 }), patience);
const slack = createSlack({ mode: { kind: 'socket', appToken: 'xapp-none' }, botToken: 'xoxb-overblik', allowedTeams: [], apiUrl, now: () => clock.now(), log });
const { work } = crowd(Number(count), channels.split(','));
const settings: DeliverSettings = {
  worker: `${name}/${process.pid}`, leaseMs: 10_000, askAfterMs: 1_000, unsure: 'send-again', paces: () => [], random: Math.random, wait: (ms) => new Promise((resolve) => { setTimeout(resolve, ms); }),
};
const ports = { store, queue, adapters: new Map([['slack' as const, slack]]), clock, log };
const worker = await queue.work((id) => deliver(ports, work, settings, id));
const scheduler = startScheduler({ everyMs: 1_000, run: async () => { await scan(ports, work, settings); }, log });
process.stdout.write('ready\n');
process.once('SIGTERM', () => {
  void (async () => {
    await scheduler.stop();
    await worker.stop();
    await queue.close();
    await store.close();
    process.exit(0);
  })();
});
