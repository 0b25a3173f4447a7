import { lastClosed, periodOf, rolling, shiftDays, shiftMonths, yearToDate, type IsoDate, type Period, type TimeGrain } from '../calendar/period.ts';
import { isMoney } from '../card/numbers.ts';
import type { Measure, Pack } from '../pack/model.ts';
import { coarser, piecesOf } from '../query/grain.ts';
import type { Comparison } from '../query/query.ts';

const TREND_MONTHS = 13;
const WEEKS = 13;
const YEARS = 3;
const YEARLY = 5;
const TREND_QUARTERS = 9;

/** The measure whose plan a measure is: the spend of a budget. */
export const plannedBy = (pack: Pack, id: string): string | undefined => [...pack.plans.values()].find((plan) => plan.kind !== 'target' && plan.by === id)?.measure;
/** The ratio of two measures, where the pack has one. */
export const ratioOf = (pack: Pack, over: string, under: string): Measure | undefined => [...pack.measures.values()].find((m) => m.kind === 'ratio' && m.numerator === over && m.denominator === under);
const moneyRatio = (pack: Pack, id: string): Measure | undefined => [...pack.measures.values()].find((m) => m.kind === 'ratio' && m.numerator === id && m.unit.includes(' per '));

/**
 * The measures a question is about. The plan of another measure brings that one along (a budget is read beside the
 * spend). Money with output becomes the coupling: money, its plan, the output, and what one costs, when the pack
 * has that ratio.
 */
export function resolveMeasures(pack: Pack, said: readonly string[]): { measures: readonly string[]; withPlan: boolean } {
  const money = (id: string): string | undefined => [id, plannedBy(pack, id)].find((one): one is string => one !== undefined && moneyRatio(pack, one) !== undefined);
  for (const a of said) for (const b of said) {
    const over = money(a);
    const ratio = over === undefined || a === b ? undefined : [...pack.measures.values()].find((m) => m.kind === 'ratio' && m.numerator === over && m.denominator === b && m.unit.includes(' per '));
    if (over === undefined || ratio === undefined) continue;
    const plan = pack.plans.get(over);
    return { measures: [...new Set([over, ...(plan?.kind === 'measure' ? [plan.by] : []), b, ratio.id, ...said.filter((id) => id !== a && id !== b)])], withPlan: true };
  }
  // A budget alone is read beside the spend it is the budget of; allocated hours are a figure of their own.
  const beside = (id: string): string | undefined => (isMoney(pack.measures.get(id)?.unit ?? '') ? plannedBy(pack, id) : undefined);
  const plan = said.find((id) => beside(id) !== undefined && (said.length === 1 || said.includes(beside(id) ?? '')));
  if (plan === undefined) return { measures: said, withPlan: false };
  return { measures: [...new Set([beside(plan) ?? plan, plan, ...said])], withPlan: true };
}

/** What is dear or cheap is a price: the one of what was said ("cheapest per hour"), or the pack's only one. Nothing when that is not clear. */
export function pricedBy(pack: Pack, said: readonly string[]): readonly string[] {
  if (said.some((id) => pack.measures.get(id)?.unit.includes(' per ') === true || isMoney(pack.measures.get(id)?.unit ?? ''))) return said;
  const prices = pricesOf(pack, said);
  return prices.length === 1 && prices[0] !== undefined ? [prices[0].id] : [];
}

/** The prices of a pack: money per one of something; of what was said, when something was. */
export function pricesOf(pack: Pack, said: readonly string[]): Measure[] {
  return [...pack.measures.values()].filter((m) => m.kind === 'ratio' && m.unit.includes(' per ') && isMoney(pack.measures.get(m.numerator)?.unit ?? '') && (said.length === 0 || said.includes(m.denominator)));
}

