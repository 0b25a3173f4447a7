import { z } from 'zod';
import type { Address, Identity, Incoming } from '../../src/ports.ts';

const account = z.looseObject({ id: z.string(), name: z.string().nullish().catch(null), aadObjectId: z.string().nullish(), role: z.string().nullish() });

const activity = z.looseObject({
  type: z.string(),
  id: z.string().nullish(),
  name: z.string().nullish(),
  action: z.string().nullish(),
  channelId: z.string(),
  serviceUrl: z.url(),
  timestamp: z.string().nullish(),
  text: z.string().nullish(),
  value: z.unknown().optional(),
  from: account,
  recipient: account,
  conversation: z.looseObject({ id: z.string().min(1), tenantId: z.string().nullish(), conversationType: z.string().nullish() }),
  channelData: z.looseObject({ tenant: z.looseObject({ id: z.string().nullish() }).nullish(), team: z.looseObject({ id: z.string().nullish() }).nullish().catch(null) }).nullish(),
  membersAdded: z.array(account).nullish(),
  membersRemoved: z.array(account).nullish(),
  entities: z.array(z.looseObject({ type: z.string().nullish(), text: z.unknown().optional(), mentioned: z.looseObject({ id: z.string() }).nullish().catch(null) })).nullish(),
});

const LONGEST_NAME = 100;

/** The parts of a Bot Framework activity that are read here. */
export type Activity = z.infer<typeof activity>;

/** A request's body as an activity; null when it is none. */
export function readActivity(body: unknown): Activity | null {
  const read = activity.safeParse(body);
  return read.success ? read.data : null;
}

export interface Allowed {
  /** Lower case. */
  readonly tenants: readonly string[];
  /** `https://host/path/` prefixes. */
  readonly serviceUrls: readonly string[];
}

export type Inbound =
  /** `roster`: the conversation whose members it wrote among, of a channel its team's; `id`: the writer's there. */
  | { readonly kind: 'incoming'; readonly incoming: Incoming; readonly roster: string; readonly id: string }
  /** The bot was taken out of the conversation. */
  | { readonly kind: 'removed'; readonly conversation: string }
  | { readonly kind: 'ignored'; readonly reason: string }
  /** Must not reach the handler, and gets a 403. */
  | { readonly kind: 'refused'; readonly reason: string };

/** True when `url` lies at or under one of the prefixes: same scheme, host and port, path cut at a slash. */
export function serviceUrlAllowed(url: string, prefixes: readonly string[]): boolean {
  if (!URL.canParse(url)) return false;
  const { origin, pathname, username, password } = new URL(url);
  if (username !== '' || password !== '') return false;
  return prefixes.some((prefix) => {
    const { origin: ours, pathname: path } = new URL(prefix);
    const folder = path.endsWith('/') ? path : `${path}/`;
    return origin === ours && `${pathname}/`.startsWith(folder);
  });
}

/** The tenant the activity says it is from; null when it says none or two different ones. */
function tenantOf(given: Activity): string | null {
  const said = [given.channelData?.tenant?.id, given.conversation.tenantId].filter((id) => typeof id === 'string' && id !== '').map((id) => id?.toLowerCase());
  return new Set(said).size === 1 ? said[0] ?? null : null;
}

/** `19:x@thread.tacv2;messageid=17` is a thread of a channel. */
function split(conversation: string): { conversation: string; thread: string | null } {
  const [id = '', ...rest] = conversation.split(';');
  const thread = rest.find((part) => part.startsWith('messageid='))?.slice('messageid='.length) ?? '';
  return { conversation: id, thread: thread === '' ? null : thread };
}

/** Teams writes text as HTML entities in places; the inverse of exactly those. */
function decode(text: string): string {
  return text.replace(/&nbsp;|\u00a0/g, ' ').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#39;/g, '\'').replace(/&amp;/g, '&');
}

/** What was typed, without the mentions of the bot (a mention of somebody else is part of the question). */
function typed(given: Activity): string {
  const mentions = (given.entities ?? []).filter((entity) => entity.type === 'mention' && entity.mentioned?.id === given.recipient.id);
  const text = mentions.reduce((rest, { text: mention }) => (typeof mention === 'string' && mention !== '' ? rest.replaceAll(mention, ' ') : rest), given.text ?? '');
  return decode(text).replace(/[^\S\n]+/g, ' ').trim();
}

