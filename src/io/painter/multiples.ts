import type { ChartConfiguration } from 'chart.js';
import { captions } from '../../card/captions.ts';
import type { MultiplesChart } from '../../chart/spec.ts';
import { drawSheet } from './canvas.ts';
import { BASE, drawing, heading, INKS, NAME, paintZero, STRONG, write } from './frame.ts';
import { apart, face, fit, fitFigure, widthOf, writable } from './text.ts';
import { THEME as T, WIDTH } from './theme.ts';

const COLUMNS = 3;
const MOST = 9;
const WIDE = WIDTH / COLUMNS;
const HEIGHT = 118;
const MOST_HEIGHT = 510;
/** A sentence about several units over time names the first four. */
const NAMED = 4;
const EDGE = 12;
const MONTH = face(13);

type Panel = MultiplesChart['panels'][number];

/** Which panels are drawn where not all have room: those that the words name, then those to be concerned about, before those without figures. */
export function tellingPanels(panels: readonly Panel[]): Panel[] {
  const known = panels.filter((panel) => panel.values.some((v) => v !== null));
  const wanted = [...known.slice(0, NAMED), ...known.filter(({ tone }) => tone === 'concern'), ...known, ...panels];
  const kept = new Set([...new Set(wanted)].slice(0, MOST));
  return panels.filter((panel) => kept.has(panel));
}

/** The colours of one panel's bars claim a plan only where there is one. */
const colourOf = (value: number | null, plan: number | null | undefined, planned: boolean): string =>
  !planned ? T.blue : plan === null || plan === undefined ? T.edge : value !== null && value > plan ? T.vermillion : T.blue;

interface Look { readonly name: string; readonly note: string; readonly stacked: boolean; readonly low: number; readonly high: number }

function panel(spec: MultiplesChart, own: Panel, { name, note, stacked, low, high }: Look): ChartConfiguration {
  const last = spec.labels.length - 1;
  const [from = '', to = ''] = [spec.labels[0], spec.labels[last]].map((label) => (label ?? '').replace('\n', ' '));
  const head = drawing((chart, x) => {
    write(x as never, note, stacked ? { x: 10, y: 38 } : { x: chart.width - 8, y: 20 }, STRONG, INKS[own.tone], stacked ? 'left' : 'right');
    write(x as never, name, { x: 10, y: 20 }, STRONG, T.ink);
    paintZero(chart, 'y');
    const y = chart.height - 7;
    const room = (chart.width - 26) / 2;
    if (last > 0) write(x as never, fit(from, room, MONTH), { x: 10, y }, MONTH, T.muted);
    write(x as never, fit(to, room, MONTH), { x: chart.width - 8, y }, MONTH, T.muted, 'right');
  });
  const planned = spec.legend !== null;
  const config = {
    type: 'bar',
    data: { labels: [...spec.labels], datasets: [
      ...(planned ? [{ type: 'line', data: [...own.plan], borderColor: T.ink, borderWidth: 1.75, pointRadius: spec.labels.length === 1 ? 3 : 0, stepped: 'middle', spanGaps: false, order: 0 }] : []),
      { data: [...own.values], backgroundColor: own.values.map((v, i) => colourOf(v, own.plan[i], planned)), categoryPercentage: 0.86, barPercentage: 1, maxBarThickness: 40, order: 1 },
    ] },
    plugins: [head],
    options: {
      ...BASE, layout: { padding: { left: 10, right: 8, top: stacked ? 46 : 28, bottom: 24 } }, plugins: { tooltip: { enabled: false }, legend: { display: false } },
      scales: { x: { display: false }, y: { display: false, min: low, max: high } },
    },
  };
  return config as unknown as ChartConfiguration;
}

interface Entry { readonly text: string; readonly colour: string; readonly line: boolean; readonly x: number; readonly row: number }

/** The legend's entries in as many rows as they need. */
function entriesOf(spec: MultiplesChart, shown: readonly Panel[]): Entry[] {
  if (spec.legend === null) return [];
  const without = shown.some((own) => own.values.some((v, i) => v !== null && (own.plan[i] ?? null) === null));
  const wanted = [
    { text: spec.legend.over, colour: T.vermillion, line: false }, { text: spec.legend.under, colour: T.blue, line: false },
    { text: spec.legend.plan, colour: T.ink, line: true }, ...(without ? [{ text: spec.legend.none, colour: T.edge, line: false }] : []),
  ];
  let [x, row] = [EDGE, 0];
  return wanted.map((entry) => {
    const text = fit(writable(entry.text), WIDTH - 2 * EDGE - 19, NAME);
    const width = 19 + widthOf(text, NAME);
    if (x > EDGE && x + width > WIDTH - EDGE) [x, row] = [EDGE, row + 1];
    const placed = { ...entry, text, x, row };
    x += width + 16;
    return placed;
  });
}

/** One sheet of small panels with a shared scale; lines below the title explain the colours, where they say something. */
export function drawMultiples(spec: MultiplesChart): Promise<Buffer> {
  const shown = tellingPanels(spec.panels);
  const rows = Math.max(1, Math.ceil(shown.length / COLUMNS));
  const all = shown.flatMap((own) => [...own.values, ...(spec.legend === null ? [] : own.plan)]).filter((v): v is number => v !== null);
  const low = Math.min(0, ...all) * 1.05;
  const high = Math.max(0, ...all) * 1.08 || (low < 0 ? 0 : 1);
  const rest = shown.length < spec.panels.length ? `; ${captions(spec.style.language).shown(shown.length, spec.panels.length)}` : '';
  const head = heading({ ...spec, subtitle: `${spec.subtitle}${rest}` });
  const entries = entriesOf(spec, shown);
  const top = head.bottom + Math.max(0, ...entries.map(({ row }) => row + 1)) * 20;

  const notes = shown.map(({ note }) => fitFigure(note, WIDE - 20, STRONG));
  const beside = WIDE - 24 - Math.max(0, ...notes.map((note) => widthOf(note, STRONG)));
  // Long names have a line of their own, above their note.
  const stacked = notes.some((note) => note !== '') && shown.some(({ name }) => widthOf(writable(name), STRONG) > beside);
  const names = apart(shown.map(({ name }) => name), stacked || notes.every((note) => note === '') ? WIDE - 18 : beside, STRONG);
  const height = Math.min(HEIGHT + (stacked ? 18 : 0), Math.floor((MOST_HEIGHT - top) / rows));
  const panels = shown.map((own, i) => panel(spec, own, { name: names[i] ?? '', note: notes[i] ?? '', stacked, low, high }));
  return drawSheet(panels, { w: WIDE, h: height }, COLUMNS, rows, top, (x) => {
    head.paint(x);
    for (const { text, colour, line, x: at, row } of entries) {
      const y = head.bottom + 8 + row * 20;
      x.fillStyle = colour;
      if (line) x.fillRect(at, y - 6, 13, 2); else x.fillRect(at, y - 11, 12, 12);
      write(x, text, { x: at + 19, y }, NAME, T.muted);
    }
  });
}
