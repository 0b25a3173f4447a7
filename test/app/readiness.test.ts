import { mkdtempSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { readinessOf } from '../../src/app/readiness.ts';
import type { Closing } from '../../src/app/ledger.ts';
import { periodOf } from '../../src/calendar/period.ts';
import { fallen, median, unusual, type Missing, type Readiness } from '../../src/delivery/readiness.ts';
import { clockAt } from '../../src/io/clock/clock.ts';
import { readConfig } from '../../src/io/config/config.ts';
import { openPackHouse, type PackHouse } from '../../src/warehouse.ts';
import { silent as silentLog } from './delivering.ts';

const dir = mkdtempSync(join(tmpdir(), 'overblik-ready-'));
const pack = (readiness: string): string => `
pack: {title: Prøve, time_zone: Europe/Copenhagen}
organisation:
  levels: [{id: by, name: By}, {id: distrikt, name: Distrikt}]
  unit: {id: byen, name: Byen, children: [{id: nord, name: Nord}, {id: syd, name: Syd}]}
sources:
  besoeg: {name: Besøg, files: besoeg.csv, columns: {Dato: date, Sted: text, Timer: decimal(1)}, unit: Sted, date: Dato}
  bilag: {name: Bilag, files: bilag.csv, columns: {Dato: date, Sted: text, Beloeb: decimal(2)}, unit: Sted, date: Dato, grain: month}
measures:
  timer: {kind: flow, source: besoeg, sql: sum(Timer), name: Timer, definition: Timer., unit: hours}
  forbrug: {kind: flow, source: bilag, sql: sum(Beloeb), name: Forbrug, definition: Forbrug., unit: kr}
  timepris: {kind: ratio, numerator: forbrug, denominator: timer, name: Timepris, definition: Pris., unit: kr per hour}
digests:
  maaned:
    title: Måneden
    schedule: workday 5 at 08:00
    period: last closed month
    start: 2026-01-01
    audience: [{role: leader}]
    ${readiness}
    sections: [{kind: headline, money: forbrug, output: timer, price: timepris}]
people:
  anna: {name: Anna, role: leader, units: [nord]}
`;
const days = (month: string, last: number): string[] => Array.from({ length: last }, (_, i) => `${month}-${String(i + 1).padStart(2, '0')}`);
const months = ['2026-01', '2026-02', '2026-03', '2026-04', '2026-05', '2026-06', '2026-07', '2026-08', '2026-09'];
const lengths: Record<string, number> = { '2026-01': 31, '2026-02': 28, '2026-03': 31, '2026-04': 30, '2026-05': 31, '2026-06': 30, '2026-07': 31, '2026-08': 31, '2026-09': 30, '2026-10': 31 };

/** Visits of every day to September, and of October what the test says; postings of every month. */
async function files(name: string, readiness: string, october: { from?: number; days: number; units: readonly string[]; hours?: number; posted?: boolean; rows?: number }, change: (yaml: string) => string = (yaml) => yaml): Promise<PackHouse> {
  const folder = join(dir, name, 'p');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'pack.yaml'), change(pack(readiness)));
  const visit = (day: string, unit: string, hours = 10): string[] => Array.from({ length: october.rows ?? 1 }, () => `${day};${unit};${hours},0`);
  const usual = months.flatMap((month) => days(month, lengths[month] ?? 0)).flatMap((day) => ['nord', 'syd'].map((unit) => `${day};${unit};10,0`));
  const newest = days('2026-10', october.days).slice((october.from ?? 1) - 1).flatMap((day) => october.units.flatMap((unit) => visit(day, unit, october.hours)));
  await writeFile(join(folder, 'besoeg.csv'), ['Dato;Sted;Timer', ...usual, ...newest, ''].join('\n'));
  await writeFile(join(folder, 'bilag.csv'), ['Dato;Sted;Beloeb', ...[...months, ...(october.posted === false ? [] : ['2026-10'])].flatMap((month) => ['nord', 'syd'].map((unit) => `${month}-15;${unit};1000,00`)), ''].join('\n'));
  const house = await openPackHouse(readConfig({ OVERBLIK_PACKS: join(dir, name), OVERBLIK_DATA_DIR: join(dir, name, 'var') }), clockAt('2026-11-10'), silentLog);
  await house.refresh();
  return house;
}
const october = periodOf('month', '2026-10-01');
async function readiness(house: PackHouse, closings: readonly Closing[]): Promise<Readiness> {
  const figures = house.figures('p');
  const digest = figures.pack.digests.get('maaned');
  if (digest === undefined) throw new Error('no digest');
  return readinessOf(figures, digest, october, closings);
}
const missing = async (house: PackHouse, closings: readonly Closing[] = []): Promise<readonly Missing[]> => (await readiness(house, closings)).missing;
const silent = async (house: PackHouse, closings: readonly Closing[] = []): Promise<Readiness['silent']> => (await readiness(house, closings)).silent;
const closing = (source: string): Closing => ({ from: '2026-10-01', to: '2026-11-01', source });
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('a month is ready', () => {
  it('when every source shown has rows to its last day; else it is said which has not, and how far it reaches', async () => {
    const whole = await files('whole', '', { days: 31, units: ['nord', 'syd'] });
    expect(await missing(whole)).toEqual([]);
    await whole.close();
    const half = await files('half', '', { days: 20, units: ['nord', 'syd'], posted: false });
    expect(await missing(half)).toEqual([{ kind: 'rows', source: 'bilag', through: '2026-09-30' }, { kind: 'rows', source: 'besoeg', through: '2026-10-20' }]);
    // What someone says is complete is complete: for one source, or for all.
    expect(await missing(half, [closing('bilag')])).toEqual([{ kind: 'rows', source: 'besoeg', through: '2026-10-20' }]);
    expect(await missing(half, [closing('')])).toEqual([]);
    expect(await missing(half, [{ from: '2026-09-01', to: '2026-10-01', source: '' }])).toHaveLength(2);
    await half.close();
  });

  it('when every expected unit is there', async () => {
    const house = await files('units', 'readiness: {besoeg: {units: distrikt}}', { days: 31, units: ['nord'] });
    expect(await missing(house)).toEqual([{ kind: 'units', source: 'besoeg', units: ['syd'] }]);
    await house.close();
  });

  it('when the number of rows and the totals are near what they have been', async () => {
    const rule = 'readiness: {besoeg: {rows_within: 20, totals_within: {timer: 20}}}';
    const usual = await files('usual', rule, { days: 31, units: ['nord', 'syd'] });
    expect(await missing(usual)).toEqual([]);
    await usual.close();
    // Half-loaded: the last day is there, most rows are not.
    const twice = await files('twice', rule, { days: 31, units: ['nord', 'syd'], rows: 2 });
    expect(await missing(twice)).toEqual([{ kind: 'count', source: 'besoeg', value: 124, usual: 61 }, { kind: 'total', source: 'besoeg', measure: 'timer', value: 1240, usual: 610 }]);
    await twice.close();
    const wrongUnit = await files('minutes', rule, { days: 31, units: ['nord', 'syd'], hours: 600 });
    expect(await missing(wrongUnit)).toEqual([{ kind: 'total', source: 'besoeg', measure: 'timer', value: 37200, usual: 610 }]);
    await wrongUnit.close();
  });

  it('when there is not far less than usual, though the last day is there, and the pack says nothing about it', async () => {
    // Half a file: rows of one unit on every day, and one hour where there were ten.
    const fewRows = await files('few-rows', '', { days: 31, units: ['nord'], hours: 100 });
    expect(await missing(fewRows)).toEqual([]);
    await fewRows.close();
    const halfMonth = await files('half-month', '', { days: 31, units: ['nord', 'syd'], hours: 4 });
    expect(await missing(halfMonth)).toEqual([{ kind: 'total', source: 'besoeg', measure: 'timer', value: 248, usual: 610 }]);
    expect(await missing(halfMonth, [closing('besoeg')])).toEqual([]);
    await halfMonth.close();
    const lastDay = await files('last-day', '', { from: 31, days: 31, units: ['nord', 'syd'] });
    expect(await missing(lastDay)).toEqual([{ kind: 'count', source: 'besoeg', value: 2, usual: 61 }]);
    await lastDay.close();
    for (const [name, rule] of [['less', 'may_fall: 99'], ['any', 'may_fall: 100'], ['within', 'rows_within: 99']] as const) {
      const told = await files(`told-${name}`, `readiness: {besoeg: {${rule}${name === 'within' ? ', totals_within: {timer: 99}' : ''}}}`, { from: 31, days: 31, units: ['nord', 'syd'] });
      expect(await missing(told)).toEqual([]);
      await told.close();
    }
  });

  it('for each unit by itself, when it has rows where it usually has some', async () => {
    const house = await files('silent', '', { days: 31, units: ['nord'], hours: 20 });
    expect(await silent(house)).toEqual([{ unit: 'syd', source: 'besoeg' }]);
    expect(await silent(house, [closing('besoeg')])).toEqual([]);
    await house.close();
    const register = await files('silent-register', '', { days: 31, units: ['nord'], hours: 20 }, (yaml) => yaml.replace('unit: Sted, date: Dato}\n  bilag', 'unit: Sted, date: Dato, no_rows: zero}\n  bilag'));
    expect(await silent(register)).toEqual([]);
    await register.close();
    const told = await files('silent-told', 'readiness: {besoeg: {may_fall: 100}}', { days: 31, units: ['nord'], hours: 20 });
    expect(await silent(told)).toEqual([]);
    await told.close();
  });

  it('when it was closed, where that is asked for', async () => {
    const house = await files('closed', 'readiness: {bilag: {closed: true}}', { days: 31, units: ['nord', 'syd'] });
    expect(await missing(house)).toEqual([{ kind: 'closing', source: 'bilag' }]);
    expect(await missing(house, [closing('bilag')])).toEqual([]);
    await house.close();
  });
});