/** The `ask` of a pressed button: of Action.Submit (`value`) or Action.Execute (`value.action.data`); null when there is none. */
function askOf(value: unknown): string | null {
  const read = z.object({ ask: z.string().min(1) }).safeParse(value);
  if (read.success) return read.data.ask;
  const execute = z.object({ action: z.object({ data: z.object({ ask: z.string().min(1) }) }) }).safeParse(value);
  return execute.success ? execute.data.action.data.ask : null;
}

const ignored = (reason: string): Inbound => ({ kind: 'ignored', reason });
const refused = (reason: string): Inbound => ({ kind: 'refused', reason });

/** Kind and text of an activity that concerns us, or what else to do with it. */
function meaning(given: Activity): Inbound | { readonly kind: Incoming['kind']; readonly text: string } {
  const bot = given.recipient.id;
  switch (given.type) {
    case 'message': {
      if (given.value === undefined || given.value === null) return { kind: 'message', text: typed(given) };
      const ask = askOf(given.value);
      return ask === null ? ignored('a button without a question') : { kind: 'action', text: ask };
    }
    case 'messageUpdate': return given.channelData?.eventType === 'editMessage' ? { kind: 'edited', text: typed(given) } : ignored('a message that was changed, not edited');
    case 'invoke': {
      const ask = given.name === 'adaptiveCard/action' ? askOf(given.value) : null;
      return ask === null ? ignored('an invoke that is no button of ours') : { kind: 'action', text: ask };
    }
    case 'installationUpdate':
      if (given.action === 'add') return { kind: 'installed', text: '' };
      if (given.action === 'remove') return { kind: 'removed', conversation: split(given.conversation.id).conversation };
      return ignored('an installation that neither adds nor removes');
    case 'conversationUpdate':
      if (given.membersAdded?.some((member) => member.id === bot) === true) return { kind: 'installed', text: '' };
      if (given.membersRemoved?.some((member) => member.id === bot) === true) return { kind: 'removed', conversation: split(given.conversation.id).conversation };
      return ignored('a change of members without the bot');
    default: return ignored(`an activity of type ${/^[A-Za-z]{1,40}$/.test(given.type) ? given.type : 'unknown'}`);
  }
}

/**
 * An authenticated activity as an Incoming. Tenant and service URL are checked here, before anything else is read:
 * a token for the bot says which bot was written to, not that this organisation wrote.
 */
export function inbound(given: Activity, allowed: Allowed): Inbound {
  if (given.channelId !== 'msteams') return refused('not from Teams');
  if (!serviceUrlAllowed(given.serviceUrl, allowed.serviceUrls)) return refused('service URL not allowed');
  const tenant = tenantOf(given);
  if (tenant === null) return refused('no tenant, or two');
  if (!allowed.tenants.includes(tenant)) return refused('tenant not allowed');
  const meant = meaning(given);
  if (!('text' in meant)) return meant;
  if (given.from.role === 'bot') return ignored('written by a bot');
  const user = given.from.aadObjectId?.toLowerCase() ?? '';
  // The Teams id (`29:...`) is no one the organisation's directory knows, so it never stands in for the object id.
  if (user === '') return ignored('nobody of Entra wrote it');
  const { conversation, thread } = split(given.conversation.id);
  const name = (given.from.name ?? '').trim().slice(0, LONGEST_NAME);
  const from: Identity = { platform: 'teams', tenant, user, email: null, ...(name !== '' && { name }) };
  const address: Address = { platform: 'teams', tenant, conversation, thread, user, serviceUrl: given.serviceUrl, bot: given.recipient.id };
  // Activity ids are times in milliseconds, unique within their conversation only.
  const id = `${given.conversation.id}/${given.id ?? `${given.type}@${given.timestamp ?? ''}`}${meant.kind === 'edited' ? `/edited@${given.timestamp ?? ''}` : ''}`;
  const team = given.channelData?.team?.id ?? '';
  return { kind: 'incoming', roster: team === '' ? conversation : team, id: given.from.id, incoming: { id, kind: meant.kind, from, address, direct: given.conversation.conversationType === 'personal', text: meant.text } };
}
