#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { run } from './cli.ts';
import { openStream } from './io/terminal/stream.ts';
import { systemClock } from './io/clock/clock.ts';

if (existsSync('.env')) process.loadEnvFile('.env');

const ended = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
});

const [out, err] = [openStream(process.stdout), openStream(process.stderr)];
process.exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  out: (text) => out.write(`${text}\n`),
  err: (text) => err.write(`${text}\n`),
  ended,
  clock: systemClock,
});
for (const stream of [out, err]) {
  const problem = await stream.drained();
  if (problem === null) continue;
  process.exitCode = 3;
  err.write(`${problem}\n`);
}
await err.drained();
// A chat library may keep a socket open after it was told to stop.
process.exit();
