import type { Chart, ChartConfiguration, Plugin } from 'chart.js';
import type { TrendChart } from '../../chart/spec.ts';
import { BASE, drawing, free, heading, heightOf, marks, NAME, paintTime, paintZero, time, VALUE, values, withScale, write, type Design, type Taken } from './frame.ts';
import { fit, fitFigure, widthOf, writable, type Face } from './text.ts';
import { THEME as T, WIDTH } from './theme.ts';
import { scaleOf, written } from './words.ts';

/** Room for a name at the right edge, and between two of them. */
const BESIDE = 120;
const STEP = 18;

interface Line { readonly text: string; readonly look: Face }
/** What stands beside the end of a line: its name, under its newest value where that is told. */
interface Beside { readonly lines: readonly Line[]; readonly colour: string; readonly value: number }

function besideOf(spec: TrendChart, label: (value: number) => string): Beside[] {
  const of = (list: TrendChart['values'] | null, name: string, colour: string, told: boolean): Beside[] => {
    const value = list?.findLast((v) => v !== null) ?? null;
    if (value === null) return [];
    const lines = [
      ...(told ? [{ text: fitFigure(label(value), BESIDE, VALUE), look: VALUE }] : []),
      { text: fit(writable(name), BESIDE, NAME), look: NAME },
    ].filter(({ text }) => text !== '');
    return lines.length === 0 ? [] : [{ lines, colour, value }];
  };
  return [...of(spec.values, spec.names.values, T.blue, true), ...of(spec.lastYear, spec.names.lastYear, T.muted, false), ...of(spec.plan, spec.names.plan, T.ink, false)];
}

/** Where the first line of each stands: beside the end of its line, moved apart and kept between the ends of the axis. */
function spread(wanted: readonly number[], heights: readonly number[], top: number, bottom: number): number[] {
  const order = [...wanted.keys()].sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const at = [...wanted];
  let least = top;
  for (const i of order) { at[i] = Math.max(at[i] ?? 0, least); least = (at[i] ?? 0) + (heights[i] ?? 0); }
  let most = bottom + STEP;
  for (const i of order.reverse()) { at[i] = Math.min(at[i] ?? 0, most - (heights[i] ?? 0)); most = at[i] ?? 0; }
  return at;
}

/** Values outside the process limits, newest first, where there is room for them. */
function paintSignals(chart: Chart, spec: TrendChart, x: CanvasRenderingContext2D, label: (value: number) => string): void {
  const data = marks(chart, 0);
  const { left, right, top } = chart.chartArea;
  const taken: Taken[] = [];
  for (const i of [...spec.signals].filter((s) => s !== spec.values.length - 1).reverse()) {
    const [point, v] = [data[i], spec.values[i]];
    if (point === undefined || v === null || v === undefined) continue;
    const text = label(v);
    const half = widthOf(text, VALUE) / 2;
    const at = Math.min(Math.max(point.x, left + half), right - half);
    const above = v > (spec.limits?.mean ?? v) && point.y - 24 > top - 8;
    const y = above ? point.y - 11 : point.y + 22;
    const box = { left: at - half - 3, right: at + half + 3, top: y - 12, bottom: y + 2 };
    if (!free(taken, box) || box.bottom > chart.chartArea.bottom + 4) continue;
    taken.push(box);
    write(x as never, text, { x: at, y }, VALUE, T.alert, 'center');
  }
}

