import fc from 'fast-check';
import { writeFile } from 'node:fs/promises';
import writeXlsxFile from 'write-excel-file/node';
import { DuckDBInstance } from '@duckdb/node-api';
import { holdsPersonalNumber, maskPersonalNumbers } from '../../../src/access/personal-number.ts';
import { loadSource } from '../../../src/io/load/load.ts';
import { bench, column, files, source, type Bench } from './sample.ts';

describe('what looks like a CPR number', () => {
  it.each(['010190-1234', '0101901234', '010190 1234', '010190\u20131234', '010190.1234', '010190 - 1234', '010190--1234', '010190\u22121234', '010190\u00a01234', '010190_1234', '01.01.90-1234', '01-01-90-1234', '01 01 90 1234', '01011990-1234', '01-01-1990-1234', '\uff10\uff11\uff10\uff11\uff19\uff10-1234', '010190\u200b-1234', 'ref. 311299-0000, sag 4', '290200-1234', '610190-1234', '(010190-1234)', 'CPR0101901234', '310512-4567\n'])('is %j', (text) => {
    expect(holdsPersonalNumber(text, false)).toBe(true);
  });

  it.each(['', '320190-1234', '011390-1234', '310490-1234', '290201-1234', '000190-1234', '20101901234', '01019012345', '01-01-1990', '2026-01-01 10:00:00', '12345678', '1234567,89', '31-12-2026 1030', '01-10-26 1030', '010119901234', '20 12 34 56 78', '550e8400-e29b-41d4-a716-446655440000'])('is not %j', (text) => {
    expect(holdsPersonalNumber(text, false)).toBe(false);
  });

  it('is a whole cell in a column of numbers, so that amounts with decimals pass', () => {
    for (const amount of ['1012991234,50', '1012991234.5', '210365.1234', '1.012.991.234', '-1012991234']) expect(holdsPersonalNumber(amount, true)).toBe(false);
    for (const number of ['1012991234', ' 101299-1234 ', '101299 - 1234', '1012991234.0', '1012991234,00']) expect(holdsPersonalNumber(number, true)).toBe(true);
  });

  it('is masked in every text it stands in, and nothing else is', () => {
    expect(maskPersonalNumbers('a 010190-1234 b 0101901234 c 12345678')).toBe('a ******-**** b ******-**** c 12345678');
    fc.assert(fc.property(fc.date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }), fc.integer({ min: 0, max: 9999 }), fc.constantFrom('', '-', ' '), fc.constantFrom('', 'x', ', '), (day, serial, between, around) => {
      const iso = day.toISOString();
      const number = `${iso.slice(8, 10)}${iso.slice(5, 7)}${iso.slice(2, 4)}${between}${String(serial).padStart(4, '0')}`;
      expect(holdsPersonalNumber(around + number + around, false)).toBe(true);
      expect(holdsPersonalNumber(maskPersonalNumbers(around + number + around), false)).toBe(false);
    }));
  });

  it('is found in 7 of 100 ten-digit figures that are none: the price of refusing', () => {
    let hits = 0;
    for (let i = 0; i < 100_000; i++) if (holdsPersonalNumber(String(1_000_000_000 + i * 89_989), false)) hits++;
    expect(hits / 100_000).toBeGreaterThan(0.05);
    expect(hits / 100_000).toBeLessThan(0.09);
  });
});

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
});
