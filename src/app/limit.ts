import { createRateLimit } from '../access/rate-limit.ts';
import { replies } from '../card/replies.ts';
import type { Pack } from '../pack/model.ts';
import type { Clock, Handle, Store } from '../ports.ts';
import { accountName, accountsOf } from './admission.ts';
import { recordAudit } from './audit.ts';
import { SEEN, textCard } from './converse.ts';
import { membershipsOf } from './people.ts';

/** People remembered. */
const MOST = 10_000;
/** What asks for no figures is cheap, and not to be lost. */
const CHEAPER = 10;

/**
 * The same conversation, for as many messages a minute as a person writes. Who writes more is told so once a minute, in their
 * language, and noted in the audit; the rest is left unanswered. Confirmations of a page have a much wider limit of their own.
 */
export function limitPeople(handle: Handle, { packs, store, clock, perMinute }: { readonly packs: () => readonly Pack[]; readonly store: Store; readonly clock: Clock; readonly perMinute: number }): Handle {
  const questions = createRateLimit(perMinute, MOST);
  const confirmations = createRateLimit(perMinute * CHEAPER, MOST);
  return async (incoming) => {
    const { from, kind, text } = incoming;
    const { platform } = from;
    const who = accountName(from);
    const now = clock.now();
    const taken = (kind === 'installed' || SEEN.test(text.trim()) ? confirmations : questions).take(who, now.getTime());
    if (taken.ok) return handle(incoming);
    // App Home keeps what it shows.
    if (!taken.tell || kind === 'home') return null;
    const person = membershipsOf(packs(), from, await accountsOf(store, platform))[0]?.person;
    await recordAudit(store, { at: now, actor: person?.id ?? accountName(from), action: 'rate-limited', detail: { platform, account: accountName(from), kind } });
    const said = person === undefined ? `${replies('da').tooMany}\n${replies('en').tooMany}` : replies(person.language).tooMany;
    return { card: textCard(person?.language ?? 'da', 'Overblik', said), png: null, sheet: null };
  };
}
