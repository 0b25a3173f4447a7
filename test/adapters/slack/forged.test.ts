import express from 'express';
import { APP, TEAM } from './gateway.ts';
import { openLab, start, type Lab } from './lab.ts';

type Json = Record<string, unknown>;

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
    ['signed for another minute', () => ({ at: now() - 60, headers: { 'x-slack-request-timestamp': String(now()) } })],
  ])('one %s is refused with 401 without a word, and reaches nobody', async (_what, forgery) => {
    expect(await lab.send('events_api', event(), forgery())).toEqual({ status: 401, body: '' });
    expect(await lab.send('slash_commands', { team_id: TEAM, command: '/overblik', text: 'budget' }, forgery())).toEqual({ status: 401, body: '' });
    expect(await lab.send('interactive', { type: 'block_actions' }, forgery())).toEqual({ status: 401, body: '' });
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
    for (const method of ['GET', 'OPTIONS']) expect((await fetch(`${lab.url}/slack/events`, { method })).status).toBe(404);
  });
});

describe.each(['http', 'socket'] as const)('what Slack vouches for, over %s, but does not come from the organisation', (kind) => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab(kind);
    await start(lab);
  });
  afterAll(() => lab.close());
  const [OTHER, ORGANISATION] = ['T0OTHER', 'E0OTHER'];
  const message = (more: Json = {}): Json => ({ type: 'message', channel_type: 'im', user: lab.user.anna, text: 'budget', ts: '9.9', channel: 'D1', event_ts: '9.9', ...more });
  const envelope = (event: Json, more: Json = {}): Json => ({ ...lab.gateway.envelope(event), ...more });
  const mention = (more: Json): Json => message({ type: 'app_mention', channel_type: 'channel', channel: lab.channel, ...more });
  const command = (more: Json): Json => ({ token: 't', team_id: TEAM, channel_id: 'D1', user_id: lab.user.anna, command: '/overblik', text: 'budget', trigger_id: '1.1', response_url: lab.gateway.responseUrl().url, ...more });
  const pressed = (more: Json): Json => ({
    type: 'block_actions', user: { id: lab.user.anna, team_id: TEAM }, team: { id: TEAM, domain: 'kommune' }, trigger_id: '2.2', container: { type: 'message' }, channel: { id: 'D1' },
    actions: [{ type: 'button', action_id: 'ask-0', block_id: 'b', value: 'budget', action_ts: '1.1' }], ...more,
  });
  const submitted = (more: Json): Json => ({ type: 'view_submission', user: { id: lab.user.anna, team_id: TEAM }, team: { id: TEAM }, view: { id: 'V1', type: 'modal', callback_id: 'x', team_id: TEAM }, ...more });

  it.each<[string, 'events_api' | 'slash_commands' | 'interactive', () => Json]>([
    ['a message of another workspace', 'events_api', () => envelope(message(), { team_id: OTHER })],
    ['a message of another organisation', 'events_api', () => envelope(message(), { team_id: OTHER, enterprise_id: ORGANISATION })],
    ['a message of no workspace', 'events_api', () => envelope(message(), { team_id: '' })],
    ['a message corrected by another company', 'events_api', () => envelope({ type: 'message', subtype: 'message_changed', channel: 'D1', message: { user: lab.user.anna, user_team: OTHER, text: 'budget', ts: '9.9', edited: { ts: '10' } }, previous_message: { text: 'x' } })],
    ['App Home of another workspace', 'events_api', () => envelope({ type: 'app_home_opened', user: lab.user.anna, channel: 'D1', tab: 'home' }, { team_id: OTHER })],
    ['a command of another workspace', 'slash_commands', () => command({ team_id: OTHER })],
    ['a command of another organisation', 'slash_commands', () => command({ team_id: OTHER, enterprise_id: ORGANISATION })],
    ['a button pressed in another workspace', 'interactive', () => pressed({ team: { id: OTHER } })],
    ['a button pressed by another company in a shared channel', 'interactive', () => pressed({ user: { id: lab.user.anna, team_id: OTHER } })],
    ['a button that names no workspace', 'interactive', () => pressed({ team: null })],
    ['a form sent in another workspace', 'interactive', () => submitted({ team: { id: OTHER } })],
    ['a form of another workspace', 'interactive', () => submitted({ view: { id: 'V1', type: 'modal', team_id: OTHER } })],
    ['a shortcut in another workspace', 'interactive', () => ({ type: 'shortcut', callback_id: 'x', trigger_id: '3.3', team: { id: OTHER }, user: { id: lab.user.anna, team_id: OTHER } })],
  ])('%s is acknowledged and reaches nobody', async (_what, as, payload) => {
    lab.came.length = 0;
    lab.gateway.calls.length = 0;
    expect(await lab.send(as, payload())).toEqual({ status: 200, body: kind === 'http' ? '' : expect.any(String) });
    // What comes after it is heard, so that would have been too.
    await lab.send('events_api', envelope(message({ text: 'bagefter' })));
    while (lab.came.length === 0) await new Promise((resolve) => { setImmediate(resolve); });
    expect(lab.came.map(({ text }) => text)).toEqual(['bagefter']);
    expect(lab.gateway.calls.map(({ method }) => method).filter((method) => method !== 'users.info')).toEqual([]);
    expect(lab.logged.at(-1)).toBe('slack.refused {"reason":"workspace not allowed"}');
  });

  it.each<[string, () => Json]>([
    ['a mention by another company in a shared channel', () => mention({ user: 'U0COMPANY', user_team: OTHER, team: OTHER, source_team: OTHER })],
    ['a mention by another organisation in a shared channel', () => mention({ user: 'U0SISTER', user_team: ORGANISATION })],
    ['a message of another company in a shared conversation', () => message({ user: 'U0THIRD', user_team: OTHER })],
  ])('%s reaches nobody, and is told so in words that say nothing of what there is, once', async (_what, event) => {
    lab.came.length = 0;
    lab.gateway.calls.length = 0;
    for (let i = 0; i < 3; i += 1) await lab.send('events_api', envelope(event(), { is_ext_shared_channel: true }));
    await lab.send('events_api', envelope(message({ text: 'bagefter' })));
    const told = (): string[] => lab.gateway.calls.filter(({ method }) => method === 'chat.postMessage').map(({ body }) => new URLSearchParams(body).get('text') ?? '');
    while (lab.came.length === 0 || told().length === 0) await new Promise((resolve) => { setImmediate(resolve); });
    expect(lab.came.map(({ text }) => text)).toEqual(['bagefter']);
    expect(told()).toEqual(['Jeg svarer kun organisationens egne medarbejdere.\nI only answer the organisation\'s own employees.']);
  });

  it('a form or shortcut of the own workspace is acknowledged, though nobody here listens to it', async () => {
    for (const payload of [submitted({}), { type: 'shortcut', callback_id: 'x', trigger_id: '3.3', team: { id: TEAM }, user: { id: lab.user.anna, team_id: TEAM } }, pressed({ actions: [{ type: 'button', action_id: 'other', value: 'x' }] })]) expect((await lab.send('interactive', payload)).status).toBe(200);
  });

  it('a request that was caught and sent again, signature and all, is handled once', async () => {
    lab.came.length = 0;
    const again = envelope(message({ text: 'fanget' }));
    for (let i = 0; i < 3; i += 1) expect((await lab.send('events_api', again)).status).toBe(200);
    await lab.send('events_api', envelope(message({ text: 'bagefter' })));
    while (!lab.came.some(({ text }) => text === 'bagefter')) await new Promise((resolve) => { setImmediate(resolve); });
    expect(lab.came.map(({ text }) => text)).toEqual(['fanget', 'bagefter']);
  });
});

