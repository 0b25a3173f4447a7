import { App, ExpressReceiver, type AnyMiddlewareArgs, type Receiver } from '@slack/bolt';
import express from 'express';
import type { Express, NextFunction, Request, Response } from 'express';
import { ServiceError, withNothingSent } from '../../src/errors.ts';
import type { Message } from '../../src/card/card.ts';
import { admission } from '../../src/card/admission.ts';
import { messages } from '../../src/card/messages.ts';
import type { Language } from '../../src/pack/model.ts';
import type { ChatAdapter, Handle, Incoming, Log } from '../../src/ports.ts';
import { refusesBlocks, toServiceError } from './errors.ts';
import { fromAllowedTeam, readAction, readCommand, readHome, readMessage, throughAllowedTeam, type Written } from './inbound.ts';
import { LIMITS, MESSAGE_CHARACTERS, type Block } from './limits.ts';
import { createPeople, type Self } from './people.ts';
import { renderBlocks, renderText } from './render.ts';
import { createSeen } from '../../src/delivery/seen.ts';
import { createSocket } from './socket.ts';
import { createTransport, libraryLog } from './transport.ts';

export interface SlackOptions {
  /** HTTP: `POST /slack/events` is mounted on `app`, with a parser of its own. Socket Mode needs no address of ours. */
  readonly mode: { readonly kind: 'http'; readonly signingSecret: string; readonly app: Express } | { readonly kind: 'socket'; readonly appToken: string };
  readonly botToken: string;
  /** Ids of workspaces (T…) and organisations of Enterprise Grid (E…) whose people may write; empty: the bot's own. */
  readonly allowedTeams: readonly string[];
  /** Another Web API than slack.com, for tests; null: Slack's. */
  readonly apiUrl: string | null;
  readonly now: () => Date;
  readonly log: Log;
  /** Lets time pass: while an upload is made ready, before a lost connection is made again. */
  readonly wait?: (ms: number) => Promise<void>;
}

const PATH = '/slack/events';
/** A signed request is good for five minutes around its time; the library refuses only old ones. */
const GOOD_FOR_S = 5 * 60;
/** Slack's own payloads stay far below. */
const BODY_LIMIT = '1mb';
/** All we listen to is acknowledged before anything is waited for; what is not by now is nothing Slack sends. */
const UNKNOWN_AFTER_MS = 200;
const REMEMBERED = 10_000;

/** Where events come in. `connect` starts Bolt's receiver; one on an app of ours needs none. */
interface Entrance {
  readonly receiver: Receiver;
  start(connect: () => Promise<unknown>): Promise<void>;
  stop(): Promise<void>;
}

type Respond = (message: { response_type: 'ephemeral'; replace_original: false; text: string; blocks?: never[] }) => Promise<unknown>;

/** How an answer goes back: as a message, to one reader only, or as the person's App Home. */
type Way = { readonly kind: 'post' } | { readonly kind: 'ephemeral'; readonly respond: Respond } | { readonly kind: 'home' };

/**
 * Slack by Bolt, over HTTP or Socket Mode. What comes in is acknowledged at once and worked on after that: Slack repeats what is not
 * acknowledged within three seconds. `start` rejects with ServiceError when Slack does not know the token.
 */
