import { lstat, mkdtemp, readFile, readdir, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve, sep } from 'node:path';
import { holdsPersonalNumber, maskPersonalNumbers } from '../../access/personal-number.ts';
import { DefinitionError, type Fault } from '../../errors.ts';
import type { PeopleTable } from '../../pack/people.ts';
import type { PackFile } from '../../pack/yaml.ts';
import { detectDelimiter } from '../load/delimiter.ts';
import { detectEncoding, writeAsUtf8 } from '../load/encoding.ts';
import { firstRecords } from '../load/records.ts';

/** People as another system writes them, beside those in the YAML. */
const PEOPLE = 'people.csv';
const PACK_FILE = /^pack\.ya?ml$/;
const MOST_PEOPLE = 50_000;
const MOST_BYTES = 32 * 1024 * 1024;
/** YAML says how data are read and shown; what is more is data. */
const MOST_YAML_BYTES = 4 * 1024 * 1024;

/** The YAML files of one pack's folder, pack.yaml first, and its table of people. */
export interface PackFolder {
  readonly id: string;
  readonly dir: string;
  readonly files: readonly PackFile[];
  readonly people: PeopleTable | null;
  /** Why it can't be used, when it can't: a file or its table of people is not readable, or holds a CPR number. */
  readonly faults: readonly Fault[];
  /** Whether all of its files could be read, so that who stands in none of them stands nowhere. */
  readonly complete: boolean;
}

/** What stands below the folders of packs. */
export interface PackFolders {
  readonly folders: readonly PackFolder[];
  /** What is wrong with no pack in particular: a folder of packs is not there, two packs have one name. */
  readonly faults: readonly Fault[];
  /** What could not be looked at, such as a link that leads nowhere; `id` is what the pack would be called. */
  readonly unseen: readonly { readonly id: string; readonly fault: Fault }[];
}

/** Every folder below the given ones that holds a pack.yaml, or a given one that holds one itself. What is wrong with one is told with it and keeps no other from being read. */
export async function readPackFolders(roots: readonly string[]): Promise<PackFolders> {
  const folders: PackFolder[] = [];
  const faults: Fault[] = [];
  const unseen: { id: string; fault: Fault }[] = [];
  for (const root of roots) {
    const below = await readdir(root).catch(() => null);
    const itself = below?.some((name) => PACK_FILE.test(name)) === true;
    const names = itself ? [basename(resolve(root))] : below;
    if (names === null) faults.push({ file: root, line: 0, column: 0, message: 'There is no such folder of packs.', hint: 'Give --packs a folder that holds pack folders, each with a pack.yaml, or one of those.' });
    for (const name of (names ?? []).sort()) {
      const dir = itself ? root : join(root, name);
      try {
        if (!(await stat(dir)).isDirectory()) continue;
        const yaml = (await readdir(dir)).filter((file) => /\.ya?ml$/.test(file)).sort((a, b) => Number(b.startsWith('pack.')) - Number(a.startsWith('pack.')) || a.localeCompare(b));
        if (!yaml.some((file) => PACK_FILE.test(file))) continue;
        const odd = [name, ...yaml.map((file) => join(name, file))].find((one) => holdsPersonalNumber(one));
        if (odd !== undefined) {
          unseen.push({ id: maskPersonalNumbers(name), fault: { file: maskPersonalNumbers(odd), line: 0, column: 0, message: 'The name holds something that looks like a CPR number.', hint: 'Give the folder or file another name.' } });
          continue;
        }
        const other = folders.find((folder) => folder.id === name);
        if (other !== undefined) faults.push({ file: dir, line: 0, column: 0, message: `There are two packs named '${name}'.`, hint: `The other one is ${other.dir}. Rename one of the folders.` });
        else folders.push(await readFolder(name, dir, yaml));
      } catch (error) {
        unseen.push({ id: name, fault: { file: dir, line: 0, column: 0, message: `It can't be looked at (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`, hint: 'Remove it, or mend where it leads and who may read it.' } });
      }
    }
  }
  return { folders, faults, unseen };
}

async function readFolder(id: string, dir: string, yaml: readonly string[]): Promise<PackFolder> {
  const own = await realpath(dir);
  const faults: Fault[] = [];
  const files: PackFile[] = [];
  let people: PeopleTable | null = null;
  let complete = true;
  const refused = (file: string, message: string, hint: string): void => {
    complete = false;
    faults.push({ file: shown(join(dir, file)), line: 0, column: 0, message, hint });
  };
  /** Messages about a pack quote its files, so what a link leads to elsewhere is not read. */
  const isHere = async (file: string): Promise<boolean> => {
    const led = await realpath(join(dir, file));
    if (led.startsWith(`${own}${sep}`)) return true;
    refused(file, 'It is a link that leads out of the folder of the pack.', 'Put the file itself there.');
    return false;
  };
  for (const file of yaml) {
    try {
      if (!(await isHere(file))) continue;
      if ((await stat(join(dir, file))).size > MOST_YAML_BYTES) refused(file, 'It is larger than 4 MB, which is the most that is read of YAML.', 'Keep data in data files: people in people.csv, caveats in a source named by caveat_source.');
      else files.push({ path: shown(join(dir, file)), text: await readFile(join(dir, file), 'utf8') });
    } catch (error) {
      refused(file, `It can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`, 'Remove it, or mend where it leads and who may read it.');
    }
  }
  faults.push(...personalNumbersIn(files));
  try {
    const isThere = await lstat(join(dir, PEOPLE)).then(() => true, () => false);
    if (isThere && await isHere(PEOPLE)) people = await readPeopleTable(join(dir, PEOPLE));
  } catch (error) {
    complete = false;
    if (error instanceof DefinitionError) faults.push(...error.faults);
    else refused(PEOPLE, `It can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`, 'Remove it, or mend where it leads and who may read it.');
  }
  return { id, dir: resolve(dir), files, people, faults, complete };
}

const shown = (path: string): string => {
  const local = relative(process.cwd(), path);
  return local.startsWith('..') ? path : local;
};

/** What a pack says is shown to many, and repeated in messages about it: a CPR number has no place in it. */
function personalNumbersIn(files: readonly PackFile[]): Fault[] {
  return files.flatMap((file) => {
    const known = looked.get(file.path);
    if (known?.text === file.text) return known.faults;
    const faults = personalNumbersOf(file);
    looked.set(file.path, { text: file.text, faults });
    return faults;
  });
}

/** The files are read at every question, and hardly ever another text than before. */
const looked = new Map<string, { readonly text: string; readonly faults: readonly Fault[] }>();

function personalNumbersOf({ path, text }: PackFile): Fault[] {
  return text.split('\n').flatMap((line, i): Fault[] => (holdsPersonalNumber(line) ? [{ file: path, line: i + 1, column: 1, message: 'The line holds something that looks like a CPR number.', hint: 'Take it out: nobody is known here by their CPR number.' }] : []));
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
