import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPack } from '../../src/app/packs.ts';
import { recordVouched } from '../../src/app/vouched.ts';
import { DefinitionError } from '../../src/errors.ts';
import { loadSource } from '../../src/io/load/load.ts';
import { openStore } from '../../src/io/store/store.ts';
import { openParser } from '../../src/io/warehouse/parser.ts';
import type { Pack } from '../../src/pack/model.ts';
import type { Store } from '../../src/ports.ts';
import { PACK_YAML } from '../query/facts.ts';
import { bench, column, source, type Bench } from '../io/load/sample.ts';
import { silent } from './delivering.ts';

const dir = mkdtempSync(join(tmpdir(), 'overblik-vouched-'));
let store: Store;
let at: Bench;
beforeAll(async () => {
  store = await openStore({ databaseUrl: null, dir, log: silent });
  at = await bench();
});
afterAll(async () => {
  await store.close();
  await at.clear();
  await rm(dir, { recursive: true, force: true });
});

async function packWith(noCpr: string | null): Promise<Pack> {
  const parser = await openParser();
  try {
    const text = noCpr === null ? PACK_YAML : PACK_YAML.replace('who: text', `who: {type: text, no_cpr: ${noCpr}}`);
    return await checkPack({ id: 'p', dir: '.', files: [{ path: 'pack.yaml', text }] }, parser, {});
  } finally {
    await parser.close();
  }
}
const audited = async (): Promise<unknown[]> => (await store.query<{ detail: { source: string; columns: unknown } }>("select detail from audit where action = 'vouched-no-cpr' order by id")).map(({ detail }) => [detail.source, detail.columns]);
const DAY = new Date('2026-11-06T07:00:00Z');

describe('a column that the pack vouches for', () => {
  it('needs a reason that says which numbers it holds', async () => {
    const told = (noCpr: string): Promise<unknown> => packWith(noCpr).then(() => 'accepted', (error: unknown) => (error instanceof DefinitionError ? error.faults.map(({ message, hint }) => `${message} ${hint}`) : error));
    expect(await told('true')).toEqual([expect.stringMatching(/no_cpr is the reason, in words\. Say which numbers the column holds/)]);
    expect(await told('"12345678"')).toEqual([expect.stringMatching(/The reason says too little\. Say which numbers/)]);
    expect(await told('"voucher numbers of the ledger"')).toBe('accepted');
  });

  it('stands in the audit with its reason: once, again when the reason changes, and when nothing is vouched for any more', async () => {
    const vouched = await packWith('"voucher numbers of the ledger"');
    for (const pack of [await packWith(null), vouched, vouched, await packWith('"case numbers of the archive"'), await packWith(null), await packWith(null)]) await recordVouched(store, [pack], DAY);
    expect(await audited()).toEqual([
      ['s', [{ column: 'who', reason: 'voucher numbers of the ledger' }]],
      ['s', [{ column: 'who', reason: 'case numbers of the archive' }]],
      ['s', []],
    ]);
  });

  it('is loaded, with the reason in the report and no value; the same file is refused where nobody vouches', async () => {
    // Numbers of ten digits that begin with a day, here and there with the check digit of a CPR number.
    const numbers = ['0101010007', '1502030012', '2811990045'];
    await at.put('data.csv', ['day;unit;amount;ref', ...numbers.map((number, i) => `2026-01-0${i + 1};nord;1;${number}`), ''].join('\n'));
    const columns = (noCpr: string | null): ReturnType<typeof column>[] => [column('day', 'date'), column('unit'), column('amount', 'decimal'), column('ref', 'text', { noCpr })];
    await expect(loadSource(at.input(source({ columns: columns(null) })))).rejects.toThrow(/'ref'.*looks like a CPR number.*no_cpr:/);
    const report = await loadSource(at.input(source({ columns: columns('voucher numbers of the ledger') })));
    expect(report.remarks).toEqual([{ file: 'data.csv', text: expect.stringMatching(/^Column 'ref'.*: values that look like CPR numbers were let through, since the pack says: voucher numbers of the ledger/) }]);
    expect(numbers.some((number) => JSON.stringify(report).includes(number))).toBe(false);
  });
});
