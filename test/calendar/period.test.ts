import fc from 'fast-check';
import {
  TIME_GRAINS, dayIn, daysBetween, isIsoDate, isoWeek, lastClosed, periodCode, periodFromCode, periodOf, pieces, previousPeriod, rolling, sameLastYear, samePeriod, shiftDays, shiftMonths, startOfWeek, yearToDate,
  type TimeGrain,
} from '../../src/calendar/period.ts';

const date = fc.integer({ min: 0, max: 73_000 }).map((days) => shiftDays('1950-01-01', days));
const grain = fc.constantFrom(...TIME_GRAINS);
const yearStart = fc.integer({ min: 1, max: 12 });
const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

describe('a period holds its first day and not its last', () => {
  it('cuts time without gaps or overlaps, whatever the fiscal year', () => {
    fc.assert(fc.property(date, grain, yearStart, (day, kind, start) => {
      const period = periodOf(kind, day, start);
      expect(period.from <= day && day < period.to).toBe(true);
      expect(periodOf(kind, period.from, start)).toEqual(period);
      expect(periodOf(kind, shiftDays(period.to, -1), start)).toEqual(period);
      expect(periodOf(kind, period.to, start).from).toBe(period.to);
    }));
  });

  it('has pieces that cover it exactly', () => {
    fc.assert(fc.property(date, fc.integer({ min: 1, max: 900 }), grain, yearStart, (from, days, kind, start) => {
      const whole = { from, to: shiftDays(from, days), grain: 'rolling' } as const;
      const cut = pieces(whole, kind, start);
      expect(cut[0]?.from).toBe(whole.from);
      expect(cut.at(-1)?.to).toBe(whole.to);
      for (const [i, piece] of cut.entries()) {
        expect(piece.from < piece.to).toBe(true);
        if (i > 0) expect(piece.from).toBe(cut[i - 1]?.to);
        if (i > 0 && i < cut.length - 1) expect(piece).toEqual(periodOf(kind, piece.from, start));
      }
      expect(cut.reduce((sum, piece) => sum + daysBetween(piece.from, piece.to), 0)).toBe(days);
    }), { numRuns: 60 });
  });

  it('is empty of pieces when it holds no day', () => {
    expect(pieces({ from: '2026-03-01', to: '2026-03-01', grain: 'rolling' }, 'month')).toEqual([]);
  });
});

describe('days', () => {
  it('of February follow the leap years', () => {
    fc.assert(fc.property(fc.integer({ min: 1900, max: 2200 }), (year) => {
      expect(daysBetween(`${year}-02-01`, `${year}-03-01`)).toBe(isLeap(year) ? 29 : 28);
      expect(isIsoDate(`${year}-02-29`)).toBe(isLeap(year));
      expect(daysBetween(`${year}-01-01`, `${year + 1}-01-01`)).toBe(isLeap(year) ? 366 : 365);
    }));
  });

  it('move back the way they came', () => {
    fc.assert(fc.property(date, fc.integer({ min: -5000, max: 5000 }), (day, by) => {
      expect(shiftDays(shiftDays(day, by), -by)).toBe(day);
      expect(daysBetween(day, shiftDays(day, by))).toBe(by);
    }));
  });

  it('of month ends stay in the month meant', () => {
    expect(shiftMonths('2026-01-31', 1)).toBe('2026-02-28');
    expect(shiftMonths('2028-01-31', 1)).toBe('2028-02-29');
    expect(shiftMonths('2028-02-29', 12)).toBe('2029-02-28');
    expect(shiftMonths('2026-03-31', -1)).toBe('2026-02-28');
  });

  it('that do not exist are not days', () => {
    for (const text of ['2026-02-29', '2026-13-01', '2026-00-10', '2026-04-31', '26-04-01', '2026-4-1', '2026-04-01T00:00', '', '2026-04-00']) expect([text, isIsoDate(text)]).toEqual([text, false]);
    expect(isIsoDate('2028-02-29')).toBe(true);
  });

  it('belong to the place, also at midnight and on the nights the clock changes', () => {
    expect(dayIn('Europe/Copenhagen', new Date('2026-10-31T22:59:59Z'))).toBe('2026-10-31');
    expect(dayIn('Europe/Copenhagen', new Date('2026-10-31T23:00:00Z'))).toBe('2026-11-01');
    expect(dayIn('Europe/Copenhagen', new Date('2026-03-29T22:00:00Z'))).toBe('2026-03-30');
    expect(dayIn('Europe/Copenhagen', new Date('2026-12-31T23:00:00Z'))).toBe('2027-01-01');
    expect(dayIn('America/New_York', new Date('2027-01-01T04:59:00Z'))).toBe('2026-12-31');
  });
});

