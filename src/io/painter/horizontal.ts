import type { ChartConfiguration } from 'chart.js';
import { captions } from '../../card/captions.ts';
import { MOST_BARS, type BarsChart, type VarianceChart } from '../../chart/spec.ts';
import { BASE, COLOURS, DEVIATIONS, drawing, heading, INKS, marks, paintZero, PLAIN, STRONG, VALUE, write, type Design } from './frame.ts';
import { apart, face, fitFigure, widthOf } from './text.ts';
import { THEME as T, WIDTH } from './theme.ts';

type Bar = (VarianceChart | BarsChart)['rows'][number];

const ROW = 30;
const MOST_HEIGHT = 508;
/** A sentence lists up to eight, and of those that share the highest or lowest place up to three. */
const LISTED = 8;
const TIED = 3;
const EDGE = 12;
const GAP = 7;
const MOST_NAME = 220;
const LEAST_NAME = 120;
/** The longest bar is never shorter than this, whatever stands beside it. */
const LEAST_BAR = 56;
const SMALL = face(13);

/** Which rows are drawn where not all have room: those that the words beside the picture name, then from both ends. */
export function telling(rows: readonly Bar[]): number[] {
  const all = [...rows.keys()];
  if (rows.length <= MOST_BARS) return all;
  const known = all.filter((i) => rows[i]?.value !== null);
  const size = known.map((i) => rows[i]?.value ?? 0);
  const extremes = [Math.max(...size), Math.min(...size)].flatMap((end) => {
    const label = rows[known.find((i) => rows[i]?.value === end) ?? -1]?.label;
    return known.filter((i) => rows[i]?.label === label).slice(0, TIED);
  });
  const ends = known.map((_i, k) => (k % 2 === 0 ? known[k / 2] : known[known.length - (k + 1) / 2]) ?? 0);
  const wanted = [...all.filter((i) => rows[i]?.own === true).slice(0, 1), ...extremes, ...all.slice(0, LISTED), ...known.slice(-1), ...ends, ...all];
  return [...new Set(wanted)].slice(0, MOST_BARS).sort((a, b) => a - b);
}

/** Pixels per unit and where nought is, so that every bar has its label beside it; `outside`: a negative bar's stands at its own end, else across the zero line. */
interface Ruler { readonly perUnit: number; readonly zero: number; readonly outside: boolean }
interface Extent { readonly low: number; readonly high: number; readonly label: number; readonly negative: boolean }

function rulerOf(rows: readonly Extent[], width: number): Ruler {
  const reach = Math.max(0, ...rows.map(({ high }) => high)) - Math.min(0, ...rows.map(({ low }) => low));
  const measured = (outside: boolean): Ruler => {
    const left = (perUnit: number): number => Math.max(0, ...rows.map(({ low, label, negative }) => -low * perUnit + (negative && outside ? label : 0)));
    const right = (perUnit: number): number => Math.max(0, ...rows.map(({ high, label, negative }) => high * perUnit + (negative && outside ? 0 : label)));
    if (reach === 0) return { perUnit: 1, zero: left(0), outside };
    let [least, greatest] = [0, width / reach];
    for (let i = 0; i < 40; i += 1) {
      const middle = (least + greatest) / 2;
      if (left(middle) + right(middle) <= width) least = middle; else greatest = middle;
    }
    return { perUnit: least, zero: left(least), outside };
  };
  const outside = measured(true);
  return outside.perUnit * reach >= width * 0.42 ? outside : measured(false);
}

