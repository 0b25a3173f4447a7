import { ServiceError } from '../../errors.ts';
import { maskPersonalNumbers } from '../../access/personal-number.ts';

/** Whatever broke a load off, as one clear error of the source. The last good load is still in service. */
export function loadError(source: string, error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  const service = `source ${source}`;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const text = engineMessage(error);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG' || /No space left|disk full|File too large|quota|Could not write (all|file)/i.test(text)) {
    return new ServiceError(service, 'The disk is full, or a file may not grow further, so the load was given up. Make room and load again; the last good load stays in service.', { cause: error });
  }
  if (/Out of Memory/i.test(text)) return new ServiceError(service, 'The load needs more memory than it may use. Raise OVERBLIK_MEMORY_MB; the last good load stays in service.', { cause: error });
  if (/^INTERRUPT/i.test(text)) return new ServiceError(service, 'The load took too long and was broken off; the last good load stays in service. Load fewer or smaller files, or look for an expression in derive: or where: that never ends.', { cause: error });
  if (code === 'EACCES' || code === 'EPERM') return new ServiceError(service, `No right to read or write a file: ${text}.`, { cause: error });
  return new ServiceError(service, `The load failed: ${text}`, { cause: error });
}

/** The engine's message in one line, without the statement it repeats below, and without a CPR number the data may have put there. */
export function engineMessage(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
  return maskPersonalNumbers(line.replace(/^Error: /, '').trim());
}
