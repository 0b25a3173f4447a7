/** The same adapter with Bot Framework's token checks switched on, both ways, against stand-ins for Microsoft on this machine. */
import type { Address } from '../../../src/ports.ts';
import { freePort } from './fixtures/children.ts';
import { startBot } from './fixtures/control.ts';
import type { Bot } from './fixtures/control.ts';
import { APP, CERTIFICATE, goodClaims, startMicrosoft, token } from './fixtures/microsoft.ts';
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

  it('takes a request with a good token; what it refuses is told in forged.test.ts', async () => {
    expect((await post(good(), activity('ægte'))).status).toBe(200);
    await bot.heard('the real one', (incoming) => incoming.text === 'ægte');
  });

  it('refuses a service URL that is not Teams\', even when the token says the same', async () => {
    const evil = 'https://evil.example/';
    expect((await post(`Bearer ${token(goodClaims(evil))}`, activity('lokket', { serviceUrl: evil }))).status).toBe(403);
    expect((await bot.seen()).some((incoming) => incoming.text === 'lokket')).toBe(false);
    expect(await bot.send({ ...address(), serviceUrl: evil }, 'Lokket')).toMatchObject({ ok: false, final: true });
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
