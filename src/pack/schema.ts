import { z } from 'zod';
import { TIME_GRAINS } from '../calendar/period.ts';
import { COLUMN_TYPES, COUNT_GRAINS, DEPTHS, DIRECTIONS, FORECAST_METHODS, LANGUAGES, NO_ROWS, REPEATS, ROLES, SIBLINGS } from './model.ts';
import { nearest } from './nearest.ts';

const MOST_KEYS = 10;

/** An object with exactly these keys; an unknown key is told with the nearest allowed one. */
function only<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      const keys = (issue as unknown as { keys: string[] }).keys;
      const allowed = Object.keys(shape);
      const near = keys.map((key) => nearest(key, allowed)).find((name) => name !== null) ?? null;
      return `Unknown key ${keys.slice(0, MOST_KEYS).map((key) => `'${key}'`).join(', ')}${keys.length > MOST_KEYS ? ` and ${keys.length - MOST_KEYS} more` : ''}.\n${near === null ? '' : `Did you mean '${near}'? `}Allowed: ${allowed.join(', ')}.`;
    },
  });
}

const pattern = (regex: RegExp, message: string): z.ZodString => z.string().regex(regex, { error: message });

/** Ids go into file names and SQL names, so they are plain. */
export const ID = /^[a-z][a-z0-9_-]*$/;
const id = pattern(ID, 'Not usable as an id.\nUse small letters a-z, digits, - and _, beginning with a letter (æ, ø and å are written ae, oe, aa).');
const text = z.union([z.string().min(1), only({ da: z.string().min(1), en: z.string().min(1) })])
  .describe('A text in Danish and English ({da: …, en: …}), or one text for both');
const words = z.union([z.array(z.string()), only({ da: z.array(z.string()).optional(), en: z.array(z.string()).optional() })])
  .describe('Further names: a list for both languages, or {da: […], en: […]}');
const day = pattern(/^\d{4}-\d{2}-\d{2}$/, 'Not a date.\nWrite it as YYYY-MM-DD.');
const letter = pattern(/^[A-Z]{1,3}$/, 'Not a column letter.\nWrite the letter Excel shows above the column: A, B … AH.');
const cellPlace = pattern(/^[A-Z]{1,3}[1-9]\d{0,6}$/, 'Not a cell.\nWrite its column and line as Excel shows them: C2.');
/** One SQL expression: long ones are better made of several columns. */
const expression = z.string().min(1).max(10_000);
const byName = <T extends z.ZodType>(value: T): z.ZodRecord<typeof id, T> => z.record(id, value);

const columnType = pattern(new RegExp(`^(${COLUMN_TYPES.join('|')})(\\(\\d{1,2}\\))?$`), `Not a column type.\nAllowed: ${COLUMN_TYPES.join(', ')}, and decimal(2) for two decimals.`);
/** The reason is what an auditor reads, so there is no `true` without one. */
const noCpr = z.string({ error: 'no_cpr is the reason, in words.\nSay which numbers the column holds: no_cpr: "voucher numbers of the finance system".' }).max(300)
  .refine((reason) => /\p{L}{3}/u.test(reason) && reason.trim().length >= 8, { error: 'The reason says too little.\nSay which numbers the column holds and where they come from: no_cpr: "voucher numbers of the finance system".' });
const column = z.union([columnType, only({
  type: columnType,
  header: z.string().optional().describe('The header in the file, where it differs from the name'),
  at: letter.optional().describe('The Excel letter of the column, where headers cannot be used'),
  format: z.string().optional().describe('How dates are written: %d-%m-%Y, or YYYY-MM, YYYY/YY Qn, YYYY/YY, YYYYKn'),
  missing: z.array(z.string()).optional().describe('Texts that mean no value: "..", "-"'),
  required: z.boolean().optional(),
  decimal: z.enum(['.', ',']).optional().describe('Decimal sign of this column, where the file writes its columns in different ways'),
  no_cpr: noCpr.optional().describe('Why values that look like CPR numbers are none, in words: they are let through, and the report of the load shows the reason'),
})]);

