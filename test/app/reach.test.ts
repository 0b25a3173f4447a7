import { mkdtempSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answer, type Answer } from '../../src/app/answer.ts';
import { completeTo, sourceCompleteTo } from '../../src/app/figures.ts';
import { readinessOf } from '../../src/app/readiness.ts';
import { periodOf } from '../../src/calendar/period.ts';
import { cardText } from '../../src/card/text.ts';
import { clockAt } from '../../src/io/clock/clock.ts';
import { readConfig } from '../../src/io/config/config.ts';
import type { Digest } from '../../src/pack/model.ts';
import { buildLexicon } from '../../src/question/lexicon.ts';
import { openPackHouse, type PackHouse } from '../../src/warehouse.ts';
import { silent } from './delivering.ts';

const dir = mkdtempSync(join(tmpdir(), 'overblik-reach-'));
const houses: PackHouse[] = [];
afterAll(async () => {
  for (const house of houses) await house.close();
  await rm(dir, { recursive: true, force: true });
});

const MEASURES = {
  spend: '{kind: flow, source: bilag, sql: "sum(Kr) filter (where Art = \'Forbrug\')", name: {da: Forbrug, en: Spend}, definition: d, unit: kr, better: lower, default_period: year-to-date}',
  refunds: '{kind: flow, source: bilag, sql: "sum(Kr) filter (where Art = \'Refusion\')", name: {da: Refusioner, en: Refunds}, definition: d, unit: kr}',
  budget: '{kind: flow, source: bilag, sql: "sum(Kr) filter (where Art = \'Budget\')", name: {da: Budget, en: Budget}, definition: d, unit: kr}',
  adopted: '{kind: flow, source: bilag, sql: "sum(Kr) filter (where Art = \'Vedtaget\')", name: {da: Oprindeligt budget, en: Original budget}, definition: d, unit: kr}',
  bookings: '{kind: flow, source: bilag, sql: "count(*) filter (where Art = \'Forbrug\')", name: {da: Bilag, en: Bookings}, definition: d, unit: count}',
} as const;
const page = (measures: readonly string[]): string => `digests: {maaned: {title: Måneden, schedule: workday 5 at 08:00, period: last closed month, start: 2026-01-01, audience: [{role: leader}], sections: [{kind: table, title: Tal, measures: [${measures.join(', ')}], period: digest}]}}`;
const pack = (measures: readonly (keyof typeof MEASURES)[], rest = '', source = ''): string => `
pack: {title: Prøve, time_zone: Europe/Copenhagen}
organisation:
  levels: [{id: by, name: By}, {id: distrikt, name: Distrikt}]
  unit: {id: byen, name: Byen, children: [{id: nord, name: Nord}, {id: syd, name: Syd}]}
sources:
  bilag: {name: Økonomi, files: bilag.csv, decimal: ",", columns: {Dato: date, Sted: text, Art: text, Kr: decimal(2)}, unit: Sted, date: Dato, grace_days: 5${source}}
measures:
${measures.map((id) => `  ${id}: ${MEASURES[id]}`).join('\n')}
people:
  anna: {name: Anna, role: leader, units: [byen]}
${rest}
`;
const monthsOf = (year: number, last: number): string[] => Array.from({ length: last }, (_, i) => `${year}-${String(i + 1).padStart(2, '0')}`);
const row = (day: string, unit: string, kind: string, kr: number): string => `${day};${unit};${kind};${kr},00`;
const both = (day: string, kind: string, kr: number): string[] => ['nord', 'syd'].map((unit) => row(day, unit, kind, kr));
const to = (last: string): string[] => [...monthsOf(2025, 12), ...monthsOf(2026, 12), ...monthsOf(2027, 12)].filter((month) => month <= last);
/** Spend of 1,000 kr. a unit each month to October 2026, on its 28th. */
const spend = to('2026-10').flatMap((month) => both(`${month}-28`, 'Forbrug', 1000));
/** Refunds of 300 kr. on the 15th of March, June and September, in the north alone. */
const refunds = ['2025-03', '2025-06', '2025-09', '2026-03', '2026-06', '2026-09'].map((month) => row(`${month}-15`, 'nord', 'Refusion', -300));
const planned = (kind: string, last: string): string[] => to(last).flatMap((month) => both(`${month}-01`, kind, 1100));

