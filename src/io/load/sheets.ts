import { strFromU8, type Unzipped } from 'fflate';
import { maskPersonalNumbers } from '../../access/personal-number.ts';

/** What a workbook says of its worksheets, in its own order. Sheets of charts and macros are not among them. */
export interface SheetInfo {
  readonly name: string;
  /** Hidden, by hand or by a program: nobody sees it in Excel. */
  readonly hidden: boolean;
  /** Its XML within the archive. */
  readonly part: string;
  /** `table`: some row has two cells or more; `texts`: a front page; `empty`: nothing. */
  readonly holds: 'table' | 'texts' | 'empty';
}

const tags = (xml: string, name: string): string[] => [...xml.matchAll(new RegExp(`<(?:\\w+:)?${name}\\b((?:[^>"']|"[^"]*"|'[^']*')*)>`, 'g'))].map(([, attributes = '']) => attributes);
const attribute = (attributes: string, name: string): string | null => {
  const [, , value] = new RegExp(`(?:^|\\s)(?:\\w+:)?${name}\\s*=\\s*(["'])(.*?)\\1`).exec(attributes) ?? [];
  return value === undefined ? null : unescaped(value);
};
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescaped = (text: string): string => text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (all, hex?: string, number?: string, named?: string) =>
  hex !== undefined ? String.fromCodePoint(parseInt(hex, 16)) : number !== undefined ? String.fromCodePoint(Number(number)) : ENTITIES[named ?? ''] ?? all);

/** The worksheets of an unpacked workbook. */
export function sheetsOf(parts: Unzipped): SheetInfo[] {
  const text = (part: string): string => strFromU8(parts[part] ?? new Uint8Array());
  const targets = new Map(tags(text('xl/_rels/workbook.xml.rels'), 'Relationship').map((one) => [attribute(one, 'Id'), one]));
  return tags(text('xl/workbook.xml'), 'sheet').flatMap((one): SheetInfo[] => {
    const relation = targets.get(attribute(one, 'id')) ?? '';
    const target = attribute(relation, 'Target') ?? '';
    const part = target.startsWith('/') ? target.slice(1) : `xl/${target}`;
    if (parts[part] === undefined || !(attribute(relation, 'Type') ?? '').endsWith('/worksheet')) return [];
    return [{ name: attribute(one, 'name') ?? '', hidden: /^(very)?hidden$/i.test(attribute(one, 'state') ?? ''), part, holds: holdingOf(text(part)) }];
  });
}

function holdingOf(xml: string): SheetInfo['holds'] {
  let holds: SheetInfo['holds'] = 'empty';
  for (const row of xml.split(/<\/(?:\w+:)?row>/)) {
    const filled = (row.match(/<(?:\w+:)?(?:v|is|f)\b/g) ?? []).length;
    if (filled === 0) continue;
    holds = 'texts';
    // A formula and its value are one cell.
    if ((row.match(/<(?:\w+:)?c\b[^>]*[^/>]>/g) ?? []).length > 1) return 'table';
  }
  return holds;
}

const shown = (name: string): string => `'${maskPersonalNumbers(name)}'`;
const listed = (names: readonly string[]): string => (names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`);
const MOST_NAMED = 12;
const named = (sheets: readonly SheetInfo[]): string => (sheets.length > MOST_NAMED ? `${sheets.slice(0, MOST_NAMED).map(({ name }) => shown(name)).join(', ')} and ${sheets.length - MOST_NAMED} more` : listed(sheets.map(({ name }) => shown(name))));
const quoted = (name: string): string => (/^[\p{L}][\p{L}\d _-]*$/u.test(name) && !/\s$/.test(name) ? maskPersonalNumbers(name) : JSON.stringify(maskPersonalNumbers(name)));

/**
 * Which worksheet is read where the pack names none: the only visible one with a table. Where several have one, which is meant
 * can't be told, and where the only ones are hidden, nobody sees what would be read.
 */
export function onlySheet(sheets: readonly SheetInfo[], pattern: string): { readonly name: string; readonly remarks: readonly string[] } | { readonly problem: string } {
  const held = (hidden: boolean): SheetInfo[] => {
    const own = sheets.filter((sheet) => sheet.hidden === hidden && sheet.holds !== 'empty');
    return own.some(({ holds }) => holds === 'table') ? own.filter(({ holds }) => holds === 'table') : own;
  };
  const [visible, hidden] = [held(false), held(true)];
  const [first, second] = visible;
  if (first !== undefined && second !== undefined) {
    const files = [first, second].map(({ name }) => `{path: "${pattern}", sheet: ${quoted(name)}}`).join(', ');
    return { problem: `The workbook has ${visible.length} worksheets with rows, ${named(visible)}, and the pack does not say which is meant. Write sheet: ${quoted(first.name)} in the pack to read that one, or name the file once for each that is: files: [${files}].` };
  }
  if (first === undefined && hidden.length > 0) return { problem: `The only worksheets with rows are hidden in Excel (${named(hidden)}). Write sheet: ${quoted(hidden[0]?.name ?? '')} in the pack if that one is meant, or show the right one.` };
  const name = first?.name ?? sheets.find((sheet) => !sheet.hidden)?.name;
  if (name === undefined) return { problem: 'The workbook has no worksheet that can be seen.' };
  return { name, remarks: hidden.length === 0 ? [] : [`Worksheet ${shown(name)} is read; ${named(hidden)}, hidden in Excel, ${hidden.length === 1 ? 'is' : 'are'} not. Write sheet: in the pack to read another.`] };
}

/** The places of cell styles that show a number as a percentage: 0.125 as 12,5 %. */
export function percentStyles(styles: string): ReadonlySet<number> {
  const custom = new Map(tags(styles, 'numFmt').map((one) => [Number(attribute(one, 'numFmtId')), attribute(one, 'formatCode') ?? '']));
  const [, formats = ''] = /<(?:\w+:)?cellXfs\b[^>]*>([^]*?)<\/(?:\w+:)?cellXfs>/.exec(styles) ?? [];
  const isPercent = (id: number): boolean => {
    const code = custom.get(id);
    // A percent sign in quotes or behind a backslash is only shown, and changes no number.
    return code === undefined ? id === 9 || id === 10 : code.replace(/"[^"]*"|\\.|_.|\*.|\[[^\]]*\]/g, '').includes('%');
  };
  return new Set(tags(formats, 'xf').flatMap((one, place) => (isPercent(Number(attribute(one, 'numFmtId') ?? 0)) ? [place] : [])));
}

/** The lines of a worksheet that are hidden, by a filter or by hand. */
export function hiddenLines(xml: string): ReadonlySet<number> {
  const lines = new Set<number>();
  if (!/\bhidden="(?:1|true)"/.test(xml)) return lines;
  let line = 0;
  for (const one of tags(xml, 'row')) {
    line = Number(attribute(one, 'r') ?? line + 1);
    if (/^(1|true)$/.test(attribute(one, 'hidden') ?? '')) lines.add(line);
  }
  return lines;
}
