import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answer } from '../../src/app/answer.ts';
import { composeDigest, latestPeriod } from '../../src/app/compose.ts';
import { completeTo, runQuery } from '../../src/app/figures.ts';
import { periodOf, rolling, yearToDate, type Period } from '../../src/calendar/period.ts';
import type { Card } from '../../src/card/card.ts';
import { cardText } from '../../src/card/text.ts';
import { holdsPersonalNumber } from '../../src/access/personal-number.ts';
import { recipientsOf } from '../../src/digest/compose.ts';
import { readConfig } from '../../src/io/config/config.ts';
import { LANGUAGES, type Digest, type Language, type Pack } from '../../src/pack/model.ts';
import { subtree } from '../../src/pack/organisation.ts';
import type { Cell } from '../../src/query/result.ts';
import { buildLexicon, type Lexicon } from '../../src/question/lexicon.ts';
import { read, type Reading } from '../../src/question/read.ts';
import { readPacks } from '../../src/warehouse.ts';
import { figures as counted, readChildren, SECTIONS, table, TEAMS, type Data, type Figures as Counted } from '../demo/children/figures.ts';
import { DATA, generateChildren } from '../demo/children/generate.ts';
import { openDemo } from '../demo/house.ts';

/** The specialised children's area: its figures are those of the files, counted here a second time and in another way. */
let demo: Awaited<ReturnType<typeof openDemo>>;
let pack: Pack;
let data: Data;
let lexicon: Lexicon;
beforeAll(async () => {
  demo = await openDemo(undefined, 'boern-unge');
  pack = demo.house.figures('boern-unge').pack;
  data = await readChildren(DATA);
  lexicon = buildLexicon([pack]);
});
afterAll(() => demo.close());

/** Short names of a unit's teams; null: the centre. */
function teamsOf(unit: string): readonly string[] | null {
  const name = pack.organisation.units.get(unit)?.shortName.da ?? '';
  return unit === 'boern-unge' ? null : SECTIONS[name] ?? [name];
}
const cellsOf = async (measures: readonly string[], unit: string, period: Period): Promise<Readonly<Record<string, Cell>>> =>
  (await runQuery(demo.house.figures('boern-unge'), { pack: 'boern-unge', measures, units: [unit], level: null, period, comparisons: [], comparedTo: null, by: null, having: null, order: null, limit: null })).rows[0]?.values ?? {};

const october = periodOf('month', '2026-10-01');
const PERIODS: readonly (readonly [period: Period, from: string, to: string])[] = [
  [periodOf('month', '2024-02-01'), '2024-02', '2024-02'], [periodOf('month', '2025-07-01'), '2025-07', '2025-07'], [october, '2026-10', '2026-10'],
  [periodOf('quarter', '2026-07-01'), '2026-07', '2026-09'], [yearToDate('2026-11-01'), '2026-01', '2026-10'], [periodOf('year', '2024-01-01'), '2024-01', '2024-12'], [rolling('2026-11-01', 13), '2025-10', '2026-10'],
];

/** Counts that tell of persons: hidden from 1 to 4. Days and ratios are hidden with the counts they are made of. */
const COUNTS = ['anbragte', 'boern_anbragt', 'boern_forebyggende', 'boern_disponeret', 'underretninger', 'boern_underretning', 'vurderet_i_tide', 'undersoegelser', 'undersoegelser_i_tide', 'undersoegelser_aabne', 'undersoegelser_over',
  'opfoelgninger', 'opfoelgninger_i_tide', 'foerste_opfoelgninger', 'foerste_i_tide'];
const MADE_OF: Readonly<Record<string, readonly string[]>> = {
  helaarsanbragte: ['boern_anbragt'], pris_helaarsanbragt: ['boern_anbragt'], helaar_forebyggende: ['boern_forebyggende'], pris_forebyggende: ['boern_forebyggende'],
  forbrug_anbringelser: ['boern_anbragt', 'boern_forebyggende'], forbrug_forebyggende: ['boern_anbragt', 'boern_forebyggende'], disponeret: ['boern_disponeret'],
  vurderet_24: ['vurderet_i_tide', 'underretninger'], undersoegelser_4_mdr: ['undersoegelser_i_tide', 'undersoegelser'], opfoelgning: ['opfoelgninger_i_tide', 'opfoelgninger'], foerste_opfoelgning: ['foerste_i_tide', 'foerste_opfoelgninger'],
};
/** What is left of a whole when its part is taken away, for each part: the late ones of all, nobody's measure and worked out by anyone. */
const WHOLES: Readonly<Record<string, readonly string[]>> = {
  vurderet_i_tide: ['underretninger'], undersoegelser_i_tide: ['undersoegelser'], undersoegelser_over: ['undersoegelser_aabne'],
  opfoelgninger_i_tide: ['opfoelgninger'], foerste_opfoelgninger: ['opfoelgninger'], foerste_i_tide: ['opfoelgninger', 'opfoelgninger_i_tide', 'foerste_opfoelgninger'],
};
const isFew = (count: number): boolean => count > 0 && count < 5;
const few = (of: Counted, id: string): boolean => isFew(of[id] ?? 0);
const restIsFew = (of: Counted, id: string): boolean => (WHOLES[id] ?? []).some((whole) => isFew((of[whole] ?? 0) - (of[id] ?? 0)));
const tells = (of: Counted, id: string): boolean => few(of, id) || restIsFew(of, id);
const hidden = (of: Counted, id: string): boolean => (COUNTS.includes(id) && tells(of, id)) || (MADE_OF[id] ?? []).some((part) => tells(of, part));

