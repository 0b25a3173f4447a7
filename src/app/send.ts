import { periodOf, type Period } from '../calendar/period.ts';
import type { Card, Message } from '../card/card.ts';
import { dayName } from '../card/periods.ts';
import { tidings } from '../card/tidings.ts';
import { MOST_ATTEMPTS, MOST_REFUSALS, waitMs } from '../delivery/pace.ts';
import { tell, type Payload } from '../delivery/tell.ts';
import { ServiceError } from '../errors.ts';
import type { Digest, Language, Pack } from '../pack/model.ts';
import type { Address, ChatAdapter, Platform } from '../ports.ts';
import { accountsOf } from './admission.ts';
import { recordAudit, shownOf } from './audit.ts';
import type { DeliverPorts, DeliverSettings, DeliverWork } from './deliver.ts';
import { ANALYSTS, claim, deliveriesIn, deliveryKey, deliveryOf, keepFigures, keepSaid, markWoken, move, postpone, reserve, rest, settleDelivered, type Delivery } from './ledger.ts';
import { knownAs } from './people.ts';
import { differing, wordOf, type DataMarks } from './versions.ts';

/** A page that leaves later than this after it was due is late. */
const LATE_MS = 60 * 60_000;
/** A page that could not be made is tried again after this. */
const REMAKE_MS = 5 * 60_000;
/** A page that was found complete by other data than are here is looked at again after this, here or by who has them. */
const OTHER_DATA_MS = 20_000;
/** What has nowhere to go is looked at again after this. */
const NOWHERE_MS = 30 * 60_000;
/** A turn further away than this is not waited for: the delivery is put back. */
const LONGEST_WAIT_MS = 30_000;
/** Between tries to note that the platform has a message: about a minute in all, well within a lease. */
const RECORD_WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
/** Clocks differ: the platform is asked about messages from a little before the first attempt. */
const CLOCKS_MS = 5 * 60_000;
/** Why a correction goes to nobody. */
const ANOTHERS = 'The page went to who had this role then, not to who has it now.';
const OTHER_DATA = 'The data here are not those it was found complete by.';
/** Of a page found on the platform that is of other data than those here, or nobody knows of which. */
const UNKNOWN_SAID = 'It was made of other data than are here, so what it said is not known, and it is not corrected by itself.';
/** How much of the key the button of a page carries. */
const BUTTON_KEY = 16;

interface Sender extends DeliverPorts { readonly work: DeliverWork; readonly settings: DeliverSettings }
interface Task extends Sender { readonly delivery: Delivery; readonly pack: Pack; readonly digest: Digest; readonly period: Period }

/**
 * Brings one delivery a step further: sends it when it is ready, finds out about it when it is unsure, and leaves it alone
 * in any other state. Called for every wake-up, by any number of workers at the same time; who is woken in vain does nothing.
 * Rejects only when the store is away: then the row stands as it was, and is woken again.
 */
export async function deliver(ports: DeliverPorts, work: DeliverWork, settings: DeliverSettings, id: number): Promise<void> {
  const sender: Sender = { ...ports, work, settings };
  const delivery = await deliveryOf(sender.store, id);
  if (delivery === null || (delivery.state !== 'ready' && delivery.state !== 'unsure')) return;
  if (delivery.notBefore !== null && Date.parse(delivery.notBefore) > sender.clock.now().getTime()) return;
  const pack = work.packs().find((one) => one.id === delivery.pack);
  const digest = pack?.digests.get(delivery.digest);
  if (pack === undefined || digest === undefined) {
    await step(sender, delivery, delivery.state === 'ready' ? 'held' : 'failed', 'The digest is not in the packs any more.');
    return;
  }
  const task: Task = { ...sender, delivery, pack, digest, period: periodOf(digest.period.grain, delivery.from, pack.yearStart) };
  await (delivery.state === 'ready' ? send(task) : findOut(task));
}

