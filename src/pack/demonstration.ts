import { dayIn, periodOf, shiftMonths, type IsoDate } from '../calendar/period.ts';
import type { Digest, Pack, Unit } from './model.ts';

/** A moved page is due as soon as its period is over: nobody waits for the books of synthetic data to be closed. */
const AT_ONCE: Digest['schedule'] = { cron: '0 0 * * *' };

const monthsFrom = (from: IsoDate, to: IsoDate): number => (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 + Number(to.slice(5, 7)) - Number(from.slice(5, 7));

/** How many months the data of a pack are moved forward by at an instant, so that their last whole month is the last closed one. Never back. */
export function monthsToMove(pack: Pack, now: Date): number {
  if (pack.demonstration === null) return 0;
  const running = periodOf('month', dayIn(pack.timeZone, now)).from;
  return Math.max(0, monthsFrom(pack.demonstration.lastMonth, shiftMonths(running, -1)));
}

/**
 * The pack as it stands at an instant: of a demonstration whose data have grown old, all that says when something was or is
 * owed is moved by the same months as its data are at the load. Any other pack, and one that is moved so already, is given
 * back as it is. Breaks of a definition stay: they tell of the world, not of the data.
 */
export function movedTo(pack: Pack, now: Date): Pack {
  const moved = monthsToMove(pack, now);
  if (pack.demonstration === null || pack.demonstration.moved === moved) return pack;
  const by = moved - pack.demonstration.moved;
  const date = (day: IsoDate): IsoDate => shiftMonths(day, by);
  return {
    ...pack,
    demonstration: { ...pack.demonstration, moved },
    organisation: { ...pack.organisation, units: new Map([...pack.organisation.units].map(([id, unit]) => [id, movedUnit(unit, date)])) },
    sources: new Map([...pack.sources].map(([id, source]) => [id, source.completeTo === null ? source : { ...source, completeTo: date(source.completeTo) }])),
    caveats: pack.caveats.map((caveat) => ({ ...caveat, from: date(caveat.from), to: date(caveat.to) })),
    digests: new Map([...pack.digests].map(([id, digest]) => [id, { ...digest, start: date(digest.start), schedule: AT_ONCE, deadline: null }])),
  };
}

const movedUnit = (unit: Unit, date: (day: IsoDate) => IsoDate): Unit =>
  (unit.from === null && unit.until === null ? unit : { ...unit, from: unit.from === null ? null : date(unit.from), until: unit.until === null ? null : date(unit.until) });
