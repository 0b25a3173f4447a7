import { decided } from '../../../src/pack/condition.ts';
import { expressionOf } from '../../../src/pack/expression.ts';
import { loadSource } from '../../../src/io/load/load.ts';
import { openParser } from '../../../src/io/warehouse/parser.ts';
import type { Source } from '../../../src/pack/model.ts';
import type { LoadReport } from '../../../src/ports.ts';
import { bench, column, files, source, type Bench } from './sample.ts';

let at: Bench;
beforeEach(async () => { at = await bench(); });
afterEach(() => at.clear());

let parser: Awaited<ReturnType<typeof openParser>>;
beforeAll(async () => { parser = await openParser(); });
afterAll(() => parser.close());

/** A condition as the pack gives it to the loader. */
async function condition(text: string): Promise<Pick<Source, 'where' | 'keeps'>> {
  const parsed = await parser.parse(text);
  if (!parsed.ok) throw new Error(parsed.message);
  const node = expressionOf(parsed.tree);
  return { where: await parser.render(node), keeps: await parser.render(decided(node)) };
}
const load = async (texts: Record<string, string>, more: Partial<Source> = {}, input = {}): Promise<LoadReport> => {
  for (const [name, text] of Object.entries(texts)) await at.put(name, text);
  return loadSource(at.input(source({ files: [files('*.csv')], columns: [column('day', 'date'), column('unit'), column('text'), column('amount', 'decimal')], ...more }), input));
};
const HEADER = 'day;unit;text;amount\n';
const rowsOf = (count: number, month: string, text = ''): string => Array.from({ length: count }, (_, i) => `2026-${month}-${String((i % 28) + 1).padStart(2, '0')};${i % 2 === 0 ? 'nord' : 'syd'};${text};${i}.25\n`).join('');

describe('an empty cell decides a condition, as in a spreadsheet, and no row is lost in silence', () => {
  it.each([
    ["text <> 'I alt'", 3], ["not text = 'I alt'", 3], ["text not in ('I alt', 'Sum')", 3], ["text not like 'I alt%'", 3], ["not contains(text, 'alt')", 3], ["lower(text) <> 'i alt'", 3],
    ["text = 'Løn'", 1], ["text in ('Løn')", 1], ["text like 'L%'", 1], ['text is null', 2], ["text is not null and text <> 'I alt'", 1], ["text = 'Løn' or text <> 'I alt'", 3],
    ['amount > 0', 3], ['not (amount > 2)', 2], ['amount between 1 and 2', 2], ['not (amount between 1 and 2)', 2],
  ])('%s keeps %d of four rows', async (text, kept) => {
    const report = await load({ 'a.csv': `${HEADER}2026-01-01;nord;;1\n2026-01-02;nord;;2\n2026-01-03;nord;Løn;\n2026-01-04;nord;I alt;4\n` }, await condition(text));
    expect(report.rows).toBe(kept);
  });

  it('says how many rows were left out because a cell was empty', async () => {
    const { files: [file] } = await load({ 'a.csv': `${HEADER}2026-01-01;nord;;1\n2026-01-02;nord;Løn;2\n2026-01-03;nord;Andet;3\n` }, await condition("text = 'Løn'"));
    expect(file).toMatchObject({ read: 3, rows: 1, leftOut: 2, leftOutEmpty: 1, rejected: 0 });
  });

  it('sets aside a row that does not fit and may be meant, and leaves out one that is not, whatever is wrong with it', async () => {
    const report = await load({ 'a.csv': `${HEADER}2026-01-01;nord;;1\n2026-01-02;nord;Løn;1\n2026-01-02;nord;;x\n;;I alt;4\n` }, await condition("text <> 'I alt'"));
    expect(report.files[0]).toMatchObject({ read: 4, rows: 2, leftOut: 1, rejected: 1 });
    expect(report.rejects).toMatchObject([{ line: 4, column: 'amount' }]);
  });
});

