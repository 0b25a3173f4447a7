import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../src/cli.ts';
import { readConfig } from '../src/io/config/config.ts';
import { createLog } from '../src/io/log/log.ts';
import { openStore } from '../src/io/store/store.ts';
import { serve, type Service } from '../src/service.ts';
import { silent } from './demo/house.ts';
import { SMALL_PACK, SMALL_PEOPLE, SMALL_ROWS, writeSmallPack } from './packs/written.ts';

/**
 * Canaries are sent down every path on which personal data could come in: a CPR number, a word in a question, an e-mail
 * address. Then everything that comes out is searched for them: the log at its most talkative, answers, errors, metrics,
 * what the commands print, the files written, and every row of the database.
 */
const CPR = '230785-4321';
/** As it is written elsewhere, and the part that tells who it is. */
const SPELLINGS = [CPR, '2307854321', '230785 4321', '230785', '23.07.85', '23-07-85'];
/** What is harder to see. */
const HARDER = ['23-07-85 4321', '23.07.85 4321', '230785, 4321', '230785 (4321)', '2 3 0 7 8 5 4 3 2 1', '230785%2D4321', '230785&nbsp;4321', '230785\u200e4321', '２３０７８５４３２１'];
const WORD = 'kanariefuglen';
const MAIL = 'kanarie@kommune.example';
const clock = { now: (): Date => new Date('2026-11-23T12:00:00Z') };

const files = writeSmallPack(SMALL_PEOPLE.replace('anne@kommune.example', MAIL));
const dataDir = `${files.root}-data`;
const environment = { OVERBLIK_PACKS: files.root, OVERBLIK_DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'debug' };
/** Everything that came out, by where. */
const out: { where: string; text: string }[] = [];
const note = (where: string, text: string): string => { out.push({ where, text }); return text; };
const found = (needle: string): string[] => [...new Set(out.filter(({ text }) => text.toLowerCase().includes(needle.toLowerCase())).map(({ where }) => where))];

interface Entry { readonly from: string; readonly html: string }
let service: Service;
const start = (): Promise<Service> => serve(readConfig(environment), clock, createLog('debug', { write: (line) => { note('log', line); } }));
const command = async (...words: string[]): Promise<void> => {
  await run(words, { environment, out: (text) => { note(`command ${words[0]}`, text); }, err: (text) => { note(`command ${words[0]}`, text); }, ended: Promise.resolve(), clock });
};
const fetched = async (path: string, init: RequestInit = {}): Promise<void> => {
  const response = await fetch(`${service.url}${path}`, init);
  note(`http ${response.status}`, `${JSON.stringify([...response.headers])} ${await response.text()}`);
};
/** Says it in the chat and waits for the answer. */
const say = async (text: string, kind = 'message'): Promise<void> => {
  const stop = new AbortController();
  const stream = await fetch(`${service.url}/chat/events/anne`, { signal: stop.signal });
  const reader = (stream.body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(new TextDecoderStream()).getReader();
  let read = '';
  /** What the bot has written, as the page gets it: the first event has all there is, each one after that one more. */
  const written = async (): Promise<string[]> => {
    const part = (await reader.read()).value ?? '';
    read += part;
    return read.split('\n\n').slice(0, -1).flatMap((event) => {
      const data = JSON.parse(/^data: (.+)$/m.exec(event)?.[1] ?? '{}') as { entries?: Entry[]; entry?: Entry };
      return (data.entries ?? (data.entry === undefined ? [] : [data.entry])).filter(({ from }) => from === 'bot').map(({ html }) => html);
    });
  };
  let before = (await written()).length;
  while (!read.includes('\n\n')) before = (await written()).length;
  const response = await fetch(`${service.url}/chat/messages/anne`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ id: crypto.randomUUID(), kind, text }) });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  let after = await written();
  while (after.length <= before) after = await written();
  note('answer', after.at(-1) ?? '');
  note('chat', read);
  stop.abort();
};

