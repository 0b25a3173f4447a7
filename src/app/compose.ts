import { lastClosed, type IsoDate, type Period } from '../calendar/period.ts';
import type { Card, Message } from '../card/card.ts';
import { composePage, type DigestResults } from '../digest/compose.ts';
import { queriesOf } from '../digest/queries.ts';
import type { Figure } from '../delivery/correction.ts';
import { shownFigures } from '../digest/shown.ts';
import { ServiceError } from '../errors.ts';
import type { Digest, Person } from '../pack/model.ts';
import type { Log, Painter } from '../ports.ts';
import type { Forecast } from '../query/forecast.ts';
import type { Result } from '../query/result.ts';
import { withDefinitions } from './definitions.ts';
import { completeTo, runForecast, runQuery, type Figures } from './figures.ts';

/** The measures a digest shows, each once. */
export function measuresOn(digest: Digest): string[] {
  return [...new Set(digest.sections.flatMap((section) => {
    switch (section.kind) {
      case 'headline': return [section.money, section.output];
      case 'table': case 'chart': return section.measures;
      case 'ranking': return [section.measure];
      case 'text': return [];
    }
  }))];
}

/** The day up to which everything a digest shows is complete (exclusive): its least complete measure, plans apart. */
function digestCompleteTo(figures: Figures, digest: Digest): IsoDate {
  return measuresOn(digest).map((id) => completeTo(figures, id)).sort()[0] ?? '0001-01-01';
}

/** The last period of a digest whose data are complete. */
export function latestPeriod(figures: Figures, digest: Digest): Period {
  return lastClosed(digest.period.grain, digestCompleteTo(figures, digest), figures.pack.yearStart);
}

/** Runs a digest's queries once, for all units. */
export async function runDigest(figures: Figures, digest: Digest, period: Period): Promise<DigestResults> {
  const { pack } = figures;
  const queries = queriesOf(pack, digest, period);
  const sections = new Map<number, Result>();
  await Promise.all([...queries.sections].map(async ([i, query]) => { sections.set(i, await runQuery(figures, query)); }));
  const history = queries.history === null ? null : await runQuery(figures, queries.history);
  const id = digest.sections.flatMap((section) => (section.kind === 'table' ? section.measures : [])).find((measure) => pack.measures.get(measure)?.kind === 'forecast');
  const forecasts = id === undefined ? new Map<string, Forecast>() : await runForecast(figures, id, [...pack.organisation.units.keys()], period);
  return { sections, history, forecasts };
}

/** Every recipient's page from one run of the queries. */
export async function composeDigest(figures: Figures, digest: Digest, period: Period, people: readonly Person[]): Promise<Map<string, Card>> {
  const results = await runDigest(figures, digest, period);
  return new Map(people.map((person) => [person.id, composePage(figures.pack, digest, person, period, results)]));
}

/** Pages one at a time, for many workers: a digest's queries run once for a load and a period, and who has the same picture shares one drawing. */
export interface Pages {
  page(digest: Digest, period: Period, person: Person, figures: Figures): Promise<{ readonly message: Message; readonly figures: readonly Figure[] }>;
  /** The figures alone, by person id. */
  shown(digest: Digest, period: Period, people: readonly Person[], figures: Figures): Promise<ReadonlyMap<string, readonly Figure[]>>;
}

const PERIODS_KEPT = 8;
const DRAWINGS_KEPT = 64;

export function createPages(painter: Painter, log: Log): Pages {
  const runs = new WeakMap<Figures, Map<string, Promise<DigestResults>>>();
  const drawings = new Map<string, Promise<Message>>();

  const resultsOf = (figures: Figures, digest: Digest, period: Period): Promise<DigestResults> => {
    const known = runs.get(figures) ?? new Map<string, Promise<DigestResults>>();
    runs.set(figures, known);
    return kept(known, `${digest.id} ${period.from} ${period.to}`, PERIODS_KEPT, () => runDigest(figures, digest, period));
  };
  return {
    page: async (digest, period, person, figures) => {
      const results = await resultsOf(figures, digest, period);
      const card = composePage(figures.pack, digest, person, period, results);
      const drawn = card.picture === null ? null : await kept(drawings, JSON.stringify(card.picture.chart), DRAWINGS_KEPT, () => withPicture(card, painter, log));
      return { message: { card, png: drawn?.png ?? null, sheet: null }, figures: withDefinitions(figures, shownFigures(figures.pack, digest, person, results)) };
    },
    shown: async (digest, period, people, figures) => shownTo(figures, digest, people, await resultsOf(figures, digest, period)),
  };
}

/** The figures that pages show, by person id, each with how it was counted. */
export function shownTo(figures: Figures, digest: Digest, people: readonly Person[], results: DigestResults): Map<string, readonly Figure[]> {
  return new Map(people.map((person) => [person.id, withDefinitions(figures, shownFigures(figures.pack, digest, person, results))]));
}

/** What was begun for a key, or is begun now; the oldest are forgotten, and what failed is tried again. */
function kept<T>(known: Map<string, Promise<T>>, key: string, most: number, make: () => Promise<T>): Promise<T> {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  made.catch(() => known.delete(key));
  for (const oldest of known.keys()) {
    if (known.size <= most) break;
    known.delete(oldest);
  }
  return made;
}

/** A card with its picture drawn. A picture that can't be drawn is left out and noted in the log: the text still arrives. */
export async function withPicture(card: Card, painter: Painter, log: Log): Promise<Message> {
  if (card.picture === null) return { card, png: null, sheet: null };
  try {
    return { card, png: await painter.paint(card.picture.chart), sheet: null };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    log.warn('picture-left-out', { reason: error.message, chart: card.picture.chart.kind });
    return { card, png: null, sheet: null };
  }
}

