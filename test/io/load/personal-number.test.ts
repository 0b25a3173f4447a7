import { writeFile } from 'node:fs/promises';
import writeXlsxFile from 'write-excel-file/node';
import { DuckDBInstance } from '@duckdb/node-api';
import { loadSource } from '../../../src/io/load/load.ts';
import { SPELLINGS } from '../../access/spellings.ts';
import { bench, column, files, source, type Bench } from './sample.ts';

describe('a file with a CPR number', () => {
  let at: Bench;
  beforeEach(async () => { at = await bench(); });
  afterEach(() => at.clear());

  const message = async (name: string, given = {}): Promise<string> => {
    const outcome: unknown = await loadSource(at.input(source({ files: [files(name, { format: name.split('.').at(-1) as 'csv' })], ...given }))).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(Error);
    const told = JSON.stringify(outcome, Object.getOwnPropertyNames(outcome)) + String((outcome as Error).cause);
    expect(told).not.toMatch(/010190/);
    return (outcome as Error).message;
  };
  const hyphen = '010190-1234';

  it.each([
    ['in a declared text column', `day;unit;amount\n2026-01-01;nord;1\n2026-01-01;${hyphen};1\n`, "Line 3, column 'unit'"],
    ['in a column nobody asked for', `day;unit;amount;borger\n2026-01-01;nord;1;x\n2026-01-01;nord;1;0101901234\n`, "Line 3, column 'borger'"],
    ['inside free text, in quotes, after a line break', `day;unit;amount;note\n2026-01-01;nord;1;"hej\nringet til ${hyphen} i dag"\n`, "Line 2, column 'note'"],
    ['in a column of amounts', 'day;unit;amount\n2026-01-01;nord;0101901234\n', "Line 2, column 'amount'"],
    ['in a title above the header', `Udtræk for ${hyphen};;\nday;unit;amount\n2026-01-01;nord;1\n`, 'Line 1, column A'],
    ['in the header, whose name is then not shown', `day;unit;amount;${hyphen}\n2026-01-01;nord;1;2\n`, 'Line 1, column'],
    ['with an en dash', 'day;unit;amount;x\n2026-01-01;nord;1;010190–1234\n', "Line 2, column 'x'"],
    ['in a row with too many cells', `day;unit;amount\n2026-01-01;nord;1\n2026-01-01;nord;1;;;${hyphen}\n`, 'Line 3, column F'],
    ['at the very end', `day;unit;amount;x\n2026-01-01;nord;1;${hyphen}`, "Line 2, column 'x'"],
  ])('is refused: %s', async (where, text, place) => {
    await at.put('data.csv', text);
    const headerRow = where.startsWith('in a title') ? 2 : 1;
    expect(await message('data.csv', { files: [files('data.csv', { headerRow })] })).toContain(`data.csv: ${place}`);
  });

  it('is refused when it is written in UTF-16 or Windows-1252', async () => {
    for (const bytes of [Buffer.from(`\ufeffday;unit;amount;x\n2026-01-01;nord;1;${hyphen}\n`, 'utf16le'), Buffer.from('day;unit;amount;x\n2026-01-01;nord;1;010190\x961234 \xe6\n', 'latin1')]) {
      await at.put('data.csv', bytes);
      expect(await message('data.csv')).toContain("Line 2, column 'x'");
    }
  });

  it('is refused in a million rows, wherever the blocks of the reading are cut', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `2026-01-01;nord;${i}`);
    for (const at_ of [17_000, 43_210, 59_999]) {
      const text = rows.map((row, i) => (i === at_ ? `${row};${hyphen}` : `${row};${'y'.repeat(i % 37)}`)).join('\n');
      await at.put('data.csv', `day;unit;amount;x\n${text}\n`);
      expect(await message('data.csv')).toContain(`Line ${at_ + 2}, column 'x'`);
    }
  });

  it('is refused as a workbook, a JSON file and a Parquet file', async () => {
    const cells = [['day', 'unit', 'amount', 'x'], ['2026-01-01', 'nord', '1', hyphen]].map((row) => row.map((value) => ({ value })));
    await writeXlsxFile(cells).toFile(`${at.dir}/pack/data.xlsx`);
    expect(await message('data.xlsx')).toContain("data.xlsx: Line 2, column 'x'");
    await writeFile(`${at.dir}/pack/data.json`, JSON.stringify([{ day: '2026-01-01', unit: 'nord', amount: 1 }, { day: '2026-01-01', unit: 'nord', amount: 1, x: { deep: [hyphen] } }]));
    expect(await message('data.json')).toContain("data.json: Line 2, column 'x'");
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`copy (select date '2026-01-01' as day, 'nord' as unit, 1 as amount, 1012901234::bigint as x) to '${at.dir}/pack/data.parquet'`);
    instance.closeSync();
    expect(await message('data.parquet')).toContain("data.parquet: Line 1, column 'x'");
  });

  it('passes with large amounts in columns declared as numbers', async () => {
    await at.put('data.csv', 'day;unit;amount\n2026-01-01;nord;1012991234,50\n2026-01-02;nord;210365,12\n');
    expect(await loadSource(at.input(source({ columns: [column('day', 'date'), column('unit'), column('amount', 'decimal')] })))).toMatchObject({ rows: 2, rejected: 0 });
  });

  /** The load of one cell, as it must end: refused, in words that hold nothing of the number. */
  const refused = async (name: string, format: 'csv' | 'xlsx' | 'json' | 'parquet'): Promise<boolean> => {
    const outcome: unknown = await loadSource(at.input(source({ files: [files(name, { format })] }))).catch((error: unknown) => error);
    return outcome instanceof Error && outcome.message.includes('CPR number') && !/010190|1234/.test(outcome.message);
  };

  it('is refused in each spelling, as CSV, JSON, a workbook and Parquet', async () => {
    const missed: string[] = [];
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    for (const [i, spelled] of SPELLINGS.entries()) {
      await at.put(`${i}-.csv`, `day|unit|amount|x\n2026-01-01|nord|1|"${spelled.replaceAll('|', '/')}"\n`);
      if (!(await refused(`${i}-.csv`, 'csv'))) missed.push(`CSV ${spelled}`);
      await at.put(`${i}-.json`, JSON.stringify([{ day: '2026-01-01', unit: 'nord', amount: 1, x: spelled }]));
      if (!(await refused(`${i}-.json`, 'json'))) missed.push(`JSON ${spelled}`);
      await connection.run(`copy (select '2026-01-01' as day, 'nord' as unit, 1 as amount, $1::varchar as x) to '${at.dir}/pack/${i}-.parquet'`, [spelled]);
      if (!(await refused(`${i}-.parquet`, 'parquet'))) missed.push(`Parquet ${spelled}`);
      await writeXlsxFile([['day', 'unit', 'amount', 'x'], ['2026-01-01', 'nord', '1', spelled]].map((row) => row.map((value) => ({ value })))).toFile(`${at.dir}/pack/${i}-.xlsx`);
      if (!(await refused(`${i}-.xlsx`, 'xlsx'))) missed.push(`XLSX ${spelled}`);
    }
    instance.closeSync();
    expect(missed).toEqual([]);
  });

  it('is refused in a column of numbers, where the cell is none', async () => {
    for (const cell of ['01.01.90-1234', '010190 - 1234', 'cpr 010190-1234', '01011990-1234', '010190  1234', '01-01-90 1234']) {
      await at.put('data.csv', `day;unit;amount\n2026-01-01;nord;1\n2026-01-01;nord;${cell}\n`);
      expect([cell, await message('data.csv')]).toEqual([cell, expect.stringContaining("Line 3, column 'amount'")]);
    }
  });

  it('is masked in what is set aside, where an amount only looks like one', async () => {
    await at.put('data.csv', 'day;unit;amount\n2026-01-01;nord;1\n2026-01-02;nord;2\n2026-01-02;nord;010190.1234\n');
    const report = await loadSource(at.input(source({ columns: [column('day', 'date'), column('unit'), column('amount', 'integer')] })));
    expect(report.rejects).toMatchObject([{ line: 4, value: '******-****' }]);
    expect(await at.rows(report, 'select value from rejects')).toEqual([{ value: '******-****' }]);
  });

  it('is refused in the name of a file, of a column, and not shown in the name of a worksheet', async () => {
    await at.put('sag 010190-1234.csv', 'day;unit;amount\n2026-01-01;nord;1\n');
    expect(await message('*.csv', { files: [files('*.csv')] })).toContain('The name of the file sag ******-****.csv');
    await at.put('data.json', JSON.stringify([{ day: '2026-01-01', unit: 'nord', amount: 1, 'note 010190-1234': 1 }]));
    expect(await message('data.json')).toContain('CPR number');
    await writeXlsxFile([[{ value: 'day' }]], { sheet: 'Jens 010190-1234' }).toFile(`${at.dir}/pack/data.xlsx`);
    expect(await message('data.xlsx', { files: [files('data.xlsx', { format: 'xlsx', sheet: 'Ark9' })] })).toContain('Jens ******-****');
    await at.put('data.csv', `day;unit;${'x'.repeat(50)} 010190-1234\n2026-01-01;nord;1\n`);
    expect(await message('data.csv')).toContain('******…');
  });
});
