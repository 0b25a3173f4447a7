import { lastClosed, periodOf, type IsoDate } from '../calendar/period.ts';
import { periodName } from '../card/periods.ts';
import type { Language, Pack } from '../pack/model.ts';
import type { Query } from '../query/query.ts';
import { asks } from './asks.ts';
import type { Choice } from './doubts.ts';
import { defaultComparisons, defaultPeriod } from './measures.ts';
import { piecesOf } from '../query/grain.ts';
import { levelWithin } from './naming.ts';
import { phrase } from './phrase.ts';

const MOST = 4;

/** What is likely asked next, each a complete question. */
export function nextChoices(context: { readonly today: IsoDate }, pack: Pack, query: Query, language: Language, closedThrough: (measures: readonly string[]) => IsoDate): Choice[] {
  const words = asks(language);
  const first = query.measures.find((id) => pack.measures.get(id)?.kind === 'ratio') ?? query.measures[0] ?? '';
  const name = pack.measures.get(first)?.name[language] ?? first;
  const choices: Choice[] = [];
  const phrased = (one: Query): string => phrase(pack, one, language, closedThrough(one.measures));
  const add = (label: string, next: Query): void => { choices.push({ label, ask: phrased(next), query: next }); };
  const closed = closedThrough(query.measures);
  const bare = { ...query, having: null, order: null, limit: null } as const;
  const running = periodOf('month', context.today);
  if (query.period.grain === 'month' && query.period.from === running.from && query.period.to > closed) add(periodName(lastClosed('month', closed), language, pack.yearStart), { ...query, period: lastClosed('month', closed) });
  if (query.comparisons.includes('plan') && query.by === null && query.level === null && query.units.length === 1 && pack.plans.has(query.measures[0] ?? '')) choices.push({ label: words.whyShort, ask: `${words.why} ${phrased({ ...bare, measures: query.measures.slice(0, 1) })}`, query: null });
  const grain = piecesOf(pack, [first]);
  if (query.by === null) add(words.asTrend, { ...bare, measures: [first], units: query.level === null ? query.units.slice(0, 1) : query.units, level: null, by: { grain }, period: defaultPeriod(pack, [first], closedThrough([first]), grain), comparisons: defaultComparisons(pack, [first]), comparedTo: null });
  const within = levelWithin(pack, query.units);
  const level = pack.organisation.levels.find((l) => l.id === within);
  // A figure of a part of it stays of that part.
  const part = query.by !== null && 'dimension' in query.by && query.by.values !== null ? query.by : null;
  if (query.level === null && level !== undefined) add(words.perUnit(level.name[language]), { ...bare, measures: [first], level: level.id, units: query.units.slice(0, 1), by: part, comparisons: defaultComparisons(pack, [first]), comparedTo: null });
  else if (!query.comparisons.includes('last-year')) add(words.vsLastYear, { ...query, comparisons: ['last-year'], comparedTo: null });
  choices.push({ label: words.meaning, ask: words.meaningOf(name), query: null });
  return choices.slice(0, MOST);
}
