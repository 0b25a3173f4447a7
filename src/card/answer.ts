import { isWhole, periodOf } from '../calendar/period.ts';
import type { Language, Measure, Pack } from '../pack/model.ts';
import type { Forecast } from '../query/forecast.ts';
import type { Having, Query } from '../query/query.ts';
import { isHidden, MISSING, type Cell, type Result, type Row } from '../query/result.ts';
import { hasData } from '../chart/spec.ts';
import { couple } from '../insight/coupling.ts';
import type { Action, Block, Card, Picture, TableCell, TableColumn } from './card.ts';
import { barsPicture, coupledPicture, labelOf, multiplesPicture, rowName, trendPicture } from './charts.ts';
import { deviationWords, sharedPrecision } from './deviation.ts';
import { cellText, differenceCell, differenceOf, forecastNotes, inWords, isCovered, noneOf, noteNothing, notesOf, plainCell, precisionsOf, provenanceOf, sourceName, spentSentence } from './figures.ts';
import { packLabel } from './label.ts';
import { messages } from './messages.ts';
import { formatValue, oneOf, type Precision } from './numbers.ts';
import { replies } from './replies.ts';

/** One part of what was understood, in words; an assumed one was not said by the asker. */
export interface UnderstoodPart {
  readonly meaning: string;
  readonly assumed: boolean;
}

/** What an answer is made of besides its figures. */
export interface AnswerContext {
  readonly language: Language;
  readonly understood: readonly UnderstoodPart[];
  readonly alternatives: readonly { readonly label: string; readonly ask: string }[];
  /** The newest day with complete data for the first measure, in words; said when there is nothing for the period. */
  readonly latest: string;
  /** Asked for with or without picture; null: where it helps. */
  readonly wantsChart: boolean | null;
  /** The months behind a single figure, for its picture; null when there are none. */
  readonly history: Result | null;
  /** How the forecast that is asked for was made, of one unit; null: none is. */
  readonly forecast: { readonly measure: string; readonly made: Forecast } | null;
  /** A filter, how many rows it was held against, and whether none met it (then all are shown). */
  readonly filtered: { readonly having: Having; readonly among: number; /** Rows that can't be measured by it. */ readonly unmeasured: readonly Row[]; readonly none: boolean } | null;
}

const measureOf = (pack: Pack, id: string): Measure => pack.measures.get(id) as Measure;
const cellOf = (row: Row | undefined, id: string): Cell => row?.values[id] ?? MISSING;
const unitName = (pack: Pack, row: Row, language: Language): string => pack.organisation.units.get(row.unit)?.name[language] ?? row.unit;
/** What a row is about in a sentence: its unit, and the dimension's value where it has one. */
const subject = (pack: Pack, row: Row, language: Language): string => (row.dimension === null ? unitName(pack, row, language) : `${unitName(pack, row, language)}, ${lower(rowName(pack, row, language))}`);
const lower = (text: string): string => (/^\p{Lu}\p{Ll}/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text);

/** "4,1 pct. over budget", "12 pct. mindre end året før": the first comparison that says something. */
function againstText(pack: Pack, row: Row, id: string, query: Query, language: Language): string {
  const m = messages(language);
  const measure = measureOf(pack, id);
  const precision = precisionsOf([row], measure)(row);
  for (const comparison of query.comparisons) {
    const other = row.against[comparison]?.[id];
    if (comparison === 'share') {
      if (other?.value !== null && other?.value !== undefined) return `${cellText(other, pack, { ...measure, unit: 'percent', decimals: 1 } as Measure, language)} ${language === 'da' ? 'af det hele' : 'of the whole'}`;
      continue;
    }
    const found = differenceOf(cellOf(row, id), other, measure, language, precision);
    if (found === null) continue;
    const name = comparison === 'plan' ? (pack.plans.get(id)?.name[language] ?? m.columnPlan.toLowerCase()) : comparison === 'last-year' ? m.lastYear : comparison === 'previous' ? m.columnPrevious.toLowerCase() : comparison === 'period' ? (query.comparedTo === null ? '' : inWords(pack, query.comparedTo, language)) : comparison === 'highest' ? m.columnHighest.toLowerCase() : comparison === 'lowest' ? m.columnLowest.toLowerCase() : m.average;
    return deviationWords(found, { name, isPlan: comparison === 'plan' }, language);
  }
  return '';
}

