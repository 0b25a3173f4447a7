import { TIME_ZONE, type Column } from '../../pack/model.ts';

/** How numbers are written in one column of one file. */
export interface NumberSpelling {
  readonly decimal: '.' | ',';
  readonly thousands: string | null;
  /** Every number has a percent sign, which says nothing more then. */
  readonly percent: boolean;
  /** Every number has the same foreign currency. */
  readonly foreign: boolean;
}

/** A cell whose formula was never worked out. */
export const UNCALCULATED = '#FORMULA';
/** What Excel and LibreOffice show where a formula has no value, in English and Danish. */
export const CELL_ERRORS = [UNCALCULATED, '#DIV/0!', '#N/A', '#REF!', '#VALUE!', '#NAME?', '#NUM!', '#NULL!', '#SPILL!', '#CALC!', '#FIELD!', '#GETTING_DATA',
  '#DIVISION/0!', '#I/T', '#REFERENCE!', '#VÆRDI!', '#NAVN?', '#NUL!', '#OVERLØB!', '#########'] as const;

/** A text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Blanks that are cut off at the ends of every cell, the no-break space of Danish thousands among them. */
export const BLANKS = "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8201) || chr(8203) || chr(8239) || chr(65279)";

/** The text of a raw cell, null when it stands for no value. `oddBlanks`: others than the space are there too; cutting those takes ten times as long. */
export function cleaned(raw: string, column: Column, oddBlanks: boolean): string {
  const text = oddBlanks ? `trim(${raw}, ${BLANKS})` : `trim(${raw})`;
  return ['', ...column.missing.map((word) => word.trim())].reduce((value, word) => `nullif(${value}, ${literal(word)})`, text);
}

export const SQL_TYPES: Readonly<Record<Column['type'], (column: Column) => string>> = {
  text: () => 'VARCHAR',
  integer: () => 'BIGINT',
  decimal: (column) => `DECIMAL(18,${column.decimals})`,
  number: () => 'DOUBLE',
  date: () => 'DATE',
  timestamp: () => 'TIMESTAMP',
  boolean: () => 'BOOLEAN',
  duration: () => 'DOUBLE',
};

/** The typed value of a cleaned cell, null when it does not fit. `isoToo`: dates may also come as ISO text, from a typed cell. */
export function typed(text: string, column: Column, spelling: NumberSpelling, yearStart: number, isoToo: boolean, timeZone: string = TIME_ZONE): string {
  switch (column.type) {
    case 'text': return text;
    case 'integer': case 'decimal': case 'number': return numeric(text, column, spelling);
    case 'date': return dated(text, column.format, yearStart, isoToo, timeZone);
    case 'duration': return hours(text);
    case 'timestamp': return column.format === null ? isoTime(text, timeZone)
      : isoToo ? `coalesce(try_strptime(${text}, ${literal(column.format)}), ${isoTime(text, timeZone)})` : `try_strptime(${text}, ${literal(column.format)})`;
    case 'boolean': return `case when lower(${text}) in ('true', 'ja', 'sand', 'yes', 'j', 'y', '1', 'x') then true when lower(${text}) in ('false', 'nej', 'falsk', 'no', 'n', '0') then false end`;
  }
}

/** A point in time as ISO text. One with an offset (`2026-09-30T22:30:00Z`) is told by the clocks of the pack: half past midnight on 1 October in Denmark. */
const isoTime = (text: string, timeZone: string): string =>
  `case when regexp_matches(${text}, '\\d{2}:\\d{2}.*([zZ]|[-+]\\d{2}(:?\\d{2})?)$') then timezone(${literal(timeZone)}, try_cast(${text} as timestamptz)) else try_cast(${text} as timestamp) end`;

