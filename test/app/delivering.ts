import { deliver } from '../../src/app/send.ts';
import { scan, type DeliverSettings, type DeliverWork, type Summary } from '../../src/app/deliver.ts';
import type { IsoDate, Period } from '../../src/calendar/period.ts';
import type { Card, Message } from '../../src/card/card.ts';
import { cardText } from '../../src/card/text.ts';
import type { Figure } from '../../src/delivery/correction.ts';
import { pacesOf } from '../../src/delivery/pace.ts';
import type { Missing } from '../../src/delivery/readiness.ts';
import { ServiceError } from '../../src/errors.ts';
import type { Digest, Pack, Person } from '../../src/pack/model.ts';
import type { Address, ChatAdapter, Log, Platform, Queue, Store } from '../../src/ports.ts';

export const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

export const person = (id: string, over: Partial<Person> = {}): Person => ({ id, name: id, title: { da: 'Distriktsleder', en: 'District leader' }, role: 'leader', units: ['root'], alsoSees: [], language: 'da', email: null, slack: id, teams: null, ...over });
export const digest = (over: Partial<Digest> = {}): Digest => ({
  id: 'monthly', title: { da: 'Måneden', en: 'The month' }, schedule: { workday: 5, at: '08:00' }, deadline: null, readiness: [], tolerance: 1, period: { grain: 'month', which: 'last-closed' },
  audience: [{ role: 'leader', level: null }], start: '2026-10-01', sections: [], line: 1, file: 'digests.yaml', ...over,
});
const NOTHING_MORE = { depth: 'all', siblings: 'none', above: false, sensitive: false } as const;
let packs = 0;
/** Each test has a pack of its own in the one store. */
export const packOf = (digests: readonly Digest[], over: Partial<Pack> = {}): Pack => ({
  id: `pack-${++packs}`, dir: '.', title: { da: 'Hjemmepleje', en: 'Home care' }, label: null, demonstration: null, timeZone: 'Europe/Copenhagen', language: 'da', yearStart: 1, closedDays: [], retention: { questions: 24, pages: 60, audit: 60 }, analystsChannel: { slack: null, teams: null },
  organisation: { root: 'root', levels: [], units: new Map([['root', { id: 'root', level: 'top', parent: null, name: { da: 'Nord', en: 'North' }, shortName: { da: 'Nord', en: 'North' }, codes: [], synonyms: [], from: null, until: null, successor: null, merged: false, children: [] }]]) },
  sources: new Map(), measures: new Map(), plans: new Map(), caveats: [], caveatSource: null,
  access: { leader: NOTHING_MORE, chief: NOTHING_MORE, politician: NOTHING_MORE, analyst: NOTHING_MORE },
  people: new Map(['anna', 'bo', 'carl'].map((id) => [id, person(id)])), digests: new Map(digests.map((one) => [one.id, one])), ...over,
});

/** A message as it stands with the platform. */
export interface Arrived { readonly to: string; readonly title: string; readonly text: string; readonly thread: string | null; readonly key: string; readonly id: string }
/** Decides, with the message at the door, what the sender hears; `arrive` lets it in. */
export type Reply = (address: Address, arrive: () => string) => Promise<string> | string;

/** A platform that keeps what reached it, by key as Slack does, or without as Teams. */
export function platform(reply: Reply = (_address, arrive) => arrive(), { name = 'slack', asked = true }: { name?: Platform; asked?: boolean } = {}): { adapter: ChatAdapter; arrived: Arrived[]; questions: string[] } {
  const arrived: Arrived[] = [];
  const data = new Map<string, string | undefined>();
  const questions: string[] = [];
  return {
    arrived, questions,
    adapter: {
      platform: name,
      start: async () => undefined,
      stop: async () => undefined,
      send: async (address, message, sending) => {
        const arrive = (): string => {
          const id = `ts-${arrived.length + 1}`;
          data.set(id, sending?.data);
          arrived.push({ to: address.user || address.conversation, title: message.card.title, text: cardText(message.card), thread: address.thread, key: sending?.key ?? '', id });
          return id;
        };
        return { messageId: await reply(address, arrive), pictureSent: true };
      },
      find: asked ? async (address, key) => {
        questions.push(key);
        const found = arrived.find((one) => one.key === key && one.to === (address.user || address.conversation));
        const word = found === undefined ? undefined : data.get(found.id);
        return found === undefined ? null : { messageId: found.id, ...(word !== undefined && { data: word }) };
      } : null,
    },
  };
}