const step = (sender: Sender, delivery: Delivery, to: 'held' | 'failed' | 'ready' | 'unsure', reason: string, notBefore: Date | null = null): Promise<number[]> => {
  if (to !== 'ready') sender.log.warn(`delivery-${to}`, { delivery: delivery.id, pack: delivery.pack, digest: delivery.digest, period: delivery.from, kind: delivery.kind, reason });
  return move(sender.store, [delivery.id], to, { reason, notBefore }, sender.clock.now(), sender.settings.worker, [delivery.state]);
};

/** Takes a delivery back that may go to nobody, and says so where it would have said who got it. */
async function withdraw({ store, clock, settings, delivery }: Task, reason: string): Promise<void> {
  const now = clock.now();
  await store.transaction(async (tx) => {
    const moved = await move(tx, [delivery.id], 'withdrawn', { reason }, now, settings.worker, [delivery.state]);
    if (moved.length > 0) await recordAudit(tx, { at: now, actor: 'delivery', action: 'not-sent', detail: { pack: delivery.pack, digest: delivery.digest, period: delivery.from, kind: delivery.kind, recipient: delivery.recipient, reason } });
  });
}

const later = (sender: Sender, ms: number): Date => new Date(sender.clock.now().getTime() + ms);

/** Puts a wake-up in for a delivery that waits. The scan would find it too, but only at its next turn. */
async function wakeAfter({ store, queue, clock }: Sender, id: number, ms: number): Promise<void> {
  await store.transaction(async (tx) => {
    await markWoken(tx, [id], new Date(clock.now().getTime() + ms));
    await queue.add(tx, [id], ms / 1000);
  });
}

async function send(task: Task): Promise<void> {
  const { delivery, store, clock, settings } = task;
  const place = await placeOf(task);
  if ('never' in place) {
    await withdraw(task, place.never);
    return;
  }
  if ('waits' in place) {
    // A page is held and released by the scan; what is told waits by itself until there is somewhere to tell it.
    if (delivery.kind === 'page') await step(task, delivery, 'held', place.waits);
    else await postpone(store, delivery.id, later(task, NOWHERE_MS), place.waits);
    return;
  }
  const { address, adapter } = place;
  const made = await make(task, address);
  if (made === null) return;

  const turn = await takeTurn(task, address);
  if (!turn.taken) {
    await postpone(store, delivery.id, later(task, turn.ms), null);
    await wakeAfter(task, delivery.id, turn.ms);
    return;
  }
  await settings.wait(turn.ms);

  const began = clock.now();
  const late = began.getTime() > Date.parse(delivery.dueAt) + LATE_MS;
  const claimed = await claim(store, delivery.id, {
    address, knownAs: place.knownAs, card: made.message.card, shown: shownOf(made.message), figures: made.figures, data: made.data, late, leaseUntil: new Date(began.getTime() + settings.leaseMs),
  }, began, settings.worker);
  if (!claimed) return;
  const sending: Delivery = { ...delivery, state: 'sending', attempts: delivery.attempts + 1 };
  let sent: Awaited<ReturnType<ChatAdapter['send']>>;
  try {
    sent = await adapter.send(address, made.message, { key: deliveryKey(delivery), ...(made.data !== null && { data: wordOf(made.data) }), until: new Date(began.getTime() + settings.leaseMs / 2) });
  } catch (error) {
    await afterFailure(task, sending, address, error);
    return;
  }
  // From here on the platform has it: whatever the store does now says nothing about that.
  const pictureLost = made.message.png !== null && !sent.pictureSent;
  await record(task, sent.messageId, sent.pictureSent, pictureLost ? 'The platform did not take the picture; the text arrived.' : null);
}

/** Where a delivery goes: where its recipient is today, never where one before it went. Else why it can't go yet, or ever. */
async function placeOf(task: Task): Promise<{ address: Address; adapter: ChatAdapter; knownAs: string | null } | { waits: string } | { never: string }> {
  const { delivery, pack, work, adapters } = task;
  let address: Address | null;
  try {
    address = await work.addressFor(delivery.recipient, pack);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { waits: `The recipient's address could not be found. ${error.message}` };
  }
  if (address === null) return { waits: 'The recipient has no address yet: they write to the bot once, or the pack names their id.' };
  const place = await underPage(task, address);
  if (place === null) return { never: ANOTHERS };
  const adapter = adapters.get(address.platform);
  return adapter === undefined ? { waits: `The recipient's platform (${address.platform}) is not connected.` } : { address: place, adapter, knownAs: (await knownNow(task))?.(address.platform) ?? null };
}

