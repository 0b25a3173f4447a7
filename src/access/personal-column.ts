/**
 * Whether what looks like a CPR number in a column of a file is one. The rule of `personal-number.ts` looks at one text; about 7 in
 * 100 ten-digit figures happen to begin with a day, so in a column of invoice numbers it would always find some. Here the column
 * speaks too: what else stands in cells of the same shape (`010190-1234` and `120385-0001` have one, `9.9` is another).
 *
 * A hit stands unless the column explains it. What explains it:
 * - **A decimal number**: `1012901234,50`, `0.1012901234`; `101290.1234` where other decimals stand beside it.
 * - **A money column** (declared as decimal or number): a whole amount without a nought in front.
 * - **A running number**: nearly all cells of the shape begin with the same one to five pairs of digits, at most half of the
 *   hits have the check digit, and one that has it stands near the others. Persons are born on all days of a month.
 * - **Chance**: five cells of its shape that are no running numbers begin with no day (two, where the heading names another kind
 *   of number), at most 3 in 10 begin with one, and no more of them have the check digit than chance gives. A nought in front that no other has stands.
 * - **Amounts**: the column is all numbers of several lengths, and three of them are of about the size of the hit.
 * - **Points in time**: all cells of its shape are.
 * - For a hit **without the check digit** less is enough: one such cell that begins with no day, three numbers of about its size,
 *   numbers of three other lengths, a heading that names another kind of number, or one value all through.
 *
 * The check digit weighs so much because CPR-kontoret has left it out for 1 January alone, which counts as having it here. What is
 * missed: one number, in digits only, among arbitrary ones of as many digits or beside running numbers with the same two digits in
 * front; and a number without the check digit that was issued for another day, where the column speaks of other numbers.
 * A column that holds persons all the way through (six in ten begin with a day, on many days of the month) always stands.
 */
import { hasCheckDigit, personalNumbersIn, plainOf } from './personal-number.ts';

/** What is known of a column before its cells are looked at. */
export interface ColumnRole {
  /** Its heading in the file; empty: none. */
  readonly heading: string;
  /** Declared as an amount. */
  readonly money: boolean;
  /** Why the pack says that it holds no CPR numbers; null: it does not say so. */
  readonly vouched: string | null;
}

/** What spoke for a CPR number; a day always does. */
export interface Signs {
  readonly checkDigit: boolean;
  /** Persons: most cells beside it look like CPR numbers. Alone: none of them explain it. */
  readonly neighbours: 'persons' | 'alone';
  readonly heading: boolean;
  /** The pack vouches for the column, and it holds CPR numbers all the same. */
  readonly vouched: boolean;
}

export interface ColumnWeighing {
  /** Takes a cell into the sample. Every cell of the column is to be added before the first is judged. */
  add(text: string): void;
  /** The signs for which a cell that looks like a CPR number is taken for one; null: the column explains it. */
  judge(text: string): Signs | null;
}

/** Cells of one shape: every digit in the same place. */
interface Group {
  /** The digits of each distinct cell. */
  readonly values: readonly string[];
  /** Those that look like one CPR number, as its ten digits. */
  readonly hits: ReadonlyMap<string, string>;
  /** How many hits have the check digit. */
  readonly checked: number;
  /** How many begin with each pair of digits. */
  readonly heads: ReadonlyMap<string, readonly number[]>;
  /** The few heads that nearly all values begin with; empty: there are no such. */
  readonly running: ReadonlySet<string>;
  /** For each head, how far a number may stand from the next one. */
  readonly usualGaps: ReadonlyMap<string, number>;
  /** Of the values that are no running numbers: how many look like no CPR number and like one, how many of these have the check digit, and whether one of the others has a nought in front. */
  readonly beside: { readonly others: number; readonly hits: number; readonly checked: number; readonly nought: boolean };
  readonly persons: boolean;
  readonly times: boolean;
}

interface Column {
  readonly groups: ReadonlyMap<string, Group>;
  /** Numbers of the column that look like no CPR number. */
  readonly numbers: readonly string[];
  /** How large they are, in order, and how many lengths they have. */
  readonly sizes: readonly number[];
  readonly lengths: ReadonlySet<number>;
  /** Share of the filled cells that are numbers. */
  readonly numeric: number;
  /** One value all through, in five rows or more. */
  readonly constant: boolean;
}

