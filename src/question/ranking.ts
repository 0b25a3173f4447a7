import { MARK, take, type Draft, type Taken } from './draft.ts';
import { PLAN } from './comparing.ts';
import { NUMBER_PATTERN, numberOf } from './periods.ts';
import type { Said } from './said.ts';

const HIGH = '(?:allermest|allerhoejest(?:e)?|hoejeste?|stoerste?|oeverste?|dyreste?|mest|flest|fleste|laengst|highest|largest|biggest|greatest|most expensive|costliest|priciest|dearest|most|furthest|farthest)';
const LOW = '(?:laveste?|mindste?|nederste?|billigste?|faerrest|faerreste|lowest|smallest|least expensive|least|cheapest|fewest)';
const BEST = '(?:bedste?|best)';
const WORST = '(?:vaerste?|daarligste?|ringeste?|worst|poorest)';
const SUPERLATIVE = `(${HIGH}|${LOW}|${BEST}|${WORST})`;
/** Dear and cheap are said of a price. */
const PRICED = /dyrest|billigst|cheapest|dearest|expensive|costliest|priciest/;
const DEVIATION = `(?:(?:${MARK.plan} )?(?:budget)?(?:afvigelse(?:n|r)?|afviger|overskridelse(?:n|r)?|merforbrug(?:et)?|overforbrug(?:et)?|overspend(?:ing)?|variance|deviation|overrun)(?: (?:fra|from|i forhold til|paa|mod) (?:the )?${PLAN})?|over ${PLAN})`;
const SHORTFALL = `(?:mindreforbrug(?:et)?|underforbrug(?:et)?|underspend(?:ing)?|under ${PLAN}|below ${PLAN})`;
const RISE = '(?:stigning(?:en)?|steget|stiger|vaekst|vokset|increased?|risen|rise|growth|grown|fremgang)';
const FALL = '(?:fald(?:et)?|faldet|falder|decreased?|drop(?:ped)?|fallen|reduction|tilbagegang)';
const THINGS = `(?:${MARK.level}|${MARK.unit}|af dem|of them|maaneder|months|uger|weeks|steder|places|enheder|units)`;
const SCALES: Readonly<Record<string, number>> = { mio: 1e6, million: 1e6, millioner: 1e6, millions: 1e6, m: 1e6, mia: 1e9, tkr: 1e3, tusind: 1e3, thousand: 1e3, k: 1e3 };
const PERCENT = '%|pct|procent|percent|pr cent|procentpoint|points?';
const AMOUNT = `(\\d+(?:[.,]\\d+)*) ?(?:(mio|millioner|millions?|mia|t ?kr|tusind|thousand|k|m) ?)?(?:(${PERCENT})|(kr|kroner|krone|pounds?|gbp|dkk))?`;
const NOT_TIME = '(?! ?(?:maaned|mdr|md|uge|aar|dag|kvartal|month|week|year|day|quarter|time siden))';
const MORE = '(?:mere end|flere end|hoejere end|stoerre end|over|more than|higher than|greater than|larger than|above|exceed(?:s|ing)?|mindst|at least|minimum|overstiger)';
const LESS = '(?:mindre end|faerre end|lavere end|under|less than|fewer than|lower than|below|hoejst|at most|maksimalt|max)';

const HAVING = '(?:med|with|der har|som har|that have|having|der er|which are|har|have|has|er|are|is|ligger|bruger|leverer|leverede|spend|spends)';
const COUNT = new RegExp(`^(?:${NUMBER_PATTERN})$`);

/** A number as written in either language: `1.234,5`, `1,234.5`, `7,5`. */
function amountOf(text: string): number {
  if (/^\d{1,3}(?:\.\d{3})+(?:,\d+)?$/.test(text)) return Number(text.replaceAll('.', '').replace(',', '.'));
  if (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(text)) return Number(text.replaceAll(',', ''));
  return Number(text.replace(',', '.'));
}

