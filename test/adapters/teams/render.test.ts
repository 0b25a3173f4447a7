import fc from 'fast-check';
import type { Card, TableCell } from '../../../src/card/card.ts';
import { cardFaults, messageBytes, MESSAGE_BYTES, messageFaults } from '../../../adapters/teams/limits.ts';
import { render, renderText } from '../../../adapters/teams/render.ts';
import { anyCard } from '../any-card.ts';
import { parseCard } from './fixtures/parse.ts';
import { sampleCard } from './fixtures/sample.ts';

type Json = Record<string, unknown>;
const content = (message: ReturnType<typeof render>): Json => (message.attachments?.[0]?.content ?? {}) as Json;
const empty: Card = { language: 'da', title: 'T', label: '', headline: 'H', blocks: [], picture: null, actions: [], provenance: [] };

function everything(value: unknown, found: Json[] = []): Json[] {
  if (Array.isArray(value)) value.forEach((item) => everything(item, found));
  else if (typeof value === 'object' && value !== null) {
    found.push(value as Json);
    Object.values(value).forEach((item) => everything(item, found));
  }
  return found;
}
const ofType = (value: unknown, type: string): Json[] => everything(value).filter((element) => element['type'] === type);
const words = (value: unknown): string => everything(value).filter((element) => element['type'] === 'TextBlock' || element['type'] === 'TextRun').map((element) => element['text']).join('\n');

describe('every card', () => {
  it('passes the limits of Teams and the parser of Adaptive Cards, however odd or long it is', () => {
    fc.assert(fc.property(anyCard, fc.constantFrom(null, 'https://overblik.example.dk/p/1.png', `data:image/png;base64,${'A'.repeat(50_000)}`), (card, url) => {
      const message = render(card, url);
      expect(messageFaults(message)).toEqual([]);
      expect(parseCard(content(message)).events).toEqual([]);
      expect(messageBytes(renderText(card))).toBeLessThan(MESSAGE_BYTES);
    }), { numRuns: 150 });
  });

  it('passes with a table whose only cell is blank', () => {
    const card: Card = { ...empty, blocks: [{ kind: 'table', title: '', columns: [{ title: '', align: 'left' }], rows: [[{ text: ' \n', tone: 'neutral' }]] }] };
    expect(messageFaults(render(card, null))).toEqual([]);
  });

  it('passes with a picture that nothing is said of, on a card whose title is blank', () => {
    const { picture } = sampleCard();
    if (picture === null) throw new Error('the sample has a picture');
    expect(messageFaults(render({ ...empty, title: ' ', picture: { ...picture, alt: '' } }, 'https://overblik.example.dk/p/1.png'))).toEqual([]);
  });

  it('passes with a spreadsheet to open, which comes first among the buttons', () => {
    const sent = render(sampleCard(), null, 'https://overblik.example/pictures/a.xlsx?e=1&s=x');
    expect(messageFaults(sent)).toEqual([]);
    expect(JSON.stringify(sent)).toContain('"type":"Action.OpenUrl","title":"Excel","url":"https://overblik.example/pictures/a.xlsx?e=1&s=x"');
  });

  it('is drawn the same way each time and left as it was', () => {
    const card = sampleCard();
    const before = structuredClone(card);
    expect(render(card, null)).toEqual(render(card, null));
    expect(card).toEqual(before);
  });

  it('never lets text of the data become markup: links, stars and lists stay letters', () => {
    for (const text of ['[press](https://evil.example)', '*bold*', '_it_', '# big', '- item', '1. oktober', '{{DATE(2026-01-01T00:00:00Z)}}', '<at>all</at>', 'https://evil.example', '`code`']) {
      const cell: TableCell = { text, tone: 'neutral' };
      const card: Card = { ...empty, title: text, headline: text, blocks: [{ kind: 'text', text }, { kind: 'notes', title: text, items: [text] }, { kind: 'table', title: text, columns: [{ title: text, align: 'left' }], rows: [[cell]] }], provenance: [text] };
      const blocks = ofType(content(render(card, null)), 'TextBlock').map((element) => element['text'])
        // Behind our own bullet a dash or number begins no list.
        .filter((shown) => shown !== '• - item' && shown !== '• 1. oktober');
      expect({ text, blocks }).toEqual({ text, blocks: [] });
      expect(ofType(content(render(card, null)), 'TextRun').length).toBeGreaterThanOrEqual(7);
    }
  });
});

