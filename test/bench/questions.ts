import { createConversation } from '../../src/app/converse.ts';
import { completeTo } from '../../src/app/figures.ts';
import { dayIn } from '../../src/calendar/period.ts';
import { writeWorkbook } from '../../src/io/sheet/workbook.ts';
import type { Person } from '../../src/pack/model.ts';
import type { Address, Painter, Store } from '../../src/ports.ts';
import { buildLexicon } from '../../src/question/lexicon.ts';
import { read } from '../../src/question/read.ts';
import { bareOnFacts, THIRTEEN_MONTHS } from './bare.ts';
import { LEADERS, NODES, type Leader, type Node } from './organisation.ts';
import { PACK } from './pack.ts';
import { openLibrary } from './peers.ts';
import { figure, goal, inMs, inRows, times, type Line } from './report.ts';
import { median, percentile, timed } from './timing.ts';
import { CLOCK, LOG, type Town } from './town.ts';

/** What is asked by the head of the area, by leaders of districts, and by leaders of teams. `{u}` is the asker's own unit, `{v}` one below it. */
const ASKED: Readonly<Record<Node['level'], readonly string[]>> = {
  omraade: [
    'timepris pr. distrikt sidste måned', 'cost per hour per district last month', 'budget mod timer sidste måned', 'spend vs hours last month', 'forbrug mod budget i år',
    'sygefravær udvikling', 'top 5 timepris', 'hvilke distrikter ligger over budget', 'borgere pr. distrikt i oktober', 'forbrug pr. konto i oktober',
    'hours by service last quarter', 'kontinuitet udvikling', 'prognose', 'citizens served in october', 'timer i {v} i oktober',
    'delivered hours per district year to date', 'vikarandel pr. distrikt sidste kvartal', 'forbrug pr. måned i år', 'leveringsprocent sidste måned mod sidste år', 'timepris pr. team i {v} sidste måned',
  ],
  distrikt: [
    'timepris sidste måned', 'cost per hour trend', 'budget mod timer i september', 'forbrug {u} i år', 'sickness last month vs last year',
    'sygefravær pr. team i oktober', 'leverede timer i {v} sidste måned', 'borgere i oktober', 'helpers per citizen last month', 'vikarandel udvikling',
    'hours year to date', 'timer uge 43', 'leveringsprocent pr. team sidste måned', 'spend by account in october', 'timer pr. ydelse uge 43',
    'forbrug 3. kvartal', 'hvilket team har højest timepris', 'forbrugsprocent i år', 'visiterede timer i {v} udvikling', 'citizens served per month this year',
  ],
  team: [
    'pris pr. time i oktober', 'forbrug mod budget sidste måned', 'how many hours did we deliver in october', 'timer og forbrug i oktober', 'sygefravær i {u}',
    'cost per hour in {u} last month', 'borgere sidste måned', 'leveringsprocent udvikling', 'delivery last quarter', 'vikarudgift i år',
    'timer sidste år', 'kontinuitet sidste måned mod sidste år', 'spend vs hours in october', 'forbrug pr. konto sidste måned', 'allocated hours trend',
    'timer i september 2025', 'prognose for {u}', 'sickness year to date', 'borgere uge 42', 'timepris mod sidste år',
  ],
};

interface Asked { readonly leader: Leader; readonly text: string }

/** Sixty questions, each by somebody else, the three levels in turn. */
const QUESTIONS: readonly Asked[] = (Object.keys(ASKED) as Node['level'][]).flatMap((level) => {
  const askers = LEADERS.filter(({ node }) => node.level === level);
  return ASKED[level].map((text, i): Asked => {
    // By steps, so that the askers are of all parts of the tree.
    const leader = askers[(i * 7) % askers.length] as Leader;
    const below = NODES.filter((node) => node.parent === leader.node.id);
    return { leader, text: text.replace('{u}', leader.node.name).replace('{v}', below[i % below.length]?.name ?? '') };
  });
});

const perLevel = QUESTIONS.length / 3;
const IN_TURN: readonly Asked[] = QUESTIONS.map((_, i) => QUESTIONS[(i % 3) * perLevel + Math.floor(i / 3)] as Asked);

