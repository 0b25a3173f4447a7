import { DuckDBInstance, StatementType, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import { stat } from 'node:fs/promises';
import { ServiceError } from '../../errors.ts';
import type { Facts, Parameter } from '../../ports.ts';

const SERVICE = 'the warehouse';

export interface FactsLimits {
  /** Memory the engine may use; it never spills to disk while answering. */
  readonly memoryMb: number;
  readonly threads: number;
  /** A query that takes longer is broken off. Default 30 s. */
  readonly timeoutMs?: number;
  /** A query that gives more rows is refused. Default a million. */
  readonly mostRows?: number;
}

/**
 * Opens the facts of one source, read-only and locked down: no file, network, extension or setting can be
 * reached from a query. A file that is replaced while open is read to the end as it was.
 * Queries run side by side, each on a connection of its own, so that nothing is left behind for the next.
 * Rejects with ServiceError when the file is missing or is not a warehouse file.
 */
export async function openFacts(file: string, limits: FactsLimits): Promise<Facts> {
  const found = await stat(file).catch(() => null);
  if (found === null || !found.isFile()) throw new ServiceError(SERVICE, `There is no file of facts ${file}. Load the source first.`, { final: true });
  const instance = await DuckDBInstance.create(file, lockdown(limits)).catch((cause: unknown) => {
    throw new ServiceError(SERVICE, `${file} can't be opened: ${firstLine(cause)} Load the source again.`, { cause });
  });
  const running = new Set<Promise<unknown>>();
  let closed = false;

  const query = async (sql: string, parameters: readonly Parameter[] = []): Promise<Record<string, unknown>[]> => {
    if (closed) throw new ServiceError(SERVICE, `${file} is closed.`);
    const work = withConnection(instance, (connection) => select(connection, sql, parameters, limits.timeoutMs ?? 30_000, limits.mostRows ?? 1_000_000));
    running.add(work);
    try {
      return await work;
    } finally {
      running.delete(work);
    }
  };
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    await Promise.allSettled(running);
    instance.closeSync();
  };
  return { query, close };
}

/** The order matters: temporary-file settings before external access is shut off, the lock last. */
function lockdown(limits: FactsLimits): Record<string, string> {
  return {
    access_mode: 'READ_ONLY',
    threads: String(limits.threads),
    memory_limit: `${limits.memoryMb}MB`,
    allow_community_extensions: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_unsigned_extensions: 'false',
    max_temp_directory_size: '0B',
    temp_directory: '',
    enable_external_access: 'false',
    lock_configuration: 'true',
  };
}

async function withConnection<T>(instance: DuckDBInstance, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.disconnectSync();
  }
}

async function select(connection: DuckDBConnection, sql: string, parameters: readonly Parameter[], timeoutMs: number, mostRows: number): Promise<Record<string, unknown>[]> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    connection.interrupt();
  }, timeoutMs);
  try {
    const statements = await connection.extractStatements(sql);
    if (statements.count !== 1) throw new ServiceError(SERVICE, 'One statement at a time.', { final: true });
    const statement = await statements.prepare(0);
    if (statement.statementType !== StatementType.SELECT) throw new ServiceError(SERVICE, 'Only SELECT can be run on facts.', { final: true });
    if (parameters.length > 0) statement.bind(parameters as readonly DuckDBValue[] as DuckDBValue[]);
    // The engine's own copy of the rows counts against its memory; what is read here would not.
    const reader = await statement.runAndReadUntil(mostRows + 1);
    if (reader.currentRowCount > mostRows) throw new ServiceError(SERVICE, `The query gives more than ${mostRows} rows and was broken off.`, { final: true });
    return reader.getRowObjectsJson();
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause;
    if (late) throw new ServiceError(SERVICE, `The query took longer than ${timeoutMs / 1000} s and was broken off.`, { cause });
    throw new ServiceError(SERVICE, firstLine(cause), { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** The engine's message without the statement it repeats below. */
function firstLine(cause: unknown): string {
  const [line = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1);
  return line.replace(/^Error: /, '').trim();
}
