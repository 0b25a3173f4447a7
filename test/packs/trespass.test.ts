import { rm } from 'node:fs/promises';
import readXlsxFile from 'read-excel-file/node';
import { createConversation } from '../../src/app/converse.ts';
import type { Message } from '../../src/card/card.ts';
import { run } from '../../src/cli.ts';
import { readConfig } from '../../src/io/config/config.ts';
import { writeWorkbook } from '../../src/io/sheet/workbook.ts';
import { openStore } from '../../src/io/store/store.ts';
import type { Incoming, Store } from '../../src/ports.ts';
import { buildLexicon } from '../../src/question/lexicon.ts';
import { openPackHouse, type PackHouse } from '../../src/warehouse.ts';
import { silent } from '../demo/house.ts';
import { SMALL_PEOPLE, writeSmallPack } from './written.ts';

/**
 * Anne leads Nord, Bent leads Syd; the whole is Nord and Syd. Anne tries for Syd by every way there is to ask. Syd's spend was
 * 222.222 kr. in October and 202.020 in September, the whole's 333.333 and 303.030: whichever of these digits she is told,
 * the door is open.
 */
const SECRETS = /222[.,]?222|202[.,]?020|333[.,]?333|303[.,]?030|\b222\b|\b333\b|\b202\b|\b303\b/;
const OWN = /111[.,]?111|\b111\b/;
/** The names Ida is answered by, who may see it all: so each of them could give Syd away. */
const NAMES = ['Syd', 'syd', 'Syds', 'South', 'distrikt Syd', '4712', 'enhed 4712', 'Hele området', '4700', 'alle distrikter', 'distrikterne', 'de andre'];
/** What nobody is answered: it is asked back. Kept, so that whoever teaches the bot to read it finds the door locked. */
const UNREAD = ['begge distrikter', 'Bents distrikt'];
const FORMS = ['forbrug i {} i oktober 2026', 'forbrug i oktober 2026 i {} i Excel', 'forbrug i {} pr. måned som graf', 'forbrug i Nord og {} i oktober 2026', 'forbrug i Nord mod {} i oktober 2026', 'hvorfor er forbruget steget i {} i oktober 2026', 'spend in {} in October 2026'];
/** Said after "forbrug i oktober 2026", as a message of their own, with a button or in place of what was written. */
const AFTER = ['og i Syd?', 'nej, Syd', 'hvad med 4712', '4712', 'i alt', 'for hele området', 'pr. distrikt', 'mod gennemsnittet', 'som andel af det hele', 'mod Syd', 'minus Nord', 'i Excel', 'og Hele området minus Nord'];

const files = writeSmallPack();
const environment = { OVERBLIK_PACKS: files.root, OVERBLIK_DATA_DIR: `${files.root}-data` };
const clock = { now: (): Date => new Date('2026-11-23T12:00:00Z') };
let house: PackHouse;
let store: Store;
beforeAll(async () => {
  house = await openPackHouse(readConfig(environment), clock, silent);
  await house.refresh();
  store = await openStore({ databaseUrl: null, dir: `${files.root}-state`, log: silent });
});
afterAll(async () => {
  await store.close();
  await house.close();
  await rm(files.base, { recursive: true, force: true });
});

let events = 0;
const whispered: Message[] = [];
const conversation = (): ((incoming: Incoming) => Promise<Message | null>) => createConversation({
  packs: () => house.packs(), figures: (id) => house.figures(id), lexicon: buildLexicon, store, painter: { paint: async () => new Uint8Array([1]), close: async () => undefined }, writeWorkbook,
  sendPrivately: async (_to, _person, message) => { whispered.push(message); return true; }, clock, log: silent,
});
const incoming = (text: string, over: Partial<Incoming> = {}, user = 'anne'): Incoming => ({
  id: `t-${++events}`, kind: 'message', direct: true, text, from: { platform: 'web', tenant: 'local', user, email: null },
  address: { platform: 'web', tenant: 'local', conversation: user, thread: null, user, serviceUrl: '', bot: '' }, ...over,
});
/** All there is to read of a message: words, table, what the picture is drawn from and its alt text, buttons, spreadsheet. */
const all = async (message: Message | null): Promise<string> => `${JSON.stringify(message?.card)} ${message?.sheet === null || message === null ? '' : JSON.stringify(await readXlsxFile(Buffer.from(message.sheet.bytes)))}`.replaceAll('\u00a0', ' ');

it('the digits looked for are the ones Bent and Ida are told', async () => {
  expect(await all(await conversation()(incoming('forbrug i oktober 2026', {}, 'bent')))).toMatch(SECRETS);
  expect(await all(await conversation()(incoming('forbrug i Hele området i oktober 2026', {}, 'ida')))).toMatch(SECRETS);
  expect(await all(await conversation()(incoming('forbrug i oktober 2026')))).toMatch(OWN);
});

describe.each(FORMS)('%s', (form) => {
  it.each([...NAMES, ...UNREAD])('for %s: not a digit of it', async (name) => {
    const text = form.replace('{}', name);
    for (const kind of ['message', 'action', 'edited', 'command'] as const) {
      const told = await all(await conversation()(incoming(text, { kind })));
      expect({ text, kind, told: SECRETS.exec(told)?.[0] ?? null }).toEqual({ text, kind, told: null });
    }
  });
});

