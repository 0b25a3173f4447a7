import { answer } from '../../src/app/answer.ts';
import { createConversation, type House } from '../../src/app/converse.ts';
import { addressOf } from '../../src/app/records.ts';
import { cardText } from '../../src/card/text.ts';
import { ServiceError } from '../../src/errors.ts';
import type { Message } from '../../src/card/card.ts';
import { openStore } from '../../src/io/store/store.ts';
import type { Incoming, Painter, Store } from '../../src/ports.ts';
import { buildLexicon } from '../../src/question/lexicon.ts';
import { openDemo, silent } from '../demo/house.ts';

let store: Store;
let close: () => Promise<void>;
let house: House;
const clock = { at: new Date('2026-11-23T12:00:00Z'), now: (): Date => clock.at };
const painter: Painter = { paint: async () => new Uint8Array([1]), close: async () => undefined };
const logged: string[] = [];
beforeAll(async () => {
  const demo = await openDemo(clock);
  store = await openStore({ databaseUrl: null, dir: `${demo.dir}/state`, log: silent });
  const note = (event: string, fields?: unknown): void => void logged.push(`${event} ${JSON.stringify(fields)}`);
  house = { packs: () => demo.house.packs(), figures: (id) => demo.house.figures(id), lexicon: buildLexicon, store, painter, clock, log: { info: note, warn: note, error: note } };
  close = async () => {
    await store.close();
    await demo.close();
  };
});
afterAll(() => close());

let events = 0;
const incoming = (user: string, text: string, over: Partial<Incoming> = {}): Incoming => ({
  id: `event-${++events}`, kind: 'message', direct: true, text, from: { platform: 'web', tenant: 'local', user, email: null },
  address: { platform: 'web', tenant: 'local', conversation: user, thread: null, user, serviceUrl: '', bot: '' }, ...over,
});
const words = (message: Message | null): string => (message === null ? '' : cardText(message.card).replaceAll('\u00a0', ' '));

describe('a conversation', () => {
  it('answers whom it knows, and remembers where to write to them', async () => {
    const converse = createConversation(house);
    const message = await converse(incoming('leder-nord', 'forbrug sidste måned'));
    expect(words(message)).toContain('825 t.kr.');
    expect(message?.png).not.toBeNull();
    expect(await addressOf(store, 'leder-nord', () => 'leder-nord')).toMatchObject({ platform: 'web', conversation: 'leder-nord' });
  });

  it('a question asked where others read along gives no address to send pages to', async () => {
    await createConversation(house)(incoming('leder-vest', 'forbrug sidste måned', { direct: false }));
    expect(await addressOf(store, 'leder-vest', () => 'leder-vest')).toBeNull();
  });

  it('tells a stranger nothing but who to turn to, in both languages, and notes it', async () => {
    const said = words(await createConversation(house)(incoming('someone', 'forbrug i Nord sidste måned')));
    expect(said).not.toMatch(/\d/);
    expect(said.split('\n').filter((line) => line !== '').length).toBeGreaterThan(2);
    const [row] = await store.query<{ count: string }>("select count(*)::text as count from audit where action = 'refused-stranger'");
    expect(Number(row?.count)).toBeGreaterThan(0);
  });

  it('does the same event once, however often it comes', async () => {
    const converse = createConversation(house);
    const twice = incoming('leder-nord', 'forbrug sidste måned');
    const answers = await Promise.all([converse(twice), converse(twice), converse(twice)]);
    expect(answers.filter((message) => message !== null)).toHaveLength(1);
    expect(await createConversation(house)(twice)).toBeNull();
  });

  it('refuses a text with a CPR number, keeps it nowhere and does not repeat it', async () => {
    const said = words(await createConversation(house)(incoming('leder-nord', 'hvad koster hjælpen til 010190-1234')));
    expect(said).toContain('CPR');
    const kept = JSON.stringify([await store.query('select * from questions'), await store.query('select * from audit'), logged, said]);
    expect(kept).not.toContain('0190-1234');
  });

  it('a follow-up changes the question before it, in the same conversation, for half an hour, and nobody else\'s', async () => {
    const converse = createConversation(house);
    await converse(incoming('chef', 'forbrug i Nord i september 2026'));
    const followed = words(await converse(incoming('chef', 'og i oktober?')));
    expect(followed).toContain('Nord');
    expect(followed).toContain('oktober 2026');
    // Another person in another conversation has no question before this one.
    expect(words(await converse(incoming('leder-syd', 'og i oktober?')))).not.toMatch(/t\.kr\.|thousand/);
    clock.at = new Date(clock.at.getTime() + 31 * 60_000);
    expect(words(await converse(incoming('chef', 'og i august?')))).not.toContain('august 2026 (');
  });

  it('a refusal leaves no trace in the next question', async () => {
    const converse = createConversation(house);
    expect(words(await converse(incoming('leder-nord', 'forbrug i Syd sidste måned')))).toContain('ikke adgang');
    const said = words(await converse(incoming('leder-nord', 'forbrug sidste måned')));
    expect(said).toContain('825 t.kr.');
    expect(said).not.toContain('Syd');
  });

  it('installed, it says hello; opened at home, it shows the latest page', async () => {
    const converse = createConversation(house);
    expect(words(await converse(incoming('leder-syd', '', { kind: 'installed' })))).toContain('Emily');
    const page = await converse(incoming('leder-syd', '', { kind: 'home' }));
    expect(page?.card.title).toContain('October 2026');
  });

  it('when the picture can\'t be drawn the words still come', async () => {
    const converse = createConversation({ ...house, painter: { ...painter, paint: async () => { throw new ServiceError('the painter', 'the font can\'t be read'); } } });
    const message = await converse(incoming('leder-nord', 'forbrug sidste måned'));
    expect(message?.png).toBeNull();
    expect(words(message)).toContain('825 t.kr.');
    expect(logged.at(-1)).toContain('picture-left-out');
  });

  it('when something breaks inside, the person gets a word and the log the reason', async () => {
    const converse = createConversation({ ...house, figures: () => { throw new Error('the facts are away'); } });
    const said = words(await converse(incoming('leder-nord', 'forbrug sidste måned')));
    expect(said).not.toBe('');
    expect(said).not.toContain('the facts are away');
    expect(logged.at(-1)).toContain('question-failed');
  });

  it('the same question gives the same answer every time', async () => {
    const [pack] = house.packs();
    const person = pack?.people.get('chef');
    if (pack === undefined || person === undefined) throw new Error('no demo');
    const asking = { memberships: [{ pack, person }], figures: house.figures, lexicon: buildLexicon(house.packs()), today: '2026-11-23', previous: null, offered: [], language: null } as const;
    const [one, two] = [await answer('pris pr. time pr. distrikt i år', asking), await answer('pris pr. time pr. distrikt i år', asking)];
    expect(one).toEqual(two);
  });
});
