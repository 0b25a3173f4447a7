import type { Organisation } from '../pack/model.ts';

/** Why a count is not shown: it is small itself, or it would give away one that is. */
export type Mark = 'small' | 'withheld';

/** When a count of persons is small: above zero (or, with `zeroHidden`, from zero) and under the threshold. */
export interface CountRule {
  readonly threshold: number;
  readonly zeroHidden: boolean;
  /** Hidden counts are not told apart as small and others, so nobody knows more of one than that it is hidden. */
  readonly silent?: boolean;
}

/** Values of one dimension at one node; a value that is not there counts zero. */
export type Counts = ReadonlyMap<string, number>;

/** What an onlooker knows of a hidden count: it lies between these, both included. */
interface Box { readonly low: number; readonly high: number }

const isSmall = (rule: CountRule, value: number): boolean => Math.abs(value) < rule.threshold && (rule.zeroHidden || value !== 0);
const smallBox = (rule: CountRule): Box => ({ low: rule.zeroHidden ? 0 : 1, high: rule.threshold - 1 });
const largeBox = (rule: CountRule): Box => ({ low: rule.threshold, high: Infinity });
const ANY: Box = { low: 0, high: Infinity };

/** A hidden count that must be able to be others: up by `up` and down by `down` without anything shown changing. */
interface Need { readonly up: number; readonly down: number }

/** A small count could be any small count; another hidden one must be able to be more. */
const needOf = (rule: CountRule, value: number): Need => {
  const box = smallBox(rule);
  return isSmall(rule, value) ? { up: box.high - value, down: value - box.low } : { up: Math.max(1, rule.threshold - 2), down: 0 };
};

/** The rows that stand at a node itself and not at one below it: a member of its sum that is never shown, but could be had. */
const OWN = '\u0000own';

const boxOf = (rule: CountRule, value: number): Box => (rule.silent === true ? ANY : isSmall(rule, value) ? smallBox(rule) : largeBox(rule));

/**
 * Which members of a sum to hide so that none of `must` can be had from the sum and the rest. Others are hidden with them, in the
 * order they stand in, until every hidden one could be any number its mark allows, as far as anyone can tell who sees the sum, the
 * marks and the rest. Null: the members can't give that much, so the sum itself has to be hidden.
 *
 * The order and the test are what an onlooker could work out too: a choice by what is hidden (the smallest other, say) would
 * tell of it to who knows how the choice is made. And a late row changes no choice it need not.
 */
function hideInSum(rule: CountRule, members: ReadonlyMap<string, number>, must: ReadonlySet<string>): Set<string> | null {
  const spare = [...members].filter(([id, value]) => !must.has(id) && value >= rule.threshold).map(([id]) => id);
  const tries = [[...must], ...spare.map((_, i) => [...must, ...spare.slice(0, i + 1)])];
  const { low, high } = smallBox(rule);
  const found = tries.find((hidden) => { const { each, all } = leeway(rule, members, hidden); return each >= high - low && all >= LEAST_LEEWAY; });
  return found === undefined ? null : new Set(found);
}

/** With less, a set that is passed over would be so for one reason only, and the next one taken would tell of it. */
const LEAST_LEEWAY = 3;

/** How many other numbers the best known of some hidden members of a sum could be, from what their marks say and what they make up together; and how many more persons there are in all than the marks ask for. */
function leeway(rule: CountRule, members: ReadonlyMap<string, number>, hidden: readonly string[]): { each: number; all: number } {
  if (hidden.length < 2) return { each: 0, all: 0 };
  const boxes = hidden.map((id) => (id === OWN ? ANY : boxOf(rule, members.get(id) ?? 0)));
  const sum = hidden.reduce((total, id) => total + (members.get(id) ?? 0), 0);
  const least = boxes.reduce((total, { low }) => total + low, 0);
  const unbounded = boxes.filter(({ high }) => high === Infinity).length;
  const most = boxes.reduce((total, { high }) => total + (high === Infinity ? 0 : high), 0);
  const each = boxes.map(({ low, high }) => {
    const othersMost = unbounded > (high === Infinity ? 1 : 0) ? Infinity : most - (high === Infinity ? 0 : high);
    return Math.min(high, sum - (least - low)) - Math.max(low, sum - othersMost);
  });
  return { each: Math.min(...each), all: sum - least };
}

function membersOf(organisation: Organisation, node: string, value: (node: string) => number): Map<string, number> {
  const children = organisation.units.get(node)?.children ?? [];
  const members = new Map(children.map((child) => [child, value(child)]));
  const own = value(node) - [...members.values()].reduce((sum, one) => sum + one, 0);
  if (children.length > 0 && own > 0) members.set(OWN, own);
  return members;
}

