import { periodOf, pieces, sameLastYear, samePeriod, type IsoDate, type Period, type TimeGrain } from '../calendar/period.ts';
import { atLevel, subtree } from '../pack/organisation.ts';
import type { Pack } from '../pack/model.ts';
import type { Comparison, Having, Query } from '../query/query.ts';
import { defaultComparisons, defaultPeriod, hasPlan, outlookOf, plannedBy, pricedBy, ratioOf, resolveMeasures, spendOf } from './measures.ts';
import { coarser, piecesOf, sourceGrain } from '../query/grain.ts';
import { levelBelow } from './naming.ts';
import type { Said } from './said.ts';
import { samePart } from './times.ts';
import { isMoney } from '../card/numbers.ts';

/** What a question is completed with. */
export interface Ground {
  readonly pack: Pack;
  /** The asker's own units. */
  readonly own: readonly string[];
  /** The question before, when this one changes it; null: it stands alone. */
  readonly previous: Query | null;
  /** The day up to which some measures are complete. */
  readonly closed: (measures: readonly string[]) => IsoDate;
  readonly today: IsoDate;
}

/** Why a complete reading can't be answered as if it were sure. */
export type Doubt =
  | { readonly kind: 'no-measure' }
  | { readonly kind: 'no-ratio'; readonly measures: readonly string[] }
  | { readonly kind: 'restricted'; readonly measures: readonly string[] }
  | { readonly kind: 'loose' }
  | { readonly kind: 'direction' }
  | { readonly kind: 'which-order'; readonly unit: string }
  | { readonly kind: 'grain'; readonly measure: string; readonly grain: TimeGrain }
  | { readonly kind: 'average' }
  | { readonly kind: 'share' }
  | { readonly kind: 'unit'; readonly level: string }
  | { readonly kind: 'future' }
  | { readonly kind: 'whole-except' }
  | { readonly kind: 'over-time' }
  | { readonly kind: 'threshold' }
  | { readonly kind: 'part-of-year' }
  | { readonly kind: 'two-ways'; readonly other: NonNullable<Query['by']> };

/** The measures of a question: those said, or what its manner stands for ("hvad koster en time", "hvor meget har vi brugt"), or those of the question before. */
function measuresOf(said: Said, ground: Ground): { measures: readonly string[]; withPlan: boolean; doubt: Doubt | null; kept: boolean } {
  const { pack, previous } = ground;
  const one = (id: string | null, doubt: Doubt = { kind: 'no-measure' }): ReturnType<typeof measuresOf> => ({ measures: id === null ? [] : [id], withPlan: false, doubt: id === null ? doubt : null, kept: false });
  const [numerator = '', denominator = ''] = said.measures;
  // "Vikarudgift som andel af løn" is a ratio, when the pack has it.
  const partOf = said.measures.length === 2 && said.comparisons.includes('share') ? ratioOf(pack, numerator, denominator) ?? ratioOf(pack, denominator, numerator) : undefined;
  if (partOf !== undefined) { said.comparisons = said.comparisons.filter((one) => one !== 'share'); return one(partOf.id); }
  if (said.divided !== null) {
    const [over, under] = said.divided;
    const ratio = ratioOf(pack, over, under) ?? ratioOf(pack, plannedBy(pack, over) ?? '', under);
    if (ratio === undefined) return { measures: [over, under], withPlan: false, doubt: { kind: 'no-ratio', measures: [over, under] }, kept: false };
    if (ratioOf(pack, over, under) !== undefined) return one(ratio.id);
    return { ...resolveMeasures(pack, [over, under]), doubt: null, kept: false };
  }
  if (said.restricted !== null) {
    const [whole, part] = said.restricted;
    const share = ratioOf(pack, part, whole);
    if (share !== undefined) return one(share.id);
    const ratio = pack.measures.get(part);
    // "Budgettet for timeprisen" is what an hour was budgeted to cost.
    if (plannedBy(pack, whole) !== undefined && ratio?.kind === 'ratio' && hasPlan(pack, part)) return one(part);
    if (!resolveMeasures(pack, [whole, part]).withPlan || plannedBy(pack, whole) !== undefined) return { measures: [whole, part], withPlan: false, doubt: { kind: 'restricted', measures: [whole, part] }, kept: false };
  }
  if (said.priceOf && said.measures.every((id) => isMoney(pack.measures.get(id)?.unit ?? ''))) return { measures: said.measures, withPlan: false, doubt: { kind: 'no-ratio', measures: said.measures }, kept: false };
  if (said.priceOf) {
    const under = said.measures.find((id) => !isMoney(pack.measures.get(id)?.unit ?? '') && pack.measures.get(id)?.kind !== 'ratio');
    if (under !== undefined) {
      const prices = [...pack.measures.values()].filter((m) => m.kind === 'ratio' && m.denominator === under && isMoney(pack.measures.get(m.numerator)?.unit ?? ''));
      return prices.length === 1 ? one(prices[0]?.id ?? null) : { measures: said.measures, withPlan: false, doubt: { kind: 'no-ratio', measures: said.measures }, kept: false };
    }
  }
  if (said.outlook) {
    const outlook = outlookOf(pack);
    const forecast = outlook === null ? undefined : pack.measures.get(outlook);
    const fits = forecast?.kind === 'forecast' && said.measures.every((id) => id === outlook || id === forecast.of || id === forecast.plan);
    return fits ? one(outlook) : { measures: said.measures, withPlan: false, doubt: { kind: 'future' }, kept: false };
  }
  if (said.measures.length > 0) {
    if (said.rank?.price === true) {
      const priced = pricedBy(pack, said.measures);
      return priced.length > 0 ? { measures: priced, withPlan: false, doubt: null, kept: false } : { measures: said.measures, withPlan: false, doubt: { kind: 'direction' }, kept: false };
    }
    const resolved = resolveMeasures(pack, said.measures);
    if (resolved.withPlan || said.measures.length < 2) return { ...resolved, doubt: null, kept: false };
    // "Sygefravær mod budget": what it is held against is its own plan.
    const plans = said.measures.filter((id) => plannedBy(pack, id) !== undefined && isMoney(pack.measures.get(id)?.unit ?? ''));
    const others = said.measures.filter((id) => !plans.includes(id));
    if (plans.length > 0 && said.comparisons.includes('plan') && others.length > 0 && others.every((id) => hasPlan(pack, id))) return { measures: others, withPlan: false, doubt: null, kept: false };
    return { ...resolved, doubt: null, kept: false };
  }
  if ((said.rank?.price === true || said.priced) && previous === null) {
    const [price] = pricedBy(pack, []);
    return one(price ?? null);
  }
  if (said.spending) return one(spendOf(pack));
  if (previous === null && said.by !== null && 'dimension' in said.by && said.by.values !== null) {
    const divided = measuresBy(pack, said.by.dimension);
    if (divided.length === 1) return one(divided[0] ?? null);
  }
  // A turn that was itself asked back may have named no figure: then there is none to keep.
  if (previous !== null && previous.measures.length > 0) return { measures: previous.measures, withPlan: false, doubt: null, kept: true };
  if (said.deviation) return one(spendOf(pack));
  return one(null);
}

