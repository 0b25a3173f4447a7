import fc from 'fast-check';
import { deviationOf, deviationWords, sharedPrecision, splitWords } from '../../src/card/deviation.ts';
import { formatValue } from '../../src/card/numbers.ts';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');
/** A value beside its plan as an answer shows them: both figures, and the words. */
function shown(value: number, plan: number, unit = 'kr', decimals = 0): string {
  const precision = sharedPrecision([{ value, others: [plan] }], unit, decimals);
  const write = (figure: number): string => formatValue(figure, unit, decimals, 'da', precision);
  return plain(`${write(value)} | ${write(plan)} | ${deviationWords(deviationOf(value, plan, unit, decimals, 'da', precision), { name: 'budget', isPlan: true }, 'da')}`);
}
/** The number a reader takes from a figure, scale and all. */
function read(text: string): number {
  const number = Number((/[−+]?[\d.]+(?:,\d+)?/.exec(text)?.[0] ?? 'NaN').replaceAll('.', '').replace(',', '.').replace('−', '-').replace('+', ''));
  return number * (text.includes('mio.') ? 1e6 : text.includes('t.kr.') ? 1e3 : 1);
}

describe('a deviation in words', () => {
  it.each<[why: string, value: number, plan: number, unit: string, decimals: number, said: string]>([
    ['in one scale, so that 21 percent can be seen in the figures', 10_197, 8_397, 'kr', 0, '10,2 t.kr. | 8,4 t.kr. | 21,4 pct. over budget'],
    ['not 33 t.kr. beside 33 t.kr.', 33_452, 33_100, 'kr', 0, '33,5 t.kr. | 33,1 t.kr. | 1,1 pct. over budget'],
    ['as it always was where the figures carry it', 3_420_000, 3_285_000, 'kr', 0, '3,42 mio. kr. | 3,29 mio. kr. | 4,1 pct. over budget'],
    ['an amount across a change of sign', 500, -2_000, 'kr', 0, '500 kr. | −2.000 kr. | 2.500 kr. over budget'],
    ['an amount across a change of sign, downwards', -500, 2_000, 'kr', 0, '−500 kr. | 2.000 kr. | 2.500 kr. under budget'],
    ['an amount where nothing was budgeted', 1_200, 0, 'kr', 0, '1.200 kr. | 0 kr. | 1.200 kr. over budget'],
    ['an amount of next to nothing', 3, 0.4, 'kr', 0, '3,0 kr. | 0,4 kr. | 2,6 kr. over budget'],
    ['an amount over 1,000 percent', 250_000, 12_000, 'kr', 0, '250 t.kr. | 12 t.kr. | 238 t.kr. over budget'],
    ['percent up to 1,000', 110, 10, 'hours', 0, '110 timer | 10 timer | 1.000,0 pct. over budget'],
    ['all of it unspent', 0, 4_000, 'kr', 0, '0 kr. | 4.000 kr. | 100,0 pct. under budget'],
    ['income: less negative is more', -50, -100, 'kr', 0, '−50 kr. | −100 kr. | 50 kr. over budget'],
    ['income: more negative is less', -150, -100, 'kr', 0, '−150 kr. | −100 kr. | 50 kr. under budget'],
    ['equal after rounding', 1_000_004, 1_000_000, 'kr', 0, '1,00 mio. kr. | 1,00 mio. kr. | som budget'],
    ['equal percentages as they are read', 4.04, 3.96, 'percent', 1, '4,0 pct. | 4,0 pct. | som budget'],
    ['points as they are read', 4.16, 4.14, 'percent', 1, '4,2 pct. | 4,1 pct. | 0,1 procentpoint over budget'],
    ['few hours with the decimal that tells them apart', 2.6, 2.4, 'hours', 0, '2,6 timer | 2,4 timer | 8,3 pct. over budget'],
    ['the decimals that are asked for', 12.5, 10, 'kr', 2, '12,50 kr. | 10,00 kr. | 25,0 pct. over budget'],
    ['nothing and nothing', 0, 0, 'kr', 0, '0 kr. | 0 kr. | som budget'],
    ['each in its own scale where none is for both', 12_000_000, 400, 'kr', 0, '12,0 mio. kr. | 400 kr. | 12,0 mio. kr. over budget'],
  ])('%s', (_, value, plan, unit, decimals, said) => {
    expect(shown(value, plan, unit, decimals)).toBe(said);
  });

  it('is said in English as in Danish', () => {
    const words = (value: number, plan: number): string => plain(deviationWords(deviationOf(value, plan, 'kr', 0, 'en'), { name: 'the year before', isPlan: false }, 'en'));
    expect([words(500, -2_000), words(10_197, 8_397), words(100, 100)]).toEqual(['DKK 2,500 more than the year before', '21.4% more than the year before', 'the same as the year before']);
  });

  const amount = fc.tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: -2, max: 6 })).map(([n, power]) => Number(`${n}e${power}`));
  const near = fc.tuple(amount, fc.double({ min: -0.3, max: 0.3, noNaN: true })).map(([value, share]): [number, number] => [value, value * (1 + share)]);
  const pair = fc.oneof(fc.tuple(amount, amount), near);

  it('never contradicts the figures that stand beside it: direction, amount and percent', () => {
    fc.assert(fc.property(pair, fc.constantFrom(['kr', 0], ['kr', 2], ['hours', 0], ['hours', 1], ['kr per hour', 0], ['percent', 1], ['count', 0]), ([value, plan], [unit, decimals]) => {
      const [a = '', b = '', words = ''] = shown(value, plan, unit as string, decimals as number).split(' | ');
      const [x, y] = [read(a), read(b)];
      const size = read(words);
      if (x === y) return expect(words).toBe('som budget');
      if (words === 'som budget') return expect(Math.abs((value - plan) / plan)).toBeLessThan(0.0005);
      expect(words).toContain(x > y ? ' over budget' : ' under budget');
      expect(value > plan).toBe(x > y);
      if (words.includes(' pct. ')) {
        // What a reader reckons from the two figures is within half a point, or a tenth, of what is said.
        const reckoned = Math.abs((x - y) / y) * 100;
        const off = Math.abs(reckoned - size);
        expect(off).toBeLessThanOrEqual(Math.max(0.56, 0.11 * size));
        expect(Math.sign(value) * Math.sign(plan)).toBeGreaterThanOrEqual(0);
        expect(size).toBeLessThanOrEqual(1000);
      } else {
        // An amount is the difference of the two figures as they are read.
        expect(Math.abs(size - Math.abs(x - y))).toBeLessThanOrEqual(0.051 * Math.abs(x - y) + 1e-6);
      }
      return undefined;
    }), { numRuns: 5000 });
  });

  it('reads the same from either side: what is over one is under the other', () => {
    fc.assert(fc.property(pair, ([value, plan]) => {
      const there = deviationOf(value, plan, 'kr', 0, 'da').side;
      const back = deviationOf(plan, value, 'kr', 0, 'da').side;
      expect(there * back === 1).toBe(false);
    }));
  });

  it('makes the parts of a split up to the whole as they are read', () => {
    fc.assert(fc.property(amount, amount, (whole, volume) => {
      const [all, first, second] = splitWords(whole, volume, 'kr', 0, 'da').map((text) => read(plain(text))) as [number, number, number];
      expect(Math.abs(first + second - all)).toBeLessThan(1e-6 * Math.max(1, Math.abs(all), Math.abs(first)));
    }), { numRuns: 2000 });
  });
});
