/** A load in a process of its own, to be killed or starved: `child.ts <folder of the bench> <finishing SQL>`. */
import { join } from 'node:path';
import { loadSource } from '../../../src/io/load/load.ts';
import { source, town } from './sample.ts';

const [dir = '', ...finish] = process.argv.slice(2);
try {
  const report = await loadSource({
    source: source(), packDir: join(dir, 'pack'), ownDir: null, organisation: town, yearStart: 1, finish, intoDir: join(dir, 'facts'), tempDir: join(dir, 'scratch'),
    memoryMb: 256, now: () => new Date('2026-11-23T10:00:00Z'), onProgress: ({ rows }) => process.stdout.write(`rows ${rows}\n`),
  });
  process.stdout.write(`done ${report.rows}\n`);
} catch (error) {
  process.stdout.write(`failed ${(error as Error).name}: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
