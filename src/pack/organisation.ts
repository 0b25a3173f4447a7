import { shiftDays, type IsoDate } from '../calendar/period.ts';
import type { Level, Organisation, Text, Unit, Words } from './model.ts';
import { nearest } from './nearest.ts';
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
      from: unit.from ?? null, until: unit.until === undefined ? null : shiftDays(unit.until, 1), successor: unit.successor ?? null, merged: unit.history === 'successor',
    });
    if (unit.from !== undefined && unit.until !== undefined && unit.from > unit.until) faults.push({ path: [...path, 'until'], message: `'${name.da}' closes before it opens.`, hint: 'from: is its first day and until: its last.' });
    if (unit.successor !== undefined && unit.until === undefined) faults.push({ path: [...path, 'successor'], message: `'${name.da}' has a successor and no until:.`, hint: 'Write the last day of the unit in until:.' });
    if (unit.history === 'successor' && unit.successor === undefined) faults.push({ path: [...path, 'history'], message: `The history of '${name.da}' goes to its successor, and it has none.`, hint: 'Name the unit that took over in successor:.' });
    const ids = children.map(({ child, path: at }) => add(child, id, depth + 1, at));
    const made = units.get(id);
    if (made !== undefined) units.set(id, { ...made, children: ids });
    return id;
  };
  const root = add(raw.unit, null, 0, ['unit']);
  faults.push(...successorFaults(raw.unit, units, slug, both));
  return { organisation: { root, levels, units }, faults };
}

/** Successors that are not there, lie within the unit itself or above it, or lead round in a ring. */
function successorFaults(raw: RawUnit, units: ReadonlyMap<string, Unit>, idOf: (name: string) => string, both: (text: RawText) => Text): UnitFault[] {
  const faults: UnitFault[] = [];
  const look = (node: string | RawUnit, path: readonly PropertyKey[]): void => {
    if (typeof node === 'string') return;
    const id = node.id ?? idOf(both(node.name).da);
    const { successor } = node;
    if (successor !== undefined) {
      const near = nearest(successor, [...units.keys()]);
      const above: string[] = [];
      for (let at = units.get(successor)?.parent ?? null; at !== null; at = units.get(at)?.parent ?? null) above.push(at);
      const own: string[] = [];
      for (let at: string | null = id; at !== null; at = units.get(at)?.parent ?? null) own.push(at);
      const ring = new Set<string>();
      let next: string | null = id;
      while (next !== null && !ring.has(next)) { ring.add(next); next = units.get(next)?.successor ?? null; }
      if (!units.has(successor)) faults.push({ path: [...path, 'successor'], message: `There is no unit '${successor}'.`, hint: near === null ? 'Write the id of a unit of the tree.' : `Did you mean '${near}'?` });
      else if (own.includes(successor) || above.includes(id)) faults.push({ path: [...path, 'successor'], message: `'${successor}' lies above or below '${id}', or is the unit itself.`, hint: 'A successor is another unit of the tree.' });
      else if (next !== null) faults.push({ path: [...path, 'successor'], message: `The successors of '${id}' lead back to a unit they began with.`, hint: 'Let the last one have no successor.' });
      else if (node.history === 'successor' && (node.children ?? []).length > 0) faults.push({ path: [...path, 'history'], message: `'${id}' has units below it, so its history can't be moved as a whole.`, hint: 'Write successor: and history: at each unit below it.' });
    }
    (node.children ?? []).forEach((child, i) => { look(child, [...path, 'children', i]); });
  };
  look(raw, ['unit']);
  return faults;
}

/** From when until when (exclusive) a unit is there: within the time of the units above it. Null: without end. */
export interface Life { readonly from: IsoDate | null; readonly until: IsoDate | null }

const EVER: Life = { from: null, until: null };
const lives = new WeakMap<Organisation, ReadonlyMap<string, Life>>();

/** A unit's life; with the history of units that merged into it, it begins with the first of them. */
export function lifeOf(organisation: Organisation, id: string): Life {
  const known = lives.get(organisation) ?? livesOf(organisation);
  lives.set(organisation, known);
  return known.get(id) ?? EVER;
}

function livesOf(organisation: Organisation): Map<string, Life> {
  const found = new Map<string, Life>();
  const units = [...organisation.units.values()];
  if (units.every((unit) => unit.from === null && unit.until === null)) return found;
  const heir = (unit: Unit): string => { let at = unit; while (at.merged && at.successor !== null) at = organisation.units.get(at.successor) ?? at; return at.id; };
  const firsts = new Map<string, readonly (IsoDate | null)[]>();
  for (const unit of units) if (unit.merged) firsts.set(heir(unit), [...(firsts.get(heir(unit)) ?? []), unit.from]);
  for (const unit of units) {
    let from: IsoDate | null = null;
    let until: IsoDate | null = null;
    for (let at: Unit | undefined = unit; at !== undefined; at = at.parent === null ? undefined : organisation.units.get(at.parent)) {
      const inherited = firsts.get(at.id) ?? [];
      const own = at.from === null || inherited.includes(null) ? null : [at.from, ...inherited.filter((one) => one !== null)].sort()[0] ?? null;
      if (own !== null && (from === null || own > from)) from = own;
      if (at.until !== null && (until === null || at.until < until)) until = at.until;
    }
    found.set(unit.id, { from, until });
  }
  return found;
}

/** The unit that a unit's rows count for: itself, or the last of its successors that took over its history. */
export function countsFor(organisation: Organisation, id: string): string {
  const unit = organisation.units.get(id);
  return unit !== undefined && unit.merged && unit.successor !== null ? countsFor(organisation, unit.successor) : id;
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
