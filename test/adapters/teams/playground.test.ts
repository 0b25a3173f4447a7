/** The whole adapter as a process of its own, driven by Microsoft's Agents Playground, without tokens. */
import type { Address } from '../../../src/ports.ts';
import { eventually, freePort } from './fixtures/children.ts';
import { startBot } from './fixtures/control.ts';
import type { Bot } from './fixtures/control.ts';
import { startPlayground, WORLD } from './fixtures/playground.ts';
import type { Playground, Shown } from './fixtures/playground.ts';
import { parseCard } from './fixtures/parse.ts';

const says = (text: string) => (message: Shown): boolean => JSON.stringify(message.card).includes(JSON.stringify(text).slice(1, -1));

describe('in the playground', () => {
  let playground: Playground;
  let bot: Bot;
  const personal = (): Address => ({ platform: 'teams', tenant: WORLD.tenant, conversation: WORLD.personal, thread: null, user: WORLD.object, serviceUrl: playground.serviceUrl, bot: WORLD.bot });

  beforeAll(async () => {
    const port = await freePort();
    playground = await startPlayground(`http://127.0.0.1:${port}/api/messages`);
    bot = await startBot({ port, auth: { kind: 'anonymous-test', boundTo: '127.0.0.1' }, allowedTenants: [WORLD.tenant], allowedServiceUrls: [playground.serviceUrl], pictures: 'inline' });
  });

  afterAll(async () => {
    await bot?.stop();
    await playground?.stop();
  });

  it('welcomes once when it is installed, though Teams says it twice', async () => {
    await playground.installation(WORLD.personal, 'install');
    await playground.installation(WORLD.personal, 'botAdded');
    await playground.next('the welcome', says('Velkommen til Overblik'));
    await playground.type(WORLD.personal, 'efter velkomsten');
    await playground.next('the answer', says('Svar på: efter velkomsten'));
    expect(playground.shown().filter(says('Velkommen til Overblik')).length).toBe(1);
    expect((await bot.seen()).filter((incoming) => incoming.kind === 'installed').length).toBe(1);
  });

  it('answers a typed question one to one, as somebody the directory knows', async () => {
    await playground.type(WORLD.personal, 'forbrug i år & budget');
    const heard = await bot.heard('the question', (incoming) => incoming.text === 'forbrug i år & budget');
    expect(heard).toMatchObject({ kind: 'message', direct: true, from: { platform: 'teams', tenant: WORLD.tenant, user: WORLD.object, email: null }, address: personal() });
    const shown = await playground.next('the answer', says('Svar på: forbrug i år & budget'));
    expect(shown.conversation).toBe(WORLD.personal);
    expect(parseCard(shown.card).events).toEqual([]);
  });

  it('notifies with the headline and shows no text twice', async () => {
    await playground.type(WORLD.personal, 'notifikation');
    const shown = await playground.next('the answer', says('Svar på: notifikation'));
    expect(shown.text).toBe('');
    await eventually('the summary on the wire', () => playground.sent().find((body) => body['summary'] === 'Svar på: notifikation') ?? null);
  });

  it('answers in a group when it is mentioned, without its own name in the question', async () => {
    await playground.type(WORLD.group, 'forbrug i Nord', true);
    const heard = await bot.heard('the question', (incoming) => incoming.text === 'forbrug i Nord');
    expect(heard).toMatchObject({ direct: false, address: { conversation: WORLD.group, thread: null } });
    expect((await playground.next('the answer', says('Svar på: forbrug i Nord'))).conversation).toBe(WORLD.group);
  });

  it('answers in a channel in the thread it was asked in', async () => {
    await playground.type(WORLD.channel, 'forbrug i Syd', true);
    const heard = await bot.heard('the question', (incoming) => incoming.text === 'forbrug i Syd');
    expect(heard).toMatchObject({ direct: false, address: { conversation: WORLD.channel, thread: expect.stringMatching(/^\d+$/) as string } });
    expect((await playground.next('the answer', says('Svar på: forbrug i Syd'))).conversation).toBe(`${WORLD.channel};messageid=${heard.address.thread}`);
  });

  it('takes a pressed button as its question', async () => {
    const [first] = playground.shown();
    await playground.submit(WORLD.personal, first?.id ?? '', { ask: 'forbrug pr. måned' });
    expect(await bot.heard('the press', (incoming) => incoming.text === 'forbrug pr. måned')).toMatchObject({ kind: 'action', direct: true });
    await playground.next('the answer', says('Svar på: forbrug pr. måned'));
  });

  it('takes an executed button as its question too, and answers with a new message', async () => {
    const [first] = playground.shown();
    const { status } = await playground.execute(WORLD.personal, first?.id ?? '', { ask: 'pris pr. time' });
    expect(status).toBe(200);
    expect((await bot.heard('the press', (incoming) => incoming.text === 'pris pr. time')).kind).toBe('action');
    await playground.next('the answer', says('Svar på: pris pr. time'));
  });

  it('sends unasked to an address that went through a store as JSON, and gives the platform\'s id', async () => {
    const sent = await bot.send(JSON.parse(JSON.stringify(personal())) as Address, 'Månedstal er klar');
    expect(sent).toMatchObject({ ok: true, pictureSent: true });
    const shown = await playground.next('the digest', says('Månedstal er klar'));
    expect(shown.id).toBe(sent.messageId);
    expect(JSON.stringify(shown.card)).toContain('data:image/png;base64,');
  });

  it('posts a correction into the thread of a channel', async () => {
    const { address } = await bot.heard('the earlier question', (incoming) => incoming.text === 'forbrug i Syd');
    await bot.send(address, 'Rettelse til september');
    expect((await playground.next('the correction', says('Rettelse til september'))).conversation).toBe(`${WORLD.channel};messageid=${address.thread}`);
  });

  it('says so when the conversation is gone, and does not call it sent', async () => {
    expect(await bot.send({ ...personal(), conversation: 'a:nobody' }, 'Til ingen')).toMatchObject({ ok: false, final: true, message: expect.stringContaining('the conversation is gone') as string });
  });

  it('goes on after a bug in the handler, and says nothing when there is nothing to say', async () => {
    await playground.type(WORLD.personal, 'fejl');
    await playground.type(WORLD.personal, 'tavshed');
    await bot.heard('the silent one', (incoming) => incoming.text === 'tavshed');
    await playground.type(WORLD.personal, 'stadig her');
    await playground.next('the answer', says('Svar på: stadig her'));
    expect(playground.shown().some(says('Svar på: tavshed'))).toBe(false);
    expect(bot.output()).toContain('teams.answer-failed');
  });

  it('welcomes again after it was taken out and put back', async () => {
    const before = playground.shown().filter(says('Velkommen til Overblik')).length;
    await playground.installation(WORLD.personal, 'uninstall');
    await playground.installation(WORLD.personal, 'install');
    await playground.next('a second welcome', () => playground.shown().filter(says('Velkommen til Overblik')).length > before);
  });

  it('reaches for nothing outside this machine, neither bot nor playground', () => {
    expect(bot.output()).not.toContain('[guard]');
    expect(playground.output()).not.toContain('[guard]');
  });
});
