import { mkdtemp, rm } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { readConfig } from '../../src/io/config/config.ts';
import { createPainter } from '../../src/io/painter/painter.ts';
import { openStore } from '../../src/io/store/store.ts';
import { measureCharts } from './charts.ts';
import { measureBeside } from './beside.ts';
import { measureCrowd, measureDigests, measureSending } from './digests.ts';
import { measureLoading } from './loading.ts';
import { compareFigures, compareSizes, measureNumbers } from './numbers.ts';
import { measureQuestions } from './questions.ts';
import { inMs, inRows, markdown, writeBetweenMarks, type Line } from './report.ts';
import { timed } from './timing.ts';
import { LOG, makeSite, openTown } from './town.ts';

interface Plan {
  readonly rows: readonly number[];
  readonly leaders: number;
  /** Recipients due at the same time. */
  readonly crowds: readonly number[];
  readonly rounds: number;
  /** Of each design in a round. */
  readonly charts: number;
}
const FULL: Plan = { rows: [2_000_000, 20_000_000], leaders: 1000, crowds: [1000, 10_000], rounds: 5, charts: 4 };
const QUICK: Plan = { rows: [200_000], leaders: 100, crowds: [100, 1000], rounds: 2, charts: 2 };

const counts = (list: string): number[] => list.split(',').map((part) => {
  const count = Number(part.replaceAll('_', ''));
  if (!Number.isInteger(count) || count < 100_000) throw new InvalidArgumentError('Write whole numbers from 100000, with commas between.');
  return count;
});
const program = new Command('bench').description('Measures Overblik beside the bare engines on this machine.')
  .option('--quick', 'few rows and rounds, a minute at most').option('--rows <list>', 'visits, as 2000000,20000000', counts).option('--write', 'put the table into README.md')
  .option('--crowd', 'only many recipients due at once').option('--beside', 'only what a service answers while it loads 200 MB of CSV')
  .parse();
const options = program.opts<{ quick?: boolean; rows?: number[]; write?: boolean; crowd?: boolean; beside?: boolean }>();
const plan: Plan = { ...(options.quick === true ? QUICK : FULL), ...(options.rows === undefined ? {} : { rows: options.rows }) };

const busyness = (): string => (loadavg()[0] ?? 0).toFixed(1);
const busy = busyness();
const dir = await mkdtemp(join(tmpdir(), 'overblik-bench-'));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { rmSync(dir, { recursive: true, force: true }); process.exit(130); });
const lines: Line[] = [];
const notes: string[] = [];
const wrong: string[] = [];
const say = (text: string): void => { process.stderr.write(`${text}\n`); };
const step = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  const { ms, value } = await timed(work);
  say(`${what}: ${inMs(ms)}`);
  return value;
};

try {
  const store = await openStore({ databaseUrl: null, dir: join(dir, 'state'), log: LOG });
  const painter = await createPainter({ workers: readConfig({}).painters });
  try {
    let before: { visits: number; pageMs: number } | null = null;
    if (options.crowd === true) {
      const crowd = await step('a crowd', () => measureCrowd(store, plan.crowds, 100_000));
      lines.push(...crowd.lines);
      notes.push(...crowd.notes);
    }
    if (options.beside === true) {
      const beside = await step('a load beside answers', () => measureBeside(dir, 200_000_000));
      lines.push(...beside.lines);
      notes.push(...beside.notes);
    }
    for (const [i, rows] of options.crowd === true || options.beside === true ? [] : plan.rows.entries()) {
      const size = `${inRows(rows)} visits`;
      const site = await step(`${size}: making the files`, () => makeSite(join(dir, `parquet-${rows}`), rows, 'parquet'));
      const town = await step(`${size}: loading`, () => openTown(site));
      const { compared, differences } = await step(`${size}: comparing figures`, () => compareFigures(town));
      notes.push(`${compared.toLocaleString('en-GB')} figures of 183 units at ${size} compared with the bare query on the files as they came: ${differences.length === 0 ? 'all equal, to the øre and the minute' : `${differences.length} differ`}.`);
      wrong.push(...differences);
      if (i === 0) {
        const charts = await step('charts', () => measureCharts(town, plan.charts, plan.rounds));
        lines.push(...charts.lines);
        notes.push(...charts.notes);
      }
      const numbers = await step(`${size}: numbers`, () => measureNumbers(town, plan.rounds));
      lines.push(...numbers.lines);
      if (before !== null) lines.push(compareSizes(before, { visits: rows, pageMs: numbers.pageMs }));
      before = { visits: rows, pageMs: numbers.pageMs };
      const questions = await step(`${size}: questions`, () => measureQuestions(town, painter, store, Math.ceil(plan.rounds / 3)));
      lines.push(...questions.lines);
      notes.push(...questions.notes);
      wrong.push(...questions.unanswered);
      const digests = await step(`${size}: digests`, () => measureDigests(town, painter, plan.leaders));
      lines.push(...digests.lines);
      notes.push(...digests.notes);
      if (i === 0) {
        lines.push(await step(`${size}: deliveries`, () => measureSending(town, painter, store, plan.leaders)));
        const crowd = await step('a crowd', () => measureCrowd(store, plan.crowds, 100_000));
        lines.push(...crowd.lines);
        notes.push(...crowd.notes);
      }
      await town.close();
      lines.push(...await step(`${size}: loading again`, () => measureLoading(town)));
      await rm(site.dir, { recursive: true });
      if (i === 0) {
        const csv = await makeSite(join(dir, `csv-${rows}`), rows, 'csv');
        const other = await step(`${size}: loading CSV`, () => openTown(csv));
        await other.close();
        lines.push(...await step(`${size}: loading CSV again`, () => measureLoading(other)));
        await rm(csv.dir, { recursive: true });
      }
    }
  } finally {
    await painter.close();
    await store.close();
  }
} finally {
  await rm(dir, { recursive: true, force: true });
}
const table = markdown(lines, [...notes, `Load of the machine when it began ${busy}, when it ended ${busyness()}, the benchmark's own included: beside other work, trust the ratios alone.`]);
process.stdout.write(`\n${table}`);
if (options.write === true) await writeBetweenMarks(fileURLToPath(new URL('../../README.md', import.meta.url)), table);
for (const difference of wrong.slice(0, 20)) say(`WRONG: ${difference}`);
if (wrong.length > 0) {
  say(`${wrong.length} figures or answers are wrong.`);
  process.exitCode = 1;
}
