import { createHmac } from 'node:crypto';
import { openLab, TENANT, type Lab } from './fixtures/lab.ts';
import { APP, inSeconds } from './fixtures/microsoft.ts';

/** Who may write to the Teams endpoint. Each row is one request; all else in it is as Teams sends it. */
let lab: Lab;
const { error: printing } = console;
beforeAll(async () => {
  // The library prints each bad token's fault past the log.
  console.error = (...parts: unknown[]) => void lab.lines.push(parts.map(String).join(' '));
  lab = await openLab();
});
afterAll(async () => {
  await lab.close();
  console.error = printing;
});
beforeEach(() => {
  lab.came.length = 0;
  lab.lines.length = 0;
});

const STRANGER = '99999999-1111-4111-8111-111111111111';
const SECRET = 'hemmelig-tekst';
const from = (tenant: string): object => ({ conversation: { id: 'a:x', conversationType: 'personal', tenantId: tenant }, channelData: { tenant: { id: tenant } } });
/** Answers that say why in general, and nothing of what was sent or of the house. */
const QUIET = /^\{"error":(?:"[A-Z][^"{}]{10,60}"|\{"status":\d+,"message":"[A-Z][^"{}]{10,80}"\})\}$/;
let count = 0;
const isHeard = async (): Promise<string[]> => {
  expect((await lab.post(lab.activity(`bagefter ${count += 1}`), lab.bearer())).status).toBe(200);
  while (!lab.came.some(({ text }) => text === `bagefter ${count}`)) await new Promise((resolve) => { setImmediate(resolve); });
  return lab.came.map(({ text }) => text);
};

type Row = [what: string, authorization: () => string | null, activity?: () => object];

describe.each<[number, string, Row[]]>([
  [401, 'whose token is not the channel\'s for this bot', [
    ['without a token', () => null],
    ['with an empty one', () => 'Bearer '],
    ['with garbage', () => 'Bearer abc'],
    ['with garbage of three parts', () => 'Bearer YWJj.ZGVm.Z2hp'],
    ['by another scheme', () => 'Basic YWJjOmRlZg=='],
    ['with two tokens', () => `${lab.bearer()}, ${lab.bearer()}`],
    ['of another issuer', () => lab.bearer({ iss: 'https://evil.example' })],
    ['of Entra instead of the channel', () => lab.bearer({ iss: `https://sts.windows.net/${TENANT}/`, appid: APP.id, ver: '1.0' })],
    ['of another bot', () => lab.bearer({ aud: '99999999-2222-4333-8444-555555555555' })],
    ['of no audience', () => lab.bearer({ aud: undefined })],
    ['of many audiences, not this one', () => lab.bearer({ aud: ['https://api.botframework.com', STRANGER] })],
    ['for another service URL', () => lab.bearer({ serviceurl: 'https://smba.example/other' })],
    ['for no service URL', () => lab.bearer({ serviceurl: undefined })],
    ['expired ten minutes ago', () => lab.bearer({ exp: inSeconds(-600), nbf: inSeconds(-4000) })],
    ['that never expires', () => lab.bearer({ exp: undefined })],
    ['from the future', () => lab.bearer({ nbf: inSeconds(3600), exp: inSeconds(7200) })],
    ['with an unknown key', () => lab.bearer({}, { keyId: 'nobody' })],
    ['signed by a stranger under a known key\'s name', () => lab.bearer({}, { signer: 'stranger' })],
    ['without a signature', () => lab.bearer({}, { algorithm: 'none' })],
    ['signed with the public key as a secret', () => lab.bearer({}, { algorithm: 'HS256' })],
    ['altered on the way', () => lab.bearer().replace(/\.(.)/, (_part, first: string) => `.${first === 'e' ? 'f' : 'e'}`)],
    ['with claims that are none', () => `Bearer ${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${Buffer.from('null').toString('base64url')}.eA`],
    ['with the signature of another', () => lab.bearer().replace(/[^.]+$/, createHmac('sha256', 'x').update('y').digest('base64url'))],
    ['for a channel its key does not vouch for', () => lab.bearer(), () => ({ channelId: 'webchat' })],
    ['by the way in of the emulator', () => lab.bearer({ iss: 'https://login.microsoftonline.com/d6d49420-f39b-4df7-a1dc-d59a935871db/v2.0', appid: APP.id, ver: '2.0' }), () => ({ channelId: 'emulator' })],
    ['by the way in of AseChannel', () => lab.bearer(), () => ({ channelId: 'AseChannel' })],
  ]],
  [403, 'that has the channel\'s token, and is of somebody else', [
    ['of another tenant', () => lab.bearer(), () => from(STRANGER)],
    ['of another tenant in disguise', () => lab.bearer(), () => ({ channelData: { tenant: { id: STRANGER } } })],
    ['of another tenant in the other disguise', () => lab.bearer(), () => ({ conversation: { id: 'a:x', conversationType: 'personal', tenantId: STRANGER } })],
    ['of no tenant', () => lab.bearer(), () => ({ conversation: { id: 'a:x', conversationType: 'personal' }, channelData: {} })],
    ['of another tenant in a channel it shares with us', () => lab.bearer(), () => ({ ...from(STRANGER), conversation: { id: '19:x@thread.tacv2', conversationType: 'channel', tenantId: STRANGER } })],
    ['of another tenant that presses a button', () => lab.bearer(), () => ({ ...from(STRANGER), value: { ask: SECRET } })],
    ['of another tenant that installs the bot', () => lab.bearer(), () => ({ ...from(STRANGER), type: 'installationUpdate', action: 'add' })],
    ['of another tenant that runs an action', () => lab.bearer(), () => ({ ...from(STRANGER), type: 'invoke', name: 'adaptiveCard/action', value: { action: { data: { ask: SECRET } } } })],
    ['with a service URL that is not Teams\'', () => lab.bearer({ serviceurl: 'https://evil.example/' }), () => ({ serviceUrl: 'https://evil.example/' })],
    ['with one that only begins like Teams\'', () => lab.bearer({ serviceurl: `${lab.serviceUrl}.evil.example/` }), () => ({ serviceUrl: `${lab.serviceUrl}.evil.example/` })],
    ['with one that holds a password', () => lab.bearer({ serviceurl: lab.serviceUrl.replace('//', '//a:b@') }), () => ({ serviceUrl: lab.serviceUrl.replace('//', '//a:b@') })],
  ]],
  [400, 'that is no activity', [
    ['with nothing in it', () => lab.bearer(), () => ({ type: undefined })],
    ['from nobody', () => lab.bearer(), () => ({ from: undefined })],
    ['with a service URL that is none', () => lab.bearer(), () => ({ serviceUrl: 'teams' })],
  ]],
])('%i for one %s', (status, _kind, rows) => {
  it.each<Row>(rows)('%s', async (_what, authorization, activity = () => ({})) => {
    const answer = await lab.post(lab.activity(SECRET, activity()), authorization());
    expect(answer).toEqual({ status, body: expect.stringMatching(QUIET) });
    expect(await isHeard()).toEqual([`bagefter ${count}`]);
    const log = lab.lines.join();
    for (const word of [SECRET, STRANGER, 'evil.example', 'eyJ']) expect(log).not.toContain(word);
  });
});

