import type { Language } from '../pack/model.ts';
import { ended } from './messages.ts';

/** What is said about access: to who asks for it, and to the analysts who decide. Arguments are already in words. */
export interface Admission {
  /** To someone nobody knows. */
  readonly ask: string;
  readonly asked: string;
  readonly waiting: string;
  readonly turnedDown: string;
  readonly guest: string;
  /** To the analysts. */
  readonly requestTitle: string;
  readonly requestHeadline: (who: string, platform: string) => string;
  readonly requestAccount: (account: string) => string;
  readonly requestCare: string;
  readonly requestHow: (id: string) => string;
  readonly decline: string;
  readonly noRequests: string;
  readonly requestLine: (id: string, who: string, platform: string, day: string) => string;
  readonly granted: (who: string, person: string, platform: string) => string;
  readonly declined: (who: string) => string;
  readonly revoked: (person: string, platform: string) => string;
  readonly noRequest: (id: string) => string;
  readonly noPerson: (person: string) => string;
  readonly namedAlready: (person: string, platform: string) => string;
  readonly grantedAlready: (person: string, platform: string) => string;
  readonly knownElsewhere: (person: string, platform: string) => string;
  readonly accountTaken: (who: string, platform: string) => string;
  readonly notGranted: (person: string, platform: string) => string;
  /** To who was let in. */
  readonly welcomeTitle: string;
  readonly welcome: string;
}

const da: Admission = {
  ask: 'Bed om adgang',
  asked: 'Din anmodning er sendt til analyseenheden. Du får svar her.', waiting: 'Din anmodning er sendt og venter på svar.',
  turnedDown: 'Din anmodning er ikke imødekommet. Skriv til analyseenheden, hvis det er forkert.', guest: 'Jeg svarer kun organisationens egne medarbejdere.',
  requestTitle: 'Anmodning om adgang', requestHeadline: (who, platform) => ended(`${who} beder om adgang i ${platform}`), requestAccount: (account) => `Konto: ${account}`,
  requestCare: 'Navnet har kontoens ejer selv skrevet. Giv kun adgang, når du ved, hvem der har kontoen.',
  requestHow: (id) => `Skriv til mig: giv adgang ${id} til <id i pakkens people>. Eller: afvis ${id}.`,
  decline: 'Afvis', noRequests: 'Der venter ingen anmodninger om adgang.', requestLine: (id, who, platform, day) => `${id}: ${who}, ${platform}, ${day}`,
  granted: (who, person, platform) => `${who} har nu adgang i ${platform} som ${person}.`, declined: (who) => `Anmodningen fra ${who} er afvist.`,
  revoked: (person, platform) => `Kontoen i ${platform} giver ikke længere adgang som ${person}.`,
  noRequest: (id) => `Der er ingen anmodning ${id}, der venter. Skriv anmodninger for at se dem.`,
  noPerson: (person) => `Der er ingen '${person}' i din pakke. Skriv personen ind i pakkens people først, og giv så adgang.`,
  namedAlready: (person, platform) => `Pakken siger selv, hvilken konto '${person}' har i ${platform}. Ret den dér.`,
  grantedAlready: (person, platform) => `'${person}' har allerede en konto i ${platform}. Tag den først: fjern adgang ${person} ${platform.toLowerCase()}`,
  knownElsewhere: (person, platform) => `'${person}' står også i en pakke, du ikke er analytiker for, og har en anden konto i ${platform} dér. Den pakkes analytiker må først fjerne den, eller I giver personen hver sit id.`,
  accountTaken: (who, platform) => `Kontoen i ${platform}, som ${who} bruger, er allerede en anden persons i pakken.`,
  notGranted: (person, platform) => `'${person}' har ingen konto i ${platform}, der er givet adgang her.`,
  welcomeTitle: 'Du har fået adgang', welcome: 'Du kan nu spørge til dine enheders tal. Skriv hjælp for at se, hvad du kan spørge om.',
};

const en: Admission = {
  ask: 'Ask for access',
  asked: 'Your request is sent to the analysis unit. The answer comes here.', waiting: 'Your request is sent and waits for an answer.',
  turnedDown: 'Your request was turned down. Write to the analysis unit if that is wrong.', guest: 'I only answer the organisation\'s own employees.',
  requestTitle: 'Request for access', requestHeadline: (who, platform) => ended(`${who} asks for access in ${platform}`), requestAccount: (account) => `Account: ${account}`,
  requestCare: 'The name was written by the account\'s owner. Grant access only when you know who has the account.',
  requestHow: (id) => `Write to me: grant ${id} to <id among the pack's people>. Or: decline ${id}.`,
  decline: 'Decline', noRequests: 'No request for access is waiting.', requestLine: (id, who, platform, day) => `${id}: ${who}, ${platform}, ${day}`,
  granted: (who, person, platform) => `${who} now has access in ${platform} as ${person}.`, declined: (who) => `The request of ${who} is declined.`,
  revoked: (person, platform) => `The account in ${platform} no longer gives access as ${person}.`,
  noRequest: (id) => `There is no request ${id} waiting. Write requests to see them.`,
  noPerson: (person) => `There is no '${person}' in your pack. Write the person into the pack's people first, and then grant access.`,
  namedAlready: (person, platform) => `The pack itself says which account '${person}' has in ${platform}. Change it there.`,
  grantedAlready: (person, platform) => `'${person}' has an account in ${platform} already. Take it first: revoke ${person} ${platform.toLowerCase()}`,
  knownElsewhere: (person, platform) => `'${person}' is also in a pack you are no analyst of, with another account in ${platform} there. That pack's analyst has to take it back first, or the two of you give the person different ids.`,
  accountTaken: (who, platform) => `The account in ${platform} that ${who} uses is another person's in the pack already.`,
  notGranted: (person, platform) => `'${person}' has no account in ${platform} that was granted here.`,
  welcomeTitle: 'You have access', welcome: 'You can now ask about your units\' figures. Write help to see what you can ask.',
};

const CATALOGUE: Record<Language, Admission> = { da, en };

/** The words about access in a language. */
export const admission = (language: Language): Admission => CATALOGUE[language];
