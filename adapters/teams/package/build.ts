import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { strToU8, zipSync } from 'fflate';
import { colorIcon, outlineIcon } from './icons.ts';
import { localization, manifest, optionFaults } from './manifest.ts';
import type { PackageOptions } from './manifest.ts';

const USAGE = 'npm run teams:package -- --app-id <id> --domain <host> [--version 1.0.0] [--developer <name>] [--out var/overblik-teams.zip]';

/** A day long past, so that the same options give the same bytes. */
const MADE = new Date(2020, 0, 1);

/** The app package to upload in the Teams admin center: manifest, Danish texts and both icons. */
export function buildPackage(options: PackageOptions): Uint8Array {
  const json = (value: object): Uint8Array => strToU8(`${JSON.stringify(value, null, 2)}\n`);
  const files = { 'manifest.json': json(manifest(options)), 'da.json': json(localization()), 'color.png': new Uint8Array(colorIcon()), 'outline.png': new Uint8Array(outlineIcon()) };
  return zipSync(files, { mtime: MADE });
}

/** Runs the command; gives its exit code and what to say. */
export function runBuild(args: readonly string[]): { code: number; text: string } {
  const string = { type: 'string' } as const;
  const read = ((): Partial<Record<string, string>> | null => {
    try {
      return parseArgs({ args: [...args], options: { 'app-id': string, domain: string, version: string, developer: string, out: string } }).values;
    } catch {
      return null;
    }
  })();
  if (read === null) return { code: 2, text: USAGE };
  const options: PackageOptions = { appId: read['app-id'] ?? '', domain: read['domain'] ?? '', version: read['version'] ?? '1.0.0', developer: read['developer'] ?? 'Overblik' };
  const faults = optionFaults(options);
  if (faults.length > 0) return { code: 2, text: [...faults, USAGE].join('\n') };
  const out = read['out'] ?? 'var/overblik-teams.zip';
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, buildPackage(options));
  return { code: 0, text: `${out} is ready: upload it in the Teams admin center under Manage apps.` };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { code, text } = runBuild(process.argv.slice(2));
  console.log(text);
  process.exitCode = code;
}
