import { createCanvas } from '@napi-rs/canvas';
import type { Card, Message, TableCell } from '../../../src/card/card.ts';
import type { CoupledChart } from '../../../src/chart/spec.ts';
import type { Language } from '../../../src/pack/model.ts';


const MONTHS = { da: ['jan', 'feb', 'mar', 'apr', 'maj', 'jun', 'jul', 'aug', 'sep'], en: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep'] };
const BUDGET = [4.1, 4.1, 4.2, 4.2, 4.2, 4.3, 4.0, 4.2, 4.3];
const SPEND = [4.0, 4.2, 4.1, 4.3, 4.4, 4.5, 4.2, 4.5, 4.71];

function chart(language: Language): CoupledChart {
  const style = { language, unit: 'kr', decimals: 0 } as const;
  return {
    kind: 'coupled', title: '', subject: '', subtitle: '', style, labels: MONTHS[language], budget: BUDGET, spend: SPEND, output: SPEND.map(() => 12_000),
    outputName: '', outputStyle: { language, unit: 'hours', decimals: 0 }, partial: SPEND.map(() => false),
  };
}

/** A small bar chart, 960 x 480 pixels, as PNG. */
export function drawChart(language: Language): Uint8Array {
  const canvas = createCanvas(960, 480);
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, 960, 480);
  pen.fillStyle = '#1f2937';
  pen.font = '600 26px "Liberation Sans"';
  pen.fillText(language === 'da' ? 'Hjemmepleje Nord: 410 t.kr. over budget i september' : 'Home care North: DKK 410 thousand over budget in September', 24, 44);
  SPEND.forEach((spend, i) => {
    const x = 40 + i * 100;
    const height = (value: number): number => (value - 3) * 190;
    pen.fillStyle = '#dde2ea';
    pen.fillRect(x, 420 - height(BUDGET[i] ?? 0), 74, height(BUDGET[i] ?? 0));
    pen.fillStyle = spend > (BUDGET[i] ?? 0) ? '#d55e00' : '#0072b2';
    pen.fillRect(x + 18, 420 - height(spend), 38, height(spend));
    pen.fillStyle = '#4b5563';
    pen.font = '20px "Liberation Sans"';
    pen.fillText(MONTHS[language][i] ?? '', x + 18, 450);
  });
  return canvas.toBuffer('image/png');
}

const cell = (text: string, tone: TableCell['tone'] = 'neutral'): TableCell => ({ text, tone });

const DANISH: Card = {
  language: 'da',
  title: 'Hjemmepleje · Distrikt Nord · september 2026',
  label: 'Syntetiske data',
  headline: 'Forbruget er 410 t.kr. (9,5 pct.) over budget, mens de leverede timer følger planen.',
  picture: { chart: chart('da'), alt: 'Forbrug og budget pr. måned. I september er forbruget 4,71 mio. kr. mod et budget på 4,30 mio. kr., 410 t.kr. over.' },
  blocks: [
    { kind: 'table', title: 'Budget og timer i september', columns: [{ title: 'Mål', align: 'left' }, { title: 'Faktisk', align: 'right' }, { title: 'Budget', align: 'right' }, { title: 'Afvigelse', align: 'right' }], rows: [
      [cell('Forbrug'), cell('4,71 mio. kr.'), cell('4,30 mio. kr.'), cell('▲ +410 t.kr. over', 'concern')],
      [cell('Leverede timer'), cell('12.410 timer'), cell('12.380 timer'), cell('+30 timer')],
      [cell('Pris pr. time'), cell('380 kr.'), cell('347 kr.'), cell('▲ +33 kr. dyrere', 'concern')],
      [cell('Sygefravær'), cell('4,1 pct.'), cell('5,0 pct.'), cell('▼ −0,9 procentpoint, bedre', 'good')],
    ] },
    { kind: 'heading', text: 'Hvad ligger bag' },
    { kind: 'text', text: '400 t.kr. af afvigelsen kommer af dyrere timer, 10 t.kr. af flere timer.\nVikarer fylder 18 pct. af timerne mod 11 pct. i august.' },
    { kind: 'notes', title: 'Forbehold', items: ['Bogføringsdato og leveringsdato kan falde i hver sin måned.', 'Antal borgere med færre end 5 vises som "<5".'] },
  ],
  actions: [
    { id: 'price', label: 'Hvorfor dyrere timer?', ask: 'hvorfor er prisen pr. time steget i Nord i september' },
    { id: 'year', label: 'År til dato', ask: 'budget mod timer i Nord år til dato' },
    { id: 'explain', label: 'Skriv en forklaring', ask: 'forklar forbrug Nord september 2026' },
  ],
  provenance: ['Kilde: finansbogen og omsorgssystemet, data til og med 30. september 2026, indlæst 6. oktober kl. 05.40.', 'Pris pr. time = forbrug / leverede timer.'],
};

const ENGLISH: Card = {
  ...DANISH,
  language: 'en',
  title: 'Home care · North district · September 2026',
  label: 'Synthetic data',
  headline: 'Spending is DKK 410 thousand (9.5%) over budget, while delivered hours follow the plan.',
  picture: { chart: chart('en'), alt: 'Spending and budget per month. In September spending is DKK 4.71 million against a budget of DKK 4.30 million, DKK 410 thousand over.' },
  blocks: [
    { kind: 'table', title: 'Budget and hours in September', columns: [{ title: 'Measure', align: 'left' }, { title: 'Actual', align: 'right' }, { title: 'Budget', align: 'right' }, { title: 'Deviation', align: 'right' }], rows: [
      [cell('Spending'), cell('DKK 4.71 million'), cell('DKK 4.30 million'), cell('▲ +DKK 410 thousand over', 'concern')],
      [cell('Delivered hours'), cell('12,410 hours'), cell('12,380 hours'), cell('+30 hours')],
      [cell('Sickness absence'), cell('4.1%'), cell('5.0%'), cell('▼ −0.9 percentage points, better', 'good')],
    ] },
    { kind: 'text', text: 'DKK 400 thousand of the deviation comes from dearer hours, DKK 10 thousand from more hours.' },
  ],
  actions: [{ id: 'year', label: 'Year to date', ask: 'budget vs hours in North year to date' }],
  provenance: ['Source: the ledger and the care system, data up to 30 September 2026.'],
};

export const CARDS: Readonly<Record<Language, Card>> = { da: DANISH, en: ENGLISH };

/** A whole message with its picture. */
export function sampleMessage(language: Language): Message {
  return { card: CARDS[language], png: drawChart(language), sheet: null };
}

export const PEOPLE = [
  { id: 'anna', name: 'Anna Holm', title: 'Direktør for Sundhed og Omsorg', language: 'da', email: 'anna@example.dk' },
  { id: 'bo', name: 'Bo Kjær Rasmussen', title: 'Distriktsleder, Hjemmepleje Nord', language: 'da', email: 'bo@example.dk' },
  { id: 'dorte', name: 'Dorte Lindegaard-Vestergaard', title: 'Områdeleder, Hjemmepleje', language: 'da', email: 'dorte@example.dk' },
  { id: 'emily', name: 'Emily Carter', title: 'Finance analyst', language: 'en', email: 'emily@example.dk' },
] as const;

export const SUGGESTIONS: Readonly<Record<Language, readonly string[]>> = {
  da: ['Budget mod timer sidste måned', 'Hvilke distrikter skiller sig ud?', 'Sygefravær i Nord år til dato'],
  en: ['Budget vs hours last month', 'Which districts stand out?'],
};
