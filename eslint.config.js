import tseslint from 'typescript-eslint';

/**
 * The floors of the house: each room may import from its own folder and from the rooms below it, nothing else.
 * A room is a folder under src/ (or adapters/); files named here alone are rooms of one file.
 */
export const floors = {
  calendar: [],
  pack: ['calendar'],
  query: ['pack', 'calendar'],
  chart: ['query', 'pack', 'calendar'],
  insight: ['query', 'pack', 'calendar'],
  access: ['query', 'pack', 'calendar'],
  card: ['insight', 'chart', 'access', 'query', 'pack', 'calendar'],
  digest: ['card', 'insight', 'chart', 'access', 'query', 'pack', 'calendar'],
  question: ['card', 'insight', 'chart', 'access', 'query', 'pack', 'calendar'],
  delivery: ['card', 'access', 'pack', 'calendar'],
};
const ground = Object.keys(floors);
const roof = ['main', 'service', 'cli', 'commands', 'running', 'store', 'warehouse', 'delivering', 'connecting', 'worker', 'state', 'admitting', 'auditing', 'doctor', 'reader', 'reading'];
const rooms = [...ground, 'app', 'io', 'ports', 'errors', 'adapters', ...roof];

/** The ports and errors stand on the ground floor's plan: `errors` is open to all, `ports` to the floors above the ground. */
const allowed = {
  ...Object.fromEntries(ground.map((room) => [room, [...floors[room], 'errors']])),
  ports: [...ground, 'errors'],
  errors: [],
  app: [...ground, 'ports', 'errors'],
  io: [...ground, 'ports', 'errors'],
  adapters: [...ground, 'ports', 'errors'],
};

const forbid = (room, may, files) => {
  const not = rooms.filter((other) => other !== room && !may.includes(other));
  return {
    files,
    rules: {
      'no-restricted-imports': ['error', {
        patterns: [{
          regex: `^\\.{1,2}/(?:\\.\\./)*(?:src/)?(?:(?:${not.filter((other) => !roof.includes(other)).join('|')})(?:/|\\.ts$)|(?:${roof.join('|')})\\.ts$)`,
          message: `Imports run downwards: ${room} may import ${may.length > 0 ? may.join(', ') : 'no other room'}.`,
        }],
      }],
    },
  };
};

const platforms = ['slack', 'teams', 'web'];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'var/', 'digests/', '**/*.js', '**/*.mjs', '**/*.cjs'] },
  ...tseslint.configs.recommended,
  { rules: { '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }], '@typescript-eslint/consistent-type-imports': 'error' } },
  ...ground.map((room) => forbid(room, allowed[room], [`src/${room}/**/*.ts`])),
  forbid('ports', allowed.ports, ['src/ports.ts']),
  forbid('errors', allowed.errors, ['src/errors.ts']),
  forbid('app', allowed.app, ['src/app/**/*.ts']),
  forbid('io', allowed.io, ['src/io/**/*.ts']),
  ...platforms.map((platform) => {
    const rule = forbid('adapters', allowed.adapters, [`adapters/${platform}/**/*.ts`]);
    rule.rules['no-restricted-imports'][1].patterns.push({
      regex: `^\\.{1,2}/(?:\\.\\./)*(?:adapters/)?(?:${platforms.filter((p) => p !== platform).join('|')})(?:/|\\.ts$)`,
      message: 'One adapter knows nothing of another.',
    });
    return rule;
  }),
);
