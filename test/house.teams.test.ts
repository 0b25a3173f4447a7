import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../src/io/config/config.ts';
import type { Log } from '../src/ports.ts';
import { serve, type Service } from '../src/service.ts';
import { startConnector, type Connector } from './adapters/teams/fixtures/connector.ts';

const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

/** The whole house with Teams: the demo's leader of Nord is known by the directory's id, and the pictures go by signed links. */
describe('the house connected to Teams', () => {
  const dir = mkdtempSync(join(tmpdir(), 'overblik-house-teams-'));
  const [tenant, anna] = [randomUUID(), randomUUID()];
  const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  let at = new Date('2026-11-05T12:00:00Z');
  let connector: Connector;
  let service: Service;
  const start = (): Promise<Service> => serve(readConfig({
    OVERBLIK_DATA_DIR: join(dir, 'var'), OVERBLIK_PACKS: join(dir, 'packs'), PORT: '0', LOG_LEVEL: 'silent', PUBLIC_URL: 'https://overblik.example.dk', OVERBLIK_SECRET: 'x'.repeat(40),
    TEAMS_ANONYMOUS_TEST: 'true', TEAMS_ALLOWED_TENANTS: tenant, TEAMS_SERVICE_URLS: connector.serviceUrl,
  }), { now: () => at }, log);
  beforeAll(async () => {
    connector = await startConnector();
    await cp('digests/hjemmepleje', join(dir, 'packs/hjemmepleje'), { recursive: true });
    const people = join(dir, 'packs/hjemmepleje/people.yaml');
    await writeFile(people, (await readFile(people, 'utf8')).replace('leder-nord: {', `leder-nord: {teams: ${anna}, `));
    service = await start();
  });
  afterAll(async () => {
    await service.stop();
    await connector.stop();
    await rm(dir, { recursive: true, force: true });
  });
  let events = 0;
  const activity = (type: string, over: Record<string, unknown> = {}): Record<string, unknown> => ({
    type, id: `${++events}`, channelId: 'msteams', serviceUrl: connector.serviceUrl, timestamp: '2026-11-05T12:00:00Z', from: { id: '29:anna', aadObjectId: anna }, recipient: { id: '28:bot' },
    conversation: { id: 'a:anna', conversationType: 'personal', tenantId: tenant }, channelData: { tenant: { id: tenant } }, ...over,
  });
  const post = async (body: Record<string, unknown>): Promise<number> => (await fetch(`${service.url}/api/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).status;
  let read = 0;
  const next = async (): Promise<{ path: string; said: string }> => {
    while (connector.received.length <= read) await turn();
    const { path, body } = connector.received[read++] as Connector['received'][number];
    return { path, said: JSON.stringify(body).replaceAll('\u00a0', ' ') };
  };

  it('says hello when it is installed', async () => {
    expect(await post(activity('installationUpdate', { action: 'add' }))).toBe(200);
    expect((await next()).said).toContain('Anne');
  });

  it('answers with the asker\'s figures and a picture that can be fetched by its link only', async () => {
    await post(activity('message', { text: 'budget vs timer i oktober 2026' }));
    const { said } = await next();
    expect(said).toContain('510 kr. pr. time');
    const link = new URL(/https:\/\/overblik\.example\.dk\/[^"\\]+/.exec(said)?.[0] ?? '');
    expect((await fetch(`${service.url}${link.pathname}${link.search}`)).headers.get('content-type')).toBe('image/png');
    expect((await fetch(`${service.url}${link.pathname}`)).ok).toBe(link.search === '');
    expect((await fetch(`${service.url}${link.pathname.slice(0, -3)}abc${link.search}`)).ok).toBe(false);
    const [, pictures, reader = '', name] = link.pathname.split('/');
    expect((await fetch(`${service.url}/${pictures}/${reader.split('').reverse().join('')}/${name}${link.search}`)).ok).toBe(false);
    expect(link.href).not.toContain(anna);
  });

  it('a mention in a channel is answered in private, and the channel is told no more than that', async () => {
    await post(activity('message', { text: '<at>Overblik</at> forbrug i oktober 2026', entities: [{ type: 'mention', text: '<at>Overblik</at>', mentioned: { id: '28:bot', name: 'Overblik' } }], conversation: { id: '19:channel@thread.tacv2;messageid=17', conversationType: 'channel', tenantId: tenant } }));
    const said = [await next(), await next()];
    const told = (place: string): string => said.filter(({ path }) => path.includes(place)).map((one) => one.said).join();
    expect(told('a%3Aanna')).toContain('825 t.kr.');
    expect(told('19%3Achannel')).toContain('svaret dig direkte');
    expect(told('19%3Achannel')).not.toMatch(/825 |t\.kr|Nord/);
  });

  it('refuses what is from another tenant or goes to another connector', async () => {
    const other = randomUUID();
    expect(await post(activity('message', { text: 'forbrug', conversation: { id: 'a:x', conversationType: 'personal', tenantId: other }, channelData: { tenant: { id: other } } }))).toBe(403);
    expect(await post(activity('message', { text: 'forbrug', serviceUrl: 'https://elsewhere.example/' }))).toBe(403);
  });

  it('sends the page where the leader wrote from, once, over a restart', async () => {
    await service.stop();
    at = new Date('2026-11-06T07:30:00Z');
    service = await start();
    const { path, said } = await next();
    expect(path).toContain('a%3Aanna');
    expect(said).toContain('Nord brugte 825 t.kr. i oktober 2026');
    await service.stop();
    service = await start();
    await service.stop();
    expect(connector.received).toHaveLength(read);
    service = await start();
  });
});
