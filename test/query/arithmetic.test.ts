import fc from 'fast-check';
import { periodOf, rolling, yearToDate, type Period } from '../../src/calendar/period.ts';
import { runQuery, type Figures } from '../../src/app/figures.ts';
import type { Pack } from '../../src/pack/model.ts';
import { subtree } from '../../src/pack/organisation.ts';
import type { Query } from '../../src/query/query.ts';
import { NO_VALUE } from '../../src/query/result.ts';
import { engine, figuresOf, PACK_YAML, packFrom } from './facts.ts';

interface Visit { unit: string; date: string; cents: number; minutes: number; who: string; kind: string | null }

const LEAVES = ['a1', 'a2', 'b1', 'c'];
const NODES = ['alt', 'a', 'b', 'c', 'a1', 'a2', 'b1'];
const day = fc.integer({ min: 0, max: 1200 }).map((n) => new Date(Date.UTC(2023, 10, 1) + n * 86_400_000).toISOString().slice(0, 10));
const visit: fc.Arbitrary<Visit> = fc.record({
  unit: fc.constantFrom(...LEAVES), date: day, cents: fc.integer({ min: -9_999_999, max: 99_999_999 }),
  minutes: fc.integer({ min: 0, max: 600 }), who: fc.integer({ min: 0, max: 12 }).map((n) => `w${n}`), kind: fc.constantFrom('x', 'y', null),
});
const period: fc.Arbitrary<Period> = fc.oneof(
  fc.tuple(fc.constantFrom('day' as const, 'week' as const, 'month' as const, 'quarter' as const, 'half-year' as const, 'year' as const), day).map(([grain, d]) => periodOf(grain, d)),
  day.map((d) => yearToDate(periodOf('month', d).to)),
  fc.tuple(day, fc.integer({ min: 1, max: 14 })).map(([d, n]) => rolling(periodOf('month', d).to, n)),
);

const text = (value: string | null): string => (value === null ? 'null' : `'${value}'`);
async function figuresFor(visits: readonly Visit[]): Promise<{ pack: Pack; figures: Figures; close: () => void }> {
  const connection = await engine();
  const stocks = await engine();
  const pack = await packFrom(PACK_YAML);
  const rows = visits.map((v) => `('${v.unit}', date '${v.date}', ${(v.cents / 100).toFixed(2)}::decimal(18,2), ${v.minutes}::bigint, '${v.who}', ${text(v.kind)})`);
  const figures = await figuresOf(pack, {
    s: { create: `create table facts as select u as _unit, d as _date, * from (values ${rows.join(',')}) t(u, d, money, minutes, who, kind)` },
    stock: { create: `create table facts as select u as _unit, d as _date, u, d, open::bigint as open from (values ('a1', date '2026-01-31', 4), ('a2', date '2026-01-31', 6), ('a1', date '2026-02-28', 5), ('b1', date '2026-02-28', 2)) t(u, d, open)` },
  }, { s: connection, stock: stocks });
  return { pack, figures, close: () => { connection.closeSync(); stocks.closeSync(); } };
}

const query = (measures: string[], units: string[], over: Period, rest: Partial<Query> = {}): Query => ({ pack: 'p', measures, units, level: null, period: over, comparisons: [], by: null, comparedTo: null, having: null, order: null, limit: null, ...rest });

