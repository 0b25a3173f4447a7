import { easter, isIsoDate, lastClosed, periodOf, previousPeriod, rolling, sameLastYear, shiftDays, shiftMonths, startOfWeek, yearToDate, type IsoDate, type Period, type TimeGrain } from '../calendar/period.ts';

/**
 * What a phrase about time resolves to: one period, or several that must be asked about. `from` and `to` are offsets in the text.
 * `instead`: the period that was said and has nothing yet, where the one before stands for it; null: none.
 */
export interface PeriodReading { readonly periods: readonly [Period, ...Period[]]; readonly from: number; readonly to: number; readonly instead: Period | null }

/** Today, and the day up to which data are complete (exclusive); `yearStart` is the first month of the fiscal year. */
export interface PeriodContext {
  readonly today: IsoDate;
  readonly closed: IsoDate;
  readonly yearStart: number;
  /** The pieces the data come in, at the finest months: nothing shorter has an end of its own. */
  readonly grain: TimeGrain;
}

const MONTHS: Readonly<Record<string, number>> = {
  januar: 1, january: 1, jan: 1, februar: 2, february: 2, feb: 2, marts: 3, march: 3, mar: 3, april: 4, apr: 4, maj: 5, may: 5, juni: 6, june: 6, jun: 6,
  juli: 7, july: 7, jul: 7, august: 8, aug: 8, september: 9, sept: 9, sep: 9, oktober: 10, october: 10, okt: 10, oct: 10, november: 11, nov: 11, december: 12, dec: 12,
};
const MONTH = `(?:(${Object.keys(MONTHS).sort((a, b) => b.length - a.length).join('|')})(?:s|maaned)?(?: maaned)?)`;
const NUMBERS: Readonly<Record<string, number>> = {
  en: 1, et: 1, one: 1, a: 1, to: 2, two: 2, tre: 3, three: 3, fire: 4, four: 4, fem: 5, five: 5, seks: 6, six: 6, syv: 7, seven: 7, otte: 8, eight: 8, ni: 9, nine: 9, ti: 10, ten: 10, elleve: 11, eleven: 11, tolv: 12, twelve: 12,
};
const ORDINALS: Readonly<Record<string, number>> = { foerste: 1, first: 1, andet: 2, anden: 2, second: 2, tredje: 3, third: 3, fjerde: 4, fourth: 4 };
/** A small number in digits or words. */
export const numberOf = (text: string): number => NUMBERS[text] ?? Number(text);
export const NUMBER_PATTERN = `\\d{1,2}|${Object.keys(NUMBERS).filter((word) => word.length > 1).join('|')}`;
const NUMBER = NUMBER_PATTERN;
const YEAR = '(?:19|20)\\d\\d';
/** A year named outright or by where it lies: `2025`, `i år`, `sidste år`. */
const WHICH = `(${YEAR}|(?:i|dette|dets|indevaerende|this|current) (?:aar|year)|(?:sidste|forrige|last|previous) (?:aar|year)|i fjor)`;
const LAST = 'sidste|forrige|seneste|senest|foregaaende|last|previous|past|latest|prior|nyeste';
const THIS = 'denne|dette|indevaerende|nuvaerende|this|current|igangvaerende';
const NEXT = 'naeste|kommende|next|coming';
const TO = '(?:til og med|til|to|through|t o m|tom|until|and|og)';
const PREFIX = '(?:i |for |in |during |fra |from |the |det |den |de |of |af |hele |whole |all of |all |aaret |perioden |over |loebet af |maaned(?:en)? |month of |hen over |paa |on )*';
const KVARTAL = '(?:(?:st|nd|rd|th) )?(?:kvartal(?:et|s)?|kvt|kv|quarters?|qtr)';
const HALF = '(?:(?:st|nd|rd|th) )?(?:halvaar(?:et|s)?|half[- ]year|half(?: of the year)?)';

