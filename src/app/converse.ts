import { dayIn } from '../calendar/period.ts';
import { holdsPersonalNumber } from '../access/personal-number.ts';
import type { Card, Message, Sheet } from '../card/card.ts';
import { answerSheets } from '../card/sheet.ts';
import { admission } from '../card/admission.ts';
import { messages } from '../card/messages.ts';
import { tidings } from '../card/tidings.ts';
import type { Language, Pack, Person } from '../pack/model.ts';
import type { Clock, Incoming, Log, Painter, Store, WriteWorkbook } from '../ports.ts';
import type { Query } from '../query/query.ts';
import type { Choice } from '../question/doubts.ts';
import type { Lexicon } from '../question/lexicon.ts';
import { answer, helpCard, latestPage, type Answer } from './answer.ts';
import { withPicture } from './compose.ts';
import type { Figures } from './figures.ts';
import { accountsOf, asksForAccess, decide, readDecision, requestAccess, accountName } from './admission.ts';
import { asked, packOf } from './asked.ts';
import { recordAudit, shownOf } from './audit.ts';
import { markSeenBy } from './ledger.ts';
import { knownAs, membershipsOf } from './people.ts';
import { markSeen, recordQuestion, saveAddress } from './records.ts';

/** What a conversation is held with. */
export interface House {
  readonly packs: () => readonly Pack[];
  readonly figures: (packId: string) => Figures;
  readonly lexicon: (packs: readonly Pack[]) => Lexicon;
  readonly store: Store;
  readonly painter: Painter;
  readonly writeWorkbook: WriteWorkbook;
  /** Sends an answer to who asked, one to one; false when there is no such conversation yet or the platform did not take it. */
  readonly sendPrivately: (incoming: Incoming, person: Person, message: Message) => Promise<boolean>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a conversation remembers: the last question, what was offered when it was asked back, and the one before it, for an edited message is asked anew. */
export interface Remembered { readonly query: Query | null; readonly offered: readonly Choice[] }
export const NOTHING: Remembered = { query: null, offered: [] };

/** The figures of an answer as a spreadsheet, with what must be known about them on a second leaf. */
export async function sheetOf({ card, result }: Extract<Answer, { kind: 'answer' }>, packs: readonly Pack[], write: WriteWorkbook): Promise<Sheet | null> {
  const pack = packs.find((one) => one.id === result.query.pack);
  if (pack === undefined) return null;
  const about = [card.title, card.label, card.headline, ...card.blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : block.kind === 'notes' ? block.items : [])), ...card.provenance].filter((line) => line !== '');
  const name = `${card.title} ${result.query.period.from}`.normalize('NFC').replace(/[^\p{L}\p{N}.-]+/gu, '-').slice(0, 80);
  return { name: `${name}.xlsx`, bytes: await write(answerSheets(pack, result, about, card.language)) };
}

/** What a conversation remembers after an answer; small talk and help change nothing. */
export function remember(before: Remembered, answered: Answer): Remembered {
  if (answered.kind === 'answer') return { query: answered.result.query, offered: [] };
  if (answered.reading.kind === 'definition') return { query: answered.reading.query, offered: [] };
  if (answered.reading.kind === 'clarify') return { query: answered.reading.partial ?? before.query, offered: answered.reading.choices };
  return { query: before.query, offered: [] };
}

/** What the button of a page says: its word, and the beginning of the page's key. */
export const SEEN = /^(?:set|seen)\s+([0-9a-f]{16})$/i;
/** A follow-up changes the question before it, within this time. */
const FOLLOW_UP_MS = 30 * 60_000;
const MOST_CONVERSATIONS = 5_000;

/** A card that only says something. */
export const textCard = (language: Language, title: string, headline: string): Card => ({ language, title, label: '', headline, blocks: [], picture: null, actions: [], provenance: [] });

/**
 * Handles what comes in from any platform: who is it, what do they want, the answer. The same event twice is
 * answered once. Whatever goes wrong inside, the person gets a word and the log the reason.
 */
