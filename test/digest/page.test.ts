import { composeDigest, latestPeriod } from '../../src/app/compose.ts';
import type { Figures } from '../../src/app/figures.ts';
import { lastClosed, shiftMonths, type Period } from '../../src/calendar/period.ts';
import type { Block, Card } from '../../src/card/card.ts';
import { cardText } from '../../src/card/text.ts';
import { recipientsOf } from '../../src/digest/compose.ts';
import type { Digest, Person } from '../../src/pack/model.ts';
import { openDemo } from '../demo/house.ts';

let figures: Figures;
let digest: Digest;
let close: () => Promise<void>;
beforeAll(async () => {
  const demo = await openDemo();
  figures = demo.house.figures('hjemmepleje');
  digest = figures.pack.digests.get('maaned') as Digest;
  close = demo.close;
});
afterAll(() => close());

const month = (from: string): Period => ({ grain: 'month', from, to: shiftMonths(from, 1) });
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');
const person = (id: string): Person => figures.pack.people.get(id) as Person;
async function pageOf(id: string, from = '2026-10-01'): Promise<Card> {
  return (await composeDigest(figures, digest, month(from), [person(id)])).get(id) as Card;
}
const tables = (card: Card): Extract<Block, { kind: 'table' }>[] => card.blocks.filter((block): block is Extract<Block, { kind: 'table' }> => block.kind === 'table');

describe('a leader\'s page', () => {
  it('begins with the sentence that matters: money and hours against plan, and what an hour cost', async () => {
    expect(plain((await pageOf('leder-nord')).headline)).toBe('Nord brugte 825 t.kr. i oktober 2026, 4,1 pct. over budget. 1.617 timer blev leveret, 2,0 pct. over visiteret. En leveret time kostede 510 kr., 10 kr. mere end budgetteret.');
    expect(plain((await pageOf('leder-syd')).headline)).toMatch(/^South spent DKK 705 thousand in October 2026, 0\.3% over budget\. 1,385 hours were delivered, 0\.9% under allocated\./);
  });

  it('is labelled as synthetic, and says where its figures come from and how fresh they are', async () => {
    for (const [id, label, fresh] of [['leder-nord', 'Syntetiske data', '31. oktober 2026'], ['leder-syd', 'Synthetic data', '31 October 2026']] as const) {
      const card = await pageOf(id);
      expect(card.label).toBe(label);
      expect(plain(card.provenance.join(' '))).toContain(fresh);
    }
  });

  it('says what stands out before the table, and only that', async () => {
    const card = await pageOf('leder-nord');
    const first = card.blocks.findIndex(({ kind }) => kind === 'table');
    const before = plain(card.blocks.slice(0, first).map((block) => (block.kind === 'text' || block.kind === 'heading' ? block.text : '')).join('\n'));
    expect(before).toContain('Forbrug: 825 t.kr.');
    expect(before.split('•').length - 1).toBeLessThanOrEqual(3);
    expect(before).not.toContain('Hjælpere pr. borger');
  });

  it('splits a deviation into hours and price, and the parts make up the whole as they are read', async () => {
    let seen = 0;
    for (let back = 0; back < 12; back += 1) {
      const from = shiftMonths('2026-10-01', -back);
      for (const [, card] of await composeDigest(figures, digest, month(from), recipientsOf(figures.pack, digest))) {
        const match = /på ([\d.,]+) t\.kr\. kan deles i to: ([+−]?[\d.,]+) t\.kr\. fra timetallet og ([+−]?[\d.,]+) t\.kr\./.exec(plain(cardText(card)));
        if (match === null) continue;
        const [, whole = '', volume = '', price = ''] = match;
        const number = (text: string): number => Number(text.replaceAll('.', '').replace(',', '.').replace('−', '-').replace('+', ''));
        expect(Math.abs(number(volume) + number(price))).toBeCloseTo(number(whole), 6);
        seen += 1;
      }
    }
    expect(seen).toBeGreaterThan(5);
  });

  it('has a picture whose text says the finding with its numbers', async () => {
    const { picture } = await pageOf('leder-nord');
    expect(picture?.chart.kind).toBe('coupled');
    expect(plain(picture?.alt ?? '')).toMatch(/^Nord: 4,1 pct\. over budget, oktober 2026\. .*Forbrug 825 t\.kr\., Budget 792 t\.kr\., Leverede timer 1\.617 timer/);
  });

  it('is about the leader\'s own units and no other', async () => {
    const others = ['Nordvest', 'Sydvest', 'Øst', 'Centrum'];
    const said = JSON.stringify(await pageOf('leder-nord'));
    for (const other of others) expect(said).not.toContain(other);
  });

  it('of the head of the area holds every district, dearest first, and a picture of each', async () => {
    const card = await pageOf('chef');
    expect(card.picture?.chart.kind).toBe('multiples');
    const ranking = tables(card).at(-1);
    expect(ranking?.rows.map(([unit]) => unit?.text)).toEqual(['Øst', 'Sydvest', 'Nordvest', 'Nord', 'Vest', 'Syd', 'Centrum']);
  });

  it('goes to the seven leaders and the head, each page from one run', async () => {
    const people = recipientsOf(figures.pack, digest);
    expect(people.map(({ id }) => id).sort()).toEqual(['chef', 'leder-centrum', 'leder-nord', 'leder-nordvest', 'leder-oest', 'leder-syd', 'leder-sydvest', 'leder-vest']);
    const all = await composeDigest(figures, digest, month('2026-10-01'), people);
    for (const { id } of people) expect(all.get(id)).toEqual(await pageOf(id));
  });

  it('every figure of it is in the words too, for who does not see the picture', async () => {
    const card = await pageOf('leder-vest');
    const text = cardText(card);
    for (const table of tables(card)) for (const cell of table.rows.flat()) expect(text).toContain(cell.text);
    expect(text).toContain(card.picture?.alt ?? '?');
  });
});

describe('a page about a month that', () => {
  it('is not there yet says so, and shows no figure as if it were nought', async () => {
    const card = await pageOf('leder-nord', '2031-05-01');
    expect(card.picture).toBeNull();
    expect(card.headline).toMatch(/ingen|mangler|ikke/i);
    expect(plain(cardText(card))).not.toMatch(/\b0 (kr|timer)/);
  });

  it('is the first one has no last year, and shows a dash there', async () => {
    const [table] = tables(await pageOf('leder-nord', '2023-11-01'));
    const column = table?.columns.findIndex(({ title }) => title === 'Sidste år') ?? -1;
    expect(column).toBeGreaterThan(0);
    for (const row of table?.rows ?? []) expect(row[column]?.text).toMatch(/^–$|mangler|ingen/i);
  });

  it('is closed is the last one whose data are complete', () => {
    expect(latestPeriod(figures, digest)).toEqual(lastClosed('month', '2026-11-01'));
  });
});
