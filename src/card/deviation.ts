import type { Language, UnitOfMeasure } from '../pack/model.ts';
import { messages } from './messages.ts';
import { asRead, formatDeviation, formatPercent, formatValue, isMoney, precisionOf, type Precision } from './numbers.ts';

/** A figure and those it is held against. */
export interface Beside { readonly value: number; readonly others: readonly number[] }

/** More than this is told as an amount: nobody can take in a deviation of 2,400 percent. */
const MOST_RELATIVE = 10;
/** Less than this reads as 0.0 percent. */
const NOTHING = 0.0005;
/** What a reader reckons from two figures may differ by half a percentage point, or a tenth, from what is said of them. */
const POINTS = 0.005;
const SHARE = 0.1;
/** A figure in a scale that is not its own is within this of itself. */
const OFF = 0.05;

/** Whether how far a value is from another can be told in percent: not of what is below nought (more or less of it?), nor across a change of sign, and not of next to nothing. */
function isRelative(value: number, other: number, unit: UnitOfMeasure, decimals: number): boolean {
  return unit !== 'percent' && asRead(other, { power: 0, digits: decimals }) !== 0 && other > 0 && value >= 0 && Math.abs(value - other) / Math.abs(other) <= MOST_RELATIVE;
}

/** Whether figures written with a precision show how far they are from each other. */
function carries(precision: Precision, value: number, other: number, unit: UnitOfMeasure, decimals: number): boolean {
  const difference = value - other;
  const [a, b] = [asRead(value, precision), asRead(other, precision)];
  if (difference === 0 || (isRelative(value, other, unit, decimals) && Math.abs(difference / other) < NOTHING)) return true;
  if (a === b) return false;
  if (!isRelative(value, other, unit, decimals)) return Math.abs(a - b - difference) <= SHARE * Math.abs(difference);
  const said = difference / Math.abs(other);
  return b !== 0 && Math.abs((a - b) / Math.abs(b) - said) <= Math.max(POINTS, SHARE * Math.abs(said));
}

/** Ways to write a figure, the coarsest first. */
function ladder(largest: number, unit: UnitOfMeasure, decimals: number): Precision[] {
  const own = precisionOf(largest, unit, decimals);
  const ones = [0, 1, 2].map((more): Precision => ({ power: 0, digits: decimals + more }));
  if (own.power === 0) return ones;
  if (own.power === 3) return [own, { power: 3, digits: 1 }, ...ones];
  return [0, 1, 2].map((more) => ({ power: 6, digits: own.digits + more }));
}

/**
 * The precision in which figures shown together are written, so that it carries how far each is from those it is held
 * against; never coarser than `decimals` for what is not scaled. Null: there is none for all, each is written as alone.
 */
export function sharedPrecision(figures: readonly Beside[], unit: UnitOfMeasure, decimals: number): Precision | null {
  const all = figures.flatMap(({ value, others }) => [value, ...others]);
  // Percentages are read with the decimals the pack asks for: their difference is that of what is read.
  if (unit === 'percent' || all.length === 0) return { power: 0, digits: decimals };
  const largest = Math.max(...all.map(Math.abs));
  const near = (precision: Precision): boolean => precision.power === 0 || all.every((value) => Math.abs(asRead(value, precision) - value) <= OFF * Math.abs(value));
  const steps = ladder(largest, unit, decimals);
  const found = steps.find((step) => near(step) && figures.every(({ value, others }) => others.every((other) => carries(step, value, other, unit, decimals))));
  if (found !== undefined) return found;
  return isMoney(unit.split(' per ')[0] ?? '') && steps[0]?.power !== 0 ? null : steps.at(-1) ?? null;
}

/** How far a figure is from another, as both are read. */
export interface Deviation {
  /** Above, as, or below the other. */
  readonly side: -1 | 0 | 1;
  /** Without sign, for a sentence: `4,1 pct.`, `1,8 t.kr.`, `0,4 procentpoint`. */
  readonly size: string;
  /** With sign, for a table. */
  readonly text: string;
  /** The same as an amount, with sign: the difference of the two figures as they are read. */
  readonly amount: string;
}

/**
 * How far a value is from another in words: in percent, percentages in percentage points; across a change of sign,
 * of next to nothing, and over 1,000 percent as an amount. What is equal after rounding is equal. An amount is the
 * difference of the figures as they are read in their shared precision.
 */
export function deviationOf(value: number, other: number, unit: UnitOfMeasure, decimals: number, language: Language, shared: Precision | null = sharedPrecision([{ value, others: [other] }], unit, decimals)): Deviation {
  const relative = isRelative(value, other, unit, decimals);
  const ratio = relative ? (value - other) / Math.abs(other) : 0;
  const read = (figure: number): number => asRead(figure, shared ?? precisionOf(figure, unit, decimals));
  const between = read(value) - read(other);
  const side = (relative && Math.abs(ratio) < NOTHING) || read(value) === read(other) ? 0 : value > other ? 1 : -1;
  const amount = formatDeviation(between, unit, decimals, language, shared);
  if (relative) {
    const shown = side === 0 ? 0 : ratio;
    return { side, size: formatPercent(Math.abs(shown), language), text: formatPercent(shown, language, { sign: true }), amount };
  }
  return { side, size: unit === 'percent' ? amount.replace(/^[+\u2212]/, '') : formatValue(Math.abs(between), unit, decimals, language, shared), text: amount, amount };
}

/**
 * A difference from plan in two parts, `[whole, volume, price]` with their signs, in one precision: the parts make up
 * the whole as it is read, 32 = 16 + 16 and not 16 + 17.
 */
export function splitWords(whole: number, volume: number, unit: UnitOfMeasure, decimals: number, language: Language): [string, string, string] {
  const precision = sharedPrecision([whole, volume, whole - volume].map((value) => ({ value, others: [] })), unit, decimals) ?? precisionOf(whole, unit, decimals);
  const rest = asRead(whole, precision) - asRead(volume, precision);
  return [whole, volume, rest].map((value) => formatDeviation(value, unit, decimals, language, precision)) as [string, string, string];
}

/** `4,1 pct. over budget`, `som budget`, `12 timer mindre end året før`: a deviation with what it is from. */
export function deviationWords({ side, size }: Deviation, other: { readonly name: string; readonly isPlan: boolean }, language: Language): string {
  const m = messages(language);
  if (side === 0) return other.isPlan ? m.asPlan(other.name) : m.likeOther(other.name);
  if (other.isPlan) return side > 0 ? m.over(size, other.name) : m.under(size, other.name);
  return m.againstOther(size, side > 0, other.name);
}
