import { TIME_GRAINS, type TimeGrain } from '../calendar/period.ts';
import { MOST_BARS, type BarsChart, type CoupledChart, type MultiplesChart, type NumberStyle, type Tone, type TrendChart, type VarianceChart } from '../chart/spec.ts';
import { favourable } from '../insight/attention.ts';
import { processLimits } from '../insight/xmr.ts';
import type { Language, Measure, Pack } from '../pack/model.ts';
import { comparable, MISSING, NO_VALUE, type Cell, type Row } from '../query/result.ts';
import { captions } from './captions.ts';
import type { Picture } from './card.ts';
import { deviationOf } from './deviation.ts';
import { cellText, differenceOf, inWords, precisionsOf } from './figures.ts';
import { ended, messages } from './messages.ts';
import { NBSP, oneOf, unitName } from './numbers.ts';
import { monthInitial, monthShort, periodName } from './periods.ts';

const ALT_LIMIT = 1900;
const measureOf = (pack: Pack, id: string): Measure => pack.measures.get(id) as Measure;
const style = (measure: Measure, language: Language): NumberStyle => ({ language, unit: measure.unit, decimals: measure.decimals });
const cellOf = (row: Row | undefined, id: string): Cell => row?.values[id] ?? MISSING;
const value = (row: Row, id: string): number | null => cellOf(row, id).value;
const planned = (row: Row, id: string): number | null => row.against.plan?.[id]?.value ?? null;
const partial = (row: Row, id: string): boolean => cellOf(row, id).state === 'partial';
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const planOf = (pack: Pack, id: string, language: Language): string => pack.plans.get(id)?.name[language] ?? messages(language).columnPlan.toLowerCase();
const named = (measure: Measure, language: Language): string => `${measure.name[language]}, ${unitName(measure.unit, language)}`.replace(/, $/, '');
const grainOf = (rows: readonly Row[]): TimeGrain => TIME_GRAINS.find((grain) => grain === rows[0]?.period.grain) ?? 'month';

/** Months that an axis has room for by their first letter; of more, some are named. */
const MOST_INITIALS = 14;

/** Labels of an axis, the year under the first of each: `J` over `’26`, `1. kv.` over `2026`. */
function labels(pack: Pack, rows: readonly Row[], language: Language): string[] {
  const months = rows.every((row) => row.period.grain === 'month');
  const parts = rows.map(({ period }): [name: string, year: string] => {
    if (months && rows.length <= MOST_INITIALS) return [capital(monthInitial(period.from, language)), `’${period.from.slice(2, 4)}`];
    if (months) return [monthShort(period.from, language), period.from.slice(0, 4)];
    const name = periodName(period, language, pack.yearStart);
    const cut = period.grain === 'rolling' || period.grain === 'year-to-date' ? -1 : name.lastIndexOf(' ');
    return cut < 0 ? [name, ''] : [name.slice(0, cut).replace('kvartal', 'kv.').replace(/,$/, ''), name.slice(cut + 1)];
  });
  return parts.map(([name, year], i) => (year === '' || parts[i - 1]?.[1] === year ? name : `${name}\n${year}`));
}

const unitText = (pack: Pack, id: string, language: Language): string => pack.organisation.units.get(id)?.name[language] ?? id;
const shortUnit = (pack: Pack, id: string, language: Language): string => pack.organisation.units.get(id)?.shortName[language] ?? id;

/** Names of units side by side; two of one name are told apart by what they belong to. */
function besideEachOther(pack: Pack, units: readonly string[], names: readonly string[], language: Language): string[] {
  return names.map((name, i) => {
    const parent = pack.organisation.units.get(units[i] ?? '')?.parent ?? null;
    const alike = names.some((other, k) => other === name && units[k] !== units[i]);
    return alike && parent !== null ? `${name} (${shortUnit(pack, parent, language)})` : name;
  });
}

/** The name a title begins with: its unit's, with the part of it that is meant. Empty where it begins with none. */
function subjectOf(pack: Pack, title: string, language: Language): string {
  let found = '';
  for (const { name } of pack.organisation.units.values()) {
    if (name[language].length > found.length && title.startsWith(name[language]) && /^[:,]/.test(title.slice(name[language].length))) found = name[language];
  }
  return found === '' ? '' : title.slice(0, title.indexOf(':', found.length) < 0 ? found.length : title.indexOf(':', found.length));
}

