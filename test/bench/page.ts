import { Chart, registerables } from 'chart.js';
import { designOf } from '../../src/io/painter/designs.ts';
import { measureBy } from '../../src/io/painter/text.ts';
import { FONT } from '../../src/io/painter/theme.ts';
import type { SingleChart } from './peers.ts';

// Runs in the browser: the same designs, drawn by the browser's canvas.
Chart.register(...registerables);
Chart.defaults.font.family = FONT;
measureBy(document.createElement('canvas').getContext('2d') as CanvasRenderingContext2D);
let before: Chart | null = null;

Object.assign(window, {
  drawChart(spec: SingleChart): { width: number; height: number } {
    before?.destroy();
    const { config, width, height } = designOf(spec);
    const canvas = document.querySelector('canvas') as HTMLCanvasElement;
    canvas.width = width;
    canvas.height = height;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    before = new Chart(canvas, config);
    return { width, height };
  },
});
