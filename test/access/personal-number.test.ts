import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdsPersonalNumber, maskPersonalNumbers } from '../../src/access/personal-number.ts';
import { BROKEN, ORDINARY, SPELLINGS } from './spellings.ts';

describe('what looks like a CPR number', () => {
  it.each([...SPELLINGS, ...BROKEN, 'ref. 311299-0000, sag x', '290200-1234', '610190-1234', '890200-1234', '(010190-1234)', 'CPR0101901234', '310512-4567\n', '311220264567', '31.12.2026 4567', '610119901234', '610120261234', '31-12-2026-1030', '31/1/90-1234', '1/12/90-1234'])('is %j, and nothing of it is left when it is masked', (text) => {
    expect(holdsPersonalNumber(text)).toBe(true);
    const masked = maskPersonalNumbers(`før ${text} efter`);
    expect(masked).toMatch(/^før .*\*{6}-\*{4}.* efter$/s);
    expect(holdsPersonalNumber(masked)).toBe(false);
    expect(masked.normalize('NFKC').replace(/17|\D/g, '')).toBe('');
  });

  it.each(ORDINARY)('is not %j', (text) => {
    expect(holdsPersonalNumber(text)).toBe(false);
    expect(maskPersonalNumbers(text)).toBe(text);
  });

  it('is in no question of the library: nobody is turned away for asking', () => {
    const folder = join(import.meta.dirname, '../question/corpus');
    const asked = readdirSync(folder).filter((name) => name.endsWith('.jsonl')).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').filter((line) => line !== ''))
      .flatMap((line) => { const { q, after = [] } = JSON.parse(line) as { q: string; after?: string[] }; return [...after, q]; });
    expect(asked.length).toBeGreaterThan(1300);
    expect(asked.filter((text) => holdsPersonalNumber(text))).toEqual([]);
  });

  it('is a whole cell in a column of numbers, so that amounts with decimals pass', () => {
    for (const amount of ['1012991234,50', '1012991234.5', '210365.1234', '210365,1234', '1.012.991.234', '-1012991234', '1 012 991 234,50-', '1.012991234e9', '']) expect([amount, holdsPersonalNumber(amount, true)]).toEqual([amount, false]);
    for (const number of ['1012991234', ' 101299-1234 ', '101299 - 1234', '1012991234.0', '1012991234,00', '\u0661\u0660\u0661\u0662\u0669\u0669\u0661\u0662\u0663\u0664']) expect([number, holdsPersonalNumber(number, true)]).toEqual([number, true]);
  });

  it('is any spelling in a column of numbers where the cell is no number at all', () => {
    for (const cell of ['10.12.99-1234', '10-12-99 1234', 'cpr 101299-1234', '10.12.99 1234', '101299  1234', '101299/1234']) expect([cell, holdsPersonalNumber(cell, true)]).toEqual([cell, true]);
  });

  it('is twelve digits in a column of numbers too, where they are a day of the years numbers are issued for', () => {
    for (const number of ['010119901234', '311220264567', '311220264567,00']) expect([number, holdsPersonalNumber(number, true)]).toEqual([number, true]);
    for (const amount of ['311220261030', '311220604567', '123456789012', '311220264567,50', '1.1.1990']) expect([amount, holdsPersonalNumber(amount, true)]).toEqual([amount, false]);
  });

  it('is told from a time after a day of this century: numbers of those years begin with 4 to 9', () => {
    fc.assert(fc.property(fc.date({ min: new Date('2000-01-01'), max: new Date('2057-12-31'), noInvalidDate: true }), fc.integer({ min: 5000, max: 8999 }), fc.constantFrom(['', ''], ['.', ' '], ['-', ' '], ['/', ' ']), (moment, serial, [inside = '', between = '']) => {
      const [year = '', month = '', day = '', hour = '', minute = ''] = moment.toISOString().split(/[-T:]/);
      expect(holdsPersonalNumber([day, month, year].join(inside) + between + hour + minute)).toBe(false);
      expect(holdsPersonalNumber([day, month, year].join(inside) + between + String(serial))).toBe(true);
    }));
  });

  it('is masked in every text it stands in, and nothing else is', () => {
    expect(maskPersonalNumbers('a 010190-1234 b 0101901234 c 12345678')).toBe('a ******-**** b ******-**** c 12345678');
    expect(maskPersonalNumbers('/x/010190%2D1234/y%20z')).toBe('/x/******-****/y%20z');
    fc.assert(fc.property(fc.date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }), fc.integer({ min: 0, max: 9999 }), fc.constantFrom('', '-', ' ', ' / ', '%2D', '\u200e'), fc.constantFrom('', 'x', ', '), (day, serial, between, around) => {
      const iso = day.toISOString();
      const number = `${iso.slice(8, 10)}${iso.slice(5, 7)}${iso.slice(2, 4)}${between}${String(serial).padStart(4, '0')}`;
      expect(holdsPersonalNumber(around + number + around)).toBe(true);
      expect(maskPersonalNumbers(around + number + around)).toBe(`${around}******-****${around}`);
    }));
  });

  it('is gone after masking, whatever stands around it', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('010190', '1234', '0101901234', '010119901234', '1/1/90', '1990', '010', '190', '-', ' ', '*', '17', 'x', '%2D', '\u200b', '&nbsp;', '\u0660'), { maxLength: 12 }), (parts) => {
      expect(holdsPersonalNumber(maskPersonalNumbers(parts.join('')))).toBe(false);
    }));
  });

  it('is found in 7 of 100 ten-digit figures that are none, and in 1 of 1000 of twelve: the price of refusing', () => {
    let [ten, twelve] = [0, 0];
    for (let i = 0; i < 100_000; i++) {
      if (holdsPersonalNumber(String(1_000_000_000 + i * 89_989))) ten++;
      if (holdsPersonalNumber(String(100_000_000_000 + i * 8_999_989))) twelve++;
    }
    expect(ten / 100_000).toBeGreaterThan(0.05);
    expect(ten / 100_000).toBeLessThan(0.09);
    expect(twelve / 100_000).toBeLessThan(0.002);
  });

  it.each(['1', '01', '01 ', '01.', '010190   ', '0 ', '-', '%25', '%2', '&nbsp;', '&a', '\\u0030', '\u0660', '\u0301', '0101 ', '12. ', 'f0', '010190%', '01    ', '0------', '(((', '010190-123 ', '1/', '1/1/90-', '1/1 ', '1/------', '010 '])('is looked for in 200,000 signs of %j within the time of their number', (piece) => {
    const text = piece.repeat(Math.ceil(200_000 / piece.length));
    // Were it quadratic, it would be minutes.
    const started = process.cpuUsage().user;
    holdsPersonalNumber(text);
    holdsPersonalNumber(text, true);
    maskPersonalNumbers(text);
    expect(process.cpuUsage().user - started).toBeLessThan(8_000_000);
  });
});
