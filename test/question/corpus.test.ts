import { readdirSync, readFileSync } from 'node:fs';
import { buildLexicon, type Lexicon } from '../../src/question/lexicon.ts';
import type { Choice } from '../../src/question/doubts.ts';
import { read, type Reading } from '../../src/question/read.ts';
import { readPackFolders } from '../../src/io/packs/read.ts';
import { openParser } from '../../src/io/warehouse/parser.ts';
import { checkPack } from '../../src/app/packs.ts';
import type { Pack, Person } from '../../src/pack/model.ts';
import type { Query } from '../../src/query/query.ts';

/**
 * Questions as people type them, and what each must be read as: one JSON object a line in corpus/, and every mistake
 * that is found becomes a line there. Only what is written is checked. `as`: who asks; `after`: what they asked before.
 * Asked on 23 November 2026. `kind`: the reading's (`query` when it is not written; `not-answered`: asked back, or not
 * understood, but never answered with figures). `only`: no other measures. `period` is from and to, to exclusive, and so is `against`, what it is compared with.
 */
interface Line {
  readonly q: string; readonly pack?: string; readonly as?: string; readonly after?: readonly string[];
  readonly kind?: Reading['kind'] | 'not-answered'; readonly reason?: string;
  readonly measures?: readonly string[]; readonly only?: boolean; readonly units?: readonly string[]; readonly level?: string | null; readonly period?: readonly [string, string];
  readonly comparisons?: readonly string[]; readonly against?: readonly [string, string]; readonly by?: string | null; readonly values?: readonly string[]; readonly limit?: number; readonly order?: 'asc' | 'desc'; readonly having?: boolean; readonly shape?: string;
}

const FILES: Readonly<Record<string, { readonly pack: string; readonly as: string }>> = {
  'home-care.jsonl': { pack: 'hjemmepleje', as: 'leder-nord' },
  'talk.jsonl': { pack: 'hjemmepleje', as: 'leder-nord' },
  'roads.jsonl': { pack: 'vejdrift', as: 'driftsleder-nord' },
  'codes.jsonl': { pack: 'boern-unge', as: 'teamleder-skoven' },
  'care-abroad.jsonl': { pack: 'english-care', as: '' },
};
/** The day up to which each pack's data are complete. */
const CLOSED: Readonly<Record<string, string>> = { hjemmepleje: '2026-11-01', 'boern-unge': '2026-11-01', vejdrift: '2026-11-01', 'english-care': '2011-04-01', 'scottish-care': '2026-04-01' };
/** A budget is in for the whole of the year. */
const BUDGETED = '2027-01-01';
const closedThrough = (pack: string, measures: readonly string[]): string => (measures.length > 0 && measures.every((id) => /(?:^|_)budget(?:_|$)/.test(id)) ? BUDGETED : CLOSED[pack] ?? '');
const packs = new Map<string, { readonly pack: Pack; readonly lexicon: Lexicon }>();

beforeAll(async () => {
  const parser = await openParser();
  for (const folder of (await readPackFolders(['digests', 'test/packs', 'test/question/packs'])).folders) {
    if (CLOSED[folder.id] === undefined) continue;
    const pack = await checkPack(folder, parser, { OVERBLIK_REAL_DATA: 'nowhere' });
    packs.set(pack.id, { pack, lexicon: buildLexicon([pack]) });
  }
  await parser.close();
});

