import { hostname } from 'node:os';
import { randomUUID } from 'node:crypto';
import { accountsOf } from './app/admission.ts';
import { createPages } from './app/compose.ts';
import { scan, startScheduler, type DeliverPorts, type DeliverSettings, type DeliverWork, type Summary } from './app/deliver.ts';
import { redefined } from './app/definitions.ts';
import { ANALYSTS, closings, lastPageBefore } from './app/ledger.ts';
import { periodOf, type IsoDate } from './calendar/period.ts';
import type { Card } from './card/card.ts';
import { inWords } from './card/figures.ts';
import { tidings } from './card/tidings.ts';
import type { Figure } from './delivery/correction.ts';
import { knownAs } from './app/people.ts';
import { readinessOf } from './app/readiness.ts';
import { addressOf, anyAddressOn } from './app/records.ts';
import { deliver } from './app/send.ts';
import { dataOf } from './app/versions.ts';
import { recordVouched } from './app/vouched.ts';
import { withHouseFaults } from './delivery/readiness.ts';
import { pacesOf } from './delivery/pace.ts';
import { recipientsOf } from './digest/compose.ts';
import type { Config } from './io/config/config.ts';
import type { Digest, Pack, Person } from './pack/model.ts';
import type { Address, ChatAdapter, Painter, Platform, Store } from './ports.ts';
import type { PackHouse } from './warehouse.ts';

const SCAN_MS = 60_000;

/** The part of a process that delivers: one look at the ledger and the calendar every minute, and a hand for every wake-up. */
export interface Delivering {
  /** Brings facts and ledger up to date now; null: another process is at it. */
  scan(): Promise<Summary | null>;
  /** Begins no more; resolves when what was begun has ended. The rest stays in the queue for others. */
  stop(): Promise<void>;
}

/** Takes part in delivering, beside any number of other processes on the same store. */
export async function startDelivering(config: Config, house: PackHouse, painter: Painter, ports: DeliverPorts, work: DeliverWork = workOf(house, painter, ports)): Promise<Delivering> {
  const settings: DeliverSettings = {
    worker: `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`, leaseMs: config.deliveries.leaseMs, askAfterMs: config.deliveries.leaseMs / 2, unsure: config.deliveries.unsure,
    paces: pacesOf, random: Math.random, wait: (ms) => new Promise((resolve) => { setTimeout(resolve, ms); }),
  };
  let recorded: readonly Pack[] | null = null;
  const look = async (): Promise<Summary | null> => {
    await house.refresh();
    const packs = house.packs();
    // The list is a new one whenever a pack has changed.
    if (packs !== recorded) await recordVouched(ports.store, packs, ports.clock.now());
    recorded = packs;
    const summary = await scan(ports, work, settings);
    if (summary !== null && Object.entries(summary).some(([what, count]) => what !== 'held' && count > 0)) ports.log.info('deliveries', { ...summary });
    return summary;
  };
  const worker = await ports.queue.work((id) => deliver(ports, work, settings, id));
  const scheduler = startScheduler({ everyMs: SCAN_MS, run: async () => { await look(); }, log: ports.log });
  return {
    scan: look,
    stop: async () => {
      await scheduler.stop();
      await worker.stop();
    },
  };
}

/** What is to be delivered, from the packs and facts in service. */
export function workOf(house: PackHouse, painter: Painter, { store, adapters, log }: Pick<DeliverPorts, 'store' | 'adapters' | 'log'>): DeliverWork {
  const pages = createPages(painter, log);
  return {
    packs: () => house.packs(),
    recipients: recipientsOf,
    readiness: async (pack, digest, period) => {
      const readiness = await readinessOf(house.figures(pack.id), digest, period, await closings(store, pack.id));
      return withHouseFaults(readiness, house.faults(pack.id));
    },
    data: (pack) => dataOf(house.figures(pack.id)),
    page: async (pack, digest, period, person) => {
      const made = await pages.page(digest, period, person, house.figures(pack.id));
      const last = await lastPageBefore<Figure>(store, pack.id, digest.id, person.id, period.from);
      return last === null ? made : { ...made, message: { ...made.message, card: withRedefinitions(pack, digest, last, made.figures, made.message.card) } };
    },
    shown: (pack, digest, period, people) => pages.shown(digest, period, people, house.figures(pack.id)),
    addressFor: (recipient, pack) => (recipient.startsWith(ANALYSTS) ? channelOf(store, pack, recipient.slice(ANALYSTS.length)) : personalAddress(store, pack, pack.people.get(recipient), adapters)),
  };
}

/** The page with what is counted otherwise than on the last one its reader got. */
function withRedefinitions(pack: Pack, digest: Digest, last: { from: IsoDate; figures: readonly Figure[] }, figures: readonly Figure[], card: Card): Card {
  const names = redefined(last.figures, figures).map((id) => pack.measures.get(id)?.name[card.language] ?? id);
  if (names.length === 0) return card;
  const before = inWords(pack, periodOf(digest.period.grain, last.from, pack.yearStart), card.language);
  return { ...card, blocks: [...card.blocks, { kind: 'text', text: tidings(card.language).definitionChanged(names.join(', '), before) }] };
}

/** Where a person can be written to: where they wrote from last, else by the id the pack has for them. */
async function personalAddress(store: Store, pack: Pack, person: Person | undefined, adapters: ReadonlyMap<Platform, ChatAdapter>): Promise<Address | null> {
  if (person === undefined) return null;
  const accounts = await accountsOf(store);
  const granted = accounts.find((one) => one.pack === pack.id && one.person === person.id && one.platform === 'slack');
  return (await addressOf(store, person.id, (platform) => knownAs({ pack, person }, platform, accounts), [...adapters.keys()])) ?? configuredAddress(person, granted?.user ?? null, adapters);
}

const nowhere = (platform: Platform): Address => ({ platform, tenant: platform === 'web' ? 'local' : '', conversation: '', thread: null, user: '', serviceUrl: '', bot: '' });

/** Where to write to someone who has not written yet: Slack by the id in the pack or the account that was granted, the web chat by the person's own conversation. */
function configuredAddress(person: Person, granted: string | null, adapters: ReadonlyMap<Platform, ChatAdapter>): Address | null {
  const slack = person.slack ?? granted;
  if (slack !== null && adapters.has('slack')) return { ...nowhere('slack'), user: slack };
  return adapters.has('web') ? { ...nowhere('web'), conversation: person.id, user: person.id } : null;
}

/** The analysts' channel. Teams says where its connector is only when someone writes, so there anyone must have written once. */
async function channelOf(store: Store, pack: Pack, platform: string): Promise<Address | null> {
  if (platform === 'slack' && pack.analystsChannel.slack !== null) return { ...nowhere('slack'), conversation: pack.analystsChannel.slack };
  if (platform !== 'teams' || pack.analystsChannel.teams === null) return null;
  const known = await anyAddressOn(store, 'teams');
  return known === null ? null : { ...known, conversation: pack.analystsChannel.teams, user: '' };
}
