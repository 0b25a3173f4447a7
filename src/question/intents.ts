import { sameWord } from './inflect.ts';
import type { Found } from './names.ts';
import type { Token } from './tokens.ts';

/** What is asked for besides figures. */
export type Intent = 'help' | 'greeting' | 'thanks' | 'latest-digest' | 'news' | 'fresh';

const GREETING = /^(?:hej(?:sa)?|hallo|goddag|godmorgen|godaften|god (?:morgen|dag|aften)|dav|davs|mojn|hi|hello|hey|good (?:morning|afternoon|evening|day))(?: (?:med dig|igen|overblik|bot|der|there|again|alle|all))*(?: |$)/;
const POLITE = /(?: |^)(?:tak(?: for hjaelpen)?|please|venligst|thanks|mvh)$/;
const WHOLE: readonly [intent: Intent, pattern: RegExp][] = [
  ['help', /^(?:hjaelp(?: mig)?|help(?: me)?|menu|hvad kan (?:jeg|du|man|vi)(?: (?:spoerge(?: dig)?(?: om)?|svare paa|hjaelpe(?: mig)? med|goere|bruge dig til))?|what can (?:i|you|we)(?: (?:ask|answer|do|help (?:me )?with))?(?: (?:you|about|me|for me|here))*|hvad kan (?:jeg|du) goere her|hvordan virker (?:du|det)|hvordan (?:bruger|spoerger) (?:jeg|man)(?: dig)?|how do (?:you|i) (?:work|use (?:you|this|it)|ask)|how does this work|kommandoer|commands|eksempler|examples|show examples|vis eksempler|hvilke noegletal (?:har (?:du|i|vi)|kan jeg (?:faa|se|spoerge om)|findes der|er der)|which (?:key )?figures (?:do you have|are there|can i (?:ask (?:for|about)|get|see))|what (?:key )?(?:figures|measures|kpis) (?:do you have|are there|can i ask about)|hvem er du|who are you|what are you|hvad er du|hvad (?:er dette|er det her))$/],
  ['thanks', /^(?:(?:mange |tusind |super |ok |okay |fint |perfekt )*tak(?: skal du have| for (?:det|hjaelpen|svaret))?|(?:ok |okay |great |perfect |many )*(?:thanks|thank you|thx|cheers|ta)(?: (?:a lot|very much|so much|for (?:that|the help)|again))?|super|fint|perfekt|dejligt|godt|ok|okay|great|perfect|nice|cool|fedt|forstaaet|got it|modtaget)$/],
  ['news', /^(?:hvad er (?:der )?(?:nyt|nye|sket)(?: (?:siden sidst|i dag|denne maaned|hos mig|hos os))?|(?:er der |har du )?noget nyt(?: siden sidst)?|nyheder|nyt siden sidst|hvad er der sket(?: siden sidst)?|what is new(?: today| since last time)?|what s new(?: today| since last time)?|whats new|anything new|any news|news|what has happened(?: since last time)?|what changed since last time)$/],
  ['latest-digest', /^(?:hvad (?:stikker|skiller sig|springer) (?:ud|i oejnene)|hvad skal (?:jeg|vi) (?:vaere opmaerksomm?e? paa|opmaerksom paa|holde oeje med|se paa)|hvor er der problemer|er der (?:noget|nogen problemer|problemer)(?: (?:jeg|vi) (?:skal|boer) (?:se paa|vide|vaere opmaerksomm?e? paa))?|er der noget usaedvanligt|what stands out|what should (?:i|we) (?:look at|watch|know|worry about)|anything (?:unusual|worth a look|i should know)|any problems)$/],
  ['latest-digest', /^(?:(?:vis |se |giv mig |send )?(?:mig )?(?:min|mit|vores) (?:seneste |sidste |nyeste )?(?:side|overblik|rapport|maanedsside|digest)|(?:show |give |send )?(?:me )?my (?:latest |last |newest )?(?:page|digest|report|overview)|(?:(?:vis |show )?(?:mig |me )?)?(?:den |the )?(?:seneste|sidste|nyeste|latest|last|newest) (?:side|page|digest|rapport|report|overblik)|(?:giv mig |vis )?(?:en |et |a )?(?:status|overblik|overview|statusopdatering|status update)|give me (?:a|an) (?:status|overview)|(?:(?:giv|vis|send|show|give) (?:mig |me )?)?(?:min |my |the )?(?:maaneds|monthly )?(?:side|siden|rapport|rapporten|report|digest|page|overblik|maanedsside|maanedsrapport|maanedsrapporten))$/],
];
/** "How are we doing": about everything, here or in a unit; the names of units are marks by now. */
const DOING = /^(?:(?:sig )?(?:mig )?(?:naa )?hvordan (?:gaar|staar|ligger|koerer|ser) (?:det|vi|det hele|tingene|tallene|jeg)(?: (?:til|ud|an|med|os|vi|her|lige|nu|for tiden|generelt|egentlig|sig))*|hvordan klarer (?:vi|jeg|\u0004) (?:det|os|mig|sig)|how (?:are|is) (?:we|i|it|things|everything|\u0004)(?: (?:doing|going|looking|performing|getting on|right now|now|overall|generally))*|how do (?:we|i|things) (?:do|stand|look)|how s (?:it|everything) (?:going|looking)|hvor staar vi|where do we stand|hvad er status(?:sen)?|what is the status|(?:giv mig |vis mig |vis |show me |give me |i want )?(?:et |en |an |a |the )?(?:overblik(?:ket)?|overview|status|statussen|tallene|siden|page)(?= (?:over|for|paa|of|i|hos|on) \u0004)|er alt (?:ok|okay|godt|som det skal vaere)|is everything (?:ok|okay|fine|alright))(?: (?:i|in|hos|med|for|at|with|over|of|on|paa|med det|) ?(?:\u0004|os|mig|vores \u0003|mit \u0003|\u0003|me|us|our \u0003|my \u0003))?(?: (?:i|in|for)? ?\u000e)?(?: (?:for tiden|lige nu|nu|right now|now|today|i dag))?$/;
/** A state that data may be in; where such a word is part of a measure's name ("afsluttet inden 4 måneder") it is none. */
const STATE = /(?:^| )(?:komplet(?:te)?|fuldstaendige?|lukket|afsluttet|faerdig(?:t|e)?|faerdigbogfoert|endelige?t?|klar(?:t|e)?|paa plads|kommet ind|complete|closed|final(?:ised|ized)?|ready|up to date|opdateret|opdateres|ajour|foreloebige?|provisional)(?: |$)(?!maaned|month)/u;
const FRESH = /(?:^| )(?:hvor (?:friske?|nye?|aktuelle?|gamle?) er|how (?:fresh|new|recent|current|old|up to date) (?:is|are)|hvornaar (?:er|blev|kommer|er det|faar|var)(?: [\p{L}\u0001-\u000e]+){0,4} (?:fra|opdateret|indlaest|data|tal|tallene|lukket|klar|hentet)|when (?:was|were|is|are|do|did|will)(?: [\p{L}\u0001-\u000e]+){0,4} (?:updated|loaded|data|closed|ready|refreshed|figures|complete|from|come)|mangler der (?:noget|nogle|data|tal)|er der (?:data|tal) (?:for|fra|i)|are (?:the )?(?:figures|numbers|data) (?:in|missing)|is (?:anything|something|data) missing|any(?:thing)? missing|datadato(?:en)?|data date|har vi (?:tal(?:lene)? for|data for)|(?<!(?:hvor m(?:ange|eget)|how m(?:any|uch)) (?:\S+ ){0,5})(?:har vi faaet|have we (?:got|received))|hvor langt er (?:tallene|data)|hvor kommer (?:tallene|data|det) fra|where (?:do|does) (?:the )?(?:figures|numbers|data|it|this) come from|hvad er (?:kilden|kilderne)(?: til (?:tallene|data))?$|hvilke kilder|what (?:is|are) the (?:data )?sources?$|which (?:data )?sources|til hvornaar|through when)(?: |$)/u;
const WHY = /(?:^| )(?:hvorfor|why|hvad skyldes|hvad er aarsagen|hvad er grunden|aarsag(?:en|er)? til|grunden til|hvad (?:er|kan) forklaring(?:en)?|forklaring(?:en)? (?:paa|for)|hvad forklarer|hvad driver|hvad ligger der bag|hvad ligger bag|what explains|what is behind|what s behind|what drives|what is driving|what caused|what causes|what is causing|reasons? (?:for|why|behind)|how come|hvordan kan det vaere)(?: |$)/;
const EXPLAIN = /^(?:forklar|explain)(?: |$)/;
const DIFFERENCE = /^hvad er forskellen (?:paa|mellem)|^what (?:is|s) the difference between/;
const DEFINING = '(?:hvad (?:betyder|daekker|maaler|indgaar i|indeholder|menes med|forstaas ved|forstaar (?:i|man) ved|ligger der i|taeller med i)|hvordan (?:beregnes|beregner (?:i|du|man|vi)|regner (?:i|du|man) |udregnes|opgoeres|opgoer i|defineres|definerer i|maales|maaler (?:i|man|vi)|er)|what (?:do you mean by|is meant by|counts as|is included in|goes into|do we mean by)|what does(?= .* (?:mean|cover|include|measure)$)|how (?:is|are|do you calculate|do you compute|do you measure|do you define|do we calculate|do you work out)|define|(?:what is )?(?:the )?definition(?:en)?(?: of| af| paa| for)?|hvad er definitionen (?:paa|af)|forklar(?: mig)?(?: hvad)?|explain(?: to me)?(?: what)?|(?:hvad er )?(?:formlen|formel) (?:for|bag)|(?:what is the )?formula (?:for|of|behind)|(?:hvad er )?kilden? til|(?:what is the )?source (?:of|for)|hvor kommer|where does|beregning(?:en)? af|calculation of)';
const BEING = '(?:hvad er|hvad vil det sige at|what is|what s|what are)';
const TAIL = '(?:(?: (?:mean|means|cover|include|measure|betyder|beregnes|beregnet|udregnet|defineret|defined|calculated|computed|measured|opgjort|opgoeres|maalt|over|for noget|egentlig|fra|come from|comes from|noejagtigt|exactly|er|is|helt praecist|actually|ud))*)$';
const ARTICLE = '(?: (?:tallene for|tallet for|tal for|the figures for|the numbers for|figures for|the|en|et|begrebet|noegletallet|ordet|tallet|a|an|egentlig|actually))*';

