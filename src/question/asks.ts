import type { TimeGrain } from '../calendar/period.ts';
import type { Language } from '../pack/model.ts';
import type { Comparison } from '../query/query.ts';
import type { Shape } from './said.ts';

/** What the reader itself says: when it asks back, and when it puts a query into words that read back to it. */
export interface Asks {
  readonly whichMeasure: string;
  readonly tooLong: string;
  readonly whichOf: (word: string) => string;
  readonly whichPeriod: (words: string) => string;
  readonly whichUnit: (level: string) => string;
  readonly leftover: (words: string) => string;
  readonly negation: (word: string) => string;
  readonly onePeriod: string;
  readonly noRatio: (measures: string) => string;
  readonly noDirection: (measure: string) => string;
  readonly whichOrder: (unit: string) => string;
  readonly onlyPer: (measure: string, grain: string) => string;
  readonly noAverage: string;
  readonly noPart: (measures: readonly string[]) => string;
  readonly loose: string;
  readonly noShare: string;
  readonly noFuture: string;
  readonly wholeExcept: string;
  readonly overTime: string;
  readonly threshold: (measure: string) => string;
  readonly twoWays: string;
  readonly partOfYear: string;
  readonly wholeOf: (period: string) => string;
  readonly mended: (typed: string, meant: string) => string;
  readonly notClosed: string;
  readonly nothingYet: (said: string, shown: string) => string;
  readonly soFar: (whole: string, closed: string) => string;
  readonly comparedWith: Readonly<Record<Comparison, string>>;
  /** The shortest way to type a comparison. */
  readonly typed: Readonly<Record<Exclude<Comparison, 'period' | 'highest' | 'lowest'>, string>>;
  readonly against: string;
  readonly per: (what: string) => string;
  readonly grains: Readonly<Record<TimeGrain, string>>;
  readonly perUnit: (level: string) => string;
  readonly trend: string;
  readonly asTrend: string;
  readonly vsLastYear: string;
  readonly why: string;
  readonly whyShort: string;
  readonly meaning: string;
  readonly meaningOf: (measure: string) => string;
  readonly highest: string;
  readonly lowest: string;
  readonly change: (descending: boolean) => string;
  readonly deviation: (descending: boolean) => string;
  readonly first: (n: number) => string;
  readonly last: (n: number) => string;
  readonly moreThan: (amount: string) => string;
  readonly lessThan: (amount: string) => string;
  readonly overPlan: (above: boolean) => string;
  readonly overAverage: (above: boolean) => string;
  readonly apart: string;
  readonly shapes: Readonly<Record<Shape, string>>;
  readonly and: string;
}

