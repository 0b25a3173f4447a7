import { request } from 'node:http';
import { addressIn } from '../../../adapters/web/inbound.ts';
import type { WebOptions } from '../../../adapters/web/index.ts';
import type { Incoming } from '../../../src/ports.ts';
import { listen, openLab, post, question as message, type Lab } from './lab.ts';
import { sampleMessage } from './sample.ts';

/** The web chat for everybody, behind a proxy at 127.0.0.1 that signs people in. */
const ORIGIN = 'https://overblik.example.dk';
const HEADER = 'X-Forwarded-Email';
let lab: Lab;
const came: Incoming[] = [];
const access = (trustedProxies: readonly string[]) => ({ kind: 'proxy' as const, identityHeader: HEADER, trustedProxies, origin: ORIGIN });
async function open(trustedProxies: readonly string[] = ['10.1.2.3', '127.0.0.0/8', '::1'], change: Partial<WebOptions> = {}): Promise<void> {
  lab = await openLab({ access: access(trustedProxies), ...change });
  await lab.web.start(async (incoming) => {
    came.push(incoming);
    return sampleMessage('da');
  });
}
beforeEach(() => { came.length = 0; });
afterEach(() => lab.close());

const as = (email: string): Record<string, string> => ({ [HEADER]: email });
const page = (email: string): Record<string, string> => ({ ...as(email), origin: ORIGIN, 'sec-fetch-site': 'same-origin' });
const get = (path: string, headers: Record<string, string>): Promise<Response> => fetch(lab.url + path, { headers });
/** Follows someone's page; gives what the bot says there next. */
const follow = async (email: string): Promise<() => Promise<string>> => {
  const stream = await listen(lab, 'me', as(email));
  return async () => {
    for (;;) {
      const { entry } = await stream.next('entry') as { entry: { from: string; html: string } };
      if (entry.from === 'person') continue;
      stream.close();
      return entry.html;
    }
  };
};
/** With any headers, also those that fetch sets itself, and as often as they stand there. */
const visit = (headers: Record<string, string> | readonly string[]): Promise<number> => new Promise((resolve, reject) => {
  request(lab.url, { headers }, (answer) => { answer.resume().on('end', () => resolve(answer.statusCode ?? 0)); }).on('error', reject).end();
});

describe('who sits at the page', () => {
  it('is whom the proxy says, whatever they type, and nobody a platform or the demo knows by id', async () => {
    await open();
    const heard = await follow('bo@example.dk');
    expect((await post(lab, 'me', message('jeg er Anna'), page('Bo@Example.dk'))).status).toBe(202);
    await heard();
    expect(came).toMatchObject([{ text: 'jeg er Anna', direct: true, from: { platform: 'web', tenant: 'proxy', user: 'bo@example.dk', email: 'bo@example.dk' }, address: { platform: 'web', tenant: 'proxy', conversation: 'bo@example.dk' } }]);
  });

  it('learns of nobody else', async () => {
    await open();
    await lab.web.send(addressIn('proxy', 'emily@example.dk'), sampleMessage('en'));
    const text = await (await get('/chat/start', as('bo@example.dk'))).text();
    const { people, signedIn, unread } = JSON.parse(text) as { people: { id: string; name: string }[]; signedIn: boolean; unread: object };
    expect([people.map(({ id, name }) => [id, name]), signedIn, unread]).toEqual([[['me', 'Bo Kjær Rasmussen']], true, {}]);
    expect(text).not.toMatch(/Anna|Emily|dorte/i);
    const stream = await listen(lab, 'me', as('bo@example.dk'));
    expect(await stream.next('snapshot')).toEqual({ entries: [], typing: false, unread: {} });
    await lab.web.send(addressIn('proxy', 'emily@example.dk'), sampleMessage('en'));
    await lab.web.send(addressIn('proxy', 'bo@example.dk'), sampleMessage('da'));
    expect(Object.keys(await stream.next('entry'))).toEqual(['kind', 'entry']);
    stream.close();
  });

  it('can\'t open another\'s conversation, neither by id nor by e-mail', async () => {
    await open();
    for (const name of ['anna', 'anna@example.dk', 'bo', 'bo@example.dk', 'ME', '__proto__', '..%2fme']) {
      expect([name, (await get(`/chat/events/${name}`, as('bo@example.dk'))).status]).toEqual([name, 404]);
      expect([name, (await post(lab, name, message(), page('bo@example.dk'))).status]).toEqual([name, 404]);
    }
    expect(came).toEqual([]);
  });

  it('sees their own pictures and spreadsheets, at addresses that are nothing to anybody else', async () => {
    await open();
    const heard = await follow('bo@example.dk');
    await lab.web.send(addressIn('proxy', 'bo@example.dk'), { ...sampleMessage('da'), sheet: { name: 'tal.xlsx', bytes: Uint8Array.of(0x50, 0x4b, 1) } });
    const html = await heard();
    for (const source of [/<img src="([^"]+)"/, /href="(\/chat\/file[^"]+)"/].map((pattern) => pattern.exec(html)?.[1] ?? '')) {
      expect(source).toMatch(/^\/chat\/(picture|file)\/me\/[0-9a-f-]{36}\.\w+$/);
      const own = await get(source, as('bo@example.dk'));
      expect([own.status, own.headers.get('cache-control')]).toEqual([200, 'private, no-store']);
      expect((await get(source, as('anna@example.dk'))).status).toBe(404);
      expect((await get(source, {})).status).toBe(403);
    }
  });

  it('may be someone no pack knows: they are heard as what they are, a verified stranger', async () => {
    await open();
    const heard = await follow('new@example.dk');
    await post(lab, 'me', message(), page('new@example.dk'));
    await heard();
    expect(came[0]?.from).toEqual({ platform: 'web', tenant: 'proxy', user: 'new@example.dk', email: 'new@example.dk' });
  });

  it('is shown no CPR number that their address holds', async () => {
    await open();
    const text = await (await get('/chat/start', as('010190-1234@example.dk'))).text();
    expect(text).toContain('******-****@example.dk');
    expect(text).not.toContain('010190');
  });

  it('is written to later by the id in the pack or by the e-mail, and nobody else is', async () => {
    await open();
    for (const address of [addressIn('local', 'bo'), addressIn('proxy', 'bo@example.dk')]) expect((await lab.web.send(address, sampleMessage('da'))).messageId).not.toBe('');
    const stream = await listen(lab, 'me', as('bo@example.dk'));
    expect((await stream.next('snapshot'))['entries']).toHaveLength(2);
    stream.close();
    for (const address of [addressIn('proxy', 'bo'), addressIn('local', 'nobody'), addressIn('proxy', 'left@example.dk'), addressIn('local', 'bo@example.dk'), { ...addressIn('proxy', 'bo@example.dk'), platform: 'slack' as const }]) {
      await expect(lab.web.send(address, sampleMessage('da'))).rejects.toMatchObject({ final: true });
    }
  });
});

