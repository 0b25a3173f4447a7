import { knownUnits, seesMeasure, visibleUnits } from '../access/rule.ts';
import type { Pack, Person } from '../pack/model.ts';
import type { Identity } from '../ports.ts';

/** A person as a pack knows them. One human may stand in several packs. */
export interface Membership {
  readonly pack: Pack;
  readonly person: Person;
}

/** The account that is a person of a pack on a platform because an analyst said so. */
export interface Account extends Pick<Identity, 'platform' | 'tenant' | 'user'> {
  readonly pack: string;
  readonly person: string;
}

/** The account a pack itself names for a person on a platform. */
export const namedAccount = (person: Person, platform: Identity['platform']): string | null => (platform === 'slack' ? person.slack : platform === 'teams' ? person.teams : null);
const grantedAccount = (accounts: readonly Account[], pack: string, person: string, platform: Identity['platform']): Account | undefined =>
  accounts.find((one) => one.pack === pack && one.person === person && one.platform === platform);

/** By what a person is known on a platform: the pack's id for it, else the account that was granted, else their e-mail. An address is theirs as long as this is the same. */
export function knownAs({ pack, person }: { readonly pack: Pick<Pack, 'id'>; readonly person: Person }, platform: Identity['platform'], accounts: readonly Account[]): string {
  if (platform === 'web') return (person.email ?? person.id).toLowerCase();
  return (namedAccount(person, platform) ?? grantedAccount(accounts, pack.id, person.id, platform)?.user ?? person.email ?? '').toLowerCase();
}

/**
 * Who an identity is, by what the platform verified: the id the pack names for that platform, or the account an analyst
 * granted, or the verified e-mail; the first of these there is counts alone. Never by a name or anything typed.
 */
export function membershipsOf(packs: readonly Pack[], identity: Identity, accounts: readonly Account[]): Membership[] {
  return packs.flatMap((pack) => [...pack.people.values()].filter((person) => {
    // In the demo's chat people are chosen by their id; elsewhere a proxy has signed them in by their e-mail.
    if (identity.platform === 'web' && identity.tenant === 'local') return person.id === identity.user;
    const id = namedAccount(person, identity.platform);
    if (id !== null) return id.toLowerCase() === identity.user.toLowerCase();
    const granted = grantedAccount(accounts, pack.id, person.id, identity.platform);
    if (granted !== undefined) return granted.tenant === identity.tenant && granted.user.toLowerCase() === identity.user.toLowerCase();
    return person.email !== null && identity.email !== null && person.email === identity.email.toLowerCase();
  }).map((person) => ({ pack, person })));
}

/** Who an identity is and may see, in one text that is another as soon as any of it is; empty for nobody. */
export function standingOf(packs: readonly Pack[], identity: Identity, accounts: readonly Account[]): string {
  const memberships = membershipsOf(packs, identity, accounts).map(({ pack, person }) => [
    pack.id, person, pack.access[person.role],
    [...visibleUnits(pack, person)].sort(), [...knownUnits(pack, person)].sort(), [...pack.measures.keys()].filter((id) => seesMeasure(pack, person, id)).sort(),
  ]);
  return memberships.length === 0 ? '' : JSON.stringify(memberships);
}
