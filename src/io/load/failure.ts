import { ServiceError } from '../../errors.ts';
import { maskPersonalNumbers } from '../../access/personal-number.ts';

const NO_RIGHT = /Permission denied|EACCES|EPERM/i;
const READ_ONLY = /Read-only file system/i;
const STAYS = 'the last good load stays in service';

/** Whatever broke a load off, as one clear error of the source, with what to do. The last good load is still in service. What the house itself lacks is told as ours. */
export function loadError(source: string, error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  const service = `source ${source}`;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const text = engineMessage(error);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG' || /No space left|disk full|File too large|quota|Could not write (all|file)/i.test(text)) {
    return new ServiceError(service, 'The disk is full, or a file may not grow further, so the load was given up. Make room and load again; the last good load stays in service.', { ours: true, cause: error });
  }
  if (/Out of Memory/i.test(text)) return new ServiceError(service, 'The load needs more memory than it may use. Raise OVERBLIK_MEMORY_MB; the last good load stays in service.', { cause: error });
  if (/^INTERRUPT/i.test(text)) return new ServiceError(service, 'The load took too long and was broken off; the last good load stays in service. Load fewer or smaller files, or look for an expression in derive: or where: that never ends.', { cause: error });
  const path = (error as NodeJS.ErrnoException).path ?? '';
  const where = path === '' ? text : maskPersonalNumbers(path);
  if (code === 'EROFS' || READ_ONLY.test(text)) return new ServiceError(service, `The disk can only be read (${where}). Mount it for writing, or set OVERBLIK_DATA_DIR to a folder on another; ${STAYS}.`, { ours: true, cause: error });
  if (code === 'EACCES' || code === 'EPERM' || NO_RIGHT.test(text)) return new ServiceError(service, `This user has no right to read or write ${where}. Give the file or folder to the user that runs Overblik; 'overblik doctor' looks at the folders. Until then ${STAYS}.`, { ours: true, cause: error });
  if (['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP'].includes(code)) return new ServiceError(service, `A folder or file is not there any more, or is something else (${where}). Put it back; 'overblik doctor' looks at the folders. Until then ${STAYS}.`, { ours: true, cause: error });
  if (['EMFILE', 'ENFILE', 'EIO', 'ENOMEM', 'ESTALE', 'ENXIO'].includes(code)) return new ServiceError(service, `The machine could not read or write (${code}: ${where}). Look at its disk and its limit of open files (ulimit -n); ${STAYS}.`, { ours: true, cause: error });
  return new ServiceError(service, `The load failed: ${text}`, { cause: error });
}

/** The engine's message in one line, without the statement it repeats below, and without a CPR number the data may have put there. */
export function engineMessage(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
  return maskPersonalNumbers(line.replace(/^Error: /, '').trim());
}
