import type { Evaluation } from './protocol.ts';

/** The largest relative difference of what contenders compute on the same numbers. */
const TOLERANCE = 1e-3;

/**
 * What is not the same in two evaluations, to a relative tolerance; undefined if they agree. A contender that computes
 * something else must not be timed.
 */
export function disagreement(expected: Evaluation, got: Evaluation): string | undefined {
  const wanted = Object.keys(expected.norms).sort().join(', ');
  const names = Object.keys(got.norms).sort().join(', ');
  if (names !== wanted) return `computes something else: expected the gradients ${wanted}, got ${names}`;
  const gradients = Object.entries(expected.norms).map(
    ([name, norm]) => [`norm of the gradient of ${name}`, norm, got.norms[name] as number] as const,
  );
  for (const [what, a, b] of [['loss', expected.loss, got.loss] as const, ...gradients]) {
    if (!(Math.abs(a - b) <= TOLERANCE * Math.abs(a)))
      return `computes something else: ${what}: expected ${a}, got ${b}`;
  }
  return undefined;
}
