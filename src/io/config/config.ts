import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { DefinitionError, type Fault } from '../../errors.ts';

const flag = z.enum(['true', 'false', '1', '0', 'yes', 'no']).transform((value) => ['true', '1', 'yes'].includes(value));
const list = z.string().transform((value) => value.split(',').map((part) => part.trim()).filter((part) => part !== ''));
const whole = (low: number, high: number) => z.coerce.number().int().min(low).max(high);
/** An IP address, or a range of them: `10.0.0.0/8`. */
const address = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'IP addresses or ranges (10.0.0.0/8), separated by commas');

const settings = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: whole(0, 65535).default(3978),
  PUBLIC_URL: z.url().nullable().default(null),
  TRUSTED_PROXIES: list.pipe(z.array(address)).default([]),
  OVERBLIK_REQUESTS_PER_MINUTE: whole(10, 1_000_000).default(600),
  OVERBLIK_QUESTIONS_PER_MINUTE: whole(1, 10_000).default(30),
  OVERBLIK_DATA_DIR: z.string().default('var'),
  OVERBLIK_PACKS: list.default(['digests']),
  OVERBLIK_DEMO: flag.nullable().default(null),
  OVERBLIK_SECRET: z.string().min(32).nullable().default(null),
  OVERBLIK_MEMORY_MB: whole(128, 1_000_000).default(1024),
  OVERBLIK_PAINTERS: whole(0, 16).default(Math.min(4, availableParallelism())),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//).refine((url) => !/^postgres/.test(url) || URL.canParse(url), 'It can\'t be read as an address; signs such as @ in a password are written encoded, %40.').nullable().default(null),
  OVERBLIK_DATABASE_WAIT_SECONDS: whole(0, 3600).default(60),
  OVERBLIK_UNSURE: z.enum(['send-again', 'leave']).default('send-again'),
  // A message leaves in the first half, and a call to a platform may take 30 seconds.
  OVERBLIK_LEASE_SECONDS: whole(90, 3600).default(150),
  WEB_IDENTITY_HEADER: z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/, 'The name of a header, as X-Forwarded-Email').nullable().default(null),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  SLACK_BOT_TOKEN: z.string().startsWith('xoxb-').nullable().default(null),
  SLACK_SIGNING_SECRET: z.string().min(3).nullable().default(null),
  SLACK_APP_TOKEN: z.string().startsWith('xapp-').nullable().default(null),
  SLACK_ALLOWED_TEAMS: z.string().regex(/^\s*[TE][A-Z0-9]+\s*(,\s*[TE][A-Z0-9]+\s*)*$/, 'Ids of workspaces (T…) or of an Enterprise Grid organisation (E…), separated by commas').pipe(list).default([]),
  SLACK_API_URL: z.url().nullable().default(null),
  TEAMS_APP_ID: z.guid().nullable().default(null),
  TEAMS_APP_PASSWORD: z.string().nullable().default(null),
  TEAMS_TENANT_ID: z.guid().nullable().default(null),
  TEAMS_ALLOWED_TENANTS: list.default([]),
  TEAMS_SERVICE_URLS: list.default(['https://smba.trafficmanager.net/']),
  TEAMS_ANONYMOUS_TEST: flag.default(false),
});
type Settings = z.infer<typeof settings>;

/** The settings that are never shown. Each may stand in a file instead, named by `<NAME>_FILE`. */
export const SECRET_SETTINGS = ['OVERBLIK_SECRET', 'DATABASE_URL', 'SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'SLACK_APP_TOKEN', 'TEAMS_APP_PASSWORD'] as const satisfies readonly (keyof Settings)[];

/** Everything the environment decides, checked and complete. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | null;
  /** Reverse proxies, by address or range, that are believed about who asks. */
  readonly trustedProxies: readonly string[];
  /** How many requests an address may send in a minute, and how many questions a person. */
  readonly limits: { readonly requestsPerMinute: number; readonly questionsPerMinute: number };
  readonly dataDir: string;
  readonly packRoots: readonly string[];
  /** The local web chat with invented people. On unless a platform is connected. */
  readonly demo: boolean;
  /** The web chat behind a reverse proxy that signs people in: where it writes their e-mail, and the page's own origin. */
  readonly web: { readonly identityHeader: string; readonly origin: string } | null;
  readonly secret: string | null;
  readonly memoryMb: number;
  readonly painters: number;
  readonly databaseUrl: string | null;
  /** How long a process that starts waits for a server that is away; 0: the embedded one is never away for now. */
  readonly databaseWaitMs: number;
  readonly logLevel: Settings['LOG_LEVEL'];
  /** What becomes of a message that may have arrived where the platform can't be asked; and after how long without word a sender is taken for dead. */
  readonly deliveries: { readonly unsure: Settings['OVERBLIK_UNSURE']; readonly leaseMs: number };
  readonly slack: { readonly botToken: string; readonly mode: { readonly kind: 'http'; readonly signingSecret: string } | { readonly kind: 'socket'; readonly appToken: string }; readonly allowedTeams: readonly string[]; readonly apiUrl: string | null } | null;
  readonly teams: { readonly auth: { readonly kind: 'bot'; readonly appId: string; readonly password: string; readonly tenant: string | null } | { readonly kind: 'anonymous-test' }; readonly allowedTenants: readonly string[]; readonly serviceUrls: readonly string[] } | null;
  /** What must never be shown, for whoever writes to a log or a terminal. */
  readonly secrets: readonly string[];
  /** Named settings that paths in packs may use. */
  readonly settings: Readonly<Record<string, string | undefined>>;
}

