import type { Month } from './months.ts';
import { daysIn, firstDay, monthIndex, monthsBetween, yearOf } from './months.ts';

/** What the demo data tell, as numbers. Change a number here and run the generator; the tests say whether the story still holds. */
export const SEED = 20261031;
/** Half-open: the last day with facts is 31 October 2026. */
export const FROM = '2023-11-01';
export const TO = '2026-11-01';
/** Budgets go on for two years after the one in progress: wherever the data are moved to, the budgets of this year and the next are whole. */
export const BUDGET_TO = '2029-01-01';

export interface District {
  readonly id: string;
  readonly name: string;
  /** With help at any one time, November 2023. */
  readonly citizens: number;
  /** Budgeted growth in need per year. */
  readonly growth: number;
  /** Budgeted kr. per delivered hour, at the price level of 2026. */
  readonly price: number;
  /** Spend against budget in an ordinary month, as a fraction of budget. */
  readonly habit: number;
  /** Delivered hours per allocated hour in an ordinary month. */
  readonly delivery: number;
  /** Sickness absence in an average month, as a fraction of possible days. */
  readonly sickness: number;
  /** External temps as a fraction of pay cost, when sickness is average. */
  readonly temps: number;
}

export const DISTRICTS: readonly District[] = [
  { id: 'nord', name: 'Nord', citizens: 67, growth: 0.01, price: 524, habit: 0.001, delivery: 0.984, sickness: 0.062, temps: 0.055 },
  { id: 'nordvest', name: 'Nordvest', citizens: 61, growth: 0.005, price: 528, habit: 0.002, delivery: 0.981, sickness: 0.066, temps: 0.058 },
  { id: 'vest', name: 'Vest', citizens: 57, growth: 0.008, price: 521, habit: 0.003, delivery: 0.982, sickness: 0.077, temps: 0.062 },
  { id: 'sydvest', name: 'Sydvest', citizens: 69, growth: 0.01, price: 522, habit: 0.002, delivery: 0.983, sickness: 0.069, temps: 0.056 },
  { id: 'syd', name: 'Syd', citizens: 60, growth: 0.008, price: 522, habit: -0.002, delivery: 0.986, sickness: 0.058, temps: 0.045 },
  { id: 'oest', name: 'Øst', citizens: 47, growth: 0, price: 640, habit: -0.03, delivery: 0.987, sickness: 0.06, temps: 0.05 },
  { id: 'centrum', name: 'Centrum', citizens: 82, growth: 0.012, price: 521, habit: 0.001, delivery: 0.98, sickness: 0.064, temps: 0.057 },
];

/** Accounts and their share of the net budget; permanent pay and temps divide what is left by the district's ordinary temp share. */
export const ACCOUNTS = [
  { number: '1010', name: 'Løn fast personale', share: null },
  { number: '1020', name: 'Eksterne vikarer', share: null },
  { number: '2010', name: 'Kørsel', share: 0.045 },
  { number: '2020', name: 'Hjælpemidler og øvrigt', share: 0.065 },
  { number: '9010', name: 'Refusion', share: -0.025 },
] as const;
export type Account = (typeof ACCOUNTS)[number]['number'];

/** Prices and pay by year, 2026 = 1. */
const PRICE_INDEX: Readonly<Record<number, number>> = { 2023: 0.945, 2024: 0.962, 2025: 0.981, 2026: 1, 2027: 1.02, 2028: 1.04 };
/** Delivered hours per allocated hour that budgets count on. */
export const BUDGETED_DELIVERY = 0.98;
/** Allocated minutes per citizen and week that budgets count on. */
export const WEEKLY_MINUTES = 312;

/** January to December. Money: supplements in the holidays, summer temps in July. */
const MONEY_SEASON = [1.01, 1, 0.99, 1.01, 1.005, 0.99, 1.025, 0.99, 0.985, 0.985, 0.985, 1.04];
/** Sickness: a wave from December to February, low in July. */
const SICKNESS_SEASON = [1.24, 1.2, 1.04, 0.97, 0.92, 0.88, 0.8, 0.9, 0.97, 1, 1.03, 1.17];
/** Added to the delivered share: citizens are away in July and at Christmas. */
const DELIVERY_SEASON = [0, 0, 0.002, 0.002, 0.002, 0.002, -0.008, -0.002, 0.002, 0.002, 0.002, -0.008];
/** Share of weekdays that are neither holiday nor leave. */
export const AT_WORK = [0.93, 0.89, 0.94, 0.85, 0.87, 0.93, 0.6, 0.91, 0.95, 0.87, 0.95, 0.8];

type Quantity = 'volume' | 'money' | 'delivery' | 'sickness' | 'temps';
/** A turn of the story: values month by month from `from`. */
interface Turn {
  readonly quantity: Quantity;
  /** null: every district. */
  readonly district: string | null;
  readonly from: Month;
  readonly values: readonly number[];
}

