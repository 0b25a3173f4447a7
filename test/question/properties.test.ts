import fc from 'fast-check';
import { TIME_GRAINS, periodOf, rolling, yearToDate, type Period } from '../../src/calendar/period.ts';
import { LANGUAGES, type Language, type Pack, type Person } from '../../src/pack/model.ts';
import type { Comparison, Query } from '../../src/query/query.ts';
import { readPackFolders } from '../../src/io/packs/read.ts';
import { openParser } from '../../src/io/warehouse/parser.ts';
import { checkPack } from '../../src/app/packs.ts';
import { buildLexicon, type Lexicon } from '../../src/question/lexicon.ts';
import { phrase } from '../../src/question/phrase.ts';
import { read, type Reading } from '../../src/question/read.ts';

const CLOSED = '2026-11-01';
const packs = new Map<string, { readonly pack: Pack; readonly lexicon: Lexicon }>();
beforeAll(async () => {
  const parser = await openParser();
  for (const folder of (await readPackFolders(['digests', 'test/packs', 'test/question/packs'])).folders) {
    const pack = await checkPack(folder, parser, { OVERBLIK_REAL_DATA: 'nowhere' });
    packs.set(pack.id, { pack, lexicon: buildLexicon([pack]) });
  }
  await parser.close();
});
const known = (id: string): { readonly pack: Pack; readonly lexicon: Lexicon } => { const found = packs.get(id); if (found === undefined) throw new Error(`no pack ${id}`); return found; };
const ask = (id: string, text: string, language: Language | null = null): Reading => {
  const { pack, lexicon } = known(id);
  const person: Person = { id: 'x', name: 'X', title: { da: '', en: '' }, role: 'chief', units: [pack.organisation.root], alsoSees: [], language: pack.language, email: null, slack: null, teams: null };
  return read(text, { lexicon, pack, person, people: new Map(), today: '2026-11-23', closedThrough: () => CLOSED, previous: null, offered: [], language });
};
const queryOf = (reading: Reading): Query | null => (reading.kind === 'query' ? reading.query : null);
const PACKS = ['hjemmepleje', 'vejdrift', 'english-care', 'scottish-care'] as const;

describe.each(PACKS)('in %s everything can be reached', (id) => {
  it.each(LANGUAGES)('every measure by each of its names in %s', (language) => {
    for (const measure of known(id).pack.measures.values()) for (const name of [measure.name[language], ...measure.synonyms[language]]) {
      const reading = ask(id, `${name} ${language === 'da' ? 'i 2025' : 'in 2025'}`, language);
      // A name of several is asked about, and each of them is offered; a figure its data can't cut so fine is asked about as well.
      const reached = reading.kind === 'query' ? reading.query.measures : reading.kind === 'clarify' ? reading.choices.flatMap((choice) => choice.query?.measures ?? []) : [];
      expect([name, reading.kind, reached.includes(measure.id)]).toEqual([name, reading.kind, true]);
    }
  });
  it.each(LANGUAGES)('every unit by each of its names in %s', (language) => {
    const { pack } = known(id);
    const measure = [...pack.measures.values()][0]?.name[language] ?? '';
    for (const unit of pack.organisation.units.values()) for (const name of [unit.name[language], unit.shortName[language], ...unit.synonyms]) {
      expect([name, queryOf(ask(id, `${measure} ${name} ${language === 'da' ? 'i 2025' : 'in 2025'}`, language))?.units]).toEqual([name, [unit.id]]);
    }
  });
});

const PERIODS: readonly Period[] = [
  ...TIME_GRAINS.map((grain) => periodOf(grain, '2026-08-17')), periodOf('month', '2025-12-31'), periodOf('week', '2026-01-01'),
  yearToDate(CLOSED), yearToDate('2026-06-01'), rolling(CLOSED, 5), rolling('2026-03-01', 2), { from: '2026-10-05', to: '2026-10-20', grain: 'rolling' },
];
const COMPARISONS: readonly Comparison[] = ['plan', 'previous', 'last-year', 'average', 'share'];

