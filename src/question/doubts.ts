import { lastClosed, periodOf, pieces, type IsoDate, type Period } from '../calendar/period.ts';
import { periodName } from '../card/periods.ts';
import type { Language, Pack } from '../pack/model.ts';
import { unitsOf } from '../query/evaluate.ts';
import type { Query } from '../query/query.ts';
import type { Asks } from './asks.ts';
import { measuresBy, type Doubt } from './complete.ts';
import { edits } from './inflect.ts';
import type { Lexicon } from './lexicon.ts';
import { defaultComparisons, defaultPeriod, outlookOf, pricesOf, resolveMeasures } from './measures.ts';
import { piecesOf } from '../query/grain.ts';
import { levelBelow, levelWithin, type NamedMeasure } from './naming.ts';
import type { Said } from './said.ts';
import { fold } from './tokens.ts';

/** Something to press: a label, the complete question it stands for, and the query that question is (null where it is none). */
export interface Choice { readonly label: string; readonly ask: string; readonly query: Query | null }
export type Phrased = (query: Query) => string;

/** Everything there is to make choices of. */
export interface Doubted {
  readonly pack: Pack;
  readonly language: Language;
  /** The question as far as it was read. */
  readonly query: Query;
  readonly phrased: Phrased;
  readonly words: Asks;
  readonly context: { readonly today: IsoDate; readonly closed: IsoDate; readonly own: readonly string[] };
  readonly leftover: readonly string[];
  readonly lexicon: Lexicon;
  readonly said: Said;
  readonly named: readonly NamedMeasure[];
  readonly doubt: Doubt | { readonly kind: 'unclear'; readonly measures: readonly string[] } | { readonly kind: 'periods' } | { readonly kind: 'leftover'; readonly negated: boolean };
}

const MOST_CHOICES = 4;

