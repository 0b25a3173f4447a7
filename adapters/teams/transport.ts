import { ConfidentialClientApplication } from '@azure/msal-node';
import { AuthenticationError, MsalServiceClientCredentialsFactory } from 'botframework-connector';
import type { ClaimsIdentity } from 'botframework-connector';
import { CloudAdapter, ConfigurationBotFrameworkAuthentication, TeamsInfo, TurnContext } from 'botbuilder';
import type { Activity, ConversationReference } from 'botbuilder';
import { z } from 'zod';
import type { Address } from '../../src/ports.ts';
import type { Member, Place } from './people.ts';
import type { TeamsMessage } from './render.ts';

/** Loopback stand-ins for Microsoft's endpoints, for tests. */
export interface Endpoints {
  /** Document that names the keys of the channel's tokens. */
  readonly openIdMetadata: string;
  /** Authority the bot gets its own tokens from, `https://localhost:1234/<tenant>`. */
  readonly login: string;
}

export type Auth =
  | { readonly kind: 'bot'; readonly appId: string; readonly password: string; readonly tenant: string | null; readonly endpoints: Endpoints | null }
  /** No token is asked for and none is sent: tests and trials on this machine only. */
  | { readonly kind: 'anonymous-test'; readonly boundTo: string };

export interface Transport {
  /** False for a request that need not be read any further: it has no token to check. */
  holdsToken(authorization: string): boolean;
  /** Whether a request's Authorization header is good for its activity: 200 yes, 401 no, 503 the keys could not be had. */
  authenticate(authorization: string, activity: Readonly<Record<string, unknown>>): Promise<{ readonly status: 200 | 401 | 503; readonly cause: unknown }>;
  /** Writes to an address; the platform's id of the message, empty when it gave none. Rejects with the SDK's own error, after one attempt. */
  post(address: Address, message: TeamsMessage): Promise<string>;
  /** What a conversation's roster says of someone, by their Teams id or object id. Rejects with the SDK's own error, after one attempt; 404: they are not in it. */
  member(place: Place, id: string): Promise<Member>;
}

/** What the app asks Entra for a token to. */
export const SCOPE = 'https://api.botframework.com';
const ISSUER = 'https://api.botframework.com';
const MULTI_TENANT = 'botframework.com';
const SEND_TIMEOUT_MS = 30_000;

/** Microsoft's own endpoints are the SDK's defaults; once one is given, all must be. */
function parameters(endpoints: Endpoints | null): Record<string, string | boolean> {
  if (endpoints === null) return {};
  return {
    ValidateAuthority: false,
    ToBotFromChannelOpenIdMetadataUrl: endpoints.openIdMetadata,
    ToBotFromEmulatorOpenIdMetadataUrl: endpoints.openIdMetadata,
    ToBotFromChannelTokenIssuer: ISSUER,
    ToChannelFromBotLoginUrl: endpoints.login,
    ToChannelFromBotOAuthScope: SCOPE,
    OAuthUrl: SCOPE,
    CallerId: 'urn:botframework:azure',
  };
}

/** Where the app gets its own tokens. */
export function authorityOf({ tenant, endpoints }: Extract<Auth, { kind: 'bot' }>): string {
  return endpoints?.login ?? `https://login.microsoftonline.com/${tenant ?? MULTI_TENANT}`;
}

/** The same class, declared once for import and once for require. */
type MsalClient = ConstructorParameters<typeof MsalServiceClientCredentialsFactory>[1];

function authentication(auth: Auth): ConfigurationBotFrameworkAuthentication {
  if (auth.kind === 'anonymous-test') return new ConfigurationBotFrameworkAuthentication({});
  const { appId, password, endpoints } = auth;
  const authority = authorityOf(auth);
  // MSAL asks login.microsoftonline.com about every authority it is not told to know.
  const knownAuthorities = endpoints === null ? [] : [new URL(authority).host];
  const client = new ConfidentialClientApplication({ auth: { clientId: appId, clientSecret: password, authority, knownAuthorities } });
  return new ConfigurationBotFrameworkAuthentication({ MicrosoftAppId: appId, ...parameters(endpoints) }, new MsalServiceClientCredentialsFactory(appId, client as unknown as MsalClient));
}

/** The SDK's `process` prints errors and answers with their text; this leaves both to us. */
class Adapter extends CloudAdapter {
  run(authorization: string, activity: Activity, logic: (context: TurnContext) => Promise<void>): Promise<unknown> {
    return this.processActivity(authorization, activity, logic);
  }
}

interface Pipeline {
  removePolicy(policy: { phase: 'Retry' }): unknown;
  addPolicy(policy: { name: string; sendRequest(request: { abortSignal?: AbortSignal }, next: (request: unknown) => Promise<unknown>): Promise<unknown> }): void;
}

