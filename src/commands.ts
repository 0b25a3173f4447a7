import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { maskPersonalNumbers } from './access/personal-number.ts';
import { answer, type Answer } from './app/answer.ts';
import { asked } from './app/asked.ts';
import { shownOf } from './app/audit.ts';
import { composeDigest, latestPeriod, withPicture } from './app/compose.ts';
import { NOTHING, remember, sheetOf, type Remembered } from './app/converse.ts';
import { doubtOpen, planned } from './app/deliver.ts';
import { knownAs, type Account } from './app/people.ts';
import { readinessOf } from './app/readiness.ts';
import type { Held } from './app/versions.ts';
import { dayIn, periodFromCode, shiftDays, type IsoDate, type Period } from './calendar/period.ts';
import { instantAt } from './calendar/schedule.ts';
import type { Card, Message } from './card/card.ts';
import { cardText } from './card/text.ts';
import { inWords } from './card/figures.ts';
import { missingOf } from './delivery/readiness.ts';
import { DELIVERY_STATES } from './delivery/state.ts';
import { recipientsOf } from './digest/compose.ts';
import { DefinitionError, ServiceError, UsageError } from './errors.ts';
import { clockAt, systemClock } from './io/clock/clock.ts';
import type { Config } from './io/config/config.ts';
import { findFiles } from './io/load/files.ts';
import { createPainter } from './io/painter/painter.ts';
import { readBackup } from './io/store/backup.ts';
import { writeWorkbook } from './io/sheet/workbook.ts';
import { TIME_ZONE, type Digest, type Language, type Pack, type Person } from './pack/model.ts';
import type { Clock, FileReport, Log, Store } from './ports.ts';
import { buildLexicon } from './question/lexicon.ts';
import type { Reading } from './question/read.ts';
import { findService } from './running.ts';
import { runOnState, type StatusLine } from './state.ts';
import { openServiceStore } from './store.ts';
import { openPackHouse, readPacks, type PackHouse } from './warehouse.ts';

/** Where a command reads and writes. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  out(text: string): void;
  err(text: string): void;
  /** Resolves when the process is asked to end. */
  readonly ended: Promise<void>;
  readonly clock: Clock;
}

/** `2026-10` a month, `2026-Q3` a quarter, `2026-H1` a half-year, `2026` a year; in the pack's fiscal year. */
function anyPeriod(text: string, pack: Pack): Period {
  const found = periodFromCode(text, pack.yearStart);
  if (found === null) throw new UsageError(`'${text}' is not a period. Write a month as 2026-10, a week as 2026-W41, a quarter as 2026-Q3, a half-year as 2026-H1, a year as 2026.`);
  return found;
}

/** A period of a digest's own grain. */
export function parsePeriod(text: string, pack: Pack, digest: Digest): Period {
  const found = anyPeriod(text, pack);
  if (found.grain !== digest.period.grain) throw new UsageError(`'${text}' is a ${found.grain}, and the digest '${digest.id}' is about a ${digest.period.grain}.`);
  return found;
}

/** The digest that is called so, `<pack>/<digest>`. */
export function digestNamed(packs: readonly Pack[], name: string): { pack: Pack; digest: Digest } {
  const [packId = '', digestId = ''] = name.split('/');
  const pack = packs.find((one) => one.id === packId);
  const known = packs.flatMap((one) => [...one.digests.keys()].map((id) => `${one.id}/${id}`));
  const digest = pack?.digests.get(digestId);
  if (pack === undefined || digest === undefined) throw new UsageError(`There is no digest '${name}'. Known: ${known.join(', ') || 'none'}.`);
  return { pack, digest };
}

function personNamed(packs: readonly Pack[], id: string): { pack: Pack; person: Person }[] {
  const found = packs.flatMap((pack) => { const person = pack.people.get(id); return person === undefined ? [] : [{ pack, person }]; });
  if (found.length === 0) throw new UsageError(`There is no person '${id}'. Known: ${[...new Set(packs.flatMap((pack) => [...pack.people.keys()]))].slice(0, 20).join(', ')}.`);
  return found;
}

