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
    // Its data stay where they are, whenever the test runs.
    const pack = join(dir, 'packs/hjemmepleje/pack.yaml');
    await writeFile(pack, (await readFile(pack, 'utf8')).replace(/^ {2}demonstration:.*\n/m, ''));
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
    expect(told(workspace.channel)).not.toMatch(/825 |t\.kr|Nord|slack_file/);
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

  /** What was posted that holds a text: pages and welcomes go their own way in between. */
  const posted = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = new URLSearchParams(await workspace.called('chat.postMessage')).get('blocks')?.replaceAll('\u00a0', ' ') ?? '';
      if (pattern.test(found)) return found;
    }
  };
  const writes = async (user: string, text: string, pattern: RegExp): Promise<string> => {
    const envelope = workspace.gateway.envelope({ type: 'message', channel_type: 'im', user, text, ts: '1.1', channel: direct, event_ts: '1.1' }, `Ev${Math.random()}`);
    await (kind === 'http' ? workspace.gateway.byHttp(service.url, 'events_api', envelope) : workspace.gateway.bySocket('events_api', envelope));
    return posted(pattern);
  };

  /** Pushes leave at the turn of a minute, and at a start. */
  const again = async (): Promise<void> => {
    await service.stop();
    service = await start();
  };

  it('a stranger asks for access, an analyst grants it in the chat, and from the next message on a change of role counts', async () => {
    const { guest, gone: analyst } = workspace.user;
    const people = join(dir, 'packs/hjemmepleje/people.yaml');
    await writeFile(people, (await readFile(people, 'utf8')).replace('analytiker: {', `analytiker: {slack: ${analyst}, `));
    await writes(guest, 'bed om adgang', /sendt til analyseenheden/);
    await again();
    expect(await posted(/beder om adgang/)).toContain('Gæst (guest@example.com) beder om adgang i Slack');
    const [, id = ''] = /(\d+): Gæst [^,]*, Slack/.exec(await writes(analyst, 'anmodninger', /Gæst [^,]*, Slack/)) ?? [];
    await writes(guest, `giv adgang ${id} til leder-syd`, /kender dig ikke|Overblik/);
    expect(await writes(guest, 'forbrug i Syd oktober 2026', /Overblik/)).not.toContain('kr.');
    await writes(analyst, `giv adgang ${id} til leder-syd`, /Gæst [^,]*har nu adgang i Slack som/);
    await again();
    await posted(/You have access/);
    expect(await writes(guest, 'spend in Syd October 2026', /Spend in Syd|spend/i)).toMatch(/DKK|kr/);
    await writes(guest, 'spend in Nord October 2026', /no access|don't have access|not have access/i);
    const before = await readFile(people, 'utf8');
    await writeFile(people, before.replace(/(leder-syd: .*)units: \[syd\]/, '$1units: [vest]'));
    await writes(guest, 'spend in Syd October 2026', /no access|don't have access|not have access/i);
    await writeFile(people, before);
    expect(await writes(guest, 'spend in Syd October 2026', /Spend in Syd|spend/i)).toMatch(/DKK|kr/);
  });
});
