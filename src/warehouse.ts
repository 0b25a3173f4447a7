import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { openFigures, type Figures, type LoadedSource } from './app/figures.ts';
import { loadPack, type Loader, type SourceOutcome } from './app/load.ts';
import { checkPack } from './app/packs.ts';
import { DefinitionError, describeFault, ServiceError, type Fault } from './errors.ts';
import type { Config } from './io/config/config.ts';
import { systemClock } from './io/clock/clock.ts';
import { loadError } from './io/load/failure.ts';
import { lastReport, signatureOf } from './io/load/load.ts';
import { loadingDir } from './io/disk/places.ts';
import { readPackFolders, type PackFolder, type PackFolders } from './io/packs/read.ts';
import { openFacts } from './io/warehouse/duckdb.ts';
import { openParser } from './io/warehouse/parser.ts';
import { movedTo } from './pack/demonstration.ts';
import type { Pack } from './pack/model.ts';
import { withoutTaken } from './pack/people.ts';
import type { Clock, Log } from './ports.ts';
import { rollupStatements } from './query/rollup.ts';
import { openReaders, type Readers } from './reading.ts';

/** The packs with their facts, kept up to date. */
export interface PackHouse {
  packs(): readonly Pack[];
  figures(packId: string): Figures;
  /** The sources of a pack that could not be loaded last by a fault of the house, and why. */
  faults(packId: string): ReadonlyMap<string, string>;
  /** Reads the packs' own files again where they changed: who is who and may see what counts from then on, all else from the next `refresh`. Each pack for itself: one with mistakes is logged and stays as it was before, without the people who have been taken out. */
  renew(): Promise<void>;
  /** Loads what changed since the last time, packs and data; the figures in service are exchanged at once. */
  refresh(onProgress?: (pack: string, source: string, file: string, rows: number) => void): Promise<readonly (SourceOutcome & { pack: string })[]>;
  close(): Promise<void>;
}

/** Every pack under the configured folders, checked. Throws DefinitionError with all mistakes of all packs (or of `only`). */
export async function readPacks(config: Config, only: string | null = null): Promise<Pack[]> {
  const readers = openReaders(config);
  try {
    const read = await readPackFolders(config.packRoots);
    if (only === null && read.unseen.length > 0) throw new DefinitionError([...(await faultsOf(config, readers, read, only)), ...read.unseen.map(({ fault }) => fault)]);
    return await allInOrder(config, readers, read, only);
  } finally {
    readers.close();
  }
}

const faultsOf = (config: Config, readers: Readers, read: PackFolders, only: string | null): Promise<readonly Fault[]> => allInOrder(config, readers, read, only).then(() => [], (error: unknown) => {
  if (!(error instanceof DefinitionError)) throw error;
  return error.faults;
});

async function allInOrder(config: Config, readers: Readers, { folders, faults }: PackFolders, only: string | null): Promise<Pack[]> {
  const known = folders.map((folder) => folder.id);
  const none = noneThere(config, folders);
  if (faults.length === 0 && none.length > 0) throw new DefinitionError(none);
  if (only !== null && !known.includes(only)) throw new DefinitionError([...faults, { file: config.packRoots.join(', '), line: 0, column: 0, message: `There is no pack '${only}'.`, hint: `Known: ${known.join(', ')}.` }]);
  const checked = await checkEach(config, readers, folders.filter(({ id }) => only === null || id === only));
  const packs = checked.flatMap(({ pack }) => pack ?? []);
  const wrong = [...faults, ...checked.flatMap((one) => one.faults), ...sharedNames(packs).map(({ fault }) => fault)];
  if (wrong.length > 0) throw new DefinitionError(wrong);
  return packs;
}

const noneThere = (config: Config, folders: readonly PackFolder[]): Fault[] => (folders.length > 0 ? [] : [{ file: config.packRoots.join(', '), line: 0, column: 0, message: 'There are no packs here.', hint: 'A pack is a folder with a pack.yaml.' }]);

/** A folder and the pack in it; null with what is wrong. */
interface Checked {
  readonly folder: PackFolder;
  readonly pack: Pack | null;
  readonly faults: readonly Fault[];
}

/** What is read in a moment is checked here; more than this, or what may take long, in a process of its own. */
const SMALL_PACK = 64 * 1024;
const isSmall = ({ files }: PackFolder): boolean => files.reduce((sum, { text }) => sum + text.length, 0) <= SMALL_PACK;