describe('so that the refusals mean something, these are heard', () => {
  it.each<Row>([
    ['the channel\'s token', () => lab.bearer()],
    ['one that expired four minutes ago: clocks differ', () => lab.bearer({ exp: inSeconds(-240), nbf: inSeconds(-4000) })],
    ['the tenant in capitals', () => lab.bearer(), () => from(TENANT.toUpperCase())],
    ['a path below the service URL', () => lab.bearer({ serviceurl: `${lab.serviceUrl}/emea/` }), () => ({ serviceUrl: `${lab.serviceUrl}/emea/` })],
  ])('%s', async (what, authorization, activity = () => ({})) => {
    expect((await lab.post(lab.activity(what, activity()), authorization())).status).toBe(200);
    expect(await isHeard()).toEqual([what, `bagefter ${count}`]);
  });

  it('the same request three times, token and all: once', async () => {
    const [caught, token] = [lab.activity('fanget'), lab.bearer()];
    for (let i = 0; i < 3; i += 1) expect((await lab.post(caught, token)).status).toBe(200);
    expect(await isHeard()).toEqual(['fanget', `bagefter ${count}`]);
  });
});

describe('what is too much or no JSON', () => {
  it('is refused, with a token; without one it is not even read', async () => {
    const large = lab.activity('x'.repeat(1_100_000));
    expect((await lab.post(large, lab.bearer())).status).toBe(413);
    expect((await lab.post(large, null)).status).toBe(401);
    expect((await lab.post('{"text": 010190', lab.bearer())).status).toBe(400);
    expect((await lab.post('{"text": 010190', null)).status).toBe(401);
    expect((await lab.post(lab.activity('x'), lab.bearer(), { 'content-type': 'text/plain' })).status).toBe(400);
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) expect((await fetch(`${lab.url}/api/messages`, { method })).status).toBe(404);
    expect(lab.came).toEqual([]);
  });
});
