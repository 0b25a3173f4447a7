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

  it('without a time, spend and budget are those of the same months', async () => {
    for (const text of ['holder vi budgettet', 'holder budgettet', 'hvorfor overskrider vi budgettet', 'hvorfor er vi over budget i 2026']) expect([text, await headline(text, 'chef')]).toEqual([text, expect.stringMatching(/^Hjemmeplejen: forbrug var 54,4 mio\. kr\. i januar–oktober 2026, 0,9 pct\. over budget\.|^Hjemmeplejen: forbrug var 54,4 mio\. kr\. i januar–oktober 2026\. Budget for januar–oktober 2026 er 53,9 mio\. kr\./)]);
    expect(await headline('how are we doing against budget', 'chef')).toContain('January–October 2026');
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

  it('a figure of one account offers nothing next that leaves the account out', async () => {
    const { answered } = await ask('hvad brugte vi sidste år på kørsel', 'chef');
    expect(answered.card.actions.map(({ ask: next }) => next)).toEqual(['Forbrug pr. distrikt Kørsel 2025 mod plan', 'hvad betyder Forbrug']);
    expect(await headline('Forbrug pr. distrikt Kørsel 2025 mod plan', 'chef')).toMatch(/^Forbrug, kørsel i 2025: højest i Centrum/);
  });

  it('why one account is over budget is not explained by what all of them are', async () => {
    const { said } = await ask('hvorfor Forbrug Hjemmeplejen Kørsel 2025 mod plan', 'chef');
    expect(said).toContain('Hjemmeplejen, kørsel: forbrug var 2,83 mio. kr. i 2025, 0,3 pct. over budget.');
    expect(said).not.toMatch(/Mindreforbruget|Hvor forskellen ligger/);
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

/** The rows of an answer, by unit. */
async function rows(text: string, who = 'chef'): Promise<Map<string, { value: number | null; plan: number | null }>> {
  const { answered } = await ask(text, who);
  if (answered.kind !== 'answer') throw new Error(`not answered: ${text}`);
  const [id = ''] = answered.result.query.measures;
  return new Map(answered.result.rows.map((row) => [row.dimension ?? row.unit, { value: row.values[id]?.value ?? null, plan: row.against.plan?.[id]?.value ?? null }]));
}

describe('a filter', () => {
  it('leaves the units that meet it, the furthest first, and says how many of how many', async () => {
    const all = await rows('forbrug pr. distrikt i oktober');
    const over = [...all].filter(([, { value, plan }]) => value !== null && plan !== null && value > plan).sort(([, a], [, b]) => (b.value ?? 0) - (b.plan ?? 0) - ((a.value ?? 0) - (a.plan ?? 0))).map(([unit]) => unit);
    expect([...(await rows('hvilke distrikter ligger over budget i oktober')).keys()]).toEqual(over);
    expect(over.length).toBeGreaterThan(0);
    expect(await headline('hvilke distrikter ligger over budget i oktober', 'chef')).toContain(`${over.length} af 7 ligger over budget`);
  });

  it('in percent of the budget', async () => {
    const all = await rows('forbrug pr. distrikt i år');
    const far = [...all].filter(([, { value, plan }]) => ((value ?? 0) / (plan ?? 1) - 1) * 100 > 5).map(([unit]) => unit);
    expect([...(await rows('hvilke distrikter ligger mere end 5 % over budget')).keys()]).toEqual(far);
  });

  it('that none meets is an answer, with the figures all the same', async () => {
    const { answered, said } = await ask('hvilke distrikter har mere end 50 % sygefravær', 'chef');
    expect(answered.card.headline.replaceAll('\u00a0', ' ')).toContain('ingen af 7 ligger over 50 pct.');
    expect(said).toContain('Sydvest');
  });
});

describe('why', () => {
  it('a deviation is split into amount and price, and shown where it lies; the parts are all of it', async () => {
    const { answered, said } = await ask('hvorfor ligger vi over budget i oktober', 'chef');
    expect(answered.reading.kind).toBe('why');
    expect(said).toMatch(/Merforbruget på 76 t\.kr\. kan deles i to: −110 t\.kr\. fra timetallet og \+186 t\.kr\. fra prisen/);
    expect(said).toContain('pr. distrikt');
    expect(said).toContain('Eksterne vikarer');
    expect(said).toContain('ikke hvorfor den er opstået');
    const units = await rows('forbrug pr. distrikt i oktober');
    const total = (await rows('forbrug i oktober')).get('hjemmeplejen');
    expect([...units.values()].reduce((sum, { value, plan }) => sum + (value ?? 0) - (plan ?? 0), 0)).toBeCloseTo((total?.value ?? 0) - (total?.plan ?? 0), 2);
  });

  it('is asked with a direction: of two comparisons the one that went that way is explained and said first, and the other stands beside it', async () => {
    const up = await ask('hvorfor er timeprisen steget', 'chef');
    expect(up.answered.card.headline).toMatch(/mere end året før\.$/);
    expect(up.said).toMatch(/Sidste år.*Forrige periode/s);
    const down = await ask('hvorfor er timeprisen faldet', 'chef');
    expect(down.answered.card.headline).toMatch(/mindre end forrige periode\.$/);
    expect(down.said).not.toContain('intet fald');
  });

  it('says so when the figures did not go the way the question has it', async () => {
    expect((await ask('hvorfor er timeprisen faldet mod sidste år', 'chef')).said).toContain('Tallene viser intet fald her.');
    expect((await ask('why did cost per hour go up against last month', 'chef')).said).toContain('The figures show no increase here.');
  });

  it('a ratio comes of its two parts', async () => {
    expect((await ask('hvorfor er timeprisen så høj i Sydvest i oktober', 'chef')).said).toMatch(/Det kommer af forbrug [+−]\d.* og leverede timer [+−]\d/);
  });
});

describe('whether the data are there', () => {
  it('a closed month is complete, with the day of each source', async () => {
    const { said } = await ask('er oktober komplet?');
    expect(said).toContain('Oktober 2026 er komplet.');
    expect(said.match(/31\. oktober 2026/g)).toHaveLength(3);
  });
  it('the month now running is not, and what is missing is named', async () => {
    expect(await headline('er november lukket')).toBe('November 2026 er ikke komplet: der mangler data fra Økonomisystemet, Omsorgsjournalen, Lønsystemet.');
  });
  it('of one figure, its own source', async () => { expect((await ask('er sygefraværet opdateret')).said).not.toContain('Omsorgsjournalen'); });
});

describe('two periods', () => {
  it('are each what they are alone', async () => {
    const { answered } = await ask('forbrug i marts 2026 mod juni 2026', 'chef');
    if (answered.kind !== 'answer') throw new Error('not answered');
    const [row] = answered.result.rows;
    expect(row?.values['forbrug']?.value).toBe((await rows('forbrug i juni 2026')).get('hjemmeplejen')?.value);
    expect(row?.against.period?.['forbrug']?.value).toBe((await rows('forbrug i marts 2026')).get('hjemmeplejen')?.value);
    expect(answered.card.headline).toContain('marts 2026');
  });
});

describe('a part of a split', () => {
  it('is the row of the split, and is named', async () => {
    const all = await rows('timer pr. ydelse i oktober');
    expect((await rows('timer til personlig pleje i oktober')).get('Personlig pleje')).toEqual(all.get('Personlig pleje'));
    expect(await headline('timer til personlig pleje i oktober', 'chef')).toContain('personlig pleje');
  });
});

describe('the page of another unit', () => {
  it('is shown to who may see it', async () => { expect(await headline('hvordan går det i Syd', 'chef')).toMatch(/^Syd brugte /); });
  it('is refused to who may not, with nothing of it', async () => {
    const { answered, said } = await ask('hvordan går det i Syd', 'leder-nord');
    expect(answered.kind).toBe('refused');
    expect(said).not.toMatch(/\d/);
  });
});

describe('an answer by rank', () => {
  it('of a change names the amount it is ranked by', async () => {
    expect(await headline('største fald i timer', 'chef')).toMatch(/^Leverede timer mod året før i oktober 2026, lavest først: Nordvest \(−\d+ timer, −9,2 pct\.\)/);
  });
  it('of the first few names them, and calls none of them the lowest of all', async () => {
    const said = await headline('de to dyreste distrikter', 'chef');
    expect(said).toMatch(/højest først: \S+ \(\d+ kr\. pr\. time\), \S+ \(\d+ kr\. pr\. time\)\.$/);
    expect(said).not.toContain('lavest');
  });
});

describe('rates over time in several units', () => {
  it('are drawn without a total: a rate of a whole period is not the sum of its months', async () => {
    const { answered } = await ask('sygefravær i Nord og Syd pr. måned i 2026', 'chef');
    const chart = answered.card.picture?.chart;
    if (chart?.kind !== 'multiples') throw new Error('no small multiples');
    expect(chart.panels.map(({ note }) => note)).toEqual([expect.stringMatching(/^\d+,\d/), expect.stringMatching(/^\d+,\d/)]);
    expect(chart.subtitle).toContain('oktober 2026');
    expect(chart.subtitle).not.toContain('hele perioden');
  });
});
