import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import readXlsxFile from 'read-excel-file/node';

/** The files of the children's pack read back as plainly as can be, without the product and without the generator. Teams by their short name, days as `YYYY-MM-DD`, no day as ''. */
export interface Data {
  readonly notifications: readonly { readonly received: string; readonly team: string; readonly child: string; readonly notifier: string; readonly assessed: string }[];
  readonly examinations: readonly { readonly month: string; readonly team: string; readonly child: string; readonly aware: string; readonly started: string; readonly finished: string }[];
  readonly measures: readonly { readonly month: string; readonly team: string; readonly child: string; readonly kind: string; readonly type: string; readonly start: string; readonly end: string }[];
  readonly followUps: readonly { readonly team: string; readonly child: string; readonly first: boolean; readonly start: string; readonly examined: string; readonly agreed: string; readonly held: string }[];
  readonly ledger: readonly { readonly date: string; readonly team: string; readonly account: string; readonly ore: number }[];
  readonly commitments: readonly { readonly day: string; readonly team: string; readonly child: string; readonly account: string; readonly ore: number }[];
  readonly budget: readonly { readonly team: string; readonly post: string; readonly year: number; readonly whole: number; readonly months: readonly number[] }[];
}

export const TEAMS = ['Havnen', 'Fjorden', 'Stranden', 'Skoven', 'Engen', 'Bakken', 'Ungdom', 'Handicap'] as const;
export const SECTIONS: Readonly<Record<string, readonly string[]>> = { Kysten: TEAMS.slice(0, 3), Oplandet: TEAMS.slice(3, 6), Åsen: TEAMS.slice(6) };
const CODES: Readonly<Record<string, string>> = { 5211: 'Havnen', 5212: 'Fjorden', 5213: 'Stranden', 5221: 'Skoven', 5222: 'Engen', 5223: 'Bakken', 5231: 'Ungdom', 5232: 'Handicap' };

const iso = (danish = ''): string => danish.split(' ').map((part) => part.split('-').reverse().join('-')).join(' ');
const linesOf = (text: string): string[][] => text.replace(/^\uFEFF/, '').split('\r\n').slice(1, -1).map((line) => line.split(';'));
const short = (team = ''): string => team.replace('Team ', '');
const ore = (amount = ''): number => Math.round(Number(amount.replaceAll('.', '').replace(',', '.')) * 100);

export async function readChildren(directory: string): Promise<Data> {
  const rows = async (name: string, encoding: 'utf8' | 'latin1' = 'utf8'): Promise<string[][]> => linesOf(await readFile(join(directory, name), encoding));
  const [sheet] = await readXlsxFile(join(directory, 'budget.xlsx'));
  let block = '';
  return {
    notifications: (await rows('underretninger.csv')).map(([received, team, child = '', notifier = '', assessed]) => ({ received: iso(received), team: short(team), child, notifier, assessed: iso(assessed) })),
    examinations: (await rows('undersoegelser.csv')).map(([month = '', team, child = '', aware, started, finished]) => ({ month, team: short(team), child, aware: iso(aware), started: iso(started), finished: iso(finished) })),
    measures: (await rows('indsatser.csv')).map(([month = '', team, child = '', kind = '', type = '', start, end]) => ({ month, team: short(team), child, kind, type, start: iso(start), end: iso(end) })),
    followUps: (await rows('opfoelgninger.csv')).map(([team, child = '', sort, start, examined, agreed, held]) => ({ team: short(team), child, first: sort === 'Første', start: iso(start), examined: iso(examined), agreed: iso(agreed), held: iso(held) })),
    ledger: (await rows('posteringer.csv', 'latin1')).map(([, date, code = '', account = '', , amount]) => ({ date: iso(date), team: CODES[code] ?? code, account, ore: ore(amount) })),
    commitments: (await rows('disponeringer.csv')).map(([day, code = '', child = '', account = '', amount]) => ({ day: iso(day), team: CODES[code] ?? code, child, account, ore: ore(amount) })),
    budget: (sheet?.data ?? []).slice(4).map((cells) => {
      block = cells[0] === null || cells[0] === undefined ? block : String(cells[0]);
      return { team: block, post: String(cells[1]), year: Number(cells[2]), whole: Number(cells[3]), months: cells.slice(4, 16).map(Number) };
    }),
  };
}

