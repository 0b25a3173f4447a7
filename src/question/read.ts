import { lastClosed, periodOf, previousPeriod, sameLastYear, yearToDate, type IsoDate, type Period, type TimeGrain } from '../calendar/period.ts';
import { periodName } from '../card/periods.ts';
import type { Language, Pack, Person } from '../pack/model.ts';
import type { Comparison, Query } from '../query/query.ts';
import { definitionSubject, intentOf } from './intents.ts';
import { sameWord } from './inflect.ts';
import { findNames, type Found, type Lexicon } from './lexicon.ts';
import { defaultComparisons, defaultPeriod, pricedBy, resolveMeasures } from './measures.ts';
import { findPeriod, NUMBER_PATTERN, numberOf } from './periods.ts';
import { dimensionName, phrase } from './phrase.ts';
import { freeText, tokenize, type Token } from './tokens.ts';
import { asks, FILLERS, languageOf } from './words.ts';

export interface Understood {
  readonly part: 'measure' | 'unit' | 'period' | 'comparison' | 'grouping' | 'limit' | 'shape';
  /** The asker's own words; empty when assumed. */
  readonly words: string;
  readonly meaning: string;
  readonly assumed: boolean;
}

/** Something to press: a label, and the complete question it stands for. */
export interface Choice { readonly label: string; readonly ask: string }

/** What a question was read as. An unclear question is a value, not an exception. */
export type Reading =
  | { readonly kind: 'query'; readonly language: Language; readonly query: Query; readonly understood: readonly Understood[]; readonly alternatives: readonly Choice[]; readonly wantsChart: boolean | null }
  | { readonly kind: 'clarify'; readonly language: Language; readonly question: string; readonly choices: readonly Choice[]; readonly reason: 'measure' | 'period' | 'leftover'; readonly leftover: readonly string[] }
  | { readonly kind: 'definition'; readonly language: Language; readonly pack: string; readonly measure: string }
  | { readonly kind: 'latest-digest' | 'help' | 'greeting' | 'thanks'; readonly language: Language }
  | { readonly kind: 'not-understood'; readonly language: Language; readonly leftover: readonly string[]; readonly nearest: readonly Choice[] };

export interface ReadContext {
  readonly lexicon: Lexicon;
  readonly person: Person;
  /** The same human in each of their packs; their units differ. */
  readonly people: ReadonlyMap<string, Person>;
  /** The person's own pack: what a question without a name of another is about. */
  readonly pack: Pack;
  readonly today: IsoDate;
  /** Day up to which some measures are complete (exclusive). */
  readonly closedThrough: (packId: string, measureIds: readonly string[]) => IsoDate;
  /** The question before in this conversation; null: none. */
  readonly previous: Query | null;
  readonly language: Language | null;
}

const MOST_CHOICES = 4;
const AGAINST = '(?:mod|vs|versus|kontra|contra|over for|overfor|i forhold til|ift|sammenlignet med|compared (?:to|with)|against|than|end)';
const COMPARED: readonly [comparison: Comparison, pattern: string][] = [
  ['last-year', `${AGAINST} (?:det |samme |the |same )?(?:(?:periode|maaned|kvartal|period|month|quarter|time) )?(?:sidste aar|forrige aar|aaret foer|i fjor|last year|(?:the )?year before|previous year)`],
  ['previous', `${AGAINST} (?:den |the )?(?:sidste|forrige|foregaaende|last|previous) (?:maaned|periode|kvartal|uge|month|period|quarter|week)|${AGAINST} (?:maaneden|perioden) foer|${AGAINST} the (?:month|period) before`],
  ['plan', `${AGAINST} (?:plan(?:en)?|maal(?:et)?|target|budget(?:tet)? eller maal|budget or target)`],
  ['average', `(?:${AGAINST} )?(?:gennemsnit(?:tet)?|snittet|the average|average)`],
  ['share', '(?:andel|share|del) (?:af|of)(?: det hele| the whole| helheden| total(?:en)?)?'],
];
const GRAINS: readonly [grain: TimeGrain, words: string][] = [['day', 'dag|day'], ['week', 'uge|week'], ['month', 'maaned|month'], ['quarter', 'kvartal|quarter'], ['half-year', 'halvaar|half-year|half year'], ['year', 'aar|year']];
const PER = '(?:pr|per|by|for hver|efter|fordelt paa|opdelt paa|hver|each)';
const TREND = 'udvikling(?:en)?|trend(?:en)?|over tid|over time|development|kurve(?:n)?|tendens(?:en)?';
const CONTINUES = /^(?:og|hvad med|hvad saa med|samme for|det samme for|and|what about|how about|same for)(?= )/;
/** Dear and cheap are said of a price. */
const DEAR = 'dyreste?|billigste?|cheapest|dearest|most expensive|least expensive';
const HIGH = 'hoejeste?|stoerste?|dyreste?|mest|flest|highest|largest|most expensive|dearest|most|biggest';
const LOW = 'laveste?|mindste?|billigste?|faerrest|lowest|smallest|least expensive|least|cheapest';

