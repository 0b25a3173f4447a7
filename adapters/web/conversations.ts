import type { Language } from '../../src/pack/model.ts';

/** One message as the page shows it. `html` is escaped already; `language` is of its text. */
export interface Entry {
  readonly id: string;
  readonly from: 'person' | 'bot' | 'fault';
  /** ISO instant. */
  readonly at: string;
  readonly language: Language;
  /** Title of the card; empty for words. */
  readonly title: string;
  readonly html: string;
}

type Change =
  | { readonly kind: 'entry'; readonly entry: Entry }
  /** The bot is (no longer) at work on an answer. */
  | { readonly kind: 'typing'; readonly on: boolean }
  /** Messages that came while nobody had the person's page open. */
  | { readonly kind: 'unread'; readonly counts: Readonly<Record<string, number>> }
  /** The reader is not who they were: nothing of it is kept, and nothing more is told here. */
  | { readonly kind: 'forgotten' };

type Listener = (change: Change) => void;

/** Conversations kept; those of longest ago that nobody has open go first. */
const MOST = 1_000;

/** What came with a message, by a name nobody can guess. */
interface Attached { readonly name: string; readonly bytes: Uint8Array }

interface Kept {
  readonly entry: Entry;
  readonly files: readonly Attached[];
}

interface Conversation {
  /** Of its reader when it was said. */
  standing: string;
  kept: Kept[];
  waiting: number;
  unread: number;
  readonly listeners: Set<Listener>;
}

export interface Conversations {
  /** Drops what was said to who is not the same any more; everything else here does that first. */
  look(person: string): void;
  entries(person: string): readonly Entry[];
  entry(person: string, id: string): Entry | null;
  /** How many answers are awaited. */
  waiting(person: string): number;
  unread(): Record<string, number>;
  /** A picture or spreadsheet of one of the person's messages that is still kept. */
  file(person: string, name: string): Uint8Array | null;
  add(person: string, entry: Entry, ...files: readonly (Attached | null)[]): void;
  awaitAnswer(person: string, by: 1 | -1): void;
  /** Tells the page of every change until the returned function is called, or what was said is forgotten. */
  listen(person: string, listener: Listener): () => void;
}

/**
 * Conversations by person, the last `keep` messages of each and files of at most `maxBytes` in all, in memory. `standing`: who
 * someone is and may see now, in one text; what was said is kept as long as it is the same.
 */
export function createConversations(keep: number, maxBytes: number, standing: (person: string) => string): Conversations {
  const conversations = new Map<string, Conversation>();
  const kept = new Map<string, { readonly of: string; readonly bytes: Uint8Array }>();
  let bytes = 0;

  const drop = (name: string): void => {
    bytes -= kept.get(name)?.bytes.length ?? 0;
    kept.delete(name);
  };
  const put = (of: string, file: Attached): void => {
    kept.set(file.name, { of, bytes: file.bytes });
    bytes += file.bytes.length;
    for (const oldest of kept.keys()) {
      if (bytes <= maxBytes) break;
      drop(oldest);
    }
  };
  const unread = (): Record<string, number> => Object.fromEntries([...conversations].filter(([, c]) => c.unread > 0).map(([id, c]) => [id, c.unread]));
  const tellAll = (): void => {
    const change: Change = { kind: 'unread', counts: unread() };
    for (const { listeners } of conversations.values()) for (const listener of listeners) listener(change);
  };
  const haveRead = (conversation: Conversation): void => {
    if (conversation.unread === 0) return;
    conversation.unread = 0;
    tellAll();
  };
  const dropAll = (messages: readonly Kept[]): void => {
    for (const { files } of messages) for (const { name } of files) drop(name);
  };
  const forget = (conversation: Conversation): void => {
    dropAll(conversation.kept.splice(0));
    const listeners = [...conversation.listeners];
    conversation.listeners.clear();
    for (const listener of listeners) listener({ kind: 'forgotten' });
    haveRead(conversation);
  };
  const of = (person: string): Conversation => {
    const known = conversations.get(person);
    const now = standing(person);
    if (known !== undefined) {
      if (known.standing !== now) forget(known);
      known.standing = now;
      return known;
    }
    const conversation: Conversation = { standing: now, kept: [], waiting: 0, unread: 0, listeners: new Set() };
    conversations.set(person, conversation);
    for (const [id, { listeners, waiting, kept: messages }] of conversations) {
      if (conversations.size <= MOST) break;
      if (listeners.size > 0 || waiting > 0 || id === person) continue;
      conversations.delete(id);
      dropAll(messages);
    }
    return conversation;
  };

  return {
    look: (person) => void of(person),
    entries: (person) => of(person).kept.map(({ entry }) => entry),
    entry: (person, id) => of(person).kept.find(({ entry }) => entry.id === id)?.entry ?? null,
    waiting: (person) => of(person).waiting,
    unread,
    file: (person, name) => {
      of(person);
      const file = kept.get(name);
      return file !== undefined && file.of === person ? file.bytes : null;
    },
    add: (person, entry, ...attached) => {
      const files = attached.filter((one) => one !== null);
      const conversation = of(person);
      conversation.kept.push({ entry, files });
      for (const file of files) put(person, file);
      dropAll(conversation.kept.splice(0, Math.max(0, conversation.kept.length - keep)));
      for (const listener of conversation.listeners) listener({ kind: 'entry', entry });
      if (conversation.listeners.size === 0 && entry.from !== 'person') {
        conversation.unread += 1;
        tellAll();
      }
    },
    awaitAnswer: (person, by) => {
      const conversation = of(person);
      conversation.waiting += by;
      for (const listener of conversation.listeners) listener({ kind: 'typing', on: conversation.waiting > 0 });
    },
    listen: (person, listener) => {
      const conversation = of(person);
      conversation.listeners.add(listener);
      haveRead(conversation);
      return () => void conversation.listeners.delete(listener);
    },
  };
}