/** Figures of some teams over some months, by the ids of the pack's measures. Money in kr., shares in percent; NaN where nothing was due. */
export type Figures = Readonly<Record<string, number>>;

const DAY_MS = 86_400_000;
const lastDay = (month: string): string => new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).toISOString().slice(0, 10);
const daysOfYear = (year: number): number => ((year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 366 : 365);

/** The same day so many months later; the month's last day where it has no such day. */
function monthsLater(day: string, months: number): string {
  const first = new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1 + months, 1)).toISOString().slice(0, 7);
  const same = `${first}-${day.slice(8)}`;
  return same < lastDay(first) ? same : lastDay(first);
}

/** `teams` null: the centre. `from` and `to` are months, both included. */
export function figures(data: Data, teams: readonly string[] | null, from: string, to = from): Figures {
  const own = <T extends { readonly team: string }>(rows: readonly T[]): T[] => rows.filter((row) => teams === null || teams.includes(row.team));
  const within = (day: string): boolean => day.slice(0, 7) >= from && day.slice(0, 7) <= to;
  const sum = <T>(rows: readonly T[], of: (row: T) => number): number => rows.reduce((all, row) => all + of(row), 0);
  const many = (rows: readonly { readonly child: string }[]): number => new Set(rows.map(({ child }) => child)).size;
  const share = (part: number, whole: number): number => (part / whole) * 100;

  const notifications = own(data.notifications).filter((row) => within(row.received));
  const in24 = notifications.filter((row) => row.assessed !== '' && Date.parse(`${row.assessed.replace(' ', 'T')}Z`) - Date.parse(`${row.received.replace(' ', 'T')}Z`) <= DAY_MS);
  const finished = own(data.examinations).filter((row) => row.finished !== '' && within(row.finished));
  const examined = finished.filter((row) => row.finished <= monthsLater(row.aware, 4));
  const open = own(data.examinations).filter((row) => row.month === to && row.finished === '');
  const due = own(data.followUps).map((row) => ({ ...row, due: !row.first ? row.agreed : row.examined !== '' && row.examined < monthsLater(row.start, 3) ? row.examined : monthsLater(row.start, 3) })).filter((row) => within(row.due));
  const timely = due.filter((row) => row.held !== '' && row.held <= row.due);
  const listed = own(data.measures).filter((row) => row.month >= from && row.month <= to);

  // Whole-year persons day by day from the measures themselves, each once, not from the lists of the months.
  const cases = new Map<string, { kind: string; start: string; end: string }>();
  for (const row of own(data.measures)) {
    const key = [row.team, row.child, row.kind, row.type, row.start].join('|');
    cases.set(key, { kind: row.kind, start: row.start, end: row.end !== '' ? row.end : (cases.get(key)?.end ?? '') });
  }
  const wholeYear = (kind: string): number => {
    let days = 0;
    for (let at = Date.parse(`${from}-01T00:00:00Z`); at <= Date.parse(`${lastDay(to)}T00:00:00Z`); at += DAY_MS) {
      const day = new Date(at).toISOString().slice(0, 10);
      const there = [...cases.values()].filter((one) => one.kind === kind && one.start <= day && (one.end === '' || one.end >= day)).length;
      days += there / daysOfYear(Number(day.slice(0, 4)));
    }
    return days;
  };
  const spend = (which: (account: string) => boolean): number => sum(own(data.ledger).filter((row) => within(row.date) && which(row.account)), (row) => row.ore) / 100;
  const budgeted = (which: (post: string) => boolean, of: (value: number, year: number, month: number) => number): number =>
    sum(own(data.budget).filter((row) => which(row.post)), (row) => row.months.reduce((all, value, i) => all + (within(`${row.year}-${String(i + 1).padStart(2, '0')}`) ? of(value, row.year, i + 1) : 0), 0));
  const money = (value: number): number => value;
  const places = (value: number, year: number, month: number): number => (value * Number(lastDay(`${year}-${String(month).padStart(2, '0')}`).slice(8))) / daysOfYear(year);
  const isPlacement = (account: string): boolean => !account.startsWith('5.28.21');

  const helaarsanbragte = wholeYear('Anbringelse');
  const helaar_forebyggende = wholeYear('Forebyggende');
  const forbrug = spend(() => true);
  const forbrug_anbringelser = spend(isPlacement);
  const forbrug_forebyggende = spend((account) => !isPlacement(account));
  const budget = budgeted((post) => post.startsWith('5.28'), money);
  const disponeret = sum(own(data.commitments).filter((row) => row.day.startsWith(to)), (row) => row.ore) / 100;
  const aarsbudget = sum(own(data.budget).filter((row) => row.year === Number(to.slice(0, 4)) && row.post.startsWith('5.28')), (row) => row.whole);
  return {
    forbrug, budget, forbrug_anbringelser, forbrug_forebyggende, helaarsanbragte, helaar_forebyggende, disponeret, aarsbudget,
    forbrugsprocent: share(forbrug, budget),
    budget_anbringelser: budgeted((post) => post.startsWith('5.28') && isPlacement(post), money),
    budget_forebyggende: budgeted((post) => post.startsWith('5.28.21'), money),
    budget_helaarsanbragte: budgeted((post) => post === 'Pladser: anbringelser', places),
    budget_helaar_forebyggende: budgeted((post) => post === 'Pladser: forebyggende', places),
    disponeringsprocent: share(disponeret, aarsbudget),
    pris_helaarsanbragt: forbrug_anbringelser / helaarsanbragte,
    pris_forebyggende: forbrug_forebyggende / helaar_forebyggende,
    anbragte: listed.filter((row) => row.month === to && row.kind === 'Anbringelse' && row.end === '').length,
    boern_anbragt: many(listed.filter((row) => row.kind === 'Anbringelse')),
    boern_forebyggende: many(listed.filter((row) => row.kind === 'Forebyggende')),
    boern_disponeret: many(own(data.commitments).filter((row) => within(row.day))),
    underretninger: notifications.length,
    boern_underretning: many(notifications),
    vurderet_i_tide: in24.length,
    vurderet_24: share(in24.length, notifications.length),
    undersoegelser: finished.length,
    undersoegelser_i_tide: examined.length,
    undersoegelser_4_mdr: share(examined.length, finished.length),
    undersoegelser_aabne: open.length,
    undersoegelser_over: open.filter((row) => monthsLater(row.aware, 4) < lastDay(to)).length,
    opfoelgninger: due.length,
    opfoelgninger_i_tide: timely.length,
    opfoelgning: share(timely.length, due.length),
    foerste_opfoelgninger: due.filter((row) => row.first).length,
    foerste_i_tide: timely.filter((row) => row.first).length,
    foerste_opfoelgning: share(timely.filter((row) => row.first).length, due.filter((row) => row.first).length),
  };
}

