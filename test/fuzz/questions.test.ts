import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { readPackFolders } from '../../src/io/packs/read.ts';
import { openParser } from '../../src/io/warehouse/parser.ts';
import { checkPack } from '../../src/app/packs.ts';
import type { Pack, Person } from '../../src/pack/model.ts';
import { buildLexicon, type Lexicon } from '../../src/question/lexicon.ts';
import { read, type Reading } from '../../src/question/read.ts';

/** Whatever is typed is read as one of the kinds there are, in a time that has to do with its length alone; and it is never read as more than it says. */
let pack: Pack;
let lexicon: Lexicon;
beforeAll(async () => {
  const parser = await openParser();
  const folder = (await readPackFolders(['digests'])).folders.find(({ id }) => id === 'hjemmepleje');
  if (folder === undefined) throw new Error('no demo');
  pack = await checkPack(folder, parser, {});
  lexicon = buildLexicon([pack]);
  await parser.close();
});

const leader = (): Person => ({ id: 'x', name: 'X', title: { da: '', en: '' }, role: 'leader', units: ['nord'], alsoSees: [], language: 'da', email: null, slack: null, teams: null });
let before: Reading | null = null;
const ask = (text: string, follows = false): Reading => read(text, { lexicon, pack, person: leader(), people: new Map([[pack.id, leader()]]), today: '2026-11-23', closedThrough: () => '2026-11-01', previous: follows && before?.kind === 'query' ? before.query : null, offered: follows && before?.kind === 'clarify' ? before.choices : [], language: null });
/** A reading holds names of the pack, days and numbers: never a word as it was typed, but among those it did not understand. */
function sound(text: string, reading: Reading): void {
  expect(['query', 'why', 'clarify', 'not-understood', 'definition', 'help', 'greeting', 'thanks', 'latest-digest', 'news', 'fresh']).toContain(reading.kind);
  if (reading.kind !== 'query' && reading.kind !== 'why') return;
  for (const unit of reading.query.units) expect(pack.organisation.units.has(unit)).toBe(true);
  for (const measure of reading.query.measures) expect(pack.measures.has(measure)).toBe(true);
  expect([reading.query.period.from, reading.query.period.to].every((day) => /^\d{4}-\d{2}-\d{2}$/.test(day))).toBe(true);
  expect(reading.query.period.from < reading.query.period.to).toBe(true);
  expect(JSON.stringify(reading.query).length).toBeLessThan(20_000);
  expect(text.trim()).not.toBe('');
}

const CORPUS = readFileSync('test/question/corpus/home-care.jsonl', 'utf8').split('\n').filter((line) => line.trim() !== '').map((line) => (JSON.parse(line) as { q: string }).q);
const ODD = ['\u0000', '\u202e', '\u200b', '\ufeff', '\ud800', '🙈', 'ﬀ', 'İ', 'ẞ', 'ß', '٣', '１２', '½', '%', '%%%', '\'', '"', '`', '\\', '<script>', '${x}', '{{7*7}}', '; drop table', '--', '/*', '(((', ')))', '[[', '\n', '\r', '\t', '1e309', '-0', '99999999999999999999', '230785-4321', '__proto__', 'constructor', 'toString', 'null', 'undefined', 'NaN'];
const typed = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.tuple(fc.constantFrom(...CORPUS), fc.array(fc.tuple(fc.nat(), fc.nat({ max: 4 }), fc.oneof(fc.constantFrom(...ODD), fc.string({ unit: 'binary', maxLength: 3 }))), { maxLength: 4 }))
    .map(([text, list]) => list.reduce((changed, [where, gone, piece]) => { const i = where % (changed.length + 1); return changed.slice(0, i) + piece + changed.slice(i + gone); }, text)),
  fc.array(fc.constantFrom(...CORPUS.flatMap((text) => text.split(' ')), ...ODD), { minLength: 1, maxLength: 40 }).map((words) => words.join(' ')),
);

describe('a question', () => {
  it('of any signs is read as something there is, or asked back', () => {
    fc.assert(fc.property(typed, fc.boolean(), (text, follows) => {
      const reading = ask(text, follows);
      sound(text, reading);
      before = reading;
    }), { numRuns: 1_500, seed: 20261123 });
  });

  it('of very many is read too, and past what a sentence can be it is asked for one', () => {
    for (const piece of ['a', 'forbrug ', 'forbrug i nord og ', '(', '1', ' ', '-', 'æ', 'budgetbudgetbudget', 'mod ', 'ikke ', '1.', '2026-', '\n', 'x\u0301', 'og i syd ', 'a b ', '%%']) {
      const many = piece.repeat(Math.floor(1_950 / piece.length));
      for (const text of [many, `forbrug i oktober 2026 ${many}`]) sound(text, ask(text));
      for (const text of [piece.repeat(40_000), `forbrug i oktober 2026 ${piece.repeat(2_000)}`]) expect(ask(text)).toMatchObject({ kind: 'clarify', question: expect.stringMatching(/for langt/), choices: [] });
    }
  });

  it('with the names that every object has is not mistaken for one of the pack', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']) for (const text of [name, `${name} i oktober 2026`, `forbrug i ${name} i oktober 2026`, `forbrug pr. ${name}`]) {
      const reading = ask(text);
      expect({ text, kind: reading.kind }).toEqual({ text, kind: expect.stringMatching(/clarify|not-understood/) });
    }
  });
});
