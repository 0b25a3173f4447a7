import { randomBytes } from 'node:crypto';
import express from 'express';
import { z } from 'zod';
import { createConversation } from './app/converse.ts';
import { recordAudit, shownOf } from './app/audit.ts';
import { addressOfAccount } from './app/records.ts';
import { limitPeople } from './app/limit.ts';
import type { Period } from './calendar/period.ts';
import { connect, renewed } from './connecting.ts';
import { startDelivering, workOf } from './delivering.ts';
import { ServiceError, UsageError } from './errors.ts';
import type { Config } from './io/config/config.ts';
import { watchDisk } from './io/disk/places.ts';
import { makePrivate } from './io/disk/private.ts';
import { isOwnCommand } from './io/http/commands.ts';
import { createHttp, type HttpOptions } from './io/http/server.ts';
import { createPictures } from './io/http/pictures.ts';
import { createPainter } from './io/painter/painter.ts';
import { writeWorkbook } from './io/sheet/workbook.ts';
import type { Clock, Handle, Log, Painter, Store } from './ports.ts';
import { buildLexicon, type Lexicon } from './question/lexicon.ts';
import { announceService } from './running.ts';
import { metricsOf, runOnState } from './state.ts';
import { awaitServiceQueue, awaitServiceStore } from './store.ts';
import { openPackHouse } from './warehouse.ts';

const PICTURE_TTL_MS = 10 * 60_000;
/** Where platforms write to, and are checked. */
const VERIFIED = ['/slack/events', '/api/messages'];
const PICTURE_BYTES = 64 * 1024 * 1024;

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const testSend = z.object({ pack: z.string(), digest: z.string(), person: z.string(), period: z.object({ from: day, to: day, grain: z.string() }) });

