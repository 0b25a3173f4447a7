import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebClient } from '@slack/web-api';
import { createEmulator } from 'emulate';
import type express from 'express';
import { createSlack } from '../../../adapters/slack/index.ts';
import { createHttp } from '../../../src/io/http/server.ts';
import type { Message } from '../../../src/card/card.ts';
import type { ChatAdapter, Incoming, Log } from '../../../src/ports.ts';
import { APP, APP_TOKEN, openGateway, SECRET, type Forgery, type Gateway } from './gateway.ts';

export const BOT = 'U0OVERBLIK';
export const TOKEN = 'xoxb-overblik';

/** A workspace: Slack's Web API by an emulator, its events by our gateway. */
export interface Workspace {
  readonly gateway: Gateway;
  /** The workspace: ids by name, and Slack's own view of it. */
  readonly user: Record<'anna' | 'guest' | 'gone', string>;
  readonly channel: string;
  readonly bot: WebClient;
  readonly typing: WebClient;
  /** Resolves with the body of the next call of a Web API method that was not asked for yet. */
  called(method: string): Promise<string>;
  close(): Promise<void>;
}

export async function openWorkspace(): Promise<Workspace> {
  const emulator = await createEmulator({
    service: 'slack',
    // The emulator takes no free port by itself.
    port: await freePort(),
    seed: { slack: {
      team: { name: 'Kommune', domain: 'kommune' },
      users: [{ name: 'anna', real_name: 'Anna Holm', email: 'anna@example.dk' }, { name: 'guest', real_name: 'Gæst', email: 'guest@example.com' }, { name: 'gone', real_name: 'Væk', email: 'gone@example.dk' }],
      channels: [{ name: 'hjemmepleje' }],
      oauth_apps: [{ client_id: '1.2', client_secret: 'x', app_id: APP, name: 'Overblik', redirect_uris: [], scopes: ['chat:write'], bot_id: 'B0OVERBLIK', bot_user_id: BOT, bot_name: 'overblik' }],
      tokens: [{ token: TOKEN, type: 'bot', user_id: BOT, bot_id: 'B0OVERBLIK', bot_user_id: BOT, app_id: APP }, { token: 'xoxp-anna', type: 'user', user: 'anna' }],
    } },
  } as unknown as Parameters<typeof createEmulator>[0]);
  const gateway = await openGateway(emulator.url);
  const bot = new WebClient(TOKEN, { slackApiUrl: `${emulator.url}/api/` });
  const members = (await bot.users.list({})).members ?? [];
  const idOf = (name: string): string => members.find((member) => member.name === name)?.id ?? '';
  return {
    gateway, bot,
    user: { anna: idOf('anna'), guest: idOf('guest'), gone: idOf('gone') },
    channel: (await bot.conversations.list({})).channels?.find((one) => one.name === 'hjemmepleje')?.id ?? '',
    typing: new WebClient('xoxp-anna', { slackApiUrl: `${emulator.url}/api/` }),
    called: async (method) => {
      for (;;) {
        const found = gateway.calls.findIndex((call) => call.method === method);
        if (found >= 0) return gateway.calls.splice(found, 1)[0]?.body ?? '';
        await new Promise((resolve) => { setImmediate(resolve); });
      }
    },
    close: async () => {
      await gateway.close();
      await emulator.close();
    },
  };
}

export interface Lab extends Workspace {
  readonly slack: ChatAdapter;
  /** What reached the handler. */
  readonly came: Incoming[];
  readonly logged: string[];
  readonly url: string;
  readonly app: express.Express;
  /** What the handler says; changed by a test. */
  answer: (incoming: Incoming) => Promise<Message | null>;
  send(kind: 'events_api' | 'slash_commands' | 'interactive', payload: Record<string, unknown>, forgery?: Forgery): Promise<{ status: number; body: string }>;
}

/** The real adapter in a workspace. */
export async function openLab(kind: 'http' | 'socket', change: { appToken?: string; allowedTeams?: readonly string[]; now?: () => Date; log?: Log } = {}): Promise<Lab> {
  const workspace = await openWorkspace();
  const { gateway } = workspace;
  const logged: string[] = [];
  const note = (event: string, fields?: unknown): void => void logged.push(`${event} ${JSON.stringify(fields ?? {})}`);
  const log: Log = { info: note, warn: note, error: note };
  const http = createHttp({ host: '127.0.0.1', port: 0, trustedProxies: [], limit: null, log: change.log ?? log, ready: async () => ({ ok: true, detail: {} }), metrics: async () => '' });
  const { app } = http;
  const slack = createSlack({
    mode: kind === 'http' ? { kind, signingSecret: SECRET, app } : { kind, appToken: change.appToken ?? APP_TOKEN },
    botToken: TOKEN, allowedTeams: change.allowedTeams ?? [], apiUrl: gateway.apiUrl, now: change.now ?? (() => new Date()), log: change.log ?? log, wait: async () => undefined,
  });
  const { url } = await http.listen();
  return {
    ...workspace, slack, came: [], logged, url, app,
    answer: async () => null,
    send: (what, payload, forgery) => (kind === 'http' ? gateway.byHttp(url, what, payload, forgery) : gateway.bySocket(what, payload)),
    close: async () => {
      await slack.stop();
      await http.close();
      await workspace.close();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => { server.once('listening', resolve); });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

/** Starts the adapter with the lab's handler, which keeps what came. */
export async function start(lab: Lab): Promise<void> {
  await lab.slack.start(async (incoming) => {
    lab.came.push(incoming);
    return lab.answer(incoming);
  });
}
