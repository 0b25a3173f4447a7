import { createHash } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { holdsPersonalNumber, maskPersonalNumbers } from '../../access/personal-number.ts';
import { ServiceError } from '../../errors.ts';
import type { FileSet, Source } from '../../pack/model.ts';

export interface SourceFile {
  readonly path: string;
  /** As messages and reports name it: relative to the pack where it lies there. */
  readonly shown: string;
  readonly bytes: number;
  readonly mtimeMs: number;
  readonly set: FileSet;
}

/** The files of a source, in the order of its patterns and by name within one. Rejects with ServiceError when a pattern matches nothing. */
export async function findFiles(source: Source, packDir: string): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const set of source.files) {
    const paths = await expand(isAbsolute(set.pattern) ? set.pattern : join(resolve(packDir), set.pattern));
    if (paths.length === 0) {
      throw new ServiceError(`source ${source.id}`, `No file matches '${set.pattern}' (looked in ${resolve(packDir)}). Put the file there or mend the path in ${source.file}:${set.line}.`);
    }
    for (const path of paths) {
      const shown = shownPath(path, packDir);
      // It would stand in reports and messages for as long as the data do.
      if (holdsPersonalNumber(shown)) throw new ServiceError(`source ${source.id}`, `The name of the file ${maskPersonalNumbers(shown)} holds something that looks like a CPR number, so it is not loaded. Give the file another name.`, { final: true });
      const { size, mtimeMs } = await stat(path);
      files.push({ path, shown, bytes: size, mtimeMs, set });
    }
  }
  await refuseCopies(source, files);
  return files;
}

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
  const inside = relative(resolve(packDir), path);
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside;
}

/** The files a path with `*`, `?`, `[abc]`, `{a,b}` and `**` names, sorted. A file of exactly that name wins over the pattern. */
async function expand(pattern: string): Promise<string[]> {
  if (await isFile(pattern)) return [pattern];
  if (!/[*?[{]/.test(pattern)) return [];
  const parts = resolve(pattern).split(sep);
  const fixed = parts.findIndex((part) => /[*?[{]/.test(part));
  const found = await matching(parts.slice(0, fixed).join(sep) || sep, parts.slice(fixed));
  return [...new Set(found)].sort();
}

async function matching(folder: string, parts: readonly string[]): Promise<string[]> {
  const [part, ...rest] = parts;
  if (part === undefined) return [];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  if (part === '**') found.push(...await matching(folder, rest));
  const regex = segmentPattern(part);
  for (const entry of entries) {
    // Hidden files and Excel's lock files (~$name.xlsx) are never meant.
    if (entry.name.startsWith('.') || entry.name.startsWith('~$')) continue;
    const path = join(folder, entry.name);
    if (part === '**') {
      if (entry.isDirectory()) found.push(...await matching(path, parts));
    } else if (regex.test(entry.name)) {
      if (rest.length > 0) found.push(...await matching(path, rest));
      else if (await isFile(path)) found.push(path);
    }
  }
  return found;
}

const isFile = (path: string): Promise<boolean> => stat(path).then((found) => found.isFile(), () => false);

function segmentPattern(part: string): RegExp {
  let depth = 0;
  const regex = part.replace(/\[!?[^\]]+\]|[*?{},]|[^*?{},[]+|\[/g, (token) => {
    if (token === '*') return '.*';
    if (token === '?') return '.';
    if (token === '{') {
      depth++;
      return '(?:';
    }
    if (token === '}' && depth > 0) {
      depth--;
      return ')';
    }
    if (token === ',' && depth > 0) return '|';
    if (token.length > 2 && token.startsWith('[')) return token.replace('[!', '[^');
    return token.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${regex}$`, 'u');
}
