import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Express } from 'express';
import { answerNotFound } from './answers.ts';

export interface PicturesOptions {
  readonly app: Express;
  /** Signs the addresses; a new one makes all earlier addresses worthless. */
  readonly secret: string;
  /** Where the world reaches this service; null: nowhere. */
  readonly baseUrl: string | null;
  readonly now: () => Date;
  readonly ttlMs: number;
  /** Bound of all pictures kept; the oldest go first. */
  readonly maxBytes: number;
}

export interface Pictures {
  /**
   * Keeps the picture and gives a signed address for one reader (anything that names them) that holds for `ttlMs`. Null when the
   * world can't fetch it here (no base URL, or one that is neither https nor loopback), when it is no PNG, or larger than the store.
   */
  url(png: Uint8Array, reader: string): string | null;
  /** The same for an .xlsx file, to be saved. */
  sheetUrl(sheet: Uint8Array, reader: string): string | null;
}

interface Kept {
  readonly bytes: Uint8Array;
  readonly expiresMs: number;
}

const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function reachable(baseUrl: string | null): string | null {
  if (baseUrl === null || !URL.canParse(baseUrl)) return null;
  const { protocol, hostname } = new URL(baseUrl);
  const fit = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
  return fit ? baseUrl.replace(/\/+$/, '') : null;
}

function isPng(png: Uint8Array): boolean {
  return PNG_SIGNATURE.every((byte, i) => png[i] === byte);
}

/** Addresses hold until a whole second. */
const ROUNDED_MS = 1000;

const isSheet = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;
const SHEET_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** What an address promises: this file, to this reader, until then (seconds since 1970). */
interface Promised { readonly reader: string; readonly name: string; readonly expires: string }

function sign(secret: string, { reader, name, expires }: Promised): string {
  return createHmac('sha256', secret).update(`link\n${reader}\n${name}\n${expires}`).digest('base64url');
}

/** True for the signature we would give; takes the same time wherever it differs. */
function signed(secret: string, promised: Promised, signature: string): boolean {
  const [given, ours] = [Buffer.from(signature), Buffer.from(sign(secret, promised))];
  return given.length === ours.length && timingSafeEqual(given, ours);
}

/** A reader's name in an address: the same for the same reader, and nothing that says who it is. */
const pseudonym = (secret: string, reader: string): string => createHmac('sha256', secret).update(`reader\n${reader}`).digest('base64url').slice(0, 22);

/** Pictures by content, oldest first, never more than `maxBytes`. */
function createShelf(maxBytes: number): { put(name: string, kept: Kept, nowMs: number): void; get(name: string): Kept | undefined } {
  const shelf = new Map<string, Kept>();
  let bytes = 0;
  const drop = (name: string): void => {
    bytes -= shelf.get(name)?.bytes.length ?? 0;
    shelf.delete(name);
  };
  return {
    get: (name) => shelf.get(name),
    put: (name, kept, nowMs) => {
      drop(name);
      shelf.set(name, kept);
      bytes += kept.bytes.length;
      for (const [other, { expiresMs }] of shelf) {
        if (bytes <= maxBytes && expiresMs > nowMs) break;
        drop(other);
      }
    },
  };
}

/**
 * Short-lived, signed picture addresses (`/pictures/<reader>/<hash>.png?e=<expiry>&s=<HMAC-SHA256>`), for platforms that fetch
 * pictures themselves. Unknown, expired and forged addresses, and those of another reader, get the same 404.
 *
 * Who fetches can't be asked: it is the platform's server, for the reader. So whoever holds the whole address has the picture until
 * it expires, as whoever is shown the message has. The reader in it keeps an address from being turned into one for somebody
 * else or for another picture, and tells two readers' addresses of the same picture apart.
 */
export function createPictures(options: PicturesOptions): Pictures {
  const { app, secret, now } = options;
  if (secret.length < 16) throw new RangeError('the secret that signs picture addresses needs at least 16 characters');
  const base = reachable(options.baseUrl);
  const shelf = createShelf(options.maxBytes);

  app.get('/pictures/:reader/:name', (request, response) => {
    const { reader, name } = request.params;
    const { e: expires, s: signature } = request.query;
    const told = typeof expires === 'string' && typeof signature === 'string' && signed(secret, { reader, name, expires }, signature);
    const leftMs = Number(expires) * 1000 - now().getTime();
    // One further ahead than we ever promise was signed by a clock that was wrong, or by somebody who knows the secret.
    const kept = told && leftMs > 0 && leftMs <= options.ttlMs + ROUNDED_MS ? shelf.get(name) : undefined;
    if (kept === undefined) {
      answerNotFound(response);
      return;
    }
    const leftS = Math.floor(leftMs / 1000);
    response.set({
      'Content-Type': name.endsWith('.xlsx') ? SHEET_TYPE : 'image/png',
      ...(name.endsWith('.xlsx') && { 'Content-Disposition': 'attachment; filename="overblik.xlsx"' }),
      'Cache-Control': name.endsWith('.xlsx') ? 'private, no-store' : `private, max-age=${leftS}`,
      // A chat client shows it in a page of its own origin.
      'Cross-Origin-Resource-Policy': 'cross-origin',
    }).send(Buffer.from(kept.bytes.buffer, kept.bytes.byteOffset, kept.bytes.byteLength));
  });

  const keep = (bytes: Uint8Array, extension: 'png' | 'xlsx', reader: string): string | null => {
    if (base === null || bytes.length > options.maxBytes) return null;
    const nowMs = now().getTime();
    const expires = String(Math.ceil((nowMs + options.ttlMs) / 1000));
    const name = `${createHash('sha256').update(bytes).digest('hex')}.${extension}`;
    shelf.put(name, { bytes, expiresMs: Number(expires) * 1000 }, nowMs);
    const promised: Promised = { reader: pseudonym(secret, reader), name, expires };
    return `${base}/pictures/${promised.reader}/${name}?e=${expires}&s=${sign(secret, promised)}`;
  };
  return {
    url: (png, reader) => (isPng(png) ? keep(png, 'png', reader) : null),
    sheetUrl: (sheet, reader) => (isSheet(sheet) ? keep(sheet, 'xlsx', reader) : null),
  };
}
