import { pathToFileURL } from 'node:url';
import type { Data } from './figures.ts';
import { readChildren, table as childrenTable } from './children/figures.ts';
import { DATA as CHILDREN } from './children/generate.ts';
import { DISTRICTS, figures, readData } from './figures.ts';
import { DATA } from './generate.ts';

/** Key figures per district and for the area as lines of a Markdown table; months included. `npx tsx test/demo/facts.ts` prints them, and those of the children's pack, for the READMEs. */
export function table(data: Data, from: string, to: string): string[] {
  const head = ['', 'Spend kr.', 'Corrected budget kr.', 'Spend %', 'Allocated h', 'Delivered h', 'Delivery %', 'Kr./h', 'Citizens', 'Helpers per citizen', 'Sickness %', 'Temp share %'];
  const rows = [...DISTRICTS, null].map((district) => {
    const f = figures(data, district, from, to);
    return [district ?? 'The area', f.spend.toFixed(2), f.budget.toFixed(2), f.spendPct.toFixed(1), f.allocated.toFixed(1), f.delivered.toFixed(1), f.deliveryPct.toFixed(1),
      f.costPerHour.toFixed(2), String(f.citizens), f.helpersPerCitizen.toFixed(2), f.sicknessPct.toFixed(2), f.tempPct.toFixed(2)];
  });
  return [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const data = await readData(DATA);
  const children = await readChildren(CHILDREN);
  for (const [from, to] of [['2026-10', '2026-10'], ['2026-01', '2026-10']] as const) {
    process.stdout.write(`${from} to ${to}\n${table(data, from, to).join('\n')}\n\n${childrenTable(children, from, to).join('\n')}\n\n`);
  }
}
