import { DefinitionError, ServiceError } from '../errors.ts';
import type { Pack, Source } from '../pack/model.ts';
import type { Facts, LoadReport, Log } from '../ports.ts';
import type { LoadedSource } from './figures.ts';

/** How a source's files become facts; one implementation, in the loading room. */
export interface Loader {
  /** Of the files, the definition and the tree: equal means nothing to load. */
  signature(pack: Pack, source: Source): Promise<string>;
  /** All or nothing. Throws DefinitionError for what the author can mend, ServiceError for what the machine did. */
  load(pack: Pack, source: Source, anew: boolean, onProgress: (file: string, rows: number) => void): Promise<LoadReport>;
  /** The report of the last good load, from this run or an earlier one; null: never loaded. */
  last(pack: Pack, source: Source): Promise<LoadReport | null>;
  /** Opens the facts of a report, locked for reading. */
  open(pack: Pack, source: Source, report: LoadReport): Promise<Facts>;
}

/** What became of one source: loaded anew, still good, or failed (then the last good facts stay in service). */
export interface SourceOutcome {
  readonly source: string;
  readonly outcome: 'loaded' | 'unchanged' | 'failed';
  readonly report: LoadReport | null;
  readonly reason: string;
  /** Failed by a fault of the house, such as a full disk: nobody's data are late or wrong. */
  readonly ours?: boolean;
}

export interface PackLoad {
  readonly sources: ReadonlyMap<string, LoadedSource>;
  readonly outcomes: readonly SourceOutcome[];
  /** True when anything in `sources` is other than before. */
  readonly changed: boolean;
}

/**
 * Brings a pack's facts up to date: every source whose files, definition or tree changed is loaded anew and put
 * in place of the old one; a source that fails keeps the facts it had.
 */
export async function loadPack(pack: Pack, loader: Loader, before: ReadonlyMap<string, LoadedSource>, log: Log, onProgress: (source: string, file: string, rows: number) => void): Promise<PackLoad> {
  const sources = new Map<string, LoadedSource>();
  const outcomes: SourceOutcome[] = [];
  let changed = false;
  for (const source of pack.sources.values()) {
    const held = before.get(source.id);
    try {
      const signature = await loader.signature(pack, source);
      if (held?.report.signature === signature) {
        sources.set(source.id, held);
        outcomes.push({ source: source.id, outcome: 'unchanged', report: held.report, reason: '' });
        continue;
      }
      const last = await loader.last(pack, source);
      const upToDate = last?.signature === signature;
      const kept = upToDate ? await lastGood(pack, source, loader, log) : null;
      // Facts that are up to date but can't be opened any more are made anew from the files.
      const report = kept?.report ?? await loader.load(pack, source, upToDate, (file, rows) => onProgress(source.id, file, rows));
      sources.set(source.id, kept ?? { facts: await loader.open(pack, source, report), report });
      outcomes.push({ source: source.id, outcome: kept === null ? 'loaded' : 'unchanged', report, reason: '' });
      changed = true;
    } catch (error) {
      if (!(error instanceof DefinitionError) && !(error instanceof ServiceError)) throw error;
      log.warn('load-failed', { pack: pack.id, source: source.id, reason: error.message });
      const good = held ?? await lastGood(pack, source, loader, log);
      if (good !== null) sources.set(source.id, good);
      changed ||= held === undefined && good !== null;
      outcomes.push({ source: source.id, outcome: 'failed', report: good?.report ?? null, reason: error.message, ours: error instanceof ServiceError && error.ours });
    }
  }
  return { sources, outcomes, changed };
}

async function lastGood(pack: Pack, source: Source, loader: Loader, log: Log): Promise<LoadedSource | null> {
  try {
    const report = await loader.last(pack, source);
    return report === null ? null : { facts: await loader.open(pack, source, report), report };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    log.warn('last-good-facts-unreadable', { pack: pack.id, source: source.id, reason: error.message });
    return null;
  }
}