/** A running service. */
export interface Service {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts everything, bottom up; what fails on the way takes down again what was started. `opening`: a store that is being opened already. */
export async function serve(config: Config, clock: Clock, log: Log, opening: Promise<Store> = awaitServiceStore(config, log)): Promise<Service> {
  const closers: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        log.error('stop-failed', { error: error instanceof Error ? error : String(error) });
      }
    }
  };
  try {
    // Whatever happens below, what is being opened is closed again, last of all.
    const opened = opening.catch(() => null);
    closers.push(async () => { await (await opened)?.close(); });
    await makePrivate(config.dataDir);
    // It listens first of all: whoever watches the service finds it alive however long it reads.
    let inService: Pick<HttpOptions, 'ready' | 'metrics'> | null = null;
    const http = createHttp({
      host: config.host, port: config.port, log, trustedProxies: config.trustedProxies,
      limit: { perMinute: config.limits.requestsPerMinute, verified: VERIFIED, now: () => clock.now() },
      starting: () => inService === null,
      ready: async () => inService?.ready() ?? { ok: false, detail: { service: 'starting: packs and data are being read' } },
      metrics: async () => inService?.metrics() ?? '',
    });
    const { url } = await http.listen();
    closers.push(() => http.close());
    const house = await openPackHouse(config, clock, log);
    closers.push(() => house.close());
    // Side by side: the first start makes a database and loads every file, and each takes seconds.
    const [painting, loading] = await Promise.allSettled([createPainter({ workers: config.painters }), house.refresh()]);
    if (painting.status === 'fulfilled') closers.push(() => painting.value.close());
    for (const part of [painting, loading]) if (part.status === 'rejected') throw part.reason;
    const painter = (painting as PromiseFulfilledResult<Painter>).value;
    const store = await opening;
    for (const outcome of (loading as PromiseFulfilledResult<Awaited<ReturnType<typeof house.refresh>>>).value) log.info('source', { pack: outcome.pack, source: outcome.source, outcome: outcome.outcome, rows: outcome.report?.rows ?? 0, rejected: outcome.report?.rejected ?? 0 });

    const secret = config.secret ?? randomBytes(32).toString('base64url');
    const pictures = createPictures({ app: http.app, secret, baseUrl: config.publicUrl, now: () => clock.now(), ttlMs: PICTURE_TTL_MS, maxBytes: PICTURE_BYTES });

    const adapters = await connect(config, { app: http.app, pictures, house, clock, log, page: true });

    const lexicons = { of: house.packs(), known: new Map<string, Lexicon>() };
    const converse = createConversation({
      packs: () => house.packs(), figures: (id) => house.figures(id), store, painter, writeWorkbook, clock, log,
      sendPrivately: async (incoming, person, message) => {
        const { platform, user } = incoming.from;
        // Slack opens the conversation from who wrote; elsewhere it is where the person wrote from before.
        const address = platform === 'slack' ? { ...incoming.address, conversation: '', thread: null, user } : await addressOfAccount(store, person.id, incoming.from);
        const adapter = adapters.get(platform);
        if (address === null || adapter === undefined) return false;
        try {
          await adapter.send(address, message);
          return true;
        } catch (error) {
          if (!(error instanceof ServiceError)) throw error;
          log.warn('not-sent-privately', { platform, error });
          return false;
        }
      },
      lexicon: (packs) => {
        if (lexicons.of !== house.packs()) Object.assign(lexicons, { of: house.packs(), known: new Map() });
        const key = packs.map((pack) => pack.id).join(' ');
        const lexicon = lexicons.known.get(key) ?? buildLexicon(packs);
        lexicons.known.set(key, lexicon);
        return lexicon;
      },
    });
    const handle: Handle = limitPeople(async (incoming) => {
      await renewed(house, log);
      return converse(incoming);
    }, { packs: () => house.packs(), store, clock, perMinute: config.limits.questionsPerMinute });
    const queue = await awaitServiceQueue(config, store, log);
    closers.push(() => queue.close());
    // Beside a platform that keeps messages, pages never go to the web chat, which forgets them.
    const delivering = config.web !== null && adapters.size > 1 ? new Map([...adapters].filter(([platform]) => platform !== 'web')) : adapters;
    const ports = { store, queue, adapters: delivering, clock, log };
    const work = workOf(house, painter, ports);

    const token = randomBytes(24).toString('base64url');
    const own: express.RequestHandler<{ command: string }> = (request, response, next) => {
      if (isOwnCommand(request, token)) next();
      else response.status(404).end();
    };
    http.app.post('/admin/:command', own, express.json({ limit: '1mb' }), async (request, response) => {
      const { command } = request.params;
      if (command === 'send') {
        const asked = testSend.safeParse(request.body);
        if (!asked.success) {
          response.status(400).json({ error: 'A test send names pack, digest, period and person.' });
          return;
        }
        const { pack: packId, digest: digestId, person: personId } = asked.data;
        const period = asked.data.period as Period;
        const pack = house.packs().find((one) => one.id === packId);
        const digest = pack?.digests.get(digestId);
        const person = pack?.people.get(personId);
        if (pack === undefined || digest === undefined || person === undefined) {
          response.status(400).json({ error: 'There is no such pack, digest or person in the running service.' });
          return;
        }
        try {
          const address = await work.addressFor(person.id, pack);
          const adapter = address === null ? undefined : adapters.get(address.platform);
          if (address === null || adapter === undefined) throw new ServiceError('the service', `${person.id} has no address. They write to the bot once, or the pack names their e-mail or id.`, { final: true });
          const { message } = await work.page(pack, digest, period, person);
          const sent = await adapter.send(address, message);
          await recordAudit(store, { at: clock.now(), actor: 'command-line', action: 'test-send', detail: { pack: pack.id, digest: digest.id, period: period.from, recipient: person.id, messageId: sent.messageId, shown: shownOf(sent.pictureSent ? message : { ...message, png: null }) } });
          response.json({ platform: address.platform, ...sent });
        } catch (error) {
          if (!(error instanceof ServiceError)) throw error;
          response.status(502).json({ error: error.message });
        }
        return;
      }
      try {
        const answered = await runOnState({ store, queue, clock }, command, request.body);
        if (answered === null) response.status(404).end();
        else response.json(answered);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        response.status(400).json({ error: error.message });
      }
    });

    for (const adapter of adapters.values()) {
      await adapter.start(handle);
      closers.push(() => adapter.stop());
    }
    const disk = watchDisk(config.dataDir, log);
    inService = {
      ready: async () => {
        await store.query('select 1 as one');
        const problem = await disk();
        return { ok: problem === null, detail: { store: 'ok', disk: problem === null ? 'ok' : 'can\'t be written', packs: String(house.packs().length) } };
      },
      metrics: () => metricsOf(store, clock.now()),
    };
    // Its running requests end before what they need is closed.
    closers.push(() => http.close());
    closers.push(await announceService(config, { url, token }));
    const deliveries = await startDelivering(config, house, painter, ports, work);
    closers.push(() => deliveries.stop());
    log.info('ready', { url, platforms: [...adapters.keys()].join(', ') });
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
