import { rm } from 'node:fs/promises';
import { DefinitionError, describeFault } from '../../src/errors.ts';
import { readConfig } from '../../src/io/config/config.ts';
import { openPackHouse, readPacks, type PackHouse } from '../../src/warehouse.ts';
import type { Pack, Person } from '../../src/pack/model.ts';
import { SMALL_PACK, SMALL_PEOPLE, writeSmallPack } from './written.ts';

const clock = { now: (): Date => new Date('2026-11-23T12:00:00Z') };
const open: string[] = [];
afterAll(() => Promise.all(open.map((dir) => rm(dir, { recursive: true, force: true }))));

const made = (people?: string | Uint8Array): ReturnType<typeof writeSmallPack> & { config: ReturnType<typeof readConfig> } => {
  const files = writeSmallPack(people);
  open.push(files.base);
  return { ...files, config: readConfig({ OVERBLIK_PACKS: files.root, OVERBLIK_DATA_DIR: `${files.root}-data` }) };
};
const peopleOf = async (people: string | Uint8Array): Promise<ReadonlyMap<string, Person>> => ((await readPacks(made(people).config))[0] as Pack).people;
/** What the analyst is told, without the folder the test made. */
const told = async (people: string): Promise<string[]> => {
  try {
    await peopleOf(people);
    return [];
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return error.faults.map((fault) => describeFault(fault).replace(/^.*people\.csv/, 'people.csv'));
  }
};

describe('people from a file that HR writes', () => {
  it('are the pack\'s people: role and language in Danish or English, units by code or id', async () => {
    const people = await peopleOf('id;navn;stilling;rolle;enheder;ser også;sprog;mail;slack;teams\nanne;Anne Bo;Distriktsleder;Leder;4711,syd;;engelsk;Anne@Kommune.example;U1;\npia;Pia Holt;Udvalgsformand;Politiker;alt;;;;;\nida;Ida Sø;;analyst;4700;;;;;\n');
    expect([...people.values()]).toEqual([
      { id: 'anne', name: 'Anne Bo', title: { da: 'Distriktsleder', en: 'Distriktsleder' }, role: 'leader', units: ['nord', 'syd'], alsoSees: [], language: 'en', email: 'anne@kommune.example', slack: 'U1', teams: null },
      { id: 'pia', name: 'Pia Holt', title: { da: 'Udvalgsformand', en: 'Udvalgsformand' }, role: 'politician', units: ['alt'], alsoSees: [], language: 'da', email: null, slack: null, teams: null },
      { id: 'ida', name: 'Ida Sø', title: { da: '', en: '' }, role: 'analyst', units: ['alt'], alsoSees: [], language: 'da', email: null, slack: null, teams: null },
    ]);
  });

  it('whatever its delimiter and encoding', async () => {
    const windows = Uint8Array.from([...'id,name,role,units\nida,"S\u00f8, Ida",analyst,alt\n'].map((sign) => sign.charCodeAt(0)));
    expect((await peopleOf(windows)).get('ida')?.name).toBe('Sø, Ida');
    expect((await peopleOf('\ufeffid\tname\trole\tunits\r\nida\tIda Sø\tanalyst\talt\r\n')).get('ida')?.name).toBe('Ida Sø');
  });

  it('a mistake is told with file, line and how to mend it, all at once', async () => {
    expect(await told('id;navn;rolle;enhed;emial\nanne;Anne;leder;4711;a@b.dk\n')).toEqual([expect.stringMatching(/^people\.csv:1:5: The column 'emial' is not known\. Did you mean 'email'\?/)]);
    expect(await told('id;navn;rolle\nanne;Anne;leder\n')).toEqual([expect.stringMatching(/^people\.csv:1:1: There is no column 'units'\. The first line of the file names the columns/)]);
    expect(await told('')).toEqual([expect.stringMatching(/^people\.csv: The table of people is empty\./)]);
    expect(await told('id;navn;rolle;enhed;e-mail\nanne;Anne;leder;4799;\nbo;Bo;cheff;4711;\ncarl;;leder;4711;\n;Dorte;leder;4711;\nanne;Anne;leder;4711;\neva;Eva;leder;4711;ikke en adresse\n')).toEqual([
      expect.stringMatching(/^people\.csv:2:4: There is no unit '4799'\./),
      expect.stringMatching(/^people\.csv:3:3: The field 'rolle' holds no role that there is\. Did you mean 'chef'\? Write one of leader, chief, politician, analyst, in Danish leder, chef, politiker or analytiker\.$/),
      expect.stringMatching(/^people\.csv:4:2: The field 'navn' is empty\. Write their name\.$/),
      expect.stringMatching(/^people\.csv:5:1: The line has no id\./),
      expect.stringMatching(/^people\.csv:6:1: 'anne' stands twice in the file\./),
      expect.stringMatching(/^people\.csv:7:5: The field 'e-mail' holds no e-mail address\./),
    ]);
  });

  it('one without a header shows nobody', async () => {
    const faults = await told('Anne Bo;leder;Nord\nBent Li;leder;Syd\n');
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^people\.csv:1:1: The first line names no column that is known\./);
    expect(faults[0]).not.toMatch(/Anne|Bent/);
  });

  it('a CPR number is refused with the column\'s name, and never shown', async () => {
    const faults = await told('id;navn;rolle;enhed;slack\nanne;Anne;leder;4711;010190-1234\n');
    expect(faults).toEqual([expect.stringMatching(/^people\.csv:2:1: The column 'slack' holds something that looks like a CPR number\./)]);
    expect(faults[0]).not.toContain('0101');
    expect((await told('010190-1234;navn;rolle;enhed\n'))[0]).not.toContain('0101');
  });

  it('nor has a CPR number a place in the YAML, where an id of Entra is none', async () => {
    const files = made();
    files.put('people.yaml', 'people:\n  carl: {name: Carl, role: leader, units: [nord], teams: ab010190-1234-4111-8111-111111111111}\n');
    expect((await readPacks(files.config))[0]?.people.get('carl')?.teams).toBe('ab010190-1234-4111-8111-111111111111');
    files.put('people.yaml', 'people:\n  carl: {name: Carl, role: leader, units: [nord]} # 010190-1234\n');
    await expect(readPacks(files.config)).rejects.toThrow(/people\.yaml:2:1: The line holds something that looks like a CPR number\./);
    await expect(readPacks(files.config)).rejects.not.toThrow(/0101/);
  });

  it('who stands in the YAML too is told, with where', async () => {
    const files = made();
    files.put('people.yaml', 'people:\n  anne: {name: Anne Bo, role: leader, units: [nord]}\n');
    await expect(readPacks(files.config)).rejects.toThrow(/people\.csv.*line 2.*Keep one of them/s);
  });
});

