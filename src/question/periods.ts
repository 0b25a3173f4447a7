import { isIsoDate, lastClosed, periodOf, previousPeriod, rolling, sameLastYear, shiftDays, shiftMonths, startOfWeek, yearToDate, type IsoDate, type Period } from '../calendar/period.ts';

/** What a phrase about time resolves to: one period, or several that must be asked about. */
export type PeriodReading = { readonly periods: readonly [Period, ...Period[]]; readonly from: number; readonly to: number };

/** Today, and the day up to which data are complete (exclusive); `yearStart` is the first month of the fiscal year. */
export interface PeriodContext {
  readonly today: IsoDate;
  readonly closed: IsoDate;
  readonly yearStart: number;
}

const MONTHS: Readonly<Record<string, number>> = {
  januar: 1, january: 1, jan: 1, februar: 2, february: 2, feb: 2, marts: 3, march: 3, mar: 3, april: 4, apr: 4, maj: 5, may: 5, juni: 6, june: 6, jun: 6,
  juli: 7, july: 7, jul: 7, august: 8, aug: 8, september: 9, sept: 9, sep: 9, oktober: 10, october: 10, okt: 10, oct: 10, november: 11, nov: 11, december: 12, dec: 12,
};
const MONTH = Object.keys(MONTHS).sort((a, b) => b.length - a.length).join('|');
const NUMBERS: Readonly<Record<string, number>> = {
  en: 1, et: 1, one: 1, to: 2, two: 2, tre: 3, three: 3, fire: 4, four: 4, fem: 5, five: 5, seks: 6, six: 6, syv: 7, seven: 7, otte: 8, eight: 8, ni: 9, nine: 9, ti: 10, ten: 10, elleve: 11, eleven: 11, tolv: 12, twelve: 12,
};
const NUMBER = `\\d{1,2}|${Object.keys(NUMBERS).join('|')}`;
/** A small number in digits or words. */
export const numberOf = (text: string): number => NUMBERS[text] ?? Number(text);
export const NUMBER_PATTERN = NUMBER;
const YEAR = '20\\d\\d';
const LAST = 'sidste|forrige|seneste|last|previous|past';
const THIS = 'denne|dette|indevaerende|this|current';
const PREFIX = '(?:i |for |in |during |fra |from |the |det |den |de |of )*';

const month = (year: number, m: number): Period => periodOf('month', `${year}-${String(m).padStart(2, '0')}-01`);
const yearOf = (text: string): number => (text.length === 2 ? 2000 + Number(text) : Number(text));
const nth = (grain: 'quarter' | 'half-year', index: number, year: number, yearStart: number): Period =>
  periodOf(grain, shiftMonths(`${year}-${String(yearStart).padStart(2, '0')}-01`, (index - 1) * (grain === 'quarter' ? 3 : 6)), yearStart);

type Match = (m: RegExpExecArray, c: PeriodContext) => readonly Period[] | null;
type Rule = readonly [pattern: RegExp, read: Match];
const rule = (pattern: string, read: Match): Rule => [new RegExp(`(?<![\\p{L}\\d]|\\d[-./])${PREFIX}(?:${pattern})(?![\\p{L}\\d]|[-./]\\d)`, 'u'), read];

const calendar = (grain: 'week' | 'month' | 'quarter' | 'half-year' | 'year', c: PeriodContext): Period => periodOf(grain, c.today, c.yearStart);
const UNIT: readonly [words: string, grain: 'week' | 'month' | 'quarter' | 'half-year'][] = [['uge|week', 'week'], ['maaned|month', 'month'], ['kvartal|quarter|kvt', 'quarter'], ['halvaar|half-year|half year|half', 'half-year']];

/** The newest occurrence of a named month that is closed; when it is the month now running, that and the year before must be asked about. */
function namedMonth(m: number, c: PeriodContext): readonly Period[] {
  const running = periodOf('month', c.today);
  if (Number(running.from.slice(5, 7)) === m && running.to > c.closed) return [sameLastYear(running), running];
  const newest = lastClosed('month', c.closed);
  const year = Number(newest.from.slice(0, 4));
  const candidate = month(year, m);
  return [candidate.to <= c.closed ? candidate : month(year - 1, m)];
}