/** A text for who does not see the picture: the finding, what it is of, and the figures, as many as there is room for. */
function altOf(parts: readonly string[], figures: readonly string[], language: Language): string {
  const before = parts.filter((part) => part !== '').map(ended).join(' ');
  const whole = (count: number): string => {
    const list = [...figures.slice(0, count), ...(count < figures.length ? [captions(language).others(figures.length - count)] : [])].join(', ');
    return [before, ...(list === '' ? [] : [ended(list)])].join(' ');
  };
  let count = figures.length;
  while (count > 0 && whole(count).length > ALT_LIMIT) count -= 1;
  const text = whole(count);
  return text.length > ALT_LIMIT ? `${text.slice(0, ALT_LIMIT - 1)}…` : text;
}

/** The ends of some figures, as they are read: highest and lowest, or nothing where all read alike. */
function extremesOf(rows: readonly { name: string; value: number | null; label: string }[], language: Language): string {
  const sorted = rows.filter((row) => row.value !== null).sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const [top, bottom] = [sorted[0], sorted.at(-1)];
  return top === undefined || bottom === undefined || top.label === bottom.label ? '' : captions(language).extremes(`${top.name} ${top.label}`, `${bottom.name} ${bottom.label}`);
}

/** Who is furthest over and under the plan. */
function furthestOf(plan: string, rows: readonly { name: string; value: number | null; label: string }[], language: Language): string {
  const sorted = rows.filter((row) => row.value !== null).sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const [top, bottom] = [sorted[0], sorted.at(-1)];
  const said = (row: typeof top, sign: number): string => (row === undefined || (row.value ?? 0) * sign <= 0 ? '' : `${row.name} ${row.label}`);
  return captions(language).furthest(plan, said(top, 1), said(bottom, -1));
}

/** Letters there is room for on the left of the line of output. */
const MOST_BESIDE = 8;

/** Spend on budget with hours below, one unit, a row per month. `title` is the finding. */
export function coupledPicture(pack: Pack, rows: readonly Row[], ids: { money: string; plan: string; output: string }, title: string, language: Language): Picture {
  const [money, plan, output] = [measureOf(pack, ids.money), measureOf(pack, ids.plan), measureOf(pack, ids.output)];
  const outputName = unitName(output.unit, language);
  const drawn = rows.some((row) => value(row, output.id) !== null);
  // Where money has no plan of its own, it stands in the place of one.
  const budget = rows.map((row) => (plan.id === money.id ? null : value(row, plan.id)));
  const budgeted = budget.some((v) => v !== null);
  const beside = drawn && outputName.length <= MOST_BESIDE;
  const chart: CoupledChart = {
    kind: 'coupled', title, subject: subjectOf(pack, title, language),
    subtitle: captions(language).coupled(money.name[language], budgeted ? planOf(pack, money.id, language) : '', unitName(money.unit, language), grainOf(rows), beside || !drawn ? '' : outputName), style: style(money, language),
    labels: labels(pack, rows, language),
    budget, spend: rows.map((row) => value(row, money.id)), output: rows.map((row) => value(row, output.id)),
    outputName: beside ? capital(outputName) : '', outputStyle: style(output, language),
    partial: rows.map((row) => partial(row, money.id) || partial(row, output.id)),
  };
  const [first, last] = [rows[0], rows.at(-1)];
  const told = [...new Set([money, ...(budgeted ? [plan] : []), output])];
  const now = last === undefined ? '' : `${inWords(pack, last.period, language)}: ${told.map((measure) => `${measure.name[language]} ${cellText(cellOf(last, measure.id), pack, measure, language)}`).join(', ')}`;
  const span = first === undefined || last === undefined ? '' : `, ${inWords(pack, first.period, language)} – ${inWords(pack, last.period, language)}`;
  return { chart, alt: altOf([title, `${chart.subtitle}${span}`, now], [], language) };
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
    kind: 'trend', title, subject: subjectOf(pack, title, language), subtitle: named(measure, language), style: style(measure, language),
    labels: labels(pack, rows, language), values,
    lastYear: lastYear.some((v) => v !== null) ? lastYear : null,
    plan: plan.some((v) => v !== null) ? plan : null,
    names: { values: rows.length === 0 ? '' : shortUnit(pack, rows[0]?.unit ?? '', language), lastYear: capital(m.lastYear), plan: capital(planOf(pack, id, language)) },
    limits: limits === null ? null : { mean: limits.mean, lower: limits.lower, upper: limits.upper, from: limits.from },
    signals: limits?.signals ?? [], partial: rows.map((row) => partial(row, id)),
  };
  const precision = precisionsOf(rows, measure);
  const text = (row: Row): string => cellText(cellOf(row, id), pack, measure, language, precision(row));
  const [first, last] = [rows.find((row) => value(row, id) !== null), rows.findLast((row) => value(row, id) !== null)];
  const moved = first === undefined || last === undefined || first === last ? '' : captions(language).fromTo(inWords(pack, first.period, language), text(first), inWords(pack, last.period, language), text(last));
  return { chart, alt: altOf([title, moved], rows.map((row) => `${inWords(pack, row.period, language)} ${text(row)}`), language) };
}

