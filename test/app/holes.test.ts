import { mkdtempSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answer } from '../../src/app/answer.ts';
import { planned } from '../../src/app/deliver.ts';
import { cardText } from '../../src/card/text.ts';
import { clockAt } from '../../src/io/clock/clock.ts';
import { readConfig } from '../../src/io/config/config.ts';
import type { Digest } from '../../src/pack/model.ts';
import { buildLexicon } from '../../src/question/lexicon.ts';
import { openPackHouse, type PackHouse } from '../../src/warehouse.ts';
import { silent } from './delivering.ts';

/**
 * What is told when figures are not like for like: units that open and close, breaks, years that are not over, quarters beside
 * months, parts of a whole that lacks a unit, budgets that end. Nord 1,000 kr. a month, Syd 2,000, Vest 3,000 from April 2026 on,
 * Old 500 until June 2026; Syd has nothing in May 2026. Data to November 2026.
 */
const PACK = `
pack: {title: Prøve, time_zone: Europe/Copenhagen}
organisation:
  levels: [{id: by, name: By}, {id: omraade, name: {da: område, en: area}}, {id: hus, name: {da: hus, en: house}, plural: {da: huse, en: houses}}]
  unit: {id: byen, name: Byen, children: [{id: midt, name: Midt, children: [{id: nord, name: Nord}, {id: gammel, name: Gammel, until: 2026-06-30, successor: nord}]}, {id: kyst, name: Kyst, children: [{id: syd, name: Syd}, {id: vest, name: Vest, from: 2026-04-01}]}]}
sources:
  penge: {name: {da: Økonomi, en: Ledger}, files: penge.csv, columns: {Dato: date, Sted: text, Art: text, Kr: decimal(2)}, unit: Sted, date: Dato, grain: month, dimensions: {art: {column: Art, name: {da: art, en: type}}}}
  budget: {name: Budget, files: budget.csv, columns: {Dato: date, Sted: text, Kr: decimal(2)}, unit: Sted, date: Dato, grain: month}
  svar: {name: Svar, files: svar.csv, columns: {Dato: date, Sted: text, Antal: integer}, unit: Sted, date: Dato, grain: quarter}
measures:
  forbrug: {kind: flow, source: penge, sql: sum(Kr), name: {da: Forbrug, en: Spend}, definition: d, unit: kr, better: lower, breaks: [{from: 2026-07-01, note: {da: Fra juli tælles uden moms., en: Without VAT from July.}}]}
  andet: {kind: flow, source: penge, sql: "sum(Kr) filter (where Art <> 'Løn')", name: {da: Andet end løn, en: Other than pay}, definition: d, unit: kr}
  budgettet: {kind: flow, source: budget, sql: sum(Kr), name: {da: Budgettet, en: The budget}, definition: d, unit: kr}
  svar: {kind: flow, source: svar, sql: sum(Antal), name: {da: Svar, en: Replies}, definition: d, unit: count}
  pris: {kind: ratio, numerator: forbrug, denominator: svar, name: {da: Pris pr. svar, en: Cost per reply}, definition: d, unit: kr, decimals: 2}
  prognose: {kind: forecast, of: forbrug, plan: budgettet, methods: [rest-as-budgeted], name: {da: Prognose, en: Forecast}, definition: d, unit: kr}
plans: {forbrug: {by: budgettet}}
digests:
  maaned: {title: Måneden, schedule: workday 5 at 08:00, period: last closed month, start: 2026-05-01, audience: [{role: leader}], sections: [{kind: table, title: Tal, measures: [forbrug]}]}
people:
  anna: {name: Anna, role: leader, units: [byen]}
  gitte: {name: Gitte, role: leader, units: [gammel]}
`;
const MONTHS = [...Array.from({ length: 12 }, (_, i) => `2025-${String(i + 1).padStart(2, '0')}`), ...Array.from({ length: 11 }, (_, i) => `2026-${String(i + 1).padStart(2, '0')}`)];
const UNITS: readonly [string, number, (month: string) => boolean][] = [['nord', 1000, () => true], ['gammel', 500, (month) => month < '2026-07'], ['syd', 2000, (month) => month !== '2026-05'], ['vest', 3000, (month) => month >= '2026-04']];
const spend = UNITS.flatMap(([unit, kr, has]) => MONTHS.filter(has).flatMap((month) => { const more = month >= '2026-06' && unit !== 'gammel' ? 100.5 : 0; return [`${month}-15;${unit};Løn;${(kr * 0.75 + more).toFixed(2)}`, `${month}-15;${unit};${unit === 'nord' ? '' : 'Drift'};${(kr * 0.25).toFixed(2)}`]; }));
const budget = UNITS.flatMap(([unit, kr]) => Array.from({ length: 12 }, (_, i) => `2026-${String(i + 1).padStart(2, '0')}`).filter((month) => unit === 'nord' || (unit === 'syd' && month < '2026-12')).map((month) => `${month}-01;${unit};${(kr + Number(month.slice(5))).toFixed(2)}`));
const replies = UNITS.flatMap(([unit]) => (unit === 'vest' || unit === 'gammel' ? [] : ['2025-01', '2025-04', '2025-07', '2025-10', '2026-01', '2026-04', '2026-07'].map((month) => `${month}-01;${unit};10`)));

