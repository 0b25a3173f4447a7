import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../src/cli.ts';
import { systemClock } from '../src/io/clock/clock.ts';
import { doctorCommand } from '../src/doctor.ts';
import { readConfig, SECRET_SETTINGS } from '../src/io/config/config.ts';
import { createLog } from '../src/io/log/log.ts';
import { serve } from '../src/service.ts';
import { APP_TOKEN } from './adapters/slack/gateway.ts';
import { openWorkspace, type Workspace } from './adapters/slack/lab.ts';
import { writeSmallPack } from './packs/written.ts';

const dir = mkdtempSync(join(tmpdir(), 'overblik-doctor-'));
afterAll(() => rm(dir, { recursive: true, force: true }));

interface Outcome { readonly code: number; readonly out: string; readonly err: string }
const CONSOLE = ['log', 'info', 'warn', 'error', 'debug'] as const;

/** Whatever is printed while `work` runs, by anyone: by the command to its terminal, or by a library past it. */
async function printed(work: (out: (text: string) => void, err: (text: string) => void) => Promise<number>): Promise<Outcome> {
  const [out, err]: [string[], string[]] = [[], []];
  const took = (...parts: unknown[]): true => { err.push(parts.map(String).join(' ')); return true; };
  const [stdout, stderr] = [process.stdout.write, process.stderr.write];
  const said = CONSOLE.map((name) => console[name]);
  Object.assign(process.stdout, { write: took });
  Object.assign(process.stderr, { write: took });
  for (const name of CONSOLE) console[name] = took;
  try {
    const code = await work((text) => { out.push(text); }, took);
    return { code, out: out.join('\n'), err: err.join('\n') };
  } finally {
    Object.assign(process.stdout, { write: stdout });
    Object.assign(process.stderr, { write: stderr });
    CONSOLE.forEach((name, i) => { console[name] = said[i] ?? console[name]; });
  }
}

const doctor = (environment: Readonly<Record<string, string>>, ...first: string[]): Promise<Outcome> =>
  printed((out, err) => run([...first, 'doctor'], { environment: { OVERBLIK_DATA_DIR: join(dir, 'var'), PORT: '0', ...environment }, out, err, ended: Promise.resolve(), clock: systemClock }));

const lines = ({ out }: Outcome, state: string): string[] => out.split('\n').filter((line) => line.startsWith(state)).map((line) => line.slice(6));

describe('overblik doctor', () => {
  it('with nothing configured says what is in order and what is not connected, makes nothing, and is content', async () => {
    const told = await doctor({});
    expect(told).toMatchObject({ code: 0, err: '' });
    expect(lines(told, 'ok').map((line) => line.split(/ {2,}/)[0])).toEqual(['settings', 'packs', 'fonts', 'data folder', 'loading folder', 'temporary folder', 'port']);
    expect(lines(told, 'note').map((line) => line.split(/ {2,}/)[0])).toEqual(['database', 'Slack', 'Teams', 'clock']);
    expect(told.out).toMatch(/SLACK_BOT_TOKEN connects it/);
    expect(told.out.split('\n').at(-1)).toBe('7 in order, 0 to look at, 0 wrong.');
    expect(await readdir(dir)).toEqual([]);
  });

  it('tells when another program has the port, or the address is none of this machine', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => { other.listen(0, '127.0.0.1', resolve); });
    const { port } = other.address() as AddressInfo;
    const told = await doctor({ PORT: String(port) });
    other.close();
    expect(told.code).toBe(3);
    expect(lines(told, 'fail')).toEqual([expect.stringMatching(new RegExp(`^port +${port} on 127\\.0\\.0\\.1 is taken by another program\\. End it, or set PORT to another\\.`))]);
    expect(lines(await doctor({ HOST: '192.0.2.1', OVERBLIK_DEMO: 'false' }), 'fail')).toEqual([expect.stringMatching(/^port +192\.0\.2\.1 is no address of this machine\. Mend HOST\./)]);
  });

  it('tells wrong settings one by one, and answers 1', async () => {
    const told = await doctor({ PORT: 'many', SLACK_BOT_TOKEN: 'canary-token' });
    expect(told.code).toBe(1);
    expect(lines(told, 'fail').map((line) => line.split(/ {2,}/)[1])).toEqual([expect.stringMatching(/^PORT: /), expect.stringMatching(/^SLACK_BOT_TOKEN: /)]);
    expect(told.out).toMatch(/note {2}all else .*not looked at/);
    expect(told.out).not.toContain('canary');
  });

  it('tells a pack with mistakes, and answers 1', async () => {
    mkdirSync(join(dir, 'packs', 'skole'), { recursive: true });
    writeFileSync(join(dir, 'packs', 'skole', 'pack.yaml'), 'pack: {title: Skole}\nmesures: {}\n');
    const told = await doctor({}, '--packs', join(dir, 'packs'));
    expect(told.code).toBe(1);
    expect(lines(told, 'fail')).toEqual([expect.stringMatching(/^packs .*mistakes?, the first: .*pack\.yaml:\d+:\d+: .*'overblik check' shows them all\./)]);
  });

  it('looks at all the rest when one thing can not even be looked at, or was left half-written', async () => {
    mkdirSync(join(dir, 'odd', 'skole', 'pack.yaml'), { recursive: true });
    mkdirSync(join(dir, 'torn'));
    writeFileSync(join(dir, 'torn', 'service.json'), '{"url":');
    const told = await doctor({ OVERBLIK_DATA_DIR: join(dir, 'torn'), OVERBLIK_PACKS: join(dir, 'odd') });
    expect(told.code).toBeGreaterThan(0);
    expect(lines(told, 'fail').map((line) => line.split(/ {2,}/)[0])).toEqual(['packs']);
    expect(lines(told, 'ok').map((line) => line.split(/ {2,}/)[0])).toEqual(['settings', 'fonts', 'data folder', 'loading folder', 'temporary folder', 'port']);
  });

  it('at the embedded database asks the service while it runs, and looks for itself when it does not', async () => {
    const { root } = writeSmallPack();
    const environment = { OVERBLIK_DATA_DIR: join(dir, 'running'), OVERBLIK_PACKS: root, PORT: '0' };
    const service = await serve(readConfig(environment), { now: () => new Date('2026-11-23T12:00:00Z') }, createLog('silent'));
    try {
      const told = await doctor(environment);
      expect(told.code).toBe(0);
      expect(lines(told, 'ok')).toContainEqual(expect.stringMatching(/^database +embedded; the service that runs at http:\/\/127\.0\.0\.1:\d+\/? has it and is ready\.$/));
    } finally {
      await service.stop();
    }
    const told = await doctor(environment);
    expect(told.code).toBe(0);
    expect(lines(told, 'ok').filter((line) => line.startsWith('database'))).toHaveLength(3);
    await rm(dirname(root), { recursive: true });
  });
});

