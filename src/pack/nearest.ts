import { distance } from 'fastest-levenshtein';

/** The known name most like a mistyped one; null when none is near (more than a third of the letters differ). */
export function nearest(name: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let least = Infinity;
  for (const candidate of known) {
    const d = distance(name.toLowerCase(), candidate.toLowerCase());
    if (d < least) [best, least] = [candidate, d];
  }
  return best !== null && least <= Math.max(1, Math.ceil(Math.max(name.length, best.length) / 3)) ? best : null;
}

/** A hint for a name that is not known: the nearest one, and what there is. */
export function hintFor(name: string, known: Iterable<string>, what: string): string {
  const all = [...known];
  const near = nearest(name, all);
  const list = all.length === 0 ? `There is no ${what} in the pack.` : `Known: ${all.slice(0, 12).join(', ')}${all.length > 12 ? ', …' : ''}.`;
  return near === null ? list : `Did you mean '${near}'? ${list}`;
}