const dir = mkdtempSync(join(tmpdir(), 'overblik-holes-'));
let house: PackHouse;
beforeAll(async () => {
  await mkdir(join(dir, 'p'), { recursive: true });
  await writeFile(join(dir, 'p', 'pack.yaml'), PACK);
  await writeFile(join(dir, 'p', 'penge.csv'), `Dato;Sted;Art;Kr\n${spend.join('\n')}\n`);
  await writeFile(join(dir, 'p', 'budget.csv'), `Dato;Sted;Kr\n${budget.join('\n')}\n`);
  await writeFile(join(dir, 'p', 'svar.csv'), `Dato;Sted;Antal\n${replies.join('\n')}\n`);
  house = await openPackHouse(readConfig({ OVERBLIK_PACKS: dir, OVERBLIK_DATA_DIR: join(dir, 'var') }), clockAt('2026-12-10'), silent);
  expect((await house.refresh()).map(({ source, outcome, reason }) => `${source} ${outcome} ${reason}`)).toEqual(['penge loaded ', 'budget loaded ', 'svar loaded ']);
});
afterAll(async () => {
  await house.close();
  await rm(dir, { recursive: true, force: true });
});

async function said(text: string, language: 'da' | 'en' = 'da'): Promise<string> {
  const figures = house.figures('p');
  const person = figures.pack.people.get('anna');
  if (person === undefined) throw new Error('nobody');
  const { card } = await answer(text, { memberships: [{ pack: figures.pack, person }], figures: () => figures, lexicon: buildLexicon([figures.pack]), today: '2026-12-10', previous: null, offered: [], language });
  return cardText(card).replaceAll('\u00a0', ' ');
}

describe('a unit that opens or closes', () => {
  it('is told wherever a total or a comparison holds time before and after, and who took over', async () => {
    expect(await said('forbrug i kyst i år mod sidste år')).toContain('Vest åbnede 1. april 2026.');
    expect(await said('forbrug i midt i år mod sidste år')).toContain('Gammel lukkede efter 30. juni 2026; Nord tog over.');
    expect(await said('forbrug i nord i år mod sidste år')).toContain('Gammel lukkede efter 30. juni 2026; Nord tog over.');
    expect(await said('spend in kyst this year vs last year', 'en')).toContain('Vest opened on 1 April 2026.');
    expect(await said('forbrug i syd i år mod sidste år')).not.toMatch(/åbnede|lukkede/);
    expect(await said('forbrug i midt i november 2026')).not.toMatch(/åbnede|lukkede/);
  });

  it('keeps its row where what is compared with has it', async () => {
    expect(await said('forbrug pr. hus i juli 2026 mod juni 2026')).toMatch(/Gammel\s+mangler\s+500 kr\./);
  });

  it('gives its leader no page of months after it closed', () => {
    const { pack } = house.figures('p');
    const pages = planned(pack, pack.digests.get('maaned') as Digest, [...pack.people.values()], new Date('2026-06-01T00:00:00Z'), new Date('2026-12-31T00:00:00Z'));
    const of = (who: string): string[] => pages.filter(({ person }) => person.id === who).map(({ period }) => period.from);
    expect(of('gitte')).toEqual(['2026-05-01', '2026-06-01']);
    expect(of('anna')).toHaveLength(7);
  });
});

