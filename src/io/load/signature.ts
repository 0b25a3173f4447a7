import { createHash } from 'node:crypto';
import type { Organisation, Source } from '../../pack/model.ts';
import { findFiles } from './files.ts';

/** Raised when this room reads or writes anything differently, so that kept facts are made anew. */
const EDITION = 4;

/**
 * What the facts of a source are made from, as 16 hexadecimal digits: its files (path, size, time of change), its
 * definition, the tree of units, the SQL run at the end, the first month of the fiscal year, and by how many months dates are moved.
 * Rejects with ServiceError when a file is missing or lies where the pack may not read.
 */
export async function signatureOf(source: Source, packDir: string, organisation: Organisation, finish: readonly string[], yearStart = 1, ownDir: string | null = null, moveMonths = 0): Promise<string> {
  const files = await findFiles(source, packDir, ownDir);
  // Where it stands in the pack's file makes no difference.
  const definition = { ...source, files: source.files.map(({ pattern, layout }) => [pattern, layout]), line: 0, file: '' };
  const made = {
    edition: EDITION,
    files: files.map(({ path, bytes, mtimeMs }) => [path, bytes, mtimeMs]),
    definition,
    units: [...organisation.units.values()],
    finish,
    yearStart,
    ...(moveMonths === 0 ? {} : { moveMonths }),
  };
  return createHash('sha256').update(JSON.stringify(made)).digest('hex').slice(0, 16);
}
