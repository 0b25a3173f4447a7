import { DuckDBInstance } from '@duckdb/node-api';
import { TEAMS_BELOW } from './organisation.ts';
import { SOURCES } from './pack.ts';
import { dataFile, type Site, type Town } from './town.ts';

/** DuckDB as anyone would use it: statements written by hand, nothing of the product between. */
export interface Bare {
  rows(sql: string): Promise<Record<string, unknown>[]>;
  /** One after the other; each uses every thread there is. */
  all(statements: readonly string[]): Promise<void>;
  close(): void;
}

async function openBare(setup: readonly string[], memoryMb: number): Promise<Bare> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: `${memoryMb}MB` });
  const connection = await instance.connect();
  for (const sql of setup) await connection.run(sql);
  await connection.run(`create table below as from (values ${TEAMS_BELOW.map(({ node, team }) => `('${node}', '${team}')`).join(', ')}) b(node, team)`);
  const rows = async (sql: string): Promise<Record<string, unknown>[]> => (await connection.runAndReadAll(sql)).getRowObjectsJson();
  return {
    rows,
    all: async (statements) => { for (const sql of statements) await rows(sql); },
    close: () => {
      connection.disconnectSync();
      instance.closeSync();
    },
  };
}

export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** The engine on the very tables the product made of the files: same rows, same storage, same memory and threads. */
export function bareOnFacts(town: Town): Promise<Bare> {
  const setup = [...town.figures.sources].flatMap(([id, { report }]) => [`attach ${text(report.file)} as f_${id} (read_only)`, `create view ${id} as from f_${id}.facts`]);
  return openBare(setup, town.site.config.memoryMb);
}

/** The engine on the Parquet files as they were before the product saw them. */
export function bareOnFiles(site: Site): Promise<Bare> {
  return openBare(SOURCES.map((id) => `create view ${id} as from read_parquet(${text(dataFile(site, id))})`), site.config.memoryMb);
}

interface Span { readonly from: string; readonly to: string }
const during = (column: string, { from, to }: Span): string => `"${column}" >= date '${from}' and "${column}" < date '${to}'`;
/** Sums per team first, then over the tree: the quickest way by hand. */
const overTree = (sums: readonly string[], inner: string): string =>
  `with t as (${inner}) select node, ${sums.map((name) => `sum(${name}) as ${name}`).join(', ')} from t join below on team = Distrikt group by node`;

/** Øre and minutes are whole, so that sums compare exactly. */
export const MONEY = (span: Span): string => overTree(['forbrug', 'budget', 'vikar', 'loen'], `
  select Distrikt, sum("Beløb") filter (where Art = 'Forbrug') as forbrug, sum("Beløb") filter (where Art = 'Budget') as budget,
    sum("Beløb") filter (where Art = 'Forbrug' and Konto = '1020') as vikar, sum("Beløb") filter (where Art = 'Forbrug' and Konto in ('1010', '1020')) as loen
  from oekonomi where ${during('Bogføringsdato', span)} group by Distrikt`);

export const MINUTES = (span: Span): string => overTree(['visiteret', 'leveret'], `
  select Distrikt, sum(Visiteret_min) as visiteret, sum(Leveret_min) as leveret from besoeg where ${during('Dato', span)} group by Distrikt`);

export const MINUTES_BY_SERVICE = (span: Span): string => `
  with t as (select Distrikt, Ydelse, sum(Visiteret_min) as visiteret, sum(Leveret_min) as leveret from besoeg where ${during('Dato', span)} group by all)
  select node, Ydelse as dim, sum(visiteret) as visiteret, sum(leveret) as leveret from t join below on team = Distrikt group by all`;

/** Distinct keys can't be added up, so the tree is joined before they are counted. */
export const PERSONS = (span: Span): string => `
  with pairs as (select distinct Distrikt, Borger, Medarbejder from besoeg where Leveret_min > 0 and ${during('Dato', span)})
  select node, count(distinct Borger) as borgere, count(distinct Borger || '|' || Medarbejder) as par from pairs join below on team = Distrikt group by node`;

export const ABSENCE = (span: Span): string => overTree(['mulige', 'syge'], `
  select Distrikt, sum(Mulige) as mulige, sum(Kort) + sum(Langt) as syge from fravaer where ${during('Måned', span)} group by Distrikt`);

/** Every month of everything a page shows, for every node: what has to be counted when nothing is kept. */
export const ALL_MONTHS: readonly string[] = [
  `with t as (select date_trunc('month', "Bogføringsdato") as m, Distrikt, sum("Beløb") filter (where Art = 'Forbrug') as forbrug, sum("Beløb") filter (where Art = 'Budget') as budget,
     sum("Beløb") filter (where Art = 'Forbrug' and Konto = '1020') as vikar, sum("Beløb") filter (where Art = 'Forbrug' and Konto in ('1010', '1020')) as loen from oekonomi group by all)
   select node, m, sum(forbrug), sum(budget), sum(vikar), sum(loen) from t join below on team = Distrikt group by all`,
  `with t as (select date_trunc('month', Dato) as m, Distrikt, sum(Visiteret_min) as visiteret, sum(Leveret_min) as leveret from besoeg group by all)
   select node, m, sum(visiteret), sum(leveret) from t join below on team = Distrikt group by all`,
  `with pairs as (select distinct date_trunc('month', Dato) as m, Distrikt, Borger, Medarbejder from besoeg where Leveret_min > 0)
   select node, m, count(distinct Borger), count(distinct Borger || '|' || Medarbejder) from pairs join below on team = Distrikt group by all`,
  `with t as (select "Måned" as m, Distrikt, sum(Mulige) as mulige, sum(Kort) + sum(Langt) as syge from fravaer group by all)
   select node, m, sum(mulige), sum(syge) from t join below on team = Distrikt group by all`,
];

/** One figure's thirteen months for one node, from the facts. */
export const THIRTEEN_MONTHS = (node: string): string => `
  select date_trunc('month', Dato) as m, sum(Visiteret_min) as visiteret, sum(Leveret_min) as leveret from besoeg
  where Distrikt in (select team from below where node = '${node}') and ${during('Dato', { from: '2025-10-01', to: '2026-11-01' })} group by m`;