/** Longer and more particular phrases first: `samme måned sidste år` before `sidste år`, `oktober 2026` before `2026`. */
const RULES: readonly Rule[] = [
  rule('(\\d{4}-\\d{2}-\\d{2}) (?:til|to|og|and) (\\d{4}-\\d{2}-\\d{2})', (m) => (isIsoDate(m[1] ?? '') && isIsoDate(m[2] ?? '') && (m[1] ?? '') <= (m[2] ?? '') ? [{ from: m[1] ?? '', to: shiftDays(m[2] ?? '', 1), grain: 'rolling' }] : null)),
  rule('(\\d{1,2})[-./](\\d{1,2})[-./](20\\d\\d)', (m) => {
    const date = `${m[3] ?? ''}-${(m[2] ?? '').padStart(2, '0')}-${(m[1] ?? '').padStart(2, '0')}`;
    return isIsoDate(date) ? [periodOf('day', date)] : null;
  }),
  rule('i gaar|yesterday', (_m, c) => [periodOf('day', shiftDays(c.today, -1))]),
  rule('(\\d{4}-\\d{2}-\\d{2})', (m) => (isIsoDate(m[1] ?? '') ? [periodOf('day', m[1] ?? '')] : null)),
  rule('samme maaned sidste aar|same month last year|for et aar siden|this time last year|a year ago', (_m, c) => [sameLastYear(lastClosed('month', c.closed))]),
  rule(`(${MONTH}) (${YEAR}) (?:til|to|-) (${MONTH}) (${YEAR})`, (m) => {
    const [from, to] = [month(Number(m[2]), MONTHS[m[1] ?? ''] ?? 1), month(Number(m[4]), MONTHS[m[3] ?? ''] ?? 1)];
    return to.from >= from.from ? [{ from: from.from, to: to.to, grain: 'rolling' }] : null;
  }),
  rule(`(${MONTH}) (?:til|to|through|-) (${MONTH})(?: (${YEAR}))?`, (m, c) => {
    const [first, last] = [MONTHS[m[1] ?? ''] ?? 1, MONTHS[m[2] ?? ''] ?? 1];
    const end = m[3] === undefined ? (namedEnd(last, c)) : month(Number(m[3]), last);
    const year = Number(end.from.slice(0, 4)) - (first > last ? 1 : 0);
    return [{ from: month(year, first).from, to: end.to, grain: 'rolling' }];
  }),
  rule(`(${MONTH}) (${YEAR}|\\d\\d)`, (m) => [month(yearOf(m[2] ?? ''), MONTHS[m[1] ?? ''] ?? 1)]),
  rule(`(${YEAR})-(0[1-9]|1[0-2])`, (m) => [month(Number(m[1]), Number(m[2]))]),
  rule(`(0?[1-9]|1[0-2])/(${YEAR})`, (m) => [month(Number(m[2]), Number(m[1]))]),
  rule(`(?:q|k)([1-4]) (${YEAR})(?:/\\d\\d)?|(${YEAR}) ?(?:q|k)([1-4])|([1-4]) (?:kvartal|kvt|quarter) (${YEAR})(?:/\\d\\d)?`, (m, c) => [nth('quarter', Number(m[1] ?? m[4] ?? m[5]), Number(m[2] ?? m[3] ?? m[6]), c.yearStart)]),
  rule('(?:q|k)([1-4])|([1-4]) (?:kvartal|kvt|quarter)|(foerste|first|andet|second|tredje|third|fjerde|fourth) (?:kvartal|quarter)', (m, c) => {
    const words: Record<string, number> = { foerste: 1, first: 1, andet: 2, second: 2, tredje: 3, third: 3, fjerde: 4, fourth: 4 };
    const index = m[3] === undefined ? Number(m[1] ?? m[2]) : (words[m[3]] ?? 1);
    const year = Number(periodOf('year', lastClosed('month', c.closed).from, c.yearStart).from.slice(0, 4));
    const now = nth('quarter', index, year, c.yearStart);
    // The newest with at least one closed month; one that has begun is shown as far as it goes.
    return [now.from < c.closed ? now : nth('quarter', index, year - 1, c.yearStart)];
  }),
  rule(`(?:h([12])|([12]) halvaar|(foerste|first|andet|second) (?:halvaar|half))(?: (${YEAR}))?`, (m, c) => {
    const index = m[3] === undefined ? Number(m[1] ?? m[2]) : ['foerste', 'first'].includes(m[3]) ? 1 : 2;
    const year = m[4] === undefined ? Number(periodOf('year', lastClosed('month', c.closed).from, c.yearStart).from.slice(0, 4)) : Number(m[4]);
    const now = nth('half-year', index, year, c.yearStart);
    return [m[4] !== undefined || now.from < c.closed ? now : nth('half-year', index, year - 1, c.yearStart)];
  }),
  rule(`(?:uge|week|u|w) ?(\\d{1,2})(?: (${YEAR}))?`, (m, c) => {
    const week = Number(m[1]);
    if (week < 1 || week > 53) return null;
    const year = m[2] === undefined ? Number(c.today.slice(0, 4)) : Number(m[2]);
    const from = startOfWeek(year, week);
    const chosen = m[2] === undefined && from > c.today ? startOfWeek(year - 1, week) : from;
    return [{ from: chosen, to: shiftDays(chosen, 7), grain: 'week' }];
  }),
  rule('aar til dato|aatd|aatd|ytd|year to date|year-to-date|so far this year|siden nytaar|i aar|hidtil i aar|indtil nu|til nu|this year|indevaerende aar', (_m, c) => [yearToDate(lastClosed('month', c.closed).to, c.yearStart)]),
  rule(`(?:${LAST}|rullende|rolling) (?:halve aar)`, (_m, c) => [rolling(lastClosed('month', c.closed).to, 6)]),
  rule('seneste aar|past year|rullende 12 (?:maaneder|mdr)|rolling 12 months|rullende aar|rolling year|last 12 months', (_m, c) => [rolling(lastClosed('month', c.closed).to, 12)]),
  rule(`(?:${LAST}|rullende|rolling) (${NUMBER}) (maaneder|maaneders|mdr|months|kvartaler|quarters|aar|years|uger|weeks)`, (m, c) => {
    const count = numberOf(m[1] ?? '1');
    const unit = m[2] ?? '';
    if (/^(uger|weeks)$/.test(unit)) return [{ from: shiftDays(periodOf('week', c.today).from, -7 * count), to: periodOf('week', c.today).from, grain: 'rolling' }];
    const size = /^(kvart|quart)/.test(unit) ? 3 : /^(aar|years)$/.test(unit) ? 12 : 1;
    return [rolling(lastClosed('month', c.closed).to, count * size)];
  }),
  ...UNIT.flatMap(([words, grain]): Rule[] => [
    rule(`(?:naestsidste|next to last) (?:${words})`, (_m, c) => [previousPeriod(previousPeriod(calendar(grain, c)))]),
    rule(`(?:${LAST}) (?:${words})`, (_m, c) => [previousPeriod(calendar(grain, c))]),
    rule(`(?:${THIS}) (?:${words})`, (_m, c) => [calendar(grain, c)]),
  ]),
  rule(`(?:sidste|last) (${MONTH})`, (m, c) => {
    const newest = namedMonth(MONTHS[m[1] ?? ''] ?? 1, c);
    const last = newest.at(-1) ?? month(2000, 1);
    return [sameLastYear(last), last];
  }),
  rule(`(${MONTH})`, (m, c) => namedMonth(MONTHS[m[1] ?? ''] ?? 1, c)),
  rule('sidste aar|forrige aar|last year|previous year|i fjor', (_m, c) => [previousPeriod(calendar('year', c))]),
  rule('sommer(?:en)?|summer', (_m, c) => [seasonEnding(c, 6, 9)]),
  rule('vinter(?:en)?|winter', (_m, c) => [seasonEnding(c, 12, 3)]),
  rule(`(${YEAR})/\\d\\d`, (m, c) => [periodOf('year', `${m[1]}-${String(c.yearStart).padStart(2, '0')}-01`, c.yearStart)]),
  rule(`(${YEAR})`, (m, c) => {
    const year = periodOf('year', `${m[1]}-${String(c.yearStart).padStart(2, '0')}-01`, c.yearStart);
    return [year];
  }),
];

function namedEnd(m: number, c: PeriodContext): Period {
  const year = Number(lastClosed('month', c.closed).from.slice(0, 4));
  const candidate = month(year, m);
  return candidate.to <= c.closed ? candidate : month(year - 1, m);
}

/** The newest finished season from the first of month `first` up to the first of month `end`. */
function seasonEnding(c: PeriodContext, first: number, end: number): Period {
  const year = Number(c.closed.slice(0, 4));
  const to = `${year}-${String(end).padStart(2, '0')}-01`;
  const chosen = to <= c.closed ? to : shiftMonths(to, -12);
  return { from: shiftMonths(chosen, -((end - first + 12) % 12)), to: chosen, grain: 'rolling' };
}

/** Finds the first phrase about time in a free text. `from` and `to` are offsets in it. */
export function findPeriod(text: string, context: PeriodContext): PeriodReading | null {
  for (const [pattern, read] of RULES) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const [first, ...rest] = read(match, context) ?? [];
    if (first !== undefined) return { periods: [first, ...rest], from: match.index, to: match.index + match[0].length };
  }
  return null;
}
