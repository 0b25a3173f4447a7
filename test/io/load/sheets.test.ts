import { loadSource } from '../../../src/io/load/load.ts';
import type { Source } from '../../../src/pack/model.ts';
import type { LoadReport } from '../../../src/ports.ts';
import { book, day, failed, row, serial, uncalculated, value, type BookSheet } from './book.ts';
import { bench, column, files, source, type Bench } from './sample.ts';

let at: Bench;
beforeEach(async () => { at = await bench(); });
afterEach(() => at.clear());

type Options = Parameters<typeof files>[1];
const load = async (sheets: readonly BookSheet[], options: Options = {}, given: Partial<Source> = {}): Promise<LoadReport> => {
  await at.put('data.xlsx', book(sheets));
  return loadSource(at.input(source({ files: [files('data.xlsx', { format: 'xlsx', ...options })], ...given })));
};
const refusal = (...given: Parameters<typeof load>): Promise<string> => load(...given).then(() => 'loaded', (error: Error) => error.message);
const facts = async (report: LoadReport, what = 'amount'): Promise<unknown[]> => (await at.rows(report, `select ${what} as v from facts order by all`)).map(({ v }) => v);

const header = row(1, ['day', 'unit', 'amount']);
const sheet = (name: string, amount: number, more: Partial<BookSheet> = {}): BookSheet => ({ name, rows: [header, row(2, [day('2026-10-31'), 'nord', amount])], ...more });

describe('which worksheet is read is never decided in silence', () => {
  it('refuses several with rows where the pack names none, and says what to write', async () => {
    expect(await refusal([sheet('Nord', 100), sheet('Syd & Vest ', 300)])).toBe('source care: data.xlsx: The workbook has 2 worksheets with rows, \'Nord\' and \'Syd & Vest \', and the pack does not say which is meant. '
      + 'Write sheet: Nord in the pack to read that one, or name the file once for each that is: files: [{path: "data.xlsx", sheet: Nord}, {path: "data.xlsx", sheet: "Syd & Vest "}].');
    expect(await refusal(Array.from({ length: 30 }, (_, i) => sheet(`Uge ${i + 1}`, i)))).toMatch(/has 30 worksheets with rows, 'Uge 1', .*'Uge 12' and 18 more, and/);
  });

  it('reads the one that the pack names, and several named once each', async () => {
    const sheets = [sheet('Nord', 100), sheet('Syd', 300)];
    expect(await facts(await load(sheets, { sheet: 'Syd' }))).toEqual(['300.00']);
    expect(await facts(await load(sheets, { sheet: 1 }))).toEqual(['100.00']);
    const both = await load(sheets, {}, { files: ['Nord', 'Syd'].map((name) => files('data.xlsx', { format: 'xlsx', sheet: name })) });
    expect(await facts(both)).toEqual(['100.00', '300.00']);
  });

  it.each(['hidden', 'veryHidden'] as const)('passes over old figures in a first sheet that is %s, and says so', async (state) => {
    const report = await load([sheet('gl', 7, { state }), sheet('Ark1', 100)]);
    expect(await facts(report)).toEqual(['100.00']);
    expect(report.remarks).toEqual([{ file: 'data.xlsx', text: "Worksheet 'Ark1' is read; 'gl', hidden in Excel, is not. Write sheet: in the pack to read another." }]);
    expect(await facts(await load([sheet('gl', 7, { state }), sheet('Ark1', 100)], { sheet: 'gl' }))).toEqual(['7.00']);
  });

  it('refuses where the only rows are hidden', async () => {
    expect(await refusal([{ name: 'Ark1', rows: [] }, sheet('gl', 7, { state: 'hidden' })])).toMatch(/The only worksheets with rows are hidden in Excel \('gl'\)\. Write sheet: gl in the pack if that one is meant/);
  });

  it('takes a front page, an empty sheet and one with a chart for no table', async () => {
    const report = await load([{ name: 'Forside', rows: [row(1, ['Budgetopfølgning']), row(3, ['Udtrukket af økonomi'])] }, { name: 'Diagram', rows: [], chart: true }, { name: 'Ark3', rows: [row(1, ['', ''])] }, sheet('Data', 100)]);
    expect([await facts(report), report.remarks]).toEqual([['100.00'], []]);
  });
});