const MAX_SAMPLE = 8_000;
/** Longer cells are texts, whose shape no other cell has. */
const MAX_CELL = 40;
const NUMBER = /^[-+\u2212]?\d+(?:[.,]\d+)?$/;
/** A bank account with its branch. */
const ACCOUNT = /^\d{4}[- ]?[1-9]\d{9}$/;
/** A whole amount, which no nought begins. */
const WHOLE = /^[-+\u2212]?[1-9]\d*(?:[.,]0{1,2})?-?$/;
const DECIMAL = /^[-+\u2212]?(0|[1-9]\d*)[.,](\d+)$/;
const PERSONS = /(?<!\p{L})(?:cpr|person(?:nummer|nr|-nr| nr|nummeret|num)|social security|civil registration|f\u00f8dselsnummer)/iu;
const OTHERS = /psp|anl\u00e6g|faktura|invoice|bilag|voucher|projekt|project|konto|account|dokument|document|(?<!\p{L})p[-. ]?(?:nr|num)|produktionsenhed|(?<!\p{L})(?:ean|gln|cvr|se[-. ]?nr)|ordre|order|rekvisition|bel\u00f8b|amount|saldo|balance|telefon|tlf|phone|tidspunkt|timestamp/iu;
const P_NUMBER = /(?<!\p{L})p[-. ]?(?:nr|num)|produktionsenhed/iu;

const shapeOf = (text: string): string => text.replace(/\d/g, '9');
const digitsOf = (text: string): string => text.replace(/\D/g, '');

/** True when a cell that looks like a CPR number can't be anything else: free text, or several of them. */
export function standsAlone(text: string): boolean {
  const plain = plainOf(text).trim();
  return plain.length > MAX_CELL || /\p{L}{5}|\p{L}.*\s\p{L}/u.test(plain) || personalNumbersIn(plain).length !== 1;
}

export function weighColumn(role: ColumnRole): ColumnWeighing {
  let sample = new Set<string>();
  let mask = 0;
  let [filled, numbers, digital] = [0, 0, 0];
  let column: Column | null = null;
  return {
    add(text) {
      const plain = plainOf(text).trim();
      if (plain === '') return;
      filled++;
      if (NUMBER.test(plain)) numbers++;
      if (plain.length > MAX_CELL || !/\d/.test(plain)) return;
      digital++;
      if ((hash(plain) & mask) !== 0) return;
      sample.add(plain);
      // Taken by their hash, so that they are of all of the column, whatever it is sorted by.
      while (sample.size > MAX_SAMPLE) {
        mask = mask * 2 + 1;
        sample = new Set([...sample].filter((one) => (hash(one) & mask) === 0));
      }
    },
    judge(text) {
      column ??= { ...columnOf(sample), numeric: filled === 0 ? 0 : numbers / filled, constant: sample.size === 1 && mask === 0 && filled >= 5 && filled === digital };
      return judged(role, column, plainOf(text).trim());
    },
  };
}

