import { z } from 'zod';
import { accountsOf, declineRequest, grantAccess, openRequests, revokeAccess } from './app/admission.ts';
import { ASKED } from './app/asked.ts';
import { countAudit, listAudit, recordAudit, verifyAudit } from './app/audit.ts';
import { erasePerson } from './app/erase.ts';
import { correctOnPurpose, type PageNow } from './app/correct.ts';
import { closePeriod, closings, counts, move, sentBetween, standings, troubles, type Delivery, type Standing } from './app/ledger.ts';
import { listQuestions } from './app/records.ts';
import { outcomeOf } from './app/deliver.ts';
import { heldData, type Held } from './app/versions.ts';
import { ASKABLE } from './delivery/state.ts';
import { UsageError } from './errors.ts';
import { writeBackup } from './io/store/backup.ts';
import { PLATFORMS, type Clock, type Queue, type Store } from './ports.ts';

/** What the commands that read or change the state work on: in the running service, or in a process of their own. */
export interface State {
  readonly store: Store;
  /** Null: a command by itself, whose wake-ups the next service finds. */
  readonly queue: Queue | null;
  readonly clock: Clock;
}

const ACTOR = 'command-line';
const MOST_TROUBLES = 200;
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const listed = z.object({ unanswered: z.boolean(), limit: z.int().min(1).max(1000) });
const closing = z.object({ pack: z.string(), from: day, to: day, source: z.string(), open: z.boolean() });
const since = z.object({ from: day });
const instant = z.iso.datetime().nullable();
const audited = z.object({ person: z.string().nullable(), from: instant, to: instant, limit: z.int().min(1).max(100_000), after: z.int().nullable() });
const granting = z.object({ request: z.int(), packs: z.array(z.string()).min(1), person: z.string().min(1) });
const declining = z.object({ request: z.int() });
const revoking = z.object({ packs: z.array(z.string()).min(1), person: z.string().min(1), platform: z.enum(PLATFORMS) });
const someone = z.object({ person: z.string().min(1) });
const backup = z.object({ file: z.string().min(1) });
const looked = z.object({ entries: z.array(z.object({ action: z.enum([...ASKED, 'shown-page', 'shown-correction', 'taken-less']), detail: z.record(z.string(), z.unknown()) })).max(100) });
const sent = z.object({ pack: z.string(), digest: z.string(), from: day, to: day });
const figure = z.object({ measure: z.string(), unit: z.string(), from: day, to: day, value: z.number().nullable(), state: z.enum(['ok', 'missing', 'partial', 'suppressed', 'withheld']), definition: z.string().optional() });
const load = z.object({ source: z.string(), loadedAt: z.string(), rows: z.number(), rowsBefore: z.number().nullable() });
const mark = z.object({ signature: z.string(), rows: z.number(), contents: z.string().optional(), counted: z.string().optional(), writtenAt: z.string().optional() });
const correcting = z.object({
  pack: z.string(), digest: z.string(), tolerance: z.number().min(0),
  pages: z.array(z.object({ id: z.int(), unit: z.string(), figures: z.array(figure), loads: z.array(load), data: z.record(z.string(), mark) })).max(1000),
});
const again = z.object({ pack: z.string(), digest: z.string(), from: day.nullable(), person: z.string().nullable() });

/** One period of a digest, at a glance. */
export interface StatusLine {
  readonly pack: string;
  readonly digest: string;
  readonly period: string;
  readonly states: Readonly<Record<string, number>>;
  readonly late: number;
  readonly seen: number;
  readonly corrections: number;
  readonly done: boolean;
}

/** How all periods stand, newest first. */
function statusLines(rows: readonly Standing[]): StatusLine[] {
  const groups = new Map<string, Standing[]>();
  for (const row of rows) {
    const key = `${row.pack}/${row.digest} ${row.from}`;
    groups.set(key, [...groups.get(key) ?? [], row]);
  }
  return [...groups.values()].flatMap((group): StatusLine[] => {
    const pages = group.filter(({ kind }) => kind === 'page');
    const [first] = pages;
    if (first === undefined) return [];
    const sum = (what: 'late' | 'seen'): number => pages.reduce((total, row) => total + row[what], 0);
    return [{
      pack: first.pack, digest: first.digest, period: first.from, states: Object.fromEntries(pages.map(({ state, count }) => [state, count])), late: sum('late'), seen: sum('seen'),
      corrections: group.filter(({ kind, state }) => kind === 'correction' && state === 'delivered').reduce((total, { count }) => total + count, 0), done: outcomeOf(pages) !== null,
    }];
  });
}

