import type { Card } from '../../src/card/card.ts';
import type { DeliverWork } from '../../src/app/deliver.ts';
import type { Digest, Pack, Person } from '../../src/pack/model.ts';

const NOTHING_MORE = { depth: 'all', siblings: 'none', above: false, sensitive: false } as const;

/** A thousand leaders of one digest, spread over some channels of a workspace: what many workers share. */
export function crowd(count: number, channels: readonly string[]): { pack: Pack; work: DeliverWork } {
  const people = Array.from({ length: count }, (_, i): Person => ({ id: `leader-${i}`, name: `Leader ${i}`, title: { da: '', en: '' }, role: 'leader', units: ['root'], alsoSees: [], language: 'da', email: null, slack: null, teams: null }));
  const digest: Digest = { id: 'monthly', title: { da: 'Måneden', en: 'The month' }, schedule: { workday: 5, at: '08:00' }, deadline: null, readiness: [], tolerance: 1, period: { grain: 'month', which: 'last-closed' }, audience: [{ role: 'leader', level: null }], start: '2026-10-01', sections: [], line: 1, file: '' };
  const pack: Pack = {
    id: 'crowd', dir: '.', title: { da: 'Mange', en: 'Many' }, label: null, demonstration: null, timeZone: 'Europe/Copenhagen', language: 'da', yearStart: 1, closedDays: [], retention: { questions: 24, pages: 60, audit: 60 }, analystsChannel: { slack: null, teams: null },
    organisation: { root: 'root', levels: [], units: new Map() }, sources: new Map(), measures: new Map(), plans: new Map(), caveats: [], caveatSource: null, access: { leader: NOTHING_MORE, chief: NOTHING_MORE, politician: NOTHING_MORE, analyst: NOTHING_MORE }, people: new Map(people.map((one) => [one.id, one])), digests: new Map([['monthly', digest]]),
  };
  const card = (person: Person): Card => ({ language: 'da', title: `Oktober ${person.id}`, label: '', headline: 'Nord brugte 3,4 mio. kr.', blocks: [], picture: null, actions: [], provenance: [] });
  return {
    pack,
    work: {
      packs: () => [pack], recipients: () => people, readiness: async () => ({ missing: [], present: [] }), data: () => ({ marks: {}, loadedAt: () => '', follows: () => [] }), shown: async () => new Map(),
      page: async (_pack, _digest, _period, person) => ({ message: { card: card(person), png: null, sheet: null }, figures: [] }),
      addressFor: async (recipient) => ({ platform: 'slack', tenant: 'T', conversation: channels[Number(recipient.split('-')[1]) % channels.length] ?? '', thread: null, user: '', serviceUrl: '', bot: '' }),
    },
  };
}
