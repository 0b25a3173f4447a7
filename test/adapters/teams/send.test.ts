/** What happens when Teams does not take a message: the adapter against a connector that fails on command. */
import express from 'express';
import { createTeams } from '../../../adapters/teams/index.ts';
import { toServiceError } from '../../../adapters/teams/errors.ts';
import { render } from '../../../adapters/teams/render.ts';
import { createTransport } from '../../../adapters/teams/transport.ts';
import { ServiceError } from '../../../src/errors.ts';
import type { Message } from '../../../src/card/card.ts';
import type { Address, ChatAdapter } from '../../../src/ports.ts';
import { startConnector } from './fixtures/connector.ts';
import type { Connector, Reply } from './fixtures/connector.ts';
import { sampleCard, samplePng } from './fixtures/sample.ts';

const TENANT = '11111111-1111-4111-8111-111111111111';
const NOW = new Date('2026-11-23T08:00:00Z');
const message: Message = { card: sampleCard(), png: samplePng(), sheet: null };
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('sending', () => {
  let connector: Connector;
  let teams: ChatAdapter;
  const made = (pictureUrl: (png: Uint8Array) => string | null): ChatAdapter => createTeams({
    app: express(), auth: { kind: 'anonymous-test', boundTo: '127.0.0.1' }, allowedTenants: [TENANT], allowedServiceUrls: [connector.serviceUrl], pictureUrl, sheetUrl: () => null, now: () => NOW, log,
  });
  const address = (more: Partial<Address> = {}): Address => ({ platform: 'teams', tenant: TENANT, conversation: 'a:1', thread: null, user: 'u', serviceUrl: connector.serviceUrl, bot: '28:b', ...more });
  const failure = (given: Promise<unknown>): Promise<ServiceError> => given.then(() => { throw new Error('it was called sent'); }, (error: unknown) => error as ServiceError);

  beforeAll(async () => {
    connector = await startConnector();
    teams = made(() => null);
  });
  beforeEach(() => {
    connector.received.length = 0;
    connector.replies.length = 0;
  });
  afterAll(() => connector.stop());

  it.each<[string, Reply, { final: boolean; retryAfterMs: number | null; says: RegExp }]>([
    ['too many messages', { status: 429, headers: { 'retry-after': '7' } }, { final: false, retryAfterMs: 7000, says: /too many messages \(429\)/ }],
    ['too many messages, until a time', { status: 429, headers: { 'retry-after': 'Mon, 23 Nov 2026 08:00:30 GMT' } }, { final: false, retryAfterMs: 30_000, says: /429/ }],
    ['too many messages, no time said', { status: 429 }, { final: false, retryAfterMs: null, says: /429/ }],
    ['a conversation being changed', { status: 412 }, { final: false, retryAfterMs: null, says: /412/ }],
    ['a fault of the connector', { status: 500 }, { final: false, retryAfterMs: null, says: /the connector failed \(500\)/ }],
    ['a gateway without a connector', { status: 502 }, { final: false, retryAfterMs: null, says: /502/ }],
    ['a busy connector', { status: 503, headers: { 'retry-after': '2' } }, { final: false, retryAfterMs: 2000, says: /503/ }],
    ['a connector out of time', { status: 504 }, { final: false, retryAfterMs: null, says: /504/ }],
    ['a message it does not understand', { status: 400, body: { error: { code: 'BadSyntax', message: 'about anna@example.dk' } } }, { final: true, retryAfterMs: null, says: /refused the message \(400\) \(BadSyntax\)/ }],
    ['a token it does not accept', { status: 401 }, { final: true, retryAfterMs: null, says: /does not accept the app's token/ }],
    ['a bot that was removed', { status: 403, body: { error: { code: 'BotNotInConversationRoster', message: 'x' } } }, { final: true, retryAfterMs: null, says: /removed or blocked.*BotNotInConversationRoster/ }],
    ['a refusal without the connector\'s own code, as a proxy gives, which may pass', { status: 403 }, { final: false, retryAfterMs: null, says: /403/ }],
    ['a conversation that is gone', { status: 404 }, { final: true, retryAfterMs: null, says: /the conversation is gone/ }],
  ])('is tried once and never called sent after %s', async (_name, reply, expected) => {
    connector.replies.push(reply);
    const error = await failure(teams.send(address(), message));
    expect(error).toBeInstanceOf(ServiceError);
    expect({ final: error.final, retryAfterMs: error.retryAfterMs }).toEqual({ final: expected.final, retryAfterMs: expected.retryAfterMs });
    expect(error.message).toMatch(expected.says);
    expect(error.message).not.toContain('anna@example.dk');
    expect(connector.received.length).toBe(1);
  });

  it.each<[string, Reply, boolean]>([
    ['a fault of the connector', { status: 500 }, true], ['a gateway', { status: 502 }, true], ['a busy connector', { status: 503 }, true], ['a connector out of time', { status: 504 }, true],
    ['a conversation being changed', { status: 412 }, true], ['a request that took too long', { status: 408 }, true],
    ['an answer without an id', { status: 201, body: {} }, true], ['an empty answer', { status: 201, raw: '' }, true], ['half an answer', { status: 201, raw: '{"id": "m-' }, true], ['a page in place of an answer', { status: 200, raw: '<html>' }, true],
    ['too many messages', { status: 429 }, false], ['a refusal', { status: 400 }, false],
  ])('says whether the message may have arrived all the same after %s, and never calls it lost for good', async (_name, reply, mayHaveArrived) => {
    connector.replies.push(reply);
    const error = await failure(teams.send(address(), message));
    expect({ mayHaveArrived: error.mayHaveArrived, final: error.final }).toEqual({ mayHaveArrived, final: false });
    expect(connector.received.length).toBe(1);
  });

  it('is tried once when the connection breaks, since the message may have arrived', async () => {
    connector.replies.push('reset');
    const error = await failure(teams.send(address(), message));
    expect([error.name, error.final]).toEqual(['ServiceError', false]);
    expect(connector.received.length).toBe(1);
  });

  it('ends when the connector never answers', async () => {
    connector.replies.push('silence');
    const given = createTransport({ kind: 'anonymous-test', boundTo: '127.0.0.1' }, 2000).post(address(), render(message.card, null));
    const error = toServiceError(await given.catch((cause: unknown) => cause), NOW);
    expect([error.final, error.message]).toEqual([false, expect.stringContaining('could not be reached')]);
    expect(connector.received.length).toBe(1);
  });

  it('is not called sent without an id of the platform', async () => {
    connector.replies.push({ status: 200, body: {} });
    const error = await failure(teams.send(address(), message));
    expect(error.message).toContain('without an id');
    expect(error.final).toBe(false);
  });

  it('goes to the conversation of the address, in the thread of a channel and nowhere else', async () => {
    await teams.send(address(), message);
    await teams.send(address({ conversation: '19:c@thread.tacv2', thread: '17' }), message);
    await teams.send(address({ conversation: '19:c@thread.tacv2' }), message);
    await teams.send(address({ conversation: '19:g@thread.v2', thread: '17' }), message);
    expect(connector.received.map(({ path }) => decodeURIComponent(path))).toEqual([
      '/v3/conversations/a:1/activities', '/v3/conversations/19:c@thread.tacv2;messageid=17/activities', '/v3/conversations/19:c@thread.tacv2/activities', '/v3/conversations/19:g@thread.v2/activities',
    ]);
  });

  it('sends again without the picture when the message is too big, and says the picture is missing', async () => {
    connector.replies.push({ status: 413, body: { error: { code: 'MessageSizeTooBig', message: 'x' } } });
    expect(await teams.send(address(), message)).toEqual({ messageId: 'm-2', pictureSent: false });
    const [first, second] = connector.received.map(({ body }) => JSON.stringify(body));
    expect(first).toContain('data:image/png');
    expect(second).not.toContain('data:image/png');
    expect(second).toContain('Forbruget ligger over budgettet siden juni');
  });

  it('gives up when it is too big even without the picture', async () => {
    connector.replies.push({ status: 413 }, { status: 413 });
    const error = await failure(teams.send(address(), message));
    expect([error.final, error.message]).toEqual([true, expect.stringContaining('too big')]);
    expect(connector.received.length).toBe(2);
  });

  it('does not repeat a message without a picture that is too big', async () => {
    connector.replies.push({ status: 413 });
    await failure(teams.send(address(), { ...message, png: null }));
    expect(connector.received.length).toBe(1);
  });

  it('prefers an address of the picture, takes the picture inside, or goes without', async () => {
    expect(await made(() => 'https://overblik.example.dk/p/1.png?s=1').send(address(), message)).toMatchObject({ pictureSent: true });
    expect(await teams.send(address(), message)).toMatchObject({ pictureSent: true });
    expect(await teams.send(address(), { ...message, png: new Uint8Array(41 * 1024) })).toMatchObject({ pictureSent: false });
    expect(await teams.send(address(), { ...message, png: null })).toMatchObject({ pictureSent: false });
    const bodies = connector.received.map(({ body }) => JSON.stringify(body));
    expect(bodies[0]).toContain('"url":"https://overblik.example.dk/p/1.png?s=1"');
    expect(bodies.map((body) => body.includes('data:image/png;base64,'))).toEqual([false, true, false, false]);
  });

  it('does not write to an address outside the allowed service URLs, where its token would go too', async () => {
    const error = await failure(teams.send(address({ serviceUrl: 'http://127.0.0.1:9/' }), message));
    expect([error.final, error.message]).toEqual([true, expect.stringContaining('not allowed')]);
    expect(connector.received).toEqual([]);
  });

  it('sends text when its picture has an address Teams would not show', async () => {
    const sent = await made(() => 'http://intranet.example.dk/p.png').send(address(), message);
    expect(sent.pictureSent).toBe(false);
    expect(connector.received[0]?.body['text']).toContain(sampleCard().headline);
    expect(connector.received[0]?.body['attachments']).toBeUndefined();
  });
});
