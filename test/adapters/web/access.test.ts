import { request } from 'node:http';
import { ServiceError } from '../../../src/errors.ts';
import { TEXTS } from '../../../adapters/web/texts.ts';
import { openLab, post, question } from './lab.ts';
import type { Lab } from './lab.ts';
import { sampleMessage } from './sample.ts';

let lab: Lab;
const seen: string[] = [];
beforeAll(async () => {
  lab = await openLab();
  await lab.web.start(async ({ text }) => {
    seen.push(text);
    return sampleMessage('da');
  });
});
afterAll(() => lab.close());
beforeEach(() => { seen.length = 0; });

/** With any headers, also those that fetch sets itself. */
function call(path: string, headers: Record<string, string>, method = 'GET', body = ''): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(lab.url + path, { method, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => { text += part; }).on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
    });
    asked.on('error', reject).end(body);
  });
}
const message = question('hej');

describe('where the web chat may exist', () => {
  it.each(['0.0.0.0', '::', '192.168.1.20', 'overblik.example', '127.0.0.1.example', ''])('refuses to be bound to %p', async (boundTo) => {
    const failure = await openLab({ access: { kind: 'demo', boundTo } }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ServiceError);
    expect((failure as ServiceError).message).toContain('Set HOST to 127.0.0.1');
  });

  it.each(['127.0.0.1', 'localhost', '::1', '127.8.9.1'])('takes %p', async (boundTo) => {
    await (await openLab({ access: { kind: 'demo', boundTo } })).close();
  });

  it.each<[string, readonly string[], string]>([
    ['without a header to read', [], 'WEB_IDENTITY_HEADER'], ['when no proxy is trusted', [], 'TRUSTED_PROXIES'], ['when everybody is', ['10.0.0.1', '0.0.0.0/0'], 'holds every address'], ['when everybody is, by IPv6', ['::/0'], 'holds every address'],
  ])('refuses to exist outside the demo %s', async (what, trustedProxies, hint) => {
    const identityHeader = what.includes('header') ? '' : 'X-Forwarded-Email';
    await expect(openLab({ access: { kind: 'proxy', identityHeader, trustedProxies, origin: 'https://overblik.example.dk' } })).rejects.toThrow(hint);
  });
});

describe('who may call the web chat', () => {
  const PATHS = ['/', '/chat/start', '/chat/chat.js', '/chat/events/anna', '/chat/picture/x.png'];

  it('refuses a foreign Host on every path, as after DNS rebinding', async () => {
    for (const host of ['evil.example', `evil.example:${lab.port}`, '127.0.0.1.evil.example', '10.0.0.1', 'localhost@evil.example', '[::2]', 'localhost:99999']) {
      for (const path of PATHS) expect([host, path, (await call(path, { host })).status]).toEqual([host, path, 403]);
    }
    expect((await call('/chat/messages/anna', { host: 'evil.example', 'content-type': 'application/json' }, 'POST', JSON.stringify(message))).status).toBe(403);
    expect(seen).toEqual([]);
    expect(lab.logged.some((line) => line.startsWith('web.refused') && line.includes('Host'))).toBe(true);
  });

  it('takes every name of this machine', async () => {
    for (const host of [`localhost:${lab.port}`, `127.0.0.1:${lab.port}`, `[::1]:${lab.port}`, 'LOCALHOST']) expect((await call('/', { host })).status).toBe(200);
  });

  it('refuses a page of another origin, also one on another port of this machine', async () => {
    const own = `127.0.0.1:${lab.port}`;
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1', `http://localhost:${lab.port}`, `https://${own}`]) {
      const answer = await call('/chat/messages/anna', { host: own, origin, 'content-type': 'application/json' }, 'POST', JSON.stringify(message));
      expect([origin, answer.status]).toEqual([origin, 403]);
    }
    expect((await post(lab, 'anna', message, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect(seen).toEqual([]);
    expect((await post(lab, 'anna', message, { origin: lab.url, 'sec-fetch-site': 'same-origin' })).status).toBe(202);
  });

  it('refuses what a proxy passed on from elsewhere', async () => {
    for (const header of ['x-forwarded-for', 'forwarded', 'via']) expect((await call('/', { host: 'localhost', [header]: '203.0.113.9' })).status).toBe(403);
  });

  it('reads nothing but JSON', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const answer = await post(lab, 'anna', JSON.stringify(question()), { 'content-type': type });
      expect([answer.status, await answer.json()]).toEqual([415, { error: { code: 'notJson', message: TEXTS.da.notJson } }]);
    }
    expect(seen).toEqual([]);
  });
});

