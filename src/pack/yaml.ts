import { LineCounter, isMap, isScalar, parseDocument, visit, type Node } from 'yaml';
import type { Fault } from '../errors.ts';
import { respelledValues } from './respelled.ts';

export interface PackFile {
  /** Path as the author knows it. */
  readonly path: string;
  readonly text: string;
}

/** A file that knows where in it each value stands. */
export interface Located {
  readonly path: string;
  readonly value: unknown;
  /** Where the value at a path stands (the key, for `key: true`); the nearest parent for a path that is not there. */
  at(path: readonly PropertyKey[], options?: { key?: boolean }): { file: string; line: number; column: number };
}

/** Names of every object in the language, which a list of the author's can't have. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

/** Brackets and dashes within each other: a pack needs about ten. */
const DEEPEST = 500;

/** Reads one file; what is not YAML, or follows itself deeper than its reader can, becomes faults with line and column. */
export function readYaml(file: PackFile): { located: Located; faults: Fault[] } {
  const deep = tooDeep(file.text);
  if (deep === null) return parsed(file);
  const place = { file: file.path, line: deep, column: 1 };
  return {
    located: { path: file.path, value: undefined, at: () => place },
    faults: [{ ...place, message: `Values stand within each other more than ${DEEPEST} times.`, hint: 'A pack needs about ten: look for brackets or dashes that are never closed.' }],
  };
}

/** The line on which more brackets or dashes stand within each other than any pack has; null: none. Brackets in texts count too, and such a text is none of a pack's either. */
function tooDeep(text: string): number | null {
  let [line, open] = [1, 0];
  for (const [sign] of text.matchAll(/[[{\]}\n]|(?:^|\n)[ ]*(?:[-?] ){60,}/g)) {
    if (sign.length > 1) return line;
    if (sign === '\n') line++;
    else if (sign === '[' || sign === '{') open++;
    else open = Math.max(0, open - 1);
    if (open > DEEPEST) return line;
  }
  return null;
}

function parsed(file: PackFile): { located: Located; faults: Fault[] } {
  const lines = new LineCounter();
  const document = parseDocument(file.text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const place = (offset: number): { file: string; line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { file: file.path, line, column: col };
  };
  const faults = document.errors.map((error): Fault => ({
    ...place(error.pos[0]),
    message: error.code === 'DUPLICATE_KEY' ? 'This key stands twice in the same list.' : `Not readable as YAML: ${error.message.split('\n')[0] ?? ''}.`,
    hint: error.code === 'DUPLICATE_KEY' ? 'Keep one of them.' : 'Check indentation (spaces, not tabs), colons and quotes on this line and the one above.',
  }));
  const at: Located['at'] = (path, options = {}) => {
    for (let length = path.length; length > 0; length -= 1) {
      const part = path.slice(0, length);
      const parent = length === 1 ? document.contents : document.getIn(part.slice(0, -1), true);
      const name = part.at(-1);
      if (isMap(parent)) {
        const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(name));
        const key = pair?.key as Node | undefined;
        const value = pair?.value as Node | null | undefined;
        const node = options.key === true && length === path.length ? key : (value ?? key);
        if (node?.range) return place(node.range[0]);
      }
      const node = document.getIn(part, true) as Node | undefined;
      if (node?.range) return place(node.range[0]);
    }
    return { file: file.path, line: 1, column: 1 };
  };
  visit(document, { Pair: (_key, { key }) => {
    if (isScalar(key) && RESERVED.has(String(key.value))) faults.push({ ...place(key.range?.[0] ?? 0), message: `'${String(key.value)}' can't be a name.`, hint: 'Give it another one.' });
  } });
  let value: unknown;
  if (faults.length === 0) {
    try {
      value = document.toJS();
    } catch (error) {
      const name = /alias[^:]*: (\S+)/i.exec(error instanceof Error ? error.message : '')?.[1];
      const where = name === undefined ? 0 : file.text.indexOf(`*${name}`);
      faults.push({ ...place(Math.max(0, where)), message: name === undefined ? 'The file repeats itself without end by its aliases (*name).' : `There is nothing marked &${name} for *${name} to repeat.`, hint: 'Write the values out, or mark them with & before they are repeated with *.' });
    }
  }
  if (faults.length === 0) faults.push(...respelledValues(document).map(({ offset, message, hint }) => ({ ...place(offset), message, hint })));
  return { located: { path: file.path, value, at }, faults };
}
