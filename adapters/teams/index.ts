import express from 'express';
import type { NextFunction, Request, Response } from 'express';
import { ServiceError, withNothingSent } from '../../src/errors.ts';
import type { Message } from '../../src/card/card.ts';
import type { Address, ChatAdapter, Handle, Incoming, Log } from '../../src/ports.ts';
import { statusOf, toServiceError } from './errors.ts';
import { inbound, readActivity, serviceUrlAllowed } from './inbound.ts';
import type { Inbound } from './inbound.ts';
import { INLINE_PICTURE_BYTES, messageFaults } from './limits.ts';
import { createPeople } from './people.ts';
import { render, renderText } from './render.ts';
import type { TeamsMessage } from './render.ts';
import { createSeen } from '../../src/delivery/seen.ts';
import { checkSettings, isLoopback } from './settings.ts';
import { createTransport } from './transport.ts';
import type { Auth } from './transport.ts';

export interface TeamsOptions {
  /** `POST /api/messages` is mounted here, with a JSON parser of its own. */
  readonly app: express.Express;
  readonly auth: Auth;
  /** Entra tenant ids; empty: the app's own tenant. */
  readonly allowedTenants: readonly string[];
  /** Where the connector lives, `https://smba.trafficmanager.net/`: with all below it. */
  readonly allowedServiceUrls: readonly string[];
  /** A signed, short-lived https address of a picture, for one reader; null: it travels inside the card. */
  readonly pictureUrl: (png: Uint8Array, reader: string) => string | null;
  /** Where a reader can fetch a spreadsheet, or null when Teams can't. */
  readonly sheetUrl: (sheet: Uint8Array, reader: string) => string | null;
  readonly now: () => Date;
  readonly log: Log;
}

const BODY_LIMIT = '1mb';
const REMEMBERED = 10_000;

/** What a pressed Action.Execute is told at once; the answer itself follows as a message. */
const TAKEN = { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: 'OK' };

/**
 * Microsoft Teams. Refuses to be made (DefinitionError) without an app id, unless bound to this machine for a test.
 *
 * A request is answered as soon as it is authenticated and understood, and its work goes on after that: Teams repeats what is not
 * answered within seconds.
 */
