import type { Period, TimeGrain } from '../calendar/period.ts';
import type { Pack } from '../pack/model.ts';
import { basesOf } from './evaluate.ts';

const COARSENESS: Readonly<Record<TimeGrain, number>> = { day: 0, week: 1, month: 2, quarter: 3, 'half-year': 4, year: 5 };
/** True when pieces of the first grain are larger than those of the second. */
export const coarser = (a: TimeGrain, b: TimeGrain): boolean => COARSENESS[a] > COARSENESS[b];

/** The coarsest grain of the sources a measure comes from: no figure is finer than its data. */
export function sourceGrain(pack: Pack, id: string): TimeGrain {
  const grains = basesOf(pack, id).map((base) => { const measure = pack.measures.get(base); return measure !== undefined && 'source' in measure ? pack.sources.get(measure.source)?.grain ?? 'day' : 'day'; });
  return grains.reduce((most, grain) => (coarser(grain, most) ? grain : most), 'day' as TimeGrain);
}

/** The pieces of time that some measures can be told in together: the coarsest grain of their data, at the finest months. */
export const piecesOf = (pack: Pack, measures: readonly string[]): TimeGrain =>
  measures.map((id) => sourceGrain(pack, id)).reduce<TimeGrain>((most, grain) => (coarser(grain, most) ? grain : most), 'month');

/** The pieces a digest's chart is told in: its own period's, or coarser ones where its data are. */
export function chartGrain(pack: Pack, measures: readonly string[], { grain }: Period): TimeGrain {
  const own = piecesOf(pack, measures);
  return grain === 'quarter' || grain === 'half-year' || grain === 'year' ? (coarser(own, grain) ? own : grain) : own;
}
