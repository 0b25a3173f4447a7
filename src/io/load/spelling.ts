import { maskPersonalNumbers } from '../../access/personal-number.ts';
import type { Layout, Source } from '../../pack/model.ts';
import type { NumberSpelling } from './cast.ts';

const COMMA = 44, MINUS = 45, POINT = 46, PLUS = 43, NOUGHT = 48, NINE = 57;
const EXAMPLES = 2;
/** Of figures with a sign, so few that are sure of it do not decide for all the others: they may be slips of the pen. */
const SLIP = 0.01;
/** More than this share of a column with percent signs, beside figures without, is no slip of the pen. */
const MIXED = 0.1;

/** What the texts of one column say of how their numbers are written. */
export interface NumberEvidence {
  /** Texts in which a sign can only be the decimal one, and the first of them. */
  readonly decimals: Record<',' | '.', number>;
  readonly sure: Record<',' | '.', string>;
  /** `1.500` or `1,500`: thousands or decimals. How many, and the first of them. */
  readonly open: Record<',' | '.', number>;
  readonly examples: string[];
  /** Numbers other than nought with a percent sign, and without. */
  percent: number;
  bare: number;
  /** The first of either. */
  withPercent: string;
  withoutPercent: string;
  /** Numbers with a currency other than kroner, by its sign. */
  readonly foreign: Map<string, number>;
  /** Texts that are no value. */
  readonly missing: ReadonlySet<string>;
}

/** Evidence for each numeric column of a source, to be filled from all of a file's texts; null for other columns. */
export function newEvidence(source: Source): (NumberEvidence | null)[] {
  return source.columns.map((column) => (column.type === 'integer' || column.type === 'decimal' || column.type === 'number'
    ? { decimals: { ',': 0, '.': 0 }, sure: { ',': '', '.': '' }, open: { ',': 0, '.': 0 }, examples: [], percent: 0, bare: 0, withPercent: '', withoutPercent: '', foreign: new Map<string, number>(), missing: new Set(column.missing.map((word) => word.trim())) }
    : null));
}

/** Takes one field of a block into account. It works on bytes, since it sees every number of every file; what is not plain digits and one sign is looked at as a text. */
export function noteField(evidence: NumberEvidence, block: Buffer, from: number, to: number): void {
  let [start, end] = [from, to];
  if (end - start >= 2 && block[start] === 34 && block[end - 1] === 34) [start, end] = [start + 1, end - 1];
  while (start < end && block[start] === 32) start++;
  while (start < end && block[end - 1] === 32) end--;
  if (start === end) return;
  const first = block[start] === MINUS || block[start] === PLUS ? start + 1 : start;
  if (first === end) return;
  let [signAt, isNought] = [-1, true];
  for (let i = first; i < end; i++) {
    const byte = block[i] as number;
    if (byte !== NOUGHT && byte !== COMMA && byte !== POINT) isNought = false;
    if (byte >= NOUGHT && byte <= NINE) continue;
    if (signAt >= 0 || byte !== COMMA && byte !== POINT) return noteText(evidence, block.toString('utf8', start, end).replaceAll('""', '"'));
    signAt = i;
  }
  if (signAt < 0) {
    if (!isNought) {
      evidence.bare++;
      if (evidence.withoutPercent === '') evidence.withoutPercent = block.toString('latin1', start, end);
    }
    return;
  }
  const sign = block[signAt] === COMMA ? ',' : '.';
  const isOpen = end - signAt === 4 && signAt - first >= 1 && signAt - first <= 3 && block[first] !== NOUGHT;
  if (evidence.missing.size === 0 && (isOpen ? evidence.examples.length >= EXAMPLES : evidence.sure[sign] !== '')) {
    if (!isNought) {
      evidence.bare++;
      if (evidence.withoutPercent === '') evidence.withoutPercent = block.toString('latin1', start, end);
    }
    (isOpen ? evidence.open : evidence.decimals)[sign]++;
  } else noteText(evidence, block.toString('latin1', start, end));
}

