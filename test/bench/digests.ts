import { composeDigest, createPages, runDigest } from '../../src/app/compose.ts';
import { scan, type DeliverSettings, type DeliverWork } from '../../src/app/deliver.ts';
import { deliver } from '../../src/app/send.ts';
import type { Card, Message } from '../../src/card/card.ts';
import { pacesOf } from '../../src/delivery/pace.ts';
import { recipientsOf } from '../../src/digest/compose.ts';
import type { Digest, Pack, Person } from '../../src/pack/model.ts';
import { openQueue } from '../../src/io/queue/queue.ts';
import type { ChatAdapter, Painter, Store } from '../../src/ports.ts';
import { render } from '../../adapters/teams/render.ts';
import { ALL_MONTHS, bareOnFacts } from './bare.ts';
import { openLibrary, type SingleChart } from './peers.ts';
import { MONTH } from './numbers.ts';
import { DIGEST } from './pack.ts';
import { figure, goal, inMs, inRows, times, type Line } from './report.ts';
import { timed } from './timing.ts';
import { CLOCK, LOG, type Town } from './town.ts';

const PICTURE_URL = 'https://overblik.example/p/00000000-0000-0000-0000-000000000000.png';
const perMinute = (count: number, ms: number): number => (count / ms) * 60_000;

