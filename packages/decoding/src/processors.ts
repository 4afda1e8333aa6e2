import { OptionError } from '@elman/core';
import { keepHighest, maximum } from './highest.ts';

const FLOAT32_MAX = 3.4028234663852886e38;

/**
 * Reshapes the logits of one row before a token is drawn from their softmax. Pure: the argument is left as it is.
 * `ids` are the row's tokens so far, the last `generated` of which are new and those before them the prompt's (default: all are new).
 * −∞ forbids a token.
 */
export type LogitsProcessor = (
  logits: Float32Array,
  ids: readonly number[],
  generated?: number | undefined,
) => Float32Array;

/** The composition of processors, the first applied first. */
export function compose(...processors: readonly LogitsProcessor[]): LogitsProcessor {
  return (logits, ids, generated) =>
    processors.reduce((processed, process) => process(processed, ids, generated), logits);
}

/**
 * Sharpens (T < 1) or flattens (T > 1) the distribution; T = 0 keeps only the most likely token, ties: the first.
 *
 *   zᵢ' = zᵢ / T
 *
 * @throws {OptionError} if T is negative or not finite.
 * @see Ackley, Hinton & Sejnowski 1985
 */
export function temperature(T: number): LogitsProcessor {
  if (!(T >= 0 && T < Number.POSITIVE_INFINITY)) {
    throw new OptionError(`decoding: temperature: expected a number from 0 (greedy), got ${T}.`);
  }
  if (T === 0) return (logits) => keepHighest(logits, 1);
  return (logits) => {
    // A shift changes no probability; it avoids overflow of float32 in zᵢ / T at small temperatures.
    const highest = maximum(logits);
    const shift = Math.abs(highest / T) < FLOAT32_MAX ? 0 : highest;
    return logits.map((z) => (z - shift) / T);
  };
}

/**
 * Keeps the k most likely tokens; ties: lower ids, so that exactly k remain.
 *
 * @throws {OptionError} if k is not a positive whole number.
 * @see Fan, Lewis & Dauphin 2018
 */
export function topK(k: number): LogitsProcessor {
  if (!Number.isSafeInteger(k) || k < 1) {
    throw new OptionError(`decoding: topK: expected a positive whole number, got ${k}.`);
  }
  return (logits) => keepHighest(logits, k);
}

/**
 * Makes tokens that have occurred less likely (θ > 1) or more likely (θ < 1).
 *
 *   zᵢ' = zᵢ / θ if zᵢ > 0, else zᵢ · θ     for each token i among `ids`, once
 *
 * @throws {OptionError} if θ is not a positive finite number.
 * @see Keskar et al. 2019 (CTRL); the product for negative logits is Hugging Face's completion
 */
export function repetitionPenalty(theta: number): LogitsProcessor {
  if (!(theta > 0 && theta < Number.POSITIVE_INFINITY)) {
    throw new OptionError(`decoding: repetitionPenalty: expected a positive number (1 is none), got ${theta}.`);
  }
  return (logits, ids) => {
    const penalized = logits.slice();
    for (const id of ids) {
      const z = logits[id];
      if (z !== undefined) penalized[id] = z > 0 ? z / theta : z * theta;
    }
    return penalized;
  };
}
