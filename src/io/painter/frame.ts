import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Chart, ChartConfiguration, Plugin } from 'chart.js';
import { unitName } from '../../card/numbers.ts';
import type { NumberStyle, Tone } from '../../chart/spec.ts';
import { face, fontOf, lines, widthOf, type Face } from './text.ts';
import { FONT, HEIGHT, SCALE, THEME as T, WIDTH } from './theme.ts';
import { tick, type Scale } from './words.ts';

/** A configuration and the size to draw it at, in CSS pixels. */
export interface Design { readonly config: ChartConfiguration; readonly width: number; readonly height: number }

/** A canvas of either library's type: both write texts alike. */
export type Context = Pick<SKRSContext2D, 'fillText' | 'textAlign' | 'textBaseline' | 'font'> & { fillStyle: unknown };

export const BASE = { animation: false as const, responsive: false, devicePixelRatio: SCALE, events: [] as never[] };
export const COLOURS: Record<Tone, string> = { concern: T.vermillion, good: T.blue, neutral: T.blue };
/** Of a deviation, one that is neither good nor bad is grey. */
export const DEVIATIONS: Record<Tone, string> = { ...COLOURS, neutral: T.edge };
export const INKS: Record<Tone, string> = { concern: T.alert, good: T.blue, neutral: T.ink };

/** Faces of the texts; nothing is smaller than a phone can show. */
export const TITLE = face(20, true);
export const PLAIN = face(15);
export const STRONG = face(15, true);
export const VALUE = face(14, true);
export const NAME = face(14);
const EDGE = 12;

/** Writes one text of a picture. */
export function write(x: Context, text: string, at: { x: number; y: number }, look: Face, colour: string, align: 'left' | 'center' | 'right' = 'left', baseline: 'alphabetic' | 'middle' = 'alphabetic'): void {
  x.font = fontOf(look);
  x.fillStyle = colour;
  x.textAlign = align;
  x.textBaseline = baseline;
  x.fillText(text, at.x, at.y);
}

/** Title and subtitle over the whole width, and the room that they take. `more`: room that the picture gets beyond its usual two lines. */
export interface Heading { readonly bottom: number; readonly more: number; readonly paint: (x: Context) => void }
export function heading(spec: { title: string; subject: string; subtitle: string }): Heading {
  const title = lines(spec.title, WIDTH - 2 * EDGE, TITLE, 3, spec.subject);
  const subtitle = spec.subtitle === '' ? [] : lines(spec.subtitle, WIDTH - 2 * EDGE, PLAIN, 2);
  const under = EDGE + title.length * 24;
  return {
    bottom: under + subtitle.length * 19 + 12, more: (title.length - 1) * 24 + Math.max(0, subtitle.length - 1) * 19,
    paint(x) {
      title.forEach((line, i) => write(x, line, { x: EDGE, y: EDGE + 17 + i * 24 }, TITLE, T.ink));
      subtitle.forEach((line, i) => write(x, line, { x: EDGE, y: under + 14 + i * 19 }, PLAIN, T.muted));
    },
  };
}

/** The usual height, and more where the heading needs it. */
export const heightOf = (head: Heading): number => HEIGHT + Math.max(0, head.more - 24);

/** The subtitle names the unit; where the axis is in thousands or millions it says so there. */
export function withScale<S extends { title: string; subject: string; subtitle: string; style: NumberStyle }>(spec: S, scale: Scale): { title: string; subject: string; subtitle: string } {
  const { title, subject, subtitle, style } = spec;
  if (scale.name === '') return { title, subject, subtitle };
  const unit = unitName(style.unit, style.language);
  // The unit stands last, before what is said of another figure; a measure may have its word in its name.
  const end = subtitle.indexOf('; ') < 0 ? subtitle.length : subtitle.indexOf('; ');
  const at = unit === '' ? -1 : subtitle.lastIndexOf(unit, end - unit.length);
  return { title, subject, subtitle: at < 0 ? `${subtitle} (${scale.name})` : `${subtitle.slice(0, at)}${scale.name}${subtitle.slice(at + unit.length)}` };
}

