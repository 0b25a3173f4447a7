import fc from 'fast-check';
import { knownUnits, permit, visibleUnits } from '../../src/access/rule.ts';
import type { Pack, Person, RoleAccess } from '../../src/pack/model.ts';
import { subtree } from '../../src/pack/organisation.ts';
import { evaluate, unitsOf } from '../../src/query/evaluate.ts';
import type { Comparison, Query } from '../../src/query/query.ts';
import type { Cell } from '../../src/query/result.ts';
import { packFrom, PACK_YAML } from '../query/facts.ts';

let pack: Pack;
beforeAll(async () => { pack = await packFrom(PACK_YAML); });

const leaderOf = (...units: string[]): Person => ({ id: 'x', name: 'X', title: { da: '', en: '' }, role: 'leader', units, alsoSees: [], language: 'da', email: null, slack: null, teams: null });
const about = (units: readonly string[], over: Partial<Query> = {}): Query => ({
  pack: 'p', measures: ['spend'], units, level: null, by: null, period: { grain: 'month', from: '2026-10-01', to: '2026-11-01' }, comparisons: [], comparedTo: null, having: null, order: null, limit: null, ...over,
});

describe('who may see what', () => {
  it('their own units and everything below, nothing above or beside', () => {
    expect([...visibleUnits(pack, leaderOf('a'))].sort()).toEqual(['a', 'a1', 'a2']);
    expect([...visibleUnits(pack, leaderOf('alt'))]).toHaveLength(pack.organisation.units.size);
    expect([...visibleUnits(pack, leaderOf('a1', 'c'))].sort()).toEqual(['a1', 'c']);
  });

  it('a question about others is refused, and names whom it was about', () => {
    expect(permit(pack, leaderOf('a'), about(['b']))).toEqual({ allowed: false, refused: ['b'] });
    expect(permit(pack, leaderOf('a'), about(['alt']))).toEqual({ allowed: false, refused: ['alt'] });
  });

  it('a question about own and others is answered for the own, and says what was left out', () => {
    expect(permit(pack, leaderOf('a'), about(['a', 'b']))).toMatchObject({ allowed: true, query: { units: ['a'] }, removed: ['b'] });
  });

  it('"per district" asked of the whole is asked of the own units', () => {
    expect(permit(pack, leaderOf('a'), about(['alt'], { level: 'distrikt' }))).toMatchObject({ allowed: true, query: { units: ['a'], level: 'distrikt' } });
  });

  it('the others\' average and a share of the whole go only to who sees the whole', () => {
    expect(permit(pack, leaderOf('a'), about(['a'], { comparisons: ['average', 'share', 'plan'] }))).toMatchObject({ query: { comparisons: ['plan'] } });
    expect(permit(pack, leaderOf('alt'), about(['a'], { comparisons: ['average', 'share', 'plan'] }))).toMatchObject({ query: { comparisons: ['average', 'share', 'plan'] } });
  });

  it('a unit they are named to see is seen like an own one', () => {
    const person = { ...leaderOf('a1'), alsoSees: ['b'] };
    expect([...visibleUnits(pack, person)].sort()).toEqual(['a1', 'b', 'b1']);
    expect(permit(pack, person, about(['b'], { by: { dimension: 'kind', values: null } }))).toMatchObject({ allowed: true, query: { units: ['b'] } });
  });
});

/** Five areas: a with four teams, b with two, c, d and e with none. Money is sensitive, and so is who was there. */
const YAML = PACK_YAML
  .replace('children: [{id: a1, name: A1}, {id: a2, name: A2}]', 'children: [{id: a1, name: A1}, {id: a2, name: A2}, {id: a3, name: A3}, {id: a4, name: A4}]').replace('children: [{id: b1, name: B1}]', 'children: [{id: b1, name: B1}, {id: b2, name: B2}]')
  .replace('      - {id: c, name: C}', '      - {id: c, name: C}\n      - {id: d, name: D}\n      - {id: e, name: E}')
  .replace('definition: d, unit: kr, better: lower}', 'definition: d, unit: kr, sensitivity: sensitive}')
  .replace('name: {da: art, en: kind}}}', 'name: {da: art, en: kind}, sensitivity: sensitive}, who: {column: who, name: {da: hvem, en: who}}}');

