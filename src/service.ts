import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import express from 'express';
import { z } from 'zod';
import { composeDigest, digestCompleteTo, withPictures } from './app/compose.ts';
import { examplesFor } from './app/answer.ts';
import { createConversation } from './app/converse.ts';
import { deliverDue, startScheduler } from './app/deliver.ts';
import { knownAs } from './app/people.ts';
import { addressOf, deliveryOverview, deliveryStatus, listQuestions, recordAudit } from './app/records.ts';
import type { Period } from './calendar/period.ts';
import type { Message } from './card/card.ts';
import { recipientsOf } from './digest/compose.ts';
import { ServiceError } from './errors.ts';
import type { Config } from './io/config/config.ts';
import { createHttp } from './io/http/server.ts';
import { createPictures } from './io/http/pictures.ts';
import { createPainter } from './io/painter/painter.ts';
import { writeWorkbook } from './io/sheet/workbook.ts';
import type { Digest, Pack, Person } from './pack/model.ts';
import type { Address, ChatAdapter, Clock, Log, Painter, Platform, Store } from './ports.ts';
import { buildLexicon, type Lexicon } from './question/lexicon.ts';
import { announceService } from './running.ts';
import { openServiceStore } from './store.ts';
import { openPackHouse } from './warehouse.ts';

const PICTURE_TTL_MS = 10 * 60_000;
const PICTURE_BYTES = 64 * 1024 * 1024;
const REFRESH_MS = 60_000;

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const listed = z.object({ unanswered: z.boolean(), limit: z.int().min(1).max(1000) });
const testSend = z.object({ pack: z.string(), digest: z.string(), person: z.string(), period: z.object({ from: day, to: day, grain: z.string() }) });

