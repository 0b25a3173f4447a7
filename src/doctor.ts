import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Terminal } from './commands.ts';
import { DefinitionError, describeFault } from './errors.ts';
import type { Config } from './io/config/config.ts';
import { examineFolder, opennessOf } from './io/disk/doctor.ts';
import { loadingDir } from './io/disk/places.ts';
import { examinePort } from './io/http/doctor.ts';
import { hideSecrets } from './io/log/log.ts';
import { examineFonts } from './io/painter/doctor.ts';
import { examineStore, type StoreExamination } from './io/store/doctor.ts';
import type { Check, Clock, Examination, Log } from './ports.ts';
import { findService } from './running.ts';
import { openServiceStore } from './store.ts';
import { readPacks } from './warehouse.ts';

/** Slack and Teams refuse what is signed five minutes off; several workers must agree within one. */
const MOST_SKEW_S = 60;
const ASK_SERVICE_MS = 5_000;
/** Mended by who wrote them: another exit code than what the outside did. */
const OURS = ['settings', 'packs', 'Teams settings'];

/** Stand-ins for Microsoft's endpoints, for tests; null: its own. */
export type MicrosoftEndpoints = { readonly openIdMetadata: string; readonly login: string } | null;

/**
 * Looks at a set-up and prints one line for each thing it looked at; never a secret. `settings` reads the configuration and may throw
 * DefinitionError. Gives the exit code: 0 nothing is wrong, 1 settings or packs are, 3 something outside is.
 */
export async function doctorCommand(settings: () => { config: Config; log: Log }, clock: Clock, terminal: Pick<Terminal, 'out'>, endpoints: MicrosoftEndpoints = null): Promise<number> {
  const { checks, secrets } = await examine(settings, clock, endpoints);
  const width = Math.max(...checks.map(({ what }) => what.length));
  for (const { state, what, found, advice } of checks) terminal.out(hideSecrets(`${state.padEnd(4)}  ${what.padEnd(width)}  ${found}${advice === '' ? '' : ` ${advice}`}`, secrets));
  const count = (state: Check['state']): number => checks.filter((check) => check.state === state).length;
  terminal.out(`${count('ok')} in order, ${count('warn')} to look at, ${count('fail')} wrong.`);
  const failed = checks.filter(({ state }) => state === 'fail');
  return failed.length === 0 ? 0 : failed.some(({ what }) => OURS.includes(what)) ? 1 : 3;
}

async function examine(settings: () => { config: Config; log: Log }, clock: Clock, endpoints: MicrosoftEndpoints): Promise<{ checks: Check[]; secrets: readonly string[] }> {
  let read: { config: Config; log: Log };
  try {
    read = settings();
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    const faults = error.faults.map(({ file, message, hint }): Check => ({ state: 'fail', what: 'settings', found: `${file}: ${message}`, advice: hint }));
    return { checks: [...faults, await examineFonts(), { state: 'note', what: 'all else', found: 'was not looked at, for it depends on the settings.', advice: '' }], secrets: [] };
  }
  const { config, log } = read;
  const now = (): Date => clock.now();
  const running = await runningService(config);
  const store: StoreExamination = { kept: [], ...await guarded('database', () => storeOf(config, running, log, now)) };
  const [slack, teams] = await Promise.all([guarded('Slack', () => slackOf(config, store, log, now)), guarded('Teams', () => teamsOf(config, endpoints, now))]);
  const here = await Promise.all([
    guarded('packs', async () => only(await packsCheck(config))), guarded('fonts', async () => only(await examineFonts())),
    guarded('data folder', async () => only(await examineFolder('data folder', config.dataDir), ...await opennessOf(config.dataDir))), guarded('loading folder', async () => only(await examineFolder('loading folder', loadingDir(config.dataDir)))), guarded('temporary folder', async () => only(await examineFolder('temporary folder', tmpdir()))),
    guarded('port', async () => only(running === null ? await examinePort(config.host, config.port) : { state: 'ok', what: 'port', found: `the service that runs has it: ${running}.`, advice: '' })),
  ]);
  return {
    checks: [
      ...settingsChecks(config), ...here.flatMap(({ checks }) => checks),
      ...store.checks, ...slack.checks, ...teams.checks, ...clockChecks([store, slack, teams]),
    ],
    secrets: config.secrets,
  };
}

const only = (...checks: Check[]): Examination => ({ checks, clock: null });

/** What goes wrong in a way nobody foresaw is one more thing found, and the rest is looked at all the same. */
async function guarded<T extends Examination>(what: string, look: () => Promise<T>): Promise<T | Examination> {
  try {
    return await look();
  } catch (error) {
    return only({ state: 'fail', what, found: `could not be looked at: ${error instanceof Error ? error.message : String(error)}.`, advice: '' });
  }
}