interface Draft {
  readonly tokens: readonly Token[];
  readonly taken: boolean[];
  readonly understood: Understood[];
}

/** Takes the words of the first match of a pattern in what is still free. */
function take(draft: Draft, pattern: string): RegExpExecArray | null {
  const { text, tokenAt } = freeText(draft.tokens, draft.taken);
  const match = new RegExp(`(?<![\\p{L}\\d])(?:${pattern})(?![\\p{L}\\d])`, 'u').exec(text);
  if (match !== null) for (let i = tokenAt(match.index); i <= tokenAt(match.index + match[0].trimEnd().length - 1); i += 1) draft.taken[i] = true;
  return match;
}
const wordsOf = (draft: Draft, found: { from: number; to: number }): string => draft.tokens.slice(found.from, found.to).map((token) => token.text).join(' ');

/**
 * Reads a question, the same way every time: names of the packs first (the longest wins, so that "pris pr. leveret
 * time" is a measure and no grouping), then comparisons ("mod sidste år" before "sidste år" becomes a period), then
 * shape and grouping, then periods; what is left over must be words without content of their own, or it is asked back.
 */
export function read(text: string, context: ReadContext): Reading {
  const tokens = tokenize(text);
  const folded = tokens.map((token) => token.folded).join(' ');
  const language = context.language ?? languageOf(tokens.map((token) => token.folded)) ?? context.person.language;
  if (tokens.length === 0) return { kind: 'help', language };
  const intent = intentOf(folded);
  if (intent !== null) return { kind: intent, language };
  const draft: Draft = { tokens, taken: tokens.map(() => false), understood: [] };
  const names = findNames(context.lexicon, tokens, draft.taken);
  const defined = definitionOf(context, folded, names, tokens);
  if (defined !== null) return { kind: 'definition', language, ...defined };

  for (const name of names) for (let i = name.from; i < name.to; i += 1) draft.taken[i] = true;
  const pack = packOf(context, names);
  return readFigures(context, pack, language, draft, names.filter((name) => name.meanings.some((m) => m.pack === pack.id)));
}

function definitionOf(context: ReadContext, folded: string, names: readonly Found[], tokens: readonly Token[]): { pack: string; measure: string } | null {
  const subject = definitionSubject(folded);
  if (subject === null) return null;
  const size = subject.split(' ').length;
  const at = tokens.map((token) => token.folded).join(' ').lastIndexOf(subject);
  const first = tokens.map((token) => token.folded).join(' ').slice(0, at).split(' ').filter((w) => w !== '').length;
  // Only when the whole subject is a measure: "what is the budget in October" asks for a figure.
  const name = names.find((found) => found.from === first && found.to === first + size && found.meanings.some((m) => m.kind === 'measure'));
  const measure = name?.meanings.find((m) => m.kind === 'measure');
  return measure === undefined || !context.lexicon.packs.has(measure.pack) ? null : { pack: measure.pack, measure: measure.id };
}

/** The pack a question is about: the one that knows its names, the person's own when in doubt. */
function packOf(context: ReadContext, names: readonly Found[]): Pack {
  const score = (pack: Pack): number => names.filter((name) => name.meanings.some((m) => m.pack === pack.id)).length;
  return [context.pack, ...context.lexicon.packs.values()].reduce((best, pack) => (score(pack) > score(best) ? pack : best), context.pack);
}