describe('figures are those of the facts themselves, at every node and period', () => {
  it('sums, ratios of sums and distinct counts equal straightforward counting', async () => {
    await fc.assert(fc.asyncProperty(fc.array(visit, { minLength: 1, maxLength: 60 }), period, async (visits, over) => {
      const { pack, figures, close } = await figuresFor(visits);
      const result = await runQuery(figures, query(['spend', 'hours', 'visits', 'people', 'price', 'per_person'], NODES, over));
      for (const row of result.rows) {
        const below = new Set(subtree(pack.organisation, row.unit));
        const own = visits.filter((v) => below.has(v.unit) && v.date >= over.from && v.date < over.to);
        const cents = own.reduce((sum, v) => sum + v.cents, 0);
        const minutes = own.reduce((sum, v) => sum + v.minutes, 0);
        const people = new Set(own.filter((v) => v.minutes > 0).map((v) => v.who)).size;
        if (own.length === 0) {
          for (const cell of Object.values(row.values)) expect(cell).toEqual({ value: null, state: 'missing' });
          continue;
        }
        expect(Math.round((row.values['spend']?.value ?? NaN) * 100)).toBe(cents);
        expect(row.values['hours']?.value).toBeCloseTo(minutes / 60, 9);
        expect(row.values['visits']?.value).toBe(own.filter((v) => v.minutes > 0).length);
        expect(row.values['people']?.value).toBe(people);
        if (minutes === 0) expect(row.values['price']).toEqual({ value: null, state: 'missing' });
        else expect(row.values['price']?.value).toBeCloseTo(cents / 100 / (minutes / 60), 6);
        if (people === 0) expect(row.values['per_person']?.state).toBe('missing');
        else expect(row.values['per_person']?.value).toBeCloseTo(minutes / 60 / people, 9);
      }
      close();
    }), { numRuns: 25 });
  });

  it('by month, week or dimension the pieces are those of the facts, and a piece without rows is missing, not zero', async () => {
    await fc.assert(fc.asyncProperty(fc.array(visit, { minLength: 5, maxLength: 60 }), fc.constantFrom('week' as const, 'month' as const, 'quarter' as const), async (visits, grain) => {
      const { pack, figures, close } = await figuresFor(visits);
      const over = rolling('2026-01-01', 12);
      const result = await runQuery(figures, query(['spend', 'people'], ['alt', 'a'], over, { by: { grain } }));
      for (const row of result.rows) {
        const below = new Set(subtree(pack.organisation, row.unit));
        const own = visits.filter((v) => below.has(v.unit) && v.date >= row.period.from && v.date < row.period.to);
        if (own.length === 0) expect(row.values['spend']).toEqual({ value: null, state: 'missing' });
        else expect(Math.round((row.values['spend']?.value ?? NaN) * 100)).toBe(own.reduce((sum, v) => sum + v.cents, 0));
        if (own.length > 0) expect(row.values['people']?.value).toBe(new Set(own.filter((v) => v.minutes > 0).map((v) => v.who)).size);
      }
      const kinds = await runQuery(figures, query(['spend', 'people'], ['alt'], over, { by: { dimension: 'kind', values: null }, comparisons: ['share'] }));
      for (const row of kinds.rows) {
        const own = visits.filter((v) => (v.kind ?? NO_VALUE) === row.dimension && v.date >= over.from && v.date < over.to);
        expect(own.length).toBeGreaterThan(0);
        const spent = (some: typeof visits): number => some.reduce((sum, v) => sum + v.cents, 0);
        const all = spent(visits.filter((v) => v.date >= over.from && v.date < over.to));
        expect(Math.round((row.values['spend']?.value ?? NaN) * 100)).toBe(spent(own));
        // A share is of the whole, also where some rows have no value.
        if (all !== 0) expect(row.against.share?.['spend']?.value).toBeCloseTo((spent(own) / all) * 100, 9);
        expect(row.values['people']?.value).toBe(new Set(own.filter((v) => v.minutes > 0).map((v) => v.who)).size);
      }
      close();
    }), { numRuns: 15 });
  });
});

