import { dayOf, lastClosed, periodOf, shiftDays, type IsoDate, type Period } from '../calendar/period.ts';
import type { Block, Card } from '../card/card.ts';
import { inWords, plainCell, sourceName } from '../card/figures.ts';
import { packLabel } from '../card/label.ts';
import { messages } from '../card/messages.ts';
import { formatNumber } from '../card/numbers.ts';
import { dayName } from '../card/periods.ts';
import { replies } from '../card/replies.ts';
import type { Language } from '../pack/model.ts';
import { basesOf } from '../query/evaluate.ts';
import type { Query } from '../query/query.ts';
import type { CellState } from '../query/result.ts';
import { completeTo, runQuery, type Figures } from './figures.ts';
import { plansOf } from './reach.ts';

const UNKNOWN = '1900-01-01';

/** The sources of which some unit has nothing in a period though it should. */
async function incomplete(figures: Figures, measures: readonly string[], period: Period): Promise<string[]> {
  const { pack } = figures;
  const query: Query = { pack: pack.id, measures, units: [pack.organisation.root], level: null, period, comparisons: [], comparedTo: null, by: null, having: null, order: null, limit: null };
  const [row] = (await runQuery(figures, query)).rows;
  const states = (source: string): (CellState | undefined)[] => measures.flatMap((id) => { const measure = pack.measures.get(id); return measure !== undefined && 'source' in measure && measure.source === source ? [row?.values[id]?.state] : []; });
  const sources = new Set(measures.flatMap((id) => { const measure = pack.measures.get(id); return measure !== undefined && 'source' in measure ? [measure.source] : []; }));
  return [...sources].filter((source) => states(source).includes('partial') || states(source).every((state) => state === 'missing'));
}

/** Whether a period is complete, source by source, and when each was loaded. Without a period, the newest month that all sources have. */
export async function freshnessCard(figures: Figures, measures: readonly string[], period: Period | null, language: Language): Promise<Card> {
  const { pack } = figures;
  const r = replies(language);
  const asked = measures.length === 0 ? null : new Set(measures.flatMap((id) => basesOf(pack, id)));
  const plans = plansOf(pack);
  const ends = new Map<string, IsoDate>();
  const bases: string[] = [];
  for (const measure of pack.measures.values()) {
    if (!('source' in measure) || plans.has(measure.id) || (asked !== null && !asked.has(measure.id))) continue;
    const end = completeTo(figures, measure.id);
    const known = ends.get(measure.source);
    ends.set(measure.source, known === undefined || end < known ? end : known);
    bases.push(measure.id);
  }
  const least = [...ends.values()].sort()[0] ?? '0001-01-01';
  const subject = period ?? (least < UNKNOWN ? null : lastClosed('month', periodOf('month', least).from === least ? least : periodOf('month', least).from));
  const missing = subject === null ? [...ends.keys()] : [...ends].filter(([, end]) => end < subject.to).map(([id]) => id);
  const name = (id: string): string => sourceName(pack, id, language);
  const loaded = (id: string): string => dayOf(pack.timeZone, figures.sources.get(id)?.report.loadedAt ?? '');
  const rows = [...ends].map(([id, end]) => [plainCell(name(id)), plainCell(end < UNKNOWN ? r.never : dayName(shiftDays(end, -1), language)), plainCell(loaded(id) === '' ? '' : dayName(loaded(id), language))]);
  const blocks: Block[] = [{ kind: 'table', title: '', columns: [{ title: r.columnSource, align: 'left' }, { title: r.columnTo, align: 'left' }, { title: r.columnLoaded, align: 'left' }], rows }];
  const words = subject === null ? '' : inWords(pack, subject, language);
  const capital = words.charAt(0).toUpperCase() + words.slice(1);
  const short = subject === null ? [] : (await incomplete(figures, bases, subject)).filter((id) => !missing.includes(id));
  const headline = subject === null ? r.never : missing.length > 0 ? r.notComplete(capital, [...missing, ...short].map(name).join(', ')) : period === null ? r.newest(words) : short.length > 0 ? r.notComplete(capital, short.map(name).join(', ')) : r.complete(capital);
  if (short.length > 0) blocks.push({ kind: 'text', text: r.unitsShort(short.map(name).join(', '), words) });
  const rejected = [...ends.keys()].flatMap((id) => { const rows = figures.sources.get(id)?.report.rejected ?? 0; return rows === 0 ? [] : [messages(language).noteRejected(rows, formatNumber(rows, 0, language), name(id))]; });
  if (rejected.length > 0) blocks.push({ kind: 'notes', title: '', items: rejected });
  return { language, title: pack.title[language], label: packLabel(pack, language), headline, blocks, picture: null, actions: [], provenance: [] };
}
