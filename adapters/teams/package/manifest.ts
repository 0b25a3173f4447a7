/** Newest schema in Microsoft's reference when this was written; nothing used here is newer than 1.16, so an older tenant needs only this number changed. */
const MANIFEST_VERSION = '1.22';
const SCHEMA = `https://developer.microsoft.com/json-schemas/teams/v${MANIFEST_VERSION}/MicrosoftTeams.schema.json`;
const LOCALIZATION_SCHEMA = `https://developer.microsoft.com/json-schemas/teams/v${MANIFEST_VERSION}/MicrosoftTeams.Localization.schema.json`;

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const HOST = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i;
const VERSION = /^\d+\.\d+\.\d+$/;

export interface PackageOptions {
  /** Microsoft App ID of the bot; the Teams app gets the same id. */
  readonly appId: string;
  /** Host the service is reached at, without scheme and path. */
  readonly domain: string;
  /** Three numbers; Teams takes a new package only with a higher one. */
  readonly version: string;
  /** Who is named as the maker: the organisation that runs the service. */
  readonly developer: string;
}

/** What is wrong with the options, one sentence each with how to mend it; empty when nothing is. */
export function optionFaults(options: PackageOptions): string[] {
  return [
    ...(GUID.test(options.appId) ? [] : ['--app-id must be a GUID: copy the Microsoft App ID from the bot\'s page in Azure.']),
    ...(HOST.test(options.domain) ? [] : ['--domain must be a host name such as overblik.example.dk, without https:// and without a path.']),
    ...(VERSION.test(options.version) ? [] : ['--version must be three numbers such as 1.0.0.']),
    ...(options.developer.trim() !== '' && options.developer.length <= 32 ? [] : ['--developer must be a name of 1 to 32 characters.']),
  ];
}

interface Command { readonly title: string; readonly description: string }
type Language = 'en' | 'da';

const TEXTS: Record<Language, { readonly short: string; readonly full: string; readonly about: string; readonly more: string; readonly commands: readonly Command[] }> = {
  en: {
    short: 'Overblik',
    full: 'Overblik: facts to steer by',
    about: 'Key figures for leaders, on schedule and on request',
    more: 'Overblik sends leaders their key figures on a schedule: spending against budget, hours and prices, with a small chart and where the figures come from. Ask it a question in your own words and it answers from the same figures, within what you may see.',
    commands: [
      { title: 'help', description: 'What can I ask?' },
      { title: 'spending this year', description: 'Spending so far against budget' },
      { title: 'spending per month', description: 'Month by month, with a chart' },
      { title: 'which figures are there', description: 'All measures and what they mean' },
    ],
  },
  da: {
    short: 'Overblik',
    full: 'Overblik: tal at styre efter',
    about: 'Nøgletal til ledere, fast hver måned og når du spørger',
    more: 'Overblik sender ledere deres nøgletal efter en fast plan: forbrug mod budget, timer og priser, med en lille graf og hvor tallene kommer fra. Stil et spørgsmål med dine egne ord, så svarer den ud fra de samme tal og inden for det, du må se.',
    commands: [
      { title: 'hjælp', description: 'Hvad kan jeg spørge om?' },
      { title: 'forbrug i år', description: 'Forbrug indtil nu mod budget' },
      { title: 'forbrug pr. måned', description: 'Måned for måned, med graf' },
      { title: 'hvilke tal findes', description: 'Alle nøgletal og hvad de betyder' },
    ],
  },
};

const SCOPES = ['personal', 'team', 'groupChat'] as const;

/** manifest.json: English, with Danish in `localization`. */
export function manifest(options: PackageOptions): object {
  const text = TEXTS.en;
  const site = `https://${options.domain}`;
  return {
    $schema: SCHEMA,
    manifestVersion: MANIFEST_VERSION,
    version: options.version,
    id: options.appId.toLowerCase(),
    developer: { name: options.developer, websiteUrl: site, privacyUrl: `${site}/privacy`, termsOfUseUrl: `${site}/terms` },
    name: { short: text.short, full: text.full },
    description: { short: text.about, full: text.more },
    icons: { color: 'color.png', outline: 'outline.png' },
    accentColor: '#1F4E79',
    localizationInfo: { defaultLanguageTag: 'en', additionalLanguages: [{ languageTag: 'da', file: 'da.json' }] },
    bots: [{
      botId: options.appId.toLowerCase(),
      scopes: SCOPES,
      supportsFiles: false,
      isNotificationOnly: false,
      commandLists: [{ scopes: SCOPES, commands: text.commands }],
    }],
    permissions: ['identity', 'messageTeamMembers'],
    validDomains: [options.domain.toLowerCase()],
  };
}

/** da.json: the same texts in Danish, by their place in the manifest. */
export function localization(): Record<string, string> {
  const text = TEXTS.da;
  const commands = text.commands.flatMap(({ title, description }, i) => [
    [`bots[0].commandLists[0].commands[${i}].title`, title],
    [`bots[0].commandLists[0].commands[${i}].description`, description],
  ]);
  return {
    $schema: LOCALIZATION_SCHEMA,
    'name.short': text.short,
    'name.full': text.full,
    'description.short': text.about,
    'description.full': text.more,
    ...Object.fromEntries(commands) as Record<string, string>,
  };
}
