import { z } from 'zod';
import { DefinitionError } from '../../src/errors.ts';
import type { Check, Examination } from '../../src/ports.ts';
import { checkSettings } from './settings.ts';
import { authorityOf, SCOPE, type Auth } from './transport.ts';

const TIMEOUT_MS = 10_000;
const KEYS = 'https://login.botframework.com/v1/.well-known/openidconfiguration';

/** What Entra's own numbers for a refusal mean and what helps (AADSTS…). Its text is left out: it may repeat what was sent. */
const REFUSALS: Readonly<Record<number, readonly [found: string, advice: string]>> = {
  7000215: ['the client secret is wrong', 'Set TEAMS_APP_PASSWORD to the Value of a client secret, not to its ID.'],
  7000222: ['the client secret has expired', 'Make a new one under Certificates & secrets and set TEAMS_APP_PASSWORD.'],
  700016: ['the tenant does not know the app', 'Check TEAMS_APP_ID, and TEAMS_TENANT_ID of a single-tenant app.'],
  7000229: ['the app has no service principal in the tenant', 'Make an enterprise application of it, or check TEAMS_TENANT_ID.'],
  90002: ['there is no such tenant', 'Check TEAMS_TENANT_ID.'],
  900023: ['there is no such tenant', 'Check TEAMS_TENANT_ID.'],
  53003: ['a conditional access policy blocks the app', 'Ask who manages Entra to let this workload in.'],
};

const answered = z.object({ access_token: z.string().optional(), error: z.string().optional(), error_codes: z.array(z.number()).optional() });

export interface TeamsSetup {
  readonly auth: Auth;
  readonly allowedTenants: readonly string[];
  readonly serviceUrls: readonly string[];
  readonly now: () => Date;
}

/** Asks Entra for a token of the app's own, and Microsoft for the keys of incoming ones. Nothing is sent to anyone. */
export async function examineTeams({ auth, allowedTenants, serviceUrls, now }: TeamsSetup): Promise<Examination> {
  const settings = settingsChecks(auth, allowedTenants, serviceUrls);
  if (auth.kind === 'anonymous-test') return { checks: [...settings, { state: 'warn', what: 'Teams token', found: 'no identity is checked and none is shown (TEAMS_ANONYMOUS_TEST).', advice: 'Only for tests: set TEAMS_APP_ID and TEAMS_APP_PASSWORD.' }], clock: null };
  const [{ check, clock }, keys] = await Promise.all([examineToken(auth, now), examineKeys(auth.endpoints?.openIdMetadata ?? KEYS)]);
  return { checks: [...settings, check, keys], clock };
}

function settingsChecks(auth: Auth, tenants: readonly string[], serviceUrls: readonly string[]): Check[] {
  try {
    const allowed = checkSettings(auth, tenants, serviceUrls);
    return [{ state: 'ok', what: 'Teams settings', found: `people of ${allowed.tenants.length} ${allowed.tenants.length === 1 ? 'tenant' : 'tenants'} may write.`, advice: '' }];
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return error.faults.map(({ message, hint }) => ({ state: 'fail', what: 'Teams settings', found: message, advice: hint }));
  }
}

async function examineToken(auth: Extract<Auth, { kind: 'bot' }>, now: () => Date): Promise<{ check: Check; clock: Examination['clock'] }> {
  const what = 'Teams token';
  try {
    const asked = now();
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: auth.appId, client_secret: auth.password, scope: `${SCOPE}/.default` });
    const response = await fetch(`${authorityOf(auth)}/oauth2/v2.0/token`, { method: 'POST', body, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const said = Date.parse(response.headers.get('date') ?? '');
    const clock = Number.isNaN(said) ? null : { of: 'Entra', said: new Date(said), asked, answered: now() };
    const read = answered.safeParse(await response.json().catch(() => null));
    if (response.ok && (read.data?.access_token ?? '') !== '') return { check: { state: 'ok', what, found: 'Entra gives the app a token.', advice: '' }, clock };
    const [code] = read.data?.error_codes ?? [];
    const [found, advice] = REFUSALS[code ?? 0] ?? ['the app\'s login was refused', 'Check TEAMS_APP_ID, TEAMS_APP_PASSWORD and TEAMS_TENANT_ID.'];
    const refused = response.status < 500 && (read.data?.error ?? '') !== '';
    return { check: refused ? { state: 'fail', what, found: `Entra says that ${found}${code === undefined ? '' : ` (AADSTS${code})`}.`, advice } : { state: 'fail', what, found: `Entra gave no token (${response.status}).`, advice: 'Try again later; look whether a proxy answers in its place.' }, clock };
  } catch (error) {
    return { check: { state: 'fail', what, found: `Entra could not be reached (${reasonOf(error)}).`, advice: `Let this machine reach ${new URL(authorityOf(auth)).host} over HTTPS.` }, clock: null };
  }
}

/** Without these keys no message from Teams can be let in. */
async function examineKeys(url: string): Promise<Check> {
  const what = 'Teams keys';
  const advice = `Let this machine reach ${new URL(url).host} over HTTPS: without its keys no message from Teams is let in.`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const named = z.object({ jwks_uri: z.string() }).safeParse(await response.json().catch(() => null)).success;
    return response.ok && named ? { state: 'ok', what, found: 'the keys that Teams signs with can be had.', advice: '' } : { state: 'fail', what, found: `the keys that Teams signs with can't be had (${response.status}).`, advice };
  } catch (error) {
    return { state: 'fail', what, found: `the keys that Teams signs with can't be had (${reasonOf(error)}).`, advice };
  }
}

/** System code of a broken connection, or the name of what stopped it; never a message, which may hold what was sent. */
function reasonOf(error: unknown): string {
  const { name, cause } = (error instanceof Error ? error : {}) as { name?: string; cause?: { code?: unknown } };
  return typeof cause?.code === 'string' && /^[A-Z_]{3,60}$/.test(cause.code) ? cause.code : name ?? 'unknown';
}
