import type { Period } from '../calendar/period.ts';
import type { Permitted } from '../access/rule.ts';
import type { Pack, Person } from '../pack/model.ts';
import type { Query } from '../query/query.ts';
import type { Reading } from '../question/read.ts';
import type { Answer } from './answer.ts';
import type { Shown } from './audit.ts';

/** What a page or an answer was about, by ids alone; what is not known stays empty. */
export interface About {
  readonly pack: string;
  readonly units: readonly string[];
  readonly measures: readonly string[];
  readonly digest: string | null;
  readonly period: Pick<Period, 'from' | 'to'> | null;
}

/** What of a question was allowed; or why it was not (`undivided`: what is seen as a total was to be divided). `uncompared`: a comparison with others was taken out. */
export type Allowed =
  | (About & { readonly removed: readonly string[]; readonly uncompared: boolean })
  | { readonly refused: 'units' | 'undivided' | 'sensitive' | 'personal-number'; readonly units: readonly string[] };

/** A period by its ends. */
const span = (period: Pick<Period, 'from' | 'to'> | null): About['period'] => (period === null ? null : { from: period.from, to: period.to });

/** A query's part in what was asked about. */
const aboutQuery = ({ pack, units, measures, period }: Query): About => ({ pack, units, measures, digest: null, period: span(period) });

/** All of what it was about. */
export const wholly = (about: Partial<About> & Pick<About, 'pack'>): Allowed => ({ units: [], measures: [], digest: null, ...about, period: span(about.period ?? null), removed: [], uncompared: false });

/** A page of a person's, or of a unit that is seen as its leader sees it. */
export const ofPage = (pack: Pack, person: Person, page: { readonly digest: string; readonly period: Period } | null): Allowed => wholly({ pack: pack.id, units: person.units, digest: page?.digest ?? null, period: page?.period ?? null });

/** What the access rule made of a query. */
export function ruled(permitted: Permitted): Allowed {
  if (permitted.allowed) return { ...aboutQuery(permitted.query), removed: permitted.removed, uncompared: permitted.uncompared };
  if ('undivided' in permitted) return { refused: 'undivided', units: permitted.undivided };
  return 'sensitive' in permitted ? { refused: 'sensitive', units: [] } : { refused: 'units', units: permitted.refused };
}

/** How a question was read, without its words: the query, or by ids what it was about; null when it was about nothing. */
function readAs(reading: Reading): Query | About | null {
  switch (reading.kind) {
    case 'query': case 'why': return reading.query;
    case 'definition': return { ...aboutQuery(reading.query), measures: reading.measures, period: null };
    case 'fresh': return { pack: reading.pack, units: [], measures: reading.measures, digest: null, period: span(reading.period) };
    case 'latest-digest': return { pack: reading.pack, units: reading.unit === null ? [] : [reading.unit], measures: [], digest: null, period: null };
    case 'clarify': return reading.partial === null ? null : aboutQuery(reading.partial);
    default: return null;
  }
}

/** The pack an answer is about; `pack`: of who asked, where it is about none. */
export function packOf({ allowed, reading }: Answer, pack: Pack): string {
  return 'refused' in allowed ? readAs(reading)?.pack ?? pack.id : allowed.pack;
}

const REFUSED = { units: 'refused-units', undivided: 'refused-undivided', sensitive: 'refused-sensitive', 'personal-number': 'refused-personal-number' } as const;

/** The actions of the entries about questions. */
export const ASKED = ['asked', ...Object.values(REFUSED)] as const;

/** What the audit says of a question: how it was read, what of it was allowed, what was worked out, and hashes of what was shown. None of its words. */
export function asked(answered: Answer, pack: Pack, shown: Shown): { action: (typeof ASKED)[number]; detail: { pack: string; kind: Reading['kind']; read: Query | About | null; allowed: Allowed; query: Query | null; shown: Shown } } {
  const { reading, allowed } = answered;
  return {
    action: 'refused' in allowed ? REFUSED[allowed.refused] : 'asked',
    detail: { pack: packOf(answered, pack), kind: reading.kind, read: readAs(reading), allowed, query: answered.kind === 'answer' ? answered.result.query : null, shown },
  };
}
