import type { CountGrain, Language } from '../pack/model.ts';

/** What the bot says to leaders, besides figures. One entry per thing said, in every language; arguments are already in words. */
export interface Messages {
  readonly over: (percent: string, plan: string) => string;
  readonly under: (percent: string, plan: string) => string;
  readonly asPlan: (plan: string) => string;
  /** Money first: `Nord brugte 3,42 mio. kr. i oktober 2026, 4,1 pct. over budget.` */
  readonly spent: (unit: string, money: string, period: string, against: string) => string;
  /** `unit`: hours are delivered; anything else just was. */
  readonly delivered: (output: string, unit: string, against: string) => string;
  readonly price: (perOne: string, price: string, against: string) => string;
  /** One of what is delivered: `En leveret time`. */
  readonly oneOf: (unit: string, one: string) => string;
  readonly inBudget: (price: string) => string;
  readonly dearer: (amount: string) => string;
  readonly cheaper: (amount: string) => string;
  readonly sameAsPlanned: string;
  readonly split: (total: string, over: boolean, volume: string, price: string, unit: string) => string;
  readonly partialPeriod: (period: string) => string;
  readonly attention: string;
  /** Behind the label of synthetic data: their dates are moved forward. */
  readonly movedOn: (months: number) => string;
  readonly nothingUnusual: (period: string) => string;
  /** The headline has told of a deviation already. */
  readonly nothingElseUnusual: (period: string) => string;
  /** `against`: `4,1 pct. over budget`. */
  readonly deviationLine: (measure: string, value: string, against: string) => string;
  readonly signalLine: (measure: string, value: string, above: boolean, expected: string) => string;
  readonly good: string;
  readonly columnMeasure: string;
  readonly columnUnit: string;
  readonly columnPeriod: string;
  readonly columnFrom: string;
  readonly columnTo: string;
  readonly columnValue: string;
  readonly columnPlan: string;
  readonly columnDifference: string;
  readonly columnLastYear: string;
  readonly columnChange: string;
  readonly columnPrevious: string;
  readonly columnAverage: string;
  readonly columnHighest: string;
  readonly columnLowest: string;
  readonly columnShare: string;
  readonly stateMissing: string;
  readonly stateSuppressed: (threshold: number) => string;
  readonly stateWithheld: string;
  readonly partialMark: string;
  readonly notes: string;
  readonly notePartial: (what: string, end: string) => string;
  readonly noteUnitsMissing: (what: string) => string;
  /** A ratio over what both its parts have; what was left out follows. */
  readonly noteCommon: (what: string, over: string, under: string) => string;
  readonly noteNothingCommon: (what: string, over: string, under: string) => string;
  /** A comparison over what both sides have. */
  readonly noteAlike: (what: string, other: string) => string;
  /** `share`: how much of what it is, empty where that is not known. Begins with a blank. */
  readonly leftOutIs: (gaps: string, share: string, of: string) => string;
  readonly leftOutMore: (count: number, more: boolean) => string;
  readonly noteMissing: (what: string, period: string) => string;
  /** Data reach the whole period, and hold nothing of it. */
  readonly noteNoRows: (what: string, period: string) => string;
  readonly noteNoStock: (what: string, period: string) => string;
  readonly noteNotWorkedOut: (what: string, period: string, over: string, under: string) => string;
  readonly noteNoForecast: (what: string, period: string) => string;
  readonly noteCoarser: (what: string, grain: string, period: string) => string;
  readonly perGrain: Readonly<Record<'week' | 'month' | 'quarter' | 'half-year' | 'year', string>>;
  readonly opens: (unit: string, day: string) => string;
  readonly closes: (unit: string, day: string, successor: string) => string;
  readonly moreTurns: (count: number) => string;
  readonly noRows: (measure: string, unit: string, period: string) => string;
  /** A share of what did not happen at all. */
  readonly noteNone: (what: string, period: string) => string;
  /** Too few months of the year are closed for a forecast. */
  readonly noteTooEarly: (what: string, year: string, closed: number, fewest: number) => string;
  readonly noteHidden: (what: string, period: string, mark: string) => string;
  readonly noteSuppressed: (threshold: number) => string;
  readonly noteWithheld: (threshold: number) => string;
  /** Rows that have no value of a dimension. */
  readonly noValue: string;
  readonly noteUnfinished: (measure: string) => string;
  readonly noteTooFine: (measure: string, grain: CountGrain) => string;
  readonly noteRejected: (count: number, rows: string, source: string) => string;
  readonly noteTwice: (source: string) => string;
  readonly noteEmpty: (source: string) => string;
  readonly noteCumulated: (source: string) => string;
  readonly noteBreak: (measure: string, note: string) => string;
  readonly noteDates: (unit: string) => string;
  /** A figure that would tell of so few people that they could be known. */
  readonly tooFew: (what: string, threshold: number) => string;
  readonly noteCaveat: (unit: string, text: string) => string;
  /** There is a caveat that is not for this reader. */
  readonly noteReserved: string;
  readonly noteForecastRange: (low: string, high: string) => string;
  readonly noteForecastMethod: (method: string) => string;
  readonly forecastMethods: Readonly<Record<'budget-profile' | 'rest-as-budgeted' | 'straight-line' | 'last-year-profile', string>>;
  readonly source: (name: string, end: string) => string;
  readonly planIs: (plan: string, period: string, value: string) => string;
  readonly planOnly: (unit: string, plan: string, value: string, period: string, name: string) => string;
  readonly lastYear: string;
  readonly average: string;
  readonly whole: string;
  readonly noData: (measure: string, unit: string, period: string, latest: string) => string;
  readonly noDataAtAll: (measure: string, unit: string) => string;
  readonly notLoaded: (sources: string, measure: string) => string;
  readonly understood: (parts: string) => string;
  readonly assumed: string;
  readonly definition: string;
  readonly help: string;
  readonly helpIntro: (packs: string) => string;
  readonly helpMeasures: string;
  readonly helpUnits: string;
  readonly helpFollowUps: string;
  readonly notUnderstood: string;
  readonly notUnderstoodWords: (words: string) => string;
  readonly stranger: string;
  readonly noAccess: (unit: string) => string;
  /** Of what they may not even know the name of. */
  readonly noAccessAtAll: string;
  /** A unit asked for after its last day; `successor` is empty where there is none, or its name is not for the reader. */
  readonly unitClosed: (unit: string, day: string, successor: string) => string;
  /** A unit whose figures count under another. */
  readonly unitMoved: (unit: string, successor: string) => string;
  readonly leftOut: string;
  readonly onlyOwn: (units: string) => string;
  readonly shownAsTotal: (units: string) => string;
  readonly onlyAsTotal: (units: string) => string;
  readonly tooSensitive: string;
  readonly notCompared: string;
  readonly answeredPrivately: string;
  readonly writeToMe: string;
  readonly notDividable: (measure: string, dimension: string) => string;
  readonly greeting: (name: string) => string;
  readonly thanks: string;
  readonly welcome: (name: string) => string;
  readonly noDigestYet: string;
  readonly troubled: string;
  readonly personalNumber: string;
  readonly sheetFailed: string;
  /** Where the answer itself can hold no file. */
  readonly sheetPrivately: string;
  readonly valueSentence: (unit: string, measure: string, value: string, period: string, against: string) => string;
  readonly againstOther: (difference: string, more: boolean, other: string) => string;
  readonly likeOther: (other: string) => string;
  readonly rankedSentence: (measure: string, highest: string, highestValue: string, lowest: string, lowestValue: string, period: string) => string;
  /** The same where some rows are hidden: the lowest of all may be among them. */
  readonly rankedShownSentence: (measure: string, highest: string, highestValue: string, lowest: string, lowestValue: string, period: string) => string;
  readonly noneShownSentence: (measure: string, count: number, period: string) => string;
  /** What a year not over is expected to come to. */
  readonly forecastSentence: (unit: string, measure: string, value: string, year: string, against: string) => string;
  /** Of every row the same, as it is shown. */
  readonly sameSentence: (measure: string, count: number, value: string, period: string) => string;
  readonly sameShownSentence: (measure: string, count: number, value: string, period: string) => string;
  readonly onlyShownSentence: (measure: string, only: string, value: string, period: string) => string;
  readonly trendSentence: (unit: string, measure: string, from: string, first: string, to: string, last: string) => string;
  readonly and: string;
  readonly someOf: (count: number, total: number) => string;
  readonly per: (what: string) => string;
  readonly byUnit: (level: string) => string;
  readonly trend: string;
  readonly compareLastYear: string;
}