/** Opens the packs with their facts for a piece of work; what could not be loaded is told. */
export async function withHouse<T>(config: Config, clock: Clock, log: Log, terminal: Terminal, work: (house: PackHouse) => Promise<T>): Promise<T> {
  const house = await openPackHouse(config, clock, log);
  try {
    const outcomes = await house.refresh((pack, source, file, rows) => terminal.err(`${pack}/${source}: ${file}, ${rows} rows`));
    for (const outcome of outcomes.filter((one) => one.outcome === 'failed')) terminal.err(`${outcome.pack}/${outcome.source}: ${outcome.reason}`);
    return await work(house);
  } finally {
    await house.close();
  }
}

/** What became of a file's rows, so that every one of them is accounted for. */
function reconciled({ read, records, rows, leftOut, leftOutEmpty, ignored, control, rejected, breaks }: FileReport): string {
  // A load of an earlier version did not count.
  if (read === undefined) return `${rows} rows`;
  const laid = records === null || records === read ? '' : `${records} records laid out as `;
  const parts = [`${rows} used`, ...(leftOut > 0 ? [`${leftOut} left out by where${leftOutEmpty > 0 ? ` (${leftOutEmpty} of them because a cell is empty)` : ''}`] : []), ...(ignored > 0 ? [`${ignored} of units left out on purpose`] : []), ...(control > 0 ? [`${control} control totals`] : []), `${rejected} rejected`];
  return `${laid}${read} rows read = ${parts.join(' + ')}${breaks > 0 ? `; ${breaks} fields with line breaks` : ''}`;
}

/** Loads what changed and reports it; 3 when a source failed. With `accept` a source of the pack may hold less than at the load before, this once. */
export async function loadCommand(config: Config, log: Log, terminal: Terminal, only: string | null, accept: string | null = null): Promise<number> {
  if (accept !== null && only === null) throw new UsageError('Say of which pack: overblik load <pack> --accept <source>.');
  const house = await openPackHouse(config, terminal.clock, log, only, accept);
  try {
    if (accept !== null && house.packs().every((pack) => !pack.sources.has(accept))) throw new UsageError(`There is no source '${accept}' in ${String(only)}.`);
    const outcomes = await house.refresh((pack, source, file, rows) => terminal.err(`${pack}/${source}: ${file}, ${rows} rows`));
    const taken = outcomes.find(({ source, outcome, report }) => source === accept && outcome === 'loaded' && report?.remarks.some(({ file, text }) => file === source && text.includes('which was accepted')));
    if (taken !== undefined) await noteLooked(config, log, [{ action: 'taken-less', detail: { pack: taken.pack, source: taken.source, said: taken.report?.remarks.filter(({ file }) => file === taken.source).map(({ text }) => text) } }]);
    for (const { pack, source, outcome, report, reason } of outcomes) {
      terminal.out(`${pack}/${source}: ${outcome}${report === null ? '' : `${outcome === 'failed' ? '; the last good load stays in service:' : ','} ${report.rows} rows${report.firstDate === null ? '' : ` from ${report.firstDate} to ${report.lastDate}`}, ${report.rejected} rejected, ${report.durationMs} ms`}`);
      if (reason !== '') terminal.out(`  ${maskPersonalNumbers(reason.replaceAll('\n', '\n  '))}`);
      for (const file of report?.files ?? []) terminal.out(`  ${maskPersonalNumbers(file.path)}: ${reconciled(file)}${file.encoding === '' ? '' : `, ${file.encoding}`}${file.delimiter === '' ? '' : `, separated by ${file.delimiter === '\t' ? 'tab' : `'${file.delimiter}'`}`}`);
      for (const { file, text } of report?.remarks ?? []) terminal.out(`  note: ${maskPersonalNumbers(file)}: ${maskPersonalNumbers(text)}`);
      // What was set aside is told when it is loaded; later it stands in the facts.
      for (const reject of outcome === 'loaded' ? report?.rejects ?? [] : []) terminal.out(`  rejected: ${maskPersonalNumbers(reject.file)}:${reject.line} column ${reject.column}: '${maskPersonalNumbers(reject.value)}' ${reject.reason}`);
      const more = (report?.rejected ?? 0) - (report?.rejects.length ?? 0);
      if (outcome === 'loaded' && more > 0) terminal.out(`  … and ${more} more; all of them stand in the table rejects of ${report?.file ?? ''}`);
    }
    return outcomes.some((one) => one.outcome === 'failed') ? 3 : 0;
  } finally {
    await house.close();
  }
}

