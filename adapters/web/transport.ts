import { readFile } from 'node:fs/promises';
import express from 'express';
import type { Express, NextFunction, Request, Response } from 'express';
import type { Language } from '../../src/pack/model.ts';
import type { Incoming, Log } from '../../src/ports.ts';
import type { Conversations } from './conversations.ts';
import { REFUSALS, refusalBody, refusalOf } from './errors.ts';
import type { Refusal } from './errors.ts';
import { MAX_TEXT, readPosted } from './inbound.ts';
import { foreign } from './loopback.ts';
import { TEXTS } from './texts.ts';

export interface PagePerson {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly language: Language;
}

export interface TransportOptions {
  readonly app: Express;
  readonly people: readonly PagePerson[];
  readonly suggestions: (personId: string) => readonly string[];
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

async function readPage(): Promise<ReadonlyMap<string, { type: string; content: Buffer }>> {
  const folder = new URL('./page/', import.meta.url);
  return new Map(await Promise.all(Object.entries(FILES).map(async ([name, type]) => [name, { type, content: await readFile(new URL(name, folder)) }] as const)));
}

/** Mounts the page (`/`), its files, the posts and the event streams (`/chat/...`). */
export async function mountPage(options: TransportOptions): Promise<Transport> {
  const { app, conversations, log } = options;
  const people = new Map(options.people.map((person) => [person.id, person]));
  const page = await readPage();
  const streams = new Set<Response>();
  let open = true;

  const languageOf = (personId: unknown): Language => people.get(String(personId))?.language ?? options.people[0]?.language ?? 'da';
  const refuse = (response: Response, refusal: Refusal, personId: unknown): void => {
    response.status(refusal.status).json(refusalBody(refusal, languageOf(personId), MAX_TEXT));
  };

  const guard = (request: Request, response: Response, next: NextFunction): void => {
    response.set('Cache-Control', 'no-store');
    const reason = foreign(request);
    if (reason !== null) {
      log.warn('web.refused', { reason });
      refuse(response, REFUSALS.refused, null);
    } else if (!open) {
      refuse(response, REFUSALS.stopped, null);
    } else {
      next();
    }
  };

  const sendFile = (response: Response, name: string, next: NextFunction): void => {
    const file = page.get(name);
    if (file === undefined) next();
    else response.set({ 'Content-Type': file.type, 'Content-Security-Policy': PAGE_POLICY }).send(file.content);
  };

  const stream = (request: Request, response: Response): void => {
    const person = String(request.params['person']);
    if (!people.has(person)) return refuse(response, REFUSALS.unknownPerson, null);
    const tell = (event: string, data: unknown): void => void response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    response.status(200).set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
    response.write(`retry: ${RECONNECT_MS}\n\n`);
    const silence = conversations.listen(person, (change) => tell(change.kind, change));
    tell('snapshot', { entries: conversations.entries(person), typing: conversations.waiting(person) > 0, unread: conversations.unread() });
    // Without traffic neither side would notice that the other is gone.
    const beat = setInterval(() => void response.write(': beat\n\n'), BEAT_MS);
    beat.unref();
    streams.add(response);
    response.on('close', () => {
      clearInterval(beat);
      silence();
      streams.delete(response);
    });
  };

  const onlyJson = (request: Request, response: Response, next: NextFunction): void => {
    if (request.is('application/json') === false) refuse(response, REFUSALS.notJson, request.params['person']);
    else next();
  };

  const post = (request: Request, response: Response): void => {
    const person = String(request.params['person']);
    if (!people.has(person)) return refuse(response, REFUSALS.unknownPerson, null);
    const posted = readPosted(person, request.body);
    const refusal = posted.ok ? options.receive(posted.incoming) : posted.refusal;
    if (refusal === null) response.status(202).json({ accepted: true });
    else refuse(response, refusal, person);
  };

  const chat = express.Router();
  chat.use(guard);
  chat.get('/start', (_request, response) => {
    response.json({ people: options.people.map((person) => ({ ...person, suggestions: options.suggestions(person.id) })), texts: TEXTS, unread: conversations.unread(), maxText: MAX_TEXT });
  });
  chat.get('/events/:person', stream);
  chat.post('/messages/:person', onlyJson, express.json({ limit: MAX_BODY }), post);
  chat.get('/picture/:name', (request, response, next) => {
    const png = conversations.file(request.params.name);
    if (png === null || !request.params.name.endsWith('.png')) return next();
    response.set({ 'Content-Type': 'image/png', 'Cache-Control': 'private, max-age=3600' }).send(Buffer.from(png.buffer, png.byteOffset, png.byteLength));
  });
  chat.get('/file/:name', (request, response, next) => {
    const sheet = conversations.file(request.params.name);
    if (sheet === null || !request.params.name.endsWith('.xlsx')) return next();
    response.set({ 'Content-Type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'Content-Disposition': 'attachment', 'Cache-Control': 'private, no-store' }).send(Buffer.from(sheet.buffer, sheet.byteOffset, sheet.byteLength));
  });
  chat.get('/:file', (request, response, next) => sendFile(response, request.params.file, next));
  chat.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    const refusal = refusalOf(error);
    if (refusal === null) next(error);
    else refuse(response, refusal, request.url.split('/').at(-1));
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
