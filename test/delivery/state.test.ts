import fc from 'fast-check';
import { DELIVERY_STATES, canMove, statesBefore, type DeliveryState } from '../../src/delivery/state.ts';

const state = fc.constantFrom(...DELIVERY_STATES);
const next = (from: DeliveryState): DeliveryState[] => DELIVERY_STATES.filter((to) => canMove(from, to));
const reachable = (from: DeliveryState, seen = new Set<DeliveryState>()): Set<DeliveryState> => {
  for (const to of next(from)) if (!seen.has(to)) { seen.add(to); reachable(to, seen); }
  return seen;
};

describe('the life of a delivery', () => {
  it('ends with delivered and with failed, and nowhere else', () => {
    expect(DELIVERY_STATES.filter((one) => next(one).length === 0)).toEqual(['delivered', 'failed']);
  });

  it('never leaves a final state, whatever is tried', () => {
    fc.assert(fc.property(fc.array(state, { minLength: 1, maxLength: 30 }), (tries) => {
      let now: DeliveryState = 'owed';
      const walked: DeliveryState[] = [now];
      for (const to of tries) if (canMove(now, to)) { now = to; walked.push(to); }
      const end = walked.findIndex((one) => one === 'delivered' || one === 'failed');
      expect(end === -1 || end === walked.length - 1).toBe(true);
    }));
  });

  it('reaches every state from owed, and both ends from anything sent', () => {
    expect([...reachable('owed')].sort()).toEqual([...DELIVERY_STATES].sort());
    expect(reachable('sending').has('delivered') && reachable('sending').has('failed')).toBe(true);
  });

  it('is only delivered by having been sent, and what is unsure is never owed again', () => {
    expect(canMove('owed', 'delivered')).toBe(false);
    expect(reachable('unsure')).toEqual(new Set(['delivered']));
  });

  it('stays nowhere by moving, and knows where each state comes from', () => {
    fc.assert(fc.property(state, state, (from, to) => {
      expect(canMove(from, from)).toBe(false);
      expect(statesBefore(to).includes(from)).toBe(canMove(from, to));
    }));
  });
});
