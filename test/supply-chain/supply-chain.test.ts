import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { EventFactory, TestAdapter, TurnContext, type Activity } from 'botbuilder';
import { isAllowed, lockedPackages, refusedLicences } from './licences.ts';

const require = createRequire(import.meta.url);
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string>; devDependencies: Record<string, string>; overrides: Record<string, string> };
const locked = lockedPackages();
const used = locked.filter(({ development }) => !development);
const readme = readFileSync('README.md', 'utf8');

/** The packages of a table of the README, each with its reason. */
function reasons(heading: string): Map<string, string> {
  const [, table = ''] = readme.split(`| ${heading} | why |\n|---|---|\n`);
  const rows = table.slice(0, table.search(/\n(?!\|)/)).split('\n').map((row) => row.split('|').map((cell) => cell.trim()));
  return new Map(rows.flatMap(([, names = '', why = '']) => names.split(', ').map((name): [string, string] => [name, why])));
}

/** 1 when `a` is newer than `b`, by their three numbers. */
function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => version.split('.').map(Number)) as [number[], number[]];
  return [0, 1, 2].map((i) => Math.sign((x[i] ?? 0) - (y[i] ?? 0))).find((sign) => sign !== 0) ?? 0;
}

describe('few dependencies, each for a reason', () => {
  it.each([['dependency', manifest.dependencies], ['for tests and building', manifest.devDependencies], ['overridden', manifest.overrides]])('the README says why each is there, and names none that is not: %s', (heading, declared) => {
    const told = reasons(heading);
    expect([...told.keys()].sort()).toEqual(Object.keys(declared).sort());
    for (const why of told.values()) expect(why.length).toBeGreaterThan(8);
  });

  it('each is used by the program', () => {
    const files = ['src', 'adapters'].flatMap((root) => readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).map((file) => readFileSync(`${root}/${file}`, 'utf8')));
    const imported = (name: string): boolean => files.some((text) => new RegExp(`['"\`]${name}(?:/[^'"\`]*)?['"\`]`).test(text));
    // The peer that Slack's Socket Mode asks for, which npm would install at a version of its own choice.
    expect(Object.keys(manifest.dependencies).filter((name) => !imported(name))).toEqual(['undici']);
    expect(Object.keys((require('@slack/socket-mode/package.json') as { peerDependencies: object }).peerDependencies)).toContain('undici');
  });

  it('is pinned to one version, and what is installed is checked by its hash', () => {
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
      expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+/)]);
      expect([name, locked.find(({ place }) => place === `node_modules/${name}`)?.version]).toEqual([name, version]);
    }
    // What only another system would install npm may know without its hash.
    expect(locked.filter(({ integrity, optional }) => !optional && !integrity.startsWith('sha512-')).map(({ place }) => place)).toEqual([]);
  });
});

describe('licences', () => {
  it('of everything that is passed on are on the list of allowed ones', () => {
    expect(used.length).toBeGreaterThan(200);
    expect(refusedLicences(used)).toEqual([]);
  });

  it.each(['GPL-3.0-only', 'AGPL-3.0-or-later', 'MIT AND GPL-2.0-only', 'SSPL-1.0 OR BUSL-1.1', '(MIT OR GPL-2.0-only) AND LGPL-3.0-only', 'UNLICENSED', 'SEE LICENSE IN LICENSE.txt', ''])('%j is refused', (licence) => { expect(isAllowed(licence)).toBe(false); });
  it.each(['MIT', '(MIT OR GPL-3.0-or-later)', 'MIT AND OFL-1.1', '(ISC AND CC-BY-3.0)'])('%j is allowed', (licence) => { expect(isAllowed(licence)).toBe(true); });

  it('a refused one is told with its package and what to do', () => {
    const [first] = used;
    expect(refusedLicences([{ ...first!, name: 'copyleft', version: '1.0.0', licence: 'AGPL-3.0-only' }])).toEqual([expect.stringMatching(/^copyleft 1\.0\.0 is under AGPL-3\.0-only, which is not on the list .* use another package\.$/)]);
  });

  it('are listed by a command, one line for each package', () => {
    const list = execFileSync(process.execPath, ['--import', 'tsx', 'test/supply-chain/licences.ts'], { encoding: 'utf8' }).trim().split('\n');
    for (const name of Object.keys(manifest.dependencies)) expect(list).toContainEqual(expect.stringMatching(new RegExp(`^${name} ${manifest.dependencies[name]}: \\S`)));
  });
});

