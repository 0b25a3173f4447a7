import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { examineTeams } from '../../../adapters/teams/doctor.ts';
import type { Check, Examination } from '../../../src/ports.ts';

const APP = '11111111-2222-4333-8444-555555555555';
const TENANT = '99999999-2222-4333-8444-555555555555';
const PASSWORD = 'canary-password';

describe('the doctor at Entra', () => {
  type Answer = { readonly status: number; readonly body: string } | null;
  const asked: { path: string; form: URLSearchParams }[] = [];
  /** Entra's token endpoint, which knows one app and its password; a test may answer in its place. */
  let instead: (path: string) => Answer | undefined = () => undefined;
  let base = '';
  const entra = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '';
    let text = '';
    for await (const part of request) text += String(part);
    const form = new URLSearchParams(text);
    asked.push({ path, form });
    const answer = (status: number, body: object): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const other = instead(path);
    if (other === null) request.socket.destroy();
    else if (other !== undefined) response.writeHead(other.status, { 'content-type': 'application/json' }).end(other.body);
    else if (path.endsWith('/openidconfiguration')) answer(200, { issuer: 'https://api.botframework.com', jwks_uri: `${base}/keys` });
    else if (path !== `/${TENANT}/oauth2/v2.0/token`) answer(400, { error: 'invalid_tenant', error_codes: [90002] });
    else if (form.get('client_id') !== APP) answer(400, { error: 'unauthorized_client', error_codes: [700016] });
    else if (form.get('client_secret') !== PASSWORD) answer(401, { error: 'invalid_client', error_description: `AADSTS7000215: Invalid client secret provided: ${form.get('client_secret')}`, error_codes: [7000215] });
    else answer(200, { token_type: 'Bearer', expires_in: 3599, access_token: 'canary-token' });
  };
  const server: Server = createServer((request, response) => { void entra(request, response).catch(() => response.destroy()); });

  beforeAll(async () => {
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    asked.length = 0;
    instead = () => undefined;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => { server.close(resolve); });
  });

  const look = async ({ appId = APP, password = PASSWORD, tenant = TENANT as string | null, allowedTenants = [] as string[], at = base } = {}): Promise<Examination> => {
    const auth = { kind: 'bot' as const, appId, password, tenant, endpoints: { login: `${at}/${tenant ?? 'botframework.com'}`, openIdMetadata: `${at}/v1/.well-known/openidconfiguration` } };
    const examined = await examineTeams({ auth, allowedTenants, serviceUrls: ['https://smba.trafficmanager.net/'], now: () => new Date() });
    expect(JSON.stringify(examined)).not.toContain('canary');
    return examined;
  };
  const found = ({ checks }: Examination, what: string): Check | undefined => checks.find((check) => check.what === what);

  it('gets a token for the app as the bot would, does not show it, and hears Entra\'s clock', async () => {
    const examined = await look();
    expect(examined.checks.map(({ state, what }) => [state, what])).toEqual([['ok', 'Teams settings'], ['ok', 'Teams token'], ['ok', 'Teams keys']]);
    expect(Object.fromEntries(asked.find(({ path }) => path.includes('token'))?.form ?? [])).toEqual({ grant_type: 'client_credentials', client_id: APP, client_secret: PASSWORD, scope: 'https://api.botframework.com/.default' });
    expect(Math.abs((examined.clock?.said.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it.each<[string, Parameters<typeof look>[0], RegExp]>([
    ['a wrong password', { password: 'canary-wrong' }, /the client secret is wrong \(AADSTS7000215\)\..*not to its ID/],
    ['an unknown app', { appId: TENANT }, /does not know the app \(AADSTS700016\)\..*TEAMS_APP_ID/],
    ['an unknown tenant', { tenant: APP }, /no such tenant \(AADSTS90002\)\..*TEAMS_TENANT_ID/],
  ])('tells %s by what to mend, not by Entra\'s words', async (_name, change, told) => {
    const check = found(await look(change), 'Teams token');
    expect(check?.state).toBe('fail');
    expect(`${check?.found} ${check?.advice}`).toMatch(told);
  });

  it('tells an expired password, and a refusal it has no words for', async () => {
    instead = (path) => (path.includes('token') ? { status: 401, body: JSON.stringify({ error: 'invalid_client', error_codes: [7000222] }) } : undefined);
    expect(found(await look(), 'Teams token')).toMatchObject({ state: 'fail', found: expect.stringContaining('has expired') });
    instead = (path) => (path.includes('token') ? { status: 400, body: JSON.stringify({ error: 'canary', error_codes: [1], error_description: 'canary' }) } : undefined);
    expect(found(await look(), 'Teams token')).toMatchObject({ state: 'fail', found: expect.stringContaining('was refused (AADSTS1)') });
  });

  it('says why when Entra is away, fails, or something else answers in its place', async () => {
    instead = () => null;
    expect((await look()).checks).toEqual(expect.arrayContaining([expect.objectContaining({ state: 'fail', what: 'Teams token', found: expect.stringContaining('could not be reached') }), expect.objectContaining({ state: 'fail', what: 'Teams keys' })]));
    instead = () => ({ status: 502, body: 'canary' });
    expect(found(await look(), 'Teams token')).toMatchObject({ state: 'fail', found: 'Entra gave no token (502).' });
    instead = () => ({ status: 200, body: '<html>canary, please log in</html>' });
    expect((await look()).checks.map(({ state }) => state)).toEqual(['ok', 'fail', 'fail']);
    expect(found(await look({ at: 'http://127.0.0.1:1' }), 'Teams token')?.advice).toContain('127.0.0.1:1');
  });

  it('tells when nobody may write, and when no identity is checked', async () => {
    expect(found(await look({ tenant: null }), 'Teams settings')).toMatchObject({ state: 'fail', found: 'No tenant is allowed to write to the bot.' });
    const open = await examineTeams({ auth: { kind: 'anonymous-test', boundTo: '127.0.0.1' }, allowedTenants: [TENANT], serviceUrls: ['https://smba.trafficmanager.net/'], now: () => new Date() });
    expect(open.checks).toEqual([expect.objectContaining({ state: 'ok' }), expect.objectContaining({ state: 'warn', what: 'Teams token' })]);
    expect(asked.filter(({ form }) => [...form.keys()].length === 0 && form.get('client_id') !== null)).toEqual([]);
  });
});