beforeAll(async () => {
  service = await start();
  // In a question, by every way there is to ask one.
  for (const spelled of SPELLINGS.slice(0, 3)) await say(`hvad koster hjælpen til ${spelled} i oktober`);
  for (const spelled of HARDER) await say(`hvad koster hjælpen til ${spelled} i oktober`);
  await say(`timer for ${CPR}`, 'action');
  await say(`forbrug i oktober 2026 ${WORD}`);
  await say('forbrug i oktober 2026');
  // In what is no request at all.
  await fetched(`/chat/events/${CPR}`);
  await fetched(`/chat/messages/${CPR}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ id: 'x', kind: 'message', text: CPR }) });
  await fetched('/chat/messages/anne', { method: 'POST', headers: { 'content-type': 'application/json' }, body: `{"text": "${CPR}` });
  await fetched('/chat/messages/anne', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ id: CPR, kind: CPR, text: { is: CPR } }) });
  for (let asked = 0; asked < 3; asked++) await fetched(`/x/${CPR.replace('-', '%2D')}/${CPR.replace('-', '%252d')}`);
  await fetched(`/pictures/${CPR}.png?e=1&s=${CPR}`);
  await fetched(`/${CPR}?q=${WORD}`, { headers: { 'x-canary': CPR, 'user-agent': CPR } });
  await fetched('/admin/status', { method: 'POST', headers: { authorization: `Bearer ${CPR}` } });
  // In data and packs, while the service looks at them.
  files.put('data/timer.csv', SMALL_ROWS.replace('4711;2026-10-01', `${CPR};2026-10-01`));
  await command('load');
  files.put('data/timer.csv', `${SMALL_ROWS}4711;2026-10-01;${CPR};1\n4711;2026-10-01;1;1;${CPR}\n`);
  await command('load');
  // A rejected value, a name of a file, a file of JSON.
  files.put('data/timer.csv', `${SMALL_ROWS}4711;2026-10-01;23.07.85-4321;1\n`);
  await command('load');
  files.put('data/timer.csv', `${SMALL_ROWS}4711;2026-10-01;230785.4321;1\n`);
  await command('load');
  files.put('data/timer.csv', SMALL_ROWS);
  files.put(`data/sag ${CPR}.csv`, SMALL_ROWS);
  await command('load');
  await rm(join(files.dir, `data/sag ${CPR}.csv`));
  files.put('data/timer.json', JSON.stringify([{ enhed: '4711', dato: '2026-10-01', kroner: '1', timer: '1', x: '23.07.85-4321' }]));
  files.put('pack.yaml', SMALL_PACK.replace('data/*.csv', 'data/*.json'));
  await command('load');
  await rm(join(files.dir, 'data/timer.json'));
  files.put('pack.yaml', SMALL_PACK);
  for (const [file, text] of [['people.csv', `${SMALL_PEOPLE}carl;Carl;leder;4711;${CPR}\n`], ['people.csv', `${CPR}\n`], ['pack.yaml', SMALL_PACK.replace('Prøve', CPR)], ['pack.yaml', SMALL_PACK.replace('sum(kroner)', `sum('${CPR}')`)], ['pack.yaml', `${SMALL_PACK}\n${CPR}`]] as const) {
    files.put(file, text);
    await command('check');
    await say('forbrug i oktober 2026');
    files.put(file, file === 'pack.yaml' ? SMALL_PACK : SMALL_PEOPLE.replace('anne@kommune.example', MAIL));
  }
  // On the command line.
  await command('ask', `forbrug for ${CPR}`, '--as', 'anne');
  await command('ask', 'forbrug', '--as', CPR);
  await command('digest', CPR);
  await command('send', CPR, '--to', CPR);
  await fetched('/metrics');
  await fetched('/readyz');
  for (const words of [['status'], ['questions'], ['audit'], ['audit', '--verify'], ['access']]) await command(...words);
  await service.stop();
  const store = await openStore({ databaseUrl: null, dir: join(dataDir, 'state'), log: silent });
  for (const { name } of await store.query<{ name: string }>(`select table_schema || '.' || table_name as name from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`)) {
    for (const row of await store.query(`select to_jsonb(x) as row from ${name} x`)) note(`table ${name}`, JSON.stringify(row));
  }
  await store.close();
});
afterAll(() => rm(files.base, { recursive: true, force: true }));

describe('a canary sent down every path', () => {
  it('got in: the paths were real', () => {
    for (const where of ['log', 'answer', 'command load', 'command check', 'command questions', 'table public.questions', 'table public.audit', 'table public.deliveries', 'http 200', 'http 400', 'http 404']) expect(out.map((one) => one.where)).toContain(where);
    expect(out.filter(({ where, text }) => where === 'answer' && text.includes('CPR')).length).toBeGreaterThanOrEqual(4);
    expect(out.filter(({ where, text }) => where === 'command check' && text.includes('CPR')).length).toBeGreaterThanOrEqual(4);
    expect(out.find(({ where, text }) => where === 'log' && text.includes('packs-not-taken'))).toBeDefined();
  });

  it.each(SPELLINGS)('the CPR number %s is nowhere: not in the log, an answer, an error, the metrics, what a command prints or the database', (spelled) => {
    expect(found(spelled)).toEqual([]);
  });

  it('the words of a question are in the table of questions and shown to the analysts, and nowhere else', () => {
    expect(found(WORD).filter((where) => !['table public.questions', 'command questions', 'answer', 'chat'].includes(where))).toEqual([]);
    expect(found(WORD)).toContain('table public.questions');
  });

  it('an e-mail address stays in the pack, with the address it makes its person\'s, and with what was sent to them by it', () => {
    expect(found(MAIL).filter((where) => !['table public.addresses', 'table public.deliveries'].includes(where))).toEqual([]);
  });

  it('nor is any of it in a file the service wrote', async () => {
    let searched = 0;
    for (const name of await readdir(dataDir, { recursive: true })) {
      const path = join(dataDir, name);
      if (!(await stat(path)).isFile()) continue;
      const bytes = await readFile(path, 'latin1');
      searched += 1;
      for (const spelled of SPELLINGS.slice(0, 3)) expect({ name, holds: bytes.includes(spelled) }).toEqual({ name, holds: false });
    }
    expect(searched).toBeGreaterThan(10);
  });
});
