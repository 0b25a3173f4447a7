import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceError } from '../../../src/errors.ts';
import { openFacts } from '../../../src/io/warehouse/duckdb.ts';
import type { Facts } from '../../../src/ports.ts';

let dir: string;
let file: string;
let facts: Facts;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'overblik-facts-'));
  file = join(dir, 'care.duckdb');
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run(`create table facts as select date '2026-01-01' + i::int as day, 'nord' as unit, (i * 1.05)::decimal(18,2) as amount, i::bigint as n from range(1000) t(i)`);
  connection.disconnectSync();
  instance.closeSync();
  await writeFile(join(dir, 'secret.csv'), 'a,b\n1,2\n');
  facts = await openFacts(file, { memoryMb: 64, threads: 1, timeoutMs: 300 });
});
afterAll(async () => {
  await facts.close();
  await rm(dir, { recursive: true, force: true });
});

describe('reading facts', () => {
  it('gives wide numbers and decimals as exact text and days as ISO text', async () => {
    expect(await facts.query("select 9007199254740993::bigint as big, sum(amount) as total, sum(n) as huge, min(day) as day, 1.5::double as float, 3::int as small, null as nothing, true as yes, timestamp '2026-01-01 10:00:00' as at from facts")).toEqual([
      { big: '9007199254740993', total: '524475.00', huge: '499500', day: '2026-01-01', float: 1.5, small: 3, nothing: null, yes: true, at: '2026-01-01 10:00:00' },
    ]);
  });

  it('binds parameters as values, so that nothing in them is read as SQL', async () => {
    expect(await facts.query('select count(*)::int as n from facts where unit = $1 and n < $2 and $3', ['nord', 10, true])).toEqual([{ n: 10 }]);
    expect(await facts.query('select count(*)::int as n from facts where unit = $1', ["' or 1=1 --"])).toEqual([{ n: 0 }]);
    expect(await facts.query('select $1 is null as gone, $2::date as day, $3 as half', [null, '2026-02-01', 0.5])).toEqual([{ gone: true, day: '2026-02-01', half: 0.5 }]);
  });

  it('answers many at once, and two readers share a file', async () => {
    const other = await openFacts(file, { memoryMb: 64, threads: 1 });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? facts : other).query('select sum(n)::int as s from facts where n <= $1', [i])));
    expect(answers.map(([row]) => row?.['s'])).toEqual(Array.from({ length: 40 }, (_, i) => (i * (i + 1)) / 2));
    await other.close();
  });

  it('breaks off a query that takes too long, and the others and the next go on', async () => {
    const slow = facts.query('select count(*) from range(1000000) a, range(1000000) b where a.range * b.range = 7').catch((error: unknown) => error);
    expect(await facts.query('select 1 as one')).toEqual([{ one: 1 }]);
    const error = await slow;
    expect(error).toBeInstanceOf(ServiceError);
    expect((error as Error).message).toBe('the warehouse: The query took longer than 0.3 s and was broken off.');
    expect(await facts.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('refuses a query over its memory and goes on', async () => {
    await expect(facts.query('select list(a.range) from range(30000000) a')).rejects.toThrow(ServiceError);
    expect(await facts.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('waits with closing until running queries are answered, and then refuses', async () => {
    const short = await openFacts(file, { memoryMb: 64, threads: 1 });
    const running = short.query('select sum(a.range)::varchar as s from range(2000000) a');
    await short.close();
    await short.close();
    expect(await running).toEqual([{ s: '1999999000000' }]);
    await expect(short.query('select 1')).rejects.toThrow(/is closed/);
  });

  it('says so of a file that is missing or is none of ours', async () => {
    await expect(openFacts(join(dir, 'none.duckdb'), { memoryMb: 64, threads: 1 })).rejects.toThrow(/There is no file of facts .*none\.duckdb\. Load the source first/);
    await expect(openFacts(dir, { memoryMb: 64, threads: 1 })).rejects.toThrow(ServiceError);
    await expect(openFacts(join(dir, 'secret.csv'), { memoryMb: 64, threads: 1 })).rejects.toThrow(/secret\.csv can't be opened/);
  });

  it('says what is wrong with a query without repeating it all', async () => {
    const error = await facts.query('select amuont from facts').catch((caught: unknown) => caught as Error);
    expect((error as Error).message).toMatch(/^the warehouse: Binder Error: Referenced column "amuont" not found/);
    expect((error as Error).message).not.toContain('\n');
  });
});

describe('a query can reach nothing but the facts', () => {
  const reach = (sql: string): Promise<unknown> => facts.query(sql.replaceAll('$DIR', dir)).then((rows) => rows, (error: unknown) => error);

  it.each([
    "select * from read_csv('$DIR/secret.csv')", "select * from '$DIR/secret.csv'", "select * from read_text('/etc/passwd')", "select * from read_blob('/etc/passwd')",
    "select * from read_json('$DIR/secret.csv')", "select * from read_parquet('$DIR/x.parquet')", "select * from glob('/etc/*')", "select * from sniff_csv('$DIR/secret.csv')",
    "select * from parquet_metadata('$DIR/x.parquet')", "select * from duckdb_secrets() s, read_text('/etc/hostname')", "select * from 'https://example.org/x.csv'",
    "select getenv('HOME')",
  ])('not a file, an address or the environment: %s', async (sql) => {
    expect(await reach(sql)).toBeInstanceOf(ServiceError);
  });

  it.each([
    "copy facts to '$DIR/out.csv'", "copy facts from '$DIR/secret.csv'", "export database '$DIR/out'", "attach '$DIR/care.duckdb' as other", "attach ':memory:' as other",
    'install httpfs', 'load httpfs', "set memory_limit = '8GB'", 'set enable_external_access = true', 'set lock_configuration = false', 'reset memory_limit', "set temp_directory = '/tmp'", "pragma enable_profiling = 'json'",
    'create table x (a int)', 'create temp table x (a int)', 'insert into facts select * from facts', 'delete from facts', 'drop table facts', 'update facts set n = 0', 'create macro m() as 1', 'set variable v = 1',
    "create secret s (type s3)", 'checkpoint', 'vacuum', 'begin', 'explain analyze select 1', "call pragma_version()",
    'select 1; drop table facts', 'select 1; select 2', '',
  ])('not a statement other than one SELECT: %s', async (sql) => {
    expect(await reach(sql)).toBeInstanceOf(ServiceError);
  });

  it('and the facts are as they were', async () => {
    expect(await facts.query("select count(*)::int as n, current_setting('enable_external_access') as access, current_setting('lock_configuration') as locked from facts")).toEqual([{ n: 1000, access: false, locked: true }]);
  });
});
