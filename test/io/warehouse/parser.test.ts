import { openParser } from '../../../src/io/warehouse/parser.ts';

let parser: Awaited<ReturnType<typeof openParser>>;
beforeAll(async () => { parser = await openParser(); });
afterAll(() => parser.close());

const problem = async (text: string): Promise<{ message: string; offset: number | null }> => {
  const parsed = await parser.parse(text);
  if (parsed.ok) throw new Error(`parsed: ${await parser.render(parsed.tree)}`);
  return parsed;
};

describe('the engine reads an expression', () => {
  it.each([
    ['sum(amount)/60.0', '(sum(amount) / 60.0)'],
    ['count(*) filter (where kind = \'æ\' -- as written\n)', "count_star() FILTER (WHERE (kind = 'æ'))"],
    ['SUM( "månedens timer" )', 'sum("månedens timer")'],
    ['case when a > 1 then b end', 'CASE  WHEN ((a > 1)) THEN (b) ELSE NULL END'],
    ['x in (1, 2) and y is not null', '((x IN (1, 2)) AND (y IS NOT NULL))'],
    ["date '2026-01-01'", "CAST('2026-01-01' AS DATE)"],
  ])('%s', async (text, canonical) => {
    const parsed = await parser.parse(text);
    expect(parsed.ok).toBe(true);
    const rendered = parsed.ok ? await parser.render(parsed.tree) : '';
    expect(rendered).toBe(canonical);
    // What is rendered parses to the same again.
    const again = await parser.parse(rendered);
    expect(again.ok && await parser.render(again.tree)).toBe(canonical);
  });

  it('and renders a part of its tree', async () => {
    const parsed = await parser.parse('sum(a) filter (where b > 1)');
    const tree = parsed.ok ? parsed.tree as { statements: { node: { select_list: { filter: unknown }[] } }[] } : null;
    const [item] = tree?.statements[0]?.node.select_list ?? [];
    expect(await parser.render(item)).toBe('sum(a) FILTER (WHERE (b > 1))');
    expect(await parser.render(item?.filter)).toBe('(b > 1)');
    expect(await parser.render({ class: 'COLUMN_REF', type: 'COLUMN_REF', alias: '', query_location: 0, column_names: ['__p0'] })).toBe('__p0');
  });

  it.each([
    ['sum(a', 'end of input', 5], ['1) from salary; --', '")"', 1], ['', 'selection list', null], ['æble + + )', '")"', 9], ["'open", 'unterminated', 0],
  ])('says where it is wrong: %s', async (text, message, offset) => {
    expect(await problem(text)).toEqual({ ok: false, message: expect.stringContaining(message) as string, offset });
  });

  it.each([
    ['1; select 2', 'semicolon'], ['1; drop table facts', ''], ['a, b', 'a comma makes it several'], ['a as b', "'b'"], ['a b', "'b'"], ['a from t', 'FROM'], ['a where 1 = 1', 'WHERE'],
    ['a group by b', 'GROUP BY'], ['a having 1 = 1', 'HAVING'], ['distinct a', 'DISTINCT'], ['a order by 1', 'ORDER BY'], ['a limit 1', 'LIMIT'], ['a qualify 1 = 1', 'QUALIFY'],
    ['1 union select 2', 'must be an expression'], ['1 from (values (1)) t', 'FROM'], ['a into t', ''], ['1 using sample 10', 'SAMPLE'], ['sum($1)', 'parameter'], ['sum(?)', 'parameter'],
  ])('takes one expression and nothing else: %s', async (text, message) => {
    expect((await problem(text)).message).toContain(message);
  });

  it('refuses a number it would change', async () => {
    expect((await problem('a + 9007199254740993')).message).toMatch(/too many digits/);
    expect((await parser.parse('a + 9007199254740991')).ok).toBe(true);
  });

  it('answers many at once', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, async (_, i) => {
      const parsed = await parser.parse(`sum(a) * ${i}`);
      return parsed.ok ? parser.render(parsed.tree) : '';
    }));
    expect(all).toEqual(all.map((_, i) => `(sum(a) * ${i})`));
  });
});
