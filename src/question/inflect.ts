const ENDINGS = ['ernes', 'terne', 'enes', 'erne', 'ens', 'ets', 'ene', 'tet', 'ten', 'ter', 'ede', 'ers', 'en', 'et', 'er', 'es', 'ne', 'n', 't', 's', 'r', 'e'];
const SHORTEST = 3;

const known = new Map<string, readonly string[]>();
const MOST_KNOWN = 20_000;

/** A word and what is left of it without a Danish or English ending; remembered, for the names of packs come again with every question. */
function stems(word: string): readonly string[] {
  const kept = known.get(word);
  if (kept !== undefined) return kept;
  if (known.size >= MOST_KNOWN) known.clear();
  const out = [word];
  known.set(word, out);
  for (const ending of ENDINGS) if (word.endsWith(ending) && word.length - ending.length >= SHORTEST) out.push(word.slice(0, -ending.length));
  // "Huller" is more than one "hul": Danish doubles the consonant.
  for (const stem of [...out]) if (/([b-df-hj-np-tv-z])\1$/.test(stem) && stem.length > SHORTEST) out.push(stem.slice(0, -1));
  return out;
}

/** True when two folded words are forms of one: `timer`, `timerne`, `time`; `budget`, `budgettet`; `district`, `districts`. */
export function sameWord(a: string, b: string): boolean {
  if (a === b) return true;
  if (Math.min(a.length, b.length) < SHORTEST || /\d/.test(a + b)) return false;
  const left = stems(a);
  return stems(b).some((stem) => stem.length >= SHORTEST && left.includes(stem) && (stem.length >= 4 || stem === a || stem === b));
}

/** Edits between two words (insert, delete, replace, swap neighbours), or `limit` + 1 when there are more. */
export function edits(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const above = rows[i - 1] as number[];
      let cost = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? limit + 1;
}

/** Slips allowed between two words: one from five letters, two from eight; none in shorter ones. */
export function slips(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  return shorter >= 8 ? 2 : shorter >= 5 ? 1 : 0;
}