const below = (organisation: Organisation, node: string): string[] => (organisation.units.get(node)?.children ?? []).flatMap((child) => [child, ...below(organisation, child)]);

/**
 * Which nodes of the tree may not show their count in one stretch of time. Below a hidden node everything is hidden, zeros
 * too; of the members of a shown sum never one alone is. So for every hidden count another population gives the same figures.
 */
export function hideTotals(organisation: Organisation, totals: ReadonlyMap<string, number>, rule: CountRule): Map<string, Mark> {
  const value = (node: string): number => totals.get(node) ?? 0;
  const forced = new Set<string>();
  for (;;) {
    const marks = new Map<string, Mark>();
    let parent: string | null = null;
    const hide = (node: string, mark: Mark): void => {
      marks.set(node, mark);
      for (const unit of below(organisation, node)) marks.set(unit, 'withheld');
    };
    const walk = (node: string): void => {
      if (parent !== null) return;
      const members = membersOf(organisation, node, value);
      const must = new Set([...members].filter(([id, count]) => forced.has(id) || isSmall(rule, count)).map(([id]) => id));
      if (must.size > 0) {
        const hidden = hideInSum(rule, members, must);
        if (hidden === null) {
          parent = node;
          return;
        }
        for (const id of hidden) if (id !== OWN) hide(id, isSmall(rule, value(id)) ? 'small' : 'withheld');
      }
      for (const id of members.keys()) if (id !== OWN && !marks.has(id)) walk(id);
    };
    const { root } = organisation;
    if (isSmall(rule, value(root)) || forced.has(root)) hide(root, isSmall(rule, value(root)) ? 'small' : 'withheld');
    else walk(root);
    if (parent === null) return marks;
    forced.add(parent);
  }
}

/** What of one measure may not be shown in one stretch of time: at which nodes the whole, and which values of a dimension. */
export interface Hidden {
  readonly totals: ReadonlyMap<string, Mark>;
  readonly values: ReadonlyMap<string, ReadonlyMap<string, Mark>>;
}

/** What is hidden of another measure; `nobody`: of a whole, where everyone can see that it counts no one. */
export interface Beside extends Hidden { readonly nobody?: (node: string, value: string | null) => boolean }

const allWithheld = (of: readonly ReadonlyMap<string, Mark>[]): Map<string, Mark> => new Map(of.flatMap((marks) => [...marks.keys()].map((key): [string, Mark] => [key, 'withheld'])));

/**
 * What of a measure may not be shown, from its counts at every node (and by value; null: they are not asked for).
 *
 * `beside`: what is hidden of its wholes, and of what of them is not it. Of children assessed in time and of all of them, the
 * late ones are the difference: a part is shown only where the whole and the rest may be too. Then each population that keeps
 * the rest's figures keeps its own. Why a part is hidden is not said, since that would tell which of the two is small.
 */
export function hideCounts(organisation: Organisation, counts: { readonly totals: ReadonlyMap<string, number>; readonly values: ReadonlyMap<string, Counts> | null }, rule: CountRule, beside: readonly Beside[] = []): Hidden {
  if (beside.length === 0) {
    const own = hideTotals(organisation, counts.totals, rule);
    return { totals: own, values: counts.values === null ? new Map() : hideValues(organisation, counts.values, own, rule) };
  }
  const silent = { ...rule, silent: true };
  const totals = allWithheld([hideTotals(organisation, counts.totals, silent), ...beside.map((one) => one.totals)]);
  const values = counts.values === null ? null : hideValues(organisation, counts.values, totals, silent);
  const marks: Marks = new Map([...organisation.units.keys()].map((node) => [node, values === null ? new Map<string, Mark>() : allWithheld([values, ...beside.map((one) => one.values)].map((of) => of.get(node) ?? new Map<string, Mark>()))]));
  hideLone(organisation, totals, marks, counts.values === null ? [] : [...new Set([...counts.values.values()].flatMap((of) => [...of.keys()]))], (node, value) => beside.some(({ nobody }) => nobody?.(node, value) === true));
  return { totals, values: counts.values === null ? new Map() : marks };
}

/**
 * Of a part, who is in it is bounded by the whole: where nobody is in the whole, nobody is in the part. So a hidden one may stand
 * alone among members that are known after all; then the sum it could be had from is hidden too, and so on up.
 */
