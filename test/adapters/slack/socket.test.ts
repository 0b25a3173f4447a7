import { createSeen } from '../../../src/delivery/seen.ts';
import { openLab, start, type Lab } from './lab.ts';

const until = async (there: () => boolean): Promise<void> => {
  while (!there()) await new Promise((resolve) => { setImmediate(resolve); });
};

describe('a connection of Socket Mode that is lost', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await openLab('socket');
    await start(lab);
  });
  afterEach(() => lab.close());
  const opened = (): number => lab.gateway.calls.filter(({ method }) => method === 'apps.connections.open').length;
  const isHeard = async (text: string): Promise<void> => {
    await until(() => lab.gateway.sockets.size > 0);
    await lab.send('events_api', lab.gateway.envelope({ type: 'message', channel_type: 'im', user: lab.user.anna, text, ts: '1.1', channel: 'D1' }));
    await until(() => lab.came.some((incoming) => incoming.text === text));
  };
  const cut = async (): Promise<void> => {
    for (const socket of lab.gateway.sockets) socket.terminate();
    await until(() => lab.gateway.sockets.size === 0);
  };

  it('comes back by itself, and again', async () => {
    await cut();
    await isHeard('efter et brud');
    await cut();
    await isHeard('efter to');
  });

  it('comes back when Slack asks for it', async () => {
    const [first] = lab.gateway.sockets;
    first?.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: {} }));
    await until(() => first !== undefined && !lab.gateway.sockets.has(first));
    await isHeard('efter en fornyelse');
  });

  it('outlives a Slack that fails, breaks off, has too much to do and refuses for a time', async () => {
    const troubles = [{ status: 500, body: {} }, { drop: true }, { status: 429, headers: { 'retry-after': '2' } }, { body: { ok: false, error: 'invalid_auth' } }, { status: 503, body: {} }];
    lab.gateway.fault((method) => (method === 'apps.connections.open' ? troubles.shift() ?? null : null));
    const before = opened();
    await cut();
    await isHeard('efter alt det');
    expect(opened() - before).toBe(6);
    expect(lab.logged.filter((line) => line.startsWith('slack.not-connected'))).toHaveLength(5);
  });

  it('stays away once the service has stopped', async () => {
    lab.gateway.fault((method) => (method === 'apps.connections.open' ? { status: 500, body: {} } : null));
    const before = opened();
    await cut();
    await until(() => opened() > before);
    await lab.slack.stop();
    const turns = async (): Promise<void> => { for (let i = 0; i < 200; i += 1) await new Promise((resolve) => { setImmediate(resolve); }); };
    // An attempt that was on its way may end.
    await turns();
    lab.gateway.fault(null);
    const after = opened();
    await turns();
    expect(opened()).toBe(after);
    expect(lab.gateway.sockets.size).toBe(0);
  });

  it('does not hold up a stop when nobody answers the goodbye', async () => {
    for (const socket of lab.gateway.sockets) socket.pause();
    await lab.slack.stop();
    expect(lab.gateway.sockets.size).toBe(1);
    for (const socket of lab.gateway.sockets) socket.resume();
    await until(() => lab.gateway.sockets.size === 0);
  }, 5000);
});

describe('what was seen', () => {
  it('is remembered up to a bound, the oldest forgotten first', () => {
    const seen = createSeen(2);
    expect(['a', 'b', 'a', 'c', 'b', 'a'].map((id) => seen.first(id))).toEqual([true, true, false, true, false, true]);
  });
});
