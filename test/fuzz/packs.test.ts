import { mkdtempSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { checkPack } from '../../src/app/packs.ts';
import { DefinitionError } from '../../src/errors.ts';
import { readPackFolders } from '../../src/io/packs/read.ts';
import { openParser } from '../../src/io/warehouse/parser.ts';
import { SMALL_PEOPLE } from '../packs/written.ts';
import { PACK_YAML } from '../query/facts.ts';

/** Whatever stands in a pack's files, it is a pack, or its mistakes are told: where, what, and how to mend them. */
let parser: Awaited<ReturnType<typeof openParser>>;
let demo: string;
const dir = mkdtempSync(join(tmpdir(), 'overblik-fuzz-packs-'));
beforeAll(async () => {
  parser = await openParser();
  demo = await readFile('digests/hjemmepleje/pack.yaml', 'utf8');
  await mkdir(join(dir, 'p'));
});
afterAll(async () => {
  await parser.close();
  await rm(dir, { recursive: true, force: true });
});

const CPR = '230785-4321';
/** Told with place and words, none of them longer than a screen, none with the CPR number in it. */
async function toldOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  try {
    await work();
    return [];
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    expect(error.faults.length).toBeGreaterThan(0);
    for (const fault of error.faults) {
      expect(fault.message).toMatch(/\S/);
      expect(fault.message.length + fault.hint.length).toBeLessThan(6_000);
      expect(`${fault.message} ${fault.hint}`).not.toContain(CPR);
      expect(fault.message).not.toMatch(/undefined|\[object|NaN|TypeError|at \w+ \(/);
    }
    return error.faults.map(({ message }) => message);
  }
}
const check = (text: string): Promise<readonly string[]> => toldOf(() => checkPack({ id: 'p', dir: '.', files: [{ path: 'pack.yaml', text }] }, parser, {}));

const VALUES = ['', '~', 'null', 'true', '0', '-1', '1e999', '.nan', '[]', '{}', '[[]]', '{a: {b: {c: 1}}}', '!!binary aGVq', '!!set {a}', '!custom x', '&a x', '*a', '2026-02-30', '"\\u0000"', '|\n  x', '<<: *b', 'æøå', '🙈', "'", '"', '@', '%', '`', '- -', '? x', ': x', '\t', '#', '---', '...', '__proto__', 'constructor', 'x'.repeat(5_000), '1'.repeat(400), '[' .repeat(200), '{a: '.repeat(100)];
/** A text with some of its words, lines or signs exchanged, doubled, taken out or put elsewhere. */
const mutated = (text: string): fc.Arbitrary<string> => fc.array(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom('word', 'line', 'cut', 'twice', 'move', 'sign'), fc.oneof(fc.constantFrom(...VALUES), fc.string({ unit: 'binary', maxLength: 6 }))), { minLength: 1, maxLength: 3 })
  .map((changes) => changes.reduce((yaml, [a, b, kind, value]) => {
    const lines = yaml.split('\n');
    const at = a % lines.length;
    const line = lines[at] ?? '';
    switch (kind) {
      case 'word': { const words = line.split(/(\b)/); words[b % words.length] = value; lines[at] = words.join(''); break; }
      case 'line': lines[at] = `${' '.repeat(b % 9)}${value}`; break;
      case 'cut': lines.splice(at, 1 + (b % 3)); break;
      case 'twice': lines.splice(at, 0, line); break;
      case 'move': lines.splice(b % lines.length, 0, ...lines.splice(at, 1)); break;
      case 'sign': lines[at] = line.slice(0, b % (line.length + 1)) + value.slice(0, 3) + line.slice(b % (line.length + 1)); break;
    }
    return lines.join('\n');
  }, text));

describe('a pack', () => {
  it('changed at random is a pack or its mistakes are told', async () => {
    let wrong = 0;
    await fc.assert(fc.asyncProperty(fc.oneof(mutated(PACK_YAML), mutated(PACK_YAML), mutated(demo)), async (text) => { wrong += Number((await check(text)).length > 0); }), { numRuns: 500, seed: 20261123 });
    expect(wrong).toBeGreaterThan(200);
  });

  it('of any text at all too', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.json(), fc.constantFrom(...VALUES)), async (text) => { await check(text); }), { numRuns: 300, seed: 1 });
  });

  it('that repeats itself a billion times is refused at once', async () => {
    const bomb = ['pack: {title: x}', 'a: &a [x,x,x,x,x,x,x,x,x]', ...'bcdefghi'.split('').map((name, i) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[i]}`).join(',')}]`)].join('\n');
    expect((await check(bomb)).length).toBeGreaterThan(0);
    expect((await check(`pack: &p {title: x, more: *p}`)).length).toBeGreaterThan(0);
    expect((await check(`organisation: {unit: ${'{name: x, children: ['.repeat(400)}${']}'.repeat(400)}}`)).length).toBeGreaterThan(0);
  });

  it('can not change what every object has', async () => {
    for (const name of ['__proto__', 'constructor', 'prototype']) {
      expect((await check(`${PACK_YAML}\npeople: {${name}: {name: X, role: leader, units: [a]}}`)).length).toBeGreaterThan(0);
      expect((await check(`${PACK_YAML}\n${name}: {polluted: true}`)).length).toBeGreaterThan(0);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('a table of people', () => {
  it('of any bytes is people or its mistakes are told, and never a CPR number', async () => {
    await writeFile(join(dir, 'p', 'pack.yaml'), PACK_YAML.replaceAll('\n      - {id: a, name: A', '\n      - {id: a, codes: ["4711"], name: A'));
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      mutated(SMALL_PEOPLE.replaceAll('4711', 'a')).map((text) => new TextEncoder().encode(text)),
      fc.tuple(mutated(SMALL_PEOPLE), fc.nat()).map(([text, at]) => { const i = at % (text.length + 1); return new TextEncoder().encode(`${text.slice(0, i)} ${CPR} ${text.slice(i)}`); }),
      mutated(SMALL_PEOPLE).map((text) => Uint8Array.from(Buffer.from(`\ufeff${text}`, 'utf16le'))),
    );
    let wrong = 0;
    await fc.assert(fc.asyncProperty(bytes, async (content) => {
      await writeFile(join(dir, 'p', 'people.csv'), content);
      wrong += Number((await toldOf(async () => { for (const folder of (await readPackFolders([dir])).folders) await checkPack(folder, parser, {}); })).length > 0);
    }), { numRuns: 400, seed: 20261123 });
    expect(wrong).toBeGreaterThan(200);
  });
});
