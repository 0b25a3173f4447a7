import { dayIn, shiftMonths, type IsoDate } from '../calendar/period.ts';
import { judgedOnPurpose, type Figure, type Judgement } from '../delivery/correction.ts';
import type { NewLoad, Payload } from '../delivery/tell.ts';
import type { Digest, Pack } from '../pack/model.ts';
import type { Queue, Store } from '../ports.ts';
import { recordAudit } from './audit.ts';
import { sourcesOf } from './definitions.ts';
import { correctionsOf, deliveryOf, digestOf, keepFigures, markWoken, move, owe, type Delivery } from './ledger.ts';
import { differing, isNewer, versionOf, type Data, type DataMarks } from './versions.ts';

/** How many months back a sent page is held against new data. */
const CORRECTED_MONTHS = 13;

/** From when on sent pages are held against what the data say now. */
export function correctedSince(pack: Pack, digest: Digest, now: Date): IsoDate {
  // Of a demonstration only pages of its present dates are: when all of it moves on by a month, nothing that was said has become wrong.
  return (pack.demonstration?.moved ?? 0) > 0 ? digest.start : shiftMonths(dayIn(pack.timeZone, now), -CORRECTED_MONTHS);
}

/** The sources whose data are others than those of some marks. */
export function newLoads(before: DataMarks | null, { marks, loadedAt }: Pick<Data, 'marks' | 'loadedAt'>): NewLoad[] {
  const other = new Set(differing(before ?? {}, marks));
  return Object.entries(marks).flatMap(([source, { rows }]): NewLoad[] => (other.has(source) ? [{ source, loadedAt: loadedAt(source), rows, rowsBefore: before?.[source]?.rows ?? null }] : []));
}

/** The sources of which a page was made of newer data than are here: by these nothing is corrected. */
export function olderThan(before: DataMarks | null, { marks, follows }: Data): string[] {
  return differing(before ?? {}, marks).filter((source) => {
    const [own, than] = [marks[source], before?.[source]];
    return than !== undefined && (own === undefined || !isNewer(own, follows(source), than));
  });
}

/** Whether one of some loads is of a measure's sources; any of them where its sources are not known. */
export function causesOf(pack: Pack, fresh: readonly NewLoad[]): (measure: string) => boolean {
  const sources = new Set(fresh.map(({ source }) => source));
  return (measure) => {
    const own = sourcesOf(pack, measure);
    return own.length === 0 ? sources.size > 0 : own.some((source) => sources.has(source));
  };
}

/** The loads that moved figures of some measures: the new ones of their sources, and where none is new the one that holds. */
export function loadsBehind(pack: Pack, measures: readonly string[], fresh: readonly NewLoad[], { marks, loadedAt }: Pick<Data, 'marks' | 'loadedAt'>): NewLoad[] {
  if (measures.length === 0) return [];
  const concerned = new Set(measures.flatMap((measure) => sourcesOf(pack, measure)));
  const loads = fresh.filter(({ source }) => concerned.size === 0 || concerned.has(source));
  if (loads.length > 0) return loads;
  return Object.entries(marks).filter(([source]) => concerned.has(source)).map(([source, { rows }]) => ({ source, loadedAt: loadedAt(source), rows, rowsBefore: rows }));
}

/** A page that was sent, as it is to be corrected on purpose: what it shows now, of which data, and the loads behind it. */
export interface PageNow {
  /** Of the delivery. */
  readonly id: number;
  /** What the correction is about where its reader may see it. */
  readonly unit: string;
  readonly figures: readonly Figure[];
  readonly loads: readonly NewLoad[];
  readonly data: DataMarks;
}

/** Puts what it owes into the queue, or asks first whether it was said before a restore. Resolves with the new rows. */
export type Say = (tx: Pick<Store, 'query'>, about: string, payload: Payload) => Promise<readonly number[]>;

const WAITING: readonly string[] = ['owed', 'held', 'ready'];
const OUTDATED = 'The figures have changed again before it left.';

