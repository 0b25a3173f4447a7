import { createCanvas, loadImage } from '@napi-rs/canvas';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { ChartSpec, NumberStyle } from '../../../src/chart/spec.ts';
import { ServiceError } from '../../../src/errors.ts';
import { prepareFonts } from '../../../src/io/painter/canvas.ts';
import { face, lines } from '../../../src/io/painter/text.ts';
import { createPainter } from '../../../src/io/painter/painter.ts';
import { encodePng } from '../../../src/io/painter/png.ts';
import type { Painter } from '../../../src/ports.ts';

const kr: NumberStyle = { language: 'da', unit: 'kr', decimals: 0 };
const months = ['N\n’25', 'D', 'J\n’26', 'F', 'M', 'A', 'M', 'J', 'J', 'A', 'S', 'O'];
const units = ['Nord', 'Nordvest', 'Vest', 'Sydvest', 'Syd', 'Øst', 'Centrum'];
const wave = (base: number): number[] => months.map((_m, i) => base * (1 + 0.1 * Math.sin(i)));

const coupled = (over: Partial<ChartSpec & { kind: 'coupled' }> = {}): ChartSpec => ({
  kind: 'coupled', title: 'Nord: 4,1 pct. over budget, oktober 2026', subject: 'Nord', subtitle: 'Forbrug (søjler) mod budget (grå), kr. pr. måned', style: kr, labels: months,
  budget: wave(790_000), spend: wave(812_000), output: wave(1500), outputName: 'Timer', outputStyle: { language: 'da', unit: 'hours', decimals: 0 }, partial: months.map(() => false), ...over,
});
const trend = (over: Partial<ChartSpec & { kind: 'trend' }> = {}): ChartSpec => ({
  kind: 'trend', title: 'Pris pr. leveret time', subject: '', subtitle: 'kr. pr. time', style: { ...kr, unit: 'kr per hour' }, labels: months, values: wave(520), lastYear: wave(500), plan: wave(505),
  names: { values: 'Øst', lastYear: 'Året før', plan: 'Budget' }, limits: null, signals: [], partial: [], ...over,
});
const multiples = (count = 7): ChartSpec => ({
  kind: 'multiples', title: 'Hjemmeplejen: 1,4 pct. over budget', subject: 'Hjemmeplejen', subtitle: 'Forbrug, kr.', style: kr, labels: months,
  panels: Array.from({ length: count }, (_, i) => ({ name: units[i % 7] ?? '', note: '+0,8 pct.', tone: 'neutral' as const, values: wave(700_000 + i * 10_000), plan: wave(690_000) })),
  legend: { over: 'over budget', under: 'under budget', plan: 'Budget', none: 'uden budget' },
});
const variance = (): ChartSpec => ({ kind: 'variance', title: 'Sydvest er længst over', subject: 'Sydvest', subtitle: 'Forbrug', style: { ...kr, unit: 'percent', decimals: 1 }, rows: units.map((name, i) => ({ name, value: i * 2 - 6, label: `${i * 2 - 6} pct.`, tone: i > 3 ? 'concern' : 'good', own: i === 3 })) });
const bars = (count = 7): ChartSpec => ({ kind: 'bars', title: 'Pris pr. leveret time', subject: '', subtitle: 'kr. pr. time · streg: Budget', style: kr, rows: Array.from({ length: count }, (_, i) => ({ name: `Hjemmeplejedistriktet Nørresundby-Vodskov ${i}`, value: i === 0 ? null : 500 + i, label: `${500 + i} kr.`, mark: 505, tone: 'neutral' as const, own: false })) });
const every: [string, ChartSpec][] = [['coupled', coupled()], ['trend', trend()], ['multiples', multiples()], ['variance', variance()], ['bars', bars()]];

const hash = (png: Uint8Array): string => createHash('sha1').update(png).digest('hex');
let painter: Painter;
beforeAll(async () => { painter = await createPainter({ workers: 0 }); });
afterAll(() => painter.close());

async function pixels(png: Uint8Array): Promise<{ width: number; height: number; colourAt: (x: number, y: number) => string; count: (hex: string) => number }> {
  const image = await loadImage(Buffer.from(png));
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const data = context.getImageData(0, 0, image.width, image.height).data;
  const hex = (i: number): string => `#${[data[i], data[i + 1], data[i + 2]].map((v) => (v ?? 0).toString(16).padStart(2, '0')).join('')}`.toUpperCase();
  return { width: image.width, height: image.height, colourAt: (x, y) => hex((y * image.width + x) * 4), count: (wanted) => { let n = 0; for (let i = 0; i < data.length; i += 4) if (hex(i) === wanted) n += 1; return n; } };
}