describe('the pack', () => {
  it('is in order beside that of home care, and only the analyst is in both', async () => {
    const packs = await readPacks(readConfig({}));
    expect(packs.map(({ id }) => id)).toEqual(['boern-unge', 'hjemmepleje']);
    const [here, there] = packs.map(({ people }) => people);
    expect([...here?.keys() ?? []].filter((id) => there?.has(id))).toEqual(['analytiker']);
    expect([...here?.values() ?? []].filter(({ email }) => email !== null && !email.endsWith('.example'))).toEqual([]);
  });

  it('loads every row of three systems that write the same team in three ways', () => {
    const reports = [...demo.house.figures('boern-unge').sources].map(([id, { report }]) => [id, report.rows, report.rejected, report.files[0]?.encoding]);
    expect(reports).toEqual([
      ['underretninger', data.notifications.length, 0, 'utf-8'], ['undersoegelser', data.examinations.length, 0, 'utf-8'], ['indsatser', data.measures.length, 0, 'utf-8'], ['opfoelgninger', data.followUps.length, 0, 'utf-8'],
      ['oekonomi', data.ledger.length, 0, 'windows-1252'], ['budget', data.budget.length * 12, 0, 'xlsx'], ['disponeringer', data.commitments.length, 0, 'utf-8'],
    ]);
  });

  it('is complete through October: the November rows are a month now running', () => {
    expect(data.notifications.filter((row) => row.received.startsWith('2026-11')).length).toBeGreaterThan(5);
    for (const id of ['forbrug', 'underretninger', 'undersoegelser', 'anbragte', 'opfoelgninger', 'disponeret']) {
      expect([id, completeTo(demo.house.figures('boern-unge'), id).slice(0, 7)]).toEqual([id, '2026-11']);
    }
    expect(latestPeriod(demo.house.figures('boern-unge'), pack.digests.get('maaned') as Digest)).toMatchObject({ from: '2026-10-01', to: '2026-11-01' });
  });

  it('defines each measure in both languages, with a direction for what can be better', () => {
    for (const measure of pack.measures.values()) for (const language of LANGUAGES) {
      expect([measure.id, measure.definition[language].length > 20, measure.name.da === measure.name.en]).toEqual([measure.id, true, measure.id === 'budget']);
    }
    const better = (id: string): string | undefined => pack.measures.get(id)?.better;
    expect(['vurderet_24', 'undersoegelser_4_mdr', 'foerste_opfoelgning', 'opfoelgning'].map(better)).toEqual(['higher', 'higher', 'higher', 'higher']);
    expect(['forbrug', 'pris_helaarsanbragt', 'undersoegelser_over', 'disponeret'].map(better)).toEqual(['lower', 'lower', 'lower', 'lower']);
  });
});

describe('every figure is that of the files, and hidden where it tells of few', () => {
  const bases = (): string[] => [...pack.measures.values()].filter(({ kind }) => kind !== 'forecast').map(({ id }) => id);

  it.each(PERIODS)('%o', async (period, from, to) => {
    const ids = bases();
    let [harmless, visible] = [0, 0];
    for (const unit of pack.organisation.units.keys()) {
      const cells = await cellsOf(ids, unit, period);
      const of = counted(data, teamsOf(unit), from, to);
      expect(Object.keys(of).sort()).toEqual([...ids].sort());
      for (const id of ids) {
        const cell = cells[id] as Cell;
        const place = `${id} ${unit} ${from}`;
        // The register of commitments begins in 2025.
        if (to < '2025-01' && ['disponeret', 'disponeringsprocent', 'boern_disponeret'].includes(id)) expect([place, cell]).toEqual([place, { value: null, state: 'missing' }]);
        else if (hidden(of, id)) expect([place, cell.value, ['suppressed', 'withheld'].includes(cell.state)]).toEqual([place, null, true]);
        // What would give a hidden one away by subtraction is hidden with it.
        else if (cell.state === 'withheld') harmless += 1;
        else if (Number.isNaN(of[id])) expect([place, cell]).toEqual([place, { value: null, state: 'missing' }]);
        else [harmless, visible] = [harmless + 1, visible + 1];
        if (cell.value !== null) expect([place, cell.state, Math.abs((cell.value ?? NaN) - (of[id] ?? NaN)) <= 1e-9 * Math.max(1, Math.abs(of[id] ?? NaN))]).toEqual([place, 'ok', true]);
      }
    }
    // A long period is shown where each of its months may be: that costs more where months are small.
    const long = period.grain !== 'month' && period.grain !== 'quarter';
    expect(Math.round((visible / harmless) * 100)).toBeGreaterThan(long ? 35 : period.grain === 'quarter' ? 60 : 70);
  });

  it('months with one to four of a kind are common, so hiding them matters', () => {
    const months = Array.from({ length: 10 }, (_, i) => `2026-${String(i + 1).padStart(2, '0')}`);
    const cells = TEAMS.flatMap((team) => months.map((month) => counted(data, [team], month)));
    for (const id of ['underretninger', 'undersoegelser', 'opfoelgninger', 'anbragte']) expect([id, cells.filter((of) => few(of, id)).length / cells.length > 0.1]).toEqual([id, true]);
  });
});

