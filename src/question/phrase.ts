import { isoWeek, lastClosed, shiftDays, yearToDate, type IsoDate, type Period } from '../calendar/period.ts';
import { periodName } from '../card/periods.ts';
import type { Language, Pack } from '../pack/model.ts';
import type { Having, Query } from '../query/query.ts';
import { asks } from './asks.ts';

const MONTHS: Record<Language, readonly string[]> = {
  da: ['januar', 'februar', 'marts', 'april', 'maj', 'juni', 'juli', 'august', 'september', 'oktober', 'november', 'december'],
  en: ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'],
};
const monthOf = (day: IsoDate, language: Language): string => `${MONTHS[language][Number(day.slice(5, 7)) - 1] ?? ''} ${day.slice(0, 4)}`;

/** A period as one would type it, so that it reads back to the same days. */
function periodPhrase(period: Period, language: Language, yearStart: number, closed: IsoDate): string {
  const last = shiftDays(period.to, -1);
  const to = language === 'da' ? 'til' : 'to';
  switch (period.grain) {
    case 'day': return period.from;
    case 'week': {
      const { year, week } = isoWeek(period.from);
      return `${language === 'da' ? 'uge' : 'week'} ${week} ${year}`;
    }
    case 'month': return monthOf(period.from, language);
    case 'quarter': case 'half-year': case 'year': return periodName(period, language, yearStart);
    case 'year-to-date': case 'rolling': {
      if (period.grain === 'year-to-date' && yearToDate(lastClosed('month', closed).to, yearStart).to === period.to) return language === 'da' ? 'år til dato' : 'year to date';
      if (period.from.endsWith('-01') && period.to.endsWith('-01')) return period.from.slice(0, 7) === last.slice(0, 7) ? monthOf(period.from, language) : `${monthOf(period.from, language)} ${to} ${monthOf(last, language)}`;
      return `${period.from} ${to} ${last}`;
    }
  }
}

/** A filter in words that read back to it. */
export function havingPhrase(pack: Pack, having: Having, language: Language): string {
  const words = asks(language);
  // With its thousands apart, 2.000 is no year.
  const amount = `${new Intl.NumberFormat(language === 'da' ? 'da-DK' : 'en-GB', { maximumFractionDigits: 6, useGrouping: 'always' }).format(having.limit)}${having.relative || pack.measures.get(having.measure)?.unit === 'percent' ? ' %' : ''}`;
  const above = having.side !== 'below';
  if (having.against === 'average') return words.overAverage(above);
  if (having.against === null) return above ? words.moreThan(amount) : words.lessThan(amount);
  if (having.limit === 0 && having.side !== 'either') return having.against === 'plan' ? words.overPlan(above) : `${above ? words.moreThan('0 %') : words.lessThan('0 %')} ${words.change(true)}`;
  if (having.side === 'either') return `${words.moreThan(amount)} ${words.apart}`;
  return `${words.moreThan(amount)} ${words.overPlan(above)}`;
}

/** A query as a short question that reads back to the same query. */
export function phrase(pack: Pack, query: Query, language: Language, closed: IsoDate): string {
  const words = asks(language);
  const measures = query.measures.map((id) => pack.measures.get(id)?.name[language] ?? id);
  const and = ` ${words.and} `;
  const units = query.level !== null && query.units.length === 1 && query.units[0] === pack.organisation.root ? [] : query.units.map((id) => pack.organisation.units.get(id)?.name[language] ?? id);
  const level = query.level === null ? '' : words.per(pack.organisation.levels.find((l) => l.id === query.level)?.name[language] ?? query.level);
  const by = query.by === null ? '' : 'grain' in query.by ? words.per(words.grains[query.by.grain]) : query.by.values === null ? words.per(dimensionName(pack, query.by.dimension, language)) : query.by.values.map((value) => valueName(pack, value, language)).join(and);
  // A part of a year is held against all of another only where that is said.
  const whole = (text: string): string => (query.comparedTo?.grain === 'year' && query.period.grain !== 'year' ? words.wholeOf(text) : text);
  // Highest and lowest come along with the average, and are not typed.
  const compared = query.comparisons.filter((comparison) => comparison !== 'highest' && comparison !== 'lowest').map((comparison) => (comparison === 'period' ? (query.comparedTo === null ? '' : `${words.against} ${whole(periodPhrase(query.comparedTo, language, pack.yearStart, closed))}`) : words.typed[comparison]));
  const order = query.order === null || query.having !== null ? '' : query.order.against === 'plan' ? words.deviation(query.order.descending) : query.order.against !== null ? words.change(query.order.descending) : query.limit !== null ? '' : query.order.descending ? words.highest : words.lowest;
  const limit = query.limit === null ? '' : query.order?.descending === false && query.order.against === null ? words.last(query.limit) : words.first(query.limit);
  const having = query.having === null ? '' : havingPhrase(pack, query.having, language);
  return [measures.join(and), units.join(and), level, by, periodPhrase(query.period, language, pack.yearStart, closed), ...compared, order, limit, having].filter((part) => part !== '').join(' ');
}

/** A dimension's name; its id when the pack does not have it. */
export function dimensionName(pack: Pack, id: string, language: Language): string {
  for (const source of pack.sources.values()) for (const dimension of source.dimensions) if (dimension.id === id) return dimension.name[language];
  return id;
}

/** The plain name of a dimension's value; the value itself when it has none. */
export function valueName(pack: Pack, value: string, language: Language): string {
  for (const source of pack.sources.values()) for (const dimension of source.dimensions) { const name = dimension.values[value]; if (name !== undefined) return name[language]; }
  return value;
}
