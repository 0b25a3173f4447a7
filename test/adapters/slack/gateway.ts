import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

export const SECRET = 'test-signing-secret';
export const APP_TOKEN = 'xapp-test';
export const TEAM = 'T000000001';
export const APP = 'A0OVERBLIK';

type Json = Record<string, unknown>;
type Kind = 'events_api' | 'slash_commands' | 'interactive';
/** What the gateway answers instead of the emulator; null: nothing. `swallow`: the emulator does it, and nobody hears of it. */
type Fault = (method: string, body: string) => { status?: number; headers?: Record<string, string>; body?: unknown; drop?: boolean; swallow?: boolean } | null;

/** How a signed request is spoilt. */
export interface Forgery { readonly secret?: string; readonly at?: number; readonly headers?: Record<string, string>; readonly altered?: string }

export interface Gateway {
  readonly apiUrl: string;
  readonly calls: { readonly method: string; readonly body: string }[];
  /** Files as they were uploaded, with what is around them. */
  readonly uploads: readonly Buffer[];
  readonly sockets: ReadonlySet<WebSocket>;
  /** Sends as Slack does: signed over HTTP to `url`, or in an envelope over the socket. Resolves when it is acknowledged. */
  byHttp(url: string, kind: Kind, payload: Json, forgery?: Forgery): Promise<{ status: number; body: string }>;
  bySocket(kind: Kind, payload: Json): Promise<{ status: number; body: string }>;
  envelope(event: Json, eventId?: string): Json;
  /** A response_url, and what is sent to it, one by one. */
  responseUrl(): { url: string; next(): Promise<Json> };
  fault(fault: Fault | null): void;
  close(): Promise<void>;
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** What Slack does and the emulator behind it does not: events, commands and buttons, signed or by Socket Mode, response_url, and faults. */
export async function openGateway(emulator: string): Promise<Gateway> {
  const sockets = new Set<WebSocket>();
  const waiting = new Map<string, (payload: unknown) => void>();
  const responses = new Map<string, { got: Json[]; waiting: ((message: Json) => void)[] }>();
  const calls: { method: string; body: string }[] = [];
  const uploads: Buffer[] = [];
  let faulty: Fault | null = null;
  let base = '';

  const answer = (response: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
  const pass = async (request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> => {
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !['host', 'connection', 'content-length', 'transfer-encoding'].includes(name))) as Record<string, string>;
    const reply = await fetch(new URL(request.url ?? '/', emulator), { method: request.method ?? 'GET', headers, ...(['GET', 'HEAD'].includes(request.method ?? '') ? {} : { body: new Uint8Array(body) }) });
    const type = reply.headers.get('content-type') ?? 'application/octet-stream';
    const content = Buffer.from(await reply.arrayBuffer());
    response.writeHead(reply.status, { 'content-type': type });
    response.end(type.includes('json') ? content.toString().replaceAll(emulator, base) : content);
  };
  const server = createServer((request, response) => {
    void (async () => {
      const body = await bodyOf(request);
      const path = (request.url ?? '').split('?')[0] ?? '';
      const method = path.replace(/^\/api\//, '');
      if (path.startsWith('/api/')) calls.push({ method, body: body.toString() });
      else if (!responses.has(path)) uploads.push(body);
      const fault = faulty?.(method, body.toString()) ?? null;
      if (fault?.drop === true) return void request.socket.destroy();
      if (fault?.swallow === true) {
        await fetch(new URL(request.url ?? '/', emulator), { method: 'POST', headers: { 'content-type': request.headers['content-type'] ?? '', authorization: request.headers.authorization ?? '' }, body: new Uint8Array(body) });
        return void request.socket.destroy();
      }
      if (fault !== null) return answer(response, fault.body ?? { ok: false, error: 'ratelimited' }, fault.status ?? 200, fault.headers);
      if (method === 'apps.connections.open') {
        const known = request.headers.authorization === `Bearer ${APP_TOKEN}`;
        return answer(response, known ? { ok: true, url: `${base.replace('http', 'ws')}/link?ticket=${randomUUID()}` } : { ok: false, error: 'invalid_auth' });
      }
      const place = responses.get(path);
      if (place !== undefined) {
        const message = JSON.parse(body.toString()) as Json;
        const next = place.waiting.shift();
        if (next === undefined) place.got.push(message); else next(message);
        return answer(response, { ok: true });
      }
      await pass(request, response, body);
    })().catch(() => response.destroy());
  });
  const links = new WebSocketServer({ server, path: '/link' });
  links.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('message', (data) => {
      const { envelope_id: id, payload } = JSON.parse(String(data)) as { envelope_id: string; payload?: unknown };
      waiting.get(id)?.(payload);
    });
    socket.send(JSON.stringify({ type: 'hello', num_connections: sockets.size, connection_info: { app_id: APP }, debug_info: {} }));
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const sign = (raw: string, at: number, secret: string): Record<string, string> => ({
    'x-slack-request-timestamp': String(at), 'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${at}:${raw}`).digest('hex')}`,
  });
  return {
    apiUrl: `${base}/api/`, calls, uploads, sockets,
    byHttp: async (url, kind, payload, { secret = SECRET, at = Math.floor(Date.now() / 1000), headers = {}, altered } = {}) => {
      const form = kind === 'slash_commands' ? payload as Record<string, string> : { payload: JSON.stringify(payload) };
      const raw = kind === 'events_api' ? JSON.stringify(payload) : new URLSearchParams(form).toString();
      const sent = Object.entries({ 'content-type': kind === 'events_api' ? 'application/json' : 'application/x-www-form-urlencoded', ...sign(raw, at, secret), ...headers }).filter(([, value]) => value !== '');
      const response = await fetch(`${url}/slack/events`, { method: 'POST', headers: Object.fromEntries(sent), body: altered ?? raw });
      return { status: response.status, body: await response.text() };
    },
    bySocket: (kind, payload) => new Promise((resolve, reject) => {
      const socket = [...sockets].at(-1);
      if (socket === undefined) return reject(new Error('nobody is connected'));
      const id = randomUUID();
      waiting.set(id, (acknowledged) => { waiting.delete(id); resolve({ status: 200, body: JSON.stringify(acknowledged ?? '') }); });
      socket.send(JSON.stringify({ type: kind, envelope_id: id, payload, accepts_response_payload: kind !== 'events_api', retry_attempt: 0, retry_reason: '' }));
    }),
    envelope: (event, eventId = `Ev${randomBytes(5).toString('hex')}`) => ({ token: 't', team_id: TEAM, api_app_id: APP, type: 'event_callback', event_id: eventId, event_time: 1_790_000_000, event, authorizations: [{ enterprise_id: null, team_id: TEAM, user_id: 'U0OVERBLIK', is_bot: true }] }),
    responseUrl: () => {
      const path = `/response/${randomUUID()}`;
      const place = { got: [] as Json[], waiting: [] as ((message: Json) => void)[] };
      responses.set(path, place);
      return { url: `${base}${path}`, next: () => { const first = place.got.shift(); return first === undefined ? new Promise((resolve) => { place.waiting.push(resolve); }) : Promise.resolve(first); } };
    },
    fault: (fault) => { faulty = fault; },
    close: async () => {
      for (const socket of sockets) socket.terminate();
      links.close();
      server.closeAllConnections();
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}
