import { ServiceError } from '../../../src/errors.ts';
import { loadSource } from '../../../src/io/load/load.ts';
import type { Layout, Source } from '../../../src/pack/model.ts';
import { bench, column, files, source, tree, type Bench } from './sample.ts';

let at: Bench;
beforeEach(async () => { at = await bench(); });
afterEach(() => at.clear());

const load = async (content: string | Uint8Array, given: Partial<Source> = {}, options: Partial<Layout> = {}): ReturnType<typeof loadSource> => {
  await at.put('data.csv', content);
  return loadSource(at.input(source({ files: [files('data.csv', options)], ...given })));
};
const facts = async (content: string | Uint8Array, given: Partial<Source> = {}, options: Partial<Layout> = {}, what = 'day, _unit, amount'): Promise<unknown[][]> => {
  const report = await load(content, given, options);
  return (await at.rows(report, `select ${what} from facts order by all`)).map((row) => Object.values(row));
};
const failure = async (content: string | Uint8Array, given: Partial<Source> = {}, options: Partial<Layout> = {}): Promise<string> => {
  const error: unknown = await load(content, given, options).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ServiceError);
  return (error as Error).message;
};

describe('loading a CSV file', () => {
  it('gives typed facts, the closure of the tree and a report', async () => {
    const report = await load('day;unit;amount\n2026-02-01;nord;12,50\n2026-01-01;Distrikt Syd;-3,25\n2026-01-02;N1;1000\n');
    expect(report).toMatchObject({ source: 'care', rows: 3, rejected: 0, firstDate: '2026-01-01', lastDate: '2026-02-01', files: [{ path: 'data.csv', rows: 3, encoding: 'utf-8', delimiter: ';' }] });
    expect(await at.rows(report, 'select * from facts')).toEqual([
      { day: '2026-01-01', unit: 'Distrikt Syd', amount: '-3.25', _unit: 'syd', _date: '2026-01-01' },
      { day: '2026-01-02', unit: 'N1', amount: '1000.00', _unit: 'nord', _date: '2026-01-02' },
      { day: '2026-02-01', unit: 'nord', amount: '12.50', _unit: 'nord', _date: '2026-02-01' },
    ]);
    expect(await at.rows(report, "select unit from closure where node = 'by' order by 1")).toEqual(['ahus', 'by', 'nord', 'syd'].map((unit) => ({ unit })));
    expect(await at.rows(report, "select json_extract_string(report, '$.rows') as n from meta")).toEqual([{ n: '3' }]);
  });

  it('finds the unit by id, code, name and synonym, whatever the case and the blanks around it', async () => {
    const rows = ['AHUS', ' ærøhus ', 'n1', 'NORDBYEN', 'Distrikt syd'].map((unit, i) => `2026-01-0${i + 1};${unit};1`).join('\n');
    expect(await facts(`day;unit;amount\n${rows}\n`, {}, {}, '_unit, unit')).toEqual([['ahus', 'AHUS'], ['ahus', 'ærøhus'], ['nord', 'NORDBYEN'], ['nord', 'n1'], ['syd', 'Distrikt syd']]);
  });

  it('gives every row to the root when there is no unit column', async () => {
    expect(await facts('day;unit;amount\n2026-01-01;?;1\n', { unitColumn: null }, {}, '_unit')).toEqual([['by']]);
  });

  it.each([[';'], [','], ['\t'], ['|']])('detects the delimiter %j and reports it', async (delimiter) => {
    const text = ['day', 'unit', 'amount', '2026-01-01', 'nord', '7'];
    const report = await load(`${text.slice(0, 3).join(delimiter)}\n${text.slice(3).join(delimiter)}\n`);
    expect(report.files[0]?.delimiter).toBe(delimiter);
    expect(report.rows).toBe(1);
  });

  it('is not misled by commas inside quotes and decimal commas', async () => {
    const report = await load('day;unit;amount\n2026-01-01;nord;1,50\n2026-01-02;syd;2,50\n2026-01-03;"nord";3,50\n');
    expect(report.files[0]?.delimiter).toBe(';');
  });

  const danish = 'day;unit;amount\n2026-01-01;Ærøhus;1,5\n2026-01-02;nord;2\n';
  const cp1252 = (text: string): Buffer => Buffer.from([...text].map((char) => ({ '€': 0x80, '–': 0x96 })[char] ?? char.charCodeAt(0)));
  it.each<[string, Uint8Array, string]>([
    ['UTF-8', Buffer.from(danish), 'utf-8'],
    ['UTF-8 with byte order mark', Buffer.from(`\ufeff${danish}`), 'utf-8'],
    ['Windows-1252', cp1252(danish), 'windows-1252'],
    ['UTF-16, as Excel writes Unicode text', Buffer.from(`\ufeff${danish}`, 'utf16le'), 'utf-16le'],
  ])('reads %s', async (_name, bytes, encoding) => {
    const report = await load(bytes);
    expect(report.files[0]?.encoding).toBe(encoding);
    expect(await at.rows(report, 'select _unit from facts order by day')).toEqual([{ _unit: 'ahus' }, { _unit: 'nord' }]);
  });

  it('reads the euro sign and the dash of Windows-1252, which latin-1 does not have', async () => {
    expect(await facts(cp1252('day;unit;amount;note\n2026-01-01;nord;1;5 € – mere\n'), { columns: [...source().columns, column('note')] }, {}, 'note')).toEqual([['5 € – mere']]);
  });

  it.each<[string, string, string, string | null, string | null]>([
    ['a decimal comma', '12,50', '12.50', ',', null],
    ['a decimal point', '12.50', '12.50', '.', null],
    ['Danish thousands', '1.234.567,89', '1234567.89', ',', '.'],
    ['English thousands', '"1,234,567.89"', '1234567.89', '.', ','],
    ['blank thousands, no-break space too', '1 234\u00a0567,5', '1234567.50', ',', ' '],
    ['the minus of SAP, which stands last', '1.234,50-', '-1234.50', ',', '.'],
    ['the minus of typographers', '\u22125,00', '-5.00', ',', null],
    ['a plus', '+5', '5.00', ',', null],
    ['trailing zeros beyond the decimals', '5,2500', '5.25', ',', null],
    ['an amount without its zero', ',5', '0.50', ',', null],
    ['eighteen digits, exactly', '1234567890123456,78', '1234567890123456.78', ',', null],
  ])('reads %s', async (_name, written, value, decimal, thousands) => {
    expect(await facts(`day;unit;amount\n2026-01-01;nord;${written}\n`, {}, { decimal: decimal as ',', thousands })).toEqual([['2026-01-01', 'nord', value]]);
  });

  it.each([
    ['a third decimal, rather than rounding money', '12,345', ',', null],
    ['a thousands point that groups two digits, rather than a hundred times too much', '1.23', ',', '.'],
    ['thousands nobody declared', '1.234,50', ',', null],
    ['letters', '12 stk.', ',', null],
    ['thousands that begin with a nought', '0.500', ',', '.'],
    ['infinity', 'inf', ',', null],
    ['a number too wide for its column', '12345678901234567,5', ',', null],
  ])('sets %s aside', async (_name, written, decimal, thousands) => {
    const report = await load(`day;unit;amount\n2026-01-01;nord;1\n2026-01-02;nord;${written}\n`, {}, { decimal: decimal as ',', thousands });
    expect(report).toMatchObject({ rows: 1, rejected: 1, rejects: [{ file: 'data.csv', line: 3, column: 'amount', value: written, reason: expect.stringMatching(/^not a number with at most 2 decimals/) as string }] });
  });

  it('sets one percent sign among many numbers without aside, and refuses a column that mixes both', async () => {
    const rows = (percents: number): string => `day;unit;amount\n${Array.from({ length: 20 }, (_, i) => `2026-01-01;nord;${i + 1}${i < percents ? ' %' : ''}\n`).join('')}`;
    expect(await load(rows(1), {}, { decimal: ',', thousands: null })).toMatchObject({ rows: 19, rejects: [{ value: '1 %' }] });
    await expect(load(rows(10), {}, { decimal: ',', thousands: null })).rejects.toThrow(/Column 'amount' has figures with a percent sign \('1 %'\) and without \('11'\).*Write all of them in one way in the file/);
  });

  it('sets whole numbers with decimals or exponents aside, which the engine would round or multiply', async () => {
    const report = await load('day;unit;amount\n2026-01-01;nord;12.7\n2026-01-02;nord;1e5\n2026-01-03;nord;12.0\n2026-01-04;nord;-3\n', { columns: [column('day', 'date'), column('unit'), column('amount', 'integer')] });
    expect(report.rejects.map(({ value }) => value)).toEqual(['12.7', '1e5']);
    expect(await at.rows(report, 'select amount from facts order by 1')).toEqual([{ amount: '-3' }, { amount: '12' }]);
  });

  it('reads floats, points in time and yes or no', async () => {
    const columns = [column('day', 'date'), column('unit'), column('amount', 'number'), column('at', 'timestamp', { format: '%d-%m-%Y %H:%M' }), column('ok', 'boolean')];
    expect(await facts('day;unit;amount;at;ok\n2026-01-01;nord;1,5e3;24-12-2025 18:30;Ja\n2026-01-02;nord;;;nej\n', { columns }, { decimal: ',' }, 'day, amount, "at", ok'))
      .toEqual([['2026-01-01', 1500, '2025-12-24 18:30:00', true], ['2026-01-02', null, null, false]]);
  });

  it.each([
    ['%d-%m-%Y', '31-12-2025', '2025-12-31', 1],
    ['%d.%m.%y', '01.02.26', '2026-02-01', 1],
    ['YYYY-MM', '2025-07', '2025-07-01', 1],
    ['YYYY/YY Qn', '2017/18 Q4', '2018-01-01', 1],
    ['YYYY/YY Qn', '2017/18 Q1', '2017-04-01', 4],
    ['YYYY/YY Qn', '2017/18 Q2', '2017-10-01', 7],
    ['YYYY/YY', '1999/00', '1999-04-01', 1],
    ['YYYYKn', '1992K3', '1992-07-01', 1],
    ['%Y', '2014', '2014-01-01', 1],
  ])('reads a period written %s', async (format, written, day, yearStart) => {
    await at.put('data.csv', `day;unit;amount\n${written};nord;1\n`);
    const report = await loadSource(at.input(source({ columns: [column('day', 'date', { format }), column('unit'), column('amount', 'decimal')] }), { yearStart }));
    expect(report.firstDate).toBe(day);
  });

  it.each([['YYYY/YY', '2017/19'], ['YYYY/YY Qn', '2017/18 Q5'], ['YYYY-MM', '2025-13'], ['YYYYKn', '2025K0'], ['%d-%m-%Y', '31-02-2025'], [null, '24-12-2025'], [null, '1850-01-01'], [null, '9999-12-31'], [null, 'infinity']])(
    'sets a day that is none aside: %s %s', async (format, written) => {
      const good = { 'YYYY/YY': '2017/18', 'YYYY/YY Qn': '2017/18 Q1', 'YYYY-MM': '2025-12', YYYYKn: '2025K1', '%d-%m-%Y': '28-02-2025' }[format ?? ''] ?? '2026-01-01';
      const report = await load(`day;unit;amount\n${good};nord;1\n${written};nord;1\n`, { columns: [column('day', 'date', { format }), column('unit'), column('amount', 'decimal')] });
      expect(report.rejects).toEqual([expect.objectContaining({ line: 3, column: 'day', value: written })]);
    });

  it('takes the words for no value as no value, and sets rows aside that need one', async () => {
    const columns = [column('day', 'date'), column('unit'), column('amount', 'decimal', { missing: ['..', '-'], required: false }), column('kind', 'text', { required: true, missing: ['NA'] })];
    const report = await load('day;unit;amount;kind\n2026-01-01;nord;..;a\n2026-01-02;nord;-;b\n2026-01-03;nord;1;NA\n', { columns });
    expect(await at.rows(report, 'select amount, kind from facts order by day')).toEqual([{ amount: null, kind: 'a' }, { amount: null, kind: 'b' }]);
    expect(report.rejects).toEqual([{ file: 'data.csv', line: 4, column: 'kind', value: 'NA', reason: 'no value, and the column needs one' }].map((reject) => ({ ...reject, value: '' })));
  });

  it('names the true line of a rejected row after fields with line breaks, blank lines and short rows', async () => {
    const report = await load('day;unit;amount\r\n2026-01-01;"nord";1\r\n\r\n2026-01-02;"no\r\nrd";1\r\n2026-01-03;nord\r\n2026-01-04;nord;x\r\n2026-01-05;nord;1\r\n2026-01-05;nord;1;;\r\n2026-01-05;nord;1;2\r\n2026-01-06;syd;3\r\n');
    expect(report.rows).toBe(4);
    expect((await at.rows(report, 'select line, "column", reason from rejects order by line')).map(Object.values)).toEqual([
      ['4', 'unit', 'not a unit of the organisation; the nearest is \'nord\''],
      ['6', '', '2 cells instead of 3'],
      ['7', 'amount', expect.stringContaining('not a number')],
      ['10', '', '4 cells instead of 3'],
    ]);
  });

  it('names the true line of rejected rows far down a large regular file', async () => {
    const lines = Array.from({ length: 300_000 }, (_, i) => `2026-01-01;nord;${i % 100_000 === 99_999 ? `bad ${i + 2}` : i}`);
    const report = await load(`day;unit;amount\n${lines.join('\n')}`);
    expect(report.rejects.map(({ line, value }) => [line, value])).toEqual([[100_001, 'bad 100001'], [200_001, 'bad 200001'], [300_001, 'bad 300001']]);
    expect(report.rows).toBe(299_997);
  });

  it('keeps quotes, doubled quotes and delimiters inside fields', async () => {
    const columns = [...source().columns, column('note')];
    expect(await facts('day;unit;amount;note\n2026-01-01;nord;1;"a;""b"""\n2026-01-02;nord;1;say "x" now\n', { columns }, {}, 'note')).toEqual([['a;"b"'], ['say "x" now']]);
  });

  it('says which line holds a quote that is never closed', async () => {
    const rows = Array.from({ length: 900_000 }, () => '2026-01-01;nord;1,00').join('\n');
    expect(await failure(`day;unit;amount\n2026-01-01;"nord;1\n${rows}\n`)).toMatch(/A quote opened in line 2 is not closed/);
  });

  it('skips rows that are only blank', async () => {
    expect(await load('day;unit;amount\n2026-01-01;nord;1\n;;\n ; ;\n\n2026-01-02;nord;1\n\n\n')).toMatchObject({ rows: 2, rejected: 0 });
  });

  it('counts and refuses units it does not know, with the nearest name, or leaves them out on purpose', async () => {
    const text = 'day;unit;amount\n2026-01-01;Distrikt Nrod;1\n2026-01-01;nord;1\n2026-01-01;Hele landet;1\n2026-01-01;syd;1\n2026-01-02;;4\n2026-01-02;syd;4\n';
    const report = await load(text);
    expect(report.rejects.map(({ line, reason }) => [line, reason])).toEqual([[2, "not a unit of the organisation; the nearest is 'distrikt nord'"], [4, 'not a unit of the organisation'], [6, 'no value, and the column needs one']]);
    expect((await load(text, { unknownUnits: 'ignore' })).rejects.map(({ line }) => line)).toEqual([6]);
  });

  it('sets rows aside whose unit may be several, unless an id or code tells them apart', async () => {
    await at.put('data.csv', 'day;unit;amount\n2026-01-01;Midtby;1\n2026-01-01;m2;1\n2026-01-01;M1;1\n');
    const organisation = tree({ id: 'by', children: [{ id: 'm1', name: 'Midtby' }, { id: 'm2', name: 'Midtby', synonyms: ['M1'] }] });
    const report = await loadSource(at.input(source(), { organisation }));
    expect(report.rejects).toEqual([expect.objectContaining({ line: 2, value: 'Midtby', reason: 'the name of several units; use their ids or codes' })]);
    expect(await at.rows(report, 'select _unit from facts order by 1')).toEqual([{ _unit: 'm1' }, { _unit: 'm2' }]);
  });

  it('leaves rows out that do not meet the condition, before it looks for their faults', async () => {
    const report = await load('day;unit;amount\n2026-01-01;Hele byen;100\n2026-01-01;nord;1\n2026-01-01;I alt;x\n', { where: '"unit" not in (\'Hele byen\', \'I alt\')' });
    expect(report).toMatchObject({ rows: 1, rejected: 0 });
  });

  it('adds derived columns, usable in the condition', async () => {
    expect(await facts('day;unit;amount\n2026-01-01;nord;10\n2026-01-02;nord;1\n', { derived: [{ name: 'double', sql: '("amount" * 2)' }, { name: 'big', sql: '("double" > 10)' }], where: '"big"' }, {}, 'double, big')).toEqual([['20.00', true]]);
  });

  it('runs the last statements on facts, closure and units', async () => {
    await at.put('data.csv', 'day;unit;amount\n2026-01-01;ahus;10\n2026-01-02;syd;1\n');
    const report = await loadSource(at.input(source(), { finish: ['create table rolled as select c.node, sum(f.amount) as total, any_value(u.name_da) as name from facts f join closure c on c.unit = f._unit join units u on u.unit = c.node group by 1 order by 1'] }));
    expect((await at.rows(report, 'select * from rolled')).map(Object.values)).toEqual([['ahus', '10.00', 'Ærøhus'], ['by', '11.00', 'Byen'], ['nord', '10.00', 'Distrikt Nord'], ['syd', '1.00', 'Distrikt Syd']]);
  });
});