/** Hours and minutes, `36:00` or `-0:07:30`, as hours. */
function hours(text: string): string {
  const part = (n: number): string => `try_cast(split_part(ltrim(${text}, '-'), ':', ${n}) as bigint)`;
  return `case when regexp_full_match(${text}, '-?\\d{1,7}:[0-5]\\d(:[0-5]\\d)?') then (${part(1)} * 3600 + ${part(2)} * 60 + coalesce(${part(3)}, 0)) * case when starts_with(${text}, '-') then -1 else 1 end / 3600.0::double end`;
}

/**
 * The engine's own casts are too kind: they round `12.7` to a BIGINT and `1.239` to two decimals, and read `1e5` as
 * a whole number. So the form is checked first, and a value with more decimals than the column is set aside.
 */
function numeric(text: string, column: Column, spelling: NumberSpelling): string {
  const point = escaped(spelling.decimal);
  const places = column.type === 'decimal' ? column.decimals : 0;
  const fraction = column.type === 'number' ? `(${point}\\d*)?([eE][-+]?\\d{1,3})?` : places === 0 ? `(${point}0*)?` : `(${point}\\d{0,${places}}0*)?`;
  const leadingPoint = column.type === 'integer' || places === 0 && column.type === 'decimal' ? '' : column.type === 'number' ? `|${point}\\d+` : `|${point}\\d{1,${places}}0*`;
  const type = SQL_TYPES[column.type](column);
  const withPoint = (expression: string): string => (spelling.decimal === ',' ? `replace(${expression}, ',', '.')` : expression);
  const cast = (expression: string): string => column.type === 'integer' ? `try_cast(split_part(${withPoint(expression)}, '.', 1) as ${type})` : `try_cast(${withPoint(expression)} as ${type})`;
  const plain = column.type === 'integer' ? `when regexp_full_match(${text}, '[-+]?\\d+') then try_cast(${text} as ${type})`
    : `when regexp_full_match(${text}, '[-+]?(\\d+${fraction}${leadingPoint})') then ${cast(text)}`;
  const bare = `(\\d+${fraction}${leadingPoint})`;
  const signed = bared(text, spelling.percent, spelling.foreign);
  const grouped = (thousands: string): string => ` when regexp_full_match(${signed}, '[-+]?[1-9]\\d{0,2}(${groupPattern(thousands)}\\d{3})+${fraction}') then ${cast(ungrouped(signed, thousands))}`;
  const declared = spelling.thousands === null || spelling.thousands === '' ? '' : grouped(spelling.thousands);
  // Groups by blanks can be nothing else, declared or not.
  const byBlanks = spelling.thousands === null || !isBlankGroup(spelling.thousands) ? grouped(' ') : '';
  return `case ${plain}${declared}${byBlanks} when regexp_full_match(${signed}, '[-+]?${bare}') then ${cast(signed)} end`;
}

const SPACE = '[ \\x{00A0}\\x{2009}\\x{202F}]';
const KRONER = '(?:kr\\.?|dkk)';
const CURRENCY = '(?:kr\\.?|dkk|sek|nok|eur|gbp|usd|[€£$])';

/**
 * A number without what stands around it: currency, the brackets of accountants (a minus), and `,-` after whole kroner. SAP
 * writes the minus last, and spreadsheets sometimes as U+2212.
 */
function bared(text: string, percent: boolean, foreign: boolean): string {
  const currency = foreign ? CURRENCY : KRONER;
  const steps: readonly (readonly [string, string])[] = [
    ...(percent ? [[`${SPACE}*%$`, '']] as const : []),
    [`(?i)^([-+(]?)${SPACE}*${currency}${SPACE}*`, '\\1'],
    [`(?i)${SPACE}*(?:${currency}|,--?)${SPACE}*([-)]?)$`, '\\1'],
    ['^\\((.+)\\)$', '-\\1'],
    [`^([^-]+?)${SPACE}*-$`, '-\\1'],
    [`^([-+])${SPACE}+`, '\\1'],
  ];
  return steps.reduce((value, [from, to]) => `regexp_replace(${value}, '${from}', '${to}')`, `replace(${text}, '−', '-')`);
}

