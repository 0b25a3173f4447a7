import { LineCounter, isMap, isScalar, isSeq, parseDocument, visit, type Node, type Pair, type YAMLMap } from 'yaml';
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

/** Who mends so many mistakes checks again anyway. */
const MOST_TOLD = 200;

/** Brackets, dashes and indented keys within each other: a pack needs about ten. */
const DEEPEST = 500;
/** So many dashes on one line are no list of a pack either. */
const DASHES = 60;

/** Reads one file; what is not YAML, or follows itself deeper than its reader can, becomes faults with line and column. */
export function readYaml(file: PackFile): { located: Located; faults: Fault[] } {
  const deep = tooDeep(file.text);
  if (deep !== null) return unread(file, deep);
  try {
    return parsed(file);
  } catch (error) {
    if (error instanceof RangeError) return unread(file, deepestLine(file.text));
    throw error;
  }
}

/** The parser follows what stands within each other by calling itself, and has only so much room for that. */
const NO_ROOM = /call stack/i;

function unread(file: PackFile, line: number): { located: Located; faults: Fault[] } {
  const place = { file: file.path, line, column: 1 };
  return {
    located: { path: file.path, value: undefined, at: () => place },
    faults: [{ ...place, message: `Values stand within each other more than ${DEEPEST} times, or more than ${DASHES} dashes on one line.`, hint: 'A pack needs about ten: look for brackets or dashes that are never closed.' }],
  };
}

/** The line on which more brackets or dashes stand within each other than any pack has; null: none. Brackets in texts count too, and such a text is none of a pack's either. */
function tooDeep(text: string): number | null {
  let [line, open] = [1, 0];
  for (const [sign] of text.matchAll(SIGNS)) {
    if (sign === '\n') line++;
    else if (sign === '[' || sign === '{') open++;
    else if (sign === ']' || sign === '}') open = Math.max(0, open - 1);
    else return line;
    if (open > DEEPEST) return line;
  }
  return null;
}

const SIGNS = new RegExp(`[[{\\]}\\n]|^[ \\t]*(?:[-?:][ \\t]+){${DASHES},}`, 'gm');

function deepestLine(text: string): number {
  let [line, indent, deepest] = [0, -1, 1];
  for (const one of text.split('\n')) {
    line++;
    const own = one.search(/[^ ]/);
    if (own > indent) [indent, deepest] = [own, line];
  }
  return deepest;
}

function parsed(file: PackFile): { located: Located; faults: Fault[] } {
  const lines = new LineCounter();
  // The parser's own look for keys that stand twice holds every key against every other.
  const document = parseDocument(file.text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  if (document.errors.some(({ message }) => NO_ROOM.test(message))) return unread(file, deepestLine(file.text));
  const place = (offset: number): { file: string; line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { file: file.path, line, column: col };
  };
  const faults = document.errors.slice(0, MOST_TOLD).map((error): Fault => ({ ...place(error.pos[0]), message: `Not readable as YAML: ${error.message.split('\n')[0] ?? ''}.`, hint: 'Check indentation (spaces, not tabs), colons and quotes on this line and the one above.' }));
  const tell = (key: Node | null, message: string, hint: string): void => { if (faults.length < MOST_TOLD) faults.push({ ...place(key?.range?.[0] ?? 0), message, hint }); };
  visit(document, { Map: (_key, { items }) => {
    const names = new Set<string>();
    for (const { key } of items) {
      if (!isScalar(key)) {
        tell(key as Node | null, 'A name can be a word or a number only.', 'Write name: value, without brackets, dashes or ? before the colon.');
        continue;
      }
      const name = String(key.value);
      if (RESERVED.has(name)) tell(key, `'${name}' can't be a name.`, 'Give it another one.');
      if (names.has(name)) tell(key, 'This key stands twice in the same list.', 'Keep one of them.');
      names.add(name);
    }
  } });
  let value: unknown;
  if (faults.length === 0) {
    try {
      value = document.toJS();
    } catch (error) {
      if (error instanceof RangeError) throw error;
      const name = /alias[^:]*: (\S+)/i.exec(error instanceof Error ? error.message : '')?.[1];
      const where = name === undefined ? 0 : file.text.indexOf(`*${name}`);
      faults.push({ ...place(Math.max(0, where)), message: name === undefined ? 'The file repeats itself without end by its aliases (*name).' : `There is nothing marked &${name} for *${name} to repeat.`, hint: 'Write the values out, or mark them with & before they are repeated with *.' });
    }
  }
  if (faults.length === 0) faults.push(...respelledValues(document).map(({ offset, message, hint }) => ({ ...place(offset), message, hint })));
  return { located: { path: file.path, value, at: placesIn(document.contents, { file: file.path, line: 1, column: 1 }, place) }, faults };
}

/** Where values stand, by their paths. Each list of keys is gone through once, however many places are asked for. */
function placesIn(contents: unknown, top: ReturnType<Located['at']>, place: (offset: number) => ReturnType<Located['at']>): Located['at'] {
  const known = new WeakMap<YAMLMap, Map<string, Pair>>();
  const pairOf = (map: YAMLMap, name: string): Pair | undefined => {
    const index = known.get(map) ?? new Map(map.items.flatMap((pair) => (isScalar(pair.key) ? [[String(pair.key.value), pair] as const] : [])));
    known.set(map, index);
    return index.get(name);
  };
  return (path, options = {}) => {
    let [node, found] = [contents, top];
    for (const [i, name] of path.entries()) {
      const pair = isMap(node) ? pairOf(node, String(name)) : undefined;
      const value = (isSeq(node) ? node.items[Number(name)] : pair?.value) as Node | null | undefined;
      const key = pair?.key as Node | undefined;
      const shown = options.key === true && i === path.length - 1 ? key ?? value : value ?? key;
      if (shown === null || shown === undefined) break;
      if (shown.range) found = place(shown.range[0]);
      node = value;
    }
    return found;
  };
}
