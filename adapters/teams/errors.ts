import { ServiceError } from '../../src/errors.ts';

const SERVICE = 'Teams';

/** What is read of an error of the SDK; any part may be missing. */
interface SdkError {
  readonly statusCode?: unknown;
  readonly code?: unknown;
  readonly errorCode?: unknown;
  readonly details?: unknown;
  readonly response?: { readonly headers?: { get?(name: string): unknown } };
}

/** What each refusal means and what helps. Everything else of 4xx with a code of the connector's own is final too: the same message would be refused again. */
const FINAL: Readonly<Record<number, string>> = {
  401: 'the connector does not accept the app\'s token; check the app id, its password and its tenant',
  403: 'the bot may not write there; it was removed or blocked, and must be installed again',
  404: 'the conversation is gone; the bot must be installed again',
  413: 'the message is too big',
};

/** Passing troubles by Microsoft's rate-limit page (429, 412, 502, 504), and the ones that mean the same: 408, 500, 503. */
const PASSING: Readonly<Record<number, string>> = {
  408: 'the connector timed out',
  412: 'the conversation was being changed by someone else',
  429: 'too many messages',
  500: 'the connector failed',
  502: 'the connector could not be reached',
  503: 'the connector is busy',
  504: 'the connector did not answer in time',
};

/** No connection was made, so nothing was sent. After any other break the connector may have taken the message. */
const NEVER_LEFT = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH/;
/** Of the passing troubles, the one that comes before the message is looked at. After the others it may have been taken. */
const TURNED_AWAY = 429;

/** Milliseconds from a `Retry-After` header: seconds, or an HTTP date. Null when it says nothing usable. */
export function retryAfterMs(header: string | null | undefined, now: Date): number | null {
  if (header === null || header === undefined || header.trim() === '') return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return seconds >= 0 ? Math.round(seconds * 1000) : null;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}

/** The HTTP status in an error of the SDK; null when the connector never answered. */
export function statusOf(error: unknown): number | null {
  const status = (error as SdkError | null)?.statusCode;
  return typeof status === 'number' ? status : null;
}

/** The connector's own word for it (`BotNotInConversationRoster`), as a hint in brackets. Its message may hold personal data and is left out. */
function codeOf(error: SdkError): string {
  const { details } = error;
  const body = typeof details === 'object' && details !== null ? details as { error?: { code?: unknown }; body?: { error?: { code?: unknown } } } : {};
  const code = body.error?.code ?? body.body?.error?.code;
  return typeof code === 'string' && /^[A-Za-z]{1,60}$/.test(code) ? ` (${code})` : '';
}

/** Entra refused the app itself: no later try with the same password can help. */
function refusedLogin(error: SdkError): boolean {
  return typeof error.errorCode === 'string' && /^(invalid_client|unauthorized_client|invalid_request|invalid_scope|invalid_grant)$/.test(error.errorCode);
}

/** An error of the SDK (connector, token service or network) as a ServiceError. `now` turns a Retry-After date into a wait. */
export function toServiceError(error: unknown, now: Date): ServiceError {
  if (error instanceof ServiceError) return error;
  const known = (typeof error === 'object' && error !== null ? error : {}) as SdkError;
  if (refusedLogin(known)) return new ServiceError(SERVICE, 'Entra refused the app\'s login; check the app id, its password and its tenant', { final: true, cause: error });
  const status = statusOf(error);
  if (status === null) {
    const code = typeof known.code === 'string' ? ` (${known.code})` : '';
    return new ServiceError(SERVICE, `the connector could not be reached${code}`, { mayHaveArrived: !NEVER_LEFT.test(code), cause: error });
  }
  const header = known.response?.headers?.get?.('retry-after');
  const waitMs = retryAfterMs(typeof header === 'string' ? header : null, now);
  const passing = PASSING[status] ?? (status >= 500 ? 'the connector failed' : undefined);
  if (passing !== undefined) return new ServiceError(SERVICE, `${passing} (${status})${codeOf(known)}`, { retryAfterMs: waitMs, mayHaveArrived: status !== TURNED_AWAY, cause: error });
  // It was taken, and the answer could not be read.
  if (status < 400) return new ServiceError(SERVICE, `the connector's answer could not be read (${status})`, { mayHaveArrived: true, cause: error });
  // The connector says in a code why it refuses; without one, something before it may have spoken.
  const unclear = codeOf(known) === '' && ![401, 404, 413].includes(status);
  return new ServiceError(SERVICE, `${FINAL[status] ?? 'the connector refused the message'} (${status})${codeOf(known)}`, { final: !unclear, unclear, cause: error });
}
