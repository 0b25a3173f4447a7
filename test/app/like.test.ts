import { mkdtempSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answer } from '../../src/app/answer.ts';
import { composeDigest } from '../../src/app/compose.ts';
import { sheetOf } from '../../src/app/converse.ts';
import { periodOf } from '../../src/calendar/period.ts';
import type { Card } from '../../src/card/card.ts';
import { cardText } from '../../src/card/text.ts';
import { clockAt } from '../../src/io/clock/clock.ts';
import { readConfig } from '../../src/io/config/config.ts';
import type { Digest, Person } from '../../src/pack/model.ts';
import { buildLexicon } from '../../src/question/lexicon.ts';
import { openPackHouse, type PackHouse } from '../../src/warehouse.ts';
import { silent } from './delivering.ts';

/** Three districts, 1,000 kr. and 10 hours a month each; Vest delivers no hours after June, Syd none in August. The price is 100 everywhere. */
const PACK = `
pack: {title: Prøve, time_zone: Europe/Copenhagen}
organisation:
  levels: [{id: by, name: By}, {id: distrikt, name: {da: distrikt, en: district}}]
  unit: {id: byen, name: {da: Byen, en: Town}, children: [{id: nord, name: {da: Nord, en: North}}, {id: syd, name: {da: Syd, en: South}}, {id: vest, name: {da: Vest, en: West}}]}
sources:
  penge: {name: {da: Økonomi, en: Ledger}, files: penge.csv, columns: {Dato: date, Sted: text, Kr: integer}, unit: Sted, date: Dato}
  timer: {name: {da: Omsorg, en: Care}, files: timer.csv, columns: {Dato: date, Sted: text, Timer: integer}, unit: Sted, date: Dato}
measures:
  spend: {kind: flow, source: penge, sql: sum(Kr), name: {da: Forbrug, en: Spend}, definition: d, unit: kr, better: lower}
  hours: {kind: flow, source: timer, sql: sum(Timer), name: {da: Timer, en: Hours}, definition: d, unit: hours}
  price: {kind: ratio, numerator: spend, denominator: hours, name: {da: Timepris, en: Cost per hour}, definition: d, unit: kr, decimals: 2, better: lower}
digests:
  maaned:
    {title: {da: Måneden, en: The month}, schedule: workday 5 at 08:00, period: last closed month, start: 2026-01-01, audience: [{role: leader}],
    sections: [{kind: table, title: Tal, measures: [spend, hours, price], period: year-to-date}]}
people:
  anna: {name: Anna, role: leader, units: [byen]}
  vera: {name: Vera, role: leader, units: [vest]}
`;
const MONTHS = ['2025', '2026'].flatMap((year) => Array.from({ length: 12 }, (_, i) => `${year}-${String(i + 1).padStart(2, '0')}`)).filter((month) => month <= '2026-10');
const lastDay = (month: string): string => new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).toISOString().slice(0, 10);
const rows = (value: number, without: (unit: string, month: string) => boolean): string =>
  ['Dato;Sted;X', ...MONTHS.flatMap((month) => ['Nord', 'Syd', 'Vest'].filter((unit) => !without(unit, month)).flatMap((unit) => [`${month}-01;${unit};${value}`, `${lastDay(month)};${unit};${value}`])), ''].join('\n');

const dir = mkdtempSync(join(tmpdir(), 'overblik-like-'));
let house: PackHouse;
beforeAll(async () => {
  await mkdir(join(dir, 'p'), { recursive: true });
  await writeFile(join(dir, 'p', 'pack.yaml'), PACK);
  await writeFile(join(dir, 'p', 'penge.csv'), rows(500, () => false).replace(';X', ';Kr'));
  await writeFile(join(dir, 'p', 'timer.csv'), rows(5, (unit, month) => (unit === 'Vest' && month > '2026-06') || (unit === 'Syd' && month === '2026-08')).replace(';X', ';Timer'));
  house = await openPackHouse(readConfig({ OVERBLIK_PACKS: dir, OVERBLIK_DATA_DIR: join(dir, 'var') }), clockAt('2026-11-23'), silent);
  expect((await house.refresh()).map(({ outcome }) => outcome)).toEqual(['loaded', 'loaded']);
});
afterAll(async () => {
  await house.close();
  await rm(dir, { recursive: true, force: true });
});

