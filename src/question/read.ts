import type { IsoDate, Period } from '../calendar/period.ts';
import type { Language, Pack, Person } from '../pack/model.ts';
import type { Query } from '../query/query.ts';
import { asks } from './asks.ts';
import { complete, type Ground } from './complete.ts';
import { describe } from './describe.ts';
import { choicesFor, questionOf, type Choice, type Phrased } from './doubts.ts';
import { freeText, type Draft, type Understood } from './draft.ts';
import { hear } from './hear.ts';
import { sameWord } from './inflect.ts';
import { asksWhatItMeans, definitionOf, intentOf, withoutPoliteness } from './intents.ts';
import type { Lexicon } from './lexicon.ts';
import { closedTogether } from './measures.ts';
import { findNames, splitCompounds, type Found } from './names.ts';
import { measuresNamed, takeNames } from './naming.ts';
import { nextChoices } from './offers.ts';
import { periodName } from '../card/periods.ts';
import { phrase } from './phrase.ts';
import { nothingSaid, type Shape } from './said.ts';
import { mendTime } from './slips.ts';
import { readTimes } from './times.ts';
import { fold, tokenize, type Token } from './tokens.ts';
import { FILLERS, languageOf } from './words.ts';

/** What a question was read as. An unclear question is a value, not an exception. */
export type Reading =
  /** `moved`: the way the asker says the figure went. `before`: what must be said before the figure; empty: nothing. */
  | { readonly kind: 'query' | 'why'; readonly moved: 'up' | 'down' | null; readonly language: Language; readonly query: Query; readonly understood: readonly Understood[]; readonly ignored: readonly string[]; readonly alternatives: readonly Choice[]; readonly shape: Shape | null; readonly before: string }
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

/** A question is a sentence. What is longer, a mail sent on, say, is not searched for one: that would be guessing, and take long. */
const LONGEST = 2_000;

const NEGATION = /^(?:uden|undtagen|bortset|ikke|eksklusive?|ekskl|without|except|excluding|excl|not|no|ingen|aldrig|never|minus|hverken|neither|nor|don|doesn|isn)$/;

/**
 * Reads a question, the same way every time: names of the packs first (the longest wins, so that "pris pr. leveret
 * time" is a measure and no grouping), then one reader per kind of phrase, in an order that has its reasons:
 * filters and ranks before comparisons ("over budget" is both), comparisons before periods ("mod sidste år" names what
 * to compare with, not when). What is left over must be words without content of their own, or it is asked back.
 */
