import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { loadSource } from '../../../src/io/load/load.ts';
import type { LoadReport } from '../../../src/ports.ts';
import { bench, files, source, type Bench } from './sample.ts';

let at: Bench;
beforeEach(async () => { at = await bench(); });
afterEach(() => at.clear());

const load = async (amount: number, written: string): Promise<LoadReport> => {
  await at.put('a.csv', `day;unit;amount\n2026-01-01;nord;${amount}\n`);
  await utimes(join(at.dir, 'pack', 'a.csv'), new Date(written), new Date(written));
  return loadSource(at.input(source({ files: [files('a.csv')] })));
};

describe('a load', () => {
  it('says when its files were written, and after which data on this machine it came, there and back again', async () => {
    const one = await load(1, '2026-02-01T08:00:00Z');
    expect(one).toMatchObject({ writtenAt: '2026-02-01T08:00:00.000Z', follows: [] });
    const two = await load(2, '2026-02-02T08:00:00Z');
    expect(two).toMatchObject({ writtenAt: '2026-02-02T08:00:00.000Z', follows: [one.contents] });
    const back = await load(1, '2026-02-01T08:00:00Z');
    expect(back).toMatchObject({ contents: one.contents, writtenAt: '2026-02-01T08:00:00.000Z', follows: [two.contents, one.contents] });
    expect(await load(1, '2026-02-03T08:00:00Z')).toMatchObject({ contents: one.contents, follows: [two.contents, one.contents] });
  });
});