/** By what the recipient is known today, by platform; null: they are no person. */
async function knownNow({ store, pack, delivery }: Task): Promise<((platform: Platform) => string) | null> {
  const person = pack.people.get(delivery.recipient);
  const accounts = person === undefined ? [] : await accountsOf(store);
  return person === undefined ? null : (platform) => knownAs({ pack, person }, platform, accounts);
}

const either = (one: string, other: string): boolean => one === other || one === '' || other === '';

/**
 * An address with the place under the page, for a correction: in the thread when the page went to the same account, at the
 * top when its reader is elsewhere now. Null when it went to somebody else, who had the role before: a role's id outlives who has it.
 */
async function underPage(task: Task, address: Address): Promise<Address | null> {
  const { store, delivery } = task;
  if (delivery.kind !== 'correction') return address;
  const page = (await deliveriesIn(store, delivery.pack, delivery.digest, ['delivered'], ['page'])).find((one) => one.from === delivery.from && one.recipient === delivery.recipient);
  const was = page?.address ?? null;
  if (page === undefined || was === null) return address;
  if (was.platform === address.platform && was.user !== '' && was.user === address.user && either(was.tenant, address.tenant)) {
    // Slack opens the one conversation of an account by its id alone.
    return either(was.conversation, address.conversation) ? { ...address, thread: page.messageId } : address;
  }
  const known = (await knownNow(task))?.(was.platform) ?? '';
  return page.knownAs === null || known === '' || page.knownAs === known ? address : null;
}

/** The message, and of which data a page is; null when it could not be made now and the delivery waits, or is held. */
async function make(task: Task, address: Address): Promise<{ message: Message; figures: unknown; data: DataMarks | null } | null> {
  const { delivery, pack, digest, period, work } = task;
  const person = pack.people.get(delivery.recipient);
  const language = person?.language ?? pack.language;
  try {
    if (person === undefined && !delivery.recipient.startsWith(ANALYSTS)) {
      await withdraw(task, 'The recipient no longer belongs to the audience.');
      return null;
    }
    if (delivery.kind !== 'page' || person === undefined) {
      const card = tell(pack, digest, period, person ?? null, delivery.payload as Payload);
      if (card !== null) return { message: { card: marked(task, card, language), png: null, sheet: null }, figures: null, data: null };
      await withdraw(task, 'The recipient may see nothing of it any more.');
      return null;
    }
    const data = work.data(pack).marks;
    if (delivery.data !== null && differing(delivery.data as DataMarks, data).length > 0) {
      // Who has newer ones judges it anew; who has older ones has nothing to say.
      await postpone(task.store, delivery.id, later(task, OTHER_DATA_MS), OTHER_DATA);
      await wakeAfter(task, delivery.id, OTHER_DATA_MS);
      return null;
    }
    const { message, figures } = await work.page(pack, digest, period, person);
    return { message: { ...message, card: withSeen(marked(task, message.card, language), delivery, language) }, figures, data };
  } catch (error) {
    task.log.error('compose-failed', { delivery: delivery.id, pack: pack.id, digest: digest.id, period: period.from, platform: address.platform, error: error instanceof Error ? error : String(error) });
    const reason = `The page could not be made. ${error instanceof ServiceError ? error.message : 'An unexpected error; the log has it.'}`;
    if (delivery.kind === 'page') await step(task, delivery, 'held', reason, later(task, REMAKE_MS));
    else await postpone(task.store, delivery.id, later(task, REMAKE_MS), reason);
    return null;
  }
}

/** What the reader must know of how it comes: late, or possibly again. */
function marked({ delivery, pack, clock }: Task, card: Card, language: Language): Card {
  const t = tidings(language);
  const late = delivery.kind === 'page' && clock.now().getTime() > Date.parse(delivery.dueAt) + LATE_MS;
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: pack.timeZone }).format(new Date(delivery.dueAt));
  return { ...card, provenance: [...card.provenance, ...(late ? [t.lateNote(dayName(day, language))] : []), ...(delivery.repeated ? [t.repeatedNote] : [])] };
}

