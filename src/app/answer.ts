import { lastClosed, rolling, shiftDays, type IsoDate, type Period, type TimeGrain } from '../calendar/period.ts';
import { holdsPersonalNumber } from '../access/personal-number.ts';
import { knownUnits, permit, seesDimension, seesMeasure, seesParts, visibleUnits } from '../access/rule.ts';
import { answerCard, couplingIds, type UnderstoodPart } from '../card/answer.ts';
import type { Action, Block, Card } from '../card/card.ts';
import { withCaveatsFor } from '../card/caveats.ts';
import { packLabel } from '../card/label.ts';
import { messages } from '../card/messages.ts';
import { dayName } from '../card/periods.ts';
import type { Language, Measure, Pack, Person } from '../pack/model.ts';
import { countsFor, lifeOf } from '../pack/organisation.ts';
import { piecesOf } from '../query/grain.ts';
import type { Query } from '../query/query.ts';
import type { Result } from '../query/result.ts';
import type { Lexicon } from '../question/lexicon.ts';
import { dimensionName, phrase } from '../question/phrase.ts';
import type { Choice } from '../question/doubts.ts';
import { read, type Reading } from '../question/read.ts';
import { replies } from '../card/replies.ts';
import { basesOf, measuredBy } from '../query/evaluate.ts';
import { ofPage, ruled, wholly, type Allowed } from './asked.ts';
import { composeDigest, latestPeriod } from './compose.ts';
import { explain } from './explain.ts';
import { freshnessCard } from './freshness.ts';
import { completeTo, runForecast, runQuery, type Figures } from './figures.ts';
import type { Membership } from './people.ts';

type FiguresReading = Extract<Reading, { query: Query; shape: unknown }>;

/** What a question led to. */
export type Answer =
  | { readonly kind: 'answer'; readonly card: Card; readonly result: Result; readonly reading: FiguresReading; readonly allowed: Allowed }
  | { readonly kind: 'fresh' | 'clarify' | 'refused' | 'help'; readonly card: Card; readonly reading: Reading; readonly allowed: Allowed };

/** Everything a question needs besides its words. */
export interface Asking {
  readonly memberships: readonly Membership[];
  readonly figures: (packId: string) => Figures;
  readonly lexicon: Lexicon;
  readonly today: IsoDate;
  /** What this person asked before in this conversation; null: nothing, or too long ago. */
  readonly previous: Query | null;
  /** What was offered when their last question was asked back; empty: nothing. */
  readonly offered: readonly Choice[];
  /** Answer in this language whatever was typed; null: the asker's own. */
  readonly language: Language | null;
}

const MONTHS_BEHIND = 13;
const PIECES_BEHIND = 5;
const MONTHS_IN: Readonly<Record<TimeGrain, number>> = { day: 1, week: 1, month: 1, quarter: 3, 'half-year': 6, year: 12 };

function plainCard(language: Language, title: string, headline: string, blocks: readonly Block[], actions: readonly Action[], label = ''): Card {
  return { language, title, label, headline, blocks, picture: null, actions, provenance: [] };
}

const actionsFrom = (choices: readonly { label: string; ask: string }[]): Action[] => choices.slice(0, 4).map((choice, i) => ({ id: `choice-${i}`, label: choice.label, ask: choice.ask }));

/** What can be asked: the measures and units of the person's packs, with examples that work. */
export function helpCard(membership: Membership, language: Language, headline: string): Card {
  const { pack, person } = membership;
  const m = messages(language);
  const visible = knownUnits(pack, person);
  const measures = [...pack.measures.values()].filter((measure) => measure.synonyms[language].length > 0 && seesMeasure(pack, person, measure.id)).map((measure) => measure.name[language]);
  const units = [...pack.organisation.units.values()].filter((unit) => visible.has(unit.id)).map((unit) => unit.name[language]);
  const examples = examplesFor(pack, person, language);
  return plainCard(language, m.help, headline, [
    { kind: 'text', text: `${m.helpMeasures}: ${measures.join(', ')}.` },
    { kind: 'text', text: `${m.helpUnits}: ${units.join(', ')}.` },
    { kind: 'text', text: m.helpFollowUps },
  ], actionsFrom(examples.map((ask) => ({ label: ask, ask }))), packLabel(pack, language));
}

