import { mkdtempSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answer, type Answer } from '../../src/app/answer.ts';
import { composeDigest } from '../../src/app/compose.ts';
import { periodOf } from '../../src/calendar/period.ts';
import { cardText } from '../../src/card/text.ts';
import { clockAt } from '../../src/io/clock/clock.ts';
import { readConfig } from '../../src/io/config/config.ts';
import type { Digest } from '../../src/pack/model.ts';
import { buildLexicon } from '../../src/question/lexicon.ts';
import { openPackHouse, type PackHouse } from '../../src/warehouse.ts';
import { silent } from './delivering.ts';

const YAML = `
pack: {title: {da: Skoler, en: Schools}}
organisation:
  levels: [{id: kommune, name: {da: kommune, en: council}}, {id: skole, name: {da: skole, en: school}}]
  unit: {id: alle, name: {da: Skolerne, en: The schools}, children: [{id: nord, name: Nordskolen}, {id: syd, name: Sydskolen}]}
sources:
  aarlig: {name: Elevregistret, files: aar.csv, unit: skole, date: aar, grain: year, columns: {aar: {type: date, format: "%Y"}, skole: text, timer: integer}}
  kvartal: {name: Kvartalstal, files: kv.csv, unit: skole, date: kv, grain: quarter, columns: {kv: date, skole: text, dage: integer}}
  halvaar: {name: Halvårstal, files: hv.csv, unit: skole, date: hv, grain: half-year, columns: {hv: date, skole: text, klager: integer}}
measures:
  lektioner: {kind: flow, source: aarlig, sql: sum(timer), name: {da: Lektioner, en: Lessons}, definition: d, unit: count}
  fravaer: {kind: flow, source: kvartal, sql: sum(dage), name: {da: Fraværsdage, en: Days of absence}, definition: d, unit: days}
  klager: {kind: flow, source: halvaar, sql: sum(klager), name: {da: Klager, en: Complaints}, definition: d, unit: count}
people:
  lis: {name: Lis, role: analyst, units: [alle]}
digests:
  kvartal: {title: Kvartalet, schedule: workday 5 at 08:00, period: last closed quarter, start: 2025-01-01, audience: [{role: analyst}], sections: [{kind: table, title: Tal, measures: [fravaer], period: digest}, {kind: chart, chart: trend, measures: [fravaer], months: 13}]}
`;
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const twice = (day: string, value: number): string[] => [`${day},nord,${value}`, `${day},syd,${value + 1}`];
const QUARTERS = range(2022, 2026).flatMap((year) => ['01', '04', '07', '10'].map((month) => `${year}-${month}-01`)).filter((day) => day < '2026-10');
const HALVES = range(2020, 2026).flatMap((year) => [`${year}-01-01`, `${year}-07-01`]).filter((day) => day < '2026-07');
const dir = mkdtempSync(join(tmpdir(), 'overblik-grains-'));
let house: PackHouse;
beforeAll(async () => {
  await mkdir(join(dir, 'packs', 'p'), { recursive: true });
  const put = (file: string, lines: readonly string[]): Promise<void> => writeFile(join(dir, 'packs', 'p', file), [...lines, ''].join('\n'));
  await put('pack.yaml', [YAML]);
  await put('aar.csv', ['aar,skole,timer', ...range(1994, 2025).flatMap((year) => twice(String(year), year - 1900))]);
  await put('kv.csv', ['kv,skole,dage', ...QUARTERS.flatMap((day, i) => twice(day, 100 + i))]);
  await put('hv.csv', ['hv,skole,klager', ...HALVES.flatMap((day, i) => twice(day, 10 + i))]);
  house = await openPackHouse(readConfig({ OVERBLIK_PACKS: join(dir, 'packs'), OVERBLIK_DATA_DIR: join(dir, 'var') }), clockAt('2026-11-23'), silent);
  await house.refresh();
});
afterAll(async () => {
  await house.close();
  await rm(dir, { recursive: true, force: true });
});

