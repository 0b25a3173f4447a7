import fc from 'fast-check';
import { readFile, readdir } from 'node:fs/promises';
import { parse } from 'yaml';
import { blockFaults, MESSAGE_CHARACTERS, textLength, type Block } from '../../../adapters/slack/limits.ts';
import { renderBlocks, renderText } from '../../../adapters/slack/render.ts';
import type { Card } from '../../../src/card/card.ts';
import { anyCard } from '../any-card.ts';
import { CARDS } from '../web/sample.ts';

const empty: Card = { language: 'da', title: 'T', label: '', headline: 'H', blocks: [], picture: null, actions: [], provenance: [] };
const typesOf = (blocks: readonly Block[]): unknown[] => blocks.map(({ type }) => type);

describe('every card', () => {
  it('passes Slack\'s limits, however odd or long it is', () => {
    fc.assert(fc.property(anyCard, fc.constantFrom(null, 'F0123'), fc.constantFrom('message' as const, 'home' as const), fc.boolean(), (card, file, surface, tables) => {
      const blocks = renderBlocks(card, { file, surface, tables });
      expect(blockFaults(blocks, surface)).toEqual([]);
      // Whoever is told that the picture was sent must have it.
      expect(typesOf(blocks).includes('image')).toBe(file !== null && card.picture !== null);
      expect(renderText(card).trim()).not.toBe('');
    }), { numRuns: 200 });
  });

  it('says all it has to say: title, label, sentence, tables, notes, where it comes from, and its questions', () => {
    for (const card of Object.values(CARDS)) {
      const said = JSON.stringify(renderBlocks(card, { file: 'F1', surface: 'message', tables: true }));
      const texts = [card.title, card.label, card.headline, ...card.provenance, ...card.actions.flatMap(({ label, ask }) => [label, ask]), ...card.blocks.flatMap((block) => {
        switch (block.kind) {
          case 'text': case 'heading': return block.text.split('\n');
          case 'notes': return [block.title, ...block.items];
          case 'table': return [block.title, ...block.columns.map(({ title }) => title), ...block.rows.flat().map(({ text }) => text)];
        }
      })];
      for (const text of texts) expect(said).toContain(JSON.stringify(text).slice(1, -1));
    }
  });

  it('has one table at most, since Slack takes no more; the next ones are lists with the same figures', () => {
    const table = CARDS.da.blocks.find(({ kind }) => kind === 'table');
    if (table?.kind !== 'table') throw new Error('no table');
    const blocks = renderBlocks({ ...empty, blocks: [table, table] }, { file: null, surface: 'message', tables: true });
    expect(typesOf(blocks).filter((type) => type === 'table')).toHaveLength(1);
    expect(JSON.stringify(blocks).split('4,71 mio. kr.')).toHaveLength(3);
  });

  it('without its picture has the finding in words', () => {
    const blocks = renderBlocks(CARDS.da, { file: null, surface: 'message', tables: true });
    expect(typesOf(blocks)).not.toContain('image');
    expect(JSON.stringify(blocks)).toContain('410 t.kr. over.');
  });

  it('never lets words of the data become a mention, a link or emphasis', () => {
    for (const text of ['<!channel> læs', '<@U123>', '@here', '<https://evil.example|tryk>', '*fed*', ':tada:', '&lt;!here&gt;']) {
      const card: Card = { ...empty, title: text, headline: text, blocks: [{ kind: 'text', text }, { kind: 'notes', title: text, items: [text] }, { kind: 'table', title: text, columns: [{ title: text, align: 'left' }], rows: [[{ text, tone: 'concern' }]] }], provenance: [text] };
      const blocks = renderBlocks(card, { file: null, surface: 'message', tables: true });
      expect(blockFaults(blocks, 'message')).toEqual([]);
      expect(JSON.stringify(blocks)).not.toMatch(/"type":"(mrkdwn|link|user|broadcast|emoji)"|"emoji":true/);
      expect(renderText(card)).not.toMatch(/<[!@h]/);
    }
  });

  it('with more than Slack has room for says what is left out: parts, columns, lines', () => {
    const parts = renderBlocks({ ...empty, blocks: Array.from({ length: 70 }, (_, i) => ({ kind: 'text' as const, text: `Afsnit ${i}` })), provenance: ['Kilde'] }, { file: null, surface: 'message', tables: true });
    expect(parts).toHaveLength(50);
    expect(JSON.stringify(parts)).toContain('… og 24 afsnit til');
    expect(JSON.stringify(parts)).toContain('Afsnit 45');
    expect(JSON.stringify(parts)).not.toContain('Afsnit 46');
    const columns = Array.from({ length: 23 }, (_, i) => ({ title: `K${i}`, align: 'right' as const }));
    const wide = JSON.stringify(renderBlocks({ ...empty, language: 'en', blocks: [{ kind: 'table', title: '', columns, rows: [columns.map(({ title }) => ({ text: title, tone: 'neutral' as const }))] }] }, { file: null, surface: 'message', tables: true }));
    expect(wide).toContain('… and 3 more columns');
    const lines = JSON.stringify(renderBlocks({ ...empty, provenance: Array.from({ length: 12 }, (_, i) => `Kilde ${i}`) }, { file: null, surface: 'message', tables: true }));
    expect(lines).toContain('Kilde 8');
    expect(lines).toContain('… og 3 linjer til');
  });

  it('that can only be shown as one text has its signs as they were written, its picture and its questions', () => {
    const huge = Array.from({ length: 45 }, (_, i) => ({ kind: 'table' as const, title: 'x'.repeat(90), columns: Array.from({ length: 20 }, () => ({ title: 'x'.repeat(90), align: 'left' as const })), rows: [Array.from({ length: 20 }, () => ({ text: `${i}`, tone: 'neutral' as const }))] }));
    const card: Card = { ...CARDS.da, title: 'Øst & Vest <5', blocks: huge };
    const blocks = renderBlocks(card, { file: 'F1', surface: 'message', tables: true });
    expect(blockFaults(blocks, 'message')).toEqual([]);
    expect(typesOf(blocks)).toEqual(['image', 'rich_text', 'actions']);
    expect(JSON.stringify(blocks)).toContain('Øst & Vest <5');
  });

  it('as plain text keeps to its length, signs counted as they are sent', () => {
    const text = renderText({ ...empty, headline: '<&>'.repeat(1000) }, 500);
    expect(text.length).toBeLessThanOrEqual(500);
    expect(text).toMatch(/&(amp|lt|gt);…$/);
    expect(text.replaceAll(/&(amp|lt|gt);/g, '')).not.toContain('&');
  });

  it('too long for Slack is cut row by row, and says how much is left out', () => {
    const rows = Array.from({ length: 300 }, (_, i) => [{ text: `Enhed ${i}`, tone: 'neutral' as const }, { text: `${i}.000 kr. ${'x'.repeat(60)}`, tone: 'neutral' as const }]);
    const blocks = renderBlocks({ ...empty, blocks: [{ kind: 'table', title: 'Alle', columns: [{ title: 'Enhed', align: 'left' }, { title: 'Beløb', align: 'right' }], rows }] }, { file: null, surface: 'message', tables: true });
    expect(textLength(blocks)).toBeLessThanOrEqual(MESSAGE_CHARACTERS);
    expect(JSON.stringify(blocks)).toMatch(/… og \d+ rækker til/);
  });
});