/** Questions that work for a person, in their language. */
export function examplesFor(pack: Pack, person: Person, language: Language): string[] {
  const m = messages(language);
  const seen = [...pack.measures.values()].filter((measure) => seesMeasure(pack, person, measure.id));
  const ratio = seen.find((measure) => measure.kind === 'ratio' && measure.unit.includes(' per ') && pack.plans.has(measure.numerator));
  const other = seen.filter((measure) => measure.kind === 'ratio' && measure.unit === 'percent' && measure.id !== ratio?.id).at(-2);
  const level = !seesParts(pack, person) ? undefined : pack.organisation.levels.find((l) => person.units.some((unit) => pack.organisation.units.get(unit)?.children.some((child) => pack.organisation.units.get(child)?.level === l.id)));
  const last = language === 'da' ? 'sidste måned' : 'last month';
  const coupled = ratio?.kind === 'ratio' ? `${pack.measures.get(ratio.numerator)?.name[language] ?? ''} ${language === 'da' ? 'mod' : 'vs'} ${pack.measures.get(ratio.denominator)?.name[language] ?? ''} ${last}` : null;
  return [
    ...(coupled === null ? [] : [coupled]),
    ...(ratio === undefined ? [] : [`${ratio.name[language]} ${m.trend}`]),
    ...(other === undefined ? [] : [`${other.name[language]} ${last} ${m.compareLastYear}`]),
    ...(level === undefined || ratio === undefined ? [] : [`${ratio.name[language]} ${m.byUnit(level.name[language])} ${last}`]),
  ];
}

/** Definition, source, formula and data date of one measure, or of several that are asked apart. SQL is for analysts: the definition says the same in words. */
function definitionCard(figures: Figures, person: Person, ids: readonly string[], language: Language): Card {
  const { pack } = figures;
  const m = messages(language);
  const measures = ids.map((id) => pack.measures.get(id)).filter((one) => one !== undefined);
  const formula = (measure: Measure): string | null => (measure.kind === 'ratio'
    ? `${pack.measures.get(measure.numerator)?.name[language] ?? ''} / ${pack.measures.get(measure.denominator)?.name[language] ?? ''}${measure.scale === 1 ? '' : ` × ${measure.scale}`}`
    : measure.kind === 'forecast' ? measure.methods.map((method) => m.forecastMethods[method]).join('; ') : person.role === 'analyst' ? measure.sql : null);
  const blocks = measures.flatMap((measure, i): Block[] => [
    ...(i === 0 ? [] : [{ kind: 'text' as const, text: `${measure.name[language]}: ${measure.definition[language]}` }]),
    ...[formula(measure)].flatMap((one): Block[] => (one === null ? [] : [{ kind: 'text', text: `= ${one}` }])), ...measure.breaks.map((mark): Block => ({ kind: 'text', text: mark.note[language] })),
  ]);
  const bases = [...new Set(ids.flatMap((id) => basesOf(pack, id)))];
  const sources = new Map(bases.flatMap((id) => { const measure = pack.measures.get(id); return measure !== undefined && 'source' in measure ? [[measure.source, completeTo(figures, id)] as const] : []; }));
  const last = language === 'da' ? 'sidste måned' : 'last month';
  const title = measures.map((measure) => measure.name[language]).join(', ');
  return {
    ...plainCard(language, title, `${measures.length > 1 ? `${measures[0]?.name[language] ?? ''}: ` : ''}${measures[0]?.definition[language] ?? ''}`, blocks, actionsFrom(measures.map((measure) => ({ label: `${measure.name[language]} ${last}`, ask: `${measure.name[language]} ${last}` }))), packLabel(pack, language)),
    provenance: [...sources].filter(([, end]) => end >= '1900-01-01').map(([id, end]) => m.source(pack.sources.get(id)?.attribution[language] ?? '', dayName(shiftDays(end, -1), language))),
  };
}

const unitsNamed = (pack: Pack, units: readonly string[], language: Language): string => units.map((unit) => pack.organisation.units.get(unit)?.name[language] ?? unit).join(', ');

/** What is out of bounds, by name where the person may know it; of the rest not even that it is there is told, or units could be found by trying. */
function refusal({ pack, person }: Membership, units: readonly string[], language: Language, unnamed: 'noAccessAtAll' | 'leftOut'): string {
  const known = knownUnits(pack, person);
  return units.every((unit) => known.has(unit)) ? messages(language).noAccess(unitsNamed(pack, units, language)) : messages(language)[unnamed];
}

