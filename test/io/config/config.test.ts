import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefinitionError, describeFault } from '../../../src/errors.ts';
import { readConfig, SECRET_SETTINGS } from '../../../src/io/config/config.ts';

const APP = '11111111-2222-4333-8444-555555555555';

/** The settings that are told to be wrong. */
function faultsOf(environment: Readonly<Record<string, string>>): string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    for (const value of Object.values(environment)) if (value.length > 8) for (const fault of error.faults) expect(`${fault.message} ${fault.hint}`).not.toContain(value);
    return error.faults.map(({ file }) => file);
  }
}

describe('settings', () => {
  it('none are needed: the demo, on this machine only', () => {
    expect(readConfig({})).toMatchObject({ host: '127.0.0.1', port: 3978, demo: true, slack: null, teams: null, databaseUrl: null, packRoots: ['digests'] });
  });

  it('an empty one counts as not set', () => {
    expect(readConfig({ SLACK_BOT_TOKEN: '', PORT: '' })).toMatchObject({ slack: null, port: 3978 });
  });

  it('Slack takes one of two ways, and the demo chat is off once a platform is connected', () => {
    expect(readConfig({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' })).toMatchObject({ demo: false, slack: { mode: { kind: 'socket', appToken: 'xapp-1' } } });
    expect(readConfig({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'abc' })).toMatchObject({ demo: false, slack: { mode: { kind: 'http', signingSecret: 'abc' } } });
    expect(readConfig({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', OVERBLIK_DEMO: 'true' })).toMatchObject({ demo: true });
  });

  it('the web chat takes a proxy that signs people in, on any address, and is then no demo', () => {
    expect(readConfig({ WEB_IDENTITY_HEADER: 'X-Forwarded-Email', TRUSTED_PROXIES: '10.0.0.1, 2001:db8::/32', PUBLIC_URL: 'https://overblik.example.dk/', HOST: '0.0.0.0' })).toMatchObject({
      demo: false, trustedProxies: ['10.0.0.1', '2001:db8::/32'], web: { identityHeader: 'X-Forwarded-Email', origin: 'https://overblik.example.dk' },
    });
  });

  it.each<[string, Record<string, string>]>([
    ['SLACK_BOT_TOKEN', { SLACK_BOT_TOKEN: 'xoxp-of-a-user' }],
    ['SLACK_BOT_TOKEN', { SLACK_BOT_TOKEN: 'xoxb-alone-in-here' }],
    ['SLACK_BOT_TOKEN', { SLACK_SIGNING_SECRET: 'alone-in-here' }],
    ['TEAMS_APP_PASSWORD', { TEAMS_APP_ID: APP }],
    ['TEAMS_APP_ID', { TEAMS_APP_PASSWORD: 'alone-in-here' }],
    ['TEAMS_APP_ID', { TEAMS_APP_ID: 'no-guid-at-all', TEAMS_APP_PASSWORD: 'alone-in-here' }],
    ['TEAMS_ANONYMOUS_TEST', { TEAMS_ANONYMOUS_TEST: 'true', HOST: '0.0.0.0' }],
    ['TEAMS_ANONYMOUS_TEST', { TEAMS_ANONYMOUS_TEST: 'true', TEAMS_APP_ID: APP, TEAMS_APP_PASSWORD: 'alone-in-here' }],
    ['OVERBLIK_DEMO', { HOST: '0.0.0.0' }],
    ['OVERBLIK_SECRET', { OVERBLIK_SECRET: 'too-short-it-is' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://someone:pass@there/db' }],
    ['PORT', { PORT: '70000' }],
    ['SLACK_ALLOWED_TEAMS', { SLACK_ALLOWED_TEAMS: 'kommune.slack.com' }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: '10.0.0.1,proxy.example' }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: '10.0.0.0/99' }],
    ['TRUSTED_PROXIES', { WEB_IDENTITY_HEADER: 'X-Forwarded-Email', PUBLIC_URL: 'https://overblik.example.dk' }],
    ['TRUSTED_PROXIES', { WEB_IDENTITY_HEADER: 'X-Forwarded-Email', PUBLIC_URL: 'https://overblik.example.dk', TRUSTED_PROXIES: '0.0.0.0/0' }],
    ['TRUSTED_PROXIES', { WEB_IDENTITY_HEADER: 'X-Forwarded-Email', PUBLIC_URL: 'https://overblik.example.dk', TRUSTED_PROXIES: '10.0.0.1,::/0' }],
    ['PUBLIC_URL', { WEB_IDENTITY_HEADER: 'X-Forwarded-Email', TRUSTED_PROXIES: '10.0.0.1' }],
    ['PUBLIC_URL', { WEB_IDENTITY_HEADER: 'X-Forwarded-Email', TRUSTED_PROXIES: '10.0.0.1', PUBLIC_URL: 'http://overblik.example.dk' }],
    ['OVERBLIK_DEMO', { WEB_IDENTITY_HEADER: 'X-Forwarded-Email', TRUSTED_PROXIES: '10.0.0.1', PUBLIC_URL: 'https://overblik.example.dk', OVERBLIK_DEMO: 'true' }],
    ['WEB_IDENTITY_HEADER', { WEB_IDENTITY_HEADER: 'X-Forwarded-Email: anna', TRUSTED_PROXIES: '10.0.0.1', PUBLIC_URL: 'https://overblik.example.dk' }],
    ['OVERBLIK_QUESTIONS_PER_MINUTE', { OVERBLIK_QUESTIONS_PER_MINUTE: '0' }],
    ['OVERBLIK_MEMORY_MB', { OVERBLIK_MEMORY_MB: 'plenty' }],
  ])('%s is told when it is wrong, without its value: %j', (name, environment) => { expect(faultsOf(environment)).toContain(name); });

  it('all of them are told in one go', () => {
    expect(faultsOf({ PORT: 'x', LOG_LEVEL: 'loud', DATABASE_URL: 'x' }).sort()).toEqual(['DATABASE_URL', 'LOG_LEVEL', 'PORT']);
  });

  it('the address of a database that can\'t be read is told with how a password is written in one, and without it', () => {
    const [fault] = ((): readonly object[] => { try { readConfig({ DATABASE_URL: 'postgres://overblik:hem@meligt@:x/state' }); return []; } catch (error) { return (error as DefinitionError).faults; } })();
    expect(JSON.stringify(fault)).toContain('signs such as @ in a password are written encoded, %40');
    expect(JSON.stringify(fault)).not.toContain('meligt');
  });

  it('packs may name settings made for them, and none of the service itself', () => {
    expect(readConfig({ OVERBLIK_TOWN_DATA: '/srv/data', OVERBLIK_DATA_DIR: 'var', OVERBLIK_PACKS: 'digests', OVERBLIK_SECRET_FILE: '' }).settings).toEqual({ OVERBLIK_TOWN_DATA: '/srv/data' });
  });

  it('.env.example explains every setting there is, and its values are the defaults', async () => {
    const text = await readFile('.env.example', 'utf8');
    const explained = [...text.matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value] as const);
    const source = await readFile('src/io/config/config.ts', 'utf8');
    const known = [...[...source.matchAll(/^ {2}([A-Z_]+): /gm)].map(([, name]) => name), ...SECRET_SETTINGS.map((name) => `${name}_FILE`)];
    expect(explained.map(([name]) => name).filter((name) => name !== 'OVERBLIK_REAL_DATA').sort()).toEqual(known.sort());
    const examples = ['PUBLIC_URL', 'DATABASE_URL'];
    expect(readConfig(Object.fromEntries(explained.filter(([name]) => !examples.includes(name))))).toEqual({ ...readConfig({}), settings: expect.anything() });
    expect(faultsOf(Object.fromEntries(explained))).toEqual([]);
  });
});

describe('a secret in a file', () => {
  const dir = mkdtempSync(join(tmpdir(), 'overblik-secrets-'));
  afterAll(() => { rmSync(dir, { recursive: true, force: true }); });
  const file = (name: string, content: string): string => {
    writeFileSync(join(dir, name), content);
    return join(dir, name);
  };
  const told = (environment: Readonly<Record<string, string>>): string => {
    try {
      return `nothing: ${JSON.stringify(readConfig(environment).slack)}`;
    } catch (error) {
      if (!(error instanceof DefinitionError)) throw error;
      return error.faults.map(describeFault).join('\n');
    }
  };
  const values: Record<(typeof SECRET_SETTINGS)[number], string> = {
    OVERBLIK_SECRET: 'canary-of-at-least-thirty-two-letters', DATABASE_URL: 'postgres://overblik:canary%20word@db.example.dk/overblik', SLACK_BOT_TOKEN: 'xoxb-canary', SLACK_SIGNING_SECRET: 'canary-signing',
    SLACK_APP_TOKEN: 'xapp-canary', TEAMS_APP_PASSWORD: 'canary-password',
  };
  const others = { TEAMS_APP_ID: APP, TEAMS_TENANT_ID: APP };

  it('counts as if it stood in the setting itself, for every secret there is', () => {
    const files = Object.fromEntries(SECRET_SETTINGS.map((name) => [`${name}_FILE`, file(name, `${values[name]}\n`)]));
    const fromFiles = readConfig({ ...others, ...files });
    expect(fromFiles).toEqual({ ...readConfig({ ...others, ...values }), settings: expect.anything() });
    expect(fromFiles).toMatchObject({ databaseUrl: values.DATABASE_URL, slack: { botToken: 'xoxb-canary', mode: { appToken: 'xapp-canary' } }, teams: { auth: { password: 'canary-password' } } });
  });

  it.each(['xoxb-1', 'xoxb-1\n', 'xoxb-1\r\n', '\uFEFFxoxb-1\r\n'])('ends where the secret ends, however an editor wrote it: %j', (content) => {
    expect(readConfig({ SLACK_BOT_TOKEN_FILE: file('token', content), SLACK_SIGNING_SECRET: 'abc' })).toMatchObject({ slack: { botToken: 'xoxb-1' } });
  });

  it('keeps spaces and line ends inside it, which may be part of a password', () => {
    expect(readConfig({ ...others, TEAMS_APP_PASSWORD_FILE: file('spaces', ' two words \n') }).teams).toMatchObject({ auth: { password: ' two words ' } });
  });

  it.each(SECRET_SETTINGS)('%s and its file at once is one mistake, which shows neither', (name) => {
    const message = told({ ...others, ...values, [`${name}_FILE`]: file('both', 'canary-in-the-file') });
    expect(message).toBe(`${name}_FILE: ${name} is set as well, so it is not clear which one counts. Remove one of the two.`);
  });

  it.each(SECRET_SETTINGS)('%s in a file that is not there is one mistake, with the setting and the path', (name) => {
    const path = join(dir, 'nowhere');
    expect(told({ ...others, ...values, [name]: '', [`${name}_FILE`]: path })).toBe(`${name}_FILE: The file ${path} can't be read (ENOENT). Mount it there, or mend the path.`);
  });

  it('a folder, an empty file and a wrong content are told, the content never', () => {
    mkdirSync(join(dir, 'folder'));
    expect(told({ SLACK_BOT_TOKEN_FILE: join(dir, 'folder') })).toContain(`The file ${join(dir, 'folder')} can't be read (EISDIR).`);
    expect(told({ SLACK_BOT_TOKEN_FILE: file('empty', '\n') })).toContain(`The file ${join(dir, 'empty')} is empty.`);
    const wrong = told({ SLACK_BOT_TOKEN_FILE: file('wrong', 'canary-without-its-beginning') });
    expect(wrong).toMatch(/^SLACK_BOT_TOKEN_FILE: The file holds a value that is not allowed\. .*xoxb-/);
    expect(wrong).not.toContain('canary');
  });

  it('who writes the secret itself where its path belongs does not see it printed', () => {
    for (const name of SECRET_SETTINGS) expect(told({ [`${name}_FILE`]: values[name] })).toMatch(new RegExp(`^${name}_FILE: The file it names \\(not shown, [^)]*\\) can't be read \\(ENOENT\\)\\.(?!.*canary)`));
  });

  it('is known to whoever writes a log, with the password of a connection string by itself', () => {
    expect(readConfig({ ...others, ...values }).secrets).toEqual([...Object.values(values), 'canary%20word', 'canary word']);
    expect(readConfig({}).secrets).toEqual([]);
  });
});
