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
  /** The name that the title begins with; where there is no room for all, it is shortened and the finding stays. Empty: none. */
  readonly subject: string;
  readonly subtitle: string;
  readonly style: NumberStyle;
}

type Series = readonly (number | null)[];

/** Names of periods on an axis; what stands after a line break stands under the rest. */
type Labels = readonly string[];

/** Spend as bars on budget, hours as a line in a strip of its own below, same months. */
export interface CoupledChart extends ChartBase {
  readonly kind: 'coupled';
  readonly labels: Labels;
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
  readonly labels: Labels;
  readonly values: Series;
  readonly lastYear: Series | null;
  readonly plan: Series | null;
  readonly names: { readonly values: string; readonly lastYear: string; readonly plan: string };
  /** `from`: index of the first point they hold for. */
  readonly limits: { readonly mean: number; readonly lower: number; readonly upper: number; readonly from: number } | null;
  /** Indexes outside the process limits. */
  readonly signals: readonly number[];
  readonly partial: readonly boolean[];
}

/** One small panel per unit: bars on a stepped line of the plan where there is one, shared scale, deviation in the heading. */
export interface MultiplesChart extends ChartBase {
  readonly kind: 'multiples';
  readonly labels: Labels;
  readonly panels: readonly { readonly name: string; readonly note: string; readonly tone: Tone; readonly values: Series; readonly plan: Series }[];
  /** What colours and line mean; null where there is no plan: then nothing is over or under one. `none`: a period without plan. */
  readonly legend: { readonly over: string; readonly under: string; readonly plan: string; readonly none: string } | null;
}

/** Deviation bars from a zero line, one row per unit or measure, label with sign and number. */
export interface VarianceChart extends ChartBase {
  readonly kind: 'variance';
  readonly rows: readonly { readonly name: string; readonly value: number | null; readonly label: string; readonly tone: Tone; readonly own: boolean }[];
}

/** As many bars as one picture has room for; of more, the painter draws those that tell most. */
export const MOST_BARS = 16;

/** Plain horizontal bars, one per unit or dimension value, with an optional mark (plan, average) that the subtitle names. */
export interface BarsChart extends ChartBase {
  readonly kind: 'bars';
  readonly rows: readonly { readonly name: string; readonly value: number | null; readonly label: string; readonly mark: number | null; readonly tone: Tone; readonly own: boolean }[];
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
