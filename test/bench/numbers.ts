import { runDigest } from '../../src/app/compose.ts';
import { runQuery } from '../../src/app/figures.ts';
import { periodOf, yearToDate, type Period } from '../../src/calendar/period.ts';
import type { Digest } from '../../src/pack/model.ts';
import type { Query } from '../../src/query/query.ts';
import { ABSENCE, ALL_MONTHS, bareOnFacts, bareOnFiles, MINUTES, MINUTES_BY_SERVICE, MONEY, PERSONS } from './bare.ts';
import { NODES } from './organisation.ts';
import { DIGEST, PACK } from './pack.ts';
import { goal, inMs, inRows, times, type Line } from './report.ts';
import { inTurn, median, medianRatio } from './timing.ts';
import type { Town } from './town.ts';

export const MONTH: Period = periodOf('month', '2026-10-01');
/** Days that no roll-up is kept for. */
const ODD_DAYS: Period = { grain: 'rolling', from: '2026-10-05', to: '2026-10-16' };

export const queryFor = (measures: readonly string[], period: Period, more: Partial<Query> = {}): Query =>
  ({ pack: PACK, measures, units: NODES.map(({ id }) => id), level: null, period, comparisons: [], comparedTo: null, by: null, having: null, order: null, limit: null, ...more });

/**
 * A measure, the bare query's column for it (`per` of which make one), and the smallest part the two must agree to:
 * øre, minutes, persons, tenths of days.
 */
const CHECKS: readonly { readonly measure: string; readonly sql: (span: Period) => string; readonly column: string; readonly per: number; readonly parts: number }[] = [
  { measure: 'forbrug', sql: MONEY, column: 'forbrug', per: 1, parts: 100 },
  { measure: 'budget', sql: MONEY, column: 'budget', per: 1, parts: 100 },
  { measure: 'vikarudgift', sql: MONEY, column: 'vikar', per: 1, parts: 100 },
  { measure: 'loenudgift', sql: MONEY, column: 'loen', per: 1, parts: 100 },
  { measure: 'visiterede_timer', sql: MINUTES, column: 'visiteret', per: 60, parts: 60 },
  { measure: 'leverede_timer', sql: MINUTES, column: 'leveret', per: 60, parts: 60 },
  { measure: 'borgere', sql: PERSONS, column: 'borgere', per: 1, parts: 1 },
  { measure: 'borger_hjaelper', sql: PERSONS, column: 'par', per: 1, parts: 1 },
  { measure: 'fravaersdagsvaerk', sql: ABSENCE, column: 'syge', per: 1, parts: 10 },
  { measure: 'mulige_dagsvaerk', sql: ABSENCE, column: 'mulige', per: 1, parts: 10 },
];

/**
 * Every figure of every node, over a month, a quarter, the year to date, the month a year before and odd days, beside the bare
 * query on the files as they came. Gives how many were compared, and those that differ by as much as an øre or a minute.
 */
export async function compareFigures(town: Town): Promise<{ compared: number; differences: string[] }> {
  const bare = await bareOnFiles(town.site);
  const differences: string[] = [];
  let compared = 0;
  try {
    for (const period of [MONTH, periodOf('quarter', '2026-07-01'), yearToDate('2026-11-01'), periodOf('month', '2025-10-01'), ODD_DAYS]) {
      const { rows } = await runQuery(town.figures, queryFor(CHECKS.map(({ measure }) => measure), period));
      const known = new Map<string, Map<string, Record<string, unknown>>>();
      for (const { measure, sql, column, per, parts } of CHECKS) {
        const statement = sql(period);
        const found = known.get(statement) ?? new Map((await bare.rows(statement)).map((row) => [String(row['node']), row]));
        known.set(statement, found);
        for (const row of rows) {
          const value = found.get(row.unit)?.[column] ?? null;
          const theirs = value === null ? null : Number(value) / per;
          const { value: ours, state } = row.values[measure] ?? { value: null, state: 'missing' };
          compared += 1;
          // A small count of persons is hidden, so there is only to see that it is small.
          // What is hidden for another's sake can be any number.
          const equal = state === 'withheld' ? ours === null : state === 'suppressed' ? theirs !== null && theirs > 0 && theirs < 5 : theirs === null || ours === null ? theirs === ours : Math.round(ours * parts) === Math.round(theirs * parts);
          if (!equal) differences.push(`${measure} of ${row.unit}, ${period.from} to ${period.to}: ${ours ?? state} and not ${theirs ?? 'missing'}`);
        }
      }
    }
  } finally {
    bare.close();
  }
  return { compared, differences };
}

/** The numbers of all leaders at once, beside the grouped statements by hand on the same tables; and how long those of a page take. */
export async function measureNumbers(town: Town, rounds: number): Promise<{ lines: Line[]; pageMs: number }> {
  const { pack, figures, site } = town;
  const size = `${inRows(site.visits)} visits`;
  const digest = pack.digests.get(DIGEST) as Digest;
  const bare = await bareOnFacts(town);
  const services = queryFor(['visiterede_timer', 'leverede_timer'], ODD_DAYS, { by: { dimension: 'ydelse', values: null } });
  const byHand = async (what: string, often: number, ours: () => Promise<unknown>, statements: readonly string[]): Promise<{ line: Line; ms: number }> => {
    const t = await inTurn({ ours, theirs: () => bare.all(statements) }, often);
    const ratio = medianRatio(t.ours, t.theirs);
    return { line: { what: `${what}, ${size}`, measured: inMs(median(t.ours)), bare: inMs(median(t.theirs)), ratio: times(ratio), target: goal('≤ 2×', ratio <= 2) }, ms: median(t.ours) };
  };
  try {
    const measured = [
      await byHand('Four sums of one month, 183 units', rounds, () => runQuery(figures, queryFor(['forbrug', 'budget', 'visiterede_timer', 'leverede_timer'], MONTH)), [MONEY(MONTH), MINUTES(MONTH)]),
      await byHand('Two distinct counts of one month, 183 units', rounds, () => runQuery(figures, queryFor(['borgere', 'borger_hjaelper'], MONTH)), [PERSONS(MONTH)]),
      await byHand('Two sums by service over 11 odd days, 183 units (reads the facts)', rounds, () => runQuery(figures, services), [MINUTES_BY_SERVICE(ODD_DAYS)]),
      // By hand this takes as long as counting everything: a few rounds tell enough.
      await byHand('All numbers of a page for 1,000 leaders (37 months, plan, last year, forecast)', site.visits > 5_000_000 ? 2 : 3, () => runDigest(figures, digest, MONTH), ALL_MONTHS),
    ];
    return { lines: measured.map(({ line }) => line), pageMs: measured.at(-1)?.ms ?? NaN };
  } finally {
    bare.close();
  }
}

/** Whether a page's numbers take longer with more rows: they come from what is kept per month and unit. */
export function compareSizes(few: { visits: number; pageMs: number }, many: { visits: number; pageMs: number }): Line {
  const ratio = many.pageMs / few.pageMs;
  return { what: `All numbers of a page from the kept roll-up, ${inRows(many.visits)} visits beside ${inRows(few.visits)}`, measured: inMs(many.pageMs), bare: `${inMs(few.pageMs)} (fewer rows)`, ratio: times(ratio), target: goal('≤ 1.5×', ratio <= 1.5) };
}
