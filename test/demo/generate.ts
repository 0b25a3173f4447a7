import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { absences } from './absence.ts';
import { DATA as CHILDREN, generateChildren } from './children/generate.ts';
import { absenceFile, ledgerFile, visitsFile } from './files.ts';
import { ledger } from './ledger.ts';
import { visits } from './visits.ts';

/** Where the demo pack keeps its data. */
export const DATA = fileURLToPath(new URL('../../digests/hjemmepleje/data/', import.meta.url));

/** Writes the three files of the demo pack; the same bytes every time. Returns their names and sizes. */
export async function generate(directory: string): Promise<{ name: string; bytes: number }[]> {
  await mkdir(directory, { recursive: true });
  const files = [
    { name: 'posteringer.csv', content: ledgerFile(ledger()) },
    { name: 'besoeg.csv', content: visitsFile(visits()) },
    { name: 'fravaer.xlsx', content: await absenceFile(absences()) },
  ];
  for (const { name, content } of files) await writeFile(join(directory, name), content);
  return files.map(({ name, content }) => ({ name, bytes: content.length }));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const { name, bytes } of [...await generate(DATA), ...await generateChildren(CHILDREN)]) process.stdout.write(`${name} ${bytes} bytes\n`);
}