function outOfBounds(membership: Membership, units: readonly string[], language: Language, reading: Reading): Answer {
  const { pack, person } = membership;
  return { kind: 'refused', reading, allowed: { refused: 'units', units }, card: plainCard(language, pack.title[language], refusal(membership, units, language, 'noAccessAtAll'), [], actionsFrom(examplesFor(pack, person, language).map((ask) => ({ label: ask, ask })))) };
}

/** Whether a sentence says the name of a unit that its reader may not know. */
function tellsOfUnknown({ pack, person }: Membership, text: string): boolean {
  const known = knownUnits(pack, person);
  const said = ` ${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ')} `;
  return [...pack.organisation.units.values()].some((unit) => !known.has(unit.id) && [unit.name.da, unit.name.en, unit.shortName.da, unit.shortName.en].some((name) => said.includes(` ${name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim()} `)));
}

/** The page of a unit a person may see, as its own leader would get it. */
async function unitPage(asking: Asking, membership: Membership, unit: string, language: Language, reading: Reading): Promise<Answer> {
  const { pack, person } = membership;
  const name = pack.organisation.units.get(unit)?.name[language] ?? unit;
  if (!visibleUnits(pack, person).has(unit)) return outOfBounds(membership, [unit], language, reading);
  const theirs: Person = { ...person, units: [unit], alsoSees: [], language };
  const page = await latestPage({ pack, person: theirs }, asking.figures(pack.id), true);
  return { kind: 'help', card: page?.card ?? plainCard(language, pack.title[language], replies(language).noSuchUnitPage(name), [], [], packLabel(pack, language)), reading, allowed: ofPage(pack, theirs, page) };
}

/** The newest page of a person's digest, or with `others` of one that others get; null when there is none or no period is complete. */
export async function latestPage(membership: Membership, figures: Figures, others = false): Promise<{ readonly card: Card; readonly digest: string; readonly period: Period } | null> {
  const { pack, person } = membership;
  for (const digest of pack.digests.values()) {
    const mine = digest.audience.some((who) => who.role === person.role) || person.role === 'analyst' || others;
    const period = latestPeriod(figures, digest);
    if (!mine || period.from < '1900-01-01') continue;
    const card = (await composeDigest(figures, digest, period, [person])).get(person.id);
    return card === undefined ? null : { card, digest: digest.id, period };
  }
  return null;
}

const tooSensitive = ({ pack, person }: Membership, language: Language, reading: Reading): Answer => ({
  kind: 'refused', reading, allowed: { refused: 'sensitive', units: [] }, card: plainCard(language, pack.title[language], messages(language).tooSensitive, [], actionsFrom(examplesFor(pack, person, language).map((ask) => ({ label: ask, ask })))),
});

/** A query a person may have as it stands; null when they may not. */
function allowedWhole({ pack, person }: Membership, query: Query): Query | null {
  const permitted = permit(pack, person, query);
  return permitted.allowed && permitted.removed.length === 0 && permitted.query.level === query.level && permitted.query.measures.length === query.measures.length && query.units.every((unit) => permitted.query.units.includes(unit)) ? permitted.query : null;
}

/** Whether a choice says nothing that its reader may not know: it asks for what they may have. */
function offerable({ pack, person }: Membership, { query }: Choice): boolean {
  if (query === null || query.pack !== pack.id) return true;
  const known = knownUnits(pack, person);
  if (query.level !== null && !seesParts(pack, person)) return false;
  return query.units.every((unit) => known.has(unit) || (query.level !== null && unit === pack.organisation.root)) && query.measures.every((id) => seesMeasure(pack, person, id)) && (query.by === null || !('dimension' in query.by) || seesDimension(pack, person, query.by.dimension));
}

/** What was asked before, as far as the person may have it today: roles and units change between two messages. */
function stillAllowed(memberships: readonly Membership[], query: Query | null): Query | null {
  const membership = memberships.find((one) => one.pack.id === query?.pack);
  if (query === null || membership === undefined) return null;
  const permitted = permit(membership.pack, membership.person, query);
  return permitted.allowed ? { ...permitted.query, comparisons: permitted.query.comparisons.filter((one) => one !== 'highest' && one !== 'lowest') } : null;
}