/** A running service. */
export interface Service {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts everything, bottom up; what fails on the way takes down again what was started. `opening`: a store that is being opened already. */
export async function serve(config: Config, clock: Clock, log: Log, opening: Promise<Store> = openServiceStore(config, log)): Promise<Service> {
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
    await mkdir(config.dataDir, { recursive: true });
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
    const http = createHttp({
      host: config.host, port: config.port, log,
      ready: async () => {
        await store.query('select 1 as one');
        return { ok: true, detail: { store: 'ok', packs: house.packs().map((pack) => pack.id).join(', ') } };
      },
      metrics: async () => (await deliveryStatus(store)).map(({ state, count }) => `overblik_deliveries{state="${state}"} ${count}`).join('\n') + '\n',
    });
    const pictures = createPictures({ app: http.app, secret, baseUrl: config.publicUrl, now: () => clock.now(), ttlMs: PICTURE_TTL_MS, maxBytes: PICTURE_BYTES });

    const adapters = new Map<Platform, ChatAdapter>();
    const now = (): Date => clock.now();
    // A platform's library is loaded only where it is connected: botbuilder alone takes a second.
    if (config.slack !== null) {
      const { createSlack } = await import('../adapters/slack/index.ts');
      const { mode, botToken, apiUrl } = config.slack;
      adapters.set('slack', createSlack({ mode: mode.kind === 'http' ? { ...mode, app: http.app } : mode, botToken, apiUrl, now, log }));
    }
    if (config.teams !== null) {
      const { createTeams } = await import('../adapters/teams/index.ts');
      const { auth, allowedTenants, serviceUrls } = config.teams;
      adapters.set('teams', createTeams({ app: http.app, auth: auth.kind === 'bot' ? { ...auth, endpoints: null } : { ...auth, boundTo: config.host }, allowedTenants, allowedServiceUrls: serviceUrls, pictureUrl: (png) => pictures.url(png), sheetUrl: (sheet) => pictures.sheetUrl(sheet), now, log }));
    }
    if (config.demo) {
      const { createWeb } = await import('../adapters/web/index.ts');
      adapters.set('web', createWeb({
      app: http.app, boundTo: config.host, demo: true, now, log,
      people: house.packs().flatMap((pack) => [...pack.people.values()].map((person) => ({ id: person.id, name: person.name, title: [person.title[person.language], unitNames(pack, person)].filter((part) => part !== '').join(', '), language: person.language }))),
      suggestions: (id) => house.packs().flatMap((pack) => { const person = pack.people.get(id); return person === undefined ? [] : examplesFor(pack, person, person.language); }),
      }));
    }

    const lexicons = new Map<string, Lexicon>();
    const handle = createConversation({
      packs: () => house.packs(), figures: (id) => house.figures(id), store, painter, writeWorkbook, clock, log,
      sendPrivately: async (incoming, person, message) => {
        const { platform, user } = incoming.from;
        // Slack opens the conversation from who wrote; elsewhere it is where the person wrote from before.
        const address = platform === 'slack' ? { ...incoming.address, conversation: '', thread: null, user } : await addressOf(store, person.id, (one) => knownAs(person, one), [platform]);
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
        const key = packs.map((pack) => pack.id).join(' ');
        const known = lexicons.get(key) ?? buildLexicon(packs);
        lexicons.set(key, known);
        return known;
      },
    });
    const pages = async (pack: Pack, digest: Digest, period: Period, people: readonly Person[]): Promise<Map<string, Message>> => {
      return withPictures(await composeDigest(house.figures(pack.id), digest, period, people), painter, log);
    };
    const addressFor = async (person: Person): Promise<Address | null> => (await addressOf(store, person.id, (platform) => knownAs(person, platform), [...adapters.keys()])) ?? configuredAddress(person, adapters);
    const run = async (): Promise<void> => {
      await house.refresh();
      const summary = await deliverDue({ store, adapters, clock, log }, {
        packs: house.packs(), addressFor, compose: pages,
        closedThrough: (packId, digestId) => { const figures = house.figures(packId); return digestCompleteTo(figures, figures.pack.digests.get(digestId) as Digest); },
        recipients: (pack, digest) => recipientsOf(pack, digest),
      });
      if (summary.owed + summary.delivered + summary.failed + summary.unsure + summary.retried > 0) log.info('deliveries', { ...summary });
    };

    const token = randomBytes(24).toString('base64url');
    http.app.post('/admin/:command', express.json({ limit: '16kb' }), async (request, response) => {
      if (request.get('authorization') !== `Bearer ${token}`) {
        response.status(404).end();
        return;
      }
      const { command } = request.params;
      if (command === 'status') {
        response.json({ deliveries: await deliveryOverview(store) });
        return;
      }
      if (command === 'questions') {
        const asked = listed.safeParse(request.body);
        response.json({ questions: await listQuestions(store, asked.success ? asked.data : { unanswered: false, limit: 50 }) });
        return;
      }
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
          const address = await addressFor(person);
          const adapter = address === null ? undefined : adapters.get(address.platform);
          if (address === null || adapter === undefined) throw new ServiceError('the service', `${person.id} has no address. They write to the bot once, or the pack names their e-mail or id.`, { final: true });
          const message = (await pages(pack, digest, period, [person])).get(person.id) as Message;
          const sent = await adapter.send(address, message);
          await recordAudit(store, { at: clock.now(), actor: 'command-line', action: 'test-send', detail: { pack: pack.id, digest: digest.id, period: period.from, recipient: person.id, messageId: sent.messageId } });
          response.json({ platform: address.platform, ...sent });
        } catch (error) {
          if (!(error instanceof ServiceError)) throw error;
          response.status(502).json({ error: error.message });
        }
        return;
      }
      response.status(404).end();
    });

    for (const adapter of adapters.values()) {
      await adapter.start(handle);
      closers.push(() => adapter.stop());
    }
    const { url } = await http.listen();
    closers.push(() => http.close());
    closers.push(await announceService(config, { url, token }));
    const scheduler = startScheduler({ everyMs: REFRESH_MS, run, log });
    closers.push(() => scheduler.stop());
    log.info('ready', { url, platforms: [...adapters.keys()].join(', ') });
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const unitNames = (pack: Pack, person: Person): string => person.units.map((unit) => pack.organisation.units.get(unit)?.name[person.language] ?? unit).join(', ');

/** Where to write to someone who has not written yet: Slack by the id in the pack, the web chat by the person's own conversation. */
function configuredAddress(person: Person, adapters: ReadonlyMap<Platform, ChatAdapter>): Address | null {
  const address = (platform: Platform, user: string): Address => ({ platform, tenant: platform === 'web' ? 'local' : '', conversation: platform === 'web' ? user : '', thread: null, user, serviceUrl: '', bot: '' });
  if (person.slack !== null && adapters.has('slack')) return address('slack', person.slack);
  return adapters.has('web') ? address('web', person.id) : null;
}