const layout = {
  format: z.enum(['csv', 'xlsx', 'parquet', 'json']).optional(),
  delimiter: z.string().min(1).max(1).optional(),
  decimal: z.enum(['.', ',']).optional(),
  thousands: z.string().max(1).optional(),
  encoding: z.enum(['utf-8', 'windows-1252', 'utf-16le']).optional(),
  header_row: z.int().min(0).optional().describe('Line of the header, counted from 1; 0: none'),
  first_row: z.int().min(1).optional(),
  last_row: z.int().min(1).optional(),
  sheet: z.union([z.string(), z.int().min(1)]).optional(),
  fill_down: z.array(z.string()).optional(),
  unpivot: only({ columns: z.string().max(200), name: z.string(), value: z.string() }).optional(),
  control_total: z.union([only({ rows: expression, columns: z.array(z.string()).min(1) }), only({ cells: z.record(z.string(), cellPlace) })]).optional()
    .describe('Totals that stand in the file, checked against the sum of its rows: rows (an SQL condition) and the columns they total, or cells (column: C2)'),
};
const path = z.string().min(1).max(1000);
const file = z.union([path, only({ path, ...layout, set: z.record(z.string(), z.coerce.string()).optional(), at: z.record(z.string(), letter).optional() })]);

const sensitivity = z.enum(['open', 'sensitive']).optional().describe('Sensitive: only for roles that access: lets see it');
const dimension = only({ column: z.string(), name: text, synonyms: words.optional(), values: z.record(z.string(), text).optional(), sensitivity });

const source = only({
  name: text,
  attribution: text.optional().describe('Where it comes from, shown on every card'),
  files: z.union([file, z.array(file).min(1)]),
  ...layout,
  columns: z.record(z.string().min(1), column),
  derive: z.record(id, expression).optional().describe('Further columns: name -> SQL expression over the columns'),
  where: expression.optional().describe("SQL condition that rows must meet; an empty cell equals no text or number, so <> 'Total' keeps it"),
  key: z.array(z.string()).min(1).optional().describe('Columns that tell one row from every other; the same in two files is refused'),
  repeats: z.enum(REPEATS).optional().describe('Rows that would count twice (alike in two files, pasted into one twice, totals among the rows): refuse one, tell analysts, or allow; without this key refused for money and plans, and where most rows are alike'),
  may_fall: z.number().min(0).max(100).optional().describe('By how many percent the rows and the money of a month may fall from one load to the next; without it 5'),
  unit: z.string().optional().describe('The column that names the unit'),
  unknown_units: z.enum(['reject', 'ignore']).optional(),
  date: z.string().describe('The column that holds the date'),
  date_kind: z.enum(['posting', 'event']).optional(),
  grain: z.enum(TIME_GRAINS).optional(),
  grace_days: z.int().min(0).max(31).optional().describe('A month counts as complete when its last row is at most this many days before its end'),
  complete_to: day.optional().describe('Complete up to and including the day before this one'),
  no_rows: z.enum(NO_ROWS).optional().describe('What it means that a unit has no rows in a period the data cover: missing (the default), or zero, for a register of what happens'),
  dimensions: byName(dimension).optional(),
});

const names = z.union([z.string(), z.array(z.string()).min(1)]);
const about = {
  name: text,
  synonyms: words.optional(),
  definition: text.describe('What it counts, in plain words'),
  unit: z.string().min(1).describe('kr, GBP, EUR, hours, days, persons, count, percent, or one per another: kr per hour'),
  decimals: z.int().min(0).max(4).optional(),
  better: z.enum(DIRECTIONS).optional(),
  breaks: z.array(only({ from: day, note: text })).optional().describe('The definition is valid from this day on; figures before it were counted otherwise'),
  threshold: z.int().min(0).max(100).optional().describe('A count under this is not shown; 0 shows all (for things, not persons)'),
  persons: names.optional().describe('The measure that counts the persons this figure is made of, or several: where one of those counts is hidden, so is this figure'),
  part_of: names.optional().describe('The count of persons that this one is a part of, or several: where what is left of it is a small count, this one is hidden too'),
  zero: z.enum(['shown', 'hidden']).optional().describe('Whether a count of no persons is shown or hidden like a small one'),
  finest: z.enum(COUNT_GRAINS).optional().describe('The shortest stretch of time a count of persons is shown for; choose a longer one where months are small'),
  sensitivity,
  default_period: z.enum(['year-to-date', 'last-closed']).optional(),
};
const aggregate = { source: z.string(), sql: expression, ...about };
const measure = z.discriminatedUnion('kind', [
  only({ kind: z.literal('flow'), ...aggregate }),
  only({ kind: z.literal('stock'), ...aggregate }),
  only({ kind: z.literal('distinct'), ...aggregate }),
  only({ kind: z.literal('ratio'), numerator: z.string(), denominator: z.string(), scale: z.number().optional(), ...about }),
  only({ kind: z.literal('forecast'), of: z.string(), plan: z.string(), methods: z.array(z.enum(FORECAST_METHODS)).min(1), ...about }),
]);