let counter = 0;
async function house(yaml: string, rows: readonly string[], today = '2026-11-23', head = 'Dato;Sted;Art;Kr'): Promise<PackHouse> {
  const root = join(dir, String(counter += 1));
  await mkdir(join(root, 'p'), { recursive: true });
  await writeFile(join(root, 'p', 'pack.yaml'), yaml);
  await writeFile(join(root, 'p', 'bilag.csv'), [head, ...rows, ''].join('\n'));
  const opened = await openPackHouse(readConfig({ OVERBLIK_PACKS: root, OVERBLIK_DATA_DIR: join(root, 'var') }), clockAt(today), silent);
  houses.push(opened);
  expect((await opened.refresh()).map(({ outcome, reason }) => [outcome, reason])).toEqual([['loaded', '']]);
  return opened;
}
async function ask(opened: PackHouse, text: string, today = '2026-11-23'): Promise<Answer> {
  const figures = opened.figures('p');
  const person = figures.pack.people.get('anna');
  if (person === undefined) throw new Error('nobody');
  return answer(text, { memberships: [{ pack: figures.pack, person }], figures: () => figures, lexicon: buildLexicon([figures.pack]), today, previous: null, offered: [], language: 'da' });
}
const periodAsked = (one: Answer): string => (one.kind === 'answer' ? `${one.result.query.period.from}/${one.result.query.period.to}` : one.kind);
const missing = async (opened: PackHouse, month = '2026-10-01'): Promise<unknown> => {
  const figures = opened.figures('p');
  return (await readinessOf(figures, figures.pack.digests.get('maaned') as Digest, periodOf('month', month), [])).missing;
};

describe('a measure that is seldom booked reaches as far as its source', () => {
  it('holds no page, moves no month a year back, and cuts neither the year nor a quarter', async () => {
    const opened = await house(pack(['spend', 'refunds'], page(['spend', 'refunds'])), [...spend, ...refunds]);
    expect(completeTo(opened.figures('p'), 'refunds')).toBe('2026-11-01');
    expect(await missing(opened)).toEqual([]);
    expect(periodAsked(await ask(opened, 'refusioner i oktober'))).toBe('2026-10-01/2026-11-01');
    expect(periodAsked(await ask(opened, 'refusioner i år'))).toBe('2026-01-01/2026-11-01');
    expect(periodAsked(await ask(opened, 'refusioner 3. kvartal'))).toBe('2026-07-01/2026-10-01');
    const october = await ask(opened, 'refusioner i oktober');
    expect(october.card.headline).toBe('Der er ingen rækker om refusioner for Byen i oktober 2026. Kildens data dækker hele perioden.');
    expect(cardText(october.card)).not.toMatch(/15\. september/);
    expect(cardText((await ask(opened, 'refusioner i september')).card)).toContain('\u2212300\u00a0kr.');
  });

  it('is complete over a year and a week that the source covers, where no rows are missing rather than nought', async () => {
    const opened = await house(pack(['spend', 'refunds'], page(['spend', 'refunds'])), [...spend, ...refunds]);
    for (const text of ['refusioner i år', 'refusioner i 2025', 'refusioner i september', 'refusioner i Nord i år']) {
      const found = await ask(opened, text);
      expect([text, found.kind === 'answer' ? found.result.rows[0]?.values['refunds']?.state : found.kind]).toEqual([text, 'ok']);
      expect(cardText(found.card)).not.toContain('foreløbig');
    }
  });

  it('but is not where the source has nothing of a unit and month, nor where a unit that had it every month has it no more', async () => {
    const holed = await house(pack(['spend', 'refunds'], page(['spend', 'refunds'])), [...spend, ...refunds].filter((one) => !/^2026-05-\d\d;nord/.test(one)));
    const year = await ask(holed, 'refusioner i år');
    expect(year.kind === 'answer' ? year.result.rows[0]?.values['refunds'] : year.kind).toEqual({ value: -900, state: 'partial' });
    const every = to('2026-10').flatMap((month) => [row(`${month}-15`, 'nord', 'Refusion', -300), ...(month === '2026-05' ? [] : [row(`${month}-15`, 'syd', 'Refusion', -300)])]);
    const stopped = await house(pack(['spend', 'refunds'], page(['spend', 'refunds'])), [...spend, ...every]);
    const found = await ask(stopped, 'refusioner i år');
    expect(found.kind === 'answer' ? found.result.rows[0]?.values['refunds'] : found.kind).toEqual({ value: -5700, state: 'partial' });
  });

  it('is nought where no rows mean that nothing happened, in units that never had any too', async () => {
    const opened = await house(pack(['spend', 'refunds'], page(['spend', 'refunds']), ', no_rows: zero'), [...spend, ...refunds]);
    for (const text of ['refusioner i oktober', 'refusioner i Syd i september']) {
      const found = await ask(opened, text);
      expect(found.kind === 'answer' ? found.result.rows[0]?.values['refunds'] : found.kind).toEqual({ value: 0, state: 'ok' });
    }
    const year = await ask(opened, 'refusioner i år');
    expect(year.kind === 'answer' ? year.result.rows[0]?.values['refunds'] : year.kind).toEqual({ value: -900, state: 'ok' });
    expect(await missing(opened)).toEqual([]);
  });

  it('does so in a wide file too, whose column is empty in most months', async () => {
    const wide = (month: string): string[] => ['nord', 'syd'].map((unit) => `${month}-28;${unit};1000,00;${/-0[369]$/.test(month) ? '-300,00' : ''}`);
    const yaml = pack(['spend', 'refunds'], page(['spend', 'refunds'])).replace('Art: text, Kr: decimal(2)', 'Kr: decimal(2), Refusion: decimal(2)').replace(/ filter \(where Art = 'Forbrug'\)/, '').replace(/sum\(Kr\) filter \(where Art = 'Refusion'\)/, 'sum(Refusion)');
    const opened = await house(yaml, to('2026-10').flatMap(wide), '2026-11-23', 'Dato;Sted;Kr;Refusion');
    expect(completeTo(opened.figures('p'), 'refunds')).toBe('2026-11-01');
    expect(await missing(opened)).toEqual([]);
  });

  it('but values that have yet to come hold the page: a column filled in every month to September, and empty in October', async () => {
    const wide = (month: string): string[] => ['nord', 'syd'].map((unit) => `${month}-28;${unit};1000,00;${month < '2026-10' ? '50,00' : ''}`);
    const yaml = pack(['spend', 'refunds'], page(['spend', 'refunds'])).replace('Art: text, Kr: decimal(2)', 'Kr: decimal(2), Refusion: decimal(2)').replace(/ filter \(where Art = 'Forbrug'\)/, '').replace(/sum\(Kr\) filter \(where Art = 'Refusion'\)/, 'sum(Refusion)');
    const opened = await house(yaml, to('2026-10').flatMap(wide), '2026-11-23', 'Dato;Sted;Kr;Refusion');
    expect(await missing(opened)).toEqual([{ kind: 'rows', source: 'bilag', through: '2026-09-30' }]);
  });
});

