import { addressKey } from '../../../src/io/http/addresses.ts';
import { createHttp, type Http } from '../../../src/io/http/server.ts';

const DOOR = '/platform/events';
let at = new Date('2026-11-23T08:00:00Z');
const logged: string[] = [];
const note = (event: string): void => void logged.push(event);
let http: Http;
let url = '';

/** A server that takes five requests a minute, with a door behind which only `good` is let in. */
async function open(trustedProxies: readonly string[] = []): Promise<void> {
  http = createHttp({
    host: '127.0.0.1', port: 0, log: { info: note, warn: note, error: note }, trustedProxies, ready: async () => ({ ok: true, detail: {} }), metrics: async () => '',
    limit: { perMinute: 5, verified: [DOOR], now: () => at },
  });
  http.app.post(DOOR, (request, response) => { response.status(request.get('authorization') === 'good' ? 200 : 401).end(); });
  http.app.get('/page', (_request, response) => void response.send('here'));
  url = (await http.listen()).url;
}
beforeEach(() => {
  at = new Date('2026-11-23T08:00:00Z');
  logged.length = 0;
});
afterEach(() => http.close());

const get = async (path: string, from?: string): Promise<number> => (await fetch(url + path, from === undefined ? {} : { headers: { 'x-forwarded-for': from } })).status;
const knock = async (authorization: string, from: string): Promise<number> => (await fetch(url + DOOR, { method: 'POST', headers: { authorization, 'x-forwarded-for': from } })).status;
const times = async (count: number, ask: () => Promise<number>): Promise<number[]> => {
  const answers: number[] = [];
  for (let i = 0; i < count; i += 1) answers.push(await ask());
  return answers;
};

describe('who asks too often', () => {
  it('is told to wait and how long, the others are not', async () => {
    await open();
    expect(await times(7, () => get('/page', '203.0.113.9'))).toEqual([200, 200, 200, 200, 200, 429, 429]);
    const refused = await fetch(`${url}/page`, { headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect([refused.headers.get('retry-after'), await refused.json()]).toEqual(['12', { error: { status: 429, message: 'Too many requests. Wait a little, then try again.' } }]);
    expect(await get('/page', '203.0.113.10')).toBe(200);
    at = new Date(at.getTime() + 12_000);
    expect(await times(2, () => get('/page', '203.0.113.9'))).toEqual([200, 429]);
    expect(logged.filter((event) => event === 'http.too-many').length).toBe(1);
  });

  it('is limited on every path alike, also where there is nothing, but the service may always be seen to live', async () => {
    await open();
    expect([await get('/page'), await get('/nothing'), await get('/readyz'), await get('/metrics'), await get('/pictures/x.png'), await get('/page')]).toEqual([200, 404, 200, 200, 404, 429]);
    expect(await times(10, () => get('/healthz'))).toEqual(Array.from({ length: 10 }, () => 200));
  });

  it('can\'t be somebody else by writing so: what a trusted proxy adds last counts', async () => {
    await open(['198.51.100.0/24']);
    const made = (i: number): string => `10.0.0.${i}, 203.0.113.9, 198.51.100.${i}`;
    let i = 0;
    expect((await times(6, () => get('/page', made(i += 1)))).at(-1)).toBe(429);
    expect(await get('/page', '203.0.113.8, 198.51.100.1')).toBe(200);
  });

  it('is the last hop that nobody named, whatever that one says was before it', async () => {
    await open();
    let i = 0;
    expect((await times(6, () => get('/page', `10.0.0.${i += 1}, 198.51.100.7`))).at(-1)).toBe(429);
  });

  it.each<[string, string]>([
    ['203.0.113.9', '203.0.113.9'], ['::ffff:203.0.113.9', '203.0.113.9'], ['203.0.113.9:51234', '203.0.113.9'],
    ['2001:db8:1:2::1', '2001:db8:1:2'], ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2'], ['[2001:DB8:0001:2::1]:443', '2001:db8:1:2'], ['::1', '0:0:0:0'], ['fe80::1%eth0', 'fe80:0:0:0'], ['2001:db8::5', '2001:db8:0:0'],
    ['', ''], ['unknown', 'unknown'],
  ])('%s counts as %s', (address, key) => { expect(addressKey(address)).toBe(key); });
});

describe('where a platform writes', () => {
  it('good requests are never refused, however many come from one address', async () => {
    await open();
    expect(new Set(await times(30, () => knock('good', '203.0.113.50')))).toEqual(new Set([200]));
  });

  it('forged ones are, after so many, without being looked at', async () => {
    await open();
    expect(await times(7, () => knock('forged', '203.0.113.66'))).toEqual([401, 401, 401, 401, 401, 429, 429]);
    at = new Date(at.getTime() + 12_000);
    expect(await times(2, () => knock('forged', '203.0.113.66'))).toEqual([401, 429]);
  });

  it.each(['OPTIONS', 'GET', 'HEAD', 'PUT'])('a %s, which nobody verifies, is not there and makes no address a good one', async (method) => {
    await open();
    const ask = async (): Promise<number> => (await fetch(url + DOOR, { method, headers: { 'x-forwarded-for': '203.0.113.66' } })).status;
    expect(await ask()).toBe(404);
    expect(await times(7, () => knock('forged', '203.0.113.66'))).toEqual([401, 401, 401, 401, 401, 429, 429]);
    expect((await times(6, ask)).at(-1)).toBe(429);
  });

  it('a platform can\'t be shut out by making its servers send what is not for us', async () => {
    await open();
    await knock('good', '203.0.113.50');
    expect(new Set(await times(30, () => knock('forged', '203.0.113.50')))).toEqual(new Set([401]));
    expect(await knock('good', '203.0.113.50')).toBe(200);
  });
});
