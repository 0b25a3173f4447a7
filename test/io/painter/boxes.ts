import nodeCanvas from '@napi-rs/canvas/node-canvas.js';
import type { ChartSpec } from '../../../src/chart/spec.ts';
import { draw } from '../../../src/io/painter/draw.ts';

/** A rectangle in CSS pixels of the finished picture. */
export interface Box { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }
export interface DrawnText extends Box { readonly text: string; readonly colour: string }
export interface DrawnBar extends Box { readonly colour: string }
/** What stands on a picture: every text with the box of its ink, and every filled bar. */
export interface Drawn { readonly png: Buffer; readonly width: number; readonly height: number; readonly texts: readonly DrawnText[]; readonly bars: readonly DrawnBar[] }

type Context = CanvasRenderingContext2D & { canvas: { width: number; height: number } };
const SCALE = 2;

/** Moves a box of a context's own coordinates to CSS pixels of its canvas. */
function placed(context: Context, { left, right, top, bottom }: Box): Box {
  const { a, d, e, f } = context.getTransform();
  const [x, y] = [[left * a + e, right * a + e], [top * d + f, bottom * d + f]].map((ends) => ends.map((end) => end / SCALE).sort((p, q) => p - q)) as [number[], number[]];
  return { left: x[0] ?? 0, right: x[1] ?? 0, top: y[0] ?? 0, bottom: y[1] ?? 0 };
}

function inkOf(context: Context, text: string, x: number, y: number): Box {
  const ink = context.measureText(text);
  const shift = context.textAlign === 'center' ? ink.width / 2 : context.textAlign === 'right' || context.textAlign === 'end' ? ink.width : 0;
  return placed(context, { left: x - shift, right: x - shift + ink.width, top: y - ink.actualBoundingBoxAscent, bottom: y + ink.actualBoundingBoxDescent });
}

/**
 * Draws a chart by the painter's own code and notes on the way what it puts where. The canvases are real; only their
 * calls are listened to. Panels of a sheet count where the sheet puts them.
 */
export async function drawnOf(spec: ChartSpec): Promise<Drawn> {
  // The first picture of a size loads the canvas anew, which would undo the listening.
  await draw(spec);
  const prototype = Object.getPrototypeOf(nodeCanvas.createCanvas(1, 1).getContext('2d')) as Context;
  const kept = { fillText: prototype.fillText, rect: prototype.rect, fill: prototype.fill, fillRect: prototype.fillRect, beginPath: prototype.beginPath, drawImage: prototype.drawImage };
  const all = new Map<unknown, { texts: DrawnText[]; bars: DrawnBar[]; path: Box[] }>();
  const of = (canvas: unknown): { texts: DrawnText[]; bars: DrawnBar[]; path: Box[] } => {
    const known = all.get(canvas) ?? { texts: [], bars: [], path: [] };
    all.set(canvas, known);
    return known;
  };
  let last: Context['canvas'] | null = null;
  prototype.fillText = function (this: Context, text: string, x: number, y: number, ...rest: number[]) {
    if (text.trim() !== '') of(this.canvas).texts.push({ text, colour: String(this.fillStyle).toUpperCase(), ...inkOf(this, text, x, y) });
    last = this.canvas;
    return (kept.fillText as (...all: unknown[]) => void).call(this, text, x, y, ...rest);
  };
  prototype.beginPath = function (this: Context) { of(this.canvas).path = []; return kept.beginPath.call(this); };
  prototype.rect = function (this: Context, x: number, y: number, w: number, h: number) {
    of(this.canvas).path.push(placed(this, { left: Math.min(x, x + w), right: Math.max(x, x + w), top: Math.min(y, y + h), bottom: Math.max(y, y + h) }));
    return kept.rect.call(this, x, y, w, h);
  };
  prototype.fill = function (this: Context, ...rest: unknown[]) {
    const { bars, path } = of(this.canvas);
    bars.push(...path.map((box) => ({ ...box, colour: String(this.fillStyle).toUpperCase() })));
    return (kept.fill as (...all: unknown[]) => void).call(this, ...rest);
  };
  prototype.drawImage = function (this: Context, image: unknown, x: number, y: number) {
    const [from, to] = [of(image), of(this.canvas)];
    const moved = <T extends Box>(box: T): T => ({ ...box, left: box.left + x / SCALE, right: box.right + x / SCALE, top: box.top + y / SCALE, bottom: box.bottom + y / SCALE });
    to.texts.push(...from.texts.map(moved));
    to.bars.push(...from.bars.map(moved));
    all.delete(image);
    last = this.canvas;
    return (kept.drawImage as (...all: unknown[]) => void).call(this, image, x, y);
  } as Context['drawImage'];
  try {
    const png = await draw(spec);
    const { texts, bars } = of(last);
    return { png, width: png.readUInt32BE(16) / SCALE, height: png.readUInt32BE(20) / SCALE, texts, bars };
  } finally {
    Object.assign(prototype, kept);
  }
}

const SLACK = 0.5;
export const meet = (a: Box, b: Box): boolean => a.left < b.right - SLACK && b.left < a.right - SLACK && a.top < b.bottom - SLACK && b.top < a.bottom - SLACK;

/** What is wrong with a picture's texts: cut at an edge, or lying on another text or on a bar that is a figure's. */
export function faultsOf({ texts, bars, width, height }: Drawn): string[] {
  const at = ({ left, right, top, bottom }: Box): string => `[${[left, top, right, bottom].map(Math.round).join(' ')}]`;
  const figures = bars.filter((bar) => ['#0072B2', '#D55E00', '#8C96A6', '#9CC9E4', '#F0BE99'].includes(bar.colour) && bar.right - bar.left > 0.5 && bar.bottom - bar.top > 0.5);
  return texts.flatMap((text, i) => [
    ...(text.left < 0 || text.top < 0 || text.right > width || text.bottom > height ? [`'${text.text}' is cut at the edge ${at(text)} of ${width}x${height}`] : []),
    ...texts.slice(i + 1).filter((other) => meet(text, other)).map((other) => `'${text.text}' ${at(text)} lies on '${other.text}' ${at(other)}`),
    ...figures.filter((bar) => meet(text, bar)).map((bar) => `'${text.text}' ${at(text)} lies on a bar ${at(bar)}`),
  ]);
}
