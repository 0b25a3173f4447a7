import { lastClosed, periodOf, previousPeriod, sameLastYear, shiftMonths, type IsoDate, type Period } from '../calendar/period.ts';
import { periodName } from '../card/periods.ts';
import type { Language, Pack, Person } from '../pack/model.ts';
import type { Query } from '../query/query.ts';
import { asks } from './asks.ts';
import { readComparisons, readNoComparison } from './comparing.ts';
import { complete, type Ground } from './complete.ts';
import { choicesFor, type Choice, type Phrased } from './doubts.ts';
import { freeText, MARK, take, wordsOf, type Draft, type Taken, type Understood } from './draft.ts';
import { asksWhatItMeans, asksWhy, definitionOf, intentOf, withoutPoliteness } from './intents.ts';
import { sameWord } from './inflect.ts';
import type { Lexicon } from './lexicon.ts';
import { findNames, splitCompounds, type Found } from './names.ts';
import { measuresNamed, readPlaces, takeNames, type NamedMeasure } from './naming.ts';
import { nextChoices } from './offers.ts';
import { isMoney } from '../card/numbers.ts';
import { plannedBy, spendOf } from './measures.ts';
import { dimensionName, phrase } from './phrase.ts';
import { readRanking } from './ranking.ts';
import { nothingSaid, type Said, type Shape } from './said.ts';
import { readGrain, readManner, readShape } from './shaping.ts';
import { mendTime } from './slips.ts';
import { namesTime, readTimes } from './times.ts';
import { fold, tokenize, type Token } from './tokens.ts';
import { FILLERS, languageOf } from './words.ts';

/** What a question was read as. An unclear question is a value, not an exception. */
export type Reading =
  | { readonly kind: 'query' | 'why'; readonly language: Language; readonly query: Query; readonly understood: readonly Understood[]; readonly ignored: readonly string[]; readonly alternatives: readonly Choice[]; readonly shape: Shape | null }
  | { readonly kind: 'clarify'; readonly language: Language; readonly question: string; readonly choices: readonly Choice[]; readonly reason: string; readonly leftover: readonly string[]; readonly understood: readonly Understood[]; readonly partial: Query | null }
  | { readonly kind: 'definition'; readonly language: Language; readonly pack: string; readonly measures: readonly string[]; readonly query: Query }
  | { readonly kind: 'fresh'; readonly language: Language; readonly pack: string; readonly measures: readonly string[]; readonly period: Period | null }
  | { readonly kind: 'latest-digest'; readonly language: Language; readonly unit: string | null; readonly pack: string }
  | { readonly kind: 'help' | 'greeting' | 'thanks' | 'news'; readonly language: Language }
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
  /** What was offered when the question before was asked back; empty: nothing. */
  readonly offered: readonly Choice[];
  readonly language: Language | null;
}

/** Begins a message that changes the one before, though it names a measure of its own. */
const CONTINUES = /^(?:og|hvad med|hvad saa med|hvad saa|samme for|det samme|ogsaa|and|what about|how about|same for|the same|same again|same|now|nu|nej|no|jeg mente|jeg mener|i meant|i mean|rettelse|correction|sorry|undskyld|men|but|vis det|show it|show that|i stedet|instead|saa)(?: |$)/;
const CORRECTION = '(?:nej|no|rettelse|correction|sorry|undskyld|ups|oops)?(?: ?(?:jeg mente|jeg mener|jeg mente egentlig|i meant|i mean|det var|det skulle vaere|it should be|i wanted|jeg ville have))';
const SMALL = 'nej|no|ja|yes|i stedet(?: for)?|instead(?: of)?|det samme(?: for| i| med)|det samme(?= ?$)|the same(?: for| in)|the same(?= ?$)|same for|hvad med|hvad saa med|hvad saa|what about|how about|ogsaa|rettelse|correction|sorry|undskyld|ups|oops|men|but|again|igen|isaer|mon|overordnet';
const NEGATION = /^(?:uden|undtagen|bortset|ikke|eksklusive?|ekskl|without|except|excluding|excl|not|no|ingen|aldrig|never|minus|hverken|neither|nor|don|doesn|isn)$/;
const JOINS_UNDER = `(?:pr|per|for hver|for each|divideret med|divided by|delt med|delt paa|over antal|i forhold til antal)`;

