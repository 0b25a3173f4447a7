import { readMessage } from '../../../adapters/slack/inbound.ts';

const BODY = { team_id: 'T1', event_id: 'Ev2', event_time: 1 };
const edit = (over: object = {}, message: object = {}): object => ({
  type: 'message', subtype: 'message_changed', channel: 'D1', channel_type: 'im', ts: '2', hidden: true,
  message: { type: 'message', user: 'U1', text: 'sygefravær i oktober', ts: '1', edited: { user: 'U1', ts: '2' }, ...message },
  previous_message: { type: 'message', user: 'U1', text: 'sygefravær i september', ts: '1' }, ...over,
});

describe('an edited message', () => {
  it('is read anew, as an event of its own', () => {
    expect(readMessage(BODY, edit(), 'UBOT')).toMatchObject({ id: 'Ev2', kind: 'edited', user: 'U1', text: 'sygefravær i oktober', direct: true, address: { conversation: 'D1', thread: null } });
  });
  it.each<[string, object, object]>([
    ['a link that Slack unfurled, which changes no word', { previous_message: { text: 'sygefravær i oktober' } }, {}],
    ['a message of the bot itself', {}, { user: 'UBOT' }],
    ['a message of another bot', {}, { bot_id: 'B1' }],
    ['an edit in a channel', { channel: 'C1' }, {}],
    ['a change that is no edit', {}, { edited: undefined }],
  ])('%s is not', (_what, over, message) => { expect(readMessage(BODY, edit(over, message), 'UBOT')).toBeNull(); });
});
