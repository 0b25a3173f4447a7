import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { SKRSContext2D } from '@napi-rs/canvas';
import nodeCanvas, { type Canvas } from '@napi-rs/canvas/node-canvas.js';
import type { ChartConfiguration } from 'chart.js';
import { ChartJSNodeCanvas } from 'chartjs-node-canvas';
import { ServiceError } from '../../errors.ts';
import { encodePng } from './png.ts';
import { measureBy } from './text.ts';
import { FONT, SCALE, THEME } from './theme.ts';

const require = createRequire(import.meta.url);
const FONTS: readonly [file: string, weight: string][] = [['400Regular/Inter_400Regular.ttf', '400'], ['600SemiBold/Inter_600SemiBold.ttf', '600']];
let fontsReady = false;

/** Registers the fonts that come with the package. Rejects with ServiceError that names the file when one can't be read. */
export async function prepareFonts(resolve: (file: string) => string = (file) => require.resolve(`@expo-google-fonts/inter/${file}`)): Promise<void> {
  if (fontsReady) return;
  for (const [file, weight] of FONTS) {
    let path = file;
    try {
      path = resolve(file);
      await access(path);
      nodeCanvas.registerFont(path, { family: FONT, weight });
    } catch (cause) {
      throw new ServiceError('the painter', `the font ${path} can't be read. Run 'npm ci' again, so that pictures have their letters.`, { final: true, cause });
    }
  }
  const context = nodeCanvas.createCanvas(10, 10).getContext('2d');
  context.font = `16px ${FONT}`;
  if (context.measureText('Æ').width <= 0) throw new ServiceError('the painter', "the font does not draw letters. Run 'npm ci' again.", { final: true });
  measureBy(context);
  fontsReady = true;
}

/** chartjs-node-canvas on Skia, with a pooled canvas and our PNG writer behind `renderToBuffer`. One per picture size. */
class SkiaChartCanvas extends ChartJSNodeCanvas {
  private toSheet: ((canvas: Canvas) => void) | null = null;

  constructor(width: number, height: number) {
    super({
      width, height, backgroundColour: THEME.paper,
      chartCallback: (chart) => {
        chart.defaults.font.family = FONT;
        chart.defaults.events = [];
      },
    });
    const pool: Canvas[] = [];
    const createCanvas = (w: number, h: number): Canvas => {
      const canvas = pool.pop() ?? nodeCanvas.createCanvas(w, h);
      canvas.width = w;
      canvas.height = h;
      const toBuffer = (callback: (error: Error | null, png?: Buffer) => void): void => {
        const done = (error: Error | null, png?: Buffer): void => {
          try { callback(error, png); } finally { pool.push(canvas); }
        };
        if (this.toSheet !== null) {
          this.toSheet(canvas);
          return done(null, Buffer.alloc(0));
        }
        encodePng(canvas.data(), canvas.width, canvas.height).then((png) => done(null, png), done);
      };
      return Object.assign(canvas, { toBuffer }) as unknown as Canvas;
    };
    // The library takes its canvas from these; the base class fills them with node-canvas.
    Object.assign(this, { _createCanvas: createCanvas, _registerFont: nodeCanvas.registerFont, _image: nodeCanvas.Image });
  }

  async drawOn(config: ChartConfiguration, paint: (canvas: Canvas) => void): Promise<void> {
    this.toSheet = paint;
    try {
      // Drawn before the first await inside, so the sheet is this one's.
      const drawn = this.renderToBuffer(config);
      this.toSheet = null;
      await drawn;
    } finally {
      this.toSheet = null;
    }
  }
}

const instances = new Map<string, SkiaChartCanvas>();
function instance(width: number, height: number): SkiaChartCanvas {
  const key = `${width}x${height}`;
  const kept = instances.get(key) ?? new SkiaChartCanvas(width, height);
  instances.set(key, kept);
  return kept;
}

/** Draws one Chart.js configuration, `width` × `height` CSS pixels at twice the resolution. */
export async function drawChart(config: ChartConfiguration, width: number, height: number): Promise<Buffer> {
  return instance(width, height).renderToBuffer(config);
}

/** A cell of a sheet in CSS pixels. */
export interface Cell { readonly x: number; readonly y: number; readonly w: number; readonly h: number }

/** Draws several configurations of one size on a sheet, `top` pixels below its edge, and lets `paint` add what is common to them. */
export async function drawSheet(configs: readonly ChartConfiguration[], size: { w: number; h: number }, columns: number, rows: number, top: number, paint: (context: SKRSContext2D, cell: (i: number) => Cell) => void): Promise<Buffer> {
  const canvas = nodeCanvas.createCanvas(size.w * columns * SCALE, (size.h * rows + top) * SCALE);
  const context = canvas.getContext('2d');
  context.fillStyle = THEME.paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  const cell = (i: number): Cell => ({ x: (i % columns) * size.w, y: top + Math.floor(i / columns) * size.h, w: size.w, h: size.h });
  const panel = instance(size.w, size.h);
  for (const [i, config] of configs.entries()) {
    await panel.drawOn(config, (drawn) => context.drawImage(drawn as never, cell(i).x * SCALE, cell(i).y * SCALE));
  }
  context.save();
  context.scale(SCALE, SCALE);
  paint(context, cell);
  context.restore();
  return encodePng(canvas.data(), canvas.width, canvas.height);
}
