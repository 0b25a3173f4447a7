import { readFileSync } from 'node:fs';
import readXlsxFile from 'read-excel-file/node';
import { answer, type Answer } from '../../src/app/answer.ts';
import { visibleUnits } from '../../src/access/rule.ts';
import { composeDigest, latestPeriod, runDigest } from '../../src/app/compose.ts';
import { createConversation, sheetOf, type House } from '../../src/app/converse.ts';
import type { Figures } from '../../src/app/figures.ts';
import { cardText } from '../../src/card/text.ts';
import type { Card, Message } from '../../src/card/card.ts';
import { writeWorkbook } from '../../src/io/sheet/workbook.ts';
import { openStore } from '../../src/io/store/store.ts';
import { composePage } from '../../src/digest/compose.ts';
import type { Caveat, Digest, Pack, Person, RoleAccess } from '../../src/pack/model.ts';
import type { Incoming, Parameter, Store } from '../../src/ports.ts';
import type { Result } from '../../src/query/result.ts';
import { buildLexicon } from '../../src/question/lexicon.ts';
import type { PackHouse } from '../../src/warehouse.ts';
import { openDemo, silent } from '../demo/house.ts';

/** The leader of Nord tries to get at what is the leader of Syd's, on the demo's figures. */
let packs: PackHouse;
let store: Store;
let close: () => Promise<void>;
const clock = { now: (): Date => new Date('2026-11-23T12:00:00Z') };
beforeAll(async () => {
  const demo = await openDemo(clock);
  packs = demo.house;
  store = await openStore({ databaseUrl: null, dir: `${demo.dir}/state`, log: silent });
  close = async () => {
    await store.close();
    await demo.close();
  };
});
afterAll(() => close());

const demo = (): Pack => packs.packs()[0] as Pack;
const personOf = (pack: Pack, id: string): Person => pack.people.get(id) as Person;
const others = (pack: Pack): string[] => [...pack.organisation.units.values()].filter(({ id }) => id !== 'nord').flatMap(({ name }) => [name.da, name.en]);

async function ask(text: string, who = 'leder-nord', figures: Figures = packs.figures(demo().id)): Promise<Answer> {
  const { pack } = figures;
  return answer(text, { memberships: [{ pack, person: personOf(pack, who) }], figures: () => figures, lexicon: buildLexicon([pack]), today: '2026-11-23', previous: null, offered: [], language: 'da' });
}

let events = 0;
const house = (over: Partial<House> = {}): House => ({
  packs: () => packs.packs(), figures: (id) => packs.figures(id), lexicon: buildLexicon, store, painter: { paint: async () => new Uint8Array([1]), close: async () => undefined }, writeWorkbook, sendPrivately: async () => false, clock, log: silent, ...over,
});
const incoming = (user: string, text: string, over: Partial<Incoming> = {}): Incoming => ({
  id: `eyes-${++events}`, kind: 'message', direct: true, text, from: { platform: 'web', tenant: 'local', user, email: null },
  address: { platform: 'web', tenant: 'local', conversation: user, thread: null, user, serviceUrl: '', bot: '' }, ...over,
});
/** Everything a message holds that can be read: the card with its picture, alt text and buttons, and the spreadsheet. */
const contents = async (message: Message | null): Promise<string> => `${JSON.stringify(message?.card)} ${message?.sheet === null || message === null ? '' : JSON.stringify(await readXlsxFile(Buffer.from(message.sheet.bytes)))}`.replaceAll('\u00a0', ' ');
/** Amounts of three digits or more, as they are written and as they are drawn. */
const amounts = (text: string): Set<string> => new Set((text.match(/\d[\d.,]*\d/g) ?? []).filter((one) => one.replace(/\D/g, '').length >= 3 && !/^(19|20)\d\d$/.test(one)));