/** Runs a command on the state. Null: there is no such command. Throws UsageError for a body it can't read. */
export async function runOnState({ store, queue, clock }: State, command: string, body: unknown): Promise<object | null> {
  switch (command) {
    case 'status': return { periods: statusLines(await standings(store)), troubles: (await troubles(store, MOST_TROUBLES)).map(trouble), data: await heldData(store, clock.now()) };
    case 'questions': {
      const asked = listed.safeParse(body);
      return { questions: await listQuestions(store, asked.success ? asked.data : { unanswered: false, limit: 50 }) };
    }
    case 'ledger': {
      const { from } = parsed(since, body);
      const rows = await store.query(`select pack, digest, period_from as "from", recipient, state, reason from deliveries where kind = 'page' and due_at >= $1::date - 1`, [from]);
      const addresses = await store.query('select person, platform, known_as as "knownAs" from addresses');
      const closed: Record<string, object[]> = {};
      for (const { pack, ...closing } of await store.query<{ pack: string }>('select pack, period_from as "from", period_to as "to", source from closed_periods')) closed[pack] = [...closed[pack] ?? [], closing];
      return { rows, addresses, closings: closed, accounts: await accountsOf(store) };
    }
    case 'close': {
      const { pack, open, ...period } = parsed(closing, body);
      const changed = await closePeriod(store, pack, period, open, clock.now(), ACTOR);
      if (changed) await recordAudit(store, { at: clock.now(), actor: ACTOR, action: open ? 'period-opened' : 'period-closed', detail: { pack, ...period } });
      return { changed };
    }
    case 'retry': {
      const of = parsed(again, body);
      return { moved: await retry({ store, queue, clock }, of) };
    }
    case 'sent': {
      const of = parsed(sent, body);
      const pages = await sentBetween(store, of.pack, of.digest, of.from, of.to);
      return { pages: pages.map(({ id, from, to, recipient, figures, data }) => ({ id, from, to, recipient, figures, data })), closings: await closings(store, of.pack) };
    }
    case 'correct': {
      const { pages, ...of } = parsed(correcting, body);
      return { owed: await correctOnPurpose({ store, queue }, { ...of, pages: pages as PageNow[] }, clock.now(), ACTOR) };
    }
    case 'audit': {
      const of = parsed(audited, body);
      return { entries: await listAudit(store, of), total: of.after === null ? await countAudit(store, of) : null };
    }
    case 'access': return { requests: await openRequests(store), accounts: await accountsOf(store) };
    case 'grant': {
      const { request, packs, person } = parsed(granting, body);
      return { outcome: await grantAccess(store, { request, person, packs, elsewhere: [], by: ACTOR, through: null }, clock.now()) };
    }
    case 'decline': return { outcome: await declineRequest(store, { request: parsed(declining, body).request, by: ACTOR, through: null }, clock.now()) };
    case 'revoke': return { revoked: await revokeAccess(store, { ...parsed(revoking, body), by: ACTOR, through: null }, clock.now()) };
    case 'looked': {
      const { entries } = parsed(looked, body);
      await store.transaction(async (tx) => { for (const { action, detail } of entries) await recordAudit(tx, { at: clock.now(), actor: ACTOR, action, detail: { ...detail, platform: ACTOR } }); });
      return {};
    }
    case 'verify-audit': return store.transaction(async (tx) => {
      await tx.query('set transaction isolation level repeatable read, read only');
      return verifyAudit(tx);
    });
    case 'erase': {
      const { person } = parsed(someone, body);
      return { entries: await erasePerson(store, person, { actor: ACTOR, at: clock.now() }) };
    }
    case 'backup': {
      const { file } = parsed(backup, body);
      const rows = await writeBackup(store, file, clock.now());
      // A copy of all that is kept has left the house.
      await recordAudit(store, { at: clock.now(), actor: ACTOR, action: 'backed-up', detail: { file, rows } });
      return { file, rows };
    }
    default: return null;
  }
}

function parsed<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const read = schema.safeParse(body);
  if (!read.success) throw new UsageError(`This command can't be read: ${read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}.`);
  return read.data;
}

const trouble = ({ pack, digest, from, recipient, kind, state, reason, notBefore, attempts }: Delivery): object => ({ pack, digest, period: from, recipient, kind, state, reason, notBefore, attempts });

/** Lets what failed be tried again: someone has mended why. */
interface FailedRow extends Record<string, unknown> { readonly id: number; readonly doubtful: boolean; readonly askable: boolean }

