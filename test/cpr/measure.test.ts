import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { alarmsIn, falseAlarms, found, PLACES } from './measure.ts';

const data = resolve(process.env['OVERBLIK_REAL_DATA'] ?? '../shared/data');

/** The same in large: `npm run -s measure:cpr`. */
describe('CPR alarms, measured', () => {
  it('refuse hardly any ledger without a CPR number, where cell by cell most would be', async () => {
    const alarms = await falseAlarms(40, 1);
    console.info(`False alarms: ${alarms.refused} of ${alarms.files} ledgers; cell by cell ${alarms.cellByCell}`);
    expect(alarms.reasons).toEqual([]);
    expect(alarms.cellByCell).toBeGreaterThan(25);
  });

  it.each(Object.keys(PLACES).filter((place) => !place.includes('known gap')))('find invented CPR numbers in %s', async (place) => {
    const outcome = await found(place, 5);
    expect(outcome.missed).toEqual([]);
  });

  (existsSync(data) ? it : it.skip)('refuse none of the real files', async () => {
    const alarms = await alarmsIn(data);
    console.info(`Real files: ${alarms.refused} of ${alarms.files} refused; cell by cell ${alarms.cellByCell}`);
    expect(alarms.files).toBeGreaterThan(8);
    expect(alarms.reasons).toEqual([]);
  });
});
