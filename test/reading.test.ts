import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync, strToU8 } from 'fflate';
import { checkPack } from '../src/app/packs.ts';
import { ServiceError } from '../src/errors.ts';
import { readPackFolders } from '../src/io/packs/read.ts';
import { openParser } from '../src/io/warehouse/parser.ts';
import { openReaders, type Readers } from '../src/reading.ts';
import { bench, column, files, source, type Bench } from './io/load/sample.ts';

let at: Bench;
const open: Readers[] = [];
const readers = (limits: Partial<Parameters<typeof openReaders>[0]> = {}): Readers => {
  const made = openReaders({ memoryMb: 256, ...limits });
  open.push(made);
  return made;
};
beforeEach(async () => { at = await bench(); });
afterEach(async () => {
  for (const one of open.splice(0)) one.close();
  await at.clear();
});

const HEADER = 'day;unit;amount\n';
const refusal = (load: Promise<unknown>): Promise<string> => load.then(() => 'nothing was refused', (error: unknown) => {
  if (!(error instanceof ServiceError)) throw error;
  return error.message;
});
const worksheet = (rows: string): Uint8Array => zipSync({
  '[Content_Types].xml': strToU8('<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'),
  'xl/workbook.xml': strToU8('<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>'),
  'xl/_rels/workbook.xml.rels': strToU8('<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'),
  'xl/worksheets/sheet1.xml': strToU8(`<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${rows}</sheetData></worksheet>`),
});
const cell = (place: string, text: string): string => `<c r="${place}" t="inlineStr"><is><t>${text}</t></is></c>`;

describe('a file that could end the service', () => {
  it('JSON nested 50,000 deep is refused with the line and what to do, and the next load goes on', async () => {
    const path = await at.put('data.json', `[{"day": "2026-01-01", "unit": "nord",\n"amount": ${'['.repeat(50_000)}1${']'.repeat(50_000)}}]`);
    const reading = readers();
    const json = source({ files: [files('data.json', { format: 'json' })] });
    expect(await refusal(reading.load(at.input(json), false))).toMatch(/data\.json: Line 2: brackets stand within each other more than 64 times.* Write it as a list of rows/);
    await writeFile(path, '[{"day": "2026-01-01", "unit": "nord", "amount": 12.5, "note": "[[[[ \\" [[["}]');
    expect(await reading.load(at.input(json), false)).toMatchObject({ rows: 1, firstDate: '2026-01-01' });
  });

  it('a worksheet with one cell at its far corner is refused before it is laid out, one with a far column is read', async () => {
    const rows = `<row r="1">${cell('A1', 'day')}${cell('B1', 'unit')}${cell('C1', 'amount')}</row><row r="2">${cell('A2', '2026-01-01')}${cell('B2', 'nord')}${cell('C2', '7')}`;
    const path = join(at.dir, 'pack', 'data.xlsx');
    await at.put('data.xlsx', '');
    await writeFile(path, worksheet(`${rows}</row><row r="1048576">${cell('XFD1048576', 'x')}</row>`));
    const xlsx = source({ files: [files('data.xlsx', { format: 'xlsx' })], columns: [column('day', 'date'), column('unit'), column('amount', 'integer')] });
    const reading = readers();
    expect(await refusal(reading.load(at.input(xlsx), false))).toMatch(/data\.xlsx: A worksheet reaches to XFD1048576: .* at most 20,000,000 are read.*delete the empty rows below/);
    await writeFile(path, worksheet(`${rows}${cell('XFD2', '')}</row>`));
    expect(await reading.load(at.input(xlsx), false)).toMatchObject({ rows: 1, rejected: 0 });
  });

  it('CSV of more columns than a worksheet has is refused with their number', async () => {
    await at.put('data.csv', `${HEADER}${';'.repeat(20_000)}\n`);
    expect(await refusal(readers().load(at.input(source()), false))).toMatch(/data\.csv: A line has 20001 fields, and at most 16384 columns are read/);
  });

  it('a load that takes too much memory or gives no sign of life fails, the last good one stays, and it is set aside over a restart until the file changes', async () => {
    await at.put('data.csv', `${HEADER}2026-01-01;nord;1\n`);
    const good = await readers().load(at.input(source()), false);
    for (const limits of [{ heapMb: 8 }, { stillMs: 1 }]) {
      await at.put('data.csv', `${HEADER}2026-01-01;nord;2${'0'.repeat(Object.keys(limits).length)}\n2026-01-02;nord;1\n`);
      const first = await refusal(readers(limits).load(at.input(source()), false));
      expect(first).toMatch('heapMb' in limits ? /was ended: it took more than 8 MB of memory\. .* not read again until it changes; the last good load stays in service\. Save the file in several/ : /was ended: it gave no sign of life/);
      // Not tried again: no process comes about.
      const again = readers(limits);
      expect(await refusal(again.load(at.input(source()), false))).toBe(first);
      expect(await readdir(join(at.dir, 'facts'))).toContain(good.file.split('/').at(-1));
      expect((await readdir(join(at.dir, 'facts'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    }
    await at.put('data.csv', `${HEADER}2026-01-01;nord;4\n2026-01-02;nord;1\n2026-01-03;nord;1\n`);
    expect(await readers().load(at.input(source()), false)).toMatchObject({ rows: 3 });
  });

  it('what is wrong with a file is told in the words of the load itself', async () => {
    await at.put('data.csv', 'day;unit\n2026-01-01;nord\n');
    expect(await refusal(readers().load(at.input(source()), false))).toMatch(/^source care: data\.csv: .*There is no column 'amount'/);
  });
});

describe('a fault of the house', () => {
  it('is told as one, with the place and what to do, and is no fault of the file', async () => {
    await at.put('data.csv', `${HEADER}2026-01-01;nord;1\n`);
    await writeFile(join(at.dir, 'scratch'), 'a file where the folder should be');
    const error: unknown = await readers().load(at.input(source()), false).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'ServiceError', ours: true });
    expect((error as Error).message).toMatch(/^source care: .*scratch.* Put it back; 'overblik doctor' looks at the folders\. Until then the last good load stays/);
    await at.put('data.csv', 'day;unit\n2026-01-01;nord\n');
    await rm(join(at.dir, 'scratch'));
    expect(await readers().load(at.input(source()), false).catch((caught: unknown) => caught)).toMatchObject({ ours: false });
  });
});

describe('a pack checked in a process of its own', () => {
  it('is the same pack, and its mistakes are the same', async () => {
    const { folders } = await readPackFolders(['digests']);
    const parser = await openParser();
    const reading = readers();
    try {
      for (const folder of folders) expect(await reading.check(folder, {})).toEqual(await checkPack(folder, parser, {}));
      const [folder] = folders;
      if (folder === undefined) throw new Error('no pack');
      const wrong = { ...folder, files: folder.files.map(({ path, text }) => ({ path, text: text.replaceAll('sum(', 'sum((') })) };
      const told = (check: Promise<unknown>): Promise<unknown> => check.catch((error: unknown) => (error as Error).message);
      expect(await told(reading.check(wrong, {}))).toEqual(await told(checkPack(wrong, parser, {})));
    } finally {
      await parser.close();
    }
  });
});
