import type { LoadMark } from '../delivery/tell.ts';
import type { Pack } from '../pack/model.ts';
import type { Store } from '../ports.ts';
import type { Figures } from './figures.ts';
import { digestOf } from './ledger.ts';
import { json } from './records.ts';

/** The load of every source, by source. */
export type DataMarks = Readonly<Record<string, LoadMark>>;

/** Of which loads the figures of a process are. */
export interface Data {
  readonly marks: DataMarks;
  /** ISO instant. */
  readonly loadedAt: (source: string) => string;
  /** What this process's machine held of a source before, as `versionOf`, the newest first. */
  readonly follows: (source: string) => readonly string[];
}

export function dataOf({ sources }: Pick<Figures, 'sources'>): Data {
  const marks: DataMarks = Object.fromEntries([...sources].map(([id, { report }]) => [id, { signature: report.signature, rows: report.rows, contents: report.contents, counted: report.counted, ...(report.writtenAt === '' ? {} : { writtenAt: report.writtenAt }) }]));
  return { marks, loadedAt: (source) => sources.get(source)?.report.loadedAt ?? '', follows: (source) => sources.get(source)?.report.follows ?? [] };
}

/** What tells the data of one load from those of another, wherever they lie and whenever they were read; of an earlier version's marks only where they lay. */
export const versionOf = ({ contents, signature }: LoadMark): string => ((contents ?? '') === '' ? signature : contents ?? '');

/** The versions of all sources in one word of 16 hexadecimal digits. */
export const wordOf = (marks: DataMarks): string => digestOf(Object.entries(marks).map(([source, mark]) => [source, versionOf(mark)]).sort());

/** The sources of which two have other data. */
export function differing(one: DataMarks, other: DataMarks): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((source) => {
    const [mark, otherMark] = [one[source], other[source]];
    if (mark === undefined || otherMark === undefined) return mark !== otherMark;
    return (mark.contents ?? '') === '' || (otherMark.contents ?? '') === '' ? mark.signature !== otherMark.signature : mark.contents !== otherMark.contents;
  });
}

/**
 * Whether data came after others: this machine had the others before, or its files were written later. What does not say when
 * it was written (an earlier version's) is taken to be older than what is here.
 */
export function isNewer(mark: LoadMark, follows: readonly string[], than: LoadMark): boolean {
  if (follows.includes(versionOf(than))) return true;
  return mark.writtenAt === undefined || than.writtenAt === undefined || mark.writtenAt > than.writtenAt;
}

/** Who holds data and has not been heard of for so long, does not hold them any more. */
const HEARD_MS = 60 * 60_000;
const KEPT_MS = 24 * HEARD_MS;

/**
 * Notes which data a process has, and takes them for the newest there are where they came after those. What was newest before
 * does not become so again by itself: a copy that lay about is older, whenever it was copied. Only a machine that had the newest
 * and has something else now knows that it is meant so; and when no process with the newest has been heard of for an hour, the
 * next best is taken. Resolves with the sources of which others have newer data.
 */
export async function noteData(store: Store, worker: string, pack: Pick<Pack, 'id'>, { marks, loadedAt, follows }: Data, now: Date): Promise<string[]> {
  const at = now.toISOString();
  const held = Object.entries(marks).map(([source, mark]) => ({ source, version: versionOf(mark), rows: mark.rows, written_at: mark.writtenAt ?? null, loaded_at: loadedAt(source) === '' ? null : loadedAt(source) }));
  return store.transaction(async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(hashtext('data of ' || $1))`, [pack.id]);
    await tx.query('delete from data_held where seen_at < $1::timestamptz or (worker = $2 and pack = $3)', [new Date(now.getTime() - KEPT_MS).toISOString(), worker, pack.id]);
    await tx.query(
      `insert into data_held (worker, pack, source, version, rows, written_at, loaded_at, seen_at)
       select $2, $3, source, version, rows, written_at, loaded_at, $4::timestamptz from jsonb_to_recordset($1::jsonb) as held(source text, version text, rows bigint, written_at timestamptz, loaded_at timestamptz)`,
      [json(held), worker, pack.id, at]);
    const known = await tx.query<{ source: string; version: string; written_at: string | null; newest: boolean; heard: boolean }>(
      `select source, version, written_at, since = max(since) over (partition by source) as newest,
         exists (select from data_held where data_held.pack = known.pack and data_held.source = known.source and data_held.version = known.version and seen_at > $2::timestamptz) as heard
       from data_versions as known where pack = $1`, [pack.id, new Date(now.getTime() - HEARD_MS).toISOString()]);
    const older: string[] = [];
    for (const [source, mark] of Object.entries(marks)) {
      const own = known.filter((one) => one.source === source);
      const newest = own.find((one) => one.newest);
      const version = versionOf(mark);
      if (newest?.version === version) continue;
      const than: LoadMark | null = newest === undefined ? null : { signature: newest.version, rows: 0, ...(newest.written_at === null ? {} : { writtenAt: new Date(newest.written_at).toISOString() }) };
      const taken = than === null || follows(source).includes(newest?.version ?? '') || (!own.some((one) => one.version === version) && isNewer(mark, [], than)) || newest?.heard === false;
      if (!taken) {
        older.push(source);
        continue;
      }
      await tx.query(
        `insert into data_versions (pack, source, version, written_at, since) values ($1, $2, $3, $4::timestamptz, greatest($5::timestamptz, (select max(since) + interval '1 millisecond' from data_versions where pack = $1 and source = $2)))
         on conflict (pack, source, version) do update set since = excluded.since, written_at = excluded.written_at`, [pack.id, source, version, mark.writtenAt ?? null, at]);
    }
    return older;
  });
}

/** Which data a process had when it was last heard of. */
export interface Held {
  readonly worker: string;
  readonly pack: string;
  readonly source: string;
  readonly rows: number;
  /** ISO instants. */
  readonly writtenAt: string | null;
  readonly loadedAt: string | null;
  readonly seenAt: string;
  /** Others have newer ones. */
  readonly older: boolean;
}

/** The data of every process that was heard of within the hour. */
export async function heldData(store: Pick<Store, 'query'>, now: Date): Promise<Held[]> {
  return store.query<Held & Record<string, unknown>>(
    `select worker, pack, source, rows, written_at as "writtenAt", loaded_at as "loadedAt", seen_at as "seenAt",
       version is distinct from (select newest.version from data_versions as newest where newest.pack = data_held.pack and newest.source = data_held.source order by since desc limit 1) as older
     from data_held where seen_at > $1::timestamptz order by pack, source, worker`, [new Date(now.getTime() - HEARD_MS).toISOString()]);
}