/** Composes the pages of a digest and prints them, or writes them to a folder. */
export async function digestCommand(config: Config, log: Log, terminal: Terminal, name: string, options: { period?: string; as?: string; all?: boolean; out?: string; json?: boolean }): Promise<number> {
  return withHouse(config, terminal.clock, log, terminal, async (house) => {
    const { pack, digest } = digestNamed(house.packs(), name);
    const figures = house.figures(pack.id);
    const period = options.period === undefined ? latestPeriod(figures, digest) : parsePeriod(options.period, pack, digest);
    const people = options.as !== undefined ? personNamed([pack], options.as).map((one) => one.person) : recipientsOf(pack, digest);
    if (options.as === undefined && options.all !== true) throw new UsageError(`Say for whom: --as <person>, or --all (${people.map((person) => person.id).join(', ')}).`);
    const cards = await composeDigest(figures, digest, period, people);
    /** Puts into the audit what is about to be shown of some pages, with their pictures where these are drawn. */
    const note = (messages: readonly (readonly [string, Message])[]): Promise<void> => noteLooked(config, log, messages.map(([person, message]) => ({ action: 'shown-page', detail: { pack: pack.id, digest: digest.id, period: period.from, person, shown: shownOf(message) } })));
    const pages = [...cards];
    if (options.out === undefined) {
      await note(pages.map(([person, card]) => [person, wordsOf(card)]));
      terminal.out(options.json === true ? JSON.stringify(pages.map(([person, card]) => ({ person, card })), null, 2) : pages.map(([person, card]) => `=== ${person}\n${cardText(card)}`).join('\n\n'));
      return 0;
    }
    await mkdir(options.out, { recursive: true });
    const painter = await createPainter({ workers: 0 });
    try {
      for (let from = 0; from < pages.length; from += NOTED_AT_ONCE) {
        const drawn: [string, Message][] = [];
        for (const [person, card] of pages.slice(from, from + NOTED_AT_ONCE)) drawn.push([person, await withPicture(card, painter, log)]);
        await note(drawn);
        for (const [person, { card, png }] of drawn) {
          await writeFile(join(options.out, `${person}.txt`), `${cardText(card)}\n`);
          if (options.json === true) await writeFile(join(options.out, `${person}.json`), `${JSON.stringify(card, null, 2)}\n`);
          if (png !== null) await writeFile(join(options.out, `${person}.png`), png);
          terminal.out(`${join(options.out, person)}: ${card.title}${png === null ? ' (no picture)' : ''}`);
        }
      }
    } finally {
      await painter.close();
    }
    terminal.out(`${cards.size} pages of ${digest.title[pack.language]} for ${inWords(pack, period, pack.language)}.`);
    return 0;
  });
}

/** A card as a terminal shows it. */
export const wordsOf = (card: Card): Message => ({ card, png: null, sheet: null });

/** A card with its picture, drawn in this thread. */
async function drawnAlone(card: Card, log: Log): Promise<Message> {
  if (card.picture === null) return wordsOf(card);
  const painter = await createPainter({ workers: 0 });
  try {
    return await withPicture(card, painter, log);
  } finally {
    await painter.close();
  }
}