/** Reads "de tre dyreste", "top 3", "hvem har højest", "over budget", "mere end 5 %". */
export function readRanking(draft: Draft, said: Said): Taken[] {
  const taken: Taken[] = [];
  const use = (one: Taken | null): Taken | null => { if (one !== null) taken.push(one); return one; };
  readThreshold(draft, said, use);

  const rank = (of: 'value' | 'deviation' | 'change', word: string): void => {
    const direction = new RegExp(`^${BEST}$`).test(word) ? 'best' : new RegExp(`^${WORST}$`).test(word) ? 'worst' : new RegExp(`^${LOW}$`).test(word) ? 'lowest' : 'highest';
    said.rank = { of, direction, price: PRICED.test(word) };
  };
  const many = use(take(draft, `(?:top|de|the|vis|show)? ?(?:(?:oeverste|nederste|top|bund|bottom|(?:foerste|first)(?! (?:${NUMBER_PATTERN}) (?:maaned|mdr|kvartal|uge|dag|aar|month|quarter|week|day|year)))(?: ?(\\d{1,2})| (${NUMBER_PATTERN}))(?: (?:${THINGS}|naar det gaelder|for|paa|i))?)(?! ?(?:maaned|mdr|kvartal|uge|dag|aar|month|quarter|week|day|year))`));
  if (many !== null) { said.limit = numberOf(many.groups[0] ?? many.groups[1] ?? '1'); rank('value', /nederste|bund|bottom/.test(many.words.toLowerCase()) ? 'lowest' : 'highest'); }

  for (const [of, word, pattern] of [['deviation', 'highest', DEVIATION], ['deviation', 'lowest', SHORTFALL], ['change', 'highest', RISE], ['change', 'lowest', FALL]] as const) {
    if (said.rank !== null && said.rank.of !== 'value') break;
    const found = use(take(draft, `(?:(?:de |the )?(${NUMBER_PATTERN})(?: ${THINGS})?(?: ${HAVING})? )?(?:den |det |de |the )?${SUPERLATIVE} (?:(?:den|det|the|paa|af|har|er|have|has|is) )?(${pattern})`) ?? take(draft, `(${pattern}) (?:den |det |the )?${SUPERLATIVE}`));
    if (found === null) continue;
    const count = found.groups.find((group) => group !== undefined && COUNT.test(group));
    if (count !== undefined) said.limit = numberOf(count);
    const low = found.groups.some((group) => group !== undefined && new RegExp(`^${LOW}$`).test(group));
    rank(of, low ? (word === 'highest' ? 'lowest' : 'highest') : word);
    if (of === 'deviation' && !said.comparisons.includes('plan')) said.comparisons.push('plan');
    if (of === 'deviation') said.deviation = true;
    if (of === 'change') said.change = true;
  }

  const counted = said.rank !== null && said.rank.of !== 'value' ? null : use(take(draft, `(?:de |the )?(${NUMBER_PATTERN})(?: ${THINGS})?(?: ${HAVING})?(?: de| den| det| the)? ${SUPERLATIVE}(?: ${THINGS})?(?! siden)`));
  if (counted !== null && !/^(?:19|20)\d\d$/.test(counted.groups[0] ?? '')) { said.limit = numberOf(counted.groups[0] ?? '1'); rank('value', counted.groups[1] ?? ''); }

  if (said.rank === null) {
    const end = use(take(draft, '(?:i|paa|at|in) (?:the )?(bunden|toppen|bottom|top)'));
    if (end !== null) rank('value', /bund|bottom/.test(end.groups[0] ?? '') ? 'lowest' : 'highest');
  }
  if (said.rank === null) {
    const one = use(take(draft, `(?:den |det |de |the )?(?<!nok )${SUPERLATIVE}(?: first| foerst)?(?! (?:siden|recent|nylige))`));
    if (one !== null) rank('value', one.groups[0] ?? '');
  }
  if (said.rank !== null && said.by === null && use(take(draft, 'hvornaar|when')) !== null) said.by = { grain: 'month' };
  const sorted = use(take(draft, 'sorteret(?: efter)?|sorter(?: efter)?|sort(?: by| it by| them by)?|rangeret(?: efter)?|rangordnet|i raekkefoelge|sorted(?: by)?|ranked(?: by)?|ranking(?: of)?|rank|in order(?: of)?|order by|rangliste|rangering'));
  if (sorted !== null && said.rank === null) said.rank = { direction: /stigende|ascending/.test(sorted.words) ? 'lowest' : 'highest', of: 'value', price: false };
  if (said.rank !== null && use(take(draft, 'faldende|descending|hoejest foerst|stoerst foerst|highest first')) !== null) said.rank = { ...said.rank, direction: 'highest' };
  if (said.rank !== null && use(take(draft, 'stigende|ascending|lavest foerst|mindst foerst|lowest first')) !== null) said.rank = { ...said.rank, direction: 'lowest' };
  return taken;
}

