import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { AccessOptions } from './admitting.ts';
import type { AuditOptions } from './auditing.ts';
import { maskPersonalNumbers } from './access/personal-number.ts';
import { isIsoDate, type IsoDate } from './calendar/period.ts';
import type { Terminal } from './commands.ts';
import { DefinitionError, ServiceError, describeFault } from './errors.ts';
import { readConfig, type Config } from './io/config/config.ts';
import { createLog, hideSecrets } from './io/log/log.ts';
import { LANGUAGES } from './pack/model.ts';
import type { Log } from './ports.ts';

/** What the commands need takes a second to load, and "--help" or a wrong word needs none of it. */
const commands = () => import('./commands.ts');
type Commands = Awaited<ReturnType<typeof commands>>;

const day = (text: string): IsoDate => {
  if (!isIsoDate(text)) throw new InvalidArgumentError('Write a day as 2026-11-23.');
  return text;
};

const request = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Write the number of the request.');
  return Number(text);
};

/** Runs one command. Gives the exit code: 0 done, 1 the packs or settings are wrong, 2 the command line is wrong, 3 something outside failed. */
export async function run(arguments_: readonly string[], given: Terminal): Promise<number> {
  let code = 0;
  /** Known once the settings are read. */
  let secrets: readonly string[] = [];
  // What is wrong with a command is told in its own words, and they may be anything.
  const terminal: Terminal = { ...given, err: (text) => given.err(maskPersonalNumbers(hideSecrets(text, secrets))) };
  const program = new Command('overblik');
  const prepared = (): { config: Config; log: Log } => {
    const packs = program.opts<{ packs: string[] }>().packs;
    const config = readConfig({ ...terminal.environment, ...(packs.length === 0 ? {} : { OVERBLIK_PACKS: packs.join(',') }) });
    secrets = config.secrets;
    return { config, log: createLog(config.logLevel, { write: (line) => terminal.err(line.trimEnd()) }, secrets) };
  };
  const quiet = (): { config: Config; log: Log } => {
    const { config } = prepared();
    return { config, log: createLog(terminal.environment['LOG_LEVEL'] === undefined ? 'silent' : config.logLevel, { write: (line) => terminal.err(line.trimEnd()) }, secrets) };
  };
  program
    .description('Facts to steer by: digests and answers for leaders, from a folder of YAML and data files.')
    .option('--packs <folder>', 'a folder of packs; may be given several times', (value: string, all: string[]) => [...all, value], [] as string[])
    .exitOverride().configureOutput({ writeOut: (text) => terminal.out(text.trimEnd()), writeErr: (text) => terminal.err(text.trimEnd()) })
    .showHelpAfterError('(overblik --help shows every command)');

  program.command('serve').description('run everything: chat, schedule, deliveries')
    .action(async () => {
      const { config, log } = prepared();
      // The first start makes a database, which takes seconds: begun before everything else is even read.
      const { awaitServiceStore } = await import('./store.ts');
      const opening = awaitServiceStore(config, log);
      // It is waited for further down; what goes wrong before that is no loose end.
      opening.catch(() => undefined);
      const { serve } = await import('./service.ts');
      const service = await serve(config, terminal.clock, log, opening);
      terminal.out(`Overblik is ready: ${service.url}${config.demo ? ' (local chat with invented people)' : ''}`);
      await terminal.ended;
      await service.stop();
    });
  program.command('check').description('check every pack, or one: all mistakes with file, line and how to mend them').argument('[pack]')
    .action(async (only: string | undefined) => {
      const { config } = prepared();
      code = await (await commands()).checkCommand(config, terminal, only ?? null);
    });
  program.command('doctor').description('look at the set-up: settings, packs, fonts, disk, database, platforms, clock; no secret is shown')
    .action(async () => {
      const { doctorCommand } = await import('./doctor.ts');
      code = await doctorCommand(quiet, terminal.clock, terminal);
    });
  program.command('schema').description('print the JSON Schema of a pack, for editors')
    .action(async () => {
      const { packJsonSchema } = await import('./pack/schema.ts');
      terminal.out(JSON.stringify(packJsonSchema(), null, 2));
    });
  program.command('load').description('load what changed in every pack, or one, and report').argument('[pack]').option('--accept <source>', 'take this source of the pack though it holds less than at the load before, this once')
    .action(async (only: string | undefined, options: { accept?: string }) => {
      const { config, log } = quiet();
      code = await (await commands()).loadCommand(config, log, terminal, only ?? null, options.accept ?? null);
    });
  program.command('digest').description('compose the pages of a digest').argument('<pack/digest>')
    .option('--period <period>', 'as 2026-10; without it the last closed one').option('--as <person>').option('--all', 'every recipient')
    .option('--out <folder>', 'write text and picture there').option('--json')
    .action(async (name: string, options: Parameters<Commands['digestCommand']>[4]) => {
      const { config, log } = quiet();
      code = await (await commands()).digestCommand(config, log, terminal, name, options);
    });
  program.command('ask').description('ask a question as a person').argument('<question>').requiredOption('--as <person>')
    .option('--lang <language>', 'da or en', (value: string) => {
      if (!(LANGUAGES as readonly string[]).includes(value)) throw new InvalidArgumentError('Write da or en.');
      return value;
    })
    .option('--now <day>', 'as if today were this day', day).option('--after <question>', 'a question asked before it in the same conversation; may be given several times, in their order', (value: string, all: string[] = []) => [...all, value])
    .option('--explain', 'show which words made which part, what was assumed and what was left over').option('--json').option('--out <folder>', 'write text and picture there')
    .action(async (text: string, options: Parameters<Commands['askCommand']>[4]) => {
      const { config, log } = quiet();
      code = await (await commands()).askCommand(config, log, terminal, text, options);
    });
  program.command('send').description('send one page to one person now, through the running service (a test: no delivery is counted)').argument('<pack/digest>')
    .requiredOption('--to <person>').option('--period <period>', 'as 2026-10; without it the last closed one')
    .action(async (name: string, options: { to: string; period?: string }) => {
      const { config, log } = quiet();
      await (await commands()).sendCommand(config, log, terminal, name, options);
    });
  program.command('questions').description('what was asked of the running service, newest first').option('--unanswered', 'only what was asked back or not understood')
    .option('--limit <n>', 'at most this many', (value: string) => { const n = Number(value); if (!Number.isInteger(n) || n < 1 || n > 1000) throw new InvalidArgumentError('Write a number from 1 to 1000.'); return n; }, 50)
    .action(async (options: { unanswered?: boolean; limit: number }) => {
      const { config, log } = quiet();
      await (await commands()).questionsCommand(config, log, terminal, options);
    });
  program.command('status').description('what is owed, held, delivered, late, failed or unsure, and why').option('--json')
    .action(async (options: { json?: boolean }) => {
      const { config, log } = quiet();
      await (await commands()).statusCommand(config, log, terminal, options);
    });
  program.command('plan').description('who would get what when in some days, and why not; nothing is sent').requiredOption('--from <day>', 'as 2026-11-01', day).requiredOption('--to <day>', 'and including this day', day).option('--json')
    .action(async (options: { from: IsoDate; to: IsoDate; json?: boolean }) => {
      const { config, log } = quiet();
      await (await commands()).planCommand(config, log, terminal, options);
    });
  program.command('close').description('say that a period of a pack is complete, whatever its readiness rules say').argument('<pack>').argument('<period>', 'as 2026-10')
    .option('--source <source>', 'only this source').option('--reopen', 'take it back')
    .action(async (pack: string, period: string, options: { source?: string; reopen?: boolean }) => {
      const { config, log } = quiet();
      await (await commands()).closeCommand(config, log, terminal, pack, period, options);
    });
  program.command('retry').description('send again what failed, when you have mended why').argument('<pack/digest>').option('--period <period>', 'as 2026-10; without it every one').option('--to <person>')
    .action(async (name: string, options: { period?: string; to?: string }) => {
      const { config, log } = quiet();
      await (await commands()).retryCommand(config, log, terminal, name, options);
    });
  program.command('correct').description('which figures that were sent are others now, and why; nothing is sent without --send').argument('<pack/digest>').option('--period <period>', 'as 2026-10; without it those of the last 13 months')
    .option('--send', 'send these corrections')
    .action(async (name: string, options: { period?: string; send?: boolean }) => {
      const { config, log } = quiet();
      const { correctCommand } = await import('./correcting.ts');
      await correctCommand(config, log, terminal, name, options);
    });
  program.command('worker').description('only deliver, beside the service, on one PostgreSQL (DATABASE_URL)')
    .action(async () => {
      const { config, log } = prepared();
      const { startWorker } = await import('./worker.ts');
      const worker = await startWorker(config, terminal.clock, log);
      terminal.out('The worker is ready.');
      await terminal.ended;
      await worker.stop();
    });
  program.command('audit').description('who asked, was refused, was told or changed what; or whether the audit is whole').option('--person <person>').option('--from <day>', 'as 2026-11-01', day).option('--to <day>', 'and including this day', day)
    .option('--csv <file>', 'write all of it there, for Excel').option('--verify', 'whether an entry was taken out or changed').option('--limit <n>', 'at most this many, the newest; without it 1000, and all in a file', (value: string) => { const n = Number(value); if (!Number.isInteger(n) || n < 1 || n > 100_000) throw new InvalidArgumentError('Write a number from 1 to 100000.'); return n; })
    .action(async (options: AuditOptions) => {
      const { config, log } = quiet();
      const { auditCommand } = await import('./auditing.ts');
      code = await auditCommand(config, log, terminal, options);
    });
  program.command('access').description('who asks for access; grant or decline it, or take back what was granted').option('--grant <request>', 'let the account that asked be someone', request).option('--to <person>', 'who it is, by the id in the pack')
    .option('--decline <request>', 'turn it down', request).option('--revoke <person>', 'take back the accounts that were granted').addOption(new Option('--platform <platform>', 'only this one').choices(['slack', 'teams']))
    .action(async (options: AccessOptions) => {
      const { config, log } = quiet();
      const { accessCommand } = await import('./admitting.ts');
      await accessCommand(config, log, terminal, options);
    });
  program.command('erase').description('take someone who has left out of all that is kept').argument('<person>')
    .action(async (person: string) => {
      const { config, log } = quiet();
      await (await commands()).eraseCommand(config, log, terminal, person);
    });
  program.command('backup').description('write all state to a file while everything goes on').argument('<file>')
    .action(async (file: string) => {
      const { config, log } = quiet();
      await (await commands()).backupCommand(config, log, terminal, file);
    });
  program.command('restore').description('bring a backup into an empty database; stop the service first').argument('<file>')
    .action(async (file: string) => {
      const { config, log } = quiet();
      await (await commands()).restoreCommand(config, log, terminal, file);
    });

  try {
    await program.parseAsync([...arguments_], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Error && error.name === 'UsageError') {
      terminal.err(error.message);
      return 2;
    }
    if (error instanceof DefinitionError) {
      for (const fault of error.faults) terminal.err(describeFault(fault));
      terminal.err(`${error.faults.length} ${error.faults.length === 1 ? 'mistake' : 'mistakes'}.`);
      return 1;
    }
    if (error instanceof ServiceError) {
      terminal.err(error.message);
      return 3;
    }
    terminal.err(`Something unexpected went wrong: ${error instanceof Error ? error.message : String(error)}. Set LOG_LEVEL=debug and try again, and report it with the lines above.`);
    if (terminal.environment['LOG_LEVEL'] === 'debug' && error instanceof Error) terminal.err(error.stack ?? '');
    return 3;
  }
}