/** A page for each of these people, drawn and in the form Teams is sent: what a run of the digest does, sending apart. */
async function pagesFor(town: Town, people: readonly Person[], painter: Painter): Promise<Map<string, Message>> {
  const digest = town.pack.digests.get(DIGEST) as Digest;
  const pages = createPages(painter, LOG);
  return new Map(await Promise.all(people.map(async (person): Promise<[string, Message]> => {
    const { message } = await pages.page(digest, MONTH, person, town.figures);
    render(message.card, message.png === null ? null : PICTURE_URL);
    return [person.id, message];
  })));
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

/** The same through the ledger of deliveries: owed, released, claimed, sent to a platform that takes everything, settled. */
export async function measureSending(town: Town, painter: Painter, store: Store, leaders: number): Promise<Line> {
  const pages = createPages(painter, LOG);
  const { ms } = await runLedger(store, {
    packs: () => [town.pack],
    recipients: (pack, digest) => recipientsOf(pack, digest).slice(0, leaders),
    page: (_pack, digest, period, person) => pages.page(digest, period, person, town.figures),
  }, leaders, (message) => { render(message.card, message.png === null ? null : PICTURE_URL); });
  return { what: `Digests a minute delivered to ${leaders.toLocaleString('en-GB')} leaders, with the ledger on disk, ${inRows(town.site.visits)} visits`, measured: figure(perMinute(leaders, ms)), bare: '–', ratio: '–', target: '–' };
}

/** Everything due at once: what the ledger costs for each recipient, and how long the platforms' own limits make it last. */
export async function measureCrowd(store: Store, sizes: readonly number[], simulated: number): Promise<{ lines: Line[]; notes: string[] }> {
  const lines: Line[] = [];
  const costs: { count: number; each: number }[] = [];
  for (const count of sizes) {
    const { pack, people } = crowd(count);
    const before = process.memoryUsage().rss;
    const card: Card = { language: 'da', title: 'Oktober', label: '', headline: 'Nord brugte 3,4 mio. kr.', blocks: [], picture: null, actions: [], provenance: [] };
    const { ms, virtualMs } = await runLedger(store, { packs: () => [pack], recipients: () => people, page: async () => ({ message: { card, png: null, sheet: null }, figures: [] }) }, count, () => undefined);
    costs.push({ count, each: ms / count });
    lines.push({ what: `${count.toLocaleString('en-GB')} recipients due at once: ledger, wake-ups and pacing, the database on disk`, measured: `${figure(ms / 1000)} s, ${figure(ms / count)} ms each, ${figure(Math.max(0, process.memoryUsage().rss - before) / 2 ** 20)} MB more; ${figure(virtualMs / 60_000)} minutes at Teams' pace`, bare: '–', ratio: '–', target: '–' });
  }
  const [first, last] = [costs[0], costs.at(-1)];
  const growth = first === undefined || last === undefined ? 1 : last.each / first.each;
  lines.push({ what: `The same per recipient, ${(last?.count ?? 0).toLocaleString('en-GB')} against ${(first?.count ?? 0).toLocaleString('en-GB')}`, measured: '–', bare: '–', ratio: times(growth), target: goal('linear, ≤ 1.5×', growth <= 1.5) });
  const slots = (platform: string, count: number): number => {
    // The pace by itself, as the ledger keeps it: one bucket for each conversation and one for the whole.
    const free = new Map<string, number>();
    let end = 0;
    for (let i = 0; i < count; i += 1) {
      let at = 0;
      for (const { bucket, gapMs } of pacesOf({ platform, tenant: 'T', conversation: `C${i}`, user: `U${i}` })) {
        at = Math.max(at, free.get(bucket) ?? 0);
        free.set(bucket, Math.max(free.get(bucket) ?? 0, 0) + gapMs);
      }
      end = Math.max(end, at);
    }
    return end;
  };
  const notes = (['slack', 'teams'] as const).map((platform) => `Simulated: ${simulated.toLocaleString('en-GB')} recipients of ${platform === 'slack' ? 'Slack' : 'Teams'} at its pace take ${figure(slots(platform, simulated) / 60_000)} minutes, ${(simulated / 10).toLocaleString('en-GB')} take ${figure(slots(platform, simulated / 10) / 60_000)}.`);
  return { lines, notes };
}

const NOTHING_MORE = { depth: 'all', siblings: 'none', above: false, sensitive: false } as const;

function crowd(count: number): { pack: Pack; people: Person[] } {
  const people = Array.from({ length: count }, (_, i): Person => ({ id: `p${i}`, name: `P${i}`, title: { da: '', en: '' }, role: 'leader', units: ['root'], alsoSees: [], language: 'da', email: null, slack: null, teams: `t${i}` }));
  const digest: Digest = { id: 'monthly', title: { da: 'Måneden', en: 'The month' }, schedule: { workday: 5, at: '08:00' }, deadline: null, readiness: [], tolerance: 1, period: { grain: 'month', which: 'last-closed' }, audience: [{ role: 'leader', level: null }], start: MONTH.from, sections: [], line: 1, file: '' };
  const pack: Pack = {
    id: `crowd-${count}`, dir: '.', title: { da: 'Mange', en: 'Many' }, label: null, demonstration: null, timeZone: 'Europe/Copenhagen', language: 'da', yearStart: 1, closedDays: [], retention: { questions: 24, pages: 60, audit: 60 }, analystsChannel: { slack: null, teams: null },
    organisation: { root: 'root', levels: [], units: new Map() }, sources: new Map(), measures: new Map(), plans: new Map(), caveats: [], caveatSource: null, access: { leader: NOTHING_MORE, chief: NOTHING_MORE, politician: NOTHING_MORE, analyst: NOTHING_MORE }, people: new Map(people.map((one) => [one.id, one])), digests: new Map([['monthly', digest]]),
  };
  return { pack, people };
}

/** The time of the senders: it passes only where one waits for its turn, and never goes back. */
let now = CLOCK.now().getTime();

/** One scan and all it sets going, against a platform that takes everything. */
async function runLedger(store: Store, part: Pick<DeliverWork, 'packs' | 'recipients' | 'page'>, count: number, arrive: (message: Message) => void): Promise<{ ms: number; virtualMs: number }> {
  let arrived = 0;
  const began = now;
  const adapter: ChatAdapter = {
    platform: 'teams', start: async () => undefined, stop: async () => undefined, find: null,
    send: async (_address, message) => {
      arrive(message);
      arrived += 1;
      return { messageId: `message-${arrived}`, pictureSent: message.png !== null };
    },
  };
  const queue = await openQueue(store, { embedded: true, log: LOG, pollSeconds: 0.5 });
  const work: DeliverWork = {
    ...part, readiness: async () => ({ missing: [], present: [] }), data: () => ({ marks: {}, loadedAt: () => '', follows: () => [] }), shown: async () => new Map(),
    addressFor: async (recipient) => ({ platform: 'teams', tenant: 'tenant', conversation: recipient, thread: null, user: recipient, serviceUrl: 'https://overblik.example/', bot: 'bot' }),
  };
  const settings: DeliverSettings = { worker: 'bench', leaseMs: 150_000, askAfterMs: 75_000, unsure: 'send-again', paces: pacesOf, random: Math.random, wait: async (ms) => {
    now += ms;
  } };
  const ports = { store, queue, adapters: new Map([['teams' as const, adapter]]), clock: { now: () => new Date(now) }, log: LOG };
  const { ms } = await timed(async () => {
    await scan(ports, work, settings);
    let done = (): void => undefined;
    const all = new Promise<void>((resolve) => { done = resolve; });
    // One after the other, as the one database does them anyway: so the time that passes is that of the last who waited.
    let last: Promise<void> = Promise.resolve();
    const worker = await queue.work((id) => {
      last = last.then(() => deliver(ports, work, settings, id)).then(() => { if (arrived === count) done(); });
      return last;
    });
    await all;
    await worker.stop();
  });
  await queue.close();
  if (arrived !== count) throw new Error(`${count} pages were owed; ${arrived} arrived`);
  return { ms, virtualMs: now - began };
}
