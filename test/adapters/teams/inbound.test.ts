import fc from 'fast-check';
import { TurnContext } from 'botbuilder';
import type { Activity as SdkActivity } from 'botbuilder';
import { inbound, readActivity, serviceUrlAllowed } from '../../../adapters/teams/inbound.ts';
import type { Inbound } from '../../../adapters/teams/inbound.ts';

const TENANT = '1b0c5a2e-0000-4000-8000-00000000000a';
const ALLOWED = { tenants: [TENANT], serviceUrls: ['https://smba.trafficmanager.net/'] };

/** Written after Microsoft's published examples of what Teams sends. */
const personal = {
  text: 'forbrug i år', textFormat: 'plain', attachments: [{ contentType: 'text/html', content: '<p>forbrug i år</p>' }], type: 'message', timestamp: '2026-11-23T08:00:00.000Z',
  id: '1795420800000', channelId: 'msteams', serviceUrl: 'https://smba.trafficmanager.net/emea/', from: { id: '29:1XJKJMvc5GBtc2JwZq0oj8tHZmzrQgFmB39ATiQWA85g', name: 'Anna Test', aadObjectId: 'AABBCCDD-0000-4000-8000-000000000001' },
  conversation: { conversationType: 'personal', tenantId: TENANT, id: 'a:17I0kl9EkpE1O9PH5TWrzrLNwnWWcfrU7QZjKR0WSfOpzbfcAg2IaydGElSo10tVr4C7Fc6GtieTJX663WuJCc1uA83n4CSrHSgGBj5XNYLcVlJAs2ZX8DbYBPck201w' },
  recipient: { id: '28:c9e8c047-2a34-40a1-b28a-b162d5f5327c', name: 'Overblik' }, entities: [{ locale: 'da-DK', country: 'DK', platform: 'Windows', type: 'clientInfo' }],
  channelData: { tenant: { id: TENANT } }, locale: 'da-DK',
};
const mention = { mentioned: personal.recipient, text: '<at>Overblik</at>', type: 'mention' };
const channel = {
  ...personal, text: '<at>Overblik</at> forbrug i Nord\n', entities: [mention, ...personal.entities],
  conversation: { isGroup: true, conversationType: 'channel', tenantId: TENANT, id: '19:253b1f341670408fb6fe51050b6e5ceb@thread.skype;messageid=1485983194839' },
  channelData: { teamsChannelId: '19:253b1f341670408fb6fe51050b6e5ceb@thread.skype', tenant: { id: TENANT } },
};
const silent = { ...personal, text: undefined };
const installed = { ...silent, type: 'installationUpdate', action: 'add', entities: [] };
const added = { ...silent, type: 'conversationUpdate', membersAdded: [{ id: personal.recipient.id }] };

function read(body: unknown, allowed = ALLOWED): Inbound {
  const activity = readActivity(body);
  if (activity === null) throw new Error('no activity');
  return inbound(activity, allowed);
}
const textOf = (body: unknown): string | null => {
  const result = read(body);
  return result.kind === 'incoming' ? result.incoming.text : null;
};

describe('a message of Teams', () => {
  it('one to one is a question of a person in the directory', () => {
    expect(read(personal)).toEqual({
      kind: 'incoming', roster: personal.conversation.id, id: personal.from.id,
      incoming: {
        id: `${personal.conversation.id}/1795420800000`, kind: 'message', direct: true, text: 'forbrug i år',
        from: { platform: 'teams', tenant: TENANT, user: 'aabbccdd-0000-4000-8000-000000000001', email: null, name: 'Anna Test' },
        address: { platform: 'teams', tenant: TENANT, conversation: personal.conversation.id, thread: null, user: 'aabbccdd-0000-4000-8000-000000000001', serviceUrl: 'https://smba.trafficmanager.net/emea/', bot: personal.recipient.id },
      },
    });
  });

  it('in a channel is read by others, and is answered in its thread', () => {
    expect(read(channel)).toMatchObject({ incoming: { direct: false, text: 'forbrug i Nord', address: { conversation: '19:253b1f341670408fb6fe51050b6e5ceb@thread.skype', thread: '1485983194839' } } });
  });

  it('loses the mention of the bot wherever it stands, as the SDK would take it out, and keeps other people\'s', () => {
    const other = { mentioned: { id: '29:bo' }, text: '<at>Bo</at>', type: 'mention' };
    for (const text of ['<at>Overblik</at> hvad med Nord?', 'hvad med <at>Overblik</at> Nord?', 'hvad med Nord? <at>Overblik</at>']) {
      const body = { ...channel, text };
      expect(textOf(body)).toBe('hvad med Nord?');
      expect((TurnContext.removeRecipientMention(structuredClone(body) as unknown as SdkActivity) ?? '').replace(/\s+/g, ' ').trim()).toBe('hvad med Nord?');
    }
    expect(textOf({ ...channel, text: '<at>Overblik</at> spørg <at>Bo</at>', entities: [mention, other] })).toBe('spørg <at>Bo</at>');
  });

  it('is read letter by letter where Teams writes entities', () => {
    expect(textOf({ ...personal, text: '&nbsp;l&oslash;n &lt; 5 &amp;amp; &quot;x&quot;\u00a0y' })).toBe('l&oslash;n < 5 &amp; "x" y');
  });

  it('from a conversation of an unknown kind is taken to be read by others', () => {
    expect(read({ ...personal, conversation: { id: 'a:1', tenantId: TENANT } })).toMatchObject({ incoming: { direct: false } });
  });

  it('in two conversations at the same millisecond is two messages', () => {
    const [one, two] = [read(personal), read({ ...personal, conversation: { ...personal.conversation, id: 'a:other' } })];
    expect(one.kind === 'incoming' && two.kind === 'incoming' && one.incoming.id !== two.incoming.id).toBe(true);
  });
});