describe('every kind of chart', () => {
  it.each(every)('%s is a PNG within what chats take, opaque, with letters in it', async (_kind, chart) => {
    const png = await painter.paint(chart);
    const { width, height, colourAt, count } = await pixels(png);
    expect(png.length).toBeLessThan(60_000);
    expect(width).toBe(960);
    expect(height).toBeLessThanOrEqual(1024);
    expect(colourAt(1, 1)).toBe('#FFFFFF');
    expect(count('#1F2937')).toBeGreaterThan(300);
  });

  it.each(every)('%s is the same picture every time, alone or among others', async (_kind, chart) => {
    const alone = hash(await painter.paint(chart));
    const together = await Promise.all(Array.from({ length: 5 }, () => painter.paint(chart)));
    expect(new Set(together.map(hash))).toEqual(new Set([alone]));
  });

  it.each<[string, ChartSpec]>([
    ['a single point', trend({ labels: ['O'], values: [5], lastYear: null, plan: null })],
    ['all the same', trend({ values: months.map(() => 7), lastYear: null, plan: null })],
    ['only zeros', coupled({ spend: months.map(() => 0), budget: months.map(() => 0), output: months.map(() => 0) })],
    ['negative values', coupled({ spend: months.map((_m, i) => -1000 * i) })],
    ['very large numbers', coupled({ spend: wave(9e11), budget: wave(9e11) })],
    ['36 months', trend({ labels: Array.from({ length: 36 }, (_, i) => `jan. ${i}`), values: Array.from({ length: 36 }, (_, i) => i), lastYear: null, plan: null, partial: [], limits: { mean: 18, lower: 4, upper: 32, from: 0 }, signals: [0, 35] })],
    ['one panel', multiples(1)],
    ['a hundred panels', multiples(100)],
    ['a hundred bars', bars(100)],
    ['a title far too long', trend({ title: 'Hjemmeplejedistriktet Nørresundby-Vodskov ligger længere over det korrigerede budget end noget andet distrikt i hele kommunen i oktober 2026' })],
  ])('draws %s', async (_what, chart) => {
    const { width, height } = await pixels(await painter.paint(chart));
    expect(width).toBe(960);
    expect(height).toBeLessThanOrEqual(1024);
  });
});

describe('what is missing stays missing', () => {
  it('a month without figures has no bar', async () => {
    const full = await pixels(await painter.paint(coupled({ budget: months.map(() => null), partial: [] })));
    const gap = await pixels(await painter.paint(coupled({ budget: months.map(() => null), partial: [], spend: wave(812_000).map((v, i) => (i === 5 ? null : v)) })));
    const bar = full.count('#0072B2') / 12;
    expect(full.count('#0072B2') - gap.count('#0072B2')).toBeGreaterThan(bar * 0.7);
  });

  it('a chart without any figure is refused, and the next one is right', async () => {
    const before = hash(await painter.paint(coupled()));
    await expect(painter.paint(trend({ values: months.map(() => null) }))).rejects.toThrow(ServiceError);
    await expect(painter.paint({ ...trend(), kind: 'pie' } as unknown as ChartSpec)).rejects.toThrow();
    expect(hash(await painter.paint(coupled()))).toBe(before);
  });
});

describe('the painter itself', () => {
  it('says which font can not be read and what to do', async () => {
    const fresh = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', "import('./src/io/painter/canvas.ts').then(({ prepareFonts }) => prepareFonts(() => '/nowhere/Inter.ttf')).catch((error) => console.log(error.message))"], { encoding: 'utf8' });
    expect(fresh).toContain("the font /nowhere/Inter.ttf can't be read. Run 'npm ci' again");
    await expect(prepareFonts()).resolves.toBeUndefined();
  });

  it('threads draw the same picture as the main thread, and a bad chart there harms no other', () => {
    const script = `
      import { createPainter } from './src/io/painter/painter.ts';
      import { createHash } from 'node:crypto';
      const charts = ${JSON.stringify([coupled(), multiples(), bars()])};
      const painter = await createPainter({ workers: 2 });
      const bad = await painter.paint({ ...charts[0], spend: [], budget: [], output: [] }).catch((error) => error.message);
      const pngs = await Promise.all([...charts, ...charts].map((chart) => painter.paint(chart)));
      await painter.close();
      const main = await createPainter({ workers: 0 });
      const own = await Promise.all(charts.map((chart) => main.paint(chart)));
      const hashes = (list) => list.map((png) => createHash('sha1').update(png).digest('hex'));
      console.log(JSON.stringify({ bad, threads: hashes(pngs), own: hashes(own) }));`;
    const out = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { encoding: 'utf8' });
    const { bad, threads, own } = JSON.parse(out) as { bad: string; threads: string[]; own: string[] };
    expect(bad).toBe('the painter: there are no figures to draw');
    expect(threads).toEqual([...own, ...own]);
  });

  it('writes PNG that others read pixel for pixel', async () => {
    const canvas = createCanvas(40, 20);
    const context = canvas.getContext('2d');
    context.fillStyle = '#FFFFFF';
    context.fillRect(0, 0, 40, 20);
    context.fillStyle = '#0072B2';
    context.fillRect(3, 4, 10, 10);
    const { colourAt, count } = await pixels(await encodePng(canvas.data(), 40, 20));
    expect(colourAt(3, 4)).toBe('#0072B2');
    expect(colourAt(2, 4)).toBe('#FFFFFF');
    expect(count('#0072B2')).toBe(100);
  });

  it('breaks a title into lines that fit, and no more than there is room for', () => {
    expect(lines('Nord: 4,1 pct. over budget', 456, face(20, true), 2)).toEqual(['Nord: 4,1 pct. over budget']);
    expect(lines('Hjemmeplejedistriktet Nørresundby ligger meget længere over budgettet end alle de andre distrikter i hele kommunen', 456, face(20, true), 2)).toHaveLength(2);
  });
});
