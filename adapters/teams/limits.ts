/**
 * What Teams takes, beyond what a card's schema says. Sizes: learn.microsoft.com/microsoftteams/platform/bots/how-to/format-your-bot-messages
 * (about 100 KB of UTF-16, base64 pictures not counted; 413 above), so we stay under 80 KB.
 */
export const MESSAGE_BYTES = 80 * 1024;
/** Raw bytes of a PNG that may travel inside the card; base64 makes it a third longer. */
export const INLINE_PICTURE_BYTES = 40 * 1024;
/** Buttons in one row; the hosts' default configuration draws no more. */
export const ACTIONS_IN_A_ROW = 5;
export const CARD_VERSION = '1.5';

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const SIZES = ['Small', 'Default', 'Medium', 'Large', 'ExtraLarge'];
const COLOURS = ['Default', 'Dark', 'Light', 'Accent', 'Good', 'Warning', 'Attention'];
const SPACINGS = ['None', 'Small', 'Default', 'Medium', 'Large', 'ExtraLarge', 'Padding'];
const SIDES = ['Left', 'Center', 'Right'];
const WEIGHTS = ['Lighter', 'Default', 'Bolder'];
const CONTAINER_STYLES = ['default', 'emphasis', 'good', 'attention', 'warning', 'accent'];
const TEXT_LOOK = { size: SIZES, weight: WEIGHTS, color: COLOURS, isSubtle: 'boolean', italic: 'boolean' } as const;
const ANY_ELEMENT = { type: 'string', id: 'string', spacing: SPACINGS, separator: 'boolean', fallback: 'object' } as const;

/** Properties by type of element: a list of words, or the JavaScript type. Only what the render uses; anything else is a slip. */
type Rule = readonly string[] | 'string' | 'boolean' | 'number' | 'array' | 'object' | 'width';
const RULES: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  AdaptiveCard: { type: 'string', $schema: 'string', version: [CARD_VERSION], lang: ['da', 'en'], fallbackText: 'string', msteams: 'object', body: 'array', actions: 'array' },
  TextBlock: { ...ANY_ELEMENT, ...TEXT_LOOK, text: 'string', wrap: 'boolean', style: ['default', 'heading'], horizontalAlignment: SIDES },
  RichTextBlock: { ...ANY_ELEMENT, inlines: 'array', horizontalAlignment: SIDES },
  TextRun: { ...TEXT_LOOK, type: 'string', text: 'string' },
  Image: { ...ANY_ELEMENT, url: 'string', altText: 'string', size: ['Auto', 'Stretch', 'Small', 'Medium', 'Large'], msteams: 'object' },
  Container: { ...ANY_ELEMENT, style: CONTAINER_STYLES, items: 'array', bleed: 'boolean' },
  ColumnSet: { ...ANY_ELEMENT, columns: 'array' },
  Column: { ...ANY_ELEMENT, width: 'width', items: 'array' },
  FactSet: { ...ANY_ELEMENT, facts: 'array' },
  Table: { ...ANY_ELEMENT, columns: 'array', rows: 'array', firstRowAsHeaders: 'boolean', showGridLines: 'boolean', gridStyle: CONTAINER_STYLES },
  TableRow: { type: 'string', cells: 'array', style: CONTAINER_STYLES },
  TableCell: { type: 'string', items: 'array', style: CONTAINER_STYLES },
  ActionSet: { ...ANY_ELEMENT, actions: 'array' },
  'Action.Submit': { type: 'string', id: 'string', title: 'string', data: 'object' },
  'Action.OpenUrl': { type: 'string', title: 'string', url: 'string' },
};
const ELEMENTS = ['TextBlock', 'RichTextBlock', 'Image', 'Container', 'ColumnSet', 'FactSet', 'Table', 'ActionSet'];

/** What must be there and not be empty; hosts drop an element without it in silence. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  AdaptiveCard: ['version', 'body', 'fallbackText', 'lang'], TextBlock: ['text'], TextRun: ['text'], RichTextBlock: ['inlines'], Image: ['url', 'altText'],
  Container: ['items'], ColumnSet: ['columns'], Column: ['items', 'width'], FactSet: ['facts'], Table: ['columns', 'rows'], TableRow: ['cells'], TableCell: ['items'],
  ActionSet: ['actions'], 'Action.Submit': ['title', 'data'], 'Action.OpenUrl': ['title', 'url'],
};
const CHILDREN: Readonly<Record<string, readonly [property: string, types: readonly string[]]>> = {
  AdaptiveCard: ['body', ELEMENTS], Container: ['items', ELEMENTS], Column: ['items', ELEMENTS], ColumnSet: ['columns', ['Column']], RichTextBlock: ['inlines', ['TextRun']],
  Table: ['rows', ['TableRow']], TableRow: ['cells', ['TableCell']], TableCell: ['items', ELEMENTS], ActionSet: ['actions', ['Action.Submit', 'Action.OpenUrl']],
};

function fits(value: unknown, rule: Rule): boolean {
  if (typeof rule !== 'string') return typeof value === 'string' && rule.includes(value);
  if (rule === 'array') return Array.isArray(value);
  if (rule === 'object') return isObject(value);
  if (rule === 'width') return value === 'auto' || value === 'stretch' || (typeof value === 'number' && value > 0);
  return typeof value === rule;
}

const isEmpty = (value: unknown): boolean => value === undefined || (typeof value === 'string' && value.trim() === '') || (Array.isArray(value) && value.length === 0);

/** https, a picture inside the card, or this very machine (tests and trials). */
const PICTURE_URL = /^(https:\/\/|data:image\/(png|jpeg|gif);base64,|http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/])/;

