import { dayOf, periodOf, shiftDays, type IsoDate, type Period } from '../calendar/period.ts';
import type { Caveat, Measure, Pack, Source } from '../pack/model.ts';
import { lifeOf, subtree } from '../pack/organisation.ts';
import type { Facts, LoadReport } from '../ports.ts';
import { compileDistinct, compileFlows, compileStock, compileValues, compileWithin, isKept, windowKey, type Window } from '../query/compile.ts';
import type { Presence } from '../query/alike.ts';
import { isMoney } from '../card/numbers.ts';
import { basesOf, evaluate, forecastWith, unitsOf, type Base, type Coverage, turnsIn } from '../query/evaluate.ts';
import type { Forecast } from '../query/forecast.ts';
import type { Query } from '../query/query.ts';
import { MISSING, NO_VALUE, type Cell, type Provenance, type Result } from '../query/result.ts';
import { ANY_ROWS, measuresOf } from '../query/rollup.ts';
import { eitherOf, lacksIn, livesThrough, monthsOfPicked, presenceOf, readPresent, type Months, type Present } from './presence.ts';
import { isPicked, piecesOf, plansOf, readReach, type Reach, type Span } from './reach.ts';
import { nothingDecided, shieldOf, type Shield, type ShieldMemory } from './shield.ts';

/** One source in service: its facts, locked for reading, and what its load said. */
export interface LoadedSource {
  readonly facts: Facts;
  readonly report: LoadReport;
}

/** A pack with its facts, ready to be asked. Made anew after every load. */
export interface Figures {
  readonly pack: Pack;
  readonly sources: ReadonlyMap<string, LoadedSource>;
  /** First and last day with rows, per base measure (`<source>/*` for any row of a source) and unit. */
  readonly spans: ReadonlyMap<string, ReadonlyMap<string, Span>>;
  /** From when to when data reach, per base measure and per source (`<source>/*`). */
  readonly reach: ReadonlyMap<string, Reach>;
  /** In which months each unit has values, by the keys of `spans`. */
  readonly present: Present;
  readonly caveats: readonly Caveat[];
}

const NEVER = '0001-01-01';
const text = (value: unknown): string => String(value);
const number = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value));

/** Takes loaded sources into use: reads the spans of every measure and the caveats the data carry. */
export async function openFigures(pack: Pack, sources: ReadonlyMap<string, LoadedSource>): Promise<Figures> {
  const spans = new Map<string, ReadonlyMap<string, Span>>();
  const reach = new Map<string, Reach>();
  for (const [id, { facts, report }] of sources) {
    const source = pack.sources.get(id);
    if (source === undefined) continue;
    const key = (measure: string): string => (measure === ANY_ROWS ? `${id}/*` : measure);
    const read = await readReach(pack, source, facts, dayOf(pack.timeZone, report.loadedAt));
    for (const [measure, units] of read.spans) spans.set(key(measure), units);
    for (const [measure, found] of read.reach) reach.set(key(measure), found);
  }
  return { pack, sources, spans, reach, present: await readPresent(pack, sources), caveats: [...pack.caveats, ...await readCaveats(pack, sources)] };
}

/** Caveats are looked through for every answer: of a file of them the newest are read, and of each so many signs. */
const MAX_CAVEATS = 2_000;
const CAVEAT_SIGNS = 500;

async function readCaveats(pack: Pack, sources: ReadonlyMap<string, LoadedSource>): Promise<Caveat[]> {
  const spec = pack.caveatSource;
  const source = spec === null ? undefined : pack.sources.get(spec.source);
  const loaded = spec === null ? undefined : sources.get(spec.source);
  if (spec === null || source === undefined || loaded === undefined) return [];
  const rows = await loaded.facts.query(`select _unit as unit, _date::varchar as day, left("${spec.text}"::varchar, ${CAVEAT_SIGNS}) as text from facts order by _date desc, _unit limit ${MAX_CAVEATS}`);
  return rows.reverse().map((row): Caveat => {
    const period = periodOf(source.grain, text(row['day']), pack.yearStart);
    return { unit: text(row['unit']), measures: spec.measures, from: period.from, to: period.to, text: { da: text(row['text']), en: text(row['text']) } };
  });
}

const sourceOf = (pack: Pack, base: string): Source | undefined => {
  const measure = pack.measures.get(base);
  return measure !== undefined && 'source' in measure ? pack.sources.get(measure.source) : undefined;
};

