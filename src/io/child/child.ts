import { fork, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const MB = 1024 * 1024;
const WATCH_MS = 250;
const KEPT_MS = 20_000;
/** Of what it says before it ends. Node's word for a full heap stands above a stack trace of a length nobody knows. */
const KEPT_OF_STDERR = 64 * 1024;

/** Why a job came to no answer of its own: its process ended, or was ended for passing a limit. */
export class JobEnded extends Error {
  override readonly name = 'JobEnded';
  /** `outside`: somebody else ended it, such as a machine that ran out of memory; then the job may be innocent. */
  readonly why: 'memory' | 'time' | 'crash' | 'outside';

  constructor(why: JobEnded['why'], message: string) {
    super(message);
    this.why = why;
  }
}

export interface ChildLimits {
  /** What its JavaScript may hold. */
  readonly heapMb: number;
  /** What the whole process may hold; watched where the system tells it (Linux). */
  readonly mostMb: number;
  /** A child that gives no sign of life for so long is ended. */
  readonly stillMs: number;
}

/** A process of its own for work that may go wrong badly. It is started when there is work, does one job after the other, and ends after some idle seconds. */
export interface Child {
  /** Starts it before there is work. */
  warm(): void;
  /** Rejects with JobEnded when the process ended before it answered; `onEvent` hears what the job tells on its way. */
  run(job: unknown, timeoutMs: number, onEvent?: (event: unknown) => void): Promise<unknown>;
  close(): void;
}

/** What passes between the two processes. */
export type Sent = { readonly kind: 'answer'; readonly value: unknown } | { readonly kind: 'event'; readonly value: unknown } | { readonly kind: 'alive' };

/** `entry`: the module the process runs, beside the caller, compiled or not; it serves jobs by `serveJobs`. */
export function openChild(entry: URL, limits: ChildLimits): Child {
  let child: ChildProcess | null = null;
  let idle: NodeJS.Timeout | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const start = (): ChildProcess => {
    clearTimeout(idle);
    if (child !== null && child.connected && !over(child)) return child;
    child = forked(entry, limits);
    loose(child);
    return child;
  };
  const rest = (): void => {
    if (child === null) return;
    const resting = child;
    loose(resting);
    idle = setTimeout(() => end(resting), KEPT_MS);
    idle.unref();
  };
  const end = (which: ChildProcess | null): void => {
    clearTimeout(idle);
    which?.kill('SIGKILL');
    if (which === child) child = null;
  };
  return {
    warm: () => { start(); rest(); },
    run(job, timeoutMs, onEvent = () => undefined) {
      const next = turn.then(async () => {
        const working = start();
        try {
          return await answered(working, job, { ...limits, timeoutMs }, onEvent);
        } catch (error) {
          end(working);
          throw error;
        } finally {
          rest();
        }
      });
      turn = next.catch(() => undefined);
      return next;
    },
    close: () => end(child),
  };
}

/** What a process needs of its machine to run at all. Whatever else the environment holds, tokens and passwords among it, stays here. */
const PASSED_ON = /^(PATH|HOME|TZ|LANG|LC_\w+|TMPDIR|TEMP|TMP|SYSTEMROOT|WINDIR|COMSPEC|PATHEXT|APPDATA|LOCALAPPDATA|USERPROFILE)$/i;

/** Run from source, it first learns to read TypeScript; nothing else of how this process was started is passed on. */
function forked(entry: URL, { heapMb }: ChildLimits): ChildProcess {
  const fromSource = entry.href.endsWith('.ts');
  const tsx = fromSource ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : [];
  return fork(fileURLToPath(entry), [], {
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED_ON.test(name))),
    execArgv: [`--max-old-space-size=${heapMb}`, ...tsx], serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

/** A process waits neither for a child without work, nor for what it may still say. */
function loose(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
  (child.stderr as { unref?: () => void } | null)?.unref?.();
}

async function answered(child: ChildProcess, job: unknown, limits: ChildLimits & { timeoutMs: number }, onEvent: (event: unknown) => void): Promise<unknown> {
  child.ref();
  child.channel?.ref();
  let [heard, said] = [performance.now(), ''];
  const from = heard;
  let ended: JobEnded | null = null;
  const stop = (why: JobEnded['why'], message: string): void => {
    ended ??= new JobEnded(why, message);
    child.kill('SIGKILL');
  };
  const watch = setInterval(() => {
    const now = performance.now();
    if (now - from > limits.timeoutMs) stop('time', `it took longer than ${inTime(limits.timeoutMs)}`);
    else if (now - heard > limits.stillMs) stop('time', `it gave no sign of life for ${inTime(limits.stillMs)}`);
    void residentMb(child.pid).then((mb) => { if (mb > limits.mostMb) stop('memory', `it took more than ${limits.mostMb} MB of memory`); });
  }, WATCH_MS);
  const tell = (chunk: Buffer): void => { said = (said + chunk.toString()).slice(-KEPT_OF_STDERR); };
  child.stderr?.on('data', tell);
  try {
    return await new Promise<unknown>((resolve, reject) => {
      child.removeAllListeners('message').removeAllListeners('close').removeAllListeners('error');
      child.on('message', (sent: Sent) => {
        heard = performance.now();
        if (sent.kind === 'event') onEvent(sent.value);
        if (sent.kind === 'answer') resolve(sent.value);
      });
      child.on('error', (error) => reject(new JobEnded('crash', `its process could not be run (${error.message})`)));
      // Not at its exit: what it said last, why it ended, may still be on its way.
      child.on('close', (code, signal) => reject(ended ?? endOf(code, signal, said, limits)));
      // One that can't be told its job is on its way out, and its close says why.
      child.send(job as object, () => undefined);
    });
  } finally {
    clearInterval(watch);
    child.stderr?.off('data', tell);
  }
}

/** Its end may be known before its channel is seen to close. */
const over = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

function endOf(code: number | null, signal: NodeJS.Signals | null, said: string, { heapMb }: ChildLimits): JobEnded {
  if (/out of memory|Allocation failed|bad_alloc/i.test(said)) return new JobEnded('memory', `it took more than ${heapMb} MB of memory`);
  if (signal === 'SIGKILL' || signal === 'SIGTERM' || signal === 'SIGINT') return new JobEnded('outside', `its process was ended from outside (${signal}); a machine that runs out of memory does so`);
  return new JobEnded('crash', `its process broke down (${signal ?? `exit code ${String(code)}`})`);
}

const inTime = (ms: number): string => (ms >= 120_000 ? `${Math.round(ms / 60_000)} minutes` : `${ms / 1000} seconds`);

/** 0 where the system does not say. */
async function residentMb(pid: number | undefined): Promise<number> {
  const text = await readFile(`/proc/${pid ?? 0}/status`, 'utf8').catch(() => '');
  return (Number(/^VmRSS:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024) / MB;
}