function ownRules(element: Json, at: string): string[] {
  switch (element['type']) {
    case 'Image': {
      const url = String(element['url']);
      const faults = PICTURE_URL.test(url) ? [] : [`${at}: the picture's url must be https or data:image/png;base64`];
      return url.startsWith('data:') && url.length > INLINE_PICTURE_BYTES * 4 / 3 + 64 ? [...faults, `${at}: an inline picture may have ${INLINE_PICTURE_BYTES} bytes`] : faults;
    }
    case 'Table': {
      const columns = list(element['columns']).length;
      const widths = list(element['columns']).filter((column) => !isObject(column) || !fits(column['width'], 'number'));
      const rows = list(element['rows']).filter((row) => isObject(row) && list(row['cells']).length !== columns);
      return [...(widths.length > 0 ? [`${at}: a column without a width`] : []), ...(rows.length > 0 ? [`${at}: ${rows.length} rows with other than ${columns} cells`] : [])];
    }
    case 'FactSet':
      return list(element['facts']).every((fact) => isObject(fact) && typeof fact['title'] === 'string' && typeof fact['value'] === 'string') ? [] : [`${at}: a fact without title or value`];
    default: return [];
  }
}

function check(value: unknown, types: readonly string[], at: string, ids: Set<string>): string[] {
  if (!isObject(value) || typeof value['type'] !== 'string') return [`${at}: not an element`];
  const type = value['type'];
  const rules = RULES[type];
  if (rules === undefined || !types.includes(type)) return [`${at}: ${type} can't stand here`];
  const here = `${at}.${type}`;
  const faults = Object.entries(value).flatMap(([name, given]) => {
    const rule = rules[name];
    if (rule === undefined) return [`${here}: unknown property ${name}`];
    return fits(given, rule) ? [] : [`${here}: ${name} can't be ${JSON.stringify(given)?.slice(0, 40)}`];
  });
  faults.push(...(REQUIRED[type] ?? []).filter((name) => isEmpty(value[name])).map((name) => `${here}: ${name} is missing or empty`));
  const id = value['id'];
  if (typeof id === 'string') {
    if (ids.has(id)) faults.push(`${here}: id ${id} is used twice`);
    ids.add(id);
  }
  const [property, allowed] = CHILDREN[type] ?? [];
  if (property !== undefined && allowed !== undefined) faults.push(...list(value[property]).flatMap((child, i) => check(child, allowed, `${here}[${i}]`, ids)));
  if (value['fallback'] !== undefined) faults.push(...check(value['fallback'], ELEMENTS, `${here}.fallback`, ids));
  const actions = list(value['actions']);
  if (actions.length > ACTIONS_IN_A_ROW) faults.push(`${here}: ${actions.length} actions, more than ${ACTIONS_IN_A_ROW}`);
  if (type === 'AdaptiveCard') faults.push(...actions.flatMap((action, i) => check(action, ['Action.Submit', 'Action.OpenUrl'], `${here}.actions[${i}]`, ids)));
  return [...faults, ...ownRules(value, here)];
}

/** Bytes of a message as Teams counts them: UTF-16, without pictures in base64. */
export function messageBytes(activity: unknown): number {
  return JSON.stringify(activity).replace(/data:image\/[a-z]+;base64,[A-Za-z0-9+/=]*/g, '').length * 2;
}

/** What Teams would refuse or silently drop in a card; empty when it is fit to send. */
export function cardFaults(card: unknown): string[] {
  return check(card, ['AdaptiveCard'], 'card', new Set());
}

/** The same for a whole message: its card and its size. */
export function messageFaults(activity: { readonly attachments?: readonly { readonly content?: unknown }[] }): string[] {
  const bytes = messageBytes(activity);
  const size = bytes < MESSAGE_BYTES ? [] : [`the message has ${bytes} bytes, the limit is ${MESSAGE_BYTES}`];
  return [...size, ...(activity.attachments ?? []).flatMap(({ content }) => cardFaults(content))];
}
