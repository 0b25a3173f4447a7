import type { NumberStyle } from '../../chart/spec.ts';
import { formatNumber, isMoney, unitName } from '../../card/numbers.ts';

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
  if (isMoney(style.unit) && size >= 10_000_000) return { divisor: 1e6, decimals: size >= 100_000_000 ? 0 : 1, name: da ? `mio. ${unit}` : `${unit} million` };
  if (isMoney(style.unit) && size >= 10_000) return { divisor: 1e3, decimals: 0, name: kr ? 't.kr.' : da ? `tusinde ${unit}` : `${unit} thousand` };
  if (size >= 1_000_000) return { divisor: 1e6, decimals: 1, name: da ? `mio. ${unit}` : `million ${unit}` };
  const decimals = style.unit === 'percent' ? Math.min(style.decimals, 1) : size >= 100 ? 0 : size >= 10 ? Math.min(style.decimals, 1) : Math.max(style.decimals, size > 0 && size < 2 ? 1 : 0);
  return { divisor: 1, decimals, name: '' };
}

/** A number of a chart in its scale, without unit. */
export function written(value: number, scale: Scale, style: NumberStyle): string {
  return formatNumber(value / scale.divisor, scale.decimals, style.language);
}

/** A tick of an axis: round numbers carry no needless decimals. */
export function tick(value: number, scale: Scale, style: NumberStyle): string {
  const shown = value / scale.divisor;
  // Ticks are sums of steps: 0.9 may come as 0.8999999999999999.
  const round = (x: number): boolean => Math.abs(x - Math.round(x)) < 1e-6;
  const decimals = round(shown) ? 0 : round(shown * 10) ? 1 : 2;
  return formatNumber(shown, decimals, style.language);
}
