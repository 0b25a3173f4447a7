import { answer, type Answer } from '../../src/app/answer.ts';
import { cardText } from '../../src/card/text.ts';
import type { Person } from '../../src/pack/model.ts';
import { buildLexicon } from '../../src/question/lexicon.ts';
import type { PackHouse } from '../../src/warehouse.ts';
import { openDemo } from '../demo/house.ts';

/** What a leader is told, on the demo's figures, on 23 November 2026: data are closed through October. */
let house: PackHouse;
let close: () => Promise<void>;
beforeAll(async () => { ({ house, close } = await openDemo()); });
afterAll(() => close());

async function ask(text: string, who = 'leder-nord'): Promise<{ answered: Answer; said: string }> {
  const packs = house.packs();
  const pack = packs[0];
  if (pack === undefined) throw new Error('no demo');
  const answered = await answer(text, { memberships: [{ pack, person: pack.people.get(who) as Person }], figures: (id) => house.figures(id), lexicon: buildLexicon(packs), today: '2026-11-23', previous: null, offered: [], language: null });
  return { answered, said: cardText(answered.card).replaceAll('\u00a0', ' ') };
}
const headline = async (text: string, who?: string): Promise<string> => (await ask(text, who)).answered.card.headline.replaceAll('\u00a0', ' ');

describe('an answer never holds a part against a whole', () => {
  it('a year that is not over is told as it is, without a deviation, and the whole budget beside it', async () => {
    expect(await headline('budget i 2026')).toBe('Nord: forbrug var 8,02 mio. kr. (foreløbig) i 2026. Budget for 2026 er 9,57 mio. kr.');
  });

  it('a year before the data begin is partial, and nothing is said to have grown from it', async () => {
    const { said } = await ask('forbrug i 2023');
    expect(said).toContain('foreløbig');
    const { said: grown } = await ask('forbrug i 2024 mod sidste år');
    expect(grown).not.toMatch(/\d{3},\d pct\. mere/);
  });

  it('a week has no budget of its own, since a budget is a month\'s', async () => {
    expect(await headline('forbrug i uge 40')).not.toContain('budget');
  });
});

describe('an answer says what it is not', () => {
  it('a budget for a month to come is the budget, and that there is no spend yet', async () => {
    expect(await headline('budget i december 2026')).toBe('Nord: budget for december 2026 er 837 t.kr. Der er endnu ingen tal for forbrug.');
  });

  it('per district, to who leads one of them, is theirs, and says that the others are not for them', async () => {
    const { said } = await ask('timepris pr. distrikt sidste måned', 'leder-syd');
    expect(said).toMatch(/kun Syd|Only South/);
    expect(said).not.toContain('Øst');
    expect((await ask('timepris pr. distrikt sidste måned', 'chef')).said).not.toContain('Her er kun');
  });

  it('what a figure can\'t be divided by, with what it can', async () => {
    const { answered } = await ask('forbrug pr. ydelse', 'chef');
    expect(answered.kind).toBe('clarify');
    expect(answered.card.headline).toMatch(/^Forbrug kan ikke deles på /);
    expect(answered.card.actions.map(({ label }) => label)).not.toEqual([]);
  });

  it('a CPR number is refused and not repeated, wherever it is asked', async () => {
    const { answered, said } = await ask('sygefravær for 131052-3308');
    expect(answered.kind).toBe('refused');
    expect(said).not.toContain('131052');
  });

  it('a day that is none is not understood, rather than read as its year', async () => {
    for (const text of ['sygefravær 31-02-2026', 'forbrug 2026-02-31']) expect((await ask(text)).answered.kind).not.toBe('answer');
  });

  it('every sentence ends once', async () => {
    for (const text of ['forbrug udvikling', 'timepris pr. distrikt', 'budget vs timer sidste måned', 'sygefravær pr. distrikt i oktober']) expect((await ask(text, 'chef')).said).not.toMatch(/\.\.(?!\.)/);
  });
});
