import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text as readBody } from 'node:stream/consumers';
import express from 'express';
import { ServiceError } from '../../../src/errors.ts';
import { createHttp } from '../../../src/io/http/server.ts';
import type { Http, HttpOptions } from '../../../src/io/http/server.ts';
import type { Log } from '../../../src/ports.ts';

const events: { event: string; fields: unknown }[] = [];
const note = (event: string, fields?: unknown): void => void events.push({ event, fields });
const log: Log = { info: note, warn: note, error: note };
let open: Http[] = [];

async function started(change: Partial<HttpOptions> = {}, mount: (http: Http) => void = () => undefined): Promise<string> {
  const http = createHttp({ host: '127.0.0.1', port: 0, trustedProxies: [], limit: null, log, ready: async () => ({ ok: true, detail: { store: 'ok' } }), metrics: async () => 'overblik_owed 7\n', ...change });
  open.push(http);
  mount(http);
  return (await http.listen()).url;
}

afterEach(async () => {
  await Promise.all(open.map((http) => http.close()));
  open = [];
  events.length = 0;
});

describe('the HTTP server', () => {
  it('says it lives, whether it is ready and what it counted', async () => {
    const url = await started();
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ ok: true });
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ ok: true, detail: { store: 'ok' } });
    const metrics = await fetch(`${url}/metrics`);
    expect(metrics.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(await metrics.text()).toBe('overblik_owed 7\n');
  });

  it('answers 503 when a part is not ready, and when that can\'t even be found out', async () => {
    const waiting = await fetch(`${await started({ ready: async () => ({ ok: false, detail: { warehouse: 'loading' } }) })}/readyz`);
    expect(waiting.status).toBe(503);
    expect(await waiting.json()).toEqual({ ok: false, detail: { warehouse: 'loading' } });
    const broken = await fetch(`${await started({ ready: () => Promise.reject(new Error('secret path')) })}/readyz`);
    expect(broken.status).toBe(503);
    expect(await broken.text()).not.toContain('secret path');
  });

  it('sends the security headers with every answer, also the refusals', async () => {
    const url = await started();
    for (const path of ['/healthz', '/nowhere', '/%E0%A4%A']) {
      const { headers } = await fetch(url + path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.has('x-powered-by')).toBe(false);
    }
  });

  it('answers 404 and 400 as JSON', async () => {
    const url = await started({}, (http) => http.app.get('/named/:name', (_request, response) => void response.send('here')));
    const missing = await fetch(`${url}/nowhere`);
    expect([missing.status, await missing.json()]).toEqual([404, { error: { status: 404, message: 'There is nothing at this address.' } }]);
    expect((await fetch(`${url}/named/%E0%A4%A`)).status).toBe(400);
  });

  it('finds routes mounted after it began to listen', async () => {
    const url = await started();
    open[0]?.app.get('/late', (_request, response) => void response.send('here'));
    expect(await (await fetch(`${url}/late`)).text()).toBe('here');
  });

  it('hides what a failing route says, and logs it without the query', async () => {
    const url = await started({}, (http) => http.app.get('/fails', () => { throw new Error('password is hunter2'); }));
    const answer = await fetch(`${url}/fails?token=abc`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toMatch(/hunter2|at .*\.ts/);
    expect(events).toEqual([{ event: 'http.failed', fields: expect.objectContaining({ method: 'GET', path: '/fails' }) }]);
  });

  it('leaves bodies unread, so that a signature can be checked on the raw bytes', async () => {
    const url = await started({}, (http) => http.app.post('/raw', async (request, response) => void response.send(await readBody(request))));
    const body = '{ "b":1,  "a":2 }';
    expect(await (await fetch(`${url}/raw`, { method: 'POST', body, headers: { 'content-type': 'application/json' } })).text()).toBe(body);
  });

  it('words a malformed and an oversized body of an adapter\'s own parser, without quoting it', async () => {
    const url = await started({}, (http) => http.app.post('/json', express.json({ limit: 100 }), (_request, response) => void response.send('read')));
    const post = (body: string): Promise<Response> => fetch(`${url}/json`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    const malformed = await post('{"cpr": 010203');
    expect([malformed.status, (await malformed.text()).includes('010203')]).toEqual([400, false]);
    const large = await post(JSON.stringify('x'.repeat(200)));
    expect([large.status, await large.json()]).toEqual([413, { error: { status: 413, message: 'The request is too large.' } }]);
  });

  it('says in one message that the port is in use and what to do', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const failure = await started({ port }).catch((error: unknown) => error);
    other.close();
    expect(failure).toBeInstanceOf(ServiceError);
    expect((failure as ServiceError).message).toBe(`HTTP: port ${port} is in use; set PORT to another or stop the other program`);
    expect((failure as ServiceError).final).toBe(true);
  });

  it('says that the address is not of this machine', async () => {
    await expect(started({ host: '192.0.2.1' })).rejects.toThrow('192.0.2.1 is not an address of this machine');
  });

  it('names what rights are missing for a low port', async () => {
    const http = createHttp({ host: '127.0.0.1', port: 80, trustedProxies: [], limit: null, log, ready: async () => ({ ok: true, detail: {} }), metrics: async () => '' });
    const outcome = await http.listen().then(() => 'listens' as const, (error: unknown) => error);
    await http.close();
    if (outcome === 'listens') console.warn('low ports are open to this user: the message for EACCES was not seen');
    else expect((outcome as ServiceError).message).toMatch(/port 80 (needs rights|is in use)/);
  });

  it('closes at once when nothing is running, also before it listened and twice', async () => {
    await started();
    const [http] = open;
    await http?.close();
    await http?.close();
    await createHttp({ host: '127.0.0.1', port: 0, trustedProxies: [], limit: null, log, ready: async () => ({ ok: true, detail: {} }), metrics: async () => '' }).close();
  });
});