/** The text without its greeting and its thanks; empty when there was no more. */
export function withoutPoliteness(folded: string): string {
  return folded.replace(GREETING, '').replace(POLITE, '').trim();
}

/** The intent of a whole question; null when it asks for figures. `bare` is the text folded without politeness, `marked` the same with names as marks. */
export function intentOf(folded: string, bare: string, marked: string, hasMeasure: boolean): Intent | null {
  if (bare === '' && GREETING.test(folded)) return 'greeting';
  for (const one of [folded, bare]) for (const [intent, pattern] of WHOLE) if (pattern.test(one)) return intent;
  if (!hasMeasure && DOING.test(marked)) return 'latest-digest';
  if (STATE.test(marked) || FRESH.test(bare) || FRESH.test(marked)) return 'fresh';
  return null;
}

/** True when a deviation or a change is to be explained. "Forklar timepris" alone asks what it means. */
export const asksWhy = (folded: string, compares: boolean): boolean => WHY.test(folded) || (EXPLAIN.test(folded) && compares);

/** "Hvad betyder det?": what was last answered. */
export const asksWhatItMeans = (folded: string): boolean => new RegExp(`^(?:og )?${DEFINING} (?:det|den|dette|de|tallet|noegletallet|it|this|that|they)${TAIL}`).test(folded) || /^(?:og )?(?:hvad betyder|what does) (?:det|den|tallet|it|this|that)(?: mean)?$/.test(folded);