describe('rows of a budget dated ahead of time do not make a source look complete', () => {
  const late = spend.filter((one) => one < '2026-10');
  const plans = 'plans: {spend: {by: budget}}';
  it.each<[string, readonly (keyof typeof MEASURES)[], string, string[]]>([
    ['the plan of the spend', ['spend', 'refunds', 'budget'], plans, planned('Budget', '2026-12')],
    ['another budget, which is the plan of nothing', ['spend', 'budget', 'adopted', 'bookings'], plans, [...planned('Budget', '2026-12'), ...planned('Vedtaget', '2026-12')]],
    ['another budget, which no measure reads', ['spend', 'budget', 'refunds'], plans, [...planned('Budget', '2026-12'), ...planned('Vedtaget', '2026-12')]],
    ['a budget that no measure reads, in a pack without plans', ['spend', 'refunds'], '', planned('Budget', '2026-12')],
    ['a count of bookings beside a budget', ['bookings', 'budget'], 'plans: {bookings: {by: budget}}', planned('Budget', '2026-12')],
  ])('%s', async (_what, measures, rest, budget) => {
    // In January, when no row of December is ahead of the day it was read.
    const opened = await house(pack(measures, `${rest}\n${page(measures.slice(0, 1))}`), [...late, ...refunds, ...budget], '2027-01-05');
    expect(sourceCompleteTo(opened.figures('p'), 'bilag')).toBe('2026-10-01');
    for (const id of measures) if (id !== 'budget' && id !== 'adopted') expect([id, completeTo(opened.figures('p'), id)]).toEqual([id, '2026-10-01']);
    expect(await missing(opened, '2026-12-01')).toEqual([{ kind: 'rows', source: 'bilag', through: '2026-09-30' }]);
    if (rest !== '' && measures.includes('budget')) expect(completeTo(opened.figures('p'), 'budget')).toBe('2027-01-01');
  });

  it('a slip of a year in one row moves no end', async () => {
    const opened = await house(pack(['spend', 'refunds']), [...late, ...refunds, row('2062-09-28', 'nord', 'Forbrug', 1), row('2062-09-28', 'syd', 'Refusion', 1)]);
    expect(completeTo(opened.figures('p'), 'spend')).toBe('2026-10-01');
  });

  it('rows that no measure reads show how far a source reaches, where it holds no budget', async () => {
    const opened = await house(pack(['refunds'], page(['refunds'])), [...spend, ...refunds]);
    expect(completeTo(opened.figures('p'), 'refunds')).toBe('2026-11-01');
    expect(await missing(opened)).toEqual([]);
  });
});