describe('which workspaces may write', () => {
  const GRID = 'E0KOMMUNE';
  const opened: Lab[] = [];
  afterEach(async () => { for (const lab of opened.splice(0)) await lab.close(); });
  /** A lab whose bot is of our workspace in the organisation, and whose people are of the given one. */
  const grid = async (allowedTeams: readonly string[], person: Json): Promise<Lab> => {
    const lab = await openLab('socket', { allowedTeams });
    opened.push(lab);
    lab.gateway.fault((method) => {
      if (method === 'auth.test') return { body: { ok: true, team_id: TEAM, enterprise_id: GRID, user_id: 'U0OVERBLIK', bot_id: 'B0OVERBLIK' } };
      return method === 'users.info' ? { body: { ok: true, user: { id: 'U1', profile: { email: 'anna@example.dk' }, ...person } } } : null;
    });
    return lab;
  };
  const isHeard = async (lab: Lab, more: Json, event: Json = {}): Promise<boolean> => {
    const before = lab.logged.length;
    await lab.send('events_api', { ...lab.gateway.envelope({ type: 'message', channel_type: 'im', user: 'U1', text: 'budget', ts: '1.1', channel: 'D1', ...event }), ...more });
    while (lab.came.length === 0 && lab.logged.length === before) await new Promise((resolve) => { setImmediate(resolve); });
    return lab.came.splice(0).length === 1;
  };
  const sister = { team_id: 'T0SISTER', enterprise_user: { enterprise_id: GRID } };

  it('without a list: all of the bot\'s own organisation, by the organisation\'s list of people', async () => {
    const lab = await grid([], sister);
    await start(lab);
    expect(await isHeard(lab, { team_id: 'T0SISTER', enterprise_id: GRID }, { user_team: 'T0SISTER' })).toBe(true);
    const other = await grid([], { team_id: 'T0OTHER', enterprise_user: { enterprise_id: 'E0OTHER' } });
    await start(other);
    expect(await isHeard(other, { team_id: TEAM, enterprise_id: GRID }, { user_team: 'T0OTHER' })).toBe(false);
  });

  it('with a list: no more than it names', async () => {
    const lab = await grid([TEAM], sister);
    await start(lab);
    expect(await isHeard(lab, { team_id: 'T0SISTER', enterprise_id: GRID }, { user_team: 'T0SISTER' })).toBe(false);
    expect(await isHeard(lab, { team_id: TEAM, enterprise_id: GRID })).toBe(false);
    const both = await grid([TEAM, 'T0SISTER'], sister);
    await start(both);
    expect(await isHeard(both, { team_id: 'T0SISTER', enterprise_id: GRID }, { user_team: 'T0SISTER' })).toBe(true);
  });

  it('a list without the bot\'s own is refused at the start, since nobody could write', async () => {
    const lab = await grid(['T0SISTER'], sister);
    await expect(start(lab)).rejects.toThrow('the bot belongs to T000000001 of E0KOMMUNE, which SLACK_ALLOWED_TEAMS does not name');
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

  it.each<[string, Record<string, unknown>]>([['a guest', { is_restricted: true }], ['a guest of one channel', { is_ultra_restricted: true }]])('%s comes with the word that they are one', async (_who, change) => {
    await as({ ...change, real_name: 'Gæst Gæstesen' });
    expect(lab.came.map(({ from }) => [from.guest, from.name])).toEqual([[true, 'Gæst Gæstesen']]);
  });

  it('the name of the account comes along, no longer than a line', async () => {
    await as({ profile: { real_name: 'å'.repeat(5_000) } });
    expect(lab.came.map(({ from }) => [from.guest, from.name])).toEqual([[undefined, 'å'.repeat(100)]]);
  });

  it.each<[string, Record<string, unknown>, boolean]>([
    ['a closed account', { deleted: true }, true], ['a bot', { is_bot: true }, false], ['a workflow', { is_workflow_bot: true }, false],
    ['someone of another organisation in a shared channel', { team_id: 'T0OTHER' }, true], ['a stranger', { is_stranger: true }, true],
  ])('%s is not listened to; a human is told so, a bot is not', async (_who, change, told) => {
    lab.gateway.calls.length = 0;
    await as(change);
    const said = (): number => lab.gateway.calls.filter(({ method }) => method === 'chat.postMessage').length;
    while (told && said() === 0) await new Promise((resolve) => { setImmediate(resolve); });
    expect(lab.came).toEqual([]);
    expect(lab.logged.at(-1)).toContain('slack.ignored');
    expect(said()).toBe(told ? 1 : 0);
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
