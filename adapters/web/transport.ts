import { readFile } from 'node:fs/promises';
import express from 'express';
import type { Express, NextFunction, Request, Response } from 'express';
import type { Language } from '../../src/pack/model.ts';
import type { Identity, Incoming, Log } from '../../src/ports.ts';
import type { Conversations } from './conversations.ts';
import { REFUSALS, refusalBody, refusalOf } from './errors.ts';
import type { Refusal } from './errors.ts';
import { MAX_TEXT, readPosted } from './inbound.ts';
import type { Reader, SignIn } from './sign-in.ts';
import { TEXTS } from './texts.ts';

export interface TransportOptions {
  readonly app: Express;
  readonly signIn: SignIn;
  /** Looks at who is who anew. */
  readonly renew: () => Promise<void>;
  readonly suggestions: (from: Identity) => readonly string[];
  readonly conversations: Conversations;
  readonly log: Log;
  /** Takes what was typed or pressed; says why not when it can't. */
  readonly receive: (incoming: Incoming) => Refusal | null;
}

export interface Transport {
  /** Ends the pages' event streams; routes answer 503 from now on. */
  close(): void;
}

const PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types overblik";
const FILES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'chat.css': 'text/css; charset=utf-8',
  'chat.js': 'text/javascript; charset=utf-8',
  'people.js': 'text/javascript; charset=utf-8',
  'log.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};
/** A message of 2,000 characters, each written as an escaped surrogate pair, and its frame. */
const MAX_BODY = '32kb';
const BEAT_MS = 20_000;
const RECONNECT_MS = 1_000;
/** A stream ends after this, and the page opens the next one: who was signed out meanwhile gets none. */
const SIGNED_IN_MS = 10 * 60_000;

async function readPage(): Promise<ReadonlyMap<string, { type: string; content: Buffer }>> {
  const folder = new URL('./page/', import.meta.url);
  return new Map(await Promise.all(Object.entries(FILES).map(async ([name, type]) => [name, { type, content: await readFile(new URL(name, folder)) }] as const)));
}

/** Mounts the page (`/`), its files, the posts and the event streams (`/chat/...`). */
export async function mountPage(options: TransportOptions): Promise<Transport> {
  const { app, conversations, log, signIn } = options;
  const page = await readPage();
  const streams = new Set<Response>();
  let open = true;

  const readerOf = (request: Request, name: unknown): Reader | null => signIn.reader(request, String(name));
  const refuse = (request: Request, response: Response, refusal: Refusal, name: unknown): void => {
    const language: Language = (readerOf(request, name) ?? signIn.choice(request)[0])?.person.language ?? 'da';
    response.status(refusal.status).json(refusalBody(refusal, language, MAX_TEXT));
  };

  const guard = (request: Request, response: Response, next: NextFunction): void => {
    response.set('Cache-Control', 'no-store');
    const refused = signIn.refusal(request);
    if (refused !== null) {
      log.warn('web.refused', { reason: refused.reason });
      refuse(request, response, refused.refusal, null);
    } else if (!open) {
      refuse(request, response, REFUSALS.stopped, null);
    } else {
      next();
    }
  };

  /** Before anything is read or asked: who is who counts as it is written now. */
  const renewed = async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    await options.renew();
    if (open) next();
    else refuse(request, response, REFUSALS.stopped, null);
  };

  const sendFile = (response: Response, name: string, next: NextFunction): void => {
    const file = page.get(name);
    if (file === undefined) next();
    else response.set({ 'Content-Type': file.type, 'Content-Security-Policy': PAGE_POLICY }).send(file.content);
  };

  const stream = (request: Request, response: Response): void => {
    const reader = readerOf(request, request.params['person']);
    if (reader === null) return refuse(request, response, REFUSALS.unknownPerson, null);
    const person = reader.address.conversation;
    // Where everyone sees only themselves, what others have not read is none of their business.
    const unread = (): Record<string, number> => (signIn.signedIn ? {} : conversations.unread());
    const tell = (event: string, data: unknown): void => void response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    response.status(200).set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
    response.write(`retry: ${RECONNECT_MS}\n\n`);
    const silence = conversations.listen(person, (change) => {
      if (change.kind !== 'unread' || !signIn.signedIn) tell(change.kind, change);
      // Whoever follows from here on has to say anew who they are.
      if (change.kind === 'forgotten') response.end();
    });
    tell('snapshot', { entries: conversations.entries(person), typing: conversations.waiting(person) > 0, unread: unread() });
    // Without traffic neither side would notice that the other is gone.
    const beat = setInterval(() => {
      conversations.look(person);
      if (!response.writableEnded) response.write(': beat\n\n');
    }, BEAT_MS);
    beat.unref();
    const end = signIn.signedIn ? setTimeout(() => response.end(), SIGNED_IN_MS).unref() : undefined;
    streams.add(response);
    response.on('close', () => {
      clearInterval(beat);
      clearTimeout(end);
      silence();
      streams.delete(response);
    });
  };

  const onlyJson = (request: Request, response: Response, next: NextFunction): void => {
    if (request.is('application/json') === false) refuse(request, response, REFUSALS.notJson, request.params['person']);
    else next();
  };

  const post = (request: Request, response: Response): void => {
    const reader = readerOf(request, request.params['person']);
    if (reader === null) return refuse(request, response, REFUSALS.unknownPerson, null);
    const posted = readPosted(reader, request.body);
    const refusal = posted.ok ? options.receive(posted.incoming) : posted.refusal;
    if (refusal === null) response.status(202).json({ accepted: true });
    else refuse(request, response, refusal, reader.name);
  };

  const chat = express.Router();
  chat.use(guard);
  chat.get('/start', renewed, (request, response) => {
    const people = signIn.choice(request).map(({ name: id, from, person: { name, title, language } }) => ({ id, name, title, language, suggestions: options.suggestions(from) }));
    response.json({ people, signedIn: signIn.signedIn, texts: TEXTS, unread: signIn.signedIn ? {} : conversations.unread(), maxText: MAX_TEXT });
  });
  chat.get('/events/:person', renewed, stream);
  chat.post('/messages/:person', onlyJson, express.json({ limit: MAX_BODY }), renewed, post);
  const fileOf = (request: Request, ending: string): Uint8Array | null => {
    const [reader, name] = [readerOf(request, request.params['person']), String(request.params['name'])];
    return reader === null || !name.endsWith(ending) ? null : conversations.file(reader.address.conversation, name);
  };
  chat.get('/picture/:person/:name', renewed, (request, response, next) => {
    const png = fileOf(request, '.png');
    if (png === null) return next();
    response.set({ 'Content-Type': 'image/png', 'Cache-Control': 'private, no-store' }).send(Buffer.from(png.buffer, png.byteOffset, png.byteLength));
  });
  chat.get('/file/:person/:name', renewed, (request, response, next) => {
    const sheet = fileOf(request, '.xlsx');
    if (sheet === null) return next();
    response.set({ 'Content-Type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'Content-Disposition': 'attachment', 'Cache-Control': 'private, no-store' }).send(Buffer.from(sheet.buffer, sheet.byteOffset, sheet.byteLength));
  });
  chat.get('/:file', (request, response, next) => sendFile(response, request.params.file, next));
  chat.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    const refusal = refusalOf(error);
    if (refusal === null) next(error);
    else refuse(request, response, refusal, request.url.split('/').at(-1));
  });

  app.use('/chat', chat);
  app.get('/', guard, (_request, response, next) => sendFile(response, 'index.html', next));

  return {
    close: () => {
      open = false;
      for (const response of streams) response.end();
    },
  };
}
