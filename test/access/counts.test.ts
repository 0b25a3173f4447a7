import fc from 'fast-check';
import { hideCounts, hideTotals, hideValues, type CountRule, type Hidden, type Mark } from '../../src/access/counts.ts';
import type { Organisation, Unit } from '../../src/pack/model.ts';
import { solve, type Equation, type Known } from './attacker.ts';

/** A tree of units from nested lists of children. */
type Shape = readonly Shape[];
function treeOf(shape: Shape): Organisation {
  const units = new Map<string, Unit>();
  const add = (node: Shape, id: string, parent: string | null): void => {
    units.set(id, { id, parent, level: '', name: { da: id, en: id }, shortName: { da: id, en: id }, codes: [], synonyms: [], from: null, until: null, successor: null, merged: false, children: node.map((_, i) => `${id}${i}`) });
    node.forEach((child, i) => add(child, `${id}${i}`, id));
  };
  add(shape, 'r', null);
  return { root: 'r', levels: [], units };
}

/** One stretch of time: how many persons stand at each unit itself, by value of a dimension. */
interface Cube { readonly organisation: Organisation; readonly own: ReadonlyMap<string, readonly number[]>; readonly values: readonly string[] }

const sumOf = (cube: Cube, node: string, v: number): number => (cube.own.get(node)?.[v] ?? 0) + (cube.organisation.units.get(node)?.children ?? []).reduce((sum, child) => sum + sumOf(cube, child, v), 0);
const totalOf = (cube: Cube, node: string): number => cube.values.reduce((sum, _, v) => sum + sumOf(cube, node, v), 0);

/** That a whole is the sum of its parts: `index` has those that are not shown, `truth` what the others are. */
function sumOfParts(whole: string, parts: readonly string[], index: ReadonlyMap<string, number>, truth: ReadonlyMap<string, number>): Equation {
  const factors = new Map<number, number>();
  let sum = 0;
  for (const [name, factor] of [[whole, 1], ...parts.map((part) => [part, -1])] as [string, number][]) {
    const at = index.get(name);
    if (at === undefined) sum -= factor * (truth.get(name) ?? 0);
    else factors.set(at, factor);
  }
  return { factors, sum };
}

function hiddenIn(cube: Cube, rule: CountRule): Hidden {
  const nodes = [...cube.organisation.units.keys()];
  const totals = hideTotals(cube.organisation, new Map(nodes.map((node) => [node, totalOf(cube, node)])), rule);
  return { totals, values: hideValues(cube.organisation, new Map(nodes.map((node) => [node, new Map(cube.values.map((value, v) => [value, sumOf(cube, node, v)]))])), totals, rule) };
}

/**
 * What an onlooker works out who has asked for everything: every figure shown, every mark and what it says, that sums are
 * sums, and at which units no one stands; but not how many stand at a unit that has others below it.
 */