describe('stocks, states and comparisons', () => {
  it('a stock is the last day of the period, for all units the same day', async () => {
    const { figures, close } = await figuresFor([{ unit: 'a1', date: '2026-01-01', cents: 100, minutes: 60, who: 'w', kind: null }]);
    const stock = async (units: string[], over: Period): Promise<(number | null)[]> => (await runQuery(figures, query(['open'], units, over))).rows.map((row) => row.values['open']?.value ?? null);
    expect(await stock(['alt', 'a', 'a2', 'b1'], periodOf('month', '2026-01-15'))).toEqual([10, 10, 6, null]);
    expect(await stock(['alt', 'a', 'a2', 'b1'], periodOf('quarter', '2026-01-15'))).toEqual([7, 5, null, 2]);
    close();
  });

  it('the month now running is partial, the one before it is not, and the one after is missing', async () => {
    const visits = ['2026-01-31', '2026-02-28', '2026-03-02'].map((date): Visit => ({ unit: 'a1', date, cents: 100, minutes: 60, who: 'w', kind: null }));
    const { figures, close } = await figuresFor(visits);
    const states = await Promise.all(['2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01'].map(async (d) => (await runQuery(figures, query(['spend'], ['a1'], periodOf('month', d)))).rows[0]?.values['spend']?.state));
    expect(states).toEqual(['ok', 'ok', 'partial', 'missing']);
    close();
  });

  it('a total with one unit missing says it is partial', async () => {
    const of = (unit: string, date: string): Visit => ({ unit, date, cents: 100, minutes: 60, who: 'w', kind: null });
    const { figures, close } = await figuresFor([of('a1', '2026-01-31'), of('a2', '2026-01-31'), of('a1', '2026-02-28'), of('a2', '2026-03-31'), of('a1', '2026-03-31')]);
    const states = await Promise.all(['2026-01-01', '2026-02-01'].map(async (d) => (await runQuery(figures, query(['spend'], ['a'], periodOf('month', d)))).rows[0]?.values['spend']?.state));
    expect(states).toEqual(['ok', 'partial']);
    close();
  });

  it('leap day and ISO week 53 hold what belongs to them', async () => {
    const of = (date: string): Visit => ({ unit: 'c', date, cents: 100, minutes: 60, who: 'w', kind: null });
    const { figures, close } = await figuresFor([of('2024-02-29'), of('2027-01-01'), of('2026-12-28'), of('2027-01-04')]);
    const spend = async (over: Period): Promise<number | null | undefined> => (await runQuery(figures, query(['spend'], ['c'], over))).rows[0]?.values['spend']?.value;
    expect(await spend(periodOf('month', '2024-02-10'))).toBe(1);
    expect(periodOf('week', '2027-01-01')).toEqual({ from: '2026-12-28', to: '2027-01-04', grain: 'week' });
    expect(await spend(periodOf('week', '2027-01-01'))).toBe(2);
    close();
  });

  it('the average of siblings is a ratio of sums for a ratio, and the share is of the parent', async () => {
    const of = (unit: string, cents: number, minutes: number): Visit => ({ unit, date: '2026-01-31', cents, minutes, who: unit, kind: null });
    const { figures, close } = await figuresFor([of('a1', 10_000, 60), of('b1', 30_000, 120), of('c', 20_000, 60)]);
    const result = await runQuery(figures, query(['price', 'spend'], ['a', 'b', 'c'], periodOf('month', '2026-01-01'), { comparisons: ['average', 'share'], order: { measure: 'price', against: null, descending: true }, limit: 2 }));
    expect(result.rows.map((row) => row.unit)).toEqual(['c', 'b']);
    expect(result.rows[0]?.against.average?.['price']?.value).toBeCloseTo(150, 9);
    expect(result.rows[0]?.against.average?.['spend']?.value).toBeCloseTo(200, 9);
    expect(result.rows[1]?.against.share?.['spend']?.value).toBeCloseTo(50, 9);
    expect(result.rows[1]?.against.share?.['price']?.state).toBe('missing');
    close();
  });
});

