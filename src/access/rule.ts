import type { Caveat, Digest, Pack, Person, RoleAccess, Section } from '../pack/model.ts';
import { seenBelow, subtree, unseenParts } from '../pack/organisation.ts';
import { basesOf, unitsOf } from '../query/evaluate.ts';
import type { Comparison, Query } from '../query/query.ts';

/** Fewer others than this, and who knows one figure of them could work out the rest. */
const FEWEST_OTHERS = 3;
/** A sum of one unit that is not seen is that unit. */
const FEWEST_IN_SUM = 2;

const accessOf = (pack: Pack, person: Pick<Person, 'role'>): RoleAccess => pack.access[person.role];

/** Whether a person sees more of their units than totals: what is below them, and how it divides. */
export const seesParts = (pack: Pack, person: Person): boolean => accessOf(pack, person).depth === 'all';

/** The units a person sees with everything below them, and divided. */
function wholeUnits(pack: Pack, person: Person): ReadonlySet<string> {
  return new Set(seesParts(pack, person) ? [...person.units, ...person.alsoSees].flatMap((unit) => subtree(pack.organisation, unit)) : []);
}

/** The units a person sees as theirs, as on a page: their own and those they are named to see, with everything below where the role sees more than totals. */
export function visibleUnits(pack: Pack, person: Person): ReadonlySet<string> {
  const whole = wholeUnits(pack, person);
  if (seesParts(pack, person)) return whole;
  const totals = totalsSeen(pack, person, whole);
  return new Set([...person.units, ...person.alsoSees].filter((unit) => totals.has(unit)));
}

/** The units a person sees as a total only: their own, where the role sees totals; those beside, where it names them; and those above. */
function totalsSeen(pack: Pack, person: Person, whole: ReadonlySet<string>): ReadonlySet<string> {
  const { depth, siblings, above } = accessOf(pack, person);
  const { units } = pack.organisation;
  const parentOf = (unit: string): string | null => units.get(unit)?.parent ?? null;
  const over = (unit: string): string[] => { const parent = parentOf(unit); return parent === null ? [] : [parent, ...over(parent)]; };
  const own = new Set(depth === 'totals' ? [...person.units, ...person.alsoSees] : []);
  const beside = siblings === 'named' ? person.units.flatMap((unit) => units.get(parentOf(unit) ?? '')?.children ?? []) : [];
  const candidates = new Set([...own, ...beside, ...(above ? person.units.flatMap(over) : [])].filter((unit) => units.has(unit) && !whole.has(unit)));
  const known = new Set(whole);
  // From below, since a total further down leaves less of the one above it unseen.
  for (const unit of [...candidates].sort((a, b) => over(b).length - over(a).length)) {
    const unseen = unseenParts(pack.organisation, unit, known);
    // What is the unit's own and none of its parts' is for who has the unit.
    if (!seenBelow(pack.organisation, unit, known) || unseen >= FEWEST_IN_SUM || (unseen === 0 && own.has(unit))) known.add(unit);
  }
  return new Set([...candidates].filter((unit) => known.has(unit)));
}

/** Every unit a person may hear the name of. */
export function knownUnits(pack: Pack, person: Person): ReadonlySet<string> {
  const whole = wholeUnits(pack, person);
  return new Set([...whole, ...totalsSeen(pack, person, whole)]);
}

/** Whether a person may see a measure: none that is marked as sensitive, nor any made of one, unless their role may. */
export function seesMeasure(pack: Pack, person: Pick<Person, 'role'>, id: string): boolean {
  if (accessOf(pack, person).sensitive) return true;
  const measure = pack.measures.get(id);
  return measure === undefined || ![id, ...basesOf(pack, id), ...(measure.kind === 'forecast' ? [measure.plan] : [])].some((one) => pack.measures.get(one)?.sensitive === true);
}

/** Whether a person may see figures divided by a dimension. */
export const seesDimension = (pack: Pack, person: Person, id: string): boolean => seesParts(pack, person) && !tooSensitive(pack, person, id);

function tooSensitive(pack: Pack, person: Person, dimension: string): boolean {
  return !accessOf(pack, person).sensitive && [...pack.sources.values()].some((source) => source.dimensions.some(({ id, sensitive }) => id === dimension && sensitive));
}

/** Whether a person may read a caveat: it is about a unit they see with all below it or about none, and about no measure too sensitive for them. */
export function seesCaveat(pack: Pack, person: Person, { unit, measures }: Caveat): boolean {
  return (unit === null || visibleUnits(pack, person).has(unit)) && (measures ?? []).every((id) => seesMeasure(pack, person, id));
}

/**
 * A query cut to what a person may see; or the units that are out of bounds when nothing is left, or that are seen as
 * totals and were to be divided; or the measures and dimensions that are too sensitive. `uncompared`: a comparison with
 * others was taken out. `undivided`: what was asked per unit is answered as a total.
 */
export type Permitted =
  | { readonly allowed: true; readonly query: Query; readonly removed: readonly string[]; readonly uncompared: boolean; readonly undivided: boolean }
  | { readonly allowed: false; readonly refused: readonly string[] }
  | { readonly allowed: false; readonly undivided: readonly string[] }
  | { readonly allowed: false; readonly sensitive: true };

/**
 * The one access rule, for every query before it becomes SQL. Units the person may not see are taken out; a question
 * about a level ("per district") is asked of those of that level they see. What they see as a total is not divided, and
 * for who sees nothing else it is the answer to such a question.
 * Comparisons with others stay where the person sees those others, or sees them as highest, lowest and average.
 */
