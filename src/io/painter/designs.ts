import type { ChartSpec } from '../../chart/spec.ts';
import { coupled } from './coupled.ts';
import type { Design } from './frame.ts';
import { horizontal } from './horizontal.ts';
import { trend } from './trend.ts';

/** The design of a chart of one picture; small multiples are a sheet of several. The fonts must have been prepared. */
export function designOf(spec: Exclude<ChartSpec, { kind: 'multiples' }>): Design {
  switch (spec.kind) {
    case 'coupled': return coupled(spec);
    case 'trend': return trend(spec);
    case 'variance': case 'bars': return horizontal(spec);
  }
}
