import type { Month } from './months.ts';
import { monthsOfYear, yearOf } from './months.ts';
import { ACCOUNTS, budgetedHours, BUDGETED_DELIVERY, budgetWeight, GRANTS, priceIndex } from './story.ts';
import type { Account, District } from './story.ts';

/** A district's budget of one month and account, in øre. */
export interface BudgetLine {
  readonly month: Month;
  readonly account: Account;
  readonly original: number;
  /** Original with supplementary grants. */
  readonly corrected: number;
}

const THOUSAND = 1000_00;
const KRONE = 100;

/** The budget of a district's year: whole thousands of kr. per account and year, whole kr. per month, adding up exactly. */
export function budgetOfYear(district: District, year: number): BudgetLine[] {
  const months = monthsOfYear(year);
  const hours = months.reduce((all, month) => all + budgetedHours(district, month), 0);
  const net = hours * BUDGETED_DELIVERY * district.price * priceIndex(months[0] ?? '') * KRONE;
  return ACCOUNTS.flatMap((account) => {
    const year = toThousand(net * accountShare(district, account.number));
    const original = spread(year, months);
    const grants = GRANTS.filter((grant) => grant.district === district.id && yearOf(grant.from) === yearOf(months[0] ?? ''))
      .map((grant) => ({ from: grant.from, amounts: spread(toThousand(year * grant.share), months.filter((month) => month >= grant.from)) }));
    return months.map((month, at): BudgetLine => {
      const extra = grants.reduce((all, grant) => all + (month < grant.from ? 0 : (grant.amounts[at - months.indexOf(grant.from)] ?? 0)), 0);
      const amount = original[at] ?? 0;
      return { month, account: account.number, original: amount, corrected: amount + extra };
    });
  });
}

const toThousand = (ore: number): number => Math.round(ore / THOUSAND) * THOUSAND;

/** What an account takes of the net budget; pay and temps share what the others leave. */
function accountShare(district: District, account: Account): number {
  const other = ACCOUNTS.reduce((all, { share }) => all + (share ?? 0), 0);
  if (account === '1010') return (1 - other) * (1 - district.temps);
  if (account === '1020') return (1 - other) * district.temps;
  return ACCOUNTS.find(({ number }) => number === account)?.share ?? 0;
}

/** Cuts an amount by the months' weights into whole kr.; rounding the running sum makes the parts add up. */
function spread(ore: number, months: readonly Month[]): number[] {
  const weights = months.map(budgetWeight);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let weight = 0;
  let given = 0;
  return weights.map((next) => {
    weight += next;
    const reached = Math.round((ore * weight) / all / KRONE) * KRONE;
    const part = reached - given;
    given = reached;
    return part;
  });
}