/** One line over time; last year lighter, plan dashed, process limits as a band, signals as diamonds. */
export function trend(spec: TrendChart): Design {
  const known = [...spec.values, ...(spec.lastYear ?? []), ...(spec.plan ?? [])].filter((v): v is number => v !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const scale = scaleOf(known, spec.style);
  const label = (value: number): string => written(value, scale, spec.style);
  const head = heading(withScale(spec, scale));
  const beside = besideOf(spec, label);
  const band: Plugin = {
    id: 'band',
    beforeDatasetsDraw(chart) {
      const y = chart.scales['y'];
      if (spec.limits === null || y === undefined) return;
      const { right } = chart.chartArea;
      // A new level has limits of its own, from where it begins.
      const left = spec.limits.from === 0 ? chart.chartArea.left : chart.scales['x']?.getPixelForValue(spec.limits.from) ?? chart.chartArea.left;
      chart.ctx.fillStyle = T.band;
      chart.ctx.fillRect(left, y.getPixelForValue(spec.limits.upper), right - left, y.getPixelForValue(spec.limits.lower) - y.getPixelForValue(spec.limits.upper));
    },
  };
  const notes = drawing((chart, x) => {
    const y = chart.scales['y'];
    if (y === undefined) return;
    head.paint(x as never);
    paintTime(chart, spec.labels);
    if (low < 0 && high > 0) paintZero(chart, 'y');
    const tops = spread(beside.map(({ value }) => y.getPixelForValue(value)), beside.map(({ lines }) => lines.length * STEP), chart.chartArea.top, chart.chartArea.bottom);
    beside.forEach(({ lines, colour }, i) => lines.forEach(({ text, look }, row) => {
      write(x as never, text, { x: chart.chartArea.right + 10, y: (tops[i] ?? 0) + row * STEP }, look, colour, 'left', 'middle');
    }));
    paintSignals(chart, spec, x, label);
  });
  const signal = (i: number): boolean => spec.signals.includes(i);
  const line = { tension: 0, spanGaps: false, clip: false };
  const alone = (list: TrendChart['values']): number[] => list.map((v, i) => (v !== null && (list[i - 1] ?? null) === null && (list[i + 1] ?? null) === null ? 3 : 0));
  const config = {
    type: 'line',
    data: { labels: [...spec.labels], datasets: [
      { data: [...spec.values], borderColor: T.blue, borderWidth: 2.5, order: 0, ...line,
        pointStyle: spec.values.map((_v, i) => (signal(i) ? 'rectRot' : 'circle')),
        pointRadius: spec.values.map((_v, i) => (signal(i) ? 7 : spec.values.length > 24 && i !== spec.values.length - 1 ? alone(spec.values)[i] ?? 0 : 3.5)),
        pointBackgroundColor: spec.values.map((_v, i) => (spec.partial[i] === true ? T.paper : signal(i) ? T.vermillion : T.blue)), pointBorderColor: spec.values.map((_v, i) => (signal(i) ? T.vermillion : T.blue)), pointBorderWidth: 1.5 },
      ...(spec.lastYear === null ? [] : [{ data: [...spec.lastYear], borderColor: T.edge, backgroundColor: T.edge, borderWidth: 2, pointRadius: alone(spec.lastYear), order: 1, ...line }]),
      ...(spec.plan === null ? [] : [{ data: [...spec.plan], borderColor: T.ink, backgroundColor: T.ink, borderWidth: 1.75, borderDash: [6, 4], pointRadius: alone(spec.plan), order: 2, ...line }]),
    ] },
    plugins: [band, notes],
    options: {
      ...BASE, layout: { padding: { left: 12, right: Math.max(20, ...beside.flatMap(({ lines }) => lines.map(({ text, look }) => widthOf(text, look)))) + 18, top: head.bottom, bottom: 4 } }, plugins: { tooltip: { enabled: false }, legend: { display: false } },
      scales: {
        x: { ...time(spec.labels), offset: spec.values.length === 1 },
        y: { grace: '12%', ...(spec.limits === null ? {} : { suggestedMin: spec.limits.lower, suggestedMax: spec.limits.upper }), ...(low >= 0 ? { beginAtZero: low < high * 0.4 } : {}), ...(low === 0 && high === 0 ? { min: 0, suggestedMax: 1 } : {}), border: { display: false }, grid: { color: T.grid }, ticks: values(scale, spec.style) },
      },
    },
  };
  return { config: config as unknown as ChartConfiguration, width: WIDTH, height: heightOf(head) };
}
