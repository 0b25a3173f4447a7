import { createHash } from 'node:crypto';
import readXlsxFile from 'read-excel-file/node';
import { answer } from '../../src/app/answer.ts';
import { createConversation, type House } from '../../src/app/converse.ts';
import { addressOf } from '../../src/app/records.ts';
import { answerSheets } from '../../src/card/sheet.ts';
import { cardText } from '../../src/card/text.ts';
import { ServiceError } from '../../src/errors.ts';
import { writeWorkbook } from '../../src/io/sheet/workbook.ts';
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
/** What was said to one person alone, and whether that can be done. */
const whispered: { to: string; message: Message }[] = [];
let reachable = true;
beforeAll(async () => {
  const demo = await openDemo(clock);
  store = await openStore({ databaseUrl: null, dir: `${demo.dir}/state`, log: silent });
  const note = (event: string, fields?: unknown): void => void logged.push(`${event} ${JSON.stringify(fields)}`);
  house = { packs: () => demo.house.packs(), figures: (id) => demo.house.figures(id), lexicon: buildLexicon, store, painter, writeWorkbook, sendPrivately: async (to, person, message) => { whispered.push({ to: `${to.from.user} ${person.id}`, message }); return reachable; }, clock, log: { info: note, warn: note, error: note } };
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
    // That it was refused is noted, for the analysts.
    expect(await store.query(`select actor, detail from audit where action = 'refused-personal-number'`)).toEqual([{ actor: 'leder-nord', detail: { platform: 'web', account: 'web:local:leder-nord', kind: 'message' } }]);
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

describe('where others read along', () => {
  const channel = { platform: 'teams', tenant: 'local', conversation: 'channel', thread: '1', user: '', serviceUrl: '', bot: '' } as const;
  const asks = (user: string, text: string, over: Partial<Incoming> = {}): Incoming => incoming(user, text, { direct: false, address: { ...channel, user }, ...over });
  beforeEach(() => { whispered.length = 0; reachable = true; });

  it.each([['figures', 'forbrug sidste måned'], ['a spreadsheet', 'forbrug sidste måned i Excel'], ['a page', 'seneste side'], ['a refusal', 'forbrug i Syd sidste måned'], ['a list of what one may ask', 'hjælp'], ['a question back', 'forbrug i Nordlyst'], ['why', 'hvorfor er forbruget steget i oktober']])('%s goes to who asked, and the channel gets a word without figure or name', async (_what, text) => {
    const converse = createConversation(house);
    const [alone, said] = [await converse(incoming('leder-nord', text)), await converse(asks('leder-nord', text))];
    expect(words(said)).not.toMatch(/\d|Nord|Syd|forbrug/i);
    expect(said).toMatchObject({ png: null, sheet: null, card: { picture: null, actions: [], blocks: [] } });
    expect(whispered.map(({ to }) => to)).toEqual(['leder-nord leder-nord']);
    expect(words(whispered[0]?.message ?? null)).toBe(words(alone));
    expect(whispered[0]?.message.png).toEqual(alone?.png);
  });

  it('a button, an edited message and a follow-up there are answered in private too', async () => {
    const converse = createConversation(house);
    for (const [text, over] of [['forbrug sidste måned', {}], ['og i september?', {}], ['forbrug i august', { kind: 'edited' }], ['leverede timer i oktober 2026', { kind: 'action' }]] as const) expect(words(await converse(asks('chef', text, over)))).not.toMatch(/\d/);
    expect(whispered).toHaveLength(4);
    expect(words(whispered[1]?.message ?? null)).toContain('september 2026');
  });

  it('who can not be reached in private is asked to write there, and nothing is said', async () => {
    reachable = false;
    expect(words(await createConversation(house)(asks('leder-nord', 'forbrug sidste måned')))).toMatch(/Skriv til mig direkte/);
  });

  it('a command is seen by who writes it alone, and answered on the spot', async () => {
    expect(words(await createConversation(house)(asks('leder-nord', 'forbrug sidste måned', { kind: 'command' })))).toContain('825 t.kr.');
    expect(whispered).toEqual([]);
  });

  it('put into a channel, the bot lists nothing of what who did it may see', async () => {
    expect(words(await createConversation(house)(asks('chef', '', { kind: 'installed' })))).not.toMatch(/Nord|Forbrug/);
  });
});

describe('an answer asked for as a spreadsheet', () => {
  it('is a workbook with the figures to the øre, and what must be known about them', async () => {
    const message = await createConversation(house)(incoming('chef', 'forbrug og borgere pr. distrikt i oktober i Excel'));
    expect(message?.sheet?.name).toMatch(/\.xlsx$/);
    const sheets = await readXlsxFile(Buffer.from(message?.sheet?.bytes ?? []));
    const [header, ...rows] = sheets[0]?.data ?? [];
    expect(header?.slice(0, 3)).toEqual(['Enhed', 'Periode', 'Forbrug (kr.)']);
    expect(rows).toHaveLength(7);
    expect(rows.find((row) => row[0] === 'Nord')?.[2]).toBe(824847.11);
    expect(JSON.stringify(sheets[1]?.data)).toContain('Kilde: Posteringer');
  });

  it('is asked for in so many words: no other answer carries one', async () => {
    expect((await createConversation(house)(incoming('chef', 'forbrug pr. distrikt i oktober som tabel')))?.sheet).toBeNull();
  });

  it('hides small counts there as well', async () => {
    const [pack] = house.packs();
    if (pack === undefined) throw new Error('no demo');
    const row = { unit: 'nord', period: { from: '2026-10-01', to: '2026-11-01', grain: 'month' }, dimension: null, values: { borgere: { value: null, state: 'suppressed' } }, against: { 'last-year': { borgere: { value: null, state: 'suppressed' } } } } as const;
    const query = { pack: pack.id, measures: ['borgere'], units: ['nord'], level: null, period: row.period, comparisons: ['last-year'], comparedTo: null, by: null, having: null, order: null, limit: null } as const;
    const [sheet] = answerSheets(pack, { query, rows: [row], provenance: [], caveats: [] }, [], 'da');
    expect(sheet?.rows[1]).toEqual(['Nord', { day: '2026-10-01', format: 'mmmm yyyy' }, '<5', '<5']);
  });

  it('lets no text begin a formula', async () => {
    const [pack] = house.packs();
    if (pack === undefined) throw new Error('no demo');
    const query = { pack: pack.id, measures: [], units: [], level: null, period: { from: '2026-10-01', to: '2026-11-01', grain: 'month' }, comparisons: [], comparedTo: null, by: null, having: null, order: null, limit: null } as const;
    expect(answerSheets(pack, { query, rows: [], provenance: [], caveats: [] }, ['=HYPERLINK("x")', '+1', 'ord'], 'da')[1]?.rows).toEqual([['Om tallene'], ["'=HYPERLINK(\"x\")"], ["'+1"], ['ord']]);
  });
});

describe('an edited message', () => {
  it('is asked anew, as if the first had not been written', async () => {
    const converse = createConversation(house);
    await converse(incoming('chef', 'sygefravær i september'));
    await converse(incoming('chef', 'og i Syd?'));
    expect(words(await converse(incoming('chef', 'og i Vest?', { kind: 'edited' })))).toContain('Vest: sygefravær');
  });
});

describe('a question that was asked back', () => {
  it.each([['2025', 'november 2025'], ['den første', 'november 2025'], ['2', 'november 2026']])('is answered by "%s"', async (reply, period) => {
    const converse = createConversation(house);
    expect(words(await converse(incoming('chef', 'timer i november')))).toContain('flere perioder');
    expect(words(await converse(incoming('chef', reply)))).toContain(period);
  });
});

describe('what the audit says of a conversation', () => {
  const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
  const newest = async (): Promise<{ action: string; detail: Record<string, unknown> }> => {
    const [row] = await store.query<{ action: string; detail: Record<string, unknown> }>('select action, detail from audit order by id desc limit 1');
    return row ?? { action: '', detail: {} };
  };
  const noted = async (who: string, text: string, over: Partial<House> = {}): Promise<{ action: string; detail: Record<string, unknown>; message: Message | null }> => {
    const message = await createConversation({ ...house, ...over })(incoming(who, text));
    return { ...await newest(), message };
  };
  const october = { from: '2026-10-01', to: '2026-11-01' };

  it('of figures: what was asked about, what of it was allowed, and hashes of the words, the picture and the spreadsheet that were shown', async () => {
    const { action, detail, message } = await noted('leder-nord', 'forbrug i oktober i Excel');
    expect({ action, detail }).toMatchObject({ action: 'asked', detail: {
      pack: 'hjemmepleje', kind: 'query', read: { units: ['nord'], measures: ['forbrug'], period: october }, allowed: { units: ['nord'], measures: ['forbrug'], period: october, removed: [], uncompared: false },
      shown: { text: sha256(cardText((message as Message).card)), picture: null, sheet: sha256(message?.sheet?.bytes ?? new Uint8Array()) },
    } });
    expect((await noted('leder-nord', 'forbrug i oktober')).detail['shown']).toMatchObject({ picture: sha256(new Uint8Array([1])), sheet: null });
    expect((await noted('leder-nord', 'forbrug i oktober', { painter: { ...painter, paint: async () => { throw new ServiceError('the painter', 'no'); } } })).detail['shown']).toMatchObject({ picture: null, sheet: null });
  });

  it('what was taken out of a question', async () => {
    expect((await noted('leder-syd', 'forbrug i Syd og Nord i oktober')).detail['allowed']).toMatchObject({ units: ['syd'], removed: ['nord'] });
    const [pack] = house.packs();
    if (pack === undefined) throw new Error('no demo');
    const alone = { ...pack, access: { ...pack.access, leader: { depth: 'all' as const, siblings: 'none', above: false, sensitive: false } as const } };
    const { detail } = await noted('leder-syd', 'forbrug i Syd mod gennemsnittet i oktober', { packs: () => [alone], figures: (id) => ({ ...house.figures(id), pack: alone }) });
    expect(detail).toMatchObject({ read: { comparisons: ['average'] }, allowed: { units: ['syd'], uncompared: true }, query: { comparisons: [] } });
  });

  it('why it was refused: units, or that it was too sensitive', async () => {
    expect(await noted('leder-nord', 'forbrug i Syd i oktober')).toMatchObject({ action: 'refused-units', detail: { read: { units: ['syd'] }, allowed: { refused: 'units', units: ['syd'] }, query: null } });
    expect(await noted('leder-nord', 'hvordan ser det ud i Syd')).toMatchObject({ action: 'refused-units', detail: { kind: 'latest-digest', read: { units: ['syd'] }, allowed: { refused: 'units', units: ['syd'] } } });
    const [pack] = house.packs();
    if (pack === undefined) throw new Error('no demo');
    const guarded = { ...pack, measures: new Map([...pack.measures].map(([id, measure]) => [id, { ...measure, sensitive: id === 'vikarudgift' }])) };
    const over: Partial<House> = { packs: () => [guarded], figures: (id) => ({ ...house.figures(id), pack: guarded }) };
    expect(await noted('leder-nord', 'vikarudgift i oktober', over)).toMatchObject({ action: 'refused-sensitive', detail: { read: { measures: ['vikarudgift'] }, allowed: { refused: 'sensitive' } } });
    expect(await noted('leder-nord', 'hvad betyder vikarudgift', over)).toMatchObject({ action: 'refused-sensitive', detail: { kind: 'definition', read: { measures: ['vikarudgift'] } } });
  });

  it('which page: the digest, its period and whose it is', async () => {
    expect(await noted('chef', 'hvordan ser det ud i Syd')).toMatchObject({ action: 'asked', detail: { kind: 'latest-digest', read: { pack: 'hjemmepleje', units: ['syd'] }, allowed: { units: ['syd'], digest: 'maaned', period: october } } });
    expect((await noted('leder-nord', 'min side')).detail).toMatchObject({ kind: 'latest-digest', allowed: { units: ['nord'], digest: 'maaned', period: october } });
    const message = await createConversation(house)(incoming('leder-nord', '', { kind: 'home' }));
    expect(await newest()).toEqual({ action: 'shown-page', detail: { account: 'web:local:leder-nord', pack: 'hjemmepleje', digest: 'maaned', period: '2026-10-01', units: ['nord'], platform: 'web', shown: { text: sha256(cardText((message as Message).card)), picture: sha256(new Uint8Array([1])), sheet: null } } });
  });

  it('what was explained, and how far data go', async () => {
    expect((await noted('leder-nord', 'hvad betyder kontinuitet')).detail).toMatchObject({ kind: 'definition', read: { measures: ['kontinuitet'] }, allowed: { measures: ['kontinuitet'] } });
    expect((await noted('leder-nord', 'er oktober komplet')).detail).toMatchObject({ kind: 'fresh', read: { pack: 'hjemmepleje', period: october }, allowed: { period: october } });
    expect((await noted('chef', 'timer i november')).detail).toMatchObject({ kind: 'clarify', query: null, allowed: { units: [], measures: [] } });
  });

  it('and none of the words', async () => {
    for (const text of ['forbrug i oktober kanariefuglen', 'kanariefuglen', 'hvad betyder kanariefuglen', 'hvordan ser det ud i Kanariefuglen', 'er kanariefuglen komplet']) expect(JSON.stringify((await noted('leder-nord', text)).detail)).not.toMatch(/kanariefugl/i);
  });
});