/** A sentence with its full stop: one, though its last word is an abbreviation (`t.kr.`). */
export const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

const da: Messages = {
  over: (percent, plan) => `${percent} over ${plan}`,
  under: (percent, plan) => `${percent} under ${plan}`,
  asPlan: (plan) => `som ${plan}`,
  spent: (unit, money, period, against) => ended(`${unit} brugte ${money} i ${period}${against === '' ? '' : `, ${against}`}`),
  delivered: (output, unit, against) => ended(`${unit === 'hours' ? `${output} blev leveret` : `Det var ${output}`}${against === '' ? '' : `, ${against}`}`),
  price: (perOne, price, against) => ended(`${perOne} kostede ${price}${against === '' ? '' : `, ${against}`}`),
  oneOf: (unit, one) => (unit === 'hours' ? 'En leveret time' : unit === 'count' ? 'Én enhed' : `Én ${one}`),
  inBudget: (price) => `mod ${price} i budgettet`,
  dearer: (amount) => `${amount} mere end budgetteret`,
  cheaper: (amount) => `${amount} mindre end budgetteret`,
  sameAsPlanned: 'som budgetteret',
  split: (total, over, volume, price, unit) => `${over ? 'Merforbruget' : 'Mindreforbruget'} på ${total} kan deles i to: ${volume} fra ${unit === 'hours' ? 'timetallet' : 'antallet'} og ${price} fra prisen${unit === 'hours' ? ' pr. time' : ''}.`,
  partialPeriod: (period) => `Tallene for ${period} er ikke komplette endnu.`,
  attention: 'Værd at se på',
  movedOn: (months) => `flyttet ${months} ${months === 1 ? 'måned' : 'måneder'} frem`,
  nothingUnusual: (period) => `Ingen usædvanlige afvigelser i ${period}.`,
  nothingElseUnusual: (period) => `Derudover ingen usædvanlige afvigelser i ${period}.`,
  deviationLine: (measure, value, against) => `${measure}: ${ended(value)} Det er ${ended(against)}`,
  signalLine: (measure, value, above, expected) => `${measure}: ${ended(value)} Det er usædvanligt ${above ? 'højt' : 'lavt'}; ${expected} er det normale.`,
  good: 'Det er i den rigtige retning.',
  columnMeasure: 'Nøgletal',
  columnUnit: 'Enhed',
  columnPeriod: 'Periode',
  columnFrom: 'Fra og med',
  columnTo: 'Til og med',
  columnValue: 'Resultat',
  columnPlan: 'Budget/mål',
  columnDifference: 'Afvigelse',
  columnLastYear: 'Sidste år',
  columnChange: 'Ændring',
  columnPrevious: 'Forrige periode',
  columnAverage: 'Gennemsnit',
  columnHighest: 'Højeste af de andre',
  columnLowest: 'Laveste af de andre',
  columnShare: 'Andel',
  stateMissing: 'mangler',
  stateSuppressed: (threshold) => `<${threshold}`,
  stateWithheld: 'skjult',
  partialMark: '(foreløbig)',
  notes: 'Om tallene',
  notePartial: (what, end) => `${what}: data er komplette til og med ${end}. Tal derefter er foreløbige.`,
  noteUnitsMissing: (what) => `${what}: der mangler data for en del af perioden eller enhederne, så tallet er foreløbigt.`,
  noteCommon: (what, over, under) => `${what} er regnet af de enheder og måneder, der har både ${over} og ${under}.`,
  noteNothingCommon: (what, over, under) => `${what} vises ikke, hvor ${over} og ${under} ikke dækker de samme enheder og måneder.`,
  noteAlike: (what, other) => `${what}: sammenligningen med ${other} er over det, begge sider har.`,
  leftOutIs: (gaps, share, of) => ended(` Ikke med: ${gaps}${share === '' ? '' : `; det er ${share} af ${of}`}`),
  leftOutMore: (count, more) => (count === 1 ? `én enhed${more ? ' til' : ''}` : `${count} enheder${more ? ' til' : ''}`),
  noteMissing: (what, period) => `${what}: der er ingen data for ${period}.`,
  noteNoRows: (what, period) => `${what}: der er ingen rækker i ${period}; kildens data dækker hele perioden.`,
  noteNoStock: (what, period) => `${what}: der er ingen opgørelse ved udgangen af ${period}.`,
  noteNotWorkedOut: (what, period, over, under) => `${what} kan ikke regnes ud for ${period}: ${over} eller ${under} mangler, eller ${under} er 0.`,
  noteNoForecast: (what, period) => `${what}: der er ingen prognose efter ${period}. Budgettet eller sidste år rækker ikke til at regne resten af året ud.`,
  noteCoarser: (what, grain, period) => `${what} opgøres ${grain}, så der er intet tal for ${period} alene.`,
  perGrain: { week: 'pr. uge', month: 'pr. måned', quarter: 'pr. kvartal', 'half-year': 'pr. halvår', year: 'pr. år' },
  opens: (unit, day) => `${unit} åbnede ${day}.`,
  closes: (unit, day, successor) => `${unit} lukkede efter ${day}${successor === '' ? '' : `; ${successor} tog over`}.`,
  moreTurns: (count) => (count === 1 ? 'En enhed til åbnede eller lukkede.' : `${count} enheder til åbnede eller lukkede.`),
  noRows: (measure, unit, period) => `Der er ingen rækker om ${measure} for ${unit} i ${period}. Kildens data dækker hele perioden.`,
  noteNone: (what, period) => `${what}: der var ingen i ${period}, så der er intet at regne af.`,
  noteTooEarly: (what, year, closed, fewest) => `${what}: der er for få måneder til en prognose for ${year}. ${closed === 0 ? 'Ingen måneder er lukket' : closed === 1 ? 'Kun én måned er lukket' : `Kun ${closed} måneder er lukket`}, og den bygger på mindst ${fewest}.`,
  noteHidden: (what, period, mark) => `${what} for ${period}: ${mark}.`,
  noteSuppressed: (threshold) => `Antal personer under ${threshold} vises ikke, så ingen kan genkendes.`,
  noteWithheld: (threshold) => `"Skjult": tallet vises ikke, fordi det bygger på et antal personer under ${threshold}, eller fordi et sådant antal kunne regnes ud af det.`,
  noValue: 'Uden angivelse',
  noteUnfinished: (measure) => `${measure} tæller personer og vises først, når perioden er slut, så ingen kan genkendes på, hvad der kom til siden sidst.`,
  noteTooFine: (measure, grain) => `${measure} tæller personer og vises kun for hele ${{ month: 'måneder', quarter: 'kvartaler', 'half-year': 'halvår', year: 'år' }[grain]}, så ingen kan genkendes.`,
  noteRejected: (count, rows, source) => `${rows} ${count === 1 ? 'række' : 'rækker'} fra ${source} kunne ikke læses og er ikke med. Analytikerne kan se ${count === 1 ? 'hvilken' : 'hvilke'}.`,
  noteEmpty: (source) => `Nogle rækker fra ${source} har intet beløb og tæller som nul. Analytikerne kan se hvilke.`,
  noteCumulated: (source) => `Beløbene fra ${source} vokser måned for måned i alle enheder. Er de talt sammen fra årets start, er månederne for høje. Analytikerne kan se det.`,
  noteTwice: (source) => `Nogle rækker fra ${source} tæller måske med to gange. Analytikerne kan se hvilke.`,
  noteBreak: (measure, note) => `${measure}: ${note}`,
  noteDates: (unit) => `Penge følger bogføringsdatoen og ${unit === 'hours' ? 'timer besøgsdagen' : 'resten den dag, det skete'}; de kan falde i hver sin måned.`,
  tooFew: (what, threshold) => `${what} vises ikke: tallet bygger på færre end ${threshold} personer.`,
  noteCaveat: (unit, text) => (unit === '' ? text : `${unit}: ${text}`),
  noteReserved: 'Der er et forbehold om en del af tallene.',
  noteForecastRange: (low, high) => `Årets forbrug ventes mellem ${low} og ${high}, afhængigt af metoden.`,
  noteForecastMethod: (method) => `Prognosens metode: ${method}.`,
  forecastMethods: { 'budget-profile': 'afvigelsen fra budgettet fortsætter som hidtil', 'rest-as-budgeted': 'resten af året som budgetteret', 'straight-line': 'samme forbrug pr. måned som hidtil', 'last-year-profile': 'samme forløb over året som sidste år' },
  source: (name, end) => `Kilde: ${name}. Data til og med ${end}.`,
  planIs: (plan, period, value) => ended(`${plan} for ${period} er ${value}`),
  planOnly: (unit, plan, value, period, name) => `${ended(`${unit}: ${plan} for ${period} er ${value}`)} Der er endnu ingen tal for ${name}.`,
  lastYear: 'året før',
  average: 'gennemsnit',
  whole: 'hele året',
  noData: (measure, unit, period, latest) => `Der er ingen data om ${measure} for ${unit} i ${period}. De nyeste er til og med ${latest}.`,
  notLoaded: (sources, measure) => `Data fra ${sources} er ikke indlæst, så der er ingen tal om ${measure}. Det siger intet om, hvad der er sket. Analytikerne kan se hvorfor.`,
  noDataAtAll: (measure, unit) => ended(`Der er ingen data om ${measure}${unit === '' ? '' : ` for ${unit}`}`),
  understood: (parts) => `Forstået som: ${parts}.`,
  assumed: 'antaget',
  definition: 'Hvad betyder det?',
  help: 'Hvad kan jeg spørge om?',
  helpIntro: (packs) => `Jeg svarer på spørgsmål om ${packs}. Skriv som du taler, for eksempel et af spørgsmålene herunder.`,
  helpMeasures: 'Nøgletal',
  helpUnits: 'Enheder',
  helpFollowUps: 'Skriv videre med "pr. måned" eller "mod sidste år": det ændrer det forrige spørgsmål og beholder resten, i en halv time.',
  notUnderstood: 'Det forstod jeg ikke, og jeg gætter ikke.',
  notUnderstoodWords: (words) => `Jeg kender ikke: ${words}.`,
  stranger: 'Jeg kan ikke se, at du har adgang til tallene her. Skriv til analyseenheden, hvis du skal have det.',
  onlyOwn: (units) => `Her er kun ${units}: du har ikke adgang til de øvrige.`,
  shownAsTotal: (units) => `Her er ${units} samlet: du har adgang til totaler, ikke til det, de er delt i.`,
  onlyAsTotal: (units) => `Du har adgang til ${units} som total, ikke til det, den er delt i.`,
  tooSensitive: 'De tal er følsomme, og du har ikke adgang til dem.',
  notCompared: 'Sammenligning med andre enheder er ikke med i din adgang.',
  answeredPrivately: 'Her læser andre med, så jeg har svaret dig direkte.',
  writeToMe: 'Her læser andre med. Skriv til mig direkte, så svarer jeg.',
  notDividable: (measure, dimension) => `${measure} kan ikke deles på ${dimension.toLowerCase()}.`,
  noAccess: (unit) => `Du har ikke adgang til tal for ${unit}.`,
  noAccessAtAll: 'Du har ikke adgang til det, som spørgsmålet handler om.',
  unitClosed: (unit, day, successor) => `${unit} lukkede ${day}, så der er ingen tal efter den dag.${successor === '' ? '' : ` ${successor} tog over.`}`,
  unitMoved: (unit, successor) => (successor === '' ? `${unit} er gået ind i en anden enhed, og tallene tæller dér.` : `${unit} er gået ind i ${successor}, og tallene tæller dér, også dem fra før.`),
  leftOut: 'Noget af det, du spurgte om, har du ikke adgang til. Det er ikke med her.',
  greeting: (name) => `Hej ${name}. Spørg om et nøgletal, eller tryk på et af forslagene.`,
  thanks: 'Selv tak.',
  welcome: (name) => `Hej ${name}. Her får du hver måned én side om din egen enhed, og du kan stille spørgsmål, når du vil.`,
  noDigestYet: 'Der er endnu ingen side til dig. Den første kommer, når måneden er lukket.',
  troubled: 'Noget gik galt hos mig, og svaret kom ikke. Prøv igen om lidt; fejlen er noteret.',
  sheetPrivately: 'Regnearket kommer i en direkte besked fra mig.',
  sheetFailed: 'Excel-filen kunne ikke sendes. Prøv igen om lidt; tallene står i svaret.',
  personalNumber: 'Din besked ser ud til at indeholde et CPR-nummer. Den er ikke gemt. Skriv den igen uden nummeret.',
  valueSentence: (unit, measure, value, period, against) => ended(`${unit}: ${measure} var ${value} i ${period}${against === '' ? '' : `, ${against}`}`),
  againstOther: (difference, more, other) => `${difference} ${more ? 'mere' : 'mindre'} end ${other}`,
  likeOther: (other) => `det samme som ${other}`,
  rankedSentence: (measure, highest, highestValue, lowest, lowestValue, period) => `${measure} i ${period}: højest i ${highest} (${highestValue}), lavest i ${lowest} (${lowestValue}).`,
  rankedShownSentence: (measure, highest, highestValue, lowest, lowestValue, period) => `${measure} i ${period}, af dem der kan vises: højest i ${highest} (${highestValue}), lavest i ${lowest} (${lowestValue}).`,
  forecastSentence: (unit, measure, value, year, against) => ended(`${unit}: ${measure} er ${value} for hele ${year}${against === '' ? '' : `, ${against}`}`),
  noneShownSentence: (measure, count, period) => `${measure} i ${period}: ingen af de ${count} tal kan vises.`,
  sameSentence: (measure, count, value, period) => `${measure} i ${period}: det samme i alle ${count} (${value}).`,
  sameShownSentence: (measure, count, value, period) => `${measure} i ${period}, af dem der kan vises: det samme i alle ${count} (${value}).`,
  onlyShownSentence: (measure, only, value, period) => `${measure} i ${period}: ${only} (${value}). Der er ikke flere tal, der kan vises.`,
  trendSentence: (unit, measure, from, first, to, last) => ended(`${unit}: ${measure} gik fra ${first} i ${from} til ${last} i ${to}`),
  and: 'og',
  someOf: (count, total) => `${count} af ${total}`,
  per: (what) => `pr. ${what}`,
  byUnit: (level) => `pr. ${level}`,
  trend: 'udvikling',
  compareLastYear: 'mod sidste år',
};

