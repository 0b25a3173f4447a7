import { DuckDBInstance } from '@duckdb/node-api';
import { join } from 'node:path';
import { TEAMS } from './organisation.ts';
import { SOURCES, type Format } from './pack.ts';

/** First day, and the day after the last: 37 months, as far back as a page looks. */
export const FROM = '2023-10-01';
export const TO = '2026-11-01';
const MONTHS = 37;
/** Postings per visit, and what one is worth, so that an hour costs about 420 kr. */
const POSTINGS = 0.1;
const AMOUNT = 2244;

/**
 * The rows of each source. Everything follows from the number of the row through the engine's hash, so the same
 * number of rows is the same data every time. `i` slices of one hash: team, citizen, helper, minutes.
 */
const ROWS: Readonly<Record<(typeof SOURCES)[number], (rows: number) => string>> = {
  besoeg: (rows) => `
    select (date '${FROM}' + (i * (date '${TO}' - date '${FROM}') // ${rows})::integer) as Dato, teams[1 + (h % 168)::integer] as Distrikt,
      'B-' || lpad(((h % 168) * 100 + (h >> 10) % 100)::varchar, 5, '0') as Borger,
      case when (h >> 52) % 100 >= 3 then 'M-' || ((h % 168) * 25 + ((h >> 10) % 100 * 3 + (h >> 20) % 8) % 25)::varchar end as Medarbejder,
      case when (h >> 28) % 10 < 6 then 'Personlig pleje' else 'Praktisk hjælp' end as Ydelse,
      (10 + 5 * ((h >> 34) % 10))::integer as Visiteret_min,
      case when (h >> 52) % 100 >= 3 then (10 + 5 * ((h >> 34) % 10))::integer + ((h >> 42) % 13)::integer - 6 else 0 end as Leveret_min
    from (select i, hash(i) as h from range(${rows}) r(i))`,
  oekonomi: (rows) => `
    select 'BU' || year(m)::varchar as Bilag, m::date as "Bogføringsdato", t as Distrikt, k.konto as Konto, k.navn as Kontonavn, a.art as Art,
      round(${rows * POSTINGS * AMOUNT / MONTHS / TEAMS.length} * k.andel * (0.95 + (hash(m, t, k.konto) % 100) / 1000), 2)::decimal(18,2) as "Beløb"
    from generate_series(date '${FROM}', date '${TO}' - 1, interval 1 month) months(m), unnest(teams) teams(t), accounts k, (values ('Oprindeligt budget'), ('Budget')) a(art)
    union all
    select 'FB' || i::varchar, date '${FROM}' + (i * (date '${TO}' - date '${FROM}') // ${Math.round(rows * POSTINGS)})::integer, teams[1 + (h % 168)::integer], k.konto, k.navn, 'Forbrug',
      ((case when k.andel < 0 then -1 else 1 end) * (${AMOUNT * 50} + (h >> 20) % ${AMOUNT * 100}) / 100)::decimal(18,2)
    from (select i, hash(i + 1000000007) as h from range(${Math.round(rows * POSTINGS)}) r(i)) p join accounts k on (h >> 44) % 100 >= k.low and (h >> 44) % 100 < k.high`,
  fravaer: () => `
    select t as Distrikt, m::date as "Måned", g as Medarbejdergruppe, (300 + hash(m, t, g) % 60)::double as Mulige,
      ((hash(t, m, g) % 120) / 10)::double as Kort, ((hash(g, t, m) % 180) / 10)::double as Langt
    from generate_series(date '${FROM}', date '${TO}' - 1, interval 1 month) months(m), unnest(teams) teams(t), (values ('Social- og sundhedshjælpere'), ('Social- og sundhedsassistenter'), ('Sygeplejersker')) groups(g)`,
};

const ACCOUNTS = `create table accounts as from (values
  ('1010', 'Løn fast personale', 0.66, 0, 60), ('1020', 'Eksterne vikarer', 0.08, 60, 67), ('1030', 'Kørsel', 0.11, 67, 77),
  ('1040', 'Hjælpemidler og øvrigt', 0.19, 77, 94), ('1050', 'Refusion', -0.07, 94, 100)) a(konto, navn, andel, low, high)`;

/** Makes the files of a pack, `rows` visits and a tenth as many postings. Returns how many rows they hold together. */
export async function writeData(folder: string, rows: number, format: Format): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:');
  try {
    const connection = await instance.connect();
    await connection.run(ACCOUNTS);
    await connection.run(`set variable teams = [${TEAMS.map(({ name }) => `'${name}'`).join(', ')}]`);
    let all = 0;
    for (const id of SOURCES) {
      const sql = ROWS[id](rows).replace(/\bunnest\(teams\)/g, "unnest(getvariable('teams'))").replace(/\bteams\[/g, "getvariable('teams')[");
      const target = `'${join(folder, 'data', `${id}.${format}`).replaceAll("'", "''")}'`;
      const danish = `select * replace (${DANISH[id]}) from (${sql})`;
      const result = await connection.run(format === 'parquet' ? `copy (${sql}) to ${target} (format parquet, compression zstd)` : `copy (${danish}) to ${target} (format csv, header, delimiter ';')`);
      all += Number(result.rowsChanged);
    }
    connection.disconnectSync();
    return all;
  } finally {
    instance.closeSync();
  }
}

const comma = (column: string): string => `replace("${column}"::varchar, '.', ',') as "${column}"`;
/** As the demonstration's files spell it. */
const DANISH: Readonly<Record<(typeof SOURCES)[number], string>> = {
  besoeg: "strftime(Dato, '%d-%m-%Y') as Dato",
  oekonomi: `strftime("Bogføringsdato", '%d-%m-%Y') as "Bogføringsdato", ${comma('Beløb')}`,
  fravaer: ['Mulige', 'Kort', 'Langt'].map(comma).join(', '),
};
