import type { LoadReport, Tally } from '../../ports.ts';

/** A month of fewer rows than this says nothing by a row more or less. */
const FEWEST_ROWS = 5;

/**
 * What fell from one load to the next by more than `mayFall` percent, in words: the rows or the money of a month, over all files, so
 * that a file under another name is the same delivery. The turnover of money is held against, which no entry that takes another
 * back makes smaller. Nothing where the pack's definition changed, or the load before did not count.
 */
export function fallen(before: Pick<LoadReport, 'tally' | 'definition'> | null, now: Pick<LoadReport, 'tally' | 'definition'>, mayFall: number): string[] {
  if (before === null || before.definition === '' || before.definition !== now.definition) return [];
  const [then, today] = [monthsOf(before.tally), monthsOf(now.tally)];
  return [...then].sort(([a], [b]) => a.localeCompare(b)).flatMap(([month, was]) => {
    const is = today.get(month) ?? { rows: 0, money: {} };
    const fell = (old: number, current: number): boolean => old - current > (old * mayFall) / 100 + 1e-6;
    const rows = was.rows >= FEWEST_ROWS && fell(was.rows, is.rows) ? [`${month.slice(0, 7)}: ${is.rows} rows, where ${was.rows} were`] : [];
    const money = Object.entries(was.money).filter(([column, old]) => fell(old, is.money[column] ?? 0)).map(([column, old]) => `${month.slice(0, 7)}: ${column} moves ${(is.money[column] ?? 0).toFixed(2)}, where it was ${old.toFixed(2)}`);
    return [...rows, ...money];
  });
}

function monthsOf(tally: readonly Tally[]): Map<string, { rows: number; money: Record<string, number> }> {
  const months = new Map<string, { rows: number; money: Record<string, number> }>();
  for (const { month, rows, sums } of tally) {
    if (month === null) continue;
    const known = months.get(month) ?? { rows: 0, money: {} };
    known.rows += rows;
    for (const [column, { turnover }] of Object.entries(sums)) known.money[column] = (known.money[column] ?? 0) + turnover;
    months.set(month, known);
  }
  return months;
}