/** The measures of their own that can be divided by a dimension. */
export function measuresBy(pack: Pack, dimension: string): string[] {
  return [...pack.measures.values()].filter((m) => 'source' in m && plannedBy(pack, m.id) === undefined && pack.sources.get(m.source)?.dimensions.some((one) => one.id === dimension) === true).map((m) => m.id);
}

/** The query a question stands for: what it says, the rest kept from the question before or assumed. `doubt`: it must be asked back all the same. */
export function complete(said: Said, ground: Ground, period: Period | null): { query: Query; doubt: Doubt | null; assumed: { unit: boolean; period: boolean; comparison: boolean } } {
  const { pack, own, previous } = ground;
  const { measures, withPlan, doubt: noMeasure, kept } = measuresOf(said, ground);
  const closed = ground.closed(measures);
  const doubts: Doubt[] = noMeasure === null ? [] : [noMeasure];
  const first = measures[0] ?? '';
  const measure = pack.measures.get(first);

  const regrouped = said.level !== null || said.by !== null || said.except.length > 0;
  const below = levelBelow(pack, own);
  const part = partOf(said.by) ?? (said.by !== null && 'dimension' in said.by ? null : partOf(previous?.by ?? null));
  let level = said.level ?? (previous !== null && said.units.length === 0 && (said.by === null || partOf(said.by) !== null) && !said.trend ? previous.level : null);
  let units = said.units.length > 0 ? [...new Set(said.units)] : said.level !== null ? [pack.organisation.root] : previous !== null ? previous.units : [...own];
  if (said.versus && previous !== null && previous.level === null && said.units.length > 0) units = [...new Set([...previous.units, ...said.units])];
  // "Hvor stor en andel af hele området": the area is the whole, not what is asked about.
  if (said.comparisons.includes('share') && units.length === 1 && units[0] === pack.organisation.root && said.level === null) units = previous?.units ?? [...own];
  const split = said.by !== null && 'dimension' in said.by ? said.by : part;
  // "Hvornår" names no piece of time: it is the data's own.
  const spoken = said.by !== null && 'grain' in said.by && said.by.grain === 'month' && said.grain === null ? { grain: piecesOf(pack, measures) } : said.by;
  const by: Query['by'] = split ?? spoken ?? (said.trend ? { grain: piecesOf(pack, measures) } : previous !== null && said.level === null ? previous.by : null);
  if (said.oneOfLevel !== null) doubts.push({ kind: 'unit', level: said.oneOfLevel });
  if (said.except.length > 0) {
    const among = said.level ?? previous?.level ?? null;
    if (among === null) doubts.push({ kind: 'whole-except' });
    units = (said.units.length > 0 ? said.units : [pack.organisation.root]).flatMap((unit) => (among === null ? [unit] : atLevel(pack.organisation, unit, among))).filter((unit) => !said.except.includes(unit));
    level = null;
  }

  // A ranking or a filter needs rows: the units below what was named, or all.
  if (said.rank !== null && level === null && by === null && units.length < 2) {
    const inner = units[0] === undefined ? undefined : pack.organisation.units.get(units[0])?.children[0];
    if (said.units.length === 0 && below !== null) { level = below; units = [pack.organisation.root]; }
    else if (inner !== undefined) level = pack.organisation.units.get(inner)?.level ?? null;
    else if (units[0] !== undefined) doubts.push({ kind: 'which-order', unit: units[0] });
  }
  const grouped = level !== null || by !== null || units.length > 1;

  const grain = by !== null && 'grain' in by ? by.grain : null;
  const span = period ?? (previous !== null && (!said.trend || split !== null) && (grain === null || pieces(previous.period, grain, pack.yearStart).length > 1) ? previous.period : defaultPeriod(pack, measures, closed, grain, said.trend));

  // "Første halvår mod 2025": as much of that year.
  const partly = said.comparedTo !== null && !said.whole && said.comparedTo.grain === 'year' && span.grain !== 'year' && grain === null;
  const alike = partly && said.comparedTo !== null ? samePart(span, said.comparedTo, pack.yearStart) : said.comparedTo;
  if (partly && alike === null) doubts.push({ kind: 'part-of-year' });
  const comparisons: Comparison[] = said.comparedTo === null ? [...said.comparisons] : [...said.comparisons.filter((one) => one !== 'period'), partly && alike !== null && samePeriod(alike, sameLastYear(span)) ? 'last-year' : 'period'];
  const explicit = comparisons.length > 0;
  if (said.change && !explicit && measures.length > 0) comparisons.push(...(said.rank?.of === 'change' || level !== null || span.grain === 'year-to-date' ? ['last-year' as const] : grain === null ? ['previous' as const, 'last-year' as const] : ['last-year' as const]));
  if (withPlan) comparisons.push('plan');
  if (comparisons.length === 0) {
    const before = previous === null || previous.measures.length === 0 ? [] : kept ? previous.comparisons : previous.comparisons.filter((one) => one !== 'plan');
    comparisons.push(...(previous !== null && before.length > 0 ? before : defaultComparisons(pack, measures)));
  }
  // A part of a budget is what is used of it, which the two figures say.
  if (comparisons.includes('share') && said.measures.length > 0 && said.measures.every((id) => plannedBy(pack, id) !== undefined && isMoney(pack.measures.get(id)?.unit ?? ''))) comparisons.splice(comparisons.indexOf('share'), 1);
  if (comparisons.includes('share') && measures.every((id) => pack.measures.get(id)?.kind === 'ratio') && measures.length > 0) doubts.push({ kind: 'share' });
  if (said.averaged && measures.some((id) => pack.measures.get(id)?.kind !== 'ratio')) doubts.push({ kind: 'average' });
  // A part held against the whole: the whole is no unit of its own here.
  if (comparisons.includes('share') && units.length > 1) units = units.filter((unit) => !units.some((other) => other !== unit && subtree(pack.organisation, unit).includes(other)));
  if (said.counted && measures.length === 1 && isMoney(measure?.unit ?? '')) doubts.push({ kind: 'restricted', measures });
  if (span.from > ground.today && !measures.some((id) => plannedBy(pack, id) !== undefined || pack.plans.get(id)?.kind === 'measure')) doubts.push({ kind: 'future' });
  if (comparisons.includes('period') && grain !== null) doubts.push({ kind: 'over-time' });
  const over = overTime(said, previous, piecesOf(pack, measures));
  const before = partOf(previous?.by ?? null);
  if (split !== null && over !== null) doubts.push({ kind: 'two-ways', other: { grain: over } });
  else if (split !== null && before !== null && split.dimension !== before.dimension && measuresBy(pack, split.dimension).includes(first)) doubts.push({ kind: 'two-ways', other: before });

  let order: Query['order'] = null;
  if (said.rank !== null && said.rank.of === 'value' && said.rank.direction !== 'highest' && said.rank.direction !== 'lowest') {
    if (measure === undefined || (measure.better !== 'higher' && measure.better !== 'lower')) doubts.push({ kind: 'direction' });
    order = { measure: first, against: null, descending: (said.rank.direction === 'best') === (measure?.better === 'higher') };
  } else if (said.rank !== null) {
    const against = said.rank.of === 'deviation' || (said.deviation && said.having !== null && said.having.against === 'plan') ? 'plan' as const : said.rank.of === 'change' ? comparisons.find((one) => one === 'last-year' || one === 'previous' || one === 'period') ?? 'last-year' as const : null;
    order = { measure: orderedBy(pack, measures), against, descending: said.rank.direction !== 'lowest' };
  }
  if (said.having !== null && said.having.against === null && !(said.having.relative && measure?.unit === 'percent') && (!grouped || (said.loose && measure?.unit === 'persons'))) doubts.push({ kind: 'loose' });
  const having = grouped ? havingOf(said, pack, orderedBy(pack, measures), previous, doubts) : null;
  if (having !== null && order === null) order = { measure: having.measure, against: having.against, descending: having.side !== 'below' };
  if (having !== null && having.against !== null && !comparisons.includes(having.against)) comparisons.push(having.against);
  const same = previous !== null && !regrouped && said.units.length === 0;
  if (order === null && same && previous.order !== null) order = { ...previous.order, measure: measures.includes(previous.order.measure) ? previous.order.measure : first };
  const limit = said.limit ?? (same && previous.limit !== null ? previous.limit : null);

  const finest = measures.map((id) => ({ id, grain: sourceGrain(pack, id) })).find((one) => !aligned(span, one.grain, pack.yearStart, closed) || (grain !== null && coarser(one.grain, grain)));
  if (finest !== undefined) doubts.push({ kind: 'grain', measure: finest.id, grain: finest.grain });
  return {
    query: {
      pack: pack.id, measures, units, level, period: span, comparisons: [...new Set(comparisons)], comparedTo: comparisons.includes('period') ? alike ?? said.comparedTo ?? previous?.comparedTo ?? null : null,
      by, having: having ?? (same && said.having === null && kept ? previous.having : null), order, limit,
    },
    doubt: doubts[0] ?? null,
    assumed: { unit: said.units.length === 0 && said.level === null && said.except.length === 0 && previous === null, period: period === null && (previous === null || span !== previous.period), comparison: !explicit && !withPlan },
  };
}

