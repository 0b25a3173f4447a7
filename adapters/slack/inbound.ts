import { z } from 'zod';
import type { Address, Incoming } from '../../src/ports.ts';

/** An Incoming whose writer is still to be looked up: Slack names a user id, the workspace's list says who that is. */
export interface Written extends Omit<Incoming, 'from'> {
  readonly user: string;
}

const id = z.string().min(1);
const envelope = z.looseObject({ team_id: id, event_id: id });
const message = z.looseObject({ type: z.enum(['message', 'app_mention']), user: id, text: z.string().nullish(), channel: id, ts: id, thread_ts: z.string().nullish(), channel_type: z.string().nullish(), bot_id: z.string().nullish(), subtype: z.string().nullish() });
const edited = z.looseObject({ type: z.literal('message'), subtype: z.literal('message_changed'), channel: id, message: z.looseObject({ user: id, text: z.string(), ts: id, thread_ts: z.string().nullish(), bot_id: z.string().nullish(), edited: z.looseObject({ ts: id }) }), previous_message: z.looseObject({ text: z.string().nullish() }).nullish() });
const home = z.looseObject({ user: id, channel: id, tab: z.string() });
const command = z.looseObject({ team_id: id, user_id: id, channel_id: id, text: z.string().nullish(), trigger_id: id });
const pressed = z.looseObject({
  team: z.looseObject({ id }), user: z.looseObject({ id }), trigger_id: id,
  channel: z.looseObject({ id }).nullish(),
  container: z.looseObject({ type: z.string(), thread_ts: z.string().nullish(), is_ephemeral: z.boolean().nullish() }),
  actions: z.array(z.looseObject({ action_ts: z.string().nullish(), value: z.string().min(1) })).min(1),
});

/** Where a payload names the workspace or organisation (Enterprise Grid) it comes to us through, and where that of who wrote it. */
const THROUGH = [['team_id'], ['enterprise_id'], ['team', 'id'], ['team', 'enterprise_id'], ['enterprise', 'id']];
const WRITER = [['event', 'user_team'], ['event', 'source_team'], ['event', 'team'], ['event', 'message', 'user_team'], ['event', 'message', 'source_team'], ['event', 'message', 'team'], ['user', 'team_id'], ['view', 'team_id']];

function idAt(body: unknown, path: readonly string[]): string[] {
  const found = path.reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined), body);
  return typeof found === 'string' && found !== '' ? [found] : [];
}

/** True when a payload of any kind comes to us through a workspace or organisation that is allowed. */
export const throughAllowedTeam = (body: unknown, allowed: ReadonlySet<string>): boolean => THROUGH.flatMap((path) => idAt(body, path)).some((one) => allowed.has(one));

/**
 * True when a payload of any kind comes through a workspace or organisation that may write, and names no other as the
 * writer's: in a channel shared with another company (Slack Connect) both come through ours. A workspace (T…) that is not named
 * may still belong to an allowed organisation (E…); which one it is of, the list of people says.
 */
export function fromAllowedTeam(body: unknown, allowed: ReadonlySet<string>): boolean {
  const wholeOrganisation = [...allowed].some((one) => one.startsWith('E'));
  const writer = WRITER.flatMap((path) => idAt(body, path));
  return throughAllowedTeam(body, allowed) && writer.every((one) => allowed.has(one) || (wholeOrganisation && one.startsWith('T')));
}

const addressOf = (team: string, conversation: string, user: string, thread: string | null): Address => ({ platform: 'slack', tenant: team, conversation, thread, user, serviceUrl: '', bot: '' });

/** What was typed, without the mention of the bot; a mention of someone else stays as its id. Slack escapes three signs, and wraps links. */
function typed(text: string, bot: string): string {
  return text
    .replaceAll(new RegExp(`<@${bot}(?:\\|[^>]*)?>`, 'g'), ' ')
    .replaceAll(/<(?:mailto:|https?:\/\/|tel:)[^|>]*\|([^>]*)>/g, '$1').replaceAll(/<((?:mailto:|https?:\/\/|tel:)[^|>]*)>/g, '$1')
    .replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
    .replaceAll(/[^\S\n]+/g, ' ').trim();
}

/** A direct conversation with the bot has an id that begins with D. */
const isDirect = (channel: string): boolean => channel.startsWith('D');

/**
 * A message to the bot: in a direct conversation any, elsewhere one that mentions it, answered in the thread. Null for all
 * else: other bots, joins, and the plain copy Slack sends of a mention.
 */
export function readMessage(body: unknown, event: unknown, bot: string): Written | null {
  const [around, read, changed] = [envelope.safeParse(body), message.safeParse(event), edited.safeParse(event)];
  if (around.success && changed.success) {
    const { channel, message: now, previous_message: was } = changed.data;
    // A link that Slack unfurls changes a message too; only other words are a correction.
    if ((now.bot_id ?? '') !== '' || now.user === bot || !isDirect(channel) || now.text === was?.text) return null;
    const team = around.data.team_id;
    return { id: around.data.event_id, kind: 'edited', user: now.user, direct: true, text: typed(now.text, bot), address: addressOf(team, channel, now.user, now.thread_ts ?? null) };
  }
  if (!around.success || !read.success) return null;
  const { type, user, text, channel, ts, thread_ts: under, channel_type: kind, bot_id: byBot, subtype } = read.data;
  if ((byBot ?? '') !== '' || (subtype ?? '') !== '' || user === bot) return null;
  const direct = kind === 'im' || (kind === undefined || kind === null ? isDirect(channel) : false);
  if (type === 'message' ? !direct : direct) return null;
  const team = around.data.team_id;
  return { id: around.data.event_id, kind: 'message', user, direct, text: typed(text ?? '', bot), address: addressOf(team, channel, user, direct ? under ?? null : under ?? ts) };
}

/** App Home was opened; null when it was another of the app's tabs. */
export function readHome(body: unknown, event: unknown): Written | null {
  const [around, read] = [envelope.safeParse(body), home.safeParse(event)];
  if (!around.success || !read.success || read.data.tab !== 'home') return null;
  const { user, channel } = read.data;
  return { id: around.data.event_id, kind: 'home', user, direct: isDirect(channel), text: '', address: addressOf(around.data.team_id, channel, user, null) };
}

/** `/overblik <text>`. Never direct: it can be written between two people, whose conversation has an id with D too and is not the bot's to write to. */
export function readCommand(body: unknown, bot: string): Written | null {
  const read = command.safeParse(body);
  if (!read.success) return null;
  const { team_id: team, user_id: user, channel_id: channel, text, trigger_id: trigger } = read.data;
  return { id: trigger, kind: 'command', user, direct: false, text: typed(text ?? '', bot), address: addressOf(team, channel, user, null) };
}

/** A pressed button of ours: its value is what to ask. From App Home there is no channel, and the answer goes to the person. */
export function readAction(body: unknown): (Written & { readonly ephemeral: boolean }) | null {
  const read = pressed.safeParse(body);
  if (!read.success) return null;
  const { team, user, channel, container, actions, trigger_id: trigger } = read.data;
  const conversation = channel?.id ?? '';
  const ephemeral = container.is_ephemeral ?? false;
  return {
    id: `${trigger}/${actions[0]?.action_ts ?? ''}`, kind: 'action', user: user.id, direct: !ephemeral && (conversation === '' || isDirect(conversation)), text: actions[0]?.value ?? '',
    address: addressOf(team.id, conversation, user.id, container.thread_ts ?? null), ephemeral,
  };
}
