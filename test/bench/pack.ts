import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { LEADERS, NODES, type Node } from './organisation.ts';

export type Format = 'parquet' | 'csv';
export const PACK = 'hjemmepleje';
export const DIGEST = 'maaned';
export const SOURCES = ['besoeg', 'oekonomi', 'fravaer'] as const;
const DEMO = fileURLToPath(new URL(`../../digests/${PACK}/`, import.meta.url));

type Tree = Record<string, unknown>;
const read = async (name: string): Promise<Tree> => parse(await readFile(join(DEMO, name), 'utf8')) as Tree;

/**
 * Writes the demonstration's own pack into `folder`, with a larger organisation, a thousand leaders, and files of a
 * plain layout under `data/`. Measures, plans, dimensions and the page's sections are the demonstration's, read from it.
 */
export async function writePack(folder: string, format: Format): Promise<void> {
  await mkdir(join(folder, 'data'), { recursive: true });
  await cp(join(DEMO, 'measures.yaml'), join(folder, 'measures.yaml'));
  const write = (name: string, content: Tree): Promise<void> => writeFile(join(folder, name), stringify(content));
  await write('pack.yaml', { pack: (await read('pack.yaml'))['pack'], organisation: organisation() });
  await write('sources.yaml', { sources: sources((await read('sources.yaml'))['sources'] as Record<string, Tree>, format) });
  await write('digests.yaml', digests(await read('digests.yaml')));
  await write('people.yaml', { people: Object.fromEntries(LEADERS.map(({ id, node, language }) => [id, { name: `Leder ${id.slice(-4)}`, role: node.parent === null ? 'chief' : 'leader', units: [node.id], language }])) });
}

function organisation(): Tree {
  const levels = [
    { id: 'omraade', name: { da: 'område', en: 'area' }, plural: { da: 'områder', en: 'areas' }, synonyms: { da: ['hele området'], en: ['whole area'] } },
    { id: 'distrikt', name: { da: 'distrikt', en: 'district' }, plural: { da: 'distrikter', en: 'districts' } },
    { id: 'team', name: { da: 'team', en: 'team' }, plural: { da: 'teams', en: 'teams' } },
  ];
  const unit = (node: Node): Tree => {
    const children = NODES.filter((child) => child.parent === node.id).map(unit);
    return { id: node.id, name: node.name, ...(children.length === 0 ? {} : { children }) };
  };
  return { levels, unit: unit(NODES[0] as Node) };
}

const AWKWARD = ['delimiter', 'decimal', 'sheet', 'header_row', 'fill_down'];

/** Parquet has types of its own; CSV keeps the Danish spelling of the demonstration's files. */
function sources(demo: Readonly<Record<string, Tree>>, format: Format): Tree {
  return Object.fromEntries(SOURCES.map((id) => {
    const source = demo[id] as Tree;
    const kept = Object.fromEntries(Object.entries(source).filter(([key]) => !AWKWARD.includes(key)));
    const columns = Object.entries(source['columns'] as Record<string, string | Tree>).map(([name, column]): [string, unknown] => {
      if (typeof column === 'string') return [name, column];
      return [name, Object.fromEntries(Object.entries(column).filter(([key]) => key !== 'header' && (key !== 'format' || format === 'csv')))];
    });
    return [id, { ...kept, files: `data/${id}.${format}`, ...(format === 'csv' ? { delimiter: ';', decimal: ',' } : {}), columns: Object.fromEntries(columns) }];
  }));
}

/** Everybody gets the page, with the picture of a district for its teams too. */
function digests(demo: Tree): Tree {
  const digest = (demo['digests'] as Record<string, Tree>)[DIGEST] as Tree;
  const sections = (digest['sections'] as Tree[]).map((section) => (section['chart'] === 'coupled' ? { ...section, levels: ['distrikt', 'team'] } : section));
  return { digests: { [DIGEST]: { ...digest, audience: [{ role: 'leader' }, { role: 'chief' }], sections } } };
}
