import { isIsoDate } from '../calendar/period.ts';
import { scheduleFault } from '../calendar/schedule.ts';
import { DefinitionError, type Fault } from '../errors.ts';
import { both, buildPack, columnOf, fillSettings, scheduleOf, wordsOf, type CheckedExpression, type Entry, type RawSection } from './build.ts';
import type { ExpressionRole } from './expression.ts';
import { schemaFaults } from './faults.ts';
import { depthOf, type Pack } from './model.ts';
import { isMoney, thousandsRead } from './money.ts';
import { hintFor } from './nearest.ts';
import { buildOrganisation, seenBelow, unseenParts, type UnitFault } from './organisation.ts';
import { readPeople, sharedAddresses, type PeopleTable } from './people.ts';
import { packFile, type RawDigest, type RawMeasure, type RawPackFile, type RawSource } from './schema.ts';
import { readYaml, type PackFile } from './yaml.ts';

/** An SQL expression an author wrote, still to be read by the engine's parser. */
export interface ExpressionText {
  readonly id: string;
  readonly text: string;
  readonly role: ExpressionRole;
  readonly columns: readonly string[];
  /** The source's rows as SQL without any rows, with the types of its columns. */
  readonly relation: string;
  readonly source: string;
  readonly place: { readonly file: string; readonly line: number; readonly column: number };
}

/** A pack whose words have been checked, but whose SQL has not. */
export interface Draft {
  readonly faults: readonly Fault[];
  readonly expressions: readonly ExpressionText[];
  /** The complete pack. Call only when there are no faults and every expression is checked. */
  build(checked: ReadonlyMap<string, CheckedExpression>): Pack;
}

type SectionName = 'sources' | 'measures' | 'plans' | 'digests' | 'people';

/**
 * Checks the words of a pack: every file against the schema, every name against what there is. All mistakes in
 * one go; the SQL expressions are handed back to be read by the engine's parser.
 * `settings` are the named settings that paths may use; `table`: people beside those in the files.
 */