/** FNV-1a with its bits mixed, so that the lowest can choose. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ value >>> 15, 0x2c1b3c6d);
  return (value ^ value >>> 13) >>> 0;
}

function columnOf(sample: ReadonlySet<string>): Pick<Column, 'groups' | 'numbers' | 'sizes' | 'lengths'> {
  const byShape = new Map<string, string[]>();
  const numbers: string[] = [];
  for (const text of sample) {
    const shape = shapeOf(text);
    const found = byShape.get(shape);
    if (found === undefined) byShape.set(shape, [text]);
    else found.push(text);
    if (NUMBER.test(text) && personalNumbersIn(text).length === 0) numbers.push(text);
  }
  return { groups: new Map([...byShape].map(([shape, texts]) => [shape, groupOf(texts)])), numbers, sizes: numbers.map(sizeOf).sort((a, b) => a - b), lengths: new Set(numbers.map((number) => /\d+/.exec(number)?.[0].length ?? 0)) };
}

function groupOf(texts: readonly string[]): Group {
  const hits = new Map<string, string>();
  for (const text of texts) {
    const [digits, more] = personalNumbersIn(text);
    if (typeof digits === 'string' && more === undefined) hits.set(digitsOf(text), digits);
  }
  const values = texts.map(digitsOf);
  const heads = new Map<string, number[]>();
  for (const value of values) {
    const head = heads.get(value.slice(0, 2));
    if (head === undefined) heads.set(value.slice(0, 2), [Number(value)]);
    else head.push(Number(value));
  }
  for (const head of heads.values()) head.sort((a, b) => a - b);
  const checked = [...hits.values()].filter(fits).length;
  const days = new Set([...hits.values()].map((digits) => digits.slice(0, 2))).size;
  const persons = hits.size >= 5 && hits.size > 0.6 * values.length && days > Math.max(2, Math.min(5, values.length / 8));
  const running = runningHeads(values.length, heads);
  const rest = values.filter((value) => !running.has(value.slice(0, 2)));
  const others = rest.filter((value) => !hits.has(value));
  const beside = { others: others.length, hits: rest.length - others.length, checked: rest.filter((value) => { const hit = hits.get(value); return hit !== undefined && fits(hit); }).length, nought: others.some((value) => value.startsWith('0')) };
  const usualGaps = new Map([...heads].map(([head, sorted]) => [head, usualGap(sorted)]));
  return { values, hits, checked, heads, usualGaps, running, beside, persons, times: areTimes(values, checked, hits.size) };
}

/** The check digit of somebody who can be alive: the digit of the century is not that of a birth before 1900. */
const fits = (digits: string): boolean => hasCheckDigit(digits) && !(/[5-8]/.test(digits.charAt(6)) && Number(digits.slice(4, 6)) >= 58);

/** The heads of eight in ten values, if one head stands for at least five of them and there are at most five. */
function runningHeads(count: number, heads: ReadonlyMap<string, readonly number[]>): ReadonlySet<string> {
  const running = new Set<string>();
  let covered = 0;
  for (const [head, values] of [...heads].sort(([, a], [, b]) => b.length - a.length)) {
    if (covered >= 0.8 * count) break;
    running.add(head);
    covered += values.length;
  }
  return count >= 5 && running.size <= Math.min(5, Math.max(1, count / 5)) ? running : new Set();
}

/** Points in time: `2611301030`, year first, of one year or two; or a dozen cells that end with a clock time, as the numbers of no dozen persons all do. */
function areTimes(values: readonly string[], checked: number, hits: number): boolean {
  const years = new Set(values.map((value) => Number(value.slice(0, 2))));
  if (values.length >= 3 && Math.max(...years) - Math.min(...years) <= 1 && values.every((value) => /^\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d$/.test(value))) return true;
  const isClock = (value: string): boolean => /(?:[01]\d|2[0-3])[0-5]\d$/.test(value) || value.length === 12 && /(?:[01]\d|2[0-3])[0-5]\d[0-5]\d$/.test(value);
  return values.length >= 12 && checked <= hits / 2 && values.every(isClock);
}

function judged(role: ColumnRole, column: Column, text: string): Signs | null {
  const [digits, more] = personalNumbersIn(text);
  if (digits === undefined) return null;
  const group = column.groups.get(shapeOf(text));
  const checkDigit = typeof digits === 'string' && fits(digits);
  const persons = group?.persons ?? false;
  const heading = PERSONS.test(role.heading);
  const signs: Signs = { checkDigit, neighbours: persons ? 'persons' : 'alone', heading, vouched: role.vouched !== null };
  // Whoever vouches is believed, but not against all that the column says.
  if (role.vouched !== null) return persons && group !== undefined && group.checked > 0.5 * group.hits.size ? signs : null;
  if (isDecimal(column, text)) return null;
  if (digits === null || more !== undefined || group === undefined || persons && !group.times) return signs;
  if (group.times) return null;
  if (heading) return signs;
  const bare = WHOLE.test(text);
  if (role.money && bare) return null;
  const other = OTHERS.test(role.heading);
  if (isRunning(group, text, checkDigit) || isChance(group, text, checkDigit, other)) return null;
  if (!bare && !ACCOUNT.test(text)) return signs;
  if (bare && isAmount(column, text)) return null;
  if (P_NUMBER.test(role.heading) && text.startsWith('10')) return null;
  const varied = column.numbers.length >= 10 && [...column.lengths].filter((length) => length !== digitsOf(text).length).length >= 3 || bare && ofItsSize(column, text, 10) >= 3;
  return !checkDigit && (other || varied || column.constant) ? null : signs;
}

