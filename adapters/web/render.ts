import type { Action, Block, Card, TableCell, TableColumn } from '../../src/card/card.ts';
import { shownChoices } from '../../src/card/choices.ts';
import type { Language } from '../../src/pack/model.ts';
import { say } from './texts.ts';

/** A drawn picture as the page finds it. Sizes in pixels of the file. */
interface Drawn {
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

/** A card's surroundings: `id` makes its element ids unique on the page. */
export interface Frame {
  readonly id: string;
  readonly picture: Drawn | null;
  /** A spreadsheet to save. */
  readonly sheet: { readonly url: string; readonly name: string } | null;
  /** The message this one belongs to (a correction, a release); null: it stands alone. */
  readonly reply: { readonly id: string; readonly title: string } | null;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' };

/** Text as it may stand in an element or a quoted attribute. What HTML can't hold (control characters, half surrogates) becomes U+FFFD. */
export function escape(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]|\p{Surrogate}/gu, '\ufffd')
    .replace(/[&<>"']/g, (c) => ENTITIES[c] ?? '');
}

const element = (tag: string, text: string, attributes = ''): string => (text === '' ? '' : `<${tag}${attributes}>${escape(text)}</${tag}>`);

/** Blank lines part paragraphs; single line breaks stay (CSS keeps them). */
function paragraphs(text: string, attributes = ''): string {
  return text.replace(/\r\n?/g, '\n').split(/\n{2,}/).map((part) => element('p', part.trim(), attributes)).join('');
}

function cellHtml(cell: TableCell | undefined, column: TableColumn, first: boolean): string {
  const { text, tone } = cell ?? { text: '', tone: 'neutral' };
  const classes = [column.align === 'right' ? 'number' : '', tone === 'neutral' ? '' : tone].filter((name) => name !== '').join(' ');
  const attributes = classes === '' ? '' : ` class="${classes}"`;
  return first ? `<th scope="row"${attributes}>${escape(text)}</th>` : `<td${attributes}>${escape(text)}</td>`;
}

/** The frame can be scrolled sideways on a narrow screen, so the keyboard must reach it; the page takes it out of the tab order where nothing is hidden. */
function tableHtml(block: Extract<Block, { kind: 'table' }>, id: string, fallbackTitle: string): string {
  const header = block.columns.map((column) => `<th scope="col"${column.align === 'right' ? ' class="number"' : ''}>${escape(column.title)}</th>`).join('');
  const rows = block.rows.map((row) => `<tr>${block.columns.map((column, i) => cellHtml(row[i], column, i === 0)).join('')}</tr>`).join('');
  const caption = block.title === '' ? `<caption id="${id}" class="unseen">${escape(fallbackTitle)}</caption>` : `<caption id="${id}"><span>${escape(block.title)}</span></caption>`;
  return `<div class="scroll" role="region" tabindex="0" aria-labelledby="${id}"><table>${caption}<thead><tr>${header}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function blockHtml(block: Block, id: string, card: Card): string {
  switch (block.kind) {
    case 'text': return paragraphs(block.text);
    case 'heading': return element('h4', block.text);
    case 'table': return tableHtml(block, id, card.title);
    case 'notes': return `<div class="notes">${element('h4', block.title)}<ul>${block.items.map((item) => element('li', item)).join('')}</ul></div>`;
  }
}

/** The link covers the picture (CSS), so that a click anywhere enlarges it while the alt text stays the picture's own. */
function pictureHtml(picture: Drawn, alt: string, language: Language): string {
  const source = escape(picture.url);
  return `<figure class="picture"><img src="${source}" width="${picture.width}" height="${picture.height}" alt="${escape(alt)}">`
    + `<figcaption><a href="${source}" target="_blank" rel="noopener">${escape(say(language, 'enlarge'))}</a></figcaption></figure>`;
}

/** Without a picture its words still stand: they say the finding. */
function pictureOrWords(card: Card, drawn: Drawn | null): string {
  if (card.picture === null) return '';
  return drawn === null ? paragraphs(card.picture.alt, ' class="words"') : pictureHtml(drawn, card.picture.alt, card.language);
}

function actionsHtml(actions: readonly Action[], language: Language): string {
  if (actions.length === 0) return '';
  // The page shows all of a label: it wraps.
  const { labels, lines } = shownChoices(actions, Infinity, Infinity);
  const buttons = actions.map(({ id, ask }, i) => `<button type="button" data-action="${escape(id)}" data-ask="${escape(ask)}">${escape(labels[i] ?? '')}</button>`);
  return `${paragraphs(lines.join('\n'))}<div class="actions" role="group" aria-label="${escape(say(language, 'next'))}">${buttons.join('')}</div>`;
}

/** A card as the inside of an article. Its title has the id `<frame.id>-title`. */
export function renderCard(card: Card, frame: Frame): string {
  const id = escape(frame.id);
  const reply = frame.reply === null ? '' : `<p class="reply"><a href="#${escape(frame.reply.id)}">${escape(say(card.language, 'reply', { title: frame.reply.title }))}</a></p>`;
  const provenance = card.provenance.length === 0 ? '' :
    `<footer class="provenance" aria-label="${escape(say(card.language, 'provenance'))}"><ul>${card.provenance.map((line) => element('li', line)).join('')}</ul></footer>`;
  return [
    reply,
    `<div class="title"><h3 id="${id}-title">${escape(card.title)}</h3>${element('span', card.label, ' class="label"')}</div>`,
    element('p', card.headline, ' class="headline"'),
    pictureOrWords(card, frame.picture),
    ...card.blocks.map((block, i) => blockHtml(block, `${id}-block-${i}`, card)),
    frame.sheet === null ? '' : `<p class="file"><a href="${escape(frame.sheet.url)}" download="${escape(frame.sheet.name)}">${escape(frame.sheet.name)}</a></p>`,
    provenance,
    actionsHtml(card.actions, card.language),
  ].join('');
}

/** What a person wrote. */
export function renderWords(text: string): string {
  return paragraphs(text);
}
