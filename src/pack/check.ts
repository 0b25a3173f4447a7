import { isIsoDate } from '../calendar/period.ts';
import { scheduleFault } from '../calendar/schedule.ts';
import { DefinitionError, type Fault } from '../errors.ts';
import type { ExpressionRole } from './expression.ts';
import { schemaFaults } from './faults.ts';
import type { Caveat, Column, ColumnType, Digest, Dimension, FileSet, Layout, Measure, Pack, Person, Plan, Section, Source, SplitExpression, Text, Words } from './model.ts';
import { hintFor } from './nearest.ts';
import { buildOrganisation, type UnitFault } from './organisation.ts';
import { packFile, type RawDigest, type RawMeasure, type RawPackFile, type RawSource, type RawText } from './schema.ts';
import { readYaml, type Located, type PackFile } from './yaml.ts';

/** An SQL expression an author wrote, still to be read by the engine's parser. */
export interface ExpressionText {
  readonly id: string;
  readonly text: string;
  readonly role: ExpressionRole;
  readonly columns: readonly string[];
  readonly place: { readonly file: string; readonly line: number; readonly column: number };
}

/** The same after the parser: canonical text, and the parts of a measure. */
export interface CheckedExpression {
  readonly sql: string;
  readonly split: SplitExpression | null;
  readonly distinct: { readonly key: string; readonly filter: string | null } | null;
}

/** A pack whose words have been checked, but whose SQL has not. */
export interface Draft {
  readonly faults: readonly Fault[];
  readonly expressions: readonly ExpressionText[];
  /** The complete pack. Call only when there are no faults and every expression is checked. */
  build(checked: ReadonlyMap<string, CheckedExpression>): Pack;
}

type SectionName = 'sources' | 'measures' | 'plans' | 'digests' | 'people';
interface Entry<T> { readonly value: T; readonly located: Located; readonly path: readonly PropertyKey[] }

const both = (text: RawText): Text => (typeof text === 'string' ? { da: text, en: text } : text);
const wordsOf = (words: string[] | { da?: string[] | undefined; en?: string[] | undefined } | undefined): Words =>
  words === undefined ? { da: [], en: [] } : Array.isArray(words) ? { da: words, en: words } : { da: words.da ?? [], en: words.en ?? [] };

function layoutOf(raw: Partial<RawSource>, path: string, base: Layout | null): Layout {
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
    sheet: raw.sheet ?? base?.sheet ?? 1,
    fillDown: raw.fill_down ?? base?.fillDown ?? [],
    unpivot: raw.unpivot ?? base?.unpivot ?? null,
    set: {},
    at: {},
  };
}

function columnOf(name: string, raw: RawSource['columns'][string]): Column {
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
    freeText: false,
  };
}

/** Settings a path may name: `${OVERBLIK_REAL_DATA}`, with a default as `${NAME:-../data}`. */
function fillSettings(path: string, settings: Readonly<Record<string, string | undefined>>): { path: string; unset: string | null } {
  let unset: string | null = null;
  const filled = path.replace(/\$\{([A-Z][A-Z0-9_]*)(?::-([^}]*))?\}/g, (_all, name: string, fallback: string | undefined) => {
    const value = settings[name] ?? fallback;
    if (value === undefined) unset = name;
    return value ?? '';
  });
  return { path: filled, unset };
}

/**
 * Checks the words of a pack: every file against the schema, every name against what there is. All mistakes in
 * one go; the SQL expressions are handed back to be read by the engine's parser.
 * `settings` are the named settings that paths may use.
 */
