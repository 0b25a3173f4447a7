import fc from 'fast-check';
import { ServiceError } from '../../../src/errors.ts';
import { loadSource } from '../../../src/io/load/load.ts';
import { swallowedRows } from '../../../src/io/load/swallowed.ts';
import type { Layout, Source } from '../../../src/pack/model.ts';
import { bench, column, files, source, type Bench } from './sample.ts';

let at: Bench;
beforeEach(async () => { at = await bench(); });
afterEach(() => at.clear());

const columns = [column('day', 'date'), column('unit'), column('note'), column('amount', 'integer')];
const load = async (content: string, given: Partial<Source> = {}, options: Partial<Layout> = {}): ReturnType<typeof loadSource> => {
  await at.put('data.csv', content);
  return loadSource(at.input(source({ columns, files: [files('data.csv', options)], ...given })));
};
const failure = async (...args: Parameters<typeof load>): Promise<string> => {
  const error: unknown = await load(...args).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ServiceError);
  return (error as Error).message;
};
const head = 'day;unit;note;amount\n';
const rows = (from: number, to: number): string => Array.from({ length: to - from + 1 }, (_, i) => `2026-01-${String(from + i).padStart(2, '0')};nord;ok;${from + i}\n`).join('');

describe('a quote swallows no rows in silence', () => {
  it('refuses a quote that a later stray quote closes, with the lines that would be lost', async () => {
    expect(await failure(`${head}${rows(1, 3)}2026-01-04;nord;"oops;4\n${rows(5, 9)}2026-01-10;nord;12" pipe;10\n${rows(11, 12)}`))
      .toMatch(/data\.csv: A quote opened in line 5 is closed only in line 11, and lines 6 to 11 look like 6 rows of their own, which would be lost/);
  });

  it('refuses it where the fields come out even, so that the count of fields tells nothing', async () => {
    expect(await failure(`${head}2026-01-04;nord;"oops;4\n${rows(5, 6)}2026-01-07;nord;pipe 12";7\n`)).toMatch(/opened in line 2 .* closed only in line 5, and lines 3 to 5 look like 3 rows/);
  });

  it('refuses it where only two rows melt into one', async () => {
    expect(await failure(`${head}${rows(1, 2)}2026-01-04;nord;"oops;4\n2026-01-07;nord;pipe 12";7\n`)).toMatch(/opened in line 4 .* closed only in line 5, and line 5 looks like a row of its own/);
  });

  it.each([['and swallows rows', `2026-01-04;nord;"oops;4\n${rows(5, 9)}`], ['in the last column', '2026-01-04;nord;ok;"4\n'], ['without a line break, as in a file cut in half', '2026-01-04;nord;"all of a lon']])('refuses a quote still open at the end of the file, %s', async (_what, end) => {
    expect(await failure(`${head}${rows(1, 3)}${end}`)).toMatch(/A quote opened in line 5 or below is still open where the file ends.*Get the whole file, or mend the quote/);
  });

  it.each([['CRLF', '\r\n'], ['CR', '\r']])('knows lines that end in %s', async (_name, end) => {
    expect(await failure(`${head}2026-01-04;nord;"oops;4\n${rows(5, 6)}2026-01-07;nord;pipe 12";7\n`.replaceAll('\n', end))).toMatch(/lines 3 to 5 look like 3 rows/);
  });

  it('finds it in the columns of a wide file, and in a header', async () => {
    const wide = { columns: [column('unit'), column('month', 'date', { format: 'YYYY-MM' }), column('amount', 'integer')], dateColumn: 'month' };
    const options = { unpivot: { columns: '2026-\\d\\d', name: 'month', value: 'amount' } };
    expect(await failure('unit;2026-01;2026-02\n"nord;1;2\nsyd;3;4\nahus;5;6\n"x";7;8\n', wide, options)).toMatch(/opened in line 2 .*lines 3 to 5 look like 3 rows/);
    expect(await failure(`day;unit;amount;"note\n2026-01-01;nord;1;a\n2026-01-02;nord;2;b\n2026-01-03;nord;3;c"\n${rows(4, 5)}`, { columns: columns.filter(({ name }) => name !== 'note') })).toMatch(/opened in line 1 .*rows of their own/);
  });

  it('loads texts of several lines, in any column, with delimiters and quotes in them', async () => {
    const report = await load(`${head}2026-01-01;nord;"one\ntwo; three\n""four""";1\n2026-01-02;nord;"a;b\n;;\nc";2\n2026-01-03;"syd";"\n\n";3\n`);
    expect(report).toMatchObject({ rows: 3, rejected: 0, remarks: [{ file: 'data.csv', text: expect.stringContaining('a text from line 5 to 7') as unknown }].slice(0, report.remarks.length) });
    expect(await at.rows(report, 'select sum(amount)::int as n from facts')).toEqual([{ n: 6 }]);
  });

  it('loads a text of several lines in the first column, after which a line has as many fields as a row', async () => {
    const first = [column('note'), column('day', 'date'), column('unit'), column('amount', 'integer')];
    expect(await load('note;day;unit;amount\n"one\ntwo";2026-01-01;nord;1\n"three\n4";2026-01-02;syd;2\n', { columns: first })).toMatchObject({ rows: 2, rejected: 0, remarks: [] });
  });

  it('loads, and tells, a text whose lines have as many delimiters as a row but none of its days and numbers', async () => {
    const report = await load(`${head}2026-01-01;nord;"a;b\nred;green;blue;black\nc";1\n`);
    expect(report.rows).toBe(1);
    expect(report.remarks).toEqual([{ file: 'data.csv', text: 'Quotes hold what may be rows: a text from line 2 to 4, where line 3 looks like a row of its own. See that no quote is missing there.' }]);
  });

  it('leaves inch marks and quotes within a line alone', async () => {
    expect(await load(`${head}2026-01-01;nord;12" pipe;1\n2026-01-02;nord;"a ""b"" c";2\n`)).toMatchObject({ rows: 2, remarks: [] });
  });
});

describe('looking for rows within a record', () => {
  const form = (index: number): 'day' | 'number' | null => (index === 0 ? 'day' : index === 3 ? 'number' : null);
  const word = fc.stringMatching(/^[a-zæøå ]{1,12}$/);
  const row = fc.tuple(fc.integer({ min: 1, max: 28 }), word, word, fc.integer()).map(([day, unit, note, amount]) => `2026-01-${String(day).padStart(2, '0')};${unit};${note};${amount}`);

  it('finds every whole row that a quote swallowed', () => {
    fc.assert(fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (swallowed) => {
      const lines = ['2026-01-01;nord;"oops;1', ...swallowed, 'more";2'];
      expect(swallowedRows(lines, ';', 4, form, false)).toEqual({ lines: swallowed.map((_, i) => i + 1), certain: true });
    }));
  });

  it('takes no prose for rows', () => {
    fc.assert(fc.property(fc.array(fc.array(word, { maxLength: 8 }).map((parts) => parts.join(';')), { maxLength: 20 }), (prose) => {
      expect(swallowedRows(['2026-01-01;nord;"so', ...prose, 'it is";2'], ';', 4, form, false)?.certain ?? false).toBe(false);
    }));
  });
});