/** `, kørsel` where one value of a split was asked for in several units; empty otherwise. */
function partNamed(pack: Pack, { query, rows }: Result, language: Language): string {
  const first = rows[0];
  return rows.length > 1 && first !== undefined && query.by !== null && 'dimension' in query.by && query.by.values?.length === 1 ? `, ${lower(rowName(pack, first, language))}` : '';
}

/** The word for a figure that is not final, where only its difference is told. */
const marked = (row: Row, id: string, against: Query['comparisons'][number] | null, language: Language): string => (cellOf(row, id).state === 'partial' || (against !== null && row.against[against]?.[id]?.state === 'partial') ? ` ${messages(language).partialMark}` : '');

const MOST_NAMED = 4;
const MOST_LISTED = 8;
const MOST_TIED = 3;

/** The answer in one sentence, or one for each unit over time. */
function sentence(pack: Pack, result: Result, language: Language, latest: string): string {
  const m = messages(language);
  const { query, rows } = result;
  const id = query.measures[0] ?? '';
  const measure = measureOf(pack, id);
  const name = `${measure.name[language]}${partNamed(pack, result, language)}`;
  const words = inWords(pack, query.period, language);
  const known = rows.filter((row) => cellOf(row, id).value !== null);
  const first = rows[0];
  const precision = precisionsOf(rows, measure);
  /** A row's figure in the precision of all that are shown. */
  const shown = (row: Row): string => cellText(cellOf(row, id), pack, measure, language, precision(row));
  if (first === undefined) return m.noDataAtAll(lower(name), '');
  if (known.length === 0) {
    const planned = rows.length === 1 ? cellOf(first, besidePlan(pack, query) === null ? '' : query.measures[1] ?? '') : MISSING;
    if (planned.value !== null) return m.planOnly(unitName(pack, first, language), lower(measureOf(pack, query.measures[1] ?? '').name[language]), cellText(planned, pack, measure, language), words, lower(name));
    const hidden = rows.find((row) => isHidden(cellOf(row, id)));
    if (hidden !== undefined && rows.length > 1) return m.noneShownSentence(name, rows.length, words);
    if (hidden !== undefined) return m.valueSentence(subject(pack, hidden, language), lower(name), cellText(cellOf(hidden, id), pack, measure, language), words, '');
    const none = noneOf(pack, result, measure, language);
    if (none !== null) return none;
    const unloaded = result.provenance.filter(({ loadedAt }) => loadedAt === '').map(({ source }) => sourceName(pack, source, language));
    if (unloaded.length > 0) return m.notLoaded(unloaded.join(', '), lower(name));
    if (latest !== '' && isCovered(pack, result, measure)) return measure.kind === 'flow' ? m.noRows(lower(name), unitName(pack, first, language), words) : `${unitName(pack, first, language)}: ${noteNothing(pack, result, measure, language)}`;
    return latest === '' ? m.noDataAtAll(lower(name), unitName(pack, first, language)) : m.noData(lower(name), unitName(pack, first, language), words, latest);
  }
  if (rows.length === 1) {
    const coupled = coupledSentence(pack, result, language);
    if (coupled !== '') return coupled;
    const against = againstText(pack, first, id, query, language);
    if (measure.kind === 'forecast') return m.forecastSentence(subject(pack, first, language), lower(name), shown(first), inWords(pack, periodOf('year', query.period.from, pack.yearStart), language), against);
    const said = m.valueSentence(subject(pack, first, language), lower(name), shown(first), words, against);
    // A year that is not over is not held against the whole year's budget, but who asked for the budget is told it.
    const plan = besidePlan(pack, query) === null || against !== '' ? MISSING : cellOf(first, query.measures[1] ?? '');
    return plan.value === null ? said : `${said} ${m.planIs(measureOf(pack, query.measures[1] ?? '').name[language], words, cellText(plan, pack, measure, language))}`;
  }
  /** A year that is not over, or lacks something, is held against no other where there are whole ones. */
  const endsOf = (own: readonly Row[]): [Row, Row] => { const whole = own.filter((row) => isWhole(row.period, pack.yearStart) && cellOf(row, id).state === 'ok'); const of = whole.length > 1 ? whole : own; return [of[0] as Row, of.at(-1) as Row]; };
  if (query.by !== null && 'grain' in query.by && new Set(rows.map((row) => row.unit)).size === 1) {
    const [start, end] = endsOf(known);
    return m.trendSentence(unitName(pack, first, language), lower(name), inWords(pack, start.period, language), shown(start), inWords(pack, end.period, language), shown(end));
  }
  if (query.by !== null && 'grain' in query.by) {
    // Several units over time: each from its first month to its last.
    return [...new Set(known.map((row) => row.unit))].slice(0, MOST_NAMED).map((unit) => {
      const own = known.filter((row) => row.unit === unit);
      const [start, end] = endsOf(own);
      return m.trendSentence(unitName(pack, start, language), lower(name), inWords(pack, start.period, language), shown(start), inWords(pack, end.period, language), shown(end));
    }).join(' ');
  }
  const ordered = query.order?.measure === id ? query.order : null;
  if (ordered !== null && ordered.against !== null) {
    const compared = known.flatMap((row) => { const found = differenceOf(cellOf(row, id), row.against[ordered.against ?? 'plan']?.[id], measure, language, precision(row)); return found === null ? [] : [`${labelOf(pack, rows, row, language)} (${found.amount === found.text ? found.amount : `${found.amount}, ${found.text}`}${marked(row, id, ordered.against, language)})`]; });
    const other = ordered.against === 'plan' ? (pack.plans.get(id)?.name[language] ?? m.columnPlan.toLowerCase()) : ordered.against === 'last-year' ? m.lastYear : ordered.against === 'period' && query.comparedTo !== null ? inWords(pack, query.comparedTo, language) : m.columnPrevious.toLowerCase();
    if (compared.length > 1 && query.limit === null && ordered.descending) return replies(language).ranked(name, words, other, compared[0] ?? '', compared.at(-1) ?? '');
    if (compared.length > 0) return replies(language).listed(replies(language).against(name, other), words, ordered.descending, compared.slice(0, MOST_LISTED).join(', '));
  }
  if (query.limit !== null && ordered !== null) return replies(language).listed(name, words, ordered.descending, known.map((row) => `${labelOf(pack, rows, row, language)} (${shown(row)})`).join(', '));
  const sorted = [...known].sort((a, b) => (cellOf(b, id).value ?? 0) - (cellOf(a, id).value ?? 0));
  const [top, bottom] = [shown(sorted[0] as Row), shown(sorted.at(-1) as Row)];
  /** All that share a place: equal is what reads as equal. */
  const those = (text: string): string => {
    const names = sorted.filter((row) => shown(row) === text).map((row) => labelOf(pack, rows, row, language));
    return names.length > MOST_TIED ? m.someOf(names.length, known.length) : [names.slice(0, -1).join(', '), names.at(-1) ?? ''].filter((part) => part !== '').join(` ${m.and} `);
  };
  if (known.length === 1) return m.onlyShownSentence(name, those(top), top, words);
  const hidden = rows.some((row) => isHidden(cellOf(row, id)));
  if (top === bottom) return (hidden ? m.sameShownSentence : m.sameSentence)(name, known.length, top, words);
  return (hidden ? m.rankedShownSentence : m.rankedSentence)(name, those(top), top, those(bottom), bottom, words);
}

