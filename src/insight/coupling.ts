import type { Cell } from '../query/result.ts';

/** Money coupled with output: what was spent for what, and why it differs from the plan. */
export interface Coupling {
  readonly money: { readonly value: number; readonly plan: number | null };
  readonly output: { readonly value: number; readonly plan: number | null };
  readonly price: { readonly value: number; readonly plan: number | null };
  /** money − plan, split so that volume + price is all of it; null without both plans. */
  readonly split: { readonly volume: number; readonly price: number } | null;
  readonly partial: boolean;
}

/**
 * Couples money and output of one unit and period. Price/volume split: the deviation A − B with A = h·p and
 * B = h0·p0 is (h − h0)·p0 from more or fewer hours, and (p − p0)·h, which is the rest, from dearer or cheaper ones.
 * Null when money or output is not known, or output is zero (there is no price).
 */
export function couple(money: Cell, moneyPlan: Cell | null, output: Cell, outputPlan: Cell | null): Coupling | null {
  if (money.value === null || output.value === null || output.value === 0) return null;
  const A = money.value;
  const h = output.value;
  const B = moneyPlan?.value ?? null;
  const h0 = outputPlan?.value ?? null;
  const p0 = B !== null && h0 !== null && h0 !== 0 ? B / h0 : null;
  return {
    money: { value: A, plan: B },
    output: { value: h, plan: h0 },
    price: { value: A / h, plan: p0 },
    split: p0 === null || h0 === null || B === null ? null : { volume: (h - h0) * p0, price: A - B - (h - h0) * p0 },
    partial: money.state === 'partial' || output.state === 'partial',
  };
}
