import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import readXlsxFile from 'read-excel-file/node';
import { readConfig } from '../src/io/config/config.ts';
import { serve, type Service } from '../src/service.ts';
import { SECRET } from './adapters/slack/gateway.ts';
import { openWorkspace, TOKEN } from './adapters/slack/lab.ts';
import { startConnector } from './adapters/teams/fixtures/connector.ts';
import { silent } from './demo/house.ts';
import { SMALL_PACK, writeSmallPack } from './packs/written.ts';

/**
 * Anne leads Nord, Bent leads Syd, Ida is the analyst. Anne tries for Syd by every way there is to ask, in the whole house
 * on real data, on each platform over its own wire; what is looked through is all that left by that wire: calls, bodies and
 * files. Syd spent 222.222 kr. in October and 202.020 in September, the whole 333.333 and 303.030.
 */
const SYD = /222[.,]?222|202[.,]?020|\b(?:222|202) (?:t\.kr|thousand)/;
const SECRETS = new RegExp(`${SYD.source}|333[.,]?333|303[.,]?030|\\b(?:333|303) (?:t\\.kr|thousand)`);
const NORD = /111[.,]?111|101[.,]?010|\b111 (?:t\.kr|thousand)/;
type Who = 'anne' | 'bent' | 'ida';
type Kind = 'message' | 'action' | 'edited' | 'channel';
interface Ask { readonly way: string; readonly text: string; readonly kind: Kind }
const ask = (way: string, text: string, kind: Kind = 'message'): Ask => ({ way, text, kind });
/** In this order, for each follow-up changes what was asked before it. */
const ASKS: readonly Ask[] = [
  ask('by name', 'forbrug i Syd i oktober 2026'), ask('in the other language', 'spend in South in October 2026'), ask('by code', 'forbrug i 4712 i oktober 2026'), ask('by code, said to be one', 'forbrug i enhed 4712 i oktober 2026'),
  ask('plural', 'forbrug i alle distrikter i oktober 2026'), ask('beside one\'s own', 'forbrug i Nord og Syd i oktober 2026'), ask('spreadsheet', 'forbrug i Syd i oktober 2026 i Excel'), ask('picture', 'forbrug i Syd pr. måned som graf'),
  ask('button', 'forbrug i Syd i oktober 2026', 'action'), ask('one\'s own', 'forbrug i Nord i oktober 2026'), ask('follow-up', 'og i Syd?'), ask('follow-up by code', 'hvad med 4712'),
  ask('edited message', 'forbrug i 4712 i oktober 2026', 'edited'), ask('where others read along', 'forbrug i Syd i oktober 2026', 'channel'),
];
const EMAIL: Readonly<Record<Who, string>> = { anne: 'anne@kommune.example', bent: 'bent@kommune.example', ida: 'ida@kommune.example' };

/** One platform's wire into and out of the house. */
interface Wire {
  readonly environment: Readonly<Record<string, string>>;
  /** By what a person is known there; the columns of the table of people. */
  readonly column: 'slack' | 'teams' | 'e-mail';
  readonly accounts: Readonly<Record<Who, string>>;
  readonly kinds: readonly Kind[];
  /** Sends what was written and resolves, when it is answered, with all that left meanwhile. */
  say(url: string, who: Who, asked: Ask): Promise<string>;
  /** What left after all answers, once the house has come to rest: files follow their message. */
  rest(): Promise<string>;
  /** The status someone gets who fetches a link of another's answer; empty where there are no links of ours. */
  steal(url: string, said: string, thief: Who): Promise<number[]>;
  close(): Promise<void>;
}

const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });
/** An answer that never comes is a failure to be read, and not a test that hangs. */
const MOST_WAIT_MS = 60_000;
const until = async (what: Ask, there: () => boolean | Promise<boolean>): Promise<void> => {
  const began = performance.now();
  while (!(await there())) {
    if (performance.now() - began > MOST_WAIT_MS) throw new Error(`no answer to '${what.text}' (${what.kind})`);
    await turn();
  }
};
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');
/** A spreadsheet's cells; of an upload what stands between the form's lines, for the reader waits for ever for an archive that ends in something else. */
const END_OF_ARCHIVE = 22;
const sheetText = async (bytes: Buffer): Promise<string> => {
  const [from, end] = [bytes.indexOf('PK\u0003\u0004'), bytes.lastIndexOf('PK\u0005\u0006')];
  return from < 0 || end < 0 ? '' : JSON.stringify(await readXlsxFile(Buffer.from(bytes.subarray(from, end + END_OF_ARCHIVE))));
};

