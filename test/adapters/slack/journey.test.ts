import type { Incoming } from '../../../src/ports.ts';
import { sampleMessage } from '../web/sample.ts';
import { TEAM } from './gateway.ts';
import { BOT, openLab, start, type Lab } from './lab.ts';

/** One day with Slack, by each of its two ways in. */
describe.each(['http', 'socket'] as const)('Slack over %s', (kind) => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab(kind);
    await start(lab);
  });
  afterAll(() => lab.close());
  beforeEach(() => {
    lab.came.length = 0;
    lab.gateway.calls.length = 0;
    lab.gateway.fault(null);
    lab.answer = async () => ({ ...sampleMessage('da'), png: null });
  });
  const sent = async (event: Record<string, unknown>, id?: string): Promise<Incoming> => {
    await lab.send('events_api', lab.gateway.envelope(event, id));
    await lab.called('chat.postMessage');
    return lab.came.at(-1) as Incoming;
  };
  const blocksIn = (body: string): Record<string, unknown>[] => JSON.parse(new URLSearchParams(body).get('blocks') ?? '[]') as Record<string, unknown>[];

  it('a mention in a channel is answered in its thread, without the mention', async () => {
    const { ts = '' } = await lab.typing.chat.postMessage({ channel: lab.channel, text: `<@${BOT}> budget &amp; timer` });
    const incoming = await sent({ type: 'app_mention', user: lab.user.anna, text: `<@${BOT}> budget &amp; timer`, ts, channel: lab.channel, event_ts: ts });
    expect(incoming).toMatchObject({ kind: 'message', direct: false, text: 'budget & timer', from: { platform: 'slack', tenant: TEAM, user: lab.user.anna, email: 'anna@example.dk' }, address: { conversation: lab.channel, thread: ts } });
    const replies = async (): Promise<string[]> => ((await lab.bot.conversations.replies({ channel: lab.channel, ts })).messages ?? []).map(({ text }) => text ?? '');
    while ((await replies()).length < 2) await new Promise((resolve) => { setImmediate(resolve); });
    expect((await replies())[1]).toContain('Forbruget er 410 t.kr.');
  });

  it('a direct message is a conversation of two', async () => {
    const { channel } = await lab.bot.conversations.open({ users: lab.user.anna });
    const incoming = await sent({ type: 'message', channel_type: 'im', user: lab.user.anna, text: 'sygefravær', ts: '1.1', channel: channel?.id ?? '', event_ts: '1.1' });
    expect(incoming).toMatchObject({ kind: 'message', direct: true, text: 'sygefravær', address: { conversation: channel?.id, thread: null } });
  });

  it('what is not for the bot is acknowledged and left alone: its own words, other bots, edits, talk in a channel', async () => {
    const others: Record<string, unknown>[] = [
      { type: 'message', channel_type: 'channel', user: lab.user.anna, text: 'til alle', ts: '2.1', channel: lab.channel },
      { type: 'message', channel_type: 'im', user: BOT, text: 'min egen', ts: '2.2', channel: 'D1' },
      { type: 'message', channel_type: 'im', user: lab.user.anna, bot_id: 'B9', text: 'en bot', ts: '2.3', channel: 'D1' },
      { type: 'message', channel_type: 'im', subtype: 'message_changed', message: { user: lab.user.anna, text: 'rettet' }, channel: 'D1', ts: '2.4' },
      { type: 'message', channel_type: 'im', subtype: 'channel_join', user: lab.user.anna, text: 'kom', ts: '2.5', channel: 'D1' },
      { type: 'app_home_opened', user: lab.user.anna, channel: 'D1', tab: 'messages' },
    ];
    for (const event of others) expect((await lab.send('events_api', lab.gateway.envelope(event))).status).toBe(200);
    await sent({ type: 'message', channel_type: 'im', user: lab.user.anna, text: 'sidst', ts: '2.9', channel: (await lab.bot.conversations.open({ users: lab.user.anna })).channel?.id ?? '' });
    expect(lab.came.map(({ text }) => text)).toEqual(['sidst']);
  });

  it('/overblik is answered to the one who asked', async () => {
    const place = lab.gateway.responseUrl();
    await lab.send('slash_commands', { token: 't', team_id: TEAM, team_domain: 'kommune', channel_id: lab.channel, channel_name: 'hjemmepleje', user_id: lab.user.anna, user_name: 'anna', command: '/overblik', text: 'budget vs timer', response_url: place.url, trigger_id: '7.7.7', api_app_id: 'A0' });
    expect(await place.next()).toMatchObject({ response_type: 'ephemeral', text: expect.stringContaining('410 t.kr.'), blocks: expect.anything() });
    expect(lab.came).toMatchObject([{ id: '7.7.7', kind: 'command', text: 'budget vs timer', direct: false }]);
  });

  it('a spreadsheet asked for by /overblik comes in a direct message, which the answer says in its own language', async () => {
    for (const [language, words] of [['da', 'Regnearket kommer i en direkte besked fra mig.'], ['en', 'The spreadsheet comes in a direct message from me.']] as const) {
      lab.answer = async () => ({ ...sampleMessage(language), png: null, sheet: { name: 'Forbrug.xlsx', bytes: Uint8Array.of(0x50, 0x4b, 1, 2) } });
      const place = lab.gateway.responseUrl();
      await lab.send('slash_commands', { token: 't', team_id: TEAM, channel_id: lab.channel, channel_name: 'hjemmepleje', user_id: lab.user.anna, command: '/overblik', text: 'forbrug i Excel', response_url: place.url, trigger_id: `7.8.${language}`, api_app_id: 'A0' });
      const answered = await place.next();
      expect(answered).toMatchObject({ response_type: 'ephemeral', text: expect.stringContaining(words) });
      expect(JSON.stringify(answered['blocks'])).toContain(words);
      const { channel } = await lab.bot.conversations.open({ users: lab.user.anna });
      expect(new URLSearchParams(await lab.called('files.getUploadURLExternal')).get('filename')).toBe('Forbrug.xlsx');
      // To the reader alone, and never into the channel where it was typed.
      expect(new URLSearchParams(await lab.called('files.completeUploadExternal')).get('channel_id')).toBe(channel?.id);
      expect(lab.gateway.calls.map(({ method }) => method)).not.toContain('chat.postMessage');
    }
  });

  it('a spreadsheet asked for by /overblik that Slack does not take is said to who asked, and the answer stands', async () => {
    lab.answer = async () => ({ ...sampleMessage('da'), png: null, sheet: { name: 'Forbrug.xlsx', bytes: Uint8Array.of(0x50, 0x4b, 1, 2) } });
    lab.gateway.fault((method) => (method === 'files.completeUploadExternal' ? { body: { ok: false, error: 'storage_limit_reached' } } : null));
    const place = lab.gateway.responseUrl();
    await lab.send('slash_commands', { token: 't', team_id: TEAM, channel_id: lab.channel, channel_name: 'hjemmepleje', user_id: lab.user.anna, command: '/overblik', text: 'forbrug i Excel', response_url: place.url, trigger_id: '7.9', api_app_id: 'A0' });
    expect(await place.next()).toMatchObject({ text: expect.stringContaining('410 t.kr.') });
    expect(await place.next()).toMatchObject({ response_type: 'ephemeral', text: expect.stringContaining('Excel-filen kunne ikke sendes') });
    expect(lab.gateway.calls.map(({ method }) => method)).not.toContain('chat.postMessage');
  });

  it('/overblik between two people is not a place for the bot to write to later', async () => {
    const place = lab.gateway.responseUrl();
    await lab.send('slash_commands', { token: 't', team_id: TEAM, channel_id: 'D0OTHERS', channel_name: 'directmessage', user_id: lab.user.anna, command: '/overblik', text: 'sygefravær', response_url: place.url, trigger_id: '7.7.8', api_app_id: 'A0' });
    await place.next();
    expect(lab.came).toMatchObject([{ kind: 'command', direct: false }]);
  });

  it('a button in an answer that only one sees is answered to that one only', async () => {
    const place = lab.gateway.responseUrl();
    await lab.send('interactive', { type: 'block_actions', user: { id: lab.user.anna, team_id: TEAM }, api_app_id: 'A0', token: 't', container: { type: 'message', message_ts: '5.5', channel_id: 'D0OTHERS', is_ephemeral: true }, trigger_id: '8.9', team: { id: TEAM, domain: 'kommune' }, channel: { id: 'D0OTHERS', name: 'directmessage' }, response_url: place.url, actions: [{ type: 'button', action_id: 'ask-1', block_id: 'b', value: 'år til dato', action_ts: '1.2', text: { type: 'plain_text', text: 'År til dato' } }] });
    expect(await place.next()).toMatchObject({ response_type: 'ephemeral', replace_original: false });
    expect(lab.came).toMatchObject([{ kind: 'action', direct: false, text: 'år til dato' }]);
    expect(lab.gateway.calls.map(({ method }) => method)).not.toContain('chat.postMessage');
  });

  it('a button asks what stands on it', async () => {
    const { ts = '' } = await lab.typing.chat.postMessage({ channel: lab.channel, text: 'x' });
    await lab.send('interactive', { type: 'block_actions', user: { id: lab.user.anna, team_id: TEAM }, api_app_id: 'A0', token: 't', container: { type: 'message', message_ts: ts, channel_id: lab.channel, thread_ts: ts }, trigger_id: '8.8', team: { id: TEAM, domain: 'kommune' }, channel: { id: lab.channel, name: 'hjemmepleje' }, message: { type: 'message', text: 'x', ts }, response_url: lab.gateway.responseUrl().url, actions: [{ type: 'button', action_id: 'ask-0', block_id: 'b', value: 'år til dato', action_ts: '1.1', text: { type: 'plain_text', text: 'År til dato' } }] });
    await lab.called('chat.postMessage');
    expect(lab.came).toMatchObject([{ kind: 'action', text: 'år til dato', address: { conversation: lab.channel, thread: ts } }]);
  });

  it('App Home shows the page when it is opened', async () => {
    lab.answer = async () => sampleMessage('da');
    await lab.send('events_api', lab.gateway.envelope({ type: 'app_home_opened', user: lab.user.anna, channel: 'D1', tab: 'home', event_ts: '1' }));
    const view = JSON.parse(new URLSearchParams(await lab.called('views.publish')).get('view') ?? '{}') as { type: string; blocks: { type: string }[] };
    expect(view.type).toBe('home');
    expect(view.blocks.map(({ type }) => type)).toEqual(expect.arrayContaining(['header', 'image', 'rich_text']));
    expect(view.blocks.some(({ type }) => type === 'table')).toBe(false);
  });

  it('App Home that Slack refuses is shown without its picture', async () => {
    lab.answer = async () => sampleMessage('da');
    lab.gateway.fault((method, body) => (method === 'views.publish' && body.includes('slack_file') ? { body: { ok: false, error: 'invalid_arguments', response_metadata: { messages: ['[ERROR] invalid slack file [json-pointer:/view/blocks/3/slack_file]'] } } } : null));
    await lab.send('events_api', lab.gateway.envelope({ type: 'app_home_opened', user: lab.user.anna, channel: 'D1', tab: 'home', event_ts: '1' }));
    expect(await lab.called('views.publish')).toContain('slack_file');
    const plainer = await lab.called('views.publish');
    expect(plainer).not.toContain('slack_file');
    expect(plainer).toContain('4%2C71');
  });

  it('a page goes to someone who never wrote, with its picture as it was drawn', async () => {
    const message = sampleMessage('da');
    const outcome = await lab.slack.send({ platform: 'slack', tenant: '', conversation: '', thread: null, user: lab.user.anna, serviceUrl: '', bot: '' }, message);
    expect(outcome).toMatchObject({ pictureSent: true, messageId: expect.stringMatching(/^\d+\.\d+$/) });
    const blocks = blocksIn(await lab.called('chat.postMessage'));
    const image = blocks.find(({ type }) => type === 'image') as { slack_file: { id: string }; alt_text: string };
    expect(image.alt_text).toBe(message.card.picture?.alt);
    const { file } = await lab.bot.files.info({ file: image.slack_file.id });
    const downloaded = await fetch(file?.url_private ?? '', { headers: { authorization: 'Bearer xoxb-overblik' } });
    expect(Buffer.from(await downloaded.arrayBuffer()).equals(Buffer.from(message.png ?? []))).toBe(true);
    const { channel } = await lab.bot.conversations.open({ users: lab.user.anna });
    expect((await lab.bot.conversations.history({ channel: channel?.id ?? '', limit: 1 })).messages?.[0]).toMatchObject({ ts: outcome.messageId });
  });

  it('an event that Slack sends again is acknowledged again, and handled once', async () => {
    const event = { type: 'message', channel_type: 'im', user: lab.user.anna, text: 'igen', ts: '3.1', channel: (await lab.bot.conversations.open({ users: lab.user.anna })).channel?.id ?? '' };
    await sent(event, 'Ev0SAME');
    for (const retry of ['1', '2', '3']) expect((await lab.send('events_api', lab.gateway.envelope(event, 'Ev0SAME'), { headers: { 'x-slack-retry-num': retry, 'x-slack-retry-reason': 'http_timeout' } })).status).toBe(200);
    await sent({ ...event, text: 'noget andet' });
    expect(lab.came.map(({ text }) => text)).toEqual(['igen', 'noget andet']);
    expect(lab.came[0]?.id).toBe('Ev0SAME');
  });

  it('when an answer fails nothing falls over, and the log says why without what was asked', async () => {
    lab.answer = async () => { throw new Error('broken inside'); };
    const before = lab.logged.length;
    await lab.send('events_api', lab.gateway.envelope({ type: 'message', channel_type: 'im', user: lab.user.anna, text: 'en hemmelighed', ts: '4.1', channel: 'D1' }));
    while (lab.logged.length === before) await new Promise((resolve) => { setImmediate(resolve); });
    expect(lab.logged.slice(before).join()).toContain('slack.answer-failed');
    expect(lab.logged.slice(before).join()).not.toContain('hemmelighed');
  });
});

describe('a wrong token', () => {
  it.each([['invalid_auth', 'SLACK_BOT_TOKEN'], ['account_inactive', 'removed']])('%s is told at the start, with what to do', async (word, hint) => {
    const lab = await openLab('http');
    lab.gateway.fault((method) => (method === 'auth.test' ? { body: { ok: false, error: word } } : null));
    await expect(start(lab)).rejects.toThrow(hint);
    await expect(start(lab)).rejects.not.toThrow('xoxb');
    await lab.close();
  });

  it('of Socket Mode too', async () => {
    const lab = await openLab('socket', { appToken: 'xapp-wrong' });
    await expect(start(lab)).rejects.toThrow(/^Slack: .*invalid_auth.*SLACK_APP_TOKEN/);
    await expect(start(lab)).rejects.not.toThrow(/SLACK_BOT_TOKEN|xapp-wrong/);
    await lab.close();
  });
});
