import { hasData, type ChartSpec } from '../../chart/spec.ts';
import { ServiceError } from '../../errors.ts';
import { drawChart, prepareFonts } from './canvas.ts';
import { designOf } from './designs.ts';
import { drawMultiples } from './multiples.ts';

/** Draws one chart as PNG in this thread. Rejects with ServiceError when there is nothing to draw or the drawing failed. */
export async function draw(spec: ChartSpec): Promise<Buffer> {
  if (!hasData(spec)) throw new ServiceError('the painter', 'there are no figures to draw', { final: true });
  await prepareFonts();
  try {
    if (spec.kind === 'multiples') return await drawMultiples(spec);
    const { config, width, height } = designOf(spec);
    return await drawChart(config, width, height);
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause;
    throw new ServiceError('the painter', `the ${spec.kind} chart could not be drawn: ${cause instanceof Error ? cause.message : String(cause)}`, { final: true, cause });
  }
}
