import type { Section } from '../plan/plan.ts';

/** About how many operations a section takes for one row of a frame. */
export function operationsOf({ steps }: Section): number {
  return steps.reduce(
    (sum, step) => sum + (step.kind === 'product' ? 2 * step.rows * step.weights.depth * step.weights.columns : 200),
    0,
  );
}
