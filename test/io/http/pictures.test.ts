import { createCanvas } from '@napi-rs/canvas';
import fc from 'fast-check';
import { createHttp } from '../../../src/io/http/server.ts';
import type { Http } from '../../../src/io/http/server.ts';
import { createPictures } from '../../../src/io/http/pictures.ts';
import type { Pictures, PicturesOptions } from '../../../src/io/http/pictures.ts';

const SECRET = 'a secret of more than sixteen characters';
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const draw = (colour: string): Uint8Array => {
  const canvas = createCanvas(40, 20);
  const pen = canvas.getContext('2d');
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 40, 20);
  return canvas.toBuffer('image/png');
};
const blue = draw('#0072b2');
const orange = draw('#d55e00');

let nowMs = Date.parse('2026-10-06T06:00:00Z');
let http: Http;
let base = '';

beforeEach(async () => {
  nowMs = Date.parse('2026-10-06T06:00:00Z');
  http = createHttp({ host: '127.0.0.1', port: 0, trustedProxies: [], limit: null, log: silent, ready: async () => ({ ok: true, detail: {} }), metrics: async () => '' });
  base = (await http.listen()).url;
});
afterEach(() => http.close());

const pictures = (change: Partial<PicturesOptions> = {}): Pictures =>
  createPictures({ app: http.app, secret: SECRET, baseUrl: base, now: () => new Date(nowMs), ttlMs: 600_000, maxBytes: 1_000_000, ...change });
const address = (of: Pictures, png: Uint8Array, reader = 'anna'): string => {
  const url = of.url(png, reader);
  if (url === null) throw new Error('no address');
  return url;
};

