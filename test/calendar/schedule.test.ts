import fc from 'fast-check';
import { TIME_GRAINS, dayIn, periodOf, shiftDays } from '../../src/calendar/period.ts';
import { dueAt, instantAt, owedPeriods, scheduleFault, workdaysAfter } from '../../src/calendar/schedule.ts';

const ZONE = 'Europe/Copenhagen';
const HERE = { timeZone: ZONE, yearStart: 1, closedDays: [] };
const month = (day: string) => periodOf('month', day);
const at = (text: string): Date => new Date(text);

describe('a local time as an instant', () => {
  it.each([
    ['2026-11-04', '08:00', '2026-11-04T07:00:00.000Z'], ['2026-07-01', '08:00', '2026-07-01T06:00:00.000Z'],
    ['2026-03-29', '01:59', '2026-03-29T00:59:00.000Z'], ['2026-03-29', '03:00', '2026-03-29T01:00:00.000Z'],
    ['2026-10-25', '01:59', '2026-10-24T23:59:00.000Z'], ['2026-10-25', '03:00', '2026-10-25T02:00:00.000Z'],
    ['2026-12-31', '23:59', '2026-12-31T22:59:00.000Z'], ['2028-02-29', '00:00', '2028-02-28T23:00:00.000Z'],
  ])('%s %s', (day, time, instant) => {
    expect(instantAt(day, time, ZONE).toISOString()).toBe(instant);
  });

  it('in the hour that is missing on 29 March 2026 is the first instant after it', () => {
    for (const time of ['02:00', '02:30', '02:59']) expect(instantAt('2026-03-29', time, ZONE).toISOString()).toBe('2026-03-29T01:00:00.000Z');
    expect(instantAt('2026-10-04', '02:15', 'Australia/Lord_Howe').toISOString()).toBe('2026-10-03T15:30:00.000Z');
  });

  it('in the hour that comes twice on 25 October 2026 is the first of the two', () => {
    expect(instantAt('2026-10-25', '02:30', ZONE).toISOString()).toBe('2026-10-25T00:30:00.000Z');
  });

  it('shows that time on a clock there, and never runs backwards', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 365 * 24 * 60 }), fc.constantFrom(ZONE, 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC'), (minutes, zone) => {
      const local = (shift: number): string => new Date(Date.UTC(2026, 0, 1) + (minutes + shift) * 60_000).toISOString();
      const instant = (text: string): Date => instantAt(text.slice(0, 10), text.slice(11, 16), zone);
      const [here, later] = [instant(local(0)), instant(local(1))];
      expect(later >= here).toBe(true);
      const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(here).replace(' ', 'T');
      expect(shown >= local(0).slice(0, 16)).toBe(true);
      if (shown !== local(0).slice(0, 16)) expect(here.getTime()).toBe(later.getTime());
    }), { numRuns: 300 });
  });
});

describe('a digest on the last working day', () => {
  const last = { workday: 'last', at: '12:00' } as const;
  it.each([
    ['2026-10-15', '2026-11-30T11:00:00.000Z'], ['2026-11-15', '2026-12-31T11:00:00.000Z'], ['2026-02-15', '2026-03-31T10:00:00.000Z'],
    ['2028-01-15', '2028-02-29T11:00:00.000Z'], ['2027-01-15', '2027-02-26T11:00:00.000Z'], ['2026-04-15', '2026-05-29T10:00:00.000Z'],
  ])('the month of %s at %s', (day, due) => {
    expect(dueAt(last, HERE, month(day)).toISOString()).toBe(due);
  });

  it('keeps away from 24 and 31 December where the organisation is closed then', () => {
    const closed = { ...HERE, closedDays: ['12-24', '12-31'] };
    expect(dueAt(last, closed, month('2026-11-15')).toISOString()).toBe('2026-12-30T11:00:00.000Z');
    expect(dueAt({ workday: 17, at: '08:00' }, HERE, month('2026-11-15')).toISOString()).toBe('2026-12-23T07:00:00.000Z');
    expect(dueAt({ workday: 18, at: '08:00' }, closed, month('2026-11-15')).toISOString()).toBe('2026-12-28T07:00:00.000Z');
  });
});