/**
 * One attempt per call, and an end to it. The SDK's connector repeats a POST up to three times after 429, 5xx and resets, so a message could
 * arrive twice and the ledger would know of one attempt; it has no option for it, so its pipeline is changed.
 */
function onceOnly(connector: unknown, timeoutMs: number): void {
  const { pipeline } = (connector as { client: { pipeline: Pipeline } }).client;
  pipeline.removePolicy({ phase: 'Retry' });
  // Its own timeout would leave a timer behind after each call and keep the process from ending.
  pipeline.addPolicy({ name: 'overblikTimeout', sendRequest: (request, next) => next(Object.assign(request, { abortSignal: AbortSignal.timeout(timeoutMs) })) });
}

/** jsonwebtoken's names for a token that is no good. */
const BAD_TOKEN = ['JsonWebTokenError', 'TokenExpiredError', 'NotBeforeError'];

function isBadToken(error: unknown): boolean {
  return error instanceof AuthenticationError || (error instanceof Error && BAD_TOKEN.includes(error.name));
}

const [word, instant] = [z.string().optional(), z.number().optional()];
/** The claims that the SDK looks at, each of the only type that Microsoft gives it. */
const CLAIMS = z.object({ iss: z.string(), aud: word, serviceurl: word, appid: word, azp: word, ver: word, tid: word, exp: instant, nbf: instant, iat: instant });

/** True for a header with a token whose parts can be read at all; the SDK falls over others in ways that look like faults of ours. */
function holdsToken(authorization: string): boolean {
  const [, head = '', claims = ''] = /^Bearer ([\w-]+)\.([\w-]+)\.[\w-]*$/i.exec(authorization) ?? [];
  try {
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    return z.object({ alg: z.string() }).safeParse(read(head)).success && CLAIMS.safeParse(read(claims)).success;
  } catch {
    return false;
  }
}

const CHANNEL_THREADS = /@thread\.(tacv2|skype)$/;

function reference(address: Place & { readonly thread: string | null }): Partial<ConversationReference> {
  const inThread = address.thread !== null && CHANNEL_THREADS.test(address.conversation);
  return {
    channelId: 'msteams',
    serviceUrl: address.serviceUrl,
    bot: { id: address.bot, name: '' },
    conversation: {
      id: inThread ? `${address.conversation};messageid=${address.thread}` : address.conversation,
      tenantId: address.tenant,
    } as ConversationReference['conversation'],
  };
}

/** Bot Framework by botbuilder's CloudAdapter. The only file that knows it: a successor (agents-hosting) replaces this one. */
export function createTransport(auth: Auth, sendTimeoutMs = SEND_TIMEOUT_MS): Transport {
  const adapter = new Adapter(authentication(auth));
  const appId = auth.kind === 'bot' ? auth.appId : '';
  // Whatever is swallowed here makes a failed send look like a success.
  adapter.onTurnError = async (_context, error) => { throw error; };
  adapter.use(async (context, next) => {
    onceOnly(context.turnState.get(adapter.ConnectorClientKey), sendTimeoutMs);
    await next();
  });

  /** Tokens of other bots and of the emulator pass the SDK too, with no check of the service URL; so does one that never expires. */
  const byChannel = (context: TurnContext): boolean => {
    if (auth.kind === 'anonymous-test') return true;
    const identity = context.turnState.get<ClaimsIdentity>(adapter.BotIdentityKey);
    return identity?.getClaimValue('iss') === ISSUER && (identity.getClaimValue('exp') ?? '') !== '';
  };

  return {
    holdsToken: (authorization) => auth.kind === 'anonymous-test' || holdsToken(authorization),
    authenticate: async (authorization, activity) => {
      try {
        await adapter.run(authorization, activity as unknown as Activity, async (context) => {
          if (!byChannel(context)) throw new AuthenticationError('not the channel\'s token', 401);
        });
        return { status: 200, cause: null };
      } catch (cause) {
        return { status: isBadToken(cause) ? 401 : 503, cause };
      }
    },
    post: async (address, message) => {
      let id = '';
      const to = reference(address);
      await adapter.continueConversationAsync(appId, to, async (context) => {
        // By the context it would become a reply to the continuation's made-up id, an activity Teams has never seen.
        const activity = TurnContext.applyConversationReference({ ...message } as Partial<Activity>, to);
        const [sent] = await adapter.sendActivities(context, [activity]);
        id = sent?.id ?? '';
      });
      return id;
    },
    member: async (place, id) => {
      let found: Member = {};
      await adapter.continueConversationAsync(appId, reference({ ...place, thread: null }), async (context) => { found = await TeamsInfo.getMember(context, id); });
      return found;
    },
  };
}
