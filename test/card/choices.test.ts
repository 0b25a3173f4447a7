import fc from 'fast-check';
import { shownChoices } from '../../src/card/choices.ts';
import type { Card } from '../../src/card/card.ts';
import { renderBlocks } from '../../adapters/slack/render.ts';
import { render as renderTeams } from '../../adapters/teams/render.ts';
import { renderCard } from '../../adapters/web/render.ts';

const asks = (...labels: string[]): { id: string; label: string; ask: string }[] => labels.map((label, i) => ({ id: `c${i}`, label, ask: `spørgsmål ${i}` }));
const SHORT = asks('Hvorfor?', 'Som udvikling', 'pr. distrikt');
const TAILS = asks('Forbrug mod budget i distrikt Nordvest og omegn i september 2026', 'Forbrug mod budget i distrikt Nordvest og omegn i oktober 2026');
const MIDDLES = asks(...['Ambulant genoptræning', 'Ambulatorisk genoptræning', 'Vedligeholdende træning'].map((what) => `Udgifter til kommunal finansiering af ${what} efter udskrivning fra sygehus, januar–oktober 2026`));

describe('choices of one message', () => {
  it('stand as they are where they are short', () => {
    expect(shownChoices(SHORT, 30, 75)).toEqual({ labels: ['Hvorfor?', 'Som udvikling', 'pr. distrikt'], lines: [] });
  });

  it('that differ only behind what a button shows are cut in the middle', () => {
    expect(shownChoices(TAILS, 30, 75)).toEqual({ labels: ['Forbrug mod bu…september 2026', 'Forbrug mod bu…i oktober 2026'], lines: [] });
  });

  it('that differ only in the middle are numbered, with the full text above', () => {
    const { labels, lines } = shownChoices(MIDDLES, 30, 75);
    expect(labels.map((label) => label.slice(0, 3))).toEqual(['1. ', '2. ', '3. ']);
    expect(lines[1]).toBe('2. Udgifter til kommunal finansiering af Ambulatorisk genoptræning efter udskrivning fra sygehus, januar–oktober 2026');
  });

  it('of one label are told apart by what they ask', () => {
    expect(shownChoices(asks('Vis', 'Vis'), 30, 75)).toEqual({ labels: ['1. spørgsmål 0', '2. spørgsmål 1'], lines: ['1. spørgsmål 0', '2. spørgsmål 1'] });
  });

  it('always differ in what is shown of them, and are never longer than a platform takes', () => {
    const label = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 120 }), fc.tuple(fc.constantFrom('Forbrug mod budget i distrikt ', 'Sygefravær '), fc.string({ unit: 'grapheme', maxLength: 4 }), fc.constantFrom('', ' i området Ældre og Sundhed, januar–oktober 2026')).map((parts) => parts.join('')));
    fc.assert(fc.property(fc.array(label.map((text) => ({ label: text, ask: text })), { maxLength: 25 }), fc.integer({ min: 20, max: 75 }), (actions, seen) => {
      const { labels } = shownChoices(actions, seen, 75);
      expect(labels).toHaveLength(actions.length);
      for (const one of labels) expect(one.length).toBeLessThanOrEqual(75);
      expect(new Set(labels.map((one) => one.slice(0, seen).toLowerCase())).size).toBe(labels.length);
    }), { numRuns: 500 });
  });

  describe.each([['that differ at the end', TAILS], ['that differ in the middle', MIDDLES], ['of one label', asks('Vis', 'Vis')]])('%s', (_, actions) => {
    const card: Card = { language: 'da', title: 'T', label: '', headline: 'H', blocks: [], picture: null, actions, provenance: [] };
    const shown: [string, string[], string][] = [
      ['Slack', (renderBlocks(card, { file: null, surface: 'message', tables: true }).find((block) => block['type'] === 'actions')?.['elements'] as { text: { text: string } }[]).map((one) => one.text.text), JSON.stringify(renderBlocks(card, { file: null, surface: 'message', tables: true }))],
      ['Teams', (renderTeams(card, null).attachments?.[0]?.content['actions'] as { title: string }[]).map((one) => one.title), JSON.stringify(renderTeams(card, null).attachments)],
      ['the web', [...renderCard(card, { id: 'c', picture: null, sheet: null, reply: null }).matchAll(/<button[^>]*>([^<]*)</g)].map((match) => match[1] ?? ''), renderCard(card, { id: 'c', picture: null, sheet: null, reply: null })],
    ];
    it.each(shown)('differ on %s, and what is numbered stands there in full', (platform, labels, whole) => {
      const seen = platform === 'the web' ? 1000 : 30;
      expect(new Set(labels.map((one) => one.slice(0, seen))).size).toBe(actions.length);
      if (labels[0]?.startsWith('1. ') === true) for (const line of shownChoices(actions, seen, 1000).lines) expect(whole).toContain(line);
    });
  });
});
