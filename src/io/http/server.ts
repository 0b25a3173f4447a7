import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { NextFunction, Request, Response } from 'express';
import { ServiceError } from '../../errors.ts';
import type { Log } from '../../ports.ts';
import { limitAddresses, type AddressLimit } from './addresses.ts';
import { answerError, answerNotFound } from './answers.ts';

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the 60 s common among proxies, so that they close a connection first. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const GRACE_MS = 5_000;
const RETRY_AFTER_SECONDS = 5;
/** Node reads so many of a request and leaves out the rest. */
const MAX_HEADERS = 100;

/** For everything that is not a page; a page sets its own, wider one. */
const CONTENT_SECURITY_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export interface HttpOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly log: Log;
  /** Addresses (and ranges, `10.0.0.0/8`) whose X-Forwarded-For is believed, besides this machine's own. */
  readonly trustedProxies: readonly string[];
  /** How often an address may ask; null: as often as it likes. /healthz is free, so that a watcher never ends the service for being watched. */
  readonly limit: AddressLimit | null;
  /** Whether work can be done, and in words what each part says. */
  readonly ready: () => Promise<{ ok: boolean; detail: Record<string, string> }>;
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
  /** While true only health and readiness are answered, and everything else is asked to come again. */
  readonly starting?: () => boolean;
}

export interface Http {
  /** Adapters mount their routes here, before or after `listen`. It parses no bodies: each adapter does that for its own routes. */
  readonly app: express.Express;
  /** Rejects with ServiceError when the port or address can't be had. */
  listen(): Promise<{ url: string }>;
  /** Lets running requests finish for five seconds. Without `listen` it does nothing. */
  close(): Promise<void>;
}

function securityHeaders(_request: Request, response: Response, next: NextFunction): void {
  response.set({
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  });
  next();
}

/** 4xx as the parser or router says (their text may quote the request, so ours is sent); all else is a 500 and logged. */
function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

const WORDS: Readonly<Record<number, string>> = {
  400: 'The request can\'t be read: check its address and its JSON.',
  413: 'The request is too large.',
  431: 'The request has too many headers.',
  415: 'This kind of content is not read here; send JSON in UTF-8.',
};

function whyNot(error: NodeJS.ErrnoException, host: string, port: number): ServiceError {
  const say = (message: string): ServiceError => new ServiceError('HTTP', message, { final: true, cause: error });
  switch (error.code) {
    case 'EADDRINUSE': return say(`port ${port} is in use; set PORT to another or stop the other program`);
    case 'EACCES': return say(`port ${port} needs rights this user does not have; set PORT to one over 1023`);
    case 'EADDRNOTAVAIL': case 'ENOTFOUND': return say(`${host} is not an address of this machine; set HOST to 127.0.0.1, or to 0.0.0.0 for all of its addresses`);
    default: return say(`can't listen on ${host} port ${port} (${error.code ?? 'unknown reason'})`);
  }
}

/** A URL that opens on this machine. */
function urlOf(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://localhost:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const grace = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    server.close(() => {
      clearTimeout(grace);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/**
 * The one HTTP server of the service: security headers, health, metrics, and JSON errors without a stack.
 *
 *     const http = createHttp({ host: '127.0.0.1', port: 3978, log, ready, metrics });
 *     http.app.post('/slack/events', ...);
 *     const { url } = await http.listen();
 */
export function createHttp(options: HttpOptions): Http {
  const { log } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', ['loopback', ...options.trustedProxies]);
  app.use(securityHeaders);

  app.get('/healthz', (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ ok: true });
  });

  if (options.limit !== null) app.use(limitAddresses(options.limit, log));

  // Express would answer for every route by itself, and say which there are.
  app.options('/{*any}', (_request, response) => { answerNotFound(response); });

  app.get('/readyz', async (_request, response) => {
    const state = await options.ready().catch((error: unknown) => {
      log.error('http.ready-failed', { error });
      return { ok: false, detail: { service: 'its state can\'t be read' } };
    });
    response.status(state.ok ? 200 : 503).set('Cache-Control', 'no-store').json(state);
  });

  app.use((_request, response, next) => {
    if (options.starting?.() !== true) {
      next();
      return;
    }
    response.set('Retry-After', String(RETRY_AFTER_SECONDS));
    answerError(response, 503, 'The service is starting. Try again in a moment.');
  });

  app.get('/metrics', async (_request, response) => {
    const text = await options.metrics();
    response.set({ 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8', 'Cache-Control': 'no-store' }).send(text);
  });

  /** Stands behind the app rather than in it, so that routes mounted later are found too. */
  const last = (method: string, path: string, response: ServerResponse) => (error?: unknown): void => {
    if (error === undefined || error === null || error === 'router') {
      answerNotFound(response);
      return;
    }
    const status = statusOf(error);
    if (status === 500) log.error('http.failed', { method, path, error });
    answerError(response, status, WORDS[status] ?? (status === 500 ? 'Something went wrong here. It is in the log.' : 'The request was refused.'));
  };

  const server = createServer((request, response) => {
    // The query may hold a signature, so only the path is kept for the log.
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    // One that was left out may be the one that counts: a proxy adds its own at the end.
    if (request.rawHeaders.length >= 2 * MAX_HEADERS) {
      answerError(response, 431, WORDS[431] ?? '');
      return;
    }
    app(request as Request, response as Response, last(request.method ?? '', path, response));
  });
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.maxHeadersCount = MAX_HEADERS;

  return {
    app,
    listen: () => new Promise((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException): void => reject(whyNot(error, options.host, options.port));
      server.once('error', failed);
      server.listen(options.port, options.host, () => {
        server.off('error', failed);
        server.on('error', (error) => log.error('http.failed', { error }));
        resolve({ url: urlOf(options.host, (server.address() as AddressInfo).port) });
      });
    }),
    close: () => (server.listening ? stop(server) : Promise.resolve()),
  };
}