/** "3 af 7 ligger over budget: …", or that none do. */
function filteredSentence(pack: Pack, result: Result, filtered: NonNullable<AnswerContext['filtered']>, language: Language): string {
  const r = replies(language);
  const { having, among, unmeasured, none } = filtered;
  const measure = measureOf(pack, having.measure);
  const unit = having.relative ? 'percent' : measure.unit;
  const amount = having.limit === 0 ? '' : formatValue(having.limit, unit, Number.isInteger(having.limit) ? 0 : measure.decimals, language);
  const other = having.against === 'plan' ? (pack.plans.get(having.measure)?.name[language] ?? r.planWord) : having.against === 'average' ? r.averageWord : r.otherWord;
  const side = having.side === 'below' ? r.below : r.above;
  const what = having.against === null ? side(amount === '' ? '0' : amount) : having.side === 'either' ? r.either(amount, other) : amount === '' ? side(other) : r.by(amount, side(other));
  const words = inWords(pack, result.query.period, language);
  const name = (row: Row): string => (result.query.by !== null && 'grain' in result.query.by ? inWords(pack, row.period, language) : labelOf(pack, result.rows, row, language));
  const rest = unmeasured.length === 0 ? '' : ` ${r.notMeasured([...unmeasured.slice(0, MOST_NAMED).map(name), ...(unmeasured.length > MOST_NAMED ? [messages(language).leftOutMore(unmeasured.length - MOST_NAMED, true)] : [])].join(', '))}`;
  if (among === 0) return rest.trim();
  if (none) return `${r.metByNone(among, measure.name[language], what, words)}${rest}`;
  const list = result.rows.map((row) => {
    const difference = having.against === null ? null : differenceOf(cellOf(row, having.measure), row.against[having.against]?.[having.measure], measure, language);
    return `${name(row)} (${difference === null ? cellText(cellOf(row, having.measure), pack, measure, language) : `${difference.text}${marked(row, having.measure, having.against, language)}`})`;
  });
  return `${r.met(result.rows.length, among, measure.name[language], what, words, list.join(', '))}${rest}`;
}