/** How far a unit's amounts of all months that have a plan are from it, and the same as a share of it; null where nothing can be told. */
function offPlan(own: readonly Row[], measure: Measure, language: Language): { text: string; side: number; share: number } | null {
  const both = own.map((row) => comparable(row.values[measure.id], row.against.plan?.[measure.id])).filter((pair) => pair !== null);
  const sum = both.reduce((total, pair) => total + pair.value, 0);
  const plan = both.reduce((total, pair) => total + pair.other, 0);
  // Only amounts can be added up over months; a rate of the whole period is not the sum of its months.
  if (both.length === 0 || measure.kind !== 'flow') return null;
  const { text, side } = deviationOf(sum, plan, measure.unit, measure.decimals, language);
  return { text, side, share: plan === 0 ? Math.sign(sum) : (sum - plan) / Math.abs(plan) };
}

/** A small panel per unit: the measure against its plan where it has one, month by month. Rows hold all units. */
export function multiplesPicture(pack: Pack, rows: readonly Row[], id: string, title: string, language: Language): Picture {
  const [m, words] = [messages(language), captions(language)];
  const measure = measureOf(pack, id);
  const units = [...new Set(rows.map((row) => row.unit))];
  const names = besideEachOther(pack, units, units.map((unit) => shortUnit(pack, unit, language)), language);
  const plan = planOf(pack, id, language);
  const first = rows.filter((row) => row.unit === units[0]);
  const hasPlan = rows.some((row) => planned(row, id) !== null);
  const summed = hasPlan && measure.kind === 'flow';
  // The newest piece of time that any of the units has a figure for: months to come have none.
  const newest = first.reduce((found, { period }, at) => (rows.some((row) => row.period.from === period.from && value(row, id) !== null) ? at : found), 0);
  const of = units.map((unit, i) => {
    const own = rows.filter((row) => row.unit === unit);
    const last = own[newest];
    const off = summed ? offPlan(own, measure, language) : null;
    const label = off !== null ? off.text : summed || last === undefined ? '' : barLabel(cellText(cellOf(last, id), pack, measure, language), measure.unit, language);
    return { own, name: names[i] ?? unit, off, label, value: summed ? (off === null ? null : off.side === 0 ? 0 : off.share) : last === undefined ? null : value(last, id) };
  });
  const panels = of.map(({ own, name, off, label }): MultiplesChart['panels'][number] => {
    const good = off === null || off.side === 0 ? null : favourable(measure, off.side);
    const tone = good === null || Math.abs(off?.share ?? 0) < 0.01 ? 'neutral' : good ? 'good' : 'concern';
    return { name, note: label.replace(` ${m.partialMark}`, '*'), tone, values: own.map((row) => value(row, id)), plan: own.map((row) => planned(row, id)) };
  });
  const end = first[newest];
  const starred = panels.some(({ note }) => note.endsWith('*')) ? `, * ${m.partialMark.replace(/[()]/g, '')}` : '';
  const latest = end === undefined ? '' : `${inWords(pack, end.period, language)}${starred}`;
  const chart: MultiplesChart = {
    kind: 'multiples', title, subject: subjectOf(pack, title, language), subtitle: words.span(measure.name[language], grainOf(rows), summed ? '' : latest), style: style(measure, language),
    labels: labels(pack, first, language), panels,
    legend: hasPlan ? { over: words.over(plan), under: words.under(plan), plan: capital(plan), none: words.without(plan) } : null,
  };
  const finding = summed ? furthestOf(plan, of, language) : extremesOf(of, language);
  return { chart, alt: altOf([title, finding, chart.subtitle], of.map(({ name, label }) => (label === '' ? name : `${name} ${label}`)), language) };
}

