import fc from 'fast-check';
import { ServiceError } from '../../../src/errors.ts';
import { loadSource } from '../../../src/io/load/load.ts';
import { namesOf, nearMisses } from '../../../src/io/load/wide.ts';
import type { Source } from '../../../src/pack/model.ts';
import { bench, column, files, source, type Bench } from './sample.ts';

let at: Bench;
beforeEach(async () => { at = await bench(); });
afterEach(() => at.clear());

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'Maj', 'Jun', 'Jul', 'Aug', 'Sep', 'Okt', 'Nov', 'Dec'];
const columns = [column('unit'), column('year', 'date'), column('month'), column('amount', 'integer')];
const load = async (content: string, pattern: string, given: Partial<Source> = {}): ReturnType<typeof loadSource> => {
  await at.put('data.csv', content);
  return loadSource(at.input(source({ columns, dateColumn: 'year', files: [files('data.csv', { unpivot: { columns: pattern, name: 'month', value: 'amount' } })], ...given })));
};
const failure = async (...args: Parameters<typeof load>): Promise<string> => {
  const error: unknown = await load(...args).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ServiceError);
  return (error as Error).message;
};
const wide = (headers: readonly string[]): string => `unit;year;${headers.join(';')}\nnord;2026-01-01;${headers.map((_, i) => i + 1).join(';')}\n`;
const but = (from: string, to: string): string[] => months.map((month) => (month === from ? to : month));

describe('a column that was to become rows is not lost in silence', () => {
  it.each([
    ['Okt', 'Oct'], ['Okt', 'OKT'], ['Okt', 'Okt.'], ['Okt', 'Otk'], ['Maj', 'May'], ['Okt', 'Okt (skøn)'], ['Dec', 'Dece'],
  ])('refuses the load where %s is headed %s, with the nearest name', async (name, header) => {
    expect(await failure(wide(but(name, header)), months.join('|'))).toContain(`'${header}' nearly matches '${name}', and no other column does, so its figures would be lost. Mend the header, or the pattern`);
  });

  it.each([['20\\d\\d', ['2024', '2O25'], '2O25'], ['20\\d\\d', ['2024', '2025*'], '2025*'], ['20\\d\\dK\\d', ['2024K1', '2024k2'], '2024k2'], ['(Q1|Q2) 202[56]', ['Q1 2025', 'Q2 2025', 'Q1 2026', 'Q2-2026'], 'Q2-2026']])('refuses it with the pattern %s and the headers %j', async (pattern, headers, header) => {
    expect(await failure(wide(headers), pattern)).toContain(`'${header}' nearly matches '`);
  });

  it('says which columns became rows, which are neither used nor matched, and what no header matches', async () => {
    const report = await load(wide([...months.slice(0, 8), 'I alt', 'Bemærkning']), months.join('|'));
    expect(report.rows).toBe(8);
    expect(report.remarks).toEqual([{ file: 'data.csv', text: "8 columns became rows: 'Jan', 'Feb', 'Mar', 'Apr', 'Maj', 'Jun', 'Jul', 'Aug'. Neither used nor matched: 'I alt', 'Bemærkning'. No header matches 'Sep', 'Okt', 'Nov', 'Dec'." }]);
  });

  it('takes a header with blanks at its ends for the one without, of every kind of blank', async () => {
    const report = await load(wide(['2024 ', '\u00a02025', '2026\u200b', ' 2027\t']), '20\\d\\d');
    expect(await at.rows(report, 'select month, amount::int as n from facts order by 1')).toEqual([{ month: '2024', n: 1 }, { month: '2025', n: 2 }, { month: '2026', n: 3 }, { month: '2027', n: 4 }]);
    expect(report.remarks.map(({ text }) => text)).toEqual(["4 columns became rows: '2024', '2025', '2026', '2027'. All others are used."]);
  });

  it('refuses a header that stands twice, which would count twice', async () => {
    expect(await failure(wide(['Jan', 'Feb', 'Jan ']), 'Jan|Feb|Mar')).toContain("The header 'Jan' of a column to turn into rows stands 2 times");
  });

  it.each([
    ['a column that is used', 'Art', 'Apr', [...columns, column('Art', 'integer')]],
    ['another name', 'Sted', 'Sep', columns], ['a number', 'Nr', 'Nov', columns], ['a total', 'Total', 'Okt', columns],
  ])('takes %s for no slip of a month: %s for %s', async (_what, header, name, given) => {
    expect((await load(wide(but(name, header)), months.join('|'), { columns: given })).rows).toBe(11);
  });
});

describe('a unit with blanks at its ends is the unit without', () => {
  it.each([['space', ' '], ['no-break space', '\u00a0'], ['tab', '\t'], ['no width', '\u200b']])('in a derived column, whatever the blank (%s)', async (_what, blank) => {
    await at.put('data.csv', `day;unit;amount\n2026-01-01;"nord${blank}/ 12";1\n`);
    const report = await loadSource(at.input(source({ unitColumn: 'place', derived: [{ name: 'place', sql: "split_part(unit, '/', 1)" }] })));
    expect(await at.rows(report, 'select _unit from facts')).toEqual([{ _unit: 'nord' }]);
  });

  it('in the pack too', async () => {
    await at.put('data.csv', 'day;unit;amount\n2026-01-01;0101;1\n');
    const units = new Map(at.input(source()).organisation.units);
    const nord = units.get('nord');
    if (nord !== undefined) units.set('nord', { ...nord, codes: ['0101\u00a0'] });
    const report = await loadSource({ ...at.input(source()), organisation: { ...at.input(source()).organisation, units } });
    expect(await at.rows(report, 'select _unit from facts')).toEqual([{ _unit: 'nord' }]);
  });
});

describe('the names a pattern stands for', () => {
  it.each<[string, string[] | null]>([
    ['Jan|Feb', ['Jan', 'Feb']], ['(?:Q1|Q2) 202[56]', ['Q1 2025', 'Q1 2026', 'Q2 2025', 'Q2 2026']], ['Sept?\\.', ['Sept.', 'Sep.']], ['20\\d\\d', null], ['.*', null], ['a{2}', null], ['[a-c]', null], ['(?=a)b', null], ['(a', null], ['a)', null], ['|a', ['a']],
  ])('%s', (pattern, names) => { expect(namesOf(pattern)).toEqual(names); });

  it('are all matched by it, and one slip in any of them is found', () => {
    const name = fc.stringMatching(/^[A-Za-zæøå]{3,8}$/);
    fc.assert(fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 12, selector: (text) => text.toLowerCase() }), fc.nat(), fc.nat(), (names, which, place) => {
      const pattern = names.join('|');
      expect(namesOf(pattern)).toEqual(names);
      const right = names[which % names.length] ?? '';
      const slip = right.slice(0, place % right.length) + right.slice(place % right.length + 1);
      const matched = names.filter((one) => one !== right);
      if (!names.includes(slip)) expect(nearMisses(pattern, [slip], matched)).toEqual([{ header: slip, name: right }]);
      expect(nearMisses(pattern, [slip], names)).toEqual([]);
    }));
  });
});