async function said(text: string, language: 'da' | 'en', who = 'anna'): Promise<string> {
  const figures = house.figures('p');
  const person = figures.pack.people.get(who);
  if (person === undefined) throw new Error('nobody');
  const answered = await answer(text, { memberships: [{ pack: figures.pack, person }], figures: () => figures, lexicon: buildLexicon([figures.pack]), today: '2026-11-23', previous: null, offered: [], language });
  const sheets: string[] = [];
  if (answered.kind === 'answer') await sheetOf(answered, [figures.pack], async (made) => { sheets.push(JSON.stringify(made)); return new Uint8Array(); });
  return [cardText(answered.card), ...sheets].join('\n').replaceAll('\u00a0', ' ');
}

describe('a price where some hours are missing', () => {
  it.each([
    ['timepris i år', 'da', 'Timepris er regnet af de enheder og måneder, der har både forbrug og timer.'],
    ['cost per hour this year', 'en', 'Cost per hour is worked out of the units and months that have both spend and hours.'],
  ] as const)('%s: is the price of what has both, and says what was left out and how much of the money it is', async (text, language, sentence) => {
    const told = await said(text, language);
    expect(told).toMatch(language === 'da' ? /\b100,00/ : /\b100\.00/);
    expect(told).not.toMatch(/112|125|107/);
    expect(told).toContain(sentence);
    expect(told).toMatch(language === 'da' ? /Ikke med: Syd \(august 2026\) og Vest \(juli–oktober 2026\); det er 16,7 pct\. af forbrug\./ : /Left out: South \(August 2026\) and West \(July–October 2026\); that is 16\.7% of spend\./);
  });

  it.each([['timepris i år mod sidste år', 'da'], ['cost per hour this year vs last year', 'en']] as const)('%s: no difference where there is none', async (text, language) => {
    const told = await said(text, language);
    expect(told).not.toMatch(/12[,.]5|7[,.]1 ?(pct|%)/);
    expect(told).toMatch(/100[,.]00/);
  });

  it('the page says it below its table, in the reader\'s language', async () => {
    const figures = house.figures('p');
    const people = [...figures.pack.people.values()];
    const pages = await composeDigest(figures, figures.pack.digests.get('maaned') as Digest, periodOf('month', '2026-10-01'), people);
    const told = cardText(pages.get('anna') as Card).replaceAll('\u00a0', ' ');
    expect(cardText(pages.get('vera') as Card)).not.toMatch(/Syd|Nord/);
    expect(told).toMatch(/Ikke med: Syd \(august 2026\) og Vest \(juli–oktober 2026\); det er 16,7 pct\. af forbrug/);
    expect(told).toMatch(/100,00/);
  });

  it('a leader is told of their own unit only', async () => {
    const told = await said('timepris i år', 'da', 'vera');
    expect(told).toMatch(/100,00/);
    expect(told).toMatch(/Ikke med: Vest \(juli–oktober 2026\)/);
    expect(told).not.toMatch(/Syd|Nord/);
  });

  it('a month in which one has no hours at all is not shown as a price, and says why', async () => {
    expect(await said('timepris i Vest i oktober', 'da')).toMatch(/Timepris vises ikke, hvor forbrug og timer ikke dækker de samme enheder og måneder|mangler/);
  });
});