/** The number of ten or twelve digits stands on one side of the decimal sign; or the signs between its groups are one, as in the cells beside it. */
function isDecimal(column: Column, text: string): boolean {
  const [, whole, places] = DECIMAL.exec(text) ?? [];
  if (whole === undefined || places === undefined) return false;
  const digits = whole.length + places.length;
  if (digits !== 10 && digits !== 12 || whole.length === 10) return !/^0{1,2}$/.test(places);
  const beside = column.numbers.flatMap((number) => { const match = DECIMAL.exec(number); return match === null ? [] : [match[2]?.length ?? 0]; });
  return beside.filter((length) => length === places.length).length >= 3 || beside.length >= 10 && new Set(beside).size >= 3;
}

function usualGap(sorted: readonly number[]): number {
  const gaps = sorted.slice(1).map((one, i) => one - (sorted[i] ?? 0)).sort((a, b) => a - b);
  // The two widest may be those on either side of the one number that does not belong.
  return Math.max(1_000, 50 * (gaps[gaps.length >> 1] ?? 0), 2 * (gaps.at(-3) ?? 0));
}

/** The place of the first number that is not less. */
function placeOf(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isRunning(group: Group, text: string, checkDigit: boolean): boolean {
  const value = digitsOf(text);
  const sorted = group.heads.get(value.slice(0, 2)) ?? [];
  if (!group.running.has(value.slice(0, 2)) || sorted.length < 5 || group.checked > group.hits.size / 2) return false;
  if (!checkDigit) return true;
  const size = Number(value);
  const at = placeOf(sorted, size);
  const next = sorted[at] === size ? sorted[at + 1] : sorted[at];
  return Math.min(size - (sorted[at - 1] ?? -Infinity), (next ?? Infinity) - size) <= (group.usualGaps.get(value.slice(0, 2)) ?? 0);
}

function isChance(group: Group, text: string, checkDigit: boolean, otherHeading: boolean): boolean {
  const value = digitsOf(text);
  const own = group.running.has(value.slice(0, 2)) ? 1 : 0;
  const { others } = group.beside;
  const [hits, checked] = [group.beside.hits + own, group.beside.checked + (checkDigit ? own : 0)];
  const all = others + hits;
  if (!checkDigit) return others >= 1 && hits <= Math.max(1, 0.6 * all);
  // A nought in front that no other has.
  if (value.startsWith('0') && !group.beside.nought) return false;
  return others >= (otherHeading ? 2 : 5) && hits <= (value.length === 12 ? 0.1 : 0.3) * all + 0.7 && checked <= (others < 10 ? 1 : 2) + 0.02 * all;
}

const sizeOf = (number: string): number => Number(number.replace(/[-+\u2212]/g, '').replace(',', '.'));

function isAmount(column: Column, text: string): boolean {
  const { numbers, lengths: { size: lengths } } = column;
  if (column.numeric < 0.95 || numbers.length < 20 || lengths < 2) return false;
  return ofItsSize(column, text, lengths < 4 ? 2 : 10) >= 3;
}

/** How many numbers of the column are less than so many times as large or as small. */
function ofItsSize({ sizes }: Column, text: string, factor: number): number {
  const size = sizeOf(text);
  return placeOf(sizes, size * factor) - placeOf(sizes, size / factor);
}

/** The signs in words, for a message. */
export function signsInWords({ checkDigit, neighbours, heading }: Signs): string {
  const words = ['it begins with a day', checkDigit ? 'its check digit fits' : 'its check digit does not fit', ...(heading ? ['the heading names such numbers'] : []),
    neighbours === 'persons' ? 'most values beside it look so too' : 'the values beside it do not explain it'];
  return words.join('; ');
}
