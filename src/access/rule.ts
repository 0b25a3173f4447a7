import type { Pack, Person } from '../pack/model.ts';
import { subtree } from '../pack/organisation.ts';
import { unitsOf } from '../query/evaluate.ts';
import type { Query } from '../query/query.ts';

/** The units a person may see: their own and everything below. */
export function visibleUnits(pack: Pack, person: Person): ReadonlySet<string> {
  return new Set(person.units.flatMap((unit) => subtree(pack.organisation, unit)));
}

/** A query cut to what a person may see, or the units that are out of bounds when nothing is left. */
export type Permitted = { readonly allowed: true; readonly query: Query; readonly removed: readonly string[] } | { readonly allowed: false; readonly refused: readonly string[] };

/**
 * The one access rule, for every query before it becomes SQL. Units outside the person's own are taken out;
 * a question about a level ("per district") is asked of the person's own units. Comparison with siblings or
 * with the whole (average, share) is taken out unless the person sees that whole.
 */
export function permit(pack: Pack, person: Person, query: Query): Permitted {
  const visible = visibleUnits(pack, person);
  const inside = query.units.filter((unit) => visible.has(unit));
  const outside = query.units.filter((unit) => !visible.has(unit));
  const units = inside.length > 0 ? inside : query.level === null ? [] : person.units.filter((unit) => outside.some((asked) => subtree(pack.organisation, asked).includes(unit)));
  if (units.length === 0) return { allowed: false, refused: outside };
  const seesWhole = unitsOf(pack, { ...query, units }).every((unit) => {
    const parent = pack.organisation.units.get(unit)?.parent ?? null;
    return parent !== null && visible.has(parent);
  });
  const comparisons = query.comparisons.filter((comparison) => (comparison !== 'average' && comparison !== 'share') || seesWhole);
  return { allowed: true, query: { ...query, units, comparisons }, removed: query.level === null ? outside : [] };
}