/**
 * Reads a question, the same way every time: names of the packs first (the longest wins, so that "pris pr. leveret
 * time" is a measure and no grouping), then one reader per kind of phrase, in an order that has its reasons:
 * filters and ranks before comparisons ("over budget" is both), comparisons before periods ("mod sidste år" names what
 * to compare with, not when). What is left over must be words without content of their own, or it is asked back.
 */
export function read(text: string, context: ReadContext): Reading {
  const typed = tokenize(text);
  const language = context.language ?? languageOf(typed.map((token) => token.folded), text) ?? context.person.language;
  if (typed.length === 0) return { kind: 'help', language };
  const answered = chosen(typed, context);
  if (answered !== null) return read(answered.ask, { ...context, offered: [], language });
  const tokens = mendTime(context.lexicon, splitCompounds(context.lexicon, typed));
  const names = findNames(context.lexicon, tokens);
  const pack = packOf(context, names);
  const own = names.map((name) => ({ ...name, meanings: name.meanings.filter((m) => m.pack === pack.id) })).filter((name) => name.meanings.length > 0);
  const draft: Draft = { tokens, marks: tokens.map(() => null) };
  takeNames(draft, pack, own);

  const folded = typed.map((token) => token.folded).join(' ');
  const bare = withoutPoliteness(folded);
  const hasMeasure = own.some((name) => name.meanings.some((m) => m.kind === 'measure'));
  const defined = definitionOf(bare, tokens, own).map((one) => one.id);
  const before = context.previous?.pack === pack.id ? context.previous : null;
  if (defined.length === 0 && before !== null && asksWhatItMeans(bare)) return { kind: 'definition', language, pack: pack.id, measures: before.measures.slice(-1), query: before };
  if (defined.length > 0) return { kind: 'definition', language, pack: pack.id, measures: defined, query: figureOf(context, pack, defined) };
  const intent = intentOf(folded, bare, withoutPoliteness(freeText(draft).text.trim()), hasMeasure);
  if (intent === 'fresh') return freshness(context, pack, language, draft, own);
  if (intent === 'latest-digest') return { kind: intent, language, pack: pack.id, unit: own.flatMap((name) => name.meanings).find((m) => m.kind === 'unit')?.id ?? null };
  if (intent !== null) return { kind: intent, language };
  return readFigures(context, pack, language, draft, own);
}

/** The pack a question is about: the one that knows its names, the person's own when in doubt. */
function packOf(context: ReadContext, names: readonly Found[]): Pack {
  const score = (pack: Pack): number => names.filter((name) => name.meanings.some((m) => m.pack === pack.id)).length;
  return [context.pack, ...context.lexicon.packs.values()].reduce((best, pack) => (score(pack) > score(best) ? pack : best), context.pack);
}

/** The figure a definition is about, for the questions that follow it. */
function figureOf(context: ReadContext, pack: Pack, measures: readonly string[]): Query {
  const own = (context.people.get(pack.id) ?? context.person).units;
  return complete({ ...nothingSaid(), measures: [...measures] }, { pack, own, previous: null, closed: context.closedThrough(pack.id, measures), today: context.today }, null).query;
}

function freshness(context: ReadContext, pack: Pack, language: Language, draft: Draft, names: readonly Found[]): Reading {
  const measures = measuresNamed(names).flatMap((name) => name.ids);
  const said = nothingSaid();
  readTimes(draft, said, { today: context.today, closed: context.closedThrough(pack.id, [...pack.measures.keys()].slice(0, 1)), yearStart: pack.yearStart });
  return { kind: 'fresh', language, pack: pack.id, measures, period: said.periods.at(-1) ?? null };
}