describe('a digest', () => {
  const message = render(sampleCard(), 'https://overblik.example.dk/p/1.png');
  const card = content(message);

  it('notifies with its headline and needs no opening to be understood', () => {
    expect(message.summary).toBe(sampleCard().headline);
    expect(message.text).toBeUndefined();
  });

  it('says which language it speaks and what a client without cards shows', () => {
    expect(card).toMatchObject({ lang: 'da', version: '1.5', msteams: { width: 'Full' } });
    expect(card['fallbackText']).toContain('Nordbyen');
    expect(card['fallbackText']).toContain('Syntetiske data');
  });

  it('shows the picture with its finding as alternative text', () => {
    expect(ofType(card, 'Image')).toEqual([expect.objectContaining({ url: 'https://overblik.example.dk/p/1.png', altText: sampleCard().picture?.alt, size: 'Stretch' })]);
  });

  it('says the finding of the picture in words when there is no picture', () => {
    const bare = content(render(sampleCard(), null));
    expect(ofType(bare, 'Image')).toEqual([]);
    expect(words(bare)).toContain(sampleCard().picture?.alt);
    expect(words(card)).not.toContain(sampleCard().picture?.alt);
  });

  it('shows a table that fits a phone as a table, with the same rows for hosts without tables', () => {
    const [table] = ofType(card, 'Table');
    expect((table?.['rows'] as Json[]).length).toBe(4);
    expect(words(table?.['fallback'])).toContain('Nordbyen · Forbrug: 3,42\u00a0mio. · Budget: 3,11\u00a0mio.');
  });

  it('turns a table too wide for a phone into rows under each other', () => {
    expect(ofType(card, 'Table').length).toBe(1);
    expect(ofType(card, 'ColumnSet').length).toBe(10);
    expect(words(ofType(card, 'ColumnSet'))).toContain('Besøg pr. medarbejder\n230');
  });

  it('underlines a tone with colour only where word or sign already say it', () => {
    const concern = everything(card).filter((element) => element['color'] === 'Attention' && typeof element['text'] === 'string');
    expect(concern.map((element) => element['text'])).toEqual(['▲\u00a0+10,0\u00a0%', '7,2\u00a0pct.']);
  });

  it('makes pressing a button the same as typing its question', () => {
    expect((card['actions'] as Json[]).map((action) => action['data'])).toEqual(sampleCard().actions.map(({ ask }) => ({ ask })));
  });

  it('holds every number of the card, whatever form the tables take', () => {
    const shown = words(card);
    for (const block of sampleCard().blocks) {
      if (block.kind === 'table') block.rows.flat().forEach((cell) => expect(shown).toContain(cell.text));
    }
  });
});

describe('a card too long for Teams', () => {
  const rows = Array.from({ length: 900 }, (_, i) => [{ text: `Team ${i}`, tone: 'neutral' as const }, { text: String(i * 17), tone: 'neutral' as const }]);
  const long: Card = { ...empty, blocks: [{ kind: 'table', title: 'Alle', columns: [{ title: 'Team', align: 'left' }, { title: 'Timer', align: 'right' }], rows }] };

  it('keeps the first rows and says how many are left out', () => {
    const shown = words(content(render(long, null)));
    expect(shown).toContain('Team 0');
    expect(shown).toMatch(/og \d{3} rækker til/);
    expect(words(content(render({ ...long, language: 'en' }, null)))).toMatch(/and \d{3} more rows/);
    expect(messageFaults(render(long, null))).toEqual([]);
  });

  it('keeps all its buttons, in rows of five', () => {
    const actions = Array.from({ length: 12 }, (_, i) => ({ id: `a${i}`, label: `Nr. ${i}`, ask: `spørg ${i}` }));
    const card = content(render({ ...empty, actions }, null));
    expect(card['actions']).toBeUndefined();
    expect(ofType(card, 'ActionSet').map((set) => (set['actions'] as unknown[]).length)).toEqual([5, 5, 2]);
  });
});