export function draftPack(id: string, dir: string, files: readonly PackFile[], settings: Readonly<Record<string, string | undefined>>, table: PeopleTable | null = null): Draft {
  const faults: Fault[] = [];
  const entries: Record<SectionName, Map<string, Entry<unknown>>> = { sources: new Map(), measures: new Map(), plans: new Map(), digests: new Map(), people: new Map() };
  const single = new Map<'pack' | 'organisation' | 'access' | 'caveats' | 'caveat_source', Entry<unknown>>();
  const main = files[0]?.path ?? dir;

  for (const file of files) {
    const { located, faults: unreadable } = readYaml(file);
    faults.push(...unreadable);
    if (unreadable.length > 0 || located.value === null) continue;
    const parsed = packFile.safeParse(located.value, { reportInput: true });
    if (!parsed.success) faults.push(...schemaFaults(parsed.error.issues, located));
    const raw = (parsed.success ? parsed.data : located.value) as RawPackFile;
    if (typeof raw !== 'object') continue;
    for (const name of ['pack', 'organisation', 'access', 'caveats', 'caveat_source'] as const) {
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
  const plans = entries.plans as Map<string, Entry<RawSection<'plans'>[string]>>;
  const digests = entries.digests as Map<string, Entry<RawDigest>>;
  const people = entries.people as Map<string, Entry<RawSection<'people'>[string]>>;
  const expressions: ExpressionText[] = [];
  const fault = (entry: Entry<unknown>, path: readonly PropertyKey[], message: string, hint: string): void => {
    faults.push({ ...entry.located.at([...entry.path, ...path]), message, hint });
  };
  const expression = (key: string, entry: Entry<unknown>, path: readonly PropertyKey[], text: string, role: ExpressionRole, columns: readonly string[], source: string): void => {
    expressions.push({ id: key, text, role, columns, source, relation: relationOf(sources.get(source)?.value as RawSource, role === 'scalar'), place: entry.located.at([...entry.path, ...path]) });
  };

  const rawPack = single.get('pack') as Entry<RawSection<'pack'>>;
  if (rawPack.value.demonstration !== undefined && rawPack.value.label === undefined) fault(rawPack, ['demonstration'], 'Dates are moved for synthetic data only, and the pack has no label that says so.', "Add 'label: {da: Syntetiske data, en: Synthetic data}', or take 'demonstration' out for real data.");

  const rawOrganisation = single.get('organisation') as Entry<RawSection<'organisation'>>;
  const { organisation, faults: unitFaults } = buildOrganisation(rawOrganisation.value, both, wordsOf);
  for (const wrong of unitFaults as UnitFault[]) fault(rawOrganisation, wrong.path, wrong.message, wrong.hint);
  const unitIds = organisation.units;
  const levelIds = organisation.levels.map((level) => level.id);
  const synchronised = table === null ? null : readPeople(table, organisation);
  faults.push(...synchronised?.faults ?? []);
  for (const [key, entry] of synchronised?.people ?? []) {
    const first = people.get(key);
    if (first !== undefined) fault(entry, [], `'${key}' stands in ${first.located.path} too, line ${first.located.at(first.path, { key: true }).line}.`, 'Keep one of them: the file of people counts for everyone in it.');
    else people.set(key, entry);
  }

  for (const [key, entry] of sources) {
    const raw = entry.value;
    const names = Object.keys(raw.columns);
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
    for (const [name, sql] of Object.entries(raw.derive ?? {})) expression(`derive ${key} ${name}`, entry, ['derive', name], sql, 'scalar', names, key);
    if (raw.where !== undefined) expression(`where ${key}`, entry, ['where'], raw.where, 'condition', all, key);
    for (const [name, dimension] of Object.entries(raw.dimensions ?? {})) {
      if (!all.includes(dimension.column)) fault(entry, ['dimensions', name, 'column'], `There is no column '${dimension.column}' in the source.`, hintFor(dimension.column, all, 'column'));
    }
    raw.key?.forEach((name, i) => { if (!all.includes(name)) fault(entry, ['key', i], `There is no column '${name}' in the source.`, hintFor(name, all, 'column')); });
    for (const wrong of layoutFaults(raw, raw)) fault(entry, wrong.path, wrong.message, wrong.hint);
    const control = (total: RawSource['control_total'], path: readonly PropertyKey[], id: string): void => {
      if (total !== undefined && 'rows' in total) expression(id, entry, [...path, 'control_total', 'rows'], total.rows, 'condition', names, key);
    };
    control(raw.control_total, [], `control ${key}`);
    (Array.isArray(raw.files) ? raw.files : [raw.files]).forEach((file, i) => {
      const { unset } = fillSettings(typeof file === 'string' ? file : file.path, settings);
      const place = Array.isArray(raw.files) ? ['files', i] : ['files'];
      if (typeof file !== 'string') for (const wrong of layoutFaults(file, raw)) fault(entry, [...place, ...wrong.path], wrong.message, wrong.hint);
      if (typeof file !== 'string') control(file.control_total, place, `control ${key} ${i}`);
      if (unset !== null) fault(entry, place, `The path names the setting ${unset}, which ${unset.startsWith('OVERBLIK_') ? "is not set, or is one of the service's own" : 'packs can not read'}.`, unset.startsWith('OVERBLIK_') ? `Set ${unset} to the folder of the data, or write a default: \${${unset}:-data}.` : 'Give it a name that begins with OVERBLIK_.');
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
      const large = source === undefined || !isMoney(raw) ? null : thousandsRead(source.value, raw.sql);
      if (large !== null) fault(entry, ['sql'], `The measure is in ${raw.unit}, and '${large}' says that its amounts are in thousands, millions or hundredths.`, `Write the factor: sum("${large}" * 1000), or / 100; or * 1 if the amounts are whole ${raw.unit} all the same.`);
      if (raw.kind === 'flow' && raw.unit === 'percent' && /\b(sum|count)\s*\(/i.test(raw.sql)) fault(entry, ['unit'], 'A percentage can not be added up over rows, units or months.', 'Make what is above and below the line measures of their own, and write kind: ratio with numerator: and denominator:.');
      if (source !== undefined) expression(`measure ${key}`, entry, ['sql'], raw.sql, raw.kind, [...Object.keys(source.value.columns), ...Object.keys(source.value.derive ?? {})], raw.source);
    }
    const own = 'source' in raw ? raw.source : undefined;
    for (const [name, path] of namesIn(raw.persons, 'persons')) {
      if (!needs(entry, path, name)) continue;
      const counted = measures.get(name)?.value;
      if (own === undefined) fault(entry, path, `A ${raw.kind} is hidden where one of its parts is.`, 'Write persons: on those.');
      else if (counted === undefined || !countsPersons(counted)) fault(entry, path, `'${name}' counts no persons.`, 'Name a measure of kind distinct, or one with a threshold.');
      else {
        // Of a value of a dimension nobody can judge who has not counted by it.
        const lacks = Object.keys(sources.get(own)?.value.dimensions ?? {}).filter((dimension) => !(dimension in (sources.get(counted.source)?.value.dimensions ?? {})));
        if (lacks.length > 0) fault(entry, path, `'${name}' can't be divided by '${lacks[0]}', as '${key}' can.`, `Give the source '${counted.source}' that dimension, or take it from '${own}'.`);
      }
    }
    for (const [name, path] of namesIn(raw.part_of, 'part_of')) {
      if (!needs(entry, path, name)) continue;
      const whole = measures.get(name)?.value;
      if (!countsPersons(raw) || whole === undefined || !countsPersons(whole)) fault(entry, path, `'part_of' is between two counts of persons, and '${whole !== undefined && countsPersons(whole) ? key : name}' is none.`, 'Give it a threshold, or take the line away.');
      else if (raw.source !== whole.source) fault(entry, path, `'${name}' does not count rows of the source '${raw.source}'.`, 'A part and its whole are counted from the same rows.');
      else if ((raw.finest ?? 'month') !== (whole.finest ?? 'month')) fault(entry, path, `'${key}' and '${name}' are shown for different stretches of time.`, 'Write the same finest: on both.');
      else if (reaches(measures, name, key)) fault(entry, path, `'${key}' is a part of '${name}', which is a part of '${key}'.`, 'Take one of the two lines away.');
    }
    const counts = countsPersons(raw);
    if (raw.threshold === 1 || raw.threshold === 2) fault(entry, ['threshold'], `A threshold of ${raw.threshold} protects nobody: who is hidden is known to be one.`, 'Write 3 or more, or 0 where nothing is to be hidden.');
    for (const field of ['zero', 'finest'] as const) if (raw[field] !== undefined && !counts) fault(entry, [field], `'${field}' is for counts of persons, and '${key}' is none.`, raw.kind === 'ratio' || raw.kind === 'forecast' ? 'Write it at the count the figure is made of.' : 'Add threshold: 5, or take the line away.');
    for (const [i, mark] of (raw.breaks ?? []).entries()) if (!isIsoDate(mark.from)) fault(entry, ['breaks', i, 'from'], `'${mark.from}' is not a day in the calendar.`, 'Write a real day as YYYY-MM-DD.');
  }

  for (const [key, entry] of plans) {
    needs({ ...entry, path: ['plans', key] }, [], key);
    const by = 'by' in entry.value ? entry.value.by : 'yearly' in entry.value ? entry.value.yearly : null;
    if (by !== null && measures.get(by)?.value.sensitivity === 'sensitive' && measures.get(key)?.value.sensitivity !== 'sensitive') fault(entry, ['by' in entry.value ? 'by' : 'yearly'], `'${by}' is sensitive, and as the plan of '${key}' it is shown beside it.`, `Mark '${key}' as sensitive too, or '${by}' as open.`);
    if ('by' in entry.value) needs(entry, ['by'], entry.value.by);
    if ('yearly' in entry.value) needs(entry, ['yearly'], entry.value.yearly);
    if ('target' in entry.value) for (const unit of Object.keys(entry.value.units ?? {})) if (!unitIds.has(unit)) fault(entry, ['units', unit], `There is no unit '${unit}'.`, hintFor(unit, unitIds.keys(), 'unit'));
  }

  const closedDays = (single.get('pack') as Entry<RawSection<'pack'>> | undefined)?.value.closed_days ?? [];
  for (const [, entry] of digests) {
    for (const key of ['schedule', 'deadline'] as const) {
      const written = entry.value[key];
      const wrong = written === undefined ? null : scheduleFault(scheduleOf(written), closedDays);
      if (wrong !== null) fault(entry, [key], wrong.message, wrong.hint);
    }
    for (const [name, rule] of Object.entries(entry.value.readiness ?? {})) {
      if (!sources.has(name)) fault(entry, ['readiness', name], `There is no source '${name}'.`, hintFor(name, sources.keys(), 'source'));
      if (rule.units !== undefined && !levelIds.includes(rule.units)) fault(entry, ['readiness', name, 'units'], `There is no level '${rule.units}'.`, hintFor(rule.units, levelIds, 'level'));
      for (const measure of Object.keys(rule.totals_within ?? {})) {
        const known = measures.get(measure)?.value;
        if (known === undefined) fault(entry, ['readiness', name, 'totals_within', measure], `There is no measure '${measure}'.`, hintFor(measure, measures.keys(), 'measure'));
        else if (!('source' in known) || known.source !== name) fault(entry, ['readiness', name, 'totals_within', measure], `The measure '${measure}' is not counted from '${name}'.`, 'Name a flow, stock or distinct measure of this source.');
      }
    }
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

  for (const { key, other, address } of sharedAddresses(people)) fault(people.get(key) as Entry<unknown>, [address], `'${key}' and '${other}' have the same ${address} address.`, 'An address belongs to one person: correct or remove one.');
  const access = (single.get('access') as Entry<RawSection<'access'>> | undefined)?.value;
  for (const [, entry] of people) {
    entry.value.units.forEach((unit, i) => { if (!unitIds.has(unit)) fault(entry, ['units', i], `There is no unit '${unit}'.`, hintFor(unit, unitIds.keys(), 'unit')); });
    entry.value.also_sees?.forEach((unit, i) => { if (!unitIds.has(unit)) fault(entry, ['also_sees', i], `There is no unit '${unit}'.`, hintFor(unit, unitIds.keys(), 'unit')); });
    if (depthOf(entry.value.role, access?.[entry.value.role]?.depth) === 'all') continue;
    const named = [...entry.value.units, ...entry.value.also_sees ?? []];
    for (const [field, units] of [['units', entry.value.units], ['also_sees', entry.value.also_sees ?? []]] as const) units.forEach((unit, i) => {
      const others = new Set(named.filter((one) => one !== unit));
      if (seenBelow(organisation, unit, others) && unseenParts(organisation, unit, others) === 1) fault(entry, [field, i], `The total of '${unit}' beside those below it gives away the one part that is not named.`, `Name all of its parts, or leave '${unit}' out: who sees totals must not be able to work out another.`);
    });
  }
  const caveats = single.get('caveats') as Entry<RawSection<'caveats'>> | undefined;
  caveats?.value.forEach((caveat, i) => {
    if (caveat.unit !== undefined && !unitIds.has(caveat.unit)) fault(caveats, [i, 'unit'], `There is no unit '${caveat.unit}'.`, hintFor(caveat.unit, unitIds.keys(), 'unit'));
    caveat.measures?.forEach((name, j) => needs(caveats, [i, 'measures', j], name));
  });
  const caveatSource = single.get('caveat_source') as Entry<RawSection<'caveat_source'>> | undefined;
  if (caveatSource !== undefined) {
    const source = sources.get(caveatSource.value.source)?.value;
    if (source === undefined) fault(caveatSource, ['source'], `There is no source '${caveatSource.value.source}'.`, hintFor(caveatSource.value.source, sources.keys(), 'source'));
    else if (!(caveatSource.value.text in source.columns)) fault(caveatSource, ['text'], `There is no column '${caveatSource.value.text}' in the source.`, hintFor(caveatSource.value.text, Object.keys(source.columns), 'column'));
    caveatSource.value.measures?.forEach((name, i) => needs(caveatSource, ['measures', i], name));
  }

  const build = (checked: ReadonlyMap<string, CheckedExpression>): Pack => buildPack(id, dir, {
    pack: single.get('pack') as Entry<RawSection<'pack'>>, sources, measures, plans, digests, people, access: (single.get('access') as Entry<RawSection<'access'>> | undefined) ?? null, caveats: caveats ?? null, caveatSource: caveatSource ?? null,
  }, organisation, checked, settings);
  return { faults, expressions, build };
}

type RawCount = Extract<RawMeasure, { source: string }>;

/** Whether a measure counts persons, so that small counts of it are hidden. */
const countsPersons = (raw: RawMeasure): raw is RawCount => raw.kind !== 'ratio' && raw.kind !== 'forecast' && (raw.threshold ?? (raw.kind === 'distinct' || raw.unit === 'persons' ? 5 : 0)) > 0;

const namesIn = (value: string | readonly string[] | undefined, field: string): [name: string, path: PropertyKey[]][] => (value === undefined ? [] : typeof value === 'string' ? [[value, [field]]] : value.map((name, i) => [name, [field, i]]));

/** Whether one measure is a part of another, through any number of wholes. */
function reaches(measures: ReadonlyMap<string, Entry<RawMeasure>>, from: string, to: string, seen: readonly string[] = []): boolean {
  if (from === to) return true;
  return !seen.includes(from) && namesIn(measures.get(from)?.value.part_of, 'part_of').some(([whole]) => reaches(measures, whole, to, [...seen, from]));
}

/** A source's columns as an empty relation: `derived` columns stand on the others, and not on each other. */
function relationOf(source: RawSource, withoutDerived: boolean): string {
  const name = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const columns = Object.entries(source.columns).map(([key, raw]) => {
    const { type, decimals } = columnOf(key, raw);
    const sql = { text: 'VARCHAR', date: 'DATE', timestamp: 'TIMESTAMP', integer: 'BIGINT', decimal: `DECIMAL(18,${decimals})`, number: 'DOUBLE', boolean: 'BOOLEAN', duration: 'BIGINT' }[type];
    return `NULL::${sql} AS ${name(key)}`;
  });
  const plain = `(SELECT ${columns.join(', ')})`;
  const derived = withoutDerived ? [] : Object.entries(source.derive ?? {}).map(([key, sql]) => `(${sql}) AS ${name(key)}`);
  return derived.length === 0 ? plain : `(SELECT *, ${derived.join(', ')} FROM ${plain})`;
}

type RawLayout = Pick<RawSource, 'decimal' | 'thousands' | 'fill_down' | 'unpivot' | 'control_total'>;

/** What is wrong with how a file is said to be written; what a file leaves out, the source says. */
function layoutFaults(own: RawLayout, source: RawSource): { path: readonly PropertyKey[]; message: string; hint: string }[] {
  const faults: { path: readonly PropertyKey[]; message: string; hint: string }[] = [];
  const [decimal, thousands] = [own.decimal ?? source.decimal, own.thousands ?? source.thousands];
  if (decimal !== undefined && decimal === thousands && (own.decimal ?? own.thousands) !== undefined) {
    faults.push({ path: [own.thousands === undefined ? 'decimal' : 'thousands'], message: `'${decimal}' is both the decimal and the thousands sign.`, hint: 'A number could be read in two ways: correct one of them.' });
  }
  const names = [...Object.keys(source.columns), ...Object.values(source.columns).flatMap((column) => (typeof column !== 'string' && column.header !== undefined ? [column.header] : []))];
  own.fill_down?.forEach((name, i) => {
    if (!names.includes(name)) faults.push({ path: ['fill_down', i], message: `There is no column '${name}' in the source.`, hint: hintFor(name, names, 'column') });
  });
  const control = own.control_total;
  const totals: [PropertyKey, string][] = control === undefined ? [] : 'rows' in control ? control.columns.map((name, i) => [i, name]) : Object.keys(control.cells).map((name) => [name, name]);
  for (const [at, name] of totals) {
    const raw = source.columns[name];
    const path = ['control_total', control !== undefined && 'rows' in control ? 'columns' : 'cells', at];
    if (raw === undefined) faults.push({ path, message: `There is no column '${name}' in the source.`, hint: hintFor(name, Object.keys(source.columns), 'column') });
    else if (!['integer', 'decimal', 'number'].includes(columnOf(name, raw).type)) faults.push({ path, message: `'${name}' is not a column of numbers.`, hint: 'A control total is of columns that are integer, decimal or number.' });
  }
  if (own.unpivot !== undefined) {
    for (const part of ['name', 'value'] as const) if (!(own.unpivot[part] in source.columns)) faults.push({ path: ['unpivot', part], message: `There is no column '${own.unpivot[part]}' in the source.`, hint: hintFor(own.unpivot[part], Object.keys(source.columns), 'column') });
    try {
      new RegExp(`^(?:${own.unpivot.columns})$`, 'u');
    } catch {
      faults.push({ path: ['unpivot', 'columns'], message: `'${own.unpivot.columns}' is not a pattern of headers.`, hint: 'Write a regular expression that matches whole headers, such as 20\\d\\d for years.' });
    }
  }
  return faults;
}
