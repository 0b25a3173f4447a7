import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Prints the CycloneDX bill of materials of what is passed on, from the lock file alone. npm's own `--omit dev` leaves out what the
 * program shares with its tests (commander, pg), so npm is given a lock file without what is for tests and building only.
 */
const parent = mkdtempSync(join(tmpdir(), 'overblik-bill-'));
try {
  // npm takes the name of the whole from the folder.
  const dir = join(parent, 'overblik');
  mkdirSync(dir);
  const kept = (manifest: object): object => ({ ...manifest, devDependencies: {} });
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, { dev?: boolean }> };
  const packages = Object.fromEntries(Object.entries(lock.packages).filter(([, { dev }]) => dev !== true).map(([place, one]) => [place, place === '' ? kept(one) : one]));
  writeFileSync(join(dir, 'package.json'), JSON.stringify(kept(JSON.parse(readFileSync('package.json', 'utf8')) as object)));
  writeFileSync(join(dir, 'package-lock.json'), JSON.stringify({ ...lock, packages }));
  process.stdout.write(execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'], { cwd: dir, maxBuffer: 64 * 1024 * 1024, shell: process.platform === 'win32' }));
} finally {
  rmSync(parent, { recursive: true });
}