export function read(text: string, context: ReadContext): Reading {
  if (text.length > LONGEST) {
    const language = context.language ?? context.person.language;
    return { kind: 'clarify', language, question: asks(language).tooLong, choices: [], reason: 'length', leftover: [], understood: [], partial: null };
  }
  const typed = tokenize(text);
  const language = context.language ?? languageOf(typed.map((token) => fold(token.text)), text) ?? context.person.language;
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

const closedIn = (context: ReadContext, pack: Pack) => (measures: readonly string[]): IsoDate => closedTogether(pack, measures, context.today, (ids) => context.closedThrough(pack.id, ids));

/** The figure a definition is about, for the questions that follow it. */
function figureOf(context: ReadContext, pack: Pack, measures: readonly string[]): Query {
  const own = (context.people.get(pack.id) ?? context.person).units;
  return complete({ ...nothingSaid(), measures: [...measures] }, { pack, own, previous: null, closed: closedIn(context, pack), today: context.today }, null).query;
}

function freshness(context: ReadContext, pack: Pack, language: Language, draft: Draft, names: readonly Found[]): Reading {
  const measures = measuresNamed(names).flatMap((name) => name.ids);
  const said = nothingSaid();
  readTimes(draft, said, { today: context.today, closed: closedIn(context, pack)([]), yearStart: pack.yearStart, grain: 'month' });
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
  const fitting = offered.filter((choice) => { const known = tokenize(`${choice.label.replace(/\(.*\)/, '')} ${choice.ask}`).map((token) => token.folded); return words.every((word) => known.some((one) => one === word || sameWord(one, word))); });
  if (fitting.length === 1) return fitting[0] ?? null;
  // "Sidste år", said of November: the November that lies in it.
  const lone = read(tokens.map((token) => token.text).join(' '), { ...context, offered: [], previous: null });
  const time = lone.kind === 'clarify' && lone.reason === 'measure' && lone.partial !== null && lone.understood.every((part) => part.part === 'period' || part.assumed) ? lone.partial.period : null;
  const yearly = time !== null && (time.grain === 'year' || time.grain === 'year-to-date');
  const within = time === null ? [] : offered.filter(({ query }) => query !== null && (yearly ? query.period.from.slice(0, 4) === time.from.slice(0, 4) : query.period.from === time.from && query.period.to === time.to));
  return within.length === 1 ? within[0] ?? null : null;
}

function readFigures(context: ReadContext, pack: Pack, language: Language, draft: Draft, names: readonly Found[]): Reading {
  const words = asks(language);
  const { own, previous } = { own: (context.people.get(pack.id) ?? context.person).units, previous: context.previous?.pack === pack.id ? context.previous : null };
  const closed = closedIn(context, pack);
  const heard = hear(draft, names, { pack, language, own, previous, today: context.today, closedThrough: closed });
  const { said, named, why, moved, uncompared, continues } = heard;

  // What changes the question before: it names no measure of its own, or says so ("og timer?").
  const standsAlone = (said.measures.length > 0 && !(said.viaPlan && previous?.measures.includes(said.measures[0] ?? '') === true)) || said.unclear.length > 0 || said.spending || said.outlook || said.priced;
  const kept = previous !== null && (!standsAlone || continues || previous.measures.length === 0) ? previous : null;
  const ground: Ground = { pack, own, previous: kept, closed, today: context.today };
  const phrased: Phrased = (query) => phrase(pack, query, language, closed(query.measures));
  const completed = complete(said, ground, said.periods[0] ?? null);
  const query: Query = uncompared ? { ...completed.query, comparisons: [], comparedTo: null } : completed.query;
  const { doubt, assumed } = completed;
  const closedTo = closed(query.measures);

  const ownWords = query.measures.flatMap((id) => context.lexicon.entries.filter((entry) => entry.meaning.kind === 'measure' && entry.meaning.id === id && entry.meaning.pack === pack.id).flatMap((entry) => entry.words));
  const free = draft.tokens.filter((_, i) => draft.marks[i] === null);
  // "Procent" says what is asked for; a figure that is none can't be meant.
  const percent = query.measures.some((id) => pack.measures.get(id)?.unit === 'percent') || said.having?.relative === true || query.comparisons.includes('share') || query.comparisons.includes('plan') && query.measures.length > 1;
  const content = (token: Token): boolean => (!percent && /^(?:procent|pct|percent|percentage|%)$/.test(token.folded)) || !FILLERS.has(token.folded) && !(ownWords.length > 0 && ownWords.some((word) => sameWord(word, token.folded)));
  const leftover = [...new Set(free.filter((token) => NEGATION.test(token.folded) || content(token)).map((token) => token.text))];
  const ignored = free.filter((token) => !leftover.includes(token.text)).map((token) => token.text);

  const understood = describe({ pack, language, query, said, draft, names, heard, assumed, kept: kept !== null });
  const anything = standsAlone || said.units.length > 0 || said.except.length > 0 || said.level !== null || said.oneOfLevel !== null || said.by !== null || said.trend || said.change || said.deviation || said.periods.length > 0 || said.comparedTo !== null || said.comparisons.length > 0 || said.shape !== null || said.rank !== null || said.having !== null || said.limit !== null || why || uncompared;
  const doubts = { pack, language, query, phrased, words, context: { today: context.today, closed: closedTo, own }, leftover, lexicon: context.lexicon, said, named };
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
  if (/rest|remainder/.test(said.periodWords.toLowerCase()) && said.periods[0] !== undefined && said.periods[0].from >= closedTo && pack.measures.get(query.measures[0] ?? '')?.kind !== 'forecast') return back('future', words.noFuture, choicesFor({ ...doubts, doubt: { kind: 'future' } }));
  if (doubt !== null) return back(doubt.kind, questionOf(doubt, doubts), choicesFor({ ...doubts, doubt }));
  return { kind: why ? 'why' : 'query', moved, language, query, understood, ignored, alternatives: nextChoices(context, pack, query, language, closed).filter((choice) => !why || choice.query !== null), shape: said.shape, before: said.instead === null || said.periods.length !== 1 ? '' : words.nothingYet(periodName(said.instead, language, pack.yearStart), periodName(query.period, language, pack.yearStart)) };
}
