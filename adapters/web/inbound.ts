import { z } from 'zod';
import type { Address, Identity, Incoming } from '../../src/ports.ts';
import { REFUSALS } from './errors.ts';
import type { Refusal } from './errors.ts';

/** Characters of one message. */
export const MAX_TEXT = 2_000;

const payload = z.strictObject({
  /** Made by the page, by chance alone, for it is kept: the same message sent twice is handled once. Also an element id. */
  id: z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
  kind: z.enum(['message', 'action']),
  text: z.string(),
});

/** Where someone reads. */
export function addressIn(tenant: string, user: string): Address {
  return { platform: 'web', tenant, conversation: user, thread: null, user, serviceUrl: '', bot: '' };
}

/** What the page posted for someone, or why it can't be taken. Who that is stands nowhere in it. */
export function readPosted({ from, address }: { readonly from: Identity; readonly address: Address }, body: unknown): { ok: true; incoming: Incoming } | { ok: false; refusal: Refusal } {
  const read = payload.safeParse(body);
  if (!read.success) return { ok: false, refusal: REFUSALS.malformed };
  const text = read.data.text.trim();
  if (text === '' || text.length > MAX_TEXT) return { ok: false, refusal: REFUSALS.empty };
  return {
    ok: true,
    incoming: {
      id: read.data.id,
      kind: read.data.kind,
      from,
      address,
      direct: true,
      text,
    },
  };
}
