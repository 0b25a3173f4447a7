import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadingDir, watchDisk, writeProblem } from '../../../src/io/disk/places.ts';

let dir: string;
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'overblik-places-')); });
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('the places of the service', () => {
  it('are its own: nothing that another service or user shares', () => {
    expect(loadingDir(join(dir, 'a'))).toBe(join(dir, 'a', 'loading'));
    expect(loadingDir(join(dir, 'a'))).not.toBe(loadingDir(join(dir, 'b')));
  });

  it('are tried by writing, and nothing is left behind', async () => {
    expect(await writeProblem(join(dir, 'new'))).toBeNull();
    expect(await readdir(join(dir, 'new'))).toEqual([]);
  });

  it('say what to do when a file stands where the folder was', async () => {
    await writeFile(join(dir, 'taken'), '');
    expect(await writeProblem(join(dir, 'taken'))).toMatch(/taken is no folder any more\. Put it back/);
  });

  it('are told to the log when that changes, not at every look', async () => {
    const told: string[] = [];
    const note = (event: string, fields: Readonly<Record<string, unknown>> = {}): void => { told.push(`${event} ${String(fields['problem'] ?? '')}`); };
    const look = watchDisk(dir, { info: note, warn: note, error: note });
    expect(await look()).toBeNull();
    await rm(loadingDir(dir), { recursive: true });
    await writeFile(loadingDir(dir), '');
    const problems = [await look(), await look()];
    expect(problems[0]).toMatch(/loading is no folder any more/);
    expect(problems[1]).toBe(problems[0]);
    await rm(loadingDir(dir));
    await mkdir(loadingDir(dir));
    expect(await look()).toBeNull();
    expect(told).toEqual([`disk-not-writable ${String(problems[0])}`, 'disk-writable-again ']);
  });
});