describe('a period is never moved in silence', () => {
  const toSeptember = spend.filter((one) => one < '2026-10');
  it('a year without data is said and not replaced: i år, asked in June 2027 with data to October 2026', async () => {
    const opened = await house(pack(['spend']), spend, '2027-06-10');
    const found = await ask(opened, 'forbrug i år', '2027-06-10');
    expect(periodAsked(found)).toBe('2027-01-01/2027-06-01');
    expect(found.card.headline).toBe('Der er ingen data om forbrug for Byen i januar–maj 2027. De nyeste er til og med 31. oktober 2026.');
  });

  it('in January, when nothing of the year can be closed, the year before stands for it, assumed and said first', async () => {
    const opened = await house(pack(['spend']), [...spend, ...['2026-11', '2026-12'].flatMap((month) => both(`${month}-28`, 'Forbrug', 1000))], '2027-01-15');
    const found = await ask(opened, 'forbrug i år', '2027-01-15');
    expect(periodAsked(found)).toBe('2026-01-01/2027-01-01');
    expect(found.card.headline).toMatch(/^Der er ingen lukkede perioder i 2027 endnu, så her er 2026\. /);
    expect(cardText(found.card)).toContain('2026 (antaget)');
  });

  it.each(['forbrug i oktober', 'forbrug 4. kvartal', 'forbrug siden oktober', 'forbrug til og med oktober'])('%s asks, when it is over or has begun, and its data are late', async (text) => {
    const opened = await house(pack(['spend']), toSeptember);
    const found = await ask(opened, text);
    expect(found.kind).toBe('clarify');
    expect(found.card.actions.map(({ label }) => /2025/.test(label) || /2026 \(ikke lukket\)/.test(label) || /2026/.test(label))).toEqual([true, true]);
  });
});

describe('a unit that closed', () => {
  const closing = (history: string): string => pack(['spend']).replace('{id: nord, name: Nord}', `{id: nord, name: Nord, until: 2026-06-30, successor: syd${history}}`);
  const rows = spend.filter((one) => !/^2026-(0[7-9]|10)-\d\d;nord/.test(one));

  it('says after its last day that it closed and who took over, and not that data are missing', async () => {
    const opened = await house(closing(''), rows);
    const after = await ask(opened, 'forbrug i Nord i oktober');
    expect(after.card.headline).toBe('Nord lukkede 30. juni 2026, så der er ingen tal efter den dag. Syd tog over.');
    expect(cardText(after.card)).not.toContain('mangler');
    const before = await ask(opened, 'forbrug i Nord i juni');
    expect(before.kind === 'answer' ? before.result.rows[0]?.values['spend'] : before.kind).toEqual({ value: 1000, state: 'ok' });
    expect(opened.figures('p').sources.get('bilag')?.report.remarks).toEqual([]);
  });

  it('has no row among the others once it has closed, or before it opens', async () => {
    const opened = await house(closing('') + page(['spend']).replace('{kind: table,', '{kind: ranking, title: Rang, measure: spend, level: distrikt}, {kind: table,'), rows);
    const among = async (text: string): Promise<unknown> => { const one = await ask(opened, text); return one.kind === 'answer' ? one.result.rows.map(({ unit }) => unit) : one.kind; };
    expect(await among('forbrug i oktober pr. distrikt')).toEqual(['syd']);
    expect(await among('forbrug i juni pr. distrikt')).toEqual(expect.arrayContaining(['nord', 'syd']));
    expect(cardText((await ask(opened, 'forbrug i oktober pr. distrikt')).card)).not.toMatch(/mangler/);
    const early = await house(pack(['spend']).replace('{id: nord, name: Nord}', '{id: nord, name: Nord, from: 2027-01-01}'), rows.filter((one) => !one.includes(';nord;')));
    expect(await ask(early, 'forbrug i oktober pr. distrikt').then((one) => (one.kind === 'answer' ? one.result.rows.map(({ unit }) => unit) : one.kind))).toEqual(['syd']);
  });

  it('names its successor where its figures count there', async () => {
    const moved = await ask(await house(closing(', history: successor'), rows), 'forbrug i Nord i maj');
    expect(moved.card.headline).toBe('Nord er gået ind i Syd, og tallene tæller dér, også dem fra før.');
  });

  it('and still has rows after it is told to analysts as the data load', async () => {
    const opened = await house(closing(''), spend);
    expect(opened.figures('p').sources.get('bilag')?.report.remarks).toEqual([{ file: 'bilag.csv', text: "4 rows of unit 'nord' are dated 2026-07-28 to 2026-10-28, after it closed (until: 2026-06-30). They count under 'nord' all the same. Correct until: in the pack or the rows, or give the code in the rows to 'syd'." }]);
  });
});
