import { lastClosed, rolling, yearToDate, type IsoDate, type Period, type TimeGrain } from '../calendar/period.ts';
import { isMoney } from '../card/numbers.ts';
import type { Measure, Pack } from '../pack/model.ts';
import type { Comparison } from '../query/query.ts';

const TREND_MONTHS = 13;

/**
 * The measures a question is about. The plan of another measure brings that one along (a budget is read beside the
 * spend). Money with output becomes the coupling: money, its plan, the output, and what one costs, when the pack
 * has that ratio.
 */
export function resolveMeasures(pack: Pack, said: readonly string[]): { measures: readonly string[]; withPlan: boolean } {
  const plannedBy = (id: string): string | undefined => [...pack.plans.values()].find((plan) => plan.kind !== 'target' && plan.by === id)?.measure;
  const money = (id: string): string | undefined => [id, plannedBy(id)].find((one): one is string => one !== undefined && ratioOver(pack, one) !== undefined);
  for (const a of said) for (const b of said) {
    const over = money(a);
    const ratio = over === undefined || a === b ? undefined : [...pack.measures.values()].find((m) => m.kind === 'ratio' && m.numerator === over && m.denominator === b && m.unit.includes(' per '));
    if (over === undefined || ratio === undefined) continue;
    const plan = pack.plans.get(over);
    return { measures: [...new Set([over, ...(plan?.kind === 'measure' ? [plan.by] : []), b, ratio.id, ...said.filter((id) => id !== a && id !== b)])], withPlan: true };
  }
  // A budget alone is read beside the spend it is the budget of; allocated hours are a figure of their own.
  const beside = (id: string): string | undefined => (isMoney(pack.measures.get(id)?.unit ?? '') ? plannedBy(id) : undefined);
  const plan = said.find((id) => beside(id) !== undefined && (said.length === 1 || said.includes(beside(id) ?? '')));
  if (plan === undefined) return { measures: said, withPlan: false };
  return { measures: [...new Set([beside(plan) ?? plan, plan, ...said])], withPlan: true };
}

/** What is dear or cheap is a price: the one of what was said ("cheapest per hour"), or the pack's only one. Nothing when that is not clear. */
export function pricedBy(pack: Pack, said: readonly string[]): readonly string[] {
  if (said.some((id) => pack.measures.get(id)?.unit.includes(' per ') === true || isMoney(pack.measures.get(id)?.unit ?? ''))) return said;
  const prices = [...pack.measures.values()].filter((m) => m.kind === 'ratio' && m.unit.includes(' per ') && isMoney(pack.measures.get(m.numerator)?.unit ?? '') && (said.length === 0 || said.includes(m.denominator)));
  return prices.length === 1 && prices[0] !== undefined ? [prices[0].id] : [];
}

const ratioOver = (pack: Pack, id: string): Measure | undefined => [...pack.measures.values()].find((m) => m.kind === 'ratio' && m.numerator === id && m.unit.includes(' per '));

/** Against plan where there is one, else against last year. */
export function defaultComparisons(pack: Pack, measures: readonly string[]): Comparison[] {
  const planned = measures.some((id) => {
    const measure = pack.measures.get(id);
    return pack.plans.has(id) || measure?.kind === 'forecast' || (measure?.kind === 'ratio' && pack.plans.has(measure.numerator) && pack.plans.has(measure.denominator));
  });
  return planned ? ['plan'] : ['last-year'];
}

/** Without a period: the year to date for economy, the last closed month for all else, the last thirteen months for a development. */
export function defaultPeriod(pack: Pack, measures: readonly string[], closed: IsoDate, overTime: boolean): Period {
  const month = lastClosed('month', closed);
  if (overTime) return rolling(month.to, TREND_MONTHS);
  const kinds = measures.map((id) => pack.measures.get(id)).filter((m): m is Measure => m !== undefined);
  if (kinds.some((m) => m.kind === 'forecast' || m.defaultPeriod === 'year-to-date')) return yearToDate(month.to, pack.yearStart);
  const coarse = kinds.map((m) => ('source' in m ? pack.sources.get(m.source)?.grain : m.kind === 'ratio' ? sourceGrain(pack, m.numerator) : undefined)).find((g) => g === 'quarter' || g === 'year');
  return coarse === undefined ? month : lastClosed(coarse, closed, pack.yearStart);
}

function sourceGrain(pack: Pack, id: string): TimeGrain | undefined {
  const measure = pack.measures.get(id);
  return measure !== undefined && 'source' in measure ? pack.sources.get(measure.source)?.grain : undefined;
}