/** At most four complete readings of a question that is not clear, the nearest first. */
export function choicesFor(doubted: Doubted): Choice[] {
  const { pack, language, query, phrased, words, context, said, doubt } = doubted;
  const name = (id: string): string => pack.measures.get(id)?.name[language] ?? id;
  const choices = new Map<string, Choice>();
  const own = piecesOf(pack, query.measures);
  const add = (label: string, one: Query): void => {
    if (one.measures.length === 0 || choices.size >= MOST_CHOICES) return;
    const ask = phrased(one);
    if (!choices.has(ask)) choices.set(ask, { label: label === '' ? ask : label, ask, query: one });
  };
  /** The question about other measures; comparisons and time that were not said are those measures' own. */
  const about = (ids: readonly string[]): Query => {
    const { measures } = resolveMeasures(pack, ids);
    return {
      ...query, measures, comparisons: said.comparisons.length > 0 && !said.comparisons.includes('share') ? query.comparisons : defaultComparisons(pack, measures),
      period: said.periods[0] ?? (query.measures.length > 0 ? query.period : defaultPeriod(pack, measures, context.closed, query.by !== null && 'grain' in query.by ? query.by.grain : null)),
      order: query.order === null ? null : { ...query.order, measure: measures[0] ?? '' }, having: query.having === null ? null : { ...query.having, measure: measures[0] ?? '' },
    };
  };
  const plain = (ids: readonly string[]): Query => ({ ...about(ids), order: null, having: null, limit: null });

  switch (doubt.kind) {
    case 'no-measure': {
      if (doubted.query.period.from >= context.closed) { const outlook = outlookOf(pack); if (outlook !== null) add(name(outlook), { ...plain([outlook]), period: defaultPeriod(pack, [outlook], context.closed, null) }); }
      const dividing = query.by !== null && 'dimension' in query.by ? measuresBy(pack, query.by.dimension) : null;
      const known = [...new Set([...shown(pack), ...pack.measures.keys()])].flatMap((id) => pack.measures.get(id) ?? []).filter((m) => m.synonyms.da.length + m.synonyms.en.length > 0 && (dividing === null || dividing.includes(m.id)));
      for (const m of nearest(doubted, 'measure').map((id) => pack.measures.get(id)).filter((one) => one !== undefined)) add(m.name[language], about([m.id]));
      for (const m of known) add(m.name[language], about([m.id]));
      break;
    }
    case 'unclear':
      for (const id of doubt.measures) add(name(id), about([...said.measures, id]));
      break;
    case 'periods': {
      const label = (one: Period): string => `${periodName(one, language, pack.yearStart)}${one.to > context.closed ? ` (${words.notClosed})` : ''}`;
      for (const one of said.periods) add(label(one), { ...query, period: one });
      break;
    }
    case 'leftover': {
      if (doubt.negated) { for (const one of doubted.named) for (const id of one.ids) add('', plain([id])); break; }
      for (const id of nearest(doubted, 'unit')) add('', { ...query, units: [id], level: null, order: null, having: null, limit: null });
      for (const id of nearest(doubted, 'measure')) add('', about([id]));
      add('', query);
      break;
    }
    case 'no-ratio': {
      for (const id of doubt.measures) for (const m of pack.measures.values()) if (m.kind === 'ratio' && m.denominator === id && m.unit.includes(' per ')) add('', plain([m.id]));
      add('', plain(doubt.measures));
      for (const id of doubt.measures) add('', plain([id]));
      break;
    }
    case 'restricted': {
      for (const id of doubt.measures) add('', plain([id]));
      add('', plain(doubt.measures));
      break;
    }
    case 'loose': {
      add('', { ...query, having: null, order: null });
      const level = levelBelow(pack, context.own);
      if (query.having !== null || said.having !== null) add('', { ...query, units: query.level === null && level !== null ? [pack.organisation.root] : query.units, level: query.level ?? level, having: { measure: query.measures[0] ?? '', against: null, side: said.having?.side ?? 'above', limit: said.having?.limit ?? 0, relative: false }, order: { measure: query.measures[0] ?? '', against: null, descending: said.having?.side !== 'below' } });
      break;
    }
    case 'direction': {
      const ids = query.measures.length > 0 ? query.measures : pricesOf(pack, []).map((m) => m.id);
      for (const descending of [true, false]) add(`${name(ids[0] ?? '')}, ${descending ? words.highest : words.lowest}`, { ...query, measures: ids, order: { measure: ids[0] ?? '', against: null, descending } });
      for (const price of pricesOf(pack, [])) add(price.name[language], { ...query, measures: [price.id], comparisons: defaultComparisons(pack, [price.id]), order: { measure: price.id, against: null, descending: query.order?.descending ?? true } });
      break;
    }
    case 'which-order': {
      add('', { ...query, by: { grain: own }, period: said.periods[0] ?? defaultPeriod(pack, query.measures, context.closed, own) });
      const level = levelBelow(pack, [doubt.unit]);
      if (level !== null) add('', { ...query, units: [pack.organisation.root], level });
      break;
    }
    case 'grain': {
      const grain = doubt.grain;
      if (query.by !== null && 'grain' in query.by) { add('', { ...query, by: { grain }, period: defaultPeriod(pack, query.measures, context.closed, grain) }); break; }
      const holding = periodOf(grain, query.period.from, pack.yearStart);
      if (holding.to <= context.closed) add(periodName(holding, language, pack.yearStart), { ...query, period: holding });
      const last = lastClosed(grain, context.closed, pack.yearStart);
      add(periodName(last, language, pack.yearStart), { ...query, period: last });
      break;
    }
    case 'average': case 'over-time': {
      add('', { ...query, by: { grain: own }, comparisons: query.comparisons.filter((one) => one !== 'period' && one !== 'average'), comparedTo: null, period: said.periods[0] ?? defaultPeriod(pack, query.measures, context.closed, own) });
      add('', { ...query, by: null, period: said.periods[0] ?? defaultPeriod(pack, query.measures, context.closed, null) });
      add('', { ...query, by: null, comparisons: ['average'], comparedTo: null, period: said.periods[0] ?? defaultPeriod(pack, query.measures, context.closed, null) });
      break;
    }
    case 'part-of-year': {
      add('', query);
      add('', { ...query, comparisons: ['last-year'], comparedTo: null });
      break;
    }
    case 'two-ways': {
      add('', query);
      const { other } = doubt;
      const apart = 'grain' in other && said.periods[0] === undefined && pieces(query.period, other.grain, pack.yearStart).length < 2 ? defaultPeriod(pack, query.measures, context.closed, other.grain) : query.period;
      add('', { ...query, by: other, period: apart });
      const level = query.level === null && query.by !== null && 'dimension' in query.by && query.by.values !== null ? levelWithin(pack, query.units) : null;
      if (level !== null) add('', { ...query, level });
      break;
    }
    case 'share': {
      const parts = query.measures.flatMap((id) => { const m = pack.measures.get(id); return m?.kind === 'ratio' ? [m.numerator] : []; });
      add('', { ...plain(query.measures), comparisons: defaultComparisons(pack, query.measures) });
      for (const id of parts) add('', { ...plain([id]), comparisons: ['share'] });
      break;
    }
    case 'unit': {
      const level = doubt.level;
      for (const unit of unitsOf(pack, { ...query, units: context.own, level }).slice(0, MOST_CHOICES - 1)) add('', { ...query, units: [unit], level: null });
      add('', { ...query, units: [pack.organisation.root], level });
      break;
    }
    case 'future': {
      const outlook = outlookOf(pack);
      if (outlook !== null) add(name(outlook), { ...plain([outlook]), period: defaultPeriod(pack, [outlook], context.closed, null), by: null });
      if (query.measures.length > 0) add('', { ...query, period: defaultPeriod(pack, query.measures, context.closed, null) });
      break;
    }
    case 'whole-except': {
      for (const unit of [...said.units, ...said.except]) add('', { ...query, units: [unit], level: null });
      const level = levelBelow(pack, context.own);
      if (level !== null) add('', { ...query, units: [pack.organisation.root], level });
      break;
    }
    case 'threshold': {
      const { limit } = query.having ?? { limit: 0 };
      const id = query.measures[0] ?? '';
      for (const side of ['above', 'below'] as const) add('', { ...query, comparisons: ['plan'], having: { measure: id, against: 'plan', side, limit, relative: true }, order: { measure: id, against: 'plan', descending: side === 'above' } });
      break;
    }
  }
  return [...choices.values()];
}

