import fc from 'fast-check';
import type { Block, Card, TableCell } from '../../../src/card/card.ts';
import { escape, renderCard, renderWords } from '../../../adapters/web/render.ts';
import type { Frame } from '../../../adapters/web/render.ts';
import { CARDS } from './sample.ts';

const frame: Frame = { id: 'm-1', picture: { url: '/chat/picture/a.png', width: 960, height: 480 }, sheet: null, reply: null };
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': '\'' };
const unescape = (html: string): string => html.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? '');
/** The skeleton: tags with their attributes' names, no text and no values. */
const skeleton = (html: string): string => (html.match(/<[^>]*>/g) ?? []).map((tag) => tag.replace(/="[^"]*"/g, '=""')).join('');

const HOSTILE = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '\' onmouseover=\'alert(1)', '</article></table>', '<!--', ']]>', '&lt;b&gt;', '&#x3c;script&#x3e;', '\u0000<\u0000b', '\ud800<i>', 'javascript:alert(1)', '{{7*7}}', '\u202e<b>'];
const hostile = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' }), fc.tuple(fc.constantFrom(...HOSTILE), fc.string()).map(([a, b]) => b + a)).filter((text) => text.trim() !== '' && !/[\n\r]/.test(text));

function cardOf(text: () => string): Card {
  const cell = (): TableCell => ({ text: text(), tone: 'concern' });
  const blocks: Block[] = [
    { kind: 'text', text: text() },
    { kind: 'heading', text: text() },
    { kind: 'table', title: text(), columns: [{ title: text(), align: 'left' }, { title: text(), align: 'right' }], rows: [[cell(), cell()], [cell(), cell()]] },
    { kind: 'notes', title: text(), items: [text(), text()] },
  ];
  return {
    language: 'da', title: text(), label: text(), headline: text(), blocks,
    picture: CARDS.da.picture === null ? null : { ...CARDS.da.picture, alt: text() },
    actions: [{ id: text(), label: text(), ask: text() }],
    provenance: [text()],
  };
}

describe('what a card looks like on the page', () => {
  it('is never changed in its structure by what a text holds', () => {
    const harmless = skeleton(renderCard(cardOf(() => 'text'), { ...frame, reply: { id: 'm-0', title: 'text' } }));
    fc.assert(fc.property(fc.array(hostile, { minLength: 24, maxLength: 24 }), (texts) => {
      let next = 0;
      const text = (): string => texts[next++ % texts.length] ?? '';
      expect(skeleton(renderCard(cardOf(text), { ...frame, reply: { id: 'm-0', title: text() } }))).toBe(harmless);
    }), { numRuns: 300 });
  });

  it('says every text word for word', () => {
    fc.assert(fc.property(hostile, (text) => {
      const readable = text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]|\p{Surrogate}/gu, '\ufffd');
      expect(unescape(escape(text))).toBe(readable);
      expect(escape(text)).not.toMatch(/[<>"']/);
      expect(unescape(renderCard({ ...CARDS.da, headline: text }, frame))).toContain(readable);
    }));
  });

  it('has a table with caption, headed columns and rows, reachable by keyboard', () => {
    const html = renderCard(CARDS.da, frame);
    expect(html).toContain('<div class="scroll" role="region" tabindex="0" aria-labelledby="m-1-block-0"><table><caption id="m-1-block-0"><span>Budget og timer i september</span></caption>');
    expect(html).toContain('<th scope="col" class="number">Afvigelse</th>');
    expect(html).toContain('<tr><th scope="row">Forbrug</th><td class="number">4,71 mio. kr.</td>');
    expect(html).toContain('<td class="number concern">▲ +410 t.kr. over</td>');
    expect(html).toContain('<td class="number good">▼ −0,9 procentpoint, bedre</td>');
  });

  it('gives a table without a title the card\'s title for those who hear it', () => {
    const html = renderCard({ ...CARDS.da, blocks: [{ kind: 'table', title: '', columns: [{ title: 'A', align: 'left' }], rows: [] }] }, frame);
    expect(html).toContain('<caption id="m-1-block-0" class="unseen">Hjemmepleje · Distrikt Nord · september 2026</caption>');
  });

  it('fills a short row with empty cells, so that columns stay under their headings', () => {
    const html = renderCard({ ...CARDS.da, blocks: [{ kind: 'table', title: 'T', columns: [{ title: 'A', align: 'left' }, { title: 'B', align: 'left' }], rows: [[{ text: 'x', tone: 'neutral' }]] }] }, frame);
    expect(html).toContain('<tr><th scope="row">x</th><td></td></tr>');
  });

  it('shows the picture with its size and words, and a link to see it larger', () => {
    const html = renderCard(CARDS.en, frame);
    expect(html).toContain('<img src="/chat/picture/a.png" width="960" height="480" alt="Spending and budget per month.');
    expect(html).toContain('<a href="/chat/picture/a.png" target="_blank" rel="noopener">Show the picture in full size (opens in a new tab)</a>');
  });

  it('says the picture\'s words where it could not be drawn', () => {
    const html = renderCard(CARDS.da, { ...frame, picture: null });
    expect(html).not.toContain('<img');
    expect(html).toContain('<p class="words">Forbrug og budget pr. måned.');
  });

  it('shows the label beside the title, and nothing where there is none', () => {
    expect(renderCard(CARDS.da, frame)).toContain('<h3 id="m-1-title">Hjemmepleje · Distrikt Nord · september 2026</h3><span class="label">Syntetiske data</span>');
    expect(renderCard({ ...CARDS.da, label: '' }, frame)).not.toContain('class="label"');
  });

  it('has no empty elements for what a card leaves out', () => {
    const html = renderCard({ language: 'en', title: 'Hello', label: '', headline: 'Ask about figures.', blocks: [], picture: null, actions: [], provenance: [] }, { ...frame, picture: null });
    expect(html).toBe('<div class="title"><h3 id="m-1-title">Hello</h3></div><p class="headline">Ask about figures.</p>');
  });

  it('parts a text in paragraphs at blank lines', () => {
    expect(renderWords('one\r\ntwo\n\nthree')).toBe('<p>one\ntwo</p><p>three</p>');
  });
});
