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
  | { readonly kind: 'unread'; readonly counts: Readonly<Record<string, number>> };

type Listener = (change: Change) => void;

/** What came with a message, by a name nobody can guess. */
interface Attached { readonly name: string; readonly bytes: Uint8Array }

interface Kept {
  readonly entry: Entry;
  readonly files: readonly Attached[];
}

interface Conversation {
  kept: Kept[];
  waiting: number;
  unread: number;
  readonly listeners: Set<Listener>;
}

export interface Conversations {
  has(person: string): boolean;
  entries(person: string): readonly Entry[];
  entry(person: string, id: string): Entry | null;
  /** How many answers are awaited. */
  waiting(person: string): number;
  unread(): Record<string, number>;
  /** A picture or spreadsheet of a message that is still kept. */
  file(name: string): Uint8Array | null;
  add(person: string, entry: Entry, ...files: readonly (Attached | null)[]): void;
  awaitAnswer(person: string, by: 1 | -1): void;
  /** Tells the page of every change until the returned function is called. */
  listen(person: string, listener: Listener): () => void;
}

/** The conversations of the demo people, the last `keep` messages of each, in memory. */
export function createConversations(people: readonly string[], keep: number): Conversations {
  const conversations = new Map<string, Conversation>(people.map((id) => [id, { kept: [], waiting: 0, unread: 0, listeners: new Set() }]));
  const kept = new Map<string, Uint8Array>();

  const of = (person: string): Conversation => {
    const conversation = conversations.get(person);
    if (conversation === undefined) throw new RangeError('no conversation of this person');
    return conversation;
  };
  const unread = (): Record<string, number> => Object.fromEntries([...conversations].filter(([, c]) => c.unread > 0).map(([id, c]) => [id, c.unread]));
  const tellAll = (): void => {
    const change: Change = { kind: 'unread', counts: unread() };
    for (const { listeners } of conversations.values()) for (const listener of listeners) listener(change);
  };

  return {
    has: (person) => conversations.has(person),
    entries: (person) => of(person).kept.map(({ entry }) => entry),
    entry: (person, id) => of(person).kept.find(({ entry }) => entry.id === id)?.entry ?? null,
    waiting: (person) => of(person).waiting,
    unread,
    file: (name) => kept.get(name) ?? null,
    add: (person, entry, ...attached) => {
      const files = attached.filter((one) => one !== null);
      const conversation = of(person);
      conversation.kept.push({ entry, files });
      for (const { name, bytes } of files) kept.set(name, bytes);
      for (const dropped of conversation.kept.splice(0, conversation.kept.length - keep)) {
        for (const { name } of dropped.files) kept.delete(name);
      }
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
      if (conversation.unread > 0) {
        conversation.unread = 0;
        tellAll();
      }
      return () => void conversation.listeners.delete(listener);
    },
  };
}
