import { randomUUID } from 'node:crypto';
import { dayIn, periodOf, shiftDays, type Period } from '../calendar/period.ts';
import { dueAt, owedPeriods, workdaysAfter, type Calendar, type Owed } from '../calendar/schedule.ts';
import type { Message } from '../card/card.ts';
import { judged, type Figure } from '../delivery/correction.ts';
import type { Pace } from '../delivery/pace.ts';
import { missingOf, type Readiness } from '../delivery/readiness.ts';
import type { Outcome, Payload } from '../delivery/tell.ts';
import { FOR_ANALYSTS } from '../delivery/state.ts';
import { ServiceError } from '../errors.ts';
import type { Digest, Pack, Person } from '../pack/model.ts';
import type { Address, ChatAdapter, Clock, Log, Platform, Queue, Store } from '../ports.ts';
import { lifeOf } from '../pack/organisation.ts';
import { forget } from './retention.ts';
import { causesOf, correctedSince, loadsBehind, newLoads, olderThan, oweCorrection } from './correct.ts';
import { markRequestTold, PLATFORM_NAMES, untoldRequests, whoAsks } from './admission.ts';
import {
  abandoned, ANALYSTS, deliveriesIn, digestOf, keepData, lastOwed, lease, markWoken, move, owe, release, sentOfOtherData, standings, unknownSpans, untoldFailures, unwoken,
  type Delivery, type Obligation, type Standing,
} from './ledger.ts';
import { differing, noteData, type Data, type DataMarks } from './versions.ts';

