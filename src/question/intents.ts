/** What is asked for besides figures. */
export type Intent = 'help' | 'greeting' | 'thanks' | 'latest-digest' | 'definition';

const WHOLE: readonly [intent: Intent, pattern: RegExp][] = [
  ['help', /^(hjaelp|help|\?|menu|hvad kan (jeg|du|man) (spoerge (dig )?om|svare paa)?|hvad kan jeg spoerge( dig)? om|what can (i|you) (ask|answer|do)( you)?|what can i ask|hvordan virker du|how do you work|kommandoer|commands)$/],
  ['greeting', /^(hej|goddag|godmorgen|godaften|hejsa|dav|hi|hello|hey|good morning|good afternoon)( .{0,20})?$/],
  ['thanks', /^(tak|mange tak|tusind tak|thanks|thank you|thank you very much|super tak|tak for det|thx)$/],
  ['latest-digest', /^(hvordan gaar det( (hos|med|i) .{1,30})?|how are we doing|how is it going|how are things|min( seneste)? side|(vis )?min seneste side|my( latest)? page|(show )?my latest page|(seneste|sidste|latest|last) (side|page|digest|rapport|report)|status|overblik|overview|hvad er nyt|what is new|whats new)$/],
];
const DEFINITION = /^(?:hvad (?:er|betyder|daekker)|hvordan (?:beregnes|er|opgoeres)|what (?:is|does|are)|define|definition(?: of| af| paa)?|forklar|explain|how is)(?: the| en| et| et oee)? (.+?)(?: mean| betyder| beregnet| beregnes| defineret| defined| calculated| opgjort)?$/;

/** The intent of a whole question; null when it asks for figures. `folded` is the text folded, without punctuation. */
export function intentOf(folded: string): Exclude<Intent, 'definition'> | null {
  for (const [intent, pattern] of WHOLE) if (pattern.test(folded)) return intent as Exclude<Intent, 'definition'>;
  return null;
}

/** What a question for a definition asks about, in its own words; null when it is no such question. "What is X in October" asks for a figure. */
export function definitionSubject(folded: string): string | null {
  return DEFINITION.exec(folded)?.[1] ?? null;
}
