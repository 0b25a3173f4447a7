import { runQuery, type Figures } from '../../src/app/figures.ts';
import { periodOf, type Period } from '../../src/calendar/period.ts';
import type { Query } from '../../src/query/query.ts';
import { NO_VALUE, type Row } from '../../src/query/result.ts';
import { engine, figuresOf, packFrom } from '../query/facts.ts';

/** Children in lists of two systems, and money in a third. The stock `placed` is part of `all`. */
const YAML = `
pack: {title: {da: Prøve, en: Test}}
organisation:
  levels: [{id: center, name: center}, {id: team, name: team}]
  unit: {id: alt, name: Alt, children: [{id: a, name: A}, {id: b, name: B}, {id: c, name: C}, {id: d, name: D}, {id: e, name: E}]}
sources:
  cases:
    name: Sager
    files: x.csv
    unit: u
    date: d
    grain: month
    columns: {u: text, d: date, people: integer, placed: integer, who: text, kind: text}
    dimensions: {kind: {column: kind, name: {da: art, en: kind}}}
  money:
    name: Penge
    files: y.csv
    unit: u
    date: d
    grain: month
    columns: {u: text, d: date, kr: integer, kind: text}
    dimensions: {kind: {column: kind, name: {da: art, en: kind}}}
measures:
  all: {kind: stock, source: cases, sql: "sum(people)", name: All, definition: d, unit: persons}
  placed: {kind: stock, source: cases, sql: "sum(placed)", name: Placed, definition: d, unit: persons, part_of: all}
  different: {kind: distinct, source: cases, sql: "count(distinct who)", name: Different, definition: d, unit: persons}
  spend: {kind: flow, source: money, sql: "sum(kr)", name: Spend, definition: d, unit: kr, persons: all}
  owed: {kind: stock, source: money, sql: "sum(kr)", name: Owed, definition: d, unit: kr, persons: all}
  paid: {kind: flow, source: money, sql: "sum(kr)", name: Paid, definition: d, unit: kr, persons: different}
  rate: {kind: ratio, numerator: free, denominator: hours, name: Rate, definition: d, unit: kr per hour}
  free: {kind: flow, source: money, sql: "sum(kr)", name: Free, definition: d, unit: kr}
  hours: {kind: flow, source: money, sql: "count(*)", name: Hours, definition: d, unit: hours}
`;
interface Case { readonly unit: string; readonly month: string; readonly people: number | null; readonly placed?: number | null; readonly kind?: string }
interface Booking { readonly unit: string; readonly month: string; readonly kr: number; readonly kind?: string | null }

const open: (() => void)[] = [];
afterAll(() => { for (const close of open) close(); });
async function figuresFor(cases: readonly Case[], bookings: readonly Booking[]): Promise<Figures> {
  const [one, other] = [await engine(), await engine()];
  open.push(() => { one.closeSync(); other.closeSync(); });
  const text = (value: string | null): string => (value === null ? 'null' : `'${value}'`);
  // A row for each person, so that they can be counted and added up alike.
  const persons = cases.flatMap(({ unit, month, people, placed = people, kind = 'x' }) => Array.from({ length: Math.max(people ?? 0, 1) }, (_, i) => `('${unit}', date '${month}', ${people === null ? 'null' : '1'}, ${placed === null ? 'null' : i < placed ? '1' : '0'}, 'w${unit}-${kind}-${i}', '${kind}')`));
  return figuresOf(await packFrom(YAML), {
    cases: { create: `create table facts as select u as _unit, d as _date, * from (values ${persons.join(',')}) t(u, d, people, placed, who, kind)` },
    money: { create: `create table facts as select u as _unit, d as _date, * from (values ${bookings.map(({ unit, month, kr, kind = 'x' }) => `('${unit}', date '${month}', ${kr}, ${text(kind)})`).join(',')}) t(u, d, kr, kind)` },
  }, { cases: one, money: other });
}
const query = (measures: string[], units: string[], period: Period, rest: Partial<Query> = {}): Query => ({ pack: 'p', measures, units, level: null, period, comparisons: [], by: null, comparedTo: null, having: null, order: null, limit: null, ...rest });
const rowsOf = async (figures: Figures, asked: Query): Promise<readonly Row[]> => (await runQuery(figures, asked)).rows;
const month = (from: string): Period => periodOf('month', from);
const span = (from: string, to: string): Period => ({ grain: 'rolling', from, to });
const many = (...months: string[]): Case[] => months.flatMap((from) => ['b', 'c', 'd', 'e'].map((unit) => ({ unit, month: from, people: 20 })));

describe('a stock over several months', () => {
  it('is judged by the month it was counted in last, not by that of what it is part of', async () => {
    const august = [{ unit: 'a', month: '2026-08-01', people: 12, placed: 3 }, ...many('2026-08-01')];
    const september = [{ unit: 'a', month: '2026-09-01', people: 12, placed: null }, ...many('2026-09-01').map((one) => ({ ...one, placed: null }))];
    const figures = await figuresFor([...august, ...september, ...many('2026-10-01')], [{ unit: 'a', month: '2026-08-01', kr: 1 }]);
    for (const period of [month('2026-08-01'), periodOf('quarter', '2026-08-01'), span('2026-08-01', '2026-10-01')]) {
      const [row] = await rowsOf(figures, query(['placed'], ['a'], period));
      expect([period, row?.values['placed']?.value]).toEqual([period, null]);
    }
    // What is no small count is there all the same.
    expect((await rowsOf(figures, query(['placed'], ['alt'], periodOf('quarter', '2026-08-01'))))[0]?.values['placed']?.value).toBe(83);
    expect((await rowsOf(figures, query(['all'], ['a'], month('2026-09-01'))))[0]?.values['all']?.value).toBe(12);
  });
});