async function checkEach(config: Config, readers: Readers, folders: readonly PackFolder[]): Promise<Checked[]> {
  if (folders.length === 0) return [];
  const parser = await openParser();
  const checked: Checked[] = [];
  try {
    for (const folder of folders) {
      try {
        checked.push({ folder, pack: await (isSmall(folder) ? checkPack(folder, parser, config.settings) : readers.check(folder, config.settings)), faults: [] });
      } catch (error) {
        if (!(error instanceof DefinitionError)) throw error;
        checked.push({ folder, pack: null, faults: error.faults });
      }
    }
  } finally {
    await parser.close();
  }
  return checked;
}

/** One id in several packs is one human: addresses are kept by it. */
function sharedNames(packs: readonly Pack[]): { between: readonly Pack[]; fault: Fault }[] {
  const first = new Map<string, { pack: Pack; name: string }>();
  return packs.flatMap((pack) => [...pack.people.values()].flatMap((person) => {
    const other = first.get(person.id);
    if (other === undefined) first.set(person.id, { pack, name: person.name });
    return other === undefined || other.name === person.name ? [] : [{ between: [other.pack, pack], fault: {
      file: pack.dir, line: 0, column: 0, message: `The person '${person.id}' is ${person.name} here and ${other.name} in the pack ${other.pack.id}.`, hint: 'Give different people different ids.',
    } }];
  }));
}

/** The packs as they were taken last; `waiting`: those in order themselves that an id shared with another pack held back. */
interface Taken {
  readonly written: readonly Pack[];
  readonly waiting: ReadonlySet<string>;
}

/**
 * The packs as they are written now, each for itself: one with mistakes stays as it was before, less what its newest people have
 * lost, and keeps no other from being taken. A pack that can't be looked at stays too; one whose folder is gone is gone.
 */
async function takeEach(config: Config, readers: Readers, { folders, faults, unseen }: PackFolders, before: Taken & { readonly folders: readonly PackFolder[] }, only: string | null): Promise<Taken & { readonly faults: readonly Fault[] }> {
  const lasting = (id: string): Pack | undefined => before.written.find((pack) => pack.id === id);
  const isMeant = ({ id }: { id: string }): boolean => only === null || id === only;
  const unchanged = (folder: PackFolder): boolean => before.folders.some((one) => isDeepStrictEqual(one, folder)) && lasting(folder.id) !== undefined && !before.waiting.has(folder.id);
  const changed = await checkEach(config, readers, folders.filter((folder) => isMeant(folder) && !unchanged(folder)));
  const told = [...noneThere(config, folders), ...faults, ...unseen.map(({ fault }) => fault), ...changed.flatMap((one) => one.faults)];
  // Where a folder of packs is not there, nobody knows what is in it.
  const isUnknown = ({ id, dir }: Pack): boolean => folders.length === 0 || unseen.some((one) => one.id === id) || (faults.length > 0 && !folders.some((one) => one.dir === dir));
  const kept = (folder: PackFolder): Pack[] => {
    const last = lasting(folder.id);
    return last === undefined ? [] : [(folder.complete ? withoutTaken(last, folder.files, folder.people) : null) ?? last];
  };
  const next = new Map<string, Pack>();
  for (const folder of folders.filter(isMeant)) {
    const fresh = changed.find((one) => one.folder === folder);
    for (const pack of fresh === undefined ? [lasting(folder.id)] : fresh.pack === null ? kept(folder) : [fresh.pack]) if (pack !== undefined) next.set(folder.id, pack);
  }
  for (const pack of before.written) if (isMeant(pack) && isUnknown(pack) && !next.has(pack.id)) next.set(pack.id, pack);
  // One id for two people: the packs that changed give way, and are tried again when one of them changes.
  const waiting = new Set<string>();
  for (let clash = sharedNames([...next.values()]); clash.length > 0; clash = sharedNames([...next.values()])) {
    const back = changed.filter(({ folder, pack }) => pack !== null && next.get(folder.id) === pack && clash.some(({ between }) => between.includes(pack)));
    if (back.length === 0) break;
    told.push(...clash.map(({ fault }) => fault));
    for (const { folder } of back) {
      const [last] = kept(folder);
      waiting.add(folder.id);
      if (last === undefined) next.delete(folder.id);
      else next.set(folder.id, last);
    }
  }
  return { written: [...next.values()], waiting, faults: told };
}

