import { SocketModeReceiver } from '@slack/bolt';
import { ServiceError } from '../../src/errors.ts';
import type { Log } from '../../src/ports.ts';
import { toServiceError, wordOf } from './errors.ts';
import { libraryLog } from './transport.ts';

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
/** A network that is gone never answers the goodbye; the library would wait half a minute for it. */
const GOODBYE_MS = 1000;

/** A connection of Socket Mode that comes back by itself until it is stopped. */
export interface Socket {
  readonly receiver: SocketModeReceiver;
  /** Resolves when Slack has greeted; rejects with ServiceError when the first connection can't be made. */
  start(connect: () => Promise<unknown>): Promise<void>;
  stop(): Promise<void>;
}

/** What Slack refuses here is about the app-level token, which is not the bot's. */
export function toConnectionError(error: unknown): ServiceError {
  const known = toServiceError(error);
  const word = wordOf(error);
  if (!known.final && !known.unclear || word === null) return known;
  return new ServiceError('Slack', `Socket Mode was refused (${word}); set SLACK_APP_TOKEN to an app-level token (xapp-) with connections:write, and turn Socket Mode on in the app`, { final: true, cause: error });
}

/**
 * Bolt's receiver with its own reconnecting turned off: one failed attempt of it is a rejection that nobody catches, which ends
 * the process, and it can't be stopped between two attempts.
 */
export function createSocket(appToken: string, apiUrl: string | null, log: Log, wait: (ms: number) => Promise<void>): Socket {
  const receiver = new SocketModeReceiver({
    appToken, autoReconnectEnabled: false, logger: libraryLog(log),
    installerOptions: { clientOptions: { retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, ...(apiUrl !== null && { slackApiUrl: apiUrl.replace(/\/?$/, '/') }) } },
  });
  const { client: connection } = receiver;
  let stopped = false;
  let lost = false;
  let returning = false;

  const comeBack = async (): Promise<void> => {
    if (returning) return;
    returning = true;
    let ms = FIRST_WAIT_MS;
    while (lost && !stopped) {
      await wait(ms);
      if (stopped) break;
      lost = false;
      try {
        await connection.start();
        ms = FIRST_WAIT_MS;
      } catch (error) {
        lost = true;
        const failure = toConnectionError(error);
        log.warn('slack.not-connected', { error: failure });
        ms = Math.min(Math.max(ms * 2, failure.retryAfterMs ?? 0), LONGEST_WAIT_MS);
      }
    }
    returning = false;
    // A stop in the middle of an attempt finds nothing to close yet.
    if (stopped) await connection.disconnect();
  };
  const onLost = (): void => {
    lost = true;
    if (!stopped) void comeBack();
  };

  return {
    receiver,
    start: async (connect) => {
      stopped = false;
      try {
        await connect();
      } catch (error) {
        throw toConnectionError(error);
      }
      connection.on('disconnected', onLost);
    },
    stop: async () => {
      stopped = true;
      connection.off('disconnected', onLost);
      let timer: NodeJS.Timeout | undefined;
      const enough = new Promise<void>((resolve) => { timer = setTimeout(resolve, GOODBYE_MS); });
      await Promise.race([connection.disconnect(), enough]);
      clearTimeout(timer);
    },
  };
}
