import { DefinitionError } from '../../src/errors.ts';
import type { Fault } from '../../src/errors.ts';
import type { Allowed } from './inbound.ts';
import type { Auth } from './transport.ts';

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

const fault = (message: string, hint: string): Fault => ({ file: 'Teams settings', line: 0, column: 0, message, hint });

/** True for names and addresses of this machine only. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

function authFaults(auth: Auth): Fault[] {
  if (auth.kind === 'anonymous-test') {
    if (isLoopback(auth.boundTo)) return [];
    return [fault(`Without an app id anyone may write to the bot, so it starts on this machine's own address only, not on ${JSON.stringify(auth.boundTo)}.`, 'Give the app id and password of the bot, or bind to 127.0.0.1.')];
  }
  const faults: Fault[] = [];
  if (!GUID.test(auth.appId)) faults.push(fault('The app id of the bot is missing or is no GUID.', 'Copy the Microsoft App ID from the bot\'s page in Azure.'));
  if (auth.password === '') faults.push(fault('The password of the bot is empty.', 'Make a client secret in the app registration and give its value.'));
  if (auth.tenant !== null && !GUID.test(auth.tenant)) faults.push(fault('The tenant of the bot is no GUID.', 'Copy the Directory (tenant) ID from the app registration.'));
  const places = auth.endpoints === null ? [] : [auth.endpoints.login, auth.endpoints.openIdMetadata];
  if (!places.every((url) => URL.canParse(url) && isLoopback(new URL(url).hostname))) {
    faults.push(fault('Stand-ins for Microsoft\'s endpoints may only be on this machine: whoever answers there decides who may write.', 'Leave them out, except in tests.'));
  }
  return faults;
}

/**
 * Who may write and where answers may go: the allow-lists in one spelling. Throws DefinitionError, with all that is wrong, rather than
 * start a bot that anyone may write to.
 */
export function checkSettings(auth: Auth, tenants: readonly string[], serviceUrls: readonly string[]): Allowed {
  const faults = authFaults(auth);
  const own = auth.kind === 'bot' && auth.tenant !== null ? [auth.tenant] : [];
  const allowed = tenants.length > 0 ? tenants : own;
  if (allowed.length === 0) faults.push(fault('No tenant is allowed to write to the bot.', 'Name the tenant ids that may, or the app\'s own tenant.'));
  if (serviceUrls.length === 0) faults.push(fault('No service URL is allowed.', 'For Teams it is https://smba.trafficmanager.net/.'));
  for (const url of serviceUrls) {
    const { protocol, hostname } = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '' };
    if (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) continue;
    faults.push(fault(`The service URL ${JSON.stringify(url)} is not https.`, 'For Teams it is https://smba.trafficmanager.net/.'));
  }
  if (faults.length > 0) throw new DefinitionError(faults);
  return { tenants: allowed.map((tenant) => tenant.toLowerCase()), serviceUrls };
}
