/**
 * The life of a delivery:
 * owed: someone shall have it, not sent yet. sending: claimed, on its way to the platform. delivered: the platform gave its
 * message id. unsure: it may have arrived; never sent again without asking. failed: trying again can't help.
 */
export const DELIVERY_STATES = ['owed', 'sending', 'delivered', 'unsure', 'failed'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** All moves there are. An unsure one becomes delivered when its sender comes back late with the platform's answer. */
const MOVES: Readonly<Record<DeliveryState, readonly DeliveryState[]>> = {
  owed: ['sending'],
  sending: ['owed', 'delivered', 'unsure', 'failed'],
  unsure: ['delivered'],
  delivered: [],
  failed: [],
};

/** True when a delivery may go from one state to the other. */
export function canMove(from: DeliveryState, to: DeliveryState): boolean {
  return MOVES[from].includes(to);
}

/** States from which a delivery may come to `to`. */
export function statesBefore(to: DeliveryState): DeliveryState[] {
  return DELIVERY_STATES.filter((from) => canMove(from, to));
}
