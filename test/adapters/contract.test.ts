import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createTeams } from '../../adapters/teams/index.ts';
import type { Address, Log } from '../../src/ports.ts';
import { adapterContract, type Harness } from '../contracts/adapter.ts';
import { openLab as openSlack } from './slack/lab.ts';
import { startConnector } from './teams/fixtures/connector.ts';
import { listen, openLab as openWeb, post } from './web/lab.ts';

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

/** All words in what was sent, whatever it was wrapped in. */
const words = (value: unknown): string => {
  if (typeof value === 'string') return `${value.replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('\u00a0', ' ')}\n`;
  return typeof value === 'object' && value !== null ? Object.values(value).map(words).join('') : '';
};

async function slack(kind: 'http' | 'socket'): Promise<Harness> {
  const lab = await openSlack(kind);
  const { channel } = await lab.bot.conversations.open({ users: lab.user.anna });
  const id = channel?.id ?? '';
  const sent = (): string[] => lab.gateway.calls.filter(({ method }) => method === 'chat.postMessage').map(({ body }) => words(JSON.parse(new URLSearchParams(body).get('blocks') ?? '[]')));
  return {
    adapter: lab.slack, user: lab.user.anna,
    nowhere: { platform: 'slack', tenant: '', conversation: 'C0NOWHERE', thread: null, user: '', serviceUrl: '', bot: '' },
    writes: async (text) => {
      const event = { type: 'message', channel_type: 'im', user: lab.user.anna, text: text.replaceAll('&', '&amp;'), ts: '1.1', channel: id, event_ts: '1.1' };
      if (kind === 'socket' && lab.gateway.sockets.size === 0) throw new Error('nobody is connected');
      await lab.send('events_api', lab.gateway.envelope(event));
    },
    received: async (count) => {
      while (sent().length < count) await turn();
      return sent();
    },
    close: () => lab.close(),
  };
}

async function teams(): Promise<Harness> {
  const [tenant, user] = [randomUUID(), randomUUID()];
  const connector = await startConnector();
  const app = express();
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => { server.once('listening', resolve); });
  const adapter = createTeams({ app, auth: { kind: 'anonymous-test', boundTo: '127.0.0.1' }, allowedTenants: [tenant], allowedServiceUrls: [connector.serviceUrl], pictureUrl: () => 'https://overblik.example.dk/p.png', sheetUrl: () => null, now: () => new Date(), log: silent });
  let messages = 0;
  return {
    adapter, user,
    nowhere: { platform: 'teams', tenant, conversation: 'a:1', thread: null, user, serviceUrl: 'https://elsewhere.example', bot: '28:bot' },
    writes: async (text) => {
      await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({
        type: 'message', id: `${++messages}`, channelId: 'msteams', serviceUrl: connector.serviceUrl, timestamp: '2026-11-23T08:00:00Z', text, from: { id: '29:anna', aadObjectId: user }, recipient: { id: '28:bot' },
        conversation: { id: 'a:anna', conversationType: 'personal', tenantId: tenant }, channelData: { tenant: { id: tenant } },
      }) });
    },
    received: async (count) => {
      while (connector.received.length < count) await turn();
      return connector.received.map(({ body }) => words(body['attachments']));
    },
    close: async () => {
      await adapter.stop();
      server.closeAllConnections();
      await new Promise((resolve) => { server.close(resolve); });
      await connector.stop();
    },
  };
}

async function web(): Promise<Harness> {
  const lab = await openWeb();
  const nowhere: Address = { platform: 'web', tenant: 'local', conversation: 'nobody', thread: null, user: 'nobody', serviceUrl: '', bot: '' };
  const got: string[] = [];
  let stream: Awaited<ReturnType<typeof listen>> | null = null;
  const text = (html: string): string => html.replaceAll(/<[^>]+>/g, '\n').replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#39;', '\'').replaceAll('\u00a0', ' ');
  return {
    adapter: lab.web, user: 'bo', nowhere,
    writes: async (words_) => {
      stream ??= await listen(lab, 'bo');
      await post(lab, 'bo', { id: randomUUID(), kind: 'message', text: words_ });
    },
    received: async (count) => {
      while (got.length < count) {
        const { entry } = await (stream as Awaited<ReturnType<typeof listen>>).next('entry') as { entry: { from: string; html: string } };
        if (entry.from !== 'person') got.push(text(entry.html));
      }
      return got;
    },
    close: async () => {
      stream?.close();
      await lab.close();
    },
  };
}

adapterContract('Slack over HTTP', () => slack('http'));
adapterContract('Slack over Socket Mode', () => slack('socket'));
adapterContract('Teams', teams);
adapterContract('the web chat', web);