export const titles = (arrived: readonly Arrived[]): string[] => arrived.map(({ title }) => title).sort();
export const at = (text: string): Date => new Date(text);

const page = (who: Person, of: Digest, period: Period): Message => {
  const card: Card = { language: who.language, title: `${of.id} ${period.from} ${who.id}`, label: '', headline: '', blocks: [], picture: null, actions: [], provenance: [] };
  return { card, png: null, sheet: null };
};

/** Part of a service: its clock, data and audience are moved by the test. `woken`: the wake-ups that are in the queue. */
export function service(store: () => Store, pack: Pack, over: Partial<DeliverWork> & { adapter?: ChatAdapter; settings?: Partial<DeliverSettings>; worker?: string } = {}) {
  const slack = platform();
  const composed: { digest: string; period: IsoDate; person: string }[] = [];
  const waited: number[] = [];
  const state = {
    now: new Date('2026-11-06T07:00:00Z'), missing: [] as Missing[], people: [...pack.people.values()].filter(({ role }) => role === 'leader'),
    figures: [] as Figure[], data: 'one', follows: [] as string[], written: '', adapter: over.adapter ?? slack.adapter,
  };
  const work: DeliverWork = {
    packs: () => [{ ...pack, people: new Map([...pack.people, ...state.people.map((one) => [one.id, one] as const)]) }],
    recipients: () => state.people,
    readiness: async () => ({ missing: state.missing, present: [] }),
    data: () => ({ marks: { ledger: { signature: state.data, rows: state.data === 'one' ? 100 : 120, ...(state.written !== '' && { writtenAt: state.written }) } }, loadedAt: () => state.now.toISOString(), follows: () => state.follows }),
    page: async (_pack, of, period, who) => {
      composed.push({ digest: of.id, period: period.from, person: who.id });
      return { message: page(who, of, period), figures: state.figures };
    },
    shown: async (_pack, _of, _period, people) => new Map(people.map((who) => [who.id, state.figures])),
    addressFor: async (recipient) => ({ platform: state.adapter.platform, tenant: 'T', conversation: `D-${recipient}`, thread: null, user: recipient, serviceUrl: '', bot: '' }),
    ...over,
  };
  const settings: DeliverSettings = {
    worker: over.worker ?? 'worker-1', leaseMs: 150_000, askAfterMs: 60_000, unsure: 'send-again', paces: pacesOf, random: () => 0,
    wait: async (ms) => { waited.push(ms); state.now = new Date(state.now.getTime() + ms); }, ...over.settings,
  };
  const woken: number[] = [];
  // Only the wake-ups that are due at once: the others are the scan's to find when the clock says so.
  const queue: Queue = { add: async (_transaction, ids, after = 0) => { if (after === 0) woken.push(...ids); }, work: async () => ({ stop: async () => undefined }), close: async () => undefined };
  const ports = () => ({ store: store(), queue, adapters: new Map([[state.adapter.platform, state.adapter]]), clock: { now: () => state.now }, log: silent });
  const drain = async (): Promise<void> => {
    for (let id = woken.shift(); id !== undefined; id = woken.shift()) await deliver(ports(), work, settings, id);
  };
  return {
    state, composed, waited, woken, arrived: slack.arrived, questions: slack.questions,
    scan: () => scan(ports(), work, settings),
    drain,
    /** A scan and everything it set going; again, for what the analysts are told of it. */
    run: async (): Promise<Summary | null> => {
      const summary = await scan(ports(), work, settings);
      await drain();
      await scan(ports(), work, settings);
      await drain();
      return summary;
    },
    deliver: (id: number) => deliver(ports(), work, settings, id),
    rows: (kind = 'page') => store().query<{ id: number; recipient: string; state: string; reason: string | null; period_from: string; late: boolean; repeated: boolean; attempts: number; message_id: string | null; not_before: string | null }>(
      'select id, recipient, state, reason, period_from, late, repeated, attempts, message_id, not_before from deliveries where pack = $1 and kind = $2 order by period_from, recipient, id', [pack.id, kind]),
    moves: (id: number) => store().query<{ from_state: string | null; to_state: string; reason: string | null; actor: string }>('select from_state, to_state, reason, actor from delivery_moves where delivery = $1 order by id', [id]),
  };
}

export const refused = (message: string, options: ConstructorParameters<typeof ServiceError>[2] = {}): ServiceError => new ServiceError('Slack', message, options);