describe('the limits', () => {
  const section = { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'x' }] }] };
  const button = { type: 'button', action_id: 'a', text: { type: 'plain_text', text: 'x' }, value: 'x' };
  it.each<[string, unknown[]]>([
    ['no block', []], ['51 blocks', Array(51).fill(section)], ['an unknown block', [{ type: 'chart' }]], ['a header of 151', [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }]],
    ['an empty header', [{ type: 'header', text: { type: 'plain_text', text: ' ' } }]], ['a header with markup', [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }]],
    ['two tables', Array(2).fill({ type: 'table', rows: [[{ type: 'raw_text', text: 'x' }]] })], ['a table of 101 rows', [{ type: 'table', rows: Array(101).fill([{ type: 'raw_text', text: 'x' }]) }]],
    ['a table of 21 columns', [{ type: 'table', rows: [Array(21).fill({ type: 'raw_text', text: 'x' })] }]], ['an empty cell', [{ type: 'table', rows: [[{ type: 'raw_text', text: '' }]] }]],
    ['an uneven table', [{ type: 'table', rows: [[{ type: 'raw_text', text: 'x' }], []] }]], ['an image without alt text', [{ type: 'image', slack_file: { id: 'F1' } }]],
    ['an image from nowhere', [{ type: 'image', alt_text: 'x' }]], ['an image from two places', [{ type: 'image', alt_text: 'x', slack_file: { id: 'F1' }, image_url: 'https://x' }]],
    ['26 buttons', [{ type: 'actions', elements: Array.from({ length: 26 }, (_, i) => ({ ...button, action_id: `a${i}` })) }]], ['two buttons of one id', [{ type: 'actions', elements: [button, button] }]],
    ['a button of 76 letters', [{ type: 'actions', elements: [{ ...button, text: { type: 'plain_text', text: 'x'.repeat(76) } }] }]], ['a button that carries 2,001', [{ type: 'actions', elements: [{ ...button, value: 'x'.repeat(2001) }] }]],
    ['11 lines of small print', [{ type: 'context', elements: Array(11).fill({ type: 'plain_text', text: 'x' }) }]], ['a mention', [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'broadcast', range: 'here' }] }] }]],
    ['12,001 characters', Array(5).fill({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'x'.repeat(2401) }] }] })],
    ['a block_id twice', [{ ...section, block_id: 'b' }, { ...section, block_id: 'b' }]],
  ])('refuse %s', (_what, blocks) => { expect(blockFaults(blocks, 'message')).not.toEqual([]); });

  it('let what is in order pass, and a table only in a message', () => {
    const table = { type: 'table', rows: [[{ type: 'raw_text', text: 'x' }]] };
    expect(blockFaults([section, table, { type: 'actions', elements: [button] }], 'message')).toEqual([]);
    expect(blockFaults([table], 'home')).not.toEqual([]);
    expect(blockFaults(Array(60).fill(section), 'home')).toEqual([]);
  });
});