export function createTeams(options: TeamsOptions): ChatAdapter {
  const { app, auth, log, now, pictureUrl, sheetUrl } = options;
  const allowed = checkSettings(auth, options.allowedTenants, options.allowedServiceUrls);
  const transport = createTransport(auth);
  const standing = createPeople(transport.member, now);
  const seen = createSeen(REMEMBERED);
  const installed = createSeen(REMEMBERED);
  const working = new Set<Promise<void>>();
  let handle: Handle | null = null;

  const post = async (address: Address, message: TeamsMessage): Promise<string> => {
    const id = await transport.post(address, message);
    if (id === '') throw new ServiceError('Teams', 'the message was taken without an id, so it is not known to have arrived', { mayHaveArrived: true });
    return id;
  };

  /** The last guard: a card Teams would refuse is sent as text, and said so. */
  const fit = (message: Message, url: string | null, reader: string): { sent: TeamsMessage; pictureSent: boolean } => {
    const sent = render(message.card, url, message.sheet === null ? null : sheetUrl(message.sheet.bytes, reader));
    const faults = messageFaults(sent);
    if (faults.length === 0) return { sent, pictureSent: url !== null && message.card.picture !== null };
    log.error('teams.card-unfit', { faults: faults.slice(0, 5) });
    return { sent: renderText(message.card), pictureSent: false };
  };

  /** A page is owed to someone of the organisation: not to who has become a guest or left since they wrote. */
  const refuseOutsiders = async (address: Address): Promise<void> => {
    const found = await standing(address, address.user, address.user).catch((error: unknown) => { throw withNothingSent(toServiceError(error, now())); });
    if (found === 'absent') throw new ServiceError('Teams', 'the person is not in the conversation any more', { final: true });
    if (found === 'guest') throw new ServiceError('Teams', 'the person is a guest of the tenant, and guests get no figures', { final: true });
  };

  const send: ChatAdapter['send'] = async (address, message, sending) => {
    if (sending !== undefined && now() > sending.until) throw new ServiceError('Teams', 'its turn came so late that the message did not leave');
    // The bot's token goes there, so an address from an old or foreign store is not trusted.
    if (!serviceUrlAllowed(address.serviceUrl, allowed.serviceUrls)) throw new ServiceError('Teams', 'the address has a service URL that is not allowed', { final: true });
    if (sending !== undefined && address.user !== '') await refuseOutsiders(address);
    const reader = readerOf(address);
    const whole = fit(message, message.png === null ? null : pictureUrl(message.png, reader) ?? inline(message.png), reader);
    try {
      return { messageId: await post(address, whole.sent), pictureSent: whole.pictureSent };
    } catch (error) {
      if (statusOf(error) !== 413 || !whole.pictureSent) throw toServiceError(error, now());
      log.warn('teams.too-big', { bytes: message.png?.length });
    }
    try {
      return { messageId: await post(address, fit(message, null, reader).sent), pictureSent: false };
    } catch (error) {
      throw toServiceError(error, now());
    }
  };

  const answer = async ({ incoming, roster, id }: Extract<Inbound, { kind: 'incoming' }>, by: Handle): Promise<void> => {
    try {
      // Who is in no roster is a stranger the more, whatever a pack says of them.
      const own = (await standing({ ...incoming.address, conversation: roster }, incoming.from.user, id)) === 'own';
      const message = await by(own ? incoming : { ...incoming, from: { ...incoming.from, guest: true } });
      if (message !== null) await send(incoming.address, message);
    } catch (error) {
      log.error('teams.answer-failed', { kind: incoming.kind, error });
    }
  };

  /** Teams tells of one installation twice (installationUpdate and conversationUpdate), and may repeat anything. */
  const isNew = (incoming: Incoming): boolean => seen.first(incoming.id) && (incoming.kind !== 'installed' || installed.first(incoming.address.conversation));

  const accept = (decision: Inbound, by: Handle): void => {
    if (decision.kind === 'removed') installed.forget(decision.conversation);
    if (decision.kind === 'ignored') log.info('teams.ignored', { reason: decision.reason });
    if (decision.kind === 'refused') log.warn('teams.refused', { reason: decision.reason });
    if (decision.kind !== 'incoming' || !isNew(decision.incoming)) return;
    const work = answer(decision, by);
    working.add(work);
    void work.finally(() => working.delete(work));
  };

  const answered = (response: Response, status: number, body: object = {}): void => { response.status(status).set('Cache-Control', 'no-store').json(body); };
  const unauthenticated = (response: Response, status: 401 | 503, reason: string): void => {
    log.warn('teams.unauthenticated', { status, reason });
    answered(response, status, { error: status === 401 ? 'The token is missing or not good.' : 'The token could not be checked now.' });
  };

  /** What can be refused before the body is read. */
  const guard = (request: Request, response: Response, next: NextFunction): void => {
    if (handle === null) answered(response, 503, { error: 'The service is starting or stopping.' });
    else if (auth.kind === 'anonymous-test' && !fromThisMachine(request)) answered(response, 403, { error: 'Only this machine may write here.' });
    else if (!transport.holdsToken(request.get('authorization') ?? '')) unauthenticated(response, 401, 'no token');
    else next();
  };

  app.post('/api/messages', guard, express.json({ limit: BODY_LIMIT }), async (request: Request, response: Response) => {
    const by = handle;
    const end = (status: number, body: object = {}): void => answered(response, status, body);
    if (by === null) return end(503, { error: 'The service is starting or stopping.' });
    const activity = readActivity(request.body);
    if (activity === null) return end(400, { error: 'This is no activity of the Bot Framework.' });

    const { status, cause } = await transport.authenticate(request.get('authorization') ?? '', request.body as Record<string, unknown>);
    if (status !== 200) return unauthenticated(response, status, cause instanceof Error ? cause.name : 'unknown');
    const decision = inbound(activity, allowed);
    if (decision.kind === 'refused') end(403, { error: 'Not allowed to write here.' });
    else if (activity.type === 'invoke') end(decision.kind === 'incoming' ? 200 : 501, decision.kind === 'incoming' ? TAKEN : {});
    else end(200);
    accept(decision, by);
  });

  return {
    platform: 'teams',
    start: async (by) => { handle = by; },
    send,
    // A bot can't read a conversation's history there without rights over all its messages, and a message carries no key of ours.
    find: null,
    stop: async () => {
      handle = null;
      await Promise.allSettled([...working]);
    },
  };
}

/** Whom a link is for: the person, or where there is none (a channel), the conversation. */
const readerOf = ({ tenant, conversation, user }: Address): string => JSON.stringify(['teams', tenant, user === '' ? conversation : user]);

function inline(png: Uint8Array): string | null {
  return png.length <= INLINE_PICTURE_BYTES ? `data:image/png;base64,${Buffer.from(png).toString('base64')}` : null;
}

/** A tunnel or proxy on this machine would make the whole world look like it; those add a header. */
function fromThisMachine(request: Request): boolean {
  const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  return isLoopback(peer) && request.get('x-forwarded-for') === undefined && request.get('forwarded') === undefined;
}
