import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answer, type Answer } from '../../src/app/answer.ts';
import { runQuery } from '../../src/app/figures.ts';
import { readinessOf } from '../../src/app/readiness.ts';
import { dayIn, lastClosed } from '../../src/calendar/period.ts';
import { owedPeriods } from '../../src/calendar/schedule.ts';
import { cardText } from '../../src/card/text.ts';
import { readConfig } from '../../src/io/config/config.ts';
import type { Pack, Person } from '../../src/pack/model.ts';
import { buildLexicon } from '../../src/question/lexicon.ts';
import type { Query } from '../../src/query/query.ts';
import { openPackHouse, type PackHouse } from '../../src/warehouse.ts';
import { silent } from '../demo/house.ts';

/** What README shows, asked of the demonstration as it is on days that people really start it on. */
const readme = readFileSync('README.md', 'utf8');
const section = (title: string): string => readme.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
const spans = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, one]) => one as string);
/** `budget mod timer sidste måned` and its neighbours, and the follow-ups in brackets behind them. */
const paragraph = /^People write as they talk.*$/m.exec(section('Ask questions'))?.[0] ?? '';
const questions = [...new Set([...[...readme.matchAll(/\*"([^"]+)"\*/g)].map(([, one]) => one as string), ...spans(paragraph.split('A follow-up')[0] ?? ''), 'budget vs timer sidste måned', 'budget vs hours last month'])];
const followUps = spans(/A follow-up \(([^)]+)\)/.exec(paragraph)?.[1] ?? '');
/** The left column of the table of conventions where the right one does not say that the bot asks back, as questions about hours. */
const conventions = [...section('Ask questions').matchAll(/^\| (`.+?) \| (.+?) \|$/gm)]
  .filter(([, , read]) => !/asked/.test(read as string))
  .flatMap(([, said]) => spans(said as string))
  .filter((one) => /^(sidste måned|last month|i år|ÅTD|det sidste år|the last year|sidste halvår|det sidste halve år|i år mod sidste år)$/.test(one));

const DAYS = [
  '2026-11-30T23:30:00+01:00', '2026-12-01T00:05:00+01:00', '2026-12-31T23:55:00+01:00', '2027-01-01T00:00:00+01:00', '2027-01-31T12:00:00Z', '2027-02-01T07:00:00Z', '2027-02-28T22:59:00Z',
  '2027-03-01T00:01:00+01:00', '2027-03-28T01:30:00Z', '2027-04-30T12:00:00Z', '2027-05-31T21:30:00Z', '2027-06-15T12:00:00Z', '2027-10-31T01:30:00Z', '2027-11-01T06:00:00Z', '2028-02-29T12:00:00Z',
  '2028-03-01T12:00:00Z', '2029-12-24T18:00:00Z', '2030-01-01T00:30:00+01:00', '2031-07-01T05:00:00Z', '2035-08-09T12:00:00Z',
].map((day) => new Date(day));

describe('README', () => {
  test('has the examples this looks for', () => {
    expect(questions.length).toBeGreaterThanOrEqual(9);
    expect(followUps.length).toBeGreaterThanOrEqual(5);
    expect(conventions.length).toBeGreaterThanOrEqual(8);
  });
});

describe.each(DAYS.map((now) => [now.toISOString(), now] as const))('started at %s', (_, now) => {
  let house: PackHouse;
  let dir: string;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'overblik-examples-'));
    house = await openPackHouse(readConfig({ OVERBLIK_DATA_DIR: dir }), { now: () => now }, silent);
    await house.refresh();
  });
  afterAll(async () => {
    await house.close();
    await rm(dir, { recursive: true, force: true });
  });

  const packOf = (id: string): Pack => house.packs().find((pack) => pack.id === id) as Pack;
  const today = (): string => dayIn('Europe/Copenhagen', now);
  const ask = async (text: string, previous: Query | null = null, who = 'chef'): Promise<Answer> => {
    const pack = packOf('hjemmepleje');
    return answer(text, { memberships: [{ pack, person: pack.people.get(who) as Person }], figures: (id) => house.figures(id), lexicon: buildLexicon(house.packs()), today: today(), previous, offered: [], language: null });
  };
  /** Kind and first sentence; a figure that is not there, or a period that is no whole one, shows in it. */
  const told = ({ kind, card }: Answer): string => `${kind}: ${card.headline}`;

  test('every page of the last closed month is due, whole, and the first that is owed', async () => {
    for (const pack of house.packs()) for (const digest of pack.digests.values()) {
      const last = lastClosed('month', today());
      const owed = owedPeriods(digest.schedule, 'month', digest.start, now, { timeZone: pack.timeZone, yearStart: pack.yearStart, closedDays: pack.closedDays });
      // In November 2026 nothing is moved yet, and the page comes as the pack's own schedule says.
      if ((pack.demonstration?.moved ?? 0) > 0) expect(owed.map(({ period }) => period.from)).toEqual([last.from]);
      expect(digest.start).toBe(last.from);
      expect(await readinessOf(house.figures(pack.id), digest, last, [])).toMatchObject({ missing: [] });
    }
  });

  test('counts of persons of the last closed month are told, also in the first hours of the new one', async () => {
    const pack = packOf('boern-unge');
    const query: Query = { pack: pack.id, measures: ['underretninger'], units: [pack.organisation.root], level: null, period: lastClosed('month', today()), comparisons: [], comparedTo: null, by: null, having: null, order: null, limit: null };
    expect((await runQuery(house.figures(pack.id), query)).rows[0]?.values['underretninger']).toMatchObject({ state: 'ok' });
  });

  test('the story of the last closed month is the same for everybody', async () => {
    const october = cardText((await ask('forbrug og timer pr. distrikt sidste måned')).card).replaceAll('\u00a0', ' ');
    // The key figures of digests/hjemmepleje/data/README.md.
    for (const figure of [/\b901 t\.kr\.|0,901 mio\. kr\./, /\b825 t\.kr\.|0,825 mio\. kr\./, /1\.271/, /2\.114/]) expect(october).toMatch(figure);
    expect(october).not.toContain('foreløbig');
  });

  test('every question in README is answered with figures', async () => {
    for (const text of questions) {
      const answered = told(await ask(text));
      expect(`${text} -> ${answered}`).toMatch(/ -> (answer|fresh|help): /);
      expect(`${text} -> ${answered}`).not.toMatch(/ingen data|no data|foreløbig|provisional/i);
    }
  });

  test('every follow-up in README is answered after one of them', async () => {
    const { reading } = await ask('budget mod timer sidste måned');
    for (const text of followUps) expect(`${text} -> ${told(await ask(text, reading.kind === 'query' ? reading.query : null))}`).not.toMatch(/ -> clarify|ingen data|no data|foreløbig|provisional/i);
  });

  test('every span of time in README has its figures', async () => {
    for (const text of conventions) expect(`${text} -> ${told(await ask(`timer ${text}`))}`).not.toMatch(/ -> clarify|ingen data|no data|foreløbig|provisional/i);
  });
});
