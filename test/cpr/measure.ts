import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdsPersonalNumber } from '../../src/access/personal-number.ts';
import { readyDelimited } from '../../src/io/load/delimited.ts';
import { readyWorkbook } from '../../src/io/load/sheet.ts';
import { firstRecords } from '../../src/io/load/records.ts';
import { detectDelimiter } from '../../src/io/load/delimiter.ts';
import { pick, stream, whole } from '../demo/random.ts';
import { column, files as fileSet, source } from '../io/load/sample.ts';
import { inventedNumber, KINDS, ledgerOf, type Ledger } from './ledgers.ts';

export interface Alarms {
  readonly files: number;
  /** Files refused for a CPR number. */
  readonly refused: number;
  /** Files that would be, were each cell judged for itself. */
  readonly cellByCell: number;
  readonly reasons: readonly string[];
}

const isRefusal = (outcome: object): string | null => ('problem' in outcome && /CPR number/.test(String(outcome.problem)) ? String(outcome.problem) : null);

/** Reads a file as a load does, up to the engine; the refusal for a CPR number, or null. */
async function refusalOf(dir: string, path: string, headerRow = 1): Promise<string | null> {
  const xlsx = path.endsWith('.xlsx');
  const set = fileSet(path, { format: xlsx ? 'xlsx' : 'csv', headerRow });
  // The pack reads the first column only: what it does not read is looked at all the same.
  const reading = { source: source({ columns: [{ ...column('first'), at: 'A' }] }), file: { path, shown: 'file', bytes: 0, mtimeMs: 0, set }, scratch: join(dir, 'scratch'), onRows: () => undefined };
  const outcome = await (xlsx ? readyWorkbook(reading) : readyDelimited(reading));
  for (const ending of ['', '.utf8']) await rm(`${reading.scratch}${ending}`, { force: true });
  return isRefusal(outcome);
}

