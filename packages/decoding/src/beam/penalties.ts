import { OptionError } from '@elman/core';

/**
 * The divisor, positive, of the log-probability of n generated tokens, the end token included. 1 ranks hypotheses by
 * probability, which favours short ones.
 */
export type LengthPenalty = (n: number) => number;

/**
 * The length penalty of Google's translator.
 *
 *   penalty(n) = ((5 + n) / 6)^α
 *
 * @throws {OptionError} if α is not finite.
 * @see Wu et al. 2016, equation 14
 */
export function gnmt(alpha: number): LengthPenalty {
  expectFinite('gnmt', alpha);
  return (n) => ((5 + n) / 6) ** alpha;
}

/**
 * The mean log-probability of a token, for α = 1; less of it below, more above. Hugging Face's `length_penalty` is α.
 *
 *   penalty(n) = n^α
 *
 * @throws {OptionError} if α is not finite.
 */
export function average(alpha = 1): LengthPenalty {
  expectFinite('average', alpha);
  return (n) => n ** alpha;
}

function expectFinite(name: string, alpha: number): void {
  if (!Number.isFinite(alpha)) {
    throw new OptionError(`${name}: alpha: expected a finite number (0 is no penalty), got ${alpha}.`);
  }
}

/**
 * A penalty in the score of a hypothesis for uncovered source frames. c_j = Σ_t weights_tj is the total
 * attention to frame j of the source.
 *
 *   gnmt:     β Σ_j log min(c_j, 1)            neglect
 *   summary:  −β Σ_j (max(c_j, 1) − 1)         repetition
 */
export interface CoveragePenalty {
  /** β, from 0. */
  readonly beta: number;
  /** By default `gnmt`. */
  readonly kind?: 'gnmt' | 'summary' | undefined;
}

/** The smallest normal float32: attention is clamped to it, so that the logarithm stays finite. */
const LEAST = 2 ** -126;

/** The coverage penalty of a hypothesis: 0 or less. Frames with exactly 0 attention are padding and do not count. */
export function coverageTerm({ beta, kind = 'gnmt' }: CoveragePenalty, coverage: Float64Array): number {
  let sum = 0;
  for (const c of coverage) {
    if (kind === 'summary') sum -= Math.max(c, 1) - 1;
    else if (c !== 0) sum += Math.log(Math.min(Math.max(c, LEAST), 1));
  }
  return beta === 0 ? 0 : beta * sum;
}
