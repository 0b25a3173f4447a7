import { lastClosed, periodOf, previousPeriod, sameLastYear, samePeriod, shiftMonths, yearToDate, type IsoDate, type Period } from '../calendar/period.ts';
import { AGAINST } from './comparing.ts';
import { freeText, MARK, takeTokens, type Draft, type Taken } from './draft.ts';
import { findPeriod, type PeriodContext } from './periods.ts';
import type { Said } from './said.ts';
import type { Comparison } from '../query/query.ts';

interface Timed { readonly instead: Period | null; readonly periods: readonly [Period, ...Period[]]; readonly from: number; readonly to: number; readonly words: string }
const MOST = 4;
const JOINT = new RegExp(`^(?:(?:i|in|for|fra|from|samme|og|and|med|with|sammenlignet|compared|som|as|periode|period|var|was|blev|${AGAINST}) ?)*$`);
const HELD_AGAINST = new RegExp(`(?:^| )(?:${AGAINST}|siden|since) (?:(?:i|in|for|det|den|the|of) )?$`);

/** Every phrase about time that is still free, in the order of the text. */
function everyPeriod(draft: Draft, context: PeriodContext): Timed[] {
  const found: Timed[] = [];
  for (let i = 0; i < MOST; i += 1) {
    const { text, tokenAt } = freeText(draft);
    const one = findPeriod(text, context);
    if (one === null) break;
    const [from, to] = [tokenAt(one.from), tokenAt(Math.max(one.from, one.to - 1)) + 1];
    found.push({ periods: one.periods, instead: one.instead, ...takeTokens(draft, from, to, MARK.period) });
  }
  return found.sort((a, b) => a.from - b.from);
}

/** True when a question names a time at all; nothing is taken. */
export const namesTime = (draft: Draft, context: PeriodContext): boolean => findPeriod(freeText(draft).text, context) !== null;

/** Reads when: one period, one held against another ("oktober mod september"), or two that belong together ("september og oktober"). */
export function readTimes(draft: Draft, said: Said, context: PeriodContext): Taken[] {
  const found = everyPeriod(draft, context);
  const [first, second, third] = found;
  if (first === undefined) return [];
  const before = draft.tokens.slice(0, first.from).map((token, i) => draft.marks[i] ?? token.folded).join(' ');
  said.periods = first.periods;
  said.periodWords = first.words;
  said.instead = found.find(({ instead }) => instead !== null)?.instead ?? null;
  said.whole = found.some(({ words }) => /hele|whole/i.test(words));
  const heldAgainst = HELD_AGAINST.test(`${before} `);
  if (second === undefined) {
    // "Timer mod september": the time of the figures themselves is not said.
    if (heldAgainst && first.periods.length === 1) { said.periods = []; said.periodWords = ''; said.comparedTo = first.periods[0]; }
    // "Steget siden september": the month named is what to compare with.
    else if (said.change && /^(?:siden|since) /i.test(first.words) && first.periods.length === 1 && first.periods[0].from.endsWith('-01')) {
      const pair = paired(periodOf('month', first.periods[0].from), lastClosed('month', context.closed), false, context);
      said.periods = [pair.period];
      if (pair.comparison === 'period') said.comparedTo = pair.base;
      else said.comparisons.push(pair.comparison);
    }
    return found.map((one) => ({ words: one.words, from: one.from, to: one.to, groups: [] }));
  }
  const between = draft.tokens.slice(first.to, second.from).map((token, i) => draft.marks[first.to + i] ?? token.folded).join(' ');
  const taken = [{ words: [first.words, second.words].join(' … '), from: first.from, to: second.to, groups: [] }];
  const pair = third === undefined && first.periods.length === 1 && second.periods.length === 1 ? paired(first.periods[0], second.periods[0], said.whole, context) : null;
  if (pair === null || between === '' || (!JOINT.test(between) && !heldAgainst)) {
    said.periods = found.flatMap((one) => one.periods);
    said.torn = true;
    return taken;
  }
  said.periodWords = `${first.words} ${second.words}`;
  const together = /^(?:og|and|samt)(?: (?:i|in|for))?$/.test(between) && pair.adjacent && !said.change;
  if (together) {
    const [older, newer] = first.periods[0].from < second.periods[0].from ? [first.periods[0], second.periods[0]] : [second.periods[0], first.periods[0]];
    said.periods = [{ from: older.from, to: newer.to, grain: 'rolling' }];
    if (older.grain !== 'rolling' && older.grain !== 'year-to-date') said.by ??= { grain: older.grain };
    return taken;
  }
  said.periods = [pair.period];
  if (pair.comparison === 'period') said.comparedTo = pair.base;
  if (!said.comparisons.includes(pair.comparison)) said.comparisons.push(pair.comparison);
  return taken;
}

/** The newer of two periods and what the older one is to it. A year that is not over is held against as much of the year before. */
function paired(a: Period, b: Period, whole: boolean, context: PeriodContext): { period: Period; base: Period; comparison: Comparison; adjacent: boolean } {
  const [older, later] = a.from < b.from || (a.from === b.from && a.to < b.to) ? [a, b] : [b, a];
  // "1. halvår 2025 mod 2026": of the newer year, the same half.
  const newer = !whole && later.grain === 'year' && older.grain !== 'year' ? samePart(older, later, context.yearStart) ?? later : later;
  // "I sommer mod sidste sommer": the same season, a year before.
  if (samePeriod(a, b)) return { period: a, base: sameLastYear(a), comparison: 'last-year', adjacent: false };
  const same = (one: Period): boolean => samePeriod(one, older);
  const running = newer.grain === 'year' && newer.to > context.closed && newer.from < context.closed;
  const adjacent = older.grain === newer.grain && older.to === newer.from;
  const yearBefore = newer.grain === 'year-to-date' && samePeriod(older, { ...previousPeriod(periodOf('year', newer.from, context.yearStart)), grain: 'year' });
  if (same(sameLastYear(newer)) || yearBefore) return { period: running ? toDate(context.closed, context.yearStart) : newer, base: older, comparison: 'last-year', adjacent };
  if (same(previousPeriod(newer))) return { period: newer, base: older, comparison: 'previous', adjacent };
  return { period: running && older.grain === 'year' ? toDate(context.closed, context.yearStart) : newer, base: older, comparison: 'period', adjacent };
}

/** What a period is of its own year, of another one; null when it is no part of a year, or no whole months. */
export function samePart(part: Period, year: Period, yearStart: number): Period | null {
  const own = periodOf('year', part.from, yearStart);
  if (!part.from.endsWith('-01') || !part.to.endsWith('-01') || part.to > own.to || own.from === year.from) return null;
  const months = 12 * (Number(year.from.slice(0, 4)) - Number(own.from.slice(0, 4)));
  return { from: shiftMonths(part.from, months), to: shiftMonths(part.to, months), grain: part.grain };
}
const toDate = (closed: IsoDate, yearStart: number): Period => yearToDate(lastClosed('month', closed).to, yearStart);
