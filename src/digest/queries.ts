import { periodOf, rolling, shiftMonths, yearToDate, type Period, type TimeGrain } from '../calendar/period.ts';
import type { Digest, Pack, Section } from '../pack/model.ts';
import { chartGrain } from '../query/grain.ts';
import type { Query } from '../query/query.ts';

/** The queries behind one digest, each for all units at once. */
export interface DigestQueries {
  /** By index of the section. */
  readonly sections: ReadonlyMap<number, Query>;
  /** The months of the table's measures, oldest first, for what stands out. */
  readonly history: Query | null;
}

const HISTORY_MONTHS = 37;
const FEWEST_PIECES = 5;
const MONTHS_IN: Readonly<Partial<Record<TimeGrain, number>>> = { quarter: 3, 'half-year': 6, year: 12 };

/** What a chart over time shows: whole pieces of the data's grain, and enough of them to see a development. */
function spanOf(pack: Pack, section: Extract<Section, { kind: 'chart' }>, period: Period): Period {
  const grain = chartGrain(pack, section.measures, period);
  const size = MONTHS_IN[grain];
  if (size === undefined) return rolling(period.to, section.months);
  const { from: to } = periodOf(grain, period.to, pack.yearStart);
  const { from } = periodOf(grain, shiftMonths(to, -Math.max(section.months, FEWEST_PIECES * size)), pack.yearStart);
  return { from, to, grain: 'rolling' };
}

/**
 * What a digest asks for a period: one query per section over every unit of the organisation, so that all
 * recipients' pages come from the same run.
 */
export function queriesOf(pack: Pack, digest: Digest, period: Period): DigestQueries {
  const units = [...pack.organisation.units.keys()];
  const query = (measures: readonly string[], over: Period, rest: Partial<Query>): Query => ({
    pack: pack.id, measures: [...new Set(measures)], units, level: null, period: over, comparisons: [], comparedTo: null, by: null, having: null, order: null, limit: null, ...rest,
  });
  const of = (section: Section): Query | null => {
    switch (section.kind) {
      case 'headline': return query([section.money, section.output, section.price], period, { comparisons: ['plan', 'last-year'] });
      case 'table': return query(section.measures, section.period === 'digest' ? period : yearToDate(period.to, pack.yearStart), { comparisons: ['plan', 'last-year'] });
      case 'chart': return section.chart === 'variance'
        ? query(section.measures, period, { comparisons: ['plan'] })
        : query(section.measures, spanOf(pack, section, period), { comparisons: section.chart === 'trend' ? ['plan', 'last-year'] : ['plan'], by: { grain: chartGrain(pack, section.measures, period) } });
      case 'ranking': return query([section.measure], period, { level: section.level, units: [pack.organisation.root], comparisons: ['plan', 'last-year'] });
      case 'text': return null;
    }
  };
  const sections = new Map<number, Query>();
  digest.sections.forEach((section, i) => {
    const made = of(section);
    if (made !== null) sections.set(i, made);
  });
  const tables = digest.sections.flatMap((section) => (section.kind === 'table' && section.period === 'digest' ? section.measures : []));
  const watched = [...new Set(tables)].filter((id) => pack.measures.get(id)?.kind !== 'forecast');
  return { sections, history: watched.length === 0 || period.grain !== 'month' ? null : query(watched, rolling(period.to, HISTORY_MONTHS), { by: { grain: 'month' } }) };
}
