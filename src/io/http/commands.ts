import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A proxy says in these that it passed a request on. */
const PASSED_ON = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Whether a request is a command of this machine's own user: it holds the token only they can read, comes from this machine,
 * and nobody passed it on. So a token that got out opens nothing from elsewhere. Takes the same time wherever a token differs.
 */
export function isOwnCommand({ headers, socket }: IncomingMessage, token: string): boolean {
  const peer = socket.remoteAddress ?? '';
  // Bound to an address of the network, the machine speaks to itself by that one.
  const near = peer === socket.localAddress || /^(?:::ffff:)?127\.|^::1$/.test(peer);
  const known = timingSafeEqual(sha256(headers.authorization ?? ''), sha256(`Bearer ${token}`));
  return known && near && !PASSED_ON.some((header) => headers[header] !== undefined);
}
