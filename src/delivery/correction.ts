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

const hidden = ({ state }: Figure): boolean => state === 'suppressed' || state === 'withheld';

/** Binary sums of the same rows in another order differ by less than this part. */
const NOISE = 1e-9;

/**
 * What moved by more than `tolerance` percent between what was sent and what would be sent now. A figure that was hidden, or
 * is now, is left out: the difference would say what is hidden. One that only one of them has is new or gone from the page, not revised.
 */
export function corrections(sent: readonly Figure[], now: readonly Figure[], tolerance: number): Correction[] {
  const key = ({ measure, unit, from, to }: Figure): string => `${measure} ${unit} ${from} ${to}`;
  const current = new Map(now.map((figure) => [key(figure), figure]));
  return sent.flatMap((before): Correction[] => {
    const after = current.get(key(before));
    if (after === undefined || hidden(before) || hidden(after)) return [];
    const [was, is] = [before.value, after.value];
    if (was === null && is === null) return [];
    const moved = was === null || is === null || Math.abs(is - was) > Math.max((Math.abs(was) * tolerance) / 100, NOISE * Math.max(Math.abs(was), Math.abs(is)));
    return moved ? [{ measure: before.measure, unit: before.unit, from: before.from, to: before.to, was, is }] : [];
  });
}

/**
 * Corrections that come from data: of figures counted as they were when they were sent, and from a source whose data changed.
 * All others come from a definition that changed, by which nothing that was sent is corrected. `fresh`: the sources with other
 * data; `sourcesOf`: those a measure is counted from, none where that is not known.
 */
export function fromData(changes: readonly Correction[], sent: readonly Figure[], now: readonly Figure[], fresh: ReadonlySet<string>, sourcesOf: (measure: string) => readonly string[]): Correction[] {
  const definitionIn = (figures: readonly Figure[], { measure, unit, from, to }: Correction): string | undefined => figures.find((one) => one.measure === measure && one.unit === unit && one.from === from && one.to === to)?.definition;
  return changes.filter((change) => {
    const [before, after] = [definitionIn(sent, change), definitionIn(now, change)];
    if (before !== undefined && after !== undefined && before !== after) return false;
    const sources = sourcesOf(change.measure);
    return sources.length === 0 ? fresh.size > 0 : sources.some((source) => fresh.has(source));
  });
}