async function slackWire(): Promise<Wire> {
  const workspace = await openWorkspace();
  const { gateway, user, bot, channel } = workspace;
  const accounts = { anne: user.anna, bent: user.guest, ida: user.gone };
  const direct = Object.fromEntries(await Promise.all(Object.values(accounts).map(async (one) => [one, (await bot.conversations.open({ users: one })).channel?.id ?? ''] as const)));
  let taken = 0;
  const left = async (): Promise<string> => {
    const calls = gateway.calls.splice(0).map(({ method, body }) => `${method} ${decodeURIComponent(body.replaceAll('+', ' '))}`);
    const files = await Promise.all(gateway.uploads.slice(taken).map(sheetText));
    taken = gateway.uploads.length;
    return plain([...calls, ...files].join('\n'));
  };
  return {
    environment: { SLACK_BOT_TOKEN: TOKEN, SLACK_API_URL: gateway.apiUrl, SLACK_SIGNING_SECRET: SECRET }, column: 'slack', accounts, kinds: ['message', 'action', 'edited', 'channel'],
    say: async (url, who, asked) => {
      const { text, kind } = asked;
      const [from, at] = [accounts[who], direct[accounts[who]] ?? ''];
      const event = { message: { type: 'message', channel_type: 'im', user: from, text, ts: '1.1', channel: at, event_ts: '1.1' }, channel: { type: 'app_mention', user: from, text: `<@U0OVERBLIK> ${text}`, ts: '7.7', channel, event_ts: '7.7' },
        edited: { type: 'message', subtype: 'message_changed', channel_type: 'im', channel: at, ts: '2.2', event_ts: '2.2', hidden: true, message: { type: 'message', user: from, text, ts: '1.1', edited: { user: from, ts: '2.2' } }, previous_message: { type: 'message', user: from, text: 'forbrug', ts: '1.1' } } };
      if (kind === 'action') await gateway.byHttp(url, 'interactive', { type: 'block_actions', team: { id: 'T000000001' }, user: { id: from, team_id: 'T000000001' }, api_app_id: 'A0OVERBLIK', trigger_id: randomUUID(), channel: { id: at, name: 'directmessage' }, container: { type: 'message', message_ts: '1.1', channel_id: at, is_ephemeral: false }, actions: [{ type: 'button', action_id: 'ask-0', block_id: 'b', value: text, action_ts: randomUUID(), text: { type: 'plain_text', text: 'x' } }] });
      else await gateway.byHttp(url, 'events_api', gateway.envelope(event[kind]));
      await until(asked, () => gateway.calls.filter(({ method }) => method === 'chat.postMessage').length >= (kind === 'channel' ? 2 : 1));
      return left();
    },
    rest: left,
    steal: async () => [],
    close: () => workspace.close(),
  };
}