/** What is asked back, in a sentence. */
export function questionOf(doubt: Doubt, { pack, language, query, words }: Pick<Doubted, 'pack' | 'language' | 'query' | 'words'>): string {
  const name = (id: string): string => pack.measures.get(id)?.name[language] ?? id;
  switch (doubt.kind) {
    case 'no-ratio': return words.noRatio(doubt.measures.map(name).join(` ${words.and} `));
    case 'direction': return words.noDirection(name(query.measures[0] ?? ''));
    case 'which-order': return words.whichOrder(pack.organisation.units.get(doubt.unit)?.name[language] ?? doubt.unit);
    case 'grain': return words.onlyPer(name(doubt.measure), words.grains[doubt.grain]);
    case 'restricted': return words.noPart(doubt.measures.map(name));
    case 'loose': return words.loose;
    case 'average': return words.noAverage;
    case 'share': return words.noShare;
    case 'unit': return words.whichUnit(pack.organisation.levels.find((l) => l.id === doubt.level)?.name[language] ?? doubt.level);
    case 'future': return words.noFuture;
    case 'whole-except': return words.wholeExcept;
    case 'over-time': return words.overTime;
    case 'threshold': return words.threshold(name(query.measures[0] ?? ''));
    case 'two-ways': return words.twoWays;
    case 'part-of-year': return words.partOfYear;
    case 'no-measure': return words.whichMeasure;
  }
}

/** The measures the pack's pages show, in their order: what leaders know best. */
function shown(pack: Pack): string[] {
  return [...pack.digests.values()].flatMap((digest) => digest.sections.flatMap((section) => (section.kind === 'headline' ? [section.money, section.output, section.price] : section.kind === 'table' ? section.measures : section.kind === 'ranking' ? [section.measure] : [])));
}

const MOST_NEAR = 3;

/** Names of a kind that are like the words left over: one in the other, or few letters apart. */
function nearest(doubted: Doubted, kind: 'unit' | 'measure'): string[] {
  const found = new Map<string, number>();
  for (const left of doubted.leftover.map(fold)) {
    if (left.length < 4) continue;
    for (const { words, meaning } of doubted.lexicon.entries) {
      if (meaning.kind !== kind || meaning.pack !== doubted.pack.id) continue;
      for (const word of words) {
        if (word.length < 3) continue;
        if (word.length < 5 && left !== word && !left.startsWith(word)) continue;
        const distance = word.length >= 4 && (left.startsWith(word) || word.startsWith(left)) ? 1 : kind === 'unit' && word.length >= 4 && left.includes(word) ? 2 : edits(word, left, 3);
        if (distance <= Math.min(2, Math.floor(Math.min(word.length, left.length) / 3)) && distance < (found.get(meaning.id) ?? 9)) found.set(meaning.id, distance);
      }
    }
  }
  return [...found].sort((a, b) => a[1] - b[1]).slice(0, MOST_NEAR).map(([id]) => id);
}