const month = (year: number, m: number): Period => periodOf('month', `${year}-${String(m).padStart(2, '0')}-01`);
const numbered = (name: string | undefined): number => MONTHS[name ?? ''] ?? 1;
const span = (from: IsoDate, to: IsoDate): Period => ({ from, to, grain: 'rolling' });
const isYear = (digits: number): boolean => digits >= 15 && digits <= 40;
const nth = (grain: 'quarter' | 'half-year', index: number, year: number, yearStart: number): Period =>
  periodOf(grain, shiftMonths(`${year}-${String(yearStart).padStart(2, '0')}-01`, (index - 1) * (grain === 'quarter' ? 3 : 6)), yearStart);
const fiscalYear = (year: number, c: PeriodContext): Period => periodOf('year', `${year}-${String(c.yearStart).padStart(2, '0')}-01`, c.yearStart);
/** The (fiscal) year now running, by the last closed month. */
const thisYear = (c: PeriodContext): number => Number(periodOf('year', lastClosed('month', c.closed).from, c.yearStart).from.slice(0, 4));

/** The year of `2025`, `25`, `i år`, `sidste år`. */
function yearSaid(text: string, c: PeriodContext): number {
  if (/^\d{4}$/.test(text)) return Number(text);
  if (/^\d{2}$/.test(text)) return 2000 + Number(text);
  const running = Number(periodOf('year', c.today, c.yearStart).from.slice(0, 4));
  return /sidste|forrige|last|previous|fjor/.test(text) ? running - 1 : running;
}
/** A month of a year said as calendar or fiscal year: "oktober sidste år" is a calendar matter. */
const monthIn = (name: string | undefined, year: string, c: PeriodContext): Period => month(yearSaid(year, { ...c, yearStart: 1 }), numbered(name));

/**
 * The newest occurrence of a named month that is closed. When it is the month now running, or one that is over and whose data
 * are late, that and the closed one must be asked about: a month is never moved a year back in silence.
 */
function namedMonth(m: number, c: PeriodContext): readonly [Period, ...Period[]] {
  const newest = [0, -1].map((back) => month(Number(c.today.slice(0, 4)) + back, m)).find((one) => one.from <= c.today) as Period;
  const closed = closedMonth(m, c);
  if (newest.from <= closed.from) return [closed];
  return c.today < newest.to ? [sameLastYear(newest), newest] : [closed, newest];
}
function closedMonth(m: number, c: PeriodContext): Period {
  const year = Number(lastClosed('month', c.closed).from.slice(0, 4));
  const candidate = month(year, m);
  return candidate.to <= c.closed ? candidate : month(year - 1, m);
}

/** A month that is over and whose data are late; null: the newest one is closed, or has not ended. */
function lateMonth(m: number, c: PeriodContext): Period | null {
  const newest = namedMonth(m, c).at(-1) as Period;
  return newest.to <= c.today && newest.to > c.closed ? newest : null;
}

/** The parts of the year that were said, of the newest year whose part has a closed month; where a newer one has begun, of both, which must be asked about. */
function newestYears(partOf: (year: number) => Period, c: PeriodContext): readonly [Period, ...Period[]] {
  const running = yearSaid('', c);
  const newest = [running, running - 1].map(partOf).find((one) => one.from <= c.today) ?? partOf(running - 1);
  const closed = [thisYear(c), thisYear(c) - 1].map(partOf).find((one) => one.from < c.closed) ?? partOf(thisYear(c) - 1);
  return newest.from <= closed.from ? [closed] : [closed, newest];
}

const newestOf = (grain: 'quarter' | 'half-year', index: number, c: PeriodContext): readonly [Period, ...Period[]] => newestYears((year) => nth(grain, index, year, c.yearStart), c);

/**
 * The year to date, of the year now running. Where none of it is over yet (January, or data that come by the year), the newest
 * closed year stands for it; where months are over and there are no data of them, it is told as it is.
 */
function toDate(c: PeriodContext): Period {
  const running = calendar('year', c);
  const newest = lastClosed(c.grain, c.closed, c.yearStart);
  const over = lastClosed(c.grain, c.today, c.yearStart);
  if (newest.from >= running.from) return yearToDate(newest.to, c.yearStart);
  if (over.from >= running.from) return yearToDate(over.to, c.yearStart);
  const before = yearToDate(newest.to, c.yearStart);
  const whole = periodOf('year', before.from, c.yearStart);
  return before.to === whole.to ? whole : before;
}