function readFigures(context: ReadContext, pack: Pack, language: Language, draft: Draft, names: readonly Found[]): Reading {
  const folded = draft.tokens.map((token) => token.folded).join(' ');
  const words = asks(language);
  const ownUnits = (context.people.get(pack.id) ?? context.person).units;
  const { understood } = draft;
  const own = names.map((name) => ({ ...name, meanings: name.meanings.filter((m) => m.pack === pack.id) }));
  const note = (part: Understood['part'], said: string, meaning: string, assumed = false): void => { understood.push({ part, words: said, meaning, assumed }); };

  // Comparison, before periods: "mod sidste år" names what to compare with, not when.
  const comparisons: Comparison[] = [];
  for (const [comparison, pattern] of COMPARED) if (take(draft, pattern) !== null) comparisons.push(comparison);

  const wantsChart = take(draft, '(?:som |as (?:a )?|i (?:en )?|in a )?(?:graf|diagram|figur|kurvediagram|chart|graph|picture)') !== null ? true
    : take(draft, '(?:kun |only |just )?(?:tal|tabel|numbers|table)(?: only)?|som tabel|as (?:a )?table|uden graf|without chart') !== null ? false : null;
  const trend = take(draft, TREND) !== null;
  const over = take(draft, '(?:over|under) plan|(?:over|under)(?= \u0001)');
  const dearest = new RegExp(`(?<![\\p{L}\\d])(?:${DEAR})(?![\\p{L}\\d])`, 'u').exec(folded);
  const limited = take(draft, `(?:top|bund|bottom|de|the) (${NUMBER_PATTERN})(?: (${HIGH}|${LOW}))?`);
  const ranked = limited ?? take(draft, `(?:den |det |de |the )?(${HIGH}|${LOW})`);

  // Grouping: by piece of time, by level of the organisation, by a dimension.
  let grain: TimeGrain | null = null;
  for (const [g, pattern] of GRAINS) if (grain === null && take(draft, `${PER} (?:${pattern})`) !== null) grain = g;
  let level: string | null = null;
  let dimension: string | null = null;
  const units: string[] = [];
  const groupBefore = new RegExp(`^(?:pr|per|by|efter|hver|each|hvilke|hvilket|hvilken|which|alle|all|every|paa|for|across|de|the)$`);
  for (const name of own) {
    const unit = name.meanings.find((m) => m.kind === 'unit');
    const levelOf = name.meanings.find((m) => m.kind === 'level');
    const dim = name.meanings.find((m) => m.kind === 'dimension');
    const before = draft.tokens[name.from - 1]?.folded ?? '';
    if (unit !== undefined) { units.push(unit.id); note('unit', wordsOf(draft, name), pack.organisation.units.get(unit.id)?.name[language] ?? unit.id); continue; }
    if (dim !== undefined && levelOf === undefined) { dimension = dim.id; if (groupBefore.test(before)) draft.taken[name.from - 1] = true; continue; }
    if (levelOf === undefined) continue;
    const next = own.find((other) => other.from === name.to && other.meanings.some((m) => m.kind === 'unit'));
    if (next !== undefined) continue;
    if (/^(?:mit|min|vores|our|my)$/.test(before)) { units.push(...ownUnits); note('unit', wordsOf(draft, name), namesOf(pack, ownUnits, language)); continue; }
    if (levelOf.id === pack.organisation.levels[0]?.id) { units.push(pack.organisation.root); note('unit', wordsOf(draft, name), namesOf(pack, [pack.organisation.root], language)); continue; }
    level = levelOf.id;
    if (groupBefore.test(before)) draft.taken[name.from - 1] = true;
  }
  if (ranked !== null && level === null && dimension === null) {
    const below = (units.length > 0 ? units : [pack.organisation.root]).flatMap((unit) => pack.organisation.units.get(unit)?.children ?? [])[0];
    level = below === undefined ? null : (pack.organisation.units.get(below)?.level ?? null);
  }

  // Measures. A name that several share is asked about.
  const measured = own.filter((name) => name.meanings.some((m) => m.kind === 'measure') && !name.meanings.some((m) => m.kind === 'unit' || m.kind === 'level' || m.kind === 'dimension'));
  const unclear = measured.find((name) => name.meanings.filter((m) => m.kind === 'measure').length > 1);
  const previous = context.previous !== null && context.previous.pack === pack.id ? context.previous : null;
  const said = [...new Set(measured.flatMap((name) => name.meanings.filter((m) => m.kind === 'measure').map((m) => m.id)))];
  /** The question changes the one before it: it names no measure of its own, or says so ("og timer?"). */
  const kept = previous !== null && (said.length === 0 || CONTINUES.test(folded));
  const whole = resolveMeasures(pack, dearest === null ? said : pricedBy(pack, said));
  // "Over budget" is about the spend; the budget is what it is held against.
  const resolved = over === null || !whole.withPlan ? whole : { ...whole, measures: whole.measures.slice(0, 1) };
  const measures = resolved.measures.length > 0 ? resolved.measures : (previous?.measures ?? []);
  for (const name of measured) note('measure', wordsOf(draft, name), namesOfMeasures(pack, name.meanings.filter((m) => m.kind === 'measure').map((m) => m.id), language));
  for (const id of measures) if (!understood.some((u) => u.part === 'measure' && u.meaning === namesOfMeasures(pack, [id], language))) note('measure', '', namesOfMeasures(pack, [id], language), !said.includes(id));

  // Periods, from what is still free.
  const closed = context.closedThrough(pack.id, measures.length > 0 ? measures : [...pack.measures.keys()].slice(0, 1));
  const free = freeText(draft.tokens, draft.taken);
  let found = findPeriod(free.text, { today: context.today, closed, yearStart: pack.yearStart });
  let periodWords = '';
  let twoPeriods: readonly Period[] = [];
  if (found !== null) {
    const [from, to] = [free.tokenAt(found.from), free.tokenAt(Math.max(found.from, found.to - 1))];
    periodWords = wordsOf(draft, { from, to: to + 1 });
    for (let i = from; i <= to; i += 1) draft.taken[i] = true;
    const second = findPeriod(freeText(draft.tokens, draft.taken).text, { today: context.today, closed, yearStart: pack.yearStart });
    if (second !== null) {
      const text = freeText(draft.tokens, draft.taken);
      const [start, end] = [text.tokenAt(second.from), text.tokenAt(Math.max(second.from, second.to - 1))];
      for (let i = start; i <= end; i += 1) draft.taken[i] = true;
      const between = draft.tokens.slice(Math.min(to, end) + 1, Math.max(from, start)).map((token) => token.folded).join(' ');
      const base = second.periods.length === 1 && found.periods.length === 1 ? comparedPeriods(found.periods[0], second.periods[0], closed, pack.yearStart) : null;
      // "oktober 2025 mod oktober 2024": the newer one is asked about, the older is what to compare with.
      if (base !== null && BETWEEN_PERIODS.test(between)) {
        comparisons.push(base.comparison);
        found = { ...found, periods: [base.period] };
        periodWords = wordsOf(draft, { from: Math.min(from, start), to: Math.max(to, end) + 1 });
      } else {
        twoPeriods = [...found.periods, ...second.periods];
      }
    }
  }

  // A word of a measure's own name says nothing new: "hvor mange timer leverede vi".
  const ownWords = measures.flatMap((id) => context.lexicon.entries.filter((entry) => entry.meaning.kind === 'measure' && entry.meaning.id === id && entry.meaning.pack === pack.id).flatMap((entry) => entry.words));
  const leftover = draft.tokens.filter((token, i) => draft.taken[i] !== true && !FILLERS.has(token.folded) && !/^\d$/.test(token.folded) && !ownWords.some((word) => sameWord(word, token.folded))).map((token) => token.text);
  const somethingNew = said.length > 0 || units.length > 0 || level !== null || dimension !== null || grain !== null || trend || found !== null || comparisons.length > 0 || wantsChart !== null || ranked !== null;
  if (!somethingNew) return { kind: 'not-understood', language, leftover, nearest: [] };

  const defaults = defaultPeriod(pack, measures, closed, trend || grain === 'month' || grain === 'week' || grain === 'quarter');
  const chosen = (period: Period): Query => {
    const by = dimension !== null ? { dimension } : grain !== null ? { grain } : trend ? { grain: 'month' as const } : kept ? previous.by : null;
    const groupLevel = level ?? (kept && units.length === 0 ? previous.level : null);
    const where = units.length > 0 ? [...new Set(units)] : level !== null ? [pack.organisation.root] : kept ? previous.units : [...ownUnits];
    const against = comparisons.length > 0 ? [...new Set([...comparisons, ...(resolved.withPlan ? ['plan' as const] : [])])] : kept && said.length === 0 ? previous.comparisons : defaultComparisons(pack, measures);
    const descending = ranked === null ? true : !new RegExp(`(?:${LOW})`).test(ranked[0]) && !/^(?:bund|bottom)/.test(ranked[0]);
    const order = ranked !== null ? { measure: measures[0] ?? '', against: null, descending } : over !== null && level !== null ? { measure: measures[0] ?? '', against: 'plan' as const, descending: over[0].startsWith('over') } : kept && previous.order !== null ? { ...previous.order, measure: measures.includes(previous.order.measure) ? previous.order.measure : measures[0] ?? '' } : null;
    const limit = limited !== null ? numberOf(limited[1] ?? '1') : kept ? previous.limit : null;
    return { pack: pack.id, measures, units: where, level: groupLevel, period, comparisons: against, by, order, limit };
  };
  const phrased = (query: Query): Choice => ({ label: phrase(pack, query, language, closed), ask: phrase(pack, query, language, closed) });
  const period = found?.periods[0] ?? (kept && !trend ? previous.period : defaults);

  if (measures.length === 0) {
    const likely = [...pack.measures.values()].filter((m) => m.synonyms.da.length + m.synonyms.en.length > 0).slice(0, MOST_CHOICES);
    const choices = likely.map((m) => {
      const { measures: ids } = resolveMeasures(pack, [m.id]);
      return { label: m.name[language], ask: phrase(pack, { ...chosen(period), measures: ids, comparisons: defaultComparisons(pack, ids) }, language, closed) };
    });
    return leftover.length > 0 && units.length === 0 && found === null ? { kind: 'not-understood', language, leftover, nearest: choices.slice(0, 2) } : { kind: 'clarify', language, question: words.whichMeasure, choices, reason: 'measure', leftover };
  }
  if (unclear !== undefined) {
    const choices = unclear.meanings.flatMap((m) => (m.kind === 'measure' ? [m.id] : [])).slice(0, MOST_CHOICES).map((id) => {
      const ids = resolveMeasures(pack, [...said.filter((one) => !unclear.meanings.some((m) => m.kind === 'measure' && m.id === one)), id]).measures;
      return { label: pack.measures.get(id)?.name[language] ?? id, ask: phrase(pack, { ...chosen(period), measures: ids, comparisons: defaultComparisons(pack, ids) }, language, closed) };
    });
    return { kind: 'clarify', language, question: words.whichOf(wordsOf(draft, unclear)), choices, reason: 'measure', leftover };
  }
  if (found !== null && found.periods.length > 1) {
    const choices = found.periods.map((one) => ({ label: `${periodName(one, language, pack.yearStart)}${one.to > closed ? ` (${words.notClosed})` : ''}`, ask: phrase(pack, chosen(one), language, closed) }));
    return { kind: 'clarify', language, question: words.whichMonth(periodName(found.periods[0], language, pack.yearStart).split(' ')[0] ?? ''), choices, reason: 'period', leftover };
  }
  if (twoPeriods.length > 0) {
    const choices = twoPeriods.slice(0, MOST_CHOICES).map((one) => ({ label: periodName(one, language, pack.yearStart), ask: phrase(pack, chosen(one), language, closed) }));
    return { kind: 'clarify', language, question: words.onePeriod, choices, reason: 'period', leftover };
  }
  const query = chosen(period);
  if (leftover.length > 0) return { kind: 'clarify', language, question: words.leftover(leftover.map((word) => `"${word}"`).join(', ')), choices: NEGATION.test(folded) ? [] : [phrased(query)], reason: 'leftover', leftover };

  if (units.length === 0 && level === null) note('unit', '', namesOf(pack, query.units, language), !kept);
  if (query.level !== null) note('grouping', '', words.per(pack.organisation.levels.find((l) => l.id === query.level)?.name[language] ?? query.level));
  if (query.by !== null) note('grouping', '', 'grain' in query.by ? words.per(words.grains[query.by.grain]) : words.per(dimensionName(pack, query.by.dimension, language)));
  note('period', periodWords, periodName(period, language, pack.yearStart), found === null && !kept);
  for (const comparison of query.comparisons) note('comparison', '', words.comparedWith[comparison], comparisons.length === 0);
  if (query.limit !== null) note('limit', '', words.first(query.limit));
  return { kind: 'query', language, query, understood, alternatives: alternativesOf(context, pack, query, language, closed), wantsChart };
}

