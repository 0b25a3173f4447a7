import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFiles } from '../../../src/io/load/files.ts';
import { bench, files, source, type Bench } from './sample.ts';

/** Which files a pack may read: whoever writes one gets at nothing else that the service can read. */
let at: Bench;
beforeAll(async () => {
  at = await bench();
  for (const folder of ['var/pack', 'other', 'shared/deep']) await mkdir(join(at.dir, folder), { recursive: true });
  for (const file of ['var/service.json', 'other/people.csv', 'shared/costs.csv', 'shared/deep/costs.csv']) await writeFile(join(at.dir, file), `of ${file}`);
  await at.put('own.csv', 'of the pack');
  for (const [link, to] of [['token.csv', 'var/service.json'], ['out', 'other'], ['inside.csv', 'pack/own.csv'], ['lent', 'shared']] as const) await symlink(join(at.dir, to), join(at.dir, 'pack', link));
});
afterAll(() => at.clear());

const found = async (pattern: string, folders: readonly string[] = [], packDir = join(at.dir, 'pack')): Promise<string[]> =>
  (await findFiles(source({ files: [{ ...files(pattern), folders }] }), packDir, join(at.dir, 'var'))).map(({ shown }) => shown);
const REFUSED = /leads out of the pack's folder\. Put the files into it, or write \$\{OVERBLIK_…\} first in the path, .*pack\.yaml:7\)/;

describe('a pack reads', () => {
  it('its own folder, also by a link or a whole path to a file in it', async () => {
    expect(await found('own.csv')).toEqual(['own.csv']);
    expect(await found('./inside.csv')).toEqual(['inside.csv']);
    expect(await found(join(at.dir, 'pack/o*.csv'))).toEqual(['own.csv']);
  });

  it('a folder that a setting in the path names, by a link too', async () => {
    const shared = join(at.dir, 'shared');
    expect(await found(`${shared}/**/*.csv`, [shared])).toEqual([join(shared, 'costs.csv'), join(shared, 'deep/costs.csv')].sort());
    expect(await found('lent/costs.csv', [shared])).toEqual(['lent/costs.csv']);
    expect(await found('../shared/costs.csv', ['../shared'])).toEqual([join(shared, 'costs.csv')]);
  });

  it.each([
    '/etc/passwd', '/etc/not-there', '../../../../../../etc/hostname', '/etc/host*', '/**/service.json', '../other/people.csv', '../*/people.csv', '../var/service.json', '../pack2/x.csv',
    'token.csv', 't*.csv', 'out/people.csv', 'out/*', '*/people.csv', 'lent/costs.csv',
  ])('nothing else: %s is refused, with where and what to do', async (pattern) => {
    await expect(found(pattern)).rejects.toThrow(REFUSED);
  });

  it('nothing of the service\'s own folder, whatever a setting names', async () => {
    await expect(found('../var/service.json', ['../var'])).rejects.toThrow(REFUSED);
    await expect(found(`${at.dir}/*/service.json`, [at.dir])).rejects.toThrow(REFUSED);
    await writeFile(join(at.dir, 'var/pack/kept.csv'), 'x');
    expect(await found('kept.csv', [], join(at.dir, 'var/pack'))).toEqual(['kept.csv']);
    await expect(found('../service.json', ['..'], join(at.dir, 'var/pack'))).rejects.toThrow(REFUSED);
  });

  it('and many ** come to an end', async () => {
    expect(await found(`${'**/'.repeat(60)}own.csv`)).toEqual(['own.csv']);
    await expect(found('{a,b}'.repeat(40))).rejects.toThrow(/names too many choices in braces/);
  });
});
