import { mkdtempSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../src/io/config/config.ts';
import type { Log } from '../src/ports.ts';
import { serve, type Service } from '../src/service.ts';
import { APP_TOKEN, SECRET, TEAM } from './adapters/slack/gateway.ts';
import { openWorkspace, TOKEN, type Workspace } from './adapters/slack/lab.ts';

/** The whole house with Slack: the demo's leader of Nord is Anna of the workspace. */
describe.each(['http', 'socket'] as const)('the house connected to Slack over %s', (kind) => {
  const dir = mkdtempSync(join(tmpdir(), 'overblik-house-slack-'));
  // Before the fifth working day; Slack's signatures are of the real time, so only deliveries follow this clock.
  let at = new Date();
  const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  let workspace: Workspace;
  let service: Service;
  let direct: string;
  const start = (): Promise<Service> => serve(readConfig({
    OVERBLIK_DATA_DIR: join(dir, 'var'), OVERBLIK_PACKS: join(dir, 'packs'), PORT: '0', LOG_LEVEL: 'silent', SLACK_BOT_TOKEN: TOKEN, SLACK_API_URL: workspace.gateway.apiUrl,
    ...(kind === 'http' ? { SLACK_SIGNING_SECRET: SECRET } : { SLACK_APP_TOKEN: APP_TOKEN }),
  }), { now: () => at }, log);
  beforeAll(async () => {
    workspace = await openWorkspace();
    await cp('digests/hjemmepleje', join(dir, 'packs/hjemmepleje'), { recursive: true });
    const people = join(dir, 'packs/hjemmepleje/people.yaml');
    await writeFile(people, (await readFile(people, 'utf8')).replace('leder-nord: {', `leder-nord: {slack: ${workspace.user.anna}, `));
    direct = (await workspace.bot.conversations.open({ users: workspace.user.anna })).channel?.id ?? '';
    service = await start();
  });
  afterAll(async () => {
    await service.stop();
    await workspace.close();
    await rm(dir, { recursive: true, force: true });
  });
  const says = async (user: string, text: string, event = `Ev${Math.random()}`): Promise<string> => {
    const envelope = workspace.gateway.envelope({ type: 'message', channel_type: 'im', user, text, ts: '1.1', channel: direct, event_ts: '1.1' }, event);
    await (kind === 'http' ? workspace.gateway.byHttp(service.url, 'events_api', envelope) : workspace.gateway.bySocket('events_api', envelope));
    return new URLSearchParams(await workspace.called('chat.postMessage')).get('blocks')?.replaceAll('\u00a0', ' ') ?? '';
  };

  it('every page that was due went out once, to who has an address', async () => {
    const page = new URLSearchParams(await workspace.called('chat.postMessage'));
    expect(page.get('channel')).toBe(direct);
    expect(page.get('text')).toContain('Nord, ');
    expect(page.get('blocks')).toContain('slack_file');
    await service.stop();
    workspace.gateway.calls.length = 0;
    service = await start();
    await service.stop();
    expect(workspace.gateway.calls.filter(({ method }) => method === 'chat.postMessage')).toEqual([]);
    service = await start();
  });

  it('a question is answered with the asker\'s own figures and a picture', async () => {
    const said = await says(workspace.user.anna, 'budget vs timer i oktober 2026');
    expect(said).toContain('825 t.kr.');
    expect(said).toContain('slack_file');
    expect(said).toContain('Syntetiske data');
  });

  it('another\'s figures are refused, and a stranger gets none', async () => {
    expect(await says(workspace.user.anna, 'forbrug i Syd oktober 2026')).toContain('ikke adgang');
    const said = await says(workspace.user.guest, 'forbrug i Nord oktober 2026');
    expect(said).not.toMatch(/\d{3} t\.kr/);
    expect(said).toContain('Overblik');
  });

  it('a mention where others read along is answered in private, and the channel is told no more than that', async () => {
    workspace.gateway.calls.length = 0;
    const envelope = workspace.gateway.envelope({ type: 'app_mention', user: workspace.user.anna, text: 'forbrug i oktober 2026', ts: '7.7', channel: workspace.channel, event_ts: '7.7' }, `Ev${Math.random()}`);
    await (kind === 'http' ? workspace.gateway.byHttp(service.url, 'events_api', envelope) : workspace.gateway.bySocket('events_api', envelope));
    const posts = [new URLSearchParams(await workspace.called('chat.postMessage')), new URLSearchParams(await workspace.called('chat.postMessage'))];
    const told = (channel: string): string => posts.filter((post) => post.get('channel') === channel).map((post) => `${post.get('text')} ${post.get('blocks')}`.replaceAll('\u00a0', ' ')).join();
    expect(told(direct)).toContain('825 t.kr.');
    expect(told(direct)).toContain('slack_file');
    expect(told(workspace.channel)).toContain('svaret dig direkte');
    expect(told(workspace.channel)).not.toMatch(/825|t\.kr|Nord|slack_file/);
  });

  it('what Slack sends twice is answered once, over a restart too', async () => {
    await says(workspace.user.anna, 'sygefravær i oktober 2026', 'Ev0TWICE');
    await service.stop();
    service = await start();
    workspace.gateway.calls.length = 0;
    const envelope = workspace.gateway.envelope({ type: 'message', channel_type: 'im', user: workspace.user.anna, text: 'sygefravær i oktober 2026', ts: '1.1', channel: direct, event_ts: '1.1' }, 'Ev0TWICE');
    await (kind === 'http' ? workspace.gateway.byHttp(service.url, 'events_api', envelope) : workspace.gateway.bySocket('events_api', envelope));
    expect(await says(workspace.user.anna, 'vikarandel i oktober 2026')).toContain('Vikarandel');
  });

  it('the local chat, where anyone could be anyone, is not there', async () => {
    expect((await fetch(`${service.url}/`)).status).toBe(404);
    if (kind === 'http') expect((await workspace.gateway.byHttp(service.url, 'slash_commands', { team_id: TEAM, command: '/overblik' }, { secret: 'guessed' })).status).toBe(401);
    at = new Date();
  });
});
