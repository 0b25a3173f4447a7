/** One mistake an author made in a pack: where it stands, what is wrong, and how to mend it. */
export interface Fault {
  /** Path as the author knows it, relative to the working directory where possible. */
  readonly file: string;
  /** 1-based; 0 when the fault is about the file as a whole. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** What is allowed instead, the nearest name, or what to do. */
  readonly hint: string;
}

/** A fault as one line of text: `file:line:column: message. hint`. */
export function describeFault(fault: Fault): string {
  const place = fault.line > 0 ? `${fault.file}:${fault.line}:${fault.column}` : fault.file;
  return `${place}: ${fault.message}${fault.hint === '' ? '' : ` ${fault.hint}`}`;
}

/** What an author wrote wrong: all mistakes found, in one go. */
export class DefinitionError extends Error {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map(describeFault).join('\n'));
    this.name = 'DefinitionError';
    this.faults = faults;
  }
}

/** A wrong word on the command line, or in a command to the running service: told in one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What the outside did: a platform refused, a database is away, a disk is full. */
export class ServiceError extends Error {
  /** Who failed, in plain words: `Slack`, `Teams`, `the store`, `the warehouse`. */
  readonly service: string;
  /** How long to wait before trying again; null when the service did not say. */
  readonly retryAfterMs: number | null;
  /** True when trying again can't help (the address is dead, the token is wrong). */
  readonly final: boolean;
  /** True of a refusal that nobody knows the reason of, such as the page of a proxy: it may pass, and is tried for an hour before it is taken for final. */
  readonly unclear: boolean;
  /** True when what was asked for may have been done all the same: the connection broke before the answer came. */
  readonly mayHaveArrived: boolean;
  /** True when the fault is the house's own, such as a folder it may not write to or a full disk: no data are to blame. */
  readonly ours: boolean;

  constructor(service: string, message: string, options: { retryAfterMs?: number | null; final?: boolean; unclear?: boolean; mayHaveArrived?: boolean; ours?: boolean; cause?: unknown } = {}) {
    super(`${service}: ${message}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ServiceError';
    this.service = service;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.final = options.final ?? false;
    this.unclear = options.unclear ?? false;
    this.mayHaveArrived = options.mayHaveArrived ?? false;
    this.ours = options.ours ?? false;
  }
}

/** What went wrong on the way to a message, before anything of it was sent: none can have arrived. */
export function withNothingSent({ service, message, retryAfterMs, final, unclear, cause }: ServiceError): ServiceError {
  return new ServiceError(service, message.slice(service.length + 2), { retryAfterMs, final, unclear, cause });
}