/** The first measure that can't be divided by a dimension, and those it can be divided by; null when all can. */
function indivisible(pack: Pack, query: Query, dimension: string): { measure: string; dimensions: readonly string[] } | null {
  for (const measure of query.measures) {
    const sources = basesOf(pack, measure).map((base) => { const found = pack.measures.get(base); return found !== undefined && 'source' in found ? pack.sources.get(found.source) : undefined; });
    if (sources.every((source) => source?.dimensions.some(({ id }) => id === dimension) === true)) continue;
    const [first, ...rest] = sources.map((source) => source?.dimensions.map(({ id }) => id) ?? []);
    return { measure, dimensions: (first ?? []).filter((id) => rest.every((ids) => ids.includes(id))) };
  }
  return null;
}

/** What is said of one unit that has no figures because it has closed, or because they count under its successor; null: it is there. */
function goneCard({ pack, person }: Membership, query: Query, end: IsoDate, language: Language): Card | null {
  const { organisation } = pack;
  const unit = organisation.units.get(query.units[0] ?? '');
  const { until } = unit === undefined ? { until: null } : lifeOf(organisation, unit.id);
  if (unit === undefined || query.units.length !== 1 || query.level !== null) return null;
  const heir = countsFor(organisation, unit.id);
  const moved = heir !== unit.id;
  if (!moved && (until === null || query.period.from < until)) return null;
  let next = moved ? heir : unit.successor;
  for (let at = unit.parent; next === null && at !== null; at = organisation.units.get(at)?.parent ?? null) next = organisation.units.get(at)?.successor ?? null;
  const known = next !== null && knownUnits(pack, person).has(next) ? next : null;
  const m = messages(language);
  const name = known === null ? '' : organisation.units.get(known)?.name[language] ?? '';
  const said = moved ? m.unitMoved(unit.name[language], name) : m.unitClosed(unit.name[language], dayName(shiftDays(until ?? query.period.from, -1), language), name);
  const ask = known === null ? null : phrase(pack, { ...query, units: [known] }, language, end);
  return plainCard(language, pack.title[language], said, [], actionsFrom(ask === null ? [] : [{ label: ask, ask }]), packLabel(pack, language));
}

