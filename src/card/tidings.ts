import type { Language } from '../pack/model.ts';
import { ended } from './messages.ts';

/** What is said about deliveries: late pages, corrections, receipts, failures. Arguments are already in words. */
export interface Tidings {
  readonly noticeTitle: (digest: string) => string;
  readonly noticeHeadline: (period: string, sources: string) => string;
  readonly noticeMissing: string;
  readonly noticePresent: (sources: string) => string;
  readonly noticeComes: string;
  readonly noticeAnalysts: (waiting: string) => string;
  /** How an analyst lets the pages go all the same. */
  readonly noticeClose: (command: string) => string;
  readonly noRows: (source: string, through: string) => string;
  readonly noRowsAtAll: (source: string) => string;
  readonly noUnits: (source: string, units: string) => string;
  readonly oddCount: (source: string, value: string, usual: string) => string;
  readonly oddTotal: (measure: string, source: string, value: string, usual: string) => string;
  readonly notClosed: (source: string) => string;
  readonly houseFault: (source: string, reason: string) => string;
  /** For analysts: how many rows were set aside, why, and what to do. */
  readonly rejects: (source: string, rows: string, reasons: string) => string;
  /** Why a correction was sent on purpose: the data are the same; or not, too. */
  readonly redefined: (measures: string) => string;
  readonly redefinedToo: (measures: string) => string;
  readonly definitionChanged: (measures: string, period: string) => string;
  /** What is wrong with it is not for this reader. */
  readonly incomplete: (source: string) => string;
  readonly correctionTitle: (page: string) => string;
  readonly correctionHeadline: (count: number) => string;
  readonly was: string;
  readonly is: string;
  readonly nothing: string;
  readonly because: (sources: string) => string;
  readonly reloaded: (source: string, day: string, rows: string) => string;
  readonly keepOld: string;
  readonly receipt: (period: string, delivered: number, total: number) => string;
  readonly receiptLate: (count: number) => string;
  readonly receiptFailed: (count: number) => string;
  readonly receiptWithdrawn: (count: number) => string;
  readonly receiptCorrections: (count: number) => string;
  readonly receiptSeen: (count: number) => string;
  readonly receiptAll: string;
  readonly alarm: (period: string, count: number) => string;
  readonly alarmUnsure: (period: string, count: number) => string;
  readonly alarmReason: (reason: string) => string;
  readonly alarmWho: (who: string) => string;
  readonly alarmMend: string;
  readonly lateNote: (due: string) => string;
  readonly repeatedNote: string;
  readonly seen: string;
  readonly seenThanks: string;
  readonly seenAlready: string;
}

const da: Tidings = {
  noticeTitle: (digest) => `${digest}: siden er forsinket`,
  noticeHeadline: (period, sources) => ended(`Siden for ${period} er ikke klar: vi mangler data fra ${sources}`),
  noticeMissing: 'Det mangler', noticePresent: (sources) => ended(`På plads er ${sources}`),
  noticeComes: 'Siden kommer af sig selv, så snart data er på plads. Du skal ikke gøre noget.',
  noticeAnalysts: (waiting) => ended(`Modtagere, der venter: ${waiting}`),
  noticeClose: (command) => `Er tallene rigtige, som de er, så luk perioden, og siderne sendes: ${command}`,
  noRows: (source, through) => `${source}: data går kun til og med ${through}`, noRowsAtAll: (source) => `${source}: der er ingen data`,
  noUnits: (source, units) => `${source}: ingen data fra ${units}`,
  oddCount: (source, value, usual) => `${source}: ${value} rækker mod normalt omkring ${usual}`,
  oddTotal: (measure, source, value, usual) => `${source}: ${measure} er ${value} mod normalt omkring ${usual}`,
  rejects: (source, rows, reasons) => ended(`${source}: ${rows} rækker er sat til side og mangler i tallene (${reasons}). Ret dem i filen, eller tilføj enheden i pakken, og indlæs igen; "overblik load" viser rækkerne. Må siden sendes uden dem, så skriv rejects: under readiness`),
  redefined: (measures) => `Det skyldes, at vi nu opgør tallene på en anden måde: ${ended(measures)} Data er de samme.`,
  redefinedToo: (measures) => `Vi opgør også tallene på en anden måde nu: ${ended(measures)} Noget af forskellen kan skyldes det.`,
  definitionChanged: (measures, period) => ended(`${measures} opgøres på en anden måde end på siden for ${period}. Sider, der er sendt, er ikke rettet`),
  notClosed: (source) => `${source}: perioden er ikke lukket endnu`, houseFault: (source, reason) => `${source}: tjenesten selv kunne ikke indlæse data; lederne får intet at vide om det. ${reason}`, incomplete: (source) => `${source}: data mangler eller ser ufuldstændige ud`,
  correctionTitle: (page) => `Rettelse: ${page}`,
  correctionHeadline: (count) => (count === 1 ? 'Et tal har ændret sig, siden du fik siden.' : `${count} tal har ændret sig, siden du fik siden.`),
  was: 'Var', is: 'Er', nothing: 'intet tal',
  because: (sources) => ended(`Det skyldes nye data: ${sources}`),
  reloaded: (source, day, rows) => `${source}, indlæst ${day}${rows === '' ? '' : ` (${rows})`}`,
  keepOld: 'Siden, du fik, er ikke lavet om: det er tallene her, der gælder.',
  receipt: (period, delivered, total) => `${period}: ${delivered} af ${total} leveret`,
  receiptLate: (count) => (count === 1 ? '1 forsinket' : `${count} forsinkede`),
  receiptFailed: (count) => (count === 1 ? '1 kunne ikke leveres' : `${count} kunne ikke leveres`),
  receiptWithdrawn: (count) => (count === 1 ? '1 trukket tilbage' : `${count} trukket tilbage`),
  receiptCorrections: (count) => (count === 1 ? '1 rettelse' : `${count} rettelser`),
  receiptSeen: (count) => (count === 1 ? '1 har meldt set' : `${count} har meldt set`),
  receiptAll: 'Alle har fået deres side.',
  alarm: (period, count) => (count === 1 ? `En besked for ${period} kunne ikke leveres.` : `${count} beskeder for ${period} kunne ikke leveres.`),
  alarmUnsure: (period, count) => (count === 1 ? `En besked for ${period} er måske ikke nået frem.` : `${count} beskeder for ${period} er måske ikke nået frem.`),
  alarmReason: (reason) => `Årsag: ${reason}`,
  alarmWho: (who) => ended(`Det gælder ${who}`),
  alarmMend: 'Ret årsagen, og send igen med: overblik retry',
  lateNote: (due) => ended(`Forsinket: siden skulle være sendt ${due}`),
  repeatedNote: 'Du har måske fået denne besked før: vi kunne ikke få at vide, om den nåede frem.',
  seen: 'Set', seenThanks: 'Tak, det er noteret, at du har set siden.', seenAlready: 'Det er allerede noteret.',
};