/** The offered choice an answer to a question of ours means: its words, its number, or the only one it fits. */
function chosen(tokens: readonly Token[], context: ReadContext): Choice | null {
  const { offered } = context;
  if (offered.length === 0) return null;
  const words = tokens.map((token) => token.folded).filter((word) => !/^(?:den|det|i|the|tak|please|jeg|mener|mente|in|one|nr|nummer|number)$/.test(word));
  const text = words.join(' ');
  const whole = offered.find((choice) => [choice.label, choice.ask].some((one) => tokenize(one).map((token) => token.folded).join(' ') === tokens.map((token) => token.folded).join(' ')));
  if (whole !== undefined) return whole;
  const place = /^[1-4]$/.test(text) ? Number(text) - 1 : /^(?:foerste|first|oeverste)$/.test(text) ? 0 : /^(?:anden|andet|second)$/.test(text) ? 1 : /^(?:tredje|third)$/.test(text) ? 2 : /^(?:sidste|last|nederste|seneste|nyeste|latest)$/.test(text) ? offered.length - 1 : /^(?:ja|yes|jo|jep|yep|ok)$/.test(text) && offered.length === 1 ? 0 : -1;
  if (place >= 0 && offered[place] !== undefined) return offered[place];
  if (words.length === 0 || words.length > 3) return null;
  const fitting = offered.filter((choice) => { const known = tokenize(`${choice.label} ${choice.ask}`).map((token) => token.folded); return words.every((word) => known.some((one) => one === word || sameWord(one, word))); });
  if (fitting.length === 1) return fitting[0] ?? null;
  // "Sidste år", said of November: the November that lies in it.
  const lone = read(tokens.map((token) => token.text).join(' '), { ...context, offered: [], previous: null });
  const time = lone.kind === 'clarify' && lone.reason === 'measure' && lone.partial !== null && lone.understood.every((part) => part.part === 'period' || part.assumed) ? lone.partial.period : null;
  const yearly = time !== null && (time.grain === 'year' || time.grain === 'year-to-date');
  const within = time === null ? [] : offered.filter(({ query }) => query !== null && (yearly ? query.period.from.slice(0, 4) === time.from.slice(0, 4) : query.period.from >= time.from && query.period.from < time.to));
  return within.length === 1 ? within[0] ?? null : null;
}