describe('far less than usual', () => {
  it('is known from four periods or more, all on one side of nought, and is no news where it was as little a year ago', () => {
    expect(fallen(40, [100, 100, 100, 0, 0, 0], 0, 50)).toBeNull();
    expect(fallen(40, [100, 100, 100, 100, 0, 0], 0, 50)).toBe(100);
    expect(fallen(0, [100, 100, 100, 100, 0, 0], 0, 50)).toBe(100);
    expect(fallen(50, [100, 100, 100, 100], 0, 50)).toBeNull();
    expect(fallen(400, [100, 100, 100, 100], 0, 50)).toBeNull();
    expect(fallen(40, [100, -100, 100, 100], 0, 50)).toBeNull();
    expect(fallen(-40, [-100, -100, -100, -100], 0, 50)).toBe(-100);
    expect(fallen(40, [-100, -100, -100, -100], 0, 50)).toBe(-100);
    expect(fallen(40, [100, 100, 100, 100], 45, 50)).toBeNull();
    expect(fallen(40, [100, 100, 100, 100], 100, 50)).toBe(100);
  });
});

describe('what is usual', () => {
  it('is not known from fewer than three periods, and else is their middle', () => {
    expect(unusual(1000, [10, 10], 10)).toBeNull();
    expect(unusual(1000, [10, 11, 12], 10)).toBe(11);
    expect(unusual(11, [10, 11, 12], 0)).toBeNull();
    expect(median([])).toBeNull();
  });

  it('is never further from a value than the bound, whatever the order of the history', () => {
    fc.assert(fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 3, maxLength: 12 }), fc.integer({ min: 1, max: 300 }), (value, history, within) => {
      const found = unusual(value, history, within);
      expect(unusual(value, [...history].reverse(), within)).toBe(found);
      const middle = median(history) as number;
      expect(found === null).toBe(Math.abs(value - middle) <= (middle * within) / 100);
    }));
  });
});

