import { ServiceError } from '../../../src/errors.ts';
import { retryAfterMs, toServiceError } from '../../../adapters/teams/errors.ts';

const NOW = new Date('2026-11-23T08:00:00Z');

describe('how long to wait', () => {
  it.each([['3', 3000], ['0', 0], ['1.5', 1500], ['Mon, 23 Nov 2026 08:01:00 GMT', 60_000], ['Mon, 23 Nov 2026 07:00:00 GMT', 0], ['-1', null], ['soon', null], ['', null], [null, null], [undefined, null]])('after %j is %j', (header, ms) => {
    expect(retryAfterMs(header, NOW)).toBe(ms);
  });
});

describe('an error of the SDK', () => {
  it('keeps its cause and is not wrapped twice', () => {
    const cause = Object.assign(new Error('x'), { statusCode: 404 });
    const error = toServiceError(cause, NOW);
    expect(error.cause).toBe(cause);
    expect(toServiceError(error, NOW)).toBe(error);
  });

  it('without an answer may pass', () => {
    expect(toServiceError(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), NOW)).toMatchObject({ final: false, message: 'Teams: the connector could not be reached (ECONNREFUSED)' });
    expect(toServiceError('odd', NOW)).toBeInstanceOf(ServiceError);
    expect(toServiceError(null, NOW).final).toBe(false);
  });

  it('of a refused login is final, and of a login out of reach is not', () => {
    expect(toServiceError(Object.assign(new Error('AADSTS7000215'), { errorCode: 'invalid_client' }), NOW).final).toBe(true);
    expect(toServiceError(Object.assign(new Error('x'), { errorCode: 'network_error' }), NOW).final).toBe(false);
  });
});