export function draftPack(id: string, dir: string, files: readonly PackFile[], settings: Readonly<Record<string, string | undefined>>): Draft {
  const faults: Fault[] = [];
  const entries: Record<SectionName, Map<string, Entry<unknown>>> = { sources: new Map(), measures: new Map(), plans: new Map(), digests: new Map(), people: new Map() };
  const single = new Map<'pack' | 'organisation' | 'caveats' | 'caveat_source', Entry<unknown>>();
  const main = files[0]?.path ?? dir;

  for (const file of files) {
    const { located, faults: unreadable } = readYaml(file);
    faults.push(...unreadable);
    if (unreadable.length > 0 || located.value === null) continue;
    const parsed = packFile.safeParse(located.value, { reportInput: true });
    if (!parsed.success) faults.push(...schemaFaults(parsed.error.issues, located));
    const raw = (parsed.success ? parsed.data : located.value) as RawPackFile;
    if (typeof raw !== 'object') continue;
    for (const name of ['pack', 'organisation', 'caveats', 'caveat_source'] as const) {
      if (raw[name] === undefined) continue;
      if (single.has(name)) faults.push({ ...located.at([name], { key: true }), message: `'${name}' stands in two files of the pack.`, hint: `Keep it here or in ${single.get(name)?.located.path ?? ''}.` });
      else single.set(name, { value: raw[name], located, path: [name] });
    }
    for (const name of Object.keys(entries) as SectionName[]) {
      for (const [key, value] of Object.entries((raw[name] ?? {}) as Record<string, unknown>)) {
        const first = entries[name].get(key);
        if (first !== undefined) faults.push({ ...located.at([name, key], { key: true }), message: `'${key}' is defined twice in ${name}.`, hint: `The other one is in ${first.located.path}, line ${first.located.at([name, key], { key: true }).line}. Rename or remove one.` });
        else entries[name].set(key, { value, located, path: [name, key] });
      }
    }
  }
  const readable = faults.length === 0;
  if (readable && !single.has('pack')) faults.push({ file: main, line: 0, column: 0, message: "There is no 'pack:' section in the folder.", hint: "Add 'pack:' with a title to pack.yaml." });
  if (readable && !single.has('organisation')) faults.push({ file: main, line: 0, column: 0, message: "There is no 'organisation:' section in the folder.", hint: "Add 'organisation:' with levels and the tree of units." });
  if (faults.length > 0) return { faults, expressions: [], build: () => { throw new DefinitionError(faults); } };

  const sources = entries.sources as Map<string, Entry<RawSource>>;
  const measures = entries.measures as Map<string, Entry<RawMeasure>>;
  const digests = entries.digests as Map<string, Entry<RawDigest>>;
  const expressions: ExpressionText[] = [];
  const fault = (entry: Entry<unknown>, path: readonly PropertyKey[], message: string, hint: string): void => {
    faults.push({ ...entry.located.at([...entry.path, ...path]), message, hint });
  };
  const expression = (key: string, entry: Entry<unknown>, path: readonly PropertyKey[], text: string, role: ExpressionRole, columns: readonly string[]): void => {
    expressions.push({ id: key, text, role, columns, place: entry.located.at([...entry.path, ...path]) });
  };

  const rawOrganisation = single.get('organisation') as Entry<NonNullable<RawPackFile['organisation']>>;
  const { organisation, faults: unitFaults } = buildOrganisation(rawOrganisation.value, both, wordsOf);
  for (const wrong of unitFaults as UnitFault[]) fault(rawOrganisation, wrong.path, wrong.message, wrong.hint);
  const unitIds = organisation.units;
  const levelIds = organisation.levels.map((level) => level.id);

  const columnNames = (raw: RawSource): string[] => [...Object.keys(raw.columns), ...(raw.unpivot === undefined ? [] : [])];
  for (const [key, entry] of sources) {
    const raw = entry.value;
    const names = columnNames(raw);
    const all = [...names, ...Object.keys(raw.derive ?? {})];
    const seen = new Map<string, string>();
    for (const name of all) {
      if (seen.has(name.toLowerCase())) fault(entry, ['columns', name], `Column '${name}' stands twice (small and capital letters count as the same).`, 'Rename one of them.');
      seen.set(name.toLowerCase(), name);
      if (name.startsWith('_')) fault(entry, ['columns', name], `Column '${name}' begins with an underscore.`, 'Such names are used inside; give it another name and its header as header:.');
    }
    for (const [field, value] of [['unit', raw.unit], ['date', raw.date]] as const) {
      if (value !== undefined && !all.includes(value)) fault(entry, [field], `There is no column '${value}' in the source.`, hintFor(value, all, 'column'));
    }
    const dateType = raw.columns[raw.date];
    if (dateType !== undefined && !/^(date|timestamp)/.test(typeof dateType === 'string' ? dateType : dateType.type)) fault(entry, ['columns', raw.date], `'${raw.date}' is the date of the source, and is not a date.`, 'Give it type: date.');
    for (const [name, sql] of Object.entries(raw.derive ?? {})) expression(`derive ${key} ${name}`, entry, ['derive', name], sql, 'scalar', names);
    if (raw.where !== undefined) expression(`where ${key}`, entry, ['where'], raw.where, 'condition', all);
    for (const [name, dimension] of Object.entries(raw.dimensions ?? {})) {
      if (!all.includes(dimension.column)) fault(entry, ['dimensions', name, 'column'], `There is no column '${dimension.column}' in the source.`, hintFor(dimension.column, all, 'column'));
    }
    (Array.isArray(raw.files) ? raw.files : [raw.files]).forEach((file, i) => {
      const { unset } = fillSettings(typeof file === 'string' ? file : file.path, settings);
      if (unset !== null) fault(entry, Array.isArray(raw.files) ? ['files', i] : ['files'], `The path names the setting ${unset}, which is not set.`, `Set ${unset} to the folder of the data, or write a default: \${${unset}:-data}.`);
    });
  }

  const kindOf = (name: string): RawMeasure['kind'] | undefined => measures.get(name)?.value.kind;
  const needs = (entry: Entry<unknown>, path: readonly PropertyKey[], name: string): boolean => {
    if (measures.has(name)) return true;
    fault(entry, path, `There is no measure '${name}'.`, hintFor(name, measures.keys(), 'measure'));
    return false;
  };
  for (const [key, entry] of measures) {
    const raw = entry.value;
    if (raw.kind === 'ratio') {
      for (const part of ['numerator', 'denominator'] as const) {
        if (needs(entry, [part], raw[part]) && ['ratio', 'forecast'].includes(kindOf(raw[part]) ?? '')) fault(entry, [part], `'${raw[part]}' is itself a ${String(kindOf(raw[part]))}.`, 'A ratio is made of sums and counts: name a flow, stock or distinct measure.');
      }
    } else if (raw.kind === 'forecast') {
      if (needs(entry, ['of'], raw.of) && kindOf(raw.of) !== 'flow') fault(entry, ['of'], 'Only a flow can be forecast to the end of the year.', 'Name a measure of kind flow.');
      if (needs(entry, ['plan'], raw.plan) && kindOf(raw.plan) !== 'flow') fault(entry, ['plan'], 'The plan of a forecast is a flow.', 'Name the budget measure.');
    } else {
      const source = sources.get(raw.source);
      if (source === undefined) fault(entry, ['source'], `There is no source '${raw.source}'.`, hintFor(raw.source, sources.keys(), 'source'));
      else expression(`measure ${key}`, entry, ['sql'], raw.sql, raw.kind, [...columnNames(source.value), ...Object.keys(source.value.derive ?? {})]);
    }
    for (const [i, mark] of (raw.breaks ?? []).entries()) if (!isIsoDate(mark.from)) fault(entry, ['breaks', i, 'from'], `'${mark.from}' is not a day in the calendar.`, 'Write a real day as YYYY-MM-DD.');
  }

  for (const [key, entry] of entries.plans as Map<string, Entry<NonNullable<RawPackFile['plans']>[string]>>) {
    needs({ ...entry, path: ['plans', key] }, [], key);
    if ('by' in entry.value) needs(entry, ['by'], entry.value.by);
    if ('yearly' in entry.value) needs(entry, ['yearly'], entry.value.yearly);
    if ('target' in entry.value) for (const unit of Object.keys(entry.value.units ?? {})) if (!unitIds.has(unit)) fault(entry, ['units', unit], `There is no unit '${unit}'.`, hintFor(unit, unitIds.keys(), 'unit'));
  }

  for (const [, entry] of digests) {
    const wrong = scheduleFault(scheduleOf(entry.value.schedule));
    if (wrong !== null) fault(entry, ['schedule'], wrong.message, wrong.hint);
    if (!isIsoDate(entry.value.start)) fault(entry, ['start'], `'${entry.value.start}' is not a day in the calendar.`, 'Write a real day as YYYY-MM-DD.');
    entry.value.audience.forEach((who, i) => {
      if (who.level !== undefined && !levelIds.includes(who.level)) fault(entry, ['audience', i, 'level'], `There is no level '${who.level}'.`, hintFor(who.level, levelIds, 'level'));
    });
    entry.value.sections.forEach((section, i) => {
      if (section.kind === 'headline') for (const part of ['money', 'output', 'price'] as const) needs(entry, ['sections', i, part], section[part]);
      if (section.kind === 'table' || section.kind === 'chart') section.measures.forEach((name, j) => needs(entry, ['sections', i, 'measures', j], name));
      if (section.kind === 'chart') {
        const wanted = section.chart === 'coupled' ? 3 : 1;
        if (section.measures.length < wanted) fault(entry, ['sections', i, 'measures'], `A ${section.chart} chart needs ${wanted} measures.`, 'For coupled: spend, budget, output (hours), in this order.');
        section.levels?.forEach((level, j) => { if (!levelIds.includes(level)) fault(entry, ['sections', i, 'levels', j], `There is no level '${level}'.`, hintFor(level, levelIds, 'level')); });
      }
      if (section.kind === 'ranking') {
        needs(entry, ['sections', i, 'measure'], section.measure);
        if (!levelIds.includes(section.level)) fault(entry, ['sections', i, 'level'], `There is no level '${section.level}'.`, hintFor(section.level, levelIds, 'level'));
      }
    });
  }

  const people = entries.people as Map<string, Entry<NonNullable<RawPackFile['people']>[string]>>;
  for (const address of ['email', 'slack', 'teams'] as const) {
    const owners = new Map<string, string>();
    for (const [key, entry] of people) {
      const value = entry.value[address]?.toLowerCase();
      if (value === undefined) continue;
      const other = owners.get(value);
      if (other !== undefined) fault(entry, [address], `'${key}' and '${other}' have the same ${address} address.`, 'An address belongs to one person: correct or remove one.');
      owners.set(value, key);
    }
  }
  for (const [, entry] of people) {
    entry.value.units.forEach((unit, i) => { if (!unitIds.has(unit)) fault(entry, ['units', i], `There is no unit '${unit}'.`, hintFor(unit, unitIds.keys(), 'unit')); });
  }
  const caveats = single.get('caveats') as Entry<NonNullable<RawPackFile['caveats']>> | undefined;
  caveats?.value.forEach((caveat, i) => {
    if (caveat.unit !== undefined && !unitIds.has(caveat.unit)) fault(caveats, [i, 'unit'], `There is no unit '${caveat.unit}'.`, hintFor(caveat.unit, unitIds.keys(), 'unit'));
    caveat.measures?.forEach((name, j) => needs(caveats, [i, 'measures', j], name));
  });
  const caveatSource = single.get('caveat_source') as Entry<NonNullable<RawPackFile['caveat_source']>> | undefined;
  if (caveatSource !== undefined) {
    const source = sources.get(caveatSource.value.source)?.value;
    if (source === undefined) fault(caveatSource, ['source'], `There is no source '${caveatSource.value.source}'.`, hintFor(caveatSource.value.source, sources.keys(), 'source'));
    else if (!(caveatSource.value.text in source.columns)) fault(caveatSource, ['text'], `There is no column '${caveatSource.value.text}' in the source.`, hintFor(caveatSource.value.text, Object.keys(source.columns), 'column'));
    caveatSource.value.measures?.forEach((name, i) => needs(caveatSource, ['measures', i], name));
  }

  const build = (checked: ReadonlyMap<string, CheckedExpression>): Pack => {
    const raw = (single.get('pack') as Entry<NonNullable<RawPackFile['pack']>>).value;
    const language = raw.language ?? 'da';
    const sql = (key: string): CheckedExpression => {
      const found = checked.get(key);
      if (found === undefined) throw new Error(`expression ${key} was not checked`);
      return found;
    };
    return {
      id, dir,
      title: both(raw.title),
      label: raw.label === undefined ? null : both(raw.label),
      timeZone: raw.time_zone ?? 'Europe/Copenhagen',
      language,
      yearStart: raw.year_start ?? 1,
      organisation,
      sources: new Map([...sources].map(([key, entry]) => [key, sourceOf(key, entry, sql, settings)])),
      measures: new Map([...measures].map(([key, entry]) => [key, measureOf(key, entry, sql)])),
      plans: new Map([...(entries.plans as Map<string, Entry<NonNullable<RawPackFile['plans']>[string]>>)].map(([key, entry]) => [key, planOf(key, entry.value)])),
      caveats: (caveats?.value ?? []).map((caveat): Caveat => ({ unit: caveat.unit ?? null, measures: caveat.measures ?? null, from: caveat.from, to: caveat.to, text: both(caveat.text) })),
      caveatSource: caveatSource === undefined ? null : { source: caveatSource.value.source, text: caveatSource.value.text, measures: caveatSource.value.measures ?? null },
      people: new Map([...people].map(([key, entry]): [string, Person] => [key, {
        id: key, name: entry.value.name, title: both(entry.value.title ?? ''), role: entry.value.role, units: entry.value.units,
        language: entry.value.language ?? language, email: entry.value.email?.toLowerCase() ?? null, slack: entry.value.slack ?? null, teams: entry.value.teams ?? null,
      }])),
      digests: new Map([...digests].map(([key, entry]) => [key, digestOf(key, entry)])),
    };
  };
  return { faults, expressions, build };
}