describe('the counting that is easily got wrong', () => {
  const minutes = (row: Data['notifications'][number]): number => (Date.parse(`${row.assessed.replace(' ', 'T')}Z`) - Date.parse(`${row.received.replace(' ', 'T')}Z`)) / 60_000;
  const facts = async (source: string, sql: string): Promise<Record<string, unknown>[]> => demo.house.figures('boern-unge').sources.get(source)?.facts.query(sql) ?? [];

  it('24 hours to the minute are in time and one minute more is not; the clock runs at weekends', async () => {
    expect(data.notifications.filter((row) => minutes(row) === 1440).length).toBeGreaterThan(0);
    expect(data.notifications.filter((row) => minutes(row) === 1441).length).toBeGreaterThan(0);
    const [row] = await facts('underretninger', 'select count(*) filter (where minutter = 1440)::int as in_time, count(*) filter (where minutter = 1441)::int as late from facts');
    expect(row).toEqual({ in_time: data.notifications.filter((one) => minutes(one) === 1440).length, late: data.notifications.filter((one) => minutes(one) === 1441).length });
    const weekend = data.notifications.filter((one) => [0, 6].includes(new Date(`${one.received.slice(0, 10)}T00:00:00Z`).getUTCDay()));
    expect(weekend.length / data.notifications.length).toBeGreaterThan(0.2);
    expect(weekend.filter((one) => minutes(one) > 1440).length).toBeGreaterThan(10);
  });

  it('four months end on the same day of the month, or on its last: 31 October and four months is 28 February', async () => {
    const deadlines = await facts('undersoegelser', 'select distinct Bekendt::varchar as aware, frist::varchar as due from facts');
    expect(deadlines.length).toBeGreaterThan(300);
    expect(deadlines.find(({ aware }) => String(aware).endsWith('-31'))).toBeDefined();
    for (const { aware, due } of deadlines) {
      const [y = 0, m = 0, d = 0] = String(aware).split('-').map(Number);
      const last = new Date(Date.UTC(y, m + 4, 0)).getUTCDate();
      expect([aware, due]).toEqual([aware, new Date(Date.UTC(y, m + 3, Math.min(d, last))).toISOString().slice(0, 10)]);
    }
    const onTheDay = data.examinations.filter((row) => row.finished !== '' && deadlines.some(({ aware, due }) => aware === row.aware && due === row.finished));
    expect(onTheDay.length).toBeGreaterThan(0);
  });

  it('a child placed all year is one whole-year person, in a leap year too', async () => {
    const [row] = await facts('indsatser', "select sum(dage / aarets_dage) as whole from facts where year(Måned) = 2024 and Art = 'Anbringelse' and Startdato < date '2024-01-01' and not exists (select 1 from facts f where f.Barn = facts.Barn and f.Slutdato < date '2025-01-01')");
    const all = new Set(data.measures.filter((one) => one.month === '2024-12' && one.kind === 'Anbringelse' && one.end === '' && one.start < '2024-01-01').map(({ child }) => child));
    const left = new Set(data.measures.filter((one) => one.end !== '' && one.end < '2025-01-01').map(({ child }) => child));
    expect(Number(row?.['whole'])).toBeCloseTo([...all].filter((child) => !left.has(child)).length, 9);
  });

  it('children are counted, not added: over months and over teams', async () => {
    const year = periodOf('year', '2025-01-01');
    const value = async (id: string, unit: string, period: Period): Promise<number> => (await cellsOf([id], unit, period))[id]?.value ?? 0;
    const teams = TEAMS.map((team) => counted(data, [team], '2025-01', '2025-12')['boern_anbragt'] ?? NaN);
    const months = await Promise.all(Array.from({ length: 12 }, (_, i) => value('boern_anbragt', 'boern-unge', periodOf('month', `2025-${String(i + 1).padStart(2, '0')}-01`))));
    const centre = await value('boern_anbragt', 'boern-unge', year);
    expect(centre).toBe(new Set(data.measures.filter((row) => row.month.startsWith('2025') && row.kind === 'Anbringelse').map(({ child }) => child)).size);
    expect(teams.reduce((a, b) => a + b, 0)).toBeGreaterThan(centre);
    expect(months.reduce((a, b) => a + b, 0)).toBeGreaterThan(centre * 5);
    expect(await value('boern_disponeret', 'boern-unge', year)).toBeLessThan(centre + await value('boern_forebyggende', 'boern-unge', year));
  });

  it('a month in which a team had nothing due is zero, and the total above it is whole', async () => {
    const months = [...new Set(data.measures.map(({ month }) => month))];
    const quiet = ['Bakken', 'Handicap'].flatMap((team) => months.filter((month) => counted(data, [team], month)['opfoelgninger'] === 0).map((month) => [team, month] as const));
    expect(quiet.length).toBeGreaterThan(0);
    for (const [team, month] of quiet) {
      // A nought may have to hide a small count beside it.
      const cell = (await cellsOf(['opfoelgninger'], team.toLowerCase(), periodOf('month', `${month}-01`)))['opfoelgninger'];
      expect([{ value: 0, state: 'ok' }, { value: null, state: 'withheld' }]).toContainEqual(cell);
      expect((await cellsOf(['opfoelgninger'], 'boern-unge', periodOf('month', `${month}-01`)))['opfoelgninger']?.state).toBe('ok');
    }
  });

  it('the price is sum over sum: that of the centre is not the mean of its teams', async () => {
    const of = counted(data, null, '2026-01', '2026-10');
    const prices = TEAMS.map((team) => counted(data, [team], '2026-01', '2026-10')['pris_helaarsanbragt'] ?? NaN);
    const price = (await cellsOf(['pris_helaarsanbragt'], 'boern-unge', yearToDate('2026-11-01')))['pris_helaarsanbragt']?.value ?? NaN;
    expect(price).toBeCloseTo((of['forbrug_anbringelser'] ?? NaN) / (of['helaarsanbragte'] ?? NaN), 3);
    expect(Math.abs(price - prices.reduce((a, b) => a + b, 0) / prices.length)).toBeGreaterThan(5_000);
  });

  it('what is committed is held against the budget of the whole year, what is spent against that of its months', async () => {
    const ytd = yearToDate('2026-11-01');
    const [row] = (await runQuery(demo.house.figures('boern-unge'), { pack: 'boern-unge', measures: ['disponeret', 'forbrug', 'prognose'], units: ['boern-unge'], level: null, period: ytd, comparisons: ['plan'], comparedTo: null, by: null, having: null, order: null, limit: null })).rows;
    const of = counted(data, null, '2026-01', '2026-10');
    expect(row?.against.plan?.['disponeret']?.value).toBe(of['aarsbudget']);
    expect(row?.against.plan?.['forbrug']?.value).toBe(of['budget']);
    expect(of['aarsbudget']).toBe(counted(data, null, '2026-01', '2026-12')['budget']);
    expect(row?.values['prognose']?.value).toBeCloseTo(((of['aarsbudget'] ?? NaN) * (of['forbrug'] ?? NaN)) / (of['budget'] ?? NaN), 3);
  });
});

