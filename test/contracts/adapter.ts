import { ServiceError } from '../../src/errors.ts';
import type { Message } from '../../src/card/card.ts';
import type { Address, ChatAdapter, Handle, Incoming } from '../../src/ports.ts';
import { sampleMessage } from '../adapters/web/sample.ts';

/** A platform, or what stands for it, with one person at the other end. */
export interface Harness {
  readonly adapter: ChatAdapter;
  /** The person as the platform verifies them. */
  readonly user: string;
  /** Where nobody is. */
  readonly nowhere: Address;
  /** The person writes to the bot alone; resolves when the platform has handed it over, or was refused. */
  writes(text: string): Promise<void>;
  /** Everything the person was sent, oldest first, each with all its words, as soon as there are so many. */
  received(count: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

/** What every chat platform's adapter does. */
export function adapterContract(name: string, open: () => Promise<Harness>): void {
  describe(`the adapter of ${name}`, () => {
    let harness: Harness;
    let answer: Handle;
    const came: Incoming[] = [];
    beforeAll(async () => {
      harness = await open();
      await harness.adapter.start(async (incoming) => {
        came.push(incoming);
        return answer(incoming);
      });
    });
    afterAll(() => harness.close());
    beforeEach(() => {
      came.length = 0;
      answer = async () => null;
    });

    let before = 0;
    /** The message that arrived next. */
    const next = async (): Promise<string> => (await harness.received(++before)).at(-1) ?? '';
    const about = (headline: string): Message => ({ card: { ...sampleMessage('da').card, headline }, png: null, sheet: null });
    const came1 = async (): Promise<Incoming> => {
      while (came.length === 0) await turn();
      return came[0] as Incoming;
    };

    it('hands over what a person wrote: who, where, that they are alone with it, and the words', async () => {
      await harness.writes('budget mod timer i Øst & Vest');
      expect(await came1()).toMatchObject({
        kind: 'message', direct: true, text: 'budget mod timer i Øst & Vest', from: { platform: harness.adapter.platform, user: harness.user }, address: { platform: harness.adapter.platform, thread: null },
      });
      expect(came[0]?.id).not.toBe('');
    });

    it('gives the answer back whole: title, sentence, figures, notes, source and questions', async () => {
      answer = async () => sampleMessage('da');
      await harness.writes('budget');
      const said = await next();
      const { card } = sampleMessage('da');
      for (const words of [card.title, card.label, card.headline, '12.410 timer', '347 kr.', 'Bogføringsdato og leveringsdato kan falde i hver sin måned.', ...card.provenance, ...card.actions.map(({ label }) => label)]) expect(said).toContain(words);
    });

    it('says nothing when there is nothing to say, and outlives an answer that fails', async () => {
      await harness.writes('stille');
      while (came.length < 1) await turn();
      answer = async () => { throw new Error('a bug inside'); };
      await harness.writes('fejl');
      while (came.length < 2) await turn();
      // The web chat tells the person that it failed; none tells why.
      answer = async () => about('stadig her');
      await harness.writes('er du der');
      let said = await next();
      if (!said.includes('stadig her')) said = await next();
      expect(said).toContain('stadig her');
      expect(said).not.toContain('a bug inside');
    });

    it('two different events have two ids', async () => {
      await harness.writes('en');
      await harness.writes('to');
      while (came.length < 2) await turn();
      expect(new Set(came.map(({ id }) => id)).size).toBe(2);
    });

    it('writes to a person later, and tells whether the picture went with it', async () => {
      await harness.writes('hej');
      const { address } = await came1();
      const first = await harness.adapter.send(address, sampleMessage('da'));
      expect(first).toMatchObject({ pictureSent: true });
      expect(await next()).toContain('410 t.kr.');
      const second = await harness.adapter.send(address, about('uden billede'));
      expect(second).toMatchObject({ pictureSent: false });
      expect(await next()).toContain('uden billede');
      expect(first.messageId).not.toBe('');
      expect(second.messageId).not.toBe(first.messageId);
    });

    it('finds what it sent by its key, where the platform can be asked, and nothing else', async () => {
      if (harness.adapter.find === null) return;
      await harness.writes('hej');
      const { address } = await came1();
      const [key, since] = ['0123456789abcdef0123456789abcdef', new Date(Date.now() - 60_000)];
      const until = new Date(Date.now() + 3_600_000);
      expect(await harness.adapter.find(address, key, since)).toBeNull();
      const sent = await harness.adapter.send(address, about('med nøgle'), { key, until });
      await next();
      await harness.adapter.send(address, about('uden nøgle'));
      await next();
      expect(await harness.adapter.find(address, key, since)).toEqual({ messageId: sent.messageId });
      expect(await harness.adapter.find(address, key.replace('0', '1'), since)).toBeNull();
      // Under a message too: a correction stands there.
      const answer = await harness.adapter.send({ ...address, thread: sent.messageId }, about('under den'), { key: key.replace('0', '2'), until });
      await next();
      expect(await harness.adapter.find({ ...address, thread: sent.messageId }, key.replace('0', '2'), since)).toEqual({ messageId: answer.messageId });
    });

    it('sends nothing any more after its time, and says that it did not', async () => {
      await harness.writes('hej');
      const { address } = await came1();
      if (harness.adapter.platform === 'web') return;
      await expect(harness.adapter.send(address, about('for sent'), { key: 'f'.repeat(32), until: new Date(0) })).rejects.toMatchObject({ final: false, mayHaveArrived: false });
    });

    it('an address where nobody is, is a final failure in plain words', async () => {
      const failure: unknown = await harness.adapter.send(harness.nowhere, about('hvem?')).then(() => null, (error: unknown) => error);
      expect(failure).toBeInstanceOf(ServiceError);
      expect(failure).toMatchObject({ final: true });
      expect((failure as Error).message).not.toContain('hvem?');
    });

    it('after it has stopped, nothing comes in', async () => {
      await harness.adapter.stop();
      // Never acknowledged is well: the platform comes again when someone listens.
      void harness.writes('for sent').catch(() => undefined);
      for (let i = 0; i < 20; i += 1) await turn();
      expect(came).toEqual([]);
    });
  });
}
