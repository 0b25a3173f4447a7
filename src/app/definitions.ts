import { createHash } from 'node:crypto';
import type { Figure } from '../delivery/correction.ts';
import type { Pack } from '../pack/model.ts';
import { basesOf } from '../query/evaluate.ts';
import type { Figures } from './figures.ts';

/** The sources a measure is counted from, each once. */
export function sourcesOf(pack: Pack, measure: string): string[] {
  return [...new Set(basesOf(pack, measure).flatMap((id) => { const base = pack.measures.get(id); return base !== undefined && 'source' in base ? [base.source] : []; }))];
}

/** Of all that decides how a measure is counted and what it is held against, data apart: its SQL and its parts', their plans, and what the pack says of their sources and of the units. */
export function definitionOf({ pack, sources }: Figures, measure: string): string {
  const counted = [...new Set([measure, ...basesOf(pack, measure)])].map((id) => {
    const one = pack.measures.get(id);
    if (one === undefined) return id;
    // What it is called and how it is shown does not change what it counts.
    const rest = one as unknown as Record<string, unknown>;
    return { kind: rest['kind'], source: rest['source'], sql: rest['sql'], key: rest['key'], filter: rest['filter'], numerator: rest['numerator'], denominator: rest['denominator'], scale: rest['scale'], unit: rest['unit'], plan: planOf(pack, id) };
  });
  const read = sourcesOf(pack, measure).map((source) => sources.get(source)?.report.definition ?? '');
  const merged = [...pack.organisation.units.values()].flatMap((unit) => (unit.successor === null ? [] : [[unit.id, unit.successor, unit.merged]]));
  return createHash('sha256').update(JSON.stringify([counted, read, merged])).digest('hex').slice(0, 16);
}

/** What a measure is held against, but for what it is called: its plan with how the plan is counted, or its target. */
function planOf(pack: Pack, id: string): object | null {
  const plan = pack.plans.get(id);
  if (plan === undefined) return null;
  const by = plan.kind === 'target' ? undefined : (pack.measures.get(plan.by) as unknown as Record<string, unknown> | undefined);
  return { ...plan, name: undefined, counted: by === undefined ? null : [by['kind'], by['source'], by['sql'], by['filter']] };
}

/** Figures with how each was counted. */
export function withDefinitions<T extends Figure>(figures: Figures, shown: readonly T[]): (T & { readonly definition: string })[] {
  const known = new Map<string, string>();
  return shown.map((figure) => {
    const definition = known.get(figure.measure) ?? definitionOf(figures, figure.measure);
    known.set(figure.measure, definition);
    return { ...figure, definition };
  });
}

/** The measures that are counted otherwise now than in figures that were sent. */
export function redefined(before: readonly Figure[], now: readonly Figure[]): string[] {
  const then = new Map(before.flatMap(({ measure, definition }) => (definition === undefined ? [] : [[measure, definition] as const])));
  return [...new Set(now.flatMap(({ measure, definition }) => (definition !== undefined && then.has(measure) && then.get(measure) !== definition ? [measure] : [])))];
}
