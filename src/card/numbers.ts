import type { Language, UnitOfMeasure } from '../pack/model.ts';

/** A no-break space, so that number and unit stay together. */
export const NBSP = '\u00a0';
const LOCALES: Record<Language, string> = { da: 'da-DK', en: 'en-GB' };

const formats = new Map<string, Intl.NumberFormat>();
function plain(value: number, language: Language, decimals: number): string {
  const key = `${language}${decimals}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(LOCALES[language], { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    formats.set(key, format);
  }
  const rounded = roundedTo(value, decimals);
  const shown = Number.isNaN(rounded) ? value : rounded;
  return format.format(Object.is(shown, -0) ? 0 : shown).replace('-', '\u2212');
}

const CURRENCIES: Record<string, Record<Language, string>> = { kr: { da: 'kr.', en: 'DKK' }, GBP: { da: '£', en: '£' }, EUR: { da: 'euro', en: 'EUR' } };
const NAMES: Record<string, Record<Language, readonly [one: string, many: string]>> = {
  hours: { da: ['time', 'timer'], en: ['hour', 'hours'] },
  days: { da: ['dag', 'dage'], en: ['day', 'days'] },
  persons: { da: ['person', 'personer'], en: ['person', 'people'] },
  count: { da: ['', ''], en: ['', ''] },
  'whole-year persons': { da: ['helårsperson', 'helårspersoner'], en: ['whole-year person', 'whole-year persons'] },
  percent: { da: ['pct.', 'pct.'], en: ['%', '%'] },
};
const PER: Record<Language, string> = { da: 'pr.', en: 'per' };
/** One of a unit: `time`, `whole-year person`. */
export const oneOf = (unit: string, language: Language): string => (NAMES[unit] ?? NAMES[`${unit}s`])?.[language][0] || unit;

/** True for units of money (`kr`, `GBP`). */
export function isMoney(unit: UnitOfMeasure): boolean {
  return unit in CURRENCIES;
}

/** The unit's name for a heading or axis: `kr.`, `hours`, `kr. pr. time`. */
export function unitName(unit: UnitOfMeasure, language: Language): string {
  const [over, under] = unit.split(' per ') as [string, string | undefined];
  const name = CURRENCIES[over]?.[language] ?? NAMES[over]?.[language][1] ?? over;
  if (under === undefined) return name;
  return `${name} ${PER[language]} ${oneOf(under, language)}`.trim();
}

/** How a figure is written: in ones, thousands or millions (`power` of ten), with so many decimals. */
export interface Precision { readonly power: 0 | 3 | 6; readonly digits: number }

/**
 * How a figure alone is written. Money is in the scale its size asks for (domain: t.kr. from 10,000, mio. kr. from a
 * million); a price in full as long as it can be taken in. `decimals` holds for what is not scaled.
 */
export function precisionOf(value: number, unit: UnitOfMeasure, decimals: number): Precision {
  const [over, under] = unit.split(' per ') as [string, string | undefined];
  const size = Math.abs(value);
  if (!isMoney(over) || size < (under === undefined ? 10_000 : 99_950)) return { power: 0, digits: decimals };
  if (size >= 999_500) return { power: 6, digits: size >= 99_500_000 ? 0 : size >= 9_950_000 ? 1 : 2 };
  return { power: 3, digits: 0 };
}

/** Half away from zero, as the figure is read. */
const roundedTo = (value: number, decimals: number): number => (Math.abs(value) < 1e-6 ? 0 : Math.sign(value) * Number(`${Math.round(Number(`${Math.abs(value)}e${decimals}`))}e${-decimals}`));

/** The value a reader takes from a figure written with a precision: 10,197 written as 10.2 thousand is 10,200. */
export function asRead(value: number, { power, digits }: Precision): number {
  const read = roundedTo(value, digits - power);
  return Number.isNaN(read) ? value : Object.is(read, -0) ? 0 : read;
}

/**
 * A figure in words: `3,42 mio. kr.`, `1.234 timer`, `4,0 pct.`; English `DKK 3.42 million`, `4.0%`. What is shown
 * beside others is given the precision they share.
 */
export function formatValue(value: number, unit: UnitOfMeasure, decimals: number, language: Language, precision: Precision | null = null): string {
  const { power, digits } = precision ?? precisionOf(value, unit, decimals);
  const [over, under] = unit.split(' per ') as [string, string | undefined];
  const per = under === undefined ? '' : ` ${PER[language]} ${oneOf(under, language)}`;
  const text = plain(asRead(value, { power, digits }) / 10 ** power, language, digits);
  if (isMoney(over)) {
    const currency = CURRENCIES[over]?.[language] ?? over;
    if (language === 'da') {
      const scaled = power === 0 ? currency : power === 6 ? `mio. ${currency}` : over === 'kr' ? 't.kr.' : `t. ${currency}`;
      return `${text}${NBSP}${scaled}${per}`;
    }
    const scale = power === 0 ? '' : `${NBSP}${power === 6 ? 'million' : 'thousand'}`;
    if (currency !== '£') return `${currency}${NBSP}${text}${scale}${per}`;
    return `${text.startsWith('\u2212') ? '\u2212' : ''}£${text.replace('\u2212', '')}${scale}${per}`;
  }
  if (over === 'percent') return language === 'da' ? `${text}${NBSP}pct.` : `${text}%`;
  const names = NAMES[over]?.[language];
  const name = names === undefined ? over : text === '1' ? names[0] : names[1];
  return name === '' ? `${text}${per}` : `${text}${NBSP}${name}${per}`;
}

/** The bare number without its unit, for axes and table cells under a heading that names the unit. */
export function formatNumber(value: number, decimals: number, language: Language): string {
  return plain(value, language, decimals);
}

/** A deviation with its sign; percentages differ in percentage points: `+0,4 procentpoint`. */
export function formatDeviation(value: number, unit: UnitOfMeasure, decimals: number, language: Language, precision: Precision | null = null): string {
  const used = precision ?? precisionOf(value, unit, decimals);
  const sign = asRead(value, used) > 0 ? '+' : '';
  if (unit === 'percent') return `${sign}${plain(value, language, used.digits)}${NBSP}${language === 'da' ? 'procentpoint' : 'percentage points'}`;
  return `${sign}${formatValue(value, unit, decimals, language, used)}`;
}

/** A ratio as percent with one decimal, without sign unless asked: 0.043 -> `4,3 pct.`. */
export function formatPercent(ratio: number, language: Language, options: { sign?: boolean; decimals?: number } = {}): string {
  const text = formatValue(ratio * 100, 'percent', options.decimals ?? 1, language);
  return options.sign === true && ratio > 0 ? `+${text}` : text;
}
