import fc from 'fast-check';
import { DELIVERY_STATES, canMove, statesBefore, type DeliveryState } from '../../src/delivery/state.ts';

const state = fc.constantFrom(...DELIVERY_STATES);
const next = (from: DeliveryState): DeliveryState[] => DELIVERY_STATES.filter((to) => canMove(from, to));
const reachable = (from: DeliveryState, seen = new Set<DeliveryState>()): Set<DeliveryState> => {
  for (const to of next(from)) if (!seen.has(to)) { seen.add(to); reachable(to, seen); }
  return seen;
};

describe('the life of a delivery', () => {
  it('ends with delivered and nowhere else: whatever failed or was withdrawn can be put right', () => {
    expect(DELIVERY_STATES.filter((one) => next(one).length === 0)).toEqual(['delivered']);
    for (const from of DELIVERY_STATES) if (from !== 'delivered') expect(reachable(from).has('delivered')).toBe(true);
  });

  it('never leaves delivered, whatever is tried', () => {
    fc.assert(fc.property(fc.array(state, { minLength: 1, maxLength: 30 }), (tries) => {
      let now: DeliveryState = 'owed';
      const walked: DeliveryState[] = [now];
      for (const to of tries) if (canMove(now, to)) { now = to; walked.push(to); }
      const end = walked.indexOf('delivered');
      expect(end === -1 || end === walked.length - 1).toBe(true);
    }));
  });

  it('reaches every state from owed', () => {
    expect([...reachable('owed')].sort()).toEqual([...DELIVERY_STATES].sort());
  });

  it('is only delivered by having been sent, and what may have arrived is only sent again by way of ready, once it has been asked about', () => {
    expect(statesBefore('delivered')).toEqual(['sending', 'unsure']);
    expect(statesBefore('sending')).toEqual(['ready']);
    expect(canMove('sending', 'held') || canMove('sending', 'withdrawn') || canMove('unsure', 'sending') || canMove('unsure', 'owed')).toBe(false);
  });

  it('moves to where it is only to be held for another reason, and knows where each state comes from', () => {
    fc.assert(fc.property(state, state, (from, to) => {
      expect(canMove(from, from)).toBe(from === 'held');
      expect(statesBefore(to).includes(from)).toBe(canMove(from, to));
    }));
  });
});
