import { composeDigest, digestCompleteTo, runDigest, withPictures } from '../../src/app/compose.ts';
import { deliverDue } from '../../src/app/deliver.ts';
import type { Message } from '../../src/card/card.ts';
import { recipientsOf } from '../../src/digest/compose.ts';
import type { Digest, Person } from '../../src/pack/model.ts';
import type { Address, ChatAdapter, Painter, Store } from '../../src/ports.ts';
import { render } from '../../adapters/teams/render.ts';
import { ALL_MONTHS, bareOnFacts } from './bare.ts';
import { openLibrary, type SingleChart } from './peers.ts';
import { MONTH } from './numbers.ts';
import { DIGEST, PACK } from './pack.ts';
import { figure, goal, inMs, inRows, times, type Line } from './report.ts';
import { timed } from './timing.ts';
import { CLOCK, LOG, type Town } from './town.ts';

const PICTURE_URL = 'https://overblik.example/p/00000000-0000-0000-0000-000000000000.png';
const perMinute = (count: number, ms: number): number => (count / ms) * 60_000;

/** A page for each of these people, drawn and in the form Teams is sent: what a run of the digest does, sending apart. */
async function pagesFor(town: Town, people: readonly Person[], painter: Painter): Promise<Map<string, Message>> {
  const digest = town.pack.digests.get(DIGEST) as Digest;
  const cards = await composeDigest(town.figures, digest, MONTH, people);
  const pages = await withPictures(cards, painter, LOG);
  for (const { card, png } of pages.values()) render(card, png === null ? null : PICTURE_URL);
  return pages;
}

/** Statements by hand and the library as it comes: what the engines alone take for the same numbers and pictures. */
async function bareRun(town: Town, charts: readonly SingleChart[], count: number): Promise<number> {
  const bare = await bareOnFacts(town);
  const library = openLibrary();
  for (const chart of charts.slice(0, 5)) await library(chart);
  try {
    const numbers = await timed(() => bare.all(ALL_MONTHS));
    const pictures = await timed(async () => { for (const chart of charts) await library(chart); });
    return numbers.ms + (pictures.ms / charts.length) * count;
  } finally {
    bare.close();
  }
}

/** Digests a minute from the facts to what is handed to the platform. */
export async function measureDigests(town: Town, painter: Painter, leaders: number): Promise<{ lines: Line[]; notes: string[] }> {
  const digest = town.pack.digests.get(DIGEST) as Digest;
  const people = recipientsOf(town.pack, digest).slice(0, leaders);
  const first = await pagesFor(town, people.slice(0, 40), painter);
  const charts = [...first.values()].flatMap(({ card }) => (card.picture === null || card.picture.chart.kind === 'multiples' ? [] : [card.picture.chart]));
  const { ms: our, value: pages } = await timed(() => pagesFor(town, people, painter));
  const drawn = [...pages.values()].filter(({ png }) => png !== null).length;
  if (pages.size !== people.length || drawn !== people.length) throw new Error(`${people.length} pages were asked for; ${pages.size} were made, ${drawn} with a picture`);
  const pictures = new Set([...pages.values()].map(({ card }) => JSON.stringify(card.picture)));
  const their = await bareRun(town, charts, people.length);
  const numbers = await timed(() => runDigest(town.figures, digest, MONTH));
  const cards = await timed(() => composeDigest(town.figures, digest, MONTH, people));
  return {
    lines: [{
      what: `Digests a minute for ${people.length.toLocaleString('en-GB')} leaders, numbers to drawn page, ${inRows(town.site.visits)} visits`,
      measured: figure(perMinute(people.length, our)), bare: `${figure(perMinute(people.length, their))} (numbers and pictures alone)`, ratio: times(their / our), target: goal('≥ 5,000 a minute', perMinute(people.length, our) >= 5000),
    }],
    notes: [`${people.length} digests at ${inRows(town.site.visits)} visits took ${inMs(our)}: numbers ${inMs(numbers.ms)}, pages ${inMs(Math.max(0, cards.ms - numbers.ms))}, ${pictures.size} different pictures and the platform's form the rest (drawing threads: ${town.site.config.painters}). The bare engine's pictures are ${charts.length} drawn and multiplied up.`],
  };
}

/** The same through the ledger of deliveries: owed, claimed, sent to a platform that takes everything, settled. */
export async function measureSending(town: Town, painter: Painter, store: Store, leaders: number): Promise<Line> {
  let arrived = 0;
  const adapter: ChatAdapter = {
    platform: 'teams', start: async () => undefined, stop: async () => undefined,
    send: async (_address, message) => {
      render(message.card, message.png === null ? null : PICTURE_URL);
      arrived += 1;
      return { messageId: `message-${arrived}`, pictureSent: message.png !== null };
    },
  };
  const addressFor = async (person: Person): Promise<Address> => ({ platform: 'teams', tenant: 'tenant', conversation: person.id, thread: null, user: person.id, serviceUrl: 'https://overblik.example/', bot: 'bot' });
  const { ms, value: summary } = await timed(() => deliverDue({ store, adapters: new Map([['teams', adapter]]), clock: CLOCK, log: LOG }, {
    packs: [town.pack], addressFor,
    closedThrough: (_pack, id) => digestCompleteTo(town.figures, town.pack.digests.get(id) as Digest),
    recipients: (pack, digest) => recipientsOf(pack, digest).slice(0, leaders),
    compose: (_pack, _digest, _period, people) => pagesFor(town, people, painter),
  }));
  if (summary.delivered !== leaders || arrived !== leaders) throw new Error(`${leaders} digests of ${PACK} were owed; ${summary.delivered} were recorded as delivered, ${arrived} arrived`);
  return { what: `Digests a minute delivered to ${leaders.toLocaleString('en-GB')} leaders, with the ledger on disk, ${inRows(town.site.visits)} visits`, measured: figure(perMinute(leaders, ms)), bare: '–', ratio: '–', target: '–' };
}
