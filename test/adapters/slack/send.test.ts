import { inspect } from 'node:util';
import { ServiceError } from '../../../src/errors.ts';
import type { Address } from '../../../src/ports.ts';
import { sampleMessage } from '../web/sample.ts';
import { TEAM } from './gateway.ts';
import { openLab, start, TOKEN, type Lab } from './lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab('http');
  await start(lab);
});
afterAll(() => lab.close());
beforeEach(() => {
  lab.gateway.fault(null);
  lab.gateway.calls.length = 0;
});

const to = (): Address => ({ platform: 'slack', tenant: '', conversation: lab.channel, thread: null, user: lab.user.anna, serviceUrl: '', bot: '' });
const calls = (method: string): string[] => lab.gateway.calls.filter((call) => call.method === method).map(({ body }) => body);
const types = (body: string): string[] => (JSON.parse(new URLSearchParams(body).get('blocks') ?? '[]') as { type: string }[]).map(({ type }) => type);
const failure = async (): Promise<ServiceError> => {
  const error: unknown = await lab.slack.send(to(), sampleMessage('da')).then(() => null, (reason: unknown) => reason);
  if (!(error instanceof ServiceError)) throw new Error(`no ServiceError: ${String(error)}`);
  // Neither in the words nor anywhere in what the library left in the causes.
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(TOKEN);
  expect(error.message).not.toContain('410');
  return error;
};

