import fc from 'fast-check';

/** Planted in what is sent: never to be found in a log or an answer. */
export const CANARY = 'KANARIEFUGL-5b1d';
const CPR = '010190-1234';
export const PLANTED = /KANARIEFUGL|010190/;
/** What an answer must never hold: a planted word, a place in code, an error's name. */
export const REVEALING = /KANARIEFUGL|010190|node_modules|\.[jt]s:\d|\bat \S+ \(|Error\b/;

type Path = readonly (string | number)[];

/** Deeper than any payload goes, and not so deep that this falls over its own values. */
const DEEPEST = 8;

const deep = (levels: number, leaf: unknown): unknown => Array.from({ length: levels }).reduce<unknown>((inner, _, i) => (i % 2 === 0 ? [inner] : { inner }), leaf);

/** Values nobody expects where they stand: other types, none, much, deep, odd signs, names of the language itself. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<unknown>(null, true, 0, -1, 1e308, '', ' ', [], {}, [[]], [null], CANARY, `${CANARY} ${CPR}`, `${CANARY}\u0000`, `\ud800${CANARY}`, `<@${CANARY}|x>`, `https://${CANARY}.example/`, `__proto__`, 'constructor', JSON.parse('{"__proto__":{"polluted":true},"toString":1,"then":1}'), 'x'.repeat(20)) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).map((text) => `${CANARY}${text}`) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(1, 3).map((times) => CANARY.repeat(times * 4_000)) },
  { weight: 1, arbitrary: fc.constantFrom(50, 2_000).map((levels) => deep(levels, CANARY)) },
);

/** Every place in a payload. */
function placesIn(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null || at.length > DEEPEST) return at.length === 0 ? [] : [at];
  return [...(at.length === 0 ? [] : [at]), ...Object.keys(value).flatMap((key) => placesIn((value as Record<string, unknown>)[key], [...at, key]))];
}

function changed(payload: unknown, at: Path, value: { readonly drop: boolean; readonly put: unknown }): unknown {
  const [key, ...rest] = at;
  if (key === undefined) return value.put;
  if (typeof payload !== 'object' || payload === null) return payload;
  const copy = (Array.isArray(payload) ? [...payload as unknown[]] : { ...payload }) as Record<string | number, unknown>;
  if (rest.length === 0 && value.drop) delete copy[key];
  else copy[key] = changed(copy[key], rest, value);
  return copy;
}

/** A payload with one to three places dropped or replaced, or wholly something else. */
export function mutationsOf(payloads: readonly unknown[]): fc.Arbitrary<unknown> {
  const change = fc.record({ place: fc.nat(), drop: fc.boolean(), put: odd });
  const mutated = fc.tuple(fc.constantFrom(...payloads), fc.array(change, { minLength: 1, maxLength: 3 })).map(([payload, changes]) => changes.reduce<unknown>((before, { place, drop, put }) => {
    const places = placesIn(before);
    return places.length === 0 ? before : changed(before, places[place % places.length] ?? [], { drop, put });
  }, payload));
  return fc.oneof({ weight: 12, arbitrary: mutated }, { weight: 1, arbitrary: odd });
}
