import type { Language } from '../pack/model.ts';

const list = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

/** Words that carry no content of their own: they may be left over. Folded. Negations are not among them: they change what is asked. */
export const FILLERS: ReadonlySet<string> = new Set([
  ...list('hvad hvordan hvor hvem hvilken hvilket hvilke er var bliver blev det den de der som i paa for til af fra med om og eller en et vi jeg du os mig min mit mine vores jeres din dit har havde ligger laa stod staar ser saa ud mange meget stor stort vis vise se faa giv gi kan kunne vil gerne lige nu tak venligst hej hey godmorgen saa at mod vs kontra contra versus per pr ift end tal tallet tallene bare kun ogsa ogsaa brugt brugte koster kostede gik gaar skal skulle vaere mon altsaa ok okay samlet total ialt alt'),
  ...list('what whats how much many who which is was are were be been the a an of in on at for to from with by our my your me us we i you have has had do does did show give tell get please thanks thank hi hello want like can could would see look and or vs versus against compared than just only also total overall it its there so about spent spend cost figures figure number numbers s'),
]);

/** Words a slip is never mended into or from: what people say around a question. */
export const COMMON: ReadonlySet<string> = new Set([
  ...FILLERS,
  ...list('sidste forrige seneste denne dette samme maaned maaneder kvartal halvaar aar uge uger dag dage i dato naeste foer siden udvikling trend graf tabel distrikt month months quarter quarters half year years week weeks day days last previous this same next date trend chart table graph average gennemsnit andel share plan maal target ikke not uden without'),
]);

const DANISH = new Set(list('hvad hvordan hvor hvem hvilke er var det den der paa af til og vi jeg vis giv mod sidste maaned aar kvartal uge pr hvilken hos fra ligger mange meget udvikling maal denne seneste forrige de dyreste billigste januar februar marts maj juni juli oktober'));
const ENGLISH = new Set(list('what how much many who which is was are the of in our my show give me last month year quarter week by against compared this past previous and target january february march may june july october'));

/** The language a question is in, from its small words; null when they do not tell. `vs`, `per` and `trend` are said in both. */
export function languageOf(words: readonly string[]): Language | null {
  const danish = words.filter((word) => DANISH.has(word)).length;
  const english = words.filter((word) => ENGLISH.has(word)).length;
  return danish === english ? null : danish > english ? 'da' : 'en';
}

/** What the reader itself says when it asks back. */
export interface Asks {
  readonly whichMeasure: string;
  readonly whichOf: (word: string) => string;
  readonly whichMonth: (month: string) => string;
  readonly leftover: (words: string) => string;
  readonly onePeriod: string;
  readonly notClosed: string;
  readonly comparedWith: { readonly plan: string; readonly previous: string; readonly 'last-year': string; readonly average: string; readonly share: string };
  /** The shortest way to type a comparison. */
  readonly typed: Asks['comparedWith'];
  readonly per: (what: string) => string;
  readonly grains: Readonly<Record<'day' | 'week' | 'month' | 'quarter' | 'half-year' | 'year', string>>;
  readonly perUnit: (level: string) => string;
  readonly trend: string;
  readonly asTrend: string;
  readonly vsLastYear: string;
  readonly highest: string;
  readonly lowest: string;
  readonly first: (n: number) => string;
}

const da: Asks = {
  whichMeasure: 'Hvilket nøgletal mener du?',
  whichOf: (word) => `"${word}" kan være flere nøgletal. Hvilket mener du?`,
  whichMonth: (month) => `Hvilken ${month} mener du?`,
  leftover: (words) => `Jeg forstod ikke ${words}, og jeg gætter ikke. Mente du et af disse?`,
  onePeriod: 'Jeg kan sammenligne med perioden før eller samme periode året før, ellers viser jeg en periode ad gangen. Hvilken mener du?',
  notClosed: 'måneden er ikke lukket',
  comparedWith: { plan: 'mod budget eller mål', previous: 'mod forrige periode', 'last-year': 'mod samme periode sidste år', average: 'mod gennemsnittet', share: 'andel af det hele' },
  typed: { plan: 'mod plan', previous: 'mod forrige periode', 'last-year': 'mod sidste år', average: 'mod gennemsnittet', share: 'andel af det hele' },
  per: (what) => `pr. ${what}`,
  grains: { day: 'dag', week: 'uge', month: 'måned', quarter: 'kvartal', 'half-year': 'halvår', year: 'år' },
  perUnit: (level) => `Pr. ${level}`, trend: 'udvikling', asTrend: 'Udvikling', vsLastYear: 'mod sidste år', highest: 'højeste', lowest: 'laveste', first: (n) => `top ${n}`,
};
const en: Asks = {
  whichMeasure: 'Which key figure do you mean?',
  whichOf: (word) => `"${word}" can be several key figures. Which do you mean?`,
  whichMonth: (month) => `Which ${month} do you mean?`,
  leftover: (words) => `I did not understand ${words}, and I do not guess. Did you mean one of these?`,
  onePeriod: 'I can compare with the period before or the same period the year before; otherwise I show one period at a time. Which do you mean?',
  notClosed: 'the month is not closed',
  comparedWith: { plan: 'against budget or target', previous: 'against the period before', 'last-year': 'against the same period last year', average: 'against the average', share: 'share of the whole' },
  typed: { plan: 'against plan', previous: 'against the previous period', 'last-year': 'against last year', average: 'against the average', share: 'share of the whole' },
  per: (what) => `per ${what}`,
  grains: { day: 'day', week: 'week', month: 'month', quarter: 'quarter', 'half-year': 'half-year', year: 'year' },
  perUnit: (level) => `Per ${level}`, trend: 'trend', asTrend: 'Trend', vsLastYear: 'vs last year', highest: 'highest', lowest: 'lowest', first: (n) => `top ${n}`,
};
const CATALOGUE: Record<Language, Asks> = { da, en };

/** The reader's own words in a language. */
export const asks = (language: Language): Asks => CATALOGUE[language];
