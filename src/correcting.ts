import { runDigest, shownTo } from './app/compose.ts';
import { causesOf, correctedSince, loadsBehind, newLoads, type PageNow } from './app/correct.ts';
import { shownOf } from './app/audit.ts';
import type { Closing } from './app/ledger.ts';
import { readinessOf } from './app/readiness.ts';
import { dataOf, type DataMarks } from './app/versions.ts';
import { dayIn, periodOf, type IsoDate, type Period } from './calendar/period.ts';
import type { Card } from './card/card.ts';
import { cellText, inWords } from './card/figures.ts';
import { digestNamed, parsePeriod, withHouse, withState, wordsOf, type Terminal } from './commands.ts';
import { causeOf, judgedOnPurpose, keyOf, type Cause, type Correction, type Figure } from './delivery/correction.ts';
import { missingOf, withHouseFaults } from './delivery/readiness.ts';
import { tell } from './delivery/tell.ts';
import { recipientsOf } from './digest/compose.ts';
import type { Config } from './io/config/config.ts';
import type { Digest, Pack, Person } from './pack/model.ts';
import type { Log } from './ports.ts';
import type { PackHouse } from './warehouse.ts';

/** Pages that one call to the service takes. */
const AT_ONCE = 10;

interface SentPage { readonly id: number; readonly from: IsoDate; readonly to: IsoDate; readonly recipient: string; readonly figures: readonly Figure[]; readonly data: DataMarks | null }

/** A page whose figures are others now. */
interface Differing {
  readonly period: Period;
  readonly person: Person;
  readonly page: PageNow;
  /** What it would say to its reader; nothing they may not see is among it. */
  readonly changes: readonly Correction[];
  /** The correction as its reader would get it. */
  readonly card: Card;
  readonly cause: (change: Correction) => Cause;
}

/**
 * Which figures that were sent are others now, for each recipient what they may see of it, and why; with `send` the corrections are
 * owed, each once. A period whose data are not complete is not judged.
 */
export async function correctCommand(config: Config, log: Log, terminal: Terminal, name: string, options: { period?: string; send?: boolean }): Promise<void> {
  await withHouse(config, terminal.clock, log, terminal, async (house) => {
    const { pack, digest } = digestNamed(house.packs(), name);
    const today = dayIn(pack.timeZone, terminal.clock.now());
    const only = options.period === undefined ? null : parsePeriod(options.period, pack, digest);
    await withState(config, log, async (run) => {
      const { pages, closings } = (await run('sent', { pack: pack.id, digest: digest.id, from: only?.from ?? correctedSince(pack, digest, terminal.clock.now()), to: only?.from ?? today })) as unknown as { pages: SentPage[]; closings: Closing[] };
      const differing: Differing[] = [];
      for (const from of [...new Set(pages.map((page) => page.from))]) {
        const period = periodOf(digest.period.grain, from, pack.yearStart);
        const readiness = withHouseFaults(await readinessOf(house.figures(pack.id), digest, period, closings), house.faults(pack.id));
        const { missing } = readiness;
        const isWhole = ({ recipient }: SentPage): boolean => missingOf(readiness, pack.people.get(recipient)?.units ?? []).length === 0;
        if (missing.length === 0) differing.push(...await differingOf(house, pack, digest, period, pages.filter((page) => page.from === from && isWhole(page))));
        else terminal.out(`${inWords(pack, period, 'en')}: not judged, data are missing of ${[...new Set(missing.map(({ source }) => source))].join(', ')}.`);
      }
      const looked = differing.map((one) => ({ action: 'shown-correction', detail: { pack: pack.id, digest: digest.id, period: one.period.from, person: one.person.id, shown: shownOf(wordsOf(one.card)) } }));
      for (let i = 0; i < looked.length; i += AT_ONCE) await run('looked', { entries: looked.slice(i, i + AT_ONCE) });
      for (const one of differing) terminal.out(linesOf(pack, one).join('\n'));
      terminal.out(summary(pages.length, differing, options.send === true));
      if (options.send !== true || differing.length === 0) return;
      let owed = 0;
      for (let i = 0; i < differing.length; i += AT_ONCE) owed += Number((await run('correct', { pack: pack.id, digest: digest.id, tolerance: digest.tolerance, pages: differing.slice(i, i + AT_ONCE).map(({ page }) => page) }))['owed']);
      terminal.out(owed === 0 ? 'Nothing more is sent: it is corrected already, or that is on its way.' : `${owed} ${owed === 1 ? 'correction is' : 'corrections are'} sent within a minute.`);
    });
  });
}

function summary(pages: number, differing: readonly Differing[], send: boolean): string {
  if (pages === 0) return 'No page was sent that could be corrected.';
  if (differing.length === 0) return `What was sent is what holds now (${pages} ${pages === 1 ? 'page' : 'pages'}).`;
  const people = `${differing.length} of ${pages} ${pages === 1 ? 'page' : 'pages'} would be corrected.`;
  return send ? people : `${people} Nothing was sent; --send sends these corrections.`;
}

async function differingOf(house: PackHouse, pack: Pack, digest: Digest, period: Period, pages: readonly SentPage[]): Promise<Differing[]> {
  const figures = house.figures(pack.id);
  const people = new Map(recipientsOf(pack, digest).map((person) => [person.id, person]));
  const readers = pages.flatMap(({ recipient }) => people.get(recipient) ?? []);
  const shown = shownTo(figures, digest, readers, await runDigest(figures, digest, period));
  const data = dataOf(figures);
  return pages.flatMap((sent): Differing[] => {
    const person = people.get(sent.recipient);
    const now = shown.get(sent.recipient);
    if (person === undefined || now === undefined) return [];
    const { changes, redefined } = judgedOnPurpose(sent.figures, now, digest.tolerance);
    const [before, after] = [sent.figures, now].map((all) => new Map(all.map((figure) => [keyOf(figure), figure]))) as [Map<string, Figure>, Map<string, Figure>];
    const fresh = newLoads(sent.data, data);
    const isFresh = causesOf(pack, fresh);
    const cause = (change: Correction): Cause => causeOf(before.get(keyOf(change)) as Figure, after.get(keyOf(change)) as Figure, isFresh(change.measure));
    const loads = loadsBehind(pack, changes.filter((change) => cause(change).data).map(({ measure }) => measure), fresh, data);
    const page: PageNow = { id: sent.id, unit: person.units[0] ?? pack.organisation.root, figures: now, loads, data: data.marks };
    const card = tell(pack, digest, period, person, { kind: 'correction', unit: page.unit, changes, loads, redefined });
    return changes.length === 0 || card === null ? [] : [{ period, person, page, changes, card, cause }];
  });
}

/** A page's differences, a line each: what was said, what it is now, and why. */
function linesOf(pack: Pack, { period, person, changes, cause }: Differing): string[] {
  const { language } = pack;
  return [`${inWords(pack, period, 'en')}, ${person.id}:`, ...changes.map((change) => {
    const measure = pack.measures.get(change.measure);
    const shown = (value: number | null): string => (value === null || measure === undefined ? 'no figure' : cellText({ value, state: 'ok' }, pack, measure, language));
    const { definition, data } = cause(change);
    const why = definition ? `definition changed${data ? ', and data changed' : ''}` : 'data changed';
    const other = change.from === period.from && change.to === period.to ? '' : `, ${change.from} to ${change.to}`;
    return `  ${measure?.name[language] ?? change.measure}, ${pack.organisation.units.get(change.unit)?.name[language] ?? change.unit}${other}: ${shown(change.was)} -> ${shown(change.is)} (${why})`;
  })];
}
