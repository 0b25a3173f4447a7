import type { BarsChart, ChartSpec, CoupledChart, MultiplesChart, NumberStyle, TrendChart, VarianceChart } from '../../../src/chart/spec.ts';

const style = (unit: string, decimals = 0, language: 'da' | 'en' = 'da'): NumberStyle => ({ language, unit, decimals });
export const kr = style('kr');
const INITIALS = ['J', 'F', 'M', 'A', 'M', 'J', 'J', 'A', 'S', 'O', 'N', 'D'];
const SHORT = ['jan.', 'feb.', 'mar.', 'apr.', 'maj', 'jun.', 'jul.', 'aug.', 'sep.', 'okt.', 'nov.', 'dec.'];

/** The labels of so many months from a month of 2024 on, as the cards write them. */
export function monthLabels(count: number, from = 10): string[] {
  const at = (i: number): { month: number; year: number } => ({ month: (from + i) % 12, year: 2024 + Math.floor((from + i) / 12) });
  return Array.from({ length: count }, (_, i) => {
    const { month, year } = at(i);
    const marked = i === 0 || month === 0;
    return count <= 14 ? `${INITIALS[month]}${marked ? `\n’${year % 100}` : ''}` : `${SHORT[month]}${marked ? `\n${year}` : ''}`;
  });
}
export const quarterLabels = (count: number, language: 'da' | 'en' = 'da'): string[] => Array.from({ length: count }, (_, i) => `${language === 'da' ? `${(i % 4) + 1}. kv.` : `Q${(i % 4) + 1}`}${i % 4 === 0 ? `\n${2019 + i / 4}` : ''}`);

const wave = (count: number, base: number, swing = 0.1): number[] => Array.from({ length: count }, (_, i) => base * (1 + swing * Math.sin(i * 1.3)));
const LONG = 'Hjemmeplejedistriktet Nørresundby-Vodskov';
const WORD = 'Rehabiliteringsogforebyggelsesenhedenforældreogbørnnordøstdal';
const NAMES: Record<string, (i: number) => string> = {
  short: (i) => ['Nord', 'Syd', 'Øst', 'Vest', 'Midt'][i % 5] + (i < 5 ? '' : ` ${i}`),
  'alike in front': (i) => `${LONG} afdeling ${i + 1}`,
  'alike behind': (i) => `${['Anna', 'Bo', 'Carl', 'Dorthe', 'Eva'][i % 5]}${i} daginstitutioner for de mindste børn i kommunen`,
  'alike at both ends': (i) => `Daginstitutionen for børn ${String.fromCharCode(65 + (i % 26))}${Math.floor(i / 26)} i det nordlige område af kommunen`,
  'without blanks': (i) => `${WORD}${i}`,
  'with pictographs': (i) => `🚑 Team ${['🚒', '👩‍👩‍👧', '🇩🇰', '❤️', '⭐'][i % 5]} Akut ${Math.floor(i / 5)}`,
  'all one name': () => LONG,
};

type Labels = (v: number) => string;
const amounts = (unit: string): Labels => (v) => `${v < 0 ? '−' : ''}${Math.abs(Math.round(v)).toLocaleString('da-DK')}\u00a0${unit}`;

