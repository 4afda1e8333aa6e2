import { expectSizes, OptionError } from '@elman/core';
import type { NextTokenModel } from './next-token-model.ts';

/** Options of a cache. */
export interface CacheOptions {
  readonly vocabSize: number;
  /** The number of earlier tokens that count, from 1. */
  readonly size: number;
  /**
   * The factor by which a token counts less for each that came after it, above 0 and at most 1. Default: 1, all count
   * the same.
   */
  readonly decay?: number | undefined;
}

/**
 * A cache: what occurred lately is likely to occur again.
 *
 *   P(w | u) = Σ_{i : uᵢ = w} decayⁱ / Σᵢ decayⁱ        over the last `size` tokens u₀, u₁, …, the latest first
 *
 * A token that is not in the cache has probability 0: `interpolate` it with another model. Before the first token all
 * are equally likely.
 *
 * Cost: as many steps as the cache has tokens, for each token.
 * @throws {OptionError} if a size is not a positive whole number, or decay is not above 0 and at most 1.
 * @see Kuhn & De Mori 1990; with decay: Clarkson & Robinson 1997
 */
export function cache({ vocabSize, size, decay = 1 }: CacheOptions): NextTokenModel {
  expectSizes('cache', { vocabSize, size });
  if (!(decay > 0 && decay <= 1)) {
    throw new OptionError(`cache: decay: expected a number above 0 and at most 1, got ${decay}.`);
  }
  /** Calls `each` with every token in the cache and its weight; returns the sum of the weights. */
  const weigh = (context: ArrayLike<number>, each: (token: number, weight: number) => void): number => {
    const first = Math.max(0, context.length - size);
    let [weight, total] = [1, 0];
    for (let i = context.length - 1; i >= first; i--) {
      each(context[i] as number, weight);
      total += weight;
      weight *= decay;
    }
    return total;
  };
  return {
    vocabSize,
    contextSize: size,
    logProbability(context, token) {
      let own = 0;
      const total = weigh(context, (other, weight) => {
        if (other === token) own += weight;
      });
      return total === 0 ? -Math.log(vocabSize) : Math.log(own / total);
    },
    logProbabilities(context, out) {
      const weights = new Float64Array(vocabSize);
      const total = weigh(context, (token, weight) => {
        (weights[token] as number) += weight;
      });
      if (total === 0) out.fill(-Math.log(vocabSize));
      else for (let token = 0; token < vocabSize; token++) out[token] = Math.log((weights[token] as number) / total);
    },
  };
}