describe('ISO weeks', () => {
  it.each([
    ['2027-01-01', 2026, 53], ['2027-01-03', 2026, 53], ['2027-01-04', 2027, 1], ['2026-12-28', 2026, 53], ['2026-01-01', 2026, 1],
    ['2025-12-29', 2026, 1], ['2024-12-30', 2025, 1], ['2021-01-03', 2020, 53], ['2023-01-01', 2022, 52],
  ])('%s is in week %i-%i', (day, year, week) => {
    expect(isoWeek(day)).toEqual({ year, week });
  });

  it('begin on a Monday, number without gaps and find their way back', () => {
    fc.assert(fc.property(date, (day) => {
      const { year, week } = isoWeek(day);
      const start = startOfWeek(year, week);
      expect(start <= day && day < shiftDays(start, 7)).toBe(true);
      expect(new Date(`${start}T00:00:00Z`).getUTCDay()).toBe(1);
      const next = isoWeek(shiftDays(start, 7));
      expect(next.week === week + 1 ? next.year === year : next.week === 1 && next.year === year + 1).toBe(true);
    }));
  });

  it('keep their number a year earlier, and week 53 becomes 52 where there is none', () => {
    fc.assert(fc.property(date, (day) => {
      const period = periodOf('week', day);
      const before = sameLastYear(period);
      const [now, then] = [isoWeek(period.from), isoWeek(before.from)];
      expect(then.year).toBe(now.year - 1);
      expect(then.week === now.week || (now.week === 53 && then.week === 52)).toBe(true);
      expect(daysBetween(before.from, before.to)).toBe(7);
    }));
  });
});

describe('fiscal years', () => {
  it('from April: quarters, half-years and years begin there', () => {
    expect(periodOf('year', '2027-03-31', 4)).toEqual({ from: '2026-04-01', to: '2027-04-01', grain: 'year' });
    expect(periodOf('quarter', '2027-03-31', 4)).toEqual({ from: '2027-01-01', to: '2027-04-01', grain: 'quarter' });
    expect(periodOf('half-year', '2026-10-01', 4)).toEqual({ from: '2026-10-01', to: '2027-04-01', grain: 'half-year' });
    expect(periodOf('quarter', '2026-12-15', 2)).toEqual({ from: '2026-11-01', to: '2027-02-01', grain: 'quarter' });
  });

  it('begin on the first of their first month, and nothing crosses them', () => {
    fc.assert(fc.property(date, yearStart, fc.constantFrom<TimeGrain>('month', 'quarter', 'half-year'), (day, start, kind) => {
      const year = periodOf('year', day, start);
      expect(Number(year.from.slice(5, 7))).toBe(start);
      const period = periodOf(kind, day, start);
      expect(period.from >= year.from && period.to <= year.to).toBe(true);
    }));
  });

  it('to date begin with the year that holds the last day', () => {
    expect(yearToDate('2026-11-01')).toEqual({ from: '2026-01-01', to: '2026-11-01', grain: 'year-to-date' });
    expect(yearToDate('2027-01-01')).toEqual({ from: '2026-01-01', to: '2027-01-01', grain: 'year-to-date' });
    expect(yearToDate('2026-04-01', 4)).toEqual({ from: '2025-04-01', to: '2026-04-01', grain: 'year-to-date' });
    expect(yearToDate('2026-05-01', 4)).toEqual({ from: '2026-04-01', to: '2026-05-01', grain: 'year-to-date' });
  });
});