/** A distinct count has rows where its source has. */
const spanKey = (pack: Pack, base: string): string => {
  const measure = pack.measures.get(base);
  // So has a register of what happens: where it has no row of one kind, there was none.
  return measure !== undefined && 'source' in measure && (measure.kind === 'distinct' || pack.sources.get(measure.source)?.noRows === 'zero') ? `${measure.source}/*` : base;
};

/** The day up to which a measure is complete (exclusive): declared, or as far as its source's rows and grain reach. A ratio is as complete as its least complete part. */
export function completeTo(figures: Figures, id: string): IsoDate {
  return once(memoryOf(figures).ends, id, () => basesOf(figures.pack, id).map((base) => endOf(figures, base, sourceOf(figures.pack, base))).sort()[0] ?? NEVER);
}

/** The day up to which a source is complete (exclusive), whatever is asked of it. */
export function sourceCompleteTo(figures: Figures, id: string): IsoDate {
  return endOf(figures, `${id}/*`, figures.pack.sources.get(id));
}

/** Start of the first piece (month, or the source's grain) a base measure has data in: a year that begins before it is not whole. */
function beginning(figures: Figures, base: string): IsoDate {
  return once(memoryOf(figures).beginnings, base, () => {
    const source = sourceOf(figures.pack, base);
    const first = figures.reach.get(base)?.first;
    return source === undefined || first === undefined ? NEVER : periodOf(piecesOf(source), first, figures.pack.yearStart).from;
  });
}

/** A budget of whole years, which stands on any day of its year. */
const isYearlyPlan = (pack: Pack, base: string): boolean => [...pack.plans.values()].some((plan) => plan.kind === 'yearly' && plan.by === base);

/** The day the rows of a base measure were read. */
const readOn = (figures: Figures, base: string): IsoDate => dayOf(figures.pack.timeZone, figures.sources.get(sourceOf(figures.pack, base)?.id ?? '')?.report.loadedAt ?? '') || '9999-12-31';

/** A plan that comes with what it is a plan of, no further than that: hours granted beside hours delivered. It is complete when that is. */
function isDelivered({ pack, reach }: Figures, base: string, source: Source, last: IsoDate): boolean {
  const isIn = (id: string): boolean => sourceOf(pack, id)?.id === source.id && (reach.get(id)?.last ?? '') >= last;
  return [...pack.plans].some(([id, plan]) => plan.kind === 'measure' && plan.by === base && isIn(id));
}

function endOf(figures: Figures, base: string, source: Source | undefined): IsoDate {
  const { pack, reach } = figures;
  const last = reach.get(base)?.last;
  if (source === undefined || last === undefined) return NEVER;
  // A plan stands in its rows ahead of time: one dated any day of a month is the plan of that month.
  if (plansOf(pack).has(base) && !isDelivered(figures, base, source, last)) return periodOf(isYearlyPlan(pack, base) ? 'year' : piecesOf(source), last, pack.yearStart).to;
  if (source.completeTo !== null) return source.completeTo;
  if (source.grain !== 'day' && source.grain !== 'week') return periodOf(source.grain, last, pack.yearStart).to;
  const monthEnd = periodOf('month', last).to;
  return shiftDays(last, source.graceDays + 1) >= monthEnd ? monthEnd : source.grain === 'week' ? periodOf('week', last).to : shiftDays(last, 1);
}

/** What is counted once for a pack's facts and asked for many times: complete ends, units with data below a node, where values are, what may not be shown. */
interface Memory { readonly shield: ShieldMemory;  readonly ends: Map<string, IsoDate>; readonly beginnings: Map<string, IsoDate>; readonly units: Map<string, number>; readonly presences: Map<string, Presence | null>; readonly values: Map<string, Promise<readonly string[]>> }
const memories = new WeakMap<Figures, Memory>();
function memoryOf(figures: Figures): Memory {
  const known = memories.get(figures) ?? { shield: nothingDecided(), ends: new Map<string, IsoDate>(), beginnings: new Map<string, IsoDate>(), units: new Map<string, number>(), presences: new Map<string, Presence | null>(), values: new Map<string, Promise<readonly string[]>>() };
  memories.set(figures, known);
  return known;
}
function once<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** A sum of rows that meet a condition, of what happens: no plan, no stock, no register that says what no row means. */
function isPickedFlow({ pack }: Figures, base: string): boolean {
  const [measure, source] = [pack.measures.get(base), sourceOf(pack, base)];
  return measure?.kind === 'flow' && source !== undefined && source.noRows !== 'zero' && !plansOf(pack).has(base) && isPicked(source, measure);
}