async function answerQuery(asking: Asking, membership: Membership, reading: FiguresReading): Promise<Answer> {
  const { pack, person } = membership;
  const { language } = reading;
  const m = messages(language);
  const figures = asking.figures(pack.id);
  const permitted = permit(pack, person, reading.query);
  const allowed = ruled(permitted);
  if (!permitted.allowed && 'sensitive' in permitted) return tooSensitive(membership, language, reading);
  if (!permitted.allowed && 'undivided' in permitted) return { kind: 'refused', reading, allowed, card: plainCard(language, pack.title[language], m.onlyAsTotal(unitsNamed(pack, permitted.undivided, language)), [], actionsFrom(examplesFor(pack, person, language).map((ask) => ({ label: ask, ask })))) };
  if (!permitted.allowed) return outOfBounds(membership, permitted.refused, language, reading);
  const { query } = permitted;
  const undivided = query.by !== null && 'dimension' in query.by ? indivisible(pack, query, query.by.dimension) : null;
  if (undivided !== null) {
    const { measure, dimensions } = undivided;
    const choices = dimensions.filter((id) => seesDimension(pack, person, id)).map((id) => ({ label: dimensionName(pack, id, language), ask: phrase(pack, { ...query, by: { dimension: id, values: null } }, language, completeTo(figures, measure)) }));
    const said = m.notDividable(pack.measures.get(measure)?.name[language] ?? measure, dimensionName(pack, query.by !== null && 'dimension' in query.by ? query.by.dimension : '', language));
    return { kind: 'clarify', card: plainCard(language, pack.title[language], said, [], actionsFrom(choices), packLabel(pack, language)), reading, allowed };
  }
  const wantsChart = reading.shape === null ? null : reading.shape === 'chart';
  const single = query.level === null && query.units.length === 1 && query.by === null && query.period.grain !== 'week' && query.period.grain !== 'day';
  const grain = piecesOf(pack, query.measures);
  const closed = lastClosed(grain, completeTo(figures, query.measures[0] ?? ''), pack.yearStart);
  const months: Query | null = single && wantsChart !== false && reading.kind !== 'why' && query.period.to.endsWith('-01')
    ? { ...query, period: rolling(query.period.to < closed.to ? query.period.to : closed.to, Math.max(MONTHS_BEHIND, PIECES_BEHIND * MONTHS_IN[grain])), by: { grain }, comparisons: couplingIds(pack, query) === null ? ['last-year', 'plan'] : ['plan'], comparedTo: null, having: null, order: null, limit: null }
    : null;
  // Where a difference lies is worked out of the whole figure, and says nothing of a part of it.
  const partial = query.by !== null && 'dimension' in query.by && query.by.values !== null;
  const [asked, history, explained] = await Promise.all([runQuery(figures, query), months === null ? null : runQuery(figures, months), reading.kind === 'why' && !partial ? explain(figures, query, reading.moved, language, (one) => allowedWhole(membership, one)) : null]);
  // None is over the limit: they are shown all the same, and the answer says so.
  const noneMet = query.having !== null && asked.rows.length === 0;
  const found = noneMet ? await runQuery(figures, { ...query, having: null, limit: null }) : asked;
  // What is explained is said first.
  const first = explained?.comparison;
  const result = withCaveatsFor(pack, person, first === undefined || !query.comparisons.includes(first) ? found : { ...found, query: { ...found.query, comparisons: [first, ...query.comparisons.filter((one) => one !== first)] } });
  const unit = query.units[0] ?? '';
  const predicted = single ? query.measures.find((id) => pack.measures.get(id)?.kind === 'forecast') : undefined;
  const made = predicted === undefined ? undefined : (await runForecast(figures, predicted, [unit], query.period)).get(unit);
  const all = query.having === null ? [] : noneMet ? found.rows : (await runQuery(figures, { ...query, having: null, limit: null })).rows;
  const unmeasured = all.filter((row) => query.having !== null && measuredBy(row, query.having) === null);
  const latest = completeTo(figures, query.measures[0] ?? '');
  // What was read names what was asked for; told is what is left of it.
  const understood: UnderstoodPart[] = reading.understood.filter((part) => !tellsOfUnknown(membership, part.meaning) || part.part === 'unit')
    .map((part) => ({ meaning: tellsOfUnknown(membership, part.meaning) ? unitsNamed(pack, query.units, language) : part.meaning, assumed: part.assumed }));
  const card = answerCard(pack, result, { language, understood, alternatives: reading.alternatives.filter((choice) => offerable(membership, choice)), latest: latest < '1900-01-01' ? '' : dayName(shiftDays(latest, -1), language), wantsChart, filtered: query.having === null ? null : { having: query.having, among: all.length - unmeasured.length, unmeasured, none: noneMet }, history, forecast: predicted === undefined || made === undefined ? null : { measure: predicted, made } });
  const gone = result.rows.every((row) => Object.values(row.values).every((cell) => cell.state === 'missing')) ? goneCard(membership, query, latest, language) : null;
  if (gone !== null) return { kind: 'clarify', card: gone, reading, allowed };
  const said = reading.before === '' ? card : { ...card, headline: `${reading.before} ${card.headline}` };
  const removed = permitted.undivided ? [m.shownAsTotal(unitsNamed(pack, query.units, language))] : permitted.removed.length > 0 ? [refusal(membership, permitted.removed, language, 'leftOut')] : query.level !== null && permitted.query.units !== reading.query.units && reading.query.units.some((unit) => !permitted.query.units.includes(unit)) ? [m.onlyOwn(unitsNamed(pack, query.units, language))] : [];
  if (permitted.uncompared) removed.push(m.notCompared);
  const told: Card = explained === null ? said : { ...said, blocks: [...(explained.sentences.length === 0 ? [] : [{ kind: 'text' as const, text: explained.sentences.join(' ') }]), ...card.blocks.filter((block) => block.kind !== 'table' || query.comparisons.length > 1), ...explained.blocks] };
  return { kind: 'answer', card: removed.length === 0 ? told : { ...told, blocks: [...told.blocks, { kind: 'notes', title: '', items: removed }] }, result, reading, allowed };
}

