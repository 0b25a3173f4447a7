import type { Pack, Person } from '../pack/model.ts';
import type { Identity } from '../ports.ts';

/** A person as a pack knows them. One human may stand in several packs. */
export interface Membership {
  readonly pack: Pack;
  readonly person: Person;
}

/** By what a person is known on a platform: the pack's id for it, else their e-mail. An address is theirs as long as this is the same. */
export function knownAs(person: Person, platform: Identity['platform']): string {
  if (platform === 'web') return (person.email ?? person.id).toLowerCase();
  return ((platform === 'slack' ? person.slack : person.teams) ?? person.email ?? '').toLowerCase();
}

/**
 * Who an identity is, by what the platform verified: the id the pack names for that platform, or the verified
 * e-mail. Never by a name or anything typed.
 */
export function membershipsOf(packs: readonly Pack[], identity: Identity): Membership[] {
  return packs.flatMap((pack) => [...pack.people.values()].filter((person) => {
    // In the demo's chat people are chosen by their id; elsewhere a proxy has signed them in by their e-mail.
    if (identity.platform === 'web' && identity.tenant === 'local') return person.id === identity.user;
    const id = identity.platform === 'web' ? null : identity.platform === 'slack' ? person.slack : person.teams;
    if (id !== null) return id.toLowerCase() === identity.user.toLowerCase();
    return person.email !== null && identity.email !== null && person.email === identity.email.toLowerCase();
  }).map((person) => ({ pack, person })));
}