describe('with platforms', () => {
  let workspace: Workspace;
  let entra: Server;
  let login = '';
  /** Repeats whatever it is sent, as a platform's error might. */
  let rude = false;

  beforeAll(async () => {
    workspace = await openWorkspace();
    entra = createServer((request, response) => {
      let text = '';
      request.on('data', (part) => { text += String(part); });
      request.on('end', () => {
        response.writeHead(rude ? 401 : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(rude ? { error: text, error_description: text, error_codes: [7000215] } : { access_token: 'canary-access', jwks_uri: 'x' }));
      });
    });
    await new Promise<void>((resolve) => { entra.listen(0, '127.0.0.1', resolve); });
    login = `http://127.0.0.1:${(entra.address() as AddressInfo).port}/tenant`;
  });
  afterEach(() => {
    rude = false;
    workspace.gateway.fault(null);
  });
  afterAll(async () => {
    entra.closeAllConnections();
    await new Promise((resolve) => { entra.close(resolve); });
    await workspace.close();
  });

  const ID = '11111111-2222-4333-8444-555555555555';
  const secrets: Record<(typeof SECRET_SETTINGS)[number], string> = {
    OVERBLIK_SECRET: 'canary-of-at-least-thirty-two-letters', DATABASE_URL: 'postgres://overblik:canary-password@127.0.0.1:1/overblik', SLACK_BOT_TOKEN: 'xoxb-canary-bot', SLACK_SIGNING_SECRET: 'canary-signing',
    SLACK_APP_TOKEN: APP_TOKEN, TEAMS_APP_PASSWORD: 'canary-teams',
  };
  const base = (): Record<string, string> => ({ OVERBLIK_DATA_DIR: join(dir, 'platforms'), SLACK_API_URL: workspace.gateway.apiUrl, TEAMS_APP_ID: ID, TEAMS_TENANT_ID: ID, LOG_LEVEL: 'debug', PUBLIC_URL: 'https://overblik.example.dk' });
  /** As the command does it, but with the stand-in for Entra, and a clock that may be wrong. */
  const look = (environment: Readonly<Record<string, string>>, shiftMs = 0): Promise<Outcome> => printed((out, err) => doctorCommand(() => {
    const config = readConfig(environment);
    return { config, log: createLog(config.logLevel, { write: err }, config.secrets) };
  }, { now: () => new Date(Date.now() + shiftMs) }, { out }, { login, openIdMetadata: `${login}/keys` }));

  const shown = (outcome: Outcome): string[] => [...Object.values(secrets), 'canary'].filter((secret) => outcome.out.includes(secret) || outcome.err.includes(secret));

  it('a set-up where all is well but the database answers 3, and shows no secret', async () => {
    const outcome = await look({ ...base(), ...secrets });
    expect(outcome.code).toBe(3);
    expect(lines(outcome, 'fail')).toEqual([expect.stringMatching(/^database +PostgreSQL can't be reached \(ECONNREFUSED\)\./)]);
    expect(lines(outcome, 'ok').map((line) => line.split(/ {2,}/)[0])).toEqual(expect.arrayContaining(['Slack token', 'Slack events', 'Teams settings', 'Teams token', 'Teams keys', 'clock']));
    expect(shown(outcome)).toEqual([]);
  });

  it('nor when the secrets come from files', async () => {
    const files = Object.fromEntries(Object.entries(secrets).map(([name, value]) => {
      writeFileSync(join(dir, name), `${value}\n`);
      return [`${name}_FILE`, join(dir, name)];
    }));
    const outcome = await look({ ...base(), ...files });
    expect(lines(outcome, 'ok').map((line) => line.split(/ {2,}/)[0])).toEqual(expect.arrayContaining(['Slack token', 'Slack events', 'Teams token']));
    expect(shown(outcome)).toEqual([]);
  });

  it('nor when every platform refuses and repeats what it was sent', async () => {
    rude = true;
    const repeated = Object.values(secrets).join(' ');
    for (const fault of [
      { status: 401, body: { ok: false, error: repeated } }, { status: 200, body: { ok: false, error: 'invalid_auth', response_metadata: { messages: [repeated], warnings: [repeated] } } }, { status: 500, body: { error: repeated } },
      { status: 200, headers: { 'x-oauth-scopes': `chat:write,${secrets.SLACK_BOT_TOKEN}` }, body: { ok: true, team: repeated, team_id: 'T1', user: secrets.TEAMS_APP_PASSWORD } }, { drop: true },
    ]) {
      workspace.gateway.fault(() => fault);
      const outcome = await look({ ...base(), ...secrets });
      expect(outcome.code).toBe(3);
      expect(lines(outcome, 'fail').length).toBeGreaterThanOrEqual(3);
      expect(shown(outcome)).toEqual([]);
    }
  });

  it.each(SECRET_SETTINGS)('nor when %s is the one that is wrong, through the command itself', async (name) => {
    // Without Teams: the command asks Microsoft, and a test asks nobody outside.
    const environment = { ...base(), ...secrets, TEAMS_APP_ID: name === 'TEAMS_APP_PASSWORD' ? ID : '', TEAMS_APP_PASSWORD: '', [name]: 'canary' };
    const outcome = await doctor(name === 'TEAMS_APP_PASSWORD' ? { ...environment, PORT: 'canary' } : environment);
    expect(outcome.code).toBe(name === 'SLACK_SIGNING_SECRET' ? 3 : 1);
    expect(shown(outcome)).toEqual([]);
  });

  it.each([['serve'], ['worker'], ['status'], ['backup', join(dir, 'state.backup')], ['questions'], ['audit', '--verify']])('nor does any other command that fails: %s', async (...command) => {
    const { root } = writeSmallPack();
    const outcome = await printed((out, err) => run(command, { environment: { ...base(), ...secrets, OVERBLIK_PACKS: root, OVERBLIK_DATABASE_WAIT_SECONDS: '0' }, out, err, ended: Promise.resolve(), clock: systemClock }));
    expect(outcome.code).toBe(3);
    expect(outcome.err).toContain('the store');
    expect(shown(outcome)).toEqual([]);
    await rm(dirname(root), { recursive: true });
  });

  it('warns of a clock that is off, either way, by whose it is', async () => {
    const ahead = await look({ ...base(), ...secrets }, 5 * 60_000);
    expect(lines(ahead, 'warn').filter((line) => line.startsWith('clock'))).toEqual([expect.stringMatching(/ is (?:29\d|300) s ahead of that of Slack\. Set it by NTP/), expect.stringMatching(/ ahead of that of Entra\./)]);
    const behind = await look({ ...base(), ...secrets }, -5 * 60_000);
    expect(lines(behind, 'warn').filter((line) => line.startsWith('clock'))).toEqual([expect.stringMatching(/ is (?:29\d|300) s behind that of Slack\./), expect.stringMatching(/ behind that of Entra\./)]);
    const near = await look({ ...base(), ...secrets }, 20_000);
    expect(lines(near, 'warn').filter((line) => line.startsWith('clock'))).toEqual([]);
  });

  it('warns of what Teams needs to show pictures', async () => {
    const outcome = await look({ ...base(), TEAMS_APP_PASSWORD: secrets.TEAMS_APP_PASSWORD, PUBLIC_URL: '' });
    expect(lines(outcome, 'warn').filter((line) => line.startsWith('settings'))).toEqual([expect.stringContaining('PUBLIC_URL is not set'), expect.stringContaining('OVERBLIK_SECRET is not set')]);
  });
});