export function createSlack(options: SlackOptions): ChatAdapter {
  const { mode, botToken, allowedTeams, apiUrl, now, log } = options;
  // Waiting for Slack never keeps a process alive that has nothing else to do.
  const wait = options.wait ?? ((ms: number) => new Promise<void>((resolve) => { setTimeout(resolve, ms).unref(); }));
  const transport = createTransport(botToken, apiUrl, log, wait);
  const seen = createSeen(REMEMBERED);
  const turnedAway = createSeen(REMEMBERED);
  const working = new Set<Promise<void>>();
  let self: Self | null = null;
  let handle: Handle | null = null;

  const us = (): Self => {
    if (self === null) throw new ServiceError('Slack', 'is not connected yet');
    return self;
  };
  /** A worker sends without having been started, so who we are is asked for when it is needed. */
  const introduced = async (): Promise<Self> => {
    if (self !== null) return self;
    const known = await transport.client.auth.test().catch((error: unknown) => { throw toServiceError(error); });
    const own = [known.team_id, known.enterprise_id].flatMap((one) => (one === undefined || one === '' ? [] : [one]));
    const allowed = new Set(allowedTeams.length > 0 ? allowedTeams : own);
    if (!own.some((one) => allowed.has(one))) throw new ServiceError('Slack', `the bot belongs to ${own.join(' of ')}, which SLACK_ALLOWED_TEAMS does not name, so nobody could write to it; add it, or leave the setting out`, { final: true });
    self = { team: known.team_id ?? '', allowed, user: known.user_id ?? '', botId: known.bot_id ?? '' };
    return self;
  };
  const identify = createPeople(transport.client, introduced, now);

  /** A page is owed to someone of the organisation: not to who has become a guest or left since they wrote. */
  const refuseOutsiders = async (user: string): Promise<void> => {
    const found = await identify(user);
    if (found === 'outsider') throw new ServiceError('Slack', 'the person\'s account is closed, or not of the organisation', { final: true });
    if (found === 'bot') throw new ServiceError('Slack', 'a bot can\'t be written to', { final: true });
    if (found.guest === true) throw new ServiceError('Slack', 'the person is a guest of the workspace, and guests get no figures', { final: true });
  };

  const entrance: Entrance = mode.kind === 'socket' ? createSocket(mode.appToken, apiUrl, log, wait)
    : { receiver: mountReceiver(mode, () => handle !== null, now, log), start: async () => undefined, stop: async () => undefined };

  /** The picture's file id; null when it could not be shown, so that the text still arrives. */
  const upload = async ({ card, png }: Message): Promise<string | null> => {
    if (png === null || card.picture === null) return null;
    try {
      return await transport.upload(png, card.picture.alt.slice(0, LIMITS.alt));
    } catch (error) {
      log.warn('slack.picture-left-out', { reason: toServiceError(error).message });
      return null;
    }
  };

  /** Sends with picture and table; what Slack does not take is sent again plainer, and only then given up. */
  const plainer = async <T>(message: Message, surface: 'message' | 'home', put: (blocks: Block[] | null) => Promise<T>): Promise<{ sent: T; pictureSent: boolean }> => {
    const file = await upload(message);
    const tries = [...(file === null ? [] : [{ file, tables: true }]), { file: null, tables: true }, { file: null, tables: false }];
    for (const { file: shown, tables } of tries) {
      try {
        return { sent: await put(renderBlocks(message.card, { file: shown, surface, tables })), pictureSent: shown !== null };
      } catch (error) {
        if (!refusesBlocks(error)) throw toServiceError(error);
        log.warn('slack.blocks-refused', { picture: shown !== null, tables });
      }
    }
    return { sent: await put(null), pictureSent: false };
  };

  /** The message has arrived by now; a file that can't be sent is said, and fails nothing. */
  const share = async (put: () => Promise<void>, language: Language, say: (words: string) => Promise<unknown>): Promise<void> => {
    try {
      await put();
    } catch (error) {
      log.warn('slack.sheet-left-out', { reason: toServiceError(error).message });
      await say(messages(language).sheetFailed).catch(() => undefined);
    }
  };

  const send: ChatAdapter['send'] = async (address, message, sending) => {
    const placed = async (): Promise<string> => {
      if (sending !== undefined && address.user !== '') await refuseOutsiders(address.user);
      return transport.channelOf(address);
    };
    const channel = await placed().catch((error: unknown) => { throw withNothingSent(toServiceError(error)); });
    try {
      const { sent, pictureSent } = await plainer(message, 'message', (blocks) => {
        if (sending !== undefined && now() > sending.until) throw new ServiceError('Slack', 'took so long with the picture that the message did not leave');
        return transport.post(channel, address.thread, renderText(message.card, blocks === null ? MESSAGE_CHARACTERS : LIMITS.text), blocks, sending ?? null);
      });
      const { sheet } = message;
      if (sheet !== null) await share(() => transport.share(channel, address.thread, sheet), message.card.language, (words) => transport.post(channel, address.thread, words, null, null));
      return { messageId: sent, pictureSent };
    } catch (error) {
      throw toServiceError(error);
    }
  };

  const giveBack = async (incoming: Incoming, message: Message, way: Way): Promise<void> => {
    switch (way.kind) {
      case 'post': await send(incoming.address, message); return;
      case 'home': await plainer(message, 'home', (blocks) => transport.publishHome(incoming.from.user, blocks ?? renderBlocks({ ...message.card, blocks: [], picture: null }, { file: null, surface: 'home', tables: false }))); return;
      case 'ephemeral': await whisper(incoming, message, way.respond);
    }
  };

  /** To one reader in front of others. No file goes that way: a spreadsheet comes in their own conversation, and the answer says so. */
  const whisper = async (incoming: Incoming, { card, ...message }: Message, respond: Respond): Promise<void> => {
    const { sheet } = message;
    const { language } = card;
    const told: Message = { ...message, card: sheet === null ? card : { ...card, blocks: [{ kind: 'text', text: messages(language).sheetPrivately }, ...card.blocks] } };
    const say = (text: string, blocks: Block[] | null): Promise<unknown> => respond({ response_type: 'ephemeral', replace_original: false, text, ...(blocks !== null && { blocks: blocks as unknown as never[] }) });
    await plainer(told, 'message', (blocks) => say(renderText(told.card), blocks));
    if (sheet !== null) await share(async () => transport.share(await transport.channelOf({ ...incoming.address, conversation: '' }), null, sheet), language, (words) => say(words, null));
  };

  /** A word to someone who is not of the organisation, once an hour; nothing they write is read. */
  const turnAway = async (written: Pick<Written, 'kind' | 'user' | 'address'>): Promise<void> => {
    if (written.kind !== 'message' || !turnedAway.first(`${written.user} ${now().toISOString().slice(0, 13)}`)) return;
    await transport.post(written.address.conversation, written.address.thread, `${admission('da').guest}\n${admission('en').guest}`, null, null);
  };

  const answer = async ({ user, ...written }: Written, way: Way, by: Handle): Promise<void> => {
    try {
      const from = await identify(user);
      if (typeof from === 'string') {
        log.warn('slack.ignored', { reason: 'not one of the allowed workspaces\' people', kind: written.kind });
        // Two bots that are polite to each other never stop.
        if (from === 'outsider') await turnAway({ user, ...written });
        return;
      }
      const incoming: Incoming = { ...written, from };
      const message = await by(incoming);
      if (message !== null) await giveBack(incoming, message, way);
    } catch (error) {
      log.error('slack.answer-failed', { kind: written.kind, error: toServiceError(error) });
    }
  };

  const accept = (written: Written | null, way: Way): void => {
    // What Slack sends again after a lost acknowledgement has the id it had.
    if (handle === null || written === null || !seen.first(written.id)) return;
    const work = answer(written, way, handle);
    working.add(work);
    void work.finally(() => working.delete(work));
  };

  const listenTo = (bolt: App): void => {
    bolt.use(async (args) => {
      const { body, next } = args;
      // Everything, also what nobody here listens to: Slack sends again what it is not told was taken.
      if ('ack' in args && typeof args.ack === 'function') await (args.ack as () => Promise<void>)();
      const { allowed, user } = us();
      if (fromAllowedTeam(body, allowed)) await next();
      else {
        log.warn('slack.refused', { reason: 'workspace not allowed' });
        const written = throughAllowedTeam(body, allowed) ? readMessage(body, (body as { event?: unknown }).event, user) : null;
        if (written !== null) await turnAway(written).catch((error: unknown) => { log.warn('slack.answer-failed', { kind: written.kind, error: toServiceError(error) }); });
      }
    });
    const message = async ({ body, event }: Pick<AnyMiddlewareArgs, 'body'> & { event: unknown }): Promise<void> => accept(readMessage(body, event, us().user), { kind: 'post' });
    bolt.event('app_mention', message);
    bolt.event('message', message);
    bolt.event('app_home_opened', async ({ body, event }) => accept(readHome(body, event), { kind: 'home' }));
    bolt.command('/overblik', async ({ body, respond }) => {
      accept(readCommand(body, us().user), { kind: 'ephemeral', respond: respond as unknown as Respond });
    });
    bolt.action(/^ask-\d+$/, async ({ body, respond }) => {
      const action = readAction(body);
      accept(action, action?.ephemeral === true ? { kind: 'ephemeral', respond: respond as unknown as Respond } : { kind: 'post' });
    });
    // An error of the language quotes the payload, so only its kind is told.
    bolt.error(async ({ code, name, original }) => { log.error('slack.failed', { code, reason: original?.name ?? name }); });
  };

  return {
    platform: 'slack',
    start: async (by) => {
      await introduced();
      const authorize = async () => ({ botToken, botUserId: us().user, botId: us().botId, teamId: us().team });
      const app = new App({
        authorize, logger: libraryLog(log), receiver: entrance.receiver,
        clientOptions: { retryConfig: { retries: 0 }, ...(apiUrl !== null && { slackApiUrl: apiUrl.replace(/\/?$/, '/') }) },
      });
      listenTo(app);
      handle = by;
      try {
        await entrance.start(() => app.start());
      } catch (error) {
        handle = null;
        throw error;
      }
    },
    send,
    find: async (address, key, since) => {
      try {
        return await transport.find(await transport.channelOf(address), address.thread, key, since);
      } catch (error) {
        throw toServiceError(error);
      }
    },
    stop: async () => {
      // First nothing more is acknowledged: what Slack is not told was taken, it sends again.
      await entrance.stop();
      handle = null;
      await Promise.allSettled([...working]);
    },
  };
}

