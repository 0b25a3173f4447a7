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
  const rounded = Number(`${Math.round(Number(`${value}e${decimals}`))}e${-decimals}`);
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

/** How finely an amount of money is written in words: 33,452 is written as 33 thousand, so in steps of 1,000. */
export function stepOf(value: number): number {
  const size = Math.abs(value);
  if (size >= 999_500) return size >= 99_500_000 ? 1e6 : size >= 9_950_000 ? 1e5 : 1e4;
  return size >= 10_000 ? 1e3 : 1;
}

/** Money is written in the scale its size asks for (domain: t.kr. from 10,000, mio. kr. from a million). */
function scaled(value: number, unit: UnitOfMeasure, language: Language, decimals: number): { text: string; unit: string } {
  const size = Math.abs(value);
  const currency = CURRENCIES[unit]?.[language] ?? unit;
  if (size >= 999_500) {
    const digits = size >= 99_500_000 ? 0 : size >= 9_950_000 ? 1 : 2;
    return { text: plain(value / 1e6, language, digits), unit: language === 'da' ? `mio. ${currency}` : `${currency} million` };
  }
  if (size >= 10_000) return { text: plain(value / 1e3, language, 0), unit: language === 'da' ? (unit === 'kr' ? 't.kr.' : `t. ${currency}`) : `${currency} thousand` };
  return { text: plain(value, language, decimals), unit: currency };
}

/**
 * A figure in words: `3,42 mio. kr.`, `1.234 timer`, `4,0 pct.`; English `DKK 3.42 million`, `4.0%`.
 * `decimals` holds for what is not scaled.
 */
export function formatValue(value: number, unit: UnitOfMeasure, decimals: number, language: Language): string {
  const [over, under] = unit.split(' per ') as [string, string | undefined];
  const per = under === undefined ? '' : ` ${PER[language]} ${oneOf(under, language)}`;
  if (isMoney(over)) {
    // A price is written in full as long as it can be taken in.
    const { text, unit: name } = under === undefined || Math.abs(value) >= 99_950 ? scaled(value, over, language, decimals) : { text: plain(value, language, decimals), unit: CURRENCIES[over]?.[language] ?? over };
    if (language === 'da') return `${text}${NBSP}${name}${per}`;
    const [currency, ...scale] = name.split(' ');
    const glued = currency === '£' ? `£${text.replace('\u2212', '')}` : `${currency}${NBSP}${text}`;
    const signed = currency === '£' && text.startsWith('\u2212') ? `\u2212${glued}` : glued;
    return `${signed}${scale.length > 0 ? `${NBSP}${scale.join(' ')}` : ''}${per}`;
  }
  const text = plain(value, language, decimals);
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
export function formatDeviation(value: number, unit: UnitOfMeasure, decimals: number, language: Language): string {
  const sign = value > 0 ? '+' : '';
  if (unit === 'percent') return `${sign}${plain(value, language, decimals)}${NBSP}${language === 'da' ? 'procentpoint' : 'percentage points'}`;
  return `${sign}${formatValue(value, unit, decimals, language)}`;
}

/** A ratio as percent with one decimal, without sign unless asked: 0.043 -> `4,3 pct.`. */
export function formatPercent(ratio: number, language: Language, options: { sign?: boolean; decimals?: number } = {}): string {
  const text = formatValue(ratio * 100, 'percent', options.decimals ?? 1, language);
  return options.sign === true && ratio > 0 ? `+${text}` : text;
}
