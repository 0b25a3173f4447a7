import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '../../src/io/config/config.ts';
import { openPackHouse, readPacks, type PackHouse } from '../../src/warehouse.ts';
import { SMALL_PACK, SMALL_PEOPLE, SMALL_ROWS, writeSmallPack } from './written.ts';

/** Two packs of two analysts: a mistake in one keeps nobody in the other, and in its own nobody who has been taken out. */
const lines: string[] = [];
const log = { info: () => undefined, warn: (event: string, fields: object = {}) => { lines.push(`${event} ${JSON.stringify(fields)}`); }, error: (event: string, fields: object = {}) => { lines.push(`${event} ${JSON.stringify(fields)}`); } };
const small = writeSmallPack();
const config = readConfig({ OVERBLIK_PACKS: small.root, OVERBLIK_DATA_DIR: `${small.base}/var` });
const other = join(small.root, 'anden');
const put = (file: string, text: string): void => writeFileSync(join(other, file), text);
let house: PackHouse;
const people = (pack: string): string[] => [...house.packs().find(({ id }) => id === pack)?.people.values() ?? []].map(({ id, role, units }) => `${id} ${role} ${units.join()}`);
const without = (...ids: string[]): string => SMALL_PEOPLE.split('\n').filter((line) => !ids.some((id) => line.startsWith(id))).join('\n');
const ALL = ['anne leader nord', 'bent leader syd', 'ida analyst alt'];

beforeAll(async () => {
  mkdirSync(join(other, 'data'), { recursive: true });
  put('data/timer.csv', SMALL_ROWS);
  symlinkSync(join(small.root, 'nowhere'), join(small.root, 'dangling'));
});
beforeEach(async () => {
  lines.length = 0;
  put('pack.yaml', SMALL_PACK);
  put('people.csv', SMALL_PEOPLE);
  await rm(join(other, 'more.yaml'), { force: true });
  small.put('pack.yaml', SMALL_PACK);
  small.put('people.csv', SMALL_PEOPLE);
  house = await openPackHouse(config, { now: () => new Date('2026-11-23T12:00:00Z') }, log);
  await house.refresh();
});
afterEach(() => house.close());
afterAll(() => rm(small.base, { recursive: true, force: true }));

it('a link that leads nowhere is told, by check as a mistake, and keeps no pack from its service', async () => {
  expect(lines).toEqual([expect.stringMatching(/^pack-not-seen .*dangling: It can't be looked at \(ENOENT\)\. Remove it/)]);
  expect(house.packs().map(({ id }) => id)).toEqual(['anden', 'proeve']);
  await expect(readPacks(config)).rejects.toThrow(/dangling: It can't be looked at \(ENOENT\)/);
  expect(await readPacks(config, 'proeve')).toHaveLength(1);
});

it('a mistake in another pack keeps nobody in this one', async () => {
  put('pack.yaml', `${SMALL_PACK}\nnonsense: 1\n`);
  small.put('people.csv', without('bent'));
  await house.renew();
  expect(people('proeve')).toEqual(['anne leader nord', 'ida analyst alt']);
  expect(people('anden')).toEqual(ALL);
  expect(lines.at(-1)).toMatch(/packs-not-taken.*nonsense/);
  const said = lines.length;
  small.put('people.csv', without('bent', 'anne'));
  await house.renew();
  expect([people('proeve'), lines.length]).toEqual([['ida analyst alt'], said]);
  put('pack.yaml', SMALL_PACK.replace('leverede timer', 'udførte timer'));
  await house.renew();
  await house.refresh();
  expect(house.packs().find(({ id }) => id === 'anden')?.measures.get('hours')?.name.da).toBe('udførte timer');
});

it.each([['in the same file', 'pack.yaml', `${SMALL_PACK}\nnonsense: 1\n`], ['that makes another file no YAML', 'more.yaml', 'measures: {a: [}\n'], ['in the organisation', 'pack.yaml', SMALL_PACK.replace('name: {da: Nord, en: North}, ', '')]])('a mistake %s of its own keeps nobody who was taken out, nor the units and role they had', async (_where, file, text) => {
  put(file, text);
  put('people.csv', 'id;navn;rolle;enhed;e-mail\nanne;Anne Bo;chef;4700;anne@kommune.example\nida;Ida Sø;leder;4712;ida@kommune.example\nny;Ny Person;leder;4711;ny@kommune.example\n');
  await house.renew();
  // What is more than before waits until the pack is in order: a role, units, somebody new.
  expect(people('anden')).toEqual(['anne leader nord', 'ida leader syd']);
  put('pack.yaml', SMALL_PACK);
  await rm(join(other, 'more.yaml'), { force: true });
  await house.renew();
  expect(people('anden')).toEqual(['anne chief alt', 'ida leader syd', 'ny leader nord']);
});

it.each([['people.csv', 'id;navn;rolle;enhed\nanne;Anne;nonsense;4711\n'], ['people.csv', SMALL_PEOPLE.replace('bent@', 'anne@')], ['more.yaml', 'people: {bo: [}\n'], ['people.csv', `${SMALL_PEOPLE}x;010190-1234;leder;4711;\n`]])('people that are themselves not in order stay as they were: %s', async (file, text) => {
  put('pack.yaml', `${SMALL_PACK}\nnonsense: 1\n`);
  put(file, text);
  await house.renew();
  expect(people('anden')).toEqual(ALL);
});

it('one id for two people holds back the pack that changed, until one of them changes again', async () => {
  put('people.csv', without('bent').replace('Anne Bo', 'Anne Holm'));
  await house.renew();
  expect(lines.at(-1)).toMatch(/The person 'anne' is /);
  expect(people('anden')).toEqual(['anne leader nord', 'ida analyst alt']);
  expect(house.packs().find(({ id }) => id === 'anden')?.people.get('anne')?.name).toBe('Anne Bo');
  small.put('people.csv', SMALL_PEOPLE.replace('Anne Bo', 'Anne Holm'));
  await house.renew();
  expect(house.packs().map((pack) => pack.people.get('anne')?.name)).toEqual(['Anne Holm', 'Anne Holm']);
});

it('a pack whose folder is taken away is gone; with all of them gone they stay', async () => {
  await rename(join(other, 'pack.yaml'), join(other, 'pack.away'));
  await house.renew();
  expect(house.packs().map(({ id }) => id)).toEqual(['proeve']);
  await rm(join(small.dir, 'pack.yaml'));
  await house.renew();
  expect(house.packs().map(({ id }) => id)).toEqual(['proeve']);
});

it('a file of a pack that is a link to elsewhere is not read', async () => {
  writeFileSync(join(small.base, 'secret'), 'token: hemmelig\n');
  symlinkSync(join(small.base, 'secret'), join(other, 'more.yaml'));
  await expect(readPacks(config)).rejects.toThrow(/more\.yaml: It is a link that leads out of the folder of the pack\. Put the file itself there\./);
  await expect(readPacks(config)).rejects.not.toThrow(/token|hemmelig/);
});
