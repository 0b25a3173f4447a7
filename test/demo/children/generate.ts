import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import writeXlsxFile from 'write-excel-file/node';
import { shiftDays, shiftMonths } from '../../../src/calendar/period.ts';
import { csv, danishDate, kroner, withoutClock } from '../files.ts';
import { firstDay, monthOf, monthsOf } from '../months.ts';
import { happened } from './cases.ts';
import type { Cases } from './cases.ts';
import { budget, commitments, ledger } from './money.ts';
import type { BudgetLine } from './money.ts';
import { ACCOUNTS, FROM, PLACEMENT, TO } from './story.ts';

/** Where the children's pack keeps its data. */
export const DATA = fileURLToPath(new URL('../../../digests/boern-unge/data/', import.meta.url));

const MONTHS = monthsOf(FROM, TO);
const day = (date: string | null): string => (date === null ? '' : danishDate(date));
const stamp = (text: string | null): string => (text === null ? '' : `${danishDate(text.slice(0, 10))} ${text.slice(11)}`);
/** Thousands with a point, as the finance system writes amounts. */
const grouped = (ore: number): string => kroner(ore).replace(/\B(?=(\d{3})+,)/g, '.');

/** Writes the files of the children's pack; the same bytes every time. Returns their names and sizes. */
export async function generateChildren(directory: string): Promise<{ name: string; bytes: number }[]> {
  await mkdir(directory, { recursive: true });
  const all = happened();
  const files = [
    { name: 'underretninger.csv', content: csv([
      ['Modtaget', 'Team', 'Barn', 'Underretter', 'Vurderet'],
      ...[...all.notifications].sort(by((one) => one.received)).map((one) => [stamp(one.received), one.team.name, one.child, one.notifier, stamp(one.assessed)]),
    ]) },
    { name: 'undersoegelser.csv', content: csv([['Måned', 'Team', 'Barn', 'Bekendt', 'Påbegyndt', 'Afsluttet'], ...examinationRows(all)]) },
    { name: 'indsatser.csv', content: csv([['Måned', 'Team', 'Barn', 'Art', 'Indsats', 'Startdato', 'Slutdato'], ...measureRows(all)]) },
    { name: 'opfoelgninger.csv', content: csv([
      ['Team', 'Barn', 'Slags', 'Iværksat', 'Undersøgelse afsluttet', 'Aftalt', 'Afholdt'],
      ...[...all.followUps].sort(by((one) => one.agreed ?? shiftMonths(one.start, 3))).map((one) => [one.team.name, one.child, one.first ? 'Første' : 'Senere', day(one.start), day(one.examined), day(one.agreed), day(one.held)]),
    ]) },
    // The finance system is older than UTF-8: Windows-1252, whose letters of Danish are those of Latin-1.
    { name: 'posteringer.csv', content: new Uint8Array(Buffer.from([
      'Bilag;Dato;Sted;Funktion;Tekst;Beløb',
      ...ledger(all.cases).map((one) => [one.voucher, danishDate(one.date), one.team.code, one.account, one.text, grouped(one.amount)].join(';')),
    ].map((line) => `${line}\r\n`).join(''), 'latin1')) },
    { name: 'disponeringer.csv', content: csv([
      ['Opgjort', 'Sted', 'Barn', 'Funktion', 'Årets beløb'],
      ...commitments(all.cases).map((one) => [danishDate(one.day), one.team.code, one.child, one.account, kroner(one.amount).replace(/,00$/, '')]),
    ]) },
    { name: 'budget.xlsx', content: await budgetFile(budget(all.cases)) },
  ];
  for (const { name, content } of files) await writeFile(join(directory, name), content);
  return files.map(({ name, content }) => ({ name, bytes: content.length }));
}

const by = <T>(key: (row: T) => string) => (a: T, b: T): number => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);

/** The month's list of examinations: those open in it, as they stood at its end. */
function examinationRows({ examinations }: Cases): string[][] {
  return MONTHS.flatMap((month) => examinations.filter((one) => monthOf(one.started) <= month && monthOf(one.finished) >= month)
    .map((one) => [month, one.team.name, one.child, day(one.aware), day(one.started), monthOf(one.finished) === month ? day(one.finished) : '']));
}

/** The month's list of measures: those running in it, as they stood at its end. */
function measureRows({ cases }: Cases): string[][] {
  return MONTHS.flatMap((month) => {
    const [first, last] = [firstDay(month), shiftDays(shiftMonths(firstDay(month), 1), -1)];
    return cases.filter((one) => one.start <= last && (one.end === null || one.end >= first))
      .map((one) => [month, one.team.name, one.child, one.type.kind, one.type.name, day(one.start), one.end === null || one.end > last ? '' : day(one.end)]);
  });
}

/** A sheet as people make them: titles above the header in line 4, a column per month, the team only on the first line of its block. */
async function budgetFile(lines: readonly BudgetLine[]): Promise<Uint8Array> {
  const months = Array.from({ length: 12 }, (_, i) => String(i + 1).padStart(2, '0'));
  const bold = (value: string) => ({ value, fontWeight: 'bold' as const });
  const amount = (value: number, places: boolean) => ({ value: places ? value : value / 100, type: Number, format: places ? '0.0' : '#,##0' });
  const post = (line: BudgetLine): string => line.places ? (line.account === PLACEMENT ? 'Pladser: anbringelser' : 'Pladser: forebyggende') : `${line.account} ${ACCOUNTS.find(({ number }) => number === line.account)?.name ?? ''}`;
  const workbook = await writeXlsxFile([
    [bold('Budget for det specialiserede børneområde (syntetiske data)')],
    [{ value: 'Korrigeret budget i kr., og de pladser (børn ad gangen) det er lagt til' }],
    [],
    ['Team', 'Post', 'År', 'Hele året', ...months].map(bold),
    ...lines.map((line, i) => [
      line.team === lines[i - 1]?.team ? null : { value: line.team.name.replace('Team ', '') },
      { value: post(line) },
      { value: line.year, type: Number, format: '0' },
      amount(line.places ? (line.months[0] ?? 0) : line.months.reduce((sum, value) => sum + value, 0), line.places),
      ...line.months.map((value) => amount(value, line.places)),
    ]),
  ], { sheet: 'Budget', stickyRowsCount: 4, columns: [12, 36, 8, 14, ...months.map(() => 12)].map((width) => ({ width })) }).toBuffer();
  return withoutClock(workbook);
}