/** The season that begins with month `first` and lasts three: the newest finished one; both that and the one now running, which must be asked about. */
function season(c: PeriodContext, first: number, year: number | null): readonly [Period, ...Period[]] {
  const from = (y: number): Period => span(month(y, first).from, shiftMonths(month(y, first).from, 3));
  if (year !== null) return [from(first === 12 ? year - 1 : year)];
  const now = Number(c.today.slice(0, 4));
  const newest = [now, now - 1, now - 2].map(from).find((one) => one.to <= c.closed) ?? from(now - 2);
  const running = [now, now - 1].map(from).find((one) => one.from <= c.today && c.today < one.to);
  return running === undefined || running.to <= c.closed ? [newest] : [newest, running];
}

/** The newest day of a month that is not ahead of today. */
function dayOf(day: number, m: number, year: number | null, c: PeriodContext): Period | null {
  const at = (y: number): IsoDate => `${y}-${String(m).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  const now = Number(c.today.slice(0, 4));
  const date = at(year ?? (isIsoDate(at(now)) && at(now) > c.today ? now - 1 : now));
  return isIsoDate(date) ? periodOf('day', date) : null;
}
const spanOf = (a: Period | null, b: Period | null): Period[] | null => (a === null || b === null || a.from > b.from ? null : [span(a.from, b.to)]);

type Match = (m: RegExpExecArray, c: PeriodContext) => readonly Period[] | null;
type Rule = readonly [pattern: RegExp, read: Match];
const rule = (pattern: string, read: Match): Rule => [new RegExp(`(?<![\\p{L}\\d]|\\d[-./])${PREFIX}(?:${pattern})(?![\\p{L}\\d]|[-./]\\d)`, 'u'), read];

const calendar = (grain: TimeGrain, c: PeriodContext): Period => periodOf(grain, c.today, c.yearStart);
const nextOf = (p: Period, grain: TimeGrain, c: PeriodContext): Period => periodOf(grain, p.to, c.yearStart);
const UNIT: readonly [words: string, grain: TimeGrain][] = [['uges?|week', 'week'], ['maaneds?|maanden|md|month', 'month'], [KVARTAL, 'quarter'], [HALF, 'half-year']];
const YEAR_TO_DATE = 'aar til dato|aatd|ytd|year[- ]to[- ]date|so far this year|so far|siden nytaar|siden aarsskiftet|since new year|since the (?:start|beginning) of the year|siden aarets start|fra aarets start|i aar|hidtil i aar|indtil nu i aar|indtil nu|indtil videre|til nu|til dags dato|hidtil|this year to date|this year|dette aar|indevaerende aar|current year|aaret til dato|aaret indtil nu|aaret(?! (?:foer|(?:19|20)\\d\\d))|the year(?! (?:before|(?:19|20)\\d\\d))';

const IN_YEAR = new RegExp(`^(?:${PREFIX})(?:${YEAR_TO_DATE})$`, 'u');

/** Longer and more particular phrases first: `samme måned sidste år` before `sidste år`, `oktober 2026` before `2026`. */
const RULES: readonly Rule[] = [
  rule(`(\\d{4}-\\d{2}-\\d{2}) ${TO} (\\d{4}-\\d{2}-\\d{2})`, (m) => (isIsoDate(m[1] ?? '') && isIsoDate(m[2] ?? '') && (m[1] ?? '') <= (m[2] ?? '') ? [span(m[1] ?? '', shiftDays(m[2] ?? '', 1))] : null)),
  rule(`(\\d{1,2})[-./](\\d{1,2})(?:[-./](${YEAR}))?(?: (?:til|to))? (\\d{1,2})[-./](\\d{1,2})[-./](${YEAR})`, (m, c) => spanOf(dayOf(Number(m[1]), Number(m[2]), Number(m[3] ?? m[6]), c), dayOf(Number(m[4]), Number(m[5]), Number(m[6]), c))),
  rule(`(\\d{1,2}) ${MONTH}(?: (${YEAR}))? ${TO} (\\d{1,2}) ${MONTH}(?: (${YEAR}))?`, (m, c) => {
    const last = dayOf(Number(m[4]), numbered(m[5]), m[6] === undefined ? null : Number(m[6]), c);
    return last === null ? null : spanOf(dayOf(Number(m[1]), numbered(m[2]), Number(m[3] ?? last.from.slice(0, 4)), c), last);
  }),
  rule(`(\\d{1,2})[-./](\\d{1,2})[-./](${YEAR})`, (m, c) => { const day = dayOf(Number(m[1]), Number(m[2]), Number(m[3]), c); return day === null ? null : [day]; }),
  rule('i gaar|yesterday', (_m, c) => [periodOf('day', shiftDays(c.today, -1))]),
  rule('i forgaars|the day before yesterday', (_m, c) => [periodOf('day', shiftDays(c.today, -2))]),
  rule('i dag|today', (_m, c) => [periodOf('day', c.today)]),
  rule('(\\d{4}-\\d{2}-\\d{2})', (m) => (isIsoDate(m[1] ?? '') ? [periodOf('day', m[1] ?? '')] : null)),
  // "Pr. 31. oktober" may be the month or the year up to it.
  rule(`(?:pr|per|as of|as at|ultimo|medio|primo)(?: den)?(?: \\d{1,2})? ${MONTH}(?: ${WHICH})?`, (m, c) => {
    const one = m[2] === undefined ? namedMonth(numbered(m[1]), c).at(-1) as Period : monthIn(m[1], m[2], c);
    return [one, yearToDate(one.to, c.yearStart)];
  }),
  rule(`(\\d{1,2})(?:st|nd|rd|th)?(?: of)? ${MONTH}(?: ${WHICH})?`, (m, c) => {
    const day = Number(m[1]) < 1 || Number(m[1]) > 31 ? null : dayOf(Number(m[1]), numbered(m[2]), m[3] === undefined ? null : yearSaid(m[3], { ...c, yearStart: 1 }), c);
    return day === null ? null : [day];
  }),
  rule(`samme (?:maaned|tid|periode)(?:en)? (?:sidste|forrige) aar|samme (?:maaned|tid|periode) aaret foer|same (?:month|period|time) last year|for (?:et|1) aar siden|this time last year|(?:a|one) year ago|sidste aar paa (?:denne|samme) tid`, (_m, c) => [sameLastYear(lastClosed('month', c.closed))]),
  rule('samme kvartal (?:sidste|forrige) aar|same quarter last year', (_m, c) => [sameLastYear(lastClosed('quarter', c.closed, c.yearStart))]),
  rule(`(?:for )?(${NUMBER}) (?:aar siden|years ago)`, (m, c) => {
    const back = shiftMonths(lastClosed('month', c.closed).from, -12 * numberOf(m[1] ?? '1'));
    return [periodOf('month', back), periodOf('year', back, c.yearStart)];
  }),
  rule(`(?:for )?(${NUMBER}) (?:maaneder siden|maaned siden|mdr siden|months ago|month ago)`, (m, c) => [periodOf('month', shiftMonths(calendar('month', c).from, -numberOf(m[1] ?? '1')))]),
  rule(`${MONTH} (${YEAR}) ${TO} ${MONTH} (${YEAR})`, (m) => {
    const [from, to] = [month(Number(m[2]), numbered(m[1])), month(Number(m[4]), numbered(m[3]))];
    return to.from > from.from ? [span(from.from, to.to)] : null;
  }),
  rule(`(?:(?<=(?:mellem|between) )${MONTH} (?:og|and)|${MONTH} (?:til og med|til|to|through|t o m|until)(?: og med)?) ${MONTH}(?: ${WHICH})?`, (m, c) => {
    const [first, last] = [numbered(m[1] ?? m[2]), numbered(m[3])];
    // November, now running, has no end yet: "marts til november" is this year's, as far as it goes.
    const ends = m[4] !== undefined ? [monthIn(m[3], m[4], c)] : namedMonth(last, c);
    const end = ends.at(-1) as Period;
    return [span(month(Number(end.from.slice(0, 4)) - (first > last ? 1 : 0), first).from, end.to)];
  }),
  rule(`${MONTH}(?: (${YEAR}))? (?:til|to|until|through) (?:nu|now|i dag|today|dags dato)|(?:siden|since) (?:den )?(?:1 )?${MONTH}(?: ${WHICH})?|(?:fra|from) (?:den )?(?:1 )?${MONTH}(?: ${WHICH})? (?:og frem|og frem til nu|frem til nu|onwards?|on)`, (m, c) => {
    const [name, year] = [m[1] ?? m[3] ?? m[5], m[2] ?? m[4] ?? m[6]];
    const from = year === undefined ? closedMonth(numbered(name), c) : monthIn(name, year, c);
    const late = year === undefined ? lateMonth(numbered(name), c) : null;
    return from.from < c.closed ? [span(from.from, lastClosed('month', c.closed).to), ...(late === null ? [] : [span(late.from, lastClosed('month', c.today).to)])] : null;
  }),
  // "Fra januar" may be January, or from January on.
  rule(`(?<=(?:fra|from) )${MONTH}(?! ?(?:til|to|og|and|19|20))`, (m, c) => { const one = closedMonth(numbered(m[1]), c); const on = span(one.from, lastClosed('month', c.closed).to); return one.to === on.to ? [one] : [one, on]; }),
  rule(`(?:siden|since) (${YEAR})`, (m, c) => [span(fiscalYear(Number(m[1]), c).from, lastClosed('month', c.closed).to)]),
  rule('(?:siden|since|efter|after) (?:sommer(?:en)?|summer|sommerferien|the summer)', (_m, c) => {
    const [summer] = season(c, 6, null);
    return [span(summer.from, lastClosed('month', c.closed).to), span(summer.to, lastClosed('month', c.closed).to)];
  }),
  rule('(?:siden|since) (?:sidste aar|last year)', (_m, c) => {
    const before = previousPeriod(calendar('year', c));
    return [before.from < lastClosed('month', c.closed).to ? span(before.from, lastClosed('month', c.closed).to) : before];
  }),
  rule(`(?:frem til|indtil|op til|til og med|up to|until|through|to the end of|til udgangen af|t o m|tom) (?:og med )?${MONTH}(?: ${WHICH})?`, (m, c) => {
    const end = m[2] === undefined ? closedMonth(numbered(m[1]), c) : monthIn(m[1], m[2], c);
    const late = m[2] === undefined ? lateMonth(numbered(m[1]), c) : null;
    return [yearToDate(end.to, c.yearStart), ...(late === null ? [] : [yearToDate(late.to, c.yearStart)])];
  }),
  rule(`(?:(sidste|forrige|dette|last|this) (?:aars|year s)) ${MONTH}`, (m, c) => [monthIn(m[2], `${m[1] === 'dette' || m[1] === 'this' ? 'this' : 'last'} year`, c)]),
  // A month of the running year that is not closed yet is as it stands; it was named with its year.
  rule(`${MONTH} (?:(?:af|of|in|for) )?${WHICH}`, (m, c) => [monthIn(m[1], m[2] ?? '', c)]),
  rule(`${MONTH} (\\d\\d)`, (m) => (isYear(Number(m[2])) ? [month(2000 + Number(m[2]), numbered(m[1]))] : null)),
  rule(`${MONTH} (\\d{1,2})(?:st|nd|rd|th)?(?: (${YEAR}))?`, (m, c) => { const day = dayOf(Number(m[2]), numbered(m[1]), m[3] === undefined ? null : Number(m[3]), c); return day === null ? null : [day]; }),
  rule(`(${YEAR})[-/](0[1-9]|1[0-2])`, (m, c) => ((m[0].includes('/') || c.yearStart !== 1) && Number(m[2]) === (Number(m[1]) + 1) % 100 ? null : [month(Number(m[1]), Number(m[2]))])),
  rule(`(0?[1-9]|1[0-2])[-/.](${YEAR})`, (m) => [month(Number(m[2]), Number(m[1]))]),
  rule('(0?[1-9]|1[0-2])[/.-](\\d\\d)', (m) => (isYear(Number(m[2])) ? [month(2000 + Number(m[2]), Number(m[1]))] : null)),
  rule(`(?:[qk]([1-4])|([1-4]) ?${KVARTAL}?) (?:til|to|through) (?:[qk]([1-4])|([1-4]) ${KVARTAL})(?: ${WHICH})?`, (m, c) => {
    const [a, b] = [Number(m[1] ?? m[2]), Number(m[3] ?? m[4])];
    const partOf = (year: number): Period => span(nth('quarter', a, year, c.yearStart).from, nth('quarter', b, year, c.yearStart).to);
    return a >= b ? null : m[5] === undefined ? newestYears(partOf, c) : [partOf(yearSaid(m[5], c))];
  }),
  rule(`[qk]([1-4])(?: (?:of|i|in|af))? (${WHICH.slice(1, -1)}|\\d\\d)(?:/\\d\\d)?|(${YEAR})[- ]?[qk]([1-4])|([1-4]) ${KVARTAL}(?: (?:of|i|in|af))? (${WHICH.slice(1, -1)})(?:/\\d\\d)?|(foerste|first|andet|second|tredje|third|fjerde|fourth) ${KVARTAL}(?: (?:of|i|in|af))? (${WHICH.slice(1, -1)})(?:/\\d\\d)?|${KVARTAL} ([1-4]) (${WHICH.slice(1, -1)})`, (m, c) => {
    const index = m[7] !== undefined ? ORDINALS[m[7]] ?? 1 : Number(m[1] ?? m[4] ?? m[5] ?? m[9]);
    return [nth('quarter', index, yearSaid(m[2] ?? m[3] ?? m[6] ?? m[8] ?? m[10] ?? '', c), c.yearStart)];
  }),
  rule(`[qk]([1-4])|([1-4]) ${KVARTAL}|(foerste|first|andet|second|tredje|third|fjerde|fourth) ${KVARTAL}|${KVARTAL} ([1-4])`, (m, c) => {
    return newestOf('quarter', m[3] === undefined ? Number(m[1] ?? m[2] ?? m[4]) : ORDINALS[m[3]] ?? 1, c);
  }),
  rule(`(?:h([12])|([12])h|([12]) ${HALF}|(foerste|first|andet|anden|second) (?:${HALF}|halvdel(?: af aaret)?))(?:(?: of| i| in| af)? ${WHICH})?`, (m, c) => {
    const index = m[4] === undefined ? Number(m[1] ?? m[2] ?? m[3]) : ORDINALS[m[4]] ?? 1;
    return m[5] === undefined ? newestOf('half-year', index, c) : [nth('half-year', index, yearSaid(m[5], c), c.yearStart)];
  }),
  rule(`(?:uge|uger|ugerne|week|weeks|u|w) ?(\\d{1,2})(?:-| til | to )(\\d{1,2})(?: ${WHICH})?`, (m, c) => {
    const year = m[3] === undefined ? Number(c.today.slice(0, 4)) : yearSaid(m[3], { ...c, yearStart: 1 });
    const [a, b] = [Number(m[1]), Number(m[2])];
    return a >= 1 && a < b && b <= 53 ? [span(startOfWeek(year, a), shiftDays(startOfWeek(year, b), 7))] : null;
  }),
  rule(`(?:uge|week|ugenr|uge nr|u|w|wk) ?(\\d{1,2})(?:(?: i| in| of)? ${WHICH})?|(${YEAR}) ?-?(?:uge |u|w)(\\d{1,2})`, (m, c) => {
    const week = Number(m[1] ?? m[4]);
    if (week < 1 || week > 53) return null;
    const said = m[2] ?? m[3];
    const year = said === undefined ? Number(c.today.slice(0, 4)) : yearSaid(said, { ...c, yearStart: 1 });
    const from = startOfWeek(year, week);
    const chosen = said === undefined && from > c.today ? startOfWeek(year - 1, week) : from;
    return periodOf('week', chosen).from === chosen && (week < 53 || startOfWeek(Number(chosen.slice(0, 4)) + 1, 1) > chosen) ? [{ from: chosen, to: shiftDays(chosen, 7), grain: 'week' }] : null;
  }),
  rule('resten af (?:dette )?aaret|resten af i aar|(?:the )?rest of (?:the|this) year|remainder of the year', (_m, c) => {
    const [closed, year] = [lastClosed('month', c.closed).to, calendar('year', c)];
    return [span(closed > year.from ? closed : year.from, year.to)];
  }),
  rule(`(?:de )?(?:foerste|first) (${NUMBER}) (maaneder|mdr|months|kvartaler|quarters)(?: (?:af |i |of |in )?(?:aaret|the year|${WHICH}))?`, (m, c) => {
    const partOf = (year: number): Period => {
      const { from } = fiscalYear(year, c);
      return span(from, shiftMonths(from, numberOf(m[1] ?? '1') * (/^[kq]/.test(m[2] ?? '') ? 3 : 1)));
    };
    return m[3] === undefined ? newestYears(partOf, c) : [partOf(yearSaid(m[3], c))];
  }),
  rule(`(?:hele (?:aaret|dette aar|i aar)|(?:the )?(?:whole|full|entire) (?:of this |this )?year|helaaret|aaret som helhed)`, (_m, c) => [calendar('year', c)]),
  rule(`(?:${LAST}|rullende|rolling) halve aar|(?:the|over) (?:last|past) half[- ]year|(?:${LAST}) 6 maaneders periode`, (_m, c) => [rolling(lastClosed('month', c.closed).to, 6)]),
  rule('(?:det )?(?:seneste|rullende) aar|det sidste aar|(?:the|over|in) last year(?! s)|past year|last twelve months|rullende (?:12|tolv) (?:maaneder|mdr)|rolling (?:12|twelve) months|rullende aar|rolling year|last 12 months|12 (?:maaneder|mdr) (?:rullende|tilbage)|et aar tilbage', (_m, c) => [rolling(lastClosed('month', c.closed).to, 12)]),
  rule('halvandet aar', (_m, c) => [rolling(lastClosed('month', c.closed).to, 18)]),
  rule(`(?:(?:${LAST}|rullende|rolling) )(${NUMBER}) (?:hele |full )?(maaneder|maaneders|maaned|mdr|md|months|kvartaler|quarters|aar|years|uger|weeks|dage|days|halvaar)|(${NUMBER}) (maaneder|mdr|months|kvartaler|quarters|aar|years) (?:tilbage|back)`, (m, c) => {
    const count = numberOf(m[1] ?? m[3] ?? '1');
    const unit = m[2] ?? m[4] ?? '';
    if (/^(uger|weeks)$/.test(unit)) return [span(shiftDays(calendar('week', c).from, -7 * count), calendar('week', c).from)];
    if (/^(dage|days)$/.test(unit)) return [span(shiftDays(c.today, -count), c.today)];
    if (/^(kvart|quart)/.test(unit)) return [span(shiftMonths(lastClosed('quarter', c.closed, c.yearStart).to, -3 * count), lastClosed('quarter', c.closed, c.yearStart).to)];
    return [rolling(lastClosed('month', c.closed).to, count * (/^(aar|years)$/.test(unit) ? 12 : unit === 'halvaar' ? 6 : 1))];
  }),
  rule('(?:sidste|seneste|nyeste|last|latest) (?:hele |lukkede |afsluttede |full |closed |complete )(?:maaned|month)|(?:seneste|nyeste|latest) (?:maaned|month)', (_m, c) => [lastClosed('month', c.closed)]),
  ...UNIT.flatMap(([words, grain]): Rule[] => [
    rule(`(?:naestsidste|forforrige|next to last|last but one) (?:${words})|(?:${words}) before last|(?:${words}) last but one`, (_m, c) => [previousPeriod(previousPeriod(calendar(grain, c)))]),
    rule(`(?:${LAST}) (?:${words})`, (_m, c) => [previousPeriod(calendar(grain, c))]),
    rule(`(?:${THIS}) (?:${words})(?: so far| indtil nu| til nu| hidtil)?`, (_m, c) => [calendar(grain, c)]),
    rule(`(?:${NEXT}) (?:${words})`, (_m, c) => [nextOf(calendar(grain, c), grain, c)]),
  ]),
  rule(`(?:sidste|last|forrige|seneste) ${MONTH}`, (m, c) => {
    const last = namedMonth(numbered(m[1]), c).at(-1) as Period;
    return [sameLastYear(last), last];
  }),
  rule(`(?:${NEXT}) ${MONTH}`, (m, c) => { const now = month(Number(c.today.slice(0, 4)), numbered(m[1])); return [now.from > c.today ? now : month(Number(c.today.slice(0, 4)) + 1, numbered(m[1]))]; }),
  rule(`(?:denne|this) ${MONTH}`, (m, c) => [month(Number(c.today.slice(0, 4)), numbered(m[1]))]),
  rule('forforrige aar|i forfjor|year before last|forrige forrige aar', (_m, c) => [previousPeriod(previousPeriod(calendar('year', c)))]),
  rule('naeste aar|kommende aar|next year', (_m, c) => [nextOf(calendar('year', c), 'year', c)]),
  rule('sidste aars?|forrige aars?|last year(?: s)?|previous year|i fjor|sidste regnskabsaar|last (?:financial|fiscal) year|aaret foer', (_m, c) => [previousPeriod(calendar('year', c))]),
  rule(YEAR_TO_DATE, (_m, c) => [toDate(c)]),
  rule(`(?:(?:sidste|last|denne|this|seneste|forrige|previous) )?(sommer(?:en|s)?|summer|vinter(?:en|s)?|winter|foraar(?:et)?|spring|efteraar(?:et)?|autumn|fall)(?: ${WHICH})?`, (m, c) => {
    const word = m[1] ?? '';
    const first = /^s[ou]m/.test(word) ? 6 : /^[vw]in/.test(word) ? 12 : /^(?:foraar|spring)/.test(word) ? 3 : 9;
    return season(c, first, m[2] === undefined ? null : yearSaid(m[2], { ...c, yearStart: 1 }));
  }),
  rule(`(?:paaske(?:n)?|easter)(?: ${WHICH})?`, (m, c) => {
    const holiday = (year: number): Period => span(shiftDays(easter(year), -3), shiftDays(easter(year), 2));
    if (m[1] !== undefined) return [holiday(yearSaid(m[1], { ...c, yearStart: 1 }))];
    const now = holiday(Number(c.today.slice(0, 4)));
    return [now.to <= c.today ? now : holiday(Number(c.today.slice(0, 4)) - 1)];
  }),
  rule(`(${YEAR})(?:-| til | to | through )(${YEAR})`, (m, c) => (Number(m[1]) < Number(m[2]) ? [span(fiscalYear(Number(m[1]), c).from, fiscalYear(Number(m[2]), c).to)] : null)),
  rule(`(?:fy ?|regnskabsaar(?:et)? |budgetaar(?:et)? |kalenderaar(?:et)? |financial year |fiscal year )?(${YEAR})[/-]\\d\\d`, (m, c) => [fiscalYear(Number(m[1]), c)]),
  rule(`(?:fy ?|regnskabsaar(?:et)? |budgetaar(?:et)? |kalenderaar(?:et)? |financial year |fiscal year |year )?(${YEAR})`, (m, c) => [fiscalYear(Number(m[1]), c)]),
  // "Jul" is Christmas as well as July.
  rule(MONTH, (m, c) => (m[1] === 'jul' ? null : namedMonth(numbered(m[1]), c))),
];

/** Finds the first phrase about time in a free text, the most particular first. */
export function findPeriod(text: string, context: PeriodContext): PeriodReading | null {
  for (const [pattern, read] of RULES) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const [first, ...rest] = read(match, context) ?? [];
    const running = calendar('year', context);
    const moved = first !== undefined && first.to <= running.from && IN_YEAR.test(match[0]);
    if (first !== undefined) return { periods: [first, ...rest], from: match.index, to: match.index + match[0].length, instead: moved ? running : null };
  }
  return null;
}
