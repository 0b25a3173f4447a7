import { isIPv6 } from 'node:net';
import type { RequestHandler } from 'express';
import { createRateLimit } from '../../access/rate-limit.ts';
import { createSeen } from '../../delivery/seen.ts';
import type { Log } from '../../ports.ts';
import { answerError } from './answers.ts';

/** Addresses remembered. */
const MOST = 10_000;
/** Answers to what was not verified, or could not be read so far. */
const UNVERIFIED = [400, 401, 404, 413, 415];

export interface AddressLimit {
  readonly perMinute: number;
  /** Paths to which a platform posts, and behind which every POST is verified by its secret or token. */
  readonly verified: readonly string[];
  readonly now: () => Date;
}

/** The part of an IPv6 address one customer is given (/64), so that they are one and not 2⁶⁴; an IPv4 address as it is. */
export function addressKey(address: string): string {
  // Some proxies write the port too.
  const plain = address.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^::ffff:(?=\d+\.)/i, '').replace(/^([\d.]+):\d+$/, '$1').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail = ''] = plain.toLowerCase().split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const missing = plain.includes('::') ? 8 - groups(head).length - groups(tail).length : 0;
  return [...groups(head), ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...groups(tail)].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, '')).join(':');
}

/**
 * 429 with Retry-After for who asks too often. `request.ip` says who: the socket, or what a trusted proxy wrote.
 *
 * A platform's servers send for everybody from few addresses, and anyone can make them send what is not for us (a bot of their own
 * with our address). So behind the verified paths only what fails there counts, and an address that has sent one good request
 * is never refused: there each person is limited instead.
 */
export function limitAddresses({ perMinute, verified, now }: AddressLimit, log: Log): RequestHandler {
  const requests = createRateLimit(perMinute, MOST);
  const failures = createRateLimit(perMinute, MOST);
  const good = createSeen(MOST);
  let warned = false;
  return (request, response, next) => {
    const nowMs = now().getTime();
    const key = addressKey(request.ip ?? '');
    if (!warned && request.get('x-forwarded-for') !== undefined && addressKey(request.socket.remoteAddress ?? '') === key) {
      warned = true;
      log.warn('http.proxy-not-trusted', { hint: 'Requests come through a proxy that TRUSTED_PROXIES does not name, so all who use it are counted as one.' });
    }
    const refuse = (waitMs: number, tell: boolean): void => {
      if (tell) log.warn('http.too-many', { path: request.path });
      response.set('Retry-After', String(Math.max(1, Math.ceil(waitMs / 1000))));
      answerError(response, 429, 'Too many requests. Wait a little, then try again.');
    };
    // Only a POST is verified: any other method would make an address a good one for nothing.
    if (!verified.includes(request.path) || request.method !== 'POST') {
      const taken = requests.take(key, nowMs);
      if (taken.ok) next();
      else refuse(taken.waitMs, taken.tell);
      return;
    }
    if (failures.isSpent(key, nowMs) && !good.has(key)) {
      const taken = failures.take(key, nowMs);
      refuse(taken.ok ? 0 : taken.waitMs, !taken.ok && taken.tell);
      return;
    }
    response.once('finish', () => {
      if (response.statusCode < 300) good.first(key);
      else if (UNVERIFIED.includes(response.statusCode)) failures.take(key, now().getTime());
    });
    next();
  };
}
