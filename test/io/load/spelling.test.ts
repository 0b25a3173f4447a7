import fc from 'fast-check';
import { ServiceError } from '../../../src/errors.ts';
import { loadSource } from '../../../src/io/load/load.ts';
import { decideSpellings, newEvidence, noteField, noteText } from '../../../src/io/load/spelling.ts';
import type { Column, Layout, Source } from '../../../src/pack/model.ts';
import { bench, column, files, layout, source, type Bench } from './sample.ts';

let at: Bench;
beforeEach(async () => { at = await bench(); });
afterEach(() => at.clear());

const columnsWith = (...more: Column[]): Column[] => [column('day', 'date'), column('unit'), ...more];
const amountOf = (type: Column['type'] = 'decimal'): Partial<Source> => ({ columns: columnsWith(column('amount', type)) });
const load = async (cells: readonly string[], given: Partial<Source> = amountOf(), options: Partial<Layout> = {}): ReturnType<typeof loadSource> => {
  const names = (given.columns ?? []).map(({ name }) => name).join(';');
  await at.put('data.csv', `${names}\n${cells.map((cell) => `2026-01-01;nord;${cell}`).join('\n')}\n`);
  return loadSource(at.input(source({ files: [files('data.csv', options)], ...given })));
};
const amounts = async (report: Awaited<ReturnType<typeof load>>, what = 'amount'): Promise<unknown[]> => (await at.rows(report, `select ${what} as v from facts order by 1`)).map(({ v }) => v);
const refusal = async (...given: Parameters<typeof load>): Promise<string> => {
  const error: unknown = await load(...given).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ServiceError);
  return (error as Error).message;
};

