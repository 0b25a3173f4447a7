import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../io/store/databases.ts';
import { percentile } from './timing.ts';
import { goal, inMs, times, type Line } from './report.ts';

const PACK = `
pack: {title: Stor, time_zone: Europe/Copenhagen}
organisation:
  levels: [{id: by, name: By}, {id: distrikt, name: Distrikt}]
  unit: {id: byen, name: Byen, children: [Nord, Syd, Vest]}
sources:
  besoeg: {name: Besøg, files: visits.csv, decimal: ",", columns: {Dato: {type: date, format: "%d-%m-%Y"}, Distrikt: text, Timer: decimal(2), Kr: decimal(2)}, unit: Distrikt, date: Dato}
measures:
  store_timer: {kind: flow, source: besoeg, sql: "sum(Timer)", name: {da: Store timer, en: Large hours}, definition: d, unit: hours}
  store_kroner: {kind: flow, source: besoeg, sql: "sum(Kr)", name: {da: Store kroner, en: Large kroner}, definition: d, unit: kr}
people:
  anna: {name: Anna, role: leader, units: [byen]}
`;
const EVERY_MS = 50;
const QUESTIONS = ['budget vs timer sidste måned', 'forbrug i år pr. distrikt', 'hours last month', 'sygefravær i Syd i år'];

/** A pack whose one CSV, not in its place yet, is so large; its rows are made by their number. */
async function writeLarge(folder: string, bytes: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'pack.yaml'), PACK);
  const file = await open(join(folder, 'visits.part'), 'w');
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

/** Asks in the local chat as a person of the demonstration, and waits for the answer. */
async function asked(url: string, person: string, text: string): Promise<number> {
  const from = performance.now();
  const stop = new AbortController();
  const events = await fetch(`${url}/chat/events/${person}`, { signal: stop.signal });
  const reader = (events.body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(new TextDecoderStream()).getReader();
  await fetch(`${url}/chat/messages/${person}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ id: crypto.randomUUID(), kind: 'message', text }) });
  // While it works it shows that it writes.
  for (let heard = ''; !heard.includes('"kind":"typing","on":false');) {
    const { done, value } = await reader.read();
    if (done) throw new Error('the chat ended before its answer');
    heard = heard.slice(-100) + value;
  }
  stop.abort();
  return performance.now() - from;
}

/** How the service answers while it loads one large CSV: `/healthz` and questions, beside the same when it is idle. */
export async function measureBeside(dir: string, bytes: number): Promise<{ lines: Line[]; notes: string[] }> {
  const packs = join(dir, 'large-packs');
  await writeLarge(join(packs, 'stor'), bytes);
  const size = (await stat(join(packs, 'stor', 'visits.part'))).size;
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const service = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', 'serve'], {
    cwd: root, stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, OVERBLIK_DATA_DIR: join(dir, 'large-state'), OVERBLIK_PACKS: `${join(root, 'digests')},${packs}`, PORT: String(port), LOG_LEVEL: 'info', OVERBLIK_QUESTIONS_PER_MINUTE: '10000', OVERBLIK_REQUESTS_PER_MINUTE: '100000' },
  });
  let log = '';
  for (const stream of [service.stdout, service.stderr]) stream.on('data', (chunk: Buffer) => { log += chunk.toString(); });
  const ended = new Promise<never>((_, reject) => { service.once('exit', (code) => reject(new Error(`the service ended with ${String(code)}: ${log.slice(-500)}`))); });
  ended.catch(() => undefined);
  const wait = (ms: number): Promise<void> => Promise.race([new Promise<void>((resolve) => { setTimeout(resolve, ms); }), ended]);
  const loaded = (): boolean => existsSync(join(dir, 'large-state', 'facts', 'stor', 'besoeg.json'));
  try {
    for (;;) {
      if (await fetch(`${url}/readyz`).then(({ ok }) => ok, () => false)) break;
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
    // First the pages that are due go out.
    await wait(20_000);
    const until = performance.now() + 10_000;
    await round(idle, () => performance.now() < until);
    await rename(join(packs, 'stor', 'visits.part'), join(packs, 'stor', 'visits.csv'));
    // Its next look at the files starts the load.
    while ((await readdir(join(dir, 'large-state', 'loading'))).length === 0) await wait(EVERY_MS);
    const begun = performance.now();
    await round(busy, () => !loaded());
    const took = performance.now() - begun;
    const line = (what: string, of: readonly number[], bare: readonly number[], target: string): Line => ({
      what: `${what}, while ${Math.round(size / 1e6)} MB of CSV load, p50 / p99`, measured: `${inMs(percentile(of, 0.5))} / ${inMs(percentile(of, 0.99))}`, bare: `${inMs(percentile(bare, 0.5))} / ${inMs(percentile(bare, 0.99))} (the same, idle)`,
      ratio: times(percentile(of, 0.5) / percentile(bare, 0.5)), target,
    });
    const worst = Math.max(...busy.health);
    return {
      lines: [line('`/healthz`', busy.health, idle.health, goal('< 100 ms', Math.max(...busy.health) < 100)), line('Question in the chat to answer', busy.answers, idle.answers, '–')],
      notes: [`The load took ${(took / 1000).toFixed(0)} s; ${busy.health.length} calls of /healthz meanwhile, the slowest ${inMs(worst)}, and ${busy.answers.length} questions answered.`],
    };
  } finally {
    service.removeAllListeners('exit');
    service.kill('SIGKILL');
  }
}
