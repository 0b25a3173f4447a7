import fc from 'fast-check';
import { couple } from '../../src/insight/coupling.ts';
import { processLimits } from '../../src/insight/xmr.ts';
import { deviation, ranked, signal } from '../../src/insight/attention.ts';
import type { Measure } from '../../src/pack/model.ts';

const ok = (value: number) => ({ value, state: 'ok' as const });
const measure = (over: Partial<Measure>): Measure => ({ id: 'm', kind: 'ratio', unit: 'percent', better: 'lower', ...over } as Measure);

describe('money coupled with output', () => {
  it('volume and price add up to the whole deviation, whatever the figures', () => {
    const amount = fc.double({ min: 1, max: 1e9, noNaN: true });
    fc.assert(fc.property(amount, amount, amount, amount, (money, plan, hours, planned) => {
      const split = couple(ok(money), ok(plan), ok(hours), ok(planned))?.split;
      const { volume, price } = split ?? { volume: NaN, price: NaN };
      // An øre, or what a double can hold of the larger part: planned hours may be off by a factor of a billion here.
      expect(Math.abs(volume + price - (money - plan))).toBeLessThanOrEqual(0.01 + 1e-12 * Math.max(Math.abs(volume), Math.abs(price)));
    }));
  });
  it('is known from the textbook: 10 hours at 100 planned, 11 at 110 done', () => {
    const coupled = couple(ok(1210), ok(1000), ok(11), ok(10));
    expect(coupled?.price).toEqual({ value: 110, plan: 100, partial: false });
    expect(coupled?.split).toEqual({ volume: 100, price: 110 });
  });
  it('has no price without output', () => { expect(couple(ok(1000), null, ok(0), null)).toBeNull(); });
});

describe('process limits', () => {
  it('are mean ± 2.66 × the mean moving range', () => {
    const values = [10, 12, 10, 12, 10, 12, 10, 12, 10, 12, 10, 12];
    expect(processLimits(values)).toEqual({ mean: 11, lower: 11 - 5.32, upper: 11 + 5.32, from: 0, signals: [] });
  });
  it('mark the point outside, and the seventh on one side', () => {
    const noise = Array.from({ length: 23 }, (_, i) => [5, 8, 6, 7][i % 4] ?? 0);
    expect(processLimits([...noise, 20])?.signals).toEqual([23]);
    const shift = [5, 6, 4, 6, 5, 6, 4, 6, 5, 7, 7.2, 7, 7.1, 7, 7.2, 7];
    expect(processLimits(shift)?.signals).toContain(15);
  });
  it('begin again after eight points on one side: what has lasted is normal, and going back is not', () => {
    const [low, high] = [[5, 6, 4, 6, 5, 6, 4, 6, 5, 6, 4, 5], [7, 8, 7.5, 8, 7, 8, 7.5, 8, 7, 8]];
    const seven = processLimits([...low, ...high.slice(0, 7)]);
    expect([seven?.from, seven?.signals.includes(18)]).toEqual([0, true]);
    const eight = processLimits([...low, ...high.slice(0, 8)]);
    expect(eight?.from).toBe(12);
    expect(eight?.mean).toBeCloseTo(7.625, 9);
    expect(eight?.signals).not.toContain(19);
    expect(processLimits([...low, ...high])?.signals.filter((i) => i >= 12)).toEqual([]);
    expect(processLimits([...low, ...high, 3])?.signals).toContain(22);
  });
  it('begin again at each new level, and never within the first eight points', () => {
    const level = (at: number): number[] => Array.from({ length: 12 }, (_, i) => at + ([0, 0.6, -0.4, 0.3][i % 4] ?? 0));
    expect(processLimits([...level(5), ...level(9), ...level(2)])?.from).toBe(24);
    expect(processLimits([...level(5), ...level(9), ...level(2)])?.mean).toBeCloseTo(2.125, 9);
    expect(processLimits([9, 9, 9, ...level(5)])?.from).toBe(0);
  });
  it('say nothing from fewer than twelve points', () => { expect(processLimits([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])).toBeNull(); });
  it('flag no more than a few points of pure noise', () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
    const flagged = Array.from({ length: 400 }, () => processLimits(Array.from({ length: 36 }, () => random() + random() + random()))?.signals.length ?? 0).reduce((a, b) => a + b, 0);
    expect(flagged / (400 * 36)).toBeLessThan(0.03);
  });
});

describe('what is worth a word', () => {
  it('a deviation under two percent or one point is not', () => {
    expect(deviation(measure({}), ok(7.9), ok(7))).toBeNull();
    expect(deviation(measure({}), ok(8.2), ok(7))).toMatchObject({ kind: 'deviation', favourable: false });
    expect(deviation(measure({ unit: 'kr' }), ok(101.9), ok(100))).toBeNull();
  });
  it('season is not taken for change: a winter like the last one is no signal', () => {
    const season = Array.from({ length: 37 }, (_, i) => 6 + 2 * Math.cos((i / 12) * 2 * Math.PI) + (i % 3) * 0.1);
    expect(signal(measure({}), season)).toBeNull();
    expect(signal(measure({}), [...season.slice(0, -1), (season.at(-1) ?? 0) + 4])).toMatchObject({ kind: 'signal', above: true, favourable: false });
  });
  it('a level that has lasted eight months is no news any more', () => {
    const months = [...Array.from({ length: 14 }, (_, i) => 6 + (i % 3) * 0.2), ...Array.from({ length: 6 }, (_, i) => 8 + (i % 3) * 0.2)];
    expect(signal(measure({}), months)).toMatchObject({ kind: 'signal', above: true });
    expect(signal(measure({}), [...months, 8.2, 8.4])).toBeNull();
    expect(signal(measure({}), [...months, 8.2, 8.4, 8, 9.9])).toMatchObject({ kind: 'signal', above: true, expected: expect.closeTo(8.3, 0) as number });
  });
  it('a stock that has drifted is no signal: it is mostly the month before it', () => {
    const drifting = Array.from({ length: 19 }, (_, i) => (i < 12 ? 12 : 13));
    expect(signal(measure({ kind: 'flow', unit: 'count' }), drifting)).not.toBeNull();
    expect(signal(measure({ kind: 'stock', unit: 'persons' }), drifting)).toBeNull();
  });
  it('of two findings about one measure only the weightier is told, and never more than asked for', () => {
    const finding = (id: string, weight: number) => ({ kind: 'deviation' as const, measure: id, value: 2, plan: 1, favourable: false, weight });
    expect(ranked([finding('a', 1), finding('a', 3), null, finding('b', 2), finding('c', 1)], 2).map((f) => [f.measure, f.weight])).toEqual([['a', 3], ['b', 2]]);
  });
});
