import type { Message } from './card/card.ts';
import type { Worksheet } from './card/sheet.ts';
import type { ChartSpec } from './chart/spec.ts';
import type { IsoDate } from './calendar/period.ts';
import type { Doubt } from './query/result.ts';

/** A value bound to a statement, never spliced into its text. */
export type Parameter = string | number | boolean | null;

/** Runs one SQL statement on the facts of one source. Numbers wider than 2^53 and decimals come as text, dates as ISO text. */
export interface Facts {
  query(sql: string, parameters?: readonly Parameter[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** The engine's own parser, for the expressions analysts write. */
export interface SqlParser {
  /** The syntax tree of `SELECT <expression>`, or what is wrong with it and where (0-based offset in the expression, null when unknown). */
  parse(expression: string): Promise<{ ok: true; tree: unknown } | { ok: false; message: string; offset: number | null }>;
  /** Why an expression does not fit a relation's columns, in the engine's words; null when it does. Nothing is run. */
  bind(expression: string, relation: string): Promise<string | null>;
  /** The canonical text of a tree that `parse` gave. */
  render(tree: unknown): Promise<string>;
}

/** State: addresses, deliveries, questions, audit. The same SQL (PostgreSQL 15) on PGlite and PostgreSQL. */
export interface Store {
  query<R extends Record<string, unknown>>(sql: string, parameters?: readonly Parameter[]): Promise<R[]>;
  /** All or nothing; rejects with what `work` threw. */
  transaction<T>(work: (store: Pick<Store, 'query'>) => Promise<T>): Promise<T>;
  /** Statements that a library wrote, several in one text, outside any transaction of ours; all rows they gave. */
  script<R extends Record<string, unknown>>(sql: string): Promise<R[]>;
  close(): Promise<void>;
}

/** Wake-ups for deliveries, handed out once each, kept in the store. What is true of a delivery stands in its row and nowhere else. */
export interface Queue {
  /** Puts wake-ups in, within `transaction`, so that they exist exactly when what it wrote does. */
  add(transaction: Pick<Store, 'query'>, deliveries: readonly number[], afterSeconds?: number): Promise<void>;
  /** Hands wake-ups to `handle`, several at a time; `stop` resolves when those begun have ended. What was not begun stays in the queue. */
  work(handle: (delivery: number) => Promise<void>): Promise<{ stop(): Promise<void> }>;
  close(): Promise<void>;
}

/** Writes worksheets as an .xlsx file. */
export type WriteWorkbook = (sheets: readonly Worksheet[]) => Promise<Uint8Array>;

/** Draws a chart as PNG. Rejects with ServiceError when it can't. */
export interface Painter {
  paint(chart: ChartSpec): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface Clock {
  now(): Date;
}

export interface Log {
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

export const PLATFORMS = ['slack', 'teams', 'web'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** Who wrote, as verified by the platform; never taken from the text. */
export interface Identity {
  readonly platform: Platform;
  /** Slack team id, Entra tenant id; in the web chat `local` (the demo) or `proxy` (signed in by one). */
  readonly tenant: string;
  /** Slack user id, Entra object id; in the web chat the demo person's id, or the e-mail. */
  readonly user: string;
  /** Verified by the platform; null where it does not say. */
  readonly email: string | null;
  /** What the account is called, as its owner wrote it: for people to read, and never who it is. */
  readonly name?: string;
  /** Let in by others than the organisation. */
  readonly guest?: boolean;
}

/** Our own record of a conversation: enough to write there later, no SDK's object in it. */
export interface Address {
  readonly platform: Platform;
  readonly tenant: string;
  readonly conversation: string;
  /** Message to answer under; null: at the top of the conversation. */
  readonly thread: string | null;
  readonly user: string;
  /** Teams: where its connector lives, and the bot's own id there; empty elsewhere. */
  readonly serviceUrl: string;
  readonly bot: string;
}

/** What came in from a platform. */
export interface Incoming {
  /** Platform's id of the event: the same event twice is handled once. An edited message is an event of its own. */
  readonly id: string;
  readonly kind: 'message' | 'edited' | 'command' | 'action' | 'installed' | 'home';
  readonly from: Identity;
  readonly address: Address;
  /** One to one with the bot, or others read along. */
  readonly direct: boolean;
  /** What was typed, without the mention of the bot; for an action, its `ask`. */
  readonly text: string;
}

/** What the first floor does with an Incoming; null: nothing to say. The adapter sends it back where it came from. */
export type Handle = (incoming: Incoming) => Promise<Message | null>;

/** What a delivery asks of the adapter that sends it. */
export interface Sending {
  /** The same for every attempt at one delivery: goes with the message where the platform can carry it, for `find`. */
  readonly key: string;
  /** Of which data it is made, in one word; goes along and is given back by `find`. */
  readonly data?: string;
  /** After this instant the message must not leave any more: another worker may take over. */
  readonly until: Date;
}

/** One chat platform. */
export interface ChatAdapter {
  readonly platform: Platform;
  /** Connects, or mounts its routes; resolves when it can receive. Sending works without it. */
  start(handle: Handle): Promise<void>;
  /** Sends to an address of this platform; resolves with the platform's message id only when the platform accepted it. Rejects with ServiceError. */
  send(address: Address, message: Message, sending?: Sending): Promise<{ messageId: string; pictureSent: boolean }>;
  /** Asks the platform for the message with this key, written at or after `since`; null: it has none. Null where the platform can't be asked. */
  readonly find: ((address: Address, key: string, since: Date) => Promise<{ messageId: string; data?: string } | null>) | null;
  stop(): Promise<void>;
}

/** One thing looked at in a set-up: `note` is what was not looked at, or needs nothing. Holds no secret and nothing about a person. */
export interface Check {
  readonly state: 'ok' | 'warn' | 'fail' | 'note';
  /** What was looked at: `Slack scopes`. */
  readonly what: string;
  readonly found: string;
  /** What to do; empty when there is nothing to do. */
  readonly advice: string;
}

/** What a look at one part of the outside gave. */
export interface Examination {
  readonly checks: readonly Check[];
  /** What its clock said, at some instant between two of ours; null when it said nothing. */
  readonly clock: { readonly of: string; readonly said: Date; readonly asked: Date; readonly answered: Date } | null;
}

/** What became of the rows of one file: `read` = `rows` + `leftOut` + `ignored` + `control` + `rejected`. */
export interface FileReport {
  readonly path: string;
  readonly encoding: string;
  readonly delimiter: string;
  /** Records of the file that are not blank, by a count of its own; null: the format has none. One becomes several by unpivot. */
  readonly records: number | null;
  readonly read: number;
  /** Now in the facts. */
  readonly rows: number;
  readonly leftOut: number;
  /** Of these: because a cell of the condition is empty. */
  readonly leftOutEmpty: number;
  /** Of units left out on purpose. */
  readonly ignored: number;
  /** Totals that the file was checked by. */
  readonly control: number;
  readonly rejected: number;
  /** Fields with line breaks in them. */
  readonly breaks: number;
}

/** One file's rows of one month: all of them, those in the facts, and of these the sums of money and the sums of its size. */
export interface Tally {
  readonly file: string;
  /** Null: the date could not be read. */
  readonly month: IsoDate | null;
  readonly read: number;
  readonly rows: number;
  readonly sums: Readonly<Record<string, { readonly sum: number; readonly turnover: number }>>;
}

/** A word about one file, for analysts. `doubt`: whoever is shown the figures must know it as well. */
export interface Remark {
  readonly file: string;
  readonly text: string;
  readonly doubt?: Doubt;
}

/** What the load of a source says. */
export interface LoadReport {
  readonly source: string;
  readonly rows: number;
  readonly rejected: number;
  /** At most 20 of the rejected rows; all stand in the table `rejects` of the source's facts. */
  readonly rejects: readonly { readonly file: string; readonly line: number; readonly column: string; readonly value: string; readonly reason: string }[];
  readonly files: readonly FileReport[];
  /** How many rows were set aside, by the month they are dated in; null: their date could not be read. */
  readonly rejectedIn: readonly { readonly month: IsoDate | null; readonly rows: number }[];
  /** The commonest reasons, with the first place of each; no values. */
  readonly rejectReasons: readonly { readonly column: string; readonly reason: string; readonly rows: number; readonly file: string; readonly line: number }[];
  /** What each file held of each month, held against by the next load. */
  readonly tally: readonly Tally[];
  /** Of what the files hold, whatever they are called and whenever they were written: the same means the same data. */
  readonly contents: string;
  /** ISO instant: when the newest of the files was written; empty where it is not known. */
  readonly writtenAt: string;
  /** Of how its rows are counted: equal means that the same rows give the same figures. */
  readonly counted: string;
  /** What the loads before it on this machine held, as `contents`, the newest first: of these it is known that it came after them. */
  readonly follows: readonly string[];
  /** Of what the pack says of the source and of its units. */
  readonly definition: string;
  /** What an analyst must know though nothing was refused. */
  readonly remarks: readonly Remark[];
  /** First and last date in the facts; null when there are none. */
  readonly firstDate: IsoDate | null;
  readonly lastDate: IsoDate | null;
  readonly loadedAt: string;
  readonly durationMs: number;
  /** Of the files, the definition and the tree: equal means nothing to load. */
  readonly signature: string;
  /** Where the facts are. */
  readonly file: string;
}

