import type { BarsChart, CoupledChart, MultiplesChart, NumberStyle, Tone, TrendChart, VarianceChart } from '../chart/spec.ts';
import { favourable } from '../insight/attention.ts';
import { processLimits } from '../insight/xmr.ts';
import type { Language, Measure, Pack } from '../pack/model.ts';
import { NO_VALUE, type Row } from '../query/result.ts';
import type { Picture } from './card.ts';
import { deviationOf } from './deviation.ts';
import { cellText, differenceOf, inWords, precisionsOf } from './figures.ts';
import { ended, messages } from './messages.ts';
import { oneOf, unitName } from './numbers.ts';
import { monthInitial, monthShort, periodName } from './periods.ts';

const ALT_LIMIT = 1900;
const measureOf = (pack: Pack, id: string): Measure => pack.measures.get(id) as Measure;
const style = (measure: Measure, language: Language): NumberStyle => ({ language, unit: measure.unit, decimals: measure.decimals });
const value = (row: Row, id: string): number | null => row.values[id]?.value ?? null;
const planned = (row: Row, id: string): number | null => row.against.plan?.[id]?.value ?? null;
const partial = (row: Row, id: string): boolean => row.values[id]?.state === 'partial';
const cut = (text: string): string => (text.length > ALT_LIMIT ? `${text.slice(0, ALT_LIMIT - 1)}…` : text);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function labels(pack: Pack, rows: readonly Row[], language: Language): string[] {
  const months = rows.every((row) => row.period.grain === 'month');
  return rows.map((row, i) => (months
    ? rows.length > 14 ? monthShort(row.period.from, language) : i === 0 || row.period.from.slice(5, 7) === '01' ? `${capital(monthInitial(row.period.from, language))} ’${row.period.from.slice(2, 4)}` : capital(monthInitial(row.period.from, language))
    : periodName(row.period, language, pack.yearStart)));
}

const unitText = (pack: Pack, id: string, language: Language): string => pack.organisation.units.get(id)?.name[language] ?? id;
const shortUnit = (pack: Pack, id: string, language: Language): string => pack.organisation.units.get(id)?.shortName[language] ?? id;

function seriesText(pack: Pack, rows: readonly Row[], id: string, language: Language): string {
  const measure = measureOf(pack, id);
  const precision = precisionsOf(rows, measure);
  return rows.map((row) => `${inWords(pack, row.period, language)} ${cellText(row.values[id] ?? { value: null, state: 'missing' }, pack, measure, language, precision(row))}`).join(', ');
}

/** Letters there is room for on the left of the line of output. */
const MOST_BESIDE = 8;

/** Spend on budget with hours below, one unit, a row per month. `title` is the finding. */
export function coupledPicture(pack: Pack, rows: readonly Row[], ids: { money: string; plan: string; output: string }, title: string, language: Language): Picture {
  const m = messages(language);
  const [money, plan, output] = [measureOf(pack, ids.money), measureOf(pack, ids.plan), measureOf(pack, ids.output)];
  const outputName = unitName(output.unit, language);
  const drawn = rows.some((row) => value(row, output.id) !== null);
  const beside = drawn && outputName.length <= MOST_BESIDE;
  const chart: CoupledChart = {
    kind: 'coupled', title, subtitle: m.chartSubtitleCoupled(money.name[language], unitName(money.unit, language), beside || !drawn ? '' : outputName), style: style(money, language),
    labels: labels(pack, rows, language),
    budget: rows.map((row) => value(row, plan.id)), spend: rows.map((row) => value(row, money.id)), output: rows.map((row) => value(row, output.id)),
    outputName: beside ? capital(outputName) : '', outputStyle: style(output, language),
    partial: rows.map((row) => partial(row, money.id) || partial(row, output.id)),
  };
  const last = rows.at(-1);
  const now = last === undefined ? '' : `${inWords(pack, last.period, language)}: ${[money, plan, output].map((measure) => `${measure.name[language]} ${cellText(last.values[measure.id] ?? { value: null, state: 'missing' }, pack, measure, language)}`).join(', ')}.`;
  const first = rows[0];
  const span = first === undefined || last === undefined ? '' : `${inWords(pack, first.period, language)} – ${inWords(pack, last.period, language)}.`;
  return { chart, alt: cut(`${title}. ${chart.subtitle}, ${span} ${now}`) };
}