describe('what is another\'s is not told', () => {
  const ABOUT = ['forbrug i {} sidste måned', 'forbrug i {} i oktober 2026 i Excel', 'leverede timer i {} pr. måned som graf', 'budget mod timer i {} sidste måned', 'hvorfor er forbruget steget i {} i oktober', 'forbrug i Nord og {} sidste måned', 'forbrug i Nord mod {} i oktober', 'sygefravær i {} i oktober 2026 mod sidste år', 'borgere i {} pr. ydelse i oktober 2026'];
  const NAMES = ['Syd', 'syd', 'distrikt Syd', 'South', 'Syds', 'Hjemmeplejen', 'alle distrikter', 'de andre distrikter'];

  it.each(ABOUT)('%s: by name, in the other language, with an ending, as the whole, as all of them', async (text) => {
    const converse = createConversation(house());
    const theirs = amounts(await contents(await createConversation(house())(incoming('chef', text.replace('{}', 'Syd').replace('Nord og ', '').replace('Nord mod ', '')))));
    const whole = amounts(await contents(await createConversation(house())(incoming('chef', text.replace('{}', 'Hjemmeplejen').replace('Nord og ', '').replace('Nord mod ', '')))));
    const own = text.replace('i Nord og {}', 'i Nord').replace('i Nord mod {}', 'i Nord').replace('{}', 'Nord');
    // Asked of all units it is held against the year before, so that of Nord's counts as its own too.
    const mine = new Set([...amounts(await contents(await createConversation(house())(incoming('leder-nord', own)))), ...amounts(await contents(await createConversation(house())(incoming('leder-nord', `${own} mod sidste år`))))]);
    const foreign = [...theirs, ...whole].filter((one) => !mine.has(one));
    expect(foreign.length).toBeGreaterThan(0);
    for (const name of NAMES) {
      const told = await contents(await converse(incoming('leder-nord', text.replace('{}', name))));
      expect({ name, told: [...amounts(told)].filter((one) => foreign.includes(one)) }).toEqual({ name, told: [] });
    }
  });

  it('nor in a follow-up, by a button, or in an edited message', async () => {
    const converse = createConversation(house());
    const theirs = amounts(await contents(await createConversation(house())(incoming('chef', 'forbrug i Syd i oktober 2026 mod sidste år'))));
    const mine = amounts(await contents(await converse(incoming('leder-nord', 'forbrug i oktober 2026 mod sidste år'))));
    for (const [text, over] of [['og i Syd?', {}], ['nej, jeg mente Syd', {}], ['forbrug i Syd i oktober 2026 mod sidste år', { kind: 'action' }], ['og i Syd?', { kind: 'edited' }], ['pr. distrikt', {}], ['i alt', {}], ['som graf', {}], ['i Excel', {}]] as const) {
      const told = amounts(await contents(await converse(incoming('leder-nord', text, over))));
      expect({ text, told: [...told].filter((one) => theirs.has(one) && !mine.has(one)) }).toEqual({ text, told: [] });
    }
  });

  it('a total less the parts can not be made, since there is neither total nor average nor share of it', async () => {
    for (const text of ['forbrug i Hjemmeplejen i oktober 2026', 'forbrug i alt i hele området i oktober 2026', 'forbrug i oktober 2026 mod gennemsnittet', 'forbrug i oktober 2026 som andel af det hele', 'leverede timer pr. distrikt i oktober 2026', 'hvem ligger over gennemsnittet i leverede timer i oktober 2026', 'top 3 forbrug i oktober 2026']) {
      const answered = await ask(text);
      if (answered.kind !== 'answer') continue;
      expect(new Set(answered.result.rows.map((row) => row.unit))).toEqual(new Set(['nord']));
      for (const row of answered.result.rows) for (const comparison of ['average', 'highest', 'lowest', 'share'] as const) expect(row.against[comparison]).toBeUndefined();
      expect(answered.result.query.units).toEqual(['nord']);
    }
  });

  it('a comparison that is left out is said to be', async () => {
    expect(cardText((await ask('forbrug i oktober 2026 mod gennemsnittet')).card)).toContain('Sammenligning med andre enheder');
    expect(cardText((await ask('forbrug i oktober 2026 mod gennemsnittet', 'chef')).card)).not.toContain('Sammenligning med andre enheder');
  });

  it('the page of another, the list of what one may ask, and what is offered next name none of the others', async () => {
    const { card: page } = await ask('vis siden for Syd');
    expect(cardText(page)).not.toMatch(/\d{3}/);
    for (const text of ['hjælp', 'hej', 'hvad betyder timepris', 'forbrug sidste måned', 'forbrug', 'er oktober komplet', 'seneste side']) {
      const told = JSON.stringify((await ask(text)).card);
      for (const name of others(demo()).filter((one) => !['Hjemmeplejen', 'Home care'].includes(one))) expect({ text, name, told: new RegExp(`\\b${name}\\b`).test(told) }).toEqual({ text, name, told: false });
    }
  });

  it('no name, code or part of a name becomes the name of a unit: what is refused is refused in the same words', async () => {
    const foreign = [...demo().organisation.units.values()].filter(({ id, parent }) => id !== 'nord' && parent !== null);
    const refused = new Set<string>();
    for (const unit of foreign) {
      for (const name of [unit.name.da, unit.name.en, unit.id, ...unit.codes]) for (const text of [`forbrug i ${name} i oktober 2026`, `forbrug ${name}`, `forbrug i Nord og ${name} i oktober 2026`, `vis siden for ${name}`, `forbrug i ${name}`, `forbrug fra ${name} minus Nord`]) {
        const { kind, card } = await ask(text);
        const told = JSON.stringify(card);
        expect({ text, told: foreign.filter((one) => new RegExp(`\\b(${one.name.da}|${one.name.en})\\b`).test(told)).map(({ id }) => id) }).toEqual({ text, told: [] });
        if (kind === 'refused') refused.add(card.headline);
      }
    }
    expect([...refused]).toEqual(['Du har ikke adgang til det, som spørgsmålet handler om.']);
  });

  it('a unit beside one\'s own that one may know the total of keeps its name when more of it is refused', async () => {
    const figures = packs.figures(demo().id);
    const beside: Figures = { ...figures, pack: { ...figures.pack, access: { ...figures.pack.access, leader: { depth: 'all' as const, siblings: 'named', above: false, sensitive: false } } } };
    const { kind, card } = await ask('forbrug i Syd pr. konto i oktober 2026', 'leder-nord', beside);
    expect([kind, card.headline]).toEqual(['refused', 'Du har adgang til Syd som total, ikke til det, den er delt i.']);
  });

  it('of all the questions leaders type, as the leader of Nord types them, none has a row, a caveat or an offer about another', async () => {
    const lines = readFileSync('test/question/corpus/home-care.jsonl', 'utf8').split('\n').filter((line) => line.trim() !== '').map((line) => (JSON.parse(line) as { q: string }).q).filter((_, i) => i % 8 === 0);
    const foreign = others(demo()).filter((one) => !['Hjemmeplejen', 'Home care'].includes(one));
    let answered = 0;
    for (const text of lines) {
      const found = await ask(text);
      expect(foreign.filter((name) => !text.toLowerCase().includes(name.toLowerCase()) && found.card.actions.some((action) => new RegExp(`\\b${name}\\b`).test(`${action.ask} ${action.label}`)))).toEqual([]);
      if (found.kind !== 'answer') continue;
      answered += 1;
      expect({ text, units: [...new Set([...found.result.rows.map((row) => row.unit), ...found.result.query.units])] }).toEqual({ text, units: ['nord'] });
      expect(found.result.caveats.filter((caveat) => caveat.unit !== null && caveat.unit !== 'nord')).toEqual([]);
    }
    expect(answered).toBeGreaterThan(lines.length / 3);
  });

  it('the restriction stands in the SQL: no other unit is asked the engine for', async () => {
    const real = packs.figures(demo().id);
    const parameters: (readonly Parameter[])[] = [];
    const sources = new Map([...real.sources].map(([id, source]) => [id, { ...source, facts: { ...source.facts, query: async (sql: string, given?: readonly Parameter[]) => { parameters.push(given ?? []); return source.facts.query(sql, given); } } }]));
    const figures: Figures = { ...real, sources };
    // What may be shown at all is decided once, for everyone, from all units.
    await ask('borgere i oktober 2026', 'chef', figures);
    await ask('kontinuitet i oktober 2026', 'chef', figures);
    parameters.length = 0;
    for (const text of ['forbrug i oktober 2026 mod sidste år', 'borgere i oktober 2026', 'timepris pr. distrikt sidste måned', 'hvorfor er forbruget steget i oktober', 'leverede timer i Nord og Syd i oktober', 'kontinuitet pr. måned']) await ask(text, 'leder-nord', figures);
    expect(parameters.length).toBeGreaterThan(8);
    for (const given of parameters) if (given.length > 1) expect(JSON.parse(String(given[1]))).toEqual(['nord']);
  });
});