describe('what is made of persons counted as a stock', () => {
  const cases = [...many('2026-05-01', '2026-06-01', '2026-07-01'), { unit: 'a', month: '2026-05-01', people: 20 }, { unit: 'a', month: '2026-06-01', people: 3 }, { unit: 'a', month: '2026-07-01', people: 20 }];
  const bookings = ['a', 'b', 'c', 'd', 'e'].flatMap((unit) => [{ unit, month: '2026-05-01', kr: 50_000 }, { unit, month: '2026-06-01', kr: 44_444 }]);

  it('is hidden over any time in which they were few: two months less one would tell', async () => {
    const figures = await figuresFor(cases, [...bookings, ...['a', 'b', 'c', 'd', 'e'].map((unit) => ({ unit, month: '2026-07-01', kr: 50_000 }))]);
    const spent = async (period: Period): Promise<number | null | undefined> => (await rowsOf(figures, query(['spend'], ['a'], period)))[0]?.values['spend']?.value;
    expect(await spent(month('2026-05-01'))).toBe(50_000);
    expect(await spent(month('2026-06-01'))).toBeNull();
    for (const period of [span('2026-05-01', '2026-08-01'), span('2026-05-01', '2026-07-01'), span('2026-06-01', '2026-08-01'), span('2026-01-01', '2026-08-01')]) expect([period, await spent(period)]).toEqual([period, null]);
    expect(await spent(span('2026-07-01', '2026-08-01'))).toBe(50_000);
  });

  it('also where it was booked last before they were counted last', async () => {
    const figures = await figuresFor(cases, bookings);
    for (const period of [month('2026-06-01'), span('2026-06-01', '2026-08-01'), span('2026-05-01', '2026-08-01')]) expect([period, (await rowsOf(figures, query(['owed'], ['a'], period)))[0]?.values['owed']?.value]).toEqual([period, null]);
    expect((await rowsOf(figures, query(['owed'], ['a'], month('2026-05-01'))))[0]?.values['owed']?.value).toBe(50_000);
  });
});

describe('an amount split by a dimension whose values another system knows otherwise', () => {
  it('shows no value where the whole or any of theirs is hidden', async () => {
    const cases = [...many('2026-05-01', '2026-06-01'), { unit: 'a', month: '2026-05-01', people: 3 }, { unit: 'a', month: '2026-06-01', people: 3 }, { unit: 'a', month: '2026-06-01', people: 20, kind: 'y' }, { unit: 'a', month: '2026-06-01', people: 30, kind: 'z' }];
    const bookings = [...['b', 'c', 'd', 'e'].flatMap((unit) => [{ unit, month: '2026-05-01', kr: 9 }, { unit, month: '2026-06-01', kr: 9 }]), { unit: 'a', month: '2026-05-01', kr: 1_507, kind: 'Institution' }, { unit: 'a', month: '2026-05-01', kr: 3_011, kind: null },
      { unit: 'a', month: '2026-06-01', kr: 700, kind: 'x' }, { unit: 'a', month: '2026-06-01', kr: 800, kind: 'z' }];
    const figures = await figuresFor(cases, bookings);
    const split = async (measure: string, from: string, unit = 'a'): Promise<[string | null, number | null | undefined][]> => (await rowsOf(figures, query([measure], [unit], month(from), { by: { dimension: 'kind', values: null } }))).map((row) => [row.dimension, row.values[measure]?.value]);
    for (const measure of ['paid', 'spend']) {
      expect((await split(measure, '2026-05-01')).filter(([, value]) => value !== null)).toEqual([]);
      expect((await split(measure, '2026-05-01')).map(([value]) => value)).toEqual(expect.arrayContaining(['Institution', NO_VALUE]));
      // Of three values one is small, and a second is hidden for its sake, which has no money: the whole less the third would tell.
      expect((await split(measure, '2026-06-01')).filter(([, value]) => value !== null)).toEqual([]);
      // Where there are many, all is shown but for one unit that is hidden beside the small one.
      const shown = await Promise.all(['b', 'c', 'd', 'e'].map((unit) => split(measure, '2026-05-01', unit)));
      expect(shown.filter((rows) => rows.some(([value, amount]) => value === 'x' && amount === 9))).toHaveLength(3);
    }
  });
});

describe('the highest of those one does not see by name', () => {
  const asked = query(['free', 'rate'], ['a'], month('2026-05-01'), { comparisons: ['average', 'highest', 'lowest'] });
  const booked = async (...units: string[]): Promise<Figures> => figuresFor(many('2026-05-01'), units.map((unit, i) => ({ unit, month: '2026-05-01', kr: 10 * (i + 1) })));

  it('is not told where fewer than three of them have a figure, however many others have', async () => {
    const figures = await booked('a', 'b', 'c', 'd');
    const [row] = await rowsOf(figures, { ...asked, nameless: ['d', 'e'] });
    for (const comparison of ['average', 'highest', 'lowest'] as const) expect([comparison, row?.against[comparison]?.['free']?.value, row?.against[comparison]?.['rate']?.value]).toEqual([comparison, null, null]);
  });

  it('is told, with the average of figures and of ratios, where they are three', async () => {
    const figures = await booked('a', 'b', 'c', 'd', 'e');
    const [row] = await rowsOf(figures, { ...asked, nameless: ['c', 'd', 'e'] });
    expect([row?.against.highest?.['free']?.value, row?.against.lowest?.['free']?.value, row?.against.average?.['free']?.value]).toEqual([50, 20, 30]);
    expect(row?.against.average?.['rate']?.value).toBe(30);
  });
});
