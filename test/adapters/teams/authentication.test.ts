/** The same adapter with Bot Framework's token checks switched on, both ways, against stand-ins for Microsoft on this machine. */
import type { Address } from '../../../src/ports.ts';
import { freePort } from './fixtures/children.ts';
import { startBot } from './fixtures/control.ts';
import type { Bot } from './fixtures/control.ts';
import { APP, CERTIFICATE, goodClaims, inSeconds, startMicrosoft, token } from './fixtures/microsoft.ts';
import type { Microsoft } from './fixtures/microsoft.ts';
import { startPlayground, WORLD } from './fixtures/playground.ts';
import type { Playground } from './fixtures/playground.ts';

describe('with real tokens', () => {
  let microsoft: Microsoft;
  let playground: Playground;
  let bot: Bot;

  const settings = (port: number, password: string) => ({
    port, auth: { kind: 'bot' as const, appId: APP.id, password, tenant: WORLD.tenant, endpoints: { openIdMetadata: microsoft.openIdMetadata, login: microsoft.login } },
    allowedTenants: [], allowedServiceUrls: [microsoft.serviceUrl], pictures: 'inline' as const,
  });
  const address = (): Address => ({ platform: 'teams', tenant: WORLD.tenant, conversation: WORLD.personal, thread: null, user: WORLD.object, serviceUrl: microsoft.serviceUrl, bot: WORLD.bot });
  const activity = (text: string, more: object = {}): object => ({
    type: 'message', id: text, text, channelId: 'msteams', serviceUrl: microsoft.serviceUrl, from: { id: WORLD.user, aadObjectId: WORLD.object }, recipient: { id: WORLD.bot },
    conversation: { id: WORLD.personal, conversationType: 'personal', tenantId: WORLD.tenant }, channelData: { tenant: { id: WORLD.tenant } }, ...more,
  });
  const post = (authorization: string | null, body: object): Promise<Response> => fetch(`${bot.url}/api/messages`, {
    method: 'POST', headers: { 'content-type': 'application/json', ...(authorization !== null && { authorization }) }, body: JSON.stringify(body),
  });
  const good = (): string => `Bearer ${token(goodClaims(microsoft.serviceUrl))}`;

  beforeAll(async () => {
    microsoft = await startMicrosoft(WORLD.tenant);
    const port = await freePort();
    playground = await startPlayground(microsoft.signedEndpoint, microsoft.serviceUrl);
    microsoft.connect({ bot: port, playground: Number(new URL(playground.url).port) });
    bot = await startBot(settings(port, APP.password), { NODE_EXTRA_CA_CERTS: CERTIFICATE });
  });

  afterAll(async () => {
    await bot?.stop();
    await playground?.stop();
    await microsoft?.stop();
  });

  it('answers a question that carries the channel\'s token, with a token of its own', async () => {
    await playground.type(WORLD.personal, 'forbrug i år');
    await playground.next('the answer', (message) => JSON.stringify(message.card).includes('Svar på: forbrug i år'));
    expect(microsoft.counts).toMatchObject({ issued: 1, denied: 0, withoutToken: 0 });
  });

  it('sends unasked with a token of its own', async () => {
    expect(await bot.send(address(), 'Månedstal')).toMatchObject({ ok: true });
    await playground.next('the digest', (message) => JSON.stringify(message.card).includes('Månedstal'));
    expect(microsoft.counts.withoutToken).toBe(0);
  });

  it('lets every forged request fail before the handler, and says no more than that', async () => {
    const claims = (more: object): Record<string, unknown> => ({ ...goodClaims(microsoft.serviceUrl), ...more });
    const bearer = (more: object, options: Parameters<typeof token>[1] = {}): string => `Bearer ${token(claims(more), options)}`;
    const unauthorized: Record<string, [string | null, object?]> = {
      'no header': [null],
      garbage: ['Bearer abc'],
      'another scheme': ['Basic YWJjOmRlZg=='],
      'another issuer': [bearer({ iss: 'https://evil.example' })],
      'an unknown key': [bearer({}, { keyId: 'nobody' })],
      'another bot\'s token': [bearer({ aud: '99999999-2222-4333-8444-555555555555' })],
      'a token for another service URL': [bearer({ serviceurl: 'https://smba.example/other' })],
      'a token expired ten minutes ago': [bearer({ exp: inSeconds(-600), nbf: inSeconds(-4000) })],
      'another channel': [bearer({}), { channelId: 'webchat' }],
    };
    const refused: Record<string, [string | null, object?]> = {
      'a stranger\'s key under a known name': [bearer({}, { signer: 'stranger' })],
      'no signature': [bearer({}, { algorithm: 'none' })],
      'the public key as a secret': [bearer({}, { algorithm: 'HS256' })],
      'a token from the future': [bearer({ nbf: inSeconds(3600) })],
      'a token of Entra instead of the channel': [bearer({ iss: `https://sts.windows.net/${WORLD.tenant}/`, appid: APP.id, ver: '1.0' })],
      'the AseChannel way in': [bearer({}), { channelId: 'AseChannel' }],
    };
    const answers: Record<string, string> = {};
    for (const [name, [authorization, more]] of Object.entries({ ...unauthorized, ...refused })) {
      const response = await post(authorization, activity(`forged: ${name}`, more));
      const body = await response.text();
      answers[name] = `${response.status}`;
      expect({ name, body }).toEqual({ name, body: expect.stringMatching(/^\{"error":"[A-Z][^"]{10,60}"\}$/) as string });
    }
    for (const name of Object.keys(unauthorized)) expect({ name, status: answers[name] }).toEqual({ name, status: '401' });
    for (const name of Object.keys(refused)) expect({ name, status: answers[name] }).toEqual({ name, status: expect.stringMatching(/^[45]\d\d$/) as string });
    expect((await bot.seen()).filter((incoming) => incoming.text.startsWith('forged'))).toEqual([]);
  });

  it('takes the same request with a good token, so that the refusals above mean something', async () => {
    expect((await post(good(), activity('ægte'))).status).toBe(200);
    await bot.heard('the real one', (incoming) => incoming.text === 'ægte');
  });

  it('takes the same activity once, however often it is sent', async () => {
    for (let i = 0; i < 3; i += 1) expect((await post(good(), activity('gentaget'))).status).toBe(200);
    await post(good(), activity('efter gentagelsen'));
    await bot.heard('the one after', (incoming) => incoming.text === 'efter gentagelsen');
    expect((await bot.seen()).filter((incoming) => incoming.text === 'gentaget').length).toBe(1);
  });

  it('refuses another organisation, even with a good token', async () => {
    const stranger = '99999999-1111-4111-8111-111111111111';
    const elsewhere = { conversation: { id: WORLD.personal, conversationType: 'personal', tenantId: stranger }, channelData: { tenant: { id: stranger } } };
    expect((await post(good(), activity('fremmed', elsewhere))).status).toBe(403);
    expect((await post(good(), activity('fremmed i forklædning', { channelData: { tenant: { id: stranger } } }))).status).toBe(403);
    expect((await post(good(), activity('uden organisation', { conversation: { id: WORLD.personal }, channelData: {} }))).status).toBe(403);
    expect((await bot.seen()).filter((incoming) => incoming.text.startsWith('fremmed') || incoming.text.startsWith('uden'))).toEqual([]);
  });

  it('refuses a service URL that is not Teams\', even when the token says the same', async () => {
    const evil = 'https://evil.example/';
    expect((await post(`Bearer ${token(goodClaims(evil))}`, activity('lokket', { serviceUrl: evil }))).status).toBe(403);
    expect((await bot.seen()).some((incoming) => incoming.text === 'lokket')).toBe(false);
    expect(await bot.send({ ...address(), serviceUrl: evil }, 'Lokket')).toMatchObject({ ok: false, final: true });
  });

  it('refuses what is no activity, or too large', async () => {
    expect((await post(good(), { hello: 1 })).status).toBe(400);
    expect((await post(good(), activity('x'.repeat(1_100_000)))).status).toBe(413);
  });

  it('says that the login was refused when the password is wrong, and that trying again is no use', async () => {
    const port = await freePort();
    const wrong = await startBot(settings(port, 'wrong'), { NODE_EXTRA_CA_CERTS: CERTIFICATE });
    try {
      expect(await wrong.send(address(), 'Kan ikke')).toMatchObject({ ok: false, final: true, message: expect.stringContaining('Entra refused') as string });
      expect(wrong.output()).not.toContain('wrong');
    } finally {
      await wrong.stop();
    }
  });

  it('reaches for nothing outside this machine', () => {
    expect(bot.output()).not.toContain('[guard]');
    expect(playground.output()).not.toContain('[guard]');
  });
});
