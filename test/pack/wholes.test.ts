import { packFrom } from '../query/facts.ts';

const measures = (lines: readonly string[]): string => `
pack: {title: P}
organisation: {levels: [{id: l, name: l}], unit: {id: alt, name: Alt}}
sources:
  s: {name: S, files: x.csv, unit: u, date: d, columns: {u: text, d: date, who: text, kind: text, late: boolean}}
  other: {name: O, files: y.csv, unit: u, date: d, columns: {u: text, d: date, who: text, kind: text}}
measures:
${lines.map((line) => `  ${line.replace('}', ', name: N, definition: D, unit: persons}')}`).join('\n')}
`;
const wholesOf = async (...lines: string[]): Promise<Record<string, readonly string[]>> => Object.fromEntries([...(await packFrom(measures(lines))).measures].map(([id, { partOf }]) => [id, partOf]));

describe('what counts the same under more conditions is a part, without anyone saying so', () => {
  it('of rows and of persons', async () => {
    expect(await wholesOf(
      'all: {kind: flow, source: s, sql: "count(*)"}', 'late: {kind: flow, source: s, sql: "count(*) filter (where late)"}', 'both: {kind: flow, source: s, sql: "count(*) filter (where kind = \'x\' and late)"}',
      'people: {kind: distinct, source: s, sql: "count(distinct who)"}', 'late_people: {kind: distinct, source: s, sql: "count(distinct who) filter (where late)"}',
    )).toEqual({ all: [], late: ['all'], both: ['all', 'late'], people: [], late_people: ['people'] });
  });

  it('however the conditions are put together, and whatever stands in their texts', async () => {
    expect(await wholesOf(
      'a: {kind: flow, source: s, sql: "count(*) filter (where kind = \'x AND (y\')"}', 'b: {kind: flow, source: s, sql: "count(*) filter (where (late and who <> \'it\'\'s\') and (kind = \'x AND (y\'))"}',
      'either: {kind: flow, source: s, sql: "count(*) filter (where late or kind = \'x AND (y\')"}',
    )).toEqual({ a: [], b: ['a'], either: [] });
  });

  it('but not of other rows, of another kind, of other persons, in other stretches of time, or of what is no count of persons', async () => {
    expect(await wholesOf(
      'all: {kind: flow, source: s, sql: "count(*)"}', 'elsewhere: {kind: flow, source: other, sql: "count(*) filter (where kind = \'x\')"}', 'stock: {kind: stock, source: s, sql: "count(*) filter (where late)"}',
      'kinds: {kind: distinct, source: s, sql: "count(distinct kind)"}', 'people: {kind: distinct, source: s, sql: "count(distinct who) filter (where late)"}', 'yearly: {kind: flow, source: s, sql: "count(*) filter (where late)", finest: year}',
      'things: {kind: flow, source: s, sql: "count(*) filter (where late)", threshold: 0}',
    )).toEqual({ all: [], elsewhere: [], stock: [], kinds: [], people: [], yearly: [], things: [] });
  });

  it('what its expression does not say, the pack says', async () => {
    expect(await wholesOf('all: {kind: flow, source: s, sql: "sum(1)"}', 'late: {kind: flow, source: s, sql: "sum(case when late then 1 else 0 end)", part_of: all}')).toEqual({ all: [], late: ['all'] });
  });
});
