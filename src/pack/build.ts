import { withWholes } from './wholes.ts';
import { withMoney } from './money.ts';
import type { Caveat, Column, ColumnType, ControlTotal, Digest, Dimension, FileSet, Layout, Measure, Organisation, Pack, Person, Plan, Section, SourceRule, Source, SplitExpression, Text, Words } from './model.ts';
import { depthOf, ROLES, TIME_ZONE, type Role, type RoleAccess } from './model.ts';
import type { RawDigest, RawMeasure, RawPackFile, RawSource, RawText } from './schema.ts';
import type { Located } from './yaml.ts';

/** A thing an author wrote, and where. */
export interface Entry<T> { readonly value: T; readonly located: Located; readonly path: readonly PropertyKey[] }

/** The same after the parser: canonical text, and the parts of a measure. */
export interface CheckedExpression {
  readonly sql: string;
  /** Of a condition: the same with every comparison of an empty cell decided. */
  readonly decided?: string;
  readonly split: SplitExpression | null;
  readonly distinct: { readonly key: string; readonly filter: string | null } | null;
}

/** A section of the pack file, once it is there. */
export type RawSection<K extends keyof RawPackFile> = NonNullable<RawPackFile[K]>;

/** Everything written in a pack, each thing checked against the schema. */
export interface Written {
  readonly pack: Entry<RawSection<'pack'>>;
  readonly sources: ReadonlyMap<string, Entry<RawSource>>;
  readonly measures: ReadonlyMap<string, Entry<RawMeasure>>;
  readonly plans: ReadonlyMap<string, Entry<RawSection<'plans'>[string]>>;
  readonly digests: ReadonlyMap<string, Entry<RawDigest>>;
  readonly people: ReadonlyMap<string, Entry<RawSection<'people'>[string]>>;
  readonly access: Entry<RawSection<'access'>> | null;
  readonly caveats: Entry<RawSection<'caveats'>> | null;
  readonly caveatSource: Entry<RawSection<'caveat_source'>> | null;
}

/** A text in both languages; written once, it stands for both. */
export const both = (text: RawText): Text => (typeof text === 'string' ? { da: text, en: text } : text);
/** Words per language; a plain list counts in both. */
export const wordsOf = (words: string[] | { da?: string[] | undefined; en?: string[] | undefined } | undefined): Words =>
  words === undefined ? { da: [], en: [] } : Array.isArray(words) ? { da: words, en: words } : { da: words.da ?? [], en: words.en ?? [] };

function layoutOf(raw: Partial<RawSource>, path: string, base: Layout | null, control: ControlTotal | null): Layout {
  const ending = path.split('.').at(-1)?.toLowerCase() ?? '';
  const byEnding: Layout['format'] = ending === 'xlsx' ? 'xlsx' : ending === 'parquet' ? 'parquet' : ending === 'json' || ending === 'ndjson' ? 'json' : 'csv';
  return {
    format: raw.format ?? base?.format ?? byEnding,
    delimiter: raw.delimiter ?? base?.delimiter ?? null,
    decimal: raw.decimal ?? base?.decimal ?? null,
    thousands: raw.thousands ?? base?.thousands ?? null,
    encoding: raw.encoding ?? base?.encoding ?? null,
    headerRow: raw.header_row ?? base?.headerRow ?? 1,
    firstRow: raw.first_row ?? base?.firstRow ?? null,
    lastRow: raw.last_row ?? base?.lastRow ?? null,
    sheet: raw.sheet ?? base?.sheet ?? null,
    fillDown: raw.fill_down ?? base?.fillDown ?? [],
    unpivot: raw.unpivot ?? base?.unpivot ?? null,
    controlTotal: control ?? base?.controlTotal ?? null,
    set: {},
    at: {},
  };
}

/** A column of a source, its short form written out. */
export function columnOf(name: string, raw: RawSource['columns'][string]): Column {
  const spec = typeof raw === 'string' ? { type: raw } : raw;
  const [, type = 'text', decimals] = /^([a-z]+)(?:\((\d+)\))?$/.exec(spec.type) ?? [];
  return {
    name,
    type: type as ColumnType,
    decimals: decimals === undefined ? (type === 'decimal' ? 2 : 0) : Number(decimals),
    header: spec.header ?? null,
    at: spec.at ?? null,
    format: spec.format ?? null,
    missing: spec.missing ?? [],
    required: spec.required ?? false,
    decimal: spec.decimal ?? null,
    noCpr: spec.no_cpr ?? null,
  };
}