describe('what Excel shows of a number is what is read', () => {
  const shares = (cells: readonly Parameters<typeof row>[1][number][], type: 'number' | 'text' = 'number'): [BookSheet[], Options, Partial<Source>] =>
    [[{ name: 'A', rows: [header, ...cells.map((cell, i) => row(i + 2, [day('2026-10-31'), 'nord', cell]))] }], {}, { columns: [column('day', 'date'), column('unit'), column('amount', type)] }];

  it('reads 12,5 % kept as 0.125 as 12,5 beside the text, whatever percent format it has', async () => {
    expect(await facts(await load(...shares([value('percent', 0.125), value('ownPercent', 0.075), '3,5 %', value('percent', 0.07), value('percent', 0)])))).toEqual([0, 3.5, 7, 7.5, 12.5]);
    expect(await facts(await load(...shares([value('percent', 0.125), '3,5 %'], 'text')))).toEqual(['12.5 %', '3,5 %']);
  });

  it('leaves a number as it is whose percent sign is only a text of the format', async () => {
    expect(await facts(await load(...shares([value('quotedPercent', 12.5), 7.5])))).toEqual([7.5, 12.5]);
  });

  it('refuses percent cells beside bare ones', async () => {
    expect(await refusal(...shares([value('percent', 0.125), value('general', 0.25), 7.5]))).toMatch(/Column 'amount' has figures with a percent sign \('12\.5 %'\) and without/);
  });

  it('keeps the last hair of a day in it, and takes midnight worked out in hours for midnight', async () => {
    const last = serial('2026-10-31');
    const rows = [last + 0.99999999, last + 86_399.997 / 86_400, last + 86_399 / 86_400, last + 0.5, `${last}.99999999999`, `${last + 1}`];
    const columns = [column('day', 'date'), column('unit'), column('amount', 'integer'), column('moment', 'timestamp', { at: 'D' })];
    const report = await load([{ name: 'A', rows: [header, ...rows.map((moment, i) => row(i + 2, [value('time', moment), 'nord', i, value('time', moment)]))] }], {}, { columns });
    expect(await facts(report, "concat(amount, ' ', day, ' ', moment)")).toEqual(['0 2026-10-31 2026-10-31 23:59:59', '1 2026-10-31 2026-10-31 23:59:59', '2 2026-10-31 2026-10-31 23:59:59', '3 2026-10-31 2026-10-31 12:00:00', '4 2026-11-01 2026-11-01 00:00:00', '5 2026-11-01 2026-11-01 00:00:00']);
  });

  it('counts rows that a filter hides, as a sum in Excel does, and says so', async () => {
    const report = await load([{ name: 'A', rows: [header, row(2, [day('2026-10-01'), 'nord', 100]), row(3, [day('2026-10-02'), 'nord', 900], ' hidden="1"'), row(4, [null, null, null], ' hidden="1"'), row(5, [day('2026-10-31'), 'syd', 300])] }]);
    expect(await facts(report)).toEqual(['100.00', '300.00', '900.00']);
    expect(report.remarks.map(({ text }) => text)).toEqual(['1 row is hidden in Excel, by a filter or by hand, and counted all the same (first: row 3). Write where: in the pack to leave rows out.']);
  });
});