describe('the app manifest', () => {
  interface Manifest { oauth_config: { scopes: { bot: string[] } }; settings: { event_subscriptions: { bot_events: string[] }; interactivity: { is_enabled: boolean }; socket_mode_enabled: boolean }; features: { slash_commands: { command: string }[]; app_home: { home_tab_enabled: boolean; messages_tab_enabled: boolean; messages_tab_read_only_enabled: boolean } } }
  const SCOPES: Readonly<Record<string, readonly string[]>> = {
    'auth.test': [], 'users.info': ['users:read', 'users:read.email'], 'files.info': ['files:read'], 'filesUploadV2': ['files:write'], 'conversations.open': ['im:write'], 'chat.postMessage': ['chat:write'], 'views.publish': [],
    'conversations.history': ['im:history'], 'conversations.replies': ['im:history'],
  };
  const EVENTS: Readonly<Record<string, string>> = { app_mention: 'app_mentions:read', 'message.im': 'im:history', app_home_opened: '' };

  it('asks for what the adapter uses, and for nothing more', async () => {
    const manifest = parse(await readFile('adapters/slack/manifest.yaml', 'utf8')) as Manifest;
    const source = (await Promise.all((await readdir('adapters/slack')).filter((name) => name.endsWith('.ts')).map((name) => readFile(`adapters/slack/${name}`, 'utf8')))).join('\n');
    const used = [...new Set([...source.matchAll(/client\.((?:[a-z]+\.)?[a-zA-Z0-9]+)\(/g)].map(([, method = '']) => method))].sort();
    expect(used).toEqual(Object.keys(SCOPES).sort());
    const { bot_events: events } = manifest.settings.event_subscriptions;
    expect([...events].sort()).toEqual(Object.keys(EVENTS).sort());
    for (const event of events) expect(source).toContain(`bolt.event('${event.split('.')[0] ?? ''}'`);
    const needed = new Set([...used.flatMap((method) => SCOPES[method] ?? []), ...events.map((event) => EVENTS[event] ?? ''), 'commands'].filter((scope) => scope !== ''));
    expect([...manifest.oauth_config.scopes.bot].sort()).toEqual([...needed].sort());
    expect(manifest.features).toMatchObject({ slash_commands: [{ command: '/overblik' }], app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false } });
    expect(manifest.settings.interactivity.is_enabled).toBe(true);
  });
});
