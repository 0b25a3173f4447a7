import fc from 'fast-check';
import { hasData, type ChartSpec } from '../../../src/chart/spec.ts';
import { drawnOf, faultsOf } from './boxes.ts';
import { bars, coupled, HOSTILE, kr, monthLabels, multiples, trend, variance } from './hostile.ts';

const namesOf = (spec: ChartSpec): readonly { name: string }[] => (spec.kind === 'multiples' ? spec.panels : spec.kind === 'bars' || spec.kind === 'variance' ? spec.rows : []);

describe('no text of a picture lies on another, on a bar or over the edge', () => {
  it.each(HOSTILE)('%s', async (_what, spec) => {
    const drawn = await drawnOf(spec);
    expect(faultsOf(drawn)).toEqual([]);
    expect(drawn.width).toBe(480);
    expect(drawn.height).toBeLessThanOrEqual(512);
    expect(namesOf(spec).length === 0 || drawn.texts.length > 2).toBe(true);
  });
});

const word = fc.constantFrom('Nord', 'Hjemmeplejedistriktet', 'Nørresundby-Vodskov', 'afdeling', '12', 'Æblegården', '🚑', 'Rehabiliteringsogforebyggelsesenhedenforældreogbørn', 'for', 'WWWWWWWW');
const name = fc.array(word, { minLength: 1, maxLength: 7 }).map((words) => words.join(' '));
const amount = fc.oneof(fc.constant(0), fc.constant(null), fc.integer({ min: -1000, max: 1000 }), fc.double({ min: -1e12, max: 1e12, noNaN: true }), fc.double({ min: -1e-4, max: 1e-4, noNaN: true }));
const label = fc.tuple(fc.integer({ min: -9_999_999, max: 9_999_999 }), fc.constantFrom('kr.', 'pct.', 'helårspersoner', 'percentage points', 'mio. kr. (foreløbig)'))
  .map(([v, unit]) => `${v.toLocaleString('da-DK')}\u00a0${unit}`);
const rows = fc.array(fc.tuple(name, amount, label), { minLength: 1, maxLength: 24 });
const series = (count: number): fc.Arbitrary<(number | null)[]> => fc.array(amount, { minLength: count, maxLength: count });
const titled = fc.tuple(name, name).map(([subject, said]) => ({ title: `${subject}: ${said}`, subject, subtitle: `${said}, kr.` }));

/** Any chart, of texts and figures that have nothing to do with each other. */
const anyChart: fc.Arbitrary<ChartSpec> = fc.oneof(
  fc.tuple(rows, titled).map(([all, head]): ChartSpec => ({ ...bars(all.length, (i) => all[i]?.[0] ?? '', (i) => all[i]?.[1] ?? null, () => ''), ...head, rows: all.map(([own, value, text], i) => ({ name: own, value, label: text, mark: i % 2 === 0 ? all[0]?.[1] ?? null : null, tone: 'neutral', own: i === 2 })) })),
  fc.tuple(rows, titled).map(([all, head]): ChartSpec => ({ ...variance(1, () => '', () => 1), ...head, rows: all.map(([own, value, text]) => ({ name: own, value, label: text, tone: 'concern', own: false })) })),
  fc.integer({ min: 1, max: 40 }).chain((count) => fc.tuple(series(count), series(count), series(count), titled, name).map(([spend, budget, output, head, own]): ChartSpec => coupled({ ...head, labels: monthLabels(count), spend, budget, output, outputName: own }, count))),
  fc.integer({ min: 1, max: 40 }).chain((count) => fc.tuple(series(count), series(count), titled, name, fc.array(fc.nat(count - 1), { maxLength: 6 })).map(([values, plan, head, own, signals]): ChartSpec => trend({ ...head, style: kr, labels: monthLabels(count), values, plan, lastYear: null, names: { values: own, lastYear: '', plan: own }, signals, limits: signals.length > 0 ? { mean: 0, lower: -5, upper: 5, from: 0 } : null }, count))),
  fc.integer({ min: 1, max: 24 }).chain((count) => fc.tuple(fc.array(fc.tuple(name, label, series(count), series(count)), { minLength: 1, maxLength: 12 }), titled, name).map(([panels, head, plan]): ChartSpec => multiples(1, () => '', { ...head, labels: monthLabels(count), panels: panels.map(([own, note, values, budget]) => ({ name: own, note, tone: 'neutral', values, plan: budget })), legend: { over: `over ${plan}`, under: `under ${plan}`, plan, none: `uden ${plan}` } }))),
).filter((spec) => hasData(spec));

it('nor in any picture of random names, figures and lengths', async () => {
  await fc.assert(fc.asyncProperty(anyChart, async (spec) => {
    expect(faultsOf(await drawnOf(spec))).toEqual([]);
  }), { numRuns: 60, seed: 7 });
});

describe('what a picture must show', () => {
  const name = (i: number): string => `Distrikt ${i}`;
  it.each([50, 120])('of %s units in no order the highest and the lowest are in it, with those named first', async (count) => {
    const { texts } = await drawnOf(bars(count, name, (i) => (i === 30 ? 9999 : i === 41 ? -7 : 500 + i)));
    const shown = texts.map(({ text }) => text);
    expect(shown).toEqual(expect.arrayContaining(['Distrikt 30', 'Distrikt 41', ...Array.from({ length: 8 }, (_, i) => `Distrikt ${i}`), `16 af ${count} vises`]));
  });

  it('of many panels those with figures, the first four, and those over plan', async () => {
    const spec = multiples(30, name);
    const { texts } = await drawnOf({ ...spec, panels: spec.panels.map((own, i) => (i < 6 ? { ...own, values: own.values.map(() => null) } : { ...own, tone: i === 25 ? 'concern' : 'good' })) } as ChartSpec);
    expect(texts.map(({ text }) => text)).toEqual(expect.arrayContaining(['Distrikt 6', 'Distrikt 7', 'Distrikt 8', 'Distrikt 9', 'Distrikt 25']));
  });

  it('panels without plan have one colour and no legend', async () => {
    const { texts, bars: drawn } = await drawnOf(multiples(3, name, { legend: null }));
    expect(new Set(drawn.map(({ colour }) => colour).filter((colour) => colour !== '#FFFFFF'))).toEqual(new Set(['#0072B2']));
    expect(texts.filter(({ text }) => /budget$/.test(text) && !text.startsWith('Hjemmeplejen'))).toEqual([]);
  });

  it('a negative bar hangs from the same line of nought as a positive one stands on', async () => {
    const { bars: drawn } = await drawnOf(bars(2, name, (i) => (i === 0 ? 50 : -50), undefined, {}));
    const [up, down] = drawn.filter(({ colour }) => colour === '#0072B2');
    expect(up?.left).toBeCloseTo(down?.right ?? 0, 0);
    const sheet = await drawnOf(multiples(1, name, { legend: null, panels: [{ name: 'Nord', note: '', tone: 'neutral', values: [50, -50], plan: [null, null] }], labels: ['J', 'F'] }));
    const [top, bottom] = sheet.bars.filter(({ colour }) => colour === '#0072B2');
    expect(top?.bottom).toBeCloseTo(bottom?.top ?? 0, 0);
  });

  it('a scaled output says its scale, for no subtitle does', async () => {
    const { texts } = await drawnOf(coupled({ output: Array.from({ length: 12 }, () => 4_200_000) }));
    expect(texts.map(({ text }) => text)).toContain('4,2\u00a0mio.');
  });
});
