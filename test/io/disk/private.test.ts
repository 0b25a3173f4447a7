import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { opennessOf } from '../../../src/io/disk/doctor.ts';
import { makePrivate } from '../../../src/io/disk/private.ts';

const dir = mkdtempSync(join(tmpdir(), 'overblik-private-'));
const before = process.umask();
afterAll(() => {
  process.umask(before);
  rmSync(dir, { recursive: true, force: true });
});
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

/** Where a platform has no modes there is nothing to hold. */
const described = process.platform === 'win32' ? describe.skip : describe;
described('the service\'s own folder', () => {
  it('is made for its user alone, and so is whatever is made from then on', async () => {
    process.umask(0o022);
    const made = join(dir, 'deep/var');
    await makePrivate(made);
    writeFileSync(join(made, 'facts.json'), '');
    expect([mode(made), mode(join(made, 'facts.json'))]).toEqual(['700', '600']);
  });

  it('is closed with all in it when it was open, and the doctor warns until then; what a link in it leads to stays', async () => {
    process.umask(0o022);
    const open = join(dir, 'open');
    mkdirSync(join(open, 'facts'), { recursive: true });
    writeFileSync(join(open, 'facts/a.duckdb'), '');
    writeFileSync(join(dir, 'elsewhere'), '');
    symlinkSync(join(dir, 'elsewhere'), join(open, 'link'));
    chmodSync(open, 0o755);
    expect(await opennessOf(open)).toEqual([expect.objectContaining({ state: 'warn', what: 'data folder', found: expect.stringContaining('is open to other users of this machine.'), advice: expect.stringContaining(`chmod -R go= ${open}`) })]);
    await makePrivate(open);
    expect([open, join(open, 'facts'), join(open, 'facts/a.duckdb'), join(dir, 'elsewhere')].map(mode)).toEqual(['700', '700', '600', '644']);
    expect(await opennessOf(open)).toEqual([]);
    expect(await opennessOf(join(dir, 'not-there'))).toEqual([]);
  });
});
