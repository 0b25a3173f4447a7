/**
 * The life of a delivery:
 * owed: someone shall have it. held: it can't go yet, and why. ready: it can go; a worker takes it. sending: on its way to the
 * platform. delivered: the platform gave its message id. unsure: it may have arrived; the platform is asked before anything
 * else. failed: trying again can't help until someone mends it. withdrawn: the recipient may no longer have it.
 */
export const DELIVERY_STATES = ['owed', 'held', 'ready', 'sending', 'delivered', 'unsure', 'failed', 'withdrawn'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** What is sent: a page of a digest, word that it is late, word that a figure in it has changed, to the analysts how it all went, what failed and who asks for access, and a welcome to who was let in. */
export type DeliveryKind = 'page' | 'notice' | 'correction' | 'receipt' | 'alarm' | 'request' | 'welcome';

/** The platforms that can be asked whether a message arrived: their adapters have a `find`. */
export const ASKABLE: readonly string[] = ['slack'];

/** What only analysts are told. */
export const FOR_ANALYSTS = ['receipt', 'alarm', 'request'] as const satisfies readonly DeliveryKind[];

/**
 * All moves there are. Held to held is another reason. Owed to unsure: a state brought back from a backup does not know
 * whether it was sent. Unsure to delivered: the platform had it, or its sender came back late. Unsure to ready: the platform
 * has it not. Failed to ready: someone mended what was wrong. Failed to unsure: the same, of what may have arrived. Withdrawn to owed: the recipient is back.
 */
const MOVES: Readonly<Record<DeliveryState, readonly DeliveryState[]>> = {
  owed: ['held', 'ready', 'unsure', 'withdrawn'],
  held: ['held', 'ready', 'unsure', 'withdrawn'],
  ready: ['held', 'sending', 'unsure', 'withdrawn'],
  sending: ['ready', 'delivered', 'unsure', 'failed'],
  unsure: ['ready', 'delivered', 'failed'],
  failed: ['ready', 'unsure'],
  withdrawn: ['owed'],
  delivered: [],
};

/** True when a delivery may go from one state to the other. */
export function canMove(from: DeliveryState, to: DeliveryState): boolean {
  return MOVES[from].includes(to);
}

/** States from which a delivery may come to `to`. */
export function statesBefore(to: DeliveryState): DeliveryState[] {
  return DELIVERY_STATES.filter((from) => canMove(from, to));
}

/** Still to be sent, or to be found out about. */
export const OPEN_STATES = ['owed', 'held', 'ready', 'sending', 'unsure'] as const satisfies readonly DeliveryState[];
