const DATE = 1082;
const INT8 = 20;
const TIMESTAMPTZ = 1184;
const TIMESTAMP = 1114;
const INTERVAL = 1186;
const NUMERIC = 1700;

const asText = (text: string): string => text;

/** `2026-11-04 08:00:00.5+01` as `2026-11-04T07:00:00.500Z`, which orders as text. */
function instant(text: string): string {
  const [, day, time, zone] = /^(\S+) ([\d:.]+)([+-].*)$/.exec(text) ?? [];
  const offset = zone !== undefined && /^[+-]\d{2}$/.test(zone) ? `${zone}:00` : zone;
  return new Date(`${day}T${time}${offset}`).toISOString();
}

/**
 * How values come out, the same from both databases: int8 (and so count) as number, numeric as text, date as
 * `YYYY-MM-DD`, timestamptz as ISO text in UTC with milliseconds, jsonb as the value it holds. Keyed by PostgreSQL's type ids.
 */
export const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [INT8]: Number,
  [NUMERIC]: asText,
  [DATE]: asText,
  [TIMESTAMP]: asText,
  [TIMESTAMPTZ]: instant,
  [INTERVAL]: asText,
};
