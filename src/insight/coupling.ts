import { comparable, type Cell } from '../query/result.ts';

/** Money coupled with output: what was spent for what, and why it differs from the plan. */
export interface Coupling {
  readonly money: { readonly value: number; readonly plan: number | null };
  readonly output: { readonly value: number; readonly plan: number | null };
  /** Null: money and output have nothing in common. */
  readonly price: { readonly value: number | null; readonly plan: number | null; readonly partial: boolean };
  /** money − plan, split so that volume + price is all of it; null without both plans. */
  readonly split: { readonly volume: number; readonly price: number } | null;
  readonly partial: boolean;
}

/**
 * Couples money and output of one unit and period. Price/volume split: the deviation A − B with A = h·p and
 * B = h0·p0 is (h − h0)·p0 from more or fewer hours, and (p − p0)·h, which is the rest, from dearer or cheaper ones.
 * Of incomplete figures nothing is split. `price` is theirs as it was reckoned over the units and months that both have.
 * Null when money or output is not known, or output is zero (there is no price).
 */
export function couple(money: Cell, moneyPlan: Cell | null, output: Cell, outputPlan: Cell | null, price: { readonly value: Cell | undefined; readonly plan: Cell | undefined } | null = null): Coupling | null {
  if (money.value === null || output.value === null || output.value === 0) return null;
  const whole = [money, moneyPlan, output, outputPlan].every((cell) => cell === null || cell.state !== 'partial');
  const A = money.value;
  const h = output.value;
  const B = moneyPlan?.value ?? null;
  const h0 = outputPlan?.value ?? null;
  const p0 = B !== null && h0 !== null && h0 !== 0 ? B / h0 : null;
  return {
    money: { value: A, plan: B },
    output: { value: h, plan: h0 },
    price: price?.value === undefined ? { value: whole ? A / h : null, plan: whole ? p0 : null, partial: !whole } : { value: price.value.value, plan: planBeside(price.value, price.plan), partial: price.value.state === 'partial' },
    split: !whole || p0 === null || h0 === null || B === null ? null : { volume: (h - h0) * p0, price: A - B - (h - h0) * p0 },
    partial: money.state === 'partial' || output.state === 'partial',
  };
}

/** The planned price, where it is of the same units and months as the price it stands beside; else it is not said. */
function planBeside(value: Cell, plan: Cell | undefined): number | null {
  const pair = comparable(value, plan);
  return pair !== null && pair.value === value.value && pair.other === plan?.value ? pair.other : null;
}