/** How long from what came in to the answer with its picture, and how long the reading alone; every question must be answered. */
export async function measureQuestions(town: Town, painter: Painter, store: Store, rounds: number): Promise<{ lines: Line[]; notes: string[]; unanswered: string[] }> {
  const { pack, figures, site } = town;
  const lexicon = buildLexicon([pack]);
  const handle = createConversation({ packs: () => [pack], figures: () => figures, lexicon: () => lexicon, store, painter, writeWorkbook, sendPrivately: async () => false, clock: CLOCK, log: LOG });
  const bare = await bareOnFacts(town);
  const library = openLibrary();
  const address: Address = { platform: 'web', tenant: 'local', conversation: '', thread: null, user: '', serviceUrl: '', bot: '' };
  const unanswered: string[] = [];
  const slow = new Map<string, number[]>();
  const whole: number[] = [];
  const drawn: number[] = [];
  const engine: number[] = [];
  const reading: number[] = [];
  try {
    for (let round = 0; round <= rounds; round += 1) {
      for (const [i, { leader, text }] of IN_TURN.entries()) {
        // A conversation of its own each time, so that no question is taken for a follow-up of the one before.
        const id = `${site.visits}-${round}-${i}`;
        const { ms, value: message } = await timed(() => handle({ id, kind: 'message', from: { platform: 'web', tenant: 'local', user: leader.id, email: null }, address: { ...address, conversation: id, user: leader.id }, direct: true, text }));
        const person = pack.people.get(leader.id) as Person;
        const from = performance.now();
        const { kind } = read(text, { lexicon, person, pack, today: dayIn(pack.timeZone, CLOCK.now()), closedThrough: (_pack, measures) => measures.map((id) => completeTo(figures, id)).sort()[0] ?? '', people: new Map(), previous: null, offered: [], language: null });
        const readMs = performance.now() - from;
        if (round === 0) {
          if (kind !== 'query' || message === null || message.card.provenance.length === 0) unanswered.push(`"${text}" by ${leader.id} of ${leader.node.name}: ${kind}, ${message?.card.headline ?? 'no answer'}`);
          continue;
        }
        reading.push(readMs);
        whole.push(ms);
        slow.set(text, [...(slow.get(text) ?? []), ms]);
        if (message !== null && message.png !== null) drawn.push(ms);
        const chart = message?.card.picture?.chart;
        if (i % 5 === 0 && chart !== undefined && chart.kind !== 'multiples') engine.push((await timed(async () => { await bare.rows(THIRTEEN_MONTHS(leader.node.id)); await library(chart); })).ms);
      }
    }
  } finally {
    bare.close();
  }
  const size = `${inRows(site.visits)} visits`;
  const both = (values: readonly number[]): string => `${inMs(percentile(values, 0.5))} / ${inMs(percentile(values, 0.95))}`;
  const p95 = percentile(drawn, 0.95);
  const slowest = [...slow].map(([text, ms]) => ({ text, ms: median(ms) })).sort((a, b) => b.ms - a.ms).slice(0, 5);
  return {
    lines: [
      { what: `Question to answer with picture, p50 / p95, ${size}`, measured: both(drawn), bare: `${both(engine)} (one scan and one picture)`, ratio: times(percentile(drawn, 0.5) / percentile(engine, 0.5)), target: goal('p95 ≤ 150 ms', p95 <= 150) },
      { what: `Reading a question alone, p50 / p95, ${lexicon.entries.length} names`, measured: both(reading), bare: '–', ratio: '–', target: goal('p95 < 5 ms', percentile(reading, 0.95) < 5) },
    ],
    notes: [
      `${IN_TURN.length} questions in Danish and English by as many leaders of ${PACK}, ${rounds} times, ${Math.round((100 * drawn.length) / whole.length)} % answered with a picture, each recorded in the store. All of them at ${size}: ${both(whole)}. Slowest: ${slowest.map(({ text, ms }) => `"${text}" ${figure(ms)} ms`).join(', ')}.`,
    ],
    unanswered,
  };
}