describe('an error of Excel is never an empty cell', () => {
  const columns = [column('day', 'date'), column('unit'), column('kind'), column('amount', 'decimal', { missing: ['..'] }), column('time', 'duration')];
  const titles = row(1, ['day', 'unit', 'kind', 'amount', 'time']);
  const good = (line: number): string => row(line, [day('2026-10-31'), 'nord', 'løn', 100, value('hours', 1.5)]);
  const broken = (place: number, cell: Parameters<typeof row>[1][number]): string => {
    const cells: Parameters<typeof row>[1][number][] = [day('2026-10-31'), 'nord', 'løn', 100, value('hours', 1.5)];
    cells[place] = cell;
    return row(4, cells);
  };

  it.each(columns.flatMap(({ name }, place) => [['#DIV/0!', failed('#DIV/0!')], ['#N/A', failed('#N/A')], ['#REF!', failed('#REF!')], ['#FORMULA', uncalculated]].map(([shown, cell]) => [shown as string, name, place, cell as { inner: string }] as const)))('sets %s aside by name in the column %s', async (shown, name, place, cell) => {
    const report = await load([{ name: 'A', rows: [titles, good(2), good(3), broken(place, cell)] }], {}, { columns });
    expect(report.rows).toBe(2);
    expect(report.rejects).toEqual([expect.objectContaining({ line: 4, column: name, value: shown, reason: expect.stringContaining('an error of the spreadsheet') as string })]);
  });

  it('sees one after a cell that is styled and empty', async () => {
    const report = await load([{ name: 'A', rows: [titles, good(2), good(3), row(4, [day('2026-10-31'), 'nord', '', failed('#N/A'), value('hours', 1)]), row(5, [day('2026-10-31'), 'nord', '', uncalculated, value('hours', 1)])] }], {}, { columns });
    expect(report.rejects.map(({ line, column: name, value: shown }) => [line, name, shown])).toEqual([[4, 'amount', '#N/A'], [5, 'amount', '#FORMULA']]);
  });

  it('is not filled from above, and what follows is not filled with it', async () => {
    const rows = [titles, good(2), good(3), row(4, [day('2026-10-31'), failed('#REF!'), 'løn', 7, value('hours', 1)]), row(5, [day('2026-10-31'), '', 'løn', 8, value('hours', 1)])];
    const report = await load([{ name: 'A', rows }], { fillDown: ['unit'] }, { columns });
    expect([await facts(report), report.rejects.map(({ line, value: shown }) => [line, shown])]).toEqual([['100.00', '100.00'], [[4, '#REF!'], [5, '#REF!']]]);
  });

  it('is set aside in a column that becomes rows, and what means no value is none', async () => {
    const wide = [column('day', 'date', { format: 'YYYYKn' }), column('unit'), column('amount', 'decimal', { missing: ['..', '#N/A'] })];
    const report = await load([{ name: 'A', rows: [row(1, ['unit', '2025K1', '2025K2', '2025K3', '2025K4']), row(2, ['nord', 1, failed('#DIV/0!'), 3, uncalculated]), row(3, ['syd', '..', failed('#N/A'), 5, 6])] }], { unpivot: { columns: '\\d{4}K\\d', name: 'day', value: 'amount' } }, { columns: wide });
    expect([await facts(report), report.rejects.map(({ line, value: shown }) => [line, shown])]).toEqual([['1.00', '3.00', '5.00', '6.00'], [[2, '#DIV/0!'], [2, '#FORMULA']]]);
  });

  it('reads times over a day, negative ones and texts as hours', async () => {
    const times = [value('hours', 1.5), value('hours', 7.5 / 24), '36:00', '-2:15', value('hours', 250 / 24), value('hours', 0)];
    const report = await load([{ name: 'A', rows: [row(1, ['day', 'unit', 'time']), ...times.map((time, i) => row(i + 2, [day('2026-10-31'), 'nord', time])), row(9, [day('2026-10-31'), 'nord', 7.5])] }], {}, { columns: [column('day', 'date'), column('unit'), column('time', 'duration')] });
    expect([await facts(report, 'time'), report.rejects.map(({ line, value: shown }) => [line, shown])]).toEqual([[-2.25, 0, 7.5, 36, 36, 250], [[9, '7.5']]]);
  });
});