function hideLone(organisation: Organisation, totals: Map<string, Mark>, marks: Marks, values: readonly string[], nobody: (node: string, value: string | null) => boolean): void {
  const hides = (node: string, value: string | null): boolean => (value === null ? totals : marks.get(node))?.has(value ?? node) === true;
  const hide = (node: string, value: string | null): void => { if (value === null) totals.set(node, 'withheld'); else marks.get(node)?.set(value, 'withheld'); };
  for (let changed = true; changed;) {
    changed = false;
    for (const [node, { children }] of organisation.units) {
      for (const value of [null, ...values]) {
        if (hides(node, value) || children.filter((child) => hides(child, value) && !nobody(child, value)).length !== 1) continue;
        hide(node, value);
        changed = true;
      }
      if (hides(node, null) || values.filter((value) => hides(node, value) && !nobody(node, value)).length !== 1) continue;
      // Of the values all are hidden, and where that is only one, the whole it is.
      const some = values.filter((value) => !nobody(node, value));
      for (const value of some.length > 1 ? some : [null]) hide(node, value);
      changed = true;
    }
  }
}

interface Table {
  readonly organisation: Organisation;
  readonly rule: CountRule;
  readonly values: readonly string[];
  readonly totals: ReadonlyMap<string, Mark>;
  readonly at: (node: string, value: string) => number;
}

/**
 * Which values of a dimension may not be shown, per node, given which totals are hidden. Below a hidden value it is hidden
 * too; a hidden cell beside shown totals stands in a rectangle of four, so that two persons may have changed places.
 */
export function hideValues(organisation: Organisation, counts: ReadonlyMap<string, Counts>, totals: ReadonlyMap<string, Mark>, rule: CountRule): Map<string, Map<string, Mark>> {
  const values = [...new Set([...counts.values()].flatMap((own) => [...own.keys()]))].sort();
  const [only] = values;
  // A dimension with one value is the whole by another name.
  if (only !== undefined && values.length === 1) return new Map([...organisation.units.keys()].map((node) => { const mark = totals.get(node); return [node, new Map(mark === undefined ? [] : [[only, mark]])]; }));
  const table: Table = { organisation, rule, values, totals, at: (node, value) => counts.get(node)?.get(value) ?? 0 };
  const forced = new Map<string, Set<string>>();
  let whole = totals.has(organisation.root);
  for (;;) {
    const marks = new Map([...organisation.units.keys()].map((node) => [node, new Map<string, Mark>()]));
    const failed = whole ? null : fillMarks(table, marks, forced);
    if (whole) for (const node of organisation.units.keys()) for (const value of values) marks.get(node)?.set(value, 'withheld');
    if (failed === null) return withoutGivenZeros(table, marks);
    const known = forced.get(failed.node) ?? new Set<string>();
    // Nothing more can be hidden at the root: the dimension is not shown at all.
    if (failed.node === '' || known.has(failed.value)) whole = true;
    forced.set(failed.node, known.add(failed.value));
  }
}

type Marks = Map<string, Map<string, Mark>>;
interface Unsafe { readonly node: string; readonly value: string }

/** Marks the table from the root down; where a cell can't be made safe, the one above it that has to be hidden (node '' above the root). */
function fillMarks(table: Table, marks: Marks, forced: ReadonlyMap<string, ReadonlySet<string>>): Unsafe | null {
  const { organisation, rule, values, totals, at } = table;
  const { root } = organisation;
  const hide = (node: string, value: string, mark: Mark): void => {
    if (marks.get(node)?.has(value) === true) return;
    marks.get(node)?.set(value, mark);
    for (const unit of below(organisation, node)) if (marks.get(unit)?.has(value) !== true || mark === 'withheld') marks.get(unit)?.set(value, 'withheld');
  };
  for (const [node] of totals) for (const value of values) hide(node, value, 'withheld');

  const row = new Map(values.map((value) => [value, at(root, value)]));
  const must = new Set(values.filter((value) => isSmall(rule, at(root, value)) || forced.get(root)?.has(value) === true));
  if (must.size > 0) {
    const hidden = hideInSum(rule, row, must);
    if (hidden === null) return { node: '', value: '' };
    for (const value of hidden) {
      marks.get(root)?.set(value, isSmall(rule, at(root, value)) ? 'small' : 'withheld');
      for (const unit of below(organisation, root)) marks.get(unit)?.set(value, 'withheld');
    }
  }
  const queue = [root];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    const failed = fillBelow(table, marks, forced, node, hide);
    if (failed !== null) return failed;
    queue.push(...(organisation.units.get(node)?.children ?? []).filter((child) => !totals.has(child)));
  }
  return null;
}

