import fc from 'fast-check';
import type { IsoDate } from '../../src/calendar/period.ts';
import { readPackFolders } from '../../src/io/packs/read.ts';
import { openParser } from '../../src/io/warehouse/parser.ts';
import { checkPack } from '../../src/app/packs.ts';
import type { Language, Pack, Person } from '../../src/pack/model.ts';
import type { Query } from '../../src/query/query.ts';
import { buildLexicon, type Lexicon } from '../../src/question/lexicon.ts';
import { phrase } from '../../src/question/phrase.ts';
import { read, type Reading } from '../../src/question/read.ts';
import { packFrom } from '../query/facts.ts';
import { CORPUS, FOLLOW_UPS, type Expected } from './corpus.ts';
import { LIBRARY } from './library.ts';

const TODAY = '2026-11-23';
const CLOSED = '2026-11-01';
let pack: Pack;
let library: Pack;
let lexicon: Lexicon;
let librarian: Lexicon;

beforeAll(async () => {
  const parser = await openParser();
  const [folder] = (await readPackFolders(['digests'])).folders.filter(({ id }) => id === 'hjemmepleje');
  if (folder === undefined) throw new Error('no demo pack');
  pack = await checkPack(folder, parser, {});
  await parser.close();
  library = await packFrom(LIBRARY);
  lexicon = buildLexicon([pack]);
  librarian = buildLexicon([library]);
});

const ask = (text: string, previous: Query | null = null, who = 'leder-nord', language: Language | null = null): Reading =>
  read(text, { lexicon, pack, person: pack.people.get(who) as Person, people: new Map(), today: TODAY, closedThrough: () => CLOSED, previous, offered: [], language });

function check(reading: Reading, expected: Expected): void {
  if (expected.kind !== undefined) {
    expect(reading).toMatchObject({ kind: expected.kind, ...(expected.reason === undefined ? {} : { reason: expected.reason }) });
    if (expected.choices !== undefined) expect(reading.kind === 'clarify' ? reading.choices : []).toHaveLength(expected.choices);
    return;
  }
  if (reading.kind !== 'query') throw new Error(`asked back: ${JSON.stringify(reading)}`);
  const { query } = reading;
  if (expected.measures !== undefined) expect(query.measures).toEqual(expected.measures);
  if (expected.units !== undefined) expect(query.units).toEqual(expected.units);
  if (expected.level !== undefined) expect(query.level).toBe(expected.level);
  if (expected.period !== undefined) expect([query.period.from, query.period.to]).toEqual(expected.period);
  if (expected.comparisons !== undefined) expect(query.comparisons).toEqual(expect.arrayContaining([...expected.comparisons]));
  if (expected.by !== undefined) expect(query.by === null ? null : 'grain' in query.by ? query.by.grain : query.by.dimension).toBe(expected.by);
  if (expected.limit !== undefined) expect(query.limit).toBe(expected.limit);
  if (expected.descending !== undefined) expect(query.order?.descending).toBe(expected.descending);
}

describe('questions as they are typed', () => {
  it.each(CORPUS)('%s', (question, expected) => check(ask(question), expected));
});

describe('a follow-up changes one part and keeps the rest', () => {
  it.each(FOLLOW_UPS)('%s, then %s', (first, then, expected) => {
    const before = ask(first);
    if (before.kind !== 'query') throw new Error('the first question was not understood');
    check(ask(then, before.query), expected);
  });
});

describe('the reading does not depend on how it is typed', () => {
  const questions = CORPUS.filter(([, expected]) => expected.kind === undefined).map(([question]) => question);
  const queryOf = (text: string): Query | null => {
    const reading = ask(text, null, 'leder-nord', 'da');
    return reading.kind === 'query' ? reading.query : null;
  };
  it('capitals, punctuation, spaces and politeness change nothing', () => {
    fc.assert(fc.property(fc.constantFrom(...questions), fc.constantFrom('?', '!', ' ?', '...', ''), fc.constantFrom('', 'tak ', 'please ', 'vis mig '), fc.boolean(), (question, end, polite, upper) => {
      const typed = `${polite}${question.replaceAll(' ', '  ')}${end}`;
      expect(queryOf(upper ? typed.toUpperCase() : typed)).toEqual(queryOf(question));
    }), { numRuns: 400 });
  });
  it('æ, ø and å may be typed ae, oe and aa', () => {
    for (const question of questions) expect(queryOf(question.replaceAll('æ', 'ae').replaceAll('ø', 'oe').replaceAll('å', 'aa').replaceAll('Å', 'Aa').replaceAll('Ø', 'Oe'))).toEqual(queryOf(question));
  });
  it('an unknown content word never gets a confident answer', () => {
    fc.assert(fc.property(fc.constantFrom(...questions), fc.constantFrom('xylofon', 'medicin', 'Peter', 'skoler', 'kommunalbestyrelsen', 'weather', 'penguins'), (question, word) => {
      expect(ask(`${question} ${word}`).kind).not.toBe('query');
    }));
  });
  it('the same question gives the same reading', () => { for (const question of questions) expect(ask(question)).toEqual(ask(question)); });
});

