import { mkdtempSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPack } from '../../src/app/packs.ts';
import { DefinitionError, describeFault } from '../../src/errors.ts';
import { readPackFolders } from '../../src/io/packs/read.ts';
import { openParser } from '../../src/io/warehouse/parser.ts';
import { readYaml } from '../../src/pack/yaml.ts';

/** What a pack that is written to end or to hold up the service is told, instead of doing it. */
let parser: Awaited<ReturnType<typeof openParser>>;
beforeAll(async () => { parser = await openParser(); });
afterAll(() => parser.close());

const ORGANISATION = 'pack: {title: Home care}\norganisation: {levels: [{id: a, name: area}], unit: {name: A}}\n';
async function told(text: string): Promise<readonly string[]> {
  try {
    await checkPack({ id: 'p', dir: 'digests/p', files: [{ path: 'p.yaml', text }] }, parser, {});
    return [];
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return error.faults.map(describeFault);
  }
}
const caveat = (text: string): string => `- {from: "2026-01-01", to: "2026-02-01", text: "${text}"}\n`;

describe('a pack that could end the service or hold its answers', () => {
  it.each([
    ['dashes on the first line', '- '.repeat(50_000), 1],
    ['dashes on a later line', `a:\n${'- '.repeat(50_000)}1\n`, 2],
    ['dashes with tabs', `a:\nb:\n  ${'-\t'.repeat(50_000)}1\n`, 3],
    ['explicit keys', `a:\n${'? '.repeat(50_000)}`, 2],
    ['brackets', `a:\n${'['.repeat(50_000)}`, 2],
    ['braces', `a: ${'{b: '.repeat(50_000)}`, 1],
  ])('%s 50,000 deep are told with their line, not by the reader running out of room', async (_what, text, line) => {
    expect(await told(text)).toEqual([`p.yaml:${line}:1: Values stand within each other more than 500 times, or more than 60 dashes on one line. A pack needs about ten: look for brackets or dashes that are never closed.`]);
  });

  it('keys indented thousands deep are told in words, whatever the reader makes of them', () => {
    const { faults } = readYaml({ path: 'p.yaml', text: Array.from({ length: 2_500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n') });
    for (const fault of faults) expect(describeFault(fault)).toMatch(/^p\.yaml:2500:1: Values stand within each other/);
  });

  it('brackets that are closed, and as many in a text as a formula has, are no nesting', async () => {
    expect(await told(`${ORGANISATION}# ${'[x] '.repeat(2_000)}\ncaveats:\n${caveat('['.repeat(100))}`)).toEqual([]);
  });

  it('caveats: 500 of 1000 signs are taken, one or one sign more is told with what to do', async () => {
    expect(await told(`${ORGANISATION}caveats:\n${caveat('x'.repeat(1000)).repeat(500)}`)).toEqual([]);
    expect(await told(`${ORGANISATION}caveats:\n${caveat('x').repeat(501)}`)).toEqual(['p.yaml:4:1: There are more than 500 caveats, which is the most that are written in a pack. Keep them in a data file, and name it with caveat_source.']);
    expect(await told(`${ORGANISATION}caveats:\n${caveat('x').repeat(2)}${caveat('x'.repeat(1001))}`)).toEqual([expect.stringMatching(/^p\.yaml:6:\d+: The caveat is longer than 1000 signs, which is the most that is shown below figures\. Say here what a reader must know/)]);
  });

  it('a key that stands twice is told wherever it is, as a number or a text, and costs nobody a look at every other key', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n');
    expect((await told(`people:\n ${many.replaceAll('\n', '\n ')}\n k7: 2\n 1: a\n "1": b\n`)).slice(0, 2)).toEqual(['p.yaml:20002:2: This key stands twice in the same list. Keep one of them.', 'p.yaml:20004:2: This key stands twice in the same list. Keep one of them.']);
    const [unknown] = await told(many);
    expect(unknown).toContain("Unknown key 'k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7', 'k8', 'k9' and 19990 more.");
  });

  it('lists as names are told at their place', async () => {
    expect(await told('pack: {title: x}\n? [a, b]\n: 1\n')).toEqual(['p.yaml:2:3: A name can be a word or a number only. Write name: value, without brackets, dashes or ? before the colon.']);
  });

  it('of very many mistakes the first 500 are told, and how many more there are', async () => {
    const faults = await told(`people:\n${Array.from({ length: 2_000 }, (_, i) => ` p${i}: {name: P, role: king, units: [a]}`).join('\n')}\n`);
    expect(faults).toHaveLength(501);
    expect(faults.at(0)).toMatch(/^p\.yaml:2:\d+: 'role'/);
    expect(faults.at(-1)).toBe('digests/p: There are 1500 more mistakes. Mend these first, and check again.');
  });

  it('YAML of more than 4 MB is not read, and the other packs are', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'overblik-bounds-'));
    try {
      for (const name of ['large', 'small']) {
        await mkdir(join(dir, name));
        await writeFile(join(dir, name, 'pack.yaml'), ORGANISATION);
      }
      await writeFile(join(dir, 'large', 'more.yaml'), '#'.repeat(4 * 1024 * 1024 + 1));
      const { folders } = await readPackFolders([dir]);
      expect(folders.map(({ id, faults }) => [id, faults.map(describeFault)])).toEqual([
        ['large', [expect.stringMatching(/more\.yaml: It is larger than 4 MB, which is the most that is read of YAML\. Keep data in data files: people in people\.csv, caveats in a source named by caveat_source\.$/)]],
        ['small', []],
      ]);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});
