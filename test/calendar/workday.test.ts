import fc from 'fast-check';
import { shiftDays } from '../../src/calendar/period.ts';
import { FEWEST_WORKDAYS, isWorkday, nthWorkday, publicHolidays } from '../../src/calendar/workday.ts';

describe('Danish public holidays', () => {
  it('have no store bededag from 2024 on, and had it before', () => {
    // The fourth Friday after Easter.
    const bededag: Record<number, string> = { 2021: '2021-04-30', 2022: '2022-05-13', 2023: '2023-05-05', 2024: '2024-04-26', 2025: '2025-05-16', 2026: '2026-05-01', 2027: '2027-04-23', 2030: '2030-05-17' };
    for (const [year, day] of Object.entries(bededag)) expect([year, publicHolidays(Number(year)).has(day)]).toEqual([year, Number(year) < 2024]);
  });

  it('of 2026 are these and no others', () => {
    expect([...publicHolidays(2026)].sort()).toEqual(['2026-01-01', '2026-04-02', '2026-04-03', '2026-04-05', '2026-04-06', '2026-05-14', '2026-05-24', '2026-05-25', '2026-12-25', '2026-12-26']);
  });

  it('follow Easter, computed here by another method', () => {
    fc.assert(fc.property(fc.integer({ min: 1950, max: 2100 }), (year) => {
      const easter = easterSunday(year);
      for (const days of [-3, -2, 0, 1, 39, 49, 50]) expect([year, days, publicHolidays(year).has(shiftDays(easter, days))]).toEqual([year, days, true]);
    }));
  });

  it('do not depend on the machine\'s time zone', () => {
    const zone = process.env['TZ'];
    try {
      for (const other of ['America/Los_Angeles', 'Pacific/Auckland']) {
        process.env['TZ'] = other;
        expect(publicHolidays(other === 'Pacific/Auckland' ? 2031 : 2032).has(other === 'Pacific/Auckland' ? '2031-04-10' : '2032-03-25')).toBe(true);
      }
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });
});

describe('working days', () => {
  it('are Monday to Friday without holidays', () => {
    expect(isWorkday('2026-11-02')).toBe(true);
    expect(isWorkday('2026-11-01')).toBe(false);
    expect(isWorkday('2026-04-02')).toBe(false);
    expect(isWorkday('2026-12-24')).toBe(true);
    expect(isWorkday('2026-06-05')).toBe(true);
  });

  it.each([
    [2026, 1, 1, '2026-01-02'], [2026, 4, 1, '2026-04-01'], [2026, 4, 2, '2026-04-07'], [2026, 5, 5, '2026-05-07'], [2023, 5, 5, '2023-05-08'],
    [2026, 11, 5, '2026-11-06'], [2026, 12, 5, '2026-12-07'], [2027, 1, 1, '2027-01-04'], [2028, 2, 21, '2028-02-29'],
  ])('%i-%i, number %i, is %s', (year, month, n, day) => {
    expect(nthWorkday(year, month, n)).toBe(day);
  });

  it('number n has n - 1 working days before it in its month, and every month has the fewest promised', () => {
    fc.assert(fc.property(fc.integer({ min: 1900, max: 2100 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: FEWEST_WORKDAYS }), (year, month, n) => {
      const day = nthWorkday(year, month, n);
      expect(Number(day.slice(5, 7))).toBe(month);
      expect(isWorkday(day)).toBe(true);
      let before = 0;
      for (let d = `${day.slice(0, 7)}-01`; d < day; d = shiftDays(d, 1)) if (isWorkday(d)) before += 1;
      expect(before).toBe(n - 1);
    }));
  });

  it('that a month does not have are refused', () => {
    expect(() => nthWorkday(2026, 2, 25)).toThrow('2026-02 has no working day number 25.');
    expect(() => nthWorkday(2026, 2, 0)).toThrow(RangeError);
  });
});

/** Butcher's computus. */
function easterSunday(year: number): string {
  const a = year % 19, b = Math.floor(year / 100), c = year % 100, d = Math.floor(b / 4), e = b % 4, f = Math.floor((b + 8) / 25), g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30, i = Math.floor(c / 4), k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7, m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31), day = ((h + l - 7 * m + 114) % 31) + 1;
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
