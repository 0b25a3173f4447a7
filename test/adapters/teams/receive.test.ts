/** The endpoint itself: when it takes a request, and what becomes of the work it took on. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createTeams } from '../../../adapters/teams/index.ts';
import type { Message } from '../../../src/card/card.ts';
import type { ChatAdapter, Incoming } from '../../../src/ports.ts';
import { startConnector } from './fixtures/connector.ts';
import type { Connector } from './fixtures/connector.ts';
import { sampleCard } from './fixtures/sample.ts';

const TENANT = '11111111-1111-4111-8111-111111111111';
const message: Message = { card: sampleCard(), png: null, sheet: null };

describe('the endpoint', () => {
  let connector: Connector;
  let teams: ChatAdapter;
  let server: Server;
  let url = '';
  let warned: string[] = [];
  const body = (id: string, more: object = {}): object => ({
    type: 'message', id, text: 'forbrug', channelId: 'msteams', serviceUrl: connector.serviceUrl, from: { id: '29:a', aadObjectId: 'o' }, recipient: { id: '28:b' },
    conversation: { id: 'a:1', conversationType: 'personal', tenantId: TENANT }, ...more,
  });
  const post = async (sent: unknown, headers: Record<string, string> = {}): Promise<number> => {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: typeof sent === 'string' ? sent : JSON.stringify(sent) });
    await response.text();
    return response.status;
  };

  beforeEach(async () => {
    connector = await startConnector();
    warned = [];
    const app = express();
    app.set('env', 'test');
    const note = (event: string): void => { warned.push(event); };
    teams = createTeams({
      app, auth: { kind: 'anonymous-test', boundTo: '127.0.0.1' }, allowedTenants: [TENANT.toUpperCase()], allowedServiceUrls: [connector.serviceUrl], pictureUrl: () => null, sheetUrl: () => null,
      now: () => new Date('2026-11-23T08:00:00Z'), log: { info: () => undefined, warn: note, error: note },
    });
    server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/messages`;
  });
  afterEach(async () => {
    await connector.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('takes nothing before it is started and after it is stopped', async () => {
    const heard: Incoming[] = [];
    expect(await post(body('1'))).toBe(503);
    await teams.start(async (incoming) => { heard.push(incoming); return null; });
    expect(await post(body('2'))).toBe(200);
    await teams.stop();
    expect(await post(body('3'))).toBe(503);
    expect(heard.map(({ id }) => id)).toEqual(['a:1/2']);
  });

  it('an edited message comes as one of its own, each time it is edited; other changes of it are nothing', async () => {
    const heard: Incoming[] = [];
    await teams.start(async (incoming) => { heard.push(incoming); return null; });
    const edit = { type: 'messageUpdate', timestamp: '2026-11-23T08:00:00Z', channelData: { eventType: 'editMessage' } };
    await post(body('1'));
    await post(body('1', { ...edit, text: 'timer' }));
    await post(body('1', { ...edit, text: 'timer' }));
    await post(body('1', { ...edit, text: 'sygefravær', timestamp: '2026-11-23T08:01:00Z' }));
    await post(body('1', { ...edit, channelData: { eventType: 'undeleteMessage' }, timestamp: '2026-11-23T08:02:00Z' }));
    await teams.stop();
    expect(heard.map(({ kind, text }) => [kind, text])).toEqual([['message', 'forbrug'], ['edited', 'timer'], ['edited', 'sygefravær']]);
  });

  it('answers the request before the work is done, and finishes the work before it stops', async () => {
    let finish = (): void => undefined;
    const thinking = new Promise<void>((resolve) => { finish = resolve; });
    await teams.start(async () => { await thinking; return message; });
    expect(await post(body('1'))).toBe(200);
    expect(connector.received).toEqual([]);
    const stopped = teams.stop();
    finish();
    await stopped;
    expect(connector.received.length).toBe(1);
  });

  it('takes nothing without tokens that came through a tunnel or proxy', async () => {
    await teams.start(async () => message);
    expect(await post(body('1'), { 'x-forwarded-for': '203.0.113.9' })).toBe(403);
    expect(await post(body('2'), { forwarded: 'for=203.0.113.9' })).toBe(403);
    await teams.stop();
    expect(connector.received).toEqual([]);
  });

  it('refuses what it can\'t read and stays up', async () => {
    await teams.start(async () => message);
    expect(await post('{')).toBe(400);
    expect(await post('[]')).toBe(400);
    expect(await post('"x"')).toBe(400);
    expect(await post(body('1', { type: 'invoke', name: 'composeExtension/query' }))).toBe(501);
    expect(await post(body('2'))).toBe(200);
    await teams.stop();
    expect(connector.received.length).toBe(1);
  });

  it('stays up when an answer can\'t be sent, and says so in the log', async () => {
    connector.replies.push({ status: 403 });
    await teams.start(async () => message);
    expect(await post(body('1'))).toBe(200);
    await teams.stop();
    expect(warned).toContain('teams.answer-failed');
  });
});
