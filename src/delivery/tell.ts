import { seesMeasure, visibleUnits } from '../access/rule.ts';
import { dayOf, periodCode, shiftDays, type IsoDate, type Period } from '../calendar/period.ts';
import type { Block, Card, TableCell } from '../card/card.ts';
import { admission } from '../card/admission.ts';
import { cellText, inWords, plainCell, sourceName } from '../card/figures.ts';
import { formatNumber } from '../card/numbers.ts';
import { packLabel } from '../card/label.ts';
import { dayName } from '../card/periods.ts';
import { tidings } from '../card/tidings.ts';
import type { Digest, Language, Measure, Pack, Person } from '../pack/model.ts';
import type { Correction } from './correction.ts';
import type { Missing, Readiness } from './readiness.ts';

/** What a source's load was, as a page keeps it: the same on every machine that loaded the same. */
export interface LoadMark {
  readonly signature: string;
  readonly rows: number;
  /** Of what its files hold; not there in pages sent by earlier versions. */
  readonly contents?: string;
  /** Of how its rows are counted; not there in pages sent by earlier versions. */
  readonly counted?: string;
  /** ISO instant: when the newest of its files was written; not there where that is not known. */
  readonly writtenAt?: string;
}

/** How the pages of a period went. */
export interface Outcome {
  readonly total: number;
  readonly delivered: number;
  readonly late: number;
  readonly failed: number;
  readonly withdrawn: number;
  readonly corrections: number;
  readonly seen: number;
}

/** Deliveries that will not arrive by themselves, all for one reason. */
export interface Failure {
  readonly reason: string;
  readonly unsure: boolean;
  /** Ids of the recipients. */
  readonly recipients: readonly string[];
}

/** A source that was loaded anew since a page was sent. */
export interface NewLoad {
  readonly source: string;
  /** ISO instant. */
  readonly loadedAt: string;
  readonly rows: number;
  /** Null: the page was sent without it. */
  readonly rowsBefore: number | null;
}

/** What a message other than a page says, as the ledger keeps it. */
export type Payload =
  | { readonly kind: 'notice'; readonly readiness: Readiness; readonly waiting: readonly string[] | null }
  | { readonly kind: 'correction'; readonly unit: string; readonly changes: readonly Correction[]; readonly loads: readonly NewLoad[]; /** Measures of these that are counted otherwise. */ readonly redefined?: readonly string[]; /** Somebody asked for it. */ readonly onPurpose?: true }
  | { readonly kind: 'receipt'; readonly outcome: Outcome }
  | { readonly kind: 'alarm'; readonly failure: Failure }
  | { readonly kind: 'request'; readonly request: { readonly id: number; readonly who: string; readonly platform: string; readonly account: string } }
  | { readonly kind: 'welcome' };

const card = (pack: Pack, language: Language, title: string, headline: string, blocks: readonly Block[]): Card =>
  ({ language, title, label: packLabel(pack, language), headline, blocks, picture: null, actions: [], provenance: [] });
const text = (words: string): Block => ({ kind: 'text', text: words });
const upper = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
const names = (pack: Pack, ids: readonly string[]): string => ids.map((id) => pack.people.get(id)?.name ?? id).join(', ');

/** Who reads a message; null: the analysts' channel. */
type Reader = Person | null;
const isAnalyst = (reader: Reader): boolean => reader === null || reader.role === 'analyst';

/**
 * The card of any message but a page, cut to what its reader may see when it leaves, whatever they might when it was owed; null
 * when nothing is left of it. Totals, numbers of rows and the names of others' units are for analysts. Pure.
 */
export function tell(pack: Pack, digest: Digest, period: Period, reader: Reader, payload: Payload): Card | null {
  const language = reader?.language ?? pack.language;
  const t = tidings(language);
  const words = inWords(pack, period, language);
  const title = digest.title[language];
  switch (payload.kind) {
    case 'notice': {
      const { missing, present } = payload.readiness;
      const of = [...new Set(missing.map(({ source }) => sourceName(pack, source, language)))].join(', ');
      return card(pack, language, t.noticeTitle(title), t.noticeHeadline(words, of), [
        { kind: 'notes', title: t.noticeMissing, items: [...new Set(missing.map((one) => missingLine(pack, one, reader, language)))] },
        ...(present.length === 0 ? [] : [text(t.noticePresent(present.map((id) => sourceName(pack, id, language)).join(', ')))]),
        text(payload.waiting === null || !isAnalyst(reader) ? t.noticeComes : t.noticeAnalysts(names(pack, payload.waiting))),
        ...(isAnalyst(reader) && missing.some(({ kind }) => kind !== 'house') ? [text(t.noticeClose(`overblik close ${pack.id} ${periodCode(period, pack.yearStart)}`))] : []),
      ]);
    }
    case 'correction': {
      const visible = reader === null ? new Set<string>() : visibleUnits(pack, reader);
      const changes = payload.changes.filter(({ unit, measure }) => visible.has(unit) && reader !== null && seesMeasure(pack, reader, measure));
      const about = visible.has(payload.unit) ? payload.unit : changes[0]?.unit;
      if (about === undefined || changes.length === 0) return null;
      const unit = pack.organisation.units.get(about)?.name[language] ?? about;
      return card(pack, language, t.correctionTitle(`${unit}, ${words}`), t.correctionHeadline(changes.length), [correctionTable(pack, changes, period, language), ...redefinedLine(pack, payload, changes, language), ...(payload.loads.length === 0 ? [] : [text(t.because(payload.loads.map((load) => loadLine(pack, load, reader, language)).join('; ')))]), text(t.keepOld)]);
    }
    case 'receipt': {
      const { outcome } = payload;
      const parts = [t.receipt(upper(words), outcome.delivered, outcome.total),
        ...(outcome.late > 0 ? [t.receiptLate(outcome.late)] : []), ...(outcome.failed > 0 ? [t.receiptFailed(outcome.failed)] : []),
        ...(outcome.withdrawn > 0 ? [t.receiptWithdrawn(outcome.withdrawn)] : []), ...(outcome.corrections > 0 ? [t.receiptCorrections(outcome.corrections)] : []), ...(outcome.seen > 0 ? [t.receiptSeen(outcome.seen)] : [])];
      return card(pack, language, title, `${parts.join(', ')}.`, outcome.delivered === outcome.total ? [text(t.receiptAll)] : []);
    }
    case 'alarm': {
      const { reason, unsure, recipients } = payload.failure;
      return card(pack, language, title, (unsure ? t.alarmUnsure : t.alarm)(words, recipients.length), [text(t.alarmReason(reason)), text(t.alarmWho(names(pack, recipients))), text(`${t.alarmMend} ${pack.id}/${digest.id}`)]);
    }
    case 'request': {
      const { id, who, platform, account } = payload.request;
      const a = admission(language);
      return {
        ...card(pack, language, a.requestTitle, a.requestHeadline(who, platform), [text(a.requestAccount(account)), text(a.requestCare), text(a.requestHow(String(id)))]),
        actions: [{ id: 'decline', label: a.decline, ask: `${a.decline} ${id}` }],
      };
    }
    case 'welcome': return card(pack, language, admission(language).welcomeTitle, admission(language).welcome, []);
  }
}

