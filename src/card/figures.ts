import { dayOf, periodOf, pieces, shiftDays, type Period } from '../calendar/period.ts';
import { favourable } from '../insight/attention.ts';
import type { CountGrain, ForecastMeasure, Language, Measure, Pack } from '../pack/model.ts';
import { basesOf, spanOf, unitsOf } from '../query/evaluate.ts';
import { FEWEST_MONTHS, type Forecast } from '../query/forecast.ts';
import { comparable, isHidden, type Cell, type Result, type Row } from '../query/result.ts';
import type { Comparison } from '../query/query.ts';
import type { TableCell } from './card.ts';
import { leftOutNotes } from './leftout.ts';
import { messages } from './messages.ts';
import { deviationOf, sharedPrecision, type Beside, type Deviation } from './deviation.ts';
import { formatNumber, formatValue, isMoney, type Precision } from './numbers.ts';
import { dayName, periodName } from './periods.ts';

/** Units that open or close, so many by name. */
const MOST_TURNS = 4;
const unitOf = (pack: Pack, id: string, language: Language): string => pack.organisation.units.get(id)?.name[language] ?? id;

const plainCell = (text: string): TableCell => ({ text, tone: 'neutral' });
export { plainCell };

/** Whether a cell is a small count itself. What is made of few persons is not fewer than five: an amount has no `<5`. */
const isFew = (cell: Cell | undefined, measure: Measure): boolean => cell?.state === 'suppressed' && (measure.threshold ?? 0) > 0;

/** A cell in words: its value with unit, or why there is none. What is shown beside others is given their precision. */
export function cellText(cell: Cell, pack: Pack, measure: Measure, language: Language, precision: Precision | null = null): string {
  const m = messages(language);
  if (isFew(cell, measure)) return m.stateSuppressed(thresholdOf(pack, measure));
  if (isHidden(cell)) return m.stateWithheld;
  if (cell.value === null) return ofRegisters(pack, measure) || measure.kind === 'forecast' ? '–' : m.stateMissing;
  const text = formatValue(cell.value, measure.unit, measure.decimals, language, precision);
  return cell.state === 'partial' ? `${text} ${m.partialMark}` : text;
}

/** Whether a ratio is made of registers of what happens: then no value means that nothing did, where the data reach. */
function ofRegisters(pack: Pack, measure: Measure): boolean {
  return measure.kind === 'ratio' && basesOf(pack, measure.id).every((id) => { const base = pack.measures.get(id); return base !== undefined && 'source' in base && pack.sources.get(base.source)?.noRows === 'zero'; });
}

/** Whether the sources of a measure reach all of a result's period. */
export function isCovered(pack: Pack, { provenance, query: { period } }: Result, measure: Measure): boolean {
  const sources = new Set(basesOf(pack, measure.id).map((id) => { const base = pack.measures.get(id); return base !== undefined && 'source' in base ? base.source : ''; }));
  return provenance.filter(({ source }) => sources.has(source)).every((source) => source.completeTo >= period.to && source.from !== null && source.from <= period.from);
}

/** Of a year with too few closed months for a forecast: how many there are; null: there are enough, or no data at all. */
function tooEarly(pack: Pack, { query, provenance }: Result, measure: ForecastMeasure, language: Language): string | null {
  const of = pack.measures.get(measure.of);
  const source = provenance.find((one) => of !== undefined && 'source' in of && one.source === of.source);
  const year = periodOf('year', shiftDays(query.period.to, -1), pack.yearStart);
  if (source === undefined || source.completeTo < '1900-01-01') return null;
  const end = [query.period.to, source.completeTo, year.to].sort()[0] ?? year.from;
  const closed = end <= year.from ? 0 : pieces({ from: year.from, to: end, grain: 'year-to-date' }, 'month').filter((month) => month.to <= end).length;
  return closed >= FEWEST_MONTHS ? null : messages(language).noteTooEarly(measure.name[language], periodName(year, language, pack.yearStart), closed, FEWEST_MONTHS);
}

/** Why a measure has no value in a period: nothing it is a share of happened; null: its data are not there. */
export function noneOf(pack: Pack, result: Result, measure: Measure, language: Language): string | null {
  if (measure.kind === 'forecast') return tooEarly(pack, result, measure, language);
  const covered = result.provenance.every((source) => source.completeTo >= result.query.period.to && source.from !== null && source.from < result.query.period.to);
  return covered && ofRegisters(pack, measure) ? messages(language).noteNone(measure.name[language], periodName(result.query.period, language, pack.yearStart)) : null;
}

