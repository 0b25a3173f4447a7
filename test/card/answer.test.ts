import { coupledPicture } from '../../src/card/charts.ts';
import { explanationBlocks } from '../../src/card/explanation.ts';
import { answerCard } from '../../src/card/answer.ts';
import { sourceName } from '../../src/card/figures.ts';
import type { CoupledChart } from '../../src/chart/spec.ts';
import { checkPack } from '../../src/app/packs.ts';
import { readPackFolders } from '../../src/io/packs/read.ts';
import { openParser } from '../../src/io/warehouse/parser.ts';
import type { Pack } from '../../src/pack/model.ts';
import type { Query } from '../../src/query/query.ts';
import { MISSING, type Cell, type Result, type Row } from '../../src/query/result.ts';

let children: Pack;
let care: Pack;
beforeAll(async () => {
  const parser = await openParser();
  const folders = new Map((await readPackFolders(['digests'])).folders.map((folder) => [folder.id, folder]));
  const open = (id: string): Promise<Pack> => { const folder = folders.get(id); if (folder === undefined) throw new Error(`no pack ${id}`); return checkPack(folder, parser, {}); };
  [children, care] = [await open('boern-unge'), await open('hjemmepleje')];
  await parser.close();
});

const OCTOBER = { grain: 'month', from: '2026-10-01', to: '2026-11-01' } as const;
const FEW: Cell = { value: null, state: 'suppressed' };
const HIDDEN: Cell = { value: null, state: 'withheld' };
const row = (unit: string, values: Row['values']): Row => ({ unit, period: OCTOBER, dimension: null, values, against: {} });

/** The first sentence about one figure of the seven districts, each as given. */
function headline(measure: string, figures: readonly (number | Cell)[]): string {
  const query: Query = { pack: 'hjemmepleje', measures: [measure], units: ['hjemmeplejen'], level: 'distrikt', period: OCTOBER, comparisons: [], comparedTo: null, by: null, having: null, order: null, limit: null };
  const districts = [...care.organisation.units.values()].filter((unit) => unit.level === 'distrikt').slice(0, figures.length);
  const rows = districts.map(({ id }, i) => { const figure = figures[i] ?? MISSING; return row(id, { [measure]: typeof figure === 'number' ? { value: figure, state: 'ok' } : figure }); });
  return answerCard(care, { query, rows, provenance: [], caveats: [] }, { language: 'da', understood: [], alternatives: [], latest: '', wantsChart: false, history: null, forecast: null, filtered: null }).headline.replaceAll('\u00a0', ' ');
}

describe('the sentence about several units', () => {
  it('names the highest and the lowest', () => {
    expect(headline('sygefravaer', [5, 6, 7])).toBe('Sygefravær i oktober 2026: højest i Vest (7,0 pct.), lavest i Nord (5,0 pct.).');
  });
  it('names all that share a place, and how many when they are many', () => {
    expect(headline('sygefravaer', [7, 5, 7, 5, 7])).toBe('Sygefravær i oktober 2026: højest i Nord, Vest og Syd (7,0 pct.), lavest i Nordvest og Sydvest (5,0 pct.).');
    expect(headline('sygefravaer', [7, 5, 5, 5, 5])).toBe('Sygefravær i oktober 2026: højest i Nord (7,0 pct.), lavest i 4 af 5 (5,0 pct.).');
  });
  it('ranks nothing when all are the same as they read', () => {
    expect(headline('sygefravaer', [5.01, 5.02, 4.99])).toBe('Sygefravær i oktober 2026: det samme i alle 3 (5,0 pct.).');
    expect(headline('sygefravaer', [5, HIDDEN, 5])).toBe('Sygefravær i oktober 2026, af dem der kan vises: det samme i alle 2 (5,0 pct.).');
  });
  it('says of hidden figures only that they are not shown', () => {
    expect(headline('sygefravaer', [FEW, 6, 7])).toBe('Sygefravær i oktober 2026, af dem der kan vises: højest i Vest (7,0 pct.), lavest i Nordvest (6,0 pct.).');
    expect(headline('sygefravaer', [HIDDEN, HIDDEN, FEW])).toBe('Sygefravær i oktober 2026: ingen af de 3 tal kan vises.');
  });
});

it('the picture of money and output names no line that is not drawn', () => {
  const picture = (output: Cell): { chart: CoupledChart; alt: string } => {
    const { chart, alt } = coupledPicture(children, [row('havnen', { forbrug_anbringelser: { value: 9, state: 'ok' }, budget_anbringelser: { value: 8, state: 'ok' }, helaarsanbragte: output })], { money: 'forbrug_anbringelser', plan: 'budget_anbringelser', output: 'helaarsanbragte' }, 'Forbrug', 'da');
    return { chart: chart as CoupledChart, alt };
  };
  expect(picture({ value: 2, state: 'ok' }).chart.subtitle).toContain('linjen er helårspersoner');
  const hidden = picture(HIDDEN);
  expect(hidden.chart.subtitle).not.toContain('linjen');
  expect(hidden.chart.outputName).toBe('');
  expect(hidden.alt).toContain('Helårsanbragte skjult');
});

it('lists of one system are told apart by what they hold; a system with one list is its name', () => {
  const names = [...children.sources.keys()].map((id) => sourceName(children, id, 'da'));
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('Fagsystemet: Underretninger (syntetiske)');
  expect(names).toContain('Økonomisystemet');
});

describe('what explains a difference', () => {
  const query: Query = { pack: 'hjemmepleje', measures: ['sygefravaer'], units: ['hjemmeplejen'], level: null, period: OCTOBER, comparisons: ['previous'], comparedTo: null, by: null, having: null, order: null, limit: null };
  const told = (now: number, before: number, below: Readonly<Record<string, [Cell, Cell]>>): string => {
    const compared = (unit: string, value: Cell, other: Cell): Row => ({ ...row(unit, { sygefravaer: value }), against: { previous: { sygefravaer: other } } });
    const ok = (value: number): Cell => ({ value, state: 'ok' });
    const result = (rows: readonly Row[]): Result => ({ query, rows, provenance: [], caveats: [] });
    const { sentences, blocks } = explanationBlocks(care, result([compared('hjemmeplejen', ok(now), ok(before))]), 'previous', null, [{ title: 'pr. distrikt', result: result(Object.entries(below).map(([unit, [value, other]]) => compared(unit, value, other))) }], 'da');
    return `${sentences.join(' ')} ${JSON.stringify(blocks)}`.replaceAll('\u00a0', ' ');
  };
  const cells = (value: number, other: number): [Cell, Cell] => [{ value, state: 'ok' }, { value: other, state: 'ok' }];

  it('is where most of it lies, unless that may be where it is hidden, which is said', () => {
    expect(told(7, 6, { nord: cells(8, 6), syd: cells(6, 6) })).toContain('Mest ligger i Nord');
    const hidden = told(7, 6, { nord: cells(8, 6), syd: cells(6, 6), vest: [HIDDEN, { value: 5, state: 'ok' }] });
    expect(hidden).not.toContain('Mest ligger');
    expect(hidden).toMatch(/Vest.*skjult/);
  });

  it('is nothing where the figure reads the same', () => {
    expect(told(6.01, 6.02, { nord: cells(8, 6), syd: cells(4, 6) })).toBe(' []');
  });
});
