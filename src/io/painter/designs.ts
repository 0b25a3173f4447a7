import type { Chart, ChartConfiguration, Plugin } from 'chart.js';
import type { BarsChart, ChartSpec, CoupledChart, NumberStyle, Tone, TrendChart, VarianceChart } from '../../chart/spec.ts';
import { unitName } from '../../card/numbers.ts';
import { FONT, HEIGHT, SCALE, THEME as T, WIDTH } from './theme.ts';
import { scaleOf, tick, written, type Scale } from './words.ts';

/** A configuration and the size to draw it at, in CSS pixels. */
export interface Design { readonly config: ChartConfiguration; readonly width: number; readonly height: number }

const TICK = 15;
const font = (size: number, weight: 'normal' | 600 = 'normal'): { family: string; size: number; weight: 'normal' | 600 } => ({ family: FONT, size, weight });
const BASE = { animation: false as const, responsive: false, devicePixelRatio: SCALE, events: [] as never[] };
const COLOURS: Record<Tone, string> = { concern: T.vermillion, good: T.blue, neutral: T.blue };
/** Of a deviation, one that is neither good nor bad is grey. */
const DEVIATIONS: Record<Tone, string> = { ...COLOURS, neutral: T.edge };
const INKS: Record<Tone, string> = { concern: T.alert, good: T.blue, neutral: T.ink };

/** Breaks a title into lines of at most `most` letters, and says the rest with an ellipsis on the last of two. */
export function lines(text: string, most: number): string[] {
  const out: string[] = [];
  for (const part of text.split(' ')) {
    const last = out.at(-1);
    if (last !== undefined && last.length + 1 + part.length <= most) out[out.length - 1] = `${last} ${part}`;
    else out.push(part);
  }
  if (out.length <= 2) return out;
  const second = out[1] ?? '';
  return [out[0] ?? '', `${second.slice(0, most - 1)}…`];
}

function heading(spec: { title: string; subtitle: string }): Record<string, unknown> {
  return {
    tooltip: { enabled: false }, legend: { display: false },
    title: { display: true, text: lines(spec.title, 42), align: 'start', color: T.ink, font: { ...font(20, 600), lineHeight: 1.15 }, padding: { top: 0, bottom: 2 } },
    subtitle: { display: spec.subtitle !== '', text: lines(spec.subtitle, 58), align: 'start', color: T.muted, font: { ...font(TICK), lineHeight: 1.2 }, padding: { bottom: 10 } },
  };
}

/** The subtitle names the unit; where the axis is in thousands or millions it says so there. */
function withScale(spec: { title: string; subtitle: string; style: NumberStyle }, scale: Scale): { title: string; subtitle: string } {
  if (scale.name === '') return spec;
  const unit = unitName(spec.style.unit, spec.style.language);
  return { title: spec.title, subtitle: unit !== '' && spec.subtitle.includes(unit) ? spec.subtitle.replace(unit, scale.name) : `${spec.subtitle} (${scale.name})` };
}
const months = (labels: readonly string[]): Record<string, unknown> => ({
  grid: { display: false }, border: { color: T.edge },
  ticks: {
    color: T.muted, font: font(TICK), maxRotation: 0, autoSkip: labels.some((l) => !/^.{1,3}( ’\d\d)?$/.test(l)), autoSkipPadding: 14,
    // The year stands under its month, so that thirteen letters have room.
    callback: (_v: unknown, i: number) => (labels[i] ?? '').split(' ').length === 2 && (labels[i] ?? '').includes('’') ? (labels[i] ?? '').split(' ') : labels[i],
  },
});
const values = (scale: Scale, style: NumberStyle): Record<string, unknown> => ({ color: T.muted, font: font(TICK), maxTicksLimit: 5, callback: (v: number | string) => tick(Number(v), scale, style) });

type Meta = { x: number; y: number; base?: number; skip?: boolean };
const points = (chart: Chart, dataset: number): Meta[] => chart.getDatasetMeta(dataset).data as unknown as Meta[];

