import { mkdtempSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Card } from '../src/card/card.ts';
import { cardText } from '../src/card/text.ts';
import { run } from '../src/cli.ts';
import { readConfig } from '../src/io/config/config.ts';
import type { Clock, Log } from '../src/ports.ts';
import { serve, type Service } from '../src/service.ts';
import { openServiceStore } from '../src/store.ts';

/** A changed definition and the pages that were sent, through the whole house: `overblik correct` and the page after. */
const dir = mkdtempSync(join(tmpdir(), 'overblik-correct-'));
const environment = { OVERBLIK_PACKS: join(dir, 'packs'), OVERBLIK_DATA_DIR: join(dir, 'var'), PORT: '0', LOG_LEVEL: 'silent' };
/** The clock goes on from a fixed day: a message that waits a second for its turn gets it. */
const begun = Date.now();
const clock: Clock & { at: Date } = { at: new Date('2026-11-10T09:00:00+01:00'), now: () => new Date(clock.at.getTime() + Date.now() - begun) };
const delivered: { kind: string; recipient: string }[] = [];
let told: (() => void)[] = [];
const line = (event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
  if (event === 'delivered') delivered.push({ kind: String(fields['kind']), recipient: String(fields['recipient']) });
  for (const one of told.splice(0)) one();
};
const log: Log = { info: line, warn: line, error: line };
const arrived = async (kind: string, count: number): Promise<void> => {
  while (delivered.filter((one) => one.kind === kind).length < count) await new Promise<void>((resolve) => { told.push(resolve); });
};
const overblik = async (...words: string[]): Promise<string> => {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await run(words, { environment, out: (text) => { out.push(text); }, err: (text) => { err.push(text); }, ended: Promise.resolve(), clock });
  if (code !== 0) throw new Error(err.join('\n'));
  return out.join('\n').replaceAll('\u00a0', ' ');
};
/** The text of what left, by kind, recipient and period. */
const left = async (kind: string, recipient: string, period: string): Promise<string[]> => {
  const store = await openServiceStore(readConfig(environment), log);
  try {
    const rows = await store.query<{ content: Card }>('select content from deliveries where kind = $1 and recipient = $2 and period_from = $3 and content is not null order by id', [kind, recipient, period]);
    return rows.map(({ content }) => cardText(content));
  } finally {
    await store.close();
  }
};

const put = (name: string, text: string): Promise<void> => writeFile(join(dir, 'packs', 'p', name), text);
const pack = (sql: string, more = ''): Promise<void> => put('pack.yaml', `
pack: {title: Prøve, time_zone: Europe/Copenhagen}
organisation:
  levels: [{id: by, name: By}, {id: distrikt, name: Distrikt}]
  unit: {id: byen, name: Byen, children: [{id: nord, name: Nord}, {id: syd, name: Syd}]}
sources:
  bilag: {name: Bilag, files: bilag.csv, columns: {Dato: date, Sted: text, Beloeb: decimal(2), Art: text}, unit: Sted, date: Dato, grain: month}
measures:
  forbrug: {kind: flow, source: bilag, sql: ${sql}, name: {da: Forbrug, en: Spend}, definition: Forbrug., unit: kr}
  bilag_antal: {kind: flow, source: bilag, sql: count(*), name: {da: Bilag, en: Vouchers}, definition: Antal., unit: count}
${more}digests:
  maaned:
    title: {da: Måneden, en: The month}
    schedule: workday 5 at 08:00
    period: last closed month
    start: 2026-10-01
    audience: [{role: leader}]
    sections: [{kind: table, title: Nøgletal, measures: [forbrug, bilag_antal]}]
people:
  anna: {name: Anna, role: leader, units: [nord]}
  bo: {name: Bo, role: leader, units: [syd], language: en}
`);
const row = (month: string, unit: string, kroner: number, art = 'Løn'): string => `${month}-15;${unit};${kroner},00;${art}\n`;
const MONTHS = ['08', '09', '10'].map((month) => `2026-${month}`).flatMap((month) => [row(month, 'nord', 1000), row(month, 'nord', 200, 'Refusion'), row(month, 'syd', 3000)]).join('');
const data = (rows: string): Promise<void> => put('bilag.csv', `Dato;Sted;Beloeb;Art\n${rows}`);
const SPEND = '"sum(Beloeb)"';
const NET = `"sum(Beloeb) filter (where Art <> 'Refusion')"`;

let service: Service | null = null;
const start = async (): Promise<void> => { service = await serve(readConfig(environment), clock, log); };
const stop = async (): Promise<void> => { await service?.stop(); service = null; };
beforeAll(async () => {
  await mkdir(join(dir, 'packs', 'p'), { recursive: true });
  await pack(SPEND);
  await data(MONTHS);
});
afterAll(async () => {
  await stop();
  told = [];
  await rm(dir, { recursive: true, force: true });
});

