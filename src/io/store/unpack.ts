import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';

const BLOCK = 512;
const AT_ONCE = 32;

/** Writes the folders and files of a tar archive (POSIX ustar, as PGlite dumps a database) below a folder. */
export async function unpack(archive: Buffer, dir: string): Promise<void> {
  const files: { path: string; content: Buffer }[] = [];
  const folders = new Set([dir]);
  for (let at = 0; at + BLOCK <= archive.length && archive[at] !== 0;) {
    const field = (from: number, length: number): string => archive.toString('utf8', at + from, at + from + length).replace(/\0.*$/s, '').trim();
    const [name, size, kind, prefix] = [field(0, 100), Number.parseInt(field(124, 12) || '0', 8), field(156, 1), field(345, 155)];
    const path = normalize(join(dir, prefix, name));
    if (!path.startsWith(normalize(dir))) throw new Error(`the archive holds ${name}, outside its folder`);
    if (kind === '5') folders.add(path);
    else {
      folders.add(dirname(path));
      files.push({ path, content: archive.subarray(at + BLOCK, at + BLOCK + size) });
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  // As PostgreSQL wants its folders: nobody else's.
  for (const folder of folders) await mkdir(folder, { recursive: true, mode: 0o700 });
  for (let i = 0; i < files.length; i += AT_ONCE) await Promise.all(files.slice(i, i + AT_ONCE).map(({ path, content }) => writeFile(path, content, { mode: 0o600 })));
}
