import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { table } from './facts.ts';
import { DISTRICTS, readData, remembered } from './figures.ts';
import type { Data, Figures } from './figures.ts';
import { DATA } from './generate.ts';
import { monthsOf } from './months.ts';

const MONTHS = monthsOf('2023-11-01', '2026-11-01');
const IN_2026 = MONTHS.filter((month) => month >= '2026-01');
const OCTOBER = '2026-10';
const distinct = (values: Iterable<string>): number => new Set(values).size;

let data: Data;
/** Figures of one month, or of months from and to, both included; district null: the area. */
let of: ReturnType<typeof remembered>;
const ytd = (district: string | null): Figures => of(district, '2026-01', OCTOBER);
beforeAll(async () => {
  data = await readData(DATA);
  of = remembered(data);
});

describe('the scale', () => {
  it('costs between about 475 and 640 kr. per delivered hour', () => {
    for (const month of MONTHS) {
      for (const district of DISTRICTS) {
        expect(of(district, month).costPerHour).toBeGreaterThan(470);
        expect(of(district, month).costPerHour).toBeLessThan(645);
      }
    }
  });

  it('serve 45 to 110 citizens with 12 to 30 employees per district and month; a citizen meets 2 to 8 of them', () => {
    for (const month of MONTHS) {
      const rows = data.visits.filter((row) => row.month === month && row.delivered > 0);
      for (const district of DISTRICTS) {
        expect(of(district, month).citizens).toBeGreaterThanOrEqual(45);
        expect(of(district, month).citizens).toBeLessThanOrEqual(110);
        const employees = distinct(rows.filter((row) => row.district === district).map((row) => row.employee));
        expect(employees).toBeGreaterThanOrEqual(12);
        expect(employees).toBeLessThanOrEqual(30);
        expect(of(district, month).helpersPerCitizen).toBeGreaterThan(2.5);
        expect(of(district, month).helpersPerCitizen).toBeLessThan(5);
      }
    }
    const october = data.visits.filter((row) => row.month === OCTOBER && row.delivered > 0);
    const met = [...new Set(october.map((row) => row.citizen))].map((citizen) => october.filter((row) => row.citizen === citizen)).filter((rows) => rows.length >= 4).map((rows) => distinct(rows.map((row) => row.employee)));
    expect(met.length).toBeGreaterThan(350);
    expect(met.filter((number) => number < 2 || number > 8).length / met.length).toBeLessThan(0.02);
  });
});

