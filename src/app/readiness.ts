import { periodOf, previousPeriod, sameLastYear, shiftDays, shiftMonths, type IsoDate, type Period } from '../calendar/period.ts';
import { fallen, MOST, unusual, type Missing, type Readiness, type Silent } from '../delivery/readiness.ts';
import type { Digest, Organisation, SourceRule } from '../pack/model.ts';
import { isMoneyOrPlan } from '../pack/money.ts';
import { atLevel, countsFor, lifeOf, subtree } from '../pack/organisation.ts';
import { basesOf } from '../query/evaluate.ts';
import type { Query } from '../query/query.ts';
import { measuresOn } from './compose.ts';
import { completeTo, runQuery, sourceCompleteTo, type Figures } from './figures.ts';
import type { Closing } from './ledger.ts';
import { livesThrough } from './presence.ts';

const HISTORY = 6;
/** Percent that a source's rows and sums may be less than usual where the digest does not say. */
const MAY_FALL = 50;
const NEVER = '1900-01-01';

const covers = (closing: Closing, period: Period, source: string): boolean => closing.from <= period.from && closing.to >= period.to && (closing.source === '' || closing.source === source);

/**
 * Whether everything a digest shows of a period is there: by the digest's rule for each source, else by rows up to the last
 * day. A period that was closed by hand is ready for the sources it was closed for, whatever the rules say.
 */
export async function readinessOf(figures: Figures, digest: Digest, period: Period, closings: readonly Closing[]): Promise<Readiness> {
  const { pack } = figures;
  const shown = new Map<string, string[]>();
  for (const base of new Set(measuresOn(digest).flatMap((id) => basesOf(pack, id)))) {
    const measure = pack.measures.get(base);
    if (measure !== undefined && 'source' in measure) shown.set(measure.source, [...shown.get(measure.source) ?? [], base]);
  }
  for (const { source } of digest.readiness) if (!shown.has(source)) shown.set(source, []);
  const missing: Missing[] = [];
  const present: string[] = [];
  const silent: Silent[] = [];
  for (const [source, measures] of shown) {
    if (closings.some((closing) => covers(closing, period, source))) {
      present.push(source);
      continue;
    }
    const rule = digest.readiness.find((one) => one.source === source) ?? { source, toLastDay: true, level: null, rowsWithin: null, totalsWithin: {}, mayFall: null, rejects: null, closed: false };
    const found = figures.sources.has(source) ? await missingOf(figures, rule, measures, period) : [{ kind: 'rows', source, through: null } as const];
    if (found.length === 0) present.push(source);
    missing.push(...found);
    // A register of what happens has no row where nothing did.
    if (found.length === 0 && (rule.mayFall ?? MAY_FALL) < 100 && pack.sources.get(source)?.noRows !== 'zero') silent.push(...(await silentIn(figures, source, period)).map((unit) => ({ unit, source })));
  }
  return { missing, present, silent };
}

async function missingOf(figures: Figures, rule: SourceRule, measures: readonly string[], period: Period): Promise<Missing[]> {
  const { source } = rule;
  if (rule.closed) return [{ kind: 'closing', source }];
  const missing: Missing[] = [];
  const end = endOf(figures, source, measures);
  if (rule.toLastDay && end < period.to) missing.push({ kind: 'rows', source, through: end < NEVER ? null : shiftDays(end, -1) });
  if (rule.level !== null) {
    const units = await unitsWithout(figures, source, rule.level, period);
    if (units.length > 0) missing.push({ kind: 'units', source, units });
  }
  const allowed = rule.rejects ?? (isMoneyOrPlan(figures.pack, source) ? 0 : null);
  const rejected = rejectedFor(figures, source, period);
  if (allowed !== null && rejected > allowed) missing.push({ kind: 'rejects', source, rows: rejected, allowed, reasons: figures.sources.get(source)?.report.rejectReasons ?? [] });
  const before = earlier(period);
  if (rule.rowsWithin !== null) {
    const [value = 0, ...history] = await Promise.all([period, ...before].map((one) => rowsIn(figures, source, one)));
    const usual = unusual(value, history, rule.rowsWithin);
    if (usual !== null) missing.push({ kind: 'count', source, value, usual });
  }
  for (const [measure, within] of Object.entries(rule.totalsWithin)) {
    const [value = 0, ...history] = await Promise.all([period, ...before].map((one) => totalOf(figures, measure, one)));
    const usual = unusual(value, history, within);
    if (usual !== null) missing.push({ kind: 'total', source, measure, value, usual });
  }
  // A source that ends too soon has less, and is told of as that.
  return missing.length > 0 ? missing : fallenOf(figures, rule, measures, period);
}