describe('what a role may see besides', () => {
  let open: Pack;
  beforeAll(async () => { open = await packFrom(YAML); });
  const withAccess = (access: Partial<RoleAccess>): Pack => ({ ...open, access: { ...open.access, leader: { depth: 'all', siblings: 'none', above: false, sensitive: false, ...access } } });

  it('named siblings are answered as totals: by name, side by side, and never divided', () => {
    const named = withAccess({ siblings: 'named' });
    expect(permit(named, leaderOf('a'), about(['b'], { measures: ['hours'] }))).toMatchObject({ allowed: true, query: { units: ['b'] } });
    expect(permit(named, leaderOf('a'), about(['alt'], { measures: ['hours'], level: 'distrikt' }))).toMatchObject({ allowed: true, query: { units: ['a', 'b', 'c', 'd', 'e'], level: null } });
    expect(permit(named, leaderOf('a'), about(['b'], { measures: ['hours'], by: { dimension: 'who', values: null } }))).toEqual({ allowed: false, undivided: ['b'] });
    expect(permit(named, leaderOf('a'), about(['b1'], { measures: ['hours'] }))).toEqual({ allowed: false, refused: ['b1'] });
  });

  it('siblings without names are the highest, the lowest and the average, of three others at least', () => {
    const nameless = withAccess({ siblings: 'anonymous' });
    expect(permit(nameless, leaderOf('a1'), about(['a1'], { measures: ['hours'], comparisons: ['average'] }))).toMatchObject({ query: { units: ['a1'], comparisons: ['average', 'highest', 'lowest'] }, uncompared: false });
    expect(permit(nameless, leaderOf('a1'), about(['alt'], { measures: ['hours'], level: 'gruppe' }))).toMatchObject({ query: { units: ['a1'], comparisons: ['average', 'highest', 'lowest'] } });
    expect(permit(nameless, leaderOf('a1', 'a2'), about(['a1'], { measures: ['hours'], comparisons: ['average'] }))).toMatchObject({ query: { comparisons: [] }, uncompared: true });
    expect(permit(nameless, leaderOf('b1'), about(['b1'], { measures: ['hours'], comparisons: ['average'] }))).toMatchObject({ query: { comparisons: [] } });
  });

  it('a unit above is seen as a total, where what is not seen of it is more than one unit', () => {
    const above = withAccess({ above: true });
    expect(permit(above, leaderOf('a1'), about(['a', 'alt'], { measures: ['hours'] }))).toMatchObject({ query: { units: ['a', 'alt'] } });
    expect(permit(above, leaderOf('a1'), about(['a'], { measures: ['hours'], comparisons: ['share'] }))).toMatchObject({ query: { comparisons: ['share'] } });
    expect(permit(above, leaderOf('b1'), about(['b'], { measures: ['hours'] }))).toEqual({ allowed: false, refused: ['b'] });
    expect(permit(above, leaderOf('a1', 'a2', 'a3'), about(['a'], { measures: ['hours'] }))).toEqual({ allowed: false, refused: ['a'] });
  });

  it('sensitive measures, what is made of them, and sensitive dimensions are for roles that may see them', () => {
    expect(permit(open, leaderOf('a'), about(['a'], { measures: ['spend'] }))).toEqual({ allowed: false, sensitive: true });
    expect(permit(open, leaderOf('a'), about(['a'], { measures: ['price', 'hours'] }))).toMatchObject({ query: { measures: ['hours'] } });
    expect(permit(open, leaderOf('a'), about(['a'], { measures: ['hours'], by: { dimension: 'kind', values: null } }))).toEqual({ allowed: false, sensitive: true });
    expect(permit(open, leaderOf('a'), about(['a'], { measures: ['hours'], having: { measure: 'spend', against: null, side: 'above', limit: 0, relative: false } }))).toEqual({ allowed: false, sensitive: true });
    expect(permit(withAccess({ sensitive: true }), leaderOf('a'), about(['a'], { measures: ['price'], by: { dimension: 'kind', values: null } }))).toMatchObject({ allowed: true, query: { measures: ['price'] } });
  });

  it('who sees totals has their units as they are: nothing below them, not divided, month by month', () => {
    const totals = withAccess({ depth: 'totals' });
    const hours = (units: readonly string[], over: Partial<Query> = {}): Query => about(units, { measures: ['hours'], ...over });
    expect(permit(totals, leaderOf('a'), hours(['a'], { comparisons: ['plan', 'last-year'] }))).toMatchObject({ allowed: true, query: { units: ['a'], comparisons: ['plan', 'last-year'] }, undivided: false });
    expect(permit(totals, leaderOf('a'), hours(['a'], { by: { grain: 'month' } }))).toMatchObject({ query: { units: ['a'], by: { grain: 'month' } } });
    expect(permit(totals, leaderOf('a'), hours(['a1']))).toEqual({ allowed: false, refused: ['a1'] });
    expect(permit(totals, leaderOf('a'), hours(['b']))).toEqual({ allowed: false, refused: ['b'] });
    expect(permit(totals, leaderOf('a'), hours(['a'], { by: { dimension: 'who', values: null } }))).toEqual({ allowed: false, undivided: ['a'] });
    expect([...visibleUnits(totals, leaderOf('a'))]).toEqual(['a']);
    expect([...knownUnits(totals, leaderOf('alt'))]).toEqual(['alt']);
  });

  it('a question per unit is answered to them as the total, unless those units are theirs', () => {
    const totals = withAccess({ depth: 'totals' });
    const ranked = about(['alt'], { measures: ['hours'], level: 'distrikt', order: { measure: 'hours', against: null, descending: true }, limit: 3, having: { measure: 'hours', against: null, side: 'above', limit: 5, relative: false } });
    expect(permit(totals, leaderOf('alt'), ranked)).toMatchObject({ query: { units: ['alt'], level: null, order: null, limit: null, having: null }, undivided: true });
    expect(permit(totals, leaderOf('a', 'c'), ranked)).toMatchObject({ query: { units: ['a', 'c'], level: null, limit: 3 }, undivided: false });
    expect(permit(totals, leaderOf('a'), { ...ranked, level: 'gruppe' })).toMatchObject({ query: { units: ['a'], level: null }, undivided: true });
    expect(permit(totals, leaderOf('alt'), { ...ranked, by: { dimension: 'who', values: null } })).toEqual({ allowed: false, undivided: ['alt'] });
  });

  it('a total that gives away the one part of it that is not theirs is not theirs either', () => {
    const totals = withAccess({ depth: 'totals' });
    expect(permit(totals, leaderOf('b', 'b1'), about(['b'], { measures: ['hours'] }))).toEqual({ allowed: false, refused: ['b'] });
    expect(permit(totals, leaderOf('b', 'b1', 'b2'), about(['b'], { measures: ['hours'] }))).toMatchObject({ query: { units: ['b'] } });
    expect(permit(totals, leaderOf('a', 'a1'), about(['a'], { measures: ['hours'] }))).toMatchObject({ query: { units: ['a'] } });
  });

  it('a politician sees totals and a leader what is below, unless the pack says otherwise', async () => {
    const written = await packFrom(PACK_YAML);
    expect(Object.entries(written.access).map(([role, { depth }]) => [role, depth])).toEqual([['leader', 'all'], ['chief', 'all'], ['politician', 'totals'], ['analyst', 'all']]);
    const other = await packFrom(`${PACK_YAML}\naccess: {politician: {depth: all}, leader: {depth: totals}}\n`);
    expect([other.access.politician.depth, other.access.leader.depth]).toEqual(['all', 'totals']);
  });

  /** Whether a sum of units can be had from sums of units that are seen: by elimination over the units that have none below. */
  const follows = (organisation: Pack['organisation'], seen: readonly string[], unit: string): boolean => {
    const leaves = [...organisation.units.values()].filter((one) => one.children.length === 0).map(({ id }) => id);
    const rowOf = (id: string): number[] => leaves.map((one) => Number(subtree(organisation, id).includes(one)));
    const rank = (rows: number[][]): number => {
      const left = rows.map((row) => [...row]);
      let found = 0;
      for (let column = 0; column < leaves.length; column += 1) {
        const at = left.findIndex((row, i) => i >= found && Math.abs(row[column] ?? 0) > 1e-9);
        if (at < 0) continue;
        [left[found], left[at]] = [left[at] as number[], left[found] as number[]];
        left.forEach((row, i) => { if (i > found) { const factor = (row[column] ?? 0) / (left[found]?.[column] ?? 1); row.forEach((x, j) => { row[j] = x - factor * (left[found]?.[j] ?? 0); }); } });
        found += 1;
      }
      return found;
    };
    const rows = seen.map(rowOf);
    return rank(rows) === rank([...rows, rowOf(unit)]);
  };

  it('ten thousand random questions by random persons reach no figure outside the plain rule, and lose nothing inside it', () => {
    const ids = [...open.organisation.units.keys()];
    const measures = [...open.measures.keys()];
    const some = (most: number): fc.Arbitrary<string[]> => fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1, maxLength: most });
    const comparison = fc.uniqueArray(fc.constantFrom<Comparison>('plan', 'previous', 'last-year', 'average', 'highest', 'lowest', 'share'), { maxLength: 3 });
    const access: fc.Arbitrary<RoleAccess> = fc.record({ depth: fc.constantFrom('all', 'all', 'totals'), siblings: fc.constantFrom('named', 'anonymous', 'none'), above: fc.boolean(), sensitive: fc.boolean() });
    const asked = fc.record({
      measures: fc.uniqueArray(fc.constantFrom(...measures), { minLength: 1, maxLength: 3 }), units: some(3), level: fc.constantFrom(null, null, 'omraade', 'distrikt', 'gruppe'), comparisons: comparison,
      by: fc.constantFrom<Query['by']>(null, null, { grain: 'month' }, { dimension: 'kind', values: null }, { dimension: 'who', values: ['w1'] }),
    });
    const filter = fc.option(fc.record({ measure: fc.constantFrom(...measures), against: fc.constantFrom<Comparison | null>(null, 'average', 'last-year'), descending: fc.boolean() }), { nil: null });
    let answered = 0;
    const checked = new Map<string, string[]>();
    fc.assert(fc.property(some(2), fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 1 }), access, asked, filter, (units, alsoSees, leader, question, order) => {
      const person: Person = { ...leaderOf(...units), alsoSees };
      const under: Pack = { ...open, access: { ...open.access, leader } };
      const query = about(question.units, { ...question, order, having: order === null ? null : { measure: order.measure, against: order.against, side: 'above', limit: 0, relative: false } });
      const permitted = permit(under, person, query);

      // The rule in plain words.
      const theirs = [...units, ...alsoSees];
      const whole = new Set(leader.depth === 'totals' ? [] : theirs.flatMap((unit) => subtree(open.organisation, unit)));
      const parent = (unit: string): string | null => open.organisation.units.get(unit)?.parent ?? null;
      const beside = (unit: string): string[] => ids.filter((one) => one !== unit && parent(one) !== null && parent(one) === parent(unit));
      const named = leader.siblings === 'named' ? units.flatMap(beside) : [];
      const above = leader.above ? ids.filter((one) => !whole.has(one) && units.some((unit) => unit !== one && subtree(open.organisation, one).includes(unit))) : [];
      const known = knownUnits(under, person);
      expect([...known].filter((unit) => !whole.has(unit) && !(leader.depth === 'totals' && theirs.includes(unit)) && !named.includes(unit) && !above.includes(unit))).toEqual([]);
      // What is seen as a sum gives no unit away that is not seen itself.
      const key = [...known].sort().join(' ');
      const given = checked.get(key) ?? ids.filter((unit) => !subtree(open.organisation, unit).some((one) => known.has(one)) && follows(open.organisation, [...known], unit));
      checked.set(key, given);
      expect(given).toEqual([]);
      const sensitive = (id: string): boolean => ['spend', 'price'].includes(id);

      if (!permitted.allowed) {
        const divided = query.by !== null && 'dimension' in query.by;
        if ('refused' in permitted) expect(query.units.every((unit) => !whole.has(unit) && (divided || query.level !== null || !known.has(unit)))).toBe(true);
        else if ('undivided' in permitted) expect([divided, permitted.undivided.filter((unit) => !known.has(unit))]).toEqual([true, []]);
        else expect(leader.sensitive).toBe(false);
        return;
      }
      answered += 1;
      const reached: { measure: string; node: string; dimension: string | null }[] = [];
      const base = (measure: string, _window: unknown, node: string, dimension: string | null): Cell => { reached.push({ measure, node, dimension }); return { value: 10, state: 'ok' }; };
      const rows = evaluate(under, { ...permitted.query, having: null }, base, { completeTo: () => '2026-11-01', dimensionValues: ['w1'] });
      expect(rows.filter((row) => !known.has(row.unit))).toEqual([]);
      const asksFor = unitsOf(under, permitted.query);
      const { comparisons, by } = permitted.query;
      const nameless = comparisons.includes('highest') ? asksFor.filter((unit) => leader.siblings === 'anonymous' && units.includes(unit) && beside(unit).filter((one) => !known.has(one)).length >= 3) : [];
      // The average of a ratio is that of all siblings together, so of the unit above.
      const averaged = comparisons.includes('average') ? asksFor.filter((unit) => beside(unit).every((one) => known.has(one))) : [];
      const within = ({ measure, node, dimension }: (typeof reached)[number]): boolean => (leader.sensitive || (!sensitive(measure) && !(by !== null && 'dimension' in by && by.dimension === 'kind')))
        && (dimension !== null ? whole.has(node) : known.has(node) || averaged.some((unit) => parent(unit) === node) || nameless.some((unit) => beside(unit).includes(node) || parent(unit) === node));
      expect(reached.filter((one) => !within(one))).toEqual([]);
      // Nothing is lost that is inside.
      const asTotals = query.level === null && !(query.by !== null && 'dimension' in query.by) && query.units.every((unit) => known.has(unit));
      if ((asTotals || query.units.every((unit) => whole.has(unit))) && query.measures.every((id) => leader.sensitive || !sensitive(id))) expect([permitted.query.units, permitted.query.level, permitted.query.measures]).toEqual([query.units, query.level, query.measures]);
    }), { numRuns: 10_000 });
    expect(answered).toBeGreaterThan(3000);
  });
});