describe('while the service runs', () => {
  const lines: string[] = [];
  const log = { info: (event: string) => { lines.push(event); }, warn: (event: string) => { lines.push(event); }, error: (event: string, fields: object = {}) => { lines.push(`${event} ${JSON.stringify(fields)}`); } };
  let files: ReturnType<typeof made>;
  let house: PackHouse;
  const anne = (): Person | undefined => house.packs()[0]?.people.get('anne');
  beforeAll(async () => {
    files = made();
    house = await openPackHouse(files.config, clock, log);
    await house.refresh();
  });
  afterAll(() => house.close());

  it('who got another role or unit has it when the file is read again, in the packs and in the figures', async () => {
    expect(anne()?.units).toEqual(['nord']);
    files.put('people.csv', SMALL_PEOPLE.replace('leder;4711;anne', 'chef;4700;anne'));
    await house.renew();
    expect([anne()?.role, anne()?.units, house.figures('proeve').pack.people.get('anne')?.units]).toEqual(['chief', ['alt'], ['alt']]);
    const before = house.packs();
    await house.renew();
    expect(house.packs()).toBe(before);
  });

  it('a file with a mistake changes nothing and is logged once; when it is mended it counts', async () => {
    files.put('people.csv', SMALL_PEOPLE.replace('leder;4711', 'leder;9999'));
    await Promise.all([house.renew(), house.renew(), house.renew()]);
    await house.refresh();
    expect(anne()?.units).toEqual(['alt']);
    expect(lines.filter((line) => line.includes('packs-not-taken') && line.includes("There is no unit '9999'"))).toHaveLength(1);
    files.put('people.csv', SMALL_PEOPLE);
    await house.renew();
    expect(anne()?.units).toEqual(['nord']);
  });

  it('who is taken out is out at once; a measure that is new or changed counts from the next load', async () => {
    files.put('people.csv', SMALL_PEOPLE.split('\n').filter((line) => !line.startsWith('anne')).join('\n'));
    files.put('pack.yaml', SMALL_PACK.replace('"sum(kroner)"', '"sum(kroner) * 2"').replace('id: syd,', 'id: sydvest,').replaceAll('Syd', 'Sydvest'));
    await house.renew();
    expect(anne()).toBeUndefined();
    expect(house.packs()[0]?.organisation.units.has('syd')).toBe(true);
    // Whose unit is not loaded yet waits for it, and sees nothing till then.
    expect(house.packs()[0]?.people.has('bent')).toBe(false);
    await house.refresh();
    expect(house.packs()[0]?.people.get('bent')?.units).toEqual(['sydvest']);
    expect(house.figures('proeve').pack).toBe(house.packs()[0]);
  });

  it('when there is nothing left to read, what was there stays in service', async () => {
    await rm(`${files.dir}/pack.yaml`);
    await house.renew();
    expect(lines.at(-1)).toContain('There are no packs here');
    expect(house.packs()).toHaveLength(1);
  });
});