const movedBy = (pack: Pack): number => pack.demonstration?.moved ?? 0;

/** How files become facts, with the settings of this machine. */
function loaderFor(config: Config, clock: Clock, readers: Readers, acceptLess: string | null): Loader {
  const folder = (pack: Pack): string => resolve(config.dataDir, 'facts', pack.id);
  return {
    signature: (pack, source) => signatureOf(source, pack.dir, pack.organisation, rollupStatements(pack, source), pack.yearStart, config.dataDir, movedBy(pack), pack.timeZone).catch((error: unknown) => { throw loadError(source.id, error); }),
    load: (pack, source, anew, onProgress) => readers.load({
      anew, ...(source.id === acceptLess ? { acceptLess: true } : {}),
      source, packDir: pack.dir, ownDir: config.dataDir, organisation: pack.organisation, yearStart: pack.yearStart, moveMonths: movedBy(pack), timeZone: pack.timeZone, finish: rollupStatements(pack, source),
      intoDir: folder(pack), tempDir: loadingDir(config.dataDir), memoryMb: config.memoryMb, now: () => clock.now(),
      onProgress: ({ file, rows }) => onProgress(file, rows),
    }, clock === systemClock),
    last: (pack, source) => lastReport(folder(pack), source.id),
    open: (pack, _source, report) => openFacts(report.file, { memoryMb: config.memoryMb, threads: 2 }),
  };
}

