import type { Access } from '../../../adapters/web/sign-in.ts';
import { addressIn } from '../../../adapters/web/inbound.ts';
import type { Handle, Identity } from '../../../src/ports.ts';
import { listen, openLab, post, question, type Lab } from './lab.ts';
import { CARDS, sampleMessage } from './sample.ts';

/** What was said to someone is read by them alone, as they were then: in the same packs, with the same role and units. */
const ORIGIN = 'https://overblik.example.dk';
interface Way { readonly access: Access; readonly tenant: string; readonly key: string; readonly other: string; readonly name: string; readonly headers: Record<string, string> }
const SIGNED_IN: Way = { access: { kind: 'proxy', identityHeader: 'X-Forwarded-Email', trustedProxies: ['127.0.0.1'], origin: ORIGIN }, tenant: 'proxy', key: 'bo@example.dk', other: 'anna@example.dk', name: 'me', headers: { 'X-Forwarded-Email': 'bo@example.dk', origin: ORIGIN } };
const DEMO: Way = { access: { kind: 'demo', boundTo: '127.0.0.1' }, tenant: 'local', key: 'bo', other: 'anna', name: 'bo', headers: {} };

describe.each([['signed in by a proxy', SIGNED_IN], ['in the demo', DEMO]] as const)('what was said to someone %s', (_what, { access, tenant, key, other, name, headers }) => {
  let lab: Lab;
  let standings: Record<string, string>;
  let renew: () => Promise<void>;
  let handle: Handle;
  const asked: Identity[] = [];
  beforeEach(async () => {
    standings = { [key]: 'Bo, leader of Nord', [other]: 'Anna, chief' };
    renew = async () => undefined;
    handle = async () => sampleMessage('da');
    lab = await openLab({
      access, renew: () => renew(),
      standing: (identity) => {
        asked.push(identity);
        return standings[identity.user] ?? '';
      },
    });
    await lab.web.start((incoming) => handle(incoming));
    asked.length = 0;
  });
  afterEach(() => lab.close());

  const say = (to = key): Promise<unknown> => lab.web.send(addressIn(tenant, to), { ...sampleMessage('da'), sheet: { name: 'tal.xlsx', bytes: Uint8Array.of(0x50, 0x4b, 1) } });
  const entries = async (): Promise<{ id: string; from: string; title: string; html: string }[]> => {
    const stream = await listen(lab, name, headers);
    const { entries: all } = await stream.next('snapshot') as { entries: { id: string; from: string; title: string; html: string }[] };
    stream.close();
    return all;
  };
  const status = async (path: string): Promise<number> => (await fetch(lab.url + path, { headers })).status;
  /** The addresses of the picture and of the spreadsheet of what was said. */
  const files = async (): Promise<{ picture: string; file: string }> => {
    const html = (await entries())[0]?.html ?? '';
    const [picture = '', file = ''] = [/<img src="([^"]+)"/, /href="(\/chat\/file[^"]+)"/].map((pattern) => pattern.exec(html)?.[1]);
    expect([await status(picture), await status(file)]).toEqual([200, 200]);
    return { picture, file };
  };
  const becomesAnother = (): void => { standings[key] = 'Bea, leader of Syd'; };
  const isNobody = (): void => { delete standings[key]; };

  it.each([['another person', becomesAnother], ['nobody', isNobody]] as const)('is gone when they have become %s, whatever is read first', async (_who, change) => {
    for (const first of ['picture', 'file', 'messages'] as const) {
      standings[key] = 'Bo, leader of Nord';
      await say();
      const links = await files();
      change();
      if (first !== 'messages') expect([first, await status(links[first])]).toEqual([first, 404]);
      expect([first, await entries(), await status(links.picture), await status(links.file)]).toEqual([first, [], 404, 404]);
    }
  });

  it('is gone for good, also when they become again who they were', async () => {
    await say();
    const { picture } = await files();
    becomesAnother();
    await entries();
    standings[key] = 'Bo, leader of Nord';
    expect([await entries(), await status(picture)]).toEqual([[], 404]);
  });

  it('is looked at as the packs are written at that moment', async () => {
    for (const read of ['picture', 'file', 'messages'] as const) {
      standings[key] = 'Bo, leader of Nord';
      renew = async () => undefined;
      await say();
      const links = await files();
      renew = async () => { becomesAnother(); };
      expect([read, read === 'messages' ? await entries() : await status(links[read])]).toEqual([read, read === 'messages' ? [] : 404]);
    }
  });

  it('stays for all others', async () => {
    await say();
    const links = await files();
    delete standings[other];
    await say(other);
    standings[other] = 'Anders, chief';
    await say(other);
    expect([(await entries()).length, await status(links.picture), await status(links.file)]).toEqual([1, 200, 200]);
  });

  it('is theirs by the account they read with, and by nothing else', async () => {
    await say();
    await entries();
    expect(new Set(asked.map(({ platform, tenant: of, user, email }) => [platform, of, user, email].join()))).toEqual(new Set([['web', tenant, key, tenant === 'proxy' ? key : null].join()]));
  });

  it.each([
    ['something new is said', () => say()],
    ['they are looked at from another window', () => entries()],
  ] as const)('ends on a page that is open when %s, and what is new does not reach it', async (_when, happens) => {
    await say();
    const page = await listen(lab, name, headers);
    await page.next('snapshot');
    becomesAnother();
    await happens();
    expect(await page.next('forgotten')).toEqual({ kind: 'forgotten' });
    await expect(page.next('entry')).rejects.toThrow('the stream ended');
    await say();
    expect((await entries()).every(({ from }) => from === 'bot')).toBe(true);
  });

  it('ends on a page that is open when nothing more happens', async () => {
    const timers = (import.meta as unknown as { jest: typeof jest }).jest;
    timers.useFakeTimers({ doNotFake: ['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate', 'setTimeout', 'clearTimeout'] });
    try {
      await say();
      const page = await listen(lab, name, headers);
      await page.next('snapshot');
      becomesAnother();
      timers.advanceTimersByTime(20_000);
      expect(await page.next('forgotten')).toEqual({ kind: 'forgotten' });
      await expect(page.next('never')).rejects.toThrow('the stream ended');
    } finally {
      timers.useRealTimers();
    }
  });

  it('is not an answer to who has become another while it was found: they are asked to ask again', async () => {
    let found = (): void => undefined;
    const finding = new Promise<void>((resolve) => { found = resolve; });
    let begun = (): void => undefined;
    const began = new Promise<void>((resolve) => { begun = resolve; });
    const texts: string[] = [];
    handle = async ({ text }) => {
      texts.push(text);
      begun();
      await finding;
      return sampleMessage('da');
    };
    for (const text of ['the first', 'the next in line']) expect((await post(lab, name, question(text), headers)).status).toBe(202);
    await began;
    becomesAnother();
    const page = await listen(lab, name, headers);
    expect(await page.next('snapshot')).toMatchObject({ entries: [], typing: true });
    found();
    for (let answered = 0; answered < 2; answered += 1) {
      const { entry } = await page.next('entry') as { entry: { from: string; html: string } };
      expect([entry.from, entry.html]).toEqual(['fault', expect.stringContaining('Stil spørgsmålet igen')]);
      expect(entry.html).not.toContain(CARDS.da.title);
    }
    // What waited in line was asked by someone else, so nobody asks it any more.
    expect(texts).toEqual(['the first']);
    page.close();
  });
});