/** In which months units have values of a base measure; of one that is seldom picked, in which they have any rows but of plans. */
function monthsOf(figures: Figures, base: string): ReadonlyMap<string, Months> | undefined {
  const { pack, present } = figures;
  const own = present.get(spanKey(pack, base));
  const source = sourceOf(pack, base);
  if (own === undefined || source === undefined || !isPickedFlow(figures, base)) return own;
  const plans = plansOf(pack);
  const { additive } = measuresOf(pack, source.id);
  const rows = additive.some(({ id }) => plans.has(id)) ? eitherOf(additive.flatMap(({ id }) => (plans.has(id) ? [] : [present.get(id) ?? new Map<string, Months>()]))) : present.get(`${source.id}/*`) ?? own;
  return monthsOfPicked(own, rows, piecesOf(source), pack.yearStart);
}

/** Where a base measure has values: every unit that ever delivers is expected from the day the first one did, so that a total never hides a unit that is not in it. */
function presence(figures: Figures, base: string): Presence | null {
  return once(memoryOf(figures).presences, base, () => {
    const { pack } = figures;
    const source = sourceOf(pack, base);
    const units = monthsOf(figures, base);
    if (source === undefined || units === undefined) return null;
    return presenceOf(pack.organisation, units, { grain: isYearlyPlan(pack, base) ? 'year' : piecesOf(source), from: beginning(figures, base), to: completeTo(figures, base), always: source.noRows === 'zero' }, pack.yearStart);
  });
}

/** Whether a figure of whole months lacks a unit in one of them. */
function lacksAnywhere(figures: Figures, base: string, node: string, window: Window): boolean {
  const known = presence(figures, base);
  return known !== null && lacksIn(known, node, window, figures.pack.yearStart);
}

/** How many units a figure of a window that is no matter of months (a stock, a week) should have values of. */
function expectedUnits(figures: Figures, base: string, window: Window, node: string): number {
  const { pack } = figures;
  const memory = memoryOf(figures);
  const key = spanKey(pack, base);
  const spans = figures.spans.get(key);
  if (spans === undefined || beginning(figures, base) >= window.to) return 0;
  // A stock stands at the end of its window.
  const stretch: Window = pack.measures.get(base)?.kind === 'stock' ? { from: shiftDays(window.to, -1), to: window.to } : window;
  const mortal = pack.organisation.units.size > 0 && [...pack.organisation.units.values()].some((unit) => unit.from !== null || unit.until !== null);
  return once(memory.units, `${key} ${node}${mortal ? ` ${windowKey(stretch)}` : ''}`, () => subtree(pack.organisation, node).filter((unit) => spans.has(unit) && (!mortal || livesThrough(lifeOf(pack.organisation, unit), stretch))).length);
}

/** `day`: of a stock, the day it stands on. */
interface Found { readonly value: number | null; readonly seen: number; readonly day?: IsoDate }
type Table = Map<string, Found>;
const cellKey = (measure: string, window: Window, node: string, dimension: string | null): string => `${measure}\u0001${windowKey(window)}\u0001${node}${dimension === null ? '' : `\u0001${dimension}`}`;

interface Demand { readonly windows: Map<string, Window>; readonly nodes: Set<string> }

