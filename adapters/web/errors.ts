import { ServiceError } from '../../src/errors.ts';
import type { Language } from '../../src/pack/model.ts';
import { say } from './texts.ts';
import type { TextKey } from './texts.ts';

const NAME = 'the web chat';

/** Why a request of the page is refused; the same words as in the catalogue. */
export interface Refusal {
  readonly status: number;
  readonly key: TextKey;
}

export const REFUSALS = {
  refused: { status: 403, key: 'refused' },
  notSignedIn: { status: 403, key: 'notSignedIn' },
  otherPage: { status: 403, key: 'otherPage' },
  unknownPerson: { status: 404, key: 'unknownPerson' },
  malformed: { status: 400, key: 'malformed' },
  empty: { status: 400, key: 'empty' },
  tooLarge: { status: 413, key: 'tooLarge' },
  notJson: { status: 415, key: 'notJson' },
  busy: { status: 429, key: 'busy' },
  stopped: { status: 503, key: 'stopped' },
} as const satisfies Record<string, Refusal>;

/** What express and its JSON parser threw, as a refusal; null when it is not theirs, so a bug of ours. */
export function refusalOf(error: unknown): Refusal | null {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  switch (status) {
    case 400: return REFUSALS.malformed;
    case 413: return REFUSALS.tooLarge;
    case 415: return REFUSALS.notJson;
    default: return null;
  }
}

/** A refusal as the page gets it. */
export function refusalBody(refusal: Refusal, language: Language, max: number): { error: { code: string; message: string } } {
  return { error: { code: refusal.key, message: say(language, refusal.key, { max }) } };
}

export function noSignIn(): ServiceError {
  return new ServiceError(NAME, 'outside the demo it needs a reverse proxy that signs people in. Set WEB_IDENTITY_HEADER and TRUSTED_PROXIES, or switch the web chat off', { final: true });
}

export function openToAll(): ServiceError {
  return new ServiceError(NAME, 'TRUSTED_PROXIES holds every address, so anyone could write who they are. Name the addresses of the reverse proxy', { final: true });
}

export function notLoopback(boundTo: string): ServiceError {
  return new ServiceError(NAME, `whoever opens the demo chooses who they are, so it runs only where nobody else can reach it, and the service listens on ${boundTo}. Set HOST to 127.0.0.1, or switch the web chat off`, { final: true });
}

export function notStarted(): ServiceError {
  return new ServiceError(NAME, 'it is not started');
}

/** The address is not one of ours; trying again can't help. */
export function noSuchConversation(): ServiceError {
  return new ServiceError(NAME, 'the address is of nobody who may use it. Check the pack\'s people and the stored addresses', { final: true });
}
