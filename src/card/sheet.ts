import { shiftDays, type IsoDate, type Period } from '../calendar/period.ts';
import type { Language, Measure, Pack } from '../pack/model.ts';
import type { Query } from '../query/query.ts';
import { isHidden, type Result, type Row } from '../query/result.ts';
import { rowName } from './charts.ts';
import { cellText, inWords } from './figures.ts';
import { messages } from './messages.ts';
import { isMoney, unitName } from './numbers.ts';

/** A value of a worksheet: a number keeps all its decimals, a day is a date; `format` says how Excel shows it. */
export type SheetCell = string | { readonly value: number; readonly format: string } | { readonly day: IsoDate; readonly format: string } | null;

/** A worksheet, its header first. */
export interface Worksheet {
  readonly name: string;
  readonly rows: readonly (readonly SheetCell[])[];
}

/** What a spreadsheet of an answer holds: the figures, and what must be known about them. No formulas, and text never begins one. */
export function answerSheets(pack: Pack, result: Result, about: readonly string[], language: Language): Worksheet[] {
  const m = messages(language);
  const { query } = result;
  const measures = query.measures.map((id) => pack.measures.get(id)).filter((one) => one !== undefined);
  const titles = { plan: m.columnPlan, previous: m.columnPrevious, 'last-year': m.columnLastYear, period: query.comparedTo === null ? '' : inWords(pack, query.comparedTo, language), average: m.columnAverage, highest: m.columnHighest, lowest: m.columnLowest, share: m.columnShare } as const;
  const dimension = query.by !== null && 'dimension' in query.by;
  const named = (measure: Measure, what = '', of = measure.unit): string => { const unit = unitName(of, language); return `${measure.name[language]}${what}${unit === '' ? '' : ` (${unit})`}`; };
  const timed = result.rows.length === 0 || result.rows.every((row) => isMonth(row.period));
  const header = [m.columnUnit, ...(timed ? [m.columnPeriod] : [m.columnPeriod, m.columnFrom, m.columnTo]), ...(dimension ? [dimensionTitle(pack, query, language)] : []), ...measures.flatMap((measure) => [named(measure), ...query.comparisons.map((one) => named(measure, `, ${titles[one].toLowerCase()}`, one === 'share' ? 'percent' : measure.unit))])];
  const figures = (row: Row): SheetCell[] => measures.flatMap((measure) => {
    const cell = row.values[measure.id] ?? { value: null, state: 'missing' as const };
    const own: SheetCell = cell.value === null ? cellText(cell, pack, measure, language) : { value: cell.value, format: formatOf(measure) };
    return [own, ...query.comparisons.map((one): SheetCell => { const other = row.against[one]?.[measure.id]; return other === undefined || other.value === null ? (other !== undefined && isHidden(other) ? cellText(other, pack, measure, language) : null) : { value: other.value, format: one === 'share' ? '#,##0.0' : formatOf(measure) }; })];
  });
  const day = (at: IsoDate): SheetCell => ({ day: at, format: 'dd-mm-yyyy' });
  // A month is its first day, shown as the month; of any other time the words stand beside its first and last day.
  const periodCells = (period: Period): SheetCell[] => (timed ? [{ day: period.from, format: 'mmmm yyyy' }] : [plain(inWords(pack, period, language)), day(period.from), day(shiftDays(period.to, -1))]);
  const rows = result.rows.map((row): SheetCell[] => [plain(pack.organisation.units.get(row.unit)?.name[language] ?? row.unit), ...periodCells(row.period), ...(dimension ? [plain(rowName(pack, row, language))] : []), ...figures(row)]);
  return [
    { name: pack.title[language].replace(/[\\/?*[\]:]/g, ' ').slice(0, 31), rows: [header.map(plain), ...rows] },
    { name: m.notes.slice(0, 31), rows: [[m.notes], ...about.map((line) => [plain(line)])] },
  ];
}

/** Money is kept to the øre and shown with it; all else with the decimals the pack asks for. */
const formatOf = (measure: Measure): string => {
  const decimals = isMoney(measure.unit) ? Math.max(2, measure.decimals) : measure.decimals;
  return decimals === 0 ? '#,##0' : `#,##0.${'0'.repeat(decimals)}`;
};
const isMonth = ({ from, to }: Period): boolean => from.endsWith('-01') && to.endsWith('-01') && shiftDays(to, -1).slice(0, 7) === from.slice(0, 7);

/** What the rows are split by. */
function dimensionTitle(pack: Pack, { by }: Query, language: Language): string {
  const id = by !== null && 'dimension' in by ? by.dimension : '';
  const found = [...pack.sources.values()].flatMap(({ dimensions }) => dimensions).find((one) => one.id === id);
  const name = found?.name[language] ?? id;
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Excel takes text that begins with these for a formula when it is pasted on. */
const plain = (text: string): string => (/^[=+\-@\t]/.test(text) ? `'${text}` : text);
