import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { copyFile, rm, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { ServiceError } from '../../errors.ts';
import { TIME_ZONE, type Organisation, type Source } from '../../pack/model.ts';
import type { LoadReport } from '../../ports.ts';
import { literal } from './cast.ts';
import { readyDelimited, type ReadyFile, type Reading, type Unusable } from './delimited.ts';
import { loadError } from './failure.ts';
import { findFiles, type SourceFile } from './files.ts';
import { checkGrain } from './grain.ts';
import { kindProblem } from './kind.ts';
import { ensureFolder, publish, lastReport, removeOld, unfinishedName } from './publish.ts';
import { readyWorkbook } from './sheet.ts';
import { contentsOf, definitionOf, hashOf, signatureOf } from './signature.ts';
import type { StagedFile } from './account.ts';
import { checkControls } from './control.ts';
import { fallen } from './falls.ts';
import { rowsOutsideLives } from './lives.ts';
import { checkPasted } from './pasted.ts';
import { checkRepeats } from './repeats.ts';
import { createStage, finishFacts, stageFile, writeOrganisation } from './stage.ts';
import { checkTotals, cumulated, emptyAmounts } from './totals.ts';
import { readyTyped } from './typed.ts';

export { lastReport, signatureOf };

const LONGEST_LOAD_MS = 2 * 3_600_000;
const MOST_FOLLOWED = 20;

export interface LoadInput {
  readonly source: Source;
  readonly packDir: string;
  /** The service's own folder, of which a pack reads nothing; null: there is none. */
  readonly ownDir: string | null;
  readonly organisation: Organisation;
  /** First month of the fiscal year, for periods written `2017/18 Q4`. */
  readonly yearStart: number;
  /** How many months every date is moved forward by: a demonstration's data. Default 0. */
  readonly moveMonths?: number;
  /** Takes a month that has less than at the load before, this once. */
  readonly acceptLess?: boolean;
  /** By whose clocks a point in time with an offset is told. Default Copenhagen. */
  readonly timeZone?: string;
  /** SQL run in the new file once facts, closure and units are in: the roll-ups. */
  readonly finish: readonly string[];
  /** Where the files of facts are kept. */
  readonly intoDir: string;
  /** Where a load may put what it needs while it runs; on the disk, and as large as the data. */
  readonly tempDir: string;
  readonly memoryMb: number;
  /** A load that takes longer is broken off; the last good one stays in service. Default two hours. */
  readonly timeoutMs?: number;
  readonly now: () => Date;
  readonly onProgress: (progress: { file: string; rows: number }) => void;
  /** Reads the files though nothing changed: the facts of the last load can't be opened. */
  readonly anew?: boolean;
}

/**
 * Loads a source, all or nothing, into a new file that takes the place of the last one when it is complete.
 * When nothing changed since the last load, that one is given back and nothing is read.
 * Rejects with ServiceError naming the source and file; the last good load then stays in service.
 */
export async function loadSource(input: LoadInput): Promise<LoadReport> {
  const { source, packDir, organisation, finish, yearStart, ownDir, moveMonths = 0, timeZone = TIME_ZONE } = input;
  const signature = await signatureOf(source, packDir, organisation, finish, yearStart, ownDir, moveMonths, timeZone);
  await ensureFolder(input.intoDir);
  const published = await lastReport(input.intoDir, source.id);
  if (published?.signature === signature && input.anew !== true) return published;
  for (const dir of [input.intoDir, input.tempDir]) await removeOld(dir, source.id, null, input.now());

  const unfinished = unfinishedName(source.id, signature);
  const scratchDir = join(resolve(input.tempDir), unfinished);
  const path = join(resolve(input.intoDir), unfinished);
  try {
    await ensureFolder(scratchDir);
    const files = await findFiles(source, packDir, ownDir);
    const outcome = await build(input, files, path, scratchDir, signature, published).catch((error: unknown) => loadError(source.id, error));
    // Whatever was read of a file that somebody was writing, good or bad, says nothing.
    if (await signatureOf(source, packDir, organisation, finish, yearStart, ownDir, moveMonths, timeZone) !== signature) {
      throw new ServiceError(`source ${source.id}`, 'A file changed while it was read. It is read again at the next load.', { retryAfterMs: 60_000 });
    }
    if (outcome instanceof ServiceError) throw outcome;
    const lost = fallen(published, outcome, source.mayFall);
    const redefined = published?.definition !== outcome.definition;
    const told = `${lost.slice(0, 5).join('; ')}${lost.length > 5 ? `; and ${lost.length - 5} more` : ''}`;
    if (lost.length > 0 && !redefined && input.acceptLess !== true) throw new ServiceError(`source ${source.id}`, `Less is in the files than at the load before, so nothing is loaded and the last good load stays in service. ${told}. Get whole files; or, if it is right so, take it once with overblik load <pack> --accept ${source.id}.`, { final: true });
    // Less by a changed definition may be meant, and may be a file that was cut at the same time.
    const less = lost.length === 0 ? [] : [{ file: source.id, text: `Less is in the files than at the load before${redefined ? ', and the definition of the source changed: look whether that is why' : ', which was accepted'}. ${told}.` }];
    const report = { ...outcome, remarks: [...outcome.remarks, ...less] };
    return await publish(input.intoDir, unfinished, report, input.now());
  } catch (error) {
    throw loadError(source.id, error);
  } finally {
    for (const left of [path, `${path}.wal`, `${path}.json`]) await rm(left, { force: true }).catch(() => undefined);
    await rm(scratchDir, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Writes the whole file of facts and closes it. */
async function build(input: LoadInput, files: readonly SourceFile[], path: string, scratchDir: string, signature: string, published: LoadReport | null): Promise<Omit<LoadReport, 'file'>> {
  const { source } = input;
  const started = input.now();
  const timeoutMs = input.timeoutMs ?? LONGEST_LOAD_MS;
  const latest = performance.now() + timeoutMs;
  let broken: NodeJS.Timeout | undefined;
  const instance = await DuckDBInstance.create(path, {
    // Rows are numbered in the order of the file, which one thread does; more only wait for each other.
    threads: '1',
    memory_limit: `${input.memoryMb}MB`,
    // Only this engine reads what it writes, and its newest format is written a third faster.
    storage_compatibility_version: 'latest',
    temp_directory: join(scratchDir, 'spill'),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  try {
    const connection = await instance.connect();
    broken = setInterval(() => { if (performance.now() > latest) connection.interrupt(); }, Math.min(1_000, timeoutMs));
    await connection.run(`attach ${literal(join(scratchDir, 'stage.duckdb'))} as stage`);
    await allowOnly(connection, [scratchDir, resolve(input.intoDir)], files.map((file) => file.path));
    await writeOrganisation(connection, input.organisation);
    await createStage(connection, source);

    const staged: StagedFile[] = [];
    for (const [number, file] of files.entries()) {
      const scratch = join(scratchDir, `rows-${number}`);
      input.onProgress({ file: file.shown, rows: 0 });
      const reading: Reading = { source, file: await withPlainName(file, `${scratch}.copy`), scratch, onRows: (rows) => input.onProgress({ file: file.shown, rows }) };
      const ready = await readyFile(reading, connection);
      if ('problem' in ready) throw new ServiceError(`source ${source.id}`, `${file.shown}: ${ready.problem}`, { final: true });
      staged.push(await stageFile(connection, source, { yearStart: input.yearStart, timeZone: input.timeZone ?? TIME_ZONE, root: input.organisation.root, lastDay: `${started.getUTCFullYear() + 11}-01-01` }, number, file.shown, ready));
      for (const ending of ['', '.utf8', '.copy']) await rm(scratch + ending, { force: true });
    }
    await lock(connection);
    await checkControls(connection, source, staged, input.yearStart);
    await checkGrain(connection, source);
    const repeated = [...await checkPasted(connection, source, staged), ...await checkRepeats(connection, source, staged), ...await checkTotals(connection, source, staged), ...await emptyAmounts(connection, source, staged), ...await cumulated(connection, source, staged)];
    const outcome = await finishFacts(connection, source, staged, input.moveMonths ?? 0);
    const outside = (await rowsOutsideLives(connection, input.organisation)).map((text) => ({ file: staged.map(({ shown }) => shown).slice(0, 3).join(', '), text }));
    for (const statement of input.finish) await connection.run(statement);
    const ended = input.now();
    const contents = await contentsOf(files.map((file) => file.path), input.moveMonths ?? 0);
    const report = {
      source: source.id, ...outcome, remarks: [...outcome.remarks, ...repeated, ...outside], loadedAt: ended.toISOString(), durationMs: ended.getTime() - started.getTime(),
      signature, definition: definitionOf(source, input.organisation, input.yearStart), contents, counted: hashOf(input.finish), writtenAt: new Date(Math.max(...files.map(({ mtimeMs }) => mtimeMs))).toISOString(), follows: followed(published, contents),
    };
    await connection.run('create table meta (report json)');
    await connection.run('insert into meta values ($1::json)', [JSON.stringify(report)]);
    await connection.run('detach stage');
    await connection.run('checkpoint');
    connection.disconnectSync();
    return report;
  } finally {
    clearInterval(broken);
    instance.closeSync();
  }
}

/** What the loads before held, the newest first. There and back again leaves both in it. */
function followed(before: LoadReport | null, contents: string): string[] {
  if (before === null) return [];
  return [...new Set([...(before.contents === '' || before.contents === contents ? [] : [before.contents]), ...before.follows])].slice(0, MOST_FOLLOWED);
}

async function readyFile(reading: Reading, connection: DuckDBConnection): Promise<ReadyFile | Unusable> {
  if ((await stat(reading.file.path)).size === 0) return { problem: 'The file is empty.' };
  const problem = await kindProblem(reading.file.path, reading.file.set.layout.format);
  if (problem !== null) return { problem };
  switch (reading.file.set.layout.format) {
    case 'csv': return readyDelimited(reading);
    case 'xlsx': return readyWorkbook(reading);
    case 'parquet': case 'json': return readyTyped(reading, connection);
  }
}

/** The engine would take brackets and stars in a name for a pattern, so such a file is read from a copy. */
async function withPlainName(file: SourceFile, copy: string): Promise<SourceFile> {
  if (!/[*?[\]{}]/.test(file.path)) return file;
  await copyFile(file.path, copy);
  return { ...file, path: copy };
}

/** From here on the engine reads the source's files and writes the load's own folders, nothing else. */
async function allowOnly(connection: DuckDBConnection, folders: readonly string[], paths: readonly string[]): Promise<void> {
  const list = (texts: readonly string[]): string => `[${texts.map(literal).join(', ')}]`;
  await connection.run(`set allowed_directories = ${list(folders)}`);
  await connection.run(`set allowed_paths = ${list(paths)}`);
  await connection.run('set enable_external_access = false');
  // The engine takes the rows of a file for few, and would hold them all in memory to look the units up in them.
  await connection.run("set disabled_optimizers = 'join_order,build_side_probe_side'");
}

/** What is left to run was written in the pack: no setting can be changed any more. */
async function lock(connection: DuckDBConnection): Promise<void> {
  await connection.run("set disabled_optimizers = ''");
  await connection.run(`set threads = ${Math.min(4, availableParallelism())}`);
  await connection.run('set lock_configuration = true');
}
