import { open } from 'node:fs/promises';
import type { KeptEntry } from './app/audit.ts';
import { shiftDays, type IsoDate } from './calendar/period.ts';
import { instantAt } from './calendar/schedule.ts';
import { localMinute, onState, timeZoneOf, withState, type Run, type Terminal } from './commands.ts';
import type { Config } from './io/config/config.ts';
import type { Log } from './ports.ts';

/** What `overblik audit` is told to show, write or look at. */
export interface AuditOptions {
  readonly person?: string;
  readonly from?: IsoDate;
  readonly to?: IsoDate;
  readonly csv?: string;
  readonly verify?: boolean;
  /** At most this many, the newest; without it as many as a terminal takes, and all of them in a file. */
  readonly limit?: number;
}

/** Entries listed where nobody says how many. */
const LISTED = 1_000;
/** Entries asked for at a time for a file. */
const CHUNK = 1_000;

/** What was done and by whom; or whether the audit is whole: then 3 when it is not. */
export async function auditCommand(config: Config, log: Log, terminal: Terminal, options: AuditOptions): Promise<number> {
  if (options.verify === true) {
    const { entries, broken } = (await onState(config, log, 'verify-audit', {})) as { entries: number; broken: { id: number | null; why: string } | null };
    terminal.out(broken === null ? `${entries} entries, none taken out or changed.` : `The audit is not whole${broken.id === null ? '' : ` at entry ${broken.id}`}: ${broken.why}`);
    return broken === null ? 0 : 3;
  }
  const zone = await timeZoneOf(config);
  const midnight = (day: IsoDate): string => instantAt(day, '00:00', zone).toISOString();
  const of = { person: options.person ?? null, from: options.from === undefined ? null : midnight(options.from), to: options.to === undefined ? null : midnight(shiftDays(options.to, 1)) };
  const { csv } = options;
  if (csv !== undefined) {
    const { written, total } = await withState(config, log, (run) => writeCsv(run, csv, of, options.limit ?? null));
    terminal.out(written === total ? `${csv}: ${written} entries.` : `${csv}: the newest ${written} of ${total} entries.`);
    return 0;
  }
  const { entries, total } = (await onState(config, log, 'audit', { ...of, limit: options.limit ?? LISTED, after: null })) as unknown as Listed;
  if (entries.length === 0) terminal.out('Nothing is in the audit.');
  else terminal.out(entries.map((one) => `${localMinute(zone, new Date(one.at))}  ${one.actor}  ${one.action}  ${one.erased ? '(erased)' : JSON.stringify(one.detail)}`).join('\n'));
  if (entries.length < total) terminal.out(`These are the newest ${entries.length} of ${total} entries. --csv FILE writes them all, --limit shows more.`);
  return 0;
}

interface Listed { readonly entries: readonly KeptEntry[]; readonly total: number }

/** Writes entries to a file for Excel, oldest first, some at a time: however many there are, few are held. With `limit` the newest so many. */
async function writeCsv(run: Run, path: string, of: object, limit: number | null): Promise<{ written: number; total: number }> {
  const { total } = (await run('audit', { ...of, limit: 1, after: null })) as unknown as Listed;
  const left = limit === null ? 0 : Math.max(0, total - limit);
  const file = await open(path, 'w');
  try {
    await file.write(`\ufeff${line(['id', 'at', 'actor', 'action', 'detail'])}`);
    let [after, seen] = [Number.MIN_SAFE_INTEGER, 0];
    // What is added meanwhile waits for the next file.
    while (seen < total) {
      const { entries } = (await run('audit', { ...of, limit: Math.min(CHUNK, total - seen), after })) as unknown as Listed;
      const last = entries.at(-1);
      if (last === undefined) break;
      await file.write(entries.slice(Math.max(0, left - seen)).map((one) => line([String(one.id), one.at, one.actor, one.action, one.erased ? 'erased' : JSON.stringify(one.detail)])).join(''));
      [after, seen] = [last.id, seen + entries.length];
    }
    return { written: Math.max(0, seen - left), total: seen };
  } finally {
    await file.close();
  }
}

const line = (cells: readonly string[]): string => `${cells.map(cell).join(';')}\r\n`;
/** A cell that begins like a formula would be one in a spreadsheet. */
const cell = (value: string): string => `"${(/^[=+\-@\t\r]/.test(value) ? `'${value}` : value).replaceAll('"', '""')}"`;
