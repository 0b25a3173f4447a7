import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { ServiceError } from '../../src/errors.ts';
import type { Check, Examination, Log } from '../../src/ports.ts';
import { toServiceError } from './errors.ts';
import type { SlackOptions } from './index.ts';
import { toConnectionError } from './socket.ts';
import { libraryLog } from './transport.ts';

/** What the bot token must be allowed, as adapters/slack/manifest.yaml asks for it. */
export const SCOPES = ['app_mentions:read', 'chat:write', 'commands', 'files:read', 'files:write', 'im:history', 'im:write', 'users:read', 'users:read.email'] as const;

const TIMEOUT_MS = 10_000;
const AGAIN = 'Install the app again from adapters/slack/manifest.yaml.';

export interface SlackSetup extends Pick<SlackOptions, 'botToken' | 'apiUrl' | 'now'> {
  readonly mode: { readonly kind: 'http' } | { readonly kind: 'socket'; readonly appToken: string };
  /** Workspaces of the addresses that are kept, with how many there are of each. */
  readonly kept: readonly { readonly tenant: string; readonly count: number }[];
  readonly log: Log;
}

/** Asks Slack whether the tokens are good, for which workspace, and whether they may do what the bot does. Nothing is sent to anyone. */
export async function examineSlack({ botToken, apiUrl, mode, kept, now, log }: SlackSetup): Promise<Examination> {
  let clock: Examination['clock'] = null;
  const timed: WebClientOptions['fetch'] = async (input, init) => {
    const asked = now();
    const response = await fetch(input as string, init as RequestInit);
    const said = Date.parse(response.headers.get('date') ?? '');
    if (!Number.isNaN(said)) clock = { of: 'Slack', said: new Date(said), asked, answered: now() };
    return response as never;
  };
  const clientFor = (token: string): WebClient => new WebClient(token, { retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, timeout: TIMEOUT_MS, logger: libraryLog(log), fetch: timed, ...(apiUrl !== null && { slackApiUrl: apiUrl.replace(/\/?$/, '/') }) });
  const [bot, events] = await Promise.all([examineBot(clientFor(botToken), kept), mode.kind === 'socket' ? examineSocket(clientFor(mode.appToken)) : [signed]]);
  return { checks: [...bot, ...events], clock };
}

const signed: Check = { state: 'note', what: 'Slack events', found: 'come by HTTP to /slack/events; only Slack can prove the signing secret.', advice: 'Let it verify the request URL under Event Subscriptions.' };

async function examineBot(client: WebClient, kept: SlackSetup['kept']): Promise<Check[]> {
  try {
    const { team = '', team_id: id = '', user = '', response_metadata: { scopes } = {} } = await client.auth.test();
    return [{ state: 'ok', what: 'Slack token', found: `is good for the workspace ${team} (${id}), as ${user}.`, advice: '' }, scopeCheck(scopes), ...workspaceCheck(id, kept)];
  } catch (error) {
    return [{ state: 'fail', what: 'Slack token', found: `${reason(toServiceError(error))}.`, advice: '' }];
  }
}

function scopeCheck(granted: readonly string[] | undefined): Check {
  const what = 'Slack scopes';
  if (granted === undefined) return { state: 'warn', what, found: 'Slack did not say what the token may do.', advice: `It needs ${SCOPES.join(', ')}.` };
  const missing = SCOPES.filter((scope) => !granted.includes(scope));
  if (missing.length > 0) return { state: 'fail', what, found: `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing.`, advice: AGAIN };
  const more = granted.filter((scope) => !(SCOPES as readonly string[]).includes(scope));
  if (more.length > 0) return { state: 'warn', what, found: `all ${SCOPES.length} are granted, and ${more.join(', ')}, which Overblik does not use.`, advice: 'Take away what nothing else needs.' };
  return { state: 'ok', what, found: `all ${SCOPES.length} are granted, and no more.`, advice: '' };
}

function workspaceCheck(id: string, kept: SlackSetup['kept']): Check[] {
  const elsewhere = kept.filter(({ tenant }) => tenant !== id);
  const of = (some: SlackSetup['kept']): number => some.reduce((sum, { count }) => sum + count, 0);
  if (kept.length === 0) return [];
  if (elsewhere.length === 0) return [{ state: 'ok', what: 'Slack workspace', found: `is the one of all ${of(kept)} addresses that are kept.`, advice: '' }];
  return [{
    state: elsewhere.length === kept.length ? 'fail' : 'warn', what: 'Slack workspace', found: `${of(elsewhere)} of ${of(kept)} addresses that are kept are of another workspace (${elsewhere.map(({ tenant }) => tenant).join(', ')}), which this token can't write to.`,
    advice: 'Set the token of that workspace, or let those people write to the bot here.',
  }];
}

async function examineSocket(client: WebClient): Promise<Check[]> {
  try {
    await client.apps.connections.open({});
    return [{ state: 'ok', what: 'Slack events', found: 'come by Socket Mode; the app-level token is good.', advice: '' }];
  } catch (error) {
    return [{ state: 'fail', what: 'Slack events', found: `${reason(toConnectionError(error))}.`, advice: '' }];
  }
}

/** Without the word Slack in front, which the line has already. */
const reason = ({ service, message }: ServiceError): string => message.slice(`${service}: `.length);