const BLANK = ' \\u00a0\\u202f\\u2009\\t';
const CURRENCY = '(?:kr\\.?|dkk|sek|nok|eur|gbp|usd|[€£$])';
const FOREIGN = /sek|nok|eur|gbp|usd|[€£$]/i;
const KRONER_ENDING = /\d,--?[\s\u00a0)]*$/;
const AROUND = new RegExp(`^([-+(−]?)[${BLANK}]*${CURRENCY}[${BLANK}]*|[${BLANK}]*(?:${CURRENCY}|,--?)[${BLANK}]*([-)−]?)$`, 'gi');

/** Takes one text into account, whatever currency, brackets or percent signs stand around its digits. */
export function noteText(evidence: NumberEvidence, written: string): void {
  const text = written.replace(/^[\s\u200b\ufeff]+|[\s\u200b\ufeff]+$/g, '');
  if (text === '' || evidence.missing.has(text)) return;
  const percent = text.endsWith('%');
  const core = (percent ? text.slice(0, -1) : text).replace(AROUND, '$1$2').replace(/^[-+(−\s]+|[-)−\s]+$/g, '');
  if (!/^[\d.,]/.test(core)) return;
  const foreign = FOREIGN.exec(text)?.[0].toLowerCase();
  if (foreign !== undefined) evidence.foreign.set(foreign, (evidence.foreign.get(foreign) ?? 0) + 1);
  if (percent) {
    evidence.percent++;
    if (evidence.withPercent === '') evidence.withPercent = text;
  } else if (!/^0*[.,]?0*$/.test(core)) {
    evidence.bare++;
    if (evidence.withoutPercent === '') evidence.withoutPercent = text;
  }
  // `1.500,-`: whole kroner, written with the decimal comma.
  if (KRONER_ENDING.test(text)) {
    evidence.decimals[',']++;
    if (evidence.sure[','] === '') evidence.sure[','] = text;
    return;
  }
  if (/^[1-9]\d{0,2}[.,]\d{3}$/.test(core)) {
    evidence.open[core.includes(',') ? ',' : '.']++;
    if (evidence.examples.length < EXAMPLES && !evidence.examples.includes(text)) evidence.examples.push(text);
    return;
  }
  const sign = decimalSign(core);
  if (sign === null) return;
  evidence.decimals[sign]++;
  if (evidence.sure[sign] === '') evidence.sure[sign] = text;
}

/** Takes a number into account that Excel shows as a percentage. Its decimal sign is the file's own and says nothing. */
export function notePercent(evidence: NumberEvidence, { value }: { readonly value: number }): void {
  evidence.percent++;
  if (evidence.withPercent === '') evidence.withPercent = `${value} %`;
}

