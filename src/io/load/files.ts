import { createHash } from 'node:crypto';
import { readFile, readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { holdsPersonalNumber, maskPersonalNumbers } from '../../access/personal-number.ts';
import { ServiceError } from '../../errors.ts';
import type { FileSet, Source } from '../../pack/model.ts';
import { namePattern } from './pattern.ts';

export interface SourceFile {
  readonly path: string;
  /** As messages and reports name it: relative to the pack where it lies there. */
  readonly shown: string;
  readonly bytes: number;
  readonly mtimeMs: number;
  readonly set: FileSet;
}

/**
 * The files of a source, in the order of its patterns and by name within one: of the pack's own folder and of folders that
 * a setting in the path names, links followed to where they lead; never of `ownDir`, where the service keeps its own.
 * Rejects with ServiceError when a pattern matches nothing or leads elsewhere.
 */
export async function findFiles(source: Source, packDir: string, ownDir: string | null): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const set of source.files) {
    const refuse = (why: string): never => { throw new ServiceError(`source ${source.id}`, `'${set.pattern}' ${why} (${source.file}:${set.line}).`, { final: true }); };
    const allowed = await reachOf([resolve(packDir), ...set.folders.map((folder) => resolve(packDir, folder))], packDir, ownDir);
    const enter = async (path: string): Promise<string> => (await allowed(path)) ?? refuse("leads out of the pack's folder. Put the files into it, or write ${OVERBLIK_…} first in the path, a setting of your own that names the folder they are in");
    const paths = await expand(resolve(packDir, set.pattern), enter, () => refuse('names too many choices in braces. Write * for them, or several paths'));
    if (paths.length === 0) {
      throw new ServiceError(`source ${source.id}`, `No file matches '${set.pattern}' (looked in ${resolve(packDir)}). Put the file there or mend the path in ${source.file}:${set.line}.`);
    }
    for (const path of paths) {
      const shown = shownPath(path, packDir);
      // It would stand in reports and messages for as long as the data do.
      if (holdsPersonalNumber(shown)) throw new ServiceError(`source ${source.id}`, `The name of the file ${maskPersonalNumbers(shown)} holds something that looks like a CPR number, so it is not loaded. Give the file another name.`, { final: true });
      // The file itself and not a link to it, which could be led elsewhere before it is read.
      const real = await enter(path);
      const { size, mtimeMs } = await stat(real);
      files.push({ path: real, shown, bytes: size, mtimeMs, set });
    }
  }
  await refuseCopies(source, files);
  return files;
}

/** Where a path really leads, if that is in one of the folders; else null. What is not there leads where it says. */
async function reachOf(folders: readonly string[], packDir: string, ownDir: string | null): Promise<(path: string) => Promise<string | null>> {
  const real = (path: string): Promise<string> => realpath(path).catch(() => resolve(path));
  const [pack, own, ...roots] = await Promise.all([real(packDir), ownDir === null ? null : real(ownDir), ...folders.map(real)]) as [string, string | null, ...string[]];
  // A pack that someone keeps in the service's folder has its own all the same.
  const isOwn = (path: string): boolean => own !== null && isIn(path, own) && !(isIn(pack, own) && isIn(path, pack));
  return async (path) => {
    // Told by its name alone where that is enough: whether a file is there is not to be found out.
    if (![...folders, ...roots].some((folder) => isIn(path, folder))) return null;
    const led = await real(path);
    return roots.some((root) => isIn(led, root)) && !isOwn(led) ? led : null;
  };
}

const isIn = (path: string, folder: string): boolean => {
  const inside = relative(folder, path);
  return inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
};

/** A copy of a file beside it would count everything twice. */
async function refuseCopies(source: Source, files: readonly SourceFile[]): Promise<void> {
  const seen = new Map<string, SourceFile>();
  for (const file of files) {
    if (file.bytes === 0 || !files.some((other) => other !== file && other.bytes === file.bytes && other.path !== file.path)) continue;
    const key = createHash('sha256').update(await readFile(file.path)).digest('hex');
    const other = seen.get(key);
    if (other !== undefined && other.path !== file.path) throw new ServiceError(`source ${source.id}`, `${other.shown} and ${file.shown} hold the same, so it would count twice. Remove one of them, or mend the path in ${source.file}:${source.line}.`);
    seen.set(key, file);
  }
}

function shownPath(path: string, packDir: string): string {
  return isIn(path, resolve(packDir)) ? relative(resolve(packDir), path) : path;
}

type Enter = (path: string) => Promise<string>;

/** The files a path with `*`, `?`, `[abc]`, `{a,b}` and `**` names, sorted. A file of exactly that name wins over the pattern. `enter` refuses what leads elsewhere. */
async function expand(pattern: string, enter: Enter, refuse: () => never): Promise<string[]> {
  const parts = pattern.split(sep);
  const fixed = parts.findIndex((part) => /[*?[{]/.test(part));
  await enter(fixed < 0 ? pattern : parts.slice(0, fixed).join(sep) || sep);
  if (await isFile(pattern)) return [pattern];
  if (fixed < 0) return [];
  const steps = parts.slice(fixed).map((part) => (part === '**' ? '**' : namePattern(part) ?? refuse()));
  return [...await matching(parts.slice(0, fixed).join(sep) || sep, steps, enter, new Set())].sort();
}

/** Hidden files, lock files of Excel and LibreOffice, and what Windows and macOS put into folders of their own accord. */
const NEVER_MEANT = /^(?:\.|~\$|__MACOSX$|(?:eh)?thumbs\.db$|desktop\.ini$)/i;

/** `been`: folders with what was looked for in them, since several `**` come to the same place in many ways. */
async function matching(folder: string, steps: readonly ('**' | ((name: string) => boolean))[], enter: Enter, been: Set<string>): Promise<Set<string>> {
  const [step, ...rest] = steps;
  const place = `${steps.length} ${folder}`;
  if (step === undefined || been.has(place)) return new Set();
  been.add(place);
  await enter(folder);
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    // A folder that may not be looked into is no folder without files: that would be told as data that are late.
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    return [];
  });
  const found = step === '**' ? await matching(folder, rest, enter, been) : new Set<string>();
  for (const entry of entries) {
    if (NEVER_MEANT.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (step === '**') {
      if (entry.isDirectory()) for (const one of await matching(path, steps, enter, been)) found.add(one);
    } else if (step(entry.name)) {
      if (rest.length === 0) {
        if (await isFile(path)) found.add(path);
      } else if (entry.isDirectory() || entry.isSymbolicLink()) for (const one of await matching(path, rest, enter, been)) found.add(one);
    }
  }
  return found;
}

const isFile = (path: string): Promise<boolean> => stat(path).then((found) => found.isFile(), () => false);
