import type { Language, Measure, Pack } from '../pack/model.ts';
import { isHidden, type Result, type Row } from '../query/result.ts';
import { rowName } from './charts.ts';
import { cellText, inWords } from './figures.ts';
import { messages } from './messages.ts';
import { unitName } from './numbers.ts';

/** A value of a worksheet: a number keeps all its decimals, and `format` says how Excel shows it. */
export type SheetCell = string | { readonly value: number; readonly format: string } | null;

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
  const named = (measure: Measure): string => { const unit = unitName(measure.unit, language); return unit === '' ? measure.name[language] : `${measure.name[language]} (${unit})`; };
  const header = [m.columnUnit, m.columnPeriod, ...(dimension ? [''] : []), ...measures.flatMap((measure) => [named(measure), ...query.comparisons.map((one) => `${measure.name[language]}, ${titles[one].toLowerCase()}`)])];
  const figures = (row: Row): SheetCell[] => measures.flatMap((measure) => {
    const cell = row.values[measure.id] ?? { value: null, state: 'missing' as const };
    const own: SheetCell = cell.value === null ? cellText(cell, pack, measure, language) : { value: cell.value, format: formatOf(measure) };
    return [own, ...query.comparisons.map((one): SheetCell => { const other = row.against[one]?.[measure.id]; return other === undefined || other.value === null ? (other !== undefined && isHidden(other) ? cellText(other, pack, measure, language) : null) : { value: other.value, format: one === 'share' ? '0.0' : formatOf(measure) }; })];
  });
  const rows = result.rows.map((row): SheetCell[] => [plain(pack.organisation.units.get(row.unit)?.name[language] ?? row.unit), plain(inWords(pack, row.period, language)), ...(dimension ? [plain(rowName(pack, row, language))] : []), ...figures(row)]);
  return [
    { name: pack.title[language].replace(/[\\/?*[\]:]/g, ' ').slice(0, 31), rows: [header.map(plain), ...rows] },
    { name: m.notes.slice(0, 31), rows: about.map((line) => [plain(line)]) },
  ];
}

const formatOf = (measure: Measure): string => (measure.decimals === 0 ? '#,##0' : `#,##0.${'0'.repeat(measure.decimals)}`);
/** Excel takes text that begins with these for a formula when it is pasted on. */
const plain = (text: string): string => (/^[=+\-@\t]/.test(text) ? `'${text}` : text);
