import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { openFigures, type Figures } from '../../src/app/figures.ts';
import { checkPack } from '../../src/app/packs.ts';
import { openParser } from '../../src/io/warehouse/parser.ts';
import type { Pack } from '../../src/pack/model.ts';
import { subtree } from '../../src/pack/organisation.ts';
import type { Facts, LoadReport } from '../../src/ports.ts';
import { rollupStatements } from '../../src/query/rollup.ts';

/** A real engine in memory, for tests that bring their own rows. */
export async function engine(): Promise<DuckDBConnection> {
  return (await DuckDBInstance.create(':memory:')).connect();
}

export const PACK_YAML = `
pack: {title: {da: Prøve, en: Test}}
organisation:
  levels: [{id: omraade, name: {da: område, en: area}}, {id: distrikt, name: {da: distrikt, en: district}}, {id: gruppe, name: {da: gruppe, en: group}}]
  unit:
    id: alt
    name: Alt
    children:
      - {id: a, name: A, children: [{id: a1, name: A1}, {id: a2, name: A2}]}
      - {id: b, name: B, children: [{id: b1, name: B1}]}
      - {id: c, name: C}
sources:
  s:
    name: Kilde
    files: x.csv
    unit: u
    date: d
    columns: {u: text, d: date, money: decimal(2), minutes: integer, who: text, kind: text}
    dimensions: {kind: {column: kind, name: {da: art, en: kind}}}
  stock:
    name: Beholdning
    files: y.csv
    unit: u
    date: d
    columns: {u: text, d: date, open: integer}
measures:
  spend: {kind: flow, source: s, sql: "sum(money)", name: Spend, definition: d, unit: kr, better: lower}
  hours: {kind: flow, source: s, sql: "sum(minutes) / 60", name: Hours, definition: d, unit: hours}
  visits: {kind: flow, source: s, sql: "count(*) filter (where minutes > 0)", name: Visits, definition: d, unit: count}
  price: {kind: ratio, numerator: spend, denominator: hours, name: Price, definition: d, unit: kr per hour}
  people: {kind: distinct, source: s, sql: "count(distinct who) filter (where minutes > 0)", name: People, definition: d, unit: count, threshold: 0}
  per_person: {kind: ratio, numerator: hours, denominator: people, name: Per person, definition: d, unit: hours per person}
  open: {kind: stock, source: stock, sql: "sum(open)", name: Open, definition: d, unit: count}
`;

export async function packFrom(yaml: string): Promise<Pack> {
  const parser = await openParser();
  try {
    return await checkPack({ id: 'p', dir: '.', files: [{ path: 'pack.yaml', text: yaml }] }, parser, {});
  } finally {
    await parser.close();
  }
}

/** Puts rows into the shape the loader makes (facts, closure), builds the roll-ups, and opens the pack on them. */
export async function figuresOf(pack: Pack, tables: Readonly<Record<string, { create: string }>>, engines: Readonly<Record<string, DuckDBConnection>>): Promise<Figures> {
  const sources = new Map<string, { facts: Facts; report: LoadReport }>();
  for (const [id, { create }] of Object.entries(tables)) {
    const connection = engines[id] as DuckDBConnection;
    await connection.run(create);
    const pairs = [...pack.organisation.units.keys()].flatMap((node) => subtree(pack.organisation, node).map((unit) => `('${node}','${unit}')`));
    await connection.run(`create table closure as select * from (values ${pairs.join(',')}) t(node, unit)`);
    const source = pack.sources.get(id);
    if (source === undefined) throw new Error(id);
    for (const statement of rollupStatements(pack, source)) await connection.run(statement);
    const facts: Facts = {
      query: async (sql, parameters) => (await connection.runAndReadAll(sql, [...(parameters ?? [])])).getRowObjectsJson() as Record<string, unknown>[],
      close: async () => { connection.closeSync(); },
    };
    sources.set(id, { facts, report: { source: id, rows: 0, rejected: 0, rejects: [], files: [], remarks: [], rejectedIn: [], rejectReasons: [], tally: [], contents: '', writtenAt: '', counted: '', follows: [], definition: '', firstDate: null, lastDate: null, loadedAt: '2026-11-01T00:00:00Z', durationMs: 0, signature: '', file: '' } });
  }
  return openFigures(pack, sources);
}
