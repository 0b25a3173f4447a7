import fc from 'fast-check';
import { lastClosed, periodOf, pieces, rolling, yearToDate, type Period } from '../../src/calendar/period.ts';
import readXlsxFile from 'read-excel-file/node';
import { answer } from '../../src/app/answer.ts';
import { composeDigest } from '../../src/app/compose.ts';
import { sheetOf } from '../../src/app/converse.ts';
import { runForecast, runQuery, type Figures } from '../../src/app/figures.ts';
import { explain } from '../../src/app/explain.ts';
import type { Card } from '../../src/card/card.ts';
import { cardText } from '../../src/card/text.ts';
import { writeWorkbook } from '../../src/io/sheet/workbook.ts';
import type { Digest, Pack, Person } from '../../src/pack/model.ts';
import { buildLexicon } from '../../src/question/lexicon.ts';
import type { Comparison, Query } from '../../src/query/query.ts';
import type { Cell, Result } from '../../src/query/result.ts';
import { solve, type Equation, type Known } from '../access/attacker.ts';
import { engine, figuresOf, packFrom } from '../query/facts.ts';

const YAML = `
pack: {title: {da: Prøve, en: Test}}
organisation:
  levels: [{id: kommune, name: kommune}, {id: omraade, name: {da: område, en: area}}, {id: distrikt, name: {da: distrikt, en: district}}]
  unit: {id: alt, name: Alt, children: [{id: a, name: A, children: [{id: a3, name: A3}, {id: a2, name: A2}, {id: a1, name: A1}]}, {id: b, name: B, children: [{id: b1, name: B1}, {id: b2, name: B2}]}]}
sources:
  s:
    name: Kilde
    files: x.csv
    unit: u
    date: d
    columns: {u: text, d: date, money: decimal(2), who: text, kind: text}
    dimensions: {kind: {column: kind, name: {da: art, en: kind}}}
measures:
  spend: {kind: flow, source: s, sql: "sum(money)", name: Spend, definition: d, unit: kr}
  moved: {kind: flow, source: s, sql: "count(*)", name: Moved in, definition: d, unit: persons}
  people: {kind: distinct, source: s, sql: "count(distinct who)", name: People, definition: d, unit: persons}
  quarterly: {kind: distinct, source: s, sql: "count(distinct who)", name: Per quarter, definition: d, unit: persons, finest: quarter}
  there: {kind: stock, source: s, sql: "count(*)", name: There, definition: d, unit: persons}
  each: {kind: ratio, numerator: spend, denominator: people, name: Each, definition: d, unit: kr per person}
  forecast: {kind: forecast, of: moved, plan: moved, methods: [straight-line], name: Forecast, definition: d, unit: persons}
plans:
  people: {yearly: moved, spread: even}
digests:
  side:
    title: Siden
    schedule: workday 5
    period: last closed month
    audience: [{role: leader}, {role: chief}]
    start: 2026-01-01
    sections:
      - {kind: table, title: Tallene, measures: [people, moved, there, each]}
      - {kind: chart, chart: trend, measures: [people], months: 3}
      - {kind: ranking, title: Distrikter, measure: people, level: distrikt}
people:
  chef: {name: Chef Chefsen, role: chief, units: [a]}
  to: {name: To Tosen, role: leader, units: [a2]}
  tre: {name: Tre Tresen, role: leader, units: [a3]}
`;
const NODES = ['alt', 'a', 'a1', 'a2', 'a3', 'b', 'b1', 'b2'];
const LEAVES = ['a1', 'a2', 'a3', 'b1', 'b2'];
const CHILDREN: Record<string, string[]> = { alt: ['a', 'b'], a: ['a1', 'a2', 'a3'], b: ['b1', 'b2'] };
const MONTHS = ['2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01'];
const KINDS = ['x', 'y', 'z'];

