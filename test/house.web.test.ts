import { existsSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { listAudit } from '../src/app/audit.ts';
import { readConfig } from '../src/io/config/config.ts';
import { openServiceStore } from '../src/store.ts';
import type { Log, Store } from '../src/ports.ts';
import { serve, type Service } from '../src/service.ts';
import { silent } from './demo/house.ts';
import { SMALL_PACK, SMALL_PEOPLE, writeSmallPack } from './packs/written.ts';

const CHROMIUM = '/usr/bin/chromium';
const present = existsSync(CHROMIUM);
if (!present) console.warn(`the web chat behind a proxy is not looked at in a browser: there is no Chromium at ${CHROMIUM}`);

/** The whole house behind a reverse proxy that signs people in: what comes from outside can't say who it is. */
describe('the house behind a proxy that signs people in', () => {
  const dir = mkdtempSync(join(tmpdir(), 'overblik-house-web-'));
  const complaints: string[] = [];
  const log: Log = { info: () => undefined, warn: (event) => { complaints.push(event); }, error: (event) => { complaints.push(event); } };
  let signedIn = 'jonas.krogh@kommune.example';
  let proxy: Server;
  let origin = '';
  let store: Store;
  let service: Service;
  beforeAll(async () => {
    proxy = createServer((request, response) => {
      const to = new URL(service.url);
      // As a reverse proxy is to be set up: its own header takes the place of one from outside, and who asked is added.
      const { headers } = request;
      const onward = forward({ host: to.hostname, port: to.port, path: request.url, method: request.method, headers: { ...headers, 'x-forwarded-email': signedIn, 'x-forwarded-for': [headers['x-forwarded-for'], '203.0.113.9'].filter((one) => one !== undefined).join(', ') } }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => response.destroy());
      response.on('close', () => onward.destroy());
      request.pipe(onward);
    });
    await new Promise<void>((resolve) => { proxy.listen(0, '127.0.0.1', resolve); });
    origin = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const config = readConfig({ OVERBLIK_DATA_DIR: dir, PORT: '0', LOG_LEVEL: 'silent', WEB_IDENTITY_HEADER: 'X-Forwarded-Email', TRUSTED_PROXIES: '127.0.0.1', PUBLIC_URL: origin });
    expect(config.demo).toBe(false);
    const opening = openServiceStore(config, log);
    store = await opening;
    service = await serve(config, { now: () => new Date('2026-11-06T08:00:00Z') }, log, opening);
  });
  afterAll(async () => {
    await service.stop();
    proxy.closeAllConnections();
    await new Promise((resolve) => { proxy.close(resolve); });
    await rm(dir, { recursive: true, force: true });
  });

  const start = async (): Promise<{ people: { id: string; name: string; suggestions: string[] }[] }> => await (await fetch(`${origin}/chat/start`)).json() as Awaited<ReturnType<typeof start>>;
  const ask = (text: string, headers: Record<string, string> = {}): Promise<Response> => fetch(`${origin}/chat/messages/me`, {
    method: 'POST', headers: { 'content-type': 'application/json', origin, ...headers }, body: JSON.stringify({ id: crypto.randomUUID(), kind: 'message', text }),
  });
  /** What stands in the page of who is signed in, once something fit stands there. */
  const reads = async (fit: (html: string) => boolean): Promise<string> => {
    const stop = new AbortController();
    const answer = await fetch(`${origin}/chat/events/me`, { signal: stop.signal });
    let text = '';
    for await (const part of (answer.body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(new TextDecoderStream())) {
      text += part.replaceAll('\u00a0', ' ');
      if (fit(text)) break;
    }
    stop.abort();
    return text;
  };

  it('a leader is who signed in, whatever they send along, and sees their own', async () => {
    const { people: [me] } = await start();
    expect(me?.name).toBe('Jonas Krogh');
    expect((await ask(me?.suggestions[0] ?? '', { 'x-forwarded-email': 'liam.walsh@kommune.example' })).status).toBe(202);
    expect(await reads((text) => text.includes('"from":"bot"') && text.includes('Havnen'))).not.toContain('Stranden');
    await ask(`${me?.suggestions[0] ?? ''} i Stranden`);
    expect(await reads((text) => text.includes('ikke adgang'))).toContain('Havnen');
  });

  it('a link that only names a leader does not make anyone one', async () => {
    expect((await fetch(`${origin}/chat/events/teamleder-havnen`)).status).toBe(404);
    expect((await ask('budget', { origin: 'https://evil.example' })).status).toBe(403);
  });

  it('someone signed in whom no pack knows gets no figures, and it is noted', async () => {
    signedIn = 'someone@elsewhere.example';
    const { people: [me] } = await start();
    expect(me).toMatchObject({ id: 'me', suggestions: [] });
    await ask('jeg er Jonas Krogh, vis Havnen');
    const said = await reads((text) => text.includes('"from":"bot"'));
    expect(said).not.toMatch(/Havnen.*\d+ (t\.kr|børn)/);
    const [entry] = await listAudit(store, { person: 'web:proxy:someone@elsewhere.example', from: null, to: null, limit: 10 });
    expect(entry?.action).toBe('refused-stranger');
    // The id of a person is no e-mail, so a proxy that passes ids on makes nobody of the pack.
    signedIn = 'teamleder-havnen';
    expect((await fetch(`${origin}/chat/start`)).status).toBe(403);
    signedIn = 'jonas.krogh@kommune.example';
  });

  (present ? it : it.skip)('the page opens on one\'s own conversation: there is nobody to choose', async () => {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'] });
    try {
      for (const viewport of [{ width: 1280, height: 900 }, { width: 380, height: 760 }]) {
        const page = await (await browser.newContext({ viewport, locale: 'da-DK', reducedMotion: 'reduce' })).newPage();
        const errors: string[] = [];
        page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) errors.push(message.text()); });
        page.on('pageerror', (error) => errors.push(error.message));
        await page.goto(origin);
        await page.getByRole('log').getByRole('article').first().waitFor();
        expect(await page.locator('#people, #who').evaluateAll((all) => all.filter((one) => (one as HTMLElement).offsetParent !== null).length)).toBe(0);
        const before = await page.locator('article.bot').count();
        await page.getByRole('textbox').fill('pris pr. helårsanbragt udvikling');
        await page.keyboard.press('Enter');
        await page.locator('article.bot').nth(before).waitFor();
        await page.locator('article.bot img').last().evaluate((element: HTMLImageElement) => element.decode());
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
        expect(errors).toEqual([]);
      }
    } finally {
      await browser.close();
    }
  });
});

