import { periodName } from '../card/periods.ts';
import type { Language, Pack } from '../pack/model.ts';
import type { Query } from '../query/query.ts';
import { asks } from './asks.ts';
import { wordsOf, type Draft, type Understood } from './draft.ts';
import type { Heard } from './hear.ts';
import type { Found } from './names.ts';
import { dimensionName, havingPhrase, valueName } from './phrase.ts';
import type { Said } from './said.ts';

interface Described {
  readonly pack: Pack;
  readonly language: Language;
  readonly query: Query;
  readonly said: Said;
  readonly draft: Draft;
  readonly names: readonly Found[];
  readonly heard: Heard;
  readonly assumed: { readonly unit: boolean; readonly period: boolean; readonly comparison: boolean };
  /** It changes the question before. */
  readonly kept: boolean;
}

/** What was understood, part by part, with the words that made it; what no word made was assumed. */
export function describe({ pack, language, query, said, draft, names, heard, assumed, kept }: Described): Understood[] {
  const words = asks(language);
  const understood: Understood[] = [];
  const note = (part: Understood['part'], typed: string, meaning: string, isAssumed = false): void => { understood.push({ part, words: typed, meaning, assumed: isAssumed }); };
  const name = (id: string): string => pack.measures.get(id)?.name[language] ?? id;
  const unitName = (id: string): string => pack.organisation.units.get(id)?.name[language] ?? id;
  for (const one of heard.named.filter((each) => each.ids.length > 1 || each.ids.some((id) => query.measures.includes(id)))) note('measure', wordsOf(draft, one.from, one.to), one.ids.map(name).join(', '));
  for (const id of query.measures) if (!understood.some((part) => part.part === 'measure' && part.meaning === name(id))) note('measure', '', name(id), !said.measures.includes(id));
  for (const one of heard.named.filter((each) => each.mended)) note('intent', wordsOf(draft, one.from, one.to), words.mended(wordsOf(draft, one.from, one.to), one.ids.map(name).join(', ')), true);
  for (const found of names.filter((each) => each.mended && each.meanings.some((m) => m.kind === 'unit'))) note('intent', wordsOf(draft, found.from, found.to), words.mended(wordsOf(draft, found.from, found.to), unitName(found.meanings[0]?.id ?? '')), true);
  const where = query.level !== null && query.units.length === 1 && query.units[0] === pack.organisation.root ? '' : query.units.map(unitName).join(', ');
  const placeWords = (as: 'unit' | 'grouping'): string => heard.words.placed.filter((one) => (one.as ?? 'grouping') === as).map((one) => one.words).join(' ');
  if (where !== '') note('unit', placeWords('unit'), where, assumed.unit);
  if (query.level !== null) note('grouping', placeWords('grouping'), words.per(pack.organisation.levels.find((l) => l.id === query.level)?.name[language] ?? query.level), said.level === null && !kept);
  if (query.by !== null) note('grouping', 'grain' in query.by ? heard.words.shaped.map((one) => one.words).join(' ') : placeWords('grouping'), 'grain' in query.by ? words.per(words.grains[query.by.grain]) : query.by.values === null ? words.per(dimensionName(pack, query.by.dimension, language)) : query.by.values.map((value) => valueName(pack, value, language)).join(', '));
  note('period', heard.words.timed.map((one) => one.words).join(' '), said.soFar === '' ? periodName(query.period, language, pack.yearStart) : words.soFar(said.soFar, periodName(query.period, language, pack.yearStart)), assumed.period || said.soFar !== '' || said.instead !== null);
  for (const comparison of query.comparisons) note('comparison', heard.words.compared.map((one) => one.words).join(' '), comparison === 'period' && query.comparedTo !== null ? `${words.against} ${periodName(query.comparedTo, language, pack.yearStart)}` : words.comparedWith[comparison], assumed.comparison);
  if (query.having !== null) note('filter', heard.words.filtered.map((one) => one.words).join(' '), havingPhrase(pack, query.having, language));
  else if (query.order !== null && query.limit === null) note('order', heard.words.filtered.map((one) => one.words).join(' '), query.order.against === 'plan' ? words.deviation(query.order.descending) : query.order.against !== null ? words.change(query.order.descending) : query.order.descending ? words.highest : words.lowest);
  if (query.limit !== null) note('limit', heard.words.filtered.map((one) => one.words).join(' '), query.order?.descending === false ? words.last(query.limit) : words.first(query.limit));
  if (said.shape !== null) note('shape', '', words.shapes[said.shape]);
  for (const token of draft.tokens) if (token.mended !== undefined) note('intent', token.text, words.mended(token.text, token.mended), true);
  return understood;
}
