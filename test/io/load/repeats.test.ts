import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadSource } from '../../../src/io/load/load.ts';
import type { Source } from '../../../src/pack/model.ts';
import type { LoadReport } from '../../../src/ports.ts';
import { bench, column, files, source, type Bench } from './sample.ts';

let at: Bench;
beforeEach(async () => { at = await bench(); });
afterEach(() => at.clear());

const HEADER = 'day;unit;text;amount\n';
const COLUMNS = [column('day', 'date'), column('unit'), column('text'), column('amount', 'decimal')];
const load = async (texts: Record<string, string>, more: Partial<Source> = {}): Promise<LoadReport> => {
  for (const [name, text] of Object.entries(texts)) await at.put(name, text);
  return loadSource(at.input(source({ files: [files('*.csv')], columns: COLUMNS, money: ['amount'], mayFall: 100, ...more })));
};
const rows = (count: number, from = 0, month = '01'): string[] => Array.from({ length: count }, (_, i) => `2026-${month}-${String(((from + i) % 28) + 1).padStart(2, '0')};${(from + i) % 2 === 0 ? 'nord' : 'syd'};bilag ${from + i};${from + i + 1}.25\n`);
const file = (...blocks: string[][]): Record<string, string> => ({ 'a.csv': HEADER + blocks.flat().join('') });

describe('rows that were pasted into a file twice do not count twice in silence', () => {
  it('a file of few rows, with its header line in the middle too', async () => {
    await expect(load(file(rows(4), rows(4)))).rejects.toThrow('a.csv: the 4 rows from line 2 to line 5 stand again, in the same order, from line 6, so they would count twice and nothing is loaded. Remove what was pasted twice; if the rows are meant, write repeats: tell in pack.yaml.');
    await expect(load({ 'a.csv': HEADER + rows(9).join('') + HEADER + rows(9).join('') })).rejects.toThrow(/the 9 rows from line 2 to line 10 stand again, in the same order, from line 12/);
  });

  it('in another order, and a block of rows among others', async () => {
    await expect(load(file(rows(9), [...rows(9)].reverse()))).rejects.toThrow(/each of the 9 different rows stands in it 2 times/);
    await expect(load(file(rows(20), rows(9, 5), rows(10, 100)))).rejects.toThrow(/a\.csv: the 9 rows from line 7 to line 15 stand again/);
  });

  it('single rows alike, visits alike in the morning and evening, and amounts that recur each month are what they are', async () => {
    expect((await load(file(rows(20), rows(3, 2)))).remarks).toEqual([]);
    const visits = [1, 2, 3].flatMap((day) => [0, 1].flatMap(() => ['nord', 'syd'].flatMap((unit) => ['a', 'b', 'c'].map((who) => `2026-01-0${day};${unit};${who};0.5\n`))));
    expect((await load(file(visits, ['2026-01-04;nord;d;1\n']), { money: [] })).remarks).toEqual([]);
    const rent = ['01', '02', '03', '04'].flatMap((month) => ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((text) => `2026-${month}-01;nord;${text};100.00\n`));
    expect((await load(file(rent))).remarks).toEqual([]);
    expect((await load(file(Array.from({ length: 60 }, (_, i) => `2026-01-01;${i % 2 === 0 ? 'nord' : 'syd'};;100.00\n`)))).rows).toBe(60);
  });
});