const isBlankGroup = (thousands: string): boolean => thousands.trim() === '';
const escaped = (char: string): string => (/[.\\+*?[\](){}|^$]/.test(char) ? `\\${char}` : char === "'" ? "''" : char);
const groupPattern = (thousands: string): string => (isBlankGroup(thousands) ? SPACE : escaped(thousands));
const ungrouped = (text: string, thousands: string): string => (isBlankGroup(thousands) ? `regexp_replace(${text}, '${SPACE}', '', 'g')` : `replace(${text}, ${literal(thousands)}, '')`);

/** A fiscal year written `2017/18` in a pack whose year is the calendar year can only be somebody else's: April, as in the United Kingdom. */
const fiscalStart = (yearStart: number): number => (yearStart === 1 ? 4 : yearStart);

function dated(text: string, format: string | null, yearStart: number, isoToo: boolean, timeZone: string): string {
  // Only what has a clock time in it can have an offset.
  const iso = `case when contains(${text}, ':') then (${isoTime(text, timeZone)})::date else try_cast(${text} as date) end`;
  const own = ownDate(text, format, yearStart);
  return own === null ? iso : isoToo ? `coalesce(${own}, ${iso})` : own;
}

function ownDate(text: string, format: string | null, yearStart: number): string | null {
  const month = fiscalStart(yearStart);
  const fiscalYear = `make_date(substr(${text}, 1, 4)::int, ${month}, 1)`;
  const followsOn = `(substr(${text}, 1, 4)::int + 1) % 100 = substr(${text}, 6, 2)::int`;
  switch (format) {
    case null: return null;
    case 'YYYY-MM': return `case when regexp_full_match(${text}, '\\d{4}-\\d{2}') then try_cast(${text} || '-01' as date) end`;
    case 'YYYY/YY': return `case when regexp_full_match(${text}, '\\d{4}/\\d{2}') then case when ${followsOn} then ${fiscalYear} end end`;
    case 'YYYY/YY Qn': return `case when regexp_full_match(${text}, '\\d{4}/\\d{2} Q[1-4]') then case when ${followsOn} then (${fiscalYear} + to_months(3 * (right(${text}, 1)::int - 1)))::date end end`;
    case 'YYYYKn': return `case when regexp_full_match(${text}, '\\d{4}[KQ][1-4]') then make_date(left(${text}, 4)::int, 3 * right(${text}, 1)::int - 2, 1) end`;
    default: return `try_strptime(${text}, ${literal(format)})::date`;
  }
}

/** A format as people write it: dd-mm-yyyy. */
const spelled = (format: string): string => format.replace(/%[dmYyHMS]/g, (sign) => ({ '%d': 'dd', '%m': 'mm', '%Y': 'yyyy', '%y': 'yy', '%H': 'hh', '%M': 'mm', '%S': 'ss' })[sign] ?? sign);

/** Why a cell does not fit its column, with what to do. */
export function reasonOf(column: Column, spelling: NumberSpelling): string {
  const numbers = `decimal sign '${spelling.decimal}'${spelling.thousands === null ? ', no thousands separator; give thousands: where there is one' : `, thousands separator '${spelling.thousands}'`}`;
  switch (column.type) {
    case 'integer': return `not a whole number (${numbers})`;
    case 'decimal': return `not a number with at most ${column.decimals} decimals (${numbers})`;
    case 'number': return `not a number (${numbers})`;
    case 'date': return column.format === null ? 'not a date written YYYY-MM-DD; give the column its format, such as %d-%m-%Y' : `not a date written ${spelled(column.format)}`;
    case 'timestamp': return column.format === null ? 'not a point in time written YYYY-MM-DD HH:MM:SS; give the column its format' : `not a point in time written ${spelled(column.format)}`;
    case 'boolean': return 'neither yes nor no';
    case 'duration': return 'not a duration written hours:minutes, such as 36:00 or 7:24:30';
    case 'text': return 'not a text';
  }
}
