import { readFile } from 'node:fs/promises';
import { zipSync } from 'fflate';
import fc from 'fast-check';
import writeXlsxFile from 'write-excel-file/node';
import { ServiceError } from '../../src/errors.ts';
import { loadSource } from '../../src/io/load/load.ts';
import { bench, column, files, source, type Bench } from '../io/load/sample.ts';

/** Whatever stands in a data file, it is loaded or refused in words; no CPR number and no fact of another load gets anywhere. */
let at: Bench;
beforeEach(async () => { at = await bench(); });
afterEach(() => at.clear());

const CPR = '230785-4321';
const CSV = 'day;unit;amount\n2026-10-01;Distrikt Nord;100,50\n2026-10-02;Distrikt Syd;200,25\n2026-10-03;Nordbyen;1.300,00\n';
const limits = { memoryMb: 128, timeoutMs: 20_000 };

/** What the load says: how many rows, or why not. Looks for the CPR number in everything it leaves. */
async function loaded(name: string, content: Uint8Array): Promise<string> {
  await at.put(name, content);
  try {
    const report = await loadSource(at.input(source({ files: [files(name, { format: name.endsWith('xlsx') ? 'xlsx' : name.endsWith('json') ? 'json' : name.endsWith('parquet') ? 'parquet' : 'csv' })] }), limits));
    expect(JSON.stringify(report)).not.toContain(CPR);
    const kept = JSON.stringify([await at.rows(report, 'select * from facts limit 50'), await at.rows(report, 'select * from rejects limit 50')]);
    expect(kept).not.toContain(CPR);
    return `${report.rows} rows`;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    expect(error.message).toMatch(/^source care: \S/);
    expect(error.message.length).toBeLessThan(3_000);
    expect(error.message).not.toContain(CPR);
    expect(error.message).not.toMatch(/undefined|\[object|TypeError|\n\s+at /);
    return error.message;
  }
}

const PIECES = ['', ';', ',', '\t', '"', '""', '\r', '\r\n', '\n\n', '\u0000', '\ufeff', 'æøå', '🙈', '=1+1', '=HYPERLINK("x")', '@x', '1e309', '-', '1.2.3,4', '31-02-2026', '9999-12-31', '0001-01-01', 'NULL', '#N/A', '#REF!', CPR, '2307854321', ' '.repeat(300), 'x'.repeat(3_000), ';'.repeat(2_000), '\u202e', '\u00a0', '٣'];
const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 6 }), fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 3 }))), { minLength: 1, maxLength: 4 });
const changedText = (text: string, list: readonly (readonly [number, number, string])[]): string => list.reduce((changed, [where, gone, piece]) => { const i = where % (changed.length + 1); return changed.slice(0, i) + piece + changed.slice(i + gone); }, text);
/** Bytes turned, cut off or put in. */
const changedBytes = (bytes: Uint8Array, list: readonly (readonly [number, number, number])[]): Uint8Array => list.reduce((changed, [where, kind, value]) => {
  const i = where % Math.max(1, changed.length);
  if (kind === 0) return changed.slice(0, i);
  const copy = Uint8Array.from(changed);
  if (kind === 1) copy.fill(value, i, i + 8);
  else copy[i] = value;
  return copy;
}, bytes);
const flips = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 4 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 6 });

describe('a CSV file', () => {
  it('changed at random is loaded or refused in words', async () => {
    const outcomes = new Set<string>();
    await fc.assert(fc.asyncProperty(changes, fc.constantFrom('utf8', 'latin1', 'utf16le'), async (list, encoding) => {
      outcomes.add((await loaded('data.csv', Buffer.from(changedText(CSV, list), encoding as BufferEncoding))).replace(/\d+/g, 'n'));
    }), { numRuns: 60, seed: 20261123 });
    expect(outcomes).toContain('n rows');
    expect(outcomes.size).toBeGreaterThan(3);
  });

  it('of any bytes too', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (bytes) => { await loaded('data.csv', bytes); }), { numRuns: 30, seed: 2 });
  });

  it('with a CPR number in any cell is refused, and the number is nowhere', async () => {
    for (const cell of [CPR, `${CPR.slice(0, 6)}${CPR.slice(7)}`, `nr. ${CPR}`, `"${CPR}"`]) for (const line of [`2026-10-01;${cell};1,00`, `${cell};Distrikt Nord;1,00`, `2026-10-01;Distrikt Nord;${cell}`, `2026-10-01;Distrikt Nord;1,00;${cell}`]) {
      expect(await loaded('data.csv', Buffer.from(`${CSV}${line}\n`))).toMatch(/CPR|do not fit|rows/);
    }
  });
});

describe('an XLSX file', () => {
  let good: Uint8Array;
  beforeAll(async () => {
    const own = await bench();
    const header = ['day', 'unit', 'amount'].map((value) => ({ value }));
    await writeXlsxFile([header, [{ value: '2026-10-01' }, { value: 'Distrikt Nord' }, { value: 100.5 }], [{ value: '2026-10-02' }, { value: 'Distrikt Syd' }, { value: 200.25 }]] as never).toFile(`${own.dir}/good.xlsx`);
    good = await readFile(`${own.dir}/good.xlsx`);
    await own.clear();
  });

  it('as it came is loaded', async () => {
    expect(await loaded('data.xlsx', good)).toBe('2 rows');
  });

  it('with bytes changed or cut off is loaded or refused in words', async () => {
    let refused = 0;
    await fc.assert(fc.asyncProperty(flips, async (list) => { refused += Number(!(await loaded('data.xlsx', changedBytes(good, list))).endsWith('rows')); }), { numRuns: 60, seed: 20261123 });
    expect(refused).toBeGreaterThan(10);
  });

  it('that unpacks to far more than a file may hold is refused before it fills the memory', async () => {
    const before = process.memoryUsage().rss;
    const sheet = new TextEncoder().encode(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${'<row/>'.repeat(10)}</sheetData>${' '.repeat(300 * 1024 * 1024)}</worksheet>`);
    const bomb = zipSync({ 'xl/worksheets/sheet1.xml': [sheet, { level: 9 }], '[Content_Types].xml': new TextEncoder().encode('<Types/>'), 'xl/workbook.xml': new TextEncoder().encode('<workbook/>') });
    expect(bomb.length).toBeLessThan(2 * 1024 * 1024);
    expect(await loaded('data.xlsx', bomb)).toMatch(/^source care: /);
    expect(process.memoryUsage().rss - before).toBeLessThan(1_500 * 1024 * 1024);
  });
});

describe('JSON and Parquet', () => {
  it('of any bytes are refused in words', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.json().map((text) => Buffer.from(text)), fc.uint8Array({ maxLength: 300 }), flips.map((list) => changedBytes(Buffer.from('[{"day":"2026-10-01","unit":"Distrikt Nord","amount":1}]'), list))), fc.constantFrom('data.json', 'data.parquet'), async (bytes, name) => { await loaded(name, bytes); }), { numRuns: 50, seed: 3 });
  });
});

describe('a load that never ends', () => {
  it('is broken off with a word, and the next one goes on', async () => {
    await at.put('data.csv', CSV);
    const endless = 'create table endless as select count(*) as n from range(100000000) a, range(100000000) b where a.range * b.range = 7';
    const error: unknown = await loadSource(at.input(source({ columns: [column('day', 'date'), column('unit'), column('amount', 'decimal')] }), { finish: [endless], timeoutMs: 300 })).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ServiceError);
    expect((error as Error).message).toMatch(/^source care: The load took too long and was broken off/);
    expect((await loadSource(at.input(source(), limits))).rows).toBe(3);
  });
});