/** A button by which the reader says that they have seen it. */
function withSeen(card: Card, delivery: Delivery, language: Language): Card {
  const { seen } = tidings(language);
  return { ...card, actions: [...card.actions, { id: 'seen', label: seen, ask: `${seen} ${deliveryKey(delivery).slice(0, BUTTON_KEY)}` }] };
}

/** Milliseconds until this conversation and its platform may be written to, and whether that moment is ours. */
async function takeTurn({ store, clock, settings }: Task, address: Address): Promise<{ ms: number; taken: boolean }> {
  const now = clock.now();
  let turn = now.getTime();
  for (const { bucket, gapMs } of settings.paces(address)) {
    const { from, taken } = await reserve(store, bucket, gapMs, now, LONGEST_WAIT_MS);
    turn = Math.max(turn, from.getTime());
    if (!taken) return { ms: turn - now.getTime(), taken };
  }
  return { ms: turn - now.getTime(), taken: true };
}

/**
 * Notes that the platform has the message. A store that is away for a moment (a restart, a failover, a lock) is waited for: where
 * the platform can't be asked, nothing but this note keeps the message from going out again. Rejects when it stays away; the row
 * is then still `sending`, and found out about when its lease has run out.
 */
async function record(task: Task, messageId: string, pictureSent: boolean | null, reason: string | null): Promise<void> {
  const { clock, log, settings, delivery } = task;
  for (const ms of [...RECORD_WAITS_MS, null]) {
    try {
      const settled = await settle(task, messageId, pictureSent, reason);
      if (settled) log.info('delivered', { delivery: delivery.id, pack: delivery.pack, digest: delivery.digest, period: delivery.from, kind: delivery.kind });
      else if (!(await isRecorded(task, messageId))) log.warn('delivery-moved-meanwhile', { delivery: delivery.id, messageId });
      return;
    } catch (error) {
      log.error('delivery-not-recorded', { delivery: delivery.id, messageId, at: clock.now().toISOString(), again: ms !== null, error: error instanceof Error ? error : String(error) });
      if (ms === null) throw error;
      await settings.wait(ms);
    }
  }
}

/** Who was sent what stands in the audit exactly when it stands in the ledger. False when the row was in no state for it. */
const settle = ({ store, clock, settings, delivery }: Task, messageId: string, pictureSent: boolean | null, reason: string | null): Promise<boolean> => store.transaction(async (tx) => {
  const left = await settleDelivered(tx, delivery.id, { messageId, pictureSent, reason }, clock.now(), settings.worker);
  if (left !== null && delivery.kind === 'correction') await keepSaid(tx, delivery.id);
  if (left !== null) await recordAudit(tx, { at: clock.now(), actor: 'delivery', action: 'sent', detail: { pack: delivery.pack, digest: delivery.digest, period: delivery.from, kind: delivery.kind, recipient: delivery.recipient, ...left } });
  return left !== null;
});

/** A transaction whose commit broke off may have been done all the same. */
const isRecorded = async ({ store, delivery }: Task, messageId: string): Promise<boolean> => {
  const now = await deliveryOf(store, delivery.id);
  return now?.state === 'delivered' && now.messageId === messageId;
};

/** What a failed sending makes of the delivery: in passing, for good, or nobody knows. */
async function afterFailure(task: Task, sending: Delivery, address: Address, error: unknown): Promise<void> {
  const { store, settings, log } = task;
  if (!(error instanceof ServiceError)) log.error('send-broke', { delivery: sending.id, error: error instanceof Error ? error : String(error) });
  // What is no ServiceError is no answer of the platform: it may have taken the message.
  if (!(error instanceof ServiceError) || error.mayHaveArrived) {
    const reason = `${error instanceof ServiceError ? error.message : 'The sending broke off'}. It may have arrived.`;
    if ((await step(task, sending, 'unsure', reason, later(task, settings.askAfterMs))).length > 0) await wakeAfter(task, sending.id, settings.askAfterMs);
    return;
  }
  if (error.final || sending.attempts >= (error.unclear ? MOST_REFUSALS : MOST_ATTEMPTS)) {
    await step(task, sending, 'failed', error.final ? error.message : `${error.message}. Given up after ${sending.attempts} attempts.`);
    return;
  }
  const ms = waitMs(sending.attempts, error.retryAfterMs, settings.random());
  const whole = settings.paces(address).at(-1);
  if (error.retryAfterMs !== null && whole !== undefined) await rest(store, whole.bucket, later(task, error.retryAfterMs));
  if ((await step(task, sending, 'ready', error.message, later(task, ms))).length > 0) await wakeAfter(task, sending.id, ms);
}

