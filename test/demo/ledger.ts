import type { IsoDate } from '../../src/calendar/period.ts';
import { shiftDays } from '../../src/calendar/period.ts';
import type { BudgetLine } from './budget.ts';
import { budgetOfYear } from './budget.ts';
import type { Month } from './months.ts';
import { daysIn, firstDay, lastWeekday, monthOf, monthsOf, yearOf } from './months.ts';
import { bell, stream, whole } from './random.ts';
import type { Random } from './random.ts';
import { ACCOUNTS, BUDGET_TO, DISTRICTS, FROM, moneyDeviation, SEED, tempShare, TO, volume } from './story.ts';
import type { Account, District } from './story.ts';

export interface Posting {
  readonly voucher: string;
  readonly date: IsoDate;
  readonly district: string;
  readonly account: Account;
  readonly accountName: string;
  readonly kind: 'Forbrug' | 'Budget' | 'Oprindeligt budget';
  /** In øre, so that sums tie out. */
  readonly amount: number;
}

type Unnumbered = Omit<Posting, 'voucher'>;

/** Every posting of the ledger, by date: budgets on the 1st of their month, spend inside the month it belongs to. */
export function ledger(): Posting[] {
  const spendMonths = new Set(monthsOf(FROM, TO));
  const budgetMonths = new Set(monthsOf(FROM, BUDGET_TO));
  const postings = DISTRICTS.flatMap((district) => {
    const random = stream(SEED, 'ledger', district.id);
    const years = [...new Set([...budgetMonths].map(yearOf))];
    const lines = years.flatMap((year) => budgetOfYear(district, year)).filter((line) => budgetMonths.has(line.month));
    const spend = [...spendMonths].flatMap((month) => spendOf(district, month, lines.filter((line) => line.month === month), random));
    return [...lines.flatMap((line) => budgetRows(district, line)), ...spend];
  });
  const sorted = postings.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  let spent = 0;
  return sorted.map((posting) => ({ ...posting, voucher: posting.kind === 'Forbrug' ? `F${String(++spent).padStart(6, '0')}` : `BU${monthOf(posting.date).slice(0, 4)}` }));
}

const nameOf = (account: Account): string => ACCOUNTS.find(({ number }) => number === account)?.name ?? account;

function budgetRows(district: District, line: BudgetLine): Unnumbered[] {
  const row = { date: firstDay(line.month), district: district.name, account: line.account, accountName: nameOf(line.account) };
  return [{ ...row, kind: 'Oprindeligt budget', amount: line.original }, { ...row, kind: 'Budget', amount: line.corrected }];
}

/** A month's spend: the net follows the story exactly but for a small chance, the accounts share it. */
function spendOf(district: District, month: Month, lines: readonly BudgetLine[], random: Random): Unnumbered[] {
  const budget = (account: Account): number => lines.find((line) => line.account === account)?.original ?? 0;
  const chance = (size: number): number => 1 + size * bell(random);
  const need = volume(district, month);
  const planned = lines.reduce((all, line) => all + line.original, 0);
  const net = Math.round(planned * need * (1 + moneyDeviation(district, month)) * chance(0.017));
  const driving = Math.round(budget('2010') * need * chance(0.06));
  const aids = Math.round(budget('2020') * need * chance(0.14));
  const refund = Math.round(budget('9010') * need * chance(0.12));
  const pay = net - driving - aids - refund;
  const temps = Math.round(pay * tempShare(district, month) * chance(0.05));
  const last = lastWeekday(month);
  const days = daysIn(month);
  const anyDay = (from: number, to: number): IsoDate => shiftDays(firstDay(month), whole(random, from, to) - 1);
  const post = (account: Account, amounts: readonly number[], dates: readonly IsoDate[]): Unnumbered[] =>
    amounts.map((amount, i) => ({ date: dates[i] ?? last, district: district.name, account, accountName: nameOf(account), kind: 'Forbrug', amount }));
  const invoices = whole(random, 4, 6);
  const bills = whole(random, 3, 4);
  return [
    ...post('1010', cut(pay - temps, [0.79, 0.13, 0.08], random), [last, last, last]),
    ...post('1020', cut(temps, Array<number>(invoices).fill(1), random), Array.from({ length: invoices }, (_, i) => anyDay(Math.floor((i * days) / invoices) + 1, Math.floor(((i + 1) * days) / invoices)))),
    ...post('2010', cut(driving, [1, 1], random), [anyDay(12, 16), last]),
    ...post('2020', cut(aids, Array<number>(bills).fill(1), random), Array.from({ length: bills }, () => anyDay(1, days))),
    ...post('9010', [refund], [anyDay(18, 27)]),
  ];
}

/** Cuts an amount into parts of about these weights, adding up exactly. */
function cut(ore: number, weights: readonly number[], random: Random): number[] {
  const uneven = weights.map((weight) => weight * (1 + 0.3 * bell(random)));
  const all = uneven.reduce((sum, weight) => sum + weight, 0);
  const parts = uneven.slice(1).map((weight) => Math.round((ore * weight) / all));
  return [ore - parts.reduce((sum, part) => sum + part, 0), ...parts];
}