/** Answers a question as a person would be answered. */
export async function askCommand(config: Config, log: Log, terminal: Terminal, text: string, options: { as: string; lang?: Language; now?: IsoDate; after?: string[]; explain?: boolean; json?: boolean; out?: string }): Promise<number> {
  const clock = options.now === undefined ? terminal.clock : clockAt(options.now);
  return withHouse(config, clock, log, terminal, async (house) => {
    const memberships = personNamed(house.packs(), options.as);
    const today = dayIn(memberships[0]?.pack.timeZone ?? TIME_ZONE, clock.now());
    const lexicon = buildLexicon(memberships.map((one) => one.pack));
    const say = (words: string, known: Remembered): Promise<Answer> => answer(words, { memberships, figures: (id) => house.figures(id), lexicon, today, previous: known.query, offered: known.offered, language: options.lang ?? null });
    let known = NOTHING;
    for (const words of options.after ?? []) known = remember(known, await say(words, known));
    const answered = await say(text, known);
    const { card } = answered;
    const message = options.out === undefined ? wordsOf(card) : { ...await drawnAlone(card, log), sheet: answered.kind === 'answer' && answered.reading.shape === 'excel' ? await sheetOf(answered, memberships.map((one) => one.pack), writeWorkbook) : null };
    const { action, detail } = asked(answered, (memberships[0] as { pack: Pack }).pack, shownOf(message));
    await noteLooked(config, log, [{ action, detail: { ...detail, person: options.as } }]);
    if (options.out !== undefined) {
      await mkdir(options.out, { recursive: true });
      await writeFile(join(options.out, 'answer.txt'), `${cardText(card)}\n`);
      if (message.png !== null) await writeFile(join(options.out, 'answer.png'), message.png);
      if (message.sheet !== null) await writeFile(join(options.out, 'answer.xlsx'), message.sheet.bytes);
    }
    if (options.json !== true) {
      if (options.explain === true) terminal.out(`${explained(answered.reading)}\n`);
      terminal.out([cardText(card), ...card.actions.map((action) => `[${action.label}] ${action.ask}`)].join('\n'));
      return 0;
    }
    const result = answered.kind === 'answer' ? answered.result : null;
    const query = result?.query ?? null;
    const grouping = query === null ? null : query.by !== null ? ('grain' in query.by ? query.by.grain : query.by.dimension) : query.level;
    terminal.out(JSON.stringify({
      kind: answered.kind === 'fresh' ? 'answer' : answered.kind,
      understood: query === null ? null : {
        measures: query.measures, units: query.units, period: query.period, comparison: query.comparisons, groupBy: grouping, limit: query.limit,
      },
      details: query === null ? null : {
        level: query.level, comparedTo: query.comparedTo, having: query.having, order: query.order, shape: 'shape' in answered.reading ? answered.reading.shape : null, intent: answered.reading.kind,
      },
      rows: result?.rows ?? [],
      text: cardText(card),
      chart: card.picture,
      choices: answered.kind === 'answer' ? [] : card.actions.map(({ label, ask }) => ({ label, ask })),
      ...(options.explain === true ? { explained: answered.reading } : {}),
    }, null, 2));
    return 0;
  });
}

/** Which words of a question made which part, what was assumed, and which words were left over: one line each. */
function explained(reading: Reading): string {
  const parts = 'understood' in reading ? reading.understood : [];
  return [
    `read as: ${reading.kind}`,
    ...parts.map((part) => `${part.part}: ${part.meaning}${part.words !== '' ? `  <- "${part.words}"` : part.assumed ? '  (assumed)' : ''}`),
    ...('ignored' in reading && reading.ignored.length > 0 ? [`without meaning here: ${reading.ignored.join(' ')}`] : []),
    ...('leftover' in reading && reading.leftover.length > 0 ? [`left over: ${reading.leftover.join(' ')}`] : []),
  ].join('\n');
}