/** Horizontal bars with their value beside them, and a mark for plan, last year or average. */
export function horizontal(spec: VarianceChart | BarsChart): Design {
  const chosen = telling(spec.rows);
  const shown = chosen.map((i) => spec.rows[i] as Bar);
  const marked = shown.map((row) => ('mark' in row ? row.mark : null));
  const look = (row: Bar): typeof PLAIN => (row.own && shown.length > 1 ? STRONG : PLAIN);
  const widest = shown.some((row) => look(row) === STRONG) ? STRONG : PLAIN;
  const inside = WIDTH - 2 * EDGE - 8;
  const longest = Math.max(...shown.map(({ label }) => widthOf(label, VALUE)));
  const names = apart(shown.map(({ name }) => name), Math.min(MOST_NAME, Math.max(LEAST_NAME, inside - 2 * LEAST_BAR - GAP - longest)), widest);
  const nameWidth = Math.max(...names.map((name) => widthOf(name, widest)));
  const width = inside - nameWidth;
  const labels = shown.map(({ label }) => fitFigure(label, width - LEAST_BAR - GAP, VALUE));
  const ruler = rulerOf(shown.map(({ value }, i) => {
    const ends = [value ?? 0, marked[i] ?? 0];
    return { low: Math.min(0, ...ends), high: Math.max(0, ...ends), label: widthOf(labels[i] ?? '', VALUE) + GAP, negative: (value ?? 0) < 0 };
  }), width);
  const left = EDGE + nameWidth + 8;
  const head = heading(spec);
  const rest = spec.rows.length > shown.length ? captions(spec.style.language).shown(shown.length, spec.rows.length) : '';
  const foot = rest === '' ? 8 : 26;
  const height = Math.min(MOST_HEIGHT, Math.max(150, head.bottom + shown.length * ROW + foot));

  const notes = drawing((chart, x) => {
    head.paint(x as never);
    paintZero(chart, 'x');
    const at = (value: number): number => left + ruler.zero + value * ruler.perUnit;
    const bars = marks(chart, 0);
    shown.forEach((row, i) => {
      const y = bars[i]?.y ?? 0;
      const [value, mark] = [row.value ?? 0, marked[i] ?? null];
      if (mark !== null) { x.fillStyle = T.ink; x.fillRect(at(mark) - 1.25, y - 11, 2.5, 22); }
      const toLeft = value < 0 && ruler.outside;
      const side = toLeft ? -1 : 1;
      const end = at(value < 0 && !toLeft ? 0 : value) + side * GAP;
      // Beside its bar, not beyond a mark far off; beyond it where there is no room before it.
      const before = mark === null || (at(mark) - end) * side < -GAP || (at(mark) - end) * side > widthOf(labels[i] ?? '', VALUE) + 4;
      const from = before ? end : at(mark) + side * GAP;
      write(x as never, names[i] ?? '', { x: EDGE, y: y + 1 }, look(row), T.ink, 'left', 'middle');
      const colour = row.value === null ? T.muted : spec.kind === 'variance' ? INKS[row.tone] : T.ink;
      write(x as never, labels[i] ?? '', { x: from, y: y + 1 }, VALUE, colour, toLeft ? 'right' : 'left', 'middle');
      const above = chosen[i - 1];
      if (above === undefined || above === (chosen[i] ?? 0) - 1) return;
      // Rows that are left out between two are a dotted line.
      const between = ((bars[i - 1]?.y ?? 0) + y) / 2;
      x.fillStyle = T.edge;
      for (let dot = EDGE; dot < EDGE + nameWidth; dot += 6) x.fillRect(dot, between - 0.5, 2, 1.5);
    });
    if (rest !== '') write(x as never, rest, { x: chart.width - EDGE, y: chart.height - 8 }, SMALL, T.muted, 'right');
  });
  const colours = spec.kind === 'variance' ? DEVIATIONS : COLOURS;
  const config = {
    type: 'bar',
    data: { labels: names, datasets: [{
      data: shown.map((row) => row.value), backgroundColor: shown.map((row) => colours[row.tone]),
      borderColor: shown.map((row) => (row.own ? T.ink : colours[row.tone])), borderWidth: shown.map((row) => (row.own && shown.length > 1 ? 2 : 0)), categoryPercentage: 0.8, barPercentage: 0.8, maxBarThickness: 20,
    }] },
    plugins: [notes],
    options: {
      ...BASE, indexAxis: 'y', layout: { padding: { left, right: WIDTH - left - width, top: head.bottom, bottom: foot } }, plugins: { tooltip: { enabled: false }, legend: { display: false } },
      scales: { x: { min: -ruler.zero / ruler.perUnit, max: (width - ruler.zero) / ruler.perUnit, display: false }, y: { display: false } },
    },
  };
  return { config: config as unknown as ChartConfiguration, width: WIDTH, height };
}