function readFigures(context: ReadContext, pack: Pack, language: Language, draft: Draft, names: readonly Found[]): Reading {
  const words = asks(language);
  const folded = draft.tokens.map((token) => token.folded).join(' ');
  const owns = (context.people.get(pack.id) ?? context.person).units;
  const understood: Understood[] = [];
  const note = (part: Understood['part'], said: string, meaning: string, assumed = false): void => { understood.push({ part, words: said, meaning, assumed }); };
  const said = nothingSaid();
  const named = measuresNamed(names);
  const previous = context.previous !== null && context.previous.pack === pack.id ? context.previous : null;
  const time = (ids: readonly string[]): { today: IsoDate; closed: IsoDate; yearStart: number } => ({ today: context.today, closed: context.closedThrough(pack.id, ids.length > 0 ? ids : [...pack.measures.keys()].slice(0, 1)), yearStart: pack.yearStart });
  const idsNamed = named.flatMap((one) => one.ids);

  take(draft, '(?:kan|vil|kunne|ville|could|can|would) (?:du|i|you) ikke|couldn t you|can t you|won t you');
  said.counted = new RegExp(`(?:hvor mange|how many|antal|antallet af|number of) (?:\\p{L}+ )?${MARK.measure}`, 'u').test(freeText(draft).text) && !named.some((one) => /penge|money|kron|udgift|omkostning|cost|spend|forbrug|mid/i.test(wordsOf(draft, one.from, one.to)));
  take(draft, CORRECTION);
  take(draft, `(?:${SMALL})(?= |$)`);
  readDivision(draft, said, named);
  for (const one of readManner(draft, said, named.length > 0)) note('measure', one.words, '');
  const filtered = readRanking(draft, said);
  // "Og under?" turns the filter of the question before.
  const spentOn = said.rank !== null && /^(?:hvad|what) /.test(folded) && / (?:paa|on)$/.test(folded) ? dimensionOf(pack, measuresNamed(names).flatMap((one) => one.ids)) : null;
  if (spentOn !== null) said.by = { dimension: spentOn, values: null };
  const turned = said.having === null && previous?.having !== null && previous?.having !== undefined ? take(draft, 'over|under|above|below') : null;
  if (turned !== null && previous?.having !== null && previous?.having !== undefined) said.having = { ...previous.having, side: /over|above/i.test(turned.words) ? 'above' : 'below' };
  const shaped = [...readShape(draft, said), ...readGrain(draft, said)];
  const stepped = previous === null ? null : take(draft, '(?:i |in )?(maaneden|perioden|kvartalet|ugen|aaret) (?:foer|forinden)|(?:in )?(?:the )?(month|period|quarter|week|year) (?:before|earlier)');
  const lastYear = previous !== null && CONTINUES.test(folded) && named.length === 0 ? take(draft, '(?<=(?:og|med|about|and|saa) )(?:i )?(?:sidste aar|forrige aar|last year)(?= ?$)') : null;
  const uncompared = readNoComparison(draft);
  const placed = readPlaces(draft, said, pack, names, owns);
  const compared = readComparisons(draft, said, () => namesTime(draft, time(idsNamed)));
  readMeasures(said, pack, named, [...filtered, ...(said.deviation ? compared : [])], draft);
  splitByName(draft, said, pack, named);
  if (previous !== null && stepped !== null) said.periods = [/aaret|year/.test(stepped.groups.join(' ')) ? sameLastYear(previous.period) : previousPeriod(previous.period)];
  if (previous !== null && lastYear !== null) said.periods = [sameLastYear(previous.period)];
  const context2 = time(said.measures.length > 0 ? said.measures : previous?.measures ?? []);
  const timed = said.periods.length > 0 ? [stepped, lastYear].filter((one) => one !== null) : readTimes(draft, said, context2);
  // Of a stock, "ultimo december" is how it stood then.
  if (said.periods.length === 2 && /^(?:ultimo|pr|per|as)/i.test(said.periodWords) && said.measures.length > 0 && said.measures.every((id) => pack.measures.get(id)?.kind === 'stock')) said.periods = said.periods.slice(0, 1);
  // Of a quarter or half-year now running, what is closed; of a budget, all of it.
  if (said.periods.length === 1 && !/20\d\d/.test(said.periodWords) && !(said.measures.length > 0 && said.measures.every((id) => plannedBy(pack, id) !== undefined))) {
    const [running] = said.periods;
    if (running !== undefined && (running.grain === 'quarter' || running.grain === 'half-year') && running.from < context2.closed && running.to > context2.closed) {
      said.soFar = periodName(running, language, pack.yearStart);
      said.periods = [{ from: running.from, to: lastClosed('month', context2.closed).to, grain: 'rolling' }];
    }
  }
  // A budget stands ahead of time: "budgettet for december" may be the one to come.
  const [lone] = said.periods;
  if (said.periods.length === 1 && lone !== undefined && lone.grain === 'month' && !/\d|aar|year|sidste|last|forrige/i.test(said.periodWords.normalize('NFC').replaceAll('å', 'aa')) && said.measures.length > 0 && said.measures.every((id) => plannedBy(pack, id) !== undefined && isMoney(pack.measures.get(id)?.unit ?? ''))) {
    const coming = periodOf('month', shiftMonths(lone.from, 12));
    if (coming.from > context.today && coming.from < shiftMonths(context.today, 12) && periodOf('year', coming.from).from === periodOf('year', context.today).from) said.periods = [lone, coming];
  }
  const why = asksWhy(folded, said.deviation || said.change || said.comparisons.length > 0);
  if (why) for (let i = 0; i < 2; i += 1) take(draft, '(?:hvorfor|why|hvad skyldes|hvad er aarsagen(?: til)?|hvad er grunden(?: til)?|aarsagen til|grunden til|forklaringen paa|hvad forklarer|hvad driver|hvad ligger der bag|hvad ligger bag|what explains|what is behind|what s behind|what drives|what is driving|what caused|what causes|what is causing|reasons? (?:for|why|behind)|the reason|aarsag(?:en|er)? til|forklaring(?:en)?(?: paa| for)?|how come|hvordan kan det vaere|forklar|explain)');

  // What changes the question before: it names no measure of its own, or says so ("og timer?").
  const standsAlone = (said.measures.length > 0 && !(said.viaPlan && previous?.measures.includes(said.measures[0] ?? '') === true)) || said.unclear.length > 0 || said.spending || said.outlook || said.priced;
  const kept = previous !== null && (!standsAlone || CONTINUES.test(folded)) ? previous : null;
  const ground: Ground = { pack, own: owns, previous: kept, closed: context2.closed, today: context.today };
  const phrased: Phrased = (query) => phrase(pack, query, language, context2.closed);
  const completed = complete(said, ground, said.periods[0] ?? null);
  const query: Query = uncompared ? { ...completed.query, comparisons: [], comparedTo: null } : completed.query;
  const { doubt, assumed } = completed;

  const ownWords = query.measures.flatMap((id) => context.lexicon.entries.filter((entry) => entry.meaning.kind === 'measure' && entry.meaning.id === id && entry.meaning.pack === pack.id).flatMap((entry) => entry.words));
  const free = draft.tokens.filter((_, i) => draft.marks[i] === null);
  // "Procent" says what is asked for; a figure that is none can't be meant.
  const percent = query.measures.some((id) => pack.measures.get(id)?.unit === 'percent') || said.having?.relative === true || query.comparisons.includes('share') || query.comparisons.includes('plan') && query.measures.length > 1;
  const content = (token: Token): boolean => (!percent && /^(?:procent|pct|percent|percentage|%)$/.test(token.folded)) || !FILLERS.has(token.folded) && !(ownWords.length > 0 && ownWords.some((word) => sameWord(word, token.folded)));
  const leftover = [...new Set(free.filter((token) => NEGATION.test(token.folded) || content(token)).map((token) => token.text))];
  const ignored = free.filter((token) => !leftover.includes(token.text)).map((token) => token.text);

  describe();
  const anything = standsAlone || said.units.length > 0 || said.except.length > 0 || said.level !== null || said.oneOfLevel !== null || said.by !== null || said.trend || said.change || said.deviation || said.periods.length > 0 || said.comparedTo !== null || said.comparisons.length > 0 || said.shape !== null || said.rank !== null || said.having !== null || said.limit !== null || why || uncompared;
  const doubts = { pack, language, query, phrased, words, context: { ...context2, own: owns }, leftover, lexicon: context.lexicon, said, named };
  if (!anything) return { kind: 'not-understood', language, leftover, nearest: choicesFor({ ...doubts, doubt: { kind: 'no-measure' } }).slice(0, 2) };
  const back = (reason: string, question: string, choices: readonly Choice[], partial: Query | null = query): Reading => ({ kind: 'clarify', language, question, choices, reason, leftover, understood, partial });

  if (said.unclear[0] !== undefined) return back('measure', words.whichOf(said.unclear[0].words), choicesFor({ ...doubts, doubt: { kind: 'unclear', measures: said.unclear[0].measures } }));
  if (doubt?.kind === 'no-measure') {
    const weather = leftover.length > 0 && said.units.length === 0 && said.periods.length === 0 && said.level === null && said.comparisons.length === 0;
    if (weather) return { kind: 'not-understood', language, leftover, nearest: choicesFor({ ...doubts, doubt }).slice(0, 2) };
    return back(leftover.length > 0 ? 'leftover' : 'measure', leftover.length > 0 ? words.leftover(leftover.map((word) => `"${word}"`).join(', ')) : words.whichMeasure, choicesFor({ ...doubts, doubt }), query);
  }
  if (said.torn) return back('period', words.onePeriod, choicesFor({ ...doubts, doubt: { kind: 'periods' } }));
  if (leftover.length > 0) {
    const negation = leftover.find((word) => NEGATION.test(word.toLowerCase()));
    return back('leftover', negation === undefined ? words.leftover(leftover.map((word) => `"${word}"`).join(', ')) : words.negation(negation), choicesFor({ ...doubts, doubt: { kind: 'leftover', negated: negation !== undefined } }));
  }
  if (said.periods.length > 1) return back('period', words.whichPeriod(said.periodWords), choicesFor({ ...doubts, doubt: { kind: 'periods' } }));
  if (/rest|remainder/.test(said.periodWords.toLowerCase()) && said.periods[0] !== undefined && said.periods[0].from >= context2.closed && pack.measures.get(query.measures[0] ?? '')?.kind !== 'forecast') return back('future', words.noFuture, choicesFor({ ...doubts, doubt: { kind: 'future' } }));
  if (doubt !== null) return back(doubt.kind, questionOf(), choicesFor({ ...doubts, doubt }));
  return { kind: why ? 'why' : 'query', language, query, understood, ignored, alternatives: why ? [] : nextChoices(context, pack, query, language, context2.closed), shape: said.shape };

  function questionOf(): string {
    const name = (id: string): string => pack.measures.get(id)?.name[language] ?? id;
    switch (doubt?.kind) {
      case 'no-ratio': return words.noRatio(doubt.measures.map(name).join(` ${words.and} `));
      case 'direction': return words.noDirection(name(query.measures[0] ?? ''));
      case 'which-order': return words.whichOrder(pack.organisation.units.get(doubt.unit)?.name[language] ?? doubt.unit);
      case 'grain': return words.onlyPer(name(doubt.measure), words.grains[doubt.grain]);
      case 'restricted': return words.noPart(doubt.measures.map(name));
      case 'loose': return words.loose;
      case 'average': return words.noAverage;
      case 'share': return words.noShare;
      case 'unit': return words.whichUnit(pack.organisation.levels.find((l) => l.id === doubt.level)?.name[language] ?? doubt.level);
      case 'future': return words.noFuture;
      case 'whole-except': return words.wholeExcept;
      case 'over-time': return words.overTime;
      case 'threshold': return words.threshold(name(query.measures[0] ?? ''));
      case 'value-over-time': return words.valueOverTime;
      default: return words.whichMeasure;
    }
  }

  function describe(): void {
    const name = (id: string): string => pack.measures.get(id)?.name[language] ?? id;
    const unitName = (id: string): string => pack.organisation.units.get(id)?.name[language] ?? id;
    understood.length = 0;
    for (const one of named.filter((each) => each.ids.length > 1 || each.ids.some((id) => query.measures.includes(id)))) note('measure', wordsOf(draft, one.from, one.to), one.ids.map(name).join(', '));
    for (const id of query.measures) if (!understood.some((part) => part.part === 'measure' && part.meaning === name(id))) note('measure', '', name(id), !said.measures.includes(id));
    for (const one of named.filter((each) => each.mended)) note('intent', wordsOf(draft, one.from, one.to), words.mended(wordsOf(draft, one.from, one.to), one.ids.map(name).join(', ')), true);
    for (const found of names.filter((each) => each.mended && each.meanings.some((m) => m.kind === 'unit'))) note('intent', wordsOf(draft, found.from, found.to), words.mended(wordsOf(draft, found.from, found.to), unitName(found.meanings[0]?.id ?? '')), true);
    const where = query.level !== null && query.units.length === 1 && query.units[0] === pack.organisation.root ? '' : query.units.map(unitName).join(', ');
    const placeWords = (as: 'unit' | 'grouping'): string => placed.filter((one) => (one.as ?? 'grouping') === as).map((one) => one.words).join(' ');
    if (where !== '') note('unit', placeWords('unit'), where, assumed.unit);
    if (query.level !== null) note('grouping', placeWords('grouping'), words.per(pack.organisation.levels.find((l) => l.id === query.level)?.name[language] ?? query.level), said.level === null && kept === null);
    if (query.by !== null) note('grouping', 'grain' in query.by ? shaped.map((one) => one.words).join(' ') : placeWords('grouping'), 'grain' in query.by ? words.per(words.grains[query.by.grain]) : query.by.values === null ? words.per(dimensionName(pack, query.by.dimension, language)) : query.by.values.map((value) => valueNameOf(pack, value, language)).join(', '));
    note('period', timed.map((one) => one.words).join(' '), said.soFar === '' ? periodName(query.period, language, pack.yearStart) : words.soFar(said.soFar, periodName(query.period, language, pack.yearStart)), assumed.period || said.soFar !== '');
    for (const comparison of query.comparisons) note('comparison', compared.map((one) => one.words).join(' '), comparison === 'period' && query.comparedTo !== null ? `${words.against} ${periodName(query.comparedTo, language, pack.yearStart)}` : words.comparedWith[comparison], assumed.comparison);
    if (query.having !== null) note('filter', filtered.map((one) => one.words).join(' '), phraseOf(query, 'having'));
    else if (query.order !== null && query.limit === null) note('order', filtered.map((one) => one.words).join(' '), query.order.against === 'plan' ? words.deviation(query.order.descending) : query.order.against !== null ? words.change(query.order.descending) : query.order.descending ? words.highest : words.lowest);
    if (query.limit !== null) note('limit', filtered.map((one) => one.words).join(' '), query.order?.descending === false ? words.last(query.limit) : words.first(query.limit));
    if (said.shape !== null) note('shape', '', words.shapes[said.shape]);
    for (const token of draft.tokens) if (token.mended !== undefined) note('intent', token.text, words.mended(token.text, token.mended), true);
  }
  function phraseOf(one: Query, _part: 'having'): string {
    const whole = phrased(one).split(' ');
    const without = phrased({ ...one, having: null, order: null, limit: null }).split(' ');
    return whole.slice(without.length).join(' ');
  }
}

