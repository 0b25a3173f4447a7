import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packLabel } from '../../src/card/label.ts';
import { movedTo, monthsToMove } from '../../src/pack/demonstration.ts';
import type { Pack, Unit } from '../../src/pack/model.ts';
import { readConfig } from '../../src/io/config/config.ts';
import { readPacks } from '../../src/warehouse.ts';

const at = (text: string): Date => new Date(text);
let pack: Pack;
beforeAll(async () => { pack = (await readPacks(readConfig({}))).find(({ id }) => id === 'hjemmepleje') as Pack; });

describe('how far a demonstration is moved', () => {
  test.each([
    ['2026-11-01T00:00:00+01:00', 0, 'the first minute of the month after its data'],
    ['2026-11-30T23:59:59+01:00', 0, 'the last second of that month'],
    ['2026-12-01T00:00:00+01:00', 1, 'the first of a month'],
    ['2026-12-31T23:30:00Z', 2, 'New Year in the time zone of the pack, though not yet in Greenwich'],
    ['2027-10-31T12:00:00Z', 11, 'the last day of a month'],
    ['2028-02-29T12:00:00Z', 15, 'a leap day'],
    ['2031-06-15T12:00:00Z', 55, 'years later'],
    ['2026-05-01T12:00:00Z', 0, 'a clock that goes wrong never moves it back'],
  ])('%s: %i months (%s)', (now, months) => { expect(monthsToMove(pack, at(now))).toBe(months); });

  test('a pack of real data stays where it is', () => {
    const real = { ...pack, label: null, demonstration: null };
    expect(movedTo(real, at('2031-06-15T12:00:00Z'))).toBe(real);
  });
});

describe('the pack of a demonstration that is moved', () => {
  test('owes the last closed month first, as soon as it is over, and no month before it', () => {
    const moved = movedTo(pack, at('2027-01-01T00:30:00+01:00'));
    expect(moved.digests.get('maaned')).toMatchObject({ start: '2026-12-01', schedule: { cron: '0 0 * * *' } });
  });

  test('is the same object while nothing moves, so that nothing is loaded twice', () => {
    const moved = movedTo(pack, at('2026-12-01T10:00:00Z'));
    expect(movedTo(moved, at('2026-12-24T10:00:00Z'))).toBe(moved);
    expect(movedTo(pack, at('2026-11-24T10:00:00Z'))).toBe(pack);
  });

  test('is moved on by a month at a time as it is by all of them at once', () => {
    let step = pack;
    for (const month of ['2026-12', '2027-01', '2027-02', '2027-03']) step = movedTo(step, at(`${month}-10T10:00:00Z`));
    expect(step).toEqual(movedTo(pack, at('2027-03-31T10:00:00Z')));
  });

  test('opens and closes its units by the months its data are moved by', () => {
    const nord = pack.organisation.units.get('nord') as Unit;
    const opening = { ...pack, organisation: { ...pack.organisation, units: new Map([...pack.organisation.units, ['nord', { ...nord, from: '2025-01-01', until: '2026-09-01' }]]) } };
    expect(movedTo(opening, at('2027-01-15T10:00:00Z')).organisation.units.get('nord')).toMatchObject({ from: '2025-03-01', until: '2026-11-01' });
  });

  test('says so wherever its figures are shown', () => {
    expect([packLabel(pack, 'da'), packLabel(pack, 'en')]).toEqual(['Syntetiske data', 'Synthetic data']);
    expect(packLabel(movedTo(pack, at('2026-12-01T10:00:00Z')), 'da')).toBe('Syntetiske data, flyttet 1 måned frem');
    expect(packLabel(movedTo(pack, at('2027-02-01T10:00:00Z')), 'en')).toBe('Synthetic data, moved forward 3 months');
  });
});

test('every pack that comes along with the product is a demonstration, so none of them ages', () => {
  for (const id of ['hjemmepleje', 'boern-unge']) expect(readFileSync(join('digests', id, 'pack.yaml'), 'utf8')).toMatch(/^ {2}demonstration: \{last_month: 2026-10\}$/m);
});
