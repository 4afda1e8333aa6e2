import { DataError } from '@elman/core';
import type { NextTokenModel } from './next-token-model.ts';

/** How well a model predicts a text. */
export interface Evaluation {
  /** How many tokens were predicted. */
  readonly tokens: number;
  /** The mean of −log P, in nats. */
  readonly nats: number;
  /** The same in bits. */
  readonly bits: number;
  /** e^nats: the equivalent number of equally likely tokens. */
  readonly perplexity: number;
}

/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** The first token that is predicted; those before it are context alone. Default: 0. */
  readonly from?: number | undefined;
}

/**
 * The mean loss per token of a text: −1/n · Σ log P(ids[t] | ids[…t − 1]), the first token given nothing.
 *
 * @throws {DataError} if there is no token to predict.
 */
export function evaluate(
  model: NextTokenModel,
  ids: ArrayLike<number>,
  { from = 0 }: EvaluateOptions = {},
): Evaluation {
  const tokens = ids.length - from;
  if (!(tokens > 0)) {
    throw new DataError(`evaluate: ids: expected tokens from ${from} on, got a text of ${ids.length}.`);
  }
  const text = Int32Array.from(ids);
  let sum = 0;
  for (let t = from; t < text.length; t++) {
    sum -= model.logProbability(text.subarray(Math.max(0, t - model.contextSize), t), text[t] as number);
  }
  const nats = sum / tokens;
  return { tokens, nats, bits: nats / Math.LN2, perplexity: Math.exp(nats) };
}
