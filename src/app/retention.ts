import type { Pack } from '../pack/model.ts';
import type { Store } from '../ports.ts';
import { BLANK, BLANKABLE, recordAudit } from './audit.ts';

/** How much was let go. */
export interface Forgotten {
  readonly questions: number;
  readonly pages: number;
  readonly audit: number;
}

/** A platform repeats an event within the hour; ids are kept a good deal longer. */
const EVENT_DAYS = 30;

/**
 * Lets go what is older than its pack says: questions as a whole; of deliveries what they showed, while that they were made
 * stays, so that nothing goes twice; of the audit what the entries say, while their places in the chain stay, and so do the
 * entries that account for them. What belongs to no pack that is there is kept as long as the longest of them says. All or nothing.
 */
export async function forget(store: Store, packs: readonly Pack[], at: Date): Promise<Forgotten> {
  const now = at.toISOString();
  const longest = (what: keyof Pack['retention']): number => Math.max(...packs.map(({ retention }) => retention[what]));
  /** For every pack, and then for what belongs to none of them: how many months. */
  const terms = (what: keyof Pack['retention']): { pack: string | null; months: number }[] => [...packs.map(({ id, retention }) => ({ pack: id, months: retention[what] })), { pack: null, months: longest(what) }];
  const known = packs.map(({ id }) => id).join(',');
  const before = '$1::timestamptz - make_interval(months => $2::int)';
  const of = (column: string): string => `($3::text is not null and ${column} = $3 or $3::text is null and (${column} is null or ${column} <> all(string_to_array($4, ','))))`;
  return store.transaction(async (tx) => {
    const forgotten = { questions: 0, pages: 0, audit: 0 };
    for (const { pack, months } of terms('questions')) forgotten.questions += (await tx.query(`delete from questions where asked_at < ${before} and ${of('pack')} returning id`, [now, months, pack, known])).length;
    for (const { pack, months } of terms('pages')) forgotten.pages += (await tx.query(
      `update deliveries set content = null, figures = null, data = null, payload = null, address = null, conversation = null, known_as = null
       where state in ('delivered', 'failed', 'withdrawn') and state_at < ${before} and ${of('pack')} and coalesce(content, figures, payload, address) is not null returning id`, [now, months, pack, known])).length;
    await tx.query(`select set_config('overblik.erasing', 'yes', true)`);
    for (const { pack, months } of terms('audit')) forgotten.audit += (await tx.query(
      `${BLANK} where at < ${before} and ${of(`coalesce(detail ->> 'pack', detail -> 'query' ->> 'pack')`)} and ${BLANKABLE} returning id`, [now, months, pack, known])).length;
    await tx.query(`select set_config('overblik.erasing', 'no', true)`);
    await tx.query(`delete from access_requests where state <> 'open' and decided_at < ${before}`, [now, longest('questions')]);
    await tx.query(`delete from seen_events where at < $1::timestamptz - make_interval(days => ${EVENT_DAYS})`, [now]);
    if (forgotten.questions + forgotten.pages + forgotten.audit > 0) await recordAudit(tx, { at, actor: 'retention', action: 'forgotten', detail: forgotten });
    return forgotten;
  });
}