export function bars(count: number, name: (i: number) => string, of: (i: number) => number | null, label: Labels = amounts('kr.'), over: Partial<BarsChart> = {}): BarsChart {
  return {
    kind: 'bars', title: 'Pris pr. leveret time, oktober 2026', subject: '', subtitle: 'Pris pr. leveret time, kr. pr. time · streg: Budget', style: kr,
    rows: Array.from({ length: count }, (_, i) => { const v = of(i); return { name: name(i), value: v, label: v === null ? '–' : label(v), mark: i % 3 === 0 ? 400 : null, tone: 'neutral' as const, own: i === 1 }; }), ...over,
  };
}
export function variance(count: number, name: (i: number) => string, of: (i: number) => number | null, label: Labels = (v) => `${v > 0 ? '+' : ''}${v.toFixed(1).replace('.', ',')}\u00a0pct.`): VarianceChart {
  return {
    kind: 'variance', title: `${LONG}: 9,1 pct. over budget, oktober 2026`, subject: LONG, subtitle: 'Forbrug, afvigelse: budget', style: style('percent', 1),
    rows: Array.from({ length: count }, (_, i) => { const v = of(i); return { name: name(i), value: v, label: v === null ? '–' : label(v), tone: v === null ? 'neutral' as const : v > 0 ? 'concern' as const : 'good' as const, own: i === 0 }; }),
  };
}
export const coupled = (over: Partial<CoupledChart> = {}, count = 12): CoupledChart => ({
  kind: 'coupled', title: 'Nord: 4,1 pct. over budget, oktober 2026', subject: 'Nord', subtitle: 'Forbrug (søjler) mod budget (grå), kr. pr. måned', style: kr, labels: monthLabels(count),
  budget: wave(count, 790_000), spend: wave(count, 812_000, 0.3), output: wave(count, 1500), outputName: 'Timer', outputStyle: style('hours'), partial: [], ...over,
});
export const trend = (over: Partial<TrendChart> = {}, count = 12): TrendChart => ({
  kind: 'trend', title: 'Pris pr. leveret time', subject: '', subtitle: 'Pris pr. leveret time, kr. pr. time', style: style('kr per hour'), labels: monthLabels(count), values: wave(count, 520), lastYear: wave(count, 500), plan: wave(count, 505),
  names: { values: 'Øst', lastYear: 'Året før', plan: 'Budget' }, limits: null, signals: [], partial: [], ...over,
});
export const multiples = (count: number, name: (i: number) => string, over: Partial<MultiplesChart> = {}, note: (i: number) => string = (i) => `${i % 2 === 0 ? '+' : '−'}${i},8\u00a0pct.`, months = 12): MultiplesChart => ({
  kind: 'multiples', title: 'Hjemmeplejen: 1,4 pct. over budget', subject: 'Hjemmeplejen', subtitle: 'Forbrug måned for måned; procent: hele perioden under ét', style: kr, labels: monthLabels(months),
  panels: Array.from({ length: count }, (_, i) => ({ name: name(i), note: note(i), tone: i % 2 === 0 ? 'concern' as const : 'good' as const, values: wave(months, 700_000 + i * 10_000), plan: wave(months, 690_000) })),
  legend: { over: 'over budget', under: 'under budget', plan: 'Budget', none: 'uden budget' }, ...over,
});

const nought = (count: number): number[] => Array.from({ length: count }, () => 0);
const mixed = (i: number): number => (i % 2 === 0 ? 1 : -1) * (40 + i * 31);
const FINDING = '12,3 pct. over det korrigerede budget efter anden budgetopfølgning, oktober 2026';
const LONG_PLAN = 'det korrigerede budget efter anden budgetopfølgning';

