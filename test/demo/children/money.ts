import type { IsoDate } from '../../../src/calendar/period.ts';
import { daysBetween, shiftDays, shiftMonths } from '../../../src/calendar/period.ts';
import { daysIn, firstDay, lastWeekday, monthsOf, monthsOfYear, yearOf } from '../months.ts';
import type { Month } from '../months.ts';
import { bell, stream, whole } from '../random.ts';
import type { Case } from './cases.ts';
import { ACCOUNTS, COMMITTED_FROM, FROM, PLACEMENT, PREVENTIVE, priceIndex, SEED, TEAMS, told, TO } from './story.ts';
import type { Kind, Team } from './story.ts';

export interface Posting { readonly voucher: string; readonly date: IsoDate; readonly team: Team; readonly account: string; readonly text: string; /** Øre. */ readonly amount: number }
/** A line of the budget: amounts of the months of a year, in øre, or in places (children at any one time) with one decimal. */
export interface BudgetLine { readonly team: Team; readonly year: number; readonly account: string; readonly places: boolean; readonly months: readonly number[] }
export interface Commitment { readonly day: IsoDate; readonly team: Team; readonly child: string; readonly account: string; /** Øre, the whole year. */ readonly amount: number }

const MONTHS = monthsOf(FROM, TO);
const nextMonth = (month: Month): IsoDate => shiftMonths(firstDay(month), 1);

/** Days of a case within a half-open range; its first and last day both count. */
export function daysWithin(one: Case, from: IsoDate, to: IsoDate): number {
  const start = one.start > from ? one.start : from;
  const after = one.end === null ? to : shiftDays(one.end, 1) < to ? shiftDays(one.end, 1) : to;
  return Math.max(0, daysBetween(start, after));
}

/** What the measures of a team and account cost in a month, in øre. */
function costOf(cases: readonly Case[], team: Team, account: string, month: Month): number {
  const factor = priceIndex(month) * (account === '5.28.21' ? 1 : told('price', team, month));
  return cases.filter((one) => one.team === team && one.type.account === account)
    .reduce((sum, one) => sum + Math.round(daysWithin(one, firstDay(month), nextMonth(month)) * one.price * factor), 0);
}

/** Every posting, by date: the month's bills of an account in two parts, the larger one on the last weekday. */
export function ledger(cases: readonly Case[]): Posting[] {
  const random = stream(SEED, 'ledger');
  const post = (team: Team, account: string, date: IsoDate, amount: number): Omit<Posting, 'voucher'> => ({ date, team, account, text: ACCOUNTS.find(({ number }) => number === account)?.name ?? '', amount });
  const closed = MONTHS.flatMap((month) => TEAMS.flatMap((team) => ACCOUNTS.flatMap(({ number }) => {
    const net = Math.round(costOf(cases, team, number, month) * (1 + 0.012 * bell(random)));
    if (net === 0) return [];
    const early = Math.round(net * (0.2 + 0.15 * random()));
    return [post(team, number, shiftDays(firstDay(month), whole(random, 6, 20)), early), post(team, number, lastWeekday(month), net - early)];
  })));
  // The running month has its first bills only.
  const running = TEAMS.map((team) => post(team, '5.28.22', shiftDays(TO, whole(random, 4, 12)), whole(random, 30_000_00, 140_000_00)));
  return [...closed, ...running].sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0)).map((posting, i) => ({ ...posting, voucher: `K${String(10_001 + i)}` }));
}

const kindOf = (account: string): Kind => (account === '5.28.21' ? PREVENTIVE : PLACEMENT);

/** Budgets of the years: whole thousands of kr. a year and account, spread by the days of the months, and the places they are for. */
export function budget(cases: readonly Case[]): BudgetLine[] {
  const years = [...new Set(MONTHS.map(yearOf))];
  const random = stream(SEED, 'budget');
  return TEAMS.flatMap((team) => years.flatMap((year) => {
    const months = monthsOfYear(year);
    const known = months.filter((month) => MONTHS.includes(month));
    const money = ACCOUNTS.flatMap(({ number }): BudgetLine[] => {
      const actual = (known.reduce((sum, month) => sum + costOf(cases, team, number, month), 0) * 12) / known.length;
      const whole = Math.round(actual / (1 + (team.deviation[year] ?? 0)) / 1000_00) * 1000_00;
      return whole === 0 ? [] : [{ team, year, account: number, places: false, months: spread(whole, months) }];
    });
    const places = ([PLACEMENT, PREVENTIVE] as const).map((kind): BudgetLine => {
      const days = known.reduce((sum, month) => sum + cases.filter((one) => one.team === team && one.type.kind === kind).reduce((all, one) => all + daysWithin(one, firstDay(month), nextMonth(month)), 0), 0);
      const planned = Math.round((days / known.reduce((sum, month) => sum + daysIn(month), 0)) * (1 + 0.04 * bell(random)) * 2) / 2;
      return { team, year, account: kind, places: true, months: months.map(() => planned) };
    });
    return [...money, ...places];
  })).flatMap((line, i, lines) => {
    // Two more years after the last line of a team, so that wherever the data are moved to, the budgets of this year and the next are whole.
    if (lines[i + 1]?.team === line.team) return [line];
    const last = lines.filter((one) => one.team === line.team && one.year === years.at(-1));
    return [line, ...last.map(nextYear), ...last.map(nextYear).map(nextYear)];
  });
}

const COMING_PRICES = 1.02;

/** The budget of the year after, at its prices. */
function nextYear(line: BudgetLine): BudgetLine {
  const year = line.year + 1;
  if (line.places) return { ...line, year };
  const whole = Math.round((line.months.reduce((sum, month) => sum + month, 0) * COMING_PRICES) / 1000_00) * 1000_00;
  return { ...line, year, months: spread(whole, monthsOfYear(year)) };
}

/** Cuts an amount by the months' days into whole kr.; rounding the running sum makes the parts add up. */
function spread(ore: number, months: readonly Month[]): number[] {
  const days = months.reduce((sum, month) => sum + daysIn(month), 0);
  let reached = 0;
  let passed = 0;
  return months.map((month) => {
    passed += daysIn(month);
    const upTo = Math.round((ore * passed) / days / 100) * 100;
    const part = upTo - reached;
    reached = upTo;
    return part;
  });
}

/**
 * The register of commitments as it stood at the end of each month: what each measure begun by then costs the whole
 * year, if those still going on last the year out.
 */
export function commitments(cases: readonly Case[]): Commitment[] {
  return monthsOf(COMMITTED_FROM, TO).flatMap((month) => {
    const day = shiftDays(nextMonth(month), -1);
    const year = yearOf(month);
    const [from, to] = [`${year}-01-01`, `${year + 1}-01-01`];
    return cases.filter((one) => one.start <= day).flatMap((one): Commitment[] => {
      const asKnown = { ...one, end: one.end !== null && one.end > day ? null : one.end };
      const amount = monthsOfYear(year).reduce((sum, each) => {
        // The price of months to come is the one known now.
        const factor = priceIndex(each) * (kindOf(one.type.account) === PREVENTIVE ? 1 : told('price', one.team, each < month ? each : month));
        return sum + Math.round(daysWithin(asKnown, firstDay(each), nextMonth(each)) * one.price * factor);
      }, 0);
      return daysWithin(asKnown, from, to) === 0 ? [] : [{ day, team: one.team, child: one.child, account: one.type.account, amount: Math.round(amount / 100_00) * 100_00 }];
    });
  }).sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
}