const en: Messages = {
  over: (percent, plan) => `${percent} over ${plan}`,
  under: (percent, plan) => `${percent} under ${plan}`,
  asPlan: (plan) => `as ${plan}`,
  spent: (unit, money, period, against) => ended(`${unit} spent ${money} in ${period}${against === '' ? '' : `, ${against}`}`),
  delivered: (output, unit, against) => ended(`${unit === 'hours' ? `${output} were delivered` : `That was ${output}`}${against === '' ? '' : `, ${against}`}`),
  price: (perOne, price, against) => ended(`${perOne} cost ${price}${against === '' ? '' : `, ${against}`}`),
  oneOf: (unit, one) => (unit === 'hours' ? 'A delivered hour' : unit === 'count' ? 'One unit' : `One ${one}`),
  inBudget: (price) => `against ${price} in the budget`,
  dearer: (amount) => `${amount} more than budgeted`,
  cheaper: (amount) => `${amount} less than budgeted`,
  sameAsPlanned: 'as budgeted',
  split: (total, over, volume, price, unit) => `The ${over ? 'overspend' : 'underspend'} of ${total} has two parts: ${volume} from the number${unit === 'hours' ? ' of hours' : ''} and ${price} from the price${unit === 'hours' ? ' of an hour' : ''}.`,
  partialPeriod: (period) => `The figures for ${period} are not complete yet.`,
  attention: 'Worth a look',
  movedOn: (months) => `moved forward ${months} ${months === 1 ? 'month' : 'months'}`,
  nothingUnusual: (period) => `No unusual deviations in ${period}.`,
  nothingElseUnusual: (period) => `No other unusual deviations in ${period}.`,
  deviationLine: (measure, value, against) => `${measure}: ${ended(value)} That is ${ended(against)}`,
  signalLine: (measure, value, above, expected) => `${measure}: ${ended(value)} That is unusually ${above ? 'high' : 'low'}; ${expected} is normal.`,
  good: 'It is in the right direction.',
  columnMeasure: 'Key figure',
  columnUnit: 'Unit',
  columnPeriod: 'Period',
  columnFrom: 'From',
  columnTo: 'To',
  columnValue: 'Result',
  columnPlan: 'Budget/target',
  columnDifference: 'Deviation',
  columnLastYear: 'Last year',
  columnChange: 'Change',
  columnPrevious: 'Period before',
  columnAverage: 'Average',
  columnHighest: 'Highest of the others',
  columnLowest: 'Lowest of the others',
  columnShare: 'Share',
  stateMissing: 'missing',
  stateSuppressed: (threshold) => `<${threshold}`,
  stateWithheld: 'hidden',
  partialMark: '(provisional)',
  notes: 'About the figures',
  notePartial: (what, end) => `${what}: data are complete up to and including ${end}. Figures after that are provisional.`,
  noteUnitsMissing: (what) => `${what}: data are missing for part of the period or some units, so the figure is provisional.`,
  noteCommon: (what, over, under) => `${what} is worked out of the units and months that have both ${over} and ${under}.`,
  noteNothingCommon: (what, over, under) => `${what} is not shown where ${over} and ${under} do not cover the same units and months.`,
  noteAlike: (what, other) => `${what}: the comparison with ${other} is over what both sides have.`,
  leftOutIs: (gaps, share, of) => ended(` Left out: ${gaps}${share === '' ? '' : `; that is ${share} of ${of}`}`),
  leftOutMore: (count, more) => (count === 1 ? `one${more ? ' more' : ''} unit` : `${count}${more ? ' more' : ''} units`),
  noteMissing: (what, period) => `${what}: there are no data for ${period}.`,
  noteNoRows: (what, period) => `${what}: there are no rows in ${period}; the data of its source cover the whole period.`,
  noRows: (measure, unit, period) => `There are no rows of ${measure} for ${unit} in ${period}. The data of its source cover the whole period.`,
  noteNoStock: (what, period) => `${what}: there is no count at the end of ${period}.`,
  noteNotWorkedOut: (what, period, over, under) => `${what} can not be worked out for ${period}: ${over} or ${under} is missing, or ${under} is 0.`,
  noteNoForecast: (what, period) => `${what}: there is no forecast after ${period}. The budget or last year does not reach far enough to work out the rest of the year.`,
  noteCoarser: (what, grain, period) => `${what} is counted ${grain}, so there is no figure for ${period} alone.`,
  perGrain: { week: 'by the week', month: 'by the month', quarter: 'by the quarter', 'half-year': 'by the half-year', year: 'by the year' },
  opens: (unit, day) => `${unit} opened on ${day}.`,
  closes: (unit, day, successor) => `${unit} closed after ${day}${successor === '' ? '' : `; ${successor} took over`}.`,
  moreTurns: (count) => (count === 1 ? 'One more unit opened or closed.' : `${count} more units opened or closed.`),
  noteNone: (what, period) => `${what}: there were none in ${period}, so there is nothing to work it out from.`,
  noteTooEarly: (what, year, closed, fewest) => `${what}: there are too few months for a forecast of ${year}. ${closed === 0 ? 'No month is closed' : closed === 1 ? 'Only one month is closed' : `Only ${closed} months are closed`}, and it is made from at least ${fewest}.`,
  noteHidden: (what, period, mark) => `${what} for ${period}: ${mark}.`,
  noteSuppressed: (threshold) => `Counts of fewer than ${threshold} people are not shown, so that nobody can be recognised.`,
  noteWithheld: (threshold) => `"Hidden": the figure is not shown because it is made of fewer than ${threshold} people, or because such a number could be worked out from it.`,
  noValue: 'Not stated',
  noteUnfinished: (measure) => `${measure} counts people and is shown once the period is over, so that nobody can be recognised by what has come since last time.`,
  noteTooFine: (measure, grain) => `${measure} counts people and is shown for whole ${{ month: 'months', quarter: 'quarters', 'half-year': 'half-years', year: 'years' }[grain]} only, so that nobody can be recognised.`,
  noteRejected: (count, rows, source) => `${rows} ${count === 1 ? 'row' : 'rows'} from ${source} could not be read and ${count === 1 ? 'is' : 'are'} left out. The analysts can see which.`,
  noteEmpty: (source) => `Some rows from ${source} have no amount and count as nothing. The analysts can see which.`,
  noteCumulated: (source) => `The amounts from ${source} rise from month to month in all units. If they are added up from the start of the year, the months are too high. The analysts can see it.`,
  noteTwice: (source) => `Some rows from ${source} may count twice. The analysts can see which.`,
  noteBreak: (measure, note) => `${measure}: ${note}`,
  noteDates: (unit) => `Money follows the posting date and ${unit === 'hours' ? 'hours the day of the visit' : 'the rest the day it happened'}; they may fall in different months.`,
  tooFew: (what, threshold) => `${what} is not shown: the figure rests on fewer than ${threshold} people.`,
  noteCaveat: (unit, text) => (unit === '' ? text : `${unit}: ${text}`),
  noteReserved: 'There is a caveat about part of the figures.',
  noteForecastRange: (low, high) => `Spend for the year is expected between ${low} and ${high}, depending on the method.`,
  noteForecastMethod: (method) => `Method of the forecast: ${method}.`,
  forecastMethods: { 'budget-profile': 'the deviation from budget goes on as so far', 'rest-as-budgeted': 'the rest of the year as budgeted', 'straight-line': 'the same spend per month as so far', 'last-year-profile': 'the same course over the year as last year' },
  source: (name, end) => `Source: ${name}. Data up to and including ${end}.`,
  planIs: (plan, period, value) => ended(`${plan} for ${period} is ${value}`),
  planOnly: (unit, plan, value, period, name) => `${ended(`${unit}: ${plan} for ${period} is ${value}`)} There are no figures for ${name} yet.`,
  lastYear: 'the year before',
  average: 'average',
  whole: 'the whole year',
  noData: (measure, unit, period, latest) => `There are no data on ${measure} for ${unit} in ${period}. The latest are up to and including ${latest}.`,
  notLoaded: (sources, measure) => `Data from ${sources} have not been loaded, so there are no figures on ${measure}. That says nothing of what happened. The analysts can see why.`,
  noDataAtAll: (measure, unit) => ended(`There are no data on ${measure}${unit === '' ? '' : ` for ${unit}`}`),
  understood: (parts) => `Understood as: ${parts}.`,
  assumed: 'assumed',
  definition: 'What does it mean?',
  help: 'What can I ask?',
  helpIntro: (packs) => `I answer questions about ${packs}. Write as you speak, for example one of the questions below.`,
  helpMeasures: 'Key figures',
  helpUnits: 'Units',
  helpFollowUps: 'Go on with "per month" or "against last year": it changes the question before and keeps the rest, for half an hour.',
  notUnderstood: 'I did not understand that, and I do not guess.',
  notUnderstoodWords: (words) => `I do not know: ${words}.`,
  stranger: 'I can not see that you have access to the figures here. Write to the analysis unit if you should have it.',
  onlyOwn: (units) => `Only ${units} is here: you do not have access to the others.`,
  shownAsTotal: (units) => `Here is ${units} as a whole: you have access to totals, not to what they divide into.`,
  onlyAsTotal: (units) => `You have access to ${units} as a total, not to what it divides into.`,
  tooSensitive: 'Those figures are sensitive, and you do not have access to them.',
  notCompared: 'Comparison with other units is not part of your access.',
  answeredPrivately: 'Others read along here, so I have answered you directly.',
  writeToMe: 'Others read along here. Write to me directly and I will answer.',
  notDividable: (measure, dimension) => `${measure} can't be divided by ${dimension.toLowerCase()}.`,
  noAccess: (unit) => `You do not have access to figures for ${unit}.`,
  noAccessAtAll: 'You do not have access to what the question is about.',
  unitClosed: (unit, day, successor) => `${unit} closed on ${day}, so there are no figures after that day.${successor === '' ? '' : ` ${successor} took over.`}`,
  unitMoved: (unit, successor) => (successor === '' ? `${unit} became part of another unit, and its figures count there.` : `${unit} became part of ${successor}, and its figures count there, those from before too.`),
  leftOut: 'Some of what you asked about is not here, for you do not have access to it.',
  greeting: (name) => `Hello ${name}. Ask about a key figure, or press one of the suggestions.`,
  thanks: 'You are welcome.',
  welcome: (name) => `Hello ${name}. Every month you get one page about your own unit here, and you can ask questions whenever you like.`,
  noDigestYet: 'There is no page for you yet. The first one comes when the month is closed.',
  troubled: 'Something went wrong on my side and the answer did not come. Try again in a while; the error has been noted.',
  sheetPrivately: 'The spreadsheet comes in a direct message from me.',
  sheetFailed: 'The Excel file could not be sent. Try again in a moment; the figures are in the answer.',
  personalNumber: 'Your message seems to hold a personal identification number. It has not been stored. Please write it again without the number.',
  valueSentence: (unit, measure, value, period, against) => ended(`${unit}: ${measure} was ${value} in ${period}${against === '' ? '' : `, ${against}`}`),
  againstOther: (difference, more, other) => `${difference} ${more ? 'more' : 'less'} than ${other}`,
  likeOther: (other) => `the same as ${other}`,
  rankedSentence: (measure, highest, highestValue, lowest, lowestValue, period) => `${measure} in ${period}: highest in ${highest} (${highestValue}), lowest in ${lowest} (${lowestValue}).`,
  rankedShownSentence: (measure, highest, highestValue, lowest, lowestValue, period) => `${measure} in ${period}, of those that can be shown: highest in ${highest} (${highestValue}), lowest in ${lowest} (${lowestValue}).`,
  forecastSentence: (unit, measure, value, year, against) => ended(`${unit}: ${measure} is ${value} for all of ${year}${against === '' ? '' : `, ${against}`}`),
  noneShownSentence: (measure, count, period) => `${measure} in ${period}: none of the ${count} figures can be shown.`,
  sameSentence: (measure, count, value, period) => `${measure} in ${period}: the same in all ${count} (${value}).`,
  sameShownSentence: (measure, count, value, period) => `${measure} in ${period}, of those that can be shown: the same in all ${count} (${value}).`,
  onlyShownSentence: (measure, only, value, period) => `${measure} in ${period}: ${only} (${value}). There are no more figures that can be shown.`,
  trendSentence: (unit, measure, from, first, to, last) => ended(`${unit}: ${measure} went from ${first} in ${from} to ${last} in ${to}`),
  and: 'and',
  someOf: (count, total) => `${count} of ${total}`,
  per: (what) => `per ${what}`,
  byUnit: (level) => `per ${level}`,
  trend: 'trend',
  compareLastYear: 'vs last year',
};

const CATALOGUE: Record<Language, Messages> = { da, en };

/** What the bot says, in a language. */
export function messages(language: Language): Messages {
  return CATALOGUE[language];
}
