import type { WebClient } from '@slack/web-api';
import type { Identity } from '../../src/ports.ts';

const REMEMBERED = 5_000;
const GOOD_FOR_MS = 10 * 60_000;

/** The bot's own place: as Slack's auth.test says. */
export interface Self {
  readonly team: string;
  /** Enterprise Grid; null elsewhere. */
  readonly enterprise: string | null;
  readonly user: string;
  readonly botId: string;
}

/** Looks up who wrote, by the workspace's own list. Null: not one of the organisation's people (a bot, a closed account, a guest of another organisation). */
export function createPeople(client: WebClient, self: () => Self, now: () => Date): (team: string, user: string) => Promise<Identity | null> {
  const known = new Map<string, { identity: Identity | null; until: number }>();

  const look = async (user: string): Promise<Identity | null> => {
    const { user: found } = await client.users.info({ user });
    if (found === undefined || found.deleted === true || found.is_bot === true || found.is_workflow_bot === true || user === 'USLACKBOT') return null;
    const { team, enterprise } = self();
    const ours = found.team_id === team || (enterprise !== null && found.enterprise_user?.enterprise_id === enterprise);
    if (!ours || found.is_stranger === true) return null;
    // Guests are let in by others than the organisation, so their address proves nothing; nor does one that was never confirmed.
    const vouched = found.is_restricted !== true && found.is_ultra_restricted !== true && found.is_email_confirmed !== false;
    return { platform: 'slack', tenant: team, user, email: vouched ? found.profile?.email ?? null : null };
  };

  return async (team, user) => {
    if (team !== self().team && self().enterprise === null) return null;
    const kept = known.get(user);
    if (kept !== undefined && kept.until > now().getTime()) return kept.identity;
    const identity = await look(user);
    known.delete(user);
    known.set(user, { identity, until: now().getTime() + GOOD_FOR_MS });
    if (known.size > REMEMBERED) known.delete(known.keys().next().value as string);
    return identity;
  };
}
