import { execFileSync } from 'node:child_process';

const forbidden: [path: string, imported: string][] = [
  ['src/calendar/x.ts', '../pack/model.ts'],
  ['src/pack/x.ts', '../query/query.ts'],
  ['src/query/x.ts', '../card/card.ts'],
  ['src/query/x.ts', '../io/load/load.ts'],
  ['src/card/x.ts', '../app/figures.ts'],
  ['src/digest/x.ts', '../ports.ts'],
  ['src/app/x.ts', '../io/log/log.ts'],
  ['src/app/x.ts', '../../adapters/web/index.ts'],
  ['src/io/log/x.ts', '../../app/figures.ts'],
  ['src/io/load/x.ts', '../../service.ts'],
  ['adapters/web/x.ts', '../slack/index.ts'],
  ['adapters/slack/x.ts', '../../src/app/converse.ts'],
  ['adapters/teams/x.ts', '../../src/io/http/server.ts'],
];
const allowed: [path: string, imported: string][] = [
  ['src/query/x.ts', '../pack/model.ts'],
  ['src/app/x.ts', '../card/card.ts'],
  ['src/io/log/x.ts', '../../ports.ts'],
  ['adapters/slack/x.ts', '../../src/card/text.ts'],
];

/** What the lint rule says of files that are not there, each with one import. */
function lint(cases: readonly [string, string][]): string[] {
  const script = `
    import { ESLint } from 'eslint';
    const eslint = new ESLint();
    const told = [];
    for (const [filePath, imported] of ${JSON.stringify(cases)}) {
      const [result] = await eslint.lintText(\`import { nothing } from '\${imported}';\\nexport const probe = nothing;\\n\`, { filePath });
      told.push(result.messages.map((message) => message.message).join(' '));
    }
    console.log(JSON.stringify(told));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })) as string[];
}

describe('imports run downwards, and the rule has been seen to fail', () => {
  const told = lint([...forbidden, ...allowed]);

  it.each(forbidden.map(([path, imported], i): [string, string, number] => [path, imported, i]))('%s may not import %s', (_path, _imported, i) => {
    expect(told[i]).toMatch(/Imports run downwards|One adapter knows nothing of another/);
  });

  it.each(allowed.map(([path, imported], i): [string, string, number] => [path, imported, forbidden.length + i]))('%s may import %s', (_path, _imported, i) => {
    expect(told[i]).toBe('');
  });
});
