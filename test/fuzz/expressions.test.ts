import fc from 'fast-check';
import { DuckDBInstance } from '@duckdb/node-api';
import { checkPack } from '../../src/app/packs.ts';
import { DefinitionError } from '../../src/errors.ts';
import { expressionOf, problemsOf, type ExpressionRole } from '../../src/pack/expression.ts';
import { openParser } from '../../src/io/warehouse/parser.ts';
import type { engine} from '../query/facts.ts';
import { PACK_YAML } from '../query/facts.ts';

/**
 * What an analyst writes as an expression reads the columns of its own source, and nothing else. Whatever is tried here is
 * either refused in words, or runs on a table of two rows and gives what can be made of these two rows, at once and small.
 */
let parser: Awaited<ReturnType<typeof openParser>>;
let connection: Awaited<ReturnType<typeof engine>>;
const COLUMNS = ['u', 'd', 'money', 'who'];
const SECRET = 'hemmelig-løn-4711';
beforeAll(async () => {
  parser = await openParser();
  connection = await (await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '64MB' })).connect();
  await connection.run(`create table facts as select * from (values ('a', date '2026-10-01', 100.5, 'p1'), ('b', date '2026-10-02', null, 'p2')) t(u, d, money, who)`);
  await connection.run(`create table salary as select '${SECRET}' as name`);
  await connection.run(`set variable secret = '${SECRET}'`);
  await connection.run(`create macro leak() as '${SECRET}'`);
});
afterAll(async () => {
  await parser.close();
  connection.disconnectSync();
});

/** Null: refused in words. Else what it gives on the two rows. */
async function tried(text: string, role: ExpressionRole): Promise<unknown> {
  const parsed = await parser.parse(text);
  if (!parsed.ok) {
    expect(parsed.message).toMatch(/\S/);
    return null;
  }
  const node = expressionOf(parsed.tree);
  const problems = problemsOf(node, role, COLUMNS);
  if (problems.length > 0) {
    for (const { message, hint } of problems) expect([message, hint]).toEqual([expect.stringMatching(/\S/), expect.stringMatching(/\S/)]);
    return null;
  }
  const sql = await parser.render(node);
  try {
    return (await connection.runAndReadAll(`select ${sql} from facts`)).getRowsJson();
  } catch (error) {
    // The engine refuses what does not fit the columns; `check` tells of it with the place.
    return `engine: ${(error as Error).message}`;
  }
}

const ROLES: readonly ExpressionRole[] = ['flow', 'stock', 'distinct', 'scalar', 'condition'];
/** Ways out of the columns, each known to work in the engine when nothing stops it. */
const ESCAPES = [
  '(select name from salary)', 'exists (select 1 from salary)', 'money in (select 1 from salary)', 'array(select name from salary)', 'salary.name', 'facts.*', '*', 'columns(*)', 'columns(\'.*\')', '#1', 'facts', 'rowid',
  'read_text(\'/etc/passwd\')', 'content from read_text(\'/etc/passwd\')', 'read_csv(\'x\')', 'glob(\'*\')', "'file.parquet'.x", 'query(\'select 1\')', 'query_table(\'salary\')', 'getenv(\'HOME\')', 'current_setting(\'memory_limit\')', 'getvariable(\'secret\')',
  'leak()', 'main.leak()', 'system.main.version()', 'version()', 'duckdb_settings()', 'pg_sleep(10)', 'sleep_ms(1000)', 'nextval(\'s\')', 'random()', 'now()', 'current_user', 'current_database()', 'current_schemas(true)', 'txid_current()', 'pg_read_file(\'x\')',
  'list_transform([1], x -> x)', 'list_aggregate([1], \'sum\')', 'unnest([1,2])', 'generate_series(1, 1000000000)', 'range(1000000000)', 'repeat(\'x\', 2000000000)', 'lpad(\'x\', 2000000000, \'y\')', 'rpad(who, 2000000000, \'y\')', 'bar(1, 0, 10, 2000000000)', 'printf(\'%2000000000d\', 1)', 'format(\'{:2000000000}\', 1)',
  'string_agg(who, who)', 'list(who)', 'array_agg(who)', 'histogram(who)', 'first(who)', 'any_value(who)', 'arg_min(who, money)', 'quantile_cont(money, 0.5)', 'approx_count_distinct(who)', 'sum(money) over ()', 'row_number() over ()', 'lag(who) over ()',
  'who::json', 'who::integer[1000000]', 'cast(who as struct(a int))', 'who::"weird"', 'who::enum(\'a\')', '{\'a\': who}', '[who]', 'map([1],[2])', 'struct_pack(a := who)', 'try(error(\'x\'))', 'error(who)', 'who collate nocase', '$1', '?', '$name', 'hash(who)', 'md5_number(who)', 'factorial(170)', '2 ** 1000', '1 << 60',
  'replace(who, who, who)', 'replace(\'a\', \'a\', \'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\')', 'replace(replace(who, \'p\', \'pppppppppp\'), \'p\', \'pppppppppp\')', 'regexp_replace(who, \'\', \'xxxxxxxxxxxxxxxxxxxxxxxxx\', \'g\')',
  'a); drop table facts; --', '1; select 1', '1) from salary --', '1 /* */ union select name from salary', 'a from salary', '\'a\' || chr(39)', 'p2 OR 1=1', '\u2019; select 1', '\u0000', '\u202e', '-- ', '/*', 'case', '"', '\'',
] as const;
const HONEST = ['sum(money)', 'count(*)', 'count(distinct who)', 'money', 'who', 'd', 'u = \'a\'', 'money > 0', 'lower(who)', 'replace(who, \'p\', \'\')', 'year(d)', 'extract(year from d)', 'coalesce(money, 0)', 'case when money > 1 then 1 else 0 end', 'money::decimal(18,2)', 'date_trunc(\'month\', d)', 'nullif(money, 0)', '1', '\'x\'', 'null', 'true', 'd between date \'2026-01-01\' and date \'2026-12-31\'', 'u in (\'a\', \'b\')'] as const;
/** A place where an expression can stand inside another one. */
const FRAMES = ['{}', '({})', 'sum({})', 'count(*) filter (where {} is not null)', 'coalesce({}, {})', 'case when {} then {} else {} end', '{} + {}', '{} || {}', '{} in ({}, {})', '{} between {} and {}', 'cast({} as varchar)', 'count(distinct {})', 'if({}, {}, {})', 'not {}', '{}; {}', '{} -- {}', '{} as {}', 'sum({}) / sum({})', 'least({}, {})', 'replace({}, {}, {})', '{} like {}', '{} ~ {}'] as const;