function readThreshold(draft: Draft, said: Said, use: (one: Taken | null) => Taken | null): void {
  const away = use(take(draft, `(?:(${MORE}|${LESS}) )?${AMOUNT}${NOT_TIME} (?:(over|above|under|below|fra|from|afvigelse|afviger|deviation|variance|off)) ?(?:fra |from |the |af )?(?:${PLAN})?`));
  if (away !== null && (away.groups[3] !== undefined || away.groups[4] !== undefined || away.groups[2] !== undefined)) {
    const where = away.groups[5] ?? '';
    said.having = { against: 'plan', side: /over|above/.test(where) ? 'above' : /under|below/.test(where) ? 'below' : 'either', limit: amountOf(away.groups[1] ?? '0') * (SCALES[(away.groups[2] ?? '').replace(' ', '')] ?? 1), relative: away.groups[3] !== undefined };
    if (!said.comparisons.includes('plan')) said.comparisons.push('plan');
    return;
  }
  const by = use(take(draft, `(?:(?:ligger|er|kommer|is|are|went|gaar|gaaet|der er|der ligger) )?(over|above|under|below|overskredet|overskrider|exceed(?:s|ed|ing)?) (?:vores |our |the |det )?(?:${PLAN}) (?:med|by|with) (?:(?:${MORE}) )?${AMOUNT}${NOT_TIME}`));
  if (by !== null) {
    said.having = { against: 'plan', side: /under|below/.test(by.groups[0] ?? '') ? 'below' : 'above', limit: amountOf(by.groups[1] ?? '0') * (SCALES[(by.groups[2] ?? '').replace(' ', '')] ?? 1), relative: by.groups[3] !== undefined };
    said.deviation = true;
    if (!said.comparisons.includes('plan')) said.comparisons.push('plan');
    return;
  }
  const above = use(take(draft, `(?:er |ligger |is |are )?(?:(${MORE})|(${LESS})) ${AMOUNT}${NOT_TIME}(?: (?:${MARK.measure}))?`));
  if (above !== null && !(/^20\d\d$/.test(above.groups[2] ?? '') && above.groups.slice(3).every((one) => one === undefined))) {
    const limit = amountOf(above.groups[2] ?? '0') * (SCALES[(above.groups[3] ?? '').replace(' ', '')] ?? 1);
    // Whether percent is of the plan or of the figure itself depends on the measure; see complete.ts.
    // "Borgere over 80" may be their age.
    said.loose = !/end|than|mindst|at least|hoejst|at most/i.test(above.words) && above.groups[4] === undefined && above.groups[5] === undefined;
    said.having = { against: null, side: above.groups[0] !== undefined ? 'above' : 'below', limit, relative: above.groups[4] !== undefined };
    return;
  }
  const plain = use(take(draft, `(?:(?:ligger|er|kommer|is|are|went|gaar|gaaet) )?(?:(over|above|exceed(?:s|ed|ing)?|overskredet|overskrider|overskred|sprunget|sprunget|sprunger|bust)|(under|below)) (?:vores |our |the |det |deres |their )?(?:(${PLAN})|(gennemsnit(?:tet)?|snit(?:tet)?|the average|average))`));
  if (plain === null) return;
  const against = plain.groups[3] !== undefined ? 'average' as const : 'plan' as const;
  said.having = { against, side: plain.groups[0] !== undefined ? 'above' : 'below', limit: 0, relative: false };
  if (!said.comparisons.includes(against)) said.comparisons.push(against);
  if (against === 'plan') said.deviation = true;
}
