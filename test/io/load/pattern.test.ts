import { namePattern } from '../../../src/io/load/pattern.ts';

const fits = (pattern: string, name: string): boolean => namePattern(pattern)?.(name) === true;

describe('a pattern of file names', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['m-*.csv', ['m-.csv', 'm-01.csv', 'm-.csv.csv'], ['m.csv', 'xm-1.csv', 'm-01.csv.bak', 'm-01.CSV']],
    ['*', ['a', 'a.b'], []],
    ['a?c', ['abc', 'aøc', 'a😀c'], ['ac', 'abbc']],
    ['*a*b', ['ab', 'xaxxb', 'aab', 'abab'], ['ba', 'a', 'abx']],
    ['[ab]-[!0-9].csv', ['a-x.csv', 'b-å.csv'], ['c-x.csv', 'a-3.csv', 'a-.csv']],
    ['[a-c]*', ['b', 'cd'], ['d', '-']],
    ['{jan,feb}*.{csv,txt}', ['jan.csv', 'feb-2.txt'], ['mar.csv', 'jan.xlsx', '{jan,feb}.csv']],
    ['a{b,c{d,e},}f', ['abf', 'acdf', 'acef', 'af'], ['acf', 'adf']],
    ['a.b+(c)$', ['a.b+(c)$'], ['axb+(c)$', 'abb(c)']],
    ['open{brace', ['open{brace'], ['openbrace']],
    ['open[bracket', ['open[bracket'], ['openb']],
    ['x,y}', ['x,y}'], ['x', 'y']],
  ])('%s', (pattern, fitting, others) => {
    for (const name of fitting) expect([name, fits(pattern, name)]).toEqual([name, true]);
    for (const name of others) expect([name, fits(pattern, name)]).toEqual([name, false]);
  });

  it('with many stars or choices holds nothing up', () => {
    const started = performance.now();
    expect(fits(`${'*a'.repeat(100)}b.csv`, `${'a'.repeat(250)}.csv`)).toBe(false);
    expect(fits(`${'*'.repeat(100_000)}b`, 'a'.repeat(250))).toBe(false);
    expect(namePattern('{a,b}'.repeat(40))).toBeNull();
    expect(namePattern(`{${Array.from({ length: 201 }, (_, i) => String(i)).join(',')}}`)).toBeNull();
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