/**
 * Owes a page's reader what has changed since they were last told. What they are told stands in the ledger as said when it has
 * arrived, not before: until then a correction that data have overtaken is taken back, and one that may be arriving is waited for.
 * Which correction it is, is part of what it is about: there and back and there again is said three times, and the same of the
 * same data once, on any machine and after any restore. Resolves with how many are owed. Inside a transaction.
 */
export async function oweCorrection(tx: Pick<Store, 'query'>, page: Delivery, judgement: Judgement, of: Pick<PageNow, 'unit' | 'loads' | 'data'>, onPurpose: boolean, now: Date, actor: string, say: Say): Promise<number> {
  const { changes, redefined, kept } = judgement;
  const known = await correctionsOf(tx, page);
  const isOnPurpose = ({ payload }: Pick<Delivery, 'payload'>): boolean => (payload as { onPurpose?: true } | null)?.onPurpose === true;
  // What somebody asked for says more than data alone would have corrected: it leaves first.
  if (known.some((one) => one.state === 'sending' || one.state === 'unsure' || (!onPurpose && isOnPurpose(one) && WAITING.includes(one.state)))) return 0;
  const versions = of.loads.map(({ source }) => { const mark = of.data[source]; return [source, mark === undefined ? '' : versionOf(mark)]; }).sort();
  const aboutAfter = (said: number): string => digestOf([changes, versions, onPurpose, said]);
  const said = known.filter(({ state, reason }) => state === 'delivered' || (state === 'withdrawn' && reason === OUTDATED)).length;
  const waiting = known.filter(({ state }) => WAITING.includes(state));
  if (changes.length > 0 && waiting.some(({ about }) => about === aboutAfter(said))) return 0;
  const overtaken = await move(tx, waiting.map(({ id }) => id), 'withdrawn', { reason: OUTDATED }, now, actor);
  if (changes.length === 0) {
    await keepFigures(tx, [page.id], kept, of.data);
    return 0;
  }
  const ids = await say(tx, aboutAfter(said + overtaken.length), { kind: 'correction', unit: of.unit, changes, loads: of.loads, ...(redefined.length === 0 ? {} : { redefined }), ...(onPurpose && { onPurpose }) });
  await keepFigures(tx, ids, kept, of.data);
  return ids.length;
}

/**
 * Owes corrections of pages on purpose, whatever moved their figures, and records it: each page by itself, all or nothing. The
 * same a second time, or from two places at once, is sent once. Resolves with how many are owed.
 */
export async function correctOnPurpose({ store, queue }: { store: Store; queue: Queue | null }, of: { readonly pack: string; readonly digest: string; readonly tolerance: number; readonly pages: readonly PageNow[] }, now: Date, actor: string): Promise<number> {
  let owed = 0;
  for (const page of of.pages) owed += await store.transaction(async (tx) => {
    await tx.query('select id from deliveries where id = $1 for update', [page.id]);
    const row = await deliveryOf(tx, page.id);
    if (row === null || row.pack !== of.pack || row.digest !== of.digest || row.kind !== 'page' || row.state !== 'delivered' || row.figures === null) return 0;
    const judgement = judgedOnPurpose(row.figures as Figure[], page.figures, of.tolerance);
    if (judgement.changes.length === 0) return 0;
    const { recipient, from, to } = row;
    const count = await oweCorrection(tx, row, judgement, page, true, now, actor, async (within, about, payload) => {
      const ids = await owe(within, [{ pack: of.pack, digest: of.digest, period: { from, to }, recipient, dueAt: now, kind: 'correction', about, payload }], now, actor);
      await move(within, ids, 'ready', {}, now, actor);
      if (queue !== null && ids.length > 0) {
        await markWoken(within, ids, now);
        await queue.add(within, ids);
      }
      return ids;
    });
    if (count > 0) await recordAudit(tx, { at: now, actor, action: 'corrected', detail: { pack: of.pack, digest: of.digest, period: from, recipient, figures: judgement.changes.length, redefined: judgement.redefined } });
    return count;
  });
  return owed;
}
