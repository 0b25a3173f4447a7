import { spawn } from 'node:child_process';
import { mkdir, open, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { percentile } from './timing.ts';
import { inMs, type Line } from './report.ts';

const PACK = `
pack: {title: Stor, time_zone: Europe/Copenhagen}
organisation:
  levels: [{id: by, name: By}, {id: distrikt, name: Distrikt}]
  unit: {id: byen, name: Byen, children: [Nord, Syd, Vest]}
sources:
  besoeg: {name: Besøg, files: visits.csv, decimal: ",", columns: {Dato: date, Distrikt: text, Timer: decimal(2), Kr: decimal(2)}, unit: Distrikt, date: Dato}
measures:
  store_timer: {kind: flow, source: besoeg, sql: "sum(Timer)", name: {da: Store timer, en: Large hours}, definition: d, unit: hours}
  store_kroner: {kind: flow, source: besoeg, sql: "sum(Kr)", name: {da: Store kroner, en: Large kroner}, definition: d, unit: kr}
people:
  anna: {name: Anna, role: leader, units: [byen]}
`;
const EVERY_MS = 50;
const QUESTIONS = ['budget vs timer sidste måned', 'forbrug i år pr. distrikt', 'hours last month', 'sygefravær i Syd i år'];

/** A pack whose one CSV is so large, its rows made by their number. */
async function writeLarge(folder: string, bytes: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'pack.yaml'), PACK);
  const file = await open(join(folder, 'visits.csv'), 'w');
  await file.write('Dato;Distrikt;Medarbejder;Ydelse;Timer;Kr\n');
  const two = (n: number): string => String(n).padStart(2, '0');
  for (let [i, written] = [0, 0]; written < bytes;) {
    const rows: string[] = [];
    for (const end = i + 20_000; i < end; i += 1) {
      const day = `${two(1 + (i * 7) % 28)}-${two(1 + (i * 3) % 10)}-2026`;
      rows.push(`${day};${['Nord', 'Syd', 'Vest'][i % 3] ?? ''};medarbejder ${i % 977};ydelse ${i % 37};${i % 9},${two(i % 100)};${10 + i % 9973},${two((i * 7) % 100)}\n`);
    }
    written += (await file.write(rows.join(''))).bytesWritten;
  }
  await file.close();
}

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

/** Asks in the local chat as a person of the demonstration, and waits for the answer. */
async function asked(url: string, person: string, text: string): Promise<number> {
  const from = performance.now();
  const stop = new AbortController();
  const events = await fetch(`${url}/chat/events/${person}`, { signal: stop.signal });
  const reader = (events.body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(new TextDecoderStream()).getReader();
  const id = crypto.randomUUID();
  await fetch(`${url}/chat/messages/${person}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ id, kind: 'message', text }) });
  for (let heard = ''; ;) {
    const { done, value } = await reader.read();
    if (done) throw new Error('the chat ended before its answer');
    heard += value;
    const after = heard.slice(Math.max(0, heard.lastIndexOf(text)));
    if (heard.includes(text) && /"from":"(?!me|person)[^"]*"/.test(after) && /Kilde|Source/.test(after)) break;
  }
  stop.abort();
  return performance.now() - from;
}

/** How the service answers while it loads one large CSV: `/healthz` and questions, beside the same when it is idle. */
export async function measureBeside(dir: string, bytes: number): Promise<{ lines: Line[]; notes: string[] }> {
  const packs = join(dir, 'large-packs');
  await writeLarge(join(packs, 'stor'), bytes);
  const size = (await stat(join(packs, 'stor', 'visits.csv'))).size;
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const service = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', 'serve'], {
    cwd: root, stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, OVERBLIK_DATA_DIR: join(dir, 'large-state'), OVERBLIK_PACKS: `${join(root, 'digests')},${packs}`, PORT: String(port), LOG_LEVEL: 'info' },
  });
  let log = '';
  for (const stream of [service.stdout, service.stderr]) stream.on('data', (chunk: Buffer) => { log += chunk.toString(); });
  const ended = new Promise<never>((_, reject) => { service.once('exit', (code) => reject(new Error(`the service ended with ${String(code)}: ${log.slice(-500)}`))); });
  ended.catch(() => undefined);
  const wait = (ms: number): Promise<void> => Promise.race([new Promise<void>((resolve) => { setTimeout(resolve, ms); }), ended]);
  const loaded = (): boolean => /"source":"besoeg"[^\n]*"pack":"stor"|"pack":"stor"[^\n]*"source":"besoeg"|stor\/besoeg/.test(log.split('\n').filter((line) => /load/i.test(line)).join('\n'));
  try {
    for (;;) {
      if (await fetch(`${url}/healthz`).then(({ ok }) => ok, () => false)) break;
      await wait(EVERY_MS);
    }
    const [busy, idle] = [{ health: [] as number[], answers: [] as number[] }, { health: [] as number[], answers: [] as number[] }];
    const round = async (into: typeof busy, goOn: () => boolean): Promise<void> => {
      const polling = (async () => {
        for (; goOn(); await wait(EVERY_MS)) {
          const from = performance.now();
          await (await fetch(`${url}/healthz`)).text();
          into.health.push(performance.now() - from);
        }
      })();
      for (let i = 0; goOn(); i += 1) {
        const ms = await Promise.race([asked(url, 'leder-syd', QUESTIONS[i % QUESTIONS.length] ?? ''), wait(30_000).then(() => 30_000)]).catch(() => null);
        if (ms !== null) into.answers.push(ms);
        await wait(EVERY_MS);
      }
      await polling;
    };
    const begun = performance.now();
    await round(busy, () => !loaded());
    const took = performance.now() - begun;
    const until = performance.now() + 10_000;
    await round(idle, () => performance.now() < until);
    const line = (what: string, of: readonly number[], bare: readonly number[], target: string): Line => ({
      what: `${what}, while ${Math.round(size / 1e6)} MB of CSV load, p50 / p99`, measured: `${inMs(percentile(of, 0.5))} / ${inMs(percentile(of, 0.99))}`, bare: `${inMs(percentile(bare, 0.5))} / ${inMs(percentile(bare, 0.99))} (the same, idle)`,
      ratio: `${(percentile(of, 0.5) / percentile(bare, 0.5)).toFixed(2)}×`, target,
    });
    const worst = Math.max(...busy.health);
    return {
      lines: [line('`/healthz`', busy.health, idle.health, `< 100 ms, ${percentile(busy.health, 0.99) < 100 ? 'met' : '**missed**'}`), line('Question in the chat to answer', busy.answers, idle.answers, '–')],
      notes: [`The load took ${(took / 1000).toFixed(0)} s from the service's first answer; ${busy.health.length} calls of /healthz meanwhile, the slowest ${inMs(worst)}, and ${busy.answers.length} questions answered.`],
    };
  } finally {
    service.removeAllListeners('exit');
    service.kill('SIGKILL');
  }
}