/** Any query a question can ask for: amounts alone, so that nothing in it is a contradiction. */
const anyQuery = fc.record({
  measure: fc.constantFrom('forbrug', 'leverede_timer', 'visiterede_timer', 'borgere', 'vikarudgift', 'loenudgift'),
  where: fc.oneof(
    fc.subarray(['nord', 'nordvest', 'vest', 'sydvest', 'syd', 'oest', 'centrum', 'hjemmeplejen'], { minLength: 1, maxLength: 3 }).map((units) => ({ units: units.length > 1 ? units.filter((unit) => unit !== 'hjemmeplejen') : units, level: null })),
    fc.constant({ units: ['hjemmeplejen'], level: 'distrikt' }),
  ),
  period: fc.constantFrom(...PERIODS),
  comparison: fc.constantFrom(...COMPARISONS),
  by: fc.constantFrom('none', 'none', 'month', 'quarter'),
  narrowed: fc.oneof(fc.constant('none'), fc.constantFrom('highest', 'lowest', 'top', 'bottom', 'over', 'under', 'far', 'more', 'rise')),
  limit: fc.integer({ min: 1, max: 9 }),
}).map(({ measure, where, period, comparison, by, narrowed, limit }): Query => {
  const grouped = where.level !== null && by === 'none';
  const months = period.grain === 'rolling' || period.grain === 'year' || period.grain === 'year-to-date' || period.grain === 'half-year';
  const having = !grouped ? null : narrowed === 'over' || narrowed === 'under' ? { measure, against: 'plan' as const, side: narrowed === 'over' ? 'above' as const : 'below' as const, limit: 0, relative: false }
    : narrowed === 'far' ? { measure, against: 'plan' as const, side: 'above' as const, limit, relative: true } : narrowed === 'more' ? { measure, against: null, side: 'above' as const, limit: limit * 1000, relative: false } : null;
  const order = !grouped ? null : having !== null ? { measure, against: having.against, descending: having.side === 'above' }
    : narrowed === 'highest' || narrowed === 'top' ? { measure, against: null, descending: true } : narrowed === 'lowest' || narrowed === 'bottom' ? { measure, against: null, descending: false }
      : narrowed === 'rise' ? { measure, against: 'last-year' as const, descending: true } : null;
  const comparisons: Comparison[] = [...new Set([narrowed === 'rise' && grouped ? 'last-year' as const : comparison, ...(having?.against === 'plan' ? ['plan' as const] : [])])];
  return { pack: 'hjemmepleje', measures: [measure], ...where, period, comparisons, comparedTo: null, by: by === 'none' || !months ? null : { grain: by as 'month' | 'quarter' }, having, order, limit: grouped && (narrowed === 'top' || narrowed === 'bottom') ? limit : null };
});
const plain = (query: Query | null): unknown => (query === null ? null : { ...query, period: [query.period.from, query.period.to], comparisons: [...query.comparisons].sort() });

describe('a query put into words', () => {
  it.each(LANGUAGES)('reads back as the same query, in %s', (language) => {
    fc.assert(fc.property(anyQuery, (query) => {
      const said = phrase(known('hjemmepleje').pack, query, language, CLOSED);
      expect([said, plain(queryOf(ask('hjemmepleje', said, language)))]).toEqual([said, plain(query)]);
    }), { numRuns: 500 });
  });
});

describe('the order of the words', () => {
  const parts = fc.tuple(
    fc.constantFrom('sygefravær', 'leverede timer', 'vikarandel', 'pris pr. leveret time', 'sickness absence'),
    fc.constantFrom('i Nord', 'Sydvest', 'pr. distrikt', 'i hele området', 'Nord og Vest'),
    fc.constantFrom('sidste måned', 'i oktober 2025', 'de sidste 6 måneder', 'i år', '3. kvartal', '2025'),
    fc.constantFrom('mod sidste år', 'mod gennemsnittet', 'som graf', ''),
  );
  it('changes nothing: what, where, when and against what may come in any order', () => {
    fc.assert(fc.property(parts, fc.array(fc.nat(), { minLength: 4, maxLength: 4 }), (said, keys) => {
      const shuffled = said.map((part, i) => ({ part, key: keys[i] ?? 0 })).sort((a, b) => a.key - b.key).map(({ part }) => part);
      expect([shuffled, plain(queryOf(ask('hjemmepleje', shuffled.join(' '), 'da')))]).toEqual([shuffled, plain(queryOf(ask('hjemmepleje', said.join(' '), 'da')))]);
      expect(queryOf(ask('hjemmepleje', said.join(' '), 'da'))).not.toBeNull();
    }), { numRuns: 300 });
  });
});

describe('whatever is typed', () => {
  it('is read without an error, within a bound, and the same way twice', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ maxLength: 200 }), fc.array(fc.constantFrom('budget', 'timer', 'mod', 'over', 'sidste', 'år', '5', '%', 'Nord', 'pr.', 'distrikt', 'uden', 'top', 'oktober', 'steget', 'mest', 'hvorfor', '2025', 'og', 'til', 'uge', '42', 'alle', 'mere end', 'gennemsnit', 'andel'), { maxLength: 12 }).map((words) => words.join(' '))), (text) => {
      expect(ask('hjemmepleje', text)).toEqual(ask('hjemmepleje', text));
    }), { numRuns: 1000 });
  });
});