function workedOut(cube: Cube, rule: CountRule, hidden: Hidden): { name: string; value: number; mark: Mark | null; low: number; high: number }[] {
  const { organisation, values } = cube;
  const unknown: { name: string; value: number; mark: Mark | null; known: Known }[] = [];
  const index = new Map<string, number>();
  const see = (name: string, value: number, mark: Mark | null, shown: boolean, known: Known): void => {
    if (shown) return;
    index.set(name, unknown.length);
    unknown.push({ name, value, mark, known });
  };
  const box = (mark: Mark | null, withheldBeside: boolean): Known => (mark === 'small' ? { low: rule.zeroHidden ? 0 : 1, high: rule.threshold - 1 } : { low: withheldBeside ? rule.threshold : 0, high: Infinity });
  // Where the whole dimension is hidden, zeros are.
  const whole = values.every((value) => hidden.values.get(organisation.root)?.get(value) === 'withheld');
  const truth = new Map<string, number>();
  for (const [node, { parent, children }] of organisation.units) {
    const mark = hidden.totals.get(node) ?? null;
    truth.set(node, totalOf(cube, node));
    see(node, totalOf(cube, node), mark, mark === null, box(mark, parent === null || !hidden.totals.has(parent)));
    // Nobody sees who stands at an inner unit itself, but that no one does is known.
    const own = cube.own.get(node) ?? [];
    const ownTotal = own.reduce((a, b) => a + b, 0);
    truth.set(`${node}*`, ownTotal);
    if (children.length > 0 && ownTotal > 0) see(`${node}*`, ownTotal, null, false, box(null, false));
    values.forEach((value, v) => {
      const cell = hidden.values.get(node)?.get(value) ?? null;
      const beside = parent !== null ? hidden.values.get(parent)?.has(value) !== true && !hidden.totals.has(node) : true;
      truth.set(`${node}/${value}`, sumOf(cube, node, v));
      see(`${node}/${value}`, sumOf(cube, node, v), cell, cell === null, box(cell, beside && !whole));
      truth.set(`${node}*/${value}`, own[v] ?? 0);
      if (children.length > 0 && ownTotal > 0) see(`${node}*/${value}`, own[v] ?? 0, null, false, box(null, false));
    });
  }
  const equations: Equation[] = [];
  const equate = (whole: string, parts: readonly string[]): void => { equations.push(sumOfParts(whole, parts, index, truth)); };
  for (const [node, { children }] of organisation.units) {
    equate(node, values.map((value) => `${node}/${value}`));
    if (children.length === 0) continue;
    equate(node, [...children, `${node}*`]);
    equate(`${node}*`, values.map((value) => `${node}*/${value}`));
    for (const value of values) equate(`${node}/${value}`, [...children.map((child) => `${child}/${value}`), `${node}*/${value}`]);
  }
  const bounds = solve(unknown.map(({ known }) => known), equations);
  return unknown.map(({ name, value, mark }, i) => ({ name, value, mark, ...(bounds[i] as { low: number; high: number }) }));
}

const exact = ({ low, high }: { low: number; high: number }): boolean => Math.floor(high + 1e-6) <= Math.ceil(low - 1e-6);

const leaf: Shape = [];
const shape: fc.Arbitrary<Shape> = fc.array(fc.oneof(fc.constant(leaf), fc.array(fc.constant(leaf), { minLength: 1, maxLength: 3 })), { minLength: 1, maxLength: 4 });
const cubeOf = (count: fc.Arbitrary<number>, own: boolean): fc.Arbitrary<Cube> => fc.tuple(shape, fc.integer({ min: 1, max: 4 })).chain(([nested, size]) => {
  const organisation = treeOf(nested);
  const values = Array.from({ length: size }, (_, i) => `v${i}`);
  const places = [...organisation.units.values()].filter((unit) => unit.children.length === 0 || own).map(({ id }) => id);
  return fc.tuple(...places.map(() => fc.array(count, { minLength: size, maxLength: size }))).map((counts) => ({ organisation, values, own: new Map(places.map((id, i) => [id, counts[i] as number[]])) }));
});
const few = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 6 }) }, { weight: 2, arbitrary: fc.integer({ min: 0, max: 30 }) });
const FIVE: CountRule = { threshold: 5, zeroHidden: false };

