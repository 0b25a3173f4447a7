import type { IsoDate, TimeGrain } from '../calendar/period.ts';
import type { Schedule } from '../calendar/schedule.ts';
import type { ClosedDays } from '../calendar/workday.ts';

export const LANGUAGES = ['da', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A text in every language leaders read. */
export type Text = Readonly<Record<Language, string>>;
/** Words in every language. */
export type Words = Readonly<Record<Language, readonly string[]>>;

export const COLUMN_TYPES = ['text', 'integer', 'decimal', 'number', 'date', 'timestamp', 'boolean', 'duration'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

export interface Column {
  readonly name: string;
  /** `decimal` is exact with `decimals` places (money); `number` is a binary float; `duration` is written `36:00` and counted in hours. */
  readonly type: ColumnType;
  readonly decimals: number;
  /** Decimal sign of this column, where it is another than the layout's; null: as the layout says. */
  readonly decimal: '.' | ',' | null;
  /** Header in the file; or `at` for files whose headers can't be used. */
  readonly header: string | null;
  /** Excel column letter (`A`, `AH`), counted in the file; wins over `header`. */
  readonly at: string | null;
  /** strptime format for dates (`%d-%m-%Y`), or a period spelling: `YYYY-MM`, `YYYY/YY Qn` (fiscal quarter), `YYYY/YY` (fiscal year), `YYYYKn`. The value becomes the period's first day. */
  readonly format: string | null;
  /** Texts that mean "no value" (`..`, `-`, `NA`). The empty text always does. */
  readonly missing: readonly string[];
  /** A row without a value here is rejected. */
  readonly required: boolean;
  /** Why what looks like a CPR number in it is none, in the pack's own words; null: the pack does not say so. */
  readonly noCpr: string | null;
}

/** Rows of the file that hold its totals, found by a condition, with the columns they total; or the cells that do. */
export type ControlTotal =
  | { readonly kind: 'rows'; readonly sql: string; readonly columns: readonly string[] }
  | { readonly kind: 'cells'; readonly cells: Readonly<Record<string, { readonly letter: string; readonly line: number }>> };

export interface Layout {
  readonly format: 'csv' | 'xlsx' | 'parquet' | 'json';
  /** null: detected and reported. */
  readonly delimiter: string | null;
  readonly decimal: '.' | ',' | null;
  readonly thousands: string | null;
  /** null: detected (BOM, UTF-8, else Windows-1252) and reported. */
  readonly encoding: 'utf-8' | 'windows-1252' | 'utf-16le' | null;
  /** 1-based line of the header; 0: no header, columns by `at`. */
  readonly headerRow: number;
  /** 1-based first data line; null: the line after the header. */
  readonly firstRow: number | null;
  /** 1-based last data line; null: to the end. */
  readonly lastRow: number | null;
  /** Worksheet name or 1-based number; null: the only visible one with a table. */
  readonly sheet: string | number | null;
  /** Columns whose blanks repeat the value above (blank-down stubs). */
  readonly fillDown: readonly string[];
  /** Wide to long: columns whose header matches `columns` (a regular expression) become rows, header in `name`, value in `value`. */
  readonly unpivot: { readonly columns: string; readonly name: string; readonly value: string } | null;
  /** Constant columns for this file (`year: 2010-04-01`), as text in the column's own spelling. */
  readonly set: Readonly<Record<string, string>>;
  /** A total that stands in the file, by which the sum of its rows is checked; null: none. */
  readonly controlTotal: ControlTotal | null;
  /** Columns of this file that stand elsewhere than the source says: name -> Excel letter. */
  readonly at: Readonly<Record<string, string>>;
}

export interface FileSet {
  /** Path or glob relative to the pack's folder (or absolute), settings such as `${OVERBLIK_REAL_DATA}` already filled in. */
  readonly pattern: string;
  /** What the settings in the path say: beside the pack's own folder, files may lie in these. */
  readonly folders: readonly string[];
  readonly layout: Layout;
  readonly line: number;
}

export interface Dimension {
  readonly id: string;
  readonly column: string;
  readonly name: Text;
  readonly synonyms: Words;
  /** Plain names of values; a value not named here is shown as it is. */
  readonly values: Readonly<Record<string, Text>>;
  /** Only for roles that may see what is sensitive. */
  readonly sensitive: boolean;
}

/** `refuse`: one row is enough; `tell`: the load says so; `allow`: it is meant. */
export const REPEATS = ['refuse', 'tell', 'allow'] as const;

export const NO_ROWS = ['missing', 'zero'] as const;

export interface Source {
  readonly id: string;
  readonly name: Text;
  /** Where it comes from, shown on cards: system, publisher, licence line. */
  readonly attribution: Text;
  readonly files: readonly FileSet[];
  readonly columns: readonly Column[];
  /** Further columns as SQL scalar expressions over the columns; checked and in canonical spelling. */
  readonly derived: readonly { readonly name: string; readonly sql: string }[];
  /** SQL condition a row must meet (totals rows left out), as written; checked; null: every row. */
  readonly where: string | null;
  /** The same with every comparison of an empty cell decided: what rows are kept by. Null: as `where` says. */
  readonly keeps: string | null;
  /** Columns that tell one row from every other: the same in two files is the same row twice. Empty: all columns do. */
  readonly key: readonly string[];
  /** What becomes of rows that stand in two files alike. Null: refused for money and plans and where most are alike, else told. */
  readonly repeats: (typeof REPEATS)[number] | null;
  /** By how many percent the rows and the money of a month may fall from one load to the next. */
  readonly mayFall: number;
  /** Columns of the files that measures in money are made of. */
  readonly money: readonly string[];
  /** Column with the unit's id, code or name; null: every row belongs to the root. */
  readonly unitColumn: string | null;
  /** What to do with rows whose unit is not in the tree: they are rejected, or left out on purpose. */
  readonly unknownUnits: 'reject' | 'ignore';
  readonly dateColumn: string;
  /** Whether the date is when it was booked or when it happened; a coupling of both says so. */
  readonly dateKind: 'posting' | 'event';
  /** What one date stands for: a row dated 2026-10-01 with grain month covers October. */
  readonly grain: TimeGrain;
  /** The pack says so itself. */
  readonly grainGiven: boolean;
  readonly dimensions: readonly Dimension[];
  /** A month counts as complete when its last row lies at most this many days before its end (for grains day and week). */
  readonly graceDays: number;
  /** Declared complete up to this day (exclusive); null: derived from the last date and the grain. */
  readonly completeTo: IsoDate | null;
  /** What it means that a unit known to the source has no rows in a period that its data cover. */
  readonly noRows: (typeof NO_ROWS)[number];
  readonly line: number;
  readonly file: string;
}

export interface Unit {
  readonly id: string;
  readonly level: string;
  readonly parent: string | null;
  readonly name: Text;
  readonly shortName: Text;
  /** Further spellings in data (codes, official names) and in questions. */
  readonly codes: readonly string[];
  readonly synonyms: readonly string[];
  readonly children: readonly string[];
  /** The day it opened; null: it was always there. */
  readonly from: IsoDate | null;
  /** It is closed from this day on (exclusive end); null: it is open. */
  readonly until: IsoDate | null;
  /** The unit that took over what it did. */
  readonly successor: string | null;
  /** Its rows of all time count as the successor's. */
  readonly merged: boolean;
}

export interface Level {
  readonly id: string;
  readonly name: Text;
  readonly plural: Text;
  readonly synonyms: Words;
}

/** The organisation: exactly one root, levels from the top down. */
export interface Organisation {
  readonly root: string;
  readonly levels: readonly Level[];
  readonly units: ReadonlyMap<string, Unit>;
}

export type MeasureKind = 'flow' | 'stock' | 'distinct' | 'ratio' | 'forecast';

/**
 * What a number counts: `kr`, `GBP`, `hours`, `days`, `persons`, `count`, `percent`, or one of the first six
 * `per` another (`kr per hour`, `hours per person`).
 */
export type UnitOfMeasure = string;

export const DIRECTIONS = ['higher', 'lower', 'near-plan', 'neutral'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/**
 * A base measure split at its aggregates: `parts` are additive over time and units (sum, count, min, max),
 * `outer` combines them.
 */
export interface SplitExpression {
  readonly parts: readonly { readonly sql: string; readonly merge: 'sum' | 'min' | 'max' }[];
  /** SQL with the columns `__p0`, `__p1` … standing for the merged parts. */
  readonly outer: string;
}

interface MeasureBase {
  readonly id: string;
  readonly name: Text;
  readonly synonyms: Words;
  readonly definition: Text;
  readonly unit: UnitOfMeasure;
  readonly decimals: number;
  readonly better: Direction;
  /** From these days on the definition was another: a series across one is not comparable. */
  readonly breaks: readonly { readonly from: IsoDate; readonly note: Text }[];
  /** A count of persons, hidden when 0 < count < threshold; null: no count of persons. */
  readonly threshold: number | null;
  /** The measures that count the persons it is made of: hidden where one of those counts is. */
  readonly persons: readonly string[];
  /** Of a count of persons: the counts that have all of its persons and others too, so that the rest is a difference. */
  readonly partOf: readonly string[];
  /** Of a count of persons: zero is hidden as a small count is. */
  readonly zeroHidden: boolean;
  /** Of a count of persons: the shortest stretch of time it is shown for; longer ones are shown when each such stretch in them is. */
  readonly finest: CountGrain;
  /** Only for roles that may see what is sensitive. */
  readonly sensitive: boolean;
  /** What a question without a period means for this measure. */
  readonly defaultPeriod: 'year-to-date' | 'last-closed';
  readonly line: number;
  readonly file: string;
}

export interface FlowMeasure extends MeasureBase { readonly kind: 'flow'; readonly source: string; readonly sql: string; readonly split: SplitExpression }
export interface StockMeasure extends MeasureBase { readonly kind: 'stock'; readonly source: string; readonly sql: string; readonly split: SplitExpression }
export interface DistinctMeasure extends MeasureBase { readonly kind: 'distinct'; readonly source: string; readonly sql: string; readonly key: string; readonly filter: string | null }
export interface RatioMeasure extends MeasureBase { readonly kind: 'ratio'; readonly numerator: string; readonly denominator: string; readonly scale: number }
/** Year-end forecast of a flow, by the named methods (domain: budget-profile F3, rest-as-budgeted F2, straight-line F1, last-year-profile F4); the first is shown, all give the range. */
export interface ForecastMeasure extends MeasureBase { readonly kind: 'forecast'; readonly of: string; readonly plan: string; readonly methods: readonly ForecastMethod[] }
export type Measure = FlowMeasure | StockMeasure | DistinctMeasure | RatioMeasure | ForecastMeasure;

export const FORECAST_METHODS = ['budget-profile', 'rest-as-budgeted', 'straight-line', 'last-year-profile'] as const;
export type ForecastMethod = (typeof FORECAST_METHODS)[number];

/** Budget or target of a measure. */
export type Plan =
  | { readonly kind: 'measure'; readonly measure: string; readonly by: string; readonly name: Text }
  | { readonly kind: 'target'; readonly measure: string; readonly value: number; readonly units: Readonly<Record<string, number>>; readonly name: Text }
  /** A yearly amount spread over the months: evenly, or by last year's months of the measure itself. */
  | { readonly kind: 'yearly'; readonly measure: string; readonly by: string; readonly spread: 'even' | 'last-year'; readonly name: Text };

export const COUNT_GRAINS = ['month', 'quarter', 'half-year', 'year'] as const satisfies readonly TimeGrain[];
export type CountGrain = (typeof COUNT_GRAINS)[number];

export const SIBLINGS = ['named', 'anonymous', 'none'] as const;

export const DEPTHS = ['all', 'totals'] as const;

/** What a role may see of its own units, and besides them. */
export interface RoleAccess {
  /** The own units with everything below them and divided, or as totals only. */
  readonly depth: (typeof DEPTHS)[number];
  /** The units beside the own: by name, as highest, lowest and average of at least three, or not at all. */
  readonly siblings: (typeof SIBLINGS)[number];
  /** The units above the own, as totals. */
  readonly above: boolean;
  /** Measures and dimensions marked as sensitive. */
  readonly sensitive: boolean;
}

export const ROLES = ['leader', 'chief', 'politician', 'analyst'] as const;
export type Role = (typeof ROLES)[number];

/** How far a role sees where the pack does not say. */
export const depthOf = (role: Role, written: RoleAccess['depth'] | undefined): RoleAccess['depth'] => written ?? (role === 'politician' ? 'totals' : 'all');

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly title: Text;
  readonly role: Role;
  /** Own units; the person sees these, and everything below where their role sees more than totals. */
  readonly units: readonly string[];
  /** Further units they see as if they were their own; their own page is not about these. */
  readonly alsoSees: readonly string[];
  readonly language: Language;
  readonly email: string | null;
  readonly slack: string | null;
  readonly teams: string | null;
}

export type Section =
  | { readonly kind: 'headline'; readonly money: string; readonly output: string; readonly price: string }
  | { readonly kind: 'table'; readonly title: Text; readonly measures: readonly string[]; readonly period: 'digest' | 'year-to-date' }
  | { readonly kind: 'chart'; readonly chart: 'coupled' | 'trend' | 'multiples' | 'variance'; readonly title: Text; readonly measures: readonly string[]; readonly months: number; readonly levels: readonly string[] }
  | { readonly kind: 'ranking'; readonly title: Text; readonly measure: string; readonly level: string; readonly top: number }
  | { readonly kind: 'text'; readonly text: Text };

/** When the rows of a source are complete for a period. A period that was closed by hand is complete whatever they say. */
export interface SourceRule {
  readonly source: string;
  /** Rows up to the period's last day, the source's grace apart. */
  readonly toLastDay: boolean;
  /** Every unit of this level (or one below it) has rows in the period; null: not asked. */
  readonly level: string | null;
  /** The number of rows is at most this many percent from the middle of the six periods before; null: not asked. */
  readonly rowsWithin: number | null;
  /** The same for the totals of measures, by measure. */
  readonly totalsWithin: Readonly<Record<string, number>>;
  /** Rows and sums of the whole may be this many percent less than usual, and a unit without rows where it usually has some is no reason to wait only at 100; null: 50, where `rowsWithin` and `totalsWithin` do not say otherwise. */
  readonly mayFall: number | null;
  /** So many rows of the year up to the period's end may have been set aside; null: none of money and plans, any of other sources. */
  readonly rejects: number | null;
  /** Someone has to close the period by hand. */
  readonly closed: boolean;
}

export interface Digest {
  readonly id: string;
  readonly title: Text;
  readonly schedule: Schedule;
  /** When it is told that a page is late and why; null: three working days after it was due. */
  readonly deadline: Schedule | null;
  /** What must hold before the page of a period leaves; empty: every measure on it has rows to the period's end. */
  readonly readiness: readonly SourceRule[];
  /** A figure that moves by more than this many percent after it was sent is corrected. */
  readonly tolerance: number;
  readonly period: { readonly grain: TimeGrain; readonly which: 'last-closed' };
  readonly audience: readonly { readonly role: Role; readonly level: string | null }[];
  /** First period that is owed; earlier ones are never sent. */
  readonly start: IsoDate;
  readonly sections: readonly Section[];
  readonly line: number;
  readonly file: string;
}

/** A caveat about data that cards must carry: from the pack itself or read from a file of caveats. */
export interface Caveat {
  /** null: every unit. */
  readonly unit: string | null;
  /** null: every measure. */
  readonly measures: readonly string[] | null;
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly text: Text;
}

/** Where a pack is when it does not say. */
export const TIME_ZONE = 'Europe/Copenhagen';

/** Data whose dates are moved by whole months as they load, so that a demonstration never ages. */
export interface Demonstration {
  /** First day of the last whole month in the files. */
  readonly lastMonth: IsoDate;
  /** How many months everything in the pack is moved forward by. */
  readonly moved: number;
}

/** A pack: checked, complete, frozen. After this no one checks again. */
export interface Pack {
  readonly id: string;
  readonly dir: string;
  readonly title: Text;
  /** Shown wherever figures of the pack are shown (`Syntetiske data`); null: real data. */
  readonly label: Text | null;
  /** Synthetic data that move on with time; null: data that stay where they are. */
  readonly demonstration: Demonstration | null;
  readonly timeZone: string;
  readonly language: Language;
  /** First month of the fiscal year, 1 to 12. */
  readonly yearStart: number;
  /** Days without work beside the public holidays, as `MM-DD`. */
  readonly closedDays: ClosedDays;
  /** The channel that is told how deliveries went, by platform; none: the people with the role analyst, each by themselves. */
  readonly analystsChannel: { readonly slack: string | null; readonly teams: string | null };
  /** How many months is kept: what was asked, what pages showed, what the audit says. */
  readonly retention: { readonly questions: number; readonly pages: number; readonly audit: number };
  readonly organisation: Organisation;
  readonly sources: ReadonlyMap<string, Source>;
  readonly measures: ReadonlyMap<string, Measure>;
  readonly plans: ReadonlyMap<string, Plan>;
  readonly caveats: readonly Caveat[];
  /** A file of caveats: source id and the columns that hold unit, from, to and text. */
  readonly caveatSource: { readonly source: string; readonly text: string; readonly measures: readonly string[] | null } | null;
  readonly people: ReadonlyMap<string, Person>;
  readonly access: Readonly<Record<Role, RoleAccess>>;
  readonly digests: ReadonlyMap<string, Digest>;
}
