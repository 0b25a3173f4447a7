import type { TimeGrain } from '../calendar/period.ts';
import { MARK, take, type Draft, type Taken } from './draft.ts';
import type { Said, Shape } from './said.ts';

const AS = '(?:som |as (?:an? )?|i (?:en |et )?|in (?:an? )?|med (?:en |et )?|with (?:an? )?|vis (?:en |et )?|show (?:an? )?|on a |paa en |til |to )?';
const SHAPE: readonly [shape: Shape, pattern: string][] = [
  ['numbers', '(?:kun|bare|blot|only|just)(?: the)? (?:tal(?:let|lene)?|numbers?|figures?)|(?:numbers?|figures?|tal) only|uden (?:graf|diagram|billede|figur)|(?:without|no) (?:an? |the )?(?:chart|graph|picture)|som tal|as numbers|i tal'],
  ['excel', `${AS}(?:excel(?:arket|ark|fil| fil| ark| sheet| file)?|regneark(?:et)?|spreadsheet|xlsx|csv)`],
  ['table', `${AS}(?:tabel(?:len)?|tabelform|skema|oversigt|liste(?:n)?|table|list)(?: (?:form|over))?`],
  ['chart', `${AS}(?:graf(?:en|er|isk)?|diagram(?:met)?|figur(?:en)?|billede|soejle(?:r|diagram)|linjediagram|kurvediagram|chart|graph|picture|plot|line chart|bar chart|drawing)(?: (?:over|af|of|for))?`],
];
const TREND = 'udvikling(?:en|er)?|udvikler|udviklet|trend(?:en|s)?|over tid|over time|development|developed|developing|developments?|kurve(?:n)?|tendens(?:en)?|forloeb(?:et)?|historik(?:ken)?|history|historically|historisk|tidsserie|time series|bevaeger|bevaegelse|bevaeget|evolution|evolved';
const PER = '(?:pr|per|by|for hver|for each|for every|fordelt paa|opdelt paa|opdelt efter|delt op paa|hver|each|every|hver eneste|split by|broken down by|grouped by|paa|i de enkelte|de enkelte|hvilken|hvilket|hvilke|which|what)';
const GRAINS: readonly [grain: TimeGrain, pattern: string][] = [
  ['day', `(?:pr|per|by|for hver|hver|each|every) (?:dag|dage|day|days)|dag for dag|day by day|daglig(?:t|e)?|daily`],
  ['week', `${PER} (?:uge|uger|week|weeks)|uge for uge|week by week|ugentlig(?:t|e)?|ugevis|weekly`],
  ['month', `${PER} (?:maaned|maaneder|maanederne|md|mdr|month|months)|(?:maaneder|months)(?= (?:med|with|hvor|where|over|under|above|below))|maaned for maaned|month by month|maanedlig(?:t|e)?|maanedsvis|monthly`],
  ['quarter', `${PER} (?:kvartal|kvartaler|quarter|quarters)|kvartal for kvartal|quarter by quarter|kvartalsvis|quarterly`],
  ['half-year', `${PER} (?:halvaar|half-year|half year)|halvaarlig(?:t|e)?|halvaarsvis`],
  ['year', '(?:pr|per|by|for hver|for each|hver|each|every|hvilket|which|fordelt paa) (?:aar|year|years)|aar for aar|year by year|aarlig(?:t|e)?|yearly|annual(?:ly)?'],
];
const OUTLOOK = '(?:hvor|hvad) (?:ender|lander|kommer) (?:vi|jeg|det|aaret|regnskabet)(?: ud)?(?: med)?(?: paa)?|where (?:will|do|are) we (?:going to )?(?:end(?:ing)?(?: up)?|land)|where we will end(?: up)?|(?:ved|til|inden) aarets (?:udgang|slutning|afslutning)|(?:by|at) (?:the )?end of (?:the )?year|(?:by|at) year end|year[- ]end|aarets udgang|(?:forventer|regner) (?:vi|jeg) (?:med )?(?:at )?(?:bruge|ende|komme til at bruge)?|(?:do )?we expect to (?:spend|end)|will we (?:stay|keep|remain|be)|forventes|forventet|forventede|ventes|ventet|expected?|expect';
const SPENDING = '(?:hvor (?:meget|mange penge)(?: penge)?|hvad|how much(?: money)?|what) (?:har|have|did|do|er|bliver|blev|was|were|is) (?:vi |we |der |jeg |i |der blevet |been )?(?:brugt|bruge|brugte|spent|spend|spending)|(?:hvor meget|hvad) (?:brugte|bruger) (?:vi|jeg|man|de)|(?:hvad|how much|what) (?:kostede|koster|har det kostet|did it cost|does it cost)(?: det)?|brugt|brugte|bruger|spent';
const PRICE_OF = 'hvad koster|hvad kostede|hvad har|hvor meget koster|hvor meget kostede|what does|what did|how much does|how much did|prisen (?:for|paa)|pris (?:for|paa)|(?:price|cost) of|koste|kostet';

/** Reads how the answer is to look, and whether it is about a development. */
export function readShape(draft: Draft, said: Said): Taken[] {
  const taken: Taken[] = [];
  const use = (one: Taken | null): Taken | null => { if (one !== null) taken.push(one); return one; };
  for (const [shape, pattern] of SHAPE) if (said.shape === null && use(take(draft, pattern)) !== null) said.shape = shape;
  take(draft, '(?:fordeling(?:en)? af|breakdown of|distribution of|fordelt|opdelt|delt op|splittet op|splittet|brudt ned|split|broken down|grouped|divided up)(?: ud)?(?: (?:paa|efter|by|on|across|into))?(?= )');
  while (use(take(draft, `(?:${TREND})(?: (?:sig|itself))?`)) !== null) said.trend = true;
  return taken;
}

/** Reads "pr. måned", "måned for måned": rows by a piece of time. */
export function readGrain(draft: Draft, said: Said): Taken[] {
  for (const [grain, pattern] of GRAINS) {
    const taken = take(draft, pattern);
    if (taken === null) continue;
    said.by = { grain };
    said.grain = grain;
    return [taken];
  }
  return [];
}

/** Reads what is asked without a name for it: what a thing costs, what has been spent, where the year will end. */
export function readManner(draft: Draft, said: Said, hasMeasure: boolean): Taken[] {
  const taken: Taken[] = [];
  const outlook = take(draft, OUTLOOK);
  if (outlook !== null) { said.outlook = true; taken.push(outlook); }
  if (hasMeasure) {
    take(draft, 'dyrt?|dyre|dyrere|billigt?|billige|billigere|expensive|dearer|dear|cheap|cheaper');
    const price = take(draft, `(?:${PRICE_OF}) (?:vi |det |the )?(?:en |et |een |an |a |one |each |per |pr |hver |1 )(?=${MARK.measure}|${MARK.plan}|leveret ${MARK.measure}|\\p{L}+ ${MARK.measure})`);
    if (price !== null) { said.priceOf = true; taken.push(price); }
    return taken;
  }
  const priced = take(draft, 'dyrt?|dyre|dyrere|billigt?|billige|billigere|expensive|dearer|dear|cheap|cheaper|more expensive');
  if (priced !== null) { said.priced = true; taken.push(priced); return taken; }
  const spending = take(draft, SPENDING);
  if (spending !== null) { said.spending = true; taken.push(spending); }
  return taken;
}