describe('some working days later', () => {
  it('is at the same local time, over weekends, holidays, closed days and both changes of the clock', () => {
    expect(workdaysAfter(at('2026-11-06T07:00:00Z'), 3, HERE).toISOString()).toBe('2026-11-11T07:00:00.000Z');
    expect(workdaysAfter(at('2026-04-01T06:00:00Z'), 1, HERE).toISOString()).toBe('2026-04-07T06:00:00.000Z');
    expect(workdaysAfter(at('2026-12-23T07:00:00Z'), 1, { ...HERE, closedDays: ['12-24'] }).toISOString()).toBe('2026-12-28T07:00:00.000Z');
    expect(workdaysAfter(at('2026-03-27T07:00:00Z'), 1, HERE).toISOString()).toBe('2026-03-30T06:00:00.000Z');
    expect(workdaysAfter(at('2026-10-23T06:00:00Z'), 1, HERE).toISOString()).toBe('2026-10-26T07:00:00.000Z');
  });
});

describe('a digest on the n-th working day', () => {
  it('is due in the month after the period', () => {
    expect(dueAt({ workday: 5, at: '08:00' }, HERE, month('2026-10-15')).toISOString()).toBe('2026-11-06T07:00:00.000Z');
    expect(dueAt({ workday: 1, at: '08:00' }, HERE, month('2026-12-15')).toISOString()).toBe('2027-01-04T07:00:00.000Z');
  });

  it('goes round Easter, and does not stop for store bededag', () => {
    expect(dueAt({ workday: 2, at: '08:00' }, HERE, month('2026-03-15')).toISOString()).toBe('2026-04-07T06:00:00.000Z');
    expect(dueAt({ workday: 1, at: '08:00' }, HERE, month('2026-04-15')).toISOString()).toBe('2026-05-01T06:00:00.000Z');
  });

  it('keeps its local time in summer and winter', () => {
    for (let day = '2026-01-01'; day < '2028-01-01'; day = month(day).to) {
      const due = dueAt({ workday: 5, at: '08:00' }, HERE, month(day));
      expect(new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, timeStyle: 'short' }).format(due)).toBe('08:00');
    }
  });

  it('of a week or a quarter is due at the first such day after its end', () => {
    expect(dueAt({ workday: 5, at: '08:00' }, HERE, periodOf('week', '2026-11-01')).toISOString()).toBe('2026-11-06T07:00:00.000Z');
    expect(dueAt({ workday: 5, at: '08:00' }, HERE, periodOf('week', '2026-11-10')).toISOString()).toBe('2026-12-07T07:00:00.000Z');
    expect(dueAt({ workday: 3, at: '08:00' }, HERE, periodOf('quarter', '2026-12-31')).toISOString()).toBe('2027-01-06T07:00:00.000Z');
  });
});

describe('a digest on a cron line', () => {
  it('is due the first time the line fires at or after the end', () => {
    expect(dueAt({ cron: '0 8 5 * *' }, HERE, month('2026-10-15')).toISOString()).toBe('2026-11-05T07:00:00.000Z');
    expect(dueAt({ cron: '0 0 1 * *' }, HERE, month('2026-10-15')).toISOString()).toBe('2026-10-31T23:00:00.000Z');
    expect(dueAt({ cron: '0 7 * * 1' }, HERE, periodOf('week', '2026-11-05')).toISOString()).toBe('2026-11-09T06:00:00.000Z');
  });

  it('at 02:30 is due once on either night the clock changes', () => {
    expect(dueAt({ cron: '30 2 * * *' }, HERE, periodOf('day', '2026-03-28')).toISOString()).toBe('2026-03-29T01:00:00.000Z');
    expect(dueAt({ cron: '30 2 * * *' }, HERE, periodOf('day', '2026-03-29')).toISOString()).toBe('2026-03-30T00:30:00.000Z');
    expect(dueAt({ cron: '30 2 * * *' }, HERE, periodOf('day', '2026-10-24')).toISOString()).toBe('2026-10-25T00:30:00.000Z');
    expect(dueAt({ cron: '30 2 * * *' }, HERE, periodOf('day', '2026-10-25')).toISOString()).toBe('2026-10-26T01:30:00.000Z');
  });

  it('of the 31st waits for a month that has one', () => {
    expect(dueAt({ cron: '0 8 31 * *' }, HERE, month('2026-01-15')).toISOString()).toBe('2026-03-31T06:00:00.000Z');
  });
});

