import { WebClient, type KnownBlock } from '@slack/web-api';
import type { Logger } from '@slack/bolt';
import { LogLevel } from '@slack/bolt';
import { ServiceError } from '../../src/errors.ts';
import type { Sheet } from '../../src/card/card.ts';
import type { Address, Log } from '../../src/ports.ts';
import { refusesBlocks, toServiceError } from './errors.ts';
import type { Block } from './limits.ts';

const TIMEOUT_MS = 30_000;
/** Slack takes a moment to look at an upload; until then no message may show it. 10 seconds in all. */
const UPLOAD_WAITS_MS = [150, 250, 400, 700, 1000, 1500, 2000, 2000, 2000];
const REMEMBERED = 5_000;
/** The kind of our metadata; Slack wants a word for it. */
const EVENT = 'overblik_delivery';
const PAGE = 200;

interface Found { readonly ts?: string; readonly metadata?: { readonly event_type?: string; readonly event_payload?: { readonly key?: string; readonly data?: string } } }

/** The parts of the Web API that are used; the only file that calls it for messages. */
export interface Transport {
  readonly client: WebClient;
  /** Uploads a picture for the bot's own messages and waits until Slack can show it; its file id. */
  upload(png: Uint8Array, alt: string): Promise<string>;
  /** Puts a file into a conversation, under a message when `thread` names one. */
  share(channel: string, thread: string | null, file: Sheet): Promise<void>;
  /** Channel id of an address; for one that names a person only, their direct conversation. */
  channelOf(address: Address): Promise<string>;
  /** `tag`: goes along as metadata, which people don't see, so that the message can be found again by its key. */
  post(channel: string, thread: string | null, text: string, blocks: readonly Block[] | null, tag: { readonly key: string; readonly data?: string } | null): Promise<string>;
  /** The message with this key among the bot's own in a conversation, or under one of its messages, since an instant; null: none. */
  find(channel: string, thread: string | null, key: string, since: Date): Promise<{ messageId: string; data?: string } | null>;
  publishHome(user: string, blocks: readonly Block[]): Promise<string>;
}

/** The library's warnings and errors as lines of our log. */
export function libraryLog(log: Log): Logger {
  // An error without a code is of the language, and quotes what could not be read.
  const said = (parts: unknown[]): { note: string } => ({ note: parts.map((part) => (part instanceof Error ? part.message : String(part)).replace(/ \(error: .*$/s, '')).join(' ').slice(0, 500) });
  return {
    debug: () => undefined, info: () => undefined, setLevel: () => undefined, setName: () => undefined, getLevel: () => LogLevel.WARN,
    warn: (...parts: unknown[]) => { log.warn('slack.library', said(parts)); },
    error: (...parts: unknown[]) => { log.error('slack.library', said(parts)); },
  };
}

/** `wait` lets time pass between looks at an upload. */
export function createTransport(token: string, apiUrl: string | null, log: Log, wait: (ms: number) => Promise<void>): Transport {
  // One attempt per call: who may try again, and when, is decided where deliveries are kept.
  const client = new WebClient(token, { retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, timeout: TIMEOUT_MS, logger: libraryLog(log), ...(apiUrl !== null && { slackApiUrl: apiUrl.replace(/\/?$/, '/') }) });
  const direct = new Map<string, string>();

  const ready = async (file: string): Promise<boolean> => {
    const { file: found } = await client.files.info({ file });
    return (found?.mimetype ?? '') !== '';
  };

  return {
    client,
    upload: async (png, alt) => {
      const done = await client.filesUploadV2({ file: Buffer.from(png), filename: 'overblik.png', title: 'Overblik', alt_text: alt }) as { files?: { files?: { id?: string }[] }[] };
      const file = done.files?.[0]?.files?.[0]?.id;
      if (file === undefined) throw new ServiceError('Slack', 'the picture was taken without an id');
      for (const ms of UPLOAD_WAITS_MS) {
        if (await ready(file)) return file;
        await wait(ms);
      }
      if (await ready(file)) return file;
      throw new ServiceError('Slack', 'the picture was not ready in time');
    },
    share: async (channel, thread, { name, bytes }) => {
      await client.filesUploadV2({ channel_id: channel, file: Buffer.from(bytes), filename: name, title: name, ...(thread !== null && { thread_ts: thread }) } as Parameters<typeof client.filesUploadV2>[0]);
    },
    channelOf: async ({ conversation, user }) => {
      if (conversation !== '') return conversation;
      const known = direct.get(user);
      if (known !== undefined) return known;
      const { channel } = await client.conversations.open({ users: user });
      if (channel?.id === undefined) throw new ServiceError('Slack', 'the direct conversation could not be opened');
      if (direct.size >= REMEMBERED) direct.clear();
      direct.set(user, channel.id);
      return channel.id;
    },
    post: async (channel, thread, text, blocks, tag) => {
      try {
        const { ts } = await client.chat.postMessage({
          channel, text, unfurl_links: false, unfurl_media: false, mrkdwn: false,
          ...(thread !== null && { thread_ts: thread }), ...(blocks !== null && { blocks: blocks as unknown as KnownBlock[] }),
          ...(tag !== null && { metadata: { event_type: EVENT, event_payload: { key: tag.key, ...(tag.data !== undefined && { data: tag.data }) } } }),
        });
        if (ts === undefined) throw new ServiceError('Slack', 'the message was taken without an id, so it is not known to have arrived', { mayHaveArrived: true });
        return ts;
      } catch (error) {
        throw refusesBlocks(error) ? error : toServiceError(error);
      }
    },
    find: async (channel, thread, key, since) => {
      const options = { channel, oldest: String(since.getTime() / 1000), include_all_metadata: true, limit: PAGE };
      for (let cursor: string | undefined; ;) {
        const page = await (thread === null ? client.conversations.history({ ...options, ...(cursor !== undefined && { cursor }) }) : client.conversations.replies({ ...options, ts: thread, ...(cursor !== undefined && { cursor }) }));
        const found = (page.messages as Found[] | undefined ?? []).find(({ metadata }) => metadata?.event_type === EVENT && metadata.event_payload?.key === key);
        const data = found?.metadata?.event_payload?.data;
        if (found?.ts !== undefined) return { messageId: found.ts, ...(data !== undefined && { data }) };
        cursor = page.response_metadata?.next_cursor;
        if (cursor === undefined || cursor === '') return null;
      }
    },
    publishHome: async (user, blocks) => {
      const { view } = await client.views.publish({ user_id: user, view: { type: 'home', blocks: blocks as unknown as KnownBlock[] } });
      return view?.id ?? '';
    },
  };
}
