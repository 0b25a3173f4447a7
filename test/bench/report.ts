import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';

/** One row of the table. */
export interface Line {
  readonly what: string;
  readonly measured: string;
  /** The same by the bare engine in the same run. */
  readonly bare: string;
  readonly ratio: string;
  readonly target: string;
}

/** A target and whether it was met. */
export const goal = (text: string, met: boolean): string => `${text}, ${met ? 'met' : '**missed**'}`;

/** A figure with about three digits that mean something. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value >= 100 ? Math.round(value).toLocaleString('en-GB') : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
export const times = (ratio: number): string => `${figure(ratio)}×`;
export const inMs = (value: number): string => (value >= 10_000 ? `${figure(value / 1000)} s` : `${figure(value)} ms`);
export const inRows = (rows: number): string => (rows >= 1_000_000 ? `${rows / 1_000_000} M` : `${rows / 1000} k`);

/** What the figures were measured on. */
export function machine(): string {
  const model = (cpus()[0]?.model ?? 'unknown processor').replace(/\s+/g, ' ').trim();
  return `${availableParallelism()} cores (${model}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}, ${process.platform} ${process.arch}`;
}

/** The table as Markdown, with the machine above it. */
export function markdown(lines: readonly Line[], notes: readonly string[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `Measured on ${machine()}. Medians of several rounds, a ratio being taken round by round with the two in turn; loads and digests once.`, '',
    row(['what', 'measured', 'bare engine', 'ratio', 'target']), row(['---', '---', '---', '---', '---']),
    ...lines.map((line) => row([line.what, line.measured, line.bare, line.ratio, line.target])),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `- ${note}`)]), '',
  ].join('\n');
}

const OPEN = '<!-- bench -->';
const CLOSE = '<!-- /bench -->';

/** Puts the table into a file, between the two marks; the closing one is added where it is missing. */
export async function writeBetweenMarks(file: string, table: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const from = text.indexOf(OPEN);
  if (from < 0) throw new Error(`${file} has no ${OPEN}`);
  const to = text.indexOf(CLOSE, from);
  const rest = to < 0 ? text.slice(from + OPEN.length) : text.slice(to + CLOSE.length);
  await writeFile(file, `${text.slice(0, from)}${OPEN}\n${table}${CLOSE}${rest}`);
}
