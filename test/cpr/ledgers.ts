import { pick, stream, whole, type Random } from '../demo/random.ts';

/** One column of an invented ledger: its headings, and what makes its cells. */
interface Kind {
  readonly headings: readonly string[];
  /** Made anew for each file, so that a running number has its own beginning. */
  readonly cells: (random: Random, rows: number) => () => string;
}

const pad = (value: number, length: number): string => String(value).padStart(length, '0');
const digits = (random: Random, length: number): string => Array.from({ length }, (_, i) => String(whole(random, i === 0 ? 1 : 0, 9))).join('');
/** Some of a few values, as accounts of suppliers are. */
const someOf = (most: number, make: (random: Random) => string) => (random: Random): (() => string) => {
  const known = Array.from({ length: whole(random, 1, most) }, () => make(random));
  return () => pick(random, known);
};
const running = (length: number, step: number, head = '') => (random: Random): (() => string) => {
  let next = Number((head + digits(random, length - head.length)).slice(0, length));
  return () => { next += whole(random, 1, step); return pad(next, length); };
};
const day = (random: Random): { d: string; m: string; y: string; yy: string } => ({ d: pad(whole(random, 1, 28), 2), m: pad(whole(random, 1, 12), 2), y: pick(random, ['2025', '2026']), yy: pick(random, ['25', '26']) });
const time = (random: Random): { h: string; i: string; s: string } => ({ h: pad(whole(random, 6, 18), 2), i: pad(whole(random, 0, 59), 2), s: pad(whole(random, 0, 59), 2) });
const each = (make: (random: Random) => string) => (random: Random): (() => string) => () => make(random);
const spread = (random: Random, low: number, high: number): number => Math.round(10 ** (low + random() * (high - low)));

/** What stands in the ledgers of a municipality and may be taken for a CPR number. */
export const KINDS: Readonly<Record<string, Kind>> = {
  'invoice numbers in sequence': { headings: ['Fakturanr', 'Faktura nr.', 'Invoice no', 'Nr'], cells: running(10, 3) },
  'invoice numbers with gaps': { headings: ['Fakturanr', 'Løbenr', 'Ref'], cells: running(10, 40_000) },
  'invoice numbers of many suppliers': { headings: ['Leverandørens fakturanr', 'Ekstern ref.', 'Bilagsref'], cells: (random) => { const lengths = [4, 5, 6, 6, 7, 8, 8, 9, 9, 10, 10, 11]; return () => digits(random, pick(random, lengths)); } },
  'invoice numbers with their year': { headings: ['Fakturanr', 'Nummer'], cells: (random) => { let next = whole(random, 1, 90_000); const year = String(whole(random, 2001, 2026)); return () => year + pad(next += whole(random, 1, 3), 6); } },
  'invoice numbers with year and month': { headings: ['Fakturanr', 'Nummer'], cells: (random, rows) => { let [next, row] = [whole(random, 1, 90_000), 0]; return () => `26${pad(1 + Math.floor(12 * row++ / (rows + 1)), 2)}${pad(next += whole(random, 1, 3), 6)}`; } },
  'project numbers': { headings: ['Projektnr', 'Projekt', 'PSP'], cells: (random) => { const head = digits(random, 4); return someOf(60, (inner) => head + digits(inner, 6))(random); } },
  'project numbers with a hyphen': { headings: ['Projekt', 'Anlægsprojekt', 'Nr'], cells: someOf(60, (random) => `${digits(random, 6)}-${digits(random, 4)}`) },
  'document numbers': { headings: ['Dokumentnr', 'Dok', 'Document'], cells: (random) => { const series = [running(10, 5)(random), running(10, 5)(random)]; return () => pick(random, series)(); } },
  'voucher numbers of ten digits': { headings: ['Bilagsnr', 'Bilag', 'Voucher'], cells: running(10, 1) },
  'voucher numbers of twelve digits': { headings: ['Bilagsnr', 'Bilag'], cells: running(12, 9) },
  'voucher numbers of a letter and ten digits': { headings: ['Bilag', 'Reference'], cells: (random) => { const next = running(10, 9)(random); return () => `F${next()}`; } },
  'EAN': { headings: ['EAN', 'EAN-nr', 'GLN'], cells: someOf(80, (random) => `5798${digits(random, 9)}`) },
  'bank accounts of ten digits': { headings: ['Kontonr', 'Bankkonto', 'Konto'], cells: someOf(200, (random) => digits(random, 10)) },
  'bank accounts with their branch': { headings: ['Bankkonto', 'Konto', 'Reg. og konto'], cells: someOf(200, (random) => `${digits(random, 4)} ${digits(random, 10)}`) },
  'bank accounts with branch and hyphen': { headings: ['Bankkonto', 'Konto'], cells: someOf(200, (random) => `${digits(random, 4)}-${digits(random, 10)}`) },
  'amounts in øre': { headings: ['Beløb i øre', 'Ore', 'Sum'], cells: each((random) => String(spread(random, 3, 9.95))) },
  'whole kroner of ten digits': { headings: ['Bevilling', 'Beløb', 'Kr'], cells: each((random) => String(spread(random, 8.2, 9.95))) },
  'whole kroner of twelve digits': { headings: ['Formue', 'Beløb', 'Saldo'], cells: each((random) => String(spread(random, 10.5, 11.99))) },
  'long decimals': { headings: ['Andel', 'Faktor', 'Vægt'], cells: each((random) => String(random())) },
  'long decimals with a comma': { headings: ['Pris', 'Kurs', 'Sats'], cells: each((random) => (random() * 10 ** whole(random, 0, 7)).toFixed(whole(random, 1, 10)).replace('.', ',')) },
  'amounts with four decimals': { headings: ['Enhedspris', 'Beløb'], cells: each((random) => (spread(random, 3, 9) / 1000).toFixed(4)) },
  'longitudes': { headings: ['Længde', 'lon', 'X'], cells: each((random) => (8 + 7 * random()).toFixed(8)) },
  'large amounts': { headings: ['Beløb', 'Kredit'], cells: each((random) => (spread(random, 3, 11.9) / 100).toFixed(2).replace('.', ',')) },
  'points in time of fourteen digits': { headings: ['Tidspunkt', 'Oprettet'], cells: each((random) => { const [{ d, m, y }, { h, i, s }] = [day(random), time(random)]; return y + m + d + h + i + s; }) },
  'points in time of twelve digits': { headings: ['Tidspunkt', 'Oprettet'], cells: each((random) => { const [{ d, m, y }, { h, i }] = [day(random), time(random)]; return y + m + d + h + i; }) },
  'points in time, day first': { headings: ['Tidspunkt', 'Oprettet'], cells: each((random) => { const [{ d, m, y }, { h, i }] = [day(random), time(random)]; return d + m + y + h + i; }) },
  'points in time with a short year': { headings: ['Tid', 'Stempel'], cells: each((random) => { const [{ d, m, yy }, { h, i }] = [day(random), time(random)]; return yy + m + d + h + i; }) },
  'telephone numbers': { headings: ['Telefon', 'Tlf'], cells: someOf(200, (random) => pick(random, ['', '+45', '0045', '45']) + pick(random, ['2', '3', '4', '8']) + digits(random, 7)) },
  'P-numbers': { headings: ['P-nummer', 'P-nr', 'Produktionsenhed'], cells: someOf(60, (random) => `10${pad(whole(random, 0, 31), 2)}${digits(random, 6)}`) },
  'CVR numbers': { headings: ['CVR', 'CVR-nr', 'Leverandør'], cells: someOf(200, (random) => digits(random, 8)) },
  'case numbers': { headings: ['Sag', 'Sagsnr', 'Journal'], cells: each((random) => `${pick(random, ['2024', '2025', '2026'])}-${digits(random, 6)}`) },
  'texts': { headings: ['Tekst', 'Bemærkning'], cells: each((random) => pick(random, ['Kørsel uge 10-12', 'Vikar 01.10.2026 - 31.10.2026', 'Husleje 3. kvartal', 'Faktura 4711 og 4712', 'Rest'])) },
};