describe('small counts of persons', () => {
  it('none is shown, in no cell of any cube', () => {
    fc.assert(fc.property(fc.oneof(cubeOf(few, false), cubeOf(few, true)), fc.constantFrom(FIVE, { threshold: 5, zeroHidden: true }, { threshold: 3, zeroHidden: false }), (cube, rule) => {
      const { totals, values } = hiddenIn(cube, rule);
      const small = (value: number): boolean => value < rule.threshold && (value > 0 || rule.zeroHidden);
      for (const node of cube.organisation.units.keys()) {
        if (small(totalOf(cube, node))) expect(totals.has(node)).toBe(true);
        cube.values.forEach((value, v) => { if (small(sumOf(cube, node, v)) && !(sumOf(cube, node, v) === 0)) expect(values.get(node)?.has(value)).toBe(true); });
      }
    }), { numRuns: 2000 });
  });

  it('who has asked for everything works out none that is hidden: neither a small one nor one hidden beside it, at most that nobody is there', () => {
    fc.assert(fc.property(fc.oneof(cubeOf(few, false), cubeOf(few, true)), fc.constantFrom(FIVE, { threshold: 5, zeroHidden: true }, { threshold: 3, zeroHidden: false }), (cube, rule) => {
      for (const cell of workedOut(cube, rule, hiddenIn(cube, rule))) {
        // That nobody is there harms no one where noughts are shown.
        if (cell.mark !== null && exact(cell) && (rule.zeroHidden || cell.value !== 0)) throw new Error(`${cell.name} is ${cell.value} (${cell.mark}), worked out as ${cell.low} to ${cell.high}`);
      }
    }), { numRuns: 1500 });
  });

  it('of most small counts no more can be worked out than that they are small', () => {
    const small = fc.sample(cubeOf(few, false), { numRuns: 400, seed: 20261123 }).flatMap((cube) => workedOut(cube, FIVE, hiddenIn(cube, FIVE))).filter(({ mark }) => mark === 'small');
    expect(small.length).toBeGreaterThan(500);
    expect(small.filter(({ low, high }) => low < 1.001 && high > 3.999).length / small.length).toBeGreaterThan(0.5);
  });

  it('in an organisation as they are, seven in ten of the figures that harm nobody are shown, though four in ten are small', () => {
    // 30 to 60 teams in two levels, each with 8 to 300 persons, of five services very unlike in size.
    const organisation = fc.array(fc.array(fc.constant(leaf), { minLength: 3, maxLength: 8 }), { minLength: 5, maxLength: 9 }).map(treeOf);
    const SERVICES = [0.45, 0.25, 0.17, 0.1, 0.03];
    const realistic = organisation.chain((tree) => {
      const teams = [...tree.units.values()].filter((unit) => unit.children.length === 0).map(({ id }) => id);
      return fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.array(fc.double({ min: 0.5, max: 1.5, noNaN: true }), { minLength: 5, maxLength: 5 })), { minLength: teams.length, maxLength: teams.length })
        .map((drawn): Cube => ({ organisation: tree, values: SERVICES.map((_, i) => `v${i}`), own: new Map(teams.map((team, i) => { const [size, tilt] = drawn[i] as [number, number[]]; return [team, SERVICES.map((share, v) => Math.round(8 * 37 ** size * share * (tilt[v] ?? 1)))]; })) }));
    });
    let [all, harmless, seen] = [0, 0, 0];
    for (const cube of fc.sample(realistic, { numRuns: 50, seed: 20261123 })) {
      const { totals, values } = hiddenIn(cube, FIVE);
      for (const node of cube.organisation.units.keys()) for (const [count, mark] of [[totalOf(cube, node), totals.get(node)], ...cube.values.map((value, v) => [sumOf(cube, node, v), values.get(node)?.get(value)])] as [number, Mark | undefined][]) {
        all += 1;
        if (count > 0 && count < 5) continue;
        harmless += 1;
        seen += Number(mark === undefined);
      }
    }
    expect(seen / harmless).toBeGreaterThan(0.7);
    expect(1 - harmless / all).toBeGreaterThan(0.4);
  });
});

