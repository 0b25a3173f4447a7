import { lastClosed, periodOf, previousPeriod, sameLastYear, shiftMonths, type IsoDate } from '../calendar/period.ts';
import { isMoney } from '../card/numbers.ts';
import { periodName } from '../card/periods.ts';
import type { Language, Pack } from '../pack/model.ts';
import type { Query } from '../query/query.ts';
import { AGAINST, readComparisons, readNoComparison } from './comparing.ts';
import { freeText, MARK, take, wordsOf, type Draft, type Taken } from './draft.ts';
import { asksWhy } from './intents.ts';
import { dimensionOf, readDivision, readMeasures, splitByName } from './measured.ts';
import { plannedBy } from './measures.ts';
import { piecesOf } from '../query/grain.ts';
import type { Found } from './names.ts';
import { measuresNamed, readPlaces, type NamedMeasure } from './naming.ts';
import type { PeriodContext } from './periods.ts';
import { readRanking } from './ranking.ts';
import { nothingSaid, type Said } from './said.ts';
import { readGrain, readManner, readShape } from './shaping.ts';
import { namesTime, readTimes } from './times.ts';

/** Who asks, after what, and when. */
export interface Hearing {
  readonly pack: Pack;
  readonly language: Language;
  readonly own: readonly string[];
  readonly previous: Query | null;
  readonly today: IsoDate;
  readonly closedThrough: (measures: readonly string[]) => IsoDate;
}

/** What a question says, and which of its words said it. */
export interface Heard {
  readonly said: Said;
  readonly named: readonly NamedMeasure[];
  readonly why: boolean;
  /** The way it says the figure went. */
  readonly moved: 'up' | 'down' | null;
  /** "Uden sammenligning". */
  readonly uncompared: boolean;
  /** It changes the question before, though it names a measure of its own. */
  readonly continues: boolean;
  readonly words: { readonly filtered: readonly Taken[]; readonly shaped: readonly Taken[]; readonly placed: readonly Taken[]; readonly compared: readonly Taken[]; readonly timed: readonly Taken[] };
}

const CONTINUES = /^(?:hellere|mod|vs|versus|against|compared (?:to|with)|sammenlignet med|i forhold til|og|hvad med|hvad saa med|hvad saa|samme for|det samme|ogsaa|and|what about|how about|same for|the same|same again|same|now|nu|nej|no|jeg mente|jeg mener|i meant|i mean|rettelse|correction|sorry|undskyld|men|but|vis det|show it|show that|i stedet|instead|saa)(?: |$)/;
const CORRECTION = '(?:nej|no|rettelse|correction|sorry|undskyld|ups|oops)?(?: ?(?:jeg mente|jeg mener|jeg mente egentlig|i meant|i mean|det var|det skulle vaere|it should be|i wanted|jeg ville have))';
const SMALL = '^(?:men|but)|nej|no|ja|yes|i stedet(?: for)?|instead(?: of)?|det samme(?: for| i| med)|det samme(?= ?$)|the same(?: for| in)|the same(?= ?$)|same for|hvad med|hvad saa med|hvad saa|what about|how about|ogsaa|rettelse|correction|sorry|undskyld|ups|oops|again|igen|isaer|mon|overordnet';
const WHY = '(?:hvorfor|why|hvad skyldes|hvad er aarsagen(?: til)?|hvad er grunden(?: til)?|aarsagen til|grunden til|forklaringen paa|hvad forklarer|hvad driver|hvad ligger der bag|hvad ligger bag|what explains|what is behind|what s behind|what drives|what is driving|what caused|what causes|what is causing|reasons? (?:for|why|behind)|the reason|aarsag(?:en|er)? til|forklaring(?:en)?(?: paa| for)?|how come|hvordan kan det vaere|forklar|explain)';
const UP = /(?:^| )(?:steget|stiger|steg|stigning(?:en)?|stigende|vokset|vokser|gaaet op|dyrere|hoejere|flere|increas(?:ed?|es|ing)|risen|rose|ris(?:e|es|ing)|growth|grown|grew|(?:go|goes|gone|going|went) up|higher|dearer|more expensive)(?= |$)/;
const DOWN = /(?:^| )(?:faldet|falder|faldt|fald|faldende|gaaet ned|billigere|lavere|faerre|decreas(?:ed?|es|ing)|fall(?:en|s|ing)?|fell|dropp(?:ed|ing)|drops?|(?:go|goes|gone|going|went) down|lower|cheaper|fewer)(?= |$)/;
const STEP = `(?<!(?:${AGAINST}|samme|same|som) (?:the )?)(?:(?:i |in )?(maaneden|perioden|kvartalet|ugen|aaret) (?:foer|forinden)|(?:in )?(?:the )?(month|period|quarter|week|year) (?:before|earlier))`;

/**
 * Takes a question apart, one reader per kind of phrase, in an order that has its reasons: filters and ranks before
 * comparisons ("over budget" is both), places before comparisons ("mod de andre distrikter"), comparisons before
 * periods ("mod sidste år" names what to compare with, not when). Nothing is assumed here.
 */
