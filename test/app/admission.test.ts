import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { accountsOf, readDecision } from '../../src/app/admission.ts';
import { listAudit, verifyAudit } from '../../src/app/audit.ts';
import { erasePerson } from '../../src/app/erase.ts';
import { createConversation, type House } from '../../src/app/converse.ts';
import type { Figures } from '../../src/app/figures.ts';
import { knownAs } from '../../src/app/people.ts';
import { addressOf } from '../../src/app/records.ts';
import type { Message } from '../../src/card/card.ts';
import { cardText } from '../../src/card/text.ts';
import { writeWorkbook } from '../../src/io/sheet/workbook.ts';
import { openStore } from '../../src/io/store/store.ts';
import type { Pack } from '../../src/pack/model.ts';
import type { Identity, Incoming, Store } from '../../src/ports.ts';
import { buildLexicon } from '../../src/question/lexicon.ts';
import { digest, packOf, person, service, silent } from './delivering.ts';

const dir = mkdtempSync(join(tmpdir(), 'overblik-admission-'));
let store: Store;
beforeAll(async () => { store = await openStore({ databaseUrl: null, dir, log: silent }); });
afterAll(async () => {
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

/** A pack whose leader has no address in it, as where HR knows nobody's Slack, and whose analyst has. */
const town = (over: Partial<Pack> = {}): Pack => packOf([digest()], { people: new Map([['leder-nord', person('leder-nord', { name: 'Lise Holm', slack: null, email: null })], ['ida', person('ida', { name: 'Ida Sø', role: 'analyst', slack: 'U-IDA' })], ['eva', person('eva', { role: 'analyst', slack: 'U-EVA', language: 'en' })]]), ...over });
const clock = { at: new Date('2026-11-06T07:00:00Z'), now: (): Date => clock.at };
let events = 0;
const incoming = (from: Partial<Identity>, text: string, over: Partial<Incoming> = {}): Incoming => {
  const identity: Identity = { platform: 'slack', tenant: 'T1', user: 'U-LISE', email: null, name: 'Lise H', ...from };
  return { id: `a-${++events}`, kind: 'message', direct: true, text, from: identity, address: { platform: identity.platform, tenant: identity.tenant, conversation: `D-${identity.user}`, thread: null, user: identity.user, serviceUrl: '', bot: '' }, ...over };
};
const talk = (pack: Pack, whispered: Message[] = []): ((message: Incoming) => Promise<Message | null>) => {
  const house: House = {
    packs: () => [pack], figures: (): Figures => { throw new Error('nobody asks for figures here'); }, lexicon: buildLexicon, store, painter: { paint: async () => new Uint8Array(), close: async () => undefined }, writeWorkbook,
    sendPrivately: async (_to, _person, message) => { whispered.push(message); return true; }, clock, log: silent,
  };
  return createConversation(house);
};
const words = (message: Message | null): string => (message === null ? '' : cardText(message.card));
const requestOf = async (user: string): Promise<number> => (await store.query<{ id: number }>('select id from access_requests where "user" = $1 order by id desc', [user]))[0]?.id ?? 0;

describe('someone nobody knows', () => {
  it('leaves no CPR number behind that stands in their name, e-mail or account, and can be taken out again', async () => {
    const told = await talk(town())(incoming({ platform: 'teams', user: '010190-1234@kommune.example', email: '010190-1234@kommune.example', name: 'Pelle 01-01-90 1234' }, 'bed om adgang'));
    await talk(town())(incoming({ platform: 'web', tenant: 'proxy', user: '010190%2D1234@kommune.example', email: '010190%2D1234@kommune.example' }, 'forbrug'));
    const [request] = await store.query<{ email: string; name: string }>('select email, name from access_requests order by id desc limit 1');
    expect(request).toEqual({ email: '******-****@kommune.example', name: 'Pelle ******-****' });
    const account = 'web:proxy:010190%2D1234@kommune.example';
    const entries = await listAudit(store, { person: account, from: null, to: null, limit: 10 });
    expect(entries.map(({ action }) => action)).toEqual(['refused-stranger']);
    expect(words(told) + JSON.stringify(await listAudit(store, { person: null, from: null, to: null, limit: 1000 }))).not.toMatch(/010190|01-01-90/);
    expect(await erasePerson(store, account, { actor: 'command-line', at: clock.at })).toBe(1);
    expect(await erasePerson(store, 'teams:T1:010190-1234@kommune.example', { actor: 'command-line', at: clock.at })).toBe(1);
    expect((await verifyAudit(store)).broken).toBeNull();
    expect(await requestOf('010190-1234@kommune.example')).toBe(0);
  });

  it('is offered to ask for access, and told nothing else', async () => {
    const message = await talk(town())(incoming({ user: 'U-1' }, 'forbrug i Nord sidste måned'));
    expect(message?.card.actions).toEqual([{ id: 'access', label: 'Bed om adgang / Ask for access', ask: 'Bed om adgang' }]);
    expect(words(message)).not.toMatch(/Nord|Lise|Hjemmepleje|\d/);
    expect(await requestOf('U-1')).toBe(0);
  });

  it('asks once, however often; the analysts hear of it once, with who it is and how to answer', async () => {
    const pack = town();
    const converse = talk(pack);
    expect(words(await converse(incoming({ user: 'U-2', email: 'lise@kommune.example' }, 'Bed om adgang', { kind: 'action' })))).toContain('Din anmodning er sendt til analyseenheden');
    expect(words(await converse(incoming({ user: 'U-2' }, 'ask for access')))).toContain('waits for an answer');
    const run = service(() => store, pack);
    run.state.people = [];
    await run.run();
    await run.run();
    const told = run.arrived.filter(({ title }) => /adgang|access/.test(title));
    expect(told.map(({ to }) => to).sort()).toEqual(['eva', 'ida']);
    const id = await requestOf('U-2');
    const [english, danish] = [told.find(({ to }) => to === 'eva'), told.find(({ to }) => to === 'ida')];
    expect(danish?.text).toMatch(new RegExp(`Lise H \\(lise@kommune\\.example\\) beder om adgang i Slack[^]*Konto: U-2 \\(T1\\)[^]*giv adgang ${id} til`));
    expect(english?.text).toMatch(new RegExp(`asks for access in Slack[^]*grant ${id} to`));
  });

  it('with a channel the analysts hear of it there, and two packs with one channel once', async () => {
    const channel = { slack: 'C-ANALYSE', teams: null };
    const [one, two] = [town({ analystsChannel: channel }), town({ analystsChannel: channel })];
    await talk(one)(incoming({ user: 'U-3' }, 'bed om adgang'));
    const run = service(() => store, one, { packs: () => [one, two] });
    run.state.people = [];
    await run.run();
    expect(run.arrived.filter(({ title }) => title === 'Anmodning om adgang').map(({ to }) => to)).toEqual(['@analysts/slack']);
  });

  it('where others read along nothing is offered, and nowhere to write to is kept', async () => {
    const converse = talk(town());
    expect((await converse(incoming({ user: 'U-4' }, 'forbrug', { direct: false })))?.card.actions).toEqual([]);
    await converse(incoming({ user: 'U-4' }, 'bed om adgang', { direct: false }));
    expect(await store.query('select address from access_requests where "user" = $1', ['U-4'])).toEqual([{ address: null }]);
  });

  it('a guest is turned away though the pack names them, and though they were let in while they were none', async () => {
    const named = town({ people: new Map([['vikar', person('vikar', { name: 'Vera', slack: 'U-VERA' })]]) });
    expect(words(await talk(named)(incoming({ user: 'U-VERA' }, 'hjælp')))).toContain('Enheder: Nord');
    for (const [text, over] of [['hjælp', {}], ['', { kind: 'home' }], ['', { kind: 'installed' }], ['bed om adgang', {}], ['set 0123456789abcdef', {}]] as const) {
      const message = await talk(named)(incoming({ user: 'U-VERA', guest: true }, text, over));
      expect([text, words(message)]).toEqual([text, expect.stringContaining('egne medarbejdere')]);
      expect(words(message)).not.toMatch(/Vera|Hjemmepleje|Nord/);
    }
    // What an analyst may do a guest may not either, whatever the pack says of them.
    expect(words(await talk(town())(incoming({ user: 'U-IDA', guest: true }, 'anmodninger')))).toContain('egne medarbejdere');
    const [noted] = await listAudit(store, { person: 'slack:T1:U-VERA', from: null, to: null, limit: 1 });
    expect(noted?.action).toBe('refused-stranger');
  });

  it('a guest is turned away, and can not ask', async () => {
    const message = await talk(town())(incoming({ user: 'U-GUEST', guest: true }, 'bed om adgang'));
    expect(words(message)).toContain('Jeg svarer kun organisationens egne medarbejdere');
    expect(message?.card.actions).toEqual([]);
    expect(await requestOf('U-GUEST')).toBe(0);
  });
});

describe('an analyst', () => {
  const asked = async (user: string, pack: Pack): Promise<number> => {
    await talk(pack)(incoming({ user }, 'bed om adgang'));
    return requestOf(user);
  };
  const ida = { user: 'U-IDA', name: 'Ida' };

  it('grants it in the chat: the account is that person from its next message, and is told so', async () => {
    const pack = town();
    const converse = talk(pack);
    const id = await asked('U-10', pack);
    expect(words(await converse(incoming(ida, 'anmodninger')))).toMatch(new RegExp(`${id}: Lise H, Slack, 6\\. november 2026`));
    expect(words(await converse(incoming(ida, `giv adgang ${id} til leder-nord`)))).toContain('Lise H har nu adgang i Slack som Lise Holm (leder-nord).');
    expect(words(await converse(incoming({ user: 'U-10' }, 'hjælp')))).toContain('Nord');
    const run = service(() => store, pack);
    run.state.people = [];
    await run.run();
    await run.run();
    expect(run.arrived.filter(({ title }) => title === 'Du har fået adgang').map(({ to }) => to)).toEqual(['leder-nord']);
    const accounts = await accountsOf(store);
    expect(await addressOf(store, 'leder-nord', (platform) => knownAs({ pack, person: pack.people.get('leder-nord') as never }, platform, accounts))).toMatchObject({ conversation: 'D-U-10' });
  });

  it('a name, an id or an e-mail of someone else makes nobody that person', async () => {
    const pack = town();
    const converse = talk(pack);
    for (const from of [{ user: 'leder-nord' }, { user: 'U-11', name: 'Lise Holm' }, { user: 'U-11', email: 'leder-nord' }, { user: 'U-IDA', tenant: 'T1', platform: 'teams' as const }]) expect(words(await converse(incoming(from, 'hjælp')))).toContain('Jeg kan ikke se, at du har adgang');
  });

  it('declines it, and who asks again hears so', async () => {
    const pack = town();
    const id = await asked('U-12', pack);
    expect(words(await talk(pack)(incoming(ida, `Afvis ${id}`, { kind: 'action' })))).toContain('er afvist');
    expect(words(await talk(pack)(incoming(ida, `afvis ${id}`)))).toContain(`ingen anmodning ${id}`);
    expect(words(await talk(pack)(incoming({ user: 'U-12' }, 'bed om adgang')))).toContain('ikke imødekommet');
    expect(await accountsOf(store)).not.toContainEqual(expect.objectContaining({ user: 'U-12' }));
  });

  it('takes it back: from the next message it is nobody, and nothing is sent there', async () => {
    const pack = town();
    const converse = talk(pack);
    const id = await asked('U-13', pack);
    await converse(incoming(ida, `giv adgang ${id} til leder-nord`));
    expect(words(await converse(incoming(ida, 'fjern adgang leder-nord slack')))).toContain('giver ikke længere adgang');
    expect(words(await converse(incoming({ user: 'U-13' }, 'hjælp')))).toContain('Jeg kan ikke se');
    expect(await addressOf(store, 'leder-nord', () => 'u-13')).toBeNull();
    expect(words(await converse(incoming(ida, 'revoke leder-nord slack')))).toContain('har ingen konto');
  });

  it('one account a person and one person an account; what the pack says itself is changed there', async () => {
    const pack = town();
    const converse = talk(pack);
    const [first, second] = [await asked('U-14', pack), await asked('U-15', pack)];
    await converse(incoming(ida, `giv adgang ${first} til leder-nord`));
    expect(words(await converse(incoming(ida, `giv adgang ${second} til leder-nord`)))).toContain('har allerede en konto');
    expect(words(await converse(incoming(ida, `giv adgang ${second} til eva`)))).toContain('Pakken siger selv');
    expect(words(await converse(incoming(ida, `giv adgang ${second} til findes-ikke`)))).toContain("ingen 'findes-ikke'");
    expect(words(await converse(incoming(ida, 'giv adgang 999999 til leder-nord')))).toContain('ingen anmodning 999999');
    expect((await accountsOf(store)).filter((one) => one.pack === pack.id)).toEqual([expect.objectContaining({ person: 'leder-nord', user: 'U-14' })]);
  });

  it('of one pack decides for that pack alone', async () => {
    const [mine, theirs] = [town(), town({ people: new Map([['leder-nord', person('leder-nord', { name: 'Lise Holm', slack: null })]]) })];
    const house = { packs: () => [mine, theirs] };
    const converse = createConversation({ ...house, figures: () => { throw new Error('none'); }, lexicon: buildLexicon, store, painter: { paint: async () => new Uint8Array(), close: async () => undefined }, writeWorkbook, sendPrivately: async () => true, clock, log: silent });
    const id = await asked('U-16', mine);
    await converse(incoming(ida, `giv adgang ${id} til leder-nord`));
    expect((await accountsOf(store)).filter((one) => one.user === 'U-16').map((one) => one.pack)).toEqual([mine.id]);
  });

  describe('of one pack, about a person who stands in another too', () => {
    const both = (theirs: Parameters<typeof person>[1] = {}): { converse: ReturnType<typeof createConversation>; mine: Pack; theirs: Pack } => {
      const [mine, other] = [town(), town({ people: new Map([['leder-nord', person('leder-nord', { name: 'Lise Holm', slack: null, email: null, ...theirs })], ['bo', person('bo', { role: 'analyst', slack: 'U-BO' })]]) })];
      return { mine, theirs: other, converse: createConversation({ packs: () => [mine, other], figures: () => { throw new Error('none'); }, lexicon: buildLexicon, store, painter: { paint: async () => new Uint8Array(), close: async () => undefined }, writeWorkbook, sendPrivately: async () => true, clock, log: silent }) };
    };
    const REFUSED = /står også i en pakke, du ikke er analytiker for, og har en anden konto i Slack dér/;
    const whereTo = async (pack: Pack): Promise<string | undefined> => (await addressOf(store, 'leder-nord', () => knownAs({ pack, person: pack.people.get('leder-nord') as never }, 'slack', granted)))?.conversation;
    let granted: Awaited<ReturnType<typeof accountsOf>> = [];

    it('grants no second account where the other pack\'s analyst granted one: the address there stays', async () => {
      const { converse, mine, theirs } = both();
      const [first, second] = [await asked('U-20', mine), await asked('U-21', mine)];
      await converse(incoming({ user: 'U-BO' }, `giv adgang ${first} til leder-nord`));
      expect(words(await converse(incoming(ida, `giv adgang ${second} til leder-nord`)))).toMatch(REFUSED);
      granted = await accountsOf(store);
      expect(granted.filter((one) => [mine.id, theirs.id].includes(one.pack)).map(({ pack, user }) => [pack, user])).toEqual([[theirs.id, 'U-20']]);
      expect(await whereTo(theirs)).toBe('D-U-20');
      expect(words(await converse(incoming(ida, `giv adgang ${first} til leder-nord`)))).toContain('har nu adgang');
    });

    it('nor where the other pack names one, or knows them by e-mail and they wrote from one', async () => {
      const named = both({ slack: 'U-22' });
      const id = await asked('U-23', named.mine);
      expect(words(await named.converse(incoming(ida, `giv adgang ${id} til leder-nord`)))).toMatch(REFUSED);
      const mailed = both({ email: 'lise@kommune.example' });
      await mailed.converse(incoming({ user: 'U-24', email: 'lise@kommune.example' }, 'hej', { kind: 'installed' }));
      expect(words(await mailed.converse(incoming(ida, `giv adgang ${id} til leder-nord`)))).toMatch(REFUSED);
      expect(await whereTo(mailed.theirs)).toBe('D-U-24');
    });

    it('and the audit says from which account it was decided', async () => {
      const entries = (await listAudit(store, { person: 'ida', from: null, to: null, limit: 1000 })).filter(({ action }) => action === 'access-granted');
      expect(entries.at(-1)?.detail).toMatchObject({ account: 'slack:T1:U-20', through: 'slack:T1:U-IDA' });
    });
  });

  it('in the analysts\' channel the answer goes to the analyst alone', async () => {
    const pack = town();
    const whispered: Message[] = [];
    const id = await asked('U-17', pack);
    const said = await talk(pack, whispered)(incoming(ida, `giv adgang ${id} til leder-nord`, { direct: false }));
    expect(words(said)).not.toMatch(/Lise|leder-nord/);
    expect(words(whispered[0] ?? null)).toContain('Lise H har nu adgang');
  });

  it('anyone else who writes the same has decided nothing', async () => {
    const pack = town({ people: new Map([['leder-nord', person('leder-nord', { slack: null })], ['leder-syd', person('leder-syd', { slack: 'U-SYD' })]]) });
    const id = await asked('U-18', pack);
    for (const text of [`giv adgang ${id} til leder-nord`, `afvis ${id}`, 'anmodninger']) await talk(pack)(incoming({ user: 'U-SYD' }, text));
    for (const text of [`giv adgang ${id} til leder-nord`, 'fjern adgang leder-syd slack']) await talk(pack)(incoming({ user: 'U-18' }, text));
    expect(await store.query('select state from access_requests where id = $1', [id])).toEqual([{ state: 'open' }]);
  });

  it('erases someone with their account, their request and what stands under the account in the audit', async () => {
    const pack = town({ people: new Map([['vikar', person('vikar', { name: 'Vera', slack: null })], ['ida', person('ida', { role: 'analyst', slack: 'U-IDA' })]]) });
    const id = await asked('U-19', pack);
    await talk(pack)(incoming(ida, `giv adgang ${id} til vikar`));
    await erasePerson(store, 'vikar', { actor: 'command-line', at: clock.at });
    const left = JSON.stringify([await store.query('select * from accounts'), await store.query('select * from access_requests'), await store.query('select * from addresses'), await store.query('select actor, detail from audit')]);
    expect(left).toContain('U-18');
    expect(left).not.toMatch(/U-19|vikar/);
  });

  it('all of it stands in the audit, whose chain is whole', async () => {
    const actions = (await listAudit(store, { person: null, from: null, to: null, limit: 1000 })).map(({ action }) => action);
    for (const action of ['access-requested', 'access-granted', 'access-declined', 'access-revoked', 'refused-stranger']) expect(actions).toContain(action);
    expect((await verifyAudit(store)).broken).toBeNull();
  });
});

describe('what is a decision', () => {
  it('is only what says so from end to end', () => {
    for (const text of ['giv adgang 7 til leder-nord', 'Giv adgang nr. 7 som leder-nord.', 'grant 7 leder-nord', 'approve #7 as leder-nord']) expect(readDecision(text)).toEqual({ kind: 'grant', request: 7, person: 'leder-nord' });
    for (const text of ['hvem har adgang 7', 'giv adgang 7', 'afvis', 'godkend budget 2026', 'revoke leder-nord', 'giv adgang 7 til leder-nord og leder-syd', 'anmodninger sidste måned']) expect(readDecision(text)).toBeNull();
  });

  it('nothing anyone can type takes long or breaks it', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 4000 }), (text) => { readDecision(text); readDecision(`giv adgang ${text}`); readDecision(`fjern adgang ${' '.repeat(2000)}${text}`); }), { numRuns: 200 });
  });
});