/** Fetches what a query demands: one grouped scan per source for everything additive, one statement per distinct count. */
async function fetchFigures(figures: Figures, demands: ReadonlyMap<string, Demand>, dimension: string | null): Promise<Table> {
  const table: Table = new Map();
  const valueOf = (dim: unknown): string | null => (dimension === null ? null : dim === null || dim === undefined ? NO_VALUE : text(dim));
  const { pack } = figures;
  const whole = new Map([...demands].map(([id, { windows, nodes }]): [string, Demand] => [id, { windows: new Map([...windows].filter(([, window]) => window.only === undefined)), nodes }]).filter(([, { windows }]) => windows.size > 0));
  await Promise.all([...figures.sources].map(async ([sourceId, { facts }]) => {
    const source = pack.sources.get(sourceId) as Source;
    if (dimension !== null && !source.dimensions.some((d) => d.id === dimension)) return;
    const own = measuresOf(pack, sourceId);
    for (const measure of [...own.additive, ...own.distinct]) {
      const windows = [...(demands.get(measure.id)?.windows.values() ?? [])].filter(({ only }) => only !== undefined);
      if (windows.length === 0) continue;
      const compiled = compileWithin(source, measure, windows, dimension);
      for (const row of await facts.query(compiled.sql, compiled.parameters)) {
        const window = windows[Number(row['k'])] as Window;
        table.set(cellKey(measure.id, window, window.only?.node ?? '', valueOf(row['dim'])), { value: number(row[measure.id]), seen: 1 });
      }
    }
    const flows = own.additive.filter((m) => m.kind === 'flow' && whole.has(m.id));
    const stocks = own.additive.filter((m) => m.kind === 'stock' && whole.has(m.id));
    const distinct = own.distinct.filter((m) => whole.has(m.id));
    const wanted = [...flows, ...distinct].map((m) => whole.get(m.id) as Demand);
    const read = async (compiled: { sql: string; parameters: readonly string[] }, windows: readonly Window[], ids: readonly string[], coverOnly: readonly string[]): Promise<void> => {
      for (const row of await facts.query(compiled.sql, compiled.parameters)) {
        const window = windows[Number(row['k'])] as Window;
        const dim = valueOf(row['dim']);
        for (const id of ids) table.set(cellKey(id, window, text(row['node']), dim), { value: number(row[id]), seen: Number(row[`${id}#seen`] ?? 0), ...(row['day'] === undefined ? {} : { day: text(row['day']) }) });
        for (const id of coverOnly) table.set(cellKey(id, window, text(row['node']), dim), { value: 0, seen: Number(row['cover']) });
      }
    };
    const groups = (list: readonly Demand[]): Window[][] => {
      const all = [...new Map(list.flatMap((d) => [...d.windows])).values()];
      const months = all.filter((w) => w.from.endsWith('-01') && w.to.endsWith('-01'));
      return [months, all.filter((w) => !months.includes(w))].filter((group) => group.length > 0);
    };
    const nodesOf = (list: readonly Demand[]): string[] => [...new Set(list.flatMap((d) => [...d.nodes]))];
    for (const windows of groups(wanted)) {
      await read(compileFlows(source, flows, windows, nodesOf(wanted), dimension), windows, flows.map((m) => m.id), distinct.map((m) => m.id));
    }
    for (const measure of stocks) {
      const demand = whole.get(measure.id) as Demand;
      const windows = [...demand.windows.values()];
      await read(compileStock(source, measure, windows, [...demand.nodes], dimension), windows, [measure.id], []);
    }
    for (const measure of distinct) {
      const demand = whole.get(measure.id) as Demand;
      const all = [...demand.windows.values()];
      const kept = dimension === null ? all.filter((w) => isKept(w, pack.yearStart)) : [];
      const rest = all.filter((w) => !kept.includes(w));
      const months = rest.filter((w) => w.from.endsWith('-01') && w.to.endsWith('-01'));
      for (const windows of [kept, months, rest.filter((w) => !months.includes(w))].filter((group) => group.length > 0)) {
        const compiled = compileDistinct(source, measure, windows, [...demand.nodes], dimension, pack.yearStart);
        for (const row of await facts.query(compiled.sql, compiled.parameters)) {
          const dim = valueOf(row['dim']);
          const key = cellKey(measure.id, windows[Number(row['k'])] as Window, text(row['node']), dim);
          table.set(key, { value: number(row['n']), seen: table.get(key)?.seen ?? 1 });
        }
      }
    }
  }));
  return table;
}

/** Every value a dimension has in the sources of some measures, in all their time: which ones there are in a month or a team would tell of it. */
async function valuesOf(figures: Figures, measures: Iterable<string>, dimension: string): Promise<string[]> {
  const { pack } = figures;
  const sources = new Set([...measures].map((id) => sourceOf(pack, id)?.id).filter((id) => id !== undefined));
  const found = await Promise.all([...sources].map((id) => once(memoryOf(figures).values, `${id} ${dimension}`, async (): Promise<readonly string[]> => {
    const own = pack.sources.get(id)?.dimensions.find((one) => one.id === dimension);
    const rows = own === undefined ? [] : await figures.sources.get(id)?.facts.query(compileValues(own)) ?? [];
    return rows.map((row) => (row['dim'] === null || row['dim'] === undefined ? NO_VALUE : text(row['dim'])));
  })));
  return [...new Set(found.flat())].sort((a, b) => Number(b === NO_VALUE) - Number(a === NO_VALUE) || a.localeCompare(b, pack.language));
}