/** Reads a question and answers it, or asks back, or says what can be asked. Never a guess. */
export async function answer(text: string, asking: Asking): Promise<Answer> {
  const first = asking.memberships[0];
  if (first === undefined) throw new Error('an answer needs someone who asks');
  const closedThrough = (packId: string, measures: readonly string[]): IsoDate => {
    const figures = asking.figures(packId);
    const ends = measures.map((id) => completeTo(figures, id)).sort();
    // Nothing loaded: periods are read as of today.
    return ends[0] === undefined || ends[0] < '1900-01-01' ? asking.today : ends[0];
  };
  if (holdsPersonalNumber(text)) {
    const language = asking.language ?? first.person.language;
    return { kind: 'refused', card: plainCard(language, first.pack.title[language], messages(language).personalNumber, [], []), reading: { kind: 'help', language }, allowed: { refused: 'personal-number', units: [] } };
  }
  const everyOffer = (choice: Choice): boolean => asking.memberships.every((one) => offerable(one, choice));
  const reading = read(text, { lexicon: asking.lexicon, person: first.person, people: new Map(asking.memberships.map((one) => [one.pack.id, one.person])), pack: first.pack, today: asking.today, closedThrough, previous: stillAllowed(asking.memberships, asking.previous), offered: asking.offered.filter(everyOffer), language: asking.language });
  const { language } = reading;
  const m = messages(language);
  const label = packLabel(first.pack, language);
  /** Answered with no figures of any unit. */
  const nothing = wholly({ pack: first.pack.id });
  switch (reading.kind) {
    case 'query': case 'why': {
      const membership = asking.memberships.find((one) => one.pack.id === reading.query.pack) ?? first;
      return answerQuery(asking, membership, reading);
    }
    case 'clarify': {
      const about = asking.memberships.find((one) => tellsOfUnknown(one, reading.question));
      if (about !== undefined) return { kind: 'refused', card: plainCard(language, first.pack.title[language], m.noAccessAtAll, [], actionsFrom(examplesFor(about.pack, about.person, language).map((ask) => ({ label: ask, ask })))), reading, allowed: nothing };
      return { kind: 'clarify', card: plainCard(language, first.pack.title[language], reading.question, [], actionsFrom(reading.choices.filter(everyOffer)), label), reading, allowed: nothing };
    }
    case 'definition': {
      const membership = asking.memberships.find((one) => one.pack.id === reading.pack) ?? first;
      const seen = reading.measures.filter((id) => seesMeasure(membership.pack, membership.person, id));
      if (seen.length === 0) return tooSensitive(membership, language, reading);
      return { kind: 'help', card: definitionCard(asking.figures(membership.pack.id), membership.person, seen, language), reading, allowed: wholly({ pack: membership.pack.id, measures: seen }) };
    }
    case 'latest-digest': {
      const membership = asking.memberships.find((one) => one.pack.id === reading.pack) ?? first;
      if (reading.unit !== null) return unitPage(asking, membership, reading.unit, language, reading);
      const page = await latestPage({ ...membership, person: { ...membership.person, language } }, asking.figures(membership.pack.id));
      return { kind: 'help', card: page?.card ?? plainCard(language, first.pack.title[language], m.noDigestYet, [], [], label), reading, allowed: ofPage(membership.pack, membership.person, page) };
    }
    case 'news': {
      const figures = asking.figures(first.pack.id);
      const fresh = await freshnessCard(figures, [], null, language);
      const page = await latestPage({ ...first, person: { ...first.person, language } }, figures);
      return { kind: 'fresh', card: page === null ? fresh : { ...page.card, blocks: [{ kind: 'text', text: fresh.headline }, ...fresh.blocks, ...page.card.blocks] }, reading, allowed: ofPage(first.pack, first.person, page) };
    }
    case 'fresh': {
      const membership = asking.memberships.find((one) => one.pack.id === reading.pack) ?? first;
      const seen = reading.measures.filter((id) => seesMeasure(membership.pack, membership.person, id));
      return { kind: 'fresh', card: await freshnessCard(asking.figures(membership.pack.id), seen, reading.period, language), reading, allowed: wholly({ pack: membership.pack.id, measures: seen, period: reading.period }) };
    }
    case 'greeting': return { kind: 'help', card: helpCard(first, language, m.greeting(first.person.name.split(' ')[0] ?? '')), reading, allowed: nothing };
    case 'thanks': return { kind: 'help', card: plainCard(language, first.pack.title[language], m.thanks, [], []), reading, allowed: nothing };
    case 'help': return { kind: 'help', card: helpCard(first, language, m.helpIntro(asking.memberships.map((one) => one.pack.title[language]).join(', '))), reading, allowed: nothing };
    case 'not-understood': {
      const words = reading.leftover.length === 0 ? '' : ` ${m.notUnderstoodWords(reading.leftover.map((word) => `"${word}"`).join(', '))}`;
      const help = helpCard(first, language, `${m.notUnderstood}${words}`);
      const near = actionsFrom(reading.nearest.filter(everyOffer));
      return { kind: 'help', card: near.length === 0 ? help : { ...help, actions: [...near.slice(0, 2), ...help.actions.slice(0, 2)] }, reading, allowed: nothing };
    }
  }
}
