import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { renderBlocks } from '../../adapters/slack/render.ts';
import { answer } from '../../src/app/answer.ts';
import { NOTHING, remember } from '../../src/app/converse.ts';
import { cardText } from '../../src/card/text.ts';
import type { Pack, Person } from '../../src/pack/model.ts';
import { buildLexicon, type Lexicon } from '../../src/question/lexicon.ts';
import { openDemo } from '../demo/house.ts';

/** Whatever is said after whatever else, half-read turns too, ends in a message that can be shown: never in a fault of ours. */
let demo: Awaited<ReturnType<typeof openDemo>>;
let pack: Pack;
let lexicon: Lexicon;
beforeAll(async () => {
  demo = await openDemo();
  pack = demo.house.packs()[0] as Pack;
  lexicon = buildLexicon([pack]);
});
afterAll(() => demo.close());

const corpus = (name: string): { q: string; after?: string[] }[] => readFileSync(`test/question/corpus/${name}.jsonl`, 'utf8').split('\n').filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as { q: string });
const SAID = [...corpus('home-care'), ...corpus('talk')].map(({ q }) => q);
/** Turns that need the one before: alone they say too little. */
const HALF = ['og i september?', 'og i Syd?', 'pr. måned', 'mod sidste år', 'som graf', 'i Excel', 'hvorfor?', 'nej, jeg mente Vest', 'pr. distrikt', 'top 3', 'de dyreste', 'kun Løn fast personale', 'mere end 5 %', 'over budget', 'året', 'den anden', '2', 'ja',
  'why', 'per month', 'vs last year', 'as a chart', 'and in September?', 'i år', 'i 2024', 'uge 40', 'hvad betyder det', 'alle', 'total', 'undtagen Nord', 'pr. ydelse', 'siden marts', 'andel', 'procent', 'trend', 'kvartal', 'budget'];
const turn = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...HALF) }, { weight: 2, arbitrary: fc.constantFrom(...SAID) }, { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...SAID), fc.constantFrom(...HALF)).map(([a, b]) => `${a} ${b}`) });

test('a dialogue of any turns is answered to the last one', async () => {
  await fc.assert(fc.asyncProperty(fc.array(turn, { minLength: 2, maxLength: 5 }), fc.constantFrom('chef', 'leder-nord', 'leder-syd', 'analytiker'), async (turns, who) => {
    let known = NOTHING;
    for (const text of turns) {
      const answered = await answer(text, { memberships: [{ pack, person: pack.people.get(who) as Person }], figures: (id) => demo.house.figures(id), lexicon, today: '2026-11-23', previous: known.query, offered: known.offered, language: null });
      const said = cardText(answered.card);
      expect(said).not.toMatch(/undefined|NaN|\[object|null kr/);
      expect(answered.card.headline).not.toBe('');
      expect(renderBlocks(answered.card, { file: null, surface: 'message', tables: true }).length).toBeGreaterThan(0);
      known = remember(known, answered);
    }
  }), { numRuns: 200, seed: 20261201 });
});
