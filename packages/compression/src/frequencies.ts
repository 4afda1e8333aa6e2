import { DivergenceError } from '@elman/core';

/** What the frequencies of a distribution sum to, nearly. */
const TOTAL = 2 ** 28;

/** The most tokens of a vocabulary: with more, a frequency of 1 each would be a large part of the total. */
export const LARGEST_VOCABULARY: number = 2 ** 24;

/** Sums over a vocabulary. */
export type Summed = { readonly total: number; readonly normalizer: number };

/**
 * Probabilities as whole numbers, of which none is 0, so that every token has a code:
 *
 *   f(i) = 1 + ⌊(2²⁸ − V)·softmax(logits)ᵢ⌋
 *
 * A function of the bits of the logits alone.
 *
 * @param out [vocabSize]
 * @returns the sum of f, and log Σ exp(logits)
 * @throws {DivergenceError} if a logit is NaN or +∞, or all are −∞.
 */
export function frequenciesOf(logits: Float32Array, out: Float64Array): Summed {
  let highest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) {
    // Not Math.max: a NaN has to be seen.
    if (!(logit <= highest)) highest = logit;
    if (Number.isNaN(highest)) break;
  }
  if (!Number.isFinite(highest)) {
    throw new DivergenceError(
      `compression: logits: expected finite numbers, got ${highest}; use a model that has not diverged.`,
    );
  }
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const weight = Math.exp((logits[i] as number) - highest);
    out[i] = weight;
    sum += weight;
  }
  const scale = (TOTAL - logits.length) / sum;
  let total = 0;
  for (let i = 0; i < logits.length; i++) {
    const frequency = 1 + Math.floor((out[i] as number) * scale);
    out[i] = frequency;
    total += frequency;
  }
  return { total, normalizer: highest + Math.log(sum) };
}