/** Half a file ends on the last day too: what there is far less of than usual, rows or a sum that the digest shows. */
async function fallenOf(figures: Figures, rule: SourceRule, measures: readonly string[], period: Period): Promise<Missing[]> {
  const { source } = rule;
  const percent = rule.mayFall ?? MAY_FALL;
  if (percent >= 100) return [];
  const [before, yearAgo] = [earlier(period), sameLastYear(period)];
  const judge = async (of: (one: Period) => Promise<number | null>): Promise<{ value: number; usual: number } | null> => {
    const [value = null, then = 0, ...history] = await Promise.all([period, yearAgo, ...before].map(of));
    // What can't be told as a whole is no nought.
    if (value === null) return null;
    const usual = fallen(value, history.map((one) => one ?? 0), then ?? 0, percent);
    return usual === null ? null : { value, usual };
  };
  const rows = rule.rowsWithin === null || rule.mayFall !== null ? await judge((one) => rowsIn(figures, source, one)) : null;
  if (rows !== null) return [{ kind: 'count', source, ...rows }];
  const missing: Missing[] = [];
  for (const measure of measures) {
    if (figures.pack.measures.get(measure)?.kind !== 'flow' || (rule.totalsWithin[measure] !== undefined && rule.mayFall === null)) continue;
    const total = await judge((one) => shownTotal(figures, measure, one));
    if (total !== null) missing.push({ kind: 'total', source, measure, ...total });
  }
  return missing;
}

/** The units that have no rows of a source in a period and had some in most of the periods before, themselves or by a unit below. */
async function silentIn(figures: Figures, source: string, period: Period): Promise<string[]> {
  const { organisation } = figures.pack;
  const [now, ...before] = await Promise.all([period, ...earlier(period)].map((one) => unitsIn(figures, source, one)));
  const having = (units: ReadonlySet<string> | undefined, unit: string): boolean => subtree(organisation, unit).some((one) => units?.has(one) === true);
  return [...organisation.units.keys()].filter((unit) => !having(now, unit) && before.filter((units) => having(units, unit)).length >= MOST && isThere(organisation, unit, period));
}

/** The day up to which a source is complete for what a digest shows of it (exclusive): less than the source where values have yet to come, or a plan ends. */
const endOf = (figures: Figures, source: string, measures: readonly string[]): IsoDate =>
  (measures.length === 0 ? sourceCompleteTo(figures, source) : measures.map((id) => completeTo(figures, id)).sort()[0] ?? sourceCompleteTo(figures, source));

/** How many rows were set aside of the year up to the period's end, those without a date among them: a page shows the year so far. */
function rejectedFor(figures: Figures, source: string, period: Period): number {
  const { pack } = figures;
  const report = figures.sources.get(source)?.report;
  if (report === undefined) return 0;
  // A load of an earlier version did not say when.
  if (report.rejectedIn.length === 0) return report.rejected;
  const first = periodOf('year', period.from, pack.yearStart).from;
  const moved = pack.demonstration?.moved ?? 0;
  return report.rejectedIn.filter(({ month }) => month === null || (shiftMonths(month, moved) >= first && shiftMonths(month, moved) < period.to)).reduce((sum, { rows }) => sum + rows, 0);
}

function earlier(period: Period): Period[] {
  const periods: Period[] = [];
  for (let one = previousPeriod(period); periods.length < HISTORY; one = previousPeriod(one)) periods.push(one);
  return periods;
}

async function rowsIn(figures: Figures, source: string, { from, to }: Period): Promise<number> {
  const [row] = await figures.sources.get(source)?.facts.query('select coalesce(sum(n), 0)::bigint as n from by_day where bucket >= $1::date and bucket < $2::date', [from, to]) ?? [];
  return Number(row?.['n'] ?? 0);
}

async function unitsIn(figures: Figures, source: string, { from, to }: Period): Promise<ReadonlySet<string>> {
  const rows = await figures.sources.get(source)?.facts.query('select distinct unit from by_day where bucket >= $1::date and bucket < $2::date', [from, to]) ?? [];
  return new Set(rows.map((row) => String(row['unit'])));
}

/** A unit that is not open all of the period need not have rows in it. */
const isThere = (organisation: Organisation, unit: string, { from, to }: Period): boolean => livesThrough(lifeOf(organisation, unit), { from, to }) && countsFor(organisation, unit) === unit;

async function unitsWithout(figures: Figures, source: string, level: string, period: Period): Promise<string[]> {
  const { organisation } = figures.pack;
  const having = await unitsIn(figures, source, period);
  return atLevel(organisation, organisation.root, level).filter((unit) => isThere(organisation, unit, period) && !subtree(organisation, unit).some((one) => having.has(one)));
}

const totalOf = async (figures: Figures, measure: string, period: Period): Promise<number> => (await shownTotal(figures, measure, period)) ?? 0;

/** Null where it is not there, or not to be told. */
async function shownTotal(figures: Figures, measure: string, period: Period): Promise<number | null> {
  const { pack } = figures;
  const query: Query = { pack: pack.id, measures: [measure], units: [pack.organisation.root], level: null, period, comparisons: [], comparedTo: null, by: null, having: null, order: null, limit: null };
  const cell = (await runQuery(figures, query)).rows[0]?.values[measure];
  return cell?.value ?? (cell?.state === 'missing' ? 0 : null);
}
