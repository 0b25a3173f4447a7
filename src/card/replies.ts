import type { Language } from '../pack/model.ts';
import { ended } from './messages.ts';

/** What the bot says in answer to questions about a filter, a cause, or the data themselves. */
export interface Replies {
  /** `3 af 7 over budget i oktober 2026: Nord (+4,1 pct.), …` */
  readonly met: (met: number, of: number, measure: string, what: string, period: string, list: string) => string;
  readonly notMeasured: (names: string) => string;
  readonly metByNone: (of: number, measure: string, what: string, period: string) => string;
  /** The rows asked for by rank, in their order. */
  readonly listed: (measure: string, period: string, highest: boolean, list: string) => string;
  readonly against: (measure: string, other: string) => string;
  readonly ranked: (measure: string, period: string, other: string, most: string, least: string) => string;
  readonly above: (what: string) => string;
  readonly below: (what: string) => string;
  readonly either: (amount: string, what: string) => string;
  readonly by: (amount: string, what: string) => string;
  readonly planWord: string;
  readonly averageWord: string;
  readonly otherWord: string;
  readonly whyParts: (over: string, under: string) => string;
  readonly whyNothing: (measure: string, period: string) => string;
  /** It was asked why something went up, or down, and it did not. */
  readonly whyContrary: (up: boolean) => string;
  readonly whyHonest: string;
  readonly whyBy: (what: string) => string;
  readonly whyMost: (name: string, difference: string) => string;
  readonly complete: (period: string) => string;
  readonly unitsShort: (sources: string, period: string) => string;
  readonly notComplete: (period: string, sources: string) => string;
  readonly columnSource: string;
  readonly columnTo: string;
  readonly columnLoaded: string;
  readonly never: string;
  readonly newest: (period: string) => string;
  readonly noSuchUnitPage: (unit: string) => string;
  /** Someone writes more than is answered. */
  readonly tooMany: string;

}

const da: Replies = {
  met: (met, of, measure, what, period, list) => ended(`${measure} i ${period}: ${met} af ${of} ligger ${what}: ${list}`),
  notMeasured: (names) => ended(`Uden noget at måle på: ${names}`),
  metByNone: (of, measure, what, period) => ended(`${measure} i ${period}: ingen af ${of} ligger ${what}`),
  listed: (measure, period, highest, list) => ended(`${measure} i ${period}, ${highest ? 'højest' : 'lavest'} først: ${list}`),
  against: (measure, other) => `${measure} mod ${other}`,
  ranked: (measure, period, other, most, least) => ended(`${measure} i ${period} mod ${other}: mest i ${most}, mindst i ${least}`),
  above: (what) => `over ${what}`, below: (what) => `under ${what}`,
  either: (amount, what) => `mere end ${amount} fra ${what}`, by: (amount, what) => `mere end ${amount} ${what}`,
  planWord: 'budget eller mål', averageWord: 'gennemsnittet', otherWord: 'året før',
  whyParts: (over, under) => ended(`Det kommer af ${over} og ${under}`),
  whyNothing: (measure, period) => `Der er ingen forskel at forklare: ${measure} for ${period} har ikke noget at blive holdt op mod.`,
  whyContrary: (up) => (up ? 'Tallene viser ingen stigning her.' : 'Tallene viser intet fald her.'),
  whyHonest: 'Tallene viser, hvor forskellen ligger, ikke hvorfor den er opstået. Kender du årsagen, så skriv den til analytikerne.',
  whyBy: (what) => `Hvor forskellen ligger, ${what}`,
  whyMost: (name, difference) => ended(`Mest ligger i ${name} (${difference})`),
  complete: (period) => `${period} er komplet.`,
  unitsShort: (sources, period) => ended(`Nogle enheder har ikke alt for ${period} i ${sources}`),
  notComplete: (period, sources) => ended(`${period} er ikke komplet: der mangler data fra ${sources}`),
  columnSource: 'Kilde', columnTo: 'Komplet til og med', columnLoaded: 'Indlæst',
  never: 'ingen data', newest: (period) => `Nyeste lukkede måned er ${period}.`,
  noSuchUnitPage: (unit) => `Der er ingen side for ${unit}. Spørg om et nøgletal i stedet.`,
  tooMany: 'Det går lidt for stærkt for mig: jeg svarer ikke på flere spørgsmål lige nu. Vent et minut, og spørg så igen.',

};
const en: Replies = {
  met: (met, of, measure, what, period, list) => ended(`${measure} in ${period}: ${met} of ${of} are ${what}: ${list}`),
  notMeasured: (names) => ended(`With nothing to measure by: ${names}`),
  metByNone: (of, measure, what, period) => ended(`${measure} in ${period}: none of ${of} are ${what}`),
  listed: (measure, period, highest, list) => ended(`${measure} in ${period}, ${highest ? 'highest' : 'lowest'} first: ${list}`),
  against: (measure, other) => `${measure} against ${other}`,
  ranked: (measure, period, other, most, least) => ended(`${measure} in ${period} against ${other}: most in ${most}, least in ${least}`),
  above: (what) => `above ${what}`, below: (what) => `below ${what}`,
  either: (amount, what) => `more than ${amount} from ${what}`, by: (amount, what) => `more than ${amount} ${what}`,
  planWord: 'budget or target', averageWord: 'the average', otherWord: 'the year before',
  whyParts: (over, under) => ended(`It comes from ${over} and ${under}`),
  whyNothing: (measure, period) => `There is no difference to explain: ${measure} for ${period} has nothing to be held against.`,
  whyContrary: (up) => (up ? 'The figures show no increase here.' : 'The figures show no decrease here.'),
  whyHonest: 'The figures show where the difference lies, not why it arose. If you know the cause, tell the analysts.',
  whyBy: (what) => `Where the difference lies, ${what}`,
  whyMost: (name, difference) => ended(`Most of it lies in ${name} (${difference})`),
  complete: (period) => `${period} is complete.`,
  unitsShort: (sources, period) => ended(`Some units do not have everything for ${period} in ${sources}`),
  notComplete: (period, sources) => ended(`${period} is not complete: data are missing from ${sources}`),
  columnSource: 'Source', columnTo: 'Complete up to', columnLoaded: 'Loaded',
  never: 'no data', newest: (period) => `The newest closed month is ${period}.`,
  noSuchUnitPage: (unit) => `There is no page for ${unit}. Ask about a key figure instead.`,
  tooMany: 'That is a little too fast for me: I answer no more questions right now. Wait a minute, then ask again.',

};
const CATALOGUE: Record<Language, Replies> = { da, en };

/** The replies of a language. */
export const replies = (language: Language): Replies => CATALOGUE[language];