describe('when someone\'s role or unit changes', () => {
  it('the question before is permitted anew: what they could see then is not told now', async () => {
    let pack = demo();
    const converse = createConversation(house({ packs: () => [pack] }));
    expect(await contents(await converse(incoming('chef', 'forbrug i Syd i oktober 2026')))).toContain('Syd');
    pack = { ...pack, people: new Map([...pack.people, ['chef', { ...personOf(pack, 'chef'), role: 'leader', units: ['nord'] }]]) };
    for (const text of ['og i september?', 'mod sidste år', 'som graf', 'i Excel', 'hvorfor?']) {
      const told = await contents(await converse(incoming('chef', text)));
      expect({ text, syd: /\bSyd\b/.test(told) }).toEqual({ text, syd: false });
    }
  });

  it('what was offered then is not offered now', async () => {
    let pack = demo();
    const converse = createConversation(house({ packs: () => [pack] }));
    const offered = await converse(incoming('chef', 'sygefravær i Syd i novenber måske'));
    pack = { ...pack, people: new Map([...pack.people, ['chef', { ...personOf(pack, 'chef'), role: 'leader', units: ['nord'] }]]) };
    for (const text of ['1', ...(offered?.card.actions.map(({ ask: typed }) => typed) ?? [])]) {
      const message = await converse(incoming('chef', text));
      expect(amounts(cardText(message?.card as Card)).size === 0 || !/\bSyd\b/.test(cardText(message?.card as Card))).toBe(true);
    }
  });
});