const valueNameOf = (pack: Pack, value: string, language: Language): string => {
  for (const source of pack.sources.values()) for (const dimension of source.dimensions) { const name = dimension.values[value]; if (name !== undefined) return name[language]; }
  return value;
};

/** The only dimension of what is asked about, or of the spend: "hvad bruger vi mest på". */
function dimensionOf(pack: Pack, ids: readonly string[]): string | null {
  const measure = pack.measures.get(ids[0] ?? spendOf(pack) ?? '');
  const dimensions = measure !== undefined && 'source' in measure ? pack.sources.get(measure.source)?.dimensions ?? [] : [];
  return dimensions.length === 1 ? dimensions[0]?.id ?? null : null;
}

/** "X pr. Y" between two measures. */
function readDivision(draft: Draft, said: Said, named: readonly NamedMeasure[]): void {
  const measure = `[${MARK.measure}${MARK.plan}]`;
  const found = take(draft, `${measure} (?:\\p{L}+ )?${JOINS_UNDER} (?:en |et |a |an )?${measure}`, '');
  if (found === null) return;
  const over = named.find((one) => one.from <= found.from && found.from < one.to);
  const under = named.find((one) => one.from < found.to && found.to <= one.to);
  if (over === undefined || under === undefined || over === under || over.ids[0] === undefined || under.ids[0] === undefined || over.ids.length > 1 || under.ids.length > 1) return;
  said.divided = [over.ids[0], under.ids[0]];
  take(draft, JOINS_UNDER);
}