describe('every row of a file is accounted for', () => {
  it('as used, left out, of units left out, a total, or set aside', async () => {
    const text = `${HEADER}2026-01-01;nord;Løn;1\n2026-01-01;fremmed;Løn;2\n2026-01-02;nord;Sum;3\n;;;\n2026-01-03;nord;"to\nlinjer";5\n2026-13-01;nord;Løn;6\n2026-02-01;nord;Løn;7\n2026-02-02;nord;Løn;8\n2026-02-02;nord;Løn\n`;
    const report = await load({ 'a.csv': text }, { ...await condition("text <> 'Sum'"), unknownUnits: 'ignore' });
    expect(report.files).toEqual([{ path: 'a.csv', encoding: 'utf-8', delimiter: ';', records: 9, read: 8, rows: 4, leftOut: 1, leftOutEmpty: 0, ignored: 1, control: 0, rejected: 2, breaks: 1 }]);
    expect(report.rejectedIn).toEqual([{ month: null, rows: 2 }]);
  });

  it('also where the engine reads the file itself, and where wide columns become rows', async () => {
    expect((await load({ 'a.csv': HEADER + rowsOf(30, '01') })).files).toMatchObject([{ records: 30, read: 30, rows: 30 }]);
    await at.put('wide.csv', 'unit;2026-01;2026-02\nnord;1;2\nsyd;3;\n');
    const wide = await loadSource(at.input(source({ id: 'wide', files: [files('wide.csv', { unpivot: { columns: '\\d{4}-\\d\\d', name: 'day', value: 'amount' } })], columns: [column('day', 'date', { format: 'YYYY-MM' }), column('unit'), column('amount', 'decimal')] })));
    expect(wide.files).toMatchObject([{ records: 2, read: 3, rows: 3 }]);
  });

  it('where the date is a derived column too', async () => {
    const report = await load({ 'a.csv': `aar;maaned;unit;amount\n2026;01;nord;1\n2026;02;fremmed;2\n;;;\n` }, { columns: [column('aar'), column('maaned'), column('unit'), column('amount', 'decimal')], derived: [{ name: 'day', sql: 'make_date(aar::int, maaned::int, 1)' }], unknownUnits: 'ignore' });
    expect(report.files).toMatchObject([{ read: 2, rows: 1, ignored: 1 }]);
    expect(report.tally.map(({ month }) => month)).toEqual(['2026-01-01', null]);
  });

  it('by month, so that a month that is gone shows', async () => {
    const report = await load({ 'a.csv': HEADER + rowsOf(4, '01') + rowsOf(2, '03') }, { money: ['amount'] });
    expect(report.tally).toEqual([
      { file: 'a.csv', month: '2026-01-01', read: 4, rows: 4, sums: { amount: { sum: 7, turnover: 7 } } },
      { file: 'a.csv', month: '2026-03-01', read: 2, rows: 2, sums: { amount: { sum: 1.5, turnover: 1.5 } } },
    ]);
  });
});

