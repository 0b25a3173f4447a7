import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small pack of two districts with money and hours, for tests that write its files anew while it is in service. */
export const SMALL_PACK = `
pack: {title: {da: Prøve, en: Test}, label: {da: Syntetiske data, en: Synthetic data}}
organisation:
  levels: [{id: omraade, name: {da: område, en: area}}, {id: distrikt, name: {da: distrikt, en: district}}]
  unit: {id: alt, name: {da: Hele området, en: The whole area}, codes: ["4700"], children: [{id: nord, name: {da: Nord, en: North}, codes: ["4711"]}, {id: syd, name: {da: Syd, en: South}, codes: ["4712"]}]}
sources:
  timer: {name: Timer, files: "data/*.csv", unit: enhed, date: dato, grain: month, columns: {enhed: text, dato: date, kroner: decimal(2), timer: decimal(2)}}
measures:
  spend: {kind: flow, source: timer, sql: "sum(kroner)", name: {da: forbrug, en: spend}, definition: {da: Det brugte., en: What was spent.}, unit: kr, better: lower}
  hours: {kind: flow, source: timer, sql: "sum(timer)", name: {da: leverede timer, en: hours delivered}, definition: {da: Leverede timer., en: Hours delivered.}, unit: hours, better: higher}
digests:
  maaned: {title: {da: Månedens side, en: The month's page}, schedule: workday 3 at 07:00, period: last closed month, start: 2026-10-01, audience: [{role: leader}], sections: [{kind: table, title: {da: Tal, en: Figures}, measures: [spend, hours], period: digest}]}
`;
export const SMALL_ROWS = 'enhed;dato;kroner;timer\n4711;2026-10-01;111111,00;1000\n4712;2026-10-01;222222,00;2000\n4711;2026-09-01;101010,00;1000\n4712;2026-09-01;202020,00;2000\n';
export const SMALL_PEOPLE = 'id;navn;rolle;enhed;e-mail\nanne;Anne Bo;leder;4711;anne@kommune.example\nbent;Bent Li;leder;4712;bent@kommune.example\nida;Ida Sø;analytiker;4700;ida@kommune.example\n';

/** Puts it in a folder of its own, `base`; what is kept beside the packs goes there too, and all of it away with it. */
export function writeSmallPack(people: string | Uint8Array = SMALL_PEOPLE): { base: string; root: string; dir: string; put(file: string, text: string | Uint8Array): void } {
  const base = mkdtempSync(join(tmpdir(), 'overblik-small-'));
  const root = join(base, 'packs');
  const dir = join(root, 'proeve');
  mkdirSync(join(dir, 'data'), { recursive: true });
  const put = (file: string, text: string | Uint8Array): void => writeFileSync(join(dir, file), text);
  put('pack.yaml', SMALL_PACK);
  put('data/timer.csv', SMALL_ROWS);
  put('people.csv', people);
  return { base, root, dir, put };
}