/** The centre's chief asks on 23 November 2026, October closed and the budget in for the whole year. */
const ask = (text: string, language: Language | null = null, who = 'centerchef'): Reading => {
  const person = pack.people.get(who);
  if (person === undefined) throw new Error(who);
  const closedThrough = (_pack: string, measures: readonly string[]): string => measures.map((id) => completeTo(demo.house.figures('boern-unge'), id)).sort()[0] ?? '';
  return read(text, { lexicon, pack, person, people: new Map(), today: '2026-11-23', closedThrough, previous: null, offered: [], language });
};
const OCTOBER = ['2026-10-01', '2026-11-01'] as const;
const YEAR = ['2026-01-01', '2026-11-01'] as const;
interface Wanted { readonly measures: readonly string[]; readonly units?: readonly string[]; readonly level?: string; readonly period?: readonly [string, string]; readonly by?: string; readonly values?: readonly string[]; readonly against?: string; readonly kind?: Reading['kind'] }

describe('questions', () => {
  it.each<[string, Wanted]>([
    ['hvor mange underretninger fik team Skoven i oktober', { measures: ['underretninger'], units: ['skoven'], period: OCTOBER }],
    ['hvor mange underretninger har vi fået i år', { measures: ['underretninger'], period: YEAR }],
    ['underretninger fra skoler i oktober', { measures: ['underretninger'], by: 'underretter', values: ['Skole'], period: OCTOBER }],
    ['underretninger pr. underretter i år', { measures: ['underretninger'], by: 'underretter', period: YEAR }],
    ['udvikling i underretninger', { measures: ['underretninger'], by: 'month', period: ['2025-10-01', '2026-11-01'] }],
    ['børn med underretning i år', { measures: ['boern_underretning'], period: YEAR }],
    ['andel vurderet inden 24 timer', { measures: ['vurderet_24'], period: OCTOBER, against: 'plan' }],
    ['24-timersvurdering i Ungdom', { measures: ['vurderet_24'], units: ['ungdom'] }],
    ['overholder vi fristen på 24 timer', { measures: ['vurderet_24'], against: 'plan' }],
    ['overholder vi fristen på 4 måneder?', { measures: ['undersoegelser_4_mdr'], against: 'plan' }],
    ['undersøgelser afsluttet inden 4 måneder i år', { measures: ['undersoegelser_4_mdr'], period: YEAR }],
    ['hvor mange undersøgelser har løbet over 4 måneder', { measures: ['undersoegelser_over'], period: OCTOBER }],
    ['hvor mange undersøgelser er afsluttet i oktober', { measures: ['undersoegelser'], period: OCTOBER }],
    ['børnefaglige undersøgelser i gang', { measures: ['undersoegelser_aabne'], period: OCTOBER }],
    ['åbne undersøgelser pr. team', { measures: ['undersoegelser_aabne'], level: 'team' }],
    ['§ 50 undersøgelser i 3. kvartal', { measures: ['undersoegelser'], period: ['2026-07-01', '2026-10-01'] }],
    ['hvor mange børn er anbragt', { measures: ['anbragte'], period: OCTOBER }],
    ['hvor mange børn var anbragt i oktober', { measures: ['anbragte'], period: OCTOBER }],
    ['hvor mange børn har været anbragt i 2025', { measures: ['boern_anbragt'], period: ['2025-01-01', '2026-01-01'] }],
    ['hvor mange har været anbragt i år', { measures: ['boern_anbragt'], period: YEAR }],
    ['hvor mange forskellige børn var anbragt i 2025', { measures: ['boern_anbragt'] }],
    ['hvor mange børn har vi haft anbragt i plejefamilie i år', { measures: ['boern_anbragt'], by: 'indsats', values: ['Plejefamilie'], period: YEAR }],
    ['how many children have been placed in 2025', { measures: ['boern_anbragt'], period: ['2025-01-01', '2026-01-01'] }],
    ['how many children had been in care last year', { measures: ['boern_anbragt'], period: ['2025-01-01', '2026-01-01'] }],
    ['how many children are in care', { measures: ['anbragte'], period: OCTOBER }],
    ['anbragte i plejefamilie', { measures: ['anbragte'], by: 'indsats', values: ['Plejefamilie'] }],
    ['anbragte efter type', { measures: ['anbragte'], by: 'indsats' }],
    ['helårsanbragte i år mod sidste år', { measures: ['helaarsanbragte'], period: YEAR, against: 'last-year' }],
    ['pris pr. helårsanbragt i år', { measures: ['pris_helaarsanbragt'], period: YEAR }],
    ['gennemsnitspris pr. anbragt i Sektion Kysten', { measures: ['pris_helaarsanbragt'], units: ['kysten'] }],
    ['forbrug på anbringelser mod helårsanbragte i år', { measures: ['forbrug_anbringelser', 'budget_anbringelser', 'helaarsanbragte', 'pris_helaarsanbragt'], period: YEAR }],
    ['hvad bruger vi på anbringelser', { measures: ['forbrug_anbringelser'], period: YEAR }],
    ['hvor meget har vi brugt', { measures: ['forbrug'], period: YEAR, against: 'plan' }],
    ['holder vi budgettet', { measures: ['forbrug', 'budget'], period: YEAR, against: 'plan' }],
    ['hvorfor overskrider vi budgettet', { kind: 'why', measures: ['forbrug', 'budget'], period: YEAR }],
    ['how are we doing against budget', { measures: ['forbrug', 'budget'], period: YEAR, against: 'plan' }],
    ['budgetterede helårsanbragte', { measures: ['budget_helaarsanbragte'], period: OCTOBER }],
    ['hvilke teams er over budget', { measures: ['forbrug'], level: 'team', period: YEAR }],
    ['disponeret mod budget', { measures: ['disponeret'], against: 'plan' }],
    ['forbrug, disponeret og budget', { measures: ['forbrug', 'budget', 'disponeret'], period: YEAR }],
    ['forebyggende foranstaltninger i oktober', { measures: ['boern_forebyggende'], period: OCTOBER }],
    ['opfølgning inden fristen sidste kvartal', { measures: ['opfoelgning'], period: ['2026-07-01', '2026-10-01'] }],
    ['første opfølgning inden 3 måneder i år', { measures: ['foerste_opfoelgning'], period: YEAR }],
    ['hvad er en helårsanbragt', { kind: 'definition', measures: ['helaarsanbragte'] }],
    ['hvorfor er prisen pr. helårsanbragt steget', { kind: 'why', measures: ['pris_helaarsanbragt'] }],
    ['how many notifications did team Forest get in October', { measures: ['underretninger'], units: ['skoven'], period: OCTOBER }],
    ['how many notifications have we received this year', { measures: ['underretninger'], period: YEAR }],
    ['share assessed within 24 hours by team', { measures: ['vurderet_24'], level: 'team' }],
    ['do we meet the 4 month limit', { measures: ['undersoegelser_4_mdr'], against: 'plan' }],
    ['placements by type', { measures: ['anbragte'], by: 'indsats' }],
    ['children placed per section', { measures: ['anbragte'], level: 'sektion' }],
    ['price per whole-year placement this year', { measures: ['pris_helaarsanbragt'], period: YEAR }],
    ['spend on placements vs budget', { measures: ['forbrug_anbringelser'], against: 'plan' }],
    ['what did we spend on placements last month', { measures: ['forbrug_anbringelser'], period: OCTOBER }],
    ['committed vs annual budget', { measures: ['disponeret', 'aarsbudget'] }],
    ['notifications by notifier this year', { measures: ['underretninger'], by: 'underretter', period: YEAR }],
    ['preventive measures vs last year', { measures: ['boern_forebyggende'], against: 'last-year' }],
    ['examinations over 4 months in Section Hinterland', { measures: ['undersoegelser_over'], units: ['oplandet'] }],
  ])('%s', (question, wanted) => {
    const reading = ask(question);
    expect([question, reading.kind]).toEqual([question, wanted.kind ?? 'query']);
    if (!('query' in reading)) throw new Error(`no query: ${JSON.stringify(reading)}`);
    const { query } = reading;
    expect(query.measures).toEqual(wanted.measures);
    expect([query.units, query.level]).toEqual([wanted.units ?? ['boern-unge'], wanted.level ?? null]);
    if (wanted.period !== undefined) expect([query.period.from, query.period.to]).toEqual(wanted.period);
    expect(query.by === null ? undefined : 'grain' in query.by ? query.by.grain : query.by.dimension).toBe(wanted.by);
    if (wanted.values !== undefined) expect(query.by).toMatchObject({ values: wanted.values });
    if (wanted.against !== undefined) expect(query.comparisons).toContain(wanted.against);
  });

  it('is answered in English to who reads English, where its words are of both languages', () => {
    for (const text of ['children placed per team', 'price per whole-year placement']) expect([text, ask(text, null, 'sektionsleder-aasen').language]).toEqual([text, 'en']);
  });

  it('a whole-year person without saying of what is asked back, and so is a word nobody has defined', () => {
    const reading = ask('helårspersoner i år');
    expect(reading.kind === 'clarify' ? reading.choices.map((choice) => choice.query?.measures) : reading).toEqual([['helaarsanbragte'], ['helaar_forebyggende']]);
    const price = ask('pris pr. helårsperson i år');
    expect(price.kind === 'clarify' ? price.choices.map((choice) => choice.query?.measures) : price).toEqual([['pris_helaarsanbragt'], ['pris_forebyggende']]);
    // Placed in a year: those who were at its end, or all who have been.
    for (const question of ['hvor mange børn blev anbragt i 2025', 'how many children were placed in 2025']) {
      const placed = ask(question);
      expect(placed.kind === 'clarify' ? placed.choices.map((choice) => choice.query?.measures) : placed).toEqual([['anbragte'], ['boern_anbragt']]);
    }
    for (const question of ['hvor mange underretninger blev ikke vurderet inden 24 timer', 'underretninger om vold', 'restbudget']) expect([question, ask(question).kind]).not.toEqual([question, 'query']);
  });

  it('whether data are final is still asked by the same words as an examination that is finished', () => {
    for (const question of ['er oktober afsluttet', 'er tallene for undersøgelser komplette', 'har vi fået tallene for oktober']) expect([question, ask(question).kind]).toEqual([question, 'fresh']);
  });

  it.each(LANGUAGES)('every measure is asked for by each of its names in %s', (language) => {
    for (const measure of pack.measures.values()) for (const name of [measure.name[language], ...measure.synonyms[language]]) {
      const reading = ask(`${name} ${language === 'da' ? 'i 2025' : 'in 2025'}`, language);
      const reached = reading.kind === 'query' ? reading.query.measures : reading.kind === 'clarify' && reading.reason === 'measure' ? reading.choices.flatMap((choice) => choice.query?.measures ?? []) : [];
      expect([name, reached.includes(measure.id)]).toEqual([name, true]);
    }
  });

  it.each(LANGUAGES)('every unit is asked for by each of its names in %s', (language) => {
    for (const unit of pack.organisation.units.values()) for (const name of [unit.name[language], unit.shortName[language]]) {
      const reading = ask(`${language === 'da' ? 'underretninger' : 'notifications'} ${name} ${language === 'da' ? 'i 2025' : 'in 2025'}`, language);
      expect([name, reading.kind === 'query' ? reading.query.units : reading.kind]).toEqual([name, [unit.id]]);
    }
  });
});