/** Notes what is asked for. */
const noting = (demands: Map<string, Demand>) => (measure: string, window: Window, node: string): void => {
  const demand = demands.get(measure) ?? { windows: new Map<string, Window>(), nodes: new Set<string>() };
  demand.windows.set(windowKey(window), window);
  demand.nodes.add(node);
  demands.set(measure, demand);
};

/** What is known of the data apart from the figures; `values`: of the dimension a query is by. */
const coverageOf = (figures: Figures, values: readonly string[]): Coverage => ({ completeTo: (id) => completeTo(figures, id), dimensionValues: values, presence: (id) => presence(figures, id) });

/**
 * Works something out of figures that it asks for itself. It is run until it asks for nothing that was not fetched: once to
 * hear what it wants, once with the figures, and where some are incomplete once more with the parts that can be compared.
 */
async function withFigures<T>(figures: Figures, dimension: string | null, hear: (base: Base) => void, work: (base: Base, measures: Iterable<string>) => Promise<T> | T): Promise<T> {
  const asked = new Map<string, Demand>();
  const table: Table = new Map();
  const fetched = new Set<string>();
  const hearing = noting(asked);
  hear((measure, window, node) => { hearing(measure, window, node); return MISSING; });
  for (let open: Map<string, Demand> = asked; ;) {
    for (const [key, found] of await fetchFigures(figures, open, dimension)) table.set(key, found);
    if (dimension !== null) for (const [key, found] of await fetchFigures(figures, open, null)) table.set(key, found);
    for (const [measure, { windows, nodes }] of open) for (const window of windows.keys()) for (const node of nodes) fetched.add(`${measure}\u0001${window}\u0001${node}`);
    const shown = baseOf(figures, table, dimension, await shieldFor(figures, asked, dimension));
    const more = new Map<string, Demand>();
    const [note, noteAll] = [noting(more), noting(asked)];
    const result = await work((measure, window, node, value, of) => {
      if (!fetched.has(`${measure}\u0001${windowKey(window)}\u0001${node}`)) { note(measure, window, node); noteAll(measure, window, node); return MISSING; }
      return shown(measure, window, node, value, of);
    }, asked.keys());
    if (more.size === 0) return result;
    open = more;
  }
}

/** Answers a query: figures, comparisons, states, and where they come from. */
export async function runQuery(figures: Figures, query: Query): Promise<Result> {
  const { pack } = figures;
  const dimension = query.by !== null && 'dimension' in query.by ? query.by.dimension : null;
  const rows = await withFigures(figures, dimension,
    (base) => { evaluate(pack, { ...query, by: dimension === null ? query.by : { dimension, values: null }, having: null, order: null, limit: null }, base, coverageOf(figures, [NO_VALUE])); },
    async (base, measures) => evaluate(pack, query, base, coverageOf(figures, dimension === null ? [NO_VALUE] : await valuesOf(figures, measures, dimension))));
  return { query, rows, provenance: provenanceOf(figures, query), caveats: caveatsFor(figures, query), turns: turnsIn(pack, query) };
}

/** What of some figures may not be shown; decided once for each count of persons, whoever asks. */
function shieldFor(figures: Figures, demands: ReadonlyMap<string, Demand>, dimension: string | null): Promise<Shield> {
  const { pack } = figures;
  const nodes = new Set(pack.organisation.units.keys());
  const span = (base: string): Span | null => {
    const spans = [...(figures.spans.get(spanKey(pack, base))?.values() ?? [])];
    return spans.length === 0 ? null : { first: spans.map(({ first }) => first).sort()[0] as IsoDate, last: spans.map(({ last }) => last).sort().at(-1) as IsoDate };
  };
  return shieldOf(pack, memoryOf(figures).shield, { demands, dimension, span, readOn: (measure) => readOn(figures, measure) }, async (measure, windows, by) => {
    const [table, values] = await Promise.all([fetchFigures(figures, new Map([[measure, { windows: new Map(windows.map((window) => [windowKey(window), window])), nodes }]]), by), by === null ? [] : valuesOf(figures, [measure], by)]);
    return { count: (window, node, value) => table.get(cellKey(measure, window, node, value))?.value ?? null, values };
  });
}