function fillBelow(table: Table, marks: Marks, forced: ReadonlyMap<string, ReadonlySet<string>>, parent: string, hide: (node: string, value: string, mark: Mark) => void): Unsafe | null {
  const { organisation, rule, values, totals } = table;
  const children = organisation.units.get(parent)?.children ?? [];
  const own = new Map(values.map((value) => [value, Math.max(0, table.at(parent, value) - children.reduce((sum, child) => sum + table.at(child, value), 0))]));
  const rows = [...children, ...([...own.values()].some((one) => one > 0) ? [OWN] : [])];
  const at = (node: string, value: string): number => (node === OWN ? own.get(value) ?? 0 : table.at(node, value));
  const ownHidden = new Set<string>();
  const above = (value: string): boolean => marks.get(parent)?.has(value) === true;
  const hidden = (node: string, value: string): boolean => above(value) || (node === OWN ? ownHidden.has(value) : marks.get(node)?.has(value) === true);
  const box = (node: string, value: string): Box => (above(value) || (node !== OWN && totals.has(node)) ? ANY : boxOf(rule, at(node, value)));
  const newly = (node: string, value: string): void => {
    if (hidden(node, value)) return;
    if (node === OWN) ownHidden.add(value);
    else hide(node, value, isSmall(rule, at(node, value)) ? 'small' : 'withheld');
  };
  const cells = rows.filter((node) => node === OWN || !totals.has(node)).flatMap((node) => values.filter((value) => !above(value) && (isSmall(rule, at(node, value)) || (node !== OWN && forced.get(node)?.has(value) === true))).map((value) => ({ node, value })));
  for (const { node, value } of cells) newly(node, value);

  // Looked at once for every pair of rows and values, so kept by place and not by name.
  const cell = (node: string, value: string): Corner => {
    const count = at(node, value);
    const { low, high } = box(node, value);
    const shown = !hidden(node, value);
    // What is hidden only for another's sake is marked as no small count, so it must be none.
    return { usable: !shown || count >= rule.threshold, less: Math.max(0, count - low), more: Math.max(0, high - count), price: shown ? 1 + (node === OWN ? 0 : below(organisation, node).length) : 0 };
  };
  const grid = rows.map((node) => values.map((value) => cell(node, value)));
  for (const { node, value } of cells) {
    const [r, v] = [rows.indexOf(node), values.indexOf(value)];
    const found = rectangleFor(grid, r, v, needOf(rule, at(node, value)));
    if (found === null) return { node: parent, value };
    for (const [i, j] of [[found.row, v], [r, found.column], [found.row, found.column]] as const) {
      newly(rows[i] as string, values[j] as string);
      (grid[i] as Corner[])[j] = cell(rows[i] as string, values[j] as string);
    }
  }
  return null;
}

/** A cell as a corner of a rectangle: whether it may be hidden, how far its count can go down and up, and how many cells are lost with it. */
interface Corner { readonly usable: boolean; readonly less: number; readonly more: number; readonly price: number }

/** The row and column that make the cheapest rectangle with a hidden cell; null where none lets it be another count. */
function rectangleFor(grid: readonly (readonly Corner[])[], r: number, v: number, need: Need): { row: number; column: number } | null {
  const own = grid[r] as readonly Corner[];
  let best: { price: number; row: number; column: number } | null = null;
  for (let row = 0; row < grid.length; row += 1) {
    const other = grid[row] as readonly Corner[];
    const beneath = other[v] as Corner;
    if (row === r || !beneath.usable || (best !== null && beneath.price >= best.price)) continue;
    for (let column = 0; column < own.length; column += 1) {
      const [beside, opposite] = [own[column] as Corner, other[column] as Corner];
      if (column === v || !beside.usable || !opposite.usable) continue;
      const up = Math.min(beneath.less, beside.less, opposite.more);
      const down = Math.min(beneath.more, beside.more, opposite.less);
      const full = up >= need.up && down >= need.down;
      if (!full && !((need.up >= 1 && up >= 1) || (need.down >= 1 && down >= 1))) continue;
      // One more cell hidden is worth it where the small count can then be any small count.
      const price = beneath.price + beside.price + opposite.price + (full ? 0 : 1);
      if (best === null || price < best.price) best = { price, row, column };
      if (price === 0) return best;
    }
  }
  return best;
}

/** A hidden cell that the shown ones prove to be zero is shown: hiding it would hide nothing. */
function withoutGivenZeros({ organisation, values, totals, at }: Table, marks: Marks): Marks {
  for (const node of organisation.units.keys()) {
    const own = marks.get(node) ?? new Map<string, Mark>();
    if (!totals.has(node) && [...own.keys()].every((value) => at(node, value) === 0)) own.clear();
  }
  for (const [node, unit] of organisation.units) for (const value of values) {
    if (marks.get(node)?.has(value) === true) continue;
    const hidden = unit.children.filter((child) => marks.get(child)?.has(value) === true);
    if (at(node, value) === unit.children.reduce((sum, child) => sum + at(child, value), 0) && hidden.every((child) => at(child, value) === 0)) for (const child of hidden) marks.get(child)?.delete(value);
  }
  return marks;
}