describe('answers', () => {
  const said = async (text: string, who: string): Promise<string> => {
    const person = pack.people.get(who);
    if (person === undefined) throw new Error(who);
    const answered = await answer(text, { memberships: [{ pack, person }], figures: (id) => demo.house.figures(id), lexicon, today: '2026-11-23', previous: null, offered: [], language: null });
    return cardText(answered.card).replaceAll('\u00a0', ' ');
  };

  it('money, whole-year persons and price come together, in the words of placements', async () => {
    const of = counted(data, SECTIONS['Oplandet'] ?? [], '2026-01', '2026-10');
    const text = await said('forbrug på anbringelser mod helårsanbragte i år', 'sektionsleder-oplandet');
    expect(text).toContain(`Sektion Oplandet: forbrug på anbringelser var ${((of['forbrug_anbringelser'] ?? NaN) / 1e6).toFixed(1).replace('.', ',')} mio. kr. i januar–oktober 2026`);
    expect(text).toContain(`Det var ${(of['helaarsanbragte'] ?? NaN).toFixed(2).replace('.', ',')} helårspersoner`);
    expect(text).toContain(`Én helårsperson kostede ${Math.round((of['pris_helaarsanbragt'] ?? NaN) / 1000)} t.kr., mod`);
    expect(text).not.toMatch(/timer|leveret/);
  });

  it('placements by type are types of placement, and types of support are left out', async () => {
    const text = await said('placements by type', 'centerchef');
    for (const type of ['Foster family', 'Network foster family', 'Private residential home', 'Residential institution', 'Own room']) expect(text).toContain(type);
    expect(text).not.toMatch(/Family treatment|Contact person|Respite|Støtteophold/);
    // Asked for by name it is answered, though there are none.
    expect(await said('anbragte i støtteophold', 'centerchef')).toMatch(/0 personer/);
  });

  it('nothing is called the lowest while lower ones are hidden', async () => {
    expect(await said('pris pr. helårsanbragt pr. team i år', 'centerchef')).toContain('af dem der kan vises: højest i Team Handicap');
    // Where of the notifiers of a team one is shown and the others are hidden, it is neither the highest nor the lowest.
    let seen = 0;
    for (const [team, leader] of [['skoven', 'teamleder-skoven'], ['havnen', 'teamleder-havnen'], ['engen', 'teamleder-engen'], ['fjorden', 'teamleder-fjorden'], ['ungdom', 'teamleder-ungdom'], ['handicap', 'teamleder-handicap']] as const) {
      for (const [month, name] of [['2026-10-01', 'oktober 2026'], ['2026-09-01', 'september 2026'], ['2026-08-01', 'august 2026'], ['2026-06-01', 'juni 2026'], ['2026-05-01', 'maj 2026']] as const) {
        const { rows } = await runQuery(demo.house.figures('boern-unge'), { pack: 'boern-unge', measures: ['underretninger'], units: [team], level: null, period: periodOf('month', month), comparisons: [], comparedTo: null, by: { dimension: 'underretter', values: null }, having: null, order: null, limit: null });
        const shown = rows.map(({ values }) => values['underretninger']?.value ?? 0).filter((value) => value > 0);
        if (shown.length !== 1 || rows.length < 3) continue;
        seen += 1;
        const one = await said(`underretninger pr. underretter i ${name}`, leader);
        expect(one).toContain(`(${String(shown[0])}). Der er ikke flere tal, der kan vises.`);
        expect(one).not.toContain('lavest');
      }
    }
    expect(seen).toBeGreaterThan(0);
  });

  it('a share of what did not happen is nothing to work out, and no gap in the data', async () => {
    expect(counted(data, ['Skoven'], '2026-10')['undersoegelser']).toBe(0);
    const text = await said('undersøgt inden 4 måneder i Skoven i oktober', 'centerchef');
    expect(text).toMatch(/der var ingen i oktober 2026, så der er intet at regne af|var skjult i oktober 2026/);
    expect(text).not.toMatch(/ingen data|mangler/);
    // Before the data begin, and in a month to come, there are none.
    expect(await said('undersøgt inden 4 måneder i Skoven i oktober 2023', 'centerchef')).toMatch(/ingen data/);
  });

  it('a team leader gets the own team alone, and hidden what tells of few', async () => {
    expect(await said('underretninger pr. team i oktober', 'teamleder-bakken')).toMatch(/kun Team Bakken/);
    expect(await said('hvor mange børn er anbragt', 'teamleder-bakken')).toMatch(/anbragte børn var <5 i oktober 2026/);
    expect(await said('underretninger i Team Skoven', 'teamleder-bakken')).toContain('ikke adgang');
  });
});