/** The failed deliveries meant: whether each may have arrived, and whether the platform is still to be asked about it. */
const failedOf = (store: Store, of: z.infer<typeof again>): Promise<FailedRow[]> => store.query<FailedRow>(
  `select d.id,
     coalesce((select m.from_state = 'unsure' from delivery_moves m where m.delivery = d.id and m.to_state = 'failed' order by m.id desc limit 1), false) as doubtful,
     d.platform = any(string_to_array($5, ',')) and not exists (select from delivery_moves m where m.delivery = d.id and m.from_state = 'failed' and m.to_state = 'unsure') as askable
   from deliveries d
   where d.pack = $1 and d.digest = $2 and d.state = 'failed' and ($3::date is null or d.period_from = $3::date) and ($4::text is null or d.recipient = $4::text)`,
  [of.pack, of.digest, of.from, of.person, ASKABLE.join(',')]);

async function retry({ store, queue, clock }: State, of: z.infer<typeof again>): Promise<number> {
  const rows = await failedOf(store, of);
  const ids = (which: (row: FailedRow) => boolean): number[] => rows.filter(which).map(({ id }) => id);
  return store.transaction(async (tx) => {
    const to = (chosen: number[], state: 'ready' | 'unsure', reason: string, repeated = false): Promise<number[]> => move(tx, chosen, state, { reason, repeated }, clock.now(), ACTOR, ['failed']);
    const moved = [
      ...await to(ids((row) => !row.doubtful), 'ready', 'Tried again by an analyst.'),
      // What may have arrived is asked about first; where nobody can be asked, or asking failed before, it goes out marked.
      ...await to(ids((row) => row.doubtful && row.askable), 'unsure', 'Tried again by an analyst: the platform is asked first whether it arrived.'),
      ...await to(ids((row) => row.doubtful && !row.askable), 'ready', "Tried again by an analyst, marked as possibly repeated: nobody can be asked whether it arrived.", true),
    ];
    await tx.query(`update deliveries set told = false where id = any(string_to_array($1, ',')::bigint[])`, [moved.join(',')]);
    if (moved.length > 0) await queue?.add(tx, moved);
    await recordAudit(tx, { at: clock.now(), actor: ACTOR, action: 'retried', detail: { ...of, count: moved.length } });
    return moved.length;
  });
}

/** The ledger as metrics: deliveries by kind and state, late pages, since when the oldest open one is due, and which data the processes have. */
export async function metricsOf(store: Store, now: Date): Promise<string> {
  const { states, late, oldestOpen } = await counts(store);
  const held = await heldData(store, now);
  const sources = [...new Set(held.map(({ pack, source }) => `pack="${pack}",source="${source}"`))];
  const of = (labels: string): Held[] => held.filter(({ pack, source }) => labels === `pack="${pack}",source="${source}"`);
  const seconds = (instants: readonly (string | null)[]): string[] => { const newest = instants.flatMap((one) => one ?? []).map((one) => Date.parse(one)); return newest.length === 0 ? [] : [String(Math.round(Math.max(...newest) / 1000))]; };
  const waiting = oldestOpen === null ? 0 : Math.max(0, (now.getTime() - Date.parse(oldestOpen)) / 1000);
  return [
    '# HELP overblik_deliveries Deliveries by kind and state.', '# TYPE overblik_deliveries gauge',
    ...states.map(({ kind, state, count }) => `overblik_deliveries{kind="${kind}",state="${state}"} ${count}`),
    '# HELP overblik_deliveries_late Pages that left more than an hour after they were due.', '# TYPE overblik_deliveries_late gauge', `overblik_deliveries_late ${late}`,
    '# HELP overblik_oldest_open_seconds How long the oldest open delivery has been due.', '# TYPE overblik_oldest_open_seconds gauge', `overblik_oldest_open_seconds ${Math.round(waiting)}`,
    '# HELP overblik_data_loaded_timestamp_seconds When a source was last loaded by any process.', '# TYPE overblik_data_loaded_timestamp_seconds gauge',
    ...sources.flatMap((labels) => seconds(of(labels).map(({ loadedAt }) => loadedAt)).map((value) => `overblik_data_loaded_timestamp_seconds{${labels}} ${value}`)),
    '# HELP overblik_data_written_timestamp_seconds When the newest files of a source were written.', '# TYPE overblik_data_written_timestamp_seconds gauge',
    ...sources.flatMap((labels) => seconds(of(labels).map(({ writtenAt }) => writtenAt)).map((value) => `overblik_data_written_timestamp_seconds{${labels}} ${value}`)),
    '# HELP overblik_data_older_processes Processes that have older data of a source than others, and so judge and make no pages of it.', '# TYPE overblik_data_older_processes gauge',
    ...sources.map((labels) => `overblik_data_older_processes{${labels}} ${of(labels).filter(({ older }) => older).length}`), '',
  ].join('\n');
}
