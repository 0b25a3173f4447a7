import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examineFolder } from '../../../src/io/disk/doctor.ts';

const MB = 1024 * 1024;

describe('the doctor at a folder', () => {
  const dir = mkdtempSync(join(tmpdir(), 'overblik-disk-'));
  afterAll(() => { rmSync(dir, { recursive: true, force: true }); });
  const room = (mb: number) => async (): Promise<number> => mb * MB;

  it('writes there, says how much is free, and leaves nothing behind', async () => {
    expect(await examineFolder('data folder', dir)).toMatchObject({ what: 'data folder', found: expect.stringMatching(/ can be written, \d+ [GM]B free\.$/) });
    expect(readdirSync(dir)).toEqual([]);
  });

  it('makes no folder: one that is not there is judged by where it would be', async () => {
    expect(await examineFolder('data folder', join(dir, 'var', 'overblik'), room(5000))).toMatchObject({ state: 'ok', found: `${join(dir, 'var', 'overblik')} is not there yet; it can be made, 4 GB free.` });
    expect(readdirSync(dir)).toEqual([]);
  });

  it('warns when there is little room, and fails when there is next to none', async () => {
    expect(await examineFolder('data folder', dir, room(500))).toMatchObject({ state: 'warn', found: expect.stringContaining('500 MB free') });
    expect(await examineFolder('data folder', dir, room(20))).toMatchObject({ state: 'fail', advice: expect.stringContaining('Make room') });
  });

  it('fails on a file in its place, and where nobody can write', async () => {
    writeFileSync(join(dir, 'file'), '');
    expect(await examineFolder('data folder', join(dir, 'file'))).toMatchObject({ state: 'fail', found: expect.stringContaining('is a file') });
    if (process.platform === 'linux') expect(await examineFolder('data folder', '/proc/overblik')).toMatchObject({ state: 'fail', found: expect.stringMatching(/^\/proc can't be written \(E[A-Z]+\)\.$/) });
  });
});