export interface DeliverPorts {
  readonly store: Store;
  readonly queue: Queue;
  readonly adapters: ReadonlyMap<Platform, ChatAdapter>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is to be delivered, and how to make it. */
export interface DeliverWork {
  readonly packs: () => readonly Pack[];
  readonly recipients: (pack: Pack, digest: Digest) => readonly Person[];
  /** Whether a period of a digest can be shown, and what is missing. */
  readonly readiness: (pack: Pack, digest: Digest, period: Period) => Promise<Readiness>;
  readonly data: (pack: Pack) => Data;
  /** A recipient's page and the figures on it. */
  readonly page: (pack: Pack, digest: Digest, period: Period, person: Person) => Promise<{ readonly message: Message; readonly figures: readonly Figure[] }>;
  /** The figures on some pages, by person id, without making the pages. */
  readonly shown: (pack: Pack, digest: Digest, period: Period, people: readonly Person[]) => Promise<ReadonlyMap<string, readonly Figure[]>>;
  /** Where a recipient (a person's id, or the analysts' channel) can be written to now; null: nowhere yet. */
  readonly addressFor: (recipient: string, pack: Pack) => Promise<Address | null>;
}

/** How a process takes part. */
export interface DeliverSettings {
  /** Name of the process in moves and leases; no two have the same. */
  readonly worker: string;
  /** After this long without word a sender is taken for dead. A message leaves in its first half or not at all. */
  readonly leaseMs: number;
  /** How long an unsure message is left to arrive before the platform is asked. */
  readonly askAfterMs: number;
  /** What becomes of an unsure message where the platform can't be asked. */
  readonly unsure: 'send-again' | 'leave';
  /** How fast an address may be written to. */
  readonly paces: (address: Address) => readonly Pace[];
  readonly random: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/** What one scan did. `held`: now waiting, whatever it did before. */
export interface Summary {
  readonly owed: number;
  readonly released: number;
  readonly held: number;
  readonly withdrawn: number;
  readonly interrupted: number;
  readonly notices: number;
  readonly corrections: number;
  readonly woken: number;
}

/** A period nothing has happened to for this long needs no receipt any more. */
const RECEIPT_DAYS = 7;
/** Without a deadline of its own a digest's readers are told after so many working days. */
const DEADLINE_WORKDAYS = 3;
/** A wake-up that led to nothing in so many leases may be lost with the worker that took it. */
const LOST_LEASES = 2;
const MOST_WOKEN = 5_000;
const SCAN = 'scan';
const DAY_MS = 86_400_000;

const NOT_IN_AUDIENCE = 'The recipient no longer belongs to the audience.';
const NO_ANALYST = 'The recipient is no analyst of the pack any more, or no longer in it.';
const NO_ADDRESS = 'The recipient has no address yet: they write to the bot once, or the pack names their id.';
const INTERRUPTED = 'Its sender gave no word in time. It may have arrived.';
const RESTORED = 'The state was brought back from a backup made before it was due, so it may have been sent.';

interface Tally { owed: number; released: number; held: number; withdrawn: number; interrupted: number; notices: number; corrections: number; woken: number }
interface Scan extends DeliverPorts { readonly work: DeliverWork; readonly settings: DeliverSettings; readonly tally: Tally; readonly unknown: readonly { from: Date; to: Date }[] }
interface Due extends Scan {
  readonly pack: Pack;
  readonly digest: Digest;
  readonly people: ReadonlyMap<string, Person>;
  /** Sources of which another process has newer data: by what is here nothing is judged. */
  readonly older: readonly string[];
}

/** The calendar a pack's schedules are read by. */
const calendarOf = (pack: Pack): Calendar => ({ timeZone: pack.timeZone, yearStart: pack.yearStart, closedDays: pack.closedDays });

/** When the readers of a period are told that its page is late. */
function deadlineOf(pack: Pack, digest: Digest, period: Period): Date {
  const due = dueAt(digest.schedule, calendarOf(pack), period);
  const deadline = digest.deadline === null ? workdaysAfter(due, DEADLINE_WORKDAYS, calendarOf(pack)) : dueAt(digest.deadline, calendarOf(pack), period);
  return deadline > due ? deadline : due;
}

/**
 * Brings the ledger up to date with the calendar, the data and the people: what is owed is written down, what can go is made
 * ready and its wake-up put in the queue in one transaction, what can't is held with its reason, what changed after it was
 * sent is corrected, and the analysts are told. However long nobody scanned, every period is owed for itself. Any process may
 * scan, one at a time does; null: another is at it. One failing digest never holds up another.
 */
export async function scan(ports: DeliverPorts, work: DeliverWork, settings: DeliverSettings): Promise<Summary | null> {
  const older = new Map<string, readonly string[]>();
  for (const pack of work.packs()) {
    const sources = await noteData(ports.store, settings.worker, pack, work.data(pack), ports.clock.now());
    older.set(pack.id, sources);
    if (sources.length > 0) ports.log.warn('older-data', { pack: pack.id, sources: sources.join(', '), advice: 'Another process has newer data of it, which pages are made from. Give all processes the same files; overblik status shows who has what.' });
  }
  // Taken anew before every digest: who dies on the way is followed soon.
  const mine = (): Promise<boolean> => lease(ports.store, SCAN, settings.worker, ports.clock.now(), new Date(ports.clock.now().getTime() + 2 * settings.leaseMs));
  if (!(await mine())) return null;
  try {
    const run: Scan = { ...ports, work, settings, tally: { owed: 0, released: 0, held: 0, withdrawn: 0, interrupted: 0, notices: 0, corrections: 0, woken: 0 }, unknown: await unknownSpans(ports.store) };
    await interrupt(run);
    for (const pack of work.packs()) for (const digest of pack.digests.values()) {
      try {
        if (!(await mine())) return run.tally;
        await scanDigest({ ...run, pack, digest, older: older.get(pack.id) ?? [], people: new Map(work.recipients(pack, digest).map((person) => [person.id, person])) });
      } catch (error) {
        // Also a bug of ours ends here, loudly, because the other digests are owed all the same.
        run.log.error('digest-failed', { pack: pack.id, digest: digest.id, error: error instanceof Error ? error : String(error) });
      }
    }
    await tellRequests(run);
    await wake(run);
    await forgetOnceADay(run);
    return run.tally;
  } finally {
    await release(ports.store, SCAN, settings.worker);
  }
}

/** What is kept too long is let go by whoever is the first to look in a day. */
async function forgetOnceADay({ store, clock, work, log }: Scan): Promise<void> {
  const now = clock.now();
  // Nobody has the same name twice, so who took it today does not take it again.
  if (work.packs().length === 0 || !(await lease(store, 'retention', randomUUID(), now, new Date(now.getTime() + DAY_MS)))) return;
  const forgotten = await forget(store, work.packs(), now);
  if (Object.values(forgotten).some((count) => count > 0)) log.info('forgotten', { ...forgotten });
}

/** A delivery whose sender is gone is unsure: it is asked about before anything else. */
async function interrupt(run: Scan): Promise<void> {
  const now = run.clock.now();
  const moved = await move(run.store, await abandoned(run.store, now), 'unsure', { reason: INTERRUPTED }, now, run.settings.worker, ['sending']);
  run.tally.interrupted += moved.length;
  for (const delivery of moved) run.log.warn('delivery-unsure', { delivery, reason: INTERRUPTED });
}

/** Puts in wake-ups for what can go and nobody was woken for, or whose wake-up was lost. */
async function wake(run: Scan): Promise<void> {
  const now = run.clock.now();
  run.tally.woken += await run.store.transaction(async (tx) => {
    const ids = await unwoken(tx, now, new Date(now.getTime() - LOST_LEASES * run.settings.leaseMs), MOST_WOKEN);
    if (ids.length > 0) await run.queue.add(tx, ids);
    return ids.length;
  });
}

async function scanDigest(due: Due): Promise<void> {
  const { pack, digest, store, people } = due;
  const now = due.clock.now();
  const periods = owedPeriods(digest.schedule, digest.period.grain, digest.start, now, calendarOf(pack));
  due.tally.owed += await owePages(due, periods);
  await followAudience(due);

  const { marks } = due.work.data(pack);
  // What can go was found complete by some data: by others it is looked at again.
  const open = (await deliveriesIn(store, pack.id, digest.id, ['owed', 'held', 'ready'], ['page'])).filter(({ state, data }) => state !== 'ready' || (data !== null && differing(data as DataMarks, marks).length > 0));
  const current = new Set(periods.map(({ period }) => `${period.from}/${period.to}`));
  await holdAll(due, open.filter(({ from, to }) => !current.has(`${from}/${to}`)), 'The digest no longer has this period.');
  if (due.older.length === 0) {
    for (const { period } of periods) {
      const pages = open.filter((delivery) => delivery.from === period.from && delivery.to === period.to);
      if (pages.length > 0) await scanPeriod(due, period, pages);
    }
    if (people.size > 0) await correct(due);
  }
  await tellFailures(due);
  await tellOutcomes(due);
}

/** Everyone is owed every period; someone new to a digest that has been sent before begins with the latest one. */
async function owePages(due: Due, periods: readonly Owed[]): Promise<number> {
  const last = await lastOwed(due.store, due.pack.id, due.digest.id);
  const obligations = [...due.people.keys()].flatMap((recipient) => {
    const known = last.get(recipient);
    const theirs = known !== undefined ? periods.filter((owed) => owed.period.from > known) : last.size > 0 ? periods.slice(-1) : periods;
    return theirs.filter(({ period }) => isOpen(due.pack, due.people.get(recipient), period)).map((owed): Obligation => ({ pack: due.pack.id, digest: due.digest.id, recipient, kind: 'page', about: '', payload: null, ...owed }));
  });
  const doubtful = ({ dueAt: at }: Obligation): boolean => due.unknown.some(({ from, to }) => at >= from && at <= to);
  const now = due.clock.now();
  return due.store.transaction(async (tx) => {
    const owed = await owe(tx, obligations.filter((one) => !doubtful(one)), now, due.settings.worker);
    const unsure = await owe(tx, obligations.filter(doubtful), now, due.settings.worker);
    await move(tx, unsure, 'unsure', { reason: RESTORED }, now, due.settings.worker);
    return owed.length + unsure.length;
  });
}

/** Of a period in which none of someone's units was open there is no page. */
const isOpen = ({ organisation }: Pack, person: Person | undefined, { from, to }: Period): boolean => (person?.units ?? []).some((unit) => { const life = lifeOf(organisation, unit); return (life.until === null || life.until > from) && (life.from === null || life.from < to); });

/** Who left the audience gets nothing more, whatever is waiting for them; who is back is owed again. */
async function followAudience(due: Due): Promise<void> {
  const { store, pack, digest, people } = due;
  const now = due.clock.now();
  const waiting = await deliveriesIn(store, pack.id, digest.id, ['owed', 'held', 'ready'], ['page', 'notice', 'correction']);
  const theirs = waiting.filter(({ recipient }) => !people.has(recipient) && !recipient.startsWith(ANALYSTS) && pack.people.get(recipient)?.role !== 'analyst');
  due.tally.withdrawn += (await move(store, theirs.map(({ id }) => id), 'withdrawn', { reason: NOT_IN_AUDIENCE }, now, due.settings.worker)).length;
  const told = await deliveriesIn(store, pack.id, digest.id, ['owed', 'held', 'ready'], [...FOR_ANALYSTS, 'welcome']);
  const notTheirs = told.filter(({ recipient, kind }) => !recipient.startsWith(ANALYSTS) && (kind === 'welcome' ? !pack.people.has(recipient) : pack.people.get(recipient)?.role !== 'analyst'));
  due.tally.withdrawn += (await move(store, notTheirs.map(({ id }) => id), 'withdrawn', { reason: NO_ANALYST }, now, due.settings.worker)).length;
  const gone = await deliveriesIn(store, pack.id, digest.id, ['withdrawn'], ['page']);
  await move(store, gone.filter(({ recipient, reason }) => people.has(recipient) && reason === NOT_IN_AUDIENCE).map(({ id }) => id), 'owed', { reason: 'The recipient belongs to the audience again.' }, now, due.settings.worker);
}

async function scanPeriod(due: Due, period: Period, pages: readonly Delivery[]): Promise<void> {
  const now = due.clock.now();
  const late = now >= deadlineOf(due.pack, due.digest, period);
  const { marks } = due.work.data(due.pack);
  const readiness = await due.work.readiness(due.pack, due.digest, period);
  if (readiness.missing.length > 0) {
    await holdAll(due, pages, waitingFor(readiness));
    if (late) await notify(due, period, pages, readiness);
    return;
  }
  const ready: Delivery[] = [];
  const nowhere: Delivery[] = [];
  const silent: Delivery[] = [];
  for (const page of pages) {
    const own = missingOf(readiness, due.people.get(page.recipient)?.units ?? []);
    if (own.length > 0) {
      await holdAll(due, [page], waitingFor({ ...readiness, missing: own }));
      silent.push(page);
      continue;
    }
    if (page.state !== 'ready' && page.notBefore !== null && Date.parse(page.notBefore) > now.getTime()) continue;
    const why = await whyNot(due, page.recipient);
    if (why === null) ready.push(page);
    else {
      await holdAll(due, [page], why);
      nowhere.push(page);
    }
  }
  await releaseAll(due, ready, period, marks);
  if (late && silent.length > 0) await notifySilent(due, period, silent, readiness);
  if (late && nowhere.length > 0) await sayFailure(due, period, NO_ADDRESS, false, nowhere.map(({ recipient }) => recipient));
}

/** What is missing, for the ledger. */
function waitingFor({ missing }: Readiness): string {
  return `Waits for data: ${missing.map((one) => {
    switch (one.kind) {
      case 'rows': return `${one.source} ${one.through === null ? 'has no rows' : `has rows through ${one.through}`}`;
      case 'units': return `${one.source} has no rows of ${one.units.join(', ')}`;
      case 'count': return `${one.source} has ${one.value} rows, usual are ${one.usual}`;
      case 'total': return `${one.measure} of ${one.source} is ${one.value}, usual is ${one.usual}`;
      case 'rejects': return `${one.source} has ${one.rows} rows set aside${one.reasons.map(({ column, reason, file, line }) => ` (${column === '' ? '' : `${column}: `}${reason}, ${file}:${line})`).slice(0, 1).join('')}, and ${one.allowed} may be`;
      case 'closing': return `${one.source} is not closed`;
      case 'house': return `${one.source} could not be loaded: ${one.reason}`;
    }
  }).join('; ')}.`;
}

/** Why a recipient can't be sent anything yet; null when they can. */
async function whyNot(due: Due, recipient: string): Promise<string | null> {
  try {
    const address = await due.work.addressFor(recipient, due.pack);
    if (address === null) return NO_ADDRESS;
    return due.adapters.has(address.platform) ? null : `The recipient's platform (${address.platform}) is not connected.`;
  } catch (error) {
    due.log.error('address-failed', { pack: due.pack.id, digest: due.digest.id, error: error instanceof Error ? error : String(error) });
    return `The recipient's address could not be found. ${error instanceof ServiceError ? error.message : 'An unexpected error; the log has it.'}`;
  }
}

async function holdAll(due: Due, deliveries: readonly Delivery[], reason: string): Promise<void> {
  due.tally.held += deliveries.length;
  const moved = await move(due.store, deliveries.map(({ id }) => id), 'held', { reason }, due.clock.now(), due.settings.worker);
  if (moved.length > 0) due.log.warn('deliveries-held', { pack: due.pack.id, digest: due.digest.id, count: moved.length, reason });
}

/** The move and its wake-up in one transaction: a crash leaves both or neither. A notice that has not left is not needed any more. */
async function releaseAll(due: Due, pages: readonly Delivery[], period: Period, marks: DataMarks): Promise<void> {
  if (pages.length === 0) return;
  const { store, queue, settings, tally } = due;
  const now = due.clock.now();
  tally.released += await store.transaction(async (tx) => {
    const ids = await move(tx, pages.map(({ id }) => id), 'ready', {}, now, settings.worker);
    await keepData(tx, pages.map(({ id }) => id), marks);
    await markWoken(tx, ids, now);
    if (ids.length > 0) await queue.add(tx, ids);
    const notices = (await deliveriesIn(tx, due.pack.id, due.digest.id, ['owed', 'held', 'ready'], ['notice'])).filter(({ from }) => from === period.from);
    await move(tx, notices.map(({ id }) => id), 'withdrawn', { reason: 'The page itself can go now.' }, now, settings.worker);
    return ids.length;
  });
}

/** Who is told how deliveries went: the analysts' channels that are connected, else each analyst of the pack. */
function analystsOf(due: Due): string[] {
  const channels = (['slack', 'teams'] as const).filter((platform) => due.pack.analystsChannel[platform] !== null && due.adapters.has(platform));
  return channels.length > 0 ? channels.map((platform) => `${ANALYSTS}${platform}`) : [...due.pack.people.values()].filter(({ role }) => role === 'analyst').map(({ id }) => id);
}

/** Owes a message other than a page and sends it on its way; one that is known already is left alone. Resolves with the new ones' rows. */
async function say(due: Due, tx: Pick<Store, 'query'>, period: Pick<Period, 'from' | 'to'>, recipients: readonly string[], about: string, payload: Payload): Promise<readonly number[]> {
  const now = due.clock.now();
  const ids = await owe(tx, recipients.map((recipient): Obligation => ({ pack: due.pack.id, digest: due.digest.id, period, recipient, dueAt: now, kind: payload.kind, about, payload })), now, due.settings.worker);
  // After a restore nobody knows whether this was said before: the platform is asked first.
  const restored = due.unknown.some(({ to }) => now.getTime() - to.getTime() < DAY_MS);
  await move(tx, ids, restored ? 'unsure' : 'ready', restored ? { reason: RESTORED } : {}, now, due.settings.worker);
  await markWoken(tx, ids, now);
  if (ids.length > 0) await due.queue.add(tx, ids);
  return ids;
}

/** At the deadline: the leaders hear that data are missing, and of which sources, and that the page will come; the analysts hear all that is missing, and who waits. What of it each reader may hear is cut when it leaves. */
async function notify(due: Due, period: Period, pages: readonly Delivery[], readiness: Readiness): Promise<void> {
  const waiting = pages.map(({ recipient }) => recipient);
  const reachable: string[] = [];
  // What the house failed at is no lateness of the data: the leaders are told nothing, and get their page when it is mended.
  const isOurs = readiness.missing.some(({ kind }) => kind === 'house');
  // Told apart, for data may still be late when the house is mended.
  const about = isOurs ? 'house' : '';
  for (const recipient of isOurs ? [] : waiting) if ((await whyNot(due, recipient)) === null) reachable.push(recipient);
  due.tally.notices += await due.store.transaction(async (tx) =>
    (await say(due, tx, period, reachable, about, { kind: 'notice', readiness, waiting: null })).length + (await say(due, tx, period, analystsOf(due), about, { kind: 'notice', readiness, waiting })).length);
}

/** The same where data are missing of some readers' own units alone: each hears of theirs, the analysts of all. */
async function notifySilent(due: Due, period: Period, pages: readonly Delivery[], readiness: Readiness): Promise<void> {
  const units = (recipients: readonly string[]): string[] => recipients.flatMap((recipient) => due.people.get(recipient)?.units ?? []);
  const of = (recipients: readonly string[]): Readiness => ({ missing: missingOf(readiness, units(recipients)), present: [] });
  const waiting = pages.map(({ recipient }) => recipient);
  const reachable: string[] = [];
  for (const recipient of waiting) if ((await whyNot(due, recipient)) === null) reachable.push(recipient);
  due.tally.notices += await due.store.transaction(async (tx) => {
    let count = (await say(due, tx, period, analystsOf(due), 'units', { kind: 'notice', readiness: of(waiting), waiting })).length;
    for (const recipient of reachable) count += (await say(due, tx, period, [recipient], 'units', { kind: 'notice', readiness: of([recipient]), waiting: null })).length;
    return count;
  });
}

/** Holds what was sent against what the data say now. While a period is not complete any more, nothing is judged by it; nor is a page by data older than its own. */
async function correct(due: Due): Promise<void> {
  const { pack, digest, store, work, people, settings } = due;
  const data = work.data(pack);
  const sent = (await sentOfOtherData(store, pack.id, digest.id, data.marks, correctedSince(pack, digest, due.clock.now()))).filter(({ recipient }) => people.has(recipient));
  for (const from of new Set(sent.map((one) => one.from))) {
    const newer = sent.filter((one) => one.from === from && olderThan(one.data as DataMarks | null, data).length === 0);
    const period = periodOf(digest.period.grain, from, pack.yearStart);
    if (newer.length === 0) continue;
    const readiness = await work.readiness(pack, digest, period);
    const pages = readiness.missing.length > 0 ? [] : newer.filter(({ recipient }) => missingOf(readiness, people.get(recipient)?.units ?? []).length === 0);
    if (pages.length === 0) continue;
    const shown = await work.shown(pack, digest, period, pages.map(({ recipient }) => people.get(recipient) as Person));
    for (const page of pages) {
      const before = page.figures as readonly Figure[];
      const now = shown.get(page.recipient) ?? [];
      const fresh = newLoads(page.data as DataMarks | null, data);
      const isFresh = causesOf(pack, fresh);
      const judgement = judged(before, now, digest.tolerance, isFresh);
      const loads = loadsBehind(pack, judgement.changes.map(({ measure }) => measure), fresh, data);
      const uncertain = judgement.kept.filter((figure, i) => figure.recount?.withData === true && before[i]?.recount === undefined).length;
      if (uncertain > 0) due.log.warn('definition-and-data-changed', { pack: pack.id, digest: digest.id, period: from, delivery: page.id, figures: uncertain, advice: `overblik correct ${pack.id}/${digest.id}` });
      const unit = people.get(page.recipient)?.units[0] ?? pack.organisation.root;
      due.tally.corrections += await store.transaction((tx) => oweCorrection(tx, page, judgement, { unit, loads, data: data.marks }, false, due.clock.now(), settings.worker,
        (within, about, payload) => say(due, within, period, [page.recipient], about, payload)));
    }
  }
}

/** One message to the analysts for all that failed finally for one reason since the last look. */
async function tellFailures(due: Due): Promise<void> {
  const { pack, digest } = due;
  await due.store.transaction(async (tx) => {
    const failed = await untoldFailures(tx, pack.id, digest.id);
    const groups = new Map<string, Delivery[]>();
    for (const one of failed) {
      const key = JSON.stringify([one.from, one.reason]);
      groups.set(key, [...groups.get(key) ?? [], one]);
    }
    for (const group of groups.values()) {
      const [first] = group as [Delivery, ...Delivery[]];
      const recipients = [...new Set(group.map(({ recipient }) => recipient))];
      await say(due, tx, { from: first.from, to: first.to }, analystsOf(due), digestOf(group.map(({ id, attempts }) => [id, attempts])),
        { kind: 'alarm', failure: { reason: first.reason ?? '', unsure: (first.reason ?? '').includes('may have arrived'), recipients } });
    }
  });
}

/** The same in advance of any attempt: who can't be reached by the deadline. Once per period and people. */
async function sayFailure(due: Due, period: Period, reason: string, unsure: boolean, recipients: readonly string[]): Promise<void> {
  await due.store.transaction((tx) => say(due, tx, period, analystsOf(due), digestOf([reason, recipients]), { kind: 'alarm', failure: { reason, unsure, recipients } }));
}

/**
 * Tells the analysts of every pack who asks for access, each of them once, and who was let in that they were. The words go
 * with a digest of the pack, since that is what a delivery belongs to; a pack without digests has its requests in the list alone.
 */
async function tellRequests(run: Scan): Promise<void> {
  const places = run.work.packs().flatMap((pack): Due[] => { const [digest] = pack.digests.values(); return digest === undefined ? [] : [{ ...run, pack, digest, people: new Map(), older: [] }]; });
  for (const request of await untoldRequests(run.store)) {
    await run.store.transaction(async (tx) => {
      const told = new Set<string>();
      for (const due of places) {
        const day = dayIn(due.pack.timeZone, run.clock.now());
        const recipients = request.state === 'open' ? analystsOf(due) : request.person !== null && due.pack.people.has(request.person) ? [request.person] : [];
        const channelOf = (recipient: string): string => (recipient.startsWith(ANALYSTS) ? due.pack.analystsChannel[recipient.slice(ANALYSTS.length) as 'slack' | 'teams'] ?? recipient : recipient);
        const anew = recipients.filter((recipient) => !told.has(channelOf(recipient)));
        for (const recipient of anew) told.add(channelOf(recipient));
        const payload: Payload = request.state === 'open'
          ? { kind: 'request', request: { id: request.id, who: whoAsks(request), platform: PLATFORM_NAMES[request.platform], account: `${request.user} (${request.tenant})` } } : { kind: 'welcome' };
        await say(due, tx, { from: day, to: shiftDays(day, 1) }, anew, `access/${request.id}`, payload);
      }
      if (told.size === 0) run.log.warn('request-told-to-nobody', { request: request.id, state: request.state });
      await markRequestTold(tx, request, run.clock.now());
    });
  }
}

/** The receipt of a period: when nothing of it is open any more, and again when that changes. */
async function tellOutcomes(due: Due): Promise<void> {
  const { pack, digest } = due;
  const since = new Date(due.clock.now().getTime() - RECEIPT_DAYS * DAY_MS).toISOString();
  const rows = await standings(due.store, { pack: pack.id, digest: digest.id });
  for (const from of new Set(rows.map((row) => row.from))) {
    const own = rows.filter((row) => row.from === from && (row.kind === 'page' || row.kind === 'correction'));
    const outcome = outcomeOf(own);
    if (outcome === null || !own.some((row) => row.latest >= since)) continue;
    await due.store.transaction((tx) => say(due, tx, { from, to: own[0]?.to ?? shiftDays(from, 1) }, analystsOf(due), digestOf({ ...outcome, seen: 0 }), { kind: 'receipt', outcome }));
  }
}

/** How the pages of a period went; null while any of them is open, or when there are none. */
export function outcomeOf(rows: readonly Pick<Standing, 'kind' | 'state' | 'count' | 'late' | 'seen'>[]): Outcome | null {
  if (rows.some(({ state }) => ['owed', 'held', 'ready', 'sending', 'unsure'].includes(state))) return null;
  const sum = (kind: string, states: readonly string[], what: 'count' | 'late' | 'seen' = 'count'): number => rows.filter((row) => row.kind === kind && states.includes(row.state)).reduce((total, row) => total + row[what], 0);
  const outcome: Outcome = {
    total: sum('page', ['delivered', 'failed', 'withdrawn']), delivered: sum('page', ['delivered']), late: sum('page', ['delivered'], 'late'), failed: sum('page', ['failed']),
    withdrawn: sum('page', ['withdrawn']), corrections: sum('correction', ['delivered']), seen: sum('page', ['delivered'], 'seen'),
  };
  return outcome.total === 0 ? null : outcome;
}

/** After a restore: what was open in the backup may have been sent since, so it is asked about first. Resolves with how many. */
export async function doubtOpen(store: Store, now: Date): Promise<number> {
  const rows = await store.query<{ id: number }>(`select id from deliveries where state in ('owed', 'held', 'ready', 'sending')`);
  return (await move(store, rows.map(({ id }) => id), 'unsure', { reason: RESTORED }, now, 'restore')).length;
}

/** What the calendar owes between two instants, for a look ahead: each recipient's page and when. */
export function planned(pack: Pack, digest: Digest, recipients: readonly Person[], from: Date, to: Date): { person: Person; period: Period; dueAt: Date; deadline: Date }[] {
  return owedPeriods(digest.schedule, digest.period.grain, digest.start, to, calendarOf(pack)).filter((owed) => owed.dueAt >= from)
    .flatMap(({ period, dueAt: due }) => recipients.filter((person) => isOpen(pack, person, period)).map((person) => ({ person, period, dueAt: due, deadline: deadlineOf(pack, digest, period) })));
}

/** Starts a timer and gives back how to stop it. */
export type SetTimer = (work: () => void, ms: number) => () => void;

const systemTimer: SetTimer = (work, ms) => {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
};

export interface Scheduler {
  /** No further run begins; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/** Runs `run` now and then again `everyMs` after each end, so two never overlap. A run that fails is logged; the next one comes all the same. */
export function startScheduler({ everyMs, run, log, setTimer = systemTimer }: { everyMs: number; run: () => Promise<void>; log: Log; setTimer?: SetTimer }): Scheduler {
  let stopped = false;
  let cancel = (): void => undefined;
  const tick = async (): Promise<void> => {
    try {
      await run();
    } catch (error) {
      log.error('scheduled-run-failed', { error: error instanceof Error ? error : String(error) });
    }
    if (!stopped) cancel = setTimer(() => { under = tick(); }, everyMs);
  };
  let under = tick();
  return {
    stop: async () => {
      stopped = true;
      cancel();
      await under;
    },
  };
}