describe('overblik correct', () => {
  test('says that what was sent holds, while nothing has changed', async () => {
    await start();
    await arrived('page', 2);
    expect(await overblik('correct', 'p/maaned')).toBe('What was sent is what holds now (2 pages).');
    await stop();
  });

  test('shows what a changed definition would correct, of each recipient their own, and sends nothing', async () => {
    await pack(NET);
    const shown = await overblik('correct', 'p/maaned', '--period', '2026-10');
    expect(shown.split('\n')).toEqual([
      'October 2026, anna:', '  Forbrug, Nord: 1.200 kr. -> 1.000 kr. (definition changed)',
      '1 of 2 pages would be corrected. Nothing was sent; --send sends these corrections.',
    ]);
    // Nor does the service, however often it looks.
    await start();
    await stop();
    expect(delivered.filter(({ kind }) => kind === 'correction')).toEqual([]);
    expect(await overblik('correct', 'p/maaned')).toBe(shown);
  });

  test('--send sends it once, with its true reason, and the audit says so', async () => {
    await start();
    expect(await overblik('correct', 'p/maaned', '--send')).toMatch(/1 of 2 pages would be corrected\.\n1 correction is sent within a minute\.$/);
    // On its way, or there already.
    expect(await overblik('correct', 'p/maaned', '--send')).toMatch(/What was sent is what holds now \(2 pages\)\.$|Nothing more is sent: it is corrected already, or that is on its way\.$/);
    await arrived('correction', 1);
    expect(await overblik('correct', 'p/maaned', '--send')).toBe('What was sent is what holds now (2 pages).');
    await stop();
    const [said = '', ...more] = await left('correction', 'anna', '2026-10-01');
    expect(more).toEqual([]);
    expect(said).toMatch(/Forbrug\s+1\.200[^\n]*1\.000/);
    expect(said).toContain('Det skyldes, at vi nu opgør tallene på en anden måde: Forbrug. Data er de samme.');
    expect(said).not.toContain('nye data');
    const audit = await overblik('audit');
    expect(audit.split('\n').filter((one) => one.includes('  corrected  ')).map((one) => one.slice(one.indexOf('{')))).toEqual([expect.stringContaining('"recipient":"anna"')]);
    expect(audit).toContain('shown-correction');
    expect(await overblik('audit', '--verify')).toMatch(/none taken out or changed/);
  });

  test('data that change after it are corrected by the service itself, as ever', async () => {
    await data(`${MONTHS}${row('2026-10', 'nord', 500)}`);
    await start();
    await arrived('correction', 2);
    await stop();
    const said = (await left('correction', 'anna', '2026-10-01')).at(-1) ?? '';
    expect(said).toMatch(/Forbrug\s+1\.000[^\n]*1\.500/);
    expect(said).toContain('Det skyldes nye data: Bilag, indlæst');
    expect(said).not.toContain('anden måde');
  });

  test('a definition that nobody corrected is told on the next page, in each reader\'s language, and data after it are corrected with both reasons', async () => {
    await pack('"sum(Beloeb) * 2"');
    await start();
    await stop();
    await data(`${MONTHS}${row('2026-10', 'nord', 500)}${row('2026-11', 'nord', 900)}${row('2026-11', 'syd', 2500)}`);
    clock.at = new Date('2026-12-08T09:00:00+01:00');
    await start();
    await arrived('page', 4);
    await stop();
    expect(await left('page', 'anna', '2026-11-01')).toEqual([expect.stringContaining('Forbrug opgøres på en anden måde end på siden for oktober 2026. Sider, der er sendt, er ikke rettet.')]);
    expect(await left('page', 'bo', '2026-11-01')).toEqual([expect.stringContaining('Spend: the definition changed from the page for October 2026. Pages that were sent are not corrected.')]);
    expect(delivered.filter(({ kind }) => kind === 'correction')).toHaveLength(2);
    await data(`${MONTHS}${row('2026-10', 'nord', 500)}${row('2026-10', 'syd', 100)}${row('2026-11', 'nord', 900)}${row('2026-11', 'syd', 2500)}`);
    await start();
    await arrived('correction', 3);
    await stop();
    const said = (await left('correction', 'bo', '2026-10-01')).at(-1) ?? '';
    expect(said).toMatch(/Spend\s+[^\n]*3,000[^\n]*6,200/);
    expect(said).toContain('The reason is new data: Bilag');
    expect(said).toContain('The figures are also counted in another way now: Spend. Some of the difference may come from that.');
  });

  test('a changed target corrects nothing by itself, and is told as changed', async () => {
    await pack('"sum(Beloeb) * 2"', 'plans: {forbrug: {target: 1000}}\n');
    await start();
    await stop();
    expect(delivered.filter(({ kind }) => kind === 'correction')).toHaveLength(3);
    expect(await overblik('correct', 'p/maaned')).toMatch(/^What was sent is what holds now|definition changed\)/);
  });
});
