#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { run } from './cli.ts';
import { systemClock } from './io/clock/clock.ts';

if (existsSync('.env')) process.loadEnvFile('.env');

const ended = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
});

process.exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  out: (text) => { process.stdout.write(`${text}\n`); },
  err: (text) => { process.stderr.write(`${text}\n`); },
  ended,
  clock: systemClock,
});
// A chat library may keep a socket open after it was told to stop.
process.exit();