describe('layouts', () => {
  it('takes the header and rows it is told, and columns by letter', async () => {
    const text = 'Rapport;;;\n\n;Tid;Sted;Beløb\n;;;"i\nkr."\n;2026-01-01;nord;5\n;2026-01-02;syd;6\nI alt;;;11\n';
    const columns = [column('day', 'date', { header: 'tid' }), column('unit', 'text', { header: 'Sted' }), column('amount', 'decimal', { at: 'D' })];
    expect(await facts(text, { columns }, { headerRow: 3, firstRow: 6, lastRow: 7 })).toEqual([['2026-01-01', 'nord', '5.00'], ['2026-01-02', 'syd', '6.00']]);
  });

  it('takes columns of a file without header by letter', async () => {
    const columns = [column('day', 'date', { at: 'B' }), column('unit', 'text', { at: 'A' }), column('amount', 'decimal', { at: 'C' })];
    expect(await facts('nord;2026-01-01;5\n', { columns }, { headerRow: 0 })).toEqual([['2026-01-01', 'nord', '5.00']]);
  });

  it('takes a file without header that begins with a byte order mark', async () => {
    const columns = [column('unit', 'text', { at: 'A' }), column('day', 'date', { at: 'B' }), column('amount', 'decimal', { at: 'C' })];
    expect(await facts('\ufeffnord;2026-01-01;5\n"syd";2026-01-02;6\n', { columns }, { headerRow: 0 })).toEqual([['2026-01-01', 'nord', '5.00'], ['2026-01-02', 'syd', '6.00']]);
  });

  it('takes a file whose name has brackets for what it is', async () => {
    await at.put('data [1].csv', 'day;unit;amount\n2026-01-01;nord;1\n');
    expect(await loadSource(at.input(source({ files: [files('data [1].csv')] })))).toMatchObject({ rows: 1, files: [{ path: 'data [1].csv' }] });
  });

  it('takes the place and the constants of one file over those of the source', async () => {
    await at.put('a.csv', 'day;unit;amount\n2026-01-01;nord;1\n');
    await at.put('b.csv', 'unit;x;amount\nsyd;2;99\n');
    const report = await loadSource(at.input(source({ files: [files('a.csv'), files('b.csv', { set: { day: '2025-04-01' }, at: { amount: 'B' } })] })));
    expect((await at.rows(report, 'select day, _unit, amount from facts')).map(Object.values)).toEqual([['2025-04-01', 'syd', '2.00'], ['2026-01-01', 'nord', '1.00']]);
    expect(report.files.map(({ path, rows }) => [path, rows])).toEqual([['a.csv', 1], ['b.csv', 1]]);
  });

  it('fills stubs that are blank downwards', async () => {
    expect(await facts('unit;day;amount\nnord;2026-01-01;1\n;2026-01-02;2\nsyd;2026-01-01;3\n;2026-01-02;4\n', {}, { fillDown: ['unit'] }))
      .toEqual([['2026-01-01', 'nord', '1.00'], ['2026-01-01', 'syd', '3.00'], ['2026-01-02', 'nord', '2.00'], ['2026-01-02', 'syd', '4.00']]);
  });

  it('turns wide columns into rows, without rows for blanks', async () => {
    const columns = [column('day', 'date', { format: 'YYYYKn' }), column('unit'), column('amount', 'decimal', { missing: ['..'] })];
    const text = 'unit;code;2025K1;2025K2;2025K3\nnord;1;5;..;7\nsyd;2;;6;x\n';
    const report = await load(text, { columns }, { unpivot: { columns: '\\d{4}K[1-4]', name: 'day', value: 'amount' } });
    expect((await at.rows(report, 'select day, _unit, amount from facts order by all')).map(Object.values)).toEqual([['2025-01-01', 'nord', '5.00'], ['2025-04-01', 'syd', '6.00'], ['2025-07-01', 'nord', '7.00']]);
    expect(report.rejects).toEqual([expect.objectContaining({ line: 3, column: 'amount', value: 'x' })]);
  });

  it('gives up on a pattern of headers that would never end', async () => {
    const columns = [column('day', 'date', { format: 'YYYYKn' }), column('unit'), column('amount', 'decimal')];
    const options = { unpivot: { columns: '(\\d+)+x', name: 'day', value: 'amount' } };
    expect(await failure(`unit;${'1'.repeat(60)}\nnord;5\n`, { columns }, options)).toMatch(/The pattern of the columns to turn into rows .* takes too long on these headers/);
  });

  it('passes over what systems put into folders of their own accord', async () => {
    for (const name of ['a.csv', 'Thumbs.db', 'ehthumbs.db', 'desktop.ini', '.DS_Store', '~$a.xlsx', '.~lock.a.csv#']) await at.put(name, 'day;unit;amount\n2026-01-01;nord;1\n'.replace('1\n', `${name.length}\n`));
    const report = await loadSource(at.input(source({ files: [files('*')] })));
    expect(report.files.map(({ path }) => path)).toEqual(['a.csv']);
  });

  it('takes every file a pattern names, in the order of names, also in folders below', async () => {
    for (const [i, name] of ['m-02.csv', 'm-01.csv', 'other.csv', '.m-03.csv'].entries()) await at.put(name, `day;unit;amount\n2026-01-0${i + 1};nord;1\n`);
    const report = await loadSource(at.input(source({ files: [files('m-*.csv')] })));
    expect(report.files.map(({ path }) => path)).toEqual(['m-01.csv', 'm-02.csv']);
    expect((await loadSource(at.input(source({ id: 'all', files: [files('**/{m,other}*.csv')] })))).files).toHaveLength(3);
  });
});