/** Whether an unsure message arrived: the platform is asked; where it can't be, the settings decide. */
async function findOut(task: Task): Promise<void> {
  const { delivery, pack, work, adapters, settings } = task;
  // Where it went, whoever has the role now: the look says nothing to anybody, and what is sent again finds its own place.
  const now = delivery.address === null ? await work.addressFor(delivery.recipient, pack) : null;
  const address = delivery.address ?? (now === null ? null : await underPage(task, now));
  if (address === null) {
    await again(task, 'Nobody can be asked whether it arrived: there is no address.', true);
    return;
  }
  const adapter = adapters.get(address.platform);
  if (adapter === undefined) {
    await step(task, delivery, 'failed', `It may have arrived, and ${address.platform}, which is not connected, can't be asked.`);
    return;
  }
  if (adapter.find === null) {
    if (settings.unsure === 'leave') await step(task, delivery, 'failed', `It may have arrived, and ${address.platform} can't be asked. By the settings it is not sent again.`);
    else await again(task, `${address.platform} can't be asked whether it arrived, so it is sent again and marked as possibly repeated.`, true);
    return;
  }
  try {
    const since = new Date(Date.parse(delivery.sentAt ?? delivery.dueAt) - CLOCKS_MS);
    const found = await adapter.find(address, deliveryKey(delivery), since);
    if (found === null) await again(task, 'The platform does not have it.', false);
    else {
      const known = await rememberSaid(task, found.data ?? null);
      if (!known) task.log.warn('page-said-unknown', { delivery: delivery.id, pack: delivery.pack, digest: delivery.digest, period: delivery.from, reason: UNKNOWN_SAID });
      await record(task, found.messageId, null, known ? 'The platform has it.' : `The platform has it. ${UNKNOWN_SAID}`);
    }
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (error.final || error.unclear) {
      // What the analysts are told may come twice; a leader's page is left to people.
      if (delivery.kind === 'receipt' || delivery.kind === 'alarm') await again(task, `The platform can't be asked whether it arrived (${error.message}), so it is sent again.`, true);
      else await step(task, delivery, 'failed', `It may have arrived, and the platform can't be asked. ${error.message}`);
      return;
    }
    const ms = waitMs(Math.max(1, delivery.attempts), error.retryAfterMs, settings.random());
    await postpone(task.store, delivery.id, later(task, ms), null);
    await wakeAfter(task, delivery.id, ms);
  }
}

/**
 * A page that a restored state knows nothing of is found on the platform: what it said is what the data it was made of say, where
 * these are here. False where nobody knows what it said.
 */
async function rememberSaid({ delivery, pack, digest, period, work, store }: Task, word: string | null): Promise<boolean> {
  const person = pack.people.get(delivery.recipient);
  if (delivery.kind !== 'page' || delivery.figures !== null || person === undefined) return true;
  const { marks } = work.data(pack);
  if (word !== wordOf(marks)) return false;
  await keepFigures(store, [delivery.id], (await work.shown(pack, digest, period, [person])).get(person.id) ?? [], marks);
  return true;
}

async function again(task: Task, reason: string, repeated: boolean): Promise<void> {
  const { store, delivery, clock, settings } = task;
  const moved = await move(store, [delivery.id], 'ready', { reason, repeated }, clock.now(), settings.worker, ['unsure']);
  if (moved.length > 0) await wakeAfter(task, delivery.id, 0);
}
