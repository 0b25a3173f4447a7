import type { Month } from '../months.ts';
import { monthsBetween, yearOf } from '../months.ts';

/** What the data of the children's pack tell, as numbers. Change a number here and run the generator; the tests say whether the story still holds. */
export const SEED = 20261120;
/** Half-open: whole months of facts. */
export const FROM = '2024-01-01';
export const TO = '2026-11-01';
/** The last day the systems were read: a few rows of the running month. */
export const READ_ON = '2026-11-20';
/** The register of commitments was taken into use with the budget year 2025. */
export const COMMITTED_FROM = '2025-01-01';

export interface Team {
  readonly id: string;
  /** As the case system writes it; the budget leaves "Team" out, the finance system writes the code. */
  readonly name: string;
  readonly code: string;
  /** Placed children and children with preventive measures at any one time, January 2024. */
  readonly placed: number;
  readonly preventive: number;
  /** Notifications and new examinations in an ordinary month. */
  readonly notifications: number;
  readonly examinations: number;
  /** Share of each type of placement among new ones, in the order of PLACEMENTS. */
  readonly types: readonly number[];
  /** Spend against budget of a year, as a fraction. */
  readonly deviation: Readonly<Record<number, number>>;
}

export const TEAMS: readonly Team[] = [
  { id: 'havnen', name: 'Team Havnen', code: '5211', placed: 12, preventive: 14, notifications: 9.5, examinations: 3.6, types: [0.4, 0.32, 0.14, 0.08, 0.06], deviation: { 2024: 0.012, 2025: 0.004, 2026: -0.031 } },
  { id: 'fjorden', name: 'Team Fjorden', code: '5212', placed: 11, preventive: 13, notifications: 8.5, examinations: 3.2, types: [0.48, 0.2, 0.16, 0.1, 0.06], deviation: { 2024: 0.018, 2025: 0.02, 2026: 0.008 } },
  { id: 'stranden', name: 'Team Stranden', code: '5213', placed: 8, preventive: 10, notifications: 6.5, examinations: 2.6, types: [0.52, 0.18, 0.14, 0.1, 0.06], deviation: { 2024: -0.01, 2025: 0.006, 2026: 0.004 } },
  { id: 'skoven', name: 'Team Skoven', code: '5221', placed: 12, preventive: 14, notifications: 9, examinations: 3.4, types: [0.46, 0.18, 0.18, 0.12, 0.06], deviation: { 2024: 0.009, 2025: 0.011, 2026: 0.019 } },
  { id: 'engen', name: 'Team Engen', code: '5222', placed: 8, preventive: 11, notifications: 6.5, examinations: 4, types: [0.5, 0.2, 0.14, 0.1, 0.06], deviation: { 2024: 0.004, 2025: -0.006, 2026: -0.012 } },
  { id: 'bakken', name: 'Team Bakken', code: '5223', placed: 3, preventive: 5, notifications: 3, examinations: 1.2, types: [0.7, 0.3, 0, 0, 0], deviation: { 2024: -0.02, 2025: 0.015, 2026: 0.042 } },
  { id: 'ungdom', name: 'Team Ungdom', code: '5231', placed: 13, preventive: 10, notifications: 7, examinations: 2.6, types: [0.22, 0.08, 0.4, 0.1, 0.2], deviation: { 2024: 0.014, 2025: 0.028, 2026: 0.086 } },
  { id: 'handicap', name: 'Team Handicap', code: '5232', placed: 6, preventive: 12, notifications: 2.6, examinations: 1.8, types: [0.36, 0.04, 0.1, 0.5, 0], deviation: { 2024: 0.006, 2025: -0.004, 2026: 0.011 } },
];

export const PLACEMENT = 'Anbringelse';
export const PREVENTIVE = 'Forebyggende';
export type Kind = typeof PLACEMENT | typeof PREVENTIVE;

