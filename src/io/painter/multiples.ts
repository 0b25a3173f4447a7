import type { ChartConfiguration, Plugin } from 'chart.js';
import type { MultiplesChart } from '../../chart/spec.ts';
import { drawSheet } from './canvas.ts';
import { BASE, INKS, font, lines } from './designs.ts';
import { FONT, THEME as T } from './theme.ts';

const PANEL = { w: 160, h: 118 };
const COLUMNS = 3;
const MOST = 9;

function panel(spec: MultiplesChart, own: MultiplesChart['panels'][number], low: number, high: number): ChartConfiguration {
  const head: Plugin = {
    id: 'head',
    afterDraw(chart) {
      const x = chart.ctx;
      x.save();
      x.font = `600 15px ${FONT}`;
      x.textAlign = 'right';
      x.fillStyle = INKS[own.tone];
      x.fillText(own.note, chart.width - 8, 20);
      const room = chart.width - 22 - x.measureText(own.note).width;
      x.textAlign = 'left';
      x.fillStyle = T.ink;
      let name = own.name;
      while (name.length > 2 && x.measureText(name).width > room) name = `${name.slice(0, -2)}…`;
      x.fillText(name, 10, 20);
      x.restore();
    },
  };
  const config = {
    type: 'bar',
    data: { labels: [...spec.labels], datasets: [
      { type: 'line', data: [...own.plan], borderColor: T.ink, borderWidth: 1.75, pointRadius: 0, stepped: 'middle', spanGaps: false, order: 0 },
      { data: [...own.values], backgroundColor: own.values.map((v, i) => (v !== null && own.plan[i] !== null && own.plan[i] !== undefined && v > (own.plan[i] ?? 0) ? T.vermillion : T.blue)), categoryPercentage: 0.86, barPercentage: 1, order: 1 },
    ] },
    plugins: [head],
    options: {
      ...BASE, layout: { padding: { left: 10, right: 8, top: 28, bottom: 0 } }, plugins: { tooltip: { enabled: false }, legend: { display: false }, title: { display: false } },
      scales: {
        x: { grid: { display: false }, border: { color: T.edge }, ticks: { color: T.muted, font: font(13), maxRotation: 0, autoSkip: false, align: 'inner', callback: (_v: unknown, i: number) => (i === 0 || i === spec.labels.length - 1 ? spec.labels[i] : '') } },
        y: { display: false, min: low, max: high },
      },
    },
  };
  return config as unknown as ChartConfiguration;
}

/** One sheet of small panels with a shared scale; the cell after the last panel, or a line below the title, explains the colours. */
export function drawMultiples(spec: MultiplesChart): Promise<Buffer> {
  const shown = spec.panels.slice(0, MOST);
  const left = spec.panels.length - shown.length;
  const rows = Math.max(1, Math.ceil(shown.length / COLUMNS));
  const all = shown.flatMap((p) => [...p.values, ...p.plan]).filter((v): v is number => v !== null);
  const low = Math.min(0, ...all) * 1.05;
  const high = Math.max(0, ...all) * 1.08 || 1;
  const title = lines(spec.title, 42);
  const subtitle = lines(left > 0 ? `${spec.subtitle} (+ ${left})` : spec.subtitle, 58);
  const top = 12 + title.length * 24 + 22 + (subtitle.length - 1) * 19 + 24;
  return drawSheet(shown.map((own) => panel(spec, own, low, high)), PANEL, COLUMNS, rows, top, (x) => {
    x.textBaseline = 'alphabetic';
    x.textAlign = 'left';
    x.fillStyle = T.ink;
    x.font = `600 20px ${FONT}`;
    title.forEach((line, i) => x.fillText(line, 12, 28 + i * 24));
    x.fillStyle = T.muted;
    x.font = `15px ${FONT}`;
    const under = 28 + title.length * 24 - 2 + (subtitle.length - 1) * 19;
    subtitle.forEach((line, i) => x.fillText(line, 12, under - (subtitle.length - 1 - i) * 19));
    let at = 12;
    const y = under + 20;
    x.font = `14px ${FONT}`;
    const entry = (mark: (at: number) => void, text: string): void => {
      mark(at);
      x.fillStyle = T.muted;
      x.fillText(text, at + 19, y);
      at += 19 + x.measureText(text).width + 16;
    };
    entry((a) => { x.fillStyle = T.vermillion; x.fillRect(a, y - 11, 12, 12); }, spec.legend.over);
    entry((a) => { x.fillStyle = T.blue; x.fillRect(a, y - 11, 12, 12); }, spec.legend.under);
    entry((a) => { x.fillStyle = T.ink; x.fillRect(a, y - 6, 13, 2); }, spec.legend.plan);
  });
}