describe('thousands are never read as decimals in silence', () => {
  it.each<[Column['type'], string[]]>([
    ['decimal', ['250.000', '1.500', '12.000']], ['integer', ['250.000', '12.000', '400']], ['number', ['1.500', '12.000']], ['decimal', ['1,500', '2,250']],
    ['decimal', ['kr. 1.500', '-2.500']], ['decimal', ['(1.500)', '2.000-']], ['integer', ['"1.500"', '"250.000"']], ['decimal', ['1.500 %', '2.750 %']],
  ])('refuses a %s column of %j and asks for decimal: with two values', async (type, cells) => {
    const message = await refusal(cells, amountOf(type));
    expect(message).toMatch(/data\.csv: Column 'amount': '.+' and '.+' can be thousands or decimals, and nothing else in the file decides\. Write decimal: "[.,]" and thousands: "[.,]" in the pack if \S.* is meant, or decimal: "[.,]" if /);
    for (const cell of cells.filter((text) => /[.,]/.test(text)).slice(0, 2)) expect(message).toContain(`'${cell.replaceAll('"', '')}'`);
  });

  it('takes thousands: "." to say that the decimal sign is a comma, for every row', async () => {
    const report = await load(['1.50', '1234.00', '250.000', '1.500,25', '12,5'], amountOf(), { thousands: '.' });
    expect(await amounts(report)).toEqual(['12.50', '1500.25', '250000.00']);
    expect(report.rejects.map(({ value }) => value)).toEqual(['1.50', '1234.00']);
    expect(await amounts(await load(['1,500', '2.5'], amountOf(), { thousands: ',' }))).toEqual(['2.50', '1500.00']);
  });

  it('decides over the whole column, also where the first comma comes after thousands of rows', async () => {
    const report = await load([...Array.from({ length: 9_000 }, () => '1.500'), ...Array.from({ length: 100 }, () => '12,50')]);
    expect(report.rejected).toBe(0);
    expect((await at.rows(report, 'select amount, count(*) as n from facts group by 1 order by 1')).map(Object.values)).toEqual([['12.50', '100'], ['1500.00', '9000']]);
  });

  it.each<[string, string[], string[]]>([
    ['several groups', ['1.234.567', '250.000'], ['250000.00', '1234567.00']],
    ['groups and decimals', ['"1,234.50"', '"12,000"'], ['1234.50', '12000.00']],
    ['more digits before the sign than a group has', ['1234.500', '1.500'], ['1.50', '1234.50']],
    ['a nought alone before it', ['0.500', '1.500'], ['0.50', '1.50']],
    ['groups by blanks before it', ['810 000,00', '1.500'], ['1500.00', '810000.00']],
  ])('lets %s decide', async (_name, cells, values) => {
    expect(await amounts(await load(cells))).toEqual(values);
  });

  it.each([
    ['kroner beside hours with a point', ['250.000;7.5', '1.500;12.25'], '7.5'], ['hours of three decimals beside Danish money', ['7.500;1.234,50', '1.250;2.000,00'], '1.234,50'],
  ])('asks of %s, whatever the other column says', async (_name, cells, sure) => {
    const given = { columns: columnsWith(column('amount', 'decimal', { decimals: 3 }), column('other', 'decimal')) };
    const message = await refusal(cells, given);
    expect(message).toContain(`can be thousands or decimals, and only another column says which ('other' with '${sure}'). Write decimal: "," and thousands: "." in the pack if`);
    expect(message).toContain('Where the columns of the file are written in different ways, give decimal: under the column instead.');
  });

  it('takes the sign that the pack gives for one column, and leaves the others theirs', async () => {
    const given = (decimal: '.' | ','): Partial<Source> => ({ columns: columnsWith(column('amount', 'decimal', { decimal, decimals: 3 }), column('other', 'decimal')) });
    expect(await amounts(await load(['7.500;1.234,50', '1.250;2.000,00'], given('.')), 'concat(amount, \'/\', other)')).toEqual(['1.250/2000.00', '7.500/1234.50']);
    expect(await amounts(await load(['250.000;7.5', '1.500;12.25'], given(',')), 'concat(amount, \'/\', other)')).toEqual(['1500.000/12.25', '250000.000/7.50']);
    expect(await amounts(await load(['7.500;12', '1.250;13'], given('.'), { decimal: ',', thousands: '.' }))).toEqual(['1.250', '7.500']);
  });

  it('lets one slip of the pen among hundreds decide nothing', async () => {
    expect(await refusal([...Array.from({ length: 300 }, (_, i) => `${1 + i}.000`), '12.5'])).toMatch(/only '12\.5' and few others say which/);
    expect(await refusal(['12.50', '12,50', '1.500'])).toMatch(/and the column has both '12,50' and '12\.50'/);
  });

  it('sets the few aside that are written otherwise than the column', async () => {
    const report = await load(['1,50', '2,50', '3.5']);
    expect([await amounts(report), report.rejects.map(({ value }) => value)]).toEqual([['1.50', '2.50'], ['3.5']]);
  });

  it.each([
    ['810 000,00', '810000.00'], ['810\u00a0000,00', '810000.00'], ['-1\u202f234,5', '-1234.50'], ['1.234,50-', '-1234.50'], ['(1.234,50)', '-1234.50'], ['( 1 500,00 )', null],
    ['kr. 1.234,50', '1234.50'], ['1.234,50 kr.', '1234.50'], ['-kr. 12,50', '-12.50'], ['kr -12,50', '-12.50'], ['DKK 12,50', '12.50'], ['€12,50', null], ['12,50 SEK', null], ['1.500,-', '1500.00'], ['500,-', '500.00'],
    ['(kr. 12,50)', '-12.50'], ['12,50- kr', '-12.50'], ['\u221212,50', '-12.50'], ['- 12,50', '-12.50'], ['--12,50', null], ['(-12,50)', null], ['12,50 stk', null], ['1.23.456,00', null], ['1 23,00', null],
  ])('reads %j as %s', async (written, value) => {
    const report = await load(['0,01', '0,02', written]);
    expect([...(await amounts(report)), ...report.rejects.map(() => null)].filter((one) => one !== '0.01' && one !== '0.02')).toEqual([value]);
  });

  it('reads percent signs where every number has one, and sets them aside where some have none', async () => {
    expect(await amounts(await load(['12,5 %', '0', '-3,25%']))).toEqual(['-3.25', '0.00', '12.50']);
    const slip = await load([...Array.from({ length: 12 }, () => '100'), '25 %']);
    expect([slip.rows, slip.rejects.map(({ value }) => value)]).toEqual([12, ['25 %']]);
  });

  it.each([[['12,5 %', '7,5']], [['12,5 %', '0,25', '0,5']], [['12 %', '7 %', '5']]])('refuses a column of percentages and bare figures (%j), which may be 7,5 or 750 percent', async (cells) => {
    expect(await refusal(cells)).toMatch(/Column 'amount' has figures with a percent sign \('12(,5)? %'\) and without \('\S+'\), and whether .* can't be told\. Write all of them in one way in the file\./);
  });

  it('reads euros where every number is in euros, and takes none among kroner for a krone', async () => {
    expect(await amounts(await load(['€12,50', '1.250,00 €', '0']))).toEqual(['0.00', '12.50', '1250.00']);
    const mixed = await load(['kr. 12,50', '500,00 EUR', '7,25']);
    expect([await amounts(mixed), mixed.rejects.map(({ value }) => value)]).toEqual([['7.25', '12.50'], ['500,00 EUR']]);
  });

  it('reads whole kroner written 1.500,- though nothing else in the file tells', async () => {
    expect(await amounts(await load(['1.500,-', '250.000,-']))).toEqual(['1500.00', '250000.00']);
  });

  it('counts durations in hours, so that their sum is what a page shows', async () => {
    const report = await load(['36:00', '7:30', '-0:30', '1:15:30', '7,5'], { columns: columnsWith(column('amount', 'duration')) });
    expect([await amounts(report), report.rejects.map(({ value }) => value)]).toEqual([[-0.5, 4530 / 3600, 7.5, 36], ['7,5']]);
  });

  it('heeds what lies outside the rows of the layout not at all', async () => {
    expect(await refusal(['250.000', '1.500', '12,50'], amountOf(), { lastRow: 3 })).toMatch(/nothing else in the file decides/);
  });

  it('refuses wide columns and texts of JSON alike, and leaves numbers that are numbers', async () => {
    await at.put('wide.csv', 'unit;2025K1;2025K2\nnord;1.500;2.000\n');
    const columns = [column('day', 'date', { format: 'YYYYKn' }), column('unit'), column('amount', 'decimal')];
    await expect(loadSource(at.input(source({ columns, files: [files('wide.csv', { unpivot: { columns: '\\d{4}K\\d', name: 'day', value: 'amount' } })] })))).rejects.toThrow(/'1\.500' and '2\.000' can be thousands/);
    await at.put('a.json', '[{"day":"2026-01-01","unit":"nord","amount":"1.500"}]');
    await expect(loadSource(at.input(source({ files: [files('a.json', { format: 'json' })] })))).rejects.toThrow(/'1\.500' can be thousands/);
    await at.put('b.json', '[{"day":"2026-01-01","unit":"nord","amount":1.5},{"day":"2026-01-01","unit":"nord","amount":"1.500"}]');
    expect(await amounts(await loadSource(at.input(source({ files: [files('b.json', { format: 'json', decimal: ',', thousands: '.' })] }))))).toEqual(['1.50', '1500.00']);
    await at.put('c.json', '[{"day":"2026-01-01","unit":"nord","amount":1.125},{"day":"2026-01-01","unit":"nord","amount":250.5}]');
    expect(await amounts(await loadSource(at.input(source({ id: 'c', columns: columnsWith(column('amount', 'number')), files: [files('c.json', { format: 'json' })] }))))).toEqual([1.125, 250.5]);
  });
});

describe('what numbers say of their spelling', () => {
  const spelled = (cells: readonly string[], note: (evidence: NonNullable<ReturnType<typeof newEvidence>[number]>, cell: string) => void): unknown => {
    const given = source({ columns: [column('amount', 'decimal')] });
    const evidence = newEvidence(given);
    for (const cell of cells) note(evidence[0] as never, cell);
    return decideSpellings(given, layout(), evidence);
  };
  const danish = fc.integer({ min: 0, max: 99_999_999 }).map((cents) => new Intl.NumberFormat('da-DK', { minimumFractionDigits: 2 }).format(cents / 100));
  const english = fc.integer({ min: 0, max: 99_999_999 }).map((cents) => new Intl.NumberFormat('en-GB', { minimumFractionDigits: 2 }).format(cents / 100));

  it('is the same whether bytes or texts are looked at', () => {
    fc.assert(fc.property(fc.array(fc.oneof(danish, english, fc.stringMatching(/^"?-?[0-9]{0,4}[.,]?[0-9]{0,4}%?"?$/)), { maxLength: 20 }), (cells) => {
      const bytes = (evidence: Parameters<typeof noteField>[0], cell: string): void => noteField(evidence, Buffer.from(cell), 0, Buffer.byteLength(cell));
      expect(spelled(cells, bytes)).toEqual(spelled(cells, (evidence, cell) => noteText(evidence, cell.startsWith('"') && cell.endsWith('"') && cell.length > 1 ? cell.slice(1, -1) : cell)));
    }));
  });

  it('is found for every column of Danish or English money', () => {
    const sign = (decimal: string) => (cells: string[]) => expect(spelled(cells, noteText)).toMatchObject([{ decimal }]);
    fc.assert(fc.property(fc.array(danish, { minLength: 1 }), sign(',')));
    fc.assert(fc.property(fc.array(english, { minLength: 1 }), sign('.')));
  });
});
