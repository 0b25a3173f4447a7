import { Chart, registerables, type ChartConfiguration, type ChartItem } from 'chart.js';
import nodeCanvas from '@napi-rs/canvas/node-canvas.js';
import { ChartJSNodeCanvas } from 'chartjs-node-canvas';
import type { ChartSpec, MultiplesChart } from '../../src/chart/spec.ts';
import { designOf } from '../../src/io/painter/designs.ts';
import { FONT, SCALE, THEME } from '../../src/io/painter/theme.ts';

/** A chart that is one Chart.js configuration; a sheet is several. */
export type SingleChart = Exclude<ChartSpec, MultiplesChart>;

/** Draws a chart as PNG, of the product's own configuration. */
export type Draw = (chart: SingleChart) => Promise<Uint8Array>;

/** chartjs-node-canvas as it comes, one instance per size. Its canvas is Skia by node-canvas's names, for node-canvas needs a compiler. */
class Library extends ChartJSNodeCanvas {
  constructor(width: number, height: number) {
    super({ width, height, backgroundColour: THEME.paper, chartCallback: (chart) => { chart.defaults.font.family = FONT; } });
    Object.assign(this, { _createCanvas: nodeCanvas.createCanvas, _registerFont: nodeCanvas.registerFont, _image: nodeCanvas.Image });
  }
}

export function openLibrary(): Draw {
  const instances = new Map<string, Library>();
  return async (chart) => {
    const { config, width, height } = designOf(chart);
    const key = `${width}x${height}`;
    const kept = instances.get(key) ?? new Library(width, height);
    instances.set(key, kept);
    return kept.renderToBuffer(config);
  };
}

/** Chart.js straight on Skia with Skia's own PNG: no library between, nothing of the product but the configuration. */
export function openSkia(): Draw {
  Chart.register(...registerables);
  Chart.defaults.font.family = FONT;
  return async (chart) => {
    const { config, width, height } = designOf(chart);
    const canvas = nodeCanvas.createCanvas(width, height);
    const paper = { id: 'paper', beforeDraw: ({ ctx }: { ctx: CanvasRenderingContext2D }) => { ctx.fillStyle = THEME.paper; ctx.fillRect(0, 0, width * SCALE, height * SCALE); } };
    const drawn = new Chart(canvas as unknown as ChartItem, { ...config, plugins: [...(config.plugins ?? []), paper] } as ChartConfiguration);
    const png = canvas.toBuffer('image/png');
    drawn.destroy();
    // The canvas's memory is freed on a turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    return png;
  };
}