/** Turns the question round, so that what is understood of it would be its opposite. */
const NEGATION = /(?<![\p{L}])(?:uden|undtagen|bortset|ikke|eksklusive?|without|except|excluding|excl|not|no)(?![\p{L}])/u;
const BETWEEN_PERIODS = new RegExp(`^(?:(?:i|in|for|fra|from|og|and|med|with|sammenlignet|compared|${AGAINST}) ?)*$`);

/** The newer of two periods, and the comparison that the older one is; null when it is neither the year nor the period before. A year that is not over is compared like for like. */
function comparedPeriods(a: Period, b: Period, closed: IsoDate, yearStart: number): { period: Period; comparison: Comparison } | null {
  const [older, newer] = a.from < b.from ? [a, b] : [b, a];
  const same = (one: Period): boolean => one.from === older.from && one.to === older.to;
  const running = newer.grain === 'year' && newer.to > closed && newer.from < closed;
  if (same(sameLastYear(newer))) return { period: running ? yearToDate(lastClosed('month', closed).to, yearStart) : newer, comparison: 'last-year' };
  return same(previousPeriod(newer)) ? { period: newer, comparison: 'previous' } : null;
}

const namesOf = (pack: Pack, units: readonly string[], language: Language): string => units.map((id) => pack.organisation.units.get(id)?.name[language] ?? id).join(', ');
const namesOfMeasures = (pack: Pack, ids: readonly string[], language: Language): string => ids.map((id) => pack.measures.get(id)?.name[language] ?? id).join(', ');