/** How many came to each unit, per month and kind. */
type Counts = readonly (readonly (readonly number[])[])[];
const few = fc.oneof({ weight: 2, arbitrary: fc.integer({ min: 0, max: 5 }) }, { weight: 2, arbitrary: fc.integer({ min: 3, max: 15 }) });
const counts: fc.Arbitrary<Counts> = fc.array(fc.array(fc.array(few, { minLength: KINDS.length, maxLength: KINDS.length }), { minLength: LEAVES.length, maxLength: LEAVES.length }), { minLength: MONTHS.length, maxLength: MONTHS.length });

async function figuresFor(given: Counts): Promise<{ pack: Pack; figures: Figures; close: () => void; asked: string[] }> {
  const connection = await engine();
  const pack = await packFrom(YAML);
  const rows = given.flatMap((units, m) => units.flatMap((kinds, u) => kinds.flatMap((n, k) => Array.from({ length: n }, (_, i) => `('${LEAVES[u]}', date '${(MONTHS[m] as string).slice(0, 8)}15', 100.00::decimal(18,2), 'w${u}-${k}-${i}', '${KINDS[k]}')`))));
  const figures = await figuresOf(pack, { s: { create: `create table facts as select u as _unit, d as _date, * from (values ${rows.length > 0 ? rows.join(',') : "('a1', date '1999-01-01', 0.00::decimal(18,2), 'w', 'x')"}) t(u, d, money, who, kind)` } }, { s: connection });
  const asked: string[] = [];
  const source = figures.sources.get('s') as NonNullable<ReturnType<Figures['sources']['get']>>;
  const sources = new Map([['s', { ...source, facts: { ...source.facts, query: async (sql: string, parameters?: Parameters<typeof source.facts.query>[1]) => { asked.push(sql); return source.facts.query(sql, parameters); } } }]]);
  return { pack, figures: { ...figures, sources }, close: () => connection.closeSync(), asked };
}

const query = (measures: string[], units: string[], over: Period, rest: Partial<Query> = {}): Query => ({ pack: 'p', measures, units, level: null, period: over, comparisons: [], by: null, comparedTo: null, having: null, order: null, limit: null, ...rest });
const month = (from: string): Period => periodOf('month', from);
const hidden = (cell: Cell | undefined): boolean => cell?.state === 'suppressed' || cell?.state === 'withheld';