const TURNS: readonly Turn[] = [
  // Every winter has a wave; that of 2025-26 was heavy, and cost more than the budget's ordinary winter.
  { quantity: 'sickness', district: null, from: '2025-12', values: [1.22, 1.38, 1.3, 1.08] },
  { quantity: 'money', district: null, from: '2025-12', values: [0.01, 0.014, 0.011] },
  // Sydvest: temps take the place of its own staff month by month, hours as planned.
  { quantity: 'temps', district: 'sydvest', from: '2025-12', values: [0, -0.013, -0.002, 0.014, 0.032, 0.045, 0.058, 0.071, 0.08, 0.09, 0.104] },
  { quantity: 'money', district: 'sydvest', from: '2026-01', values: [0.012, 0.025, 0.042, 0.055, 0.066, 0.076, 0.083, 0.09, 0.098, 0.105] },
  { quantity: 'sickness', district: 'sydvest', from: '2026-03', values: [1.02, 1.04, 1.06, 1.07, 1.08, 1.09, 1.1, 1.1] },
  // Nordvest: a tenth of the allocated hours is not delivered from April.
  { quantity: 'delivery', district: 'nordvest', from: '2026-04', values: [0.9, 0.896, 0.899, 0.892, 0.895, 0.893, 0.896] },
  { quantity: 'money', district: 'nordvest', from: '2026-04', values: [-0.014, -0.018, -0.015, -0.021, -0.017, -0.019, -0.016] },
  // Øst: dear per hour, but its budget is higher still.
  { quantity: 'money', district: 'oest', from: '2026-01', values: [-0.018, -0.017, -0.012, -0.01, -0.011, -0.008, -0.01, -0.011, -0.01, -0.01] },
  // Nord: October 2026 with more need, extra visits, and dearer hours.
  { quantity: 'volume', district: 'nord', from: '2026-10', values: [1.015] },
  { quantity: 'delivery', district: 'nord', from: '2026-10', values: [1.027] },
  { quantity: 'money', district: 'nord', from: '2026-10', values: [0.02] },
  // Centrum: need grows about one percent a month in 2026; the original budget did not know it.
  { quantity: 'volume', district: 'centrum', from: '2026-01', values: [1.01, 1.02, 1.03, 1.04, 1.05, 1.06, 1.07, 1.08, 1.09, 1.1] },
  // Vest: sickness falls after the summer of 2026, and temps with it.
  { quantity: 'sickness', district: 'vest', from: '2026-08', values: [0.7, 0.64, 0.62] },
  { quantity: 'money', district: 'vest', from: '2026-08', values: [-0.006, -0.01, -0.012] },
];

/** Supplementary grant (tillægsbevilling): a share of the year's original budget, over the months from `from` to the year's end. */
export const GRANTS = [{ district: 'centrum', from: '2026-06', share: 0.055 }] as const;

function turns(quantity: Quantity, district: string, month: Month): number[] {
  return TURNS.filter((turn) => turn.quantity === quantity && (turn.district === null || turn.district === district))
    .map((turn) => turn.values[monthsBetween(turn.from, month)])
    .filter((value): value is number => value !== undefined);
}
const product = (factors: readonly number[]): number => factors.reduce((all, factor) => all * factor, 1);
const sum = (terms: readonly number[]): number => terms.reduce((all, term) => all + term, 0);

/** Citizens with help at any one time, as the budget counts on. */
export function budgetedCitizens(district: District, month: Month): number {
  return district.citizens * (1 + (district.growth * monthsBetween(FROM.slice(0, 7), month)) / 12);
}

/** Allocated hours of a month, as the budget counts on. */
export function budgetedHours(district: District, month: Month): number {
  return (budgetedCitizens(district, month) * WEEKLY_MINUTES * daysIn(month)) / 7 / 60;
}

/** Real need against budgeted need, 1 in an ordinary month. */
export const volume = (district: District, month: Month): number => product(turns('volume', district.id, month));

/** Spend against original budget apart from `volume`, as a fraction. */
export const moneyDeviation = (district: District, month: Month): number => district.habit + sum(turns('money', district.id, month));

/** Delivered hours per allocated hour. */
export function delivery(district: District, month: Month): number {
  return turns('delivery', district.id, month)[0] ?? district.delivery + (DELIVERY_SEASON[monthIndex(month)] ?? 0);
}

/** Sickness absence as a fraction of possible days. */
export function sickness(district: District, month: Month): number {
  return district.sickness * (SICKNESS_SEASON[monthIndex(month)] ?? 1) * product(turns('sickness', district.id, month));
}

/** External temps as a fraction of pay cost: half of each day lost to extra sickness is bought. */
export function tempShare(district: District, month: Month): number {
  return district.temps + 0.5 * (sickness(district, month) - district.sickness) + sum(turns('temps', district.id, month));
}

/** A month's part of its year's budget before it is scaled to 1: half of the cost is fixed per month, half goes by days. */
export function budgetWeight(month: Month): number {
  return (MONEY_SEASON[monthIndex(month)] ?? 1) * (0.5 / 12 + (0.5 * daysIn(month)) / 365);
}

/** The price level of a month's year. */
export function priceIndex(month: Month): number {
  const index = PRICE_INDEX[yearOf(month)];
  if (index === undefined) throw new Error(`no price level for ${firstDay(month)}`);
  return index;
}
