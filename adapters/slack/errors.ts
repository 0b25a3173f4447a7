import { ServiceError } from '../../src/errors.ts';

const SERVICE = 'Slack';

/** What is read of an error of the SDK; any part may be missing. */
interface SdkError {
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly retryAfter?: unknown;
  readonly data?: { readonly error?: unknown };
  readonly original?: unknown;
  readonly cause?: unknown;
}

/** What Slack's words mean and what helps. */
const FINAL: Readonly<Record<string, string>> = {
  invalid_auth: 'the bot token is not valid; check SLACK_BOT_TOKEN',
  not_authed: 'the bot token is missing; check SLACK_BOT_TOKEN',
  token_revoked: 'the bot token was revoked; install the app again and set SLACK_BOT_TOKEN',
  token_expired: 'the bot token has expired; install the app again and set SLACK_BOT_TOKEN',
  account_inactive: 'the app or the person was removed from the workspace',
  not_allowed_token_type: 'the token is of the wrong kind; SLACK_BOT_TOKEN begins with xoxb-, SLACK_APP_TOKEN with xapp-',
  missing_scope: 'the app lacks a permission; install adapters/slack/manifest.yaml again',
  channel_not_found: 'the conversation is gone, or the bot may not see it',
  not_in_channel: 'the bot is not in the channel; invite it',
  is_archived: 'the channel is archived',
  user_not_found: 'there is no such person in the workspace',
  user_disabled: 'the person\'s account is closed',
  cannot_dm_bot: 'a bot can\'t be written to',
  users_not_found: 'there is no such person in the workspace',
  user_not_visible: 'the bot may not see the person',
  user_is_restricted: 'the person is a guest',
  user_is_ultra_restricted: 'the person is a guest of one channel',
  restricted_action: 'an administrator of the workspace does not allow it',
  no_permission: 'the app lacks a permission',
  access_denied: 'the workspace does not allow it',
  ekm_access_denied: 'an administrator of the workspace has suspended it',
  team_access_not_granted: 'the app is not installed in the workspace',
  enterprise_is_restricted: 'the organisation does not allow it',
  messages_tab_disabled: 'the app takes no messages; install adapters/slack/manifest.yaml again',
  no_text: 'the message is empty',
  invalid_arguments: 'the message is not in order',
  invalid_attachments: 'the message is not in order',
  invalid_blocks_format: 'the message is not in order',
  invalid_blocks: 'the message is not in order',
  msg_too_long: 'the message is too long',
  msg_blocks_too_long: 'the message is too long',
};
const PASSING: Readonly<Record<string, string>> = {
  ratelimited: 'too many messages', rate_limited: 'too many messages', internal_error: 'it failed inside', fatal_error: 'it failed inside',
  service_unavailable: 'it is not available', request_timeout: 'it timed out', team_added_to_org: 'the workspace is being moved',
};
/** Slack, or something before it, failed on the way: the message may have been taken first. */
const UNCLEAR = ['internal_error', 'fatal_error', 'request_timeout', 'service_unavailable'];
/** Slack's words for blocks it does not take; views.publish says `invalid_arguments`, a table too many `invalid_attachments`. */
const BLOCKS = ['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long', 'invalid_attachments', 'invalid_arguments'];
const NEVER_LEFT = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH/;

/** Slack's own word for a refusal (`invalid_blocks`); null when it gave none. */
export function wordOf(error: unknown): string | null {
  const word = (error as SdkError | null)?.data?.error;
  return typeof word === 'string' && /^[a-z_]{1,80}$/.test(word) ? word : null;
}

/** True when Slack did not like the blocks, so that plainer ones may do; a response_url says no more than 400. */
export function refusesBlocks(error: unknown): boolean {
  const { code, statusCode } = (typeof error === 'object' && error !== null ? error : {}) as SdkError;
  return BLOCKS.includes(wordOf(error) ?? '') || (code === 'slack_bolt_respond_error' && statusCode === 400);
}

/** System code somewhere among the causes of a broken connection. */
function systemCode(error: unknown, depth = 0): string {
  if (typeof error !== 'object' || error === null || depth > 5) return '';
  const { code, original, cause } = error as SdkError;
  if (typeof code === 'string' && /^E[A-Z_]+$/.test(code)) return code;
  return systemCode(original, depth + 1) || systemCode(cause, depth + 1);
}

/** An error of the SDK as a ServiceError: passing or final, in plain words, without tokens or what was sent. */
export function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  const known = (typeof error === 'object' && error !== null ? error : {}) as SdkError;
  if (known.code === 'slack_webapi_rate_limited_error') {
    const seconds = Number(known.retryAfter);
    return new ServiceError(SERVICE, 'too many messages', { retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : null, cause: error });
  }
  const word = wordOf(error);
  if (word !== null) {
    const passing = PASSING[word];
    if (passing !== undefined) return new ServiceError(SERVICE, `${passing} (${word})`, { mayHaveArrived: UNCLEAR.includes(word), cause: error });
    const meaning = FINAL[word];
    return new ServiceError(SERVICE, `${meaning ?? 'the request was refused'} (${word})`, { final: meaning !== undefined, unclear: meaning === undefined, cause: error });
  }
  if (typeof known.statusCode === 'number') {
    const { statusCode } = known;
    if (statusCode >= 500 || statusCode === 408 || statusCode === 429) return new ServiceError(SERVICE, `it failed (${statusCode})`, { mayHaveArrived: statusCode !== 429, cause: error });
    // Slack says in a word why it refuses; without one, something before it may have spoken.
    return new ServiceError(SERVICE, `the request was refused (${statusCode})`, { unclear: true, cause: error });
  }
  const system = systemCode(error);
  return new ServiceError(SERVICE, `could not be reached${system === '' ? '' : ` (${system})`}`, { mayHaveArrived: !NEVER_LEFT.test(system), cause: error });
}
