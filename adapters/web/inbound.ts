import { z } from 'zod';
import type { Address, Incoming } from '../../src/ports.ts';
import { REFUSALS } from './errors.ts';
import type { Refusal } from './errors.ts';

/** Characters of one message. */
export const MAX_TEXT = 2_000;
const TENANT = 'local';

const payload = z.strictObject({
  /** Made by the page: the same message sent twice is handled once. Also an element id. */
  id: z.string().regex(/^[A-Za-z0-9-]{8,64}$/),
  kind: z.enum(['message', 'action']),
  text: z.string(),
});

/** Where a demo person reads. */
export function addressOf(personId: string): Address {
  return { platform: 'web', tenant: TENANT, conversation: personId, thread: null, user: personId, serviceUrl: '', bot: '' };
}

/** The person an address is of; null when it is not an address of the web chat. */
export function personOf(address: Address): string | null {
  return address.platform === 'web' && address.tenant === TENANT ? address.conversation : null;
}

/** What the page posted for a person, or why it can't be taken. */
export function readPosted(personId: string, body: unknown): { ok: true; incoming: Incoming } | { ok: false; refusal: Refusal } {
  const read = payload.safeParse(body);
  if (!read.success) return { ok: false, refusal: REFUSALS.malformed };
  const text = read.data.text.trim();
  if (text === '' || text.length > MAX_TEXT) return { ok: false, refusal: REFUSALS.empty };
  return {
    ok: true,
    incoming: {
      id: read.data.id,
      kind: read.data.kind,
      from: { platform: 'web', tenant: TENANT, user: personId, email: null },
      address: addressOf(personId),
      direct: true,
      text,
    },
  };
}