describe('a break in how something is counted', () => {
  it('is told of every comparison across it, and of none beside it', async () => {
    for (const text of ['forbrug i august 2026 mod juni 2026', 'forbrug i juli 2026 mod juni 2026', 'forbrug 3. kvartal 2026 mod 2. kvartal 2026', 'forbrug i år mod sidste år']) expect(await said(text)).toContain('Fra juli tælles uden moms.');
    expect(await said('forbrug i november 2026 mod oktober 2026')).not.toContain('moms');
  });
});

describe('a year that is not over', () => {
  it('is named by its months in a series, and is no end of it', async () => {
    const told = await said('forbrug pr. halvår i nord siden 2025');
    expect(told).toContain('juli–november 2026');
    expect(told).toMatch(/gik fra .* i 1\. halvår 2025 til .* i 1\. halvår 2026\./);
    expect(await said('forbrug pr. år i nord siden 2025')).toContain('januar–november 2026');
  });

  it('nor is a quarter of which data are missing', async () => {
    expect(await said('forbrug pr. kvartal i nord i 2026')).toMatch(/gik fra .* i 1\. kvartal 2026 til .* i 3\. kvartal 2026\./);
  });

  it('a running quarter is held against as much of the one before', async () => {
    expect(await said('forbrug i nord dette kvartal mod sidste kvartal')).toMatch(/2\.201 kr\.\s+2\.201 kr\./);
  });
});

describe('a source that counts by the quarter beside one by the month', () => {
  it('has no figure of two of its months, and a ratio is of the quarters both have', async () => {
    // To November: money of eleven months is not divided by four quarters' replies.
    const told = await said('pris pr. svar i nord januar til november 2025');
    expect(told).not.toContain('275,00');
    expect(await said('pris pr. svar i nord i 2025')).toContain('300,00');
    expect(await said('svar i nord i november 2025')).not.toMatch(/\b10\b/);
  });
});

describe('a comparison by parts', () => {
  it('is of the same units as that of the whole', async () => {
    const told = await said('forbrug pr. art i juni 2026 mod maj 2026');
    // Without Syd, which has nothing in May: 3,375 + 201 against 3,375.
    expect(told).toMatch(/Løn\s+5\.177 kr\.\s+3\.375 kr\.[^\n]*\+6,0 pct\./);
    expect(told).toContain('Ikke med: Syd');
  });

  it('a share is of what was asked about', async () => {
    expect(await said('andel af forbrug pr. hus af byen i oktober 2026')).toMatch(/Nord[^\n]*17,5 pct\./);
  });
});

describe('rows with an empty cell', () => {
  it('count where a filter says what is not so', async () => {
    expect(await said('andet end løn i nord i oktober 2026')).toContain('250 kr.');
  });
});

describe('a forecast', () => {
  it('is none where the budget does not reach to the end of the year', async () => {
    expect(await said('prognose i nord')).toMatch(/12\.\d{3} kr\./);
    const told = await said('prognose i syd');
    expect(told).toContain('der er ingen prognose efter januar–november 2026. Budgettet eller sidste år rækker ikke til at regne resten af året ud.');
    expect(told).not.toMatch(/2\d\.\d{3} kr\.[^\n]*hele 2026/);
  });
});

describe('how many of all', () => {
  it('counts those that can be measured, and names the others', async () => {
    const told = await said('hvilke huse er over budget i oktober 2026');
    expect(told).toMatch(/2 af 2 ligger over budget/);
    expect(told).toContain('Uden noget at måle på: Vest.');
  });
});

describe('whether a month is complete', () => {
  it('is no where a unit has nothing in it', async () => {
    expect(await said('er maj 2026 komplet')).toContain('Maj 2026 er ikke komplet: der mangler data fra Økonomi');
    expect(await said('er oktober 2026 komplet')).not.toContain('Økonomi.');
  });
});