/**
 * The precision in which a measure's figures are written in rows that are shown together: one for all of them that
 * carries how far each is from what it is held against, the last from the first and the most from the least; where
 * there is none for all, the row's own. Null: each figure is written as it is alone.
 */
export function precisionsOf(rows: readonly Row[], measure: Measure): (row: Row) => Precision | null {
  const besides = (row: Row): Beside[] => {
    const value = row.values[measure.id]?.value ?? null;
    const others = Object.entries(row.against).flatMap(([comparison, cells]) => { const other = cells[measure.id]?.value ?? null; return comparison === 'share' || other === null ? [] : [other]; });
    return value === null ? others.map((other) => ({ value: other, others: [] })) : [{ value, others }];
  };
  const values = rows.flatMap((row) => row.values[measure.id]?.value ?? []);
  const [first, last] = [values[0], values.at(-1)];
  const across: Beside[] = first === undefined || last === undefined || values.length < 2 ? [] : [{ value: last, others: [first] }, { value: Math.max(...values), others: [Math.min(...values)] }];
  const all = sharedPrecision([...rows.flatMap(besides), ...across], measure.unit, measure.decimals);
  return (row) => all ?? sharedPrecision(besides(row), measure.unit, measure.decimals);
}

/** The threshold under which a measure's persons are not shown; of a ratio, its parts'. */
export function thresholdOf(pack: Pack, measure: Measure): number {
  const counted = basesOf(pack, measure.id).flatMap((id) => [id, ...(pack.measures.get(id)?.persons ?? [])]);
  return Math.max(0, ...counted.map((id) => pack.measures.get(id)?.threshold ?? 0));
}

/** The grain a count of persons is shown for at the finest, where the period is not made of whole ones; null where it is. */
function tooFine(pack: Pack, measure: Measure, period: Period): CountGrain | null {
  for (const id of basesOf(pack, measure.id).flatMap((one) => [one, ...(pack.measures.get(one)?.persons ?? [])])) {
    const base = pack.measures.get(id);
    if (base === undefined || (base.threshold ?? 0) === 0) continue;
    const [first, last] = [periodOf(base.finest, period.from, pack.yearStart), periodOf(base.finest, shiftDays(period.to, -1), pack.yearStart)];
    if (first.from !== period.from || last.to !== period.to) return base.finest;
  }
  return null;
}

/** Why a measure has no value though its sources reach all of the period: it can't be worked out, stands on another day, or has no rows. */
export function noteNothing(pack: Pack, { query }: Result, measure: Measure, language: Language): string {
  const m = messages(language);
  const words = periodName(query.period, language, pack.yearStart);
  const name = measure.name[language];
  if (measure.kind === 'ratio') return m.noteNotWorkedOut(name, words, ...([measure.numerator, measure.denominator].map((id) => (pack.measures.get(id)?.name[language] ?? id).toLowerCase()) as [string, string]));
  if (measure.kind === 'forecast') return m.noteNoForecast(name, words);
  const source = pack.sources.get(measure.source);
  const grain = source === undefined || source.grain === 'day' ? null : source.grain;
  const whole = grain === null ? query.period : periodOf(grain, query.period.from, pack.yearStart);
  if (grain !== null && (whole.from < query.period.from || whole.to > query.period.to)) return m.noteCoarser(name, m.perGrain[grain], words);
  return measure.kind === 'stock' ? m.noteNoStock(name, words) : m.noteNoRows(name, words);
}

/** How far a value is from another, as it is read (deviation.ts). Less than 1 percent (half a point) is no cause for concern or joy. Null when one of them is missing. */
export function differenceOf(value: Cell, other: Cell | undefined, measure: Measure, language: Language, precision?: Precision | null): (Deviation & { readonly difference: number; readonly other: number; readonly good: boolean | null; readonly tone: TableCell['tone'] }) | null {
  const pair = comparable(value, other);
  if (pair === null) return null;
  const difference = pair.value - pair.other;
  // Where not all of them is compared, the figures that are shown have another precision.
  const found = deviationOf(pair.value, pair.other, measure.unit, measure.decimals, language, pair.value === value.value && pair.other === other?.value ? precision : undefined);
  const good = favourable(measure, difference);
  const small = found.side === 0 || (measure.unit === 'percent' ? Math.abs(difference) < 0.5 : Math.abs(difference) < Math.abs(pair.other) * 0.01);
  return { ...found, difference, other: pair.other, good, tone: small || good === null ? 'neutral' : good ? 'good' : 'concern' };
}

