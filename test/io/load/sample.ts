import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadInput } from '../../../src/io/load/load.ts';
import type { Column, FileSet, Layout, Organisation, Source, Unit } from '../../../src/pack/model.ts';
import { openFacts } from '../../../src/io/warehouse/duckdb.ts';
import type { LoadReport } from '../../../src/ports.ts';

const both = (text: string): { da: string; en: string } => ({ da: text, en: text });

export function column(name: string, type: Column['type'] = 'text', more: Partial<Column> = {}): Column {
  return { name, type, decimals: type === 'decimal' ? 2 : 0, header: null, at: null, format: null, missing: [], required: false, decimal: null, noCpr: null, ...more };
}

export function layout(more: Partial<Layout> = {}): Layout {
  return {
    format: 'csv', delimiter: null, decimal: null, thousands: null, encoding: null, headerRow: 1, firstRow: null, lastRow: null,
    sheet: null, fillDown: [], unpivot: null, controlTotal: null, set: {}, at: {}, ...more,
  };
}

export function files(pattern: string, more: Partial<Layout> = {}): FileSet {
  return { pattern, folders: [], layout: layout(more), line: 7 };
}

/** A source with the columns month, district and amount, unless said otherwise. */
export function source(more: Partial<Source> = {}): Source {
  return {
    id: 'care', name: both('Care'), attribution: both(''), files: [files('data.csv')],
    columns: [column('day', 'date'), column('unit'), column('amount', 'decimal')],
    derived: [], where: null, keeps: null, key: [], repeats: null, mayFall: 5, money: [], unitColumn: 'unit', unknownUnits: 'reject', dateColumn: 'day', dateKind: 'event', grain: 'day',
    dimensions: [], grainGiven: false, graceDays: 0, completeTo: null, noRows: 'missing', line: 3, file: 'pack.yaml', ...more,
  };
}

interface Branch { readonly id: string; readonly name?: string; readonly codes?: string[]; readonly synonyms?: string[]; readonly children?: readonly Branch[] }

/** A tree of units; names are the ids unless given. */
export function tree(root: Branch): Organisation {
  const units = new Map<string, Unit>();
  const add = (branch: Branch, parent: string | null): void => {
    const children = branch.children ?? [];
    units.set(branch.id, {
      id: branch.id, level: parent === null ? 'top' : 'district', parent, name: both(branch.name ?? branch.id), shortName: both(branch.name ?? branch.id),
      codes: branch.codes ?? [], synonyms: branch.synonyms ?? [], children: children.map(({ id }) => id), from: null, until: null, successor: null, merged: false,
    });
    for (const child of children) add(child, branch.id);
  };
  add(root, null);
  return { root: root.id, levels: [], units };
}

export const town = tree({ id: 'by', name: 'Byen', children: [
  { id: 'nord', name: 'Distrikt Nord', codes: ['N1'], synonyms: ['Nordbyen'], children: [{ id: 'ahus', name: 'Ærøhus' }] },
  { id: 'syd', name: 'Distrikt Syd', codes: ['S1'] },
] });

export interface Bench {
  readonly dir: string;
  /** Writes a data file of the pack. */
  put(name: string, content: string | Uint8Array): Promise<string>;
  input(source: Source, more?: Partial<LoadInput>): LoadInput;
  rows(report: LoadReport, sql: string): Promise<Record<string, unknown>[]>;
  clear(): Promise<void>;
}

/** A pack's folder of its own, with places for facts and scratch. */
export async function bench(): Promise<Bench> {
  const dir = await mkdtemp(join(tmpdir(), 'overblik-load-'));
  await mkdir(join(dir, 'pack'));
  return {
    dir,
    async put(name, content) {
      await writeFile(join(dir, 'pack', name), content);
      return join(dir, 'pack', name);
    },
    input: (given, more = {}) => ({
      source: given, packDir: join(dir, 'pack'), ownDir: null, organisation: town, yearStart: 1, finish: [], intoDir: join(dir, 'facts'), tempDir: join(dir, 'scratch'),
      memoryMb: 512, now: () => new Date('2026-11-23T10:00:00Z'), onProgress: () => undefined, ...more,
    }),
    async rows(report, sql) {
      const facts = await openFacts(report.file, { memoryMb: 256, threads: 1 });
      try {
        return await facts.query(sql);
      } finally {
        await facts.close();
      }
    },
    clear: () => rm(dir, { recursive: true, force: true }),
  };
}
