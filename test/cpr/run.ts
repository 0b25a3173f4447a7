import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { alarmsIn, falseAlarms, found, kindNames, PLACES, type Alarms } from './measure.ts';

const program = new Command('measure:cpr').description('Measures how often ledgers without CPR numbers are refused for one, and whether planted ones are found.')
  .option('--files <count>', 'generated ledgers', Number, 3000).option('--planted <count>', 'files for each place', Number, 200).option('--kinds <count>', 'files for each kind of column alone', Number, 200)
  .option('--seed <number>', 'of the first ledger', Number, 1).option('--data <folder>', 'files of others', process.env['OVERBLIK_REAL_DATA'] ?? '../shared/data').parse();
const { files, planted, kinds, seed, data } = program.opts<{ files: number; planted: number; kinds: number; seed: number; data: string }>();

const told = (what: string, { files: count, refused, cellByCell }: Alarms): string => `${what}: ${refused} of ${count} refused (cell by cell: ${cellByCell})`;
const alarms = await falseAlarms(files, seed);
console.log(told('Ledgers of several columns', alarms));
for (const reason of alarms.reasons) console.log(`  ${reason}`);
if (existsSync(resolve(data))) {
  const others = await alarmsIn(resolve(data));
  console.log(told('Files of others', others));
  for (const reason of others.reasons) console.log(`  ${reason}`);
} else console.log(`Files of others: not measured, ${data} is not there`);
for (const place of Object.keys(PLACES)) {
  const outcome = await found(place, planted);
  console.log(`Planted ${place}: ${outcome.found} of ${outcome.files} found`);
  if (outcome.missed.length > 0) console.log(`  missed: ${outcome.missed.slice(0, 5).join('; ')}`);
}
for (const kind of kinds > 0 ? kindNames : []) console.log(told(`A column of ${kind}`, await falseAlarms(kinds, seed, kind)));
