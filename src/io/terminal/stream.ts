import type { Writable } from 'node:stream';

/** One of the process's own streams. */
export interface TerminalStream {
  write(text: string): void;
  /** Resolves when everything written is out of the process, or its reader is gone: a process that exits sooner cuts its output off. What kept it from being written, in words; null: nothing. */
  drained(): Promise<string | null>;
}

/**
 * Writes to a stream whose reader may be slow or may leave. A reader that leaves (`| head`) ends nothing: the rest is
 * dropped, and the command comes to its end and its own exit code.
 */
export function openStream(stream: Writable): TerminalStream {
  let gone = false;
  let failed: NodeJS.ErrnoException | null = null;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    gone = true;
    // Windows says EOF where others say EPIPE.
    if (!['EPIPE', 'EOF', 'ECONNRESET', 'ERR_STREAM_DESTROYED'].includes(error.code ?? '')) failed = error;
  });
  return {
    write(text) { if (!gone) stream.write(text); },
    async drained() {
      if (!gone) await new Promise<void>((resolve) => { stream.write('', () => resolve()); });
      if (failed === null) return null;
      return `The output could not be written: ${failed.code === 'ENOSPC' ? 'the disk is full. Make room and run it again' : `${failed.message}`}.`;
    },
  };
}