describe('rows that may count twice', () => {
  it('are told below every figure they may be in, on the page and in its notes sheet', async () => {
    const root = join(dir, 'twice');
    await mkdir(join(root, 'p'), { recursive: true });
    await writeFile(join(root, 'p', 'pack.yaml'), PACK.replace('files: timer.csv', "files: 'timer*.csv'"));
    await writeFile(join(root, 'p', 'penge.csv'), rows(500, () => false).replace(';X', ';Kr'));
    const hours = rows(5, () => false).replace(';X', ';Timer');
    await writeFile(join(root, 'p', 'timer.csv'), hours);
    // Of many rows of the same days in another file some are alike.
    await writeFile(join(root, 'p', 'timer-nat.csv'), ['Dato;Sted;Timer', ...Array.from({ length: 27 }, (_, i) => `2026-10-${String(i + 2).padStart(2, '0')};Nord;7`), '2026-10-01;Nord;5', '2026-10-31;Syd;5', ''].join('\n'));
    const opened = await openPackHouse(readConfig({ OVERBLIK_PACKS: root, OVERBLIK_DATA_DIR: join(root, 'var') }), clockAt('2026-11-23'), silent);
    try {
      expect((await opened.refresh()).map(({ outcome }) => outcome)).toEqual(['loaded', 'loaded']);
      const figures = opened.figures('p');
      const ask = async (text: string, language: 'da' | 'en'): Promise<string> => cardText((await answer(text, { memberships: [{ pack: figures.pack, person: figures.pack.people.get('anna') as Person }], figures: () => figures, lexicon: buildLexicon([figures.pack]), today: '2026-11-23', previous: null, offered: [], language })).card);
      expect(await ask('timer i oktober', 'da')).toContain('Nogle rækker fra Omsorg tæller måske med to gange. Analytikerne kan se hvilke.');
      expect(await ask('cost per hour in October', 'en')).toContain('Some rows from Care may count twice. The analysts can see which.');
      expect(await ask('forbrug i oktober', 'da')).not.toContain('to gange');
      const pages = await composeDigest(figures, figures.pack.digests.get('maaned') as Digest, periodOf('month', '2026-10-01'), [figures.pack.people.get('anna') as Person]);
      expect(cardText(pages.get('anna') as Card)).toContain('Nogle rækker fra Omsorg tæller måske med to gange.');
    } finally {
      await opened.close();
    }
  });
});

describe('a source that could not be loaded', () => {
  it('is told as that, and not as nothing having happened in the unit', async () => {
    const root = join(dir, 'broken');
    await mkdir(join(root, 'p'), { recursive: true });
    await writeFile(join(root, 'p', 'pack.yaml'), PACK);
    await writeFile(join(root, 'p', 'penge.csv'), rows(500, () => false).replace(';X', ';Kr'));
    await writeFile(join(root, 'p', 'timer.csv'), 'Dato;Sted;Minutter\n2026-10-01;Nord;5\n');
    const opened = await openPackHouse(readConfig({ OVERBLIK_PACKS: root, OVERBLIK_DATA_DIR: join(root, 'var') }), clockAt('2026-11-23'), silent);
    try {
      expect((await opened.refresh()).map(({ outcome }) => outcome)).toEqual(['loaded', 'failed']);
      const figures = opened.figures('p');
      const ask = async (text: string, language: 'da' | 'en'): Promise<string> => (await answer(text, { memberships: [{ pack: figures.pack, person: figures.pack.people.get('anna') as Person }], figures: () => figures, lexicon: buildLexicon([figures.pack]), today: '2026-11-23', previous: null, offered: [], language })).card.headline;
      expect(await ask('timer i Nord i oktober 2026', 'da')).toBe('Data fra Omsorg er ikke indlæst, så der er ingen tal om timer. Det siger intet om, hvad der er sket. Analytikerne kan se hvorfor.');
      expect(await ask('cost per hour in October 2026', 'en')).toMatch(/^Data from Care have not been loaded, so there are no figures on cost per hour\./);
      expect(await ask('forbrug i Nord i oktober 2026', 'da')).toMatch(/1\.000/);
    } finally {
      await opened.close();
    }
  });
});