const grown: fc.Arbitrary<string> = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof({ maxDepth: 3, depthSize: 'small' }, fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...HONEST) }, { weight: 1, arbitrary: fc.constantFrom(...ESCAPES) }), fc.tuple(fc.constantFrom(...FRAMES), fc.array(tie('text'), { minLength: 3, maxLength: 3 })).map(([frame, parts]) => { let i = 0; return frame.replace(/\{\}/g, () => parts[i++ % 3] as string); })),
})).text;
/** The same with letters changed, doubled, cut off or turned. */
const bent = fc.oneof(grown, fc.tuple(grown, fc.array(fc.tuple(fc.nat(), fc.oneof(fc.constantFrom('', '(', ')', '\'', '"', ';', '--', '/*', ',', '.', '::', '$', '\\', '\u0000', '\u00a0', '\u2028', '🙈', ' from '), fc.string({ unit: 'binary', maxLength: 2 }))), { maxLength: 4 }))
  .map(([text, changes]) => changes.reduce((changed, [at, what]) => { const i = at % (changed.length + 1); return changed.slice(0, i) + what + changed.slice(i + (at % 3)); }, text)));

describe('an expression', () => {
  it.each(ESCAPES)('%s is refused in words, whatever it is to be', async (text) => {
    for (const role of ROLES) for (const written of [text, `sum(${text})`, `coalesce(${text}, 0)`, `count(*) filter (where ${text} is not null)`]) {
      const given = await tried(written, role);
      const told = given === null || typeof given === 'string' ? '' : JSON.stringify(given);
      expect({ written, role, told }).toEqual({ written, role, told: expect.not.stringMatching(/hemmelig|root:/) });
      expect(told.length).toBeLessThan(2_000);
    }
  });

  it('none of them gets through as it stands', async () => {
    // A word in brackets, a comment or a quoted text alone is honest; so is what the engine itself does not know.
    const through: string[] = [];
    for (const text of ESCAPES) for (const role of ROLES) if (Array.isArray(await tried(text, role))) through.push(text);
    expect([...new Set(through)]).toEqual([]);
  });

  it('of honest ones each may be used somewhere', async () => {
    for (const text of HONEST) expect([text, (await Promise.all(ROLES.map((role) => tried(text, role)))).some((given) => Array.isArray(given))]).toEqual([text, true]);
  });

  it('grown and bent at random is refused in words, or gives what two rows can give', async () => {
    let [refused, ran] = [0, 0];
    await fc.assert(fc.asyncProperty(bent, fc.constantFrom(...ROLES), async (text, role) => {
      const given = await tried(text, role);
      if (given === null) refused += 1;
      else ran += 1;
      const told = Array.isArray(given) ? JSON.stringify(given) : '';
      expect(told).not.toMatch(/hemmelig|root:/);
      expect(told.length).toBeLessThan(5_000);
    }), { numRuns: 1_500, seed: 20261123 });
    expect(refused).toBeGreaterThan(500);
    expect(ran).toBeGreaterThan(50);
  });

  it('in a pack a mistake in it has its file and line, and nothing else of the pack suffers', async () => {
    const lines = PACK_YAML.split('\n');
    await fc.assert(fc.asyncProperty(bent.filter((text) => !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\p{Surrogate}|[\ufffe\uffff]/u.test(text)), async (text) => {
      const yaml = PACK_YAML.replace('"sum(money)"', () => JSON.stringify(text));
      try {
        await checkPack({ id: 'p', dir: '.', files: [{ path: 'pack.yaml', text: yaml }] }, parser, {});
      } catch (error) {
        expect(error).toBeInstanceOf(DefinitionError);
        for (const fault of (error as DefinitionError).faults) expect([fault.file, fault.line > 0 && fault.line <= lines.length, fault.message.length > 0 && fault.message.length < 4_000]).toEqual(['pack.yaml', true, true]);
      }
    }), { numRuns: 200, seed: 4711 });
  });
});
