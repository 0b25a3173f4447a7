import { lastClosed, type IsoDate, type Period } from '../calendar/period.ts';
import type { Card, Message } from '../card/card.ts';
import { composePage, type DigestResults } from '../digest/compose.ts';
import { queriesOf } from '../digest/queries.ts';
import { ServiceError } from '../errors.ts';
import type { Digest, Person } from '../pack/model.ts';
import type { Log, Painter } from '../ports.ts';
import type { Forecast } from '../query/forecast.ts';
import type { Result } from '../query/result.ts';
import { completeTo, runForecast, runQuery, type Figures } from './figures.ts';

/** The day up to which everything a digest shows is complete (exclusive): its least complete measure, plans apart. */
export function digestCompleteTo(figures: Figures, digest: Digest): IsoDate {
  const ids = digest.sections.flatMap((section) => {
    switch (section.kind) {
      case 'headline': return [section.money, section.output];
      case 'table': case 'chart': return section.measures;
      case 'ranking': return [section.measure];
      case 'text': return [];
    }
  });
  return [...new Set(ids)].map((id) => completeTo(figures, id)).sort()[0] ?? '0001-01-01';
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

/** Many cards with their pictures drawn; who has the same picture shares one drawing. */
export async function withPictures(cards: ReadonlyMap<string, Card>, painter: Painter, log: Log): Promise<Map<string, Message>> {
  const drawn = new Map<string, Promise<Uint8Array | null>>();
  const messages = await Promise.all([...cards].map(async ([id, card]): Promise<[string, Message]> => {
    if (card.picture === null) return [id, { card, png: null, sheet: null }];
    const key = JSON.stringify(card.picture.chart);
    const drawing = drawn.get(key) ?? withPicture(card, painter, log).then(({ png }) => png);
    drawn.set(key, drawing);
    return [id, { card, png: await drawing, sheet: null }];
  }));
  return new Map(messages);
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