describe('the page', () => {
  let cards: ReadonlyMap<string, Card>;
  const plain = (text: string): string => text.replaceAll('\u00a0', ' ');
  const textOf = (person: string): string => { const card = cards.get(person); return card === undefined ? '' : plain(cardText(card)); };
  beforeAll(async () => {
    const figures = demo.house.figures('boern-unge');
    const digest = pack.digests.get('maaned') as Digest;
    cards = await composeDigest(figures, digest, october, recipientsOf(pack, digest));
  });

  it('goes to every team leader, section leader and the chief, in their language, and says that the data are synthetic', () => {
    expect([...cards.keys()].sort()).toEqual([...pack.people.keys()].filter((id) => !['analytiker', 'politiker'].includes(id)).sort());
    for (const [id, card] of cards) {
      expect([id, card.title.includes(pack.people.get(id)?.language === 'en' ? 'October 2026' : 'oktober 2026'), card.label !== '', card.picture !== null]).toEqual([id, true, true, true]);
    }
  });

  it('says what placements cost, how many whole-year persons it was, and what one cost', () => {
    const of = counted(data, ['Ungdom'], '2026-10');
    const mio = ((of['forbrug_anbringelser'] ?? NaN) / 1e6).toFixed(2).replace('.', ',');
    expect(plain(cards.get('teamleder-ungdom')?.headline ?? '')).toMatch(new RegExp(`^Team Ungdom: forbrug på anbringelser var ${mio} mio\\. kr\\. i oktober 2026, \\d+,\\d pct\\. over budget\\. Det var ${(of['helaarsanbragte'] ?? NaN).toFixed(2).replace('.', ',')} helårspersoner, .+\\. Én helårsperson kostede 1,05 mio\\. kr\\., \\d+ t\\.kr\\. mere end budgetteret\\.$`));
    expect(textOf('sektionsleder-aasen')).toMatch(/That was \d+\.\d\d whole-year persons/);
    expect(textOf('sektionsleder-aasen')).toMatch(/One whole-year person cost DKK/);
  });

  it('hides what tells of few children, in words and in the table, and does not call it missing', () => {
    const page = textOf('teamleder-bakken');
    expect(plain(cards.get('teamleder-bakken')?.headline ?? '')).toBe('Forbrug på anbringelser vises ikke: tallet bygger på færre end 5 personer. Helårsanbragte vises ikke: tallet bygger på færre end 5 personer.');
    expect(page).toMatch(/Anbragte børn\s+<5/);
    expect(page).toMatch(/Underretninger\s+<5/);
    expect(page).toContain('Antal personer under 5 vises ikke');
    expect(page).not.toMatch(/Helårsanbragte: der er ingen data/);
  });

  it('tells that notifications wait, and calls nothing unusual that is wholly in time', () => {
    const of = counted(data, null, '2026-10');
    expect(textOf('centerchef')).toContain(`Vurderet inden 24 timer: ${(of['vurderet_24'] ?? NaN).toFixed(1).replace('.', ',')} pct. Det er usædvanligt lavt;`);
    for (const id of cards.keys()) expect([id, /100,0 pct\. Det er usædvanligt/.test(textOf(id))]).toEqual([id, false]);
  });

  it('holds no other team\'s figures, and no child\'s key', () => {
    const names = [...pack.organisation.units.values()];
    for (const [id, card] of cards) {
      const own = new Set((pack.people.get(id)?.units ?? []).flatMap((unit) => subtree(pack.organisation, unit)));
      const all = JSON.stringify(card);
      for (const unit of names) if (!own.has(unit.id)) expect([id, all.includes(unit.name[card.language])]).toEqual([id, false]);
      expect(all).not.toMatch(/[B-Z]{3}-\d\d[B-Z]/);
    }
  });
});