async function ask(text: string): Promise<Answer> {
  const figures = house.figures('p');
  const person = figures.pack.people.get('lis');
  if (person === undefined) throw new Error('nobody');
  return answer(text, { memberships: [{ pack: figures.pack, person }], figures: () => figures, lexicon: buildLexicon([figures.pack]), today: '2026-11-23', previous: null, offered: [], language: 'da' });
}
const told = (found: Answer): (readonly [string, number | null | undefined])[] => (found.kind === 'answer' ? found.result.rows.map((row) => [row.period.from, Object.values(row.values)[0]?.value]) : []);

describe('data that come by the quarter, half-year or year are told by it', () => {
  it('a development has a row for each quarter, and none that stands in its first month', async () => {
    const found = await ask('udvikling i fraværsdage');
    expect(told(found)).toEqual(QUARTERS.slice(-9).map((day) => [day, 2 * (100 + QUARTERS.indexOf(day)) + 1]));
    expect(found.card.picture?.chart).toMatchObject({ kind: 'trend', labels: ['3. kv.\n2024', '4. kv.', '1. kv.\n2025', '2. kv.', '3. kv.', '4. kv.', '1. kv.\n2026', '2. kv.', '3. kv.'] });
    expect(cardText(found.card)).not.toMatch(/mangler|måned/);
  });

  it('the picture behind one quarter is of quarters', async () => {
    const found = await ask('fraværsdage i 2. kvartal 2026');
    expect(told(found)).toEqual([['2026-04-01', 2 * (100 + QUARTERS.indexOf('2026-04-01')) + 1]]);
    expect(cardText(found.card)).not.toMatch(/mangler|måned/);
  });

  it('the year to date is the closed quarters', async () => {
    const found = await ask('fraværsdage i år');
    expect(found.kind === 'answer' ? found.result.query.period : null).toMatchObject({ from: '2026-01-01', to: '2026-10-01' });
    expect(told(found)[0]?.[1]).toBe(QUARTERS.filter((day) => day >= '2026').reduce((sum, day) => sum + 2 * (100 + QUARTERS.indexOf(day)) + 1, 0));
  });

  it.each(['udvikling i fraværsdage', 'fraværsdage', 'klager', 'lektioner', 'udvikling i klager', 'lektioner i 1998'])('what is offered after "%s" can be answered', async (text) => {
    const found = await ask(text);
    expect(found.kind).toBe('answer');
    for (const { ask: next } of found.card.actions) expect([next, (await ask(next)).kind]).toEqual([next, /hvad betyder/.test(next) ? 'help' : 'answer']);
  });

  it('half-years have their own default and development', async () => {
    expect(told(await ask('klager'))).toEqual([['2026-01-01', 2 * (10 + HALVES.length - 1) + 1]]);
    expect(told(await ask('udvikling i klager')).at(-1)).toEqual(['2026-01-01', 2 * (10 + HALVES.length - 1) + 1]);
  });

  it('a month of them is asked back with the quarter that holds it', async () => {
    const found = await ask('fraværsdage i maj 2026');
    expect([found.kind, found.card.actions[0]?.label]).toEqual(['clarify', '2. kvartal 2026']);
  });

  it('years before 2000 are years', async () => {
    expect(told(await ask('lektioner i 1998'))).toEqual([['1998-01-01', 2 * 98 + 1]]);
    expect(told(await ask('lektioner pr. år 1994 til 1999')).map(([day]) => day)).toEqual(range(1994, 1999).map((year) => `${year}-01-01`));
    expect(told(await ask('lektioner i 1999 mod 1998'))).toEqual([['1999-01-01', 2 * 99 + 1]]);
  });

  it('i år of data that come by the year is the newest year, assumed and said first', async () => {
    const found = await ask('lektioner i år');
    expect(found.card.headline).toMatch(/^Der er ingen lukkede perioder i 2026 endnu, så her er 2025\. /);
    expect(told(found)).toEqual([['2025-01-01', 2 * 125 + 1]]);
  });

  it('a page of a quarter draws quarters', async () => {
    const figures = house.figures('p');
    const page = (await composeDigest(figures, figures.pack.digests.get('kvartal') as Digest, periodOf('quarter', '2026-07-01'), [...figures.pack.people.values()])).get('lis');
    expect(page?.picture?.chart).toMatchObject({ labels: ['3. kv.\n2025', '4. kv.', '1. kv.\n2026', '2. kv.', '3. kv.'], values: [229, 231, 233, 235, 237] });
  });
});