/** The money "we have spent": the pack's only money that is forecast, or with a budget, or else its only one that is divided by output. Null when that is not clear. */
export function spendOf(pack: Pack): string | null {
  const flows = [...pack.measures.values()].filter((m) => m.kind === 'flow' && isMoney(m.unit) && plannedBy(pack, m.id) === undefined);
  const forecast = new Set([...pack.measures.values()].map((m) => (m.kind === 'forecast' ? m.of : '')));
  for (const sort of [flows.filter((m) => forecast.has(m.id)), flows.filter((m) => pack.plans.has(m.id)), flows.filter((m) => moneyRatio(pack, m.id) !== undefined), flows]) if (sort.length === 1) return sort[0]?.id ?? null;
  return null;
}

/** The pack's only forecast; null when it has none or several. */
export function outlookOf(pack: Pack): string | null {
  const forecasts = [...pack.measures.values()].filter((m) => m.kind === 'forecast');
  return forecasts.length === 1 ? forecasts[0]?.id ?? null : null;
}

/** Whether a measure has a plan or target to be held against, its own or its parts'. */
export function hasPlan(pack: Pack, id: string): boolean {
  const measure = pack.measures.get(id);
  return pack.plans.has(id) || measure?.kind === 'forecast' || (measure?.kind === 'ratio' && pack.plans.has(measure.numerator) && pack.plans.has(measure.denominator));
}

/** Against plan where there is one, else against last year. */
export function defaultComparisons(pack: Pack, measures: readonly string[]): Comparison[] {
  return measures.some((id) => hasPlan(pack, id)) ? ['plan'] : ['last-year'];
}

/**
 * The day up to which some measures can be told together. A budget is known ahead of time, and is read beside what it is
 * the budget of: it is closed as that is, and never after today.
 */
export function closedTogether(pack: Pack, measures: readonly string[], today: IsoDate, closedThrough: (measures: readonly string[]) => IsoDate): IsoDate {
  const known = measures.length > 0 ? measures : [...pack.measures.keys()].slice(0, 1);
  const all = closedThrough([...new Set([...known, ...known.flatMap((id) => plannedBy(pack, id) ?? [])])]);
  const closed = all < today ? all : today;
  const grain = piecesOf(pack, known);
  // Of a quarter or year now running nothing is closed, though its row may be there.
  return grain === 'month' || periodOf(grain, closed, pack.yearStart).from === closed ? closed : lastClosed(grain, closed, pack.yearStart).to;
}

/** Without a period: the year to date for economy, the last closed month for all else; for rows over time, enough of them to see a development. */
export function defaultPeriod(pack: Pack, measures: readonly string[], closed: IsoDate, overTime: TimeGrain | null, trend = false): Period {
  const month = lastClosed('month', closed);
  const grain = piecesOf(pack, measures);
  const newest = lastClosed(grain, closed, pack.yearStart);
  if (overTime === 'week') return { from: shiftDays(periodOf('week', closed).from, -7 * WEEKS), to: periodOf('week', closed).from, grain: 'rolling' };
  if (overTime === 'day') return month;
  const over = overTime !== null && coarser(grain, overTime) ? grain : overTime;
  if (over === 'year' || over === 'half-year') {
    const year = yearToDate(newest.to, pack.yearStart);
    // A series by the year of data that come by the year needs more of them than three to be one.
    return { from: shiftMonths(year.from, -12 * ((grain === 'year' ? YEARLY : YEARS) - 1)), to: year.to, grain: 'rolling' };
  }
  if (over === 'quarter') return rolling(lastClosed('quarter', closed, pack.yearStart).to, grain === 'quarter' && trend ? TREND_QUARTERS * 3 : 15);
  const kinds = measures.map((id) => pack.measures.get(id)).filter((m): m is Measure => m !== undefined);
  const year = kinds.some((m) => m.kind === 'forecast' || m.defaultPeriod === 'year-to-date') ? yearToDate(newest.to, pack.yearStart) : null;
  // Money month by month is the year's, once it has two of them; a development is longer.
  if (over !== null) return year !== null && !trend && year.from < month.from ? year : rolling(month.to, TREND_MONTHS);
  return year === null || grain === 'year' ? newest : year;
}