/** "Sengedage efter årsag" is a measure of its own; its name says that it is divided. */
function splitByName(draft: Draft, said: Said, pack: Pack, named: readonly NamedMeasure[]): void {
  if (said.by !== null || named.length !== 1 || named[0] === undefined) return;
  const words = draft.tokens.slice(named[0].from, named[0].to).map((token) => token.folded);
  const at = words.findIndex((word) => /^(?:efter|by|pr)$/.test(word));
  const measure = pack.measures.get(named[0].ids[0] ?? '');
  if (at < 0 || measure === undefined || !('source' in measure)) return;
  const dimension = pack.sources.get(measure.source)?.dimensions.find((one) => [one.name.da, one.name.en].some((name) => sameWord(fold(name), words[at + 1] ?? '')));
  if (dimension !== undefined) said.by = { dimension: dimension.id, values: null };
}

/** "Udgifter til vikarer", "forbrug af salt": the second measure is a part of the first, and is what is asked for. */
function narrows(pack: Pack, id: string, by: string, typed: string): boolean {
  const [one, other] = [pack.measures.get(id), pack.measures.get(by)];
  if (one === undefined || other === undefined || id === by || one.kind !== 'flow' || other.kind !== 'flow' || plannedBy(pack, id) !== undefined) return false;
  if (isMoney(one.unit) && isMoney(other.unit)) return true;
  return [other.name.da, other.name.en].some((name) => name.toLowerCase().endsWith(typed.toLowerCase()));
}

