import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A command in a shell, with what the shell can do around it. */
const sh = (script: string) => spawnSync('bash', ['-c', script], { encoding: 'utf8', maxBuffer: 1 << 26 });
const overblik = `${process.execPath} --import tsx src/main.ts`;

describe('output through a pipe', () => {
  test('is whole though it is larger than a pipe and its reader begins late', () => {
    const { stdout } = sh(`${overblik} schema | { read -r first; echo "$first"; cat; }`);
    expect(Buffer.byteLength(stdout)).toBeGreaterThan(65_536);
    expect(() => JSON.parse(stdout) as unknown).not.toThrow();
  });

  test('is whole when an error of many lines goes through a pipe', () => {
    const dir = mkdtempSync(join(tmpdir(), 'overblik-output-'));
    const wrong = Array.from({ length: 5000 }, (_, i) => `nothing_known_${i}: 1`).join('\n');
    try {
      writeFileSync(join(dir, 'pack.yaml'), `${wrong}\n`);
      const { stdout } = sh(`${overblik} --packs ${dir} check 2>&1 >/dev/null | { read -r first; echo "$first"; cat; }; echo "code \${PIPESTATUS[0]}"`);
      // Mistakes are listed up to a number, so the last line says that it is all there.
      expect(stdout).toMatch(/\d+ mistakes?\.\ncode 1\n$/);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  test('that nobody reads to its end is dropped without a word, and the command comes to its own exit code', () => {
    const { stdout, stderr } = sh(`${overblik} schema | head -c 10; echo; echo "code \${PIPESTATUS[0]}"`);
    expect(stdout.split('\n').slice(1)).toEqual(expect.arrayContaining(['code 0']));
    expect(stderr).toBe('');
  });

  test('on a full disk is no success', () => {
    const { stdout, stderr } = sh(`${overblik} schema > /dev/full; echo "code $?"`);
    expect(stdout).toBe('code 3\n');
    expect(stderr).toMatch(/The output could not be written: the disk is full/);
  });
});
