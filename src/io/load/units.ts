import type { Organisation } from '../../pack/model.ts';
import { countsFor } from '../../pack/organisation.ts';

/** A spelling of a unit in data; unit null: it stands for several, named in `candidates`. */
export interface UnitAlias {
  readonly alias: string;
  readonly unit: string | null;
  readonly candidates: string;
}

/**
 * Every spelling units may have in data. The id wins over a code, that over a full name, a short name and a synonym,
 * so that a name that is one unit's code and another's synonym is the first; a tie stands for none.
 */
export function unitAliases(organisation: Organisation): UnitAlias[] {
  const best = new Map<string, { rank: number; units: Set<string> }>();
  for (const unit of organisation.units.values()) {
    // The rows of a unit whose history went over to another are the other's.
    const owner = countsFor(organisation, unit.id);
    const ranks: readonly (readonly string[])[] = [[unit.id], unit.codes, [unit.name.da, unit.name.en], [unit.shortName.da, unit.shortName.en], unit.synonyms];
    ranks.forEach((texts, rank) => {
      for (const text of texts) {
        const alias = aliasOf(text);
        if (alias === '') continue;
        const known = best.get(alias);
        if (known === undefined || rank < known.rank) best.set(alias, { rank, units: new Set([owner]) });
        else if (rank === known.rank) known.units.add(owner);
      }
    });
  }
  return [...best].map(([alias, { units }]) => ({ alias, unit: units.size === 1 ? [...units][0] as string : null, candidates: [...units].join(', ') }));
}

/** How a spelling is compared: without case and surrounding blanks. */
const aliasOf = (text: string): string => text.normalize('NFC').replace(/^[\s\u200b]+|[\s\u200b]+$/g, '').toLowerCase();

/** Every unit with itself and each of its descendants. */
export function closureOf(organisation: Organisation): { node: string; unit: string }[] {
  const pairs: { node: string; unit: string }[] = [];
  for (const unit of organisation.units.values()) {
    for (let node: string | null = unit.id; node !== null; node = organisation.units.get(node)?.parent ?? null) pairs.push({ node, unit: unit.id });
  }
  return pairs;
}
