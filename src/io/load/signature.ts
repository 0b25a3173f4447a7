import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { TIME_ZONE, type Organisation, type Source } from '../../pack/model.ts';
import { findFiles } from './files.ts';

/** Raised when this room reads or writes anything differently, so that kept facts are made anew. */
const EDITION = 8;

/** What a pack says of a source: where it stands in the pack's file makes no difference, nor what is only held against the load before. */
function sourceText(source: Source): object {
  return { ...source, files: source.files.map(({ pattern, layout }) => [pattern, layout]), line: 0, file: '' };
}

/** Of what a pack says of a source and of its units, as 16 hexadecimal digits: equal means that the same files give the same facts. */
export function definitionOf(source: Source, organisation: Organisation, yearStart: number): string {
  const read = { ...sourceText(source), name: null, attribution: null, dimensions: [], completeTo: null, mayFall: 0, repeats: null, key: [] };
  return hashOf({ edition: EDITION, read, units: [...organisation.units.values()].map(({ id, codes, name, shortName, synonyms, parent }) => [id, codes, name, shortName, synonyms, parent]), yearStart });
}

/** Of what files hold, in any order and under any name, as 16 hexadecimal digits. */
export async function contentsOf(paths: readonly string[], moveMonths: number): Promise<string> {
  const hashes: string[] = [];
  for (const path of paths) {
    const hash = createHash('sha256');
    for await (const block of createReadStream(path)) hash.update(block as Buffer);
    hashes.push(hash.digest('hex'));
  }
  return hashOf([hashes.sort(), moveMonths]);
}

/** The same as 16 hexadecimal digits of any value. */
export const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

/**
 * What the facts of a source are made from, as 16 hexadecimal digits: its files (path, size, time of change), its
 * definition, the tree of units, the SQL run at the end, the first month of the fiscal year, and by how many months dates are moved.
 * Rejects with ServiceError when a file is missing or lies where the pack may not read.
 */
export async function signatureOf(source: Source, packDir: string, organisation: Organisation, finish: readonly string[], yearStart = 1, ownDir: string | null = null, moveMonths = 0, timeZone: string = TIME_ZONE): Promise<string> {
  const files = await findFiles(source, packDir, ownDir);
  const made = {
    edition: EDITION,
    files: files.map(({ path, bytes, mtimeMs }) => [path, bytes, mtimeMs]),
    definition: sourceText(source),
    units: [...organisation.units.values()],
    finish,
    yearStart,
    ...(moveMonths === 0 ? {} : { moveMonths }),
    ...(timeZone === TIME_ZONE ? {} : { timeZone }),
  };
  return hashOf(made);
}
