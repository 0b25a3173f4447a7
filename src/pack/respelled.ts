import { isAlias, isMap, isPair, isScalar, isSeq, visit, type Document, type Scalar } from 'yaml';

/** A value that is used as a text and that the language of packs would change: `084` is the number 84. */
export interface Respelled {
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
}

/**
 * The bare values of a file that do not stay as they are written where a text is wanted: codes of units, constants of
 * files (`set:`) and every key, such as those of `values:`. A wrong code would give rows to another unit, or to none.
 */
export function respelledValues(document: Document): Respelled[] {
  const found: Respelled[] = [];
  visit(document, {
    Node: (key, node, path) => {
      const scalar = isAlias(node) ? node.resolve(document) : node;
      if (!isScalar(scalar) || typeof scalar.value === 'string') return;
      if (key !== 'key' && !isText(path)) return;
      const becomes = String(scalar.value);
      // No key at all is told elsewhere.
      const written = scalar.source ?? becomes;
      if (written === becomes && scalar.value !== null) return;
      found.push({ offset: node.range?.[0] ?? 0, ...told(scalar, written, becomes) });
    },
  });
  return found;
}

function told({ value }: Scalar, written: string, becomes: string): { message: string; hint: string } {
  const what = value === null ? 'no value' : typeof value === 'number' || typeof value === 'bigint' ? `the number ${becomes}` : becomes;
  return { message: `${written === '' ? 'Nothing' : written} without quotes is ${what}, not a text.`, hint: written === '' ? 'Write the text in quotes, or remove the line.' : `Write "${written}" in quotes.` };
}

/** Whether a value stands in the list `codes:`, or in `set:` of a file. */
function isText(path: readonly unknown[]): boolean {
  const keys = path.filter(isPair).map(({ key }) => (isScalar(key) ? String(key.value) : ''));
  if (isSeq(path.at(-1))) return keys.at(-1) === 'codes';
  return isPair(path.at(-1)) && isMap(path.at(-2)) && keys.at(-2) === 'set' && keys.includes('files');
}