/** `by`: the dimension the figures are split by. */
function baseOf(figures: Figures, table: Table, by: string | null, shield: Shield): Base {
  return (measure, window, node, dimension, of = undefined): Cell => {
    const mark = shield(measure, window, node, dimension, of ?? null);
    if (mark !== null) return { value: null, state: mark === 'small' ? 'suppressed' : 'withheld' };
    const found = table.get(cellKey(measure, window, node, dimension));
    const source = sourceOf(figures.pack, measure);
    const { yearStart } = figures.pack;
    // A register of what happens has no row where nothing did.
    const quiet = source?.noRows === 'zero' && (dimension === null || source.dimensions.some(({ id }) => id === by)) && window.to > beginning(figures, measure) && window.from < completeTo(figures, measure) && subtree(figures.pack.organisation, node).some((unit) => figures.spans.get(`${source.id}/*`)?.has(unit) === true);
    const cut = window.from < beginning(figures, measure) || window.to > completeTo(figures, measure);
    const none = found === undefined || (found.value === null && source !== undefined && isPicked(source, figures.pack.measures.get(measure) as Measure));
    if (none && quiet) return { value: 0, state: cut ? 'partial' : 'ok' };
    if (found === undefined || found.value === null) return MISSING;
    if (window.only !== undefined) return { value: found.value, state: 'ok' };
    const bySpan = figures.pack.measures.get(measure)?.kind === 'stock' || !(window.from.endsWith('-01') && window.to.endsWith('-01'));
    const lacks = (): boolean => (bySpan && !isPickedFlow(figures, measure) ? found.seen < expectedUnits(figures, measure, window, node) : lacksAnywhere(figures, measure, node, window));
    // A stock of a year whose last months have none is that of another day.
    const stale = found.day !== undefined && source !== undefined && found.day < window.to && found.day < periodOf(piecesOf(source), shiftDays(window.to, -1), yearStart).from && found.day >= window.from && periodOf(piecesOf(source), shiftDays(window.to, -1), yearStart).from >= window.from;
    const own = figures.pack.measures.get(measure);
    const nets = found.value === 0 && found.seen > 0 && own?.kind === 'flow' && isMoney(own.unit);
    const lacking = stale || (dimension === null && !quiet && lacks());
    return { value: found.value, state: cut || lacking ? 'partial' : 'ok', ...(nets && { nets }), ...(cut && lacking && { lacking }) };
  };
}

/** Every method's forecast per unit, for the honest range. Empty when the measure is not a forecast. */
export async function runForecast(figures: Figures, id: string, units: readonly string[], period: Period): Promise<Map<string, Forecast>> {
  const measure = figures.pack.measures.get(id);
  if (measure?.kind !== 'forecast') return new Map();
  const forecast = (base: Base, unit: string): Forecast => forecastWith(figures.pack, measure, base, coverageOf(figures, [NO_VALUE]), period.to, unit);
  // What is asked for depends on nothing that is known of a figure, so that all of it is heard.
  return withFigures(figures, null, (base) => { for (const unit of units) forecast(base, unit); }, (base) => new Map(units.map((unit) => [unit, forecast(base, unit)])));
}

function provenanceOf(figures: Figures, query: Query): Provenance[] {
  const bySource = new Map<string, IsoDate>();
  for (const base of new Set(query.measures.flatMap((id) => basesOf(figures.pack, id)))) {
    const source = sourceOf(figures.pack, base);
    if (source === undefined) continue;
    const end = completeTo(figures, base);
    const known = bySource.get(source.id);
    bySource.set(source.id, known === undefined || end < known ? end : known);
  }
  return [...bySource].map(([id, end]): Provenance => {
    const source = figures.pack.sources.get(id) as Source;
    const report = figures.sources.get(id)?.report;
    return { source: id, attribution: source.attribution, completeTo: end, from: report?.firstDate ?? null, loadedAt: report?.loadedAt ?? '', rejectedRows: report?.rejected ?? 0, doubts: [...new Set((report?.remarks ?? []).flatMap(({ doubt }) => (doubt === undefined ? [] : [doubt])))] };
  });
}

function caveatsFor(figures: Figures, query: Query): Caveat[] {
  const asked = new Set(query.measures.flatMap((id) => [id, ...basesOf(figures.pack, id)]));
  const units = new Set(unitsOf(figures.pack, query).flatMap((unit) => subtree(figures.pack.organisation, unit)));
  return figures.caveats.filter((caveat) =>
    caveat.from < query.period.to && caveat.to > query.period.from
    && (caveat.unit === null || units.has(caveat.unit))
    && (caveat.measures === null || caveat.measures.some((id) => asked.has(id))));
}
