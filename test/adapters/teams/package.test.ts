import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { loadImage, createCanvas } from '@napi-rs/canvas';
import { buildPackage, runBuild } from '../../../adapters/teams/package/build.ts';

const options = { appId: '11111111-2222-3333-4444-555555555555', domain: 'overblik.example.dk', version: '1.2.0', developer: 'Example Kommune' };
const files = (zip: Uint8Array): Record<string, Uint8Array> => unzipSync(zip);
const json = (zip: Record<string, Uint8Array>, name: string): Record<string, unknown> => JSON.parse(strFromU8(zip[name] ?? new Uint8Array())) as Record<string, unknown>;

describe('the app package', () => {
  const zip = files(buildPackage(options));
  const manifest = json(zip, 'manifest.json') as {
    id: string; manifestVersion: string; $schema: string; validDomains: string[]; name: Record<string, string>; description: Record<string, string>;
    bots: { botId: string; scopes: string[]; commandLists: { scopes: string[]; commands: { title: string; description: string }[] }[] }[];
    localizationInfo: { additionalLanguages: { languageTag: string; file: string }[] };
  };

  it('holds the manifest, the Danish texts and both icons at its top, and nothing else', () => {
    expect(Object.keys(zip).sort()).toEqual(['color.png', 'da.json', 'manifest.json', 'outline.png']);
  });

  it('names the bot in one to one, group and channel, with the domain pictures come from', () => {
    expect(manifest.bots[0]).toMatchObject({ botId: options.appId, scopes: ['personal', 'team', 'groupChat'] });
    expect(manifest.id).toBe(options.appId);
    expect(manifest.validDomains).toEqual(['overblik.example.dk']);
    expect(manifest.$schema).toContain(`/v${manifest.manifestVersion}/`);
  });

  it('keeps every text within the limits of the schema, in both languages', () => {
    const danish = json(zip, 'da.json') as Record<string, string>;
    const limits: [RegExp, number][] = [[/^name\.short$/, 30], [/^name\.full$/, 100], [/^description\.short$/, 80], [/^description\.full$/, 4000], [/title$/, 32], [/commands.*description$/, 128]];
    const english: Record<string, string> = { 'name.short': manifest.name['short'] ?? '', 'name.full': manifest.name['full'] ?? '', 'description.short': manifest.description['short'] ?? '', 'description.full': manifest.description['full'] ?? '' };
    manifest.bots[0]?.commandLists[0]?.commands.forEach((command, i) => {
      english[`bots[0].commandLists[0].commands[${i}].title`] = command.title;
      english[`bots[0].commandLists[0].commands[${i}].description`] = command.description;
    });
    const translated = Object.fromEntries(Object.entries(danish).filter(([key]) => key !== '$schema'));
    expect(Object.keys(translated).sort()).toEqual(Object.keys(english).sort());
    for (const texts of [english, translated]) {
      for (const [key, text] of Object.entries(texts)) {
        const most = limits.find(([pattern]) => pattern.test(key))?.[1] ?? 0;
        expect({ key, fits: text.length > 0 && text.length <= most }).toEqual({ key, fits: true });
      }
    }
    expect(translated['bots[0].commandLists[0].commands[0].title']).toBe('hjælp');
    expect(manifest.localizationInfo.additionalLanguages).toEqual([{ languageTag: 'da', file: 'da.json' }]);
  });

  it('has icons of the two sizes Teams asks for, the outline white on transparent', async () => {
    const color = await loadImage(Buffer.from(zip['color.png'] ?? []));
    const outline = await loadImage(Buffer.from(zip['outline.png'] ?? []));
    expect([color.width, color.height, outline.width, outline.height]).toEqual([192, 192, 32, 32]);
    const context = createCanvas(32, 32).getContext('2d');
    context.drawImage(outline, 0, 0);
    const { data } = context.getImageData(0, 0, 32, 32);
    const drawn = Array.from({ length: 32 * 32 }, (_, i) => [...data.slice(i * 4, i * 4 + 4)]).filter((pixel) => pixel[3] === 255);
    expect(drawn.length).toBeGreaterThan(40);
    expect(drawn.every(([r, g, b]) => r === 255 && g === 255 && b === 255)).toBe(true);
    expect(data[3]).toBe(0);
  });

  it('gives the same bytes for the same options', () => {
    expect(Buffer.from(buildPackage(options)).equals(Buffer.from(buildPackage(options)))).toBe(true);
  });
});

describe('the command', () => {
  it.each([
    [['--domain', 'overblik.example.dk'], '--app-id must be a GUID'],
    [['--app-id', 'not-a-guid', '--domain', 'overblik.example.dk'], '--app-id must be a GUID'],
    [['--app-id', options.appId, '--domain', 'https://overblik.example.dk/x'], '--domain must be a host name'],
    [['--app-id', options.appId, '--domain', 'localhost'], '--domain must be a host name'],
    [['--app-id', options.appId, '--domain', 'overblik.example.dk', '--version', '1.0'], '--version must be three numbers'],
    [['--unknown'], 'npm run teams:package'],
  ])('writes nothing for %j and says why', (args, why) => {
    const { code, text } = runBuild(args);
    expect(code).toBe(2);
    expect(text).toContain(why);
  });

  it('runs as a script and writes the zip', () => {
    const dir = mkdtempSync(join(tmpdir(), 'teams-package-'));
    try {
      const out = join(dir, 'deep', 'app.zip');
      const said = execFileSync(process.execPath, ['--import', 'tsx', 'adapters/teams/package/build.ts', '--app-id', options.appId, '--domain', options.domain, '--out', out], { encoding: 'utf8' });
      expect(said).toContain('is ready');
      expect(Object.keys(files(new Uint8Array(readFileSync(out))))).toContain('manifest.json');
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
