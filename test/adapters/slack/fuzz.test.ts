import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { createLog } from '../../../src/io/log/log.ts';
import { CANARY, mutationsOf, PLANTED, REVEALING } from '../mutations.ts';
import { APP, SECRET, TEAM } from './gateway.ts';
import { openLab, start, type Lab } from './lab.ts';

type Json = Record<string, unknown>;

/** Slack gives its events up after three seconds; here everything is answered in less than this. */
const PATIENCE_MS = 10_000;
const BATCH = 40;

describe('payloads that Slack signed and nobody has seen before', () => {
  let lab: Lab;
  const lines: string[] = [];
  const loose: unknown[] = [];
  const onLoose = (reason: unknown): void => void loose.push(reason);
  beforeAll(async () => {
    process.on('unhandledRejection', onLoose);
    lab = await openLab('http', { log: createLog('debug', { write: (line) => { lines.push(line); } }) });
    await start(lab);
  });
  afterAll(async () => {
    await lab.close();
    process.off('unhandledRejection', onLoose);
  });

  const send = async (raw: string, type: string): Promise<{ status: number; body: string }> => {
    const at = Math.floor(Date.now() / 1000);
    const response = await fetch(`${lab.url}/slack/events`, {
      method: 'POST', body: raw, signal: AbortSignal.timeout(PATIENCE_MS),
      headers: { 'content-type': type, 'x-slack-request-timestamp': String(at), 'x-slack-signature': `v0=${createHmac('sha256', SECRET).update(`v0:${at}:${raw}`).digest('hex')}` },
    });
    return { status: response.status, body: await response.text() };
  };
  const asEvent = (payload: unknown): Promise<{ status: number; body: string }> => send(JSON.stringify(payload), 'application/json');
  const asForm = (payload: unknown): Promise<{ status: number; body: string }> => send(new URLSearchParams({ payload: JSON.stringify(payload) }).toString(), 'application/x-www-form-urlencoded');
  const asCommand = (payload: unknown): Promise<{ status: number; body: string }> => send(new URLSearchParams(Object.entries((payload ?? {}) as Json).map(([key, value]): [string, string] => [key, typeof value === 'string' ? value : JSON.stringify(value) ?? ''])).toString(), 'application/x-www-form-urlencoded');

  const WAYS = { asEvent, asForm, asCommand };
  type Way = keyof typeof WAYS;

  const event = (inner: Json): Json => ({ token: 't', team_id: TEAM, api_app_id: APP, type: 'event_callback', event_id: 'Ev0', event_time: 1, event: inner, authorizations: [{ enterprise_id: null, team_id: TEAM, user_id: 'U0OVERBLIK', is_bot: true }] });
  const message = (): Json => ({ type: 'message', channel_type: 'im', user: lab.user.anna, text: `budget ${CANARY}`, ts: '1.1', channel: 'D1', event_ts: '1.1' });
  const payloads = (): readonly { readonly by: Way; readonly payload: Json }[] => [
    { by: 'asEvent', payload: event(message()) },
    { by: 'asEvent', payload: event({ ...message(), type: 'app_mention', channel: 'C1' }) },
    { by: 'asEvent', payload: event({ type: 'message', subtype: 'message_changed', channel: 'D1', message: { user: lab.user.anna, text: CANARY, ts: '1', edited: { ts: '2' } }, previous_message: { text: 'x' } }) },
    { by: 'asEvent', payload: event({ type: 'app_home_opened', user: lab.user.anna, channel: 'D1', tab: 'home', view: { id: 'V1', team_id: TEAM } }) },
    { by: 'asEvent', payload: event({ type: 'something_new', user: { id: lab.user.anna }, item: { channel: 'C1' } }) },
    { by: 'asEvent', payload: { type: 'url_verification', challenge: 'c', token: 't' } },
    { by: 'asCommand', payload: { token: 't', team_id: TEAM, channel_id: 'D1', user_id: lab.user.anna, command: '/overblik', text: `budget ${CANARY}`, response_url: lab.gateway.responseUrl().url, trigger_id: '1.1' } },
    { by: 'asForm', payload: { type: 'block_actions', user: { id: lab.user.anna, team_id: TEAM }, team: { id: TEAM }, trigger_id: '2', container: { type: 'message', is_ephemeral: false, thread_ts: '1' }, channel: { id: 'D1' }, response_url: lab.gateway.responseUrl().url, actions: [{ type: 'button', action_id: 'ask-0', value: CANARY, action_ts: '1' }] } },
    { by: 'asForm', payload: { type: 'view_submission', user: { id: lab.user.anna, team_id: TEAM }, team: { id: TEAM }, view: { id: 'V1', type: 'modal', callback_id: 'x', state: { values: {} } } } },
    { by: 'asForm', payload: { type: 'shortcut', callback_id: 'x', trigger_id: '3', team: { id: TEAM }, user: { id: lab.user.anna } } },
    { by: 'asForm', payload: { type: 'block_suggestion', action_id: 'x', value: CANARY, team: { id: TEAM }, user: { id: lab.user.anna } } },
  ];
  const isHeard = async (): Promise<boolean> => {
    const text = `stadig her ${Math.random()}`;
    await asEvent({ ...event({ ...message(), text }), event_id: `Ev${Math.random()}` });
    while (!lab.came.some((incoming) => incoming.text === text)) await new Promise((resolve) => { setImmediate(resolve); });
    return true;
  };

  const batches = (payloads: fc.Arbitrary<{ readonly by: Way; readonly payload: unknown }>): fc.Arbitrary<{ readonly by: Way; readonly payload: unknown }[]> => fc.array(payloads, { minLength: BATCH, maxLength: BATCH });
  const answeredQuietly = async (answers: readonly Promise<{ status: number; body: string }>[]): Promise<void> => {
    for (const { status, body } of await Promise.all(answers)) {
      expect([200, 400, 404, 413]).toContain(status);
      // Slack's own check of the address wants to read what it sent.
      if (!body.startsWith('{"challenge"')) expect(body).not.toMatch(REVEALING);
    }
    expect(await isHeard()).toBe(true);
    expect(lines.filter((line) => PLANTED.test(line))).toEqual([]);
    expect(loose).toEqual([]);
  };

  it('are answered in time without a word of what they held, and the next one is heard', async () => {
    const mutated = fc.oneof(...payloads().map(({ by, payload }) => mutationsOf([payload]).map((sent) => ({ by, payload: sent }))));
    await fc.assert(fc.asyncProperty(batches(mutated), (batch) => answeredQuietly(batch.map(({ by, payload }) => WAYS[by](payload)))), { numRuns: 25, endOnFailure: true });
  }, 120_000);

  it('so is what can\'t be read at all', async () => {
    const kinds = ['application/json', 'application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'];
    const junk = fc.oneof(fc.string({ unit: 'binary' }).map((text) => `${text}${CANARY}`), fc.constantFrom(`{"type": ${CANARY}}`, `payload=${CANARY}`, 'payload=%7B', 'null', '[]', '"x"', '0', '', 'payload=null', 'payload=[]', `[${'['.repeat(5_000)}`, `${CANARY}=${CANARY}`));
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(junk, fc.constantFrom(...kinds)), { minLength: BATCH, maxLength: BATCH }), (batch) => answeredQuietly(batch.map(([raw, kind]) => send(raw, kind)))), { numRuns: 4, endOnFailure: true });
  }, 60_000);

  it('and what is too large', async () => {
    await answeredQuietly([asEvent(event({ ...message(), text: CANARY.repeat(100_000) }))]);
    expect((await asEvent(event({ ...message(), text: 'x'.repeat(1_100_000) }))).status).toBe(413);
  });
});