function sourceOf(id: string, entry: Entry<RawSource>, sql: (key: string) => CheckedExpression, settings: Readonly<Record<string, string | undefined>>): Source {
  const raw = entry.value;
  const list = Array.isArray(raw.files) ? raw.files : [raw.files];
  return {
    id,
    name: both(raw.name),
    attribution: both(raw.attribution ?? raw.name),
    files: list.map((file, i): FileSet => {
      const path = fillSettings(typeof file === 'string' ? file : file.path, settings).path;
      const base = layoutOf(raw, path, null);
      const layout = typeof file === 'string' ? base : { ...layoutOf(file as Partial<RawSource>, path, base), set: file.set ?? {}, at: file.at ?? {} };
      return { pattern: path, layout, line: entry.located.at([...entry.path, 'files', i]).line };
    }),
    columns: Object.entries(raw.columns).map(([name, column]) => columnOf(name, column)),
    derived: Object.keys(raw.derive ?? {}).map((name) => ({ name, sql: sql(`derive ${id} ${name}`).sql })),
    where: raw.where === undefined ? null : sql(`where ${id}`).sql,
    unitColumn: raw.unit ?? null,
    unknownUnits: raw.unknown_units ?? 'reject',
    dateColumn: raw.date,
    dateKind: raw.date_kind ?? 'event',
    grain: raw.grain ?? 'day',
    graceDays: raw.grace_days ?? 0,
    dimensions: Object.entries(raw.dimensions ?? {}).map(([key, dimension]): Dimension => ({
      id: key, column: dimension.column, name: both(dimension.name), synonyms: wordsOf(dimension.synonyms),
      values: Object.fromEntries(Object.entries(dimension.values ?? {}).map(([value, name]) => [value, both(name)])),
    })),
    completeTo: raw.complete_to ?? null,
    line: entry.located.at(entry.path, { key: true }).line,
    file: entry.located.path,
  };
}