describe('a digest, whose queries run once for all', () => {
  it('gives everyone the page they would get if there were no figures but those they may see', async () => {
    const figures = packs.figures(demo().id);
    const { pack } = figures;
    for (const digest of pack.digests.values()) {
      const period = latestPeriod(figures, digest);
      const results = await runDigest(figures, digest, period);
      for (const person of pack.people.values()) {
        const visible = visibleUnits(pack, person);
        const cut = <R extends Result | null>(result: R): R => (result === null ? result : { ...result, rows: result.rows.filter((row) => visible.has(row.unit)), caveats: result.caveats.filter((caveat) => caveat.unit === null || visible.has(caveat.unit)) });
        const own = { sections: new Map([...results.sections].map(([i, result]) => [i, cut(result)])), history: cut(results.history), forecasts: new Map([...results.forecasts].filter(([unit]) => visible.has(unit))) };
        expect(composePage(pack, digest, person, period, own)).toEqual(composePage(pack, digest, person, period, results));
        if (visible.size < pack.organisation.units.size) expect(JSON.stringify(composePage(pack, digest, person, period, results))).not.toMatch(new RegExp(`\\b(${[...pack.organisation.units.values()].filter(({ id, parent }) => !visible.has(id) && parent !== null).map(({ name }) => name[person.language]).join('|')})\\b`));
      }
    }
  });
});

