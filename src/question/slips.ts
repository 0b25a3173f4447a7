import { edits, sameWord, slips } from './inflect.ts';
import type { Lexicon } from './lexicon.ts';
import { knowsWord } from './names.ts';
import type { Token } from './tokens.ts';
import { COMMON, FILLERS } from './words.ts';

/** Words about time, shape and comparison that slips are mended to; those shorter than five letters can't be told from others. */
const KNOWN: readonly string[] = ('januar februar marts april august september oktober november december january february october '
  + 'maaned maaneden maaneder kvartal kvartalet halvaar sidste forrige seneste denne dette samme month months quarter quarters previous current '
  + 'udvikling udviklingen trend sammenlign sammenlignet gennemsnit gennemsnittet compared average development distrikt hvordan hvilke hvilket hvilken which dyreste billigste hoejeste laveste stoerste mindste highest lowest largest '
  + 'afvigelse deviation yesterday quarterly monthly sommer vinter foraar efteraar mellem tabel graf').split(' ');

/** Mends slips in the words around the names: "sidst maned", "oktoer", "kvatal". A word the packs or the language know is left alone. */
export function mendTime(lexicon: Lexicon, tokens: readonly Token[]): Token[] {
  return tokens.map((token, i): Token => {
    const word = token.folded;
    if (word === 'ar' && /^(?:sidste|forrige|i|dette|seneste|halve|et|samme)$/.test(tokens[i - 1]?.folded ?? '')) return { ...token, folded: 'aar' };
    if (word.length < 5 || COMMON.has(word) || FILLERS.has(word) || KNOWN.includes(word) || /\d/.test(word)) return token;
    if (KNOWN.some((known) => sameWord(known, word)) || knowsWord(lexicon, word)) return token;
    const near = KNOWN.map((known) => ({ known, allowed: slips(known, word) })).filter(({ known, allowed }) => allowed > 0 && known[0] === word[0] && edits(known, word, allowed) <= allowed)
      .sort((a, b) => edits(a.known, word, 2) - edits(b.known, word, 2))[0];
    if (near === undefined) return token;
    const rival = [...lexicon.words].some((known) => known[0] === word[0] && slips(known, word) > 0 && edits(known, word, 2) <= Math.min(slips(known, word), edits(near.known, word, 2)));
    return rival ? token : { ...token, folded: near.known, mended: near.known };
  });
}
