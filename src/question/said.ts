import type { Period, TimeGrain } from '../calendar/period.ts';
import type { Comparison, Having } from '../query/query.ts';

/** How the answer is to look. */
export type Shape = 'chart' | 'table' | 'numbers' | 'excel';

/** What a question itself says, part by part; what it does not say is empty or null. Nothing here is assumed. */
export interface Said {
  /** Ids of measures, in the order named. */
  measures: string[];
  /** Names that several measures share. */
  unclear: { words: string; measures: readonly string[] }[];
  units: string[];
  /** "Everything but Nord": units to leave out of the grouping. */
  except: string[];
  /** "Mod Syd", after a question about another unit: both. */
  versus: boolean;
  /** The measure is the one whose budget was named, and no other ("over budget"). */
  viaPlan: boolean;
  level: string | null;
  /** "De andre distrikter": the units of the level, the named one among them. */
  others: boolean;
  /** "Dyrt", "billigere": said of a price, when nothing else is named. */
  priced: boolean;
  /** A level in the definite singular ("distriktet"), which a person with several can't mean. */
  oneOfLevel: string | null;
  by: { readonly grain: TimeGrain } | { readonly dimension: string; readonly values: readonly string[] | null } | null;
  /** "Pr. måned", beside a split or not. */
  grain: TimeGrain | null;
  /** A period; several that must be asked about; none. */
  periods: readonly Period[];
  periodWords: string;
  /** Two periods that are neither compared nor joined. */
  torn: boolean;
  comparisons: Comparison[];
  comparedTo: Period | null;
  /** "Hele 2025": the year as a whole, also beside a part of one. */
  whole: boolean;
  trend: boolean;
  /** "Steget", "faldet": a change, against something not said. */
  change: boolean;
  /** "Over budget", "merforbrug", "afvigelse": a difference from the plan. */
  deviation: boolean;
  having: Omit<Having, 'measure'> | null;
  /** A limit said so that it may be something else: "borgere over 80". */
  loose: boolean;
  /** One measure of another ("budget for vikarer", "hvor meget af lønnen går til vikarer"). */
  restricted: readonly [whole: string, part: string] | null;
  rank: { readonly direction: 'highest' | 'lowest' | 'best' | 'worst'; readonly of: 'value' | 'deviation' | 'change'; readonly price: boolean } | null;
  limit: number | null;
  shape: Shape | null;
  /** "Hvad koster en time": the price of what follows. */
  priceOf: boolean;
  /** "X pr. Y": measures said as one divided by another. */
  divided: readonly [over: string, under: string] | null;
  /** "Hvad ender vi på": the forecast. */
  outlook: boolean;
  /** "Hvor meget har vi brugt": the money, when nothing else is named. */
  spending: boolean;
  /** "Hvor mange vikarer": a number, where the measure may be money. */
  counted: boolean;
  /** A quarter or half-year now running, of which only closed months are shown. */
  soFar: string;
  /** The year that was said and has nothing closed yet, where the one before stands for it; null: none. */
  instead: Period | null;
  /** "Gennemsnitlig": said of a measure, not compared with. */
  averaged: boolean;
}

export const nothingSaid = (): Said => ({
  measures: [], unclear: [], units: [], except: [], versus: false, viaPlan: false, level: null, others: false, priced: false, oneOfLevel: null, by: null, grain: null, periods: [], periodWords: '', torn: false, comparisons: [], comparedTo: null, whole: false,
  trend: false, change: false, deviation: false, having: null, loose: false, restricted: null, rank: null, limit: null, shape: null, priceOf: false, divided: null, outlook: false, spending: false, averaged: false, counted: false, soFar: '', instead: null,
});
