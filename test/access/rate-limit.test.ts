import fc from 'fast-check';
import { createRateLimit } from '../../src/access/rate-limit.ts';

const at = fc.array(fc.record({ key: fc.constantFrom('a', 'b'), afterMs: fc.integer({ min: 0, max: 90_000 }) }), { maxLength: 120 });

describe('how often each may', () => {
  it('never gives more than a minute\'s worth at once and the rest as time passes, to each for themselves', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 20 }), at, (perMinute, asked) => {
      const limit = createRateLimit(perMinute, 10);
      const taken = { a: [] as number[], b: [] as number[] };
      let nowMs = 0;
      for (const { key, afterMs } of asked) {
        nowMs += afterMs;
        if (limit.take(key, nowMs).ok) taken[key as 'a' | 'b'].push(nowMs);
      }
      for (const times of Object.values(taken)) {
        times.forEach((from, i) => times.slice(i).forEach((to, more) => { expect(more + 1).toBeLessThanOrEqual(perMinute + ((to - from) * perMinute) / 60_000 + 1e-6); }));
      }
    }));
  });

  it('never refuses who keeps within the pace', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 300 }), (perMinute, times) => {
      const limit = createRateLimit(perMinute, 10);
      for (let i = 0; i < times; i += 1) expect(limit.take('a', Math.ceil((i * 60_000) / perMinute))).toEqual({ ok: true });
    }));
  });

  it('says how long to wait, and that is right', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 5_000 }), (perMinute, laterMs) => {
      const limit = createRateLimit(perMinute, 10);
      for (let i = 0; i < perMinute; i += 1) limit.take('a', 0);
      const refused = limit.take('a', laterMs);
      if (refused.ok) return;
      expect(limit.isSpent('a', laterMs + refused.waitMs - 1)).toBe(true);
      expect(limit.take('a', laterMs + refused.waitMs).ok).toBe(true);
    }));
  });

  it('asks to tell of a refusal once a minute, however many there are', () => {
    const limit = createRateLimit(1, 10);
    limit.take('a', 0);
    const told = Array.from({ length: 300 }, (_, second) => limit.take('a', second * 400)).filter((taken) => !taken.ok && taken.tell);
    expect(told.length).toBe(2);
  });

  it('remembers so many and no more, those not heard of for longest forgotten first', () => {
    const limit = createRateLimit(1, 2);
    for (const key of ['a', 'b', 'a', 'c']) limit.take(key, 0);
    expect(['a', 'b', 'c'].map((key) => limit.isSpent(key, 0))).toEqual([true, false, true]);
  });

  it('a clock that goes back fills nothing', () => {
    const limit = createRateLimit(1, 2);
    limit.take('a', 60_000);
    expect(limit.take('a', 0).ok).toBe(false);
    expect(limit.take('a', 59_999).ok).toBe(false);
  });
});