/** Fewer rows or less money than this part of the load before is no correction any more but a loss. */
const MAY_FALL = 5;

const SETTING_OF_PACKS = /^OVERBLIK_(?!SECRET)[A-Z0-9_]+$/;

/** Settings a path may name, `${OVERBLIK_REAL_DATA}`, with a default as `${OVERBLIK_REAL_DATA:-../data}`: their own, so that no secret of the environment gets into a path and from there into a message. */
export function fillSettings(path: string, settings: Readonly<Record<string, string | undefined>>): { path: string; unset: string | null; folders: readonly string[] } {
  let unset: string | null = null;
  const folders: string[] = [];
  const filled = path.replace(/\$\{([A-Z][A-Z0-9_]*)(?::-([^}]*))?\}/g, (_all, name: string, fallback: string | undefined) => {
    const set = SETTING_OF_PACKS.test(name) ? settings[name] : undefined;
    // Whoever sets it up names a folder; the default is the author's, and names none.
    if (set !== undefined && set !== '') folders.push(set);
    const value = set ?? fallback;
    if (value === undefined) unset = name;
    return value ?? '';
  });
  return { path: filled, unset, folders };
}

/** The pack that was written, defaults filled in. Call only when nothing is wrong with it and every expression is in `checked`. */
export function buildPack(id: string, dir: string, written: Written, organisation: Organisation, checked: ReadonlyMap<string, CheckedExpression>, settings: Readonly<Record<string, string | undefined>>): Pack {
  const raw = written.pack.value;
  const language = raw.language ?? 'da';
  const sql = (key: string): CheckedExpression => {
    const found = checked.get(key);
    if (found === undefined) throw new Error(`expression ${key} was not checked`);
    return found;
  };
  const measures = withWholes(new Map([...written.measures].map(([key, entry]) => [key, measureOf(key, entry, sql)])));
  return {
    id, dir,
    title: both(raw.title),
    label: raw.label === undefined ? null : both(raw.label),
    demonstration: raw.demonstration === undefined ? null : { lastMonth: `${raw.demonstration.last_month}-01`, moved: 0 },
    timeZone: raw.time_zone ?? TIME_ZONE,
    language,
    yearStart: raw.year_start ?? 1,
    closedDays: raw.closed_days ?? [],
    analystsChannel: { slack: raw.analysts?.slack ?? null, teams: raw.analysts?.teams ?? null },
    retention: { questions: raw.retention?.questions ?? 24, pages: raw.retention?.pages ?? 60, audit: raw.retention?.audit ?? 60 },
    organisation,
    sources: new Map([...written.sources].map(([key, entry]) => [key, withMoney(sourceOf(key, entry, sql, settings), measures.values())])),
    measures,
    plans: new Map([...written.plans].map(([key, entry]) => [key, planOf(key, entry.value)])),
    caveats: (written.caveats?.value ?? []).map((caveat): Caveat => ({ unit: caveat.unit ?? null, measures: caveat.measures ?? null, from: caveat.from, to: caveat.to, text: both(caveat.text) })),
    caveatSource: written.caveatSource === null ? null : { source: written.caveatSource.value.source, text: written.caveatSource.value.text, measures: written.caveatSource.value.measures ?? null },
    people: new Map([...written.people].map(([key, entry]): [string, Person] => [key, {
      id: key, name: entry.value.name, title: both(entry.value.title ?? ''), role: entry.value.role, units: entry.value.units, alsoSees: entry.value.also_sees ?? [],
      language: entry.value.language ?? language, email: entry.value.email?.toLowerCase() ?? null, slack: entry.value.slack ?? null, teams: entry.value.teams ?? null,
    }])),
    access: Object.fromEntries(ROLES.map((role): [Role, RoleAccess] => {
      const own = written.access?.value[role];
      return [role, { depth: depthOf(role, own?.depth), siblings: own?.siblings ?? 'none', above: own?.above ?? false, sensitive: own?.sensitive ?? false }];
    })) as Record<Role, RoleAccess>,
    digests: new Map([...written.digests].map(([key, entry]) => [key, digestOf(key, entry)])),
  };
}