function measureOf(id: string, entry: Entry<RawMeasure>, sql: (key: string) => CheckedExpression): Measure {
  const raw = entry.value;
  const base = {
    id, name: both(raw.name), synonyms: wordsOf(raw.synonyms), definition: both(raw.definition), unit: raw.unit,
    decimals: raw.decimals ?? (raw.unit === 'percent' ? 1 : 0), better: raw.better ?? 'neutral' as const,
    breaks: (raw.breaks ?? []).map((mark) => ({ from: mark.from, note: both(mark.note) })),
    threshold: raw.threshold ?? (raw.kind === 'distinct' && raw.unit === 'persons' ? 5 : null),
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

/** `workday 5 at 08:00` or `cron 0 8 5 * *`. */
function scheduleOf(text: string): Digest['schedule'] {
  const [, workday, at] = /^workday (\d+)(?: at (\d{2}:\d{2}))?$/.exec(text) ?? [];
  return workday === undefined ? { cron: text.replace(/^cron /, '') } : { workday: Number(workday), at: at ?? '08:00' };
}

function digestOf(id: string, entry: Entry<RawDigest>): Digest {
  const raw = entry.value;
  const grain = raw.period.split(' ').at(-1) as Digest['period']['grain'];
  return {
    id, title: both(raw.title),
    schedule: scheduleOf(raw.schedule),
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