/** One measure over time, with last year and plan where there are any. */
export function trendPicture(pack: Pack, rows: readonly Row[], id: string, title: string, language: Language): Picture {
  const m = messages(language);
  const measure = measureOf(pack, id);
  const values = rows.map((row) => value(row, id));
  const known = values.filter((v): v is number => v !== null);
  const lastYear = rows.map((row) => row.against['last-year']?.[id]?.value ?? null);
  const plan = rows.map((row) => planned(row, id));
  const limits = known.length === values.length && known.length >= 24 ? processLimits(known) : null;
  const chart: TrendChart = {
    kind: 'trend', title, subtitle: `${measure.name[language]}, ${unitName(measure.unit, language)}`.replace(/, $/, ''), style: style(measure, language),
    labels: labels(pack, rows, language), values,
    lastYear: lastYear.some((v) => v !== null) ? lastYear : null,
    plan: plan.some((v) => v !== null) ? plan : null,
    names: { values: rows.length === 0 ? '' : shortUnit(pack, rows[0]?.unit ?? '', language), lastYear: capital(m.lastYear), plan: capital(pack.plans.get(id)?.name[language] ?? m.columnPlan) },
    limits: limits === null ? null : { mean: limits.mean, lower: limits.lower, upper: limits.upper },
    signals: limits?.signals ?? [], partial: rows.map((row) => partial(row, id)),
  };
  return { chart, alt: cut(`${title}. ${ended(seriesText(pack, rows, id, language))}`) };
}

/** A small panel per unit: the measure against its plan, month by month. Rows hold all units. */
export function multiplesPicture(pack: Pack, rows: readonly Row[], id: string, title: string, language: Language): Picture {
  const m = messages(language);
  const measure = measureOf(pack, id);
  const units = [...new Set(rows.map((row) => row.unit))];
  const plan = pack.plans.get(id)?.name[language] ?? m.columnPlan;
  const first = rows.filter((row) => row.unit === units[0]);
  const panels = units.map((unit): MultiplesChart['panels'][number] => {
    const own = rows.filter((row) => row.unit === unit);
    const both = own.filter((row) => value(row, id) !== null && planned(row, id) !== null);
    const sum = both.reduce((total, row) => total + (value(row, id) ?? 0), 0);
    const budget = both.reduce((total, row) => total + (planned(row, id) ?? 0), 0);
    // Only amounts can be added up over months; a rate of the whole period is not the sum of its months.
    const difference = both.length === 0 || measure.kind !== 'flow' ? null : deviationOf(sum, budget, measure.unit, measure.decimals, language);
    const good = difference === null || difference.side === 0 ? null : favourable(measure, difference.side);
    return {
      name: shortUnit(pack, unit, language), note: difference?.text ?? '',
      tone: good === null || Math.abs(sum - budget) < Math.abs(budget) * 0.01 ? 'neutral' : good ? 'good' : 'concern',
      values: own.map((row) => value(row, id)), plan: own.map((row) => planned(row, id)),
    };
  });
  const chart: MultiplesChart = {
    kind: 'multiples', title, subtitle: measure.kind === 'flow' ? m.chartSpan(measure.name[language]) : `${measure.name[language]} ${m.perMonth}`, style: style(measure, language),
    labels: labels(pack, first, language), panels,
    legend: { values: measure.name[language], over: m.chartOver(plan), under: m.chartUnder(plan), plan: capital(plan) },
  };
  return { chart, alt: cut(`${title}. ${chart.subtitle}: ${ended(panels.map((panel) => `${panel.name} ${panel.note}`).join(', '))}`) };
}

