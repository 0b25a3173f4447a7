import { firstRecords } from './records.ts';

const CANDIDATES = [';', ',', '\t', '|'] as const;
const LOOKED_AT = 200;

/** The delimiter under which the most of the first lines have the same number of fields, more than one; `;` when none does. */
export async function detectDelimiter(path: string, bom: number): Promise<string> {
  let best: { delimiter: string; score: number } = { delimiter: ';', score: 0 };
  for (const delimiter of CANDIDATES) {
    const records = await firstRecords(path, delimiter, bom, LOOKED_AT);
    const counts = new Map<number, number>();
    for (const { cells } of records) if (cells.length > 1) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
    const [fields, lines] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [0, 0];
    // Lines that agree count most; among equals, more fields (a decimal comma also cuts each line alike).
    const score = records.length === 0 ? 0 : lines / records.length + Math.min(fields, 999) / 10_000;
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}
