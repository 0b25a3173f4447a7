import { checkPack } from '../../src/app/packs.ts';
import { pieces, type TimeGrain } from '../../src/calendar/period.ts';
import { barsPicture, coupledPicture, multiplesPicture, trendPicture, variancePicture } from '../../src/card/charts.ts';
import { MOST_BARS, type BarsChart, type MultiplesChart } from '../../src/chart/spec.ts';
import { readPackFolders } from '../../src/io/packs/read.ts';
import { openParser } from '../../src/io/warehouse/parser.ts';
import type { Pack, Unit } from '../../src/pack/model.ts';
import type { Cell, Row } from '../../src/query/result.ts';

let care: Pack;
beforeAll(async () => {
  const parser = await openParser();
  const folder = (await readPackFolders(['digests'])).folders.find(({ id }) => id === 'hjemmepleje');
  if (folder === undefined) throw new Error('no pack');
  care = await checkPack(folder, parser, {});
  await parser.close();
});

const OCTOBER = { grain: 'month', from: '2026-10-01', to: '2026-11-01' } as const;
const ok = (value: number | null): Cell => (value === null ? { value, state: 'missing' } : { value, state: 'ok' });
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');
const of = (unit: string, id: string, value: number | null, plan?: number, period: Row['period'] = OCTOBER): Row =>
  ({ unit, period, dimension: null, values: { [id]: ok(value) }, against: plan === undefined ? {} : { plan: { [id]: ok(plan) } } });
const months = (from: string, to: string, grain: TimeGrain = 'month'): Row['period'][] => pieces({ grain: 'rolling', from, to }, grain);

/** The pack with so many more districts. */
function withUnits(count: number, name: (i: number) => string): Pack {
  const any = care.organisation.units.get('nord') as Unit;
  const more = Array.from({ length: count }, (_, i): [string, Unit] => [`u${i}`, { ...any, id: `u${i}`, name: { da: name(i), en: name(i) }, shortName: { da: name(i), en: name(i) } }]);
  return { ...care, organisation: { ...care.organisation, units: new Map([...care.organisation.units, ...more]) } };
}

describe('small multiples without a plan', () => {
  it('claim none in legend, subtitle or alt text, and show the newest figure of each', () => {
    const rows = ['nord', 'syd'].flatMap((unit, k) => months('2026-01-01', '2026-11-01').map((period, i) => of(unit, 'sygefravaer', 4 + k + i / 10, undefined, period)));
    for (const language of ['da', 'en'] as const) {
      const { chart, alt } = multiplesPicture(care, rows, 'sygefravaer', 'Hjemmeplejen', language);
      const all = chart.title + chart.subtitle + alt;
      expect((chart as MultiplesChart).legend).toBeNull();
      expect(all).not.toMatch(/budget|plan|måltal|target|over |under |procent: hele/i);
      expect((chart as MultiplesChart).panels.map(({ note }) => plain(note))).toEqual(language === 'da' ? ['4,9 pct.', '5,9 pct.'] : ['4.9%', '5.9%']);
      expect(plain(alt)).toContain(language === 'da' ? 'Højest: Syd 5,9 pct. Lavest: Nord 4,9 pct.' : 'Highest: South 5.9%. Lowest: North 4.9%.');
    }
  });

  it('with a plan say who is furthest over and under it', () => {
    const rows = ['nord', 'syd'].flatMap((unit, k) => months('2026-01-01', '2026-11-01').map((period) => of(unit, 'forbrug', 110_000 - k * 20_000, 100_000, period)));
    const { chart, alt } = multiplesPicture(care, rows, 'forbrug', 'Hjemmeplejen: som budget', 'da');
    expect((chart as MultiplesChart).legend).toMatchObject({ over: 'over budget', none: 'uden budget' });
    expect(plain(alt)).toMatch(/^Hjemmeplejen: som budget\. Længst over budget: Nord \+10,0 pct\. Længst under budget: Syd [-−]10,0 pct\. /);
  });
});