/** The same as a table cell; the tone underlines what the sign says. A dash where there is nothing to compare. */
export function differenceCell(value: Cell, other: Cell | undefined, measure: Measure, language: Language, precision?: Precision | null): TableCell {
  const found = differenceOf(value, other, measure, language, precision);
  if (found === null) return plainCell('–');
  return { text: found.text, tone: value.state === 'ok' ? found.tone : 'neutral' };
}

/** What was spent, in a sentence; where a pack budgets several sorts of spend, it says which one. */
export function spentSentence(pack: Pack, money: Measure, unit: string, value: string, period: string, against: string, language: Language): string {
  const m = messages(language);
  const budgeted = [...pack.measures.values()].filter((one) => one.kind === 'flow' && isMoney(one.unit) && pack.plans.has(one.id));
  return budgeted.length > 1 ? m.valueSentence(unit, money.name[language].toLowerCase(), value, period, against) : m.spent(unit, value, period, against);
}

/** What a figure is held against, in a sentence. */
function comparisonNames(pack: Pack, { query }: Result, id: string, language: Language): Record<Comparison, string> {
  const m = messages(language);
  return {
    plan: pack.plans.get(id)?.name[language] ?? m.columnPlan.toLowerCase(), previous: m.columnPrevious.toLowerCase(), 'last-year': m.lastYear,
    period: query.comparedTo === null ? '' : inWords(pack, query.comparedTo, language), average: m.average, highest: m.columnHighest.toLowerCase(), lowest: m.columnLowest.toLowerCase(), share: m.whole,
  };
}

/** What must be known about the figures of a result: partial, missing, suppressed, rejected rows, breaks, caveats, and money and hours by different dates. */
export function notesOf(pack: Pack, result: Result, language: Language): string[] {
  const m = messages(language);
  const notes: string[] = [];
  const units = new Set(unitsOf(pack, result.query));
  for (const id of result.query.measures) {
    const measure = pack.measures.get(id);
    if (measure === undefined) continue;
    const cells = result.rows.map((row) => row.values[id]).filter((cell): cell is Cell => cell !== undefined);
    const name = measure.name[language];
    const ends = result.provenance.filter((p) => basesOf(pack, id).some((base) => { const b = pack.measures.get(base); return b !== undefined && 'source' in b && b.source === p.source; })).map((p) => p.completeTo).sort();
    const end = ends[0];
    if (cells.some((cell) => cell.state === 'partial')) {
      const cut = end !== undefined && end < result.query.period.to;
      if (cut) notes.push(m.notePartial(name, dayName(shiftDays(end, -1), language)));
      if (!cut || cells.some(({ lacking }) => lacking === true)) notes.push(m.noteUnitsMissing(name));
    }
    if (cells.length > 0 && cells.every((cell) => cell.state === 'missing')) notes.push(noneOf(pack, result, measure, language) ?? (isCovered(pack, result, measure) ? noteNothing(pack, result, measure, language) : m.noteMissing(name, periodName(result.query.period, language, pack.yearStart))));
    notes.push(...leftOutNotes(pack, result, measure, comparisonNames(pack, result, id, language), language));
    const shown = [...cells, ...result.rows.flatMap((row) => Object.values(row.against).map((against) => against[id]))];
    if (shown.some((cell) => isFew(cell, measure))) notes.push(m.noteSuppressed(thresholdOf(pack, measure)));
    if (shown.some((cell) => cell !== undefined && isHidden(cell) && !isFew(cell, measure))) {
      const grains = result.rows.map((row) => tooFine(pack, measure, row.period)).filter((grain) => grain !== null);
      const read = result.provenance.map(({ loadedAt }) => dayOf(pack.timeZone, loadedAt)).sort()[0] ?? '';
      const unfinished = result.rows.some((row) => row.period.to > read);
      notes.push(grains[0] !== undefined ? m.noteTooFine(name, grains[0]) : unfinished ? m.noteUnfinished(name) : m.noteWithheld(thresholdOf(pack, measure)));
    }
    const parts = [id, ...basesOf(pack, id)].flatMap((base) => pack.measures.get(base)?.breaks ?? []);
    const span = spanOf(pack, result.query);
    for (const mark of parts) if (mark.from < span.to && mark.from > span.from) notes.push(m.noteBreak(name, mark.note[language]));
    if (measure.kind === 'ratio') {
      const kinds = new Set(basesOf(pack, id).map((base) => { const b = pack.measures.get(base); return b !== undefined && 'source' in b ? pack.sources.get(b.source)?.dateKind : undefined; }));
      if (kinds.size > 1) notes.push(m.noteDates(pack.measures.get(measure.denominator)?.unit ?? ''));
    }
  }
  const turns = (result.turns ?? []).map(({ unit, day, opens, successor }) => (opens ? m.opens(unitOf(pack, unit, language), dayName(day, language)) : m.closes(unitOf(pack, unit, language), dayName(shiftDays(day, -1), language), successor === null ? '' : unitOf(pack, successor, language))));
  if (turns.length > 0) notes.push([...turns.slice(0, MOST_TURNS), ...(turns.length > MOST_TURNS ? [m.moreTurns(turns.length - MOST_TURNS)] : [])].join(' '));
  for (const source of result.provenance) {
    if (source.rejectedRows > 0) notes.push(m.noteRejected(source.rejectedRows, formatNumber(source.rejectedRows, 0, language), sourceName(pack, source.source, language)));
    for (const doubt of source.doubts ?? []) notes.push({ twice: m.noteTwice, empty: m.noteEmpty, cumulated: m.noteCumulated }[doubt](sourceName(pack, source.source, language)));
  }
  for (const caveat of result.caveats) notes.push(m.noteCaveat(caveat.unit === null || (units.size === 1 && units.has(caveat.unit)) ? '' : (pack.organisation.units.get(caveat.unit)?.name[language] ?? ''), caveat.text[language]));
  return [...new Set(notes)];
}

