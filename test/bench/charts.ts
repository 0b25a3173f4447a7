import { availableParallelism } from 'node:os';
import { composeDigest } from '../../src/app/compose.ts';
import { runQuery } from '../../src/app/figures.ts';
import { barsPicture, trendPicture, variancePicture } from '../../src/card/charts.ts';
import { rolling } from '../../src/calendar/period.ts';
import type { ChartSpec } from '../../src/chart/spec.ts';
import { createPainter } from '../../src/io/painter/painter.ts';
import type { Digest, Person } from '../../src/pack/model.ts';
import { openChromium } from './chromium.ts';
import { MONTH, queryFor } from './numbers.ts';
import { LEADERS, NODES, type Node } from './organisation.ts';
import { DIGEST } from './pack.ts';
import { openLibrary, openSkia, type Draw, type SingleChart } from './peers.ts';
import { figure, goal, times, type Line } from './report.ts';
import { inTurn, median, medianRatio } from './timing.ts';
import type { Town } from './town.ts';

const leaderOf = (level: Node['level']): string => (LEADERS.find(({ node }) => node.level === level) as (typeof LEADERS)[number]).id;

/** One chart of each design, from the town's own figures: the pages' two, and those that answers draw. */
async function chartsOf(town: Town): Promise<{ single: SingleChart[]; sheet: ChartSpec }> {
  const { pack, figures } = town;
  const people = [leaderOf('distrikt'), leaderOf('omraade')].map((id) => pack.people.get(id) as Person);
  const cards = [...(await composeDigest(figures, pack.digests.get(DIGEST) as Digest, MONTH, people)).values()];
  const drawn = cards.map(({ picture }) => picture?.chart);
  const coupled = drawn.find((chart) => chart?.kind === 'coupled');
  const sheet = drawn.find((chart) => chart?.kind === 'multiples');
  if (coupled?.kind !== 'coupled' || sheet === undefined) throw new Error('the pages have no coupled chart or no sheet');
  const districts = NODES.filter(({ level }) => level === 'distrikt').map(({ id }) => id);
  const over = await runQuery(figures, queryFor(['sygefravaer'], rolling(MONTH.to, 13), { units: ['omraadet'], by: { grain: 'month' }, comparisons: ['plan', 'last-year'] }));
  const beside = await runQuery(figures, queryFor(['timepris', 'forbrug'], MONTH, { units: districts, comparisons: ['plan'] }));
  return {
    single: [coupled, ...[
      trendPicture(pack, over.rows, 'sygefravaer', 'Hjemmeplejen: sygefravær 8,1 %, oktober 2026', 'da'),
      variancePicture(pack, beside.rows, 'forbrug', 'Hjemmeplejen: 9,2 % under budget, oktober 2026', 'da'),
      barsPicture(pack, beside.rows, 'timepris', 'Pris pr. leveret time, oktober 2026', 'da'),
    ].map(({ chart }) => chart).filter((chart) => chart.kind !== 'multiples')],
    sheet,
  };
}

const oneByOne = async (draw: Draw, charts: readonly SingleChart[]): Promise<void> => { for (const chart of charts) await draw(chart); };
const sideBySide = async (draw: Draw, charts: readonly SingleChart[], lanes: number): Promise<void> => {
  const waiting = [...charts];
  await Promise.all(Array.from({ length: lanes }, async () => { for (let chart = waiting.shift(); chart !== undefined; chart = waiting.shift()) await draw(chart); }));
};

/** Charts a second of the painter, beside the library as it comes, Chart.js on bare Skia, and a browser where there is one. */
export async function measureCharts(town: Town, each: number, rounds: number): Promise<{ lines: Line[]; notes: string[] }> {
  const { single, sheet } = await chartsOf(town);
  const many = Array.from({ length: each }, () => single).flat();
  const cores = availableParallelism();
  const [painter, wide] = [await createPainter({ workers: 1 }), await createPainter({ workers: cores })];
  const [library, skia] = [openLibrary(), openSkia()];
  const chromium = await openChromium();
  const rate = (ms: readonly number[], count = many.length): number => (count / median(ms)) * 1000;
  const lines: Line[] = [];
  const line = (what: string, ours: readonly number[], theirs: readonly number[], name: string, least: number, theirCount = many.length): void => {
    const ratio = medianRatio(theirs, ours) * (many.length / theirCount);
    lines.push({ what, measured: `${figure(rate(ours))}/s`, bare: `${figure(rate(theirs, theirCount))}/s (${name})`, ratio: times(ratio), target: goal(`≥ ${least}×`, ratio >= least) });
  };
  try {
    await Promise.all(many.map((chart) => wide.paint(chart)));
    const t = await inTurn({
      ours: () => Promise.all(many.map((chart) => painter.paint(chart))),
      library: () => oneByOne(library, many),
      skia: () => oneByOne(skia, many),
    }, rounds);
    const what = 'Charts, 960 px wide, four designs, 1 thread';
    line(what, t.ours, t.library, 'chartjs-node-canvas, its own encoder', 2.5);
    line(what, t.ours, t.skia, 'Chart.js on Skia, its own encoder', 2.5);
    if (cores > 1) {
      const w = await inTurn({ ours: () => Promise.all(many.map((chart) => wide.paint(chart))), library: () => sideBySide(library, many, cores) }, rounds);
      line(`Charts, four designs, ${cores} threads`, w.ours, w.library, `chartjs-node-canvas, ${cores} at a time`, 2.5);
    }
    const s = await inTurn({ sheets: () => Promise.all(Array.from({ length: 10 }, () => painter.paint(sheet))) }, rounds);
    lines.push({ what: 'Sheets of nine small charts, 1 thread', measured: `${figure(rate(s.sheets, 10))}/s`, bare: '–', ratio: '–', target: '–' });
    if (typeof chromium === 'string') return { lines, notes: [`Chromium was left out: ${chromium}`] };
    const c = await inTurn({ ours: () => Promise.all(many.map((chart) => painter.paint(chart))), kept: () => oneByOne(chromium.kept, single), anew: () => oneByOne(chromium.anew, single.slice(0, 2)) }, Math.min(3, rounds));
    line(what, c.ours, c.kept, `${chromium.name}, a page kept open, screenshot`, 5, single.length);
    line(what, c.ours, c.anew, `${chromium.name}, a new page each`, 25, 2);
    return { lines, notes: [] };
  } finally {
    await wide.close();
    await painter.close();
    if (typeof chromium !== 'string') await chromium.close();
  }
}
