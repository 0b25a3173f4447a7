import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadSource } from '../../../src/io/load/load.ts';
import { openFacts } from '../../../src/io/warehouse/duckdb.ts';
import type { Organisation, Source } from '../../../src/pack/model.ts';
import type { LoadReport } from '../../../src/ports.ts';
import { column, files, source, tree } from './sample.ts';

/** Public files as their publishers gave them; where they come from stands in the README. */
const dataDir = resolve(process.env['OVERBLIK_REAL_DATA'] ?? join(import.meta.dirname, '../../../../shared/data'));
const present = existsSync(dataDir);
if (!present) console.warn(`Skipped: the real public files are not in ${dataDir} (set OVERBLIK_REAL_DATA).`);

(present ? describe : describe.skip)('real public files, as published', () => {
  let dir: string;
  beforeAll(async () => { dir = await mkdtemp(join(tmpdir(), 'overblik-real-')); });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  const load = async (given: Partial<Source>, sql: string, organisation: Organisation = tree({ id: 'land' })): Promise<{ report: LoadReport; rows: unknown[][] }> => {
    const report = await loadSource({
      source: source({ unitColumn: null, ...given }), packDir: dataDir, ownDir: null, organisation, yearStart: 1, finish: [], intoDir: join(dir, 'facts'), tempDir: join(dir, 'scratch'),
      memoryMb: 512, now: () => new Date('2026-11-23T10:00:00Z'), onProgress: () => undefined,
    });
    const facts = await openFacts(report.file, { memoryMb: 256, threads: 1 });
    const rows = (await facts.query(sql)).map((row) => Object.values(row));
    await facts.close();
    return { report, rows };
  };

  it('Scottish home care: fiscal quarters out of a column of two grains, totals told from parts', async () => {
    const columns = [column('quarter', 'date', { header: 'financial_quarter', format: 'YYYY/YY Qn' }), column('time_period'), column('place', 'text', { header: 'sending_location' }), column('age_group'), column('measure'), column('value', 'number')];
    const homecare = { id: 'homecare', files: [files('scotland/data_homecare_trend.csv')], columns, dateColumn: 'quarter' };
    const hours = "select quarter, value from facts where place = 'Scotland (Estimated)' and age_group = 'All Ages' and measure = 'Number of Hours' order by 1 limit 1";
    const { report, rows } = await load({ ...homecare, where: "time_period = 'Financial Quarter'" }, hours);
    expect(rows).toEqual([['2018-01-01', 8297750]]);
    expect(report).toMatchObject({ rows: 1284, rejected: 0, firstDate: '2018-01-01', lastDate: '2021-01-01' });
    // Without the condition the census weeks do not fit and are set aside one by one, with their lines.
    const all = await load({ ...homecare, id: 'homecare_all' }, 'select count(*) as n from rejects').catch((error: unknown) => error as Error);
    if (all instanceof Error) expect(all.message).toMatch(/column 'quarter' not a date written YYYY\/YY Qn/);
    else expect(all.report).toMatchObject({ rows: 1284, rejected: 2473 - 1 - 1284 });
  });

  it('Scottish delayed discharges: 56,100 rows, the total equal to its parts', async () => {
    const columns = [column('date', 'date'), column('code', 'text', { header: 'ltla_code' }), column('age', 'text', { header: 'age_group' }), column('reason', 'text', { header: 'delay_reason' }), column('days', 'integer', { header: 'num_delayed_bed_days' })];
    const { report, rows } = await load({ id: 'delays', files: [files('scotland/scotland_delayed_discharge_ltla.csv')], columns, dateColumn: 'date' },
      "select sum(days) filter (where age = '18plus' and reason = 'All Delay Reasons') as total, sum(days) filter (where age <> '18plus' and reason = 'All Delay Reasons') as by_age from facts");
    expect(report).toMatchObject({ rows: 56_100, rejected: 0, firstDate: '2016-07-01', lastDate: '2025-08-01' });
    expect(rows[0]?.[0]).toBe(rows[0]?.[1]);
  });

  it('Danish municipal accounts: found by name, the whole country left out on purpose', async () => {
    const columns = [column('year', 'date', { header: 'TID', format: '%Y' }), column('place', 'text', { header: 'OMRÅDE' }), column('kr', 'integer', { header: 'INDHOLD' })];
    const accounts = { id: 'accounts', files: [files('denmark/REGK_sundhed_kommuner_2008-2022.csv')], columns, dateColumn: 'year' };
    const { rows } = await load(accounts, "select kr from facts where place = 'Hele landet' and year(year) in (2008, 2022) order by year");
    expect(rows).toEqual([['2659'], ['5621']]);
    const three = tree({ id: 'land', children: [{ id: 'aarhus', name: 'Aarhus' }, { id: 'roedovre', name: 'Rødovre' }] });
    const { report, rows: units } = await load({ ...accounts, id: 'three', unitColumn: 'place', unknownUnits: 'ignore' }, 'select _unit, count(*)::int as n from facts group by 1 order by 1', three);
    expect(units).toEqual([['aarhus', 15], ['roedovre', 15]]);
    expect(report.rejected).toBe(0);
    await expect(load({ ...accounts, id: 'strict', unitColumn: 'place' }, 'select 1', three)).rejects.toThrow(/1605 of 1635 rows do not fit.*column 'place' not a unit of the organisation/);
  });

  it('Danish house prices: a workbook with stubs blank downwards and quarters across', async () => {
    const columns = [column('price_kind', 'text', { at: 'A' }), column('home', 'text', { at: 'B' }), column('area', 'text', { at: 'C' }), column('quarter', 'date', { format: 'YYYYKn' }), column('price', 'number', { missing: ['..'] })];
    const layout = { format: 'xlsx' as const, headerRow: 3, fillDown: ['price_kind', 'home'], unpivot: { columns: '\\d{4}K[1-4]', name: 'quarter', value: 'price' } };
    const { report, rows } = await load({ id: 'prices', files: [files('denmark/bm010_ejer.xlsx', layout)], columns, dateColumn: 'quarter' },
      "select price, home from facts where area = 'Aalborg' and quarter in (date '1992-01-01', date '1992-04-01') order by quarter");
    expect(rows).toEqual([[4787, 'Ejerlejlighed'], [4681, 'Ejerlejlighed']]);
    expect(report).toMatchObject({ rejected: 0, firstDate: '1992-01-01', lastDate: '2021-10-01' });
  });

  it('EU grants in Windows-1252: line breaks inside fields, thousands points', async () => {
    const columns = [column('title', 'text', { at: 'A' }), column('start', 'date', { at: 'B', format: '%d.%m.%Y' }), column('budget', 'decimal', { at: 'E' })];
    const { report, rows } = await load({ id: 'grants', files: [files('messy/dk_ERDF_2014-2020_latin1.csv', { decimal: ',', thousands: '.' })], columns, dateColumn: 'start' },
      "select count(*)::int as n, sum(budget) as budget, bool_or(title = 'Vækst 2.0') as danish from facts");
    expect(report).toMatchObject({ files: [{ path: 'messy/dk_ERDF_2014-2020_latin1.csv', records: 107, breaks: 267, rows: 107, rejected: 0, encoding: 'windows-1252', delimiter: ';' }], remarks: [] });
    expect(rows).toEqual([[107, '2055800683.00', true]]);
  });

  it('Brazilian commitments: known totals per month to the centavo', async () => {
    const columns = [column('day', 'date', { header: 'data_empenho' }), column('committed', 'decimal', { header: 'valor_empenhado' })];
    const { report, rows } = await load({ id: 'joao', files: [files('messy/joao_pessoa_despesas_2024_uten_navne.csv')], columns, dateColumn: 'day' },
      'select month(day)::int as m, sum(committed) as total from facts group by 1 order by 1');
    expect(report).toMatchObject({ rows: 9803, rejected: 0, lastDate: '2024-04-04', files: [{ delimiter: '|' }] });
    expect(rows.slice(0, 3)).toEqual([[1, '528309671.25'], [2, '447926256.64'], [3, '324739095.26']]);
  });

  it('English unit costs: stacked headers, thousands in quotes, dots for missing, one layout per year', async () => {
    const columns = [column('year', 'date', { format: '%Y' }), column('council', 'text', { at: 'A', required: true }), column('cost', 'number', { at: 'B', missing: ['..', '-'] })];
    const layout = { headerRow: 0, thousands: ',', decimal: '.' as const };
    const { report, rows } = await load({
      id: 'england', columns, dateColumn: 'year', where: "\"council\" similar to '[0-9]{3} - .*'",
      files: [files('england/Annex_Final_CASSR_Level_Unit_Costs_2013_14.csv', { ...layout, firstRow: 9, set: { year: '2013' } })],
    }, "select cost from facts where council = '107 - Newcastle upon Tyne'");
    expect(rows).toEqual([[85574]]);
    expect(report.files[0]?.encoding).toBe('windows-1252');
  });

  it('children in care: byte order mark, title rows, 252 columns', async () => {
    const columns = [column('day', 'date'), column('authority', 'text', { at: 'A' }), column('children', 'integer', { at: 'B', missing: ['x', '..'] })];
    const { report, rows } = await load({ id: 'children', columns, dateColumn: 'day', where: "authority = 'ENGLAND'", files: [files('messy/uk_sheet7_oc24_titlerows.csv', { headerRow: 0, firstRow: 9, thousands: ',', set: { day: '2014-03-31' } })] },
      'select authority, children from facts');
    expect(rows).toEqual([['ENGLAND', '32990']]);
    expect(report.rejected).toBe(0);
  });

  it('caveats of a workbook', async () => {
    const columns = [column('year', 'date', { header: 'Financial Year', format: 'YYYY/YY' }), column('council', 'text', { header: 'Health and Social Care Partnership' }), column('text', 'text', { header: 'Data Completeness Comments' })];
    const { report, rows } = await load({ id: 'caveats', columns, dateColumn: 'year', files: [files('scotland/data_completeness_table_home_care.xlsx', { format: 'xlsx' })] }, "select text from facts where council = 'South Lanarkshire' order by year desc limit 1");
    expect(report).toMatchObject({ rows: 75, rejected: 0 });
    expect(rows).toEqual([['Did not submit data for 2020/21']]);
  });
});