type Split = Extract<NonNullable<Query['by']>, { dimension: string }>;

/** The values a figure is narrowed to; null when it is told of all. */
const partOf = (by: Query['by']): Split | null => (by !== null && 'dimension' in by && by.values !== null ? by : null);

/** The pieces of time asked for; of what is narrowed now, those of the question before. */
function overTime(said: Said, previous: Query | null, own: TimeGrain): TimeGrain | null {
  if (said.grain !== null || said.trend) return said.grain ?? own;
  return partOf(said.by) !== null && said.level === null && previous?.by !== null && previous?.by !== undefined && 'grain' in previous.by ? previous.by.grain : null;
}

/** Which measure a ranking goes by: of a coupling its price, else the first. */
function orderedBy(pack: Pack, measures: readonly string[]): string {
  return measures.find((id) => { const m = pack.measures.get(id); return m?.kind === 'ratio' && measures.length > 1 && m.unit.includes(' per ') && measures.includes(m.numerator) && measures.includes(m.denominator); }) ?? measures[0] ?? '';
}

function havingOf(said: Said, pack: Pack, id: string, previous: Query | null, doubts: Doubt[]): Having | null {
  if (said.having === null) return null;
  const percent = pack.measures.get(id)?.unit === 'percent';
  if (!said.having.relative) return { measure: id, ...said.having };
  const before = previous?.having ?? null;
  if (said.having.against === null && before !== null && before.against !== null && !percent) return { measure: id, ...said.having, side: before.side, against: before.against };
  if (said.having.against !== null || said.deviation || said.change) {
    const against = said.having.against ?? (said.deviation ? 'plan' : 'last-year');
    return { measure: id, ...said.having, against, relative: !percent };
  }
  // "Mere end 5 %": of a percentage its own value; of money or hours, percent of the plan must be said.
  if (!percent) doubts.push({ kind: 'threshold' });
  return { measure: id, ...said.having, relative: false };
}

/** A period made of whole pieces of a grain; one that runs past the closed data counts as whole. */
function aligned(period: Period, grain: TimeGrain, yearStart: number, closed: IsoDate): boolean {
  if (grain === 'day' || grain === 'week') return true;
  const starts = (day: IsoDate): boolean => periodOf(grain, day, yearStart).from === day;
  return starts(period.from) && (starts(period.to) || period.to > closed);
}