/** The figures of loaded sources. Kept facts that can't be read, as after a damaged disk, are made anew from the files: they need no backup. */
async function openedOrAnew(pack: Pack, sources: ReadonlyMap<string, LoadedSource>, loader: Loader, log: Log): Promise<{ sources: ReadonlyMap<string, LoadedSource>; opened: Figures }> {
  try {
    return { sources, opened: await openFigures(pack, sources) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    log.error('facts-unreadable', { pack: pack.id, reason: error.message, advice: 'The kept facts are damaged and are made anew from the files. If it happens again, look at the disk.' });
    const anew = await loadPack(pack, { ...loader, last: () => Promise.resolve(null), load: (one, source, _anew, onProgress) => loader.load(one, source, true, onProgress) }, new Map(), log, () => undefined);
    for (const { facts } of sources.values()) void facts.close();
    return { sources: anew.sources, opened: await openFigures(pack, anew.sources) };
  }
}

/** A pack as it is loaded, with who is who and may see what as it is written now; null: it is not written any more. */
function withNewestPeople(pack: Pack, written: readonly Pack[]): Pack | null {
  const next = written.find(({ id }) => id === pack.id);
  if (next === undefined || next === pack) return next ?? null;
  const people = new Map([...next.people].filter(([, { units, alsoSees }]) => [...units, ...alsoSees].every((unit) => pack.organisation.units.has(unit))));
  return { ...pack, people, access: next.access };
}

/** Checks the packs and makes a house of them; `refresh` brings in the facts. `acceptLess`: a source that may hold less than at the load before. */
export async function openPackHouse(config: Config, clock: Clock, log: Log, only: string | null = null, acceptLess: string | null = null): Promise<PackHouse> {
  const readers = openReaders(config);
  // The first start loads everything: its process starts while the packs are read. Later most is loaded already.
  if (!existsSync(resolve(config.dataDir, 'facts'))) readers.warm();
  try {
    return await furnish(config, clock, log, only, readers, acceptLess);
  } catch (error) {
    readers.close();
    throw error;
  }
}

async function furnish(config: Config, clock: Clock, log: Log, only: string | null, readers: Readers, acceptLess: string | null): Promise<PackHouse> {
  let seen = await readPackFolders(config.packRoots);
  /** As they are written, and as they are in service: between a change and the load it needs, the two differ. */
  let written: readonly Pack[] = (await allInOrder(config, readers, seen, only)).map((pack) => movedTo(pack, clock.now()));
  let waiting: ReadonlySet<string> = new Set();
  let told: ReadonlySet<string> = new Set(seen.unseen.map(({ fault }) => describeFault(fault)));
  for (const { fault } of seen.unseen) log.warn('pack-not-seen', { fault: describeFault(fault) });
  let serving = written;
  const loader = loaderFor(config, clock, readers, acceptLess);
  const loaded = new Map<string, ReadonlyMap<string, LoadedSource>>();
  const figures = new Map<string, Figures>();
  /** Why a source could not be loaded last, by pack and source. */
  const failing = new Map<string, { reason: string; ours: boolean }>();
  /** The same failure is told once, not every minute. */
  const onceLog: Log = { ...log, warn: (event, fields) => { if (event !== 'load-failed' || failing.get(`${String(fields?.['pack'])}/${String(fields?.['source'])}`)?.reason !== fields?.['reason']) log.warn(event, fields); } };
  let working: Promise<unknown> = Promise.resolve();
  let reading: Promise<void> = Promise.resolve();
  let queued: Promise<void> | null = null;

  const read = async (): Promise<void> => {
    const now = await readPackFolders(config.packRoots);
    if (isDeepStrictEqual(now, seen)) return;
    const taken = await takeEach(config, readers, now, { folders: seen.folders, written, waiting }, only);
    [seen, waiting] = [now, taken.waiting];
    const faults = taken.faults.map(describeFault);
    if (faults.some((one) => !told.has(one))) log.error('packs-not-taken', { faults: faults.slice(0, 5), count: faults.length });
    told = new Set(faults);
    const moved = taken.written.map((pack) => movedTo(pack, clock.now()));
    if (isDeepStrictEqual(moved, written)) return;
    written = moved;
    log.info('packs-changed', { packs: written.map(({ id }) => id).join(', ') });
    serving = serving.flatMap((pack) => {
      const renewed = withNewestPeople(pack, written);
      if (renewed === null) return [];
      const known = figures.get(pack.id);
      if (known !== undefined) figures.set(pack.id, { ...known, pack: renewed });
      return [renewed];
    });
  };
  const renew = (): Promise<void> => {
    // Who comes while one is waiting to begin is served by that one: it has yet to look at the files.
    queued ??= reading.then(() => {
      queued = null;
      return read();
    });
    reading = queued.catch(() => undefined);
    return queued;
  };

  const load = async (onProgress?: (pack: string, source: string, file: string, rows: number) => void): Promise<(SourceOutcome & { pack: string })[]> => {
    if (figures.size > 0) await renew();
    // A month may have passed: what is moved with time is moved on.
    written = written.map((pack) => movedTo(pack, clock.now()));
    const packs = written;
    const outcomes: (SourceOutcome & { pack: string })[] = [];
    for (const pack of packs) {
      const before = loaded.get(pack.id) ?? new Map<string, LoadedSource>();
      const result = await loadPack(pack, loader, before, onceLog, (source, file, rows) => onProgress?.(pack.id, source, file, rows));
      outcomes.push(...result.outcomes.map((outcome) => ({ ...outcome, pack: pack.id })));
      for (const { source, outcome, reason, ours = false } of result.outcomes) {
        if (outcome === 'failed') failing.set(`${pack.id}/${source}`, { reason, ours });
        else failing.delete(`${pack.id}/${source}`);
      }
      if (!result.changed && figures.has(pack.id) && serving.includes(pack)) continue;
      const { sources, opened } = await openedOrAnew(pack, result.sources, loader, onceLog);
      // The files may have been read again meanwhile: the people are the newest, the rest follows with the next load.
      const next = withNewestPeople(pack, written);
      if (next === null) continue;
      figures.set(pack.id, { ...opened, pack: next });
      serving = serving.some(({ id }) => id === next.id) ? serving.map((one) => (one.id === next.id ? next : one)) : [...serving, next];
      loaded.set(pack.id, sources);
      // Whoever still reads the old facts gets to the end: closing waits for running queries.
      for (const [id, source] of before) if (sources.get(id) !== source) void source.facts.close();
    }
    for (const [id, sources] of loaded) {
      if (packs.some((pack) => pack.id === id)) continue;
      loaded.delete(id);
      figures.delete(id);
      for (const { facts } of sources.values()) void facts.close();
    }
    return outcomes;
  };
  return {
    packs: () => serving,
    figures(packId) {
      const found = figures.get(packId);
      if (found === undefined) throw new Error(`no figures for pack ${packId}`);
      return found;
    },
    faults: (packId) => new Map([...failing].flatMap(([key, { reason, ours }]) => (ours && key.startsWith(`${packId}/`) ? [[key.slice(packId.length + 1), reason] as const] : []))),
    renew,
    refresh(onProgress) {
      const next = working.then(() => load(onProgress));
      working = next.catch(() => undefined);
      return next;
    },
    async close() {
      await working;
      readers.close();
      for (const sources of loaded.values()) for (const { facts } of sources.values()) await facts.close();
    },
  };
}
