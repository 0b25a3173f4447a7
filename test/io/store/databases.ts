import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory of its own under the system's temporary folder. */
export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'overblik-store-'));
}

const BIN = ['/usr/lib/postgresql/15/bin', '/usr/lib/postgresql/16/bin', '/usr/lib/postgresql/17/bin', '/opt/homebrew/opt/postgresql@15/bin'].find((dir) => existsSync(join(dir, 'initdb')));

/** Why there is no PostgreSQL server to test with; null when there is. */
export function noPostgres(): string | null {
  if (BIN === undefined) return 'no PostgreSQL server binaries (initdb) are installed';
  if (process.getuid?.() === 0 && account() === null) return 'PostgreSQL does not run as root and there is no user "postgres"';
  return null;
}

/** The user PostgreSQL runs as: itself refuses root. */
function account(): { uid: number; gid: number } | null {
  const id = (flag: string): number => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout.trim() || 'NaN');
  const [uid, gid] = [id('-u'), id('-g')];
  return Number.isInteger(uid) && Number.isInteger(gid) && uid > 0 ? { uid, gid } : null;
}

export interface PostgresServer {
  readonly url: string;
  restart(): void;
  stop(): void;
  start(): void;
  remove(): void;
}

/** A PostgreSQL cluster of its own, on a free port of this machine only. */
export async function startPostgres(): Promise<PostgresServer> {
  const dir = temporaryDirectory();
  const user = process.getuid?.() === 0 ? account() : null;
  if (user !== null) chownSync(dir, user.uid, user.gid);
  chmodSync(dir, 0o700);
  const run = (program: string, args: readonly string[]): void => {
    const { status, error } = spawnSync(join(BIN as string, program), args, { ...user, cwd: dir, stdio: 'ignore' });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status ?? String(error)}`);
  };
  const data = join(dir, 'data');
  run('initdb', ['-D', data, '-U', 'overblik', '--auth=trust', '-E', 'UTF8', '--no-locale', '--no-sync']);
  const port = await freePort();
  const start = (): void => run('pg_ctl', ['-D', data, '-w', '-l', join(dir, 'log'), '-o', `-p ${port} -k ${dir} -c listen_addresses=127.0.0.1 -c fsync=off -c timezone=America/New_York`, 'start']);
  const stop = (): void => run('pg_ctl', ['-D', data, '-w', '-m', 'immediate', 'stop']);
  start();
  return {
    url: `postgresql://overblik@127.0.0.1:${port}/postgres`, start, stop,
    restart: () => { stop(); start(); },
    remove: () => { stop(); rmSync(dir, { recursive: true, force: true }); },
  };
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}
