import { listAudit } from '../../src/app/audit.ts';
import { limitPeople } from '../../src/app/limit.ts';
import { cardText } from '../../src/card/text.ts';
import { openStore } from '../../src/io/store/store.ts';
import { replies } from '../../src/card/replies.ts';
import type { Handle, Incoming, Store } from '../../src/ports.ts';
import { openDemo, silent } from '../demo/house.ts';

/** The demo's people and a real store; what is behind the limit only counts. */
let store: Store;
let close: () => Promise<void>;
let ask: Handle;
const answered: string[] = [];
const clock = { at: new Date('2026-11-23T12:00:00Z'), now: (): Date => clock.at };
beforeAll(async () => {
  const demo = await openDemo(clock);
  store = await openStore({ databaseUrl: null, dir: `${demo.dir}/state`, log: silent });
  close = async () => {
    await store.close();
    await demo.close();
  };
  ask = limitPeople(async ({ from, text }) => { answered.push(`${from.user} ${text}`); return null; }, { packs: () => demo.house.packs(), store, clock, perMinute: 3 });
});
afterAll(() => close());
beforeEach(() => {
  answered.length = 0;
  clock.at = new Date(clock.at.getTime() + 600_000);
});

const incoming = (user: string, text: string, over: Partial<Incoming> = {}): Incoming => ({
  id: text, kind: 'message', direct: true, text, from: { platform: 'web', tenant: 'local', user, email: null },
  address: { platform: 'web', tenant: 'local', conversation: user, thread: null, user, serviceUrl: '', bot: '' }, ...over,
});
const says = async (user: string, count: number, over: Partial<Incoming> = {}): Promise<string[]> => {
  const said: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const message = await ask(incoming(user, `nr. ${i}`, over));
    if (message !== null) said.push(cardText(message.card));
  }
  return said;
};

describe('someone who writes more than is answered', () => {
  it('is told once, in their language, and is heard again after a while', async () => {
    expect((await says('leder-nord', 20)).map((text) => text.includes(replies('da').tooMany))).toEqual([true]);
    expect(answered.length).toBe(3);
    clock.at = new Date(clock.at.getTime() + 20_000);
    expect(await says('leder-nord', 5)).toEqual([]);
    expect(answered.length).toBe(4);
    clock.at = new Date(clock.at.getTime() + 60_000);
    expect((await says('leder-nord', 5)).length).toBe(1);
    expect((await says('leder-syd', 20)).map((text) => text.includes(replies('en').tooMany))).toEqual([true]);
  });

  it('leaves the others alone', async () => {
    await says('leder-nord', 20);
    answered.length = 0;
    expect(await says('leder-vest', 3)).toEqual([]);
    expect(answered.length).toBe(3);
  });

  it('is told in both languages when nobody knows who it is', async () => {
    const [said = ''] = await says('someone', 20);
    expect(said).toContain(replies('da').tooMany);
    expect(said).toContain(replies('en').tooMany);
  });

  it('is noted, once for each time it is told', async () => {
    await says('teamleder-havnen', 50);
    expect((await listAudit(store, { person: null, from: null, to: null, limit: 100 })).filter(({ action, actor }) => action === 'rate-limited' && actor.includes('teamleder-havnen'))).toHaveLength(1);
  });

  it('can still confirm a page, and the welcome comes when the bot is installed', async () => {
    await says('leder-nord', 20);
    answered.length = 0;
    for (let i = 0; i < 10; i += 1) await ask(incoming('leder-nord', 'set 0123456789abcdef', { kind: 'action' }));
    await ask(incoming('leder-nord', '', { kind: 'installed' }));
    expect(answered.length).toBe(11);
    expect((await says('leder-nord', 40)).length).toBe(0);
  });

  it('keeps App Home as it is', async () => {
    expect(await says('leder-nord', 20, { kind: 'home' })).toEqual([]);
    expect(answered.length).toBe(3);
  });
});