describe('a caveat about a unit that its reader does not see', () => {
  const note = (unit: string | null, text: string, measures: readonly string[] | null = null): Caveat => ({ unit, measures, from: '2026-10-01', to: '2026-11-01', text: { da: text, en: text } });
  const IN_SYD = note('syd', 'Syd mangler 3 borgere på plejehjem X');
  /** Leaders see the whole as a total; or, since then it would give no more than those, the units beside them. */
  const ABOVE: RoleAccess = { depth: 'all' as const, siblings: 'none', above: true, sensitive: false };
  const BESIDE: RoleAccess = { depth: 'all' as const, siblings: 'named', above: false, sensitive: false };
  /** The demo, where something is wrong with the data. */
  const noted = (caveats: readonly Caveat[], leader: RoleAccess = ABOVE): Figures => {
    const figures = packs.figures(demo().id);
    return { ...figures, pack: { ...figures.pack, access: { ...figures.pack.access, leader } }, caveats };
  };
  const TOTALS: [string, RoleAccess][] = [
    ['leverede timer i Hjemmeplejen i oktober 2026', ABOVE], ['leverede timer i Hjemmeplejen i oktober 2026 i Excel', ABOVE], ['leverede timer i Hjemmeplejen pr. måned i 2026', ABOVE], ['hvorfor er leverede timer faldet i Hjemmeplejen i oktober 2026', ABOVE],
    ['leverede timer pr. distrikt i oktober 2026', BESIDE], ['leverede timer i Nord og Syd i oktober 2026', BESIDE], ['leverede timer i Syd i oktober 2026', BESIDE],
  ];
  const everything = async (answered: Answer): Promise<string> => {
    const sheet = answered.kind === 'answer' ? await sheetOf(answered, packs.packs(), writeWorkbook) : null;
    return `${JSON.stringify(answered)} ${sheet === null ? '' : JSON.stringify(await readXlsxFile(Buffer.from(sheet.bytes)))}`;
  };

  it.each(TOTALS)('%s: is told to be there, and neither its words nor its unit', async (text, leader) => {
    const figures = noted([IN_SYD], leader);
    const answered = await ask(text, 'leder-nord', figures);
    expect(answered.kind).toBe('answer');
    expect(await everything(answered)).not.toContain('plejehjem');
    const notes = answered.card.blocks.flatMap((block) => (block.kind === 'notes' ? block.items : []));
    expect(notes).toContain('Der er et forbehold om en del af tallene.');
    expect(notes.join(' ')).not.toMatch(/\bSyd\b/);
    expect(cardText((await ask(text, 'chef', figures)).card)).toContain('plejehjem X');
  });

  it('is said so in English', async () => {
    const figures = noted([IN_SYD]);
    const { pack } = figures;
    const answered = await answer('delivered hours in Home care in October 2026', { memberships: [{ pack, person: personOf(pack, 'leder-nord') }], figures: () => figures, lexicon: buildLexicon([pack]), today: '2026-11-23', previous: null, offered: [], language: 'en' });
    expect(cardText(answered.card)).toContain('There is a caveat about part of the figures.');
    expect(cardText(answered.card)).not.toContain('plejehjem');
  });

  it('is not mentioned where it has nothing to do with what is shown; one about the own unit, or about none, is told as it stands', async () => {
    const figures = noted([IN_SYD, note('nord', 'Nords oktober er foreløbig'), note(null, 'Omlagt i oktober')]);
    const own = cardText((await ask('leverede timer i Nord i oktober 2026', 'leder-nord', figures)).card);
    expect(own).toContain('Nords oktober er foreløbig');
    expect(own).toContain('Omlagt i oktober');
    expect(own).not.toMatch(/forbehold|plejehjem/);
    const whole = cardText((await ask('leverede timer i Hjemmeplejen i oktober 2026', 'leder-nord', figures)).card);
    expect(whole).toContain('Nord: Nords oktober er foreløbig');
    expect(whole).toContain('Der er et forbehold om en del af tallene.');
  });

  it('and one about a measure too sensitive for them stands on no page and in no answer', async () => {
    const figures = noted([note('nord', 'Vikarbureau X har ikke sendt regning', ['vikarudgift']), note('nord', 'Timer og vikarer blandet sammen', ['vikarudgift', 'leverede_timer'])], { depth: 'all' as const, siblings: 'none', above: false, sensitive: false });
    const pack: Pack = { ...figures.pack, measures: new Map([...figures.pack.measures].map(([id, measure]) => [id, { ...measure, sensitive: id === 'vikarudgift' }])), access: { ...figures.pack.access, chief: { ...figures.pack.access.chief, sensitive: true } } };
    const guarded: Figures = { ...figures, pack };
    expect(cardText((await ask('leverede timer i Nord i oktober 2026', 'leder-nord', guarded)).card)).not.toMatch(/[Vv]ikar/);
    const digest = [...pack.digests.values()][0] as Digest;
    const withTemps: Digest = { ...digest, sections: digest.sections.map((section) => (section.kind === 'table' ? { ...section, measures: [...new Set([...section.measures, 'leverede_timer', 'vikarudgift'])] } : section)) };
    const people = [personOf(pack, 'leder-nord'), { ...personOf(pack, 'chef'), units: ['nord'], language: 'da' as const }];
    const pages = await composeDigest(guarded, withTemps, latestPeriod(guarded, digest), people);
    expect(JSON.stringify(pages.get('leder-nord'))).not.toMatch(/[Vv]ikar/);
    expect(JSON.stringify(pages.get('leder-nord'))).toContain('Der er et forbehold om en del af tallene.');
    expect(JSON.stringify(pages.get('chef'))).toContain('Vikarbureau X');
  });
});

