import { DuckDBInstance } from '@duckdb/node-api';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import writeXlsxFile from 'write-excel-file/node';
import { loadSource } from '../../../src/io/load/load.ts';
import { bench, column, files, source, type Bench } from './sample.ts';

let at: Bench;
beforeEach(async () => { at = await bench(); });
afterEach(() => at.clear());

type Cell = { value: string | number | boolean | Date | null; type?: unknown; format?: string };
const cell = (value: Cell['value']): Cell => (value instanceof Date ? { value, type: Date, format: 'dd-mm-yyyy' } : { value });
const workbook = async (...sheets: [name: string, rows: Cell['value'][][]][]): Promise<void> => {
  await writeXlsxFile(sheets.map(([sheet, rows]) => ({ sheet, data: rows.map((row) => row.map(cell)) })) as never).toFile(join(at.dir, 'pack', 'data.xlsx'));
};
const utc = (iso: string): Date => new Date(`${iso}T00:00:00Z`);
const xlsx = (more: object = {}): ReturnType<typeof files> => files('data.xlsx', { format: 'xlsx', ...more });
const query = async (given: Parameters<typeof source>[0], sql = 'select day, _unit, amount from facts order by all'): Promise<unknown[][]> => {
  const report = await loadSource(at.input(source(given)));
  return (await at.rows(report, sql)).map((row) => Object.values(row));
};

describe('loading a workbook', () => {
  it('takes numbers and days as they are, whatever the layout says of texts', async () => {
    await workbook(['Ark1', [['day', 'unit', 'amount'], [utc('2026-01-31'), 'nord', 1234.5], [utc('2026-02-01'), 'syd', '1.234,50'], ['03-02-2026', 'syd', 0.1 + 0.2], [utc('2026-02-04'), 'syd', 1e15]]]);
    const columns = [column('day', 'date', { format: '%d-%m-%Y' }), column('unit'), column('amount', 'decimal')];
    expect(await query({ files: [xlsx({ decimal: ',', thousands: '.' })], columns })).toEqual([['2026-01-31', 'nord', '1234.50'], ['2026-02-01', 'syd', '1234.50'], ['2026-02-03', 'syd', '0.30'], ['2026-02-04', 'syd', '1000000000000000.00']]);
  });

  it('takes the worksheet by name or number, the header where it stands, and fills stubs', async () => {
    await workbook(['Forside', [['Rapport']]], ['Tal', [['Titel', null, null], [null, null, null], ['unit', 'day', 'amount'], ['nord', utc('2026-01-01'), 1], [null, utc('2026-01-02'), 2], [null, null, null], ['syd', utc('2026-01-01'), null], ['I alt', null, 3]]]);
    const expected = [['2026-01-01', 'nord', '1.00'], ['2026-01-01', 'syd', null], ['2026-01-02', 'nord', '2.00']];
    expect(await query({ files: [xlsx({ sheet: 'Tal', headerRow: 3, lastRow: 7, fillDown: ['unit'] })] })).toEqual(expected);
    expect(await query({ id: 'other', files: [xlsx({ sheet: 2, headerRow: 3, lastRow: 7, fillDown: ['unit'] })] })).toEqual(expected);
  });

  it('names the row as Excel shows it for a rejected value', async () => {
    await workbook(['A', [['titel', null, null], ['day', 'unit', 'amount'], [utc('2026-01-01'), 'nord', 1], [null, null, null], [utc('2026-01-02'), 'nord', 'n/a'], [utc('2026-01-03'), 'nord', 3]]]);
    const report = await loadSource(at.input(source({ files: [xlsx({ headerRow: 2 })] })));
    expect(report.rejects).toEqual([expect.objectContaining({ file: 'data.xlsx', line: 5, column: 'amount', value: 'n/a' })]);
  });

  it('turns quarters written across into rows', async () => {
    await workbook(['A', [['unit', '2025K1', '2025K2'], ['nord', 1, '..'], ['syd', 3, 4]]]);
    const columns = [column('day', 'date', { format: 'YYYYKn' }), column('unit'), column('amount', 'decimal', { missing: ['..'] })];
    expect(await query({ files: [xlsx({ unpivot: { columns: '\\d{4}K\\d', name: 'day', value: 'amount' } })], columns })).toEqual([['2025-01-01', 'nord', '1.00'], ['2025-01-01', 'syd', '3.00'], ['2025-04-01', 'syd', '4.00']]);
  });

  it('does not unpack what would fill the memory, also where its list of contents says less', async () => {
    await workbook(['A', [['day', 'unit', 'amount'], [utc('2026-01-01'), 'nord', 1]]]);
    expect(await query({ files: [xlsx()] })).toHaveLength(1);
    const refused = async (bytes: Uint8Array): Promise<string> => {
      await writeFile(join(at.dir, 'pack', 'data.xlsx'), bytes);
      return loadSource(at.input(source({ files: [xlsx()] }))).then(() => '', (error: Error) => error.message);
    };
    const bomb = (mb: number): Buffer => Buffer.from(zipSync({ 'xl/worksheets/sheet1.xml': [new Uint8Array(mb * 1024 * 1024).fill(97), { level: 9 }] }));
    expect(await refused(bomb(20))).toMatch(/data\.xlsx: Unpacked it would be more than 20 MB, over 100 times the file, which no worksheet of real figures is\. Save it again from Excel, or as CSV\./);
    expect(await refused(bomb(140))).toMatch(/data\.xlsx: Unpacked it would be more than 128 MB, which is the most that is read\./);
    const lying = bomb(20);
    const entry = lying.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    lying.writeUInt32LE(1000, entry + 24);
    lying.writeUInt32LE(1000, 22);
    expect(await refused(lying)).toMatch(/over 100 times the file/);
    lying.writeUInt32LE(0xffffffff, entry + 24);
    expect(await refused(lying)).toMatch(/Its list of contents is of a kind that is not read here/);
  });

  it('says so of a missing worksheet, a broken file and a wrong header', async () => {
    await workbook(['Tal', [['day', 'unit'], [utc('2026-01-01'), 'nord']]]);
    await expect(loadSource(at.input(source({ files: [xlsx({ sheet: 'Data' })] })))).rejects.toThrow(/data\.xlsx: There is no worksheet 'Data'\. The workbook has: Tal\./);
    await expect(loadSource(at.input(source({ files: [xlsx()] })))).rejects.toThrow(/data\.xlsx: There is no column 'amount'\. The header has: 'day', 'unit'\./);
    const bytes = await readFile(join(at.dir, 'pack', 'data.xlsx'));
    const refused = async (broken: Uint8Array): Promise<void> => {
      await writeFile(join(at.dir, 'pack', 'data.xlsx'), broken);
      await loadSource(at.input(source({ files: [xlsx()] })));
    };
    await expect(refused(bytes.subarray(0, bytes.length / 2))).rejects.toThrow(/data\.xlsx: It is not a readable \.xlsx file/);
    await expect(refused(Buffer.from('day;unit;amount\n'))).rejects.toThrow(/data\.xlsx: It is no \.xlsx file, whatever its name says/);
    await expect(refused(Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0]))).rejects.toThrow(/data\.xlsx: It is an old Excel file \(\.xls\), or one with a password/);
  });
});

