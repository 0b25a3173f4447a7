import { couple } from '../insight/coupling.ts';
import type { Language, Measure, Pack } from '../pack/model.ts';
import type { Comparison } from '../query/query.ts';
import { comparable, isHidden, MISSING, type Cell, type Result, type Row } from '../query/result.ts';
import type { Block } from './card.ts';
import { rowName } from './charts.ts';
import { splitWords } from './deviation.ts';
import { cellText, differenceCell, differenceOf, inWords, plainCell, precisionsOf } from './figures.ts';
import { messages } from './messages.ts';
import { replies } from './replies.ts';

/** Where a difference may lie: the units below, the values of a dimension, the months. */
export interface Part { readonly title: string; readonly result: Result }

const MOST_ROWS = 8;
const measureOf = (pack: Pack, id: string): Measure => pack.measures.get(id) as Measure;
const valueOf = (row: Row | undefined, id: string): Cell => row?.values[id] ?? MISSING;
const otherOf = (row: Row | undefined, comparison: Comparison, id: string): Cell => row?.against[comparison]?.[id] ?? MISSING;
const gap = (row: Row, comparison: Comparison, id: string): number | null => {
  const pair = comparable(valueOf(row, id), otherOf(row, comparison, id));
  return pair === null ? null : pair.value - pair.other;
};

/**
 * What explains a difference, as far as figures can: money split into amount and price, a ratio into its two parts,
 * and the units, values and months where the difference lies. `couple` is the money's output, for the split.
 */
export function explanationBlocks(pack: Pack, whole: Result, comparison: Comparison, output: { readonly result: Result; readonly id: string } | null, parts: readonly Part[], language: Language): { sentences: string[]; blocks: Block[] } {
  const m = messages(language);
  const r = replies(language);
  const id = whole.query.measures[0] ?? '';
  const measure = measureOf(pack, id);
  const row = whole.rows[0];
  const sentences: string[] = [];
  const blocks: Block[] = [];
  // The difference of percentages is one in points already.
  const relative = measure.unit !== 'percent';
  const total = row === undefined ? null : gap(row, comparison, id);
  // What is the same as it reads has nothing that explains it.
  const still = row !== undefined && differenceOf(valueOf(row, id), otherOf(row, comparison, id), measure, language)?.side === 0;
  if (still) return { sentences, blocks };
  if (total === null || row === undefined) return { sentences: [r.whyNothing(measure.name[language], inWords(pack, whole.query.period, language))], blocks };

  if (output !== null) {
    const coupled = couple(valueOf(row, id), otherOf(row, comparison, id), valueOf(output.result.rows[0], output.id), otherOf(output.result.rows[0], comparison, output.id));
    if (coupled !== null && coupled.split !== null) {
      const [all, volume, price] = splitWords(total, coupled.split.volume, measure.unit, measure.decimals, language);
      sentences.push(m.split(all.replace(/^[+\u2212]/, ''), total > 0, volume, price, measureOf(pack, output.id).unit));
    }
  }
  if (measure.kind === 'ratio') {
    const part = (one: string): string => `${measureOf(pack, one).name[language].toLowerCase()} ${differenceCell(valueOf(row, one), otherOf(row, comparison, one), measureOf(pack, one), language).text}`;
    if (whole.query.measures.includes(measure.numerator) && whole.query.measures.includes(measure.denominator) && [measure.numerator, measure.denominator].every((one) => gap(row, comparison, one) !== null)) sentences.push(r.whyParts(part(measure.numerator), part(measure.denominator)));
  }
  parts.forEach(({ title, result }, i) => {
    const known = result.rows.filter((one) => gap(one, comparison, id) !== null);
    if (known.length < 2) return;
    const hidden = result.rows.filter((one) => isHidden(valueOf(one, id)) || isHidden(otherOf(one, comparison, id)));
    const sorted = [...known].sort((a, b) => (total >= 0 ? 1 : -1) * ((gap(b, comparison, id) ?? 0) - (gap(a, comparison, id) ?? 0)));
    const name = (one: Row): string => (result.query.by !== null && 'grain' in result.query.by ? inWords(pack, one.period, language) : rowName(pack, one, language));
    const first = sorted[0];
    const precision = precisionsOf(known, measure);
    const amount = (one: Row): string => differenceOf(valueOf(one, id), otherOf(one, comparison, id), measure, language, precision(one))?.amount ?? '–';
    // Where some are hidden, most of it may lie there.
    if (i === 0 && hidden.length === 0 && first !== undefined && (gap(first, comparison, id) ?? 0) * total > 0) sentences.push(r.whyMost(name(first), `${amount(first)}${valueOf(first, id).state === 'partial' || otherOf(first, comparison, id).state === 'partial' ? ` ${m.partialMark}` : ''}`));
    const titles = { plan: m.columnPlan, previous: m.columnPrevious, 'last-year': m.columnLastYear, period: m.columnPrevious, average: m.columnAverage, highest: m.columnHighest, lowest: m.columnLowest, share: m.columnShare } as const;
    blocks.push({
      kind: 'table', title: r.whyBy(title),
      columns: [{ title: '', align: 'left' }, { title: m.columnValue, align: 'right' }, { title: titles[comparison], align: 'right' }, { title: m.columnDifference, align: 'right' }, ...(relative ? [{ title: '', align: 'right' as const }] : [])],
      rows: [...(result.query.by !== null && 'grain' in result.query.by ? known : sorted.slice(0, MOST_ROWS)), ...hidden].map((one) => [
        plainCell(name(one)), plainCell(cellText(valueOf(one, id), pack, measure, language, precision(one))), plainCell(cellText(otherOf(one, comparison, id), pack, measure, language, precision(one))),
        plainCell(amount(one)), ...(relative ? [differenceCell(valueOf(one, id), otherOf(one, comparison, id), measure, language, precision(one))] : []),
      ]),
    });
  });
  blocks.push({ kind: 'text', text: r.whyHonest });
  return { sentences, blocks };
}
