import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { maskPersonalNumbers } from '../../src/access/personal-number.ts';
import type { Language } from '../../src/pack/model.ts';
import type { Address, Identity } from '../../src/ports.ts';
import { noSignIn, notLoopback, openToAll, REFUSALS } from './errors.ts';
import type { Refusal } from './errors.ts';
import { addressIn } from './inbound.ts';
import { foreign, isLoopback } from './loopback.ts';

/** Someone the chat knows of. */
export interface PagePerson {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly language: Language;
  /** Lower case. */
  readonly email: string | null;
}

/** How it is known who sits at the page. */
export type Access =
  /** Whoever opens the page chooses: only on this machine. */
  | { readonly kind: 'demo'; readonly boundTo: string }
  /** A reverse proxy has signed them in and writes their e-mail into a header. `origin`: the page's own, `https://overblik.example.dk`. */
  | { readonly kind: 'proxy'; readonly identityHeader: string; readonly trustedProxies: readonly string[]; readonly origin: string };

/** Who asks: their name in the page's addresses, where what is said to them is kept, and who they are to the rest of the house. */
export interface Reader {
  readonly name: string;
  readonly address: Address;
  readonly from: Identity;
  readonly person: PagePerson;
}

export interface SignIn {
  /** Why a request is not taken, whatever it asks for; null: it is. */
  refusal(request: IncomingMessage): { readonly refusal: Refusal; readonly reason: string } | null;
  /** The reader of that name, when the one who asks may be them. */
  reader(request: IncomingMessage, name: string): Reader | null;
  /** Whom the one who asks may be. */
  choice(request: IncomingMessage): readonly Reader[];
  /** A conversation's name in its person's page. */
  nameOf(key: string): string;
  /** Whose conversation it is. */
  identityOf(key: string): Identity;
  /** The key of the conversation an address is of; null: of none. */
  keyOf(address: Address): string | null;
  /** True when one person at most can be chosen, so nobody learns of the others. */
  readonly signedIn: boolean;
}

const DEMO = 'local';
const SIGNED_IN = 'proxy';
/** In their own page everyone has the same name, so an address of it says nothing and there is none to try. */
const ME = 'me';
const EMAIL = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9.-]{1,189}$/;

function demo(people: () => readonly PagePerson[]): SignIn {
  const identityOf = (id: string): Identity => ({ platform: 'web', tenant: DEMO, user: id, email: null });
  const readerOf = (person: PagePerson): Reader => ({ name: person.id, address: addressIn(DEMO, person.id), from: identityOf(person.id), person });
  return {
    signedIn: false,
    refusal: (request) => {
      const reason = foreign(request);
      return reason === null ? null : { refusal: REFUSALS.refused, reason };
    },
    choice: () => people().map(readerOf),
    nameOf: (key) => key,
    identityOf,
    reader: (_request, name) => people().filter(({ id }) => id === name).map(readerOf)[0] ?? null,
    keyOf: ({ platform, tenant, conversation }) => (platform === 'web' && tenant === DEMO && people().some(({ id }) => id === conversation) ? conversation : null),
  };
}

/** True for addresses that one of the entries (addresses or ranges) holds. */
function trusting(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (given) => {
    const address = given.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
    return isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  };
}

function proxy({ identityHeader, trustedProxies, origin }: Extract<Access, { kind: 'proxy' }>, people: () => readonly PagePerson[]): SignIn {
  const isProxy = trusting(trustedProxies);
  const header = identityHeader.toLowerCase();
  const emailOf = ({ headersDistinct }: IncomingMessage): string | null => {
    // Of two, nobody can say which is the proxy's; `headers` would hold the first alone of some, as of From.
    const [given = '', ...more] = headersDistinct[header] ?? [];
    const email = given.trim().toLowerCase();
    return more.length === 0 && EMAIL.test(email) ? email : null;
  };
  const identityOf = (email: string): Identity => ({ platform: 'web', tenant: SIGNED_IN, user: email, email });
  const readerOf = (email: string): Reader => {
    const known = people().find((person) => person.email === email);
    return {
      name: ME, address: addressIn(SIGNED_IN, email), from: identityOf(email),
      person: { id: ME, name: known?.name ?? maskPersonalNumbers(email), title: known?.title ?? '', language: known?.language ?? 'da', email },
    };
  };
  const me = (request: IncomingMessage): Reader[] => [emailOf(request)].flatMap((email) => (email === null ? [] : [readerOf(email)]));
  return {
    signedIn: true,
    refusal: (request) => {
      const { headers, method } = request;
      if (!isProxy(request.socket.remoteAddress ?? '')) return { refusal: REFUSALS.notSignedIn, reason: 'it does not come from a proxy that TRUSTED_PROXIES names' };
      if (emailOf(request) === null) return { refusal: REFUSALS.notSignedIn, reason: 'its identity header is missing, no e-mail address, or there twice' };
      const reads = method === 'GET' || method === 'HEAD';
      if (headers.origin === undefined ? !reads : headers.origin !== origin) return { refusal: REFUSALS.otherPage, reason: 'its Origin is not PUBLIC_URL' };
      const site = headers['sec-fetch-site'];
      const opened = reads && headers['sec-fetch-mode'] === 'navigate';
      if (site !== undefined && site !== 'same-origin' && site !== 'none' && !opened) return { refusal: REFUSALS.otherPage, reason: 'another page sent it' };
      return null;
    },
    choice: me,
    nameOf: () => ME,
    identityOf,
    reader: (request, name) => (name === ME ? me(request)[0] ?? null : null),
    keyOf: ({ platform, tenant, conversation }) => {
      if (platform !== 'web') return null;
      // Who has not written yet is known by the id in the pack.
      const email = tenant === SIGNED_IN ? conversation : people().find(({ id }) => id === conversation)?.email ?? null;
      return people().some((person) => person.email === email) ? email : null;
    },
  };
}

/** Throws ServiceError for a way in that would let anyone be anybody. */
export function createSignIn(access: Access, people: () => readonly PagePerson[]): SignIn {
  if (access.kind === 'demo') {
    if (!isLoopback(access.boundTo)) throw notLoopback(access.boundTo);
    return demo(people);
  }
  if (access.identityHeader === '' || access.trustedProxies.length === 0) throw noSignIn();
  if (access.trustedProxies.some((entry) => entry.endsWith('/0'))) throw openToAll();
  return proxy(access, people);
}
