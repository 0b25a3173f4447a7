import { createServer } from 'node:http';
import { mkdtempSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../src/cli.ts';
import { readConfig } from '../src/io/config/config.ts';
import type { Clock, Log } from '../src/ports.ts';
import { serve, type Service } from '../src/service.ts';
import { awaitServiceStore } from '../src/store.ts';

/** The whole house on a real port: pack, facts, questions, pages, store and local chat. The test moves the clock. */
const dir = mkdtempSync(join(tmpdir(), 'overblik-house-'));
const environment = { OVERBLIK_DATA_DIR: dir, PORT: '0', LOG_LEVEL: 'silent' };
const clock: Clock & { at: Date } = { at: new Date('2026-11-05T12:00:00Z'), now: () => clock.at };
const lines: { event: string; fields: Readonly<Record<string, unknown>> }[] = [];
const waiting: { event: string; resolve: (fields: Readonly<Record<string, unknown>>) => void }[] = [];
const line = (event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
  lines.push({ event, fields });
  for (const one of waiting.splice(0)) if (one.event === event) one.resolve(fields); else waiting.push(one);
};
const log: Log = { info: line, warn: line, error: line };
const next = (event: string): Promise<Readonly<Record<string, unknown>>> => new Promise((resolve) => { waiting.push({ event, resolve }); });
/** The page of the leader of Syd as it was sent; the local chat forgets at a restart. */
let southern = '';
/** Resolves when so many deliveries of a kind have been recorded from now on. */
const delivered = async (kind: string, count: number): Promise<void> => {
  const before = lines.length;
  while (lines.slice(before).filter(({ event, fields }) => event === 'delivered' && fields['kind'] === kind).length < count) await next('delivered');
};
const start = (): Promise<Service> => serve(readConfig(environment), clock, log);

let service: Service;
beforeAll(async () => { service = await start(); });
afterAll(async () => {
  await service.stop();
  await rm(dir, { recursive: true, force: true });
});

interface Entry { readonly id: string; readonly from: string; readonly title: string; readonly html: string }

/** Opens a person's chat as the page does, and gives its messages one by one, old ones first. */
async function chat(person: string): Promise<{ next(which: (entry: Entry) => boolean): Promise<Entry>; close(): void }> {
  const stop = new AbortController();
  const response = await fetch(`${service.url}/chat/events/${person}`, { signal: stop.signal });
  const reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(new TextDecoderStream()).getReader();
  const entries: Entry[] = [];
  let text = '';
  return {
    next: async (which) => {
      for (;;) {
        const found = entries.findIndex(which);
        if (found >= 0) return entries.splice(0, found + 1).at(-1) as Entry;
        const { done, value } = await reader.read();
        if (done) throw new Error('the chat ended');
        text += value;
        const parts = text.split('\n\n');
        text = parts.pop() ?? '';
        for (const part of parts) {
          const data = JSON.parse(/^data: (.+)$/m.exec(part)?.[1] ?? '{}') as { entries?: Entry[]; entry?: Entry };
          entries.push(...(data.entries ?? (data.entry === undefined ? [] : [data.entry])));
        }
      }
    },
    close: () => stop.abort(),
  };
}
const say = async (person: string, text: string): Promise<void> => {
  const response = await fetch(`${service.url}/chat/messages/${person}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ id: crypto.randomUUID(), kind: 'message', text }) });
  expect([response.status, response.ok ? '' : await response.text()]).toEqual([response.status, '']);
};
const command = async (...words: string[]): Promise<{ code: number; told: string }> => {
  const told: string[] = [];
  const code = await run(words, { environment, out: (text) => { told.push(text); }, err: (text) => { told.push(text); }, ended: Promise.resolve(), clock });
  return { code, told: told.join('\n') };
};

describe('the house', () => {
  it('is well, and says so', async () => {
    expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
    // Anyone may ask: not even which packs there are is said.
    expect(await (await fetch(`${service.url}/readyz`)).json()).toEqual({ ok: true, detail: { store: 'ok', disk: 'ok', packs: '2' } });
  });

  it('answers a question with figures and a picture', async () => {
    const room = await chat('leder-nord');
    await say('leder-nord', 'budget vs timer sidste måned');
    const answer = await room.next((entry) => entry.from === 'bot' && entry.html.includes('oktober 2026') && entry.html.includes('<img'));
    expect(answer.html).toMatch(/825\u00a0t\.kr\./);
    expect(answer.html).toMatch(/510\u00a0kr\. pr\. time/);
    const [, picture = ''] = /<img[^>]+src="([^"]+)"/.exec(answer.html) ?? [];
    const png = await fetch(`${service.url}${picture}`);
    expect(png.headers.get('content-type')).toBe('image/png');
    expect(answer.html).toMatch(/<img[^>]+alt="[^"]{20,}"/);
    await say('leder-nord', 'og i Syd?');
    expect((await room.next((entry) => entry.from === 'bot')).html).toContain('ikke adgang');
    await say('leder-nord', 'hvad med 010190-1234?');
    const told = await room.next((entry) => entry.from === 'bot');
    expect(told.html).toContain('CPR');
    expect(told.html).not.toContain('010190');
    room.close();
  });

  it('what was asked in vain is there for the analysts, without what must not be kept', async () => {
    const room = await chat('leder-vest');
    await say('leder-vest', 'forbrug på medicin sidste måned');
    await room.next((entry) => entry.from === 'bot');
    room.close();
    const { told } = await command('questions', '--unanswered');
    expect(told).toMatch(/^2026-\d\d-\d\d \d\d:\d\d {2}leder-vest {2}clarify \(medicin\) {2}forbrug på medicin sidste måned$/m);
    expect(told).not.toContain('budget vs timer');
    const { told: everything } = await command('questions', '--limit', '5');
    expect(everything).toContain('budget vs timer sidste måned');
    expect(everything).not.toContain('010190');
  });

  it('the analyst of two packs is one person, who asks about both', async () => {
    const { people } = await (await fetch(`${service.url}/chat/start`)).json() as { people: { id: string; title: string }[] };
    expect(people.map(({ id }) => id)).toEqual([...new Set(people.map(({ id }) => id))]);
    expect(people.find(({ id }) => id === 'analytiker')?.title).toBe('Analytiker, Center for Børn og Unge, Hjemmeplejen');
    const room = await chat('analytiker');
    for (const [question, title] of [['underretninger sidste måned', 'Center for Børn og Unge'], ['kontinuitet sidste måned', 'Hjemmeplejen'], ['anbragte i Team Skoven', 'Team Skoven'], ['forbrug i Sydvest i oktober', 'Sydvest']] as const) {
      await say('analytiker', question);
      expect((await room.next((entry) => entry.from === 'bot')).html).toContain(title);
    }
    room.close();
  });

  it('sends nothing before the fifth working day', async () => {
    expect((await command('status')).told).toBe('Nothing is owed yet.');
  });

  it('a person can be sent one page to look at, which counts as no delivery', async () => {
    const sent = await command('send', 'hjemmepleje/maaned', '--to', 'leder-vest', '--period', '2026-10');
    expect(sent).toMatchObject({ code: 0, told: expect.stringMatching(/Sent to leder-vest on web: message \S+ with picture\./) });
    expect((await command('status')).told).toBe('Nothing is owed yet.');
    expect(await command('send', 'hjemmepleje/maaned', '--to', 'leder-vejle', '--period', '2026-10')).toMatchObject({ code: 2 });
  });

  it('the way in for commands needs the token that only this user can read', async () => {
    for (const headers of [{}, { authorization: 'Bearer guess' }]) expect((await fetch(`${service.url}/admin/status`, { method: 'POST', headers })).status).toBe(404);
    const { token } = JSON.parse(await readFile(join(dir, 'service.json'), 'utf8')) as { token: string };
    const ask = async (command: string, headers: Record<string, string> = {}): Promise<number> => (await fetch(`${service.url}/admin/${command}`, { method: 'POST', headers: { authorization: `Bearer ${token}`, ...headers } })).status;
    expect(await ask('status')).toBe(200);
    expect(await ask('nothing')).toBe(404);
    for (const header of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip', 'x-forwarded-host']) expect({ header, status: await ask('status', { [header]: '10.0.0.9' }) }).toEqual({ header, status: 404 });
  });

  it('on the fifth working day, 8 in the morning, every recipient has one page; a restart sends none again', async () => {
    await service.stop();
    // Nobody runs: the command reads the database itself.
    expect(await command('status')).toEqual({ code: 0, told: 'Nothing is owed yet.' });
    // 1 November 2026 is a Sunday: the fifth working day is Friday the 6th.
    clock.at = new Date('2026-11-06T06:59:00Z');
    service = await start();
    expect((await command('status')).told).toBe('Nothing is owed yet.');
    await service.stop();

    clock.at = new Date('2026-11-06T07:00:00Z');
    const summary = next('deliveries');
    const arrived = delivered('page', 8);
    service = await start();
    expect(await summary).toMatchObject({ owed: 8, released: 8, held: 0, interrupted: 0 });
    await arrived;
    expect((await command('status')).told).toMatch(/^hjemmepleje\/maaned 2026-10\S*: 8 of 8 delivered$/);
    const room = await chat('leder-syd');
    const page = await room.next((entry) => entry.from === 'bot' && entry.title.includes('October 2026'));
    expect(page.html).toContain('<img');
    southern = page.html;
    room.close();
    await service.stop();

    clock.at = new Date('2026-11-09T07:00:00Z');
    const before = lines.length;
    service = await start();
    await service.stop();
    expect(lines.slice(before).filter(({ event, fields }) => event === 'delivered' && fields['kind'] === 'page')).toEqual([]);
    service = await start();
    expect((await command('status')).told).toMatch(/: 8 of 8 delivered$/);
  });

  it('on the sixth, at 9, the leaders of children and youth have theirs: team, section and centre', async () => {
    await service.stop();
    clock.at = new Date('2026-11-09T08:00:00Z');
    const arrived = delivered('page', 12);
    service = await start();
    await arrived;
    expect((await command('status')).told).toMatch(/^boern-unge\/maaned 2026-10\S*: 12 of 12 delivered$/m);
    const room = await chat('teamleder-bakken');
    const page = await room.next((entry) => entry.from === 'bot' && entry.title.includes('Team Bakken, oktober 2026'));
    expect(page.html).toContain('bygger på færre end 5 personer');
    room.close();
  });

  it('a leader says by a button that they have seen their page, and the analysts see it in the status', async () => {
    const room = await chat('leder-syd');
    const [, ask = ''] = /data-ask="(Seen [0-9a-f]{16})"/.exec(southern) ?? [];
    expect(ask).not.toBe('');
    // Another's button says nothing about one's own page.
    await say('leder-nord', ask);
    await say('leder-syd', ask);
    expect((await room.next((entry) => entry.html.includes('it is noted that you have seen the page'))).from).toBe('bot');
    room.close();
    expect((await command('status')).told).toContain('1 seen');
  });

  it('the plan says who gets what when, and what became of it', async () => {
    const { told } = await command('plan', '--from', '2026-11-01', '--to', '2026-12-31');
    const lines = told.split('\n').filter((line) => line.includes('hjemmepleje/maaned'));
    expect(lines.filter((line) => /^2026-11-06 08:00 {2}hjemmepleje\/maaned {2}2026-10-01 {2}\S+ {2}delivered$/.test(line))).toHaveLength(8);
    expect(lines.filter((line) => /^2026-12-07 08:00 .* would wait for .*; told at the deadline, 2026-12-10 08:00$/.test(line))).toHaveLength(8);
  });

  it('a period is closed and opened again, what failed is tried again, and a backup is written, while it runs', async () => {
    expect((await command('close', 'hjemmepleje', '2026-11')).told).toContain('is closed: pages that waited for it leave within a minute.');
    expect((await command('close', 'hjemmepleje', '2026-11')).told).toContain('was closed already');
    expect((await command('close', 'hjemmepleje', '2026-11', '--reopen')).told).toContain('is open again');
    expect(await command('close', 'hjemmepleje', '2026-13')).toMatchObject({ code: 2 });
    expect(await command('close', 'hjemmepleje', '2026-11', '--source', 'besog')).toMatchObject({ code: 2, told: expect.stringContaining("There is no source 'besog'") });
    expect((await command('retry', 'hjemmepleje/maaned')).told).toBe('Nothing of that has failed.');
    expect((await command('backup', join(dir, 'state.backup'))).told).toMatch(/state\.backup: \d+ rows\./);
    expect(await command('restore', join(dir, 'state.backup'))).toMatchObject({ code: 3, told: expect.stringContaining('already in use') });
    expect(await (await fetch(`${service.url}/metrics`)).text()).toMatch(/overblik_deliveries\{kind="page",state="delivered"\} \d+[\s\S]*overblik_deliveries_late \d+[\s\S]*overblik_oldest_open_seconds 0/);
  });

  it('the audit says who asked what and was shown what, can be saved for Excel, and is whole', async () => {
    const { told } = await command('audit', '--person', 'leder-nord');
    expect(told).toMatch(/leder-nord {2}asked {2}\{.*"shown":\{.*"text":"[0-9a-f]{64}"/);
    expect(told).toContain('refused-units');
    expect(told).not.toContain('010190');
    expect((await command('audit', '--verify')).told).toMatch(/^\d+ entries, none taken out or changed\.$/);
    // What was shown by a command stands there too, under the person it was shown as; and that a copy of all left the house.
    expect((await command('ask', 'forbrug i oktober 2026', '--as', 'leder-vest')).code).toBe(0);
    expect((await command('digest', 'hjemmepleje/maaned', '--period', '2026-10', '--as', 'leder-vest')).code).toBe(0);
    const looked = (await command('audit', '--person', 'leder-vest')).told;
    expect(looked).toMatch(/command-line {2}asked {2}\{.*"text":"[0-9a-f]{64}".*"person":"leder-vest"/);
    expect(looked).toMatch(/command-line {2}shown-page {2}\{.*"person":"leder-vest"/);
    expect((await command('audit')).told).toMatch(/command-line {2}backed-up/);
    const file = join(dir, 'audit.csv');
    expect((await command('audit', '--csv', file)).told).toContain('audit.csv');
    expect(await readFile(file, 'utf8')).toMatch(/^\ufeff"id";"at";"actor";"action";"detail"\r\n"1";/);
    expect(await command('erase', 'leder-nord')).toMatchObject({ code: 2, told: expect.stringContaining('still in the pack hjemmepleje') });
    expect((await command('erase', 'en-der-er-rejst')).told).toContain("Nothing of 'en-der-er-rejst' stands in the audit.");
  });

  it('a worker beside the embedded database is refused in plain words', async () => {
    expect(await command('worker')).toMatchObject({ code: 1, told: expect.stringContaining('DATABASE_URL: A worker shares a PostgreSQL server') });
  });

  it('tells a port in use, and holds on to nothing', async () => {
    await service.stop();
    const busy = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => { busy.once('listening', resolve); });
    const { port } = busy.address() as AddressInfo;
    await expect(serve(readConfig({ ...environment, PORT: String(port) }), clock, log)).rejects.toThrow(String(port));
    busy.close();
    // What was started on the way was taken down: the same folder opens again.
    service = await start();
  });

  it('is alive while it reads packs and data, says that it is not ready, and lets nobody in before', async () => {
    await service.stop();
    const free = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => { free.once('listening', resolve); });
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => { free.close(resolve); });
    const config = readConfig({ ...environment, PORT: String(port) });
    let openStore = (): void => undefined;
    const opening = new Promise<void>((resolve) => { openStore = resolve; }).then(() => awaitServiceStore(config, log));
    const starting = serve(config, clock, log, opening);
    const url = `http://127.0.0.1:${port}`;
    let alive: Response | null = null;
    while (alive === null) alive = await fetch(`${url}/healthz`).catch(() => null);
    expect(alive.status).toBe(200);
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { ok: false, detail: { service: 'starting: packs and data are being read' } }]);
    for (const path of ['/metrics', '/chat/start', '/slack/events', '/nothing']) {
      const early = await fetch(url + path);
      expect([path, early.status, early.headers.get('retry-after')]).toEqual([path, 503, '5']);
    }
    openStore();
    service = await starting;
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    expect((await fetch(`${service.url}/metrics`)).status).toBe(200);
  });
});
