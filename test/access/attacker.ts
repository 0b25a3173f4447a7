/** One linear equation over the figures that are not shown: the sum of `factors` times each is `sum`. */
export interface Equation { readonly factors: ReadonlyMap<number, number>; readonly sum: number }

/** What is known of a figure that is not shown before anything is solved. */
export interface Known { readonly low: number; readonly high: number }

const EPS = 1e-7;

/** A simplex tableau in a feasible basis, of variables that are zero or more; null when nothing is feasible. */
function feasible(rows: number[][], columns: number): { tableau: number[][]; basis: number[] } | null {
  const m = rows.length;
  const tableau = rows.map((row, i) => {
    const sign = (row[columns] ?? 0) < 0 ? -1 : 1;
    return [...row.slice(0, columns).map((x) => x * sign), ...Array.from({ length: m }, (_, j) => Number(i === j)), (row[columns] ?? 0) * sign];
  });
  const basis = tableau.map((_, i) => columns + i);
  const artificial = Array.from({ length: columns + m }, (_, j) => (j >= columns ? 1 : 0));
  if (minimize(tableau, basis, artificial, columns + m) > EPS) return null;
  // What is left of the artificial ones is zero: put a real one in its place, or the row says nothing.
  for (let i = tableau.length - 1; i >= 0; i -= 1) {
    if ((basis[i] as number) < columns) continue;
    const enter = tableau[i]?.slice(0, columns).findIndex((x) => Math.abs(x) > EPS) ?? -1;
    if (enter >= 0) pivot(tableau, basis, i, enter);
    else {
      tableau.splice(i, 1);
      basis.splice(i, 1);
    }
  }
  return { tableau: tableau.map((row) => [...row.slice(0, columns), row.at(-1) as number]), basis };
}

function pivot(tableau: number[][], basis: number[], row: number, column: number): void {
  const own = tableau[row] as number[];
  const by = own[column] as number;
  for (let j = 0; j < own.length; j += 1) own[j] = (own[j] as number) / by;
  tableau.forEach((other, i) => {
    const factor = other[column] as number;
    if (i !== row && factor !== 0) for (let j = 0; j < other.length; j += 1) other[j] = (other[j] as number) - factor * (own[j] as number);
  });
  basis[row] = column;
}

/** The least value of a sum over the variables, by Bland's rule, so that it ends; -Infinity when there is none. */
function minimize(tableau: number[][], basis: number[], costs: readonly number[], columns: number): number {
  for (;;) {
    const enter = Array.from({ length: columns }, (_, j) => j).find((j) => (costs[j] as number) - tableau.reduce((sum, row, i) => sum + (costs[basis[i] as number] as number) * (row[j] as number), 0) < -EPS);
    if (enter === undefined) return tableau.reduce((sum, row, i) => sum + (costs[basis[i] as number] as number) * (row.at(-1) as number), 0);
    let leave = -1;
    let least = Infinity;
    tableau.forEach((row, i) => {
      const x = row[enter] as number;
      if (x <= EPS) return;
      const ratio = (row.at(-1) as number) / x;
      if (ratio < least - EPS || (ratio < least + EPS && leave >= 0 && (basis[i] as number) < (basis[leave] as number))) { least = ratio; leave = i; }
    });
    if (leave < 0) return -Infinity;
    pivot(tableau, basis, leave, enter);
  }
}

/**
 * The narrowest bounds that follow from the equations for every figure that is not shown, by linear programming: nobody
 * who knows the same can know more, as far as whole numbers say no more than real ones. Throws when nothing is feasible.
 */
export function solve(unknowns: readonly Known[], equations: readonly Equation[]): { low: number; high: number }[] {
  const bounded = unknowns.flatMap(({ high }, i) => (Number.isFinite(high) ? [i] : []));
  const columns = unknowns.length + bounded.length;
  const rows = [
    ...equations.filter(({ factors }) => factors.size > 0).map(({ factors, sum }) => {
      const row = Array.from({ length: columns + 1 }, () => 0);
      let rest = sum;
      for (const [i, factor] of factors) {
        row[i] = factor;
        rest -= factor * (unknowns[i]?.low ?? 0);
      }
      row[columns] = rest;
      return row;
    }),
    ...bounded.map((i, k) => {
      const row = Array.from({ length: columns + 1 }, () => 0);
      row[i] = 1;
      row[unknowns.length + k] = 1;
      row[columns] = (unknowns[i]?.high ?? 0) - (unknowns[i]?.low ?? 0);
      return row;
    }),
  ];
  const start = feasible(rows, columns);
  if (start === null) throw new Error('what is known contradicts itself');
  return unknowns.map(({ low }, i) => {
    const along = (sign: number): number => {
      const tableau = start.tableau.map((row) => [...row]);
      return minimize(tableau, [...start.basis], Array.from({ length: columns }, (_, j) => (j === i ? sign : 0)), columns);
    };
    return { low: low + along(1), high: low - along(-1) };
  });
}