const en: Tidings = {
  noticeTitle: (digest) => `${digest}: the page is late`,
  noticeHeadline: (period, sources) => ended(`The page for ${period} is not ready: data are missing from ${sources}`),
  noticeMissing: 'What is missing', noticePresent: (sources) => ended(`In place: ${sources}`),
  noticeComes: 'The page comes by itself as soon as the data are there. There is nothing you need to do.',
  noticeAnalysts: (waiting) => ended(`Recipients who wait: ${waiting}`),
  noticeClose: (command) => `If the figures are right as they are, close the period, and the pages are sent: ${command}`,
  noRows: (source, through) => `${source}: data only reach ${through}`, noRowsAtAll: (source) => `${source}: there are no data`,
  noUnits: (source, units) => `${source}: no data from ${units}`,
  oddCount: (source, value, usual) => `${source}: ${value} rows, where about ${usual} are usual`,
  oddTotal: (measure, source, value, usual) => `${source}: ${measure} is ${value}, where about ${usual} is usual`,
  rejects: (source, rows, reasons) => ended(`${source}: ${rows} rows were set aside and are missing from the figures (${reasons}). Mend them in the file, or add the unit to the pack, and load again; "overblik load" lists the rows. If the page may go without them, write rejects: under readiness`),
  redefined: (measures) => `The reason is that the figures are counted in another way now: ${ended(measures)} The data are the same.`,
  redefinedToo: (measures) => `The figures are also counted in another way now: ${ended(measures)} Some of the difference may come from that.`,
  definitionChanged: (measures, period) => ended(`${measures}: the definition changed from the page for ${period}. Pages that were sent are not corrected`),
  notClosed: (source) => `${source}: the period is not closed yet`, houseFault: (source, reason) => `${source}: the service itself could not load the data; the leaders are told nothing of it. ${reason}`, incomplete: (source) => `${source}: data are missing or look incomplete`,
  correctionTitle: (page) => `Correction: ${page}`,
  correctionHeadline: (count) => (count === 1 ? 'One figure has changed since you got the page.' : `${count} figures have changed since you got the page.`),
  was: 'Was', is: 'Is', nothing: 'no figure',
  because: (sources) => ended(`The reason is new data: ${sources}`),
  reloaded: (source, day, rows) => `${source}, loaded ${day}${rows === '' ? '' : ` (${rows})`}`,
  keepOld: 'The page you got is not changed: the figures here are the ones that hold.',
  receipt: (period, delivered, total) => `${period}: ${delivered} of ${total} delivered`,
  receiptLate: (count) => `${count} late`, receiptFailed: (count) => `${count} could not be delivered`,
  receiptWithdrawn: (count) => `${count} withdrawn`,
  receiptCorrections: (count) => (count === 1 ? '1 correction' : `${count} corrections`),
  receiptSeen: (count) => `${count} marked as seen`,
  receiptAll: 'Everyone has their page.',
  alarm: (period, count) => (count === 1 ? `One message for ${period} could not be delivered.` : `${count} messages for ${period} could not be delivered.`),
  alarmUnsure: (period, count) => (count === 1 ? `One message for ${period} may not have arrived.` : `${count} messages for ${period} may not have arrived.`),
  alarmReason: (reason) => `Reason: ${reason}`,
  alarmWho: (who) => ended(`It concerns ${who}`),
  alarmMend: 'Mend the reason, and send again with: overblik retry',
  lateNote: (due) => ended(`Late: the page should have been sent on ${due}`),
  repeatedNote: 'You may have had this message before: we could not find out whether it arrived.',
  seen: 'Seen', seenThanks: 'Thank you, it is noted that you have seen the page.', seenAlready: 'That is noted already.',
};

const CATALOGUE: Record<Language, Tidings> = { da, en };

/** The words about deliveries in a language. */
export const tidings = (language: Language): Tidings => CATALOGUE[language];
