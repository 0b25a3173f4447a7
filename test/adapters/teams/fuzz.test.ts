import fc from 'fast-check';
import { CANARY, mutationsOf, PLANTED, REVEALING } from '../mutations.ts';
import { openLab, TENANT, type Lab } from './fixtures/lab.ts';

const BATCH = 40;

describe('activities with a good token that nobody has seen before', () => {
  let lab: Lab;
  const loose: unknown[] = [];
  const onLoose = (reason: unknown): void => void loose.push(reason);
  const { error: printing, warn: warning } = console;
  /** What the library prints past the log. */
  const printed: string[] = [];
  beforeAll(async () => {
    process.on('unhandledRejection', onLoose);
    console.error = (...parts: unknown[]) => void printed.push(parts.map(String).join(' '));
    console.warn = console.error;
    lab = await openLab();
  });
  afterAll(async () => {
    await lab.close();
    Object.assign(console, { error: printing, warn: warning });
    process.off('unhandledRejection', onLoose);
  });

  const channel = { conversation: { id: '19:c@thread.tacv2;messageid=1', conversationType: 'channel', tenantId: TENANT }, entities: [{ type: 'mention', text: '<at>Overblik</at>', mentioned: { id: '28:bot', name: 'Overblik' } }] };
  const activities = (): readonly unknown[] => [
    lab.activity(`budget ${CANARY}`),
    lab.activity(`<at>Overblik</at> ${CANARY}`, channel),
    lab.activity('', { value: { ask: CANARY } }),
    lab.activity('', { type: 'invoke', name: 'adaptiveCard/action', value: { action: { type: 'Action.Execute', data: { ask: CANARY } }, trigger: 'manual' } }),
    lab.activity('', { type: 'invoke', name: 'composeExtension/query', value: { commandId: CANARY } }),
    lab.activity(CANARY, { type: 'messageUpdate', channelData: { eventType: 'editMessage', tenant: { id: TENANT } } }),
    lab.activity('', { type: 'installationUpdate', action: 'add' }),
    lab.activity('', { type: 'conversationUpdate', membersAdded: [{ id: '28:bot' }], membersRemoved: [{ id: '29:x' }] }),
    lab.activity('', { type: 'messageReaction', reactionsAdded: [{ type: 'like' }] }),
    lab.activity(CANARY, { type: 'event', name: 'application/vnd.microsoft.meetingStart', deliveryMode: 'expectReplies', callerId: CANARY, relatesTo: {}, localTimestamp: CANARY }),
  ];
  const answeredQuietly = async (answers: readonly Promise<{ status: number; body: string }>[]): Promise<void> => {
    for (const { status, body } of await Promise.all(answers)) {
      // 401: with another service URL the token is for another place.
      expect([200, 400, 401, 403, 413, 501]).toContain(status);
      expect(body).not.toMatch(REVEALING);
    }
    const text = `stadig her ${Math.random()}`;
    await lab.post(lab.activity(text), lab.bearer());
    while (!lab.came.some((incoming) => incoming.text === text)) await new Promise((resolve) => { setImmediate(resolve); });
    expect([...lab.lines, ...printed].filter((line) => PLANTED.test(line))).toEqual([]);
    expect(loose).toEqual([]);
  };

  it('are answered in time without a word of what they held, and the next one is heard', async () => {
    await fc.assert(fc.asyncProperty(fc.array(mutationsOf(activities()), { minLength: BATCH, maxLength: BATCH }), (batch) => answeredQuietly(batch.map((activity) => lab.post(JSON.stringify(activity) ?? 'null', lab.bearer())))), { numRuns: 25, endOnFailure: true });
  }, 120_000);

  it('so are tokens of any shape', async () => {
    const claim = fc.oneof(fc.constantFrom<unknown>(null, '', CANARY, [], {}, 0, -1, 1e300, true), fc.jsonValue({ maxDepth: 2 }));
    const claims = fc.dictionary(fc.constantFrom('iss', 'aud', 'serviceurl', 'exp', 'nbf', 'iat', 'appid', 'azp', 'ver', 'tid', '__proto__'), claim, { minKeys: 1 });
    const shaped = fc.tuple(claims, fc.constantFrom('RS256' as const, 'none' as const, 'HS256' as const)).map(([more, algorithm]) => lab.bearer(more, { algorithm }));
    const junk = fc.stringMatching(/^Bearer [\w-]{0,40}\.[\w-]{0,40}\.[\w-]{0,40}$/);
    // Some are heard after they were answered, while the next are asked.
    const before = lab.came.length;
    let good = 0;
    await fc.assert(fc.asyncProperty(fc.array(fc.oneof(shaped, junk), { minLength: BATCH, maxLength: BATCH }), async (batch) => {
      const answers = await Promise.all(batch.map((authorization, i) => lab.post(lab.activity(`forged ${i}`), authorization)));
      for (const { status, body } of answers) {
        expect([200, 401]).toContain(status);
        expect(body).not.toMatch(REVEALING);
      }
      // Claims that change nothing of what is asked of them (`tid`, `azp`) leave a good token.
      good += answers.filter(({ status }) => status === 200).length;
      expect(lab.came.length - before).toBeLessThanOrEqual(good);
    }), { numRuns: 8, endOnFailure: true });
    expect([...lab.lines, ...printed].filter((line) => PLANTED.test(line))).toEqual([]);
    expect(loose).toEqual([]);
  }, 60_000);
});