describe('rows that were set aside', () => {
  const withStray = async (name: string, readiness: string, stray: string): Promise<PackHouse> => {
    const house = await files(name, readiness, { days: 31, units: ['nord', 'syd'] });
    await writeFile(join(dir, name, 'p', 'bilag.csv'), ['Dato;Sted;Beloeb', ...[...months, '2026-10'].flatMap((month) => ['nord', 'syd'].map((unit) => `${month}-15;${unit};1000,00`)), stray, ''].join('\n'));
    await house.refresh();
    return house;
  };
  test('hold the page of a source with money, and say what to mend', async () => {
    const house = await withStray('stray', '', '2026-10-15;vest;5000,00');
    expect(await missing(house)).toMatchObject([{ kind: 'rejects', source: 'bilag', rows: 1, allowed: 0, reasons: [{ column: 'Sted', rows: 1, file: 'bilag.csv', line: 22 }] }]);
    await house.close();
  });
  test('hold it also when they are of an earlier month of the year or have no date, and not when they are older', async () => {
    const earlier = await withStray('stray-earlier', '', '2026-02-15;vest;5000,00');
    expect(await missing(earlier)).toMatchObject([{ kind: 'rejects', rows: 1 }]);
    await earlier.close();
    const undated = await withStray('stray-undated', '', '15/10;nord;5000,00');
    expect(await missing(undated)).toMatchObject([{ kind: 'rejects', rows: 1 }]);
    await undated.close();
    const older = await withStray('stray-older', '', '2025-12-15;vest;5000,00');
    expect(await missing(older)).toEqual([]);
    await older.close();
  });
  test('hold nothing when the pack allows so many', async () => {
    const house = await withStray('stray-allowed', 'readiness: {bilag: {rejects: 1}}', '2026-10-15;vest;5000,00');
    expect(await missing(house)).toEqual([]);
    await house.close();
  });
});