/** Up to one percent over is no cause for concern, as in the tables of the page. */
const AS_BUDGET = 0.01;

/** Spend on budget, output in a strip of its own below: same months, own scale. */
function coupled(spec: CoupledChart): Design {
  const scale = scaleOf([...spec.spend, ...spec.budget], spec.style);
  const outputScale = scaleOf(spec.output, spec.outputStyle);
  const over = spec.spend.map((v, i) => v !== null && spec.budget[i] !== null && v > (spec.budget[i] ?? 0) * (1 + AS_BUDGET));
  const known = spec.output.filter((v): v is number => v !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const room = Math.max((high - low) * 0.25, Math.abs(high) * 0.02, 1e-9);
  const notes: Plugin = {
    id: 'notes',
    afterDatasetsDraw(chart) {
      const x = chart.ctx;
      x.save();
      x.textAlign = 'center';
      x.font = `600 14px ${FONT}`;
      const [budget, spend, output] = [points(chart, 0), points(chart, 1), points(chart, 2)];
      const taken: { from: number; to: number }[] = [];
      const off = (i: number): number => Math.abs((spec.spend[i] ?? 0) / (spec.budget[i] ?? Infinity) - 1);
      const newest = spec.spend.length - 1;
      // The newest has its label, and of others too close to each other the larger.
      for (const i of [...spec.spend.keys()].sort((a, b) => Number(b === newest) - Number(a === newest) || off(b) - off(a))) {
        const v = spec.spend[i] ?? null;
        const plan = spec.budget[i] ?? null;
        const [bar, base] = [spend[i], budget[i]];
        if (v === null || plan === null || plan === 0 || bar === undefined || base === undefined) continue;
        const relative = v / plan - 1;
        // Only what needs a look is labelled; the newest month always is when there is room.
        if (Math.abs(relative) < (i === newest ? 0.005 : 0.05)) continue;
        const text = `${relative > 0 ? '▲' : '▼'}${Math.round(Math.abs(relative) * 100)}`;
        const half = x.measureText(text).width / 2;
        if (taken.some(({ from, to }) => bar.x + half > from && bar.x - half < to)) continue;
        taken.push({ from: bar.x - half - 2, to: bar.x + half + 2 });
        x.fillStyle = relative > 0 ? T.alert : T.blue;
        x.fillText(text, bar.x, Math.min(bar.y, base.y) - 5);
      }
      const last = known.length === 0 ? -1 : spec.output.findLastIndex((v) => v !== null);
      const [first, end] = [output.find((_p, i) => spec.output[i] !== null), output[last]];
      if (first !== undefined && end !== undefined) {
        x.fillStyle = T.ink;
        x.textBaseline = 'middle';
        x.font = `${TICK}px ${FONT}`;
        x.textAlign = 'right';
        x.fillText(spec.outputName, chart.chartArea.left - 6, (chart.scales['h']?.top ?? 0) + (chart.scales['h']?.height ?? 0) / 2);
        x.textAlign = 'left';
        x.font = `600 ${TICK}px ${FONT}`;
        x.fillText(written(spec.output[last] ?? 0, outputScale, spec.outputStyle), end.x + 8, end.y);
      }
      x.restore();
    },
  };
  const config = {
    type: 'bar',
    data: { labels: [...spec.labels], datasets: [
      { data: [...spec.budget], backgroundColor: T.budget, borderColor: T.edge, borderWidth: { top: 2, left: 0, right: 0, bottom: 0 }, grouped: false, categoryPercentage: 0.92, barPercentage: 1, order: 2, yAxisID: 'y' },
      { data: [...spec.spend], backgroundColor: over.map((o, i) => (spec.partial[i] === true ? (o ? T.paleVermillion : T.paleBlue) : o ? T.vermillion : T.blue)), borderColor: over.map((o) => (o ? T.vermillion : T.blue)), borderWidth: spec.partial.map((p) => (p ? 1.5 : 0)), grouped: false, categoryPercentage: 0.5, barPercentage: 1, order: 1, yAxisID: 'y' },
      { type: 'line', data: [...spec.output], borderColor: T.ink, backgroundColor: T.ink, borderWidth: 2.5, pointRadius: spec.output.map((v, i) => (i === spec.output.length - 1 && v !== null ? 4 : 0)), spanGaps: false, clip: false, yAxisID: 'h', order: 0 },
    ] },
    plugins: [notes],
    options: {
      ...BASE, layout: { padding: { left: 12, right: 58, top: 12, bottom: 8 } }, plugins: heading(withScale(spec, scale)),
      scales: {
        x: months(spec.labels),
        h: { stack: 's', stackWeight: 1, offset: true, min: known.length === 0 ? 0 : low - room, max: known.length === 0 ? 1 : high + room, border: { display: false }, grid: { display: false }, ticks: { display: false } },
        y: { stack: 's', stackWeight: 3, beginAtZero: true, grace: '14%', border: { display: false }, grid: { color: T.grid }, ticks: { ...values(scale, spec.style), maxTicksLimit: 4 } },
      },
    },
  };
  return { config: config as unknown as ChartConfiguration, width: WIDTH, height: HEIGHT };
}

/** One line over time; last year lighter, plan dashed, process limits as a band, signals as diamonds. */
function trend(spec: TrendChart): Design {
  const series = [...spec.values, ...(spec.lastYear ?? []), ...(spec.plan ?? [])];
  const known = series.filter((v): v is number => v !== null);
  const scale = scaleOf(known, spec.style);
  const names: { text: string; at: number; colour: string; bold: boolean }[] = [];
  const lastOf = (list: readonly (number | null)[] | null): number => list === null ? -1 : list.findLastIndex((v) => v !== null);
  const notes: Plugin = {
    id: 'notes',
    beforeDatasetsDraw(chart) {
      const y = chart.scales['y'];
      if (spec.limits === null || y === undefined) return;
      const x = chart.ctx;
      const { left, right } = chart.chartArea;
      x.save();
      x.fillStyle = T.band;
      x.fillRect(left, y.getPixelForValue(spec.limits.upper), right - left, y.getPixelForValue(spec.limits.lower) - y.getPixelForValue(spec.limits.upper));
      x.restore();
    },
    afterDatasetsDraw(chart) {
      const x = chart.ctx;
      const y = chart.scales['y'];
      if (y === undefined) return;
      x.save();
      names.length = 0;
      const add = (list: readonly (number | null)[] | null, name: string, colour: string, bold: boolean, value: boolean): void => {
        const i = lastOf(list);
        const v = i < 0 ? null : (list?.[i] ?? null);
        if (v === null) return;
        if (value) names.push({ text: written(v, scale, spec.style), at: y.getPixelForValue(v), colour, bold: true });
        names.push({ text: name, at: y.getPixelForValue(v) + (value ? 17 : 0), colour, bold });
      };
      add(spec.values, spec.names.values, T.blue, false, true);
      add(spec.lastYear, spec.names.lastYear, T.muted, false, false);
      add(spec.plan, spec.names.plan, T.ink, false, false);
      // Names at the right edge are moved apart, topmost first, and kept inside.
      names.sort((a, b) => a.at - b.at);
      names.forEach((name, i) => { name.at = Math.max(name.at, i === 0 ? chart.chartArea.top : (names[i - 1]?.at ?? 0) + 17); });
      const beyond = (names.at(-1)?.at ?? 0) - chart.chartArea.bottom;
      if (beyond > 0) for (let i = names.length - 1, limit = chart.chartArea.bottom; i >= 0; i -= 1, limit -= 17) { const n = names[i]; if (n !== undefined && n.at > limit) n.at = limit; }
      x.textBaseline = 'middle';
      x.textAlign = 'left';
      for (const name of names) {
        x.font = `${name.bold ? '600 ' : ''}14px ${FONT}`;
        x.fillStyle = name.colour;
        let text = name.text;
        while (text.length > 2 && x.measureText(text).width > 98) text = `${text.slice(0, -2)}…`;
        x.fillText(text, chart.chartArea.right + 8, name.at);
      }
      x.font = `600 14px ${FONT}`;
      x.fillStyle = T.alert;
      x.textAlign = 'center';
      const data = points(chart, 0);
      for (const i of spec.signals.filter((s) => s !== spec.values.length - 1)) {
        const [p, v] = [data[i], spec.values[i]];
        if (p !== undefined && v !== null && v !== undefined) x.fillText(written(v, scale, spec.style), p.x, v > (spec.limits?.mean ?? v) ? p.y - 14 : p.y + 16);
      }
      x.restore();
    },
  };
  const signal = (i: number): boolean => spec.signals.includes(i);
  const config = {
    type: 'line',
    data: { labels: [...spec.labels], datasets: [
      { data: [...spec.values], borderColor: T.blue, borderWidth: 2.5, tension: 0, spanGaps: false, clip: false, order: 0,
        pointStyle: spec.values.map((_v, i) => (signal(i) ? 'rectRot' : 'circle')), pointRadius: spec.values.map((_v, i) => (signal(i) ? 7 : spec.values.length > 24 && i !== spec.values.length - 1 ? 0 : 3.5)),
        pointBackgroundColor: spec.values.map((_v, i) => (spec.partial[i] === true ? T.paper : signal(i) ? T.vermillion : T.blue)), pointBorderColor: spec.values.map((_v, i) => (signal(i) ? T.vermillion : T.blue)), pointBorderWidth: 1.5 },
      ...(spec.lastYear === null ? [] : [{ data: [...spec.lastYear], borderColor: T.edge, borderWidth: 2, pointRadius: 0, tension: 0, spanGaps: false, order: 1 }]),
      ...(spec.plan === null ? [] : [{ data: [...spec.plan], borderColor: T.ink, borderWidth: 1.75, borderDash: [6, 4], pointRadius: spec.values.length === 1 ? 3 : 0, tension: 0, spanGaps: false, order: 2 }]),
    ] },
    plugins: [notes],
    options: {
      ...BASE, layout: { padding: { left: 12, right: 112, top: 12, bottom: 8 } }, plugins: heading(withScale(spec, scale)),
      scales: { x: months(spec.labels), y: { grace: '12%', ...(spec.limits === null ? {} : { suggestedMin: spec.limits.lower, suggestedMax: spec.limits.upper }), ...(known.every((v) => v >= 0) ? { beginAtZero: Math.min(...known) < Math.max(...known) * 0.4 } : {}), border: { display: false }, grid: { color: T.grid }, ticks: values(scale, spec.style) } },
    },
  };
  return { config: config as unknown as ChartConfiguration, width: WIDTH, height: HEIGHT };
}

const ROW = 30;
const MOST_ROWS = 16;
/** Rows beyond what fits are left to the table; the last bar says how many. */
function fitting<R>(rows: readonly R[]): { shown: R[]; left: number } {
  return rows.length <= MOST_ROWS ? { shown: [...rows], left: 0 } : { shown: rows.slice(0, MOST_ROWS), left: rows.length - MOST_ROWS };
}
const rowHeight = (count: number, title: string): number => Math.min(508, Math.max(150, 92 + (lines(title, 42).length - 1) * 23 + count * ROW));

/** Horizontal bars with their value at the end, and a mark for plan, last year or average. */
function horizontal(spec: VarianceChart | BarsChart): Design {
  const { shown, left } = fitting<(VarianceChart | BarsChart)['rows'][number]>(spec.rows);
  const marks = spec.kind === 'bars' ? (shown as BarsChart['rows']).map((row) => row.mark) : shown.map(() => null);
  const all = [...shown.map((row) => row.value), ...marks].filter((v): v is number => v !== null);
  const [low, high] = [Math.min(0, ...all), Math.max(0, ...all)];
  const reach = Math.max(high - low, 1e-9);
  const notes: Plugin = {
    id: 'notes',
    afterDatasetsDraw(chart) {
      const x = chart.ctx;
      const axis = chart.scales['x'];
      if (axis === undefined) return;
      x.save();
      x.textBaseline = 'middle';
      const zero = axis.getPixelForValue(0);
      x.strokeStyle = T.edge;
      x.lineWidth = 1.5;
      x.beginPath();
      x.moveTo(zero, chart.chartArea.top);
      x.lineTo(zero, chart.chartArea.bottom);
      x.stroke();
      points(chart, 0).forEach((bar, i) => {
        const row = shown[i];
        if (row === undefined) return;
        const mark = marks[i] ?? null;
        if (mark !== null) {
          const at = axis.getPixelForValue(mark);
          x.strokeStyle = T.ink;
          x.lineWidth = 2.5;
          x.beginPath();
          x.moveTo(at, bar.y - 11);
          x.lineTo(at, bar.y + 11);
          x.stroke();
        }
        const end = row.value === null ? zero : axis.getPixelForValue(row.value);
        const beyond = mark === null ? end : (row.value ?? 0) >= 0 ? Math.max(end, axis.getPixelForValue(mark)) : Math.min(end, axis.getPixelForValue(mark));
        const negative = (row.value ?? 0) < 0;
        x.font = `600 14px ${FONT}`;
        x.fillStyle = row.value === null ? T.muted : spec.kind === 'variance' ? INKS[row.tone] : T.ink;
        x.textAlign = negative ? 'right' : 'left';
        x.fillText(row.label, beyond + (negative ? -7 : 7), bar.y + 1);
      });
      if (left > 0) {
        x.font = `13px ${FONT}`;
        x.fillStyle = T.muted;
        x.textAlign = 'right';
        x.fillText(`+ ${left}`, chart.width - 12, chart.height - 12);
      }
      x.restore();
    },
  };
  const colours = spec.kind === 'variance' ? DEVIATIONS : COLOURS;
  const longest = Math.max(...shown.map((row) => row.label.length), 1) * 8.2;
  const share = longest / 300;
  const line = spec.style.language === 'da' ? 'streg' : 'line';
  const named = spec.kind === 'bars' && marks.some((m) => m !== null) && spec.markName !== '' ? `${spec.subtitle} · ${line}: ${spec.markName}` : spec.subtitle;
  const config = {
    type: 'bar',
    data: { labels: shown.map((row) => (row.name.length > 20 ? `${row.name.slice(0, 19)}…` : row.name)), datasets: [{ data: shown.map((row) => row.value), backgroundColor: shown.map((row) => colours[row.tone]), borderColor: shown.map((row) => (row.own ? T.ink : colours[row.tone])), borderWidth: shown.map((row) => (row.own && shown.length > 1 ? 2 : 0)), categoryPercentage: 0.8, barPercentage: 0.8, maxBarThickness: 20 }] },
    plugins: [notes],
    options: {
      ...BASE, indexAxis: 'y', layout: { padding: { left: 12, right: 14, top: 12, bottom: 10 } }, plugins: heading({ title: spec.title, subtitle: named }),
      scales: {
        x: { min: low === 0 ? 0 : low - reach * share, max: high === 0 && low < 0 ? reach * 0.05 : high + reach * share, display: false },
        y: { grid: { display: false }, border: { display: false }, ticks: { color: T.ink, font: shown.map((row) => font(TICK, row.own && shown.length > 1 ? 600 : 'normal')), crossAlign: 'far', autoSkip: false } },
      },
    },
  };
  return { config: config as unknown as ChartConfiguration, width: WIDTH, height: rowHeight(shown.length, spec.title) };
}

/** The design of a chart of one picture; small multiples are a sheet of several. */
export function designOf(spec: Exclude<ChartSpec, { kind: 'multiples' }>): Design {
  switch (spec.kind) {
    case 'coupled': return coupled(spec);
    case 'trend': return trend(spec);
    case 'variance': case 'bars': return horizontal(spec);
  }
}

export { BASE, INKS, font };