export function createConversation(house: House): (incoming: Incoming) => Promise<Message | null> {
  const talks = new Map<string, { last: Remembered; before: Remembered; at: number }>();

  const handle = async (incoming: Incoming): Promise<Message | null> => {
    const { store, clock, log } = house;
    const now = clock.now();
    if (!(await markSeen(store, incoming.from.platform, incoming.id, now))) return null;
    // Before anything is looked up: a guest is none of the organisation's people, also one a pack names or an analyst let in.
    if (incoming.from.guest === true) return receive(incoming, now);
    const accounts = await accountsOf(store, incoming.from.platform);
    const memberships = membershipsOf(house.packs(), incoming.from, accounts);
    const member = memberships[0];
    if (member === undefined) return receive(incoming, now);
    const { person, pack } = member;
    const m = messages(person.language);
    // A command is answered to who wrote it alone, wherever it is written.
    const readByOthers = !incoming.direct && incoming.kind !== 'command';
    if (incoming.direct) await saveAddress(store, person.id, knownAs(member, incoming.from.platform, accounts), incoming.address, now);
    if (incoming.kind === 'installed' && readByOthers) return { card: textCard(person.language, 'Overblik', m.writeToMe), png: null, sheet: null };
    if (incoming.kind === 'installed') return { card: helpCard(member, person.language, m.welcome(person.name.split(' ')[0] ?? '')), png: null, sheet: null };
    if (incoming.kind === 'home') {
      const page = await latestPage(member, house.figures(pack.id));
      if (page === null) return { card: textCard(person.language, pack.title[person.language], m.noDigestYet), png: null, sheet: null };
      const message = await withPicture(page.card, house.painter, log);
      await recordAudit(store, { at: now, actor: person.id, action: 'shown-page', detail: { pack: pack.id, digest: page.digest, period: page.period.from, units: person.units, platform: incoming.from.platform, account: accountName(incoming.from), shown: shownOf(message) } });
      return message;
    }
    if (holdsPersonalNumber(incoming.text)) {
      await recordAudit(store, { at: now, actor: person.id, action: 'refused-personal-number', detail: { platform: incoming.from.platform, account: accountName(incoming.from), kind: incoming.kind } });
      return { card: textCard(person.language, pack.title[person.language], m.personalNumber), png: null, sheet: null };
    }

    const page = SEEN.exec(incoming.text.trim());
    if (page !== null) {
      const t = tidings(person.language);
      const first = await markSeenBy(store, (page[1] ?? '').toLowerCase(), memberships.map((one) => one.person.id), now);
      return { card: textCard(person.language, pack.title[person.language], first ? t.seenThanks : t.seenAlready), png: null, sheet: null };
    }

    const analyst = memberships.filter((one) => one.person.role === 'analyst');
    const decision = analyst.length === 0 ? null : readDecision(incoming.text);
    if (decision !== null) {
      const [headline = '', ...lines] = await decide(store, analyst, house.packs(), incoming.from, decision, person.language, now);
      const card: Card = { ...textCard(person.language, 'Overblik', headline), blocks: lines.map((text) => ({ kind: 'text', text })) };
      return readByOthers ? privately({ card, png: null, sheet: null }, incoming, person, now) : { card, png: null, sheet: null };
    }

    const key = JSON.stringify([incoming.address.platform, incoming.address.conversation, person.id]);
    const known = talks.get(key);
    const talk = known !== undefined && now.getTime() - known.at < FOLLOW_UP_MS ? known : { last: NOTHING, before: NOTHING, at: 0 };
    // An edited message takes the place of what was written: it changes the question before that one.
    const last = incoming.kind === 'edited' ? talk.before : talk.last;
    const answered = await answer(incoming.text, {
      memberships, figures: house.figures, lexicon: house.lexicon(memberships.map((one) => one.pack)),
      today: dayIn(pack.timeZone, now), language: null,
      previous: last.query, offered: last.offered,
    });
    talks.delete(key);
    talks.set(key, { last: remember(last, answered), before: last, at: now.getTime() });
    if (talks.size > MOST_CONVERSATIONS) talks.delete(talks.keys().next().value as string);
    await recordQuestion(store, { pack: packOf(answered, pack), person: person.id, platform: incoming.from.platform, askedAt: now, text: incoming.text, kind: answered.reading.kind, reading: answered.kind === 'answer' ? answered.result.query : answered.reading });
    const sheet = answered.kind === 'answer' && answered.reading.shape === 'excel' ? await sheetOf(answered, house.packs(), house.writeWorkbook) : null;
    const message: Message = { ...await withPicture(answered.card, house.painter, log), sheet };
    const { action, detail } = asked(answered, pack, shownOf(message));
    await recordAudit(store, { at: now, actor: person.id, action, detail: { ...detail, platform: incoming.from.platform, account: accountName(incoming.from) } });
    return readByOthers ? privately(message, incoming, person, now) : message;
  };

  /** Who reads along is not known, so nothing of what one person may see is said to all: neither figures nor names. */
  const privately = async (message: Message, incoming: Incoming, person: Person, now: Date): Promise<Message> => {
    const { language } = message.card;
    const sent = await house.sendPrivately(incoming, person, message);
    await recordAudit(house.store, { at: now, actor: person.id, action: sent ? 'answered-privately' : 'not-answered-in-public', detail: { platform: incoming.from.platform, account: accountName(incoming.from) } });
    return { card: textCard(language, 'Overblik', sent ? messages(language).answeredPrivately : messages(language).writeToMe), png: null, sheet: null };
  };

  /** Whom nobody knows: a word in both languages that says nothing of what there is, and a way to ask for access. What they write is not kept. */
  const receive = async (incoming: Incoming, now: Date): Promise<Message> => {
    const { from } = incoming;
    const said = (words: (language: Language) => string, actions: Card['actions'] = []): Message => ({ card: { ...textCard('da', 'Overblik', `${words('da')}\n${words('en')}`), actions }, png: null, sheet: null });
    if (from.guest !== true && from.platform !== 'web' && asksForAccess(incoming.text)) {
      const outcome = await requestAccess(house.store, incoming, now);
      return said((language) => { const t = admission(language); return { asked: t.asked, waiting: t.waiting, declined: t.turnedDown }[outcome]; });
    }
    await recordAudit(house.store, { at: now, actor: accountName(from), action: 'refused-stranger', detail: { kind: incoming.kind } });
    if (from.guest === true) return said((language) => admission(language).guest);
    const alone = incoming.direct || incoming.kind === 'command';
    return said((language) => messages(language).stranger, alone && from.platform !== 'web' ? [{ id: 'access', label: `${admission('da').ask} / ${admission('en').ask}`, ask: admission('da').ask }] : []);
  };

  return async (incoming) => {
    try {
      return await handle(incoming);
    } catch (error) {
      house.log.error('question-failed', { platform: incoming.from.platform, kind: incoming.kind, error: error instanceof Error ? error : String(error) });
      const language = membershipsOf(house.packs(), incoming.from, [])[0]?.person.language ?? 'da';
      return { card: textCard(language, 'Overblik', messages(language).troubled), png: null, sheet: null };
    }
  };
}
