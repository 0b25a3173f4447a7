import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isoWeek, pieces } from '../../src/calendar/period.ts';
import { DISTRICTS, readData } from './figures.ts';
import type { Data } from './figures.ts';
import { DATA, generate } from './generate.ts';
import { monthsOf } from './months.ts';

const NAMES = ['posteringer.csv', 'besoeg.csv', 'fravaer.xlsx'] as const;
const MONTHS = monthsOf('2023-11-01', '2026-11-01');
const OCTOBER = '2026-10';
const distinct = (values: Iterable<string>): number => new Set(values).size;

let data: Data;
let temporary: string;
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'overblik-demo-'));
  data = await readData(DATA);
});
afterAll(() => rm(temporary, { recursive: true, force: true }));

describe('the files', () => {
  it('come out the same each time, and are the ones kept in the pack', async () => {
    const sizes: number[] = [];
    for (const run of ['first', 'second']) sizes.push(...(await generate(join(temporary, run))).map(({ bytes }) => bytes));
    for (const name of NAMES) {
      const [first, second, kept] = await Promise.all([join(temporary, 'first', name), join(temporary, 'second', name), join(DATA, name)].map((path) => readFile(path)));
      if (first === undefined || second === undefined || kept === undefined) throw new Error(`${name} was not read`);
      expect(first.equals(second)).toBe(true);
      // Run `npx tsx test/demo/generate.ts` after a change of the story.
      expect(kept.equals(first)).toBe(true);
    }
    expect(Math.max(...sizes)).toBeLessThan(5_000_000);
  });

  it('are spelled as a Danish system exports them', async () => {
    for (const [name, row] of [['posteringer.csv', /^[^;]+;\d\d-\d\d-\d{4};[^;]+;\d{4};[^;]+;(?:Forbrug|Budget|Oprindeligt budget);-?\d+,\d\d$/], ['besoeg.csv', /^\d\d-\d\d-\d{4};[^;]+;B-\d{5};(?:M-\d{3})?;(?:Personlig pleje|Praktisk hjælp);\d+;\d+$/]] as const) {
      const text = await readFile(join(DATA, name), 'utf8');
      expect(text.startsWith('\uFEFF')).toBe(true);
      expect(text.endsWith('\r\n')).toBe(true);
      expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
      expect(text.split('\r\n').slice(1, -1).find((line) => !row.test(line))).toBeUndefined();
    }
  });

  it('hold nothing that could be read as a CPR number', async () => {
    for (const name of ['posteringer.csv', 'besoeg.csv', 'README.md']) {
      const text = await readFile(join(DATA, name), 'utf8');
      expect(text.match(/\d{10}|(?<!\d)\d{6}[ \-\u2013.]\d{4}(?!\d)/)).toBeNull();
    }
    expect(data.absence.map(({ group }) => group).find((group) => !['SOSU-hjælper', 'SOSU-assistent', 'Sygeplejerske'].includes(group))).toBeUndefined();
  });

  it('have every district in every month, and nothing outside the 36 months', () => {
    for (const rows of [data.visits, data.ledger.filter(({ kind }) => kind === 'Forbrug'), data.absence]) {
      const seen = new Set(rows.map(({ month, district }) => `${month} ${district}`));
      expect([...seen].sort()).toEqual(MONTHS.flatMap((month) => DISTRICTS.map((district) => `${month} ${district}`)).sort());
    }
    expect(data.absence).toHaveLength(36 * 7 * 3);
  });
});

