import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { DefinitionError } from '../../errors.ts';
import type { PackFile } from '../../pack/yaml.ts';

/** The YAML files of one pack's folder, pack.yaml first. */
export interface PackFolder {
  readonly id: string;
  readonly dir: string;
  readonly files: readonly PackFile[];
}

/** Every folder below the given ones that holds a pack.yaml. Throws DefinitionError when a folder is not there or two packs have one name. */
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
      const other = folders.find((folder) => folder.id === id);
      if (other !== undefined) throw new DefinitionError([{ file: dir, line: 0, column: 0, message: `There are two packs named '${id}'.`, hint: `The other one is ${other.dir}. Rename one of the folders.` }]);
      const files = await Promise.all(yaml.map(async (file) => ({ path: shown(join(dir, file)), text: await readFile(join(dir, file), 'utf8') })));
      folders.push({ id, dir: resolve(dir), files });
    }
  }
  return folders;
}

const shown = (path: string): string => {
  const local = relative(process.cwd(), path);
  return local.startsWith('..') ? path : local;
};
