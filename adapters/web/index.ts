import { randomUUID } from 'node:crypto';
import type { Express } from 'express';
import { maskPersonalNumbers } from '../../src/access/personal-number.ts';
import { ServiceError } from '../../src/errors.ts';
import type { Message } from '../../src/card/card.ts';
import type { Language } from '../../src/pack/model.ts';
import type { ChatAdapter, Handle, Identity, Incoming, Log } from '../../src/ports.ts';
import { createConversations } from './conversations.ts';
import { REFUSALS, noSuchConversation, notStarted } from './errors.ts';
import type { Refusal } from './errors.ts';
import { pngSize } from './picture.ts';
import { renderCard, renderWords } from './render.ts';
import { createSignIn } from './sign-in.ts';
import type { Access, PagePerson } from './sign-in.ts';
import { say } from './texts.ts';
import { mountPage } from './transport.ts';
import type { Transport } from './transport.ts';

/** Messages kept per person; the page shows them again after a reload. */
const KEPT = 60;
/** Bytes of pictures and spreadsheets kept in all. */
const MAX_BYTES = 128 * 1024 * 1024;
/** Questions of one person that may wait for their answer. */
const MAX_WAITING = 10;

export interface WebOptions {
  readonly app: Express;
  readonly access: Access;
  /** As they are now: people come and go while the service runs. */
  readonly people: () => readonly PagePerson[];
  /** Who an account is and may see now, in one text; empty for nobody. What was said to it is kept as long as this is the same. */
  readonly standing: (from: Identity) => string;
  /** Looks at who is who anew, before anything that was said is read. Never rejects. */
  readonly renew: () => Promise<void>;
  /** First questions to offer a person, in the person's language. */
  readonly suggestions: (from: Identity) => readonly string[];
  readonly now: () => Date;
  readonly log: Log;
}

/**
 * The chat page, at `/`. In the demo whoever opens it may choose to be any of the people, so it refuses (ServiceError) to exist
 * on an address that another machine can reach; elsewhere a reverse proxy says who it is, and it refuses to exist without one.
 */
export function createWeb(options: WebOptions): ChatAdapter {
  const { log } = options;
  const signIn = createSignIn(options.access, options.people);
  const standing = (person: string): string => options.standing(signIn.identityOf(person));
  const conversations = createConversations(KEPT, MAX_BYTES, standing);
  const languageOf = (key: string): Language => options.people().find(({ id, email }) => (signIn.signedIn ? email : id) === key)?.language ?? 'da';
  /** The last question's answer per person: answers come in the order of the questions. */
  const turns = new Map<string, Promise<void>>();
  const keys = new Map<string, { messageId: string; data?: string }>();
  let handle: Handle | null = null;
  let transport: Transport | null = null;

  const at = (): string => options.now().toISOString();

  const deliver = (person: string, { card, png, sheet }: Message, thread: string | null): { messageId: string; pictureSent: boolean } => {
    const id = `m-${randomUUID()}`;
    const size = png === null ? null : pngSize(png);
    const picture = png === null || size === null || card.picture === null ? null : { name: `${randomUUID()}.png`, png };
    const file = sheet === null ? null : { name: `${randomUUID()}.xlsx`, bytes: sheet.bytes, title: sheet.name };
    const about = thread === null ? null : conversations.entry(person, thread);
    const place = encodeURIComponent(signIn.nameOf(person));
    const html = renderCard(card, {
      id,
      picture: picture === null || size === null ? null : { url: `/chat/picture/${place}/${picture.name}`, ...size },
      sheet: file === null ? null : { url: `/chat/file/${place}/${file.name}`, name: file.title },
      reply: about === null ? null : { id: about.id, title: about.title },
    });
    conversations.add(person, { id, from: 'bot', at: at(), language: card.language, title: card.title, html }, picture === null ? null : { name: picture.name, bytes: picture.png }, file);
    return { messageId: id, pictureSent: picture !== null };
  };

  const tell = (person: string, key: 'failed' | 'changed'): void => {
    const language = languageOf(person);
    conversations.add(person, { id: `m-${randomUUID()}`, from: 'fault', at: at(), language, title: '', html: renderWords(say(language, key)) });
  };

  /** An answer is for who asked, as they were then. */
  const answer = async (incoming: Incoming, ask: Handle, asker: string): Promise<void> => {
    const person = incoming.address.conversation;
    const same = (): boolean => standing(person) === asker;
    try {
      const message = same() ? await ask(incoming) : null;
      if (!same()) tell(person, 'changed');
      else if (message !== null) deliver(person, message, null);
    } catch (error) {
      log.error('web.answer-failed', { id: incoming.id, error });
      tell(person, 'failed');
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
    conversations.add(person, { id: incoming.id, from: 'person', at: at(), language: languageOf(person), title: '', html: renderWords(maskPersonalNumbers(incoming.text)) });
    conversations.awaitAnswer(person, 1);
    const asker = standing(person);
    turns.set(person, (turns.get(person) ?? Promise.resolve()).then(() => answer(incoming, ask, asker)));
    return null;
  };

  return {
    platform: 'web',
    start: async (handler) => {
      if (transport !== null) throw new ServiceError('the web chat', 'it was started before; make a new one', { final: true });
      handle = handler;
      transport = await mountPage({ app: options.app, signIn, renew: options.renew, suggestions: options.suggestions, conversations, log, receive });
    },
    send: async (address, message, sending) => {
      const person = signIn.keyOf(address);
      if (person === null) throw noSuchConversation();
      if (handle === null) throw notStarted();
      const sent = deliver(person, message, address.thread);
      if (sending !== undefined) keys.set(sending.key, { messageId: sent.messageId, ...(sending.data !== undefined && { data: sending.data }) });
      return sent;
    },
    // The messages themselves are kept in memory: after a restart neither they nor their keys are there.
    find: async (_address, key) => keys.get(key) ?? null,
    stop: async () => {
      handle = null;
      transport?.close();
      await Promise.all(turns.values());
    },
  };
}