describe('loading Parquet and JSON', () => {
  it('takes typed columns of Parquet as they are', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`copy (select date '2026-01-01' + i::int as day, case when i % 2 = 0 then 'nord' else 'S1' end as unit, (i * 1000.25)::decimal(12,2) as amount, i as extra from range(4) t(i)) to '${at.dir}/pack/data.parquet'`);
    instance.closeSync();
    expect(await query({ files: [files('data.parquet', { format: 'parquet', decimal: ',' })] })).toEqual([['2026-01-01', 'nord', '0.00'], ['2026-01-02', 'syd', '1000.25'], ['2026-01-03', 'nord', '2000.50'], ['2026-01-04', 'syd', '3000.75']]);
  });

  it('takes JSON as a list and as lines, exact to fifteen digits', async () => {
    const rows = ['{"day":"2026-01-01","unit":"nord","amount":1234567890123.45}', '{"unit":"syd","day":"2026-01-02","amount":"5"}', '{"unit":"syd","day":"2026-01-03"}'];
    const expected = [['2026-01-01', 'nord', '1234567890123.45'], ['2026-01-02', 'syd', '5.00'], ['2026-01-03', 'syd', null]];
    await at.put('data.json', `[${rows.join(',\n')}]`);
    expect(await query({ files: [files('data.json', { format: 'json' })] })).toEqual(expected);
    await at.put('data.ndjson', rows.join('\n'));
    expect(await query({ id: 'lines', files: [files('data.ndjson', { format: 'json' })] })).toEqual(expected);
  });

  it('counts rejected rows of them too', async () => {
    await at.put('data.json', JSON.stringify([{ day: '2026-01-01', unit: 'nord', amount: 1 }, { day: '2026-01-01', unit: 'x', amount: 1 }, { day: '2026-01-01', unit: 'nord', amount: 1.234 }, { day: '2026-01-01', unit: 'nord', amount: 1 }]));
    const report = await loadSource(at.input(source({ files: [files('data.json', { format: 'json' })] })));
    expect(report.rejects.map(({ line, column: name, value }) => [line, name, value])).toEqual([[2, 'unit', 'x'], [3, 'amount', '1.234']]);
  });

  it('says so of broken files and wrong columns', async () => {
    await at.put('data.json', '[{"day": ');
    await expect(loadSource(at.input(source({ files: [files('data.json', { format: 'json' })] })))).rejects.toThrow(/^source care: data\.json: It can't be read as JSON/);
    await at.put('data.parquet', 'PAR1');
    await expect(loadSource(at.input(source({ files: [files('data.parquet', { format: 'parquet' })] })))).rejects.toThrow(/^source care: data\.parquet: It can't be read as Parquet/);
    await at.put('data.json', '[{"day":"2026-01-01","unit":"nord","amonut":1}]');
    await expect(loadSource(at.input(source({ files: [files('data.json', { format: 'json' })] })))).rejects.toThrow(/There is no column 'amount'\. Did you mean 'amonut'\?/);
  });
});
