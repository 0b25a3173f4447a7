import type { ChartSpec } from '../../../src/chart/spec.ts';
import { drawnOf, faultsOf } from './boxes.ts';
import { HOSTILE } from './hostile.ts';

const namesOf = (spec: ChartSpec): readonly { name: string }[] => (spec.kind === 'multiples' ? spec.panels : spec.kind === 'bars' || spec.kind === 'variance' ? spec.rows : []);

describe('no text of a picture lies on another, on a bar or over the edge', () => {
  it.each(HOSTILE)('%s', async (_what, spec) => {
    const drawn = await drawnOf(spec);
    expect(faultsOf(drawn)).toEqual([]);
    expect(drawn.width).toBe(480);
    expect(drawn.height).toBeLessThanOrEqual(512);
    expect(namesOf(spec).length === 0 || drawn.texts.length > 2).toBe(true);
  });
});
