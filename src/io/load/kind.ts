import { open } from 'node:fs/promises';
import type { Layout } from '../../pack/model.ts';

const LOOKED_AT = 512;

/**
 * What is wrong with a file of another kind than its layout says, by its first bytes and never by its name, with what to do;
 * null: nothing.
 */
export async function kindProblem(path: string, format: Layout['format']): Promise<string | null> {
  const file = await open(path, 'r');
  let start: string;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LOOKED_AT), 0, LOOKED_AT, 0);
    start = buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
  const text = start.replace(/^\u00ef\u00bb\u00bf/, '').trimStart().toLowerCase();
  if (start.startsWith('\u00d0\u00cf\u0011\u00e0')) return 'It is an old Excel file (.xls), or one with a password, whatever its name says. Open it in Excel, and save it as .xlsx without a password.';
  if (start.startsWith('PK') && start.includes('application/vnd.oasis.opendocument')) return 'It is an OpenDocument file (.ods), whatever its name says. Save it as .xlsx or CSV.';
  if (/^<(!doctype html|html|table|head|body|meta)/.test(text)) return 'It is a web page (HTML), as some systems call their Excel export. Open it in Excel, and save it as .xlsx.';
  if (text.startsWith('<?xml')) return 'It is XML, which is not read yet. Take the extract as CSV or .xlsx, or open it in Excel and save it as .xlsx.';
  if (text.startsWith('%pdf')) return 'It is a PDF, which holds no table to read. Take the extract as CSV or .xlsx.';
  if (start.startsWith('PK\u0003\u0004') && format !== 'xlsx') return 'It is an Excel file (.xlsx) or another ZIP archive, whatever its name says. Write format: xlsx in the pack, or unpack it.';
  if (start.startsWith('PAR1') && format !== 'parquet') return 'It is a Parquet file, whatever its name says. Write format: parquet in the pack.';
  if (format === 'xlsx' && !start.startsWith('PK')) return 'It is no .xlsx file, whatever its name says, but text or something else. Write format: csv in the pack if it is text, or save it again from Excel as .xlsx.';
  if (format === 'parquet' && !start.startsWith('PAR1')) return 'It is no Parquet file, whatever its name says.';
  return null;
}