describe('sending to Slack', () => {
  it('one attempt is one request: who tries again is decided elsewhere', async () => {
    lab.gateway.fault((method) => (method === 'chat.postMessage' ? { status: 429, headers: { 'retry-after': '17' } } : null));
    expect(await failure()).toMatchObject({ final: false, retryAfterMs: 17_000, mayHaveArrived: false });
    expect(calls('chat.postMessage')).toHaveLength(1);
  });

  it.each<[string, { status?: number; body?: unknown; drop?: boolean }, Partial<ServiceError>]>([
    ['a failing server, which may have sent it first', { status: 500, body: {} }, { final: false, mayHaveArrived: true }],
    ['a gateway without a server', { status: 502, body: {} }, { final: false, mayHaveArrived: true }],
    ['a busy server', { status: 503, body: {} }, { final: false, mayHaveArrived: true }],
    ['a gateway that gave up waiting', { status: 504, body: {} }, { final: false, mayHaveArrived: true }],
    ['a connection that breaks', { drop: true }, { final: false, mayHaveArrived: true }],
    ['an error inside Slack, which may have sent it all the same', { body: { ok: false, error: 'internal_error' } }, { final: false, mayHaveArrived: true }],
    ['a moment without Slack, which may have sent it first', { body: { ok: false, error: 'service_unavailable' } }, { final: false, mayHaveArrived: true }],
    ['a channel that is gone', { body: { ok: false, error: 'channel_not_found' } }, { final: true }],
    ['a channel without the bot', { body: { ok: false, error: 'not_in_channel' } }, { final: true }],
    ['a revoked token', { body: { ok: false, error: 'token_revoked' } }, { final: true }],
    ['a word never heard, which may pass', { body: { ok: false, error: 'brand_new_refusal' } }, { final: false, unclear: true, mayHaveArrived: false }],
    ['the page of a proxy', { status: 403, headers: { 'content-type': 'text/html' }, body: '<html>Forbidden</html>' } as never, { final: false, unclear: true, mayHaveArrived: false }],
  ])('%s', async (_what, fault, expected) => {
    lab.gateway.fault((method) => (method === 'chat.postMessage' ? fault : null));
    expect(await failure()).toMatchObject(expected);
    expect(calls('chat.postMessage')).toHaveLength(1);
  });

  const owed = { key: 'k'.repeat(32), until: new Date('2100-01-01') };
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['has become a guest', { is_restricted: true }, /guest/], ['has become a guest of one channel', { is_ultra_restricted: true }, /guest/],
    ['has left, whose account is closed', { deleted: true }, /closed/], ['is of another organisation now', { team_id: 'T0OTHER' }, /not of the organisation/], ['is a bot', { is_bot: true }, /bot/],
  ])('a page owed to someone who %s does not leave, and fails for good', async (_who, change, reason) => {
    const user = `U0${Object.keys(change).join('').toUpperCase()}`;
    lab.gateway.fault((method) => (method === 'users.info' ? { body: { ok: true, user: { id: user, team_id: TEAM, deleted: false, profile: {}, ...change } } } : null));
    await expect(lab.slack.send({ ...to(), user }, sampleMessage('da'), owed)).rejects.toMatchObject({ final: true, message: expect.stringMatching(reason) });
    expect(lab.gateway.calls.map(({ method }) => method)).toEqual(['users.info']);
  });

  it('a page owed to someone of the organisation leaves, also from a worker that only sends; a channel is nobody\'s account', async () => {
    const worker = await openLab('http');
    try {
      expect(await worker.slack.send({ ...to(), conversation: worker.channel, user: worker.user.anna }, sampleMessage('da'), owed)).toMatchObject({ messageId: expect.any(String) });
      worker.gateway.calls.length = 0;
      expect(await worker.slack.send({ ...to(), conversation: worker.channel, user: '' }, sampleMessage('da'), owed)).toMatchObject({ messageId: expect.any(String) });
      expect(worker.gateway.calls.map(({ method }) => method)).not.toContain('users.info');
    } finally {
      await worker.close();
    }
  });

  it('waits until Slack has looked at the picture', async () => {
    let looks = 0;
    lab.gateway.fault((method) => (method === 'files.info' && ++looks < 4 ? { body: { ok: true, file: { id: 'F1', mimetype: '' } } } : null));
    expect(await lab.slack.send(to(), sampleMessage('da'))).toMatchObject({ pictureSent: true });
    expect(looks).toBe(4);
  });

  it.each<[string, string, { status?: number; body?: unknown }]>([
    ['never is ready', 'files.info', { body: { ok: true, file: { id: 'F1', mimetype: '' } } }],
    ['is not taken', 'files.getUploadURLExternal', { body: { ok: false, error: 'storage_limit_reached' } }],
    ['breaks on the way', 'files.completeUploadExternal', { status: 500, body: {} }],
  ])('a picture that %s is left out, and its finding stands in words', async (_what, method, fault) => {
    lab.gateway.fault((called) => (called === method ? fault : null));
    expect(await lab.slack.send(to(), sampleMessage('da'))).toMatchObject({ pictureSent: false });
    const [body = ''] = calls('chat.postMessage');
    expect(types(body)).not.toContain('image');
    expect(body).toContain(encodeURIComponent('4,71').replaceAll('%20', '+'));
    expect(lab.logged.at(-1)).toContain('slack.picture-left-out');
  });

  const withSheet = () => ({ ...sampleMessage('da'), png: null, sheet: { name: 'Forbrug.xlsx', bytes: Uint8Array.of(0x50, 0x4b, 1, 2) } });

  it('a spreadsheet goes into the same conversation as a file', async () => {
    await lab.slack.send(to(), withSheet());
    const [asked = ''] = calls('files.getUploadURLExternal');
    const [done = ''] = calls('files.completeUploadExternal');
    expect(new URLSearchParams(asked).get('filename')).toBe('Forbrug.xlsx');
    expect(new URLSearchParams(done).get('channel_id')).toBe(lab.channel);
  });

  it('a spreadsheet that is not taken is said, and the answer stands', async () => {
    lab.gateway.fault((method) => (method === 'files.completeUploadExternal' ? { body: { ok: false, error: 'storage_limit_reached' } } : null));
    expect(await lab.slack.send(to(), withSheet())).toMatchObject({ messageId: expect.any(String) });
    expect(new URLSearchParams(calls('chat.postMessage').at(-1)).get('text')).toContain('Excel-filen kunne ikke sendes');
    expect(lab.logged.at(-1)).toContain('slack.sheet-left-out');
  });

  it('what Slack refuses is sent plainer: first without the picture, then without the table, at last as text', async () => {
    const refused: string[][] = [];
    lab.gateway.fault((method, body) => {
      if (method !== 'chat.postMessage' || types(body).length === 0) return null;
      refused.push(types(body));
      return { body: { ok: false, error: 'invalid_blocks' } };
    });
    expect(await lab.slack.send(to(), sampleMessage('da'))).toMatchObject({ pictureSent: false, messageId: expect.any(String) });
    expect(refused.map((blocks) => [blocks.includes('image'), blocks.includes('table')])).toEqual([[true, true], [false, true], [false, false]]);
    const text = new URLSearchParams(calls('chat.postMessage').at(-1)).get('text') ?? '';
    expect(text).toContain('Forbruget er 410 t.kr.');
    expect(text).toContain('Kilde: finansbogen');
  });
});
