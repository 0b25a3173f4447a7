/** One place of the tree the benchmark is run on. */
export interface Node {
  readonly id: string;
  readonly name: string;
  readonly level: 'omraade' | 'distrikt' | 'team';
  readonly parent: string | null;
}

const TREES = ['Birke', 'Ege', 'Bøge', 'Elle', 'Linde', 'Aske', 'Pile', 'Tjørne', 'Hassel', 'Rønne', 'Poppel', 'Kastanje', 'Lærke', 'Svane'];
const PLACES = ['lund', 'vang', 'højen', 'parken', 'haven', 'bakken', 'dalen', 'engen', 'skoven', 'gården', 'toften', 'marken'];
const two = (n: number): string => String(n + 1).padStart(2, '0');

/** An area, 14 districts, 168 teams: 183 nodes, the area first. */
export const NODES: readonly Node[] = [
  { id: 'omraadet', name: 'Hjemmeplejen', level: 'omraade', parent: null },
  ...TREES.map((tree, i): Node => ({ id: `d${two(i)}`, name: `${tree}kredsen`, level: 'distrikt', parent: 'omraadet' })),
  ...TREES.flatMap((tree, i) => PLACES.map((place, j): Node => ({ id: `t${two(i)}${two(j)}`, name: `${tree}${place}`, level: 'team', parent: `d${two(i)}` }))),
];

/** The teams, in whose names the facts come in. */
export const TEAMS: readonly Node[] = NODES.filter((node) => node.level === 'team');

const byId = new Map(NODES.map((node) => [node.id, node]));

/** Every node with the names of the teams below it, a team with itself. */
export const TEAMS_BELOW: readonly { readonly node: string; readonly team: string }[] = TEAMS.flatMap((team) => {
  const pairs: { node: string; team: string }[] = [];
  for (let node: Node | undefined = team; node !== undefined; node = byId.get(node.parent ?? '')) pairs.push({ node: node.id, team: team.name });
  return pairs;
});

/** A leader of one node. */
export interface Leader {
  readonly id: string;
  readonly node: Node;
  readonly language: 'da' | 'en';
}

/** A thousand leaders over all nodes, one in four reading English. */
export const LEADERS: readonly Leader[] = Array.from({ length: 1000 }, (_, i) => ({
  id: `leder-${String(i + 1).padStart(4, '0')}`, node: NODES[i % NODES.length] as Node, language: i % 4 === 3 ? 'en' : 'da',
}));