export function permit(pack: Pack, person: Person, query: Query): Permitted {
  const measures = query.measures.filter((id) => seesMeasure(pack, person, id));
  const by = query.by !== null && 'dimension' in query.by ? query.by.dimension : null;
  const filtered = [query.having?.measure, query.order?.measure].filter((id) => id !== undefined);
  if ((measures.length === 0 && query.measures.length > 0) || (by !== null && tooSensitive(pack, person, by)) || filtered.some((id) => !seesMeasure(pack, person, id))) return { allowed: false, sensitive: true };

  const whole = wholeUnits(pack, person);
  const summed = totalsSeen(pack, person, whole);
  const totals = by === null ? summed : new Set<string>();
  const sees = (unit: string): boolean => whole.has(unit) || (query.level === null && totals.has(unit));
  const inside = query.units.filter(sees);
  const outside = query.units.filter((unit) => !sees(unit));
  const beyond = query.level === null || outside.length === 0 ? [] : unitsOf(pack, { ...query, units: outside }).filter((unit) => whole.has(unit) || totals.has(unit));
  const own = query.level === null ? [] : [...new Set([...person.units, ...person.alsoSees])].filter((unit) => outside.some((asked) => subtree(pack.organisation, asked).includes(unit)));
  const undivided = !seesParts(pack, person) && query.level !== null && beyond.length === 0;
  // Units seen as totals stand in no one's subtree, so they are asked for one by one.
  const listed = undivided ? { units: own.filter((unit) => totals.has(unit)), level: null, having: null, order: null, limit: null }
    : beyond.some((unit) => totals.has(unit)) ? { units: [...new Set([...unitsOf(pack, { ...query, units: inside }), ...beyond])], level: null }
      : { units: inside.length > 0 ? inside : own, level: query.level };
  if (listed.units.length === 0) {
    const asTotals = by === null ? [] : [...outside, ...own].filter((unit) => summed.has(unit));
    return asTotals.length > 0 ? { allowed: false, undivided: [...new Set(asTotals)] } : { allowed: false, refused: outside };
  }
  const cut: Query = { ...query, ...listed, measures };
  const { comparisons, nameless } = comparisonsFor(pack, person, cut, whole, totals, query.level !== null && outside.length > 0 && listed.level !== null);
  const lost = (against: Comparison | null | undefined): boolean => against !== null && against !== undefined && query.comparisons.includes(against) && !comparisons.includes(against);
  return {
    allowed: true,
    query: { ...cut, comparisons, nameless, having: lost(cut.having?.against) ? null : cut.having, order: lost(cut.order?.against) ? null : cut.order },
    removed: query.level === null ? outside : [],
    // The whole has no others to be compared with.
    uncompared: query.comparisons.some(lost) && unitsOf(pack, cut).some((unit) => unit !== pack.organisation.root),
    undivided,
  };
}

/** The comparisons of a query that a person may have; with others as highest, lowest and average where they are not named (`nameless`: those; undefined: there are none). */
function comparisonsFor(pack: Pack, person: Person, query: Query, wholly: ReadonlySet<string>, totals: ReadonlySet<string>, cutToOwn: boolean): { comparisons: Comparison[]; nameless: string[] | undefined } {
  const units = unitsOf(pack, query);
  const parentOf = (unit: string): string | null => pack.organisation.units.get(unit)?.parent ?? null;
  const others = (unit: string): readonly string[] => (pack.organisation.units.get(parentOf(unit) ?? '')?.children ?? []).filter((one) => one !== unit);
  const dimension = query.by !== null && 'dimension' in query.by;
  const seesParent = (unit: string): boolean => wholly.has(parentOf(unit) ?? '');
  const seesOthers = (unit: string): boolean => seesParent(unit) || (!dimension && others(unit).length > 0 && others(unit).every((one) => wholly.has(one) || totals.has(one)));
  const unseen = (unit: string): string[] => others(unit).filter((one) => !wholly.has(one) && !totals.has(one));
  const seesNameless = (unit: string): boolean => accessOf(pack, person).siblings === 'anonymous' && !dimension && person.units.includes(unit) && unseen(unit).length >= FEWEST_OTHERS;
  const named = units.every(seesOthers);
  const nameless = !named && units.every((unit) => seesOthers(unit) || seesNameless(unit));
  const whole = units.every((unit) => (dimension ? wholly.has(unit) : seesParent(unit) || totals.has(parentOf(unit) ?? '')));
  const kept = query.comparisons.filter((one) => (one === 'share' ? whole : one === 'average' ? named || nameless : one === 'highest' || one === 'lowest' ? named || nameless : true));
  const compares = kept.some((one) => one === 'average' || one === 'highest' || one === 'lowest') || (cutToOwn && query.by === null);
  return nameless && compares ? { comparisons: [...new Set<Comparison>([...kept, 'average', 'highest', 'lowest'])], nameless: [...new Set(units.flatMap(unseen))] } : { comparisons: kept, nameless: undefined };
}

/** A digest as a person may have it, its sections in their places: without what is too sensitive for them, and for who sees totals without what shows the units below. */
export function permitDigest(pack: Pack, person: Person, digest: Digest): Digest {
  const nothing: Section = { kind: 'text', text: { da: '', en: '' } };
  const sees = (id: string): boolean => seesMeasure(pack, person, id);
  const parts = seesParts(pack, person);
  const cut = (section: Section): Section => {
    switch (section.kind) {
      case 'headline': return [section.money, section.output, section.price].every(sees) ? section : nothing;
      case 'chart': return section.measures.every(sees) && (parts || section.chart === 'coupled' || section.chart === 'trend') ? section : nothing;
      case 'table': { const measures = section.measures.filter(sees); return measures.length === 0 ? nothing : { ...section, measures }; }
      case 'ranking': return parts && sees(section.measure) ? section : nothing;
      case 'text': return section;
    }
  };
  return { ...digest, sections: digest.sections.map(cut) };
}