it.each(NAMES)('%s is read: Ida is told by it what Anne is not', async (name) => {
  const told = await Promise.all(FORMS.map(async (form) => all(await conversation()(incoming(form.replace('{}', name), {}, 'ida')))));
  expect({ name, by: FORMS.filter((_, i) => SECRETS.test(told[i] ?? '')).length > 0 }).toEqual({ name, by: true });
});

it.each(UNREAD)('%s is answered to nobody', async (name) => {
  const told = await Promise.all(FORMS.map(async (form) => all(await conversation()(incoming(form.replace('{}', name), {}, 'ida')))));
  expect(FORMS.filter((_, i) => SECRETS.test(told[i] ?? ''))).toEqual([]);
});

it('nor in what follows a question of one\'s own, typed, pressed or edited', async () => {
  for (const kind of ['message', 'action', 'edited'] as const) for (const text of AFTER) {
    const converse = conversation();
    await converse(incoming('forbrug i oktober 2026'));
    const told = await all(await converse(incoming(text, { kind })));
    expect({ text, kind, told: SECRETS.exec(told)?.[0] ?? null }).toEqual({ text, kind, told: null });
  }
});

it('what is offered to press leads nowhere else either', async () => {
  const converse = conversation();
  let offered = (await converse(incoming('forbrug i oktober 2026')))?.card.actions ?? [];
  for (let step = 0; step < 4 && offered.length > 0; step += 1) {
    const next: typeof offered[number][] = [];
    for (const action of offered) {
      const message = await conversation()(incoming(action.ask, { kind: 'action' }));
      expect({ ask: action.ask, told: SECRETS.exec(await all(message))?.[0] ?? null }).toEqual({ ask: action.ask, told: null });
      next.push(...message?.card.actions ?? []);
    }
    offered = next.filter((one, i) => next.findIndex((other) => other.ask === one.ask) === i).slice(0, 12);
  }
});

it('in a channel with Bent neither her figures nor his are said, and what goes to her alone is hers', async () => {
  for (const text of ['forbrug i oktober 2026', 'forbrug i Syd i oktober 2026', 'forbrug i Nord og Syd i oktober 2026']) {
    whispered.length = 0;
    const said = await all(await conversation()(incoming(text, { direct: false, address: { platform: 'web', tenant: 'local', conversation: 'C-ALLE', thread: null, user: 'anne', serviceUrl: '', bot: '' } })));
    expect(said).not.toMatch(SECRETS);
    expect(said).not.toMatch(OWN);
    for (const message of whispered) expect(await all(message)).not.toMatch(SECRETS);
  }
});

it('on the command line, as Anne, neither', async () => {
  for (const [text, ...more] of [['forbrug i Syd i oktober 2026'], ['forbrug i 4712 i oktober 2026'], ['forbrug i alle distrikter i oktober 2026 i Excel'], ['og i Syd?', '--after', 'forbrug i oktober 2026'], ['forbrug i Syd i oktober 2026', '--explain'], ['forbrug pr. distrikt i oktober 2026', '--json']] as const) {
    const told: string[] = [];
    await run(['ask', text, '--as', 'anne', ...more], { environment, out: (line) => { told.push(line); }, err: (line) => { told.push(line); }, ended: Promise.resolve(), clock });
    expect(told.length).toBeGreaterThan(0);
    expect({ text, told: SECRETS.exec(told.join('\n'))?.[0] ?? null }).toEqual({ text, told: null });
  }
  const pages: string[] = [];
  await run(['digest', 'proeve/maaned', '--period', '2026-10', '--as', 'anne'], { environment, out: (line) => { pages.push(line); }, err: (line) => { pages.push(line); }, ended: Promise.resolve(), clock });
  expect(pages.join('\n')).toMatch(OWN);
  expect(pages.join('\n')).not.toMatch(SECRETS);
});

it('when Ida, who saw it all, is made the leader of Nord, the next message is answered as hers', async () => {
  const converse = conversation();
  expect(await all(await converse(incoming('forbrug i Syd i oktober 2026', {}, 'ida')))).toMatch(SECRETS);
  files.put('people.csv', SMALL_PEOPLE.replace('ida;Ida Sø;analytiker;4700', 'ida;Ida Sø;leder;4711'));
  await house.renew();
  for (const text of ['i Excel', 'som graf', 'og i september?', 'forbrug i 4712 i oktober 2026', 'hvorfor?', ...AFTER]) {
    const told = await all(await converse(incoming(text, {}, 'ida')));
    expect({ text, told: SECRETS.exec(told)?.[0] ?? null }).toEqual({ text, told: null });
  }
  // And taken out she is a stranger.
  files.put('people.csv', SMALL_PEOPLE.split('\n').filter((line) => !line.startsWith('ida')).join('\n'));
  await house.renew();
  expect(await all(await converse(incoming('forbrug i oktober 2026', {}, 'ida')))).toContain('Jeg kan ikke se, at du har adgang');
  files.put('people.csv', SMALL_PEOPLE);
});
