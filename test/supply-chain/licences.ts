import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** A package as the lock file names it. */
export interface LockedPackage {
  /** Where it is installed: `node_modules/express`. */
  readonly place: string;
  readonly name: string;
  readonly version: string;
  /** SPDX expression of its package.json; empty when it gives none. */
  readonly licence: string;
  readonly integrity: string;
  /** Only for tests and building. */
  readonly development: boolean;
  /** For some systems only: which of these are installed depends on the machine. */
  readonly optional: boolean;
}

/** Licences that let a public organisation use and pass on the whole, with notice at most. PSF-2.0: argparse. OFL-1.1: the font. CC-BY-3.0: the calendar of holidays. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC-BY-3.0', 'CC0-1.0', 'ISC', 'MIT', 'OFL-1.1', 'PSF-2.0', 'Unlicense'];

/** Whether a licence is allowed: of `A OR B` one must be, of anything else all named ones. */
export function isAllowed(licence: string): boolean {
  const names = licence.split(/[\s()]+/).filter((word) => word !== '' && !['AND', 'OR', 'WITH'].includes(word));
  const choice = / OR /.test(licence) && !/ (?:AND|WITH) /.test(licence);
  return names.length > 0 && (choice ? names.some((name) => ALLOWED.includes(name)) : names.every((name) => ALLOWED.includes(name)));
}

/** What the lock file installs, by name. */
export function lockedPackages(path = 'package-lock.json'): LockedPackage[] {
  const { packages } = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, { name?: string; version?: string; license?: string; integrity?: string; dev?: boolean; optional?: boolean }> };
  return Object.entries(packages).filter(([place]) => place !== '').map(([place, one]) => ({
    place, name: one.name ?? place.replace(/^.*node_modules\//, ''), version: one.version ?? '', licence: one.license ?? '', integrity: one.integrity ?? '', development: one.dev === true, optional: one.optional === true,
  })).sort((a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version));
}

/** One line for each licence that may not be used, empty when all are allowed. */
export function refusedLicences(packages: readonly LockedPackage[]): string[] {
  return packages.filter(({ licence }) => !isAllowed(licence)).map(({ name, version, licence }) => `${name} ${version} ${licence === '' ? 'names no licence' : `is under ${licence}`}, which is not on the list of allowed licences in test/supply-chain/licences.ts. Ask whether it may be used, then add it there, or use another package.`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const used = lockedPackages().filter(({ development }) => !development);
  for (const line of new Set(used.map(({ name, version, licence }) => `${name} ${version}: ${licence}`))) console.log(line);
  const refused = refusedLicences(used);
  for (const line of refused) console.error(line);
  process.exitCode = refused.length > 0 ? 1 : 0;
}