/** Reads the settings, and the files that hold secrets. Throws DefinitionError that names every wrong one, never its value. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given: Record<string, string | undefined> = Object.fromEntries(Object.entries(environment).filter(([key, value]) => key in settings.shape && value !== undefined && value !== ''));
  const faults: Fault[] = [];
  const fault = (name: string, message: string, hint: string): void => { faults.push({ file: name, line: 0, column: 0, message, hint }); };
  const fromFile = new Set<string>();
  for (const name of SECRET_SETTINGS) {
    const path = environment[`${name}_FILE`] ?? '';
    if (path === '') continue;
    fromFile.add(name);
    if (given[name] !== undefined) fault(`${name}_FILE`, `${name} is set as well, so it is not clear which one counts.`, 'Remove one of the two.');
    else given[name] = readSecret(path, (message, hint) => fault(`${name}_FILE`, message, hint));
  }
  const parsed = settings.safeParse(given);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = String(issue.path[0] ?? 'settings');
      fault(fromFile.has(name) ? `${name}_FILE` : name, fromFile.has(name) ? 'The file holds a value that is not allowed.' : 'This setting has a value that is not allowed.', `${issue.message}. See .env.example.`);
    }
  }
  if (!parsed.success || faults.length > 0) throw new DefinitionError(faults);
  const s = parsed.data;
  if (s.SLACK_BOT_TOKEN !== null && s.SLACK_APP_TOKEN === null && s.SLACK_SIGNING_SECRET === null) fault('SLACK_BOT_TOKEN', 'Slack needs one more setting.', 'Set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP).');
  if (s.SLACK_BOT_TOKEN === null && (s.SLACK_APP_TOKEN !== null || s.SLACK_SIGNING_SECRET !== null)) fault('SLACK_BOT_TOKEN', 'Slack needs a bot token.', 'Set SLACK_BOT_TOKEN (xoxb-…), from OAuth & Permissions.');
  if (s.TEAMS_APP_ID !== null && s.TEAMS_APP_PASSWORD === null) fault('TEAMS_APP_PASSWORD', 'Teams needs the app\'s password.', 'Set TEAMS_APP_PASSWORD, the client secret of the app registration.');
  if (s.TEAMS_APP_ID === null && s.TEAMS_APP_PASSWORD !== null) fault('TEAMS_APP_ID', 'Teams needs the app\'s id.', 'Set TEAMS_APP_ID; without it anyone could write to the endpoint.');
  const loopback = ['127.0.0.1', '::1', 'localhost'].includes(s.HOST);
  if (s.TEAMS_ANONYMOUS_TEST && (!loopback || s.TEAMS_APP_ID !== null)) fault('TEAMS_ANONYMOUS_TEST', 'Only for tests: it turns the identity check off.', 'Remove it, or bind to 127.0.0.1 without TEAMS_APP_ID.');
  const web = s.WEB_IDENTITY_HEADER;
  if (web !== null) {
    if (s.TRUSTED_PROXIES.length === 0 || s.TRUSTED_PROXIES.some((one) => one.endsWith('/0'))) fault('TRUSTED_PROXIES', 'Without it anyone could write who they are into the identity header.', 'Name the addresses of the reverse proxy that signs people in, and no others.');
    if (s.PUBLIC_URL === null || !(s.PUBLIC_URL.startsWith('https://') || ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(s.PUBLIC_URL).hostname))) fault('PUBLIC_URL', 'The web chat behind a reverse proxy must know its own address, to refuse what other pages send.', 'Set the https address of the reverse proxy.');
    if (s.OVERBLIK_DEMO === true) fault('OVERBLIK_DEMO', 'In the demo anyone chooses who they are; behind WEB_IDENTITY_HEADER the proxy says it.', 'Keep one of the two.');
  }
  const connected = s.SLACK_BOT_TOKEN !== null || s.TEAMS_APP_ID !== null || s.TEAMS_ANONYMOUS_TEST || web !== null;
  const demo = s.OVERBLIK_DEMO ?? !connected;
  if (demo && !loopback) fault('OVERBLIK_DEMO', 'The local chat lets anyone choose who they are, so it is only for this machine.', 'Set HOST=127.0.0.1, or OVERBLIK_DEMO=false and connect Slack or Teams.');
  if (faults.length > 0) throw new DefinitionError(faults);
  return {
    host: s.HOST, port: s.PORT, publicUrl: s.PUBLIC_URL, trustedProxies: s.TRUSTED_PROXIES, limits: { requestsPerMinute: s.OVERBLIK_REQUESTS_PER_MINUTE, questionsPerMinute: s.OVERBLIK_QUESTIONS_PER_MINUTE }, dataDir: s.OVERBLIK_DATA_DIR, packRoots: s.OVERBLIK_PACKS, demo, web: web === null ? null : { identityHeader: web, origin: new URL(s.PUBLIC_URL ?? '').origin }, secret: s.OVERBLIK_SECRET,
    memoryMb: s.OVERBLIK_MEMORY_MB, painters: s.OVERBLIK_PAINTERS, databaseUrl: s.DATABASE_URL, databaseWaitMs: s.DATABASE_URL === null ? 0 : s.OVERBLIK_DATABASE_WAIT_SECONDS * 1000, logLevel: s.LOG_LEVEL,
    deliveries: { unsure: s.OVERBLIK_UNSURE, leaseMs: s.OVERBLIK_LEASE_SECONDS * 1000 },
    slack: s.SLACK_BOT_TOKEN === null ? null : { botToken: s.SLACK_BOT_TOKEN, allowedTeams: s.SLACK_ALLOWED_TEAMS, apiUrl: s.SLACK_API_URL, mode: s.SLACK_APP_TOKEN !== null ? { kind: 'socket', appToken: s.SLACK_APP_TOKEN } : { kind: 'http', signingSecret: s.SLACK_SIGNING_SECRET ?? '' } },
    teams: s.TEAMS_APP_ID !== null ? { auth: { kind: 'bot', appId: s.TEAMS_APP_ID, password: s.TEAMS_APP_PASSWORD ?? '', tenant: s.TEAMS_TENANT_ID }, allowedTenants: s.TEAMS_ALLOWED_TENANTS, serviceUrls: s.TEAMS_SERVICE_URLS }
      : s.TEAMS_ANONYMOUS_TEST ? { auth: { kind: 'anonymous-test' }, allowedTenants: s.TEAMS_ALLOWED_TENANTS, serviceUrls: s.TEAMS_SERVICE_URLS } : null,
    secrets: [...SECRET_SETTINGS.flatMap((name) => s[name] ?? []), ...passwordsIn(s.DATABASE_URL ?? '')],
    // Not our own: by the folder of other packs, or of the data, one would get to all of them.
    settings: Object.fromEntries(Object.entries(environment).filter(([name]) => !(name in settings.shape) && !name.endsWith('_FILE'))),
  };
}

/** What a file holds, without the line end that editors and `echo` put after it; undefined, and told, when there is nothing to read. */
function readSecret(path: string, fault: (message: string, hint: string) => void): string | undefined {
  // Someone may have written the secret where its path belongs: only what begins as a path is shown.
  const file = /^(?:\.{0,2}\/|[A-Za-z]:[\\/]|\\\\)/.test(path) ? `The file ${path}` : 'The file it names (not shown, for it does not begin with / or ./)';
  try {
    const text = readFileSync(path, 'utf8').replace(/^\uFEFF|[\r\n]+$/g, '');
    if (text !== '') return text;
    fault(`${file} is empty.`, 'Put the secret into it, and nothing else.');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    fault(`${file} can't be read (${code}).`, code === 'ENOENT' ? 'Mount it there, or mend the path.' : 'Let the user that runs Overblik read it.');
  }
  return undefined;
}

/** The password of a connection string, as it is written and as it is meant. */
function passwordsIn(url: string): string[] {
  const [, written = ''] = /^postgres(?:ql)?:\/\/[^/@]*?:([^/]*)@/.exec(url) ?? [];
  try {
    return written === '' ? [] : [...new Set([written, decodeURIComponent(written)])];
  } catch {
    return [written];
  }
}