describe('overrides of known advisories take hold', () => {
  /** GHSA-w5hq-g745-h8pq (CVE-2026-41907): v3, v5 and v6 wrote past a buffer that is too small; the first good version of each series. */
  const FIXED: Record<string, string> = { 11: '11.1.1', 12: '12.0.1', 13: '13.0.1' };

  it('no uuid is older than the one that mended it, though botbuilder asks for one', () => {
    expect((require('botbuilder/package.json') as { dependencies: { uuid: string } }).dependencies.uuid).toMatch(/^\^10\./);
    const uuids = locked.filter(({ name }) => name === 'uuid');
    expect(uuids.length).toBeGreaterThan(0);
    for (const { version } of uuids) expect(compareVersions(version, FIXED[version.split('.')[0] ?? ''] ?? '14.0.0')).toBeGreaterThanOrEqual(0);
  });

  it('what botbuilder and MSAL load refuses a buffer that is too small', () => {
    for (const parent of ['botbuilder', 'botbuilder-core', 'botframework-schema', 'botframework-streaming', '@azure/msal-node']) {
      const { v5 } = createRequire(require.resolve(`${parent}/package.json`))('uuid') as { v5: ((name: string, space: string, into: Uint8Array) => Uint8Array) & { DNS: string } };
      expect(() => v5('overblik', v5.DNS, new Uint8Array(15))).toThrow(RangeError);
    }
  });

  it('botbuilder takes and answers a message with it', async () => {
    const heard: Partial<Activity>[] = [];
    const adapter = new TestAdapter(async (context) => {
      heard.push(context.activity);
      await context.sendActivity(`Hørt: ${context.activity.text}`);
    });
    await adapter.send('hej').assertReply('Hørt: hej').send('igen').assertReply('Hørt: igen').startTest();
    expect(heard).toHaveLength(2);
    expect(new Set(heard.map(({ id }) => id)).size).toBe(2);
    const handoff = EventFactory.createHandoffInitiation(new TurnContext(adapter, { ...heard[0], type: 'message' } as Activity), {});
    expect(handoff.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('charts are drawn on the canvas that is a dependency of ours, and no other is built', () => {
    expect(locked.filter(({ place }) => place.endsWith('node_modules/canvas')).map(({ name, version }) => [name, version])).toEqual([['@napi-rs/canvas', manifest.dependencies['@napi-rs/canvas']]]);
    expect((createRequire(require.resolve('chartjs-node-canvas'))('canvas/package.json') as { name: string }).name).toBe('@napi-rs/canvas');
  });
});

describe('the bill of materials', () => {
  interface Component { readonly name: string; readonly version: string; readonly hashes: readonly { alg: string; content: string }[]; readonly licenses: readonly object[] }
  const text = execFileSync(process.execPath, ['--import', 'tsx', 'test/supply-chain/bill.ts'], { encoding: 'utf8', env: { ...process.env, npm_config_offline: 'true' }, maxBuffer: 64 * 1024 * 1024, stdio: ['ignore', 'pipe', 'ignore'] });
  const bill = JSON.parse(text) as { components: Component[] };

  it('is CycloneDX, made from the lock file without a network', () => {
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: expect.stringMatching(/^1\./), metadata: { component: { type: 'application', name: 'overblik', purl: expect.stringContaining('pkg:npm/overblik@') } } });
  });

  it('names everything that is passed on, at its version and with its licence, and nothing else', () => {
    const named = (packages: readonly { name: string; version: string }[]): string[] => [...new Set(packages.map(({ name, version }) => `${name}@${version}`))].sort();
    expect(named(bill.components)).toEqual(named(used));
    for (const { name, licenses } of bill.components) expect([name, licenses.length]).toEqual([name, 1]);
  });
});
