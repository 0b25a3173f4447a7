import type { IncomingMessage } from 'node:http';

const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i;

/** True for a name or address that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** `host` header to host name without port; null when it is none. */
function hostName(header: string | undefined): string | null {
  if (header === undefined || !/^[\w.:[\]-]+$/.test(header) || !URL.canParse(`http://${header}`)) return null;
  return new URL(`http://${header}`).hostname;
}

/** A program on this machine that passes on requests from outside says so in these. */
const PASSED_ON = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

/**
 * Why a request does not come from a page of ours on this machine, or null when it does.
 * The Host header holds a foreign name after DNS rebinding; the Origin header names a foreign page.
 */
export function foreign(request: IncomingMessage): string | null {
  const { headers, socket } = request;
  const name = hostName(headers.host);
  if (name === null || !isLoopback(name)) return 'its Host is not this machine';
  if (!isLoopback((socket.remoteAddress ?? '').replace(/^::ffff:/, ''))) return 'it comes from another machine';
  if (PASSED_ON.some((header) => headers[header] !== undefined)) return 'a proxy passed it on';
  if (headers.origin !== undefined && headers.origin.toLowerCase() !== `http://${headers.host ?? ''}`.toLowerCase()) return 'its Origin is another page';
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && request.method !== 'GET') return 'another page sent it';
  return null;
}
