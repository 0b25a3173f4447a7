/** A Block Kit block as JSON. */
export type Block = Readonly<Record<string, unknown>>;
type Json = Readonly<Record<string, unknown>>;

/** Slack refuses a message of some 13,200 characters in its blocks, though none of its limits says so. */
export const MESSAGE_CHARACTERS = 12_000;
/** Blocks a surface may have. */
export const SURFACES = { message: 50, home: 100 } as const;
export type Surface = keyof typeof SURFACES;
export const LIMITS = {
  header: 150, contextElements: 10, actions: 25, buttonText: 75, buttonValue: 2000, actionId: 255, blockId: 255, alt: 2000, tableRows: 100, tableColumns: 20, text: 3000,
} as const;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Characters of all texts in it. */
export function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, inner) => sum + textLength(inner), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce((sum, [key, inner]) => sum + (typeof inner === 'string' ? (key === 'text' || key === 'alt_text' ? inner.length : 0) : textLength(inner)), 0);
}

function text(value: unknown, most: number, at: string, types: readonly string[] = ['plain_text']): string[] {
  if (!isObject(value) || !types.includes(String(value['type']))) return [`${at}: the text is no ${types.join(' or ')}`];
  const words = value['text'];
  if (typeof words !== 'string' || words.trim() === '') return [`${at}: the text is empty`];
  return words.length > most ? [`${at}: ${words.length} characters, more than ${most}`] : [];
}

/** Everything in rich text must be words: mentions and links are never made. */
function richText(value: unknown, at: string): string[] {
  if (!isObject(value)) return [`${at}: not an element`];
  const elements = list(value['elements']);
  switch (value['type']) {
    case 'text': return typeof value['text'] === 'string' && value['text'] !== '' ? [] : [`${at}: the text is empty`];
    case 'rich_text': case 'rich_text_section': return elements.length === 0 ? [`${at}: nothing in it`] : elements.flatMap((inner, i) => richText(inner, `${at}[${i}]`));
    case 'rich_text_list': return [
      ...(elements.length === 0 ? [`${at}: nothing in it`] : []),
      ...(value['style'] === 'bullet' ? [] : [`${at}: style ${String(value['style'])}`]),
      ...elements.flatMap((inner, i) => (isObject(inner) && inner['type'] === 'rich_text_section' ? richText(inner, `${at}[${i}]`) : [`${at}[${i}]: no section`])),
    ];
    default: return [`${at}: ${String(value['type'])} can't stand here`];
  }
}

function button(value: unknown, at: string): string[] {
  if (!isObject(value) || value['type'] !== 'button') return [`${at}: no button`];
  const [id, carried] = [value['action_id'], value['value']];
  return [
    ...text(value['text'], LIMITS.buttonText, at),
    ...(typeof id === 'string' && id !== '' && id.length <= LIMITS.actionId ? [] : [`${at}: action_id`]),
    ...(typeof carried === 'string' && carried !== '' && carried.length <= LIMITS.buttonValue ? [] : [`${at}: value`]),
  ];
}

function image(block: Json, at: string): string[] {
  const alt = block['alt_text'];
  const file = block['slack_file'];
  return [
    ...(typeof alt === 'string' && alt !== '' && alt.length <= LIMITS.alt ? [] : [`${at}: alt_text`]),
    ...((file === undefined) === (block['image_url'] === undefined) ? [`${at}: exactly one of image_url and slack_file`] : []),
    ...(file === undefined || (isObject(file) && typeof file['id'] === 'string' && file['id'] !== '') ? [] : [`${at}: slack_file without id`]),
  ];
}

function table(block: Json, at: string): string[] {
  const rows = list(block['rows']);
  const wide = Math.max(0, ...rows.map((row) => list(row).length));
  return [
    ...(rows.length < 1 || rows.length > LIMITS.tableRows ? [`${at}: ${rows.length} rows`] : []),
    ...(wide < 1 || wide > LIMITS.tableColumns ? [`${at}: ${wide} columns`] : []),
    ...(list(block['column_settings']).length > LIMITS.tableColumns ? [`${at}: column_settings`] : []),
    ...(rows.some((row) => list(row).length !== wide) ? [`${at}: rows of different length`] : []),
    ...rows.flatMap((row, r) => list(row).flatMap((cell, c) => {
      const here = `${at}[${r}][${c}]`;
      return isObject(cell) && cell['type'] === 'rich_text' ? richText(cell, here) : text(cell, LIMITS.text, here, ['raw_text']);
    })),
  ];
}

function blockFaultsOf(block: Json, at: string): string[] {
  switch (block['type']) {
    case 'header': return text(block['text'], LIMITS.header, at);
    case 'divider': return [];
    case 'rich_text': return richText(block, at);
    case 'image': return image(block, at);
    case 'table': return table(block, at);
    case 'context': {
      const elements = list(block['elements']);
      return [...(elements.length < 1 || elements.length > LIMITS.contextElements ? [`${at}: ${elements.length} elements`] : []), ...elements.flatMap((inner, i) => text(inner, LIMITS.text, `${at}[${i}]`))];
    }
    case 'actions': {
      const elements = list(block['elements']);
      const ids = elements.map((inner) => (isObject(inner) ? inner['action_id'] : null));
      return [
        ...(elements.length < 1 || elements.length > LIMITS.actions ? [`${at}: ${elements.length} elements`] : []),
        ...(new Set(ids).size === ids.length ? [] : [`${at}: an action_id stands twice`]),
        ...elements.flatMap((inner, i) => button(inner, `${at}[${i}]`)),
      ];
    }
    default: return [`${at}: unknown block ${String(block['type'])}`];
  }
}

/** What Slack would refuse in blocks (docs.slack.dev, Block Kit reference); empty when they are fit to send. */
export function blockFaults(blocks: readonly unknown[], surface: Surface): string[] {
  const ids = blocks.flatMap((block) => (isObject(block) && block['block_id'] !== undefined ? [block['block_id']] : []));
  const characters = textLength(blocks);
  return [
    ...(blocks.length < 1 || blocks.length > SURFACES[surface] ? [`${blocks.length} blocks`] : []),
    ...(characters > MESSAGE_CHARACTERS ? [`${characters} characters, more than ${MESSAGE_CHARACTERS}`] : []),
    ...(blocks.filter((block) => isObject(block) && block['type'] === 'table').length > (surface === 'message' ? 1 : 0) ? ['more tables than the one a message may have'] : []),
    ...(ids.some((id) => typeof id !== 'string' || id === '' || id.length > LIMITS.blockId) ? ['block_id'] : []),
    ...(new Set(ids).size === ids.length ? [] : ['a block_id stands twice']),
    ...blocks.flatMap((block, i) => (isObject(block) ? blockFaultsOf(block, `block ${i} (${String(block['type'])})`) : [`block ${i}: not a block`])),
  ];
}
