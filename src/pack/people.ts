import type { Fault } from '../errors.ts';
import type { Entry } from './build.ts';
import type { Organisation, Pack, Person } from './model.ts';
import { LANGUAGES, ROLES } from './model.ts';
import { hintFor, nearest } from './nearest.ts';
import { subtree } from './organisation.ts';
import { ID, person, type RawPerson } from './schema.ts';
import { readYaml, type Located, type PackFile } from './yaml.ts';

/** A table of people as another system wrote it, `people.csv` in the pack's folder: the header and a row for each person. */
export interface PeopleTable {
  /** Path as the author knows it. */
  readonly path: string;
  /** `line` counts from 1. */
  readonly records: readonly { readonly line: number; readonly cells: readonly string[] }[];
}

/** The columns there may be, by the headers they go by in either language. */
const HEADERS: Readonly<Record<string, 'id' | keyof RawPerson>> = {
  id: 'id', name: 'name', navn: 'name', title: 'title', titel: 'title', stilling: 'title', role: 'role', rolle: 'role', unit: 'units', units: 'units', enhed: 'units', enheder: 'units',
  also_sees: 'also_sees', 'ser også': 'also_sees', language: 'language', sprog: 'language', email: 'email', 'e-mail': 'email', mail: 'email', slack: 'slack', teams: 'teams',
};
const NEEDED = ['id', 'name', 'role', 'units'] as const;
/** What HR systems write in Danish, as the pack writes it. */
const VALUES: Readonly<Record<string, string>> = { leder: 'leader', chef: 'chief', politiker: 'politician', analytiker: 'analyst', dansk: 'da', engelsk: 'en', danish: 'da', english: 'en' };

/** What is wrong with a field that is filled in, and what to write there. */
const FIELDS: Partial<Record<keyof RawPerson, readonly [wrong: string, hint: string]>> = {
  name: ['holds no name', 'Write their name.'],
  role: ['holds no role that there is', `Write one of ${ROLES.join(', ')}, in Danish leder, chef, politiker or analytiker.`],
  units: ['holds no unit', 'Write the id or the code of their unit, several with a comma between.'],
  language: ['holds no language that there is', 'Write da or en, or leave it empty.'],
  email: ['holds no e-mail address', 'Write it as navn@kommune.dk, or leave it empty.'],
};

/** The role or language most like what was written; nothing personal is repeated, so of other fields none. */
function suggestion(column: keyof RawPerson, written: string): string {
  const near = column === 'role' ? nearest(written, [...ROLES, 'leder', 'chef', 'politiker', 'analytiker']) : column === 'language' ? nearest(written, [...LANGUAGES, 'dansk', 'engelsk']) : null;
  return written === '' || near === null ? '' : `Did you mean '${near}'? `;
}

/**
 * Reads people from a table: one line a person, several units with a comma between, a unit by its id or its code. What is
 * wrong is told with file and line, all of it at once; the cells themselves are personal and stand in no message but the id.
 */
export function readPeople(table: PeopleTable, organisation: Organisation): { people: Map<string, Entry<RawPerson>>; faults: Fault[] } {
  const faults: Fault[] = [];
  const people = new Map<string, Entry<RawPerson>>();
  const [header, ...rows] = table.records.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  if (header === undefined) return { people, faults: [{ file: table.path, line: 0, column: 0, message: 'The table of people is empty.', hint: `Write a header with ${NEEDED.join(', ')}, and a line for each person, or remove the file.` }] };
  const at = (line: number, column = 1): { file: string; line: number; column: number } => ({ file: table.path, line, column });
  if (rows.length === 0) return { people, faults: [{ file: table.path, line: header.line, column: 1, message: 'The table of people has a header and nobody in it.', hint: 'An export that broke off would take everyone out: put the people in, or remove the file.' }] };
  const columns = header.cells.map((cell) => HEADERS[cell.trim().toLowerCase()] ?? null);
  const missing = `The first line of the file names the columns: ${NEEDED.join(', ')} and, where they are known, title, also_sees, language, email, slack, teams.`;
  // Without a header the first line is someone, who is not shown.
  if (columns.every((column) => column === null)) return { people, faults: [{ ...at(header.line), message: 'The first line names no column that is known.', hint: missing }] };
  header.cells.forEach((cell, i) => {
    const known = columns[i];
    if (known === null) faults.push({ ...at(header.line, i + 1), message: `The column '${cell.trim().slice(0, 40)}' is not known.`, hint: `${hintFor(cell.trim().toLowerCase(), Object.keys(HEADERS), 'column')} What is not needed here is better left out of the file.` });
    else if (columns.indexOf(known ?? null) !== i) faults.push({ ...at(header.line, i + 1), message: `The column '${known}' stands twice.`, hint: 'Keep one of them.' });
  });
  for (const needed of NEEDED) if (!columns.includes(needed)) faults.push({ ...at(header.line), message: `There is no column '${needed}'.`, hint: missing });
  if (faults.length > 0) return { people, faults };

  const codes = new Map([...organisation.units.values()].flatMap((unit) => unit.codes.map((code) => [code, unit.id] as const)));
  const units = (text: string): string[] => text.split(/[,|]/).map((part) => part.trim()).filter((part) => part !== '').map((part) => (organisation.units.has(part) ? part : codes.get(part) ?? part));
  for (const { line, cells } of rows) {
    if (cells.length > columns.length && cells.slice(columns.length).some((cell) => cell.trim() !== '')) {
      faults.push({ ...at(line), message: 'The line has more fields than the header.', hint: 'Put a field that holds the delimiter in double quotes.' });
      continue;
    }
    const said = new Map(columns.flatMap((column, i) => { const text = (cells[i] ?? '').trim(); return column === null || text === '' ? [] : [[column, text] as const]; }));
    const id = said.get('id') ?? '';
    if (!ID.test(id)) {
      faults.push({ ...at(line), message: id === '' ? 'The line has no id.' : 'The id of the line is not a name.', hint: 'Give everyone an id that stays theirs, such as leder-nord or ansat-4711: small letters a to z, digits, - and _, beginning with a letter.' });
      continue;
    }
    const raw = Object.fromEntries([...said].filter(([column]) => column !== 'id').map(([column, text]) => [column,
      column === 'units' || column === 'also_sees' ? units(text) : column === 'role' || column === 'language' ? VALUES[text.toLowerCase()] ?? text.toLowerCase() : text]));
    const located: Located = { path: table.path, value: raw, at: (path) => at(line, 1 + Math.max(0, columns.indexOf(path[2] as keyof RawPerson))) };
    const parsed = person.safeParse(raw, { reportInput: true });
    if (people.has(id)) faults.push({ ...at(line), message: `'${id}' stands twice in the file.`, hint: 'One line for each person: several units stand in one field with a comma between.' });
    else if (!parsed.success) {
      for (const column of new Set(parsed.error.issues.map(({ path }) => path[0] as keyof RawPerson))) {
        const [wrong, hint] = FIELDS[column] ?? ['is not filled in as it must be', ''];
        const field = header.cells[columns.indexOf(column)]?.trim() ?? column;
        faults.push({ ...at(line, 1 + columns.indexOf(column)), message: `The field '${field}' ${said.has(column) ? wrong : 'is empty'}.`, hint: `${suggestion(column, said.get(column) ?? '')}${hint}` });
      }
    }
    else people.set(id, { value: parsed.data, located, path: ['people', id] });
  }
  return { people, faults };
}