function missingLine(pack: Pack, missing: Missing, reader: Reader, language: Language): string {
  const t = tidings(language);
  const whole = isAnalyst(reader);
  const source = sourceName(pack, missing.source, language);
  const show = (value: number): string => formatNumber(value, 0, language);
  switch (missing.kind) {
    case 'rows': return missing.through === null ? t.noRowsAtAll(source) : t.noRows(source, dayName(missing.through, language));
    case 'units': {
      const visible = reader === null ? new Set<string>() : visibleUnits(pack, reader);
      const units = missing.units.filter((id) => whole || visible.has(id));
      return units.length === 0 ? t.incomplete(source) : t.noUnits(source, units.map((id) => pack.organisation.units.get(id)?.name[language] ?? id).join(', '));
    }
    // Both are of all units together.
    case 'count': return !whole ? t.incomplete(source) : t.oddCount(source, show(missing.value), show(missing.usual));
    case 'total': {
      if (!whole || !seesMeasure(pack, { role: 'analyst' }, missing.measure)) return t.incomplete(source);
      const measure = pack.measures.get(missing.measure);
      const shown = (value: number): string => (measure === undefined ? show(value) : cellText({ value, state: 'ok' }, pack, measure, language));
      return t.oddTotal(measure?.name[language] ?? missing.measure, source, shown(missing.value), shown(missing.usual));
    }
    case 'rejects': return !whole ? t.incomplete(source) : t.rejects(source, show(missing.rows), missing.reasons.map(({ column, reason, rows, file, line }) => `${show(rows)}: ${column === '' ? '' : `${column}, `}${reason} (${file}:${line})`).join('; '));
    case 'closing': return t.notClosed(source);
    case 'house': return whole ? t.houseFault(source, missing.reason) : t.incomplete(source);
  }
}

/** Which of the figures are counted otherwise; only of measures whose figures this reader is told. */
function redefinedLine(pack: Pack, { redefined = [], loads }: Extract<Payload, { kind: 'correction' }>, changes: readonly Correction[], language: Language): Block[] {
  const t = tidings(language);
  const measures = redefined.filter((id) => changes.some(({ measure }) => measure === id)).map((id) => pack.measures.get(id)?.name[language] ?? id);
  return measures.length === 0 ? [] : [text((loads.length === 0 ? t.redefined : t.redefinedToo)(measures.join(', ')))];
}

/** What was and what is, one line a figure; units and periods only where they are not the page's own. */
function correctionTable(pack: Pack, changes: readonly Correction[], period: Period, language: Language): Block {
  const t = tidings(language);
  const first = changes[0]?.unit;
  const cell = (value: number | null, measure: Measure | undefined): TableCell => plainCell(value === null || measure === undefined ? t.nothing : cellText({ value, state: 'ok' }, pack, measure, language));
  return {
    kind: 'table', title: '',
    columns: [{ title: '', align: 'left' }, { title: t.was, align: 'right' }, { title: t.is, align: 'right' }],
    rows: changes.map((change) => {
      const measure = pack.measures.get(change.measure);
      const same = changes.every(({ unit }) => unit === first);
      const where = same ? '' : ` (${pack.organisation.units.get(change.unit)?.name[language] ?? change.unit})`;
      const when = change.from === period.from && change.to === period.to ? '' : `, ${span(change.from, change.to, language)}`;
      return [plainCell(`${measure?.name[language] ?? change.measure}${where}${when}`), cell(change.was, measure), cell(change.is, measure)];
    }),
  };
}

const span = (from: IsoDate, to: IsoDate, language: Language): string => `${dayName(from, language)} \u2013 ${dayName(shiftDays(to, -1), language)}`;

function loadLine(pack: Pack, { source, loadedAt, rows: count, rowsBefore }: NewLoad, reader: Reader, language: Language): string {
  const more = rowsBefore === null || !isAnalyst(reader) ? 0 : count - rowsBefore;
  const rows = more === 0 ? '' : `${more > 0 ? '+' : '\u2212'}${formatNumber(Math.abs(more), 0, language)} ${language === 'da' ? 'rækker' : 'rows'}`;
  return tidings(language).reloaded(sourceName(pack, source, language), dayName(dayOf(pack.timeZone, loadedAt), language), rows);
}
