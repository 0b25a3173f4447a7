import fc from 'fast-check';
import { formatDeviation, formatPercent, formatValue } from '../../src/card/numbers.ts';
import { periodName } from '../../src/card/periods.ts';
import { periodOf, rolling, yearToDate } from '../../src/calendar/period.ts';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('figures as leaders write them', () => {
  it.each<[number, string, number, string, string]>([
    [3_421_234.56, 'kr', 0, '3,42 mio. kr.', 'DKK 3.42 million'],
    [12_345, 'kr', 0, '12 t.kr.', 'DKK 12 thousand'],
    [9_999, 'kr', 0, '9.999 kr.', 'DKK 9,999'],
    [-1_250_000, 'kr', 0, '−1,25 mio. kr.', 'DKK −1.25 million'],
    [524.6, 'kr per hour', 0, '525 kr. pr. time', 'DKK 525 per hour'],
    [17.2, 'GBP per hour', 2, '17,20 £ pr. time', '£17.20 per hour'],
    [1, 'hours', 0, '1 time', '1 hour'],
    [6512.4, 'hours', 0, '6.512 timer', '6,512 hours'],
    [4.05, 'percent', 1, '4,1 pct.', '4.1%'],
    [7, 'persons', 0, '7 personer', '7 people'],
    [2.345, 'count', 1, '2,3', '2.3'],
    [-0.001, 'percent', 1, '0,0 pct.', '0.0%'],
  ])('%d %s', (value, unit, decimals, da, en) => {
    expect(plain(formatValue(value, unit, decimals, 'da'))).toBe(da);
    expect(plain(formatValue(value, unit, decimals, 'en'))).toBe(en);
  });

  it('differences of percentages are percentage points, never percent', () => {
    expect(plain(formatDeviation(0.4, 'percent', 1, 'da'))).toBe('+0,4 procentpoint');
    expect(plain(formatDeviation(-0.4, 'percent', 1, 'en'))).toBe('−0.4 percentage points');
    expect(plain(formatPercent(0.043, 'da', { sign: true }))).toBe('+4,3 pct.');
  });

  it('a number and its unit never part at the end of a line', () => {
    fc.assert(fc.property(fc.double({ min: -1e10, max: 1e10, noNaN: true }), fc.constantFrom('kr', 'hours', 'percent', 'persons'), (value, unit) => {
      expect(formatValue(value, unit, 0, 'da')).not.toMatch(/\d (?:kr|t\.kr|timer|time|pct|person)/);
    }));
  });
});

describe('periods in words', () => {
  it('says them in both languages', () => {
    expect(periodName(periodOf('month', '2026-10-05'), 'da', 1)).toBe('oktober 2026');
    expect(periodName(periodOf('quarter', '2026-10-05'), 'da', 1)).toBe('4. kvartal 2026');
    expect(periodName(periodOf('quarter', '2018-01-05', 4), 'en', 4)).toBe('Q4 2017/18');
    expect(periodName(periodOf('week', '2027-01-01'), 'da', 1)).toBe('uge 53, 2026');
    expect(periodName(yearToDate('2026-11-01'), 'da', 1)).toBe('januar–oktober 2026');
    expect(periodName(rolling('2026-11-01', 12), 'en', 1)).toBe('November 2025 – October 2026');
    expect(periodName(periodOf('year', '2010-06-01', 4), 'en', 4)).toBe('2010/11');
    expect(periodName(periodOf('half-year', '2026-10-05'), 'en', 1)).toBe('H2 2026');
  });
});