describe('what the web chat can\'t take', () => {
  it.each([
    ['broken JSON', `{"id": "${message.id}", "text": 010203}`, 400, 'malformed'],
    ['no object', '"hej"', 400, 'malformed'],
    ['a missing text', { id: message.id, kind: 'message' }, 400, 'malformed'],
    ['a text that is none', { ...message, text: 7 }, 400, 'malformed'],
    ['an unknown kind', { ...message, kind: 'installed' }, 400, 'malformed'],
    ['an id that would be markup', { ...message, id: '"><script>' }, 400, 'malformed'],
    ['an id that is a CPR number', { ...message, id: '010190-1234' }, 400, 'malformed'],
    ['an id that is one without its sign', { ...message, id: '0101901234' }, 400, 'malformed'],
    ['an id that is words', { ...message, id: 'Anna-Holm-is-ill' }, 400, 'malformed'],
    ['an id with more than what the page makes', { ...message, id: `${message.id}-010190-1234` }, 400, 'malformed'],
    ['an id that looks like one of the page\'s', { ...message, id: '01019012-3401-0190-1234-010190123401' }, 400, 'malformed'],
    ['someone else\'s name in the body', { ...message, from: 'bo' }, 400, 'malformed'],
    ['an empty text', { ...message, text: ' \n ' }, 400, 'empty'],
    ['a text that is too long', { ...message, text: 'x'.repeat(2001) }, 400, 'empty'],
    ['a body that is too large', { ...message, text: 'x'.repeat(40_000) }, 413, 'tooLarge'],
  ] as const)('says so for %s', async (_what, body, status, code) => {
    const answer = await post(lab, 'anna', body);
    const said = await answer.json() as { error: { code: string; message: string } };
    expect([answer.status, said.error.code]).toEqual([status, code]);
    expect(said.error.message).not.toMatch(/\{max\}|010203| at /);
    expect(seen).toEqual([]);
  });

  it('says it in the person\'s language', async () => {
    expect(await (await post(lab, 'emily', '{')).json()).toEqual({ error: { code: 'malformed', message: 'The message could not be read.' } });
    expect(await (await post(lab, 'anna', '{')).json()).toEqual({ error: { code: 'malformed', message: 'Beskeden kunne ikke læses.' } });
  });

  it('takes a text of the full length, each character escaped', async () => {
    const text = '\u00e6'.repeat(2000);
    const body = `{"id":"${question().id}","kind":"message","text":"${'\\u00e6'.repeat(2000)}"}`;
    expect((await post(lab, 'anna', body)).status).toBe(202);
    expect(seen).toEqual([text]);
  });

  it('knows only the people of the demo', async () => {
    for (const person of ['nobody', '__proto__', '..%2fanna', 'Anna']) {
      expect((await post(lab, person, message)).status).toBe(404);
      expect((await call(`/chat/events/${person}`, {})).status).toBe(404);
    }
  });

  it('serves the page\'s own files and nothing else', async () => {
    for (const file of ['chat.css', 'chat.js', 'people.js', 'log.js', 'icon.svg']) expect((await call(`/chat/${file}`, {})).status).toBe(200);
    for (const file of ['index.ts', '..%2findex.ts', '../index.ts', 'package.json', '', 'picture/forged.png', 'picture/..%2f..%2findex.ts']) expect((await call(`/chat/${file}`, {})).status).toBe(404);
  });

  it('has a page that may load from its own origin only, without inline script or style', async () => {
    const page = await fetch(lab.url);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    const html = await page.text();
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|https?:\/\//);
  });
});

describe('what the page says', () => {
  it('says everything in both languages, with the same blanks', () => {
    const blanks = (texts: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, (text.match(/\{\w+\}/g) ?? []).sort().join()]));
    expect(blanks(TEXTS.en)).toEqual(blanks(TEXTS.da));
    for (const [key, text] of Object.entries(TEXTS.da)) if (!['bot', 'send'].includes(key)) expect(text).not.toBe(TEXTS.en[key as keyof typeof TEXTS.en]);
  });
});
