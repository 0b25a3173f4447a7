import { periodOf, pieces, sameLastYear, shiftDays, type IsoDate } from '../calendar/period.ts';
import type { ForecastMeasure, ForecastMethod, Pack } from '../pack/model.ts';
import type { Window } from './compile.ts';
import { isHidden, MISSING, type Cell } from './result.ts';

/** A forecast by each method of the measure; the first is the one shown. */
export interface Forecast {
  readonly value: Cell;
  readonly range: readonly { readonly method: ForecastMethod; readonly value: number }[];
}

/** Nothing is forecast from fewer closed months of the year than this. */
export const FEWEST_MONTHS = 3;

/**
 * Year-end forecast of a flow. With A = actual so far, m = closed months, B = the year's plan, b = plan so far,
 * Py and py = last year's year and same months (municipal budget control, methods F1 to F4):
 * straight-line A/m·12; rest-as-budgeted A+(B−b); budget-profile B·A/b; last-year-profile A·Py/py.
 * Nothing is forecast from fewer than three closed months. Where units or months of A are missing, b and py are those of
 * the same units and months (`alike`), the rest of the year is the rest of the budget, and a straight line says nothing. A budget
 * that does not reach to the end of the year, or is nought, tells nothing of the rest, unless the unit closes then (`until`).
 */
export function forecastOf(pack: Pack, measure: ForecastMeasure, to: IsoDate, completeTo: IsoDate, value: (measure: string, window: Window) => Cell, alike: (own: readonly [string, Window], other: readonly [string, Window]) => { readonly value: number; readonly other: number } | null, until: IsoDate | null = null): Forecast {
  const year = periodOf('year', shiftDays(to, -1), pack.yearStart);
  const end = to < completeTo ? to : completeTo;
  const sofar: Window = { from: year.from, to: end < year.to ? end : year.to };
  if (sofar.to <= sofar.from) return { value: MISSING, range: [] };
  const months = pieces({ ...sofar, grain: 'year-to-date' }, 'month').length;
  const actual = value(measure.of, sofar);
  const whole = value(measure.plan, year);
  const planned = value(measure.plan, sofar);
  const lastYear = value(measure.of, sameLastYear(year));
  const lastSofar = value(measure.of, sameLastYear({ ...sofar, grain: 'year-to-date' }));
  const A = actual.value;
  // A plan that is not there for the rest of the year expects nothing of it, which is no forecast.
  const ended = (until === null || until > sofar.to) && (whole.value === null || whole.state !== 'ok' || (sofar.to < year.to && (whole.value === 0 || whole.value === planned.value)));
  if (A === null || months < FEWEST_MONTHS) return { value: { value: null, state: isHidden(actual) ? 'withheld' : 'missing' }, range: [] };
  const short = actual.state === 'partial';
  const against = (other: Cell, measureId: string, window: Window): { value: number; other: number } | null => (short ? alike([measure.of, sofar], [measureId, window]) : other.value === null ? null : { value: A, other: other.value });
  const b = against(planned, measure.plan, sofar);
  const py = lastYear.state === 'partial' && short ? null : against(lastSofar, measure.of, sameLastYear({ ...sofar, grain: 'year-to-date' }));
  const by = (method: ForecastMethod): number | null => {
    switch (method) {
      case 'straight-line': return short ? null : (A / months) * 12;
      case 'rest-as-budgeted': return whole.value === null || ended || b === null ? null : A + (whole.value - b.other);
      case 'budget-profile': return whole.value === null || ended || b === null || b.other === 0 ? null : (whole.value * b.value) / b.other;
      case 'last-year-profile': return lastYear.value === null || (!short && (lastYear.state !== 'ok' || lastSofar.state !== 'ok')) || py === null || py.other === 0 ? null : (py.value * lastYear.value) / py.other;
    }
  };
  const range = measure.methods.flatMap((method) => {
    const result = by(method);
    return result === null ? [] : [{ method, value: result }];
  });
  const first = range.find((entry) => entry.method === measure.methods[0]) ?? range[0];
  return { value: first === undefined ? MISSING : { value: first.value, state: actual.state === 'partial' ? 'partial' : 'ok' }, range };
}