/** How far each unit is from its plan. */
export function variancePicture(pack: Pack, rows: readonly Row[], id: string, title: string, language: Language, own: ReadonlySet<string> = new Set()): Picture {
  const measure = measureOf(pack, id);
  const names = besideEachOther(pack, rows.map((row) => row.unit), rows.map((row) => shortUnit(pack, row.unit, language)), language);
  const bars = rows.map((row, i): VarianceChart['rows'][number] => {
    const found = differenceOf(cellOf(row, id), row.against.plan?.[id], measure, language);
    const plan = planned(row, id);
    // What can be told only as an amount has no bar on an axis of percent.
    const relative = found === null || plan === null || (measure.unit !== 'percent' && found.text === found.amount) ? null : measure.unit === 'percent' ? found.difference : (found.difference / Math.abs(found.other)) * 100;
    return { name: names[i] ?? row.unit, value: relative, label: found?.text ?? '–', tone: found?.tone ?? 'neutral', own: own.has(row.unit) };
  });
  const plan = planOf(pack, id, language);
  const chart: VarianceChart = {
    kind: 'variance', title, subject: subjectOf(pack, title, language), subtitle: `${measure.name[language]}, ${messages(language).columnDifference.toLowerCase()}: ${plan}`,
    style: { language, unit: 'percent', decimals: 1 }, rows: inOrder(bars, [bars.map((bar) => bar.value)]),
  };
  return { chart, alt: altOf([title, furthestOf(plan, bars, language)], bars.map((bar) => `${bar.name} ${bar.label}`), language) };
}

/** More rows than a picture has room for are drawn by size, so that both ends are in it; in their own order where that is one of `orders`. */
function inOrder<R extends { readonly value: number | null }>(rows: readonly R[], orders: readonly (readonly (number | null)[])[]): R[] {
  const runs = (list: readonly (number | null)[]): boolean => {
    const known = list.filter((v): v is number => v !== null);
    return known.length > 1 && (known.every((v, i) => i === 0 || v <= (known[i - 1] ?? 0)) || known.every((v, i) => i === 0 || v >= (known[i - 1] ?? 0)));
  };
  return rows.length <= MOST_BARS || orders.some(runs) ? [...rows] : [...rows].sort((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity));
}

/** A value's label beside a bar: what it is per, and a long unit, stand in the subtitle once for all bars. */
function barLabel(text: string, unit: string, language: Language): string {
  const [over = '', under] = unit.split(' per ');
  const short = under === undefined ? text : text.replace(` ${messages(language).per(oneOf(under, language))}`, '');
  const long = [unitName(over, language), oneOf(over, language)].filter((word) => word.length > 8).sort((a, b) => b.length - a.length);
  return long.reduce((label, word) => label.replace(`${NBSP}${word}`, ''), short);
}

/** Units or dimension values side by side, with plan or average as a mark. */
export function barsPicture(pack: Pack, rows: readonly Row[], id: string, title: string, language: Language, own: ReadonlySet<string> = new Set()): Picture {
  const m = messages(language);
  const measure = measureOf(pack, id);
  const basis = rows.some((row) => planned(row, id) !== null) ? 'plan' : rows.some((row) => row.against['last-year']?.[id]?.value !== undefined) ? 'last-year' : 'average';
  const precision = precisionsOf(rows, measure);
  const names = besideEachOther(pack, rows.map((row) => row.unit), rows.map((row) => labelOf(pack, rows, row, language)), language);
  const bars = rows.map((row, i): BarsChart['rows'][number] => {
    const cell = cellOf(row, id);
    const found = differenceOf(cell, row.against[basis]?.[id], measure, language);
    const tone: Tone = basis === 'plan' ? found?.tone ?? 'neutral' : 'neutral';
    return { name: names[i] ?? row.unit, value: cell.value, label: cellText(cell, pack, measure, language, precision(row)), mark: row.against[basis]?.[id]?.value ?? null, tone, own: own.has(row.unit) };
  });
  const mark = basis === 'plan' ? capital(planOf(pack, id, language)) : basis === 'last-year' ? capital(m.lastYear) : capital(m.average);
  const marked = bars.some((bar) => bar.mark !== null);
  const differences = bars.map(({ value: v, mark: other }) => (v === null || other === null ? null : v - other));
  const shares = bars.map(({ value: v, mark: other }) => (v === null || other === null || other === 0 ? null : (v - other) / Math.abs(other)));
  const chart: BarsChart = {
    kind: 'bars', title, subject: subjectOf(pack, title, language), subtitle: [named(measure, language), ...(marked ? [captions(language).line(mark)] : [])].join(' · '), style: style(measure, language),
    rows: inOrder(bars.map((bar) => ({ ...bar, label: barLabel(bar.label, measure.unit, language) })), [bars.map((bar) => bar.value), differences, shares]),
  };
  return { chart, alt: altOf([title, extremesOf(bars, language)], bars.map((bar) => `${bar.name} ${bar.label}`), language) };
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