/** The measures a question for a definition asks about; empty when it is no such question. "What is X in October" and "hvad er X'et" ask for a figure. */
export function definitionOf(folded: string, tokens: readonly Token[], names: readonly Found[]): { pack: string; id: string }[] {
  const measured = (name: Found): { pack: string; id: string }[] => { const m = name.meanings.find((one) => one.kind === 'measure'); return m === undefined ? [] : [{ pack: m.pack, id: m.id }]; };
  const named = names.filter((name) => measured(name).length > 0);
  if (DIFFERENCE.test(folded) && named.length === 2 && names.length === 2) return named.flatMap(measured);
  const explicit = new RegExp(`^${DEFINING}${ARTICLE} (.+?)${TAIL}`).exec(folded);
  const being = explicit === null ? new RegExp(`^${BEING}( the)?${ARTICLE} (.+?)${TAIL}`).exec(folded) : null;
  const subject = explicit?.[1] ?? being?.[2];
  if (subject === undefined) return [];
  const words = subject.split(' ');
  const at = tokens.findIndex((_, i) => words.every((word, j) => tokens[i + j]?.folded === word));
  const name = named.find((one) => one.from === at && one.to === at + words.length);
  if (name === undefined) return [];
  if (being !== null && (being[1] !== undefined || definite(words.at(-1) ?? ''))) return [];
  return measured(name).slice(0, 1);

  /** "Sygefraværet": a form with an article asks for the figure. */
  function definite(word: string): boolean {
    return /(?:et|en|erne|ene)$/.test(word) && name !== undefined && !nameWords(name).includes(word);
  }
  function nameWords(found: Found): readonly string[] {
    return found.words.filter((word) => sameWord(word, words.at(-1) ?? ''));
  }
}
