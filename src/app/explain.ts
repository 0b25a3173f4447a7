import { pieces } from '../calendar/period.ts';
import { explanationBlocks, type Part } from '../card/explanation.ts';
import type { Block } from '../card/card.ts';
import { replies } from '../card/replies.ts';
import type { Language } from '../pack/model.ts';
import { basesOf } from '../query/evaluate.ts';
import type { Comparison, Query } from '../query/query.ts';
import { asks } from '../question/asks.ts';
import { piecesOf } from '../query/grain.ts';
import { comparable } from '../query/result.ts';
import { levelWithin } from '../question/naming.ts';
import { dimensionName } from '../question/phrase.ts';
import { runQuery, type Figures } from './figures.ts';

/** What explains a difference, and the comparison it is the difference to. */
export interface Explained { readonly comparison: Comparison; readonly sentences: readonly string[]; readonly blocks: readonly Block[] }

/**
 * Runs what explains the difference of a query's first measure: its output or its parts, the units below, its dimensions, its
 * months; each as far as `allow` lets it. Of several comparisons the one by which it went the way the asker says (`moved`) is
 * explained; when it went that way by none, that is said.
 */
export async function explain(figures: Figures, query: Query, moved: 'up' | 'down' | null, language: Language, allow: (query: Query) => Query | null): Promise<Explained> {
  const { pack } = figures;
  const id = query.measures[0] ?? '';
  const measure = pack.measures.get(id);
  const parts = measure?.kind === 'ratio' ? [measure.numerator, measure.denominator] : [];
  const unit = query.units[0] ?? pack.organisation.root;
  const comparisons = query.comparisons.filter((one) => !['share', 'average', 'highest', 'lowest'].includes(one));
  const alone: Query = { ...query, measures: [id], units: [unit], level: null, by: null, having: null, order: null, limit: null };
  const whole = await runQuery(figures, { ...alone, measures: [id, ...parts], comparisons: comparisons.length === 0 ? ['plan'] : comparisons });
  const row = whole.rows[0];
  const went = (one: Comparison): number => { const pair = comparable(row?.values[id], row?.against[one]?.[id]); return pair === null ? NaN : Math.sign(pair.value - pair.other); };
  const said = comparisons.find((one) => went(one) === (moved === 'up' ? 1 : -1));
  const comparison: Comparison = (moved === null ? undefined : said) ?? comparisons[0] ?? 'plan';
  const contrary = moved !== null && said === undefined && comparisons.some((one) => !Number.isNaN(went(one)));
  const base: Query = { ...alone, comparisons: [comparison] };
  const price = [...pack.measures.values()].find((m) => m.kind === 'ratio' && m.numerator === id && m.unit.includes(' per '));
  const below = levelWithin(pack, [unit]);
  const sources = basesOf(pack, id).map((one) => { const m = pack.measures.get(one); return m !== undefined && 'source' in m ? pack.sources.get(m.source) : undefined; });
  const dimensions = sources[0]?.dimensions.filter(({ id: dimension }) => sources.every((source) => source?.dimensions.some((one) => one.id === dimension))) ?? [];
  const level = pack.organisation.levels.find((one) => one.id === below);

  const asked: { title: string; query: Query }[] = [];
  const add = (title: string, one: Query): void => { const allowed = allow(one); if (allowed !== null) asked.push({ title, query: allowed }); };
  if (below !== null && level !== undefined) add(`${language === 'da' ? 'pr.' : 'per'} ${level.name[language]}`, { ...base, level: below });
  for (const dimension of dimensions) add(`${language === 'da' ? 'pr.' : 'per'} ${dimensionName(pack, dimension.id, language)}`, { ...base, by: { dimension: dimension.id, values: null } });
  const grain = piecesOf(pack, [id]);
  if (pieces(query.period, grain, pack.yearStart).length > 1 && comparison !== 'period') add(asks(language).per(asks(language).grains[grain]), { ...base, by: { grain } });

  const output = price?.kind === 'ratio' ? allow({ ...base, measures: [price.denominator] }) : null;
  const [delivered, ...results] = await Promise.all([
    output === null ? null : runQuery(figures, output),
    ...asked.map((one) => runQuery(figures, one.query)),
  ]);
  const found = asked.map((one, i): Part => ({ title: one.title, result: results[i] as Part['result'] }));
  const { sentences, blocks } = explanationBlocks(pack, whole, comparison, delivered === null || delivered === undefined || price?.kind !== 'ratio' ? null : { result: delivered, id: price.denominator }, found, language);
  return { comparison, sentences: contrary ? [replies(language).whyContrary(moved === 'up'), ...sentences] : sentences, blocks };
}
