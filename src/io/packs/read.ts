import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { holdsPersonalNumber, maskPersonalNumbers } from '../../access/personal-number.ts';
import { DefinitionError, type Fault } from '../../errors.ts';
import type { PeopleTable } from '../../pack/people.ts';
import type { PackFile } from '../../pack/yaml.ts';
import { detectDelimiter } from '../load/delimiter.ts';
import { detectEncoding, writeAsUtf8 } from '../load/encoding.ts';
import { firstRecords } from '../load/records.ts';

/** People as another system writes them, beside those in the YAML. */
const PEOPLE = 'people.csv';
const MOST_PEOPLE = 50_000;
const MOST_BYTES = 32 * 1024 * 1024;

/** The YAML files of one pack's folder, pack.yaml first, and its table of people. */
export interface PackFolder {
  readonly id: string;
  readonly dir: string;
  readonly files: readonly PackFile[];
  readonly people: PeopleTable | null;
}

/** Every folder below the given ones that holds a pack.yaml. Throws DefinitionError when a folder is not there, two packs have one name, a table of people can't be used or a CPR number stands in any of it. */
export async function readPackFolders(roots: readonly string[]): Promise<PackFolder[]> {
  const folders: PackFolder[] = [];
  for (const root of roots) {
    const names = await readdir(root).catch(() => {
      throw new DefinitionError([{ file: root, line: 0, column: 0, message: 'There is no such folder of packs.', hint: 'Give --packs a folder that holds pack folders, each with a pack.yaml.' }]);
    });
    for (const name of names.sort()) {
      const dir = join(root, name);
      if (!(await stat(dir)).isDirectory()) continue;
      const yaml = (await readdir(dir)).filter((file) => /\.ya?ml$/.test(file)).sort((a, b) => Number(b.startsWith('pack.')) - Number(a.startsWith('pack.')) || a.localeCompare(b));
      if (!yaml.some((file) => /^pack\.ya?ml$/.test(file))) continue;
      const id = basename(dir);
      const odd = [id, ...yaml.map((file) => join(id, file))].find((one) => holdsPersonalNumber(one));
      if (odd !== undefined) throw new DefinitionError([{ file: maskPersonalNumbers(odd), line: 0, column: 0, message: 'The name holds something that looks like a CPR number.', hint: 'Give the folder or file another name.' }]);
      const other = folders.find((folder) => folder.id === id);
      if (other !== undefined) throw new DefinitionError([{ file: dir, line: 0, column: 0, message: `There are two packs named '${id}'.`, hint: `The other one is ${other.dir}. Rename one of the folders.` }]);
      const files = await Promise.all(yaml.map(async (file) => ({ path: shown(join(dir, file)), text: await readFile(join(dir, file), 'utf8') })));
      refusePersonalNumbers(files);
      folders.push({ id, dir: resolve(dir), files, people: await readPeopleTable(join(dir, PEOPLE)) });
    }
  }
  return folders;
}

const shown = (path: string): string => {
  const local = relative(process.cwd(), path);
  return local.startsWith('..') ? path : local;
};

/** What a pack says is shown to many, and repeated in messages about it: a CPR number has no place in it. */
function refusePersonalNumbers(files: readonly PackFile[]): void {
  const faults = files.flatMap(({ path, text }) => text.split('\n').flatMap((line, i): Fault[] => (holdsPersonalNumber(line) ? [{ file: path, line: i + 1, column: 1, message: 'The line holds something that looks like a CPR number.', hint: 'Take it out: nobody is known here by their CPR number.' }] : [])));
  if (faults.length > 0) throw new DefinitionError(faults);
}

/** A table of people with any delimiter and encoding; null: the pack has none. A CPR number in it is refused, and not shown. */
async function readPeopleTable(path: string): Promise<PeopleTable | null> {
  const refused = (line: number, message: string, hint: string): DefinitionError => new DefinitionError([{ file: shown(path), line, column: line === 0 ? 0 : 1, message, hint }]);
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  if (!found.isFile() || found.size > MOST_BYTES) throw refused(0, 'This is no table of people.', 'It is a CSV file with a line for each person, of 32 MB at most.');
  const encoding = await detectEncoding(path);
  const scratch = encoding.name === 'utf-8' ? null : await mkdtemp(join(tmpdir(), 'overblik-people-'));
  try {
    const plain = scratch === null ? { path, bom: encoding.bom } : { path: join(scratch, PEOPLE), bom: 0 };
    if (scratch !== null) await writeAsUtf8(path, encoding, plain.path);
    const delimiter = await detectDelimiter(plain.path, plain.bom);
    const records = await firstRecords(plain.path, delimiter, plain.bom, MOST_PEOPLE + 1);
    if (records.length > MOST_PEOPLE) throw refused(0, `There are more than ${MOST_PEOPLE} lines of people.`, 'Write only those who are to use Overblik.');
    for (const { line, cells } of records) {
      const where = cells.findIndex((cell) => holdsPersonalNumber(cell));
      if (where >= 0) throw refused(line, `The column '${holdsPersonalNumber(records[0]?.cells[where] ?? '') ? String(where + 1) : records[0]?.cells[where] ?? String(where + 1)}' holds something that looks like a CPR number.`, 'Leave it out of the file: nobody is known here by their CPR number.');
    }
    return { path: shown(path), records };
  } finally {
    if (scratch !== null) await rm(scratch, { recursive: true, force: true });
  }
}