export type Mark = { x: number; y: number; base?: number; skip?: boolean };
export const marks = (chart: Chart, dataset: number): Mark[] => chart.getDatasetMeta(dataset).data as unknown as Mark[];

/** An axis of values: at most `most` round numbers. */
export const values = (scale: Scale, style: NumberStyle, most = 5): Record<string, unknown> => ({
  color: T.muted, font: { family: FONT, size: PLAIN.size }, maxTicksLimit: most,
  callback: (v: number | string, _i: number, ticks: readonly { value: number }[]) => tick(Number(v), scale, style, ticks.length > 1 ? (ticks[1]?.value ?? 0) - (ticks[0]?.value ?? 0) : 0),
});

/** An axis of time keeps the room for its labels; `paintTime` writes them. A line break puts the rest of a label under it. */
export const time = (labels: readonly string[]): Record<string, unknown> => ({
  grid: { display: false }, border: { color: T.edge }, ticks: { display: false },
  afterFit: (scale: { height: number }) => { scale.height = labels.some((label) => label.includes('\n')) ? 48 : 28; },
});

const STRIDES = [1, 2, 3, 4, 6, 12, 24, 36, 48, 60, 120];
/** Every so many labels as there is room for, at even steps, so that those with a year under them are among them. */
function shownOf(parts: readonly (readonly string[])[], at: (i: number) => number, look: Face): number[] {
  const half = parts.map((lines) => Math.max(...lines.map((line) => widthOf(line, look)), 1) / 2);
  const indexes = [...parts.keys()];
  const marked = indexes.filter((i) => (parts[i]?.length ?? 0) > 1);
  const anchor = marked.at(-1) ?? parts.length - 1;
  for (const stride of STRIDES) {
    const shown = indexes.filter((i) => (i - anchor) % stride === 0);
    if (shown.every((i, k) => { const before = shown[k - 1]; return before === undefined || at(i) - at(before) >= (half[i] ?? 0) + (half[before] ?? 0) + 5; })) return shown;
  }
  return [anchor];
}

/** Writes the labels of the axis of time that have room, inside the picture. */
export function paintTime(chart: Chart, labels: readonly string[]): void {
  const axis = chart.scales['x'];
  if (axis === undefined) return;
  const parts = labels.map((label) => label.split('\n'));
  for (const i of shownOf(parts, (k) => axis.getPixelForValue(k), PLAIN)) {
    (parts[i] ?? []).forEach((line, row) => {
      const half = widthOf(line, PLAIN) / 2;
      const x = Math.min(Math.max(axis.getPixelForValue(i), half + 4), chart.width - half - 4);
      write(chart.ctx as never, line, { x, y: axis.top + 20 + row * 19 }, PLAIN, T.muted, 'center');
    });
  }
}

/** A line at nought, from which negative bars hang. */
export function paintZero(chart: Chart, axis: 'x' | 'y'): void {
  const scale = chart.scales[axis];
  if (scale === undefined || scale.min > 0 || scale.max < 0) return;
  const at = scale.getPixelForValue(0);
  const { left, right, top, bottom } = chart.chartArea;
  const x = chart.ctx;
  x.save();
  x.strokeStyle = T.edge;
  x.lineWidth = 1.5;
  x.beginPath();
  if (axis === 'x') { x.moveTo(at, top); x.lineTo(at, bottom); } else { x.moveTo(left, at); x.lineTo(right, at); }
  x.stroke();
  x.restore();
}

/** A plugin that draws after the figures, with the canvas as it was afterwards. */
export function drawing(paint: (chart: Chart, x: CanvasRenderingContext2D) => void): Plugin {
  return { id: 'drawing', afterDatasetsDraw(chart) { chart.ctx.save(); paint(chart, chart.ctx); chart.ctx.restore(); } };
}

/** Boxes that texts have taken; the next one takes its own or is told that there is none. */
export interface Taken { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }
export const free = (taken: readonly Taken[], box: Taken): boolean => !taken.some((other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom);