/** Key figures per team and for the centre as lines of a Markdown table, for the README of the data; months included. */
export function table(data: Data, from: string, to: string): string[] {
  const head = ['', 'Spend kr.', 'Budget kr.', 'Committed kr.', 'Whole-year placed', 'Kr. per whole-year placed', 'Children placed', 'Notifications', 'Within 24 h %', 'Examined', 'Within 4 months %', 'Over 4 months', 'First follow-up %'];
  const shown = (value: number, decimals: number): string => (Number.isFinite(value) ? value.toFixed(decimals) : '–');
  const rows = [...TEAMS, null].map((team) => {
    const f = figures(data, team === null ? null : [team], from, to);
    return [team ?? 'The centre', shown(f['forbrug'] ?? NaN, 2), shown(f['budget'] ?? NaN, 2), shown(f['disponeret'] ?? NaN, 2), shown(f['helaarsanbragte'] ?? NaN, 3), shown(f['pris_helaarsanbragt'] ?? NaN, 0), String(f['boern_anbragt']),
      String(f['underretninger']), shown(f['vurderet_24'] ?? NaN, 1), String(f['undersoegelser']), shown(f['undersoegelser_4_mdr'] ?? NaN, 1), String(f['undersoegelser_over']), shown(f['foerste_opfoelgning'] ?? NaN, 1)];
  });
  return [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