describe('many units side by side', () => {
  const many = (count: number): Row[] => Array.from({ length: count }, (_, i) => of(`u${i}`, 'timepris', 500 + ((i * 37) % count)));

  it('are drawn by size where they come in no order, so that the highest and lowest of the sentence are in the picture', () => {
    const pack = withUnits(50, (i) => `Distrikt ${i}`);
    const { chart, alt } = barsPicture(pack, many(50), 'timepris', 'Pris', 'da');
    const values = (chart as BarsChart).rows.map(({ value }) => value ?? 0);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(plain(alt)).toMatch(/^Pris\. Højest: Distrikt \d+ 549 kr\. pr\. time\. Lavest: Distrikt 0 500 kr\. pr\. time\. /);
  });

  it('keep an order that was asked for, and one that fits keeps its own', () => {
    const pack = withUnits(50, (i) => `Distrikt ${i}`);
    const rising = Array.from({ length: 50 }, (_, i) => of(`u${i}`, 'timepris', 500 + i));
    expect((barsPicture(pack, rising, 'timepris', 'Pris', 'da').chart as BarsChart).rows[0]?.name).toBe('Distrikt 0');
    expect((barsPicture(pack, many(MOST_BARS), 'timepris', 'Pris', 'da').chart as BarsChart).rows.map(({ name }) => name)).toEqual(Array.from({ length: MOST_BARS }, (_, i) => `Distrikt ${i}`));
  });

  it('end the alt text at a whole figure and say how many are left, never in the middle of one', () => {
    const pack = withUnits(120, (i) => `Hjemmeplejedistriktet Nørresundby-Vodskov ${i}`);
    for (const language of ['da', 'en'] as const) {
      const { alt } = barsPicture(pack, many(120), 'timepris', 'Pris', language);
      expect(alt.length).toBeLessThanOrEqual(1900);
      expect(plain(alt)).toMatch(language === 'da' ? /kr\. pr\. time, og \d+ andre\.$/ : /per hour, and \d+ others\.$/);
    }
  });

  it('of one name are told apart by what they belong to', () => {
    const pack = withUnits(2, () => 'Nattevagten');
    (pack.organisation.units as Map<string, Unit>).set('u1', { ...(pack.organisation.units.get('u1') as Unit), parent: 'vest' });
    const names = (barsPicture(pack, many(2), 'timepris', 'Pris', 'da').chart as BarsChart).rows.map(({ name }) => name);
    expect(new Set(names).size).toBe(2);
    expect(names[1]).toBe('Nattevagten (Vest)');
  });
});

describe('what a picture says of its figures', () => {
  it('the name that a title begins with is known, so that only it is shortened', () => {
    const { chart } = trendPicture(care, [of('nord', 'forbrug', 5)], 'forbrug', 'Nord: 4,1 pct. over budget, oktober 2026', 'da');
    expect(chart.subject).toBe('Nord');
    expect(trendPicture(care, [of('nord', 'forbrug', 5)], 'forbrug', 'Nordisk: intet', 'da').chart.subject).toBe('');
  });

  it('over time it says from what to what, in both languages', () => {
    const rows = months('2026-01-01', '2026-04-01').map((period, i) => of('nord', 'sygefravaer', 4 + i, undefined, period));
    expect(plain(trendPicture(care, rows, 'sygefravaer', 'Nord', 'da').alt)).toMatch(/^Nord\. Fra 4,0 pct\. i januar 2026 til 6,0 pct\. i marts 2026\. januar 2026 4,0 pct\.,/);
    expect(plain(trendPicture(care, rows, 'sygefravaer', 'Nord', 'en').alt)).toContain('From 4.0% in January 2026 to 6.0% in March 2026.');
  });

  it('how far from plan names both ends, and no one where all are over', () => {
    const rows = [of('nord', 'forbrug', 110, 100), of('syd', 'forbrug', 130, 100)];
    expect(plain(variancePicture(care, rows, 'forbrug', 'Hjemmeplejen', 'da').alt)).toMatch(/^Hjemmeplejen\. Længst over budget: Syd \+30,0 pct\. Nord/);
  });

  it('money without a budget is not drawn as its own budget, nor said to be held against one', () => {
    const rows = months('2026-01-01', '2026-04-01').map((period) => ({ ...of('nord', 'forbrug', 100, undefined, period), values: { forbrug: ok(100), leverede_timer: ok(3) } }));
    const output = [...care.measures.values()].find(({ unit, kind }) => unit === 'hours' && kind === 'flow')?.id ?? '';
    const { chart, alt } = coupledPicture(care, rows, { money: 'forbrug', plan: 'forbrug', output }, 'Nord: forbrug', 'da');
    expect(chart.kind === 'coupled' && chart.budget.every((v) => v === null)).toBe(true);
    expect(`${chart.subtitle} ${alt}`).not.toMatch(/budget/i);
  });

  it.each([
    ['month', '2025-11-01', '2026-03-01', ['N\n’25', 'D', 'J\n’26', 'F']],
    ['quarter', '2025-07-01', '2026-07-01', ['3. kv.\n2025', '4. kv.', '1. kv.\n2026', '2. kv.']],
    ['half-year', '2025-07-01', '2026-07-01', ['2. halvår\n2025', '1. halvår\n2026']],
    ['year', '2024-01-01', '2026-01-01', ['2024', '2025']],
  ] as const)('by %s the axis has the year under its first', (grain, from, to, labels) => {
    const { chart } = trendPicture(care, months(from, to, grain).map((period) => of('nord', 'forbrug', 5, undefined, period)), 'forbrug', 'Nord', 'da');
    expect(chart.kind === 'trend' && chart.labels).toEqual(labels);
  });
});