/** The e-mail of a leader goes to another, or to nobody, while the service runs and nobody asks anything. */
describe('what a leader was told, when their e-mail is no longer theirs', () => {
  const ANNE = { 'x-forwarded-email': 'anne@kommune.example', 'x-forwarded-for': '203.0.113.9', origin: 'http://127.0.0.1:8080' };
  const files = writeSmallPack();
  let service: Service;
  beforeAll(async () => {
    files.put('pack.yaml', SMALL_PACK.replace(/\ndigests:[^]*$/, '\n'));
    service = await serve(readConfig({ OVERBLIK_PACKS: files.root, OVERBLIK_DATA_DIR: `${files.base}/var`, PORT: '0', LOG_LEVEL: 'silent', WEB_IDENTITY_HEADER: 'X-Forwarded-Email', TRUSTED_PROXIES: '127.0.0.1', PUBLIC_URL: ANNE.origin }), { now: () => new Date('2026-11-06T08:00:00Z') }, silent);
  });
  afterAll(async () => {
    await service.stop();
    await rm(files.base, { recursive: true, force: true });
  });

  const get = (path: string): Promise<Response> => fetch(service.url + path, { headers: ANNE });
  /** Anne's page from now on, until something fit stands in it. */
  const reads = async (fit: RegExp): Promise<string> => {
    const stop = new AbortController();
    const answer = await fetch(`${service.url}/chat/events/me`, { headers: ANNE, signal: stop.signal });
    let text = '';
    for await (const part of (answer.body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(new TextDecoderStream())) {
      text += part.replaceAll('\u00a0', ' ');
      if (fit.test(text)) break;
    }
    stop.abort();
    return text;
  };
  const links = async (): Promise<string[]> => {
    for (const text of ['forbrug i Nord pr. måned som graf', 'forbrug i Nord i oktober 2026 i Excel']) {
      expect((await fetch(`${service.url}/chat/messages/me`, { method: 'POST', headers: { ...ANNE, 'content-type': 'application/json' }, body: JSON.stringify({ id: crypto.randomUUID(), kind: 'message', text }) })).status).toBe(202);
    }
    const said = await reads(/\/chat\/picture\/[^]*\/chat\/file\//);
    expect(said).toContain('Nord');
    return [/\/chat\/picture\/me\/[\w.-]+/, /\/chat\/file\/me\/[\w.-]+/].map((pattern) => pattern.exec(said)?.[0] ?? '');
  };
  const anne = (line: string): string => SMALL_PEOPLE.replace(/^anne;.*$/m, line);

  it.each<[string, string]>([
    ['is given to the leader of Syd', SMALL_PEOPLE.replace('anne@', 'x@').replace('bent@', 'anne@')],
    ['stays with the post, and someone else has it', anne('anne;Asta Lund;leder;4711;anne@kommune.example')],
    ['is nobody\'s', anne('anne;Anne Bo;leder;4711;')],
    ['is of someone who left', SMALL_PEOPLE.replace(/^anne;.*\n/m, '')],
    ['is still theirs, who now lead Syd', anne('anne;Anne Bo;leder;4712;anne@kommune.example')],
    ['is still theirs, who now are a politician', anne('anne;Anne Bo;politiker;4711;anne@kommune.example')],
  ])('is gone at once when it %s', async (_what, people) => {
    files.put('people.csv', SMALL_PEOPLE);
    const theirs = await links();
    expect(await Promise.all(theirs.map(async (link) => (await get(link)).status))).toEqual([200, 200]);
    files.put('people.csv', people);
    expect(await Promise.all(theirs.map(async (link) => (await get(link)).status))).toEqual([404, 404]);
    expect(await reads(/event: snapshot\ndata: .*\n\n/)).toContain('"entries":[]');
  });

  it('is gone when the role sees less than it did, and stays when others come and go', async () => {
    files.put('people.csv', SMALL_PEOPLE);
    const [picture = ''] = await links();
    files.put('people.csv', SMALL_PEOPLE.replace('ida;Ida Sø', 'ida;Ida Ny'));
    expect((await get(picture)).status).toBe(200);
    files.put('pack.yaml', `${SMALL_PACK.replace(/\ndigests:[^]*$/, '\n')}access: {leader: {depth: totals}}\n`);
    expect((await get(picture)).status).toBe(404);
  });
});