describe('small counts in answers', () => {
  it('one and the same figure is shown or hidden alike, however it is asked for', async () => {
    await fc.assert(fc.asyncProperty(counts, async (given) => {
      const { figures, close } = await figuresFor(given);
      const states = new Map<string, Cell>();
      const see = (measure: string, unit: string, period: Period, dimension: string | null, cell: Cell | undefined): void => {
        if (cell === undefined) return;
        const key = JSON.stringify([measure, unit, period.from, period.to, dimension]);
        const known = states.get(key);
        // What a comparison is made of is not said to be partial.
        if (known !== undefined) expect({ key, hidden: hidden(known), value: known.value }).toEqual({ key, hidden: hidden(cell), value: cell.value });
        else states.set(key, cell);
      };
      const all = (result: Result): void => {
        for (const row of result.rows) for (const id of ['moved', 'people', 'there']) {
          see(id, row.unit, row.period, row.dimension, row.values[id]);
          if (row.period.grain === 'month') see(id, row.unit, { ...row.period, from: pieces({ from: '2025-12-01', to: row.period.from, grain: 'rolling' }, 'month').at(-1)?.from ?? '', to: row.period.from }, row.dimension, row.against.previous?.[id]);
        }
      };
      const ids = ['moved', 'people', 'there'];
      for (const from of MONTHS) all(await runQuery(figures, query(ids, NODES, month(from), { comparisons: ['previous'] })));
      all(await runQuery(figures, query(ids, NODES, rolling('2026-05-01', 4), { by: { grain: 'month' } })));
      for (const over of [month('2026-02-01'), periodOf('quarter', '2026-01-01')]) {
        all(await runQuery(figures, query(ids, NODES, over, { by: { dimension: 'kind', values: null } })));
        all(await runQuery(figures, query(ids, NODES, over, { by: { dimension: 'kind', values: ['x'] }, comparisons: ['share'] })));
        all(await runQuery(figures, query(ids, ['alt'], over, { level: 'distrikt', order: { measure: 'people', against: null, descending: true } })));
      }
      close();
    }), { numRuns: 6 });
  });

  it('who asks for everything in any window of months, in all and by value, works out none that is hidden', async () => {
    let solved = 0;
    await fc.assert(fc.asyncProperty(counts, async (given) => {
      const { figures, close } = await figuresFor(given);
      const windows = [...MONTHS.map(month), periodOf('quarter', '2026-01-01'), periodOf('half-year', '2026-01-01'), periodOf('year', '2026-01-01'), yearToDate('2026-03-01'), yearToDate('2026-05-01'), rolling('2026-04-01', 2), rolling('2026-05-01', 2), rolling('2026-05-01', 3)];
      const shown = new Map<string, Cell>();
      for (const over of windows) {
        for (const row of (await runQuery(figures, query(['moved'], NODES, over))).rows) shown.set(`${over.from}/${over.to} ${row.unit} *`, row.values['moved'] as Cell);
        for (const row of (await runQuery(figures, query(['moved'], NODES, over, { by: { dimension: 'kind', values: null } }))).rows) shown.set(`${over.from}/${over.to} ${row.unit} ${row.dimension}`, row.values['moved'] as Cell);
      }
      // What is not known is the figure of each month; a window is the sum of its months.
      const unknown: { name: string; known: Known }[] = [];
      const index = new Map<string, number>();
      const kinds = ['*', ...new Set([...shown.keys()].map((key) => key.split(' ')[2] as string).filter((kind) => kind !== '*'))];
      for (const from of MONTHS) for (const unit of NODES) for (const kind of kinds) {
        const cell = shown.get(`${from}/${month(from).to} ${unit} ${kind}`);
        if (!hidden(cell)) continue;
        index.set(`${from} ${unit} ${kind}`, unknown.length);
        unknown.push({ name: `${from} ${unit} ${kind}`, known: cell?.state === 'suppressed' ? { low: 1, high: 4 } : { low: 0, high: Infinity } });
      }
      const equations: Equation[] = [];
      const equate = (terms: readonly (readonly [name: string, factor: number])[], sum = 0): void => {
        const factors = new Map<number, number>();
        let rest = sum;
        for (const [name, factor] of terms) {
          const at = index.get(name);
          const [from = '', unit, kind] = name.split(' ');
          if (at === undefined) rest -= factor * (shown.get(`${from}/${month(from).to} ${unit} ${kind}`)?.value ?? 0);
          else factors.set(at, (factors.get(at) ?? 0) + factor);
        }
        equations.push({ factors, sum: rest });
      };
      for (const from of MONTHS) {
        for (const unit of NODES) equate([[`${from} ${unit} *`, 1], ...kinds.slice(1).map((kind): [string, number] => [`${from} ${unit} ${kind}`, -1])]);
        for (const [unit, children] of Object.entries(CHILDREN)) for (const kind of kinds) equate([[`${from} ${unit} ${kind}`, 1], ...children.map((child): [string, number] => [`${from} ${child} ${kind}`, -1])]);
      }
      for (const over of windows) for (const unit of NODES) for (const kind of kinds) {
        const cell = shown.get(`${over.from}/${over.to} ${unit} ${kind}`);
        if (cell !== undefined && !hidden(cell)) equate(MONTHS.filter((from) => from >= over.from && from < over.to).map((from) => [`${from} ${unit} ${kind}`, 1]), cell.value ?? 0);
      }
      solve(unknown.map(({ known }) => known), equations).forEach(({ low, high }, i) => {
        solved += 1;
        // That nobody is there harms no one where noughts are shown.
        if (high > 1e-6 && Math.floor(high + 1e-6) <= Math.ceil(low - 1e-6)) throw new Error(`${unknown[i]?.name} lies from ${low} to ${high}`);
      });
      close();
    }), { numRuns: 8 });
    expect(solved).toBeGreaterThan(50);
  });

  const GIVEN: Counts = [
    [[9, 9, 9], [1, 1, 0], [7, 7, 8], [9, 9, 9], [9, 9, 9]],
    [[9, 9, 9], [9, 8, 7], [7, 7, 8], [9, 9, 9], [9, 9, 9]],
    [[9, 9, 9], [9, 8, 7], [7, 7, 8], [9, 9, 9], [9, 9, 9]],
    [[9, 9, 9], [9, 8, 7], [7, 7, 8], [9, 9, 9], [9, 9, 9]],
  ];
  const given = async (): Promise<Awaited<ReturnType<typeof figuresFor>>> => figuresFor(GIVEN);
  const one = async (figures: Figures, id: string, unit: string, over: Period, rest: Partial<Query> = {}): Promise<Cell | undefined> => (await runQuery(figures, query([id], [unit], over, rest))).rows[0]?.values[id];

  it('the small one is told as small, the one hidden for its sake as hidden, and the sum and the other are shown', async () => {
    const { figures, close } = await given();
    expect(await one(figures, 'people', 'a2', month('2026-01-01'))).toEqual({ value: null, state: 'suppressed' });
    expect(await one(figures, 'people', 'a3', month('2026-01-01'))).toEqual({ value: null, state: 'withheld' });
    expect(await one(figures, 'people', 'a1', month('2026-01-01'))).toMatchObject({ value: 27 });
    expect(await one(figures, 'people', 'a', month('2026-01-01'))).toMatchObject({ value: 51 });
    close();
  });

  it('a figure made of a hidden count is hidden: cost per person, share, average, the year before, plan and forecast', async () => {
    const { figures, close } = await given();
    const over = month('2026-01-01');
    expect(await one(figures, 'each', 'a2', over)).toEqual({ value: null, state: 'withheld' });
    expect(await one(figures, 'each', 'a3', over)).toEqual({ value: null, state: 'withheld' });
    const against = async (id: string, unit: string, comparison: Comparison, period = over): Promise<Cell | undefined> => (await runQuery(figures, query([id], [unit], period, { comparisons: [comparison] }))).rows[0]?.against[comparison]?.[id];
    expect(await against('people', 'a2', 'share')).toMatchObject({ state: 'withheld' });
    expect(await against('people', 'a1', 'average')).toMatchObject({ state: 'withheld' });
    expect(await against('people', 'a2', 'previous', month('2026-02-01'))).toMatchObject({ state: 'suppressed' });
    expect(await against('people', 'a2', 'last-year', month('2027-01-01'))).toMatchObject({ state: 'suppressed' });
    expect(await against('people', 'a2', 'plan')).toMatchObject({ state: 'withheld' });
    expect((await runForecast(figures, 'forecast', ['a2', 'a1'], month('2026-04-01'))).get('a2')).toEqual({ value: { value: null, state: 'withheld' }, range: [] });
    expect((await runForecast(figures, 'forecast', ['a2', 'a1'], month('2026-04-01'))).get('a1')?.value.value).toBe(27 * 12);
    close();
  });

  it('longer windows are shown where each of their months is, others not: quarter, year to date, rolling months', async () => {
    const { figures, close } = await given();
    for (const over of [periodOf('quarter', '2026-01-01'), yearToDate('2026-05-01'), rolling('2026-04-01', 3)]) {
      for (const unit of ['a2', 'a3']) expect(await one(figures, 'people', unit, over)).toEqual({ value: null, state: 'withheld' });
      expect((await one(figures, 'people', 'a1', over))?.value).toBe(27);
    }
    expect((await one(figures, 'people', 'a2', rolling('2026-05-01', 3)))?.value).toBe(24);
    close();
  });

  it('persons are not counted by weeks, days or odd spans, of which two could differ by one person; hours and money are', async () => {
    const { figures, close } = await given();
    for (const over of [periodOf('week', '2026-02-15'), periodOf('day', '2026-02-15'), { from: '2026-02-01', to: '2026-02-20', grain: 'rolling' } as const]) {
      for (const id of ['people', 'moved', 'there', 'each']) expect(await one(figures, id, 'alt', over)).toEqual({ value: null, state: 'withheld' });
      expect((await one(figures, 'spend', 'alt', over))?.value).toBeGreaterThan(0);
    }
    close();
  });

  it('a count shown per quarter at the finest is not shown for a month', async () => {
    const { figures, close } = await given();
    expect(await one(figures, 'quarterly', 'a2', month('2026-02-01'))).toEqual({ value: null, state: 'withheld' });
    expect((await one(figures, 'quarterly', 'a2', periodOf('quarter', '2026-01-01')))?.value).toBe(24);
    close();
  });

  it('a stock is decided by the month its day lies in', async () => {
    const { figures, close } = await given();
    expect(await one(figures, 'there', 'a2', month('2026-01-01'))).toEqual({ value: null, state: 'suppressed' });
    expect((await one(figures, 'there', 'a2', periodOf('quarter', '2026-01-01')))?.value).toBe(24);
    close();
  });

  it('a hidden count meets no limit and is ranked last, whatever it is', async () => {
    const { figures, close } = await given();
    const over = month('2026-01-01');
    const units = async (rest: Partial<Query>): Promise<string[]> => (await runQuery(figures, query(['people'], ['a'], over, { level: 'distrikt', ...rest }))).rows.map((row) => row.unit);
    for (const side of ['above', 'below'] as const) for (const limit of [0, 1, 2, 3, 30, 1000]) {
      const met = await units({ having: { measure: 'people', against: null, side, limit, relative: false } });
      expect(met).not.toContain('a2');
      expect(met).not.toContain('a3');
    }
    expect((await units({ order: { measure: 'people', against: null, descending: true } }))[0]).toBe('a1');
    expect((await units({ order: { measure: 'people', against: null, descending: false } }))[0]).toBe('a1');
    expect(await units({ order: { measure: 'people', against: null, descending: false }, limit: 1 })).toEqual(['a1']);
    close();
  });

  it('what explains a difference tells no hidden count either', async () => {
    const { figures, close } = await given();
    const { sentences, blocks } = await explain(figures, query(['people'], ['a'], month('2026-02-01'), { comparisons: ['previous'] }), null, 'da', (one) => one);
    const said = JSON.stringify([sentences, blocks]);
    // By kind it can be told; of the units only one could be, so none is.
    expect(said).toContain('"x"');
    expect(said).not.toMatch(/A2|A3/);
    close();
  });

  it('the page, the question, the spreadsheet, the picture and its alt text say the same: small, hidden, and why; nobody, whoever asks, is told the number', async () => {
    const { pack, figures, close } = await given();
    const digest = pack.digests.get('side') as Digest;
    const people = [...pack.people.values()];
    const pages = await composeDigest(figures, digest, month('2026-01-01'), people);
    const tableOf = (card: Card | undefined, title: RegExp): Record<string, string> => Object.fromEntries(card?.blocks.flatMap((block) => (block.kind === 'table' && title.test(block.title) ? block.rows.map((row) => [row[0]?.text ?? '', (row[1]?.text ?? '').replaceAll('\u00a0', ' ')]) : [])) ?? []);
    expect(tableOf(pages.get('to'), /Tallene/)).toEqual({ People: '<5', 'Moved in': '<5', There: '<5', Each: 'skjult' });
    expect(tableOf(pages.get('tre'), /Tallene/)).toEqual({ People: 'skjult', 'Moved in': 'skjult', There: 'skjult', Each: 'skjult' });
    expect(tableOf(pages.get('chef'), /Distrikter/)).toEqual({ A1: '27 personer', A2: '<5', A3: 'skjult' });
    expect(cardText(pages.get('to') as Card)).toContain('Antal personer under 5 vises ikke');
    expect(cardText(pages.get('tre') as Card)).toContain('bygger på et antal personer under 5');
    // In the picture they are gaps, and in its alt text the same words.
    const asking = { memberships: [{ pack, person: pack.people.get('chef') as Person }], figures: () => figures, lexicon: buildLexicon([pack]), today: '2026-05-10', previous: null, offered: [], language: 'da' as const };
    const answered = await answer('people pr. distrikt i januar 2026', asking);
    if (answered.kind !== 'answer') throw new Error(cardText(answered.card));
    expect(tableOf(answered.card, /./)).toEqual({ A1: '27 personer', A2: '<5', A3: 'skjult' });
    const chart = answered.card.picture?.chart;
    expect(chart?.kind === 'bars' ? chart.rows.map(({ value, label }) => [value, label]) : null).toEqual([[null, 'skjult'], [null, '<5'], [27, '27\u00a0personer']]);
    expect(answered.card.picture?.alt).toMatch(/A3 skjult, A2 <5/);
    expect(cardText(answered.card)).toMatch(/under 5/);
    const sheet = await sheetOf(answered, [pack], writeWorkbook);
    const [first] = await readXlsxFile(Buffer.from(sheet?.bytes ?? []));
    expect((first?.data ?? []).slice(1).map((row) => row[2])).toEqual(['skjult', '<5', 27]);
    // Asked about by who leads it, by itself or month by month, it is no different.
    for (const [who, mark] of [['to', '<5'], ['tre', 'skjult']] as const) {
      const alone = await answer('people i januar 2026', { ...asking, memberships: [{ pack, person: pack.people.get(who) as Person }] });
      expect(alone.card.headline).toContain(mark);
      const months = await answer('people pr. måned de sidste 4 måneder', { ...asking, memberships: [{ pack, person: pack.people.get(who) as Person }] });
      expect(months.card.picture?.alt).toContain(`januar 2026 ${mark}`);
    }
    // Who is hidden has no rank: the lowest is the lowest that is shown.
    expect((await answer('de 1 laveste people pr. distrikt i januar 2026', asking)).card.headline).not.toMatch(/A2|A3/);
    expect((await answer('people pr. distrikt i januar 2026', asking)).card.headline).not.toMatch(/A2|A3/);
    close();
  });

  it('a later month changes nothing of what was decided before it', async () => {
    await fc.assert(fc.asyncProperty(counts, async (later) => {
      const before = await figuresFor(later.slice(0, 3));
      const after = await figuresFor(later);
      const closed = lastClosed('month', '2026-04-01');
      for (const over of [...MONTHS.slice(0, 3).map(month), rolling(closed.to, 3)]) {
        const state = async (figures: Figures): Promise<unknown> => (await runQuery(figures, query(['people', 'moved'], NODES, over, { by: { dimension: 'kind', values: KINDS } }))).rows.map((row) => [row.unit, row.dimension, hidden(row.values['people']), hidden(row.values['moved'])]).filter(([, kind]) => kind !== null);
        const [then, now] = [await state(before.figures), await state(after.figures)] as [unknown[], unknown[]];
        expect(now).toEqual(then);
      }
      before.close();
      after.close();
    }), { numRuns: 4 });
  });

  it('is decided once for a load, and kept', async () => {
    const { figures, asked, close } = await given();
    await runQuery(figures, query(['people'], ['a1'], month('2026-01-01')));
    const first = asked.length;
    await runQuery(figures, query(['people'], ['a2'], month('2026-03-01')));
    const question = asked.length - first;
    await runQuery(figures, query(['people'], ['a2'], month('2026-04-01')));
    expect(asked.length - first).toBe(2 * question);
    expect(first).toBe(2 * question);
    close();
  });
});