const names = Object.entries(NAMES);
/** Every design in shapes that nobody would choose and some pack will have. */
export const HOSTILE: readonly (readonly [string, ChartSpec])[] = [
  ...names.flatMap(([what, name]): [string, ChartSpec][] => [
    [`bars: 7 names ${what}, positive and negative`, bars(7, name, mixed)],
    [`bars: 50 names ${what}`, bars(50, name, (i) => 700 - i * 9)],
    [`variance: 7 names ${what}`, variance(7, name, (i) => i * 4.3 - 12)],
    [`multiples: 9 names ${what}`, multiples(9, name)],
  ]),
  ['bars: 120 units, own among them', bars(120, NAMES['alike in front'] as never, (i) => 3000 - i * 50)],
  ['bars: all negative', bars(6, NAMES['short'] as never, (i) => -100 - i * 77)],
  ['bars: marks on the other side of nought', bars(9, NAMES['without blanks'] as never, (i) => -50 - i * 30)],
  ['bars: only noughts', bars(5, NAMES['short'] as never, () => 0, amounts('kr.'))],
  ['bars: all equal', bars(5, NAMES['alike behind'] as never, () => 314)],
  ['bars: one a hundred times the others', bars(8, NAMES['alike at both ends'] as never, (i) => (i === 3 ? 50_000 : 500))],
  ['bars: a unit of measure that fills the picture', bars(7, NAMES['alike in front'] as never, mixed, amounts('indskrevne børn og unge pr. 1.000 indbyggere under 18 år (foreløbig)'))],
  ['bars: milliards', bars(7, NAMES['short'] as never, (i) => mixed(i) * 1e10, amounts('helårspersoner'))],
  ['bars: next to nothing', bars(7, NAMES['short'] as never, (i) => mixed(i) * 1e-9, (v) => `${v.toPrecision(3)} kr.`)],
  ['bars: most without figures', bars(12, NAMES['alike in front'] as never, (i) => (i === 4 ? 12 : null))],
  ['bars: English money', bars(7, NAMES['alike in front'] as never, (i) => mixed(i) * 1e6, (v) => `${v < 0 ? '−' : ''}DKK\u00a0${Math.abs(v / 1e6).toFixed(2)}\u00a0million (provisional)`, { style: style('kr', 0, 'en') })],
  ['bars: one bar', bars(1, () => LONG, () => 5)],
  ['variance: percentage points in English', variance(9, NAMES['alike in front'] as never, (i) => i * 4.3 - 12, (v) => `${v > 0 ? '+' : ''}${v.toFixed(1)}\u00a0percentage points`)],
  ['variance: 50 units', variance(50, NAMES['alike at both ends'] as never, (i) => 60 - i * 2.4)],
  ['variance: over a thousand percent', variance(5, NAMES['short'] as never, (i) => (i === 0 ? 12345.6 : -3))],
  ['coupled: a name that pushes the finding out', coupled({ title: `${WORD} ${LONG}: ${FINDING}`, subject: `${WORD} ${LONG}`, subtitle: `Forbrug til ${LONG} (søjler) mod ${LONG_PLAN} (grå), kr. pr. måned; linjen er helårspersoner` })],
  ['coupled: income, all negative', coupled({ spend: wave(12, -812_000), budget: wave(12, -790_000) })],
  ['coupled: positive and negative', coupled({ spend: wave(12, 100_000, 3), budget: wave(12, 50_000) })],
  ['coupled: wild neighbours', coupled({ spend: Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? 100_000 : 1_500_000)), budget: wave(12, 790_000) })],
  ['coupled: only noughts', coupled({ spend: nought(12), budget: nought(12), output: nought(12) })],
  ['coupled: no budget, no output', coupled({ budget: nought(12).map(() => null), output: nought(12).map(() => null), outputName: '' })],
  ['coupled: one month', coupled({}, 1)],
  ['coupled: 60 months', coupled({}, 60)],
  ['coupled: 13 months', coupled({}, 13)],
  ['coupled: one month a hundred times the others', coupled({ spend: wave(12, 812_000).map((v, i) => (i === 5 ? v * 100 : v)) })],
  ['coupled: milliards and many hours', coupled({ spend: wave(12, 8e11), budget: wave(12, 7e11), output: wave(12, 4.2e9), outputName: 'Personer' })],
  ['coupled: small money, fine hours', coupled({ spend: wave(12, 0.012), budget: wave(12, 0.01), output: wave(12, 0.004), outputStyle: style('hours', 2) })],
  ['coupled: quarters', coupled({ labels: quarterLabels(12) })],
  ['coupled: years of a school', coupled({ labels: ['2019/20', '2020/21', '2021/22', '2022/23', '2023/24', '2024/25', '2025/26', '2026/27', '2027/28', '2028/29', '2029/30', '2030/31'] })],
  ['trend: one point', trend({}, 1)],
  ['trend: lines that end alike', trend({ values: nought(12).map(() => 7), lastYear: nought(12).map(() => 7), plan: nought(12).map(() => 7) })],
  ['trend: only noughts', trend({ values: nought(12), lastYear: null, plan: null })],
  ['trend: long names', trend({ names: { values: WORD, lastYear: 'Året før', plan: LONG_PLAN }, title: `${LONG}: pris pr. leveret time 512 kr. pr. time, ${FINDING}`, subject: LONG })],
  ['trend: names at the bottom', trend({ values: wave(12, 500).map((v, i) => (i === 11 ? 0 : v)), lastYear: wave(12, 500).map((v, i) => (i === 11 ? 0 : v)), plan: wave(12, 500).map((v, i) => (i === 11 ? 0 : v)) })],
  ['trend: below and above nought', trend({ values: wave(24, 100_000, 5), lastYear: wave(24, -90_000, 4), plan: null, style: kr }, 24)],
  ['trend: 36 months with many signals', trend({ values: wave(36, 500, 0.3), lastYear: null, plan: null, limits: { mean: 500, lower: 450, upper: 550, from: 0 }, signals: Array.from({ length: 36 }, (_, i) => i).filter((i) => i % 2 === 0) }, 36)],
  ['trend: signals at both ends', trend({ values: wave(24, 500).map((v, i) => (i === 0 || i === 22 ? 900_000 : v)), lastYear: null, plan: null, limits: { mean: 500, lower: 450, upper: 550, from: 10 }, signals: [0, 22, 23] }, 24)],
  ['trend: 60 months', trend({}, 60)],
  ['trend: next to nothing', trend({ values: wave(12, 0.0003), lastYear: wave(12, 0.00029), plan: null, style: style('hours', 1) })],
  ['trend: milliards of kroner', trend({ values: wave(12, 123_456_789_012), lastYear: null, plan: null, style: kr })],
  ['trend: six decimals', trend({ values: wave(12, 321.123456), lastYear: null, plan: null, style: style('count', 6) })],
  ['trend: percent with two decimals', trend({ values: wave(12, 4.123), lastYear: null, plan: null, style: style('percent', 2) })],
  ['trend: quarters in English', trend({ labels: quarterLabels(21, 'en'), style: style('count', 1, 'en') }, 21)],
  ['trend: 40 quarters', trend({ labels: quarterLabels(40) }, 40)],
  ['trend: school years', trend({ labels: ['2024/25', '2025/26', '2026/27', '2027/28', '2028/29', '2029/30', '2030/31', '2031/32'] }, 8)],
  ['trend: days', trend({ labels: Array.from({ length: 31 }, (_, i) => `${i + 1}. oktober${i === 0 ? '\n2026' : ''}`) }, 31)],
  ['trend: last month without figures', trend({ values: [...wave(11, 520), null] })],
  ['multiples: one panel', multiples(1, () => LONG)],
  ['multiples: 50 panels', multiples(50, NAMES['alike in front'] as never)],
  ['multiples: without plan', multiples(7, NAMES['alike behind'] as never, { legend: null, subtitle: 'Forbrug måned for måned; tal: oktober 2026' }, () => '3,42\u00a0mio. kr.*')],
  ['multiples: a long plan', multiples(7, NAMES['alike behind'] as never, { legend: { over: `over ${LONG_PLAN}`, under: `under ${LONG_PLAN}`, plan: LONG_PLAN, none: `uden ${LONG_PLAN}` }, title: `${LONG} ${LONG}: ${FINDING}`, subject: `${LONG} ${LONG}` })],
  ['multiples: below and above nought', multiples(7, NAMES['short'] as never, { panels: Array.from({ length: 7 }, (_, i) => ({ name: `Nord ${i}`, note: '', tone: 'neutral' as const, values: wave(12, 100, 4), plan: [...nought(6).map(() => null), ...wave(6, 50)] })) })],
  ['multiples: one month', multiples(5, NAMES['short'] as never, {}, undefined, 1)],
  ['multiples: 60 months', multiples(9, NAMES['alike in front'] as never, {}, undefined, 60)],
  ['multiples: days as labels', multiples(3, NAMES['short'] as never, { labels: Array.from({ length: 12 }, (_, i) => `${i + 10}. september\n2026`) })],
];