describe('a part and its whole: of all, those in time; the late ones are the difference', () => {
  /** The same units and values, each with its whole, a part of that, and so what is left. */
  interface Pair { readonly whole: Cube; readonly part: Cube; readonly rest: Cube }
  const pairOf = cubeOf(few, false).chain((whole) => fc.tuple(...[...whole.own.values()].flat().map((count) => fc.oneof(fc.integer({ min: 0, max: count }), fc.integer({ min: Math.max(0, count - 4), max: count }), fc.constant(count)))).map((parts): Pair => {
    let at = 0;
    const own = new Map([...whole.own].map(([unit, counts]) => [unit, counts.map(() => parts[at++] as number)]));
    return { whole, part: { ...whole, own }, rest: { ...whole, own: new Map([...whole.own].map(([unit, counts]) => [unit, counts.map((count, v) => count - (own.get(unit)?.[v] ?? 0))])) } };
  }));
  const countsOf = (cube: Cube): Parameters<typeof hideCounts>[1] => {
    const nodes = [...cube.organisation.units.keys()];
    return { totals: new Map(nodes.map((node) => [node, totalOf(cube, node)])), values: new Map(nodes.map((node) => [node, new Map(cube.values.map((value, v) => [value, sumOf(cube, node, v)]))])) };
  };
  const hide = ({ whole, part, rest }: Pair): { whole: Hidden; part: Hidden } => {
    const own = hideCounts(whole.organisation, countsOf(whole), FIVE);
    return { whole: own, part: hideCounts(whole.organisation, countsOf(part), FIVE, [{ ...own, nobody: (node, value) => (value === null ? !own.totals.has(node) && totalOf(whole, node) === 0 : own.values.get(node)?.has(value) !== true && sumOf(whole, node, whole.values.indexOf(value)) === 0) }, hideCounts(whole.organisation, countsOf(rest), { ...FIVE, silent: true })]) };
  };
  const isSmall = (count: number): boolean => count > 0 && count < FIVE.threshold;

  it('the part is shown nowhere that it, its whole or what is left is a small count', () => {
    fc.assert(fc.property(pairOf, (pair) => {
      const hidden = hide(pair);
      for (const node of pair.whole.organisation.units.keys()) {
        if ([pair.whole, pair.part, pair.rest].some((cube) => isSmall(totalOf(cube, node)))) expect(hidden.part.totals.get(node)).toBe('withheld');
        pair.whole.values.forEach((value, v) => {
          if ([pair.part, pair.rest].some((cube) => isSmall(sumOf(cube, node, v)))) expect(hidden.part.values.get(node)?.get(value)).toBe('withheld');
        });
      }
    }), { numRuns: 1000 });
  });

  it('who has asked for everything of both works out fewer than one small count in two thousand, of them and of what is left', () => {
    let [small, solved] = [0, 0];
    fc.assert(fc.property(pairOf, (pair) => {
      const hidden = hide(pair);
      const layers = { whole: { cube: pair.whole, hidden: hidden.whole }, part: { cube: pair.part, hidden: hidden.part }, rest: { cube: pair.rest, hidden: null } };
      const unknown: { value: number; known: Known }[] = [];
      const index = new Map<string, number>();
      const truth = new Map<string, number>();
      const see = (name: string, value: number, mark: Mark | null | undefined): void => {
        truth.set(name, value);
        if (mark === undefined) return;
        index.set(name, unknown.length);
        unknown.push({ value, known: mark === 'small' ? { low: 1, high: 4 } : { low: 0, high: Infinity } });
      };
      for (const [layer, { cube, hidden: of }] of Object.entries(layers)) for (const node of cube.organisation.units.keys()) {
        see(`${layer} ${node}`, totalOf(cube, node), of === null ? null : of.totals.get(node));
        cube.values.forEach((value, v) => see(`${layer} ${node}/${value}`, sumOf(cube, node, v), of === null ? null : of.values.get(node)?.get(value)));
      }
      const equations: Equation[] = [];
      const equate = (whole: string, parts: readonly string[]): void => { equations.push(sumOfParts(whole, parts, index, truth)); };
      const { organisation, values } = pair.whole;
      for (const [node, { children }] of organisation.units) {
        for (const layer of Object.keys(layers)) {
          equate(`${layer} ${node}`, values.map((value) => `${layer} ${node}/${value}`));
          if (children.length > 0) for (const cell of ['', ...values.map((value) => `/${value}`)]) equate(`${layer} ${node}${cell}`, children.map((child) => `${layer} ${child}${cell}`));
        }
        for (const cell of ['', ...values.map((value) => `/${value}`)]) equate(`whole ${node}${cell}`, [`part ${node}${cell}`, `rest ${node}${cell}`]);
      }
      solve(unknown.map(({ known }) => known), equations).forEach((bounds, i) => {
        if (!isSmall((unknown[i] as (typeof unknown)[number]).value)) return;
        small += 1;
        solved += Number(exact(bounds));
      });
    }), { numRuns: 600, seed: 20261128 });
    expect(small).toBeGreaterThan(5000);
    expect(solved / small).toBeLessThan(0.0005);
  });
});