/** Two measures of which one limits the other: "sygefravær blandt vikarer", "hvor meget af lønnen går til vikarer". */
function restriction(draft: Draft, named: readonly NamedMeasure[]): readonly [string, string] | null {
  const [one, other] = named;
  if (named.length !== 2 || one?.ids.length !== 1 || other?.ids.length !== 1) return null;
  const between = draft.tokens.slice(one.to, other.from).map((token) => token.folded).join(' ');
  const limiting = /^(?:(?:gaar|bruges|brugt|er|goes|went|is|spent|used) )?(?:til|for|paa|blandt|hos|on|of|among|to)(?: (?:the|vores|our|de))?$/.test(between);
  return limiting && one.ids[0] !== undefined && other.ids[0] !== undefined ? [one.ids[0], other.ids[0]] : null;
}

/** The measures said. A budget that something lies over or under is what it is held against, and no measure of its own. */
function readMeasures(said: Said, pack: Pack, named: readonly NamedMeasure[], held: readonly Taken[], draft: Draft): void {
  const tokens = draft.tokens;
  const pair = said.comparisons.length === 0 || said.comparisons.every((one) => one === 'share') ? restriction(draft, named) : null;
  for (const one of named) {
    const first = one.ids[0];
    const next = named.find((other) => other.from > one.to - 1 && /^(?:til|paa|af|on|of|for)(?: (?:the|vores|our|de))?$/.test(tokens.slice(one.to, other.from).map((token) => token.folded).join(' ')));
    if (next !== undefined && next.ids.length === 1 && one.ids.length === 1 && narrows(pack, one.ids[0] ?? '', next.ids[0] ?? '', wordsOf(draft, one.from, one.to))) continue;
    const asPlan = one.ids.length === 1 && first !== undefined && plannedBy(pack, first) !== undefined && held.some((span) => span.from <= one.from && one.to <= span.to);
    if (one.ids.length > 1) said.unclear.push({ words: wordsOf(draft, one.from, one.to), measures: one.ids });
    else if (first !== undefined && !asPlan && !said.measures.includes(first)) said.measures.push(first);
  }
  if (pair !== null && said.measures.length === 2 && pair.every((id) => said.measures.includes(id))) said.restricted = pair;
  if (said.measures.length === 0 && said.unclear.length === 0) {
    const plan = named.find((one) => one.ids[0] !== undefined && plannedBy(pack, one.ids[0]) !== undefined)?.ids[0];
    const of = plan === undefined ? undefined : plannedBy(pack, plan);
    if (of !== undefined) { said.measures.push(of); said.viaPlan = true; }
  }
}

/** The month now running, or the last closed one: what "denne måned" is offered as well. */
export const isRunning = (query: Query, today: IsoDate, closed: IsoDate): boolean => query.period.grain === 'month' && query.period.from === periodOf('month', today).from && query.period.to > lastClosed('month', closed).to;
