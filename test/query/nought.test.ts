import { runQuery } from '../../src/app/figures.ts';
import { answerCard, type AnswerContext } from '../../src/card/answer.ts';
import { periodOf, yearToDate } from '../../src/calendar/period.ts';
import type { Query } from '../../src/query/query.ts';
import { engine, figuresOf, PACK_YAML, packFrom } from './facts.ts';

const YAML = `${PACK_YAML}
  plan_of_it: {kind: flow, source: s, sql: "sum(minutes) * 100", name: Budget, definition: d, unit: kr}
  outcome: {kind: forecast, of: spend, plan: plan_of_it, methods: [straight-line], name: {da: Prognose, en: Forecast}, definition: d, unit: kr}
`;
const months = (year: number, count: number, money: number): string[] => Array.from({ length: count }, (_, i) => `('a1', date '${year}-${String(i + 1).padStart(2, '0')}-15', ${money}.00::decimal(18,2), 60::bigint, 'w', 'x')`);
async function figuresFor(rows: readonly string[]): ReturnType<typeof figuresOf> {
  return figuresOf(await packFrom(YAML), { s: { create: `create table facts as select u as _unit, d as _date, * from (values ${rows.join(',')}) t(u, d, money, minutes, who, kind)` } }, { s: await engine() });
}
const query = (measures: string[], rest: Partial<Query>): Query => ({ pack: 'p', measures, units: ['a1'], level: null, period: periodOf('month', '2026-03-01'), comparisons: [], by: null, comparedTo: null, having: null, order: null, limit: null, ...rest });
const context: AnswerContext = { language: 'da', understood: [], alternatives: [], latest: '', wantsChart: false, history: null, forecast: null, filtered: null };

it('a group whose money nets to nought stays in a split, one with nothing does not', async () => {
  const figures = await figuresFor([
    `('a1', date '2026-03-31', 500.00::decimal(18,2), 10::bigint, 'w', 'x')`, `('a1', date '2026-03-05', 70.00::decimal(18,2), 10::bigint, 'w', 'y')`,
    `('a1', date '2026-03-06', -70.00::decimal(18,2), 10::bigint, 'w', 'y')`, `('a1', date '2026-02-06', 10.00::decimal(18,2), 10::bigint, 'w', 'z')`,
  ]);
  const { rows } = await runQuery(figures, query(['spend'], { by: { dimension: 'kind', values: null } }));
  expect(rows.map((row) => [row.dimension, row.values['spend']?.value])).toEqual([['x', 500], ['y', 0]]);
});

it('a forecast is held against the result of last year, not against what was expected of it in that month', async () => {
  // 2025: 100 a month to June and 300 a month after it, 2,400 in all; a straight line from June would say 1,200.
  const figures = await figuresFor([...months(2025, 6, 100), ...months(2025, 12, 300).slice(6), ...months(2026, 6, 150).map((row) => row.replace('06-15', '06-30'))]);
  const { rows } = await runQuery(figures, query(['outcome'], { period: yearToDate('2026-07-01'), comparisons: ['last-year'] }));
  expect(rows[0]?.values['outcome']?.value).toBe(1800);
  expect(rows[0]?.against['last-year']?.['outcome']?.value).toBe(2400);
});

it.each([[1, 'Kun én måned er lukket'], [2, 'Kun 2 måneder er lukket']])('after %d months a forecast is not missing data, but too early', async (count, said) => {
  const figures = await figuresFor([...months(2025, 12, 100), ...months(2026, count, 100).map((row) => row.replace("01-15'", "01-31'").replace("02-15'", "02-28'"))]);
  const result = await runQuery(figures, query(['outcome'], { period: yearToDate(`2026-0${count + 1}-01`) }));
  const card = answerCard(figures.pack, result, context);
  expect(card.headline).toContain(`der er for få måneder til en prognose for 2026. ${said}, og den bygger på mindst 3.`);
  expect(JSON.stringify(card)).not.toContain('ingen data');
});
