import { shiftDays, type IsoDate, type Period } from '../calendar/period.ts';
import { owedPeriods, type Owed } from '../calendar/schedule.ts';
import type { Message } from '../card/card.ts';
import { ServiceError } from '../errors.ts';
import type { Digest, Pack, Person } from '../pack/model.ts';
import type { Address, ChatAdapter, Clock, Log, Platform, Store } from '../ports.ts';
import { claim, hold, lastOwed, markInterrupted, openDeliveries, oweDeliveries, settle, type Obligation, type OpenDelivery, type Outcome } from './records.ts';

export interface DeliverPorts {
  readonly store: Store;
  readonly adapters: ReadonlyMap<Platform, ChatAdapter>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is to be delivered, and how to make it. */
export interface DeliverWork {
  readonly packs: readonly Pack[];
  /** The day up to which everything a digest shows is complete (exclusive). */
  readonly closedThrough: (packId: string, digestId: string) => IsoDate;
  readonly recipients: (pack: Pack, digest: Digest) => readonly Person[];
  /** The messages of some people, by person id, in one go. */
  readonly compose: (pack: Pack, digest: Digest, period: Period, people: readonly Person[]) => Promise<ReadonlyMap<string, Message>>;
  readonly addressFor: (person: Person, pack: Pack) => Promise<Address | null>;
}

/** A delivery that someone should look at. Names no person: the row has the recipient. */
export interface Problem {
  /** Row in the store; null: the digest as a whole. */
  readonly delivery: number | null;
  readonly pack: string;
  readonly digest: string;
  /** First day of the period; null: the digest as a whole. */
  readonly period: IsoDate | null;
  readonly state: 'owed' | 'unsure' | 'failed';
  readonly reason: string;
}

/** What one run did. `held`: owed and not sendable yet; `retried`: the platform could not take it now. */
export interface Summary {
  readonly owed: number;
  readonly delivered: number;
  readonly held: number;
  readonly retried: number;
  readonly unsure: number;
  readonly failed: number;
  readonly problems: readonly Problem[];
}

const ACTOR = 'service';
/** Where the platform does not say how long to wait. */
const RETRY_MS = 60_000;
const INTERRUPTED = 'The service stopped while it was being sent. It may have arrived, so it is not sent again.';

interface Tally { owed: number; delivered: number; held: number; retried: number; unsure: number; failed: number; problems: Problem[] }
interface Run extends DeliverPorts { readonly work: DeliverWork; readonly tally: Tally }
interface Due extends Run { readonly pack: Pack; readonly digest: Digest }

/**
 * Sends what is owed and not sent yet: every digest, for its own periods, however late. Nothing is sent twice: a row is
 * claimed before it is sent, and one found claimed at the start was left by a crash and becomes unsure. So only one run at
 * a time on one store. One failing digest or recipient never holds up another.
 */
export async function deliverDue(ports: DeliverPorts, work: DeliverWork): Promise<Summary> {
  const run: Run = { ...ports, work, tally: { owed: 0, delivered: 0, held: 0, retried: 0, unsure: 0, failed: 0, problems: [] } };
  for (const left of await markInterrupted(run.store, INTERRUPTED, run.clock.now(), ACTOR)) {
    run.tally.unsure += 1;
    report(run, { delivery: left.id, pack: left.pack, digest: left.digest, period: left.from, state: 'unsure', reason: INTERRUPTED });
  }
  for (const pack of work.packs) for (const digest of pack.digests.values()) {
    const due: Due = { ...run, pack, digest };
    try {
      await deliverDigest(due);
    } catch (error) {
      // Also a bug of ours ends here, loudly, because the other digests are owed all the same.
      run.log.error('digest-failed', { pack: pack.id, digest: digest.id, error: error instanceof Error ? error : String(error) });
      run.tally.problems.push({ delivery: null, pack: pack.id, digest: digest.id, period: null, state: 'owed', reason: reasonOf(error) });
    }
  }
  return run.tally;
}

async function deliverDigest(due: Due): Promise<void> {
  const { pack, digest, store, work } = due;
  const now = due.clock.now();
  const people = work.recipients(pack, digest);
  const periods = owedPeriods(digest.schedule, digest.period.grain, digest.start, now, pack.timeZone, pack.yearStart);
  due.tally.owed += await oweDeliveries(store, obligations(due, periods, people, await lastOwed(store, pack.id, digest.id)), now, ACTOR);

  const open = await openDeliveries(store, pack.id, digest.id);
  for (const { period } of periods) {
    const deliveries = open.filter((delivery) => delivery.from === period.from && delivery.to === period.to);
    if (deliveries.length > 0) await deliverPeriod(due, period, deliveries, people);
  }
  const current = new Set(periods.map(({ period }) => `${period.from}/${period.to}`));
  await holdAll(due, open.filter(({ from, to }) => !current.has(`${from}/${to}`)), 'The digest no longer has this period.');
}

/** Everyone is owed every period; someone new to a digest that has been sent before begins with the latest one. */
function obligations(due: Due, periods: readonly Owed[], people: readonly Person[], last: ReadonlyMap<string, IsoDate>): Obligation[] {
  return people.flatMap((person) => {
    const known = last.get(person.id);
    const theirs = known !== undefined ? periods.filter((owed) => owed.period.from > known) : last.size > 0 ? periods.slice(-1) : periods;
    return theirs.map((owed) => ({ pack: due.pack.id, digest: due.digest.id, recipient: person.id, ...owed }));
  });
}

interface Ready { readonly delivery: OpenDelivery; readonly person: Person; readonly address: Address; readonly adapter: ChatAdapter }

async function deliverPeriod(due: Due, period: Period, deliveries: readonly OpenDelivery[], people: readonly Person[]): Promise<void> {
  const through = due.work.closedThrough(due.pack.id, due.digest.id);
  if (through < period.to) {
    await holdAll(due, deliveries, `Waits for complete data: needed through ${shiftDays(period.to, -1)}, complete through ${shiftDays(through, -1)}.`);
    return;
  }
  const ready: Ready[] = [];
  for (const delivery of deliveries) {
    if (delivery.notBefore !== null && Date.parse(delivery.notBefore) > due.clock.now().getTime()) {
      due.tally.held += 1;
      continue;
    }
    const found = await readyFor(due, delivery, people.find((person) => person.id === delivery.recipient));
    if (typeof found === 'string') await holdWithProblem(due, period, [delivery], found);
    else ready.push(found);
  }
  if (ready.length === 0) return;
  let messages: ReadonlyMap<string, Message>;
  try {
    messages = await due.work.compose(due.pack, due.digest, period, ready.map(({ person }) => person));
  } catch (error) {
    due.log.error('compose-failed', { pack: due.pack.id, digest: due.digest.id, period: period.from, error: error instanceof Error ? error : String(error) });
    await holdWithProblem(due, period, ready.map(({ delivery }) => delivery), `The page could not be made. ${reasonOf(error)}`);
    return;
  }
  for (const one of ready) {
    const message = messages.get(one.person.id);
    if (message === undefined) await holdWithProblem(due, period, [one.delivery], 'No page was made for this recipient.');
    else await send(due, period, one, message);
  }
}

/** What it takes to send a delivery, or why it can't be sent yet. */
async function readyFor(due: Due, delivery: OpenDelivery, person: Person | undefined): Promise<Ready | string> {
  if (person === undefined) return 'The recipient no longer belongs to the audience.';
  try {
    const address = await due.work.addressFor(person, due.pack);
    if (address === null) return 'The recipient has no address yet: they write to the bot once, or the pack names their id.';
    const adapter = due.adapters.get(address.platform);
    return adapter === undefined ? `The recipient's platform (${address.platform}) is not connected.` : { delivery, person, address, adapter };
  } catch (error) {
    due.log.error('address-failed', { delivery: delivery.id, error: error instanceof Error ? error : String(error) });
    return `The recipient's address could not be found. ${reasonOf(error)}`;
  }
}

async function send(due: Due, period: Period, { delivery, address, adapter }: Ready, message: Message): Promise<void> {
  const { store, clock, tally, log } = due;
  let sentAs: string | null = null;
  try {
    const claimed = await claim(store, delivery.id, { platform: address.platform, conversation: address.conversation, card: message.card }, clock.now(), ACTOR);
    if (!claimed) return;
    const outcome = await adapter.send(address, message).then(
      ({ messageId, pictureSent }): Outcome => ({ to: 'delivered', messageId, pictureSent }),
      (error: unknown) => {
        if (!(error instanceof ServiceError)) log.error('send-broke', { delivery: delivery.id, error: error instanceof Error ? error : String(error) });
        return outcomeOf(error, clock.now());
      },
    );
    if (outcome.to === 'delivered') sentAs = outcome.messageId;
    if (!(await settle(store, delivery.id, outcome, clock.now(), ACTOR))) {
      log.warn('delivery-moved-meanwhile', { delivery: delivery.id, outcome: outcome.to });
      return;
    }
    tally[outcome.to === 'owed' ? 'retried' : outcome.to] += 1;
    if (outcome.to !== 'delivered') report(due, { delivery: delivery.id, pack: due.pack.id, digest: due.digest.id, period: period.from, state: outcome.to, reason: outcome.reason });
  } catch (error) {
    // The store failed. Not claimed: still owed. Claimed: the next run finds it and calls it unsure; the log has the message id.
    log.error('delivery-not-recorded', { delivery: delivery.id, messageId: sentAs, error: error instanceof Error ? error : String(error) });
    tally.problems.push({ delivery: delivery.id, pack: due.pack.id, digest: due.digest.id, period: period.from, state: sentAs === null ? 'owed' : 'unsure', reason: reasonOf(error) });
  }
}

function outcomeOf(error: unknown, now: Date): Outcome {
  // What is no ServiceError is no answer of the platform: it may have taken the message.
  if (!(error instanceof ServiceError)) return { to: 'unsure', reason: 'The sending broke off. It may have arrived, so it is not sent again.' };
  if (error.mayHaveArrived) return { to: 'unsure', reason: `${error.message}. It may have arrived, so it is not sent again.` };
  if (error.final) return { to: 'failed', reason: error.message };
  return { to: 'owed', reason: error.message, notBefore: new Date(now.getTime() + (error.retryAfterMs ?? RETRY_MS)) };
}

async function holdAll(due: Due, deliveries: readonly OpenDelivery[], reason: string): Promise<number[]> {
  due.tally.held += deliveries.length;
  return hold(due.store, deliveries.map(({ id }) => id), reason);
}

async function holdWithProblem(due: Due, period: Period, deliveries: readonly OpenDelivery[], reason: string): Promise<void> {
  const changed = await holdAll(due, deliveries, reason);
  for (const { id } of deliveries) {
    const problem: Problem = { delivery: id, pack: due.pack.id, digest: due.digest.id, period: period.from, state: 'owed', reason };
    if (changed.includes(id)) report(due, problem);
    else due.tally.problems.push(problem);
  }
}

function report(run: Run, problem: Problem): void {
  run.tally.problems.push(problem);
  run.log.warn(`delivery-${problem.state}`, { ...problem });
}

const reasonOf = (error: unknown): string => (error instanceof ServiceError ? error.message : 'An unexpected error; the log has it.');

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