describe('the ledger', () => {
  const ore = (rows: Data['ledger']): number => rows.reduce((sum, row) => sum + row.ore, 0);

  it('has the whole budgets of 2026 to 2028 ahead, and spend until the end of October', () => {
    for (const kind of ['Budget', 'Oprindeligt budget']) {
      const rows = data.ledger.filter((row) => row.kind === kind);
      expect(rows).toHaveLength(62 * 7 * 5);
      expect(distinct(rows.map((row) => `${row.date} ${row.district} ${row.account}`))).toBe(rows.length);
      expect(rows.filter((row) => !row.date.endsWith('-01'))).toEqual([]);
      expect(distinct(rows.filter((row) => row.month > OCTOBER).map((row) => row.month))).toBe(26);
    }
    const spend = data.ledger.filter((row) => row.kind === 'Forbrug');
    expect(spend.map((row) => row.date).sort().at(-1)).toBe('2026-10-31');
  });

  it('divides budgets into months without losing an øre: years are whole thousands per district and account', () => {
    for (const kind of ['Budget', 'Oprindeligt budget']) {
      for (const year of ['2024', '2025', '2026']) {
        for (const account of ['1010', '1020', '2010', '2020', '9010']) {
          for (const district of DISTRICTS) {
            const months = data.ledger.filter((row) => row.kind === kind && row.account === account && row.district === district && row.month.startsWith(year));
            expect(months).toHaveLength(12);
            expect(Math.abs(ore(months) % 1000_00)).toBe(0);
            expect(distinct(months.map((row) => String(row.ore)))).toBeGreaterThan(5);
          }
        }
      }
    }
  });

  it('books several postings a month, the last within five days of its end, and refunds as income', () => {
    for (const month of MONTHS) {
      for (const district of DISTRICTS) {
        const rows = data.ledger.filter((row) => row.kind === 'Forbrug' && row.month === month && row.district === district);
        expect(rows.length).toBeGreaterThanOrEqual(12);
        expect(distinct(rows.map((row) => row.account))).toBe(5);
        expect(Number(rows.map((row) => row.date).sort().at(-1)?.slice(8))).toBeGreaterThanOrEqual(24);
        expect(rows.every((row) => (row.account === '9010') === row.ore < 0)).toBe(true);
      }
    }
  });

});

describe('the visits', () => {
  it('are made every day of the range, leap day and weekends too, in every district', () => {
    const days = pieces({ from: '2023-11-01', to: '2026-11-01', grain: 'rolling' }, 'day').map(({ from }) => from);
    expect(days).toContain('2024-02-29');
    expect(distinct(data.visits.map(({ date }) => date))).toBe(days.length);
    const seen = new Set(data.visits.map(({ date, district }) => `${date} ${district}`));
    expect(days.flatMap((day) => DISTRICTS.map((district) => `${day} ${district}`)).filter((key) => !seen.has(key))).toEqual([]);
  });

  it('come once a week for each citizen and service, by ISO weeks', () => {
    const weeks = new Map([...new Set(data.visits.map((row) => row.date))].map((date) => [date, Object.values(isoWeek(date)).join('-')]));
    expect(distinct(data.visits.map((row) => `${row.citizen} ${row.service} ${weeks.get(row.date)}`))).toBe(data.visits.length);
  });

  it('have no minutes and no employee when cancelled, and both otherwise', () => {
    expect(data.visits.filter((row) => (row.employee === '') !== (row.delivered === 0))).toEqual([]);
    expect(data.visits.filter((row) => row.allocated < 60 || row.allocated > 900)).toEqual([]);
    expect(data.visits.filter((row) => row.employee === '').length).toBeGreaterThan(500);
  });

  it('keep a citizen in one district', () => {
    expect(distinct(data.visits.map((row) => row.citizen))).toBe(distinct(data.visits.map((row) => `${row.citizen} ${row.district}`)));
  });

  it('see citizens and employees come and go', () => {
    const overlap = (of: (row: Data['visits'][number]) => string): number => {
      const first = new Set(data.visits.filter((row) => row.month === '2023-11').map(of));
      const last = new Set(data.visits.filter((row) => row.month === OCTOBER).map(of));
      return [...first].filter((key) => last.has(key)).length / first.size;
    };
    expect(overlap((row) => row.citizen)).toBeLessThan(0.5);
    expect(overlap((row) => row.citizen)).toBeGreaterThan(0.05);
    expect(overlap((row) => row.employee)).toBeLessThan(0.75);
    expect(overlap((row) => row.employee)).toBeGreaterThan(0.2);
  });
});
