import fc from 'fast-check';
import { pieces, sameLastYear, type Period } from '../../src/calendar/period.ts';
import { runQuery, type Figures } from '../../src/app/figures.ts';
import { subtree } from '../../src/pack/organisation.ts';
import type { Pack } from '../../src/pack/model.ts';
import type { Query } from '../../src/query/query.ts';
import { comparable } from '../../src/query/result.ts';
import { engine, figuresOf, packFrom } from './facts.ts';

const UNITS = ['n1', 'n2', 's1', 's2'] as const;
const NODES = ['alt', 'n', 's', ...UNITS];
const yaml = (extra = '', units = ''): string => `
pack: {title: {da: Prøve, en: Test}}
organisation:
  levels: [{id: top, name: Top}, {id: omraade, name: Område}, {id: distrikt, name: Distrikt}]
  unit:
    id: alt
    name: Alt
    children:
      - {id: n, name: Nord, children: [{id: n1, name: N1}, {id: n2, name: N2${units}}]}
      - {id: s, name: Syd, children: [{id: s1, name: S1}, {id: s2, name: S2}]}
sources:
  m: {name: Penge, files: m.csv, unit: u, date: d, grain: month, columns: {u: text, d: date, v: decimal(2)}}
  h: {name: Timer, files: h.csv, unit: u, date: d, grain: month, columns: {u: text, d: date, v: decimal(2)}${extra}}
  b: {name: Budget, files: b.csv, unit: u, date: d, grain: month, columns: {u: text, d: date, v: decimal(2)}}
  k: {name: Pladser, files: k.csv, unit: u, date: d, grain: month, columns: {u: text, d: date, v: integer}}
measures:
  money: {kind: flow, source: m, sql: "sum(v)", name: Forbrug, definition: d, unit: kr}
  hours: {kind: flow, source: h, sql: "sum(v)", name: Timer, definition: d, unit: hours}
  budget: {kind: flow, source: b, sql: "sum(v)", name: Budget, definition: d, unit: kr}
  price: {kind: ratio, numerator: money, denominator: hours, name: Pris, definition: d, unit: kr per hour}
  places: {kind: stock, source: k, sql: "sum(v)", name: Pladser, definition: d, unit: count}
  forecast: {kind: forecast, of: money, plan: budget, methods: [budget-profile], name: Prognose, definition: d, unit: kr}
plans: {money: {by: budget}}
`;

/** One figure of a unit and a month. */
interface Fact { readonly unit: string; readonly month: string; readonly value: number }
type Facts = Readonly<Record<'m' | 'h' | 'b' | 'k', readonly Fact[]>>;

const packs = new Map<string, Promise<Pack>>();
async function opened(facts: Facts, text = yaml()): Promise<{ pack: Pack; figures: Figures; close: () => void }> {
  const pack = await (packs.get(text) ?? packs.set(text, packFrom(text)).get(text) as Promise<Pack>);
  const engines = Object.fromEntries(await Promise.all(Object.keys(facts).map(async (id) => [id, await engine()] as const)));
  const table = (rows: readonly Fact[]): { create: string } => ({ create: `create table facts as select u as _unit, d as _date, u, d, v::decimal(18,2) as v from (values ${[...rows.map(({ unit, month, value }) => `('${unit}', date '${month}', ${value})`), `('x', null, 0)`].join(',')}) t(u, d, v) where d is not null` });
  const figures = await figuresOf(pack, Object.fromEntries(Object.entries(facts).map(([id, rows]) => [id, table(rows)])), engines);
  return { pack, figures, close: () => { for (const one of Object.values(engines)) one.closeSync(); } };
}

const YEAR: Period = { from: '2026-01-01', to: '2026-10-01', grain: 'rolling' };
const MONTHS = pieces({ from: '2025-01-01', to: '2026-10-01', grain: 'rolling' }, 'month').map(({ from }) => from);
const query = (measures: string[], units: readonly string[], over: Period, rest: Partial<Query> = {}): Query => ({ pack: 'p', measures, units, level: null, period: over, comparisons: [], by: null, comparedTo: null, having: null, order: null, limit: null, ...rest });

/** Facts of every unit and month but those that are left out. The ends of time are always there, so that only holes are meant. */
const holed = (units: readonly string[] = UNITS): fc.Arbitrary<Fact[]> => fc.array(fc.record({ hole: fc.boolean(), value: fc.integer({ min: 1, max: 999 }) }), { minLength: units.length * MONTHS.length, maxLength: units.length * MONTHS.length })
  .chain((cells) => fc.integer({ min: 0, max: 3 }).map((often) => units.flatMap((unit, u) => MONTHS.flatMap((month, i): Fact[] => {
    const { hole, value } = cells[u * MONTHS.length + i] ?? { hole: false, value: 1 };
    const kept = i === 0 || i === MONTHS.length - 1 || !hole || (i + u) % 4 > often;
    return kept ? [{ unit, month, value }] : [];
  }))));

