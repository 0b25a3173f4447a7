import type { LoadReport, Tally } from '../../ports.ts';

/** A month of fewer rows than this says nothing by a row more or less. */
const FEWEST_ROWS = 5;

type Counted = Pick<LoadReport, 'tally' | 'definition'>;
/** What one month holds: rows, and the turnover of each column of money. */
interface Held { rows: number; readonly money: Map<string, number> }

/**
 * What fell from one load to the next by more than `mayFall` percent, in words: the rows or the money of a month, over all files, so
 * that a file under another name is the same delivery; and of each file that kept its name, so that its loss does not hide behind
 * another file's growth. What moved on into a file with a new name is no loss. The turnover of money is held against, which no
 * entry that takes another back makes smaller. Nothing where the load before did not count.
 */
export function fallen(before: Counted | null, now: Counted, mayFall: number): string[] {
  if (before === null || before.definition === '') return [];
  const known = new Set(before.tally.map(({ file }) => file));
  const staying = new Set(now.tally.flatMap(({ file }) => (known.has(file) ? [file] : [])));
  const [then, today] = [monthsOf(before.tally), monthsOf(now.tally)];
  const total = compared(then, today, mayFall, () => 0).map(([, text]) => text);
  if (total.length > 0) return total;
  // What came in files with new names may be what is gone from others, less what went with files that are gone.
  const [arrived, left] = [monthsOf(now.tally.filter(({ file }) => !known.has(file))), monthsOf(before.tally.filter(({ file }) => !staying.has(file) && !now.tally.some((one) => one.file === file)))];
  const moved = (month: string, what: string | null): number => Math.max(0, amount(arrived.get(month), what) - amount(left.get(month), what));
  return [...known].sort().flatMap((file) => {
    const own = (tally: readonly Tally[]): Map<string, Held> => monthsOf(tally.filter((one) => one.file === file));
    // A file that is gone altogether has gone under another name, or else the month's total shows it.
    return staying.has(file) ? compared(own(before.tally), own(now.tally), mayFall, moved).map(([, text]) => `${file}, ${text}`) : [];
  });
}

const amount = (held: Held | undefined, column: string | null): number => (held === undefined ? 0 : column === null ? held.rows : held.money.get(column) ?? 0);

/** The falls of each month, by month; `moved` is what may have gone elsewhere, of rows (null) or a column of money. */
function compared(then: ReadonlyMap<string, Held>, today: ReadonlyMap<string, Held>, mayFall: number, moved: (month: string, what: string | null) => number): [month: string, text: string][] {
  const columns = new Set([...today.values()].flatMap(({ money }) => [...money.keys()]));
  return [...then].sort(([a], [b]) => a.localeCompare(b)).flatMap(([month, was]) => {
    const is = today.get(month);
    const fell = (what: string | null): boolean => amount(was, what) - amount(is, what) - moved(month, what) > (amount(was, what) * mayFall) / 100 + 1e-6;
    const at = month.slice(0, 7);
    const rows = was.rows >= FEWEST_ROWS && fell(null) ? [`${at}: ${amount(is, null)} rows, where ${was.rows} were`] : [];
    // A column that is money no more is not compared; where nothing is left, all that was is gone.
    const money = [...was.money.keys()].filter((column) => (columns.size === 0 || columns.has(column)) && fell(column)).map((column) => `${at}: ${column} moves ${amount(is, column).toFixed(2)}, where it was ${amount(was, column).toFixed(2)}`);
    return [...rows, ...money].map((text): [string, string] => [month, text]);
  });
}

function monthsOf(tally: readonly Tally[]): Map<string, Held> {
  const months = new Map<string, Held>();
  for (const { month, rows, sums } of tally) {
    if (month === null) continue;
    const known = months.get(month) ?? { rows: 0, money: new Map<string, number>() };
    known.rows += rows;
    for (const [column, { turnover }] of Object.entries(sums)) known.money.set(column, (known.money.get(column) ?? 0) + turnover);
    months.set(month, known);
  }
  return months;
}