describe('what is sensitive', () => {
  /** The demo, where temps and pay are sensitive, and so is the split by account. */
  const changed = (): Figures => {
    const figures = packs.figures(demo().id);
    const { pack } = figures;
    const mark = (ids: readonly string[]): Pack['measures'] => new Map([...pack.measures].map(([id, measure]) => [id, { ...measure, sensitive: ids.includes(id) }]));
    const sources = new Map([...pack.sources].map(([id, source]) => [id, { ...source, dimensions: source.dimensions.map((dimension) => ({ ...dimension, sensitive: dimension.id === 'konto' })) }]));
    return { ...figures, pack: { ...pack, measures: mark(['vikarudgift']), sources, access: { ...pack.access, chief: { ...pack.access.chief, sensitive: true } } } };
  };

  it('is neither answered, explained, defined nor listed to who may not see it, and is to who may', async () => {
    const figures = changed();
    for (const text of ['vikarandel i oktober 2026', 'vikarudgift pr. måned', 'hvad betyder vikarandel', 'forbrug pr. konto i oktober 2026', 'hvilke måneder var vikarandelen over 7 %']) {
      const answered = await ask(text, 'leder-nord', figures);
      expect({ text, kind: answered.kind }).toEqual({ text, kind: 'refused' });
      expect(cardText(answered.card)).toContain('følsomme');
      expect((await ask(text, 'chef', figures)).kind).toMatch(/answer|help/);
    }
    expect(cardText((await ask('hjælp', 'leder-nord', figures)).card)).not.toMatch(/vikar/i);
    expect(cardText((await ask('hjælp', 'chef', figures)).card)).toMatch(/vikar/i);
    const why = cardText((await ask('hvorfor er forbruget steget i oktober', 'leder-nord', figures)).card);
    expect(why).not.toMatch(/konto|Kørsel/);
    expect(cardText((await ask('hvorfor er forbruget steget i oktober', 'chef', figures)).card)).toMatch(/konto/);
  });

  it('stands on no page of who may not see it', async () => {
    const figures = changed();
    const { pack } = figures;
    const digest = [...pack.digests.values()][0] as Digest;
    const withTemps: Digest = { ...digest, sections: digest.sections.map((section) => (section.kind === 'table' ? { ...section, measures: [...new Set([...section.measures, 'vikarandel'])] } : section)) };
    const pages = await composeDigest(figures, withTemps, latestPeriod(figures, digest), [personOf(pack, 'leder-nord'), personOf(pack, 'chef')]);
    expect(JSON.stringify(pages.get('leder-nord'))).not.toMatch(/vikar/i);
    expect(JSON.stringify(pages.get('chef'))).toMatch(/vikar/i);
  });
});

describe('siblings without names', () => {
  it('are told as the highest, the lowest and the average of the others, in words, table, picture and spreadsheet', async () => {
    const figures = packs.figures(demo().id);
    const nameless: Figures = { ...figures, pack: { ...figures.pack, access: { ...figures.pack.access, leader: { depth: 'all', siblings: 'anonymous', above: false, sensitive: false } } } };
    for (const text of ['timepris i oktober 2026 mod gennemsnittet', 'timepris pr. distrikt i oktober 2026', 'timepris i oktober 2026 mod gennemsnittet i Excel']) {
      const answered = await ask(text, 'leder-nord', nameless);
      if (answered.kind !== 'answer') throw new Error(text);
      const sheet = await sheetOf(answered, [nameless.pack], writeWorkbook);
      const told = `${JSON.stringify(answered.card)} ${JSON.stringify(await readXlsxFile(Buffer.from(sheet?.bytes ?? [])))}`;
      expect(told).toContain('Højeste af de andre');
      for (const name of others(nameless.pack).filter((one) => !['Hjemmeplejen', 'Home care'].includes(one))) expect(told).not.toMatch(new RegExp(`\\b${name}\\b`));
      const all = (await ask('timepris pr. distrikt i oktober 2026', 'chef')) as Extract<Answer, { kind: 'answer' }>;
      const values = all.result.rows.filter((row) => row.unit !== 'nord').map((row) => row.values['timepris']?.value ?? NaN);
      expect(answered.result.rows.map((row) => [row.unit, row.against.highest?.['timepris']?.value, row.against.lowest?.['timepris']?.value])).toEqual([['nord', Math.max(...values), Math.min(...values)]]);
    }
  });
});
