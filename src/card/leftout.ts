import { pieces } from '../calendar/period.ts';
import { knownUnits } from '../access/rule.ts';
import type { Language, Measure, Pack, Person } from '../pack/model.ts';
import type { Comparison } from '../query/query.ts';
import type { Cell, Gap, LeftOut, Result, Row } from '../query/result.ts';
import { messages } from './messages.ts';
import { formatPercent } from './numbers.ts';
import { periodName } from './periods.ts';

const MOST_NAMED = 3;

/** What is left out in words: `Øst (juli – december 2026), Vest og 2 enheder til`. A unit without a name is one its reader may not know. */
function gapsInWords(pack: Pack, gaps: readonly Gap[], period: { from: string; to: string }, language: Language): string {
  const m = messages(language);
  const when = ({ from, to }: Gap): string => {
    if (from <= period.from && to >= period.to) return '';
    const months = pieces({ from, to, grain: 'rolling' }, 'month').length;
    return periodName({ from, to, grain: months === 1 && from.endsWith('-01') && to.endsWith('-01') ? 'month' : 'rolling' }, language, pack.yearStart);
  };
  const units = [...new Set(gaps.map(({ unit }) => unit))];
  const named = units.filter((unit) => unit !== '').slice(0, MOST_NAMED);
  const rest = units.filter((unit) => unit !== '').length - named.length + gaps.filter(({ unit }) => unit === '').length;
  const texts = named.map((unit) => {
    const times = gaps.filter((gap) => gap.unit === unit).map(when).filter((one) => one !== '');
    return `${pack.organisation.units.get(unit)?.name[language] ?? unit}${times.length === 0 ? '' : ` (${times.join(', ')})`}`;
  });
  const all = [...texts, ...(rest === 0 ? [] : [m.leftOutMore(rest, texts.length > 0)])];
  return [all.slice(0, -1).join(', '), all.at(-1) ?? ''].filter((part) => part !== '').join(` ${m.and} `);
}

/** The same gap named by several rows counts once; how much it is can be said of one row only. */
function together(found: readonly LeftOut[]): LeftOut {
  const gaps = new Map(found.flatMap(({ gaps: own }) => own.map((gap) => [`${gap.unit} ${gap.from} ${gap.to}`, gap] as const)));
  return { gaps: [...gaps.values()], share: found.length === 1 ? found[0]?.share ?? null : null };
}

const sameGaps = (a: readonly Gap[], b: readonly Gap[]): boolean => JSON.stringify(a) === JSON.stringify(b);

/** One sentence for each figure or comparison that was made without something: what, and how much of the money it is. */
export function leftOutNotes(pack: Pack, { rows, query }: Result, measure: Measure, names: Readonly<Record<Comparison, string>>, language: Language): string[] {
  const m = messages(language);
  const notes: string[] = [];
  const nameOf = (id: string): string => (pack.measures.get(id)?.name[language] ?? id).toLowerCase();
  const told = ({ gaps, share }: LeftOut, of: string): string => (gaps.length === 0 ? '' : m.leftOutIs(gapsInWords(pack, gaps, query.period, language), share === null || share < 0.0005 ? '' : formatPercent(share, language), of));
  const cells = (of: (row: Row) => Cell | undefined): Cell[] => rows.map(of).filter((cell) => cell !== undefined);
  if (measure.kind === 'ratio') {
    const made = cells((row) => row.values[measure.id]).filter(({ leftOut }) => leftOut !== undefined);
    const [shown, none] = [made.filter(({ value }) => value !== null), made.filter(({ value }) => value === null)];
    const parts: [string, string] = [nameOf(measure.numerator), nameOf(measure.denominator)];
    if (shown.length > 0) notes.push(`${m.noteCommon(measure.name[language], ...parts)}${told(together(shown.flatMap(({ leftOut }) => leftOut ?? [])), parts[0])}`);
    if (none.length > 0) notes.push(m.noteNothingCommon(measure.name[language], ...parts));
  }
  const own = together(cells((row) => row.values[measure.id]).flatMap(({ leftOut }) => leftOut ?? [])).gaps;
  for (const comparison of query.comparisons) {
    const others = cells((row) => row.against[comparison]?.[measure.id]);
    const alike = others.flatMap((cell) => (cell.alike === undefined || cell.alike === null || cell.alike.leftOut.gaps.length === 0 ? [] : [cell.alike.leftOut]));
    const said = together(alike);
    // What the ratio itself was made without has been said.
    if (alike.length > 0 && !(measure.kind === 'ratio' && sameGaps(said.gaps, own))) notes.push(`${m.noteAlike(measure.name[language], names[comparison])}${told(said, measure.kind === 'ratio' ? nameOf(measure.numerator) : nameOf(measure.id))}`);
  }
  return notes;
}

/** A result whose gaps name only units that a person may know; the others keep their place without a name. */
export function withGapsFor(pack: Pack, person: Person, result: Result): Result {
  const known = knownUnits(pack, person);
  const cut = (leftOut: LeftOut): LeftOut => ({ ...leftOut, gaps: leftOut.gaps.map((gap) => (known.has(gap.unit) ? gap : { ...gap, unit: '' })) });
  const shown = (cell: Cell): Cell => {
    if (cell.leftOut === undefined && (cell.alike === undefined || cell.alike === null)) return cell;
    return { ...cell, ...(cell.leftOut === undefined ? {} : { leftOut: cut(cell.leftOut) }), ...(cell.alike === undefined || cell.alike === null ? {} : { alike: { ...cell.alike, leftOut: cut(cell.alike.leftOut) } }) };
  };
  const cells = (of: Readonly<Record<string, Cell>>): Record<string, Cell> => Object.fromEntries(Object.entries(of).map(([id, cell]) => [id, shown(cell)]));
  const touched = (row: Row): boolean => [...Object.values(row.values), ...Object.values(row.against).flatMap((one) => Object.values(one))].some((cell) => cell.leftOut !== undefined || (cell.alike !== undefined && cell.alike !== null));
  const turns = result.turns?.filter(({ unit }) => known.has(unit)).map((turn) => ({ ...turn, successor: turn.successor !== null && known.has(turn.successor) ? turn.successor : null }));
  return withTurns(result.rows.some(touched) ? { ...result, rows: result.rows.map((row) => ({ ...row, values: cells(row.values), against: Object.fromEntries(Object.entries(row.against).map(([comparison, of]) => [comparison, cells(of)])) })) } : result, turns);
}

const withTurns = (result: Result, turns: Result['turns']): Result => (turns === undefined ? result : { ...result, turns });
