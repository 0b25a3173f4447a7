import type { Language } from '../pack/model.ts';

const list = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

/** Words that join two things asked for. */
export const CONNECTORS: ReadonlySet<string> = new Set(list('og samt plus eller and or mod vs versus kontra contra against over v ift'));

/** Words that carry no content of their own: they may be left over. Folded. Negations are not among them: they change what is asked. */
export const FILLERS: ReadonlySet<string> = new Set([
  ...CONNECTORS,
  ...list(`hvad hvordan hvorledes hvor hvem hvilken hvilket hvilke er var bliver blev blevet vaeret det den de der som i paa for til af fra med om en et vi jeg du os mig man
    min mit mine vores jeres din dit har havde ligger laa ligget stod staar ser saa ud mange meget stor stort vis vise viser se set faa fik faaet giv gi give kan kunne vil ville maa gerne lige nu
    tak venligst hej hey godmorgen godmiddag goddag mvh at pr ift end tal tallet tallene tallene nogle nogen bare blot ogsa ogsaa koster kostede kostet brugte brugt bruger gik gaar mon altsaa ok okay
    samlet samlede total totalt ialt alt i hos os inden ved under naar nar da saadan egentlig venlig hurtigt fortael sig hente hent finde find oplys oplyse sende send skriv opgoer opgoere beregn udregn
    holder holdt overholder overholdt naaet naar naaede endte endt lander landet modtog modtaget modtager faar haft laver lavet udfoert sammenlign sammenligne sammenligning sammenlignet overblik
    periode perioden antal antallet niveau niveauet procent pct kr kroner krone dkk stk omkring ca cirka ligge nuvaerende aktuelle aktuel her status stillingen stilling jo nok lidt mere information info oplysninger data rapport noegletal kigge kig paa gennem hele forhold hinanden imellem mellem blandt klarer klare klarede sig naa flere faerre sket % vel jo mon siger bruge kun op moeder nede oppe henne deres loebet sidder noget moede folk medarbejderne koerte koerer vaere soed fortaelle vide hoere sige rammer ramme hoej hoeje hoejt hoejere lav lave lavt lavere saerlig saerligt egentlige lige praecis praecist`),
  ...list(`what whats how much many who which is was are were be been being the a an of in on at for to from with by our my your me us we i you have has had do does did show shows give tell get please thanks thank hi hello
    want like can could would will should see look looking and or vs versus against compared compare comparison than just also total overall it its there so about spent spend cost figures figure number numbers s re ve ll d m
    let know need find pull up out quick quickly know standing stand stands doing per where when us team amount level value values rate percent percentage data report info information kindly help between among both each other high higher low lower current currently some any that this those these then well right more fewer less only use used uses goes as did got receive received receives paid big too pls plz hows whats frm meet going doing`),
]);

/** Words a slip is never mended into or from: what people say around a question. */
export const COMMON: ReadonlySet<string> = new Set([
  ...FILLERS,
  ...list(`sidste forrige seneste denne dette samme maaned maaneder kvartal halvaar aar uger dage dagen dato naeste foer siden udvikling trend graf tabel distrikt month months quarter quarters half year years week weeks days day last previous this same next date chart table graph
    average gennemsnit andel share plan maal target ikke without except undtagen kun only hver every alle alene alder skoler skole kommune house houses horse sport spent visit visits deliver delivers boerger borgmester borge bord forbud budskab bidrag bager
    dyreste billigste hoejeste laveste stoerste mindste flest faerrest bedste vaerste highest lowest most least cheapest hvorfor fordi why because`),
]);

/** What compounds end in besides the name of a measure: "sygefraværstal", "udgiftsudvikling". The head is read as a word of its own. */
export const HEADS: readonly string[] = list('tallene tallet tal niveauet niveau procenten procent pct udviklingen udvikling afvigelsen afvigelser afvigelse overskridelsen overskridelse stigningen stigning rapporten rapport data kurven kurve graf trend');

/** Heads that say a dimension's value is money: "kørselsudgifter" is "kørsel" and "udgifter". */
export const MONEY_HEADS: readonly string[] = list('udgifterne udgifter udgiften udgift omkostningerne omkostninger forbruget forbrug');

/** English words that look like Danish ones are these only after the words that make them so. */
export const FALSE_FRIENDS: ReadonlyMap<string, ReadonlySet<string>> = new Map([['time', new Set(list('en een pr per leveret leverede hver 1 visiteret udfoert prisen'))], ['times', new Set(list('en een hver leveret 1'))]]);

/** Second halves that make another word of a compound: "vikarantal" is no slip for "vikarandel". */
export const OTHER_HEADS: readonly string[] = list('antal andel tal pris priser timer time tid dage dag uger udgift udgifter forbrug procent budget loen udvikling besoeg rate share cost costs hours days count');

const DANISH = new Set(list('hvad hvordan hvor hvem hvilke hvilket hvorfor er det den der paa af til og vi jeg vis giv mod sidste maaned aar kvartal uge pr hvilken hos fra ligger mange meget udvikling maal denne seneste forrige de dyreste billigste januar februar marts maj juni juli oktober har havde med som ikke hele vores mit min samme alle koster er oe maaneder distrikter distrikterne uger siden foer kan du mig sammenlign hoejeste laveste stoerste'));
const ENGLISH = new Set(list('what how much many who which was were are the of our my show give me last month year quarter week by against compared this past previous and target january february march may june july october why is does did where have with between in on compare than districts months since highest lowest most least cheapest please could can you'));

/** The language a question is in, from its small words; null when they do not tell. `vs`, `per`, `over`, `august` and `trend` are said in both. */
export function languageOf(words: readonly string[], text = ''): Language | null {
  const danish = words.filter((word) => DANISH.has(word)).length + (/[æøå]/i.test(text) ? 1 : 0);
  const english = words.filter((word) => ENGLISH.has(word)).length;
  return danish === english ? null : danish > english ? 'da' : 'en';
}