async function teamsWire(): Promise<Wire> {
  const connector = await startConnector();
  const tenant = randomUUID();
  const accounts = { anne: randomUUID(), bent: randomUUID(), ida: randomUUID() };
  let events = 0;
  const links = (said: string): URL[] => [...new Set(said.match(/https:\/\/overblik\.example\.dk\/pictures\/[^"\\)\s]+/g) ?? [])].map((one) => new URL(one));
  const own: Partial<Record<Who, string>> = {};
  return {
    environment: { PUBLIC_URL: 'https://overblik.example.dk', OVERBLIK_SECRET: 'x'.repeat(40), TEAMS_ANONYMOUS_TEST: 'true', TEAMS_ALLOWED_TENANTS: tenant, TEAMS_SERVICE_URLS: connector.serviceUrl }, column: 'teams', accounts, kinds: ['message', 'action', 'edited', 'channel'],
    say: async (url, who, asked) => {
      const { text, kind } = asked;
      const before = connector.received.length;
      const change = { message: { text }, action: { value: { ask: text } }, edited: { type: 'messageUpdate', text, channelData: { tenant: { id: tenant }, eventType: 'editMessage' } },
        channel: { text: `<at>Overblik</at> ${text}`, entities: [{ type: 'mention', text: '<at>Overblik</at>', mentioned: { id: '28:bot', name: 'Overblik' } }], conversation: { id: '19:channel@thread.tacv2;messageid=17', conversationType: 'channel', tenantId: tenant } } }[kind];
      await fetch(`${url}/api/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({
        type: 'message', id: `${++events}`, channelId: 'msteams', serviceUrl: connector.serviceUrl, timestamp: new Date(events).toISOString(), from: { id: `29:${who}`, aadObjectId: accounts[who] }, recipient: { id: '28:bot' },
        conversation: { id: `a:${who}`, conversationType: 'personal', tenantId: tenant }, channelData: { tenant: { id: tenant } }, ...change }) });
      await until(asked, () => connector.received.length >= before + (kind === 'channel' ? 2 : 1));
      const said = plain(JSON.stringify(connector.received.slice(before)));
      for (const link of links(said)) own[who] ??= link.pathname.split('/')[2] ?? '';
      const files = await Promise.all(links(said).map(async ({ pathname, search }) => sheetText(Buffer.from(await (await fetch(`${url}${pathname}${search}`)).arrayBuffer()))));
      return [said, ...files].join('\n');
    },
    rest: async () => '',
    // Made over to the thief, or without what signs it; whoever holds the whole link is the reader.
    steal: async (url, said, thief) => Promise.all(links(said).flatMap(({ pathname, search }) => [pathname.replace(/^\/pictures\/[^/]+/, `/pictures/${own[thief] ?? 'x'}`) + search, pathname]).map(async (one) => (await fetch(`${url}${one}`)).status)),
    close: () => connector.stop(),
  };
}

async function webWire(): Promise<Wire> {
  const origin = 'http://127.0.0.1:8080';
  const as = (who: Who): Record<string, string> => ({ 'x-forwarded-email': EMAIL[who], 'x-forwarded-for': '203.0.113.9', origin });
  const entries = async (url: string, who: Who): Promise<{ typing: boolean; entries: { id: string }[] }> => {
    const stop = new AbortController();
    let text = '';
    for await (const part of ((await fetch(`${url}/chat/events/me`, { headers: as(who), signal: stop.signal })).body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(new TextDecoderStream())) {
      text += part;
      if (/event: snapshot\ndata: .*\n\n/.test(text)) break;
    }
    stop.abort();
    return JSON.parse(/event: snapshot\ndata: (.*)\n/.exec(text)?.[1] ?? '{}') as Awaited<ReturnType<typeof entries>>;
  };
  const links = (said: string): string[] => [...new Set(said.match(/\/?chat\/(?:picture|file)\/[\w-]+\/[\w.-]+/g) ?? [])].map((one) => one.replace(/^\/?/, '/'));
  return {
    // The page is looked at again and again until the answer stands there.
    environment: { OVERBLIK_REQUESTS_PER_MINUTE: '100000', OVERBLIK_QUESTIONS_PER_MINUTE: '1000', WEB_IDENTITY_HEADER: 'X-Forwarded-Email', TRUSTED_PROXIES: '127.0.0.1', PUBLIC_URL: origin }, column: 'e-mail', accounts: EMAIL,
    // A page of one's own: there is nobody to read along, and what was sent can't be edited.
    kinds: ['message', 'action'],
    say: async (url, who, asked) => {
      const { text, kind } = asked;
      const id = randomUUID();
      const response = await fetch(`${url}/chat/messages/me`, { method: 'POST', headers: { 'content-type': 'application/json', ...as(who) }, body: JSON.stringify({ id, kind, text }) });
      expect(response.status).toBe(202);
      let answers: { id: string }[] = [];
      await until(asked, async () => {
        const seen = await entries(url, who);
        // Of someone whose role has changed only what came since is there.
        answers = seen.entries.slice(seen.entries.findIndex((entry) => entry.id === id) + 1);
        return !seen.typing && seen.entries.some((entry) => entry.id === id) && answers.length > 0;
      });
      const said = plain(JSON.stringify(answers));
      const files = await Promise.all(links(said).map(async (link) => sheetText(Buffer.from(await (await fetch(`${url}${link}`, { headers: as(who) })).arrayBuffer()))));
      return [said, ...files].join('\n');
    },
    rest: async () => '',
    steal: async (url, said, thief) => Promise.all(links(said).map(async (link) => (await fetch(`${url}${link}`, { headers: as(thief) })).status)),
    close: async () => undefined,
  };
}

describe.each([['Slack', slackWire], ['Teams', teamsWire], ['the web chat', webWire]] as const)('on %s', (_platform, open) => {
  let wire: Wire;
  let service: Service;
  let files: ReturnType<typeof writeSmallPack>;
  const people = (change: (table: string) => string = (table) => table): string => change(`id;navn;rolle;enhed;${wire.column}\n${(['anne;Anne Bo;leder;4711', 'bent;Bent Li;leder;4712', 'ida;Ida Sø;analytiker;4700'] as const).map((line) => `${line};${wire.accounts[line.split(';')[0] as Who]}`).join('\n')}\n`);
  const start = (): Promise<Service> => serve(readConfig({ ...wire.environment, OVERBLIK_PACKS: files.root, OVERBLIK_DATA_DIR: `${files.base}/var`, PORT: '0', LOG_LEVEL: 'silent' }), { now: () => new Date() }, silent);
  beforeAll(async () => {
    wire = await open();
    // Without pages: only what is asked for leaves.
    files = writeSmallPack(people());
    files.put('pack.yaml', SMALL_PACK.replace(/\ndigests:[^]*$/, '\n'));
    service = await start();
  });
  afterAll(async () => {
    await service.stop();
    await wire.close();
    await rm(files.base, { recursive: true, force: true });
  });
  /** What comes of all that is asked, one after the other, each with what left until it was answered; at last what followed. */
  const round = async (who: Who, asks: readonly Ask[]): Promise<{ way: string; said: string }[]> => {
    const told: { way: string; said: string }[] = [];
    for (const asked of asks.filter(({ kind }) => wire.kinds.includes(kind))) told.push({ way: asked.way, said: await wire.say(service.url, who, asked) });
    await service.stop();
    told.push({ way: 'after all of it', said: await wire.rest() });
    service = await start();
    return told;
  };

  it('Bent is told by each way what is asked for, so that Anne could be', async () => {
    const told = (await round('bent', ASKS)).filter(({ way }) => !['one\'s own', 'after all of it'].includes(way));
    expect(told.filter(({ said }) => !SYD.test(said)).map(({ way }) => way)).toEqual([]);
  });

  it('not a digit of it reaches Anne, and hers do', async () => {
    const told = await round('anne', ASKS);
    expect(told.map(({ way, said }) => [way, SECRETS.exec(said)?.[0] ?? null]).filter(([, secret]) => secret !== null)).toEqual([]);
    expect(told.find(({ way }) => way === 'one\'s own')?.said).toMatch(NORD);
  });

  it('Ida, made the leader of Nord, is told no more than Anne from the next message on', async () => {
    expect(await wire.say(service.url, 'ida', ask('', 'forbrug i Syd i oktober 2026'))).toMatch(SYD);
    files.put('people.csv', people((table) => table.replace('analytiker;4700', 'leder;4711')));
    const told = await round('ida', [ask('follow-up', 'og i september?'), ask('spreadsheet', 'i Excel'), ask('picture', 'som graf'), ...ASKS]);
    files.put('people.csv', people());
    expect(told.map(({ way, said }) => [way, SECRETS.exec(said)?.[0] ?? null]).filter(([, secret]) => secret !== null)).toEqual([]);
    expect(told.find(({ way }) => way === 'one\'s own')?.said).toMatch(NORD);
  });

  it('a link to Bent\'s picture or spreadsheet is none of Anne\'s', async () => {
    await wire.say(service.url, 'anne', ask('', 'forbrug i Nord pr. måned som graf'));
    const theirs = await wire.say(service.url, 'bent', ask('', 'forbrug i Syd pr. måned som graf')) + await wire.say(service.url, 'bent', ask('', 'forbrug i Syd i oktober 2026 i Excel'));
    const status = await wire.steal(service.url, theirs, 'anne');
    expect(status.filter((one) => one !== 404)).toEqual([]);
    // In Slack files are private uploads, and no link of ours is given.
    expect(status.length > 0).toBe(wire.column !== 'slack');
  });
});
