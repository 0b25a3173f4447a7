import type { TimeGrain } from '../calendar/period.ts';
import type { Language } from '../pack/model.ts';
import { ended } from './messages.ts';

/** Words in and about pictures: subtitles, legends, what an alt text says of the figures. */
interface Captions {
  /** `budget`: empty where none is drawn. `line`: what the line below shows, where there is no room for its name beside it. */
  readonly coupled: (what: string, budget: string, money: string, grain: TimeGrain, line: string) => string;
  /** `latest`: the period whose figure stands beside each name; empty: percentages of the whole span do. */
  readonly span: (name: string, grain: TimeGrain, latest: string) => string;
  readonly each: (name: string, grain: TimeGrain) => string;
  readonly over: (plan: string) => string;
  readonly under: (plan: string) => string;
  readonly without: (plan: string) => string;
  /** What the line across a bar is. */
  readonly line: (name: string) => string;
  /** Not all have room in the picture. */
  readonly shown: (shown: number, all: number) => string;
  /** Not all have room in the text. */
  readonly others: (count: number) => string;
  readonly extremes: (highest: string, lowest: string) => string;
  /** Who is furthest over and under a plan; empty: none is. */
  readonly furthest: (plan: string, over: string, under: string) => string;
  readonly fromTo: (from: string, first: string, to: string, last: string) => string;
}

const PER: Record<Language, Record<TimeGrain, string>> = {
  da: { day: 'pr. dag', week: 'pr. uge', month: 'pr. måned', quarter: 'pr. kvartal', 'half-year': 'pr. halvår', year: 'pr. år' },
  en: { day: 'per day', week: 'per week', month: 'per month', quarter: 'per quarter', 'half-year': 'per half-year', year: 'per year' },
};
const BY: Record<Language, Record<TimeGrain, string>> = {
  da: { day: 'dag for dag', week: 'uge for uge', month: 'måned for måned', quarter: 'kvartal for kvartal', 'half-year': 'halvår for halvår', year: 'år for år' },
  en: { day: 'day by day', week: 'week by week', month: 'month by month', quarter: 'quarter by quarter', 'half-year': 'half-year by half-year', year: 'year by year' },
};
const both = (...parts: readonly string[]): string => parts.filter((part) => part !== '').map(ended).join(' ');

const CAPTIONS: Record<Language, Captions> = {
  da: {
    coupled: (what, budget, money, grain, line) => `${what} (søjler)${budget === '' ? '' : ` mod ${budget} (grå)`}, ${money} ${PER.da[grain]}${line === '' ? '' : `; linjen er ${line}`}`,
    span: (name, grain, latest) => `${name} ${BY.da[grain]}; ${latest === '' ? 'procent: hele perioden under ét' : `tal: ${latest}`}`,
    each: (name, grain) => `${name} ${PER.da[grain]}`,
    over: (plan) => `over ${plan}`, under: (plan) => `under ${plan}`, without: (plan) => `uden ${plan}`,
    line: (name) => `streg: ${name}`,
    shown: (shown, all) => `${shown} af ${all} vises`,
    others: (count) => `og ${count} andre`,
    extremes: (highest, lowest) => both(`Højest: ${highest}`, `Lavest: ${lowest}`),
    furthest: (plan, over, under) => both(over === '' ? '' : `Længst over ${plan}: ${over}`, under === '' ? '' : `Længst under ${plan}: ${under}`),
    fromTo: (from, first, to, last) => ended(`Fra ${first} i ${from} til ${last} i ${to}`),
  },
  en: {
    coupled: (what, budget, money, grain, line) => `${what} (bars)${budget === '' ? '' : ` against ${budget} (grey)`}, ${money} ${PER.en[grain]}${line === '' ? '' : `; the line is ${line}`}`,
    span: (name, grain, latest) => `${name} ${BY.en[grain]}; ${latest === '' ? 'percent: the whole period together' : `figures: ${latest}`}`,
    each: (name, grain) => `${name} ${PER.en[grain]}`,
    over: (plan) => `over ${plan}`, under: (plan) => `under ${plan}`, without: (plan) => `without ${plan}`,
    line: (name) => `line: ${name}`,
    shown: (shown, all) => `${shown} of ${all} shown`,
    others: (count) => `and ${count} others`,
    extremes: (highest, lowest) => both(`Highest: ${highest}`, `Lowest: ${lowest}`),
    furthest: (plan, over, under) => both(over === '' ? '' : `Furthest over ${plan}: ${over}`, under === '' ? '' : `Furthest under ${plan}: ${under}`),
    fromTo: (from, first, to, last) => ended(`From ${first} in ${from} to ${last} in ${to}`),
  },
};

/** The words of pictures in a reader's language. */
export const captions = (language: Language): Captions => CAPTIONS[language];
