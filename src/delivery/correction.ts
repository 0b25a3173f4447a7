import type { IsoDate } from '../calendar/period.ts';

/** A figure that was sent, or would be sent now. */
export interface Figure {
  readonly measure: string;
  readonly unit: string;
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly value: number | null;
  readonly state: 'ok' | 'missing' | 'partial' | 'suppressed' | 'withheld';
  /** How it was counted; not there in figures sent by earlier versions. */
  readonly definition?: string;
  /** Of a sent figure: what it was by a later definition, when that was first seen. Later data are held against it. */
  readonly recount?: Recount;
}

/** A sent figure as counted by another definition. `withData`: data came with the definition, so nobody can tell which of them moved it. */
export interface Recount {
  readonly definition: string;
  readonly value: number | null;
  readonly withData: boolean;
}

/** A figure that is no longer what it was said to be; null: it was missing, or is now. */
export interface Correction {
  readonly measure: string;
  readonly unit: string;
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly was: number | null;
  readonly is: number | null;
}

/** What tells one figure of a page from another. */
export const keyOf = ({ measure, unit, from, to }: Pick<Figure, 'measure' | 'unit' | 'from' | 'to'>): string => `${measure} ${unit} ${from} ${to}`;

const hidden = ({ state }: Figure): boolean => state === 'suppressed' || state === 'withheld';

/** Binary sums of the same rows in another order differ by less than this part. */
const NOISE = 1e-9;

/**
 * What moved by more than `tolerance` percent between what was sent and what would be sent now. A figure that was hidden, or
 * is now, is left out: the difference would say what is hidden. One that only one of them has is new or gone from the page, not revised.
 */
export function corrections(sent: readonly Figure[], now: readonly Figure[], tolerance: number): Correction[] {
  const current = new Map(now.map((figure) => [keyOf(figure), figure]));
  return sent.flatMap((before): Correction[] => {
    const after = current.get(keyOf(before));
    if (after === undefined || hidden(before) || hidden(after)) return [];
    return hasMoved(before.value, after.value, tolerance) ? [correctionOf(before, after)] : [];
  });
}

function hasMoved(was: number | null, is: number | null, tolerance: number): boolean {
  if (was === null || is === null) return was !== is;
  return Math.abs(is - was) > Math.max((Math.abs(was) * tolerance) / 100, NOISE * Math.max(Math.abs(was), Math.abs(is)));
}

const correctionOf = ({ measure, unit, from, to, value }: Figure, after: Figure): Correction => ({ measure, unit, from, to, was: value, is: after.value });

/** Whether a figure is counted otherwise than when it was sent. */
const isRedefined = (before: Figure, after: Figure): boolean => before.definition !== undefined && after.definition !== undefined && before.definition !== after.definition;

/** A sent figure with what is said in its place, counted as it is now. */
function replaced({ measure, unit, from, to, definition }: Figure, after: Figure): Figure {
  return { measure, unit, from, to, value: after.value, state: after.value === null ? 'missing' : 'ok', ...(after.definition === undefined && definition === undefined ? {} : { definition: after.definition ?? definition }) };
}

/** Why a sent figure is another now; both where both have changed, or nobody can tell. */
export interface Cause { readonly definition: boolean; readonly data: boolean }

/** Why. `fresh`: other data have come to the sources of the measure since they were last held against. */
export function causeOf(before: Figure, after: Figure, fresh: boolean): Cause {
  if (!isRedefined(before, after)) return { definition: false, data: true };
  const { recount } = before;
  const data = recount === undefined ? fresh : recount.withData || (recount.definition === after.definition ? hasMoved(recount.value, after.value, 0) : fresh);
  return { definition: true, data };
}

/** What comes of holding a sent page against now. */
export interface Judgement {
  readonly changes: readonly Correction[];
  /** The measures of these that are counted otherwise, too. */
  readonly redefined: readonly string[];
  /** What the page says now, to be held against later. */
  readonly kept: readonly Figure[];
}

/**
 * What data have changed of a page that was sent; by a changed definition alone nothing is corrected. What a figure is by a new
 * definition is kept when that is first seen, so that data which come later are told from it. `isFresh`: whether a measure's
 * sources have other data than at the look before. Small movements are held against what was last said, however many there are.
 */
export function judged(sent: readonly Figure[], now: readonly Figure[], tolerance: number, isFresh: (measure: string) => boolean): Judgement {
  const current = new Map(now.map((figure) => [keyOf(figure), figure]));
  const [changes, kept, redefined]: [Correction[], Figure[], Set<string>] = [[], [], new Set()];
  for (const before of sent) {
    const after = current.get(keyOf(before));
    if (after === undefined || hidden(before) || hidden(after)) {
      kept.push(before);
      continue;
    }
    const { recount } = before;
    const fresh = isFresh(before.measure);
    const other = isRedefined(before, after);
    if (other && recount?.definition !== after.definition) {
      kept.push({ ...before, recount: { definition: after.definition ?? '', value: after.value, withData: fresh || (recount?.withData ?? false) } });
      continue;
    }
    const moved = hasMoved(other ? (recount?.value ?? null) : before.value, after.value, tolerance) && (fresh || (!other && recount?.withData === true));
    if (moved && hasMoved(before.value, after.value, 0)) {
      changes.push(correctionOf(before, after));
      if (other) redefined.add(before.measure);
    }
    kept.push(moved ? replaced(before, after) : before);
  }
  return { changes, redefined: [...redefined], kept };
}

/** The same on purpose, whatever the cause: all that moved is said, and all of the page counts as said by the definitions of now. */
export function judgedOnPurpose(sent: readonly Figure[], now: readonly Figure[], tolerance: number): Judgement {
  const changes = corrections(sent, now, tolerance);
  const current = new Map(now.map((figure) => [keyOf(figure), figure]));
  const said = new Set(changes.map(keyOf));
  const redefined = new Set<string>();
  const kept = sent.map((before) => {
    const after = current.get(keyOf(before));
    if (after === undefined || hidden(before) || hidden(after)) return before;
    if (!said.has(keyOf(before))) return { ...replaced(before, after), value: before.value, state: before.state };
    if (isRedefined(before, after)) redefined.add(before.measure);
    return replaced(before, after);
  });
  return { changes, redefined: [...redefined], kept };
}

