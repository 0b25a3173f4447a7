import { readFile } from 'node:fs/promises';
import { DefinitionError } from '../../../src/errors.ts';
import { readConfig } from '../../../src/io/config/config.ts';

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

  it('.env.example explains every setting there is, and its values are the defaults', async () => {
    const text = await readFile('.env.example', 'utf8');
    const explained = [...text.matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value] as const);
    const source = await readFile('src/io/config/config.ts', 'utf8');
    const known = [...source.matchAll(/^ {2}([A-Z_]+): /gm)].map(([, name]) => name);
    expect(explained.map(([name]) => name).filter((name) => name !== 'OVERBLIK_REAL_DATA').sort()).toEqual(known.sort());
    const examples = ['PUBLIC_URL', 'DATABASE_URL'];
    expect(readConfig(Object.fromEntries(explained.filter(([name]) => !examples.includes(name))))).toEqual({ ...readConfig({}), settings: expect.anything() });
    expect(faultsOf(Object.fromEntries(explained))).toEqual([]);
  });
});