/** How far each unit is from its plan. */
export function variancePicture(pack: Pack, rows: readonly Row[], id: string, title: string, language: Language, own: ReadonlySet<string> = new Set()): Picture {
  const measure = measureOf(pack, id);
  const bars = rows.map((row): VarianceChart['rows'][number] => {
    const cell = row.values[id] ?? { value: null, state: 'missing' as const };
    const found = differenceOf(cell, row.against.plan?.[id], measure, language);
    const plan = row.against.plan?.[id]?.value ?? null;
    // What can be told only as an amount has no bar on an axis of percent.
    const relative = found === null || plan === null || (measure.unit !== 'percent' && found.text === found.amount) ? null : measure.unit === 'percent' ? found.difference : (found.difference / Math.abs(plan)) * 100;
    return { name: shortUnit(pack, row.unit, language), value: relative, label: found?.text ?? '–', tone: found?.tone ?? 'neutral', own: own.has(row.unit) };
  });
  const chart: VarianceChart = {
    kind: 'variance', title, subtitle: `${measure.name[language]}, ${messages(language).columnDifference.toLowerCase()}: ${pack.plans.get(id)?.name[language] ?? messages(language).columnPlan.toLowerCase()}`,
    style: { language, unit: 'percent', decimals: 1 }, rows: bars,
  };
  return { chart, alt: cut(`${title}. ${ended(bars.map((bar) => `${bar.name} ${bar.label}`).join(', '))}`) };
}

/** Units or dimension values side by side, with plan or average as a mark. */
export function barsPicture(pack: Pack, rows: readonly Row[], id: string, title: string, language: Language, own: ReadonlySet<string> = new Set()): Picture {
  const m = messages(language);
  const measure = measureOf(pack, id);
  const basis = rows.some((row) => planned(row, id) !== null) ? 'plan' : rows.some((row) => row.against['last-year']?.[id]?.value !== undefined) ? 'last-year' : 'average';
  const under = measure.unit.split(' per ')[1];
  const per = under === undefined ? '' : ` ${m.per(oneOf(under, language))}`;
  const precision = precisionsOf(rows, measure);
  const bars = rows.map((row): BarsChart['rows'][number] => {
    const cell = row.values[id] ?? { value: null, state: 'missing' as const };
    const found = differenceOf(cell, row.against[basis]?.[id], measure, language);
    const tone: Tone = basis === 'plan' ? found?.tone ?? 'neutral' : 'neutral';
    return { name: labelOf(pack, rows, row, language), value: cell.value, label: cellText(cell, pack, measure, language, precision(row)), mark: row.against[basis]?.[id]?.value ?? null, tone, own: own.has(row.unit) };
  });
  const chart: BarsChart = {
    kind: 'bars', title, subtitle: `${measure.name[language]}, ${unitName(measure.unit, language)}`.replace(/, $/, ''), style: style(measure, language),
    // What a price is per stands in the subtitle, once for all bars.
    rows: bars.map((bar) => ({ ...bar, label: bar.label.replace(per, '') })),
    markName: basis === 'plan' ? capital(pack.plans.get(id)?.name[language] ?? m.columnPlan) : basis === 'last-year' ? capital(m.lastYear) : capital(m.average),
  };
  return { chart, alt: cut(`${title}. ${ended(bars.map((bar) => `${bar.name} ${bar.label}`).join(', '))}`) };
}

/** What tells a row from the others: its unit where several units have the same value of a dimension, both where both differ. */
export function labelOf(pack: Pack, rows: readonly Row[], row: Row, language: Language): string {
  if (row.dimension === null || new Set(rows.map((one) => one.unit)).size === 1) return rowName(pack, row, language);
  const unit = unitText(pack, row.unit, language);
  return new Set(rows.map((one) => one.dimension)).size === 1 ? unit : `${unit}, ${rowName(pack, row, language)}`;
}

/** What a row is about: its unit, or its dimension value in plain words. */
export function rowName(pack: Pack, row: Row, language: Language): string {
  if (row.dimension === null) return unitText(pack, row.unit, language);
  if (row.dimension === NO_VALUE) return messages(language).noValue;
  for (const source of pack.sources.values()) for (const dimension of source.dimensions) {
    const name = dimension.values[row.dimension];
    if (name !== undefined) return name[language];
  }
  return row.dimension;
}