async function callService(config: Config, command: string, body: unknown): Promise<Record<string, unknown>> {
  const found = await findService(config);
  if (found === null) throw new ServiceError('the service', "is not running. Start it with 'npm start'.", { final: true });
  const response = await fetch(`${found.url.replace(/\/$/, '')}/admin/${command}`, { method: 'POST', headers: { authorization: `Bearer ${found.token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) }).catch((cause: unknown) => {
    throw new ServiceError('the service', `does not answer at ${found.url}. Start it with 'npm start'.`, { cause });
  });
  const answered = (await response.json().catch(() => ({ error: `answered ${response.status}` }))) as Record<string, unknown>;
  const told = answered['error'];
  // A refusal of the command is words; of the HTTP server it is an object that holds them.
  const words = typeof told === 'object' && told !== null && 'message' in told ? told.message : told;
  if (!response.ok) throw new ServiceError('the service', String(words ?? `answered ${response.status}`));
  return answered;
}

/** Checks every pack, or one, and says what is in it. */
export async function checkCommand(config: Config, terminal: Terminal, only: string | null): Promise<number> {
  let missing = 0;
  for (const pack of await readPacks(config, only)) {
    terminal.out(`${pack.id}: in order (${pack.sources.size} sources, ${pack.measures.size} measures, ${pack.organisation.units.size} units, ${pack.digests.size} digests, ${pack.people.size} people)`);
    for (const source of pack.sources.values()) {
      const fault = await findFiles(source, pack.dir, config.dataDir).then(() => null, (error: unknown) => { if (!(error instanceof ServiceError)) throw error; return error; });
      if (fault === null) continue;
      missing += 1;
      terminal.err(maskPersonalNumbers(`${pack.id}, ${fault.message}`));
    }
  }
  if (missing > 0) terminal.err(`${missing} ${missing === 1 ? 'source' : 'sources'} can't be loaded.`);
  return missing > 0 ? 3 : 0;
}

/** Sends one page through the running service; no delivery is counted. */
export async function sendCommand(config: Config, log: Log, terminal: Terminal, name: string, options: { to: string; period?: string }): Promise<void> {
  await withHouse(config, terminal.clock, log, terminal, async (house) => {
    const { pack, digest } = digestNamed(house.packs(), name);
    personNamed([pack], options.to);
    const period = options.period === undefined ? latestPeriod(house.figures(pack.id), digest) : parsePeriod(options.period, pack, digest);
    const sent = await callService(config, 'send', { pack: pack.id, digest: digest.id, period, person: options.to });
    terminal.out(`Sent to ${options.to} on ${String(sent['platform'])}: message ${String(sent['messageId'])}${sent['pictureSent'] === true ? ' with picture' : ', without picture'}.`);
  });
}

/** Runs a command on the state and gives what it answers. */
export type Run = (command: string, body: object) => Promise<Record<string, unknown>>;

/** Runs commands on the state: by the running service, else on the database itself, which this process then has until the work is done. */
export async function withState<T>(config: Config, log: Log, work: (run: Run) => Promise<T>): Promise<T> {
  let own: Store | null = null;
  const run: Run = async (command, body) => {
    if (own === null && (await findService(config)) !== null) {
      try {
        return await callService(config, command, body);
      } catch (error) {
        // What a killed service left behind says where it was; the database says whether it is gone.
        if (!(error instanceof ServiceError) || error.final || !error.message.includes('does not answer')) throw error;
      }
    }
    // Nothing was ever kept here: an empty answer would be made by making a database first.
    if (!isKept(config)) throw new ServiceError('the service', "has not run here yet. Start it with 'npm start'.", { final: true });
    own ??= await openServiceStore(config, log);
    return ((await runOnState({ store: own, queue: null, clock: systemClock }, command, body)) ?? {}) as Record<string, unknown>;
  };
  try {
    return await work(run);
  } finally {
    await (own as Store | null)?.close();
  }
}

/** Runs one command on the state. */
export const onState = (config: Config, log: Log, command: string, body: object): Promise<Record<string, unknown>> => withState(config, log, (run) => run(command, body));

/** Whether there is state: a database of its own, or one that a first start has made. */
const isKept = (config: Config): boolean => config.databaseUrl !== null || existsSync(join(config.dataDir, 'state'));

/** Entries of the audit that one call takes. */
const NOTED_AT_ONCE = 20;

/** Puts into the audit what a command is about to show of a person's figures. Before the first start nothing is kept, and so is this. */
async function noteLooked(config: Config, log: Log, entries: readonly { readonly action: string; readonly detail: object }[]): Promise<void> {
  if (!isKept(config)) return;
  await withState(config, log, async (run) => { for (let from = 0; from < entries.length; from += NOTED_AT_ONCE) await run('looked', { entries: entries.slice(from, from + NOTED_AT_ONCE) }); });
}

/** What was asked, or what was asked in vain: for the analysts, who can add the words people use. */
export async function questionsCommand(config: Config, log: Log, terminal: Terminal, options: { unanswered?: boolean; limit: number }): Promise<void> {
  const { questions } = (await onState(config, log, 'questions', { unanswered: options.unanswered === true, limit: options.limit })) as { questions: { askedAt: string; person: string; kind: string; text: string; leftover: string[] }[] };
  const none = options.unanswered === true ? 'Nothing was asked in vain.' : 'Nothing has been asked yet.';
  const zone = questions.length === 0 ? '' : await timeZoneOf(config);
  terminal.out(questions.length === 0 ? none : questions.map((one) => `${localMinute(zone, new Date(one.askedAt))}  ${one.person}  ${one.kind}${one.leftover.length === 0 ? '' : ` (${maskPersonalNumbers(one.leftover.join(', '))})`}  ${maskPersonalNumbers(one.text)}`).join('\n'));
}

/** What is owed, held, delivered, late, failed or unsure, and why. */
export async function statusCommand(config: Config, log: Log, terminal: Terminal, options: { json?: boolean }): Promise<void> {
  const status = (await onState(config, log, 'status', {})) as unknown as { periods: StatusLine[]; troubles: { pack: string; digest: string; period: string; recipient: string; kind: string; state: string; reason: string | null; notBefore: string | null; attempts: number }[]; data: Held[] };
  if (options.json === true) {
    terminal.out(JSON.stringify(status, null, 2));
    return;
  }
  if (status.periods.length === 0) terminal.out('Nothing is owed yet.');
  for (const one of status.periods) {
    const total = Object.values(one.states).reduce((sum, count) => sum + count, 0);
    const rest = DELIVERY_STATES.filter((state) => state !== 'delivered' && (one.states[state] ?? 0) > 0).map((state) => `${one.states[state] ?? 0} ${state}`);
    const more = [...rest, ...(one.late > 0 ? [`${one.late} late`] : []), ...(one.corrections > 0 ? [`${one.corrections} corrected`] : []), ...(one.seen > 0 ? [`${one.seen} seen`] : [])];
    terminal.out(`${one.pack}/${one.digest} ${one.period}: ${one.states['delivered'] ?? 0} of ${total} delivered${more.length === 0 ? '' : `, ${more.join(', ')}`}`);
  }
  for (const one of status.troubles) terminal.out(`  ${one.state}: ${one.pack}/${one.digest} ${one.period} ${one.recipient}${one.kind === 'page' ? '' : ` (${one.kind})`}${one.attempts > 0 ? `, ${one.attempts} ${one.attempts === 1 ? 'attempt' : 'attempts'}` : ''}: ${one.reason ?? 'waits for its turn'}`);
  for (const one of status.data.filter(({ older }) => older)) terminal.out(`  older data: ${one.worker} has ${one.rows} rows of ${one.pack}/${one.source}${one.writtenAt === null ? '' : `, written ${one.writtenAt.slice(0, 16).replace('T', ' ')} UTC`}; others have newer ones, which pages are made from.`);
}

/** Says that a period of a pack is complete, whatever its readiness rules say, or takes it back. */
export async function closeCommand(config: Config, log: Log, terminal: Terminal, packId: string, text: string, options: { source?: string; reopen?: boolean }): Promise<void> {
  const [pack] = await readPacks(config, packId);
  if (pack === undefined) throw new UsageError(`There is no pack '${packId}'.`);
  if (options.source !== undefined && !pack.sources.has(options.source)) throw new UsageError(`There is no source '${options.source}' in ${packId}. Known: ${[...pack.sources.keys()].join(', ')}.`);
  const { from, to } = anyPeriod(text, pack);
  const { changed } = (await onState(config, log, 'close', { pack: pack.id, from, to, source: options.source ?? '', open: options.reopen === true })) as { changed: boolean };
  const what = `${pack.id}${options.source === undefined ? '' : `/${options.source}`} ${text}`;
  terminal.out(options.reopen === true ? (changed ? `${what} is open again.` : `${what} was not closed.`) : changed ? `${what} is closed: pages that waited for it leave within a minute.` : `${what} was closed already.`);
}

/** Lets what failed be sent again. */
export async function retryCommand(config: Config, log: Log, terminal: Terminal, name: string, options: { period?: string; to?: string }): Promise<void> {
  const { pack, digest } = digestNamed(await readPacks(config), name);
  const from = options.period === undefined ? null : parsePeriod(options.period, pack, digest).from;
  const { moved } = (await onState(config, log, 'retry', { pack: pack.id, digest: digest.id, from, person: options.to ?? null })) as { moved: number };
  terminal.out(moved === 0 ? 'Nothing of that has failed.' : `${moved} ${moved === 1 ? 'message is' : 'messages are'} sent again within a minute.`);
}

/** Who would get what when, and why not; nothing is sent. */
export async function planCommand(config: Config, log: Log, terminal: Terminal, options: { from: IsoDate; to: IsoDate; json?: boolean }): Promise<void> {
  const known = await onState(config, log, 'ledger', { from: options.from }).catch((error: unknown) => {
    if (!(error instanceof ServiceError)) throw error;
    terminal.err('The service is not running, so what was sent and who has written to it is not known.');
    return { rows: [], addresses: null, closings: {}, accounts: [] };
  }) as { accounts: Account[]; rows: { pack: string; digest: string; from: string; recipient: string; state: string; reason: string | null }[]; addresses: { person: string; platform: string; knownAs: string }[] | null; closings: Record<string, { from: IsoDate; to: IsoDate; source: string }[]> };
  await withHouse(config, terminal.clock, log, terminal, async (house) => {
    const lines: { due: string; pack: string; digest: string; period: string; recipient: string; what: string }[] = [];
    for (const pack of house.packs()) for (const digest of pack.digests.values()) {
      const [from, to] = [instantAt(options.from, '00:00', pack.timeZone), instantAt(shiftDays(options.to, 1), '00:00', pack.timeZone)];
      for (const { person, period, dueAt, deadline } of planned(pack, digest, recipientsOf(pack, digest), from, to)) {
        const row = known.rows.find((one) => one.pack === pack.id && one.digest === digest.id && one.from === period.from && one.recipient === person.id);
        const what = row !== undefined && !['owed', 'held'].includes(row.state) ? `${row.state}${row.reason === null ? '' : `: ${row.reason}`}`
          : await whyNotYet(config, house, pack, digest, period, person, deadline, known);
        lines.push({ due: localMinute(pack.timeZone, dueAt), pack: pack.id, digest: digest.id, period: period.from, recipient: person.id, what });
      }
    }
    lines.sort((a, b) => a.due.localeCompare(b.due));
    if (options.json === true) terminal.out(JSON.stringify(lines, null, 2));
    else terminal.out(lines.length === 0 ? 'Nothing falls due in these days.' : lines.map((one) => `${one.due}  ${one.pack}/${one.digest}  ${one.period}  ${one.recipient}  ${one.what}`).join('\n'));
  });
}

/** The time zone of who reads what commands list: that of the first pack. */
export const timeZoneOf = (config: Config): Promise<string> => readPacks(config).then(([pack]) => pack?.timeZone ?? TIME_ZONE, (error: unknown) => {
  if (!(error instanceof DefinitionError)) throw error;
  return TIME_ZONE;
});

/** `2026-11-04 09:00` there. */
export const localMinute = (timeZone: string, at: Date): string => new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(at);

/** What a page that has not left would do now. */
async function whyNotYet(config: Config, house: PackHouse, pack: Pack, digest: Digest, period: Period, person: Person, deadline: Date, known: { accounts: Account[]; addresses: { person: string; platform: string; knownAs: string }[] | null; closings: Record<string, { from: IsoDate; to: IsoDate; source: string }[]> }): Promise<string> {
  const platforms = [...(config.slack === null ? [] : ['slack'] as const), ...(config.teams === null ? [] : ['teams'] as const), ...(config.demo ? ['web'] as const : [])];
  const reachable = (config.slack !== null && (person.slack !== null || known.accounts.some((one) => one.pack === pack.id && one.person === person.id && one.platform === 'slack'))) || config.demo || (config.web !== null && config.slack === null && config.teams === null && person.email !== null) || known.addresses === null || platforms.some((platform) => known.addresses?.some((one) => one.person === person.id && one.platform === platform && one.knownAs === knownAs({ pack, person }, platform, known.accounts)) === true);
  if (!reachable) return 'would wait: no address yet, they write to the bot once or the pack names their id';
  const readiness = await readinessOf(house.figures(pack.id), digest, period, known.closings[pack.id] ?? []);
  const missing = [...readiness.missing, ...missingOf(readiness, person.units)];
  if (missing.length === 0) return 'would be sent';
  return `would wait for ${[...new Set(missing.map(({ source }) => source))].join(', ')}; told at the deadline, ${localMinute(pack.timeZone, deadline)}`;
}

/** Takes someone who has left out of all that is kept. */
export async function eraseCommand(config: Config, log: Log, terminal: Terminal, person: string): Promise<void> {
  const still = (await readPacks(config)).find((pack) => pack.people.has(person));
  if (still !== undefined) throw new UsageError(`'${person}' is still in the pack ${still.id}. Take them out of its people first, or they are owed their pages anew.`);
  const { entries } = (await onState(config, log, 'erase', { person })) as { entries: number };
  terminal.out(entries === 0
    ? `Nothing of '${maskPersonalNumbers(person)}' stands in the audit. What else was kept of them, if anything, is gone; is the id written as it was in the pack?`
    : `${maskPersonalNumbers(person)} is erased: addresses, questions, deliveries, and the content of ${entries} audit entries.`);
}

/** Writes all state to a file while everything goes on. */
export async function backupCommand(config: Config, log: Log, terminal: Terminal, file: string): Promise<void> {
  const { rows } = (await onState(config, log, 'backup', { file: resolve(file) })) as { rows: number };
  terminal.out(`${resolve(file)}: ${rows} rows.`);
}

/** Brings a backup into an empty database; the service must not run. */
export async function restoreCommand(config: Config, log: Log, terminal: Terminal, file: string): Promise<void> {
  const store = await openServiceStore(config, log, true);
  try {
    const now = terminal.clock.now();
    const { header, rows } = await readBackup(store, file, now, log);
    const unsure = await doubtOpen(store, now);
    terminal.out(`${rows} rows as of ${header.at}. ${unsure} ${unsure === 1 ? 'delivery that was open then is' : 'deliveries that were open then are'} asked about before anything is sent.`);
  } finally {
    await store.close();
  }
}