function settingsChecks(config: Config): Check[] {
  const what = 'settings';
  const pictures = config.teams === null ? [] : [
    ...(config.publicUrl?.startsWith('https://') === true ? [] : [{ state: 'warn', what, found: `PUBLIC_URL is ${config.publicUrl === null ? 'not set' : 'not https'}, so Teams can't fetch larger pictures.`, advice: 'Set it to the https address in front of this service.' } as const]),
    ...(config.secret === null ? [{ state: 'warn', what, found: 'OVERBLIK_SECRET is not set, so picture links stop working at a restart.', advice: 'Set it to at least 32 random characters.' } as const] : []),
  ];
  return [{ state: 'ok', what, found: 'can be read.', advice: '' }, ...pictures];
}

async function packsCheck(config: Config): Promise<Check> {
  const what = 'packs';
  try {
    const packs = await readPacks(config);
    return { state: 'ok', what, found: `${packs.map(({ id }) => id).join(', ')} ${packs.length === 1 ? 'is' : 'are'} in order.`, advice: '' };
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    const [first] = error.faults;
    return { state: 'fail', what, found: `${error.faults.length} ${error.faults.length === 1 ? 'mistake' : 'mistakes'}, the first: ${first === undefined ? '' : describeFault(first)}`, advice: "'overblik check' shows them all." };
  }
}

/** Where the service runs and is ready; null: it does not. */
async function runningService(config: Config): Promise<string | null> {
  const running = await findService(config);
  const ready = running === null ? null : await fetch(new URL('/readyz', running.url), { signal: AbortSignal.timeout(ASK_SERVICE_MS) }).catch(() => null);
  return running !== null && ready?.ok === true ? running.url : null;
}

/** The embedded database belongs to one process: while the service runs, that is asked instead. */
async function storeOf(config: Config, running: string | null, log: Log, now: () => Date): Promise<StoreExamination> {
  if (config.databaseUrl === null && running !== null) return { checks: [{ state: 'ok', what: 'database', found: `embedded; the service that runs at ${running} has it and is ready.`, advice: '' }], clock: null, kept: [] };
  const place = config.databaseUrl === null ? join(config.dataDir, 'state') : null;
  if (place !== null && !existsSync(place)) return { checks: [{ state: 'note', what: 'database', found: `is not made yet; the first start makes an embedded one in ${place}.`, advice: '' }], clock: null, kept: [] };
  return examineStore(() => openServiceStore(config, log, true), place, now);
}

async function slackOf(config: Config, { kept }: StoreExamination, log: Log, now: () => Date): Promise<Examination> {
  if (config.slack === null) return only({ state: 'note', what: 'Slack', found: 'is not connected.', advice: 'SLACK_BOT_TOKEN connects it.' });
  const { examineSlack } = await import('../adapters/slack/doctor.ts');
  return examineSlack({ ...config.slack, kept: kept.filter(({ platform }) => platform === 'slack'), log, now });
}

async function teamsOf(config: Config, endpoints: MicrosoftEndpoints, now: () => Date): Promise<Examination> {
  if (config.teams === null) return only({ state: 'note', what: 'Teams', found: 'is not connected.', advice: 'TEAMS_APP_ID and TEAMS_APP_PASSWORD connect it.' });
  const { auth, allowedTenants, serviceUrls } = config.teams;
  const { examineTeams } = await import('../adapters/teams/doctor.ts');
  return examineTeams({ auth: auth.kind === 'bot' ? { ...auth, endpoints } : { ...auth, boundTo: config.host }, allowedTenants, serviceUrls, now });
}

/** Our clock beside each that was heard. Its answer was made at some instant between our question and its arrival: only what lies outside counts, to the second that HTTP gives. */
function clockChecks(examinations: readonly Examination[]): Check[] {
  const what = 'clock';
  const heard = examinations.flatMap(({ clock }) => clock ?? []);
  if (heard.length === 0) return [{ state: 'note', what, found: 'there was no other clock to hold it against.', advice: '' }];
  return heard.map(({ of, said, asked, answered }): Check => {
    const ahead = Math.max(0, (asked.getTime() - said.getTime()) / 1000 - 1);
    const behind = Math.max(0, (said.getTime() - answered.getTime()) / 1000);
    const off = Math.round(Math.max(ahead, behind));
    if (off <= MOST_SKEW_S) return { state: 'ok', what, found: `${off === 0 ? 'agrees' : `is ${off} s off`} with that of ${of}${off === 0 ? '' : ', which is near enough'}.`, advice: '' };
    return { state: 'warn', what, found: `is ${off} s ${ahead > behind ? 'ahead of' : 'behind'} that of ${of}.`, advice: 'Set it by NTP: signed requests and tokens five minutes off are refused.' };
  });
}