describe('the files', () => {
  it('come out the same each time, are the ones kept in the pack, and are small', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'overblik-children-'));
    const written = await generateChildren(dir);
    for (const { name } of written) {
      const [fresh, kept] = await Promise.all([readFile(join(dir, name)), readFile(join(DATA, name))]);
      // Run `npm run demo:generate` after a change of the story.
      expect([name, kept.equals(fresh)]).toEqual([name, true]);
    }
    await rm(dir, { recursive: true });
    expect((await readdir(DATA)).filter((name) => /\.(csv|xlsx)$/.test(name)).sort()).toEqual(written.map(({ name }) => name).sort());
    const sizes = await Promise.all(written.map(async ({ name }) => (await stat(join(DATA, name))).size));
    expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThan(1_500_000);
  });

  it('hold nothing that could be read as a CPR number, and children only as keys', async () => {
    for (const name of (await readdir(DATA)).filter((one) => /\.(csv|md)$/.test(one))) {
      const text = await readFile(join(DATA, name), name === 'posteringer.csv' ? 'latin1' : 'utf8');
      expect([name, holdsPersonalNumber(text), /\d{10}|(?<!\d)\d{6}[ \-\u2013.]\d{4}(?!\d)/.test(text)]).toEqual([name, false, false]);
    }
    for (const rows of [data.notifications, data.examinations, data.measures, data.followUps, data.commitments]) expect(rows.filter(({ child }) => !/^[B-Z]{3}-\d\d[B-Z]$/.test(child))).toEqual([]);
  });

  it('are told in the README with their own figures', async () => {
    const readme = await readFile(join(DATA, 'README.md'), 'utf8');
    for (const line of [...table(data, '2026-10', '2026-10'), ...table(data, '2026-01', '2026-10')]) expect(readme).toContain(line);
    expect(readme).toContain('Everything here is synthetic');
  });

  it('tell the story of the README', () => {
    const of = (team: string, from: string, to: string, id: string): number => counted(data, [team], from, to)[id] ?? NaN;
    expect(of('Skoven', '2026-05', '2026-10', 'vurderet_24')).toBeCloseTo(82, 0);
    expect(of('Skoven', '2025-05', '2025-10', 'vurderet_24')).toBeGreaterThan(98);
    expect(of('Skoven', '2026-03', '2026-10', 'underretninger')).toBeGreaterThan(of('Skoven', '2025-03', '2025-10', 'underretninger') * 1.2);
    expect(of('Engen', '2026-01', '2026-10', 'undersoegelser_4_mdr')).toBe(50);
    expect(of('Engen', '2025-01', '2025-10', 'undersoegelser_4_mdr')).toBeCloseTo(90, 0);
    expect(of('Ungdom', '2026-01', '2026-10', 'forbrugsprocent')).toBeCloseTo(109, 0);
    expect(of('Ungdom', '2026-01', '2026-10', 'helaarsanbragte')).toBeLessThan(of('Ungdom', '2025-01', '2025-10', 'helaarsanbragte'));
    expect(of('Fjorden', '2026-01', '2026-10', 'helaarsanbragte')).toBeLessThan(of('Fjorden', '2025-01', '2025-10', 'helaarsanbragte') - 1);
    expect(of('Fjorden', '2026-01', '2026-10', 'helaar_forebyggende')).toBeGreaterThan(of('Fjorden', '2025-01', '2025-10', 'helaar_forebyggende') + 2);
    expect(of('Havnen', '2026-01', '2026-10', 'forbrugsprocent')).toBeCloseTo(97, 0);
    expect(of('Stranden', '2026-07', '2026-10', 'opfoelgning')).toBe(75);
    expect(of('Bakken', '2026-10', '2026-10', 'boern_anbragt')).toBeLessThan(5);
    expect(Math.max(...TEAMS.map((team) => of(team, '2026-01', '2026-10', 'pris_helaarsanbragt')))).toBe(of('Handicap', '2026-01', '2026-10', 'pris_helaarsanbragt'));
  });
});