/** The money, plan and output measures of a query that asks for them together with their price; null otherwise. */
export function couplingIds(pack: Pack, query: Query): { money: string; plan: string; output: string; price: string } | null {
  for (const id of query.measures) {
    const price = measureOf(pack, id);
    if (price.kind !== 'ratio' || !price.unit.includes(' per ') || !query.measures.includes(price.numerator) || !query.measures.includes(price.denominator)) continue;
    const plan = pack.plans.get(price.numerator);
    return { money: price.numerator, plan: plan?.kind === 'measure' ? plan.by : price.numerator, output: price.denominator, price: id };
  }
  return null;
}

/** The money measure of a query that asks for it and its plan and nothing else: shown as the one with the other beside it. */
function besidePlan(pack: Pack, query: Query): string | null {
  const [money, plan, ...more] = query.measures;
  const known = pack.plans.get(money ?? '');
  return money !== undefined && more.length === 0 && known?.kind === 'measure' && known.by === plan && query.comparisons.includes('plan') ? money : null;
}

function coupledSentence(pack: Pack, result: Result, language: Language): string {
  const m = messages(language);
  const ids = couplingIds(pack, result.query);
  const row = result.rows[0];
  if (ids === null || row === undefined) return '';
  const [money, output, price] = [measureOf(pack, ids.money), measureOf(pack, ids.output), measureOf(pack, ids.price)];
  const coupled = couple(cellOf(row, money.id), row.against.plan?.[money.id] ?? null, cellOf(row, output.id), row.against.plan?.[output.id] ?? null, { value: row.values[price.id], plan: row.against.plan?.[price.id] });
  if (coupled === null) return '';
  const figure = (measure: Measure): string => cellText(cellOf(row, measure.id), pack, measure, language, precisionsOf([row], measure)(row));
  const spent = spentSentence(pack, money, unitName(pack, row, language), figure(money), inWords(pack, result.query.period, language), againstText(pack, row, money.id, result.query, language), language);
  const delivered = m.delivered(figure(output), output.unit, againstText(pack, row, output.id, result.query, language));
  const { value: cost, plan: planned, partial } = coupled.price;
  if (cost === null) return `${spent} ${delivered}`;
  const one = (value: number): string => formatValue(value, money.unit, price.decimals, language, sharedPrecision([{ value: cost, others: planned === null ? [] : [planned] }], price.unit, price.decimals));
  return `${spent} ${delivered} ${m.price(m.oneOf(output.unit, oneOf(output.unit, language)), `${one(cost)}${partial ? ` ${m.partialMark}` : ''}`, planned === null ? '' : m.inBudget(one(planned)))}`;
}