const csvOf = ({ headings, rows }: Pick<Ledger, 'headings' | 'rows'>): string => [['Dato', ...headings], ...rows.map((row) => ['2026-10-01', ...row])].map((row) => row.map((cell) => (/[;"\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(';')).join('\n') + '\n';

/** How often ledgers without any CPR number are refused for one. */
export async function falseAlarms(count: number, firstSeed: number, only: string | null = null): Promise<Alarms> {
  return inScratch(async (dir) => {
    let [refused, cellByCell] = [0, 0];
    const reasons: string[] = [];
    for (let seed = firstSeed; seed < firstSeed + count; seed++) {
      const ledger = ledgerOf(seed, only);
      const path = join(dir, 'ledger.csv');
      await writeFile(path, csvOf(ledger));
      if (ledger.rows.some((row) => row.some((cell) => holdsPersonalNumber(cell)))) cellByCell++;
      const refusal = await refusalOf(dir, path);
      if (refusal === null) continue;
      refused++;
      reasons.push(`${seed}, ${ledger.rows.length} rows, ${ledger.kinds.join(' | ')}: ${refusal.slice(0, 200)}`);
    }
    return { files: count, refused, cellByCell, reasons };
  });
}

const pairs = (number: string): string => `${number.slice(0, 6)}-${number.slice(6)}`;
/** Ways in which one CPR number is written in a cell of its own. */
const WRITTEN: readonly ((number: string) => string)[] = [(n) => n, pairs, (n) => `${n.slice(0, 6)} ${n.slice(6)}`, (n) => `${n.slice(0, 2)}.${n.slice(2, 4)}.${n.slice(4, 6)}-${n.slice(6)}`, (n) => ` ${n} `, (n) => `CPR ${pairs(n)}`, (n) => `${n.slice(0, 6)}\u2013${n.slice(6)}`];

/** Where CPR numbers stand in a file that holds them: each makes the cells of one column of a ledger. */
export const PLACES: Readonly<Record<string, (random: () => number, rows: number) => { heading: string; cells: readonly string[] }>> = {
  'a column of CPR numbers': (random, rows) => { const write = pick(random, WRITTEN); return { heading: pick(random, ['CPR', 'Borger', 'Id', 'Felt2', 'Fakturanr']), cells: Array.from({ length: rows }, () => write(inventedNumber(random))) }; },
  'a column of CPR numbers for one row in three': (random, rows) => ({ heading: pick(random, ['CPR', 'Borger', 'Modtager']), cells: Array.from({ length: rows }, (_, i) => (i % 3 === 0 ? inventedNumber(random) : '')) }),
  'one in a thousand rows of an empty column': (random, rows) => only(random, rows, '', pick(random, WRITTEN)(inventedNumber(random))),
  'a comment': (random, rows) => only(random, rows, 'Kørsel i uge 12', pick(random, [(n: string) => `ringet til ${n} i dag`, (n: string) => `vedr. ${pairs(n)}`, (n: string) => `bilag 4711, ${pairs(n)}, se sag`, (n: string) => `${n} afventer`])(inventedNumber(random))),
  'a column of texts': (random, rows) => only(random, rows, 'Rest', inventedNumber(random)),
  'among CVR numbers': (random, rows) => among(random, rows, () => String(whole(random, 10_000_000, 99_999_999)), inventedNumber(random)),
  'among invoice numbers in sequence': (random, rows) => { let next = 4_500_000_000 + whole(random, 0, 99_999_999); return among(random, rows, () => String(next += whole(random, 1, 9)), inventedNumber(random)); },
  'among P-numbers': (random, rows) => among(random, rows, () => `10${String(whole(random, 0, 31)).padStart(2, '0')}${String(whole(random, 100_000, 999_999))}`, inventedNumber(random)),
  'among amounts in kroner': (random, rows) => among(random, rows, () => (random() * 90_000).toFixed(2).replace('.', ','), inventedNumber(random)),
  'among whole amounts': (random, rows) => among(random, rows, () => String(whole(random, 1, 999_999)), inventedNumber(random)),
  'among case numbers': (random, rows) => among(random, rows, () => `2026-${whole(random, 100_000, 999_999)}`, pairs(inventedNumber(random))),
  'with a hyphen among ten-digit accounts': (random, rows) => among(random, rows, () => String(whole(random, 1_000_000_000, 9_999_999_999)), pairs(inventedNumber(random))),
  'one in twenty of ten-digit accounts': (random, rows) => ({ heading: 'Konto', cells: Array.from({ length: Math.max(rows, 200) }, (_, i) => (i % 20 === 7 ? inventedNumber(random) : String(whole(random, 1_000_000_000, 9_999_999_999)))) }),
  'alone among arbitrary ten-digit accounts (a known gap)': (random, rows) => among(random, rows, () => String(whole(random, 1_000_000_000, 9_999_999_999)), inventedNumber(random)),
};

function only(random: () => number, rows: number, rest: string, cell: string): { heading: string; cells: readonly string[] } {
  return among(random, rows, () => rest, cell);
}

function among(random: () => number, rows: number, rest: () => string, cell: string): { heading: string; cells: readonly string[] } {
  const at = whole(random, 0, rows - 1);
  return { heading: pick(random, ['Bilag', 'Reference', 'Tekst', 'Konto', 'Felt2']), cells: Array.from({ length: rows }, (_, i) => { const other = rest(); return i === at ? cell : other; }) };
}

/** In how many of so many files with invented CPR numbers in a place they are found. */
export async function found(place: keyof typeof PLACES, count: number): Promise<{ files: number; found: number; missed: readonly string[] }> {
  return inScratch(async (dir) => {
    const missed: string[] = [];
    for (let seed = 1; seed <= count; seed++) {
      const random = stream(seed, 'place', String(place));
      const rows = Math.round(5 * 400 ** random());
      const { heading, cells } = (PLACES[place] as (typeof PLACES)[string])(random, rows);
      const path = join(dir, 'planted.csv');
      await writeFile(path, csvOf({ headings: ['Beløb', heading], rows: cells.map((cell, i) => [`${i},50`, cell]) }));
      if (await refusalOf(dir, path) === null) missed.push(`${seed}, ${rows} rows, ${heading}`);
    }
    return { files: count, found: count - missed.length, missed };
  });
}

/** Files of others, CSV and XLSX, read with their longest line among the first as the header; which of them are refused, and which would be cell by cell. */
export async function alarmsIn(folder: string): Promise<Alarms> {
  return inScratch(async (dir) => {
    const paths = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile() && /\.(csv|xlsx)$/.test(entry.name)).map((entry) => join(entry.parentPath, entry.name));
    const reasons: string[] = [];
    let cellByCell = 0;
    for (const path of paths) {
      if (path.endsWith('.csv')) {
        const records = await firstRecords(path, await detectDelimiter(path, 0), 0, Infinity);
        if (records.some(({ cells }) => cells.some((cell) => holdsPersonalNumber(cell)))) cellByCell++;
      }
      const refusal = await refusalOf(dir, path);
      if (refusal !== null) reasons.push(`${path}: ${refusal.slice(0, 200)}`);
    }
    return { files: paths.length, refused: reasons.length, cellByCell, reasons };
  });
}

async function inScratch<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'overblik-cpr-'));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

export const kindNames: readonly string[] = Object.keys(KINDS);
