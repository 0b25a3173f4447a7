import type { Pack } from '../pack/model.ts';
import type { Store } from '../ports.ts';
import { recordAudit } from './audit.ts';

const ACTION = 'vouched-no-cpr';

interface Vouched extends Record<string, unknown> {
  readonly pack: string;
  readonly source: string;
  /** Column and reason, in the order of the columns. */
  readonly columns: readonly { readonly column: string; readonly reason: string }[];
}

const vouchedBy = (pack: Pack): Vouched[] => [...pack.sources.values()].map((source) => ({
  pack: pack.id, source: source.id,
  columns: source.columns.flatMap(({ name, noCpr }) => (noCpr === null ? [] : [{ column: name, reason: noCpr }])),
}));

/**
 * Puts into the audit which columns the packs in service vouch for (`no_cpr`) and why: once for each wording, and when a source
 * vouches for none any more.
 */
export async function recordVouched(store: Pick<Store, 'query'>, packs: readonly Pack[], at: Date): Promise<void> {
  const rows = await store.query<{ detail: Vouched }>('select distinct on (detail->>\'pack\', detail->>\'source\') detail from audit where action = $1 and actor = $2 order by detail->>\'pack\', detail->>\'source\', id desc', [ACTION, 'packs']);
  const inWords = ({ columns }: Vouched): string => JSON.stringify(columns.map(({ column, reason }) => [column, reason]));
  const before = new Map(rows.map(({ detail }) => [`${detail.pack}/${detail.source}`, inWords(detail)]));
  for (const vouched of packs.flatMap(vouchedBy)) {
    if ((before.get(`${vouched.pack}/${vouched.source}`) ?? '[]') !== inWords(vouched)) await recordAudit(store, { at, actor: 'packs', action: ACTION, detail: vouched });
  }
}
