import type { Address, Handle, Incoming } from '../../../src/ports.ts';
import { addressIn } from '../../../adapters/web/inbound.ts';
import { createConversations } from '../../../adapters/web/conversations.ts';
import type { Entry } from '../../../adapters/web/conversations.ts';
import { NOW, listen, openLab, post, question as say } from './lab.ts';
import type { Lab } from './lab.ts';
import { CARDS, drawChart, sampleMessage } from './sample.ts';

let lab: Lab;
const incoming: Incoming[] = [];
let handle: Handle;
beforeEach(async () => {
  incoming.length = 0;
  handle = async () => sampleMessage('da');
  lab = await openLab();
  await lab.web.start((given) => {
    incoming.push(given);
    return handle(given);
  });
});
afterEach(() => lab.close());

const addressOf = (person: string): Address => addressIn('local', person);
const entryOf = (data: Record<string, unknown>): Entry => data['entry'] as Entry;
const entriesOf = (data: Record<string, unknown>): readonly Entry[] => data['entries'] as Entry[];
const later = (): { promise: Promise<void>; resolve: () => void } => {
  let resolve = (): void => undefined;
  return { promise: new Promise<void>((done) => { resolve = done; }), resolve };
};

describe('a conversation in the web chat', () => {
  it('hands over who wrote by the conversation, never by the text', async () => {
    const sent = say('  jeg er Anna, vis mig Syd  ');
    await post(lab, 'bo', sent);
    await post(lab, 'bo', say('år til dato', 'action'));
    expect(incoming[0]).toEqual({
      id: sent.id, kind: 'message', direct: true, text: 'jeg er Anna, vis mig Syd',
      from: { platform: 'web', tenant: 'local', user: 'bo', email: null },
      address: { platform: 'web', tenant: 'local', conversation: 'bo', thread: null, user: 'bo', serviceUrl: '', bot: '' },
    });
    expect([incoming[1]?.kind, incoming[1]?.text]).toEqual(['action', 'år til dato']);
  });

  it('shows the question, that it is at work, the answer, and then rests', async () => {
    const page = await listen(lab, 'anna');
    expect(await page.next('snapshot')).toEqual({ entries: [], typing: false, unread: {} });
    await post(lab, 'anna', say('<b>budget</b>'));
    expect(entryOf(await page.next('entry'))).toMatchObject({ from: 'person', html: '<p>&lt;b&gt;budget&lt;/b&gt;</p>', at: NOW.toISOString() });
    expect((await page.next('typing'))['on']).toBe(true);
    const answer = entryOf(await page.next('entry'));
    expect(answer).toMatchObject({ from: 'bot', language: 'da', title: CARDS.da.title });
    expect((await page.next('typing'))['on']).toBe(false);
    page.close();
  });

  it('serves the picture under an address that can\'t be guessed, and 404 for all others', async () => {
    const page = await listen(lab, 'anna');
    await lab.web.send(addressOf('anna'), sampleMessage('da'));
    const source = /<img src="([^"]+)" width="960" height="480"/.exec(entryOf(await page.next('entry')).html)?.[1] ?? '';
    expect(source).toMatch(/^\/chat\/picture\/anna\/[0-9a-f-]{36}\.png$/);
    const picture = await fetch(lab.url + source);
    expect([picture.status, picture.headers.get('content-type'), picture.headers.get('cache-control')]).toEqual([200, 'image/png', 'private, no-store']);
    expect(new Uint8Array(await picture.arrayBuffer())).toEqual(new Uint8Array(drawChart('da')));
    for (const forged of [source.replace(/.\.png$/, (end) => (end === '0.png' ? '1.png' : '0.png')), source.replace('/anna/', '/bo/'), source.replace('/anna/', '/'), '/chat/picture/', '/chat/picture/anna/', `${source}/x`, '/chat/picture/anna/__proto__']) expect((await fetch(lab.url + forged)).status).toBe(404);
    page.close();
  });

  it('serves a spreadsheet to save under an address that can\'t be guessed, and not as a picture', async () => {
    const page = await listen(lab, 'anna');
    await lab.web.send(addressOf('anna'), { card: CARDS.da, png: null, sheet: { name: 'Forbrug <1>.xlsx', bytes: Uint8Array.of(0x50, 0x4b, 1) } });
    const source = /href="(\/chat\/file\/anna\/[0-9a-f-]{36}\.xlsx)" download="Forbrug &lt;1&gt;\.xlsx"/.exec(entryOf(await page.next('entry')).html)?.[1] ?? '';
    const got = await fetch(lab.url + source);
    expect([got.status, got.headers.get('content-disposition'), got.headers.get('content-type')]).toEqual([200, 'attachment', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet']);
    expect(new Uint8Array(await got.arrayBuffer())).toEqual(Uint8Array.of(0x50, 0x4b, 1));
    for (const forged of [source.replace('/file/', '/picture/'), source.replace('/anna/', '/bo/'), source.replace(/.\.xlsx$/, (end) => (end === '0.xlsx' ? '1.xlsx' : '0.xlsx'))]) expect((await fetch(lab.url + forged)).status).toBe(404);
    page.close();
  });

  it('keeps what was pushed until the page is opened, and says how many are unread', async () => {
    const { messageId, pictureSent } = await lab.web.send(addressOf('bo'), sampleMessage('da'));
    expect(pictureSent).toBe(true);
    const anna = await listen(lab, 'anna');
    expect((await anna.next('snapshot'))['unread']).toEqual({ bo: 1 });
    await lab.web.send(addressOf('bo'), sampleMessage('da'));
    expect((await anna.next('unread'))['counts']).toEqual({ bo: 2 });
    const bo = await listen(lab, 'bo');
    expect((await anna.next('unread'))['counts']).toEqual({});
    const entries = entriesOf(await bo.next('snapshot'));
    expect(entries).toHaveLength(2);
    expect(entries[0]?.id).toBe(messageId);
    anna.close();
    bo.close();
  });

  it('sends a card without its picture as words, and says that no picture went', async () => {
    expect((await lab.web.send(addressOf('anna'), { card: CARDS.da, png: null, sheet: null })).pictureSent).toBe(false);
    expect((await lab.web.send(addressOf('anna'), { card: CARDS.da, png: new TextEncoder().encode('<svg/>'.repeat(9)), sheet: null })).pictureSent).toBe(false);
    const page = await listen(lab, 'anna');
    for (const { html } of entriesOf(await page.next('snapshot'))) expect(html).toContain('I september er forbruget 4,71 mio. kr.');
    page.close();
  });

  it('shows what a later message belongs to, also when the first has been forgotten', async () => {
    const { messageId } = await lab.web.send(addressOf('anna'), sampleMessage('da'));
    await lab.web.send({ ...addressOf('anna'), thread: messageId }, sampleMessage('da'));
    await lab.web.send({ ...addressOf('anna'), thread: 'm-forgotten' }, sampleMessage('da'));
    const page = await listen(lab, 'anna');
    const [, second, third] = entriesOf(await page.next('snapshot'));
    expect(second?.html).toContain(`<p class="reply"><a href="#${messageId}">Hører til: ${CARDS.da.title}</a></p>`);
    expect(third?.html).not.toContain('class="reply"');
    page.close();
  });

  it('handles the same message once, however often it is sent', async () => {
    const once = say('budget');
    const answers = await Promise.all([post(lab, 'anna', once), post(lab, 'anna', once), post(lab, 'anna', once)]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(incoming).toHaveLength(1);
  });

  it('answers in the order of the questions, and one person doesn\'t wait for another', async () => {
    const gate = later();
    handle = async ({ text }) => {
      if (text === 'slow') await gate.promise;
      return { card: { ...CARDS.da, title: `svar på ${text}` }, png: null, sheet: null };
    };
    const anna = await listen(lab, 'anna');
    const bo = await listen(lab, 'bo');
    for (const text of ['slow', 'quick']) await post(lab, 'anna', say(text));
    await post(lab, 'bo', say('other'));
    const answer = async (page: typeof anna): Promise<string> => {
      for (;;) {
        const entry = entryOf(await page.next('entry'));
        if (entry.from === 'bot') return entry.title;
      }
    };
    expect(await answer(bo)).toBe('svar på other');
    expect(incoming.map(({ text }) => text)).toEqual(['slow', 'other']);
    gate.resolve();
    expect([await answer(anna), await answer(anna)]).toEqual(['svar på slow', 'svar på quick']);
    anna.close();
    bo.close();
  });

  it('refuses to pile up questions', async () => {
    const gate = later();
    handle = async () => {
      await gate.promise;
      return null;
    };
    const statuses: number[] = [];
    for (let i = 0; i < 11; i += 1) statuses.push((await post(lab, 'anna', say(`q${i}`))).status);
    expect(statuses).toEqual([...Array<number>(10).fill(202), 429]);
    gate.resolve();
  });

  it('says in words that no answer could be found, without the reason, and takes the next question', async () => {
    const page = await listen(lab, 'emily');
    handle = () => Promise.reject(new Error('connect ECONNREFUSED db:5432'));
    await post(lab, 'emily', say('budget'));
    await page.next('entry');
    const fault = entryOf(await page.next('entry'));
    expect(fault).toMatchObject({ from: 'fault', language: 'en' });
    expect(fault.html).toContain('something went wrong on our side');
    expect(fault.html).not.toContain('ECONNREFUSED');
    expect(lab.logged.some((line) => line.startsWith('web.answer-failed'))).toBe(true);
    handle = async () => sampleMessage('en');
    await post(lab, 'emily', say('again'));
    await page.next('entry');
    expect(entryOf(await page.next('entry')).from).toBe('bot');
    page.close();
  });

  it('says nothing where there is nothing to say', async () => {
    handle = async () => null;
    const page = await listen(lab, 'anna');
    await post(lab, 'anna', say('tak'));
    await page.next('typing');
    expect((await page.next('typing'))['on']).toBe(false);
    const again = await listen(lab, 'anna');
    expect(entriesOf(await again.next('snapshot'))).toHaveLength(1);
    page.close();
    again.close();
  });

  it('refuses addresses of other platforms, tenants and people for good', async () => {
    for (const change of [{ platform: 'slack' }, { tenant: 'T1' }, { conversation: 'nobody' }] as const) {
      await expect(lab.web.send({ ...addressOf('anna'), ...change }, sampleMessage('da'))).rejects.toMatchObject({ name: 'ServiceError', final: true });
    }
  });

  it('finishes the answer it is at when it stops, ends the streams, and answers 503 afterwards', async () => {
    const gate = later();
    handle = async () => {
      await gate.promise;
      return sampleMessage('da');
    };
    const page = await listen(lab, 'anna');
    await post(lab, 'anna', say('budget'));
    const stopped = lab.web.stop();
    await expect(page.next('never')).rejects.toThrow('the stream ended');
    gate.resolve();
    await stopped;
    expect((await fetch(`${lab.url}/chat/start`)).status).toBe(503);
    expect((await post(lab, 'anna', say('more'))).status).toBe(503);
    await expect(lab.web.send(addressOf('anna'), sampleMessage('da'))).rejects.toMatchObject({ final: false });
  });
});

describe('the memory of conversations', () => {
  it('keeps the last messages and forgets older ones together with their pictures', () => {
    const memory = createConversations(3, 1000, () => '');
    const png = Uint8Array.of(1);
    for (let i = 0; i < 5; i += 1) memory.add('anna', { id: `m-${i}`, from: 'bot', at: '', language: 'da', title: '', html: '' }, { name: `${i}.png`, bytes: png });
    expect(memory.entries('anna').map(({ id }) => id)).toEqual(['m-2', 'm-3', 'm-4']);
    expect([0, 1, 2, 3, 4].map((i) => memory.file('anna', `${i}.png`) !== null)).toEqual([false, false, true, true, true]);
    expect(memory.entry('anna', 'm-1')).toBeNull();
    expect(memory.file('bo', '4.png')).toBeNull();
  });

  it('keeps no more bytes than it may, and drops the oldest files first', () => {
    const memory = createConversations(9, 250, () => '');
    for (let i = 0; i < 4; i += 1) memory.add(`p${i % 2}`, { id: `m-${i}`, from: 'bot', at: '', language: 'da', title: '', html: '' }, { name: `${i}.png`, bytes: new Uint8Array(100) });
    expect([0, 1, 2, 3].map((i) => memory.file(`p${i % 2}`, `${i}.png`) !== null)).toEqual([false, false, true, true]);
    expect(memory.entries('p0')).toHaveLength(2);
  });

  it('keeps the conversations of so many people and no more, and those that are open', () => {
    const memory = createConversations(9, 1000, () => '');
    const say = (person: string): void => memory.add(person, { id: `m-${person}`, from: 'bot', at: '', language: 'da', title: '', html: '' });
    memory.listen('open', () => undefined);
    for (let i = 0; i < 1_100; i += 1) say(`p${i}`);
    say('open');
    expect([memory.entries('p1099').length, memory.entries('p0').length, memory.entries('open').length]).toEqual([1, 0, 1]);
  });

  it('gives back the room of what it drops when its reader has become another', () => {
    const standing: Record<string, string> = { anna: 'of Syd', bo: 'of Nord' };
    const memory = createConversations(9, 250, (person) => standing[person] ?? '');
    const say = (person: string, file: string): void => memory.add(person, { id: `m-${file}`, from: 'bot', at: '', language: 'da', title: '', html: '' }, { name: file, bytes: new Uint8Array(100) });
    say('bo', 'bo-1');
    say('anna', 'anna-1');
    standing['anna'] = 'of Vest';
    expect(memory.unread()).toEqual({ anna: 1, bo: 1 });
    expect([memory.file('anna', 'anna-1'), memory.entries('anna'), memory.entry('anna', 'm-anna-1')]).toEqual([null, [], null]);
    expect(memory.unread()).toEqual({ bo: 1 });
    say('anna', 'anna-2');
    expect([memory.file('bo', 'bo-1'), memory.file('anna', 'anna-2')].map((file) => file?.length)).toEqual([100, 100]);
    // What was dropped stays away, also when they become again who they were.
    standing['anna'] = 'of Syd';
    expect(memory.entries('anna')).toEqual([]);
    expect(memory.entries('bo')).toHaveLength(1);
  });
});
