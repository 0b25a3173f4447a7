import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import readXlsxFile from 'read-excel-file/node';

/** The files read back as plainly as can be, without the generator's code, so that figures of the product can be checked against them. */
export interface Data {
  readonly ledger: readonly { readonly month: string; readonly date: string; readonly district: string; readonly account: string; readonly kind: string; readonly ore: number }[];
  readonly visits: readonly { readonly month: string; readonly date: string; readonly district: string; readonly citizen: string; readonly employee: string; readonly service: string; readonly allocated: number; readonly delivered: number }[];
  readonly absence: readonly { readonly month: string; readonly district: string; readonly group: string; readonly possible: number; readonly absent: number }[];
}

/** Key figures of some districts over some months. Money in kr., time in hours, shares in percent. */
export interface Figures {
  readonly spend: number;
  readonly budget: number;
  readonly original: number;
  readonly allocated: number;
  readonly delivered: number;
  readonly citizens: number;
  readonly helpersPerCitizen: number;
  readonly costPerHour: number;
  readonly deliveryPct: number;
  readonly spendPct: number;
  readonly sicknessPct: number;
  readonly tempPct: number;
}

export const DISTRICTS = ['Nord', 'Nordvest', 'Vest', 'Sydvest', 'Syd', 'Øst', 'Centrum'] as const;

const iso = (danish: string): string => danish.split('-').reverse().join('-');
const linesOf = (text: string): string[][] => text.replace(/^\uFEFF/, '').split('\r\n').slice(1, -1).map((line) => line.split(';'));

export async function readData(directory: string): Promise<Data> {
  const text = (name: string): Promise<string> => readFile(join(directory, name), 'utf8');
  const ledger = linesOf(await text('posteringer.csv')).map(([, date = '', district = '', account = '', , kind = '', amount = '']) =>
    ({ date: iso(date), month: iso(date).slice(0, 7), district, account, kind, ore: Number(amount.replace(',', '')) }));
  const visits = linesOf(await text('besoeg.csv')).map(([date = '', district = '', citizen = '', employee = '', service = '', allocated = '', delivered = '']) =>
    ({ date: iso(date), month: iso(date).slice(0, 7), district, citizen, employee, service, allocated: Number(allocated), delivered: Number(delivered) }));
  const [sheet] = await readXlsxFile(join(directory, 'fravaer.xlsx'));
  let block = '';
  const absence = (sheet?.data ?? []).slice(4).map(([district, month, group, possible, short, long]) => {
    block = district === null || district === undefined ? block : String(district);
    if (!(month instanceof Date)) throw new Error('fravaer.xlsx: a month is no date');
    return { month: month.toISOString().slice(0, 7), district: block, group: String(group), possible: Number(possible), absent: Number(short) + Number(long) };
  });
  return { ledger, visits, absence };
}

const total = <T>(rows: readonly T[], of: (row: T) => number): number => rows.reduce((sum, row) => sum + of(row), 0);

/** `district` null: the whole area. `from` and `to` are months, both included. */
export function figures(data: Data, district: string | null, from: string, to = from): Figures {
  const inside = (row: { month: string; district: string }): boolean => row.month >= from && row.month <= to && (district === null || row.district === district);
  const ledger = data.ledger.filter(inside);
  const visits = data.visits.filter(inside);
  const absence = data.absence.filter(inside);
  const money = (kind: string, ...accounts: string[]): number => total(ledger.filter((row) => row.kind === kind && (accounts.length === 0 || accounts.includes(row.account))), (row) => row.ore) / 100;
  const spend = money('Forbrug');
  const budget = money('Budget');
  const allocated = total(visits, (row) => row.allocated) / 60;
  const delivered = total(visits, (row) => row.delivered) / 60;
  const met = visits.filter((row) => row.delivered > 0);
  const citizens = new Set(met.map((row) => row.citizen)).size;
  return {
    spend,
    budget,
    original: money('Oprindeligt budget'),
    allocated,
    delivered,
    citizens,
    helpersPerCitizen: new Set(met.map((row) => `${row.citizen} ${row.employee}`)).size / citizens,
    costPerHour: spend / delivered,
    deliveryPct: (delivered / allocated) * 100,
    spendPct: (spend / budget) * 100,
    sicknessPct: (total(absence, (row) => row.absent) / total(absence, (row) => row.possible)) * 100,
    tempPct: (money('Forbrug', '1020') / money('Forbrug', '1010', '1020')) * 100,
  };
}

/** `figures` of some data, each computed once. */
export function remembered(data: Data): (district: string | null, from: string, to?: string) => Figures {
  const known = new Map<string, Figures>();
  return (district, from, to = from) => {
    const key = `${district} ${from} ${to}`;
    const found = known.get(key) ?? figures(data, district, from, to);
    known.set(key, found);
    return found;
  };
}
