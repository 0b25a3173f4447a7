import express from 'express';
import { APP, TEAM } from './gateway.ts';
import { openLab, start, type Lab } from './lab.ts';

describe('requests that are not from Slack', () => {
  let lab: Lab;
  beforeAll(async () => { lab = await openLab('http'); });
  afterAll(() => lab.close());
  const event = (): Record<string, unknown> => lab.gateway.envelope({ type: 'message', channel_type: 'im', user: lab.user.anna, text: 'budget', ts: '9.9', channel: 'D1', event_ts: '9.9' });
  const now = (): number => Math.floor(Date.now() / 1000);

  it('before it has started, the service says to come again', async () => {
    expect((await lab.send('events_api', event())).status).toBe(503);
    await start(lab);
  });

  it.each<[string, () => NonNullable<Parameters<Lab['send']>[2]>]>([
    ['signed with another secret', () => ({ secret: 'guessed' })],
    ['six minutes old', () => ({ at: now() - 360 })],
    ['six minutes ahead', () => ({ at: now() + 360 })],
    ['without a signature', () => ({ headers: { 'x-slack-signature': '' } })],
    ['with an empty signature', () => ({ headers: { 'x-slack-signature': 'v0=' } })],
    ['with a signature of another version', () => ({ headers: { 'x-slack-signature': 'v1=abc' } })],
    ['without a time', () => ({ headers: { 'x-slack-request-timestamp': '' } })],
    ['with a time that is none', () => ({ headers: { 'x-slack-request-timestamp': 'now' } })],
    ['altered on the way', () => ({ altered: JSON.stringify({ ...event(), team_id: 'T0OTHER' }) })],
    ['with a signature of something else', () => ({ headers: { 'x-slack-signature': `v0=${'0'.repeat(64)}` } })],
  ])('one %s is refused with 401 and reaches nobody', async (_what, forgery) => {
    expect((await lab.send('events_api', event(), forgery())).status).toBe(401);
    expect((await lab.send('interactive', { type: 'block_actions' }, forgery())).status).toBe(401);
    expect(lab.came).toEqual([]);
    expect(lab.gateway.calls.filter(({ method }) => method !== 'auth.test')).toEqual([]);
  });

  it('Slack\'s own check of the address is answered, signed only', async () => {
    const challenge = { type: 'url_verification', challenge: 'c-123', token: 't' };
    expect(await lab.send('events_api', challenge)).toEqual({ status: 200, body: JSON.stringify({ challenge: 'c-123' }) });
    expect((await lab.send('events_api', challenge, { secret: 'guessed' })).status).toBe(401);
  });

  it('the other routes of the app keep their bodies and need no signature', async () => {
    lab.app.post('/other', express.json(), (request, response) => void response.json({ got: request.body as unknown }));
    const response = await fetch(`${lab.url}/other`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' });
    expect(await response.json()).toEqual({ got: { a: 1 } });
    expect((await fetch(`${lab.url}/slack/other`, { method: 'POST' })).status).toBe(404);
  });

  it('a body that is nothing Slack sends is acknowledged or refused, and the service stays up', async () => {
    for (const payload of [{}, { type: 'event_callback' }, { type: 'event_callback', team_id: TEAM, event_id: 'E1', event: { type: 'message' } }, { type: 'event_callback', team_id: TEAM, api_app_id: APP, event_id: 'E2', event: { type: 'app_mention', user: 7, text: {} } }]) {
      expect((await lab.send('events_api', payload)).status).toBeLessThan(500);
    }
    expect(lab.came).toEqual([]);
    expect((await fetch(`${lab.url}/slack/events`)).status).toBe(404);
  });
});

describe('who wrote', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab('http');
    await start(lab);
  });
  afterAll(() => lab.close());

  const as = async (change: Record<string, unknown>, user = `U${Math.random().toString(36).slice(2, 10).toUpperCase()}`): Promise<void> => {
    lab.gateway.fault((method, body) => (method === 'users.info' && body.includes(user)
      ? { body: { ok: true, user: { id: user, team_id: TEAM, deleted: false, is_bot: false, is_email_confirmed: true, profile: { email: 'someone@example.dk' }, ...change } } } : null));
    lab.came.length = 0;
    const before = lab.logged.length;
    await lab.send('events_api', lab.gateway.envelope({ type: 'message', channel_type: 'im', user, text: 'budget', ts: '1.1', channel: 'D1', event_ts: '1.1' }));
    while (lab.came.length === 0 && lab.logged.length === before) await new Promise((resolve) => { setImmediate(resolve); });
  };

  it.each<[string, Record<string, unknown>, string | null]>([
    ['one of the organisation', {}, 'someone@example.dk'],
    ['a guest, whose address proves nothing', { is_restricted: true }, null],
    ['a guest of one channel', { is_ultra_restricted: true }, null],
    ['one whose address was never confirmed', { is_email_confirmed: false }, null],
    ['one without an address', { profile: {} }, null],
  ])('%s', async (_who, change, email) => {
    await as(change);
    expect(lab.came.map(({ from }) => from.email)).toEqual([email]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['a closed account', { deleted: true }], ['a bot', { is_bot: true }], ['a workflow', { is_workflow_bot: true }],
    ['someone of another organisation in a shared channel', { team_id: 'T0OTHER' }], ['a stranger', { is_stranger: true }],
  ])('%s is not listened to', async (_who, change) => {
    await as(change);
    expect(lab.came).toEqual([]);
    expect(lab.logged.at(-1)).toContain('slack.ignored');
  });

  it('is looked up once for a while', async () => {
    await as({}, 'U0ONCE');
    lab.gateway.calls.length = 0;
    await as({}, 'U0ONCE');
    expect(lab.gateway.calls.map(({ method }) => method)).not.toContain('users.info');
  });

  it('is looked up again after a while, since people leave', async () => {
    let at = Date.now();
    const other = await openLab('socket', { now: () => new Date(at) });
    await start(other);
    const looks = async (text: string): Promise<number> => {
      await other.send('events_api', other.gateway.envelope({ type: 'message', channel_type: 'im', user: other.user.anna, text, ts: '1.1', channel: 'D1' }));
      while (!other.came.some((incoming) => incoming.text === text)) await new Promise((resolve) => { setImmediate(resolve); });
      return other.gateway.calls.filter(({ method }) => method === 'users.info').length;
    };
    expect(await looks('en')).toBe(1);
    at += 9 * 60_000;
    expect(await looks('to')).toBe(1);
    at += 2 * 60_000;
    expect(await looks('tre')).toBe(2);
    await other.close();
  });

  it('is not guessed when Slack does not say', async () => {
    lab.came.length = 0;
    lab.gateway.fault((method) => (method === 'users.info' ? { status: 500, body: {} } : null));
    const before = lab.logged.length;
    await lab.send('events_api', lab.gateway.envelope({ type: 'message', channel_type: 'im', user: 'U0UNSEEN', text: 'budget', ts: '1.1', channel: 'D1' }));
    while (lab.logged.length === before) await new Promise((resolve) => { setImmediate(resolve); });
    expect(lab.came).toEqual([]);
    expect(lab.logged.slice(before).join()).toContain('slack.answer-failed');
  });
});