describe('signed picture addresses', () => {
  it('gives the picture back byte by byte, privately cached for as long as the address holds', async () => {
    const answer = await fetch(address(pictures(), blue));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(answer.headers.get('cache-control')).toBe('private, max-age=600');
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(new Uint8Array(blue));
  });

  it('gives a spreadsheet as a file to save, kept by no cache', async () => {
    const sheet = Uint8Array.of(0x50, 0x4b, 3, 4, 7);
    const answer = await fetch(pictures().sheetUrl(sheet, 'anna') ?? '');
    expect(['content-type', 'content-disposition', 'cache-control', 'x-content-type-options'].map((header) => answer.headers.get(header))).toEqual([
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'attachment; filename="overblik.xlsx"', 'private, no-store', 'nosniff',
    ]);
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(sheet);
    expect(pictures().sheetUrl(blue, 'anna')).toBeNull();
  });

  it('is for one reader: another\'s address is another, and none can be made from the parts of two', async () => {
    const of = pictures();
    const [anna, bo, bosOther] = [new URL(address(of, blue, 'anna')), new URL(address(of, blue, 'bo')), new URL(address(of, orange, 'bo'))];
    const readerOf = ({ pathname }: URL): string => pathname.split('/')[2] ?? '';
    const nameOf = ({ pathname }: URL): string => pathname.split('/')[3] ?? '';
    expect(readerOf(anna)).not.toBe(readerOf(bo));
    expect(readerOf(anna)).toBe(readerOf(new URL(address(of, orange, 'anna'))));
    expect([anna.href, bo.href].join()).not.toMatch(/anna|bo\b/);
    const made = (path: URL, name: URL, signature: URL): string => `${base}/pictures/${readerOf(path)}/${nameOf(name)}${signature.search}`;
    const all = [anna, bo, bosOther].flatMap((path) => [anna, bo, bosOther].flatMap((name) => [anna, bo, bosOther].map((signature) => made(path, name, signature))));
    const real = [anna.href, bo.href, bosOther.href];
    for (const url of new Set(all)) expect([url, (await fetch(url)).status]).toEqual([url, real.includes(url) ? 200 : 404]);
    expect((await fetch(`${base}/pictures/${nameOf(anna)}${anna.search}`)).status).toBe(404);
  });

  it('is read and nothing else: no other method finds anything', async () => {
    const url = address(pictures(), blue);
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) expect([method, (await fetch(url, { method })).status]).toEqual([method, 404]);
    const listing = await Promise.all(['/pictures', '/pictures/', new URL(url).pathname.split('/').slice(0, 3).join('/')].map(async (path) => (await fetch(base + path)).status));
    expect(listing).toEqual([404, 404, 404]);
  });

  it('one that holds longer than any is given for is refused, though its signature is right', async () => {
    const elsewhere = createHttp({ host: '127.0.0.1', port: 0, trustedProxies: [], limit: null, log: silent, ready: async () => ({ ok: true, detail: {} }), metrics: async () => '' });
    const generous = createPictures({ app: elsewhere.app, secret: SECRET, baseUrl: base, now: () => new Date(nowMs), ttlMs: 86_400_000, maxBytes: 1_000_000 });
    const url = address(generous, blue);
    address(pictures(), blue);
    expect((await fetch(url)).status).toBe(404);
    nowMs += 86_400_000 - 600_000;
    expect((await fetch(url)).status).toBe(200);
  });

  it('answers the same to an unknown, an expired and a forged address', async () => {
    const of = pictures();
    const good = address(of, blue);
    const url = new URL(good);
    const changed = (change: (query: URLSearchParams) => void, path = url.pathname): string => {
      const other = new URL(good);
      other.pathname = path;
      change(other.searchParams);
      return other.href;
    };
    const other = new URL(address(of, orange)).pathname;
    const refused = [
      `${base}/pictures/nothing.png`,
      `${base}/pictures/somebody/nothing.png`,
      `${base}/pictures/somebody/nothing.png?e=9999999999&s=AAAA`,
      changed((query) => query.set('s', '')),
      changed((query) => query.set('s', `A${(query.get('s') ?? '').slice(1)}`)),
      changed((query) => query.set('e', String(Number(query.get('e')) + 3600))),
      changed((query) => query.append('s', 'second')),
      changed(() => undefined, other),
    ];
    const answers = await Promise.all(refused.map((to) => fetch(to)));
    nowMs += 600_000;
    answers.push(await fetch(good));
    const seen = await Promise.all(answers.map(async (answer) => `${answer.status} ${answer.headers.get('content-type')} ${await answer.text()}`));
    expect(new Set(seen)).toEqual(new Set(['404 application/json; charset=utf-8 {"error":{"status":404,"message":"There is nothing at this address."}}']));
  });

  it('refuses an address signed with another secret', async () => {
    const foreign = address(createPictures({ app: createHttp({ host: '127.0.0.1', port: 0, trustedProxies: [], limit: null, log: silent, ready: async () => ({ ok: true, detail: {} }), metrics: async () => '' }).app, secret: `${SECRET}2`, baseUrl: base, now: () => new Date(nowMs), ttlMs: 600_000, maxBytes: 1e6 }), blue);
    address(pictures(), blue);
    expect((await fetch(foreign)).status).toBe(404);
  });

  it('is fetched only from where the world can reach it safely', () => {
    const given = (baseUrl: string | null): boolean => pictures({ baseUrl }).url(blue, 'anna') !== null;
    expect(['https://overblik.example', 'https://overblik.example/bot/', 'http://localhost:3978', 'http://127.0.0.1:1', 'http://[::1]:1'].map(given)).toEqual([true, true, true, true, true]);
    expect([null, '', 'overblik.example', 'http://overblik.example', 'ftp://127.0.0.1', 'http://127.0.0.1.example', 'http://localhost.example'].map(given)).toEqual([false, false, false, false, false, false, false]);
    expect(pictures({ baseUrl: 'https://overblik.example/bot/' }).url(blue, 'anna')).toMatch(/^https:\/\/overblik\.example\/bot\/pictures\/[\w-]{22}\/[0-9a-f]{64}\.png\?e=\d+&s=[\w-]{43}$/);
  });

  it('keeps nothing that is not a PNG or would not fit', () => {
    expect(pictures().url(new TextEncoder().encode('<svg onload=alert(1)>'), 'anna')).toBeNull();
    expect(pictures({ maxBytes: blue.length - 1 }).url(blue, 'anna')).toBeNull();
  });

  it('drops the oldest picture when it is full, and keeps one shown again', async () => {
    const dark = draw('#1f2937');
    const of = pictures({ maxBytes: blue.length + orange.length + dark.length - 1 });
    const first = address(of, blue);
    const second = address(of, orange);
    address(of, blue);
    const third = address(of, dark);
    expect(await Promise.all([first, second, third].map(async (url) => (await fetch(url)).status))).toEqual([200, 404, 200]);
  });

  it('never takes a made-up signature', async () => {
    const good = new URL(address(pictures(), blue));
    const real = good.searchParams.get('s');
    await fc.assert(fc.asyncProperty(fc.oneof(fc.string(), fc.base64String({ minLength: 40, maxLength: 48 })), async (signature) => {
      fc.pre(signature !== real);
      const forged = new URL(good);
      forged.searchParams.set('s', signature);
      expect((await fetch(forged)).status).toBe(404);
    }), { numRuns: 60 });
  });

  it('refuses a secret too short to keep anything secret', () => {
    expect(() => pictures({ secret: 'short' })).toThrow('at least 16 characters');
  });
});
