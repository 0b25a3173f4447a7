import type { NumberStyle } from '../../chart/spec.ts';
import { formatNumber, isMoney, NBSP, unitName } from '../../card/numbers.ts';

/** Labels leave the unit to the subtitle, which also says when they are in thousands or millions. */
export interface Scale {
  readonly divisor: number;
  readonly decimals: number;
  /** The scaled unit's name (`t.kr.`, `mio. kr.`); empty when the unit is not scaled. */
  readonly name: string;
}

/** The scale a chart's numbers are written in, from the largest of them. */
export function scaleOf(values: readonly (number | null)[], style: NumberStyle): Scale {
  const size = Math.max(0, ...values.map((v) => Math.abs(v ?? 0)));
  const da = style.language === 'da';
  const unit = unitName(style.unit, style.language);
  const kr = da && style.unit === 'kr';
  const of = (divisor: number, name: string): Scale => ({ divisor, decimals: size / divisor >= 99.95 ? 0 : 1, name: name.trim() });
  if (isMoney(style.unit) && size >= 10_000_000) return of(1e6, da ? `mio. ${unit}` : `${unit} million`);
  if (isMoney(style.unit) && size >= 10_000) return of(1e3, kr ? 't.kr.' : da ? `tusinde ${unit}` : `${unit} thousand`);
  if (size >= 1_000_000) return of(1e6, da ? `mio. ${unit}` : `million ${unit}`);
  if (size >= 100) return { divisor: 1, decimals: style.decimals, name: '' };
  // Next to nothing is not nought: two figures of it are written.
  const small = size === 0 || size >= 1 ? 0 : Math.min(6, 1 - Math.floor(Math.log10(size)));
  return { divisor: 1, decimals: Math.max(style.decimals, small), name: '' };
}

/** A number of a chart in its scale, without unit. */
export function written(value: number, scale: Scale, style: NumberStyle): string {
  return formatNumber(value / scale.divisor, scale.decimals, style.language);
}

/** What a number in a scale is written with where no subtitle names it: ` mio.`; empty where it is not scaled. */
export function scaleWord(scale: Scale, style: NumberStyle): string {
  const unit = unitName(style.unit, style.language);
  const word = unit === '' || isMoney(style.unit) ? scale.name : scale.name.replace(unit, '').trim();
  return word === '' ? '' : `${NBSP}${word}`;
}

/** A tick of an axis whose ticks are `step` apart: as many decimals as tell it from the next, none that are needless. */
export function tick(value: number, scale: Scale, style: NumberStyle, step = 0): string {
  // Ticks are sums of steps: 0.9 may come as 0.8999999999999999.
  const whole = (x: number): boolean => x === 0 || (Math.round(x) !== 0 && Math.abs(x - Math.round(x)) < 1e-6 * Math.max(1, Math.abs(x)));
  const apart = step === 0 ? value / scale.divisor : step / scale.divisor;
  let decimals = 0;
  while (decimals < 8 && !whole(apart * 10 ** decimals)) decimals += 1;
  return formatNumber(value / scale.divisor, decimals, style.language);
}
