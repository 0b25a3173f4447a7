/** One word of a question: as typed, and folded for comparison. */
export interface Token {
  readonly text: string;
  readonly folded: string;
  /** What a slip was mended to; absent where there was none. */
  readonly mended?: string;
}

/** Small letters, æ ø å as ae oe aa, other accents gone: how words are compared. */
export function fold(text: string): string {
  return text.toLowerCase().replaceAll('æ', 'ae').replaceAll('ø', 'oe').replaceAll('å', 'aa').normalize('NFD').replace(/[\u0300-\u036f]/g, '');
}

const MONTH = '(?:jan(?:uar|uary)?|feb(?:ruar|ruary)?|mar(?:ts|ch)?|apr(?:il)?|ma[jy]|jun[ie]?|jul[iy]?|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)';
/** A dash between two months, quarters or years is a word: "jan-mar" is January to March. */
const SPAN = new RegExp(`(?<![\\p{L}\\d])(${MONTH}\\.?(?: ?\\d{4})?|[kq][1-4]) ?[-–—] ?(?=(?:${MONTH}|[kq][1-4])(?![\\p{L}]))`, 'giu');

/** The words of a text; numbers keep their inner marks (`2026-10`, `10/2026`, `2017/18`, `7,5`), other punctuation is dropped. */
export function tokenize(text: string): Token[] {
  const plain = text.normalize('NFC').replace(SPAN, '$1 til ').replaceAll('&', ' and ');
  return [...plain.matchAll(/\d+(?:[-/.]\d+|,\d{1,3}(?!\d))*|[\p{L}\p{M}]+\d*|%/gu)].map(([word]) => ({ text: word, folded: fold(word) === 'per' ? 'pr' : fold(word) }));
}
