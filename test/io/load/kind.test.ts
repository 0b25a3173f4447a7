import { loadSource } from '../../../src/io/load/load.ts';
import { bench, column, files, source, type Bench } from './sample.ts';

let at: Bench;
beforeEach(async () => { at = await bench(); });
afterEach(() => at.clear());

const CSV = 'day;unit;amount\n2026-01-01;nord;1,50\n';
const refusal = async (name: string, content: string | Buffer, format: 'csv' | 'xlsx' | 'parquet' = 'csv'): Promise<string> => {
  await at.put(name, content);
  return loadSource(at.input(source({ files: [files(name, { format })] }))).then(() => 'loaded', (error: unknown) => (error as Error).message);
};

describe('a file of another kind than its name or its pack says', () => {
  it.each<[string, string, string | Buffer, 'csv' | 'xlsx' | 'parquet', RegExp]>([
    ['an old Excel file called .xlsx', 'a.xlsx', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'xlsx', /old Excel file \(\.xls\), or one with a password.*save it as \.xlsx/],
    ['an OpenDocument file called .xlsx', 'a.xlsx', 'PK\u0003\u0004mimetypeapplication/vnd.oasis.opendocument.spreadsheet', 'xlsx', /OpenDocument file \(\.ods\)/],
    ['a web page called .xls', 'a.xls', '<html><body><table><tr><td>1</td></tr></table></body></html>', 'csv', /web page \(HTML\).*save it as \.xlsx/],
    ['XML', 'a.csv', '<?xml version="1.0"?><rows/>', 'csv', /XML, which is not read yet/],
    ['a workbook read as text', 'a.csv', 'PK\u0003\u0004[Content_Types].xml', 'csv', /format: xlsx/],
    ['text called .xlsx', 'a.xlsx', CSV, 'xlsx', /no \.xlsx file.*format: csv/],
    ['text called .parquet', 'a.parquet', CSV, 'parquet', /no Parquet file/],
  ])('%s is named as what it is, with what to do', async (_name, file, content, format, says) => { expect(await refusal(file, content, format)).toMatch(says); });
});

describe('lines above the header', () => {
  it.each(['sep=;\r\n', 'sep=;\n', '\ufeffsep=;\n'])('of Excel itself (%j) say the delimiter and are no header', async (first) => {
    await at.put('data.csv', `${first}${CSV}`);
    expect(await loadSource(at.input(source()))).toMatchObject({ rows: 1, rejected: 0, files: [{ delimiter: ';' }] });
  });

  it('that are titles are told by the line in which the header stands', async () => {
    expect(await refusal('data.csv', `Prisme udtraek 23-11-2026\n\nKonto alle\n${CSV}`)).toMatch(/The columns stand in line 4: write header_row: 4 in the pack\./);
  });
});

describe('a point in time with an offset', () => {
  it('belongs to the day it was by the clocks of the pack, and one without to the day it says', async () => {
    const times = ['2026-10-01T00:00:00+02:00', '2026-09-30T22:30:00Z', '2026-10-31T23:30:00Z', '2026-10-31T10:00:00', '2026-10-31 23:59:59'];
    for (const type of ['timestamp', 'date'] as const) {
      await at.put('data.csv', `day;unit;amount\n${times.map((time) => `${time};nord;1\n`).join('')}`);
      const report = await loadSource(at.input(source({ columns: [column('day', type), column('unit'), column('amount', 'decimal')] }), { anew: true }));
      expect((await at.rows(report, 'select _date::varchar as day from facts order by 1')).map(({ day }) => day)).toEqual(['2026-10-01', '2026-10-01', '2026-10-31', '2026-10-31', '2026-11-01']);
    }
  });
});
