import type { ChartConfiguration } from 'chart.js';
import type { CoupledChart } from '../../chart/spec.ts';
import { BASE, drawing, free, heading, heightOf, marks, paintTime, paintZero, PLAIN, STRONG, time, VALUE, values, withScale, write, type Design, type Taken } from './frame.ts';
import { fit, fitFigure, widthOf } from './text.ts';
import { THEME as T, WIDTH } from './theme.ts';
import { scaleOf, scaleWord, written } from './words.ts';

/** Up to one percent over is no cause for concern, as in the tables of the page. */
const AS_BUDGET = 0.01;
/** Beyond ten times its budget, or on the other side of nought, a percentage says nothing. */
const MOST_TOLD = 10;

/** How far spend is from budget, as a share of it; null where there is none to hold it against. */
function offBudget(spend: number | null | undefined, budget: number | null | undefined): number | null {
  return spend === null || spend === undefined || budget === null || budget === undefined || budget === 0 ? null : (spend - budget) / Math.abs(budget);
}

/** `▲14`; the arrow alone where a percentage says nothing. */
function arrow(off: number, across: boolean): string {
  const size = across || Math.abs(off) > MOST_TOLD ? '' : String(Math.round(Math.abs(off) * 100));
  return `${off > 0 ? '▲' : '▼'}${size}`;
}

/** Spend on budget, output in a strip of its own below: same months, own scale. */
export function coupled(spec: CoupledChart): Design {
  const scale = scaleOf([...spec.spend, ...spec.budget], spec.style);
  const outputScale = scaleOf(spec.output, spec.outputStyle);
  const off = spec.spend.map((v, i) => offBudget(v, spec.budget[i]));
  const over = off.map((share, i) => share === null ? spec.budget[i] === 0 && (spec.spend[i] ?? 0) > 0 : share > AS_BUDGET);
  const known = spec.output.filter((v): v is number => v !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const room = Math.max((high - low) * 0.25, Math.abs(high) * 0.02, 1e-9);
  const head = heading(withScale(spec, scale));
  const last = spec.output.findLastIndex((v) => v !== null);
  const end = last < 0 ? '' : fitFigure(`${written(spec.output[last] ?? 0, outputScale, spec.outputStyle)}${scaleWord(outputScale, spec.outputStyle)}`, 110, STRONG);
  const name = last < 0 ? '' : fit(spec.outputName, 90, PLAIN);
  const money = [...spec.spend, ...spec.budget].filter((v): v is number => v !== null);

  const notes = drawing((chart, x) => {
    head.paint(x as never);
    paintTime(chart, spec.labels);
    if (money.some((v) => v < 0)) paintZero(chart, 'y');
    const [budget, spend, output] = [marks(chart, 0), marks(chart, 1), marks(chart, 2)];
    const zero = chart.scales['y']?.getPixelForValue(0) ?? 0;
    const taken: Taken[] = [];
    const newest = spec.spend.length - 1;
    const topOf = (i: number): number => Math.min(zero, ...[spend[i], budget[i]].flatMap((bar, k) => (bar !== undefined && (k === 0 ? spec.spend : spec.budget)[i] !== null ? [bar.y] : [])));
    // The newest has its label, and of others too close to each other the larger.
    for (const i of [...spec.spend.keys()].sort((a, b) => Number(b === newest) - Number(a === newest) || Math.abs(off[b] ?? 0) - Math.abs(off[a] ?? 0))) {
      const [share, bar] = [off[i] ?? null, spend[i]];
      // Only what needs a look is labelled; the newest month always is when there is room.
      if (share === null || bar === undefined || Math.abs(share) < (i === newest ? 0.005 : 0.05)) continue;
      const text = arrow(share, (spec.spend[i] ?? 0) * (spec.budget[i] ?? 0) < 0);
      const half = widthOf(text, VALUE) / 2;
      // Not over the numbers of the axis, and above all the bars that it is as wide as.
      const at = Math.min(Math.max(bar.x, chart.chartArea.left + half + 2), chart.chartArea.right - half);
      const top = Math.min(...[...spec.spend.keys()].filter((k) => Math.abs((spend[k]?.x ?? 0) - at) < half + Math.abs((spend[1]?.x ?? 0) - (spend[0]?.x ?? 0)) / 2).map(topOf), topOf(i));
      const box = { left: at - half - 2, right: at + half + 2, top: top - 18, bottom: top - 3 };
      if (box.top < head.bottom - 6 || !free(taken, box)) continue;
      taken.push(box);
      write(x as never, text, { x: at, y: top - 5 }, VALUE, share > 0 ? T.alert : T.blue, 'center');
    }
    const point = output[last];
    if (point === undefined || last < 0) return;
    const strip = chart.scales['h'];
    write(x as never, name, { x: chart.chartArea.left - 6, y: (strip?.top ?? 0) + (strip?.height ?? 0) / 2 + 3 }, PLAIN, T.ink, 'right', 'middle');
    write(x as never, end, { x: chart.chartArea.right + 8, y: point.y }, STRONG, T.ink, 'left', 'middle');
  });
  const config = {
    type: 'bar',
    data: { labels: [...spec.labels], datasets: [
      { data: [...spec.budget], backgroundColor: T.budget, borderColor: T.edge, borderWidth: { top: 2, left: 0, right: 0, bottom: 2 }, grouped: false, categoryPercentage: 0.92, barPercentage: 1, maxBarThickness: 110, order: 2, yAxisID: 'y' },
      { data: [...spec.spend], backgroundColor: over.map((o, i) => (spec.partial[i] === true ? (o ? T.paleVermillion : T.paleBlue) : o ? T.vermillion : T.blue)), borderColor: over.map((o) => (o ? T.vermillion : T.blue)), borderWidth: spec.partial.map((p) => (p ? 1.5 : 0)), grouped: false, categoryPercentage: 0.5, barPercentage: 1, maxBarThickness: 60, order: 1, yAxisID: 'y' },
      { type: 'line', data: [...spec.output], borderColor: T.ink, backgroundColor: T.ink, borderWidth: 2.5, pointRadius: spec.output.map((_v, i) => (i === last ? 4 : 0)), spanGaps: false, clip: false, yAxisID: 'h', order: 0 },
    ] },
    plugins: [notes],
    options: {
      ...BASE, layout: { padding: { left: 12, right: Math.max(20, widthOf(end, STRONG) + 16), top: head.bottom, bottom: 4 } }, plugins: { tooltip: { enabled: false }, legend: { display: false } },
      scales: {
        x: time(spec.labels),
        h: { stack: 's', stackWeight: 1, offset: true, min: known.length === 0 ? 0 : low - room, max: known.length === 0 ? 1 : high + room, border: { display: false }, grid: { display: false }, ticks: { display: false } },
        y: {
          stack: 's', stackWeight: 3, beginAtZero: true, grace: '14%', border: { display: false }, grid: { color: T.grid }, ticks: values(scale, spec.style, 4),
          // The name of the line stands under the numbers of this axis.
          afterFit: (axis: { width: number }) => { axis.width = Math.max(axis.width, widthOf(name, PLAIN) + 6); },
        },
      },
    },
  };
  return { config: config as unknown as ChartConfiguration, width: WIDTH, height: heightOf(head) };
}