const cellsOf = (facts: readonly Fact[]): Map<string, number> => new Map(facts.map(({ unit, month, value }) => [`${unit} ${month}`, value]));
const yearBefore = (month: string): string => `${Number(month.slice(0, 4)) - 1}${month.slice(4)}`;
/** Units and months of a node in a period. */
const cellsIn = (pack: Pack, node: string, over: Period): { unit: string; month: string }[] => {
  const below = new Set(subtree(pack.organisation, node));
  return UNITS.filter((unit) => below.has(unit)).flatMap((unit) => pieces({ ...over, grain: 'rolling' }, 'month').map(({ from }) => ({ unit, month: from })));
};
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe('totals of ratios and comparisons are like for like', () => {
  it('no money of a unit and month without hours is in a price, nor hours without money', async () => {
    await fc.assert(fc.asyncProperty(holed(), holed(), async (m, h) => {
      const { pack, figures, close } = await opened({ m, h, b: m, k: m });
      const [money, hours] = [cellsOf(m), cellsOf(h)];
      for (const row of (await runQuery(figures, query(['price', 'money'], NODES, YEAR))).rows) {
        const own = cellsIn(pack, row.unit, YEAR);
        const both = own.filter(({ unit, month }) => money.has(`${unit} ${month}`) && hours.has(`${unit} ${month}`));
        const at = (of: Map<string, number>): number => sum(both.map(({ unit, month }) => of.get(`${unit} ${month}`) ?? NaN));
        expect(row.values['price']?.value).toBeCloseTo(at(money) / at(hours), 6);
        const complete = own.every(({ unit, month }) => money.has(`${unit} ${month}`) && hours.has(`${unit} ${month}`));
        expect(row.values['price']?.state).toBe(complete ? 'ok' : 'partial');
        const all = sum(own.map(({ unit, month }) => money.get(`${unit} ${month}`) ?? 0));
        expect(row.values['money']?.value).toBeCloseTo(all, 6);
        expect(row.values['price']?.leftOut?.share ?? 0).toBeCloseTo(1 - at(money) / all, 9);
      }
      close();
    }), { numRuns: 10 });
  });

  it('money and prices against last year and plan are held over the units and months that both have', async () => {
    await fc.assert(fc.asyncProperty(holed(), holed(), holed(), async (m, h, b) => {
      const { pack, figures, close } = await opened({ m, h, b, k: m });
      const [money, hours, budget] = [cellsOf(m), cellsOf(h), cellsOf(b)];
      for (const row of (await runQuery(figures, query(['money', 'price'], NODES, YEAR, { comparisons: ['last-year', 'plan'] }))).rows) {
        const own = cellsIn(pack, row.unit, YEAR);
        const has = (of: Map<string, number>) => ({ unit, month }: { unit: string; month: string }): boolean => of.has(`${unit} ${month}`);
        const last = (cell: { unit: string; month: string }): { unit: string; month: string } => ({ unit: cell.unit, month: yearBefore(cell.month) });
        const at = (of: Map<string, number>, cells: readonly { unit: string; month: string }[]): number => sum(cells.map(({ unit, month }) => of.get(`${unit} ${month}`) ?? NaN));
        const check = (pair: ReturnType<typeof comparable>, a: number, b2: number): void => {
          expect(pair?.value).toBeCloseTo(a, 6);
          expect(pair?.other).toBeCloseTo(b2, 6);
        };
        const moneyBoth = own.filter((cell) => has(money)(cell) && has(money)(last(cell)));
        if (moneyBoth.length > 0) check(comparable(row.values['money'], row.against['last-year']?.['money']), at(money, moneyBoth), at(money, moneyBoth.map(last)));
        const planned = own.filter((cell) => has(money)(cell) && has(budget)(cell));
        check(comparable(row.values['money'], row.against.plan?.['money']), at(money, planned), at(budget, planned));
        const prices = own.filter((cell) => [cell, last(cell)].every((one) => has(money)(one) && has(hours)(one)));
        if (prices.length === 0) expect(comparable(row.values['price'], row.against['last-year']?.['price'])).toBeNull();
        else check(comparable(row.values['price'], row.against['last-year']?.['price']), at(money, prices) / at(hours, prices), at(money, prices.map(last)) / at(hours, prices.map(last)));
      }
      close();
    }), { numRuns: 10 });
  });

  it('a stock is held only over the units that stand on both days', async () => {
    await fc.assert(fc.asyncProperty(holed(), async (k) => {
      const { pack, figures, close } = await opened({ m: k, h: k, b: k, k });
      const places = cellsOf(k);
      const month: Period = { from: '2026-06-01', to: '2026-07-01', grain: 'month' };
      const [now, then] = [month.from, sameLastYear(month).from];
      for (const row of (await runQuery(figures, query(['places'], NODES, month, { comparisons: ['last-year'] }))).rows) {
        const below = subtree(pack.organisation, row.unit);
        const both = UNITS.filter((unit) => below.includes(unit) && places.has(`${unit} ${now}`) && places.has(`${unit} ${then}`));
        const pair = comparable(row.values['places'], row.against['last-year']?.['places']);
        if (both.length === 0) expect(pair).toBeNull();
        else expect(pair).toMatchObject({ value: sum(both.map((unit) => places.get(`${unit} ${now}`) ?? NaN)), other: sum(both.map((unit) => places.get(`${unit} ${then}`) ?? NaN)) });
      }
      close();
    }), { numRuns: 10 });
  });

  const full = (value: number, units: readonly string[] = ['n1', 'n2', 's1']): Fact[] => units.flatMap((unit) => MONTHS.map((month) => ({ unit, month, value })));
  const without = (facts: readonly Fact[], unit: string, months: (month: string) => boolean): Fact[] => facts.filter((fact) => fact.unit !== unit || !months(fact.month));

  it('three districts at 100 kr. an hour cost 100 though one has no hours after June and one none in August', async () => {
    const h = without(without(full(10), 'n1', (month) => month >= '2026-07'), 'n2', (month) => month === '2026-08-01');
    const { figures, close } = await opened({ m: full(1000), h, b: full(1000), k: full(1) });
    const [row] = (await runQuery(figures, query(['price'], ['alt'], YEAR, { comparisons: ['last-year'] }))).rows;
    expect(row?.values['price']).toMatchObject({ value: 100, state: 'partial', leftOut: { gaps: [{ unit: 'n1', from: '2026-07-01', to: '2026-10-01' }, { unit: 'n2', from: '2026-08-01', to: '2026-09-01' }] } });
    expect(row?.values['price']?.leftOut?.share).toBeCloseTo(4 / 27, 9);
    expect(comparable(row?.values['price'], row?.against['last-year']?.['price'])).toMatchObject({ value: 100, other: 100 });
    close();
  });

  it('money of an administration that never has hours is no part of the price, and the price is not provisional for it', async () => {
    const m = [...full(1000), ...full(500, ['s2'])];
    const { figures, close } = await opened({ m, h: full(10), b: m, k: m });
    const [row] = (await runQuery(figures, query(['price'], ['alt'], YEAR))).rows;
    expect(row?.values['price']).toMatchObject({ value: 100, state: 'ok', leftOut: { gaps: [{ unit: 's2', from: YEAR.from, to: YEAR.to }] } });
    expect(row?.values['price']?.leftOut?.share).toBeCloseTo(500 / 3500, 9);
    close();
  });

  it('money of an area and hours of its districts belong together, and a month in which one district lacks hours is left out whole', async () => {
    const m = [...full(2000, ['n']), ...full(1000, ['s1'])];
    const h = without(full(10), 'n2', (month) => month === '2026-08-01');
    const { figures, close } = await opened({ m, h, b: m, k: m });
    const [all, north] = (await runQuery(figures, query(['price'], ['alt', 'n'], YEAR))).rows;
    expect(all?.values['price']).toMatchObject({ value: 100, state: 'partial' });
    expect(north?.values['price']).toMatchObject({ value: 100, state: 'partial' });
    close();
  });

  it('hours of a register that has no row where nothing happened are nought, so their money counts', async () => {
    const h = without(full(10), 'n1', (month) => month >= '2026-07');
    const { figures, close } = await opened({ m: full(1000), h, b: full(1000), k: full(1) }, yaml(', no_rows: zero'));
    const [row] = (await runQuery(figures, query(['price'], ['alt'], YEAR))).rows;
    expect(row?.values['price']).toEqual({ value: 27_000 / 240, state: 'ok' });
    close();
  });

  it('a forecast goes on from the months that are there and takes no missing month for a saving', async () => {
    const m = without(full(1000), 'n1', (month) => month >= '2026-07');
    const b = ['n1', 'n2', 's1'].flatMap((unit) => pieces({ from: '2025-01-01', to: '2027-01-01', grain: 'rolling' }, 'month').map(({ from }) => ({ unit, month: from, value: 1000 })));
    const { figures, close } = await opened({ m, h: m, b, k: m });
    const [row] = (await runQuery(figures, query(['forecast'], ['alt'], YEAR))).rows;
    expect(row?.values['forecast']).toEqual({ value: 36_000, state: 'partial' });
    close();
  });

  it('a unit that closes or opens is missed neither after nor before, and totals are complete', async () => {
    const m = without(full(1000), 'n2', (month) => month >= '2026-05');
    for (const [units, state] of [['', 'partial'], [', until: 2026-04-30', 'ok']] as const) {
      const { figures, close } = await opened({ m, h: m, b: m, k: m }, yaml('', units));
      const [row] = (await runQuery(figures, query(['money', 'places', 'price'], ['alt'], YEAR, { comparisons: ['last-year'] }))).rows;
      expect(row?.values).toMatchObject({ money: { value: 22_000, state }, places: { state }, price: { value: 1, state } });
      expect(comparable(row?.values['money'], row?.against['last-year']?.['money'])).toMatchObject(state === 'ok' ? { value: 22_000, other: 27_000 } : { value: 22_000, other: 22_000 });
      close();
    }
    const opening = without(full(1000), 'n2', (month) => month < '2026-04');
    const { figures, close } = await opened({ m: opening, h: opening, b: opening, k: opening }, yaml('', ', from: 2026-04-01'));
    const [row] = (await runQuery(figures, query(['money'], ['alt'], YEAR))).rows;
    expect(row?.values['money']).toEqual({ value: 24_000, state: 'ok' });
    close();
  });

  it('spend of a unit that never has a budget is held against no budget, and what is left out is known', async () => {
    const m = [...full(1000), ...full(500, ['s2'])];
    const { figures, close } = await opened({ m, h: full(10), b: full(1000), k: m });
    const [all, south, north] = (await runQuery(figures, query(['money'], ['alt', 's', 'n'], YEAR, { comparisons: ['plan', 'last-year'] }))).rows;
    expect(all?.values['money']).toEqual({ value: 31_500, state: 'ok' });
    expect(comparable(all?.values['money'], all?.against.plan?.['money'])).toMatchObject({ value: 27_000, other: 27_000, leftOut: { gaps: [{ unit: 's2', from: YEAR.from, to: YEAR.to }] } });
    expect(all?.against.plan?.['money']?.alike?.leftOut.share).toBeCloseTo(4500 / 31_500, 9);
    expect(comparable(south?.values['money'], south?.against.plan?.['money'])).toMatchObject({ value: 9000, other: 9000 });
    expect(north?.against.plan?.['money']).toEqual({ value: 18_000, state: 'ok' });
    expect(comparable(all?.values['money'], all?.against['last-year']?.['money'])).toEqual({ value: 31_500, other: 31_500 });
    close();
  });

  it('nor against a yearly budget, whether it is spread evenly or by the year before', async () => {
    const m = [...full(1000), ...full(500, ['s2'])];
    const b = ['n1', 'n2', 's1'].flatMap((unit) => ['2025-01-01', '2026-01-01'].map((month) => ({ unit, month, value: 12_000 })));
    for (const spread of ['even', 'last-year']) {
      const { figures, close } = await opened({ m, h: full(10), b, k: m }, yaml().replace('{money: {by: budget}}', `{money: {yearly: budget, spread: ${spread}}}`));
      const [row] = (await runQuery(figures, query(['money'], ['alt'], YEAR, { comparisons: ['plan'] }))).rows;
      expect([spread, comparable(row?.values['money'], row?.against.plan?.['money'])]).toMatchObject([spread, { value: 27_000, other: 27_000, leftOut: { gaps: [{ unit: 's2' }] } }]);
      close();
    }
  });

  it('a budget that stands at the area for the districts below it is theirs, and nothing is left out', async () => {
    const { figures, close } = await opened({ m: full(1000), h: full(10), b: [...full(2000, ['n']), ...full(1000, ['s1'])], k: full(1) });
    for (const row of (await runQuery(figures, query(['money'], ['alt', 'n', 's'], YEAR, { comparisons: ['plan'] }))).rows) expect(row.against.plan?.['money']).toEqual({ value: row.values['money']?.value, state: 'ok' });
    close();
  });

  it('a stock of a year whose last months are missing is not complete', async () => {
    const k = full(5).filter(({ month }) => month < '2025-07' || month >= '2026-01');
    const { figures, close } = await opened({ m: k, h: k, b: k, k });
    const [row] = (await runQuery(figures, query(['places'], ['alt'], { from: '2025-01-01', to: '2026-01-01', grain: 'year' }))).rows;
    expect(row?.values['places']).toEqual({ value: 15, state: 'partial' });
    close();
  });
});
