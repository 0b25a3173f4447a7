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
   * Keeps the picture and gives a signed address that holds for `ttlMs`. Null when the world can't fetch it here
   * (no base URL, or one that is neither https nor loopback), when it is no PNG, or larger than the store.
   */
  url(png: Uint8Array): string | null;
  /** The same for an .xlsx file, to be saved. */
  sheetUrl(sheet: Uint8Array): string | null;
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

const isSheet = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;
const SHEET_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

function sign(secret: string, name: string, expires: string): Buffer {
  return createHmac('sha256', secret).update(`${name}\n${expires}`).digest();
}

/** True for the signature we would give; takes the same time wherever it differs. */
function signed(secret: string, name: string, expires: string, signature: string): boolean {
  const given = Buffer.from(signature, 'base64url');
  const ours = sign(secret, name, expires);
  return given.length === ours.length && timingSafeEqual(given, ours);
}

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
 * Short-lived, signed picture addresses (`/pictures/<hash>.png?e=<expiry>&s=<HMAC-SHA256>`), for platforms that fetch pictures themselves.
 * Unknown, expired and forged addresses get the same 404.
 */
export function createPictures(options: PicturesOptions): Pictures {
  const { app, secret, now } = options;
  if (secret.length < 16) throw new RangeError('the secret that signs picture addresses needs at least 16 characters');
  const base = reachable(options.baseUrl);
  const shelf = createShelf(options.maxBytes);

  app.get('/pictures/:name', (request, response) => {
    const { name } = request.params;
    const { e: expires, s: signature } = request.query;
    const told = typeof expires === 'string' && typeof signature === 'string' && signed(secret, name, expires, signature);
    const kept = told && Number(expires) * 1000 > now().getTime() ? shelf.get(name) : undefined;
    if (kept === undefined) {
      answerNotFound(response);
      return;
    }
    const leftS = Math.floor(Number(expires) - now().getTime() / 1000);
    response.set({
      'Content-Type': name.endsWith('.xlsx') ? SHEET_TYPE : 'image/png',
      ...(name.endsWith('.xlsx') && { 'Content-Disposition': 'attachment; filename="overblik.xlsx"' }),
      'Cache-Control': `private, max-age=${leftS}`,
      // A chat client shows it in a page of its own origin.
      'Cross-Origin-Resource-Policy': 'cross-origin',
    }).send(Buffer.from(kept.bytes.buffer, kept.bytes.byteOffset, kept.bytes.byteLength));
  });

  const keep = (bytes: Uint8Array, extension: 'png' | 'xlsx'): string | null => {
    if (base === null || bytes.length > options.maxBytes) return null;
    const nowMs = now().getTime();
    const expires = String(Math.ceil((nowMs + options.ttlMs) / 1000));
    const name = `${createHash('sha256').update(bytes).digest('hex')}.${extension}`;
    shelf.put(name, { bytes, expiresMs: Number(expires) * 1000 }, nowMs);
    return `${base}/pictures/${name}?e=${expires}&s=${sign(secret, name, expires).toString('base64url')}`;
  };
  return {
    url: (png) => (isPng(png) ? keep(png, 'png') : null),
    sheetUrl: (sheet) => (isSheet(sheet) ? keep(sheet, 'xlsx') : null),
  };
}