describe('everything can be reached', () => {
  it.each(['da', 'en'] as const)('every measure by its name in %s', (language) => {
    for (const measure of pack.measures.values()) {
      const reading = ask(`${measure.name[language]} ${language === 'da' ? 'sidste måned' : 'last month'}`);
      // A budget is read beside its spend.
      const wanted = measure.id === 'budget' ? ['forbrug', 'budget'] : [measure.id];
      expect([measure.id, reading.kind === 'query' ? reading.query.measures : reading]).toEqual([measure.id, wanted]);
    }
  });
  it.each(['da', 'en'] as const)('every unit by its name in %s', (language) => {
    for (const unit of pack.organisation.units.values()) {
      const reading = ask(`sygefravær ${unit.name[language]} sidste måned`);
      expect(reading.kind === 'query' ? reading.query.units : reading).toEqual([unit.id]);
    }
  });
});

describe('what is offered can be pressed', () => {
  const everything = CORPUS.map(([question]) => question);
  it('every follow-up and every choice reads back to one query', () => {
    for (const question of everything) for (const language of ['da', 'en'] as const) {
      const reading = ask(question, null, 'chef', language);
      const offered = reading.kind === 'query' ? reading.alternatives : reading.kind === 'clarify' ? reading.choices : reading.kind === 'not-understood' ? reading.nearest : [];
      for (const { ask: next } of offered) expect([question, next, ask(next, null, 'chef', language).kind]).toEqual([question, next, /^(?:hvorfor|why) /.test(next) ? 'why' : /^(?:hvad betyder|what does) /.test(next) ? 'definition' : 'query']);
    }
  });
  it('a query said in words reads back to the same query', () => {
    for (const question of everything) for (const language of ['da', 'en'] as const) {
      const reading = ask(question, null, 'leder-nord', language);
      if (reading.kind !== 'query') continue;
      const said = phrase(pack, reading.query, language, CLOSED);
      const again = ask(said, null, 'leder-nord', language);
      expect([said, again.kind === 'query' ? { ...again.query, period: { ...again.query.period, grain: '' } } : again]).toEqual([said, { ...reading.query, period: { ...reading.query.period, grain: '' } }]);
    }
  });
});

describe('another domain works without a change of code', () => {
  const at = (text: string): Reading => read(text, { lexicon: librarian, pack: library, person: { id: 'x', name: 'X', title: { da: '', en: '' }, role: 'leader', units: ['main'], alsoSees: [], language: 'en', email: null, slack: null, teams: null }, people: new Map(), today: TODAY, closedThrough: () => CLOSED as IsoDate, previous: null, offered: [], language: null });
  it.each<[string, Expected]>([
    ['loans last month', { measures: ['loans'], units: ['main'], period: ['2026-10-01', '2026-11-01'] }],
    ['udlån pr. filial i september', { measures: ['loans'], level: 'branch', period: ['2026-09-01', '2026-10-01'] }],
    ['cost vs loans last month', { measures: ['cost', 'loans', 'cost_per_loan'] }],
    ['visitors at the harbour branch', { measures: ['visitors'], units: ['harbour'] }],
    ['besøgende på havnen i år', { measures: ['visitors'], units: ['harbour'], period: ['2026-01-01', '2026-11-01'] }],
    ['loans of dragons', { kind: 'clarify', reason: 'leftover' }],
  ])('%s', (question, expected) => check(at(question), expected));
});

describe('the language of the answer', () => {
  it('is the question\'s; where its words are of both languages, the reader\'s own', () => {
    for (const [text, who, language] of [['budget vs timer i oktober 2026', 'leder-nord', 'da'], ['budget vs hours last month', 'leder-nord', 'en'], ['budget vs timer', 'leder-syd', 'en'], ['budget vs hours', 'leder-nord', 'da'], ['forbrug mod timer sidste måned', 'leder-syd', 'da'],
      ['cost per hour per district', 'leder-syd', 'en'], ['cost per hour', 'leder-syd', 'en'], ['per district', 'leder-syd', 'en'], ['timer pr. distrikt', 'leder-syd', 'da'], ['spend per month by district', 'leder-nord', 'en'], ['pris per time', 'leder-nord', 'da'], ['over budget', 'leder-syd', 'en'], ['forbrug august', 'leder-nord', 'da']] as const) {
      expect([text, ask(text, null, who).language]).toEqual([text, language]);
    }
  });
});
