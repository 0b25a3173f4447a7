import { maskPersonalNumbers } from './access/personal-number.ts';
import { PLATFORM_NAMES, whoAsks, type AccessRequest, type Decided } from './app/admission.ts';
import { namedAccount, type Account } from './app/people.ts';
import { onState, type Terminal } from './commands.ts';
import { UsageError } from './errors.ts';
import type { Config } from './io/config/config.ts';
import type { Log, Platform } from './ports.ts';
import { readPacks } from './warehouse.ts';

/** What `overblik access` is told to do; nothing: who waits and which accounts were granted. */
export interface AccessOptions {
  readonly grant?: number;
  readonly to?: string;
  readonly decline?: number;
  readonly revoke?: string;
  readonly platform?: 'slack' | 'teams';
}

/** Who asks for access, and what an analyst decides about it. */
export async function accessCommand(config: Config, log: Log, terminal: Terminal, options: AccessOptions): Promise<void> {
  const state = (await onState(config, log, 'access', {})) as { requests: AccessRequest[]; accounts: Account[] };
  if (options.grant !== undefined) {
    if (options.to === undefined) throw new UsageError('Say who it is: --grant 7 --to leder-nord.');
    const packs = (await readPacks(config)).filter((pack) => pack.people.has(options.to ?? ''));
    if (packs.length === 0) throw new UsageError(`There is no '${options.to}' in the packs. Write the person into the people of a pack first.`);
    const platform = state.requests.find(({ id }) => id === options.grant)?.platform;
    const named = packs.find((pack) => { const person = pack.people.get(options.to ?? ''); return platform !== undefined && person !== undefined && namedAccount(person, platform) !== null; });
    if (named !== undefined) throw new UsageError(`The pack ${named.id} itself says which account '${options.to}' has there. Change it in the pack.`);
    const { outcome } = (await onState(config, log, 'grant', { request: options.grant, packs: packs.map(({ id }) => id), person: options.to })) as { outcome: Decided };
    if (outcome === 'no-request') throw new UsageError(`There is no request ${options.grant}.`);
    if (outcome !== 'done') throw new UsageError(outcome === 'granted-already' ? `'${options.to}' has an account there already. Take it first with --revoke ${options.to}.` : outcome === 'known-elsewhere' ? `'${options.to}' has another account there in another pack. Take it first with --revoke ${options.to}.` : 'The account is another person\'s in the pack already.');
    terminal.out(`Request ${options.grant} is granted: the account is ${options.to} from now on.`);
    return;
  }
  if (options.decline !== undefined) {
    const { outcome } = (await onState(config, log, 'decline', { request: options.decline })) as { outcome: Decided };
    if (outcome !== 'done') throw new UsageError(`There is no request ${options.decline} that waits.`);
    terminal.out(`Request ${options.decline} is declined.`);
    return;
  }
  if (options.revoke !== undefined) {
    const theirs = state.accounts.filter((one) => one.person === options.revoke && (options.platform === undefined || one.platform === options.platform));
    if (theirs.length === 0) throw new UsageError(`'${options.revoke}' has no account that was granted.`);
    for (const platform of new Set(theirs.map((one) => one.platform))) await onState(config, log, 'revoke', { packs: theirs.filter((one) => one.platform === platform).map(({ pack }) => pack), person: options.revoke, platform });
    terminal.out(`${options.revoke} has no granted account ${options.platform === undefined ? 'any more' : `in ${PLATFORM_NAMES[options.platform as Platform]} any more`}.`);
    return;
  }
  terminal.out(state.requests.length === 0 ? 'No request for access is waiting.' : state.requests.map((one) => `${one.id}  ${one.askedAt.slice(0, 16).replace('T', ' ')}  ${PLATFORM_NAMES[one.platform]}  ${whoAsks(one)}  ${maskPersonalNumbers(one.user)} (${one.tenant})`).join('\n'));
  for (const one of state.accounts) terminal.out(`granted: ${one.pack}/${one.person}  ${PLATFORM_NAMES[one.platform]}  ${maskPersonalNumbers(one.user)} (${one.tenant})`);
}
