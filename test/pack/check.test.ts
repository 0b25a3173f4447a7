import { checkPack } from '../../src/app/packs.ts';
import { DefinitionError } from '../../src/errors.ts';
import { readPackFolders } from '../../src/io/packs/read.ts';
import { openParser } from '../../src/io/warehouse/parser.ts';
import { PACK_YAML } from '../query/facts.ts';

let parser: Awaited<ReturnType<typeof openParser>>;
beforeAll(async () => { parser = await openParser(); });
afterAll(() => parser.close());

/** What the author is told about a pack with these replacements: `line:column message hint`. */
async function told(...changes: [from: string, to: string][]): Promise<string[]> {
  const text = changes.reduce((yaml, [from, to]) => {
    if (!yaml.includes(from)) throw new Error(`the test pack has no '${from}'`);
    return yaml.replace(from, to);
  }, PACK_YAML);
  try {
    await checkPack({ id: 'p', dir: '.', files: [{ path: 'digests/p/pack.yaml', text }] }, parser, {});
    return [];
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return error.faults.map((fault) => {
      expect(fault.file).toBe('digests/p/pack.yaml');
      return `${fault.line}:${fault.column} ${fault.message} ${fault.hint}`;
    });
  }
}

/** Line of the first occurrence of a piece of the test pack, counted from 1. */
const lineOf = (piece: string): number => PACK_YAML.slice(0, PACK_YAML.indexOf(piece)).split('\n').length;

describe('a pack that is right', () => {
  it('is accepted', async () => { expect(await told()).toEqual([]); });

  it('the demo pack is', async () => {
    for (const folder of (await readPackFolders(['digests'])).folders) {
      const pack = await checkPack(folder, parser, {});
      expect(pack.measures.size).toBeGreaterThan(10);
      expect(pack.label).not.toBeNull();
    }
  });
});

