import fc from 'fast-check';
import { permit, visibleUnits } from '../../src/access/rule.ts';
import type { Pack, Person } from '../../src/pack/model.ts';
import { subtree } from '../../src/pack/organisation.ts';
import { unitsOf } from '../../src/query/evaluate.ts';
import type { Query } from '../../src/query/query.ts';
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

  it('whatever is asked, no unit outside the own ones is ever queried', () => {
    const ids = [...pack.organisation.units.keys()];
    const some = fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1, maxLength: 3 });
    fc.assert(fc.property(some, some, fc.constantFrom(null, 'omraade', 'distrikt', 'gruppe'), (own, asked, level) => {
      const permitted = permit(pack, leaderOf(...own), about(asked, { level }));
      const visible = new Set(own.flatMap((unit) => subtree(pack.organisation, unit)));
      if (permitted.allowed) for (const unit of unitsOf(pack, permitted.query)) expect(visible.has(unit)).toBe(true);
      else expect(asked.every((unit) => !visible.has(unit))).toBe(true);
    }));
  });
});