function controlOf(raw: RawSource['control_total'], key: string, sql: (key: string) => CheckedExpression): ControlTotal | null {
  if (raw === undefined) return null;
  if ('rows' in raw) return { kind: 'rows', sql: sql(key).decided ?? sql(key).sql, columns: raw.columns };
  const place = (cell: string): { letter: string; line: number } => ({ letter: cell.replace(/\d+$/, ''), line: Number(cell.replace(/^[A-Z]+/, '')) });
  return { kind: 'cells', cells: Object.fromEntries(Object.entries(raw.cells).map(([column, cell]) => [column, place(cell)])) };
}

function sourceOf(id: string, entry: Entry<RawSource>, sql: (key: string) => CheckedExpression, settings: Readonly<Record<string, string | undefined>>): Source {
  const raw = entry.value;
  const list = Array.isArray(raw.files) ? raw.files : [raw.files];
  return {
    id,
    name: both(raw.name),
    attribution: both(raw.attribution ?? raw.name),
    files: list.map((file, i): FileSet => {
      const { path, folders } = fillSettings(typeof file === 'string' ? file : file.path, settings);
      const base = layoutOf(raw, path, null, controlOf(raw.control_total, `control ${id}`, sql));
      const layout = typeof file === 'string' ? base : { ...layoutOf(file as Partial<RawSource>, path, base, controlOf(file.control_total, `control ${id} ${i}`, sql)), set: file.set ?? {}, at: file.at ?? {} };
      return { pattern: path, folders, layout, line: entry.located.at([...entry.path, 'files', i]).line };
    }),
    columns: Object.entries(raw.columns).map(([name, column]) => columnOf(name, column)),
    derived: Object.keys(raw.derive ?? {}).map((name) => ({ name, sql: sql(`derive ${id} ${name}`).sql })),
    where: raw.where === undefined ? null : sql(`where ${id}`).sql,
    keeps: raw.where === undefined ? null : sql(`where ${id}`).decided ?? null,
    key: raw.key ?? [],
    repeats: raw.repeats ?? null,
    mayFall: raw.may_fall ?? MAY_FALL,
    money: [],
    unitColumn: raw.unit ?? null,
    unknownUnits: raw.unknown_units ?? 'reject',
    dateColumn: raw.date,
    dateKind: raw.date_kind ?? 'event',
    grain: raw.grain ?? 'day',
    grainGiven: raw.grain !== undefined,
    graceDays: raw.grace_days ?? 0,
    dimensions: Object.entries(raw.dimensions ?? {}).map(([key, dimension]): Dimension => ({
      id: key, column: dimension.column, name: both(dimension.name), synonyms: wordsOf(dimension.synonyms),
      values: Object.fromEntries(Object.entries(dimension.values ?? {}).map(([value, name]) => [value, both(name)])),
      sensitive: dimension.sensitivity === 'sensitive',
    })),
    completeTo: raw.complete_to ?? null,
    noRows: raw.no_rows ?? 'missing',
    line: entry.located.at(entry.path, { key: true }).line,
    file: entry.located.path,
  };
}

const listOf = (value: string | readonly string[] | undefined): readonly string[] => (value === undefined ? [] : typeof value === 'string' ? [value] : value);