describe('the validator', () => {
  const good = content(render(sampleCard(), 'https://overblik.example.dk/p/1.png'));
  const broken: readonly [string, (card: Json) => void, RegExp][] = [
    ['an unknown element', (card) => (card['body'] as Json[]).push({ type: 'Chart.Line', data: [] }), /Chart\.Line can't stand here/],
    ['a text without text', (card) => (card['body'] as Json[]).push({ type: 'TextBlock', text: '' }), /text is missing or empty/],
    ['a text that is a number', (card) => (card['body'] as Json[]).push({ type: 'TextBlock', text: 5 }), /text can't be 5/],
    ['a picture without url', (card) => (card['body'] as Json[]).push({ type: 'Image', altText: 'x' }), /url is missing/],
    ['a picture over http', (card) => (card['body'] as Json[]).push({ type: 'Image', altText: 'x', url: 'http://example.dk/x.png' }), /must be https/],
    ['a picture nobody can hear', (card) => (card['body'] as Json[]).push({ type: 'Image', url: 'https://example.dk/x.png' }), /altText is missing/],
    ['a picture inside that is too big', (card) => (card['body'] as Json[]).push({ type: 'Image', altText: 'x', url: `data:image/png;base64,${'A'.repeat(60_000)}` }), /inline picture/],
    ['a misspelt property', (card) => (card['body'] as Json[]).push({ type: 'TextBlock', text: 'x', colour: 'Good' }), /unknown property colour/],
    ['a word of no list', (card) => (card['body'] as Json[]).push({ type: 'TextBlock', text: 'x', size: 'Huge' }), /size can't be/],
    ['items that are no list', (card) => (card['body'] as Json[]).push({ type: 'Container', items: 'x' }), /items can't be/],
    ['rows of another length than the columns', (card) => { (ofType(card, 'TableRow')[1]?.['cells'] as Json[]).pop(); }, /1 rows with other than 4 cells/],
    ['a newer version', (card) => { card['version'] = '1.6'; }, /version can't be/],
    ['no version', (card) => { delete card['version']; }, /version is missing/],
    ['six buttons in a row', (card) => { card['actions'] = Array.from({ length: 6 }, () => ({ type: 'Action.Submit', title: 'x', data: {} })); }, /6 actions/],
    ['a button without a title', (card) => { card['actions'] = [{ type: 'Action.Submit', data: {} }]; }, /title is missing/],
    ['an id used twice', (card) => (card['body'] as Json[]).push({ type: 'TextBlock', text: 'x', id: 'a' }, { type: 'TextBlock', text: 'y', id: 'a' }), /used twice/],
  ];

  it('finds nothing wrong with a good card', () => expect(cardFaults(good)).toEqual([]));

  it.each(broken)('finds %s', (_name, spoil, fault) => {
    const card = structuredClone(good);
    spoil(card);
    expect(cardFaults(card).join('\n')).toMatch(fault);
  });

  it('counts a message in UTF-16 and leaves pictures in base64 out, as Teams does', () => {
    expect(messageBytes({ text: 'æøå' })).toBe('{"text":"æøå"}'.length * 2);
    expect(messageBytes({ url: 'data:image/png;base64,AAAA' })).toBe(messageBytes({ url: '' }));
    expect(messageFaults({ attachments: [{ content: { ...good, fallbackText: 'x'.repeat(50_000) } }] }).join()).toContain('the limit is 81920');
  });
});