function comparisonColumns(pack: Pack, query: Query, language: Language): { title: string; comparison: Query['comparisons'][number] }[] {
  const m = messages(language);
  const titles = { plan: m.columnPlan, previous: m.columnPrevious, 'last-year': m.columnLastYear, period: query.comparedTo === null ? '' : inWords(pack, query.comparedTo, language), average: m.columnAverage, highest: m.columnHighest, lowest: m.columnLowest, share: m.columnShare } as const;
  return query.comparisons.map((comparison) => ({ title: titles[comparison], comparison }));
}

function comparisonCells(pack: Pack, row: Row, id: string, query: Query, language: Language, precision: Precision | null): TableCell[] {
  const measure = measureOf(pack, id);
  return comparisonColumns(pack, query, language).flatMap(({ comparison }) => {
    const other = row.against[comparison]?.[id] ?? MISSING;
    if (comparison === 'share') return [plainCell(other.state === 'missing' ? '–' : cellText(other, pack, { ...measure, unit: 'percent', decimals: 1 } as Measure, language))];
    return [plainCell(other.state === 'missing' ? '–' : cellText(other, pack, measure, language, precision)), differenceCell(cellOf(row, id), other, measure, language, precision)];
  });
}

/** One row: measures downwards. Several rows with one measure: comparisons sideways. Several of both: measures sideways. */
function tableOf(pack: Pack, result: Result, language: Language): Block {
  const m = messages(language);
  const { rows } = result;
  const money = besidePlan(pack, result.query);
  const query: Query = money === null ? result.query : { ...result.query, measures: [money] };
  const right = (title: string): TableColumn => ({ title, align: 'right' });
  const compared = comparisonColumns(pack, query, language).flatMap(({ title, comparison }) => (comparison === 'share' ? [right(title)] : [right(title), right(m.columnDifference)]));
  const words = inWords(pack, query.period, language);
  const units = new Set(rows.map((row) => row.unit));
  const first = rows[0];
  const title = units.size === 1 && first !== undefined ? `${rows.length === 1 ? subject(pack, first, language) : unitName(pack, first, language)}, ${words}` : words;
  /** A row's figure of a measure and what it is held against, in the precision of them all. */
  const figures = (id: string): (row: Row) => TableCell[] => {
    const measure = measureOf(pack, id);
    const precision = precisionsOf(rows, measure);
    return (row) => [plainCell(cellText(cellOf(row, id), pack, measure, language, precision(row))), ...comparisonCells(pack, row, id, query, language, precision(row))];
  };
  if (rows.length === 1 && first !== undefined) {
    return {
      kind: 'table', title, columns: [{ title: m.columnMeasure, align: 'left' }, right(m.columnValue), ...compared],
      rows: query.measures.map((id) => [plainCell(measureOf(pack, id).name[language]), ...figures(id)(first)]),
    };
  }
  const overTime = query.by !== null && 'grain' in query.by;
  const heads: TableColumn[] = [
    ...(units.size > 1 && (overTime || (query.by !== null)) ? [{ title: m.columnUnit, align: 'left' as const }] : []),
    { title: overTime ? m.columnPeriod : query.by !== null ? '' : m.columnUnit, align: 'left' },
  ];
  const stub = (row: Row): TableCell[] => [
    ...(heads.length > 1 ? [plainCell(unitName(pack, row, language))] : []),
    plainCell(overTime ? inWords(pack, row.period, language) : rowName(pack, row, language)),
  ];
  if (query.measures.length === 1) {
    const id = query.measures[0] as string;
    const shown = figures(id);
    return { kind: 'table', title: `${measureOf(pack, id).name[language]}, ${title}`, columns: [...heads, right(m.columnValue), ...compared], rows: rows.map((row) => [...stub(row), ...shown(row)]) };
  }
  const shown = query.measures.map(figures);
  return { kind: 'table', title, columns: [...heads, ...query.measures.map((id) => right(measureOf(pack, id).name[language]))], rows: rows.map((row) => [...stub(row), ...shown.flatMap((one) => one(row).slice(0, 1))]) };
}