/** What is likely asked next, each a complete question. */
function alternativesOf(context: ReadContext, pack: Pack, query: Query, language: Language, closed: IsoDate): Choice[] {
  const words = asks(language);
  const first = query.measures.find((id) => pack.measures.get(id)?.kind === 'ratio') ?? query.measures[0] ?? '';
  const choices: Choice[] = [];
  const add = (label: string, next: Query): void => { choices.push({ label, ask: phrase(pack, next, language, closed) }); };
  const name = pack.measures.get(first)?.name[language] ?? first;
  const running = periodOf('month', context.today);
  if (query.period.grain === 'month' && query.period.from === running.from && query.period.to > closed) add(periodName(lastClosed('month', closed), language, pack.yearStart), { ...query, period: lastClosed('month', closed) });
  if (query.by === null) choices.push({ label: `${name}, ${words.trend}`, ask: `${name} ${query.level === null ? namesOf(pack, query.units.slice(0, 1), language) : ''} ${words.trend}`.replace(/ {2,}/g, ' ') });
  const below = query.units.flatMap((unit) => pack.organisation.units.get(unit)?.children ?? [])[0];
  const level = pack.organisation.levels.find((l) => l.id === pack.organisation.units.get(below ?? '')?.level);
  if (query.level === null && level !== undefined) add(words.perUnit(level.name[language]), { ...query, measures: [first], level: level.id, units: [pack.organisation.root], by: null, order: null, comparisons: defaultComparisons(pack, [first]) });
  if (!query.comparisons.includes('last-year')) add(words.vsLastYear, { ...query, comparisons: ['last-year'] });
  return choices.slice(0, MOST_CHOICES);
}