const da: Asks = {
  whichMeasure: 'Hvilket nøgletal mener du?',
  tooLong: 'Det er for langt til, at jeg kan læse det. Skriv dit spørgsmål i én sætning.',
  whichOf: (word) => `"${word}" kan være flere nøgletal. Hvilket mener du?`,
  whichPeriod: (words) => `"${words}" kan være flere perioder. Hvilken mener du?`,
  whichUnit: (level) => `Hvilket ${level} mener du?`,
  leftover: (words) => `Jeg forstod ikke ${words}, og jeg gætter ikke. Mente du et af disse?`,
  negation: (word) => `Jeg kan ikke trække noget fra med "${word}". Mente du et af disse?`,
  onePeriod: 'Jeg kan sammenligne to perioder, men ikke vise hver sit nøgletal for hver sin periode. Hvad mener du?',
  noRatio: (measures) => `Jeg har ikke noget nøgletal, der deler ${measures}. Mente du et af disse?`,
  noDirection: (measure) => `Ved ${measure} er højt ikke altid godt eller skidt. Mener du højest eller lavest?`,
  whichOrder: (unit) => `${unit} har ingen enheder under sig at sammenligne. Mener du måned for måned eller mod de andre?`,
  onlyPer: (measure, grain) => `${measure} opgøres kun pr. ${grain}. Mente du et af disse?`,
  noPart: ([one = '', other = '']) => (other === '' ? `Jeg har ikke et antal, men ${one}. Mente du det?` : `Jeg har ikke tal for ${one} inden for ${other}. Mente du et af disse?`),
  loose: 'Jeg er ikke sikker på, hvad tallet gælder. Mente du et af disse?',
  noAverage: 'Et gennemsnit kan regnes på flere måder. Mente du et af disse?',
  noShare: 'En andel af en procent eller en pris giver ikke mening. Mente du et af disse?',
  noFuture: 'Jeg kender kun det, der er sket, og prognosen for året. Mente du et af disse?',
  wholeExcept: 'Jeg kan ikke trække en enhed fra en anden. Mente du et af disse?',
  overTime: 'Jeg kan sammenligne en udvikling med året før, men ikke med en anden periode. Mente du et af disse?',
  threshold: (measure) => `Procent af hvad? ${measure} er ikke en procent. Mente du et af disse?`,
  partOfYear: 'Det er en del af et år mod et helt. Mente du et af disse?',
  wholeOf: (period) => `hele ${period}`,
  twoWays: 'Jeg kan kun dele tallet op på én måde ad gangen. Mente du et af disse?',
  mended: (typed, meant) => `Jeg læste "${typed}" som "${meant}".`,
  nothingYet: (said, shown) => `Der er ingen lukkede perioder i ${said} endnu, så her er ${shown}.`,
  notClosed: 'ikke lukket', soFar: (whole, closed) => `${whole} indtil nu, ${closed}`,
  comparedWith: { plan: 'mod budget eller mål', previous: 'mod forrige periode', 'last-year': 'mod samme periode sidste år', period: 'mod', average: 'mod gennemsnittet', highest: 'mod den højeste af de andre', lowest: 'mod den laveste af de andre', share: 'andel af det hele' },
  typed: { plan: 'mod plan', previous: 'mod forrige periode', 'last-year': 'mod sidste år', average: 'mod gennemsnittet', share: 'andel af det hele' },
  against: 'mod', per: (what) => `pr. ${what}`,
  grains: { day: 'dag', week: 'uge', month: 'måned', quarter: 'kvartal', 'half-year': 'halvår', year: 'år' },
  perUnit: (level) => `Pr. ${level}`, trend: 'udvikling', asTrend: 'Udvikling', vsLastYear: 'Mod sidste år', why: 'hvorfor', whyShort: 'Hvorfor?', meaning: 'Hvad betyder det?', meaningOf: (measure) => `hvad betyder ${measure}`,
  highest: 'højeste', lowest: 'laveste', change: (descending) => (descending ? 'største stigning' : 'mindste stigning'), deviation: (descending) => (descending ? 'største afvigelse' : 'mindste afvigelse'), first: (n) => `top ${n}`, last: (n) => `bund ${n}`,
  moreThan: (amount) => `mere end ${amount}`, lessThan: (amount) => `mindre end ${amount}`, overPlan: (above) => (above ? 'over plan' : 'under plan'), overAverage: (above) => (above ? 'over gennemsnittet' : 'under gennemsnittet'), apart: 'afvigelse',
  shapes: { chart: 'som graf', table: 'som tabel', numbers: 'kun tal', excel: 'i Excel' }, and: 'og',
};
const en: Asks = {
  whichMeasure: 'Which key figure do you mean?',
  tooLong: 'That is too long for me to read. Write your question in one sentence.',
  whichOf: (word) => `"${word}" can be several key figures. Which do you mean?`,
  whichPeriod: (words) => `"${words}" can be several periods. Which do you mean?`,
  whichUnit: (level) => `Which ${level} do you mean?`,
  leftover: (words) => `I did not understand ${words}, and I do not guess. Did you mean one of these?`,
  negation: (word) => `I can't leave something out with "${word}". Did you mean one of these?`,
  onePeriod: 'I can compare two periods, but not show one key figure for each. What do you mean?',
  noRatio: (measures) => `I have no key figure that divides ${measures}. Did you mean one of these?`,
  noDirection: (measure) => `For ${measure}, high is not always good or bad. Do you mean highest or lowest?`,
  whichOrder: (unit) => `${unit} has no units below it to compare. Do you mean month by month, or beside the others?`,
  onlyPer: (measure, grain) => `${measure} is only counted per ${grain}. Did you mean one of these?`,
  noPart: ([one = '', other = '']) => (other === '' ? `I have no number of them, but ${one}. Did you mean that?` : `I have no figures for ${one} within ${other}. Did you mean one of these?`),
  loose: 'I am not sure what the number is about. Did you mean one of these?',
  noAverage: 'An average can be taken in several ways. Did you mean one of these?',
  noShare: 'A share of a percentage or a price has no meaning. Did you mean one of these?',
  noFuture: 'I only know what has happened, and the forecast for the year. Did you mean one of these?',
  wholeExcept: "I can't take one unit from another. Did you mean one of these?",
  overTime: 'I can compare a development with the year before, but not with another period. Did you mean one of these?',
  threshold: (measure) => `Percent of what? ${measure} is not a percentage. Did you mean one of these?`,
  partOfYear: 'That is a part of a year against a whole one. Did you mean one of these?',
  wholeOf: (period) => `the whole of ${period}`,
  twoWays: 'I can only divide the figure in one way at a time. Did you mean one of these?',
  mended: (typed, meant) => `I read "${typed}" as "${meant}".`,
  nothingYet: (said, shown) => `Nothing of ${said} is closed yet, so this is ${shown}.`,
  notClosed: 'not closed', soFar: (whole, closed) => `${whole} so far, ${closed}`,
  comparedWith: { plan: 'against budget or target', previous: 'against the period before', 'last-year': 'against the same period last year', period: 'against', average: 'against the average', highest: 'against the highest of the others', lowest: 'against the lowest of the others', share: 'share of the whole' },
  typed: { plan: 'against plan', previous: 'against the previous period', 'last-year': 'against last year', average: 'against the average', share: 'share of the whole' },
  against: 'against', per: (what) => `per ${what}`,
  grains: { day: 'day', week: 'week', month: 'month', quarter: 'quarter', 'half-year': 'half-year', year: 'year' },
  perUnit: (level) => `Per ${level}`, trend: 'trend', asTrend: 'Trend', vsLastYear: 'Vs last year', why: 'why', whyShort: 'Why?', meaning: 'What does it mean?', meaningOf: (measure) => `what does ${measure} mean`,
  highest: 'highest', lowest: 'lowest', change: (descending) => (descending ? 'largest increase' : 'smallest increase'), deviation: (descending) => (descending ? 'largest deviation' : 'smallest deviation'), first: (n) => `top ${n}`, last: (n) => `bottom ${n}`,
  moreThan: (amount) => `more than ${amount}`, lessThan: (amount) => `less than ${amount}`, overPlan: (above) => (above ? 'above plan' : 'below plan'), overAverage: (above) => (above ? 'above the average' : 'below the average'), apart: 'deviation',
  shapes: { chart: 'as a chart', table: 'as a table', numbers: 'numbers only', excel: 'in Excel' }, and: 'and',
};
const CATALOGUE: Record<Language, Asks> = { da, en };

/** The reader's own words in a language. */
export const asks = (language: Language): Asks => CATALOGUE[language];
