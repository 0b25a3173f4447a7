import type { Language, UnitOfMeasure } from '../pack/model.ts';

/** How a chart writes its numbers. */
export interface NumberStyle {
  readonly language: Language;
  readonly unit: UnitOfMeasure;
  readonly decimals: number;
}

/** Text is already in the reader's language; the title is the finding, the subtitle says what and in which unit. */
interface ChartBase {
  readonly title: string;
  readonly subtitle: string;
  readonly style: NumberStyle;
}

type Series = readonly (number | null)[];

/** Spend as bars on budget, hours as a line in a strip of its own below, same months. */
export interface CoupledChart extends ChartBase {
  readonly kind: 'coupled';
  readonly labels: readonly string[];
  readonly budget: Series;
  readonly spend: Series;
  readonly output: Series;
  readonly outputName: string;
  readonly outputStyle: NumberStyle;
  /** Points that are not final (`partial`), drawn hollow or hatched. */
  readonly partial: readonly boolean[];
}

/** One measure over time, last year as a lighter line, plan or target as a dashed one, process limits as a band. */
export interface TrendChart extends ChartBase {
  readonly kind: 'trend';
  readonly labels: readonly string[];
  readonly values: Series;
  readonly lastYear: Series | null;
  readonly plan: Series | null;
  readonly names: { readonly values: string; readonly lastYear: string; readonly plan: string };
  readonly limits: { readonly mean: number; readonly lower: number; readonly upper: number } | null;
  /** Indexes outside the process limits. */
  readonly signals: readonly number[];
  readonly partial: readonly boolean[];
}

/** One small panel per unit: spend bars on a stepped budget line, shared scale, deviation in the heading. */
export interface MultiplesChart extends ChartBase {
  readonly kind: 'multiples';
  readonly labels: readonly string[];
  readonly panels: readonly { readonly name: string; readonly note: string; readonly tone: Tone; readonly values: Series; readonly plan: Series }[];
  readonly legend: { readonly values: string; readonly over: string; readonly under: string; readonly plan: string };
}

/** Deviation bars from a zero line, one row per unit or measure, label with sign and number. */
export interface VarianceChart extends ChartBase {
  readonly kind: 'variance';
  readonly rows: readonly { readonly name: string; readonly value: number | null; readonly label: string; readonly tone: Tone; readonly own: boolean }[];
}

/** Plain horizontal bars, one per unit or dimension value, with an optional mark (plan, average). */
export interface BarsChart extends ChartBase {
  readonly kind: 'bars';
  readonly rows: readonly { readonly name: string; readonly value: number | null; readonly label: string; readonly mark: number | null; readonly tone: Tone; readonly own: boolean }[];
  readonly markName: string;
}

/** Never colour alone: a tone always goes with a sign or a word. */
export type Tone = 'concern' | 'good' | 'neutral';

export type ChartSpec = CoupledChart | TrendChart | MultiplesChart | VarianceChart | BarsChart;

/** True when there is at least one number to draw. */
export function hasData(chart: ChartSpec): boolean {
  const some = (series: Series): boolean => series.some((v) => v !== null);
  switch (chart.kind) {
    case 'coupled': return some(chart.spend) || some(chart.budget) || some(chart.output);
    case 'trend': return some(chart.values);
    case 'multiples': return chart.panels.some((p) => some(p.values));
    case 'variance': case 'bars': return chart.rows.some((r) => r.value !== null);
  }
}