describe('the story', () => {
  it('has a wave of sickness each winter, a heavy one in 2025-26, and temps follow', () => {
    const winters = ['2023-12', '2024-12', '2025-12'].map((from) => of(null, from, `${Number(from.slice(0, 4)) + 1}-02`));
    const summers = ['2024', '2025', '2026'].map((year) => of(null, `${year}-05`, `${year}-09`));
    for (const [i, winter] of winters.entries()) {
      expect(winter.sicknessPct).toBeGreaterThan((summers[i]?.sicknessPct ?? 100) + 1.5);
      expect(of('Syd', `${2023 + i}-12`, `${2024 + i}-02`).tempPct).toBeGreaterThan(of('Syd', `${2024 + i}-05`, `${2024 + i}-09`).tempPct + 0.5);
    }
    const [first, second, heavy] = winters;
    expect(heavy?.sicknessPct).toBeGreaterThan((first?.sicknessPct ?? 100) + 2);
    expect(heavy?.sicknessPct).toBeGreaterThan((second?.sicknessPct ?? 100) + 2);
    expect(heavy?.tempPct).toBeGreaterThan((second?.tempPct ?? 100) + 0.8);
    expect(heavy?.spendPct).toBeGreaterThan(100.7);
  });

  it('lets Sydvest overspend all through 2026 with temps, while its hours are as planned', () => {
    expect(ytd('Sydvest').spendPct).toBeGreaterThan(106);
    expect(ytd('Sydvest').spendPct).toBeLessThan(108);
    const shares = IN_2026.map((month) => of('Sydvest', month).tempPct);
    expect(shares[0]).toBeGreaterThan(5.5);
    expect(shares[0]).toBeLessThan(7.5);
    expect(shares.at(-1)).toBeGreaterThan(15);
    expect(shares.at(-1)).toBeLessThan(17);
    expect(shares.slice(1).filter((share, i) => share <= (shares[i] ?? 0))).toEqual([]);
    for (const month of IN_2026) {
      expect(of('Sydvest', month).spendPct).toBeGreaterThan(101);
      expect(of('Sydvest', month).deliveryPct).toBeGreaterThan(96);
    }
    expect(ytd('Sydvest').allocated / of('Sydvest', '2025-01', '2025-10').allocated).toBeCloseTo(1, 1);
  });

  it('lets Nordvest deliver 88 to 91 percent from April 2026, slightly under budget and dearer per hour; the others 96 to 100', () => {
    for (const month of MONTHS) {
      for (const district of DISTRICTS) {
        const { deliveryPct } = of(district, month);
        const few = district === 'Nordvest' && month >= '2026-04';
        const extra = district === 'Nord' && month === OCTOBER;
        expect(deliveryPct).toBeGreaterThanOrEqual(few ? 88 : 96);
        expect(deliveryPct).toBeLessThanOrEqual(few ? 91 : extra ? 103 : 100);
      }
    }
    const since = of('Nordvest', '2026-04', OCTOBER);
    expect(since.spendPct).toBeGreaterThan(97);
    expect(since.spendPct).toBeLessThan(99.5);
    expect(since.costPerHour / of('Nordvest', '2025-04', '2025-10').costPerHour).toBeGreaterThan(1.07);
    expect(of(null, '2026-04', OCTOBER).costPerHour / of(null, '2025-04', '2025-10').costPerHour).toBeLessThan(1.06);
  });

  it('makes Øst 12 to 15 percent dearer per hour than the area, and about 4 percent under budget', () => {
    for (const from of ['2026-01', OCTOBER]) {
      expect(of('Øst', from, OCTOBER).costPerHour / of(null, from, OCTOBER).costPerHour).toBeGreaterThan(1.12);
      expect(of('Øst', from, OCTOBER).costPerHour / of(null, from, OCTOBER).costPerHour).toBeLessThan(1.15);
      expect(of('Øst', from, OCTOBER).spendPct).toBeGreaterThan(95);
      expect(of('Øst', from, OCTOBER).spendPct).toBeLessThan(97);
    }
  });

  it('puts Nord about 4 percent over budget in October 2026, part of it for more hours', () => {
    const october = of('Nord', OCTOBER);
    expect(october.spendPct).toBeGreaterThan(103);
    expect(october.spendPct).toBeLessThan(105);
    expect(of('Nord', '2026-01', '2026-09').spendPct).toBeLessThan(101);
    expect(october.delivered).toBeGreaterThan(october.allocated * 1.01);
    expect(october.delivered).toBeGreaterThan(of('Nord', '2025-10').delivered * 1.03);
    const volume = (october.delivered - october.allocated) * (october.budget / october.allocated);
    const over = october.spend - october.budget;
    expect(volume / over).toBeGreaterThan(0.25);
    expect(volume / over).toBeLessThan(0.75);
  });

  it('keeps Syd steady: within a percent of budget, sickness low, no surprise', () => {
    expect(Math.abs(ytd('Syd').spendPct - 100)).toBeLessThan(1);
    for (const month of MONTHS.filter((month) => month < '2025-12' || month > '2026-02')) expect(Math.abs(of('Syd', month).spendPct - 100)).toBeLessThan(1.3);
    expect(Math.min(...DISTRICTS.map((district) => ytd(district).tempPct))).toBe(ytd('Syd').tempPct);
  });

  it('lets Centrum grow about 1 percent a month in 2026, hours and spend with it; its budget follows in June', () => {
    const ends = [of('Centrum', '2025-10', '2025-12'), of('Centrum', '2026-08', OCTOBER)];
    const growth = (figure: (f: Figures) => number): number => figure(ends[1] as Figures) / figure(ends[0] as Figures);
    for (const figure of [(f: Figures) => f.allocated, (f: Figures) => f.delivered, (f: Figures) => f.spend]) {
      expect(growth(figure)).toBeGreaterThan(1.06);
      expect(growth(figure)).toBeLessThan(1.13);
    }
    const served = (months: string[]): number => months.reduce((sum, month) => sum + of('Centrum', month).citizens, 0) / months.length;
    expect(served(['2026-08', '2026-09', '2026-10']) / served(['2025-10', '2025-11', '2025-12'])).toBeGreaterThan(1.06);
    for (const month of MONTHS) {
      for (const district of DISTRICTS) {
        const revised = district === 'Centrum' && month >= '2026-06';
        expect(of(district, month).budget / of(district, month).original > 1.05).toBe(revised);
        expect(of(district, month).budget === of(district, month).original).toBe(!revised);
      }
    }
    expect(of('Centrum', '2026-01', '2026-05').spendPct).toBeGreaterThan(102.5);
    expect(of('Centrum', '2026-06', OCTOBER).spendPct).toBeLessThan(100);
  });

  it('shows sickness in Vest clearly down after the summer of 2026, and nowhere else', () => {
    for (const district of DISTRICTS) {
      const down = of(district, '2025-08', '2025-10').sicknessPct - of(district, '2026-08', OCTOBER).sicknessPct;
      if (district === 'Vest') expect(down).toBeGreaterThan(2);
      else expect(down).toBeLessThan(0.5);
    }
  });

  it('follows the year: dear in December, fewer hours delivered in July, budgets not flat', () => {
    for (const year of ['2024', '2025']) {
      expect(of(null, `${year}-12`).spend).toBeGreaterThan(of(null, `${year}-11`).spend * 1.04);
      expect(of(null, `${year}-07`).deliveryPct).toBeLessThan(of(null, `${year}-06`).deliveryPct);
      expect(of(null, `${year}-12`).budget / of(null, `${year}-02`).budget).toBeGreaterThan(1.05);
    }
  });
});

it('is told in the README with the figures of the files', async () => {
  const readme = await readFile(join(DATA, 'README.md'), 'utf8');
  for (const line of [...table(data, '2026-10', '2026-10'), ...table(data, '2026-01', '2026-10')]) expect(readme).toContain(line);
});