const plan = z.union([
  only({ by: z.string(), name: text.optional() }),
  only({ target: z.number(), units: z.record(z.string(), z.number()).optional(), name: text.optional() }),
  only({ yearly: z.string(), spread: z.enum(['even', 'last-year']), name: text.optional() }),
]);

const section = z.discriminatedUnion('kind', [
  only({ kind: z.literal('headline'), money: z.string(), output: z.string(), price: z.string() }),
  only({ kind: z.literal('table'), title: text, measures: z.array(z.string()).min(1), period: z.enum(['digest', 'year-to-date']).optional() }),
  only({ kind: z.literal('chart'), chart: z.enum(['coupled', 'trend', 'multiples', 'variance']), title: text.optional(), measures: z.array(z.string()).min(1), months: z.int().min(2).max(36).optional(), levels: z.array(z.string()).optional() }),
  only({ kind: z.literal('ranking'), title: text, measure: z.string(), level: z.string(), top: z.int().min(1).max(20).optional() }),
  only({ kind: z.literal('text'), text }),
]);

const schedule = pattern(/^((workday \d{1,2}|last workday)( at \d{2}:\d{2})?|cron .+)$/, 'Not a schedule.\nWrite "workday 5 at 08:00", "last workday at 12:00", or "cron 0 8 5 * *".');
const percent = z.number().gt(0).max(1000);
const sourceRule = only({
  to_last_day: z.boolean().optional().describe('Rows up to the last day of the period; without this key: yes'),
  units: z.string().optional().describe('Every unit of this level has rows in the period'),
  rows_within: percent.optional().describe('The number of rows is at most this many percent from the middle of the six periods before'),
  totals_within: z.record(z.string(), percent).optional().describe('The same for the totals of measures of the source: measure -> percent'),
  may_fall: z.number().min(0).max(100).optional().describe('The rows of the period, and the sums on the page, may be this many percent less than in the middle of the six periods before and than a year ago; without it 50. With 100 a unit may also have no rows where it usually has some'),
  rejects: z.int().min(0).optional().describe('So many rows of the year up to the end of the period may have been set aside; without it 0 for sources with money or a plan, else any'),
  closed: z.boolean().optional().describe('Wait until someone closes the period: overblik close <pack> <period>'),
});

const digest = only({
  title: text,
  schedule,
  deadline: schedule.optional().describe('When leaders and analysts are told that the page is late and why; without it three working days after it was due'),
  readiness: z.record(z.string(), sourceRule).optional().describe('What must hold for a source before the page leaves: source -> rule'),
  tolerance: z.number().min(0).max(100).optional().describe('A figure that moves by more than this many percent after it was sent is corrected; without it 1'),
  period: pattern(/^last closed (week|month|quarter|half-year|year)$/, 'Not a period.\nWrite "last closed month" (or week, quarter, half-year, year).'),
  audience: z.array(only({ role: z.enum(ROLES), level: z.string().optional() })).min(1),
  start: day.describe('The first period that is owed begins on this day'),
  sections: z.array(section).min(1),
});

export const person = only({
  name: z.string().min(1),
  title: text.optional(),
  role: z.enum(ROLES),
  units: z.array(z.string()).min(1),
  also_sees: z.array(z.string()).optional().describe('Further units they may ask about as if they were their own'),
  language: z.enum(LANGUAGES).optional(),
  email: z.email().optional(),
  slack: z.string().optional(),
  teams: z.string().optional(),
});

const roleAccess = only({
  depth: z.enum(DEPTHS).optional().describe('Of the own units: all (everything below them, and divided) or totals; without this key all, for politicians totals'),
  siblings: z.enum(SIBLINGS).optional().describe('The units beside the own: named, anonymous (highest, lowest and average of at least three), or none'),
  above: z.boolean().optional().describe('The units above the own, as totals'),
  sensitive: z.boolean().optional().describe('Measures and dimensions marked as sensitive'),
});

