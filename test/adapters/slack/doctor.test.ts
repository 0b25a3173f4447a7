import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { examineSlack, SCOPES, type SlackSetup } from '../../../adapters/slack/doctor.ts';
import type { Check, Examination } from '../../../src/ports.ts';
import { APP_TOKEN } from './gateway.ts';
import { openWorkspace, TOKEN, type Workspace } from './lab.ts';

describe('the doctor at Slack', () => {
  let workspace: Workspace;
  let team = '';
  const logged: string[] = [];
  const note = (event: string, fields?: unknown): void => void logged.push(`${event} ${JSON.stringify(fields ?? {})}`);

  beforeAll(async () => {
    workspace = await openWorkspace();
    team = (await workspace.bot.auth.test()).team_id ?? '';
  });
  afterEach(() => { workspace.gateway.fault(null); });
  afterAll(() => workspace.close());

  const look = async (change: Partial<SlackSetup> = {}): Promise<Examination> => {
    const examined = await examineSlack({ botToken: TOKEN, apiUrl: workspace.gateway.apiUrl, mode: { kind: 'socket', appToken: APP_TOKEN }, kept: [], now: () => new Date(), log: { info: note, warn: note, error: note }, ...change });
    for (const secret of [change.botToken ?? TOKEN, APP_TOKEN, 'canary']) expect(`${JSON.stringify(examined)} ${logged.join(' ')}`).not.toContain(secret);
    return examined;
  };
  const found = ({ checks }: Examination, what: string): Check | undefined => checks.find((check) => check.what === what);
  /** Slack's own answer, with what it says of the token's scopes. */
  const granted = (scopes: readonly string[]): void => workspace.gateway.fault((method) => (method === 'auth.test' ? { headers: { 'x-oauth-scopes': scopes.join(',') }, body: { ok: true, team: 'Kommune', team_id: team, user: 'overblik', user_id: 'U0OVERBLIK', bot_id: 'B0OVERBLIK' } } : null));

  it('knows the scopes the manifest asks for', async () => {
    const manifest = parse(await readFile('adapters/slack/manifest.yaml', 'utf8')) as { oauth_config: { scopes: { bot: string[] } } };
    expect([...SCOPES].sort()).toEqual([...manifest.oauth_config.scopes.bot].sort());
  });

  it('finds both tokens good, names the workspace, and hears its clock', async () => {
    granted(SCOPES);
    const examined = await look({ kept: [{ tenant: team, count: 7 }] });
    expect(examined.checks.map(({ state, what }) => [state, what])).toEqual([['ok', 'Slack token'], ['ok', 'Slack scopes'], ['ok', 'Slack workspace'], ['ok', 'Slack events']]);
    expect(found(examined, 'Slack token')?.found).toContain(`Kommune (${team})`);
    expect(Math.abs((examined.clock?.said.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(workspace.gateway.calls.map(({ method }) => method).sort()).toEqual(['apps.connections.open', 'auth.test']);
  });

  it('names each scope that is missing, and those that nothing needs', async () => {
    granted(SCOPES.filter((scope) => !['chat:write', 'im:history'].includes(scope)));
    expect(found(await look(), 'Slack scopes')).toMatchObject({ state: 'fail', found: 'chat:write, im:history are missing.', advice: expect.stringContaining('manifest.yaml') });
    granted([...SCOPES, 'channels:history']);
    expect(found(await look(), 'Slack scopes')).toMatchObject({ state: 'warn', found: expect.stringContaining('channels:history') });
    workspace.gateway.fault((method) => (method === 'auth.test' ? { body: { ok: true, team: 'Kommune', team_id: team } } : null));
    expect(found(await look(), 'Slack scopes')).toMatchObject({ state: 'warn', found: expect.stringContaining('did not say') });
  });

  it('tells when the kept addresses are of another workspace than the token', async () => {
    expect(found(await look({ kept: [{ tenant: 'T0OTHER', count: 9 }] }), 'Slack workspace')).toMatchObject({ state: 'fail', found: expect.stringContaining('9 of 9 addresses that are kept are of another workspace (T0OTHER)') });
    expect(found(await look({ kept: [{ tenant: 'T0OTHER', count: 2 }, { tenant: team, count: 5 }] }), 'Slack workspace')).toMatchObject({ state: 'warn', found: expect.stringContaining('2 of 7') });
  });

  it('tells a token that Slack does not know from one that was revoked, and an app-level token that is wrong', async () => {
    workspace.gateway.fault((method) => (method === 'auth.test' ? { body: { ok: false, error: 'invalid_auth' } } : null));
    expect(found(await look({ botToken: 'xoxb-canary' }), 'Slack token')).toMatchObject({ state: 'fail', found: expect.stringMatching(/is not valid; check SLACK_BOT_TOKEN \(invalid_auth\)/) });
    workspace.gateway.fault((method) => (method === 'auth.test' ? { body: { ok: false, error: 'token_revoked' } } : null));
    expect(found(await look(), 'Slack token')).toMatchObject({ state: 'fail', found: expect.stringContaining('was revoked') });
    workspace.gateway.fault(null);
    expect(found(await look({ mode: { kind: 'socket', appToken: 'xapp-canary' } }), 'Slack events')).toMatchObject({ state: 'fail', found: expect.stringMatching(/SLACK_APP_TOKEN/) });
  });

  it('says that only Slack can prove a signing secret', async () => {
    expect(found(await look({ mode: { kind: 'http' } }), 'Slack events')).toMatchObject({ state: 'note', found: expect.stringContaining('signing secret') });
  });

  it('says why when Slack is away, fails, limits, or answers with nonsense that repeats the token', async () => {
    workspace.gateway.fault(() => ({ drop: true }));
    expect(found(await look(), 'Slack token')).toMatchObject({ state: 'fail', found: expect.stringContaining('could not be reached') });
    workspace.gateway.fault(() => ({ status: 503, body: { error: 'xoxb-canary' } }));
    expect(found(await look(), 'Slack token')).toMatchObject({ state: 'fail' });
    workspace.gateway.fault(() => ({ status: 429, headers: { 'retry-after': '30' } }));
    expect(found(await look(), 'Slack token')).toMatchObject({ state: 'fail', found: expect.stringContaining('too many') });
    workspace.gateway.fault(() => ({ body: { ok: false, error: 'token xoxb-canary is bad' } }));
    expect(found(await look(), 'Slack token')).toMatchObject({ state: 'fail' });
    expect((await look({ apiUrl: 'http://127.0.0.1:1/' })).clock).toBeNull();
  });
});
