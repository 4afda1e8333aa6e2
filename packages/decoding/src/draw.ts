import { DivergenceError, OptionError, type Rng } from '@elman/core';
import { maximum } from './highest.ts';

/** Throws if logits of a model are not numbers to draw from: NaN, +∞, or −∞ throughout. */
export function expectLogits(logits: Float32Array, row: number, step: number): void {
  let highest = Number.NEGATIVE_INFINITY;
  for (const z of logits) {
    if (Number.isNaN(z)) highest = z;
    else if (z > highest) highest = z;
  }
  if (!Number.isFinite(highest)) throw diverged(highest, row, step);
}

/** The same for the highest logit and log Σ exp of all, which is NaN in that case: see `HighestLogits` of `@elman/core`. */
export function expectNormalizer(normalizer: number, highest: number, row: number, step: number): void {
  if (Number.isNaN(normalizer)) throw diverged(Number.isFinite(highest) ? Number.NaN : highest, row, step);
}

function diverged(highest: number, row: number, step: number): DivergenceError {
  return new DivergenceError(
    `decoding: row ${row}, step ${step}: expected finite logits, the highest is ${highest}. The model has diverged or its ` +
      'checkpoint is damaged; load an earlier one or train with a lower learning rate.',
  );
}

/**
 * The index of the highest number; ties: the first.
 * @throws {OptionError} if the processors left nothing to choose.
 */
export function greedy(logits: Float32Array): number {
  return logits.indexOf(expectChoice(logits));
}

/**
 * An index drawn from softmax(logits).
 * @throws {OptionError} if the processors left nothing to draw.
 */
export function draw(logits: Float32Array, rng: Rng): number {
  const highest = expectChoice(logits);
  const weights = new Float64Array(logits.length);
  for (let i = 0; i < logits.length; i++) weights[i] = Math.exp((logits[i] as number) - highest);
  return rng.categorical(weights);
}

/** The highest logit after processors. */
export function expectChoice(logits: Float32Array): number {
  const highest = maximum(logits);
  if (Number.isFinite(highest)) return highest;
  throw new OptionError(
    'decoding: processors: expected one finite logit or more, got none: every token is forbidden; forbid fewer, or decode fewer tokens.',
  );
}