/** Addresses that two people have. */
export function sharedAddresses(people: ReadonlyMap<string, Entry<RawPerson>>): { key: string; other: string; address: 'email' | 'slack' | 'teams' }[] {
  return (['email', 'slack', 'teams'] as const).flatMap((address) => {
    const owners = new Map<string, string>();
    return [...people].flatMap(([key, { value }]) => {
      const written = value[address]?.toLowerCase();
      if (written === undefined) return [];
      const other = owners.get(written);
      owners.set(written, key);
      return other === undefined ? [] : [{ key, other, address }];
    });
  });
}

/**
 * A pack in service, without what its newest files take from its people, though something else in them is wrong: who does not
 * stand in them any more is out, and units and roles count as far as they are less than before. What is more waits until all of it
 * is in order. Null: the people can't be read, or are not in order themselves.
 */
export function withoutTaken(pack: Pack, files: readonly PackFile[], table: PeopleTable | null): Pack | null {
  const written = peopleIn(pack.organisation, files, table);
  if (written === null) return null;
  const within = (units: readonly string[]): Set<string> => new Set(units.flatMap((unit) => subtree(pack.organisation, unit)));
  /** What two lists of units have in common, each unit standing for all below it. */
  const common = (before: readonly string[], now: readonly string[]): string[] => {
    const [had, has] = [within(before), within(now)];
    return [...new Set([...before.filter((unit) => has.has(unit)), ...now.filter((unit) => had.has(unit))])];
  };
  const people = new Map([...pack.people].flatMap(([id, before]): [string, Person][] => {
    const now = written.get(id);
    const units = now === undefined ? [] : common(before.units, now.units);
    if (now === undefined || units.length === 0) return [];
    const role = ROLES.indexOf(now.role) < ROLES.indexOf(before.role) ? now.role : before.role;
    return [[id, { ...before, role, units, alsoSees: common(before.alsoSees, [...now.units, ...now.also_sees ?? []]), email: now.email?.toLowerCase() ?? null, slack: now.slack ?? null, teams: now.teams ?? null }]];
  }));
  return { ...pack, people };
}

function peopleIn(organisation: Organisation, files: readonly PackFile[], table: PeopleTable | null): ReadonlyMap<string, RawPerson> | null {
  const synchronised = table === null ? null : readPeople(table, organisation);
  if ((synchronised?.faults.length ?? 0) > 0) return null;
  const all = new Map(synchronised?.people ?? []);
  for (const file of files) {
    const { located, faults } = readYaml(file);
    // A file that can't be read may hold people, unless the word is nowhere in it.
    if (faults.length > 0 && /people/i.test(file.text)) return null;
    const section = typeof located.value === 'object' && located.value !== null && 'people' in located.value ? located.value.people : undefined;
    if (section === undefined || section === null) continue;
    if (typeof section !== 'object') return null;
    for (const [id, raw] of Object.entries(section)) {
      const parsed = person.safeParse(raw);
      if (!parsed.success || all.has(id)) return null;
      all.set(id, { value: parsed.data, located, path: ['people', id] });
    }
  }
  const isUnit = (unit: string): boolean => organisation.units.has(unit);
  if (all.size === 0 || sharedAddresses(all).length > 0 || ![...all.values()].every(({ value }) => [...value.units, ...value.also_sees ?? []].every(isUnit))) return null;
  return new Map([...all].map(([id, { value }]) => [id, value]));
}