describe('a pressed button', () => {
  it('is its question, by Submit and by Execute', () => {
    expect(read({ ...silent, value: { ask: 'forbrug pr. måned' } })).toMatchObject({ incoming: { kind: 'action', text: 'forbrug pr. måned' } });
    expect(read({ ...silent, type: 'invoke', name: 'adaptiveCard/action', value: { action: { type: 'Action.Execute', data: { ask: 'pris' } }, trigger: 'manual' } })).toMatchObject({ incoming: { kind: 'action', text: 'pris' } });
  });

  it.each([[{}], [{ ask: '' }], [{ ask: 5 }], ['text'], [[1]]])('of somebody else\'s card (%j) is left alone', (value) => {
    expect(read({ ...personal, value }).kind).toBe('ignored');
  });
});

describe('an installation', () => {
  it('is told by either of two activities', () => {
    expect(read(installed)).toMatchObject({ incoming: { kind: 'installed', text: '' } });
    expect(read(added)).toMatchObject({ incoming: { kind: 'installed', text: '' } });
  });

  it('of somebody else in the conversation is none', () => {
    expect(read({ ...added, membersAdded: [{ id: '29:bo' }] }).kind).toBe('ignored');
    expect(read({ ...installed, action: 'add-upgrade' }).kind).toBe('ignored');
  });

  it('undone is told by either of two activities', () => {
    expect(read({ ...installed, action: 'remove' })).toEqual({ kind: 'removed', conversation: personal.conversation.id });
    expect(read({ ...silent, type: 'conversationUpdate', membersRemoved: [{ id: personal.recipient.id }] })).toEqual({ kind: 'removed', conversation: personal.conversation.id });
  });
});

describe('never reaches the handler:', () => {
  it.each<[string, object, Inbound['kind']]>([
    ['another organisation', { channelData: { tenant: { id: 'x' } }, conversation: { ...personal.conversation, tenantId: 'x' } }, 'refused'],
    ['two organisations at once', { channelData: { tenant: { id: 'x' } } }, 'refused'],
    ['no organisation', { channelData: {}, conversation: { id: 'a:1' } }, 'refused'],
    ['another channel of Bot Framework', { channelId: 'webchat' }, 'refused'],
    ['another service URL', { serviceUrl: 'https://smba.trafficmanager.net.evil.example/' }, 'refused'],
    ['a person without an Entra object id', { from: { id: '29:x', name: 'Anna' } }, 'ignored'],
    ['a bot', { from: { ...personal.from, role: 'bot' } }, 'ignored'],
    ['a reaction', { type: 'messageReaction' }, 'ignored'],
    ['typing', { type: 'typing' }, 'ignored'],
    ['an invoke that is no button', { type: 'invoke', name: 'composeExtension/query', value: { ask: 'x' } }, 'ignored'],
  ])('%s', (_name, more, kind) => expect(read({ ...personal, ...more }).kind).toBe(kind));

  it('anything that is no activity', () => {
    for (const body of [null, 'x', [], {}, { type: 'message' }, { ...personal, serviceUrl: 'x' }, { ...personal, conversation: { id: '' } }, { ...personal, from: null }]) expect(readActivity(body)).toBeNull();
    fc.assert(fc.property(fc.jsonValue(), (body) => { expect(() => readActivity(body)).not.toThrow(); }));
  });

  it('any activity spoilt in any one place makes no error', () => {
    const keys = Object.keys(channel) as (keyof typeof channel)[];
    fc.assert(fc.property(fc.constantFrom(...keys), fc.jsonValue(), (key, value) => {
      const activity = readActivity({ ...channel, [key]: value });
      if (activity !== null) inbound(activity, ALLOWED);
    }));
  });
});

describe('a service URL', () => {
  it.each([
    ['https://smba.trafficmanager.net/emea/', true], ['https://smba.trafficmanager.net/', true], ['https://smba.trafficmanager.net', true], ['https://smba.trafficmanager.net:443/x', true],
    ['http://smba.trafficmanager.net/', false], ['https://smba.trafficmanager.net:444/', false], ['https://smba.trafficmanager.net@evil.example/', false], ['https://x@smba.trafficmanager.net/', false],
    ['https://evil.example/?https://smba.trafficmanager.net/', false], ['', false],
  ])('%s: %s', (url, allowed) => expect(serviceUrlAllowed(url, ALLOWED.serviceUrls)).toBe(allowed));

  it('is cut at a slash', () => {
    expect(['https://h.dk/a', 'https://h.dk/a/b', 'https://h.dk/ab', 'https://h.dk/a/../c'].map((url) => serviceUrlAllowed(url, ['https://h.dk/a']))).toEqual([true, true, false, false]);
  });
});
