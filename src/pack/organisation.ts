import type { Level, Organisation, Text, Unit, Words } from './model.ts';
import { ID, type RawText, type RawUnit } from './schema.ts';

export interface UnitFault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly hint: string;
}

interface RawOrganisation {
  readonly levels: readonly { id: string; name: RawText; plural?: RawText | undefined; synonyms?: string[] | { da?: string[] | undefined; en?: string[] | undefined } | undefined }[];
  readonly unit: RawUnit;
}

/** An id made from a name: `Øst` -> `oest`, `Perth and Kinross` -> `perth-and-kinross`. */
function slug(name: string): string {
  return name.toLowerCase().replaceAll('æ', 'ae').replaceAll('ø', 'oe').replaceAll('å', 'aa')
    .normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
}

/** The tree of units; the level of each follows from its depth. */
export function buildOrganisation(raw: RawOrganisation, both: (text: RawText) => Text, words: (words: RawOrganisation['levels'][number]['synonyms']) => Words): { organisation: Organisation; faults: UnitFault[] } {
  const faults: UnitFault[] = [];
  const units = new Map<string, Unit>();
  const levels: Level[] = raw.levels.map((level) => ({ id: level.id, name: both(level.name), plural: both(level.plural ?? level.name), synonyms: words(level.synonyms) }));
  const owners = new Map<string, string>();

  const add = (node: string | RawUnit, parent: string | null, depth: number, path: readonly PropertyKey[]): string => {
    const unit: RawUnit = typeof node === 'string' ? { name: node } : node;
    const name = both(unit.name);
    const id = unit.id ?? slug(name.da);
    const level = levels[depth];
    if (!ID.test(id)) faults.push({ path, message: `'${name.da}' gives no usable id.`, hint: 'Add id: with small letters a-z, beginning with a letter.' });
    if (units.has(id)) faults.push({ path, message: `The unit '${id}' stands twice in the tree.`, hint: 'Give one of them another id:.' });
    if (level === undefined) faults.push({ path, message: `'${name.da}' lies deeper than the ${levels.length} levels named under levels:.`, hint: 'Add a level, or move the unit up.' });
    for (const spelling of new Set([...(unit.codes ?? []), name.da, name.en].map((s) => s.trim().toLowerCase()))) {
      const owner = owners.get(spelling);
      if (owner !== undefined && owner !== id) faults.push({ path, message: `'${spelling}' is a name or code of both '${owner}' and '${id}'.`, hint: 'Names and codes must be unique, or rows could go to the wrong unit.' });
      owners.set(spelling, id);
    }
    const children = (unit.children ?? []).map((child, i) => ({ child, path: [...path, 'children', i] }));
    units.set(id, {
      id, parent, level: level?.id ?? '', name, shortName: unit.short_name === undefined ? name : both(unit.short_name),
      codes: unit.codes ?? [], synonyms: unit.synonyms ?? [], children: [],
    });
    const ids = children.map(({ child, path: at }) => add(child, id, depth + 1, at));
    const made = units.get(id);
    if (made !== undefined) units.set(id, { ...made, children: ids });
    return id;
  };
  const root = add(raw.unit, null, 0, ['unit']);
  return { organisation: { root, levels, units }, faults };
}

/** A unit and everything below it, top down. Unknown ids give nothing. */
export function subtree(organisation: Organisation, id: string): string[] {
  const unit = organisation.units.get(id);
  return unit === undefined ? [] : [id, ...unit.children.flatMap((child) => subtree(organisation, child))];
}

/** How many units make up what of a unit is not seen, counted as large as they are: of one, the figure follows from the unit's own and what is seen. */
export function unseenParts(organisation: Organisation, id: string, seen: ReadonlySet<string>): number {
  if (seen.has(id)) return 0;
  return seenBelow(organisation, id, seen) ? (organisation.units.get(id)?.children ?? []).reduce((sum, child) => sum + unseenParts(organisation, child, seen), 0) : 1;
}

/** Whether any unit below one is seen. */
export const seenBelow = (organisation: Organisation, id: string, seen: ReadonlySet<string>): boolean => subtree(organisation, id).slice(1).some((unit) => seen.has(unit));

/** The units of a level at or below a unit, in the order of the tree. */
export function atLevel(organisation: Organisation, id: string, level: string): string[] {
  return subtree(organisation, id).filter((unit) => organisation.units.get(unit)?.level === level);
}