export interface Ledger {
  readonly kinds: readonly string[];
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A ledger of 10 to 2,000 rows with three to seven columns of the kinds, of which one in five has a heading that says nothing. */
export function ledgerOf(seed: number, only: string | null = null): Ledger {
  const random = stream(seed, 'ledger', only ?? '');
  const names = Object.keys(KINDS);
  const kinds = only !== null ? [only] : Array.from({ length: whole(random, 3, 7) }, () => pick(random, names));
  const count = Math.round(10 * 200 ** random());
  const columns = kinds.map((name) => (KINDS[name] as Kind).cells(random, count));
  const headings = kinds.map((name, i) => (random() < 0.2 ? `Felt${i + 1}` : `${pick(random, (KINDS[name] as Kind).headings)}${i === 0 ? '' : ` ${i + 1}`}`));
  const rows = Array.from({ length: count }, () => columns.map((next) => next()));
  return { kinds, headings, rows };
}

const WEIGHTS = [4, 3, 2, 7, 6, 5, 4, 3, 2];

/** Ten digits as CPR numbers have been given to somebody invented: a day of 1920 to 2026, the century's digit, and modulus 11. */
export function inventedNumber(random: Random): string {
  for (;;) {
    const year = whole(random, 1920, 2026);
    const head = pad(whole(random, 1, 28), 2) + pad(whole(random, 1, 12), 2) + pad(year % 100, 2);
    const serial = (year < 2000 ? pick(random, ['0', '1', '2', '3']) : pick(random, year < 2037 ? ['4', '5', '6', '7', '8', '9'] : ['5', '6'])) + pad(whole(random, 0, 99), 2);
    const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number((head + serial).charAt(i)), 0);
    const check = (11 - sum % 11) % 11;
    if (check < 10) return head + serial + String(check);
  }
}
