import type { Source } from '../../pack/model.ts';
import type { Placement } from './header.ts';

/**
 * The decimal sign of a file that does not say: a comma when some number has one and none has a point.
 * `12,345` may be twelve thousand, so a comma before exactly three digits decides nothing; then the point holds
 * and such cells are set aside rather than guessed.
 */
export function detectDecimal(source: Source, placement: Placement, rows: readonly { readonly cells: readonly string[] }[]): '.' | ',' {
  let commas = 0;
  for (const { cells } of rows) {
    for (const text of numericCells(source, placement, cells)) {
      if (/^[-+]?\d+,(\d{1,2}|\d{4,})-?$/.test(text)) commas++;
      else if (/^[-+]?\d*\.\d+-?$/.test(text)) return '.';
    }
  }
  return commas > 0 ? ',' : '.';
}

function numericCells(source: Source, placement: Placement, cells: readonly string[]): string[] {
  return placement.columns.flatMap((place, index) => {
    const type = source.columns[index]?.type;
    if (type !== 'decimal' && type !== 'number' && type !== 'integer') return [];
    if (place.kind === 'cell') return [(cells[place.index] ?? '').trim()];
    return place.kind === 'wide-value' ? placement.wide.map((column) => (cells[column.index] ?? '').trim()) : [];
  });
}