export function hear(draft: Draft, names: readonly Found[], { pack, language, own, previous, today, closedThrough }: Hearing): Heard {
  const folded = draft.tokens.map((token) => token.folded).join(' ');
  const said = nothingSaid();
  const named = measuresNamed(names);
  const time = (ids: readonly string[]): PeriodContext => ({ today, closed: closedThrough(ids), yearStart: pack.yearStart, grain: piecesOf(pack, ids) });
  const idsNamed = named.flatMap((one) => one.ids);

  take(draft, '(?:kan|vil|kunne|ville|could|can|would) (?:du|i|you) ikke|couldn t you|can t you|won t you');
  take(draft, '(?:jeg|vi|i) (?:skal|skulle)(?: lige)? (?:bruge|have|se|kigge paa|vide)|skal(?: lige)? bruge|skal (?:jeg|vi) (?:bruge|have|se)(?= )|and (?:i|we) should');
  said.counted = new RegExp(`(?:hvor mange|how many|antal|antallet af|number of) (?:\\p{L}+ )?${MARK.measure}`, 'u').test(freeText(draft).text) && !named.some((one) => /penge|money|kron|udgift|omkostning|cost|spend|forbrug|mid/i.test(wordsOf(draft, one.from, one.to)));
  take(draft, CORRECTION);
  take(draft, `(?:${SMALL})(?= |$)`);
  readDivision(draft, said, named);
  readManner(draft, said, named.length > 0);
  const filtered = readRanking(draft, said);
  // "Og under?" turns the filter of the question before.
  const spentOn = said.rank !== null && /^(?:hvad|what) /.test(folded) && / (?:paa|on)$/.test(folded) ? dimensionOf(pack, measuresNamed(names).flatMap((one) => one.ids)) : null;
  if (spentOn !== null) said.by = { dimension: spentOn, values: null };
  const turned = said.having === null && previous?.having !== null && previous?.having !== undefined ? take(draft, 'over|under|above|below') : null;
  if (turned !== null && previous?.having !== null && previous?.having !== undefined) said.having = { ...previous.having, side: /over|above/i.test(turned.words) ? 'above' : 'below' };
  const shaped = [...readShape(draft, said), ...readGrain(draft, said)];
  const stepped = previous === null ? null : take(draft, STEP);
  const lastYear = previous !== null && CONTINUES.test(folded) && named.length === 0 ? take(draft, '(?<=(?:^og|hvad med|saa med|about|^and|hvad saa) )(?:i )?(?:sidste aar|forrige aar|last year)(?= ?$)') : null;
  const uncompared = readNoComparison(draft);
  const placed = readPlaces(draft, said, pack, names, own);
  const compared = readComparisons(draft, said, () => namesTime(draft, time(idsNamed)));
  readMeasures(said, pack, named, [...filtered, ...(said.deviation ? compared : [])], draft);
  splitByName(draft, said, pack, named);
  if (previous !== null && stepped !== null) said.periods = [/aaret|year/.test(stepped.groups.join(' ')) ? sameLastYear(previous.period) : previousPeriod(previous.period)];
  if (previous !== null && lastYear !== null) said.periods = [sameLastYear(previous.period)];
  const when = time(said.measures.length > 0 ? said.measures : previous?.measures ?? []);
  const timed = said.periods.length > 0 ? [stepped, lastYear].filter((one) => one !== null) : readTimes(draft, said, when);
  // Of a stock, "ultimo december" is how it stood then.
  if (said.periods.length === 2 && /^(?:ultimo|pr|per|as)/i.test(said.periodWords) && said.measures.length > 0 && said.measures.every((id) => pack.measures.get(id)?.kind === 'stock')) said.periods = said.periods.slice(0, 1);
  const why = asksWhy(folded, said.deviation || said.change || said.comparisons.length > 0);
  // Of a quarter or half-year now running, what is closed; of a budget, all of it. What is to be explained is so until now, in a year that was named as well.
  if (said.periods.length === 1 && (why || (!/(?:19|20)\d\d/.test(said.periodWords) && !(said.measures.length > 0 && said.measures.every((id) => plannedBy(pack, id) !== undefined))))) {
    const [running] = said.periods;
    if (running !== undefined && (running.grain === 'quarter' || running.grain === 'half-year' || (why && running.grain === 'year')) && running.from < when.closed && running.to > when.closed) {
      said.soFar = periodName(running, language, pack.yearStart);
      said.periods = [{ from: running.from, to: lastClosed('month', when.closed).to, grain: 'rolling' }];
    }
  }
  // A budget stands ahead of time: "budgettet for december" may be the one to come.
  const [lone] = said.periods;
  if (said.periods.length === 1 && lone !== undefined && lone.grain === 'month' && !/\d|aar|year|sidste|last|forrige/i.test(said.periodWords.normalize('NFC').replaceAll('å', 'aa')) && said.measures.length > 0 && said.measures.every((id) => plannedBy(pack, id) !== undefined && isMoney(pack.measures.get(id)?.unit ?? ''))) {
    const coming = periodOf('month', shiftMonths(lone.from, 12));
    if (coming.from > today && coming.from < shiftMonths(today, 12) && periodOf('year', coming.from).from === periodOf('year', today).from) said.periods = [lone, coming];
  }
  said.versus = previous !== null && /^(?:og |and )?(?:mod|vs|versus|against|compared (?:to|with)|sammenlignet med|i forhold til) /.test(folded);
  if (why) for (let i = 0; i < 2; i += 1) take(draft, WHY);

  const moved = UP.test(folded) === DOWN.test(folded) ? null : UP.test(folded) ? 'up' : 'down';
  return { said, named, why, moved, uncompared, continues: CONTINUES.test(folded), words: { filtered, shaped, placed, compared, timed } };
}
