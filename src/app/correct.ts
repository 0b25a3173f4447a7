import { createHash } from 'node:crypto';
import { dayIn, shiftMonths, type IsoDate } from '../calendar/period.ts';
import { judgedOnPurpose, type Correction, type Figure } from '../delivery/correction.ts';
import type { LoadMark, NewLoad, Payload } from '../delivery/tell.ts';
import type { Digest, Pack } from '../pack/model.ts';
import type { Queue, Store } from '../ports.ts';
import { recordAudit } from './audit.ts';
import { sourcesOf } from './definitions.ts';
import type { Figures } from './figures.ts';
import { deliveryOf, keepFigures, markWoken, move, owe } from './ledger.ts';

/** The load of every source, by source. */
export type DataMarks = Readonly<Record<string, LoadMark>>;

/** Of which load figures are, and when it was made. */
export function dataOf({ sources }: Figures): { readonly marks: DataMarks; readonly loadedAt: (source: string) => string } {
  const marks: DataMarks = Object.fromEntries([...sources].map(([id, { report }]) => [id, { signature: report.signature, rows: report.rows, contents: report.contents }]));
  return { marks, loadedAt: (source) => sources.get(source)?.report.loadedAt ?? '' };
}

/** How many months back a sent page is held against new data. */
const CORRECTED_MONTHS = 13;

/** From when on sent pages are held against what the data say now. */
export function correctedSince(pack: Pack, digest: Digest, now: Date): IsoDate {
  // Of a demonstration only pages of its present dates are: when all of it moves on by a month, nothing that was said has become wrong.
  return (pack.demonstration?.moved ?? 0) > 0 ? digest.start : shiftMonths(dayIn(pack.timeZone, now), -CORRECTED_MONTHS);
}

/** The sources whose data are others than those of some marks. */
export function newLoads(before: DataMarks | null, now: DataMarks, loadedAt: (source: string) => string): NewLoad[] {
  return Object.entries(now).flatMap(([source, mark]): NewLoad[] => {
    const known = before?.[source] ?? null;
    const same = (known?.contents ?? '') === '' || (mark.contents ?? '') === '' ? known?.signature === mark.signature : known?.contents === mark.contents;
    return same ? [] : [{ source, loadedAt: loadedAt(source), rows: mark.rows, rowsBefore: known?.rows ?? null }];
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
export function loadsBehind(pack: Pack, measures: readonly string[], fresh: readonly NewLoad[], marks: DataMarks, loadedAt: (source: string) => string): NewLoad[] {
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

/**
 * Owes corrections of pages on purpose, whatever moved their figures, and records it: each page by itself, all or nothing. What is
 * said then counts as said, so the same a second time, or from two places at once, is sent once. Resolves with how many are owed.
 */
export async function correctOnPurpose({ store, queue }: { store: Store; queue: Queue | null }, of: { readonly pack: string; readonly digest: string; readonly tolerance: number; readonly pages: readonly PageNow[] }, now: Date, actor: string): Promise<number> {
  let owed = 0;
  for (const page of of.pages) owed += await store.transaction(async (tx) => {
    await tx.query('select id from deliveries where id = $1 for update', [page.id]);
    const row = await deliveryOf(tx, page.id);
    if (row === null || row.pack !== of.pack || row.digest !== of.digest || row.kind !== 'page' || row.state !== 'delivered' || row.figures === null) return 0;
    const { changes, redefined, kept } = judgedOnPurpose(row.figures as Figure[], page.figures, of.tolerance);
    if (changes.length === 0) return 0;
    await keepFigures(tx, page.id, kept, page.data);
    const { recipient, from, to } = row;
    const [earlier] = await tx.query<{ count: number }>(`select count(*)::int as count from deliveries where pack = $1 and digest = $2 and period_from = $3 and recipient = $4 and kind = 'correction'`, [of.pack, of.digest, from, recipient]);
    const payload: Payload = { kind: 'correction', unit: page.unit, changes, loads: page.loads, ...(redefined.length === 0 ? {} : { redefined }) };
    const ids = await owe(tx, [{ pack: of.pack, digest: of.digest, period: { from, to }, recipient, dueAt: now, kind: 'correction', about: aboutOf(changes, earlier?.count ?? 0), payload }], now, actor);
    await move(tx, ids, 'ready', {}, now, actor);
    if (queue !== null && ids.length > 0) {
      await markWoken(tx, ids, now);
      await queue.add(tx, ids);
    }
    await recordAudit(tx, { at: now, actor, action: 'corrected', detail: { pack: of.pack, digest: of.digest, period: from, recipient, figures: changes.length, redefined } });
    return ids.length;
  });
  return owed;
}

/** There and back and there again is said three times: which correction of the page it is, is part of what it is about. */
const aboutOf = (changes: readonly Correction[], earlier: number): string => createHash('sha256').update(JSON.stringify([changes, 'on-purpose', earlier])).digest('hex').slice(0, 16);