/** A forecast's method and its honest range over all methods. */
export function forecastNotes(pack: Pack, id: string, forecast: Forecast | undefined, language: Language): string[] {
  const measure = pack.measures.get(id);
  const [first] = forecast?.range ?? [];
  if (forecast === undefined || measure === undefined || first === undefined) return [];
  const m = messages(language);
  const values = forecast.range.map((entry) => entry.value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const precision = sharedPrecision([{ value: most, others: [least] }], measure.unit, measure.decimals);
  const [low, high] = [least, most].map((value) => formatValue(value, measure.unit, measure.decimals, language, precision)) as [string, string];
  // Where all methods come to the same there is no range to tell of.
  return [m.noteForecastMethod(m.forecastMethods[first.method]), ...(low === high ? [] : [m.noteForecastRange(low, high)])];
}

/** A source by its name; where a system gives several lists under one name, with what the list holds. */
export function sourceName(pack: Pack, id: string, language: Language): string {
  const source = pack.sources.get(id);
  if (source === undefined) return id;
  const alone = source.attribution[language] === source.name[language] || [...pack.sources.values()].every((other) => other.id === id || other.name[language] !== source.name[language]);
  return alone ? source.name[language] : `${source.name[language]}: ${source.attribution[language]}`;
}

/** Sources and data date of some results: one line for all sources that reach the same day. */
export function provenanceOf(pack: Pack, results: readonly Result[], language: Language): string[] {
  const byEnd = new Map<string, Set<string>>();
  for (const result of results) for (const p of result.provenance) {
    const end = p.completeTo < result.query.period.to ? p.completeTo : result.query.period.to;
    // Data that begin after the period do not reach into it.
    if (p.from === null || p.from >= end) continue;
    byEnd.set(end, (byEnd.get(end) ?? new Set()).add(p.attribution[language]));
  }
  return [...byEnd].map(([end, names]) => messages(language).source([...names].join(', '), dayName(shiftDays(end, -1), language)));
}

/** A period in words, in the fiscal year of the pack. */
export const inWords = (pack: Pack, period: Period, language: Language): string => periodName(period, language, pack.yearStart);