const unitShape = {
  id: id.optional(),
  name: text,
  short_name: text.optional(),
  from: day.optional().describe('The day the unit opened: before it no figures are missed'),
  until: day.optional().describe('The last day of a unit that closed: after it no figures are missed'),
  successor: id.optional().describe('The unit that took over what a closed unit did'),
  history: z.enum(['own', 'successor']).optional().describe('Where the figures of a closed unit stand: under itself (the default), or with those of all time under its successor'),
  codes: z.array(z.coerce.string()).optional(),
  synonyms: z.array(z.string()).optional(),
};
export interface RawUnit { id?: string | undefined; from?: string | undefined; until?: string | undefined; successor?: string | undefined; history?: 'own' | 'successor' | undefined; name: string | { da: string; en: string }; short_name?: string | { da: string; en: string } | undefined; codes?: string[] | undefined; synonyms?: string[] | undefined; children?: (string | RawUnit)[] | undefined }
const unit: z.ZodType<RawUnit> = z.lazy(() => only({ ...unitShape, children: z.array(z.union([z.string().min(1), unit])).optional() })) as z.ZodType<RawUnit>;

/** Every answer that a caveat is about shows it and is held against it. */
const MOST_CAVEATS = 500;
const LONGEST_CAVEAT = 1000;
const caveatText = text.refine((given) => (typeof given === 'string' ? [given] : Object.values(given)).every((one) => one.length <= LONGEST_CAVEAT), `The caveat is longer than ${LONGEST_CAVEAT} signs, which is the most that is shown below figures.\nSay here what a reader must know, and the rest where the data come from.`);
const caveat = only({ unit: z.string().optional(), measures: z.array(z.string()).optional(), from: day, to: day, text: caveatText });

const MOST_MONTHS = 240;
const months = z.int().min(1).max(MOST_MONTHS);

/** One YAML file of a pack. Every section may stand in any file of the folder; together they are the pack. */
export const packFile = only({
  pack: only({
    title: text,
    label: text.optional().describe('Shown wherever figures of the pack are shown, such as "Synthetic data"'),
    demonstration: only({
      last_month: pattern(/^\d{4}-(0[1-9]|1[0-2])$/, 'Not a month.\nWrite year and month as "2026-10".').describe('Last whole month in the files, as 2026-10'),
    }).optional().describe('Only with a label: synthetic data whose dates move on by whole months as they load, so that their last month is always the last closed one'),
    time_zone: z.string().optional(),
    language: z.enum(LANGUAGES).optional(),
    year_start: z.int().min(1).max(12).optional().describe('First month of the fiscal year'),
    closed_days: z.array(pattern(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'Not a day of the year.\nWrite month and day as "12-24".')).max(10).optional().describe('Days without work beside the public holidays: ["12-24", "12-31"]'),
    retention: only({ questions: months.optional(), pages: z.int().min(14).max(MOST_MONTHS).optional(), audit: months.optional() }).optional().describe('How many months is kept: what was asked (without it 24), what pages showed (60, at least 14 for corrections), what the audit says (60)'),
    analysts: only({ slack: z.string().min(1).optional(), teams: z.string().min(1).optional() }).optional().describe('The channel that is told how deliveries went, by its id; without it every analyst is told'),
  }).optional(),
  organisation: only({
    levels: z.array(only({ id, name: text, plural: text.optional(), synonyms: words.optional() })).min(1),
    unit,
  }).optional(),
  sources: byName(source).optional(),
  measures: byName(measure).optional(),
  plans: byName(plan).optional(),
  digests: byName(digest).optional(),
  people: byName(person).optional(),
  access: only({ leader: roleAccess.optional(), chief: roleAccess.optional(), politician: roleAccess.optional(), analyst: roleAccess.optional() }).optional().describe('What each role may see of its own units, and besides them'),
  caveats: z.array(caveat).max(MOST_CAVEATS, `There are more than ${MOST_CAVEATS} caveats, which is the most that are written in a pack.\nKeep them in a data file, and name it with caveat_source.`).optional(),
  caveat_source: only({ source: z.string(), text: z.string(), measures: z.array(z.string()).optional() }).optional(),
});
export type RawPackFile = z.infer<typeof packFile>;
export type RawSource = z.infer<typeof source>;
export type RawPerson = z.infer<typeof person>;
export type RawMeasure = z.infer<typeof measure>;
export type RawDigest = z.infer<typeof digest>;
export type RawText = z.infer<typeof text>;

/** The JSON Schema of a pack's YAML files, for completion and checks in editors. */
export function packJsonSchema(): Record<string, unknown> {
  return { title: 'Overblik digest pack', ...z.toJSONSchema(packFile, { unrepresentable: 'any', io: 'input' }) };
}
