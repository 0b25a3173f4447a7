import fc from 'fast-check';
import { readYaml } from '../../src/pack/yaml.ts';

const told = (text: string): string[] => readYaml({ path: 'pack.yaml', text }).faults.map(({ line, column, message, hint }) => `${line}:${column} ${message} ${hint}`);

describe('a bare number that does not stay as it is written gives no rows to another unit', () => {
  it.each([
    ['084', '84'], ['0101', '101'], ['1.10', '1.1'], ['0x1F', '31'], ['0o17', '15'], ['1e3', '1000'], ['+5', '5'], ['.5', '0.5'], ['5.', '5'], ['-0', '0'], ['12345678901234567890', '12345678901234567000'], ['.inf', 'Infinity'],
  ])('%s is told as what it becomes, with its place and how to quote it: in codes, constants and keys', (written, becomes) => {
    const why = `${written} without quotes is the number ${becomes}, not a text. Write "${written}" in quotes.`;
    expect(told(`organisation:\n  unit:\n    name: By\n    codes: ["1", ${written}]\n`)).toEqual([`4:18 ${why}`]);
    expect(told(`organisation:\n  unit:\n    name: By\n    codes:\n      - ${written}\n`)).toEqual([`5:9 ${why}`]);
    expect(told(`sources:\n  s:\n    files:\n      - {path: a.csv, set: {Kode: ${written}}}\n`)).toEqual([`4:35 ${why}`]);
    expect(told(`sources:\n  s:\n    files: {path: a.csv, set: {Kode: ${written}}}\n`)).toEqual([`3:38 ${why}`]);
    expect(told(`sources:\n  s:\n    dimensions:\n      d:\n        values: {${written}: Drift}\n`)).toEqual([`5:18 ${why}`]);
  });

  it('tells a code behind an alias, a code that is missing, and a spelling of true', () => {
    expect(told('a: &kode 084\nunit: {codes: [*kode]}\n')).toEqual(['2:16 084 without quotes is the number 84, not a text. Write "084" in quotes.']);
    expect(told('unit: {codes: [~, null]}\n')).toEqual(['1:16 ~ without quotes is no value, not a text. Write "~" in quotes.', '1:19 null without quotes is no value, not a text. Write "null" in quotes.']);
    expect(told('unit:\n  codes:\n    -\n')).toEqual([expect.stringMatching(/^3:\d+ Nothing without quotes is no value, not a text\. Write the text in quotes, or remove the line\.$/)]);
    expect(told('unit: {codes: [True]}\n')).toEqual(['1:16 True without quotes is true, not a text. Write "True" in quotes.']);
    expect(told('%YAML 1.1\n---\nunit: {codes: [0101, 1_000, 12:30:45]}\n')).toHaveLength(3);
  });

  it('lets numbers be that stay as they are, quoted texts, and numbers where numbers are meant', () => {
    expect(told('unit: {codes: [4711, 0, "084", \'0101\', A1, 1.5, 10-20]}\nplans: {spend: {target: 1.10}}\nsources: {s: {files: {path: a.csv, header_row: 0x2, set: {Aar: 2026}}, columns: {2024: text, set: {type: text, required: True}}, dimensions: {d: {values: {1: En, "01": To}}}}}\n')).toEqual([]);
  });

  it('leaves no number that changes untold', () => {
    const written = fc.oneof(fc.stringMatching(/^[-+]?0{0,2}\d{1,20}$/), fc.stringMatching(/^\d{1,4}\.\d{0,4}$/), fc.stringMatching(/^0[xo][0-7]{1,5}$/), fc.stringMatching(/^\d{1,3}[eE]\d{1,2}$/));
    fc.assert(fc.property(written, (text) => {
      const { located, faults } = readYaml({ path: 'p', text: `unit: {codes: [${text}]}\n` });
      const [code] = (located.value as { unit: { codes: unknown[] } }).unit.codes;
      expect(faults.length).toBe(String(code) === text ? 0 : 1);
    }));
  });
});
