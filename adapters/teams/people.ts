import { statusOf } from './errors.ts';

const REMEMBERED = 5_000;
const GOOD_FOR_MS = 10 * 60_000;

/** What a conversation's roster says of someone, as far as it is read here. */
export interface Member {
  readonly userPrincipalName?: unknown;
  readonly userRole?: unknown;
  readonly tenantId?: unknown;
}

/** Where someone is looked for: a conversation (of a channel, its team's) and the connector it lives on. */
export interface Place {
  readonly serviceUrl: string;
  readonly bot: string;
  readonly tenant: string;
  readonly conversation: string;
}

/** Someone of the organisation, a guest whom others let in, or someone who is not in the conversation at all. */
export type Standing = 'own' | 'guest' | 'absent';

/**
 * The role is `guest` or `anonymous` where Teams says it; it says `user` of guests too, whom their name then tells: Entra gives a guest of the
 * tenant a principal name with #EXT#.
 */
function standingOf(found: Member, tenant: string): Standing {
  const said = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase() : '');
  const elsewhere = said(found.tenantId) !== '' && said(found.tenantId) !== tenant;
  return elsewhere || ['guest', 'anonymous'].includes(said(found.userRole)) || said(found.userPrincipalName).includes('#ext#') ? 'guest' : 'own';
}

/**
 * How someone stands to the organisation, by the roster, asked for anew after ten minutes. `user` is their object id, `id` what the roster is
 * asked by. Rejects with the SDK's own error when it can't be asked.
 */
export function createPeople(member: (place: Place, id: string) => Promise<Member>, now: () => Date): (place: Place, user: string, id: string) => Promise<Standing> {
  // What is being asked is kept too: of two messages at once the first is known first.
  const known = new Map<string, { standing: Promise<Standing>; until: number }>();
  return (place, user, id) => {
    const key = `${place.tenant} ${user}`;
    const kept = known.get(key);
    if (kept !== undefined && kept.until > now().getTime()) return kept.standing;
    const forget = (): void => { if (known.get(key) === entry) known.delete(key); };
    const standing = member(place, id).then((found) => standingOf(found, place.tenant), (error: unknown): Standing => {
      forget();
      // Who is not in one conversation may be in another.
      if (statusOf(error) === 404) return 'absent';
      throw error;
    });
    const entry = { standing, until: now().getTime() + GOOD_FOR_MS };
    known.delete(key);
    known.set(key, entry);
    if (known.size > REMEMBERED) known.delete(known.keys().next().value as string);
    return standing;
  };
}
