/** One word of a question: as typed, folded for comparison, and where it stands. */
export interface Token {
  readonly text: string;
  readonly folded: string;
}

/** Small letters, æ ø å as ae oe aa, other accents gone: how words are compared. */
function fold(text: string): string {
  return text.toLowerCase().replaceAll('æ', 'ae').replaceAll('ø', 'oe').replaceAll('å', 'aa').normalize('NFD').replace(/[\u0300-\u036f]/g, '');
}

/** The words of a text; numbers keep their inner marks (`2026-10`, `10/2026`, `2017/18`), punctuation is dropped. */
export function tokenize(text: string): Token[] {
  return [...text.normalize('NFC').matchAll(/\d+(?:[-/.]\d+)*|[\p{L}\p{M}]+\d*|%/gu)].map(([word]) => ({ text: word, folded: fold(word) }));
}

/** The words that are still free, as one text; what is taken is a mark that no pattern crosses. */
export function freeText(tokens: readonly Token[], taken: readonly boolean[]): { text: string; tokenAt: (offset: number) => number } {
  const starts: number[] = [];
  let text = '';
  tokens.forEach((token, i) => {
    starts.push(text.length);
    text += `${taken[i] === true ? '\u0001' : token.folded} `;
  });
  return { text, tokenAt: (offset) => { let i = 0; while (i + 1 < starts.length && (starts[i + 1] ?? 0) <= offset) i += 1; return i; } };
}
