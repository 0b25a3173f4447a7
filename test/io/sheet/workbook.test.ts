import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import readXlsxFile from 'read-excel-file/node';
import { writeWorkbook } from '../../../src/io/sheet/workbook.ts';
import type { Worksheet } from '../../../src/card/sheet.ts';

const SHEETS: Worksheet[] = [
  { name: 'Hjemmepleje', rows: [['Enhed', 'Periode', 'Forbrug (kr.)'], ['Nord', { day: '2026-10-01', format: 'mmmm yyyy' }, { value: 824847.11, format: '#,##0.00' }], ['Syd', { day: '2026-01-01', format: 'mmmm yyyy' }, '<5']] },
  { name: 'Om tallene', rows: [['Om tallene'], ["'=HYPERLINK(1)"]] },
];
const office = (() => { try { execFileSync('soffice', ['--version'], { stdio: 'ignore' }); return true; } catch { return false; } })();

describe('a workbook', () => {
  it('holds months as dates, amounts as numbers and text as text', async () => {
    const [first] = await readXlsxFile(Buffer.from(await writeWorkbook(SHEETS)));
    expect(first?.data[1]).toEqual(['Nord', new Date('2026-10-01T00:00:00Z'), 824847.11]);
    expect(first?.data[2]?.[2]).toBe('<5');
  });

  (office ? it : it.skip)('opens in LibreOffice, which sees dates and numbers there (skipped without LibreOffice)', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'workbook-'));
    try {
      writeFileSync(join(dir, 'a.xlsx'), await writeWorkbook(SHEETS));
      execFileSync('soffice', ['--headless', `-env:UserInstallation=file://${dir}/profile`, '--convert-to', 'fods', '--outdir', dir, join(dir, 'a.xlsx')], { stdio: 'ignore' });
      const read = readFileSync(join(dir, 'a.fods'), 'utf8');
      expect(read).toMatch(/office:value-type="date" office:date-value="2026-10-01"/);
      expect(read).toMatch(/office:value-type="float" office:value="824847.11"/);
      expect(read).toContain('>October 2026<');
      expect(read).not.toContain('table:formula');
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }, 120_000);
});
