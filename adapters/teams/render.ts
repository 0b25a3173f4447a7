import type { Action, Block, Card } from '../../src/card/card.ts';
import { shownChoices } from '../../src/card/choices.ts';
import { cardText } from '../../src/card/text.ts';
import { ACTIONS_IN_A_ROW, CARD_VERSION, messageBytes, MESSAGE_BYTES } from './limits.ts';
import { tableElement } from './table.ts';
import { clip, NARROWER, textElement } from './text.ts';
import type { Cut, Element } from './text.ts';

/** What is sent to the connector; `summary` is what a notification shows. */
export interface TeamsMessage {
  readonly type: 'message';
  readonly summary: string;
  readonly text?: string;
  readonly textFormat?: 'plain';
  readonly attachments?: readonly { readonly contentType: 'application/vnd.microsoft.card.adaptive'; readonly content: Element }[];
}

/** A toast shows no more than this. */
const SUMMARY_CHARACTERS = 250;
const FALLBACK_CHARACTERS = 4000;
const ALT_CHARACTERS = 2000;
const LABEL_CHARACTERS = 80;
/** Teams wraps no button and cuts it where its row ends: so much is seen on a phone too. */
const LABEL_SEEN = 30;
const MOST_ACTIONS = 20;

function blockElements(block: Block, card: Card, cut: Cut): Element[] {
  switch (block.kind) {
    case 'text': return textElement(clip(block.text, cut.characters));
    case 'heading': return textElement(clip(block.text, cut.characters), { size: 'Medium', weight: 'Bolder', heading: true, spacing: 'Large' });
    case 'table': return tableElement(block, card.language, cut);
    case 'notes': {
      const items = [
        ...textElement(clip(block.title, cut.characters), { weight: 'Bolder', size: 'Small' }),
        ...block.items.slice(0, cut.rows).flatMap((item) => textElement(`• ${clip(item, cut.characters)}`, { size: 'Small', spacing: 'Small' })),
      ];
      return items.length === 0 ? [] : [{ type: 'Container', style: 'emphasis', spacing: 'Medium', items }];
    }
  }
}

/** Without the picture its finding still stands there, in words. */
function pictureElements(card: Card, url: string | null, cut: Cut): Element[] {
  if (card.picture === null) return [];
  const alt = clip(card.picture.alt, Math.min(ALT_CHARACTERS, cut.characters));
  if (url === null) return textElement(alt, { subtle: true });
  return [{ type: 'Image', url, altText: [alt, clip(card.title, cut.characters)].find((words) => words.trim() !== '') ?? '\u2013', size: 'Stretch', spacing: 'Medium', msteams: { allowExpand: true } }];
}

function submit(action: Action, title: string, cut: Cut): Element {
  return { type: 'Action.Submit', title: clip(title, LABEL_CHARACTERS), data: { ask: clip(action.ask, cut.characters) } };
}

/** Up to one row stands in the card's own bar; more become rows in the body, since hosts drop the rest in silence. */
function actionRows(card: Card, cut: Cut): { rows: Element[]; bar: Element[] } {
  const usable = card.actions.filter((action) => action.ask.trim() !== '').slice(0, MOST_ACTIONS);
  const { labels, lines } = shownChoices(usable, LABEL_SEEN, LABEL_CHARACTERS);
  const all = usable.map((action, i) => submit(action, labels[i] ?? '', cut));
  const rows: Element[] = lines.flatMap((line) => textElement(clip(line, cut.characters), { spacing: 'Small' }));
  if (all.length <= ACTIONS_IN_A_ROW) return { rows, bar: all };
  for (let i = 0; i < all.length; i += ACTIONS_IN_A_ROW) rows.push({ type: 'ActionSet', actions: all.slice(i, i + ACTIONS_IN_A_ROW) });
  return { rows, bar: [] };
}

function cardJson(card: Card, pictureUrl: string | null, sheetUrl: string | null, cut: Cut): Element {
  const { rows, bar: pressed } = actionRows(sheetUrl === null ? card : { ...card, actions: card.actions.slice(0, ACTIONS_IN_A_ROW - 1) }, cut);
  const bar = sheetUrl === null ? pressed : [{ type: 'Action.OpenUrl', title: 'Excel', url: sheetUrl }, ...pressed];
  const body = [
    ...textElement(clip(card.title, cut.characters), { size: 'Default', heading: true, subtle: true }),
    ...textElement(clip(card.label, cut.characters), { size: 'Small', weight: 'Bolder', spacing: 'None' }),
    ...textElement(clip(card.headline, cut.characters), { size: 'Large', weight: 'Bolder', spacing: 'Small' }),
    ...pictureElements(card, pictureUrl, cut),
    ...card.blocks.slice(0, cut.rows).flatMap((block) => blockElements(block, card, cut)),
    ...card.provenance.slice(0, cut.rows).flatMap((line, i) => textElement(clip(line, cut.characters), { size: 'Small', subtle: true, spacing: i === 0 ? 'Medium' : 'None', separator: i === 0 })),
    ...rows,
  ];
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: CARD_VERSION,
    lang: card.language,
    fallbackText: clip(cardText(card), Math.min(FALLBACK_CHARACTERS, cut.characters)).trim() || '\u2013',
    msteams: { width: 'Full' },
    body: body.length === 0 ? textElement('\u2013') : body,
    ...(bar.length === 0 ? {} : { actions: bar }),
  };
}

const summaryOf = (card: Card): string => clip((card.headline || card.title).replace(/[\r\n\t]+/g, ' ').trim(), SUMMARY_CHARACTERS);

/**
 * A card as a Teams message with an Adaptive Card 1.5, always under the size limit: of a card too long, tables and texts are cut with a word
 * about what is missing. `pictureUrl`: where the picture is (https, or a data URI); null shows its alt text instead. `sheetUrl`: where a spreadsheet of it is.
 */
export function render(card: Card, pictureUrl: string | null, sheetUrl: string | null = null): TeamsMessage {
  for (const cut of NARROWER) {
    const message: TeamsMessage = { type: 'message', summary: summaryOf(card), attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: cardJson(card, pictureUrl, sheetUrl, cut) }] };
    if (messageBytes(message) < MESSAGE_BYTES) return message;
  }
  return renderText(card);
}

/** A card as plain text, for when no card can be sent. */
export function renderText(card: Card): TeamsMessage {
  return { type: 'message', summary: summaryOf(card), text: clip(cardText(card), FALLBACK_CHARACTERS).trim() || '\u2013', textFormat: 'plain' };
}