describe('who knows how it is chosen what to hide', () => {
  /** Every world of so many persons in all, and what is shown of it: of those that show the same, the onlooker can't tell which it is. */
  const workOut = (children: number, most: number, rule: CountRule): number => {
    const organisation = treeOf(Array.from({ length: children }, () => leaf));
    const nodes = [...organisation.units.keys()];
    const worlds = new Map<string, number[][]>();
    const visit = (counts: readonly number[]): void => {
      if (counts.length < children) {
        for (let count = 0; count <= most; count += 1) visit([...counts, count]);
        return;
      }
      const all = [counts.reduce((a, b) => a + b, 0), ...counts];
      const marks = hideTotals(organisation, new Map(nodes.map((node, i) => [node, all[i] as number])), rule);
      const shown = nodes.map((node, i) => marks.get(node) ?? all[i]);
      // A sum that worlds with more persons than these could have too is no fair question.
      if (typeof shown[0] !== 'number' || shown[0] > most) return;
      worlds.set(shown.join(), [...worlds.get(shown.join()) ?? [], [...counts]]);
    };
    visit([]);
    let told = 0;
    for (const [shown, same] of worlds) shown.split(',').slice(1).forEach((mark, i) => {
      const could = new Set(same.map((counts) => counts[i]));
      if ((mark === 'small' || mark === 'withheld') && could.size === 1 && !could.has(0)) told += 1;
    });
    expect(worlds.size).toBeGreaterThan(100);
    return told;
  };

  it.each([[2, 30, FIVE], [3, 30, FIVE], [4, 14, FIVE], [3, 24, { threshold: 5, zeroHidden: true }], [3, 20, { threshold: 3, zeroHidden: false }]] as const)('and tries every world of %i units learns none of the hidden counts', (children, most, rule) => {
    expect(workOut(children, most, rule)).toBe(0);
  });

  it('and tries every table of 24 persons, of three units and two values, learns fewer than one in a hundred', () => {
    const organisation = treeOf([leaf, leaf, leaf]);
    const nodes = [...organisation.units.keys()];
    const worlds = new Map<string, Cube[]>();
    const names = nodes.flatMap((node) => [0, 1].map((v) => ({ node, v })));
    const visit = (counts: readonly number[], left: number): void => {
      if (counts.length < 5) {
        for (let count = 0; count <= left; count += 1) visit([...counts, count], left - count);
        return;
      }
      const cells = [...counts, left];
      const cube: Cube = { organisation, values: ['x', 'y'], own: new Map(nodes.slice(1).map((node, i) => [node, cells.slice(2 * i, 2 * i + 2)])) };
      const { totals, values } = hiddenIn(cube, FIVE);
      const shown = [...nodes.map((node) => totals.get(node) ?? totalOf(cube, node)), ...names.map(({ node, v }) => values.get(node)?.get(cube.values[v] as string) ?? sumOf(cube, node, v))].join();
      worlds.set(shown, [...worlds.get(shown) ?? [], cube]);
    };
    visit([], 24);
    let [small, told] = [0, 0];
    for (const same of worlds.values()) for (const { node, v } of names) {
      const could = new Set(same.map((cube) => sumOf(cube, node, v)));
      const truly = same.filter((cube) => { const count = sumOf(cube, node, v); return count > 0 && count < 5; }).length;
      small += truly;
      if (could.size === 1) told += truly;
    }
    expect(small).toBeGreaterThan(50_000);
    expect(told / small).toBeLessThan(0.01);
  });
});