/** The sign that can only be the decimal one; null: there is none, or it is no number. */
function decimalSign(core: string): ',' | '.' | null {
  if (/^\d*\.\d+([eE][-+]?\d+)?$/.test(core) || /^\d+\.$/.test(core) || /^\d{1,3}([ \u00a0\u202f\u2009'’,]\d{3})+\.\d*$/.test(core) || /^\d{1,3}(,\d{3}){2,}$/.test(core)) return '.';
  if (/^\d*,\d+([eE][-+]?\d+)?$/.test(core) || /^\d+,$/.test(core) || /^\d{1,3}([ \u00a0\u202f\u2009'’.]\d{3})+,\d*$/.test(core) || /^\d{1,3}(\.\d{3}){2,}$/.test(core)) return ',';
  return null;
}

const other = (sign: ',' | '.'): ',' | '.' => (sign === ',' ? '.' : ',');

/**
 * How each column of a file writes its numbers: as the layout says; else by what the whole column says. A figure that can be read
 * in two ways is asked about, whatever other columns say: money in thousands stands beside hours with a point. A text says why it
 * can't be told, and what to write in the pack.
 */
export function decideSpellings(source: Source, layout: Layout, evidence: readonly (NumberEvidence | null)[]): NumberSpelling[] | string {
  const problems: string[] = [];
  const sure = evidence.map((one) => (one === null ? null : sureSign(one)));
  const spellings = source.columns.map(({ name, decimal: ownSign }, i): NumberSpelling => {
    const one = evidence[i] ?? null;
    const percent = one !== null && one.percent > 0 && one.bare === 0;
    if (one !== null && one.bare > 0 && one.percent > MIXED * (one.percent + one.bare)) problems.push(mixedProblem(name, one));
    // Another currency than kroner is read only where every number has it; one by itself is set aside.
    const foreign = one !== null && one.foreign.size === 1 && [...one.foreign.values()][0] === one.bare;
    if (ownSign !== null) return { decimal: ownSign, thousands: layout.thousands === null || layout.thousands === ownSign ? other(ownSign) : layout.thousands, percent, foreign };
    if (layout.decimal !== null) return { decimal: layout.decimal, thousands: layout.thousands, percent, foreign };
    // Who says that the point groups thousands has said that it is not the decimal sign.
    if (layout.thousands === '.' || layout.thousands === ',') return { decimal: other(layout.thousands), thousands: layout.thousands, percent, foreign };
    const found = (decimal: ',' | '.'): NumberSpelling => ({ decimal, thousands: layout.thousands ?? other(decimal), percent, foreign });
    const own = sure[i] ?? null;
    if (one === null || own !== null && own !== 'both') return found(own === null || own === 'both' ? '.' : own);
    const others = [...new Set(sure.filter((sign, at) => at !== i && sign !== null))];
    const neighbours = own === null && others.length === 1 && others[0] !== 'both' ? others[0] as ',' | '.' : null;
    if (one.open[','] + one.open['.'] === 0) return found(neighbours ?? (one.decimals[','] > one.decimals['.'] ? ',' : '.'));
    const by = sure.findIndex((sign, at) => at !== i && sign === neighbours);
    problems.push(openProblem(name, one, own === 'both', neighbours === null ? null : { name: source.columns[by]?.name ?? '', text: evidence[by]?.sure[neighbours] ?? '', sign: neighbours }));
    return found('.');
  });
  return problems.length > 0 ? problems.join(' ') : spellings;
}

function mixedProblem(name: string, { withPercent, withoutPercent }: NumberEvidence): string {
  return `Column '${name}' has figures with a percent sign ('${shown(withPercent)}') and without ('${shown(withoutPercent)}'), and whether the others are percentages or parts of one can't be told. Write all of them in one way in the file.`;
}

/** The sign a column is sure of; `both`: it has numbers of either kind, or next to none that are sure. */
function sureSign({ decimals, open }: NumberEvidence): ',' | '.' | 'both' | null {
  if (decimals[','] > 0 && decimals['.'] > 0) return 'both';
  const sign = decimals[','] > 0 ? ',' : decimals['.'] > 0 ? '.' : null;
  return sign !== null && decimals[sign] < SLIP * open[sign] ? 'both' : sign;
}

function openProblem(name: string, { examples, sure, decimals }: NumberEvidence, torn: boolean, neighbour: { name: string; text: string; sign: ',' | '.' } | null): string {
  const why = neighbour !== null ? `and only another column says which ('${neighbour.name}' with '${shown(neighbour.text)}')`
    : !torn ? 'and nothing else in the file decides'
    : decimals[','] > 0 && decimals['.'] > 0 ? `and the column has both '${shown(sure[','])}' and '${shown(sure['.'])}'`
    : `and only '${shown(sure[','] + sure['.'])}' and few others say which`;
  const sign = (examples[0] ?? '').includes(',') ? ',' : '.';
  const apart = neighbour === null ? '' : ' Where the columns of the file are written in different ways, give decimal: under the column instead.';
  return `Column '${name}': ${quoted(examples)} can be thousands or decimals, ${why}. Write decimal: "${other(sign)}" and thousands: "${sign}" in the pack if ${read(examples, sign, '')} is meant, or decimal: "${sign}" if ${read(examples, sign, '.')} is.${apart}`;
}

const shown = (text: string): string => maskPersonalNumbers(text.slice(0, 40));
const quoted = (texts: readonly string[]): string => texts.map((text) => `'${shown(text)}'`).join(' and ');
const read = (texts: readonly string[], sign: string, as: string): string => texts.slice(0, 1).map((text) => shown(text).replace(sign, as)).join('');
