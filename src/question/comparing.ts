import { MARK, take, type Draft, type Taken } from './draft.ts';
import type { Said } from './said.ts';
import type { Comparison } from '../query/query.ts';

/** Words that hold one thing against another. */
export const AGAINST = '(?:mod|vs|versus|kontra|contra|over for|overfor|i forhold til|ift|sat op mod|holdt op mod|op mod|sammenlignet med|sammenholdt med|compared (?:to|with)|relative to|against|than|end|v)';
/** What a plan is called, besides the name of the measure that is one. */
export const PLAN = `(?:plan(?:en|lagt)?|planned|maal(?:et|tallet|saetning(?:en)?)?|targets?|(?:budget(?:tet)?|${MARK.plan}) (?:eller|or) (?:maal|target)|${MARK.plan})`;
const OF_TIME = '(?:(?:periode|maaned|kvartal|uge|tid|tidspunkt|dato|period|month|quarter|time|week)(?:en|et)? )?';
const LAST_YEAR = `(?:det |den |i |samme |the |same |vores |our )*${OF_TIME}(?:i )?(?:sidste aars?(?: tal)?|forrige aars?(?: tal)?|aaret foer|aaret forinden|i fjor|for et aar siden|last year(?: s)?|(?:the )?year before|(?:the )?previous year|(?:a|one) year ago|the year earlier)`;
const PREVIOUS = '(?:den |det |the )?(?:sidste|forrige|foregaaende|last|previous|prior|preceding) (?:maaned|periode|kvartal|uge|month|period|quarter|week)(?:en|s)?|(?:maaneden|perioden|kvartalet|ugen) (?:foer|forinden)|the (?:month|period|quarter|week) (?:before|earlier)';
/** Words of change: they compare when a time to compare with is named, and ask for the development otherwise. */
const CHANGE = 'steget|stiger|steg|stigning(?:en)?|stigende|faldet|falder|faldt|fald(?:et)?|faldende|vokset|vokser|aendret(?: sig)?|aendrer(?: sig)?|aendring(?:en|er)?|udviklet|increased?|increasing|risen|rose|rising|rise|decreased?|decreasing|fallen|fell|falling|dropped|dropping|changed?|changes|changing|growth|grown|grew|went up|gone up|gone down|going up|going down|gaaet (?:op|ned)|go(?:es)? (?:up|down)|up or down|op eller ned';

const COMPARED: readonly [comparison: Comparison, pattern: string][] = [
  ['last-year', `(?:${AGAINST}|siden|since) ${LAST_YEAR}|aar over aar|year (?:on|over) year|yoy|aar mod aar`],
  ['previous', `(?:${AGAINST}|siden|since) (?:${PREVIOUS})|month (?:on|over) month|mom|maaned mod maaned`],
  ['plan', `(?:${AGAINST}|inden for|indenfor|within|on|paa|efter|naaet|naar|rammer|ramt|meet(?:ing)?|hit)(?: (?:vi|we|jeg|i))? (?:vores |our |the |det )?(?:${PLAN})|on track|paa sporet|paa ret kurs|som planlagt|as planned|as budgeted|som budgetteret|med budget og afvigelse`],
  ['average', `(?:${AGAINST} )?(?:(?:distrikternes|omraadets|faelles|the|de andres|the others) )?(?:${MARK.level} (?:s )?)?(?:gennemsnit(?:tet)?|snit(?:tet)?|middelvaerdi(?:en)?|average|(?:the )mean)(?: (?:for|af|i|of|across|for all)(?: alle| all| the| hele| de)? (?:${MARK.level}|${MARK.unit}))?`],
  ['share', `hvor (?:stor|meget) (?:en )?andel(?: af(?: det hele| det samlede)?)?|(?:andel(?:en)?|share|proportion|procentdel|fraction) (?:af|of)(?: alle| all| samtlige| det hele| the whole| helheden| (?:den )?(?:total(?:en|e)?|samlede?)| the total)?|(?:andel(?:en)?|share|proportion|procentdel|fraction)(?= (?:i|in) ${MARK.unit}| ?$)|(?<=${MARK.unit} (?:s )?)(?:andel(?:en)?|share)|(?:hvor stor en )?del (?:af|of)(?: det hele| det samlede| the whole| the total)?|(?:%|pct|procent|percent) (?:af|of)(?: det| den| the)? (?:samlede|total(?:e)?|whole|hele)|af det samlede|of the total|af helheden|fylder|udgoer`],
];
const BARE_LAST_YEAR = `samme (?:periode|maaned|tid|kvartal|uge)(?:en)? (?:sidste|forrige) aar|samme (?:periode|maaned|tid|kvartal) aaret foer|same (?:period|month|time|quarter|week) last year|aaret foer|(?:the )?year before`;
const DEVIATION = `(?:${MARK.plan} )?(?:budget)?(?:afvigelse(?:n|r|rne)?|afviger|overskridelse(?:n|r)?|overskredet|overskrider|merforbrug(?:et)?|mindreforbrug(?:et)?|overforbrug(?:et)?|underforbrug(?:et)?|overspen(?:d|ds|t|ding)|underspen(?:d|ds|t|ding)|variances?|deviations?|deviates?|overruns?)`;
const TOO_MUCH = 'for meget|for mange|for lidt|for dyrt|too much|too many|too little';

/** Reads "uden sammenligning": nothing to hold the figures against. */
export const readNoComparison = (draft: Draft): boolean => take(draft, '(?:uden|ingen|without|no|drop)(?: the)? (?:sammenligning(?:er)?|comparisons?|sammenligningen)') !== null;

/** Reads what the figures are to be compared with. `timed` tells whether a time is named by what is still free, so that "samme måned sidste år" is what to compare with. */
export function readComparisons(draft: Draft, said: Said, timed: () => boolean): Taken[] {
  const taken: Taken[] = [];
  const use = (one: Taken | null): boolean => { if (one !== null) taken.push(one); return one !== null; };
  for (const [comparison, pattern] of COMPARED) {
    if (comparison === 'average' && use(take(draft, `${AGAINST} (?:the |our )?(?:${MARK.level} (?:s )?|omraadets |distrikternes )?(?:average|gennemsnit(?:tet)?|snit(?:tet)?)`))) { said.comparisons.push(comparison); continue; }
    if (comparison === 'average' && use(take(draft, '(?:gennemsnitligt?e?|i gennemsnit|i snit|on average|(?<=(?:the |what is |hvad er )?)average(?= \u0005))'))) { said.averaged = true; continue; }
    if (use(take(draft, pattern))) said.comparisons.push(comparison);
  }
  const bare = said.comparisons.includes('last-year') ? null : take(draft, BARE_LAST_YEAR);
  if (bare !== null && timed()) { use(bare); said.comparisons.push('last-year'); }
  else if (bare !== null) for (let i = bare.from; i < bare.to; i += 1) draft.marks[i] = null;
  if (use(take(draft, `${DEVIATION}(?: (?:fra|from|i forhold til|mod|paa|to|on) (?:the )?${PLAN})?`))) { said.deviation = true; if (!said.comparisons.includes('plan')) said.comparisons.push('plan'); }
  if (use(take(draft, TOO_MUCH)) && !said.comparisons.includes('plan')) said.comparisons.push('plan');
  take(draft, 'forskel(?:len)?(?: (?:paa|mellem|i))?|differencen?(?: between)?');
  if (use(take(draft, CHANGE))) said.change = true;
  return taken;
}
