/** More choices in braces than this in one part of a path is no list of files any more. */
const MOST_CHOICES = 200;

/**
 * Whether a name fits a part of a path with `*`, `?`, `[abc]`, `[!a-z]` and `{a,b}`. The time is bounded by the length of
 * the part times that of the name, whatever the part: an author's stars can't hold the service up.
 * Null: the part names too many choices.
 */
export function namePattern(part: string): ((name: string) => boolean) | null {
  const choices = choicesOf([...part]);
  if (choices === null) return null;
  const wanted = choices.map(signsOf);
  return (name) => {
    const letters = [...name];
    return wanted.some((signs) => fits(signs, letters));
  };
}

/** `a{b,c{d,e}}` as `ab`, `acd`, `ace`; a brace that is never closed is itself. */
function choicesOf(part: readonly string[]): string[] | null {
  const open = part.findIndex((sign, i) => sign === '{' && closing(part, i) !== null);
  if (open < 0) return [part.join('')];
  const close = closing(part, open) as number;
  const choices: string[] = [];
  for (const inner of atCommas(part.slice(open + 1, close))) {
    const more = choicesOf([...part.slice(0, open), ...inner, ...part.slice(close + 1)]);
    if (more === null || choices.length + more.length > MOST_CHOICES) return null;
    choices.push(...more);
  }
  return choices;
}

function closing(part: readonly string[], open: number): number | null {
  let depth = 0;
  for (let i = open; i < part.length; i += 1) {
    if (part[i] === '{') depth += 1;
    if (part[i] === '}') depth -= 1;
    if (depth === 0) return i;
  }
  return null;
}

function atCommas(inner: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  let depth = 0;
  for (const sign of inner) {
    depth += Number(sign === '{') - Number(sign === '}');
    if (sign === ',' && depth === 0) parts.push([]);
    else parts.at(-1)?.push(sign);
  }
  return parts;
}

type Sign = '*' | ((letter: string) => boolean);

function signsOf(choice: string): Sign[] {
  return (choice.match(/\[!?[^\]]+\]|[^]/gu) ?? []).map((token): Sign => {
    if (token === '*') return '*';
    if (token === '?') return () => true;
    if (token.length < 3) return (letter) => letter === token;
    const not = token[1] === '!';
    const ranges = rangesOf([...token.slice(not ? 2 : 1, -1)]);
    return (letter) => ranges.some(([from, to]) => letter >= from && letter <= to) !== not;
  });
}

function rangesOf(letters: readonly string[]): (readonly [string, string])[] {
  const ranges: (readonly [string, string])[] = [];
  for (let i = 0; i < letters.length; i += 1) {
    const [from = '', dash, to] = letters.slice(i, i + 3);
    const isRange = dash === '-' && to !== undefined;
    ranges.push([from, isRange ? to : from]);
    if (isRange) i += 2;
  }
  return ranges;
}

/** Of several stars only the last can still take more: what the ones before took is the shortest there is. */
function fits(signs: readonly Sign[], letters: readonly string[]): boolean {
  let [at, star, taken] = [0, -1, 0];
  for (let i = 0; i < letters.length;) {
    const sign = signs[at];
    if (sign === '*') {
      [star, taken] = [at, i];
      at += 1;
    } else if (sign !== undefined && sign(letters[i] ?? '')) {
      at += 1;
      i += 1;
    } else if (star >= 0) {
      taken += 1;
      [at, i] = [star + 1, taken];
    } else return false;
  }
  return signs.slice(at).every((sign) => sign === '*');
}
