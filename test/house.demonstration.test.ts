import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../src/cli.ts';
import { readConfig } from '../src/io/config/config.ts';
import type { Clock, Log } from '../src/ports.ts';
import { serve, type Service } from '../src/service.ts';

/** The demonstration on days it was not written for, as the whole house starts it. The test moves the clock. */
const dir = mkdtempSync(join(tmpdir(), 'overblik-demonstration-'));
const environment = { OVERBLIK_DATA_DIR: dir, PORT: '0', LOG_LEVEL: 'silent' };
const clock: Clock & { at: Date } = { at: new Date('2026-12-01T00:10:00+01:00'), now: () => clock.at };
const sent: { kind: unknown; pack: unknown; period: unknown }[] = [];
let told: (() => void)[] = [];
const line = (event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
  if (event === 'delivered') sent.push({ kind: fields['kind'], pack: fields['pack'], period: fields['period'] });
  for (const one of told.splice(0)) one();
};
const log: Log = { info: line, warn: line, error: line };
const pages = async (count: number): Promise<void> => {
  while (sent.filter(({ kind }) => kind === 'page').length < count) await new Promise<void>((resolve) => { told.push(resolve); });
};
const status = async (): Promise<string> => {
  const out: string[] = [];
  await run(['status'], { environment, out: (text) => { out.push(text); }, err: (text) => { out.push(text); }, ended: Promise.resolve(), clock });
  return out.join('\n');
};

let service: Service | null = null;
afterAll(async () => {
  await service?.stop();
  told = [];
  await rm(dir, { recursive: true, force: true });
});

describe('the demonstration', () => {
  test('started in the first minutes of a month, gives everybody the page of the month that just ended, and no older one', async () => {
    service = await serve(readConfig(environment), clock, log);
    await pages(20);
    const now = await status();
    expect(now).toMatch(/^hjemmepleje\/maaned 2026-11\S*: 8 of 8 delivered/m);
    expect(now).toMatch(/^boern-unge\/maaned 2026-11\S*: 12 of 12 delivered/m);
    expect(now).not.toContain('2026-10');
  });

  test('goes on into the next year by itself: the new month comes, and nobody gets a correction of the month before', async () => {
    await service?.stop();
    clock.at = new Date('2027-01-01T00:10:00+01:00');
    service = await serve(readConfig(environment), clock, log);
    await pages(40);
    await service.stop();
    // A second look at the calendar: what a correction would come with.
    service = await serve(readConfig(environment), clock, log);
    const now = await status();
    expect(now).toMatch(/^hjemmepleje\/maaned 2026-12\S*: 8 of 8 delivered/m);
    expect(now).toMatch(/^hjemmepleje\/maaned 2026-11\S*: 8 of 8 delivered/m);
    expect(sent.filter(({ kind }) => kind !== 'page' && kind !== 'receipt')).toEqual([]);
  });
});