describe('a mistake is told with its place, what is wrong and how to mend it', () => {
  it('a key that is not known, with the nearest one', async () => {
    const [fault] = await told(['better: lower', 'beter: lower']);
    expect(fault).toMatch(new RegExp(`^${lineOf('  spend:')}:`));
    expect(fault).toContain("Unknown key 'beter'.");
    expect(fault).toContain("Did you mean 'better'?");
  });

  it('what is said of small counts where nothing is counted, and a threshold that protects nobody', async () => {
    expect(await told(['unit: hours}', 'unit: hours, zero: hidden}'])).toEqual([expect.stringMatching(new RegExp(`^${lineOf('  hours:')}:\\d+ 'zero' is for counts of persons, and 'hours' is none\\. Add threshold: 5`))]);
    expect(await told(['unit: kr per hour}', 'unit: kr per hour, finest: year}'])).toEqual([expect.stringMatching(/'finest' is for counts of persons, and 'price' is none\. Write it at the count/)]);
    expect(await told(['unit: count, threshold: 0}', 'unit: count, threshold: 2}'])).toEqual([expect.stringMatching(new RegExp(`^${lineOf('  people:')}:\\d+ A threshold of 2 protects nobody.*Write 3 or more, or 0`))]);
    expect(await told(['unit: count, threshold: 0}', 'unit: persons, zero: hidden, finest: quarter}'])).toEqual([]);
  });

  it('amounts in thousands that are read as whole ones, and percentages that are added up', async () => {
    const thousands = (sql: string, header = ''): Promise<string[]> => told(['money: decimal(2)', header === '' ? '"money (t.kr.)": decimal(2)' : `money: {type: decimal(2), header: ${header}}`], ['"sum(money)"', sql]);
    expect(await thousands(`'sum("money (t.kr.)")'`)).toEqual([expect.stringMatching(new RegExp(`^${lineOf('  spend:')}:\\d+ The measure is in kr, and 'money \\(t\\.kr\\.\\)' says that its amounts are in thousands, millions or hundredths\\. Write the factor: sum\\("money \\(t\\.kr\\.\\)" \\* 1000\\), or / 100; or \\* 1 if`))]);
    expect(await thousands('"sum(money)"', 'Beløb i 1.000 kr.')).toHaveLength(1);
    for (const factor of ['1000', '1_000', '1', '1000000']) expect(await thousands(`'sum("money (t.kr.)" * ${factor})'`)).toEqual([]);
    expect(await thousands('"sum(money)"', 'Beløb i øre')).toHaveLength(1);
    expect(await thousands('"sum(money / 100)"', 'Beløb i øre')).toEqual([]);
    expect(await thousands('"sum(money)"', 'Tkronprins')).toEqual([]);
    expect(await told(['"sum(money)", name: Spend, definition: d, unit: kr', '"sum(money)", name: Spend, definition: d, unit: percent'])).toContainEqual(expect.stringMatching(/A percentage can not be added up over rows, units or months\. Make what is above and below the line measures of their own, and write kind: ratio/));
  });

  it('access that is not known, of a role, a unit or a plan', async () => {
    expect(await told(['measures:\n', 'access: {leader: {siblings: anonym}}\nmeasures:\n'])).toEqual([expect.stringMatching(/^\d+:\d+ .*(named|anonymous)/)]);
    expect(await told(['measures:\n', 'access: {leder: {above: true}}\nmeasures:\n'])).toEqual([expect.stringMatching(/Unknown key 'leder'\. Did you mean 'leader'\?/)]);
    expect(await told(['measures:\n', 'people: {anna: {name: Anna, role: leader, units: [a], also_sees: [bb]}}\nmeasures:\n'])).toEqual([expect.stringMatching(/There is no unit 'bb'/)]);
    expect(await told(['unit: hours}', 'unit: hours, sensitivity: sensitive}'], ['measures:\n', 'plans: {spend: {by: hours}}\nmeasures:\n'])).toEqual([expect.stringMatching(/'hours' is sensitive, and as the plan of 'spend' it is shown beside it\. Mark 'spend' as sensitive too/)]);
    expect(await told(['measures:\n', 'access: {leader: {siblings: anonymous, above: true}, analyst: {sensitive: true}}\npeople: {anna: {name: Anna, role: leader, units: [a], also_sees: [b]}}\nmeasures:\n'])).toEqual([]);
  });

  it('units of someone who sees totals that together give another one away', async () => {
    const pia = (units: string, role = 'politician'): [string, string] => ['measures:\n', `people: {pia: {name: Pia, role: ${role}, units: [${units}]}}\nmeasures:\n`];
    expect(await told(pia('b, b1'), ['children: [{id: b1, name: B1}]', 'children: [{id: b1, name: B1}, {id: b2, name: B2}]'])).toEqual([expect.stringMatching(/The total of 'b' beside those below it gives away the one part that is not named\. Name all of its parts, or leave 'b' out/)]);
    expect(await told(pia('b, b1', 'leader'), ['children: [{id: b1, name: B1}]', 'children: [{id: b1, name: B1}, {id: b2, name: B2}]'])).toEqual([]);
    expect(await told(pia('b, b1, b2'), ['children: [{id: b1, name: B1}]', 'children: [{id: b1, name: B1}, {id: b2, name: B2}]'])).toEqual([]);
    expect(await told(pia('b, a'))).toEqual([]);
    expect(await told(['measures:\n', 'access: {leader: {depth: sums}}\nmeasures:\n'])).toEqual([expect.stringMatching(/all, totals/)]);
  });

  it('dates moved in a pack that does not say its data are synthetic, or to a month that is none', async () => {
    expect(await told(['Test}}', 'Test}, demonstration: {last_month: 2026-10}}'])).toEqual([
      expect.stringMatching(/^2:\d+ Dates are moved for synthetic data only, and the pack has no label that says so\. Add 'label:/),
    ]);
    expect(await told(['Test}}', 'Test}, label: Synthetic, demonstration: {last_month: 2026-13}}'])).toEqual([expect.stringMatching(/Not a month\. Write year and month as "2026-10"\./)]);
    expect(await told(['Test}}', 'Test}, label: Synthetic, demonstration: {last_month: 2026-10}}'])).toEqual([]);
  });

  it('a measure that is not there, with the nearest one', async () => {
    const [fault] = await told(['numerator: spend,', 'numerator: spent,']);
    expect(fault).toContain("There is no measure 'spent'. Did you mean 'spend'?");
    expect(fault).toMatch(new RegExp(`^${lineOf('  price:')}:\\d+ `));
  });

  it('a column that is not there, at the expression', async () => {
    const [fault] = await told(['sum(money)', 'sum(mony)']);
    expect(fault).toContain("There is no column 'mony' in the source. Did you mean 'money'?");
  });

  it('SQL that can not be read', async () => {
    const [fault] = await told(['sum(money)', 'sum(money']);
    expect(fault).toContain("The SQL can't be read:");
  });

  it('a value that is not allowed, with those that are', async () => {
    const [fault] = await told(['better: lower', 'better: less']);
    expect(fault).toContain('Allowed: higher, lower, near-plan, neutral.');
  });

  it('a unit that stands twice', async () => {
    const [fault] = await told(['{id: b1, name: B1}', '{id: a1, name: B1}']);
    expect(fault).toContain("The unit 'a1' stands twice in the tree.");
  });

  it.each([
    ['{id: a1, name: A1, until: 2026-06-30, successor: a3}', "There is no unit 'a3'. Did you mean 'a'?"],
    ['{id: a1, name: A1, until: 2026-06-30, successor: nirgends}', "There is no unit 'nirgends'. Write the id of a unit of the tree."],
    ['{id: a1, name: A1, successor: a2}', "'A1' has a successor and no until:. Write the last day of the unit in until:."],
    ['{id: a1, name: A1, until: 2026-06-30, history: successor}', "The history of 'A1' goes to its successor, and it has none. Name the unit that took over in successor:."],
    ['{id: a1, name: A1, until: 2026-06-30, successor: a}', "'a' lies above or below 'a1', or is the unit itself. A successor is another unit of the tree."],
    ['{id: a1, name: A1, until: 2026-06-30, successor: a1}', "'a1' lies above or below 'a1', or is the unit itself. A successor is another unit of the tree."],
    ['{id: a1, name: A1, from: 2026-07-01, until: 2026-06-30}', "'A1' closes before it opens. from: is its first day and until: its last."],
  ])('a unit that opens and closes: %s', async (unit, message) => {
    expect(await told(['{id: a1, name: A1}', unit])).toEqual([expect.stringMatching(new RegExp(`^${lineOf('{id: a1')}:`))]);
    expect((await told(['{id: a1, name: A1}', unit]))[0]).toContain(message);
  });

  it('units whose successors lead in a ring, and a history that would move with units below it', async () => {
    const ring = await told(['{id: a1, name: A1}', '{id: a1, name: A1, until: 2026-06-30, successor: a2}'], ['{id: a2, name: A2}', '{id: a2, name: A2, until: 2026-06-30, successor: a1}']);
    expect(ring.map((fault) => fault.replace(/^\S+ /, ''))).toEqual(["The successors of 'a1' lead back to a unit they began with. Let the last one have no successor.", "The successors of 'a2' lead back to a unit they began with. Let the last one have no successor."]);
    expect((await told(['{id: b, name: B, children', '{id: b, name: B, until: 2026-06-30, successor: c, history: successor, children']))[0]).toContain("'b' has units below it, so its history can't be moved as a whole. Write successor: and history: at each unit below it.");
    expect(await told(['{id: a1, name: A1}', '{id: a1, name: A1, from: 2025-01-01, until: 2026-06-30, successor: a2, history: successor}'])).toEqual([]);
  });

  it('a missing key, named', async () => {
    const [fault] = await told([', unit: kr, better: lower', ', better: lower']);
    expect(fault).toContain("'unit' is missing here.");
  });

  it('YAML that can not be read, with line and column', async () => {
    const [fault] = await told(['pack: {title: {da: Prøve, en: Test}}', 'pack: {title: {da: Prøve, en: Test}']);
    expect(fault).toMatch(/^\d+:\d+ Not readable as YAML/);
  });

  it('a person who stands twice, and two people with one address', async () => {
    const [twice] = await told(['organisation:\n', 'people:\n  ann: {name: Ann, role: leader, units: [a]}\n  ann: {name: Ann, role: leader, units: [b]}\norganisation:\n']);
    expect(twice).toBe('5:3 This key stands twice in the same list. Keep one of them.');
    const [shared] = await told(['organisation:\n', 'people:\n  ann: {name: Ann, role: leader, units: [a], email: x@example.dk}\n  bo: {name: Bo, role: leader, units: [b], email: X@example.dk}\norganisation:\n']);
    expect(shared).toContain("'bo' and 'ann' have the same email address.");
  });

  it('how a file is written: one sign for two things, a column to fill that is not there, a pattern that is none', async () => {
    const source = '    files: x.csv\n';
    expect((await told([source, `${source}    decimal: ","\n    thousands: ","\n`]))[0]).toContain("',' is both the decimal and the thousands sign.");
    expect((await told([source, `${source}    fill_down: [mony]\n`]))[0]).toContain("There is no column 'mony' in the source. Did you mean 'money'?");
    expect((await told([source, `${source}    unpivot: {columns: "20(", name: kind, value: money}\n`]))[0]).toContain("'20(' is not a pattern of headers.");
    expect((await told([source, '    files: {path: x.csv, decimal: ".", thousands: "."}\n']))[0]).toContain("'.' is both");
  });

  it('an expression that does not fit the types of its columns, once for what it stands on', async () => {
    expect((await told(['sum(money)', 'sum(kind)']))[0]).toMatch(/^\d+:\d+ The expression does not fit the columns: .*sum\(VARCHAR\).* Look at the type/);
    expect(await told(['    date: d\n', '    date: d\n    derive: {half: "kind / 2"}\n'], ['sum(money)', 'sum(half)'])).toHaveLength(1);
    expect(await told(['    date: d\n', '    date: d\n    derive: {half: "money / 2"}\n    where: "half > 0"\n'], ['sum(money)', 'sum(half)'])).toEqual([]);
  });

  it('names and references that YAML itself trips over', async () => {
    expect((await told(['organisation:\n', 'people: *nobody\norganisation:\n']))[0]).toMatch(/^\d+:\d+ .*nobody/);
    expect((await told(['organisation:\n', 'people: {__proto__: {name: X, role: leader, units: [a]}}\norganisation:\n']))[0]).toContain("'__proto__' can't be a name.");
  });

  it('a path that names a setting of the program, such as a token', async () => {
    expect((await told(['files: x.csv', 'files: "${SLACK_BOT_TOKEN}.csv"']))[0]).toContain('SLACK_BOT_TOKEN, which packs can not read. Give it a name that begins with OVERBLIK_.');
  });

  it('a count of persons that is not of the same rows, and a ratio that has parts to say it of', async () => {
    expect((await told(['unit: hours}', 'unit: hours, persons: peple}']))[0]).toContain("There is no measure 'peple'. Did you mean 'people'?");
    expect((await told(['unit: hours}', 'unit: hours, persons: open}']))[0]).toContain("'open' counts no persons. Name a measure of kind distinct, or one with a threshold.");
    expect((await told(['unit: kr per hour}', 'unit: kr per hour, persons: people}']))[0]).toContain('A ratio is hidden where one of its parts is. Write persons: on those.');
    expect((await told(['unit: hours}', 'unit: hours, persons: people}']))[0]).toContain("'people' counts no persons.");
    expect((await told(['unit: hours}', 'unit: hours, part_of: people}']))[0]).toContain("'part_of' is between two counts of persons, and 'people' is none. Give it a threshold, or take the line away.");
    expect((await told(['unit: count, threshold: 0}', 'unit: persons, part_of: people}']))[0]).toContain("'people' is a part of 'people', which is a part of 'people'. Take one of the two lines away.");
    expect(await told(['unit: hours}', 'unit: hours, persons: people}'], ['unit: count, threshold: 0}', 'unit: persons}'])).toEqual([]);
  });

  it('all of them in one go', async () => {
    const faults = await told(['numerator: spend,', 'numerator: spent,'], ['denominator: people', 'denominator: peple'], ['sum(open)', 'sum(opn)'], ['sum(minutes) / 60', 'avg(minutes)']);
    expect(faults).toHaveLength(4);
  });
});

describe('an expression reads the columns of its own source and nothing else', () => {
  const refused: [sql: string, because: string][] = [
    ['sum(money) from secrets', "can't be read|not one"],
    ['(select max(money) from facts)', 'subquery'],
    ['sum(money) over ()', "window function|can't be used"],
    ["count(*) filter (where who in (select name from people))", 'subquery'],
    ["sum(length(read_text('/etc/passwd')))", "'read_text' can't be used"],
    ["sum(getvariable('x'))", "'getvariable' can't be used"],
    ["sum(length(repeat('x', 2000000000)))", "'repeat' can't be used"],
    ['sum(money); drop table facts', "can't be read|Not one"],
    ['1) from facts; --', "can't be read"],
    ['money', 'outside an aggregate'],
    ['sum(money order by minutes)', 'ORDER BY'],
    ['coalesce(sum(money), 100)', 'flow is summed'],
    ['minutes + sum(money)', 'outside an aggregate'],
    ['sum(sum(money))', 'inside another aggregate'],
    ['5', 'no aggregate'],
    ['avg(minutes)', 'kind ratio'],
    ['max(minutes)', 'summed over units and periods'],
    ['sum(money) / sum(minutes)', 'kind ratio'],
    ['sum(money) * sum(minutes)', 'summed over units and periods'],
    ['count(distinct who)', 'kind: distinct'],
    ['sum(main.facts.money)', "no column 'main.facts.money'"],
    ['sum($1)', 'parameter'],
    ['*', "can't be used|read"],
  ];
  it.each(refused)('refuses %s', async (sql, because) => {
    const faults = await told(['sum(money)', sql]);
    expect(faults.join('\n')).toMatch(new RegExp(because, 'i'));
  });

  const allowed = ['sum(money) - sum(minutes) * 2', 'sum(case when kind = \'x\' then money else 0 end)', 'count(*)', 'coalesce(sum(money) filter (where year(d) > 2020), 0) / 1000', 'cast(sum(minutes) as double)', '-sum(money)'];
  it.each(allowed)('accepts %s', async (sql) => { expect(await told(['sum(money)', sql])).toEqual([]); });

  it('comments and odd spelling do not reach the SQL that runs', async () => {
    const pack = await checkPack({ id: 'p', dir: '.', files: [{ path: 'p.yaml', text: PACK_YAML.replace('"sum(money)"', '"SUM( money ) /* hello */"') }] }, parser, {});
    const measure = pack.measures.get('spend');
    expect(measure?.kind === 'flow' && measure.sql).toBe('sum(money)');
  });
});