describe('files that can not be loaded', () => {
  it.each<[string, string | Uint8Array, RegExp]>([
    ['an empty file', '', /data\.csv: The file is empty/],
    ['a header and nothing else', 'day;unit;amount\n', /hold no row to load \(data\.csv\)/],
    ['a wrong header', 'day;unit;amuont\n2026-01-01;nord;1\n', /data\.csv: Header in line 1, utf-8, delimiter ';': There is no column 'amount'\. Did you mean 'amuont'\? The header has: 'day', 'unit', 'amuont'\./],
    ['a header that stands twice', 'day;unit;amount;amount\n2026-01-01;nord;1;2\n', /'amount' stands 2 times \(C, D\): name the right one with at:/],
    ['mostly unfit rows', 'day;unit;amount\n01-02-2026;nord;1\n01-03-2026;nord;1\n2026-01-01;nord;1\n', /2 of 3 rows do not fit.*column 'day' not a date written YYYY-MM-DD.*\(2 rows, first in line 2\)/],
    ['a picture', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 255]), /There is no column 'day'/],
  ])('says so of %s', async (_name, content, message) => {
    expect(await failure(content)).toMatch(message);
  });

  it('says so of a missing file and a pattern without files', async () => {
    await expect(loadSource(at.input(source()))).rejects.toThrow(/source care: No file matches 'data\.csv' \(looked in .*pack\)\. .*pack\.yaml:7/);
    await expect(loadSource(at.input(source({ files: [files('y-*.csv')] })))).rejects.toThrow(/No file matches 'y-\*\.csv'/);
  });

  it('says so once when the pack has another delimiter than the file', async () => {
    expect(await failure('day,unit,amount\n2026-01-01,nord,1\n', {}, { delimiter: ';' })).toMatch(/The header is one single field, 'day,unit,amount', so the file seems to be separated by commas\. Mend delimiter: in the pack, or leave it out, and it is found\.$/);
  });

  it('says so when a layout says UTF-8 and the file is not', async () => {
    expect(await failure(Buffer.from('day;unit;amount\n2026-01-01;\xc6r\xf8hus;1\n', 'latin1'), {}, { encoding: 'utf-8' })).toMatch(/It is not UTF-8/);
  });
});