/** Bolt's receiver on an app of ours, behind a check of the request's time in both directions. */
function mountReceiver({ app, signingSecret }: Extract<SlackOptions['mode'], { kind: 'http' }>, started: () => boolean, now: () => Date, log: Log): ExpressReceiver {
  app.post(PATH, (request: Request, response: Response, next: NextFunction) => {
    const at = Number(request.get('x-slack-request-timestamp') ?? Number.NaN);
    if (!started()) response.status(503).set('Retry-After', '5').end();
    else if (!(Math.abs(now().getTime() / 1000 - at) <= GOOD_FOR_S)) response.status(401).end();
    else next();
  }, express.raw({ type: () => true, limit: BODY_LIMIT, inflate: false }), (request: Request & { rawBody?: unknown }, _response: Response, next: NextFunction) => {
    // The library's own reader leaves a connection hanging when the body is too large; it takes what was read already.
    if (Buffer.isBuffer(request.body)) request.rawBody = request.body;
    next();
  });
  return new ExpressReceiver({
    // Signed, but of a shape the library falls over: not a fault of ours, and sending it again is no use.
    processEventErrorHandler: async ({ error, response }) => {
      log.warn('slack.unreadable', { reason: error instanceof Error ? error.name : 'unknown' });
      if (!response.headersSent) response.writeHead(400).end();
      return false;
    },
    signingSecret, app: app as never, endpoints: PATH, unhandledRequestTimeoutMillis: UNKNOWN_AFTER_MS, logger: libraryLog(log),
  });
}