export interface MeasureType {
  readonly kind: Kind;
  readonly name: string;
  readonly account: string;
  /** Kr. a day at the prices of 2026. */
  readonly price: number;
}
export const PLACEMENTS: readonly MeasureType[] = [
  { kind: PLACEMENT, name: 'Plejefamilie', account: '5.28.22', price: 2050 },
  { kind: PLACEMENT, name: 'Netværkspleje', account: '5.28.22', price: 880 },
  { kind: PLACEMENT, name: 'Opholdssted', account: '5.28.20', price: 4300 },
  { kind: PLACEMENT, name: 'Døgninstitution', account: '5.28.23', price: 5100 },
  { kind: PLACEMENT, name: 'Eget værelse', account: '5.28.20', price: 1450 },
];
export const PREVENTIVES: readonly MeasureType[] = [
  { kind: PREVENTIVE, name: 'Familiebehandling', account: '5.28.21', price: 430 },
  { kind: PREVENTIVE, name: 'Fast kontaktperson', account: '5.28.21', price: 175 },
  { kind: PREVENTIVE, name: 'Støtteophold', account: '5.28.21', price: 320 },
  { kind: PREVENTIVE, name: 'Praktisk pædagogisk støtte', account: '5.28.21', price: 260 },
];
export const PREVENTIVE_TYPES: readonly number[] = [0.36, 0.28, 0.14, 0.22];
export const ACCOUNTS: readonly { readonly number: string; readonly name: string }[] = [
  { number: '5.28.20', name: 'Opholdssteder mv.' },
  { number: '5.28.21', name: 'Forebyggende foranstaltninger' },
  { number: '5.28.22', name: 'Plejefamilier' },
  { number: '5.28.23', name: 'Døgninstitutioner' },
];
export const NOTIFIERS: readonly { readonly name: string; readonly share: number }[] = [
  { name: 'Skole', share: 0.34 }, { name: 'Dagtilbud', share: 0.13 }, { name: 'Sundhedspleje', share: 0.1 }, { name: 'Politi', share: 0.14 },
  { name: 'Sygehus og læge', share: 0.1 }, { name: 'Familie og netværk', share: 0.11 }, { name: 'Anonym', share: 0.08 },
];

const PRICE_INDEX: Readonly<Record<number, number>> = { 2024: 0.945, 2025: 0.972, 2026: 1 };
/** January to December: schools notify before the holidays and are closed in July. */
const SEASON = [1, 1.02, 1.08, 0.98, 1.1, 1.16, 0.52, 0.92, 1.08, 1.06, 1.08, 1];

type Quantity = 'placed' | 'preventive' | 'notifications' | 'in-24-hours' | 'in-4-months' | 'followed-up' | 'price';
interface Turn { readonly quantity: Quantity; readonly team: string; readonly from: Month; /** Month by month; the last one stays. */ readonly values: readonly number[] }

const TURNS: readonly Turn[] = [
  // Skoven: more notifications from the spring of 2026, and those of weekends are assessed too late.
  { quantity: 'notifications', team: 'skoven', from: '2026-03', values: [1.15, 1.25, 1.35, 1.4, 1.4, 1.45, 1.5] },
  { quantity: 'in-24-hours', team: 'skoven', from: '2026-05', values: [0.95, 0.92, 0.9, 0.88, 0.86, 0.85] },
  // Engen: two vacant posts; examinations run past four months.
  { quantity: 'in-4-months', team: 'engen', from: '2025-09', values: [0.6, 0.5, 0.4, 0.35] },
  // Fjorden: supports earlier; fewer placements, more preventive measures.
  { quantity: 'placed', team: 'fjorden', from: '2025-06', values: [1, 1, 0.95, 0.95, 0.9, 0.9, 0.85, 0.85, 0.82] },
  { quantity: 'preventive', team: 'fjorden', from: '2025-03', values: [1.05, 1.1, 1.15, 1.2, 1.25, 1.3, 1.35, 1.4] },
  // Havnen: new placements with relatives, and cheaper ones.
  { quantity: 'price', team: 'havnen', from: '2025-07', values: [0.99, 0.98, 0.97, 0.96, 0.95] },
  // Ungdom: places for the young are dear, and became dearer in 2026; there are no more of them.
  { quantity: 'price', team: 'ungdom', from: '2026-01', values: [1.02, 1.03, 1.05, 1.06, 1.07, 1.08, 1.09, 1.1, 1.11, 1.12] },
  // Stranden: follow-ups slip after the summer of 2026.
  { quantity: 'followed-up', team: 'stranden', from: '2026-07', values: [0.78, 0.7, 0.62, 0.6] },
];

/** Shares in an ordinary month. */
const ORDINARY: Readonly<Record<Quantity, number>> = { 'placed': 1, 'preventive': 1, 'notifications': 1, 'in-24-hours': 0.985, 'in-4-months': 0.88, 'followed-up': 0.91, 'price': 1 };

/** A quantity of a team in a month: a factor on what the team has, or a share. */
export function told(quantity: Quantity, team: Team, month: Month): number {
  const turn = TURNS.find((one) => one.quantity === quantity && one.team === team.id && one.from <= month);
  return turn === undefined ? ORDINARY[quantity] : (turn.values[Math.min(turn.values.length - 1, monthsBetween(turn.from, month))] ?? ORDINARY[quantity]);
}

/** Notifications expected in a month. */
export const expectedNotifications = (team: Team, month: Month): number => team.notifications * told('notifications', team, month) * (SEASON[Number(month.slice(5, 7)) - 1] ?? 1);

/** The price level of a year, 2026 = 1. */
export function priceIndex(month: Month): number {
  const index = PRICE_INDEX[yearOf(month)];
  if (index === undefined) throw new Error(`no price level for ${month}`);
  return index;
}
