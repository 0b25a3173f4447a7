import { randomUUID } from 'node:crypto';
import type { Express } from 'express';
import { maskPersonalNumbers } from '../../src/access/personal-number.ts';
import { ServiceError } from '../../src/errors.ts';
import type { Message } from '../../src/card/card.ts';
import type { ChatAdapter, Handle, Incoming, Log } from '../../src/ports.ts';
import { createConversations } from './conversations.ts';
import { REFUSALS, noSuchConversation, notDemo, notLoopback, notStarted } from './errors.ts';
import type { Refusal } from './errors.ts';
import { personOf } from './inbound.ts';
import { isLoopback } from './loopback.ts';
import { pngSize } from './picture.ts';
import { renderCard, renderWords } from './render.ts';
import { say } from './texts.ts';
import { mountPage } from './transport.ts';
import type { PagePerson, Transport } from './transport.ts';

/** Messages kept per person; the page shows them again after a reload. */
const KEPT = 60;
/** Questions of one person that may wait for their answer. */
const MAX_WAITING = 10;

export interface WebOptions {
  readonly app: Express;
  /** The address the service listens on. */
  readonly boundTo: string;
  readonly demo: boolean;
  readonly people: readonly PagePerson[];
  /** First questions to offer a person, in the person's language. */
  readonly suggestions: (personId: string) => readonly string[];
  readonly now: () => Date;
  readonly log: Log;
}

/**
 * The chat page of the demo, at `/`. Whoever opens it may choose to be any of the people, so it
 * refuses (ServiceError) to exist outside demo mode or on an address that another machine can reach.
 */
export function createWeb(options: WebOptions): ChatAdapter {
  if (!options.demo) throw notDemo();
  if (!isLoopback(options.boundTo)) throw notLoopback(options.boundTo);
  const { log } = options;
  const languages = new Map(options.people.map(({ id, language }) => [id, language]));
  const conversations = createConversations([...languages.keys()], KEPT);
  /** The last question's answer per person: answers come in the order of the questions. */
  const turns = new Map<string, Promise<void>>();
  const keys = new Map<string, string>();
  let handle: Handle | null = null;
  let transport: Transport | null = null;

  const at = (): string => options.now().toISOString();

  const deliver = (person: string, { card, png, sheet }: Message, thread: string | null): { messageId: string; pictureSent: boolean } => {
    const id = `m-${randomUUID()}`;
    const size = png === null ? null : pngSize(png);
    const picture = png === null || size === null || card.picture === null ? null : { name: `${randomUUID()}.png`, png };
    const file = sheet === null ? null : { name: `${randomUUID()}.xlsx`, bytes: sheet.bytes, title: sheet.name };
    const about = thread === null ? null : conversations.entry(person, thread);
    const html = renderCard(card, {
      id,
      picture: picture === null || size === null ? null : { url: `/chat/picture/${picture.name}`, ...size },
      sheet: file === null ? null : { url: `/chat/file/${file.name}`, name: file.title },
      reply: about === null ? null : { id: about.id, title: about.title },
    });
    conversations.add(person, { id, from: 'bot', at: at(), language: card.language, title: card.title, html }, picture === null ? null : { name: picture.name, bytes: picture.png }, file);
    return { messageId: id, pictureSent: picture !== null };
  };

  const answer = async (incoming: Incoming, ask: Handle): Promise<void> => {
    const person = incoming.address.conversation;
    try {
      const message = await ask(incoming);
      if (message !== null) deliver(person, message, null);
    } catch (error) {
      log.error('web.answer-failed', { id: incoming.id, error });
      const language = languages.get(person) ?? 'da';
      conversations.add(person, { id: `m-${randomUUID()}`, from: 'fault', at: at(), language, title: '', html: renderWords(say(language, 'failed')) });
    } finally {
      conversations.awaitAnswer(person, -1);
    }
  };

  const receive = (incoming: Incoming): Refusal | null => {
    const person = incoming.address.conversation;
    const ask = handle;
    if (ask === null) return REFUSALS.stopped;
    if (conversations.entry(person, incoming.id) !== null) return null;
    if (conversations.waiting(person) >= MAX_WAITING) return REFUSALS.busy;
    conversations.add(person, { id: incoming.id, from: 'person', at: at(), language: languages.get(person) ?? 'da', title: '', html: renderWords(maskPersonalNumbers(incoming.text)) });
    conversations.awaitAnswer(person, 1);
    turns.set(person, (turns.get(person) ?? Promise.resolve()).then(() => answer(incoming, ask)));
    return null;
  };

  return {
    platform: 'web',
    start: async (handler) => {
      if (transport !== null) throw new ServiceError('the web chat', 'it was started before; make a new one', { final: true });
      handle = handler;
      transport = await mountPage({ app: options.app, people: options.people, suggestions: options.suggestions, conversations, log, receive });
    },
    send: async (address, message, sending) => {
      const person = personOf(address);
      if (person === null || !conversations.has(person)) throw noSuchConversation();
      if (handle === null) throw notStarted();
      const sent = deliver(person, message, address.thread);
      if (sending !== undefined) keys.set(sending.key, sent.messageId);
      return sent;
    },
    // The messages themselves are kept in memory: after a restart neither they nor their keys are there.
    find: async (_address, key) => {
      const messageId = keys.get(key);
      return messageId === undefined ? null : { messageId };
    },
    stop: async () => {
      handle = null;
      transport?.close();
      await Promise.all(turns.values());
    },
  };
}
