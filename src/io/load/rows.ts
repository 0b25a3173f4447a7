import { open, type FileHandle } from 'node:fs/promises';
import type { Layout, Source } from '../../pack/model.ts';
import type { Placement } from './header.ts';

/** A row that can't be a record of its file, set aside before any column is looked at. */
export interface RaggedRow {
  readonly line: number;
  readonly value: string;
  readonly reason: string;
}

/**
 * Takes the rows of a file of any layout and writes them as one plain table: the line, then the cells of the
 * source's columns in their order, fill-downs filled and wide columns turned into rows.
 */
export interface RowWriter {
  row(line: number, cells: readonly string[]): void;
  /** Lets what has gathered go to the disk, once it is much. */
  flush(): Promise<void>;
  close(): Promise<void>;
  /** How many rows were written. */
  rows(): number;
}

const BATCH = 1 << 20;

export async function openRowWriter(path: string, source: Source, layout: Layout, placement: Placement): Promise<RowWriter> {
  const file: FileHandle = await open(path, 'wx');
  const fill = layout.fillDown.flatMap((name) => {
    const at = source.columns.findIndex((column) => column.name === name || column.header === name);
    const place = placement.columns[at];
    return place?.kind === 'cell' ? [place.index] : [];
  });
  const valued = source.columns.find((column) => column.name === layout.unpivot?.value);
  const missing = new Set(valued?.missing.map((word) => word.trim()));
  const above = new Map<number, string>();
  let batch: string[] = [];
  let size = 0;
  let rows = 0;

  const put = (line: number, cells: readonly string[], wideName: string, wideValue: string): void => {
    let text = String(line);
    for (const place of placement.columns) {
      const value = place.kind === 'cell' ? cells[place.index] ?? '' : place.kind === 'wide-name' ? wideName : place.kind === 'wide-value' ? wideValue : '';
      text += `,${quotedCell(value.trim())}`;
    }
    batch.push(`${text}\n`);
    size += text.length;
    rows++;
  };
  const row = (line: number, given: readonly string[]): void => {
    let cells = given;
    if (fill.length > 0) {
      const filled = [...given];
      for (const index of fill) {
        if ((filled[index] ?? '').trim() === '') filled[index] = above.get(index) ?? '';
        else above.set(index, filled[index] as string);
      }
      cells = filled;
    }
    if (layout.unpivot === null) return put(line, cells, '', '');
    for (const { index, header } of placement.wide) {
      const value = (cells[index] ?? '').trim();
      // No figure for that column is no row, not an empty one; where one must be, it is a row to set aside.
      if (valued?.required === true || value !== '' && !missing.has(value)) put(line, cells, header, value);
    }
  };
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    const text = batch.join('');
    [batch, size] = [[], 0];
    await file.appendFile(text);
  };
  return {
    row,
    rows: () => rows,
    flush: async () => {
      if (size >= BATCH) await flush();
    },
    close: async () => {
      try {
        await flush();
      } finally {
        await file.close();
      }
    },
  };
}

const quotedCell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