describe('a total that stands in the file is checked to the last øre', () => {
  const totals = (columns = ['amount']) => ({ files: [files('a.csv', { controlTotal: { kind: 'rows', sql: "text is not distinct from 'I alt'", columns } })] });
  const body = `${HEADER}2026-01-01;nord;;0.10\n2026-01-02;syd;;0.20\n2026-01-03;syd;;-1000000000.01\n`;
  it('and the totals row, without date and unit, is no row of the facts and none that is set aside', async () => {
    const report = await load({ 'a.csv': `${body};;I alt;-999999999.71\n` }, totals());
    expect(report.files).toMatchObject([{ read: 4, rows: 3, control: 1, rejected: 0 }]);
  });
  it.each([['one øre off', `${body};;I alt;-999999999.70\n`, /control total is -999999999\.70 and the rows add up to -999999999\.71/], ['not there', body, /no control total/], ['not a number', `${body};;I alt;x\n`, /can't be read/]])('refuses a total that is %s', async (_how, text, message) => {
    await expect(load({ 'a.csv': text }, totals())).rejects.toThrow(message);
  });
  it('counts rows that were set aside, and not those that are left out', async () => {
    const text = `${HEADER}2026-01-01;nord;;1\n2026-01-02;nord;;2\n2026-01-02;ukendt;;4\n2026-01-02;nord;Sum Nord;3\n;;I alt;7\n`;
    expect((await load({ 'a.csv': text }, { ...totals(), ...await condition("text <> 'Sum Nord'") })).files).toMatchObject([{ rows: 2, leftOut: 1, rejected: 1, control: 1 }]);
  });
  it('is checked by a cell of its own, in the spelling of the file', async () => {
    const cells = (line: number) => ({ files: [files('a.csv', { decimal: ',', thousands: '.', headerRow: 3, controlTotal: { kind: 'cells', cells: { amount: { letter: 'B', line } } } })] });
    const text = (total: string): string => `Udtræk;2026\nI alt;${total}\n${HEADER}2026-01-01;nord;;1.000,10\n2026-01-02;syd;;0,20\n`;
    expect((await load({ 'a.csv': text('1.000,30') }, cells(2))).rows).toBe(2);
    await expect(load({ 'a.csv': text('1.000,31') }, cells(2))).rejects.toThrow(/1000\.31 and the rows add up to 1000\.30/);
    await expect(load({ 'a.csv': text('') }, cells(2))).rejects.toThrow(/no control total/);
  });
  it('is checked for each column that becomes rows', async () => {
    await at.put('wide.csv', 'unit;2026-01;2026-02\nnord;1;2\nsyd;3;4\nI alt;5;5\n');
    const wide = source({ files: [files('wide.csv', { unpivot: { columns: '\\d{4}-\\d\\d', name: 'day', value: 'amount' }, controlTotal: { kind: 'rows', sql: "unit is not distinct from 'I alt'", columns: ['amount'] } })], columns: [column('day', 'date', { format: 'YYYY-MM' }), column('unit'), column('amount', 'decimal')] });
    await expect(loadSource(at.input(wide))).rejects.toThrow(/2026-01-01: the control total is 5\.00 and the rows add up to 4\.00; .*2026-02-01: the control total is 5\.00 and the rows add up to 6\.00/);
  });
});

describe('what was delivered again beside the old delivery does not count twice', () => {
  const july = HEADER + rowsOf(34, '07');
  it('is refused when most rows are alike', async () => {
    await expect(load({ 'a.csv': HEADER + rowsOf(28, '06') + rowsOf(34, '07'), 'b.csv': `${july}2026-07-28;nord;ny;7\n` })).rejects.toThrow(/34 rows stand in a\.csv and in b\.csv alike \(of 34/);
  });
  it('is told when few are, and refused when they are money or have the same key', async () => {
    const texts = { 'a.csv': HEADER + rowsOf(20, '07', 'a'), 'b.csv': `${HEADER}${rowsOf(20, '07', 'b')}2026-07-01;nord;a;0.25\n` };
    expect((await load(texts)).remarks).toMatchObject([{ file: 'b.csv', text: expect.stringMatching(/^1 rows stand in a\.csv and in b\.csv alike/) }]);
    await expect(load(texts, { money: ['amount'] })).rejects.toThrow(/would count twice/);
    await expect(load(texts, { key: ['day', 'unit', 'amount'] })).rejects.toThrow(/with the same day, unit, amount/);
    expect((await load(texts, { money: ['amount'], repeats: 'allow' })).rows).toBe(41);
  });
  it('and a row that stands twice in one file is legal', async () => { expect((await load({ 'a.csv': `${HEADER}2026-07-01;nord;;1\n2026-07-01;nord;;1\n`, 'b.csv': `${HEADER}2026-07-02;nord;;1\n` }, { money: ['amount'] })).rows).toBe(3); });
});

describe('a delivery that comes again in other clothes does not count twice', () => {
  const columns = [column('day', 'date'), column('unit'), column('text'), column('amount', 'decimal')];
  const delivery = (stamp: (i: number) => string, amount: (i: number) => string, months = ['07']): string => `day;unit;text;amount\n${months.flatMap((month) => [1, 2, 3, 4, 5, 6].map((i) => `2026-${month}-0${i};nord;${stamp(i)};${amount(i)}\n`)).join('')}`;
  const money = { columns, money: ['amount'], files: [files('{a,b}.csv')] };
  it('where the time of the extraction, or a running number, tells the rows apart', async () => {
    await expect(load({ 'a.csv': delivery(() => '2026-08-01', (i) => `${i}.25`), 'b.csv': delivery(() => '2026-09-01', (i) => `${i}.25`, ['07', '08']) }, money)).rejects.toThrow(/6 rows stand in a\.csv and in b\.csv alike in all but text/);
    await expect(load({ 'a.csv': delivery((i) => `L${i}`, (i) => `${i}.25`), 'b.csv': delivery((i) => `M${i}`, (i) => `${i}.25`) }, money)).rejects.toThrow(/alike in all but text/);
  });
  it('where amounts were corrected and the number of the voucher is the same', async () => {
    await expect(load({ 'a.csv': delivery((i) => `B${i}`, (i) => `${i}.25`), 'b.csv': delivery((i) => `B${i}`, (i) => `${i}.75`) }, money)).rejects.toThrow(/alike in all but amount.*key:/);
  });
  it('and two accounts of the same days with other amounts are two accounts', async () => {
    expect((await load({ 'a.csv': delivery(() => 'pay', (i) => `${i}.25`), 'b.csv': delivery(() => 'rent', (i) => `${i}.75`) }, money)).rows).toBe(12);
  });
});

describe('what was pasted twice into one file does not count twice', () => {
  const july = rowsOf(8, '07');
  it('the whole file, with and without its header, and three times', async () => {
    await expect(load({ 'a.csv': HEADER + july + july }, { money: ['amount'] })).rejects.toThrow(/a\.csv: the 8 rows from line 2 to line 9 stand again, in the same order, from line 10/);
    await expect(load({ 'a.csv': HEADER + july + july + july }, { money: ['amount'] })).rejects.toThrow(/would count twice/);
    await expect(load({ 'a.csv': HEADER + july + july })).rejects.toThrow(/would count twice/);
  });
  it('a block of rows far below, where they are money', async () => {
    await expect(load({ 'a.csv': HEADER + rowsOf(28, '06') + rowsOf(22, '07') + rowsOf(28, '08') + rowsOf(22, '07') }, { money: ['amount'] })).rejects.toThrow(/the 22 rows/);
    expect((await load({ 'a.csv': HEADER + rowsOf(28, '06') + rowsOf(22, '07') + rowsOf(28, '08') + rowsOf(22, '07') })).remarks).toMatchObject([{ file: 'a.csv', text: expect.stringMatching(/They count twice/) }]);
  });
  it('every row doubled where it stands, as a join does', async () => {
    const doubled = HEADER + july.split('\n').filter(Boolean).map((row) => `${row}\n${row}\n`).join('');
    await expect(load({ 'a.csv': doubled }, { money: ['amount'] })).rejects.toThrow(/a\.csv: each of the 8 different rows stands in it 2 times/);
    expect((await load({ 'a.csv': `${doubled}2026-07-30;nord;once;1\n` }, { money: ['amount'] })).rows).toBe(17);
  });
  it('equal visits on one day are legal, and the pack can say that the rows are meant', async () => {
    const visit = '2026-07-01;nord;;1\n';
    expect((await load({ 'a.csv': HEADER + visit.repeat(50) }, { money: ['amount'] })).rows).toBe(50);
    expect((await load({ 'a.csv': HEADER + july + july }, { money: ['amount'], repeats: 'allow', mayFall: 100 })).rows).toBe(16);
  });
});

describe('against the load before', () => {
  it('a file cut in half at a line end is no load, and the same under another name is', async () => {
    await load({ 'a.csv': HEADER + rowsOf(20, '06') + rowsOf(20, '07') }, { files: [files('{a,b}.csv')] });
    await expect(load({ 'a.csv': HEADER + rowsOf(20, '06') + rowsOf(10, '07') }, { files: [files('{a,b}.csv')] })).rejects.toThrow(/2026-07: 10 rows, where 20 were/);
    const moved = await load({ 'a.csv': HEADER + rowsOf(20, '06'), 'b.csv': HEADER + rowsOf(20, '07') }, { files: [files('{a,b}.csv')] });
    expect(moved.rows).toBe(40);
  });
  it('money that is less holds the load, and the pack can say that it is meant', async () => {
    await load({ 'a.csv': `${HEADER}2026-07-01;nord;;1000\n` }, { money: ['amount'] });
    await expect(load({ 'a.csv': `${HEADER}2026-07-01;nord;;100\n` }, { money: ['amount'] })).rejects.toThrow(/amount moves 100\.00, where it was 1000\.00/);
    expect((await load({ 'a.csv': `${HEADER}2026-07-01;nord;;100\n` }, { money: ['amount'], mayFall: 100 })).rows).toBe(1);
  });
  it('a file\'s loss does not hide behind another file\'s growth, where both keep their names', async () => {
    const two = { files: [files('{a,b}.csv')] };
    await load({ 'a.csv': HEADER + rowsOf(20, '07', 'a'), 'b.csv': HEADER + rowsOf(20, '07', 'b') }, two);
    await expect(load({ 'a.csv': HEADER + rowsOf(10, '07', 'a'), 'b.csv': HEADER + rowsOf(35, '07', 'b') }, two)).rejects.toThrow(/a\.csv, 2026-07: 10 rows, where 20 were/);
  });
  it('what moved on into a file with a new name is no loss', async () => {
    await load({ 'a.csv': HEADER + rowsOf(20, '07', 'a') }, { files: [files('{a,b}.csv')] });
    expect((await load({ 'a.csv': HEADER + rowsOf(8, '07', 'a'), 'b.csv': HEADER + rowsOf(12, '07', 'b') }, { files: [files('{a,b}.csv')] })).rows).toBe(20);
  });
  it('a cut file that comes together with a changed definition is loaded with a remark', async () => {
    await load({ 'a.csv': HEADER + rowsOf(20, '07') });
    expect((await load({ 'a.csv': HEADER + rowsOf(10, '07') }, { graceDays: 3 })).remarks).toMatchObject([{ text: expect.stringMatching(/definition of the source changed.*2026-07: 10 rows, where 20 were/) }]);
  });
  it('a real fall is taken once, on purpose, and the next one is held again', async () => {
    await load({ 'a.csv': HEADER + rowsOf(20, '07') });
    const taken = await load({ 'a.csv': HEADER + rowsOf(10, '07') }, {}, { acceptLess: true });
    expect([taken.rows, taken.remarks]).toMatchObject([10, [{ text: expect.stringMatching(/which was accepted\. 2026-07: 10 rows, where 20 were/) }]]);
    await expect(load({ 'a.csv': HEADER + rowsOf(5, '07') })).rejects.toThrow(/2026-07: 5 rows, where 10 were/);
  });
});

describe('a row whose date is made from other columns', () => {
  it('and comes out empty is set aside by name, not counted as used in no month', async () => {
    await at.put('data.csv', 'year;month;unit;amount\n2026;9;nord;100\n2026;10;nord;200\n;10;nord;900\n2026;10;syd;300\n');
    const report = await loadSource(at.input(source({
      columns: [column('year', 'integer'), column('month', 'integer'), column('unit'), column('amount', 'decimal')],
      derived: [{ name: 'day', sql: 'make_date("year", "month", 1)' }], grain: 'month',
    })));
    expect(report).toMatchObject({ rows: 3, rejected: 1, rejects: [{ line: 4, column: 'day', reason: expect.stringMatching(/no date comes out of derive/) as string }] });
  });
});
