import { signsInWords, weighColumn, type ColumnRole } from '../../src/access/personal-column.ts';
import { holdsPersonalNumber } from '../../src/access/personal-number.ts';
import { BROKEN, SPELLINGS } from '../access/spellings.ts';
import { stream, whole } from '../demo/random.ts';
import { inventedNumber } from './ledgers.ts';

const role = (more: Partial<ColumnRole> = {}): ColumnRole => ({ heading: '', money: false, vouched: null, ...more });
/** The cells of a column that are taken for CPR numbers. */
const standing = (cells: readonly string[], more: Partial<ColumnRole> = {}): string[] => {
  const column = weighColumn(role(more));
  cells.forEach((cell) => column.add(cell));
  return cells.filter((cell) => holdsPersonalNumber(cell) && column.judge(cell) !== null);
};
const random = stream(7, 'column');
const sequence = (first: number, count: number, step = 3): string[] => Array.from({ length: count }, (_, i) => String(first + i * step));
const accounts = (count: number): string[] => Array.from({ length: count }, () => String(whole(random, 1_000_000_000, 9_999_999_999)));
const persons = (count: number): string[] => Array.from({ length: count }, () => inventedNumber(random));

describe('what looks like a CPR number in a column', () => {
  it('is one in every spelling where the column says nothing else', () => {
    const missed = [...SPELLINGS, ...BROKEN].filter((text) => standing([text]).length === 0);
    expect(missed).toEqual([]);
    expect([...SPELLINGS, ...BROKEN].filter((text) => standing([text, 'Rest', 'Kørsel uge 12', '4711', '12345678', '250,00']).length === 0)).toEqual([]);
  });

  it('is one in a whole column of them, with and without check digits, whatever its heading says', () => {
    for (const heading of ['CPR', 'Fakturanr', 'P-nummer', '']) {
      const cells = persons(200);
      expect([heading, standing(cells, { heading }).length]).toEqual([heading, 200]);
      const unchecked = cells.map((cell) => `${cell.slice(0, 6)}${String(whole(random, 0, 9999)).padStart(4, '0')}`);
      expect([heading, standing(unchecked, { heading }).length]).toEqual([heading, 200]);
      expect(standing(cells.slice(0, 3), { heading: '' })).toHaveLength(3);
    }
  });

  it('is one of persons without check digits who are all born on 1 January', () => {
    const cells = ['65', '70', '85', '90'].map((year) => `0101${year}1234`);
    expect(standing([...cells, ...accounts(40)])).toEqual(expect.arrayContaining(cells));
  });

  it('is the one CPR number among numbers of other kinds', () => {
    // 070761-4285 is the number that the CPR office itself shows as an example.
    const own = '0707614285';
    expect(standing([...sequence(4_500_012_345, 999), own])).toEqual([own]);
    expect(standing([...Array.from({ length: 999 }, (_, i) => String(20_000_000 + i * 7)), own])).toEqual([own]);
    expect(standing([...accounts(500), own])).toEqual([own]);
    expect(standing([...accounts(500), `${own.slice(0, 6)}-${own.slice(6)}`])).toEqual([`${own.slice(0, 6)}-${own.slice(6)}`]);
    expect(standing([...Array.from({ length: 500 }, (_, i) => (i * 1.37).toFixed(2)), own])).toEqual([own]);
  });

  it('is no running number, though its first digits are a day all the way through', () => {
    expect(standing(sequence(1_203_850_001, 300, 1))).toEqual([]);
    expect(standing([...sequence(1_203_850_001, 300, 7), ...sequence(3_107_990_001, 200, 11)])).toEqual([]);
    expect(standing(Array.from({ length: 240 }, (_, i) => `26${String(1 + Math.floor(i / 20)).padStart(2, '0')}${String(1200 + i).padStart(6, '0')}`))).toEqual([]);
    expect(standing(Array.from({ length: 50 }, (_, i) => `F${1_203_850_001 + i}`))).toEqual([]);
  });

  it('is no account, project or document number among arbitrary ones', () => {
    const cells = accounts(400);
    expect(cells.filter((cell) => holdsPersonalNumber(cell)).length).toBeGreaterThan(10);
    expect(standing(cells, { heading: 'Kontonr' })).toEqual([]);
    expect(standing(cells.map((cell) => `${cell.slice(0, 6)}-${cell.slice(6)}`))).toEqual([]);
  });

  it('is no P-number, as 10 and eight digits are, not even alone under its heading', () => {
    expect(standing(['1003456789'], { heading: 'P-nr.' })).toEqual([]);
    expect(standing(['1003456789', '1017000123', '1010222333', '1024999888', '1005111222', '1012121212'])).toEqual([]);
  });

  it('is no decimal number, however long', () => {
    const decimals = ['0.1012901234', '0,1012901234', '1012991234,50', '-12.101299123456', '0.0101901234'];
    for (const cell of decimals) expect([cell, standing([cell])]).toEqual([cell, []]);
    expect(standing(['101299.1234', '3.5000', '1299.9000', '12.2500'])).toEqual([]);
    expect(standing(['101299.1234'])).toEqual(['101299.1234']);
    expect(standing(['010190.1234', '3.5000', '1299.9000', '12.2500'])).toEqual(['010190.1234']);
  });

  it('is no whole amount in a money column, but is one with a nought in front or a hyphen, and where all of them are persons', () => {
    for (const cell of ['1012991234', '1012991234,00', '311220264567']) expect([cell, standing([cell], { money: true })]).toEqual([cell, []]);
    for (const cell of ['0101901234', '101299-1234']) expect([cell, standing([cell], { money: true })]).toEqual([cell, [cell]]);
    expect(standing(persons(30), { money: true })).toHaveLength(30);
  });

  it('is no point in time', () => {
    expect(standing(['2611301030', '2611301031', '2611290745', '2610021200'])).toEqual([]);
    expect(standing(Array.from({ length: 40 }, (_, i) => `${String(1 + i % 28).padStart(2, '0')}1126${String(6 + i % 12).padStart(2, '0')}${String(i).padStart(2, '0')}`))).toEqual([]);
  });

  it('is let through where the pack vouches, but not against a column full of persons', () => {
    expect(standing(['0101901234', '3112991234'], { vouched: 'vouchers' })).toEqual([]);
    expect(standing(persons(40), { vouched: 'vouchers' })).toHaveLength(40);
  });

  it('is explained by its signs, never by its digits', () => {
    const column = weighColumn(role({ heading: 'CPR-nummer' }));
    const cells = persons(10);
    cells.forEach((cell) => column.add(cell));
    const signs = column.judge(cells[0] ?? '');
    expect(signs).toEqual({ checkDigit: true, neighbours: 'persons', heading: true, vouched: false });
    expect(signs === null ? '' : signsInWords(signs)).toBe('it begins with a day; its check digit fits; the heading names such numbers; most values beside it look so too');
  });

  it('is weighed the same in a column of 40,000 cells, of which a sample is kept', () => {
    const own = '0707614285';
    expect(standing([...sequence(4_500_012_345, 40_000), own])).toEqual([own]);
    expect(standing(sequence(1_203_850_001, 40_000, 1))).toEqual([]);
  });
});