describe('what is not believed', () => {
  const PATHS = ['/', '/chat/start', '/chat/chat.js', '/chat/events/me', '/chat/picture/me/x.png'];

  it('the header from an address that is no proxy of ours, also when it says that it was passed on', async () => {
    await open(['10.1.2.3', '127.0.0.2', '2001:db8::/32']);
    for (const path of PATHS) {
      const answer = await get(path, { ...as('anna@example.dk'), 'x-forwarded-for': '10.1.2.3', forwarded: 'for=10.1.2.3', 'x-real-ip': '10.1.2.3' });
      expect([path, answer.status, await answer.json()]).toEqual([path, 403, { error: { code: 'notSignedIn', message: expect.stringContaining('organisationens login') } }]);
    }
    expect((await post(lab, 'me', message(), page('anna@example.dk'))).status).toBe(403);
    expect(came).toEqual([]);
    expect(lab.logged.join()).toContain('TRUSTED_PROXIES');
    expect(lab.logged.join()).not.toContain('anna@');
  });

  it.each<[string, Record<string, string>]>([
    ['no header', {}], ['an empty one', as('')], ['a name', as('Anna')], ['two addresses', as('anna@example.dk, bo@example.dk')], ['a display name', as('Anna <anna@example.dk>')],
    ['spaces inside', as('anna @example.dk')], ['an address without a domain', as('anna@')], ['a person\'s id', as('anna')], ['another header', { 'X-Auth-Email': 'anna@example.dk' }], ['something very long', as(`${'a'.repeat(300)}@example.dk`)],
  ])('%s', async (_what, headers) => {
    await open();
    for (const path of PATHS) expect([path, (await get(path, headers)).status]).toEqual([path, 403]);
    expect((await post(lab, 'me', message(), { origin: ORIGIN, ...headers })).status).toBe(403);
    expect(came).toEqual([]);
  });

  // Of some headers Node keeps the first, of others it makes one with a comma.
  it.each([HEADER, 'From', 'Referer', 'User-Agent', 'Set-Cookie'])('the header twice, where it is %s', async (identityHeader) => {
    lab = await openLab({ access: { ...access(['127.0.0.1']), identityHeader } });
    await lab.web.start(async () => null);
    const host = ['Host', 'overblik.example.dk'];
    expect(await visit([...host, identityHeader, 'bo@example.dk'])).toBe(200);
    expect(await visit([...host, identityHeader, 'anna@example.dk', identityHeader, 'bo@example.dk'])).toBe(403);
    expect(await visit([...host, identityHeader, 'bo@example.dk', identityHeader.toLowerCase(), 'bo@example.dk'])).toBe(403);
  });

  it('the header among so many that the proxy\'s own may be one of those that were not read', async () => {
    await open();
    const filler = Array.from({ length: 120 }, (_, i) => [`x-${i}`, '1']).flat();
    expect(await visit(['Host', 'overblik.example.dk', HEADER, 'anna@example.dk', ...filler, HEADER, 'bo@example.dk'])).toBe(431);
  });

  it('what another page makes the browser send', async () => {
    await open();
    const signed = as('bo@example.dk');
    for (const headers of [{ ...signed }, { ...signed, origin: 'https://evil.example' }, { ...signed, origin: 'null' }, { ...signed, origin: 'http://overblik.example.dk' }, { ...signed, origin: lab.url }, { ...signed, origin: ORIGIN, 'sec-fetch-site': 'cross-site' }, { ...signed, origin: ORIGIN, 'sec-fetch-site': 'same-site' }] as Record<string, string>[]) {
      expect([headers, (await post(lab, 'me', message(), headers)).status]).toEqual([headers, 403]);
    }
    expect((await post(lab, 'me', JSON.stringify(message()), { ...page('bo@example.dk'), 'content-type': 'text/plain' })).status).toBe(415);
    expect((await get('/chat/events/me', { ...signed, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' })).status).toBe(403);
    expect((await get('/chat/start', { ...signed, origin: 'https://evil.example' })).status).toBe(403);
    expect(came).toEqual([]);
    // A link in a mail opens it.
    expect(await visit({ ...signed, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).toBe(200);
    expect(await visit({ ...signed, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).toBe(403);
  });
});
