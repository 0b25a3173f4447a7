import type { Column } from '../../pack/model.ts';

/** What a field of the file is for; null: for nothing that has a form of its own. */
export type FieldForm = 'day' | 'number' | null;

export const formOf = (type: Column['type'] | undefined): FieldForm =>
  type === 'date' || type === 'timestamp' ? 'day' : type === 'integer' || type === 'decimal' || type === 'number' ? 'number' : null;

export interface Swallowed {
  /** Which lines of the record, counted from 0, look like rows of their own. */
  readonly lines: readonly number[];
  /** They have days and numbers where rows have them, or quotes that can't be meant: no text that somebody wrote. */
  readonly certain: boolean;
}

/**
 * Looks for whole rows within a record that goes over several lines: a quote that was opened by mistake swallows what comes
 * before the next one. `lines`: the record as it stands in the file; `odd`: a quote stands in it where none may.
 */
export function swallowedRows(lines: readonly string[], delimiter: string, width: number, formAt: (index: number) => FieldForm, odd: boolean): Swallowed | null {
  if (width < 2) return null;
  const cut = lines.map((line) => line.split(delimiter));
  const likely = cut.flatMap((cells, at) => (cells.length === width ? [at] : []));
  const rowlike = likely.filter((at) => isRow(cut[at] ?? [], formAt));
  // A text of several lines in the first column leaves a last line with as many fields as a row: only with a whole first line it is one.
  const within = (found: readonly number[]): number[] => found.filter((at) => at > 0 && (at < lines.length - 1 || found.includes(0)));
  if (within(rowlike).length > 0) return { lines: within(rowlike), certain: true };
  if (within(likely).length > 0) return { lines: within(likely), certain: odd };
  return null;
}

/** Whether days and numbers stand where they should, and at least one does. */
function isRow(cells: readonly string[], formAt: (index: number) => FieldForm): boolean {
  let found = 0;
  for (const [index, cell] of cells.entries()) {
    const form = formAt(index);
    const text = cell.replace(/^[\s"]+|[\s"]+$/g, '');
    if (form === null || text === '') continue;
    if (!(form === 'day' ? isDay(text) : isNumber(text))) return false;
    found++;
  }
  return found > 0;
}

function isDay(text: string): boolean {
  const digits = text.replace(/\D/g, '').length;
  return digits >= 4 && digits / text.length >= 0.35;
}

const isNumber = (text: string): boolean => /^[-+(−]?\s*(?:kr\.?|dkk|[€£$])?\s*[-+−]?[\d.,][\d.,\s']*(?:kr\.?|dkk|[€£$%])?[-)−]?$/i.test(text);
