import fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { holdsPersonalNumber } from '../../../src/access/personal-number.ts';
import { visitRecords } from '../../../src/io/load/records.ts';
import { mayHold } from '../../../src/io/load/suspects.ts';
import { BROKEN, SPELLINGS } from '../../access/spellings.ts';

describe('what a load looks at for CPR numbers', () => {
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;
  let dir: string;
  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:');
    connection = await instance.connect();
    dir = await mkdtemp(join(tmpdir(), 'overblik-suspects-'));
  });
  afterAll(async () => {
    connection.closeSync();
    instance.closeSync();
    await rm(dir, { recursive: true, force: true });
  });

  /** The texts the engine leaves out. */
  const passedOver = async (texts: readonly string[]): Promise<string[]> => {
    await connection.run('create or replace table cells as select unnest(from_json($1::json, \'["varchar"]\')) as v', [JSON.stringify(texts)]);
    return (await connection.runAndReadAll(`select v from cells where not coalesce(${mayHold('v')}, false)`)).getRowsJS().map(([v]) => String(v));
  };
  /** The texts the reading of a CSV file leaves out. */
  const leftOut = async (texts: readonly string[]): Promise<string[]> => {
    const path = join(dir, 'cells.csv');
    await writeFile(path, texts.map((text) => `"${text.replaceAll('"', '""')}"\n`).join(''));
    const left: string[] = [];
    let at = 0;
    await visitRecords(path, ';', 0, (record) => {
      if (record.suspects.length === 0) left.push(texts[at] ?? '');
      at++;
    });
    expect(at).toBe(texts.length);
    return left;
  };

  it('is every spelling, alone and within a text', async () => {
    const texts = [...SPELLINGS, ...BROKEN].flatMap((text) => [text, `sag ${text}, x`, `Æ${text}æ`]);
    expect(texts.filter((text) => !holdsPersonalNumber(text))).toEqual([]);
    expect(await passedOver(texts)).toEqual([]);
    expect(await leftOut(texts)).toEqual([]);
  });

  it.each(['"1/1/90-1234', '1/1/90-1234"', '"1/1/90-1234"', '1/1/90-1234'])('is %s, whichever quotes the last field of a file has', async (field) => {
    const path = join(dir, 'last.csv');
    await writeFile(path, field);
    const suspects: number[][] = [];
    await visitRecords(path, ';', 0, (record) => { suspects.push(record.suspects); });
    expect(suspects).toEqual([[0]]);
  });

  it('is whatever the rule finds, however it is put together', async () => {
    const day = fc.constantFrom('1', '01', '31', '61', '9', '20');
    const month = fc.constantFrom('1', '01', '12', '9', '11');
    const year = fc.constantFrom('90', '1990', '26', '2026', '19');
    const serial = fc.constantFrom('1234', '4567', '12 34', '1030', '0');
    const sign = fc.constantFrom('', '', '-', '.', '/', ' ', ' - ', '\u0001', '&nbsp;', '%2F', '%2D', '\u2013', '\u200b', '\u00d7', '\u00df', '\u0661', '\\u002d', '_', '\t', '"');
    const around = fc.constantFrom('', 'x', 'æ', ' ', '17, ', '.');
    const written = fc.tuple(around, day, sign, month, sign, year, sign, serial, around).map((parts) => parts.join(''));
    const texts = fc.sample(written, 60_000).filter((text) => holdsPersonalNumber(text));
    expect(texts.length).toBeGreaterThan(5_000);
    expect(await passedOver(texts)).toEqual([]);
    expect(await leftOut(texts)).toEqual([]);
  });

  it('is no day, time or amount as most cells hold them, so that the rule is asked of few', async () => {
    const cells = ['2026-10-01', '01-10-2026', '1/10/2026', '1.234.567,89', '12345678', '1012.5', 'Hjemmepleje Nord', '4711'];
    expect(await passedOver(cells)).toEqual(cells);
    expect(await leftOut(['2026-10-01', '01-10-2026', '12345678', '123456,78'])).toHaveLength(4);
  });
});