describe('the period before', () => {
  it('touches this one and is the grain\'s own', () => {
    fc.assert(fc.property(date, grain, yearStart, (day, kind, start) => {
      const period = periodOf(kind, day, start);
      const before = previousPeriod(period);
      expect(before.to).toBe(period.from);
      expect(before).toEqual(periodOf(kind, shiftDays(period.from, -1), start));
    }));
  });

  it('of whole months has as many months, of other spans as many days', () => {
    expect(previousPeriod(rolling('2026-03-01', 12))).toEqual({ from: '2024-03-01', to: '2025-03-01', grain: 'rolling' });
    expect(previousPeriod({ from: '2026-03-03', to: '2026-03-10', grain: 'rolling' })).toEqual({ from: '2026-02-24', to: '2026-03-03', grain: 'rolling' });
  });

  it('of a year to date is the same days of last year', () => {
    expect(previousPeriod(yearToDate('2026-11-01'))).toEqual({ from: '2025-01-01', to: '2025-11-01', grain: 'year-to-date' });
  });
});

describe('last year', () => {
  it('is the same month, also round a leap day', () => {
    expect(sameLastYear(periodOf('month', '2028-02-10'))).toEqual({ from: '2027-02-01', to: '2027-03-01', grain: 'month' });
    expect(sameLastYear(periodOf('month', '2029-02-10'))).toEqual({ from: '2028-02-01', to: '2028-03-01', grain: 'month' });
  });

  it('of whole periods is a whole period of the same grain', () => {
    fc.assert(fc.property(date, fc.constantFrom<TimeGrain>('month', 'quarter', 'half-year', 'year'), yearStart, (day, kind, start) => {
      const before = sameLastYear(periodOf(kind, day, start));
      expect(before).toEqual(periodOf(kind, before.from, start));
    }));
  });

  it('of any span of days is never empty', () => {
    fc.assert(fc.property(date, fc.integer({ min: 1, max: 400 }), (from, days) => {
      const before = sameLastYear({ from, to: shiftDays(from, days), grain: 'rolling' });
      expect(before.from < before.to).toBe(true);
    }));
  });

  it('of a single day is a single day', () => {
    fc.assert(fc.property(date.filter((day) => !day.endsWith('-02-28')), (day) => {
      const before = sameLastYear(periodOf('day', day));
      expect(daysBetween(before.from, before.to)).toBe(1);
    }));
  });

  // Known fault: 28 February 2025 gives 28 and 29 February 2024. Fails, and so tells, once it is mended.
  it('of 28 February is one day, also when last year was a leap year', () => {
    expect(sameLastYear(periodOf('day', '2025-02-28'))).toEqual({ from: '2024-02-28', to: '2024-02-29', grain: 'day' });
  });
});

describe('the last closed period', () => {
  it('ends at or before what is complete, and the next one does not', () => {
    fc.assert(fc.property(date, grain, yearStart, (through, kind, start) => {
      const closed = lastClosed(kind, through, start);
      expect(closed.to <= through).toBe(true);
      expect(periodOf(kind, closed.to, start).to > through).toBe(true);
    }));
  });
});

it('tells periods apart by their days alone', () => {
  expect(samePeriod(periodOf('month', '2026-10-05'), rolling('2026-11-01', 1))).toBe(true);
  expect(samePeriod(periodOf('month', '2026-10-05'), periodOf('month', '2026-09-05'))).toBe(false);
});

describe('a period as it is written in a command', () => {
  it('is read as what it was written from, of every grain, in every fiscal year', () => {
    fc.assert(fc.property(date, fc.constantFrom(...TIME_GRAINS.filter((one) => one !== 'day')), yearStart, (day, kind, start) => {
      const period = periodOf(kind, day, start);
      expect(periodFromCode(periodCode(period, start), start)).toEqual(period);
    }));
    expect(periodCode(periodOf('week', '2027-01-01'))).toBe('2026-W53');
    expect(periodFromCode('2026-U41')).toEqual(periodOf('week', '2026-10-07'));
    expect(periodFromCode('2026-K4')).toEqual(periodOf('quarter', '2026-10-07'));
  });

  it('is none where it is something else', () => {
    for (const text of ['', '2026-', '2026-13', '26-10', '2026-Q5', '2026-W54', '2025-W53', '2026-W00', '2026-H3', 'oktober', '2026-10-01']) expect(periodFromCode(text)).toBeNull();
  });
});
