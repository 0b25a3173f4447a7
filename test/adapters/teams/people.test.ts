/** Who writes, as the organisation's own directory has them: what Teams' roster says of a writer, asked with the app's own token. */
import type { Address, Sending } from '../../../src/ports.ts';
import { openLab, TENANT, type Lab } from './fixtures/lab.ts';
import { sampleCard } from './fixtures/sample.ts';

let lab: Lab;
let count = 0;
let sent = 0;
beforeAll(async () => { lab = await openLab(); });
afterAll(() => lab.close());
beforeEach(() => {
  lab.came.length = 0;
  lab.lines.length = 0;
  lab.connector.lookedFor.length = 0;
  lab.connector.received.length = 0;
});

/** Somebody new, who has written nothing yet. */
const somebody = (): { id: string; user: string } => {
  count += 1;
  return { id: `29:${count}`, user: `33333333-3333-4333-8333-${String(count).padStart(12, '0')}` };
};
const writes = async (who: { id: string; user: string }, text: string, more: object = {}): Promise<void> => {
  expect((await lab.post(lab.activity(text, { id: `m-${sent += 1}`, from: { id: who.id, aadObjectId: who.user }, ...more }), lab.bearer())).status).toBe(200);
};
const heard = async (texts: number): Promise<[string, boolean | undefined][]> => {
  while (lab.came.length < texts) await new Promise((resolve) => { setImmediate(resolve); });
  return lab.came.map(({ text, from }) => [text, from.guest]);
};

describe('a writer', () => {
  it('whom the roster has as the organisation\'s own is heard as that, and is asked about once in ten minutes', async () => {
    const anna = somebody();
    await writes(anna, 'forbrug');
    await writes(anna, 'timer');
    expect(await heard(2)).toEqual([['forbrug', undefined], ['timer', undefined]]);
    expect(lab.connector.lookedFor).toEqual([anna.id]);
  });

  it.each<[string, object | number]>([
    ['whose principal name is a guest\'s', { userPrincipalName: 'gert_gmail.com#EXT#@kommune.onmicrosoft.com', userRole: 'user' }],
    ['whose role is a guest\'s', { userPrincipalName: 'gert@kommune.example', userRole: 'guest' }],
    ['who came into a meeting without an account', { userRole: 'anonymous' }],
    ['of another tenant in a chat that is shared', { userPrincipalName: 'gert@other.example', tenantId: '99999999-9999-4999-8999-999999999999' }],
    ['who is in no roster', 404],
  ])('%s is heard as a guest, who gets nothing', async (_who, found) => {
    const gert = somebody();
    lab.connector.roster.set(gert.id, found);
    await writes(gert, 'forbrug');
    expect(await heard(1)).toEqual([['forbrug', true]]);
  });

  it('in a channel is looked for in its team', async () => {
    const gert = somebody();
    lab.connector.roster.set(gert.id, { userRole: 'guest' });
    await writes(gert, '<at>Overblik</at> forbrug', { conversation: { id: '19:c@thread.tacv2;messageid=1', conversationType: 'channel', tenantId: TENANT }, channelData: { tenant: { id: TENANT }, team: { id: '19:team@thread.tacv2' } } });
    expect((await heard(1))[0]?.[1]).toBe(true);
  });

  it('is not heard while the roster can\'t be asked, and is when it can again', async () => {
    const [anna, bo] = [somebody(), somebody()];
    lab.connector.roster.set(anna.id, 500);
    await writes(anna, 'forbrug');
    await writes(bo, 'timer');
    expect(await heard(1)).toEqual([['timer', undefined]]);
    while (!lab.lines.some((line) => line.includes('teams.answer-failed'))) await new Promise((resolve) => { setImmediate(resolve); });
    lab.connector.roster.delete(anna.id);
    await writes(anna, 'sygefravær');
    expect(await heard(2)).toEqual([['timer', undefined], ['sygefravær', undefined]]);
  });
});

describe('a page', () => {
  const to = (user: string): Address => ({ platform: 'teams', tenant: TENANT, conversation: 'a:anna', thread: null, user, serviceUrl: lab.serviceUrl, bot: '28:bot' });
  const sending: Sending = { key: 'k', until: new Date('2100-01-01T00:00:00Z') };
  const message = { card: sampleCard(), png: null, sheet: null };

  it('goes to the organisation\'s own', async () => {
    await lab.teams.send(to(somebody().user), message, sending);
    expect(lab.connector.received).toHaveLength(1);
  });

  it.each<[string, object | number, RegExp]>([['has become a guest', { userPrincipalName: 'gert_gmail.com#EXT#@kommune.onmicrosoft.com' }, /guests get no figures/], ['has left the conversation', 404, /not in the conversation any more/]])('does not leave for who %s', async (_who, found, reason) => {
    const { user } = somebody();
    lab.connector.roster.set(user, found);
    await expect(lab.teams.send(to(user), message, sending)).rejects.toMatchObject({ final: true, message: expect.stringMatching(reason) });
    expect(lab.connector.received).toEqual([]);
  });

  it('waits while the roster can\'t be asked, and certainly has not arrived', async () => {
    const { user } = somebody();
    lab.connector.roster.set(user, 504);
    await expect(lab.teams.send(to(user), message, sending)).rejects.toMatchObject({ final: false, mayHaveArrived: false });
    expect(lab.connector.received).toEqual([]);
  });
});