describe('a delivery that comes again is known though it is not the same in every column', () => {
  const STAMPED = [column('taken', 'date'), ...COLUMNS];
  const stamped = (day: string, texts: readonly string[]): string => `taken;${HEADER}${texts.map((row) => `${day};${row}`).join('')}`;

  it('by the day on which it was taken out of the system', async () => {
    await expect(load({ 'a.csv': stamped('2026-02-01', rows(4)), 'b.csv': stamped('2026-02-08', rows(5)) }, { columns: STAMPED })).rejects.toThrow(/4 rows stand in a\.csv and in b\.csv alike in all but taken \(of 4 in the days both have/);
  });

  it('though two files share only a row of that kind, as two systems may, that is no delivery again', async () => {
    const nameless = (all: readonly string[]): string[] => all.map((row) => row.replace(/bilag \d+/, ''));
    expect((await load({ 'a.csv': stamped('2026-02-01', nameless(rows(6))), 'b.csv': stamped('2026-02-08', nameless([...rows(1), ...rows(5, 28)])) }, { columns: STAMPED })).remarks).toEqual([]);
  });

  it('with one amount corrected, where a column tells its rows apart', async () => {
    const corrected = '2026-01-28;syd;bilag 27;450.00\n';
    await expect(load({ 'a.csv': HEADER + rows(2, 26).join(''), 'b.csv': `${HEADER}${corrected}2026-01-27;nord;bilag 99;50.00\n` })).rejects.toThrow(/1 rows stand in a\.csv and in b\.csv alike in all but amount .*Remove the older delivery, or name the columns that tell a row apart with key:/);
    expect((await load({ 'a.csv': HEADER + rows(2, 26).join(''), 'b.csv': `${HEADER}2026-01-28;syd;bilag 98;450.00\n2026-01-27;nord;bilag 99;50.00\n` })).remarks).toEqual([]);
  });

  it('by its name, where its months and units are there already', async () => {
    const plain = (amount: string): string => `${HEADER}2026-01-31;nord;;${amount}\n2026-01-31;syd;;${amount}\n`;
    for (const name of ['okt rettet.csv', 'okt_v2.csv', 'okt (1).csv', 'okt - Kopi.csv', 'okt_ny.csv', 'okt-endelig.csv']) {
      await expect(load({ 'okt.csv': plain('10.00'), [name]: plain('11.00') })).rejects.toThrow(/rows of the same units and months stand in okt\.csv and in .*, which its name says is a later one of it/);
      await rm(join(at.dir, 'pack', name));
    }
    expect((await load({ 'okt.csv': plain('10.00'), 'oktober vikarer.csv': plain('11.00') })).remarks).toEqual([]);
  });
});

describe('a total does not count beside what it sums in silence', () => {
  const refused = (texts: string[], more: Partial<Source> = {}): Promise<string> => load(file(texts), more).then(({ remarks }) => `loaded ${JSON.stringify(remarks)}`, (error: Error) => error.message);

  it.each([
    ['of each unit below its rows', ['2026-01-01;nord;Løn;100\n', '2026-01-31;nord;Drift;200\n', '2026-01-31;nord;I alt;300\n', '2026-01-01;syd;Løn;50\n', '2026-01-31;syd;I alt;50\n'], /line 4: text says 'I alt', and its amount is the sum/],
    ['in capital letters, of all', ['2026-01-01;nord;Løn;100\n', '2026-01-31;syd;Drift;200\n', '2026-01-31;by;TOTAL;300\n'], /line 4: text says 'TOTAL'/],
    ['with the name of what it sums', ['2026-01-01;nord;Løn;100\n', '2026-01-31;nord;Drift;200\n', '2026-01-31;nord;Løn i alt;300\n'], /line 4: text says 'Løn i alt'/],
    ['above its rows', ['2026-01-31;nord;Sum;300\n', '2026-01-01;nord;Løn;100\n', '2026-01-31;nord;Drift;200\n'], /line 2: text says 'Sum'/],
    ['of a month', ['2026-01-01;nord;Løn;100\n', '2026-01-31;syd;Drift;200\n', '2026-01-31;nord;Subtotal;300\n', '2026-02-01;nord;Løn;100\n', '2026-02-11;syd;Drift;20\n', '2026-02-28;nord;Subtotal;120\n'], /line 4.*line 7/s],
  ])('%s', async (_what, texts, message) => {
    const told = await refused(texts);
    expect(told).toMatch(/Totals stand among the rows and would count beside what they sum, so nothing is loaded\./);
    expect(told).toMatch(message);
    expect(told).toContain('Leave them out with where:, or have them checked with control_total: {rows: ..., columns: [...]}');
  });

  it('on the unit above, though no word says so', async () => {
    expect(await refused(['2026-01-31;nord;;100\n', '2026-01-31;syd;;200\n', '2026-01-31;by;;300\n'])).toContain("line 4: amount of 'Byen' is 300.00, which is what the units below it add up to");
  });

  it('that no word names: the last row of the file, or of each unit', async () => {
    expect(await refused(['2026-01-01;nord;a;100\n', '2026-01-02;nord;b;200\n', '2026-01-03;syd;c;400\n', '2026-01-31;syd;;700\n'])).toContain('line 5: amount is 700.00, which is what all rows above it add up to');
    expect(await refused(['2026-01-01;nord;a;100\n', '2026-01-02;nord;b;200\n', '2026-01-31;nord;;300\n', '2026-01-03;syd;c;400\n', '2026-01-31;syd;;400\n'])).toContain('line 4: amount is what the other rows of the unit add up to, and so it is in the last row of each unit');
    expect(await refused(['2026-01-01;nord;a;100\n', '2026-01-02;nord;b;200\n', '2026-01-31;nord;;300\n', '2026-01-03;syd;c;400\n', '2026-01-31;syd;;401\n'])).toBe('loaded []');
    expect(await refused(['2026-01-01;nord;a;100\n', '2026-01-31;syd;b;100\n'])).toBe('loaded []');
  });

  it('costs booked on the whole, and a word that is no total, count', async () => {
    expect(await refused(['2026-01-31;nord;;100\n', '2026-01-31;syd;;200\n', '2026-01-31;by;;301\n'])).toBe('loaded []');
    expect(await refused(['2026-01-31;nord;Totalentreprise;100\n', '2026-01-31;syd;Summer;100\n'])).toBe('loaded []');
    expect(await refused(['2026-01-31;nord;Løn;100\n', '2026-01-31;syd;Total;90\n'])).toMatch(/^loaded .*Line 3: text says 'Total'\. If it is a totals row, it counts beside the rows it sums/);
  });

  describe('in nearly every group of rows', () => {
    const amounts = [[31.5, 82.25], [40, 12.75], [7.1, 99.9], [63, 5.05], [21.2, 44.4], [18, 3.35], [55.5, 61], [9.9, 2.2]] as const;
    const groups = (rowsOf: (month: string, unit: string, one: number, other: number) => string): string[] => amounts.map(([one, other], i) => rowsOf(`2026-0${Math.floor(i / 2) + 1}`, i % 2 === 0 ? 'nord' : 'syd', one, other));

    it('an account above those it sums', async () => {
      expect(await refused(groups((month, unit, one, other) => `${month}-28;${unit};5.30;${(one + other).toFixed(2)}\n${month}-28;${unit};5.30.26;${one}\n${month}-28;${unit};5.30.28;${other}\n`))).toContain('line 2: amount is what the other rows of the same unit and day add up to, and so is a row in 8 of 8 such groups');
    });

    it('accounts of two levels, and a sum whose word stands in a column that is not read', async () => {
      expect(await refused(groups((month, unit, one, other) => [['5', one + other + 11], ['5.1', one + other], ['5.1.1', one], ['5.1.2', other], ['5.2', 11], ['5.2.1', 11]].map(([account, amount]) => `${month}-28;${unit};${String(account)};${Number(amount).toFixed(2)}\n`).join('')))).toContain('8 of 8');
    });

    it('what a balance begins and ends with beside what moved it', async () => {
      let balance = 1000;
      expect(await refused(groups((month, _unit, one) => { const before = balance; balance += one; return `${month}-01;nord;a;${before.toFixed(2)}\n${month}-15;nord;b;${one.toFixed(2)}\n${month}-28;nord;c;${balance.toFixed(2)}\n`; }).filter((_, i) => i % 2 === 0))).toContain('same unit and month');
    });

    it('rounded to whole kroner, and right below or above the rows it sums, whatever else the month has', async () => {
      expect(await refused(groups((month, unit, one, other) => `${month}-28;${unit};a;${one * 10}\n${month}-28;${unit};b;${other * 10}\n${month}-28;${unit};c;${Math.round((one + other) * 10)}\n`))).toContain('8 of 8 such groups');
      const rest = (month: string, unit: string, one: number): string => `${month}-28;${unit};e;${(one * 3.1 + 7).toFixed(2)}\n${month}-28;${unit};f;${(one * 7.7 + 3).toFixed(2)}\n`;
      const subtotal = (month: string, unit: string, one: number, other: number): string => `${month}-28;${unit};Personale;${((one + other) * 10).toFixed(2)}\n`;
      const summed = (month: string, unit: string, one: number, other: number): string => `${month}-28;${unit};a;${(one * 10).toFixed(2)}\n${month}-28;${unit};b;${(other * 10).toFixed(2)}\n`;
      expect(await refused(groups((month, unit, one, other) => summed(month, unit, one, other) + subtotal(month, unit, one, other) + rest(month, unit, one)))).toContain('line 4: amount is what the rows right before it add up to, and so is a row in 8 of 8 months of a unit');
      expect(await refused(groups((month, unit, one, other) => subtotal(month, unit, one, other) + summed(month, unit, one, other) + rest(month, unit, one)))).toContain('amount is what the rows right after it add up to');
    });

    it('not where a few rows add up by chance', async () => {
      expect(await refused(groups((month, unit, one, other) => `${month}-28;${unit};a;${month === '2026-01' ? (one + other).toFixed(2) : 70}\n${month}-28;${unit};b;${one}\n${month}-28;${unit};c;${other}\n`))).toBe('loaded []');
      expect(await refused(groups((month, unit) => `${month}-28;${unit};a;50\n${month}-28;${unit};b;25\n${month}-28;${unit};c;25\n`))).toBe('loaded []');
    });
  });

  it('nor does a row that a word names as part of another', async () => {
    expect(await refused(['2026-01-31;nord;Løn;100\n', '2026-01-31;nord;heraf vikarer;40\n'])).toContain("line 3: text says 'heraf vikarer', so it is part of another row");
    expect(await refused(['2026-01-31;nord;Herafgifter;100\n'])).toBe('loaded []');
  });

  it('nor an amount that is added up from the start of the year: whoever is shown it hears that it may be', async () => {
    const year = (monthly: (month: number, unit: number) => number): string[] => ['nord', 'syd'].flatMap((unit, i) => Array.from({ length: 6 }, (_, m) => `2026-0${m + 1}-28;${unit};a;${monthly(m + 1, i + 1).toFixed(2)}\n`));
    expect((await load(file(year((month, unit) => 100.5 * month * unit + (month % 2))))).remarks).toMatchObject([{ doubt: 'cumulated', text: expect.stringMatching(/^amount rises from month to month in every unit\. If it is added up from the start of the year, each month is too high/) }]);
    for (const usual of [(month: number, unit: number) => 100 * unit + (month % 3), (month: number, unit: number) => 1000 * unit + 10 * month]) expect((await load(file(year(usual)))).remarks).toEqual([]);
    expect((await load(file(year((month, unit) => 100.5 * month * unit)), { repeats: 'tell' })).remarks).toEqual([]);
  });

  it('hours and numbers without money are looked at by their words', async () => {
    expect(await refused(['2026-01-31;nord;Dag;10\n', '2026-01-31;nord;Aften;20\n', '2026-01-31;nord;I alt;30\n'], { money: [] })).toMatch(/line 4: text says 'I alt'/);
  });
});

describe('rows without an amount', () => {
  it('are counted and told, and where they are many whoever is shown the figures hears it too', async () => {
    const { remarks } = await load(file(['2026-01-01;nord;a;100\n', '2026-01-02;nord;b;\n', '2026-01-03;syd;c;200\n']));
    expect(remarks).toEqual([{ file: 'a.csv', text: '1 of 3 rows have nothing in amount (first line 3). They count as nothing; if that is right, leave them out with where:.', doubt: 'empty' }]);
    expect((await load(file([...rows(200), '2026-01-02;nord;b;\n']))).remarks).toEqual([expect.not.objectContaining({ doubt: 'empty' })]);
  });

  it('of two columns one may be empty, as where budget and spend stand side by side', async () => {
    const two = [column('day', 'date'), column('unit'), column('budget', 'decimal'), column('amount', 'decimal')];
    await at.put('b.csv', 'day;unit;budget;amount\n2026-01-01;nord;100;\n2026-01-02;nord;;90\n');
    expect((await loadSource(at.input(source({ files: [files('b.csv')], columns: two, money: ['budget', 'amount'] })))).remarks).toEqual([]);
  });
});

describe('what the reader of a figure would take for something else', () => {
  const sheetOf = (texts: readonly string[]): Promise<unknown> => load({ 'a.csv': texts.join('') }).then(({ rows: count, remarks }) => [count, ...remarks.map(({ text }) => text)], (error: Error) => error.message);

  it('a second table below the first is not read into it; a file pasted behind another with its header is', async () => {
    expect(await sheetOf([HEADER, ...rows(4), ';;;\n', 'Budget;;;\n', 'Day;Unit;Text;Budget\n', ...rows(3, 50)])).toMatch(/a\.csv: A second table begins in line 8, where its header stands.*Write last_row: 7 in the pack to leave it out/);
    expect(await sheetOf([HEADER, ...rows(4), HEADER, ...rows(3, 50)])).toEqual([7]);
  });

  it('rows below last_row that look like rows of the table are told', async () => {
    await at.put('a.csv', HEADER + rows(6).join('') + 'I alt;;;21\n');
    expect((await loadSource(at.input(source({ columns: COLUMNS, files: [files('a.csv', { lastRow: 4 })] })))).remarks).toEqual([{ file: 'a.csv', text: '3 rows below last_row (first: line 5) look like rows of the table and are not read. If the file has grown, correct last_row: in the pack.' }]);
    expect((await loadSource(at.input(source({ columns: COLUMNS, files: [files('a.csv', { lastRow: 7 })] })))).remarks).toEqual([]);
  });

  it('sums of quarters are no sums of their last months', async () => {
    const quarters = (days: readonly string[]): string[] => [HEADER, ...days.flatMap((day, i) => [`${day};nord;a;${i + 7}\n`, `${day};syd;b;${i + 9}\n`])];
    expect(await sheetOf(quarters(['2025-12-31', '2026-03-31', '2026-06-30', '2026-09-30']))).toMatch(/Every date is the last day of a quarter, so each row may stand for the whole quarter, and nothing is loaded\. Write grain: quarter at the source if it does, or grain: day if it does not\./);
    expect(await sheetOf(quarters(['2022-01-01', '2023-01-01', '2024-01-01', '2025-01-01']))).toMatch(/first day of a year.*grain: year/);
    expect(await sheetOf(quarters(['2025-12-31', '2026-03-31', '2026-06-30', '2026-09-29']))).toEqual([8]);
    expect(await sheetOf(quarters(['2025-10-31', '2025-11-30', '2025-12-31', '2026-01-31']))).toEqual([8]);
    await at.put('q.csv', quarters(['2025-12-31', '2026-03-31', '2026-06-30', '2026-09-30']).join(''));
    expect((await loadSource(at.input(source({ id: 'q', columns: COLUMNS, money: ['amount'], files: [files('q.csv')], grain: 'day', grainGiven: true })))).rows).toBe(8);
  });

  it('a file that breaks off within its last line is no whole one', async () => {
    const text = (end: string): string => `${HEADER}${rows(6).join('')}2026-01-07;nord;x;${end}`;
    for (const end of ['12345', '12345,', '1234.5', '-3']) await expect(load({ 'a.csv': text(end) })).rejects.toThrow(/a\.csv: The file breaks off: its last line has no line end, and its last field is written with fewer decimals than that of every line before it\. Get the whole file; if the line is right as it is, end it with a line break\./);
    for (const end of ['12345.25', '12345\n']) expect((await load({ 'a.csv': text(end) })).rows).toBe(7);
    const dates = Array.from({ length: 5 }, (_, i) => `nord;x;${i}.25;2026-01-0${i + 1}\n`).join('');
    await expect(load({ 'a.csv': `unit;text;amount;day\n${dates}nord;x;7.25;2026-01-0` })).rejects.toThrow(/written with fewer signs/);
    expect((await load({ 'a.csv': `unit;text;amount;day\n${dates}nord;x;7.25;2026-01-09` })).rows).toBe(6);
    const words = Array.from({ length: 5 }, (_, i) => `2026-01-0${i + 1};nord;${i}.25;Personale\n`).join('');
    expect((await load({ 'a.csv': `day;unit;amount;text\n${words}2026-01-06;nord;7.25;Varer` })).rows).toBe(6);
  });

  it('a line above the header that says amounts are in thousands is told', async () => {
    await at.put('t.csv', `Regnskab (1.000 kr.)\n${HEADER}${rows(3).join('')}`);
    const { remarks } = await loadSource(at.input(source({ id: 't', columns: COLUMNS, money: ['amount'], files: [files('t.csv', { headerRow: 2 })] })));
    expect(remarks).toEqual([{ file: 't.csv', text: 'Line 1 says that amounts are in thousands, millions or hundredths. The measures need the factor: sum(amount * 1000); look that they have it.' }]);
  });
});
