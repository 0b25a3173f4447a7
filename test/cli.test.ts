import { mkdtempSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../src/cli.ts';
import { clockAt } from '../src/io/clock/clock.ts';
import { openStore } from '../src/io/store/store.ts';
import { silent } from './app/delivering.ts';

const dir = mkdtempSync(join(tmpdir(), 'overblik-cli-'));
afterAll(() => rm(dir, { recursive: true, force: true }));

interface Outcome { readonly code: number; readonly out: string; readonly err: string }

/** Runs a command as `npm run -s overblik --` does, with its own data folder. */
async function overblik(arguments_: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await run(arguments_, {
    environment: { OVERBLIK_DATA_DIR: join(dir, 'var'), ...environment },
    out: (text) => { out.push(text); }, err: (text) => { err.push(text); }, ended: Promise.resolve(), clock: clockAt('2026-11-23'),
  });
  const outcome = { code, out: out.join('\n'), err: err.join('\n') };
  // Whatever happens, a user is never shown where in the program it happened.
  expect(`${outcome.out}\n${outcome.err}`).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
  return outcome;
}

const asked = async (text: string, as: string, ...more: string[]): Promise<Record<string, never>> => {
  const { code, out } = await overblik(['ask', text, '--as', as, '--now', '2026-11-23', '--json', ...more]);
  expect(code).toBe(0);
  return JSON.parse(out) as Record<string, never>;
};

/** A copy of the demo pack with one change. */
async function changedPack(name: string, file: string, from: string, to: string): Promise<string> {
  const root = join(dir, name);
  await cp('digests/hjemmepleje', join(root, 'hjemmepleje'), { recursive: true });
  const path = join(root, 'hjemmepleje', file);
  const text = await readFile(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} has no '${from}'`);
  await writeFile(path, text.replace(from, to));
  return root;
}

describe('the command line', () => {
  it('says what it can do, and what was wrong with what was typed', async () => {
    const help = await overblik(['--help']);
    expect(help.code).toBe(0);
    for (const command of ['serve', 'check', 'doctor', 'load', 'digest', 'ask', 'send', 'status', 'schema']) expect(help.out).toMatch(new RegExp(`^  ${command}`, 'm'));
    for (const wrong of [['dijest'], ['ask'], ['ask', 'budget', '--as', 'leder-nord', '--lang', 'fr'], ['ask', 'budget', '--as', 'leder-nord', '--now', '23-11-2026'], ['ask', 'budget', '--as', 'ingen'], ['digest', 'hjemmepleje/uge'], ['digest', 'hjemmepleje/maaned'], ['digest', 'hjemmepleje/maaned', '--all', '--period', 'oktober'], ['digest', 'hjemmepleje/maaned', '--all', '--period', '2026-Q3']]) {
      const told = await overblik(wrong);
      expect([wrong.join(' '), told.code]).toEqual([wrong.join(' '), 2]);
      expect(told.err).not.toBe('');
    }
    expect((await overblik(['dijest'])).err).toContain('digest');
    expect((await overblik(['ask', 'budget', '--as', 'ingen'])).err).toMatch(/^There is no person 'ingen'\. Known: teamleder-havnen, .*leder-nord,/);
    expect((await overblik(['digest', 'hjemmepleje/uge', '--all'])).err).toContain('Known: boern-unge/maaned, hjemmepleje/maaned');
  });

  it('says which setting is wrong, never its value', async () => {
    const told = await overblik(['check'], { SLACK_BOT_TOKEN: 'secret-thing', PORT: 'many' });
    expect(told.code).toBe(1);
    expect(told.err).toContain('SLACK_BOT_TOKEN');
    expect(told.err).toContain('PORT');
    expect(told.err).not.toContain('secret-thing');
  });
});

describe('check', () => {
  it('is content with both packs of the demo', async () => {
    expect(await overblik(['check'])).toMatchObject({ code: 0, out: expect.stringMatching(/^boern-unge: in order \(\d+ sources, \d+ measures, 12 units, 1 digests, 14 people\)\nhjemmepleje: in order \(\d+ sources, \d+ measures, 8 units, 1 digests, 9 people\)$/) });
  });

  it('tells a mistake with file, line, column and how to mend it, and answers 1', async () => {
    const root = await changedPack('mistake', 'digests.yaml', 'measure: timepris', 'measure: timpris');
    const told = await overblik(['--packs', root, 'check']);
    expect(told.code).toBe(1);
    expect(told.err).toMatch(/hjemmepleje\/digests\.yaml:\d+:\d+: There is no measure 'timpris'\. Did you mean 'timepris'\?/);
    expect(told.err).toContain('1 mistake.');
  });

  it('tells where no data file is, with the line that names it, and answers 3', async () => {
    const root = await changedPack('nofile', 'sources.yaml', 'besoeg.csv', 'besog.csv');
    const told = await overblik(['--packs', root, 'check']);
    expect(told.code).toBe(3);
    expect(told.out).toContain('hjemmepleje: in order');
    expect(told.err).toMatch(/^hjemmepleje, source besoeg: No file matches '.*besog\.csv'.* Put the file there or mend the path in .*sources\.yaml:\d+\.$/m);
    expect(told.err).toContain("1 source can't be loaded.");
  });

  it('takes a pack\'s own folder, too', async () => {
    expect(await overblik(['--packs', join('digests', 'hjemmepleje'), 'check'])).toMatchObject({ code: 0, out: expect.stringMatching(/^hjemmepleje: in order/) });
  });

  it('says so when there are no packs, or not this one', async () => {
    await mkdir(join(dir, 'empty'), { recursive: true });
    expect(await overblik(['--packs', join(dir, 'empty'), 'check'])).toMatchObject({ code: 1, err: expect.stringContaining('There are no packs here.') });
    expect(await overblik(['--packs', join(dir, 'nowhere'), 'check'])).toMatchObject({ code: 1, err: expect.stringContaining('nowhere') });
    expect(await overblik(['check', 'skole'])).toMatchObject({ code: 1, err: expect.stringContaining('Known: boern-unge, hjemmepleje.') });
  });

  it('the schema editors use is the one the program checks by', async () => {
    const { out } = await overblik(['schema']);
    expect(JSON.parse(out)).toEqual(JSON.parse(await readFile('digests/pack.schema.json', 'utf8')));
  });
});

describe('load', () => {
  it('keeps the last good load where a file holds less, and takes the less once when told to, with a word of it in the audit', async () => {
    const root = join(dir, 'less', 'p');
    await mkdir(root, { recursive: true });
    await writeFile(join(root, 'pack.yaml'), `
pack: {title: Prøve, time_zone: Europe/Copenhagen}
organisation: {levels: [{id: by, name: By}], unit: {id: byen, name: Byen}}
sources:
  bilag: {name: Økonomi, files: bilag.csv, columns: {Dato: date, Kr: integer}, date: Dato}
measures:
  spend: {kind: flow, source: bilag, sql: sum(Kr), name: {da: Forbrug, en: Spend}, definition: d, unit: kr}
people:
  anna: {name: Anna, role: analyst, units: [byen]}
`);
    const put = (days: number): Promise<void> => writeFile(join(root, 'bilag.csv'), ['Dato;Kr', ...Array.from({ length: days }, (_, i) => `2026-10-${String(i + 1).padStart(2, '0')};${100 + i}`), ''].join('\n'));
    const data = { OVERBLIK_DATA_DIR: join(dir, 'less-var'), OVERBLIK_PACKS: join(dir, 'less') };
    const spend = async (): Promise<unknown> => (JSON.parse((await overblik(['ask', 'forbrug i oktober 2026', '--as', 'anna', '--now', '2026-11-23', '--json'], data)).out) as { rows: { values: Record<string, { value: number }> }[] }).rows[0]?.values['spend']?.value;
    // The audit is where the service has been.
    await (await openStore({ databaseUrl: null, dir: join(dir, 'less-var', 'state'), log: silent })).close();
    await put(31);
    expect((await overblik(['load'], data)).code).toBe(0);
    const whole = await spend();
    await put(15);
    const refused = await overblik(['load'], data);
    expect([refused.code, refused.out + refused.err]).toEqual([3, expect.stringMatching(/Less is in the files than at the load before, so nothing is loaded.*2026-10: 15 rows, where 31 were.*--accept bilag/s)]);
    expect(await spend()).toBe(whole);
    expect(await overblik(['load', '--accept', 'bilag'], data)).toMatchObject({ code: 2, err: expect.stringContaining('overblik load <pack> --accept <source>') });
    expect(await overblik(['load', 'p', '--accept', 'biler'], data)).toMatchObject({ code: 2, err: expect.stringContaining("There is no source 'biler' in p.") });
    expect((await overblik(['load', 'p', '--accept', 'bilag'], data)).code).toBe(0);
    expect(await spend()).toBe(Array.from({ length: 15 }, (_, i) => 100 + i).reduce((sum, one) => sum + one, 0));
    await overblik(['audit', '--csv', join(dir, 'less.csv')], data);
    expect(await readFile(join(dir, 'less.csv'), 'utf8')).toMatch(/taken-less.*2026-10: 15 rows, where 31 were.*bilag/);
    await put(7);
    expect((await overblik(['load'], data)).code).toBe(3);
  });

  it('reports what came in, and the next time that nothing changed', async () => {
    const data = { OVERBLIK_DATA_DIR: join(dir, 'load') };
    const first = await overblik(['load'], data);
    expect(first.code).toBe(0);
    expect(first.out).toContain('hjemmepleje/besoeg: loaded, 85818 rows from 2023-11-01 to 2026-10-31, 0 rejected');
    expect(first.err).toContain('rows');
    expect((await overblik(['load'], data)).out).toContain('hjemmepleje/besoeg: unchanged, 85818 rows');
  });

  it('a file that is missing or broken is told with exit code 3, and the others are loaded', async () => {
    const root = await changedPack('missing', 'sources.yaml', 'besoeg.csv', 'besog.csv');
    const told = await overblik(['--packs', root, 'load'], { OVERBLIK_DATA_DIR: join(dir, 'missing-var') });
    expect(told.code).toBe(3);
    expect(told.out).toMatch(/hjemmepleje\/besoeg: failed\n .*besog\.csv/);
    expect(told.out).toContain('hjemmepleje/oekonomi: loaded');
  });
});

describe('digest', () => {
  it('--all writes 7 leaders\' pages, the chief\'s and their pictures', async () => {
    const out = join(dir, 'pages');
    const told = await overblik(['digest', 'hjemmepleje/maaned', '--period', '2026-10', '--all', '--out', out]);
    expect(told.code).toBe(0);
    const people = ['chef', 'leder-centrum', 'leder-nord', 'leder-nordvest', 'leder-oest', 'leder-syd', 'leder-sydvest', 'leder-vest'];
    expect((await readdir(out)).sort()).toEqual(people.flatMap((person) => [`${person}.png`, `${person}.txt`]).sort());
    const page = async (person: string): Promise<string> => readFile(join(out, `${person}.txt`), 'utf8');
    expect(await page('leder-nord')).toContain('Nord');
    expect(await page('leder-nord')).toContain('Syntetiske data');
    expect(await page('leder-nord')).toMatch(/824\.847|824,8|825/);
    expect(await page('leder-syd')).toContain('October 2026');
    for (const person of people.filter((one) => one.startsWith('leder-') && one !== 'leder-syd')) expect(await page(person)).toContain('oktober 2026');
    for (const person of people) expect([...(await readFile(join(out, `${person}.png`))).subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
  });

  it('--as prints one page, --json as data', async () => {
    const { out } = await overblik(['digest', 'hjemmepleje/maaned', '--period', '2026-10', '--as', 'leder-syd', '--json']);
    const [page] = JSON.parse(out) as { person: string; card: { language: string; title: string } }[];
    expect(page).toMatchObject({ person: 'leder-syd', card: { language: 'en' } });
  });

  it('a month that is not closed, or before the first figure, is a page that says so', async () => {
    for (const period of ['2026-11', '2031-01', '2001-01']) {
      const { code, out } = await overblik(['digest', 'hjemmepleje/maaned', '--period', period, '--as', 'leder-nord']);
      expect([period, code]).toEqual([period, 0]);
      expect(out).toMatch(/ikke|ingen/i);
    }
  });
});

describe('ask', () => {
  it('--json gives what was understood, with ids and ISO dates, and rows with the value to the øre', async () => {
    const { kind, understood, rows, text, chart } = await asked('budget vs timer sidste måned', 'leder-nord');
    expect({ kind, understood }).toEqual({
      kind: 'answer',
      understood: { measures: ['forbrug', 'budget', 'leverede_timer', 'timepris'], units: ['nord'], period: { from: '2026-10-01', to: '2026-11-01', grain: 'month' }, comparison: ['plan'], groupBy: null, limit: null },
    });
    expect(rows).toMatchObject([{ unit: 'nord', values: { forbrug: { value: 824847.11, state: 'ok' } } }]);
    expect(text).toContain('510');
    expect(chart).not.toBeNull();
  });

  it('reads the same in English, and answers in the asked language', async () => {
    const danish = await asked('budget mod timer sidste måned', 'leder-nord');
    const english = await asked('budget vs hours last month', 'leder-nord', '--lang', 'en');
    expect(english['understood']).toEqual(danish['understood']);
    expect(english['rows']).toEqual(danish['rows']);
    expect(english['text']).toContain('October 2026');
  });

  it('asks back, refuses or helps, and never guesses', async () => {
    expect(await asked('hvad er klokken', 'leder-nord')).toMatchObject({ kind: 'help', understood: null, rows: [] });
    expect(await asked('budget i Syd', 'leder-nord')).toMatchObject({ kind: 'refused', understood: null, rows: [], chart: null });
    expect((await asked('', 'leder-nord'))['kind']).toBe('help');
  });

  it('--after says what was asked before, so that a follow-up can be tried', async () => {
    const { understood } = await asked('og i Syd?', 'chef', '--after', 'sygefravær i september', '--after', 'og vikarandel');
    expect(understood).toMatchObject({ measures: ['vikarandel'], units: ['syd'], period: { from: '2026-09-01', to: '2026-10-01' } });
  });

  it('--explain shows which words made which part, what was assumed, and what was left over', async () => {
    const { out } = await overblik(['ask', 'vis sygefraværet i Nord', '--as', 'chef', '--now', '2026-11-23', '--explain']);
    expect(out).toContain('read as: query\nmeasure: Sygefravær  <- "sygefraværet"\nunit: Nord  <- "Nord"\nperiod: oktober 2026  (assumed)');
    expect(out).toContain('without meaning here: vis');
    expect((await overblik(['ask', 'sygefravær hos drager', '--as', 'chef', '--explain'])).out).toContain('left over: drager');
  });

  it('--out writes what was asked for in Excel as a spreadsheet', async () => {
    const out = join(dir, 'sheet');
    expect((await overblik(['ask', 'forbrug pr. distrikt i oktober i Excel', '--as', 'chef', '--now', '2026-11-23', '--out', out])).code).toBe(0);
    expect((await readdir(out)).sort()).toEqual(['answer.txt', 'answer.xlsx']);
  });

  it('--out writes the answer and its picture', async () => {
    const out = join(dir, 'answer');
    expect((await overblik(['ask', 'sygefravær i år', '--as', 'chef', '--now', '2026-11-23', '--out', out])).code).toBe(0);
    expect((await readdir(out)).sort()).toEqual(['answer.png', 'answer.txt']);
  });
});

describe('status and send', () => {
  it('say that the service is not running', async () => {
    for (const command of [['status'], ['questions'], ['send', 'hjemmepleje/maaned', '--to', 'leder-nord', '--period', '2026-10']]) expect(await overblik(command)).toMatchObject({ code: 3, err: expect.stringContaining("Start it with 'npm start'.") });
  });
});

describe('serve', () => {
  it('a port in use is told, with exit code 3 and nothing left behind', async () => {
    const busy = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => { busy.once('listening', resolve); });
    try {
      const { port } = busy.address() as AddressInfo;
      const told = await overblik(['serve'], { PORT: String(port), LOG_LEVEL: 'silent', OVERBLIK_DATA_DIR: join(dir, 'busy') });
      expect(told).toMatchObject({ code: 3, err: expect.stringContaining(String(port)) });
    } finally {
      busy.close();
    }
  });

  it('starts, and ends when it is told to', async () => {
    const told = await overblik(['serve'], { PORT: '0', LOG_LEVEL: 'silent', OVERBLIK_DATA_DIR: join(dir, 'serve') });
    expect(told).toMatchObject({ code: 0, out: expect.stringMatching(/^Overblik is ready: http:\/\/127\.0\.0\.1:\d+ \(local chat with invented people\)$/) });
  });

  it('the local chat is never opened to other machines', async () => {
    expect(await overblik(['serve'], { HOST: '0.0.0.0', OVERBLIK_DEMO: 'true' })).toMatchObject({ code: 1, err: expect.stringContaining('OVERBLIK_DEMO') });
  });
});
