import { permitDigest, visibleUnits } from '../access/rule.ts';
import type { IsoDate } from '../calendar/period.ts';
import type { Digest, Pack, Person } from '../pack/model.ts';
import type { CellState } from '../query/result.ts';
import type { DigestResults } from './compose.ts';

/** One figure as it stands on a page: kept when the page is sent, and held against later loads. */
export interface ShownFigure {
  readonly measure: string;
  readonly unit: string;
  readonly from: IsoDate;
  readonly to: IsoDate;
  /** Null where the page shows none. */
  readonly value: number | null;
  readonly state: CellState;
}

/**
 * The figures of a person's page: what its sentences and tables show, of its units, without comparisons and charts. A
 * forecast is left out: it is expected to move every month.
 */
export function shownFigures(pack: Pack, whole: Digest, person: Person, results: DigestResults): ShownFigure[] {
  const digest = permitDigest(pack, person, whole);
  const visible = visibleUnits(pack, person);
  const own = new Set(digest.sections.some((section) => section.kind === 'headline') ? person.units : person.units.slice(0, 1));
  const figures = new Map<string, ShownFigure>();
  digest.sections.forEach((section, i) => {
    if (section.kind === 'chart' || section.kind === 'text') return;
    const result = results.sections.get(i);
    const measures = section.kind === 'headline' ? [section.money, section.output, section.price] : section.kind === 'table' ? section.measures : [section.measure];
    for (const row of result?.rows ?? []) {
      const shown = section.kind === 'ranking' ? visible.has(row.unit) : section.kind === 'table' ? row.unit === person.units[0] : own.has(row.unit);
      if (!shown || row.dimension !== null) continue;
      for (const measure of measures) {
        const cell = row.values[measure];
        if (cell === undefined || pack.measures.get(measure)?.kind === 'forecast') continue;
        const { from, to } = row.period;
        figures.set(`${measure} ${row.unit} ${from} ${to}`, { measure, unit: row.unit, from, to, value: cell.value, state: cell.state });
      }
    }
  });
  return [...figures.values()];
}