function readLine(line: Line, file: { readonly pack: string; readonly as: string }): Reading {
  const known = packs.get(line.pack ?? file.pack);
  if (known === undefined) throw new Error(`no pack ${line.pack ?? file.pack}`);
  const { pack, lexicon } = known;
  const anyone: Person = { id: 'x', name: 'X', title: { da: '', en: '' }, role: 'chief', units: [pack.organisation.root], alsoSees: [], language: pack.language, email: null, slack: null, teams: null };
  const person = pack.people.get(line.as ?? file.as) ?? anyone;
  let previous: Query | null = null;
  let offered: readonly Choice[] = [];
  const say = (text: string): Reading => read(text, {
    lexicon, pack, person, people: new Map(), today: '2026-11-23', closedThrough, language: null, previous, offered,
  });
  for (const text of line.after ?? []) {
    const reading = say(text);
    if ('query' in reading) previous = reading.query;
    else if (reading.kind === 'clarify') previous = reading.partial ?? previous;
    offered = reading.kind === 'clarify' ? reading.choices : [];
  }
  return say(line.q);
}

/** What of a line a reading does not meet, in words; empty when it meets all. */
function misses(line: Line, reading: Reading): string[] {
  const found: string[] = [];
  const wanted = line.kind ?? 'query';
  const answered = reading.kind === 'query' || reading.kind === 'why';
  if (wanted === 'not-answered' ? answered : reading.kind !== wanted) return [`read as ${reading.kind}, not ${wanted}${'leftover' in reading ? ` (left over: ${reading.leftover.join(' ')})` : ''}`];
  if (line.reason !== undefined && !('reason' in reading && reading.reason === line.reason)) found.push(`reason ${'reason' in reading ? reading.reason : ''}`);
  if (!('query' in reading)) return found;
  const { query } = reading;
  const equal = (what: string, got: unknown, want: unknown): void => { if (want !== undefined && JSON.stringify(got) !== JSON.stringify(want)) found.push(`${what} ${JSON.stringify(got)}, not ${JSON.stringify(want)}`); };
  if (line.measures?.some((id) => !query.measures.includes(id)) === true || (line.only === true && query.measures.length !== line.measures?.length)) equal('measures', query.measures, line.measures);
  equal('units', [...query.units].sort(), line.units === undefined ? undefined : [...line.units].sort());
  equal('level', query.level, line.level);
  equal('period', [query.period.from, query.period.to], line.period);
  if (line.comparisons?.some((one) => !(query.comparisons as readonly string[]).includes(one)) === true) equal('comparisons', query.comparisons, line.comparisons);
  equal('against', query.comparedTo === null ? null : [query.comparedTo.from, query.comparedTo.to], line.against);
  equal('by', query.by === null ? null : 'grain' in query.by ? query.by.grain : query.by.dimension, line.by);
  equal('values', query.by !== null && 'dimension' in query.by ? query.by.values : null, line.values);
  equal('limit', query.limit, line.limit);
  equal('order', query.order === null ? null : query.order.descending ? 'desc' : 'asc', line.order);
  equal('having', query.having !== null, line.having);
  equal('shape', 'shape' in reading ? reading.shape : null, line.shape);
  return found;
}

describe.each(readdirSync('test/question/corpus'))('%s', (name) => {
  const file = FILES[name];
  const lines = readFileSync(`test/question/corpus/${name}`, 'utf8').split('\n').filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as Line);
  it.each(lines.map((line) => [[...line.after ?? [], line.q].join(' > '), line] as const))('%s', (_text, line) => {
    if (file === undefined) throw new Error(`${name} is not in the list of files`);
    expect(misses(line, readLine(line, file))).toEqual([]);
  });
});

it('asks back with at most four choices, each a complete reading that reads back as itself', () => {
  for (const [name, file] of Object.entries(FILES)) {
    for (const text of readFileSync(`test/question/corpus/${name}`, 'utf8').split('\n').filter((one) => one.trim() !== '')) {
      const line = JSON.parse(text) as Line;
      const reading = readLine(line, file);
      if (reading.kind !== 'clarify') continue;
      expect([line.q, reading.choices.length]).toEqual([line.q, Math.min(4, reading.choices.length)]);
      for (const choice of reading.choices) expect([line.q, choice.ask, readLine({ ...line, after: [], q: choice.ask }, file).kind]).toEqual([line.q, choice.ask, 'query']);
    }
  }
});
