import { ServiceError } from '../../errors.ts';

const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE']);
/** SQLSTATE classes that are the server's trouble, not the statement's: connection, resources, operator, system. */
const PASSING = /^(08|53|57|58)/;
/** The driver gives these no code. */
const LOST = /^(Connection terminated|timeout exceeded|Client has encountered a connection error|Client was closed)/;

/**
 * What a driver threw: the outside's trouble as a ServiceError; anything else (a statement that is wrong, a constraint that
 * holds) unchanged, because it is a bug and not to be waited out.
 */
export function asTrouble(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || error instanceof ServiceError) return error;
  const [code, name, message] = ['code', 'name', 'message'].map((key) => String((error as Record<string, unknown>)[key] ?? '')) as [string, string, string];
  if (/^28/.test(code) || code === '3D000') return new ServiceError('the store', `PostgreSQL refused the login (${code}). Check the user, password and database in DATABASE_URL`, { final: true, cause: error });
  if (NETWORK.has(code) || LOST.test(message)) return new ServiceError('the store', `PostgreSQL can't be reached${code === '' ? '' : ` (${code})`}`, { cause: error });
  if (PASSING.test(code)) return new ServiceError('the store', `the database can't serve now (${code})`, { cause: error });
  if (name === 'RuntimeError') return new ServiceError('the store', 'the embedded database stopped. Check that the disk has room, then start the service again', { final: true, cause: error });
  return error;
}