/** A picture where it helps: months as a line or coupled bars, units and dimension values as bars, one figure with its months behind it. */
function pictureOf(pack: Pack, result: Result, context: AnswerContext, title: string): Picture | null {
  const { query, rows } = result;
  const { language } = context;
  if (context.wantsChart === false) return null;
  const id = query.measures[0] ?? '';
  const ids = couplingIds(pack, query);
  const overTime = query.by !== null && 'grain' in query.by;
  if (overTime && new Set(rows.map((row) => row.unit)).size === 1 && rows.length > 1) {
    return ids !== null ? coupledPicture(pack, rows, ids, title, language) : trendPicture(pack, rows, id, title, language);
  }
  if (overTime && rows.length > 1 && ids === null) return multiplesPicture(pack, rows, id, title, language);
  if (!overTime && rows.length > 1) return barsPicture(pack, rows, ids?.price ?? id, title, language);
  if (rows.length === 1 && context.history !== null) {
    return ids !== null ? coupledPicture(pack, context.history.rows, ids, title, language) : trendPicture(pack, context.history.rows, id, title, language);
  }
  return null;
}

function chartTitle(pack: Pack, result: Result, language: Language): string {
  const { query, rows } = result;
  const ids = couplingIds(pack, query);
  const id = ids?.money ?? query.measures[0] ?? '';
  const row = rows.length === 1 ? rows[0] : undefined;
  if (row === undefined) {
    const units = new Set(rows.map((r) => r.unit));
    const first = rows[0];
    return `${units.size === 1 && first !== undefined ? `${unitName(pack, first, language)}: ` : ''}${measureOf(pack, rows.length > 1 && ids !== null ? ids.price : id).name[language]}${partNamed(pack, result, language)}, ${inWords(pack, query.period, language)}`;
  }
  const against = againstText(pack, row, id, query, language);
  return `${subject(pack, row, language)}: ${against === '' ? `${lower(measureOf(pack, id).name[language])} ${cellText(cellOf(row, id), pack, measureOf(pack, id), language, precisionsOf([row], measureOf(pack, id))(row))}` : against}, ${inWords(pack, query.period, language)}`;
}

/** The card that answers a query: the answer in one sentence, what was understood, the figures, a picture, caveats and sources. */
export function answerCard(pack: Pack, result: Result, context: AnswerContext): Card {
  const { language } = context;
  const m = messages(language);
  const parts = context.understood.map((part) => (part.assumed ? `${part.meaning} (${m.assumed})` : part.meaning));
  const notes = [...notesOf(pack, result, language), ...(context.forecast === null ? [] : forecastNotes(pack, context.forecast.measure, context.forecast.made, language))];
  const blocks: Block[] = [];
  if (parts.length > 0) blocks.push({ kind: 'text', text: m.understood(parts.join('; ')) });
  if (result.rows.some((row) => Object.values(row.values).some((cell) => cell.state !== 'missing'))) blocks.push(tableOf(pack, result, language));
  if (notes.length > 0) blocks.push({ kind: 'notes', title: m.notes, items: notes });
  const actions: Action[] = context.alternatives.slice(0, 4).map((alternative, i) => ({ id: `next-${i}`, label: alternative.label, ask: alternative.ask }));
  const picture = pictureOf(pack, result, context, chartTitle(pack, result, language));
  const names = result.query.measures.map((id) => measureOf(pack, id).name[language]).join(', ');
  return {
    language,
    title: names,
    label: packLabel(pack, language),
    headline: context.filtered === null ? sentence(pack, result, language, context.latest) : filteredSentence(pack, result, context.filtered, language),
    blocks,
    picture: picture !== null && hasData(picture.chart) ? picture : null,
    actions,
    provenance: provenanceOf(pack, [result], language),
  };
}

