import { answer, latestPage } from '../../src/app/answer.ts';
import { composeDigest, latestPeriod } from '../../src/app/compose.ts';
import { sheetOf } from '../../src/app/converse.ts';
import type { Card } from '../../src/card/card.ts';
import { shownFigures } from '../../src/digest/shown.ts';
import { runDigest } from '../../src/app/compose.ts';
import type { Pack } from '../../src/pack/model.ts';
import type { Query } from '../../src/query/query.ts';
import { buildLexicon } from '../../src/question/lexicon.ts';
import type { PackHouse } from '../../src/warehouse.ts';
import { openDemo } from '../demo/house.ts';

/** A politician of the children's committee: the centre as totals, and no section or team of it, by no way there is to ask. */
let house: PackHouse;
let close: () => Promise<void>;
beforeAll(async () => {
  const demo = await openDemo({ now: () => new Date('2026-11-23T12:00:00Z') }, 'boern-unge');
  house = demo.house;
  close = () => demo.close();
});
afterAll(() => close());

const children = (): Pack => house.packs().find(({ id }) => id === 'boern-unge') as Pack;
async function ask(text: string, who = 'politiker', previous: Query | null = null): Promise<{ kind: string; said: string; card: Card; query: Query | null; sheet: string[] }> {
  const pack = children();
  const person = pack.people.get(who);
  if (person === undefined) throw new Error(`no ${who}`);
  const answered = await answer(text, { memberships: [{ pack, person }], figures: (id) => house.figures(id), lexicon: buildLexicon([pack]), today: '2026-11-23', previous, offered: [], language: null });
  const sheet: string[] = [];
  if (answered.kind === 'answer') await sheetOf(answered, [pack], async (sheets) => { sheet.push(JSON.stringify(sheets)); return new Uint8Array(); });
  return { kind: answered.kind, said: JSON.stringify(answered.card).replaceAll('\u00a0', ' '), card: answered.card, query: answered.kind === 'answer' ? answered.result.query : null, sheet };
}
/** Every name below the centre, long and short, in both languages. */
const below = (): RegExp => new RegExp([...children().organisation.units.values()].filter(({ parent }) => parent !== null).flatMap(({ name, shortName }) => [name.da, name.en, shortName.da, shortName.en]).join('|'));

it('is told what the centre spent, against budget and month by month', async () => {
  for (const text of ['forbrug i år', 'forbrug pr. måned i år', 'forbrug i år mod sidste år', 'anbragte i oktober 2026']) {
    const { kind, said } = await ask(text);
    expect([text, kind]).toEqual([text, 'answer']);
    expect(said).toMatch(/Center for Børn og Unge/);
    expect(said).not.toMatch(below());
  }
});

it.each(['forbrug pr. team i år', 'forbrug pr. sektion i oktober', 'hvilke teams ligger over budget', 'de tre teams med højest forbrug i år', 'forbrug pr. team og måned i år', 'forbrug i alle sektioner i år i Excel'])('%s: the total, and a word that it is one', async (text) => {
  const { kind, said, query, sheet } = await ask(text);
  expect([kind, query?.units, query?.level]).toEqual(['answer', ['boern-unge'], null]);
  expect(said).toContain('Her er Center for Børn og Unge samlet: du har adgang til totaler');
  for (const seen of [said, ...sheet]) expect(seen).not.toMatch(below());
  // The head of the centre is told them by the same words.
  expect((await ask(text, 'centerchef')).said).toMatch(below());
});

it.each(['forbrug i Team Skoven i år', 'forbrug i Kysten og Oplandet i oktober', 'siden for Skoven'])('%s: refused', async (text) => {
  expect((await ask(text)).kind).toBe('refused');
  expect((await ask(text, 'centerchef')).kind).not.toBe('refused');
});

it('a question that divides is refused with the reason', async () => {
  const divided = await ask('placements by type in October', 'centerchef');
  expect(divided.query?.by).toHaveProperty('dimension');
  const { kind, said } = await ask('placements by type in October');
  expect([kind, said]).toEqual(['refused', expect.stringContaining('You have access to Centre for Children and Youth as a total')]);
});

it('"hvorfor" goes down to no unit and no split', async () => {
  const { kind, said } = await ask('hvorfor er forbruget over budget i år');
  expect(kind).toBe('answer');
  expect(said).not.toMatch(below());
  expect(said).not.toMatch(/pr\. (?:team|sektion)/);
  expect((await ask('hvorfor er forbruget over budget i år', 'centerchef')).said).toMatch(below());
});

it('a follow-up to what was asked in another role is the total', async () => {
  const before = await ask('forbrug pr. team i oktober', 'centerchef');
  for (const text of ['og i september?', 'som graf', 'pr. måned', 'i Excel']) {
    const { said, sheet } = await ask(text, 'politiker', before.query);
    for (const seen of [said, ...sheet]) expect([text, below().exec(seen)?.[0] ?? null]).toEqual([text, null]);
  }
});

it('what is offered and explained to them leads to totals only', async () => {
  const texts = ['hjælp', 'forbrug i år', 'forbrug', 'siden for Center for Børn og Unge'];
  for (const text of texts) {
    const { said, card } = await ask(text);
    expect([text, below().exec(said)?.[0] ?? null]).toEqual([text, null]);
    for (const action of card.actions) {
      const next = await ask(action.ask);
      expect([action.ask, next.kind === 'refused' || next.said.includes('Her er Center'), below().exec(next.said)?.[0] ?? null]).toEqual([action.ask, false, null]);
    }
  }
});

it('their page has the totals, and none of the sections that show what is below', async () => {
  const pack = children();
  const figures = house.figures(pack.id);
  const digest = [...pack.digests.values()][0];
  const [politician, chief] = [pack.people.get('politiker'), pack.people.get('centerchef')];
  if (digest === undefined || politician === undefined || chief === undefined) throw new Error('the demo has lost someone');
  const period = latestPeriod(figures, digest);
  const pages = await composeDigest(figures, digest, period, [politician, chief]);
  const [theirs, chiefs] = [JSON.stringify(pages.get('politiker')), JSON.stringify(pages.get('centerchef'))];
  expect(chiefs).toMatch(below());
  expect(theirs).not.toMatch(below());
  expect(theirs).toContain('Center for Børn og Unge');
  expect(pages.get('politiker')?.headline).toBe(pages.get('centerchef')?.headline);
  expect(new Set(shownFigures(pack, digest, politician, await runDigest(figures, digest, period)).map(({ unit }) => unit))).toEqual(new Set(['boern-unge']));
  expect(await latestPage({ pack, person: politician }, figures, true)).not.toBeNull();
});
