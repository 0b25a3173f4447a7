import type { WebClient } from '@slack/web-api';
import type { Identity } from '../../src/ports.ts';

const REMEMBERED = 5_000;
const GOOD_FOR_MS = 10 * 60_000;
const LONGEST_NAME = 100;

/** The bot itself, as Slack's auth.test says, and who may write to it. */
export interface Self {
  readonly team: string;
  /** Ids of workspaces (T…) and organisations of Enterprise Grid (E…). */
  readonly allowed: ReadonlySet<string>;
  readonly user: string;
  readonly botId: string;
}

/** Who wrote, by the workspace's own list: one of the allowed workspaces' people, or an `outsider` (someone of another company, a closed account), or a `bot`. */
export function createPeople(client: WebClient, self: () => Promise<Self>, now: () => Date): (user: string) => Promise<Identity | 'outsider' | 'bot'> {
  const known = new Map<string, { identity: Identity | 'outsider' | 'bot'; until: number }>();

  const look = async (user: string): Promise<Identity | 'outsider' | 'bot'> => {
    const { user: found } = await client.users.info({ user });
    if (found?.is_bot === true || found?.is_workflow_bot === true || user === 'USLACKBOT') return 'bot';
    if (found === undefined || found.deleted === true) return 'outsider';
    const { team, allowed } = await self();
    const ours = [found.team_id, found.enterprise_user?.enterprise_id].some((one) => one !== undefined && allowed.has(one));
    if (!ours || found.is_stranger === true) return 'outsider';
    // Guests are let in by others than the organisation, so their address proves nothing; nor does one that was never confirmed.
    const guest = found.is_restricted === true || found.is_ultra_restricted === true;
    const vouched = !guest && found.is_email_confirmed !== false;
    const name = (found.profile?.real_name ?? found.real_name ?? '').slice(0, LONGEST_NAME);
    return { platform: 'slack', tenant: team, user, email: vouched ? found.profile?.email ?? null : null, ...(name !== '' && { name }), ...(guest && { guest }) };
  };

  return async (user) => {
    const kept = known.get(user);
    if (kept !== undefined && kept.until > now().getTime()) return kept.identity;
    const identity = await look(user);
    known.delete(user);
    known.set(user, { identity, until: now().getTime() + GOOD_FOR_MS });
    if (known.size > REMEMBERED) known.delete(known.keys().next().value as string);
    return identity;
  };
}
