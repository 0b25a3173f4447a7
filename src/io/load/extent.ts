/** As many as a worksheet can have. */
export const MOST_COLUMNS = 16_384;
/** A worksheet is laid out as a full rectangle, empty cells with it. */
const MOST_CELLS = 20_000_000;
/** Longer than the beginning of a cell or row up to its reference. */
const CARRIED = 256;

const REFERENCE = /<(?:\w+:)?(?:c|row)\b[^<>]*?\sr="([A-Z]{0,3})(\d{1,10})"/g;

/** How far the cells of a worksheet reach, told by its XML as it streams by. */
export interface Extent {
  see(chunk: Buffer): void;
  /** Why it is not to be laid out; null: it is small enough. */
  problem(): string | null;
}

export function measureExtent(): Extent {
  let carried = '';
  let [columns, rows, widest, lowest] = [1, 1, 'A', 1];
  return {
    see(chunk) {
      const text = carried + chunk.toString('latin1');
      for (const [, letters = '', digits = ''] of text.matchAll(REFERENCE)) {
        const row = Number(digits);
        if (row > rows) [rows, lowest] = [row, row];
        // The one before is longer, or comes first among the equally long.
        if (letters.length > widest.length || (letters.length === widest.length && letters > widest)) [widest, columns] = [letters, columnOf(letters)];
      }
      // Never from the middle of a reference: what was seen already is only seen again.
      carried = text.slice(Math.max(text.length - CARRIED, 0));
    },
    problem() {
      if (rows * columns <= MOST_CELLS) return null;
      return `A worksheet reaches to ${widest}${lowest}: laid out, that is ${(rows * columns).toLocaleString('en')} cells, and at most ${MOST_CELLS.toLocaleString('en')} are read. Something far from the table stands there (Ctrl+End in Excel leads to it): delete the empty rows below and columns to the right, and save it.`;
    },
  };
}

function columnOf(letters: string): number {
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column;
}
