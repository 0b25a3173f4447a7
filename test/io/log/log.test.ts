import { createLog } from '../../../src/io/log/log.ts';

function logged(level: Parameters<typeof createLog>[0], work: (log: ReturnType<typeof createLog>) => void, secrets: readonly string[] = []): Record<string, unknown>[] {
  const lines: string[] = [];
  work(createLog(level, { write: (line) => { lines.push(line); } }, secrets));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  it('is one JSON line per event, with level, time and fields', () => {
    const [line] = logged('info', (log) => { log.warn('late-data', { source: 'besoeg', days: 3 }); });
    expect(line).toMatchObject({ level: 'warn', event: 'late-data', source: 'besoeg', days: 3, time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) });
  });

  it('is quiet below its level', () => {
    expect(logged('error', (log) => { log.info('a'); log.warn('b'); log.error('c'); })).toHaveLength(1);
    expect(logged('silent', (log) => { log.error('c'); })).toEqual([]);
  });

  it('never holds a CPR number or a secret, however deep it lies', () => {
    const secret = ['xoxb-1234-abcd', 'xapp-1-A0-99-ff', 'postgres://me:pass@db/overblik', 'Bearer eyJhbGciOi.eyJpc3M.sig'];
    const lines = logged('info', (log) => {
      log.info('asked', { text: 'sagen om 010190-1234 og 3112991234', inner: [{ note: secret.join(' ') }] });
      log.error('failed', { error: new Error(`could not reach ${secret.join(', ')} for 010190-1234`) });
    });
    const text = JSON.stringify(lines);
    for (const word of ['010190', '3112991234', 'xoxb-1234', 'xapp-1', 'me:pass', 'eyJhbGciOi']) expect(text).not.toContain(word);
    expect(text).toContain('sagen om ******-****');
  });

  it('never holds a secret of the settings, whatever it looks like', () => {
    const lines = logged('info', (log) => {
      log.error('failed', { error: new Error('login as overblik with korrekt-hest was refused'), tried: ['https://x/?key=korrekt-hest'] });
    }, ['korrekt-hest', 'kort']);
    expect(JSON.stringify(lines)).not.toContain('korrekt-hest');
    expect(lines[0]).toMatchObject({ error: { message: 'login as overblik with [secret] was refused' } });
    expect(logged('info', (log) => { log.info('one that is part of another', { note: 'hest-i-stalden' }); }, ['hest-i-s', 'hest-i-stalden'])[0]).toMatchObject({ note: '[secret]' });
    expect(logged('info', (log) => { log.info('a short word stays, for it is part of others', { note: 'kortet' }); }, ['kort'])[0]).toMatchObject({ note: 'kortet' });
  });
});
