import { createHash } from 'node:crypto';
import type { Organisation, Source } from '../../pack/model.ts';
import { findFiles } from './files.ts';

/** Raised when this room reads or writes anything differently, so that kept facts are made anew. */
const EDITION = 1;

/**
 * What the facts of a source are made from, as 16 hexadecimal digits: its files (path, size, time of change), its
 * definition, the tree of units, the SQL run at the end, and the first month of the fiscal year.
 * Rejects with ServiceError when a file is missing.
 */
export async function signatureOf(source: Source, packDir: string, organisation: Organisation, finish: readonly string[], yearStart = 1): Promise<string> {
  const files = await findFiles(source, packDir);
  const { line: _line, file: _file, files: sets, ...definition } = source;
  const made = {
    edition: EDITION,
    files: files.map(({ path, bytes, mtimeMs }) => [path, bytes, mtimeMs]),
    layouts: sets.map(({ pattern, layout }) => [pattern, layout]),
    definition,
    units: [...organisation.units.values()],
    finish,
    yearStart,
  };
  return createHash('sha256').update(JSON.stringify(made)).digest('hex').slice(0, 16);
}