describe('a register of what happens (no_rows: zero), and figures made of few persons (persons:)', () => {
  /** Figures of a register with these rows; a2 never has one. */
  const register = async (rows: readonly [unit: string, date: string, who: string, kind?: string][]): Promise<{ value: (measure: string, unit: string, over: Period) => Promise<unknown>; kinds: (unit: string, over: Period) => Promise<unknown>; close: () => void }> => {
    const yaml = PACK_YAML
      .replace('    date: d\n', '    date: d\n    no_rows: zero\n')
      .replace('  per_person:', '  days: {kind: flow, source: s, sql: "sum(minutes)", name: Days, definition: d, unit: days, persons: clients}\n  clients: {kind: distinct, source: s, sql: "count(distinct who)", name: Clients, definition: d, unit: persons}\n  per_day: {kind: ratio, numerator: spend, denominator: days, name: Per day, definition: d, unit: kr per day}\n  per_person:');
    const [s, stock] = [await engine(), await engine()];
    const values = rows.map(([unit, date, who, kind]) => `('${unit}', date '${date}', 100::decimal(18,2), 30::bigint, '${who}', '${kind ?? 'x'}')`);
    const figures = await figuresOf(await packFrom(yaml), {
      s: { create: `create table facts as select u as _unit, d as _date, * from (values ${values.join(',')}) t(u, d, money, minutes, who, kind)` },
      stock: { create: "create table facts as select u as _unit, d as _date, * from (values ('a1', date '2026-01-31', 4::bigint)) t(u, d, open)" },
    }, { s, stock });
    return {
      value: async (measure, unit, over) => (await runQuery(figures, query([measure], [unit], over))).rows[0]?.values[measure],
      kinds: async (unit, over) => Object.fromEntries((await runQuery(figures, query(['visits'], [unit], over, { by: { dimension: 'kind', values: null } }))).rows.map((row) => [row.dimension, row.values['visits']?.value])),
      close: () => { s.closeSync(); stock.closeSync(); },
    };
  };
  const january = periodOf('month', '2026-01-01');
  const february = periodOf('month', '2026-02-01');

  it('a month without rows is zero for a unit that has had some, and the total above it is whole', async () => {
    const { value, kinds, close } = await register([['a1', '2026-01-10', 'w1'], ['b1', '2026-02-10', 'w2', 'y'], ['a1', '2026-03-31', 'w1']]);
    for (const [measure, unit, over, cell] of [
      ['visits', 'a1', february, { value: 0, state: 'ok' }], ['visits', 'b1', january, { value: 0, state: 'ok' }],
      ['visits', 'alt', february, { value: 1, state: 'ok' }],
      ['visits', 'a2', february, { value: null, state: 'missing' }],
      ['visits', 'a1', periodOf('month', '2025-12-01'), { value: null, state: 'missing' }], ['visits', 'a1', periodOf('month', '2026-04-01'), { value: null, state: 'missing' }],
      ['visits', 'b1', periodOf('year', '2026-01-01'), { value: 1, state: 'partial' }],
    ] as const) expect([measure, unit, over.from, await value(measure, unit, over)]).toEqual([measure, unit, over.from, cell]);
    expect(await kinds('alt', rolling('2026-04-01', 3))).toEqual({ x: 2, y: 1 });
    expect(await kinds('b1', rolling('2026-04-01', 3))).toEqual({ y: 1 });
    // Of a source that does not say so, what is not there is missing.
    expect(await value('open', 'b1', january)).toEqual({ value: null, state: 'missing' });
    close();
  });

  it('days and the price of a day are hidden where fewer than five persons are behind them, whatever their own size', async () => {
    const of = (unit: string, many: number): [string, string, string][] => Array.from({ length: many }, (_, i) => [unit, '2026-01-31', `${unit}${i % many}`]);
    const { value, close } = await register([...of('a1', 4), ...of('b1', 5)]);
    for (const measure of ['days', 'per_day']) expect(await value(measure, 'a1', january)).toMatchObject({ value: null });
    expect(await value('days', 'alt', january)).toEqual({ value: 270, state: 'ok' });
    close();
  });
});
