import { openChild } from '../../../src/io/child/child.ts';

describe('the process that reads foreign files', () => {
  it('learns no token and no password of the service', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { SLACK_BOT_TOKEN: 'xoxb-secret-1', OVERBLIK_DATABASE_URL: 'postgres://u:secret-2@db/x', MicrosoftAppPassword: 'secret-3', NODE_OPTIONS: '--no-warnings' });
    const child = openChild(new URL('./told.ts', import.meta.url), { heapMb: 64, mostMb: 512, stillMs: 60_000 });
    try {
      const told = await child.run({}, 60_000) as string[];
      expect(told.filter((line) => /secret|SLACK|OVERBLIK|Microsoft|NODE_OPTIONS/.test(line))).toEqual([]);
      expect(told.some((line) => line.startsWith('PATH='))).toBe(true);
    } finally {
      child.close();
      process.env = before;
    }
  });

  it('is told to have run out of memory, however long the trace below that word is', async () => {
    const child = openChild(new URL('./full.ts', import.meta.url), { heapMb: 64, mostMb: 512, stillMs: 60_000 });
    try {
      for (let run = 0; run < 2; run += 1) await expect(child.run({}, 60_000)).rejects.toMatchObject({ name: 'JobEnded', why: 'memory', message: 'it took more than 64 MB of memory' });
    } finally {
      child.close();
    }
  });
});