function measureOf(id: string, entry: Entry<RawMeasure>, sql: (key: string) => CheckedExpression): Measure {
  const raw = entry.value;
  const base = {
    id, name: both(raw.name), synonyms: wordsOf(raw.synonyms), definition: both(raw.definition), unit: raw.unit,
    decimals: raw.decimals ?? (raw.unit === 'percent' ? 1 : 0), better: raw.better ?? 'neutral' as const,
    breaks: (raw.breaks ?? []).map((mark) => ({ from: mark.from, note: both(mark.note) })),
    // What is counted by its keys is most often persons: who counts things says so with threshold 0.
    threshold: raw.threshold ?? (raw.kind === 'distinct' || raw.unit === 'persons' ? 5 : null),
    persons: listOf(raw.persons),
    partOf: listOf(raw.part_of),
    zeroHidden: raw.zero === 'hidden', finest: raw.finest ?? 'month' as const, sensitive: raw.sensitivity === 'sensitive',
    defaultPeriod: raw.default_period ?? 'last-closed' as const,
    line: entry.located.at(entry.path, { key: true }).line, file: entry.located.path,
  };
  switch (raw.kind) {
    case 'flow': case 'stock': {
      const checked = sql(`measure ${id}`);
      return { ...base, kind: raw.kind, source: raw.source, sql: checked.sql, split: checked.split ?? { parts: [], outer: '' } };
    }
    case 'distinct': {
      const checked = sql(`measure ${id}`);
      return { ...base, kind: 'distinct', source: raw.source, sql: checked.sql, key: checked.distinct?.key ?? '', filter: checked.distinct?.filter ?? null };
    }
    case 'ratio': return { ...base, kind: 'ratio', numerator: raw.numerator, denominator: raw.denominator, scale: raw.scale ?? (raw.unit === 'percent' ? 100 : 1) };
    case 'forecast': return { ...base, kind: 'forecast', of: raw.of, plan: raw.plan, methods: raw.methods };
  }
}

function planOf(measure: string, raw: NonNullable<RawPackFile['plans']>[string]): Plan {
  const name = (fallback: Text): Text => (raw.name === undefined ? fallback : both(raw.name));
  if ('by' in raw) return { kind: 'measure', measure, by: raw.by, name: name({ da: 'budget', en: 'budget' }) };
  if ('yearly' in raw) return { kind: 'yearly', measure, by: raw.yearly, spread: raw.spread, name: name({ da: 'budget', en: 'budget' }) };
  return { kind: 'target', measure, value: raw.target, units: raw.units ?? {}, name: name({ da: 'mål', en: 'target' }) };
}

/** `workday 5 at 08:00`, `last workday at 12:00` or `cron 0 8 5 * *`. */
export function scheduleOf(text: string): Digest['schedule'] {
  const [, last, nth, at = '08:00'] = /^(?:(last workday)|workday (\d+))(?: at (\d{2}:\d{2}))?$/.exec(text) ?? [];
  if (last !== undefined) return { workday: 'last', at };
  return nth === undefined ? { cron: text.replace(/^cron /, '') } : { workday: Number(nth), at };
}

function digestOf(id: string, entry: Entry<RawDigest>): Digest {
  const raw = entry.value;
  const grain = raw.period.split(' ').at(-1) as Digest['period']['grain'];
  return {
    id, title: both(raw.title),
    schedule: scheduleOf(raw.schedule),
    deadline: raw.deadline === undefined ? null : scheduleOf(raw.deadline),
    readiness: Object.entries(raw.readiness ?? {}).map(([source, rule]): SourceRule => ({
      source, toLastDay: rule.to_last_day ?? true, level: rule.units ?? null, rowsWithin: rule.rows_within ?? null, totalsWithin: rule.totals_within ?? {}, mayFall: rule.may_fall ?? null, rejects: rule.rejects ?? null, closed: rule.closed ?? false,
    })),
    tolerance: raw.tolerance ?? 1,
    period: { grain, which: 'last-closed' },
    audience: raw.audience.map((who) => ({ role: who.role, level: who.level ?? null })),
    start: raw.start,
    sections: raw.sections.map((section): Section => {
      switch (section.kind) {
        case 'headline': return section;
        case 'table': return { ...section, title: both(section.title), period: section.period ?? 'digest' };
        case 'chart': return { kind: 'chart', chart: section.chart, title: both(section.title ?? ''), measures: section.measures, months: section.months ?? 13, levels: section.levels ?? [] };
        case 'ranking': return { ...section, title: both(section.title), top: section.top ?? 7 };
        case 'text': return { kind: 'text', text: both(section.text) };
      }
    }),
    line: entry.located.at(entry.path, { key: true }).line, file: entry.located.path,
  };
}