describe('what is owed', () => {
  const schedule = { workday: 5, at: '08:00' };
  const owed = (start: string, now: string) => owedPeriods(schedule, 'month', start, at(now), HERE).map(({ period }) => period.from);

  it('is nothing until the minute it is due, and then the month before', () => {
    expect(owed('2026-10-01', '2026-11-06T06:59:59.999Z')).toEqual([]);
    expect(owed('2026-10-01', '2026-11-06T07:00:00.000Z')).toEqual(['2026-10-01']);
  });

  it('is every month since the start, however long nobody looked', () => {
    expect(owed('2026-08-01', '2027-02-20T12:00:00Z')).toEqual(['2026-08-01', '2026-09-01', '2026-10-01', '2026-11-01', '2026-12-01', '2027-01-01']);
  });

  it('begins with the period that holds the start', () => {
    expect(owed('2026-09-17', '2026-11-20T12:00:00Z')).toEqual(['2026-09-01', '2026-10-01']);
  });

  it('follows the fiscal year', () => {
    expect(owedPeriods(schedule, 'quarter', '2026-02-01', at('2026-12-31T12:00:00Z'), { ...HERE, yearStart: 2 }).map(({ period }) => [period.from, period.to])).toEqual([['2026-02-01', '2026-05-01'], ['2026-05-01', '2026-08-01'], ['2026-08-01', '2026-11-01']]);
  });

  it('only grows as time goes on, is closed, in order, and past due', () => {
    const line = fc.oneof(fc.record({ workday: fc.integer({ min: 1, max: 17 }), at: fc.constantFrom('00:00', '02:30', '08:00', '23:59') }), fc.record({ cron: fc.constantFrom('0 8 5 * *', '30 2 * * *', '0 7 * * 1', '0 0 1 * *') }));
    fc.assert(fc.property(line, fc.constantFrom(...TIME_GRAINS), fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 300 }), (schedule, grain, start, more) => {
      const from = shiftDays('2025-01-01', start);
      const [now, then] = [new Date(Date.parse(from) + 100 * 86_400_000), new Date(Date.parse(from) + (100 + more) * 86_400_000)];
      const [first, second] = [owedPeriods(schedule, grain, from, now, HERE), owedPeriods(schedule, grain, from, then, HERE)];
      expect(second.slice(0, first.length)).toEqual(first);
      for (const [i, one] of second.entries()) {
        expect(one.dueAt <= then && dayIn(ZONE, one.dueAt) >= one.period.to).toBe(true);
        if (i > 0) expect(one.period.from).toBe(second[i - 1]?.period.to);
      }
    }), { numRuns: 60 });
  });
});

describe('a schedule that can\'t be kept is refused', () => {
  it.each([
    [{ workday: 0, at: '08:00' }, 'Choose 1 to 17,'], [{ workday: 18, at: '08:00' }, 'Choose 1 to 17,'], [{ workday: 5, at: '24:00' }, 'such as 08:00'], [{ workday: 5, at: '08:60' }, 'such as 08:00'],
    [{ cron: '0 0 30 2 *' }, 'a day that exists'], [{ cron: '61 8 * * *' }, 'minute, hour'], [{ cron: 'every day' }, 'minute, hour'], [{ cron: '0 0 8 5 * *' }, 'minute, hour'],
  ])('%j', (schedule, hint) => {
    expect(scheduleFault(schedule)?.hint).toContain(hint);
  });

  it('and others are not', () => {
    for (const schedule of [{ workday: 1, at: '00:00' }, { workday: 17, at: '23:59' }, { cron: '0 8 5 * *' }, { cron: '0 8 29 2 *' }, { cron: '0 7 * * MON' }]) expect(scheduleFault(schedule)).toBeNull();
  });
});
